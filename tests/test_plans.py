"""Every query of answers, map, lists and pages is answered through an index.

All SQL that they run is recorded on its way to SQLite and asked for its plan: no step may walk
a table that grows with the records, not even by an index that holds all that is asked for.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evlit.answer import look_up
from evlit.answer.evidence_map import (
    MAP_TIERS,
    UNNAMED,
    MapFilter,
    count_map,
    count_years,
    list_records,
    picture_notes,
)
from evlit.store import Store, connection, open_store
from tests import answer_fixture as fx
from tests.test_answer import QUESTIONS

GROWING = {
    "records", "record_state", "revisions", "authors", "mesh_headings", "publication_types",
    "keywords", "databank_ids", "substances", "corrections", "tags", "mentions", "facts",
    "record_queries", "events", "records_fts",
}  # fmt: skip
"""Tables with rows of every record. All others have a row a run, a query, a class, a product:
``runs`` is walked newest first up to the first that fits."""

FILTERS = (
    MapFilter(),
    MapFilter("msc"),
    MapFilter("", "ev"),
    MapFilter("", "cells"),
    MapFilter("", "", "exoflo"),
    MapFilter("", "", "", 2015, 2024),
    MapFilter("msc", "ev", "exoflo", 2015, None),
)
PAGES = (
    "/", "/evlit/search?q=ExoFlo", "/evlit/search?q=exoflow", "/evlit/search?q=exosomes",
    "/evlit/search?q=PEP", "/evlit/search?for=stroke", "/evlit/search?maker=Kimera+Labs",
    "/evlit/search?q=ExoFlo&for=osteoarthritis&since=2020", "/evlit/search.csv?q=ExoFlo",
    "/evlit/product/exoflo", "/evlit/product/exoflo.json", "/evlit/product/exoflo.ris",
    "/evlit/product/exoflo?tier=animal", "/evlit/products", "/evlit/record/1001", "/evlit/map",
    "/evlit/map.svg", "/evlit/map?product=exoflo&from=2015", "/evlit/timeline",
    "/evlit/timeline.svg", "/evlit/list", "/evlit/list?tier=animal&indication=osteoarthritis",
    "/evlit/list?indication=none", "/evlit/questions", "/evlit/about",
)  # fmt: skip
"""Every page but ``/evlit/status``, which counts the whole store, and the feeds, which list it."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("plans") / "evlit.db"
    with fx.make_store(where):
        return where


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All SQL of connections opened from now on, its values filled in."""
    seen: list[str] = []
    plain = connection._connect

    def traced(target: str, *, uri: bool) -> sqlite3.Connection:
        db = plain(target, uri=uri)
        db.set_trace_callback(seen.append)
        return db

    monkeypatch.setattr(connection, "_connect", traced)
    return seen


def walks(path: Path, asked: list[str]) -> set[tuple[str, str]]:
    """Return (SQL, step) of every step that walks a growing table from end to end."""
    queries = {sql for sql in asked if re.match(r"\s*(?:SELECT|WITH)\b", sql)}
    assert queries
    found = set()
    with sqlite3.connect(path) as db:
        for sql in queries:
            for *_, step in db.execute(f"EXPLAIN QUERY PLAN {sql}"):
                walked = re.match(r"SCAN (\w+)", step)
                if walked and walked[1] in GROWING and "VIRTUAL TABLE INDEX" not in step:
                    found.add((sql, step))
    db.close()
    return found


@pytest.fixture
def store(path: Path, asked: list[str]) -> Iterator[Store]:
    with open_store(path, readonly=True) as opened:
        yield opened


def test_no_answer_walks_a_table(path: Path, store: Store, asked: list[str]) -> None:
    for typed, options, *_ in QUESTIONS:
        look_up(store, fx.CATALOGUE, typed, now=fx.NOW, **options)
    assert not walks(path, asked)


@pytest.mark.parametrize("make", [count_map, count_years, picture_notes])
def test_no_picture_walks_a_table(
    path: Path, store: Store, asked: list[str], make: Callable[..., object]
) -> None:
    for chosen in FILTERS:
        make(store.db, chosen)
    assert not walks(path, asked)


def test_no_list_walks_a_table(path: Path, store: Store, asked: list[str]) -> None:
    for chosen in FILTERS:
        for tier in ("", *MAP_TIERS):
            for condition in ("", UNNAMED, "osteoarthritis"):
                list_records(store.db, chosen, tier=tier, indication=condition)
    assert not walks(path, asked)


def test_no_page_walks_a_table(path: Path, asked: list[str]) -> None:
    pytest.importorskip("datasette", reason="the extra evlit[web] is not installed")
    from tests.test_web import Client  # noqa: PLC0415 - needs datasette

    client = Client(path)
    try:
        for page in PAGES:
            assert client.get(page).status_code == 200, page
    finally:
        client.close()
    assert not walks(path, asked)


def test_a_walk_would_be_seen(path: Path, store: Store, asked: list[str]) -> None:
    """The test itself: a count of all records is one, though an index answers it."""
    store.db.execute("SELECT count(*) FROM records").fetchone()
    store.db.execute("SELECT axis, count(*) FROM tags GROUP BY axis").fetchall()
    assert len(walks(path, asked)) == 2


def test_the_triggers_look_a_record_up_by_its_key(path: Path) -> None:
    """What the triggers of ``class_counts`` ask: else each save would walk the class."""
    with sqlite3.connect(path) as db:
        rows = db.execute("EXPLAIN QUERY PLAN SELECT * FROM class_facets WHERE pmid = 1").fetchall()
    db.close()
    steps = [row[3] for row in rows if row[3].startswith(("SEARCH", "SCAN facts", "SCAN records"))]
    assert len(steps) == 10
    assert all("USING INTEGER PRIMARY KEY" in step for step in steps)
