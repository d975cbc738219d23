"""Names in texts: folding, spelling variants, boundaries, and one automaton for all of them.

A name and a text are folded alike (NFKC, case, trade marks dropped, hyphens and spaces one
thing), so a hit in folded text is found again in the words of the source by :func:`locate`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

import ahocorasick_rs

_INVISIBLE = "".join(
    chr(c)
    for c in (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
)
_DROPPED = "™®℠" + _INVISIBLE
_DROPPED_WORDS = ("(tm)", "(r)", "(sm)")
_HYPHENS = "‐‑‒–—―−﹣"
_GAPS = "-\t\n\r\x0b\x0c\x85\u1680\u2028\u2029"
_ASCII_GAPS = _GAPS[:6]
_MARK = re.compile(r"\((?:tm|r|sm)\)")
_RUN = re.compile(r"  +")
_PLUS = re.compile(r" ?(?:\+|plus\b) ?")
_MAX_FORMS = 64
_DFA_CHARS = 30_000
"""Up to this many characters of names the automaton is a DFA: 2.5 times faster, more memory."""


def fold(text: str) -> str:
    """Return the form of a text in which names are compared; its offsets are its own."""
    if text.isascii():
        folded = text.lower()
        for char in _ASCII_GAPS:
            folded = folded.replace(char, " ")
    else:
        for char in _DROPPED:
            if char in text:
                text = text.replace(char, "")
        folded = unicodedata.normalize("NFKC", text).lower()
        for char in _HYPHENS + _GAPS:
            if char in folded:
                folded = folded.replace(char, " ")
    if _MARK.search(folded):
        for word in _DROPPED_WORDS:
            folded = folded.replace(word, "")
    return _RUN.sub(" ", folded) if "  " in folded else folded


def squash(text: str) -> str:
    """Return a name without marks, hyphens and spaces, case kept: for names that need it."""
    for char in _DROPPED:
        text = text.replace(char, "")
    text = re.sub(r"\((?:TM|R|SM)\)", "", unicodedata.normalize("NFKC", text), flags=re.I)
    text = re.sub(r"(?i)plus\b", "+", text)
    return re.sub(rf"[\s{_HYPHENS}-]", "", text)


def spellings(name: str) -> list[str]:
    """Return the folded spellings under which a name may stand.

    A hyphen or space may be there or not, also before a number; ``+`` may be written
    ``plus``. Names of many words keep their spaces.
    """
    base = fold(name).strip()
    if not base:
        return []
    parts = re.split(r"( ?\+ ?| ?plus\b ?| |(?<=[a-z])(?=[0-9]))", base)
    if sum(1 for p in parts[1::2] if p == " ") > 3:
        parts = re.split(r"( ?\+ ?| ?plus\b ?)", base)
    options = [
        [part] if n % 2 == 0 else _joints(part, last=not "".join(parts[n + 1 :]))
        for n, part in enumerate(parts)
    ]
    forms = ("".join(choice) for choice in islice(product(*options), _MAX_FORMS))
    return sorted({fold(f).strip() for f in forms} - {""})


def _joints(joint: str, *, last: bool) -> list[str]:
    if not _PLUS.fullmatch(joint):
        return ["", " "]
    if last:
        return ["+", " +", "plus", " plus"]
    return ["+", "+ ", " +", " + ", "plus", " plus", "plus ", " plus "]


def is_latin(char: str) -> bool:
    """Return whether a boundary matters beside this character: Latin letters and digits."""
    return char.isalnum() and (char < "ɐ" or "\u1e00" <= char <= "\u1eff")


def stands_alone(folded: str, start: int, end: int) -> bool:
    """Return whether a hit is a whole name: ``exoflo`` is not in ``exoflow``, ``asce`` not
    in ``asce+``; CJK beside a name is no boundary's matter."""
    if start and is_latin(folded[start - 1]) and is_latin(folded[start]):
        return False
    if end == len(folded):
        return True
    after = folded[end]
    if is_latin(folded[end - 1]) and is_latin(after):
        return False
    if after != "+" or folded[end - 1] == "+":
        return True
    return end + 1 < len(folded) and is_latin(folded[end + 1])


class Span(NamedTuple):
    """One literal found in folded text."""

    literal: int
    start: int
    end: int


class NameIndex:
    """Literals in one Aho-Corasick automaton: cost does not grow with their number."""

    def __init__(self, literals: Sequence[str]) -> None:
        self.literals = list(literals)
        self._automaton: ahocorasick_rs.AhoCorasick | None = None
        if literals:
            small = sum(map(len, literals)) <= _DFA_CHARS
            kind = ahocorasick_rs.Implementation.DFA if small else None
            self._automaton = ahocorasick_rs.AhoCorasick(self.literals, implementation=kind)

    def find(self, folded: str) -> list[Span]:
        """Return the hits that stand alone, in order of their end."""
        if self._automaton is None:
            return []
        found = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        return [Span(n, a, b) for n, a, b in found if stands_alone(folded, a, b)]


def locate(text: str, folded: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the folded span ``start:end`` stands in the text itself.

    None where folding piece by piece does not give the same words (hostile sequences).
    """
    wanted = folded[start:end]
    if fold(text[start:end]) == wanted and len(text) == len(folded):
        return start, end
    again, at = _fold_with_offsets(text)
    if again[start:end] != wanted:
        found = again.find(wanted)
        if found < 0:
            return None
        start, end = found, found + len(wanted)
    return at[start][0], at[end - 1][1]


def _fold_with_offsets(text: str) -> tuple[str, list[tuple[int, int]]]:
    chars: list[tuple[str, int, int]] = []
    for start, end in _clusters(text):
        piece = text[start:end]
        if piece not in _DROPPED:
            folded = unicodedata.normalize("NFKC", piece).lower()
            chars += [(" " if c in _HYPHENS + _GAPS else c, start, end) for c in folded]
    chars = _without_marks(chars)
    kept = [c for n, c in enumerate(chars) if not (c[0] == " " and n and chars[n - 1][0] == " ")]
    return "".join(c[0] for c in kept), [(c[1], c[2]) for c in kept]


def _without_marks(chars: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    for word in _DROPPED_WORDS:
        joined = "".join(c[0] for c in chars)
        at = joined.rfind(word)
        while at >= 0:
            del chars[at : at + len(word)]
            at = joined.rfind(word, 0, at)
    return chars


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for n in range(1, len(text) + 1):
        if n == len(text) or not (unicodedata.combining(text[n]) or text[n] in "\uff9e\uff9f"):
            if start < n:
                yield start, n
            start = n
