"""Axis ``harm``: kinds of harm that a record tells of, and where they were seen.

A word is harm only where the sentence says that it came of what was given. The disease
treated, the model made and the effect aimed at (a tumour that shrank, fewer deaths) are not.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify import safety_words, told_harms
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import words as listed
from evlit.classify.weigh import zones
from evlit.records import Tag

KINDS = ("granuloma_necrosis", "infection", "immune", "thrombosis", "tumour", "death")

_NOT = re.compile(
    r"\b(?:no|not|without|never|nor|neither|none|low|lower|lowest|less|little|lack\w*"
    r"|lacks|absence|absent|free|non|reduc\w*|decreas\w*"
    r"|minimal\w*|negligible|avoid\w*|inhibit\w*|suppress\w*|prevent\w*|attenuat\w*"
    r"|circumvent\w*|eliminat\w*|weak\w*|limited"
    r"|alleviat\w*|ameliorat\w*|anti|against|protect\w*|mitigat\w*|evad\w*|escap\w*"
    r"|fewer|poor|improv\w*|treat\w*|delay\w*|bypass\w*"
    r"|block\w*|diminish\w*|abrogat\w*|delet\w*|counteract\w*|retard\w*|regress\w*"
    r"|n't)\b[^.;]{0,55}$"
)
_NOT_DIED = re.compile(
    r"\b(?:no|not|without|never|nor|neither|none|low|lower|lowest|less|absence|absent|free|reduc\w*"
    r"|decreas\w*|avoid\w*|prevent\w*|protect\w*|fewer|improv\w*|delay\w*|n't)\b"
    r"(?:(?!, (?:and|but|while|whereas) (?:an?|one|two|three|four|five|\d+)\b)[^.;]){0,55}$"
)
_NOT_AFTER = re.compile(
    r"^[^.;,]{0,40}\b(?:was|were|is|are|be)? ?(?:not (?:observed|seen|detected|found"
    r"|increased|reported)|inhibited|suppressed|reduced|decreased|attenuated"
    r"|prevented|absent|alleviated|ameliorated|blocked|improved)\b"
)
_PRODUCT = (
    r"(?:exosom\w*|vesicles?|secretomes?|conditioned medi\w*|injections?|infusions?"
    r"|infused|injected|products?|administration"
    r"|stem[ -]cells?|stromal cells?|mscs?|evs?|sevs?|treatment|therapy"
    r"|transplantation|unapproved|application|fillers?|microneedling|mesotherapy)"
)
_ACT = r"(?<!had )(?<!having )\b(?:received|was|were|given|underwent)\b"
_CAUSED = re.compile(
    r"\b(?:after|following|during|secondary to|caused by|due to|induced by|associated with"
    r"|linked to|attributed to|related to|complication of|complicating|from)\b"
    rf"(?:(?!{_ACT})[^.;]){{0,60}}\b{_PRODUCT}\b"
)
"""What came of a giving; not "sepsis after surgery received vesicles"."""
_BY_PRODUCT = re.compile(
    rf"\b{_PRODUCT}\b[^.;]{{0,60}}\b(?:caus\w*|induc\w*|trigger\w*|led to|leading to"
    rf"|resulted in|resulting in|promot\w*|enhanc\w*|accelerat\w*|increas\w*"
    r"|complicated by|followed by|associated with|contributed to|contain\w*"
    r"|contaminat\w*|exert\w*|possess\w*|provok\w*|elicit\w*|facilitat\w*)"
)
_DEVELOPED = re.compile(
    r"\b(?:developed|presented with|presenting with|hospitali[sz]ed (?:with|for)"
    r"|suffered|experienced|diagnosed with|showed|revealed|biops\w+|complicated by"
    r"|occurrence of"
    r"|occurred|reported|cases? of|treated for)\b"
)
_RECEIVED = re.compile(
    rf"\b(?:received|undergone|underwent|given|injected with"
    rf"|treated with)\b[^.;]{{0,40}}\b{_PRODUCT}\b"
)
_WAS_REACTION = re.compile(
    r"\b(?:had|developed|experienced|suffered|showed|with|reported) (?:(?!history)[\w-]+ ){0,3}"
    r"(?:hypersensitivity reactions?|allergic reactions?|anaphyla\w+|serum sickness|angioedema)"
)
"""An immune reaction said of the people of the study needs no word on what it followed."""
_HISTORY = re.compile(
    r"\b(?:history|previous\w*|prior|exclu\w*|known|contraindicat\w*|allergic to)\b"
)
"""An immune reaction said of the people of the study needs no word on what it followed."""
_MODEL = re.compile(
    r"\b(?:model|xenograft\w*|cecal|caecal|clp|ligation|lps|lipopolysaccharide|mice"
    r"|rats?|flap|septic (?:mice|rats|shock|patients)|infected|infection of|factor"
    r"|tubular|cell"
    r"|apoptosis|avascular|femoral head|myocardial|retinal|enterocolitis|covid\w*"
    r"|sars\w*|virus|viral|hiv|hepatitis|burn|ischemi\w*|infarct\w*|bone|pulp|liver"
    r"|hepatic|pancreatic)\b"
)
_OTHER_NECROSIS = re.compile(
    r"\b(?:tumou?r necrosis factor|necrosis factor|osteonecrosis|avascular|femoral|ulcer)"
)
_RISK = re.compile(
    r"\b(?:risks?|concerns?|safety|adverse|hazards?|drawbacks?|disadvantages?"
    r"|limitations?|caution\w*|danger\w*|worr\w+|may|might|can|could|potential\w*"
    r"|reported|cases?|complications?|side[ -]effects?|harm\w*|double-edged|undesirable|unwanted)\b"
)
_TUMOUR_FED = re.compile(
    r"\b(?:promot\w*|enhanc\w*|accelerat\w*|increas\w*|induc\w*|stimulat\w*|support\w*"
    r"|facilitat\w*|form\w*|foster\w*|favou?r\w*|risks? of|concern\w*|develop\w*"
    r"|contribut\w*)\b[^.;]{0,50}$"
)
_FROM_TUMOUR = re.compile(
    r"\b(?:tumou?r|cancer|carcinoma|glioma|melanoma|leuk\w+|myeloma"
    r"|metastatic)[ -](?:cell[ -])?(?:derived|secreted|released)|\b(?:cancer"
    r"|tumou?r) (?:cells?|exosomes)"
)
_DIED = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|patients?"
    r"|participants?|subjects?|infants?|both|death rate"
    r"|mortality rate)\b[^.;]{0,40}\b(?:died|deaths?|deceased|fatal|succumbed)"
    r"|\b(?:died|deaths?|deceased|fatalit\w+)\b[^.;]{0,30}(?:\d|\b(?:one|two|three"
    r"|four|five|occurred|was|were|from|of|due|in the)\b)"
    r"|\bmortality\b[^.;]{0,50}\d|\bmortality (?:was|rate)|\bfatal (?:case|outcome|event)"
)
_CELL_DEATH = re.compile(
    r"\b(?:cell|cellular|programmed|apoptotic|neuronal|neuron|cardiomyocyte\w*"
    r"|chondrocyte\w*|myocyte\w*|hepatocyte\w*|sudden cardiac|leading cause of"
    r"|cause of|causes of|risk of|brain|tissue|immunogenic|fetal|photoreceptor"
    r"|ganglion|epithelial|endothelial|worldwide|before|until|autophagic|ferroptotic"
    r"|at)\b[ -]?(?:\w+ )?$"
)
_OF_CELLS = re.compile(
    r"\W+of (?:the )?(?:[\w-]+ ){0,2}?(?:cells?|neurons?|\w+(?:cytes?|blasts?)|axons?|tissues?)\b"
)
_DEATH_RISK = re.compile(
    r"\b(?:risks?|hazards?|odds|predict\w*|likelihood) (?:of|for) (?:[\w/-]+,? ){0,4}$"
)
_MORE_DIED = re.compile(
    r"\bmortality\b[^.;]{0,60}\b(?:higher|increased|rose|excess|worse)\b|"
    r"\b(?:higher|increased|excess) (?:[\w-]+ ){0,3}mortality\b"
)
"""A rate of deaths is an outcome that arms are compared by; harm only where it was higher."""
_ABOUT = re.compile(
    r"\bworldwide\b|\bglobal(?:ly)?\b|leading cause|high mortality|annual|million"
    r"|major cause|morbidity|epidemi"
)


class Harm(NamedTuple):
    """One harm told of."""

    kind: str
    where: str
    words: str
    hit: Hit


def find(text: Text, seen: dict[str, list[Tag]]) -> list[Harm]:
    """Return the harms a record tells of, one a kind and place, in the order of ``KINDS``."""
    hits = [(kind, h) for kind in KINDS for h in text.get(f"harm_{kind}")]
    design = seen["design"][0].value if seen.get("design") else ""
    if not (hits or design == "clinical") or not about_giving(text, seen):
        return []
    place = {"clinical": "people", "animal": "animals"}.get(design, "discussed")
    if design == "in_vitro":
        return []
    fed = any(t.value == "true" for t in seen.get("msc", ())) or _is_therapy(seen)
    given = any(t.value in ("product", "cells") for t in seen.get("given", ()))
    zone_of = zones(text)
    found: dict[tuple[str, str], Harm] = {}
    cases = {h.sentence for h in text.get("case_report")}
    for kind, hit in hits:
        if kind == "tumour" and not fed:
            continue
        zone = "own" if hit.sentence in cases and hit.sentence else zone_of[hit.sentence]
        where = _told(text, kind, hit, zone, place, given=given)
        if where and (kind, where) not in found:
            found[kind, where] = Harm(kind, where, text.quote(hit, 60), hit)
    for kind, hit in told_harms.find(text) if design == "clinical" else ():
        if kind in KINDS:
            found.setdefault((kind, place), Harm(kind, place, text.quote(hit, 60), hit))
    return sorted(found.values(), key=lambda harm: KINDS.index(harm.kind))


def as_tags(text: Text, found: list[Harm]) -> list[Tag]:
    """Return harm tags, ``kind:where``."""
    return [Tag("harm", f"{h.kind}:{h.where}", "rule", h.words, 0.8) for h in found]


def about_giving(text: Text, seen: dict[str, list[Tag]]) -> bool:
    """Return whether the record is about giving something, not about messengers and markers."""
    if any(t.value in ("product", "cells") for t in seen.get("given", ())):
        return True
    from_msc = any(t.value == "true" for t in seen.get("msc", ()))
    return from_msc or _is_therapy(seen)


def _is_therapy(seen: dict[str, list[Tag]]) -> bool:
    said = seen.get("intervention")
    return said is not None and bool(said) and said[0].value != "not_therapy"


def _told(text: Text, kind: str, hit: Hit, zone: str, place: str, *, given: bool) -> str:
    """Return where the harm was seen, ``""`` where the words tell of none."""
    sentence = text.sentences[hit.sentence]
    folded = text.folded[sentence.start : sentence.end]
    at = hit.start - sentence.start
    before, after = folded[:at], folded[at + hit.end - hit.start :]
    denied = _NOT_DIED if kind == "death" else _NOT
    if zone == "keywords" or denied.search(before) or _NOT_AFTER.search(after):
        return ""
    if kind == "death":
        return "" if _OF_CELLS.match(after) else _death(hit, folded, before, zone, place)
    if kind == "tumour":
        return _tumour(folded, before, zone, place)
    caused = bool(_CAUSED.search(folded) or _BY_PRODUCT.search(before))
    if place == "people" and zone != "background":
        known = caused or (kind == "immune" and _is_reaction(folded))
        if zone != "title":
            known = known or (_DEVELOPED.search(before) is not None and _given_nearby(text, hit))
            known = known or (given and (is_counted(text, hit) or _is_listed(before)))
        return "people" if known and not means_disease(hit, before, after) else ""
    if place == "discussed":
        return place if caused and _RISK.search(folded) else ""
    made = zone != "background" and _BY_PRODUCT.search(before)
    return "animals" if made and not _MODEL.search(before + hit.cue.literal) else ""


def _is_listed(before: str) -> bool:
    """Return whether a harm stands in a list of what the unwanted events were."""
    listed = safety_words.LISTED.search(before)
    return listed is not None and not safety_words.METHOD.search(before)


def is_counted(text: Text, hit: Hit) -> bool:
    """Return whether a reaction that is seldom a disease is told of counted subjects."""
    if hit.cue.kind == "safety_reaction" and hit.cue.literal not in listed("seldom_disease"):
        return False
    sentence = text.sentences[hit.sentence]
    before = text.folded[max(sentence.start, hit.start - 90) : hit.start]
    after = text.folded[hit.end : min(sentence.end, hit.end + 80)]
    came = safety_words.CAME.match(after) and not _PEOPLE_WITH.search(before)
    if not (came or safety_words.HAD.search(before)):
        return False
    return not safety_words.EARLIER.search(text.folded, sentence.start, sentence.end)


_PEOPLE_WITH = re.compile(r"\b(?:with|of|in|for|from|negative|positive) (?:[\w-]+ ){0,2}$")
"""Before a name of illness: it is the people's, or the agent's, that were there."""


def means_disease(hit: Hit, before: str, after: str) -> bool:
    """Return whether a word of harm names the disease or its agent ("herpes virus infection")."""
    if "transmission" in hit.cue.literal:
        return False
    kind = hit.cue.kind.removeprefix("harm_")
    return _is_disease(kind, before[-40:] + hit.cue.literal + after[:30])


def _is_reaction(folded: str) -> bool:
    return bool(_WAS_REACTION.search(folded) and not _HISTORY.search(folded))


def _is_disease(kind: str, near: str) -> bool:
    """Return whether the words beside say that the disease is meant, or another word."""
    if kind == "infection":
        return bool(_MODEL.search(near))
    return kind == "granuloma_necrosis" and bool(_OTHER_NECROSIS.search(near))


def _given_nearby(text: Text, hit: Hit) -> bool:
    """Return whether the title or a sentence beside says that it followed a giving."""
    last = len(text.sentences) - 1
    numbers = {0, max(0, hit.sentence - 1), min(last, hit.sentence + 1)}
    beside = [text.folded[slice(*text.sentences[n][:2])] for n in numbers]
    return any(_CAUSED.search(b) or _RECEIVED.search(b) for b in beside)


def _death(hit: Hit, folded: str, before: str, zone: str, place: str) -> str:
    if (
        _CELL_DEATH.search(before)
        or _DEATH_RISK.search(before)
        or _ABOUT.search(folded)
        or zone == "background"
    ):
        return ""
    if place == "people":
        compared = hit.cue.literal == "mortality" and not _MORE_DIED.search(folded)
        return "people" if zone != "title" and not compared and _DIED.search(folded) else ""
    if place == "animals":
        return (
            "animals"
            if _BY_PRODUCT.search(before)
            and re.search(r"\b(?:caused|induced|led to|resulted in)\b", before)
            else ""
        )
    return "discussed" if _CAUSED.search(folded) else ""


def _tumour(folded: str, before: str, zone: str, place: str) -> str:
    if _FROM_TUMOUR.search(folded):
        return ""
    fed = _TUMOUR_FED.search(before) or re.search(
        r"tumou?rigenic|teratoma|pro-?tumou?r|promoting|oncogenic|malignant transf", folded
    )
    if not fed or re.search(r"\b(?:inhibit|suppress|reduc|anti|against)", before[-80:]):
        return ""
    if place == "discussed":
        return "discussed" if _RISK.search(folded) else ""
    if zone == "background":
        return ""
    return place if _BY_PRODUCT.search(before) or _CAUSED.search(folded) else ""
