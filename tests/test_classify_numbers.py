"""Axes participants, exposed, comparator, route, named_in_abstract and main_result."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.classify import misev, name_cues, numbers, result, route
from evlit.classify.cues import load_cues
from evlit.classify.number_words import WORDS, number_of
from evlit.classify.text import Matcher, Text
from evlit.records import AbstractSection, Record, Tag

NAMES = name_cues("Vesiva", "ev", "msc")
MATCHER = Matcher([*load_cues(), *route.cues(), *NAMES])


def text_of(abstract: str, title: str = "Vesicles in knees") -> Text:
    sections = (AbstractSection(abstract),) if abstract else ()
    return Text(Record(1, title=title, sections=sections), MATCHER)


def said(**axes: str) -> dict[str, list[Tag]]:
    return {a: [Tag(a, v, "rule", "")] for a, v in axes.items() if v}


def read(
    abstract: str, title: str = "Vesicles in knees", kind: str = "", design: str = "clinical"
) -> dict[str, str]:
    tags = numbers.tags(text_of(abstract, title), said(design=design, clinical_kind=kind))
    return {t.axis: t.value for t in tags}


PARTICIPANTS = [
    ("Between March and June 17 individuals were screened and 12 were enrolled.", "12"),
    ("Of 147 patients assessed, 105 (mean [SD] age, 59 [13] years) were randomised.", "105"),
    ("Eight men and two women received three injections.", "10"),
    ("Grade 3 events occurred in eight patients and comprised sepsis (n=3).", None),
    ("Ten people got four infusions of secretome.", "10"),
    ("Thirty-six patients (31 women) had arthrocentesis followed by injection of secretome.", "36"),
    ("Fourteen patients had injection site pain.", None),
    ("Records were read. 74 patients had received exosomes and 81 had received plasma.", "155"),
    ("Twenty-four patients received one infusion.", "24"),
    ("A total of 102 adults were enrolled; 98 completed the trial.", "102"),
    ("We randomised 40 women to vesicles or placebo.", "40"),
    ("24 SARS-CoV-2 PCR positive patients were treated.", "24"),
    ("Of 120 patients screened, 30 patients were enrolled.", "30"),
    ("Patients were randomised to vesicles (n = 12) or placebo (n = 11).", "23"),
    ("Sixty patients were divided into three groups of 20.", "60"),
    ("They were divided into two groups of 10 patients each.", "20"),
    ("They were divided into three groups (n = 8 each).", "24"),
    ("Twelve patients received vesicles and 13 patients received placebo.", "25"),
    ("We included 1,204 participants.", "1204"),
    ("One hundred twenty patients were included.", "120"),
    ("Thirty-one COVID-19 patients were treated by vein.", "31"),
    ("Ten healthy volunteers applied the cream.", "10"),
    ("In type 2 diabetic patients ulcers closed.", None),
    ("Patients with stage 3 disease and COVID-19 patients took part.", None),
    ("Pain fell by 30% in patients after 12 weeks.", None),
    ("A man aged 45 years and patients over 18 years.", None),
    ("Vesicles were made from 3 donors.", None),
    ("Three patients had fever.", None),
    (
        "Ninety American Society of Anesthesiologists (ASA) physical status I and II pediatric "
        "patients were chosen.",
        "90",
    ),
    ("Of 600 samples 200 were positive, corresponding to 150 patients.", "150"),
    ("Twelve hundred were seen; 340 patients were available for analysis.", "340"),
    ("Doctors and pharmacists (n = 28), caring for children, participated.", "28"),
    ("The included patients had received a drug (orally) and a regimen (n=33) for a year.", "33"),
    ("Of all patients, 25% (58/232) had a stoma.", "232"),
    ("Of the 48 youth assessed, most were girls.", "48"),
    (
        "Ten overweight adults, with total body fat measured by scans and by an old method with "
        "tapes, received five meals.",
        "10",
    ),
    (
        "After sorting, n = 140 participants were included in the A group and n = 190 participants "
        "were included in the B group.",
        "330",
    ),
    ("A trial would need 1140 patients to be randomised.", None),
    (
        "Ninety women with ulcers of any depth and size at entry were randomised to vesicles "
        "(44 women) or saline.",
        "90",
    ),
    ("Participants (n = 235) were randomised to vesicles (n = 80) or placebo (n = 155).", "235"),
    ("A pilot study in 25 patients.", "25"),
    ("We evaluated vesicles in 24 patients with severe disease.", "24"),
    ("We reviewed 24 patients with ALS who received medium.", "24"),
    ("Eight women presented with nodules.", "8"),
    ("One patient was treated with a chest tube.", None),
    ("Patients were randomised into two groups of 45 patients each to receive either.", "90"),
    ("Here, 89 women were randomised to vesicles, and 87 women were randomised to placebo.", "176"),
    ("Grafts: 113 stem cell, 54 lung, 8 pancreas, 1 other recipients were included.", None),
    ("Sixty-eight patients (45 men, 23 women) were treated and divided into two groups.", "68"),
    ("Twenty-one patients (mean 24.3 months (range, 12-48)) were divided into two.", "21"),
    ("We treated 63 patients. In all nine patients of one centre pain fell.", "63"),
    ("In all three disease subtypes, patients in remission fared better.", None),
    ("Two independent cohorts (n = 132) were enrolled.", None),
    ("Of 209 patients with scars, 30 had keloids.", "209"),
    ("Adolescents (N = 82: 13.7 years, 63% female) received a diet.", "82"),
    ("Young smokers (n = 30) who were deprived were exposed to stress.", "30"),
    ("The study was conducted among randomly selected 320 mothers.", "320"),
    ("A total of 3322 individuals were screened for malaria and treated.", "3322"),
    ("A total of 1988 patients met the inclusion criteria.", "1988"),
    ("From 1988 patients were treated with lasers.", None),
    ("In total, 108 consecutive outpatients with fever were examined.", "108"),
    ("We included 98 survivors aged 19-47 years.", "98"),
    ("We describe 51 valves from 41 patients.", "41"),
    ("We identified 20 transplants in 19 patients.", "19"),
    ("Blood was typed in a series of fifteen psychotic children.", "15"),
    ("Results of 113 collections in 91 patients were analysed.", "91"),
    (
        "Data of 28 patients with lupus, 16 with gout, and 99 with arthritis who underwent "
        "surgery were analysed.",
        "143",
    ),
    ("The remaining five patients were examined.", None),
    ("Infection did not develop in any of the 49 patients who received vesicles.", None),
    ("The outcomes of 23 recipients were compared with those of 107 controls.", None),
    (
        "In April 2019, 121 participants (mean age 31 years [SD 10.9], 112 [93%] male, 92 [76%] "
        "white, 27 [22%] with a load above 100 000 copies per mL) were randomly assigned.",
        "121",
    ),
    ("Thirty patients with COPD then inhaled vesicles.", "30"),
    ("Six patients with cough inhaled exosomes made in our hospital.", "6"),
    ("Vesicles were given to six men (n = 6).", "6"),
    ("", None),
]


@pytest.mark.parametrize(("abstract", "wanted"), PARTICIPANTS)
def test_participants(abstract: str, wanted: str | None) -> None:
    assert read(abstract).get("participants") == wanted


PLANNED_OR_ILL = [
    ("The trial was closed after 28 of 100 planned patients (14 per arm).", "28"),
    ("It was stopped after 17 of a planned 60 women had been enrolled.", "17"),
    ("We meant to treat 60 patients, but only 19 patients received vesicles.", "19"),
    ("The target was 90 patients.", None),
    ("Forty patients received vesicles as planned.", "40"),
    ("A planned analysis was made after 20 patients. We enrolled 44 patients.", "44"),
    (
        "Thirty-two volunteers were dosed. There were 19 events in 13 volunteers on vesicles and "
        "five in four volunteers on placebo.",
        "32",
    ),
    ("Reactions were seen in 9 patients on vesicles and 4 patients on saline.", None),
    ("Surgery had been done in 8 of 30 and 11 of 28 patients given saline.", None),
    ("All 74 participants (37 per arm) were invited; 58 attended.", "74"),
    ("Seventy people were invited.", None),
    ("We measured enzymes in a subset of 15 patients who received vesicles.", None),
    ("Of 523 users contacted few answered.", None),
]


@pytest.mark.parametrize(("abstract", "wanted"), PLANNED_OR_ILL)
def test_those_who_took_part_not_those_planned_or_those_who_fell_ill(
    abstract: str, wanted: str | None
) -> None:
    assert read(abstract).get("participants") == wanted


WRITTEN = [
    ("We included 20 446 patients.", "20446"),
    ("We included 20\u202f446 patients.", "20446"),
    ("A total of 12 417 men and 15 878 women took part.", "28295"),
    ("A total of 114,871 patients were included.", "114871"),
    ("In 2019 120 patients received vesicles.", "120"),
    ("Between 2015 and 2017 forty patients received vesicles.", "40"),
    ("Two thousand patients received vesicles.", None),
    ("Seven thousand five hundred five adolescents received vesicles.", None),
    ("Two dozen patients received vesicles.", None),
    ("Incidence rose to 25 cases per 100,000 children treated.", None),
    ("Cells from nine different patient groups were studied.", None),
    ("A 54 y/o man received vesicles.", None),
]


@pytest.mark.parametrize(("abstract", "wanted"), WRITTEN)
def test_how_numbers_are_written(abstract: str, wanted: str | None) -> None:
    assert read(abstract).get("participants") == wanted


COUNTED = [
    ("Patients with cirrhosis of the liver (n=66) were assigned in turn to vesicles.", "66"),
    ("Patients with gout (n = 12) were compared with patients with arthritis (n = 14).", None),
    ("Seventeen women with early menopause and 23 poor responders had vesicles injected.", "40"),
    ("In this trial 20 patients received vesicles and 21 patients received saline.", "41"),
    ("Nine adults had a single application of vesicles.", "9"),
    ("Sixteen adults drank milk rich in vesicles.", "16"),
    ("We then asked all 418 patients on the list.", "418"),
    ("9,881 civil servants were followed for eight years.", "9881"),
    ("We compared laser with cream in 512 adults.", "512"),
    ("We held interviews with 21 parents.", "21"),
    ("The registry has 133 patients.", "133"),
    ("Forty children were seen between 1948 and 1974. One of seven patients treated died.", "40"),
    ("Four cases of late nodules are reported.", "4"),
    ("Adolescents ages 12-17 (N = 60; half of them girls) completed the study.", "60"),
]


@pytest.mark.parametrize(("abstract", "wanted"), COUNTED)
def test_people_counted_in_other_words(abstract: str, wanted: str | None) -> None:
    assert read(abstract).get("participants") == wanted


def test_what_follows_a_run_in_label_is_the_authors_own() -> None:
    abstract = (
        "Rationale: Joints wear. {} Adults inhaled vesicles and saline. Results: Of 30 patients "
        "treated 27 completed. Pain fell. Swelling fell. We conclude that vesicles are safe."
    )
    assert read(abstract.format("Methods:"))["participants"] == "30"
    assert read(abstract.format("Patients and methods."))["participants"] == "30"


def test_a_case_report_is_one_person() -> None:
    assert read("A 45-year-old woman had an ulcer.", kind="case_report")["participants"] == "1"
    assert "participants" not in read("A 45-year-old woman had an ulcer.", kind="rct")


def test_numbers_are_of_people_only() -> None:
    assert read("Twelve patients gave serum to rats.", design="animal") == {}
    assert read("Twelve patients gave serum.", design="in_vitro") == {}


EXPOSED = [
    ("74 patients had received exosomes and 81 had received plasma.", "controlled", "74"),
    ("Fifty patients were distributed in two equal groups. Group A got exosomes.", "rct", "25"),
    (
        "We enrolled 40 men. In each cohort six men received vesicles and two received placebo.",
        "rct",
        None,
    ),
    ("Of 37 clients who had received exosomes, seven fell ill.", "observational", "37"),
    ("Patients were randomised to vesicles (n = 12) or placebo (n = 11).", "rct", "12"),
    (
        "Of 25 patients enrolled, 13 patients received exosomes and 12 received placebo.",
        "rct",
        "13",
    ),
    ("Thirty patients were randomised to vesicles or placebo.", "rct", None),
    ("Twelve patients received vesicles.", "single_arm", "12"),
    ("Twenty-five patients took part in this split-face trial.", "rct", "25"),
    ("Placebo was given to 10 patients (n = 10) of 20 enrolled.", "rct", None),
    (
        "102 patients were randomly assigned to receive vesicles 10 mL (n = 34), vesicles 15 mL "
        "(n = 34) or placebo (n = 34) intravenously.",
        "rct",
        "68",
    ),
    (
        "Thirty patients were assigned to exosomes at a low dose (n = 10), a high dose (n = 10) "
        "or saline (n = 10).",
        "rct",
        "20",
    ),
    (
        "Thirty patients were assigned to exosomes (n = 10), hyaluronic acid (n = 10) or saline "
        "(n = 10).",
        "rct",
        "10",
    ),
    ("Patients were assigned to Vesiva (n = 68) or placebo (n = 34).", "rct", "68"),
    (
        "Twenty-five volunteers were assigned to receive one injection of Vesiva (n = 20) or "
        "placebo (n = 5).",
        "rct",
        "20",
    ),
    (
        "Thirty-nine patients were assigned to a gel with stem cells (Vesiva; n = 22) or film "
        "(n = 17).",
        "rct",
        "22",
    ),
    (
        "We reviewed 40 patients who had received Vesiva (n = 18) or plasma (n = 22).",
        "single_arm",
        "18",
    ),
    (
        "Twelve patients received Vesiva. Responders (n = 5) and non-responders (n = 7) differed.",
        "single_arm",
        "12",
    ),
    ("Ten patients received Vesiva 5 mL (n = 4) or 10 mL (n = 6).", "single_arm", "10"),
]


@pytest.mark.parametrize(("abstract", "kind", "wanted"), EXPOSED)
def test_exposed_only_where_the_abstract_tells_them_apart(
    abstract: str, kind: str, wanted: str | None
) -> None:
    assert read(abstract, kind=kind).get("exposed") == wanted


PART = [
    ("Of 143 patients 37 were treated with exosomes and 106 were not.", "single_arm", "37"),
    ("Among 418 patients, 26 had been treated with exosomes.", "observational", "26"),
    ("There were 143 patients, 37 of whom received exosomes.", "single_arm", "37"),
    (
        "Of 90 patients, 12 chose exosomes and had one to four infusions; the others got vitamins.",
        "single_arm",
        "12",
    ),
    ("Fifty patients were studied. Eleven of them received exosomes.", "single_arm", "11"),
    (
        "Patients were assigned to vesicles (n = 20) or saline (n = 20). Two were never dosed, so "
        "that 18 people were exposed to vesicles.",
        "rct",
        "18",
    ),
    (
        "17 patients were enrolled and 15 patients were infused. Vesicles came from marrow.",
        "single_arm",
        "15",
    ),
    (
        "Of 30 patients randomised, 28 inhaled vesicles at least once and 29 saline.",
        "rct",
        "28",
    ),
    ("Thirty-five of 60 patients received exosomes, the others declined.", "single_arm", "35"),
    ("We asked 418 people. Twenty-six had been treated with exosomes.", "controlled", "26"),
    (
        "PV-01 is a suspension of vesicles. 32 volunteers were dosed, 24 of them with PV-01.",
        "rct",
        "24",
    ),
    ("Of 26 boys, 12 were assigned to vesicles and 14 to placebo.", "rct", "12"),
    ("42 men took part: 21 had saline, the following 21 had vesicles twice.", "controlled", "21"),
    (
        "Trials enrolled 167 people, of whom 109 had been given 391 infusions of the product and "
        "58 placebo. Vesicles were pooled.",
        "controlled",
        "109",
    ),
    (
        "56 patients were randomised to vesicles or placebo. Remission came in 13 of 28 patients "
        "in the vesicle group and 9 of 28 in the placebo group.",
        "rct",
        "28",
    ),
    ("Twenty patients received vesicles and 20 patients got no treatment.", "single_arm", "20"),
    (
        "40 patients were randomised to early or late start. All 40 patients finally received "
        "vesicles.",
        "rct",
        "40",
    ),
]


@pytest.mark.parametrize(("abstract", "kind", "wanted"), PART)
def test_exposed_are_those_who_got_it(abstract: str, kind: str, wanted: str | None) -> None:
    assert read(abstract, kind=kind).get("exposed") == wanted


ALL_OF_THEM = [
    ("Of 40 patients treated with exosomes, 12 received a second exosome infusion.", "40"),
    ("Of 20 patients, 12 received two exosome injections and 8 received one.", "20"),
    ("Twelve patients were enrolled. Six received 4 mL exosomes, the rest 2 mL exosomes.", "12"),
    ("Forty patients received exosomes; 38 received all three exosome infusions.", "40"),
    ("Ten patients received exosomes. Four of them received exosomes in both knees.", "10"),
    ("Thirty patients received exosomes. Ten were exposed to smoke.", "30"),
    ("Thirty patients received exosomes. Eight were treated with antibiotics.", "30"),
    ("Twenty patients received exosomes. Five patients with exosomes in urine improved.", "20"),
]


@pytest.mark.parametrize(("abstract", "wanted"), ALL_OF_THEM)
def test_a_dose_or_a_second_course_parts_nobody(abstract: str, wanted: str) -> None:
    assert read(abstract, kind="single_arm").get("exposed") == wanted


def test_in_one_group_all_is_not_everyone() -> None:
    abstract = (
        "Thirty patients were randomised to vesicles or placebo. In this group all patients "
        "received vesicles."
    )
    assert "exposed" not in read(abstract, kind="rct")


def test_the_number_of_a_group_counts_nobody() -> None:
    abstract = "60 patients were randomised. Group 1 got 2 ml of vesicles and group 2 got plasma."
    assert "exposed" not in read(abstract, kind="rct")


def test_those_interviewed_are_not_those_exposed() -> None:
    read_of = read("We interviewed 21 patients about exosomes.", kind="single_arm")
    assert read_of.get("participants") == "21"
    assert "exposed" not in read_of


def test_nobody_is_exposed_where_something_else_was_given() -> None:
    text = text_of("Twelve patients received an antibiotic.")
    tags = numbers.tags(text, said(design="clinical", clinical_kind="single_arm", given="other"))
    assert {t.axis for t in tags} == {"participants"}


COMPARATORS = [
    ("Patients were randomised to vesicles or placebo.", "placebo"),
    ("This was a placebo-controlled trial.", "placebo"),
    ("Vesicles were compared with hyaluronic acid.", "hyaluronic acid"),
    ("Vesicles versus platelet-rich plasma in 20 knees.", "platelet-rich plasma"),
    ("The saline group had more pain.", "saline"),
    ("Vesicles were suspended in saline and injected.", None),
    ("Ten patients received vesicles.", None),
    ("All women were receiving corticosteroids and vesicles.", None),
]


@pytest.mark.parametrize(("abstract", "wanted"), COMPARATORS)
def test_comparator(abstract: str, wanted: str | None) -> None:
    assert read(abstract, kind="rct").get("comparator") == wanted


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("24", 24),
        ("1,204", 1204),
        ("1 204", 1204),
        ("twenty-four", 24),
        ("one hundred", 100),
        ("forty", 40),
    ],
)
def test_number_words(word: str, number: int) -> None:
    assert number_of(word) == number


# --------------------------------------------------------------------------- route


def routes(abstract: str, title: str = "Vesicles", design: str = "animal") -> set[str]:
    tags = route.tags(text_of(abstract, title), said(design=design, given="product"))
    return {t.value for t in tags}


ROUTES = [
    ("Dressings soaked with exosomes were changed every week.", {"topical"}),
    ("Adults who met Rome IV criteria were to drink milk with exosomes.", {"oral"}),
    ("Exosomes were given by vein; adrenaline was injected intramuscularly.", {"intravenous"}),
    ("Exosomes carrying siRNA (iExo) were stored. After chemotherapy they were given iExo by "
     "intravenous infusion.", {"intravenous"}),
    ("Exosomes were placed in pockets of 5 mm or deeper.", {"periodontal"}),
    ("Rats received an intravenous injection of exosomes.", {"intravenous"}),
    ("EVs were injected via the tail vein.", {"intravenous"}),
    ("Mice were given exosomes intranasally.", {"intranasal"}),
    ("Exosomes were injected into the knee of rabbits.", {"intraarticular"}),
    ("Patients inhaled nebulised vesicles twice a day.", {"inhaled"}),
    ("Exosome gel was applied to the wound.", {"topical"}),
    ("Exosomes were given by intratracheal instillation.", {"intratracheal"}),
    ("Exosome eye drops were used four times a day.", {"eye_drops"}),
    ("Mice were anaesthetised with an intraperitoneal injection of ketamine.", set()),
    ("Diabetes was induced by intraperitoneal injection of streptozotocin.", set()),
    ("Fibrosis was made by intratracheal bleomycin, and exosomes were then given intravenously.",
     {"intravenous"}),
    ("After intraperitoneal LPS, mice received exosomes by tail vein.", {"intravenous"}),
    ("Intravenous thrombolysis is the standard. Exosomes were given to rats.", set()),
    ("A rat model was made by intravenous doxorubicin.", set()),
    ("Exosomes were tested in subcutaneous and orthotopic tumour models.", set()),
    ("Our patch with exosomes gave subcutaneous vascularization.", set()),
]  # fmt: skip


@pytest.mark.parametrize(("abstract", "wanted"), ROUTES)
def test_route_of_the_treatment_only(abstract: str, wanted: set[str]) -> None:
    assert routes(abstract) == wanted


def test_route_in_the_title() -> None:
    assert routes("", "Intranasal exosomes in rats") == {"intranasal"}


def test_no_route_where_nothing_was_given() -> None:
    words = "Exosomes were given by intravenous injection."
    assert routes(words, design="review") == set()
    assert route.tags(text_of(words), said(design="clinical", given="nothing")) == []


# --------------------------------------------------------------------------- misev


def items(abstract: str, design: str = "animal") -> dict[str, str]:
    tags = misev.tags(text_of(abstract, "Exosomes"), said(design=design))
    return dict(t.value.split(":", 1) for t in tags)


def test_items_named_in_the_abstract() -> None:
    found = items(
        "Exosomes of umbilical cord cells were isolated by ultracentrifugation, counted by NTA "
        "and carried CD9, CD63 and TSG101 but no calnexin. Mice were injected with 100 µg of "
        "exosomes."
    )
    assert found["isolation"] == "ultracentrifugation"
    assert found["particle_count"] == "NTA"
    assert found["markers"] == "CD9, CD63, TSG101"
    assert found["negative_marker"] == "calnexin"
    assert found["cell_source"] == "umbilical cord"
    assert found["dose"].startswith("100")


@pytest.mark.parametrize(
    ("abstract", "dose"),
    [
        ("Patients received 1.2 x 10^11 particles of exosomes.", "1.2 x 10^11 particles"),
        ("Mice were injected with exosomes at 10 mg/kg.", "10 mg/kg"),
        ("Exosomes were given for 14 days to 12 mice.", None),
    ],
)
def test_dose_needs_its_unit(abstract: str, dose: str | None) -> None:
    assert items(abstract).get("dose") == dose


def test_abbreviations_that_mean_something_else_are_not_items() -> None:
    assert "isolation" not in items("Exosomes in UC patients and UC cells.")
    assert items("Exosomes were isolated by ultracentrifugation.", "review") == {}


# --------------------------------------------------------------------- main result

ABSTRACT = (
    "Osteoarthritis is common.  We aimed to test exosomes in 24 knees. Pain was measured at "
    "12 weeks. Exosomes significantly reduced pain (p\u00a0<\u00a00.001; ½ dose) compared with "
    "saline. Further trials may be needed."
)


def main_result(abstract: str, design: str = "clinical") -> str | None:
    tags = result.tags(text_of(abstract), said(design=design))
    return tags[0].value if tags else None


def test_the_main_result_is_the_abstracts_own_sentence() -> None:
    found = main_result(ABSTRACT)
    assert found is not None
    assert found.startswith("Exosomes significantly reduced pain")
    assert found in ABSTRACT


def test_no_result_in_an_aim_a_hope_or_a_review() -> None:
    assert main_result("We aimed to reduce pain. Further trials may show more.") is None
    assert main_result(ABSTRACT, "review") is None
    assert main_result("") is None


@given(st.text(max_size=200))
def test_the_result_is_always_verbatim_and_nothing_raises(noise: str) -> None:
    abstract = f"{noise} Exosomes significantly reduced pain in {noise} rats. {noise}"
    text = text_of(abstract, noise)
    seen = said(design="clinical", clinical_kind="rct", given="product")
    for axis in (route, numbers, misev, result):
        for tag in axis.tags(text, seen):
            if tag.axis == "main_result":
                assert tag.value in abstract


@pytest.mark.parametrize(
    "words",
    ["Patients with locally advanced rectal cancer received treatment before surgery.",
     "Patients with rectal adenocarcinoma were given chemotherapy.",
     "Exosomes were given to patients with rectal fistulas by injection.",
     "Rectal temperature was kept at 37 degrees during treatment with exosomes."],
)  # fmt: skip
def test_the_bowel_as_the_place_of_a_disease_is_no_route(words: str) -> None:
    assert "rectal" not in routes(words, design="clinical")


def test_every_number_word_is_a_cue() -> None:
    assert {c.literal for c in load_cues() if c.kind == "number_word"} == WORDS


@pytest.mark.parametrize(
    ("abstract", "wanted"),
    [
        ("Nine patients with complete (ASIA A) injury of 2 to 8 weeks received one dose.", "9"),
        ("Totally 11 patients with pneumonia inhaled vesicles.", "11"),
        ("The subjects were eight patients with thin ridges.", "8"),
        ("In 64 self-paying adults (mean age 61) clocks were read.", "64"),
        ("Plasma was banked from 57 patients before infusion.", "57"),
        ("Fifty-one people with heart failure (HF), in whom stents were no option, had been "
         "randomised 2:1.", "51"),
        ("Records of 34 patients (34 eyes) were reviewed.", "34"),
        ("We present two brothers who received vesicles.", "2"),
        ("Twenty-seven patients were vaccinated weekly.", "27"),
        ("Results were compared to those of 60 women treated before.", None),
        ("A questionnaire was used in three outpatient departments.", None),
    ],
)  # fmt: skip
def test_participants_in_other_words(abstract: str, wanted: str | None) -> None:
    assert read(abstract).get("participants") == wanted


@pytest.mark.parametrize(
    ("abstract", "wanted"),
    [
        ("Sixty-four participants were randomised (32 per group).", "32"),
        ("Thirty-three patients were treated (22 vesicles, 11 albumin).", "22"),
        ("Forty-eight patients were randomised to microvesicles (MVs) (n=24) or placebo (n=24).",
         "24"),
    ],
)  # fmt: skip
def test_exposed_in_other_words(abstract: str, wanted: str) -> None:
    assert read(abstract, kind="rct").get("exposed") == wanted


@pytest.mark.parametrize(
    ("abstract", "wanted"),
    [
        ("Participants with stage IV cancer got exosomes.", set()),
        ("Exosomes were given to patients of grade III-IV.", set()),
        ("Exosome injection was followed by topical steroid drops.", set()),
        ("Exosomes raised intratumoral CD8 T cells.", set()),
        ("Exosomes were infused via a peripheral vein.", {"intravenous"}),
        ("Exosomes were sprayed onto the arms.", {"topical"}),
        ("Patients used exosome drops four times a day.", {"eye_drops"}),
        ("Conditioned medium was injected in the scalp.", {"scalp_injection"}),
        ("SHED-CM was injected into the corpus cavernosum.", {"intracavernous"}),
        ("After intranasal administration to MPTP-treated mice EVs were traced.", {"intranasal"}),
    ],
)
def test_routes_in_other_words(abstract: str, wanted: set[str]) -> None:
    assert routes(abstract, design="clinical") == wanted


def test_an_aim_tells_the_route() -> None:
    body = (
        "Ulcers are common. The aim was to compare topical secretome gel with saline. We treated "
        "51 patients."
    )
    assert routes(body, design="clinical") == {"topical"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Two patients had chills on the evening of the infusion.",
        "In two men (14%) sperm was found after treatment.",
        "Thirteen respondents said that they had been injected.",
    ],
)
def test_some_of_the_people_are_not_their_number(sentence: str) -> None:
    body = f"The infusion was given to all 40 participants enrolled. {sentence}"
    assert read(body).get("participants") == "40"
    assert read(sentence).get("participants") is None


def test_exposed_where_cells_were_given() -> None:
    abstract = "Sixty patients were randomised to MSCs (n = 40) or sham (n = 20)."
    tags = numbers.tags(
        text_of(abstract), said(design="clinical", clinical_kind="rct", given="cells")
    )
    assert {t.axis: t.value for t in tags}["exposed"] == "40"


@pytest.mark.parametrize(
    ("abstract", "wanted"),
    [
        ("Secretome was injected under the skin of the cats.", {"subcutaneous"}),
        ("Vesicles were sprinkled on the donor site.", {"topical"}),
        ("Exosomes were deposited in the superior joint space.", {"intraarticular"}),
        ("Capsules with plant vesicles were given three times a day.", {"oral"}),
    ],
)
def test_further_routes(abstract: str, wanted: set[str]) -> None:
    assert routes(abstract) == wanted
