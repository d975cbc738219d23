"""What the store keeps about its own work: runs, queries, watermarks, requests, files.

Methods are small and each is one transaction; inside ``with store.transaction():`` they
join that one, so that a watermark moves together with the rows it vouches for.
Times are ISO 8601 UTC texts as ``stamp`` makes them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from evlit import __version__
from evlit.records import Run
from evlit.store import connection


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


class FullAnswer(NamedTuple):
    """What a source said of a query over all time: what it counted, what it handed out."""

    at: str
    counted: int
    got: int
    asked: str


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


class Event(NamedTuple):
    """Something that happened to a record held: retracted, concern, deleted …"""

    id: int
    pmid: int
    at: str
    run: int | None
    kind: str
    detail: str


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

    def close_abandoned_runs(self, kind: str | None = None) -> int:
        """Mark runs left ``running`` by a killed process as interrupted; returns how many.

        Only for the one who holds the lock: no other run can then be alive. ``kind``: only
        runs of this kind (``sync`` and ``sync-…``), where others do not take that lock.
        """
        with self.transaction():
            return self.db.execute(
                "UPDATE runs SET status = 'interrupted', finished_at = :now, "
                "error = 'the process ended before the run did' "
                "WHERE status = 'running' "
                "AND (:kind IS NULL OR kind = :kind OR kind LIKE :kind || '-%')",
                {"now": self.now(), "kind": kind},
            ).rowcount

    def last_runs(self, n: int = 10, kind: str | None = None) -> list[Run]:
        """Return the last ``n`` runs, newest first, of one kind or of all."""
        rows = self.db.execute(
            "SELECT id, kind, started_at, finished_at, status, error, counts FROM runs "
            "WHERE :kind IS NULL OR kind = :kind ORDER BY id DESC LIMIT :n",
            {"kind": kind, "n": n},
        )
        return [_to_run(*row) for row in rows]

    # ---------------------------------------------------------------- queries asked

    def save_query_run(
        self,
        run_id: int,
        source: str,
        query: str,
        query_hash: str,
        *,
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

    def full_answers(self, source: str, since: str) -> dict[tuple[str, str], list[FullAnswer]]:
        """Return what each (query, hash) was answered over all time, oldest first.

        :param since: ISO time; answers of runs begun before are left out
        """
        rows = self.db.execute(
            "SELECT query, query_hash, at, counted, got, asked FROM query_runs "
            "WHERE run >= (SELECT coalesce(min(id), 0) FROM runs WHERE started_at >= ?) "
            "AND source = ? AND mode = 'full' AND status <> 'failed' ORDER BY run",
            (since, source),
        )
        found: dict[tuple[str, str], list[FullAnswer]] = {}
        for query, query_hash, *answer in rows:
            found.setdefault((query, query_hash), []).append(FullAnswer(*answer))
        return found

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
        *,
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

    def files_known(self, options: str) -> dict[str, dict[str, int]]:
        """Return the hashes of files wholly read with these options, with their counts."""
        rows = self.db.execute("SELECT sha256, counts FROM files WHERE options = ?", (options,))
        return {sha: json.loads(counts) for sha, counts in rows}

    def save_file(
        self,
        sha256: str,
        name: str,
        *,
        size: int,
        records: int,
        options: str,
        run: int | None,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """Note that a file was wholly read; again replaces the note. ``size`` in bytes."""
        with self.transaction():
            self.db.execute(
                "INSERT INTO files (sha256, name, bytes, records, options, run, at, counts) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE "
                "SET name = excluded.name, records = excluded.records, "
                "options = excluded.options, run = excluded.run, at = excluded.at, "
                "counts = excluded.counts",
                (sha256, name, size, records, options, run, self.now(), json.dumps(counts or {})),
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


def _to_run(
    number: int, kind: str, started: str, finished: str | None, status: str, *rest: str
) -> Run:
    error, counts = rest
    return Run(number, kind, started, finished, status, error, json.loads(counts))


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
