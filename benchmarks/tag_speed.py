"""How many records a second one core tags on every axis, records parsed beforehand.

    python -m benchmarks.tag_speed [FILE.xml.gz] [--every 5]

The same classifier thrice over every fifth record of a file: by Python's own habits of
collecting garbage, as ``ingest`` and ``classify`` run it (rules kept out of collections, few of
them), and only over the records that have an abstract. Processor time of this process, the
median of five rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.inputs import UPDATE, shipped
from benchmarks.mention_speed import ROUNDS
from evlit.classify import Classifier
from evlit.ingest.enrich import at_rest
from evlit.pubmed import parse_file
from evlit.records import Parsed, Record


class Pace(NamedTuple):
    """What one way of running it took."""

    way: str
    records: int
    letters: int
    """Characters of title and abstract a record, on average."""
    per_second: float


def measure(records: Sequence[Record]) -> list[Pace]:
    """Tag the records in each way."""
    classifier = Classifier()
    told = [record for record in records if record.sections]
    return [
        _pace("as a library is called", classifier, records, quiet=False),
        _pace("as evlit runs it", classifier, records, quiet=True),
        _pace("the same, records with abstracts", classifier, told, quiet=True),
    ]


def _pace(way: str, classifier: Classifier, records: Sequence[Record], *, quiet: bool) -> Pace:
    taken = []
    with at_rest() if quiet else nullcontext():
        for _ in range(ROUNDS):
            start = time.process_time()
            for record in records:
                classifier.tags(record)
            taken.append(time.process_time() - start)
    letters = sum(len(r.title or "") + len(r.abstract or "") for r in records)
    return Pace(way, len(records), letters // len(records), len(records) / statistics.median(taken))


def read(path: Path, every: int) -> list[Record]:
    """Return every so many-th record of a file: its parts differ in what they hold."""
    parsed = (found.record for found in parse_file(path) if isinstance(found, Parsed))
    return list(islice(parsed, 0, None, every))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--every", type=int, default=5)
    given = parser.parse_args()
    for pace in measure(read(given.path or shipped(UPDATE), given.every)):
        print(f"{pace.per_second:9,.0f} records/s  {pace.letters:6,} letters  {pace.way}")


if __name__ == "__main__":
    main()
