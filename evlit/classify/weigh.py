"""Weighs cue hits: how much a class of words says, by where in the record it stands.

Every sentence lies in a zone: ``title``, ``own`` (what the authors did or found),
``background`` (what came before), ``closing`` (conclusions), ``keywords``, or ``body`` where
an abstract shows no such parts. Weights are data: ``evlit/vocabulary/design.toml``.
"""

from __future__ import annotations

import math
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from evlit.classify.text import Hit, Text

_OWN = ("METHOD", "RESULT", "FINDING", "MEASURE", "PATIENTS", "PARTICIPANTS", "INTERVENTION",
        "DESIGN", "SETTING", "CASE", "SUBJECTS", "MATERIAL", "OUTCOME", "EXPERIMENT")  # fmt: skip
_CLOSING = ("CONCLUSION", "DISCUSSION", "INTERPRETATION", "IMPLICATION", "SIGNIFICANCE")
_BACKGROUND = ("BACKGROUND", "OBJECTIVE", "INTRODUCTION", "PURPOSE", "AIM", "CONTEXT", "IMPORTANCE")


_SHORT = 5
"""Abstracts of fewer sentences have no background to speak of."""


class Weight(NamedTuple):
    """What one class of cues counts for a side."""

    kind: str
    weight: float
    zones: dict[str, float]
    cap: float


class Weighed(NamedTuple):
    """The sum for one side, and the hits that made it, heaviest first."""

    total: float
    hits: list[tuple[float, Hit]]

    def reason(self, text: Text, most: int = 3) -> str:
        """Quote the hits that weighed most, apart from each other."""
        said: list[str] = []
        taken: list[Hit] = []
        for weight, hit in self.hits:
            if weight <= 0 or len(said) == most:
                break
            if all(hit.sentence != t.sentence or abs(hit.start - t.start) > 40 for t in taken):
                taken.append(hit)
                said.append(text.quote(hit))
        return "; ".join(said)


def zones(text: Text) -> list[str]:
    """Return the zone of every sentence of a record."""
    known = text.memo.get("zones")
    if known is None:
        known = text.memo["zones"] = _zones(text)
    return known


def weigh(text: Text, side: str) -> Weighed:
    """Return what the classes of one side weigh in a record."""
    zone_of = zones(text)
    total = 0.0
    found: list[tuple[float, Hit]] = []
    for kind, weight, by_zone, cap in weights()[side]:
        hits = text.hits.get(kind)
        if hits:
            part = sorted(
                ((weight * by_zone.get(zone_of[h.sentence], 0.0), h) for h in hits),
                key=lambda p: -abs(p[0]),
            )
            total += math.copysign(min(cap, _diminish(part)), weight)
            found += part
    found.sort(key=lambda p: (-p[0], p[1].start))
    return Weighed(total, found)


def squash(margin: float, steepness: float = 1.2) -> float:
    """Return a score in 0..1 for a margin between the chosen and the next best reading."""
    return round(1.0 / (1.0 + math.exp(-steepness * margin)), 3)


@lru_cache(maxsize=1)
def weights() -> dict[str, list[Weight]]:
    """Read the weights, by side."""
    text = (files("evlit") / "vocabulary" / "design.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    by_name = data.pop("zones")
    return {
        side: [Weight(kind, w, by_name[zone], cap) for kind, (w, zone, cap) in table.items()]
        for side, table in data.items()
    }


def _diminish(part: list[tuple[float, Hit]]) -> float:
    """Sum weights, each further one at half; the same words in the same zone count once."""
    total, factor = 0.0, 1.0
    seen: set[tuple[str, float]] = set()
    for weight, hit in part:
        key = (hit.cue.literal, weight)
        if key not in seen:
            seen.add(key)
            total += abs(weight) * factor
            factor = max(factor * 0.6, 0.1)
    return total


def _zones(text: Text) -> list[str]:
    own = {h.sentence for h in text.get("own_work")}
    closing = {h.sentence for h in text.get("closing")}
    earlier = {h.sentence for h in text.get("earlier_work")}
    out: list[str] = []
    last = max((i for i, s in enumerate(text.sentences) if s.part == "abstract"), default=0)
    any_own = any(text.sentences[i].part == "abstract" for i in own - earlier)
    begun = False
    for index, sentence in enumerate(text.sentences):
        if sentence.part != "abstract":
            out.append(sentence.part)
            continue
        labelled = _by_label(sentence.category)
        begun = begun or (index in own and index not in earlier)
        if labelled:
            out.append(labelled)
        elif index == last and index in closing and index > 2:
            out.append("closing")
        elif not any_own or last < _SHORT:
            out.append("body")
        else:
            before = index in earlier and 2 * index < last
            out.append("own" if begun and not before else "background")
    return out


def _by_label(category: str) -> str | None:
    if not category or category == "UNASSIGNED":
        return None
    for words, zone in ((_OWN, "own"), (_CLOSING, "closing"), (_BACKGROUND, "background")):
        if any(w in category for w in words):
            return zone
    return None
