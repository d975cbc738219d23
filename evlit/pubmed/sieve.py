"""Tells from a record's bytes that no word sought can be in it, so that it need not be parsed.

A word is found in the bytes as they stand where nothing parts it. What may part a word, or
make one of other signs, is undone first: inline markup (``exo<i>some</i>``), apostrophes,
trade marks, accents. Where that would need a parser (comments, CDATA, character references,
scripts without spaces, fractions) the record passes. So whatever the parsed record would be
found by, the sieve lets through; what it lets through besides costs time only.

It takes NLM's own document type for granted in two things: the PMID stands first, and no
element of a text begins with a capital save DispFormula.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

_SET = 60
"""Words sought at a time: above 64 the search for them is a tenth as fast."""
_RARITY = dict(zip("etaoinshrdlucmwfgypbvkxjqz", b"3444444445555555666677::;;", strict=True))
"""About the logarithm of how rare a letter is, as a digit's code."""
_WORD = re.compile(r"[a-z0-9]+")
_BETWEEN = r"(?:[^a-z0-9<&]|&[a-z]*;?|<[^<>]*>)"
"""What may stand between two words of a phrase."""
_WINDOW = 64
_COMMON = frozenset(
    ("advanced", "biologic", "biologics", "biosciences", "biotech", "cancer", "cardiovascular",
     "center", "centre", "college", "factor", "foundation", "group", "hospital", "institute",
     "laboratories", "labs", "life", "medical", "medicine", "national", "new", "plus", "science",
     "sciences", "services", "therapeutics", "university")
)  # fmt: skip
"""Words of affiliations, which say little."""
_TAGS = (
    "medlinecitation journalissue articletitle abstracttext authorlist validyn lastname forename "
    "initials affiliationinfo meshheadinglist descriptorname majortopicyn qualifiername chemical "
    "nameofsubstance publicationtypelist country medlinejournalinfo citationsubset keywordlist"
)
_SHORTEST = 3
_END = b"</MedlineCitation>"
_BEGIN = re.compile(
    rb"\s*<PubmedArticle>\s*<MedlineCitation[^<>]*>\s*<PMID[^<>]*>\s*(\d{1,9})\s*</PMID>"
)
_INLINE = re.compile(rb"</?(?:[a-z_\x80-\xff]|DispF)[^<>]*>")
_RAISED_TM = re.compile(rb"tm\s*</sup")
"""A raised TM becomes a sign, a fraction gets a stroke."""
_IN_WORD = re.compile(
    rb"'(?<=[a-z0-9\x80-\xff'`]')(?=[a-z0-9\x80-\xff'`])(?!s(?:[^a-z0-9\x80-\xff'`(]|\Z))"
)
"""An apostrophe in a word, save that before a last s, which the patterns know."""
_MARK = re.compile(rb"\((?:tm|r|sm)\)")
_ASCII = bytes(range(128))
_SIGNS = "™®℠©"
_ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]+"
)
_APOSTROPHES = "’‘´′ʼ＇"
_INVISIBLE = frozenset(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
)


def _any_of(*words: bytes) -> Callable[[bytes], list[tuple[int, int, int]]]:
    leftmost = ahocorasick_rs.MatchKind.LeftmostFirst
    return ahocorasick_rs.BytesAhoCorasick(words, matchkind=leftmost).find_matches_as_indexes


_MARKUP = _any_of(*(b"</%c" % c for c in b"abcdefghijklmnopqrstuvwxyz_"), b"<DispF", b"/>")
_MARKS = _any_of(b"(tm)", b"(r)", b"(sm)")


class Needle(NamedTuple):
    """A word or phrase that a record may be found by, folded: lower case, one space between."""

    text: str
    open_end: bool = False
    """True: its last word may go on (``exosom*``)."""
    number: bool = False
    """True: an id, found wherever its longest run of digits stands."""


class _Check(NamedTuple):
    """What must stand at a word for its phrase to be there."""

    phrase: re.Pattern[bytes]
    """The word and what follows it."""
    before: re.Pattern[bytes] | None = None
    """What ends the text before it, where the word alone says little."""

    def holds(self, text: bytes, start: int) -> bool:
        return self.phrase.match(text, start) is not None and (
            self.before is None
            or self.before.search(text[max(0, start - _WINDOW) : start]) is not None
        )


_Find = Callable[[bytes], list[tuple[int, int, int]]]
_Set = tuple[_Find, list[tuple[_Check | None, ...]]]
_Words = Mapping[str, Mapping[_Check | None, None]]


class Sieve:
    """The words of topics and products, ready to be sought in bytes."""

    def __init__(
        self, needles: Iterable[Needle], pmids: Iterable[int] = (), dois: Iterable[str] = ()
    ) -> None:
        """:param dois: own DOIs of records that must pass, lower case"""
        self._pmids = frozenset(b"%d" % pmid for pmid in pmids)
        letters: dict[str, dict[_Check | None, None]] = {}
        digits: dict[str, dict[_Check | None, None]] = {}
        runs: dict[str, dict[_Check | None, None]] = {}
        for needle in needles:
            if not any(map(_is_foreign, needle.text)):  # such letters pass by themselves
                word, check = _anchor(needle)
                kind = runs if check is None else digits if word[0].isdigit() else letters
                kind.setdefault(word, {})[check] = None
        self.blind = "" in runs or any(not doi.isascii() or set(doi) & set("<>&") for doi in dois)
        """True: something sought cannot be told by a word of it, so every record passes."""
        self._sets = [s for words in (letters, digits, runs) for s in _sets(words)]
        self._dois = _sets({doi: {None: None} for doi in dois})

    def passes(self, data: bytes) -> bool:
        """Return False only where no needle can be in the record of these bytes."""
        end = data.rfind(_END)
        begin = _BEGIN.match(data)
        if self.blind or end < 0 or begin is None or begin.group(1) in self._pmids:
            return True
        if _has_more_than_text(data):
            return True
        head = data[begin.end() : end]
        text = head.lower()
        if _hit(self._sets, text) or self._names_doi(data, text, end):
            return True
        variants = _other_readings(head, text)
        return variants is None or any(_hit(self._sets, variant) for variant in variants)

    def _names_doi(self, data: bytes, text: bytes, end: int) -> bool:
        """Look for a DOI where the record's own stands; those of cited papers stand behind."""
        if not self._dois:
            return False
        stop = data.find(b"<ReferenceList", end)
        ids = data[end : stop if stop >= 0 else len(data)].lower()
        return _hit(self._dois, ids) or _hit(self._dois, text)


def _anchor(needle: Needle) -> tuple[str, _Check | None]:
    """Return the rarest word of a needle and how to tell its phrase there.

    No check: the word may stand inside another. No word: it cannot be told by any.
    """
    if needle.number:
        return max(re.findall(r"\d+", needle.text), key=len, default=""), None
    if not needle.text.isascii():
        whole = [word for word in needle.text.split()[:-1] if _WORD.fullmatch(word)]
        return max(whole, key=_rarity, default=""), None
    words = _WORD.findall(needle.text)
    if not words:
        return "", None
    number = max(range(len(words)), key=lambda n: (_rarity(words[n]), n))
    word, phrase = words[number], _phrase(words[number:], needle.open_end)
    if word[0].isdigit() and (number == 0 or words[number - 1][-1].isdigit()):
        return word, None  # raised, it may stand at another number
    edge = "" if word[0].isdigit() else "(?<![a-z0-9])"
    before = None
    if number:
        # A tag or an entity between them is not looked behind.
        stem = _stem(words[number - 1])
        text = f"(?:(?<![a-z0-9]){stem}[^a-z0-9]+|[>;][^a-z0-9]*|\\A[^a-z0-9]*)\\Z"
        before = re.compile(text.encode())
    return _searched(word), _Check(re.compile(f"{edge}{phrase}".encode()), before)


def _ends_in_s(word: str) -> bool:
    return len(word) > _SHORTEST and word.endswith("s")


def _searched(word: str) -> str:
    return word[:-1] if _ends_in_s(word) else word


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
    if word in _COMMON or _searched(word) in _TAGS:
        return len(word) // 2
    return sum(_RARITY.get(char, 52) - 48 for char in word)


def _sets(words: _Words) -> list[_Set]:
    """Part the words into sets that are sought at once; the shortest of a set sets its pace."""
    found = []
    for low, high in ((4, 1000), (3, 4), (1, 3)):
        some = sorted(word for word in words if low <= len(word) < high)
        found += [_one_set(some[n : n + _SET], words) for n in range(0, len(some), _SET)]
    return found


def _one_set(some: Sequence[str], words: _Words) -> _Set:
    """Only one of the words that begin at a place is reported: the shortest, for all of them."""
    first = [w for w in some if not any(w != other and w.startswith(other) for other in some)]
    checks = [tuple({c: None for w in some if w.startswith(f) for c in words[w]}) for f in first]
    return _any_of(*(word.encode() for word in first)), checks


def _hit(sets: Sequence[_Set], text: bytes) -> bool:
    """Return whether one of the words stands in a text.

    A hit inside another is not reported, and need not be: a word begins after no letter.
    """
    for find, checks in sets:
        for number, start, _ in find(text):
            for check in checks[number]:
                if check is None or check.holds(text, start):
                    return True
    return False


def _has_more_than_text(data: bytes) -> bool:
    """Return whether only a parser can tell the text. One byte is sought first: it is quicker."""
    return (
        (b"#" in data and b"&#" in data)
        or (b"!" in data and b"<!" in data)
        or (b"?" in data and b"<?" in data)
        or (b"&" in data and b"&apos" in data)
    )


def _other_readings(head: bytes, text: bytes) -> set[bytes] | None:
    """Return the text as the two foldings may read it, where they read it otherwise.

    None: only a parser can tell.
    """
    readings = {text}
    if _MARKUP(head):
        if _RAISED_TM.search(text) or b"mfrac" in text:
            return None
        readings = {_INLINE.sub(b"", head).lower()}
    if not text.isascii():
        signs = set(text.translate(None, _ASCII).decode("utf-8", "replace"))
        if not all(map(_only_parts, signs)):
            if any(map(_is_foreign, signs)):
                return None
            readings = {
                _with_signs(f, signs, r) for f in (_name_sign, _word_sign) for r in readings
            }
    if any(b"'" in reading and _IN_WORD.search(reading) for reading in readings) or b"`" in text:
        readings |= {reading.translate(None, b"'`") for reading in readings}
    if any(map(_MARKS, readings)):
        readings |= {_MARK.sub(b"", reading) for reading in readings}
    readings.discard(text)
    return readings


def _is_foreign(sign: str) -> bool:
    """Return whether a sign is of a script in which words are not parted by spaces, or rare."""
    return "\u1100" <= sign < "\u1e00" or sign >= "\u2e80"


@cache
def _only_parts(sign: str) -> bool:
    """Return whether a sign only stands between words, in both foldings."""
    forms = (_name_sign(sign), _word_sign(sign))
    return not _is_foreign(sign) and all(form and not _WORD.search(form) for form in forms)


@cache
def _name_sign(sign: str) -> str:
    """Fold one sign as products' names are: trade marks and invisible signs vanish."""
    if sign in _SIGNS[:3] or ord(sign) in _INVISIBLE:
        return ""
    return unicodedata.normalize("NFKC", sign).lower()


@cache
def _word_sign(sign: str) -> str:
    """Fold one sign as topics' words are: accents and apostrophes vanish, trade marks part."""
    if sign in _APOSTROPHES:
        return ""
    if sign in _SIGNS:
        return " "
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", sign))
    return "".join(char for char in bare if char not in _APOSTROPHES).casefold()


def _with_signs(fold: Callable[[str], str], signs: Iterable[str], text: bytes) -> bytes:
    """Return a text with those signs folded."""
    for sign in signs:
        folded = fold(sign)
        if folded != sign:
            text = text.replace(sign.encode(), folded.encode())
    return text
