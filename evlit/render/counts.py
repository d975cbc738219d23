"""The counts of a card: tiers with bars, people, routes and preparations."""

from __future__ import annotations

from collections.abc import Sequence

from evlit.messages import joined, say, word
from evlit.records import STUDIED_TIERS, TIERS, RouteCount
from evlit.render.layout import Span, columns, left, right, wrap
from evlit.render.page import Page
from evlit.render.words import bar

MAIN_ROUTES = ("intravenous", "topical", "intraarticular", "inhaled")
"""The ways exosomes are most often sold: said to be absent where no report used them."""


def counts(page: Page) -> None:
    """Print the number of reports by tier with bars, people, routes and preparations."""
    answer = page.answer
    page.heading(say("card.counts"))
    narrowed = answer.counts != answer.whole_counts
    top = max(*answer.whole_counts, 1)
    rows = [_row(page, tier, top, narrowed=narrowed) for tier in TIERS]
    if narrowed:
        heads = [page.shown(say(key)) for key in ("card.asked", "card.whole")]
        rows.insert(0, ("", heads, "", "dim"))
    numbers = [max(columns(row[1][i]) for row in rows) for i in range(len(rows[0][1]))]
    bars = max(columns(row[2]) for row in rows)
    names = max(columns(row[0]) for row in rows)
    names = min(names, page.prose - 2 - sum(n + 2 for n in numbers) - 2 - bars)
    for name, cells, drawn, style in rows:
        first, *others = wrap(name, names)
        line = [Span("  "), Span(left(first, names), style)]
        for width, cell in zip(numbers, cells, strict=True):
            line += (Span("  "), Span(right(cell, width), style))
        page.put([[*line, Span("  "), Span(drawn, "dim")]])
        page.put([Span("  "), Span(other, style)] for other in others)
    people_line(page)
    for routes, label in (
        (page.answer.routes, "routes"), (page.answer.preparations, "preparation")
    ):  # fmt: skip
        tier_lines(page, routes, label)


def _row(page: Page, tier: str, top: int, *, narrowed: bool) -> tuple[str, list[str], str, str]:
    """Return name, numbers, bar and style of a tier."""
    n, whole = getattr(page.answer.counts, tier), getattr(page.answer.whole_counts, tier)
    style = "strike red" if tier == "retracted" and whole else "" if whole else "dim"
    numbers = [f"{n:,}", f"{whole:,}"] if narrowed else [f"{n:,}"]
    return page.shown(word("tier", tier)), numbers, page.shown(bar(n, top)), style


def people_line(page: Page) -> None:
    """Print how many people, and what is known of the number."""
    people = page.answer.people
    if not people.reports:
        return
    parts = [f"{people.given:,}" if people.given else say("verdict.people_unknown")]
    if people.healthy:
        parts.append(say("card.healthy", n=people.healthy))
    if people.cohorts < people.reports:
        parts.append(say("card.once"))
    if people.not_stated and people.given:
        parts.append(say("card.unstated", n=people.not_stated))
    if people.mixed:
        parts.append(say("card.mixed", n=people.mixed))
    page.labelled(say("card.people"), "; ".join(parts))


def tier_lines(page: Page, rows: Sequence[RouteCount], label: str) -> None:
    """Print routes or preparations of people, then of animals."""
    section = "route" if label == "routes" else "intervention"
    for tiers, who in ((STUDIED_TIERS[:2], "people"), (("animal",), "animal")):
        counts: dict[str, int] = {}
        for row in rows:
            if row.tier in tiers:
                counts[row.value] = counts.get(row.value, 0) + row.reports
        if not counts:
            continue
        shown = [f"{word(section, v or 'not_stated')} {n}" for v, n in counts.items()]
        text = ", ".join(shown)
        if section == "route" and who == "people":
            absent = [word("route", r) for r in MAIN_ROUTES if r not in counts]
            if absent:
                text += "; " + say("card.none_by", routes=joined(absent, "or"))
        page.labelled(f"{say(f'card.{label}')}, {say(f'card.who_{who}')}", text)
