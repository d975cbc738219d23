"""Scoring of tags against labels; every label and tag is invented."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evlit.errors import InputError
from evlit.evaluate import AxisScore, Evaluation, evaluate_files, to_json, to_text
from evlit.records import Tag


def tag(axis: str, value: str) -> Tag:
    return Tag(axis, value, "rule", f"title: '{value}'", 0.9)


def gold_file(path: Path, *labels: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(label) + "\n" for label in labels), encoding="utf-8")
    return path


def score(tmp_path: Path, labels: Sequence[dict[str, Any]], tags: dict[int, list[Tag]],
          axis: str) -> AxisScore:  # fmt: skip
    path = gold_file(tmp_path / "gold.jsonl", *labels)
    result = evaluate_files([path], lambda pmid: tags.get(pmid, []), axes=[axis])
    return result.axes[0]


class TestOneValue:
    def test_right_and_wrong(self, tmp_path: Path) -> None:
        labels = [{"pmid": n, "design": d} for n, d in enumerate(["animal", "animal", "review"])]
        tags = {0: [tag("design", "animal")], 1: [tag("design", "review")],
                2: [tag("design", "review")]}  # fmt: skip
        got = score(tmp_path, labels, tags, "design")
        assert got.accuracy == pytest.approx(2 / 3)
        assert got.values["animal"].precision == 1.0
        assert got.values["animal"].recall == 0.5
        assert got.values["review"].precision == 0.5
        assert got.values["review"].f1 == pytest.approx(2 / 3)
        assert got.macro_f1 == pytest.approx(2 / 3)
        assert got.confusion[("animal", "review")] == 1
        assert [(m.pmid, m.expected, m.found) for m in got.misses] == [
            (1, ("animal",), ("review",))
        ]
        assert "title: 'review'" in got.misses[0].reason

    def test_every_reading_of_a_list_is_right(self, tmp_path: Path) -> None:
        labels = [{"pmid": 1, "intervention": ["ev", "engineered_ev"]}]
        got = score(tmp_path, labels, {1: [tag("intervention", "engineered_ev")]}, "intervention")
        assert got.accuracy == 1.0
        assert "ev" not in got.values

    def test_booleans_are_words(self, tmp_path: Path) -> None:
        got = score(tmp_path, [{"pmid": 1, "msc": [True]}], {1: [tag("msc", "true")]}, "msc")
        assert got.accuracy == 1.0

    def test_null_means_no_tag(self, tmp_path: Path) -> None:
        labels = [{"pmid": 1, "review_kind": None}, {"pmid": 2, "review_kind": None}]
        tags = {1: [tag("design", "animal")], 2: [tag("review_kind", "narrative")]}
        got = score(tmp_path, labels, tags, "review_kind")
        assert got.accuracy == 0.5
        assert got.values["narrative"].wrong == 1
        assert got.confusion[("(none)", "narrative")] == 1

    def test_missing_tag_is_a_miss(self, tmp_path: Path) -> None:
        labels = [{"pmid": 1, "clinical_kind": "rct"}]
        got = score(tmp_path, labels, {1: [tag("design", "clinical")]}, "clinical_kind")
        assert got.values["rct"].missed == 1
        assert got.misses[0].reason == "no tag on this axis"


class TestManyValues:
    def test_required_and_allowed(self, tmp_path: Path) -> None:
        labels = [{"pmid": 1, "indications_required": ["stroke"],
                   "indications_allowed": ["stroke", "tbi"]}]  # fmt: skip
        tags = {1: [tag("indication", "tbi"), tag("indication", "sepsis")]}
        got = score(tmp_path, labels, tags, "indication")
        assert got.values["tbi"].right == 1
        assert got.values["sepsis"].wrong == 1
        assert got.values["stroke"].missed == 1
        assert got.micro.f1 == pytest.approx(0.5)

    def test_keys_outside_the_vocabulary(self, tmp_path: Path) -> None:
        label = {"indications_required": ["x:gout"], "indications_allowed": []}
        labels = [{"pmid": 1, **label}, {"pmid": 2, **label}]
        tags = {1: [tag("indication", "gout")], 2: [tag("design", "animal")]}
        got = score(tmp_path, labels, tags, "indication")
        assert got.accuracy == 1.0
        assert got.values["gout"].right == 1

    def test_plain_list_is_required_and_allowed(self, tmp_path: Path) -> None:
        labels = [{"pmid": 1, "species": ["mouse", "rat"]}]
        got = score(tmp_path, labels, {1: [tag("species", "mouse")]}, "species")
        assert (got.micro.right, got.micro.wrong, got.micro.missed) == (1, 0, 1)

    @pytest.mark.parametrize(("found", "right"), [("mouse", 1.0), ("unspecified", 1.0), ("rat", 0)])
    def test_unspecified_is_another_reading(self, tmp_path: Path, found: str, right: float) -> None:
        labels = [{"pmid": 1, "species": ["mouse", "unspecified"]}]
        got = score(tmp_path, labels, {1: [tag("species", found)]}, "species")
        assert got.accuracy == right

    def test_nothing_expected_and_nothing_found(self, tmp_path: Path) -> None:
        labels = [{"pmid": 1, "species": []}]
        got = score(tmp_path, labels, {1: [tag("design", "review")]}, "species")
        assert got.accuracy == 1.0
        assert got.micro.f1 is None


class TestFiles:
    def test_several_files_and_records_not_held(self, tmp_path: Path) -> None:
        one = gold_file(tmp_path / "a.jsonl", {"pmid": 1, "design": "animal"})
        two = gold_file(tmp_path / "b.jsonl", {"pmid": 2, "design": "review"}, {"pmid": 3})
        tags = {1: [tag("design", "animal")]}
        result = evaluate_files([one, two], lambda pmid: tags.get(pmid, []))
        assert result.files == ("a.jsonl", "b.jsonl")
        assert result.records == 1
        assert result.absent == (2, 3)

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("{", "bad.jsonl: line 2: not JSON"),
            ("[]", "bad.jsonl: line 2: no pmid"),
            ('{"design": "animal"}', "bad.jsonl: line 2: no pmid"),
            ('{"pmid": true}', "bad.jsonl: line 2: no pmid"),
            ('{"pmid": 1, "species": "mouse"}', "bad.jsonl: line 2: species: not a list"),
        ],
    )
    def test_bad_lines_are_named(self, tmp_path: Path, line: str, message: str) -> None:
        path = tmp_path / "bad.jsonl"
        path.write_text('{"pmid": 9, "design": "other"}\n' + line + "\n", encoding="utf-8")
        with pytest.raises(InputError) as caught:
            evaluate_files([path], lambda _: [tag("design", "other")])
        assert str(caught.value).startswith(message)

    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="cannot be read"):
            evaluate_files([tmp_path / "none.jsonl"], lambda _: [])

    def test_unknown_axis(self, tmp_path: Path) -> None:
        path = gold_file(tmp_path / "a.jsonl", {"pmid": 1, "design": "animal"})
        with pytest.raises(InputError, match="no such axis"):
            evaluate_files([path], lambda _: [], axes=["colour"])


class TestOutput:
    @pytest.fixture
    def result(self, tmp_path: Path) -> Evaluation:
        labels = [{"pmid": n, "design": "animal" if n % 2 else "review"} for n in range(20)]
        tags = {n: [tag("design", "animal" if n % 2 or n == 4 else "review")] for n in range(20)}
        path = gold_file(tmp_path / "gold.jsonl", *labels)
        return evaluate_files([path], lambda pmid: tags[pmid])

    def test_intervals_hold_the_figure_and_repeat(self, result: Evaluation, tmp_path: Path) -> None:
        axis = result.axes[0]
        assert axis.accuracy_interval.low <= axis.accuracy <= axis.accuracy_interval.high
        assert axis.accuracy_interval.low < axis.accuracy_interval.high
        micro = axis.micro.f1
        assert micro is not None
        assert axis.micro_interval.low <= micro <= axis.micro_interval.high
        again = evaluate_files(
            [tmp_path / "gold.jsonl"],
            lambda n: [tag("design", "animal" if n % 2 or n == 4 else "review")],
        )
        assert again == result

    def test_json(self, result: Evaluation) -> None:
        data = json.loads(json.dumps(to_json(result)))
        assert data["schema"] == "evlit-evaluation/1"
        design = data["axes"]["design"]
        assert design["accuracy"] == 0.95
        assert design["values"]["review"]["missed"] == 1
        assert design["misses"][0]["pmid"] == 4

    def test_text(self, result: Evaluation) -> None:
        text = to_text(result, misses=True, confusion=True)
        assert "| design | 20 | 0.950 (" in text
        assert "1 × review taken for animal" in text
        assert "- 4: label review; tag animal (animal: title: 'animal')" in text
        assert "- 4:" not in to_text(result)
