"""What the store keeps about its own work: runs, queries, watermarks, queue, tombstones.

Methods are small and each is one transaction; inside ``with store.transaction():`` they
join that one, so that a watermark moves together with the rows it vouches for.
Times are ISO 8601 UTC texts as ``stamp`` makes them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from evlit import __version__, connection
from evlit.records import Run

UNINDEXED = ("Publisher", "In-Data-Review", "In-Process", "Completed")
"""MedlineCitation statuses that still wait for MeSH; the others are final."""

MISSING_TIMES = 3
MISSING_DAYS = 2
"""A record that the source drops silently is taken as gone after so many runs and days."""


def stamp(moment: datetime) -> str:
    """Return an aware time as the store writes it: ``2026-11-22T06:30:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)


def id_list(pmids: Iterable[int]) -> str:
    """Return ids as the JSON array that ``json_each(?)`` takes (no limit on their number)."""
    return json.dumps(list(pmids))


class Watermark(NamedTuple):
    """How far one query has been asked, for one text of the query."""

    source: str
    query: str
    query_hash: str
    watermark: str | None
    """Day (US Eastern) up to which a fully good run has asked what changed."""
    full_at: str | None
    """Time of the last fully good run over all time; None = never."""
    full_count: int | None
    """What the source counted then."""
    full_translation: str
    run: int | None


class QueryRun(NamedTuple):
    """One query asked in one run."""

    run: int
    source: str
    query: str
    query_hash: str
    mode: str
    asked: str
    translation: str
    counted: int | None
    got: int | None
    status: str
    error: str
    watermark_before: str | None
    watermark_after: str | None
    at: str


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


class Event(NamedTuple):
    """Something that happened to a record held: retracted, concern, deleted …"""

    id: int
    pmid: int
    at: str
    run: int | None
    kind: str
    detail: str


class Due(NamedTuple):
    """A PMID to be fetched, and why: ``new``, ``changed``, ``queued``, ``unindexed``, ``old``."""

    pmid: int
    reason: str


class Bookkeeping:
    """The part of the store that a run writes about itself."""

    def __init__(
        self,
        db: sqlite3.Connection,
        path: Path | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.db = db
        self.path = path
        self._now = now

    def transaction(self) -> AbstractContextManager[None]:
        """Hold one write transaction over several calls; all of them or none is kept."""
        return connection.transaction(self.db, self.path or ":memory:")

    def now(self) -> str:
        """Return the present time as the store writes it."""
        return stamp(self._now())

    # ------------------------------------------------------------------------- runs

    def start_run(self, kind: str) -> Run:
        """Write a row for a run that begins now (``sync``, ``ingest``, ``classify`` …)."""
        at = self.now()
        with self.transaction():
            row = self.db.execute(
                "INSERT INTO runs (kind, started_at, status, version) "
                "VALUES (?, ?, 'running', ?) RETURNING id",
                (kind, at, __version__),
            ).fetchone()
        return Run(id=row[0], kind=kind, started_at=at)

    def finish_run(
        self, run_id: int, status: str, error: str = "", counts: Mapping[str, int] | None = None
    ) -> None:
        """Close a run: status ``ok``, ``partial``, ``failed`` or ``interrupted``."""
        with self.transaction():
            self.db.execute(
                "UPDATE runs SET finished_at = ?, status = ?, error = ?, counts = ? WHERE id = ?",
                (self.now(), status, error, json.dumps(dict(counts or {})), run_id),
            )

    def close_abandoned_runs(self) -> int:
        """Mark runs left ``running`` by a killed process as interrupted; returns how many.

        Only for the one who holds the lock: no other run can then be alive.
        """
        with self.transaction():
            return self.db.execute(
                "UPDATE runs SET status = 'interrupted', finished_at = ?, "
                "error = 'the process ended before the run did' WHERE status = 'running'",
                (self.now(),),
            ).rowcount

    def last_runs(self, n: int = 10, kind: str | None = None) -> list[Run]:
        """Return the last ``n`` runs, newest first, of one kind or of all."""
        rows = self.db.execute(
            "SELECT id, kind, started_at, finished_at, status, error, counts FROM runs "
            "WHERE ?1 IS NULL OR kind = ?1 ORDER BY id DESC LIMIT ?2",
            (kind, n),
        )
        return [Run(*row[:6], counts=json.loads(row[6])) for row in rows]

    # ---------------------------------------------------------------- queries asked

    def save_query_run(
        self,
        run_id: int,
        source: str,
        query: str,
        query_hash: str,
        mode: str,
        asked: str,
        translation: str = "",
        counted: int | None = None,
        got: int | None = None,
        status: str = "ok",
        error: str = "",
        watermark_before: str | None = None,
        watermark_after: str | None = None,
    ) -> None:
        """Write what one query asked and what came; again in the same run replaces it.

        ``asked`` is the text sent, ``translation`` the source's own reading of it,
        ``counted`` the source's count, ``got`` the ids received.
        """
        row = QueryRun(
            run_id, source, query, query_hash, mode, asked, translation, counted, got,
            status, error, watermark_before, watermark_after, self.now(),
        )  # fmt: skip
        with self.transaction():
            self.db.execute(_UPSERT_QUERY_RUN, row)

    def query_runs(self, run_id: int) -> list[QueryRun]:
        """Return what the run asked, in the order of source, query and mode."""
        names = ", ".join(QueryRun._fields)
        rows = self.db.execute(f"SELECT {names} FROM query_runs WHERE run = ?", (run_id,))
        return [QueryRun(*row) for row in rows]

    def watermark(self, source: str, query: str, query_hash: str) -> Watermark | None:
        """Return how far this text of the query was asked; None = never, or another text."""
        row = self.db.execute(
            "SELECT source, query, query_hash, watermark, full_at, full_count, "
            "full_translation, run FROM watermarks "
            "WHERE source = ? AND query = ? AND query_hash = ?",
            (source, query, query_hash),
        ).fetchone()
        return Watermark(*row) if row else None

    def watermarks(self) -> list[Watermark]:
        """Return every watermark, by source and query."""
        names = ", ".join(Watermark._fields)
        rows = self.db.execute(f"SELECT {names} FROM watermarks ORDER BY source, query")
        return [Watermark(*row) for row in rows]

    def set_watermark(
        self,
        source: str,
        query: str,
        query_hash: str,
        watermark: str | None,
        full_at: str | None = None,
        full_count: int | None = None,
        full_translation: str = "",
        run: int | None = None,
    ) -> None:
        """Move a query's watermark; for a new text of the query nothing old is kept.

        ``full_at`` None keeps the last full run (of the same text) as it is.
        """
        row = (source, query, query_hash, watermark, full_at, full_count, full_translation, run)
        with self.transaction():
            self.db.execute(_UPSERT_WATERMARK, row)

    # -------------------------------------------------------------- queue, tombstones

    def queue(self, pmid: int, reason: str, error: str = "") -> None:
        """Put a PMID on the list to be asked for again; counts the attempts."""
        at = self.now()
        with self.transaction():
            self.db.execute(
                "INSERT INTO fetch_queue VALUES (?1, ?2, 1, ?3, ?3, ?4) "
                "ON CONFLICT (pmid) DO UPDATE SET reason = excluded.reason, "
                "attempts = attempts + 1, last_at = excluded.last_at, error = excluded.error",
                (pmid, reason, at, error),
            )

    def unqueue(self, pmids: Iterable[int]) -> None:
        """Take PMIDs off the list."""
        with self.transaction():
            self.db.execute(
                "DELETE FROM fetch_queue WHERE pmid IN (SELECT value FROM json_each(?))",
                (id_list(pmids),),
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
        rows = [(pmid, moment, evidence, int(settled_now)) for pmid in ids]
        with self.transaction():
            before = self._settled(ids)
            self.db.executemany(_UPSERT_TOMBSTONE, rows)
            settled = sorted(self._settled(ids) - before)
            self._flag_deleted(settled, moment, None)
        return settled

    def tombstones(self, *, settled: bool | None = None) -> list[Tombstone]:
        """Return the tombstones: all, only the settled, or only those still in doubt."""
        rows = self.db.execute(
            "SELECT * FROM tombstones WHERE ?1 IS NULL OR settled = ?1 ORDER BY pmid",
            (None if settled is None else int(settled),),
        )
        return [Tombstone(*row[:6], settled=bool(row[6])) for row in rows]

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

    def unindexed(self, limit: int, asked_before: str | None = None) -> list[int]:
        """Return records that still wait for MeSH, longest not asked for first.

        ``asked_before``: only those last fetched before this ISO day.
        """
        marks = ", ".join("?" * len(UNINDEXED))
        rows = self.db.execute(
            f"SELECT records.pmid FROM records LEFT JOIN fetches USING (pmid) "
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
            "SELECT fetches.pmid FROM fetches JOIN records USING (pmid) "
            "WHERE last_fetched < ? AND deleted = 0 ORDER BY last_fetched, fetches.pmid LIMIT ?",
            (before, limit),
        )
        return [row[0] for row in rows]

    def due(
        self,
        found: Iterable[int],
        changed: Iterable[int] = (),
        *,
        unindexed: int = 0,
        older_than_days: int | None = None,
        limit_old: int = 1_000_000,
    ) -> list[Due]:
        """Return what a run should fetch, each PMID once, with the first reason that holds.

        ``found`` ids are due when not held; ``changed`` ids always; queued ids always; then
        up to ``unindexed`` records that wait for MeSH; then those older than so many days.
        """
        wanted = list(dict.fromkeys(found))
        held = self.held(wanted)
        reasons = [Due(pmid, "new") for pmid in wanted if pmid not in held]
        reasons += [Due(pmid, "changed") for pmid in changed]
        reasons += [Due(item.pmid, "queued") for item in self.queued()]
        reasons += [Due(pmid, "unindexed") for pmid in self.unindexed(unindexed)]
        if older_than_days is not None:
            reasons += [Due(pmid, "old") for pmid in self.older_than(older_than_days, limit_old)]
        first: dict[int, Due] = {}
        for due in reasons:
            first.setdefault(due.pmid, due)
        return list(first.values())

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

    # ------------------------------------------------------- requests, files, events

    def save_requests(self, run_id: int | None, rows: Iterable[Sequence[Any]]) -> None:
        """Write requests made: (at, source, endpoint, status, outcome, bytes, ms) each.

        Never a body, never a parameter. ``status`` None = no answer came.
        """
        with self.transaction():
            self.db.executemany(
                "INSERT INTO requests (run, at, source, endpoint, status, outcome, bytes, ms) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(run_id, *row) for row in rows],
            )

    def file_known(self, sha256: str, options: str) -> bool:
        """Say whether a file of this content was wholly read with these options before."""
        row = self.db.execute(
            "SELECT 1 FROM files WHERE sha256 = ? AND options = ?", (sha256, options)
        ).fetchone()
        return row is not None

    def save_file(
        self, sha256: str, name: str, size: int, records: int, options: str, run: int | None
    ) -> None:
        """Note that a file was wholly read; again replaces the note. ``size`` in bytes."""
        with self.transaction():
            self.db.execute(
                "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE "
                "SET name = excluded.name, records = excluded.records, "
                "options = excluded.options, run = excluded.run, at = excluded.at",
                (sha256, name, size, records, options, run, self.now()),
            )

    def events(self, since: str = "", kinds: Collection[str] = ()) -> list[Event]:
        """Return events from a time on (ISO), oldest first, of some kinds or of all."""
        rows = self.db.execute(
            "SELECT id, pmid, at, run, kind, detail FROM events WHERE at >= ? ORDER BY at, id",
            (since,),
        )
        return [event for event in map(Event._make, rows) if not kinds or event.kind in kinds]

    def _log(self, events: Iterable[tuple[int, str, int | None, str, str]]) -> None:
        self.db.executemany(
            "INSERT INTO events (pmid, at, run, kind, detail) VALUES (?, ?, ?, ?, ?)", events
        )


UPSERT_RECORD_QUERY = """
INSERT INTO record_queries (pmid, query, first_seen) VALUES (?, ?, ?)
ON CONFLICT (pmid, query) DO UPDATE SET gone_at = NULL WHERE gone_at IS NOT NULL
"""

_UPSERT_QUERY_RUN = f"""
INSERT INTO query_runs ({", ".join(QueryRun._fields)})
VALUES ({", ".join("?" * len(QueryRun._fields))})
ON CONFLICT (run, source, query, mode) DO UPDATE SET
{", ".join(f"{name} = excluded.{name}" for name in QueryRun._fields[3:] if name != "mode")}
"""

_UPSERT_WATERMARK = """
INSERT INTO watermarks (source, query, query_hash, watermark, full_at, full_count,
  full_translation, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, query) DO UPDATE SET
  watermark = excluded.watermark,
  full_at = CASE WHEN excluded.full_at IS NULL AND query_hash = excluded.query_hash
    THEN full_at ELSE excluded.full_at END,
  full_count = CASE WHEN excluded.full_at IS NULL AND query_hash = excluded.query_hash
    THEN full_count ELSE excluded.full_count END,
  full_translation = CASE WHEN excluded.full_at IS NULL AND query_hash = excluded.query_hash
    THEN full_translation ELSE excluded.full_translation END,
  run = excluded.run,
  query_hash = excluded.query_hash
"""

_UPSERT_TOMBSTONE = f"""
INSERT INTO tombstones VALUES (?1, ?2, ?2, 1, 1, ?3, ?4)
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
    "records": "SELECT count(*) FROM records WHERE deleted = 0",
    "deleted": "SELECT count(*) FROM records WHERE deleted = 1",
    "retracted": "SELECT count(*) FROM records WHERE retracted = 1",
    "human_tags": "SELECT count(*) FROM human_tags",
    "mentions": "SELECT count(*) FROM mentions",
    "revisions": "SELECT count(*) FROM revisions",
    "queued": "SELECT count(*) FROM fetch_queue",
    "missing": "SELECT count(*) FROM tombstones WHERE settled = 0",
    "gone": "SELECT count(*) FROM tombstones WHERE settled = 1",
}
_COUNT_NAMES = tuple(_COUNT_QUERIES)
_COUNTS = "SELECT " + ", ".join(f"({query})" for query in _COUNT_QUERIES.values())
