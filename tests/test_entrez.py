"""PubMed's replies: judged, read, sliced, compared with what was asked; and the fake itself."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit.errors import BlockedError, EvlitError, KeyRefusedError, SourceError
from evlit.http.door import GaveUpError, Outcome
from evlit.http.wire import Reply
from evlit.sources.entrez import CAP, CREATED, MODIFIED, Entrez, QueryError
from evlit.sources.entrez_replies import (
    ROOTS,
    judge,
    parse_search,
    parse_summary,
)
from tests.fakes import faults
from tests.fakes.citations import Citation, article_set
from tests.fakes.client import client
from tests.fakes.eutils import FakeEutils
from tests.fakes.eutils_tool import load

SEARCH = (
    "<eSearchResult><Count>2</Count><RetMax>2</RetMax><RetStart>0</RetStart><IdList><Id>7</Id>"
    "<Id>9</Id></IdList><QueryTranslation>x[All Fields]</QueryTranslation>{}</eSearchResult>"
)


# --------------------------------------------------------------------------- judgement

E400 = "<eFetchResult><ERROR>{}</ERROR></eFetchResult>"
JUDGED: list[tuple[str, int, str, Outcome, str]] = [
    ("esearch", 200, SEARCH.format(""), Outcome.OK, "ok"),
    ("efetch", 200, "<PubmedArticleSet></PubmedArticleSet>", Outcome.OK, "ok"),
    ("esearch", 200, "", Outcome.RETRY, "empty"),
    ("esearch", 200, "   \n", Outcome.RETRY, "empty"),
    ("esearch", 200, '<?xml version="1.0"?><!DOCTYPE eSearchResult>', Outcome.RETRY, "cut"),
    ("esearch", 200, SEARCH.format("")[:90], Outcome.RETRY, "cut"),
    ("esearch", 200, "<eSearchResult><RetMax>0</RetMax></eSearchResult>", Outcome.RETRY,
     "incomplete"),
    ("esearch", 200, SEARCH.format("").replace("<Id>7", "<Id>0x7"), Outcome.RETRY, "malformed"),
    ("esearch", 200, SEARCH.format("").replace(">2</C", ">many</C"), Outcome.RETRY, "malformed"),
    ("efetch", 200, "<PubmedArticleSet><PubmedArticle>", Outcome.SPLIT, "cut"),
    ("efetch", 200, "<PubmedArticleSet>\x0b</PubmedArticleSet>", Outcome.SPLIT, "cut"),
    ("efetch", 200, "not xml at all", Outcome.RETRY, "cut"),
    ("efetch", 200, SEARCH.format(""), Outcome.SPLIT, "error"),
    ("efetch", 200, "<html><body/></html>", Outcome.RETRY, "page"),
    ("efetch", 200, faults.XHTML.format(title="x", text="y"), Outcome.RETRY, "page"),
    ("efetch", 200, faults.MAINTENANCE, Outcome.RETRY, "cut"),
    ("efetch", 500, "<html><body/></html>", Outcome.RETRY, "server"),
    ("efetch", 503, "", Outcome.RETRY, "server"),
    ("efetch", 599, "?", Outcome.RETRY, "server"),
    ("efetch", 404, "<html/>", Outcome.FATAL, "refused"),
    ("efetch", 403, "<html/>", Outcome.FATAL, "refused"),
    ("efetch", 414, "<html/>", Outcome.FATAL, "refused"),
    ("efetch", 301, "", Outcome.FATAL, "redirect"),
    ("efetch", 307, SEARCH, Outcome.FATAL, "redirect"),
    ("efetch", 429, "", Outcome.RETRY, "rate"),
    ("efetch", 200, '{"error":"API rate limit exceeded","count":"11"}', Outcome.RETRY, "rate"),
    ("efetch", 400, '{"error":"API key invalid","api-key":"k1"}', Outcome.FATAL, "key"),
    ("efetch", 200, faults.BLOCKED, Outcome.FATAL, "blocked"),
    ("efetch", 403, faults.BLOCKED, Outcome.FATAL, "blocked"),
    ("efetch", 400, E400.format("Error: External viewer error: Timeout"), Outcome.SPLIT, "error"),
    ("efetch", 400, E400.format("cannot get document summary"), Outcome.SPLIT, "error"),
    ("efetch", 400, E400.format(""), Outcome.SPLIT, "error"),
    ("efetch", 400, E400.format("ID list is empty! Possibly it has no"), Outcome.FATAL, "bug"),
    ("efetch", 400, "ID+list+is+empty!+Possibly+it+has+no+correct+IDs.", Outcome.FATAL, "bug"),
    ("efetch", 400, E400.format("history data: OUT OF RANGE. Parameter"), Outcome.FATAL, "bug"),
    ("efetch", 200, E400.format("Unable to obtain query #1"), Outcome.FATAL, "bug"),
    ("esearch", 200, "<eSearchResult><ERROR>Search Backend failed: x</ERROR></eSearchResult>",
     Outcome.RETRY, "error"),
    ("esearch", 200, "<eSearchResult><ERROR>'retstart' cannot be larger than 9998.</ERROR>"
     "</eSearchResult>", Outcome.FATAL, "bug"),
    ("esearch", 200, "<eSearchResult><ERROR/></eSearchResult>", Outcome.RETRY, "error"),
    ("esummary", 200, "<eSummaryResult/>", Outcome.RETRY, "backend"),
    ("esummary", 200, '<eSummaryResult><DocumentSummarySet status="OK"><!-- DocSum Backend failed '
     "--></DocumentSummarySet></eSummaryResult>", Outcome.RETRY, "backend"),
    ("einfo", 200, "<eInfoResult><DbInfo/></eInfoResult>", Outcome.RETRY, "incomplete"),
]  # fmt: skip


@pytest.mark.parametrize(("endpoint", "status", "body", "outcome", "kind"), JUDGED)
def test_judgement(endpoint: str, status: int, body: str, outcome: Outcome, kind: str) -> None:
    verdict = judge(Reply(status, {}, body.encode()), endpoint)
    assert (verdict.outcome, verdict.kind) == (outcome, kind)
    assert verdict.outcome is Outcome.OK or verdict.what


def test_fatal_judgements_name_their_error() -> None:
    assert judge(Reply(200, {}, faults.BLOCKED.encode()), "efetch").error is BlockedError
    told = judge(Reply(400, {}, b'{"error":"API key invalid"}'), "efetch")
    assert told.error is KeyRefusedError
    assert judge(Reply(302, {}, b""), "efetch").error is SourceError


def test_an_abstract_about_blocked_addresses_is_an_abstract() -> None:
    body = article_set(
        [Citation(1, abstract="error blocked diagnostic; rate limit exceeded").xml()]
    )
    assert judge(Reply(200, {}, body), "efetch").outcome is Outcome.OK


@given(st.binary(max_size=300), st.integers(100, 599), st.sampled_from(sorted(ROOTS)))
@settings(max_examples=300, deadline=None)
def test_no_body_crashes_the_judge(body: bytes, status: int, endpoint: str) -> None:
    verdict = judge(Reply(status, {}, body), endpoint)
    assert verdict.outcome in Outcome


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_nothing_in_a_search_reply_crashes_the_reading(text: str) -> None:
    body = SEARCH.format(f"<ErrorList><PhraseNotFound>{text}</PhraseNotFound></ErrorList>").encode(
        "utf-8", "surrogatepass"
    )
    if judge(Reply(200, {}, body), "esearch").outcome is Outcome.OK:
        assert parse_search(body).ids == (7, 9)


def test_an_entity_bomb_is_not_expanded_and_a_dtd_is_not_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "ha" * 50}">' for i in range(9))
    for doctype in (f"[{bomb}]", f'[<!ENTITY a8 SYSTEM "{secret.as_uri()}">]'):
        told = SEARCH.replace("x[All Fields]", "&a8;").format("")
        body = f"<!DOCTYPE eSearchResult {doctype}>{told}".encode()
        if judge(Reply(200, {}, body), "esearch").outcome is Outcome.OK:
            assert len(parse_search(body).translation) < 100
            assert "hush" not in parse_search(body).translation


def test_a_reply_of_thirty_megabytes_is_read() -> None:
    many = "<PubmedArticle><a>" + "<b>word</b>" * 100_000 + "</a></PubmedArticle>"
    body = f"<PubmedArticleSet>{many * 27}</PubmedArticleSet>".encode()
    assert len(body) > 28 << 20
    assert judge(Reply(200, {}, body), "efetch").outcome is Outcome.OK


# ------------------------------------------------------------------------------- reading


def test_search_reply_with_every_list() -> None:
    found = parse_search(
        SEARCH.format(
            "<ErrorList><PhraseNotFound>a</PhraseNotFound><FieldNotFound>f</FieldNotFound>"
            '</ErrorList><WarningList><QuotedPhraseNotFound>"b c"</QuotedPhraseNotFound>'
            "<PhraseIgnored>the</PhraseIgnored><OutputMessage>m</OutputMessage></WarningList>"
        ).encode()
    )
    assert found.count == 2
    assert found.ids == (7, 9)
    assert found.translation == "x[All Fields]"
    assert (found.no_field, found.no_phrase) == (("f",), ("a", '"b c"'))
    assert found.messages == ("m",)


def test_summary_tells_known_from_gone() -> None:
    body = (
        '<eSummaryResult><DocumentSummarySet status="OK"><DocumentSummary uid="5"><Title>t</Title>'
        '</DocumentSummary><DocumentSummary uid="6"><error>cannot get document summary</error>'
        '</DocumentSummary><DocumentSummary uid="7"><error>something else</error>'
        "</DocumentSummary></DocumentSummarySet></eSummaryResult>"
    )
    assert parse_summary(body.encode()) == ({5}, {6})


# -------------------------------------------------------------------------------- search


def crowd(number: int, first: int = 1) -> list[Citation]:
    return [Citation(i) for i in range(first, first + number)]


@pytest.mark.parametrize("number", [0, 1, CAP - 1, CAP, CAP + 1, 25_000])
def test_every_id_of_a_search_comes(tmp_path: Path, number: int) -> None:
    with FakeEutils(crowd(number)) as fake:
        hits = client(fake, tmp_path).search("vesicles[tiab]")
        assert hits.ids == frozenset(range(1, number + 1))
        assert hits.counted == number
        assert len(fake.seen) == 1 if number <= CAP else len(fake.seen) <= 12
        assert fake.refused == 0


def test_ids_far_apart_and_crowded_are_sliced(tmp_path: Path) -> None:
    pmids = {*range(1, 40), *range(39_000_000, 39_011_000), 999_999_999}
    with FakeEutils([Citation(p) for p in pmids]) as fake:
        assert client(fake, tmp_path).search("vesicles[tiab]").ids == pmids


def test_a_catalogue_that_grows_between_slices_is_no_fault(tmp_path: Path) -> None:
    with FakeEutils(crowd(15_000)) as fake:

        def grow(reply: Any, seen: Any, server: FakeEutils) -> Any:
            server.put(*crowd(50, 20_000))
            return reply

        fake.fault(grow, on=lambda seen: "[UID]" in seen.params.get("term", ""))
        ids = client(fake, tmp_path).search("vesicles[tiab]").ids
        assert ids >= set(range(1, 15_001))


def test_records_that_vanish_between_slices_are_counted_again(tmp_path: Path) -> None:
    with FakeEutils(crowd(15_000)) as fake:

        def shrink(reply: Any, seen: Any, server: FakeEutils) -> Any:
            server.take(1, 14_999)
            return reply

        fake.fault(shrink, on=lambda seen: "[UID]" in seen.params.get("term", ""))
        assert len(client(fake, tmp_path).search("vesicles[tiab]").ids) >= 14_998


def test_a_count_that_is_never_handed_out_is_doubted_and_what_came_kept(tmp_path: Path) -> None:
    with FakeEutils(crowd(30)) as fake:
        fake.fault(faults.swap("<Count>30<", "<Count>31<"), times=None)
        hits = client(fake, tmp_path).search("vesicles[tiab]")
        assert len(hits.ids) == 30
        assert "counted 31" in hits.doubt


def test_what_is_not_needed_of_a_reply_cannot_stop_a_night(tmp_path: Path) -> None:
    with FakeEutils(crowd(3)) as fake:
        fake.fault(faults.swap("<Count>3<", "<Count>many<"), on="einfo")
        assert client(fake, tmp_path).info().updated
        fake.fault(faults.swap("<QueryTranslation>", "<QueryTranslation>" + "x" * 3_000_000))
        assert len(client(fake, tmp_path).search("vesicles[tiab]").translation) <= 100_000


def test_a_count_too_high_costs_few_searches(tmp_path: Path) -> None:
    """Halves that bring nothing new end the cutting at once."""
    with FakeEutils(crowd(300)) as fake:

        def more(reply: Any, seen: Any, server: FakeEutils) -> Any:
            count = re.compile(rb"<Count>(\d+)<")
            return replace(
                reply, body=count.sub(lambda m: b"<Count>%d<" % (int(m[1]) + 5), reply.body)
            )

        fake.fault(more, times=None)
        hits = client(fake, tmp_path).search("vesicles[tiab]")
        assert (len(hits.ids), bool(hits.doubt)) == (300, True)
        assert len(fake.seen) <= 4


def test_slices_answered_wider_than_asked_end_the_cutting(tmp_path: Path) -> None:
    with FakeEutils(crowd(300)) as fake:
        wide = "".join(f"<Id>{pmid}</Id>" for pmid in range(1, 100))
        fake.fault(
            faults.say(
                f"<eSearchResult><Count>300</Count><IdList>{wide}</IdList><ErrorList>"
                "<FieldNotFound>UID</FieldNotFound></ErrorList></eSearchResult>"
            ),
            times=None,
        )
        hits = client(fake, tmp_path).search("vesicles[tiab]")
        assert hits.doubt
        assert len(fake.seen) < 5


def test_a_count_without_ids_ends_the_cutting(tmp_path: Path) -> None:
    with FakeEutils(crowd(3)) as fake:
        fake.fault(
            faults.say("<eSearchResult><Count>300</Count><IdList/></eSearchResult>"), times=None
        )
        assert client(fake, tmp_path).search("vesicles[tiab]").doubt
        assert len(fake.seen) < 70


@pytest.mark.parametrize("fault", ["maintenance", "empty", "prolog"])
def test_a_record_that_spoils_every_answer_is_singled_out(tmp_path: Path, fault: str) -> None:
    with FakeEutils(crowd(30)) as fake:
        pmids = sorted(fake.citations)
        bad = pmids[17]
        fake.fault(fault, on=lambda s: s.endpoint == "efetch" and bad in s.ids, times=None)
        pages = list(client(fake, tmp_path).fetch(pmids))
        assert [page.asked for page in pages if page.poison] == [(bad,)]
        assert sum(len(page.asked) for page in pages) == 30


def test_date_windows_are_checked_in_the_translation(tmp_path: Path) -> None:
    with FakeEutils([Citation(1, created=date(2026, 11, 1))]) as fake:
        pubmed = client(fake, tmp_path)
        new = "(vesicles[tiab]) AND 2026/10/18:2026/11/24[crdt]"
        assert pubmed.search(new, expect=CREATED).ids == {1}
        changed = "(vesicles[tiab]) AND 2026/10/18:2026/11/24[mdat]"
        assert pubmed.search(changed, expect=MODIFIED).ids == {1}
        with pytest.raises(QueryError, match="Date - Create"):
            pubmed.search(changed, expect=CREATED)


# --------------------------------------------------------------------------------- fetch


def test_fetch_asks_in_batches_of_two_hundred(tmp_path: Path) -> None:
    with FakeEutils(crowd(450)) as fake:
        pages = list(client(fake, tmp_path).fetch(range(1, 451)))
        assert [len(page.asked) for page in pages] == [200, 200, 50]
        assert all(page.body.startswith(b"<?xml") for page in pages)
        assert all("WebEnv" not in seen.params for seen in fake.seen)


@pytest.mark.parametrize("poison", [1, 77, 200])
def test_one_poisoned_record_is_isolated(tmp_path: Path, poison: int) -> None:
    with FakeEutils(crowd(200)) as fake:
        fake.fault("timeout-400", on=lambda seen: poison in seen.ids, times=None)
        pages = list(client(fake, tmp_path).fetch(range(1, 201)))
        assert [page.asked for page in pages if page.poison] == [(poison,)]
        got = {i for page in pages if not page.poison for i in page.asked}
        assert got == set(range(1, 201)) - {poison}


def test_a_service_that_refuses_every_record_is_given_up(tmp_path: Path) -> None:
    with FakeEutils(crowd(200)) as fake:
        fake.fault("docsum-400", times=None)
        with pytest.raises(GaveUpError, match="in a row"):
            list(client(fake, tmp_path).fetch(range(1, 201)))
        assert len(fake.seen) < 50


@pytest.mark.parametrize("fault", ["500", "drop", "cut"])
def test_a_record_that_breaks_the_service_is_isolated_too(tmp_path: Path, fault: str) -> None:
    with FakeEutils(crowd(200)) as fake:
        fake.fault(fault, on=lambda seen: 77 in seen.ids, times=None)
        pages = list(client(fake, tmp_path).fetch(range(1, 201)))
        assert [page.asked for page in pages if page.poison] == [(77,)]
        assert {i for page in pages for i in page.asked} == set(range(1, 201))


@pytest.mark.parametrize("fault", ["500", "maintenance", "429-bare", "empty"])
def test_an_ill_service_is_not_asked_in_ever_smaller_pieces(tmp_path: Path, fault: str) -> None:
    with FakeEutils(crowd(200)) as fake:
        pubmed = client(fake, tmp_path)
        pubmed.info()
        fake.fault(fault, times=None)
        with pytest.raises(GaveUpError, match="5 tries"):
            list(pubmed.fetch(range(1, 201)))
        assert {len(seen.ids) for seen in fake.asked("efetch")} == {200}


@pytest.mark.parametrize("pmid", [0, -1, 1_000_000_000])
def test_what_is_no_pmid_is_never_sent(tmp_path: Path, pmid: int) -> None:
    with FakeEutils() as fake:
        pubmed = client(fake, tmp_path)
        with pytest.raises(ValueError, match="no PMID"):
            list(pubmed.fetch([1, pmid]))
        with pytest.raises(ValueError, match="no PMID"):
            pubmed.known([pmid])
        assert fake.seen == []


def test_esummary_says_what_is_gone(tmp_path: Path) -> None:
    with FakeEutils(crowd(3)) as fake:
        assert client(fake, tmp_path).known([1, 3, 4, 5]) == ({1, 3}, {4, 5})


# ------------------------------------------------------- the fake: as the documents have it


def ask(fake: FakeEutils, endpoint: str, method: str = "POST", **params: str) -> requests.Response:
    url = f"{fake.url}{endpoint}.fcgi"
    with requests.Session() as session:
        session.trust_env = False
        if method == "GET":
            return session.get(url, params=params, timeout=5)
        return session.post(url, data=params, timeout=5)


@pytest.fixture
def fake() -> Iterator[FakeEutils]:
    with FakeEutils(
        [Citation(1), Citation(2, title="Zofin", doi="10.9/x"), Citation(9, book=True)],
        metered=False,
        unknown=["nosuchword", "no such phrase"],
    ) as server:
        yield server


def test_get_and_post_are_answered_alike(fake: FakeEutils) -> None:
    one = ask(fake, "esearch", "GET", term="vesicles[tiab]", nonsense="1")
    two = ask(fake, "esearch", term="vesicles[tiab]")
    assert one.content == two.content
    assert one.headers["X-RateLimit-Limit"] == "3"


def test_defaults_are_those_of_the_service() -> None:
    with FakeEutils(crowd(12_000), metered=False) as fake:
        text = ask(fake, "esearch", term="vesicles[tiab]").text
        assert text.count("<Id>") == 20
        assert "<RetMax>20</RetMax>" in text
        big = ask(fake, "esearch", term="vesicles[tiab]", retmax="100000").text
        assert big.count("<Id>") == CAP
        assert "start and count adjusted to 0, 9999" in big
        last = ask(fake, "esearch", term="vesicles[tiab]", retstart="9998", retmax="10").text
        assert last.count("<Id>") == 1
        assert "adjusted to 9998, 1" in last
        beyond = ask(fake, "esearch", term="vesicles[tiab]", retstart="9999")
        assert beyond.status_code == 200
        assert "'retstart' cannot be larger than 9998" in beyond.text
        assert "<Count>" not in beyond.text
        told = ask(fake, "esearch", term="vesicles[tiab]", retstart="9999", retmode="json").text
        with pytest.raises(json.JSONDecodeError):
            json.loads(told)
        by_date = ask(fake, "esearch", term="vesicles[tiab]", sort="pub_date").text
        assert re.findall(r"<Id>(\d+)", by_date)[0] == "12000"


def test_refusals_of_the_service(fake: FakeEutils) -> None:
    assert ask(fake, "efetch", "GET", id="1," * 3000).status_code == 414
    assert ask(fake, "efetch", id="0,abc").status_code == 400
    assert "ID list is empty" in ask(fake, "efetch", id="0").text
    assert "ID+list+is+empty" in ask(fake, "efetch", id="0", retmode="text").text
    assert ask(fake, "efetch", id="1", rettype="full").content == b""
    assert b"<PubmedArticleSet>" in ask(fake, "efetch", id="1", retmode="json").content
    assert ask(fake, "efetch", id="999").content.endswith(b"<PubmedArticleSet></PubmedArticleSet>")
    assert ask(fake, "efetch", id="1,1,1").content.count(b"<PubmedArticle>") == 1
    assert ask(fake, "efetch", id="1,2", rettype="uilist").text == "1\n2\n"
    assert ask(fake, "nosuch", id="1").status_code == 404
    assert "Invalid db name" in ask(fake, "esearch", db="nothing", term="x").text
    many = ",".join(map(str, range(1, 502)))
    assert "Too many UIDs" in ask(fake, "esummary", id=many, retmode="json").text
    assert "nothing todo" in ask(fake, "esummary").text
    assert "Nothing to store" in ask(fake, "epost").text
    assert "<LinkSet>" in ask(fake, "elink", id="1").text
    assert "<DbName>pubmed" in ask(fake, "einfo").text


def test_the_history_expires_and_is_capped() -> None:
    with FakeEutils(crowd(12_000), metered=False, history_ttl=100) as fake:
        first = ask(fake, "esearch", term="vesicles[tiab]", usehistory="y").text
        env = re.search(r"<WebEnv>(MCID_[0-9a-f]{24})</WebEnv>", first)
        assert env
        page = {"WebEnv": env[1], "query_key": "1"}
        assert (
            ask(fake, "efetch", **page, retstart="9500", retmax="500").text.count(
                "</PubmedArticle>"
            )
            == 499
        )
        assert "cannot be larger" in ask(fake, "efetch", **page, retstart="9999").text
        assert "Unable to obtain query #2" in ask(fake, "efetch", **{**page, "query_key": "2"}).text
        again = ask(fake, "esearch", term="#1", WebEnv=env[1], query_key="1").text
        assert "<Count>12000</Count>" in again
        fake.clock.sleep(101)
        late = ask(fake, "efetch", **page)
        assert (late.status_code, "Unable to obtain query #1" in late.text) == (200, True)
        posted = ask(fake, "epost", id="1,2,3").text
        other = re.search(r"<WebEnv>(.*?)</WebEnv>", posted)
        assert other
        gone = ask(fake, "efetch", WebEnv=other[1], query_key="1", retstart="3", retmax="1")
        assert gone.status_code == 400
        assert "OUT OF RANGE" in gone.text


@pytest.mark.parametrize(
    ("term", "pmids", "notice"),
    [
        ("vesicles[tiab]", {1, 2, 9}, ""),
        ('"mesenchymal stem cells"[tiab] AND Zofin[ti]', {2}, ""),
        ("vesic*[tiab] NOT zofin[tiab]", {1, 9}, ""),
        ("(zofin[tiab] OR nothing[tiab]) AND 1:5[UID]", {2}, ""),
        ('"10.9/X"[doi]', {2}, ""),
        ("9[uid] OR 77[uid]", {9}, ""),
        ("zofin", {2}, ""),
        ("journal article[pt]", {1, 2, 9}, ""),
        ("zofin[NoSuchField]", {2}, "<FieldNotFound>nosuchfield</FieldNotFound>"),
        ("nosuchword[tiab] AND vesicles[tiab]", {1, 2, 9}, "<PhraseNotFound>nosuchword<"),
        ('"no such phrase"[tiab]', set(), '<QuotedPhraseNotFound>"no such phrase"<'),
        ("vesicles[tiab] AND 2024/05/06:2024/05/06[crdt]", {1, 2, 9}, ""),
        ("vesicles[tiab] AND 2024/05/06:2024/05/06[edat]", set(), "No items found."),
        ("vesicles[tiab] AND 2024:2025[pdat]", {1, 2, 9}, ""),
        ("vesicles[tiab] )", set(), "<PhraseNotFound>)<"),
    ],
)
def test_the_query_language(fake: FakeEutils, term: str, pmids: set[int], notice: str) -> None:
    text = ask(fake, "esearch", term=term).text
    assert {int(i) for i in re.findall(r"<Id>(\d+)</Id>", text)} == pmids
    assert notice in text


def test_date_parameters(fake: FakeEutils) -> None:
    def counted(**params: str) -> str:
        text = ask(fake, "esearch", term="vesicles[tiab]", **params).text.replace("\n", " ")
        found = re.search(r"<Count>(\d+)<.*Translation>(.*)</Query", text, re.DOTALL)
        assert found
        return str(found[1]) + str(found[2])

    told = counted(datetype="crdt", mindate="2024/05/01", maxdate="2024/05/31")
    assert told.startswith("3")
    assert "2024/05/01:2024/05/31[Date - Create]" in told
    wrong = counted(datetype="cdat", mindate="2024/05/01", maxdate="2024/05/31")
    assert wrong.startswith("0")
    assert '"2024/05/01"[All Fields]' in wrong
    assert counted(datetype="edat", mindate="", maxdate="").startswith("0")
    assert counted(mindate="2024/05/01").startswith("3")  # alone: ignored
    assert counted(reldate="10", datetype="crdt").startswith("0")


def test_json_forms(fake: FakeEutils) -> None:
    found = ask(fake, "esearch", term="vesicles[tiab]", retmode="json").json()["esearchresult"]
    assert found["count"] == "3"
    assert isinstance(found["count"], str)
    info = ask(fake, "einfo", db="pubmed", retmode="json").json()
    assert info["einforesult"]["dbinfo"][0]["dbname"] == "pubmed"
    gone = ask(fake, "esummary", id="1,77", retmode="json").json()["result"]
    assert gone["77"]["error"] == "cannot get document summary"


def test_the_rate_meter_counts_by_address_and_by_key() -> None:
    with FakeEutils() as fake:
        codes = [ask(fake, "einfo").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        refused = ask(fake, "einfo")
        assert refused.headers["Retry-After"] == "2"
        assert refused.json()["error"] == "API rate limit exceeded"
        assert refused.headers["X-RateLimit-Remaining"] == "0"
        keyed = [ask(fake, "einfo", api_key="k").status_code for _ in range(11)]
        assert keyed == [200] * 10 + [429]
        fake.clock.sleep(1.0)
        assert ask(fake, "einfo").status_code == 200


# ---------------------------------------------------- the fake beside Biopython and reality


@pytest.fixture
def entrez_reader(tmp_path: Path) -> Callable[[bytes], Any]:
    from Bio import Entrez as bio  # noqa: PLC0415, N813 - slow to load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from Bio.Entrez.Parser import DataHandler  # noqa: PLC0415

        DataHandler.directory = str(tmp_path)
        DataHandler.local_dtd_dir = str(tmp_path)

    def read(body: bytes) -> Any:
        return bio.read(io.BytesIO(body), validate=True, escape=True)  # type: ignore[no-untyped-call]

    return read


def test_biopython_reads_the_fakes_records(
    fake: FakeEutils, entrez_reader: Callable[[bytes], Any]
) -> None:
    read = entrez_reader(ask(fake, "efetch", id="1,2,9").content)
    pmids = [int(a["MedlineCitation"]["PMID"]) for a in read["PubmedArticle"]]
    assert pmids == [1, 2]
    assert read["PubmedArticle"][1]["MedlineCitation"]["Article"]["ArticleTitle"] == "Zofin"
    assert int(read["PubmedBookArticle"][0]["BookDocument"]["PMID"]) == 9


def test_biopython_reads_the_fakes_searches(
    fake: FakeEutils, entrez_reader: Callable[[bytes], Any]
) -> None:
    found = entrez_reader(ask(fake, "esearch", term="zofin[tiab]").content)
    assert (found["Count"], found["IdList"]) == ("1", ["2"])
    (info,) = entrez_reader(ask(fake, "einfo", db="pubmed").content)["DbInfo"]
    assert info["DbName"] == "pubmed"
    posted = entrez_reader(ask(fake, "epost", id="1").content)
    assert posted["QueryKey"] == "1"


def _recorded() -> list[Path]:
    folder = Path(str(files("metapub"))).parent / "tests"
    return sorted(folder.rglob("*.xml"))


@pytest.mark.skipif(not _recorded(), reason="the metapub wheel's recorded replies are not here")
def test_recorded_replies_are_judged_good_and_framed_as_the_fakes() -> None:
    mine = article_set([Citation(1).xml()]).split(b"\n")
    framed = 0
    for path in _recorded():
        body = path.read_bytes()
        if b"<PubmedArticleSet" not in body[:600]:
            continue
        assert judge(Reply(200, {}, body), "efetch").outcome is Outcome.OK, path.name
        framed += body.split(b"\n")[1:2] == mine[1:2]
    assert framed > 50


BIOPYTHON = os.environ.get("EVLIT_BIOPYTHON_TESTS", "")


@pytest.mark.skipif(not BIOPYTHON, reason="EVLIT_BIOPYTHON_TESTS names no Tests/Entrez folder")
def test_replies_recorded_by_biopython_are_read_and_framed_as_the_fakes(
    fake: FakeEutils,
) -> None:
    folder = Path(BIOPYTHON)
    mine = {
        "esearch": ask(fake, "esearch", term="zofin[tiab]").content,
        "einfo": ask(fake, "einfo", db="pubmed").content,
        "epost": ask(fake, "epost", id="1").content,
    }
    for name, reply in mine.items():
        recorded = [path.read_bytes() for path in sorted(folder.glob(f"{name}*.xml"))]
        assert any(_head(body) == _head(reply) for body in recorded), name
    for path in folder.glob("esearch*.xml"):
        body = path.read_bytes()
        verdict = judge(Reply(200, {}, body), "esearch")
        if verdict.outcome is Outcome.OK:
            assert parse_search(body).count >= len(parse_search(body).ids) > -1
    tags = _children((folder / "esearch1.xml").read_bytes())
    assert tags == _children(mine["esearch"])


def _children(body: bytes) -> list[str]:
    return [el.tag for el in ElementTree.fromstring(body)]


def _head(body: bytes) -> list[bytes]:
    return [line.strip() for line in body.split(b"\n")[:2]]


# ------------------------------------------------------------------- the fake as a program


def test_records_are_loaded_from_xml_gz_and_json_lines(tmp_path: Path) -> None:
    whole = [Citation(5, created=date(2024, 2, 3), keywords=("mice",)), Citation(6, book=True)]
    body = article_set([c.xml() for c in whole])
    (tmp_path / "a.xml").write_bytes(body)
    (tmp_path / "b.xml.gz").write_bytes(gzip.compress(body))
    for name in ("a.xml", "b.xml.gz"):
        one, two = load(tmp_path / name)
        assert (one.pmid, one.created, one.keywords) == (5, date(2024, 2, 3), ("mice",))
        assert (two.pmid, two.xml()) == (6, whole[1].xml())
    line = {"pmid": 8, "title": "a < b", "abstract": "c", "year": 2023}
    (tmp_path / "c.jsonl").write_text(json.dumps(line) + "\n\n")
    (third,) = load(tmp_path / "c.jsonl")
    assert (third.pmid, third.title, third.created.year) == (8, "a &lt; b", 2023)


def test_the_fake_runs_by_hand(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(article_set([Citation(5).xml()]))
    command = [
        sys.executable, "-m", "tests.fakes.eutils", "--records", str(tmp_path / "a.xml"),
        "--fault", "503:einfo:1",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    ) as process:
        assert process.stdout
        first = process.stdout.readline()
        url = first.split("EVLIT_EUTILS_URL=")[1].strip()
        with requests.Session() as session:
            session.trust_env = False
            codes = [session.post(url + "einfo.fcgi", timeout=5).status_code for _ in range(2)]
        process.terminate()
    assert first.startswith("1 records")
    assert codes == [503, 200]


def test_errors_of_the_door_are_evlits(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault(faults.say("", 404), times=None)
        pubmed: Entrez = client(fake, tmp_path)
        with pytest.raises(EvlitError, match="no such service"):
            pubmed.info()
