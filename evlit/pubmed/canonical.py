"""Bytes of one record → its element, and canonical bytes that only its content decides.

Exclusive C14N fixes the order of attributes, quotes, empty tags, character references and
where a namespace is declared. White space is fixed on top of it: between structural
elements it is dropped, within texts a line end with its blanks is one space.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from lxml import etree


def _parser(*, drop_blanks: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_blank_text=drop_blanks,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=False,
    )


_PARSER = _parser(drop_blanks=False)
# Where no inline markup is, libxml2 may drop blanks itself: that spares a tenth of the time.
# It would also drop the blank of "<i>Homo</i> <i>sapiens</i>".
_BLANK_PARSER = _parser(drop_blanks=True)
_INLINE = re.compile(rb"<(?:[^/A-Z]|DispF)")
# NLM's structural elements are capitalised, inline markup is not (save DispFormula): a
# blank before inline markup is part of the text ("<i>Homo</i> <i>sapiens</i>").
_BETWEEN = re.compile(rb">\s+(?=</?(?!DispFormula)[A-Z])")
_AT_START = re.compile(rb"(<[A-Z][^<>]*>)\s*\n\s*")
_AT_END = re.compile(rb"\s*\n\s*(?=</[A-Z])")
_LINE_END = re.compile(rb"\s*\n\s*")
_REFERENCES = (b"<ReferenceList>", b"</ReferenceList>")
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


def parse_record(raw: bytes) -> etree._Element:
    """Return the element of one record's UTF-8 bytes, blanks between its parts dropped or not.

    :raises etree.XMLSyntaxError: the bytes are not well-formed
    """
    if _INLINE.search(raw) or _has_references(raw):
        return parse_element(raw)
    return etree.fromstring(raw, _BLANK_PARSER)


def parse_without_references(raw: bytes) -> etree._Element:
    """Return the element without its own list of references, which no field of a record holds.

    They are half of a record's bytes. That they are well-formed is seen without a tree of them.

    :raises etree.XMLSyntaxError: the bytes are not well-formed
    """
    start = raw.find(_REFERENCES[0])
    end = raw.find(_REFERENCES[1], start) if start >= 0 else -1
    if end < 0:
        return parse_record(raw)
    end += len(_REFERENCES[1])
    try:
        expat.ParserCreate("utf-8", " ").Parse(raw[start:end], True)
    except expat.ExpatError:
        return parse_record(raw)  # it says what is wrong, if it is: prefixes may be declared above
    return parse_record(raw[:start] + raw[end:])


def canonical_bytes(raw: bytes) -> bytes:
    """Return the canonical bytes of a record's well-formed UTF-8 bytes."""
    return canonical_xml(parse_record(raw))


def canonical_xml(element: etree._Element) -> bytes:
    """Return the bytes that only the content of a record's element decides."""
    xml = _BETWEEN.sub(b">", _c14n(element))
    return _one_line(xml) if b"\n" in xml else xml


def _has_references(raw: bytes) -> bool:
    """A character reference may look like a blank between tags.

    The search for one byte is many times faster than for two, and mostly enough.
    """
    return b"#" in raw and b"&#" in raw


def _c14n(element: etree._Element) -> bytes:
    return etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, with_tail=False
    )


def _one_line(xml: bytes) -> bytes:
    return _LINE_END.sub(b" ", _AT_END.sub(b"", _AT_START.sub(rb"\1", xml)))
