"""The catalogue: every mistake is named, and what ships keeps its promises."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evlit.catalogue import Catalogue, load_catalogue, shipped_folder
from evlit.catalogue.products import compose_term, fold_name
from evlit.catalogue.terms import TermError, compose, parse_term
from evlit.errors import CatalogueError
from evlit.records import Alias, Maker, Product

BLOCKS = """
[block.EV]
about = "vesicles"
term = "exosome*[tiab]"
[block.CM]
about = "medium"
term = "secretome*[tiab]"
"""
PRODUCT = """
key = "examplo"
name = "Examplo"
status = "verified"
sources = ["https://example.org/examplo"]
"""
TOPIC = """
key = "all"
title = "All"
description = "Everything."
term = "{EV} AND patients[tiab]"
"""
STUDY = """
[[study]]
title = "A study"
pmid = 123
link = "stated"
checked = true
why = "It names it."
sources = ["https://example.org/paper"]
"""
TRIAL = """
[[trial]]
trial_id = "NCT01234567"
checked = "paper"
sources = ["https://example.org/trial"]
"""
ALIAS = '\n[[alias]]\ntext = "EX-1"\n'
MAKER = '\n[[maker]]\nname = "Example Inc"\nsources = ["https://example.org"]\n'
NOTICE = """
[[notice]]
regulator = "FDA"
kind = "warning letter"
date = "2024-05-17"
about = "Warns."
sources = ["https://example.org/letter"]
"""
FACT = '\n[cell_source]\ntext = "adipose MSC"\nsources = ["https://example.org"]\n'


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write a small catalogue: the blocks, and the files given."""
    for name, text in {"blocks.toml": BLOCKS, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, **files: str) -> Catalogue:
    named = {k.replace("__", "/") + ".toml": v for k, v in files.items()}
    return load_catalogue(write(folder, named))


P = "products/examplo.toml"
T = "topics/all.toml"

BAD_FILES: list[tuple[str, dict[str, str], str]] = [
    (
        "not TOML",
        {P: "key = "},
        f"{P}: is not TOML: Invalid value (at end of document) — mend the line named",
    ),
    (
        "missing key",
        {P: PRODUCT.replace('name = "Examplo"\n', "")},
        f'{P}: name: missing — add name = "…"',
    ),
    (
        "empty text",
        {P: PRODUCT.replace('"Examplo"', '" "')},
        f"{P}: name: is empty — write it or remove the line",
    ),
    (
        "wrong type: number",
        {P: PRODUCT.replace('"Examplo"', "7")},
        f'{P}: name: should be text, is a number — put it in quotes: "…"',
    ),
    (
        "wrong type: list of alias tables",
        {P: PRODUCT + 'alias = "EX"\n'},
        f"{P}: alias: should be [[alias]] tables — start each with a line [[alias]]",
    ),
    (
        "wrong type: fact",
        {P: PRODUCT + 'cell_source = "adipose"\n'},
        f"{P}: cell_source: should be a table, is text — start it with [cell_source]",
    ),
    (
        "wrong type: flag",
        {P: PRODUCT + ALIAS + 'case = "yes"\n'},
        f"{P}: alias[0].case: should be true or false, is text — write true or false",
    ),
    (
        "wrong type: list",
        {P: PRODUCT + 'lookalikes = "Examply"\n'},
        f'{P}: lookalikes: should be a list, is text — write ["one", "two"]',
    ),
    (
        "wrong item",
        {P: PRODUCT + 'lookalikes = ["Examply", 3]\n'},
        f"{P}: lookalikes[1]: not a text: 3 — write it or remove it",
    ),
    (
        "item twice",
        {P: PRODUCT + 'lookalikes = ["Examply", "Examply"]\n'},
        f"{P}: lookalikes: 'Examply' stands twice — remove one",
    ),
    (
        "lookalike is an alias",
        {P: PRODUCT + 'lookalikes = ["EXAMPLO"]\n'},
        f"{P}: lookalikes[0]: 'EXAMPLO' is a name of this product"
        " — remove it here or among the aliases",
    ),
    (
        "unknown field",
        {P: PRODUCT + ALIAS + 'colour = "red"\n'},
        f"{P}: alias[0].colour: unknown field"
        " — remove it, or use one of: ambiguous, case, context, match, note, text",
    ),
    (
        "bad enum",
        {P: PRODUCT.replace('"verified"', '"sure"')},
        f"{P}: status: 'sure' is not a value of this field — use verified, partial",
    ),
    (
        "file name",
        {P: PRODUCT.replace('key = "examplo"', 'key = "other"')},
        f"{P}: key: 'other' is not the name of the file — write 'examplo'",
    ),
    (
        "key for an address",
        {P: PRODUCT.replace('key = "examplo"', 'key = "Ex amplo"')},
        f"{P}: key: 'Ex amplo' does not fit an address — use a-z, 0-9, - and _",
    ),
    (
        "country",
        {P: PRODUCT + 'country = "Korea"\n'},
        f"{P}: country: not a country code: 'Korea' — write two capitals, as in KR",
    ),
    (
        "no source",
        {P: PRODUCT.replace('sources = ["https://example.org/examplo"]', "")},
        f"{P}: sources: missing — add the address of a page that says so",
    ),
    (
        "empty sources of a fact",
        {P: PRODUCT + '[cell_source]\ntext = "adipose"\nsources = []\n'},
        f"{P}: cell_source.sources: missing — add the address of a page that says so",
    ),
    (
        "bad address",
        {P: PRODUCT.replace("https://example.org/examplo", "example.org")},
        f"{P}: sources[0]: not a web address: 'example.org' — write https://…",
    ),
    (
        "facts of a partial product",
        {P: PRODUCT.replace("verified", "partial") + FACT},
        f"{P}: cell_source: a partial product ships for its identity only — remove the table",
    ),
    (
        "notices of a partial product",
        {P: PRODUCT.replace("verified", "partial") + NOTICE},
        f"{P}: notice: a partial product ships for its identity only — remove the tables",
    ),
    (
        "alias empty",
        {P: PRODUCT + '\n[[alias]]\ntext = ""\n'},
        f"{P}: alias[0].text: is empty — write it or remove the line",
    ),
    (
        "alias without letters",
        {P: PRODUCT + '\n[[alias]]\ntext = "™+"\n'},
        f"{P}: alias[0].text: holds no letter or digit — write the name",
    ),
    (
        "alias twice",
        {P: PRODUCT + ALIAS + '[[alias]]\ntext = "ex 1™"\n'},
        f"{P}: alias: 'ex 1™' stands twice ('EX-1')"
        " — keep one; case, hyphen and ™ make no difference",
    ),
    (
        "context missing",
        {P: PRODUCT + ALIAS + 'match = "context"\n'},
        f"{P}: alias[0].context: match = 'context' needs words that must stand beside the name"
        ' — add context = ["…"]',
    ),
    (
        "context without match",
        {P: PRODUCT + ALIAS + 'context = ["Example Inc"]\n'},
        f"{P}: alias[0].context: match = 'word' takes no context"
        " — remove it, or write match = 'context'",
    ),
    (
        "alias of two products",
        {
            P: PRODUCT + ALIAS,
            "products/other.toml": PRODUCT.replace("xamplo", "xemplar").replace(
                '"exemplar"', '"other"'
            )
            + ALIAS,
        },
        "products/other.toml: alias: 'EX-1' is a name of products/examplo.toml as well"
        " — remove it from one, or write ambiguous = true in both",
    ),
    (
        "nothing to ask",
        {P: PRODUCT + '\n[[alias]]\ntext = "Examplo"\nmatch = "never_bare"\n'},
        f"{P}: alias: there is nothing to ask PubMed for"
        " — add a name that may stand alone, a maker or a trial id",
    ),
    (
        "maker role",
        {P: PRODUCT + MAKER + 'role = "owner"\n'},
        f"{P}: maker[0].role: 'owner' is not a value of this field"
        " — use maker, sponsor, former, later, seller",
    ),
    (
        "notice date",
        {P: PRODUCT + NOTICE.replace("2024-05-17", "2024-02-30")},
        f"{P}: notice[0].date: not a date: '2024-02-30' — write 2024-05-17, 2024-05 or 2024",
    ),
    (
        "notice date as a TOML date",
        {P: PRODUCT + NOTICE.replace('"2024-05-17"', "2024-05-17")},
        f'{P}: notice[0].date: should be text, is a date — put it in quotes: "…"',
    ),
    (
        "trial id",
        {P: PRODUCT + TRIAL.replace("NCT01234567", "NCT1234")},
        f"{P}: trial[0].trial_id: not a registry id: 'NCT1234' — write it as in NCT01234567",
    ),
    (
        "trial without id",
        {P: PRODUCT + TRIAL.replace('trial_id = "NCT01234567"\n', "")},
        f"{P}: trial[0].trial_id: missing — add the registry id, as in NCT01234567",
    ),
    (
        "trial twice",
        {P: PRODUCT + TRIAL + TRIAL},
        f"{P}: trial: 'NCT01234567' stands twice ('NCT01234567')"
        " — keep one; case, hyphen and ™ make no difference",
    ),
    (
        "trial of product and class",
        {P: PRODUCT + TRIAL, "class/more.toml": TRIAL + 'title = "A trial"\n'},
        "class/: trial: NCT01234567 belongs to products/examplo.toml already"
        " — keep it in one place",
    ),
    (
        "pmid as text",
        {P: PRODUCT + STUDY.replace("123", '"123"')},
        f"{P}: study[0].pmid: should be a whole number, is text — write digits only",
    ),
    (
        "pmid out of range",
        {P: PRODUCT + STUDY.replace("123", "0")},
        f"{P}: study[0].pmid: 0 is out of range — expected 1 to 99999999",
    ),
    (
        "doi with resolver",
        {P: PRODUCT + STUDY.replace("pmid = 123", 'doi = "https://doi.org/10.1000/x"')},
        f"{P}: study[0].doi: not a DOI: 'https://doi.org/10.1000/x'"
        " — write it bare, as in 10.1000/xyz",
    ),
    (
        "pmcid",
        {P: PRODUCT + STUDY + 'pmcid = "7109559"\n'},
        f"{P}: study[0].pmcid: not a PMC id: '7109559' — write it as in PMC1234567",
    ),
    (
        "study link",
        {P: PRODUCT + STUDY.replace('"stated"', '"guessed"')},
        f"{P}: study[0].link: 'guessed' is not a value of this field"
        " — use stated, maker_states, inferred",
    ),
    (
        "study without link",
        {P: PRODUCT + STUDY.replace('link = "stated"\n', "")},
        f'{P}: study[0].link: missing — add link = "…"',
    ),
    (
        "study without why",
        {P: PRODUCT + STUDY.replace('why = "It names it."\n', "")},
        f'{P}: study[0].why: missing — add why = "…"',
    ),
    (
        "checked without identifier",
        {P: PRODUCT + STUDY.replace("pmid = 123\n", "")},
        f"{P}: study[0].checked: a paper that was checked has a PMID or a DOI"
        " — add pmid or doi, or write checked = false",
    ),
    (
        "checked press release",
        {P: PRODUCT + STUDY + 'record_type = "press_release"\n'},
        f"{P}: study[0].checked: a press release is no checked study — write checked = false",
    ),
    (
        "study twice",
        {P: PRODUCT + STUDY + STUDY.replace("A study", "Again")},
        f"{P}: study: 'Again' stands twice ('A study')"
        " — keep one; case, hyphen and ™ make no difference",
    ),
    (
        "study of product and class",
        {P: PRODUCT + STUDY, "class/more.toml": STUDY},
        "class/: study: 123 stands in products/examplo.toml already — keep it in one place",
    ),
    (
        "indication",
        {P: PRODUCT + STUDY + 'indication = "beauty"\n'},
        f"{P}: study[0].indication: 'beauty' is not in the vocabulary"
        " — use a key of evlit/vocabulary/indications.toml",
    ),
    (
        "design",
        {P: PRODUCT + STUDY + 'design = "review"\n'},
        f"{P}: study[0].design: 'review' is not a value of this field — use rct, controlled,"
        " single_arm, case_series, case_report, observational, animal, in_vitro",
    ),
    (
        "own term",
        {P: PRODUCT + 'term = "examplo"\n'},
        f"{P}: term: examplo has no field tag"
        " — PubMed would look for it anywhere: add [tiab], [Mesh] or another",
    ),
    (
        "unknown field of the class",
        {"class/more.toml": "[[studies]]\n"},
        "class/more.toml: studies: unknown field"
        " — remove it, or use one of: negative, study, trial",
    ),
    (
        "negative without reason",
        {"class/more.toml": '[[negative]]\nname = "X"\nlisted_as = "Y"\n'},
        'class/more.toml: negative[0].why: missing — add why = "…"',
    ),
    (
        "file in no place",
        {"product/examplo.toml": PRODUCT},
        "product/examplo.toml: no part of the catalogue — move it to topics/, products/ or class/",
    ),
    (
        "unknown block",
        {T: TOPIC.replace("{EV}", "{EX}")},
        f"{T}: term: {{EX}} is not a block — use {{CM}}, {{EV}}, or add it to blocks.toml",
    ),
    (
        "bracket",
        {T: TOPIC.replace("{EV}", "({EV}")},
        f"{T}: term: brackets do not match — count the ( and ) in the term",
    ),
    (
        "closing bracket first",
        {T: TOPIC.replace("{EV}", ")({EV}")},
        f"{T}: term: brackets do not match — count the ( and ) in the term",
    ),
    (
        "square bracket",
        {T: TOPIC.replace("patients[tiab]", "patients[tiab")},
        f"{T}: term: square brackets do not match — close each field tag, as in [tiab]",
    ),
    (
        "word without tag",
        {T: TOPIC.replace("[tiab]", "")},
        f"{T}: term: patients has no field tag"
        " — PubMed would look for it anywhere: add [tiab], [Mesh] or another",
    ),
    (
        "quotation mark",
        {T: TOPIC.replace("patients", '\\"patients')},
        f'{T}: term: a quotation mark does not close — count the " in the term',
    ),
    (
        "field tag",
        {T: TOPIC.replace("[tiab]", "[titleabs]")},
        f"{T}: term: [titleabs] is not a field tag that evlit knows — PubMed would widen the"
        " search without a word: use ab, ad, crdt, dp, la, majr, mesh, mh, nm, ot, pmid, pt, sh,"
        " si, ti, tiab, tw, uid",
    ),
    (
        "mixed operators",
        {T: TOPIC.replace("patients[tiab]", "a[tiab] OR b[tiab]")},
        f"{T}: term: OR stands beside AND or NOT without brackets"
        " — PubMed reads from left to right: bracket what belongs together",
    ),
    (
        "operator missing",
        {T: TOPIC.replace(" AND ", " ")},
        f"{T}: term: AND, OR or NOT is missing before 'patients[tiab]' — write the operator",
    ),
    (
        "operator alone",
        {T: TOPIC.replace("patients[tiab]", "")},
        f"{T}: term: an operator or bracket has nothing beside it — write what it joins",
    ),
    (
        "short truncation",
        {T: TOPIC.replace("patients", "pat*")},
        f"{T}: term: pat* has fewer than 4 letters before *"
        " — PubMed would ignore the *: write the endings out",
    ),
    (
        "truncation inside",
        {T: TOPIC.replace("patients", "pati*nts")},
        f"{T}: term: pati*nts has a * inside — PubMed takes * at the end of a phrase only",
    ),
    (
        "only dates",
        {T: TOPIC.replace("{EV} AND patients[tiab]", "2024[dp]")},
        f"{T}: term: holds nothing that can be looked for offline"
        " — add a word with [tiab] or a block",
    ),
    (
        "block with a small name",
        {"blocks.toml": BLOCKS.replace("block.EV", "block.ev")},
        "blocks.toml: block.ev.: ev cannot be a block's name — use capitals, not PRODUCTS",
    ),
    (
        "block within a block",
        {"blocks.toml": BLOCKS.replace("exosome*[tiab]", "{CM}")},
        "blocks.toml: block.EV.term: {CM} stands inside a block — write its words out",
    ),
    (
        "narrower not folded",
        {"blocks.toml": BLOCKS + '[narrower]\n"exosomes" = ["Small-EVs"]\n'},
        "blocks.toml: narrower.exosomes: 'Small-EVs' is not folded — write 'small evs'",
    ),
]


@pytest.mark.parametrize(
    ("files", "message"), [b[1:] for b in BAD_FILES], ids=[b[0] for b in BAD_FILES]
)
def test_mistake_is_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(write(tmp_path, files))
    assert str(caught.value) == message
    assert caught.value.exit_code == 2


def test_small_catalogue_loads(tmp_path: Path) -> None:
    text = PRODUCT + ALIAS + MAKER + NOTICE + FACT + TRIAL + STUDY
    catalogue = load(tmp_path, products__examplo=text, topics__all=TOPIC)
    product = catalogue.product("examplo")
    assert [a.text for a in product.aliases] == ["Examplo", "EX-1"]
    assert product.trial_ids == ("NCT01234567",)
    assert product.studies[0].pmid == 123
    assert product.cell_source is not None
    assert product.cell_source.text == "adipose MSC"
    assert catalogue.topic("all").term == "(exosome*[tiab]) AND patients[tiab]"
    with pytest.raises(KeyError):
        catalogue.product("nobody")
    with pytest.raises(KeyError):
        catalogue.topic("nothing")


def test_not_utf8_is_named(tmp_path: Path) -> None:
    write(tmp_path, {})
    (tmp_path / "products").mkdir()
    (tmp_path / P).write_bytes(b'name = "\xff"')
    with pytest.raises(CatalogueError, match=r"^products/examplo.toml: is not UTF-8 \(byte 8\)"):
        load_catalogue(tmp_path)


def test_byte_order_mark_and_editor_files_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path, {P: "\ufeff" + PRODUCT, "products/.#examplo.toml": "{", ".git/x.toml": "{"})
    assert load_catalogue(tmp_path).product("examplo").name == "Examplo"


def test_ambiguous_in_both_may_share_a_name(tmp_path: Path) -> None:
    shared = '\n[[alias]]\ntext = "EX"\nambiguous = true\n'
    other = PRODUCT.replace("xamplo", "xemplar").replace('"exemplar"', '"other"')
    catalogue = load(tmp_path, products__examplo=PRODUCT + shared, products__other=other + shared)
    assert len(catalogue.products) == 2


def test_lookalike_may_be_another_products_name(tmp_path: Path) -> None:
    other = PRODUCT.replace("xamplo", "xemplar").replace('"exemplar"', '"other"')
    catalogue = load(
        tmp_path, products__examplo=PRODUCT, products__other=other + 'lookalikes = ["Examplo"]\n'
    )
    assert catalogue.product("other").lookalikes == ("Examplo",)


# ---------------------------------------------------------------------------- overlay


def test_overlay_replaces_and_adds(tmp_path: Path) -> None:
    shipped = write(tmp_path / "shipped", {P: PRODUCT, T: TOPIC})
    own = tmp_path / "own"
    renamed = PRODUCT.replace('"Examplo"', '"Examplo Two"')
    mine = PRODUCT.replace("examplo", "mine").replace("Examplo", "Mine")
    for name, text in {P: renamed, "products/mine.toml": mine}.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text, encoding="utf-8")
    plain = load_catalogue(shipped)
    laid = load_catalogue(shipped, own)
    assert [p.name for p in plain.products] == ["Examplo"]
    assert [p.name for p in laid.products] == ["Examplo Two", "Mine"]
    assert [t.key for t in laid.topics] == ["all"]
    assert plain.version != laid.version


def test_overlay_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = PRODUCT.replace("examplo", "mine").replace("Examplo", "Mineonly")
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "mine.toml").write_text(mine, encoding="utf-8")
    monkeypatch.setenv("EVLIT_QUERIES", str(tmp_path))
    catalogue = load_catalogue()
    assert catalogue.product("mine").name == "Mineonly"
    assert catalogue.product("exoflo")
    assert '"Mineonly"[tiab]' in catalogue.topic("clinical").term


def test_missing_overlay_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVLIT_QUERIES", str(tmp_path / "gone"))
    with pytest.raises(CatalogueError) as caught:
        load_catalogue()
    assert str(caught.value) == (
        f"EVLIT_QUERIES: there is no folder {tmp_path / 'gone'} — create it or unset the variable"
    )


def test_version_follows_every_byte(tmp_path: Path) -> None:
    first = load(tmp_path, products__examplo=PRODUCT).version
    assert load_catalogue(tmp_path).version == first
    assert load(tmp_path, products__examplo=PRODUCT + "# a remark\n").version != first
    assert re.fullmatch("[0-9a-f]{16}", first)


def test_folder_of_a_wheel_and_of_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "evlit"
    package.mkdir()
    with pytest.raises(CatalogueError, match="the catalogue is missing"):
        shipped_folder(package)
    shutil.copytree(shipped_folder(), tmp_path / "queries")
    assert shipped_folder(package) == tmp_path / "queries"
    shutil.copytree(shipped_folder(), package / "_data" / "queries")
    assert shipped_folder(package) == package / "_data" / "queries"
    assert load_catalogue(shipped_folder(package)) == load_catalogue(shipped_folder())


# ------------------------------------------------------------------------------ terms


def product(*aliases: Alias, makers: tuple[Maker, ...] = ()) -> Product:
    return Product("x", aliases[0].text, aliases=aliases, makers=makers)


def test_term_of_names_that_speak_for_themselves() -> None:
    term = compose_term(product(Alias("EX-1"), Alias("Ex 1"), Alias("EX1")))
    assert term == '"Ex 1"[tiab] OR "EX1"[tiab]'


@pytest.mark.parametrize(
    "alias",
    [
        Alias("PEP", "context", ("Rion",)),
        Alias("PEP", ambiguous=True),
        Alias("PEP", case=True),
        Alias("PEP+"),
    ],
)
def test_guarded_name_is_never_asked_alone(alias: Alias) -> None:
    term = compose_term(product(alias, makers=(Maker("Rion Inc"),)))
    assert f'("{alias.text}"[tiab] AND ({{EV}} OR {{CM}} OR ' in term
    assert '"Rion Inc"[ad]))' in term
    assert not term.startswith('"PEP')


def test_description_is_asked_beside_the_maker_only() -> None:
    described = Alias("100 Billion Exosomes", "never_bare")
    with_maker = compose_term(product(described, makers=(Maker("Supreme"),)))
    assert with_maker.startswith(
        '("100 Billion Exosomes"[tiab] AND ("Supreme"[ad] OR "Supreme"[tiab]))'
    )
    assert compose_term(product(described)) == ""


def test_hospital_is_not_searched_as_a_maker() -> None:
    names = product(Alias("EX1"), makers=(Maker("City Hospital", distinct=False),))
    assert compose_term(names) == '"EX1"[tiab]'


def test_quotes_and_brackets_cannot_leave_a_phrase() -> None:
    term = compose_term(product(Alias('EX"[pt] OR x[tiab]')))
    assert term == '"EXpt OR xtiab"[tiab]'
    parse_term(term)


def test_own_term_stands(tmp_path: Path) -> None:
    text = PRODUCT + 'term = "examplo[tiab] AND {EV}"\n'
    assert load(tmp_path, products__examplo=text).product("examplo").term == (
        "examplo[tiab] AND (exosome*[tiab])"
    )


def test_compose_folds_white_space() -> None:
    assert compose("{A}\n  AND b[ti]", {"A": "a[ti]"}) == "(a[ti]) AND b[ti]"


@pytest.mark.parametrize(
    "term", ["", "()", "a[tiab] AND", "NOT", "[tiab]", '""[tiab]', "{", "*[ti]"]
)
def test_malformed_terms_are_refused(term: str) -> None:
    with pytest.raises(TermError):
        parse_term(term)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("AGLE-102", "agle 102", True),
        ("XoGlo®Pro", "XoGlo Pro", True),
        ("ASCE+", "ASCE plus", True),
        ("ASCE＋", "ASCE +", True),
        ("ASCE+", "ASCE", False),
        ("ASCEplus", "ASCE", False),
        ("ExoFlo", "ExoFlow", False),
        ("ExoFlo™", "EXOFLO", True),
    ],
)
def test_names_are_compared_folded(one: str, two: str, same: bool) -> None:
    assert (fold_name(one) == fold_name(two)) is same


# ---------------------------------------------------------------------- what is shipped


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue(shipped_folder())


def test_shipped_topics(shipped: Catalogue) -> None:
    assert [t.key for t in shipped.topics] == [
        "broad",
        "clinical",
        "conditioned-medium",
        "notices",
        "safety",
    ]


def test_every_shipped_term_is_readable(shipped: Catalogue) -> None:
    terms = [t.term for t in shipped.topics] + [p.term for p in shipped.products]
    for term in terms:
        parse_term(term)
        assert "{" not in term
    hashes = {t.text_hash for t in shipped.topics} | {p.text_hash for p in shipped.products}
    assert len(hashes) == len(terms)


def test_nothing_unverified_is_shipped() -> None:
    for path in shipped_folder().rglob("*.toml"):
        text = path.read_text(encoding="utf-8").casefold()
        for phrase in ("unverified", "from memory", "earlier list", "/shared", "products.csv"):
            assert phrase not in text, f"{path.name}: {phrase}"


def test_every_fact_has_a_source(shipped: Catalogue) -> None:
    for p in shipped.products:
        facts = [f.sources for f in (p.cell_source, p.product_class, p.regulatory) if f]
        parts = [x.sources for x in p.makers] + [x.sources for x in p.notices]
        held = [x.sources for x in p.trials] + [x.sources for x in p.studies]
        assert all([p.sources, *facts, *parts, *held]), p.key
    assert all(s.sources for s in shipped.external)
    assert all(t.sources for t in shipped.trials_without_product)
    assert all(n.sources for n in shipped.negatives)


COPIES = ("cricutcom-setup.com", "highnectar.com", "promenu365.com")
"""Sites that show copies of papers and letters, and are neither publisher nor regulator."""


def tables(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every table of a file, the whole first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from tables(inner)


def test_a_copy_on_a_strange_site_is_the_last_resort_and_said() -> None:
    lone = 0
    for path in sorted(shipped_folder().rglob("*.toml")):
        for table in tables(tomllib.loads(path.read_text(encoding="utf-8"))):
            copied = [any(c in url for c in COPIES) for url in table.get("sources", ())]
            if any(copied):
                lone += 1
                assert all(copied), f"{path.name}: has a better source: {table['sources']}"
                assert "secondary" in table.get("text", table.get("note", "")), path.name
    assert lone == 2


def test_partial_products_state_no_facts(shipped: Catalogue) -> None:
    partial = [p for p in shipped.products if p.status == "partial"]
    assert {p.key for p in partial} >= {"asceplus", "hamsc-exos", "plated-intense"}
    for p in partial:
        assert not (p.cell_source or p.product_class or p.regulatory or p.notices)


def test_exoflo(shipped: Catalogue) -> None:
    exoflo = shipped.product("exoflo")
    match = {a.text: a.match for a in exoflo.aliases}
    assert match["bmMSC-EV"] == "never_bare"
    assert match["XoFlo"] == "word"
    assert exoflo.lookalikes == ("ExoFlow",)
    assert set(exoflo.trial_ids) >= {"NCT05354141", "NCT04493242", "NCT05836883"}
    combat = [s for s in exoflo.studies if s.cohort]
    assert [s.n for s in combat] == [33, 33]
    assert len({s.cohort for s in combat}) == 1
    release = [s for s in exoflo.studies if s.record_type == "press_release"]
    assert [s.checked for s in release] == [False]


def test_names_that_need_company(shipped: Catalogue) -> None:
    pep = next(a for a in shipped.product("pep").aliases if a.text == "PEP")
    assert (pep.match, pep.ambiguous) == ("context", True)
    assert "Rion" in pep.context
    asce = {a.text: a for a in shipped.product("asceplus").aliases}
    assert asce["ASCE+"].match == "word"
    assert asce["ASCE"].ambiguous
    for key, text in [
        ("supreme-rejuvenation-exosomes", "100 Billion Exosomes"),
        ("exo-rna", "EXO RNA"),
        ("exo-cd24", "CD24-exosomes"),
        ("renyte", "Regain"),
    ]:
        alias = next(a for a in shipped.product(key).aliases if a.text == text)
        assert alias.match == "never_bare"
    clinical = shipped.topic("clinical").term
    for never in ("PEP", "ASCE+", "EXO RNA", "100 Billion Exosomes", "Regain", "XOsomes", "Rexo"):
        assert f'"{never}"[tiab]' not in clinical
    assert '"Zofin"[tiab]' in clinical


def test_everyday_words_are_no_names(shipped: Catalogue) -> None:
    bare = {fold_name(a.text) for p in shipped.products for a in p.aliases if a.match == "word"}
    assert not bare & {
        "flow", "shed", "asc", "plated", "regain", "paracrine", "exosomes", "pep", "exorna",
        "flo", "asce", "cd24", "pten", "sting", "conditioned medium", "msc exosomes",
    }  # fmt: skip


def test_what_is_given_is_kept_apart(shipped: Catalogue) -> None:
    kinds = {p.key: (p.intervention, p.source_kind, p.sold_as) for p in shipped.products}
    assert kinds["charaexo"] == ("other_product", "non_msc", "exosomes")
    assert kinds["deramiocel"][0] == "cells"
    assert kinds["allo-asc-dfu"][0] == "cells"
    assert kinds["shed-cm"][:2] == ("conditioned_medium", "msc")
    assert kinds["exo-cd24"][:2] == ("engineered_ev", "non_msc")
    assert kinds["zofin"][1] == "non_msc"


def test_exo_101_and_ilb_202_are_two_products(shipped: Catalogue) -> None:
    assert "Exo-101" in shipped.product("ilb-202").lookalikes
    assert shipped.product("exo-101").makers[0].name == "Exogenus Therapeutics"


def test_decoys_are_no_products(shipped: Catalogue) -> None:
    ids = {i for p in shipped.products for i in p.trial_ids}
    ids |= {t.trial_id for t in shipped.trials_without_product}
    assert "NCT03562715" not in ids
    assert {n.trial_id for n in shipped.negatives} >= {"NCT03562715"}
    names = {fold_name(a.text) for p in shipped.products for a in p.aliases}
    assert not names & {"chile knee oa exosomes", "dex", "plexaris"}


def test_a_short_form_is_not_proved_by_what_it_is_short_for(shipped: Catalogue) -> None:
    """Any author may write "adipose-derived stem cell exosome (ASCE)"."""
    (alias,) = [a for a in shipped.product("asceplus").aliases if a.text == "ASCE"]
    assert alias.context
    assert not [word for word in alias.context if "exosome" in word.casefold()]


def test_notices_have_dates(shipped: Catalogue) -> None:
    dates = {p.key: [n.date for n in p.notices] for p in shipped.products if p.notices}
    assert dates["xosomes"] == ["2020-06-04"]
    assert dates["exo-rna"] == ["2024-12-30"]
    assert dates["regen-centers-exosomes"] == ["2021-07"]
    assert all(re.fullmatch(r"\d{4}-\d\d(-\d\d)?", d) for found in dates.values() for d in found)


def test_class_studies_can_be_placed(shipped: Catalogue) -> None:
    assert len(shipped.external) > 50
    for study in shipped.external:
        assert study.intervention
        assert study.source_kind
        assert not study.link
    assert all(t.source_kind for t in shipped.trials_without_product)


def test_a_pipe_in_the_catalogue_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = write(tmp_path, {})
    (folder / "products").mkdir()
    os.mkfifo(folder / "products" / "pipe.toml")
    with pytest.raises(CatalogueError, match="is a folder, a pipe or a device"):
        load_catalogue(folder)
