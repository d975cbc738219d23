"""Sources beyond PubMed against their fakes: what is sent, what is read, what is told."""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit.errors import EvlitError, SourceError, UsageError
from evlit.http.door import Door, GaveUpError
from evlit.settings import load_settings
from evlit.sources import ctgov, europepmc, fda, openfda
from evlit.sources.public import (
    IncompleteError,
    LayoutError,
    clean,
    names_query,
    open_public_door,
    quoted,
)
from tests.fakes.ctgov import FakeCtGov, study
from tests.fakes.europepmc import FakeEuropePmc, Paper
from tests.fakes.fda import FakeFda, Letter
from tests.fakes.openfda import FakeOpenFda, device_report, drug_report
from tests.fakes.public import PublicFake, cut, edit, say, settings_with, steady
from tests.fakes.replies import Reply

HOSTILE = "\x1b[31mred\u202e\x00 <script>alert(1)</script> ' OR 1=1 --"


def registry(fake: FakeCtGov, cache: Path, page: int = ctgov.PAGE) -> ctgov.CtGov:
    where = settings_with(cache, ctgov=fake.url)
    return ctgov.CtGov(steady(ctgov.open_door(where, fake.clock.as_clock())), where, page)


def papers(fake: FakeEuropePmc, cache: Path, page: int = 100) -> europepmc.EuropePmc:
    where = settings_with(cache, europepmc=fake.url)
    door = steady(europepmc.open_door(where, fake.clock.as_clock()))
    return europepmc.EuropePmc(door, where, page)


def letters(fake: FakeFda, cache: Path, page: int = 1000) -> fda.FdaLetters:
    where = settings_with(cache, fda=fake.url)
    return fda.FdaLetters(steady(fda.open_door(where, fake.clock.as_clock())), where, page)


def reports(fake: FakeOpenFda, cache: Path) -> openfda.OpenFda:
    where = settings_with(cache, openfda=fake.url)
    return openfda.OpenFda(steady(openfda.open_door(where, fake.clock.as_clock())), where)


# ---------------------------------------------------------------------------- settings


def test_addresses_come_from_the_environment_and_default_to_the_real_ones() -> None:
    plain = load_settings({})
    assert plain.ctgov_url == "https://clinicaltrials.gov/api/v2/"
    assert plain.europepmc_url == "https://www.ebi.ac.uk/europepmc/webservices/rest/"
    assert (plain.fda_url, plain.openfda_url) == ("https://www.fda.gov/", "https://api.fda.gov/")
    own = load_settings(
        {"EVLIT_FDA_URL": "http://127.0.0.1:1/x", "EVLIT_CTGOV_URL": "https://a/b/"}
    )
    assert (own.fda_url, own.ctgov_url) == ("http://127.0.0.1:1/x/", "https://a/b/")


def test_plain_http_is_allowed_to_this_machine_only(tmp_path: Path) -> None:
    where = settings_with(tmp_path, fda="http://fda.example/")
    with pytest.raises(UsageError, match="plain http"):
        fda.FdaLetters(fda.open_door(where), where).listing()


# ---------------------------------------------------------------------- the common door


def test_requests_are_gets_that_name_us_and_follow_no_redirect(tmp_path: Path) -> None:
    with FakeCtGov([study("NCT00000001", "ExoFlo")]) as other, FakeCtGov() as fake:
        fake.fault(say("", 301, Location=f"{other.url}studies"))
        with pytest.raises(SourceError, match="redirect"):
            registry(fake, tmp_path).of_product('"ExoFlo"')
        assert [asked.method for asked in fake.seen] == ["GET"]
        assert other.seen == []


FAULTS: dict[str, Callable[[Any], Any]] = {
    "429": say(b"slow down", 429, "text/plain"),
    "503": say("This API is temporarily unavailable due to maintenance.", 503, "text/plain"),
    "504": say("<h1>504</h1>", 504),
    "html with 200": say("<html><title>Maintenance</title></html>"),
    "empty": say(b""),
    "cut": cut,
    "deep": say(b"[" * 100_000, 200, "application/json"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_passing_fault_is_asked_again_and_changes_nothing(
    tmp_path: Path, fault: Callable[[Any], Any]
) -> None:
    with FakeCtGov([study("NCT00000001", "ExoFlo in knees")]) as fake:
        fake.fault(fault)
        found = registry(fake, tmp_path).of_product('"ExoFlo"')
        assert [t.trial_id for t in found.trials] == ["NCT00000001"]
        assert len(fake.seen) == 2


def test_a_lasting_fault_gives_up_with_code_75(tmp_path: Path) -> None:
    with FakeEuropePmc() as fake:
        fake.fault(FAULTS["503"], times=None)
        with pytest.raises(GaveUpError) as caught:
            papers(fake, tmp_path).search('"ExoFlo"')
        assert caught.value.exit_code == 75
        assert len(fake.seen) == 5


def test_a_refusal_is_told_with_its_words_and_not_repeated(tmp_path: Path) -> None:
    with FakeCtGov() as fake:
        fake.fault(say(f"unknown \x1b[31mparameter{HOSTILE}", 400, "text/plain"), times=None)
        with pytest.raises(SourceError, match=r"HTTP 400: unknown .*parameter") as caught:
            registry(fake, tmp_path).of_class()
        assert "\x1b" not in str(caught.value)
        assert "\u202e" not in str(caught.value)
        assert len(fake.seen) == 1


@pytest.mark.parametrize(
    ("make", "ask", "spacing"),
    [
        (FakeCtGov, lambda f, c: [registry(f, c).of_class() for _ in range(4)], 1.0),
        (FakeEuropePmc, lambda f, c: [papers(f, c).search('"a"') for _ in range(4)], 0.2),
        (lambda: FakeFda([Letter("a", "A Inc")]),
         lambda f, c: [letters(f, c).listing() for _ in range(3)], 10.0),
        (FakeOpenFda,
         lambda f, c: [reports(f, c).reports("drug", "name", ["a"], bool) for _ in range(4)], 0.25),
    ],
)  # fmt: skip
def test_each_source_has_its_pace_for_all_clients_together(
    tmp_path: Path,
    make: Callable[[], PublicFake],
    ask: Callable[[Any, Path], Any],
    spacing: float,
) -> None:
    with make() as fake:
        ask(fake, tmp_path)
        assert len(fake.seen) >= 3
        assert fake.shortest_gap() >= spacing - 1e-6


def test_the_agent_says_who_asks(tmp_path: Path) -> None:
    where = settings_with(tmp_path)
    door: Door = open_public_door("fda", "FDA", where.fda_url, 1.0, where, None)
    assert door.wire.agent.startswith("Mozilla/5.0 (compatible; evlit/")
    assert "curator@example.org" in door.wire.agent


def test_names_become_phrases_in_which_nothing_is_an_operator() -> None:
    assert quoted('Exo"Flo OR AREA[X](y) *') == '"Exo Flo OR AREA X y"'
    assert names_query(["ExoFlo"], [("PEP", ["Rion", "platelet"])]) == (
        '"ExoFlo" OR ("PEP" AND ("Rion" OR "platelet"))'
    )
    assert names_query([], [("a description", [])]) == ""


@given(st.text())
def test_clean_text_has_no_controls_and_is_one_line(text: str) -> None:
    shown = clean(text)
    assert shown == clean(shown)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in shown)


# ------------------------------------------------------------------ ClinicalTrials.gov


def test_all_pages_are_read_and_the_page_size_is_always_sent(tmp_path: Path) -> None:
    many = [study(f"NCT{n:08d}", f"ExoFlo trial {n}") for n in range(1, 26)]
    with FakeCtGov(many) as fake:
        listing = registry(fake, tmp_path, page=10).of_product('"ExoFlo"')
        assert listing.counted == len(listing.trials) == 25
        first, second, third = (asked.params for asked in fake.seen)
    assert first["pageSize"] == "10"
    assert first["query.term"] == '"ExoFlo"'
    assert (first["countTotal"], first["format"]) == ("true", "json")
    assert "pageToken" not in first
    assert second["pageToken"] != third["pageToken"]
    assert set(ctgov.FIELDS) == set(first["fields"].split(","))


def test_a_study_is_read_whole(tmp_path: Path) -> None:
    item = study(
        "NCT05354141", "Vesicles in ARDS", interventions=[("BIOLOGICAL", "ExoFlo")],
        sponsor="Direct Biologics, LLC", collaborators=["A Hospital"], status="TERMINATED",
        phases=["PHASE1", "PHASE2"], results="2025-02-03", count=970,
        conditions=["ARDS", "Covid19"], pmids=[("123", "RESULT"), ("x", "RESULT"),
                                                ("45", "BACKGROUND")],
    )  # fmt: skip
    with FakeCtGov([item]) as fake:
        (trial,) = registry(fake, tmp_path).by_ids(["NCT05354141"]).trials
    assert (trial.trial_id, trial.phase, trial.status) == (
        "NCT05354141", "Phase 1/2", "TERMINATED",
    )  # fmt: skip
    assert (trial.enrolment, trial.enrolment_kind) == (970, "ESTIMATED")
    assert trial.why_stopped == "Business reasons"
    assert (trial.first_posted, trial.results_posted) == ("2021-03-02", "2025-02-03")
    assert (trial.start_date, trial.completion_date) == ("2021-04", "2023-05-31")
    assert (trial.sponsor, trial.collaborators) == ("Direct Biologics, LLC", ("A Hospital",))
    assert trial.papers == ((123, "RESULT"), (45, "BACKGROUND"))
    assert trial.interventions == ("Biological: ExoFlo",)
    assert trial.conditions == ("ARDS", "Covid19")


def test_a_window_asks_for_what_was_updated_since(tmp_path: Path) -> None:
    old = study("NCT00000001", "exosome A", updated="2026-01-01")
    new = study("NCT00000002", "exosome B", updated="2026-10-20")
    with FakeCtGov([old, new]) as fake:
        found = registry(fake, tmp_path).of_class("2026-10-01")
        assert [t.trial_id for t in found.trials] == ["NCT00000002"]
        sent = fake.seen[0].params
    assert sent["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[2026-10-01,MAX]"
    assert "query.intr" in sent


def test_ids_go_in_groups_and_only_real_ones(tmp_path: Path) -> None:
    ids = [f"NCT{n:08d}" for n in range(1, 131)]
    with FakeCtGov([study(i, "t") for i in ids]) as fake:
        found = registry(fake, tmp_path).by_ids([*ids, "2022-500293-34", "NCT1,NCT2"])
        assert len(found.trials) == 130
        assert [len(a.params["filter.ids"].split(",")) for a in fake.seen] == [100, 30]


def test_a_count_that_pages_do_not_reach_is_told(tmp_path: Path) -> None:
    many = [study(f"NCT{n:08d}", "ExoFlo") for n in range(1, 6)]
    with FakeCtGov(many) as fake:
        fake.fault(edit(lambda v: {**v, "totalCount": 9}), times=None)
        with pytest.raises(IncompleteError, match="counted 9 trials but handed out 5"):
            registry(fake, tmp_path).of_product('"ExoFlo"')


def test_a_token_that_comes_again_ends_the_paging_and_is_told(tmp_path: Path) -> None:
    many = [study(f"NCT{n:08d}", "ExoFlo") for n in range(1, 31)]
    with FakeCtGov(many) as fake:
        fake.fault(
            edit(lambda v: {**v, "nextPageToken": "ZVNj7o2Elu8o3lpr0000"}),
            times=None, matches=lambda a: "pageToken" in a.params,
        )  # fmt: skip
        with pytest.raises(IncompleteError, match="counted 30"):
            registry(fake, tmp_path, page=10).of_product('"ExoFlo"')
        assert len(fake.seen) < 8


@pytest.mark.parametrize(
    "change",
    [
        lambda v: {"items": v["studies"], "totalCount": 1},
        lambda v: {**v, "studies": [{"protocol": {}}]},
        lambda v: {**v, "studies": ["NCT00000001"]},
        lambda v: [v],
    ],
)
def test_a_changed_shape_is_a_failure_not_an_empty_result(
    tmp_path: Path, change: Callable[[Any], Any]
) -> None:
    with FakeCtGov([study("NCT00000001", "ExoFlo")]) as fake:
        fake.fault(edit(change), times=None)
        with pytest.raises(SourceError, match="its answers have changed"):
            registry(fake, tmp_path).of_product('"ExoFlo"')


def test_hostile_text_of_a_study_is_cleaned(tmp_path: Path) -> None:
    with FakeCtGov([study("NCT00000001", HOSTILE, sponsor=HOSTILE)]) as fake:
        (trial,) = registry(fake, tmp_path).by_ids(["NCT00000001"]).trials
    assert trial.title.isprintable()
    assert trial.title == clean(HOSTILE)
    assert "<script>" in trial.title, "markup is kept as text: pages escape it"


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_VALUES = st.recursive(
    _LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3)
)
_MODULES = st.fixed_dictionaries(
    {},
    optional={
        "identificationModule": st.fixed_dictionaries({"nctId": st.just("NCT00000001")}),
        "statusModule": _VALUES, "designModule": _VALUES, "referencesModule": _VALUES,
        "armsInterventionsModule": st.dictionaries(st.just("interventions"), _VALUES),
        "sponsorCollaboratorsModule": st.dictionaries(st.just("collaborators"), _VALUES),
    },
)  # fmt: skip


@settings(max_examples=150)
@given(_MODULES)
def test_any_json_is_a_trial_or_a_changed_layout(modules: dict[str, Any]) -> None:
    try:
        for trial in ctgov.parse_studies({"studies": [{"protocolSection": modules}]}):
            assert trial.trial_id == "NCT00000001"
    except LayoutError:
        assert "identificationModule" not in modules


# ------------------------------------------------------------------------- Europe PMC


def test_cursors_are_followed_to_the_end_and_next_page_urls_never(tmp_path: Path) -> None:
    many = [Paper(str(n), full_text="we bought ExoFlo", title=f"P{n}") for n in range(1, 26)]
    with FakeEuropePmc(many) as fake:
        found = papers(fake, tmp_path, page=10).search('"ExoFlo"')
        assert found.counted == len(found.papers) == 25
        sent = [asked.params for asked in fake.seen]
    assert [p["cursorMark"] for p in sent] == ["*", "AoIIP000010==", "AoIIP000020=="]
    assert {p["query"] for p in sent} == {'"ExoFlo"'}
    assert (sent[0]["resultType"], sent[0]["format"], sent[0]["pageSize"]) == ("core", "json", "10")
    assert all(" " not in asked.target for asked in fake.seen)


def test_nothing_found_takes_one_request(tmp_path: Path) -> None:
    with FakeEuropePmc([Paper("1")]) as fake:
        assert papers(fake, tmp_path).search('"Nowhere"').papers == ()
        assert len(fake.seen) == 1


def test_a_repeated_cursor_ends_and_the_missing_papers_are_told(tmp_path: Path) -> None:
    many = [Paper(str(n), full_text="ExoFlo") for n in range(1, 26)]
    with FakeEuropePmc(many) as fake:
        fake.fault(edit(lambda v: {**v, "nextCursorMark": "*"}), times=None)
        with pytest.raises(IncompleteError, match="counted 25 papers but handed out 10"):
            papers(fake, tmp_path, page=10).search('"ExoFlo"')
        assert len(fake.seen) == 2, "once, and once more from the start"


def test_an_error_inside_200_is_an_error(tmp_path: Path) -> None:
    with FakeEuropePmc() as fake:
        with pytest.raises(SourceError, match="Query is empty"):
            papers(fake, tmp_path).search("")
        fake.fault(say('{"errCode":503,"errMsg":"busy"}', 200, "application/json"))
        assert papers(fake, tmp_path).search('"x"').counted == 0


def test_a_lost_cursor_is_no_end(tmp_path: Path) -> None:
    many = [Paper(str(n), full_text="ExoFlo") for n in range(1, 16)]
    with FakeEuropePmc(many) as fake:
        fake.fault(say('{"version":"6.9"}', 200, "application/json"),
                   matches=lambda a: a.params["cursorMark"] != "*")  # fmt: skip
        assert len(papers(fake, tmp_path, page=10).search('"ExoFlo"').papers) == 15


@pytest.mark.parametrize(("handed_out", "counted", "whole"), [(170, 173, True), (40, 41, False)])
def test_a_count_a_little_too_high_is_its_habit(
    tmp_path: Path, handed_out: int, counted: int, whole: bool
) -> None:
    with FakeEuropePmc([Paper(str(n), title="ExoFlo") for n in range(1, handed_out + 1)]) as fake:
        fake.fault(edit(lambda v: {**v, "hitCount": counted}), times=None)
        if whole:
            assert len(papers(fake, tmp_path).search('"ExoFlo"').papers) == handed_out
        else:
            with pytest.raises(IncompleteError, match="counted 41 papers but handed out 40"):
                papers(fake, tmp_path).search('"ExoFlo"')


def test_too_many_papers_are_not_about_one_product(tmp_path: Path) -> None:
    with FakeEuropePmc([Paper(str(n), title="PEP") for n in range(1, 30)]) as fake:
        fake.fault(edit(lambda v: {**v, "hitCount": 12000}), times=None)
        with pytest.raises(IncompleteError, match="too many"):
            papers(fake, tmp_path).search('"PEP"')
        assert len(fake.seen) == 1


def test_markup_of_abstracts_becomes_text(tmp_path: Path) -> None:
    paper = Paper(
        "77", "PPR", "Vesicles <i>in vitro</i> &amp; more.",
        "<h4>Background</h4>ExoFlo was <b>given</b>.<h4>Methods</h4>CO<sub>2</sub> &lt; 5",
        doi="10.1101/2023.01.01.1", journal="bioRxiv",
        corrections=[{"type": "Preprint of", "source": "MED", "id": "4242"}],
    )  # fmt: skip
    with FakeEuropePmc([paper]) as fake:
        (found,) = papers(fake, tmp_path).search('"ExoFlo"').papers
    assert found.title == "Vesicles in vitro & more"
    assert found.abstract == "Background ExoFlo was given. Methods CO2 < 5"
    assert (found.kind, found.hit_id, found.article_pmid) == ("preprint", "PPR:77", 4242)
    assert (found.journal, found.doi, found.pmid) == ("bioRxiv", "10.1101/2023.01.01.1", None)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: {k: x for k, x in v.items() if k != "hitCount"},
        lambda v: {**v, "resultList": []},
        lambda v: {**v, "resultList": {"result": [{"title": "no id"}]}},
    ],
)
def test_a_changed_shape_of_europe_pmc_is_told(
    tmp_path: Path, change: Callable[[Any], Any]
) -> None:
    with FakeEuropePmc([Paper("1", title="ExoFlo")]) as fake:
        fake.fault(edit(change), times=None)
        with pytest.raises(SourceError, match="its answers have changed"):
            papers(fake, tmp_path).search('"ExoFlo"')


# ------------------------------------------------------------------ FDA warning letters


LETTERS = [Letter(f"maker-{n}-{n}", f"Maker {n}, Inc.") for n in range(1, 31)]


def test_the_whole_listing_is_read_through_capped_pages(tmp_path: Path) -> None:
    with FakeFda(LETTERS) as fake:
        fake.cap = 12
        found = letters(fake, tmp_path).listing()
        assert found.counted == len(found.letters) == 30
        sent = [a.params for a in fake.seen]
    assert [p["start"] for p in sent] == ["0", "12", "24"]
    assert sent[0]["view_name"] == "warning_letter_solr_index"
    assert sent[0]["view_display_id"] == "warning_letter_solr_block"
    assert sent[0]["length"] == "1000"


def test_a_letter_is_read_from_cells_of_html(tmp_path: Path) -> None:
    letter = Letter(
        "eucyt-laboratories-llc-607182-06042020", "EUCYT Laboratories LLC &amp; Sons",
        subject="Deviations/<br>Unapproved", closeout="/close-out-1",
    )  # fmt: skip
    with FakeFda([letter]) as fake:
        (found,) = letters(fake, tmp_path).listing().letters
    assert found.company == "EUCYT Laboratories LLC & Sons"
    assert (found.issued, found.posted) == ("2020-06-04", "2020-06-10")
    assert found.url.startswith("https://www.fda.gov/inspections-")
    assert found.url.endswith("eucyt-laboratories-llc-607182-06042020")
    assert found.subject == "Deviations/ Unapproved"
    assert found.closeout == "https://www.fda.gov/close-out-1"


def test_a_page_served_again_is_told(tmp_path: Path) -> None:
    with FakeFda(LETTERS) as fake:
        fake.cap, fake.repeats = 10, True
        with pytest.raises(IncompleteError, match="counted 30 letters but handed out 10"):
            letters(fake, tmp_path).listing()
        assert len(fake.seen) == 2


def test_a_letter_that_stands_twice_is_no_loss_but_a_page_of_them_is(tmp_path: Path) -> None:
    with FakeFda([*LETTERS, LETTERS[0]]) as fake:
        assert len(letters(fake, tmp_path).listing().letters) == 30
        fake.letters = [*LETTERS, *LETTERS[:5]]
        with pytest.raises(IncompleteError, match="counted 35 letters but handed out 30"):
            letters(fake, tmp_path).listing()


def test_a_count_that_rows_do_not_reach_is_told(tmp_path: Path) -> None:
    with FakeFda(LETTERS) as fake:
        fake.fault(edit(lambda v: {**v, "recordsFiltered": 3600}), times=None)
        with pytest.raises(IncompleteError, match="counted 3600"):
            letters(fake, tmp_path).listing()


def _without_company(value: Any) -> Any:
    return {**value, "data": [[row[0], row[1], *row[3:]] for row in value["data"]]}


@pytest.mark.parametrize(
    "change",
    [
        lambda v: {**v, "data": [], "recordsFiltered": 0},
        lambda v: {"draw": 1, "rows": v["data"]},
        lambda v: {**v, "data": [row[:3] for row in v["data"]]},
        lambda v: {**v, "data": [{"company": "x"} for _ in v["data"]]},
        lambda v: {**v, "data": [[None, *row[1:]] for row in v["data"]]},
        _without_company,
    ],
)
def test_a_changed_layout_of_the_listing_is_told_not_read_as_no_letters(
    tmp_path: Path, change: Callable[[Any], Any]
) -> None:
    with FakeFda(LETTERS) as fake:
        fake.fault(edit(change), times=None)
        with pytest.raises(SourceError, match="its answers have changed"):
            letters(fake, tmp_path).listing()


def test_a_link_that_leaves_the_site_is_no_letter(tmp_path: Path) -> None:
    for bad in ("https://evil.example/x", "javascript:alert(1)", "//evil.example/x", "http://["):
        row = ["<time>01/02/2020</time>", "01/02/2020", f'<a href="{bad}">A</a>', "o", "s"]
        with pytest.raises(LayoutError):
            fda.parse_row(row)


def test_the_site_that_shuts_us_out_is_a_failure(tmp_path: Path) -> None:
    with FakeFda(LETTERS) as fake:
        fake.fault(say("<h1>Page Not Found</h1>", 404), times=None)
        with pytest.raises(SourceError, match="refuses \\(HTTP 404: Page Not Found"):
            letters(fake, tmp_path).listing()
        assert len(fake.seen) == 1


@given(st.lists(st.text() | st.none() | st.integers(), max_size=9))
def test_any_row_is_a_letter_or_a_changed_layout(row: list[Any]) -> None:
    try:
        letter = fda.parse_row(row)
    except LayoutError:
        return
    assert letter.url.startswith("https://www.fda.gov/")


# ----------------------------------------------------------------------------- openFDA


def test_no_matches_is_zero_and_asked_once(tmp_path: Path) -> None:
    with FakeOpenFda() as fake:
        found = reports(fake, tmp_path).reports("drug", "name", ["ExoFlo"], lambda t: True)
        assert found.total == 0
        (asked,) = fake.seen
    assert asked.path == "/drug/event.json"
    assert asked.params["search"] == (
        'patient.drug.medicinalproduct:"ExoFlo" OR patient.drug.openfda.brand_name:"ExoFlo"'
    )
    assert asked.params["limit"] == "1"


@pytest.mark.parametrize(
    "body", ['{"error":{"code":"NOT_FOUND","message":"Not found"}}', "<h1>404</h1>", "{}", "[]"]
)
def test_another_404_is_no_empty_result(tmp_path: Path, body: str) -> None:
    with FakeOpenFda() as fake:
        fake.fault(say(body, 404, "application/json"), times=None)
        with pytest.raises(SourceError, match="HTTP 404"):
            reports(fake, tmp_path).reports("drug", "name", ["ExoFlo"], lambda t: True)
        assert len(fake.seen) == 1


def test_reports_are_counted_for_names_that_fit_only(tmp_path: Path) -> None:
    drug = [
        drug_report("EXOFLO", "Fever", "Chills", day="20240131"),
        drug_report("ExoFlo 10 mL", "Fever", day="20250203"),
        drug_report("EXOFLO SHAMPOO", "Rash"),
        drug_report("ASPIRIN", "Rash"),
    ]
    with FakeOpenFda(drug) as fake:
        found = reports(fake, tmp_path).reports(
            "drug", "name", ["ExoFlo"], lambda text: "shampoo" not in text.lower()
        )
        last = fake.seen[-1].params
    assert found.total == 2
    assert found.names == ("EXOFLO", "ExoFlo 10 mL")
    assert found.latest == "2025-02-03"
    assert dict(found.kinds) == {"Fever": 2, "Chills": 1}
    assert last["count"] == "patient.reaction.reactionmeddrapt.exact"


def test_a_name_with_signs_is_compared_whole(tmp_path: Path) -> None:
    odd = 'Exo"Flo\\ (10+ mL)'
    with FakeOpenFda([drug_report(odd, "Fever")]) as fake:
        found = reports(fake, tmp_path).reports("drug", "name", ["Exo Flo"], lambda t: True)
    assert (found.total, found.names) == (1, (odd,))


def test_devices_are_counted_by_maker(tmp_path: Path) -> None:
    device = [device_report("BRAND", "DIRECT BIOLOGICS"), device_report("OTHER", "Direct Wire Co")]
    with FakeOpenFda(device=device) as fake:
        found = reports(fake, tmp_path).reports(
            "device", "maker", ["Direct Biologics"], lambda t: "biologics" in t.lower()
        )
        first = fake.seen[0].params
    assert (found.total, found.kinds, found.latest) == (1, (("Injury", 1),), "2023-06-07")
    assert first["search"].startswith('device.manufacturer_d_name:"Direct Biologics" OR')
    assert first["sort"] == "date_received:desc"


def test_an_answer_without_meta_is_told(tmp_path: Path) -> None:
    with FakeOpenFda([drug_report("ExoFlo", "Fever")]) as fake:
        fake.fault(edit(lambda v: {"results": v["results"]}), times=None)
        with pytest.raises(SourceError, match="its answers have changed"):
            reports(fake, tmp_path).reports("drug", "name", ["ExoFlo"], lambda t: True)


def test_every_failure_is_one_that_evlit_raises(tmp_path: Path) -> None:
    """Whatever JSON comes, it is an answer or an EvlitError, never a crash."""
    for body in ("null", "1", "[]", "{}", '{"studies":null}', '{"totalCount":-1,"studies":[]}',
                 json.dumps({"totalCount": 1, "studies": [None]})):  # fmt: skip
        with FakeCtGov() as fake:
            fake.fault(say(body, 200, "application/json"), times=None)
            with pytest.raises(EvlitError):
                registry(fake, tmp_path).of_class()


def test_half_a_surrogate_pair_is_not_sent_back(tmp_path: Path) -> None:
    with FakeOpenFda([drug_report("ExoFlo", "Fever")]) as fake:
        half = edit(lambda v: {**v, "results": [{"term": "EXOFLO\ud800", "count": 3}]})
        fake.fault(half, times=None, matches=lambda a: "count" in a.params)
        assert (
            reports(fake, tmp_path).reports("drug", "name", ["ExoFlo"], lambda t: True).total == 0
        )


def always(**changes: Callable[[int], object]) -> Callable[[Reply], Reply]:
    """The first reply again and again, these values written anew each time."""
    first: list[Reply] = []
    numbers = itertools.count()

    def action(reply: Reply) -> Reply:
        first.append(reply)
        number = next(numbers)
        value = json.loads(first[0].body) | {k: make(number) for k, make in changes.items()}
        return replace(first[0], body=json.dumps(value).encode())

    return action


def test_new_cursors_to_the_same_page_come_to_an_end(tmp_path: Path) -> None:
    many = [Paper(str(n), full_text="ExoFlo") for n in range(1, 16)]
    with FakeEuropePmc(many) as fake:
        fake.fault(always(nextCursorMark="new-{}".format, hitCount=lambda n: 300), times=None)
        with pytest.raises(IncompleteError, match="counted 300 papers but handed out 10"):
            papers(fake, tmp_path, page=10).search('"ExoFlo"')
        assert len(fake.seen) <= 4


def test_new_tokens_to_the_same_page_come_to_an_end(tmp_path: Path) -> None:
    with FakeCtGov([study(f"NCT0000000{n}", "ExoFlo") for n in range(1, 6)]) as fake:
        fake.fault(always(nextPageToken="new-{}".format, totalCount=lambda n: 300), times=None)
        with pytest.raises(IncompleteError, match="counted 300 trials but handed out 5"):
            registry(fake, tmp_path).of_product('"ExoFlo"')
        assert len(fake.seen) <= 4
