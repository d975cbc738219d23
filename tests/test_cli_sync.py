"""``evlit sync`` as cron runs it: which source is asked whatever befalls another, what is said."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evlit.cli import run
from evlit.cli.runlog import RunLog
from evlit.errors import BlockedError, EvlitError, InputError, LockedError, TemporaryError
from tests.fakes.citations import Citation
from tests.fakes.eutils import FakeEutils
from tests.fakes.eutils_tool import SystemClock
from tests.fakes.nights import library

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "evlit.db"
    monkeypatch.setenv("EVLIT_DB", str(path))
    return path


@pytest.fixture
def pubmed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeEutils]:
    """A fake on the system's clock, asked as fast as it goes."""
    monkeypatch.setattr("evlit.http.pace.MARGIN", 0.0)
    monkeypatch.setattr("evlit.sources.entrez.SPACING", 0.0)
    monkeypatch.setattr("evlit.http.door.BACKOFF", (0.0, 0.0))

    def serve(fake: FakeEutils) -> FakeEutils:
        monkeypatch.setenv("EVLIT_EUTILS_URL", fake.url)
        return fake

    return serve


def world(*citations: Citation) -> FakeEutils:
    return FakeEutils(citations or library(30), clock=SystemClock(), metered=False)


def test_a_good_night_says_nothing(db: Path, pubmed: Any, capsys: Capture) -> None:
    with world() as fake:
        pubmed(fake)
        assert run(["sync", "--quiet"]) == 0
        assert run(["sync", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_mail_names_some_records_and_counts_the_rest(
    db: Path, pubmed: Any, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evlit.cli.syncing.SHOWN", 1)
    with world() as fake:
        pubmed(fake)
        fake.fault("nothing", on="efetch", times=None)
        assert run(["sync", "--quiet"]) == 75
    err = capsys.readouterr().err.splitlines()
    assert sum(line.startswith("PMID ") for line in err) == 1
    assert any(re.fullmatch(r"and \d more records", line) for line in err)
    assert sum(line.startswith(("topic:", "product:")) for line in err) == 1
    assert err[-1].startswith("PubMed: not everything could be had")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BlockedError("PubMed", "blocked"), 69),
        (TemporaryError("PubMed", "later"), 75),
        (ValueError("a fault of ours"), 70),
    ],
)
def test_the_other_sources_are_asked_whatever_pubmed_does(
    db: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, error: Exception, code: int
) -> None:
    asked: list[list[str]] = []

    def fails(*_: object) -> None:
        raise error

    def outside(store: object, catalogue: object, settings: object, sources: list[str],
                *_: object) -> int:  # fmt: skip
        asked.append(sources)
        return 75

    monkeypatch.setattr("evlit.cli.syncing._pubmed", fails)
    monkeypatch.setattr("evlit.cli.syncing._outside", outside)
    assert run(["sync", "--quiet", "--source", "all"]) == code  # the worse news is PubMed's
    assert asked == [["ctgov", "europepmc", "fda", "openfda"]]
    assert str(error) in capsys.readouterr().err


def test_a_store_in_use_is_left_quietly(
    db: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def locked(*_: object) -> None:
        raise LockedError("evlit.db", "another run is at work on this store")

    monkeypatch.setattr("evlit.cli.syncing._pubmed", locked)
    assert run(["sync", "--quiet", "--source", "all"]) == 75
    assert capsys.readouterr() == ("", "")


def test_the_log_is_json_lines_without_the_key(
    db: Path, pubmed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "0123456789abcdef0123456789abcdef0123"
    monkeypatch.setenv("NCBI_API_KEY", key)
    monkeypatch.setattr("evlit.sources.entrez.SPACING_WITH_KEY", 0.0)
    log = tmp_path / "log.jsonl"
    with world() as fake:
        pubmed(fake)
        assert run(["sync", "--quiet", "--log", str(log)]) == 0
        fake.fault("503", times=None)
        assert run(["sync", "--quiet", "--log", str(log)]) == 75
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    kinds = [line["event"] for line in lines]
    assert kinds[0] == "start"
    assert kinds.count("end") == 1
    assert (lines[-1]["event"], lines[-1]["exit_code"]) == ("error", 75)
    assert key not in log.read_text()


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, TemporaryError), (errno.EACCES, InputError)]
)
def test_a_log_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, number: int, kind: type[EvlitError]
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(kind, match="--log"), RunLog(Path("/nowhere/log")):
        pass
