"""What is held, what is due, and what the source no longer gives.

Methods are one transaction each and join an outer ``with store.transaction():``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from evlit.schema import HELD_RECORDS
from evlit.store.bookkeeping import Bookkeeping, id_list, stamp

UNINDEXED = ("Publisher", "In-Data-Review", "In-Process", "Completed")
"""MedlineCitation statuses that still wait for MeSH; the others are final."""

MISSING_TIMES = 3
MISSING_DAYS = 2
"""A record that the source drops silently is taken as gone after so many runs and days."""


class Queued(NamedTuple):
    """A PMID that could not be fetched or read and is to be asked for again."""

    pmid: int
    reason: str
    attempts: int
    first_at: str
    last_at: str
    error: str


class Tombstone(NamedTuple):
    """A PMID that the source no longer has (``settled``), or did not give lately."""

    pmid: int
    first_missing_at: str
    last_missing_at: str
    times: int
    days: int
    evidence: str
    settled: bool


class Missing(Bookkeeping):
    """The part of the store that knows what is held, due, queued and missing."""

    # -------------------------------------------------------------- queue, tombstones

    def queue(self, pmid: int, reason: str, error: str = "") -> None:
        """Put a PMID on the list to be asked for again; counts the attempts."""
        at = self.now()
        with self.transaction():
            self.db.execute(
                "INSERT INTO fetch_queue VALUES (?, ?, 1, ?, ?, ?) "
                "ON CONFLICT (pmid) DO UPDATE SET reason = excluded.reason, "
                "attempts = attempts + 1, last_at = excluded.last_at, error = excluded.error",
                (pmid, reason, at, at, error),
            )

    def queued(self) -> list[Queued]:
        """Return the list, fewest attempts first."""
        rows = self.db.execute("SELECT * FROM fetch_queue ORDER BY attempts, pmid")
        return [Queued(*row) for row in rows]

    def note_missing(
        self, pmids: Iterable[int], evidence: str, at: str | None = None, settled_now: bool = False
    ) -> list[int]:
        """Note that the source did not give these PMIDs; returns those settled by it.

        A PMID is settled (its record flagged deleted, never removed) with ``settled_now``
        (the source says so itself) or after three notes on two days. Two notes with the
        same ``at`` are one. ``at`` None = now.
        """
        moment = at or self.now()
        ids = list(dict.fromkeys(pmids))
        rows = [(pmid, moment, moment, evidence, int(settled_now)) for pmid in ids]
        with self.transaction():
            before = self._settled(ids)
            self.db.executemany(_UPSERT_TOMBSTONE, rows)
            self._unqueue(ids)
            settled = sorted(self._settled(ids) - before)
            self._flag_deleted(settled, moment, None)
        return settled

    def _arrived(
        self, pmids: Sequence[int], restored: Sequence[int], at: str, run: int | None
    ) -> None:
        """Take what has come off the queue and the tombstones; a return is an event."""
        ids = id_list(pmids)
        returned = self.db.execute(
            "SELECT pmid, evidence, last_missing_at FROM tombstones "
            "WHERE pmid IN (SELECT value FROM json_each(?))",
            (id_list(restored),),
        ).fetchall()
        self._log(
            (pmid, at, run, "undeleted", f"was taken as gone on {when[:10]}: {evidence}")
            for pmid, evidence, when in returned
        )
        self.db.execute(
            "DELETE FROM tombstones WHERE pmid IN (SELECT value FROM json_each(?))", (ids,)
        )
        self._unqueue(pmids)

    def _unqueue(self, pmids: Iterable[int]) -> None:
        """Take off the list what has come, or is gone: the tombstones watch over that."""
        self.db.execute(
            "DELETE FROM fetch_queue WHERE pmid IN (SELECT value FROM json_each(?))",
            (id_list(pmids),),
        )

    def tombstones(self, *, settled: bool | None = None) -> list[Tombstone]:
        """Return the tombstones: all, only the settled, or only those still in doubt."""
        rows = self.db.execute(
            "SELECT * FROM tombstones WHERE :settled IS NULL OR settled = :settled ORDER BY pmid",
            {"settled": None if settled is None else int(settled)},
        )
        found = [Tombstone(*row) for row in rows]
        return [stone._replace(settled=bool(stone.settled)) for stone in found]

    def _settled(self, pmids: Collection[int]) -> set[int]:
        rows = self.db.execute(
            "SELECT pmid FROM tombstones WHERE settled = 1 "
            "AND pmid IN (SELECT value FROM json_each(?))",
            (id_list(pmids),),
        )
        return {row[0] for row in rows}

    def _flag_deleted(self, pmids: Sequence[int], at: str, run: int | None) -> None:
        """Flag the held among these as deleted and write the event, with its evidence."""
        held = self.db.execute(
            "SELECT records.pmid, evidence FROM records JOIN tombstones USING (pmid) "
            "WHERE deleted = 0 AND records.pmid IN (SELECT value FROM json_each(?))",
            (id_list(pmids),),
        ).fetchall()
        self.db.executemany(
            "UPDATE records SET deleted = 1, last_changed = ? WHERE pmid = ?",
            [(at, pmid) for pmid, _ in held],
        )
        self._log([(pmid, at, run, "deleted", evidence) for pmid, evidence in held])

    # ------------------------------------------------------------------ what is held

    def held(self, pmids: Iterable[int] | None = None) -> set[int]:
        """Return which of these PMIDs have a record (deleted ones too); None = all."""
        if pmids is None:
            return {row[0] for row in self.db.execute("SELECT pmid FROM records")}
        rows = self.db.execute(
            "SELECT pmid FROM records WHERE pmid IN (SELECT value FROM json_each(?))",
            (id_list(pmids),),
        )
        return {row[0] for row in rows}

    def held_dois(self, dois: Iterable[str]) -> set[str]:
        """Return which of these DOIs, in lower case, a record has."""
        rows = self.db.execute(
            "SELECT lower(doi) FROM records WHERE lower(doi) IN (SELECT value FROM json_each(?))",
            (json.dumps([doi.lower() for doi in dois]),),
        )
        return {row[0] for row in rows}

    def taken_back(self, pmids: Iterable[int]) -> set[int]:
        """Return which of these PMIDs have a record that is flagged deleted."""
        rows = self.db.execute(
            "SELECT pmid FROM records WHERE deleted = 1 "
            "AND pmid IN (SELECT value FROM json_each(?))",
            (id_list(pmids),),
        )
        return {row[0] for row in rows}

    def doubted(self, days: int, limit: int) -> list[Tombstone]:
        """Return tombstones still in doubt, and those settled within ``days``, newest first."""
        since = stamp(self._now() - timedelta(days=days))
        stones = [s for s in self.tombstones() if not s.settled or s.last_missing_at >= since]
        return sorted(stones, key=lambda s: s.last_missing_at, reverse=True)[:limit]

    def unindexed(self, limit: int, asked_before: str | None = None) -> list[int]:
        """Return records that still wait for MeSH, longest not asked for first.

        ``asked_before``: only those last fetched before this ISO day.
        """
        marks = ", ".join("?" * len(UNINDEXED))
        rows = self.db.execute(
            f"SELECT records.pmid FROM records LEFT JOIN record_state USING (pmid) "
            f"WHERE status IN ({marks}) AND deleted = 0 "
            "AND (? IS NULL OR coalesce(last_fetched, '') < ?) "
            "ORDER BY coalesce(last_fetched, ''), records.pmid LIMIT ?",
            (*UNINDEXED, asked_before, asked_before, limit),
        )
        return [row[0] for row in rows]

    def older_than(self, days: int, limit: int = 1_000_000) -> list[int]:
        """Return records last fetched more than ``days`` days ago, oldest first."""
        before = stamp(self._now() - timedelta(days=days))[:10]
        rows = self.db.execute(
            "SELECT record_state.pmid FROM record_state JOIN records USING (pmid) "
            "WHERE (last_fetched < ? OR last_fetched > ?) AND deleted = 0 "
            "ORDER BY last_fetched, record_state.pmid LIMIT ?",
            # A time to come was written while the clock was wrong: it says nothing.
            (before, stamp(self._now() + timedelta(days=1)), limit),
        )
        return [row[0] for row in rows]

    def query_pmids(self, query: str) -> set[int]:
        """Return the PMIDs that the query is known to hit."""
        rows = self.db.execute(
            "SELECT pmid FROM record_queries WHERE query = ? AND gone_at IS NULL", (query,)
        )
        return {row[0] for row in rows}

    def add_query_hits(self, query: str, pmids: Iterable[int]) -> None:
        """Note that the query hits these PMIDs, held or not."""
        at = self.now()
        with self.transaction():
            self.db.executemany(UPSERT_RECORD_QUERY, [(pmid, query, at) for pmid in pmids])

    def end_query_hits(self, query: str, pmids: Iterable[int]) -> None:
        """Note that the query no longer hits these PMIDs; the rows stay, with the time."""
        with self.transaction():
            self.db.execute(
                "UPDATE record_queries SET gone_at = ? WHERE query = ? AND gone_at IS NULL "
                "AND pmid IN (SELECT value FROM json_each(?))",
                (self.now(), query, id_list(pmids)),
            )

    def counts(self) -> dict[str, int]:
        """Return numbers of rows by what they are: records, deleted, retracted …"""
        row = self.db.execute(_COUNTS).fetchone()
        return dict(zip(_COUNT_NAMES, row, strict=True))

    def query_counts(self) -> dict[str, int]:
        """Return how many held records each query hits."""
        rows = self.db.execute(
            "SELECT query, count(*) FROM record_queries JOIN records USING (pmid) "
            "WHERE gone_at IS NULL AND deleted = 0 GROUP BY query"
        )
        return dict(rows.fetchall())


UPSERT_RECORD_QUERY = """
INSERT INTO record_queries (pmid, query, first_seen) VALUES (?, ?, ?)
ON CONFLICT (pmid, query) DO UPDATE SET gone_at = NULL WHERE gone_at IS NOT NULL
"""

_UPSERT_TOMBSTONE = f"""
INSERT INTO tombstones VALUES (?, ?, ?, 1, 1, ?, ?)
ON CONFLICT (pmid) DO UPDATE SET
  times = times + (last_missing_at <> excluded.last_missing_at),
  days = days + (substr(last_missing_at, 1, 10) <> substr(excluded.last_missing_at, 1, 10)),
  last_missing_at = excluded.last_missing_at,
  evidence = CASE WHEN settled THEN evidence ELSE excluded.evidence END,
  settled = max(settled, excluded.settled,
    times + (last_missing_at <> excluded.last_missing_at) >= {MISSING_TIMES}
    AND days + (substr(last_missing_at, 1, 10) <> substr(excluded.last_missing_at, 1, 10))
      >= {MISSING_DAYS})
WHERE last_missing_at <> excluded.last_missing_at OR settled < excluded.settled
"""

_COUNT_QUERIES = {
    "records": HELD_RECORDS,
    "deleted": "SELECT count(*) FROM records INDEXED BY records_deleted WHERE deleted = 1",
    "retracted": "SELECT count(*) FROM records INDEXED BY records_retracted WHERE retracted = 1",
    "human_tags": "SELECT count(*) FROM human_tags",
    "mentions": "SELECT count(*) FROM mentions",
    "revisions": "SELECT count(*) FROM revisions",
    "queued": "SELECT count(*) FROM fetch_queue",
    "missing": "SELECT count(*) FROM tombstones WHERE settled = 0",
    "gone": "SELECT count(*) FROM tombstones WHERE settled = 1",
}
_COUNT_NAMES = tuple(_COUNT_QUERIES)
_COUNTS = "SELECT " + ", ".join(f"({query})" for query in _COUNT_QUERIES.values())
