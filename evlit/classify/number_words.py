"""Numbers in English sentences: digits and words, what they say and where they begin."""

from __future__ import annotations

import re

from evlit.classify.text import Text

_UNIT_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TEN_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = {word: number for number, word in enumerate(_UNIT_WORDS)}
_TENS = {word: 10 * number for number, word in enumerate(_TEN_WORDS, 2)}
_ONES = "|".join(_UNIT_WORDS[1:10])
SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{_ONES}))?|{'|'.join(_UNIT_WORDS[1:])})"
"""Pattern of a number below a hundred in words."""
NUMBER = rf"(?:(?:(?:{_ONES}) hundred(?: and)?(?: {SMALL})?)|{SMALL})"
"""Pattern of a number below a thousand in words."""

WORDS = frozenset((*_UNITS, *_TENS, "hundred"))
"""Words that a number may begin with: the cues of the class ``number_word``, too."""
_DIGITS = re.compile(r"\d+")
_TOKEN = re.compile(r"[a-z]+|\d+")


def number_of(word: str) -> int:
    """Return the number that digits or English words say; 0 where none."""
    word = word.lower()
    digits = word.replace(",", "").replace(" ", "")
    if digits.isdigit():
        return int(digits)
    total = 0
    for part in re.split(r"[- ]", word):
        total = (
            max(total, 1) * 100
            if part == "hundred"
            else total + _UNITS.get(part, _TENS.get(part, 0))
        )
    return total


def has_words(text: Text, sentence: int) -> bool:
    """Return whether a sentence holds a number in words."""
    known: set[int] | None = text.memo.get("number_words")
    if known is None:
        known = text.memo["number_words"] = {hit.sentence for hit in text.get("number_word")}
    return sentence in known


def number_starts(folded: str, *, words: bool) -> list[int]:
    """Return where numbers may begin in a folded text: at digits and, if asked, at number words.

    A pattern that begins with a number is tried there alone: several times as fast as at
    every letter.
    """
    if not words:
        return [match.start() for match in _DIGITS.finditer(folded)]
    return [
        match.start()
        for match in _TOKEN.finditer(folded)
        if (token := match[0]) in WORDS or not token.isalpha()
    ]
