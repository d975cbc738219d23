"""Whose vesicles: ties between a source's name and a vesicle's, one invented record a trap."""

from __future__ import annotations

import pytest

from evlit.classify import classify
from evlit.records import AbstractSection, Record


def source(title: str, abstract: str = "") -> str:
    sections = (AbstractSection(abstract),) if abstract else ()
    said = classify(Record(pmid=1, title=title, sections=sections))
    return next(tag.value for tag in said if tag.axis == "source_kind")


@pytest.mark.parametrize(
    "words",
    [
        "We isolated plasma exosomes of forty patients and sequenced them.",
        "Plasma small extracellular vesicles of forty patients were sequenced.",
        "Serum sEVs were sequenced; sEVs are small extracellular vesicles.",
        "Extracellular vesicles from peripheral blood of forty patients were sequenced.",
        "Exosomes from the nasal lavage of forty patients were counted.",
        "Extracellular vesicles present in healthy human plasma were sorted.",
        "Plasma EV-derived RNA of forty patients was sequenced (EV, extracellular vesicles).",
        "Salivary extracellular vesicles of forty patients were counted.",
    ],
)
def test_vesicles_of_a_body_fluid(words: str) -> None:
    assert source("Small RNA and the course of sarcoidosis", words) == "non_msc"


@pytest.mark.parametrize(
    "words",
    [
        "Endothelial extracellular vesicles were added to smooth muscle cells.",
        "Brain-derived extracellular vesicles of mice were sequenced.",
        "Cortical extracellular vesicles of donors were sequenced.",
        "H9c2 exosomes were added to fibroblasts in culture.",
        "Exosomes released by Neuro2A cells were counted.",
        "Adipose tissue extracellular vesicles of obese mice were sequenced.",
        "CDC-EVs (extracellular vesicles of cardiospheres) were added to the cells.",
    ],
)
def test_vesicles_of_a_tissue_or_a_cell_line(words: str) -> None:
    assert source("A signal between tissues", words) == "non_msc"


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("A kinase governs exosome secretion in hepatocellular carcinoma",
         "Knock-down lowered the count of exosomes in the medium."),
        ("Autophagy and the exosomal release of prions in neuronal cells",
         "Cells were transfected. Exosomes were isolated by ultracentrifugation."),
        ("Vesicle-mediated transfer of a long RNA makes renal cell carcinoma resistant",
         "Resistant cells were cultured. Extracellular vesicles carried the RNA to other cells."),
    ],
)  # fmt: skip
def test_vesicles_of_the_cells_that_are_studied(title: str, abstract: str) -> None:
    assert source(title, abstract) == "non_msc"


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Exosomes for hair regrowth: a case series",
         "Patients received injections of exosomes. Blood was taken before and after."),
        ("Topical exosomes after laser in acne scars: a trial",
         "Twenty patients applied exosomes. Skin biopsies showed more fibroblasts."),
        ("Exosome crossing of the blood-brain barrier: a review", "We review how exosomes cross."),
        ("Stem cell-derived extracellular vesicles for heart repair: a review",
         "We review vesicles released by stem cells."),
        ("Hypoxic stem cell exosomes: a meta-analysis", "Studies of them were pooled."),
        ("Exosome gel for wounds: a randomised trial",
         "Forty patients received exosome gel or saline. Serum albumin rose with exosomes."),
        ("Exosomes in liver disease: a review", "We review what exosomes do in liver and gut."),
    ],
)  # fmt: skip
def test_no_source_is_named(title: str, abstract: str) -> None:
    assert source(title, abstract) == "not_stated"


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("MSC-EVs ease stroke in mice",
         "Mesenchymal stromal cell vesicles were given to mice. Plasma was taken. MSC-EVs were "
         "found in the brain; plasma extracellular vesicles of the mice did not change."),
        ("Mesenchymal stem cell exosomes reach the blood of rats",
         "Exosomes in serum were traced after injection."),
        ("Cells kept in serum-free medium: exosomes of adipose stem cells ease colitis in mice",
         "Serum-free exosomes of adipose stem cells were given."),
    ],
)  # fmt: skip
def test_a_fluid_does_not_hide_mesenchymal_cells(title: str, abstract: str) -> None:
    assert source(title, abstract) == "msc"


@pytest.mark.parametrize("cells", ["Embryonic", "Neural", "Cardiac", "Hair follicle"])
def test_stem_cells_of_another_kind_are_named(cells: str) -> None:
    assert source(f"{cells} stem cell-derived exosomes in wound healing of mice") == "non_msc"


def test_bare_stem_cells_in_the_title_do_not_hide_the_cells_of_the_abstract() -> None:
    text = "Exosomes derived from mesenchymal stem cells (MSCs) were put into the gel."
    assert source("Stem cell derived exosome gel for hearts of mice", text) == "msc"


def test_vesicles_derived_from_a_name_are_those_of_cells_that_have_one() -> None:
    text = "Cells called RAC were grown. RAC-derived extracellular vesicles were given to rats."
    assert source("Vesicle transplantation eases kidney injury in rats", text) == "non_msc"
    text = "Cell-derived extracellular vesicles were given to rats."
    assert source("Vesicle transplantation eases kidney injury in rats", text) == "not_stated"


def test_short_forms_count_beside_their_cells() -> None:
    assert source("Bone marrow MSC-derived EV infusion for lung failure: a trial") == "msc"


def test_short_forms_alone_are_no_vesicles() -> None:
    assert source("EVs of Norway: charging at night", "Blood tests of EV drivers.") == "not_stated"
