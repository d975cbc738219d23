"""Read records, tags and mentions back: the standard library only, pages of bounded size."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from evlit.records import Mention, Record, Tag
from evlit.schema import HELD_RECORDS
from evlit.store import rows
from evlit.store.bookkeeping import id_list
from evlit.store.human_tags import HumanTags

PAGE = 500
"""Records read or refreshed at a time, so that memory does not grow with the store."""


class Reading(HumanTags):
    """The part of the store that reads what it holds."""

    def record(self, pmid: int) -> Record | None:
        """Return the current reading of a record (deleted ones too), or None."""
        return next(self.records([pmid]), None)

    def records(self, pmids: Iterable[int]) -> Iterator[Record]:
        """Yield the held among these, in the order given; in bounded memory."""
        for page in pages(pmids):
            wanted = id_list(page)
            main = {row[0]: row for row in self.db.execute(_SELECT_RECORDS, (wanted,))}
            lists: dict[int, dict[str, list[Sequence[Any]]]] = {pmid: {} for pmid in main}
            for table, select in _SELECT_LIST.items():
                for pmid, *row in self.db.execute(select, (wanted,)):
                    lists[pmid].setdefault(table, []).append(row)
            for pmid in page:
                if pmid in main:
                    yield rows.to_record(main[pmid], lists[pmid])

    def pmids(self, *, deleted: bool = False) -> list[int]:
        """Return the PMIDs held, ascending; those flagged deleted only when asked for."""
        sql = "SELECT pmid FROM records WHERE deleted <= ? ORDER BY pmid"
        return [row[0] for row in self.db.execute(sql, (int(deleted),))]

    def tags(self, pmid: int) -> tuple[Tag, ...]:
        """Return the tags that hold: a person's replace all others on the same axis."""
        return self.tags_of([pmid])[pmid]

    def tags_of(self, pmids: Sequence[int]) -> dict[int, tuple[Tag, ...]]:
        """Return the tags that hold of many records; every PMID asked for has an entry."""
        machine, human = self._machine_tags(pmids), self.human_tags_of(pmids)
        return {pmid: rows.effective(machine[pmid], human.get(pmid, ())) for pmid in pmids}

    def _machine_tags(self, pmids: Sequence[int]) -> dict[int, list[Tag]]:
        found: dict[int, list[Tag]] = {pmid: [] for pmid in pmids}
        for pmid, *tag in self.db.execute(_SELECT_TAGS, (id_list(pmids),)):
            found[pmid].append(Tag(*tag))
        return found

    def mentions(self, pmid: int) -> tuple[Mention, ...]:
        """Return the record's links to products."""
        return self.mentions_of([pmid])[pmid]

    def mentions_of(self, pmids: Sequence[int]) -> dict[int, tuple[Mention, ...]]:
        """Return links to products of many records; every PMID asked for has an entry."""
        found: dict[int, list[Mention]] = {pmid: [] for pmid in pmids}
        for row in self.db.execute(_SELECT_MENTIONS, (id_list(pmids),)):
            mention = Mention(*row)
            found[mention.pmid].append(mention._replace(counts=bool(mention.counts)))
        return {pmid: tuple(mentions) for pmid, mentions in found.items()}

    def queries(self, pmid: int) -> tuple[str, ...]:
        """Return the keys of topics and products whose query hits the record."""
        sql = "SELECT query FROM record_queries WHERE pmid = ? AND gone_at IS NULL ORDER BY query"
        return tuple(row[0] for row in self.db.execute(sql, (pmid,)))

    def raw(self, pmid: int) -> tuple[bytes, str] | None:
        """Return the bytes of the current reading and their format (xml, medline), or None."""
        return next(((xml, kind) for _, xml, kind in self.iter_raw([pmid])), None)

    def iter_raw(self, pmids: Iterable[int] | None = None) -> Iterator[tuple[int, bytes, str]]:
        """Yield (pmid, bytes, format) of current readings: of these PMIDs, or of all.

        Read in pages: the caller may write between two of them. Those not held are left out.
        """
        for page in pages(self.pmids(deleted=True) if pmids is None else pmids):
            for pmid, xml, kind in self.db.execute(_SELECT_RAW, (id_list(page),)).fetchall():
                yield pmid, zlib.decompress(xml), kind

    def count(self) -> int:
        """Return the number of records held, those flagged deleted left out."""
        return int(self.db.execute(HELD_RECORDS).fetchone()[0])

    def needs_tagging(self, tagged_with: str, matched_with: str) -> list[int]:
        """Return records whose tags or mentions were made by other versions than these."""
        sql = "SELECT pmid FROM record_state WHERE (tagged_with, matched_with) IS NOT (?, ?)"
        return [
            row[0] for row in self.db.execute(f"{sql} ORDER BY pmid", (tagged_with, matched_with))
        ]


def pages(pmids: Iterable[int]) -> Iterator[list[int]]:
    """Yield PMIDs in lists of at most PAGE."""
    rest = iter(pmids)
    while page := list(islice(rest, PAGE)):
        yield page


_IN = "IN (SELECT value FROM json_each(?))"

_SELECT_LIST = {
    table: f"SELECT pmid, {', '.join(columns)} FROM {table} WHERE pmid {_IN} "
    "ORDER BY pmid, position"
    for table, columns in rows.LIST_TABLES.items()
}

_SELECT_RECORDS = f"SELECT {', '.join(rows.SELECT_COLUMNS)} FROM records WHERE pmid {_IN}"

_SELECT_TAGS = f"SELECT * FROM tags WHERE pmid {_IN} ORDER BY pmid, axis, value"

_SELECT_MENTIONS = f"""
SELECT {", ".join(Mention._fields)} FROM mentions WHERE pmid {_IN}
ORDER BY pmid, product, kind, field, name
"""

_SELECT_RAW = f"""
SELECT records.pmid, xml, format FROM records JOIN revisions
ON revisions.pmid = records.pmid AND revisions.version = records.version
  AND revisions.sha256 = records.sha256
WHERE records.pmid {_IN} ORDER BY records.pmid
"""
