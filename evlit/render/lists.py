"""The lists of a card: reports by tier, what does not count, trials, notices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evlit.messages import joined, say, word
from evlit.records import STUDIED_TIERS, TIERS, StudyReport, TrialReport
from evlit.render.layout import Span, beside
from evlit.render.page import Page
from evlit.render.words import design, details, publication, size, trial_line, why

SHOWN = {"human_randomised": 50, "human_other": 50, "animal": 8, "cells": 5}
"""Reports of a tier printed at most; ``--json`` lists all. Others: 5."""
WIDE = 140
"""From so many columns on, reports are printed in columns."""


def reports(page: Page) -> None:
    """Print the reports by tier."""
    records = page.answer.records
    if not records:
        return
    page.heading(say("card.list" if page.answer.product else "card.list_unknown"))
    for tier in TIERS:
        of_tier = [r for r in records if r.tier == tier]
        if not of_tier:
            continue
        page.line(f"{word('tier', tier)} ({len(of_tier)})", indent=2, style="underline")
        shown = len(of_tier) if page.explain else SHOWN.get(tier, 5)
        for report in of_tier[:shown]:
            one_report(page, report)
        page.more(len(of_tier) - shown, indent=4)


def one_report(page: Page, report: StudyReport) -> None:
    """Print one report: under each other, or in columns where the terminal is wide."""
    lines = list(report_lines(page, report))
    head = [report.id, str(report.year or ""), design(report), size(report)]
    head += [joined(report.indication_names[:3])]
    head += [", ".join(word("route", r) for r in report.routes[:2])]
    if page.width >= WIDE:
        in_columns(page, head, lines)
        return
    page.line(" · ".join(h for h in head if h), indent=4, style="bold", hang=2)
    for text, style in lines:
        page.line(text, indent=6, style=style, hang=2 if text[:2] in ("! ", "- ") else 0)


def in_columns(page: Page, head: Sequence[str], lines: Sequence[tuple[str, str]]) -> None:
    """Print a report as a row: what it is on the left, what it says on the right."""
    widths = (2, 24, 24, 26)
    cells = [
        [Span(page.shown(h), "bold") for h in part if h] or [Span("")]
        for part in (head[:2], head[2:4], head[4:])
    ]
    said = [Span(page.shown(text), style) for text, style in lines]
    room = page.width - sum(widths) - 2 * len(widths)
    page.put(beside(((), *cells, said), (*widths, room), 2))


def report_lines(page: Page, report: StudyReport) -> Iterator[tuple[str, str]]:
    """Yield title, what the abstract says, and flags, each with its style."""
    yield report.title, "strike" if report.tier == "retracted" else ""
    if report.tier in STUDIED_TIERS:
        yield from details(report)
    if report.why and (report.tier not in STUDIED_TIERS or report.link == "phrase"):
        yield report.why, "dim"
    for flag in report.flags:
        style = "red" if flag.key in ("retracted", "concern") else "dim"
        mark = "-" if flag.key in ("no_maker_link", "n_from_catalogue") else "!"
        yield f"{mark} {flag.text}", style
    if page.explain:
        yield from why(report)


def listed(page: Page) -> None:
    """Print what is listed and does not count, with the reason."""
    items = page.answer.listed_not_counted
    if not items:
        return
    page.heading(say("card.listed"))
    shown = len(items) if page.explain else 8
    for report in items[:shown]:
        head = [report.id if report.id != report.title else "", str(report.year or "")]
        head += [design(report), size(report), joined(report.indication_names[:3])]
        page.line(" · ".join(h for h in head if h), indent=4, style="bold", hang=2)
        page.line(report.title, indent=6)
        page.line(report.why, indent=6, style="dim")
    page.more(len(items) - shown, indent=4)


def trials(page: Page) -> None:
    """Print the registered trials, then those that do not count."""
    _trials(page, "trials", page.answer.trials)
    _trials(page, "trials_not_counted", page.answer.trials_not_counted)


def _trials(page: Page, key: str, items: Sequence[TrialReport]) -> None:
    if not items:
        return
    page.heading(say(f"card.{key}"))
    shown = len(items) if page.explain else 10
    for item in items[:shown]:
        page.line(trial_line(item), indent=4, style="bold", hang=2)
        if item.trial.title:
            page.line(item.trial.title, indent=6)
        page.line(publication(item), indent=6)
        if item.trial.why_stopped:
            page.line(say("trial.why_stopped", words=item.trial.why_stopped), indent=6)
        if item.trial.note:
            page.line(item.trial.note, indent=6, style="dim")
    page.more(len(items) - shown, indent=4)


def notices(page: Page) -> None:
    """Print the regulator's notices."""
    if not page.answer.notices:
        return
    page.heading(say("card.notices"))
    for notice in page.answer.notices:
        head = [notice.date, notice.regulator, notice.kind, notice.reference]
        page.line(" · ".join(h for h in head if h), indent=4, style="bold", hang=2)
        page.line(notice.about, indent=6)
        for source in notice.sources[:1]:
            page.line(source, indent=6, style="dim")
