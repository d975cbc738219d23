"""Nights end to end: what is asked, what is kept, what moves a watermark, what a night costs."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.catalogue import load_catalogue
from evlit.errors import LockedError, SourceError, UsageError
from evlit.records import Alias, CuratedStudy, Entry, Parsed, Product, Topic
from evlit.sources.entrez import Hits, QueryError
from evlit.store import open_store
from evlit.store.bookkeeping import Watermark
from evlit.sync.asking import own_names_in
from evlit.sync.plan import (
    GROUP_CHARS,
    Ask,
    is_full_due,
    make_plan,
    queries_of,
    terms_in_groups,
)
from evlit.sync.unknown import NOTHING, fold_name, nothing_for, side_by_side
from evlit.sync.windows import (
    CREATED_BACK,
    FULL_DAYS,
    MODIFIED_BACK,
    created_window,
    eastern_day,
    modified_window,
)
from tests.fakes import faults
from tests.fakes import nights as fakes
from tests.fakes.citations import RETRACTED, RETRACTION, Citation
from tests.fakes.eutils import FakeEutils, Seen
from tests.fakes.nights import (
    BROAD,
    CLINICAL,
    EXOFLO,
    ZOFIN,
    Nights,
    Questions,
    enrich_with,
    library,
)

NEW = Citation(
    50_000_001, "Vesicles for patients", "Zofin, of mesenchymal stem cells.",
    created=date(2026, 11, 3),
)  # fmt: skip


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    with FakeEutils(library(60)) as fake:
        yield Nights(fake, tmp_path)


def next_day(nights: Nights, days: int = 1) -> None:
    nights.fake.clock.tomorrow(days)
    nights.fake.heal()


# ------------------------------------------------------------------------- the first night


def test_the_first_night_fills_the_store(nights: Nights) -> None:
    summary = nights.run()
    assert (summary.status, summary.tally.new) == ("ok", 60)
    assert summary.index_moved
    with nights.store() as store:
        assert store.held() == set(nights.fake.citations)
        assert store.query_pmids("product:exoflo") == {
            pmid for pmid, c in nights.fake.citations.items() if "ExoFlo" in c.abstract
        }
        (run,) = store.last_runs()
        assert (run.kind, run.status, run.counts["new"]) == ("sync", "ok", 60)
        assert run.counts["requests"] == len(nights.fake.seen)
        mark = store.watermark("pubmed", "topic:broad", BROAD.text_hash)
        assert mark is not None
        assert (mark.watermark, mark.full_count) == ("2026-11-02", 60)
        assert "Title/Abstract" in mark.full_translation
        assert store.check() == []
    assert nights.rows("SELECT count(*) FROM requests") == [(len(nights.fake.seen),)]


def test_the_product_asked_about_comes_first(nights: Nights) -> None:
    told: list[tuple[str, int, int]] = []
    nights.run(first="zofin", progress=lambda *step: told.append(step))
    searches = [seen.params["term"] for seen in nights.fake.asked("esearch")]
    assert searches[0] == ZOFIN.term
    nights.fake.heal()
    nights.fake.put(NEW)
    nights.run(first="zofin")
    kinds = [seen.endpoint for seen in nights.fake.seen[:3]]
    assert kinds == ["einfo", "esearch", "efetch"]
    assert nights.fake.seen[2].ids == [NEW.pmid]
    assert told[0] == ("search", 1, 4)
    assert told[-1] == ("fetch", 60, 60)


def test_an_unknown_product_or_source_is_said_before_anything_is_sent(nights: Nights) -> None:
    assert "no product" in str(nights.fails(UsageError, first="nosuch"))
    assert "no source" in str(nights.fails(UsageError, sources=["elsewhere"]))
    assert nights.fake.seen == []


def test_every_request_names_tool_and_email_and_none_uses_history(nights: Nights) -> None:
    nights.run()
    for seen in nights.fake.seen:
        assert seen.params["tool"] == "evlit"
        assert seen.params["email"]
        assert not {"WebEnv", "usehistory", "query_key"} & seen.params.keys()
        assert seen.method == "POST"
    assert nights.fake.refused == 0
    assert nights.fake.shortest_gap() >= 0.4 - 1e-9


# ----------------------------------------------------------------------------- later nights


def many_products(number: int) -> tuple[Product, ...]:
    names = [f"Invented Brand {i}" for i in range(number)]
    return tuple(
        Product(f"p{i}", name, aliases=(Alias(name),), term=f'"{name}"[tiab] OR NCT{i:08d}[si]')
        for i, name in enumerate(names)
    )


@pytest.mark.parametrize("held", [10, 700])
def test_a_quiet_night_costs_the_same_whatever_is_held(tmp_path: Path, held: int) -> None:
    questions = Questions(products=many_products(120))
    groups = len(list(terms_in_groups(p.term for p in questions.products)))
    with FakeEutils(library(held)) as fake:
        nights = Nights(fake, tmp_path, questions)
        nights.run()
        next_day(nights)
        summary = nights.run()
        assert summary.status == "ok"
        recent = sum(c.mdat >= date(2026, 10, 26) for c in fake.citations.values())
        budget = 2 * (len(questions.topics) + groups) + math.ceil(recent / 200) + 3
        assert groups < 5
        assert len(fake.seen) <= budget


def test_a_night_with_changes_costs_their_batches(nights: Nights) -> None:
    nights.run()
    next_day(nights)
    fresh = [NEW.but(pmid=NEW.pmid + i) for i in range(450)]
    nights.fake.put(*fresh)
    summary = nights.run()
    assert summary.tally.new == 450
    assert len(nights.fake.seen) <= 2 * (2 + 1) + math.ceil(450 / 200) + 3
    with nights.store() as store:
        assert store.held() == set(nights.fake.citations)


def test_changes_are_found_by_their_date(nights: Nights) -> None:
    nights.run()
    next_day(nights)
    old = nights.fake.citations[40_000_001]
    nights.fake.put(old.but(title="Vesicles, corrected.", modified=date(2026, 11, 3)))
    summary = nights.run()
    assert summary.tally.revised == 1
    assert nights.rows("SELECT title FROM records WHERE pmid = ?", old.pmid) == [
        ("Vesicles, corrected.",)
    ]
    assert nights.rows("SELECT count(*) FROM revisions WHERE pmid = ?", old.pmid) == [(2,)]


def test_late_arrivals_are_found_through_the_overlap(nights: Nights) -> None:
    nights.run()
    next_day(nights, 5)
    nights.run()
    next_day(nights)
    nights.fake.put(NEW.but(created=date(2026, 11, 7) - timedelta(days=CREATED_BACK)))
    assert nights.run().tally.new == 1


def test_weeks_without_a_run_lose_nothing(nights: Nights) -> None:
    nights.run()
    next_day(nights, 90)
    old = nights.fake.citations[40_000_001]
    nights.fake.put(NEW.but(created=date(2026, 12, 1), pmid=51_000_000))
    nights.fake.put(old.but(title="Vesicles, revised.", modified=date(2026, 12, 24)))
    summary = nights.run()
    assert (summary.tally.new, summary.tally.revised) == (1, 1)


def test_an_added_alias_is_searched_over_all_time_that_night(nights: Nights) -> None:
    nights.fake.put(NEW.but(title="ZFN-1 for patients", created=date(2020, 1, 1), abstract="-"))
    nights.run()
    next_day(nights)
    alias = replace(ZOFIN, aliases=(Alias("Zofin"), Alias("ZFN-1")), term='Zofin OR "ZFN-1"[tiab]')
    nights.questions = Questions(products=(EXOFLO, alias))
    summary = nights.run()
    result = next(q for q in summary.queries if q.key == "product:zofin")
    assert (result.mode, result.status, summary.tally.new) == ("full", "ok", 1)
    with nights.store() as store:
        assert store.query_pmids("product:zofin") == {NEW.pmid}
        assert store.watermark("pubmed", "product:zofin", ZOFIN.text_hash) is None
        assert store.watermark("pubmed", "product:zofin", alias.text_hash) is not None


def test_a_new_topic_is_matched_with_what_is_held(nights: Nights) -> None:
    nights.run()
    next_day(nights)
    rats = Topic("rats", "Rats", "rats[tiab]", ())
    nights.questions = Questions(topics=(BROAD, CLINICAL, rats))
    assert nights.run().tally.new == 0
    with nights.store() as store:
        assert len(store.query_pmids("topic:rats")) == 40


def test_once_a_week_everything_is_counted_again(nights: Nights) -> None:
    nights.run()
    next_day(nights)
    # Back-dated and unmodified: no window of this night or a later one shows it.
    nights.fake.put(NEW.but(created=date(2020, 1, 1)))
    assert nights.run().tally.new == 0
    next_day(nights, FULL_DAYS - 1)
    summary = nights.run()
    assert summary.tally.new == 1
    assert {q.mode for q in summary.queries} == {"full"}


def test_once_a_month_everything_is_fetched_again(nights: Nights) -> None:
    nights.run()
    old = nights.fake.citations[40_000_001]
    nights.fake.put(old.but(title="Changed without a date."))
    for _ in range(3):
        next_day(nights, 7)
        assert nights.run().tally.revised == 0
    next_day(nights, 10)
    assert nights.run().tally.revised == 1


def test_records_without_mesh_are_asked_again_until_indexed(tmp_path: Path) -> None:
    waiting = [c.but(status="In-Process") for c in library(30)]
    with FakeEutils(waiting) as fake:
        nights = Nights(fake, tmp_path)
        nights.run()
        fake.put(*(c.but(status="MEDLINE", mesh=(("D000067128", "Extracellular Vesicles"),))
                   for c in waiting))  # fmt: skip
        next_day(nights, 8)
        assert nights.run().tally.revised == 30
        next_day(nights)
        nights.run()
        recent = {c.pmid for c in waiting if c.mdat >= date(2026, 10, 20)}
        asked = {pmid for seen in fake.asked("efetch") for pmid in seen.ids}
        assert asked <= recent


def test_curated_studies_come_by_pmid_and_doi(nights: Nights) -> None:
    odd = Citation(31_000_001, "About something else", "-", doi="10.5555/abc(1)")
    named = Citation(31_000_002, "Something else again", "-")
    false = Citation(31_000_003, "A false friend", "-", doi="10.5555/abc.1.2")
    nights.fake.put(odd, named, false)
    studies = (
        CuratedStudy("x", doi="10.5555/ABC(1)"),
        CuratedStudy("y", pmid=31_000_002),
        CuratedStudy("z", doi="10.5555/unheard-of"),
        CuratedStudy("w", pmid=31_999_999),
    )
    nights.fake.engine.unknown.add("10 5555 unheard of")
    nights.questions = Questions(
        products=(replace(EXOFLO, studies=studies[:2]), ZOFIN), external=studies[2:]
    )
    summary = nights.run()
    with nights.store() as store:
        assert {31_000_001, 31_000_002} <= store.held()
        assert 31_000_003 not in store.held()
        assert [stone.pmid for stone in store.tombstones()] == [31_999_999]
    result = next(q for q in summary.queries if q.key == "curated:studies")
    assert result.status == "ok"
    next_day(nights)
    nights.run()
    assert not [seen for seen in nights.fake.seen if "[doi]" in seen.params.get("term", "")]


def test_retraction_and_notice(nights: Nights) -> None:
    nights.run()
    next_day(nights)
    old = nights.fake.citations[40_000_001]
    nights.fake.put(
        old.but(types=(*old.types, RETRACTED), corrections=(("RetractionIn", NEW.pmid),),
                modified=date(2026, 11, 3)),
        NEW.but(title="Retraction: vesicles for patients", types=(RETRACTION,),
                corrections=(("RetractionOf", old.pmid),)),
    )  # fmt: skip
    nights.run()
    assert nights.rows("SELECT pmid, retracted, notice FROM records WHERE retracted OR notice") == [
        (old.pmid, 1, 0),
        (NEW.pmid, 0, 1),
    ]
    assert nights.rows("SELECT pmid, kind FROM events") == [(old.pmid, "retracted")]


def test_a_deleted_record_is_kept_and_flagged_after_three_nights(nights: Nights) -> None:
    nights.run()
    nights.fake.take(40_000_001)
    for night in range(3):
        next_day(nights, FULL_DAYS if night == 0 else 1)
        assert nights.rows("SELECT sum(deleted) FROM records") == [(0,)]
        summary = nights.run()
        assert (summary.status, summary.tally.missing) == ("ok", 1)
    assert nights.rows("SELECT pmid FROM records WHERE deleted") == [(40_000_001,)]
    next_day(nights)
    assert nights.run().tally.missing == 0


# ----------------------------------------------------------------- what fails, and what not


def test_one_failed_topic_blocks_no_other_query(nights: Nights) -> None:
    bad = Topic("bad", "Bad", "vesicles[NoSuchField]", (), path="queries/topics/bad.toml")
    nights.questions = Questions(topics=(bad, BROAD))
    summary = nights.run()
    status = {q.key: q.status for q in summary.queries}
    assert status == {
        "topic:bad": "failed", "topic:broad": "ok", "product:exoflo": "ok", "product:zofin": "ok",
    }  # fmt: skip
    assert summary.status == "partial"
    with nights.store() as store:
        assert store.watermark("pubmed", "topic:bad", bad.text_hash) is None
        assert store.watermark("pubmed", "topic:broad", BROAD.text_hash) is not None
        (run,) = store.last_runs()
        assert "nosuchfield" in run.error


@pytest.mark.parametrize(("bad", "good"), [(ZOFIN, EXOFLO), (EXOFLO, ZOFIN)])
@pytest.mark.parametrize(
    "fault", [faults.search_error("Search Backend failed: odd"), faults.ACTIONS["504"]]
)
def test_one_failed_product_of_a_group_blocks_no_other(
    nights: Nights, bad: Product, good: Product, fault: faults.Action
) -> None:
    nights.run()
    next_day(nights)
    nights.fake.put(NEW)
    nights.fake.fault(fault, on=lambda seen: bad.name in seen.params.get("term", ""), times=None)
    summary = nights.run()
    status = {q.key: q.status for q in summary.queries}
    assert status[f"product:{bad.key}"] == "failed"
    assert status[f"product:{good.key}"] == status["topic:broad"] == "ok"
    marks = dict(nights.rows("SELECT query, watermark FROM watermarks"))
    assert marks[f"product:{bad.key}"] == "2026-11-02"
    assert marks[f"product:{good.key}"] == "2026-11-03"


def test_a_host_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        nights = Nights(fake, tmp_path)
        url = fake.url
    assert url
    error = nights.fails(SourceError)
    assert type(error) is SourceError
    assert "could not be reached (connection refused)" in str(error)
    assert "nothing was changed" in str(error)
    assert error.exit_code == 69
    assert nights.rows("SELECT status FROM runs") == [("failed",)]
    assert nights.rows("SELECT count(*) FROM watermarks") == [(0,)]


def test_ctrl_c_leaves_a_row_and_the_next_night_goes_on(nights: Nights) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "fetch":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        nights.run(progress=stop)
    assert nights.rows("SELECT status FROM runs") == [("interrupted",)]
    assert nights.rows("SELECT count(*) FROM watermarks") == [(0,)]
    assert nights.run().status == "ok"
    assert nights.rows("SELECT count(*) FROM records") == [(60,)]


def test_a_second_run_leaves_at_once(nights: Nights) -> None:
    from filelock import FileLock  # noqa: PLC0415 - another process's, so to speak

    with nights.store():
        pass
    with FileLock(f"{nights.path}.lock"):
        error = nights.fails(LockedError)
    assert error.exit_code == 75
    assert nights.fake.seen == []
    assert nights.rows("SELECT count(*) FROM runs") == [(0,)]


def test_a_run_left_running_by_a_killed_process_is_closed(nights: Nights) -> None:
    with nights.store() as store:
        store.start_run("sync")
        store.start_run("ingest")  # may be alive: it does not take the lock of syncs
    nights.run()
    rows = nights.rows("SELECT kind, status FROM runs ORDER BY id")
    assert rows == [("sync", "interrupted"), ("ingest", "running"), ("sync", "ok")]


def test_a_record_that_cannot_be_tagged_waits_in_the_queue(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashing(questions: Questions, bad: range) -> Callable[[Parsed, tuple[str, ...]], Entry]:
        enrich = enrich_with(questions)

        def crash(parsed: Parsed, queries: tuple[str, ...]) -> Entry:
            if (parsed.record.pmid - 40_000_001) // 7 in bad:
                raise IndexError("list index out of range")
            return enrich(parsed, queries)

        return crash

    with monkeypatch.context() as spoilt:
        spoilt.setattr(fakes, "enrich_with", lambda questions: crashing(questions, range(3, 5)))
        summary = nights.run()
        assert (summary.status, summary.tally.new, summary.tally.passed_over) == ("partial", 58, 0)
        assert set(summary.failures.values()) == {
            "cannot be tagged: IndexError: list index out of range"
        }
    assert nights.rows("SELECT DISTINCT reason FROM fetch_queue") == [("tagging",)]
    assert nights.run().tally.new == 2
    assert nights.rows("SELECT count(*) FROM fetch_queue") == [(0,)]
    next_day(nights, 31)
    with monkeypatch.context() as spoilt:  # a broken tagger is not a broken record
        spoilt.setattr(fakes, "enrich_with", lambda questions: crashing(questions, range(60)))
        with pytest.raises(IndexError):
            nights.run()
    assert nights.rows("SELECT status FROM runs ORDER BY id DESC LIMIT 1") == [("failed",)]


def test_readers_see_no_error_while_a_night_writes(nights: Nights) -> None:
    nights.run()
    next_day(nights)
    nights.fake.put(NEW)
    counts: list[int] = []

    def look(stage: str, done: int, total: int) -> None:
        with open_store(nights.path, readonly=True) as reader:
            counts.append(reader.counts()["records"])

    nights.run(progress=look)
    assert counts[0] == 60
    assert counts[-1] == 61


# -------------------------------------------------------------------------------- windows


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 4, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 23, 5, 1, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 7, 1, 3, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 7, 1, 4, 1, tzinfo=UTC), date(2026, 7, 1)),
        # The hour that daylight saving repeats, and the one it skips.
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), date(2026, 3, 8)),
    ],
)
def test_days_are_those_of_the_us_east(moment: datetime, day: date) -> None:
    assert eastern_day(moment) == day


def test_windows_overlap_and_look_ahead() -> None:
    today = date(2026, 11, 22)
    assert created_window(today, today) == "2026/10/18:2026/11/24[crdt]"
    assert modified_window(date(2026, 11, 20), today) == "2026/11/13:2026/11/24[mdat]"


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_no_watermark_shuts_a_window(since: date, today: date) -> None:
    for text, back in ((created_window(since, today), CREATED_BACK),
                       (modified_window(since, today), MODIFIED_BACK)):  # fmt: skip
        low, high = text[:-6].split(":")
        assert low <= f"{min(since, today) - timedelta(days=back):%Y/%m/%d}"
        assert high > f"{today:%Y/%m/%d}"


# ----------------------------------------------------------------------------------- plan


def test_names_are_compared_by_letters_and_digits() -> None:
    assert fold_name('"ASCE+ plus"[tiab]') == "asceplus"
    assert fold_name("EXO-FLO") == fold_name("exo flo")


@given(st.lists(st.text("ab", min_size=1, max_size=900), max_size=60))
def test_groups_keep_order_and_length(terms: list[str]) -> None:
    groups = list(terms_in_groups(terms))
    assert [term for group in groups for term in group] == terms
    assert all(len(" OR ".join(f"({t})" for t in group)) <= GROUP_CHARS for group in groups)


def test_a_query_is_due_in_full_when_new_or_a_week_old() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def mark(full_at: str | None, watermark: str | None = "2026-11-21") -> Watermark:
        return Watermark("pubmed", "topic:x", "h", watermark, full_at, 5, "", 1)

    assert is_full_due(None, now)
    assert is_full_due(mark(None), now)
    assert is_full_due(mark("2026-11-21T12:00:00Z", None), now)
    assert is_full_due(mark("2026-11-16T12:00:00Z"), now)
    assert not is_full_due(mark("2026-11-17T12:00:00Z"), now)


def test_the_plan_of_a_first_and_a_second_night(tmp_path: Path) -> None:
    questions = Questions()
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    queries = queries_of(questions, "zofin")
    with open_store(tmp_path / "x.db") as store:
        plan = make_plan(queries, store, now, "zofin")
        assert [ask.label for ask in plan.asks] == [
            "product:zofin", "topic:broad", "topic:clinical", "product:exoflo",
        ]  # fmt: skip
        for query in queries:
            store.set_watermark(
                "pubmed", query.key, query.hash, "2026-11-21", full_at="2026-11-21T12:00:00Z"
            )
        plan = make_plan(queries, store, now, None)
        assert [ask.label for ask in plan.asks] == ["topic:broad", "topic:clinical", "group:1"]
        assert plan.asks[2].term == f"({ZOFIN.term}) OR ({EXOFLO.term})"


# ----------------------------------------------------- what must never be lost, or stay wrong


def _wide(nights: Nights) -> Citation:
    """A paper of the topic that a product's widened search hits too, naming no product."""
    paper = Citation(
        60_000_001, "Exo and flo of vesicles in covid", "Of mesenchymal stem cells.",
        created=date(2026, 6, 1),
    )  # fmt: skip
    nights.fake.engine.unknown |= {"exo flo covid"}
    nights.fake.put(paper)
    return paper


def test_a_paper_passed_over_while_its_topic_failed_is_had_when_the_topic_is_asked(
    nights: Nights,
) -> None:
    paper = _wide(nights)
    nights.fake.fault("backend", on=lambda s: s.params.get("term") == BROAD.term, times=None)
    assert nights.run().status == "partial"
    with nights.store() as store:
        assert paper.pmid not in store.held()
    nights.fake.heal()
    assert nights.run().status == "ok"
    with nights.store() as store:
        assert paper.pmid in store.held()


def test_the_product_asked_first_costs_no_topic_its_papers(nights: Nights) -> None:
    paper = _wide(nights)
    assert nights.run(first="exoflo").status == "ok"
    with nights.store() as store:
        assert paper.pmid in store.query_pmids("topic:broad")
        assert paper.pmid in store.held()


def test_a_record_wrongly_taken_as_gone_comes_back_when_a_search_lists_it(nights: Nights) -> None:
    nights.run()
    lost = nights.fake.citations[40_000_001]
    nights.fake.take(lost.pmid)
    nights.fake.clock.tomorrow(FULL_DAYS)
    for _ in range(3):
        nights.run()
        next_day(nights)
    deleted = "SELECT deleted FROM records WHERE pmid = 40000001"
    assert nights.rows(deleted) == [(1,)]
    nights.fake.clock.tomorrow(20)
    nights.fake.put(lost)
    assert nights.run().status == "ok"
    assert nights.rows(deleted) == [(0,)]
    assert nights.rows("SELECT count(*) FROM tombstones") == [(0,)]


def test_one_wrong_deletion_is_taken_back_the_next_night(nights: Nights) -> None:
    nights.run()
    next_day(nights)
    nights.fake.put(NEW)
    gone = '<DeleteCitation><PMID Version="1">40000001</PMID></DeleteCitation>'
    nights.fake.fault(faults.insert(gone), on="efetch")
    nights.run()
    deleted = "SELECT deleted FROM records WHERE pmid = 40000001"
    assert nights.rows(deleted) == [(1,)]
    next_day(nights)
    nights.run()
    assert nights.rows(deleted) == [(0,)]


def test_records_in_doubt_cost_a_quiet_night_one_request(nights: Nights) -> None:
    curated = tuple(CuratedStudy(f"s{i}", pmid=70_000_000 + i) for i in range(31))
    nights.questions = replace(nights.questions, external=curated)
    nights.run()
    next_day(nights)
    nights.run()
    kinds = [seen.endpoint for seen in nights.fake.seen]
    assert kinds.count("esummary") == 1
    assert len(kinds) <= 2 * (2 + 1) + 3


@pytest.mark.parametrize(
    "fault",
    ["empty", "maintenance", faults.say("<html>no</html>", 403), faults.say("too long", 414)],
)
def test_one_bad_query_holds_back_no_other(nights: Nights, fault: str | faults.Action) -> None:
    nights.run()
    next_day(nights)
    nights.fake.put(NEW)
    nights.fake.fault(
        fault, on=lambda s: s.params.get("term", "").startswith(f"({CLINICAL.term})"), times=None
    )
    summary = nights.run()
    assert [q.key for q in summary.failed] == ["topic:clinical"]
    assert nights.rows("SELECT count(*) FROM records WHERE pmid = ?", NEW.pmid) == [(1,)]


def test_a_topic_survives_a_product_name_that_pubmed_does_not_know() -> None:
    products = (Product("amnio2x", "Amnio2X", aliases=(Alias("Amnio2X"), Alias("Amnio 2X"))),)
    topic = Topic("clinical", "Given to people", '(EV) AND (MSC OR "Amnio 2X"[tiab])', ())
    catalogue = SimpleNamespace(topics=(topic,), products=products, external=())
    (query,) = [q for q in queries_of(catalogue, None) if q.key == "topic:clinical"]
    ask = Ask(query.key, (query,), query.term, full=True)
    known = Hits(frozenset({1, 2}), 2, "", unknown=('"Amnio 2X"[tiab]',))
    assert own_names_in(ask, known) == ('"Amnio 2X"[tiab]',)
    foreign = Hits(frozenset({1, 2}), 2, "", unknown=('"mesenchymal stemm"[tiab]',))
    with pytest.raises(QueryError):
        own_names_in(ask, foreign)


# ------------------------------------------------- names that PubMed's index does not hold


@pytest.fixture
def widening(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> Nights:
    """PubMed knows neither name; the words of one stand in seven papers, side by side in one."""
    monkeypatch.setattr("evlit.sync.asking.WIDENED_CAP", 6)
    nights.questions = replace(nights.questions, topics=(CLINICAL,))
    nights.fake.engine.unknown |= {"exo flo covid", "zofin"}
    apart = [
        Citation(70_000_000 + i, "A covid paper", f"The flo of {i} exo.", created=date(2026, 11, 1))
        for i in range(6)
    ]
    whole = Citation(
        70_000_009, "A letter on EXO FLO COVID", "Nothing else.", created=date(2026, 11, 1)
    )
    nights.fake.put(*apart, whole)
    return nights


def test_a_name_that_widens_beyond_use_is_asked_for_side_by_side(widening: Nights) -> None:
    nights = widening
    for _ in range(2):  # over all time, then as a group in a window
        summary = nights.run()
        assert (summary.status, summary.warnings) == ("ok", ())
        fetched = {pmid for seen in nights.fake.seen for pmid in seen.ids}
        assert not [pmid for pmid in fetched if 70_000_000 <= pmid < 70_000_009]
        marks = dict(nights.rows("SELECT query, watermark FROM watermarks"))
        assert marks["product:exoflo"] == marks["product:zofin"] == _today(nights)
        next_day(nights)
    nights.run()
    assert len(nights.fake.asked("esearch")) == 2 * (1 + 1)  # it is remembered: no search more
    with nights.store() as store:
        assert 70_000_009 in store.query_pmids("product:exoflo")
    asked = "SELECT asked, error FROM query_runs WHERE query = 'product:exoflo' AND mode = 'full'"
    ((term, note),) = nights.rows(asked)
    assert '"EXO FLO COVID"[tiab:~0]' in term
    assert "PubMed does not know 'EXO FLO COVID' and widened the search" in note


def test_and_where_that_is_not_understood_the_name_hits_nothing(widening: Nights) -> None:
    nights = widening
    nights.fake.fault(
        faults.say(
            "<eSearchResult><Count>99</Count><RetMax>0</RetMax><IdList/><QueryTranslation>x"
            "</QueryTranslation><ErrorList><FieldNotFound>tiab:~0</FieldNotFound></ErrorList>"
            "</eSearchResult>"
        ),
        on=lambda seen: ":~0" in seen.params.get("term", ""), times=None,
    )  # fmt: skip
    assert nights.run().status == "ok"
    with nights.store() as store:
        # The other name's papers come; what could not be asked for is named.
        assert len(store.query_pmids("product:exoflo")) == 6
        assert 70_000_009 not in store.held()
    ((note,),) = nights.rows("SELECT error FROM query_runs WHERE query = 'product:exoflo'")
    assert "not at all" in note


def test_a_search_widened_beyond_use_is_not_read_to_its_end(widening: Nights) -> None:
    """A dropped word leaves the date range alone: 40 days of all PubMed."""
    nights = widening
    nights.fake.cap = 5
    nights.run()
    next_day(nights)
    nights.run()
    terms = [seen.params["term"] for seen in nights.fake.asked("esearch")]
    assert not [t for t in terms if "[UID]" in t and '"EXO FLO COVID"[tiab]' in t]


@pytest.mark.parametrize(
    ("term", "near", "nothing"),
    [
        ('"Exo Flo"[tiab] OR x', '"Exo Flo"[tiab:~0] OR x', f"{NOTHING} OR x"),
        ('("exo-FLO"[ad])', '("exo FLO"[ad:~0])', f"({NOTHING})"),
        ('"Exo Flo"[nm]', NOTHING, NOTHING),
        ("ExoFlo[tiab] AND y[tiab]", f"{NOTHING} AND y[tiab]", f"{NOTHING} AND y[tiab]"),
        ('"Exo Flo 2"[tiab]', '"Exo Flo 2"[tiab]', '"Exo Flo 2"[tiab]'),
    ],
)
def test_unknown_phrases_are_rewritten_and_nothing_else(term: str, near: str, nothing: str) -> None:
    assert side_by_side(term, ['"Exo Flo"[Title/Abstract]']) == near
    assert nothing_for(term, ["exo flo"]) == nothing


# ------------------------------------------------------------------------ a count that falls


def test_a_real_fall_of_a_count_is_believed_after_three_runs_on_two_days(nights: Nights) -> None:
    nights.run()
    nights.fake.take(*list(nights.fake.citations)[20:])
    nights.fake.clock.tomorrow(FULL_DAYS)
    for run in range(3):  # three on one day are not enough
        summary = nights.run()
        assert summary.status == "partial", run
        assert "topic:broad" in {q.key for q in summary.failed}
    nights.fake.clock.tomorrow()
    summary = nights.run()
    assert summary.status == "ok"
    assert "topic:broad: PubMed counts 20 records, 60 the time before" in summary.warnings[0]
    marks = "SELECT watermark, full_count FROM watermarks WHERE query = 'topic:broad'"
    assert nights.rows(marks) == [(_today(nights), 20)]
    nights.fake.clock.tomorrow()
    assert nights.run().warnings == ()


def test_a_fall_that_passes_is_never_believed(nights: Nights) -> None:
    nights.run()
    whole = dict(nights.fake.citations)
    for _ in range(3):  # low twice, well again, and so on: never three in a row
        nights.fake.take(*list(whole)[20:])
        nights.fake.clock.tomorrow(FULL_DAYS)
        assert nights.run().status == "partial"
        nights.fake.clock.tomorrow()
        assert nights.run().status == "partial"
        nights.fake.put(*whole.values())
        nights.fake.clock.tomorrow()
        assert nights.run().status == "ok"
    assert nights.rows("SELECT sum(deleted) FROM records") == [(0,)]
    assert nights.rows("SELECT count(*) FROM record_queries WHERE gone_at IS NOT NULL") == [(0,)]


def _today(nights: Nights) -> str:
    """The US Eastern day of the fake's clock."""
    return eastern_day(nights.fake.clock.now()).isoformat()


def test_every_word_of_a_products_own_may_be_unknown_to_pubmed() -> None:
    """Only the words that all products share are not theirs: those must be known to PubMed."""
    catalogue = load_catalogue()
    products = [q for q in queries_of(catalogue, None) if q.key.startswith("product:")]
    foreign = Counter(
        leaf[0]
        for query in products
        for leaf in re.finditer(r'"[^"]*"(?:\[[^\]]*\])?|[^\s()"\[\]]+\[[^\]]*\]', query.term)
        if fold_name(leaf[0]) not in query.names
    )
    shared = {text for text, times in foreign.items() if times > len(products) / 2}
    assert foreign.keys() == shared
    assert len(shared) < 30


def test_a_record_that_is_counted_and_never_handed_out_holds_no_topic_back(nights: Nights) -> None:
    """A ghost in PubMed's index: doubted at first, then noted, and looked for every week."""
    only = replace(nights.questions, topics=(BROAD,), products=())
    nights.questions = only

    def ghost(reply: Any, seen: Seen, server: FakeEutils) -> Any:
        count = re.compile(rb"<Count>(\d+)<")
        more = count.sub(lambda m: b"<Count>%d<" % (int(m[1]) + 1), reply.body)
        return replace(reply, body=more)

    def night() -> str:
        nights.fake.fault(ghost, on="esearch", times=None)
        status = nights.run().status
        next_day(nights)
        return status

    assert [night() for _ in range(12)] == ["partial", "partial"] + ["ok"] * 10
    assert nights.rows("SELECT count(*) FROM records") == [(60,)]
    ((note,),) = nights.rows("SELECT error FROM query_runs WHERE mode = 'full' AND run = 3")
    assert "counted 61 records but handed out 60" in note
    nights.fake.put(NEW)
    assert night() == "ok"
    assert nights.rows("SELECT count(*) FROM records WHERE pmid = ?", NEW.pmid) == [(1,)]


def test_a_zero_without_its_words_is_believed_after_three_runs_on_two_days(nights: Nights) -> None:
    """An empty answer on the first night would else stand as a "no" for a week."""
    nights.questions = replace(nights.questions, topics=(BROAD,), products=())
    silent = faults.say(
        "<eSearchResult><Count>0</Count><RetMax>0</RetMax><RetStart>0</RetStart><IdList/>"
        "<TranslationSet/><QueryTranslation>x</QueryTranslation></eSearchResult>"
    )
    for status in ("partial", "partial", "ok"):
        nights.fake.fault(silent, on="esearch", times=None)
        assert nights.run().status == status
        next_day(nights)


def test_an_empty_first_answer_is_asked_for_again_the_next_night(nights: Nights) -> None:
    nights.fake.fault(
        faults.say(
            "<eSearchResult><Count>0</Count><RetMax>0</RetMax><RetStart>0</RetStart><IdList/>"
            "<TranslationSet/><QueryTranslation>x</QueryTranslation></eSearchResult>"
        ),
        on="esearch", times=None,
    )  # fmt: skip
    assert nights.run().status == "partial"
    assert nights.rows("SELECT count(*) FROM watermarks") == [(0,)]
    next_day(nights)
    assert nights.run().status == "ok"
    assert nights.rows("SELECT count(*) FROM records") == [(60,)]


def test_many_that_are_counted_and_not_handed_out_are_never_taken_for_all(nights: Nights) -> None:
    nights.questions = replace(nights.questions, topics=(BROAD,), products=())
    for _ in range(4):
        nights.fake.fault(
            faults.swap("<Count>60<", "<Count>70<"), on=lambda s: True, times=None
        )  # fmt: skip
        assert nights.run().status == "partial"
        next_day(nights)
    assert nights.rows("SELECT count(*) FROM watermarks") == [(0,)]


@pytest.mark.parametrize("days", [400, -400])
def test_a_clock_that_was_once_wrong_loses_nothing(nights: Nights, days: int) -> None:
    nights.run()
    next_day(nights)
    nights.fake.clock.set_wrong(days)
    assert nights.run().status == "ok"
    next_day(nights)
    nights.fake.clock.set_wrong(-days)
    nights.fake.put(NEW)  # of the day after the first night
    assert nights.run().tally.new == 1
    next_day(nights)
    nights.fake.put(NEW.but(pmid=NEW.pmid + 1, created=date(2026, 11, 4)))
    summary = nights.run()
    assert (summary.status, summary.tally.new) == ("ok", 1)
    assert summary.requests <= 2 * (2 + 1) + 1 + 3  # a common night again
    assert nights.rows("SELECT sum(deleted) FROM records") == [(0,)]
