"""RIS, for EndNote, Zotero, Mendeley and others; written by rispy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evlit.export.references import Name, Reference

_TYPES = {
    "article": "JOUR",
    "preprint": "UNPB",
    "book": "BOOK",
    "chapter": "CHAP",
    "poster": "CPAPER",
    "press_release": "PRESS",
}


def to_ris(references: Iterable[Reference]) -> Iterator[str]:
    """Yield each reference as RIS, an empty line after it. Memory does not grow with them."""
    from rispy import RisWriter, dumps  # noqa: PLC0415 - only where RIS is written

    class _Plain(RisWriter):  # type: ignore[misc]
        def set_header(self, count: int) -> str:  # "1." before each is rispy's own habit
            return ""

    for reference in references:
        text: str = dumps([as_ris(reference)], implementation=_Plain)
        yield text.rstrip("\n") + " \n\n"


def as_ris(reference: Reference) -> dict[str, Any]:
    """Return a reference under rispy's names; what is empty is left out."""
    first, _, last = reference.pages.partition("-")
    fields: dict[str, Any] = {
        "type_of_reference": _TYPES[reference.kind],
        "id": reference.id,
        "authors": [_name(a) for a in reference.authors],
        "title": reference.title,
        "secondary_title": reference.journal,
        "alternate_title1": reference.journal_short,
        "year": str(reference.date[0]) if reference.date else "",
        "date": "/".join(f"{part:02}" for part in reference.date),
        "volume": reference.volume,
        "number": reference.issue,
        "start_page": first,
        "end_page": last,
        "issn": reference.issn,
        "doi": reference.doi,
        "accession_number": str(reference.pmid or ""),
        "custom2": reference.pmcid,
        "urls": [reference.url.replace(";", "%3B")] if reference.url else [],
        "abstract": reference.abstract,
        "keywords": [*reference.keywords, *(["Retracted Publication"] * reference.retracted)],
        "language": reference.language,
        "notes": list(reference.notes),
        "name_of_database": "PubMed" if reference.pmid else "",
    }
    return {key: value for key, value in fields.items() if value}


def _name(name: Name) -> str:
    if name.literal:
        return name.literal
    return ", ".join(part for part in (name.family, name.given, name.suffix) if part)
