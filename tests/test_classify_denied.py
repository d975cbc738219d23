"""Words of giving by which nobody got the product: denied, done to vesicles, or something else's.

Every text here is invented. What people did not get must never be counted as given to them.
"""

from __future__ import annotations

import pytest

from evlit.classify import Classifier, name_cues
from tests.test_classify_design import check, record, value, values

KNEES = "Platelet-rich plasma against triamcinolone in painful knees"
RIVALS = (
    "Seventy adults with painful knees were randomised to platelet-rich plasma or triamcinolone. "
)


def not_given(sentence: str) -> None:
    """Check that people of a trial of something else did not get what one sentence names."""
    rec = record(KNEES, f"{RIVALS}{sentence} Pain fell in both groups at six months.")
    assert value(rec, "design") == "clinical"
    assert value(rec, "given") in ("other", "nothing"), sentence


def given(sentence: str, title: str = "Heel pain in adults") -> None:
    """Check that the people of a short record got the product."""
    rec = record(title, f"{sentence} Pain had fallen at three months.")
    assert value(rec, "design") == "clinical", sentence
    assert value(rec, "given") == "product", sentence


class TestDenied:
    @pytest.mark.parametrize(
        "sentence",
        [
            "No adult received exosomes in this study.",
            "None of the seventy adults was given stem cell exosomes.",
            "Nobody in either arm got exosomes.",
            "Neither group was treated with exosomes.",
            "The adults never received exosomes.",
            "The adults had not been injected with exosomes.",
            "Not a single patient underwent an injection of exosomes.",
            "Exosomes were given to nobody.",
            "Exosomes were not administered.",
            "The adults received everything but exosomes.",
            "All adults received saline, without exosomes.",
            "The adults received steroids instead of exosomes.",
            "The adults were given neither hyaluronic acid nor exosomes.",
            "The exosome arm was never opened, and no participant received exosomes.",
        ],
    )
    def test_nobody_got_it(self, sentence: str) -> None:
        not_given(sentence)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Patients previously treated with exosomes were excluded.",
            "Prior treatment with exosomes was an exclusion criterion.",
            "Adults who had received exosomes within a year were not eligible.",
            "Exclusion criteria were earlier injections of exosomes and pregnancy.",
            "Adults were excluded if they had received exosomes or plasma before.",
            "Patients treated with exosomes before were excluded.",
            "Patients who ever had exosome injections were ineligible.",
        ],
    )
    def test_a_reason_to_leave_people_out(self, sentence: str) -> None:
        not_given(sentence)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Forty patients received exosomes. No patient who received exosomes died.",
            "Thirty patients received exosomes and twenty did not receive them.",
            "Twenty patients were not given saline but received exosomes.",
            "Exosomes were given to 20 patients, and no patient received rescue tablets.",
            "Twenty patients who had never received steroids were injected with exosomes.",
            "Neither of the two patients who got exosomes had fever.",
            "Twenty patients who could not undergo surgery received exosomes.",
            "Nobody withdrew among the 20 patients who received exosomes.",
            "Adults with earlier surgery were excluded, and 20 patients received exosomes.",
            "Forty patients who had received exosomes were included and six were excluded.",
            "Adults with a history of cancer were excluded and exosomes were given to 20 patients.",
            "Twenty patients received exosomes with or without shock waves.",
            "Twenty patients received exosomes. Two of them were excluded from the analysis.",
            "Exosomes were not given to the controls; 20 patients were injected with exosomes.",
        ],
    )
    def test_another_denial_takes_nothing_away(self, sentence: str) -> None:
        given(sentence)

    def test_a_named_product(self) -> None:
        named = Classifier(name_cues("Vesiphor", "ev", "msc"))
        rec = record(KNEES, f"{RIVALS}No participant was given Vesiphor. Pain fell.")
        tags = {t.axis: t.value for t in named.tags(rec)}
        assert tags["given"] == "other"


class TestDoneToVesicles:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Exosomes were treated with RNase before sequencing.",
            "The vesicles were used for sequencing in all patients.",
            "The use of extracellular vesicles as biomarkers was studied.",
            "Exosomes were given a score in each patient.",
            "Exosomes were used in all patients as a marker.",
            "Vesicles for treatment monitoring were looked at.",
            "Patients were assigned to exosome-high and exosome-low groups.",
            "Exosomes combined with lactate predicted death.",
            "EV-associated tau was named as a potential therapeutic strategy for the patients.",
            "The efficacy of exosomes in predicting death was assessed.",
            "We proposed exosomes as a potential therapeutic target in the patients.",
            "Exosomes of the patients were applied to a column and eluted.",
            "Exosomes of the patients were delivered to the laboratory.",
            "Exosomes of the patients were isolated and applied to western blotting.",
            "Exosomes were isolated from plasma. They were given fluids for a day.",
            "We gave steroids to the patients and counted exosomes.",
            "Patients were divided into high and low exosome groups.",
        ],
    )
    def test_nobody_got_them(self, sentence: str) -> None:
        rec = record("Vesicles in sepsis", f"{sentence} Forty patients with sepsis were studied.")
        assert value(rec, "given") in ("nothing", "other")

    @pytest.mark.parametrize(
        "words",
        [
            "the dermis was infiltrated with mononuclear cells",
            "the sinus was filled with fluid and numerous mononuclear cells",
            "grafts were infiltrated with exosomes of the host",
        ],
    )
    def test_pathology_is_no_giving(self, words: str) -> None:
        rec = record("Tissue under the microscope", f"In thirty patients {words}.")
        assert value(rec, "given") in ("nothing", "other")

    def test_a_carrier_filled_is(self) -> None:
        given("In twelve patients the socket was filled with a sponge soaked in MSC exosomes.")


class TestNamesakes:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Forty patients received PLGA microparticles of triamcinolone.",
            "Forty patients were injected with calcium hydroxylapatite microparticles as filler.",
            "Forty patients underwent embolization with polyvinyl alcohol microparticles.",
            "Forty patients received lipid vesicles of minoxidil.",
            "Forty patients underwent removal of prostate and seminal vesicles.",
            "Forty children received the EV-A71 vaccine.",
        ],
    )
    def test_other_particles_and_a_virus(self, sentence: str) -> None:
        rec = record("A treatment and its outcome", f"{sentence} The outcome was good.")
        check(rec, intervention="not_therapy")
        assert value(rec, "given") != "product"

    def test_ev_of_enterovirus_anywhere(self) -> None:
        rec = record(
            "Enterovirus vaccine in children",
            "Four thousand children received the EV vaccine. EV infection fell.",
        )
        assert value(rec, "given") != "product"

    @pytest.mark.parametrize(
        "product",
        [
            "platelet microparticles",
            "mesenchymal stem cell-derived microvesicles",
            "small EVs of mesenchymal stem cells",
        ],
    )
    def test_particles_of_cells_stay(self, product: str) -> None:
        given(f"Forty patients were injected with {product}.")


class TestInADish:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Explants of elderly patients were treated with MSC vesicles for three days.",
            "Cartilage samples of 10 patients were treated with MSC exosomes.",
            "Semen of 30 infertile men was treated with MSC exosomes.",
            "Embryos of 14 patients were treated with MSC exosomes.",
            "Oocytes from 20 women were matured with MSC exosomes.",
            "Islets of three deceased donors were exposed to MSC exosomes.",
            "Discs of 9 patients undergoing spinal surgery were cultured with MSC exosomes.",
            "Hair follicle explants from 8 men were incubated with MSC exosomes.",
        ],
    )
    def test_their_givers_are_donors(self, sentence: str) -> None:
        check(record("MSC vesicles and human material", sentence), design="in_vitro")

    @pytest.mark.parametrize(
        "sentence",
        [
            "Skin grafts of 20 patients with burns were sprayed with MSC exosomes.",
            "Wounds of 20 patients were treated with MSC exosomes.",
            "Eyes of 20 patients with dry eye were treated with MSC exosomes.",
            "Forty women received an intrauterine infusion of MSC exosomes; embryos were frozen.",
            "Thirty men received injections of MSC exosomes. Semen of the men was collected.",
        ],
    )
    def test_people_treated_stay_people(self, sentence: str) -> None:
        given(sentence, title="MSC exosomes and healing")

    @pytest.mark.parametrize(
        ("drug", "dish", "want"),
        [
            ("metformin", "In vitro, chondrocytes were incubated with MSC exosomes.", "other"),
            ("melatonin", "Cultured neurons were treated with MSC exosomes in vitro.", "other"),
            ("MSC exosomes", "In vitro, neurons were incubated with exosomes.", "product"),
        ],
    )
    def test_a_drug_to_the_animals(self, drug: str, dish: str, want: str) -> None:
        rec = record("Sore joints", f"Mice with sore joints were treated with {drug}. {dish}")
        check(rec, design="animal", given=want)

    def test_fertilisation_in_vitro_is_no_dish(self) -> None:
        rec = record(
            "Intraovarian umbilical cord mesenchymal stem cell exosomes before in vitro "
            "fertilisation",
            "Forty women with a poor response received the injection into one ovary.",
        )
        check(rec, design="clinical", intervention="ev", given="product")


class TestGivingTold:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Forty patients were randomised (1:1) to exosomes or saline.",
            "Forty patients were randomly assigned (2:1) to exosomes or saline.",
            "Forty patients were assigned at random to exosomes or saline.",
            "Forty patients were randomly allocated in a 1:1 ratio to exosomes or saline.",
            "Forty patients were allocated 1:1 by computer to exosomes or saline.",
            "Forty patients were allocated alternately to exosomes or saline.",
            "Forty patients were randomised: twenty to exosomes, twenty to saline.",
            "We then gave the same exosomes by vein to two women.",
            "We gave 12 patients exosomes.",
            "Twelve women had exosomes of cord cells injected around the heel.",
            "Exosomes, purified from culture, were then infused into twelve patients.",
            "In twelve patients exosomes were dropped onto the wound.",
            "Twelve patients drank milk enriched with exosomes.",
            "Of 143 patients, 37 chose exosomes.",
            "Twelve patients were started on exosomes.",
            "We treated all thirty consecutive eligible adult patients with exosomes.",
            "A man was treated with plasma, followed a month later by stem cell exosomes.",
        ],
    )
    def test_in_plain_words(self, sentence: str) -> None:
        given(sentence)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Thirty patients who had received exosomes could be followed.",
            "Thirty patients received exosomes, which may be better than saline.",
            "Thirty clients who had had needling with an exosome serum could be reached.",
        ],
    )
    def test_a_wish_on_something_else(self, sentence: str) -> None:
        given(sentence)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Exosomes could be given to such patients.",
            "Treatment with exosomes may be effective in these patients.",
            "Patients might be treated with exosomes.",
        ],
    )
    def test_a_wish_of_giving(self, sentence: str) -> None:
        not_given(sentence)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Exosomes were isolated from stem cells and injected into the heels of 12 patients.",
            "We prepared MSC exosomes and gave them to twelve patients by vein.",
            "Exosomes were made and concentrated. These were infused into twelve patients.",
            "Exosomes were prepared. Twelve patients received two doses of this preparation.",
            "A double-blind comparison of MSC exosomes with placebo in 40 patients is reported.",
            "In twelve patients exosomes were compared with saline.",
        ],
    )
    def test_in_more_than_one_step(self, sentence: str) -> None:
        given(sentence)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Exosomes were isolated from plasma and compared with those of controls.",
            "Plasma exosomes were compared between placebo and drug.",
            "Exosomes were isolated and given to cultured cells.",
        ],
    )
    def test_steps_of_a_measurement(self, sentence: str) -> None:
        rec = record("Vesicles in sepsis", f"{sentence} Forty patients with sepsis were studied.")
        assert value(rec, "given") in ("nothing", "other")

    def test_animals_get_what_was_loaded(self) -> None:
        rec = record(
            "Tumor exosomes prevent metastasis",
            "Exosomes of melanoma cells loaded with paclitaxel were injected into mice with "
            "tumors. Metastases fell.",
        )
        check(rec, design="animal", given="product", intervention="engineered_ev")

    def test_a_questionnaire_is_no_treatment(self) -> None:
        rec = record("What nurses know", "Sixty nurses received an online questionnaire.")
        check(rec, given="nothing")

    def test_telegram_style(self) -> None:
        rec = record(
            "Two sources of MSC exosomes for cartilage lesions",
            "Purpose: compare two sources. Methods: prospective, two centers. "
            "Gr A: n=17, marrow MSC exosomes (5 mL, 3x, weekly, i.a.); Gr B: n=16, cord exosomes. "
            "Results: KOOS +17 (A) vs +15 (B), n.s. AE: effusion 3 (A), 4 (B).",
        )
        check(rec, design="clinical", given="product")

    def test_a_field_looked_back_on(self) -> None:
        rec = record(
            "Exosomes for lungs: the past and the road ahead",
            "The first patient was treated with MSC exosomes in 2014. Since then several hundred "
            "patients have received them.",
        )
        assert value(rec, "given") != "product"


class TestAnimals:
    @pytest.mark.parametrize(
        ("sentence", "species"),
        [
            ("Twelve Labradors were enrolled. All patients received MSC exosomes.", "dog"),
            ("Ten spaniels were given MSC exosome drops. All patients saw better.", "dog"),
            ("Ten Thoroughbreds were injected with MSC exosomes. Patients ran again.", "horse"),
            ("Nine Maine Coons got exosome infusions. The patients ate better.", "cat"),
        ],
    )
    def test_a_veterinary_surgeons_patients(self, sentence: str, species: str) -> None:
        rec = record("MSC exosomes in the clinic", f"{sentence} Two owners withdrew.")
        check(rec, design="animal", species=species)

    def test_dog_owners_are_people(self) -> None:
        rec = record("MSC exosomes for knees", "Forty patients, all dog owners, got MSC exosomes.")
        check(rec, design="clinical", species=None)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Products came from cord in 40%, plants in 16% and salmon in 5% of 90 clients.",
            "Exosomes of sheep placenta, salmon and plants were used by 34 women.",
            "Sixty patients received rose or goat milk exosomes on the face.",
            "Sixty women received salmon DNA or MSC exosomes on the face.",
        ],
    )
    def test_animals_for_sale_are_no_subjects(self, sentence: str) -> None:
        rec = record("Exosome procedures on the face", f"{sentence} Nodules were rare.")
        check(rec, design="clinical", species=None)

    @pytest.mark.parametrize(
        ("sentence", "species"),
        [
            ("Salmon were injected with MSC exosomes. Wounds of the fish healed.", "fish"),
            ("Goats received MSC exosomes in the knee. Cartilage healed.", "goat"),
            ("Cord exosomes were injected into the knees of sheep. Cartilage healed.", "sheep"),
            ("Rats received MSC exosomes after stroke. Infarct size fell.", "rat"),
            ("Silkworms were fed with MSC exosomes. The silkworms grew.", "insect"),
        ],
    )
    def test_live_ones_are(self, sentence: str, species: str) -> None:
        check(record("Exosomes and healing", sentence), design="animal", species=species)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Snail expression rose in HeLa cells, with loss of E-cadherin (EMT).",
            "Hens' egg lysozyme was added to HeLa cells.",
            "Dog leukocytes were treated with MSC exosomes in vitro.",
            "The Drosophila Wnt homologue was expressed in HeLa cells.",
        ],
    )
    def test_proteins_and_cells_are_not(self, sentence: str) -> None:
        rec = record("A protein in cells", f"{sentence} Cells were transfected.")
        check(rec, design="in_vitro", species=None)

    def test_snails_in_a_pond(self) -> None:
        rec = record("Copper in ponds", "Pond snails were exposed to copper. The snails died.")
        assert values(rec, "species") == {"other"}
