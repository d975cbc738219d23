"""Reads the cue files in ``evlit/vocabulary/cues/``: words that speak for a tag.

A cue file is TOML, one table a cue class::

    [animal_model]
    about = "phrases that say an animal was used"
    words = ["rat model", "mice were", "xenograft*"]
    exact = ["CLP"]          # upper and lower case must agree
    title = true             # look for the class in titles only

``*`` at the end of a word means "any ending". All classes of all files share one name
space; a class may stand in one file only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from evlit.errors import CatalogueError

_KEYS = {"about", "words", "exact", "title"}


class Cue(NamedTuple):
    """One word or phrase and the class it speaks for."""

    kind: str
    literal: str
    open_end: bool = False
    case: bool = False
    title: bool = False
    """True: counts in the title alone."""


def load_cues(folder: Traversable | None = None) -> list[Cue]:
    """Read all cue files of a folder (the shipped one by default), sorted by file name.

    :raises CatalogueError: a file is not TOML, or a field is wrong; names file and field
    """
    where = folder or files("evlit") / "vocabulary" / "cues"
    cues: list[Cue] = []
    seen: dict[str, str] = {}
    for path in sorted(where.iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            for kind, table in _read(path).items():
                if kind in seen:
                    raise CatalogueError(
                        f"cues/{path.name}: [{kind}]",
                        f"this class stands in cues/{seen[kind]} already",
                        "merge the two tables or rename one",
                    )
                seen[kind] = path.name
                cues.extend(_parse_table(path.name, kind, table))
    return cues


def _read(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as ex:
        raise CatalogueError(f"cues/{path.name}", f"not TOML: {ex}", "mend the line named") from ex


def _parse_table(name: str, kind: str, table: Any) -> Iterator[Cue]:
    where = f"cues/{name}: [{kind}]"
    if not isinstance(table, dict):
        raise CatalogueError(where, "not a table", "write words = [...] below a [class] line")
    for key in table.keys() - _KEYS:
        raise CatalogueError(f"{where}.{key}", "unknown field", f"use {sorted(_KEYS)}")
    title = table.get("title", False)
    if not isinstance(title, bool):
        raise CatalogueError(f"{where}.title", f"not true or false: {title!r}", "title = true")
    for key, case in (("words", False), ("exact", True)):
        words = table.get(key, [])
        if not isinstance(words, list):
            raise CatalogueError(f"{where}.{key}", "not a list", 'write ["one", "two"]')
        for number, word in enumerate(words):
            if not isinstance(word, str) or not word.strip(" *"):
                raise CatalogueError(
                    f"{where}.{key}[{number}]", f"not a word: {word!r}", "write a word or remove it"
                )
            yield Cue(kind, word.rstrip("*"), word.endswith("*"), case, title)
