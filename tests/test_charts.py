"""Pictures: well-formed, complete, escaped, and saying what they leave out."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.charts import (
    BINS,
    INKS,
    SHADES,
    GapGroup,
    GapMap,
    GapRow,
    Timeline,
    gap_map_page,
    gap_map_svg,
    shade,
    timeline_svg,
    to_png,
)
from evlit.cli import run
from evlit.messages import use_language
from tests import answer_fixture as fx

COLUMNS = (("human_randomised", "People, randomised"), ("animal", "Animals"))
SVG = "{http://www.w3.org/2000/svg}"


def chart(*rows: tuple[str, int, int]) -> GapMap:
    made = tuple(GapRow(f"k{i}", name, (a, b)) for i, (name, a, b) in enumerate(rows))
    totals = tuple(map(sum, zip(*(r.counts for r in made), strict=True))) if made else (0, 0)
    return GapMap(COLUMNS, (GapGroup("s", "Skin", made),), totals, (0, 3))


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_map_shows_title_date_numbers_gaps_and_legend() -> None:
    said = texts(gap_map_svg(chart(("Burn", 0, 1234), ("Scar", 2, 0)), "A map", ["As of today."]))
    assert said[:2] == ["A map", "As of today."]
    for word in ("Burn", "1,234", "Scar", "2", "none", "Skin", "100+", "Number of records"):
        assert word in said


def test_a_map_says_what_it_leaves_out() -> None:
    rows = [(f"Condition {i}", 0, 10 - i) for i in range(8)] + [("Empty", 0, 0)]
    said = texts(gap_map_svg(chart(*rows), "A map", [""], rows=3))
    assert "Condition 2" in said
    assert "Condition 3" not in said
    assert "5 more conditions with fewer records are not shown." in said
    assert "1 more condition of the vocabulary has no record at all." in said


def test_a_picture_stands_by_itself() -> None:
    svg = gap_map_svg(chart(("Burn", 1, 4)), "A map", [""])
    assert not re.findall(r'(?:href|src|url)\s*[=(]\s*["\']?(?:https?:|//)', svg)
    assert "<script" not in svg
    assert "<image" not in svg


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_leaves_the_picture_well_formed(name: str, title: str) -> None:
    ElementTree.fromstring(gap_map_svg(chart((name, 1, 0)), title, [title, name]))
    row = GapRow("animal", name, (1, 0))
    ElementTree.fromstring(timeline_svg(Timeline((2020, 2021), (row,), 2), title, [title]))


def test_a_map_without_records_is_a_map_of_gaps() -> None:
    said = texts(gap_map_svg(chart(), "A map", []))
    assert said.count("none") == 4  # two totals, one of no condition, the legend


@pytest.mark.parametrize(
    ("n", "wanted"), [(0, -1), (1, 0), (2, 1), (4, 1), (5, 2), (20, 3), (99, 3), (10**6, 4)]
)
def test_shades(n: int, wanted: int) -> None:
    assert shade(n) == wanted
    assert len(BINS) == len(SHADES) == len(INKS)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("i", range(len(SHADES)))
def test_every_number_can_be_read_on_its_shade(i: int) -> None:
    a, b = sorted((luminance(SHADES[i]), luminance(INKS[i])))
    assert (b + 0.05) / (a + 0.05) >= 4.5


def test_a_timeline_has_a_bar_for_every_year_with_records() -> None:
    rows = (GapRow("animal", "Animals", (0, 3, 9)), GapRow("cells", "Cells", (0, 0, 0)))
    svg = timeline_svg(Timeline((2020, 2021, 2022), rows, 1), "By year", [""])
    bars = [t.text for r in ElementTree.fromstring(svg).iter(f"{SVG}rect") for t in r]
    assert bars == ["2021: 3", "2022: 9"]
    said = texts(svg)
    assert "9" in said
    assert "none" in said
    assert "1 record without a year is left out." in said


def test_the_page_holds_picture_and_all_numbers() -> None:
    made = chart(("Burn & scald", 0, 4))
    page = gap_map_page(made, gap_map_svg(made, "A map", [""]), "A map")
    assert page.startswith("<!DOCTYPE html>")
    assert "Burn &amp; scald</th><td>0</td><td>4</td>" in page


def test_a_picture_speaks_the_language_in_use() -> None:
    with use_language("ja"):
        said = texts(gap_map_svg(chart(("Burn", 0, 4)), "地図", [""]))
    assert "なし" in said
    assert "none" not in said


def test_png_is_drawn() -> None:
    pytest.importorskip("resvg_py", reason="the extra evlit[web] is not installed")
    png = to_png(gap_map_svg(chart(("Burn", 1, 4)), "A map", [""]))
    assert png.startswith(b"\x89PNG")


@pytest.mark.parametrize("ending", ["svg", "png", "html"])
def test_the_command_writes_a_file(
    tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if ending == "png":
        pytest.importorskip("resvg_py", reason="the extra evlit[web] is not installed")
    fx.make_store(tmp_path / "evlit.db").close()
    out = tmp_path / f"map.{ending}"
    code = run(["map", "--db", str(tmp_path / "evlit.db"), "--out", str(out), "--source", "msc"])
    assert code == 0
    assert str(out) in capsys.readouterr().out
    if ending != "png":
        text = out.read_text(encoding="utf-8")
        assert "Osteoarthritis" in text
        assert "2026-11-23" in text or "never" in text
        assert "mesenchymal" in text


@pytest.mark.parametrize(
    "extra", [["--out", "m.gif"], ["--out", "m.svg", "--source", "moon"],
              ["--out", "m.svg", "--product", "nothing of ours"], ["--out", "/nowhere/m.svg"]]
)  # fmt: skip
def test_the_command_refuses_what_it_cannot_draw(
    tmp_path: Path, extra: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["map", "--db", str(tmp_path / "none.db"), *extra]) == 2
    assert capsys.readouterr().err
