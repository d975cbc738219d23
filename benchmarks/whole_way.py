"""The whole way of a file into a store, beside pubmed_parser's reading alone.

    python -m benchmarks.whole_way [FILE.xml.gz …] [--runs 3]

What each side does, each into a new store in the temporary folder:

ingest          every record read, hashed, compressed, tagged, matched with products and topics,
                stored and indexed, by one process (``evlit ingest --all``)
ingest by 2     the same by two worker processes and one that writes
and again       the first, and the unchanged file a second time: their difference is the second
tag only        records read and tagged, nothing else: what the classifier costs beside reading
pubmed_parser   ``parse_medline_xml`` with its defaults: reading alone, nothing is kept
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.read_speed import pubmed_parser_dicts
from benchmarks.sides import main

if TYPE_CHECKING:
    from evlit.ingest import Report


def ingest(path: Path, workers: int = 1) -> int:
    return into_new_store(lambda read: read(path, workers).seen)


def ingest_by_two(path: Path) -> int:
    return ingest(path, workers=2)


def into_new_store(way: Callable[[Callable[[Path, int], Report]], int]) -> int:
    from evlit.catalogue import load_catalogue  # noqa: PLC0415
    from evlit.ingest import ingest_files  # noqa: PLC0415
    from evlit.store import open_store  # noqa: PLC0415

    with TemporaryDirectory() as folder, open_store(Path(folder) / "evlit.db") as store:
        return way(
            lambda path, workers: ingest_files(
                store, [path], load_catalogue(), keep_all=True, workers=workers
            )
        )


def ingest_again(path: Path) -> int:
    return into_new_store(lambda read: read(path, 1).seen + read(path, 1).known)


def tag_only(path: Path) -> int:
    from evlit.catalogue import load_catalogue  # noqa: PLC0415
    from evlit.ingest import Enricher  # noqa: PLC0415
    from evlit.pubmed import parse_file  # noqa: PLC0415
    from evlit.records import Parsed  # noqa: PLC0415

    tags = Enricher(load_catalogue()).classifier.tags
    return sum(bool(tags(p.record)) for p in parse_file(path) if isinstance(p, Parsed))


SIDES = {
    "ingest": ingest,
    "ingest by 2": ingest_by_two,
    "and again": ingest_again,
    "tag only": tag_only,
    "pubmed_parser": pubmed_parser_dicts,
}

if __name__ == "__main__":
    main("benchmarks.whole_way", __doc__, SIDES, "pubmed_parser")
