"""The boxes of a card: what is in it, harm on record, class evidence, coverage."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from evlit.messages import joined, say, series, word
from evlit.records import STUDIED_TIERS, ClassEvidence, ClassRow, TierCounts
from evlit.render.page import Page
from evlit.render.words import class_harms, design, harm_words, size

KINDS = 5
"""Reactions of adverse-event reports printed at most."""
CLASS_ROWS = 8
KNOWN_ROWS = 3
NARROW = 60
"""Below so many columns the class evidence is printed as lines, not as a table."""


def composition(page: Page) -> None:
    """Print what the product's own abstracts name of its composition."""
    page.heading(say("card.composition"))
    product = page.answer.product
    if product and product.sold_as:
        page.labelled(say("card.label"), product.sold_as, 4)
    rows = page.answer.composition
    if not any(row.words for row in rows):
        page.line(composition_unseen(page), indent=4, style="dim")
        return
    for row in rows:
        words = dict.fromkeys(w for w, _ in row.words if w)
        text = "; ".join(words) or say("composition.unseen")
        page.labelled(word("composition", row.item), text, 4, "" if words else "dim")


def composition_unseen(page: Page) -> str:
    """Return why there is nothing to show: no abstract held, or none that says it."""
    if not any(r.held and r.counted for r in page.answer.records):
        return say("card.composition_none")
    items = (word("composition", row.item) for row in page.answer.composition)
    return say("card.nothing_seen", items=joined(items, "or"))


def harms(page: Page) -> None:
    """Print safety statements of the product's records, then what is known of the kind."""
    page.heading(say("card.harms"))
    if not page.answer.harms:
        page.line(say("card.no_harm_text"), indent=4)
    for statement in page.answer.harms:
        page.line(f"{statement.id}: {statement.text}", indent=4, hang=2)
        if statement.harms:
            page.line(harm_words(statement.harms), indent=6)
        if statement.words:
            page.line(statement.words, indent=6, style="dim")
    evidence = page.answer.class_evidence
    if evidence and evidence.harms:
        text = say("card.harm_apart", harms=class_harms(evidence))
        page.line(text, indent=4, style="dim")
    event_lines(page)
    page.line(say("card.untold"), indent=4, style="dim")


def event_reports(page: Page) -> None:
    """Print the reports under a heading of their own, where there is no box of harms."""
    if page.answer.event_reports:
        page.heading(say("card.event_reports"))
        event_lines(page)


def event_lines(page: Page) -> None:
    """Print the numbers of adverse-event reports, with what such a number is worth."""
    counts = page.answer.event_reports
    if not counts:
        return
    for count in (c for c in counts if c.reports):
        page.line(count.text, indent=4, hang=2)
        kinds = [say("outside.kind", kind=kind, n=n) for kind, n in count.kinds[:KINDS]]
        if kinds:
            page.line(say("outside.reports_kinds", kinds=series(kinds)), indent=6)
    if not any(c.reports for c in counts):
        page.line(say("outside.reports_none", date=min(c.seen for c in counts)[:10]), indent=4)
    page.line(say("outside.no_cause"), indent=4, style="dim")


def class_box(page: Page, evidence: ClassEvidence) -> None:
    """Print the class evidence in a box of its own."""

    parts: list[Text | Table] = [Text(page.shown(evidence.sentence))]
    if evidence.counts.studied:
        narrow = page.console.width < NARROW
        parts += [Text(), _class_lines(page, evidence) if narrow else _class_table(page, evidence)]
    if evidence.tissue_sentence:
        parts.insert(1, Text(page.shown(evidence.tissue_sentence)))
    left = len(evidence.rows) - CLASS_ROWS
    if left > 0 and not page.explain:
        parts.append(Text(page.shown(say("card.more", n=left)), style="dim"))
    if evidence.harms and not page.answer.counts.studied:
        parts += [Text(), Text(page.shown(say("class.harms", harms=class_harms(evidence))))]
    if evidence.known:
        parts += [Text(), Text(page.shown(evidence.known_sentence)), *_known_lines(page, evidence)]
    page.console.print()
    panel = Panel(
        Group(*parts),
        title=Text(say(f"card.class_box{'' if page.answer.product else '_view'}"), style="bold"),
        title_align="left",
        box=box.ASCII if page.ascii_only else box.ROUNDED,
        border_style="dim",
    )
    page.console.print(panel, width=page.prose)


def _known_lines(page: Page, evidence: ClassEvidence) -> Iterator[Text]:
    """Yield one line a study that the catalogue knows: what it is, then its title."""
    shown = len(evidence.known) if page.explain else KNOWN_ROWS
    for report in evidence.known[:shown]:
        head = [str(report.year or ""), design(report), size(report), *report.indication_names]
        if report.why == say("class.known_unread"):
            head.append(say("class.unread"))
        if report.id != report.title:
            head.append(report.id)
        yield Text(page.shown(" · ".join(h for h in head if h)), style="bold")
        title = Text("  " + page.shown(report.title))
        room, dots = page.prose - 4, page.shown("…")
        if not page.explain and title.cell_len > room:
            title.truncate(room - len(dots))
            title.append(dots)
        yield title
    if len(evidence.known) > shown:
        yield Text(page.shown(say("card.more", n=len(evidence.known) - shown)), style="dim")


def _class_table(page: Page, evidence: ClassEvidence) -> Table:
    """Return the class evidence by condition and tier."""

    grid = Table(box=None, padding=(0, 1), pad_edge=False, show_edge=False, header_style="dim")
    grid.add_column("", overflow="fold", ratio=1)
    for tier in STUDIED_TIERS:
        grid.add_column(say(f"class.col_{tier}"), justify="right")
    if evidence.indication is None:
        grid.add_row(Text(say("class.all")), *_cells(evidence.counts))
    for row in evidence.rows[:CLASS_ROWS]:
        grid.add_row(Text(page.shown(row.name)), *_cells(row.counts))
    return grid


def _class_lines(page: Page, evidence: ClassEvidence) -> Text:
    """Return the class evidence as lines, for narrow terminals."""
    rows = list(evidence.rows[:CLASS_ROWS])
    if evidence.indication is None:
        rows.insert(0, ClassRow("", say("class.all"), evidence.counts))
    lines = []
    for row in rows:
        pairs = zip(STUDIED_TIERS, row.counts, strict=False)
        said = ", ".join(f"{say(f'class.col_{tier}')} {n:,}" for tier, n in pairs if n)
        lines.append(f"{page.shown(row.name)}: {said}")
    return Text("\n".join(lines))


def _cells(counts: TierCounts) -> list[str]:
    return [f"{n:,}" for n in counts[:4]]


def coverage(page: Page) -> None:
    """Print how hard one looked, and what was not checked."""
    coverage = page.answer.coverage
    page.heading(say("card.coverage"))
    page.line(coverage.text[:1].upper() + coverage.text[1:], indent=2, style="dim")
    held = say("coverage.held", n=coverage.records_held)
    if page.answer.product or page.answer.records:
        held += "; " + say(
            "coverage.counts", hits=coverage.hits, named=coverage.named, tested=coverage.tested
        )
    page.line(held, indent=2, style="dim")
    if page.answer.names_tried:
        page.labelled(say("card.names"), ", ".join(page.answer.names_tried), 2, "dim")
    if page.explain:
        queries(page)
    for text in page.answer.not_checked:
        page.line(text, indent=2, style="dim")
    page.console.print()
    page.line(say("card.hint"), indent=2)


def queries(page: Page) -> None:
    """Print exclusions, the queries and PubMed's own translation."""
    for item in page.answer.coverage.exclusions:
        ids = ", ".join(map(str, item.pmids)) + (" …" if len(item.pmids) < item.records else "")
        named = f" (PMID {ids})" if item.pmids else ""
        page.line(f"{item.records:,} × {item.text}{named}", indent=4, style="dim", hang=4)
    for query in page.answer.coverage.queries:
        at = query.full_at or say("coverage.never")
        page.line(f"{query.source} {query.query} ({at}): {query.asked}", 4, "dim", hang=2)
        if query.translation:
            text = f"{say('card.translation')}: {query.translation}"
            page.line(text, indent=6, style="dim", hang=2)
