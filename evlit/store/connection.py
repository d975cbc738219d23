"""Open the store's file: for writing (created, brought up to date) or for reading only.

Every SQLite error that leaves here is an EvlitError that says which file, what, and what
to do. Transactions are explicit: the connections are in autocommit mode.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from evlit import schema
from evlit.errors import (
    EvlitError,
    LockedError,
    StoreError,
    StorePathError,
    TemporaryError,
    is_no_room,
)

BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for another before it gives up."""

CACHE_KIB = 32 * 1024


def connect_writable(
    path: Path, fill: Callable[[sqlite3.Connection, list[str]], None]
) -> sqlite3.Connection:
    """Open the store for writing; create it, migrate it, make its derived parts.

    ``fill`` is called with the derived parts made anew, in the transaction that made them.
    A store that holds records is copied to ``NAME.before-schema-N`` before a migration.
    Raises StoreError, LockedError, TemporaryError.
    """
    _refuse_path(path)
    with translated(path), file_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        db = _connect(str(path), uri=False)
        try:
            schema.refuse_foreign(db, str(path))
            _set_pragmas(db)
            _bring_up_to_date(db, path, fill)
            return db
        except BaseException:
            db.close()
            raise


def connect_readonly(path: Path) -> sqlite3.Connection | None:
    """Open the store for reading only; creates nothing. Raises StoreError.

    Returns None where the store must first be brought up to date (an older evlit's).
    """
    _refuse_path(path)
    if not path.exists() or not path.stat().st_size:
        raise StoreError(f"no store at {path}", "nothing has been fetched yet", "run `evlit sync`")
    with translated(path):
        db = _connect_ro(path)
        ready = False
        try:
            schema.refuse_foreign(db, str(path))
            ready = bool(schema.user_version(db)) and schema.is_current(db)
            db.execute("PRAGMA query_only = ON")
        finally:
            if not ready:
                db.close()
        return db if ready else None


def connect_empty() -> sqlite3.Connection:
    """Return an in-memory store without records, of the current shape."""
    db = _connect(":memory:", uri=False)
    db.execute("PRAGMA foreign_keys = ON")
    schema.migrate(db)
    schema.rebuild_derived(db)
    return db


@contextmanager
def transaction(db: sqlite3.Connection, path: Path | str) -> Iterator[None]:
    """Hold one write transaction; inside another it joins that one.

    Commits at the end, rolls back on any exception. SQLite's errors become EvlitErrors.
    """
    if db.in_transaction:
        yield
        return
    with translated(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            _roll_back(db)
            raise


def _roll_back(db: sqlite3.Connection) -> None:
    if db.in_transaction:  # SQLite has rolled back by itself after a full disk
        db.execute("ROLLBACK")


@contextmanager
def translated(path: Path | str) -> Iterator[None]:
    """Turn SQLite's errors into EvlitErrors that name the file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _translate(error, str(path)) from error


@contextmanager
def file_errors(path: Path | str) -> Iterator[None]:
    """Turn the file system's errors into StoreErrors that name the file."""
    try:
        yield
    except OSError as error:
        kind = TemporaryError if is_no_room(error) else StoreError
        raise kind(
            str(path), error.strerror or str(error), "check the path and its permissions"
        ) from error


_CAUSES: tuple[tuple[tuple[str, ...], type[EvlitError], str, str], ...] = (
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        LockedError, "another process is writing to the store", "try again later",
    ),
    (
        ("SQLITE_FULL",),
        TemporaryError, "no room left on the disk",
        "free some space; the next run goes on from here",
    ),
    # A quota, or a limit on the size of files: only ENOSPC is a full disk to SQLite.
    (
        ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC",
         "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_SHMSIZE"),
        TemporaryError, "could not be written ({error})",
        "make room, or lift the limit on the size of files (ulimit -f, a quota); if there is "
        "room, check the disk; the next run goes on from here",
    ),
    (
        ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"),
        StorePathError, "cannot be opened or written ({error})",
        "check that you may write the file and its folder",
    ),
    (("SQLITE_NOTADB",), StorePathError, "not a SQLite database", "name another file with --db"),
    (
        ("SQLITE_CORRUPT", "SQLITE_IOERR"),
        StoreError, "damaged or unreadable ({error})", "restore a backup; see `evlit check`",
    ),
)  # fmt: skip
"""SQLite's names for errors, by how they begin → what a person is told."""


def _translate(error: sqlite3.DatabaseError, where: str) -> EvlitError:
    name = getattr(error, "sqlite_errorname", "") or ""
    for begins, kind, what, remedy in _CAUSES:
        if name.startswith(begins):
            return kind(where, what.format(error=error), remedy)
    return StoreError(where, f"{type(error).__name__}: {error}", "run `evlit check`")


def _refuse_path(path: Path) -> None:
    """Raise StorePathError for a folder, an unreadable file, a file of another format."""
    with file_errors(path):
        if path.is_dir():
            raise StorePathError(str(path), "is a folder", "name a file, e.g. evlit.db in it")
        if not path.exists():
            return
        with path.open("rb") as file:
            head = file.read(16)
    if head and head != b"SQLite format 3\0":
        raise StorePathError(str(path), "not a SQLite database", "name another file with --db")


def _connect(target: str, *, uri: bool) -> sqlite3.Connection:
    return sqlite3.connect(target, timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=uri)


def _connect_ro(path: Path) -> sqlite3.Connection:
    """Open with ``mode=ro``; where the folder cannot be written and nobody writes, as a fixed
    file: SQLite cannot make the shared-memory file that a WAL database otherwise needs."""
    address = path.absolute().as_uri()
    db = _connect(f"{address}?mode=ro", uri=True)
    try:
        db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        db.close()
        if os.access(path.parent, os.W_OK) or Path(f"{path}-wal").exists():
            raise
        db = _connect(f"{address}?mode=ro&immutable=1", uri=True)
    except BaseException:
        db.close()
        raise
    return db


def _set_pragmas(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    db.execute("PRAGMA temp_store = MEMORY")
    # Fold the log in every 16 MB rather than 4: a first fill writes hundreds.
    db.execute("PRAGMA wal_autocheckpoint = 4000")


def _bring_up_to_date(
    db: sqlite3.Connection, path: Path, fill: Callable[[sqlite3.Connection, list[str]], None]
) -> None:
    version = schema.user_version(db)
    if version and schema.is_current(db):
        return
    if 0 < version < len(schema.MIGRATIONS) and _holds_records(db):
        copy_database(db, Path(f"{path}.before-schema-{version + 1}"))
    with transaction(db, path):
        schema.migrate(db)
        fill(db, schema.rebuild_derived(db))


def _holds_records(db: sqlite3.Connection) -> bool:
    return any(
        db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
        for table in ("records", "human_tags", "tombstones")
    )


def copy_database(db: sqlite3.Connection, target: Path) -> None:
    """Copy the whole database to ``target``, replacing it only when the copy is whole."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    copy = sqlite3.connect(part)
    try:
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    part.replace(target)
