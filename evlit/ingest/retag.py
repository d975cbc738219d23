"""Held records tagged and matched again from their stored bytes: no second download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from evlit.catalogue import Catalogue
from evlit.ingest.enrich import Enricher, at_rest
from evlit.ingest.pool import open_pool, rules_of
from evlit.ingest.spread import in_order
from evlit.pubmed import parse_one
from evlit.records import Mention, Tag
from evlit.store import Store

BATCH = 500
"""Records a transaction."""

T = TypeVar("T")
Tagged = tuple[int, tuple[Tag, ...], tuple[Mention, ...]]


class Task(NamedTuple):
    """Stored records to be tagged."""

    stored: Sequence[tuple[int, bytes]]
    """(pmid, bytes)"""
    human: dict[int, list[Tag]]
    """What persons said of them, by PMID."""


def retag(
    store: Store,
    catalogue: Catalogue,
    *,
    pmids: Sequence[int] | None = None,
    workers: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Tag and match held records again from the stored bytes; return how many.

    :param pmids: these records; without them, those whose tags or mentions were made by
        another version of the classifier or the catalogue
    :param workers: processes that tag while this one writes; 1 = this one does both
    """
    rules = Enricher(catalogue)
    versions = rules.versions
    wanted = store.needs_tagging(*versions) if pmids is None else pmids
    if workers == 1:
        _ = rules.classifier  # made now, that it be at rest below
    done = 0
    with at_rest():
        for tagged in _all_tagged(_tasks(store, wanted), rules, workers):
            store.save_tags(tagged, *versions)
            done += len(tagged)
            progress(done)
    return done


def _tasks(store: Store, pmids: Sequence[int]) -> Iterator[Task]:
    for batch in _batches(store.iter_raw(pmids), BATCH):
        stored = [(pmid, raw) for pmid, raw, _ in batch]
        yield Task(stored, store.human_tags_of([pmid for pmid, _ in stored]))


def _all_tagged(tasks: Iterator[Task], rules: Enricher, workers: int) -> Iterator[list[Tagged]]:
    if workers == 1:
        return (_tagged(task, rules) for task in tasks)
    return in_order(open_pool(workers), partial(work, catalogue=rules.catalogue), tasks, "tagging")


def work(task: Task, catalogue: Catalogue) -> list[Tagged]:
    """Tag stored records; runs in a worker."""
    return _tagged(task, rules_of(catalogue))


def _tagged(task: Task, rules: Enricher) -> list[Tagged]:
    # Each step for all of them before the next, as in evlit.pubmed.scan_blocks.
    records = [(pmid, parse_one(raw)) for pmid, raw in task.stored]
    return [
        (pmid, *rules.tags_and_mentions(record, task.human.get(pmid, ())))
        for pmid, record in records
    ]


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
