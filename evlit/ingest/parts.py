"""A file → parts, each what one transaction saves: the work that needs no store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evlit.ingest.enrich import Enricher
from evlit.pubmed import scan_file
from evlit.records import Deleted, Entry, Malformed, Tag
from evlit.store.packing import packed

KEPT = 500
"""Records a transaction: large enough that commits cost nothing, small enough to lose little."""
SEEN = 5_000
"""Records seen after which a part ends, however few of them are kept."""

Human = Mapping[int, Sequence[Tag]]
"""What persons said of records, by PMID."""


@dataclass(slots=True)
class Part:
    """What some records of a file became; made anew from the file it is the same."""

    seen: int = 0
    entries: list[Entry] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    """PMIDs that the file says are gone."""
    malformed: list[Malformed] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return self.seen >= SEEN or len(self.entries) >= KEPT


def read_parts(
    path: Path, enricher: Enricher, human: Human, *, keep_all: bool = False
) -> Iterator[Part]:
    """Yield the parts of a file, records tagged and compressed, ready to be saved.

    :raises InputError: the file is missing or holds no PubMed data
    """
    part = Part()
    for item in scan_file(path, None if keep_all else enricher.sieve):
        if item is None:
            part.seen += 1
        elif isinstance(item, Malformed):
            part.malformed.append(item)
        elif isinstance(item, Deleted):
            part.gone.extend(item.pmids)
        else:
            part.seen += 1
            queries = enricher.belongs(item.record)
            if queries or keep_all:
                part.entries.append(enricher.entry(packed(item), queries, human))
        if part.full:
            yield part
            part = Part()
    yield part
