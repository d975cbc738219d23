"""A record's words, prepared once for all axes: folded text, sentences, cue hits.

Folding keeps length, so every offset in the folded text is an offset in the text that is
quoted to the reader. One Aho-Corasick pass finds the cues of all classes at once.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import defaultdict
from typing import Any, NamedTuple

import ahocorasick_rs

from evlit.classify.cues import Cue
from evlit.records import Record

_ASCII = 128
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—−﹣-"), "-")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
                                 "\u2009\u200a\u202f\u205f\u3000\t\n\r\f\v"), " ")  # fmt: skip
_QUOTES = {ord("’"): "'", ord("‘"): "'", ord("`"): "'", ord("“"): '"', ord("”"): '"'}
_PLAIN = {**_HYPHENS, **_SPACES, **_QUOTES, ord("İ"): "I"}
"""Replacements that keep length; ``İ`` is the one letter whose lower case is longer."""

_ODD = re.compile("[" + re.escape("".join(chr(a) for a, b in _PLAIN.items() if chr(a) != b)) + "]")
"""What :data:`_PLAIN` replaces; most texts hold little of it."""

_SHORT_FORMS = (
    "vs", "cf", "et al", "fig", "figs", "no", "nos", "approx", "ca", "spp", "sp", "dr", "prof",
    "st", "resp", "incl", "[A-Z]",
)  # fmt: skip


def _sentence_end(mark: str, close: str) -> re.Pattern[str]:
    """Return a pattern of a mark with which a sentence ends, and what may close it behind."""
    no_short_form = "".join(rf"(?<!\b(?i:{short}){mark})" for short in _SHORT_FORMS)
    return re.compile(
        rf"{mark}(?:(?<=[a-z]{{4}}{mark})(?<!(?:figs|prox|prof|resp|incl){mark})"
        rf"|{no_short_form}(?<!^\d{mark})(?<!^\d\d{mark}))"
        rf"{close}(?=[\"'(\[]?(?:[A-Z0-9α-ω]|[a-z]{{1,2}}[A-Z]))"
    )


_FULL_STOP = _sentence_end(r"\. ", r"\s*")
_SENTENCE_END = _sentence_end(r"[.!?]", r"[\"')\]]*\s+")
"""Ends a sentence: no short form stands before the full stop, no number of a list.

Of most words the last four letters tell that they are none; "e.g" and "i.e" are single letters.
:data:`_FULL_STOP` finds the same ends, in half the time, where no others are in the text.
"""


class Sentence(NamedTuple):
    """A sentence as offsets into :attr:`Text.plain`."""

    start: int
    end: int
    part: str
    """``title``, ``abstract`` or ``keywords``."""
    category: str
    """NLM category of a labelled section (``METHODS`` …), else ``""``."""


class Hit(NamedTuple):
    """One cue found in a text."""

    cue: Cue
    start: int
    end: int
    sentence: int
    """Index into :attr:`Text.sentences`; 0 is the title."""


def plain_text(text: str) -> str:
    """Return NFKC text with hyphens, quotes and white space unified; offsets are its own."""
    if text.isascii():
        if text.isprintable() and "`" not in text:  # the rule, and much quicker told
            return text
    else:
        text = unicodedata.normalize("NFKC", text)
    return _ODD.sub(_replace, text)


def _replace(odd: re.Match[str]) -> str:
    return _PLAIN[ord(odd[0])]


_FOREIGN = 1
"""Stands for any letter or digit beyond ASCII."""
_SPACED = bytes(c if (chr(c).isalnum() and c < _ASCII) or c == _FOREIGN else 32 for c in range(256))


def _space_foreign(error: UnicodeError) -> tuple[bytes, int]:
    """Return what stands for characters beyond ASCII, byte by byte, and where they end."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    foreign = error.object[error.start : error.end]
    return bytes(_FOREIGN if char.isalnum() else 32 for char in foreign), error.end


codecs.register_error("evlit.spaced", _space_foreign)


def _spaced(folded: str) -> str:
    """Return an ASCII text of the same length in which only letters and digits are no spaces."""
    return folded.encode("ascii", "evlit.spaced").translate(_SPACED).decode("ascii")


_AT, _LENGTH = 36, 24
"""A literal found is one whole number: from bit 36 its place, from bit 24 what its length lacks
of the most, below which literal it is. Such numbers sort by place, the longest first, and unlike
tuples they keep no garbage collector busy."""
_MOST, _LITERAL = (1 << _AT - _LENGTH) - 1, (1 << _LENGTH) - 1


_new = tuple.__new__
"""Makes a :class:`Hit` in half the time of its own constructor; records have hundreds."""


class Matcher:
    """All cues of all classes in one automaton. Build once, share between records.

    Word boundaries are spaces of the automaton's own copy of the text, in which whatever is
    no letter or digit is a space: a pattern that cannot be a word is never reported.
    """

    def __init__(self, cues: list[Cue]) -> None:
        by_shape: dict[tuple[str, bool], list[Cue]] = {}
        for cue in cues:
            literal = plain_text(cue.literal).lower()
            by_shape.setdefault((literal, cue.open_end), []).append(cue)
        self._literals: list[tuple[int, tuple[tuple[str, Cue, bool], ...]]] = []
        """Length and cues of each: class, cue, and whether place or case decide."""
        index: dict[str, list[tuple[int, int, str]]] = {}
        for (literal, open_end), same in by_shape.items():
            lead = " " if literal[0].isalnum() else ""
            tail = " " if literal[-1].isalnum() and not open_end else ""
            exact = "" if literal.isalnum() and literal.isascii() else literal
            shift, length = len(lead) - 1, len(literal)
            found = (shift << _AT) + (_MOST - length << _LENGTH) + len(self._literals)
            cues_of = tuple((cue.kind, cue, cue.title or cue.case) for cue in same)
            self._literals.append((length, cues_of))
            index.setdefault(f"{lead}{_spaced(literal)}{tail}", []).append((found, shift, exact))
        self._patterns = list(index.values())
        """By pattern: for each of its literals what makes its number where the pattern stands at
        0, where it begins from there, and itself where it holds more than ASCII letters and digits.
        """
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(index), implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )

    def find(self, text: Text) -> dict[str, list[Hit]]:
        """Return the hits by cue class, in order of position, the longest first."""
        found: defaultdict[str, list[Hit]] = defaultdict(list)
        plain = text.plain
        title_end = text.sentences[0].end
        sentence, following = 0, [*text.starts[1:], len(plain) + 1]
        literals = self._literals
        for match in self._matches(text.folded):
            length, cues = literals[match & _LITERAL]
            at = match >> _AT
            while at >= following[sentence]:
                sentence += 1
            for kind, cue, conditional in cues:
                if conditional and (
                    (cue.title and at >= title_end)
                    or (cue.case and plain[at : at + length] != cue.literal)
                ):
                    continue
                found[kind].append(_new(Hit, (cue, at, at + length, sentence)))
        return dict(found)

    def _matches(self, folded: str) -> list[int]:
        """Return the literals found, as numbers in order of place, the longest first."""
        patterns = self._patterns
        matches = []
        found = self._automaton.find_matches_as_indexes(f" {_spaced(folded)} ", overlapping=True)
        for place, at, _ in found:
            for match, shift, exact in patterns[place]:
                if not exact or folded.startswith(exact, at + shift):
                    matches.append((at << _AT) + match)
        matches.sort()
        return matches


class Text:
    """Title, abstract and keywords of one record, ready for all axes."""

    __slots__ = (
        "folded", "hits", "last", "letters", "memo", "plain", "record", "sentences", "starts",
    )  # fmt: skip

    def __init__(self, record: Record, matcher: Matcher) -> None:
        self.record = record
        pieces: list[str] = []
        self.sentences: list[Sentence] = []
        title = plain_text(record.title or record.vernacular_title or "")
        length = self._add(pieces, 0, title, "title", "", split=False)
        for section in record.sections:
            category = (section.category or section.label or "").upper()
            length = self._add(
                pieces, length, plain_text(section.text), "abstract", category, split=True
            )
        self.last = len(self.sentences) - 1
        """Index of the abstract's last sentence; 0 without an abstract."""
        self.letters = sum([len(section.text) for section in record.sections])
        """Characters of the abstract."""
        for keyword in record.keywords:
            length = self._add(
                pieces, length, plain_text(keyword.text), "keywords", "", split=False
            )
        self.plain = "".join(pieces)
        self.folded = self.plain.lower()
        self.starts = [s.start for s in self.sentences]
        self.hits = matcher.find(self)
        self.memo: dict[str, Any] = {}
        """What one axis worked out and another may use, by name."""

    def _add(
        self, pieces: list[str], at: int, text: str, part: str, category: str, *, split: bool
    ) -> int:
        spans = _split(text) if split else [(0, len(text))]
        self.sentences += [_new(Sentence, (at + a, at + b, part, category)) for a, b in spans]
        pieces.append(text + " \n")
        return at + len(text) + 2

    def get(self, kind: str) -> list[Hit]:
        """Return the hits of a cue class, [] where there are none."""
        return self.hits.get(kind, [])

    def has(self, kind: str) -> bool:
        """Return whether any cue of the class occurs."""
        return kind in self.hits

    def in_title(self, kind: str) -> Hit | None:
        """Return the first hit of the class in the title, if any."""
        hits = self.hits.get(kind)
        return hits[0] if hits and hits[0].sentence == 0 else None

    def in_sentence(self, kind: str, sentence: int) -> list[Hit]:
        """Return the hits of the class in one sentence."""
        return [h for h in self.get(kind) if h.sentence == sentence]

    def sentence_text(self, index: int) -> str:
        """Return the words of one sentence, as the record has them."""
        sentence = self.sentences[index]
        return self.plain[sentence.start : sentence.end].strip()

    def quote(self, hit: Hit, around: int = 30) -> str:
        """Return the words around a hit with where they stand: ``title: '… rat model …'``."""
        sentence = self.sentences[hit.sentence]
        a = max(sentence.start, hit.start - around)
        b = min(sentence.end, hit.end + around)
        if a > sentence.start:
            space = self.plain.find(" ", a, hit.start)
            a = space + 1 if space >= 0 else hit.start
        if b < sentence.end:
            space = self.plain.rfind(" ", hit.end, b)
            b = space if space > 0 else hit.end
        return f"{sentence.part}: '{self.plain[a:b].strip()}'"


def _split(text: str) -> list[tuple[int, int]]:
    """Return sentence spans of a text; abbreviations and list numbers do not end one."""
    other = "?" in text or "!" in text or ".)" in text or '."' in text or ".]" in text
    end_of = _SENTENCE_END if other or ".'" in text else _FULL_STOP
    ends = [match.end() for match in end_of.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return list(zip([0, *ends], ends, strict=False))
