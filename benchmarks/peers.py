"""One side of the comparison with peers, read in this process: ``python -m benchmarks.peers``.

    python -m benchmarks.peers SIDE FILE.xml.gz [--store FILE]

Prints the number of records. The table is made by ``python -m benchmarks.speed``; each side
imports what it measures and nothing else.
"""

# ruff: noqa: PLC0415 - a side's memory and time are its own

from __future__ import annotations

import argparse
import gzip
import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

BLOCK = 1 << 20


# ------------------------------------------------------------------------------- floors


def zlib_only(path: Path, _: Path) -> int:
    """zlib inflates the file, nothing looks at it."""
    inflate = zlib.decompressobj(31)
    with path.open("rb") as file:
        return sum(
            inflate.decompress(block).count(b"</PubmedArticle>")
            for block in iter(lambda: file.read(BLOCK), b"")
        )


def isal_only(path: Path, _: Path) -> int:
    """isal inflates the file, nothing looks at it."""
    from isal import igzip

    with igzip.open(path, "rb") as file:
        blocks = iter(lambda: file.read(BLOCK), b"")
        return sum(block.count(b"</PubmedArticle>") for block in blocks)


def tokens_only(path: Path, _: Path) -> int:
    """isal inflates, lxml tokenises and builds each record, nothing is read out of it."""
    from isal import igzip

    count = 0
    with igzip.open(path, "rb") as file:
        for element in _articles(file):
            count += 1
            element.clear()
    return count


def _articles(file: object) -> Iterator[object]:
    from lxml import etree

    for _, element in etree.iterparse(file, tag="PubmedArticle", load_dtd=False):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def insert_only(path: Path, store: Path) -> int:
    """split, hash, compress; one row a record (bytes, hash, 1,500 characters of text), no index."""
    from evlit.pubmed import RawRecord, iter_raw

    rows = (
        (raw.data[:1500], hashlib.sha256(raw.data).hexdigest(), zlib.compress(raw.data, 3))
        for raw in iter_raw(path)
        if isinstance(raw, RawRecord) and "Article" in raw.tag
    )
    db = sqlite3.connect(store, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text BLOB, sha256 TEXT, raw BLOB) STRICT")
    db.execute("BEGIN")
    count = db.executemany("INSERT INTO t (text, sha256, raw) VALUES (?, ?, ?)", rows).rowcount
    db.execute("COMMIT")
    return count


# -------------------------------------------------------------------------------- evlit


def evlit_records(path: Path, _: Path) -> int:
    """inflate, split, parse; every field of ``Record``, one at a time."""
    from evlit.pubmed import parse_file
    from evlit.records import Parsed

    return sum(isinstance(found, Parsed) for found in parse_file(path))


def evlit_records_2(path: Path, _: Path) -> int:
    """the same by two processes, the caller one of them, which ends up with all of them."""
    from evlit.pubmed import parse_file
    from evlit.records import Parsed

    return sum(isinstance(found, Parsed) for found in parse_file(path, workers=2))


def evlit_all(path: Path, store: Path) -> int:
    """read, hash, compress, tag on every axis, match names, store, index: ``ingest --all``."""
    return _ingested(path, store, keep_all=True)


def evlit_all_2(path: Path, store: Path) -> int:
    """the same with ``--workers 2``."""
    return _ingested(path, store, keep_all=True, workers=2)


def evlit_reading(path: Path, _: Path) -> int:
    """of this, what a worker does: read, hash, compress, tag, match names; nothing stored."""
    return _read(path, keep_all=True)


def evlit_scan(path: Path, _: Path) -> int:
    """what a worker does of it where only topics and names are kept; nothing stored."""
    return _read(path, keep_all=False)


def _read(path: Path, *, keep_all: bool) -> int:
    from evlit.catalogue import load_catalogue
    from evlit.ingest import Enricher
    from evlit.ingest.parts import read_parts

    parts = read_parts(path, Enricher(load_catalogue()), {}, keep_all=keep_all)
    return sum(part.seen for part in parts)


def evlit_again(path: Path, store: Path) -> int:
    """the same file once more into the same store."""
    return _ingested(path, store, keep_all=True)


def evlit_retag(_: Path, store: Path) -> int:
    """all that is held tagged and matched anew from the stored bytes: ``classify --all``."""
    return _retagged(store, workers=1)


def evlit_retag_2(_: Path, store: Path) -> int:
    """the same with ``--workers 2``."""
    return _retagged(store, workers=2)


def _retagged(store: Path, workers: int) -> int:
    from evlit.catalogue import load_catalogue
    from evlit.ingest import retag
    from evlit.store import open_store

    with open_store(store) as opened:
        return retag(opened, load_catalogue(), pmids=opened.pmids(), workers=workers)


def evlit_topics(path: Path, store: Path) -> int:
    """the same of what is on a topic or names a product: ``evlit ingest``."""
    return _ingested(path, store, keep_all=False)


def _ingested(path: Path, store: Path, *, keep_all: bool, workers: int = 1) -> int:
    from evlit.catalogue import load_catalogue
    from evlit.ingest import ingest_files
    from evlit.store import open_store

    with open_store(store) as opened:
        catalogue = load_catalogue()
        done = ingest_files(opened, [path], catalogue, keep_all=keep_all, workers=workers)
        return done.seen


# -------------------------------------------------------------------------------- peers


def pubmed_parser(path: Path, _: Path) -> int:
    """``parse_medline_xml`` with its defaults: a list of dictionaries of joined strings."""
    from pubmed_parser import parse_medline_xml

    return sum(not entry["delete"] for entry in parse_medline_xml(str(path)))


def bio_entrez(path: Path, _: Path) -> int:
    """``Bio.Entrez.read``: the whole file as nested lists and dictionaries."""
    from Bio import Entrez

    with gzip.open(path, "rb") as file:
        return len(Entrez.read(file)["PubmedArticle"])


def metapub(path: Path, _: Path) -> int:
    """lxml parts the file; a ``PubMedArticle`` a record, its main attributes read."""
    from lxml import etree
    from metapub.pubmedarticle import PubMedArticle

    count = 0
    with gzip.open(path, "rb") as file:
        for element in _articles(file):
            text = b"<PubmedArticleSet>" + etree.tostring(element) + b"</PubmedArticleSet>"
            article = PubMedArticle(text)
            count += article.pmid is not None and article.title is not None
    return count


def litsync(path: Path, _: Path) -> int:
    """``extract.parse_pubmed`` of the inflated file: nine fields a record as a dictionary."""
    from litsync.extract import parse_pubmed

    with gzip.open(path, "rb") as file:
        return sum(1 for _ in parse_pubmed(file.read(), path.name))


def pubmed_downloader(path: Path, _: Path) -> int:
    """its reading of one file into pydantic ``Article`` objects, nothing grounded or written."""
    from pubmed_downloader.api import _parse_from_path

    nobody = {"ror_grounder": None, "mesh_grounder": None, "author_grounder": None}
    return sum(1 for _ in _parse_from_path(path, **nobody))


SIDES: dict[str, Callable[[Path, Path], int]] = {
    f.__name__: f
    for f in (
        zlib_only, isal_only, tokens_only, insert_only, evlit_records, evlit_records_2,
        evlit_all, evlit_all_2, evlit_again, evlit_retag, evlit_retag_2,
        evlit_reading, evlit_topics, evlit_scan, pubmed_parser, bio_entrez, metapub, litsync,
        pubmed_downloader,
    )
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("path", type=Path)
    parser.add_argument("--store", type=Path, default=Path("none.db"))
    given = parser.parse_args()
    print(SIDES[given.side](given.path, given.store))


if __name__ == "__main__":
    main()
