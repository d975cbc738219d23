"""CSL-JSON, which pandoc, citeproc and reference managers read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from evlit.export.references import Name, Reference

_TYPES = {
    "article": "article-journal",
    "preprint": "article",
    "book": "book",
    "chapter": "chapter",
    "poster": "paper-conference",
    "press_release": "webpage",
}
_LANGUAGES = {
    "eng": "en", "jpn": "ja", "chi": "zh", "kor": "ko", "ger": "de", "fre": "fr", "spa": "es",
    "por": "pt", "rus": "ru", "ita": "it", "pol": "pl", "tur": "tr", "per": "fa", "dut": "nl",
}  # fmt: skip
"""PubMed's language → the code that CSL expects; others are left out."""


def to_csl(references: Iterable[Reference]) -> Iterator[str]:
    """Yield a JSON array of CSL items, one item a line."""
    yield "["
    for number, reference in enumerate(references):
        yield (",\n" if number else "\n") + json.dumps(as_csl(reference), ensure_ascii=False)
    yield "\n]\n"


def as_csl(reference: Reference) -> dict[str, Any]:
    """Return a reference as a CSL item; what is empty is left out."""
    fields: dict[str, Any] = {
        "id": reference.id,
        "type": _TYPES[reference.kind],
        "title": reference.title,
        "author": [_name(a) for a in reference.authors],
        "container-title": reference.journal,
        "container-title-short": reference.journal_short,
        "issued": {"date-parts": [list(reference.date)]} if reference.date else None,
        "volume": reference.volume,
        "issue": reference.issue,
        "page": reference.pages,
        "ISSN": reference.issn,
        "DOI": reference.doi,
        "PMID": str(reference.pmid or ""),
        "PMCID": reference.pmcid,
        "URL": reference.url,
        "abstract": reference.abstract,
        "keyword": ", ".join(reference.keywords),
        "language": _LANGUAGES.get(reference.language, ""),
        "status": "Retracted" if reference.retracted else "",
        "note": "; ".join(reference.notes),
    }
    return {key: value for key, value in fields.items() if value}


def _name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {key: value for key, value in parts.items() if value}
