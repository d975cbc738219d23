"""Files and bytes → records: the doors of this room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from lxml import etree

from evlit.errors import InputError
from evlit.pubmed import medline
from evlit.pubmed.article import UnreadableError, to_deleted, to_record
from evlit.pubmed.canonical import (
    canonical_bytes,
    canonical_xml,
    parse_element,
    parse_record,
    parse_without_references,
)
from evlit.pubmed.sieve import Sieve
from evlit.pubmed.source import REMEDY, Source, open_source
from evlit.pubmed.split import RawRecord, pmid_in, split_records
from evlit.records import Deleted, Malformed, Parsed, Record

T = TypeVar("T")


def parse_file(path: Path, *, workers: int = 1) -> Iterator[Parsed | Deleted | Malformed]:
    """Return what a file holds, in its order: PubMed XML, plain or gzip, or MEDLINE text.

    :param workers: above 1, that many processes parse XML, this one among them; the others
        import the main module anew, so a script must keep its work under
        ``if __name__ == "__main__"``
    :raises InputError: at once, where the file cannot be opened or holds no PubMed data
    """
    source = open_source(path)
    if workers > 1 and source.kind == "xml":
        from evlit.pubmed.parallel import parse_parallel  # noqa: PLC0415 - most read alone

        return parse_parallel(source, workers)
    return _parse_source(source)


class Share(NamedTuple):
    """What one of several readers of a file reads: every ``step``-th block, from ``first`` on."""

    first: int = 0
    step: int = 1


WHOLE = Share()


class Scanned(NamedTuple):
    """One item of a file, in its place."""

    found: Parsed | Deleted | Malformed | None
    """None: a record that the sieve stopped. It was not parsed, so a fault in it is not told."""
    passed: bool = True
    """False: no needle of the sieve can be in the record."""


LOT = 50
"""Items that a step takes before the next step takes them: what a step works with then stays in
the processor's cache, which spares a sixth of the time; more would only take more memory."""


def scan_blocks(
    path: Path,
    sieve: Sieve,
    *,
    keep_all: bool = False,
    share: Share = WHOLE,
    size: int = 500,
) -> Iterator[Iterator[list[Scanned]]]:
    """Yield what a file holds as :func:`parse_file`, in blocks of lots; records are sieved first.

    A lot is parsed as it is asked for: a block of records is large.

    :param keep_all: parse the records that the sieve stops, too
    :param share: which blocks; those of others cost their inflating and cutting only
    :param size: items of a block
    :raises InputError: at the first block asked for, where the file holds no PubMed data
    """
    source = open_source(path)
    if source.kind == "medline":
        for parsed in share_of(_parse_source(source), share, size):
            yield ([Scanned(found) for found in lot] for lot in _lots(parsed))
        return
    faults = _Faults(path) if path.is_file() else None  # a pipe is read once
    items = split_records(source.chunks, source.where, count_lines=faults is None)
    for raws in share_of(enumerate(items), share, size):
        yield (_sieved(lot, sieve, faults, keep_all=keep_all) for lot in _lots(raws))


def share_of(items: Iterator[T], share: Share, size: int) -> Iterator[list[T]]:
    """Yield the blocks of a share."""
    for number in count():
        block = list(islice(items, size))
        if not block:
            return
        if number % share.step == share.first:
            yield block


_Items = Sequence[tuple[int, RawRecord | Malformed]]
"""Items of a file with their places in it, from 0."""


def _sieved(
    items: _Items, sieve: Sieve, faults: _Faults | None, *, keep_all: bool
) -> list[Scanned]:
    passing = iter(sieve.passing([raw.data for _, raw in items if isinstance(raw, RawRecord)]))
    scanned = []
    for place, raw in items:
        passed = isinstance(raw, Malformed) or next(passing)
        if not passed and not keep_all:
            scanned.append(Scanned(None, passed=False))
            continue
        found = raw if isinstance(raw, Malformed) else parse_raw(raw, to_store=True)
        if faults and isinstance(found, Malformed):
            found = faults.told(place, raw)
        scanned.append(Scanned(found, passed))
    return scanned


def _lots(items: list[T]) -> Iterator[list[T]]:
    return (items[start : start + LOT] for start in range(0, len(items), LOT))


class _Faults:
    """Tells the line of what is wrong in a file. Only where something is are its lines counted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _found(self) -> list[Malformed | int]:
        """What each item of the file is: a fault, or a record that begins in this line."""
        source = open_source(self._path)
        items = split_records(source.chunks, source.where)
        return [item if isinstance(item, Malformed) else item.line for item in items]

    def told(self, place: int, raw: RawRecord | Malformed) -> Parsed | Deleted | Malformed:
        found = self._found[place]
        if isinstance(raw, Malformed) or isinstance(found, Malformed):
            assert isinstance(found, Malformed)
            return found
        return parse_raw(raw._replace(line=found))


def parse_bytes(
    xml: bytes, where: str = "PubMed's reply"
) -> Iterator[Parsed | Deleted | Malformed]:
    """Return what an efetch body (or any file's bytes) holds.

    :raises InputError: at once, where it holds no PubMed data
    """
    return _parse_source(open_source(xml, where))


def _parse_source(source: Source) -> Iterator[Parsed | Deleted | Malformed]:
    if source.kind == "medline":
        return medline.parse_blocks(medline.split_blocks(source.chunks), source.where)
    return map_raw(split_records(source.chunks, source.where))


def iter_raw(source: Path | bytes, where: str | None = None) -> Iterator[RawRecord | Malformed]:
    """Yield the bytes of each record of PubMed XML unparsed; ``parse_raw`` makes the record.

    :raises InputError: at the first record asked for, where it is not PubMed XML
    """
    opened = open_source(source, where)
    if opened.kind != "xml":
        raise InputError(opened.where, "is MEDLINE text, not PubMed XML", REMEDY)
    yield from split_records(opened.chunks, opened.where)


def map_raw(raws: Iterator[RawRecord | Malformed]) -> Iterator[Parsed | Deleted | Malformed]:
    """Parse what ``iter_raw`` yields."""
    for raw in raws:
        yield raw if isinstance(raw, Malformed) else parse_raw(raw)


def parse_raw(raw: RawRecord, *, to_store: bool = False) -> Parsed | Deleted | Malformed:
    """Return the record of one element's bytes, or what is wrong with them.

    :param to_store: make the canonical bytes, too, while the tree is there; the record is the same
    """
    try:
        if raw.tag.startswith("Delete"):
            return to_deleted(parse_record(raw.data))
        if to_store:
            element = parse_record(raw.data)
            return Parsed(to_record(element), canonical_xml(element))
        record = to_record(parse_without_references(raw.data))
        return Parsed(record, partial(canonical_bytes, raw.data))
    except etree.XMLSyntaxError as error:
        return Malformed(raw.where, _syntax_fault(raw, error), pmid_in(raw.data))
    except UnreadableError as error:
        return Malformed(raw.where, f"has {error}", pmid_in(raw.data))


def _syntax_fault(raw: RawRecord, error: etree.XMLSyntaxError) -> str:
    """Return what the XML parser found, with the line in the file."""
    try:
        parse_element(raw.data)  # again, as it stands in the file: for the true line
    except etree.XMLSyntaxError as exact:
        error = exact
    line = raw.line + max((error.lineno or 1) - 1, 0)
    words = (error.msg or "cannot be read").rsplit(", line ", 1)[0]
    return f"is not well-formed at line {line}: {words}"


def _stored(xml: bytes) -> Record | None:
    """Read canonical bytes without sniffing; None where something is wrong with them."""
    try:
        return to_record(parse_element(xml))
    except (etree.XMLSyntaxError, UnreadableError):
        return None


def parse_one(xml: bytes) -> Record:
    """Return the record of stored bytes (``Parsed.xml``), XML or MEDLINE lines.

    :raises InputError: they are not one record
    """
    where = "stored record"
    if xml.startswith(b"<Pubmed") and (one := _stored(xml)):
        return one
    found = list(parse_bytes(xml, where))
    if len(found) == 1 and isinstance(found[0], Parsed):
        return found[0].record
    faults = [f for f in found if isinstance(f, Malformed)]
    what = faults[0].what if faults else f"holds {len(found)} records, not one"
    raise InputError(where, what, "run `evlit check`; the record can be fetched again")
