"""Files read by worker processes: the same store whoever reads, whatever dies."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evlit.catalogue import Catalogue, load_catalogue
from evlit.errors import EvlitError, InputError, TemporaryError
from evlit.ingest import Report, files, ingest_files, pool, retag
from evlit.ingest.parts import BLOCK
from evlit.ingest.spread import in_order
from evlit.pubmed import Sieve
from evlit.store import Store, open_store
from tests.conftest import CITATIONS, EXOFLO_TRIAL, RAT_STUDY
from tests.fakes.citations import article_set

retagging = importlib.import_module("evlit.ingest.retag")  # the package's name is its function


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def many(tmp_path: Path) -> list[Path]:
    """Files that share records; the later one of two has the later revision."""
    paths = []
    for number in range(4):
        path = tmp_path / f"pubmed26n{number:04}.xml.gz"
        records = [
            citation.but(pmid=1000 + 150 * number + n, title=f"{citation.title} {number}").xml()
            for n in range(300)
            for citation in [CITATIONS[n % len(CITATIONS)]]
        ]
        path.write_bytes(gzip.compress(article_set(records)))
        paths.append(path)
    return paths


def content(store: Store) -> list[str]:
    """All that is held, without when and by which run."""
    skip = ("runs", "record_state", "sqlite_", "requests", "files", "events")
    held = [line for line in store.db.iterdump() if not any(f'"{s}' in line[:40] for s in skip)]
    return sorted(line.replace(store.now(), "NOW") for line in held)


def taken(
    tmp_path: Path, name: str, paths: list[Path], catalogue: Catalogue, **options: object
) -> tuple[list[str], dict[str, int]]:
    with open_store(tmp_path / f"{name}.db", now=lambda: NOW) as store:
        report = ingest_files(store, paths, catalogue, **options)  # type: ignore[arg-type]
        assert store.check() == []
        assert not list(tmp_path.glob(".ingest-*")), "parts are left behind"
        return content(store), report.counts()


NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("keep_all", [True, False])
def test_workers_leave_the_same_store(
    tmp_path: Path, many: list[Path], catalogue: Catalogue, keep_all: bool
) -> None:
    alone = taken(tmp_path, "one", many, catalogue, keep_all=keep_all)
    assert alone[1]["revised"]
    assert taken(tmp_path, "two", many, catalogue, keep_all=keep_all, workers=2) == alone


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """One file of five parts."""
    path = tmp_path / "pubmed26n0007.xml.gz"
    records = [
        CITATIONS[n % len(CITATIONS)].but(pmid=2000 + n % 2100).xml()
        for n in range(4 * BLOCK + 200)
    ]
    records[BLOCK] = records[BLOCK].replace("</ArticleTitle>", "</Title>")
    path.write_bytes(gzip.compress(article_set(records), mtime=0))
    return path


@pytest.mark.parametrize("keep_all", [True, False])
def test_workers_share_one_file(
    tmp_path: Path, large: Path, catalogue: Catalogue, keep_all: bool
) -> None:
    alone = taken(tmp_path, "one", [large], catalogue, keep_all=keep_all)
    assert alone[1]["malformed"] == 1
    for workers in (2, 3):
        again = taken(
            tmp_path, f"by{workers}", [large], catalogue, keep_all=keep_all, workers=workers
        )
        assert again == alone


def test_what_the_sieve_stops_is_saved_as_if_it_had_been_looked_at(
    tmp_path: Path, large: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    sieved = taken(tmp_path, "one", [large], catalogue, keep_all=True)
    monkeypatch.setattr(Sieve, "passes", lambda *_: True)
    assert taken(tmp_path, "two", [large], catalogue, keep_all=True) == sieved


@pytest.mark.parametrize("number", [4, 1], ids=["files", "shares"])
def test_a_killed_worker_loses_and_doubles_nothing(
    tmp_path: Path,
    many: list[Path],
    large: Path,
    number: int,
    catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = many[:number] if number > 1 else [large]
    alone = taken(tmp_path, "one", paths, catalogue, keep_all=True)
    opened: list[Executor] = []
    monkeypatch.setattr(files, "open_pool", lambda *_: counting(opened))
    killed: list[int] = []

    def kill_one(_: object) -> None:
        workers = [p.pid for p in multiprocessing.active_children() if p.pid]
        if workers and len(killed) < 2:
            killed.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)

    again = taken(
        tmp_path, "two", paths, catalogue, keep_all=True, workers=2, progress=kill_one
    )  # fmt: skip
    assert again == alone
    assert len(killed) == 2
    assert len(opened) > 1, "no pool was opened anew: nothing was tested"


@pytest.mark.parametrize("killed", [False, True])
def test_workers_tag_again_what_one_process_would(
    tmp_path: Path, large: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    opened: list[Executor] = []
    monkeypatch.setattr(retagging, "open_pool", lambda _: counting(opened))
    monkeypatch.setattr(retagging, "BATCH", 100)
    victims: list[int] = []

    def kill_one(_: int) -> None:
        workers = [p.pid for p in multiprocessing.active_children() if p.pid]
        if killed and workers and not victims:
            victims.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)

    with open_store(tmp_path / "again.db", now=lambda: NOW) as store:
        ingest_files(store, [large], catalogue, keep_all=True)
        store.add_human_tag(2001, "given", "other", "a drug", "ana")
        retag(store, catalogue, pmids=store.pmids())
        alone = content(store)
        store.db.execute("UPDATE record_state SET tagged_with = ''")
        store.db.execute("DELETE FROM tags WHERE source <> 'human'")
        done = retag(store, catalogue, workers=2, progress=kill_one)
        assert (done, content(store)) == (2099, alone), "one is malformed"
    assert len(opened) == (2 if killed else 1)


def test_a_batch_that_kills_its_workers_ends_the_run(catalogue: Catalogue) -> None:
    opened: list[Executor] = []
    with pytest.raises(TemporaryError, match=f"leaving.* died {pool.TRIES} times"):
        list(in_order(counting(opened), os._exit, [1, 2, 3], "leaving"))
    assert len(opened) == pool.TRIES


def counting(opened: list[Executor]) -> pool.Pool:
    plain = pool.open_pool(2)

    def start() -> Executor:
        opened.append(plain.open())
        return opened[-1]

    return pool.Pool(start, 2)


class Dying(ThreadPoolExecutor):
    """Dies with every file after having left some parts, or at once."""

    def submit(self, work: Callable[..., int], /, *args: object, **kw: object) -> Future[int]:  # type: ignore[override]
        future: Future[int] = Future()
        future.set_exception(BrokenExecutor("the worker died"))
        return future


def test_a_file_that_kills_its_readers_is_named(
    tmp_path: Path, many: list[Path], catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "open_pool", lambda *_: pool.Pool(Dying, 2))
    with (
        open_store(tmp_path / "evlit.db", now=lambda: NOW) as store,
        pytest.raises(TemporaryError, match=r"pubmed26n0000.*died 3 times"),
    ):
        ingest_files(store, many, catalogue, workers=2)


def test_a_worker_s_error_names_the_file(
    tmp_path: Path, many: list[Path], catalogue: Catalogue
) -> None:
    bad = tmp_path / "pubmed26n0009.xml"
    bad.write_text("no data", encoding="utf-8")
    with (
        open_store(tmp_path / "evlit.db", now=lambda: NOW) as store,
        pytest.raises(InputError, match=r"pubmed26n0009\.xml"),
    ):
        ingest_files(store, [many[0], bad], catalogue, workers=2)


# ---------------------------------------------------------------------------- the ledger


def test_a_file_read_before_is_passed_over_with_the_same_numbers(
    tmp_path: Path, many: list[Path], catalogue: Catalogue
) -> None:
    with open_store(tmp_path / "evlit.db", now=lambda: NOW) as store:
        first = ingest_files(store, many[:2], catalogue)
        before = content(store)
        copy = tmp_path / "another_name.xml.gz"
        copy.write_bytes(many[0].read_bytes())
        again = ingest_files(store, [copy, many[1]], catalogue)
        assert (again.files, again.known) == (2, 2)
        assert (again.seen, again.kept, again.skipped) == (first.seen, first.kept, first.skipped)
        assert (again.new, again.revised, again.unchanged) == (0, 0, first.kept)
        assert content(store) == before
        assert ingest_files(store, [copy], catalogue, keep_all=True).known == 0


def test_other_rules_read_a_file_again(
    tmp_path: Path, many: list[Path], catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(tmp_path / "evlit.db", now=lambda: NOW) as store:
        ingest_files(store, many[:1], catalogue)
        monkeypatch.setattr("evlit.ingest.enrich.classifier_version", lambda: "another")
        assert ingest_files(store, many[:1], catalogue).known == 0


def test_a_file_with_a_fault_is_read_and_told_again(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "broken.xml"
    path.write_bytes(article_set([EXOFLO_TRIAL.xml(), RAT_STUDY.xml().replace("</Abst", "</Ab")]))
    with open_store(tmp_path / "evlit.db", now=lambda: NOW) as store:
        for _ in range(2):
            report = ingest_files(store, [path], catalogue)
            assert (len(report.malformed), report.known) == (1, 0)


def without_runs(lines: list[str]) -> list[str]:
    """The rest was read by another run."""
    return [line for line in lines if '"revisions"' not in line[:40]]


def test_an_ingest_cut_off_goes_on_where_it_was(
    tmp_path: Path, many: list[Path], catalogue: Catalogue
) -> None:
    class CutError(Exception):
        pass

    def cut(at: files.Progress) -> None:
        if at.path == many[2]:
            raise CutError

    with open_store(tmp_path / "evlit.db", now=lambda: NOW) as store:
        with pytest.raises(CutError):
            ingest_files(store, many, catalogue, progress=cut)
        report = ingest_files(store, many, catalogue)
        assert (report.files, report.known) == (4, 2)
        rest = content(store)
    with open_store(tmp_path / "whole.db", now=lambda: NOW) as store:
        ingest_files(store, many, catalogue)
        assert without_runs(content(store)) == without_runs(rest)


@pytest.mark.parametrize("form", ["MD5({name})= {md5}\n", "{md5}  {name}\n", "{MD5}"])
def test_a_checksum_beside_a_file_is_checked(
    tmp_path: Path, many: list[Path], catalogue: Catalogue, form: str
) -> None:
    path = many[0]
    md5 = hashlib.md5(path.read_bytes()).hexdigest()
    beside = path.with_name(path.name + ".md5")
    beside.write_text(form.format(name=path.name, md5=md5, MD5=md5.upper()), encoding="ascii")
    with open_store(tmp_path / "evlit.db", now=lambda: NOW) as store:
        assert ingest_files(store, [path], catalogue).kept
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(InputError, match=r"pubmed26n0000.*\.md5"):
            ingest_files(store, [path], catalogue)
        beside.write_text("not a checksum", encoding="ascii")
        with pytest.raises(InputError, match=r"\.md5: holds no MD5"):
            ingest_files(store, [path], catalogue)


def test_progress_tells_files_and_records(
    tmp_path: Path, many: list[Path], catalogue: Catalogue
) -> None:
    told: list[files.Progress] = []
    with open_store(tmp_path / "evlit.db", now=lambda: NOW) as store:
        report = ingest_files(store, many[:2], catalogue, progress=told.append)
    assert told[-1] == files.Progress(many[1], 2, 2, report.seen)
    assert [t.seen for t in told] == sorted(t.seen for t in told)


# ------------------------------------------------------------------------------- cluster


@pytest.fixture
def cluster() -> Iterator[str]:
    distributed = pytest.importorskip("distributed", reason="extra `cluster` is not installed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="tcp"
    ) as started:
        yield started.scheduler_address


def test_a_cluster_leaves_the_same_store(
    tmp_path: Path, many: list[Path], catalogue: Catalogue, cluster: str
) -> None:
    alone = taken(tmp_path, "one", many[:2], catalogue)
    assert taken(tmp_path, "two", many[:2], catalogue, cluster=cluster) == alone


def test_errors_survive_the_way_from_a_worker() -> None:
    import pickle  # noqa: PLC0415

    error = pickle.loads(pickle.dumps(InputError("a.xml", "is empty", "give another")))
    assert isinstance(error, EvlitError)
    assert str(error) == "a.xml: is empty — give another"
    assert Report().counts()["files"] == 0
