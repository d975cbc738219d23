"""Records with their tags and mentions as rows for other programs: JSON lines and CSV.

The field names are public; ``docs/export.md`` describes them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from evlit.records import Mention, Record, Tag


class Exported(NamedTuple):
    """One record as it leaves the store."""

    record: Record
    tags: Sequence[Tag]
    mentions: Sequence[Mention]
    retracted: bool


FIELDS: dict[str, str] = {
    "pmid": "PubMed's key of the record (integer)",
    "title": "title, or the vernacular title where there is no other",
    "year": "year of publication, the earlier of electronic and print date",
    "journal": "journal title",
    "doi": "own DOI, lower case",
    "design": "what kind of study: notice, protocol, review, clinical, animal, in_vitro, other",
    "designs": "all designs that apply",
    "given": "what people, animals or cells got: product, cells, other, nothing",
    "clinical_kind": "rct, controlled, single_arm, case_series, case_report, observational",
    "review_kind": "systematic or narrative",
    "population": "patients, healthy_volunteers, not_stated",
    "participants": "number of people as the abstract states it",
    "species": "live animals used",
    "msc": "true where the vesicles, medium or cells come from mesenchymal stem/stromal cells",
    "source_kind": "msc, non_msc, mixed, not_stated",
    "intervention": "what the record is about: ev, engineered_ev, conditioned_medium, cells …",
    "therapy_relevant": "about therapeutic use of MSC vesicles or secretome, or a test toward it",
    "indications": "conditions aimed at, keys of the vocabulary",
    "route": "how it was given",
    "safety": "none_any, none_serious, none_related, stated_some, not_mentioned",
    "harm": "kinds of harm, each with where it was seen (tumour:animals)",
    "tissues": "tissues of the cells that gave the product",
    "named_in_abstract": "what the abstract names of its preparation",
    "comparator": "what it was compared with, as the abstract says",
    "main_result": "the abstract's own sentence that states the main result",
    "retracted": "true where the paper was retracted",
    "mentions": "links to products: product, kind, counts, field, name, words, reason",
    "reasons": "why each tag: axis to a list of value, source, reason, score",
}
"""Field → what it holds."""

_LISTS = {
    "designs": "designs",
    "species": "species",
    "indications": "indication",
    "route": "route",
    "harm": "harm",
    "tissues": "tissue",
    "named_in_abstract": "named_in_abstract",
}
_WORDS = (
    "design", "given", "clinical_kind", "review_kind", "population", "source_kind",
    "intervention", "safety", "comparator", "main_result",
)  # fmt: skip
_TRUTHS = ("msc", "therapy_relevant")
_NUMBERS = ("participants",)


def as_row(item: Exported) -> dict[str, Any]:
    """Return one record as a mapping with the keys of :data:`FIELDS`, in their order.

    Lists are ``[]`` and single values ``None`` where nothing is said.
    """
    record, tags, mentions, retracted = item
    values: dict[str, list[str]] = {}
    reasons: dict[str, list[dict[str, Any]]] = {}
    for tag in tags:
        values.setdefault(tag.axis, []).append(tag.value)
        reasons.setdefault(tag.axis, []).append(
            {"value": tag.value, "source": tag.source, "reason": tag.reason, "score": tag.score}
        )
    row: dict[str, Any] = dict.fromkeys(FIELDS)
    row |= {
        "pmid": record.pmid,
        "title": record.title or record.vernacular_title,
        "year": record.year,
        "journal": record.journal,
        "doi": record.doi,
        "retracted": retracted,
        "mentions": [_mention(m) for m in mentions],
        "reasons": reasons,
    }
    row |= {name: values.get(axis, []) for name, axis in _LISTS.items()}
    row |= {axis: values[axis][0] for axis in _WORDS if axis in values}
    row |= {axis: values[axis][0] == "true" for axis in _TRUTHS if axis in values}
    row |= {axis: int(values[axis][0]) for axis in _NUMBERS if axis in values}
    return row


def _mention(mention: Mention) -> dict[str, Any]:
    fields = mention._asdict()
    del fields["pmid"]
    return fields


def to_jsonl(items: Iterable[Exported]) -> Iterator[str]:
    """Yield one JSON object a record, each ended by a line feed."""
    for item in items:
        yield json.dumps(as_row(item), ensure_ascii=False) + "\n"


def to_csv(items: Iterable[Exported]) -> Iterator[str]:
    """Yield CSV lines with a header; lists are joined with ``"; "``, reasons left out.

    A value that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    columns = [name for name in FIELDS if name != "reasons"]
    yield _csv_line(columns)
    for item in items:
        row = as_row(item)
        yield _csv_line([_cell(row[name]) for name in columns])


def _csv_line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        parts = [f"{v['product']} ({v['kind']})" if isinstance(v, dict) else v for v in value]
        return _harmless("; ".join(dict.fromkeys(parts)))
    return _harmless(str(value))


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
