"""Copies of the store, and the question whether it is whole."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from evlit.errors import UsageError
from evlit.store import connection, rows
from evlit.store.human_tags import check_value
from evlit.store.reading import Reading, pages

SHOWN = 20
"""Problems of one kind that are named one by one; the rest are counted."""


class Upkeep(Reading):
    """The part of the store that copies and checks it."""

    def backup(self, target: Path, *, force: bool = False) -> None:
        """Write a consistent copy as one file, also while another process writes.

        The file appears only when it is whole. Raises UsageError where it exists already
        (unless ``force``) or is the store itself, StoreError where it cannot be written.
        """
        target = Path(target)
        if self.path is not None and target.exists() and target.samefile(self.path):
            raise UsageError(str(target), "is the store itself", "name another file")
        if target.is_dir():
            raise UsageError(str(target), "is a folder", "name a file in it")
        if target.exists() and not force:
            raise UsageError(str(target), "exists already", "add --force to write over it")
        with connection.translated(target), connection.file_errors(target):
            connection.copy_database(self.db, target)

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file and empty it; after a big write."""
        with connection.translated(self.path or ":memory:"):
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def check(self) -> list[str]:
        """Return what is wrong with the store, in words; an empty list = whole.

        SQLite's own check, foreign keys, the full-text index against its texts, every
        stored reading against its hash, rows without their counterpart, derived facts
        against the tags, numbers kept against a new count, and what people said against
        the code book.
        """
        damaged = self._check_pages()
        if damaged:
            return damaged  # nothing read from damaged pages can be relied on
        found: list[str] = []
        for problems in (
            self._check_references(),
            self._check_full_text(),
            self._check_readings(),
            self._check_facts(),
            self._check_counts(),
            self._check_human_tags(),
        ):
            found += _shortened(problems)
        return found

    def _check_pages(self) -> list[str]:
        try:
            told = [row[0] for row in self.db.execute(f"PRAGMA integrity_check({SHOWN})")]
        except sqlite3.DatabaseError as error:
            told = [str(error)]
        return [f"SQLite: {text}" for text in told if text != "ok"]

    def _check_references(self) -> Iterator[str]:
        for table, _, parent, _ in self.db.execute("PRAGMA foreign_key_check"):
            yield f"table {table}: a row refers to a row of {parent} that is not there"
        for table, what in (
            ("record_state", "no note of when it was fetched"),
            ("facts", "no row of facts"),
        ):
            lone = self.db.execute(
                f"SELECT pmid FROM records WHERE pmid NOT IN (SELECT pmid FROM {table})"
            )
            yield from (f"PMID {pmid}: {what}" for (pmid,) in lone)
        for (pmid,) in self.db.execute(_WITHOUT_READING):
            yield f"PMID {pmid}: its current reading is not among the readings kept"

    def _check_full_text(self) -> Iterator[str]:
        try:
            self.db.execute(
                "INSERT INTO records_fts(records_fts, rank) VALUES ('integrity-check', 1)"
            )
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY":
                yield "full-text index: not checked, the store is open for reading only"
            else:
                yield f"full-text index: does not agree with the records ({error})"

    def _check_readings(self) -> Iterator[str]:
        last = 0
        while page := self.db.execute(_READINGS, (last,)).fetchall():
            for number, pmid, version, sha256, raw in page:
                last = number
                if _hash(raw) != sha256:
                    yield f"PMID {pmid}, version {version}: stored bytes do not match their hash"

    def _check_facts(self) -> Iterator[str]:
        names = ", ".join(rows.FACT_COLUMNS)
        for page in pages(self.pmids(deleted=True)):
            machine, human = self._machine_tags(page), self.human_tags_of(page)
            mentions = self.mentions_of(page)
            kept = {
                row[0]: row
                for row in self.db.execute(
                    f"SELECT {names} FROM facts WHERE pmid BETWEEN ? AND ?", (page[0], page[-1])
                )
            }
            for pmid in page:
                made = rows.facts_row(pmid, machine[pmid], human.get(pmid, ()), mentions[pmid])
                if pmid in kept and kept[pmid] != made:
                    yield f"PMID {pmid}: facts do not agree with its tags and mentions"

    def _check_counts(self) -> Iterator[str]:
        """Count again what triggers have counted."""
        kept = {row[:-1]: row[-1] for row in self.db.execute("SELECT * FROM class_counts")}
        found = {row[:-1]: row[-1] for row in self.db.execute(_COUNT_CLASSES)}
        for key in sorted(kept.keys() | found.keys()):
            if kept.get(key, 0) != found.get(key, 0):
                yield (
                    f"class_counts {' '.join(key)}: says {kept.get(key, 0)}, "
                    f"the records say {found.get(key, 0)}"
                )
        (held,) = self.db.execute("SELECT count(*) FROM records").fetchone()
        (told,) = self.db.execute("SELECT rows FROM totals WHERE name = 'records'").fetchone()
        if told != held:
            yield f"totals: says {told} records, the table holds {held}"

    def _check_human_tags(self) -> Iterator[str]:
        for tag in self.human_tags():
            problem = check_value(tag.axis, tag.value)
            if problem:
                yield f"PMID {tag.pmid}: a person's tag: {problem}"


def _hash(raw: bytes) -> str:
    try:
        return hashlib.sha256(zlib.decompress(raw)).hexdigest()
    except zlib.error as error:
        return f"cannot be unpacked: {error}"


def _shortened(problems: Iterator[str]) -> list[str]:
    found = list(problems)
    rest = len(found) - SHOWN
    return found if rest <= 0 else [*found[:SHOWN], f"… and {rest} more of this kind"]


_COUNT_CLASSES = """
SELECT source_kind, intervention, given, facet, value, tier, count(*) FROM class_facets
GROUP BY 1, 2, 3, 4, 5, 6
"""
_WITHOUT_READING = """
SELECT pmid FROM records WHERE NOT EXISTS (
  SELECT 1 FROM revisions WHERE revisions.pmid = records.pmid
  AND revisions.version = records.version AND revisions.sha256 = records.sha256)
"""
_READINGS = """
SELECT id, pmid, version, sha256, xml FROM revisions WHERE id > ? ORDER BY id LIMIT 200
"""
