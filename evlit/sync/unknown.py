"""Asking for names that PubMed's index does not hold.

A quoted phrase that is not in PubMed's phrase index is broken up into its words, which may
hit thousands of records; a word that is in no index is dropped, which may leave only the date
range beside it. Then the same is asked with the phrase as a proximity search of distance 0
(words side by side, which needs no phrase index; PubMed's guide advises it), and, should that
not be understood, with a search that hits nothing in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

NOTHING = "(1[uid] NOT 1[uid])"
"""A search that hits nothing, of words that PubMed knows."""
NEAR = {"tiab": "tiab", "title/abstract": "tiab", "ti": "ti", "title": "ti", "ad": "ad"}
"""Fields that take a proximity search."""
_LEAF = re.compile(
    r'"(?P<phrase>[^"]*)"(?:\[(?P<tag>[^\]]*)\])?|(?P<word>[^\s()"\[\]]+)\[(?P<of>[^\]]*)\]'
)


def fold_name(text: str) -> str:
    """Reduce a name to its letters and digits, to compare it with what PubMed says of it."""
    return re.sub(r"[\W_]+", "", re.sub(r"\[[^\]]*\]", "", text)).casefold()


def is_rewritten(term: str) -> bool:
    """Whether a term was written by one of the functions below."""
    return ":~0]" in term or NOTHING in term


def side_by_side(term: str, unknown: Iterable[str]) -> str:
    """Return the term with each unknown phrase as words side by side; a lone word hits nothing."""

    def near(match: re.Match[str]) -> str:
        words = re.findall(r"\w+", match["phrase"] or match["word"])
        field = NEAR.get((match["tag"] or match["of"] or "").lower())
        return f'"{" ".join(words)}"[{field}:~0]' if field and len(words) > 1 else NOTHING

    return _rewritten(term, unknown, near)


def nothing_for(term: str, unknown: Iterable[str]) -> str:
    """Return the term with each unknown phrase hitting nothing."""
    return _rewritten(term, unknown, lambda match: NOTHING)


def _rewritten(term: str, unknown: Iterable[str], write: Callable[[re.Match[str]], str]) -> str:
    folded = set(map(fold_name, unknown))

    def leaf(match: re.Match[str]) -> str:
        known = fold_name(match["phrase"] or match["word"] or "") not in folded
        return match[0] if known else write(match)

    return _LEAF.sub(leaf, term)
