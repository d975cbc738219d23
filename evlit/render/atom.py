"""Atom feeds (RFC 4287) of what is new about a product or a condition."""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ET  # written only, never read
from collections.abc import Sequence

from evlit.messages import language
from evlit.records import NewsItem

ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, however it is escaped."""
_NEVER = "1970-01-01T00:00:00Z"


def to_atom(name: str, title: str, items: Sequence[NewsItem], *, self_url: str = "") -> str:
    """Return a feed.

    :param name: what it is about, for its id: ``product/exoflo``, ``indication/stroke``
    :param items: newest first
    :param self_url: where the feed will stand, where that is known
    """
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language()})
    _add(feed, "id", _urn(name))
    _add(feed, "title", title)
    _add(feed, "updated", max((item.at for item in items), default=_NEVER))
    _add(_add(feed, "author", ""), "name", "evlit")
    if self_url:
        _add(feed, "link", "", rel="self", type="application/atom+xml", href=self_url)
    for item in items:
        _entry(feed, name, item)
    ET.indent(feed)
    text = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _entry(feed: ET.Element, name: str, item: NewsItem) -> None:
    entry = _add(feed, "entry", "")
    _add(entry, "id", _urn(f"{name}/{item.kind}/{item.id}/{item.at}"))
    _add(entry, "title", f"{item.head}: {item.title}" if item.title else item.head)
    _add(entry, "updated", item.at)
    _add(entry, "link", "", rel="alternate", href=item.url)
    _add(entry, "summary", item.text or item.head)


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    clean = {key: _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", v) for key, v in attributes.items()}
    element = ET.SubElement(parent, tag, clean)
    element.text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text) or None
    return element


def _urn(name: str) -> str:
    """Return an id that stays the same: Atom readers know an entry by it."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, 'evlit:' + name)}"
