"""Opening what may hold PubMed data: what it is, its content says, not its ending."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from evlit.errors import InputError

isal_zlib: Any
try:  # It inflates twice as fast as zlib, but is not there for every machine.
    from isal import isal_zlib
except ImportError:
    isal_zlib = None

CHUNK = 1 << 18
"""Bytes handed on at a time."""
_GZIP = b"\x1f\x8b"
_HEAD = 1 << 16
"""Bytes within which a file must show what it is."""
_ROOTS = frozenset(
    {b"PubmedArticleSet", b"PubmedArticle", b"PubmedBookArticleSet", b"PubmedBookArticle",
     b"DeleteCitation", b"DeleteDocument"}
)  # fmt: skip
_PROLOG = re.compile(
    rb"\s+|<\?.*?\?>|<!--.*?-->"
    rb"|<!(?i:DOCTYPE)(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*(?:\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*\]\s*)?>",
    re.DOTALL,
)
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_DECLARED = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_TAG_LINE = re.compile(rb"^PMID *- *\d", re.MULTILINE)
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_ENCODINGS = re.compile(
    r"iso-8859-\d\d?|latin-?1|(?:windows-|cp)125\d|utf-(?:16|32)(?:le|be)?"
    r"|gb2312|gbk|gb18030|big5|shift_jis|euc-(?:jp|kr)|koi8-r"
)
REMEDY = (
    "give PubMed XML (plain or .gz) or a MEDLINE export (.nbib, .txt); in PubMed: "
    "Save or Send to, format PubMed"
)


class CutError(Exception):
    """A stream ended before its end or turned unreadable; what came before is good."""


class Source(NamedTuple):
    """Something opened and recognised."""

    kind: str
    """``xml`` or ``medline``."""
    where: str
    """Its name in messages."""
    chunks: Iterator[bytes]
    """The content, inflated; XML as UTF-8. Ends with :class:`CutError` where it is cut."""


def open_source(source: Path | str | bytes, where: str | None = None) -> Source:
    """Open a file or bytes, inflate it, and say what it is.

    A path is opened here and closed when its chunks end or are dropped.

    :raises InputError: it cannot be opened, is empty, or holds no PubMed data
    """
    if isinstance(source, bytes):
        where = where or "data"
        return _recognise(_inflated(partial(_byte_chunks, source)), where)
    where = where or Path(source).name or str(source)
    return _recognise(_inflated(partial(_file_chunks, Path(source), where)), where)


def _byte_chunks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]


def _file_chunks(path: Path, where: str) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            yield from iter(partial(stream.read, CHUNK), b"")
    except IsADirectoryError as error:
        raise InputError(where, "is a folder", "name the files in it") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(where, f"cannot be read: {reason}", "check the path and its rights") from (
            error
        )


def _inflated(read: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """Inflate gzip, one member or many; hand anything else on as it is.

    :param read: starts the chunks, anew each time
    """
    chunks = read()
    first = next(chunks, b"")
    while len(first) < len(_GZIP) and (more := next(chunks, b"")):
        first += more
    whole = chain((first,), chunks)
    if not first.startswith(_GZIP):
        return (c for c in whole if c)
    return _zlib_inflated(whole) if isal_zlib is None else _isal_inflated(whole, read)


def _zlib_inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    inflater = _Inflater(zlib)
    for chunk in chunks:
        yield from inflater.feed(chunk)
    inflater.finish()


def _isal_inflated(
    chunks: Iterator[bytes], again: Callable[[], Iterator[bytes]]
) -> Iterator[bytes]:
    """Inflate with isal; from a fault on do as zlib, which can say what stands before it."""
    inflater, done = _Inflater(isal_zlib), 0
    try:
        for chunk in chunks:
            for out in inflater.feed(chunk):
                yield out
                done += len(out)
        inflater.finish()
    except CutError:
        yield from _without(_zlib_inflated(again()), done)


def _without(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Yield chunks without their first ``size`` bytes."""
    for chunk in chunks:
        if size < len(chunk):
            yield chunk[size:]
        size = max(0, size - len(chunk))


class _Inflater:
    """Gzip members one after another; all that can be inflated before a fault is."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._member: Any = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member is None:
                data = data.lstrip(b"\0")  # padding between members
                if not data:
                    return
                if not (data.startswith(_GZIP) or _GZIP.startswith(data)):
                    raise CutError("bytes that are not gzip follow its gzip data")
                self._member = self._library.decompressobj(wbits=31)
            before = self._member.copy() if self._library is zlib else None
            try:
                out = self._member.decompress(data, CHUNK)
            except self._library.error as error:
                if before is not None:
                    yield _salvage(before, data)
                raise CutError(f"its gzip data are damaged here ({error})") from error
            data = self._member.unconsumed_tail
            if self._member.eof:
                data, self._member = self._member.unused_data, None
            if out:
                yield out

    def finish(self) -> None:
        """:raises CutError: the last member has no end"""
        if self._member is not None:
            raise CutError("its gzip data end too early: the file is cut")


def _salvage(member: Any, data: bytes) -> bytes:
    """Inflate byte by byte up to a fault."""
    out = bytearray()
    for i in range(len(data)):
        try:
            out += member.decompress(data[i : i + 1])
        except zlib.error:
            break
    return bytes(out)


def _recognise(chunks: Iterator[bytes], where: str) -> Source:
    """Read as much as tells what it is; hand the whole on."""
    head, rest = _head(chunks)
    if encoding := _encoding(head, where):
        head, rest = _head(_transcoded(encoding, chain((head,), rest)))
    head = head.removeprefix(codecs.BOM_UTF8)
    text = head.lstrip()
    if not text:
        raise InputError(where, "is empty" + _cut_text(rest), REMEDY)
    if text.startswith(b"<"):
        _check_root(text, where)
        return Source("xml", where, chain((head,), rest))
    if _TAG_LINE.search(head):
        return Source("medline", where, chain((head,), rest))
    kind = "JSON" if text[:1] in b"{[" else "neither XML nor MEDLINE text"
    raise InputError(where, f"is {kind}, not PubMed data", REMEDY)


def _head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes and the rest, which ends as it would have."""
    head = b""
    try:
        while len(head) < _HEAD and (chunk := next(chunks, b"")):
            head += chunk
    except CutError as error:
        return head, _then_raise(error)
    return head, chunks


def _cut_text(rest: Iterator[bytes]) -> str:
    try:
        next(rest, b"")
    except CutError as error:
        return f": {error}"
    return ""


def _then_raise(error: CutError) -> Iterator[bytes]:
    yield from ()
    raise error


def _check_root(text: bytes, where: str) -> None:
    """:raises InputError: the root element is not one of PubMed's"""
    position = 0
    while found := _PROLOG.match(text, position):
        position = found.end()
    root = _ROOT.match(text, position)
    if root is None:
        raise InputError(where, "is XML without a root element", REMEDY)
    name = root.group(1)
    if name not in _ROOTS:
        what = (
            f"has the root element <{name.decode(errors='replace')[:60]}>, not <PubmedArticleSet>"
        )
        raise InputError(where, what + _error_text(text), REMEDY)


def _error_text(text: bytes) -> str:
    """Quote the error that the server put in place of data, if it did."""
    found = re.search(rb"<ERROR>(.*?)</ERROR>", text, re.DOTALL)
    if found is None:
        return ""
    words = " ".join(found.group(1).decode("utf-8", "replace").split())
    return f"; it says: {words[:200]}"


def _encoding(head: bytes, where: str) -> str | None:
    """Return the encoding to be turned into UTF-8, None where it is UTF-8 already.

    :raises InputError: an encoding that PubMed data never have
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8).lstrip())
    name = declared.group(1).decode().lower() if declared else "utf-8"
    if name in _UTF8:
        return None
    if not _ENCODINGS.fullmatch(name):
        raise InputError(where, f"declares the encoding {name[:40]!r}", "convert it to UTF-8")
    return name


def _illegal(error: UnicodeError) -> tuple[str, int]:
    """Put a character that XML forbids in place of bad bytes: their record is then refused."""
    if isinstance(error, UnicodeDecodeError):
        return "\uffff", error.end
    raise error


codecs.register_error("evlit-illegal", _illegal)


def _transcoded(encoding: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Turn text of another encoding into UTF-8, piece by piece."""
    decoder = codecs.getincrementaldecoder(encoding)("evlit-illegal")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
