"""Reads ``[[study]]``, ``[[trial]]`` and ``[[negative]]`` tables."""

from __future__ import annotations

from evlit.catalogue.fields import Table
from evlit.catalogue.values import Negative
from evlit.records import AXIS_VALUES, CuratedStudy, Trial

TISSUES = (
    "bone_marrow", "adipose", "umbilical_cord", "placenta", "dental_pulp", "cord_blood",
    "synovium", "other", "not_stated",
)  # fmt: skip
INTERVENTIONS = (*AXIS_VALUES["intervention"], "")
SOURCE_KINDS = (*AXIS_VALUES["source_kind"], "")
DESIGNS = (*AXIS_VALUES["clinical_kind"], "animal", "in_vitro", "")
RECORD_TYPES = ("paper", "preprint", "poster_or_abstract", "press_release")
LINKS = ("stated", "maker_states", "inferred")
CHECKS = ("registry_mirror", "paper", "review_table", "carried")
_MOST_PEOPLE = 100_000


def read_study(
    table: Table, *, of_product: bool, indications: frozenset[str] | None
) -> CuratedStudy:
    """Read one study.

    :param of_product: True: it needs ``link`` and ``why``
    :param indications: known keys; None = not checked
    :raises CatalogueError: names file, field and remedy
    """
    study = CuratedStudy(
        title=table.text("title", required=True),
        year=table.number("year", 1950, 2100),
        journal=table.text("journal"),
        pmid=table.pmid("pmid"),
        doi=table.doi("doi"),
        pmcid=table.pmcid("pmcid"),
        design=table.choice("design", DESIGNS, ""),
        n=table.number("n", 1, _MOST_PEOPLE),
        species=table.text("species"),
        population=table.choice("population", (*AXIS_VALUES["population"], ""), ""),
        indication=_indication(table, indications),
        route=table.text("route"),
        comparator=table.text("comparator"),
        safety=table.choice("safety", ("none_reported", "events_reported", "not_stated"), ""),
        intervention=table.choice("intervention", INTERVENTIONS, ""),
        link=table.choice("link", LINKS, None if of_product else ""),
        checked=table.flag("checked"),
        record_type=table.choice("record_type", RECORD_TYPES, "paper"),
        cohort=table.text("cohort"),
        trial_id=table.trial_id("trial_id"),
        retracted=table.choice("retracted", ("yes", "no", "unknown"), "unknown"),
        why=table.text("why", required=of_product),
        note=table.text("note"),
        source_kind=table.choice("source_kind", SOURCE_KINDS, ""),
        cell_source=table.text("cell_source"),
        tissue=table.choice("tissue", (*TISSUES, ""), ""),
        maker=table.text("maker"),
        names=table.texts("names"),
        sources=table.sources(),
    )
    table.done()
    _check_study(table, study)
    return study


def _check_study(table: Table, study: CuratedStudy) -> None:
    published = study.record_type in ("paper", "preprint")
    if published and study.checked and not (study.pmid or study.doi):
        raise table.error(
            "checked",
            "a paper that was checked has a PMID or a DOI",
            "add pmid or doi, or write checked = false",
        )
    if study.record_type == "press_release" and study.checked:
        raise table.error("checked", "a press release is no checked study", "write checked = false")


def read_trial(table: Table, *, of_product: bool, indications: frozenset[str] | None) -> Trial:
    """Read one registry entry; a trial of a product needs its registry id.

    :raises CatalogueError: names file, field and remedy
    """
    trial = Trial(
        trial_id=table.trial_id("trial_id"),
        title=table.text("title", required=not of_product),
        phase=table.text("phase"),
        status=table.text("status"),
        status_seen=table.iso_date("status_seen"),
        enrolment=table.number("enrolment", 1, _MOST_PEOPLE),
        sponsor=table.text("sponsor"),
        indication=_indication(table, indications),
        results_posted=table.choice("results_posted", ("yes", "no", "unknown"), "unknown"),
        linked_pmid=table.pmid("linked_pmid"),
        checked=table.choice("checked", CHECKS),
        note=table.text("note"),
        intervention=table.choice("intervention", INTERVENTIONS, ""),
        source_kind=table.choice("source_kind", SOURCE_KINDS, ""),
        cell_source=table.text("cell_source"),
        tissue=table.choice("tissue", (*TISSUES, ""), ""),
        names=table.texts("names"),
        other_ids=table.trial_ids("other_ids"),
        sources=table.sources(),
    )
    table.done()
    if of_product and not trial.trial_id:
        raise table.error("trial_id", "missing", "add the registry id, as in NCT01234567")
    return trial


def read_negative(table: Table) -> Negative:
    """Read one documented negative.

    :raises CatalogueError: names file, field and remedy
    """
    negative = Negative(
        name=table.text("name", required=True),
        trial_id=table.trial_id("trial_id"),
        listed_as=table.text("listed_as", required=True),
        why=table.text("why", required=True),
        sources=table.sources(),
    )
    table.done()
    return negative


def _indication(table: Table, known: frozenset[str] | None) -> str:
    key = table.text("indication")
    if key and known is not None and key not in known:
        raise table.error(
            "indication",
            f"'{key}' is not in the vocabulary",
            "use a key of evlit/vocabulary/indications.toml",
        )
    return key
