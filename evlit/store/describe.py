"""The store's shape as a page for people: ``docs/schema.md`` (``make docs``)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from sqlite_utils import Database

from evlit.store.connection import connect_empty


def schema_page(metadata: Mapping[str, Any]) -> str:
    """Return every table and view with its columns as Markdown.

    ``metadata`` is what ``db/metadata.yaml`` holds: the words; names and types are read from
    a store made on the spot, so that they are true.
    """
    tables = metadata["databases"]["evlit"]["tables"]
    db = connect_empty()
    try:
        parts = [part for name in tables for part in _table(db, name, tables[name])]
    finally:
        db.close()
    return "\n".join(parts).rstrip() + "\n"


def shape(db: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Return table or view → column → type, the index's own shadow tables left out."""
    house = Database(db)
    columns = {name: house.table(name).columns for name in house.table_names()}
    columns |= {name: house.view(name).columns for name in house.view_names()}
    hidden = ("sqlite_", "records_fts_")
    return {
        # Columns made by an expression have no type of their own.
        name: {column.name: column.type for column in columns[name]}
        for name in sorted(columns)
        if not name.startswith(hidden)
    }


def _table(db: sqlite3.Connection, name: str, words: Mapping[str, Any]) -> Iterator[str]:
    kind = db.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    yield f"## {name}\n"
    yield f"{_kind(*kind)}. {words['description'].strip()}\n"
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column, type_ in shape(db)[name].items():
        meaning = str(words["columns"][column]).replace("|", "\\|")
        yield f"| `{column}` | {type_ or '—'} | {meaning} |"
    yield ""


def _kind(type_: str, sql: str) -> str:
    if type_ == "view":
        return "View"
    return "Full-text index" if "VIRTUAL" in sql[:30] else "Table"
