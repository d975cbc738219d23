"""Axes safety and harm: every phrasing of "no adverse events", and harm apart from disease."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.classify import safety
from evlit.classify.cues import load_cues
from evlit.classify.text import Matcher, Text
from evlit.records import AbstractSection, Record, Tag

MATCHER = Matcher(load_cues())


def read(
    abstract: str, title: str = "Vesicles in knees", design: str = "clinical", **more: str
) -> list[Tag]:
    said = {"given": "product", "msc": "true", "intervention": "ev"} | more
    seen = {a: [Tag(a, v, "rule", "")] for a, v in ({"design": design} | said).items()}
    record = Record(1, title=title, sections=(AbstractSection(abstract),) if abstract else ())
    return safety.tags(Text(record, MATCHER), seen)


def value(abstract: str, title: str = "Vesicles in knees", design: str = "clinical") -> str:
    (tag,) = [t for t in read(abstract, title, design) if t.axis == "safety"]
    return tag.value


def harm(abstract: str, title: str = "Vesicles in knees", design: str = "clinical",
         **more: str) -> set[str]:  # fmt: skip
    return {t.value for t in read(abstract, title, design, **more) if t.axis == "harm"}


PHRASES = [
    ("No adverse events were observed.", "none_any"),
    ("No AEs or SAEs were reported in either arm.", "none_any"),
    ("There were no side effects.", "none_any"),
    ("The infusions were well tolerated with no adverse events.", "none_any"),
    ("Injections were safe, without any side-effects.", "none_any"),
    ("Adverse events were not observed.", "none_any"),
    ("None of the patients experienced any adverse event.", "none_any"),
    ("No patient had an adverse reaction.", "none_any"),
    ("We did not observe any adverse effects.", "none_any"),
    ("Treatment did not cause adverse effects.", "none_any"),
    ("There were no local or systemic adverse events.", "none_any"),
    ("Adverse events: none.", "none_any"),
    ("No adverse events (AEs) occurred over 12 months.", "none_any"),
    ("No serious adverse events were observed.", "none_serious"),
    ("No SAEs occurred.", "none_serious"),
    ("No severe adverse reaction was seen.", "none_serious"),
    ("No significant adverse effects were noted.", "none_serious"),
    ("It was well tolerated with no dose-limiting toxicity.", "none_serious"),
    ("No grade 3 or higher adverse events were seen.", "none_serious"),
    ("No major safety concerns arose.", "none_serious"),
    ("No treatment-related adverse events were reported.", "none_related"),
    ("No adverse events related to the infusion occurred.", "none_related"),
    ("No adverse events attributable to vesicles were seen.", "none_related"),
    ("Four adverse events occurred; none was related to the treatment.", "none_related"),
    ("Two patients had adverse events, judged unrelated to the product.", "none_related"),
    ("Adverse events were mild and transient.", "stated_some"),
    ("Three participants experienced adverse events.", "stated_some"),
    ("No serious adverse events but 3 patients had fever.", "stated_some"),
    ("No adverse events except mild erythema for two days.", "stated_some"),
    ("There were no other adverse events.", "stated_some"),
    ("Mild pain at the injection site occurred in four patients.", "stated_some"),
    ("The most common adverse event was headache.", "stated_some"),
    ("Two serious adverse events were reported in the vesicle group.", "stated_some"),
    ("Adverse events were similar between groups.", "stated_some"),
    ("There was no significant difference in adverse events between groups.", "stated_some"),
    ("Injection site reactions affected ten women; most adverse events were considered unrelated "
     "to the treatment.", "stated_some"),
    ("Fatal adverse events were not reported.", "none_serious"),
    ("Treatment-related erythema was milder on the treated side.", "stated_some"),
    ("Transient swelling was reported by six women after injection.", "stated_some"),
    ("No adverse events were seen in the first cohort. One patient later had an adverse reaction.",
     "stated_some"),
    ("Grade 3 or higher events occurred in eight patients. None of these was attributed to it.",
     "none_related"),
    ("Predefined events happened in three patients on vesicles and two on albumin.",
     "stated_some"),
    ("No adverse event was ascribed to the vesicles, although one woman fell and broke a wrist and "
     "one had a urinary infection.", "none_related"),
    ("No adverse event was ascribed to the vesicles, but three women had a herpes infection.",
     "stated_some"),
    ("No adverse event that could be attributed to the injection was found. Three patients had "
     "cystitis, which is expected in this population.", "none_related"),
    ("Two patients died, both considered unrelated to the treatment.", "none_related"),
    ("Changes in diet were unrelated to weight.", "not_mentioned"),
    ("The gain was attributed to the vesicles.", "not_mentioned"),
    ("Pelvic pain was the only complaint.", "stated_some"),
    ("Exosomes have less side effects.", "stated_some"),
    ("Nausea led four patients to stop.", "stated_some"),
    ("Adverse events were recorded at every visit.", "not_mentioned"),
    ("Adverse events were monitored for a year. Pain fell by half.", "not_mentioned"),
    ("The primary outcome was the incidence of adverse events.", "not_mentioned"),
    ("We aimed to assess adverse events and pain.", "not_mentioned"),
    ("It was safe and well tolerated.", "not_mentioned"),
    ("Steroids are limited by side effects. We injected vesicles into ten knees.", "not_mentioned"),
    ("Vesicles may avoid the side effects of cells.", "not_mentioned"),
    ("Diabetic complications were common at entry. Ulcers closed.", "not_mentioned"),
    ("Knee pain fell after injection in 12 patients.", "not_mentioned"),
    ("Fever resolved in all patients with pneumonia.", "not_mentioned"),
    ("", "not_mentioned"),
    ("Side effects were not recorded.", "not_mentioned"),
    ("The injection is effective but is not without complications.", "stated_some"),
    ("Vesicles are not free of side effects.", "stated_some"),
    ("There was no association between severe toxicity and the score.", "not_mentioned"),
    ("No correlation of adverse events with dose was found.", "not_mentioned"),
    ("Oral feeding is free of many of the complications of feeding by vein.", "not_mentioned"),
    ("Dose did not differ in its effect on recovery nor on side effects.", "not_mentioned"),
    ("Fatal adverse events occurred in eight patients; none were related to the product. The "
     "most common adverse event was neutropenia.", "stated_some"),
    ("There were 6 (5%) patients with grade 3 treatment-related AEs, and no grade 4 AEs.",
     "stated_some"),
    ("There was no safety signal with continued use.", "none_serious"),
    ("No safety concerns were raised.", "none_serious"),
    ("Adverse events were not assessed.", "not_mentioned"),
    ("Safety was not evaluated. Adverse events were not collected.", "not_mentioned"),
    ("Side effects were not systematically recorded.", "not_mentioned"),
    ("Adverse events were not reported in this registry.", "not_mentioned"),
    ("The authors did not report adverse events.", "not_mentioned"),
    ("Data on adverse events were not available.", "not_mentioned"),
    ("No data on side effects were collected.", "not_mentioned"),
    ("No information about adverse events was given.", "not_mentioned"),
    ("Patients did not report any adverse events.", "none_any"),
    ("Adverse events were not seen in any patient.", "none_any"),
    ("There was no increase in adverse events.", "stated_some"),
    ("Early feeding was not associated with an increase in the number of complications.",
     "stated_some"),
    ("There was no difference in the rate of adverse events.", "stated_some"),
    ("The rate of adverse events was not higher with vesicles.", "stated_some"),
    ("No more adverse events occurred with vesicles than with saline.", "stated_some"),
    ("No excess of serious adverse events was seen.", "stated_some"),
    ("Vesicles did not increase adverse events.", "stated_some"),
    ("No complications occurred.", "none_serious"),
    ("There were no complications of the injections.", "none_serious"),
    ("No complications or adverse events were observed.", "none_any"),
    ("No major complications occurred.", "none_serious"),
    ("No toxicity was observed.", "none_serious"),
    ("No toxicity or side effects were observed.", "none_any"),
    ("No toxicity of grade 3 or more was observed.", "none_serious"),
    ("No dose-limiting toxicities were observed.", "none_serious"),
    ("No hepatotoxicity or adverse events were seen.", "none_any"),
    ("Three patients had hypersensitivity reactions.", "stated_some"),
    ("Two patients had an allergic reaction after the second injection.", "stated_some"),
    ("One patient developed anaphylaxis.", "stated_some"),
]  # fmt: skip


@pytest.mark.parametrize(("abstract", "wanted"), PHRASES)
def test_phrasings(abstract: str, wanted: str) -> None:
    assert value(abstract) == wanted


def test_deaths_in_the_abstract_block_none_any() -> None:
    text = "No adverse events were observed. Four patients died of pneumonia."
    assert value(text) == "stated_some"
    assert harm(text) == {"death:people"}
    assert value("No adverse events were observed. No patient died.") == "none_any"


def test_the_reason_quotes_the_sentence() -> None:
    (tag,) = read("Ten women took part. No adverse events were observed.")
    assert "No adverse events were observed" in tag.reason


def test_nothing_given_or_no_subjects_says_nothing_of_safety() -> None:
    text = "No adverse events were observed."
    assert read(text, given="nothing") == []
    assert read(text, design="in_vitro") == []
    assert read(text, design="review") == []


HARMS = [
    ("Eight women presented with granulomas on the face. All had received injections of exosomes.",
     {"granuloma_necrosis:people"}),
    ("A man developed skin necrosis after injection of lyophilised exosomes.",
     {"granuloma_necrosis:people"}),
    ("Biopsy revealed leukocytoclastic vasculitis after exosome injection.", {"immune:people"}),
    ("Five patients developed sepsis after receiving an exosome product.", {"infection:people"}),
    ("A boy became septic with bacteremia after he had received exosomes.", {"infection:people"}),
    ("One patient had pulmonary embolism following infusion of vesicles.", {"thrombosis:people"}),
    ("Two patients died in the treated group.", {"death:people"}),
    ("Three patients had hypersensitivity reactions.", {"immune:people"}),
    ("Mild erythema was noted in six patients after treatment.", {"other:people"}),
]  # fmt: skip


@pytest.mark.parametrize(("abstract", "wanted"), HARMS)
def test_harm_in_people(abstract: str, wanted: set[str]) -> None:
    assert harm(abstract, "Reactions to an exosome product") == wanted
    assert value(abstract, "Reactions to an exosome product") == "stated_some"


NO_HARM = [
    ("Ten patients had hypersensitivity pneumonitis and received vesicles.", "clinical"),
    ("Patients with allergic reactions to drugs in their history were excluded.", "clinical"),
    ("Ten patients with ANCA vasculitis received vesicles.", "clinical"),
    ("Sepsis was treated with vesicles in ten adults.", "clinical"),
    ("Patients with COVID-19 infection received vesicles.", "clinical"),
    ("Ten adults with sepsis after surgery received exosomes.", "clinical"),
    ("Adults with thrombosis after injury were given vesicles.", "clinical"),
    ("No patient developed infection after infusion of vesicles.", "clinical"),
    ("Tumour necrosis factor fell after infusion of vesicles.", "clinical"),
    ("Rats with sepsis after caecal ligation received vesicles and lived longer.", "animal"),
    ("Vesicles inhibited tumour growth in mice.", "animal"),
    ("Vesicles loaded with paclitaxel reduced metastasis and tumour growth.", "animal"),
    ("Vesicles reduced mortality in septic mice.", "animal"),
    ("Vesicles have low immunogenicity and no risk of tumour formation.", "review"),
    ("Vesicles lack tumorigenicity.", "review"),
    ("Vesicles prevented flap necrosis in rats.", "animal"),
    ("Vesicles reduced thrombosis in mice.", "animal"),
    ("Cell death fell after treatment with vesicles.", "clinical"),
    ("Myocardial infarction is a leading cause of death.", "clinical"),
    ("Two markers indicated a higher risk of relapse and death.", "clinical"),
]


@pytest.mark.parametrize(("abstract", "design"), NO_HARM)
def test_disease_model_and_effect_are_no_harm(abstract: str, design: str) -> None:
    assert harm(abstract, design=design) == set()


def test_tumours_fed_are_harm_in_animals_and_never_the_anti_tumour_carrier() -> None:
    text = "MSC vesicles promoted tumour growth in mice."
    assert harm(text, design="animal") == {"tumour:animals"}
    other = "Vesicles from tumour cells promoted metastasis in mice."
    assert harm(other, design="animal", msc="false", intervention="not_therapy", given="") == set()


def test_reviews_only_discuss() -> None:
    text = "Case reports describe granulomas after injection of exosomes."
    assert harm(text, design="review") == {"granuloma_necrosis:discussed"}
    risk = "Concerns remain: MSC vesicles may promote tumour growth."
    assert harm(risk, design="review") == {"tumour:discussed"}


@given(st.text(st.sampled_from("no adversevent,.;()- NAEsdied\n5§")) | st.text(max_size=200))
def test_never_raises(text: str) -> None:
    read(f"No adverse events {text} adverse events {text} died", text)


TOLD_OF_PEOPLE = [
    ("Headache (5 patients) and mild fever (2 patients) were seen in the first two days.",
     "stated_some"),
    ("Tingling during electroporation was common but nobody stopped.", "stated_some"),
    ("Two women had herpes labialis and were given aciclovir.", "stated_some"),
    ("There was one case of discitis, which was cured with antibiotics.", "stated_some"),
    ("Post-inflammatory hyperpigmentation occurred in three subjects.", "stated_some"),
    ("One child suffered a generalised seizure nine days later.", "stated_some"),
    ("Any side effect was not recognized in all cases.", "none_any"),
    ("There was no bleeding, no infection and no other complication.", "none_any"),
    ("There was no redness or any other untoward event.", "none_any"),
    ("Neither local reactions nor systemic adverse events were observed.", "none_any"),
    ("Patients didn't suffer from any significant side effects.", "none_serious"),
    ("No early or late adverse event that could be attributed to the injection was found.",
     "none_related"),
    ("Two patients had asthma at baseline and five had headache before treatment.",
     "not_mentioned"),
    ("Three patients had hypersensitivity pneumonitis and received vesicles.", "not_mentioned"),
    ("In patients with microbial keratitis (n = 21) healing was seen in half.", "not_mentioned"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "wanted"), TOLD_OF_PEOPLE)
def test_counted_reactions_and_denials_of_real_authors(sentence: str, wanted: str) -> None:
    assert value(f"Twelve patients received exosomes. {sentence} Pain fell.") == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("One treated infant died on day 30 of enterocolitis.", {"death:people"}),
        ("There was one case of discitis.", {"infection:people"}),
        ("The 28-day mortality did not differ between groups (22% versus 24%).", set()),
        ("The 60-day mortality was 41% with placebo and 28% with exosomes.", set()),
        ("The 28-day mortality was higher with exosomes (40% versus 22%).", {"death:people"}),
    ],
)
def test_deaths_and_infections_in_people_given_the_product(sentence: str, wanted: set[str]) -> None:
    found = harm(f"Patients received exosomes. {sentence} They were followed for one year.")
    assert found & {"death:people", "infection:people"} == wanted


def test_harm_told_by_the_title_alone() -> None:
    title = "Anaphylactic shock during infusion of stem cell exosomes: case report"
    assert value("", title) == "stated_some"
    assert harm("", title) == {"immune:people"}


def test_another_trials_safety_says_nothing_of_animals() -> None:
    body = (
        "In a recent treatment, vesicles were given to a patient without side effects. "
        "We injected vesicles in 24 guinea pigs. Hearing recovered."
    )
    assert value(body, design="animal") == "not_mentioned"


@pytest.mark.parametrize(
    "sentence",
    [
        "Burning on application was mentioned by three women.",
        "One woman withdrew because of an eruption of the eyelids.",
        "Two patients complained of malocclusion.",
        "One patient of arm B had an abscess.",
        "Heartburn was more common with vesicles (5 versus 1).",
        "Pain after injection which needed tablets was reported by 6 patients.",
        "Adverse events were recorded in 31 participants.",
        "The first complained of chills and had urticaria.",
    ],
)
def test_events_told_in_further_words(sentence: str) -> None:
    assert value(f"Twelve patients received exosomes. {sentence}") == "stated_some"


def test_cases_counted_after_dosing_are_harm() -> None:
    body = "Patients received vesicles. Two cases of pulmonary embolism followed within a day."
    assert "thrombosis:people" in harm(body)


GIVEN = "Thirty patients with knee osteoarthritis received stem cell exosomes. "

TOLD_PLAINLY = [
    ("Variceal bleeding killed one patient in week six.", "death"),
    ("Two of the older participants did not survive.", "death"),
    ("One man was found dead at home.", "death"),
    ("We lost two patients to sepsis.", "death"),
    ("Multiple emboli followed, leading to death.", "death"),
    ("The second patient passed away at week nine.", "death"),
    ("A melanoma was diagnosed in one patient.", "tumour"),
    ("Lymphoma arose in one participant.", "tumour"),
    ("Two women were later diagnosed with breast cancer.", "tumour"),
    ("Stable values were kept by all but two men, one an arm, who were diagnosed with "
     "biochemical recurrence.", "tumour"),
    ("Blood cultures of two patients grew Klebsiella.", "infection"),
    ("One septic arthritis needed lavage.", "infection"),
    ("One man tested positive for hepatitis C after the second visit.", "infection"),
    ("Two wound infections needed antibiotics.", "infection"),
    ("One woman was readmitted with pelvic abscess.", "infection"),
    ("Adverse events of interest were oedema, convulsion and infection.", "infection"),
    ("Two patients developed new HLA antibodies.", "immune"),
    ("Panel-reactive antibody above 20% was found in 11 of the 26 patients.", "immune"),
    ("One man suffered an embolism.", "thrombosis"),
    ("All but one survived.", "death"),
    ("Infection did not occur, and one death was recorded.", "death"),
    ("A fatal stroke occurred on day three.", "death"),
    ("The boy succumbed to bleeding.", "death"),
    ("Resuscitation failed in one patient.", "death"),
    ("A tumour grew at the injection site in one patient.", "tumour"),
    ("A teratoma formed in one patient.", "tumour"),
    ("One participant's scan revealed a lung cancer.", "tumour"),
    ("Two patients had a recurrence of their breast cancer.", "tumour"),
    ("One knee became infected.", "infection"),
    ("Tuberculosis was diagnosed in one patient.", "infection"),
    ("Three patients had positive blood cultures.", "infection"),
    ("Cellulitis required admission in one.", "infection"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "kind"), TOLD_PLAINLY)
def test_grave_harms_told_in_plain_words(sentence: str, kind: str) -> None:
    assert f"{kind}:people" in harm(GIVEN + sentence)
    assert value(GIVEN + sentence) == "stated_some"


@pytest.mark.parametrize(
    "sentence",
    [
        "Haemoptysis was seen in three patients.",
        "Hyperpigmentation occurred on both halves in one woman.",
        "Alveolar osteitis arose in 1 patient.",
        "One patient lost vision in the treated eye.",
        "Three left because injections hurt.",
        "Bloating was reported by two participants.",
        "Two patients had to be intubated.",
        "Stiffness requiring manipulation occurred in 2 of them.",
        "Side effects included bruising.",
        "One woman became blind in the treated eye.",
        "Two patients went into shock.",
        "A toe had to be amputated.",
        "The infusion was stopped in one patient because of dyspnoea.",
        "Acute kidney injury was seen in two patients.",
        "Liver enzymes rose in three patients.",
    ],
)
def test_single_events_outside_the_lists(sentence: str) -> None:
    assert value(GIVEN + sentence) == "stated_some"
    assert harm(GIVEN + sentence) == {"other:people"}


NO_EVENT = [
    "No patient was killed and nobody passed away.",
    "Two patients were lost to follow-up.",
    "Grafts that did not survive were replaced.",
    "The exosomes killed tumour cells in the dish.",
    "The pathway leads to death of cells.",
    "No melanoma was diagnosed in the 30 patients.",
    "Patients with a history of breast cancer were excluded.",
    "Cultures grew no organism.",
    "Tumour necrosis factor was found in 12 patients.",
    "HLA antibodies did not develop in any of them.",
    "Cartilage thickening was found in 12 patients.",
    "Osteoarthritis was seen in 30 patients.",
    "Closure of a perforation was seen in 12 of them.",
    "Swelling was seen in ten patients at baseline.",
    "Ten patients had less stiffness.",
    "A fall in pain was seen in 22 patients.",
    "We asked whether adverse events occurred.",
    "Possible complications include infection.",
    "A 69-year-old man was diagnosed with lung carcinoma.",
    "One untreated wound became infected.",
    "Resuscitation was not needed in any patient.",
    "No knee became infected and no tumour grew at the site in any patient.",
    "Survival was better in 12 patients.",
    "Three patients withdrew because of lack of benefit.",
    "Six patients had anaemia.",
    "Chondropenia was found in 12 patients.",
    "No infections, thrombosis or deaths occurred.",
    "None of the knees became infected, and no deaths occurred.",
]


@pytest.mark.parametrize("sentence", NO_EVENT)
def test_denials_diseases_and_benefits_are_no_event(sentence: str) -> None:
    assert harm(GIVEN + sentence) == set()
    assert value(GIVEN + sentence) in ("not_mentioned", "none_any")


def test_a_pneumonia_named_after_its_virus_counts_nobody() -> None:
    assert harm("Men with COVID-19 pneumonia received exosomes.") == set()


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Itching in 11 and epistaxis in 2 were noted; one urinary sepsis was deemed unrelated.",
         "stated_some"),
        ("One syncope was deemed unrelated, but two patients developed abscess.", "stated_some"),
        ("One stroke was judged unrelated to the product. Two wound infections needed lavage.",
         "stated_some"),
        ("Three headaches were related and one stroke was unrelated to the infusion.",
         "stated_some"),
        ("Two deaths and one infection occurred; neither death was related to the product.",
         "stated_some"),
        ("There were three infections. One fall was considered unrelated.", "stated_some"),
        ("Two patients died; both deaths were deemed unrelated.", "none_related"),
        ("Headache in two and fever in three were recorded; all were considered unrelated to the "
         "product.", "none_related"),
        ("Fever, rash and headache occurred and were judged unrelated to the exosomes.",
         "none_related"),
        ("Two falls and one fracture occurred, neither related to the product.", "none_related"),
        ("One wound infection was recorded, neither it nor a cough thought to be due to the gel.",
         "none_related"),
    ],
)  # fmt: skip
def test_a_judgement_reaches_its_own_clause(sentence: str, wanted: str) -> None:
    assert value(GIVEN + sentence) == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("No harmful effects were encountered.", "none_any"),
        ("Nothing untoward happened.", "none_any"),
        ("No untoward incidents were noted.", "none_any"),
        ("No harm was observed.", "none_any"),
        ("Apart from mild pain, nothing untoward was noted.", "stated_some"),
        ("Besides fever, no adverse events were seen.", "stated_some"),
        ("Apart from the control group, no adverse events were seen.", "none_any"),
    ],
)
def test_further_denials_and_what_they_leave_out(sentence: str, wanted: str) -> None:
    assert value(GIVEN + sentence) == wanted


def test_events_are_kept_where_the_giving_was_not_understood() -> None:
    found = read("Two women developed sepsis after exosome infusion.", given="nothing")
    assert {(t.axis, t.value) for t in found} == {
        ("safety", "stated_some"), ("harm", "infection:people"),
    }  # fmt: skip


def test_a_disease_handed_on_is_harm() -> None:
    title = "HIV transmission linked to facial microneedling with exosome serum"
    assert harm("Five clients came.", title, given="nothing") == {"infection:people"}
    assert harm("Five clients came.", "HIV infection treated with exosomes") == set()


def test_outside_the_field_no_event_is_read_from_the_build_of_a_sentence() -> None:
    more = {"given": "other", "msc": "false", "intervention": "not_therapy"}
    assert harm("Thirty patients took aspirin. Sepsis killed two patients.", **more) == set()
