"""MEDLINE text (``.nbib``), as PubMed's own export gives it: all that a record holds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from evlit.addresses import mask_addresses
from evlit.export.references import date_parts, one_line
from evlit.records import Author, Grant, MeshHeading, Record, Substance

WIDTH = 88
"""Columns of a line in PubMed's export."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CORRECTIONS = {
    "CommentOn": "CON", "CommentIn": "CIN", "ErratumIn": "EIN", "ErratumFor": "EFR",
    "CorrectedandRepublishedIn": "CRI", "CorrectedandRepublishedFrom": "CRF",
    "RetractedandRepublishedIn": "RRI", "RetractedandRepublishedFrom": "RRF",
    "AssociatedDataset": "DDIN", "AssociatedPublication": "DRIN",
    "ExpressionOfConcernIn": "ECI", "ExpressionOfConcernFor": "ECF", "RepublishedIn": "RPI",
    "RepublishedFrom": "RPF", "RetractionIn": "RIN", "RetractionOf": "ROF",
    "PartialRetractionIn": "PRIN", "PartialRetractionOf": "PROF", "UpdateIn": "UIN",
    "UpdateOf": "UOF", "SummaryForPatientsIn": "SPIN", "OriginalReportIn": "ORI",
}  # fmt: skip
"""RefType of the XML → MEDLINE tag; others have no tag in this format."""


def to_nbib(records: Iterable[Record]) -> Iterator[str]:
    """Yield each record as MEDLINE text, an empty line after it.

    Authors' e-mail addresses are masked, as everywhere in evlit.
    """
    for record in records:
        lines = [_wrapped(tag, text) for tag, value in _fields(record) if (text := one_line(value))]
        yield "\n".join(lines) + "\n\n"


def _wrapped(tag: str, text: str) -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=f"{tag:<4}- ", subsequent_indent=" " * 6,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _fields(record: Record) -> Iterator[tuple[str, str | None]]:
    """Yield (tag, value) in PubMed's order; empty values too."""
    yield "PMID", str(record.pmid)
    yield "OWN", "NLM"
    yield "STAT", record.status
    yield "LR", (record.revised or "").replace("-", "")
    yield "IS", record.issn
    yield "VI", record.volume
    yield "IP", record.issue
    yield "DP", _date(record.published or str(record.year or ""))
    book = record.kind == "book"
    yield "BTI", (record.journal or record.title) if book else None
    yield "TI", record.title if not book or record.journal else None
    yield "PG", record.pages
    yield from _located(record, "LID")
    yield "AB", " ".join(f"{s.label}: {s.text}" if s.label else s.text for s in record.sections)
    yield "CI", record.abstract_copyright
    for other in record.other_abstracts:
        yield "OAB", f"{other.kind}: {other.text}" if other.kind else other.text
        yield "OABL", other.language
    for author in record.authors:
        yield from _author(author)
    yield from (("LA", language) for language in record.languages)
    for entry in record.databank_ids:
        if entry.found_in == "databank":
            yield "SI", f"{entry.bank}/{entry.accession}"
    yield from (("GR", _grant(grant)) for grant in record.grants)
    yield from (("PT", kind.name) for kind in record.publication_types)
    yield "TT", record.vernacular_title
    yield "TA", record.journal_abbreviation
    yield "JT", None if book else record.journal
    yield "JID", record.nlm_id
    yield from (("RN", _substance(substance)) for substance in record.substances)
    yield from _corrections(record)
    yield from _subjects(record)
    yield "COIS", record.coi
    yield "PMC", record.pmcid
    for tag, day in (
        ("EDAT", record.entered),
        ("MHDA", record.mesh_date),
        ("CRDT", record.created),
    ):
        yield tag, f"{day.replace('-', '/')} 00:00" if day else None
    yield from _located(record, "AID")
    yield "SO", _source(record)


def _date(published: str) -> str:
    """Return ``2021-05-06`` as ``2021 May 6``."""
    parts = date_parts(published)
    words = [str(parts[0])] if parts else []
    words += [_MONTHS[parts[1] - 1]] if len(parts) > 1 else []
    words += [str(parts[2])] if len(parts) > 2 else []
    return " ".join(words)


def _located(record: Record, tag: str) -> Iterator[tuple[str, str | None]]:
    for kind, value in (("pii", record.pii), ("doi", record.doi)):
        yield tag, f"{value} [{kind}]" if value else None


def _author(author: Author) -> Iterator[tuple[str, str | None]]:
    if author.collective:
        yield "CN", author.collective
    elif author.last:
        suffix = f" {author.suffix}" if author.suffix else ""
        given = author.fore or author.initials or ""
        yield "FAU", f"{author.last}, {given}{suffix}" if given else f"{author.last}{suffix}"
        yield "AU", f"{author.last} {author.initials or ''}{suffix}"
    yield "AUID", f"ORCID: {author.orcid}" if author.orcid else None
    for affiliation in author.affiliations:
        yield "AD", mask_addresses(affiliation)


def _grant(grant: Grant) -> str:
    return "/".join(part or "" for part in (grant.number, grant.agency, grant.country))


def _substance(substance: Substance) -> str:
    return f"{substance.registry_number or '0'} ({substance.name})"


def _corrections(record: Record) -> Iterator[tuple[str, str | None]]:
    for link in record.corrections:
        tag = CORRECTIONS.get(link.ref_type)
        if tag:
            cited = (link.citation or "").rstrip(". ")
            pmid = f"PMID: {link.pmid}" if link.pmid else ""
            yield tag, ". ".join(part for part in (cited, pmid) if part)


def _subjects(record: Record) -> Iterator[tuple[str, str | None]]:
    for heading in record.mesh:
        if heading.kind in ("descriptor", "geographic"):
            yield "MH", _heading(heading)
        else:
            yield "NM", heading.name
    owner = ""
    for keyword in record.keywords:
        if keyword.owner != owner:
            owner = keyword.owner
            yield "OTO", owner
        yield "OT", f"{'*' * keyword.major}{keyword.text}"


def _heading(heading: MeshHeading) -> str:
    by_qualifier = any(major for _, _, major in heading.qualifiers)
    name = f"{'*' * (heading.major and not by_qualifier)}{heading.name}"
    return "/".join([name, *(f"{'*' * major}{q}" for _, q, major in heading.qualifiers)])


def _source(record: Record) -> str:
    """Return ``J Test. 2021 May 6;7(1):1-9. doi: 10.1000/x.``"""
    name = record.journal_abbreviation or record.journal or ""
    issue = f"({record.issue})" if record.issue else ""
    place = f"{record.volume or ''}{issue}" + (f":{record.pages}" if record.pages else "")
    when = _date(record.published or str(record.year or ""))
    cited = ";".join(part for part in (when, place) if part)
    doi = f" doi: {record.doi}." if record.doi else ""
    return (f"{name}. {cited}.{doi}" if name else f"{cited}.{doi}").strip(". ") + "."
