"""A store opened for questions alone: the connection, and nothing that writes."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, Self

from evlit.store import connection


class Asked(Protocol):
    """What answers are read from."""

    db: sqlite3.Connection


class Reader:
    """A connection that can only be read; a context manager that closes it."""

    __slots__ = ("db",)

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.db.close()


def open_for_questions(path: Path) -> AbstractContextManager[Asked]:
    """Return the store read-only, or an empty one in memory where there is no file yet.

    A question never creates a store; an older evlit's is brought up to date first. Raises
    StoreError, LockedError, TemporaryError.
    """
    if not path.exists():
        return Reader(connection.connect_empty())
    db = connection.connect_readonly(path)
    if db is not None:
        return Reader(db)
    from evlit.store.opening import open_store  # noqa: PLC0415 - hardly ever needed

    return open_store(path, readonly=True)
