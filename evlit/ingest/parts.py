"""A file → parts, each what one transaction saves: the work that needs no store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evlit.ingest.enrich import Enricher
from evlit.pubmed import WHOLE, Share, scan_blocks
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
        for found, passed in block:
            if isinstance(found, Malformed):
                part.malformed.append(found)
            elif isinstance(found, Deleted):
                part.gone.extend(found.pmids)
            else:
                part.seen += 1
                if found is not None and (
                    entry := _entry(found, passed, enricher, human, keep_all)
                ):
                    part.entries.append(entry)
        yield part


def _entry(
    found: Parsed, passed: bool, enricher: Enricher, human: Human, keep_all: bool
) -> Ready | None:
    """Return what is saved of a record, None where it belongs to nothing."""
    queries = enricher.belongs(found.record) if passed else ()
    if not queries and not keep_all:
        return None
    return ready(enricher.entry(found, queries, human, named=passed))
