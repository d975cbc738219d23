"""How long the pages take at the server: p50 and p95 over a store of 20,000 records.

    python benchmarks/web_speed.py [--records 20000] [--db FILE] [--times 60]

Makes the store (invented records) unless --db names one; asks each page in process, so that
no network and no browser is in the figures; --readers asks with as many at once.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from datasette.app import Datasette

from evlit.answer import indications
from evlit.catalogue import load_catalogue
from evlit.records import AbstractSection, Entry, Mention, Parsed, Record, Tag
from evlit.store import open_store

PAGES = (
    "/evlit/product/exoflo", "/evlit/search?q=ExoFlo", "/evlit/search?q=exoflow",
    "/evlit/search?q=exosomes", "/evlit/search?for=osteoarthritis", "/evlit/product/exoflo.json",
    "/", "/evlit/map", "/evlit/timeline", "/evlit/list?tier=animal", "/evlit/record/1000010",
    "/evlit/status", "/evlit/products", "/evlit/about", "/evlit/evidence", "/evlit",
)  # fmt: skip
DESIGNS = ("clinical", "animal", "animal", "in_vitro", "in_vitro", "review")


def entries(count: int) -> Iterator[Entry]:
    """Yield invented records; one in 400 gave a product of the catalogue."""
    dice = random.Random(7)
    keys = [p.key for p in load_catalogue().products]
    conditions = list(indications.names())
    words = ("Vesicles were given and the outcome was measured in each group. " * 24)[:1500]
    for number in range(count):
        pmid = 1_000_000 + number
        design = dice.choice(DESIGNS)
        said = {
            "design": design, "given": "nothing" if design == "review" else "product",
            "source_kind": dice.choice(("msc", "msc", "non_msc", "not_stated")),
            "intervention": dice.choice(("ev", "ev", "conditioned_medium", "engineered_ev")),
            "indication": dice.choice(conditions),
            "clinical_kind": dice.choice(("rct", "single_arm")) if design == "clinical" else "",
        }  # fmt: skip
        tags = tuple(Tag(a, v, "rule", f"abstract: '{v}'") for a, v in said.items() if v)
        year = dice.randint(2005, 2026)
        record = Record(pmid, title=f"Vesicles in {said['indication']}, report {number}",
                        sections=(AbstractSection(words),), year=year, published=f"{year}-05",
                        journal="Journal of Invented Results")  # fmt: skip
        links: tuple[Mention, ...] = ()
        key = "exoflo" if number % 250 == 0 else dice.choice(keys)
        if number % 250 == 0 or number % 400 == 1:
            links = (Mention(pmid, key, "tested", True, "abstract", key, f"given {key}"),)
        yield Entry(Parsed(record, f"<r>{pmid}</r>".encode()), tags, links)


def make_store(path: Path, count: int) -> None:
    """Fill a store with invented records."""
    with open_store(path) as store:
        batch: list[Entry] = []
        for entry in entries(count):
            batch.append(entry)
            if len(batch) == 1000:
                store.save_batch(batch)
                batch.clear()
        if batch:
            store.save_batch(batch)


async def measure(path: Path, times: int, readers: int) -> None:
    """Print p50, p95, processor time of a request (a busy machine changes it least) and size."""
    server = Datasette([str(path)])
    await server.invoke_startup()
    print(f"{'page':<36}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'kB':>8}")
    for page in PAGES:
        reply = await server.client.get(page)
        assert reply.status_code == 200, (page, reply.status_code)
        taken: list[float] = []

        async def ask(page: str = page, taken: list[float] = taken) -> None:
            start = time.perf_counter()
            await server.client.get(page)
            taken.append((time.perf_counter() - start) * 1000)

        used = time.process_time()
        for _ in range(times // readers):
            await asyncio.gather(*(ask() for _ in range(readers)))
        cpu = (time.process_time() - used) * 1000 / len(taken)
        p95 = statistics.quantiles(taken, n=20)[-1]
        size = len(reply.content) / 1000
        print(f"{page:<36}{statistics.median(taken):>9.1f}{p95:>9.1f}{cpu:>9.1f}{size:>8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--readers", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.db or Path(folder) / "evlit.db"
        if given.db is None:
            make_store(path, given.records)
        print(f"{path.stat().st_size / 1e6:.0f} MB, {given.readers} reader(s) at once")
        asyncio.run(measure(path, given.times, given.readers))


if __name__ == "__main__":
    main()
