"""Makers in affiliations, conflict-of-interest and funding lines, and in the text."""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.mentions.names import fold
from evlit.mentions.roles import Words

_SUFFIX = (
    r"(?:inc|incorporated|llc|l\.l\.c|ltd|limited|corp|corporation|co|company|gmbh|ag|kg|kgaa"
    r"|s\.?a|s\.?a\.?s|sarl|b\.?v|n\.?v|k\.?k|plc|pty|pte|s\.?r\.?l|s\.?p\.?a|oy|aps|a/s)"
)
_WORD_GAP = re.compile(r"[\s-]+")
_SUFFIX_END = re.compile(rf"[\s,]+(?:{_SUFFIX}\.?[\s,]*)+$")
_SUFFIX_NEXT = re.compile(rf"[\s,(]{{1,3}}{_SUFFIX}\b")
_INSTITUTION = re.compile(
    r"universit|hospital|institut|college|clinic|cent(?:er|re)\b|school|academ|ministry|faculty"
    r"|md anderson|anderson cancer|foundation|assistance publique|ap hp|rsup"
)


class Place(NamedTuple):
    """Where something was found in one field of a record."""

    field: str
    folded: str
    """The folded text of the field."""
    start: int
    end: int
    original: str
    """The words found, as the source writes them."""


class MakerName(NamedTuple):
    """One name of a maker, ready to be looked for."""

    product: int
    """Index of the product in the catalogue's order."""
    name: str
    core: str
    """Folded, without the corporate suffix."""
    plain: bool
    """True: the core is an ordinary or short word; it needs its suffix or a company's verb."""
    institution: bool


def maker_name(product: int, name: str, words: Words) -> MakerName | None:
    """Prepare a maker's name; None where nothing is left to look for."""
    core = _SUFFIX_END.sub("", fold(name).strip(" .,")).strip(" .,")
    if len(core) < 3:
        return None
    plain = " " not in core and (len(core) < 6 or core in words.ordinary)
    return MakerName(product, name, core, plain, bool(_INSTITUTION.search(core)))


def is_maker(maker: MakerName, place: Place, words: Words) -> bool:
    """Return whether a hit of the core means the company.

    A bare plain word in an affiliation may be a town or a surname, and never counts.
    """
    if not _capitals_agree(maker.name, place.original):
        return False
    if not maker.plain or _SUFFIX_NEXT.match(place.folded, place.end):
        return True
    before = place.folded[max(0, place.start - 70) : place.start]
    return place.field != "affiliation" and bool(words.company.search(before))


def _capitals_agree(name: str, original: str) -> bool:
    pairs = zip(_WORD_GAP.split(name.strip()), _WORD_GAP.split(original.strip()), strict=False)
    return all(g[:1].isupper() for w, g in pairs if w[:1].isupper() and g[:1].isalpha())
