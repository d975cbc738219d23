"""What ``evlit status`` says: of topics and products, of curated studies, of each source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from evlit.catalogue import Catalogue
from evlit.cli.status_page import status_page
from evlit.records import CuratedStudy, Topic
from evlit.status import SourceState, Status, Waiting, look_at
from tests.fakes.eutils import FakeEutils
from tests.fakes.nights import BROAD, EXOFLO, Nights, Questions, library

STUDY = CuratedStudy("A study of ExoFlo", pmid=40_000_001)
CURATED = Questions(
    topics=(BROAD,),
    products=(replace(EXOFLO, studies=(STUDY, CuratedStudy("Not to be had", pmid=77_000_000))),),
    external=(
        CuratedStudy("By DOI", doi="10.9999/INVENTED.1"),
        CuratedStudy("Elsewhere", doi="10.9999/elsewhere"),
        CuratedStudy("A press release"),
    ),
)


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    with FakeEutils(library(30)) as fake:
        yield Nights(fake, tmp_path, CURATED)


def status(nights: Nights) -> Status:
    with nights.store() as store:
        catalogue = cast("Catalogue", nights.questions)
        return look_at(store, catalogue, now=nights.fake.clock.now())


def source(found: Status, name: str) -> SourceState:
    return next(s for s in found.sources if s.source == name)


def test_before_anything_was_asked(nights: Nights) -> None:
    found = status(nights)
    assert not found.fresh
    assert (found.curated.asked_at, found.curated.held, len(found.curated.waiting)) == ("", 0, 4)
    assert {s.state for s in found.sources} == {"never"}
    page = status_page(found)
    assert "4  are not held: not asked for yet" in page
    assert page.count("never asked") >= 4


def test_curated_studies_are_held_or_waited_for(nights: Nights) -> None:
    nights.run()
    found = status(nights)
    assert found.fresh
    assert found.curated.asked_at.startswith("2026-11-02")
    assert found.curated.held == 2  # one by PMID, one by DOI, in whatever case
    assert found.curated.waiting == (
        Waiting("PMID 77000000", "Not to be had", "exoflo"),
        Waiting("doi:10.9999/elsewhere", "Elsewhere", ""),
    )
    assert found.curated.unnumbered == 1
    page = status_page(found, every=True)
    assert "2  are not held: PubMed did not have them when last asked (2026-11-02)" in page
    assert "PMID 77000000  Not to be had (exoflo)" in page
    told = json.loads(json.dumps(found.as_json()))
    assert told["curated"]["waiting"][1]["study"] == "doi:10.9999/elsewhere"


def test_a_topic_that_fails_says_why(nights: Nights) -> None:
    nights.fake.engine.unknown |= {"never heard of"}
    bad = Topic("bad", "Bad", '"never heard of"[tiab]', ())
    nights.questions = replace(CURATED, topics=(bad, BROAD))
    nights.run()
    found = status(nights)
    assert not found.fresh
    notes = {q.query: q.note for q in found.queries}
    assert "PubMed does not know 'never heard of'" in notes["topic:bad"]
    assert notes["topic:broad"] == ""
    assert notes["topic:bad"] in status_page(found)
    nights.questions = CURATED
    nights.run()
    assert {q.note for q in status(nights).queries} == {""}


def outside_run(nights: Nights, name: str, status: str, failed: str = "", error: str = "") -> None:
    with nights.store() as store:
        run = store.start_run(f"sync-{name}")
        if failed:
            store.save_query_run(
                run.id, name, "product:exoflo", "h", mode="full", asked="x", status="failed",
                error=failed,
            )  # fmt: skip
        store.finish_run(run.id, status, error)


def test_each_source_says_when_it_was_last_good_and_what_failed(nights: Nights) -> None:
    outside_run(nights, "ctgov", "ok")
    outside_run(nights, "fda", "ok")
    outside_run(nights, "openfda", "failed", error="openFDA: could not be reached")
    nights.fake.clock.tomorrow()
    outside_run(nights, "ctgov", "partial", failed="an answer without its count")
    found = status(nights)
    ctgov = source(found, "ctgov")
    assert (ctgov.state, ctgov.last_good[:10], ctgov.last_run[:10]) == (
        "failing", "2026-11-02", "2026-11-03",
    )  # fmt: skip
    assert ctgov.failed == (("product:exoflo", "an answer without its count"),)
    assert source(found, "fda").state == "good"
    assert source(found, "europepmc").state == "never"
    page = status_page(found)
    assert "asked on 2026-11-03, not all went well; all answered on 2026-11-02" in page
    assert "product:exoflo: an answer without its count" in page
    assert "never wholly answered" in page
    assert "openFDA: could not be reached" in page
    nights.fake.clock.tomorrow(8)
    assert source(status(nights), "fda").state == "stale"
    assert "more than 7 days ago" in status_page(status(nights))
    failed = found.as_json()["sources"][0]["failed"]
    assert failed == [{"question": "product:exoflo", "error": "an answer without its count"}]


def test_a_no_does_not_wait_for_other_sources(nights: Nights) -> None:
    """ "None found" rests on PubMed: a source that fails is shown and makes nothing stale."""
    nights.run()
    outside_run(nights, "ctgov", "failed", error="down")
    assert status(nights).fresh
