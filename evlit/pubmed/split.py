"""A stream of XML bytes → the bytes of each record, cut at record ends.

Twice as fast as an incremental parser, and a fault stays within its record: what stands
before and after it is read. The set's root, DOCTYPE and all between records is dropped, so
no DTD and no entity of a file can act on a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from evlit.pubmed.source import CutError
from evlit.records import Malformed

MAX_RECORD = 16 << 20
"""Bytes of the longest record that is read; NLM's longest are about a third of it."""
_MAX_GAP = 1 << 20
_LONGEST_TAG = 256

_START = re.compile(
    rb"<(PubmedArticle|PubmedBookArticle|DeleteCitation|DeleteDocument)(?=[\s/>])(?:[^<>]*?)(/?)>"
)
_NEXT = re.compile(rb"\s*<PubmedArticle>")
_HARMLESS = re.compile(
    rb"\s+|<\?.*?\?>|<!--.*?-->|</?Pubmed(?:Book)?ArticleSet(?:\s[^<>]*)?/?>"
    rb"|<!(?i:DOCTYPE)(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*(?:\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*\]\s*)?>",
    re.DOTALL,
)
_SET_OPEN = re.compile(rb"<Pubmed(?:Book)?ArticleSet(?:\s[^<>]*?)?(/?)>")
_SET_END = re.compile(rb"</Pubmed(?:Book)?ArticleSet\s*>")
_PMID = re.compile(rb"<PMID[^<>]*>\s*([1-9]\d{0,8})\s*<")


class RawRecord(NamedTuple):
    """The bytes of one element as they stand in the file."""

    tag: str
    """``PubmedArticle``, ``PubmedBookArticle``, ``DeleteCitation`` or ``DeleteDocument``."""
    data: bytes
    number: int
    """Place among the file's records, from 1; deletions are not counted."""
    line: int
    """Line of the file at which it starts, from 1."""
    source: str
    """Name of the file in messages."""

    @property
    def where(self) -> str:
        """File and place, for messages."""
        return place(self.source, self.number, self.line)


def place(source: str, number: int, line: int) -> str:
    """Return ``name: record 17 (line 912)``."""
    return f"{source}: record {number} (line {line})"


def pmid_in(data: bytes) -> int | None:
    """Return the first PMID that can be read in the bytes of a broken record."""
    found = _PMID.search(data)
    return int(found.group(1)) if found else None


def split_records(
    chunks: Iterator[bytes], where: str, *, count_lines: bool = True
) -> Iterator[RawRecord | Malformed]:
    """Yield the records of a stream, and what could not be read, in order.

    :param count_lines: False is a fifth faster; all are then said to stand at line 1
    """
    return _Splitter(where, count_lines=count_lines).run(chunks)


class _Splitter:
    """The state between two chunks: the unread bytes, and where in the file they stand."""

    def __init__(self, where: str, *, count_lines: bool = True) -> None:
        self.where = where
        self.count_lines = count_lines
        self.buffer = b""
        self.position = 0
        self.number = 0
        self.line = 1
        self.depth = 0
        """Sets opened less sets closed."""
        self.passing = False
        """True while the rest of something that was reported is passed over."""
        self.cut = ""
        """Why the stream ended before its end."""

    def run(self, chunks: Iterator[bytes]) -> Iterator[RawRecord | Malformed]:
        try:
            for chunk in chunks:
                self.buffer = self.buffer[self.position :] + chunk
                self.position = 0
                yield from self._drain()
        except CutError as error:
            self.cut = str(error)
        yield from self._drain(final=True)
        if (self.cut or self.depth > 0) and not self.passing:
            what = self.cut or "ends before </PubmedArticleSet>: the file is cut"
            yield Malformed(f"{self.where}: after record {self.number} (line {self.line})", what)

    def _drain(self, *, final: bool = False) -> Iterator[RawRecord | Malformed]:
        """Yield all that is complete in the buffer; at the end, all that is left."""
        while plain := self._plain():
            yield plain
        while start := _START.search(self.buffer, self.position):
            yield from self._gap(start.start())
            end, fault = self._end_of(start)
            if end:
                yield self._take(start.group(1), end)
                while plain := self._plain():
                    yield plain
            elif fault:
                yield self._lost(fault, "has no end tag")
            elif final:
                yield self._lost(
                    len(self.buffer), self.cut or "is cut off: the file ends inside it"
                )
            elif len(self.buffer) - self.position > MAX_RECORD:
                yield self._lost(len(self.buffer), f"is longer than {MAX_RECORD >> 20} MiB")
            else:
                return
        if final:
            yield from self._gap(len(self.buffer))
        elif len(self.buffer) - self.position > _MAX_GAP:
            yield from self._gap(len(self.buffer) - _LONGEST_TAG)
            self.passing = True

    def _plain(self) -> RawRecord | None:
        """Return a whole article that stands next with nothing unusual near, else None.

        What most records are is found with two fast searches; :meth:`_drain` does the rest.
        """
        buffer, position = self.buffer, self.position
        start = _NEXT.match(buffer, position)
        if start is None:
            return None
        at = buffer.find(b"PubmedArticle", start.end())
        if buffer[at - 2 : at + 14] != b"</PubmedArticle>":
            return None
        first, end = start.end() - 15, at + 14
        line = self.line
        if self.count_lines:
            line += buffer.count(b"\n", position, first)
            self.line = line + buffer.count(b"\n", first, end)
        self.number += 1
        self.position, self.passing = end, False
        return RawRecord("PubmedArticle", buffer[first:end], self.number, line, self.where)

    def _end_of(self, start: re.Match[bytes]) -> tuple[int, int]:
        """Return where the record at ``start`` ends, else where a fault in it shows, else 0."""
        after = start.end()
        if start.group(2):
            return after, 0
        # The next "PubmedArticle" of a sound record is in its end tag: one fast search.
        at = self.buffer.find(b"PubmedArticle", after)
        if start.group(1) == b"PubmedArticle":
            if self.buffer[at - 2 : at + 14] == b"</PubmedArticle>":
                return at + 14, 0
            if at < 0:
                return 0, 0
        end = re.compile(rb"</%b\s*>" % start.group(1)).search(self.buffer, after)
        limit = end.start() if end else len(self.buffer)
        faults = (p.search(self.buffer, after, limit) for p in (_START, _SET_END))
        fault = min((f.start() for f in faults if f), default=0)
        return (end.end() if end and not fault else 0), fault

    def _take(self, tag: bytes, end: int) -> RawRecord:
        if not tag.startswith(b"Delete"):
            self.number += 1
        data = self.buffer[self.position : end]
        raw = RawRecord(tag.decode(), data, self.number, self.line, self.where)
        self._advance(end)
        self.passing = False
        return raw

    def _lost(self, end: int, what: str) -> Malformed:
        self.number += 1
        at = place(self.where, self.number, self.line)
        broken = Malformed(at, what, pmid_in(self.buffer[self.position : end]))
        self._advance(end)
        self.passing = True
        return broken

    def _gap(self, end: int) -> Iterator[Malformed]:
        """Pass over what stands between records; report what has no business there."""
        gap = self.buffer[self.position : end]
        line = self.line
        self._advance(end)
        if not gap.strip():
            return
        self.depth += sum(not m.group(1) for m in _SET_OPEN.finditer(gap))
        self.depth -= len(_SET_END.findall(gap))
        junk = _HARMLESS.sub(b"", gap)
        if junk and not self.passing:
            words = junk[:60].decode("utf-8", "backslashreplace")
            yield Malformed(
                f"{self.where}: after record {self.number} (line {line})",
                f"text outside any record: {words!r}",
                pmid_in(junk),
            )

    def _advance(self, end: int) -> None:
        if self.count_lines:
            self.line += self.buffer.count(b"\n", self.position, end)
        self.position = end
