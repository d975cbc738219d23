"""The lines on people in MEDLINE text → authors: their order ties affiliations to names."""

from __future__ import annotations

import re

from evlit.pubmed.citation import normal_orcid
from evlit.records import Author

_SUFFIX = re.compile(r"(?:Jr|Sr|[2-9](?:nd|rd|th)|I{2,3}|IV|VI{0,3})\.?")
_OTHER_PEOPLE = frozenset({"ED", "FED", "IR", "FIR", "PS", "FPS"})
PEOPLE = frozenset({"FAU", "AU", "AUID", "AD", "CN"}) | _OTHER_PEOPLE
"""Tags of the lines that :func:`authors` reads."""

Values = dict[str, list[str]]


def authors(lines: list[tuple[str, str]]) -> tuple[Author, ...]:
    """Return the authors of (tag, value) lines in their order.

    FAU, AU, AUID and AD belong together; a CN is an author of its own.
    """
    groups: list[Values] = []
    mine = False
    for tag, value in lines:
        starts = tag in {"FAU", "CN"} or (
            tag == "AU" and not (mine and groups and _awaits_initials(groups[-1]))
        )
        if starts:
            groups.append({})
            mine = True
        elif tag in _OTHER_PEOPLE:
            mine = False  # what follows belongs to an editor or investigator
        if mine:
            groups[-1].setdefault(tag, []).append(value)
    return tuple(map(_author, groups))


def _awaits_initials(group: Values) -> bool:
    return "FAU" in group and "AU" not in group


def _author(group: Values) -> Author:
    affiliations = tuple(group.get("AD", ()))
    orcid = next(filter(None, map(normal_orcid, group.get("AUID", ()))), None)
    if "CN" in group:
        return Author(collective=group["CN"][0], affiliations=affiliations)
    short = group.get("AU", [""])[0]
    last, comma, fore = group.get("FAU", [""])[0].partition(", ")
    if not last:
        last, _, rest = short.rpartition(" ")
        return Author(
            last or short, None, (rest or None) if last else None, None, None, orcid, affiliations
        )
    initials, suffix = _initials(short, last)
    if suffix and fore.endswith(" " + suffix):
        fore = fore.removesuffix(suffix).rstrip()
    return Author(
        last, fore if comma and fore else None, initials, suffix, None, orcid, affiliations
    )


def _initials(short: str, last: str) -> tuple[str | None, str | None]:
    """Return initials and suffix of ``King ML Jr``, the last name known."""
    rest = short.removeprefix(last).split() if short.startswith(last) else short.split()[1:]
    if rest and _SUFFIX.fullmatch(rest[-1]) and len(rest) > 1:
        return rest[0], rest[-1]
    return (rest[0] if rest else None), None
