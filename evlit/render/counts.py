"""The counts of a card: tiers with bars, people, routes and preparations."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from evlit.messages import joined, say, word
from evlit.records import STUDIED_TIERS, TIERS, RouteCount
from evlit.render.page import Page
from evlit.render.words import bar

MAIN_ROUTES = ("intravenous", "topical", "intraarticular", "inhaled")
"""The ways exosomes are most often sold: said to be absent where no report used them."""


def counts(page: Page) -> None:
    """Print the number of reports by tier with bars, people, routes and preparations."""

    answer = page.answer
    page.heading(say("card.counts"))
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
        grid.add_row(*cells, Text(bar(n, top), "dim"))
    page.console.print(grid, width=page.prose)
    people_line(page)
    for routes, label in (
        (page.answer.routes, "routes"), (page.answer.preparations, "preparation")
    ):  # fmt: skip
        tier_lines(page, routes, label)


def people_line(page: Page) -> None:
    """Print how many people, and what is known of the number."""
    people = page.answer.people
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
