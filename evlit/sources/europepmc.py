"""Europe PMC: papers that name a product in their full text, and preprints.

Its search reads full texts but is fuzzy, and nobody has read the hit: it is "named in full
text, not checked" and never counts. Paging is by ``cursorMark``; ``nextPageUrl`` is never
followed (it is not encoded). Errors come with status 200.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from evlit.http.door import Door, Outcome, Verdict
from evlit.http.wire import Clock, Reply
from evlit.settings import Settings
from evlit.sources.public import (
    IncompleteError,
    LayoutError,
    at,
    changed,
    clean,
    day_at,
    judge_json,
    list_at,
    number_at,
    open_public_door,
    pmid_of,
    text_at,
)

SOURCE, NAME = "europepmc", "Europe PMC"
SPACING = 0.25
"""Seconds between requests: its informal limit is 10 a second, evlit stays below 5."""
PAGE = 100
MOST_HITS = 500
"""More hits than this are not about one product: the query is too wide."""
ATTEMPTS = 2
SHORT_OF = 50
"""It was seen to count 170 and hand out 168: of so many one may be lacking."""


class Paper(NamedTuple):
    """One result, as Europe PMC describes it."""

    hit_id: str
    kind: str
    pmid: int | None
    pmcid: str
    doi: str
    title: str
    abstract: str
    """Plain text: its HTML is taken out."""
    journal: str
    published: str
    article_pmid: int | None


class Papers(NamedTuple):
    """All results of a search."""

    papers: tuple[Paper, ...]
    counted: int


class EuropePmc:
    """Europe PMC behind one door."""

    def __init__(self, door: Door, settings: Settings, page: int = PAGE) -> None:
        self._door = door
        self._url = f"{settings.europepmc_url}search"
        self._page = page

    def search(self, query: str) -> Papers:
        """Return every result of a query; where pages do not add up, once more.

        :raises IncompleteError: pages and count do not agree, or the query is too wide
        """
        for _ in range(ATTEMPTS):
            counted, papers = self._pages(query)
            if counted > MOST_HITS:
                raise IncompleteError(
                    NAME,
                    f"counts {counted} papers: too many to be about one product",
                    "narrow the product's names",
                )
            if len(papers) >= counted - counted // SHORT_OF:
                return Papers(tuple(papers.values()), counted)
        raise IncompleteError(
            NAME,
            f"counted {counted} papers but handed out {len(papers)}",
            "nothing was taken from this search; the next run asks again",
        )

    def _pages(self, query: str) -> tuple[int, dict[str, Paper]]:
        papers: dict[str, Paper] = {}
        cursor, seen, counted = "*", set[str](), 0
        while cursor and cursor not in seen:
            seen.add(cursor)
            value = self._ask(query, cursor)
            counted = max(counted, number_at(value, "hitCount") or 0)
            page = [parse_paper(item) for item in list_at(value, "resultList", "result")]
            before = len(papers)
            papers |= {p.hit_id: p for p in page}
            # A page that brings nothing new is the end, however many cursors there are.
            if len(papers) == before or len(papers) >= counted or counted > MOST_HITS:
                break
            cursor = text_at(value, "nextCursorMark")
        return counted, papers

    def _ask(self, query: str, cursor: str) -> Any:
        params = {
            "query": query, "resultType": "core", "format": "json", "synonym": "FALSE",
            "pageSize": str(self._page), "cursorMark": cursor,
        }  # fmt: skip
        return json.loads(self._door.get(self._url, params, "search", judge).body)


def open_door(settings: Settings, clock: Clock | None = None) -> Door:
    """Return the way to Europe PMC: at most four requests a second."""
    return open_public_door(SOURCE, NAME, settings.europepmc_url, SPACING, settings, clock)


def judge(reply: Reply) -> Verdict:
    """Judge a reply: an error or a lost cursor comes as 200."""
    return judge_json(reply, NAME, _check)


def _check(value: Any) -> Verdict | None:
    if "errCode" in value or "errMsg" in value:
        code, told = number_at(value, "errCode") or 0, text_at(value, "errMsg")
        outcome = Outcome.RETRY if code >= 500 else Outcome.FATAL
        return Verdict(outcome, "error", f"it says {told or code!r}")
    if set(value) <= {"version"}:
        return Verdict(Outcome.RETRY, "cursor", "it does not know its own cursor")
    if number_at(value, "hitCount") is None:
        return changed(NAME, "no hitCount")
    if not isinstance(at(value, "resultList", "result"), list):
        return changed(NAME, "no list of results")
    return None


def parse_paper(item: Any) -> Paper:
    """Read one result.

    :raises LayoutError: it has no id
    """
    source, number = text_at(item, "source"), text_at(item, "id")
    if not source or not number:
        raise LayoutError(NAME, "a result without source and id")
    preprint = source == "PPR"
    year = text_at(item, "pubYear")
    return Paper(
        hit_id=f"{source}:{number}",
        kind="preprint" if preprint else "article",
        pmid=pmid_of(text_at(item, "pmid")) or (pmid_of(number) if source == "MED" else None),
        pmcid=text_at(item, "pmcid"),
        doi=text_at(item, "doi").lower(),
        title=plain(text_at(item, "title")).rstrip("."),
        abstract=plain(at(item, "abstractText")),
        journal=text_at(item, "journalInfo", "journal", "title")
        or text_at(item, "bookOrReportDetails", "publisher"),
        published=day_at(item, "firstPublicationDate") or (year if year.isdigit() else ""),
        article_pmid=_article(item) if preprint else None,
    )


def _article(item: Any) -> int | None:
    """Return the PMID of the article that a preprint became."""
    for link in list_at(item, "commentCorrectionList", "commentCorrection"):
        kind = text_at(link, "type").lower()
        if kind.startswith("preprint") and text_at(link, "source") == "MED":
            return pmid_of(text_at(link, "id"))
    return None


def plain(markup: object) -> str:
    """Return text without its inline HTML; a heading is parted from what follows."""
    if not isinstance(markup, str):
        return ""
    if "<" not in markup and "&" not in markup:
        return clean(markup)
    from bs4 import BeautifulSoup  # noqa: PLC0415 - heavy, and only where there is markup

    soup = BeautifulSoup(markup[:200_000], "html.parser")
    for heading in soup.find_all(["h1", "h2", "h3", "h4", "h5", "p", "br", "li"]):
        heading.append(" ")
        heading.insert_before(" ")
    return clean(soup.get_text())
