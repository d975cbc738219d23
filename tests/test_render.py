"""The answer as terminal text, JSON and CSV: the same counts, safe, whatever the width."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit import messages
from evlit.answer import look_up
from evlit.messages import joined, say, word
from evlit.records import AXIS_VALUES, STATUSES, TIERS, Answer
from evlit.render import SCHEMA, patient_help, product_json, to_csv, to_json, to_terminal
from evlit.render.layout import columns as layout_columns
from evlit.render.layout import wrap
from evlit.render.page import clean, to_ascii
from evlit.store import Store
from tests.answer_fixture import CATALOGUE, NOW, OLD, make_store
from tests.test_answer import QUESTIONS

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with make_store(tmp_path_factory.mktemp("render") / "evlit.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def answers(store: Store, tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """Every question of the bench, and some against a store not searched lately."""
    found = [look_up(store, CATALOGUE, q[0], now=NOW, **q[1]) for q in QUESTIONS]
    with make_store(tmp_path_factory.mktemp("old") / "evlit.db", searched=OLD) as old:
        found += [look_up(old, CATALOGUE, q[0], now=NOW, **q[1]) for q in QUESTIONS]
    return found


def named(store: Store, typed: str, **options: str) -> Answer:
    return look_up(store, CATALOGUE, typed, now=NOW, **options)


def hostile(answer: Answer) -> Answer:
    """The same answer with texts that would draw on a terminal or run in a page."""
    bad = "\x1b[31mred\x1b[0m [bold]not bold[/bold] \u202egnorw\u202c \x07\x00 :smile: 名前 =1+1"
    records = tuple(
        replace(r, title=bad, main_result=bad, comparator=bad, safety_text=bad, why=bad)
        for r in answer.records
    )
    return replace(answer, records=records)


# ------------------------------------------------------------------------------- JSON


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((ROOT / "docs" / "answer.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_answer_fits_the_published_schema(answers: list[Answer], validator: Any) -> None:
    for answer in answers:
        validator.validate(json.loads(json.dumps(to_json(answer))))
    assert {a.status for a in answers} == set(STATUSES)


def test_the_schema_refuses_what_it_does_not_know(store: Store, validator: Any) -> None:
    good = json.loads(json.dumps(to_json(named(store, "ExoFlo"))))
    for bad in (good | {"status": "proven"}, good | {"more": 1}, good | {"exit_code": 1}):
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(bad)


def test_schema_and_statuses_agree(validator: Any) -> None:
    assert validator.schema["properties"]["schema"]["const"] == SCHEMA
    assert set(validator.schema["properties"]["status"]["enum"]) == set(STATUSES)
    documented = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    assert all(f"`{status}`" in documented for status in STATUSES)


def test_product_json_has_every_source() -> None:
    found = product_json(CATALOGUE.product("exoflo"))
    assert found["makers"][0]["sources"]
    assert found["cell_source"]["sources"]
    assert found["trial_ids"] == ["NCT05354141", "NCT04493242"]


# ----------------------------------------------------------------------- same in all forms


def test_terminal_and_json_give_the_same_counts(answers: list[Answer]) -> None:
    for answer in answers:
        if answer.product is None or not any(answer.whole_counts):
            continue
        shown = to_terminal(answer, width=100)
        for tier in TIERS:
            line = next(x for x in shown.splitlines() if x.strip().startswith(word("tier", tier)))
            assert line.split(word("tier", tier))[1].split()[0] == str(
                to_json(answer)["tiers"][tier]
            )


def test_the_verdict_is_whole_in_every_form(answers: list[Answer]) -> None:
    for answer in answers:
        shown = " ".join(to_terminal(answer, width=80).split())
        assert answer.verdict in shown
        assert to_json(answer)["verdict"] == answer.verdict


# --------------------------------------------------------------------------------- terminal


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("explain", [False, True])
def test_no_line_is_too_long(answers: list[Answer], width: int, explain: bool) -> None:
    for answer in answers:
        shown = to_terminal(answer, width=width, explain=explain)
        assert shown.endswith("\n")
        assert max(map(columns, shown.splitlines())) <= width
        assert not any(line != line.rstrip() for line in shown.splitlines())


@pytest.mark.parametrize("width", [40, 80, 200])
def test_ascii_is_ascii_and_fits(answers: list[Answer], width: int) -> None:
    for answer in answers:
        shown = to_terminal(hostile(answer), width=width, ascii_only=True)
        assert shown.isascii()
        assert max(map(len, shown.splitlines())) <= width


@settings(deadline=None)
@given(st.text(st.sampled_from("abc 名前é\u0301"), max_size=60), st.integers(2, 30))
def test_wrapping_keeps_every_word_and_the_width(text: str, width: int) -> None:
    text = " ".join(text.split())
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(map(layout_columns, lines)) <= width
    for line, after in pairwise(lines):
        room = width - layout_columns(line)
        assert room < 1 + layout_columns(after.split(" ")[0]), "the next word had room"


@pytest.mark.parametrize("width", [40, 45, 50])
def test_a_narrow_card_keeps_its_numbers(store: Store, width: int) -> None:
    shown = to_terminal(look_up(store, CATALOGUE, "ExoFlo", now=NOW), width=width)
    assert re.search(r"People, randomised +1 +█", shown)
    assert re.search(r"People, other +2 +██", shown)


def test_a_box_has_straight_edges_in_ascii_too(answers: list[Answer]) -> None:
    for answer in answers:
        shown = to_terminal(answer, width=60, ascii_only=True).splitlines()
        edges = [line for line in shown if line[:1] in ("+", "|")]
        assert {len(line) for line in edges} <= {60}


def test_no_colour_without_asking(answers: list[Answer]) -> None:
    assert not any("\x1b" in to_terminal(a) for a in answers)


def test_colour_never_says_yes(store: Store) -> None:
    shown = to_terminal(named(store, "ExoFlo"), color=True)
    assert "\x1b[" in shown
    assert "\x1b[32m" not in shown, "no green"


def test_text_from_outside_cannot_draw(store: Store) -> None:
    answer = hostile(named(store, "ExoFlo"))
    plain = to_terminal(answer, width=120)
    assert "\x1b" not in plain
    assert "\x07" not in plain
    assert "\u202e" not in plain
    assert "[bold]not bold[/bold]" in plain
    assert ":smile:" in plain
    coloured = to_terminal(answer, width=120, color=True)
    assert "\x1b[31mred" not in coloured


def test_retracted_is_named_and_struck(store: Store) -> None:
    answer = named(store, "ExoFlo")
    assert "RETRACTED: does not count" in to_terminal(answer)
    assert re.search(r"\x1b\[[0-9;]*9[0-9;]*m[^\x1b]*withdrawn", to_terminal(answer, color=True))


def test_explain_says_why(store: Store) -> None:
    answer = named(store, "ExoFlo")
    assert "why here" not in to_terminal(answer)
    explained = to_terminal(answer, explain=True, width=120)
    assert "why here: names the product as what was given" in explained
    assert "design read from" in explained
    assert "1 × named only" in explained
    assert "PubMed's translation: translated" in explained


def test_routes_absent_are_said(store: Store) -> None:
    shown = " ".join(to_terminal(named(store, "ExoFlo")).split())
    assert "by vein 1, into a joint 2; on skin or inhaled: none found" in shown


def test_class_evidence_has_a_box_of_its_own(store: Store) -> None:
    shown = to_terminal(named(store, "ExoFlo"))
    box = shown[shown.index("╭") : shown.index("╯")]
    assert "do not show what is in this vial" in " ".join(box.replace("│", " ").split())
    assert "PMID 1001" not in box


def test_hints_for_someone_who_does_not_know_the_brand() -> None:
    shown = patient_help()
    assert [f"{n}." in shown for n in range(1, 6)] == [True] * 5
    assert "MedWatch" in shown
    assert "PMDA" in shown
    assert "Yellow Card" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b[0mb", "a\ufffd[0mb"), ("a\r\nb\tc", "a\ufffd b c"), ("\u202eabc", "\ufffdabc")],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_to_ascii() -> None:
    assert to_ascii("“naïve” · 5 µg ≥ 3 — 名") == '"naive" - 5 ug >= 3 - ?'


# -------------------------------------------------------------------------------------- CSV


def test_csv_has_every_report_and_reads_back(store: Store) -> None:
    answer = named(store, "ExoFlo")
    rows = list(csv.DictReader(io.StringIO(to_csv(answer), newline="")))
    assert len(rows) == len(answer.records) + len(answer.listed_not_counted)
    assert sum(row["counted"] == "yes" for row in rows) == answer.counts.studied
    first = next(row for row in rows if row["pmid"] == "1001")
    assert (first["n"], first["exposed"], first["tier"]) == ("102", "68", "human_randomised")


def test_csv_runs_no_formula(store: Store) -> None:
    answer = named(store, "ExoFlo")
    bad = replace(answer.records[0], title="=HYPERLINK(1)", comparator="+1", main_result="@x")
    rows = list(csv.DictReader(io.StringIO(to_csv(replace(answer, records=(bad,))), newline="")))
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert rows[0]["comparator"] == "'+1"


# --------------------------------------------------------------------------------- messages


def test_every_sentence_is_used_and_every_key_exists() -> None:
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "evlit").rglob("*.py"))
    asked = set(re.findall(r"say\(\s*[\"']([a-z_]+\.[a-z_0-9]+)[\"']", source))
    known = set(messages.catalogue())
    assert asked <= known
    # Sections whose key is a value of a tag; the others are asked for by name.
    values = {"route", "intervention", "source_kind", "tissue", "harm", "design", "tier",
              "status", "safety", "composition"}  # fmt: skip
    unused = {
        key
        for key in known - asked
        if (section := key.split(".")[0]) not in values
        and not re.search(rf"\b(?:[a-z]+_)?{re.escape(key.split('.')[1])}\b", source)
        and f'f"{section}.' not in source
    }
    assert not unused


@pytest.mark.parametrize(("section", "file"), [("route", "routes")])
def test_every_value_of_the_vocabulary_has_words(section: str, file: str) -> None:
    path = ROOT / "evlit" / "vocabulary" / f"{file}.toml"
    keys = tomllib.loads(path.read_text(encoding="utf-8"))
    assert {f"{section}.{key}" for key in keys} <= set(messages.catalogue())


@pytest.mark.parametrize("axis", ["design", "intervention", "source_kind", "safety"])
def test_every_value_of_the_code_book_has_words(axis: str) -> None:
    wanted = {f"{axis}.{value}" for value in AXIS_VALUES[axis]}
    assert wanted <= set(messages.catalogue())


def test_wording_rules() -> None:
    text = (ROOT / "evlit" / "wording" / "en.toml").read_text(encoding="utf-8")
    sentences = json.dumps(tomllib.loads(text), ensure_ascii=False).casefold()
    for avoided in ("no evidence", "unproven", "ineffective", "clinically proven", "miracle",
                    "you should", "recommended", "effective treatment"):  # fmt: skip
        assert avoided not in sentences


def test_plurals_and_lists() -> None:
    assert say("verdict.then_animals", n=2) == "to animals in 2"
    assert say("summary.people", n=1) == "1 report in people"
    assert say("summary.people", n=1200) == "1,200 reports in people"
    assert joined(["a", "", "b", "c"]) == "a, b and c"
    assert joined(["a"]) == "a"
    assert word("route", "intravenous") == "by vein"
    assert word("route", "into_the_unknown") == "into the unknown"


def test_the_box_of_harms_quotes_the_words_of_a_statement(store: Store) -> None:
    answer = named(store, "ExoFlo")
    said = [h.words for h in answer.harms if h.words]
    box = to_terminal(answer, width=200).split(say("card.harms"))[1]
    assert said and all(words in box for words in said)


def test_the_box_stays_straight_in_ascii(store: Store) -> None:
    answer = named(store, "ExoFlo")
    evidence = answer.class_evidence
    assert evidence is not None
    many = replace(evidence, rows=evidence.rows * 10, known_sentence="Known … besides · all.")
    shown = to_terminal(replace(answer, class_evidence=many), width=80, ascii_only=True)
    box = [line for line in shown.splitlines() if line.startswith(("|", "+"))]
    assert any("... and" in line for line in box)
    assert {len(line) for line in box} == {80}
