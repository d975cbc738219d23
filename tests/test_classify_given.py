"""What people, animals and cells got: sentences that name a giving which is not this study's.

The dangerous error is a product said to be given to people who never got it. Every text here
is invented.
"""

from __future__ import annotations

import pytest

from evlit.classify import Classifier, name_cues
from evlit.records import Record
from tests.test_classify_design import check, record, value

TRIAL = (
    "Hyaluronic acid in knee osteoarthritis: a randomised trial.",
    "Sixty patients with knee osteoarthritis were randomly assigned to receive hyaluronic acid or "
    "saline. Pain scores fell in both groups at six months. No serious adverse events occurred.",
)


def beside(sentence: str, *, first: bool) -> Record:
    """Return a trial of another treatment with one sentence more."""
    title, body = TRIAL
    return record(title, f"{sentence} {body}" if first else f"{body} {sentence}")


class TestGivingThatIsNotThisStudys:
    @pytest.mark.parametrize(
        "sentence",
        [
            "A trial of MSC-derived exosomes in these patients is under way (NCT00000000).",
            "A trial in which patients receive stromal cell exosomes is planned.",
            "Treatment of patients with MSC exosomes is being tested in an ongoing trial.",
            "Future studies should test treatment with stem cell exosomes in these patients.",
            "Patients treated with exosomes might fare better, and further trials are needed.",
            "Injection of MSC exosomes into the knee could be an alternative for such patients.",
            "Patients will next be treated with MSC-derived exosomes.",
            "In mice, intravenous injection of MSC-derived exosomes reproduced the effect.",
            "Rats were injected with MSC exosomes into the knee and their cartilage healed.",
            "When chondrocytes were treated with MSC exosomes, they made more collagen.",
            "Incubation with stem cell exosomes gave the same result in vitro.",
        ],
    )
    def test_last_sentence(self, sentence: str) -> None:
        check(beside(sentence, first=False), design="clinical", given="other")

    @pytest.mark.parametrize(
        "sentence",
        [
            "In a previous trial, patients received an intravenous infusion of MSC exosomes.",
            "In an earlier study, patients were injected with stem cell exosomes.",
            "Wang et al. treated patients with knee injections of MSC exosomes.",
            "Patients have been treated with injections of MSC exosomes elsewhere.",
            "We previously reported that patients treated with MSC exosomes had less pain.",
            "Injection of MSC exosomes has been shown to reduce pain in patients.",
            "Animal studies of injected MSC exosomes were promising for patients.",
        ],
    )
    def test_first_sentence(self, sentence: str) -> None:
        check(beside(sentence, first=True), design="clinical", given="other")

    def test_animals_of_the_sentence_before(self) -> None:
        check(
            record(
                "Serum cytokines in sepsis.",
                "Serum was taken from 40 patients with sepsis, who were followed for 28 days; 12 "
                "patients died. The finding was checked in mice after cecal ligation. Intravenous "
                "injection of stem cell exosomes lowered the cytokines.",
            ),
            given="product", design="animal", designs={"animal", "clinical"},
        )  # fmt: skip

    def test_people_treated_before_with_another_thing(self) -> None:
        check(
            record(
                "Oral health in recipients of allogeneic stem cell transplantation.",
                "Dental records of 33 patients before allogeneic stem cell transplantation were "
                "reviewed retrospectively. Caries was found in 12 patients.",
            ),
            design="clinical", given="nothing", clinical_kind="observational",
        )  # fmt: skip

    def test_vesicles_of_patients_put_on_cells(self) -> None:
        check(
            record(
                "Plasma exosomes in preeclampsia and endothelium.",
                "Plasma was taken from 30 women with preeclampsia and 30 healthy pregnant women. "
                "Blood pressure and outcomes of the women were recorded. Endothelial cells were "
                "treated with exosomes of both groups.",
            ),
            population="patients", clinical_kind="observational",
        )  # fmt: skip
        assert value(record("x"), "given") is None


GIVEN = [
    "Patients received {} and were followed for one year.",
    "Twenty patients were treated with {}.",
    "Twenty patients underwent {} treatment.",
    "Twenty patients were injected with {} into the knee.",
    "{} were injected into the knees of 20 patients.",
    "Patients were randomized to {} (n = 10) or saline (n = 10).",
    "Patients were randomised 1:1 to saline or {}.",
    "The wounds of 20 patients were treated by application of {}.",
]
NAMES = [
    "MSC-EVs", "MSC-Exos", "MSC-Exo", "hUC-MSC-Exos", "hUCMSC-sEVs", "BMSC-exos", "ADSC-Exo",
    "UMSC-Exo", "hWJ-MSC-Exo", "MSC-CM", "exosomes", "sEVs", "BM-MSC-derived EVs (Vesiflow)",
    "MSC-derived extracellular vesicles",
]  # fmt: skip


class TestProductByItsAbbreviation:
    @pytest.mark.parametrize("sentence", GIVEN)
    @pytest.mark.parametrize("name", NAMES)
    def test_vesicle_ending_outranks_the_cell(self, sentence: str, name: str) -> None:
        sentence = sentence.format(name)
        if sentence.startswith("exosomes"):
            sentence = sentence.capitalize()
        rec = record(
            "Stem cell-derived exosomes in knee osteoarthritis: a pilot trial.",
            f"Exosomes of cord stem cells may help. {sentence} Pain fell.",
        )
        check(rec, design="clinical", given="product")

    @pytest.mark.parametrize("name", NAMES)
    def test_title_that_names_no_vesicle(self, name: str) -> None:
        rec = record(
            "A new biological injection in knee osteoarthritis: a pilot trial.",
            f"Twenty patients were treated with {name}. Pain fell in 15 patients.",
        )
        check(rec, design="clinical", given="product")

    def test_cells_stay_cells(self) -> None:
        rec = record(
            "Stem cells in knee osteoarthritis: a pilot trial.",
            "Twenty patients were treated with BM-MSCs. Pain fell in 15 patients.",
        )
        check(rec, design="clinical", given="cells")


class TestProductByItsBrand:
    NAMED = Classifier(name_cues("Vesiflow", "ev", "msc"))

    @pytest.mark.parametrize(
        "sentence",
        [
            "Patients were randomized 1:1:1 to placebo, Vesiflow-10 or Vesiflow-15.",
            "Patients got placebo (n = 34), 10 mL Vesiflow (n = 34) or 15 mL Vesiflow (n = 34).",
            "Groups were placebo (n = 34), 10 mL Vesiflow (n = 34) and 15 mL Vesiflow (n = 34).",
            "Eligible patients got Vesiflow on day 1.",
        ],
    )
    def test_arms(self, sentence: str) -> None:
        rec = record(
            "Vesiflow in severe pneumonia: a phase II randomised trial.",
            f"102 patients with severe pneumonia were enrolled. {sentence} Mortality was 20%.",
        )
        given = [t.value for t in self.NAMED.tags(rec) if t.axis == "given"]
        assert given == ["product"]


class TestPeopleInOtherWords:
    @pytest.mark.parametrize(
        "sentence",
        [
            "They were given an infusion of exosomes.",
            "Each eye received one drop of exosomes daily.",
            "We treated 12 eyes with exosomes.",
            "After exosome injection, pain fell in all 20 participants.",
            "Exosome spray was applied twice daily to the wounds of 12 volunteers.",
            "Neonates with lung disease received intratracheal exosomes (n = 6).",
            "Ten women were enrolled; exosomes were infused into the uterus.",
            "The exosome group (n = 15) and the saline group (n = 15) were compared.",
            "In a randomized, cross-over design, 16 athletes inhaled exosomes.",
            "A 45-year-old woman was given exosomes.",
            "The procedure was performed with exosomes in 12 cases.",
            "PRP-derived exosomes were used in 20 subjects.",
            "Patients received MSC-Exo with cyclophosphamide and rabbit antithymocyte globulin.",
            "Twelve babies received intratracheal exosomes.",
            "Twelve recruits received intratracheal exosomes.",
        ],
    )
    def test_given_to_people(self, sentence: str) -> None:
        rec = record(
            "Human umbilical cord MSC exosomes in people.",
            f"Treatment is wanting. {sentence} Outcomes improved.",
        )
        check(rec, design="clinical", given="product")

    @pytest.mark.parametrize(
        ("title", "given"),
        [
            ("Exosomes of marrow stromal cells as treatment for severe COVID-19.", "product"),
            ("Intravenous exosomes as a treatment of acute respiratory distress syndrome in "
             "COVID-19 patients.", "product"),
            ("Exosome injection for knee osteoarthritis: a case series.", "product"),
        ],
    )  # fmt: skip
    def test_bare_title(self, title: str, given: str) -> None:
        check(record(title), design="clinical", given=given)

    @pytest.mark.parametrize(
        "title",
        [
            "Plasma exosomes as biomarkers of severe COVID-19.",
            "Exosomes in the treatment of osteoarthritis: a review.",
            "Exosomes ease colitis in mice.",
        ],
    )
    def test_bare_title_without_giving_to_people(self, title: str) -> None:
        rec = record(title)
        assert (value(rec, "design"), value(rec, "given")) != ("clinical", "product")


class TestVesiclesThatWereNotHandedOver:
    @pytest.mark.parametrize(
        ("title", "body"),
        [
            ("Manganese changes exosome-mediated transfer of RNA in a cell model.",
             "Neuronal cells in culture were exposed to manganese. Exosome-mediated transfer of "
             "small RNA rose."),
            ("Drug Z blocks exosome release and metastasis of colon cancer cells.",
             "Colon cancer cells were treated with drug Z, which reduced exosome release and "
             "suppressed invasion in vitro."),
            ("Gene Q drives exosome secretion in liver cancer cells.",
             "Cells were transfected with siRNA against gene Q. Exosome secretion fell and "
             "migration was reduced in vitro."),
            ("A kinase inhibitor lowers neuronal exosome spreading.",
             "Mice were fed a kinase inhibitor, which suppressed exosome spreading and reduced "
             "plaques in the brain."),
        ],
    )  # fmt: skip
    def test_drug_that_acts_on_them(self, title: str, body: str) -> None:
        assert value(record(title, body), "given") == "other"

    @pytest.mark.parametrize(
        ("title", "body"),
        [
            ("Integrins of vesicles tell cancers apart.",
             "Vesicles were isolated from the medium of six cell lines. Western blot showed "
             "integrins that differ. Packaging of integrins may contribute to metastasis."),
            ("Vesicles of retinal epithelium hold matrix proteins.",
             "Vesicles were isolated from cultured retinal cells. Proteomics found matrix "
             "proteins, which may contribute to disease."),
        ],
    )  # fmt: skip
    def test_described_only(self, title: str, body: str) -> None:
        assert value(record(title, body), "given") == "nothing"

    def test_labels_read_give_nothing(self) -> None:
        rec = record(
            "What exosome products say on their labels.",
            "Products on the market differ. We reviewed labels of ten exosome products. No product "
            "was tested.",
            keywords=("Vesiflow",),
        )
        tags = Classifier(name_cues("Vesiflow", "ev", "msc")).tags(rec)
        assert [t.value for t in tags if t.axis == "given"] in ([], ["nothing"])

    def test_added_to_cells_counts(self) -> None:
        check(
            record(
                "Vesicles from patients' marrow calm lymphocytes.",
                "T cells were stimulated in the presence or absence of extracellular vesicles. "
                "Cytokine release in culture fell.",
            ),
            design="in_vitro", given="product",
        )  # fmt: skip

    def test_fibrils_and_gas_are_other(self) -> None:
        check(
            record("Mice inhale a noble gas.",
                   "Mice inhaled either xenon or air. Serum vesicles were counted afterwards."),
            design="animal", given="other",
        )  # fmt: skip

    def test_genes_put_into_cells_are_other(self) -> None:
        check(
            record(
                "Two genes in stromal cells.",
                "Genes were transfected into mesenchymal stromal cells as group A. Currents were "
                "measured in vitro.",
            ),
            design="in_vitro", given="other",
        )  # fmt: skip

    def test_particles_put_on_cells_are_other(self) -> None:
        check(
            record(
                "Silver on gut cells of trout in culture.",
                "Application of silver particles to the cell line led to cytotoxicity. Cells grown "
                "on a membrane held the silver back.",
            ),
            design="in_vitro", given="other",
        )  # fmt: skip

    def test_cells_in_the_title_that_are_the_treatment(self) -> None:
        check(
            record(
                "Primed mesenchymal stem cells improve cardiac repair after myocardial infarction "
                "in mice.",
                "Repair fails in infarcted hearts. Primed cells did better in mice.",
            ),
            design="animal", given="cells",
        )  # fmt: skip


class TestGivingToldInOtherWords:
    """What was given stands by a short form, after other verbs, or in the title alone."""

    @pytest.mark.parametrize(
        "sentence",
        [
            "Vesicles suspended in saline were sprayed onto the burns of ten patients.",
            "Exosomes from cord stromal cells were infused into twelve patients.",
            "A full-face mesotherapy session with stem cell exosomes was done in six women.",
            "Injection of 200 µg exosomes which were purified by filtration followed in nine men.",
            "We evaluated stem cell exosomes (SCE) in 20 patients with melasma.",
            "The sponge soaked with MSC exosomes was grafted in eight patients.",
            "Wound edges of volunteers were infiltrated with stem cell exosomes.",
        ],
    )
    def test_given_to_people(self, sentence: str) -> None:
        rec = record(
            "Stem cell exosomes in people.", f"Treatment is wanting. {sentence} Outcomes improved."
        )
        check(rec, design="clinical", given="product")

    def test_short_form_made_by_the_text(self) -> None:
        rec = record(
            "A phase 1 trial in healthy adults.",
            "Platelets shed extracellular vesicles (xPEV). Wounds of 12 volunteers were treated "
            "with xPEV or buffer. Closure took 20 days.",
        )
        check(rec, given="product")

    @pytest.mark.parametrize(
        ("title", "body"),
        [
            (
                "Intradiscal injection of exosomes for low back pain: results in 22 patients.",
                "Pain was recorded by telephone. Two levels were injected under fluoroscopy.",
            ),
            (
                "Nasal drops of stromal exosomes in dementia: an open phase I study.",
                "Persons with dementia used the drops for 12 weeks. Nine persons started.",
            ),
            (
                "Marrow-derived extracellular vesicles for lung failure: a randomised "
                "placebo-controlled trial.",
                "Patients were randomised to placebo, 10 mL or 15 mL of product. Death did not "
                "differ.",
            ),
        ],
    )
    def test_title_says_what_the_abstract_calls_drops_or_product(
        self, title: str, body: str
    ) -> None:
        check(record(title, body), design="clinical", given="product")

    def test_asked_is_not_given(self) -> None:
        rec = record(
            "Willingness of patients with arthritis to receive exosome injections.",
            "A questionnaire was handed to outpatients. Of 300 respondents 60% would accept "
            "exosome therapy and 2% had been injected with exosomes abroad.",
        )
        assert value(rec, "given") != "product"

    def test_vesicles_of_treated_patients_were_not_given(self) -> None:
        rec = record(
            "A gliflozin and endothelial extracellular vesicles: a randomised trial.",
            "Patients were randomly assigned to the drug or placebo. Extracellular vesicles were "
            "counted. EVs of treated patients relaxed heart tissue in vitro.",
        )
        check(rec, given="other")

    def test_a_tissue_allograft_is_no_cell(self) -> None:
        rec = record(
            "Injection of Wharton's jelly allograft for heel pain in 15 patients.",
            "Fifteen patients got 2 mL of the allograft. Pain fell.",
        )
        check(rec, given="product", intervention="other_product")

    def test_injected_stromal_fraction_is_cells(self) -> None:
        rec = record(
            "Stromal vascular fraction in systemic sclerosis: eight years.",
            "We earlier told of a benefit at 1 year of subcutaneous injection of autologous "
            "stromal vascular fraction in the fingers of 12 women. All were followed for 8 years.",
        )
        check(rec, given="cells")

    @pytest.mark.parametrize(
        "sentence",
        [
            "Adults with deafness were offered intratympanic exosomes of stromal cells, and 19 "
            "accepted.",
            "Ten patients had intracoronary stem cell exosomes after stenting.",
            'Two women had been receiving a drip of "stem cell exosomes" that day.',
        ],
    )
    def test_a_way_into_the_body_before_the_product(self, sentence: str) -> None:
        rec = record(
            "Stem cell exosomes in people.", f"Treatment is wanting. {sentence} Outcomes improved."
        )
        check(rec, design="clinical", given="product")

    def test_a_bare_title_with_people(self) -> None:
        check(
            record("Dressing with MSC exosomes for pressure ulcers in paraplegic patients"),
            design="clinical", given="product",
        )  # fmt: skip


class TestGivenInFurtherWords:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Fourteen patients were given iExo, exosomes carrying siRNA (iExo), by vein; no "
            "patient was given iExo twice.",
            "A 58-year-old woman received, at a clinic, a drip of stem cell culture supernatant.",
            "We treated a man by placing 50 µL of stromal cell vesicles at the round window.",
            "24 adults were allocated by random number table to nightly enemas with stem cell "
            "vesicles or placebo enemas.",
        ],
    )
    def test_people(self, sentence: str) -> None:
        rec = record("A treatment in people.", f"Treatment is wanting. {sentence} They improved.")
        check(rec, design="clinical", given="product")

    def test_donors_of_vesicles_and_of_tissue_got_nothing(self) -> None:
        rec = record(
            "Vesicles of stromal cells restrain fibroblasts from patients with arthritis.",
            "Patients who fail drugs need options. Synovial tissue was taken at arthroplasty from "
            "18 patients treated with methotrexate. Fibroblasts were cultured, stimulated with TNF "
            "in vitro and given sEVs of three healthy donors. Fibroblasts of seropositive patients "
            "responded more. Knock-down of miR-150 abolished the effects.",
        )
        assert value(rec, "design") == "in_vitro"

    def test_a_product_made_for_a_trial_to_come(self) -> None:
        rec = record(
            "Manufacture of clinical-grade stromal cell vesicles.",
            "We made vesicles for a forthcoming trial in patients with lung injury. Cords were "
            "donated by 11 healthy mothers. Cells were grown in bioreactors and cultured in vitro. "
            "Batches were stable for 18 months.",
        )
        assert value(rec, "design") != "clinical"

    def test_customers_who_presented_after_it(self) -> None:
        rec = record(
            "Unlicensed exosomes: outbreak of skin infections among customers.",
            "In August six customers of a beautician presented with nodules of the face after "
            '"exosome facials" by a needling pen. Mycobacteria were grown from biopsies of five.',
        )
        check(rec, design="clinical", given="product", clinical_kind="observational")

    @pytest.mark.parametrize(
        ("title", "abstract"),
        [
            (
                "Why a trial of stem cell exosomes in heart failure was stopped.",
                "Between January and May 212 patients with heart failure were screened for a trial "
                "of stem cell exosomes. The exosome product was withdrawn before the first patient "
                "was dosed. We report the data of 88 eligible patients.",
            ),
            (
                "Exosome infusions near me: a content analysis of advertisements.",
                "We analysed 97 websites that offer exosome infusions to patients with arthritis. "
                "Sixty clinics claimed that patients had been treated with exosomes.",
            ),
            (
                "Minoxidil with or without microneedling; an exosome arm was abandoned.",
                "Sixty men were randomised to minoxidil alone or with microneedling. A third arm "
                "of exosome injections was planned and abandoned. Hair density rose in both.",
            ),
        ],
    )
    def test_nobody(self, title: str, abstract: str) -> None:
        assert value(record(title, abstract), "given") != "product"

    @pytest.mark.parametrize(
        "sentence",
        [
            "Twelve adults had one site grafted with a sponge carrying stem cell vesicles.",
            "Of 61 adults, 30 had stem cell vesicles put into the vein and 31 had saline.",
            "Nine residents had gauze wetted with stem cell conditioned medium laid on the wound.",
            "Participants (n = 31) used a spray of stem cell secretome on leg ulcers twice weekly.",
        ],
    )
    def test_on_the_wound(self, sentence: str) -> None:
        rec = record("A dressing for ulcers in patients.", f"Ulcers last. {sentence} Sores closed.")
        check(rec, design="clinical", given="product")

    def test_registered_before_the_first_patient_was_treated(self) -> None:
        rec = record(
            "Stem cell exosomes in patients with dry eye: a trial.",
            "The trial was registered before the first patient was treated. Twelve patients "
            "received stem cell exosome drops. No patient was treated twice.",
        )
        check(rec, design="clinical", given="product")
