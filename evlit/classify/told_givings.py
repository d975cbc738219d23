"""Givings told in more than one step, or without a verb of giving beside the product.

"Exosomes were isolated and injected", "women had exosomes injected", "exosomes were compared
with placebo", "exosomes (5 mL, weekly)".
"""

from __future__ import annotations

import re

from evlit.classify.text import Hit, Text

_PREPARED = (
    r"(?:isolated|made|obtained|purified|prepared|collected|extracted|harvested|produced|"
    r"concentrated|bought|purchased|"
    r"generated|manufactured|thawed|diluted|loaded|coated|conjugated|engineered|suspended|"
    r"resuspended|labell?ed)"
)
_GAVE = (
    r"(?:injected|infused|administered|given|applied|instilled|transplanted|inhaled|"
    r"nebuli[sz]ed|implanted|sprayed|dripped)"
)
_GIVES = (
    "inject", "infus", "administ", "given", "appli", "instill", "transplant", "inhal", "nebuli",
    "implant", "spray", "drip",
)  # fmt: skip
_AGAIN = ("they w", "these ", "it was", "this ", "the p", "the ves", "the sus", "the iso")
_THEN_GIVEN = re.compile(
    rf"^\w*(?: \([^)]{{1,25}}\))?,? (?:(?!who\b|patients\b|rats\b|mice\b)[\w/+(),%-]+ ){{0,12}}?"
    rf"(?:(?:was|were) (?:\w+ly )?)?{_PREPARED}\b[^.;]{{0,140}}?"
    rf"(?:\band\b|, then\b|, and\b|, were\b|before being|prior to being) "
    rf"(?:(?:then|subsequently|immediately|later|were|was|\w+ly) )*{_GAVE}\b"
    r"(?! (?:for|to|in|by) (?:[\w-]+ ){0,2}?(?:western|proteom|sequenc|analys|arrays?|assay|elisa|"
    r"q?pcr|"
    r"rt-|mass|lc|ms\b|detect|quantif|identif|measur|flow|electron|cells|cultur))"
)
_MAKES = re.compile(rf"\b{_PREPARED} (?:the )?(?:[\w-]+ ){{0,5}}$")
_MADE = re.compile(rf"[^.;]{{0,80}}\b(?:was|were) (?:\w+ly )?{_PREPARED}\b")
_GAVE_THEM = re.compile(
    rf"^[^.;]{{0,120}}?\band (?:then |subsequently )?(?:{_GAVE}|gave|put|placed) "
    r"(?:them|it|these|this)\b"
)
_DOSED = re.compile(
    r"^\w* \((?:[^)]{0,25}, )?[\d.]+ ?(?:ml|mg|µg|ug|cc)(?:,| x| ×|;) ?(?:\d|[ivasm.]+\b|once|"
    r"twice|weekly|"
    r"daily|monthly|single)"
)
"""A dose and how often: "exosomes (5 mL, weekly)"."""
_HAD = re.compile(r"\b(?:had|have|having) (?:[\w-]+ ){0,5}$")
_DONE = re.compile(
    r"^\w*(?: \([^)]{1,25}\))?(?: (?:of|from) (?:(?!and|were|was)[\w-]+ ){0,7}?| )(?:\w+ly )?"
    r"(?:injected|infused|instilled|inserted|applied|sprayed|"
    r"dripped|dropped|poured|laid|pricked|placed|rubbed)\b"
)
"""People "had exosomes injected"."""
_RIVAL = (
    r"(?:(?!those|that)[\w-]+ ){0,3}?(?:placebo|saline|vehicle|sham|prp|platelet-rich|hyaluron\w+|"
    r"minoxidil|triamcinolone|\w*steroids?|standard (?:care|treatment|therapy)|usual care)\b"
)
_COMPARES = re.compile(r"\bcompar(?:e[ds]?|ing|isons? of|isons? between) (?:[\w-]+ ){0,5}$")
_WITH_RIVAL = re.compile(
    rf"^\w*(?: \([^)]{{1,25}}\))? (?:and|with|to|versus|vs\.?|against|or) {_RIVAL}"
)
_COMPARED_WITH = re.compile(
    rf"^\w*(?: \([^)]{{1,25}}\))? (?:was|were|are|is) compared (?:with|to|against) {_RIVAL}"
)
_IN_TRIAL = re.compile(
    r"^\w*(?: \([^)]{1,25}\))? (?:was|were) (?:then |first )?(?:tested|tried|evaluated|used) "
    r"in an? (?:[\w-]+ ){0,3}trial\b"
)
_RIVAL_WITH = re.compile(
    rf"\bcompar(?:e[ds]?|ing|isons? of|isons? between) {_RIVAL} "
    r"(?:and|with|to|versus|vs\.?|against|or) (?:[\w-]+ ){0,4}$"
)
"""A trial told by its comparison: "exosomes were compared with placebo"."""
_NEXT_GIVEN = re.compile(
    r"(?:[^.;]{0,60}\b(?:received|given|injections? of|infusions? of|doses? of) (?:[\w-]+ ){0,5}?"
    r"(?:this|these|the) (?:preparations?|products?|vesicles?|suspensions?|isolates?)\b|"
    rf"(?:they|these|it|this) (?:was|were) (?:then )?{_GAVE}"
    r"(?= (?:in|into|to|on|onto|by|with|at|once|twice|every|daily|via|through)\b|"
    r" (?:intra|sub|local|topical)|[.,]))"
)
"""A sentence that gives what the one before it made."""


def made_then_given(text: Text, hit: Hit) -> bool:
    """Return whether vesicles are told to be made, and then given: "isolated and injected"."""
    folded, (start, end, *_) = text.folded, text.sentences[hit.sentence]
    after = folded[hit.end : end]
    if any(word in after for word in _GIVES) and _THEN_GIVEN.match(after):
        return True
    them = " and " in after and _GAVE_THEM.match(after) is not None
    if not (them or _next_gives(text, hit)):
        return False
    return _MAKES.search(folded, start, hit.start) is not None or (
        not them and _MADE.match(after) is not None
    )


def _next_gives(text: Text, hit: Hit) -> bool:
    """Return whether the next sentence gives what this one made."""
    if hit.sentence >= text.last:
        return False
    at, end = text.sentences[hit.sentence + 1][:2]
    if not any(text.folded.find(word, at, end) >= 0 for word in _AGAIN):
        return False
    return _NEXT_GIVEN.match(text.folded, at) is not None


def had_done(before: str, after: str) -> bool:
    """Return whether people "had" a product "injected"."""
    return _HAD.search(before) is not None and _DONE.match(after) is not None


def is_dosed(after: str) -> bool:
    """Return whether a dose and a schedule stand behind a product."""
    return _DOSED.match(after) is not None


def is_compared(before: str, after: str) -> bool:
    """Return whether a product is set against another treatment, or on trial."""
    if _COMPARED_WITH.match(after) or _IN_TRIAL.match(after) or _RIVAL_WITH.search(before):
        return True
    return _WITH_RIVAL.match(after) is not None and _COMPARES.search(before) is not None
