"""Every measurement in one go: ``make bench``; writes docs/speed.md, its picture, docs/scale.md.

    python -m benchmarks.speed [--quick] [--only peers,starts,answers,tags,names,growth]

Each side runs in a process of its own, the sides taking turns; shown are medians of processor
time. What was measured is kept in ``build/bench/results.json``, so that one part can be measured
again by itself; the pages are then made of the newest of each part.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import answer_speed, growth, mention_speed, tag_speed
from benchmarks.inputs import BASELINE, UPDATE, replicated, shipped
from benchmarks.measuring import (
    BUILD,
    ROOT,
    FailedError,
    Result,
    Side,
    compare,
    machine,
    measure,
)
from benchmarks.pages import scale_page, speed_page, speed_picture
from benchmarks.stores import make_store

sys.path.insert(0, str(ROOT))

RESULTS = BUILD / "results.json"
PYTHON = sys.executable
XTRACT = (
    "-strict -pattern PubmedArticle -element MedlineCitation/PMID ArticleTitle AbstractText "
    "Journal/Title LastName"
)
Results = dict[str, Any]


class Plan:
    """How much is measured."""

    def __init__(self, *, quick: bool, slow_runs: int = 3) -> None:
        self.quick = quick
        self.runs = 2 if quick else 5
        self.slow_runs = 1 if quick else slow_runs
        self.sizes = growth.SIZES[:2] if quick else growth.SIZES
        self.many = 100_000 if quick else 1_000_000


# -------------------------------------------------------------------------------- peers


def peers(plan: Plan) -> Results:
    """Read the same file by evlit, its peers and what no reader can do without."""
    path = replicated(1_000) if plan.quick else shipped(UPDATE)
    found: Results = {"file": path.name, "bytes": path.stat().st_size}
    found["sides"] = _sides(plan, path, _READERS)
    found["sides"] |= _xtract(plan, path)
    found["old"] = {}
    if not plan.quick:
        old = shipped(BASELINE)
        names = (
            "zlib_only",
            "evlit_records",
            "evlit_records_2",
            "evlit_all",
            "evlit_scan",
            "evlit_topics",
            "pubmed_parser",
        )
        found["old"] = {"file": old.name, "bytes": old.stat().st_size,
                        "sides": _sides(plan, old, {n: _READERS[n] for n in names})}  # fmt: skip
    return found


_READERS = {
    # name of a function of benchmarks/peers.py: is it slow?
    "zlib_only": False, "isal_only": False, "tokens_only": False, "insert_only": False,
    "evlit_records": False, "evlit_records_2": False, "evlit_scan": False,
    "evlit_reading": False, "evlit_topics": False,
    "evlit_all": False, "evlit_again": False, "evlit_retag": True, "evlit_retag_2": True,
    "evlit_all_2": True, "pubmed_parser": False,
    "metapub": True,
    "litsync": True, "pubmed_downloader": True, "bio_entrez": True,
}  # fmt: skip


_OF_A_FULL_STORE = ("evlit_again", "evlit_retag", "evlit_retag_2")


def _sides(plan: Plan, path: Path, readers: Mapping[str, bool]) -> Results:
    """Measure the sides, in turns; those that store begin with no store, or with a full one."""
    folder = BUILD / "peers"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    taken: dict[str, list[Result]] = {}
    failed: Results = {}
    for number in range(plan.runs):
        for name, slow in readers.items():
            if name in failed or number >= (plan.slow_runs if slow else plan.runs):
                continue
            full = name in _OF_A_FULL_STORE
            store = folder / f"{'evlit_all' if full else name}-{number}.db"
            command = (PYTHON, "-m", "benchmarks.peers", name, str(path), "--store", str(store))
            (result,) = compare({name: Side(command, 1)}).values()
            if isinstance(result, FailedError):
                failed[name] = {"failed": str(result)}
            else:
                taken.setdefault(name, []).append(result)
        for made in folder.glob("*.db*"):
            made.unlink()
    return failed | {name: _median(runs) for name, runs in taken.items()}


def _median(runs: Sequence[Result]) -> Results:
    ordered = sorted(run.cpu for run in runs)
    walls = sorted(run.wall for run in runs)
    middle = (len(ordered) - 1) // 2, len(ordered) // 2
    return {
        "cpu": sum(ordered[i] for i in middle) / 2,
        "wall": sum(walls[i] for i in middle) / 2,
        "peak": max(run.peak for run in runs),
        "records": int(runs[0].said),
        "runs": len(runs),
    }


def _xtract(plan: Plan, path: Path) -> Results:
    """EDirect's xtract, where it is installed or was unpacked by `make bench`."""
    program = shutil.which("xtract") or next(
        (str(p) for p in (BUILD / "edirect").rglob("lib/ncbi-entrez-direct/xtract")), ""
    )
    if not program:
        return {"xtract": {"failed": "EDirect (Debian: ncbi-entrez-direct) is not there"}}
    script = f"gzip -dc '{path}' | '{program}' {XTRACT} | wc -l"
    (result,) = compare({"xtract": Side(("sh", "-c", script), plan.runs)}).values()
    if isinstance(result, FailedError):
        return {"xtract": {"failed": str(result)}}
    return {"xtract": _median([result]) | {"runs": result.runs}}


# ------------------------------------------------------------------------------- starts


def starts(plan: Plan) -> Results:
    """Whole processes, from nothing to the answer, beside one that loads three libraries."""
    store = _generated(20_000)
    evlit = Path(PYTHON).with_name("evlit")
    runs = 9 if plan.quick else 21
    sides = {
        "floor": Side((PYTHON, "-c", "import click, rich, sqlite3"), runs),
        "help": Side((str(evlit), "--help"), runs),
        "search": Side((str(evlit), "search", "ExoFlo", "--db", str(store)), runs),
        "search_short": Side((str(evlit), "search", "Zofin", "--db", str(store)), runs),
        "search_json": Side((str(evlit), "search", "ExoFlo", "--json", "--db", str(store)), runs),
        "search_empty": Side((str(evlit), "search", "ExoFlo", "--db", "none.db"), runs),
    }
    for side in sides.values():
        measure(side.command, accepted=(0, 3, 10))  # byte code and caches are made
    found = compare(sides, accepted=(0, 3, 10))
    return {
        name: {"failed": str(r)} if isinstance(r, FailedError) else r._asdict()
        for name, r in found.items()
    }


# ------------------------------------------------------------------------------ answers


def answers(plan: Plan) -> Results:
    """``look_up``, the map and lists on generated stores."""
    found: Results = {}
    for records in (20_000, plan.many):
        path = _generated(records)
        rounds = 5 if records == 20_000 else 2
        found[str(records)] = [t._asdict() for t in answer_speed.measure(path, rounds)]
    return found


def _generated(records: int) -> Path:
    """Return a generated store; it is made once."""
    path = growth.store_of("look_up", records)
    if not path.exists():
        draft = path.with_suffix(".draft")
        _remove(draft)
        print(f"  generating a store of {records:,} records", file=sys.stderr)
        make_store(draft, records)
        draft.replace(path)
        _remove(draft)
    return path


def _remove(path: Path) -> None:
    for made in path.parent.glob(f"{path.name}*"):
        made.unlink()


# --------------------------------------------------------------------------------- tags


def tags(plan: Plan) -> Results:
    """Tagging records parsed beforehand."""
    records = tag_speed.read(shipped(UPDATE), 50 if plan.quick else 5)
    return {"rows": [pace._asdict() for pace in tag_speed.measure(records)]}


# -------------------------------------------------------------------------------- names


def names(plan: Plan) -> Results:
    """Finding names in records, by the number of products."""
    records = mention_speed.read(shipped(UPDATE), 500 if plan.quick else 2_000)
    rows = [mention_speed.measure(records, count)._asdict() for count in mention_speed.COUNTS]
    return {"records": len(records), "rows": rows}


# ------------------------------------------------------------------------------- growth


def growing(plan: Plan) -> Results:
    """Each step at each size, in a process of its own."""
    found: Results = {step: {} for step in growth.STEPS}
    for records in plan.sizes:
        _generated(records)
        replicated(records)
        for step in growth.STEPS:
            if step not in ("again", "retag", "export", "look_up", "map"):
                _remove(growth.store_of(step, records))
            found[step][str(records)] = _step(step, records)
        for step in ("sync", "ingest"):
            _remove(growth.store_of(step, records))
    for step in ("look_up", "map"):
        _generated(plan.many)
        found[step][str(plan.many)] = _step(step, plan.many)
    return found


def _step(step: str, records: int) -> Results:
    with _fake(records if step == "sync" else 0) as url:
        command = (PYTHON, "-m", "benchmarks.growth", step, "--records", str(records))
        figures = measure((*command, "--url", url) if url else command)
    print(f"  {step} {records:,}: {figures.cpu:.1f} s", file=sys.stderr)
    inside = float(figures.said) if step in ("look_up", "map") else 0.0
    return {"cpu": inside or figures.cpu, "wall": figures.wall, "peak": figures.peak}


@contextmanager
def _fake(records: int) -> Iterator[str]:
    """Serve so many invented records on loopback; ``""`` for none."""
    if not records:
        yield ""
        return
    from tests.fakes.eutils import FakeEutils  # noqa: PLC0415 - only where it is asked
    from tests.fakes.eutils_tool import SystemClock  # noqa: PLC0415
    from tests.fakes.nights import library  # noqa: PLC0415

    with FakeEutils(library(records), clock=SystemClock(), metered=False) as fake:
        yield fake.url


# ---------------------------------------------------------------------------------- all

PARTS: dict[str, Callable[[Plan], Results]] = {
    "peers": peers, "starts": starts, "answers": answers, "tags": tags, "names": names,
    "growth": growing,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs, smaller files")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--slow-runs", type=int, default=3, help="runs of the slow sides")
    parser.add_argument("--pages", action="store_true", help="only make the pages anew")
    given = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    results: Results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    plan = Plan(quick=given.quick, slow_runs=given.slow_runs)
    for part in [] if given.pages else given.only.split(","):
        begun = time.monotonic()
        print(f"{part} …", file=sys.stderr)
        told = {"at": f"{datetime.now(UTC):%Y-%m-%d}", "on": machine(), "quick": plan.quick}
        results[part] = PARTS[part](plan) | {"told": told}
        results[part]["told"]["took"] = math.ceil(time.monotonic() - begun)
        RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    write_pages(results, ROOT / "docs")


def write_pages(results: Results, folder: Path) -> None:
    """Write what was measured as pages."""
    (folder / "speed.md").write_text(speed_page(results), encoding="utf-8")
    if "growth" in results:
        (folder / "speed-growth.svg").write_text(speed_picture(results), encoding="utf-8")
    if "peers" in results:
        (folder / "scale.md").write_text(scale_page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
