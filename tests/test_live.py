"""``--live``: one question asked of PubMed now, through the one door, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from evlit.answer import look_up
from evlit.catalogue import load_catalogue, shipped_folder
from evlit.cli import run
from evlit.errors import LockedError, SourceError
from evlit.ingest import Enricher
from evlit.names import NameFinder, name_key, name_term, spellings
from evlit.records import Entry, Parsed
from evlit.store import Store, open_store
from evlit.store.lock import hold_store
from evlit.sync.live import Live, ask_live, name_query, naming
from evlit.sync.plan import Query, product_query
from tests.conftest import CITATIONS, EXOFLO_TRIAL
from tests.fakes.citations import RETRACTED, Citation
from tests.fakes.client import door_for, settings_for
from tests.fakes.eutils import FakeEutils

CATALOGUE = load_catalogue(shipped_folder())
NOVEX = Citation(
    97_500_001, "Novexalin in knees of patients.",
    "Nine patients received Novexalin, mesenchymal stem cell exosomes, into the knee.",
)  # fmt: skip
NOVEX_PLUS = Citation(
    97_500_002, "Novexalin+ in mice.", "Mice received Novexalin+ exosomes of stem cells."
)


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return Enricher(CATALOGUE)


@pytest.fixture
def fake() -> Iterator[FakeEutils]:
    with FakeEutils([*CITATIONS, NOVEX, NOVEX_PLUS]) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path, fake: FakeEutils) -> Iterator[Store]:
    with open_store(tmp_path / "evlit.db", now=fake.clock.now) as made:
        yield made


def ask(store: Store, fake: FakeEutils, tmp: Path, enricher: Enricher, typed: str) -> Live:
    """Ask as the command line does."""
    found = next((p for p in CATALOGUE.products if p.name == typed), None)

    def enrich(parsed: Parsed, queries: tuple[str, ...]) -> Entry:
        return enricher.entries(store, [(parsed, queries)])[0]

    query: Query = product_query(found) if found else name_query(typed)
    door = door_for(fake, tmp)
    try:
        return ask_live(
            store, settings_for(fake, tmp), query,
            enrich=enrich if found else naming(enrich, typed),
            clock=fake.clock.as_clock(), door=door,
        )  # fmt: skip
    finally:
        door.close()


def status(store: Store, fake: FakeEutils, typed: str) -> str:
    return look_up(store, CATALOGUE, typed, now=fake.clock.now()).status


def test_a_product_is_asked_about_saved_and_covered(
    store: Store, fake: FakeEutils, tmp_path: Path, enricher: Enricher
) -> None:
    said = ask(store, fake, tmp_path, enricher, "ExoFlo")
    assert EXOFLO_TRIAL.pmid in said.new
    assert said.full
    answer = look_up(store, CATALOGUE, "ExoFlo", now=fake.clock.now())
    assert answer.coverage.covered
    assert EXOFLO_TRIAL.pmid in {r.pmid for r in answer.records}
    (row,) = store.last_runs()
    assert (row.kind, row.status) == ("live", "ok")
    assert [q.query for q in store.query_runs(row.id)] == ["product:exoflo"]


def test_a_no_rests_on_the_search_just_made(
    store: Store, fake: FakeEutils, tmp_path: Path, enricher: Enricher
) -> None:
    assert status(store, fake, "Exolitus") == "not_searched"
    said = ask(store, fake, tmp_path, enricher, "Exolitus")
    assert (said.new, said.full) == ((), True)
    assert status(store, fake, "Exolitus") == "none_found"
    assert status(store, fake, "ARDOXSO") == "not_searched"


def test_a_name_outside_the_catalogue_is_kept_where_the_text_prints_it(
    store: Store, fake: FakeEutils, tmp_path: Path, enricher: Enricher
) -> None:
    assert status(store, fake, "Novexalin") == "not_searched"
    said = ask(store, fake, tmp_path, enricher, "Novexalin")
    assert said.new == (NOVEX.pmid,)
    answer = look_up(store, CATALOGUE, "Novexalin", now=fake.clock.now())
    assert answer.status == "mentioned"
    assert answer.coverage.covered
    assert [r.pmid for r in answer.records] == [NOVEX.pmid]


def test_a_name_in_no_text(
    store: Store, fake: FakeEutils, tmp_path: Path, enricher: Enricher
) -> None:
    said = ask(store, fake, tmp_path, enricher, "Vesiprime")
    assert (said.counted, said.new) == (0, ())
    assert status(store, fake, "Vesiprime") == "unknown_none_found"
    assert status(store, fake, "Vesiprima") == "not_searched"


def test_it_learns_of_a_retraction(
    store: Store, fake: FakeEutils, tmp_path: Path, enricher: Enricher
) -> None:
    ask(store, fake, tmp_path, enricher, "ExoFlo")
    types = (*EXOFLO_TRIAL.types, RETRACTED)
    fake.put(EXOFLO_TRIAL.but(types=types, modified=date(2026, 11, 1)))
    fake.clock.tomorrow()
    said = ask(store, fake, tmp_path, enricher, "ExoFlo")
    assert (said.new, said.revised) == ((), 1)
    assert said.events == ((EXOFLO_TRIAL.pmid, "retracted"),)


def test_a_night_afterwards_asks_from_its_own_day(
    store: Store, fake: FakeEutils, tmp_path: Path, enricher: Enricher
) -> None:
    query = product_query(CATALOGUE.product("exoflo"))
    store.set_watermark("pubmed", query.key, query.hash, "2026-01-02", full_at=None)
    ask(store, fake, tmp_path, enricher, "ExoFlo")
    mark = store.watermark("pubmed", query.key, query.hash)
    assert mark is not None
    assert (mark.watermark, mark.full_count) == ("2026-01-02", 2)
    assert mark.full_at is not None


def test_too_many_hits_vouch_for_nothing(
    store: Store, fake: FakeEutils, tmp_path: Path, enricher: Enricher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("evlit.sync.live.MOST_FETCHED", 1)
    said = ask(store, fake, tmp_path, enricher, "Novexalin")
    assert not said.full
    assert "were read" in said.why
    assert status(store, fake, "Novexalin") == "not_searched"


def test_another_run_and_an_ill_pubmed(
    store: Store, fake: FakeEutils, tmp_path: Path, enricher: Enricher
) -> None:
    with hold_store(store.path), pytest.raises(LockedError):
        ask(store, fake, tmp_path, enricher, "ExoFlo")
    fake.close()
    with pytest.raises(SourceError, match="could not be reached"):
        ask(store, fake, tmp_path, enricher, "ExoFlo")
    assert store.last_runs()[0].status == "failed"


# ------------------------------------------------------------------------ command line


def live(fake: FakeEutils, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EVLIT_DB", str(tmp_path / "cli.db"))
    monkeypatch.setenv("EVLIT_EUTILS_URL", fake.url)
    monkeypatch.setattr("evlit.sync.live.Clock", fake.clock.as_clock)


def test_the_command_says_what_changed(
    fake: FakeEutils, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    live(fake, monkeypatch, tmp_path)
    assert run(["search", "ExoFlo", "--live"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "PubMed was asked now: 2 records fit this product's query." in out
    assert "2 were not held before" in out
    assert run(["search", "ExoFlo", "--live"]) == 0
    out = capsys.readouterr().out
    assert "All of them were held before." in out
    assert "The answer is the same as before." in out
    assert run(["search", "exosomes", "--live"]) == 10
    assert "nothing was asked" in capsys.readouterr().out


def test_out_of_reach_it_answers_from_what_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVLIT_DB", str(tmp_path / "cli.db"))
    monkeypatch.setenv("EVLIT_EUTILS_URL", "http://127.0.0.1:9/")
    assert run(["search", "ExoFlo", "--live"]) == 69
    told = capsys.readouterr()
    assert told.err.startswith("PubMed: could not be reached")
    assert told.err.count("\n") == 1
    assert "PubMed could not be asked now" in told.out
    assert "Given to people" in told.out


# --------------------------------------------------------------------------- the term


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("Exo Flow", '"exo flow"[tiab] OR "exoflow"[tiab]'),
        ('a" OR 1[uid]', '"a or 1 uid"[tiab]'),
        ("ZORB+", '"zorb+"[tiab]'),
        ("NCT04493242", '"nct04493242"[si]'),
    ],
)
def test_a_typed_name_cannot_write_the_query(typed: str, part: str) -> None:
    term = name_term(typed)
    assert part in term
    assert term.count('"') % 2 == 0


def test_keys_of_names_are_folded() -> None:
    assert name_key("Exo-Flow™") == name_key("exo flow") == "name:exo flow"


def test_a_finder_knows_signs_and_edges() -> None:
    finder = NameFinder(spellings("Novexalin"))
    assert finder.words("We gave Novexalin to nine.") == "We gave Novexalin to nine."
    assert not finder.words("We gave Novexalin+ to nine.")
    assert not finder.words("We gave preNovexalin to nine.")
