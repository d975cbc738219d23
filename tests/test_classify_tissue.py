"""Axis tissue: which tissue's cells gave the product."""

from __future__ import annotations

import pytest

from evlit.catalogue.studies import TISSUES
from evlit.classify import classify
from evlit.records import AXIS_VALUES, AbstractSection, Record


def tissues(title: str, abstract: str = "") -> list[str]:
    sections = (AbstractSection(abstract),) if abstract else ()
    tags = classify(Record(1, title=title, sections=sections))
    return [t.value for t in tags if t.axis == "tissue"]


@pytest.mark.parametrize(
    ("title", "abstract", "found"),
    [
        ("Umbilical cord mesenchymal stem cell exosomes in mice with colitis",
         "Mice received hUC-MSC exosomes. Bone marrow macrophages changed. Adipose tissue grew.",
         ["umbilical_cord"]),
        ("Vesicles in rats with stroke",
         "Rats received exosomes derived from human bone marrow mesenchymal stem cells.",
         ["bone_marrow"]),
        ("Exosomes promote osteogenesis of BMSCs",
         "BMSCs were treated with exosomes of adipose-derived stem cells. BMSCs grew.",
         ["adipose"]),
        ("BMSC-Exos in rats with fractures", "Rats received BMSC-Exos at the fracture.",
         ["bone_marrow"]),
        ("Wharton's jelly and adipose stem cell exosomes in rats: a comparison",
         "Rats received exosomes of adipose stem cells or of Wharton's jelly stem cells.",
         ["umbilical_cord", "adipose"]),
        ("Exosomes of dental pulp stem cells in mice with colitis",
         "Mice received exosomes of stem cells from human exfoliated deciduous teeth.",
         ["dental_pulp"]),
        ("Menstrual blood stem cell exosomes in rats", "Rats received exosomes.", ["other"]),
        ("Mesenchymal stem cell exosomes in rats", "Rats received exosomes.", []),
        ("Bone marrow biopsies of patients with leukaemia", "Samples were taken.", []),
    ],
)  # fmt: skip
def test_the_source_is_told_from_what_was_treated(
    title: str, abstract: str, found: list[str]
) -> None:
    assert tissues(title, abstract) == found


def test_values_are_those_of_the_catalogue() -> None:
    assert set(AXIS_VALUES["tissue"]) | {"not_stated"} == set(TISSUES)


def test_every_tag_quotes_its_words() -> None:
    record = Record(1, title="Adipose mesenchymal stem cell exosomes in rats with burns")
    (tag,) = (t for t in classify(record) if t.axis == "tissue")
    assert tag.reason.startswith("title: 'Adipose mesenchymal")
