"""Bytes of one record → its element, and canonical bytes that only its content decides.

Exclusive C14N fixes the order of attributes, quotes, empty tags, character references and
where a namespace is declared. White space is fixed on top of it: between structural
elements it is dropped, within texts a line end with its blanks is one space.
"""

from __future__ import annotations

import re

from lxml import etree

_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
    huge_tree=False,
)
# libxml2's own remove_blank_text would also drop the blank of "<i>Homo</i> <i>sapiens</i>".
# NLM's structural elements are capitalised, inline markup is not (save DispFormula): a
# blank before inline markup is part of the text ("<i>Homo</i> <i>sapiens</i>").
_BETWEEN = re.compile(rb">\s+(?=</?(?!DispFormula)[A-Z])")
_AT_START = re.compile(rb"(<[A-Z][^<>]*>)\s*\n\s*")
_AT_END = re.compile(rb"\s*\n\s*(?=</[A-Z])")
_LINE_END = re.compile(rb"\s*\n\s*")
_MATHML = b'<root xmlns:mml="http://www.w3.org/1998/Math/MathML">%b</root>'


def parse_element(raw: bytes) -> etree._Element:
    """Return the element of one record's UTF-8 bytes.

    No DTD is read, no entity resolved, no network used.

    :raises etree.XMLSyntaxError: the bytes are not well-formed
    """
    try:
        return etree.fromstring(raw, _PARSER)
    except etree.XMLSyntaxError as error:
        if b"<mml:" not in raw or "prefix mml" not in str(error):
            raise
    # The prefix may be declared on the set's root, which is not part of the record.
    return etree.fromstring(_MATHML % raw, _PARSER)[0]


def element_and_xml(raw: bytes) -> tuple[etree._Element, bytes]:
    """Return the element of one record and its canonical bytes.

    :raises etree.XMLSyntaxError: the bytes are not well-formed
    """
    if _may_hide_blanks(raw):
        element = parse_element(raw)
        xml = _BETWEEN.sub(b">", _c14n(element))
    else:
        element = parse_element(_BETWEEN.sub(b">", raw))
        xml = _c14n(element)
    return element, _one_line(xml) if b"\n" in xml else xml


def _may_hide_blanks(raw: bytes) -> bool:
    """A comment, CDATA or character reference may look like a blank between tags, or be one.

    The search for one byte is many times faster than for two, and mostly enough.
    """
    return (
        (b"!" in raw and b"<!" in raw)
        or (b"?" in raw and b"<?" in raw)
        or (b"#" in raw and b"&#" in raw)
    )


def _c14n(element: etree._Element) -> bytes:
    return etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, with_tail=False
    )


def _one_line(xml: bytes) -> bytes:
    return _LINE_END.sub(b" ", _AT_END.sub(b"", _AT_START.sub(rb"\1", xml)))
