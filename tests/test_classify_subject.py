"""What a record is about, and whose vesicles: one invented record for each trap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.classify import classify
from evlit.records import AXIS_VALUES, AbstractSection, Record

AXES = ("intervention", "source_kind", "msc", "therapy_relevant")


def tags(title: str, abstract: str = "") -> dict[str, str]:
    """Return the values of the four axes for an invented record."""
    sections = (AbstractSection(abstract),) if abstract else ()
    said = classify(Record(pmid=1, title=title, sections=sections))
    return {tag.axis: tag.value for tag in said if tag.axis in AXES}


def form(title: str, abstract: str = "") -> str:
    return tags(title, abstract)["intervention"]


RATS = "Rats were injected with the preparation through the tail vein and followed for a month."
PEOPLE = "Twenty patients received the preparation once a week; no adverse events were seen."


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Bone marrow mesenchymal stem cell-derived exosomes protect rat hearts", RATS, "ev"),
        ("Extracellular vesicles from Wharton's jelly ease arthritis in rats", RATS, "ev"),
        ("Hypoxia-preconditioned MSC exosomes ease stroke in rats",
         "MSCs were kept in low oxygen. " + RATS, "ev"),
        ("Melatonin-pretreated mesenchymal stem cell exosomes heal wounds of rats", RATS, "ev"),
        ("Curcumin-loaded mesenchymal stem cell exosomes ease colitis in rats", RATS,
         "engineered_ev"),
        ("Exosomes from miR-146a-transfected mesenchymal stem cells ease lupus in mice", RATS,
         "engineered_ev"),
        ("GDNF-BMSC exosomes protect rats from parkinsonism",
         "Bone marrow mesenchymal stem cells (BMSC) were made to bear the gene. " + RATS,
         "engineered_ev"),
        ("miR-21-containing exosomes of mesenchymal stem cells improve healing in rats", RATS,
         "engineered_ev"),
        ("Extracellular vesicles from HEK-293 cells overexpressing CD24 for COVID-19", PEOPLE,
         "engineered_ev"),
        ("Hydrogel loaded with mesenchymal stem cell exosomes heals bone defects in rats", RATS,
         "ev"),
        ("Adipose stem cell-conditioned medium restores hair in mice", RATS, "conditioned_medium"),
        ("Secretome of dental pulp stem cells for periodontitis of rats", RATS,
         "conditioned_medium"),
        ("Umbilical cord mesenchymal stem cell transplantation improves liver failure in rats",
         RATS, "cells"),
        ("Mesenchymal stem cells improve memory of mice through the release of exosomes",
         "MSCs were transplanted into mice. MSC transplantation improved memory.", "cells"),
        ("Mesenchymal stem cells combined with their exosomes improve nerve repair in rats", RATS,
         "cells_plus_product"),
        ("Amniotic fluid injection for knee osteoarthritis: a pilot study", PEOPLE,
         "other_product"),
        ("Plasma exosomal microRNA as a diagnostic biomarker of gastric cancer",
         "Plasma of patients and controls was compared.", "not_therapy"),
        ("Tumour-derived exosomes promote metastasis of breast cancer",
         "Exosomes of cancer cells were taken up by fibroblasts.", "not_therapy"),
        ("Mesenchymal stem cell exosomes promote growth of gastric cancer",
         "Exosomes of MSCs were given to mice with a xenograft.", "not_therapy"),
        ("Rab27a governs exosome secretion from mesenchymal stem cells",
         "Knock-down lowered the count of exosomes in the medium.", "not_therapy"),
        ("Metformin in type 2 diabetes: effect on circulating extracellular vesicles",
         "Patients received metformin or placebo. Circulating vesicles were counted.",
         "not_therapy"),
        ("Laparoscopic or open removal of the appendix: a randomised trial", PEOPLE, "not_therapy"),
        ("Bone marrow MSC-derived EV infusion for lung failure: a randomised trial", PEOPLE, "ev"),
        ("A new treatment of knee arthritis",
         "Patients received injections of human amniotic suspension allograft into the joint.",
         "other_product"),
        ("Intra-articular amniotic fluid for knee arthritis",
         "Twenty patients were injected with amniotic fluid.", "other_product"),
        ("A new treatment of hair loss",
         "Patients received autologous platelet lysate injections into the scalp.",
         "other_product"),
        ("Amniotic fluid embolism: a case report",
         "A woman with amniotic fluid embolism received plasma and recovered.", "not_therapy"),
        ("Effect of betamethasone on analysis of amniotic fluid in pregnancy",
         "Women received betamethasone.", "not_therapy"),
        ("Preterm birth and infection",
         "Women were given an antibiotic. Amniotic fluid was sampled before treatment.",
         "not_therapy"),
        ("Expansion of mesenchymal stem cells without animal serum",
         "Cells grew faster in medium supplemented with platelet lysate.", "not_therapy"),
        ("A randomised trial in hair loss",
         "Patients were injected with platelet-rich plasma or saline.", "not_therapy"),
        ("Two therapies at once for spinal cord injury in rats",
         "Rats were given mesenchymal stem cells together with their exosomes. Both restored "
         "walking.", "cells_plus_product"),
        ("A joint treatment of injured cords in rats",
         "Rats were given MSCs and MSC-derived exosomes together.", "cells_plus_product"),
        ("Exosomes for knee osteoarthritis: 20 patients",
         "Patients with osteoarthritis received an injection of exosomes into the knee.", "ev"),
        ("Exosomes for chronic wounds", "We review exosomes in wound care. "
         "This review covers trials of exosomes.", "ev"),
        ("Exosomal proteins for early detection of lung cancer",
         "Patients and controls gave blood.", "not_therapy"),
        ("Mesenchymal stem cell exosomes ease stroke in rats",
         "Rats were given saline, exosomes, MSCs, or MSCs combined with exosomes.", "ev"),
        ("CAR-T cells for lymphoma: a phase 2 trial",
         "Forty patients received the cells; the response rate was 60%.", "cells"),
        ("Allogeneic hematopoietic stem cell transplantation for acute leukemia",
         "Sixty patients received a transplant from a donor.", "cells"),
        ("Adipose tissue-derived regenerative cells in liver cirrhosis: a trial",
         "Seven patients received the cells into the hepatic artery.", "cells"),
        ("Cytokine-induced killer cells for oesophageal cancer: a meta-analysis",
         "Ten trials of the cells with chemotherapy were pooled.", "cells"),
        ("Cultivated oral mucosal epithelial transplantation: outcomes of thirteen eyes",
         "Patients with limbal stem cell deficiency received autologous epithelium.", "cells"),
        ("Transplantation of muscle-derived stem cells renews cartilage of old mice",
         "Stem cells from muscle of young mice were injected into old mice.", "cells"),
        ("Conditioning regimens in allogeneic stem cell transplantation recipients",
         "Patients who underwent transplantation with either regimen were compared.",
         "cells"),
        ("Efficacy and safety of a vaccine for stem cell transplant recipients",
         "Patients received a vaccine.", "not_therapy"),
        ("Zoster in stem cell transplantation recipients", "Patients received a vaccine.",
         "not_therapy"),
        ("Letermovir prophylaxis after hematopoietic stem cell transplantation: a trial",
         "Sixty patients received letermovir or placebo.", "not_therapy"),
        ("CAR-T cell-derived exosomes suppress breast cancer in mice",
         "Mice with a xenograft were injected with exosomes.", "ev"),
        ("A carrier for an RNA against brain tumours of rats",
         "Exosomes were taken from mesenchymal stem cells transfected with miR-146b. Rats were "
         "injected with exosomes overexpressing miR-146b, which shrank the tumours.",
         "engineered_ev"),
        ("Mesenchymal stem cell exosomes protect hearts through miR-125",
         "Exosomes of MSCs transfected with a miR-125 inhibitor did not protect. " + RATS, "ev"),
        ("Microglial exosomes protect neurons by microRNA-124",
         "Neurons were treated with exosomes of microglia. The effect of a miR-124 mimic on "
         "neurons was compared with exosomes.", "ev"),
        ("Targeting a kinase in mesenchymal stem cell exosomes to control liver cancer",
         "Exosomes of MSCs made fibroblasts feed the tumour.", "not_therapy"),
        ("BC1 and the infarcted heart of mice",
         "Extracellular vesicles of cardiosphere-derived cells (CDC-EVs) improved the heart's "
         "work. CDC-EVs reduced infarct size when injected into the border zone.", "ev"),
        ("Overexpression of exosomal microRNAs protects heart cells",
         "Heart cells were transfected with mimics and their exosomes were sequenced.",
         "not_therapy"),
        ("Extracellular vesicles in pharmacology: diagnosis and therapy",
         "We review extracellular vesicles as drug delivery vehicles, their drug loading and "
         "their use as biomarkers. Drug delivery by vesicles is discussed at length.",
         "engineered_ev"),
        ("Exosome-based nanomaterials in tumour therapy: a review",
         "We review exosome-based nanomaterials that carry drugs.", "engineered_ev"),
        ("Reprogramming of fibroblasts into myoblasts to study therapies of muscle disease",
         "We review how fibroblasts are made into myoblasts.", "not_therapy"),
        ("Kits for high recovery of mesenchymal stem cell vesicles and vesicle isolation",
         "Extracellular vesicles were isolated with four kits; counts and proteins differed.",
         "not_therapy"),
        ("Osteogenic differentiation of mesenchymal stem cells on titanium",
         "Cells were cultured for three weeks.", "not_therapy"),
    ],
)  # fmt: skip
def test_intervention(title: str, abstract: str, expected: str) -> None:
    assert form(title, abstract) == expected


@pytest.mark.parametrize(
    "name",
    ["hUC-MSC", "hucMSC", "ADSC", "BMSC", "DPSC", "SHED", "WJ-MSC", "iMSC", "SCAP", "PDLSC",
     "MenSC", "GMSC"],
)  # fmt: skip
def test_short_names_of_mesenchymal_cells(name: str) -> None:
    said = tags(
        f"{name}-derived exosomes heal skin wounds of mice",
        f"Mesenchymal stem cells ({name}) gave exosomes. {RATS}",
    )
    assert (said["msc"], said["source_kind"], said["therapy_relevant"]) == ("true", "msc", "true")


@pytest.mark.parametrize(
    "cells",
    ["decidual mesenchymal stem cells", "menstrual blood-derived stem cells",
     "human umbilical cord mesenchymal stromal cells", "stem cells from apical papilla",
     "bone marrow derived stem cells", "amniotic membrane stem cells"],
)  # fmt: skip
def test_long_names_of_mesenchymal_cells(cells: str) -> None:
    assert tags(f"Exosomes derived from {cells} heal wounds of mice", RATS)["msc"] == "true"


@pytest.mark.parametrize(
    "source",
    ["neural stem cell-derived", "ginger-derived", "platelet-derived", "milk-derived",
     "dendritic cell-derived", "M2 macrophage-derived"],
)  # fmt: skip
def test_vesicles_of_other_sources_are_no_msc_therapy(source: str) -> None:
    said = tags(f"{source.capitalize()} exosomes ease colitis in mice", RATS)
    assert said["intervention"] == "ev"
    assert (said["source_kind"], said["msc"]) == ("non_msc", "false")
    assert said["therapy_relevant"] == "false"


def test_tumour_vesicles_that_reach_stromal_cells_are_not_msc_vesicles() -> None:
    said = tags(
        "Tumour-derived exosomes prime mesenchymal stem cells to support metastasis",
        "Exosomes of breast cancer cells were added to MSCs.",
    )
    assert (said["source_kind"], said["intervention"]) == ("non_msc", "not_therapy")


def test_a_review_of_several_sources_is_mixed() -> None:
    said = tags(
        "Extracellular vesicles as a new treatment in liver transplantation: a review",
        "In this review we discuss vesicles isolated from mesenchymal stem cells, "
        "dendritic cells and hepatocytes as a treatment before transplantation.",
    )
    assert (said["source_kind"], said["therapy_relevant"]) == ("mixed", "true")


@pytest.mark.parametrize(
    "words",
    ["Human amniotic membrane-derived dry matrix", "Decidua-derived cytokines",
     "Adipose tissue-derived adiponectin", "Umbilical cord derived graft"],
)  # fmt: skip
def test_a_tissue_alone_is_no_mesenchymal_cell(words: str) -> None:
    assert tags(f"{words} in wounds of mice", "Mice were treated.")["msc"] == "false"


def test_tonsil_cells_that_are_given_are_mesenchymal() -> None:
    said = tags("Tonsil-derived mesenchymal stem cells ease colitis in mice",
                "Mice were injected with TMSC.")  # fmt: skip
    assert (said["msc"], said["intervention"]) == ("true", "cells")
    said = tags("Tonsil-derived stem cells ease colitis in mice",
                "Mice were injected with the cells.")  # fmt: skip
    assert (said["msc"], said["intervention"]) == ("true", "cells")


def test_msc_with_another_meaning() -> None:
    said = tags(
        "The MSC criterion chooses models of rainfall",
        "The model selection criterion (MSC) was computed for twelve models.",
    )
    assert said["msc"] == "false"


def test_electric_vehicles_are_no_vesicles() -> None:
    assert form("Therapy for cities: charging of EVs", "EVs are charged at night.") == "not_therapy"


def test_cells_as_treatment_are_not_evidence_for_vesicles() -> None:
    said = tags(
        "Intravenous mesenchymal stem cells for graft-versus-host disease: a trial",
        "Patients received infusions of MSCs.",
    )
    assert (said["intervention"], said["msc"]) == ("cells", "true")
    assert said["therapy_relevant"] == "false"


def test_exosomes_of_unnamed_source_given_to_people() -> None:
    said = tags(
        "Exosomes for hair regrowth: a case series of thirty-one patients",
        "Patients with hair loss received injections of exosomes into the scalp.",
    )
    assert (said["intervention"], said["source_kind"]) == ("ev", "not_stated")


def test_another_agent_that_works_through_vesicles_is_no_vesicle_treatment() -> None:
    assert (
        form(
            "Mechanical loading builds bone by downregulating exosomal miR-214 of bone marrow "
            "mesenchymal stem cells",
            "Mice ran on a treadmill.",
        )
        == "not_therapy"
    )


def test_reasons_quote_the_words() -> None:
    record = Record(pmid=1, title="Mesenchymal stem cell exosomes alleviate colitis in mice")
    reasons = {tag.axis: tag.reason for tag in classify(record)}
    assert "alleviate" in reasons["intervention"]
    assert "Mesenchymal stem cell" in reasons["msc"]


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_text_gives_one_known_value_an_axis(title: str, abstract: str) -> None:
    record = Record(pmid=1, title=title, sections=(AbstractSection(abstract),))
    said = [tag for tag in classify(record) if tag.axis in AXES]
    assert sorted(tag.axis for tag in said) == sorted(AXES)
    for tag in said:
        assert tag.value in AXIS_VALUES[tag.axis]
        assert tag.reason and 0 <= tag.score <= 1


def test_a_record_without_words_is_no_therapy() -> None:
    said = {tag.axis: tag.value for tag in classify(Record(pmid=1))}
    assert said["intervention"] == "not_therapy"
    assert said["source_kind"] == "not_stated"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Blocking a gene via engineered exosomes slows spread in mice with prostate cancer.",
         "engineered_ev"),
        ("Tagged extracellular vesicles for delivery of antiviral RNA to the lungs of mice.",
         "engineered_ev"),
        ("New vessels after infarction in rats through a hydrogel functionalized with "
         "endothelial-derived extracellular vesicles.", "ev"),
    ],
)  # fmt: skip
def test_vesicles_behind_via_and_in_carriers_are_the_treatment(title: str, expected: str) -> None:
    assert form(title, RATS) == expected


def test_stem_cells_without_a_word_on_which_are_no_source() -> None:
    found = tags(
        "A long RNA and ageing of heart cells.",
        "Exosomes derived from stem cells were put on ageing heart cells. The RNA fell.",
    )
    assert found["source_kind"] != "non_msc"


PEOPLE_GOT = [
    (
        "Umbilical cord mesenchymal stem cells for severe COVID-19: a randomised trial with "
        "serial measurement of plasma extracellular vesicles",
        "Sixty patients were randomised to infusions of mesenchymal stem cells or vehicle. Plasma "
        "extracellular vesicles were isolated and counted. Vesicles rose after infusion.",
        "cells",
    ),
    (
        "Combined mesenchymal stem cells and nebulized MSC exosomes in severe COPD",
        "Twenty patients received mesenchymal stem cells by vein once, and inhaled exosomes for "
        "five days.",
        "cells_plus_product",
    ),
    (
        "A gliflozin and endothelial extracellular vesicles in heart failure: a randomised trial",
        "Seventy patients were randomly assigned to the drug or placebo. Extracellular vesicles "
        "were measured in plasma. They fell with the drug.",
        "not_therapy",
    ),
    (
        "Fractional laser followed by exosomes of adipose stem cells in photoaged skin",
        "Thirty women were treated with laser, and exosomes were applied to one half of the face "
        "of all women.",
        "ev",
    ),
    (
        "Adipose stem cell exosomes in dermatitis",
        "Twenty patients received exosomes, which were delivered with electroporation in 14.",
        "ev",
    ),
]


PEOPLE_GOT += [
    (
        "Circulating extracellular vesicles after treatment of sepsis with hemoperfusion: "
        "analysis of a randomised study",
        "Patients were treated with hemoperfusion or sham. EVs carrying CD66b were counted.",
        "not_therapy",
    ),
    (
        "Cryopreserved amniotic fluid or saline for neuropathy of the feet",
        "Fifteen patients received 2 mL of amniotic fluid and fifteen saline.",
        "other_product",
    ),
    ("Dressing with MSC exosomes for pressure ulcers in paraplegic patients", "", "ev"),
]


@pytest.mark.parametrize(("title", "abstract", "expected"), PEOPLE_GOT)
def test_what_people_got_decides(title: str, abstract: str, expected: str) -> None:
    assert tags(title, abstract)["intervention"] == expected


def test_a_source_in_brackets_and_short_names_of_cells() -> None:
    exosomes = tags("Exosomes in autism", 'Boys got exosomes (source given as "perinatal MSC").')
    assert exosomes["source_kind"] == "msc"
    secretome = tags("Instillation of amniotic membrane MSC secretome in cystitis")
    assert secretome["source_kind"] == "msc"
