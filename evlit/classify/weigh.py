"""Weighs cue hits: how much a class of words says, by where in the record it stands.

Every sentence lies in a zone: ``title``, ``own`` (what the authors did or found),
``background`` (what came before), ``closing`` (conclusions), ``keywords``, or ``body`` where
an abstract shows no such parts. Weights are data: ``evlit/vocabulary/design.toml``.
"""

from __future__ import annotations

import math
import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from evlit.classify.text import Hit, Text

_OWN = (
    "METHOD", "RESULT", "FINDING", "MEASURE", "PATIENTS", "PARTICIPANTS", "INTERVENTION",
    "DESIGN", "SETTING", "CASE", "SUBJECTS", "MATERIAL", "OUTCOME", "EXPERIMENT",
    "OBSERVATION", "REPORT", "PRESENTATION",
)  # fmt: skip
_CLOSING = ("CONCLUSION", "FUTURE", "DISCUSSION", "INTERPRETATION", "IMPLICATION", "SIGNIFICANCE")
_BACKGROUND = ("BACKGROUND", "OBJECTIVE", "INTRODUCTION", "PURPOSE", "AIM", "CONTEXT", "IMPORTANCE")


_GENERAL = re.compile(r"\b(?:is|are|has|have|can|may|remains?|often)\b")
_RUN_IN = re.compile(
    r"(?:(?:patients?|materials?|subjects|participants)(?:,? (?:and|&)|/) )?"
    r"(?:methods?|results?|findings|interventions?|design|participants|patients|subjects|setting)"
    r"(?: and (?:methods?|results?|findings|setting|interventions?))?(?::|\.| -)"
)
"""A label that a sentence begins with where the record has no sections: what follows is own."""
_LONGEST_LABEL = 26
_ONLY_LATER = ("since then", "the field has")
"""Words that go on with a history which other words must begin."""
_SHORT = 5
"""In shorter abstracts any event, and any sentence that states nothing general, is own work."""


class Weight(NamedTuple):
    """What one class of cues counts for one side."""

    side: str
    by_zone: dict[str, float]
    """Zone → weight there; zones where it weighs nothing are left out."""
    cap: float
    sign: float
    """-1.0 for words that speak against the side."""


class Weighed:
    """The sum for one side, and the hits that made it."""

    __slots__ = ("hits", "total")

    def __init__(self) -> None:
        self.total = 0.0
        self.hits: list[tuple[float, Hit]] = []

    def reason(self, text: Text, most: int = 3) -> str:
        """Quote the hits that weighed most, apart from each other."""
        return quote_best(text, self.hits, most)


_NOTHING = Weighed()
"""What a side without hits weighs; never changed."""


def quote_best(text: Text, hits: list[tuple[float, Hit]], most: int = 3) -> str:
    """Quote the heaviest hits of a list, apart from each other."""
    if not hits:
        return ""
    said: list[str] = []
    taken: list[Hit] = []
    for weight, hit in sorted(hits, key=lambda p: (-p[0], p[1].start)):
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
    return weigh_all(text).get(side, _NOTHING)


def weigh_all(text: Text) -> dict[str, Weighed]:
    """Return what the classes weigh, by side; sides without hits are left out."""
    known: dict[str, Weighed] | None = text.memo.get("weighed")
    if known is None:
        known = text.memo["weighed"] = _weigh_all(text)
    return known


def _weigh_all(text: Text) -> dict[str, Weighed]:
    sums: dict[str, Weighed] = {}
    zone_of = zones(text)
    table = weights()
    for kind, hits in text.hits.items():
        sides = table.get(kind)
        if not sides:
            continue
        for side, by_zone, cap, sign in sides:
            part = [
                (weight, hit)
                for hit in hits
                if (weight := by_zone.get(zone_of[hit.sentence])) is not None
            ]
            if part:
                one = sums.get(side)
                if one is None:
                    one = sums[side] = Weighed()
                one.total += sign * (
                    _diminish(part, cap) if len(part) > 1 else min(cap, abs(part[0][0]))
                )
                one.hits += part
    return sums


def squash(margin: float, steepness: float = 1.2) -> float:
    """Return a score in 0..1 for a margin between the chosen and the next best reading."""
    return round(1.0 / (1.0 + math.exp(-steepness * margin)), 3)


@lru_cache(maxsize=1)
def weights() -> dict[str, list[Weight]]:
    """Read the weights, by class of cues."""
    text = (files("evlit") / "vocabulary" / "design.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    by_name = data.pop("zones")
    found: dict[str, list[Weight]] = {}
    for side, table in data.items():
        for kind, (weight, zone, cap) in table.items():
            by_zone = {z: weight * share for z, share in by_name[zone].items() if weight * share}
            sign = 1.0 if weight > 0 else -1.0
            found.setdefault(kind, []).append(Weight(side, by_zone, cap, sign))
    return found


@lru_cache(maxsize=32)
def words(name: str) -> frozenset[str]:
    """Read one of the word lists in ``evlit/vocabulary/words.toml``."""
    text = (files("evlit") / "vocabulary" / "words.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)[name])


def _diminish(part: list[tuple[float, Hit]], cap: float) -> float:
    """Sum weights up to a cap, each further one at 0.6; the same words in one zone count once."""
    if abs(part[0][0]) >= cap:
        return cap
    apart = {(abs(weight), hit.cue.literal) for weight, hit in part}
    total, factor = 0.0, 1.0
    for weight in sorted([weight for weight, _ in apart], reverse=True):
        total += weight * factor
        if total >= cap:
            return cap
        factor = max(factor * 0.6, 0.1)
    return total


def _zones(text: Text) -> list[str]:
    hits, sentences, last = text.hits, text.sentences, text.last
    own = {h.sentence for kind in ("own_work", "past", "we") for h in hits.get(kind, ())}
    own |= {h.sentence for h in hits.get("case_report", ()) if "old " in h.cue.literal}
    earlier = {h.sentence for h in hits.get("earlier_work", ())}
    past = _history(hits)
    first_own = min((i for i in own - earlier - past if 0 < i <= last), default=0)
    closes = last > 2 and any(h.sentence == last for h in hits.get("closing", ()))
    out = ["title"]
    begun = False
    for index in range(1, last + 1):
        sentence = sentences[index]
        begun = begun or index == first_own
        if not begun and first_own and not sentence.category:
            begun = _opens_own(text.folded, sentence.start)
        if not begun and last < _SHORT:
            told = index in own or any(h.sentence == index for h in hits.get("event", ()))
            begun = told or not _GENERAL.search(text.folded, sentence.start, sentence.end)
        if sentence.category and (labelled := _by_label(sentence.category)):
            out.append(labelled)
        elif closes and index == last:
            out.append("closing")
        elif index in past:
            out.append("background")
        elif not first_own:
            out.append("body")
        else:
            before = index in earlier and 2 * index < last
            out.append("own" if begun and not before else "background")
    return out + ["keywords"] * (len(sentences) - len(out))


def _history(hits: dict[str, list[Hit]]) -> set[int]:
    """Return the sentences that tell a field's history, in a text whose writers did nothing."""
    told = hits.get("history")
    if not told or "we" in hits or "case_report" in hits:
        return set()
    if all(h.cue.literal in _ONLY_LATER for h in told):
        return set()
    return {h.sentence for h in told}


def _opens_own(folded: str, start: int) -> bool:
    near = folded[start : start + _LONGEST_LABEL]
    return (":" in near or "." in near) and _RUN_IN.match(near) is not None


@lru_cache(maxsize=1024)
def _by_label(category: str) -> str | None:
    if not category or category == "UNASSIGNED":
        return None
    for words, zone in ((_OWN, "own"), (_CLOSING, "closing"), (_BACKGROUND, "background")):
        if any(w in category for w in words):
            return zone
    return None
