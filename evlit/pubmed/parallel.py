"""PubMed XML read by worker processes: the same items in the same order as read by one.

Each worker inflates and splits the whole file, which costs little, and parses every n-th block
of records; the caller takes the blocks in turn. What a pipe holds is all that waits, so a slow
caller stops the workers. A worker that is killed is started anew at the block it owes.
"""

from __future__ import annotations

import gc
import pickle
import signal
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from evlit.errors import EvlitError, TemporaryError
from evlit.pubmed.canonical import canonical_bytes
from evlit.pubmed.reading import Share, parse_raw, share_of
from evlit.pubmed.source import open_source
from evlit.pubmed.split import RawRecord, split_records
from evlit.records import Deleted, Malformed, Parsed, Record

BLOCK = 200
"""Records sent at a time."""
TRIES = 3
"""Times that a block is asked for before its workers' deaths are taken for its fault."""

_CONTEXT = get_context("spawn")  # a fork would share what the caller has open
_END = b""

_Sent = tuple[Record, bytes] | Deleted | Malformed
"""An item on its way; a record goes with its bytes as they stand in the file."""


def parse_parallel(path: Path, workers: int) -> Iterator[Parsed | Deleted | Malformed]:
    """Yield what a file of PubMed XML holds, in its order.

    :param workers: processes that parse, besides this one
    :raises InputError: the file can no longer be read
    :raises TemporaryError: the workers die again and again at the same place
    """
    hired = [_Worker(path, Share(number, workers)) for number in range(workers)]
    try:
        for number in count():
            block = hired[number % workers].take()
            if block is None:
                return
            for item in block:
                yield _received(item)
    finally:
        for worker in hired:
            worker.stop()


class _Worker:
    """One process, from the side of the caller."""

    def __init__(self, path: Path, share: Share) -> None:
        self._path = path
        self._share = share
        self._taken = 0
        self._start()

    def _start(self) -> None:
        self._inbox, outbox = _CONTEXT.Pipe(duplex=False)
        task = (self._path, self._share, self._taken, outbox)
        self._process = _CONTEXT.Process(target=_work, args=task, daemon=True)
        self._process.start()
        outbox.close()  # else its death would not be seen here

    def take(self) -> list[_Sent] | None:
        """Return its next block; None where the file has none."""
        for _ in range(TRIES):
            try:
                data = self._inbox.recv_bytes()
            except (EOFError, OSError):  # it died, maybe in the middle of a block
                self.stop()
                self._start()
                continue
            if data == _END:
                return None
            self._taken += 1
            block: list[_Sent] | EvlitError = pickle.loads(data)  # noqa: S301 - our own worker's
            if isinstance(block, EvlitError):
                raise block
            return block
        raise TemporaryError(
            str(self._path),
            f"its reader died {TRIES} times",
            "is there memory enough? try fewer workers",
        )

    def stop(self) -> None:
        self._inbox.close()
        self._process.terminate()
        self._process.join()


def _work(path: Path, share: Share, known: int, outbox: Connection) -> None:
    """Send the blocks of a share of a file, save those known. Runs in a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, who stops us
    gc.disable()  # records hold no cycles
    with suppress(BrokenPipeError):  # the caller has gone
        try:
            source = open_source(path)
            items = split_records(source.chunks, source.where)
            for number, block in enumerate(share_of(items, share, BLOCK)):
                if number >= known:
                    outbox.send_bytes(_packed([*map(_sent, block)]))
            outbox.send_bytes(_END)
        except EvlitError as error:
            outbox.send_bytes(_packed(error))


def _packed(sent: object) -> bytes:
    return pickle.dumps(sent, pickle.HIGHEST_PROTOCOL)


def _sent(raw: RawRecord | Malformed) -> _Sent:
    found = raw if isinstance(raw, Malformed) else parse_raw(raw)
    if isinstance(found, Parsed):
        assert isinstance(raw, RawRecord)
        return found.record, raw.data
    return found


def _received(sent: _Sent) -> Parsed | Deleted | Malformed:
    if isinstance(sent, tuple):
        record, raw = sent
        return Parsed(record, partial(canonical_bytes, raw))
    return sent
