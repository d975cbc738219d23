"""Mentions: which record belongs to which product, and what counts as tested."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit.mentions import Mentions
from evlit.mentions.makers import maker_name
from evlit.mentions.names import fold, locate, spellings
from evlit.mentions.roles import load_words, sentence_spans
from evlit.records import (
    AbstractSection,
    Alias,
    Author,
    CuratedStudy,
    DataBankId,
    Grant,
    Keyword,
    Maker,
    Mention,
    OtherAbstract,
    Product,
    Record,
    Substance,
    Tag,
    Trial,
)

EXOFLO = Product(
    "exoflo",
    "ExoFlo",
    aliases=(
        Alias("ExoFlo"),
        Alias("Exo Flo"),
        Alias("bmMSC-EV", match="never_bare"),
        Alias("XoFlo"),
    ),
    makers=(Maker("Direct Biologics, LLC"),),
    intervention="ev",
    trials=(Trial("NCT05354141"),),
    lookalikes=("ExoFlow",),
)
ASCE = Product(
    "asceplus",
    "ASCEplus",
    aliases=(
        Alias("ASCE+", match="context", context=("ExoCoBio", "adipose", "exosom*")),
        Alias("ExoSCRT"),
    ),
    makers=(Maker("ExoCoBio Inc."),),
    intervention="ev",
)
PEP = Product(
    "pep",
    "PEP",
    aliases=(
        Alias("Purified Exosome Product"),
        Alias("PEP", match="context", case=True, ambiguous=True, context=("Rion", "platelet*")),
    ),
    makers=(Maker("Rion Inc"),),
    intervention="ev",
    lookalikes=("PEP therapy", "peptide (PEP)"),
)
XOGLO = Product("xoglo", "XoGlo", aliases=(Alias("XoGlo"),), makers=(Maker("Kimera Labs"),))
XOGLOPRO = Product(
    "xoglopro", "XoGloPro", aliases=(Alias("XoGloPro"), Alias("XoGlo Pro")),
    makers=(Maker("Kimera Labs"),),
)  # fmt: skip
CELLS = Product("cdc", "deramiocel", aliases=(Alias("CAP-1002"),), intervention="cells")
IEXO = Product(
    "iexosomes", "iExosomes", aliases=(Alias("iExosomes"),),
    makers=(Maker("MD Anderson Cancer Center", role="sponsor"),),
)  # fmt: skip
ALL = Mentions([EXOFLO, ASCE, PEP, XOGLO, XOGLOPRO, CELLS, IEXO])


def tags(design: str = "clinical", given_: str = "product") -> tuple[Tag, ...]:
    return (Tag("design", design, "rule", ""), Tag("given", given_, "rule", ""))


def record(title: str = "Vesicles in knees", abstract: str = "", **more: Any) -> Record:
    sections = (AbstractSection(abstract),) if abstract else ()
    return Record(1, title=title, sections=sections, **more)


def kinds(found: tuple[Mention, ...], product: str = "exoflo") -> list[str]:
    return [m.kind for m in found if m.product == product]


def kind_of(abstract: str, product: str = "exoflo", design: str = "clinical") -> str:
    found = ALL.find(record(abstract=abstract), tags(design))
    said = kinds(found, product)
    assert [k for k in said if k != "maker"] == said[:1], found
    return said[0]


# ------------------------------------------------------------------------- tested

GIVEN = [
    "Twenty-four patients received one 15 mL infusion of ExoFlo.",
    "We evaluated the safety of bone marrow vesicles (ExoFlo™) in a pilot trial.",
    "ExoFlo was injected into both knees. Pain was scored.",
    "In this open-label study ExoFlo, a vesicle isolate, was given by vein to ten adults.",
    "Rats were randomised to ExoFlo or saline.",
    "Patients were randomly assigned 1:1 to placebo or to ExoFlo 10 mL.",
    "Pain fell in the ExoFlo group but not in the placebo group.",
    "ExoFlo-treated wounds closed two days earlier in our mice.",
    "Macrophages were incubated with ExoFlo for 24 h.",
    "A woman developed granulomas four weeks after injection of ExoFlo.",
    "We report a man who became septic after he had received ExoFlo by infusion.",
    "Knees were treated with hyaluronate, whereas twelve others were injected with ExoFlo.",
    "Patients not responding to steroids received ExoFlo.",
    "The aim was to compare ExoFlo with placebo in patients with colitis.",
    "ExoFlo is an isolate of bone marrow vesicles. In this study all patients were given "
    "the product twice.",
    "The trial drug was ExoFlo. Ten patients received the product.",
    "Participants were treated with exosomes (Exo-Flo; Direct Biologics, Austin).",
    "No adverse events were seen in patients who received ExoFlo.",
    "ExoFlo did not reduce mortality in our trial.",
    "Patients were randomised to receive ExoFlo versus placebo.",
    "Patients were divided into two groups to receive ExoFlo or saline.",
    "Patients with prior steroid failure received ExoFlo.",
    "In this open-label trial of ExoFlo, ten adults took part.",
    "Patients at our clinic received ExoFlo.",
    "In this ongoing trial, patients received ExoFlo.",
    "Patients with cancer were excluded and the rest received ExoFlo.",
    "Controls were not treated, and the others received ExoFlo.",
    "Based on our earlier work, we injected rats with ExoFlo.",
    "None of the events was related to the infusion of ExoFlo.",
    "Scaffolds were functionalised with ExoFlo.",
    "We aimed to test whether ExoFlo relieves pain in 30 adults.",
    "Wounds in rats were treated with ExoFlo, compared with saline.",
    "ExoFlo infusion was safe in our ten patients and may be effective.",
    "Chondrocytes were cultured with or without ExoFlo for 48 h.",
    "The mean score fell from 6 to 3 with ExoFlo and from 6 to 5 with saline.",
    "Neither ExoFlo nor placebo changed the score.",
    "We show that ExoFlo lowers infarct size in pigs.",
    "Hair density rose after twelve sessions of ExoFlo with microneedling.",
    "One patient died two days after ExoFlo infusion.",
    "Patients had laser followed by topical ExoFlo on one side and saline on the other.",
]


@pytest.mark.parametrize("abstract", GIVEN)
def test_a_sentence_that_says_it_was_given_makes_it_tested(abstract: str) -> None:
    assert kind_of(abstract) == "tested"


NOT_GIVEN = [
    "Unlike ExoFlo, our vesicles were given on the skin.",
    "In contrast to ExoFlo, the patients received adipose vesicles.",
    "Ten patients received adipose vesicles; commercial products such as ExoFlo were avoided.",
    "Commercially available products including ExoFlo and others lack a licence. We gave cord "
    "vesicles to ten patients.",
    "ExoFlo has been given to patients with pneumonia. Here we treated rats with cord vesicles.",
    "ExoFlo was not used in this study. Patients received cord vesicles.",
    "Patients did not receive ExoFlo but cord vesicles.",
    "No patient received ExoFlo.",
    "None of the patients was treated with ExoFlo.",
    "Patients who had previously been treated with ExoFlo were given cells' vesicles.",
    "Exclusion criteria were pregnancy and any earlier infusion of ExoFlo.",
    "We gave cord vesicles to mice. Future trials should test ExoFlo in patients.",
    "Cord vesicles were safe. ExoFlo may be an alternative.",
    "A previous trial of ExoFlo reported fewer deaths. We treated mice with cord vesicles.",
    "Several vesicle products (e.g., ExoFlo) are in trials. We injected mice with cord vesicles.",
    "Mice were given cord vesicles made by a process similar to ExoFlo.",
    "Healing after cord vesicles was faster than that reported for ExoFlo.",
    "Clinics advertise ExoFlo for knees. We treated ten patients with platelet vesicles.",
    "ExoFlo is currently in a phase III trial. We treated ten rats with cord vesicles.",
    "Approved products such as ExoFlo do not exist; we injected cord vesicles into rats.",
    "Patients were given cord vesicles rather than ExoFlo.",
    "Vesicles from the maker of ExoFlo were not at hand; patients received cord vesicles.",
    "Patients received cord vesicles. ExoFlo is an isolate of bone marrow vesicles.",
    "Mice received cord vesicles, but not ExoFlo.",
    "Investigators in another trial treated patients with ExoFlo. We used cord vesicles.",
    "Patients were excluded if they had received ExoFlo.",
    "Marketed vesicles (ExoFlo) lack data; we gave cord vesicles to rats.",
    "Patients have received ExoFlo in Texas. We treated rats with cord vesicles.",
    "A recent trial treated patients with ExoFlo. We injected rats with cord vesicles.",
    "We asked whether cord vesicles are comparable to ExoFlo.",
    "A survey asked surgeons about ExoFlo.",
    "After failure of ExoFlo, patients were treated with cord vesicles.",
    "We compared our findings with those of the ExoFlo trial. Mice got cord vesicles.",
    "Mice were treated with vesicles of the same cells that are used to make ExoFlo.",
    "Mice were given cord vesicles at ten times the ExoFlo dose.",
    "Ten patients received cord vesicles. Limitations: we had no ExoFlo arm.",
    "Treatment with ExoFlo lowered mortality. In this study, rats received cord vesicles.",
    "Cord vesicles were as potent as those of historical patients given ExoFlo.",
]


@pytest.mark.parametrize("abstract", NOT_GIVEN)
def test_a_sentence_that_sets_it_apart_leaves_it_named(abstract: str) -> None:
    assert kind_of(abstract) == "named"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("ExoFlo for knee pain: a randomised trial", "tested"),
        ("Safety of ExoFlo over 12 weeks", "tested"),
        ("Placebo versus ExoFlo in colitis: a randomised trial", "tested"),
        ("ExoFlo does not improve survival: a randomised trial", "tested"),
        ("Beyond ExoFlo: cord vesicles in rats", "named"),
        ("Cord vesicles as an alternative to ExoFlo in rats", "named"),
        ("Colitis refractory to ExoFlo treated with cord vesicles", "named"),
        ("Regulatory status of ExoFlo", "named"),
        ("ExoFlo raises regulatory T cells in mice", "tested"),
        ("Vesicles for burns: lessons for ExoFlo", "named"),
        ("ExoFlo-like vesicles for burns", "named"),
        ("Towards an ExoFlo biosimilar: vesicles for burns", "named"),
        ("Towards clinical use: ExoFlo in pigs", "tested"),
        ("Cost-effectiveness of ExoFlo in knee pain", "named"),
    ],
)
def test_titles(title: str, kind: str) -> None:
    assert kinds(ALL.find(record(title), tags())) == [kind]


@pytest.mark.parametrize(
    ("design", "given_", "kind"),
    [
        ("clinical", "product", "tested"),
        ("animal", "product", "tested"),
        ("in_vitro", "product", "tested"),
        ("review", "product", "named"),
        ("protocol", "product", "named"),
        ("notice", "product", "named"),
        ("other", "product", "named"),
        ("clinical", "other", "named"),
        ("clinical", "cells", "named"),
        ("clinical", "nothing", "named"),
        ("", "", "named"),
    ],
)
def test_design_and_given_decide_with_the_sentence(design: str, given_: str, kind: str) -> None:
    found = ALL.find(record("Patients received ExoFlo"), tags(design, given_))
    assert kinds(found) == [kind]
    assert found[0].counts == (kind == "tested")


def test_a_persons_tag_outweighs_the_machines() -> None:
    said = (*tags("review"), Tag("design", "clinical", "human", "read"))
    assert kinds(ALL.find(record("Patients received ExoFlo"), said)) == ["tested"]


def test_a_cell_product_is_tested_where_cells_were_given() -> None:
    paper = record(abstract="Boys received CAP-1002 by vein.")
    assert kinds(ALL.find(paper, tags(given_="cells")), "cdc") == ["tested"]
    assert kinds(ALL.find(paper, tags(given_="product")), "cdc") == ["named"]


def test_each_product_is_decided_by_its_own_sentences() -> None:
    both = record(abstract="Patients were randomised to ExoFlo or XoGlo. Pain fell in both.")
    found = ALL.find(both, tags())
    assert kinds(found) == ["tested"]
    assert kinds(found, "xoglo") == ["tested"]
    one = record(abstract="Patients received ExoFlo. Unlike XoGlo, it is made from bone marrow.")
    found = ALL.find(one, tags())
    assert kinds(found) == ["tested"]
    assert kinds(found, "xoglo") == ["named"]


def test_labelled_background_does_not_say_what_this_study_gave() -> None:
    sections = (
        AbstractSection("Treatment with ExoFlo reduced deaths in pneumonia.", "BACKGROUND"),
        AbstractSection("Rats were injected with cord vesicles.", "METHODS"),
    )
    found = ALL.find(Record(1, title="Cord vesicles", sections=sections), tags("animal"))
    assert kinds(found) == ["named"]


def test_a_vernacular_title_counts_as_title() -> None:
    paper = Record(1, title="[Vesicles in knees.]", vernacular_title="膝関節へのExoFlo投与")
    (found,) = ALL.find(paper, tags())
    assert (found.kind, found.field) == ("tested", "vernacular_title")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"keywords": (Keyword("ExoFlo"),)}, "keywords"),
        ({"substances": (Substance("C1", "ExoFlo"),)}, "substance"),
        ({"coi": "ExoFlo was supplied free of charge."}, "coi"),
    ],
)
def test_keywords_substances_and_conflict_lines_only_name(more: dict[str, Any], field: str) -> None:
    (found,) = ALL.find(record(abstract="Patients received vesicles.", **more), tags())
    assert (found.kind, found.field, found.counts) == ("named", field, False)


def test_other_abstracts_are_read_too() -> None:
    other = (OtherAbstract("plain-language-summary", "eng", "Ten people were given ExoFlo."),)
    (found,) = ALL.find(record(other_abstracts=other), tags())
    assert (found.kind, found.field) == ("tested", "abstract")


# --------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    "written",
    ["ExoFlo", "exoflo", "EXOFLO", "Exo-Flo", "Exo Flo", "ExoFlo™", "ExoFlo(TM)", "ExoFlo®",
     "Exo‑Flo", "Exo\u00a0Flo", "ＥｘｏＦｌｏ", "“ExoFlo”", "ExoFlo's", "(ExoFlo)", "Exo\u00adFlo"],
)  # fmt: skip
def test_spellings_that_are_the_name(written: str) -> None:
    assert kinds(ALL.find(record(f"Patients received {written} twice"), tags())) == ["tested"]


@pytest.mark.parametrize(
    "written", ["ExoFlow", "ExoFlo2", "MyExoFlo", "ExoFlos", "ÉExoFlo", "Exoflö"]
)
def test_look_alikes_are_not_the_name(written: str) -> None:
    assert not ALL.find(record(f"Patients received {written} twice"), tags())


def test_cjk_beside_a_name_is_no_boundary() -> None:
    assert kinds(ALL.find(record("患者にExoFloを投与した"), tags())) == ["tested"]


@pytest.mark.parametrize(
    ("written", "hit"),
    [
        ("ASCE+", True), ("ASCE＋", True), ("ASCE plus", True), ("ASCEplus", True),
        ("ASCE-plus", True), ("ASCE+™", True), ("ASCE", False), ("ASCEs", False),
        ("ASCs", False), ("ASCE surplus", False), ("NASCE+", False),
    ],
)  # fmt: skip
def test_the_plus_stays_significant(written: str, hit: bool) -> None:
    found = ALL.find(record(f"Adipose exosomes: skin treated with {written} twice"), tags())
    assert bool(kinds(found, "asceplus")) is hit


def test_a_name_without_plus_is_not_the_name_with_it() -> None:
    finder = Mentions([Product("evpure", "EV-Pure", aliases=(Alias("EV-Pure"),))])
    assert not finder.find(record("Patients received EV-Pure+ twice"), tags())
    assert finder.find(record("The EV-Pure+saline group"), tags())


def test_context_words_are_needed_where_a_name_is_ambiguous() -> None:
    assert not ALL.find(record("ASCE+ guidance for bridge design"), tags("other"))
    assert not ALL.find(record("Positive expiratory pressure (PEP) in asthma"), tags())
    found = ALL.find(record(abstract="Ulcers were treated with PEP, a platelet powder."), tags())
    assert kinds(found, "pep") == ["tested"]
    assert not ALL.find(record("A pep talk about platelets"), tags())


SPELT_OUT = [
    ("Sputum was cleared with positive expiratory pressure (PEP); platelet vesicles rose.", []),
    ("PEP (positive expiratory pressure) was given; platelet vesicles rose.", []),
    ("Post-exposure prophylaxis (PEP) was given to patients with low platelets.", []),
    ("Patients were treated with purified exosome product (PEP) of platelets.", ["tested"]),
    ("Patients were treated with platelet exosome powder (PEP).", ["tested"]),
    ("Patients were treated with PEP (Rion).", ["tested"]),
]


@pytest.mark.parametrize(("abstract", "said"), SPELT_OUT)
def test_letters_spelt_out_as_other_words_are_no_name(abstract: str, said: list[str]) -> None:
    found = ALL.find(record("PEP in adults", abstract), tags())
    assert [k for k in kinds(found, "pep") if k != "maker"] == said


def test_a_guarded_name_that_is_once_part_of_a_lookalike_is_none_anywhere() -> None:
    for text in (
        "Patients received PEP therapy; PEP helped.",
        "A peptide (PEP) was given. PEP helped.",
    ):
        assert not kinds(ALL.find(record("PEP and platelets", text), tags()), "pep")


NOBODY_GOT_IT = [
    "We asked 210 patients whether they had received ExoFlo. Twelve said yes.",
    "Patients were randomised to remdesivir. Those who had received ExoFlo were excluded.",
    "We estimated the cost of treating a patient with ExoFlo.",
    "Costs rise if all patients were treated with ExoFlo.",
    "Simulated patients received ExoFlo at 10 mL.",
    "We read with interest the report of 24 patients who received ExoFlo.",
    "The company expects that patients will receive ExoFlo in 2026.",
    "In the registry entry 20 patients were to receive ExoFlo.",
    "Patients treated with ExoFlo are described in the patent.",
    "Students were given the ExoFlo course.",
    "Several of the people interviewed wished to be treated with ExoFlo.",
    "Of 300 physicians 12% had treated patients with ExoFlo.",
    "Patients were treated with our own vesicles; some clinics abroad inject ExoFlo.",
    "Dr Smith asks whether our patients were given ExoFlo. They were given saline.",
    "Horses were injected with secretome, using the ExoFlo procedure.",
]


@pytest.mark.parametrize("abstract", NOBODY_GOT_IT)
@pytest.mark.parametrize("title", ["Vesicles in adults", "ExoFlo in adults"])
def test_a_title_does_not_outweigh_a_sentence_by_which_nobody_got_it(
    title: str, abstract: str
) -> None:
    assert kinds(ALL.find(record(title, abstract), tags())) == ["named"]


@pytest.mark.parametrize(
    "abstract",
    [
        "Whether ExoFlo helps is unknown. Ten patients received ExoFlo.",
        "Costs were recorded. Ten patients received ExoFlo.",
        "A modelled dose was used later; ten patients received ExoFlo.",
        "Preterm infants with patent ductus arteriosus received ExoFlo.",
        "Mice were vaccinated with ExoFlo twice.",
        "Surgeons injected ExoFlo into ten knees.",
        "Patients, who hoped to walk again, received ExoFlo.",
    ],
)
def test_what_only_looks_like_a_denial_does_not_hide_a_giving(abstract: str) -> None:
    assert kind_of(abstract) == "tested"


def test_an_abstract_says_what_letters_in_a_title_leave_open() -> None:
    measured = "PEP was measured in platelet lysate of mice that had been given a high-fat diet."
    (found,) = ALL.find(record("PEP in obese mice", measured), tags("animal"))
    assert (found.kind, found.field) == ("named", "abstract")
    given_ = "Mice with ulcers received PEP, a platelet powder."
    (found,) = ALL.find(record("PEP in obese mice", given_), tags("animal"))
    assert (found.kind, found.field) == ("tested", "abstract")
    (found,) = ALL.find(record("PEP of platelets in obese mice", "Mice healed."), tags("animal"))
    assert (found.kind, found.field) == ("tested", "title")


def test_context_inside_the_name_itself_is_no_context() -> None:
    alias = Alias("EXO RNA", match="context", context=("exo",))
    finder = Mentions([Product("exorna", "EXO RNA", aliases=(alias,))])
    assert not finder.find(record("Patients received EXO RNA"), tags())


def test_a_description_needs_the_maker_or_a_trial_id() -> None:
    words = "Patients received bmMSC-EV by vein."
    assert not ALL.find(record(abstract=words), tags())
    authors = (Author("Ames", affiliations=("Direct Biologics, Austin, TX, USA.",)),)
    assert kinds(ALL.find(record(abstract=words, authors=authors), tags())) == ["tested", "maker"]
    ids = (DataBankId("ClinicalTrials.gov", "NCT05354141"),)
    found = ALL.find(record(abstract=words, databank_ids=ids), tags())
    assert kinds(found) == ["tested", "registry"]


def test_a_name_that_two_products_share_tests_neither() -> None:
    alias = Alias("Kimera exosomes")
    finder = Mentions([Product("a", "A1", aliases=(alias,)), Product("b", "B1", aliases=(alias,))])
    found = finder.find(record("Patients received Kimera exosomes"), tags())
    assert [(m.product, m.kind) for m in found] == [("a", "named"), ("b", "named")]


def test_the_longer_name_of_another_product_wins() -> None:
    found = ALL.find(record(abstract="Patients received XoGlo Pro."), tags())
    assert [m.product for m in found] == ["xoglopro"]


# ------------------------------------------------- registry, curated, maker


@pytest.mark.parametrize(
    ("design", "given_", "counts"),
    [("clinical", "product", True), ("clinical", "cells", False), ("review", "product", False),
     ("protocol", "nothing", False), ("animal", "product", False)],
)  # fmt: skip
def test_a_trial_id_counts_in_a_clinical_record_that_gave_the_product(
    design: str, given_: str, counts: bool
) -> None:
    ids = (DataBankId("ClinicalTrials.gov", "NCT05354141"),)
    (found,) = ALL.find(record(databank_ids=ids), tags(design, given_))
    assert (found.kind, found.counts, found.field) == ("registry", counts, "databank")


def test_another_studys_trial_id_in_the_text_does_not_count() -> None:
    text = "We gave vesicles to six women. A previous trial (NCT05354141) enrolled men."
    ids = (DataBankId("ClinicalTrials.gov", "NCT05354141", "abstract"),)
    (found,) = ALL.find(record(abstract=text, databank_ids=ids), tags())
    assert (found.kind, found.counts) == ("registry", False)
    own = "We gave vesicles to six women. Registered as NCT05354141."
    (found,) = ALL.find(record(abstract=own, databank_ids=ids), tags())
    assert found.counts


@pytest.mark.parametrize(
    ("link", "checked", "record_type", "counts"),
    [
        ("stated", True, "paper", True),
        ("maker_states", True, "paper", True),
        ("maker_states", True, "press_release", False),
        ("stated", False, "paper", False),
        ("inferred", True, "paper", False),
        ("", True, "paper", False),
    ],
)
def test_curated_links(link: str, checked: bool, record_type: str, counts: bool) -> None:
    study = CuratedStudy("T", doi="10.1/ABC", link=link, checked=checked, record_type=record_type)
    finder = Mentions([Product("p", "Pp", studies=(study,))])
    (found,) = finder.find(record(doi="10.1/abc"), ())
    assert (found.kind, found.counts, found.field) == ("curated", counts, "catalogue")


def test_a_study_listed_by_pmid_and_doi_is_one_mention() -> None:
    study = CuratedStudy("T", pmid=1, doi="10.1/abc", link="stated", checked=True)
    finder = Mentions([Product("p", "Pp", studies=(study,))])
    assert len(finder.find(record(doi="10.1/abc"), ())) == 1


@pytest.mark.parametrize(
    ("line", "hit"),
    [
        ("Direct Biologics, Austin", True),
        ("Direct Biologics LLC, Austin", True),
        ("DIRECT BIOLOGICS, Austin", True),
        ("A direct biologics pipeline unit", False),
    ],
)
def test_a_maker_in_an_affiliation(line: str, hit: bool) -> None:
    authors = (Author("Ames", affiliations=(line,)),)
    found = ALL.find(record("Exosomes today", authors=authors), tags("review", "nothing"))
    assert kinds(found) == (["maker"] if hit else [])


@pytest.mark.parametrize(
    ("affiliation", "coi", "hit"),
    [
        ("University Hospital of Patras, Rion, Greece", None, False),
        ("Rion, Inc., Rochester, MN", None, True),
        ("Rion LLC, Rochester", None, True),
        ("Mayo", "A.B. is an employee of Rion.", True),
        ("Mayo", "Dr Rion reports nothing.", False),
    ],
)
def test_a_maker_that_is_also_a_word_needs_more(
    affiliation: str, coi: str | None, hit: bool
) -> None:
    authors = (Author("Ames", affiliations=(affiliation,)),)
    found = ALL.find(record("Platelet exosomes", authors=authors, coi=coi), tags())
    assert kinds(found, "pep") == (["maker"] if hit else [])


def test_a_makers_paper_about_something_else_is_no_mention() -> None:
    authors = (Author("Ames", affiliations=("Direct Biologics, Austin",)),)
    assert not ALL.find(record("Knee braces", authors=authors), tags("clinical", "other"))


def test_an_institution_is_a_maker_only_where_a_product_was_given() -> None:
    authors = (Author("Ames", affiliations=("MD Anderson Cancer Center, Houston",)),)
    paper = record("Exosomes in pancreatic cancer", authors=authors)
    assert not ALL.find(paper, tags("in_vitro", "nothing"))
    assert kinds(ALL.find(paper, tags()), "iexosomes") == ["maker"]


def test_each_line_that_names_the_maker_is_shown() -> None:
    paper = record(
        abstract="Patients received ExoFlo.",
        authors=(Author("Ames", affiliations=("Direct Biologics, Austin",)),),
        coi="J.A. holds stock in Direct Biologics.",
        grants=(Grant(agency="Direct Biologics"),),
    )
    found = ALL.find(paper, tags())
    assert [(m.kind, m.field) for m in found] == [
        ("tested", "abstract"), ("maker", "affiliation"), ("maker", "coi"), ("maker", "funding"),
    ]  # fmt: skip


def test_corporate_suffixes_are_folded() -> None:
    words = load_words()
    for name in ("Rion Inc", "Rion, Inc.", "RION, LLC", "Rion Co., Ltd."):
        maker = maker_name(0, name, words)
        assert maker is not None
        assert (maker.core, maker.plain) == ("rion", True)


# --------------------------------------------------------------- properties


def test_words_and_reason_can_be_checked() -> None:
    text = "The isolate is new. " * 20 + "Twelve adults received ExoFlo™ by vein. " + "End. " * 30
    (found,) = ALL.find(record(abstract=text), tags())
    assert found.words in text
    assert "ExoFlo™" in found.words
    assert "received [name]" in found.reason
    assert len(found.words) < 200


hostile = st.text(
    st.sampled_from(list("ExoFlo+-– \u00ad\u200b™®（ＴＭ）ﬁﾊﾞéΣİ\x1e\x00\n.(R)tm臍ÅPE§¤𝐄")),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(hostile, hostile, st.sampled_from(["ExoFlo", "Exo Flo", "ASCE+", "XoGlo®Pro", "ＸｏＧｌｏ"]))
def test_never_raises_and_every_word_is_the_records_own(a: str, b: str, name: str) -> None:
    text = f"{a}{name}{b}"
    paper = Record(
        1, title=text, sections=(AbstractSection(f"{b} {name} {a} exosomes"),), coi=text,
        keywords=(Keyword(b),), authors=(Author("A", affiliations=(a, text)),),
    )  # fmt: skip
    fields = {"title": [text], "abstract": [f"{b} {name} {a} exosomes"], "coi": [text],
              "keywords": [b], "affiliation": [a, text]}  # fmt: skip
    for mention in ALL.find(paper, tags()):
        whole = [f.replace("\x1e", " ") for f in fields[mention.field]]
        assert any(mention.words in f for f in whole)


@settings(max_examples=300, deadline=None)
@given(hostile, hostile)
def test_located_words_fold_back_to_the_name(a: str, b: str) -> None:
    text = f"{a} ExoFlo {b}"
    folded = fold(text)
    at = folded.find("exoflo")
    if at >= 0:
        span = locate(text, folded, at, at + 6)
        assert span is None or "exoflo" in fold(text[slice(*span)]).replace(" ", "")


@given(st.sampled_from("abzAZ019éñ"), st.booleans())
def test_no_latin_letter_or_digit_may_touch_a_name(char: str, before: bool) -> None:
    text = f"{char}ExoFlo" if before else f"ExoFlo{char}"
    assert not ALL.find(record(f"Patients received {text}."), tags())


@given(st.text(max_size=80))
def test_sentences_cover_the_text(text: str) -> None:
    spans = sentence_spans(text)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    assert all(a[1] == b[0] for a, b in pairwise(spans))


@given(st.text(max_size=30))
def test_every_spelling_is_folded_and_finite(name: str) -> None:
    forms = spellings(name)
    assert len(forms) <= 64
    assert all(f == fold(f).strip() for f in forms)


def test_pure() -> None:
    paper = record("Patients received ExoFlo and XoGlo")
    assert ALL.find(paper, tags()) == ALL.find(paper, tags())


def test_no_products_and_empty_records() -> None:
    assert Mentions([]).find(record("ExoFlo"), tags()) == ()
    assert ALL.find(Record(1), ()) == ()
