"""An Entry → all that the store writes of it: pure, made by whoever has the time for it.

Plain values only, as SQLite takes them: they cross from a process that reads to the one that
writes for a fraction of what a Record costs, and the writer has nothing left to do but write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from evlit.records import Entry, Mention, Tag
from evlit.store import rows
from evlit.store.packing import packed, raw_format

Row = tuple[Any, ...]


class Ready(NamedTuple):
    """What the store writes of one record; every field a value, or tuples of values."""

    pmid: int
    version: int
    revised: str | None
    sha256: str
    flags: Row
    """As :class:`evlit.store.rows.Flags`."""
    format: str
    xml: bytes
    """Its bytes, compressed."""
    record: Row
    """As RECORD_COLUMNS."""
    lists: tuple[Sequence[Row], ...]
    """Rows of the tables of LIST_TABLES, in their order."""
    tags: Sequence[Row]
    """(pmid, axis, value, source, reason, score)"""
    mentions: Sequence[Row]
    facts: Row
    """As FACT_COLUMNS, where no person has spoken of the record."""
    queries: tuple[str, ...]


def ready(entry: Entry) -> Ready:
    """Return what is written of a record with its tags, mentions and queries."""
    record, xml = entry.parsed.record, entry.parsed.xml
    pmid, flags = record.pmid, tuple(rows.flags(record))
    return Ready(
        pmid,
        record.version,
        record.revised,
        entry.parsed.sha256,
        flags,
        raw_format(xml),
        packed(xml),
        rows.record_row(record, flags),
        rows.list_rows(record),
        [(pmid, *tag) for tag in entry.tags],
        [tuple(mention) for mention in entry.mentions],
        rows.facts_row(pmid, entry.tags, (), entry.mentions),
        tuple(entry.queries),
    )


def tags_of(item: Ready) -> tuple[Tag, ...]:
    """Return the tags of a record again."""
    return tuple(Tag(*row[1:]) for row in item.tags)


def mentions_of(item: Ready) -> tuple[Mention, ...]:
    """Return the mentions of a record again."""
    return tuple(Mention(*row) for row in item.mentions)


_CORRECTIONS = list(rows.LIST_TABLES).index("corrections")


def corrections_of(item: Ready) -> list[Row]:
    """Return the links to other citations: (ref_type, pmid, citation, note)."""
    return [row[2:] for row in item.lists[_CORRECTIONS]]
