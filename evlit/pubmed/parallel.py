"""PubMed XML read by several processes: the same items in the same order as read by one.

The caller inflates and splits the file, keeps each worker busy with blocks of raw records and
parses the other blocks itself, so that no core waits for another. What waits is bounded: a slow
caller stops the workers. A worker that is killed is started anew with the blocks it owes.
"""

from __future__ import annotations

import gc
import pickle
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from evlit.errors import TemporaryError
from evlit.pubmed.canonical import canonical_bytes
from evlit.pubmed.reading import parse_raw
from evlit.pubmed.source import Source
from evlit.pubmed.split import RawRecord, split_records
from evlit.records import Deleted, Malformed, Parsed, Record

BLOCK = 50
"""Records sent at a time."""
AHEAD = 2
"""Blocks that a worker holds: one in work, one that waits."""
WAITING = 16
"""Blocks that may be done before the one whose turn it is."""
TRIES = 3
"""Times that a block is given out before its workers' deaths are taken for its fault."""

_CONTEXT = get_context("spawn")  # a fork would share what the caller has open
_Item = Parsed | Deleted | Malformed
_Raw = RawRecord | Malformed
_Sent = Record | Deleted | Malformed
"""An item on its way back; the bytes of a record never left the caller."""


def parse_parallel(source: Source, workers: int) -> Iterator[_Item]:
    """Yield what a source of PubMed XML holds, in its order.

    :param workers: processes that parse, this one among them
    :raises TemporaryError: the workers die again and again at the same place
    """
    hired = [_Worker(source.where) for _ in range(workers - 1)]
    try:
        for block in _blocks(split_records(source.chunks, source.where), hired):
            yield from block.items()
    finally:
        for worker in hired:
            worker.stop()


class _Block:
    """Some records of a file, parsed or on their way."""

    def __init__(self, raws: list[_Raw]) -> None:
        self.raws = raws
        self.sent: list[_Sent] | None = None
        """What they are; None while a worker has them."""
        self.worker: _Worker | None = None
        self.tries = 0

    def items(self) -> Iterator[_Item]:
        assert self.sent is not None
        return map(_received, self.sent, self.raws)


def _blocks(raws: Iterator[_Raw], hired: list[_Worker]) -> Iterator[_Block]:
    """Yield the blocks of a file in their order, parsed."""
    waiting: deque[_Block] = deque()
    while some := list(islice(raws, BLOCK)):
        block = _Block(some)
        waiting.append(block)
        worker = min(hired, key=lambda w: len(w.owed))
        if len(worker.owed) < AHEAD:
            worker.give(block)
        else:
            block.sent = _parse(some)
        for worker in hired:
            worker.take_ready()
        while waiting and (waiting[0].sent is not None or len(waiting) > WAITING):
            yield _done(waiting.popleft())
    yield from map(_done, waiting)


def _done(block: _Block) -> _Block:
    """Return a block once it is parsed."""
    while block.sent is None:
        assert block.worker is not None
        block.worker.take()
    return block


class _Worker:
    """One process, from the side of the caller."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.owed: deque[_Block] = deque()
        """What it was given and has not sent back, oldest first."""
        self._start()

    def _start(self) -> None:
        work_there, work_here = _CONTEXT.Pipe(duplex=False)
        self._inbox, done_there = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_work, args=(work_there, done_there), daemon=True)
        self._process.start()
        work_there.close()
        done_there.close()  # else its death would not be seen here
        self._outbox = _Outbox(work_here)
        for block in self.owed:
            self._outbox.put(block.raws)

    def give(self, block: _Block) -> None:
        block.worker = self
        self.owed.append(block)
        self._outbox.put(block.raws)

    def take_ready(self) -> None:
        """Take the blocks that it has sent back."""
        while self.owed and self._inbox.poll():
            self.take()

    def take(self) -> None:
        """Wait for the oldest block that it owes; a dead one is started anew."""
        block = self.owed[0]
        try:
            block.sent = pickle.loads(self._inbox.recv_bytes())  # noqa: S301 - our own worker's
        except (EOFError, OSError):  # it died, maybe in the middle of a block
            self.stop()
            block.tries += 1
            if block.tries >= TRIES:
                raise TemporaryError(
                    self._where,
                    f"its reader died {TRIES} times",
                    "is there memory enough? try fewer workers",
                ) from None
            self._start()
        else:
            self.owed.popleft()

    def stop(self) -> None:
        self._inbox.close()
        self._process.terminate()
        self._process.join()
        self._outbox.close()


class _Outbox:
    """Sends from a thread of its own: a pipe holds less than a block, and none may wait for it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = Thread(target=self._send, daemon=True)
        self._thread.start()

    def put(self, block: list[_Raw] | list[_Sent]) -> None:
        self._queue.put(pickle.dumps(block, pickle.HIGHEST_PROTOCOL))

    def close(self) -> None:
        """Send what was put, or find that nobody reads it; then end."""
        self._queue.put(None)
        self._thread.join()

    def _send(self) -> None:
        with suppress(OSError), self._connection as connection:  # the reader may have gone
            while data := self._queue.get():
                connection.send_bytes(data)


def _work(inbox: Connection, done: Connection) -> None:
    """Parse blocks until no more come. Runs in a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, who stops us
    gc.disable()  # records hold no cycles
    outbox = _Outbox(done)
    with suppress(EOFError, OSError):  # the caller has gone
        while True:
            outbox.put(_parse(pickle.loads(inbox.recv_bytes())))  # noqa: S301 - our caller's


def _parse(raws: list[_Raw]) -> list[_Sent]:
    found = (raw if isinstance(raw, Malformed) else parse_raw(raw) for raw in raws)
    return [item.record if isinstance(item, Parsed) else item for item in found]


def _received(sent: _Sent, raw: _Raw) -> _Item:
    if isinstance(sent, Record):
        assert isinstance(raw, RawRecord)
        return Parsed(sent, partial(canonical_bytes, raw.data))
    return sent
