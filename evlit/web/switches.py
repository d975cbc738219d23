"""What an operator may switch: by the environment, or under ``plugins: evlit:`` in metadata."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

SETTINGS: Mapping[str, object] = {
    "default_allow_sql": False, "allow_download": False, "suggest_facets": False,
    "default_page_size": 25, "max_returned_rows": 1000, "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1500, "max_csv_mb": 50, "num_sql_threads": 4,
    "truncate_cells_html": 600,
}  # fmt: skip
"""Datasette's settings for a public server; ``db/settings.json`` says the same. Suggesting
facets is off because it reads the whole store once for each column of a page."""

_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Switches:
    """All off: fit for the internet."""

    private: bool = False
    """Show abstracts, addresses and Datasette's own ``/-/`` pages: for your own eyes only."""
    sql: bool = False
    """Let readers run their own SELECTs."""
    download: bool = False
    """Let readers download the whole store."""


def read_switches(
    config: Mapping[str, Any] | None, environ: Mapping[str, str] | None = None
) -> Switches:
    """Return the switches; ``EVLIT_WEB_PRIVATE``, ``EVLIT_WEB_SQL`` and
    ``EVLIT_WEB_DOWNLOAD`` go before the configuration of Datasette.

    The whole file holds the abstracts, so that a download needs ``private`` too.
    """
    env = os.environ if environ is None else environ

    def on(name: str) -> bool:
        said = env.get(f"EVLIT_WEB_{name.upper()}")
        return str((config or {}).get(name, "") if said is None else said).lower() in _TRUE

    private = on("private")
    return Switches(private, on("sql"), on("download") and private)


def apply_settings(settings: MutableMapping[str, Any], switches: Switches) -> None:
    """Write the settings of a public server over Datasette's defaults, in place.

    ``datasette evlit.db`` reads no settings file. What an operator has set to anything but
    Datasette's default stays, but for the two doors that have a switch of their own. The
    threads are made before any plugin is asked.
    """
    from datasette.app import DEFAULT_SETTINGS  # noqa: PLC0415 - of the extra ``web``

    for name, value in SETTINGS.items():
        if settings.get(name) == DEFAULT_SETTINGS[name] and name != "num_sql_threads":
            settings[name] = value
    settings.update(default_allow_sql=switches.sql, allow_download=switches.download)
