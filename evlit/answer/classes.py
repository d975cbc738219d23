"""Class evidence: what is known of products like this one; never added to its counts."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from evlit.answer import indications
from evlit.answer.held import by_doi, load
from evlit.answer.links import Link, study_tier
from evlit.answer.reports import of_study
from evlit.messages import clauses, say, word
from evlit.records import (
    TIERS,
    ClassEvidence,
    ClassRow,
    CuratedStudy,
    Product,
    StudyReport,
    TierCounts,
)

_GROUPS = """
SELECT design, clinical_kind, indications, harm, tissues, count(*)
FROM facts INDEXED BY facts_class
WHERE source_kind = ? AND intervention = ? AND given = ?
GROUP BY design, clinical_kind, indications, harm, tissues
"""
"""Answered from the index alone: ``facts_class`` holds every column named, in this order."""

_NOT_STANDING = """
SELECT pmid FROM records INDEXED BY records_retracted WHERE retracted = 1
UNION SELECT pmid FROM records INDEXED BY records_deleted WHERE deleted = 1
"""
_OF_PRODUCTS = """
SELECT DISTINCT pmid FROM mentions WHERE product IN (SELECT value FROM json_each(?))
"""
_SET_ASIDE = """
SELECT design, clinical_kind, indications, harm, tissues, count(*) FROM facts
WHERE pmid IN (SELECT value FROM json_each(?))
  AND +source_kind = ? AND +intervention = ? AND +given = ?
GROUP BY design, clinical_kind, indications, harm, tissues
"""
"""The same of a few records, by primary key (``+`` keeps SQLite from the wider index)."""

_NO_TISSUE = ("", "not_stated", "other")
"""What is no tissue that two products could share."""
_STUDIES = ("clinical", "animal", "in_vitro")
_Key = tuple[str, str, str, str, str]
"""design, clinical_kind, indications, harm and tissues (JSON lists) of a group of records."""


def class_of(product: Product) -> tuple[str, str] | None:
    """Return (source_kind, intervention) of a product's class; None where it has none.

    An amniotic fluid product or a non-MSC vesicle has its own class, apart from MSC vesicles.
    """
    if product.source_kind in ("", "not_stated") or not product.intervention:
        return None
    return product.source_kind, product.intervention


def product_class(
    db: sqlite3.Connection,
    product: Product,
    same_maker: Collection[str],
    indication: str | None,
    studies: Sequence[CuratedStudy] = (),
) -> ClassEvidence | None:
    """Return the class evidence of a product, from other makers only.

    :param same_maker: keys of the maker's products, this one among them
    :param studies: the catalogue's studies of no product that can be named
    """
    kind = class_of(product)
    if kind is None:
        return None
    products = (product.key, *same_maker)
    return _evidence(
        db, *kind, tissue=product.tissue, indication=indication, products=products, studies=studies
    )


def class_view(
    db: sqlite3.Connection,
    source_kind: str,
    intervention: str,
    tissue: str,
    indication: str | None,
    studies: Sequence[CuratedStudy] = (),
) -> ClassEvidence:
    """Return what is held of a kind, whatever the product."""
    return _evidence(
        db, source_kind, intervention, tissue=tissue, indication=indication, studies=studies
    )


def _evidence(
    db: sqlite3.Connection,
    source_kind: str,
    intervention: str,
    *,
    tissue: str,
    indication: str | None,
    products: Iterable[str] = (),
    studies: Sequence[CuratedStudy] = (),
) -> ClassEvidence:
    given = "cells" if intervention == "cells" else "product"
    aside = {pmid for (pmid,) in db.execute(_NOT_STANDING)}
    aside |= {p for (p,) in db.execute(_OF_PRODUCTS, (json.dumps(sorted(set(products))),))}
    groups = _groups(db, (source_kind, intervention, given), aside)
    # Reports of harm often do not say where the vesicles came from.
    unstated = _groups(db, ("not_stated", intervention, given), aside)
    whole, by_indication = _tally(groups)
    counts = by_indication.get(indication, TierCounts()) if indication else whole
    label = class_name(source_kind, intervention)
    same = _same_tissue(groups, tissue, indication)
    known = _known(db, studies, (source_kind, intervention), indication)
    rows = [ClassRow(k, indications.name(k), c) for k, c in by_indication.items()]
    rows.sort(key=lambda row: (-row.counts.studied, row.indication))
    return ClassEvidence(
        name=label,
        source_kind=source_kind,
        intervention=intervention,
        tissue=tissue,
        counts=counts,
        rows=tuple(r for r in rows if indication in (None, r.indication)),
        harms=_harms(groups + unstated),
        sentence=_sentence(label, counts.studied, indication, own=bool(products)),
        indication=indication,
        same_tissue=same,
        tissue_sentence=_tissue_sentence(tissue, same, counts, own=bool(products)),
        known=known,
        known_sentence=_known_sentence(known),
    )


def _same_tissue(groups: Counter[_Key], tissue: str, indication: str | None) -> TierCounts:
    """Return the counts of records whose abstracts name the tissue as the source of the cells."""
    if tissue in _NO_TISSUE:
        return TierCounts()
    counts: Counter[str] = Counter()
    for (design, kind, keys, _, tissues), n in groups.items():
        if tissue in _listed(tissues) and indication in (None, *_listed(keys)):
            counts[_tier(design, kind)] += n
    return TierCounts(**counts)


def _tissue_sentence(tissue: str, same: TierCounts, counts: TierCounts, *, own: bool) -> str:
    if tissue in _NO_TISSUE or not counts.studied:
        return ""
    key = "class.tissue" if own else "class.tissue_view"
    if not same.studied:
        return say(f"{key}_none", tissue=word("tissue", tissue))
    return say(key, n=same.studied, people=same.people_reports, tissue=word("tissue", tissue))


def _known(
    db: sqlite3.Connection,
    studies: Sequence[CuratedStudy],
    kind: tuple[str, str],
    indication: str | None,
) -> tuple[StudyReport, ...]:
    """Return the catalogue's studies of a kind that are not held, highest tier first."""
    fitting = [
        s
        for s in studies
        if (s.source_kind, s.intervention) == kind
        and indication in (None, s.indication)
        and s.record_type != "press_release"
        and s.retracted != "yes"
    ]
    dois = by_doi(db, (s.doi for s in fitting))
    pmids = load(db, [s.pmid for s in fitting if s.pmid])
    reports = [
        of_study(s, Link(study_tier(s), False, "curated", "of_class", _why(s))).report
        for s in fitting
        if s.pmid not in pmids and s.doi.lower() not in dois
    ]
    return tuple(sorted(reports, key=_rank))


def _why(study: CuratedStudy) -> str:
    return say("class.known_read" if study.checked else "class.known_unread")


def _rank(report: StudyReport) -> tuple[bool, int, int, str]:
    """Those that a curator read go first."""
    tier = TIERS.index(report.tier) if report.tier else len(TIERS)
    return report.why == say("class.known_unread"), tier, -(report.year or 0), report.title


def _known_sentence(known: Sequence[StudyReport]) -> str:
    if not known:
        return ""
    tiers = Counter(r.tier for r in known if r.tier)
    tiers_text = clauses(say("class.known_tier", tier=word("tier", t).lower(), n=tiers[t])
                        for t in TIERS if tiers[t])  # fmt: skip
    unread = sum(r.why == say("class.known_unread") for r in known)
    left = say("class.known_unchecked", n=unread) if unread else ""
    return say("class.known", n=len(known), tiers=tiers_text, unread=left)


def class_name(source_kind: str, intervention: str) -> str:
    """Return a class in words."""
    if (source_kind, intervention) == ("msc", "cells"):
        return say("class.name_cells")
    return say(
        "class.name",
        intervention=word("intervention", intervention),
        source=word("source_kind", source_kind),
    )


def _sentence(label: str, n: int, indication: str | None, *, own: bool) -> str:
    suffix = "" if own else "_view"
    if indication:
        label += say("class.for_indication", indication=indications.name(indication))
    return say(f"class.sentence{suffix}" if n else f"class.none{suffix}", n=n, name=label)


def _groups(
    db: sqlite3.Connection, kind: tuple[str, str, str], aside: Collection[int]
) -> Counter[_Key]:
    """Return the numbers of standing records of a kind, those set aside taken off."""
    counts: Counter[_Key] = Counter()
    few = db.execute(_SET_ASIDE, (json.dumps(sorted(aside)), *kind))
    for rows, sign in ((db.execute(_GROUPS, kind), 1), (few, -1)):
        for design, clinical_kind, keys, harm, tissues, n in rows:
            if design in _STUDIES:
                counts[design, clinical_kind or "", keys, harm, tissues] += sign * n
    return counts


def _tally(groups: Counter[_Key]) -> tuple[TierCounts, dict[str, TierCounts]]:
    """Return the counts by tier of all records, and of each indication."""
    whole: Counter[str] = Counter()
    by_indication: dict[str, Counter[str]] = defaultdict(Counter)
    for (design, kind, keys, _, _), n in groups.items():
        tier = _tier(design, kind)
        whole[tier] += n
        for key in _listed(keys):
            by_indication[key][tier] += n
    found = {k: TierCounts(**c) for k, c in by_indication.items() if sum(c.values())}
    return TierCounts(**whole), found


@lru_cache(maxsize=8192)
def _listed(text: str) -> tuple[str, ...]:
    """Return a JSON list; the same few lists come thousands of times."""
    return tuple(json.loads(text))


def _tier(design: str, clinical_kind: str) -> str:
    if design == "clinical":
        return "human_randomised" if clinical_kind == "rct" else "human_other"
    return "animal" if design == "animal" else "cells"


def _harms(groups: Counter[_Key]) -> tuple[tuple[str, int], ...]:
    """Return (``kind:where``, records) seen in people or animals, most records first."""
    counts: Counter[str] = Counter()
    for (_, _, _, harms, _), n in groups.items():
        counts.update(dict.fromkeys((h for h in _listed(harms) if _seen(h)), n))
    return tuple(sorted(((h, n) for h, n in counts.items() if n), key=lambda x: (-x[1], x[0])))


def _seen(harm: str) -> bool:
    return not harm.endswith(":discussed")
