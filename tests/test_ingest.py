"""Files and stored records → tags and mentions → store."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from evlit.catalogue import Catalogue, load_catalogue
from evlit.cli import run
from evlit.errors import InputError, UsageError
from evlit.ingest import ingest_files, retag
from evlit.store import Store, open_store
from evlit.tagging import export_tags, import_tags, remove_tag, set_tag
from tests.conftest import CITATIONS, EXOFLO_TRIAL, EXOFLOW_DEVICE, OFF_TOPIC, RAT_STUDY
from tests.fakes.citations import article_set


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "evlit.db") as opened:
        yield opened


def snapshot(store: Store) -> list[str]:
    skip = ("runs", "record_state", "sqlite_", "requests")
    return [line for line in store.db.iterdump() if not any(f'"{s}' in line[:40] for s in skip)]


def test_keeps_what_is_on_a_topic_or_names_a_product(
    store: Store, catalogue: Catalogue, pubmed_file: Path
) -> None:
    report = ingest_files(store, [pubmed_file], catalogue)
    assert (report.seen, report.kept, report.skipped, report.new) == (5, 4, 1, 4)
    assert store.record(OFF_TOPIC.pmid) is None
    assert "topic:broad" in store.queries(RAT_STUDY.pmid)


def test_all_keeps_everything(store: Store, catalogue: Catalogue, pubmed_file: Path) -> None:
    report = ingest_files(store, [pubmed_file], catalogue, keep_all=True)
    assert (report.kept, report.skipped) == (5, 0)
    assert store.record(OFF_TOPIC.pmid) is not None


def test_a_record_comes_out_tagged_and_linked(
    store: Store, catalogue: Catalogue, pubmed_file: Path
) -> None:
    ingest_files(store, [pubmed_file], catalogue)
    tags = {t.axis: t.value for t in store.tags(EXOFLO_TRIAL.pmid)}
    assert (tags["design"], tags["given"], tags["clinical_kind"]) == ("clinical", "product", "rct")
    links = {(m.product, m.kind, m.counts) for m in store.mentions(EXOFLO_TRIAL.pmid)}
    assert ("exoflo", "tested", True) in links
    assert not store.mentions(EXOFLOW_DEVICE.pmid), "ExoFlow is another name"
    assert {t.value for t in store.tags(RAT_STUDY.pmid) if t.axis == "species"} == {"rat"}


def test_reading_a_file_twice_changes_nothing(
    store: Store, catalogue: Catalogue, pubmed_file: Path
) -> None:
    ingest_files(store, [pubmed_file], catalogue)
    before = snapshot(store)
    again = ingest_files(store, [pubmed_file], catalogue)
    assert (again.new, again.revised, again.unchanged) == (0, 0, 4)
    assert snapshot(store) == before


def test_a_malformed_record_costs_itself_only(
    store: Store, catalogue: Catalogue, tmp_path: Path
) -> None:
    broken = RAT_STUDY.but(pmid=91000009).xml().replace("</Abstract>", "</Abstrakt>")
    path = tmp_path / "broken.xml.gz"
    parts = [EXOFLO_TRIAL.xml(), broken, RAT_STUDY.xml()]
    path.write_bytes(gzip.compress(article_set(parts)))
    report = ingest_files(store, [path], catalogue)
    assert report.kept == 2
    assert [m.pmid for m in report.malformed] == [91000009]
    assert "broken.xml.gz" in report.malformed[0].where
    assert store.last_runs(1)[0].status == "partial"


def test_a_missing_file_keeps_the_files_before_it(
    store: Store, catalogue: Catalogue, pubmed_file: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"nothere\.xml"):
        ingest_files(store, [pubmed_file, tmp_path / "nothere.xml"], catalogue)
    assert store.count() == 4
    assert store.last_runs(1)[0].status == "failed"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command_counts_what_came_before_a_file_it_refuses(
    pubmed_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], workers: str
) -> None:
    os.mkfifo(tmp_path / "z.xml")
    files = [str(pubmed_file), str(tmp_path / "z.xml")]
    db = tmp_path / "evlit.db"
    assert run(["ingest", "--db", str(db), "--workers", workers, *files]) == 2
    told = capsys.readouterr()
    assert "seen 5, kept 4" in told.out
    assert "z.xml: is a pipe or a device — save it as a file first" in told.err


def test_a_folder_is_told_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", "--db", str(tmp_path / "evlit.db"), str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert "is a folder — name the files in it" in told.err
    assert not told.out


def test_a_cut_file_keeps_what_came_before_and_ends_with_2(
    pubmed_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.xml"
    cut.write_bytes(article_set([EXOFLO_TRIAL.xml(), RAT_STUDY.xml()])[:-400])
    assert run(["ingest", "--db", str(tmp_path / "evlit.db"), str(cut)]) == 2
    told = capsys.readouterr()
    assert "kept 1" in told.out
    assert "malformed 1" in told.out
    assert "cut.xml: record 2" in told.err


def test_deletions_are_told_and_rows_kept(
    store: Store, catalogue: Catalogue, pubmed_file: Path, tmp_path: Path
) -> None:
    ingest_files(store, [pubmed_file], catalogue)
    gone = f'<DeleteCitation><PMID Version="1">{RAT_STUDY.pmid}</PMID></DeleteCitation>'
    path = tmp_path / "deletions.xml"
    path.write_bytes(article_set([OFF_TOPIC.xml(), gone]))
    report = ingest_files(store, [path], catalogue)
    assert (report.deletions, report.deleted) == (1, 1)
    assert store.record(RAT_STUDY.pmid) is not None
    assert RAT_STUDY.pmid not in store.pmids()


def test_retag_from_stored_bytes_gives_the_same_tags(
    store: Store, catalogue: Catalogue, pubmed_file: Path
) -> None:
    ingest_files(store, [pubmed_file], catalogue)
    before = snapshot(store)
    assert retag(store, catalogue) == 0, "nothing is stale"
    assert retag(store, catalogue, pmids=store.pmids()) == 4
    assert snapshot(store) == before


def test_order_of_files_does_not_matter(catalogue: Catalogue, tmp_path: Path) -> None:
    files = []
    for number, citation in enumerate(CITATIONS):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_bytes(article_set([citation.xml()]))
    facts: list[list[tuple[object, ...]]] = []
    for order in (files, files[::-1]):
        with open_store(tmp_path / f"{len(facts)}.db") as store:
            ingest_files(store, order, catalogue)
            facts.append(store.db.execute("SELECT * FROM facts ORDER BY pmid").fetchall())
    assert facts[0] == facts[1]


# ------------------------------------------------------------------------ human tags


def test_a_condition_that_the_vocabulary_lacks_is_refused(
    store: Store, catalogue: Catalogue, pubmed_file: Path
) -> None:
    ingest_files(store, [pubmed_file], catalogue)
    with pytest.raises(UsageError, match=r"near it: .*ischemic_stroke"):
        set_tag(
            store, catalogue, RAT_STUDY.pmid, "indication", "ischaemic_stroke", why="w", who="bo"
        )
    for value in ("ischemic_stroke", "x:snoring", "none"):
        set_tag(store, catalogue, RAT_STUDY.pmid, "indication", value, why="w", who="bo")


def test_a_persons_tag_wins_and_moves_the_link(
    store: Store, catalogue: Catalogue, pubmed_file: Path
) -> None:
    ingest_files(store, [pubmed_file], catalogue)
    said = set_tag(
        store, catalogue, EXOFLO_TRIAL.pmid, "given", "other", why="a drug, see methods", who="ana"
    )
    assert "ana" in said
    assert not any(m.counts for m in store.mentions(EXOFLO_TRIAL.pmid))
    ingest_files(store, [pubmed_file], catalogue)
    retag(store, catalogue, pmids=store.pmids())
    given = [t for t in store.tags(EXOFLO_TRIAL.pmid) if t.axis == "given"]
    assert [(t.value, t.source) for t in given] == [("other", "human")]
    remove_tag(store, catalogue, EXOFLO_TRIAL.pmid, "given", "other")
    assert any(m.counts for m in store.mentions(EXOFLO_TRIAL.pmid))


def test_human_tags_travel_as_text(
    store: Store, catalogue: Catalogue, pubmed_file: Path, tmp_path: Path
) -> None:
    ingest_files(store, [pubmed_file], catalogue)
    set_tag(store, catalogue, RAT_STUDY.pmid, "species", "mouse", why="they were mice", who="bo")
    assert export_tags(store, tmp_path / "tags.jsonl") == 1
    with open_store(tmp_path / "other.db") as other:
        assert import_tags(other, catalogue, tmp_path / "tags.jsonl").added == 1
        ingest_files(other, [pubmed_file], catalogue)
        species = [t.value for t in other.tags(RAT_STUDY.pmid) if t.axis == "species"]
    assert species == ["mouse"]


def test_a_wrong_line_of_tags_is_named(store: Store, catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "tags.jsonl"
    path.write_text('{"pmid": 1, "axis": "design", "value": "guess"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"tags\.jsonl.*1"):
        import_tags(store, catalogue, path)


def test_a_file_of_tags_with_an_unknown_condition_is_refused_whole(
    store: Store, catalogue: Catalogue, tmp_path: Path
) -> None:
    set_tag(store, catalogue, 1, "species", "mouse", why="they\u2028were mice", who="bo")
    set_tag(store, catalogue, 2, "indication", "x:snoring", why="title", who="bo")
    path = tmp_path / "tags.jsonl"
    export_tags(store, path)
    good = path.read_text(encoding="utf-8")
    bad = good.replace("x:snoring", "ischaemic_stroke")
    path.write_text(bad, encoding="utf-8")
    with open_store(tmp_path / "other.db") as other:
        wanted = r"tags\.jsonl: line 2: field value: 'ischaemic_stroke'.*near it: .*ischemic_stroke"
        with pytest.raises(InputError, match=wanted):
            import_tags(other, catalogue, path)
        assert other.human_tags() == []
        path.write_text(good, encoding="utf-8")
        assert import_tags(other, catalogue, path).added == 2
        assert other.human_tags() == store.human_tags()
