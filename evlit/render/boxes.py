"""The boxes of a card: what is in it, harm on record, class evidence, coverage."""

from __future__ import annotations

from collections.abc import Iterator

from evlit.messages import joined, say, series, word
from evlit.records import STUDIED_TIERS, ClassEvidence, ClassRow
from evlit.render.layout import Line, Span, boxed, columns, left, right, shortened, wrap
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
    room = page.prose - 4
    lines: list[Line] = _wrapped(page, evidence.sentence, room)
    if evidence.tissue_sentence:
        lines += _wrapped(page, evidence.tissue_sentence, room)
    if evidence.counts.studied:
        narrow = page.width < NARROW
        lines += [(), *(_class_lines if narrow else _class_table)(page, evidence, room)]
    more = len(evidence.rows) - CLASS_ROWS
    if more > 0 and not page.explain:
        lines += _wrapped(page, say("card.more", n=more), room, "dim")
    if evidence.harms and not page.answer.counts.studied:
        lines += [(), *_wrapped(page, say("class.harms", harms=class_harms(evidence)), room)]
    if evidence.known:
        lines += [(), *_wrapped(page, evidence.known_sentence, room)]
        lines += _known_lines(page, evidence, room)
    title = page.shown(say(f"card.class_box{'' if page.answer.product else '_view'}"))
    page.blank()
    page.put(boxed(title, lines, page.prose, ascii_only=page.ascii_only))


def _wrapped(page: Page, text: str, room: int, style: str = "") -> list[Line]:
    return [(Span(line, style),) for line in wrap(page.shown(text), room)]


def _known_lines(page: Page, evidence: ClassEvidence, room: int) -> Iterator[Line]:
    """Yield what a study is that the catalogue knows, then its title."""
    shown = len(evidence.known) if page.explain else KNOWN_ROWS
    for report in evidence.known[:shown]:
        head = [str(report.year or ""), design(report), size(report), *report.indication_names]
        if report.why == say("class.known_unread"):
            head.append(say("class.unread"))
        if report.id != report.title:
            head.append(report.id)
        yield from _wrapped(page, " · ".join(h for h in head if h), room, "bold")
        title = "  " + page.shown(report.title)
        whole = wrap(title, room) if page.explain else [shortened(title, room)]
        yield from ((Span(line),) for line in whole)
    if len(evidence.known) > shown:
        yield from _wrapped(page, say("card.more", n=len(evidence.known) - shown), room, "dim")


def _class_rows(page: Page, evidence: ClassEvidence) -> list[ClassRow]:
    rows = list(evidence.rows[:CLASS_ROWS])
    if evidence.indication is None:
        rows.insert(0, ClassRow("", say("class.all"), evidence.counts))
    return [row._replace(name=page.shown(row.name)) for row in rows]


def _class_table(page: Page, evidence: ClassEvidence, room: int) -> Iterator[Line]:
    """Yield the class evidence by condition and tier."""
    rows = _class_rows(page, evidence)
    heads = [page.shown(say(f"class.col_{tier}")) for tier in STUDIED_TIERS]
    cells = [[f"{n:,}" for n in row.counts[:4]] for row in rows]
    widths = [max(map(columns, column)) for column in zip(heads, *cells, strict=True)]
    names = max((columns(row.name) for row in rows), default=0)
    names = min(names, room - sum(width + 2 for width in widths))
    head = "".join("  " + right(text, width) for text, width in zip(heads, widths, strict=True))
    yield (Span(" " * names), Span(head, "dim"))
    for row, numbers in zip(rows, cells, strict=True):
        first, *others = wrap(row.name, names)
        told = "".join("  " + right(n, width) for n, width in zip(numbers, widths, strict=True))
        yield (Span(left(first, names) + told),)
        yield from ((Span(other),) for other in others)


def _class_lines(page: Page, evidence: ClassEvidence, room: int) -> Iterator[Line]:
    """Yield the class evidence as lines, for narrow terminals."""
    for row in _class_rows(page, evidence):
        pairs = zip(STUDIED_TIERS, row.counts, strict=False)
        said = ", ".join(f"{say(f'class.col_{tier}')} {n:,}" for tier, n in pairs if n)
        yield from _wrapped(page, f"{row.name}: {said}", room)


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
    page.blank()
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
