"""Mixed content → plain text: nothing of it is lost, and no number becomes another.

Inline markup is flattened (``CO<sub>2</sub>`` → ``CO2``, ``CD8<sup>+</sup>`` → ``CD8+``)
except where that would fuse two numbers: ``10<sup>9</sup>`` → ``10^9``, ``P2<sub>1</sub>``
→ ``P2_1``, and a MathML fraction of 1 and 2 → ``1/2``. A raised TM becomes ``™``, so that a
brand does not grow two letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from lxml import etree

_NUMBER = re.compile(r"[+\-−‐‑–]?\s*\d")
_BLANKS = re.compile(r"[ \t\r\n]+")
_MATHML = "{http://www.w3.org/1998/Math/MathML}"


def clean(text: str | None) -> str:
    """Return NFC text, runs of blanks and line ends as one space, ends stripped.

    Other spaces (thin, no-break) stay: they are the source's.
    """
    if not text:
        return ""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:
        text = _BLANKS.sub(" ", text)
    text = text.strip(" ")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


name_of = lru_cache(maxsize=1 << 15)(clean)
"""As :func:`clean`, for the names of vocabularies and journals, which come again and again."""


def text_of(element: etree._Element | None) -> str | None:
    """Return the whole text of an element, markup flattened; None where there is none."""
    if element is None:
        return None
    return clean(flatten(element) if len(element) else element.text) or None


def flatten(element: etree._Element) -> str:
    """Return the text of an element and all below it, numbers kept apart."""
    if not len(element):
        return element.text or ""
    tag = _local(element.tag)
    if tag == "mfrac" and len(element) == 2:
        return f"{_grouped(element[0])}/{_grouped(element[1])}"
    text = element.text or ""
    for position, child in enumerate(element):
        sign = _sign(tag, child, position)
        inner = flatten(child)
        text += _shifted(text, inner, sign) if sign else inner
        text += child.tail or ""
    return text


def inner_xml(element: etree._Element) -> str | None:
    """Return the XML inside an element where it holds markup, else None."""
    if not len(element):
        return None
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return clean(text[text.index(">") + 1 : text.rindex("</")])


def _local(tag: str) -> str:
    return tag.removeprefix(_MATHML)


def _sign(parent: str, child: etree._Element, position: int) -> str:
    """Return ``^`` or ``_`` where a child is raised or lowered, else ``""``."""
    tag = child.tag
    if tag == "sup":
        return "^"
    if tag == "sub":
        return "_"
    if position and parent in {"msup", "msub", "msubsup"}:
        return "_" if parent == "msub" or (parent == "msubsup" and position == 1) else "^"
    return ""


def _shifted(before: str, inner: str, sign: str) -> str:
    """Return raised or lowered text, marked where it would fuse with a number."""
    if sign == "^" and inner.strip() == "TM":
        return "™"
    if before.rstrip()[-1:].isdigit() and _NUMBER.match(inner.lstrip()):
        return sign + inner.lstrip()
    return inner


def _grouped(element: etree._Element) -> str:
    """Return a part of a fraction, in brackets where it has more than one term."""
    text = flatten(element).strip()
    return text if text.isalnum() else f"({text})"
