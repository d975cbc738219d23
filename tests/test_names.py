"""Typed names: what they ask about, and what they must never be taken for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.errors import UsageError
from evlit.names import (
    MAX_TYPED,
    Names,
    bare_name,
    clean_typed,
    compact_name,
    describe,
    find_product,
    fold_name,
    may_be_a_word,
    spellings,
)
from tests.answer_fixture import CATALOGUE, PRODUCTS, product

NAMES = Names(PRODUCTS)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ExoFlo", "exoflo"),
        ("exoflo", "exoflo"),
        ("EXOFLO™", "exoflo"),
        ("ExoFlo®", "exoflo"),
        ("Exo-Flo", "exoflo"),
        ("exo  flo", "exoflo"),
        ("Exo\u2011Flo", "exoflo"),
        ("ＥｘｏＦｌｏ", "exoflo"),
        ("\u202eExoFlo\u202c", "exoflo"),
        ("\u200bExo\u200dFlo", "exoflo"),
        ("ExoFlo\0", "exoflo"),
        ("“ExoFlo”", "exoflo"),
        ("XoFlo", "exoflo"),
        ("XoGlo(R)Pro", "xoglopro"),
        ("AGLE102", "agle-102"),
        ("agle 102", "agle-102"),
        ("UNEX 42", "unex-42"),
        ("ASCE+", "asceplus"),
        ("ASCE ＋", "asceplus"),
        ("asce plus", "asceplus"),
        ("ASCEplus", "asceplus"),
        ("Exo 101", "exo-101"),
        ("Purified Exosome Product", "pep"),
        ("NCT03857841", "unex-42"),
        ("nct03857841", "unex-42"),
        ("bmMSC-EV", "exoflo"),
    ],
)
def test_a_name_is_found_however_it_is_typed(typed: str, key: str) -> None:
    resolved = NAMES.resolve(typed)
    assert resolved.kind == "product"
    assert resolved.product is not None
    assert resolved.product.key == key


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ExoFlo exosomes", "ExoFlo"),
        ("ExoFlo infusion therapy", "ExoFlo"),
        ("Direct Biologics ExoFlo", "ExoFlo"),
        ("ExoFlo by Direct Biologics", "ExoFlo"),
        ("PEP Rion", "PEP"),
        ("ExoFlo 10 mL", "ExoFlo"),
        ("ExoFlo 15ml", "ExoFlo"),
        ("ExoFlo, Direct Biologics, LLC", "ExoFlo"),
    ],
)
def test_describing_words_and_the_maker_may_stand_beside_a_name(typed: str, name: str) -> None:
    resolved = NAMES.resolve(typed)
    assert (resolved.kind, resolved.read_as) == ("product", "described")
    assert resolved.alias is not None
    assert resolved.alias.text == name


@pytest.mark.parametrize(
    "typed",
    ["ExoFlow", "XoFlow", "ExoFl", "ASCE", "ASC+", "Exo-1012", "ExoFlo2", "UNEX-43", "Zzyzx",
     "ExoFlo lamp", "not ExoFlo", "' OR 1=1 --", "ExoFlo' OR 'a'='a", "NEAR(a b)", "title:ExoFlo*",
     "CD24", "XOsomesX", "Exo-500", "EV 2", "ExoFlo 15", "MSC-1"],
)  # fmt: skip
def test_what_is_not_the_name_is_unknown(typed: str) -> None:
    assert NAMES.resolve(typed).kind == "unknown"


@pytest.mark.parametrize(
    "typed",
    ["exosomes", "Exosome", "EXOSOMES", "hUC-MSC", "hucMSC-Exos", "MSC exosomes", "MSC-EVs",
     "stem cell exosomes", "umbilical cord exosomes", "Wharton's jelly MSC", "exosome therapy",
     "50 billion exosomes", "amniotic fluid exosomes", "conditioned medium", "secretome",
     "platelet exosomes", "エクソソーム", "エクソソーム点滴", "ヒト臍帯由来幹細胞培養上清液",
     "엑소좀", "줄기세포 엑소좀", "外泌体"],
)  # fmt: skip
def test_a_description_is_generic(typed: str) -> None:
    assert NAMES.resolve(typed).kind == "generic"


def test_exosomes_is_not_taken_for_xosomes() -> None:
    assert NAMES.resolve("exosomes").kind == "generic"
    assert NAMES.resolve("XOsomes").product is not None
    assert NAMES.resolve("Xosome").product is not None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("hUC-MSC", ("msc", "", "umbilical_cord")),
        ("bone marrow MSC exosomes", ("msc", "ev", "bone_marrow")),
        ("bmMSC-EV", ("msc", "ev", "bone_marrow")),
        ("adipose stem cell conditioned medium", ("", "conditioned_medium", "adipose")),
        ("amniotic fluid", ("non_msc", "other_product", "amniotic_fluid")),
        ("exosomes", ("", "ev", "")),
    ],
)
def test_a_description_says_what_kind(typed: str, expected: tuple[str, str, str]) -> None:
    assert describe(typed) == expected


def test_an_ambiguous_alias_asks_back() -> None:
    resolved = NAMES.resolve("PEP")
    assert resolved.kind == "ambiguous"
    assert [p.key for p in resolved.choices] == ["pep"]
    assert NAMES.resolve("PEP therapy").kind == "ambiguous"


def test_the_maker_settles_an_ambiguous_name() -> None:
    resolved = NAMES.resolve("PEP", maker="Rion")
    assert resolved.product is not None
    assert resolved.product.key == "pep"


def test_a_name_of_two_products_asks_back() -> None:
    names = Names((product("a", "Vexo"), product("b", "Other", "vexo")))
    assert [p.key for p in names.resolve("VEXO").choices] == ["a", "b"]


def test_a_makers_name_asks_which_product() -> None:
    resolved = NAMES.resolve("Kimera Labs")
    assert (resolved.kind, resolved.read_as) == ("ambiguous", "maker")
    assert [p.key for p in resolved.choices] == ["xoglo", "xoglopro"]
    assert NAMES.resolve("Kimera").kind == "ambiguous"


@pytest.mark.parametrize(
    ("maker", "keys"),
    [("Kimera", ["xoglo", "xoglopro"]), ("kimera labs, LLC", ["xoglo", "xoglopro"]),
     ("exocobio", ["asceplus"]), ("Nobody", []), ("Labs Kimera", ["xoglo", "xoglopro"])],
)  # fmt: skip
def test_products_by_maker(maker: str, keys: list[str]) -> None:
    assert [p.key for p in NAMES.by_maker(maker)] == keys


def test_near_names_are_offered_look_alikes_first() -> None:
    near = NAMES.near("ExoFlow")
    assert near[0].kind == "lookalike"
    assert near[0].product is not None
    assert near[0].product.key == "exoflo"
    assert "asceplus" in [n.product.key for n in NAMES.near("ASCE") if n.product]
    assert "unex-42" in [n.product.key for n in NAMES.near("UNEX-43") if n.product]
    assert NAMES.near("Qqqqqqq") == ()


def test_near_makers() -> None:
    assert "Kimera Labs" in NAMES.makers_near("Kimmera")
    assert [n.name for n in NAMES.near("Kymera Labs") if n.kind == "maker"] == ["Kimera Labs"]


@pytest.mark.parametrize("typed", ["", " ", '"', "'", "\0", "\0\0", "+", "***", "\u202e", "\u0301",
                                   "()", "\ud800", "—", "…", "™", "(TM)"])  # fmt: skip
def test_nothing_to_look_up_is_a_usage_error(typed: str) -> None:
    with pytest.raises(UsageError, match="no letter or digit"):
        NAMES.resolve(typed)


def test_ten_thousand_characters_are_no_name() -> None:
    with pytest.raises(UsageError, match="10,000 characters") as caught:
        NAMES.resolve("e" * 10_000)
    assert caught.value.exit_code == 2
    assert clean_typed("e" * MAX_TYPED) == "e" * MAX_TYPED


def test_plus_stays_significant() -> None:
    assert compact_name("ASCE+") == compact_name("asce plus") == compact_name("ASCE ＋") == "asce+"
    assert compact_name("ASCE") != compact_name("ASCE+")
    assert fold_name("surplus") == "surplus"


def test_spellings() -> None:
    assert spellings("Exo Flow") == ("exo flow", "exoflow")
    assert spellings("AB102") == ("ab102", "ab 102")
    assert spellings("ZORB+") == ("zorb+",)


def test_find_product_by_key_or_name() -> None:
    assert find_product(CATALOGUE, "agle-102") is CATALOGUE.product("agle-102")
    assert find_product(CATALOGUE, "Exo Flo") is CATALOGUE.product("exoflo")
    assert find_product(CATALOGUE, "pep") is CATALOGUE.product("pep"), "the key, as a list shows it"
    assert find_product(CATALOGUE, "PEP") is None
    assert find_product(CATALOGUE, "Kimera") is None
    assert find_product(CATALOGUE, "nothing such") is None


@given(st.text(max_size=300))
def test_any_text_is_resolved_or_refused(text: str) -> None:
    try:
        resolved = NAMES.resolve(text)
    except UsageError:
        return
    assert resolved.kind in {"product", "ambiguous", "generic", "unknown"}
    assert "\n" not in resolved.typed
    assert spellings(text)


@given(st.text(alphabet="exoflw+ -EXOFLW", min_size=1, max_size=12))
def test_only_the_name_itself_is_the_product(text: str) -> None:
    try:
        resolved = NAMES.resolve(text)
    except UsageError:
        return
    if resolved.product is not None:
        wanted = {compact_name(a.text) for a in resolved.product.aliases}
        wanted.add(resolved.product.key)
        wanted |= {w.replace("+", "plus") for w in wanted}
        assert compact_name(text) in wanted or resolved.read_as == "described"


def test_a_known_name_among_other_words_is_offered_and_not_taken() -> None:
    assert NAMES.resolve("ExoFlo by Kimera").kind == "unknown"
    assert NAMES.near("ExoFlo by Kimera")[0].name == "ExoFlo"
    assert "ExoFlo" not in [n.name for n in NAMES.near("ExoFloat by nobody we know of at all")]


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("Hairxo exosomes", "Hairxo"),
        ("Hairxo injection 10 mL", "Hairxo"),
        ("Hairxo 15ml by injection", "Hairxo"),
        ("Nurexo 3 exosomes", "Nurexo 3"),
        ("Hairxo", ""),
        ("exosome injection", ""),
    ],
)
def test_a_brand_is_found_among_words_that_describe(typed: str, bare: str) -> None:
    assert bare_name(typed) == bare


@pytest.mark.parametrize("brand", ["flow", "Glow", "Hairxo", "VITA"])
def test_a_brand_that_may_be_an_ordinary_word(brand: str) -> None:
    assert may_be_a_word(brand)


@pytest.mark.parametrize("brand", ["NovExo", "Nurexo 3", "Exo+", "X-12", "エクソ"])
def test_a_brand_that_is_written_as_no_word_is(brand: str) -> None:
    assert not may_be_a_word(brand)
