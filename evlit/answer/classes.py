"""Class evidence: what is known of products like this one; never added to its counts."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

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

_COUNTS = """
SELECT facet, value, tier, records FROM class_counts
WHERE source_kind = ? AND intervention = ? AND given = ?
  AND facet IN (SELECT value FROM json_each(?)) AND (facet NOT IN ('tissue', 'tissue_indication')
    OR value = ?)
"""
"""``class_counts`` holds the numbers ready: however many records are held, these few rows."""

_OF_PRODUCTS = """
SELECT DISTINCT pmid FROM mentions WHERE product IN (SELECT value FROM json_each(?))
"""
_SET_ASIDE = """
SELECT facet, value, tier, count(*) FROM class_facets
WHERE pmid IN ({pmids}) AND +source_kind = ? AND +intervention = ? AND +given = ?
GROUP BY facet, value, tier
"""
"""The same of a few records, by primary key (``+`` keeps SQLite from the wider index). A list
of numbers, as SQLite hands no subquery on to a view's parts: it would walk them all."""
_PAGE = 500

_NO_TISSUE = ("", "not_stated", "other")
"""What is no tissue that two products could share."""
_Counts = dict[str, dict[str, TierCounts]]
"""Facet (``all``, ``indication``, ``harm``, ``tissue`` …) → value → records by tier."""


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
    aside = [p for (p,) in db.execute(_OF_PRODUCTS, (json.dumps(sorted(set(products))),))]
    facet, value = _tissue_facet(tissue, indication)
    facets = ("all", "indication", "harm", facet)
    found = _counts(db, (source_kind, intervention, given), aside, facets, value)
    # Reports of harm often do not say where the vesicles came from.
    unstated = _counts(db, ("not_stated", intervention, given), aside, ("harm",))
    by_indication = found["indication"]
    counts = by_indication.get(indication) if indication else found["all"].get("")
    counts = counts or TierCounts()
    label = class_name(source_kind, intervention)
    same = _same_tissue(found, tissue, indication)
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
        harms=_harms(found, unstated),
        sentence=_sentence(label, counts.studied, indication, own=bool(products)),
        indication=indication,
        same_tissue=same,
        tissue_sentence=_tissue_sentence(tissue, same, counts, own=bool(products)),
        known=known,
        known_sentence=_known_sentence(known),
    )


def _tissue_facet(tissue: str, indication: str | None) -> tuple[str, str]:
    """Return facet and value of records whose abstracts name the tissue as the cells' source."""
    return ("tissue_indication", f"{tissue} {indication}") if indication else ("tissue", tissue)


def _same_tissue(found: _Counts, tissue: str, indication: str | None) -> TierCounts:
    if tissue in _NO_TISSUE:
        return TierCounts()
    facet, value = _tissue_facet(tissue, indication)
    return found[facet].get(value, TierCounts())


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


def _counts(
    db: sqlite3.Connection,
    kind: tuple[str, str, str],
    aside: Sequence[int],
    facets: Sequence[str],
    tissue: str = "",
) -> _Counts:
    """Return the numbers of standing records of a kind, those set aside taken off.

    :param tissue: of the facets of tissues only this value
    """
    rows = db.execute(_COUNTS, (*kind, json.dumps(facets), tissue))
    numbers = Counter({(facet, value, tier): n for facet, value, tier, n in rows})
    for start in range(0, len(aside), _PAGE):
        page = aside[start : start + _PAGE]
        few = _SET_ASIDE.format(pmids=", ".join("?" * len(page)))
        for facet, value, tier, n in db.execute(few, (*page, *kind)):
            if facet in facets:
                numbers[facet, value, tier] -= n
    by_tier: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for (facet, value, tier), n in numbers.items():
        by_tier[facet][value][tier] = n
    found: _Counts = defaultdict(dict)
    for facet, values in by_tier.items():
        found[facet] = {
            v: TierCounts(**tiers) for v, tiers in values.items() if any(tiers.values())
        }
    return found


def _harms(*counted: _Counts) -> tuple[tuple[str, int], ...]:
    """Return (``kind:where``, records) seen in people or animals, most records first."""
    counts: Counter[str] = Counter()
    for found in counted:
        for harm, tiers in found["harm"].items():
            if not harm.endswith(":discussed"):
                counts[harm] += sum(tiers)
    return tuple(sorted(((h, n) for h, n in counts.items() if n), key=lambda x: (-x[1], x[0])))
