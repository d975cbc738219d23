"""What the store holds of some records, as one value a record; read by primary key only."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from evlit.records import Mention

_IN = "IN (SELECT value FROM json_each(?))"

_SELECT_RECORDS = f"""
SELECT records.pmid, coalesce(title, vernacular_title, '(no title)') AS title, year,
       coalesce(published, '') AS published, coalesce(journal_abbreviation, journal, '') AS journal,
       coalesce(doi, '') AS doi, coalesce(pmcid, '') AS pmcid, coalesce(abstract, '') AS abstract,
       retracted, concern, corrected, preprint, notice, affiliations, coalesce(coi, '') AS coi,
       trial_ids, facts.*
FROM records LEFT JOIN facts ON facts.pmid = records.pmid
WHERE records.pmid {_IN} AND deleted = 0
"""
SELECT_MENTIONS = """
SELECT pmid, product, kind, counts, field, name, words, reason FROM mentions
WHERE product = :product
UNION ALL
SELECT pmid, product, 'fulltext', 0, 'fulltext', name, words, '' FROM fulltext_hits
WHERE product = :product AND pmid IS NOT NULL AND found_in = 'fulltext' AND gone_at IS NULL
"""
"""Links by the record's own text, and what Europe PMC found in full texts."""
_SELECT_REASONS = f"""
SELECT pmid, axis, reason FROM tags
WHERE pmid {_IN} AND axis IN ('design', 'given', 'safety')
UNION ALL
SELECT pmid, axis, why || ' (' || who || ', ' || substr(at, 1, 10) || ')' FROM human_tags
WHERE pmid {_IN} AND axis IN ('design', 'given', 'safety')
"""
"""A person's reasons come last and stand. (The view ``current_tags`` would be walked whole.)"""

_SELECT_LINKS = f"""
SELECT pmid, ref_pmid FROM corrections
WHERE pmid {_IN} AND ref_type IN ('UpdateIn', 'UpdateOf', 'RepublishedIn', 'RepublishedFrom')
AND ref_pmid IS NOT NULL
"""
_SELECT_AUTHORS = f"SELECT pmid, last, initials, fore FROM authors WHERE pmid {_IN}"
_SELECT_BY_DOI = f"SELECT doi, pmid FROM records WHERE doi {_IN} AND doi IS NOT NULL"


@dataclass(slots=True, repr=False, eq=False)
class Held:
    """One record of the store with its effective tags."""

    pmid: int
    title: str
    year: int | None
    published: str
    journal: str
    doi: str
    pmcid: str
    abstract: str
    retracted: bool
    concern: bool
    corrected: bool
    preprint: bool
    notice: bool
    affiliations: str
    coi: str
    trial_ids: tuple[str, ...]
    design: str = ""
    given: str = ""
    clinical_kind: str = ""
    population: str = ""
    species: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    source_kind: str = ""
    intervention: str = ""
    safety: str = ""
    harms: tuple[str, ...] = ()
    participants: int | None = None
    exposed: int | None = None
    comparator: str = ""
    main_result: str = ""
    named_in_abstract: tuple[tuple[str, str], ...] = ()
    checked_axes: tuple[str, ...] = ()
    reasons: dict[str, str] | None = None
    """Axis → why the tag was set, for design, given and safety."""
    authors: frozenset[str] = frozenset()
    updates: tuple[int, ...] = ()
    """PMIDs of other forms of the same report (preprint, article)."""


def load(db: sqlite3.Connection, pmids: Iterable[int]) -> dict[int, Held]:
    """Return the records held among these, but those that the source withdrew."""
    wanted = json.dumps(sorted(set(pmids)))
    cursor = db.execute(_SELECT_RECORDS, (wanted,))
    names = [column[0] for column in cursor.description]
    found = {row[0]: _held(dict(zip(names, row, strict=True)), row[0]) for row in cursor}
    _add_details(db, found)
    return found


def mentions_of(db: sqlite3.Connection, product: str) -> dict[int, list[Mention]]:
    """Return all links of a product by record."""
    by_record: dict[int, list[Mention]] = defaultdict(list)
    for row in db.execute(SELECT_MENTIONS, {"product": product}):
        mention = Mention(*row)
        by_record[mention.pmid].append(mention._replace(counts=bool(mention.counts)))
    return by_record


def by_doi(db: sqlite3.Connection, dois: Iterable[str]) -> dict[str, int]:
    """Return DOI → PMID for those held."""
    wanted = json.dumps(sorted({d.lower() for d in dois if d}))
    return dict(db.execute(_SELECT_BY_DOI, (wanted,)))


def _held(row: dict[str, object], pmid: int) -> Held:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value)

    def number(name: str) -> int | None:
        value = row.get(name)
        return value if isinstance(value, int) else None

    def listed(name: str) -> tuple[str, ...]:
        value = text(name)
        return tuple(json.loads(value)) if value not in ("", "[]") else ()

    return Held(
        pmid=pmid, title=text("title"), year=number("year"), published=text("published"),
        journal=text("journal"), doi=text("doi"), pmcid=text("pmcid"), abstract=text("abstract"),
        retracted=bool(row["retracted"]), concern=bool(row["concern"]),
        corrected=bool(row["corrected"]), preprint=bool(row["preprint"]),
        notice=bool(row["notice"]), affiliations=text("affiliations"), coi=text("coi"),
        trial_ids=tuple(t for t in text("trial_ids").split(" | ") if t),
        design=text("design"), given=text("given"), clinical_kind=text("clinical_kind"),
        population=text("population"), species=listed("species"),
        indications=listed("indications"), routes=listed("routes"),
        source_kind=text("source_kind"), intervention=text("intervention"),
        safety=text("safety"), harms=listed("harm"), participants=number("participants"),
        exposed=number("exposed"), comparator=text("comparator"),
        main_result=text("main_result"),
        named_in_abstract=tuple(_item(v) for v in listed("named_in_abstract")),
        checked_axes=listed("checked_axes"),
    )  # fmt: skip


def _item(value: str) -> tuple[str, str]:
    item, _, words = value.partition(":")
    return item, words


def _add_details(db: sqlite3.Connection, found: dict[int, Held]) -> None:
    """Add the tags' reasons, authors and links to other forms of the same report."""
    wanted = json.dumps(sorted(found))
    reasons: dict[int, dict[str, str]] = defaultdict(dict)
    for pmid, axis, reason in db.execute(_SELECT_REASONS, (wanted, wanted)):
        reasons[pmid][axis] = reason
    authors: dict[int, set[str]] = defaultdict(set)
    for pmid, last, initials, fore in db.execute(_SELECT_AUTHORS, (wanted,)):
        if last:
            authors[pmid].add(f"{last} {(initials or fore or '')[:1]}".casefold())
    updates: dict[int, list[int]] = defaultdict(list)
    for pmid, other in db.execute(_SELECT_LINKS, (wanted,)):
        updates[pmid].append(other)
    for pmid, held in found.items():
        held.reasons = reasons.get(pmid, {})
        held.authors = frozenset(authors.get(pmid, ()))
        held.updates = tuple(updates.get(pmid, ()))
