"""The design axes on records written for the traps of the field; every text is invented."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from evlit.classify import classify
from evlit.records import (
    AbstractSection,
    Correction,
    Keyword,
    MeshHeading,
    PublicationType,
    Record,
    Tag,
)

TYPES = {
    "Review": "D016454",
    "Systematic Review": "D000078182",
    "Case Reports": "D002363",
    "Randomized Controlled Trial": "D016449",
    "Randomized Controlled Trial, Veterinary": "D000073843",
    "Retraction of Publication": "D016440",
    "Retracted Publication": "D016441",
    "Published Erratum": "D016425",
    "Preprint": "D000076942",
    "Editorial": "D016421",
    "Letter": "D016422",
    "Clinical Trial Protocol": "D000078325",
    "Practice Guideline": "D017065",
    "Journal Article": "D016428",
}


def record(
    title: str,
    abstract: str | Sequence[tuple[str, str]] = "",
    *,
    types: Sequence[str] = (),
    mesh: Sequence[tuple[str, str]] = (),
    keywords: Sequence[str] = (),
    corrections: Sequence[str] = (),
    indexing: str | None = None,
    vernacular: str | None = None,
) -> Record:
    """Return a record with the parts that the design axes read."""
    if isinstance(abstract, str):
        sections: tuple[AbstractSection, ...] = (AbstractSection(abstract),) if abstract else ()
    else:
        sections = tuple(AbstractSection(text, label, label) for label, text in abstract)
    return Record(
        pmid=1,
        title=title,
        vernacular_title=vernacular,
        sections=sections,
        publication_types=tuple(PublicationType(TYPES[t], t) for t in types),
        mesh=tuple(MeshHeading(ui, name) for ui, name in mesh),
        keywords=tuple(Keyword(k) for k in keywords),
        corrections=tuple(Correction(c, 2) for c in corrections),
        indexing_method=indexing,
    )


def said(rec: Record) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {}
    for tag in classify(rec):
        found.setdefault(tag.axis, []).append(tag)
    return found


def value(rec: Record, axis: str) -> str | None:
    tags = said(rec).get(axis)
    return tags[0].value if tags else None


def values(rec: Record, axis: str) -> set[str]:
    return {t.value for t in said(rec).get(axis, [])}


def check(rec: Record, **expected: object) -> None:
    """Compare axes with what is expected: a set for many values, None for no tag."""
    tags = said(rec)
    for axis, want in expected.items():
        got = {t.value for t in tags.get(axis, [])}
        reasons = [(t.value, t.reason) for t in tags.get("design", []) + tags.get(axis, [])]
        wanted = set() if want is None else want if isinstance(want, set) else {want}
        assert got == wanted, (axis, got, wanted, reasons)


# ------------------------------------------------------------------ notices and protocols


class TestNotices:
    def test_retraction_that_repeats_the_title_of_a_rat_study(self) -> None:
        check(
            record(
                "Retraction: Cord stromal cell exosomes shrink infarcts in rats after MCAO.",
                "[This retracts the article DOI: 10.9999/invented.1.]",
                types=("Retraction of Publication",),
            ),
            design="notice", designs={"notice"}, species=None, given=None,
        )  # fmt: skip

    def test_retraction_whose_abstract_repeats_the_paper(self) -> None:
        check(
            record(
                "Retraction notice to \"Adipose exosomes ease renal fibrosis in mice\".",
                "Mice with ureteral obstruction were injected with exosomes. This article has been "
                "retracted at the request of the editors because images were reused.",
                corrections=("RetractionOf",),
            ),
            design="notice",
        )  # fmt: skip

    def test_notice_known_by_its_link_only(self) -> None:
        check(record("Exosomes in dermatitis.", corrections=("ExpressionOfConcernFor",)),
              design="notice")  # fmt: skip

    def test_bracketed_retracted_title_with_an_editor_as_author(self) -> None:
        check(
            record(
                "[Retracted] MicroRNA-77 in vesicles of stromal cells hinders glioma growth.",
                "Following the publication of this paper, a concerned reader drew to the Editor's "
                "attention that panels were shared with another article. The Editor has decided "
                "that this paper has been retracted.",
            ),
            design="notice",
        )  # fmt: skip

    def test_paper_that_was_retracted_keeps_its_own_design(self) -> None:
        check(
            record(
                "RETRACTED: Marrow exosomes in a rat model of myocardial infarction.",
                "Rats underwent coronary ligation and were injected with exosomes. Infarct size "
                "was significantly reduced (p < 0.01) four weeks after injection.",
                types=("Retracted Publication",),
            ),
            design="animal", species={"rat"}, given="product",
        )  # fmt: skip

    @pytest.mark.parametrize(
        "title",
        [
            "Erratum: Vesicles in asthma.",
            "Correction to: Vesicles in asthma.",
            "Corrigendum.",
            "Vesicles in asthma: Correction.",
            "Publisher Correction: Vesicles in asthma.",
            "Expression of concern: Vesicles in asthma.",
        ],
    )
    def test_errata_by_title(self, title: str) -> None:
        check(record(title), design="notice")

    @pytest.mark.parametrize(
        "title",
        [
            "Correction of anaemia in patients on dialysis.",
            "Retraction of the flap after eyelid surgery: a case report.",
            "Surgical correction of scoliosis in adolescents.",
        ],
    )
    def test_corrections_of_the_body_are_not_notices(self, title: str) -> None:
        assert value(record(title), "design") != "notice"


class TestProtocols:
    def test_registered_plan(self) -> None:
        check(
            record(
                "Nebulised stromal cell vesicles for severe pneumonia: study protocol for a "
                "randomised controlled trial.",
                (
                    ("BACKGROUND", "Severe pneumonia has few treatments."),
                    ("METHODS", "Sixty patients will be randomised to vesicles or saline. They "
                                "will receive five inhalations and will be followed for 90 days."),
                    ("DISCUSSION", "Results will be published. NCT00000001."),
                ),
            ),
            design="protocol", designs={"protocol"}, given="product",
        )  # fmt: skip

    def test_protocol_with_results_is_not_a_protocol(self) -> None:
        check(
            record(
                "A dosing protocol of exosome eye drops in dry eye: a randomised trial.",
                (
                    ("METHODS", "Forty patients with dry eye were randomised to exosome eye drops "
                                "or saline."),
                    ("RESULTS", "Tear break-up time was significantly higher with exosome eye "
                                "drops (p = 0.01). No adverse events were observed. Symptoms were "
                                "significantly reduced at week 4 in the treated group and remained "
                                "so until week 12 in most of the patients."),
                ),
            ),
            design="clinical", given="product", clinical_kind="rct",
        )  # fmt: skip

    def test_laboratory_protocol_is_not_a_protocol(self) -> None:
        check(
            record(
                "Protocol for isolating extracellular vesicles from stromal cell cultures.",
                "Here we describe a step-by-step protocol to isolate vesicles from cultured "
                "stromal cells. Cells are cultured without serum, and the medium is "
                "ultracentrifuged. "
                "Vesicles are checked by western blot and nanoparticle tracking.",
            ),
            design="in_vitro",
        )  # fmt: skip

    def test_protocol_of_a_systematic_review(self) -> None:
        check(
            record(
                "Vesicles for spinal cord injury in animals: protocol for a systematic review and "
                "meta-analysis.",
                "PubMed and Embase will be searched. Two authors will extract data, and risk of "
                "bias will be assessed. This review will be published. PROSPERO CRD42000000.",
            ),
            design="protocol",
        )  # fmt: skip


# -------------------------------------------------------------------------------- reviews


class TestReviews:
    def test_review_of_animal_work(self) -> None:
        check(
            record(
                "Stromal cell exosomes in rodent models of stroke: a systematic review and "
                "meta-analysis.",
                "We searched PubMed, Embase and Web of Science for studies in rats and mice with "
                "middle cerebral artery occlusion. Twenty-one studies were included. Exosomes "
                "reduced infarct volume; heterogeneity was high and risk of bias unclear.",
                types=("Systematic Review",),
                mesh=(("D000818", "Animals"), ("D051381", "Rats")),
            ),
            design="review", designs={"review"}, review_kind="systematic", species=None,
        )  # fmt: skip

    @pytest.mark.parametrize(
        "phrase",
        [
            "Herein we summarize how vesicles act on cartilage.",
            "This article discusses how vesicles act on cartilage.",
            "In this review, we look at vesicles and cartilage.",
        ],
    )
    def test_review_announced_by_a_phrase_only(self, phrase: str) -> None:
        check(
            record(
                "Vesicles and cartilage.",
                "Osteoarthritis is a common disease of joints. Stromal cells release vesicles that "
                f"carry proteins and RNA. {phrase} Open questions remain on dose and potency.",
            ),
            design="review", review_kind="narrative",
        )  # fmt: skip

    def test_animal_words_in_the_abstract_of_a_narrative_review(self) -> None:
        check(
            record(
                "Vesicles of dental pulp cells: current status and perspectives.",
                "Dental pulp cells release vesicles. In mice and rats such vesicles heal bone and "
                "calm colitis. In vivo studies in dogs point to pulp regeneration. In this review, "
                "we summarize the current evidence and discuss the challenges of translation.",
                types=("Review",),
            ),
            design="review", species=None, given=None,
        )  # fmt: skip

    def test_case_report_with_review_of_the_literature(self) -> None:
        check(
            record(
                "Skin granulomas after exosome injection: a case report and review of the "
                "literature.",
                "We report a 44-year-old woman who received intradermal exosome injections in a "
                "clinic and presented with nodules three weeks later. Biopsy showed granulomas. "
                "The literature was reviewed.",
                types=("Case Reports", "Review"),
            ),
            design="clinical", clinical_kind="case_report", given="product",
            population="patients",
        )  # fmt: skip

    def test_chart_review_is_no_review(self) -> None:
        check(
            record(
                "Wound healing after burns: a retrospective chart review.",
                "We reviewed the records of 88 patients treated for burns between 2010 and 2015. "
                "Patients were followed for one year. Infection was associated with delay.",
            ),
            design="clinical", clinical_kind="observational",
        )  # fmt: skip

    def test_guideline_is_other(self) -> None:
        check(
            record(
                "Consensus statement on the clinical use of vesicles: recommendations of an expert "
                "panel.",
                "An expert panel met to agree on definitions, release tests and reporting. The "
                "recommendations cover naming, dose and storage.",
                types=("Practice Guideline",),
            ),
            design="other", given=None,
        )  # fmt: skip

    def test_editorial_is_other(self) -> None:
        check(record("Exosomes for sale: a wake-up call.", types=("Editorial",)), design="other")

    def test_letter_with_animal_words_is_other(self) -> None:
        check(
            record("Comment on: stromal exosomes in a mouse model of colitis.", types=("Letter",)),
            design="other",
        )  # fmt: skip


# --------------------------------------------------------------------- animals and cells


class TestAnimalsAndCells:
    def test_human_cells_in_mice(self) -> None:
        check(
            record(
                "Human umbilical cord mesenchymal stem cell exosomes ease colitis.",
                "Exosomes of human umbilical cord mesenchymal stem cells were injected into mice "
                "with DSS-induced colitis. Weight loss and histology improved significantly.",
                mesh=(("D006801", "Humans"), ("D000818", "Animals"), ("D051379", "Mice")),
            ),
            design="animal", species={"mouse"}, given="product", clinical_kind=None,
        )  # fmt: skip

    def test_xenograft_is_animal(self) -> None:
        check(
            record(
                "Vesicles loaded with a small RNA shrink breast cancer.",
                "MDA-MB-231 cells were treated with loaded vesicles and proliferated less. In a "
                "xenograft model the vesicles slowed tumour growth in vivo.",
            ),
            design="animal", species={"unspecified"},
        )  # fmt: skip

    def test_veterinary_patients_are_animals(self) -> None:
        check(
            record(
                "Conditioned medium of adipose stem cells in dogs with osteoarthritis: a "
                "randomised clinical trial.",
                "Thirty client-owned dogs were randomly assigned to intra-articular conditioned "
                "medium or saline. Lameness scores were lower in treated dogs at day 60. Owners "
                "were not told the allocation.",
                types=("Randomized Controlled Trial, Veterinary",),
            ),
            design="animal", species={"dog"}, given="product", clinical_kind=None,
        )  # fmt: skip

    def test_patients_as_background(self) -> None:
        check(
            record(
                "Vesicles of stromal cells protect beta cells in diabetes.",
                "Diabetes is a burden to millions of patients, and patients with long disease are "
                "in need of insulin. Here, we show that vesicles protected mice with "
                "streptozotocin-induced diabetes. This may help patients in the future.",
            ),
            design="animal", designs={"animal"}, species={"mouse"},
        )  # fmt: skip

    def test_patient_samples_beside_mice(self) -> None:
        check(
            record(
                "Serum vesicle miR-900 drives sepsis.",
                "Serum samples were taken from 40 patients with sepsis and 20 healthy controls; "
                "vesicle miR-900 was higher in patients with sepsis. In mice with cecal ligation "
                "and puncture, blocking miR-900 improved survival.",
            ),
            design="animal", designs={"animal", "clinical"}, species={"mouse"},
        )  # fmt: skip

    def test_patient_samples_beside_cells_only(self) -> None:
        check(
            record(
                "Plasma vesicles of patients with gout activate macrophages.",
                "Vesicles were isolated from plasma of patients with gout and healthy controls. "
                "THP-1 cells were incubated with the vesicles; uptake was seen, and knockdown of "
                "the receptor in vitro blocked cytokine release.",
            ),
            design="in_vitro", species=None,
        )  # fmt: skip

    def test_ex_vivo_human_lungs_are_in_vitro(self) -> None:
        check(
            record(
                "Stromal cell vesicles in ex vivo perfused human lungs.",
                "Human lungs not used for transplantation were perfused ex vivo. Vesicles were "
                "given into the perfusate, and clearance of fluid increased. Cultured alveolar "
                "cells showed less leak in vitro.",
            ),
            design="in_vitro", species=None, given="product",
        )  # fmt: skip

    def test_mouse_cells_are_not_mice(self) -> None:
        check(
            record(
                "Exosomes calm mouse bone marrow-derived macrophages.",
                "Mouse bone marrow-derived macrophages and RAW264.7 cells were stimulated with LPS "
                "and treated with exosomes in vitro. Cytokines fell.",
            ),
            design="in_vitro", species=None,
        )  # fmt: skip

    def test_donor_mice_are_not_study_animals(self) -> None:
        check(
            record(
                "Vesicles guide the differentiation of satellite cells.",
                "Satellite cells isolated from hind limbs of C57BL/6 mice were cultured with "
                "vesicles. Fusion was measured by immunofluorescence in vitro.",
            ),
            design="in_vitro", species=None,
        )  # fmt: skip

    def test_tumour_vesicles_in_zebrafish(self) -> None:
        check(
            record(
                "Melanoma vesicles prepare a niche.",
                "Melanoma vesicles were injected into zebrafish larvae and taken up by "
                "endothelium.",
            ),
            design="animal", species={"zebrafish"}, given="product",
        )  # fmt: skip

    def test_two_species(self) -> None:
        check(
            record(
                "A hydrogel with exosomes heals cartilage.",
                "In a rat model of a cartilage defect and in rabbits with a larger defect, the "
                "exosomes improved repair.",
            ),
            species={"rat", "rabbit"},
        )  # fmt: skip

    def test_automated_headings_do_not_decide_against_the_text(self) -> None:
        check(
            record(
                "Exosomes and keratinocytes.",
                "HaCaT cells were cultured and treated with exosomes in vitro. Migration rose.",
                mesh=(("D000818", "Animals"), ("D051379", "Mice"), ("D006801", "Humans")),
                indexing="Automated",
            ),
            design="in_vitro",
        )  # fmt: skip

    def test_computation_only_is_other(self) -> None:
        check(
            record(
                "Exosome genes in sepsis: a bioinformatic analysis.",
                "We downloaded GSE0000 from the Gene Expression Omnibus. Differentially expressed "
                "genes were found by machine learning, and a nomogram was built with LASSO.",
            ),
            design="other", given=None,
        )  # fmt: skip


# --------------------------------------------------------------------------------- people


class TestPeople:
    def test_blood_vesicles_as_marker_are_never_given(self) -> None:
        check(
            record(
                "Plasma exosome levels predict outcome in patients with stroke.",
                "Plasma exosomes were isolated from 120 patients with stroke and 60 healthy "
                "controls. Exosome levels were associated with mortality; the area under the curve "
                "was 0.81.",
            ),
            design="clinical", given="nothing", clinical_kind="observational",
            population="patients",
        )  # fmt: skip

    def test_drug_trial_that_measures_vesicles(self) -> None:
        check(
            record(
                "Effect of rosuvastatin on circulating microparticles in diabetes: a randomised "
                "placebo-controlled trial.",
                "Fifty patients with diabetes were randomised to rosuvastatin or placebo. "
                "Circulating endothelial microparticles were measured after 12 weeks of treatment "
                "and fell in the treated group.",
            ),
            design="clinical", given="other", clinical_kind="rct",
        )  # fmt: skip

    def test_cells_given_with_vesicles_as_mechanism(self) -> None:
        check(
            record(
                "Mesenchymal stem cell infusion in patients with Crohn fistula acts through "
                "exosomes.",
                "Twelve patients received an injection of mesenchymal stem cells. Fistulas closed "
                "in seven. Exosomes of the cells carried TSG-6, which may explain the effect.",
            ),
            design="clinical", given="cells",
        )  # fmt: skip

    def test_both_given_counts_as_product_with_a_note(self) -> None:
        rec = record(
            "Mesenchymal stem cells combined with their exosomes in patients with burns.",
            "Ten patients with burns were treated with topical exosomes after transplantation of "
            "mesenchymal stem cells. Exosomes were applied twice; cells were injected once.",
        )  # fmt: skip
        check(rec, design="clinical", given="product")

    def test_vesicles_given_by_vein(self) -> None:
        check(
            record(
                "Bone marrow stromal cell vesicles for severe COVID-19: a phase II trial.",
                "Patients with severe disease were randomly assigned to receive intravenous "
                "extracellular vesicles or placebo. Mortality at day 60 did not differ. No serious "
                "adverse events were attributed to the product.",
            ),
            design="clinical", given="product", clinical_kind="rct", population="patients",
        )  # fmt: skip

    def test_conditioned_medium_on_skin(self) -> None:
        check(
            record(
                "Adipose stem cell conditioned medium after fractional laser: a split-face study.",
                "Twenty women with photoaged skin were treated with laser; conditioned medium was "
                "applied to one half of the face and saline to the other half. Wrinkles improved "
                "on the treated side.",
            ),
            design="clinical", given="product", clinical_kind="controlled",
        )  # fmt: skip

    def test_randomised_title_where_all_were_treated(self) -> None:
        check(
            record(
                "Exosome serum in melasma: a randomised trial of two intervals.",
                "All patients received exosome serum on the whole face. Eighteen patients were "
                "treated in this open-label single-arm extension without a control group. Melasma "
                "scores fell from baseline.",
            ),
            design="clinical", given="product", clinical_kind="single_arm",
        )  # fmt: skip

    def test_healthy_volunteers(self) -> None:
        check(
            record(
                "Safety of inhaled stromal cell exosomes in healthy volunteers.",
                "Twenty-four healthy volunteers inhaled nebulised exosomes once at rising doses. "
                "Lung function was unchanged and no serious adverse events were observed.",
            ),
            design="clinical", given="product", population="healthy_volunteers",
        )  # fmt: skip

    def test_people_given_the_product_outrank_mice(self) -> None:
        check(
            record(
                "Amniotic vesicles in smokers with COPD and in smoke-exposed mice.",
                "Thirty patients with COPD were treated with inhaled extracellular vesicles and "
                "followed for six months; patients improved in lung function and quality of life, "
                "and adverse events were mild. Mice exposed to smoke were injected with the "
                "vesicles.",
            ),
            design="clinical", designs={"clinical", "animal"}, given="product",
        )  # fmt: skip

    def test_samples_compared_and_nothing_else(self) -> None:
        check(
            record(
                "Synovial fluid vesicles in osteoarthritis.",
                "Synovial fluid was collected from 30 patients with osteoarthritis and 15 "
                "controls. Vesicle counts were higher in patients with severe disease.",
            ),
            design="clinical", given="nothing", clinical_kind="observational",
        )  # fmt: skip

    def test_cell_line_from_a_patient_is_in_vitro(self) -> None:
        check(
            record(
                "Generation of an induced pluripotent stem cell line from a patient with ataxia.",
                "Peripheral blood cells of a 34-year-old patient were reprogrammed. The iPSC line "
                "had a normal karyotype and differentiated into three germ layers.",
            ),
            design="in_vitro",
        )  # fmt: skip

    def test_questionnaire_study_is_clinical(self) -> None:
        check(
            record(
                "What physicians think of exosome injections: a cross-sectional survey.",
                "A questionnaire was sent to 400 physicians. Of 212 respondents, 60% had been "
                "asked for exosomes by patients.",
            ),
            design="clinical", given="nothing", clinical_kind="observational",
        )  # fmt: skip

    def test_case_series(self) -> None:
        check(
            record(
                "Exosome injections in three patients with complex fistula: a case series.",
                "Three patients received local injections of placental exosomes. Fistulas closed "
                "in two of the three patients within eight weeks.",
                types=("Case Reports",),
            ),
            design="clinical", clinical_kind="case_series", given="product",
        )  # fmt: skip

    def test_preprint_keeps_its_design(self) -> None:
        check(
            record(
                "Cord exosomes in mice with asthma.",
                "Mice sensitised with ovalbumin were injected with exosomes. Inflammation fell.",
                types=("Preprint",),
            ),
            design="animal",
        )  # fmt: skip


# ----------------------------------------------------------------------------- odd inputs


class TestOddInputs:
    def test_bare_title_of_a_rat_study(self) -> None:
        check(record("Exosomes of cord stromal cells improve recovery in a rat model of stroke."),
              design="animal", species={"rat"})  # fmt: skip

    def test_bare_title_of_a_review(self) -> None:
        check(record("Exosomes in wound healing: a review."), design="review")

    def test_abstract_cut_in_the_middle(self) -> None:
        check(
            record(
                "Cord exosomes ease arthritis.",
                "Arthritis is disabling. We injected exosomes into mice with collagen-induced "
                "arthritis. Clinical scores fell from 9 to 4 (p < 0.05), and the expression of",
            ),
            design="animal", species={"mouse"}, given="product",
        )  # fmt: skip

    def test_vernacular_title_only(self) -> None:
        rec = Record(pmid=1, title=None, vernacular_title="Exosomen bei Ratten: eine Übersicht")
        assert value(rec, "design") is not None

    def test_empty_record(self) -> None:
        check(Record(pmid=1), design="other", species=None, given=None)

    def test_every_tag_says_why_with_a_score(self) -> None:
        rec = record("Exosomes in mice.", "Mice were injected with exosomes. They improved.")
        for tag in classify(rec):
            assert tag.reason
            assert 0.0 <= tag.score <= 1.0

    def test_same_record_same_tags(self) -> None:
        rec = record("Exosomes in mice.", "Mice were injected with exosomes. They improved.")
        assert classify(rec) == classify(rec)

    def test_types_without_ui_count_by_whole_name(self) -> None:
        rec = Record(
            pmid=1,
            title="Exosomes and skin.",
            sections=(AbstractSection("Skin ages. Exosomes carry proteins to skin."),),
            publication_types=(PublicationType("", "Review"),),
        )
        assert value(rec, "design") == "review"

    def test_type_with_an_unknown_ui_counts_by_its_name(self) -> None:
        rec = Record(
            pmid=1,
            title="Exosomes and skin.",
            sections=(AbstractSection("Skin ages. Exosomes carry proteins to skin."),),
            publication_types=(PublicationType("D999999999", "Review"),),
            mesh=(MeshHeading("D999999998", "Mice"),),
        )
        assert value(rec, "design") == "review"

    def test_reason_quotes_the_words(self) -> None:
        tag = said(record("Exosomes in a rat model of stroke."))["design"][0]
        assert "rat model" in tag.reason


# ----------------------------------------------------- plans, reviews and patients by other words


class TestReviewsByOtherWords:
    @pytest.mark.parametrize(
        "sentence",
        [
            "In this concise review, the newest data on causes and care are presented.",
            "Their sources, in this graphical review of the field, are drawn in colour.",
            "We herein review the building blocks of the barrier.",
            "The aim of this article was to review outcomes of the procedure.",
        ],
    )
    def test_is_review(self, sentence: str) -> None:
        rec = record(
            "Acquired bleeding disorders.",
            "Acquired bleeding disorders are rare. They call for prompt diagnosis by specialists. "
            f"New causes and treatments are known. {sentence}",
        )
        check(rec, design="review", review_kind="narrative")

    def test_pooled_studies_are_no_patients_of_ones_own(self) -> None:
        rec = record(
            "Exosomes as markers of bowel tumours.",
            "This study aimed to conduct a meta-analysis of markers. English articles were "
            "systematically searched in the online databases. A total of 14 studies with 1800 "
            "patients were included. Expression was associated with survival (p = 0.01).",
        )
        check(rec, design="review", review_kind="systematic")

    def test_a_meta_analysis_of_files_beside_own_patients_is_none(self) -> None:
        rec = record(
            "A small RNA in heart failure: insights from meta-analysis and experiment.",
            "We conducted a meta-analysis of expression files by rank. The RNA was then measured "
            "in plasma of our patients with heart failure (n = 30) and controls (n = 30). Levels "
            "were higher in patients (p = 0.01).",
        )
        assert value(rec, "design") == "clinical"

    @pytest.mark.parametrize("word", ["retrospective chart", "film", "peer"])
    def test_other_reviews(self, word: str) -> None:
        rec = record(
            "Falls at night.",
            f"Falls are common. In this {word} review we looked at 90 patients who fell at night. "
            "Falls were associated with lamps (p = 0.01).",
        )
        assert value(rec, "design") != "review"

    def test_own_cases_outrank_the_literature(self) -> None:
        rec = record(
            "Short ribs before birth: two case reports and review of the literature.",
            "Short ribs are rare. We report two cases found before birth and review the "
            "literature. Both children were born at term.",
        )
        assert value(rec, "design") == "clinical"

    def test_an_editorial_that_counts_anothers_patients(self) -> None:
        rec = record(
            "Editorial: Why we printed a trial.",
            "In this issue, colleagues report a double-blind randomized trial. Among the 150 "
            "participants who completed the first phase, 60 were randomized. Dosing mattered.",
        )
        check(rec, design="other", given=None)


class TestPlansByOtherWords:
    def test_will_randomise(self) -> None:
        rec = record(
            "New measures for prevention trials.",
            "Memory tests tire. This study will randomize 300 healthy adults to new or old "
            "measures. All participants will receive a scan. It is meant to support two scales.",
        )
        assert value(rec, "design") == "protocol"

    @pytest.mark.parametrize(
        "title",
        ["The design and conduct of a trial of two patches.",
         "Fewer pills after stents. A rationale for a randomized clinical study."],
    )  # fmt: skip
    def test_titles(self, title: str) -> None:
        rec = record(title, "Patients with stents take many pills. We designed a phase III study "
                            "of fewer pills with follow-up of a year.")  # fmt: skip
        assert value(rec, "design") == "protocol"


class TestAnimalPatients:
    @pytest.mark.parametrize(
        ("title", "abstract"),
        [
            ("Feeding by vein in critically ill canine patients.",
             "Fifty patients admitted to a teaching hospital were enrolled in a randomized "
             "clinical trial. Patients received feeding by vein or fluid. Mortality fell."),
            ("Masses of the spine in dogs: 20 cases.",
             "Records of 20 cases were reviewed. Patients with masses underwent scans."),
            ("A mite on an unusual host: a case report in a dog and review of the literature.",
             "Mites bite. The dog was treated by mouth and recovered. We review the literature."),
        ],
    )  # fmt: skip
    def test_are_no_people(self, title: str, abstract: str) -> None:
        assert value(record(title, abstract), "design") == "animal"

    @pytest.mark.parametrize(
        "title",
        ["Rabies shots in dog owners.", "Cat-eye syndrome in a family.",
         "Suicide in Newfoundland and Labrador."],
    )  # fmt: skip
    def test_people_with_animals_in_their_names(self, title: str) -> None:
        rec = record(title, "Sixty patients were interviewed at a clinic. Half of the patients had "
                            "a family history. Outcomes were associated with age.")  # fmt: skip
        check(rec, design="clinical", species=None)

    def test_animals_that_only_gave_cells(self) -> None:
        rec = record(
            "Two channel genes turn marrow stromal cells into beating cells.",
            "Adult pigs were used for bone marrow extraction and isolation of cells. Genes were "
            "transfected into the cells. Patch clamp showed currents in vitro.",
        )
        assert value(rec, "design") == "in_vitro"

    def test_an_analyser_is_no_animal(self) -> None:
        rec = record(
            "Vesicles of a mouse model of dementia.",
            "Vesicles were isolated from brains of transgenic mice. Mice were killed at 6 months. "
            "Respiration was measured by Seahorse assays.",
        )
        assert values(rec, "species") == {"mouse"}

    def test_a_graft_in_a_person_is_no_animal_work(self) -> None:
        rec = record(
            "Mending a patellar tendon with an Achilles allograft: a case report.",
            "Here, we report a former athlete with an old tendon injury. He underwent mending with "
            "an allograft. Our patient walked well at 1 year.",
        )
        check(rec, design="clinical", clinical_kind="case_report", species=None)

    def test_in_vivo_may_mean_people(self) -> None:
        rec = record(
            "An in vivo study of the hand by thin scans.",
            "The hands of volunteers were scanned in vivo. Tendons of each person were seen.",
        )
        assert value(rec, "design") == "clinical"


class TestPeopleWhoWereNotGivenTheProduct:
    """Words for people that mean animals, donors, other authors' patients or people to come."""

    @pytest.mark.parametrize(
        ("title", "body", "species"),
        [
            (
                "Mesenchymal stem cell exosomes in a piglet model of cardiac arrest.",
                "Survivors of cardiac arrest often stay disabled. Twenty newborns (Yorkshire) were "
                "randomised to exosomes or vehicle. Treated subjects had less neuronal loss. One "
                "subject of each group died.",
                "pig",
            ),
            (
                "Stem cell exosomes for stifle arthritis in client-owned dogs: a controlled trial.",
                "Twenty patients were randomised to receive exosomes or saline into the joint. "
                "Patients given exosomes were less lame at week 8. Owners gave informed consent.",
                "dog",
            ),
            (
                "Exosomes of equine stromal cells for suspensory ligament lesions: 19 cases.",
                "Records were searched for cases that had been injected with exosomes. Nineteen "
                "sport horses were found, and their owners were interviewed by telephone.",
                "horse",
            ),
        ],
    )
    def test_patients_that_are_animals(self, title: str, body: str, species: str) -> None:
        rec = record(title, body)
        check(rec, design="animal", species=species, given="product")
        assert values(rec, "designs") == {"animal"}

    @pytest.mark.parametrize(
        ("title", "body"),
        [
            (
                "Stromal cell exosomes calm keratinocytes in skin explants of psoriasis patients.",
                "Plaques were biopsied in eight patients. Explants of the same patient were "
                "cultured with exosomes or vehicle. Skin of three patients did not respond.",
            ),
            (
                "Cord MSC exosomes act on blood cells of people with sepsis.",
                "Blood was drawn from 14 patients with sepsis and 9 healthy volunteers. Their "
                "mononuclear cells (PBMCs) were treated with exosomes and stimulated in vitro. "
                "Cells of patients released less TNF; volunteers' cells did not change.",
            ),
            (
                "MSC exosomes protect cardiac organoids of patients with cardiomyopathy.",
                "Organoids were grown from iPSCs of four patients. Patient organoids received "
                "exosomes at each change of medium. Contraction improved in organoids of patients.",
            ),
            (
                "Stromal microvesicles clear fluid from human lungs rejected for transplantation.",
                "Ten lungs declined for transplantation were perfused ex vivo. Lungs treated with "
                "microvesicles gained less weight than controls.",
            ),
        ],
    )
    def test_people_who_are_donors(self, title: str, body: str) -> None:
        check(record(title, body), design="in_vitro")

    @pytest.mark.parametrize(
        ("title", "body", "types"),
        [
            (
                "Vesicles at the bedside: are we ready?",
                "Two trials report that patients with arthritis who were injected with exosomes "
                "had less pain. One enrolled 40 people. No adverse events were seen in 20 persons.",
                ("Editorial",),
            ),
            (
                "Comment on: Exosomes for lung failure",
                "The authors gave exosomes to 24 patients who received steroids too. Four deaths "
                "were judged unrelated. Survival of patients elsewhere was the same.",
                ("Letter",),
            ),
            (
                "Consensus statement of a society on the use of exosomes",
                "A panel met three times. Patients with cancer must not be treated, informed "
                "consent must be sought, and adverse events have to be reported.",
                (),
            ),
            (
                "Marketing of exosome products by clinics in one country",
                "We searched the web for businesses. Patients were offered exosomes by vein or "
                "into joints. Adverse events were mentioned on four sites.",
                (),
            ),
            (
                "In silico search for antiviral microRNAs in mesenchymal stem cell exosomes",
                "Exosomes were given to COVID-19 patients in several trials. We collected public "
                "datasets and predicted targets. This may guide the choice of exosomes.",
                (),
            ),
        ],
    )
    def test_people_of_other_authors(self, title: str, body: str, types: tuple[str, ...]) -> None:
        check(record(title, body, types=types), design="other", given=None)

    def test_people_of_a_trial_to_come(self) -> None:
        rec = record(
            "Manufacture of stromal vesicles for a first-in-human trial in kidney injury.",
            "A phase 1 trial in which 18 patients will be given vesicles has been authorised. "
            "Vesicles were purified by filtration. HK-2 and THP-1 cells were treated with them. "
            "Rats were given ten times the dose and none became ill.",
        )
        assert "clinical" not in values(rec, "designs")

    def test_a_letter_on_a_patient_of_ones_own_stays_clinical(self) -> None:
        rec = record(
            "Comment on exosomes and the skin",
            "We treated a 44-year-old woman who had been injected with exosomes and had developed "
            "nodules.",
            types=("Letter",),
        )
        check(rec, design="clinical")

    def test_own_patient_outranks_type_and_literature(self) -> None:
        rec = record(
            "Skin necrosis after injection of exosomes: a case report with a review of the "
            "literature.",
            "A 51-year-old woman had necrosis after injection of exosomes. PubMed and Embase were "
            "searched and four reports were found in the literature reviewed.",
            types=("Review", "Case Reports"),
        )
        check(rec, design="clinical")

    def test_volunteers_and_mice_in_one_report(self) -> None:
        rec = record(
            "Nebulised stromal vesicles: tolerance in healthy adults.",
            "Sixteen healthy volunteers inhaled vesicles once. All participants tolerated them. "
            "In parallel, C57BL/6 mice with pneumonia inhaled vesicles, and more mice survived.",
        )
        check(rec, design="clinical", given="product")
        assert values(rec, "designs") == {"clinical", "animal"}

    def test_cells_grown_for_the_product_are_no_cell_study(self) -> None:
        rec = record(
            "Intrathecal conditioned medium in sclerosis: a pilot in ten patients.",
            "Marrow was aspirated and stem cells were cultured until passage 3. Ten patients were "
            "injected with conditioned medium of the cells. Disability was stable in five.",
        )
        assert values(rec, "designs") == {"clinical"}

    def test_animals_of_earlier_work_are_not_this_studys(self) -> None:
        rec = record(
            "Stem cell exosomes in spinal cord injury: a safety study.",
            "After encouraging results in rats, we treated nine patients with exosomes. No "
            "adverse events occurred.",
        )
        check(rec, designs="clinical", species=None)

    def test_guinea_pigs_are_no_pigs_and_owned_cats_no_dogs(self) -> None:
        check(record("Exosomes in guinea pigs.", "We injected guinea pigs."), species="guinea_pig")
        check(
            record("Secretome in obese cats.", "Cats were injected. Client-owned cats follow."),
            species="cat",
        )

    def test_donors_whose_tissue_was_removed(self) -> None:
        rec = record(
            "Migration of meniscus cells of arthroscopy patients to exosomes.",
            "Fragments removed from 14 patients were digested. In Boyden chambers the cells "
            "migrated toward stem cell exosomes. Cells of older patients responded less.",
        )
        check(rec, design="in_vitro")
