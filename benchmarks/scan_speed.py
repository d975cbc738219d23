"""Topic scan: what finds the records of the topics in a file, beside inflating it.

    python -m benchmarks.scan_speed [FILE.xml.gz …] [--runs 5]

What each side does, the catalogue being loaded before:

evlit scan      inflate, split, sieve; parse what passes and decide whether it belongs
evlit sieve     inflate, split, sieve: the records that pass
evlit bytes     inflate and split only
isal            inflate only, with the library that evlit uses
zlib            inflate only, in pieces of 1 MiB
"""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.read_speed import evlit_bytes
from benchmarks.sides import main

if TYPE_CHECKING:
    from evlit.ingest import Enricher


@cache
def rules() -> Enricher:
    from evlit.catalogue import load_catalogue  # noqa: PLC0415
    from evlit.ingest import Enricher  # noqa: PLC0415

    enricher = Enricher(load_catalogue())
    enricher.sieve.passes(b"")
    return enricher


def evlit_scan(path: Path) -> int:
    from evlit.pubmed import scan_blocks  # noqa: PLC0415
    from evlit.records import Parsed  # noqa: PLC0415

    return sum(
        bool(rules().belongs(item.found.record))
        for block in scan_blocks(path, rules().sieve)
        for item in block
        if isinstance(item.found, Parsed)
    )


def evlit_sieve(path: Path) -> int:
    from evlit.pubmed import RawRecord, iter_raw  # noqa: PLC0415

    passes = rules().sieve.passes
    return sum(isinstance(r, RawRecord) and passes(r.data) for r in iter_raw(path))


def isal_inflate(path: Path) -> int:
    from evlit.pubmed import open_source  # noqa: PLC0415

    return sum(0 for _ in open_source(path).chunks)


def zlib_inflate(path: Path) -> int:
    inflater = zlib.decompressobj(31)
    with path.open("rb") as file:
        while data := file.read(1 << 18):
            while data:
                inflater.decompress(data, 1 << 20)
                data = inflater.unconsumed_tail
    return 0


SIDES = {
    "evlit scan": evlit_scan,
    "evlit sieve": evlit_sieve,
    "evlit bytes": evlit_bytes,
    "isal": isal_inflate,
    "zlib": zlib_inflate,
}

if __name__ == "__main__":
    import sys

    if any(side in sys.argv for side in ("evlit scan", "evlit sieve")):
        rules()
    main("benchmarks.scan_speed", __doc__, SIDES, "zlib")
