"""Tells whether a record makes vesicles, medium or cells a treatment, and by which words."""

from __future__ import annotations

import re

from evlit.classify.form import BESIDE, MECHANISM, engineered_title, speaks_of_delivery
from evlit.classify.text import Hit, Text
from evlit.classify.vesicle_source import Facts, first
from evlit.classify.weigh import zones

_OFTEN = 3
"""Times that giving vesicles must be spoken of where the title does not say it."""
_TRIED = {"animal", "clinical", "protocol", "review"}
"""Designs in which vesicles named in the title with their cells are there to be given."""
_OBJECT = re.compile(
    r"\b(?:differentiat(?:ion|ing)|osteogenesis|adipogenesis|chondrogenesis|senescence|ag(?:e)?ing"
    r"|proliferation|migration|isolation|expansion|characteri[sz]ation|cryopreservation|culture"
    r"|reprogramming|conversion|transdifferentiation|to investigate|fate|commitment|homing"
    r"|stemness|exhaustion)\b"
)


def cells_given(facts: Facts) -> Hit | None:
    """Return the cells that are the treatment (vesicles at most how they work), or None."""
    text = facts.text
    cell = facts.title_msc or text.in_title("other_stem")
    helps = text.in_title("benefit") or text.in_title("cell_therapy")
    if cell is None or _object(text, cell) or text.in_title("other_preparation"):
        return None
    therapy, given = len(text.get("cell_therapy")), len(text.get("given_vesicle"))
    product = facts.title_vesicle or facts.title_medium
    if text.in_title("harm") and not helps and not _opposed(text):
        return None
    paracrine = text.in_title("paracrine")
    if product is None and paracrine and paracrine.start < cell.start and facts.vesicles:
        return None
    if product is None:
        lives = facts.design in {"animal", "clinical", "review", "protocol"}
        if lives:
            helps = helps or text.in_title("acts") or text.in_title("clinical_use")
        return cell if helps and (therapy or lives) else None
    if facts.source.msc_title or not helps:
        return None
    by_vesicle = MECHANISM.search(text.folded, cell.end, max(cell.end, product.start))
    return cell if by_vesicle and therapy >= given else None


def _object(text: Text, cell: Hit) -> bool:
    """Tell whether the title studies the cells themselves: "differentiation of MSCs"."""
    title = text.folded[: text.sentences[0].end]
    if text.in_title("cell_therapy"):
        return False
    return bool(_OBJECT.search(title)) and not _OBJECT.search(title).start() > cell.end + 60  # type: ignore[union-attr]


def msc_treatment(facts: Facts) -> Hit | None:
    """Return the words that make mesenchymal vesicles or medium a treatment, or None."""
    text = facts.text
    given, helps = text.get("given_vesicle"), _benefit(text)
    acts = text.in_title("acts") or text.in_title("clinical_use")
    against = text.in_title("harm") and not helps and not _opposed(text)
    if against or _is_target(facts) or (text.in_title("vesicle_biology") and not helps):
        return None
    if facts.title_vesicle or facts.title_medium:
        if _only_mechanism(facts):
            return helps if facts.source.msc_title and helps else None
        if facts.source.msc or facts.source.msc_title or facts.title_msc:
            found = helps or acts or first(given) or first(text.get("benefit"))
            lives = facts.design in _TRIED and (facts.source.msc_title or facts.source.other_title)
            return found or (facts.title_vesicle or facts.title_medium if lives else None)
    return (first(given) or helps) if facts.source.msc or facts.medium else None


_YIELD = re.compile(r"recover\w* (?:of|rates?|yield|from)\b")
"""Vesicles that are recovered heal nobody ("kits for high recovery of vesicles")."""


def _benefit(text: Text) -> Hit | None:
    """Return the title's first word of benefit."""
    for hit in text.get("benefit"):
        if hit.sentence != 0:
            break
        if not (_YIELD.match(text.folded, hit.start) and text.in_title("vesicle_biology")):
            return hit
    return None


_TARGETING = re.compile(
    r"\btarget(?:ing|s|ed)? (?!deliver|therap|treat)(?:[\w/-]+ ){1,4}(?:in|of|from|within) "
    r"(?:[\w-]+ ){0,4}[\w-]*$"
)


def _is_target(facts: Facts) -> bool:
    """Tell whether the title aims at something in the vesicles ("targeting X in MSC exosomes")."""
    product = facts.title_vesicle or facts.title_medium
    return product is not None and bool(_TARGETING.search(facts.text.folded, 0, product.start))


_HELD = re.compile(
    r"\b(?:functionali[sz]ed|loaded|laden|enriched|incorporated|combined|coated|embedded) "
    r"(?:with|by) "
    r"(?:[\w-]+ ){0,4}[\w-]*$"
)
"""A carrier that holds the vesicles: "a hydrogel functionalized with vesicles"."""


def _held(facts: Facts) -> bool:
    product, text = facts.title_vesicle, facts.text
    carrier = product and text.in_title("carrier_hydrogel")
    return bool(carrier and product and _HELD.search(text.folded, 0, product.start))


def _only_mechanism(facts: Facts) -> bool:
    """Tell whether the title's vesicles are how something else works ("… via exosomes")."""
    product = facts.title_vesicle or facts.title_medium
    if product is None or product.start < 30:
        return False
    if _held(facts):
        return False
    first = min((h.start for h in (facts.title_msc, product) if h), default=0)
    used = facts.text.in_title("clinical_use")
    if used and used.start < first:
        return False
    return first > 30 and bool(MECHANISM.search(facts.text.folded, 0, first))


def _opposed(text: Text) -> bool:
    """Tell whether the title speaks against the harm ("inhibit progression of …")."""
    harm = text.in_title("harm")
    return harm is not None and bool(_AGAINST.search(text.folded, 0, harm.start))


_TARGET = re.compile(
    r"therap\w*[ -](?:target|approaches|implication|opportunit|perspective)|targeted"
)
"""Words of benefit that are said of a drug target or of the field."""
_CURE = re.compile(
    r"therap|treat|repair|regenerat|medicine|heal|rejuven|immunother|recover|vaccin|mend"
)
"""Words of benefit that make a review one of a treatment."""
_ACTION = re.compile(
    r"\b(?:suppress(?:es|ed|ing)?|inhibit(?:s|ed|ing|ion|ors?)?|reduc(?:es|ed|ing)|block(?:s|ing|ade)"
    r"|decreas(?:es|ed|ing)|lower(?:s|ed|ing)|alters|modifies|impair(?:s|ed)|abrogat(?:es|ed)|regulates|controls)\b"
)
_AGAINST = re.compile(
    r"\b(?:inhibit|suppress|reduc|curtail|restrain|hinder|imped|retard|repress|block|prevent|limit"
    r"|attenuat|alleviat|delay|halt|overcom|revers|ameliorat|against|sensitiz|decreas|diminish"
    r"|abrogat|eliminat|control|interven|mitigat|targeting)\w*"
)


def other_treatment(facts: Facts) -> Hit | None:
    """Return the words that make other vesicles a treatment, or None."""
    text = facts.text
    if facts.title_vesicle is None and facts.title_medium is None:
        return _told_in_body(facts)
    helps = _helps(facts)
    made = engineered_title(facts) or (helps and _loaded(facts))
    trial = text.in_title("clinical_use") if facts.design == "clinical" else None
    harmful = text.in_title("harm") is not None and not (_opposed(text) or trial)
    if facts.source.disease_title and not ((made and helps) or trial):
        return None
    if made and (helps or not harmful):
        return made
    studied = harmful or text.in_title("marker") or text.in_title("vesicle_biology")
    if studied and not harmful and facts.review and speaks_of_delivery(facts):
        return text.in_title("benefit")
    if studied or _only_mechanism(facts) or _acted_upon(facts):
        return None
    return _plain_treatment(facts, helps)


_DRUG = (
    r"(?:\w+(?:rubicin|taxel|platin|mycin|bine|tinib|trexate|cumin|statin)|drugs?|si-?rnas?|"
    r"chemotherap\w+)\b"
)
_LOADED = re.compile(
    r"\w*(?: \([^)]{1,20}\))?(?: of (?:[\w-]+ ){1,4}?|,? )(?:(?:was|were) )?"
    rf"(?:loaded with|carrying|encapsulating|containing) (?:[\w-]+ ){{0,2}}?{_DRUG}"
)


def _loaded(facts: Facts) -> Hit | None:
    """Return vesicles into which the authors put a drug, where the title only says what they do."""
    zone_of = zones(facts.text)
    return next(
        (
            h
            for h in facts.vesicles
            if zone_of[h.sentence] in ("own", "body") and _LOADED.match(facts.text.folded, h.end)
        ),
        None,
    )


_CURES = re.compile(
    r"\b(?:\w+protecti|ameliorat|alleviat|attenuat|improv|restor|repair|rescu|mitigat|prevent"
    r"|reduc\w+ (?:the )?(?:\w+ )?(?:infarct|injur|damage|inflamm|fibrosis|scar|pain|mortality))"
)
_SOON = 80
"""Letters after a vesicle's name within which it is said what it does."""


def _told_in_body(facts: Facts) -> Hit | None:
    """Return vesicles that the abstract calls a cure, twice where the title names no benefit."""
    text = facts.text
    studied = any(text.in_title(kind) for kind in ("harm", "marker", "vesicle_biology"))
    if studied or facts.design not in {"animal", "clinical"}:
        return None
    if not facts.source.other or facts.source.disease >= facts.source.other:
        return None
    zone_of = zones(text)
    cured = {
        h.sentence: h
        for h in facts.vesicles
        if zone_of[h.sentence] not in ("background", "keywords")
        and _CURES.search(text.folded, h.end, min(h.end + _SOON, text.sentences[h.sentence].end))
    }
    enough = 1 if text.in_title("benefit") else 2
    return next(iter(cured.values())) if len(cured) >= enough else None


def _fights(facts: Facts) -> Hit | None:
    """Return a title's verb that the vesicles do to a disease ("suppress breast cancer")."""
    text = facts.text
    end = text.sentences[0].end
    diseases = [
        hits[0].start
        for kind, hits in text.hits.items()
        if kind.startswith("ind:words:") and hits[0].sentence == 0
    ]
    for verb in text.get("acts"):
        near = any(0 < at - verb.end <= _BESIDE_DISEASE for at in diseases)
        if near and _AGAINST.match(text.folded, verb.start, end):
            return verb
    return None


_BESIDE_DISEASE = 24


def _helps(facts: Facts) -> Hit | None:
    """Return the title's word of benefit, were it said of the vesicles."""
    text = facts.text
    end = text.sentences[0].end
    for hit in text.get("benefit"):
        if hit.sentence != 0:
            break
        before = text.folded[max(0, hit.start - BESIDE) : hit.start]
        if _TARGET.match(text.folded, hit.start, end) or " target " in before:
            continue
        if not facts.review or _CURE.match(text.folded, hit.start, end):
            return hit
    used = text.in_title("clinical_use") if facts.design in {"clinical", "protocol"} else None
    if used:
        return used
    return _for_disease(facts)


_FOR = re.compile(
    r"\w*(?: \([^)]{1,20}\))? for (?:(?:the|a|treating|knee|acute|chronic|severe) )*$"
)


def _for_disease(facts: Facts) -> Hit | None:
    """Return the title's vesicles or medium where a disease is what they are for."""
    text = facts.text
    product = facts.title_vesicle or facts.title_medium
    if product is None:
        return None
    for kind, hits in text.hits.items():
        if kind.startswith("ind:words:") and hits[0].sentence == 0:
            gap = text.folded[product.end : max(product.end, hits[0].start)]
            if _FOR.fullmatch(gap):
                return product
    return None


def _acted_upon(facts: Facts) -> bool:
    """Tell whether something else acts on the vesicles: "inhibition suppresses exosome spread"."""
    product = facts.title_vesicle or facts.title_medium
    return product is not None and bool(_ACTION.search(facts.text.folded, 0, product.start))


def _plain_treatment(facts: Facts, helps: Hit | None) -> Hit | None:
    if _held(facts) and facts.design in _TRIED:
        return facts.title_vesicle
    given = facts.text.get("given_vesicle")
    tried = facts.review or facts.design in {"clinical", "protocol"}
    tried = tried or facts.text.in_title("clinical_use") is not None
    if helps and (facts.source.other_title or given or tried):
        return helps
    if given and facts.source.other_title and not facts.review and (verb := _fights(facts)):
        return verb
    often = 2 if facts.source.other_title else _OFTEN
    if facts.review and not facts.source.other_title:
        return None
    return given[0] if len(given) >= often else None
