"""Tells from a record's bytes that no word sought can be in it, so that it need not be parsed.

A word is found in the bytes as they stand where nothing parts it. What may part a word, or
make one of other signs, is undone first: inline markup (``exo<i>some</i>``), apostrophes,
trade marks, accents. Where that would need a parser (comments, CDATA, character references,
scripts without spaces, fractions) the record passes. So whatever the parsed record would be
found by, the sieve lets through; what it lets through besides costs time only.

It takes NLM's own document type for granted: the PMID stands first, references last, and the
elements of a text are b, i, sub, sup, u, DispFormula and MathML's.

All words are sought in one pass over the record, in which letters are lower and whatever parts
words is a blank. Only where a word is found, or something that may part or change one, is there
more to do.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

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
     "sciences", "services", "therapeutics", "united", "university")
)  # fmt: skip
"""Words of affiliations, which say little."""
_TAGS = (
    "medlinecitation journalissue articletitle abstracttext authorlist validyn lastname forename "
    "initials affiliationinfo meshheadinglist descriptorname majortopicyn qualifiername chemical "
    "nameofsubstance publicationtypelist country medlinejournalinfo citationsubset keywordlist"
)
_SHORTEST = 3
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
_ODD_APOSTROPHE = re.compile(
    rb"'(?<=[A-Za-z0-9\x80-\xff'`]')(?=[A-Za-z0-9\x80-\xff'`])"
    rb"(?![sS](?:[^A-Za-z0-9\x80-\xff'`(]|\Z))"
)
"""The same before the text is folded. It begins with a sign, for which there is a fast search."""
_ANY_MARK = re.compile(rb"\((?:[Tt][Mm]|[Rr]|[Ss][Mm])\)")
_BLANKS = re.compile(rb"[ \n]")
_ASCII = bytes(range(128))
_EVEN = bytes(
    char if chr(char) in "abcdefghijklmnopqrstuvwxyz0123456789<" else
    char + 32 if chr(char) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" else
    32 for char in range(256)
)  # fmt: skip
"""Lower letters, digits and ``<``; all else is a blank."""
_PLAIN_TAG = re.compile(rb"</?(?:[biu]|su[bp])>")
_INLINE_STARTS = (b"<b ", b"<i ", b"<u ", b"<sub ", b"<sup ", b"<mml ", b"<dispformula ")
_SIGNS = "™®℠©"
_ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]+"
)
_APOSTROPHES = "’‘´′ʼ＇"
_INVISIBLE = frozenset(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
)


class Needle(NamedTuple):
    """A word or phrase that a record may be found by, folded: lower case, one space between."""

    text: str
    open_end: bool = False
    """True: its last word may go on (``exosom*``)."""
    number: bool = False
    """True: an id, found wherever its longest run of digits stands."""
    beside: bool = False
    """True: it tells of a record only beside one of the words of the field."""


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


class _Word(NamedTuple):
    """Something sought, in the even text."""

    text: bytes
    check: _Check | None = None
    beside: bool = False


_NO_WORD = _Word(b"")
"""Of a needle that cannot be told by a word."""


class Sieve:
    """The words of topics and products, ready to be sought in bytes."""

    def __init__(
        self,
        needles: Iterable[Needle],
        pmids: Iterable[int] = (),
        dois: Iterable[str] = (),
        field: Iterable[str] = (),
    ) -> None:
        """
        :param dois: own DOIs of records that must pass, lower case
        :param field: beginnings of words, lower case, of which one must stand beside needles
            that are so marked
        """
        self._pmids = frozenset(b"%d" % pmid for pmid in pmids)
        self._field = tuple(word.encode() for word in field)
        known = [n for n in needles if not any(map(_is_foreign, n.text))]  # others pass anyway
        words = list(dict.fromkeys(word for needle in known for word in _words(needle)))
        dois = list(dois)
        self.blind = _NO_WORD in words or any(not d.isascii() or set(d) & set("<>&") for d in dois)
        """True: something sought cannot be told by a word of it, so every record passes."""
        words += [_Word(doi.encode().translate(_EVEN)) for doi in dois]
        words = [word for word in words if word.text.strip()]
        sought: dict[bytes, list[_Word]] = {text: [] for text in _INLINE_STARTS}
        for word in words:
            sought.setdefault(word.text, []).append(word)
        self._sought = list(sought.values())
        self._find = ahocorasick_rs.BytesAhoCorasick(
            list(sought), implementation=ahocorasick_rs.Implementation.DFA
        ).find_matches_as_indexes

    def passes(self, data: bytes) -> bool:
        """Return False only where no needle can be in the record of these bytes."""
        begin = _BEGIN.match(data)
        if self.blind or begin is None or begin.group(1) in self._pmids:
            return True
        stop = data.find(b"<ReferenceList")
        head = data[begin.end() : stop if stop >= 0 else len(data)]
        if _has_more_than_text(head):
            return True
        even = head.translate(_EVEN)
        hits = self._find(even, overlapping=True)
        tags = sum(number < len(_INLINE_STARTS) for number, _, _ in hits)
        words = len(hits) > tags
        if words and self._hit(head.lower(), even, hits):
            return True
        odd = _odd_places(head)
        inline = [tag.start() for tag in _PLAIN_TAG.finditer(head)] if tags else []
        if (words and (tags or odd)) or sum(head[at + 1] != _SLASH for at in inline) != tags:
            readings = _other_readings(head, head.lower(), marked=tags > 0)
            return readings is None or any(map(self._holds, readings))
        # No word stands whole: one can only be where something parts it.
        return bool(odd or inline) and self._stands_in(_tokens_at(head, odd + inline), tags > 0)

    def _holds(self, text: bytes) -> bool:
        """Return whether a needle stands in a reading."""
        even = text.translate(_EVEN)
        return self._hit(text, even, self._find(even, overlapping=True))

    def _hit(self, text: bytes, even: bytes, hits: Iterable[tuple[int, int, int]]) -> bool:
        """Return whether one of the words found in the even text is of a needle that holds."""
        for number, start, _ in hits:
            for word in self._sought[number]:
                at = start + (even[start] == _BLANK)
                if (word.check is None or word.check.holds(text, at)) and (
                    not word.beside or any(other in text for other in self._field)
                ):
                    return True
        return False

    def _stands_in(self, tokens: bytes, marked: bool) -> bool:
        """Return whether any word sought stands in some reading of words that were cut out."""
        readings = _other_readings(tokens, tokens.lower(), marked=marked)
        return readings is None or any(self._find(r.translate(_EVEN)) for r in readings)


_BLANK, _SLASH = b" /"


def _words(needle: Needle) -> Iterator[_Word]:
    """Yield what to seek for a needle: its rarest word, in the forms that it may have."""
    word, check, closed = _anchor(needle)
    if check is None:
        yield _Word(word.encode().translate(_EVEN), None, needle.beside)
        return
    start = "" if word[0].isdigit() else " "
    for form in (word, f"{word[:-1]} s") if _ends_in_s(word) else (word,):
        for end in (" ", "<") if closed else ("",):
            yield _Word(f"{start}{form}{end}".encode(), check, needle.beside)


def _odd_places(head: bytes) -> list[int]:
    """Return where signs stand that may part or change a word."""
    found: list[int] = []
    if not head.isascii():
        for sign in set(head.translate(None, _ASCII).decode("utf-8", "replace")):
            if not _only_parts(sign):
                found += _all_of(sign.encode(), head)
    if b"'" in head:
        found += [m.start() for m in _ODD_APOSTROPHE.finditer(head)]
    found += [m.start() for m in _ANY_MARK.finditer(head)]
    found += _all_of(b"`", head)
    return found


def _all_of(sign: bytes, head: bytes) -> Iterator[int]:
    at = head.find(sign)
    while at >= 0:
        yield at
        at = head.find(sign, at + 1)


def _tokens_at(head: bytes, places: Iterable[int]) -> bytes:
    """Return what stands at some places, from blank to blank: no blank is within a word."""
    found, done = [], -1
    for place in sorted(places):
        if place > done:
            after = _BLANKS.search(head, place)
            done = after.start() if after else len(head)
            before = max(head.rfind(b" ", 0, place), head.rfind(b"\n", 0, place))
            found.append(head[before + 1 : done])
    return b" %b " % b" ".join(found)


def _anchor(needle: Needle) -> tuple[str, _Check | None, bool]:
    """Return the rarest word of a needle, how to tell its phrase there, and does the word end.

    No check: the word may stand inside another. No word: it cannot be told by any.
    """
    if needle.number:
        return max(re.findall(r"\d+", needle.text), key=len, default=""), None, False
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
        # A tag or an entity between them is not looked behind.
        stem = _stem(words[number - 1])
        text = f"(?:(?<![a-z0-9]){stem}[^a-z0-9]+|[>;][^a-z0-9]*|\\A[^a-z0-9]*)\\Z"
        before = re.compile(text.encode())
    open_end = needle.open_end and number == len(words) - 1
    closed = not open_end and not word[-1].isdigit()
    return word, _Check(re.compile(f"{edge}{phrase}".encode()), before), closed


def _ends_in_s(word: str) -> bool:
    return len(word) > _SHORTEST and word.endswith("s")


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


def _has_more_than_text(data: bytes) -> bool:
    """Return whether only a parser can tell the text. One byte is sought first: it is quicker."""
    return (
        (b"#" in data and b"&#" in data)
        or (b"!" in data and b"<!" in data)
        or (b"?" in data and b"<?" in data)
        or (b"&" in data and b"&apos" in data)
    )


def _other_readings(head: bytes, text: bytes, *, marked: bool) -> set[bytes] | None:
    """Return the text as the two foldings may read it, where they read it otherwise.

    None: only a parser can tell.

    :param text: the head in lower case
    :param marked: is there markup in it
    """
    readings = {text}
    if marked:
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
    if any(map(_MARK.search, readings)):
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
