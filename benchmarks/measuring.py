"""Processes measured side by side, and the tables that are made of it."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "bench"
"""Files that a measurement makes and may find again; `make clean` removes them."""


class Figures(NamedTuple):
    """One process, from its start to its end."""

    cpu: float
    """Seconds of processor time, that of its own children included."""
    wall: float
    """Seconds."""
    peak: float
    """MiB resident at most."""
    said: str
    """The last line of its standard output."""


class Side(NamedTuple):
    """One side of a comparison."""

    command: Sequence[str]
    runs: int
    """What the side does, in words."""


class FailedError(Exception):
    """A side did not end well; the words say why."""


def measure(command: Sequence[str], accepted: Sequence[int] = (0,)) -> Figures:
    """Run a command and return what it took.

    :param accepted: exit codes that are no failure
    :raises FailedError: it cannot be started, or ends with another code
    """
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env |= {"EVLIT_CACHE": str(BUILD / "cache"), "HOME": str(BUILD / "home")}
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        launch = (sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")))
        done = subprocess.run(
            (*launch, str(figures), *command), cwd=ROOT, env=env, check=False,
            capture_output=True, text=True, errors="replace",
        )  # fmt: skip
        if done.returncode not in accepted:
            words = done.stderr.strip()[-300:]
            raise FailedError(words or f"exit code {done.returncode}")
        cpu, wall, peak = json.loads(figures.read_text("ascii"))
    last = next((line for line in reversed(done.stdout.split("\n")) if line), "")
    return Figures(cpu, wall, peak / 1024, last)


class Result(NamedTuple):
    """What the runs of one side came to."""

    cpu: float
    """Median seconds."""
    wall: float
    """Median seconds."""
    peak: float
    """Highest MiB."""
    said: str
    runs: int


def compare(
    sides: Mapping[str, Side], accepted: Sequence[int] = (0,)
) -> dict[str, Result | FailedError]:
    """Run all sides, taking turns, each as often as it says; a side that fails stands as such."""
    taken: dict[str, list[Figures]] = {name: [] for name in sides}
    failed: dict[str, FailedError] = {}
    for number in range(max(side.runs for side in sides.values())):
        for name, side in sides.items():
            if number >= side.runs or name in failed:
                continue
            try:
                taken[name].append(measure(side.command, accepted))
            except FailedError as error:
                failed[name] = error
            else:
                print(f"  {name}, run {number + 1}: {taken[name][-1].cpu:.2f} s", file=sys.stderr)
    return {name: failed.get(name) or summed_up(runs) for name, runs in taken.items()}


def summed_up(runs: Sequence[Figures]) -> Result:
    """Return medians of time and the highest memory."""
    return Result(
        statistics.median(run.cpu for run in runs),
        statistics.median(run.wall for run in runs),
        max(run.peak for run in runs),
        runs[0].said,
        len(runs),
    )


# ------------------------------------------------------------------------------- tables


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; numbers stand on the right."""
    right = [all(_is_number(row[i]) for row in rows) for i in range(len(heads))]
    lines = [
        " | ".join(("", *heads, "")),
        " | ".join(("", *("---:" if r else "---" for r in right), "")),
        *(" | ".join(("", *(_cell(value) for value in row), "")) for row in rows),
    ]
    return "\n".join(line.strip() for line in lines) + "\n"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or value in ("–", None) or _cell(value)[:1].isdigit()


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def figure(value: float) -> str:
    """Return a number with three digits that count: 0.0123, 1.23, 12.3, 1,230."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3g}"


def machine() -> str:
    """Return what was measured on, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    return (
        f"{processor()}, {cores} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"load at the start {busy}"
    )


def processor() -> str:
    """Return the name of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()
