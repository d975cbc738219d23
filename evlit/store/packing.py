"""Raw records as the store keeps them: compressed, with their hash and format."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache, partial

from evlit.records import Parsed

Compress = Callable[[bytes], bytes]


@cache
def _compress() -> Compress:
    """Return what makes zlib data: isal at level 2, else zlib at 3.

    On real records both leave 32 %, zlib in 100 µs a record and isal in 28; level 6 leaves 30 %.
    """
    try:
        from isal import isal_zlib  # noqa: PLC0415 - readers of the store need none of it
    except ImportError:
        return partial(zlib.compress, level=3)
    return partial(isal_zlib.compress, level=2)


def packed(parsed: Parsed) -> Parsed:
    """Return the record with its bytes hashed and compressed, and not kept beside that."""
    xml = parsed.xml
    small = _compress()(xml)
    return Parsed(
        parsed.record, partial(zlib.decompress, small), sha256=parsed.sha256, packed=small
    )


def packed_bytes(parsed: Parsed) -> bytes:
    """Return the compressed bytes of a record."""
    return parsed.packed or _compress()(parsed.xml)


def raw_format(small: bytes) -> str:
    """Tell XML from MEDLINE lines by the first character of compressed bytes."""
    head = zlib.decompressobj().decompress(small, 64)
    return "xml" if head.lstrip()[:1] == b"<" else "medline"
