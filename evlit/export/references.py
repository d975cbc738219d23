"""One bibliographic reference, from a held record or from a study that only the catalogue knows.

RIS and CSL-JSON are written from it, so that they say the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from evlit.records import Author, Record, StudyReport

PREPRINT = "D000076942"
"""UI of the publication type Preprint."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class Name(NamedTuple):
    """A person's name, or a group's in ``literal``."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""


class Reference(NamedTuple):
    """What a reference manager knows of a paper. Absent texts are ``""``."""

    id: str
    """``PMID:123``, ``doi:…``, else the title."""
    kind: str
    """``article``, ``preprint``, ``book``, ``chapter``, ``poster``, ``press_release``."""
    title: str
    authors: tuple[Name, ...] = ()
    journal: str = ""
    journal_short: str = ""
    date: tuple[int, ...] = ()
    """Year, or year and month, or year, month and day."""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    issn: str = ""
    doi: str = ""
    pmid: int | None = None
    pmcid: str = ""
    url: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    language: str = ""
    """ISO 639-2/B, as PubMed has it."""
    retracted: bool = False
    notes: tuple[str, ...] = ()


def one_line(text: str | None) -> str:
    """Return text on one line without controls: a line feed would begin another field."""
    return " ".join(_CONTROL.sub(" ", text or "").split())


def reference_of(record: Record, *, retracted: bool, notes: Sequence[str] = ()) -> Reference:
    """Return a held record as a reference."""
    return Reference(
        id=f"PMID:{record.pmid}",
        kind=_kind(record),
        title=one_line(record.display_title),
        authors=tuple(n for a in record.authors if a.valid and (n := _name(a))),
        journal=one_line(record.journal),
        journal_short=one_line(record.journal_abbreviation),
        date=date_parts(record.published or str(record.year or "")),
        volume=one_line(record.volume),
        issue=one_line(record.issue),
        pages=one_line(record.pages),
        issn=one_line(record.issn),
        doi=one_line(record.doi),
        pmid=record.pmid,
        pmcid=one_line(record.pmcid),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/",
        abstract=one_line(record.abstract),
        keywords=tuple(dict.fromkeys(k for w in record.keywords if (k := one_line(w.text)))),
        language=record.languages[0] if record.languages else "",
        retracted=retracted,
        notes=tuple(map(one_line, notes)),
    )


def reference_of_report(report: StudyReport, notes: Sequence[str] = ()) -> Reference:
    """Return a report whose record is not held as a reference: what the catalogue says."""
    flags = {flag.key for flag in report.flags}
    kind = "preprint" if "preprint" in flags else "poster" if "poster" in flags else "article"
    if report.reason == "press_release":
        kind = "press_release"
    return Reference(
        id=f"PMID:{report.pmid}" if report.pmid else one_line(report.id),
        kind=kind,
        title=one_line(report.title),
        journal=one_line(report.journal),
        date=date_parts(report.published or str(report.year or "")),
        doi=one_line(report.doi),
        pmid=report.pmid,
        pmcid=one_line(report.pmcid),
        url=one_line(report.url),
        retracted="retracted" in flags,
        notes=tuple(map(one_line, notes)),
    )


def _kind(record: Record) -> str:
    if record.kind == "book":
        return "chapter" if record.journal else "book"
    types = {t.ui or t.name for t in record.publication_types}
    return "preprint" if types & {PREPRINT, "Preprint"} else "article"


def _name(author: Author) -> Name | None:
    if author.collective:
        return Name(literal=one_line(author.collective))
    family = one_line(author.last)
    if not family:
        return None
    return Name(family, one_line(author.fore or author.initials), one_line(author.suffix))


def date_parts(published: str) -> tuple[int, ...]:
    """Return ``2021-05`` as ``(2021, 5)``; ``()`` where it is no date."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", published)
    return tuple(int(part) for part in found.groups() if part) if found else ()
