"""The words for Datasette's own pages: ``db/metadata.yaml``, also where no folder is served."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import evlit

RULES = frozenset({"allow", "allow_sql", "tables", "plugins"})
"""Keys under which Datasette looks for rules of access and settings (``tables`` by itself is
asked for rules and sizes only): ``db/metadata.yaml`` has none."""


def metadata_path(package: Path | None = None) -> Path | None:
    """Return the shipped file: of the wheel, else of the checkout; None where there is none."""
    package = package or Path(evlit.__file__).parent
    for path in (package / "_data" / "db" / "metadata.yaml", package.parent / "db/metadata.yaml"):
        if path.is_file():
            return path
    return None


@lru_cache(maxsize=4)
def metadata_for(database: str) -> dict[str, Any]:
    """Return the metadata with the store under the name that the server gives it."""
    import yaml  # noqa: PLC0415 - comes with Datasette

    path = metadata_path()
    if path is None:
        return {}
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    store = found.pop("databases", {}).get("evlit", {})
    return {**found, "databases": {database: store}} if database else found


def fresh(words: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that may be written to: of the dicts, not of the texts in them."""
    return {k: fresh(v) if isinstance(v, dict) else v for k, v in words.items()}
