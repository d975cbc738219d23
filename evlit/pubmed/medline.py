"""MEDLINE text (``.nbib``, PubMed's ``.txt`` export) → records, through Biopython.

The format has less than the XML: no UIs of MeSH headings, no markup, no indexing method, one
text for the whole abstract. What it has is mapped to the same fields. Publication types get
their UI from a table, for they are compared by UI.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from evlit.pubmed.citation import (
    accession,
    normal_doi,
    normal_pmcid,
    pmid_of,
    text_trial_ids,
)
from evlit.pubmed.dates import earliest, free_date, numeric_date, year_of
from evlit.pubmed.markup import clean
from evlit.pubmed.medline_authors import PEOPLE, authors
from evlit.pubmed.medline_terms import CORRECTIONS, LABELS, PUBLICATION_TYPES
from evlit.pubmed.source import CutError
from evlit.records import (
    AbstractSection,
    Correction,
    Grant,
    Keyword,
    Malformed,
    MeshHeading,
    OtherAbstract,
    Parsed,
    PublicationType,
    Record,
    Substance,
)

_TAG = re.compile(r"(?=.{4}-(?: |$))[A-Z][A-Z0-9]{1,3} *-", re.ASCII)
_INDENT = "      "
_BAD = re.compile("[\ud800-\udfff]")
_MAX_RECORD = 16 << 20
"""Characters of the longest record that is read."""
_TOO_LONG = "is longer than 16 Mi characters"
_ISSN = re.compile(r"\d{4}-\d{3}[\dX]", re.ASCII)
_OAB_KINDS = frozenset(
    {"Publisher", "plain-language-summary", "AIDS", "KIE", "PIP", "NASA", "AAMC"}
)
_PMID_IN_TEXT = re.compile(r"\bPMID: ?([1-9]\d{0,8})\b", re.ASCII)
_LABEL = re.compile(r"(?:^|(?<=[.?!)\]%] ))(" + "|".join(LABELS) + r"): ")

Lines = list[str]
Values = dict[str, list[str]]


class Block(NamedTuple):
    """The lines of one record, without line ends."""

    lines: Lines
    line: int
    """Line of the file at which it starts, from 1."""
    fault: str = ""
    """Why the record cannot be whole."""


def split_blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Yield the records' lines of UTF-8 bytes; other bytes become lone surrogates."""
    newlines = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder("utf-8")("surrogateescape"), translate=True
    )
    return _blocks(newlines.decode(chunk) for chunk in chunks)


def _blocks(texts: Iterator[str]) -> Iterator[Block]:
    """Group lines into records: an empty line parts them, or else the next PMID."""
    lines: Lines = []
    first, size = 1, 0
    has_pmid = False
    fault = ""
    try:
        for number, line in enumerate(_lines(texts), 1):
            is_pmid = line.startswith("PMID-")
            if lines and (not line or (is_pmid and has_pmid)):
                yield Block(lines, first, fault)
                lines, size, has_pmid, fault = [], 0, False, ""
            if line and not fault:
                first = first if lines else number
                lines.append(line)
                size += len(line)
                has_pmid |= is_pmid
                fault = _TOO_LONG if size > _MAX_RECORD else ""
    except CutError as error:
        fault = fault or str(error)
    if lines or fault:
        yield Block(lines, first, fault)


def _lines(texts: Iterator[str]) -> Iterator[str]:
    """Yield lines without their ends, a longer one than any record's in pieces."""
    rest = ""
    cut: CutError | None = None
    try:
        for text in texts:
            *whole, rest = (rest + text).split("\n")
            yield from whole
            if len(rest) > _MAX_RECORD:
                yield rest
                rest = ""
    except CutError as error:
        cut = error
    if rest:
        yield rest
    if cut:
        raise cut


def parse_blocks(blocks: Iterable[Block], where: str) -> Iterator[Parsed | Malformed]:
    """Yield the record of each block of lines, and what could not be read in it."""
    for number, block in enumerate(blocks, 1):
        at = f"{where}: record {number} (line {block.line})"
        values, strays = _values(block.lines)
        pmid = pmid_of(" ".join(values.get("PMID", ())))
        fault = block.fault or _fault(block, values, pmid)
        if fault:
            yield Malformed(at, fault, pmid)
            continue
        yield Parsed(_record(values, _author_lines(block.lines)), _canonical(block.lines))
        for line in strays:
            yield Malformed(f"{where}: line {block.line + line}", "is no MEDLINE line", pmid)


def _fault(block: Block, values: Values, pmid: int | None) -> str:
    """Return why a block cannot become a record, else an empty text."""
    for offset, line in enumerate(block.lines):
        if _BAD.search(line):
            return f"is not UTF-8 at line {block.line + offset}: save the file as UTF-8"
    return "" if pmid else "has no PMID that is a number of 1 to 9 digits"


def _canonical(lines: Lines) -> bytes:
    """Return the lines as UTF-8, ends stripped, each with a line feed."""
    return "".join(line.rstrip() + "\n" for line in lines).encode()


def _unwrapped(lines: Lines) -> tuple[Lines, list[int]]:
    """Join continuation lines to their tags; return them and the places of stray lines."""
    whole: Lines = []
    strays = []
    for offset, line in enumerate(lines):
        if line.startswith(_INDENT) and whole:
            whole[-1] += " " + line.strip()
        elif _TAG.match(line):
            whole.append(line)
        elif line.strip():
            strays.append(offset)
    return whole, strays


def _values(lines: Lines) -> tuple[Values, list[int]]:
    """Return tag → values as Biopython reads them, each value on one line."""
    from Bio import Medline  # noqa: PLC0415 - brings numpy; XML readers need none of it

    whole, strays = _unwrapped(lines)
    if not whole:
        return {}, strays
    values: Values = {}
    for tag, value in Medline.read(whole).items():  # type: ignore[no-untyped-call]
        texts = [value] if isinstance(value, str) else value
        values[tag] = [text for v in texts if (text := clean(v))]
    return values, strays


# ---------------------------------------------------------------------------- a record


def _record(values: Values, author_lines: list[tuple[str, str]]) -> Record:
    """Return the record of one block's values."""

    def one(tag: str) -> str | None:
        found = values.get(tag)
        return " ".join(found) if found else None

    book = one("BTI")
    title = one("TI") or book
    abstract = _sections(one("AB"))
    published = earliest([free_date(one("DP") or ""), numeric_date(one("DEP"))])
    issn = _ISSN.search(one("IS") or "")
    ids = [accession(*si.partition("/")[::2]) for si in values.get("SI", ())]
    in_text = text_trial_ids(title, abstract)
    return Record(
        pmid=int(values["PMID"][0]),
        kind="book" if book else "article",
        title=title,
        vernacular_title=one("TT"),
        sections=abstract,
        abstract_copyright=one("CI"),
        other_abstracts=_other_abstracts(values),
        authors=authors(author_lines),
        journal=one("JT") or (book if one("TI") else None),
        journal_abbreviation=one("TA"),
        nlm_id=one("JID"),
        issn=issn.group() if issn else None,
        volume=one("VI"),
        issue=one("IP"),
        pages=one("PG"),
        year=year_of(published),
        published=published,
        created=numeric_date(one("CRDT")),
        entered=numeric_date(one("EDAT")),
        mesh_date=numeric_date(one("MHDA")),
        revised=numeric_date(one("LR")),
        languages=tuple(values.get("LA", ())),
        doi=normal_doi(_article_id(values, "doi")),
        pmcid=normal_pmcid(one("PMC")),
        pii=_article_id(values, "pii"),
        publication_types=tuple(
            PublicationType(PUBLICATION_TYPES.get(name, ""), name) for name in values.get("PT", ())
        ),
        mesh=_mesh(values),
        keywords=_keywords(values),
        databank_ids=tuple(dict.fromkeys([d for found in ids for d in found] + in_text)),
        substances=tuple(_substance(text) for text in values.get("RN", ())),
        corrections=_corrections(values),
        grants=tuple(dict.fromkeys(_grant(text) for text in values.get("GR", ()))),
        coi=one("COIS"),
        status=one("STAT"),
    )


def _sections(text: str | None) -> tuple[AbstractSection, ...]:
    """Part the one text of an abstract at the usual labels, if it begins with one."""
    if not text:
        return ()
    labels = list(_LABEL.finditer(text))
    if not labels or labels[0].start():
        return (AbstractSection(text),)
    ends = [match.start() for match in labels[1:]] + [len(text)]
    return tuple(
        AbstractSection(words, None if match.group(1) == "UNLABELLED" else match.group(1))
        for match, end in zip(labels, ends, strict=True)
        if (words := text[match.end() : end].strip())
    )


def _other_abstracts(values: Values) -> tuple[OtherAbstract, ...]:
    """Pair OAB with OABL; the kind stands before the text."""
    languages = values.get("OABL", [])
    found = []
    for i, text in enumerate(values.get("OAB", ())):
        kind, colon, rest = text.partition(": ")
        if not colon or kind not in _OAB_KINDS:
            kind, rest = "", text
        found.append(OtherAbstract(kind, languages[i] if i < len(languages) else "", rest))
    return tuple(found)


def _article_id(values: Values, kind: str) -> str | None:
    """Return an id of LID, else of AID: ``10.1000/x [doi]``."""
    suffix = f" [{kind}]"
    located = re.search(rf"(\S+) \[{kind}\]", " ".join(values.get("LID", ())))
    for text in values.get("AID", ()):
        if text.endswith(suffix):
            return text.removesuffix(suffix).strip() or None
    return located.group(1) if located else None


def _mesh(values: Values) -> tuple[MeshHeading, ...]:
    """Read ``Exosomes/*metabolism``; the format has no UIs."""
    found = [_heading(text) for text in values.get("MH", ())]
    found += [MeshHeading("", name, kind="supplementary") for name in values.get("NM", ())]
    return tuple(found)


def _heading(text: str) -> MeshHeading:
    name, *rest = text.split("/")
    qualifiers = tuple(("", q.lstrip("*"), q.startswith("*")) for q in rest)
    return MeshHeading("", name.lstrip("*"), "*" in text, qualifiers)


def _keywords(values: Values) -> tuple[Keyword, ...]:
    owner = values.get("OTO", ["NOTNLM"])[0]
    return tuple(Keyword(w.lstrip("*"), owner, w.startswith("*")) for w in values.get("OT", ()))


def _substance(text: str) -> Substance:
    """Read ``0 (Micro RNA)`` or ``EC 2.7.1.1 (Hexokinase)``."""
    number, bracket, name = text.partition(" (")
    if not bracket:
        return Substance("", text)
    return Substance("", name.removesuffix(")"), "" if number == "0" else number)


def _grant(text: str) -> Grant:
    """Read ``R01 HL1/HL/NHLBI NIH HHS/United States``: number, acronym, agency, country."""
    parts = [part.strip() or None for part in text.split("/")]
    if len(parts) == 1:
        return Grant(number=parts[0])
    *number, agency, country = parts
    if len(number) > 1 and re.fullmatch(r"[A-Z]{2,3}_?", number[-1] or ""):
        number.pop()
    return Grant("/".join(n or "" for n in number) or None, agency, country)


def _corrections(values: Values) -> tuple[Correction, ...]:
    return tuple(
        _correction(ref_type, text)
        for tag, ref_type in CORRECTIONS.items()
        for text in values.get(tag, ())
    )


def _correction(ref_type: str, text: str) -> Correction:
    """Read ``Lancet. 2020 Jan 1;1(1):1. doi: 10.1/x. PMID: 12345``."""
    found = _PMID_IN_TEXT.search(text)
    citation = text[: found.start()].rstrip() if found else text
    return Correction(ref_type, int(found.group(1)) if found else None, citation or None)


def _author_lines(lines: Lines) -> list[tuple[str, str]]:
    """Return (tag, value) of the lines on people: their order ties affiliations to authors."""
    whole, _ = _unwrapped(lines)
    pairs = ((line[:4].rstrip(), clean(line[6:])) for line in whole)
    return [pair for pair in pairs if pair[0] in PEOPLE and pair[1]]
