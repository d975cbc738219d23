"""Tasks worked on by worker processes, their results in order; a killed one loses nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from evlit.errors import TemporaryError
from evlit.ingest.pool import TRIES, Pool, died

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Waiting(Generic[Task, Result]):
    task: Task
    future: Future[Result]
    tries: int = 1


def in_order(
    pool: Pool, function: Callable[[Task], Result], tasks: Iterable[Task], what: str
) -> Iterator[Result]:
    """Yield the result of each task, in order; few tasks are taken before they are needed.

    Tasks whose worker died are given out again to a new one.

    :param what: is done, for an error's words
    :raises TemporaryError: a task's workers died again and again
    """
    executor = pool.open()
    waiting: deque[_Waiting[Task, Result]] = deque()
    rest = iter(tasks)
    try:
        while True:
            for task in islice(rest, 2 * pool.size - len(waiting)):
                waiting.append(_Waiting(task, _submit(executor, function, task)))
            if not waiting:
                return
            while died(waiting[0].future):
                _count_try(waiting[0], what)
                executor.shutdown()
                executor = pool.open()
                _give_out_again(executor, function, waiting)
            yield waiting.popleft().future.result()
    finally:
        executor.shutdown(cancel_futures=True)


def _submit(executor: Executor, function: Callable[[Task], Result], task: Task) -> Future[Result]:
    try:
        return executor.submit(function, task)
    except BrokenExecutor as error:
        future: Future[Result] = Future()
        future.set_exception(error)
        return future


def _count_try(item: _Waiting[Task, Result], what: str) -> None:
    if item.tries >= TRIES:
        raise TemporaryError(
            what, f"a worker died {TRIES} times", "is there memory enough? try fewer --workers"
        )
    item.tries += 1


def _give_out_again(
    executor: Executor,
    function: Callable[[Task], Result],
    waiting: deque[_Waiting[Task, Result]],
) -> None:
    for item in waiting:
        if item.future.cancelled() or died(item.future):
            item.future = _submit(executor, function, item.task)
