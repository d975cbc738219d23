"""How time and memory of each step grow with the records: one step of it in this process.

    python -m benchmarks.growth STEP --records 10000 [--url http://127.0.0.1:PORT/]

``sync`` asks the loopback fake of the tests for invented records; the files that ``ingest``
reads, and the stores that ``retag`` and ``export`` then work on, hold real ones, repeated under
PMIDs of their own; answers and maps are asked of generated stores. The curves are drawn by
``python -m benchmarks.speed``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring import BUILD, ROOT
from evlit.records import Entry, Parsed

sys.path.insert(0, str(ROOT))

STEPS = ("sync", "ingest", "again", "retag", "export", "look_up", "map")
SIZES = (1_000, 10_000, 100_000)


def store_of(step: str, records: int) -> Path:
    """Return where the store of a step lives."""
    kind = {"sync": "synced", "look_up": "generated", "map": "generated"}.get(step, "ingested")
    return BUILD / f"{kind}-{records}.db"


# The steps import what they measure themselves: their memory is their own.
# ruff: noqa: PLC0415


def sync(records: int, url: str) -> float:
    """Bring an empty store up to date with the fake, without waiting between requests."""
    from evlit.catalogue import load_catalogue
    from evlit.ingest import Enricher
    from evlit.settings import Settings
    from evlit.sources.entrez import open_door
    from evlit.store import open_store
    from evlit.sync import sync as run
    from tests.fakes.nights import Questions

    enricher = Enricher(load_catalogue())
    settings = Settings(url, "curator@example.org", "", BUILD / "cache")
    door = open_door(settings)
    door.limiter.spacing = 0.0

    def enrich(parsed: Parsed, keys: tuple[str, ...]) -> Entry:
        return enricher.entries(store, [(parsed, keys)])[0]

    with open_store(store_of("sync", records)) as store:
        done = run(store, Questions(), settings, enrich=enrich, door=door)
        assert done.status == "ok", done
        assert store.count() == records
    door.close()
    return 0.0


def ingest(records: int, _: str) -> float:
    """Read a file, keeping every record."""
    from benchmarks.inputs import replicated
    from evlit.catalogue import load_catalogue
    from evlit.ingest import ingest_files
    from evlit.store import open_store

    with open_store(store_of("ingest", records)) as store:
        ingest_files(store, [replicated(records)], load_catalogue(), keep_all=True)
        assert store.count() == records
    return 0.0


def retag(records: int, _: str) -> float:
    """Tag and match every held record anew."""
    from evlit.catalogue import load_catalogue
    from evlit.ingest import retag as run
    from evlit.store import open_store

    with open_store(store_of("retag", records)) as store:
        assert run(store, load_catalogue(), pmids=store.pmids()) == records
    return 0.0


def export(records: int, _: str) -> float:
    """Write every record with tags and mentions as JSON lines to nowhere."""
    from evlit.cli import run

    assert run(["export", "--format", "jsonl", "--db", str(store_of("export", records))]) == 0
    return 0.0


def look_up(records: int, _: str) -> float:
    """Ask about each product of the catalogue; return the median in seconds."""
    from evlit.answer import look_up as run
    from evlit.catalogue import load_catalogue
    from evlit.store import open_store

    catalogue = load_catalogue()
    with open_store(store_of("look_up", records), readonly=True) as store:
        return _median([lambda p=p: run(store, catalogue, p.name) for p in catalogue.products])


def count_map(records: int, _: str) -> float:
    """Count the evidence map; return the median in seconds."""
    from evlit.answer.evidence_map import count_map as run
    from evlit.store import open_store

    with open_store(store_of("map", records), readonly=True) as store:
        return _median([lambda: run(store.db)] * 5)


def _median(questions: list[Callable[[], object]]) -> float:
    questions[0]()
    taken = []
    for question in questions:
        start = time.process_time()
        question()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


DO: dict[str, Callable[[int, str], float]] = {
    "sync": sync, "ingest": ingest, "again": ingest, "retag": retag, "export": export,
    "look_up": look_up, "map": count_map,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    seconds = DO[given.step](given.records, given.url)
    print(f"\n{seconds:.6f}")


if __name__ == "__main__":
    main()
