"""The fault matrix: one test a row, named by its number.

Each row asserts what the client does *and* what the store holds, and ends with the invariant:
the store after (fault, then a clean run) equals the store after a clean run.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from evlit.errors import BlockedError, EvlitError, KeyRefusedError, LockedError, SourceError
from evlit.http.door import TRIES, GaveUpError
from evlit.records import Alias, Product, Topic
from evlit.sync.windows import FULL_DAYS
from tests.fakes import faults
from tests.fakes.citations import RETRACTED, RETRACTION, Citation
from tests.fakes.client import KEY, client, door_for
from tests.fakes.clock import VirtualClock
from tests.fakes.eutils import FakeEutils, Seen
from tests.fakes.nights import BROAD, EXOFLO, Nights, Questions, library

FIRST = 40_000_001
NEW = Citation(
    50_000_001, "Vesicles for patients", "Mesenchymal stem cells gave them.",
    created=date(2026, 11, 3),
)  # fmt: skip


@dataclass
class Pair:
    """Two stores that follow one PubMed: one night of the first goes wrong, none of the second."""

    fake: FakeEutils
    spoilt: Nights
    clean: Nights

    def first_night(self) -> None:
        """Fill both stores, and go on to the next day."""
        self.spoilt.run()
        self.clean.run()
        self.next_day()

    def next_day(self, days: int = 1) -> None:
        """Forget faults and records of requests; move on."""
        self.fake.clock.tomorrow(days)
        self.fake.heal()

    def same(self, *, but: str = "") -> None:
        """The invariant; ``but`` names a table that may tell of the fault."""
        self.fake.heal()
        assert self.spoilt.run().status == "ok"
        assert self.clean.run().status == "ok"
        ours, theirs = self.spoilt.state(), self.clean.state()
        for table, rows in theirs.items():
            assert table == but or ours[table] == rows, table

    def questions(self, questions: Questions) -> None:
        """Both stores ask the same."""
        self.spoilt.questions = self.clean.questions = questions


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with FakeEutils(library(60)) as fake:
        yield Pair(fake, Nights(fake, tmp_path, name="a.db"), Nights(fake, tmp_path, name="b.db"))


def outcomes(nights: Nights) -> list[str]:
    """What the log of requests says of the last run."""
    query = "SELECT outcome FROM requests WHERE run = (SELECT max(id) FROM runs) ORDER BY id"
    return [row[0] for row in nights.rows(query)]


def last_run(nights: Nights) -> tuple[str, str]:
    """Status and error of the last run."""
    found: tuple[str, str] = nights.rows("SELECT status, error FROM runs ORDER BY id DESC")[0]
    return found


def heals(pair: Pair, *faulty: str | faults.Action, on: str = "", times: int = 1) -> list[str]:
    """A transient fault: the night ends well all the same, and as a clean one."""
    for fault in faulty:
        pair.fake.fault(fault, on=on, times=times)
    assert pair.spoilt.run().status == "ok"
    assert pair.fake.refused == 0
    log = outcomes(pair.spoilt)
    pair.same()
    return log


def fails(
    pair: Pair, fault: str | faults.Action, kind: type[EvlitError], on: str = ""
) -> EvlitError:
    """A lasting fault on a later night: the run fails, and what was held is untouched."""
    pair.first_night()
    pair.fake.put(NEW)
    before = pair.spoilt.state()
    pair.fake.fault(fault, on=on, times=None)
    error = pair.spoilt.fails(kind)
    assert pair.spoilt.state() == before
    assert last_run(pair.spoilt)[0] == "failed"
    return error


def without(nights: Nights, *words: str) -> None:
    """None of these words stands in the store's files or its log."""
    for path in nights.folder.iterdir():
        if path.is_file():
            data = path.read_bytes()
            assert not [word for word in words if word.encode() in data], path.name


def test_row_01_429_with_retry_after(pair: Pair) -> None:
    pair.spoilt.key = KEY
    start = pair.fake.clock.monotonic()
    log = heals(pair, "429", times=2)
    assert log[:3] == ["rate", "rate", "ok"]
    assert pair.fake.clock.monotonic() - start >= 4
    without(pair.spoilt, KEY)


def test_row_01_and_the_rest_of_the_run_is_slower(pair: Pair) -> None:
    pair.fake.fault("429", times=2)
    pair.spoilt.run()
    times = [seen.at for seen in pair.fake.seen]
    assert min(b - a for a, b in pairwise(times)) >= 0.4 * 1.5**2
    assert times[1] - times[0] >= 2  # the first Retry-After
    pair.same()


def test_row_01_a_wait_of_hours_is_not_slept_through(pair: Pair) -> None:
    """The budget ends first: nothing is lost, the next night asks again."""
    start = pair.fake.clock.monotonic()
    fails(pair, faults.too_many("86400"), GaveUpError)
    assert pair.fake.clock.monotonic() - start < 86_400 + 3600  # the day between the nights
    assert outcomes(pair.spoilt) == ["rate"]
    pair.same()


def test_row_02_429_without_retry_after(pair: Pair) -> None:
    start = pair.fake.clock.monotonic()
    pair.fake.fault("429-bare", times=3)
    assert pair.spoilt.run().status == "ok"
    assert outcomes(pair.spoilt)[:4] == ["rate", "rate", "rate", "ok"]
    tries = [seen.at - start for seen in pair.fake.seen[:4]]
    waits = [b - a for a, b in pairwise(tries)]
    assert waits[0] >= 1
    assert waits[1] >= 2
    assert waits[2] >= 4
    pair.same()


def test_row_03_200_with_rate_limit_json(pair: Pair) -> None:
    assert heals(pair, "rate-200", on="efetch", times=2).count("rate") == 2


def test_row_04_429_for_ever(pair: Pair) -> None:
    error = fails(pair, "429", GaveUpError)
    assert error.exit_code == 75
    assert outcomes(pair.spoilt) == ["rate"] * TRIES
    pair.same()


@pytest.mark.parametrize("endpoint", ["einfo", "esearch", "efetch"])
def test_row_05_transient_5xx(pair: Pair, endpoint: str) -> None:
    log = heals(pair, "500", "502", "503", "504", on=endpoint)
    assert log.count("server") == 4


def test_row_06_gateway_errors(pair: Pair) -> None:
    assert heals(pair, "gateway", "unroutable", "xhtml-500").count("server") == 3


@pytest.mark.parametrize("page", ["maintenance", "maintenance-as-xml", "maintenance-xhtml"])
def test_row_07_html_with_200(pair: Pair, page: str) -> None:
    heals(pair, page, on="efetch", times=2)
    pair.next_day()
    fails(pair, page, GaveUpError, on="efetch")
    without(pair.spoilt, "down_bethesda", "<html")
    pair.same()


@pytest.mark.parametrize("page", ["blocked", "blocked-403"])
def test_row_08_blocked(pair: Pair, page: str) -> None:
    error = fails(pair, page, BlockedError, on="esearch")
    assert [seen.endpoint for seen in pair.fake.seen] == ["einfo", "esearch"]
    assert outcomes(pair.spoilt) == ["ok", "blocked"]
    assert "blocked" in last_run(pair.spoilt)[1]
    assert error.exit_code == 69
    without(pair.spoilt, "misuse.ncbi")
    pair.same()


@pytest.mark.parametrize("endpoint", ["einfo", "esearch", "efetch"])
def test_row_09_empty_body(pair: Pair, endpoint: str) -> None:
    assert heals(pair, "empty", on=endpoint, times=2).count("empty") == 2
    pair.next_day()
    fails(pair, "empty", GaveUpError, on=endpoint)
    pair.same()


def test_row_10_prolog_only(pair: Pair) -> None:
    assert heals(pair, "prolog", on="efetch").count("cut") == 1
    pair.next_day()
    assert heals(pair, "prolog", on="esearch").count("cut") == 1


@pytest.mark.parametrize("part", [0.001, 0.3, 0.9, 0.9999])
def test_row_11_truncated_with_length(pair: Pair, part: float) -> None:
    assert heals(pair, faults.cut(part), on="efetch").count("broken") == 1
    pair.next_day()
    fails(pair, faults.cut(part), GaveUpError, on="efetch")  # nothing of a part is kept
    pair.same()


@pytest.mark.parametrize("part", [0.05, 0.5, 0.99])
def test_row_12_truncated_without_length(pair: Pair, part: float) -> None:
    assert heals(pair, faults.cut(part, length=False), on="efetch").count("cut") == 1
    pair.next_day()
    assert heals(pair, faults.cut(0.5, length=False), on="esearch").count("cut") == 1
    pair.next_day()
    pair.fake.put(NEW)
    pair.fake.fault(faults.cut(0.9, length=False), on="efetch", times=None)
    before = pair.spoilt.state()
    assert pair.spoilt.run().status == "partial"  # cut down to one record: queued
    after = pair.spoilt.state()
    assert after["records"] == before["records"]
    assert after["fetch_queue"] == [(NEW.pmid,)]
    pair.same()


def test_row_13_cut_between_records_with_a_forged_end(pair: Pair) -> None:
    log = heals(pair, faults.keep_first(23), on="efetch")
    assert log.count("ok") == len(log)  # no reply of it looks wrong: the ids tell


def test_row_13_and_if_they_never_come(pair: Pair) -> None:
    pair.first_night()
    pair.fake.put(NEW, NEW.but(pmid=NEW.pmid + 1))
    pair.fake.fault(faults.omit([NEW.pmid]), on="efetch", times=None)
    summary = pair.spoilt.run()
    assert summary.status == "partial"
    assert pair.spoilt.rows("SELECT pmid, reason FROM fetch_queue") == [(NEW.pmid, "omitted")]
    marks = dict(pair.spoilt.rows("SELECT query, watermark FROM watermarks"))
    assert marks["topic:broad"] == marks["topic:clinical"] == "2026-11-02"
    assert marks["product:exoflo"] == "2026-11-03"  # its own search was whole
    assert pair.spoilt.rows("SELECT count(*) FROM records") == [(61,)]
    pair.same()


@pytest.mark.parametrize("how", ["drop", "reset"])
def test_row_14_connection_lost(pair: Pair, how: str) -> None:
    for endpoint in ("einfo", "esearch", "efetch"):
        pair.fake.fault(how, on=endpoint, times=2)
    assert heals(pair).count("broken") == 6


def test_row_14_connection_refused_at_first(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    fake = FakeEutils(library(5))
    clock = fake.clock.as_clock()
    started: list[FakeEutils] = []

    def sleep(seconds: float) -> None:
        fake.clock.sleep(seconds)
        if not started:
            started.append(fake.start(port))

    fake.start()
    fake.close()
    nights = Nights(fake, tmp_path)
    fake._server.server_address = ("127.0.0.1", port)  # type: ignore[union-attr]
    door = door_for(fake, tmp_path)
    door.clock = type(clock)(clock.monotonic, sleep, clock.now)
    assert nights.run(door=door).status == "ok"
    assert outcomes(nights)[:2] == ["refused", "ok"]
    fake.close()


def test_row_14_connection_refused_in_the_middle(pair: Pair) -> None:
    pair.first_night()
    pair.fake.put(NEW)
    before = pair.spoilt.state()
    door = door_for(pair.fake, pair.spoilt.folder)
    send, sent = door.wire.send, 0

    def refused(url: str, *rest: Any) -> Any:
        nonlocal sent
        sent += 1
        # A port nobody listens on: a real refusal.
        return send("http://127.0.0.1:1/" if sent > 2 else url, *rest)

    vars(door.wire)["send"] = refused
    pair.spoilt.fails(GaveUpError, door=door)
    assert outcomes(pair.spoilt) == ["ok", "ok"] + ["refused"] * TRIES
    assert pair.spoilt.state() == before
    pair.same()


def test_row_15_hang_and_trickle(pair: Pair) -> None:
    pair.fake.fault("hang", on="efetch")
    pair.fake.fault("trickle", on="efetch")
    door = door_for(pair.fake, pair.spoilt.folder)
    assert (door.wire.connect_seconds, door.wire.read_seconds, door.wire.wall_seconds) == (
        10, 60, 180,
    )  # fmt: skip
    door.wire.read_seconds = 0.1
    assert pair.spoilt.run(door=door).status == "ok"
    assert outcomes(pair.spoilt).count("timeout") == 2
    pair.same()


@pytest.mark.parametrize("error", ["backend", "outage"])
def test_row_16_search_backend_failed(pair: Pair, error: str) -> None:
    assert heals(pair, error, on="esearch", times=3).count("error") == 3
    pair.next_day()
    fails(pair, error, GaveUpError, on="esearch")
    assert outcomes(pair.spoilt)[1:].count("error") <= 2 * TRIES  # not read as zero hits
    pair.same()


def test_row_17_retstart_error(pair: Pair) -> None:
    error = fails(pair, faults.search_error(
        "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed,"
    ), SourceError, on="esearch")  # fmt: skip
    assert "fault of evlit" in str(error)
    assert len(pair.fake.asked("esearch")) == 1
    pair.same()
    assert not [seen for seen in pair.fake.seen if "retstart" in seen.params]


def test_row_18_count_beyond_the_cap(tmp_path: Path) -> None:
    with FakeEutils([Citation(3 * i + 1) for i in range(25_000)]) as fake:
        hits = client(fake, tmp_path).search("vesicles[tiab]")
        assert hits.ids == fake.citations.keys()
        assert hits.counted == 25_000
        assert fake.refused == 0


def test_row_19_silent_clamp(tmp_path: Path) -> None:
    with FakeEutils(library(300), cap=99) as fake:
        nights = Nights(fake, tmp_path)
        assert nights.run().status == "ok"
        assert nights.rows("SELECT count(*) FROM records") == [(300,)]
        assert "[UID]" in fake.asked("esearch")[-3].params["term"]
        with FakeEutils(library(300)) as whole:
            other = Nights(whole, tmp_path, name="b.db")
            other.run()
            assert nights.state() == other.state()


def test_row_20_count_changes_between_slices(tmp_path: Path) -> None:
    with FakeEutils(library(250), cap=99) as fake:

        def grow(reply: Any, seen: Seen, server: FakeEutils) -> Any:
            server.put(NEW)
            return reply

        fake.fault(grow, on=lambda seen: "[UID]" in seen.params.get("term", ""))
        pair = Pair(fake, Nights(fake, tmp_path, name="a.db"), Nights(fake, tmp_path, name="b.db"))
        assert pair.spoilt.run().status == "ok"
        assert pair.spoilt.rows("SELECT count(*) >= 250 FROM records") == [(1,)]
        pair.next_day(FULL_DAYS)
        pair.same()
        assert pair.spoilt.rows("SELECT count(*) FROM records") == [(251,)]
        assert fake.refused == 0


def test_row_21_legitimate_zero(pair: Pair) -> None:
    nothing = Questions(topics=(Topic("none", "None", "unheardof[tiab]", ()),), products=())
    pair.questions(nothing)
    summary = pair.spoilt.run()
    assert summary.status == "ok"
    assert pair.spoilt.rows("SELECT count(*) FROM records") == [(0,)]
    assert pair.spoilt.rows("SELECT watermark, full_count FROM watermarks") == [("2026-11-02", 0)]
    pair.same()


def test_row_22_suspicious_drop(pair: Pair) -> None:
    pair.first_night()
    pair.next_day(FULL_DAYS)
    few = "".join(f"<Id>{pmid}</Id>" for pmid in list(pair.fake.citations)[:20])
    pair.fake.fault(
        faults.say(
            f"<eSearchResult><Count>20</Count><RetMax>20</RetMax><IdList>{few}</IdList>"
            "<QueryTranslation>x</QueryTranslation></eSearchResult>"
        ),
        on=lambda seen: seen.params.get("term") == BROAD.term,
    )
    summary = pair.spoilt.run()
    assert summary.status == "partial"
    (doubt,) = summary.failed
    assert doubt.key == "topic:broad"
    assert "20 records, 60 the time before" in doubt.error
    assert pair.spoilt.rows("SELECT count(*) FROM tombstones") == [(0,)]
    assert pair.spoilt.rows("SELECT sum(deleted) FROM records") == [(0,)]
    gone = "SELECT count(*) FROM record_queries WHERE gone_at IS NOT NULL"
    assert pair.spoilt.rows(gone) == [(0,)]
    mark = "SELECT watermark, full_count FROM watermarks WHERE query = 'topic:broad'"
    assert pair.spoilt.rows(mark) == [("2026-11-02", 60)]
    pair.same()


def test_row_23_field_or_phrase_not_found_in_a_topic(pair: Pair) -> None:
    pair.fake.engine.unknown |= {"nosuchphrase", "never heard of"}
    pair.fake.put(Citation(7, "An unrelated paper on yeast", "-"))
    for term in ("yeast[NoSuchField]", "yeast[tiab] AND nosuchphrase[tiab]",
                 'yeast[tiab] OR "never heard of"[tiab]'):  # fmt: skip
        bad = Topic("bad", "Bad", term, ())
        pair.spoilt.questions = Questions(topics=(bad, BROAD))
        summary = pair.spoilt.run()
        assert [q.key for q in summary.failed] == ["topic:bad"]
        assert pair.spoilt.rows("SELECT count(*) FROM records WHERE pmid = 7") == [(0,)]
        assert pair.spoilt.rows("SELECT count(*) FROM watermarks") == [(3,)]
    pair.spoilt.questions = Questions(topics=(BROAD,))
    pair.clean.questions = Questions(topics=(BROAD,))
    pair.same()


def test_row_23_a_name_of_a_product_that_pubmed_does_not_know(pair: Pair) -> None:
    """Zero for that alias; what the widened search brings counts only if it names the product."""
    pair.fake.engine.unknown |= {"exo flo covid"}
    pair.fake.put(
        Citation(
            8,
            "Exo and flo in covid",
            "All three words, and no product.",
            created=date(2026, 10, 20),
            modified=date(2026, 9, 1),
        ),
        Citation(9, "A letter on ExoFlo", "Of other things, flo in covid, exo."),
    )
    summary = pair.spoilt.run()
    assert summary.status == "ok"
    assert summary.tally.passed_over == 1
    with pair.spoilt.store() as store:
        assert 9 in store.held()
        assert 8 not in store.held()
        assert 9 in store.query_pmids("product:exoflo")
    pair.fake.heal()
    pair.spoilt.run()
    assert 8 not in {pmid for seen in pair.fake.seen for pmid in seen.ids}  # remembered
    pair.next_day(FULL_DAYS)
    pair.same()


def test_row_23_a_foreign_phrase_in_a_product(pair: Pair) -> None:
    pair.fake.engine.unknown |= {"somebody else"}
    bad = Product("bad", "Bad", aliases=(Alias("Bad"),), term='"Bad"[tiab] OR "somebody else"[ad]')
    pair.questions(Questions(products=(EXOFLO, bad)))
    summary = pair.spoilt.run()
    assert [q.key for q in summary.failed] == ["product:bad"]
    pair.questions(Questions(products=(EXOFLO,)))
    pair.same()


def test_row_24_bad_datetype(pair: Pair) -> None:
    pair.first_night()
    pair.fake.put(NEW)
    before = pair.spoilt.state()
    pair.fake.fault("bad-dates", on="esearch", times=None)
    summary = pair.spoilt.run()
    assert summary.status == "partial"
    assert {q.status for q in summary.queries} == {"failed"}
    assert "Date - Create" in summary.queries[0].error
    assert pair.spoilt.state() == before
    pair.same()


def test_row_25_expired_history(pair: Pair) -> None:
    """Does not apply: no history is used. Were it said all the same, it is a fault of evlit."""
    pair.first_night()
    assert not [s for s in pair.fake.seen if {"WebEnv", "usehistory"} & s.params.keys()]
    with pytest.raises(SourceError, match="fault of evlit"):
        pair.fake.fault("expired", on="efetch")
        list(client(pair.fake, pair.spoilt.folder).fetch([FIRST]))
    pair.same()


def test_row_26_efetch_out_of_range(pair: Pair) -> None:
    """Does not apply: efetch never gets a retstart."""
    pair.same()
    assert pair.fake.asked("efetch")
    assert not [s for s in pair.fake.asked("efetch") if "retstart" in s.params]


@pytest.mark.parametrize("fault", ["timeout-400", "docsum-400"])
def test_row_27_transient_400(pair: Pair, fault: str) -> None:
    assert heals(pair, fault, on="efetch").count("error") == 1
    pair.next_day()
    pair.fake.put(NEW, NEW.but(pmid=NEW.pmid + 1), NEW.but(pmid=NEW.pmid + 2))
    pair.fake.fault(fault, on=lambda seen: NEW.pmid in seen.ids, times=None)
    summary = pair.spoilt.run()
    assert summary.status == "partial"
    assert list(summary.failures) == [NEW.pmid]
    assert pair.spoilt.rows("SELECT pmid, reason FROM fetch_queue") == [(NEW.pmid, "refused")]
    assert pair.spoilt.rows("SELECT count(*) FROM records") == [(62,)]
    pair.same()


def test_row_28_malformed_id(pair: Pair) -> None:
    with pytest.raises(ValueError, match="no PMID"):
        list(client(pair.fake, pair.spoilt.folder).fetch([0]))
    assert pair.fake.seen == []
    # A search that hands out such an id is not believed.
    log = heals(pair, faults.swap(f"<Id>{FIRST}</Id>", "<Id>0</Id>"), on="esearch")
    assert log.count("malformed") == 1


def test_row_29_id_silently_dropped(pair: Pair) -> None:
    pair.first_night()
    pair.fake.take(FIRST)
    pair.next_day(FULL_DAYS)
    summary = pair.spoilt.run()
    assert (summary.status, summary.tally.missing) == ("ok", 1)
    asked = [seen.endpoint for seen in pair.fake.seen if FIRST in seen.ids]
    assert asked == ["efetch", "efetch", "esummary"]
    (stone,) = pair.spoilt.rows("SELECT pmid, times, evidence, settled FROM tombstones")
    assert stone == (FIRST, 1, "esummary: cannot get document summary", 0)
    assert pair.spoilt.rows("SELECT deleted FROM records WHERE pmid = ?", FIRST) == [(0,)]
    pair.same()


def test_row_30_empty_set_for_a_batch_that_existed(pair: Pair) -> None:
    pair.first_night()
    pair.next_day(31)
    before = pair.spoilt.state()
    pair.fake.fault("nothing", on="efetch", times=None)
    summary = pair.spoilt.run()
    assert summary.status == "partial"
    assert len(summary.failures) == 60
    sizes = [len(seen.ids) for seen in pair.fake.asked("efetch")]
    assert sizes == [60, 50, 10]  # asked again, in smaller batches
    assert pair.spoilt.rows("SELECT count(*) FROM tombstones") == [(0,)]
    after = pair.spoilt.state()
    assert after["records"] == before["records"]
    pair.same()


def test_row_30_listed_and_denied_is_no_good_night(pair: Pair) -> None:
    """efetch sends nothing and esummary denies all: too much to be deletions."""
    pair.first_night()
    new = [NEW.but(pmid=NEW.pmid + i) for i in range(25)]
    pair.fake.put(*new)
    denied = "".join(
        f'<DocumentSummary uid="{c.pmid}"><error>cannot get document summary</error>'
        "</DocumentSummary>" for c in new
    )  # fmt: skip
    pair.fake.fault("nothing", on="efetch", times=None)
    pair.fake.fault(
        faults.say(
            f"<eSummaryResult><DocumentSummarySet>{denied}</DocumentSummarySet></eSummaryResult>"
        ),
        on="esummary", times=None,
    )  # fmt: skip
    summary = pair.spoilt.run()
    assert summary.status == "partial"
    assert "lists 25 records and says that it does not have them" in summary.failed[0].error
    mark = "SELECT watermark FROM watermarks WHERE query = 'topic:broad'"
    assert pair.spoilt.rows(mark) == [("2026-11-02",)]
    assert pair.spoilt.rows("SELECT sum(settled) FROM tombstones") == [(0,)]
    pair.same()
    assert pair.spoilt.rows("SELECT count(*) FROM tombstones") == [(0,)]


def test_row_30_what_is_gone_leaves_the_queue(pair: Pair) -> None:
    """Else it would be asked for every night for ever."""
    pair.first_night()
    pair.fake.put(NEW)
    pair.fake.fault("timeout-400", on=lambda seen: NEW.pmid in seen.ids, times=None)
    pair.spoilt.run()
    assert pair.spoilt.rows("SELECT pmid FROM fetch_queue") == [(NEW.pmid,)]
    pair.fake.heal()
    pair.fake.take(NEW.pmid)
    pair.same()
    assert pair.spoilt.rows("SELECT count(*) FROM fetch_queue") == [(0,)]


def test_row_30_and_only_three_runs_on_two_days_settle_it(pair: Pair) -> None:
    pair.first_night()
    gone = list(pair.fake.citations)[:5]
    pair.fake.take(*gone)
    flags = "SELECT sum(deleted) FROM records"
    pair.next_day(FULL_DAYS)
    for _ in range(3):  # three runs on one day are not enough
        pair.spoilt.run()
    assert pair.spoilt.rows(flags) == [(0,)]
    pair.next_day()
    pair.spoilt.run()
    assert pair.spoilt.rows(flags) == [(5,)]
    assert pair.spoilt.rows("SELECT count(*) FROM records") == [(60,)]


def test_row_31_delete_citation(pair: Pair) -> None:
    pair.first_night()
    old = pair.fake.citations[FIRST].but(modified=date(2026, 11, 3))
    pair.fake.put(old, NEW)
    gone = f'<DeleteCitation><PMID Version="1">{FIRST}</PMID></DeleteCitation>'

    def deleted(reply: Any, seen: Seen, server: FakeEutils) -> Any:
        return faults.insert(gone)(faults.omit([FIRST])(reply, seen, server), seen, server)

    pair.fake.fault(deleted, on="efetch")
    summary = pair.spoilt.run()
    assert (summary.status, summary.tally.deleted, summary.tally.new) == ("ok", 1, 1)
    row = "SELECT evidence, settled FROM tombstones"
    assert pair.spoilt.rows(row) == [("DeleteCitation", 1)]
    assert pair.spoilt.rows("SELECT deleted FROM records WHERE pmid = ?", FIRST) == [(1,)]
    pair.same()  # it is there after all, so a clean run brings it back


@pytest.mark.parametrize("order", [(1, 3), (3, 1)])
def test_row_32_one_pmid_in_two_versions(pair: Pair, order: tuple[int, int]) -> None:
    both = [NEW.but(version=v, title=f"Version {v} on vesicles") for v in order]
    pair.fake.put(NEW.but(version=3, title="Version 3 on vesicles"))

    def twice(reply: Any, seen: Seen, server: FakeEutils) -> Any:
        rest = faults.omit([NEW.pmid])(reply, seen, server)
        return faults.insert("".join(c.xml() for c in both))(rest, seen, server)

    pair.fake.fault(twice, on=lambda seen: NEW.pmid in seen.ids and seen.endpoint == "efetch")
    assert pair.spoilt.run().status == "ok"
    current = "SELECT version, title FROM records WHERE pmid = ?"
    assert pair.spoilt.rows(current, NEW.pmid) == [(3, "Version 3 on vesicles")]
    versions = "SELECT version FROM revisions WHERE pmid = ? ORDER BY version"
    assert pair.spoilt.rows(versions, NEW.pmid) == [(1,), (3,)]
    pair.same(but="revisions")


@pytest.mark.parametrize(
    "stale", [{"version": 1}, {"version": 2, "revised": date(2026, 1, 1)}], ids=["version", "date"]
)
def test_row_33_older_after_newer(pair: Pair, stale: dict[str, Any]) -> None:
    fresh = NEW.but(version=2, title="The newer vesicles", modified=date(2026, 11, 3))
    pair.fake.put(fresh)
    pair.first_night()
    old = fresh.but(title="The older vesicles", **stale)

    def stale_cache(reply: Any, seen: Seen, server: FakeEutils) -> Any:
        rest = faults.omit([NEW.pmid])(reply, seen, server)
        return faults.insert(old.xml())(rest, seen, server)

    pair.fake.fault(stale_cache, on="efetch", times=None)
    summary = pair.spoilt.run()
    assert summary.tally.older == 1
    title = "SELECT title FROM records WHERE pmid = ?"
    assert pair.spoilt.rows(title, NEW.pmid) == [("The newer vesicles",)]
    assert ("older",) in pair.spoilt.rows("SELECT kind FROM events")
    pair.same(but="revisions")


def test_row_34_changed_under_the_same_date(pair: Pair) -> None:
    pair.fake.put(NEW)
    pair.first_night()
    pair.fake.put(NEW.but(title="Silently maintained vesicles"))
    summary = pair.spoilt.run()
    assert summary.tally.revised == 1
    both = "SELECT count(DISTINCT sha256), count(DISTINCT revised) FROM revisions WHERE pmid = ?"
    assert pair.spoilt.rows(both, NEW.pmid) == [(2, 1)]
    pair.same()


def test_row_35_book_mixed_in(pair: Pair) -> None:
    pair.fake.put(NEW.but(book=True))
    summary = pair.spoilt.run()
    assert (summary.status, summary.tally.new, summary.tally.missing) == ("ok", 61, 0)
    assert pair.spoilt.rows("SELECT pmid FROM records WHERE kind = 'book'") == [(NEW.pmid,)]
    assert not pair.fake.asked("esummary")
    pair.same()


def test_row_36_unrequested_record(pair: Pair) -> None:
    pair.fake.fault(faults.insert(Citation(77).xml()), on="efetch")
    summary = pair.spoilt.run()
    assert "77" in summary.warnings[0]
    assert pair.spoilt.rows("SELECT count(*) FROM records WHERE pmid = 77") == [(0,)]
    pair.same()


def test_row_37_unknown_elements_and_doctype(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read all the same, and nothing but the fake is connected to.

    The bytes are kept as they came; the store has no column for the DTD.
    """
    connect = socket.socket.connect
    reached: list[Any] = []

    def guarded(self: socket.socket, address: Any) -> None:
        reached.append(address[0])
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)

    def newer(reply: Any, seen: Seen, server: FakeEutils) -> Any:
        for old, new in (
            (b"pubmed_250101", b"pubmed_270101"),
            (b"2025//EN", b"2027//EN"),
            (b"<Language>", b'<Novelty kind="x">y</Novelty><Language New="1">'),
        ):
            reply = faults.swap(old, new)(reply, seen, server)  # fmt: skip
        return reply

    pair.fake.fault(newer, on="efetch", times=None)
    summary = pair.spoilt.run()
    assert (summary.status, summary.tally.new) == ("ok", 60)
    assert set(reached) == {"127.0.0.1"}
    language = "SELECT DISTINCT languages FROM records"
    assert pair.spoilt.rows(language) == [('["eng"]',)]


@pytest.mark.parametrize("bad", [b"\x0b", b"\xff"], ids=["0x0B", "0xFF"])
def test_row_38_invalid_sign_in_one_record(pair: Pair, bad: bytes) -> None:
    target = pair.fake.citations[FIRST + 7 * 30]

    def spoil(reply: Any, seen: Seen, server: FakeEutils) -> Any:
        if target.pmid not in seen.ids:
            return reply
        title = target.title.encode()
        return faults.swap(title, title + bad)(reply, seen, server)

    pair.fake.fault(spoil, on="efetch", times=None)
    summary = pair.spoilt.run()
    assert summary.status == "partial"
    assert pair.spoilt.rows("SELECT pmid FROM fetch_queue") == [(target.pmid,)]
    assert pair.spoilt.rows("SELECT count(*) FROM records") == [(59,)]
    pair.same()


def test_row_38_a_stuck_record_does_not_hold_the_watermark_for_ever(pair: Pair) -> None:
    pair.first_night()
    pair.fake.put(NEW)
    mark = "SELECT watermark FROM watermarks WHERE query = 'topic:broad'"
    for night in range(3):
        pair.fake.fault("timeout-400", on=lambda seen: NEW.pmid in seen.ids, times=None)
        assert pair.spoilt.run().status == "partial"
        assert pair.spoilt.rows(mark) == [("2026-11-02" if night < 2 else "2026-11-05",)]
        pair.next_day()
    assert pair.spoilt.rows("SELECT pmid, attempts FROM fetch_queue") == [(NEW.pmid, 3)]
    pair.same()


def test_row_39_entity_bomb_and_huge_record(pair: Pair) -> None:
    entities = "".join(
        f'<!ENTITY b{i} "{f"&b{i - 1};" * 10 if i else "ha" * 1000}">' for i in range(9)
    )

    def bomb(reply: Any, seen: Seen, server: FakeEutils) -> Any:
        doctype = f"<!DOCTYPE PubmedArticleSet [{entities}]>".encode()
        head, _, rest = reply.body.partition(b"\n")
        rest = rest.split(b"\n", 1)[1].replace(b"<Language>", b"<Language>&b8;", 1)
        return faults.say(head + b"\n" + doctype + rest)(reply, seen, server)

    references = "<Reference><Citation>Invented et al.</Citation></Reference>" * 90_000
    huge = NEW.but(raw=NEW.xml().replace(
        "<PublicationStatus>", f"<ReferenceList>{references}</ReferenceList><PublicationStatus>"
    ))  # fmt: skip
    assert len(huge.raw) > 5 << 20
    pair.fake.put(huge)
    pair.fake.fault(bomb, on="efetch", times=2)
    summary = pair.spoilt.run()
    assert summary.tally.new + len(summary.failures) == 61
    pair.same()
    longest = "SELECT max(length(CAST(languages AS BLOB))) FROM records"
    assert pair.spoilt.rows(longest) == [(7,)]


@pytest.mark.parametrize("status", [301, 302, 307])
def test_row_40_redirect(pair: Pair, status: int) -> None:
    pair.spoilt.key = KEY
    with FakeEutils() as other:
        fails(pair, faults.redirect(status, other.url + "esearch.fcgi"), SourceError, on="esearch")
        assert other.seen == []
    assert [seen.endpoint for seen in pair.fake.seen] == ["einfo", "esearch"]
    pair.same()


def test_row_41_invalid_key(pair: Pair) -> None:
    pair.first_night()
    before = pair.spoilt.state()
    pair.spoilt.key, pair.fake.keys = KEY, set()
    error = pair.spoilt.fails(KeyRefusedError)
    assert "NCBI_API_KEY" in str(error)
    assert KEY not in str(error)
    assert len(pair.fake.seen) == 1
    assert pair.spoilt.state() == before
    without(pair.spoilt, KEY)
    pair.fake.keys = None
    pair.same()
    without(pair.spoilt, KEY)


def test_row_42_414(pair: Pair) -> None:
    """Never: all is POSTed, so no address is long. Seen all the same, it is not tried again."""
    pair.fake.fault(faults.say("<html>414 Request-URI Too Large</html>", 414), on="efetch")
    error = pair.spoilt.fails(SourceError)
    assert "414" in str(error)
    assert len(pair.fake.asked("efetch")) == 1
    pair.same()
    assert not [seen for seen in pair.fake.seen if seen.in_url or seen.method != "POST"]


def test_row_43_gzip_and_wrong_charset(pair: Pair) -> None:
    pair.fake.put(NEW.but(title="Vesicles for patients – étude nº 1 α β"))
    pair.fake.fault("gzip", times=None)
    assert pair.spoilt.run().status == "ok"
    names = pair.spoilt.rows("SELECT DISTINCT last FROM authors")
    assert names == [("Núñez",)]
    title = "SELECT title FROM records WHERE pmid = ?"
    assert pair.spoilt.rows(title, NEW.pmid)[0][0].endswith("étude nº 1 α β")
    pair.same()


class Killed(BaseException):
    """Stands for a SIGKILL inside one process; real ones are in test_kill.py."""


@pytest.mark.parametrize("endpoint", ["einfo", "esearch", "efetch"])
def test_row_44_killed_between_pages(pair: Pair, endpoint: str) -> None:
    pair.first_night()
    pair.fake.put(*(NEW.but(pmid=NEW.pmid + i) for i in range(450)))
    door = door_for(pair.fake, pair.spoilt.folder)
    send = door.wire.send

    pages = 2 if endpoint == "efetch" else 0

    def dies(url: str, *rest: Any) -> Any:
        if endpoint in url and len(pair.fake.asked("efetch")) == pages:
            raise Killed
        return send(url, *rest)

    vars(door.wire)["send"] = dies
    with pytest.raises(Killed):
        pair.spoilt.run(door=door)
    held = pair.spoilt.rows("SELECT count(*) FROM records")[0][0]
    assert held == (460 if endpoint == "efetch" else 60)
    mark = "SELECT DISTINCT watermark FROM watermarks"
    assert pair.spoilt.rows(mark) == [("2026-11-02",)]
    pair.same()


def test_row_45_two_runs_at_once(pair: Pair) -> None:
    pair.first_night()
    before = pair.spoilt.rows("SELECT count(*) FROM runs")
    with FileLock(f"{pair.spoilt.path}.lock"):
        assert pair.spoilt.fails(LockedError).exit_code == 75
    assert pair.spoilt.rows("SELECT count(*) FROM runs") == before
    assert pair.fake.seen == []
    pair.same()


@pytest.mark.parametrize(
    ("start", "window"),
    [
        # 23:59 Eastern: already the next day in UTC.
        (datetime(2026, 11, 23, 4, 59, tzinfo=UTC), "2026/10/18:2026/11/24[crdt]"),
        # The night daylight saving ends: 01:30 comes twice.
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "2026/09/27:2026/11/03[crdt]"),
    ],
)
def test_row_46_clock_at_the_edge_of_a_day(tmp_path: Path, start: datetime, window: str) -> None:
    clock = VirtualClock(start)
    with FakeEutils(library(20), clock=clock) as fake:
        pair = Pair(fake, Nights(fake, tmp_path, name="a.db"), Nights(fake, tmp_path, name="b.db"))
        pair.spoilt.run()
        pair.clean.run()
        fake.heal()
        fake.put(NEW.but(created=date(2026, 11, 1)))
        assert pair.spoilt.run().tally.new == 1
        assert window in fake.asked("esearch")[0].params["term"]
        pair.same()


@pytest.mark.parametrize(("month", "day"), [(2, 20), (10, 20), (12, 20)])
def test_row_46_every_day_lies_in_some_window(tmp_path: Path, month: int, day: int) -> None:
    """Nights at 23:59 Eastern leave no day unasked, over both changes of the clock and a year's."""
    clock = VirtualClock(datetime(2026, month, day, 4, 59, tzinfo=UTC))
    with FakeEutils(library(3), clock=clock) as fake:
        nights = Nights(fake, tmp_path, Questions(topics=(BROAD,), products=()))
        for night in range(30):
            fake.put(NEW.but(pmid=60_000_000 + night, created=clock.now().date()))
            assert nights.run().status == "ok"
            clock.tomorrow()
        assert nights.rows("SELECT count(*) FROM records WHERE pmid >= 60000000") == [(30,)]


def test_row_47_retraction_overnight(pair: Pair) -> None:
    pair.first_night()
    old = pair.fake.citations[FIRST]
    pair.fake.put(
        old.but(types=(*old.types, RETRACTED), corrections=(("RetractionIn", NEW.pmid),),
                modified=date(2026, 11, 3)),
        NEW.but(title="Retraction: vesicles", types=(RETRACTION,),
                corrections=(("RetractionOf", FIRST),)),
    )  # fmt: skip
    assert pair.spoilt.run().status == "ok"
    flagged = "SELECT pmid, retracted FROM records WHERE pmid IN (?, ?) ORDER BY pmid"
    assert pair.spoilt.rows(flagged, FIRST, NEW.pmid) == [(FIRST, 1), (NEW.pmid, 0)]
    assert pair.spoilt.rows("SELECT pmid, kind FROM events") == [(FIRST, "retracted")]
    pair.same()


def test_row_48_back_dated_entry(pair: Pair) -> None:
    pair.first_night()
    pair.fake.put(NEW.but(entered=date(2024, 11, 3), modified=date(2024, 11, 3)))
    assert pair.spoilt.run().tally.new == 1
    pair.same()


def test_row_49_the_rate_is_never_exceeded(pair: Pair, tmp_path: Path) -> None:
    for name in ("500", "empty", "drop"):
        for endpoint in ("einfo", "esearch", "efetch"):
            pair.fake.fault(name, on=endpoint)
    pair.fake.fault("timeout-400", on="efetch", times=3)
    pair.fake.fault("backend", on=lambda seen: "patients" in seen.params.get("term", ""), times=4)
    pair.fake.fault("429-bare", on=lambda seen: "Zofin" in seen.params.get("term", ""), times=2)
    door = door_for(pair.fake, tmp_path)
    door.jitter = lambda low, high: low  # no wait but the limiter's
    assert pair.spoilt.run(door=door).status in ("ok", "partial")
    assert pair.clean.run().status == "ok"  # another run of the same machine, at once
    assert pair.fake.refused == 0
    assert pair.fake.shortest_gap() >= 0.4 - 1e-6
    pair.fake.heal()
    pair.fake.clock.sleep(1)
    pair.spoilt.key = KEY
    assert pair.spoilt.run(door=door_for(pair.fake, tmp_path, KEY)).status == "ok"
    assert pair.fake.refused == 0
    assert pair.fake.shortest_gap() >= 0.125 - 1e-6


def test_every_row_has_its_test() -> None:
    names = [name for name in globals() if name.startswith("test_row_")]
    assert {int(name[9:11]) for name in names} == set(range(1, 50))
