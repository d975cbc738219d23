"""Axis ``route``: how the treatment was given, never how the anaesthetic or the disease was.

The routes are data (``vocabulary/routes.toml``). A route word counts where the same clause
speaks of the product or of treating, and nothing that shares the route stands nearer.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from evlit.classify.cues import Cue
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import zones
from evlit.errors import CatalogueError
from evlit.records import Tag

_FILE = "vocabulary/routes.toml"
_DESIGNS = ("clinical", "animal", "protocol")
_PREFIX = "route_by_"
_CLAUSE = re.compile(
    r"[;:]|, (?:and|then|while|whereas|followed)\b| (?:and then|whereas|while|after|before|followed by|prior to) "
)
_INDUCING = re.compile(r"induc\w+|model|establish\w+|inoculat\w*|challenge\w*")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    try:
        return tomllib.loads((files("evlit") / _FILE).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as ex:
        raise CatalogueError(_FILE, f"not TOML: {ex}", "mend the line named") from ex


def cues() -> list[Cue]:
    """Return the route words as cues, for the one automaton.

    :raises CatalogueError: a route lacks its name or its words
    """
    found: list[Cue] = []
    for key, table in _data().items():
        if not table.get("name") or not table.get("words"):
            raise CatalogueError(f"{_FILE}: [{key}]", "lacks name or words", "add both")
        for word in table["words"]:
            found.append(Cue(_PREFIX + key, word.rstrip("*"), word.endswith("*")))
        found += [Cue(_PREFIX + key, word, case=True) for word in table.get("exact", ())]
    return found


def route_names() -> dict[str, str]:
    """Return the routes' names for people, by key."""
    return {key: table["name"] for key, table in _data().items()}


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return one tag a route by which the treatment was given."""
    design = seen["design"][0].value if seen.get("design") else ""
    given = seen["given"][0].value if seen.get("given") else ""
    if design not in _DESIGNS or given == "nothing":
        return []
    zone_of = zones(text)
    found: list[Tag] = []
    for key in _data():
        for hit in text.get(_PREFIX + key):
            if zone_of[hit.sentence] not in ("background", "keywords") and _is_way(text, hit, key):
                found.append(Tag("route", key, "rule", text.quote(hit, 50), 0.85))
                break
    return found


def _is_way(text: Text, hit: Hit, key: str) -> bool:
    """Return whether the product went this way."""
    a, b = _clause(text, hit)
    acts = [h for h in text.get("route_act") if a <= h.start < b]
    products = [h for h in text.get("route_product") if a <= h.start < b]
    rivals = [h for h in text.get("route_other_use") if a <= h.start < b]
    if not acts and not products:
        return False
    if key in ("implant", "topical", "ex_vivo_perfusion", "periodontal") and not products:
        return False
    if not rivals:
        return bool(products) or hit.sentence == 0 or not _INDUCING.search(text.folded[a:b])
    if not products:
        return False
    return min(_gap(hit, p) for p in products) < min(_gap(hit, r) for r in rivals)


def _gap(hit: Hit, other: Hit) -> int:
    return min(abs(other.start - hit.end), abs(hit.start - other.end))


def _clause(text: Text, hit: Hit) -> tuple[int, int]:
    """Return the clause around a hit, as offsets into the folded text."""
    sentence = text.sentences[hit.sentence]
    folded = text.folded
    start, end = sentence.start, sentence.end
    for match in _CLAUSE.finditer(folded, sentence.start, sentence.end):
        if match.end() <= hit.start:
            start = match.end()
        elif match.start() >= hit.end:
            end = match.start()
            break
    return start, end
