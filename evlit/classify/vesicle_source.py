"""Whose vesicles: ties a cell's name to a vesicle's, and tells the axis ``source_kind``.

A cell counts when it stands beside a vesicle or medium in one sentence, in an order that
language gives a meaning: "MSC-derived exosomes", "exosomes isolated from dendritic cells",
never "exosomes delivered to MSCs".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify.text import Hit, Text

_NEAR = 48
"""Letters between a cell's name and a vesicle's that still tie the two."""
_ORIGIN = 24
"""Letters after a cell's name within which "origin" ties it to a vesicle before it."""
_TITLE = 3
"""Weight of a pair in the title beside one in the abstract."""
_MANY = 6
"""Mentions from which a review is about mesenchymal cells without saying so in its title."""


_BARE = "stem cell"
"""Stem cells without a word on which; they name no source, but they are there to be given."""


class Source(NamedTuple):
    """Cells tied to a vesicle or medium, in weighted pairs."""

    msc: float
    other: float
    """Cells of another kind; bare stem cells left out."""
    disease: float
    why: Hit | None
    why_other: Hit | None
    msc_title: bool
    other_title: bool
    disease_title: bool
    named_title: bool
    """The title's cells of another kind are named, not bare stem cells."""


# ----------------------------------------------------------------------------- facts


class Facts:
    """The hits that the four axes share, clashes removed."""

    def __init__(self, text: Text, design: str) -> None:
        self.text = text
        self.design = design
        self.review = design == "review"
        self.vesicles = _vesicles(text)
        self.medium = text.get("medium")
        self.msc = _msc_hits(text)
        self.title_vesicle = title_hit(self.vesicles)
        self.title_medium = title_hit(self.medium)
        self.title_msc = title_hit(self.msc)
        self.source = _sources(self)


def title_hit(hits: list[Hit]) -> Hit | None:
    return hits[0] if hits and hits[0].sentence == 0 else None


def first(hits: list[Hit]) -> Hit | None:
    return hits[0] if hits else None


def _vesicles(text: Text) -> list[Hit]:
    """Return vesicles; short forms (EV, Exo) need one written out too, or their cells beside."""
    hits = text.get("vesicle")
    if all(h.cue.case for h in hits):
        cells = text.get("msc") + text.get("source_giver")
        return [h for h in hits if any(_is_short_form(text.folded, c, h) for c in cells)]
    bare = text.get("vesicle_bare")
    return sorted(hits + bare, key=lambda h: h.start) if bare else hits


def _is_short_form(folded: str, cell: Hit, product: Hit) -> bool:
    """Tell whether a cell stands right before: "MSC-derived EV" is no electric vehicle."""
    gap = folded[cell.end : product.start] if product.start >= cell.end else None
    return cell.start <= product.start < cell.end or gap in _RIGHT_BEFORE


_RIGHT_BEFORE = {"-", " ", "-derived ", " derived ", " cell-derived ", " cells-derived "}


def _msc_hits(text: Text) -> list[Hit]:
    """Return mesenchymal cells, each name once; bare MSC needs a word that explains it."""
    hits = text.get("msc")
    if not hits:
        return []
    kept: list[Hit] = []
    for hit in hits:
        if hit.cue.literal in _BY_TISSUE and not _CELLS_FOLLOW.match(text.folded, hit.end):
            continue
        if not kept or hit.start >= kept[-1].end + 3:
            kept.append(hit)
    written = any(not h.cue.case for h in hits) or "stem cell" in text.folded
    vesicle = (text.has("vesicle") or text.has("medium")) and not text.has("msc_other")
    return kept if written or vesicle else []


_BY_TISSUE = {
    "umbilical cord derived", "adipose tissue derived", "dental pulp-derived", "gingiva-derived",
    "decidua-derived", "chorionic villi-derived", "chorion-derived", "amniotic membrane-derived",
    "amniotic-derived", "synovium-derived", "tonsil-derived", "cord tissue-derived",
    "infrapatellar fat pad-derived", "menstrual blood-derived",
}  # fmt: skip
_CELLS_FOLLOW = re.compile(
    r"[ -](?:[\w/()-]+ ){0,3}?[\w-]*(?:cells?\b|stem|strom|mesenchym|mscs?\b|progenitor|exosom"
    r"|vesic|s?evs?\b|secretom|conditioned|microvesic|microparticle|supernatant)"
)
"""A tissue's name means its mesenchymal cells only before cells, or what cells release."""


def _sources(facts: Facts) -> Source:
    text = facts.text
    products = facts.vesicles + facts.medium
    msc = _pairs(text, facts.msc, products)
    giver = _pairs(text, _apart(text.get("source_giver"), facts.msc), products)
    disease = _pairs(text, text.get("source_disease"), products)
    other = [h for h in giver if h.cue.literal != _BARE]
    return Source(
        _weight(msc), _weight(other), _weight(disease), first(msc), first(other) or first(disease),
        title_hit(msc) is not None, title_hit(giver) is not None, title_hit(disease) is not None,
        title_hit(other) is not None,
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
    if cell.start < product.end and product.start < cell.end:
        return True  # one cue holds both: "CDC-EV", "plant exosome"
    if product.start >= cell.end:
        gap = folded[cell.end : product.start] if product.start - cell.end <= _NEAR else None
        return gap is not None and _before(gap)
    gap = folded[product.end : cell.start] if cell.start - product.end <= _NEAR else None
    if gap is not None and " origin" in folded[cell.end : cell.end + _ORIGIN]:
        return True
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
    return (len(words) <= 2 and "by" not in words) or any(w in _TIES for w in words)


def _after(gap: str) -> bool:
    """Vesicle, then cell: "exosomes derived from human MSCs"."""
    words = gap.replace("-", " ").replace(")", " ").split()
    if "(source" in words:
        return True
    return any(w in _FROM for w in words) and not any(w in _STOPS for w in words)


def _weight(hits: list[Hit]) -> float:
    return sum(_TITLE if h.sentence == 0 else 1 for h in hits)


# ------------------------------------------------------------------------ source_kind


def source_kind(facts: Facts) -> tuple[str, str]:
    """Return the value and the words for it."""
    source, text = facts.source, facts.text
    named = source.why or first(facts.msc)
    if _msc_centre(facts):
        return "msc", quoted(text, named, "")
    other = source.other + source.disease
    if source.msc and facts.review and (other or text.has("source_giver")):
        return "mixed", quoted(text, named, "")
    found = source.why_other or _fluid_or_tissue(facts)
    if found:
        return "non_msc", text.quote(found)
    if not facts.msc and (name := _derived_from_name(facts)):
        return "non_msc", text.quote(name)
    return "not_stated", "no source of vesicles or medium named"


_NAME_DERIVED = re.compile(r"(?<![\w-])(?P<name>[A-Z][A-Za-z0-9]*[A-Z0-9][A-Za-z0-9]*)s?-derived $")
_NO_SOURCE = {"EV", "GMP", "DNA", "RNA", "CRISPR", "PEG", "MISEV", "3D", "2D"}


def _derived_from_name(facts: Facts) -> Hit | None:
    """Return vesicles that are "RAC-derived": the cells have a name of their own."""
    plain = facts.text.plain
    for hit in facts.vesicles:
        found = _NAME_DERIVED.search(plain, max(0, hit.start - 30), hit.start)
        if found and found["name"] not in _NO_SOURCE:
            return hit
    return None


def _fluid_or_tissue(facts: Facts) -> Hit | None:
    """Return the body fluid, tissue or cell line that vesicles are said to come from."""
    text = facts.text
    found = [
        hit
        for kind in ("source_fluid", "source_tissue")
        for hit in text.get(kind)
        for product in facts.vesicles
        if product.sentence == hit.sentence and _comes_from(text, hit, product)
    ]
    return min(found, key=lambda h: h.start, default=None)


_BETWEEN = {
    "derived", "small", "human", "total", "large", "circulating", "and", "cell", "cells", "tissue",
    "secreted", "released", "extracellular", "nanosized", "isolated", "neuron", "fluid", "cancer",
}  # fmt: skip
"""Words that may part a fluid or tissue from the vesicles it gave ("plasma-derived small EVs")."""
_OUT_OF = re.compile(
    r"^[\w-]*(?: \([^)]{1,20}\))?(?: (?:isolated|derived|obtained|purified|extracted|collected"
    r"|harvested|separated|prepared|released|secreted|recovered|enriched|originating|present"
    r"|circulating))? (?P<way>from|of|by|in) (?!(?:therapy|treatment)\b)(?:[\w-]+ ){0,3}$"
)
_BARRIER = "-brain barrier"


def _comes_from(text: Text, source: Hit, product: Hit) -> bool:
    """Tell whether a fluid or tissue gave the vesicles: right before, or right after "from"."""
    folded = text.folded
    if source.start < product.end and product.start < source.end:
        return True
    if folded.startswith(_BARRIER, source.end):
        return False
    if product.start >= source.end:
        gap = folded[source.end : product.start]
        words = gap.replace("-", " ").split()
        return len(gap) <= _NEAR and all(word in _BETWEEN for word in words)
    if source.start - product.end > _NEAR:
        return False
    found = _OUT_OF.match(folded[product.end : source.start])
    if found is None or found["way"] != "in":
        return found is not None
    return source.cue.kind == "source_fluid" and not text.has("given_vesicle")


_PRIMARY = {"animal", "in_vitro", "clinical"}
_STUDIED = ("source_giver", "source_disease", "source_fluid", "source_tissue", "cell_word")


_OF_STEM_CELLS = re.compile(r"\b(?:derived|secreted|released|isolated) (?:from|by) stem cells?\b")
"""Stem cells without a word on which: they may be mesenchymal."""


def own_source(facts: Facts) -> Hit | None:
    """Return whose vesicles a study has that gives none: those of what it studies.

    Vesicles that are no treatment come from the people, animals or cells at hand. What is
    named with them in a sentence says so ("exosome secretion in hepatocellular carcinoma").
    """
    text = facts.text
    if facts.design not in _PRIMARY or facts.msc or not facts.vesicles:
        return None
    places = {
        h.sentence
        for h in facts.vesicles
        if not _OF_STEM_CELLS.search(text.folded, *text.sentences[h.sentence][:2])
    }
    found = [h for kind in _STUDIED for h in text.get(kind) if h.sentence in places]
    return min(found, key=lambda h: h.start, default=None)


def _msc_centre(facts: Facts) -> bool:
    """Tell whether vesicles, medium or cells at the centre come from mesenchymal cells."""
    source = facts.source
    if not facts.msc or ((source.named_title or source.disease_title) and not source.msc_title):
        return False
    if facts.title_msc:
        fluid = None if source.msc else _fluid_or_tissue(facts)
        return fluid is None or fluid.start > facts.title_msc.start
    other = source.other + source.disease
    mentions = len(facts.msc)
    if facts.review:
        return (source.msc >= 2 and source.msc > 2 * other) or mentions >= _MANY > 3 * other
    if source.msc:
        return source.msc >= other
    return mentions >= 3 and not other and not facts.title_vesicle


def quoted(text: Text, hit: Hit | None, otherwise: str) -> str:
    return text.quote(hit) if hit else otherwise
