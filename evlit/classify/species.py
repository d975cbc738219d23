"""Axis ``species``: the live animals of a study, told from cells and sera of animals.

"mouse macrophages" are cells, "mouse model" is an animal, "cells from C57BL/6 mice" are a
donor: the words around the noun decide.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify.pubmed_types import heading_groups, is_automated
from evlit.classify.text import Hit, Sentence, Text
from evlit.classify.weigh import squash, words, zones
from evlit.records import Tag

_ZONE = {"title": 1.5, "own": 1.0, "body": 0.9, "background": 0.3, "closing": 0.5, "keywords": 0.5}

_CELL_NOUN = (
    r"cells?|lines?|fibroblasts?|macrophages?|monocytes?|neurons?|neurones?|motoneurons?|"
    r"cardiomyocytes?|myocytes?|myoblasts?|hepatocytes?|astrocytes?|microglia|keratinocytes?|"
    r"chondrocytes?|osteoblasts?|osteoclasts?|podocytes?|splenocytes?|thymocytes?|lymphocytes?|"
    r"adipocytes?|preadipocytes?|myotubes?|enterocytes?|granulocytes?|gonocytes?|blastocysts?|"
    r"oligodendrocytes?|melanocytes?|tenocytes?|platelets|sperm|"
    r"spermatozoa|oocytes?|embryos|erythrocytes?|neutrophils?|bmscs?|mscs?|adscs?|asc|ascs|npcs|"
    r"nscs|escs|ipscs|mefs|bmdms?|huvecs?|pmvecs?|vsmcs?|islets|organoids?|stem|stromal|"
    r"progenitors?|endothelial|epithelial|mesangial|exosomes?|evs?|vesicles|serum|plasma|"
    r"antibod\w+|igg|monoclonal|polyclonal|albumin|collagen|trypsin|insulin|thrombin|"
    r"microsomes?|mitochondria|homogenates?|synaptosomes?|membranes?|genome|genes?|cdna|"
    r"promoter|neuroblastoma|melanoma|hybridoma|aorti[cs] rings?|xenoantigen|anti-\w+|c57bl|"
    r"hemoglobin|immunoglobulin|collagen|milk|feces|enzymes?|proteins?|mammary|pancreatic islets|"
    r"\w*globulins?|atg|leu[ck]ocytes?|phagocytes?|eosinophils?|basophils?|dendritic|coelomocytes?|"
    r"ha?emocytes?|synoviocytes?|reticulocytes?"
)  # fmt: skip
_TO_CELL = re.compile(
    rf"[\s-]+(?:(?!and\b|with\b|were\b|was\b|by\b|for\b|in\b|model|models\b|study|after|induced|"
    rf"following|using|treated|or\b|of\b|to\b|on\b|as\b|receiv|"
    rf"given\b|got\b|fed\b|inject|infus|inhal|bearing\b|carrying\b|that\b|which\b|clear|tolerat|"
    rf"show|had\b|recover)[\w/+().'α-ω-]+[\s-]+){{0,5}}?(?:{_CELL_NOUN})\b"
)
_SPECIFIC = re.compile(r"\bcells? specifically\b|-specific\b")
"""A change in the cells of a live animal: "mice intestinal epithelial cells specifically"."""
_MODEL = re.compile(r"[\s-]+(?:[\w/()+'α-ω-]+[\s,-]+){0,5}?models?\b")
_CELL_MODEL = re.compile(r"\b(?:cells?|vitro|cultures?)\b")
_FROM = re.compile(
    r"\b(?:cells?|neurons?|macrophages?|cardiomyocytes|fibroblasts|bmscs?|mscs?|adscs?|"
    r"cultures?|slices|islets|hepatocytes|microglia|astrocytes|chondrocytes|leu[ck]ocytes|"
    r"coelomocytes|ha?emocytes|isolated|derived|"
    r"harvested|extracted|prepared|cultured|obtained|collected|separated|tissues?|arteries|"
    r"strips|rings|muscles?|membranes|microsomes|homogenates?|mitochondria|marrow)\b"
    r"[^.;]{0,45}?\b(?:from|of)\b[^.;]{0,35}$"
)
_GIVEN = re.compile(
    r"^[\s(]*(?:(?!were|was)\w+\s+)?(?:that|which|subjected|fed|exposed|treated|undergoing|"
    r"injected|receiving|"
    r"with|after|following|bearing|inoculated|given)\b"
)
_GAVE_CELLS = re.compile(
    r"[^.;]{0,20}?\b(?:were|was) (?:used|sacrificed|killed|euthani[sz]ed)? ?(?:for|to) (?:the )?"
    r"(?:(?:bone marrow|cell|cells|tissue|primary) )?(?:extract|isolat|harvest|obtain|"
    r"collect|aspirat)"
)
"""Animals that only gave cells: "pigs were used for bone marrow extraction"."""
_PATIENTS = re.compile(
    r"[\s-]+(?!(?:teeth|tooth|bite|fossa|impact|eminence)\w*\b)(?:[\w-]+ )?patients?\b"
)
_OF_ANIMALS = frozenset({"canine", "feline", "equine", "bovine"})
"""Words that make patients animals: "critically ill canine patients"."""
_TREATED_ANIMALS = frozenset({"dog", "cat", "horse", "cow"})
_CASES_IN = re.compile(r"\bin (?:(?:an?|one|two|three|four|the|\d+|[\w-]+) ){0,3}$")
_PEOPLE_OF = re.compile(r" (?:owners?|bites?|scratch|allerg\w+|breeders?|workers?|sensiti\w+)\b")
_PATIENT = 2.5
"""Weight of an animal that is the patient: patients and cases told of are then no people."""
_ANTI = re.compile(r"\b(?:anti|fetal|foetal|bovine serum|newfoundland (?:and|&))[\s-]*$")
_CONSTRUCT = re.compile(
    r"\b(?:transfect\w*|express\w*|overexpress\w*|mutant|mutated|mutation) .{0,30}$"
)
"""Words that make a strain's name one of a gene put into cells."""
_EARLIER_WORK = re.compile(
    r"\b(?:encouraging|promising|positive|previous|earlier|preclinical) "
    r"(?:results|experiments|findings|data|studies) in (?:[\w-]+ (?:and )?)?$|"
    r"\bafter experiments in (?:[\w-]+ and )?$|\bchosen from (?:[\w-]+ )?$|"
    r"\bas in (?:newborn |adult |young )?$"
)
"""Animals of work before this: "after encouraging results in rats, we treated patients"."""
_IN_ANIMALS = re.compile(r"[\w\s()/-]{0,12}\b(?:mice|mouse|rats?|models?|transgenic)\b")
_NEVER = {
    "cow": re.compile(
        r"[\s-]+(?:serum|albumin|milk|collagen|pericardi|insulin|trypsin|thrombin|bone|"
        r"hydroxyapatite|colostrum|lactoferrin|pancrea|spongiform|aortic|thymus|pressure|"
        r"muscles?\b|"
        r"vein|pain|circumference|swelling|cramp|blood flow)|s?['-]+s?[ -]?eye"
    ),
    "cat": re.compile(r"\W{0,2}\s*(?:scan|scans|assay|activity)|['s-]*[ -]eye"),
    "bird": re.compile(r"[\s-]+(?:breast|chest|fancier|toe)"),
    "insect": re.compile(
        r"[\s-]+(?:allerg|antigen|sensiti|(?:mori )?(?:nucleopolyhedro|cypovirus|npv)|cocoon|silk|"
        r"fibroin)"
    ),
    "fish": re.compile(
        r",? ?-?(?:bowl|dna\b|pdrn|sperm|testis|roe|calcitonin|polydeoxy|exosom|oil|intake|"
        r"consumption|meal|dairy|gelatin|and meat|and seafood|prod)"
    ),
    "dog": re.compile(r"[\s-]+(?:family|homolog|transcription)"),
    "fly": re.compile(r"[\s-]+(?:[\w-]+ ){0,2}(?:homolog|ortholog)"),
    "chicken": re.compile(r"'?s?'?[\s-]+egg"),
    "other": re.compile(
        r"\w*[\s-](?:single[- ]domain|nanobod|vhh|heavy[- ]chain)|\W*(?:assays?|xf|flux|analy[sz]|"
        r"extracellular|metabolic|bioenergetic)"
    ),
    "monkey": re.compile(
        r"[\s-]+(?:sensiti|negative|positive|factor|immuni|isoimm|disease|antigen|d\b|blood|"
        r"h[ae]*emol)"
    ),
}
_FOR_SALE = frozenset(
    {"fish", "sheep", "goat", "cow", "pig", "horse", "chicken", "other", "insect"}
)
_SHARE_OF_SOURCES = re.compile(r" (?:in |\()?\d+(?:\.\d+)? ?%")
_SOURCES = ("%", "exosom", "vesic", "product", "prepar", "plant", "rose", "algae", "milk", "cord")
_SOURCE_BEFORE = re.compile(
    r"\b(?:exosomes?|vesicles?|products?|sources?|allergens?|foods?)\b[^.;]{0,80}%[^.;]{0,50}$|"
    r"\b(?:exosomes?|vesicles?|products?|preparations?)\b(?: \w+){0,2} (?:of|from) "
    r"(?:(?!in\b|on\b|to\b|into\b|for\b|protect|improv)[\w%,()-]+ ){0,5}$|"
    r"\b(?:plants?|roses?|algae|milk|placenta|umbilical cord)(?:,| and| or) $"
)
_SOURCE_AFTER = re.compile(
    r"[\s-]+(?:or [\w-]+ |and [\w-]+ )?(?:milk|placenta\w*|colostrum|exosom)"
)
"""Animals in a list of what products are made of: "plants in 16%, salmon in 5%"."""
_TRANSITION = re.compile(
    r"\b(?:emt|\w-cadherin|cadherin|vimentin|zeb1|twist1|snai[12]|mesenchymal transition)\b"
)
"""Words of a record in which Snail is a protein."""
_PROTEIN_AFTER = re.compile(
    r"[12]\b|[/-]|(?: family)?,? (?:signal|axis|pathway|expression|zinc|transcription|protein|mrna|"
    r"promoter)"
)
_ORGAN = re.compile(
    r"[\s-]+(?:lungs?|liver|kidneys?|hearts?|brains?|muscles?|skin|eyes?|lens|retina|tissues?|"
    r"spleen|thymus|pancreas|intestin\w+|stomach|aorta|arter\w+|testis|ovar\w+|pituitary|adrenal|"
    r"adipose|cartilage|tendons?|bones?|teeth|brain cortex|cerebell\w+|hippocamp\w+|placenta)\b"
)
"""An organ after a noun: "sheep lung" may be a whole animal's or bought at a slaughterhouse."""
_IMMUNIZED = frozenset({"rabbit", "goat", "sheep", "horse", "guinea_pig"})
"""Animals that give sera; where an antiserum is told of they are its source."""
_RAISED = re.compile(r"\bantibod(?:y|ies) (?:[\w-]+ ){0,4}(?:in|from) (?:an? )?$")
_ANTISERUM = re.compile(r"\bantiser|\bantibod(?:y|ies) (?:were|was) (?:raised|prepared|produced)")


class Live(NamedTuple):
    """A species seen as a live animal, with the weight of what says so."""

    key: str
    weight: float
    hit: Hit


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the species of live animals; ``unspecified`` where the model is clear only."""
    design = seen["design"][0] if seen.get("design") else None
    all_designs = {t.value for t in seen.get("designs", ())}
    if design is None or "animal" not in all_designs:
        return []
    best: dict[str, Live] = {}
    total: dict[str, float] = {}
    for one in live(text):
        total[one.key] = total.get(one.key, 0.0) + one.weight
        if one.key not in best or one.weight > best[one.key].weight:
            best[one.key] = one
    from_mesh = _from_headings(text)
    floor = 0.5 * min(1.0, max(total.values(), default=0.0))
    chosen = {k for k, w in total.items() if w >= max(0.45, floor)} | _confirmed(total, from_mesh)
    out = [_tag(text, key, total.get(key, 0.0), best.get(key), from_mesh.get(key))
           for key in sorted(chosen)]  # fmt: skip
    if not out:
        out = [
            Tag(
                "species",
                "unspecified",
                "rule",
                f"animal work, species not stated ({design.reason})",
                0.6,
            )
        ]
    return out


def live(text: Text) -> list[Live]:
    """Return every hit of an animal noun or strain that means a live animal, weighed."""
    known = text.memo.get("live")
    if known is None:
        known = text.memo["live"] = list(_live(text))
    return known


_ANIMALS = ("animal_", "strain_")
"""How classes of cues that name an animal begin."""


def _live(text: Text) -> list[Live]:
    found: list[Live] = []
    zone_of = zones(text)
    for kind, hits in text.hits.items():
        if kind[:7] in _ANIMALS and kind != "animal_act":
            key = kind[7:]
            strain = kind[0] == "s"
            for hit in hits:
                weight = 0.0 if _means_other(text, hit) else _weight(text, key, hit, strain)
                if weight:
                    found.append(Live(key, weight * _ZONE[zone_of[hit.sentence]], hit))
    return found


def _weight(text: Text, key: str, hit: Hit, strain: bool) -> float:
    """Return what one noun says for a live animal, 0 where it is cells, serum or antibody."""
    sentence = text.sentences[hit.sentence]
    after = text.folded[hit.end : min(sentence.end, hit.end + 90)]
    before = text.folded[max(sentence.start, hit.start - 90) : hit.start]
    construct = strain and _CONSTRUCT.search(before) and not _IN_ANIMALS.match(after)
    never = _ANTI.search(before) or (key in _NEVER and _NEVER[key].match(after))
    if construct or never or _is_acronym(text, hit, sentence):
        return 0.0
    if key in _FOR_SALE and _is_for_sale(before, after):
        return 0.0
    serum = key in _IMMUNIZED and _ANTISERUM.search(text.folded, sentence.start, sentence.end)
    if serum or _RAISED.search(before):
        return 0.1
    return _weight_of_word(text, key, hit, before, after, strain=strain)


def _is_for_sale(before: str, after: str) -> bool:
    """Return whether an animal only names what a sold product is made of."""
    if not any(word in before for word in _SOURCES) or not _SOURCE_BEFORE.search(before):
        return False
    return bool(
        _SHARE_OF_SOURCES.match(after)
        or _SOURCE_AFTER.match(after)
        or "exosom" in before
        or "product" in before
    )


def _weight_of_word(
    text: Text, key: str, hit: Hit, before: str, after: str, *, strain: bool
) -> float:
    if key in _TREATED_ANIMALS and _PEOPLE_OF.match(after):
        return 0.0
    model = _MODEL.match(after)
    if model and not _CELL_MODEL.search(model.group()):
        return 1.4
    if _is_patient(text, key, hit, before, after):
        return _PATIENT
    if _TO_CELL.match(after) and not _SPECIFIC.search(after):
        return 0.0
    donor = bool(_FROM.search(before)) and not _GIVEN.match(after)
    donor = donor or _GAVE_CELLS.match(after) is not None
    share = 0.3 if _EARLIER_WORK.search(before) else 1.0
    return share * _noun_weight(text.folded[hit.start : hit.end], after, donor=donor, strain=strain)


def _means_other(text: Text, hit: Hit) -> bool:
    """Return whether a word means another animal: "guinea pigs", "client-owned" cats."""
    if hit.cue.literal == "client-owned":
        return any(text.has(kind) for kind in ("animal_cat", "animal_horse", "animal_rabbit"))
    if hit.cue.literal == "snail":
        return bool(
            _PROTEIN_AFTER.match(text.folded, hit.end)
            or text.folded[hit.start - 1 : hit.start] in ("/", "-")
            or _TRANSITION.search(text.folded)
        )
    return text.folded.startswith(("guinea ", "guinea-"), max(0, hit.start - 7))


def _is_patient(text: Text, key: str, hit: Hit, before: str, after: str) -> bool:
    """Return whether an animal is the patient: "canine patients", a title's "case in a dog"."""
    if text.folded[hit.start : hit.end] in _OF_ANIMALS and _PATIENTS.match(after):
        return True
    if key not in _TREATED_ANIMALS or hit.sentence or not _CASES_IN.search(before):
        return False
    people = any(h.sentence == 0 and h.cue.literal not in words("not_only_people")
                 for h in text.get("person"))  # fmt: skip
    return not people and _PEOPLE_OF.match(after) is None


def _is_acronym(text: Text, hit: Hit, sentence: Sentence) -> bool:
    """Return whether a word in capitals stands for another: "(FISH)", "catalase (CAT)"."""
    if not text.plain[hit.start : hit.end].isupper():
        return False
    return not text.plain[sentence.start : sentence.end].isupper()


def _noun_weight(word: str, after: str, *, donor: bool, strain: bool) -> float:
    """Return what a noun says that stands for no model, cell or serum."""
    if not (strain or word in words("animal_plurals")):
        return 0.0 if donor else 0.5
    if donor:
        return 0.15
    return 0.4 if word in words("animal_singular_plurals") and _ORGAN.match(after) else 1.1


def _from_headings(text: Text) -> dict[str, str]:
    return {
        group.partition(":")[2]: names[0]
        for group, names in heading_groups(text).items()
        if group.startswith("species:")
    }


def _confirmed(total: dict[str, float], from_mesh: dict[str, str]) -> set[str]:
    """Headings alone name the species where the text names none, or names it faintly."""
    if not total:
        return set(from_mesh)
    return {key for key in from_mesh if key in total}


def _tag(text: Text, key: str, weight: float, best: Live | None, heading: str | None) -> Tag:
    reasons = [text.quote(best.hit)] if best else []
    if heading:
        reasons.append(f"MeSH: {heading}" + (" (automated)" if is_automated(text) else ""))
    source = "rule" if best else "mesh"
    return Tag("species", key, source, "; ".join(reasons), squash(weight + (0.8 if heading else 0)))
