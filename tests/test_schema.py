"""The store's shape: migrations, what is derived, and the words that describe it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
import yaml

from evlit import schema
from evlit.errors import StoreError
from evlit.records import Entry, Parsed, Record
from evlit.store import empty_store, open_store
from evlit.store.describe import schema_page, shape

ROOT = Path(__file__).parents[1]
METADATA = yaml.safe_load((ROOT / "db" / "metadata.yaml").read_text(encoding="utf-8"))
LATER = "CREATE TABLE later (\n  pmid INTEGER PRIMARY KEY\n) STRICT;\n"


def filled(path: Path) -> None:
    with open_store(path) as store:
        record = Record(pmid=7, title="Vesicles for the knee")
        store.save_batch([Entry(Parsed(record, b"<PubmedArticle/>"))])


def objects(path: Path) -> list[tuple[str, str]]:
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    finally:
        db.close()


def test_a_new_store_has_the_last_version_and_says_whose_it_is(tmp_path: Path) -> None:
    with open_store(tmp_path / "new" / "evlit.db") as store:
        assert schema.user_version(store.db) == len(schema.MIGRATIONS)
        assert store.db.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION_ID
        assert store.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert store.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert store.check() == []


def test_every_table_is_strict() -> None:
    with empty_store() as store:
        rows = store.db.execute("PRAGMA table_list").fetchall()
    loose = [
        row[1]
        for row in rows
        if row[2] == "table" and not row[5] and not row[1].startswith(("sqlite_", "records_fts_"))
    ]
    assert loose == []


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "evlit.db"
    filled(path)
    before = path.read_bytes()
    open_store(path).close()
    open_store(path, readonly=True).close()
    assert path.read_bytes() == before


def test_a_migration_copies_a_filled_store_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evlit.db"
    filled(path)
    now = len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))
    with open_store(path) as store:
        assert schema.user_version(store.db) == len(schema.MIGRATIONS)
        assert store.db.execute("SELECT count(*) FROM later").fetchone()[0] == 0
        assert store.record(7) is not None
    copy = sqlite3.connect(tmp_path / f"evlit.db.before-schema-{now + 1}")
    assert copy.execute("PRAGMA user_version").fetchone()[0] == now
    assert copy.execute("SELECT title FROM records").fetchone()[0] == "Vesicles for the knee"
    copy.close()


def test_a_store_of_the_first_shape_becomes_one_of_today(tmp_path: Path) -> None:
    path = tmp_path / "evlit.db"
    db = sqlite3.connect(path)
    db.executescript(schema.M001)
    db.execute(
        "INSERT INTO watermarks VALUES ('pubmed', 'topic:x', 'h', NULL, NULL, NULL, '', NULL)"
    )
    db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()
    with open_store(path) as store, empty_store() as new:
        assert shape(store.db) == shape(new.db)
        assert [mark.query for mark in store.watermarks()] == ["topic:x"]
        assert store.check() == []


def test_a_migration_of_an_empty_store_needs_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evlit.db"
    open_store(path).close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))
    open_store(path).close()
    assert not list(tmp_path.glob("*.before-*"))


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evlit.db"
    filled(path)
    before = objects(path)
    monkeypatch.setattr(
        schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER + "INSERT INTO nowhere VALUES (1);")
    )
    with pytest.raises(StoreError, match="nowhere"):
        open_store(path)
    assert objects(path) == before
    monkeypatch.undo()
    with open_store(path) as store:
        assert store.check() == []


def test_a_reader_of_an_older_store_gets_it_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evlit.db"
    filled(path)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))
    with open_store(path, readonly=True) as store:
        assert schema.user_version(store.db) == len(schema.MIGRATIONS)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store.db.execute("DELETE FROM records")


def test_only_the_part_that_changed_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evlit.db"
    filled(path)
    with open_store(path) as store:
        store.db.execute("CREATE VIEW my_own AS SELECT pmid FROM evidence")
    views = schema.VIEWS.replace("WHERE deleted = 0;", "WHERE deleted = 0 AND retracted = 0;")
    monkeypatch.setitem(schema.PARTS, "views", views)
    db = sqlite3.connect(path)
    assert schema.changed_parts(db) == ["views"]
    db.close()
    open_store(path).close()
    made = dict(objects(path))
    assert "retracted = 0" in made["evidence"]
    assert "my_own" in made, "what is not evlit's is left alone"


def test_facts_and_full_text_are_filled_again_when_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evlit.db"
    filled(path)
    for name in ("facts", "fts"):
        monkeypatch.setitem(schema.PARTS, name, schema.PARTS[name] + "-- later\n;\n")
    db = sqlite3.connect(path)
    assert schema.changed_parts(db) == ["fts", "facts"]
    db.close()
    with open_store(path) as store:
        assert store.check() == []
        found = store.db.execute(
            "SELECT rowid FROM records_fts WHERE records_fts MATCH 'knee'"
        ).fetchall()
        assert found == [(7,)]


def test_a_store_of_a_newer_evlit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evlit.db"
    filled(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    for readonly in (True, False):
        with pytest.raises(StoreError, match=r"newer evlit \(schema 99.*upgrade evlit"):
            open_store(path, readonly=readonly)


@pytest.mark.parametrize("readonly", [True, False])
def test_files_that_are_no_store_are_refused_and_left_alone(tmp_path: Path, readonly: bool) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("these are notes, not a database\n")
    other = tmp_path / "other.db"
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE recipes (name)")
    db.commit()
    db.close()
    before = other.read_bytes()
    with pytest.raises(StoreError, match="not a SQLite database"):
        open_store(text, readonly=readonly)
    with pytest.raises(StoreError, match="not an evlit store"):
        open_store(other, readonly=readonly)
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path, readonly=readonly)
    assert other.read_bytes() == before


def test_a_reader_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no store at .*none\.db"):
        open_store(tmp_path / "none.db", readonly=True)
    assert list(tmp_path.iterdir()) == []


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="check the path"):
        open_store(tmp_path / "file" / "evlit.db")


def test_statements_keep_triggers_whole() -> None:
    found = list(schema.statements(schema.FTS))
    assert len(found) == 4
    with pytest.raises(ValueError, match="without an end"):
        list(schema.statements("SELECT 1"))


def test_every_table_and_column_is_described() -> None:
    words = METADATA["databases"]["evlit"]["tables"]
    with empty_store() as store:
        made = shape(store.db)
    assert set(words) == set(made)
    for table, columns in made.items():
        assert words[table]["description"].strip()
        # The full-text index has two columns that only queries see.
        seen = {name for name in columns if name not in ("records_fts", "rank")}
        assert set(words[table]["columns"]) == seen, table
        assert all(str(text).strip() for text in words[table]["columns"].values()), table


def test_facets_and_order_name_columns_that_are_there() -> None:
    with empty_store() as store:
        made = shape(store.db)
    for table, words in METADATA["databases"]["evlit"]["tables"].items():
        named = [*words.get("facets", []), *words.get("units", {})]
        named += [words[key] for key in ("sort", "sort_desc", "label_column") if key in words]
        assert set(named) <= set(made[table]), table


def test_the_schema_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    assert schema_page(METADATA) in page, "run `make docs`"


def test_the_evidence_view_uses_indexes() -> None:
    with empty_store() as store:
        plan = store.db.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM evidence WHERE pmid IN (1, 2)"
        ).fetchall()
    assert not [row[3] for row in plan if row[3].startswith("SCAN")]


def test_names_of_derived_parts_are_remembered() -> None:
    with empty_store() as store:
        row = store.db.execute("SELECT value FROM meta WHERE key = 'names:views'").fetchone()
    assert ["VIEW", "evidence"] in json.loads(row[0])
