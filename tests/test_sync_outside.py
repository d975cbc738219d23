"""A night at the sources beyond PubMed: watermarks, failures alone, what the store keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evlit.catalogue import Catalogue, load_catalogue
from evlit.errors import LockedError, UsageError
from evlit.records import Alias, Maker, Product, Trial
from evlit.store import Store, open_store
from evlit.store.lock import hold_store
from evlit.sync.outside import OUTSIDE_SOURCES, OutsideSummary, sync_outside
from evlit.sync.outside_names import ProductNames, company_core
from tests.fakes.clock import VirtualClock
from tests.fakes.ctgov import FakeCtGov, study
from tests.fakes.europepmc import FakeEuropePmc, Paper
from tests.fakes.fda import FakeFda, Letter
from tests.fakes.openfda import FakeOpenFda, device_report, drug_report
from tests.fakes.public import edit, say, settings_with

EXOFLO = Product(
    "exoflo", "ExoFlo",
    aliases=(Alias("ExoFlo"), Alias("XoFlo"), Alias("bmMSC-EV", "never_bare", ambiguous=True)),
    makers=(Maker("Direct Biologics"),), lookalikes=("ExoFlow",),
    trials=(Trial("NCT05354141"),),
)  # fmt: skip
PEP = Product(
    "pep", "Purified Exosome Product",
    aliases=(Alias("Purified Exosome Product"),
             Alias("PEP", "context", ("platelet",), ambiguous=True)),
    makers=(Maker("Rion", ("Rion Inc.",)), Maker("Mayo Clinic", distinct=False)),
)  # fmt: skip
XOSOMES = Product(
    "xosomes", "XOsomes", aliases=(Alias("XOsomes"),), makers=(Maker("EUCYT Laboratories"),)
)
PRODUCTS = (EXOFLO, PEP, XOSOMES)


def catalogue(*products: Product) -> Catalogue:
    return Catalogue((), products or PRODUCTS, _by_key={p.key: p for p in products or PRODUCTS})


@dataclass
class World:
    """Four fakes, a store and one clock."""

    store: Store
    clock: VirtualClock
    cache: Path
    ctgov: FakeCtGov
    europepmc: FakeEuropePmc
    fda: FakeFda
    openfda: FakeOpenFda

    def sync(self, *sources: str, products: Any = None, of: Catalogue | None = None,
             **urls: str) -> OutsideSummary:  # fmt: skip
        addresses = {n: getattr(self, n).url for n in OUTSIDE_SOURCES} | urls
        return sync_outside(
            self.store, of or catalogue(), settings_with(self.cache, **addresses),
            sources=sources or OUTSIDE_SOURCES, products=products, clock=self.clock.as_clock(),
        )  # fmt: skip

    def rows(self, sql: str) -> list[Any]:
        return self.store.db.execute(sql).fetchall()

    def quiet(self) -> None:
        for fake in (self.ctgov, self.europepmc, self.fda, self.openfda):
            fake.heal()


TRIALS = [
    study("NCT05354141", "Vesicles in ARDS", sponsor="Someone Else"),
    study("NCT00000002", "A trial of ExoFlo", interventions=[("BIOLOGICAL", "ExoFlo")]),
    study("NCT00000003", "ExoFlow catheter", interventions=[("DEVICE", "ExoFlow")]),
    study("NCT00000004", "Another treatment", sponsor="Direct Biologics, LLC"),
    study("NCT00000005", "Old thing", summary="Unlike ExoFlo, this is a drug."),
    study("NCT00000006", "Exosomes of mesenchymal stem cells",
          interventions=[("BIOLOGICAL", "MSC exosomes")]),
    study("NCT00000007", "Exosomes as a marker of cancer stem cells",
          interventions=[("DIAGNOSTIC_TEST", "exosome assay")]),
]  # fmt: skip
PAPERS = [
    Paper("101", full_text="patients had received ExoFlo elsewhere", title="Knees"),
    Paper("102", title="ExoFlo for knees"),
    Paper("9", "PPR", title="Vesicles", abstract="<b>XoFlo</b> was given.", doi="10.1101/9"),
    Paper("103", title="PEP is phosphoenolpyruvate"),
]
LETTERS = [
    Letter("eucyt-1", "EUCYT Laboratories LLC"),
    Letter("rion-1", "Orion, Inc."),
    Letter("rion-2", "Rion, Inc. dba Nothing"),
    *(Letter(f"x-{n}", f"Company {n} LLC") for n in range(20)),
]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = VirtualClock()
    with ExitStack() as stack:
        store = stack.enter_context(open_store(tmp_path / "evlit.db", now=clock.now))
        yield World(
            store, clock, tmp_path / "cache",
            stack.enter_context(FakeCtGov(TRIALS, clock)),
            stack.enter_context(FakeEuropePmc(PAPERS, clock)),
            stack.enter_context(FakeFda(LETTERS, clock)),
            stack.enter_context(
                FakeOpenFda(
                    [drug_report("EXOFLO", "Fever"), drug_report("EXOFLOW", "Rash")],
                    [device_report("MATRIX", "DIRECT BIOLOGICS LLC")], clock,
                )
            ),
        )  # fmt: skip


# --------------------------------------------------------------------- what fits what


def test_trials_are_kept_for_what_ties_them_and_no_other(world: World) -> None:
    world.ctgov.loose = {"NCT00000003"}
    world.sync("ctgov")
    links = world.rows("SELECT product, trial_id, kind FROM registry_trial_links ORDER BY 1, 2")
    assert links == [
        ("", "NCT00000006", "class"),
        ("exoflo", "NCT00000002", "name"),
        ("exoflo", "NCT00000004", "maker"),
        ("exoflo", "NCT00000005", "summary"),
        ("exoflo", "NCT05354141", "id"),
    ]
    held = {row[0] for row in world.rows("SELECT trial_id FROM registry_trials")}
    assert "NCT00000003" not in held, "a look-alike is not stored"
    assert "NCT00000007" not in held, "a marker is not a treatment"


def test_the_registry_is_asked_once_a_product_by_names_maker_and_ids(world: World) -> None:
    world.sync("ctgov")
    sent = [a.params for a in world.ctgov.seen]
    terms = [p["query.term"] for p in sent if "query.term" in p]
    assert len(terms) == 3
    assert terms[0] == (
        '"ExoFlo" OR "XoFlo" OR ("bmMSC-EV" AND ("Direct Biologics")) OR '
        'AREA[LeadSponsorName]"Direct Biologics" OR AREA[CollaboratorName]"Direct Biologics" OR '
        "AREA[NCTId]NCT05354141"
    )
    assert "Mayo" not in terms[1], "a hospital's name says nothing of the product"
    assert sum("query.intr" in p for p in sent) == 1


def test_full_text_hits_say_where_the_name_was_seen(world: World) -> None:
    world.sync("europepmc")
    hits = world.rows(
        "SELECT hit_id, kind, found_in, name, words FROM fulltext_hits "
        "WHERE product = 'exoflo' ORDER BY hit_id"
    )
    assert hits[0] == ("MED:101", "article", "fulltext", "ExoFlo, XoFlo, bmMSC-EV", "")
    assert hits[1][:4] == ("MED:102", "article", "title", "ExoFlo")
    assert hits[2][:4] == ("PPR:9", "preprint", "abstract", "XoFlo")
    assert not world.rows("SELECT 1 FROM fulltext_hits WHERE product = 'pep'")
    assert not world.rows("SELECT 1 FROM mentions"), "a hit is no mention of a held record"


def test_letters_go_to_makers_by_their_whole_name(world: World) -> None:
    world.sync("fda")
    assert world.rows("SELECT product, maker, company FROM regulator_letter_links JOIN "
                      "regulator_letters USING (url) ORDER BY 1") == [
        ("pep", "Rion", "Rion, Inc. dba Nothing"),
        ("xosomes", "EUCYT Laboratories", "EUCYT Laboratories LLC"),
    ]  # fmt: skip
    assert len(world.rows("SELECT 1 FROM regulator_letters")) == 2


def test_reports_are_counted_by_name_and_by_maker(world: World) -> None:
    world.sync("openfda")
    counts = world.rows(
        "SELECT dataset, basis, reports, names, kinds FROM event_counts "
        "WHERE product = 'exoflo' ORDER BY 1, 2"
    )
    assert [row[:3] for row in counts] == [
        ("device", "maker", 1), ("device", "name", 0), ("drug", "maker", 0), ("drug", "name", 1),
    ]  # fmt: skip
    assert json.loads(counts[3][3]) == ["EXOFLO"]
    assert json.loads(counts[3][4]) == [["Fever", 1]]


def test_guarded_names_need_company() -> None:
    names = ProductNames(PEP)
    assert names.bare == ("Purified Exosome Product",)
    assert names.find({"title": "PEP in muscle", "abstract": "of platelet origin"})
    assert not names.find({"title": "PEP carboxylase"})
    flo = ProductNames(EXOFLO)
    assert flo.fits("EXO-FLO®") is False, "a hyphen that the name does not have"
    assert flo.fits("XoFlo™ 10 ml")
    assert not flo.fits("ExoFlow")


@pytest.mark.parametrize(
    ("company", "core"),
    [
        ("Kimera Labs, Inc.", "kimera labs"), ("EUCYT Laboratories LLC", "eucyt laboratories"),
        ("Direct Biologics, L.L.C.", "direct biologics"), ("Rion", "rion"), ("", ""),
        ("ExoCoBio Inc. Co., Ltd.", "exocobio"),
    ],
)  # fmt: skip
def test_companies_are_compared_without_their_legal_form(company: str, core: str) -> None:
    assert company_core(company) == core


def test_every_product_of_the_catalogue_can_be_asked_about() -> None:
    for product in load_catalogue().products:
        names = ProductNames(product)
        assert names.bare or names.guarded or names.makers or product.trial_ids, product.key
        for name in names.bare:
            assert names.fits(name), name


# ----------------------------------------------------------------- watermarks, windows


def test_each_question_has_its_own_watermark(world: World) -> None:
    summary = world.sync()
    assert [r.status for r in summary.results] == ["ok"] * 4
    marks = {(m.source, m.query): m for m in world.store.watermarks()}
    assert ("ctgov", "product:exoflo") in marks
    assert ("openfda", "product:xosomes") in marks
    assert marks["ctgov", "product:exoflo"].full_count == 4
    assert marks["fda", "letters:all"].watermark == "2026-11-02"
    kinds = [run.kind for run in world.store.last_runs()]
    assert kinds == ["sync-openfda", "sync-fda", "sync-europepmc", "sync-ctgov"]
    assert len(world.rows("SELECT 1 FROM requests")) == sum(r.requests for r in summary.results)


def test_the_next_night_asks_only_for_what_moved(world: World) -> None:
    world.sync()
    world.quiet()
    world.clock.tomorrow()
    changed = study("NCT00000002", "A trial of ExoFlo", interventions=[("BIOLOGICAL", "ExoFlo")],
                    status="COMPLETED", results="2026-11-02", updated="2026-11-02")  # fmt: skip
    world.ctgov.put(changed)
    summary = world.sync()
    assert [r.requests for r in summary.results] == [2, 0, 1, 0]
    assert world.fda.seen[0].params["length"] == "100"
    window = next(a.params for a in world.ctgov.seen if "filter.ids" in a.params)
    assert window["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[2026-10-30,MAX]"
    moved = "SELECT status, results_posted FROM registry_trials WHERE trial_id = 'NCT00000002'"
    assert world.rows(moved) == [("COMPLETED", "2026-11-02")]
    events = world.rows("SELECT kind, key FROM outside_events WHERE at >= '2026-11-03' ORDER BY id")
    assert events == [("trial_status", "NCT00000002"), ("trial_results", "NCT00000002")]
    seen = {row[0][:10] for row in world.rows("SELECT seen FROM registry_trials")}
    assert seen == {"2026-11-03"}, "the others are confirmed as they were"


def test_after_a_week_everything_is_asked_again(world: World) -> None:
    world.sync()
    world.quiet()
    world.clock.tomorrow(6)
    summary = world.sync()
    assert all(r.not_due == 0 for r in summary.results)
    assert world.fda.seen[0].params["length"] == "1000"


def test_a_changed_name_is_asked_at_once(world: World) -> None:
    world.sync("europepmc")
    world.quiet()
    renamed = Product("xosomes", "XOsomes", aliases=(Alias("XOsomes"), Alias("XO-2")))
    world.sync("europepmc", of=catalogue(EXOFLO, PEP, renamed))
    assert [a.params["query"] for a in world.europepmc.seen] == ['"XOsomes" OR "XO-2"']


def test_products_named_are_asked_whether_due_or_not(world: World) -> None:
    world.sync("europepmc", "openfda")
    world.quiet()
    summary = world.sync("europepmc", products=["exoflo"])
    assert (summary.results[0].asked, len(world.europepmc.seen)) == (1, 1)
    with pytest.raises(UsageError, match="nothing: is no product"):
        world.sync(products=["nothing"])
    with pytest.raises(UsageError, match="is no source"):
        world.sync("pubmed")


def test_a_window_says_nothing_of_what_is_gone(world: World) -> None:
    world.sync("fda")
    world.clock.tomorrow()
    world.fda.letters = [letter for letter in LETTERS if "eucyt" not in letter.slug]
    world.sync("fda")
    links = "SELECT gone_at FROM regulator_letter_links WHERE product = 'xosomes'"
    assert world.rows(links) == [(None,)]
    world.clock.tomorrow(6)
    world.sync("fda")
    assert world.rows(links)[0][0] is not None
    assert world.rows("SELECT 1 FROM regulator_letters WHERE url LIKE '%eucyt%'"), (
        "kept, not deleted"
    )


def test_a_trial_that_no_longer_names_the_product_is_untied(world: World) -> None:
    world.sync("ctgov")
    world.clock.tomorrow(6)
    world.ctgov.put(study("NCT00000002", "A trial of another thing"))
    world.sync("ctgov")
    assert world.rows("SELECT gone_at IS NULL FROM registry_trial_links "
                      "WHERE trial_id = 'NCT00000002'") == [(0,)]  # fmt: skip


def test_a_second_run_changes_no_content(world: World) -> None:
    world.sync()
    tables = ("registry_trials", "regulator_letters")
    before = [world.rows(f"SELECT last_changed FROM {t} ORDER BY 1") for t in tables]
    world.clock.tomorrow(7)
    summary = world.sync()
    assert [world.rows(f"SELECT last_changed FROM {t} ORDER BY 1") for t in tables] == before
    assert sum(r.new for r in summary.results) == 0


# --------------------------------------------------------------------- failures alone


def test_one_source_that_is_down_hides_nothing_of_the_others(world: World) -> None:
    summary = world.sync(europepmc="http://127.0.0.1:9/")
    assert [r.status for r in summary.results] == ["ok", "failed", "ok", "ok"]
    failed = summary.results[1]
    assert failed.error is not None
    assert failed.error.exit_code == 69
    assert failed.line.startswith("Europe PMC: failed (could not be reached")
    assert summary.exit_code == 0
    assert world.rows("SELECT count(*) FROM registry_trials")[0][0]
    assert world.rows("SELECT count(*) FROM event_counts")[0][0]
    (run,) = world.store.last_runs(kind="sync-europepmc")
    assert run.status == "failed"
    assert "could not be reached" in run.error


def test_all_sources_down_gives_the_code_of_the_first(world: World) -> None:
    down = "http://127.0.0.1:9/"
    summary = world.sync(ctgov=down, europepmc=down, fda=down, openfda=down)
    assert summary.exit_code == 69


def test_a_failed_source_keeps_what_was_held_and_its_watermark(world: World) -> None:
    world.sync("fda")
    before = world.rows("SELECT * FROM regulator_letters"), world.store.watermarks()
    world.clock.tomorrow(7)
    world.fda.fault(edit(lambda v: {**v, "data": [r[:2] for r in v["data"]]}), times=None)
    (result,) = world.sync("fda").results
    assert result.status == "failed"
    assert "its answers have changed" in result.failed["letters:all"]
    assert "its answers have changed" in result.line
    assert (world.rows("SELECT * FROM regulator_letters"), world.store.watermarks()) == before


def test_one_question_that_fails_does_not_stop_the_next(world: World) -> None:
    world.europepmc.fault(
        say('{"errCode":400,"errMsg":"bad syntax"}', 200, "application/json"),
        times=None, matches=lambda a: "Purified" in a.params["query"],
    )  # fmt: skip
    summary = world.sync("europepmc")
    (result,) = summary.results
    assert (result.status, result.asked, list(result.failed)) == ("partial", 3, ["product:pep"])
    assert any("product:pep: it says 'bad syntax'" in line for line in summary.lines)
    marks = {m.query for m in world.store.watermarks()}
    assert marks == {"product:exoflo", "product:xosomes"}
    assert world.rows("SELECT error FROM query_runs WHERE status = 'failed'") == [
        ("it says 'bad syntax'",)
    ]


def test_two_failures_in_a_row_are_the_source_s(world: World) -> None:
    world.openfda.fault(say('{"error":{"code":"FORBIDDEN","message":"no"}}', 403), times=None)
    (result,) = world.sync("openfda").results
    assert (result.status, result.asked) == ("failed", 2)
    assert not world.store.watermarks()


def test_products_with_too_many_hits_side_by_side_shut_out_no_others(world: World) -> None:
    """The source is well and says so: the questions are too wide."""
    world.europepmc.fault(
        edit(lambda v: {**v, "hitCount": 12_000}), times=None,
        matches=lambda a: "XOsomes" not in a.params["query"],
    )  # fmt: skip
    (result,) = world.sync("europepmc").results
    assert (result.status, result.asked) == ("partial", 3)
    assert set(result.failed) == {"product:exoflo", "product:pep"}
    assert {m.query for m in world.store.watermarks()} == {"product:xosomes"}


def test_what_failed_the_last_time_is_asked_last(world: World) -> None:
    """Two hard questions in a row end the turn: the next night the others come first."""
    hard = say("<html>504</html>", 504)
    world.europepmc.fault(hard, times=None, matches=lambda a: "XOsomes" not in a.params["query"])
    (result,) = world.sync("europepmc").results
    assert (result.status, result.asked) == ("failed", 2)
    world.clock.tomorrow()
    (result,) = world.sync("europepmc").results
    assert result.asked == 3
    assert {m.query for m in world.store.watermarks()} == {"product:xosomes"}


def test_products_that_fail_keep_the_class_from_nothing(world: World) -> None:
    world.ctgov.fault(say("<html>504</html>", 504), times=None,
                      matches=lambda a: "query.term" in a.params)  # fmt: skip
    (result,) = world.sync("ctgov").results
    assert result.status == "failed"
    marks = {m.query for m in world.store.watermarks()}
    assert marks == {"class:vesicles", "known:trials"}


def test_a_fault_of_ours_in_one_source_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("never thought of this")

    monkeypatch.setattr("evlit.sources.europepmc.parse_paper", broken)
    summary = world.sync()
    assert [r.status for r in summary.results] == ["ok", "failed", "ok", "ok"]
    error = summary.results[1].error
    assert error is not None
    assert error.exit_code == 70
    assert "TypeError" in error.what
    assert [r.status for r in world.store.last_runs(kind="sync-europepmc")] == ["failed"]


def test_a_store_in_use_is_not_touched(world: World) -> None:
    with hold_store(world.store.path), pytest.raises(LockedError):
        world.sync("fda")
    assert not world.fda.seen


def test_makers_of_several_products_are_counted_once(world: World) -> None:
    twin = Product("twin", "Twinflo", aliases=(Alias("Twinflo"),), makers=EXOFLO.makers)
    world.sync("openfda", of=catalogue(EXOFLO, twin))
    by_maker = [a for a in world.openfda.seen if "manufacturer" in a.params["search"]
                and a.path.startswith("/drug")]  # fmt: skip
    assert len(by_maker) == 1
    assert world.rows("SELECT reports FROM event_counts WHERE product = 'twin' "
                      "AND dataset = 'device' AND basis = 'maker'") == [(1,)]  # fmt: skip


def test_times_are_those_of_the_clock(world: World) -> None:
    world.sync("openfda")
    (first,) = {row[0][:10] for row in world.rows("SELECT first_seen FROM event_counts")}
    assert first == (world.clock.now() - timedelta(0)).date().isoformat()


@pytest.mark.parametrize("reached", range(1, 12, 2))
def test_a_run_cut_short_ends_as_one_clean_run_would(
    world: World, tmp_path: Path, reached: int
) -> None:
    """The person stops it after some requests; the next run brings what is missing."""
    sent = 0

    def stop(reply: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == reached:
            raise KeyboardInterrupt
        return reply

    class Stopping:
        """A progress that interrupts, as Ctrl-C between two questions does."""

        def __call__(self, source: str, done: int, total: int) -> None:
            stop(None)

    urls = {n: getattr(world, n).url for n in OUTSIDE_SOURCES}
    where = settings_with(world.cache, **urls)
    with pytest.raises(KeyboardInterrupt):
        sync_outside(world.store, catalogue(), where, clock=world.clock.as_clock(),
                     progress=Stopping())  # fmt: skip
    assert world.store.last_runs(1)[0].status == "interrupted"
    world.sync()
    with open_store(tmp_path / "clean.db", now=world.clock.now) as clean:
        sync_outside(clean, catalogue(), where, clock=world.clock.as_clock())
        for sql in (
            "SELECT trial_id, product, kind, gone_at FROM registry_trial_links ORDER BY 1, 2",
            "SELECT trial_id, status FROM registry_trials ORDER BY 1",
            "SELECT url, product FROM regulator_letter_links ORDER BY 1, 2",
            "SELECT hit_id, product, found_in FROM fulltext_hits ORDER BY 1, 2",
            "SELECT product, dataset, basis, reports FROM event_counts ORDER BY 1, 2, 3",
            "SELECT source, query, query_hash, full_count FROM watermarks ORDER BY 1, 2",
            "SELECT kind, key, product FROM outside_events ORDER BY 1, 2, 3",
        ):
            assert world.rows(sql) == clean.db.execute(sql).fetchall(), sql
        assert world.store.check() == []
