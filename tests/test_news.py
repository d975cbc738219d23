"""What is new since a day: digest and Atom feeds."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evlit.answer.news import find_news, indication_news, product_news
from evlit.cli import run
from evlit.messages import use_language
from evlit.records import (
    LetterLink,
    NewsItem,
    RegisteredTrial,
    RegulatorLetter,
    TrialLink,
)
from evlit.render.atom import ATOM, to_atom
from evlit.render.digest import digest_html, digest_text
from evlit.store import Store, open_store
from tests.answer_fixture import CATALOGUE, RETRACTED, entry, mention, tags

DAY = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
RAT = tags("animal", species="rat", indication="wound_healing")


class Clock:
    now = DAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store as it was on the first of November, and what came a week later."""
    with open_store(tmp_path / "news.db", now=clock) as made:
        made.save_batch([entry(1, "ExoFlo in rats", RAT, mention(1, "exoflo")),
                         entry(2, "Vesicles in rats", RAT)])  # fmt: skip
        clock.now = DAY + timedelta(days=7)
        made.save_batch([
            entry(1, "ExoFlo in rats.", RAT, mention(1, "exoflo"), publication_types=(RETRACTED,)),
            entry(3, "ExoFlo <b>&amp; in people", tags("clinical", clinical_kind="rct"),
                  mention(3, "exoflo")),
            entry(4, "A list that names ExoFlo", tags("review", "nothing"),
                  mention(4, "exoflo", "named", counts=False)),
            entry(5, "Vesicles in people", tags("clinical", clinical_kind="rct")),
        ])  # fmt: skip
        yield made


def heads(items: list[NewsItem] | tuple[NewsItem, ...]) -> list[tuple[str, str]]:
    return [(item.kind, item.id) for item in items]


def test_news_by_product_most_important_first(store: Store) -> None:
    news = find_news(store.db, CATALOGUE, "2026-11-05")
    assert [name for name, _ in news.groups] == ["ExoFlo"]
    assert heads(news.groups[0][1]) == [
        ("retracted", "PMID 1"), ("report", "PMID 3"), ("linked", "PMID 4"),
    ]  # fmt: skip
    assert dict(news.counts) == {"human_randomised": 2}
    assert news.searched == ""


def test_nothing_is_new_since_yesterday(store: Store) -> None:
    news = find_news(store.db, CATALOGUE, "2026-11-09")
    assert (news.groups, news.field, news.counts) == ((), (), ())
    assert "Nothing new about any product." in digest_text(news)


def test_a_good_sync_is_told_and_its_absence_too(store: Store) -> None:
    assert "No good sync" in digest_text(find_news(store.db, CATALOGUE, "2026-11-05"))
    run_ = store.start_run("sync")
    store.finish_run(run_.id, "ok")
    assert "Last good sync in this time: 2026-11-08." in digest_text(
        find_news(store.db, CATALOGUE, "2026-11-05")
    )


def test_retractions_of_the_field_are_listed_apart(store: Store) -> None:
    store.save_batch([entry(2, "Vesicles in rats.", RAT, publication_types=(RETRACTED,))])
    news = find_news(store.db, CATALOGUE, "2026-11-05")
    assert heads(news.field) == [("retracted", "PMID 2")]
    assert "Not about a product of the catalogue (1)" in digest_text(news)


def test_trials_and_letters_stand_under_their_product(store: Store) -> None:
    made = store.start_run("sync-ctgov")
    trial = RegisteredTrial("NCT00000001", "Vesicles in knees", status="RECRUITING")
    store.save_trials("ctgov", [trial], made.id)
    link = TrialLink("NCT00000001", "exoflo", "name", "ExoFlo", "title", "ExoFlo")
    store.save_trial_links("ctgov", "exoflo", [link], made.id)
    store.save_trials("ctgov", [trial._replace(status="TERMINATED")], made.id)
    letter = RegulatorLetter("https://fda.example/l", "FDA", "warning letter", "Quiet Co", "CBER",
                             "Unapproved", "2026-11-07", "2026-11-06")  # fmt: skip
    store.save_letters(
        "fda", [letter], [LetterLink(letter.url, "quiet", "Quiet Co")], made.id, whole=True
    )
    news = find_news(store.db, CATALOGUE, "2026-11-05")
    found = {name: heads(items) for name, items in news.groups}
    assert ("trial_new", "NCT00000001") in found["ExoFlo"]
    assert ("trial_status", "NCT00000001") in found["ExoFlo"]
    assert found["Quietex"] == [("letter_new", "https://fda.example/l")]
    text = " ".join(digest_text(news).split())
    assert "RECRUITING -> TERMINATED" in text
    assert "2026-11-06 · regulator's letter" in text


def test_text_is_narrow_and_html_escapes(store: Store) -> None:
    news = find_news(store.db, CATALOGUE, "2026-11-05")
    assert max(map(len, digest_text(news).splitlines())) <= 78
    page = digest_html(news)
    assert "ExoFlo &lt;b&gt;&amp;amp; in people" in page
    assert "<script" not in page
    assert page.startswith('<!doctype html>\n<html lang="en">')
    with use_language("ja"):
        assert '<html lang="ja">' in digest_html(find_news(store.db, CATALOGUE, "2026-11-05"))


def test_the_same_news_in_text_and_html(store: Store) -> None:
    news = find_news(store.db, CATALOGUE, "2026-11-05")
    for item in news.groups[0][1]:
        assert item.url in digest_text(news)
        assert item.url in digest_html(news)


# ------------------------------------------------------------------------------- feeds


def read_feed(text: str) -> tuple[ET.Element, list[ET.Element]]:
    """Return feed and entries; what RFC 4287 demands of both is there."""
    feed = ET.fromstring(text)
    assert feed.tag == f"{{{ATOM}}}feed"
    entries = feed.findall(f"{{{ATOM}}}entry")
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            (child,) = element.findall(f"{{{ATOM}}}{name}")
            assert child.text
        stamp = element.findtext(f"{{{ATOM}}}updated") or ""
        assert datetime.fromisoformat(stamp).tzinfo is not None
    assert feed.findtext(f"{{{ATOM}}}author/{{{ATOM}}}name")
    for link in feed.iter(f"{{{ATOM}}}link"):
        assert (link.get("href") or "").startswith("https://"), "whole addresses only"
    for entry_ in entries:
        (link,) = entry_.findall(f"{{{ATOM}}}link")
        assert (link.get("rel"), str(link.get("href"))[:5]) == ("alternate", "https")
    ids = [e.findtext(f"{{{ATOM}}}id") for e in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    return feed, entries


def test_a_products_feed(store: Store) -> None:
    items = product_news(store.db, CATALOGUE, CATALOGUE.product("exoflo"))
    assert {item.kind for item in items} == {"report", "linked", "retracted"}
    text = to_atom("product/exoflo", "ExoFlo", items, self_url="https://example.org/f.atom")
    feed, entries = read_feed(text)
    assert len(entries) == 4
    assert feed.findtext(f"{{{ATOM}}}updated") == "2026-11-08T06:00:00Z"
    assert text == to_atom("product/exoflo", "ExoFlo", items, self_url="https://example.org/f.atom")
    assert "PMID 3 · 2024 · People, randomised: ExoFlo <b>&amp; in people" in [
        e.findtext(f"{{{ATOM}}}title") for e in entries
    ]


def test_a_conditions_feed_newest_first(store: Store) -> None:
    items = indication_news(store.db, "wound_healing")
    assert [item.id for item in items] == ["PMID 2", "PMID 1"]
    assert "Retracted" in items[1].head
    read_feed(to_atom("indication/wound_healing", "Wounds", items))


def test_an_empty_feed_is_valid(store: Store) -> None:
    _, entries = read_feed(to_atom("product/quiet", "Quietex", []))
    assert entries == []


def test_hostile_text_stays_text() -> None:
    item = NewsItem("report", "x", "2026-11-08T06:00:00Z", "PMID 1", "PMID 1", "a\x0b\ud800]]><b>",
                    "&lt;", "https://example.org/?a=1&b=2")  # fmt: skip
    _, (entry_,) = read_feed(to_atom("product/x", "X\x00", [item]))
    assert (entry_.findtext(f"{{{ATOM}}}title") or "").endswith("\ufffd\ufffd]]><b>")


# ------------------------------------------------------------------------ command line


@pytest.fixture
def filled(tmp_path: Path, pubmed_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVLIT_DB", str(tmp_path / "evlit.db"))
    assert run(["ingest", "-q", str(pubmed_file)]) == 0
    return tmp_path


def test_digest_command(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["digest", "--since", "7d"]) == 0
    assert "ExoFlo (2)" in capsys.readouterr().out
    assert run(["digest", "--since", "2999-01-01", "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["digest", "--since", "1d", "--html"]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")
    assert run(["digest", "--since", "soon"]) == 2
    assert "write 2026-11-01" in capsys.readouterr().err


def test_feed_command(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feed", "ExoFlo"]) == 0
    read_feed(capsys.readouterr().out)
    assert run(["feed", "--for", "stroke"]) == 0
    _, entries = read_feed(capsys.readouterr().out)
    assert entries
    assert run(["feed"]) == 2
    assert run(["feed", "ExoFlo", "--url", "feeds/exoflo.atom"]) == 2
    assert "give a whole address" in capsys.readouterr().err
    out = filled / "feeds"
    assert run(["feed", "--all", str(out), "--url", "https://example.org/feeds/"]) == 0
    feed, _ = read_feed((out / "product" / "exoflo.atom").read_text(encoding="utf-8"))
    links = [link.get("href") for link in feed.findall(f"{{{ATOM}}}link")]
    assert links == ["https://example.org/feeds/product/exoflo.atom"]
    assert len(list(out.rglob("*.atom"))) > 100
