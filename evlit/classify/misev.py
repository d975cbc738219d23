"""Axis ``named_in_abstract``: items of MISEV that the abstract names, with the words.

"Not seen in the abstract" is never "not done": an abstract cannot show it.
"""

from __future__ import annotations

import re

from evlit.classify.text import Hit, Text
from evlit.records import Tag

_DESIGNS = ("clinical", "animal", "in_vitro", "protocol", "other")
_ITEMS = ("isolation", "particle_count", "markers", "negative_marker", "cell_source")
_NUMBER = r"\d[\d.,]*(?: ?[x×*·] ?10 ?\^?\(?\d+\)?)?(?: ?(?:billion|million|trillion))?"
_DOSE = re.compile(
    rf"{_NUMBER} ?(?:(?:exosome |ev |vesicle )?particles?(?: ?(?:/|per) ?\w+)?"
    r"|(?:[µμu]g|mg|micrograms?|pmol|ml|[µμ]l)(?: ?(?:/|per) ?(?:kg|ml|g|mouse|rat"
    r"|animal|dose|knee|eye|drop|day|[µμ]l|cm2))?)(?![\w])"
)
_WORD_REST = re.compile(r"[\w-]*")
_PRODUCT = ("vesicle", "medium", "product_word")
_GIVING = re.compile(r"inject|infus|administ|receiv|treat|dose|inhal|given|appl|random|assign")


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return one tag an item, value ``item:words``; at most four words an item."""
    design = seen["design"][0].value if seen.get("design") else ""
    if design not in _DESIGNS or not (text.has("vesicle") or text.has("medium")):
        return []
    found: list[Tag] = []
    for item in _ITEMS:
        said: dict[str, Hit] = {}
        for hit in text.get(f"misev_{item}"):
            if text.sentences[hit.sentence].part != "keywords":
                said.setdefault(text.folded[hit.start : _word_end(text, hit)], hit)
        if said:
            words = ", ".join(_spelled(text, w) for w in list(said)[:4])
            why = text.quote(next(iter(said.values())))
            found.append(Tag("named_in_abstract", f"{item}:{words}", "rule", why, 0.9))
    found += _dose(text)
    for route in seen.get("route", ()):
        words = route.value.replace("_", " ")
        found.append(Tag("named_in_abstract", f"route:{words}", "rule", route.reason, route.score))
    return found


def _word_end(text: Text, hit: Hit) -> int:
    """Return where the word ends in which a hit with an open end stands."""
    found = _WORD_REST.match(text.folded, hit.end) if hit.cue.open_end else None
    return found.end() if found else hit.end


def _spelled(text: Text, folded: str) -> str:
    at = text.folded.find(folded)
    return text.plain[at : at + len(folded)]


def _dose(text: Text) -> list[Tag]:
    """Return the first amount given, with its unit, from a sentence about giving the product."""
    for number in sorted({h.sentence for kind in _PRODUCT for h in text.get(kind)}):
        sentence = text.sentences[number]
        folded = text.folded[sentence.start : sentence.end]
        match = _DOSE.search(folded)
        if match and sentence.part != "keywords" and _GIVING.search(folded):
            words = text.plain[sentence.start + match.start() : sentence.start + match.end()]
            quote = f"{sentence.part}: '{text.sentence_text(number)[:160]}'"
            return [Tag("named_in_abstract", f"dose:{words.strip()}", "rule", quote, 0.8)]
    return []
