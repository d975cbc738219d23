"""Which condition a record is about: one invented record for each clash and trap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.classify import classify
from evlit.classify.vocabulary import indication_names
from evlit.records import AbstractSection, Keyword, MeshHeading, PublicationType, Record

EV = "Extracellular vesicles of mesenchymal stem cells were given to mice. "
REVIEW = (PublicationType("D016454", "Review"),)


def conditions(title: str, abstract: str = "", **fields: object) -> set[str]:
    """Return the indications of an invented record."""
    sections = (AbstractSection(abstract),) if abstract else ()
    record = Record(pmid=1, title=title, sections=sections, **fields)  # type: ignore[arg-type]
    return {tag.value for tag in classify(record) if tag.axis == "indication"}


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Exosomes from UC-MSC against sepsis",
         EV + "Vesicles were isolated by ultracentrifugation (UC) from umbilical cord (UC) cells. "
         "Sepsis was induced in mice. Survival in sepsis rose.", {"pneumonia_sepsis"}),
        ("Stem cell vesicles in ulcerative colitis (UC)",
         EV + "Ulcerative colitis (UC) was treated. UC scores fell.", {"ibd"}),
        ("CD63 and CD9 on stem cell vesicles",
         EV + "Vesicles bore CD63, CD9 and CD81 (CD, cluster of differentiation).", set()),
        ("Vesicles in Crohn's disease (CD)", EV + "CD activity fell.", {"crohn"}),
        ("AD-MSC exosomes calm AD-like skin",
         "Adipose-derived (AD) MSC exosomes were tested in atopic dermatitis. "
         "Atopic dermatitis was induced in mice with DNCB.", {"atopic_dermatitis"}),
        ("AD-MSC vesicles and AD",
         EV + "Alzheimer's disease (AD) mice learned better; amyloid fell in AD.", {"alzheimer"}),
        ("Adipose (AD) cell vesicles in cell culture", EV + "AD cells grew well.", set()),
        ("Proteins of stem cell exosomes by MS",
         EV + "Proteins were listed by mass spectrometry (MS). MS found 900 proteins.", set()),
        ("Vesicles in MS", EV + "Multiple sclerosis (MS) was modelled; MS scores fell.",
         {"multiple_sclerosis"}),
        ("MI counselling of smokers", "Motivational interviewing (MI) was offered by nurses.",
         set()),
        ("Vesicles after MI",
         EV + "Hearts were infarcted by LAD ligation. Function after MI improved in the heart.",
         {"myocardial_infarction"}),
        ("Vesicles after TBI in marrow transplantation",
         EV + "Mice had total body irradiation (TBI) before marrow transfer.", set()),
        ("Vesicles after TBI",
         EV + "TBI was set by controlled cortical impact; neurons in the brain survived.",
         {"traumatic_brain_injury"}),
        ("Vesicles ease pain after CCI",
         EV + "Rats had chronic constriction injury (CCI) of the sciatic nerve and allodynia.",
         {"neuropathic_pain"}),
        ("An RCT of vitamin D", "In this RCT, 200 people were randomised (RCT).", set()),
        ("PD-L1 on vesicles", "PD-1 and PD-L1 were measured on vesicles.", set()),
        ("Costs of ED visits", "Emergency department (ED) visits were counted.", set()),
        ("DR values of a detector", "The dose response (DR) was linear; DR was stable.", set()),
    ],
)  # fmt: skip
def test_clashes_of_abbreviations(title: str, abstract: str, expected: set[str]) -> None:
    assert conditions(title, abstract) == expected


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Rats underwent MCAO.", "ischemic_stroke"),
        ("Mice with EAE, which strips myelin in the CNS, were followed.", "multiple_sclerosis"),
        ("Mice drank dextran sulfate sodium (DSS), and the colon shortened.", "ibd"),
        ("Bleomycin was instilled intratracheally into the lungs.", "pulmonary_fibrosis"),
        ("Bleomycin went under the skin; the dermal layer thickened.", "systemic_sclerosis"),
        ("Mice underwent cecal ligation and puncture; CLP killed half of them.",
         "pneumonia_sepsis"),
        ("Mice were given MPTP and lost dopaminergic cells.", "parkinson"),
        ("Imiquimod was spread on the skin of mice.", "psoriasis"),
        ("APP/PS1 mice were used.", "alzheimer"),
        ("Rats had unilateral ureteral obstruction (UUO) of one kidney.", "ckd"),
        ("Knees were injured by DMM, and chondrocytes died.", "osteoarthritis"),
        ("Lungs of newborn mice were damaged by hyperoxia; hyperoxia stopped alveoli growing.",
         "bpd"),
    ],
)  # fmt: skip
def test_models_imply_a_condition(model: str, expected: str) -> None:
    found = conditions("Stem cell vesicles in an animal model", EV + model + " Vesicles helped.")
    assert expected in found


def test_streptozotocin_alone_names_no_type_of_diabetes() -> None:
    found = conditions(
        "Vesicles heal wounds of diabetic rats",
        EV + "Streptozotocin was given. Diabetic wounds closed sooner.",
    )
    assert found == {"diabetic_foot_ulcer"}


def test_a_review_that_only_lists_diseases_has_no_condition() -> None:
    text = (
        "Stem cell exosomes have been tried in many diseases such as stroke, myocardial "
        "infarction, diabetes, arthritis, liver fibrosis and kidney injury. We review how they "
        "are made and stored."
    )
    assert conditions("Making stem cell exosomes", text, publication_types=REVIEW) == set()


def test_a_review_of_named_conditions_has_them_all() -> None:
    text = (
        "This review gathers what vesicles do in Parkinson's disease, Huntington's disease, "
        "epilepsy and autism. Vesicles cross into the brain."
    )
    found = conditions("Vesicles in the ailing brain", text, publication_types=REVIEW)
    assert found == {"parkinson", "huntington", "epilepsy", "autism"}


def test_the_title_outweighs_background() -> None:
    text = (
        "Obesity, asthma and stroke are common. Psoriasis is a skin disease. "
        "Vesicles cleared psoriasis of mice."
    )
    assert conditions("Stem cell vesicles clear psoriasis", text) == {"psoriasis"}


def test_a_negated_condition_is_not_the_aim() -> None:
    found = conditions(
        "Where stem cell vesicles go in mice without stroke",
        "Vesicles were followed in healthy, non-diabetic mice.",
    )
    assert found == set()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Stem cell exosomes for diabetic foot ulcer wound healing", {"diabetic_foot_ulcer"}),
        ("Exosomes heal burn wounds", {"burn"}),
        ("Exosomes in glioblastoma, a brain tumour", {"glioma"}),
        ("Exosomes of pancreatic cancer cells", {"pancreatic_cancer"}),
        ("Crohn's disease and ulcerative colitis: vesicles", {"ibd"}),
        ("Exosomes for refractory perianal fistula in Crohn's disease",
         {"perianal_fistula", "crohn"}),
        ("Exosomes in myocardial ischemia/reperfusion injury", {"myocardial_ir"}),
        ("Doxorubicin-induced cardiomyopathy and exosomes", {"cardiotoxicity"}),
        ("Exosomes in Duchenne cardiomyopathy", {"duchenne"}),
        ("Vesicles in bronchopulmonary dysplasia", {"bpd"}),
        ("Vesicles in neonatal hypoxic-ischaemic encephalopathy", {"hie"}),
        ("Exosomes in long COVID", {"long_covid"}),
        ("Exosomes in diabetic nephropathy", {"diabetic_nephropathy"}),
        ("Vesicles speed corneal epithelial wound healing", {"corneal_injury"}),
    ],
)  # fmt: skip
def test_narrow_and_wide_conditions(title: str, expected: set[str]) -> None:
    assert conditions(title) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Exosomes against facial wrinkles and photoaging", {"skin_aging"}),
        ("Exosomes for androgenetic alopecia", {"alopecia"}),
        ("Exosomes for premature ovarian insufficiency", {"poi"}),
        ("Exosomes in melasma", {"vitiligo_melasma"}),
        ("Secretome for atrophic acne scars", {"scar_keloid"}),
    ],
)
def test_conditions_outside_the_disease_tree(title: str, expected: set[str]) -> None:
    assert conditions(title) == expected


def test_cancer_as_condition() -> None:
    assert conditions(
        "Stem cell vesicles slow hepatocellular carcinoma", EV + "Xenograft tumours shrank."
    ) == {"cancer_therapy"}


def test_cancer_as_harm_is_not_a_condition() -> None:
    found = conditions(
        "Safety of stem cell vesicles: do they promote tumour growth?",
        EV + "No tumour formation was seen after 90 days.",
    )
    assert "cancer_therapy" not in found


def test_tumour_necrosis_factor_is_no_tumour() -> None:
    found = conditions(
        "Vesicles lower tumor necrosis factor-alpha",
        "Tumor necrosis factor-α and tumor necrosis factor receptor fell.",
    )
    assert found == set()


def test_a_scratch_assay_is_no_wound() -> None:
    found = conditions(
        "A long noncoding RNA in gastric cancer",
        "Wound healing assay and transwell assay were done. Wound healing assays "
        "showed faster migration of cancer cells.",
    )
    assert found == {"cancer_therapy"}


def test_infection_as_harm_is_not_a_condition() -> None:
    found = conditions(
        "Exosome ointment for psoriasis: a trial",
        "Patients applied the ointment. No infection was seen. Psoriasis improved.",
    )
    assert found == {"psoriasis"}


def test_covid_as_setting_is_not_a_condition() -> None:
    assert (
        conditions(
            "Teaching anatomy during the COVID-19 pandemic",
            "Courses moved online during the COVID-19 pandemic.",
        )
        == set()
    )


@pytest.mark.parametrize(
    "heading",
    [
        MeshHeading("D014947", "Wounds and Injuries", major=True),
        MeshHeading("D015427", "Reperfusion Injury", major=True),
        MeshHeading("D009369", "Neoplasms", major=True),
    ],
)
def test_broad_headings_are_never_expanded(heading: MeshHeading) -> None:
    assert conditions("Notes on stem cell vesicles", mesh=(heading,)) == set()


def test_a_major_heading_speaks_where_the_record_has_no_abstract() -> None:
    heading = MeshHeading("D000544", "Alzheimer Disease", major=True)
    record = Record(pmid=1, title="Vesicles and memory", mesh=(heading,))
    said = [tag for tag in classify(record) if tag.axis == "indication"]
    assert [(tag.value, tag.source) for tag in said] == [("alzheimer", "mesh")]


def test_a_heading_alone_never_stands_against_an_abstract() -> None:
    heading = MeshHeading("D000544", "Alzheimer Disease", major=True)
    text = "Vesicles were given to rats with psoriasis. Psoriasis plaques cleared."
    assert conditions("Vesicles in psoriasis", text, mesh=(heading,)) == {"psoriasis"}


def test_author_keywords_support() -> None:
    text = EV + "Vesicles calmed the joints; rheumatoid arthritis may profit."
    words = (Keyword("Rheumatoid arthritis"), Keyword("Exosomes"))
    assert conditions("Vesicles calm joints", text, keywords=words) == {"rheumatoid_arthritis"}


def test_reason_and_score() -> None:
    record = Record(pmid=1, title="Vesicles in psoriasis of mice")
    tag = next(t for t in classify(record) if t.axis == "indication")
    assert "psoriasis" in tag.reason and tag.source == "rule" and tag.score > 0.9


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_text_gives_keys_of_the_vocabulary(title: str, abstract: str) -> None:
    assert conditions(title, abstract) <= indication_names().keys()


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Plasma vesicles protect the heart from ischaemia-reperfusion injury",
         "Isolated hearts of rats were perfused in a Langendorff apparatus. Infarct size fell in "
         "injured myocardium.", {"myocardial_ir"}),
        ("Conditioning of limbs and vesicles",
         "Ischemia-reperfusion injury was studied. Rat hearts were perfused (Langendorff). Infarct "
         "size fell; vesicles gathered in injured myocardium. Cardioprotection was seen.",
         {"myocardial_ir"}),
        ("Alzheimer's disease biomarkers and cognitive impairment in sleep apnoea",
         "Cognitive impairment is common in sleep apnoea. Amyloid in neuronal exosomes explained "
         "cognitive impairment of patients without dementia.", {"cognitive_impairment"}),
        ("Exosomal proteins as Alzheimer's disease biomarkers",
         "Patients with Alzheimer's disease gave blood. Alzheimer's disease was told "
         "from ageing.", {"alzheimer"}),
        ("Vesicles as markers of muscle health in old monkeys",
         "Loss of muscle mass limits movement. Vesicles of muscle were counted.",
         {"muscle_injury_sarcopenia"}),
        ("Exosomes for cartilage defects of the knee",
         "Patients had a cartilage defect of the knee. The Knee injury and Osteoarthritis Outcome "
         "Score rose. The Knee Injury and Osteoarthritis Outcome Score was primary.",
         {"cartilage_defect"}),
        ("Exosomes in knee osteoarthritis: a trial",
         "Patients with knee osteoarthritis and knee pain were injected. Knee pain and joint pain "
         "fell. Chronic pain of the knee is common.", {"osteoarthritis"}),
        ("Relapse of leukaemia post allotransplant",
         "Patients with acute leukaemia relapsed after an allotransplant.",
         {"leukemia_hematology"}),
        ("Fat as a tool in rejuvenation of the lower eyelid",
         "Women with wrinkles of the eyelid received fat.", {"skin_aging"}),
        ("Therapy by internet, once or twice a week: a trial",
         "Patients with depression and/or anxiety were randomised.", {"schizophrenia_depression"}),
        ("Blood flow in poststroke depression", "Patients with poststroke depression took part.",
         {"schizophrenia_depression"}),
        ("A gel with vesicles for cardiac repair after myocardial ischaemia-reperfusion injury",
         EV + "Hearts of mice were injured. Myocardial infarction follows blocked arteries.",
         {"myocardial_ir"}),
        ("Microglial exosomes protect neurons from glutamate",
         "Sepsis-associated encephalopathy has no treatment. Exosomes may serve in "
         "sepsis-associated encephalopathy.", {"cognitive_impairment"}),
        ("Longevity assurance homolog 2 in bladder cancer",
         "The gene longevity assurance homolog 2 was read in bladder cancer.", {"cancer_therapy"}),
        ("Oral health before marrow transplantation",
         "Teeth were examined for endodontic foci and periodontal foci.", set()),
        ("Exosomes after brachial plexus avulsion", EV, {"peripheral_nerve_injury"}),
        ("Brachial plexus block for surgery of the hand", "Ten patients had a block.", set()),
        ("Swelling of fillers following influenza-like illness", "Four women came.", set()),
        ("Vesicles against influenza", EV, {"hiv_other_infection"}),
        ("Dysgerminoma in ten girls", "Ten girls had surgery.", {"cancer_therapy"}),
        ("Lithium and affective disorders", "Ten patients took lithium.",
         {"schizophrenia_depression"}),
        ("Infarction of the right ventricle", "Ten patients came.", {"myocardial_infarction"}),
    ],
)  # fmt: skip
def test_words_that_mean_another_condition(title: str, abstract: str, expected: set[str]) -> None:
    assert conditions(title, abstract) == expected


def test_a_narrower_condition_among_the_keywords_stands_beside_the_title() -> None:
    title = "Sequels in people who had COVID-19"
    body = "COVID-19 was mild. We saw ten people with long COVID. COVID-19 leaves COVID-19 scars."
    keywords = (Keyword("Long COVID"),)
    assert conditions(title, body, keywords=keywords) == {"covid19", "long_covid"}
    assert conditions(title, body) == {"covid19"}
