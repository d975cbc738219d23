"""Names that describe a kind of product and name none: "exosomes", "hUC-MSC"."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from evlit.kept import load_toml
from evlit.names.folding import fold_name, has_cjk, name_tokens

_UNITS = frozenset({"billion", "million", "trillion", "ml", "mg", "ug", "µg", "mcg", "cc"})
_AMOUNT = re.compile(rf"\d+(?:{'|'.join(sorted(_UNITS))})")


class Description(NamedTuple):
    """What a generic name describes; ``""`` where it does not say."""

    source_kind: str = ""
    intervention: str = ""
    tissue: str = ""


def describe(typed: str) -> Description | None:
    """Return what a generic name describes, or None where a word of it may be a brand."""
    tokens = without_amounts(name_tokens(typed.replace("'s", "").replace("’s", "")))
    found: list[tuple[str, str, str]] = []
    for token in tokens:
        said = _said(token)
        if said is None:
            return None
        found += said
    return _put_together(found) if found else None


def bare_name(typed: str) -> str:
    """Return typed words without those that describe and without amounts: what may be a brand.

    ``""`` where nothing is left, or nothing was taken away.
    """
    words = typed.split()
    brand = [w for w in words if not _describes(w)]
    amounts = set(name_tokens(typed)) - set(without_amounts(name_tokens(typed)))
    brand = [w for w in brand if not set(name_tokens(w)) <= amounts]
    return " ".join(brand) if 0 < len(brand) < len(words) else ""


def may_be_a_word(brand: str) -> bool:
    """Whether a brand is written as an ordinary word may be: "flow", not "NovExo 7" or "Exo+"."""
    inner = any(a.islower() and b.isupper() for a, b in pairwise(brand))
    return not (inner or " " in brand or has_cjk(brand)) and brand.isalpha()


def _describes(word: str) -> bool:
    tokens = name_tokens(word)
    return bool(tokens) and all(t in describing_words() or t == "by" for t in tokens)


def without_amounts(tokens: list[str]) -> list[str]:
    """Return tokens without amounts: a number counts as one only before its unit.

    ``50 billion exosomes`` is a description, ``Exo-500`` may be a brand.
    """
    pairs = zip(tokens, [*tokens[1:], ""], strict=False)
    return [
        t for t, after in pairs
        if t not in _UNITS and not (t.isdigit() and after in _UNITS) and not _AMOUNT.fullmatch(t)
    ]  # fmt: skip


def _put_together(found: list[tuple[str, str, str]]) -> Description:
    """Put the words' meanings together; what two words say differently stays open."""
    kinds, interventions, tissues = (
        {v for v in column if v} for column in zip(*found, strict=True)
    )
    if "conditioned_medium" in interventions:
        interventions = {"conditioned_medium"}
    if {"umbilical_cord", "cord_blood"} <= tissues:
        tissues = {"cord_blood"}
    return Description(
        *(
            next(iter(values)) if len(values) == 1 else ""
            for values in (kinds, interventions, tissues)
        )
    )


def _said(token: str) -> list[tuple[str, str, str]] | None:
    """Return the meanings of one word, or None where it is no describing word."""
    known = describing_words().get(token)
    if known is not None:
        return [known]
    match = _compound().fullmatch(token)
    if match and (match["cells"] or match["vesicles"]):
        tissue = _sources().get(match["source"] or "", "")
        return [("msc" if match["cells"] else "", "ev" if match["vesicles"] else "", tissue)]
    return _segmented(token) if has_cjk(token) else None


def _segmented(token: str) -> list[tuple[str, str, str]] | None:
    """Return the meanings of a text without spaces, cut into known words; None if it fails."""
    best: list[list[tuple[str, str, str]] | None] = [[]] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(end):
            before, known = best[start], describing_words().get(token[start:end])
            if before is not None and known is not None:
                best[end] = [*before, known]
                break
    return best[-1]


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, object]]:
    path = Path(__file__).parents[1] / "wording" / "generic_names.toml"
    return load_toml(path)


@lru_cache(maxsize=1)
def describing_words() -> dict[str, tuple[str, str, str]]:
    """Return folded describing word → (source_kind, intervention, tissue)."""
    words: dict[str, tuple[str, str, str]] = {}
    for table in _tables().values():
        listed = table.get("words")
        meaning = tuple(str(table.get(k, "")) for k in ("source_kind", "intervention", "tissue"))
        for word in listed if isinstance(listed, list) else ():
            words[fold_name(word)] = (meaning[0], meaning[1], meaning[2])
    return words


@lru_cache(maxsize=1)
def _sources() -> dict[str, str]:
    sources = _tables()["compounds"]["source"]
    return {str(k): str(v) for k, v in sources.items()} if isinstance(sources, dict) else {}


@lru_cache(maxsize=1)
def _compound() -> re.Pattern[str]:
    table = _tables()["compounds"]

    def either(name: str) -> str:
        words = table[name]
        texts = [str(w) for w in words] if isinstance(words, list | dict) else []
        return "|".join(sorted(map(re.escape, texts), key=len, reverse=True))

    return re.compile(
        f"(?P<source>{either('source')})?(?P<cells>{either('cells')})?"
        f"(?P<vesicles>{either('vesicles')})?"
    )
