"""The form of a treatment: vesicles, engineered vesicles, medium, with cells, or another."""

from __future__ import annotations

import re

from evlit.classify.text import Hit, Text
from evlit.classify.vesicle_source import Facts
from evlit.classify.weigh import zones

BESIDE = 60
"""Letters between "engineered" and the vesicle or cell that it speaks of."""
_GENE_CELL = re.compile(
    r"\b(?!(?:BM|UC|AD|WJ|hUC|HUC|hBM|iPSC?|hiPSC?|ESC|OM|AF|hAD|PD|P|C|hWJ|DP|SHED|rat|mouse|human"
    r"|non|anti|pre|post|COVID|DMD|T2DM|OA|hypoxia|pro|Hypo|EPO|LPS|IFN|TNF|IL)\b)"
    r"(?:[A-Z][A-Z0-9α-ω]{2,}|[Mm]i[Rr]-?\d+[a-z0-9-]*|Nrf2|Akt1?|Sirt\d?|Bcl-?2|HIF-1α)"
    r"-(?:h|r|m|hUC|huc|UC|BM|AD|WJ)?-?(?:[A-Z]{0,3}MSCs?|ADSCs?|mesenchymal)"
)
"""A gene or microRNA before the cell: "FNDC5-BMMSCs" are modified cells."""
_RNA = re.compile(
    r"(?:mir(?:na)?|microrna|sirna|lncrna|circ|shrna|mrna)[a-z]*[- ]?[\w./-]{0,16}[ -]?$"
)
"""An RNA's name before "containing": "miR-93-5p-containing exosomes"."""
MECHANISM = re.compile(
    r"\b(?:via|through|by|downregulating|upregulating|upregulation|downregulation|regulating"
    r"|secretion of|release of|increasing|enhancing)\b"
)


def form(facts: Facts) -> str:
    """Return the form of a treatment with vesicles or medium."""
    if _both(facts) or both_in_abstract(facts):
        return "cells_plus_product"
    if _medium_first(facts):
        return "conditioned_medium"
    return "engineered_ev" if _engineered(facts) else "ev"


def _both(facts: Facts) -> bool:
    """Tell whether the title adds cells to vesicles: "MSCs plus their exosomes"."""
    cells = [h for h in facts.msc if h.sentence == 0]
    products = [h for h in facts.vesicles + facts.medium if h.sentence == 0]
    for joint in (h for h in facts.text.get("both_given") if h.sentence == 0):
        left = [p for p in products if p.end <= joint.start]
        right = [p for p in products if p.start >= joint.end]
        if right and not left and any(c.end <= joint.start for c in cells):
            return True
        after = [c for c in cells if c.start >= joint.end]
        if left and after and not right:
            return True
    return False


def joined_in_title(facts: Facts) -> bool:
    """Tell whether the title names cells and a product with "combined" before or between."""
    if _both(facts):
        return True
    first = next((h for h in facts.text.get("both_given") if h.sentence == 0), None)
    cells = [h for h in facts.msc if h.sentence == 0]
    products = [h for h in facts.vesicles + facts.medium if h.sentence == 0]
    if first is None or not cells or not products:
        return False
    gap = facts.text.folded[cells[0].end : products[-1].start]
    return first.start < cells[0].start and " and " in gap


_JOINED = re.compile(
    r"\b(?:combined with|combination (?:of|with)|together with|plus|along with|in combination with"
    r"|co-?administ\w+|co-?transplant\w+|co-?inject\w+|simultaneous\w*|as well as|together"
    r"|in combination|combined)\b|\+"
)


def both_in_abstract(facts: Facts) -> bool:
    """Tell whether the abstract gives cells with vesicles, where the title names neither."""
    if facts.title_vesicle or facts.title_medium or facts.title_msc or facts.review:
        return False
    text = facts.text
    cells = [h for h in facts.msc if not _names_source(text, h)]
    places = {h.sentence for h in cells} & {h.sentence for h in facts.vesicles + facts.medium}
    return any(
        zones(text)[n] not in ("background", "keywords")
        and _JOINED.search(text.folded, *text.sentences[n][:2])
        and _HANDED.search(text.folded, *text.sentences[n][:2])
        for n in places
    )


def _names_source(text: Text, cell: Hit) -> bool:
    """Tell whether a cell's name only says whose vesicles ("MSC-derived exosomes")."""
    return bool(_OF_VESICLES.match(text.folded, cell.end))


_OF_VESICLES = re.compile(
    r"[ -]?(?:(?:stem|stromal|progenitor)[ /-]*)*(?:cells?|\([^)]{1,20}\))?[ -]?(?:derived|"
    r"secreted|exo|ev|vesic)"
)


def _medium_first(facts: Facts) -> bool:
    if facts.title_medium and facts.title_vesicle:
        ends_title = facts.title_medium.start > facts.title_vesicle.start
        gap = facts.text.folded[facts.title_vesicle.end : facts.title_medium.start]
        return ends_title and len(gap.split()) <= 1
    if facts.title_medium or facts.title_vesicle:
        return facts.title_medium is not None
    return len(facts.medium) > len(facts.vesicles)


def _engineered(facts: Facts) -> bool:
    """Tell whether the vesicles, or the cells that give them, were changed on purpose."""
    text = facts.text
    if engineered_title(facts):
        return True
    if text.in_title("primed") and not text.in_title("rna_cargo"):
        return False
    sure = [
        h
        for h in text.get("engineered_sure")
        if not _in_carrier(text, h)
        and not _BY_CURRENT.search(text.folded, max(0, h.start - 8), h.end + 4)
    ]
    sure += [h for h in text.get("rna_cargo") if _after_rna(text, h) and _beside(facts, h)]
    places = {h.sentence for h in sure}
    if facts.review:
        return len(places) >= 3 or (not facts.source.msc and speaks_of_delivery(facts))
    return bool(places) or _made_in_abstract(facts)


_DELIVERY = re.compile(r"drug[ -](?:delivery|loading|carrier)|delivery (?:vehicle|vector)")
_DELIVERY_TIMES = 2


def speaks_of_delivery(facts: Facts) -> bool:
    """Tell whether a review treats vesicles as carriers of drugs, in two sentences or more."""
    text = facts.text
    places = {h.sentence for h in text.get("engineered") if h.sentence} | {
        h.sentence for h in text.get("given_vesicle") if h.sentence
    }
    told = [n for n in places if _DELIVERY.search(text.folded, *text.sentences[n][:2])]
    return len(told) >= _DELIVERY_TIMES


_MADE = re.compile(
    r"transfect|overexpress|over-express|modified|loaded|lentivir|electroporat|carrying"
)
_BY_CURRENT = re.compile(r"\b(?:with|by|via|during|using) electroporation\b")
"""Skin is made to take up vesicles by electric current; the vesicles stay what they are."""
_LOSS = re.compile(
    r"inhibitor|antagomir|knock|silenc|si-?rna|shrna|deplet|deficien|without|abolish|scramble"
)
_HANDED = re.compile(r"inject|infus|administ|deliver|treat|transplant|given|giving|received")


def _made_in_abstract(facts: Facts) -> bool:
    """Tell whether vesicles changed on purpose were given, where the title is silent.

    A title on a mechanism ("via miR-125") makes changed cells an experiment on it.
    """
    text = facts.text
    title_end = text.sentences[0].end
    if MECHANISM.search(text.folded, 0, title_end) or _RNA_NAME.search(text.folded, 0, title_end):
        return False
    for hit in text.get("engineered"):
        sentence = text.sentences[hit.sentence]
        words = text.folded[sentence.start : sentence.end]
        if (
            sentence.part == "abstract"
            and _MADE.match(words, hit.start - sentence.start)
            and _beside(facts, hit)
            and not _in_carrier(text, hit)
            and not _BY_CURRENT.search(words[: hit.start - sentence.start + 20])
            and _HANDED.search(words)
            and not _LOSS.search(words)
        ):
            return True
    return False


_RNA_NAME = re.compile(r"mir-?\d|microrna|lncrna|circ[a-z]*rna|exosomal|vesicular")


def engineered_title(facts: Facts) -> Hit | None:
    text = facts.text
    for hit in text.get("engineered_sure") + text.get("engineered"):
        if hit.sentence != 0 or _in_carrier(text, hit):
            continue
        if _OF_NATURAL.match(text.folded, hit.end) or _delivers_vesicles(facts, hit):
            continue
        if not _beside(facts, hit) and not (hit.start == 0 and facts.title_vesicle):
            continue
        if hit.cue.literal in _MADE_VESICLES:
            return hit  # "via engineered exosomes": no cell makes those
        if not MECHANISM.search(text.folded, max(0, hit.start - 10), hit.start + 1):
            return hit
    for hit in text.get("rna_cargo"):
        if hit.sentence == 0 and _after_rna(text, hit) and _beside(facts, hit):
            return hit
    if _GENE_CELL.search(text.plain[: text.sentences[0].end]):
        return facts.title_msc or facts.title_vesicle
    return None


_MADE_VESICLES = frozenset({"engineered exosom", "engineered EV", "engineered extracellular"})


def _delivers_vesicles(facts: Facts, hit: Hit) -> bool:
    """Tell whether "delivery of" is said of the vesicles themselves, which carry nothing more."""
    return hit.cue.literal == "delivery of" and any(
        0 <= p.start - hit.end <= _NEXT for p in facts.vesicles + facts.msc
    )


_NEXT = 12
_OF_NATURAL = re.compile(r"\w* of (?:exosomal|vesicular|exosome-derived|ev-derived)")
"""More of what natural vesicles hold ("overexpression of exosomal miR-21") changes no vesicle."""


def _beside(facts: Facts, hit: Hit) -> bool:
    return any(
        p.sentence == hit.sentence and -BESIDE <= p.start - hit.end <= BESIDE
        for p in facts.vesicles + facts.msc
    )


_PUT_IN = re.compile(r"\w*[- ](?:transfect|load|treated|modified|overexpress|engineer)")


def _after_rna(text: Text, hit: Hit) -> bool:
    """Tell whether an RNA's name stands before; a mimic must be put into cells or vesicles."""
    if hit.cue.literal == "mimic" and not _PUT_IN.match(text.folded, hit.end):
        return False
    return bool(_RNA.search(text.folded[max(0, hit.start - 24) : hit.start]))


def _in_carrier(text: Text, hit: Hit) -> bool:
    return any(
        c.sentence == hit.sentence and abs(c.start - hit.start) < 40
        for c in text.get("carrier_hydrogel")
    )
