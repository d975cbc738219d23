"""What the record's own publication types and MeSH headings say, as named groups.

Types and headings are compared by UI, and by whole name where a record has no UI (MEDLINE
exports) or one that the table does not know. The table is data: ``evlit/vocabulary/pubmed.toml``.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from evlit.classify.text import Text


class Groups(NamedTuple):
    """UI or name → group (publication types, headings) and → species key."""

    types: dict[str, str]
    headings: dict[str, str]
    species: dict[str, str]


@lru_cache(maxsize=1)
def groups() -> Groups:
    """Read the table once."""
    data = tomllib.loads((files("evlit") / "vocabulary" / "pubmed.toml").read_text("utf-8"))
    types: dict[str, str] = {}
    headings: dict[str, str] = {}
    species: dict[str, str] = {}
    for group, table in data["types"].items():
        for ui, names in table.items():
            types.update(dict.fromkeys((ui, *names), group))
    for group, table in data["headings"].items():
        for ui, names in table.items():
            if group == "species":
                species[ui] = species[names[0]] = names[1]
            else:
                headings.update(dict.fromkeys((ui, *names), group))
    return Groups(types, headings, species)


def type_groups(text: Text) -> dict[str, str]:
    """Return the groups of a record's publication types, with the type's name as proof."""
    known = groups().types
    found: dict[str, str] = {}
    for ui, name in text.record.publication_types:
        group = known.get(ui) or known.get(name)
        if group:
            found.setdefault(group, name)
    return found


def heading_groups(text: Text) -> dict[str, list[str]]:
    """Return the groups of a record's MeSH headings with their names; species by key."""
    if not text.record.mesh:
        return {}
    known = groups()
    found: dict[str, list[str]] = {}
    for heading in text.record.mesh:
        for table, prefix in ((known.headings, ""), (known.species, "species:")):
            group = table.get(heading.ui) or table.get(heading.name)
            if group:
                found.setdefault(prefix + group, []).append(heading.name)
    return found


def is_automated(text: Text) -> bool:
    """Return whether the headings were given by a program and not checked."""
    return text.record.indexing_method == "Automated" or any(h.automated for h in text.record.mesh)
