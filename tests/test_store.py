"""The store: what is saved, what is current, what is kept, and what survives a kill."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit.errors import LockedError, TemporaryError, UsageError
from evlit.records import (
    AbstractSection,
    Author,
    Correction,
    DataBankId,
    Entry,
    Grant,
    Keyword,
    Mention,
    MeshHeading,
    OtherAbstract,
    Parsed,
    PublicationType,
    Record,
    Saved,
    Substance,
    Tag,
)
from evlit.store import Store, connection, empty_store, open_store

START = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **time: float) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with open_store(tmp_path / "evlit.db", now=clock) as opened:
        yield opened


def record(pmid: int = 1, **fields: Any) -> Record:
    plain: dict[str, Any] = {
        "title": f"Vesicles in the knee of rat {pmid}",
        "sections": (AbstractSection("Rats were given vesicles."),),
        "authors": (Author("Doe", "Jane", "J", affiliations=("Knee Institute, Bergen",)),),
        "keywords": (Keyword("exosome"),),
        "revised": "2026-10-01",
        "year": 2026,
    }
    return Record(pmid=pmid, **{**plain, **fields})


def entry(item: Record, **parts: Any) -> Entry:
    return Entry(Parsed(item, repr(item).encode()), **parts)


def dump(store: Store) -> list[str]:
    return [line for line in store.db.iterdump() if "records_fts" not in line]


def matches(store: Store, word: str) -> list[int]:
    sql = "SELECT rowid FROM records_fts WHERE records_fts MATCH ? ORDER BY rowid"
    return [row[0] for row in store.db.execute(sql, (f'"{word}"',))]


# ------------------------------------------------------------------------- round trip

text = st.text(st.characters(codec="utf-8"), max_size=12)
maybe = st.none() | text
number = st.integers(0, 2**31)
flag = st.booleans()


def few(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


records = st.builds(
    Record,
    pmid=st.integers(1, 10**9),
    version=st.integers(1, 9),
    kind=st.sampled_from(["article", "book"]),
    title=maybe,
    title_markup=maybe,
    vernacular_title=maybe,
    sections=few(st.builds(AbstractSection, text, maybe, maybe)),
    abstract_copyright=maybe,
    other_abstracts=few(st.builds(OtherAbstract, text, text, text)),
    authors=few(st.builds(Author, maybe, maybe, maybe, maybe, maybe, maybe, few(text), flag)),
    journal=maybe,
    year=st.none() | st.integers(1700, 2100),
    published=maybe,
    revised=maybe,
    languages=few(text),
    doi=maybe,
    publication_types=few(st.builds(PublicationType, text, text)),
    mesh=few(
        st.builds(MeshHeading, text, text, flag, few(st.tuples(text, text, flag)), text, flag)
    ),
    keywords=few(st.builds(Keyword, text, text, flag)),
    databank_ids=few(st.builds(DataBankId, text, text, text)),
    substances=few(st.builds(Substance, text, text, text)),
    corrections=few(st.builds(Correction, text, st.none() | number, maybe, maybe)),
    grants=few(st.builds(Grant, maybe, maybe, maybe)),
    coi=maybe,
    status=maybe,
    indexing_method=maybe,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, max_size=4, unique_by=lambda item: item.pmid))
def test_a_record_comes_back_as_it_was_saved(items: list[Record]) -> None:
    with empty_store() as store:
        store.save_batch([entry(item) for item in items])
        assert list(store.records(item.pmid for item in items)) == items
        assert store.check() == []


@settings(max_examples=60, deadline=None)
@given(records, records)
def test_a_changed_record_leaves_nothing_of_the_former(one: Record, two: Record) -> None:
    two = replace(two, pmid=one.pmid, version=one.version, revised=one.revised)
    with empty_store() as store:
        store.save_batch([entry(one)])
        store.save_batch([entry(two)])
        assert store.record(one.pmid) == two
        assert store.check() == []


def test_a_record_not_held_is_none(store: Store) -> None:
    assert store.record(404) is None
    assert store.raw(404) is None
    assert store.tags(404) == ()
    assert list(store.records([404, 405])) == []


# --------------------------------------------------------------------- what is current


def test_the_same_again_changes_nothing(store: Store, clock: Clock) -> None:
    batch = [entry(record(n), tags=(Tag("design", "animal", "rule", "rats"),)) for n in (1, 2, 3)]
    assert store.save_batch(batch) == Saved(new=3)
    before = dump(store)
    clock.forward(hours=2)
    assert store.save_batch(batch) == Saved(unchanged=3)
    assert dump(store) == before


def test_the_day_of_asking_is_noted_without_touching_the_record(store: Store, clock: Clock) -> None:
    store.save_batch([entry(record())])
    clock.forward(days=3)
    store.save_batch([entry(record())])
    assert store.db.execute("SELECT last_fetched FROM record_state").fetchall() == [("2026-11-04",)]
    changed = store.db.execute("SELECT last_changed FROM records").fetchone()[0]
    assert changed == "2026-11-01T06:30:00Z"


def test_same_date_other_content_is_a_new_revision(store: Store) -> None:
    store.save_batch([entry(record())])
    assert store.save_batch([entry(record(title="Hip"))]) == Saved(revised=1)
    assert store.db.execute("SELECT count(*) FROM revisions").fetchone()[0] == 2
    assert matches(store, "in the knee of rat") == []
    assert matches(store, "hip") == [1]


def test_content_that_returns_is_current_again(store: Store) -> None:
    for title in ("Knee", "Hip", "Knee"):
        store.save_batch([entry(record(title=title))])
    held = store.record(1)
    assert held is not None
    assert held.title == "Knee"
    assert store.db.execute("SELECT count(*) FROM revisions").fetchone()[0] == 2
    assert store.check() == []


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(1, 3), (3, 1), (2, 3, 1)])
def test_the_highest_version_wins_in_any_order(
    store: Store, order: tuple[int, ...], together: bool
) -> None:
    items = [entry(record(version=n, title=f"Title {n}")) for n in order]
    for batch in [items] if together else [[item] for item in items]:
        store.save_batch(batch)
    held = store.record(1)
    assert held is not None
    assert (held.version, held.title) == (3, "Title 3")
    versions = store.db.execute("SELECT version FROM revisions ORDER BY version").fetchall()
    assert versions == [(n,) for n in sorted(order)]
    assert matches(store, "Title 3") == [1]
    assert store.check() == []


def test_an_older_reading_is_kept_but_not_current(store: Store) -> None:
    store.save_batch([entry(record(revised="2026-10-01"))])
    stale = entry(record(revised="2026-09-01", title="Stale"))
    assert store.save_batch([stale]) == Saved(older=1)
    held = store.record(1)
    assert held is not None
    assert held.revised == "2026-10-01"
    assert [event.kind for event in store.events()] == ["older"]
    assert "revised 2026-09-01" in store.events()[0].detail
    store.save_batch([stale])
    assert len(store.events()) == 1, "the same old reading is told once"


def test_a_reading_without_date_counts_as_older(store: Store) -> None:
    store.save_batch([entry(record(revised=None))])
    assert store.save_batch([entry(record(revised="2026-01-01"))]).revised == 1
    assert store.save_batch([entry(record(revised=None))]).older == 1


def test_raw_bytes_are_kept(store: Store) -> None:
    xml = b"<PubmedArticle><b>knee</b></PubmedArticle>"
    store.save_batch([Entry(Parsed(record(1), xml)), Entry(Parsed(record(2), b"PMID- 2\n"))])
    assert store.raw(1) == (xml, "xml")
    assert list(store.iter_raw()) == [(1, xml, "xml"), (2, b"PMID- 2\n", "medline")]


# --------------------------------------------------------------------- flags and events


def types(*uis: str) -> tuple[PublicationType, ...]:
    return tuple(PublicationType(ui, "any name") for ui in uis)


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({"publication_types": types("D016441")}, {"retracted"}),
        ({"corrections": (Correction("RetractionIn"),)}, {"retracted"}),
        ({"publication_types": types("D016440")}, {"notice"}),
        ({"corrections": (Correction("RetractionOf", 5),)}, {"notice"}),
        ({"publication_types": types("D000075742")}, {"notice"}),
        ({"publication_types": types("D016425")}, {"notice"}),
        ({"corrections": (Correction("ExpressionOfConcernIn", 5),)}, {"concern"}),
        ({"corrections": (Correction("ErratumIn"),)}, {"corrected"}),
        ({"publication_types": types("D000076942")}, {"preprint"}),
        ({"title": "RETRACTED: vesicles"}, set()),
        ({"corrections": (Correction("CommentIn", 5),)}, set()),
    ],
)
def test_flags_come_from_types_and_links(
    store: Store, fields: dict[str, Any], flags: set[str]
) -> None:
    store.save_batch([entry(record(**fields))])
    names = ("retracted", "concern", "corrected", "preprint", "notice")
    row = store.db.execute(f"SELECT {', '.join(names)} FROM evidence").fetchone()
    assert {name for name, value in zip(names, row, strict=True) if value} == flags


def test_a_retraction_added_later_is_an_event(store: Store, clock: Clock) -> None:
    store.save_batch([entry(record())])
    clock.forward(days=1)
    run = store.start_run("sync")
    gone = record(revised="2026-10-20", corrections=(Correction("RetractionIn", 99),))
    store.save_batch([entry(gone)], run=run.id)
    assert store.db.execute("SELECT retracted FROM evidence").fetchone() == (1,)
    [event] = store.events(since="2026-11-02")
    assert (event.pmid, event.kind, event.detail) == (1, "retracted", "RetractionIn: PMID 99")
    assert event.run == run.id
    store.save_batch([entry(record(revised="2026-10-21"))])
    assert [e.kind for e in store.events()] == ["retracted", "no longer retracted"]


# ----------------------------------------------------------------------------- deletion


def test_a_deleted_record_stays_with_a_flag(store: Store) -> None:
    store.save_batch([entry(record(1)), entry(record(2))])
    assert store.save_batch([], deleted=[1, 77]) == Saved(deleted=1)
    assert store.pmids() == [2]
    assert store.pmids(deleted=True) == [1, 2]
    assert store.record(1) == record(1)
    assert store.db.execute("SELECT pmid FROM evidence").fetchall() == [(2,)]
    assert [(e.kind, e.pmid) for e in store.events()] == [("deleted", 1)]
    assert [(t.pmid, t.settled) for t in store.tombstones()] == [(1, True), (77, True)]
    assert store.save_batch([], deleted=[1, 77]) == Saved()
    assert store.check() == []


@pytest.mark.parametrize("title", ["Vesicles in the knee of rat 1", "Changed"])
def test_a_record_that_comes_again_is_undeleted(store: Store, title: str) -> None:
    store.save_batch([entry(record())])
    store.save_batch([], deleted=[1])
    store.save_batch([entry(record(title=title))])
    assert store.pmids() == [1]
    assert store.tombstones() == []
    assert [e.kind for e in store.events()] == ["deleted", "undeleted"]
    assert "DeleteCitation" in store.events()[1].detail


def test_deletion_in_the_same_batch_comes_last(store: Store) -> None:
    store.save_batch([entry(record())], deleted=[1])
    assert store.pmids() == []


def test_the_full_text_index_is_whole_after_every_kind_of_write(store: Store) -> None:
    def whole(words: str, pmids: list[int]) -> None:
        assert store.check() == []
        assert matches(store, words) == pmids
        left = store.db.execute("SELECT key FROM meta WHERE key = 'fts:later'").fetchall()
        assert left == [], "the next writer's records would not be indexed"

    store.save_batch([entry(record(n)) for n in (3, 1, 2)])
    whole("rat", [1, 2, 3])
    again = [record(2, title="Bees"), record(4), record(4, title="Bees", version=2), record(1)]
    store.save_batch([entry(item) for item in again], deleted=[3])
    whole("rat", [1, 3])
    whole("bees", [2, 4])
    store.save_tags([(1, (ANIMAL,), ())], "t2", "m2")
    store.save_batch([entry(record(3, title="Bees"))])
    whole("bees", [2, 3, 4])
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.save_batch([entry(record(5, title="Bees"))])
        _ = 1 / 0
    whole("bees", [2, 3, 4])
    columns = "pmid, version, kind, title, sha256, first_seen, last_changed"
    store.db.execute(
        f"INSERT INTO records ({columns}) VALUES (6, 1, 'article', 'Bees', '', '', '')"
    )
    assert matches(store, "bees") == [2, 3, 4, 6], "a writer of its own needs the trigger"
    store.db.execute("UPDATE records SET title = 'Wasps' WHERE pmid = 6")
    assert matches(store, "wasps") == [6]
    store.db.execute("DELETE FROM records WHERE pmid = 6")
    whole("wasps", [])


# ------------------------------------------------------------------- tags and mentions

RAT = Tag("species", "rat", "rule", "title: 'rat'", 0.9)
ANIMAL = Tag("design", "animal", "rule", "title: 'rat'", 0.8)
LINK = Mention(1, "exoflo", "tested", True, "title", "ExoFlo", "… ExoFlo in rats")


def test_tags_and_mentions_come_back(store: Store) -> None:
    store.save_batch([entry(record(), tags=(ANIMAL, RAT), mentions=(LINK,), queries=("topic:ev",))])
    assert set(store.tags(1)) == {ANIMAL, RAT}
    assert store.mentions(1) == (LINK,)
    assert store.queries(1) == ("topic:ev",)
    row = store.db.execute("SELECT design, species, products, also_named FROM evidence").fetchone()
    assert row == ("animal", '["rat"]', '["exoflo"]', "[]")


def test_tags_of_a_changed_record_are_replaced(store: Store) -> None:
    store.save_batch([entry(record(), tags=(ANIMAL, RAT), mentions=(LINK,), queries=("topic:a",))])
    other = Tag("design", "in_vitro", "rule", "cells")
    store.save_batch([entry(record(title="Cells"), tags=(other,), queries=("topic:b",))])
    assert store.tags(1) == (other,)
    assert store.mentions(1) == ()
    assert store.queries(1) == ("topic:a", "topic:b")
    assert store.db.execute("SELECT design, products FROM facts").fetchone() == ("in_vitro", "[]")


def test_an_unchanged_record_is_tagged_anew_by_another_version_only(store: Store) -> None:
    other = Tag("design", "other", "rule", "none")
    store.save_batch([entry(record(), tags=(ANIMAL,))], tagged_with="1", matched_with="a")
    store.save_batch([entry(record(), tags=(other,))], tagged_with="1", matched_with="a")
    assert store.tags(1) == (ANIMAL,)
    saved = store.save_batch([entry(record(), tags=(other,))], tagged_with="2", matched_with="a")
    assert saved == Saved(unchanged=1)
    assert store.tags(1) == (other,)
    assert store.needs_tagging("2", "a") == []
    assert store.needs_tagging("2", "b") == [1]


def test_two_tags_of_one_value_keep_the_surer(store: Store) -> None:
    sure = Tag("design", "animal", "mesh", "MeSH: Rats", 0.95)
    for tags in ((ANIMAL, sure), (sure, ANIMAL)):
        with empty_store() as fresh:
            fresh.save_batch([entry(record(), tags=tags)])
            assert fresh.tags(1) == (sure,)


def test_retagging_in_batches(store: Store) -> None:
    store.save_batch([entry(record(n), tags=(ANIMAL,)) for n in (1, 2, 3)])
    assert store.needs_tagging("2", "b") == [1, 2, 3]
    assert [pmid for pmid, _, _ in store.iter_raw([3, 1, 404])] == [1, 3]
    store.save_tags([(pmid, (RAT,), ()) for pmid in (1, 2)], "2", "b")
    assert store.needs_tagging("2", "b") == [3]
    assert store.tags(1) == (RAT,)
    assert store.tags(3) == (ANIMAL,)
    assert store.check() == []


def test_writing_while_reading_raw_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evlit.store.reading.PAGE", 2)
    store.save_batch([entry(record(n)) for n in range(1, 8)])
    seen = []
    for pmid, _, _ in store.iter_raw():
        store.save_tags([(pmid, (ANIMAL,), ())], "2", "b")
        seen.append(pmid)
    assert seen == list(range(1, 8))


def test_a_huge_number_of_people_does_not_break_the_batch(store: Store) -> None:
    store.save_batch([entry(record(), tags=(Tag("participants", "9" * 40, "rule", "n"),))])
    assert store.db.execute("SELECT participants FROM evidence").fetchone() == (None,)


def test_the_view_and_the_store_agree_on_the_tags_that_hold(store: Store) -> None:
    store.save_batch([entry(record(), tags=(ANIMAL, RAT))])
    store.add_human_tag(1, "design", "clinical", "people, see methods", "reader")
    store.add_human_tag(1, "species", "none", "no animals", "reader")
    sql = "SELECT axis, value, source, reason, score FROM current_tags WHERE pmid = 1"
    assert tuple(Tag(*row) for row in store.db.execute(sql)) == store.tags(1)
    assert [(tag.axis, tag.value) for tag in store.tags(1)] == [("design", "clinical")]
    assert store.check() == []


# --------------------------------------------------------------- hostile text, searching


@pytest.mark.parametrize("words", ["'); DROP TABLE records; --", "a\x00b", '" OR 1=1', "\u202e"])
def test_hostile_text_is_only_text(store: Store, words: str) -> None:
    item = record(title=words, keywords=(Keyword(words),), coi=words)
    store.save_batch([entry(item, queries=(words,))])
    assert store.record(1) == item
    assert store.queries(1) == (words,)
    assert store.check() == []


def test_search_folds_diacritics(store: Store) -> None:
    store.save_batch([entry(record(title="Vesículas en la rodilla"))])
    assert matches(store, "vesiculas") == [1]


# --------------------------------------------------------- one transaction, kill, full disk


def test_a_batch_is_all_or_nothing(store: Store) -> None:
    before = dump(store)
    bad = entry(record(2), mentions=(LINK._replace(pmid=404),))
    with pytest.raises(Exception, match="FOREIGN KEY"):
        store.save_batch([entry(record(1)), bad], deleted=[9])
    assert dump(store) == before


def test_calls_in_one_transaction_are_kept_together(store: Store) -> None:
    before = dump(store)
    with pytest.raises(OSError, match="network"), store.transaction():
        store.save_batch([entry(record())])
        store.set_watermark("pubmed", "topic:ev", "abc", "2026-11-01")
        raise OSError("network")
    assert dump(store) == before
    with store.transaction():
        store.save_batch([entry(record())])
        store.set_watermark("pubmed", "topic:ev", "abc", "2026-11-01")
    assert store.watermark("pubmed", "topic:ev", "abc") is not None


def test_a_full_disk_loses_nothing_and_says_so(store: Store) -> None:
    store.save_batch([entry(record(1))])
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    store.db.execute(f"PRAGMA max_page_count = {pages}")
    many = [entry(record(n, title="knee " * 500 + str(n))) for n in range(2, 40)]
    with pytest.raises(TemporaryError, match="no room left"):
        store.save_batch(many)
    assert store.check() == []
    store.db.execute("PRAGMA max_page_count = 1000000")
    assert store.save_batch(many).new == 38
    assert store.check() == []


def test_a_second_writer_waits_and_then_says_locked(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 0.01)
    with open_store(tmp_path / "evlit.db") as second, store.transaction():
        store.start_run("sync")
        with pytest.raises(LockedError, match="another process is writing"):
            second.save_batch([entry(record())])


def test_readers_see_the_last_state_while_a_batch_is_written(tmp_path: Path, store: Store) -> None:
    store.save_batch([entry(record(1))])
    with open_store(tmp_path / "evlit.db", readonly=True) as reader, store.transaction():
        store.save_batch([entry(record(2))])
        assert reader.pmids() == [1]


KILLED = """
import os, signal, sys
from pathlib import Path
from evlit.records import Entry, Parsed, Record
from evlit.store import open_store
store = open_store(Path(sys.argv[1]))
statements = [int(sys.argv[2])]
def count(sql):
    statements[0] -= 1
    if statements[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
store.db.set_trace_callback(count)
for start in (1, 11, 21):
    batch = [Record(pmid=n, title=f"Record {n}") for n in range(start, start + 10)]
    store.save_batch([Entry(Parsed(r, repr(r).encode())) for r in batch], deleted=[start])
"""


@pytest.mark.parametrize("after", [1, 2, 40, 120, 260, 430, 600])
def test_killed_at_any_statement_a_second_run_ends_the_same(tmp_path: Path, after: int) -> None:
    path = tmp_path / "evlit.db"
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", KILLED, str(path)]
    first = subprocess.run([*command, str(after)], env=environment, check=False, cwd=tmp_path)
    assert first.returncode in (0, -signal.SIGKILL)
    with open_store(path) as store:
        assert store.check() == []
        assert store.counts()["records"] % 9 == 0, "batches are whole"
    subprocess.run([*command, "-1"], env=environment, check=True, cwd=tmp_path)
    with open_store(path) as store:
        assert store.pmids() == [n for n in range(1, 31) if n % 10 != 1]
        assert store.check() == []


# ------------------------------------------------------------------------ backup, check


def test_backup_is_whole_and_refuses_to_overwrite(tmp_path: Path, store: Store) -> None:
    store.save_batch([entry(record(n)) for n in range(1, 20)])
    target = tmp_path / "copy.db"
    store.backup(target)
    assert not (tmp_path / "copy.db-wal").exists()
    with pytest.raises(UsageError, match="--force"):
        store.backup(target)
    store.save_batch([entry(record(99))])
    store.backup(target, force=True)
    with pytest.raises(UsageError, match="the store itself"):
        store.backup(tmp_path / "evlit.db", force=True)
    with open_store(target) as copy:
        assert copy.pmids() == store.pmids()
        assert copy.check() == []


def test_backup_inside_a_transaction_of_another_is_consistent(tmp_path: Path, store: Store) -> None:
    store.save_batch([entry(record(1))])
    with open_store(tmp_path / "evlit.db", readonly=True) as reader, store.transaction():
        store.save_batch([entry(record(2))])
        reader.backup(tmp_path / "copy.db")
    with open_store(tmp_path / "copy.db") as copy:
        assert copy.pmids() == [1]


DAMAGE = [
    ("UPDATE revisions SET sha256 = 'x'", "not among the readings kept"),
    ("UPDATE revisions SET sha256 = 'x'", "do not match their hash"),
    ("UPDATE revisions SET xml = x'00'", "do not match their hash"),
    ("DELETE FROM record_state", "no note of when it was fetched"),
    ("DELETE FROM facts", "no row of facts"),
    ("UPDATE facts SET design = 'clinical'", "facts do not agree"),
    ("INSERT INTO tags VALUES (9, 'design', 'animal', 'rule', 'x', 1)", "refers to a row"),
    ("DELETE FROM records_fts WHERE rowid = 1", "full-text index: does not agree"),
    ("INSERT INTO human_tags VALUES (1, 'design', 'best', 'x', 'y', 'z')", "not one of"),
]


@pytest.mark.parametrize(("sql", "problem"), DAMAGE)
def test_check_names_what_is_wrong(store: Store, sql: str, problem: str) -> None:
    store.save_batch([entry(record(), tags=(ANIMAL,))])
    assert store.check() == []
    store.db.execute("PRAGMA foreign_keys = OFF")
    store.db.execute(sql)
    found = store.check()
    assert any(problem in text for text in found), found


def test_check_names_few_and_counts_the_rest(store: Store) -> None:
    store.save_batch([entry(record(n)) for n in range(1, 41)])
    store.db.execute("DELETE FROM facts")
    assert store.check()[-1] == "… and 20 more of this kind"


def test_check_of_a_reader_says_what_it_could_not_check(tmp_path: Path, store: Store) -> None:
    store.save_batch([entry(record())])
    with open_store(tmp_path / "evlit.db", readonly=True) as reader:
        assert reader.check() == [
            "full-text index: not checked, the store is open for reading only"
        ]


def test_damaged_pages_are_told(tmp_path: Path) -> None:
    path = tmp_path / "evlit.db"
    with open_store(path) as store:
        store.save_batch([entry(record(n, title="knee " * 200)) for n in range(1, 60)])
    raw = bytearray(path.read_bytes())
    middle = len(raw) // 2 // 4096 * 4096
    raw[middle : middle + 40960] = b"\xff" * 40960
    path.write_bytes(raw)
    db = sqlite3.connect(path, isolation_level=None)
    assert all(text.startswith("SQLite: ") for text in Store(db, path).check())
    assert Store(db, path).check()
    db.close()


def test_hash_is_of_the_bytes_as_they_came(store: Store) -> None:
    store.save_batch([Entry(Parsed(record(), b"<a/>"))])
    (sha,) = store.db.execute("SELECT sha256 FROM records").fetchone()
    assert sha == hashlib.sha256(b"<a/>").hexdigest()
