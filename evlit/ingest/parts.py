"""A file → parts, each what one transaction saves: the work that needs no store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evlit.ingest.enrich import Enricher
from evlit.pubmed import WHOLE, Scanned, Share, scan_blocks
from evlit.records import Deleted, Malformed, Parsed, Tag
from evlit.store.ready import Ready, ready

BLOCK = 500
"""Items of a file in a part: enough that a transaction costs nothing, too few to lose much."""

Human = Mapping[int, Sequence[Tag]]
"""What persons said of records, by PMID."""


@dataclass(slots=True)
class Part:
    """What some records of a file became; made anew from the file it is the same."""

    seen: int = 0
    entries: list[Ready] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    """PMIDs that the file says are gone."""
    malformed: list[Malformed] = field(default_factory=list)


def read_parts(
    path: Path, enricher: Enricher, human: Human, *, keep_all: bool = False, share: Share = WHOLE
) -> Iterator[Part]:
    """Yield the parts of a file, records tagged and compressed, ready to be saved.

    :param share: which of the parts; each is the same whoever reads the others
    :raises InputError: the file is missing or holds no PubMed data
    """
    for block in scan_blocks(path, enricher.sieve, keep_all=keep_all, share=share, size=BLOCK):
        part = Part()
        for lot in block:
            for found, _ in lot:
                _count(found, part)
            part.entries += _ready(lot, enricher, human, keep_all)
        yield part


def _count(found: Parsed | Deleted | Malformed | None, part: Part) -> None:
    if isinstance(found, Malformed):
        part.malformed.append(found)
    elif isinstance(found, Deleted):
        part.gone.extend(found.pmids)
    else:
        part.seen += 1


def _ready(lot: Iterable[Scanned], enricher: Enricher, human: Human, keep_all: bool) -> list[Ready]:
    """Return what is saved of some records, step by step: a step's tables stay at hand."""
    records = [(found, passed) for found, passed in lot if isinstance(found, Parsed)]
    belong = [enricher.belongs(found.record) if passed else () for found, passed in records]
    entries = [
        enricher.entry(found, queries, human, named=passed)
        for (found, passed), queries in zip(records, belong, strict=True)
        if queries or keep_all
    ]
    return [ready(entry) for entry in entries]
