"""Axis ``given``: what the people, animals or cells of a study got.

The axis that protects patients: vesicles that are measured in patients' blood were not
given to them. A hit of a vesicle or medium counts as given only beside an act of giving
("injection of exosomes", "exosome treatment"), never beside a measurement ("plasma exosome
levels"); for animals and cells an effect counts too ("exosomes alleviate …").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify.evidence import evidence
from evlit.classify.giving import (
    act_beside,
    apart,
    around,
    in_a_dish,
    is_essay,
    nobody_treated,
    product_hits,
    weight_for_others,
    weight_for_people,
)
from evlit.classify.species import live
from evlit.classify.subjects import people_hits
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import squash, weigh, words, zones
from evlit.records import Tag

_RECEIVED = 0.9
"""Weight of a verb of getting beside people."""
_TOLD = 0.4
"""Weight of acts of giving from which effects count in full."""
_PLENTY = 2.0
"""Sum from which more hits change nothing."""
_CELLS = ("msc", "other_stem", "cells_word", "cell_treatment")
_SURELY_CELLS = ("cells_word", "cell_treatment")
"""Classes with names of treatments; of plain cells an act must be told."""
_ZONE = {"title": 1.4, "own": 1.0, "body": 0.9, "closing": 0.5, "background": 0.15, "keywords": 0.0}

_OF_PRODUCT = re.compile(
    r"^[\s)]*(?:\([^)]{1,20}\)[\s-]*)?"
    r"(?:(?:stem|stromal|progenitor|precursor)[\s/-]*)*(?:cells?)?[\s-]*"
    r"(?:derived|conditioned|secreted|released|exosom|secretome|evs?\b|sevs?\b|exos?\b|"
    r"extracellular|microvesic|cm\b|vesic|supernatant|medium|media)"
)
_FROM_CELL = re.compile(
    r"\b(?:derived from|secreted by|released by|released from|from|by|"
    r"(?<!tation )(?<!jection )(?<!fusion )(?<!ration )(?<!ting )(?<!tions )(?<!sions )of)"
    r"\s+(?:(?!injection|infusion|transplant|administration|implant)[\w-]+ ){0,5}$"
)
"""A cell that vesicles come from; "transplantation of" makes it what is given."""
_INTO_CELL = re.compile(r"\b(?:\w*transfected|transduced|introduced|delivered) into (?:the )?$")
"""A cell that something is put into: "genes transfected into BMSCs"."""
_BACKGROUND_CELLS = re.compile(
    r"\b(?:recipients|survivors|candidates|history) (?:of|for) (?:[\w-]+ ){0,4}$|"
    r"\b(?:before|prior to|awaiting|pre-?) ?(?:[\w-]+ ){0,3}$"
)
"""People known by a treatment with cells that the study did not give."""
_CELLS_GIVEN = re.compile(
    r"therap|transplant|infus|inject|administ|implant|transfer|vaccin|concentrate|car-|car t|sheet|"
    r"sct|bmt|killer|adrc|regenerative|fraction|antigen|cultivated|engraft"
)
"""Words in the name of cells that tell of their giving."""
_NO_TREATMENT = re.compile(
    r" (?:(?!treatment|therap|drug|with|for|after|before|of|to|in|by|at|from|or|surg)[\w-]+ ){0,3}?"
    r"(?:questionnaires?|surveys?|links?|invitations?|"
    r"diagnos[ie]s|grants?|answers?|"
    r"attention|funding|e-?mails?|letters?)\b| their (?:[\w-]+ ){0,2}education\b"
)
"""What people receive that is no treatment."""
_NEAR = 16
"""Letters after a cell's name in which its giving may be named."""
_DOES = re.compile(r"[a-z]+s$")
"""A title's verb in the present: "regulates", not "analysis of"."""


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
    product, cells = _product(text, people=people, alive=design == "animal"), got_by_people(text)[1]
    other = _other(text, people=people)
    intervention = _value(seen, "intervention")
    named = any(h.sentence == 0 for h in people_hits(text))
    bare = not text.record.sections and (named or weigh(text, "treated").total >= 0.5)
    value, said, note = _choose(
        intervention, product, cells, other, people=people, bare=bare, alive=design == "animal"
    )
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
    intervention: str,
    product: Sum,
    cells: Sum,
    other: Sum,
    *,
    people: bool,
    bare: bool,
    alive: bool,
) -> tuple[str, Sum, str]:
    """Return the value, what speaks for it, and a note where two things were given."""
    if product.total >= 0.8 and not (intervention == "cells" and cells.total > product.total):
        both = cells.total >= 1.0 and intervention in ("cells", "cells_plus_product")
        return "product", product, "cells were given too" if both else ""
    if people and bare and intervention != "cells" and product.best and product.total > 0:
        return "product", product, "the title is all there is"
    treats = ("ev", "engineered_ev", "conditioned_medium", "other_product", "cells_plus_product")
    tried = product.total > 0 or alive  # on cells, a name alone tells of no trial
    if not people and intervention in treats and product.best and tried:
        return "product", product, f"about {intervention}"
    titled = intervention == "cells" and cells.best is not None and cells.best.sentence == 0
    if cells.total >= (0.5 if intervention == "cells" else 1.0) or (titled and not people):
        return "cells", cells, ""
    if other.total >= (0.8 if people else 0.5):
        return "other", other, ""
    return "nothing", Sum(0.0, None), ""


# ---------------------------------------------------------------------------------- sums


def got_by_people(text: Text) -> tuple[Sum, Sum]:
    """Return what speaks for people having got a product, and for their having got cells."""
    known: tuple[Sum, Sum] | None = text.memo.get("got_by_people")
    if known is None:
        known = text.memo["got_by_people"] = _to_people(text), _cells(text)
    return known


def _product(text: Text, *, people: bool, alive: bool) -> Sum:
    """Weigh vesicles, media and other acellular preparations as given."""
    return got_by_people(text)[0] if people else _to_others(text, alive=alive)


def _for_people(text: Text, weight: float, act: Hit) -> float:
    """Return what an act weighs that may be a verb of getting beside people, in own work."""
    if act.cue.literal not in words("received"):
        return weight
    if _NO_TREATMENT.match(text.folded, act.end):
        return 0.0
    own = zones(text)[act.sentence] in ("own", "body")
    got = own and any(h.sentence == act.sentence for h in text.get("person"))
    return _RECEIVED if got else weight


def _other_acts(text: Text, verb: Hit) -> bool:
    """Return whether a title says what something else than a product does."""
    first = next(iter(product_hits(text)), None)
    alone = first is None or first.start > verb.start
    return alone and _DOES.match(verb.cue.literal) is not None


def _to_people(text: Text) -> Sum:
    zone_of, products = zones(text), product_hits(text)
    asked = text.in_title("asked_title") and not text.in_title("trial")
    if not products or asked or nobody_treated(text) or is_essay(text):
        return Sum(0.0, None)
    total, best, most, told = 0.0, None, 0.0, False
    for hit in products:
        zone = _ZONE[zone_of[hit.sentence]]
        weight = zone and weight_for_people(text, hit) * zone
        total += weight
        told = told or (weight > 0 and hit.sentence > 0)
        if weight > most:
            best, most = hit, weight
        if total >= _PLENTY:
            break
    if total and not told and text.record.sections and not _is_given_in_text(text):
        total *= 0.5  # a title alone may name what the study only asks about
    return Sum(total, best)


_GIVEN_AGAIN = re.compile(
    r"\b(?:the|these|this|each|single|first|last|per|received|both|one|two|three|\d+) "
    r"(?:[\w-]+ ){0,2}(?:drops|infusions?|injections?|preparation|product|vaccinations?|enemas?|"
    r"instillations?|sprays?|cream|ointment|vials?|doses?|drip)\b|"
    r"\b(?:it|they|which) (?:was|were) (?:then )?"
    r"(?:applied|injected|given|infused|instilled|administered|placed)\b|"
    r"\bwere (?:injected|infused|vaccinated|instilled|sprayed)\b"
)
"""What was given, named again without its name."""


def _is_given_in_text(text: Text) -> bool:
    """Return whether the authors' own work tells of the giving that the title names."""
    zone_of = zones(text)
    return evidence(text).titled_people or any(
        zone_of[n] in ("own", "body") and _GIVEN_AGAIN.search(text.folded, *s[:2])
        for n, s in enumerate(text.sentences)
    )


def _to_others(text: Text, *, alive: bool) -> Sum:
    """Weigh for animals and cells; effects count little where no giving is told."""
    zone_of = zones(text)
    acts, effects, best, most = 0.0, 0.0, None, 0.0
    only_dish = alive and _animals_got_other(text)
    for hit in product_hits(text):
        weight, act = weight_for_others(text, hit)
        if only_dish and in_a_dish(text, hit):
            continue
        weight *= _ZONE[zone_of[hit.sentence]]
        acts, effects = (acts + weight, effects) if act else (acts, effects + weight)
        if weight > most:
            best, most = hit, weight
        if acts >= _PLENTY:
            break
    bare = not text.record.sections
    best = best or next(iter(product_hits(text)), None)
    return Sum(acts + effects * (1.0 if bare or acts >= _TOLD else 0.4), best)


def _animals_got_other(text: Text) -> bool:
    """Return whether a treatment is told in a sentence on animals without a product."""
    zone_of = zones(text)
    products = {h.sentence for h in product_hits(text)}
    if 0 in products:
        return False
    animals = {one.hit.sentence for one in live(text)}
    return any(
        h.sentence in animals - products and zone_of[h.sentence] in ("own", "body")
        for h in text.get("intervention_act")
    )


def _cells(text: Text) -> Sum:
    """Weigh cells as given; a cell's name that only tells a vesicle's origin does not count."""
    zone_of = zones(text)
    total, best, most = 0.0, None, 0.0
    products = product_hits(text)
    for hit in apart(text, _CELLS):
        if any((p.start <= hit.start and hit.end <= p.end) or p.end == hit.end for p in products):
            continue  # "MSC-Exo" is a vesicle, "Wharton's jelly allograft" no cell
        before, after = around(text, hit)
        named = hit.cue.kind in _SURELY_CELLS and _CELLS_GIVEN.search(
            text.folded, hit.start, hit.end + _NEAR
        )
        if _OF_PRODUCT.match(after) or (_FROM_CELL.search(before) and not named):
            continue
        if _INTO_CELL.search(before):
            continue
        weight = 0.8 if named and not _BACKGROUND_CELLS.search(before) else 0.0
        weight = 1.2 if act_beside(before, after) else weight
        weight *= _ZONE[zone_of[hit.sentence]]
        total += weight
        if weight > most or best is None:
            best, most = hit, weight
    return Sum(total, best)


def _other(text: Text, *, people: bool) -> Sum:
    """Weigh drugs, devices and procedures; for people an act must be told, or the title say it."""
    zone_of = zones(text)
    act = 0.5 if people else 0.6
    acts = [(act * _ZONE[zone_of[h.sentence]], h) for h in text.get("intervention_act")]
    if not people:
        acts += [(0.5 * _ZONE[zone_of[h.sentence]], h) for h in text.get("laboratory_act")]
        acts += [(0.5, h) for h in text.get("title_verb") if _other_acts(text, h)]
    if people:
        acts = [(_for_people(text, weight, h), h) for weight, h in acts]
    nouns = [(0.25 * _ZONE[zone_of[h.sentence]], h) for h in text.get("intervention_word")]
    if people:
        acts = [(weight, h) for weight, h in acts if not in_a_dish(text, h)]
    if people and not acts and not text.in_title("intervention_word"):
        return Sum(0.0, None)
    weights = sorted(acts + nouns, key=lambda p: -p[0])
    return Sum(sum(w for w, _ in weights[:5]), weights[0][1] if weights else None)
