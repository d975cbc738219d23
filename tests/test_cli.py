"""The command line as a person uses it: arguments in, words and an exit code out."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from evlit.cli import COMMANDS, EXIT_CODES, run
from evlit.errors import EvlitError
from evlit.store import Store, open_store
from evlit.store.lock import hold_store
from tests.conftest import EXOFLO_TRIAL, RAT_STUDY, ROOT
from tests.fakes.citations import article_set


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a store that does not exist yet, as EVLIT_DB."""
    path = tmp_path / "evlit.db"
    monkeypatch.setenv("EVLIT_DB", str(path))
    return path


@pytest.fixture
def filled(db: Path, pubmed_file: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run(["ingest", str(pubmed_file)]) == 0
    capsys.readouterr()
    return db


Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: Capture) -> None:
    assert run([name, "--help"]) == 0
    assert f"Usage: evlit {name}" in capsys.readouterr().out


def test_help_names_every_command_and_exit_code(capsys: Capture) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)
    assert all(f"\n  {code} " in out for code in EXIT_CODES)


def test_no_error_of_ours_has_an_undocumented_exit_code() -> None:
    found = [EvlitError]
    for error in found:
        found.extend(error.__subclasses__())
    assert {error.exit_code for error in found} <= EXIT_CODES.keys()
    assert 1 not in EXIT_CODES


def test_ingest_reports_what_became_of_each_record(
    db: Path, pubmed_file: Path, capsys: Capture
) -> None:
    assert run(["ingest", str(pubmed_file)]) == 0
    assert capsys.readouterr().out.startswith("seen 5, kept 4, skipped 1; new 4, revised 0")
    assert run(["ingest", "--quiet", str(pubmed_file)]) == 0
    assert capsys.readouterr() == ("", "")


def test_search_a_studied_product(filled: Path, capsys: Capture) -> None:
    assert run(["search", "ExoFlo"]) == 0
    out = capsys.readouterr().out
    assert f"PMID {EXOFLO_TRIAL.pmid}" in out
    assert "Studied does not mean" in out


def test_search_never_creates_a_store(db: Path, capsys: Capture) -> None:
    assert run(["search", "ExoFlo"]) == 0
    assert not db.exists()


STATUSES = [
    ("ExoFlo", "studied", 0),
    ("ExoFlow", "not_searched", 3),
    ("Nothing Known 77", "not_searched", 3),
    ("ExoFl", "not_searched", 3),
    ("PEP", "ambiguous", 4),
    ("exosomes", "generic", 10),
    ("hUC-MSC", "generic", 10),
    ("ASCE+", "not_searched", 3),
    ("ASCE plus", "not_searched", 3),
    ("ASCE", "ambiguous", 4),
    ("' OR 1=1 --", "not_searched", 3),
    ('NEAR("a" b) OR *', "not_searched", 3),
    ("\u202eoolFoxE", "not_searched", 3),
]


@pytest.mark.parametrize(("typed", "status", "code"), STATUSES)
def test_search_statuses_and_exit_codes(
    filled: Path, capsys: Capture, typed: str, status: str, code: int
) -> None:
    assert run(["search", typed, "--json"]) == code
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["exit_code"]) == (status, code)
    assert answer["schema"] == "evlit-answer/1"


@pytest.mark.parametrize("typed", ["", '"', " ", "\x00", "--"])
def test_what_is_no_name_is_a_usage_error(filled: Path, capsys: Capture, typed: str) -> None:
    assert run(["search", typed]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_name_of_ten_thousand_characters_is_answered(filled: Path, capsys: Capture) -> None:
    assert run(["search", "x" * 10_000]) in {2, 3}
    captured = capsys.readouterr()
    assert len(captured.out + captured.err) < 20_000


def test_terminal_json_and_csv_agree(filled: Path, capsys: Capture) -> None:
    run(["search", "ExoFlo", "--json"])
    answer = json.loads(capsys.readouterr().out)
    run(["search", "ExoFlo", "--csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    run(["search", "ExoFlo"])
    page = capsys.readouterr().out
    assert len(rows) >= len(answer["records"])
    assert " ".join(answer["verdict"].split()) in " ".join(page.split())


def test_json_and_csv_together_is_a_usage_error(filled: Path, capsys: Capture) -> None:
    assert run(["search", "ExoFlo", "--json", "--csv"]) == 2
    assert "choose one" in capsys.readouterr().err


def test_show_gives_tags_and_reasons(filled: Path, capsys: Capture) -> None:
    assert run(["show", str(EXOFLO_TRIAL.pmid)]) == 0
    out = capsys.readouterr().out
    assert "Forty patients" in out
    assert "clinical" in out
    assert "counts as tested" in out
    assert run(["show", "5"]) == 2
    assert "not held" in capsys.readouterr().err


def test_tag_by_hand_and_back(filled: Path, capsys: Capture) -> None:
    pmid = str(EXOFLO_TRIAL.pmid)
    assert run(["tag", pmid, "design", "review", "--why", "it is one", "--who", "ana"]) == 0
    run(["show", pmid, "--json"])
    shown = json.loads(capsys.readouterr().out.split("\n", 1)[1])
    assert shown["design"] == "review"
    assert shown["reasons"]["design"][0]["source"] == "human"
    assert run(["tag", pmid, "design", "review", "--remove"]) == 0
    assert run(["tag", pmid, "design", "review"]) == 2, "a reason is needed"
    assert run(["tag", pmid, "design", "nonsense", "--why", "x"]) == 2
    assert "notice" in capsys.readouterr().err, "the message names the values that are allowed"


def test_export_is_the_public_schema(filled: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(["export", "--format", "jsonl", "--out", str(tmp_path / "x.jsonl")]) == 0
    rows = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    assert [row["pmid"] for row in rows] == sorted(row["pmid"] for row in rows)
    wanted = (
        "pmid, title, year, journal, doi, design, designs, given, clinical_kind, review_kind, "
        "species, msc, source_kind, intervention, therapy_relevant, indications, safety, harm, "
        "route, retracted, mentions, reasons"
    )
    assert set(wanted.split(", ")) <= rows[0].keys()
    assert run(["export", "--product", "ExoFlo"]) == 0
    products = [json.loads(line)["mentions"] for line in capsys.readouterr().out.splitlines()]
    assert products
    assert all(any(m["product"] == "exoflo" for m in mentions) for mentions in products)


def test_evaluate_scores_labelled_records(filled: Path, tmp_path: Path, capsys: Capture) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        json.dumps({"pmid": RAT_STUDY.pmid, "design": "animal", "species": ["rat"]}) + "\n"
    )
    assert run(["evaluate", str(gold), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert run(["evaluate", str(tmp_path / "none.jsonl")]) == 2


def test_backup_is_a_working_copy(filled: Path, tmp_path: Path, capsys: Capture) -> None:
    copy = tmp_path / "copy.db"
    assert run(["backup", str(copy)]) == 0
    assert run(["backup", str(copy)]) != 0, "it does not write over a file unasked"
    assert run(["show", str(EXOFLO_TRIAL.pmid), "--db", str(copy)]) == 0


@pytest.mark.parametrize("command", ["backup", "export", "tag"])
def test_what_only_reads_asks_for_no_right_to_write(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    asked: list[bool] = []

    def spy(path: Path, *, readonly: bool = False) -> Store:
        asked.append(readonly)
        return open_store(path, readonly=readonly)

    monkeypatch.setattr("evlit.store.open_store", spy)
    out = str(tmp_path / "out")
    arguments = {"backup": [out], "export": ["--out", out], "tag": ["--export", out]}
    assert run([command, *arguments[command]]) == 0
    assert asked == [True]


@pytest.mark.parametrize("content", [b"not a database", b""])
def test_a_path_that_is_no_store_is_usage_and_no_fault_of_evlit(
    tmp_path: Path, capsys: Capture, content: bytes
) -> None:
    place = tmp_path / "other.db"
    place.write_bytes(content)
    if not content:
        with closing(sqlite3.connect(place)) as db:
            db.execute("CREATE TABLE recipes (name)")
    assert run(["search", "ExoFlo", "--db", str(place)]) == 2
    assert "name another file with --db" in capsys.readouterr().err


def test_check_finds_a_store_sound_and_damage(filled: Path, capsys: Capture) -> None:
    assert run(["check"]) == 0
    data = bytearray(filled.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    filled.write_bytes(data)
    assert run(["check"]) == 70
    assert "Traceback" not in capsys.readouterr().err


def test_status_says_that_nothing_was_asked_yet(filled: Path, capsys: Capture) -> None:
    assert run(["status"]) == 3
    out = capsys.readouterr().out
    assert "NOT complete" in out
    assert "evlit sync" in out
    assert run(["status", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["schema"] == "evlit-status/1"


def test_products_lists_and_shows(db: Path, capsys: Capture) -> None:
    assert run(["products"]) == 0
    assert "exoflo" in capsys.readouterr().out
    assert run(["products", "xoflo"]) == 0
    assert "Direct Biologics" in capsys.readouterr().out
    assert run(["products", "no such thing"]) == 2


def test_commands_that_need_a_store_say_so(db: Path, capsys: Capture) -> None:
    for words in (["classify"], ["export"], ["tag", "1", "design", "other", "--why", "x"]):
        assert run(words) == 2
        assert "there is no store yet" in capsys.readouterr().err


def test_sync_without_pubmed_is_one_sentence(
    db: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVLIT_EUTILS_URL", "http://127.0.0.1:9/")
    assert run(["sync", "--quiet"]) == 69
    err = capsys.readouterr().err
    assert err.startswith("PubMed: could not be reached")
    assert err.count("\n") == 1


def test_a_crash_is_told_without_traceback_or_key(
    filled: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("it had k3y in it")

    monkeypatch.setenv("NCBI_API_KEY", "k3y")
    monkeypatch.setattr("evlit.answer.look_up", crash)
    assert run(["search", "ExoFlo"]) == 70
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "k3y" not in err


def test_ctrl_c_leaves_with_130(
    filled: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("evlit.answer.look_up", interrupt)
    assert run(["search", "ExoFlo"]) == 130


def _python(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.mark.parametrize("loading", ["evlit.cli", "click", "enum", "evlit.cli.catalogue"])
def test_ctrl_c_while_loading_leaves_with_130_and_no_traceback(loading: str) -> None:
    code = f"""if True:
        import signal, sys
        from evlit.__main__ import main
        class Impatient:
            def find_spec(self, name, *_):
                if name == {loading!r}:
                    signal.raise_signal(signal.SIGINT)
        sys.modules.pop({loading!r}, None)
        sys.meta_path.insert(0, Impatient())
        sys.argv = ["evlit", "products"]
        main()
        """
    done = _python(code)
    assert done.returncode == 130
    assert done.stdout == ""
    assert done.stderr.strip().startswith("interrupted")
    assert "Traceback" not in done.stderr


def test_ctrl_c_that_is_ignored_stays_ignored() -> None:
    """As under nohup."""
    code = """if True:
        import signal, sys
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from evlit.__main__ import main
        class Impatient:
            def find_spec(self, name, *_):
                if name.startswith("evlit.cli"):
                    signal.raise_signal(signal.SIGINT)
        sys.meta_path.insert(0, Impatient())
        sys.argv = ["evlit", "--version"]
        main()
        """
    done = _python(code)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_code_stands_where_nobody_can_be_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "evlit", "show", "1", "--db", str(tmp_path / "none.db")],
            stderr=full, cwd=ROOT, check=False,
        )  # fmt: skip
    assert done.returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "latin-1"])
def test_any_terminal_encoding_is_survived(filled: Path, encoding: str) -> None:
    env = {**os.environ, "PYTHONIOENCODING": encoding, "EVLIT_DB": str(filled), "COLUMNS": "80"}
    out = subprocess.run(
        [sys.executable, "-m", "evlit", "search", "ExoFlo"],
        env=env, cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert out.returncode == 0, out.stderr.decode()
    assert b"Traceback" not in out.stderr
    out.stdout.decode(encoding)


def test_hostile_titles_cannot_steer_the_terminal(
    db: Path, tmp_path: Path, capsys: Capture
) -> None:

    evil = EXOFLO_TRIAL.but(title="ExoFlo \u009b31m\u202e&lt;script&gt; [bold]trial[/bold]")
    path = tmp_path / "evil.xml"
    path.write_bytes(article_set([evil.xml()]))
    assert run(["ingest", str(path)]) == 0
    for words in (["search", "ExoFlo"], ["show", str(evil.pmid)]):
        assert run(words) == 0
        out = capsys.readouterr().out
        assert "\x9b" not in out
        assert "\u202e" not in out
        assert "[bold]trial[/bold]" in out


def test_a_second_run_leaves_with_75(filled: Path, pubmed_file: Path, capsys: Capture) -> None:
    with hold_store(filled):
        for words in (["ingest", str(pubmed_file)], ["classify"], ["sync"]):
            assert run(words) == 75
            assert "another run is at work" in capsys.readouterr().err
        assert run(["sync", "--quiet"]) == 75
        assert capsys.readouterr() == ("", "")
        assert run(["search", "ExoFlo"]) == 0, "readers are not kept out"


def piped_away(words: list[str], db: Path) -> int:
    """Run a command whose reader has gone before it writes; return its exit code."""
    env = {**os.environ, "EVLIT_DB": str(db)}
    command = [sys.executable, "-m", "evlit", *words]
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.close()
        return child.wait()


def test_a_reader_that_goes_away_changes_no_answer(filled: Path) -> None:
    assert piped_away(["search", "ExoFlo"], filled) == 0
    assert piped_away(["search", "Nothing Known 77"], filled) == 3
    assert piped_away(["export"], filled) == 0


def test_a_path_that_cannot_be_is_usage_not_a_crash(
    filled: Path, pubmed_file: Path, capsys: Capture
) -> None:
    for words in (
        ["export", "--out", "/nosuch/x.jsonl"],
        ["ingest", str(pubmed_file), "--db", f"{pubmed_file}/x.db"],
    ):
        assert run(words) == 2, words
        assert "report it" not in capsys.readouterr().err


def test_evaluating_nothing_is_an_error(filled: Path, tmp_path: Path, capsys: Capture) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"pmid": 5, "design": "animal"}\n')
    assert run(["evaluate", str(gold)]) == 2
    assert "none of its 1 records is held" in capsys.readouterr().err
