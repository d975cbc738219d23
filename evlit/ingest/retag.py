"""Held records tagged and matched again from their stored bytes: no second download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from evlit.catalogue import Catalogue
from evlit.ingest.enrich import Enricher, at_rest
from evlit.pubmed import parse_one
from evlit.store import Store

BATCH = 500
"""Records a transaction."""

T = TypeVar("T")


def retag(
    store: Store,
    catalogue: Catalogue,
    *,
    pmids: Sequence[int] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Tag and match held records again from the stored bytes; return how many.

    :param pmids: these records; without them, those whose tags or mentions were made by
        another version of the classifier or the catalogue
    """
    enricher = Enricher(catalogue)
    _ = enricher.classifier  # made now, that it be at rest below
    versions = enricher.versions
    wanted = store.needs_tagging(*versions) if pmids is None else pmids
    done = 0
    with at_rest():
        for batch in _batches(store.iter_raw(wanted), BATCH):
            human = store.human_tags_of([pmid for pmid, _, _ in batch])
            # Each step for all of them before the next, as in evlit.pubmed.scan_blocks.
            records = [(pmid, parse_one(raw)) for pmid, raw, _ in batch]
            rows = [
                (pmid, *enricher.tags_and_mentions(record, human.get(pmid, ())))
                for pmid, record in records
            ]
            store.save_tags(rows, *versions)
            done += len(rows)
            progress(done)
    return done


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
