"""Records and curated studies of one product → the reports of an answer."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from evlit.answer import held as store
from evlit.answer import indications
from evlit.answer.boxes import route_values, safety_text
from evlit.answer.held import Held
from evlit.answer.links import Link, link_of, link_of_study, maker_words
from evlit.messages import say
from evlit.records import CuratedStudy, Flag, Product, StudyReport

_DEATH = re.compile(r"\b(?:deaths?|died|dying|mortality|deceased|fatal\w*|lethal\w*)\b", re.I)
_ALL_EXPOSED = frozenset({"single_arm", "case_series", "case_report"})
_CLASS_FLAGS = {
    "cells": "cells_not_ev",
    "conditioned_medium": "conditioned_medium",
    "other_product": "not_ev",
}
PEOPLE = ("human_randomised", "human_other")


class Found(NamedTuple):
    """One report with what grouping needs to know of it."""

    report: StudyReport
    authors: frozenset[str] = frozenset()
    updates: tuple[int, ...] = ()
    preprint: bool = False
    study: CuratedStudy | None = None


def find_reports(
    db: sqlite3.Connection, product: Product, only: Collection[int] | None = None
) -> list[Found]:
    """Return every report that the store or the product file ties to the product.

    :param only: of held records these PMIDs, and nothing that is not held
    """
    mentions = store.mentions_of(db, product.key)
    dois = store.by_doi(db, (s.doi for s in product.studies))
    pmid_of = {i: dois.get(s.doi.lower()) or s.pmid or 0 for i, s in enumerate(product.studies)}
    wanted = {*mentions, *(p for p in pmid_of.values() if p)}
    records = store.load(db, wanted if only is None else wanted & set(only))
    studies = {pmid: product.studies[i] for i, pmid in pmid_of.items() if pmid in records}
    found = [
        of_record(record, link_of(record, mentions.get(pmid, ()), studies.get(pmid), product),
                  studies.get(pmid), product)
        for pmid, record in records.items()
    ]  # fmt: skip
    if only is not None:
        return found
    found += [
        of_study(study, link_of_study(study))
        for i, study in enumerate(product.studies)
        if pmid_of[i] not in records
    ]
    return found


def of_record(held: Held, link: Link, study: CuratedStudy | None, product: Product | None) -> Found:
    """Return the report of a held record; a curated study of it fills what it leaves open."""
    people = link.tier in PEOPLE or held.design == "clinical"
    n, exposed, n_source = _people(held, study) if people else (None, None, "")
    report = StudyReport(
        id=f"PMID {held.pmid}",
        title=held.title,
        tier=link.tier,
        counted=link.counted,
        pmid=held.pmid,
        doi=held.doi,
        pmcid=held.pmcid,
        url=f"https://pubmed.ncbi.nlm.nih.gov/{held.pmid}/",
        year=held.year,
        published=held.published or str(held.year or ""),
        journal=held.journal,
        link=link.kind,
        why=link.why,
        words=link.words,
        reason=link.reason,
        design=held.design,
        design_words=(held.reasons or {}).get("design", ""),
        clinical_kind=_clinical_kind(held, link, study),
        given=held.given,
        population=_population(held, study),
        n=n,
        exposed=exposed,
        n_source=n_source,
        species=held.species,
        indications=_indications(held, study),
        routes=held.routes or ((study.route,) if study and study.route else ()),
        intervention=held.intervention,
        source_kind=held.source_kind,
        comparator=held.comparator or (study.comparator if study else ""),
        main_result=held.main_result,
        safety=held.safety or "not_mentioned",
        safety_words=(held.reasons or {}).get("safety", ""),
        harms=held.harms,
        zero_events_bound=_zero_events_bound(held, link, n, exposed),
        named_in_abstract=held.named_in_abstract,
        trial_ids=_trial_ids(held.trial_ids, study),
        checked_by_person=held.checked_axes,
    )
    flags = _record_flags(held, report, study, product)
    preprint = held.preprint or bool(study and study.record_type == "preprint")
    return Found(_in_words(report, flags), held.authors, held.updates, preprint, study)


def of_study(study: CuratedStudy, link: Link) -> Found:
    """Return the report of a study that the store does not hold."""
    people = link.tier in PEOPLE
    report = StudyReport(
        id=_study_id(study),
        title=study.title,
        tier=link.tier,
        counted=link.counted,
        pmid=study.pmid,
        doi=study.doi,
        pmcid=study.pmcid,
        url=_study_url(study),
        year=study.year,
        published=str(study.year or ""),
        journal=study.journal,
        held=False,
        link=link.kind,
        why=link.why,
        reason=link.reason,
        design=_study_design(study),
        clinical_kind=study.design if people or study.design == "rct" else "",
        given="product" if link.counted else "",
        population=study.population or "not_stated",
        n=study.n if _is_people(study) else None,
        n_source="catalogue" if study.n is not None and _is_people(study) else "",
        species=() if study.species in ("", "human") else (study.species,),
        indications=(study.indication,) if study.indication else (),
        routes=(study.route,) if study.route else (),
        intervention=study.intervention,
        source_kind=study.source_kind,
        comparator=study.comparator,
        safety=study.safety or "not_stated",
        trial_ids=_trial_ids((), study),
    )
    preprint = study.record_type == "preprint"
    flags = _study_flags(study, report)
    return Found(_in_words(report, flags), preprint=preprint, study=study)


def _in_words(report: StudyReport, flags: tuple[Flag, ...]) -> StudyReport:
    """Return the report with its flags and with values in words where people read them."""
    return replace(
        report,
        flags=flags,
        routes=tuple(dict.fromkeys(v for r in report.routes for v in route_values(r))),
        indication_names=tuple(map(indications.name, report.indications)),
        safety_text=safety_text(report),
    )


def _study_id(study: CuratedStudy) -> str:
    if study.pmid:
        return f"PMID {study.pmid}"
    return f"doi:{study.doi}" if study.doi else study.pmcid or study.title


def _study_url(study: CuratedStudy) -> str:
    if study.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{study.pmid}/"
    if study.doi:
        return f"https://doi.org/{study.doi}"
    return f"https://pmc.ncbi.nlm.nih.gov/articles/{study.pmcid}/" if study.pmcid else ""


def _is_people(study: CuratedStudy) -> bool:
    return study.design not in ("animal", "in_vitro")


def _study_design(study: CuratedStudy) -> str:
    if study.design in ("animal", "in_vitro", "review", "protocol", "other"):
        return study.design
    return "clinical" if study.design else ""


def _people(held: Held, study: CuratedStudy | None) -> tuple[int | None, int | None, str]:
    """Return (n, exposed, who says n): a person, else a paper read by a curator, else a rule."""
    exposed = held.exposed
    if "participants" in held.checked_axes:
        n, source = held.participants, "person"
    elif study is not None and study.checked and study.n is not None and _is_people(study):
        n, source = study.n, "catalogue"
        if n == held.participants:
            source = "abstract"
    else:
        n, source = held.participants, "abstract"
    if exposed is not None and n is not None and exposed > n:
        exposed = None
    return n, exposed, source if n is not None else ""


def _clinical_kind(held: Held, link: Link, study: CuratedStudy | None) -> str:
    if link.kind == "curated" and link.counted and study and "design" not in held.checked_axes:
        return study.design if link.tier in PEOPLE else ""
    return held.clinical_kind


def _population(held: Held, study: CuratedStudy | None) -> str:
    if held.population in ("", "not_stated") and study and study.population:
        return study.population
    return held.population or "not_stated"


def _indications(held: Held, study: CuratedStudy | None) -> tuple[str, ...]:
    if "indication" in held.checked_axes or study is None or not study.indication:
        return held.indications
    return tuple(dict.fromkeys((study.indication, *held.indications)))


def _trial_ids(ids: tuple[str, ...], study: CuratedStudy | None) -> tuple[str, ...]:
    extra = (study.trial_id,) if study and study.trial_id else ()
    return tuple(dict.fromkeys((*ids, *extra)))


def _zero_events_bound(held: Held, link: Link, n: int | None, exposed: int | None) -> float | None:
    """Return 1 − 0.05^(1/n) where the abstract says that none of any kind occurred among n.

    Never from "no serious events", never where deaths are spoken of, and only with the
    number exposed: in a study with a comparison the number of all people does not do.
    """
    if link.tier not in PEOPLE or held.safety != "none_any" or _DEATH.search(held.abstract):
        return None
    if any(h.startswith("death") for h in held.harms):
        return None
    if exposed is None and held.clinical_kind in _ALL_EXPOSED and not held.comparator:
        exposed = n
    return 1 - 0.05 ** (1 / exposed) if exposed else None


# -------------------------------------------------------------------------------- flags


def _flag(key: str, **values: str) -> Flag:
    return Flag(key, say(f"flag.{key}", n=None, **values))


def _record_flags(
    held: Held, report: StudyReport, study: CuratedStudy | None, product: Product | None
) -> tuple[Flag, ...]:
    keys = [k for k in ("retracted", "concern", "corrected", "preprint") if getattr(held, k)]
    record_type = study.record_type if study else ""
    if record_type == "preprint" and "preprint" not in keys:
        keys.append("preprint")
    if record_type == "poster_or_abstract":
        keys.append("poster")
    flags = [_flag(key) for key in keys]
    flags += _kind_flags(report)
    if product is not None and (report.counted or held.retracted):
        words = maker_words(held, product)
        flags.append(_flag("maker_link", words=f"“{words}”") if words else _flag("no_maker_link"))
    if study and report.link == "curated" and report.counted:
        flags += _differing(held, report)
    return tuple(flags)


def _kind_flags(report: StudyReport) -> list[Flag]:
    flags = []
    if report.counted and report.intervention in _CLASS_FLAGS:
        flags.append(_flag(_CLASS_FLAGS[report.intervention]))
    if report.population == "healthy_volunteers" and report.tier in PEOPLE:
        flags.append(_flag("healthy_volunteers"))
    if report.held and report.n_source == "catalogue" and report.tier in PEOPLE:
        flags.append(_flag("n_from_catalogue"))
    return flags


def _differing(held: Held, report: StudyReport) -> list[Flag]:
    """Say where the tagger reads an abstract otherwise than the curator read the paper."""
    expected = {"human_randomised": "clinical", "human_other": "clinical", "cells": "in_vitro"}
    if held.design and held.design != expected.get(report.tier, report.tier):
        return [_flag("tagger_differs", words=report.design_words or held.design)]
    return []


def _study_flags(study: CuratedStudy, report: StudyReport) -> tuple[Flag, ...]:
    flags = [_flag("retracted")] if study.retracted == "yes" else []
    kinds = {"preprint": "preprint", "poster_or_abstract": "poster"}
    if study.record_type in kinds:
        flags.append(_flag(kinds[study.record_type]))
    flags += _kind_flags(report)
    if study.record_type != "press_release":
        flags.append(_flag("not_held"))
    return tuple(flags)
