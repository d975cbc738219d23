"""Tells from records' bytes that no word sought can be in them, so that they need no parsing.

A word is found in the bytes as they stand where nothing parts it. What may part a word, or
make one of other signs, is undone first: inline markup (``exo<i>some</i>``), apostrophes,
trade marks, accents. Where that would need a parser (CDATA, scripts without spaces, fractions)
the record passes. So whatever the parsed record would be found by, the sieve lets through;
what it lets through besides costs time only.

It takes NLM's own document type for granted: the PMID stands first, then dates and journal, the
title, the one list of authors, then what PubMed adds, its dates first and the references last;
the elements of a text are b, i, sub, sup, u, DispFormula and MathML's.

Many records are looked at together, in four steps, each for those that are still in question:

1. of each record the parts are cut out in which a name or word may stand;
2. all words are sought in one pass over them, in which letters are lower and whatever parts
   words is a blank; the same pass finds markup;
3. what stands where a word may be parted or changed is cut out and sought anew; a record is
   read as a whole in all its readings only where all words of a phrase are about;
4. the authors are searched for ids, and for makers where the record is about the field.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain
from operator import or_

import ahocorasick_rs

from evlit.pubmed.needles import (
    ALONE,
    EVEN,
    FIELD,
    ID_DIGITS,
    MAKER,
    NO_WORD,
    Check,
    Needle,
    Word,
    digits_of,
    words_of,
)
from evlit.pubmed.signs import (
    ANY_MARK,
    ODD_APOSTROPHE,
    all_of,
    is_digit,
    is_foreign,
    name_sign,
    only_parts,
    only_parts_names,
    other_readings,
    signs_of,
    tokens_at,
)

TOGETHER = 64
"""Records that are looked at together: enough that a step costs little, few enough for a cache."""
_BEGIN = re.compile(
    rb"\s*<PubmedArticle>\s*<MedlineCitation[^<>]*>\s*<PMID[^<>]*>\s*(\d{1,9})\s*</PMID>"
)
_UNSEEN = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_REFERENCE = re.compile(rb"&#(?:(\d{1,7})|x([0-9A-Fa-f]{1,6}));")
_TEXT_TAGS = (b"b", b"i", b"u", b"sub", b"sup")
_OPENINGS = (b"<b ", b"<i ", b"<u ", b"<sub ", b"<sup ", b"<mml ", b"<dispformula ")
_CLOSINGS = (b"< b ", b"< i ", b"< u ", b"< sub ", b"< sup ")
_MARKS = (b" tm ", b" r ", b" sm ")
_APOSTROPHE = b" apos "
_SPECIAL = (*_OPENINGS, *_CLOSINGS, *_MARKS, _APOSTROPHE)
"""What parts words, as it stands in the even text; no needle is sought by the like."""
_TAGS = len(_OPENINGS) + len(_CLOSINGS)
_PLAIN_TAGS = frozenset(b"<%b%b>" % (s, t) for s in (b"", b"/") for t in _TEXT_TAGS)
_PARTING = frozenset(b' \n\t\r,-./:;=+*"[]{}|~%!?@#$^\\_&')
"""Signs that part words in both foldings and are no part of a mark; markup beside one parts no
word."""
_SEPARATOR = b" <\n"
"""Between two texts: no phrase goes across a tag that does not end."""
_NO_DIGITS = bytes(set(range(128)) - set(b"0123456789"))
_NEITHER = bytes(set(range(256)) - set(b"0123456789"))
"""All but digits, without and with what is outside ASCII."""


class Sieve:
    """The words of topics and products, ready to be sought in bytes."""

    def __init__(
        self,
        needles: Iterable[Needle],
        pmids: Iterable[int] = (),
        dois: Iterable[str] = (),
        enough: Iterable[int] = (),
    ) -> None:
        """
        :param dois: own DOIs of records that must pass, lower case
        :param enough: what needles must say together that a record may belong, beside what
            ``ALONE``, ``MAKER`` and ``FIELD`` say
        """
        self._enough = (ALONE, MAKER | FIELD, *dict.fromkeys(enough))
        self._told: dict[int, bool] = {0: False}
        self._pmids = frozenset(b"%d" % pmid for pmid in pmids)
        needles = [n for n in needles if not any(map(is_foreign, n.text))]  # others pass anyway
        words = [word for needle in needles for word in words_of(needle)]
        dois = list(dois)
        self.blind = (
            NO_WORD in words
            or 0 in self._enough
            or any(not d.isascii() or set(d) & set("<>&") for d in dois)
        )
        """True: something sought cannot be told by a word of it, so every record passes."""
        words += [Word(doi.encode().translate(EVEN)) for doi in dois]
        says: dict[tuple[bytes, Check | None], int] = {}
        for text, check, bits in words:
            says[text, check] = says.get((text, check), 0) | bits
        sought: dict[bytes, list[Word]] = {text: [] for text in _SPECIAL}
        for (text, check), bits in says.items():
            if text.strip():
                sought.setdefault(text, []).append(Word(text, check, bits))
        self._sought = list(sought.values())
        self._find = _automaton(sought)
        ids = {digits_of(needle) for needle in needles if needle.number}
        self._find_ids = _automaton(id.encode() for id in ids)
        self._authors_apart = not (
            any(n.in_authors for n in needles) or any(len(id) < ID_DIGITS for id in ids)
        )

    def may_belong(self, bits: int) -> bool:
        """Return whether what needles say of a record is enough."""
        if bits not in self._told:
            self._told[bits] = any(bits & enough == enough for enough in self._enough)
        return self._told[bits]

    def passes(self, data: bytes) -> bool:
        """Return False only where no needle can be in the record of these bytes."""
        return self.passing((data,))[0]

    def passing(self, records: Sequence[bytes]) -> list[bool]:
        """Return for each record False only where no needle can be in it."""
        if self.blind:
            return [True] * len(records)
        blocks = range(0, len(records), TOGETHER)
        return [p for at in blocks for p in self._block(records[at : at + TOGETHER])]

    def _block(self, records: Sequence[bytes]) -> list[bool]:
        passed = [True] * len(records)
        places, texts, authors = [], [], []
        for place, data in enumerate(records):
            parts = self._parts(data)
            if parts is not None:
                places.append(place)
                texts.append(parts[0])
                authors.append(parts[1])
        said = _Texts(self, texts).said() if texts else []
        for place, bits in zip(places, self._with_authors(said, authors), strict=True):
            passed[place] = self.may_belong(bits)
        return passed

    def _parts(self, data: bytes) -> tuple[bytes, bytes] | None:
        """Return a record's texts and its list of authors; None: it passes."""
        begin = _BEGIN.match(data)
        if begin is None or begin.group(1) in self._pmids:
            return None
        start = begin.end()
        title = max(data.find(b"<ArticleTitle", start), start)
        first = data.find(b"<AuthorList", title) if self._authors_apart else -1
        last = data.find(b"</AuthorList", first) if first >= 0 else -1
        if last < 0:
            first = last = title
        added = data.find(b"<PubmedData", last)
        dates = data.find(b"</History", added) if added >= 0 else -1
        if dates < 0:
            added = dates = last
        end = data.find(b"<ReferenceList", dates)
        head = data[start:end] if end >= 0 else data[start:]
        if _has_more_than_text(head):
            plain = _plain_text(data)
            return None if plain is None else self._parts(plain)
        text = data[title:first] + data[last:added] + head[dates - start :]
        return text, data[first:last]

    def _with_authors(self, said: Sequence[int], authors: Sequence[bytes]) -> Iterator[int]:
        """Yield what records say, their authors included."""
        has_ids = self._has_ids(b" ".join(authors))
        for told, names in zip(said, authors, strict=True):
            bits = told | ALONE if has_ids and self._has_ids(names) else told
            asked = bits & FIELD and not self.may_belong(bits)
            yield bits | self._makers(names) if asked else bits

    def _has_ids(self, authors: bytes) -> bool:
        digits = authors.translate(None, _NO_DIGITS)
        if not digits.isascii():
            for sign in filter(is_digit, signs_of(digits)):
                digits = digits.replace(sign.encode(), name_sign(sign).encode())
            digits = digits.translate(None, _NEITHER)
        return bool(self._find_ids(digits))

    def _makers(self, authors: bytes) -> int:
        """Return ``MAKER`` where a maker may be named in a list of authors."""
        if not all(map(only_parts_names, signs_of(authors))) or ANY_MARK.search(authors):
            return MAKER
        even = authors.translate(EVEN)
        hits = self._find(even, overlapping=True)
        if any(number < _TAGS for number, _, _ in hits):
            return MAKER
        return self.told_by(authors, even, hits) & MAKER

    def told_by(self, text: bytes, even: bytes, hits: Iterable[tuple[int, int, int]]) -> int:
        """Return what the needles say that hold at places of the even text."""
        bits = 0
        for number, start, _ in hits:
            for word in self._sought[number]:
                if word.says & ~bits and _holds(word, text, even, start):
                    bits |= word.says
        return bits

    def told_in(self, text: bytes) -> int:
        """Return what the needles say that stand in a reading."""
        even = text.translate(EVEN)
        return self.told_by(text, even, self._find(even, overlapping=True))


class _Texts:
    """The texts of some records, one after another."""

    def __init__(self, sieve: Sieve, texts: Sequence[bytes]) -> None:
        self._sieve = sieve
        self._texts = texts
        self._whole = _SEPARATOR.join(texts)
        self._even = self._whole.translate(EVEN)
        self._starts: list[int] = []
        at = 0
        for text in texts:
            self._starts.append(at)
            at += len(text) + len(_SEPARATOR)
        self._said = [0] * len(texts)
        self._parted: dict[int, list[int]] = {}
        """Where words may be parted or changed, by text."""
        self._loose: dict[int, list[Word]] = {}
        """Words whose phrases do not stand there as they are read first, by text."""
        self._read_whole: set[int] = set()

    def said(self) -> list[int]:
        """Return what needles in the texts say, in any reading."""
        self._look_for_signs()
        self._look_for_words()
        self._look_at_parted()
        for number in self._read_whole:
            if not self._sieve.may_belong(self._said[number]):
                self._said[number] |= self._in_all_readings(self._texts[number])
        return self._said

    def _text_at(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def _part(self, place: int) -> None:
        self._parted.setdefault(self._text_at(place), []).append(place)

    def _look_for_signs(self) -> None:
        """Find signs that may part or change a word."""
        for number, text in enumerate(self._texts):
            if not text.isascii():
                odd = [sign for sign in signs_of(text) if not only_parts(sign)]
                if any(map(is_foreign, odd)):
                    self._said[number] = ALONE
                elif odd:
                    start = self._starts[number]
                    self._parted[number] = [
                        start + at for sign in odd for at in all_of(sign.encode(), text)
                    ]
        apostrophes = (m.start() for m in ODD_APOSTROPHE.finditer(self._whole))
        for place in chain(apostrophes, all_of(b"`", self._whole)):
            self._part(place)

    def _look_for_words(self) -> None:
        """Find words sought, and markup."""
        sought = self._sieve._sought
        for number, start, end in self._sieve._find(self._even, overlapping=True):
            if number >= len(_SPECIAL):
                self._look_at_word(sought[number], start)
            elif number >= _TAGS:
                if self._whole[start] in b"(&":
                    self._look_at_mark(number, start)
            elif self._whole[start:end] in _PLAIN_TAGS:
                before, after = self._whole[start - 1], self._whole[end : end + 1]
                if before not in _PARTING and not (after and after[0] in _PARTING):
                    self._part(start)
            elif self._whole[start + 1] != _SLASH:
                self._read_whole.add(self._text_at(start))

    def _look_at_word(self, words: Iterable[Word], start: int) -> None:
        text = self._text_at(start)
        for word in words:
            if word.says & ~self._said[text]:
                if _holds(word, self._whole, self._even, start):
                    self._said[text] |= word.says
                else:
                    self._loose.setdefault(text, []).append(word)

    def _look_at_mark(self, number: int, start: int) -> None:
        if _SPECIAL[number] == _APOSTROPHE:
            self._read_whole.add(self._text_at(start))
        elif ANY_MARK.match(self._whole, start):
            self._part(start)

    def _look_at_parted(self) -> None:
        """Seek words where they may be parted or changed."""
        asked = [n for n in self._parted if not self._sieve.may_belong(self._said[n])]
        self._look_at_tokens([n for n in asked if n not in self._read_whole])

    def _look_at_tokens(self, numbers: Sequence[int]) -> None:
        lines = b"\n".join(tokens_at(self._whole, self._parted[n]) for n in numbers)
        readings = other_readings(lines, marked=True)
        if readings is None or any(r.count(b"\n") != len(numbers) - 1 for r in readings):
            if len(numbers) == 1:  # only a parser can tell
                self._said[numbers[0]] |= ALONE
            else:
                half = len(numbers) // 2
                self._look_at_tokens(numbers[:half])
                self._look_at_tokens(numbers[half:])
            return
        for reading in readings:
            for word, start, _ in self._sieve._find(reading.translate(EVEN), overlapping=True):
                line = reading.count(b"\n", 0, start)
                self._loose.setdefault(numbers[line], []).extend(self._sieve._sought[word])
        by_line = zip(*(reading.split(b"\n") for reading in readings), strict=True)
        for number, parted in zip(numbers, by_line, strict=False):
            if number in self._loose and self._may_stand(number, b" ".join(parted)):
                self._read_whole.add(number)

    def _may_stand(self, number: int, parted: bytes) -> bool:
        """Return whether a text may belong by a phrase of which all words are found somewhere.

        :param parted: what stands there only in a reading
        """
        words = set(self._loose[number])
        bits = self._said[number]
        most = reduce(or_, (word.says for word in words), bits)
        if not self._sieve.may_belong(most) and not most & ~bits & FIELD:
            return False
        start = self._starts[number]
        even = self._even[start : start + len(self._texts[number])] + parted.translate(EVEN)
        for says, others in {(w.says, w.check.others if w.check else ()) for w in words}:
            if says & ~bits and all(any(form in even for form in forms) for forms in others):
                bits |= says
        self._said[number] |= bits & FIELD  # it opens a door only
        return self._sieve.may_belong(bits)

    def _in_all_readings(self, text: bytes) -> int:
        text = text.replace(b"&apos;", b"'")
        readings = other_readings(text, marked=True)
        if readings is None:
            return ALONE
        bits = 0
        for reading in (text, *readings):
            bits |= self._sieve.told_in(reading)
        return bits


_SLASH = b"/"[0]
_BLANK = b" "[0]


def _has_more_than_text(data: bytes) -> bool:
    """Return whether there is what a parser removes or replaces. One byte is sought first: that
    is quicker."""
    return (
        (b"#" in data and b"&#" in data)
        or (b"!" in data and b"<!" in data)
        or (b"?" in data and b"<?" in data)
    )


def _plain_text(data: bytes) -> bytes | None:
    """Return a record without comments and character references; None: only a parser can."""
    plain = _REFERENCE.sub(_referred, _UNSEEN.sub(b"", data))
    return None if _has_more_than_text(plain) else plain


def _holds(word: Word, text: bytes, even: bytes, start: int) -> bool:
    """Return whether the phrase of a word stands where the word does in the even text."""
    at = start + (even[start] == _BLANK)
    return word.check is None or word.check.holds(text, at)


def _referred(reference: re.Match[bytes]) -> bytes:
    """Return the sign that a character reference stands for; a blank for one that parts words."""
    decimal, hexadecimal = reference.groups()
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code in _MARKUP_CODES:
        return b" "
    if code > _LAST_CODE or _SURROGATES[0] <= code <= _SURROGATES[1]:
        return reference.group()
    return chr(code).encode()


_MARKUP_CODES = frozenset(b"<>&\t\n\r")
_LAST_CODE = 0x10FFFF
_SURROGATES = 0xD800, 0xDFFF


def _automaton(sought: Iterable[bytes]) -> Callable[..., list[tuple[int, int, int]]]:
    """Return what finds words in bytes: (number of the word, start, end) of each hit."""
    words = list(sought)
    if not words:
        return lambda _, overlapping=False: []
    kind = ahocorasick_rs.Implementation.DFA
    return ahocorasick_rs.BytesAhoCorasick(words, implementation=kind).find_matches_as_indexes
