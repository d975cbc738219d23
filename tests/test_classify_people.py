"""Kind of study in people, population, and who counts as people at all; invented texts."""

from __future__ import annotations

import pytest

from tests.test_classify_design import check, record, value, values


class TestRandomisedByMentionAlone:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Such cells are in wide use, but data from a randomized trial are lacking.",
            "Patients were matched in a 1:1 ratio with controls from the registry.",
            "This is a secondary analysis of the Invented Randomized Plasma trial.",
            "Outcomes were compared with those of the pivotal randomized controlled trials.",
            "Results differ from a previous randomised controlled trial.",
            "Randomised controlled trials are needed.",
        ],
    )
    def test_is_no_rct(self, sentence: str) -> None:
        rec = record(
            "Outcome of plasma infusion after injury.",
            f"{sentence} We retrospectively studied 88 patients who received plasma in a cohort. "
            "Death was associated with age in multivariate analysis.",
        )
        check(rec, design="clinical", clinical_kind="observational")

    def test_title_that_compares_with_a_trial(self) -> None:
        rec = record(
            "Shunt surgery in a national registry with comparisons to the randomized controlled "
            "trial.",
            "Registry patients who underwent shunt surgery were followed for one year. Failure was "
            "seen in 12% of 419 patients.",
        )
        check(rec, design="clinical", clinical_kind="observational")


class TestRandomisedIndeed:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Sixty patients were divided randomly into two groups, laser or cream.",
            "Sixty patients were assigned at random into two groups, laser or cream.",
            "In a randomized, cross-over design, 16 patients had laser and cream.",
            "Sixty patients were randomized into two conditions, laser first or cream first.",
            "Sixty patients were allocated randomly to laser or cream.",
        ],
    )
    def test_is_rct(self, sentence: str) -> None:
        rec = record("Laser and cream for scars.", f"{sentence} Scars were scored after 6 weeks.")
        check(rec, design="clinical", clinical_kind="rct")


class TestObservedNotTreatedByTheStudy:
    @pytest.mark.parametrize(
        ("title", "body"),
        [
            ("Prognostic value of residual disease after bone marrow transplantation.",
             "Samples were collected from two prospective cohorts of patients (n = 132) who "
             "underwent bone marrow transplantation. Persistent mutations were associated with "
             "relapse and worse overall survival."),
            ("Plasma RNA predicts survival in prostate cancer.",
             "We recruited 62 patients with prostate cancer who received abiraterone. Plasma RNA "
             "was a prognostic biomarker and was associated with overall survival."),
            ("Clonal blood cells after transplantation and chronic graft-versus-host disease.",
             "In 209 patients after hematopoietic cell transplantation, clones were found in 15. "
             "Clones were associated with chronic graft-versus-host disease in a cohort analysis; "
             "overall survival did not differ."),
        ],
    )  # fmt: skip
    def test_is_observational(self, title: str, body: str) -> None:
        check(record(title, body), design="clinical", clinical_kind="observational")

    def test_a_case_of_a_city_is_no_case_report(self) -> None:
        rec = record(
            "Walking to school: a case of Springfield.",
            "We surveyed 300 children and their parents on walking to school by questionnaire.",
        )
        check(rec, design="clinical", clinical_kind="observational")


class TestAnimalsThatReadLikePeople:
    def test_trial_in_dairy_cows(self) -> None:
        rec = record(
            "Non-inferiority trial of two drugs in mastitis.",
            "Dairy cows with cases of mild mastitis were enrolled in four herds and randomly "
            "allocated to one of the two treatment groups. Milk yield was recorded for 60 days; "
            "clinical cure was seen in 70% of cases.",
        )
        check(rec, design="animal", designs={"animal"}, species={"cow"}, clinical_kind=None)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Forty adolescent rats were randomly divided into four groups.",
            "Forty male mice were randomly allocated to two diets and fed for 8 weeks.",
            "Forty dogs were enrolled on day 0; the drug was well tolerated.",
        ],
    )
    def test_no_kind_of_study_in_people(self, sentence: str) -> None:
        rec = record(
            "A drug and the gut.",
            f"{sentence} Body weight rose. Gut bacteria correlated with weight. More randomised "
            "trials in patients are needed.",
        )
        check(rec, design="animal", designs={"animal"}, clinical_kind=None)

    def test_donors_of_cells(self) -> None:
        rec = record(
            "Proteins of stromal cell vesicles.",
            "Stromal cells were cultured from marrow of four healthy human donors who underwent "
            "screening for donation. Vesicles were isolated by ultracentrifugation, and proteomics "
            "found 800 proteins.",
        )
        check(rec, design="in_vitro", designs={"in_vitro"}, clinical_kind=None)

    def test_spinal_fluid_of_mice(self) -> None:
        rec = record(
            "Vesicles in spinal fluid of a mouse model.",
            "CSF of young transgenic mice was sampled. Vesicle counts were higher in CSF of "
            "transgenic mice. Cells were cultured and treated with oligomers in vitro.",
        )
        check(rec, design="animal", designs={"animal", "in_vitro"}, clinical_kind=None)

    def test_in_situ_hybridisation_is_no_fish(self) -> None:
        rec = record(
            "A circular RNA in vesicles of colon cancer cells.",
            "Fluorescence in situ hybridization (FISH) assay was used to locate the RNA. Cells "
            "were transfected and treated with vesicles, and proliferation rose in vitro.",
        )
        check(rec, design="in_vitro", species=None)

    def test_a_construct_is_no_strain(self) -> None:
        rec = record(
            "Exosomes of cells transfected with hSOD1-G93A.",
            "NSC-34 cells were transfected with SOD1(G93A). Microglia in culture were treated with "
            "their exosomes, and cytokines rose.",
        )
        check(rec, design="in_vitro", species=None)


class TestPeopleNotNamedAsPatients:
    def test_operations_performed(self) -> None:
        rec = record(
            "Combined liver and kidney transplantation with a positive crossmatch.",
            "Of 183 combined transplantations performed from 2002 to 2019, 30 had a positive flow "
            "cytometric crossmatch. Charts were retrospectively reviewed. Patient survival at five "
            "years was 80%.",
        )
        check(rec, design="clinical", population="patients")

    @pytest.mark.parametrize(
        ("body", "population"),
        [
            ("Blood was taken from 20 veterans with traumatic brain injury and 20 without.",
             "patients"),
            ("Blood was taken from 12 healthy adult (aged 20 years) soccer players.",
             "healthy_volunteers"),
            ("Blood was taken from Down syndrome individuals, 20 to 40 years old.", "patients"),
            ("We treated 20 neonates with sepsis with two drugs.", "patients"),
            ("Forty adults with diabetes were interviewed.", "patients"),
            ("Eyes with glaucoma were followed for one year in 30 participants.", "patients"),
        ],
    )  # fmt: skip
    def test_population(self, body: str, population: str) -> None:
        assert value(record("Vesicles in blood of people.", body), "population") == population


class TestReviewsThatHide:
    @pytest.mark.parametrize(
        "sentence",
        [
            "In this article we first summarize what is known of the peptides.",
            "Herein, we present recent advances in this field.",
            "We critically evaluated the literature, with one placebo-controlled RCT in patients.",
            "Here, recent advances are briefly discussed; clinical outcomes of patients vary.",
        ],
    )
    def test_review(self, sentence: str) -> None:
        rec = record(
            "Peptides and vesicles in disease.",
            f"Disease is common. Peptides act on many cells. {sentence} They may become drugs.",
        )
        check(rec, design="review")

    def test_passive_search_is_systematic(self) -> None:
        rec = record(
            "Early vaccination after transplantation: what is known.",
            "Vaccination after transplantation is debated. PubMed and EMBASE were searched from "
            "inception to 2020 by two authors for reports on early vaccination. Ten studies were "
            "included. Pooled response was 80%, and adverse events were rare. Heterogeneity was "
            "high. Early vaccination seems to be safe where the graft is stable.",
        )
        check(rec, design="review", review_kind="systematic")

    def test_position_statement_is_other(self) -> None:
        rec = record(
            "Lung function tests in children during a pandemic. A position statement from the "
            "Invented Society.",
            "Lung function testing in children and adolescents carries a risk of infection. We "
            "give recommendations on hygiene and on which patients should be tested.",
        )
        check(rec, design="other")

    def test_observation_with_the_literature(self) -> None:
        rec = record(
            "Rupture of the spleen of a newborn.",
            "A very unusual observation of survival of a newborn after surgical treatment of a "
            "ruptured spleen is presented. The child was well. The literature is reviewed.",
        )
        check(rec, design="clinical", clinical_kind="case_report")

    def test_own_patients_beside_a_meta_analysis(self) -> None:
        rec = record(
            "Meta-analysis and validation of a vesicle RNA as a biomarker.",
            "We conducted a meta-analysis of small RNA data. We validated the RNA in serum "
            "exosomes of patients with sclerosis (n = 22) and controls (n = 18) by PCR; it was "
            "higher in patients.",
        )
        check(rec, design="clinical", given="nothing", clinical_kind="observational")


class TestTwoDesigns:
    @pytest.mark.parametrize(
        ("body", "designs"),
        [
            ("The gene slowed growth of colon cancer cells in vitro and in vivo. Nude mice were "
             "injected with cancer cells.", {"animal", "in_vitro"}),
            ("Exosomal miR-9 was markedly higher in CRC patients than in healthy donors. HCT116 "
             "cells were transfected with miR-9 and grew faster.", {"clinical", "in_vitro"}),
            ("Exosomes were isolated from the plasma of GC patients. THP-1 cells were incubated "
             "with exosomes and polarised.", {"clinical", "in_vitro"}),
            ("Mice were given a peptide. We used in vitro and in vivo models, along with clinical "
             "samples.", {"animal", "clinical", "in_vitro"}),
        ],
    )  # fmt: skip
    def test_designs(self, body: str, designs: set[str]) -> None:
        assert values(record("A gene in vesicles of cancer.", body), "designs") == designs

    def test_existing_data_alone_are_computation(self) -> None:
        rec = record(
            "Unedited RNA in vesicles of the cortex.",
            "We used existing RNA-seq data sets and a software package to count unedited RNA in "
            "vesicles of the brain. Counts were higher in disease.",
        )
        check(rec, design="other", designs={"other"})

    def test_reanalysed_subjects_are_no_people_under_study(self) -> None:
        rec = record(
            "Polymorphisms of endocytosis genes suggest a drug for breast cancer.",
            "We reanalyzed existing data of genome-wide association studies of 1000 subjects, "
            "which were made available to us. Women with breast cancer will benefit most.",
        )
        assert value(rec, "design") in {"other", "in_vitro"}
        assert value(rec, "clinical_kind") is None


COUNTS = (
    " Pain was scored for twelve weeks. Scores fell by half in both groups. The difference was "
    "significant (p = 0.02). No drop-outs occurred."
)


class TestChanceThatAllotsNobody:
    @pytest.mark.parametrize(
        ("title", "abstract"),
        [
            ("Reporting quality of randomized controlled trials in root canal surgery.",
             "Forty randomized controlled trials in root canal surgery were scored by two readers. "
             "Patients were described in half of them. Scores rose with the year."),
            ("A classifier for abstracts: finding each randomized controlled trial classifier.",
             "A randomized controlled trial classifier was trained on abstracts about patients. "
             "Its recall was 0.98 in the patients' questions tested."),
            ("Gut flora of patients with hepatitis.",
             "Stool of 60 patients with hepatitis was sequenced. All samples were randomly divided "
             "into discovery cohorts and validation cohorts. Flora differed."),
            ("Radiomics of pancreatic lesions.",
             "In this retrospective study, 180 patients were randomly assigned to a training "
             "dataset and a validation dataset. A model was fitted to their scans."),
            ("Peer support for walking among women.",
             "We used a non-randomized design with a comparison group. Ninety women took part and "
             "walked with a peer or alone. Steps rose in both groups."),
            ("Seizure spread in patients with epilepsy.",
             "Recordings of 30 patients with epilepsy were analysed. Randomization tests were used "
             "for significance. Spread followed networks in all patients."),
        ],
    )  # fmt: skip
    def test_is_no_randomised_trial(self, title: str, abstract: str) -> None:
        assert value(record(title, abstract), "clinical_kind") != "rct"

    def test_two_trials_of_ones_own_are_counted(self) -> None:
        rec = record(
            "Taste of two syrups.",
            "In two randomized, double-blind, placebo-controlled trials we gave syrup or placebo "
            f"to 80 patients with cough.{COUNTS}",
        )
        check(rec, design="clinical", clinical_kind="rct")

    def test_a_trial_named_among_its_aims(self) -> None:
        rec = record(
            "Warm masks and dry eyes.",
            [
                ("BACKGROUND", "In this double-blind randomized controlled trial, we aimed to "
                 "study warm masks."),
                ("METHODS", "We enrolled 80 patients with dry eyes, who were divided into two "
                 "groups, a warm group and a control group that used cold masks."),
                ("RESULTS", "Tear film improved in the warm group (p = 0.01)."),
            ],
        )  # fmt: skip
        check(rec, design="clinical", clinical_kind="rct")


class TestCasesByOtherWords:
    @pytest.mark.parametrize(
        "abstract",
        [
            "Low sodium is common in infants. Here, we present a newborn who developed low sodium "
            "after a drain was placed. The infant was treated with a blocker and recovered.",
            "Typing disorders are rare. We herein describe a man with a typing disorder after a "
            "stroke. His typing improved within weeks.",
        ],
    )
    def test_single_case(self, abstract: str) -> None:
        check(record("An uncommon finding.", abstract), design="clinical",
              clinical_kind="case_report", population="patients")  # fmt: skip

    def test_several_cases(self) -> None:
        rec = record(
            "Lungs and posture.",
            "Care of stiff lungs varies. We described two patients with stiff lungs in whom a "
            "bedside scan guided care. Both patients recovered.",
        )
        check(rec, design="clinical", clinical_kind="case_series")

    def test_case_report_of_a_former_trial_participant(self) -> None:
        rec = record(
            "Prunes and bone in a woman: a case report.",
            "Diet may keep bone. A woman aged 60 years had taken part in a randomized controlled "
            "trial of prunes and went on eating them. Her bone density rose.",
        )
        check(rec, design="clinical", clinical_kind="case_report", population="patients")

    def test_two_experiments_are_no_cases(self) -> None:
        rec = record(
            "Recall of words in a second language.",
            "We report two experiments in which students learned word lists in a first or second "
            "language. Participants recalled more positive words.",
        )
        assert value(rec, "clinical_kind") not in ("case_report", "case_series")

    def test_a_grade_of_evidence_is_no_series(self) -> None:
        rec = record(
            "Thresholds of scores after tendon surgery.",
            "Scores of 150 patients who underwent tendon surgery were analysed. Thresholds were "
            "set by anchors. Level IV, case series.",
        )
        assert value(rec, "clinical_kind") != "case_series"


class TestKindInRealAuthorsWords:
    @pytest.mark.parametrize(
        ("title", "body", "kind"),
        [
            (
                "Exosome infusion for thin endometrium: a non-randomized controlled study.",
                "Thirty-two women received exosome infusion and 34 women of the control group "
                "received estradiol only.",
                "controlled",
            ),
            (
                "Stem cell exosomes for hair loss in our clinic.",
                "Twenty patients received exosomes. Since there was not a control group, chance "
                "cannot be denied.",
                "single_arm",
            ),
            (
                "Mesenchymal stem cells for frailty.",
                "Fifteen patients received mesenchymal stem cells and 15 patients received "
                "placebo, by random number table.",
                "rct",
            ),
            (
                "Stem cell exosomes under Tenon's capsule.",
                "In 30 patients the worse eye received exosomes and the fellow eye was left as "
                "the control.",
                "controlled",
            ),
            (
                "Adverse events after exosome products in a spontaneous reporting system.",
                "Reports on 44 patients who had received exosome products were read. Infection "
                "was most frequent.",
                "observational",
            ),
        ],
    )
    def test_kind(self, title: str, body: str, kind: str) -> None:
        check(record(title, body), clinical_kind=kind)

    def test_animals_with_patients_in_the_background_have_no_kind(self) -> None:
        rec = record(
            "MSC exosomes for infarction in sheep: a catheter study.",
            "Patients with pumps seldom recover. Fourteen sheep received exosomes through a "
            "catheter, as in patients with infarction. Ejection improved. The technique can be "
            "transferred to patients.",
        )
        check(rec, design="animal", clinical_kind=None, population=None)

    def test_a_case_is_a_patient(self) -> None:
        rec = record(
            "Skin lesions after exosome mesotherapy.",
            "A 36-year-old woman had painful lesions two days after mesotherapy with exosomes.",
        )
        check(rec, population="patients", clinical_kind="case_report")

    def test_people_treated_for_a_disease_are_patients(self) -> None:
        rec = record(
            "Stem cell exosomes in osteoarthritis.",
            "Twelve subjects received exosomes for osteoarthritis. Pain fell.",
        )
        check(rec, population="patients")


class TestWordsOfChanceAndComparison:
    def test_placebo_controlled_trial_in_the_healthy(self) -> None:
        rec = record(
            "Nebulised stromal vesicles in healthy adults: a randomised, placebo-controlled trial.",
            "40 men and women with normal spirometry received vesicles or placebo.",
        )
        check(rec, population="healthy_volunteers", clinical_kind="rct")

    def test_coin(self) -> None:
        rec = record(
            "Exosomes after laser.",
            "By coin toss, exosomes were applied to one side of the face of 19 women and saline to "
            "the contralateral side. Erythema was shorter on the exosome side.",
        )
        check(rec, clinical_kind="rct")

    def test_placebo_still_to_be_tested(self) -> None:
        rec = record(
            "Vesicles in psoriasis: a phase 1 study.",
            "Twelve patients with psoriasis received one infusion of vesicles in an open-label "
            "study. The fall in score needs to be tested against placebo.",
        )
        check(rec, clinical_kind="single_arm")

    def test_propensity(self) -> None:
        rec = record(
            "Exosomes or plasma in knee osteoarthritis.",
            "74 patients with osteoarthritis were injected with exosomes and 81 with plasma. "
            "Outcomes were compared after propensity weighting.",
        )
        check(rec, clinical_kind="controlled")

    def test_an_arm_of_saline(self) -> None:
        rec = record(
            "Stem cell exosome nasal wash in smokers with rhinitis.",
            "Rhinitis is common. Smokers with rhinitis rinsed the nose with stem cell exosomes "
            "(n=20) or saline (n=20) for 14 days. Scores fell by 12 and 9 points.",
        )
        check(rec, given="product", clinical_kind="controlled")


class TestTrialsToCome:
    @pytest.mark.parametrize(
        "sentence",
        [
            "The highest dose will go into a randomised trial.",
            "A randomised trial is planned.",
            "A randomised trial is under way.",
            "A randomised trial has begun.",
            "We plan a randomised trial.",
            "The results encouraged us to start a randomised trial.",
            "Only a randomised trial can tell.",
            "This calls for a randomised trial.",
            "These findings support a randomised, placebo-controlled trial.",
        ],
    )
    def test_make_no_rct(self, sentence: str) -> None:
        rec = record(
            "Exosomes of mesenchymal stem cells for knees.",
            f"Twenty patients received exosomes and 20 patients received saline. {sentence} "
            "Pain fell.",
        )
        check(rec, design="clinical", clinical_kind="controlled")

    @pytest.mark.parametrize(
        "sentence",
        [
            "We planned this randomised trial to compare exosomes with saline.",
            "A randomised placebo-controlled trial was run in two hospitals.",
            "Before treatment they were randomised to exosomes or placebo.",
            "The randomised, placebo-controlled trial started in 2019.",
        ],
    )
    def test_a_trial_made_is_one(self, sentence: str) -> None:
        rec = record(
            "Exosomes of mesenchymal stem cells for knees.",
            f"{sentence} Forty patients received exosomes or placebo. Pain fell.",
        )
        check(rec, clinical_kind="rct")


class TestAllocationByOtherMeans:
    @pytest.mark.parametrize(
        "sentence",
        [
            "A coin decided who received exosomes and who received saline.",
            "They were assigned by sealed envelopes to injections of exosomes or saline.",
            "They received exosomes or saline. Allocation was by computer.",
            "They drew cards that allotted them to injections of exosomes or saline.",
            "They were allocated by lot to early start or delayed start of injected exosomes.",
        ],
    )
    def test_is_rct(self, sentence: str) -> None:
        rec = record("Exosomes in arthritis of the knee.", f"Forty patients took part. {sentence}")
        check(rec, clinical_kind="rct")

    def test_a_batch_is_no_allotment(self) -> None:
        rec = record(
            "Exosomes in arthritis of the knee.",
            "Forty patients received exosomes. Potency varied by lot. Controls received saline.",
        )
        assert value(rec, "clinical_kind") != "rct"

    @pytest.mark.parametrize("words", ["exosomes or saline", "exosomes versus vehicle"])
    def test_another_arm_makes_a_controlled_study(self, words: str) -> None:
        rec = record("Exosomes in knees.", f"Forty patients were treated with {words}. Pain fell.")
        check(rec, clinical_kind="controlled")

    def test_care_that_all_had_unmakes_no_arm(self) -> None:
        rec = record(
            "Exosomes in knees.",
            "Forty-eight patients received exosomes (n = 24) or saline (n = 24). All patients "
            "received physiotherapy.",
        )
        check(rec, clinical_kind="controlled")
        assert value(rec, "exposed") == "24"

    def test_what_exosomes_lie_in_is_no_arm(self) -> None:
        rec = record(
            "Exosomes in knees.",
            "Forty patients received exosomes diluted in water or saline. Pain fell.",
        )
        check(rec, clinical_kind="single_arm")


class TestPeopleByWhatTheyDo:
    @pytest.mark.parametrize(
        "who",
        [
            "volleyball players with patellar tendinopathy",
            "smokers with stage III periodontitis",
            "dancers with Achilles tendinosis",
            "nurses with contact dermatitis",
        ],
    )
    def test_are_patients_where_ill(self, who: str) -> None:
        rec = record("Exosome injection.", f"Twenty {who} received exosomes. Pain fell.")
        check(rec, population="patients")

    @pytest.mark.parametrize(
        "who", ["nurses with ten years of experience", "students with good marks"]
    )
    def test_are_none_where_well(self, who: str) -> None:
        rec = record("Views on exosomes.", f"Twenty {who} were asked about exosomes.")
        check(rec, population="not_stated")


class TestLookingBack:
    def test_many_years_of_patients_are_looked_back_on(self) -> None:
        rec = record(
            "Lymphoma in children.",
            "Forty children with lymphoma were seen between 1948 and 1974. They were treated with "
            "radiation. Survival was 40%.",
        )
        check(rec, clinical_kind="observational")

    def test_a_trial_may_last_long(self) -> None:
        rec = record(
            "Antibody in arthritis.",
            "In this phase 2 trial forty patients received rituximab between 2010 and 2016. Fever "
            "was rare.",
        )
        check(rec, clinical_kind="single_arm")

    def test_reports_sent_to_a_system_are_observed(self) -> None:
        rec = record(
            "Neuritis in patients treated with an antibody.",
            "Neuritis has been reported in randomized clinical trials. This study examined reports "
            "sent to FAERS. Disproportionality was analysed. Patients treated with the antibody "
            "had a reporting odds ratio of 12.",
        )
        check(rec, clinical_kind="observational")


class TestHistoryOfAField:
    def test_the_first_patient_of_a_field_is_not_this_studys(self) -> None:
        rec = record(
            "Exosomes for lung injury: the past and the road ahead.",
            "The first patient was treated with mesenchymal stem cell exosomes in 2014. Since then "
            "several hundred patients have received them.",
        )
        assert value(rec, "design") != "clinical"
        assert value(rec, "given") != "product"

    @pytest.mark.parametrize(
        "body",
        [
            "Twenty patients received exosomes. The first patient was treated in May. Pain fell.",
            "We treated the knees of 20 patients. The first patient was treated with exosomes in "
            "May. Since then 20 patients have received exosomes.",
        ],
    )
    def test_the_first_patient_of_a_study_is(self, body: str) -> None:
        rec = record("Exosomes of mesenchymal stem cells for the knee.", body)
        check(rec, design="clinical", given="product")
