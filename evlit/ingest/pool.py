"""Files read by worker processes, here or on a cluster; a killed one loses and doubles nothing.

A worker reads one file, or a share of its parts where there are fewer files than workers, and
leaves the parts, pickled, in a folder beside the store, each under its name only when it is
whole; the writer takes them in the order of the files. A part is the same whoever reads it and
however often, so when workers die their shares are given out again and the parts already taken
are passed over. Any executor will do: a pool of this
machine's processes, or a Dask cluster that sees the same folders.
"""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import os
import pickle
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, NamedTuple, Self

from evlit.catalogue import Catalogue
from evlit.errors import TemporaryError, UsageError
from evlit.ingest.enrich import Enricher
from evlit.ingest.parts import Human, Part, read_parts
from evlit.pubmed import Share

TRIES = 3
"""Times that a file is given out before its workers' deaths are taken for its fault."""
AHEAD = 64
"""Parts of a file that may wait for the writer: a whole file of NLM's."""
_LOOK = 0.02
"""Seconds between two looks for the next part."""
_PREFIX = ".ingest-"
_TAKEN = "taken"


class Pool(NamedTuple):
    """Where files are read."""

    open: Callable[[], Executor]
    """Starts the workers, and starts them again when they have died."""
    size: int
    """Shares read at a time."""


class Task(NamedTuple):
    """A file, or a share of it, to be read by a worker."""

    path: Path
    share: Share
    folder: Path
    """Where its parts go, named by their numbers in the file."""
    human: Human
    keep_all: bool


def open_pool(workers: int, cluster: str = "") -> Pool:
    """Return a pool of processes of this machine, or of a Dask cluster's workers.

    :raises UsageError: the cluster's library is not installed
    """
    if not cluster:
        context = multiprocessing.get_context("spawn")  # a fork would share the open store
        start = partial(ProcessPoolExecutor, workers, context, _begin_worker)
        return Pool(start, workers)
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "--cluster", "needs dask.distributed", "pip install 'evlit[cluster]'"
        ) from None
    client: Any = Client(cluster, set_as_default=False)  # type: ignore[no-untyped-call]
    size = max(workers, sum(client.nthreads().values()))
    return Pool(partial(client.get_executor, retries=TRIES, pure=False), size)


def work(task: Task, catalogue: Catalogue) -> int:
    """Read a share of a file and leave its parts; return how many parts. Runs in a worker."""
    total = 0
    rules = rules_of(catalogue)
    parts = read_parts(task.path, rules, task.human, keep_all=task.keep_all, share=task.share)
    for number, part in zip(count(*task.share), parts, strict=False):
        while number - _taken(task.folder) >= AHEAD:
            time.sleep(_LOOK)
        if number >= _taken(task.folder):
            _leave(task.folder / str(number), pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
        total += 1
    return total


def _leave(place: Path, data: bytes) -> None:
    """Write a file that is there only when it is whole."""
    draft = place.with_name(f"{place.name}.draft")
    draft.write_bytes(data)
    draft.replace(place)


def _taken(folder: Path) -> int:
    """Return how many parts the writer has taken; stops the worker when the writer has gone."""
    return int((folder / _TAKEN).read_text(encoding="ascii"))


def _begin_worker() -> None:
    """Leave Ctrl-C to the writer, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


_made: dict[str, Enricher] = {}


def rules_of(catalogue: Catalogue) -> Enricher:
    """Return the rules for a catalogue, made once a worker."""
    if catalogue.version not in _made:
        _made.clear()
        _made[catalogue.version] = Enricher(catalogue)
        _made[catalogue.version].make_rules()
        gc.collect()
        gc.freeze()  # the rules stay: let no collection walk them
    return _made[catalogue.version]


_Key = tuple[Path, Share]


class PooledReader:
    """Reads files by workers; called with a path, in the order given, it yields its parts."""

    def __init__(
        self,
        pool: Pool,
        paths: Sequence[Path],
        catalogue: Catalogue,
        human: Human,
        near: Path | None,
        keep_all: bool,
    ) -> None:
        """:param near: folder of the store, where the parts wait"""
        self._pool = pool
        self._paths = list(paths)
        self._near = near
        self._task = partial(Task, human=human, keep_all=keep_all)
        self._catalogue = catalogue
        step = max(1, pool.size // max(1, len(self._paths)))
        self._shares = [Share(first, step) for first in range(step)]
        """Of each file: many files are read whole, each by one worker."""
        self._next = 0
        self._futures: dict[_Key, Future[int]] = {}
        self._tries: dict[_Key, int] = {}

    def __enter__(self) -> Self:
        if self._near:
            for left in self._near.glob(f"{_PREFIX}*"):  # of a run that was killed
                shutil.rmtree(left, ignore_errors=True)
        self._folder = Path(mkdtemp(prefix=_PREFIX, dir=self._near)).absolute()
        self._executor = self._pool.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __call__(self, path: Path) -> Iterator[Part]:
        """Yield the parts of a file; its workers may still be reading it."""
        self._forget_before(path)
        self._give_out(path)
        folder = self._folder_of(path)
        for number in count():
            if not self._wait_for(
                folder / str(number), (path, self._shares[number % len(self._shares)])
            ):
                break
            yield _load(folder / str(number))
            _leave(folder / _TAKEN, b"%d" % (number + 1))
        self._forget(path)

    def _wait_for(self, part: Path, key: _Key) -> bool:
        """Return whether a part is there; False: its share was read and has no such part."""
        while True:
            future = self._futures[key]
            ended = future.done()  # asked first: then all its parts lie there
            if part.exists():
                return True
            if not ended:
                time.sleep(_LOOK)
            elif died(future):
                self._start_again(key)
            elif int(part.name) < key[1].first + future.result() * key[1].step:
                raise TemporaryError(
                    str(part.parent), "part of a file was read and is not there",
                    "the workers must see the folder of the store",
                )  # fmt: skip
            else:
                return False

    def _forget_before(self, path: Path) -> None:
        """Drop files that nobody asked for: they proved to be copies of others."""
        for other in self._paths[: self._paths.index(path)]:
            self._forget(other)

    def _forget(self, path: Path) -> None:
        for key in [key for key in self._futures if key[0] == path]:
            self._futures.pop(key).cancel()
            shutil.rmtree(self._folder_of(path), ignore_errors=True)

    def _stop(self) -> None:
        for future in self._futures.values():
            future.cancel()
        self._executor.shutdown(wait=True)

    def _folder_of(self, path: Path) -> Path:
        return self._folder / str(self._paths.index(path))

    def _give_out(self, path: Path) -> None:
        """Keep every worker busy with this file and those after it."""
        wanted = self._paths.index(path)
        while self._next < len(self._paths) and (
            len(self._futures) <= self._pool.size or self._next <= wanted
        ):
            for share in self._shares:
                self._submit((self._paths[self._next], share))
            self._next += 1

    def _submit(self, key: _Key) -> None:
        path, share = key
        folder = self._folder_of(path)
        if not folder.exists():
            folder.mkdir()
            _leave(folder / _TAKEN, b"0")
        self._tries[key] = self._tries.get(key, 0) + 1
        task = self._task(path.absolute(), share, folder)
        try:
            self._futures[key] = self._executor.submit(work, task, self._catalogue)
        except BrokenExecutor as error:
            self._futures[key] = Future()
            self._futures[key].set_exception(error)

    def _start_again(self, key: _Key) -> None:
        """Give out again, to new workers, every share whose worker died."""
        if self._tries[key] >= TRIES:
            raise TemporaryError(
                str(key[0]),
                f"its reader died {TRIES} times",
                "is there memory enough? try fewer --workers",
            )
        self._stop()
        self._executor = self._pool.open()
        for other, future in list(self._futures.items()):
            if not future.done() or future.cancelled() or died(future):
                self._submit(other)


def died(future: Future[Any]) -> bool:
    """Wait for a task; return whether its worker died, not the work failed."""
    error = future.exception()
    return isinstance(error, BrokenExecutor) or type(error).__name__ in _DEATHS


_DEATHS = {"KilledWorker", "CommClosedError", "CancelledError", "FutureCancelledError"}
"""What Dask says of a worker or scheduler that went away."""


def _load(place: Path) -> Part:
    part: Part = pickle.loads(place.read_bytes())  # noqa: S301 - from our own workers, folder 0700
    place.unlink()
    return part
