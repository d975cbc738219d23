"""Questions and their answers over a small store; many that should be "no" look like "yes"."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product as product_of
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evlit.answer import look_up, wording
from evlit.answer.boxes import route_values
from evlit.answer.indications import find as find_indication
from evlit.answer.phrase import match_query
from evlit.catalogue import Catalogue
from evlit.errors import UsageError
from evlit.messages import LANGUAGES, use_language
from evlit.names import spellings
from evlit.records import (
    Answer,
    ClassEvidence,
    Correction,
    CuratedStudy,
    Entry,
    People,
    Product,
    StudyReport,
    TierCounts,
    Trial,
)
from evlit.render.words import publication
from evlit.store import Store, empty_store
from tests.answer_fixture import (
    CATALOGUE,
    FRESH,
    NOW,
    OLD,
    PREPRINT,
    RETRACTED,
    TOPICS,
    authors,
    entry,
    make_store,
    maker,
    mark_searched,
    mention,
    product,
    tags,
    trial_id,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with make_store(tmp_path_factory.mktemp("answer") / "evlit.db") as opened:
        yield opened


def ask(store: Store, typed: str, **options: Any) -> Answer:
    return look_up(store, CATALOGUE, typed, now=NOW, **options)


QUESTIONS: list[tuple[str, dict[str, str], str, int, dict[str, int]]] = [
    # typed, options, status, exit code, counts
    ("ExoFlo", {}, "studied", 0,
     {"human_randomised": 1, "human_other": 2, "animal": 1, "cells": 1, "review_or_mention": 2,
      "registered": 1, "retracted": 1}),
    ("XoFlo", {}, "studied", 0, {"human_randomised": 1, "human_other": 2, "animal": 1, "cells": 1,
                                 "review_or_mention": 2, "registered": 1, "retracted": 1}),
    ("EXO-CD24", {}, "studied", 0, {"human_other": 1}),
    ("ALLO-ASC-DFU", {}, "studied", 0, {"human_randomised": 1}),
    ("haMPC-Exos", {}, "studied", 0, {"human_other": 1}),
    # no, though it looks like yes
    ("ExoFlow", {}, "mentioned", 10, {"review_or_mention": 1}),
    ("ASCE+", {}, "mentioned", 10, {}),
    ("ASCE", {}, "mentioned", 10, {"review_or_mention": 1}),
    ("Exo-101", {}, "mentioned", 10, {"review_or_mention": 1}),
    ("Novexa", {}, "mentioned", 10, {"review_or_mention": 1}),
    ("ZORB+", {}, "mentioned", 10, {"review_or_mention": 1}),
    ("ZORB", {}, "unknown_none_found", 10, {}),
    ("VSF1.01", {}, "mentioned", 10, {}),
    ("ExoOA-1", {}, "registered_only", 10, {"registered": 1}),
    ("NCT05060107", {}, "registered_only", 10, {"registered": 1}),
    ("UNEX-42", {}, "registered_only", 10, {"registered": 1}),
    ("NCT03857841", {}, "registered_only", 10, {"registered": 1}),
    ("AGLE 102", {}, "registered_only", 10, {"registered": 1}),
    ("Retrovex", {}, "retracted_only", 10, {"review_or_mention": 1, "retracted": 1}),
    ("XOsomes", {}, "notice_only", 10, {}),
    ("XoGlo", {}, "notice_only", 10, {}),
    ("CharaExo", {}, "notice_only", 10, {}),
    ("Quietex", {}, "none_found", 10, {}),
    ("AB126", {}, "none_found", 10, {}),
    ("Zzyzx", {}, "unknown_none_found", 10, {}),
    ("Exo-1012", {}, "unknown_none_found", 10, {}),
    ("' OR 1=1 --", {}, "unknown_none_found", 10, {}),
    ("ExoFlo* OR rat NEAR wound", {}, "unknown_none_found", 10, {}),
    ("NCT03562715", {}, "unknown_none_found", 10, {}),
    ("PEP", {}, "ambiguous", 4, {}),
    ("Kimera", {}, "ambiguous", 4, {}),
    ("PEP", {"maker": "Rion"}, "none_found", 10, {}),
    ("exosomes", {}, "generic", 10, {}),
    ("hUC-MSC", {}, "generic", 10, {}),
    ("エクソソーム", {}, "generic", 10, {}),
    ("", {"maker": "Kimera"}, "maker_products", 10, {}),
    ("exosomes", {"maker": "Kimera"}, "maker_products", 10, {}),
    ("Zzyzx", {"maker": "Kimera"}, "unknown_none_found", 10, {}),
    ("", {"indication": "osteoarthritis"}, "class_view", 10, {}),
    ("ExoFlo", {"indication": "osteoarthritis"}, "studied", 0, {"human_other": 2}),
    ("ExoFlo", {"indication": "ALS"}, "none_found", 10, {}),
    ("ExoFlo", {"indication": "ards"}, "registered_only", 10, {"registered": 1}),
    ("ExoFlo", {"indication": "COVID-19"}, "studied", 0, {"human_randomised": 1}),
    ("ExoFlo", {"since": "2024"}, "studied", 0, {"animal": 1, "cells": 1, "review_or_mention": 2,
                                                 "retracted": 1, "registered": 1}),
    ("ExoFlo", {"since": "2025-01"}, "registered_only", 10, {"registered": 1}),
    ("XoGlo", {"indication": "osteoarthritis"}, "notice_only", 10, {}),
]  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q[0]}-{q[2]}")
def test_question(
    store: Store, question: tuple[str, dict[str, str], str, int, dict[str, int]]
) -> None:
    typed, options, status, code, counts = question
    answer = ask(store, typed, **options)
    assert (answer.status, answer.exit_code) == (status, code)
    assert answer.counts == TierCounts(**counts)
    assert answer.verdict


def report(answer: Answer, report_id: str) -> StudyReport:
    return next(r for r in (*answer.records, *answer.listed_not_counted) if r.id == report_id)


def flags(answer: Answer, report_id: str) -> set[str]:
    return {flag.key for flag in report(answer, report_id).flags}


# ------------------------------------------------------------------------- the verdict


def test_verdict_of_a_studied_product(store: Store) -> None:
    assert ask(store, "ExoFlo").verdict == (
        "Given to people in 3 reports (101 people in 2 groups); to animals in 1; tried on cells "
        "only in 1. Not counted: 1 retracted report. "
        "Studied does not mean that it works or is safe."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_never_meets_a_number_across_a_full_stop(language: str) -> None:
    groups = [People(given=3, cohorts=c, reports=2, not_stated=s, healthy=h, mixed=m)
              for c, s, h, m in product_of((1, 2), (0, 1), (0, 1, 3), (0, 1))]  # fmt: skip
    with use_language(language):
        texts = [
            wording.studied(TierCounts(*counts), people, ())
            for people in (People(reports=2, cohorts=2, not_stated=2), *groups)
            for counts in product_of(*[(0, 1, 2)] * 4, (0,), (0,), (0, 1, 2))
            if any(counts[:4])
        ]
    assert len(texts) > 4_000
    assert not [t for t in texts if re.search(r"\d[.。] ?\d|  |\( | [,.;)]|[、。]{2}", t)]


@pytest.mark.parametrize(
    ("people", "text"),
    [
        (People(given=1, cohorts=1, reports=1), "1 person"),
        (People(given=40, cohorts=3, reports=4, healthy=24, mixed=1),
         "40 people in 3 groups, 24 of them healthy volunteers, which may include people given "
         "the comparison"),
        (People(given=10, cohorts=1, reports=2, healthy=10),
         "10 healthy volunteers in 1 group, no patients"),
        (People(given=9, cohorts=2, reports=2, not_stated=1),
         "9 people, and 1 group of unstated size"),
    ],
)  # fmt: skip
def test_people_in_words(people: People, text: str) -> None:
    assert wording.people_text(people) == text


def test_verdict_none_found_says_what_was_searched(store: Store) -> None:
    verdict = ask(store, "Quietex").verdict
    assert verdict == (
        "We found no PubMed record that names this product (28 records held; searched 2026-11-22; "
        "names tried: Quietex). That is not evidence that it does not work, and not evidence that "
        "it is safe."
    )


def test_the_notice_stands_inside_the_verdict(store: Store) -> None:
    assert "FDA warning letter, 2020-06-04" in ask(store, "XOsomes").verdict
    assert "FDA warning letter, 2023-09-01" in ask(store, "XoGlo").verdict


def test_healthy_volunteers_are_not_patients(store: Store) -> None:
    answer = ask(store, "haMPC-Exos")
    assert "24 healthy volunteers, no patients" in answer.verdict
    assert "healthy_volunteers" in flags(answer, "doi:10.1/volunteers")
    assert answer.people.healthy == 24


def test_an_inferred_link_is_said_and_not_counted(store: Store) -> None:
    answer = ask(store, "ASCE+")
    assert "1 study may concern this product" in answer.verdict
    assert report(answer, "PMID 3000").reason == "inferred"
    assert not report(answer, "PMID 3000").counted


def test_a_stopped_trial_is_not_a_failed_one(store: Store) -> None:
    answer = ask(store, "UNEX-42")
    assert "fail" not in answer.verdict.casefold()
    assert answer.trials[0].publication == "none_found"
    assert answer.trials[0].trial.note == "stopped for business reasons"


def test_an_unknown_name_makes_a_weaker_claim(store: Store) -> None:
    answer = ask(store, "Novexa")
    assert "nobody has checked" in answer.verdict
    assert "1 report in people" in answer.verdict
    assert answer.records[0].tier == "human_other"
    assert not answer.records[0].counted
    assert answer.product is None


def test_a_brand_among_describing_words_must_be_printed_as_a_name(store: Store) -> None:
    assert ask(store, "Novexa exosomes").records
    for typed in ("Wound exosomes", "exosome knee"):  # words of texts on other things
        answer = ask(store, typed)
        assert not answer.records
        assert answer.names_tried[0] == typed
        assert "nobody has checked" not in answer.verdict


def test_narrowed_answers_say_both(store: Store) -> None:
    answer = ask(store, "ExoFlo", indication="osteoarthritis")
    assert answer.verdict.startswith("For Osteoarthritis: given to people in 2 reports")
    assert "(33 people in 1 group)" in answer.verdict
    assert "Whatever the condition or date: given to people in 3 reports" in answer.verdict
    assert answer.whole_counts.human_randomised == 1
    assert answer.whole_status == "studied"


def test_a_topical_trial_does_not_answer_for_infusion(store: Store) -> None:
    routes = {(r.tier, r.value): r.reports for r in ask(store, "haMPC-Exos").routes}
    assert routes == {("human_other", "inhaled"): 1}


@pytest.mark.parametrize(
    ("words", "values"),
    [("iv", ("intravenous",)), ("intra-articular", ("intraarticular",)),
     ("topical with microneedling", ("microneedling",)), ("topical gel", ("topical",)),
     ("topical after fractional CO2 laser", ("microneedling",)),
     ("sc and intradermal", ("intradermal", "subcutaneous")), ("nebulized", ("inhaled",)),
     ("intradermal scalp injection", ("scalp_injection",)), ("eye_drops", ("eye_drops",)),
     ("intracochlear", ("intracochlear",)), ("vaginal_uterine", ("vaginal_uterine",))],
)  # fmt: skip
def test_routes_in_a_curators_words(words: str, values: tuple[str, ...]) -> None:
    assert route_values(words) == values


def test_never_a_word_to_avoid(store: Store) -> None:
    for typed, options, *_ in QUESTIONS:
        verdict = ask(store, typed, **options).verdict.casefold()
        for word in ("no evidence", "unproven", "ineffective", "proven", "preclinical", "failed"):
            assert word not in verdict
        assert not verdict.startswith("yes")


# ---------------------------------------------------------------- what counts, and why


def test_each_report_counts_once_in_its_highest_tier(store: Store) -> None:
    answer = ask(store, "ExoFlo")
    ids = [r.id for r in (*answer.records, *answer.listed_not_counted)]
    assert len(ids) == len(set(ids))
    assert sum(r.counted for r in answer.records) == answer.counts.studied


@pytest.mark.parametrize(
    ("report_id", "reason"),
    [("PMID 1004", "named"), ("PMID 1005", "retracted"), ("PMID 1007", "not_given"),
     ("PMID 1008", "notice"), ("PMID 1009", "maker"), ("PMID 1090", "unchecked"),
     ("A release on expanded access", "press_release")],
)  # fmt: skip
def test_what_does_not_count_says_why(store: Store, report_id: str, reason: str) -> None:
    found = report(ask(store, "ExoFlo"), report_id)
    assert (found.reason, found.counted) == (reason, False)
    assert found.why


def test_hits_named_tested_and_exclusions(store: Store) -> None:
    coverage = ask(store, "ExoFlo").coverage
    assert (coverage.hits, coverage.named, coverage.tested) == (9, 8, 3)
    assert {e.reason: e.records for e in coverage.exclusions} == {
        "named": 1, "retracted": 1, "not_given": 1, "notice": 1, "maker": 1, "no_name": 1,
    }  # fmt: skip


def test_a_curated_study_that_is_not_held_is_said_to_be_so(store: Store) -> None:
    answer = ask(store, "ExoFlo")
    assert report(answer, "doi:10.1/outside.1").counted
    assert "not_held" in flags(answer, "doi:10.1/outside.1")
    assert "not_held" not in flags(answer, "PMID 1001")


def test_one_cohort_in_two_papers_counts_its_people_once(store: Store) -> None:
    answer = ask(store, "ExoFlo")
    assert (answer.people.given, answer.people.cohorts, answer.people.reports) == (101, 2, 3)
    assert "same_cohort" in flags(answer, "doi:10.1/outside.2")


def test_people_given_are_told_apart_where_the_abstract_does(store: Store) -> None:
    found = report(ask(store, "ExoFlo"), "PMID 1001")
    assert (found.n, found.exposed) == (102, 68)


def test_the_maker_is_shown_with_its_words(store: Store) -> None:
    answer = ask(store, "ExoFlo")
    link = next(f for f in report(answer, "PMID 1001").flags if f.key == "maker_link")
    assert "Direct Biologics LLC" in link.text
    assert "no_maker_link" in flags(answer, "PMID 1002")


def test_trials_with_and_without_a_publication(store: Store) -> None:
    found = {t.trial.trial_id: t for t in ask(store, "ExoFlo").trials}
    assert found["NCT04493242"].publication == "held"
    assert found["NCT04493242"].reports == ("PMID 1001",)
    assert found["NCT05354141"].publication == "none_found", "a protocol is no result"


def test_composition_from_the_products_own_abstracts(store: Store) -> None:
    found = {c.item: [w for w, _ in c.words] for c in ask(store, "ExoFlo").composition}
    assert found["dose"] == ["15 mL"]
    assert found["markers"] == []


def test_zero_events_bound(store: Store) -> None:
    found = report(ask(store, "EXO-CD24"), "PMID 4301")
    assert found.zero_events_bound == pytest.approx(1 - 0.05 ** (1 / 35))
    assert "8.2%" in found.safety_text
    assert report(ask(store, "ExoFlo"), "PMID 1001").zero_events_bound is None


def test_class_evidence_stands_apart(store: Store) -> None:
    evidence = ask(store, "ExoFlo").class_evidence
    assert evidence is not None
    assert evidence.counts == TierCounts(human_randomised=2, human_other=1, animal=2)
    assert "they do not show what is in this vial" in evidence.sentence
    rows = {r.indication: r.counts.studied for r in evidence.rows}
    assert rows == {"ischemic_stroke": 1, "osteoarthritis": 2, "scar_keloid": 1, "wound_healing": 1}
    assert dict(evidence.harms) == {"tumour:animals": 1, "granuloma_necrosis:people": 1}


def test_class_evidence_narrowed(store: Store) -> None:
    evidence = ask(store, "ExoFlo", indication="osteoarthritis").class_evidence
    assert evidence is not None
    assert evidence.counts == TierCounts(human_randomised=1, animal=1)


def test_an_amniotic_product_is_not_in_the_vesicle_class(store: Store) -> None:
    answer = ask(store, "CharaExo")
    assert answer.class_evidence is not None
    assert answer.class_evidence.counts == TierCounts(human_other=1)
    assert {f.key for f in answer.flags} == {"sold_as", "not_msc", "is_other"}
    assert any("the source we read calls it amniotic fluid product" in f.text
               for f in answer.flags)  # fmt: skip


def test_a_non_msc_product_has_its_own_class(store: Store) -> None:
    evidence = ask(store, "AB126").class_evidence
    assert evidence is not None
    assert (evidence.source_kind, evidence.counts) == ("non_msc", TierCounts(animal=1))


def test_class_evidence_tells_the_same_tissue(tmp_path: Path) -> None:
    marrow = entry(2101, "Marrow vesicles in people", tags("clinical", clinical_kind="rct",
                   tissue="bone_marrow", indication="osteoarthritis"))  # fmt: skip
    fat = entry(2102, "Fat vesicles in rats", tags("animal", species="rat", tissue="adipose"))
    with make_store(tmp_path / "t.db", [marrow, fat]) as store:
        evidence = ask(store, "ExoFlo").class_evidence
        assert evidence is not None
        assert evidence.counts.studied == 2
        assert evidence.same_tissue.human_randomised == evidence.same_tissue.studied == 1
        assert evidence.tissue_sentence == (
            "Of these, 1 (1 in people) used cells from bone marrow, like this product."
        )
        other = ask(store, "haMPC-Exos", indication="ischemic_stroke").class_evidence
        assert other is not None
        assert other.tissue_sentence == ""
        view = ask(store, "umbilical cord MSC exosomes").class_evidence
        assert view is not None
        assert view.tissue_sentence == "None of them says that its cells came from umbilical cord."


def test_studies_of_the_class_known_from_the_catalogue_stand_apart(store: Store) -> None:
    evidence = ask(store, "ExoFlo").class_evidence
    assert evidence is not None
    assert [(r.id, r.tier, r.n, r.counted, r.held) for r in evidence.known] == [
        ("PMID 9999", "human_other", 1, False, False)
    ]
    assert evidence.known_sentence == (
        "Known from the catalogue besides, not held and not counted: 1 study of this kind, of "
        "no product that can be named (people, other 1)."
    )
    assert evidence.counts == without_known(store).counts
    narrowed = ask(store, "ExoFlo", indication="covid19").class_evidence
    assert narrowed is not None
    assert narrowed.known == ()


def without_known(store: Store) -> ClassEvidence:
    """The class evidence of the same question without what only the catalogue knows."""
    bare = replace(CATALOGUE, external=())
    evidence = look_up(store, bare, "ExoFlo", now=NOW).class_evidence
    assert evidence is not None
    assert evidence.known_sentence == ""
    return evidence


def test_a_study_of_the_class_that_is_held_is_not_listed_twice(tmp_path: Path) -> None:
    held = entry(9999, "Vesicles in the ear of one person", tags("clinical"))
    with make_store(tmp_path / "t.db", [held]) as store:
        evidence = ask(store, "ExoFlo").class_evidence
        assert evidence is not None
        assert (evidence.known, evidence.counts.human_other) == ((), 1)


def test_exclusions_name_their_records(store: Store) -> None:
    named = {e.reason: e.pmids for e in ask(store, "ExoFlo").coverage.exclusions}
    assert named["no_name"] == (1006,)
    assert named["retracted"] == (1005,)


def test_the_class_view_needs_no_product(store: Store) -> None:
    answer = ask(store, "", indication="osteoarthritis")
    assert answer.class_evidence is not None
    assert answer.class_evidence.counts == TierCounts(human_randomised=1, animal=1)
    assert [c.key for c in answer.choices] == ["exoflo"]
    assert answer.choices[0].why.endswith("for this condition: 2 reports in people")


def test_the_class_view_offers_products_by_what_is_held_of_them(tmp_path: Path) -> None:
    about = tags("animal", species="rat", indication="epilepsy")
    found = [entry(1, "Vexoral in rats", about, mention(1, "vexoral"))]
    catalogue = Catalogue(TOPICS, (VEXORAL,), _by_key={"vexoral": VEXORAL})
    with make_store(tmp_path / "own.db", found) as opened:
        answer = look_up(opened, catalogue, "", indication="epilepsy", now=NOW)
    assert [(c.key, c.why.partition("; ")[2]) for c in answer.choices] == [
        ("vexoral", "for this condition: 1 report in animals")
    ]


def test_the_class_view_tells_of_studies_that_are_not_held(tmp_path: Path) -> None:
    study = CATALOGUE.external[0]._replace(indication="hearing_loss")
    knows = replace(CATALOGUE, external=(study,))
    with make_store(tmp_path / "bare.db", []) as bare:
        told = look_up(bare, knows, "", indication="hearing_loss", now=NOW).verdict
        none = look_up(bare, CATALOGUE, "", indication="epilepsy", now=NOW).verdict
    assert "The catalogue knows 1 study of this kind that is not held here" in told
    assert "no record that tested vesicles from mesenchymal stem/stromal cells for Epil" in none
    assert "not held here" not in none


def test_generic_names_offer_makers_and_the_class(store: Store) -> None:
    answer = ask(store, "bone marrow MSC exosomes")
    assert answer.status == "generic"
    assert [c.key for c in answer.choices] == ["agle-102", "exoflo"]
    assert answer.class_evidence is not None


def test_exosomes_offers_the_brand_that_looks_like_it(store: Store) -> None:
    answer = ask(store, "exosomes")
    assert answer.status == "generic"
    assert [s.key for s in answer.suggestions] == ["xosomes"]
    assert ask(store, "hUC-MSC").suggestions == ()


# ----------------------------------------------------------------------------- coverage


@pytest.mark.parametrize(
    ("typed", "held"),
    [("Quietex", "none_found"), ("XOsomes", "notice_only"), ("UNEX-42", "registered_only"),
     ("Retrovex", "retracted_only"), ("ASCE+", "mentioned"), ("Zzyzx", "unknown_none_found"),
     ("Novexa", "mentioned")],
)  # fmt: skip
@pytest.mark.parametrize("searched", [None, OLD])
def test_without_coverage_it_is_not_searched(
    tmp_path: Path, typed: str, held: str, searched: str | None
) -> None:
    with make_store(tmp_path / "s.db", searched=searched) as unsearched:
        answer = ask(unsearched, typed)
    assert (answer.status, answer.exit_code) == ("not_searched", 3)
    assert answer.held_status == held
    assert "We found no" not in answer.verdict
    assert "evlit sync" in answer.verdict


def test_a_narrowed_no_without_coverage_still_says_the_whole(tmp_path: Path) -> None:
    with make_store(tmp_path / "s.db", searched=None) as unsearched:
        answer = ask(unsearched, "ExoFlo", indication="als")
    assert (answer.status, answer.held_status, answer.whole_status) == (
        "not_searched", "none_found", "studied",
    )  # fmt: skip
    assert "Whatever the condition or date: given to people in 3 reports" in answer.verdict


@pytest.mark.parametrize("searched", [None, OLD])
def test_evidence_held_answers_with_a_warning(tmp_path: Path, searched: str | None) -> None:
    with make_store(tmp_path / "s.db", searched=searched) as unsearched:
        answer = ask(unsearched, "ExoFlo")
        assert (answer.status, answer.exit_code) == ("studied", 0)
        assert answer.warnings
        assert ask(unsearched, "PEP").status == "ambiguous"
        assert ask(unsearched, "exosomes").status == "generic"


def test_coverage_lasts_seven_days(tmp_path: Path) -> None:
    with make_store(tmp_path / "s.db", searched="2026-11-16T09:00:00Z") as opened:
        assert ask(opened, "Quietex").status == "none_found"
        later = look_up(opened, CATALOGUE, "Quietex", now=NOW + timedelta(seconds=1))
    assert later.status == "not_searched"


def test_a_changed_query_is_not_covered(tmp_path: Path) -> None:
    with make_store(tmp_path / "s.db", searched=None) as opened:
        opened.set_watermark("pubmed", "product:quiet", "another hash", "2026-11-22",
                             full_at=FRESH)  # fmt: skip
        answer = ask(opened, "Quietex")
    assert answer.status == "not_searched"
    assert answer.coverage.queries[0].state == "changed"


def test_a_search_in_the_future_is_not_trusted(tmp_path: Path) -> None:
    with make_store(tmp_path / "s.db", searched="2027-01-01T00:00:00Z") as opened:
        assert ask(opened, "Quietex").status == "not_searched"


def test_an_unknown_name_needs_every_topic(tmp_path: Path) -> None:
    with make_store(tmp_path / "s.db", searched=None) as opened:
        mark_searched(opened, FRESH, only=["topic:broad"])
        assert ask(opened, "Zzyzx").status == "not_searched"
        mark_searched(opened, FRESH, only=["topic:clinical"])
        assert ask(opened, "Zzyzx").status == "unknown_none_found"


def test_an_empty_store_answers_from_the_catalogue() -> None:
    with empty_store() as nothing:
        answer = look_up(nothing, CATALOGUE, "ExoFlo", now=NOW)
        assert answer.status == "studied"
        assert all(not r.held for r in answer.records)
        assert ask(nothing, "Quietex").status == "not_searched"


# ---------------------------------------------------- other forms, cohorts, human tags


def answer_over(
    path: Path, entries: list[Entry], made: Product, typed: str = "Vexoral", **tagged: str
) -> Answer:
    catalogue = Catalogue(TOPICS, (made,), _by_key={made.key: made})
    with make_store(path / "own.db", entries, searched=None) as opened:
        for axis, value in tagged.items():
            opened.add_human_tag(1, axis, value, "read the paper", "a person")
        opened.set_watermark("pubmed", f"product:{made.key}", made.text_hash, None, full_at=FRESH)
        return look_up(opened, catalogue, typed, now=NOW)


VEXORAL = product("vexoral", "Vexoral", makers=maker("Vexo Labs"))
ONE_ARM = tags("clinical", clinical_kind="single_arm", participants="12")


def test_a_preprint_and_its_article_are_one_report(tmp_path: Path) -> None:
    answer = answer_over(
        tmp_path,
        [
            entry(1, "The article", ONE_ARM, mention(1, "vexoral"),
                  corrections=(Correction("UpdateOf", 2),)),
            entry(2, "The preprint", ONE_ARM, mention(2, "vexoral"), publication_types=(PREPRINT,),
                  corrections=(Correction("UpdateIn", 1),)),
        ],
        VEXORAL,
    )  # fmt: skip
    assert answer.counts.human_other == 1
    assert answer.records[0].id == "PMID 1"
    assert answer.records[0].same_report == ("PMID 2",)
    assert "one report with PMID 2 (its preprint)" in [f.text for f in answer.records[0].flags]
    assert answer.people.given == 12


def test_a_lone_preprint_counts_and_is_flagged(tmp_path: Path) -> None:
    found = [entry(1, "A preprint", ONE_ARM, mention(1, "vexoral"), publication_types=(PREPRINT,))]
    answer = answer_over(tmp_path, found, VEXORAL)
    assert answer.status == "studied"
    assert "preprint" in flags(answer, "PMID 1")


def test_a_preprint_of_a_retracted_article_does_not_count(tmp_path: Path) -> None:
    answer = answer_over(
        tmp_path,
        [
            entry(1, "The article", ONE_ARM, mention(1, "vexoral"), publication_types=(RETRACTED,),
                  corrections=(Correction("UpdateOf", 2),)),
            entry(2, "The preprint", ONE_ARM, mention(2, "vexoral"), publication_types=(PREPRINT,)),
        ],
        VEXORAL,
    )  # fmt: skip
    assert answer.status == "retracted_only"


def test_a_curated_doi_that_is_held_is_that_record(tmp_path: Path) -> None:
    study = CuratedStudy("An article", 2024, doi="10.1/A", design="single_arm", n=12,
                         link="stated", checked=True)  # fmt: skip
    made = product("vexoral", "Vexoral", studies=(study,))
    found = [entry(1, "An article", tags("other", "nothing"), doi="10.1/a")]
    answer = answer_over(tmp_path, found, made)
    assert [r.id for r in answer.records] == ["PMID 1"]
    assert answer.counts == TierCounts(human_other=1)
    assert "tagger_differs" in flags(answer, "PMID 1")


def test_an_expression_of_concern_is_kept_and_flagged(tmp_path: Path) -> None:
    found = [entry(1, "Doubted", ONE_ARM, mention(1, "vexoral"),
                   corrections=(Correction("ExpressionOfConcernIn", 77),))]  # fmt: skip
    answer = answer_over(tmp_path, found, VEXORAL)
    assert answer.status == "studied"
    assert "concern" in flags(answer, "PMID 1")


def test_shared_trial_is_one_cohort(tmp_path: Path) -> None:
    found = [
        entry(
            n, f"Report {n}", ONE_ARM, mention(n, "vexoral"), databank_ids=trial_id("NCT01000000")
        )
        for n in (1, 2)
    ]
    answer = answer_over(tmp_path, found, VEXORAL)
    assert (answer.people.given, answer.people.cohorts) == (12, 1)


def test_a_follow_up_told_as_one_group_does_not_make_all_of_a_trial_exposed(
    tmp_path: Path,
) -> None:
    trial = tags("clinical", clinical_kind="rct", participants="40")
    later = tags("clinical", clinical_kind="single_arm", participants="40", exposed="40")
    same = trial_id("NCT01000000")
    found = [
        entry(1, "A trial", trial, mention(1, "vexoral"), databank_ids=same),
        entry(2, "One year on", later, mention(2, "vexoral"), databank_ids=same),
    ]
    people = answer_over(tmp_path, found, VEXORAL).people
    assert (people.given, people.cohorts, people.mixed) == (40, 1, 1)


@pytest.mark.parametrize(
    ("exposed", "text"),
    [
        ({}, "40 people, which may include people given the comparison"),
        ({"exposed": "20"}, "(20 people)"),
    ],
)
def test_people_given_the_comparison_are_not_silently_counted(
    tmp_path: Path, exposed: dict[str, str], text: str
) -> None:
    said = tags("clinical", clinical_kind="rct", participants="40", **exposed)
    answer = answer_over(tmp_path, [entry(1, "A trial", said, mention(1, "vexoral"))], VEXORAL)
    assert text in answer.verdict


def test_a_retracted_report_is_said_beside_a_registration(tmp_path: Path) -> None:
    made = product("vexoral", "Vexoral", trials=(Trial("NCT01000000", "A trial"),))
    found = [entry(1, "Gone", ONE_ARM, mention(1, "vexoral"), publication_types=(RETRACTED,))]
    answer = answer_over(tmp_path, found, made)
    assert answer.status == "registered_only"
    assert "Not counted: 1 retracted report." in answer.verdict


@pytest.mark.parametrize(
    ("second", "n", "cohorts"),
    [(("Sun", "Moon"), "12", 1), (("Sun", "Star"), "12", 2), (("Sun", "Moon"), "13", 2)],
)
def test_same_number_and_authors_are_one_cohort(
    tmp_path: Path, second: tuple[str, ...], n: str, cohorts: int
) -> None:
    other = tags("clinical", clinical_kind="single_arm", participants=n)
    found = [
        entry(1, "First", ONE_ARM, mention(1, "vexoral"), authors=authors("Sun", "Moon", "Lee")),
        entry(2, "Second", other, mention(2, "vexoral"), authors=authors(*second)),
    ]
    assert answer_over(tmp_path, found, VEXORAL).people.cohorts == cohorts


def test_two_case_reports_of_one_group_are_two_people(tmp_path: Path) -> None:
    case = tags("clinical", clinical_kind="case_report", participants="1")
    found = [
        entry(n, f"Case {n}", case, mention(n, "vexoral"), authors=authors("Sun", "Moon"))
        for n in (1, 2)
    ]
    assert answer_over(tmp_path, found, VEXORAL).people.given == 2


@pytest.mark.parametrize(
    ("axis", "value", "status"),
    [("given", "other", "mentioned"), ("given", "product", "studied"),
     ("design", "review", "mentioned"), ("design", "animal", "studied")],
)  # fmt: skip
def test_a_persons_tag_decides(tmp_path: Path, axis: str, value: str, status: str) -> None:
    found = [entry(1, "Vexoral in people", ONE_ARM, mention(1, "vexoral"))]
    answer = answer_over(tmp_path, found, VEXORAL, **{axis: value})
    assert answer.status == status
    assert report(answer, "PMID 1").checked_by_person == (axis,)


def test_a_withdrawn_record_is_not_counted(tmp_path: Path) -> None:
    catalogue = Catalogue(TOPICS, (VEXORAL,), _by_key={"vexoral": VEXORAL})
    found = [entry(1, "Vexoral in people", ONE_ARM, mention(1, "vexoral"))]
    with make_store(tmp_path / "s.db", found, searched=None) as opened:
        opened.save_batch([], deleted=[1])
        opened.set_watermark("pubmed", "product:vexoral", VEXORAL.text_hash, None, full_at=FRESH)
        answer = look_up(opened, catalogue, "Vexoral", now=NOW)
    assert answer.status == "none_found"
    assert answer.coverage.records_held == 0


@pytest.mark.parametrize(
    ("more", "abstract", "bound"),
    [
        ({"safety": "none_any"}, "None occurred.", True),
        ({"safety": "none_any"}, "None occurred; two deaths were unrelated.", False),
        ({"safety": "none_any", "harm": "death:people"}, "None occurred.", False),
        ({"safety": "none_serious"}, "No serious events.", False),
        ({"safety": "none_any", "clinical_kind": "rct"}, "None occurred.", False),
        ({"safety": "none_any", "clinical_kind": "rct", "exposed": "6"}, "None occurred.", True),
        ({"safety": "none_any", "comparator": "saline"}, "None occurred.", False),
        ({"safety": "none_any"}, "Pain fell compared with baseline. None occurred.", True),
        ({"safety": "none_any"}, "12 patients received Vexoral. None occurred.", True),
        ({"safety": "none_any", "exposed": "12"}, "Ten had it versus two on laser. None.", False),
        ({"safety": "none_any", "exposed": "5"}, "Five had it versus seven on laser. None.", True),
    ],
)
def test_zero_events_is_not_safe(
    tmp_path: Path, more: dict[str, str], abstract: str, bound: bool
) -> None:
    said = tags("clinical", **{"clinical_kind": "single_arm", "participants": "12", **more})
    found = [entry(1, "Vexoral", said, mention(1, "vexoral"), abstract=abstract)]
    answer = answer_over(tmp_path, found, VEXORAL)
    assert (report(answer, "PMID 1").zero_events_bound is not None) is bound


def test_a_linked_publication_that_is_not_held_is_no_result(tmp_path: Path) -> None:
    trial = Trial("NCT01000000", "A trial", linked_pmid=777)
    made = product("vexoral", "Vexoral", trials=(trial,))
    answer = answer_over(tmp_path, [], made)
    assert answer.status == "registered_only"
    assert answer.trials[0].publication == "linked_not_held"
    assert "1 of these trials is linked to a publication that is not held" in answer.verdict


def test_a_trial_whose_listed_paper_nobody_checked_is_not_said_to_have_none(
    tmp_path: Path,
) -> None:
    paper = CuratedStudy("A paper", doi="10.1/a", design="rct", link="stated", checked=False,
                         trial_id="NCT01000000")  # fmt: skip
    made = product("vexoral", "Vexoral", trials=(Trial("NCT01000000", "A trial"),),
                   studies=(paper,))  # fmt: skip
    answer = answer_over(tmp_path, [], made)
    (item,) = answer.trials
    assert (item.publication, item.reports) == ("listed_not_counted", ("doi:10.1/a",))
    assert publication(item) == "A publication is listed (doi:10.1/a), not counted"
    assert answer.status == "registered_only"


def test_a_trial_whose_publication_is_retracted(tmp_path: Path) -> None:
    made = product("vexoral", "Vexoral", trials=(Trial("NCT01000000", "A trial"),))
    found = [entry(1, "Withdrawn", ONE_ARM, mention(1, "vexoral"), publication_types=(RETRACTED,),
                   databank_ids=trial_id("NCT01000000"))]  # fmt: skip
    answer = answer_over(tmp_path, found, made)
    assert answer.status == "retracted_only"
    assert answer.trials[0].publication == "retracted"


def test_an_external_retracted_study_does_not_count(tmp_path: Path) -> None:
    study = CuratedStudy("Gone", 2024, doi="10.1/gone", design="rct", n=9, link="stated",
                         checked=True, retracted="yes")  # fmt: skip
    answer = answer_over(tmp_path, [], product("vexoral", "Vexoral", studies=(study,)))
    assert answer.status == "retracted_only"


def test_posters_are_flagged(tmp_path: Path) -> None:
    study = CuratedStudy("A poster", 2024, doi="10.1/poster", design="rct", n=7, link="stated",
                         checked=True, record_type="poster_or_abstract")  # fmt: skip
    answer = answer_over(tmp_path, [], product("vexoral", "Vexoral", studies=(study,)))
    assert "poster" in flags(answer, "doi:10.1/poster")


# --------------------------------------------------------------- what cannot be asked


@pytest.mark.parametrize(
    ("typed", "options", "message"),
    [
        ("", {}, "no name was typed"),
        ("  ", {}, "no name was typed"),
        ('"', {}, "no letter or digit"),
        ("\0", {}, "no letter or digit"),
        ("x" * 10_000, {}, "10,000 characters"),
        ("ExoFlo", {"indication": "knee trouble of sorts"}, "no condition of the vocabulary"),
        ("ExoFlo", {"indication": "osteoartritis"}, "near: osteoarthritis"),
        ("ExoFlo", {"maker": "Kimmera"}, "near: Kimera Labs"),
        ("ExoFlo", {"maker": "Nobody at all"}, "no maker of the catalogue"),
        ("ExoFlo", {"maker": "Kimera"}, "its maker there: Direct Biologics"),
        ("ExoFlo", {"since": "yesterday"}, "not a date"),
        ("ExoFlo", {"since": "2024-13"}, "not a date"),
    ],
)
def test_usage_errors(store: Store, typed: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        ask(store, typed, **options)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("typed", "key"),
    [("osteoarthritis", "osteoarthritis"), ("Osteoarthritis", "osteoarthritis"),
     ("ALS", "als"), ("COVID-19", "covid19"), ("ischaemic stroke", "ischemic_stroke"),
     ("ischemic stroke", "ischemic_stroke"), ("bpd", "bpd")],
)  # fmt: skip
def test_conditions_by_the_words_people_type(typed: str, key: str) -> None:
    assert find_indication(typed) == key


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=st.text(max_size=60))
def test_any_typed_text_is_answered_or_refused(store: Store, typed: str) -> None:
    try:
        answer = ask(store, typed)
    except UsageError:
        return
    assert answer.exit_code in {0, 3, 4, 10}


@given(st.text(min_size=1, max_size=40))
def test_a_name_is_one_phrase_to_the_index(typed: str) -> None:
    forms = spellings(typed)
    if forms:
        db = sqlite3.connect(":memory:")
        db.execute("CREATE VIRTUAL TABLE t USING fts5(a)")
        db.execute("SELECT count(*) FROM t WHERE t MATCH ?", (match_query(forms),)).fetchone()
        db.close()


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("Vexo", "We gave Vexo to rats.", True),
        ("Vexo", "We gave VEXO™ to rats.", True),
        ("Vexo", "We gave Vexon to rats.", False),
        ("Vexo", "We gave Provexo to rats.", False),
        ("Vexo", "We gave pro-Vexo to rats.", False),
        ("Vexo", "We gave Vexo-2 to rats.", False),
        ("Vexo", "We gave Vexo+ to rats.", False),
        ("Vexo+", "We gave Vexo+ to rats.", True),
        ("Vexo+", "We gave Vexo plus to rats.", True),
        ("Vexo", "Pro-Vexo is not what we gave; Vexo is.", True),
        ("Vexo 12", "We gave Vexo-12 to rats.", True),
        ("Vexo12", "We gave Vexo 12 to rats.", True),
        ("Vexo 12", "We gave vexo12 to rats.", True),
        ("Vexo 12", "We gave Vexo and 12 rats.", False),
        ("Vexo 12", "We gave Vexo-123 to rats.", False),
        ("ベクソ", "ベクソ点滴", True),
        ("ベクソ", "慢性疲労に対するベクソ静脈投与の5例", True),
        ("ベクソ", "慢性疲労に対するベク静脈投与の5例", False),
        ("Exo클리어", "피부에 EXO클리어를 바른 10명", True),
    ],
)
def test_a_name_in_a_text_is_the_whole_word(
    tmp_path: Path, typed: str, text: str, found: bool
) -> None:
    with make_store(tmp_path / "s.db", [entry(1, "A title", tags("animal"), abstract=text)]) as one:
        answer = ask(one, typed)
    assert (answer.status == "mentioned") is found
    if found:
        assert answer.records[0].words in text


def test_an_answer_compares_by_value(store: Store) -> None:
    assert ask(store, "ExoFlo") == ask(store, "ExoFlo")
    assert json.dumps(ask(store, "ExoFlo").counts._asdict())
