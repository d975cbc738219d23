"""Small PubMed XML for tests of the reader, and the files it is read from."""

from __future__ import annotations

from pathlib import Path

from evlit.pubmed import parse_bytes
from evlit.records import Parsed, Record

DATA = Path(__file__).parent / "data" / "pubmed"
TRAPS = (DATA / "traps.xml").read_bytes()
EXPORT = (DATA / "export.nbib").read_bytes()


def parsed(data: bytes) -> list[Record]:
    return [p.record for p in parse_bytes(data) if isinstance(p, Parsed)]


def article(inside: str = "", *, pmid: str = "1", title: str = "A title.", after: str = "") -> str:
    """One small PubmedArticle; ``inside`` stands in Article, ``after`` behind it."""
    return (
        f'<PubmedArticle><MedlineCitation Status="Publisher"><PMID Version="1">{pmid}</PMID>'
        f"<Article><ArticleTitle>{title}</ArticleTitle>{inside}</Article>{after}"
        "</MedlineCitation></PubmedArticle>"
    )


def set_of(*articles: str, head: str = "") -> bytes:
    body = "\n".join(articles)
    return f"{head}<PubmedArticleSet>\n{body}\n</PubmedArticleSet>".encode()


def one(*args: str, **kwargs: str) -> Record:
    (record,) = parsed(set_of(article(*args, **kwargs)))
    return record


def xml_of(data: bytes) -> list[bytes]:
    return [p.xml for p in parse_bytes(data) if isinstance(p, Parsed)]
