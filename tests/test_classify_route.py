"""Axis route: the way a thing went, apart from what it is for and where it is put."""

from __future__ import annotations

import pytest

from evlit.classify import route
from evlit.classify.cues import load_cues
from evlit.classify.text import Matcher, Text
from evlit.records import AbstractSection, Record, Tag

MATCHER = Matcher([*load_cues(), *route.cues()])


def routes(abstract: str, title: str = "Exosomes in people") -> set[str]:
    seen = {a: [Tag(a, v, "rule", "")] for a, v in (("design", "clinical"), ("given", "product"))}
    record = Record(1, title=title, sections=(AbstractSection(abstract),))
    return {t.value for t in route.tags(Text(record, MATCHER), seen)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Exosomes intended for topical use were injected by lay persons.",
        "Ten patients were injected with exosomes labelled for topical application.",
        "No exosomes are approved for intravenous infusion, and ten people received some.",
        "Exosomes sold for topical use were given to twelve patients.",
        "Ten patients received exosomes meant as a topical serum.",
    ],
)
def test_what_a_vial_is_meant_for_is_no_route(sentence: str) -> None:
    assert routes(sentence) == set()


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Exosomes were dropped onto the skin.", {"topical"}),
        ("Exosomes were dripped onto the wound bed.", {"topical"}),
        ("One burned area was covered with exosome hydrogel.", {"topical"}),
        ("A single application of exosomes was made on part of the donor site.", {"topical"}),
        ("Exosomes were injected into one half of the scalp.", {"scalp_injection"}),
        ("Exosomes were rubbed on one half of the scalp.", set()),
        ("Clients were treated with exosomes on the face after microneedling.", {"microneedling"}),
        ("Exosomes were given by vein after fractional laser had failed.", {"intravenous"}),
        ("Exosomes (5 mL, weekly, i.a.) were given.", {"intraarticular"}),
        ("An exosome gel was placed with subgingival delivery of exosomes.", {"periodontal"}),
        ("Visual contact (IV) with covered grills was allowed.", set()),
    ],
)
def test_ways_told_in_plain_words(sentence: str, wanted: set[str]) -> None:
    assert routes(sentence) == wanted


def test_a_short_form_of_the_product_speaks_for_it() -> None:
    lead = "Twelve patients received fat stem cell exosome (ASCE) or saline. "
    assert routes(lead + "ASCE was dropped onto the skin.") == {"topical"}
    assert routes(lead + "Saline was dropped onto the skin.") == set()
    # a place where it was found is no way of giving
    assert routes("Vesicles (bEVs) pass with LPS. bEVs cross into the brain.") == set()


def test_an_aim_after_a_label_run_into_the_abstract() -> None:
    aim = "Intravenous delivery of exosomes could replace cells. "
    rest = "Methods. We treated twelve patients with exosomes. All came back. We saw them twice. "
    rest += "We measured blood. We asked them how they felt."
    assert routes("Aims. " + aim + rest) == {"intravenous"}
    assert routes("Cells are dear. " + aim + rest) == set()


def test_nasal_drops_made_of_adipose_cells() -> None:
    title = "Nasal drops of adipose mesenchymal exosomes in memory loss"
    assert routes("Nine persons took them twice a week.", title) == {"intranasal"}
