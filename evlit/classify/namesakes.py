"""Takes out words for vesicles that name something else: particles of a polymer, a virus.

"PLGA microparticles", "lipid vesicles of minoxidil" and "seminal vesicles" come from no cell;
"EV-A71" is an enterovirus. The axes that follow never see these words.
"""

from __future__ import annotations

import re

from evlit.classify.text import Hit, Text

_KINDS = ("vesicle", "product_word", "vesicle_bare")
_PARTICLES = "microparticle"
_OF_CELLS = re.compile(
    r"platelet|endothel|cell|leu[ck]ocyt|monocyt|erythrocyt|membrane|circulating|plasma|procoag|"
    r"annexin|stem|stromal|shed|msc|tumou?r|cancer|vesic|exosom|prothromb"
)
_NEAR = 40
"""Letters around a particle's name in which its cell may stand."""
_OF_POLYMERS = re.compile(
    r"\b(?:pva|plga|pla|pcl|peg|polymer\w*|poly(?!morph|clin|p\b)\w+|hydrogels?|alginate|chitosan|silica|"
    r"silicone|calcium|hydroxy\w*apatite|hyaluron\w+|gelatin|collagen|glass|ceramic|titanium|"
    r"starch|cellulose|dextran|lactic\w*|acrylic|trisacryl|polystyrene|paclitaxel|triamcinolone|"
    r"drug-eluting|biodegradable|spray-dried|embolic|emboli[sz]ation|sustained[- ]release|"
    r"controlled[- ]release|magnetic|gold|silver|filler)\b"
)
_OTHER_VESICLES = re.compile(
    r"\b(?:synaptic|seminal|agranular|granular|gas|gas-filled|phospholipid|lipid|niosom\w+|liposom\w+|"
    r"ethosom\w+|transfer\w*som\w+|surfactant|deformable|elastic|transport|secretory|storage|optic|"
    r"brain|otic|umbilical|allantoic|pinocytotic|phosphatidyl\w+|unilamellar|multilamellar|"
    r"cored?|dense-core|catecholamine|chromaffin|herpetic|skin|cutaneous|blisters? (?:and|or)|"
    r"polymer\w*|sarcoplasmic|reticulum)[\s-]+(?:and )?$"
)
_VIRUS = re.compile(r"-?[A-D]?-?\d{1,3}\b")
_OF_VIRUS = ("enterovirus", "hand, foot", "hand-foot", "foot-and-mouth")
_ABBREVIATED = frozenset({"EV", "EVs"})


def drop_namesakes(text: Text) -> None:
    """Take the hits out of a text that name no vesicles."""
    for kind in _KINDS:
        hits = text.hits.get(kind)
        if not hits:
            continue
        kept = [hit for hit in hits if not _is_namesake(text, hit)]
        if not kept:
            del text.hits[kind]
        elif len(kept) < len(hits):
            text.hits[kind] = kept


def _is_namesake(text: Text, hit: Hit) -> bool:
    literal, folded = hit.cue.literal, text.folded
    if literal in _ABBREVIATED:
        if _VIRUS.match(text.plain, hit.end):
            return True
        virus = any(word in folded for word in _OF_VIRUS)
        return virus and "extracellular" not in folded and "exosom" not in folded
    if literal == _PARTICLES:
        near = folded[max(0, hit.start - _NEAR) : hit.end + _NEAR]
        return not _OF_CELLS.search(near) and _OF_POLYMERS.search(folded) is not None
    if literal in ("vesicles", "vesicle", "small vesicle"):
        start = text.sentences[hit.sentence].start
        return _OTHER_VESICLES.search(folded, max(start, hit.start - _NEAR), hit.start) is not None
    return False
