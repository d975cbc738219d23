"""The question bench: every question is answered as a careful reader of its records would."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from benchmarks.questions import SETS, Asked, Bench, load_citations, load_questions, table, wrong
from evlit.records import STATUSES
from evlit.render import to_csv, to_json, to_terminal
from tests.conftest import ROOT

QUESTIONS = load_questions()


def _name(asked: Asked) -> str:
    parts = (asked.records, asked.typed, asked.maker, asked.indication, asked.since, asked.store)
    return " ".join(p for p in parts if p)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("bench"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads((ROOT / "docs" / "answer.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


@pytest.mark.parametrize("asked", QUESTIONS, ids=_name)
def test_question(asked: Asked, bench: Bench, validator: Draft202012Validator) -> None:
    answer = bench.ask(asked)
    assert wrong(asked, answer) == [], f"{asked.why}\n{answer.verdict}"
    told = to_json(answer)
    validator.validate(told)
    assert told["status"] == asked.status
    assert answer.verdict.split()[0] in to_terminal(answer, width=80)
    assert not re.search(r"\d[.。] ?\d", answer.verdict.replace(asked.typed, "")), answer.verdict
    listed = (*answer.records, *answer.listed_not_counted)
    assert to_csv(answer).count("\r\n") >= len(listed) + 1


def test_the_bench_is_as_large_and_as_hard_as_it_says() -> None:
    assert len(QUESTIONS) >= 60
    assert sum(q.looks_like_yes for q in QUESTIONS) >= 20
    assert all(q.status != "studied" for q in QUESTIONS if q.looks_like_yes)
    held = Counter(q.status for q in QUESTIONS)
    assert {status for status in STATUSES if held[status] < 2} == set()
    assert len({_name(q) for q in QUESTIONS}) == len(QUESTIONS)
    assert all(len(q.why) > 10 for q in QUESTIONS)


def test_the_records_are_invented() -> None:
    pmids = [c.pmid for records in SETS for c in load_citations(records)]
    assert min(pmids) >= 97_000_000
    assert len(set(pmids)) == len(pmids)


def test_a_wrong_answer_is_found(bench: Bench, tmp_path: Path) -> None:
    asked = Asked("Zofin", "none_found", "for this test", tiers={"animal": 9}, says=("no such",))
    problems = wrong(asked, bench.ask(asked))
    assert [p.split(":")[0] for p in problems] == ["status", "tiers", "does not say 'no such'"]
    assert "WRONG" in table([(asked, problems)])
