"""A Record as rows of the store's tables, and back: pure, and exact both ways."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from evlit.records import (
    AbstractSection,
    Author,
    Correction,
    DataBankId,
    Grant,
    Keyword,
    Mention,
    MeshHeading,
    OtherAbstract,
    PublicationType,
    Record,
    Substance,
    Tag,
)

RETRACTED_TYPE = "D016441"
NOTICE_TYPES = frozenset({"D016440", "D000075742", "D016425"})
"""Retraction notice, expression of concern, published erratum: the notice itself."""
NOTICE_LINKS = frozenset({"RetractionOf", "ExpressionOfConcernFor"})
PREPRINT_TYPE = "D000076942"

_encode_text = json.encoder.encode_basestring

PLAIN = (
    "pmid", "version", "kind", "title", "title_markup", "vernacular_title", "abstract_copyright",
    "year", "published", "created", "entered", "mesh_date", "revised", "journal",
    "journal_abbreviation", "nlm_id", "issn", "volume", "issue", "pages", "doi", "pmcid", "pii",
    "status", "indexing_method", "coi",
)  # fmt: skip
"""Fields of Record that are columns of ``records`` under the same name."""
LISTS_AS_JSON = ("sections", "other_abstracts", "languages", "grants")
FLAGS = ("retracted", "concern", "corrected", "preprint", "notice")
JOINED = ("abstract", "keywords", "substances", "affiliations", "trial_ids")
"""Texts made of lists, for people and the full-text index."""
RECORD_COLUMNS = (*PLAIN, *LISTS_AS_JSON, *FLAGS, *JOINED)

LIST_TABLES: dict[str, tuple[str, ...]] = {
    "authors": (
        "last", "fore", "initials", "suffix", "collective", "orcid", "affiliations", "valid",
    ),
    "mesh_headings": ("ui", "name", "major", "qualifiers", "kind", "automated"),
    "publication_types": ("ui", "name"),
    "keywords": ("keyword", "owner", "major"),
    "databank_ids": ("bank", "accession", "found_in"),
    "substances": ("ui", "name", "registry_number"),
    "corrections": ("ref_type", "ref_pmid", "citation", "note"),
}  # fmt: skip
"""Tables of a record's lists and their columns after ``pmid, position``."""

FACT_COLUMNS = (
    "pmid", "design", "designs", "given", "clinical_kind", "review_kind", "population", "species",
    "indications", "routes", "msc", "source_kind", "intervention", "therapy_relevant", "safety",
    "harm", "participants", "exposed", "comparator", "main_result", "named_in_abstract",
    "tissues", "products", "also_named", "checked_axes",
)  # fmt: skip

LONGEST_NUMBER = 9
"""Digits of a number of people that are believed; more would not fit SQLite either."""

_AXIS_OF = {"indications": "indication", "routes": "route", "tissues": "tissue"}
_JSON_FACTS = frozenset(
    {"designs", "species", "indications", "routes", "harm", "named_in_abstract", "tissues"}
)


class Flags(NamedTuple):
    """Whether a paper still stands, as the source says it."""

    retracted: bool
    concern: bool
    corrected: bool
    preprint: bool
    notice: bool


def flags(record: Record) -> Flags:
    """Read the flags off publication types (by UI) and corrections (by RefType).

    A notice about another paper is not itself retracted.
    """
    types = {item.ui for item in record.publication_types}
    links = {item.ref_type for item in record.corrections}
    return Flags(
        retracted=RETRACTED_TYPE in types or "RetractionIn" in links,
        concern="ExpressionOfConcernIn" in links,
        corrected="ErratumIn" in links,
        preprint=PREPRINT_TYPE in types,
        notice=bool(types & NOTICE_TYPES or links & NOTICE_LINKS),
    )


# ---------------------------------------------------------------------- record → rows


_plain = attrgetter(*PLAIN)


def record_row(record: Record, marks: Sequence[bool]) -> tuple[Any, ...]:
    """Return the values of RECORD_COLUMNS; ``marks``: its :func:`flags`."""
    return (
        *_plain(record),
        _sections(record.sections),
        _json_list(record.other_abstracts),
        _json_texts(record.languages),
        _json_list(record.grants),
        *map(int, marks),
        record.abstract,
        _joined(item.text for item in record.keywords),
        _joined(item.name for item in record.substances),
        _joined(text for author in record.authors for text in author.affiliations),
        _joined(record.trial_ids),
    )


def list_rows(record: Record) -> tuple[list[tuple[Any, ...]], ...]:
    """Return the rows (pmid, position, …) of each table of LIST_TABLES, in their order."""
    pmid = record.pmid
    return (
        [
            (pmid, n, *item[:6], _json_texts(item.affiliations), int(item.valid))
            for n, item in enumerate(record.authors)
        ],
        [
            (pmid, n, item.ui, item.name, int(item.major), _qualifiers(item.qualifiers),
             item.kind, int(item.automated))
            for n, item in enumerate(record.mesh)
        ],
        [(pmid, n, *item) for n, item in enumerate(record.publication_types)],
        [
            (pmid, n, item.text, item.owner, int(item.major))
            for n, item in enumerate(record.keywords)
        ],
        [(pmid, n, *item) for n, item in enumerate(record.databank_ids)],
        [(pmid, n, *item) for n, item in enumerate(record.substances)],
        [(pmid, n, *item) for n, item in enumerate(record.corrections)],
    )  # fmt: skip


def _sections(sections: tuple[AbstractSection, ...]) -> str | None:
    """None where the column ``abstract`` says it all: no abstract, or one plain part."""
    if not sections or (len(sections) == 1 and sections[0][1:] == (None, None)):
        return None
    return _json_list(sections)


def _json_list(items: Iterable[Iterable[str | bool | None]]) -> str:
    """Return a list of lists; by hand, since an encoder takes longer to begin than to end."""
    return f"[{','.join([f'[{_values(item)}]' for item in items])}]" if items else "[]"


_qualifiers = lru_cache(maxsize=1 << 14)(_json_list)
"""As :func:`_json_list`, for the few thousand combinations that come again and again."""


def _values(item: Iterable[str | bool | None]) -> str:
    return ",".join([_encode_text(v) if isinstance(v, str) else _CONSTANTS[v] for v in item])


_CONSTANTS = {None: "null", True: "true", False: "false"}


def _json_texts(texts: Collection[str]) -> str:
    return f"[{','.join(map(_encode_text, texts))}]" if texts else "[]"


def _joined(texts: Iterable[str]) -> str:
    """Join the different texts by `` | ``, in their first order."""
    return " | ".join(dict.fromkeys(texts))


# ---------------------------------------------------------------------- rows → record

SELECT_COLUMNS = (*PLAIN, *LISTS_AS_JSON, "abstract")


def to_record(row: Sequence[Any], lists: Mapping[str, Sequence[Sequence[Any]]]) -> Record:
    """Return the Record of a row of SELECT_COLUMNS and its rows of each list table.

    List rows hold the columns of LIST_TABLES, in order of position.
    """
    values = dict(zip(SELECT_COLUMNS, row, strict=True))
    abstract = values.pop("abstract")
    sections = values.pop("sections")
    return Record(
        **{name: values[name] for name in PLAIN},
        sections=_to_sections(sections, abstract),
        other_abstracts=_from_json(OtherAbstract, values["other_abstracts"]),
        languages=tuple(json.loads(values["languages"])),
        grants=_from_json(Grant, values["grants"]),
        authors=tuple(map(_to_author, lists.get("authors", ()))),
        mesh=tuple(map(_to_heading, lists.get("mesh_headings", ()))),
        publication_types=tuple(
            PublicationType(*item) for item in lists.get("publication_types", ())
        ),
        keywords=tuple(
            Keyword(text, owner, bool(major)) for text, owner, major in lists.get("keywords", ())
        ),
        databank_ids=tuple(DataBankId(*item) for item in lists.get("databank_ids", ())),
        substances=tuple(Substance(*item) for item in lists.get("substances", ())),
        corrections=tuple(Correction(*item) for item in lists.get("corrections", ())),
    )


def _to_sections(sections: str | None, abstract: str | None) -> tuple[AbstractSection, ...]:
    if sections is not None:
        return _from_json(AbstractSection, sections)
    return () if abstract is None else (AbstractSection(abstract),)


def _to_author(item: Sequence[Any]) -> Author:
    last, fore, initials, suffix, collective, orcid, affiliations, valid = item
    places = tuple(json.loads(affiliations))
    return Author(last, fore, initials, suffix, collective, orcid, places, bool(valid))


def _to_heading(item: Sequence[Any]) -> MeshHeading:
    ui, name, major, qualifiers, kind, automated = item
    return MeshHeading(
        ui,
        name,
        bool(major),
        tuple((q[0], q[1], q[2]) for q in json.loads(qualifiers)),
        kind,
        bool(automated),
    )


def _from_json(kind: Any, text: str) -> tuple[Any, ...]:
    return tuple(kind(*item) for item in json.loads(text))


# ------------------------------------------------------------------------------ facts


def effective(machine: Iterable[Tag], human: Sequence[Tag]) -> tuple[Tag, ...]:
    """Return the tags that hold: on an axis where a person spoke, only the person's.

    A person's ``none`` says that no value of the axis applies.
    """
    spoken = {tag.axis for tag in human}
    mine = [tag for tag in human if tag.value != "none"]
    return (*mine, *(tag for tag in machine if tag.axis not in spoken))


def facts_row(
    pmid: int, machine: Iterable[Tag], human: Sequence[Tag], mentions: Iterable[Mention]
) -> tuple[Any, ...]:
    """Return the values of FACT_COLUMNS for one record."""
    values: dict[str, list[str]] = {}
    for tag in effective(machine, human):
        values.setdefault(tag.axis, []).append(tag.value)
    tested: set[str] = set()
    named: set[str] = set()
    for mention in mentions:
        (tested if mention.counts else named).add(mention.product)
    row = [pmid, *[_fact(kind, values.get(axis)) for axis, kind in _FACTS]]
    checked = sorted({tag.axis for tag in human})
    return (*row, _json_texts(sorted(tested)), _json_texts(sorted(named - tested)),
            _json_texts(checked))  # fmt: skip


def _kind_of(column: str) -> type:
    """Return what stands in a column: many values as JSON, one number or one text."""
    if column in _JSON_FACTS:
        return list
    return int if column in ("participants", "exposed") else str


_FACTS = [(_AXIS_OF.get(column, column), _kind_of(column)) for column in FACT_COLUMNS[1:-3]]


def _fact(kind: type, found: Sequence[str] | None) -> Any:
    if kind is list:
        return _json_texts(sorted(set(found))) if found else "[]"
    if not found:
        return None
    if kind is int:
        return int(found[0]) if found[0].isdecimal() and len(found[0]) <= LONGEST_NUMBER else None
    return found[0]
