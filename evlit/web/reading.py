"""Reading the store for pages: a few threads, each with its own read-only connection.

A connection is opened anew when the file at the path is another one (a restored backup), so
that a running server never goes on serving a file that is gone.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, cast

from evlit.catalogue import Catalogue, load_catalogue
from evlit.schema import APPLICATION_ID
from evlit.store import Store, empty_store, open_store

T = TypeVar("T")
THREADS = min(8, (os.cpu_count() or 2) + 2)
REMEMBERED = 64
"""Counts that a thread remembers at most."""


class Reader:
    """Runs functions of a store in threads; one Reader a server."""

    def __init__(self, path: Path | None, catalogue: Catalogue | None = None) -> None:
        self.path = path
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._local = threading.local()
        self._open: list[Store] = []
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="evlit")

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, read once."""
        with self._lock:
            if self._catalogue is None:
                self._catalogue = load_catalogue()
            return self._catalogue

    async def run(self, work: Callable[[Store], T]) -> T:
        """Return ``work(store)``, made in a thread; the language of the caller holds there."""
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, lambda: context.run(lambda: work(self._store()))
        )

    def remember(self, store: Store, key: object, make: Callable[[], T]) -> T:
        """Return what ``make`` gave for a key before, until the store is written to again.

        For counts over the whole store, which many readers ask for alike. Each thread keeps
        its own: SQLite's data version is a number of the connection.
        """
        mark = (id(store), data_version(store.db))
        held: dict[object, object]
        known, held = getattr(self._local, "remembered", (None, {}))
        if known != mark or len(held) >= REMEMBERED:
            held = {}
            self._local.remembered = (mark, held)
        if key not in held:
            held[key] = make()
        return cast(T, held[key])

    def _store(self) -> Store:
        mark = _mark(self.path)
        held: tuple[object, Store] | None = getattr(self._local, "held", None)
        if held is not None and held[0] == mark:
            return held[1]
        store = open_store(self.path, readonly=True) if self.path and mark else empty_store()
        with self._lock:
            self._open.append(store)
        self._local.held = (mark, store)
        return store

    def close(self) -> None:
        """End the threads and close what they opened."""
        self._pool.shutdown()
        with self._lock:
            self._open.clear()
        self._local = threading.local()


def _mark(path: Path | None) -> tuple[int, int] | None:
    """Return what tells one file from another at the same path; None = no file."""
    try:
        found = path.stat() if path else None
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def is_store(path: str | None) -> bool:
    """Say whether a file is an evlit store, by its header."""
    if not path:
        return False
    try:
        with Path(path).open("rb") as file:
            head = file.read(72)
    except OSError:
        return False
    return head[:15] == b"SQLite format 3" and head[68:72] == APPLICATION_ID.to_bytes(4, "big")


def data_version(db: sqlite3.Connection) -> int:
    """Return a number that changes when another process has written."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])
