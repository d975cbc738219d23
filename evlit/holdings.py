"""What the store holds, record by record, joined for export and display."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from evlit.export import Exported, Reference, reference_of, reference_of_report
from evlit.messages import sentences, word
from evlit.records import Answer, Record, StudyReport
from evlit.store import Store
from evlit.store.rows import flags

PAGE = 200
"""Records read at a time: memory does not grow with the store."""


def export_items(
    store: Store, product: str | None = None, pmids: Sequence[int] | None = None
) -> Iterator[Exported]:
    """Yield held records with the tags that hold and their mentions, by PMID.

    :param product: only records linked to this product (key)
    :param pmids: only these; by default all that the source has not taken back
    """
    rest = iter(store.pmids() if pmids is None else pmids)
    while page := list(islice(rest, PAGE)):
        tags, mentions = store.tags_of(page), store.mentions_of(page)
        for record in store.records(page):
            links = mentions[record.pmid]
            if product is None or any(link.product == product for link in links):
                yield Exported(record, tags[record.pmid], links, flags(record).retracted)


def answer_records(store: Store, answer: Answer) -> Iterator[Record]:
    """Yield the held records of an answer's lists, in their order."""
    reports = (*answer.records, *answer.listed_not_counted)
    held = {r.pmid: r for r in store.records([p.pmid for p in reports if p.held and p.pmid])}
    yield from (held[p.pmid] for p in reports if p.pmid in held)


def answer_references(store: Store, answer: Answer) -> Iterator[Reference]:
    """Yield every report of an answer as a reference; a note says how it counts."""
    held = {record.pmid: record for record in answer_records(store, answer)}
    for report in (*answer.records, *answer.listed_not_counted):
        notes = _notes(report)
        if report.pmid in held:
            record = held[report.pmid]
            yield reference_of(record, retracted=flags(record).retracted, notes=notes)
        else:
            yield reference_of_report(report, notes)


def _notes(report: StudyReport) -> list[str]:
    tier = word("tier", report.tier or "none")
    return [f"evlit: {sentences(tier + '.', report.why)}", *(f.text for f in report.flags)]
