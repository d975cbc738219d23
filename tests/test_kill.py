"""Killed anywhere, run again: the store ends as after one clean run.

In one process a kill is an exception after which nothing can be written; the real SIGKILLs
hit a process of its own. ``make soak`` does the same at length.
"""

from __future__ import annotations

import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evlit.errors import TemporaryError
from evlit.sources import entrez
from evlit.store import Store, open_store
from evlit.sync import sync
from tests.fakes.client import door_for, settings_for
from tests.fakes.eutils import FakeEutils, Seen
from tests.fakes.nights import Nights, enrich_with, library, state
from tests.fakes.replies import Reply

ROOT = Path(__file__).parents[1]


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """A connection that dies at its n-th statement and writes nothing afterwards."""

    def __init__(self, db: sqlite3.Connection, deadly: int) -> None:
        self._db, self.left = db, deadly
        self.done = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._db, name)
        if name not in ("execute", "executemany"):
            return found

        def mortal(*args: Any) -> Any:
            self.done += 1
            self.left -= 1
            if self.left <= 0:
                raise Killed
            return found(*args)

        return mortal


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEutils]:
    """Sixty records that come in three batches."""
    monkeypatch.setattr(entrez, "BATCH", 20)
    with FakeEutils(library(60)) as server:
        yield server


@pytest.fixture
def wanted(fake: FakeEutils, tmp_path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The state after one clean run."""
    clean = Nights(fake, tmp_path, name="clean.db")
    assert clean.run().status == "ok"
    assert len(fake.asked("efetch")) == 3
    fake.heal()
    return clean.state()


def one_night(fake: FakeEutils, path: Path, spoil: Callable[[Store], None]) -> None:
    """A night in this process over a store that was tampered with."""
    nights = Nights(fake, path.parent)
    door = door_for(fake, path.parent)
    with open_store(path, now=fake.clock.now) as store:
        spoil(store)
        try:
            sync(
                store, nights.questions, settings_for(fake, path.parent),
                enrich=enrich_with(nights.questions), clock=fake.clock.as_clock(), door=door,
            )  # fmt: skip
        finally:
            door.close()


def test_killed_at_every_request(
    fake: FakeEutils, wanted: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    nights = Nights(fake, tmp_path, name="count.db")
    nights.run()
    total = len(fake.seen)
    assert total >= 8
    for after in (False, True):
        for deadly in range(total):
            nights = Nights(fake, tmp_path, name=f"{after}-{deadly}.db")
            door = door_for(fake, tmp_path)
            send, sent = door.wire.send, iter(range(total))

            def dies(
                *args: Any, deadly: int = deadly, after: bool = after, send: Any = send,
                sent: Any = sent,
            ) -> Any:  # fmt: skip
                here = next(sent) == deadly
                if here and not after:
                    raise Killed
                reply = send(*args)
                if here:
                    raise Killed
                return reply

            vars(door.wire)["send"] = dies
            with pytest.raises(Killed):
                nights.run(door=door)
            assert nights.rows("SELECT count(*) FROM watermarks") == [(0,)]
            assert nights.run().status == "ok"
            assert nights.state() == wanted, (after, deadly)


def test_killed_at_every_statement(
    fake: FakeEutils, wanted: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    mortals: list[Mortal] = []

    def mortal(deadly: int) -> Callable[[Store], None]:
        def spoil(store: Store) -> None:
            mortals.append(Mortal(store.db, deadly))
            store.db = mortals[-1]  # type: ignore[assignment]

        return spoil

    one_night(fake, tmp_path / "count.db", mortal(10**9))
    total = mortals[-1].done
    assert total > 60
    for deadly in range(1, total + 1):
        path = tmp_path / f"{deadly}.db"
        with pytest.raises(Killed):
            one_night(fake, path, mortal(deadly))
        left = state(path)["watermarks"] if path.exists() else []
        assert left == [], deadly  # they move together with the row of the run, or not at all
        one_night(fake, path, lambda store: None)
        assert state(path) == wanted, deadly
        path.unlink()


@pytest.mark.parametrize("room", [0, 1, 2, 3, 5, 8, 13, 20])
def test_disk_full(
    fake: FakeEutils,
    wanted: dict[str, list[tuple[Any, ...]]],
    tmp_path: Path,
    room: int,
) -> None:
    """No more than so many pages beyond the empty store; then room again."""
    path = tmp_path / "full.db"

    def no_room(store: Store) -> None:
        pages = store.db.execute("PRAGMA page_count").fetchone()[0]
        store.db.execute(f"PRAGMA max_page_count = {pages + room}")

    with pytest.raises(TemporaryError, match="no room"):
        one_night(fake, path, no_room)
    one_night(fake, path, lambda store: None)
    assert state(path) == wanted
    with open_store(path) as store:
        assert store.check() == []


@pytest.mark.parametrize("kibibytes", [8, 100, 300, 500])
def test_a_limit_on_the_size_of_files(
    fake: FakeEutils, wanted: dict[str, list[tuple[Any, ...]]], tmp_path: Path, kibibytes: int
) -> None:
    """``ulimit -f``, as a quota: SQLite calls it an I/O error, and it passes."""
    fake.metered = False
    path = tmp_path / "limited.db"
    command = [
        sys.executable, "-m", "tests.fakes.one_night", fake.url, str(path), str(tmp_path),
        fake.clock.now().isoformat(), "0",
    ]  # fmt: skip
    limit = kibibytes << 10
    process = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert "TemporaryError" in process.stderr.splitlines()[-1]
    assert "make room" in process.stderr
    fake.heal()
    one_night(fake, path, lambda store: None)
    assert state(path) == wanted
    with open_store(path) as store:
        assert store.check() == []


@pytest.mark.parametrize("seed", range(10))
def test_killed_by_sigkill(
    fake: FakeEutils,
    wanted: dict[str, list[tuple[Any, ...]]],
    tmp_path: Path,
    seed: int,
) -> None:
    """A real process, killed at a random request or shortly after it."""
    fate = random.Random(seed)
    fake.metered = False
    path = tmp_path / "killed.db"
    command = [
        sys.executable, "-m", "tests.fakes.one_night", fake.url, str(path), str(tmp_path),
        fake.clock.now().isoformat(), "0",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    deadly, delay = fate.randrange(7), fate.random() * 0.05
    count = iter(range(100))

    def kill(reply: Reply, seen: Seen, server: FakeEutils) -> Reply:
        if next(count) == deadly:
            threading.Timer(delay, process.kill).start()
        return reply

    fake.fault(kill, times=None)
    process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGKILL, 0)
    fake.heal()
    one_night(fake, path, lambda store: None)
    assert state(path) == wanted
    with open_store(path) as store:
        assert store.check() == []
        statuses = [run.status for run in store.last_runs()]
        assert statuses[0] == "ok"
        assert "running" not in statuses
