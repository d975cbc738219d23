"""Axis ``main_result``: the abstract's own sentence that states the main result, verbatim."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate
from unicodedata import is_normalized

from evlit.classify.text import Sentence, Text, plain_text
from evlit.classify.weigh import zones
from evlit.records import Tag

_DESIGNS = ("clinical", "animal", "in_vitro")
_ZONE = {
    "own": 1.0,
    "closing": 0.9,
    "body": 0.6,
    "background": -2.0,
    "title": -9.0,
    "keywords": -9.0,
}
_WEIGHTS = (
    ("result_primary", 1.2, 1), ("result_found", 0.8, 2), ("result_closing", 0.9, 1),
    ("result_open", -0.9, 2), ("vesicle", 0.3, 1),
)  # fmt: skip
"""Cue class, what a hit adds to its sentence, and how many hits count."""
_LEAST = 1.0
_ENDS = 20
_LONGEST = 600
"""Characters: a longer "sentence" is one that could not be split."""


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the sentence that states the main result, if one can be told."""
    design = seen["design"][0].value if seen.get("design") else ""
    if design not in _DESIGNS:
        return []
    best, score = _best(text)
    if best is None:
        return []
    words = _verbatim(text, text.sentences[best])
    if not words or len(words) > _LONGEST:
        return []
    return [Tag("main_result", words, "rule", _why(text, best), round(min(0.95, score / 4), 2))]


def _best(text: Text) -> tuple[int | None, float]:
    """Return the sentence with the best claim; the earlier of two equal ones."""
    scores = [
        _ZONE[zone] + (_label(s.category) if s.category else 0.0)
        for zone, s in zip(zones(text), text.sentences, strict=True)
    ]
    for kind, weight, most in _WEIGHTS:
        last, count = -1, 0
        for hit in text.get(kind):
            count = count + 1 if hit.sentence == last else 1
            last = hit.sentence
            if count <= most:
                scores[last] += weight
    top = max(scores)
    best = scores.index(top)
    if top < _LEAST or not any(
        text.in_sentence(k, best) for k in ("result_found", "result_closing")
    ):
        return None, 0.0
    return best, top


@lru_cache(maxsize=1024)
def _label(category: str) -> float:
    """Return what a section's label adds."""
    if "METHOD" in category:
        return -0.8
    return 0.8 if "RESULT" in category or "FINDING" in category else 0.0


def _why(text: Text, number: int) -> str:
    kinds = ("result_primary", "result_closing", "result_found")
    hits = [h for k in kinds for h in text.get(k) if h.sentence == number]
    said = ", ".join(f"'{text.plain[h.start : h.end]}'" for h in hits[:3])
    return f"{zones(text)[number]}: {said}"


def _verbatim(text: Text, sentence: Sentence) -> str:
    """Return a sentence as the record writes it; folding may have changed its characters."""
    wanted = text.plain[sentence.start : sentence.end].strip()
    base = text.sentences[0].end + 2
    for section in text.record.sections:
        plain = section.text
        if not (plain.isascii() or is_normalized("NFKC", plain)):
            found = _by_ends(plain, wanted)
            if found:
                return found
            plain = plain_text(plain)
        if base <= sentence.start < base + len(plain) + 2:
            return _original(section.text, plain, sentence.start - base, sentence.end - base)
        base += len(plain) + 2
    return ""


def _by_ends(text: str, wanted: str) -> str:
    """Find a folded sentence in its source by its first and last words: quick, mostly right."""
    start = text.find(wanted[:_ENDS])
    end = text.find(wanted[-_ENDS:], start)
    found = text[start : end + _ENDS] if 0 <= start <= end else ""
    return found if plain_text(found) == wanted else ""


def _original(text: str, plain: str, start: int, end: int) -> str:
    """Return the part of a text that folded to ``plain[start:end]``; ``""`` if none did."""
    if len(plain) == len(text):
        return text[start:end].strip()
    at = list(accumulate((len(plain_text(char)) for char in text), initial=0))
    if at[-1] != len(plain):
        return ""
    return text[bisect_left(at, start) : bisect_left(at, end)].strip()
