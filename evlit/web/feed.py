"""An answer as an Atom feed: what is new on one product, for a feed reader."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from evlit.messages import language, say
from evlit.records import Answer, StudyReport
from evlit.web.show import clean, external
from evlit.web.words import t

_ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 100


def to_atom(answer: Answer, url: Callable[..., str]) -> bytes:
    """Return the feed of an answer's reports, newest first; ``url`` makes addresses."""
    name = answer.product.name if answer.product else answer.question.typed
    key = answer.product.key if answer.product else f"search:{quote(name, safe='')}"
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": language()})
    _add(feed, "id", f"urn:evlit:{key}")
    _add(feed, "title", t("feed.title", name=clean(name)))
    _add(feed, "subtitle", clean(answer.verdict))
    _add(feed, "updated", answer.coverage.last_run or answer.question.asked_at)
    path = f"/evlit/product/{key}" if answer.product else "/evlit/search"
    asked = {} if answer.product else {"q": name}
    SubElement(feed, "link", {"rel": "alternate", "href": url(path, **asked)})
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml",
                              "href": url(f"{path}.atom", **asked)})  # fmt: skip
    author = SubElement(feed, "author")
    _add(author, "name", "evlit")
    for report in sorted(answer.records, key=lambda r: r.published, reverse=True)[:ENTRIES]:
        _entry(feed, report)
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _entry(feed: Element, report: StudyReport) -> None:
    entry = SubElement(feed, "entry")
    _add(entry, "id", f"urn:evlit:{clean(report.id).replace(' ', '-')}")
    _add(entry, "title", clean(report.title))
    _add(entry, "updated", _moment(report.published or str(report.year or "")))
    _add(entry, "summary", f"{say(f'tier.{report.tier}')}. {clean(report.why)}")
    if address := external(report):
        SubElement(entry, "link", {"rel": "alternate", "href": address})


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _moment(published: str) -> str:
    """Return a date of any precision as Atom wants it."""
    given = published.split("-") if published else []
    year, month, day = (part or other for part, other in zip_longest(given, ("1970", "01", "01")))
    return f"{year}-{month}-{day}T00:00:00Z"
