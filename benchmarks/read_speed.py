"""Reading speed: evlit beside pubmed_parser on the same PubMed file, in one run.

    python -m benchmarks.read_speed [FILE.xml.gz …] [--runs 5]

What each side does:

evlit records   inflate, split, parse, every field of ``Record``; the canonical bytes of a record
                are made when they are asked for, which nobody does here
evlit by 2      the same by this process and one more, the records in this one in file order
evlit bytes     inflate and split only: what no reader can do without
lxml only       the same and the tree of each record: what no reader by lxml can do without
pubmed_parser   ``parse_medline_xml`` with its defaults: a dictionary of joined strings
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.sides import main


# Each side imports itself alone, so that its memory is its own.
def evlit_records(path: Path, workers: int = 1) -> int:
    from evlit.pubmed import parse_file  # noqa: PLC0415
    from evlit.records import Parsed  # noqa: PLC0415

    return sum(isinstance(found, Parsed) for found in parse_file(path, workers=workers))


def evlit_by_two(path: Path) -> int:
    return evlit_records(path, workers=2)


def evlit_bytes(path: Path) -> int:
    from evlit.pubmed import RawRecord, iter_raw  # noqa: PLC0415

    return sum(isinstance(r, RawRecord) and "Article" in r.tag for r in iter_raw(path))


def lxml_only(path: Path) -> int:
    from evlit.pubmed import RawRecord, iter_raw  # noqa: PLC0415
    from evlit.pubmed.canonical import parse_record  # noqa: PLC0415

    return sum(
        parse_record(r.data).tag != "DeleteCitation"
        for r in iter_raw(path)
        if isinstance(r, RawRecord)
    )


def pubmed_parser_dicts(path: Path) -> int:
    import pubmed_parser  # noqa: PLC0415

    return sum(not entry["delete"] for entry in pubmed_parser.parse_medline_xml(str(path)))


SIDES = {
    "evlit records": evlit_records,
    "evlit by 2": evlit_by_two,
    "evlit bytes": evlit_bytes,
    "lxml only": lxml_only,
    "pubmed_parser": pubmed_parser_dicts,
}

if __name__ == "__main__":
    main("benchmarks.read_speed", __doc__, SIDES, "pubmed_parser")
