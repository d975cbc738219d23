"""Tells where words of giving beside a product give it to nobody.

A giving may be denied ("no participant received exosomes"), be the reason to leave people out
("patients previously treated with exosomes were excluded"), be done to the vesicles in a
laboratory ("exosomes were treated with RNase", "applied to a column"), or be a use as a marker.
"""

from __future__ import annotations

import re

_PEOPLE = (
    r"(?:patients?|participants?|subjects?|volunteers?|people|persons?|individuals?|adults?|"
    r"children|child|infants?|women|woman|men|man|recipients?|clients?|cases?|controls?)"
)
_NOT_THOSE = (
    r"(?:(?!who\b|whom\b|that\b|which\b|treated\b|given\b|receiving\b|exposed\b|with\b|on\b|"
    r"was\b|were\b|had\b|received\b|got\b)[\w-]+ ){0,5}"
)
"""Words between nobody and the verb; in "none of those who got it died" they got it."""
_GOT = (
    r"(?:received|got|underwent|chose|took|(?:had|has|have|having) (?:ever |yet |actually )?"
    r"(?:received|got|undergone|been (?:given|treated|injected|infused|exposed|dosed))|"
    r"(?:was|were|is|are) (?:ever |yet |actually )?"
    r"(?:given|treated|dosed|injected|infused|exposed|assigned|allocated|randomi[sz]ed|offered))"
)
_FILL = (
    r"(?:(?!and\b|but\b|who\b|that\b|received\b|given\b|treated\b|got\b|were\b|was\b|then\b)"
    r"[\w/+(),.%-]+ ){0,7}$"
)
"""Words from the verb to the product that begin no other act."""
_NOBODY = re.compile(
    rf"\b(?:no (?:[\w-]+ )?{_PEOPLE}|none|nobody|no one|neither|not (?:one|a single) {_PEOPLE}) "
    rf"{_NOT_THOSE}{_GOT} {_FILL}"
)
_NOT = re.compile(
    r"\b(?:never|not|hardly|didn't|wasn't|weren't) (?:ever |yet |been |actually |to )?"
    r"(?:receive|received|receiving|get|got|given|treated|administered|injected|infused|exposed|"
    rf"offered|undergo|used|apply|applied|inject|give) {_FILL}"
)
_BUT = re.compile(
    r"(?:\b(?:everything|anything|all) but|\bexcept(?: for)?|(?<!with or )(?<!with and )\bwithout|"
    r"\b(?:instead of|rather than|in place of|but no|but not|and not|(?:received|given|got|had) "
    rf"(?:no|neither)))(?: (?!receiv|given|treat|inject|infus){_FILL[:-1]}$| $)"
)
_NEGATIVE = (
    "no ", "none", "nobody", "not ", "never", "neither", "n't", "without", "hardly", "except",
    "but ", "instead", "rather", "in place",
)  # fmt: skip
"""Of these stands one before a product that is denied."""
_NOT_AFTER = re.compile(
    r"^\w*(?: \([^)]{1,20}\))?(?: [\w-]+){0,2} (?:was|were|is|are|has|have|had)(?: been)? "
    r"(?:(?:not|never) (?:\w+ )?(?:given|administered|used|applied|injected|infused|offered|"
    r"received|opened|tried)\b(?! (?:to|in|for) (?:the )?(?:control|placebo|sham|other|saline|"
    r"comparison))|(?:given|administered|applied|offered) to (?:nobody|none|no ))"
)
_NO_PRODUCT = re.compile(r"\bno (?:(?!with|of|after|from|to|in)[\w-]+ ){0,3}$")
_WAS_GIVEN = re.compile(
    r"^\w*(?: \([^)]{1,20}\))?(?: [\w-]+)? (?:was|were|had been) "
    r"(?:given|used|administered|injected|infused|applied)\b"
)
_REFUSED = re.compile(
    r"\b(?:free (?:of|from)|avoid(?:ed|ing|ance of)?|refus(?:ed|ing|al of)|declined|"
    r"abstain\w* from|"
    rf"not to (?:use|take|seek|receive)|asked for|wish(?:ed|ing)? to (?:receive|try)) {_FILL}"
)
_FORBIDDEN = re.compile(
    r"^[^.;,]{0,60}\b(?:(?:was|were|is|are) (?:not (?:allowed|permitted|part of|available)|"
    r"forbidden|"
    r"prohibited|disallowed|refused)|led to exclusion)\b"
)
_LEFT_OUT = re.compile(
    r"\bexclusion criteri|\b(?:exclud\w+|ineligible|not eligible|not included)\b"
)
_LEFT_OUT_FOR = re.compile(
    rf"(?:{_LEFT_OUT.pattern})"
    r"(?!,? and\b)(?:(?!\band (?:[\w-]+ ){0,3}(?:patients|participants|women|men|adults|people|"
    r"children|were|was|received|got)\b)[^.;])*$"
)
_KEPT = re.compile(
    r"^[^.;]{0,60}?\b(?:was|were) (?:\w+ )?(?:included|enrolled|reviewed|analy[sz]ed|identified|"
    r"studied|"
    r"followed|evaluated|recruited)\b"
)
"""People who got it and were studied, beside others who were left out."""
_BEFORE_STUDY = re.compile(
    r"\bexclusion criteri|\b(?:prior|previous(?:ly)?|earlier|ever|history of|allerg\w+|already|"
    r"before(?= (?:were|was|enrol|inclusion|the study|study|randomi|entry))|"
    r"hypersensitiv\w+)\b|"
    r"\b(?:had|have) (?:\w+ )?(?:received|undergone|been|had)\b|\bwithin (?:[\w-]+ ){1,2}"
    r"(?:days|weeks|months|years?|month|week)\b|\b(?:if|who) (?:they )?(?:received|used|took)\b"
)
_FROM_ANALYSIS = re.compile(r"\bexcluded from (?:the )?(?:[\w-]+ ){0,2}analys")

_TO_APPARATUS = re.compile(
    r"^[^.;]{0,60}?\b(?:to|on|onto|into|in|over|through) (?:(?!patient)[\w-]+ ){0,3}?"
    r"(?:columns?|grids?|slides?|beads?|chips?|cytometers?|flow cells?|membrane filters?|"
    r"sensors?|cartridges?|laborator(?:y|ies)|mass spectromet\w+|microscop\w+|assays?|reaction|"
    r"nanodrop|gradients?|cushions?|cartridge|resins?)\b"
)
_WORKED_ON = re.compile(
    r"^\w*(?: \([^)]{1,25}\))? (?:(?:was|were|is|are|being|and|then|first|also) )*"
    r"(?:treated|incubated|pretreated|exposed|labell?ed|digested|supplemented) (?:with|by|to|"
    r"using) "
    r"(?!patients)"
)
"""Something done to the vesicles: "exosomes were treated with RNase"."""
_SCORED = re.compile(
    r"^\w* (?:was|were) (?:given|assigned|administered) (?:an? )?(?:[\w-]+ )?"
    r"(?:scores?|grades?|numbers?|names?|codes?|labels?|ratings?|ranks?|values?)\b|"
    r"^\w* (?:is|are|was|were) given (?:as (?:[\w-]+ )?(?:particles|means?|medians?|numbers?|"
    r"ratios?|"
    r"percent\w*)|in (?:the )?(?:tables?|fig\w*|parenthes\w+|brackets))\b"
)
_MARKER = (
    r"(?:bio-?)?(?:markers?|predictors?|indicators?|classifiers?|signatures?|readouts?|"
    r"liquid biops\w+|surrogates?|(?:diagnostic|prognostic|research|screening) tools?|"
    r"(?:therapeutic |drug |treatment )?targets?\b)"
)
_AS_MARKER = re.compile(
    rf"^[^.;]{{0,80}}?\bas (?:an? |the |potential |possible )*(?:[\w-]+ ){{0,3}}{_MARKER}"
)
_TO_TELL = re.compile(
    r"^\w*(?: \([^)]{1,20}\))?(?: (?:and|or|with|plus) [\w-]+)?(?: (?:was|were) used)? "
    r"(?:in|for|to) (?:the )?(?:early |differential |non-?invasive )?"
    r"(?:predict|diagnos|detect|discriminat|distinguish|monitor|screen|differentiat|identif|"
    r"sequenc|stratif|prognos|(?:treatment|therapy|response)[ -](?:monitor|respon)|"
    r"(?:[\w-]+ ){0,2}(?:analys[ie]s|assays?|isolation|profiling|proteomics|cytometry|western))"
)
_LEVEL = re.compile(r"^\w*[- ](?:high|low|positive|negative)\b")
"""People told apart by vesicles of their own: "exosome-high and exosome-low groups"."""
_ACCURACY = re.compile(
    r"\b(?:auc\b|area under the (?:roc|receiver)|receiver[- ]operating|diagnostic (?:accuracy|"
    r"performance|value|yield)|(?:predicted|predicts|discriminated|distinguished|diagnosed) )"
)
_BESIDE_TEST = re.compile(r"^\w*(?: \([^)]{1,20}\))? (?:combined with|versus|vs\.?|plus|and|with) ")


_REFUSALS = ("free ", "avoid", "refus", "declin", "abstain", "not to ", "asked for", "wish")
_NEGATIVE_AFTER = (
    "not ", "never", "nobody", "none", " no ", "forbid", "prohibit", "disallow", "refused",
    "led to",
)  # fmt: skip
_EXCLUSIONS = ("exclu", "eligible", "not included")
_APPARATUS = (
    "column", "grid", "slide", "bead", "chip", "cytometer", "flow cell", "membrane", "sensor",
    "cartridge", "laborator", "spectromet", "microscop", "assay", "reaction", "nanodrop",
    "gradient", "cushion", "resin",
)  # fmt: skip
"""Of these, words of one stand in a text that a pattern above may match; looked for first."""


def is_denied(before: str, after: str, clause: str) -> bool:
    """Return whether a product is named as what people of the study did not get.

    ``before`` and ``after`` are the folded words around the name, ``clause`` those of its clause.
    """
    if any(word in before for word in _NEGATIVE) and _is_negated(before, after):
        return True
    if any(word in before for word in _REFUSALS) and _REFUSED.search(before):
        return True
    if any(word in after for word in _NEGATIVE_AFTER) and (
        _NOT_AFTER.match(after) or _FORBIDDEN.match(after)
    ):
        return True
    return any(word in clause for word in _EXCLUSIONS) and _leaves_out(before, after, clause)


def _leaves_out(before: str, after: str, clause: str) -> bool:
    """Return whether an earlier giving is why people were left out."""
    behind = _LEFT_OUT.search(after) and not _KEPT.match(after)
    if not (behind or _LEFT_OUT_FOR.search(before)) or _FROM_ANALYSIS.search(clause):
        return False
    return _BEFORE_STUDY.search(clause) is not None


def _is_negated(before: str, after: str) -> bool:
    if _NOBODY.search(before) or _NOT.search(before) or _BUT.search(before):
        return True
    return _NO_PRODUCT.search(before) is not None and _WAS_GIVEN.match(after) is not None


def is_handled(after: str, sentence: str) -> bool:
    """Return whether vesicles are what something is done to, or a test's marker."""
    return bool(
        _WORKED_ON.match(after)
        or (any(word in after for word in _APPARATUS) and _TO_APPARATUS.match(after))
        or _SCORED.match(after)
        or (" as " in after and _AS_MARKER.match(after))
        or _TO_TELL.match(after)
        or _LEVEL.match(after)
        or (_BESIDE_TEST.match(after) and _ACCURACY.search(sentence))
    )
