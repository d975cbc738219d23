"""Worker processes read a file as one process does: the same items in the same order."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from evlit.errors import InputError, TemporaryError
from evlit.pubmed import parallel, parse_file
from evlit.records import Malformed, Parsed
from tests.conftest import CITATIONS
from tests.fakes.citations import article_set

WORKERS = 3


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven blocks of records, with deletions and faults among them."""
    records = [
        CITATIONS[n % len(CITATIONS)].but(pmid=1000 + n).xml()
        for n in range(7 * parallel.BLOCK - 20)
    ]
    records[250] = records[250].replace("</ArticleTitle>", "</Title>")
    records.insert(150, "<DeleteCitation><PMID>5</PMID></DeleteCitation>")
    path = tmp_path_factory.mktemp("parallel") / "pubmed26n0001.xml.gz"
    path.write_bytes(gzip.compress(article_set(records), mtime=0))
    return path


def test_items_and_bytes_are_those_of_one_process(path: Path) -> None:
    alone = list(parse_file(path))
    assert any(isinstance(item, Malformed) for item in alone)
    together = list(parse_file(path, workers=WORKERS))
    assert together == alone
    assert [p.sha256 for p in together if isinstance(p, Parsed)] == [
        p.sha256 for p in alone if isinstance(p, Parsed)
    ]


def test_more_workers_than_blocks(tmp_path: Path) -> None:
    path = tmp_path / "small.xml"
    path.write_bytes(article_set([CITATIONS[0].xml()]))
    assert list(parse_file(path, workers=3)) == list(parse_file(path))


def _long_file(folder: Path) -> Path:
    """So many blocks that no worker can have done its last one while the first are taken."""
    blocks = 2 * (parallel.WAITING + parallel.AHEAD * WORKERS)
    records = [
        CITATIONS[n % len(CITATIONS)].but(pmid=1000 + n).xml()
        for n in range(blocks * parallel.BLOCK)
    ]
    path = folder / "long.xml"
    path.write_bytes(article_set(records))
    return path


def test_a_killed_worker_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = _long_file(tmp_path)
    found = []
    killed = set()
    for number, item in enumerate(parse_file(path, workers=WORKERS)):
        found.append(item)
        if number in (0, 2 * parallel.BLOCK, 4 * parallel.BLOCK):
            worker = multiprocessing.active_children()[0]
            assert worker.pid
            os.kill(worker.pid, signal.SIGKILL)
            killed.add(worker.pid)
    assert len(killed) > 1
    assert found == list(parse_file(path))


def test_a_file_that_kills_its_readers_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "_work", _die)
    with pytest.raises(TemporaryError, match=r"pubmed26n0001.*died 3 times"):
        list(parse_file(path, workers=WORKERS))


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_reader_that_stops_leaves_no_process(tmp_path: Path) -> None:
    items = parse_file(_long_file(tmp_path), workers=WORKERS)
    assert isinstance(next(items), Parsed)
    assert len(multiprocessing.active_children()) == WORKERS - 1  # and this one
    items.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


def test_what_is_no_pubmed_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "other.xml"
    path.write_text("<other/>", encoding="ascii")
    with pytest.raises(InputError, match=r"other\.xml"):
        parse_file(path, workers=WORKERS)
