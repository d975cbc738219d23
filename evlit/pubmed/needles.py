"""What a record may be found by → what of it is sought in the bytes, and how it is told there.

Of a phrase its rarest word is sought; only where it stands are the others looked for beside it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_RARITY = dict(zip("etaoinshrdlucmwfgypbvkxjqz", b"3444444445555555666677::;;", strict=True))
"""About the logarithm of how rare a letter is, as a digit's code."""
_WORD = re.compile(r"[a-z0-9]+")
_BETWEEN = r"""(?:[^a-z0-9<&]|&[a-z]*;?|<[^<>]*>|<AbstractText [^<>]*["']|["'][^<>]*>)"""
"""What may stand between two words of a phrase. The parts of an abstract in another tongue and
their labels become one text."""
_WINDOW = 64
_NOT_SEEN = (
    r"(?-i:</?(?:[a-z]|DispF)[^<>]*>|<AbstractText [^<>]*>|\A[^<>]*>"
    r"|(?:\A|</AbstractText>)\s*<AbstractText>)|&[a-z]+;"
)
"""Inline markup, a part's beginning or an entity: what stands before it is not looked at."""
_COMMON = frozenset(
    ("advanced", "biologic", "biologics", "biosciences", "biotech", "cancer", "cardiovascular",
     "cell", "cells", "center", "centers", "centre", "centres", "college", "derived", "direct",
     "extract", "factor", "foundation", "group", "hospital", "institute", "laboratories", "labs",
     "life", "medical", "medicine", "membrane", "national", "new", "plus", "science", "sciences",
     "services", "signaling", "signalling", "small", "therapeutics", "united", "university")
)  # fmt: skip
"""Words of affiliations and of this field, which say little."""
_TAGS = (
    "medlinecitation journalissue articletitle abstracttext authorlist validyn lastname forename "
    "initials affiliationinfo meshheadinglist descriptorname majortopicyn qualifiername chemical "
    "nameofsubstance publicationtypelist country medlinejournalinfo citationsubset keywordlist"
)
_SHORTEST = 3
_SHORT = 4
_GAPS = bytes(c for c in range(256) if c >= 128 or (not chr(c).isalnum() and chr(c) not in ">;"))
"""What may stand between words, save what ends markup or an entity."""
ID_DIGITS = 6
"""Digits in a row by which alone an id is told."""
EVEN = bytes(
    char if chr(char) in "abcdefghijklmnopqrstuvwxyz0123456789<" else
    char + 32 if chr(char) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" else
    32 for char in range(256)
)  # fmt: skip
"""Lower letters, digits and ``<``; all else is a blank."""

ALONE, MAKER, FIELD, FURTHER = 1, 2, 4, 8
"""What a needle found says, as bits: the record may belong; it may if it is about the field; it
is about the field; from here on, whatever the caller will."""


class Needle(NamedTuple):
    """A word or phrase that a record may be found by, folded: lower case, one space between."""

    text: str
    open_end: bool = False
    """True: its last word may go on (``exosom*``)."""
    says: int = ALONE
    number: bool = False
    """True: an id, found wherever its longest run of digits stands, in the list of authors too."""
    in_authors: bool = False
    """True: it may stand in the list of authors. A maker's name may anyhow."""


class Check(NamedTuple):
    """What must stand at a word for its phrase to be there."""

    phrase: re.Pattern[bytes]
    """The word and what follows it."""
    before: tuple[bytes, re.Pattern[bytes]] | None
    """The last letter or digit before it, and what ends the text there."""
    others: tuple[tuple[bytes, ...], ...]
    """The other words of the phrase, each in the forms that it may have in the even text."""

    def holds(self, text: bytes, start: int) -> bool:
        """Return whether the phrase stands where its word does."""
        if self.phrase.match(text, start) is None:
            return False
        if self.before is None:
            return True
        window = text[max(0, start - _WINDOW) : start]
        last, ending = self.before
        said = window.rstrip(_GAPS)[-1:]  # most texts end otherwise: that is seen at once
        return said.lower() in (last, b">", b";", b"") and ending.search(window) is not None


class Word(NamedTuple):
    """Something sought, in the even text."""

    text: bytes
    check: Check | None = None
    says: int = ALONE


NO_WORD = Word(b"")
"""Of a needle that cannot be told by a word."""


def words_of(needle: Needle) -> Iterator[Word]:
    """Yield what to seek for a needle: its rarest word, in the forms that it may have."""
    word, check, closed = _anchor(needle)
    if check is None:
        yield Word(word.encode().translate(EVEN), None, needle.says)
        return
    start = "" if word[0].isdigit() else " "
    for form in (word, f"{word[:-1]} s") if _ends_in_s(word) else (word,):
        for end in (" ", "<") if closed else ("",):
            yield Word(f"{start}{form}{end}".encode(), check, needle.says)


def digits_of(needle: Needle) -> str:
    """Return the longest run of digits of an id, ``""`` where it has none."""
    return max(re.findall(r"\d+", needle.text), key=len, default="")


def _anchor(needle: Needle) -> tuple[str, Check | None, bool]:
    """Return the rarest word of a needle, how to tell its phrase there, and does the word end.

    No check: the word may stand inside another. No word: it cannot be told by any.
    """
    if needle.number:
        return digits_of(needle), None, False
    if not needle.text.isascii():
        whole = [word for word in needle.text.split()[:-1] if _WORD.fullmatch(word)]
        return max(whole, key=_rarity, default=""), None, False
    words = _WORD.findall(needle.text)
    if not words:
        return "", None, False
    number = max(range(len(words)), key=lambda n: (_rarity(words[n]), n))
    word, phrase = words[number], _phrase(words[number:], needle.open_end)
    if word[0].isdigit() and (number == 0 or words[number - 1][-1].isdigit()):
        return word, None, False  # raised, it may stand at another number
    edge = "" if word[0].isdigit() else "(?<![a-z0-9])"
    before = None
    if number:
        stem = _stem(words[number - 1])
        text = f"(?:(?<![a-z0-9]){stem}[^a-z0-9]+|(?:{_NOT_SEEN})[^a-z0-9]*|\\A[^a-z0-9]*)\\Z"
        before = words[number - 1][-1].encode(), re.compile(text.encode(), re.IGNORECASE)
    open_end = needle.open_end and number == len(words) - 1
    closed = not open_end and not word[-1].isdigit()
    last = len(words) - 1
    others = tuple(
        _forms_of(other, open_end=needle.open_end and place == last)
        for place, other in enumerate(words)
        if place != number
    )
    check = Check(re.compile(f"{edge}{phrase}".encode(), re.IGNORECASE), before, others)
    return word, check, closed


def _ends_in_s(word: str) -> bool:
    return len(word) > _SHORTEST and word.endswith("s")


def _forms_of(word: str, *, open_end: bool) -> tuple[bytes, ...]:
    """Return how a word may stand in the even text; of a long one how it begins."""
    if word[0].isdigit():
        return (word.encode(),)  # it may stand at another number
    if open_end or len(word) > _SHORT or word[-1].isdigit():
        return (f" {word.removesuffix('s')}".encode(),)
    return (f" {word} ".encode(), f" {word}<".encode(), f" {word[:-1]} s".encode())


def _stem(word: str) -> str:
    """Return the pattern of a word; an apostrophe may stand before its last s."""
    return f"{word[:-1]}'?s" if _ends_in_s(word) else word


def _phrase(words: Sequence[str], open_end: bool) -> str:
    """Return the pattern of words one after another; raised numbers are parted from others."""
    text = _stem(words[0])
    for before, word in itertools.pairwise(words):
        optional = before[-1].isdigit() and word[0].isdigit()
        text += f"{_BETWEEN}{'*' if optional else '+'}{_stem(word)}"
    if open_end:
        return text
    return text + ("(?![a-z])" if words[-1][-1].isdigit() else "(?![a-z0-9])")


def _rarity(word: str) -> int:
    """Return how telling a word is: longer and of rarer letters."""
    if len(word) < _SHORTEST:
        return 0
    if word in _COMMON or word.removesuffix("s") in _TAGS:
        return len(word) // 2
    return sum(_RARITY.get(char, 52) - 48 for char in word)
