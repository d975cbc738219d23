"""Signs and markup that part a word or make one of other signs: how the foldings may read it.

Products' names and topics' words are folded differently (``evlit.mentions.names.fold``,
``evlit.catalogue.terms.fold_text``), so a text with such signs has several readings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache

ASCII = bytes(range(128))
_WORD = re.compile(r"[a-z0-9]")
_INLINE = re.compile(rb"</?(?:[a-z_\x80-\xff]|DispF)[^<>]*>")
_RAISED_TM = re.compile(rb"tm\s*</sup")
"""A raised TM becomes a sign, a fraction gets a stroke."""
_IN_WORD = re.compile(
    rb"'(?<=[a-z0-9\x80-\xff'`]')(?=[a-z0-9\x80-\xff'`])(?!s(?:[^a-z0-9\x80-\xff'`(]|\Z))"
)
"""An apostrophe in a word, save that before a last s, which the patterns know."""
_MARK = re.compile(rb"\((?:tm|r|sm)\)")
ODD_APOSTROPHE = re.compile(
    rb"'(?<=[A-Za-z0-9\x80-\xff'`]')(?=[A-Za-z0-9\x80-\xff'`])"
    rb"(?![sS](?:[^A-Za-z0-9\x80-\xff'`(]|\Z))"
)
"""The same before the text is folded. It begins with a sign, for which there is a fast search."""
ANY_MARK = re.compile(rb"\((?:[Tt][Mm]|[Rr]|[Ss][Mm])\)")
_BLANKS = re.compile(rb"[ \n]")
_SIGNS = "™®℠©"
_ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]+"
)
_APOSTROPHES = "'`’‘´′ʼ＇"
_INVISIBLE = frozenset(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
)


def signs_of(text: bytes) -> set[str]:
    """Return the signs outside ASCII."""
    return set(text.translate(None, ASCII).decode("utf-8", "replace"))


def all_of(sign: bytes, text: bytes) -> Iterator[int]:
    """Yield where a sign stands."""
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)


def tokens_at(text: bytes, places: Iterable[int]) -> bytes:
    """Return what stands at some places, from blank to blank: no blank is within a word."""
    found, done = [], -1
    for place in sorted(places):
        if place > done:
            after = _BLANKS.search(text, place)
            done = after.start() if after else len(text)
            before = max(text.rfind(b" ", 0, place), text.rfind(b"\n", 0, place))
            found.append(text[before + 1 : done])
    return b" %b " % b" ".join(found)


def other_readings(text: bytes, *, marked: bool) -> set[bytes] | None:
    """Return a text as the two foldings may read it, where they read it otherwise; lower case.

    None: only a parser can tell.

    :param marked: is there markup in it
    """
    plain = text.lower()
    readings = {plain}
    if marked:
        if _RAISED_TM.search(plain) or b"mfrac" in plain:
            return None
        readings = {_INLINE.sub(b"", text).lower()}
    if not plain.isascii():
        signs = signs_of(plain)
        if not all(map(only_parts, signs)):
            if any(map(is_foreign, signs)):
                return None
            readings = {_with_signs(f, signs, r) for f in (name_sign, _word_sign) for r in readings}
    if any(b"'" in reading and _IN_WORD.search(reading) for reading in readings) or b"`" in plain:
        readings |= {reading.translate(None, b"'`") for reading in readings}
    if any(map(_MARK.search, readings)):
        readings |= {_MARK.sub(b"", reading) for reading in readings}
    readings.discard(plain)
    return readings


def is_foreign(sign: str) -> bool:
    """Return whether a sign is of a script in which words are not parted by spaces, or rare."""
    return "\u1100" <= sign < "\u1e00" or sign >= "\u2e80"


@cache
def only_parts(sign: str) -> bool:
    """Return whether a sign only stands between words, in both foldings."""
    forms = (name_sign(sign), _word_sign(sign))
    return not is_foreign(sign) and all(form and not _WORD.search(form) for form in forms)


@cache
def only_parts_names(sign: str) -> bool:
    """Return whether a sign only stands between words of names."""
    form = name_sign(sign)
    return not is_foreign(sign) and bool(form) and not _WORD.search(form)


@cache
def is_digit(sign: str) -> bool:
    """Return whether digits stand in a sign as names are folded: superscripts, fractions."""
    return any(char in "0123456789" for char in name_sign(sign))


@cache
def name_sign(sign: str) -> str:
    """Fold one sign as products' names are: trade marks and invisible signs vanish."""
    if sign in _SIGNS[:3] or ord(sign) in _INVISIBLE:
        return ""
    return unicodedata.normalize("NFKC", sign).lower()  # a record is in NFC: that changes nothing


@cache
def _word_sign(sign: str) -> str:
    """Fold one sign as topics' words are: accents and apostrophes vanish, trade marks part."""
    sign = unicodedata.normalize("NFC", sign)  # as the record has it: U+1FFD is ´ there
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
