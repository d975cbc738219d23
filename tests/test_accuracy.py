"""The page of figures: shares, intervals and what each label file can vouch for."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import accuracy
from evlit.evaluate import evaluate_files
from evlit.records import AXES, Tag

NOW = datetime(2031, 5, 17, tzinfo=UTC)


def tags_of(pmid: int) -> Sequence[Tag]:
    """Return the tags of two invented records: 1 is right and sure, 2 wrong and unsure."""
    value, score = {1: ("animal", 0.95), 2: ("review", 0.55)}.get(pmid, ("", 0.0))
    return [Tag("design", value, "rule", "title", score)] if value else []


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold_invented.jsonl"
    labels = [{"pmid": 1, "design": "animal"}, {"pmid": 2, "design": "clinical"}]
    path.write_text("".join(json.dumps(label) + "\n" for label in labels), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("right", "whole", "low", "high"),
    [(0, 0, 0.0, 1.0), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (0, 10, 0.0, 0.278)],
)
def test_intervals_of_shares_stay_open_where_little_is_known(
    right: int, whole: int, low: float, high: float
) -> None:
    assert list(accuracy.wilson(right, whole)) == pytest.approx([low, high], abs=1e-3)


def test_scores_are_counted_by_bins(gold: Path) -> None:
    bins = accuracy.calibration(gold, tags_of)
    assert bins[1] == (1, 0)
    assert bins[-1] == (1, 1)
    assert sum(n for n, _ in bins) == 2


def test_the_page_says_what_was_measured_and_what_not(gold: Path) -> None:
    about = {
        "labelled": "a reader", "tuned": "Never looked at.", "speaks_for": "design",
        "silent_on": "all else", "first": {"classifier": "abc", "commit": "123", "design": 0.5},
    }  # fmt: skip
    result = evaluate_files([gold], tags_of)
    one = accuracy.Measured(gold.name, about, result, None, accuracy.calibration(gold, tags_of))
    text = accuracy.page([one], ["gold_absent.jsonl"], NOW)
    assert "2031-05-17" in text
    assert "Never looked at." in text
    assert "gold_absent.jsonl: not measured" in text
    assert "| design | 2 | 0.500 (0.095–0.905) |" in text
    assert "1 × clinical taken for review" in text
    assert "commit 123" in text


def test_every_label_file_is_described() -> None:
    folder = Path(accuracy.__file__).parent
    about = tomllib.loads((folder / "gold_files.toml").read_text(encoding="utf-8"))
    assert {p.name for p in folder.glob("gold_*.jsonl")} <= about.keys()
    for facts in about.values():
        assert {"records", "labelled", "tuned", "speaks_for", "silent_on"} <= facts.keys()
        assert facts.get("first", {}).keys() - {"classifier", "commit"} <= set(AXES)
