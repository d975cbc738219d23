"""The pages: every route and status code, the same answer in every form, and what is withheld."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
import yaml

pytest.importorskip("datasette", reason="the extra evlit[web] is not installed")

from datasette.app import SETTINGS, Datasette

from evlit import messages
from evlit.answer import indications, look_up
from evlit.answer.evidence_map import MAP_TIERS, MapFilter, body_systems, count_map, list_records
from evlit.records import AXES, TIERS, AbstractSection, Author, Entry
from evlit.render.data import to_json
from evlit.render.terminal import to_terminal
from evlit.store import open_store
from evlit.web import ROUTES, site_of
from evlit.web.answers import answer_for
from evlit.web.reading import Reader
from evlit.web.safety import WITHHELD, too_much
from evlit.web.show import mark_words, percents
from evlit.web.switches import SETTINGS as PUBLIC
from evlit.web.switches import read_switches
from evlit.web.welcome import accuracy, overview
from evlit.web.words import choose_language, page_words
from tests import answer_fixture as fx

ROOT = Path(__file__).parents[1]
SECRET = "This very sentence stands in no public answer"
ADDRESS = "ada.moon@example.org"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'); DROP TABLE records; --",
    "{{ 7*7 }}{% for %}",
    "\u202eexe.gpj",
    "a\x1b[31mred\x00b",
    "<svg/onload=alert(1)>]]>&amp;&#x27;",
    "javascript:alert(1)",
)


def entries() -> list[Entry]:
    """Return the answer's fixture, an abstract with a secret, and hostile texts."""
    secret = fx.entry(
        5001, "ExoFlo in rabbits", fx.tags("animal", species="rabbit"), fx.mention(5001, "exoflo"),
        abstract=f"{SECRET}. Rabbits were given ExoFlo.",
        authors=(Author("Moon", "Ada", "A", affiliations=(f"Direct Biologics. {ADDRESS}",)),),
        coi=f"AM works at Direct Biologics ({ADDRESS}).", queries=("product:exoflo",),
    )  # fmt: skip
    hostile = [
        fx.entry(6000 + i, f"{text} ExoFlo", fx.tags("animal", species="mouse", comparator=text,
                 main_result=f"{text} fell.", indication="osteoarthritis"),
                 fx.mention(6000 + i, "exoflo")._replace(words=text, reason=text),
                 journal=text, sections=(AbstractSection(text),))
        for i, text in enumerate(HOSTILE)
    ]  # fmt: skip
    return [*fx.standard_entries(), secret, *hostile]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("web") / "evlit.db"
    with fx.make_store(where, entries()):
        pass
    return where


class Client:
    """Asks a Datasette server in this process, as it comes: no settings file, no metadata."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.server = Datasette([str(path)], **options)
        asyncio.run(self.server.invoke_startup())
        site_of(self.server).reader._catalogue = fx.CATALOGUE

    def get(self, address: str, **headers: str) -> Any:
        return asyncio.run(self.server.client.get(address, headers=headers))

    def close(self) -> None:
        site_of(self.server).reader.close()
        for database in self.server.databases.values():
            database.close()


@pytest.fixture(scope="module")
def client(path: Path) -> Iterator[Client]:
    made = Client(path)
    yield made
    made.close()


@pytest.fixture
def private(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setenv("EVLIT_WEB_PRIVATE", "1")
    made = Client(path)
    yield made
    made.close()


# ------------------------------------------------------------------- routes and status codes

PAGES = {
    "/": 200,
    "/evlit/search?q=ExoFlo": 200,
    "/evlit/search?q=exoflow": 200,
    "/evlit/search?q=exosomes": 200,
    "/evlit/search?q=PEP": 200,
    "/evlit/search?q=Quietex": 200,
    "/evlit/search?q=XOsomes": 200,
    "/evlit/search?q=Retrovex": 200,
    "/evlit/search?q=Novexa": 200,
    "/evlit/search?q=ExoFlo&for=osteoarthritis&since=2020": 200,
    "/evlit/search?for=stroke": 200,
    "/evlit/search?maker=Kimera+Labs": 200,
    "/evlit/search": 400,
    "/evlit/search?q=%20": 400,
    "/evlit/search?q=%2B%2B": 400,
    "/evlit/search?q=ExoFlo&for=nonsense": 400,
    "/evlit/search?q=ExoFlo&since=yesterday": 400,
    "/evlit/search?q=" + "x" * 300: 400,
    "/evlit/search?maker=Nobody+at+all": 400,
    "/evlit/product/exoflo": 200,
    "/evlit/product/exoflo?tier=animal": 200,
    "/evlit/product/exoflo?tier=animal&page=9": 404,
    "/evlit/product/nope": 404,
    "/evlit/product/nope.json": 404,
    "/evlit/products": 200,
    "/evlit/record/1001": 200,
    "/evlit/record/99999999": 404,
    "/evlit/map": 200,
    "/evlit/map?source=msc&preparation=ev&product=exoflo&from=2020&to=2026": 200,
    "/evlit/map?source=<b>&from=x&product=../..": 200,
    "/evlit/timeline": 200,
    "/evlit/list": 200,
    "/evlit/list?tier=animal&indication=ischemic_stroke": 200,
    "/evlit/list?page=999": 200,
    "/evlit/questions": 200,
    "/evlit/about": 200,
    "/evlit/status": 200,
    "/evlit/status.json": 200,
    "/robots.txt": 200,
}


@pytest.mark.parametrize(("address", "code"), PAGES.items())
def test_every_route_answers_with_its_code(client: Client, address: str, code: int) -> None:
    reply = client.get(address)
    assert reply.status_code == code
    if reply.headers["content-type"].startswith("text/html"):
        assert reply.text.startswith('<!DOCTYPE html>\n<html lang="en">')
        assert "<h1" in reply.text
        assert len(re.findall(r'<meta name="description" content="[^"]{20,}">', reply.text)) == 1
        assert len(reply.content) < 200_000


def test_programs_are_told_in_json_what_is_wrong(client: Client) -> None:
    reply = client.get("/evlit/search.json?q=%20")
    assert reply.status_code == 400
    assert reply.json() == {"ok": False, "error": "Nothing was typed.",
                            "remedy": page_words("en")["problem.type_a_name"]}  # fmt: skip


def test_a_wrong_address_costs_little_and_says_little(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    for address in ("/evlit/nope", "/nope", "/evlit/evidence?_search=%22", "/evlit/record/x"):
        assert client.get(address).status_code in (400, 404)
    assert "locals" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/", "/evlit", "/evlit/evidence", "/evlit/product/exoflo"])
def test_nothing_but_reading_is_answered(client: Client, method: str, address: str) -> None:
    reply = asyncio.run(getattr(client.server.client, method)(address))
    assert reply.status_code == 405
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "default-src 'none'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "query", "refused"),
    [
        ("/evlit/evidence", "_facet=a&" * 8, False),
        ("/evlit/evidence", "_facet=a&_facet_array=b&_facet_date=c&" * 3, True),
        ("/evlit/evidence", "_size=200", False),
        ("/evlit/evidence", "_size=201", True),
        ("/evlit/evidence", "_size=max", True),
        ("/evlit/evidence.json", "_size=max", False),
        ("/evlit/evidence.csv", "_stream=on&_size=max", False),
        ("/evlit/search", "q=" + "x" * 3998, False),
        ("/evlit/search", "q=" + "x" * 3999, True),
    ],
)
def test_one_request_cannot_ask_for_everything(path: str, query: str, refused: bool) -> None:
    assert bool(too_much(path, query)) == refused


def test_addresses_of_pages_are_no_names_of_tables_or_queries(path: Path) -> None:
    taken = {re.split(r"[/(?$\\]", r.removeprefix("^/evlit/"))[0] for r in ROUTES}
    with sqlite3.connect(path) as db:
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    db.close()
    metadata = (ROOT / "db" / "metadata.yaml").read_text(encoding="utf-8")
    names |= set(re.findall(r"^      ([a-z-]+):$", metadata, re.MULTILINE))
    assert not taken & names


def test_works_without_a_store(tmp_path: Path) -> None:
    server = Datasette([], memory=True)
    asyncio.run(server.invoke_startup())
    reply = asyncio.run(server.client.get("/evlit/search?q=Nixovex"))
    site_of(server).reader.close()
    assert reply.status_code == 200
    assert "Not searched" in reply.text


def test_a_base_url_stands_before_every_address(path: Path) -> None:
    made = Client(path, settings={"base_url": "/under/"})
    try:
        page = made.get("/evlit/product/exoflo").text  # the client puts the base before it
        assert not [h for h in re.findall(r'(?:href|action|src)="(/[^"]*)"', page)
                    if not h.startswith("/under/")]  # fmt: skip
        assert made.get("/-/databases").status_code == 403
    finally:
        made.close()


# ------------------------------------------------------------ one answer in every form

NAMES = ("ExoFlo", "Retrovex", "UNEX-42", "Quietex", "XOsomes", "EXO-CD24", "Exo-101", "Novexa")


@pytest.mark.parametrize("name", NAMES)
def test_page_json_and_terminal_give_the_same_counts(client: Client, path: Path, name: str) -> None:
    with open_store(path, readonly=True) as store:
        answer = look_up(store, fx.CATALOGUE, name)
    body = client.get(f"/evlit/search.json?q={name}").json()
    wanted = json.loads(json.dumps(to_json(answer)))
    for given in (body, wanted):
        given["query"].pop("asked_at")
    assert body == wanted
    page = client.get(f"/evlit/search?q={name}").text
    said = re.sub(r'<span class="nb">([^<]*)</span>', r"\1", page)
    assert f"<p>{answer.verdict}</p>" in unescape(said)
    if answer.product is None:
        return
    rows = dict(re.findall(r'<tr role="row" class="(\w+)[^"]*">.*?class="n">([\d,]+)', page, re.S))
    if any(answer.whole_counts):
        assert {t: int(n) for t, n in rows.items()} == answer.counts._asdict()
        terminal = to_terminal(answer, width=120)
        for tier in TIERS:
            label = messages.word("tier", tier)
            assert re.search(rf"{re.escape(label)}\s+{rows[tier]}\b", terminal)


def test_product_page_and_search_are_one_answer(client: Client) -> None:
    by_key = client.get("/evlit/product/exoflo.json").json()
    by_name = client.get("/evlit/search.json?q=ExoFlo").json()
    for body in (by_key, by_name):
        body["query"].pop("asked_at")
        body["query"].pop("maker")
    assert by_key == by_name


def test_every_product_of_the_catalogue_has_its_page(client: Client) -> None:
    for product in fx.PRODUCTS:
        assert client.get(f"/evlit/product/{product.key}.json").json()["product"]["key"] == (
            product.key
        )


def test_csv_and_feed_hold_the_answers_reports(client: Client) -> None:
    body = client.get("/evlit/product/exoflo.json").json()
    listed = len(body["records"]) + len(body["listed_not_counted"])
    assert client.get("/evlit/product/exoflo.ris").text.count("TY  - ") == listed
    rows = list(csv.DictReader(io.StringIO(client.get("/evlit/product/exoflo.csv").text)))
    assert [r["id"] for r in rows] == [
        r["id"] for r in (*body["records"], *body["listed_not_counted"])
    ]
    feed = ElementTree.fromstring(client.get("/evlit/product/exoflo.atom").content)
    space = "{http://www.w3.org/2005/Atom}"
    assert len(feed.findall(f"{space}entry")) == len(body["records"])
    for name in ("Quietex", "a b&c"):
        other = ElementTree.fromstring(client.get(f"/evlit/search.atom?q={quote(name)}").content)
        assert other.findtext(f"{space}id") != feed.findtext(f"{space}id")
    assert all(e.find(f"{space}updated").text for e in feed.findall(f"{space}entry"))  # type: ignore[union-attr]


def links_of(client: Client, address: str, **headers: str) -> tuple[dict[str, str], list[str]]:
    """Return the links of a feed by what they lead to, and those of its entries."""
    feed = ElementTree.fromstring(client.get(address, **headers).content)
    space = "{http://www.w3.org/2005/Atom}"
    own = {e.attrib["rel"]: e.attrib["href"] for e in feed.findall(f"{space}link")}
    return own, [e.attrib["href"] for e in feed.findall(f"{space}entry/{space}link")]


def test_links_of_a_feed_are_whole_addresses(client: Client) -> None:
    own, entries = links_of(client, "/evlit/product/exoflo.atom", host="evlit.example.org:8001")
    page = "http://evlit.example.org:8001/evlit/product/exoflo"
    assert own == {"alternate": page, "self": f"{page}.atom"}
    assert len(entries) == len(client.get("/evlit/product/exoflo.json").json()["records"])
    assert all(urlsplit(link).scheme == "https" and urlsplit(link).netloc for link in entries)


def test_a_narrowed_feed_says_so_in_its_links_and_id(client: Client) -> None:
    own, _ = links_of(client, "/evlit/search.atom?q=Quietex&since=2020&lang=ja")
    assert own["self"] == "http://localhost/evlit/search.atom?q=Quietex&since=2020&lang=ja"
    assert own["alternate"] == "http://localhost/evlit/search?q=Quietex&since=2020&lang=ja"
    ids = {
        ElementTree.fromstring(client.get(f"/evlit/product/exoflo.atom{asked}").content)[0].text
        for asked in ("", "?since=2020", "?for=stroke", "?lang=ja")
    }
    assert len(ids) == 3


def test_a_feed_behind_a_proxy_and_a_hostile_host(path: Path) -> None:
    made = Client(path, settings={"base_url": "/lit/", "force_https_urls": True})
    try:
        own, _ = links_of(made, "/evlit/product/exoflo.atom", host="example.org")
        assert own["self"] == "https://example.org/lit/evlit/product/exoflo.atom"
        own, _ = links_of(made, "/evlit/product/exoflo.atom", host='"><script>\x01')
        assert own["self"].startswith("https://")
    finally:
        made.close()


def test_a_retracted_report_is_struck_and_not_counted(client: Client) -> None:
    page = client.get("/evlit/product/exoflo").text
    assert re.search(r"<del><a [^>]*>ExoFlo in mice, withdrawn</a></del>", page)


def test_not_searched_says_so_and_shows_what_is_held(tmp_path: Path) -> None:
    with fx.make_store(tmp_path / "old.db", searched=fx.OLD):
        pass
    made = Client(tmp_path / "old.db")
    try:
        page = made.get("/evlit/search?q=Quietex").text
        assert "Not searched" in page
        assert "a reader can do nothing about it" in page
        assert "searches are missing or older" in made.get("/").text
    finally:
        made.close()


# --------------------------------------------------------------------------- safety


def public_addresses() -> list[str]:
    tables = ["records", "records_fts", "authors", "revisions", "mentions", "evidence", "facts",
              "current_tags"]  # fmt: skip
    found = [f"/evlit/{t}{ext}" for t in tables for ext in ("", ".json?_shape=array", ".csv")]
    found += ["/evlit/records/5001", "/evlit/records/5001.json",
              "/evlit/evidence.json?_search=very",
              "/evlit/records.json?_facet=abstract&_sort=abstract", "/evlit/record/5001",
              "/evlit/records.json?abstract__contains=sentence&_col=abstract",
              "/evlit/product/exoflo", "/evlit/product/exoflo.json", "/evlit/product/exoflo.csv",
              "/evlit/product/exoflo.atom", "/evlit/product/exoflo.ris",
              "/evlit/search?q=ExoFlo",
              "/evlit/product-records.json?product=exoflo"]  # fmt: skip
    return found


@pytest.mark.parametrize("address", public_addresses())
def test_no_abstract_and_no_address_reaches_the_public(client: Client, address: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 200
    # The words of an address may stand in the address of a link, never in the answer.
    assert SECRET not in reply.text
    assert "example.org" not in reply.text.replace("https://example.org", "")


def test_withheld_columns_exist_and_cover_the_texts(path: Path) -> None:
    db = sqlite3.connect(path)
    for table, columns in WITHHELD.items():
        known = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        assert columns <= known
    db.close()


def test_private_use_shows_the_abstract_with_cue_words(private: Client) -> None:
    page = private.get("/evlit/record/5001")
    assert SECRET in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert private.get("/-/databases").status_code == 200


def test_no_sql_and_no_download_though_nothing_is_set(client: Client) -> None:
    assert client.get("/evlit?sql=select+1").status_code == 403
    assert client.get("/evlit.json?sql=select+1").status_code == 403
    assert client.get("/evlit/records?_where=1%3D1").status_code == 403
    assert client.get("/evlit.db").status_code == 403
    for page in ("databases", "metadata", "settings", "plugins", "threads", "permissions"):
        assert client.get(f"/-/{page}.json").status_code == 403


@pytest.mark.parametrize("settings", [{}, dict(PUBLIC)], ids=["file", "command"])
def test_sql_can_be_switched_on_without_the_withheld(
    path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    monkeypatch.setenv("EVLIT_WEB_SQL", "yes")
    made = Client(path, settings=settings)
    try:
        sql = "select+abstract,title+from+records+where+pmid=5001"
        rows = made.get(f"/evlit.json?sql={sql}&_shape=array").json()
        assert rows == [{"abstract": None, "title": "ExoFlo in rabbits"}]
        rows = made.get(
            "/evlit.json?_shape=array&sql=select+snippet(records_fts,-1,'','','',64)+as+s+from+"
            "records_fts+where+records_fts+match+'sentence'"
        ).json()
        assert SECRET not in json.dumps(rows)
    finally:
        made.close()


@pytest.mark.parametrize(
    ("config", "environ", "wanted"),
    [
        (None, {}, (False, False, False)),
        ({"private": True}, {}, (True, False, False)),
        ({"private": True}, {"EVLIT_WEB_PRIVATE": "0"}, (False, False, False)),
        ({"download": True}, {}, (False, False, False)),
        ({}, {"EVLIT_WEB_PRIVATE": "on", "EVLIT_WEB_DOWNLOAD": "1"}, (True, False, True)),
        ({"sql": "maybe"}, {}, (False, False, False)),
    ],
)
def test_switches(config: Any, environ: dict[str, str], wanted: tuple[bool, bool, bool]) -> None:
    found = read_switches(config, environ)
    assert (found.private, found.sql, found.download) == wanted


@pytest.mark.parametrize(
    "address",
    ["/", "/evlit/product/exoflo", "/evlit/map", "/evlit/record/1001", "/evlit/product/x"],
)
def test_own_pages_allow_no_script_at_all(client: Client, address: str) -> None:
    reply = client.get(address)
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in reply.headers
    assert "<script" not in reply.text
    assert " style=" not in reply.text
    assert "Accept-Language" in reply.headers["vary"]


def test_queries_named_like_pages_keep_datasettes_policy(client: Client) -> None:
    for name in ("products-by-records", "product-records?product=exoflo", "evidence", "mentions"):
        policy = client.get(f"/evlit/{name}").headers["content-security-policy"]
        assert "script-src 'self' 'unsafe-inline'" in policy


def test_datasettes_pages_have_a_policy_and_are_not_indexed(client: Client) -> None:
    reply = client.get("/evlit/evidence")
    assert "connect-src 'self'" in reply.headers["content-security-policy"]
    assert "noindex" in reply.headers["x-robots-tag"]
    assert '<html lang="en">' in reply.text
    robots = client.get("/robots.txt").text
    assert "Disallow: /evlit\n" in robots
    assert "Allow: /evlit/product/" in robots


def test_nothing_is_fetched_from_elsewhere(client: Client) -> None:
    for address in ("/", "/evlit/product/exoflo", "/evlit/map", "/evlit/timeline", "/evlit",
                    "/evlit/evidence"):  # fmt: skip
        page = client.get(address).text
        loads = re.findall(r'<(?:script|img|link|iframe|source)[^>]+(?:src|href)="([^"]+)"', page)
        assert loads
        assert not [a for a in loads if re.match(r"(?:[a-z]+:)?//(?!localhost/)", a)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(client: Client, text: str) -> None:
    reply = client.get(f"/evlit/search?q={quote(text)}")
    assert reply.status_code in (200, 400)
    for page in (reply.text, client.get("/evlit/product/exoflo?tier=animal").text,
                 client.get("/evlit/list?tier=animal&indication=osteoarthritis").text,
                 client.get("/evlit/record/6001").text,
                 client.get("/evlit/evidence").text):  # fmt: skip
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg/onload" not in page
        assert 'href="javascript:' not in page
        assert "{{ 7*7 }}" not in page.replace("{{ 7*7 }}{% for %}", "")
        assert "49{" not in page
    assert "\x1b" not in reply.text
    assert "\u202e" not in reply.text


def test_fifty_readers_during_a_sync_meet_no_error(path: Path, tmp_path: Path) -> None:
    busy = tmp_path / "evlit.db"
    with fx.make_store(busy) as store:
        made = Client(busy)

        async def read() -> list[int]:
            addresses = ["/evlit/product/exoflo", "/", "/evlit/map", "/evlit/evidence?_size=5",
                         "/evlit/search?q=exoflow"] * 10  # fmt: skip

            async def one(address: str) -> int:
                return int((await made.server.client.get(address)).status_code)

            async def write() -> None:
                for n in range(20):
                    batch = [fx.entry(7000 + i, f"Vesicles {n}", fx.tags("animal", species="rat"))
                             for i in range(50)]  # fmt: skip
                    store.save_batch(batch)
                    await asyncio.sleep(0)

            codes, _ = await asyncio.gather(asyncio.gather(*map(one, addresses)), write())
            return list(codes)

        try:
            assert asyncio.run(read()) == [200] * 50
        finally:
            made.close()


def test_a_store_put_in_place_of_another_is_read(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    fx.make_store(live, []).close()
    fx.make_store(tmp_path / "new.db").close()
    reader = Reader(live, fx.CATALOGUE)
    try:
        assert asyncio.run(reader.run(lambda s: s.count())) == 0
        (tmp_path / "new.db").replace(live)
        assert asyncio.run(reader.run(lambda s: s.count())) > 0
    finally:
        reader.close()


def test_a_fault_tells_nothing_of_the_machine(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("/home/secret/path")

    monkeypatch.setattr("evlit.web.answers.look_up", broken)
    reply = client.get("/evlit/search?q=ExoFlo")
    assert reply.status_code == 500
    assert "secret" not in reply.text
    assert "secret" in caplog.text


# ------------------------------------------------------------------------ map and lists


def test_every_cell_of_the_map_leads_to_as_many_records(client: Client, path: Path) -> None:
    page = client.get("/evlit/map").text
    cells = re.findall(r'href="(/evlit/list\?[^"]+)" aria-label="[^"]+">([\d,]+)<', page)
    assert len(cells) > 8
    for address, number in cells:
        found = client.get(unescape(address)).text
        assert re.search(rf"\b{number} records?,", found), address
    with open_store(path, readonly=True) as store:
        chart = count_map(store.db)
        for row in chart.rows:
            for tier, n in zip(MAP_TIERS, row.counts, strict=True):
                assert list_records(store.db, MapFilter(), tier=tier, indication=row.key)[0] == n
        total = sum(list_records(store.db, MapFilter(), tier=tier)[0] for tier in MAP_TIERS)
        assert total == sum(chart.totals) == list_records(store.db, MapFilter())[0]


def test_the_map_leaves_retracted_papers_out_and_narrows(path: Path) -> None:
    with open_store(path, readonly=True) as store:
        whole = {r.key: r.counts for r in count_map(store.db).rows}
        assert whole["ischemic_stroke"] == (0, 0, 1, 0, 0)  # 2001 stands, 2004 is retracted
        mine = count_map(store.db, MapFilter(product="exoflo"))
        assert {r.key: r.counts[2] for r in mine.rows}["wound_healing"] == 1
        assert count_map(store.db, MapFilter(first=2030)).totals == (0, 0, 0, 0, 0)
        assert (
            count_map(store.db, MapFilter(source="non_msc", preparation="other_product")).totals[1]
            == 1
        )
        cells = count_map(store.db, MapFilter(preparation="cells"))
        assert cells.totals[:4] == (1, 0, 1, 0)


def test_pictures_are_served_as_svg_and_png(client: Client) -> None:
    svg = client.get("/evlit/map.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    ElementTree.fromstring(svg.text)
    ElementTree.fromstring(client.get("/evlit/timeline.svg").text)
    png = client.get("/evlit/map.png")
    assert png.content.startswith(b"\x89PNG")


# ----------------------------------------------------------------------- Datasette's pages


def queries() -> dict[str, Any]:
    found = yaml.safe_load((ROOT / "db" / "metadata.yaml").read_text(encoding="utf-8"))
    return dict(found["databases"]["evlit"]["queries"])


@pytest.mark.parametrize("name", queries())
def test_every_canned_query_runs_and_explains_itself(client: Client, name: str) -> None:
    values = "product=exoflo&day=2026-01-01&pmid=1001"
    reply = client.get(f"/evlit/{name}.json?{values}&_shape=array")
    assert reply.status_code == 200
    assert isinstance(reply.json(), list)
    page = client.get(f"/evlit/{name}?{values}").text
    assert queries()[name]["description"].split(".")[0].split(",")[0][:40] in unescape(page)


def test_tables_of_datasette_show_words_and_links(client: Client) -> None:
    page = client.get("/evlit/evidence?pmid=1001").text
    assert '<a href="/evlit/record/1001">1001</a>' in page
    assert '<a href="/evlit/product/exoflo">exoflo</a>' in page
    assert "[&#34;covid19&#34;]" not in page
    assert "One row a record" in page  # the words of db/metadata.yaml, though none was given
    assert "facet" in page


def test_settings_are_the_same_from_a_folder_a_file_and_the_command(client: Client) -> None:
    shipped = json.loads((ROOT / "db" / "settings.json").read_text(encoding="utf-8"))
    assert shipped == PUBLIC
    plain = {name: client.server.setting(name) for name in PUBLIC if name != "num_sql_threads"}
    assert plain == {name: value for name, value in PUBLIC.items() if name in plain}
    assert set(shipped) <= {setting.name for setting in SETTINGS}  # an unknown one ends the server


# -------------------------------------------------------------------------- languages


@pytest.mark.parametrize(
    ("asked", "accepted", "wanted"),
    [
        (None, "", "en"),
        (None, "ja,en-US;q=0.9,en;q=0.8", "ja"),
        (None, "ja-JP", "ja"),
        (None, "en;q=0.9, ja;q=0.8", "en"),
        (None, "fr, de;q=0.5", "en"),
        ("ja", "en", "ja"),
        ("xx", "ja", "ja"),
        (None, ";;;q=9,,\x00", "en"),
    ],
)
def test_language_of_a_page(asked: str | None, accepted: str, wanted: str) -> None:
    assert choose_language(asked, accepted) == wanted


def blanks(sentence: messages.Sentence) -> set[str]:
    forms = sentence.values() if isinstance(sentence, dict) else [sentence]
    return {b for form in forms for b in re.findall(r"\{(\w+)\}", form)}


EXTRA = {"condition", "body_system", "species", "given", "population", "review_kind"}
"""Sections of words that English takes from the value itself."""


@pytest.mark.parametrize("package", ["evlit.wording", "evlit.web.wording"])
def test_japanese_has_every_sentence_with_its_blanks(package: str) -> None:
    english = messages.load_sentences(package, "en")
    japanese = messages.load_sentences(package, "ja")
    assert not english.keys() - japanese.keys()
    assert {key.split(".")[0] for key in japanese.keys() - english.keys()} <= EXTRA
    for key, sentence in english.items():
        # Japanese has no plural: one sentence where English has two.
        assert blanks(japanese[key]) <= blanks(sentence) | {"n"}, key
        assert blanks(sentence) - blanks(japanese[key]) <= {"n"}, key


def test_japanese_names_every_condition_and_body_system() -> None:
    japanese = messages.load_sentences("evlit.wording", "ja")
    named = {k.split(".", 1)[1] for k in japanese if k.startswith("condition.")}
    assert named == set(indications.names())
    systems = {k.split(".", 1)[1] for k in japanese if k.startswith("body_system.")}
    assert systems == set(body_systems().values())


def test_a_page_in_japanese_is_japanese(client: Client) -> None:
    page = client.get("/evlit/product/exoflo", **{"accept-language": "ja"})
    assert '<html lang="ja">' in page.text
    assert page.headers["content-language"] == "ja"
    assert "人" in re.search(r'id="verdict">.*?<p>(.*?)</p>', page.text, re.S)[1]  # type: ignore[index]
    assert "Given to people" not in page.text
    same = client.get("/evlit/product/exoflo?lang=ja").text
    assert 'href="/evlit/map?lang=ja"' in same
    english = client.get("/evlit/product/exoflo.json?lang=en").json()
    japanese = client.get("/evlit/product/exoflo.json?lang=ja").json()
    assert english["tiers"] == japanese["tiers"]
    assert english["verdict"] != japanese["verdict"]


def test_every_word_of_the_pages_is_used_and_known() -> None:
    folder = ROOT / "evlit" / "web"
    source = "\n".join(
        p.read_text(encoding="utf-8")
        for p in folder.rglob("*")
        if p.suffix in (".py", ".html") and "wording" not in p.parts
    )
    known = set(page_words("en"))
    asked = set(re.findall(r"\bt\(\s*[\"']([a-z]+\.[a-z0-9_]+)[\"']", source))
    asked = {key for key in asked if not key.endswith("_")}
    assert asked <= known
    begun = set(re.findall(r"\bt\(\s*f?[\"']([a-z]+\.[a-z0-9_]*)(?:\{|[\"'] ~)", source))
    begun.add("axis.")  # asked for by evlit.web.words.axis_name
    unused = {k for k in known - asked if not any(k.startswith(b) for b in begun)}
    unused = {k for k in unused if f'"{k}"' not in source}
    assert not unused
    assert {f"axis.{axis}" for axis in AXES} <= known


# --------------------------------------------------------------------------- packaging


def test_templates_and_static_files_belong_to_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["datasette"] == {"evlit": "evlit.web"}
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["evlit"]
    assert any(d.startswith("datasette>=0.65") for d in
               project["project"]["optional-dependencies"]["web"])  # fmt: skip


def test_static_files_come_from_the_plugin(client: Client) -> None:
    page = client.get("/").text
    for address in re.findall(r'href="(/-/static-plugins/[^"]+)"', page):
        reply = client.get(address)
        assert reply.status_code == 200
        assert "max-age" in reply.headers["cache-control"]


# ------------------------------------------------------------- figures of the page "about"


def test_figures_of_the_page_are_those_of_the_document() -> None:
    """Both are written by one `make accuracy`; run it where this fails."""
    measured = accuracy()
    text = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    assert f"on {measured['date']}, classifier `{measured['classifier']}`" in text
    sections = dict(re.findall(r"^## (\S+): by axis\n(.*?)(?=^## )", text, re.M | re.S))
    assert {f["name"] for f in measured["files"]} == set(sections)
    for file in measured["files"]:
        rows = {r[0]: r for line in sections[file["name"]].splitlines() if line.startswith("| ")
                for r in [[cell.strip() for cell in line.strip("| ").split("|")]]}  # fmt: skip
        for axis in file["axes"]:
            row = rows[axis["axis"]]
            assert row[1] == str(axis["records"])
            assert row[2].startswith(f"{axis['today']:.3f} ")
            if axis["first"] is not None:
                assert any(cell.startswith(f"{axis['first']:.3f} ") for cell in row[3:])


def test_about_quotes_blind_figures_before_those_of_today(client: Client) -> None:
    page = unescape(client.get("/evlit/about").text)
    for row in overview(accuracy()):
        name = page_words("en")[f"axis.{row.axis}"]
        assert f'{name}</th><td class="num">{percents(row.first)}</td>' in page
    for file in accuracy()["files"]:
        assert file["silent_on"].replace("`", "") in page


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (None, "–"),
        ((None, None), "–"),
        ((0.62, 0.62), "62%"),
        ((0.816, 0.902), "82–90%"),
        ((0.9987, 1.0), "99–100%"),
        ((0.0, 0.001), "0–1%"),
    ],
)
def test_a_share_is_never_rounded_up_to_all(shares: Any, said: str) -> None:
    assert percents(shares) == said


# ------------------------------------------------------------ what readers of pages met


def test_the_catalogue_says_what_was_found_as_the_answers_do(client: Client, path: Path) -> None:
    page = unescape(client.get("/evlit/products").text)
    with open_store(path, readonly=True) as store:
        for product in fx.PRODUCTS:
            answer = answer_for(fx.CATALOGUE, store, product)
            row = page.split(f'href="/evlit/product/{product.key}"')[1].split("</tr>")[0]
            assert messages.say(f"status.{answer.status}") in row
            people = answer.counts.human_randomised + answer.counts.human_other
            assert (f"{people} in people" in row) == (people > 0)


def test_a_product_stands_once_on_a_record_and_counts_when_one_link_does(client: Client) -> None:
    page = client.get("/evlit/record/1001").text
    assert page.count('href="/evlit/product/exoflo"') == 1
    assert "counts as tested" in page.split('href="/evlit/product/exoflo"')[1][:80]


def test_a_reader_without_an_answer_is_told_what_to_do(client: Client) -> None:
    for name in ("Quietex", "XOsomes", "Retrovex", "Novexa"):
        page = client.get(f"/evlit/search?q={name}").text
        assert page_words("en")["near.what_now"] in page, name
    assert page_words("en")["near.what_now"] not in client.get("/evlit/search?q=ExoFlo").text


def test_no_title_is_marked_from_end_to_end() -> None:
    title = "Vesicles in rats: a randomised trial"
    assert mark_words(title, ["Vesicles in rats", "a randomised trial"]) == title
    assert "<mark>in rats</mark>" in mark_words(title, ["in rats"])


def test_class_evidence_for_a_condition_is_not_called_all_conditions(client: Client) -> None:
    one = client.get("/evlit/search?for=stroke").text
    every = client.get("/evlit/search?q=exosomes").text
    assert messages.say("class.all") in every
    assert messages.say("class.all") not in one


def test_the_class_leads_to_its_records(client: Client) -> None:
    page = unescape(client.get("/evlit/search?for=stroke").text)
    link = re.search(r'href="(/evlit/list\?indication=ischemic_stroke[^"]+)"', page)
    assert link
    assert "Vesicles in rats with stroke" in client.get(link[1]).text


def test_readers_of_one_table_page_do_not_read_the_whole_store(client: Client, path: Path) -> None:
    """No facet is suggested for 37 columns; what is counted is read off an index."""
    page = client.get("/evlit/evidence.json?_size=1").json()
    assert page["suggested_facets"] == []
    assert len(page["facet_results"]) == 5
    with sqlite3.connect(path) as db:
        for sql in ("SELECT count(*) FROM evidence",
                    "SELECT design, count(*) FROM evidence GROUP BY design"):  # fmt: skip
            plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
            assert "SCAN records USING COVERING INDEX records_year" in plan
    db.close()


def test_the_words_of_the_tables_hold_no_rules() -> None:
    """Datasette is given them without these keys' answers, so none may stand there."""

    def keys(value: Any) -> set[str]:
        if not isinstance(value, dict):
            return set()
        return set(value).union(*map(keys, value.values()))

    words = yaml.safe_load((ROOT / "db" / "metadata.yaml").read_text(encoding="utf-8"))
    assert not keys(words) & {"allow", "allow_sql", "plugins", "facet_size"}


def test_the_databases_front_page_says_what_to_read_first(client: Client) -> None:
    page = unescape(client.get("/evlit").text)
    first = re.search(r'class="evlit-start" href="([^"]+)"', page)
    assert first
    columns = client.get(first[1].replace("/evidence?", "/evidence.json?")).json()["columns"]
    assert 10 < len(columns) < 16
    for query in queries().values():
        assert query["title"] in page
        assert query["description"] in page
    assert ">requests</a>" not in page
    assert ">requests</a>" in client.get("/evlit?_show_hidden=1").text


def test_a_canned_query_is_a_question_not_sql(client: Client) -> None:
    page = client.get("/evlit/conditions-by-design").text
    assert "<title>Conditions by kind of study</title>" in page
    assert "Custom SQL" not in page
    assert "Ischaemic stroke" in page
    assert 'title="ischemic_stroke"' in page


def test_a_timeline_for_a_phone_is_narrow(client: Client) -> None:
    wide, narrow = (
        ElementTree.fromstring(client.get(f"/evlit/timeline.svg{q}").text)
        for q in ("", "?narrow=1")
    )
    assert int(narrow.attrib["width"]) <= 360 < int(wide.attrib["width"])
    assert "narrow=1" in client.get("/evlit/timeline").text
