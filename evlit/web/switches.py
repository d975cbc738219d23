"""What an operator may switch: by the environment, or under ``plugins: evlit:`` in metadata."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
