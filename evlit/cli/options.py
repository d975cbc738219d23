"""Options that several commands share, each written once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from evlit.errors import UsageError

if TYPE_CHECKING:
    from evlit.catalogue import Catalogue
    from evlit.records import Record
    from evlit.store import Store

F = TypeVar("F", bound=Callable[..., Any])


def default_store() -> Path:
    """Return where the store lives when ``--db`` and ``EVLIT_DB`` are silent.

    ``db/evlit.db`` when the folder ``db`` exists here, else the user's data directory
    (``$XDG_DATA_HOME/evlit``, ``~/.local/share/evlit``).
    """
    if Path("db").is_dir():
        return Path("db/evlit.db")
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "evlit" / "evlit.db"


def store_option(command: F) -> F:
    """Add ``--db``."""
    return click.option(
        "--db",
        "db",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="EVLIT_DB",
        default=default_store,
        show_default="db/evlit.db, else the user's data directory",
        help="The store (environment: EVLIT_DB).",
    )(command)


def quiet_option(command: F) -> F:
    """Add ``--quiet``."""
    return click.option(
        "--quiet", "-q", is_flag=True, help="Say nothing unless something needs a person."
    )(command)


def json_option(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def open_for_reading(db: Path) -> Store:
    """Return the store read-only, or an empty one in memory where there is no file yet.

    A question never creates a store.
    """
    from evlit.store import empty_store, open_store

    return open_store(db, readonly=True) if db.exists() else empty_store()


def existing_store(db: Path, *, readonly: bool = False) -> Store:
    """Return the store, for writing unless told; :raises UsageError: there is none yet."""
    from evlit.store import open_store

    if not db.exists():
        raise UsageError(
            str(db), "there is no store yet", "`evlit sync` or `evlit ingest` make one"
        )
    return open_store(db, readonly=readonly)


def held_record(store: Store, pmid: int, db: Path) -> Record:
    """Return a held record; :raises UsageError: the store does not hold it."""
    record = store.record(pmid)
    if record is None:
        raise UsageError(
            f"PMID {pmid}", f"not held in {db}", "`evlit sync` asks PubMed; `evlit ingest` a file"
        )
    return record


def leave(code: int) -> None:
    """End the running command with an exit code."""
    click.get_current_context().exit(code)


def product_key(catalogue: Catalogue, typed: str) -> str:
    """Return the key of a product named by key, name or alias; :raises UsageError: no such."""
    from evlit.names import Names

    if any(product.key == typed for product in catalogue.products):
        return typed
    product = Names(catalogue.products).resolve(typed).product
    if product is None:
        raise UsageError(repr(typed), "is no product of the catalogue", "see `evlit products`")
    return product.key
