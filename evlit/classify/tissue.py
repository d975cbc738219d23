"""Axis ``tissue``: where the cells come from that gave the product, or were given.

A tissue counts where it stands beside cells, vesicles or medium ("adipose mesenchymal stem
cells", "exosomes derived from bone marrow"), for a tissue is also named as what was treated.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from evlit.classify.text import Hit, Text
from evlit.records import Tag

_CUE = "misev_cell_source"
_NOUN = (
    r"(?:mesenchymal|stem|stromal|mscs?|progenitor|exosom\w*|\w*vesicl\w*|evs?|secretom\w*"
    r"|conditioned|fluid)\b"
)
_AFTER = re.compile(rf"[\w\s/()-]{{0,40}}?\b{_NOUN}")
_BEFORE = re.compile(
    rf"{_NOUN}[^.;]{{0,40}}\b(?:from|of|out of)\b(?: (?:the|human|rat|mouse|murine|healthy|donors?"
    r"|autologous|allogeneic)){0,3} ?$"
)
_ACRONYM = re.compile(r"\w*-?m?scs?$|shed$|dpscs?$")
_PRODUCT_AFTER = re.compile(
    r"s?[\s/()-]{0,3}(?:derived|exo|s?ev|vesic|secret|cm\b|conditioned|medi)"
)
_FROM = re.compile(
    r"(?:exosom\w*|\w*vesicl\w*|evs?|secretom\w*|medi(?:um|a)|fraction)(?: \w+ed)? (?:from|of|by)"
    r"(?: (?:the|human|rat|mouse|allogeneic|autologous))* ?$"
)
_IN_TITLE = 3


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the tissues named as the source, the one named most often first.

    One that is named far less often than the first is another's (cells treated, a comparison).
    """
    subject = seen["intervention"][0].value if seen.get("intervention") else "not_therapy"
    if subject == "not_therapy":
        return []
    weights: dict[str, int] = {}
    first: dict[str, Hit] = {}
    for hit in text.get(_CUE):
        words = text.folded[hit.start : hit.end]
        if text.sentences[hit.sentence].part == "keywords":
            continue
        if not _is_source(text, hit, words, cells=subject.startswith("cells")):
            continue
        tissue = _tissue_of(words)
        weights[tissue] = weights.get(tissue, 0) + (1 if hit.sentence else _IN_TITLE)
        first.setdefault(tissue, hit)
    best = max(weights.values(), default=0)
    return [
        Tag("tissue", tissue, "rule", text.quote(first[tissue]), 0.8)
        for tissue, weight in sorted(weights.items(), key=lambda item: -item[1])
        if weight * 2 > best
    ]


def _is_source(text: Text, hit: Hit, words: str, *, cells: bool) -> bool:
    sentence = text.sentences[hit.sentence]
    if _ACRONYM.search(words):
        # BMSCs are as often the cells that were treated as the cells that gave the vesicles.
        after, before = text.folded[hit.end : sentence.end], text.folded[sentence.start : hit.start]
        return cells or bool(_PRODUCT_AFTER.match(after) or _FROM.search(before))
    rest = re.match(r"[\w'-]*", text.folded[hit.end : sentence.end])
    after = text.folded[hit.end + (rest.end() if rest else 0) : sentence.end]
    before = text.folded[sentence.start : hit.start]
    return bool(_AFTER.match(after) or _BEFORE.search(before))


def _tissue_of(words: str) -> str:
    return next((tissue for tissue, pattern in _tissues() if pattern.fullmatch(words)), "other")


@lru_cache(maxsize=1)
def _tissues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    path = files("evlit") / "vocabulary" / "tissue.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple((key, re.compile("|".join(map(_either, words)))) for key, words in tables.items())


def _either(word: str) -> str:
    return re.escape(word.rstrip("*")) + (r"[\w-]*" if word.endswith("*") else "")
