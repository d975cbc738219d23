"""The catalogue against the notes it was made from, where they lie beside the checkout.

A row that was verified ships, a row verified in part ships for its identity only, a row that
was not never ships; what a note calls unverified appears nowhere.
"""

from __future__ import annotations

import csv
import re

import pytest

from evlit.catalogue import Catalogue, load_catalogue, shipped_folder
from evlit.catalogue.products import fold_name
from evlit.records import CuratedStudy, Product, Trial
from tests.conftest import SHARED

NOTES = SHARED / "domain"
pytestmark = pytest.mark.skipif(
    not (NOTES / "products.csv").is_file(), reason="no shared data beside the checkout"
)
Row = dict[str, str]

DESCRIBED = {"miR-124 MSC exosome (Iran stroke)", "NCT03562715 decoy"}
"""Rows that are descriptions or decoys besides those that the notes call descriptive."""
NOT_PEOPLE = {"41"}
"""Numbers of the notes that count ulcers."""
YEAR_NOT_READ = "year not read"


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue(shipped_folder())


def rows(name: str) -> list[Row]:
    with (NOTES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def items(text: str) -> set[str]:
    return {part.strip() for part in text.split(";")} - {""}


def is_described(row: Row) -> bool:
    return row["disambiguation_hint"] == "descriptive" or row["canonical"] in DESCRIBED


def named(catalogue: Catalogue, *names: str) -> set[str]:
    """Return the keys of the products with one of these names."""
    wanted = {fold_name(n) for n in names}
    return {
        p.key
        for p in catalogue.products
        if wanted & {fold_name(p.name), *(fold_name(a.text) for a in p.aliases)}
    }


def product_of(catalogue: Catalogue, name: str) -> Product:
    """Return the product of a row, by its name with or without what stands in brackets."""
    bare = re.sub(r"\s*\(.*?\)", "", name)
    (key,) = named(catalogue, name, bare)
    return catalogue.product(key)


# ------------------------------------------------------------------------------ products


def test_each_row_ships_as_far_as_it_was_verified(shipped: Catalogue) -> None:
    expected: dict[str, str] = {}
    for row in rows("products.csv"):
        if row["status"] != "unverified" and not is_described(row):
            product = product_of(shipped, row["canonical"])
            expected[product.key] = row["status"]
            assert product.status == row["status"], product.key
            assert product.sources, product.key
            assert set(product.sources) <= items(row["sources"]), product.key
    assert expected.keys() == {p.key for p in shipped.products}


def test_rows_not_verified_and_descriptions_are_no_products(shipped: Catalogue) -> None:
    for row in rows("products.csv"):
        if row["status"] == "unverified" or is_described(row):
            assert not named(shipped, row["canonical"]), row["canonical"]


def test_partial_rows_state_no_facts(shipped: Catalogue) -> None:
    partial = [p for p in shipped.products if p.status == "partial"]
    assert partial
    for product in partial:
        facts = (product.cell_source, product.product_class, product.regulatory)
        assert facts == (None, None, None), product.key
        assert not product.notices, product.key


def test_makers_are_those_of_the_row(shipped: Catalogue) -> None:
    for row in rows("products.csv"):
        if row["status"] != "verified" or is_described(row):
            continue
        product = product_of(shipped, row["canonical"])
        told = re.split(r"[/(]", row["manufacturer"])
        known = [fold_name(part) for part in told if part.strip()]
        doubtful = "unverified" in row["manufacturer"] or "from memory" in row["note"]
        for maker in product.makers:
            name = fold_name(maker.name)
            assert any(k in name or name in k for k in known), (product.key, maker.name)
            assert all(s in items(row["sources"]) for s in maker.sources), product.key
        assert product.makers or doubtful, product.key


def test_trials_and_letters_of_a_row_ship(shipped: Catalogue) -> None:
    for row in rows("products.csv"):
        if row["status"] == "unverified" or is_described(row):
            continue
        product = product_of(shipped, row["canonical"])
        assert items(row["trial_ids"]) <= set(product.trial_ids), product.key
        letter = re.search(r"(?:letter|Warned) (\d{4}-\d\d-\d\d)", row["regulatory"])
        if letter and row["status"] == "verified":
            assert letter[1] in {n.date for n in product.notices}, product.key
        for notice in product.notices:
            assert notice.sources, product.key
            assert set(notice.sources) <= items(row["sources"]), product.key


def test_ambiguous_rows_have_a_guarded_name(shipped: Catalogue) -> None:
    for row in rows("products.csv"):
        if row["status"] != "unverified" and not is_described(row) and row["ambiguity"] == "high":
            product = product_of(shipped, row["canonical"])
            guarded = [a for a in product.aliases if a.match != "word" or a.ambiguous]
            assert guarded, product.key


def test_described_rows_live_on_as_class_studies(shipped: Catalogue) -> None:
    trials = {t.trial_id for t in shipped.trials_without_product}
    trials |= {n.trial_id for n in shipped.negatives}
    dois = {s.doi for s in shipped.external}
    for row in rows("products.csv"):
        if row["status"] != "unverified" and is_described(row):
            assert items(row["trial_ids"]) <= trials, row["canonical"]
            assert set(re.findall(r"doi:(\S+)", row["known_pubs"])) <= dois, row["canonical"]


# ------------------------------------------------------------------------------- studies


def plain_title(title: str) -> str:
    """Return a title without what the notes say beside it in brackets."""
    rest = re.sub(r"^\([^)]*\)\s*", "", title)
    rest = re.sub(r"\(title not read\)|,? title not read", "", rest or title)
    return re.sub(r"[^a-z0-9]+", " ", rest.lower()).strip()


def studies(catalogue: Catalogue) -> list[tuple[str, CuratedStudy]]:
    """Return (product key or empty, study)."""
    own = [(p.key, s) for p in catalogue.products for s in p.studies]
    return own + [("", s) for s in catalogue.external]


def study_of(catalogue: Catalogue, row: Row) -> tuple[str, CuratedStudy]:
    """Return the one study of a row, by number or by title."""
    same = [
        (key, s)
        for key, s in studies(catalogue)
        if (row["pmid"] and str(s.pmid) == row["pmid"])
        or (row["doi"] and s.doi == row["doi"].lower())
        or plain_title(s.title) == plain_title(row["title"])
    ]
    assert len(same) == 1, row["title"]
    return same[0]


def test_each_study_ships_as_it_was_read(shipped: Catalogue) -> None:
    for row in rows("studies.csv"):
        _, study = study_of(shipped, row)
        told = (study.design, str(study.pmid or ""), study.doi, study.indication)
        assert told == (row["design"], row["pmid"], row["doi"].lower(), row["indication"]), row
        assert str(study.n or "") in {row["n"], *([""] if row["n"] in NOT_PEOPLE else [])}, row
        assert str(study.year or "") == row["year"] or YEAR_NOT_READ in row["note"], row
        assert study.checked == (row["verified"] == "verified"), row
        assert study.safety == row["safety_statement"], row
        assert study.record_type == row["record_type"], row
        assert set(study.sources) >= items(row["source_url"]) or ";" in row["source_url"], row
        assert study.trial_id in ("", row["trial_id"]), row


def test_a_study_stands_with_its_product_by_the_link_that_was_read(shipped: Catalogue) -> None:
    for row in rows("studies.csv"):
        key, study = study_of(shipped, row)
        if key:
            link = row["link"] if row["link"] not in ("", "none") else "inferred"
            assert study.link == link, row["title"]
            assert study.why, row["title"]
            assert not row["product"] or product_of(shipped, row["product"]).key == key
        else:
            assert not row["product"] or not named(
                shipped, row["product"], re.sub(r"\s*\(.*?\)", "", row["product"])
            ), row["title"]
            assert not study.link, row["title"]


# -------------------------------------------------------------------------------- trials


def trials(catalogue: Catalogue) -> list[tuple[str, Trial]]:
    """Return (product key or empty, trial)."""
    own = [(p.key, t) for p in catalogue.products for t in p.trials]
    return own + [("", t) for t in catalogue.trials_without_product]


def test_each_trial_ships_as_it_was_read(shipped: Catalogue) -> None:
    decoys = {n.trial_id for n in shipped.negatives}
    for row in rows("trials.csv"):
        if row["trial_id"] in decoys:
            continue
        placeholder = "placeholder" in row["note"]
        wanted = "" if placeholder else row["trial_id"]
        same = [
            (key, t)
            for key, t in trials(shipped)
            if t.trial_id == wanted and (wanted or t.title == row["title"])
        ]
        assert len(same) == 1, row
        key, trial = same[0]
        assert trial.title in ({"", row["title"]} if "not read" in row["title"] else {row["title"]})
        assert trial.checked == row["verified"], row
        assert trial.indication == row["indication"], row
        assert trial.status_seen == row["date_seen"], row
        assert trial.results_posted == row["results_posted"], row
        assert str(trial.linked_pmid or "") == row["linked_pmid"], row
        assert str(trial.enrolment or "") == row["enrolment"] or not row["enrolment"], row
        assert trial.sources, row
        assert set(trial.sources) >= items(row["source_url"]), row
        if row["product"] and named(shipped, row["product"]):
            assert product_of(shipped, row["product"]).key == key, row


def test_nothing_unverified_is_printed(shipped: Catalogue) -> None:
    """Whatever a note marks as unverified stands nowhere in the files."""
    files = [p.read_text(encoding="utf-8") for p in sorted(shipped_folder().rglob("*.toml"))]
    assert not [text for text in files if "unverified" in text.lower()]
    sponsors = {t.sponsor for _, t in trials(shipped)}
    for row in rows("trials.csv"):
        if "unverified" in row["sponsor"]:
            (trial,) = (t for _, t in trials(shipped) if t.trial_id == row["trial_id"])
            assert not trial.sponsor, row["trial_id"]
    assert sponsors
