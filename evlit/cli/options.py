"""Options that several commands share, each written once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
