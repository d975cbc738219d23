"""Axis ``given``: what the people, animals or cells of a study got.

The axis that protects patients: vesicles that are measured in patients' blood were not
given to them. A hit of a vesicle or medium counts as given only beside an act of giving
("injection of exosomes", "exosome treatment"), never beside a measurement ("plasma exosome
levels"); for animals and cells an effect counts too ("exosomes alleviate …").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from evlit.classify.text import Hit, Text
from evlit.classify.weigh import squash, weigh, zones
from evlit.records import Tag

_PLENTY = 3.0
"""Sum from which more hits change nothing."""
_PRODUCT = ("vesicle", "medium", "other_preparation", "product_word")
_CELLS = ("msc", "other_stem", "cells_word")
_ZONE = {"title": 1.4, "own": 1.0, "body": 0.9, "closing": 0.5, "background": 0.15, "keywords": 0.0}

_GAP = (
    r"(?:(?!after|before|during|following|than|versus|whereas|and measured)"
    r"[\w/+().,%×^'α-ω-]+ ){0,7}"
)
_GIVE_BEFORE = re.compile(
    r"\b(?:receiv(?:ed?|ing)|administ(?:ered|ering|ration of)|inject(?:ed|ing|ions? of|ions?)|"
    r"infus(?:ed|ions? of|ing)|treat(?:ed|ment|ments|ing) (?:\w+ ){0,3}?(?:with|by|using)|"
    r"therapy (?:with|using)|application of|applied|applying|topical(?:ly)?|inhal\w+|nebuli[sz]\w+|"
    r"intraven\w+|intra-?articular\w*|intra-?dermal\w*|intra-?nasal\w*|intra-?tracheal\w*|"
    r"intra-?vitreal\w*|intra-?muscular\w*|intra-?peritoneal\w*|intra-?lesional\w*|"
    r"intra-?thecal\w*|"
    r"subcutaneous\w*|instill\w+|randomi[sz]ed to|assigned to|allocated to|doses? of|dosed with|"
    r"given(?! to)|giving|use of|using|transplantation of|vaccinat\w+ (?:[\w-]+ ){0,6}?with|"
    r"supplemented with|supplementation with|administration of|(?:microneedling|laser|prp|"
    r"radiofrequency) (?:with|plus|and|combined with)|combined with|combination with|"
    r"(?:efficacy|safety|effectiveness|tolerability)(?: [\w-]+){0,3} of|effects? of|evaluat\w+|"
    r"trial of|"
    r"study of|"
    r"containing|incubat\w+ with|exposed to|co-?cultur\w+ with|stimulated with|delivery of|"
    r"loaded with|transfer of|uptake of|transferred)\s" + _GAP + r"$"
)
_ACT_BEFORE = re.compile(
    r"\b(?:receiv|randomi|assigned|allocated|administ|inject|infus|treat|therapy|appli|applying|"
    r"topical|inhal|nebuli|intra|efficacy|safety|effectiveness|tolerability|trial of|use of|"
    r"vaccinat|"
    r"subcut|instill|dose|given|giving|transplantation|supplement|microneedling|laser)"
)
_GIVE_AFTER = re.compile(
    r"^[\s-]*(?:\([^)]{1,25}\)\s*)?(?:[\w/+-]+[\s-]){0,2}?"
    r"(?:(?:immuno)?therap(?:y|ies)|treatments?|injections?|"
    r"infusions?|administration|inhalation|applications?|transplantation|supplementation|"
    r"(?:were|was|is|are) (?:then |also |subsequently |locally |topically |intravenously )?"
    r"(?:injected|administered|given|applied|infused|inhaled|delivered|transplanted|instilled|"
    r"nebuli[sz]ed|added|used to treat|used for)|treated|"
    r"serum\b|gel\b|solution\b|lotion\b|cream\b|spray\b|hydrogel|eye ?drops?|ointment|ampoules?|"
    r"as (?:an? )?(?:\w+ ){0,2}?(?:treatment|therap|maintenance)|"
    r"(?:to|for) (?:treat|promote|repair)|"
    r"(?:for|in) (?:the )?(?:treat|heal|management)|combined with|versus|plus\b|"
    r"can (?:\w+ )?(?:safely|effectively)|for (?:\w+ ){0,4}?(?:treatment|healing|therapy)|"
    r"group|arm\b|product)"
)
_EFFECT_AFTER = re.compile(
    r"^[\s,-]*(?:\([^)]{1,30}\)\s*)?(?:[\w/+().,α-ωΑ-Ω-]+ ){0,14}?"
    r"(?:ameliorat|attenuat|alleviat|improv|promot|"
    r"protect|reduc|suppress|inhibit|enhanc|rescu|restor|accelerat|facilitat|induc|prevent|revers|"
    r"mitigat|mediat|stimulat|activat|trigger|increas|decreas|abrogat|support|exacerbat|aggravat|"
    r"impair|modulat|regulat|transfer|deliver|contribut|exert|relie|repair|regenerat|drive|"
    r"potentiat|confer|elicit|polari[sz]|up-?regulat|down-?regulat|block|caus|boost|remodel|"
    r"reprogram|taken up|internali[sz]ed|uptake)"
)
_MARKER_BEFORE = re.compile(
    r"\b(?:levels?|concentrations?|expression|content|numbers?|amounts?|profil\w+|plasma|serum|"
    r"circulating|urin\w+|blood|csf|cerebrospinal fluid|saliva\w*|isolat\w+|extract\w+|obtained|"
    r"purif\w+|measur\w+|quantif\w+|analy[sz]\w+|biomarkers?|changes? in|release of|"
    r"secretion of|proteins? in|mirnas? in|neuron-derived|neuronally[ -]derived)"
    r"\W+(?:[\w/+()-]+ ){0,4}$"
)
_MARKER_AFTER = re.compile(
    r"^[\s-]*(?:\([^)]{1,25}\)\s*)?"
    r"(?:levels?|concentrations?|biomarkers?|markers?|content|counts?|numbers?|"
    r"mi-?r\w*|micrornas?|rnas?|proteins?|proteom\w*|cargo|profiles?|release|secretion|biogenesis|"
    r"(?:[\w-]+ ){0,3}?(?:were|was) (?:isolated|measured|quantified|analy[sz]ed|extracted|purified|"
    r"collected|assessed|determined|higher|lower|increased|decreased|elevated|reduced)|"
    r"in (?:the )?(?:plasma|serum|blood|urine|csf|cerebrospinal)|"
    r"from (?:the )?(?:plasma|serum|blood|urine|patients))"
)
_ADJECTIVE = re.compile(r"exosomal|vesicular|exosome-(?:related|associated)|microvesicular")
_OF_PRODUCT = re.compile(
    r"^[\s)]*(?:\([^)]{1,20}\)[\s-]*)?(?:cells?)?[\s-]*"
    r"(?:derived|conditioned|secreted|released|exosom|secretome|evs?\b|sevs?\b|exos?\b|extracellular|microvesic|cm\b|vesic|supernatant|medium|media)"
)
_FROM_CELL = re.compile(
    r"\b(?:derived from|secreted by|released by|released from|from|of|by)\s+(?:[\w-]+ ){0,5}$"
)


class Sum(NamedTuple):
    """What speaks for one value, and the hit that says it best."""

    total: float
    best: Hit | None


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return what was given; no tag for reviews, notices and works without subjects."""
    design = _value(seen, "design")
    if design not in ("clinical", "animal", "in_vitro", "protocol"):
        return []
    people = design in ("clinical", "protocol")
    product, cells = _product(text, people=people), _cells(text)
    other = _other(text, people=people)
    intervention = _value(seen, "intervention")
    bare = not text.record.sections and weigh(text, "treated").total >= 0.5
    value, said, note = _choose(intervention, product, cells, other, people=people, bare=bare)
    quoted = text.quote(said.best) if said.best else ""
    reason = (
        "; ".join(filter(None, (quoted, note))) or "nothing given is named: observed or sampled"
    )
    rival = max((s.total for s in (product, cells, other) if s is not said), default=0.0)
    margin = said.total - 0.5 * rival if said.best else 1.0 - 0.5 * rival
    return [Tag("given", value, "rule", reason, squash(margin))]


def _value(seen: dict[str, list[Tag]], axis: str) -> str:
    said = seen.get(axis)
    return said[0].value if said else ""


def _choose(
    intervention: str, product: Sum, cells: Sum, other: Sum, *, people: bool, bare: bool
) -> tuple[str, Sum, str]:
    """Return the value, what speaks for it, and a note where two things were given."""
    if product.total >= 0.8 and not (intervention == "cells" and cells.total > product.total):
        both = cells.total >= 1.0 and intervention in ("cells", "cells_plus_product")
        return "product", product, "cells were given too" if both else ""
    if people and bare and intervention != "cells" and product.best and product.total > 0:
        return "product", product, "the title is all there is"
    treats = ("ev", "engineered_ev", "conditioned_medium", "other_product", "cells_plus_product")
    if not people and intervention in treats and product.best:
        return "product", product, f"about {intervention}"
    if cells.total >= (0.5 if intervention == "cells" else 1.0):
        return "cells", cells, ""
    if other.total >= (0.8 if people else 0.5):
        return "other", other, ""
    return "nothing", Sum(0.0, None), ""


# ---------------------------------------------------------------------------------- sums


def _product(text: Text, *, people: bool) -> Sum:
    """Weigh vesicles, media and other acellular preparations as given."""
    zone_of = zones(text)
    total, best, most, told = 0.0, None, 0.0, False
    for hit in _hits(text, _PRODUCT):
        if people and _ADJECTIVE.match(text.folded, hit.start):
            continue
        weight = _given_weight(text, hit, people=people) * _ZONE[zone_of[hit.sentence]]
        total += weight
        told = told or (weight > 0 and hit.sentence > 0)
        if weight > most:
            best, most = hit, weight
        if total >= _PLENTY:
            break
    if people and not told and len(text.record.sections):
        total *= 0.5  # a title alone may name what the study only asks about
    if best is None and not people:
        best = next(iter(_hits(text, _PRODUCT)), None)
    return Sum(total, best)


def _given_weight(text: Text, hit: Hit, *, people: bool) -> float:
    before, after = _around(text, hit)
    if not people and _GIVE_AFTER.match(after):
        return 1.0
    marker = bool(_MARKER_BEFORE.search(before) or _MARKER_AFTER.match(after))
    give = _GIVE_BEFORE.search(before)
    if give and _ACT_BEFORE.match(give.group()):
        return 0.3 if marker else 1.0
    if people and _GIVE_AFTER.match(after):
        return 0.3 if marker else 1.0
    if people:
        bare = not text.record.sections and hit.sentence == 0
        return 0.0 if marker else 0.4 if give or bare else 0.0
    if _EFFECT_AFTER.match(after):
        return 0.2 if marker else 0.7
    return 0.5 if give else 0.0


def given_to_people(text: Text) -> float:
    """Weigh sentences on the authors' own work in which people are given a product."""
    known = text.memo.get("given_to_people")
    if known is None:
        known = text.memo["given_to_people"] = _given_to_people(text)
    return float(known)


def _given_to_people(text: Text) -> float:
    zone_of = zones(text)
    people = {h.sentence for h in text.get("person")}
    animals = {h.sentence for kind, hits in text.hits.items()
               if kind.startswith(("animal_", "strain_")) for h in hits}  # fmt: skip
    if text.has("human_title"):
        people.add(0)
    return sum(
        _given_weight(text, hit, people=True)
        for hit in _hits(text, _PRODUCT)
        if hit.sentence in people - animals
        and zone_of[hit.sentence] in ("own", "body", "title")
        and not _ADJECTIVE.match(text.folded, hit.start)
    )


def _cells(text: Text) -> Sum:
    """Weigh cells as given; a cell's name that only tells a vesicle's origin does not count."""
    zone_of = zones(text)
    total, best, most = 0.0, None, 0.0
    for hit in _hits(text, _CELLS):
        before, after = _around(text, hit)
        if _OF_PRODUCT.match(after) or (_FROM_CELL.search(before) and hit.cue.kind != "cells_word"):
            continue
        give = _GIVE_BEFORE.search(before)
        acts = hit.cue.kind == "cells_word" or (give and _ACT_BEFORE.match(give.group()))
        weight = 0.8 if acts or _GIVE_AFTER.match(after) else 0.0
        weight *= _ZONE[zone_of[hit.sentence]]
        total += weight
        if weight > most or best is None:
            best, most = hit, weight
    return Sum(total, best)


def _other(text: Text, *, people: bool) -> Sum:
    """Weigh drugs, devices and procedures; for people an act must be told, or the title say it."""
    zone_of = zones(text)
    acts = [(0.5 * _ZONE[zone_of[h.sentence]], h) for h in text.get("intervention_act")]
    if not people:
        acts += [(0.5 * _ZONE[zone_of[h.sentence]], h) for h in text.get("laboratory_act")]
    nouns = [(0.25 * _ZONE[zone_of[h.sentence]], h) for h in text.get("intervention_word")]
    if people and not acts and not text.in_title("intervention_word"):
        return Sum(0.0, None)
    weights = sorted(acts + nouns, key=lambda p: -p[0])
    return Sum(sum(w for w, _ in weights[:5]), weights[0][1] if weights else None)


def _hits(text: Text, kinds: Iterable[str]) -> list[Hit]:
    found = [hit for kind in kinds for hit in text.get(kind)]
    found.sort(key=lambda h: (h.start, -h.end))
    kept: list[Hit] = []
    for hit in found:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _around(text: Text, hit: Hit) -> tuple[str, str]:
    sentence = text.sentences[hit.sentence]
    before = text.folded[max(sentence.start, hit.start - 110) : hit.start]
    end = hit.end
    while end < sentence.end and text.folded[end].isalnum():  # "exosom*" stops inside the word
        end += 1
    after = text.folded[end : min(sentence.end, end + 110)]
    return before, after
