"""How long ``look_up``, the map and a list take on generated stores.

    python -m benchmarks.answer_speed [--records 20000] [--db FILE] [--rounds 5]

In one process with the catalogue read and the store open, as a server has them: processor and
wall time of each question, the first of each left out (the file is then in memory).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.stores import make_store
from evlit.answer import look_up
from evlit.answer.evidence_map import MapFilter, count_map, count_years, list_records
from evlit.catalogue import Catalogue, load_catalogue
from evlit.store import Store, open_store

UNKNOWN = ("exoflow", "Novexa", "Vexo-12", "Zorb", "Exo Glow Pro")
GENERIC = ("exosomes", "hUC-MSC exosomes", "conditioned medium")


class Timing(NamedTuple):
    """Milliseconds of one kind of question."""

    kind: str
    asked: int
    cpu_p50: float
    cpu_p99: float
    wall_p50: float
    wall_p99: float


def questions(store: Store, catalogue: Catalogue) -> dict[str, list[Callable[[], object]]]:
    """Return what is asked, by kind."""

    def named(name: str, indication: str | None = None) -> Callable[[], object]:
        return lambda: look_up(store, catalogue, name, indication=indication)

    return {
        "a product (all of the catalogue)": [named(p.name) for p in catalogue.products],
        "a name outside the catalogue": [named(name) for name in UNKNOWN],
        "a kind (exosomes)": [named(name) for name in GENERIC],
        "a condition without a product": [named("", "osteoarthritis"), named("", "stroke")],
        "the map": [lambda: count_map(store.db)],
        "the map, one kind and ten years": [
            lambda: count_map(store.db, MapFilter("msc", "ev", "", 2015, 2024))
        ],
        "the timeline": [lambda: count_years(store.db)],
        "a list: animals, all conditions": [
            lambda: list_records(store.db, MapFilter(), tier="animal")
        ],
    }  # fmt: skip


def measure(path: Path, rounds: int) -> Iterator[Timing]:
    """Ask every question ``rounds`` times, the map and lists included; yield by kind."""
    catalogue = load_catalogue()
    with open_store(path, readonly=True) as store:
        for kind, asked in questions(store, catalogue).items():
            for question in asked:
                question()
            taken = [_timed(question) for _ in range(rounds) for question in asked]
            cpu, wall = zip(*taken, strict=True)
            yield Timing(kind, len(taken), *_percentiles(cpu), *_percentiles(wall))


def _timed(question: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    question()
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


def _percentiles(taken: tuple[float, ...]) -> tuple[float, float]:
    """Return the median and the 99th of a hundred; of fewer, the highest."""
    ordered = sorted(taken)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.db or Path(folder) / "evlit.db"
        if given.db is None:
            make_store(path, given.records)
        print(f"{'question':<36}{'asked':>6}{'cpu p50':>9}{'cpu p99':>9}{'p50 ms':>9}{'p99 ms':>9}")
        for t in measure(path, given.rounds):
            print(f"{t.kind:<36}{t.asked:>6}{t.cpu_p50:>9.2f}{t.cpu_p99:>9.2f}"
                  f"{t.wall_p50:>9.2f}{t.wall_p99:>9.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
