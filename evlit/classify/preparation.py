"""Treatments that are neither vesicles nor medium: other acellular preparations, and cells.

A preparation ("amniotic fluid", "platelet lysate") is also what is sampled, what fails
("amniotic fluid embolism") and what cells grow in. It counts as a treatment where words of
giving stand beside it, in the title or in the authors' own sentences.
"""

from __future__ import annotations

import re

from evlit.classify.text import Hit, Text
from evlit.classify.vesicle_source import Facts
from evlit.classify.weigh import zones

_LIVES = {"animal", "clinical", "protocol"}
_REACH = 60
"""Letters before a preparation in which an act of giving may stand."""
_GIVEN_BEFORE = re.compile(
    r"\b(?:inject(?:ions? of|ed with|ing)|receiv(?:ed?|ing)|treat(?:ed|ment|ing) (?:with|by)"
    r"|administ(?:ered|ration of)|applications? of|applied|infus(?:ions? of|ed with)"
    r"|inhal(?:ation of|ed)|nebuli[sz]ed|given|therapy with|use of|effects? of"
    r"|(?:efficacy|safety) of|transplantation of|topical|intra-?\w+|randomi[sz]ed to) "
    r"(?:(?!(?:on|in|from|after|before|by|analysis|levels?)\b)[\w/%.,-]+ ){0,5}$"
)
_GIVEN_AFTER = re.compile(
    r"^(?: \([^)]{1,20}\))? (?:injections?|therap|treat|infusions?|applications?|eye ?drops?|gel\b"
    r"|transplantation|inhalation|for |in (?:the )?(?:treatment|management)|to treat"
    r"|(?:was|were) (?:injected|administered|given|applied|infused|inhaled))"
)
_SAMPLED_AFTER = re.compile(
    r"^[ -](?:embol|volume|ind(?:ex|ices)|levels?|sludge|infect|leak|sampl|concentration|cells?\b"
    r"|stem|derived|biomarker|proteom|metabolom|microbio|lactate|cytokine|interleukin|insulin"
    r"|glucose|disorder|abnormal|patholog|was (?:collected|sampled|obtained)|were (?:collected"
    r"|sampled|obtained))"
)
_SAMPLED_BEFORE = re.compile(
    r"\b(?:in|from|into|within|supplemented with|cultured (?:in|with)|medium with|levels of"
    r"|volume of|instead of) (?:the |human |maternal |fetal |\d+ ?% )*$"
)


def preparation_given(facts: Facts) -> Hit | None:
    """Return another preparation that is the treatment; None where the title names vesicles."""
    text = facts.text
    hits = text.get("other_preparation")
    if not hits or facts.title_vesicle or facts.title_medium:
        return None
    hits = [h for h in hits if not _sampled(text, h)]
    if hits and hits[0].sentence == 0 and _tried_by_title(facts):
        return hits[0]
    if facts.design not in _LIVES or facts.title_msc or len(hits) < len(facts.vesicles):
        return None
    own = [h for h in hits if zones(text)[h.sentence] not in ("background", "keywords")]
    return next((h for h in own if _given(text, h)), None)


def _tried_by_title(facts: Facts) -> bool:
    text = facts.text
    if text.in_title("benefit") or text.in_title("clinical_use"):
        return True
    return facts.design in _LIVES and any(_given(text, h) for h in text.get("other_preparation"))


def _sampled(text: Text, hit: Hit) -> bool:
    end = text.sentences[hit.sentence].end
    before = text.folded[max(text.sentences[hit.sentence].start, hit.start - _REACH) : hit.start]
    return bool(_SAMPLED_AFTER.match(text.folded[hit.end : end]) or _SAMPLED_BEFORE.search(before))


def _given(text: Text, hit: Hit) -> bool:
    end = text.sentences[hit.sentence].end
    before = text.folded[max(text.sentences[hit.sentence].start, hit.start - _REACH) : hit.start]
    return bool(_GIVEN_BEFORE.search(before) or _GIVEN_AFTER.match(text.folded[hit.end : end]))


# ------------------------------------------------------------------------------ cells

_SETTING_BEFORE = re.compile(
    r"\b(?:after|following|undergoing|before|prior to|receiving|recipients of|in|for|post|during"
    r"|treated with|candidates for|requiring)(?: [\w-]+){0,3}[ -]$"
)
_SETTING_AFTER = re.compile(
    r"^(?:[ -](?:cells?|transplant\w*|therapy))* (?:recipients?|patients|survivors|candidates"
    r"|cent(?:er|re)s?|donors?)"
)
_OUTCOME = re.compile(
    r"\b(?:outcomes?|survival|results?|engraftment|relapse"
    r"|conditioning)\b"
)


def other_cells_given(facts: Facts) -> Hit | None:
    """Return the words of a title that make cells of any kind the treatment, or None.

    Where a drug is tried "after stem cell transplantation" the cells are the setting.
    """
    text = facts.text
    hit = text.in_title("cell_treatment")
    if hit is None or facts.design not in _LIVES | {"review"}:
        return None
    before, after = text.folded[: hit.start], text.folded[hit.end : text.sentences[0].end]
    setting = _SETTING_AFTER.match(after) or _SETTING_BEFORE.search(before)
    return hit if not setting or _OUTCOME.search(before) else None
