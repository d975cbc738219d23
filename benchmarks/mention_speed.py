"""How finding product names in records grows with the number of products.

    python -m benchmarks.mention_speed [FILE.xml.gz] [--records 2000]

Invented products (name, two spellings, a maker, a trial id each) beside those of the catalogue;
the same records each time; processor time of this process, the median of five rounds.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.inputs import UPDATE, shipped
from evlit.catalogue import load_catalogue
from evlit.mentions import Mentions
from evlit.pubmed import parse_file
from evlit.records import Alias, Maker, Parsed, Product, Record, Trial

COUNTS = (10, 100, 1_000)
ROUNDS = 5


class Growth(NamedTuple):
    """What it took with so many products."""

    products: int
    per_record: float
    """Microseconds a record."""
    build: float
    """Milliseconds to make the automaton."""
    found: int
    """Links found in all records."""


def products(count: int) -> tuple[Product, ...]:
    """Return the catalogue's products, then invented ones, so many in all."""
    dice = random.Random(11)
    known = load_catalogue().products[:count]
    return (*known, *(_invented(number, dice) for number in range(count - len(known))))


def _invented(number: int, dice: random.Random) -> Product:
    word = "".join(dice.choice("bcdfgklmnprstvxz") + dice.choice("aeiou") for _ in range(3))
    name = f"{word.title()}{dice.choice(('exo', 'som', 'vir', 'derm'))}"
    return Product(
        key=f"invented-{number}",
        name=name,
        aliases=(Alias(name), Alias(f"{name} {number}"), Alias(f"{name}-X{number}")),
        makers=(Maker(f"{word.title()} Therapeutics {number}"),),
        trials=(Trial(f"NCT{80_000_000 + number}"),),
        term=f'"{name}"[tiab]',
    )


def measure(records: Sequence[Record], count: int) -> Growth:
    """Find the names of so many products in the records."""
    chosen = products(count)
    start = time.process_time()
    mentions = Mentions(chosen)
    mentions.find(records[0], ())
    build = time.process_time() - start
    taken, found = [], 0
    for _ in range(ROUNDS):
        start = time.process_time()
        found = sum(len(mentions.find(record, ())) for record in records)
        taken.append(time.process_time() - start)
    return Growth(count, statistics.median(taken) / len(records) * 1e6, build * 1000, found)


def read(path: Path, count: int) -> list[Record]:
    """Return the first records of a file."""
    parsed = (found.record for found in parse_file(path) if isinstance(found, Parsed))
    return list(islice(parsed, count))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--records", type=int, default=2_000)
    given = parser.parse_args()
    records = read(given.path or shipped(UPDATE), given.records)
    print(f"{'products':>9}{'µs a record':>13}{'build ms':>10}{'links':>7}")
    for count in COUNTS:
        row = measure(records, count)
        print(f"{row.products:>9}{row.per_record:>13.1f}{row.build:>10.1f}{row.found:>7}")


if __name__ == "__main__":
    main()
