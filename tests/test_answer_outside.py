"""What sources beyond PubMed add to an answer, and what they must not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from evlit.answer import look_up
from evlit.records import (
    Answer,
    EventCount,
    FullTextHit,
    LetterLink,
    RegisteredTrial,
    RegulatorLetter,
    TrialLink,
)
from evlit.render import to_json, to_terminal
from evlit.store import Store
from tests.answer_fixture import CATALOGUE, NOW, make_store

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "answer.schema.json").read_text())
ARDS = RegisteredTrial(
    "NCT05354141", title="Registry title", status="TERMINATED", phase="Phase 3", enrolment=12,
    why_stopped="Funding", sponsor="Direct Biologics, LLC", first_posted="2021-04-29",
    conditions=("ARDS",),
)  # fmt: skip
LETTER = RegulatorLetter(
    "https://www.fda.gov/letters/eucyt", "FDA", "warning letter", "EUCYT Laboratories LLC",
    "CBER", "Unapproved New Drug", "2020-06-10", "2020-06-04",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with make_store(tmp_path / "evlit.db") as opened:
        yield opened


def ask(store: Store, typed: str, **options: str) -> Answer:
    return look_up(store, CATALOGUE, typed, now=NOW, **options)


def card(answer: Answer, width: int = 100) -> str:
    return " ".join(to_terminal(answer, width=width, explain=True).split())


def asked(store: Store, source: str, query: str, at: str = "2026-11-22T06:00:00Z") -> None:
    store.set_watermark(source, query, "hash", at[:10], full_at=at)


def tie(store: Store, product: str, trial: RegisteredTrial, kind: str = "name") -> None:
    run = store.start_run("sync-ctgov").id
    store.save_trials("ctgov", [trial], run)
    link = TrialLink(trial.trial_id, product, kind, "ExoFlo", "title", "a trial of ExoFlo")
    store.add_trial_links("ctgov", [link], run)


# ------------------------------------------------------------------------------ trials


def test_a_trial_of_catalogue_and_registry_is_one_with_the_registry_s_status(store: Store) -> None:
    before = ask(store, "ExoFlo")
    tie(store, "exoflo", ARDS, "id")
    answer = ask(store, "ExoFlo")
    assert len(answer.trials) == len(before.trials)
    (item,) = [t for t in answer.trials if t.trial.trial_id == "NCT05354141"]
    assert (item.trial.status, item.trial.enrolment) == ("TERMINATED", 12)
    assert item.trial.status_seen == store.now()[:10]
    assert item.trial.title == "Vesicles in ARDS, phase III", "the curator's title stays"
    assert item.trial.results_posted == "no"
    assert answer.counts == before.counts
    text = card(answer)
    assert "Registered in 2021, no publication found; no results posted in the registry" in text
    assert "Why it stopped, as the sponsor says: Funding" in text


def test_a_trial_that_only_the_registry_knows_makes_it_registered(store: Store) -> None:
    assert ask(store, "Quietex").status == "none_found"
    tie(store, "quiet", replace_id(ARDS, "NCT09000001"))
    answer = ask(store, "Quietex")
    assert (answer.status, answer.counts.registered) == ("registered_only", 1)
    assert answer.trials[0].indication_name
    assert ask(store, "Quietex", indication="stroke").counts.registered == 0


def replace_id(trial: RegisteredTrial, trial_id: str) -> RegisteredTrial:
    return trial._replace(trial_id=trial_id)


def test_a_trial_id_that_only_the_registry_knows_leads_to_its_product(store: Store) -> None:
    tie(store, "quiet", replace_id(ARDS, "NCT09000001"))
    tie(store, "evo", replace_id(ARDS, "NCT09000011"), "maker")
    answer = ask(store, "nct09000001")
    assert answer.product is not None
    assert answer.product.key == "quiet"
    assert "is a registered trial of Quietex" in answer.flags[0].text
    assert ask(store, "NCT09000011").product is None, "a maker's trial is none of the product"


@pytest.mark.parametrize("kind", ["maker", "summary"])
def test_a_trial_of_the_maker_is_shown_and_does_not_count(store: Store, kind: str) -> None:
    tie(store, "quiet", replace_id(ARDS, "NCT09000002"), kind)
    answer = ask(store, "Quietex")
    assert (answer.status, answer.counts.registered, answer.trials) == ("none_found", 0, ())
    (item,) = answer.trials_not_counted
    assert "not counted" in item.trial.note
    assert "NCT09000002" in card(answer)


def test_a_trial_no_longer_tied_is_gone_from_the_answer(store: Store) -> None:
    tie(store, "quiet", replace_id(ARDS, "NCT09000003"))
    store.save_trial_links("ctgov", "quiet", [], store.start_run("sync-ctgov").id)
    assert ask(store, "Quietex").trials == ()


def test_a_trial_under_two_ids_is_one(store: Store) -> None:
    tie(store, "exoflo", replace_id(ARDS, "NCT09000004")._replace(
        other_ids=("NCT04493242",)), "id")  # fmt: skip
    answer = ask(store, "ExoFlo")
    ids = [t.trial.trial_id for t in answer.trials]
    assert ids == ["NCT05354141", "NCT09000004"]
    assert answer.trials[1].publication == "held", "its publication carries the other id"


def test_a_curated_trial_is_found_in_the_registry_by_any_of_its_ids(store: Store) -> None:
    unex = CATALOGUE.product("unex-42")
    own = unex.trials[0]._replace(trial_id="2022-500293-34", other_ids=("NCT03857841",))
    catalogue = replace(
        CATALOGUE, _by_key=CATALOGUE._by_key, products=tuple(
            replace(p, trials=(own,)) if p.key == "unex-42" else p for p in CATALOGUE.products
        ),
    )  # fmt: skip
    tie(store, "unex-42", replace_id(ARDS, "NCT03857841"), "id")
    (item,) = look_up(store, catalogue, "UNEX-42", now=NOW).trials
    assert item.trial.trial_id == "NCT03857841"
    assert "2022-500293-34" in item.trial.other_ids


def test_background_papers_are_no_publication_of_the_trial(store: Store) -> None:
    trial = replace_id(ARDS, "NCT09000005")
    tie(store, "quiet", trial._replace(papers=((1001, "BACKGROUND"),)))
    assert ask(store, "Quietex").trials[0].publication == "none_found"
    tie(store, "quiet", trial._replace(papers=((1001, "BACKGROUND"), (77, "RESULT"))))
    (item,) = ask(store, "Quietex").trials
    assert (item.publication, item.trial.linked_pmid) == ("linked_not_held", 77)


def test_trials_of_the_class_stand_in_the_class_view(store: Store) -> None:
    run = store.start_run("sync-ctgov").id
    store.save_trials("ctgov", [replace_id(ARDS, "NCT09000006")], run)
    link = TrialLink("NCT09000006", "", "class", "ev", "interventions", "MSC exosomes")
    store.save_trial_links("ctgov", "", [link], run)
    shown = [t.trial.trial_id for t in ask(store, "", indication="ards").trials]
    assert "NCT09000006" in shown
    assert "NCT09000006" not in [
        t.trial.trial_id for t in ask(store, "", indication="stroke").trials
    ]


# ----------------------------------------------------------------------------- letters


def letter(store: Store, product: str, item: RegulatorLetter) -> None:
    run = store.start_run("sync-fda").id
    store.save_letters("fda", [item], [LetterLink(item.url, product, "a maker")], run, whole=True)


def test_the_same_letter_stands_once_with_both_sources(store: Store) -> None:
    before = ask(store, "XOsomes")
    letter(store, "xosomes", LETTER)
    answer = ask(store, "XOsomes")
    assert len(answer.notices) == len(before.notices) == 1
    assert answer.notices[0].about == before.notices[0].about
    assert answer.notices[0].sources[0] == LETTER.url
    assert answer.verdict == before.verdict


@pytest.mark.parametrize("day", ["2020-06-04", "2020-06-10"])
def test_the_day_of_the_letter_or_of_its_posting_may_be_the_catalogue_s(
    store: Store, day: str
) -> None:
    xosomes = CATALOGUE.product("xosomes")
    held = replace(xosomes, notices=(xosomes.notices[0]._replace(date=day),))
    products = tuple(held if p.key == "xosomes" else p for p in CATALOGUE.products)
    catalogue = replace(CATALOGUE, products=products)
    letter(store, "xosomes", LETTER)
    assert len(look_up(store, catalogue, "XOsomes", now=NOW).notices) == 1


def test_another_letter_stands_beside_and_says_what_was_not_read(store: Store) -> None:
    letter(store, "quiet", LETTER._replace(company="Quiet Co", issued="2026-10-01"))
    answer = ask(store, "Quietex")
    assert answer.status == "notice_only"
    assert "FDA warning letter to the maker, 2026-10-01" in answer.verdict
    assert "whether it names this product was not checked" in answer.notices[0].about


# -------------------------------------------------------------------------- full texts


def hit(hit_id: str, **more: object) -> FullTextHit:
    found = FullTextHit(hit_id, "quiet", "article", title=f"Paper {hit_id}", published="2024-05-06")
    return found._replace(**more)  # type: ignore[arg-type]


def save_hits(store: Store, *hits: FullTextHit) -> None:
    product = hits[0].product if hits else "quiet"
    run = store.start_run("sync-europepmc").id
    store.save_fulltext_hits("europepmc", product, hits, run)


def test_a_full_text_hit_is_listed_and_never_counted(store: Store) -> None:
    save_hits(store, hit("MED:880001", pmid=880001), hit("PPR:5", kind="preprint", doi="10.1101/5"))
    answer = ask(store, "Quietex")
    assert answer.status == "mentioned"
    assert answer.counts.studied == answer.counts.review_or_mention == 0
    found = {r.id: r for r in answer.listed_not_counted}
    assert set(found) == {"PMID 880001", "doi:10.1101/5"}
    assert all(r.reason == "fulltext" and not r.counted for r in found.values())
    assert found["PMID 880001"].why == "named in full text by Europe PMC's search, not checked"
    assert [f.key for f in found["doi:10.1101/5"].flags] == ["preprint"]


def test_a_hit_that_is_held_says_so_under_its_own_record(store: Store) -> None:
    save_hits(store, hit("MED:1001", pmid=1001))
    (report,) = ask(store, "Quietex").listed_not_counted
    assert (report.pmid, report.held, report.reason) == (1001, True, "fulltext")


def test_a_hit_in_the_abstract_of_a_held_record_is_left_to_the_matcher(store: Store) -> None:
    save_hits(store, hit("MED:1001", pmid=1001, found_in="abstract", words="Quietex"))
    assert ask(store, "Quietex").status == "none_found"


def test_a_hit_on_a_report_of_the_answer_adds_nothing(store: Store) -> None:
    before = ask(store, "ExoFlo")
    save_hits(
        store,
        hit("MED:1001", product="exoflo", pmid=1001),
        hit("PPR:6", product="exoflo", kind="preprint", article_pmid=1001),
        hit("AGR:7", product="exoflo", doi="10.1/outside.1"),
    )
    after = ask(store, "ExoFlo")
    assert after.counts == before.counts
    assert len(after.listed_not_counted) == len(before.listed_not_counted)


# ---------------------------------------------------------------------- adverse events


def count(store: Store, *counts: EventCount) -> None:
    store.save_event_counts("openfda", counts, store.start_run("sync-openfda").id)


def test_reports_of_harm_stand_with_what_they_are_worth(store: Store) -> None:
    count(
        store,
        EventCount("exoflo", "drug", "name", 2, ("EXOFLO",), "2025-02-03", (("Fever", 2),)),
        EventCount("exoflo", "device", "maker", 1, ("DIRECT BIOLOGICS",), "2023-06-07"),
    )
    text = card(ask(store, "ExoFlo"))
    assert "2 drug reports to the FDA name this product (as EXOFLO; newest 2025-02-03)" in text
    assert "Named in them: Fever (2)." in text
    assert "names the maker (as DIRECT BIOLOGICS; newest 2023-06-07), whatever the product" in text
    assert "a report proves no cause" in text


def test_reports_change_no_status_and_none_is_said_with_its_day(store: Store) -> None:
    count(store, EventCount("quiet", "drug", "name", 3, ("QUIETEX",), "2025-02-03"))
    answer = ask(store, "Quietex")
    assert answer.status == "none_found"
    assert "a report proves no cause" in card(answer)
    count(store, EventCount("evo", "drug", "name", 0))
    text = card(ask(store, "EVO-9"))
    assert f"was found at openFDA on {store.now()[:10]}" in text


# ---------------------------------------------------------------------------- coverage


def test_a_source_never_asked_is_said_to_be_not_asked(store: Store) -> None:
    answer = ask(store, "Quietex")
    assert {s.state for s in answer.coverage.outside} == {"never"}
    assert any("Not asked: Europe PMC" in text for text in answer.not_checked)


def test_the_answer_says_which_sources_were_asked_and_when(store: Store) -> None:
    asked(store, "ctgov", "product:quiet")
    asked(store, "fda", "letters:all", "2026-10-01T06:00:00Z")
    run = store.start_run("sync-europepmc").id
    store.save_query_run(run, "europepmc", "product:quiet", "h", mode="full", asked="x",
                         status="failed", error="HTTP 503")  # fmt: skip
    answer = ask(store, "Quietex")
    states = {s.source: s.state for s in answer.coverage.outside}
    assert states == {
        "ctgov": "asked", "europepmc": "failed", "fda": "stale", "openfda": "never",
    }  # fmt: skip
    text = card(answer)
    assert "Asked besides PubMed: ClinicalTrials.gov on 2026-11-22." in text
    assert "Asked more than 7 days ago: FDA warning letters on 2026-10-01." in text
    assert "Asked without a full answer: Europe PMC (HTTP 503)." in text
    assert "Not asked: openFDA (adverse-event reports)" in text
    assert "Trials are shown as ClinicalTrials.gov had them on 2026-11-22" in text


def test_a_failure_after_an_answer_is_told_with_the_last_answer(store: Store) -> None:
    asked(store, "ctgov", "product:quiet", "2026-11-20T06:00:00Z")
    run = store.start_run("sync-ctgov").id
    store.save_query_run(run, "ctgov", "product:quiet", "h", mode="full", asked="x",
                         status="failed", error="cut")  # fmt: skip
    state = ask(store, "Quietex").coverage.outside[0]
    assert (state.state, state.asked_at) == ("failed", "2026-11-20T06:00:00Z")
    assert "last full answer 2026-11-20" in card(ask(store, "Quietex"))


def test_a_source_that_was_down_is_failed_not_never(store: Store) -> None:
    run = store.start_run("sync-openfda").id
    store.finish_run(run, "failed", "openFDA: could not be reached")
    states = {s.source: s for s in ask(store, "Quietex").coverage.outside}
    assert states["openfda"].state == "failed"
    assert "could not be reached" in states["openfda"].error


def test_what_they_gave_does_not_stand_in_for_asking_pubmed(tmp_path: Path) -> None:
    with make_store(tmp_path / "old.db", searched="2026-01-01T06:00:00Z") as old:
        for source, query in (("ctgov", "product:quiet"), ("fda", "letters:all")):
            asked(old, source, query)
        assert ask(old, "Quietex").status == "not_searched"


def test_the_json_with_everything_in_it_fits_the_schema(store: Store) -> None:
    tie(store, "exoflo", ARDS, "id")
    tie(store, "exoflo", replace_id(ARDS, "NCT09000007"), "maker")
    letter(store, "exoflo", LETTER)
    save_hits(store, hit("PPR:5", product="exoflo", kind="preprint"))
    count(store, EventCount("exoflo", "drug", "name", 2, ("EXOFLO",), "2025-02-03", (("A", 1),)))
    asked(store, "ctgov", "product:exoflo")
    value = to_json(ask(store, "ExoFlo"))
    jsonschema.validate(json.loads(json.dumps(value)), SCHEMA)
    assert value["trials_not_counted"][0]["trial_id"] == "NCT09000007"
    assert value["event_reports"][0]["kinds"] == [{"kind": "A", "reports": 1}]
    assert value["coverage"]["outside"][0]["state"] == "asked"
    for width in (40, 80, 200):
        for line in to_terminal(ask(store, "ExoFlo"), width=width).splitlines():
            assert len(line) <= width
