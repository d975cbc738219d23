"""Opens a store: for writing, for reading, or an empty one in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

from evlit.store import connection
from evlit.store.bookkeeping import utc_now
from evlit.store.outside import Outside
from evlit.store.saving import Saving
from evlit.store.upkeep import Upkeep

__all__ = ["Store", "empty_store", "open_store"]


class Store(Saving, Upkeep, Outside):
    """An open store. ``db`` is the connection, for SELECTs of the rooms above."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; SQLite folds the write-ahead log into the file."""
        self.db.close()


def open_store(
    path: Path, *, readonly: bool = False, now: Callable[[], datetime] = utc_now
) -> Store:
    """Open the store at ``path``; a context manager.

    For writing it is created and brought up to date (with a backup before a migration).
    ``readonly`` makes no store: where there is none it raises StoreError ("no store at …");
    an older evlit's is brought up to date first. ``now`` gives the time, for tests.
    Raises StoreError, LockedError, TemporaryError.
    """
    path = Path(path)
    if not readonly:
        return _open_writable(path, now)
    db = connection.connect_readonly(path)
    if db is None:
        _open_writable(path, now).close()
        db = connection.connect_readonly(path)
    assert db is not None  # it has just been brought up to date
    return Store(db, path, now)


def empty_store(now: Callable[[], datetime] = utc_now) -> Store:
    """Return a store in memory, without records: for answers from the catalogue alone."""
    return Store(connection.connect_empty(), None, now)


def _open_writable(path: Path, now: Callable[[], datetime]) -> Store:
    def fill(db: sqlite3.Connection, made: list[str]) -> None:
        if "facts" in made:
            Store(db, path, now).refresh_facts()

    return Store(connection.connect_writable(path, fill), path, now)
