"""``evlit products add``: a new product file, checked before it counts."""

from __future__ import annotations

import io
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.catalogue import load_catalogue
from evlit.catalogue.adding import NewProduct, compose_product, key_of, save_product
from evlit.cli import run
from evlit.errors import CatalogueError, UsageError

Capture = pytest.CaptureFixture[str]
PAGE = "https://example.org/vesiprime"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of one's own that does not exist yet."""
    folder = tmp_path / "own"
    monkeypatch.setenv("EVLIT_DB", str(tmp_path / "evlit.db"))
    monkeypatch.setenv("EVLIT_QUERIES", str(folder))
    return folder


def add(*words: str) -> int:
    return run(["products", "add", *words])


def test_a_product_is_added_and_answered(own: Path, capsys: Capture) -> None:
    assert add("Vesiprime Forte+", "--source", PAGE, "--maker", "Vesi Labs", "--alias", "VPF-1",
               "--trial", "NCT09999999", "--intervention", "ev") == 0  # fmt: skip
    out = capsys.readouterr().out
    assert '"VPF-1"[tiab]' in out
    path = own / "products" / "vesiprime-forte-plus.toml"
    assert tomllib.loads(path.read_text(encoding="utf-8"))["status"] == "partial"
    assert list(own.rglob("*.part")) == []
    assert run(["search", "vpf 1"]) == 3
    assert "Vesiprime Forte+" in capsys.readouterr().out
    assert run(["products", "Vesiprime Forte plus", "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)
    assert shown["makers"][0]["name"] == "Vesi Labs"
    assert shown["trial_ids"] == ["NCT09999999"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Zofin", "--source", PAGE], "is a name of Zofin already"),
        (["exo flo", "--source", PAGE], "is a name of ExoFlo already"),
        (["cord blood exosomes", "--source", PAGE], "describes a kind"),
        (["ZX", "--source", PAGE], "so short"),
        (["Vesiprime"], "--source: missing"),
        (["Vesiprime", "--source", "the shop"], "not a web address"),
        (["Vesiprime", "--source", PAGE, "--trial", "12"], "not a registry id"),
        (["Vesiprime", "--source", PAGE, "--intervention", "magic"], "intervention"),
        (["Vesiprime", "--source", PAGE, "--alias", "ExoFlo"], "is a name of"),
        (["베시프라임", "--source", PAGE], "give --key"),
        (["Vesiprime", "--source", PAGE, "--key", "zofin"], "is a product already"),
        (["Vesiprime", "--source", PAGE, "--key", "../x"], "does not fit an address"),
        (["", "--source", PAGE], "NAME"),
    ],
)
def test_a_mistake_writes_nothing(own: Path, capsys: Capture, words: list[str], said: str) -> None:
    assert add(*words) == 2
    assert said in capsys.readouterr().err
    assert not list(own.rglob("*.toml"))


def test_without_a_folder_it_says_what_to_set(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.delenv("EVLIT_QUERIES")
    assert add("Vesiprime", "--source", PAGE) == 2
    assert "EVLIT_QUERIES: is not set" in capsys.readouterr().err
    assert add("Vesiprime", "--source", PAGE, "--folder", str(own)) == 0
    assert f"Set EVLIT_QUERIES={own}" in capsys.readouterr().out


def test_an_ordinary_word_needs_its_company(own: Path, capsys: Capture) -> None:
    assert add("Glow", "--source", PAGE, "--context", "Vesi Labs", "--maker", "Vesi Labs") == 0
    product = load_catalogue().product("glow")
    assert (product.aliases[0].match, product.aliases[0].context) == ("context", ("Vesi Labs",))
    assert '"Glow"[tiab]' in product.term


def test_it_says_how_many_texts_print_the_name(
    own: Path, pubmed_file: Path, capsys: Capture
) -> None:
    own.mkdir()
    assert run(["ingest", "-q", str(pubmed_file)]) == 0
    assert add("postal workers", "--source", PAGE) == 0
    assert "held records print the name" not in capsys.readouterr().out
    assert run(["ingest", "-q", "--all", str(pubmed_file)]) == 0
    assert add("ExoFlow", "--source", PAGE) == 0
    assert "1 held records print the name" in capsys.readouterr().out


def test_what_is_missing_is_asked_for(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(f"Vesiprime\n{PAGE}\nVesi Labs\n"))
    assert add() == 0
    product = load_catalogue().product("vesiprime")
    assert (product.makers[0].name, product.sources) == ("Vesi Labs", (PAGE,))


def test_listing_and_showing_stay(own: Path, capsys: Capture) -> None:
    own.mkdir()
    assert run(["products"]) == 0
    listed = capsys.readouterr().out
    assert run(["products", "list"]) == 0
    assert capsys.readouterr().out == listed
    assert run(["products", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(listed.splitlines())
    assert run(["products", "Exo", "Flo"]) == 0
    assert "Direct Biologics" in capsys.readouterr().out
    assert run(["products", "show", "exoflo"]) == 0
    assert run(["products", "--help"]) == 0
    assert "add" in capsys.readouterr().out


def test_keys() -> None:
    assert key_of("ASCE+ SRLV™") == "asce-plus-srlvtm"
    assert key_of("Exo-101") == "exo-101"
    assert key_of("歯髄") == ""


def test_a_broken_folder_of_ones_own_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "products").mkdir()
    bad = tmp_path / "products" / "bad.toml"
    bad.write_text("name = ", encoding="utf-8")
    new = NewProduct("Vesiprime", sources=(PAGE,))
    with pytest.raises(CatalogueError, match=r"bad\.toml"):
        save_product(new, tmp_path, load_catalogue())
    assert [p.name for p in tmp_path.rglob("*.toml")] == ["bad.toml"]


WORDS = st.text(st.characters(codec="utf-8"), max_size=30)


@given(name=WORDS, alias=WORDS, note=WORDS, maker=WORDS)
def test_whatever_is_typed_the_file_is_toml(name: str, alias: str, note: str, maker: str) -> None:
    new = NewProduct(name, aliases=(alias,), maker=maker, note=note, sources=(PAGE,), key="x")
    read = tomllib.loads(compose_product(new))
    assert read["key"] == "x"
    assert set(read) <= {"key", "name", "status", "note", "sources", "alias", "maker"}


def test_a_key_that_is_taken(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a product already"):
        save_product(NewProduct("X", key="zofin", sources=(PAGE,)), tmp_path, load_catalogue())
