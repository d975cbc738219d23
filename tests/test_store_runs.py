"""The store's own history and people's tags: what runs note, what is due, what a person said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from evlit.errors import InputError, UsageError
from evlit.records import Entry, Parsed, Record, Run, Tag
from evlit.store import Store, empty_store, open_store
from evlit.store.bookkeeping import stamp
from evlit.store.human_tags import HumanTag, Imported, check_value


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **time: float) -> str:
        self.moment += timedelta(**time)
        return stamp(self.moment)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with open_store(tmp_path / "evlit.db", now=clock) as opened:
        yield opened


def entry(pmid: int, status: str | None = "MEDLINE", title: str = "Vesicles", *tags: Tag) -> Entry:
    item = Record(pmid=pmid, title=title, status=status)
    return Entry(Parsed(item, repr(item).encode()), tags)


# -------------------------------------------------------------------------------- runs


def test_a_run_is_a_row(store: Store, clock: Clock) -> None:
    run = store.start_run("sync")
    assert run == Run(1, "sync", "2026-11-01T06:30:00Z")
    clock.forward(minutes=5)
    store.finish_run(run.id, "partial", "topic broad: PubMed did not answer", {"new": 3})
    store.start_run("ingest")
    assert store.last_runs(1, "sync") == [
        Run(
            1, "sync", "2026-11-01T06:30:00Z", "2026-11-01T06:35:00Z", "partial",
            "topic broad: PubMed did not answer", {"new": 3},
        )
    ]  # fmt: skip
    assert [item.kind for item in store.last_runs(5)] == ["ingest", "sync"]


def test_a_killed_run_is_closed_by_the_next(store: Store) -> None:
    store.finish_run(store.start_run("sync").id, "ok")
    store.start_run("sync")
    assert store.close_abandoned_runs() == 1
    assert [run.status for run in store.last_runs(5)] == ["interrupted", "ok"]


def test_a_query_run_is_written_once_a_mode(store: Store) -> None:
    run = store.start_run("sync").id
    for got in (1, 2):
        store.save_query_run(
            run, "pubmed", "topic:ev", "abc", mode="full", asked="exosome*",
            translation='"exosomes"[All Fields]', counted=2, got=got,
        )  # fmt: skip
    [row] = store.query_runs(run)
    assert (row.asked, row.counted, row.got, row.status) == ("exosome*", 2, 2, "ok")


def test_a_watermark_belongs_to_the_text_of_the_query(store: Store) -> None:
    store.set_watermark(
        "pubmed", "topic:ev", "abc", "2026-11-01",
        full_at="2026-11-01T06:30:00Z", full_count=20, full_translation="t",
    )  # fmt: skip
    store.set_watermark("pubmed", "topic:ev", "abc", "2026-11-02")
    mark = store.watermark("pubmed", "topic:ev", "abc")
    assert mark is not None
    assert (mark.watermark, mark.full_count, mark.full_translation) == ("2026-11-02", 20, "t")
    assert store.watermark("pubmed", "topic:ev", "other text") is None
    store.set_watermark("pubmed", "topic:ev", "new", "2026-11-03")
    mark = store.watermark("pubmed", "topic:ev", "new")
    assert mark is not None
    assert (mark.full_at, mark.full_count) == (None, None), "the old text's full run is not ours"
    assert store.watermark("pubmed", "topic:ev", "abc") is None
    assert len(store.watermarks()) == 1


def test_requests_are_rows_without_bodies(store: Store) -> None:
    run = store.start_run("sync").id
    row = ("2026-11-01T06:30:00Z", "pubmed", "esearch", 429, "retry", 120, 15)
    store.save_requests(run, [row, (*row[:3], None, "retry", 0, 10_000)])
    rows = store.db.execute("SELECT run, endpoint, status, outcome FROM requests").fetchall()
    assert rows == [(run, "esearch", 429, "retry"), (run, "esearch", None, "retry")]


def test_a_file_is_known_by_content_and_options(store: Store) -> None:
    counts = {"new": 3}
    store.save_file(
        "f" * 64, "a.xml.gz", size=10, records=3, options="all", run=None, counts=counts
    )
    assert store.files_known("all") == {"f" * 64: counts}
    assert store.files_known("topics") == {}


# --------------------------------------------------------------------- queue, tombstones


def test_the_queue_counts_attempts_and_is_left_on_arrival(store: Store, clock: Clock) -> None:
    store.queue(5, "malformed", "line 3")
    clock.forward(hours=1)
    store.queue(5, "malformed", "line 4")
    store.queue(6, "silent")
    assert [(q.pmid, q.attempts, q.error) for q in store.queued()] == [(6, 1, ""), (5, 2, "line 4")]
    assert store.queued()[1].first_at < store.queued()[1].last_at
    store.save_batch([entry(5)])
    assert [q.pmid for q in store.queued()] == [6]


def test_missing_three_times_on_two_days_is_gone(store: Store, clock: Clock) -> None:
    store.save_batch([entry(1), entry(2)])
    assert store.note_missing([1], "not delivered", clock.forward(minutes=1)) == []
    assert store.note_missing([1], "not delivered", clock.forward(minutes=1)) == []
    assert store.note_missing([1], "not delivered", clock.forward(minutes=1)) == []
    assert store.pmids() == [1, 2], "three times on one day are not enough"
    assert store.note_missing([1], "not delivered", clock.forward(days=1)) == [1]
    assert store.pmids() == [2]
    assert [(e.kind, e.detail) for e in store.events()] == [("deleted", "not delivered")]
    assert store.check() == []


def test_two_days_but_two_times_are_not_enough(store: Store, clock: Clock) -> None:
    store.save_batch([entry(1)])
    store.note_missing([1], "x", clock.forward(days=1))
    same = clock.forward(days=1)
    store.note_missing([1], "x", same)
    assert store.note_missing([1], "x", same) == [], "one run counts once"
    assert [(t.times, t.days, t.settled) for t in store.tombstones()] == [(2, 2, False)]


def test_arrival_clears_the_doubt(store: Store, clock: Clock) -> None:
    store.save_batch([entry(1)])
    store.note_missing([1], "x", clock.forward(days=1))
    store.save_batch([entry(1)])
    assert store.tombstones() == []
    assert store.events() == []


def test_the_source_says_so_itself(store: Store) -> None:
    store.save_batch([entry(1)])
    assert store.note_missing([1, 2], "DeleteCitation", settled_now=True) == [1, 2]
    assert store.note_missing([1, 2], "DeleteCitation", settled_now=True) == []
    assert [t.pmid for t in store.tombstones(settled=True)] == [1, 2]
    assert store.tombstones(settled=False) == []


# --------------------------------------------------------------------------------- due


def test_held(store: Store) -> None:
    store.save_batch([entry(1), entry(2)], deleted=[2])
    assert store.held([1, 2, 3]) == {1, 2}
    assert store.held() == {1, 2}
    assert store.held(range(1, 100_000)) == {1, 2}, "no limit on the number of ids"


def test_unindexed_are_asked_again_longest_waiting_first(store: Store, clock: Clock) -> None:
    store.save_batch([entry(1, "Publisher"), entry(2, "In-Process")])
    clock.forward(days=1)
    store.save_batch(
        [entry(1, "Publisher"), entry(3), entry(4, "PubMed-not-MEDLINE"), entry(5, None)]
    )
    assert store.unindexed(10) == [2, 1]
    assert store.unindexed(1) == [2]
    assert store.unindexed(10, asked_before="2026-11-02") == [2]


def test_query_hits_come_and_go(store: Store, clock: Clock) -> None:
    store.save_batch([replace(entry(1), queries=("topic:ev",))])
    store.add_query_hits("topic:ev", [1, 2])
    assert store.query_pmids("topic:ev") == {1, 2}
    assert store.query_counts() == {"topic:ev": 1}, "only what is held"
    clock.forward(days=1)
    store.end_query_hits("topic:ev", [1])
    assert store.query_pmids("topic:ev") == {2}
    assert store.queries(1) == ()
    store.add_query_hits("topic:ev", [1])
    assert store.queries(1) == ("topic:ev",)
    first = store.db.execute("SELECT first_seen FROM record_queries WHERE pmid = 1").fetchone()[0]
    assert first == "2026-11-01T06:30:00Z"


def test_counts(store: Store) -> None:
    store.save_batch([entry(1), entry(2)], deleted=[2, 3])
    store.queue(4, "x")
    counts = store.counts()
    assert (counts["records"], counts["deleted"], counts["gone"]) == (1, 1, 2)
    assert (counts["queued"], counts["revisions"], counts["missing"]) == (1, 2, 0)


# -------------------------------------------------------------------------- human tags

MACHINE = Tag("design", "animal", "rule", "title: 'rat'")
STROKE = Tag("indication", "stroke", "rule", "title: 'stroke'")


def test_a_person_wins_over_the_program_for_ever(store: Store, clock: Clock) -> None:
    store.save_batch([entry(1, "MEDLINE", "Rats", MACHINE, STROKE)])
    store.add_human_tag(1, "design", "clinical", "patients, see methods", "Reader")
    expected = Tag("design", "clinical", "human", "patients, see methods (Reader, 2026-11-01)")
    assert store.tags(1) == (expected, STROKE)
    store.save_batch([entry(1, "MEDLINE", "Rats again", MACHINE)])
    store.save_tags([(1, (MACHINE, STROKE), ())], "2", "b")
    assert store.tags(1) == (expected, STROKE)
    row = store.db.execute("SELECT design, checked_axes FROM evidence").fetchone()
    assert row == ("clinical", '["design"]')
    assert store.check() == []
    assert store.remove_human_tag(1, "design") == 1
    assert store.tags(1) == (MACHINE, STROKE)
    assert store.db.execute("SELECT design FROM evidence").fetchone() == ("animal",)


def test_a_person_may_speak_before_the_record_is_held(store: Store) -> None:
    store.add_human_tag(1, "design", "clinical", "read on paper", "Reader")
    store.save_batch([entry(1, "MEDLINE", "Rats", MACHINE)])
    assert [tag.value for tag in store.tags(1)] == ["clinical"]
    assert store.db.execute("SELECT design FROM evidence").fetchone() == ("clinical",)
    assert store.check() == []


def test_single_axes_hold_one_value_and_others_many(store: Store) -> None:
    for value in ("clinical", "review"):
        store.add_human_tag(1, "design", value, "why", "Reader")
    for value in ("stroke", "knee_osteoarthritis"):
        store.add_human_tag(1, "indication", value, "why", "Reader")
    assert [(t.axis, t.value) for t in store.human_tags(1)] == [
        ("design", "review"), ("indication", "knee_osteoarthritis"), ("indication", "stroke"),
    ]  # fmt: skip
    store.add_human_tag(1, "indication", "none", "basic work", "Reader")
    assert [t.value for t in store.human_tags(1)] == ["review", "none"]
    assert [tag.axis for tag in store.tags(1)] == ["design"]
    store.add_human_tag(1, "indication", "stroke", "after all", "Reader")
    assert [t.value for t in store.human_tags(1)] == ["review", "stroke"]


@pytest.mark.parametrize(
    ("axis", "value", "problem"),
    [
        ("desing", "animal", "unknown axis 'desing'"),
        ("design", "mouse", "'mouse' is not one of: notice, protocol"),
        ("participants", "twelve", "a number of people"),
        ("participants", "-1", "a number of people"),
        ("exposed", "9" * 12, "a number of people"),
        ("species", "Rattus norvegicus", "a key"),
        ("harm", "infection", "kind:where"),
        ("named_in_abstract", "markers:", "item:words"),
        ("main_result", " ", "a text"),
    ],
)
def test_values_outside_the_code_book_are_refused(
    store: Store, axis: str, value: str, problem: str
) -> None:
    assert problem in check_value(axis, value)
    with pytest.raises(UsageError):
        store.add_human_tag(1, axis, value, "why", "Reader")
    assert store.human_tags() == []


@pytest.mark.parametrize(
    ("axis", "value"),
    [
        ("design", "animal"), ("participants", "12"), ("species", "rat"),
        ("indication", "x:snoring"), ("harm", "infection:people"),
        ("named_in_abstract", "dose:1 × 10^9 particles"), ("comparator", "saline"),
        ("msc", "true"), ("route", "none"),
    ],
)  # fmt: skip
def test_values_of_the_code_book_are_taken(axis: str, value: str) -> None:
    assert check_value(axis, value) == ""


@pytest.mark.parametrize(("why", "who"), [("", "Reader"), ("why", " ")])
def test_a_person_s_tag_needs_a_reason_and_a_name(store: Store, why: str, who: str) -> None:
    with pytest.raises(UsageError):
        store.add_human_tag(1, "design", "animal", why, who)


def test_human_tags_travel_as_text(store: Store) -> None:
    store.add_human_tag(1, "design", "clinical", "siehe „Methoden“\nS. 3", "Zoë")
    store.add_human_tag(2, "indication", "stroke", "why", "Reader")
    lines = list(store.export_human_tags())
    assert [json.loads(line)["pmid"] for line in lines] == [1, 2]
    with empty_store() as other:
        assert other.import_human_tags(lines) == Imported(2, 0, 0)
        assert other.human_tags() == store.human_tags()
        assert other.import_human_tags(lines) == Imported(0, 2, 0)


def line(value: str, at: str, axis: str = "design", who: str = "Reader") -> str:
    return json.dumps(HumanTag(1, axis, value, "why", who, at)._asdict())


@pytest.mark.parametrize(
    "lines",
    [
        [
            line("animal", "2026-01-01"),
            line("clinical", "2026-02-01"),
            line("review", "2026-01-15"),
        ],
        [line("animal", "2026-01-01"), line("clinical", "2026-01-01")],
        [line(value, f"2026-0{n}-01", "indication") for n, value in enumerate(("a", "b", "c"), 1)],
        [line(value, f"2026-0{n}-01", "species") for n, value in enumerate(("rat", "none"), 1)],
        [line(value, f"2026-0{n}-01", "species") for n, value in enumerate(("none", "rat"), 1)],
        [line("animal", "2026-01-01", who="A"), line("animal", "2026-01-01", who="B")],
    ],
)
def test_imports_end_the_same_in_any_order(lines: list[str]) -> None:
    ends = set()
    for order in permutations(lines):
        with empty_store() as store:
            for item in order:
                store.import_human_tags([item])
            ends.add(tuple(store.human_tags()))
        with empty_store() as store:
            store.import_human_tags(order)
            ends.add(tuple(store.human_tags()))
    assert len(ends) == 1


GOOD = HumanTag(1, "design", "animal", "why", "Reader", "2026-01-01")._asdict()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("{", r"tags\.jsonl: line 2: not JSON"),
        ("[1]", r"tags\.jsonl: line 2: not a JSON object"),
        (json.dumps({**GOOD, "pmid": "1"}), r"line 2: field pmid: '1' is not a PMID"),
        (json.dumps({**GOOD, "pmid": True}), r"line 2: field pmid: True is not a PMID"),
        (json.dumps({**GOOD, "axis": "x"}), r"line 2: field axis: unknown axis 'x'"),
        (json.dumps({**GOOD, "value": "mouse"}), r"line 2: field value: 'mouse' is not one of"),
        (json.dumps({**GOOD, "value": 3}), r"line 2: field value: 3 is not a text"),
        (json.dumps({**GOOD, "at": "yesterday"}), r"line 2: field at: 'yesterday' is not a time"),
        (json.dumps({k: v for k, v in GOOD.items() if k != "who"}), r"line 2: field who: is miss"),
        ('{"pmid": 1e999}', r"line 2: field pmid: inf is not a PMID"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(store: Store, bad: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        store.import_human_tags([json.dumps(GOOD), bad], "tags.jsonl")
    assert store.human_tags() == []
