"""Axes ``intervention``, ``source_kind``, ``msc`` and ``therapy_relevant``.

What a record is about, and where the vesicles or the medium come from. The order of the
questions: which cells do the vesicles (or the medium, or the cells themselves) come from;
are they made into a treatment or studied as marker, messenger or biology; and if a
treatment, in which form. A cell counts for a vesicle when it stands beside it ("exosomes
derived from adipose stem cells"), and the title outweighs the abstract.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify.text import Hit, Text
from evlit.records import Tag

_NEAR = 48
"""Letters between a cell's name and a vesicle's that still tie the two."""
_BESIDE = 60
"""Letters between "engineered" and the vesicle or cell that it speaks of."""
_TITLE = 3
"""Weight of a pair in the title beside one in the abstract."""
_MANY = 6
"""Mentions from which a review is about mesenchymal cells without saying so in its title."""

_GENE_CELL = re.compile(
    r"\b(?!(?:BM|UC|AD|WJ|hUC|HUC|hBM|iPSC?|hiPSC?|ESC|OM|AF|hAD|PD|P|C|hWJ|DP|SHED|rat|mouse|human"
    r"|non|anti|pre|post|COVID|DMD|T2DM|OA|hypoxia|pro|Hypo|EPO|LPS|IFN|TNF|IL)\b)"
    r"(?:[A-Z][A-Z0-9α-ω]{2,}|[Mm]i[Rr]-?\d+[a-z0-9-]*|Nrf2|Akt1?|Sirt\d?|Bcl-?2|HIF-1α)"
    r"-(?:h|r|m|hUC|huc|UC|BM|AD|WJ)?-?(?:[A-Z]{0,3}MSCs?|ADSCs?|mesenchymal)"
)
"""A gene or microRNA before the cell: "FNDC5-BMMSCs" are modified cells."""
_RNA = re.compile(r"(?:mi[rR](?:na)?|microrna|sirna|lncrna|circ|shrna|mrna)[a-z]*[- ]?[\w./-]{0,16}[ -]?$",
                  re.IGNORECASE)  # fmt: skip
_MECHANISM = re.compile(
    r"\b(?:via|through|by|downregulating|upregulating|upregulation|downregulation|regulating"
    r"|secretion of|release of|increasing|enhancing)\b"
)
_OBJECT = re.compile(
    r"\b(?:differentiation|osteogenesis|adipogenesis|chondrogenesis|senescence|ag(?:e)?ing"
    r"|proliferation|migration|isolation|expansion|characteri[sz]ation|cryopreservation|culture"
    r"|fate|commitment|homing|stemness|exhaustion)\b"
)


class _Source(NamedTuple):
    """Cells tied to a vesicle or medium, in weighted pairs."""

    msc: float
    other: float
    disease: float
    why: Hit | None
    msc_title: bool
    other_title: bool
    disease_title: bool


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return one tag for each of the four axes."""
    facts = _Facts(text, _value(seen, "design"))
    kind, why_kind = _source_kind(facts)
    intervention, why, score = _intervention(facts, kind)
    relevant = _therapy_relevant(facts, kind, intervention)
    return [
        Tag("intervention", intervention, "rule", why, score),
        Tag("source_kind", kind, "rule", why_kind, 0.9),
        Tag("msc", "true" if kind == "msc" else "false", "rule", why_kind, 0.9),
        Tag("therapy_relevant", relevant, "rule", f"{intervention}, source {kind}; {why}", score),
    ]


def _value(seen: dict[str, list[Tag]], axis: str) -> str:
    said = seen.get(axis)
    return said[0].value if said else ""


# ----------------------------------------------------------------------------- facts


class _Facts:
    """The hits that the four axes share, clashes removed."""

    def __init__(self, text: Text, design: str) -> None:
        self.text = text
        self.design = design
        self.review = design == "review"
        self.vesicles = _sure(text, "vesicle")
        self.medium = text.get("medium")
        self.msc = _msc_hits(text)
        self.title_vesicle = _in_title(self.vesicles)
        self.title_medium = _in_title(self.medium)
        self.title_msc = _in_title(self.msc)
        self.source = _sources(self)


def _in_title(hits: list[Hit]) -> Hit | None:
    return hits[0] if hits and hits[0].sentence == 0 else None


def _first(hits: list[Hit]) -> Hit | None:
    return hits[0] if hits else None


def _sure(text: Text, kind: str) -> list[Hit]:
    """Return hits; short forms (EV, Exo) only where the record writes the word out too."""
    hits = text.get(kind)
    return hits if any(not h.cue.case for h in hits) else []


def _msc_hits(text: Text) -> list[Hit]:
    """Return mesenchymal cells, each name once; bare MSC needs a word that explains it."""
    hits = text.get("msc")
    if not hits:
        return []
    kept: list[Hit] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end + 3:
            kept.append(hit)
    written = any(not h.cue.case for h in hits) or "stem cell" in text.folded
    vesicle = text.has("vesicle") and not text.has("msc_other")
    return kept if written or vesicle else []


def _sources(facts: _Facts) -> _Source:
    text = facts.text
    products = facts.vesicles + facts.medium
    msc = _pairs(text, facts.msc, products)
    other = _pairs(text, _apart(text.get("source_giver"), facts.msc), products)
    disease = _pairs(text, text.get("source_disease"), products)
    return _Source(
        _weight(msc), _weight(other), _weight(disease), _first(msc),
        _in_title(msc) is not None, _in_title(other) is not None, _in_title(disease) is not None,
    )  # fmt: skip


def _apart(hits: list[Hit], others: list[Hit]) -> list[Hit]:
    """Return the hits that do not touch another list's ("stem cell" in an MSC's name)."""
    return [
        h for h in hits if not any(o.start - 12 < h.end and h.start < o.end + 14 for o in others)
    ]


def _pairs(text: Text, cells: list[Hit], products: list[Hit]) -> list[Hit]:
    """Return the cells tied to a vesicle or medium in the same sentence."""
    by_sentence: dict[int, list[Hit]] = {}
    for product in products:
        by_sentence.setdefault(product.sentence, []).append(product)
    return [
        cell
        for cell in cells
        if any(_tied(text.folded, cell, product) for product in by_sentence.get(cell.sentence, ()))
    ]


def _tied(folded: str, cell: Hit, product: Hit) -> bool:
    if product.start >= cell.end:
        gap = folded[cell.end : product.start] if product.start - cell.end <= _NEAR else None
        return gap is not None and _before(gap)
    gap = folded[product.end : cell.start] if cell.start - product.end <= _NEAR else None
    return gap is not None and _after(gap)


_TIES = {
    "derived",
    "secreted",
    "released",
    "cell",
    "cells",
    "their",
    "its",
    "and",
    "(mscs)",
    "stem",
}
_FROM = {"from", "of", "by"}
_STOPS = {"via", "through", "to", "into", "on", "against", "in", "using", "for", "treated", "with"}


def _before(gap: str) -> bool:
    """Cell, then vesicle: "MSC-derived small exosomes", "MSCs (MSC-exo)"."""
    words = gap.replace("-", " ").split()
    if any(w in _STOPS for w in words):
        return False
    return len(words) <= 2 and "by" not in words or any(w in _TIES for w in words)


def _after(gap: str) -> bool:
    """Vesicle, then cell: "exosomes derived from human MSCs"."""
    words = gap.replace("-", " ").replace(")", " ").split()
    return any(w in _FROM for w in words) and not any(w in _STOPS for w in words)


def _weight(hits: list[Hit]) -> float:
    return sum(_TITLE if h.sentence == 0 else 1 for h in hits)


# ------------------------------------------------------------------------ source_kind


def _source_kind(facts: _Facts) -> tuple[str, str]:
    """Return the value and the words for it."""
    source, text = facts.source, facts.text
    named = source.why or _first(facts.msc)
    if _msc_centre(facts):
        return "msc", _quote(text, named, "")
    other = source.other + source.disease
    if source.msc and other and facts.review:
        return "mixed", _quote(text, named, "")
    hit = _first(text.get("source_giver")) or _first(text.get("source_disease"))
    if hit and (facts.vesicles or facts.medium):
        return "non_msc", _quote(text, hit, "")
    return "not_stated", "no source of vesicles or medium named"


def _msc_centre(facts: _Facts) -> bool:
    """Tell whether vesicles, medium or cells at the centre come from mesenchymal cells."""
    source = facts.source
    if not facts.msc or ((source.other_title or source.disease_title) and not source.msc_title):
        return False
    if facts.title_msc:
        return True
    other = source.other + source.disease
    mentions = len(facts.msc)
    if facts.review:
        return source.msc >= 2 and source.msc > 2 * other or mentions >= _MANY > 3 * other
    if source.msc:
        return source.msc >= other
    return mentions >= 3 and not other and not facts.title_vesicle


def _quote(text: Text, hit: Hit | None, otherwise: str) -> str:
    return text.quote(hit) if hit else otherwise


# ----------------------------------------------------------------------- intervention


def _intervention(facts: _Facts, kind: str) -> tuple[str, str, float]:
    """Return value, words and score."""
    if hit := _cells_given(facts):
        if facts.source.msc_title and facts.text.in_title("both_given"):
            return "cells_plus_product", facts.text.quote(hit), 0.7
        return "cells", facts.text.quote(hit), 0.8
    if not (facts.vesicles or facts.medium):
        return _without_vesicles(facts)
    hit = _msc_treatment(facts) if kind in {"msc", "mixed"} else _other_treatment(facts)
    if hit is None:
        return "not_therapy", _why_not(facts), 0.8
    return _form(facts), facts.text.quote(hit), 0.85


def _without_vesicles(facts: _Facts) -> tuple[str, str, float]:
    hit = facts.text.in_title("other_preparation")
    if hit and (facts.text.in_title("benefit") or facts.text.in_title("clinical_use")):
        return "other_product", facts.text.quote(hit), 0.6
    return "not_therapy", _why_not(facts), 0.9


def _why_not(facts: _Facts) -> str:
    text = facts.text
    for kind in ("marker", "harm", "vesicle_biology"):
        if hit := text.in_title(kind):
            return text.quote(hit)
    hit = _first(facts.vesicles) or _first(facts.medium) or _first(facts.msc)
    return _quote(text, hit, "no vesicles, medium or mesenchymal cells named")


def _form(facts: _Facts) -> str:
    """Return the form of a treatment with vesicles or medium."""
    if facts.title_vesicle is None and facts.text.in_title("other_preparation"):
        return "other_product"
    if facts.source.msc_title and facts.text.in_title("both_given") and _both(facts):
        return "cells_plus_product"
    if _medium_first(facts):
        return "conditioned_medium"
    return "engineered_ev" if _engineered(facts) else "ev"


def _both(facts: _Facts) -> bool:
    """Tell whether the title adds cells to vesicles: "MSCs combined with their exosomes"."""
    both = facts.text.in_title("both_given")
    cells = [h for h in facts.msc if h.sentence == 0]
    products = [h for h in facts.vesicles + facts.medium if h.sentence == 0]
    if both is None or len(cells) < 1:
        return False
    left = [h for h in cells + products if h.end <= both.start]
    right = [h for h in cells + products if h.start >= both.end]
    alone = [c for c in cells if not _pairs(facts.text, [c], products)]
    return bool(left and right and alone)


def _medium_first(facts: _Facts) -> bool:
    if facts.title_medium and facts.title_vesicle:
        ends_title = facts.title_medium.start > facts.title_vesicle.start
        gap = facts.text.folded[facts.title_vesicle.end : facts.title_medium.start]
        return ends_title and len(gap.split()) <= 1
    if facts.title_medium or facts.title_vesicle:
        return facts.title_medium is not None
    return len(facts.medium) > len(facts.vesicles)


# ------------------------------------------------------------------------------ cells


def _cells_given(facts: _Facts) -> Hit | None:
    """Return the cells that are the treatment (vesicles at most how they work), or None."""
    text = facts.text
    cell = facts.title_msc or text.in_title("other_stem")
    helps = text.in_title("benefit") or text.in_title("cell_therapy")
    if cell is None or _object(text, cell):
        return None
    therapy, given = len(text.get("cell_therapy")), len(text.get("given_vesicle"))
    product = facts.title_vesicle or facts.title_medium
    if product is None:
        lives = facts.design in {"animal", "clinical", "review", "protocol"}
        helps = helps or (text.in_title("acts") if lives else None)
        return cell if helps and (therapy or lives) else None
    if facts.source.msc_title or not helps:
        return None
    by_vesicle = _MECHANISM.search(text.folded, cell.end, max(cell.end, product.start))
    return cell if by_vesicle and therapy >= given else None


def _object(text: Text, cell: Hit) -> bool:
    """Tell whether the title studies the cells themselves: "differentiation of MSCs"."""
    title = text.folded[: text.sentences[0].end]
    if text.in_title("cell_therapy"):
        return False
    return bool(_OBJECT.search(title)) and not _OBJECT.search(title).start() > cell.end + 60  # type: ignore[union-attr]


# -------------------------------------------------------------------------- treatment


def _msc_treatment(facts: _Facts) -> Hit | None:
    """Return the words that make mesenchymal vesicles or medium a treatment, or None."""
    text = facts.text
    given, helps = text.get("given_vesicle"), text.in_title("benefit")
    acts = text.in_title("acts") or text.in_title("clinical_use")
    against = text.in_title("harm") and not helps and not _opposed(text)
    if against or (text.in_title("vesicle_biology") and not helps and len(given) < 2):
        return None
    if facts.title_vesicle or facts.title_medium:
        if _only_mechanism(facts):
            return helps if facts.source.msc_title and helps else None
        if facts.source.msc or facts.source.msc_title or facts.title_msc:
            return helps or acts or _first(given) or _first(text.get("benefit"))
    return _first(given) if (facts.source.msc or facts.medium) and (given or helps) else None


def _only_mechanism(facts: _Facts) -> bool:
    """Tell whether the title's vesicles are how something else works ("… via exosomes")."""
    product = facts.title_vesicle or facts.title_medium
    if product is None or product.start < 30:
        return False
    first = min((h.start for h in (facts.title_msc, product) if h), default=0)
    return first > 30 and bool(_MECHANISM.search(facts.text.folded, 0, first))


def _opposed(text: Text) -> bool:
    """Tell whether the title speaks against the harm ("inhibit progression of …")."""
    harm = text.in_title("harm")
    return harm is not None and bool(_AGAINST.search(text.folded, 0, harm.start))


_AGAINST = re.compile(
    r"\b(?:inhibit|suppress|reduc|curtail|restrain|hinder|imped|retard|repress|block|prevent|limit"
    r"|attenuat|alleviat|delay|halt|overcom|revers|ameliorat|against|sensitiz|decreas|diminish"
    r"|abrogat|eliminat|control|interven|mitigat|targeting)\w*"
)


def _other_treatment(facts: _Facts) -> Hit | None:
    """Return the words that make other vesicles a treatment, or None."""
    text = facts.text
    if facts.title_vesicle is None and facts.title_medium is None:
        return None
    helps = text.in_title("benefit") or (
        text.in_title("clinical_use") if facts.design in {"clinical", "protocol"} else None
    )
    harmful = text.in_title("harm") is not None and not _opposed(text)
    made = _engineered_title(facts)
    if facts.source.disease_title and not (made and helps):
        return None
    if made and not (harmful and not helps):
        return made
    if text.in_title("marker") or text.in_title("vesicle_biology") or harmful:
        return None
    if _only_mechanism(facts):
        return None
    given = text.get("given_vesicle")
    if helps and (facts.source.other_title or given or facts.review):
        return helps
    return given[0] if len(given) >= 3 and not facts.review else None


# -------------------------------------------------------------------------- engineered


def _engineered(facts: _Facts) -> bool:
    """Tell whether the vesicles, or the cells that give them, were changed on purpose."""
    text = facts.text
    if _engineered_title(facts):
        return True
    if text.in_title("primed") and not text.in_title("rna_cargo"):
        return False
    sure = [h for h in text.get("engineered_sure") if not _in_carrier(text, h)]
    sure += [h for h in text.get("rna_cargo") if _after_rna(text, h) and _beside(facts, h)]
    places = {h.sentence for h in sure}
    if facts.review:
        return len(places) >= 3
    return bool(places)


def _engineered_title(facts: _Facts) -> Hit | None:
    text = facts.text
    for hit in text.get("engineered_sure") + text.get("engineered"):
        if hit.sentence == 0 and _beside(facts, hit) and not _in_carrier(text, hit):
            return hit
    for hit in text.get("rna_cargo"):
        if hit.sentence == 0 and _after_rna(text, hit) and _beside(facts, hit):
            return hit
    if _GENE_CELL.search(text.plain[: text.sentences[0].end]):
        return facts.title_msc or facts.title_vesicle
    return None


def _beside(facts: _Facts, hit: Hit) -> bool:
    return any(
        p.sentence == hit.sentence and -_BESIDE <= p.start - hit.end <= _BESIDE
        for p in facts.vesicles + facts.msc
    )


def _after_rna(text: Text, hit: Hit) -> bool:
    return bool(_RNA.search(text.folded[max(0, hit.start - 24) : hit.start]))


def _in_carrier(text: Text, hit: Hit) -> bool:
    return any(
        c.sentence == hit.sentence and abs(c.start - hit.start) < 40
        for c in text.get("carrier_hydrogel")
    )


# ------------------------------------------------------------------- therapy_relevant


def _therapy_relevant(facts: _Facts, kind: str, intervention: str) -> str:
    """Return ``true`` for a treatment whose vesicles or medium come from MSCs."""
    product = intervention not in {"not_therapy", "cells"}
    return "true" if product and kind in {"msc", "mixed"} and facts.msc else "false"
