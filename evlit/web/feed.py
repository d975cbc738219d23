"""An answer as an Atom feed: what is new on one product, for a feed reader."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from evlit.messages import language, say, sentences
from evlit.records import Answer, StudyReport
from evlit.web.show import clean, external, query_string
from evlit.web.site import Pages
from evlit.web.words import t

_ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 100


def to_atom(answer: Answer, pages: Pages) -> bytes:
    """Return the feed of an answer's reports, newest first; its links are whole addresses, for
    readers keep a feed and forget where it came from (RFC 4287)."""
    name = answer.product.name if answer.product else answer.question.typed
    visit = pages.visit
    home = pages.full_url(visit.path.removesuffix(".atom"), **visit.args)
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": language()})
    _add(feed, "id", _id(answer, visit.args))
    _add(feed, "title", t("feed.title", name=clean(name)))
    _add(feed, "subtitle", clean(answer.verdict))
    _add(feed, "updated", answer.coverage.last_run or answer.question.asked_at)
    SubElement(feed, "link", {"rel": "alternate", "href": home})
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml",
                              "href": pages.full_url(visit.path, **visit.args)})  # fmt: skip
    author = SubElement(feed, "author")
    _add(author, "name", "evlit")
    for report in sorted(answer.records, key=lambda r: r.published, reverse=True)[:ENTRIES]:
        _entry(feed, report, home)
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _id(answer: Answer, asked: Mapping[str, str]) -> str:
    """Return an id that stays: that of the product, or of what was typed; narrowed, another."""
    words = {} if answer.product else {"q": answer.question.typed, "maker": asked.get("maker")}
    narrowed = query_string(words | {key: asked.get(key) for key in ("for", "since")})
    return f"urn:evlit:{answer.product.key if answer.product else 'search'}{narrowed}"


def _entry(feed: Element, report: StudyReport, home: str) -> None:
    entry = SubElement(feed, "entry")
    _add(entry, "id", f"urn:evlit:{quote(clean(report.id).replace(' ', '-'))}")
    _add(entry, "title", clean(report.title))
    _add(entry, "updated", _moment(report.published or str(report.year or "")))
    why = clean(report.why)
    _add(entry, "summary", sentences(say(f"tier.{report.tier}") + say("list.end"),
                                     why[:1].upper() + why[1:]))  # fmt: skip
    SubElement(entry, "link", {"rel": "alternate", "href": external(report) or home})


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _moment(published: str) -> str:
    """Return a date of any precision as Atom wants it."""
    given = published.split("-") if published else []
    year, month, day = (part or other for part, other in zip_longest(given, ("1970", "01", "01")))
    return f"{year}-{month}-{day}T00:00:00Z"
