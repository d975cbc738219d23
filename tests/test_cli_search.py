"""The forms of an answer at the command line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
import rispy
from Bio import Medline

from evlit.cli import run
from evlit.cli.searching import FORMS
from evlit.cli.terminal import terminal_width
from tests.conftest import EXOFLO_TRIAL

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def filled(
    tmp_path: Path, pubmed_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> Path:
    path = tmp_path / "evlit.db"
    monkeypatch.setenv("EVLIT_DB", str(path))
    assert run(["ingest", "-q", str(pubmed_file)]) == 0
    capsys.readouterr()
    return path


def test_every_form_lists_the_same_reports(filled: Path, capsys: Capture) -> None:
    told = {}
    for form in FORMS:
        assert run(["search", "ExoFlo", f"--{form}"]) == 0
        told[form] = capsys.readouterr()
    answer = json.loads(told["json"].out)
    reports = answer["records"] + answer["listed_not_counted"]
    held = [str(r["pmid"]) for r in reports if r["held"]]
    lines = [json.loads(line) for line in told["jsonl"].out.splitlines()]
    assert [line["id"] for line in lines] == [r["id"] for r in reports]
    assert {(line["status"], line["product"]) for line in lines} == {("studied", "exoflo")}
    assert len(rispy.loads(told["ris"].out)) == len(json.loads(told["csl"].out)) == len(reports)
    records = Medline.parse(io.StringIO(told["nbib"].out))  # type: ignore[no-untyped-call]
    assert [r["PMID"] for r in records] == held
    assert str(EXOFLO_TRIAL.pmid) in held
    assert "not held are left out" in told["nbib"].err


def test_ris_says_how_each_counts(filled: Path, capsys: Capture) -> None:
    run(["search", "ExoFlo", "--ris"])
    entries = rispy.loads(capsys.readouterr().out)
    notes = {e.get("accession_number"): e["notes"][0] for e in entries}
    assert notes[str(EXOFLO_TRIAL.pmid)].startswith("evlit: People, randomised.")
    assert any("Not counted" in e["notes"][0] for e in entries)


def test_forms_exclude_each_other(filled: Path, capsys: Capture) -> None:
    assert run(["search", "ExoFlo", "--ris", "--csl"]) == 2
    assert "choose one" in capsys.readouterr().err
    assert run(["search", "ExoFlo", "--json", "--json"]) == 0


@pytest.mark.parametrize("kind", ["jsonl", "csv", "ris", "csl", "nbib"])
def test_export_writes_whole_files(filled: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"all.{kind}"
    assert run(["export", "--format", kind, "--out", str(out)]) == 0
    assert "ExoFlo for severe pneumonia" in out.read_text(encoding="utf-8")
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("said", "width"), [("120", 120), ("0", 80), ("wide", 80), ("-5", 80), ("", 80)]
)
def test_the_width_of_a_pipe(said: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", said)
    monkeypatch.setattr(sys, "__stdout__", None)
    assert terminal_width() == width
