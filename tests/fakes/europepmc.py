"""A loopback Europe PMC ``/search``: cursorMark paging, errors and lost cursors inside 200.

Each paper holds a full text that is searched and never sent. ``nextPageUrl`` is sent with
unencoded spaces, as the real one is; a client must not follow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.clock import VirtualClock
from tests.fakes.public import Asked, PublicFake, as_json
from tests.fakes.replies import Reply


@dataclass
class Paper:
    """One paper as Europe PMC holds it."""

    number: str
    source: str = "MED"
    title: str = "A paper"
    abstract: str = ""
    full_text: str = ""
    pmcid: str = ""
    doi: str = ""
    journal: str = "J Invented Stud"
    published: str = "2023-05-04"
    corrections: list[dict[str, str]] = field(default_factory=list)

    def result(self) -> dict[str, Any]:
        """The result of type core."""
        found: dict[str, Any] = {
            "id": self.number, "source": self.source, "title": self.title,
            "pubYear": self.published[:4], "firstPublicationDate": self.published,
        }  # fmt: skip
        if self.source == "MED":
            found["pmid"] = self.number
            found["journalInfo"] = {"journal": {"title": self.journal}}
        if self.source == "PPR":
            found["bookOrReportDetails"] = {"publisher": self.journal}
        for name, value in (("pmcid", self.pmcid), ("doi", self.doi),
                            ("abstractText", self.abstract)):  # fmt: skip
            if value:
                found[name] = value
        if self.corrections:
            found["commentCorrectionList"] = {"commentCorrection": self.corrections}
        return found


class FakeEuropePmc(PublicFake):
    """The service and its papers."""

    base = "/europepmc/webservices/rest/"

    def __init__(self, papers: Iterable[Paper] = (), clock: VirtualClock | None = None) -> None:
        super().__init__(clock)
        self.papers = list(papers)

    def answer(self, asked: Asked) -> Reply:
        """``GET /search``."""
        if asked.path != f"{self.base}search":
            return Reply(b"", 404, "text/html")
        params = asked.params
        query = params.get("query", "")
        if not query:
            return as_json({"errCode": 404, "errMsg": "Query is empty"})
        if params.get("format") != "json":
            return Reply(b"<responseWrapper/>", 200, "application/xml")
        found = [p for p in self.papers if _matches(query, p)]
        cursor, size = params.get("cursorMark", "*"), int(params.get("pageSize", "25"))
        start = 0 if cursor == "*" else _position(cursor, len(found))
        if start is None:
            return as_json({"version": "6.9"})
        page = found[start : start + size]
        after = f"AoIIP{start + len(page):06d}=="
        return as_json(
            {
                "version": "6.9",
                "hitCount": len(found),
                "nextCursorMark": after,
                "nextPageUrl": f"{self.url}search?query={query}&cursorMark={after}",
                "request": {"queryString": query, "cursorMark": cursor, "pageSize": size},
                "resultList": {"result": [p.result() for p in page]},
            }
        )


def _position(cursor: str, most: int) -> int | None:
    match = re.fullmatch(r"AoIIP(\d{6})==", cursor)
    return int(match[1]) if match and int(match[1]) <= most else None


def _matches(query: str, paper: Paper) -> bool:
    """An OR of phrases and of ``(phrase AND (phrase OR phrase))``, signs and case folded."""
    whole = _words(f"{paper.title} {paper.abstract} {paper.full_text}")
    alone = re.sub(r'\("[^"]*" AND \([^)]*\)\)', "", query)
    if any(_words(p) in whole for p in re.findall(r'"([^"]*)"', alone)):
        return True
    for name, beside in re.findall(r'\("([^"]*)" AND \(([^)]*)\)\)', query):
        words = re.findall(r'"([^"]*)"', beside)
        if _words(name) in whole and any(_words(w) in whole for w in words):
            return True
    return False


def _words(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
