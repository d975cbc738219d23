"""How long the pages take at the server: p50 and p95 over a store of 20,000 records.

    python benchmarks/web_speed.py [--records 20000] [--db FILE] [--times 60]

Makes a store of invented records (benchmarks/stores.py) unless --db names one; asks each page
in process, so that no network and no browser is in the figures; --readers asks with as many at
once.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from datasette.app import Datasette

from benchmarks.stores import make_store

PAGES = (
    "/evlit/product/exoflo", "/evlit/search?q=ExoFlo", "/evlit/search?q=exoflow",
    "/evlit/search?q=exosomes", "/evlit/search?for=osteoarthritis", "/evlit/product/exoflo.json",
    "/", "/evlit/map", "/evlit/timeline", "/evlit/list?tier=animal", "/evlit/record/1000010",
    "/evlit/status", "/evlit/products", "/evlit/about", "/evlit/evidence", "/evlit",
)  # fmt: skip


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
