"""An Answer for people at a terminal: the verdict first, then what it rests on.

Text from outside is never markup here (``rich.text.Text``), and control characters are
taken out of it. rich is imported only when something is printed.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from evlit.messages import joined, say, word
from evlit.records import (
    STUDIED_TIERS,
    TIERS,
    Answer,
    ClassEvidence,
    Product,
    RouteCount,
    StudyReport,
    TierCounts,
    TrialReport,
)

if TYPE_CHECKING:
    from rich.console import Console

PROSE = 100
"""Columns of running text at most: longer lines are hard to read."""
SHOWN = {"human_randomised": 50, "human_other": 50, "animal": 8, "cells": 5}
"""Reports of a tier printed at most; ``--json`` lists all. Others: 5."""
CLASS_ROWS = 8
CHOICES = 12
BAR = 24
MAIN_ROUTES = ("iv", "topical", "intra_articular", "inhaled")
"""The ways exosomes are most often sold: said to be absent where no report used them."""

_BAD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\u2028\u2029\ufeff"
    "\ud800-\udfff]"
)
_ASCII = str.maketrans(
    {
        "·": "-", "•": "*", "–": "-", "—": "-", "−": "-", "…": "...", "“": '"', "”": '"',
        "‘": "'", "’": "'", "█": "#", "▏": "|", "─": "-", "│": "|", "≥": ">=", "≤": "<=",
        "µ": "u", "μ": "u", "×": "x", "®": "(R)", "™": "(TM)", "α": "alpha", "β": "beta",
        "γ": "gamma", "±": "+/-", "°": " deg", "→": "->", "＋": "+",
    }
)  # fmt: skip


def to_terminal(
    answer: Answer,
    *,
    width: int = 80,
    color: bool = False,
    ascii_only: bool = False,
    explain: bool = False,
) -> str:
    """Return the answer as lines of at most ``width`` columns, ending in a line feed.

    :param color: styles by escape sequences; off for files, pipes and NO_COLOR
    :param ascii_only: nothing but ASCII, for terminals that can show no more
    :param explain: why each report is on the list, queries and exclusions
    """
    from rich.console import Console  # noqa: PLC0415 - reading JSON or CSV needs no rich

    out = io.StringIO()
    console = Console(
        file=out, width=max(width, 40), force_terminal=color, color_system="standard" if color
        else None, no_color=not color, highlight=False, markup=False, emoji=False,
        legacy_windows=False, safe_box=ascii_only,
    )  # fmt: skip
    _Card(console, answer, explain=explain, ascii_only=ascii_only).print()
    text = "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
    return to_ascii(text) if ascii_only else text


def to_ascii(text: str) -> str:
    """Return text in ASCII: known signs by their usual stand-ins, accents dropped, else ``?``."""
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.encode("ascii", "replace").decode("ascii")


def clean(text: str) -> str:
    """Return text from outside without controls, escapes and direction marks, on one line."""
    return " ".join(_BAD.sub("\N{REPLACEMENT CHARACTER}", text).split())


class _Card:
    """Prints one answer, section by section."""

    def __init__(
        self, console: Console, answer: Answer, *, explain: bool, ascii_only: bool
    ) -> None:
        self.console = console
        self.answer = answer
        self.explain = explain
        self.ascii_only = ascii_only
        self.prose = min(console.width, PROSE)

    # ------------------------------------------------------------------ small pieces

    def line(self, text: str, indent: int = 0, style: str = "", hang: int = 0) -> None:
        """Print text wrapped to the width of prose, later lines indented by ``hang`` more."""
        from rich.padding import Padding  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        shown = Text(clean(text), style=style)
        room = self.prose - indent
        lines = shown.wrap(self.console, max(room - hang, 10)) if hang else None
        if lines is None:
            self.console.print(Padding(shown, (0, 0, 0, indent)), width=self.prose)
            return
        for i, part in enumerate(lines):
            pad = indent if i == 0 else indent + hang
            self.console.print(Padding(part, (0, 0, 0, pad)), width=self.prose)

    def labelled(self, label: str, text: str, indent: int = 2, style: str = "") -> None:
        """Print ``label: text``, wrapped lines under the text."""
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        grid.add_row(" " * (indent - 1), Text(f"{label}:", style="dim"), Text(clean(text), style))
        self.console.print(grid, width=self.prose)

    def heading(self, text: str) -> None:
        """Print a section's heading after an empty line."""
        self.console.print()
        self.line(text, style="bold")

    # ---------------------------------------------------------------------- the card

    def print(self) -> None:
        """Print the whole card."""
        self.identity()
        self.verdict()
        self.choices()
        if self.answer.product or any(self.answer.counts):
            self.counts()
        self.reports()
        self.listed()
        self.trials()
        self.notices()
        if self.answer.product and self.answer.counts.studied:
            self.composition()
            self.harms()
        if self.answer.class_evidence:
            self.class_box(self.answer.class_evidence)
        self.coverage()

    def identity(self) -> None:
        """Print name and status, maker, source and class."""
        from rich.text import Text  # noqa: PLC0415

        answer = self.answer
        name = answer.product.name if answer.product else answer.question.typed
        name = name or answer.question.maker or answer.question.indication_name
        title = Text(clean(name), style="bold")
        title.append("  ")
        title.append(say(f"status.{answer.status}"), style="reverse")
        self.console.print(title, width=self.prose)
        if answer.product:
            self.line(" · ".join(identity_parts(answer.product)), style="dim")
        for flag in answer.flags:
            self.line(f"! {flag.text}", style="yellow", hang=2)

    def verdict(self) -> None:
        """Print the verdict and the warnings."""
        self.console.print()
        self.line(self.answer.verdict, indent=2, style="bold")
        for warning in self.answer.warnings:
            self.console.print()
            self.line(f"{say('card.warning')}: {warning}", indent=2, style="yellow")

    def choices(self) -> None:
        """Print what may be meant, and near names."""
        for key, items in (
            ("choices", self.answer.choices),
            ("suggestions", self.answer.suggestions),
        ):
            if not items:
                continue
            self.heading(say(f"card.{key}"))
            for item in items[:CHOICES]:
                text = f"{item.name}: {item.why}" if key == "choices" else item.why
                self.line(text, indent=2, hang=4)
            self.more(len(items) - CHOICES)

    def more(self, left: int, indent: int = 2) -> None:
        """Say how many were not printed."""
        if left > 0:
            self.line(say("card.more", n=left), indent=indent, style="dim")

    # ------------------------------------------------------------------------ counts

    def counts(self) -> None:
        """Print the number of reports by tier with bars, people, routes and preparations."""
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        answer = self.answer
        self.heading(say("card.counts"))
        narrowed = answer.counts != answer.whole_counts
        grid = Table.grid(padding=(0, 2))
        grid.add_column()
        grid.add_column(no_wrap=True)
        grid.add_column(justify="right")
        if narrowed:
            grid.add_column(justify="right")
        grid.add_column(no_wrap=True)
        if narrowed:
            heads = (say("card.asked"), say("card.whole"))
            grid.add_row("", "", *(Text(h, style="dim") for h in heads), "")
        top = max(*answer.whole_counts, 1)
        for tier in TIERS:
            n, whole = getattr(answer.counts, tier), getattr(answer.whole_counts, tier)
            style = "strike red" if tier == "retracted" and whole else "" if whole else "dim"
            cells = [Text("", style), Text(word("tier", tier), style), Text(f"{n:,}", style)]
            cells += [Text(f"{whole:,}", style)] if narrowed else []
            grid.add_row(*cells, Text(_bar(n, top), "dim"))
        self.console.print(grid, width=self.prose)
        self.people_line()
        for routes, label in (
            (self.answer.routes, "routes"), (self.answer.preparations, "preparation")
        ):  # fmt: skip
            self.tier_lines(routes, label)

    def people_line(self) -> None:
        """Print how many people, and what is known of the number."""
        people = self.answer.people
        if not people.reports:
            return
        parts = [f"{people.given:,}" if people.given else say("verdict.people_unknown")]
        if people.healthy:
            parts.append(say("verdict.people_count_healthy", n=people.healthy).split(",")[0])
        if people.cohorts < people.reports:
            parts.append(say("card.once"))
        if people.not_stated and people.given:
            parts.append(say("verdict.people_some_unknown", n=people.not_stated))
        if people.mixed:
            parts.append(say("card.mixed", n=people.mixed))
        self.labelled(say("card.people"), "; ".join(parts))

    def tier_lines(self, rows: Sequence[RouteCount], label: str) -> None:
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
            self.labelled(f"{say(f'card.{label}')}, {say(f'card.who_{who}')}", text)

    # ----------------------------------------------------------------------- reports

    def reports(self) -> None:
        """Print the reports by tier."""
        records = self.answer.records
        if not records:
            return
        self.heading(say("card.list"))
        for tier in TIERS:
            of_tier = [r for r in records if r.tier == tier]
            if not of_tier:
                continue
            self.line(f"{word('tier', tier)} ({len(of_tier)})", indent=2, style="underline")
            shown = len(of_tier) if self.explain else SHOWN.get(tier, 5)
            for report in of_tier[:shown]:
                self.report(report)
            self.more(len(of_tier) - shown, indent=4)

    def report(self, report: StudyReport) -> None:
        """Print one report: head, title, and what the abstract says."""
        gone = report.tier == "retracted"
        head = [report.id, str(report.year or ""), _design(report), _size(report)]
        head += [joined(report.indication_names[:3])]
        head += [", ".join(word("route", r) for r in report.routes[:2])]
        self.line(" · ".join(h for h in head if h), indent=4, style="bold", hang=2)
        self.line(report.title, indent=6, style="strike" if gone else "")
        if report.tier in STUDIED_TIERS:
            self.details(report)
        elif report.why:
            self.line(report.why, indent=6, style="dim")
        for flag in report.flags:
            style = "red" if flag.key in ("retracted", "concern") else "dim"
            mark = "-" if flag.key in ("no_maker_link", "n_from_catalogue") else "!"
            self.line(f"{mark} {flag.text}", indent=6, style=style, hang=2)
        if self.explain:
            self.why(report)

    def details(self, report: StudyReport) -> None:
        """Print comparison, quoted main result and safety statement."""
        if report.comparator and not report.comparator.casefold().startswith("none"):
            self.labelled(say("card.compared"), report.comparator, 6)
        if report.main_result:
            self.labelled(say("card.result"), f"“{report.main_result}”", 6)
        if report.safety_text and report.tier != "cells":
            self.line(report.safety_text, indent=6)

    def why(self, report: StudyReport) -> None:
        """Print why the report is on the list and how its design was read."""
        for label, text in (("why", report.why), ("design", report.design_words)):
            if text and not (label == "why" and report.tier not in STUDIED_TIERS):
                self.labelled(say(f"card.{label}"), text, 6, "dim")
        if report.checked_by_person:
            axes = ", ".join(report.checked_by_person)
            self.line(say("card.person_checked", axes=axes), indent=6, style="dim")

    def listed(self) -> None:
        """Print what is listed and does not count, with the reason."""
        items = self.answer.listed_not_counted
        if not items:
            return
        self.heading(say("card.listed"))
        shown = len(items) if self.explain else 8
        for report in items[:shown]:
            head = [report.id if report.id != report.title else "", str(report.year or "")]
            head += [_design(report), _size(report), joined(report.indication_names[:3])]
            self.line(" · ".join(h for h in head if h), indent=4, style="bold", hang=2)
            self.line(report.title, indent=6)
            self.line(report.why, indent=6, style="dim")
        self.more(len(items) - shown, indent=4)

    def trials(self) -> None:
        """Print the registered trials."""
        items = self.answer.trials
        if not items:
            return
        self.heading(say("card.trials"))
        shown = len(items) if self.explain else 10
        for item in items[:shown]:
            self.line(trial_line(item), indent=4, style="bold", hang=2)
            if item.trial.title:
                self.line(item.trial.title, indent=6)
            self.line(_publication(item), indent=6)
            if item.trial.note:
                self.line(item.trial.note, indent=6, style="dim")
        self.more(len(items) - shown, indent=4)

    def notices(self) -> None:
        """Print the regulator's notices."""
        if not self.answer.notices:
            return
        self.heading(say("card.notices"))
        for notice in self.answer.notices:
            head = [notice.date, notice.regulator, notice.kind, notice.reference]
            self.line(" · ".join(h for h in head if h), indent=4, style="bold", hang=2)
            self.line(notice.about, indent=6)
            for source in notice.sources[:1]:
                self.line(source, indent=6, style="dim")

    # ------------------------------------------------------------------------- boxes

    def composition(self) -> None:
        """Print what the product's own abstracts name of its composition."""
        self.heading(say("card.composition"))
        product = self.answer.product
        if product and product.sold_as:
            self.labelled(say("card.label"), product.sold_as, 4)
        rows = self.answer.composition
        if not any(row.words for row in rows):
            self.line(self.composition_unseen(), indent=4, style="dim")
            return
        for row in rows:
            words = dict.fromkeys(w for w, _ in row.words if w)
            text = "; ".join(words) or say("composition.unseen")
            self.labelled(word("composition", row.item), text, 4, "" if words else "dim")

    def composition_unseen(self) -> str:
        """Return why there is nothing to show: no abstract held, or none that says it."""
        if not any(r.held and r.counted for r in self.answer.records):
            return say("card.composition_none")
        items = (word("composition", row.item) for row in self.answer.composition)
        return say("card.nothing_seen", items=joined(items, "or"))

    def harms(self) -> None:
        """Print safety statements of the product's records, then what is known of the kind."""
        self.heading(say("card.harms"))
        if not self.answer.harms:
            self.line(say("card.no_harm_text"), indent=4)
        for statement in self.answer.harms:
            self.line(f"{statement.id}: {statement.text}", indent=4, hang=2)
            if statement.harms:
                self.line(_harm_words(statement.harms), indent=6)
        evidence = self.answer.class_evidence
        if evidence and evidence.harms:
            text = say("card.harm_apart", harms=_class_harms(evidence))
            self.line(text, indent=4, style="dim")
        self.line(say("card.untold"), indent=4, style="dim")

    def class_box(self, evidence: ClassEvidence) -> None:
        """Print the class evidence in a box of its own."""
        from rich import box  # noqa: PLC0415
        from rich.console import Group  # noqa: PLC0415
        from rich.panel import Panel  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        parts: list[Text | Table] = [Text(evidence.sentence)]
        if evidence.counts.studied:
            parts += [Text(), _class_table(evidence)]
        left = len(evidence.rows) - CLASS_ROWS
        if left > 0 and not self.explain:
            parts.append(Text(say("card.more", n=left), style="dim"))
        if evidence.harms:
            parts += [Text(), Text(say("class.harms", harms=_class_harms(evidence)))]
        self.console.print()
        panel = Panel(
            Group(*parts),
            title=Text(say("card.class_box"), style="bold"),
            title_align="left",
            box=box.ASCII if self.ascii_only else box.ROUNDED,
            border_style="dim",
        )
        self.console.print(panel, width=self.prose)

    def coverage(self) -> None:
        """Print how hard one looked, and what was not checked."""
        coverage = self.answer.coverage
        self.heading(say("card.coverage"))
        self.line(coverage.text[:1].upper() + coverage.text[1:], indent=2, style="dim")
        held = say("coverage.held", n=coverage.records_held)
        if self.answer.product or self.answer.records:
            held += "; " + say(
                "coverage.counts", hits=coverage.hits, named=coverage.named, tested=coverage.tested
            )
        self.line(held, indent=2, style="dim")
        if self.answer.names_tried:
            self.labelled(say("card.names"), ", ".join(self.answer.names_tried), 2, "dim")
        if self.explain:
            self.queries()
        for text in self.answer.not_checked:
            self.line(text, indent=2, style="dim")

    def queries(self) -> None:
        """Print exclusions, the queries and PubMed's own translation."""
        for item in self.answer.coverage.exclusions:
            self.line(f"{item.records:,} × {item.text}", indent=4, style="dim")
        for query in self.answer.coverage.queries:
            at = query.full_at or say("coverage.never")
            self.labelled(f"{query.source} {query.query} ({at})", query.asked, 2, "dim")
            if query.translation:
                self.labelled(say("card.translation"), query.translation, 4, "dim")


# ---------------------------------------------------------------------------- words


def identity_parts(product: Product) -> list[str]:
    """Return maker, cell source and class of a product, as its sources say."""
    makers = joined(m.name for m in product.makers)
    source = product.cell_source.text if product.cell_source else ""
    called = product.product_class.text if product.product_class else say("card.class_unstated")
    return [p for p in (makers, source, called, product.country) if p]


def _bar(n: int, top: int) -> str:
    """Return one block a report, scaled down where the longest would not fit."""
    size = n if top <= BAR else round(n * BAR / top)
    return "█" * max(size, 1 if n else 0)


def _design(report: StudyReport) -> str:
    kind = report.clinical_kind if report.design in ("clinical", "") else ""
    if report.tier == "human_randomised":
        kind = "rct"
    if kind:
        return word("design", kind)
    if report.design == "animal" and report.species:
        return joined(s.replace("_", " ") for s in report.species)
    return word("design", report.design) if report.design else ""


def _size(report: StudyReport) -> str:
    if report.n is None:
        return ""
    if report.exposed is not None and report.exposed != report.n:
        return say("card.exposed", n=report.n, exposed=f"{report.exposed:,}")
    return f"n = {report.n:,}"


def trial_line(item: TrialReport) -> str:
    """Return a trial's head: id, phase, status and when it was read, people, condition."""
    trial = item.trial
    status = clean(trial.status).lower().replace("_", " ")
    if status and trial.status_seen:
        status += f" ({say('trial.seen', date=trial.status_seen)})"
    size = say("trial.enrolment", n=trial.enrolment) if trial.enrolment is not None else ""
    parts = (trial.trial_id, trial.phase, status, size, item.indication_name)
    return " · ".join(p for p in parts if p)


def _publication(item: TrialReport) -> str:
    reports = joined(item.reports)
    text = say(f"trial.{item.publication}", reports=reports, pmid=item.trial.linked_pmid)
    if item.trial.results_posted in ("yes", "no"):
        text += "; " + say(f"trial.results_{item.trial.results_posted}")
    return text[:1].upper() + text[1:]


def _harm_words(harms: Iterable[str]) -> str:
    parts = []
    for value in harms:
        kind, _, where = value.partition(":")
        parts.append(f"{word('harm', kind)} {word('harm', where) if where else ''}".strip())
    return ", ".join(parts)


def _class_harms(evidence: ClassEvidence) -> str:
    return ", ".join(say("class.harm", n=n, harm=_harm_words([h])) for h, n in evidence.harms)


def _class_table(evidence: ClassEvidence):  # type: ignore[no-untyped-def]
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table(box=None, padding=(0, 1), pad_edge=False, show_edge=False, header_style="dim")
    grid.add_column("", overflow="fold", ratio=1)
    for tier in STUDIED_TIERS:
        grid.add_column(say(f"class.col_{tier}"), justify="right")
    grid.add_row(Text(say("class.all")), *_cells(evidence.counts))
    for row in evidence.rows[:CLASS_ROWS]:
        grid.add_row(Text(clean(row.name)), *_cells(row.counts))
    return grid


def _cells(counts: TierCounts) -> list[str]:
    return [f"{n:,}" for n in counts[:4]]


def patient_help() -> str:
    """Return the five questions to ask a clinic and where to report harm, as plain text."""
    questions = [f"{i}. {say(f'patient.q{i}')}" for i in range(1, 6)]
    places = [say(f"patient.r_{c}") for c in ("us", "jp", "uk", "eu", "kr", "any")]
    return "\n".join(
        [
            say("patient.title"), *questions, "",
            say("patient.report"), *(f"- {p}" for p in places), "",
            say("patient.limits"),
        ]
    )  # fmt: skip
