"""Real labelled records that may lie beside the checkout, as PubMed XML. Never copied into it.

A line of ``ev_records.jsonl`` holds pmid, title, abstract, publication_types and mesh (names),
keywords, year, journal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from evlit.pubmed.medline_terms import PUBLICATION_TYPES
from tests.fakes.citations import DOCTYPE


def load_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def write_pubmed_xml(lines: Iterator[dict[str, Any]], path: Path) -> int:
    """Write records as a PubMed XML file; return how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(f'<?xml version="1.0" encoding="utf-8"?>\n{DOCTYPE}\n<PubmedArticleSet>\n')
        for line in lines:
            file.write(article(line) + "\n")
            count += 1
        file.write("</PubmedArticleSet>\n")
    return count


def article(line: dict[str, Any]) -> str:
    """Return one line as a PubmedArticle element."""
    abstract = line.get("abstract") or ""
    types = "".join(
        f'<PublicationType UI="{PUBLICATION_TYPES.get(name, "")}">{escape(name)}</PublicationType>'
        for name in line.get("publication_types") or ["Journal Article"]
    )
    mesh = "".join(
        f'<MeshHeading><DescriptorName UI="D000000" MajorTopicYN="N">{escape(name)}'
        "</DescriptorName></MeshHeading>"
        for name in line.get("mesh") or []
    )
    words = "".join(f"<Keyword>{escape(w)}</Keyword>" for w in line.get("keywords") or [])
    return (
        '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">'
        f'<PMID Version="1">{line["pmid"]}</PMID><Article PubModel="Print"><Journal>'
        f'<JournalIssue CitedMedium="Print"><PubDate><Year>{line.get("year") or 2000}</Year>'
        f"</PubDate></JournalIssue><Title>{escape(line.get('journal') or '')}</Title></Journal>"
        f"<ArticleTitle>{escape(line['title'] or '')}</ArticleTitle>"
        + (f"<Abstract><AbstractText>{escape(abstract)}</AbstractText></Abstract>" * bool(abstract))
        + f"<PublicationTypeList>{types}</PublicationTypeList></Article>"
        + (f"<MeshHeadingList>{mesh}</MeshHeadingList>" if mesh else "")
        + (f'<KeywordList Owner="NOTNLM">{words}</KeywordList>' if words else "")
        + "</MedlineCitation><PubmedData><PublicationStatus>ppublish</PublicationStatus>"
        f'<ArticleIdList><ArticleId IdType="pubmed">{line["pmid"]}</ArticleId></ArticleIdList>'
        "</PubmedData></PubmedArticle>"
    )
