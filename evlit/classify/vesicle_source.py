"""Whose vesicles: ties a cell's name to a vesicle's, and tells the axis ``source_kind``.

A cell counts when it stands beside a vesicle or medium in one sentence, in an order that
language gives a meaning: "MSC-derived exosomes", "exosomes isolated from dendritic cells",
never "exosomes delivered to MSCs".
"""

from __future__ import annotations

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


class Source(NamedTuple):
    """Cells tied to a vesicle or medium, in weighted pairs."""

    msc: float
    other: float
    disease: float
    why: Hit | None
    why_other: Hit | None
    msc_title: bool
    other_title: bool
    disease_title: bool


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
    """Return vesicles; short forms (EV, Exo) and the bare word need one written out too."""
    hits = text.get("vesicle")
    if all(h.cue.case for h in hits):
        return []
    bare = text.get("vesicle_bare")
    return sorted(hits + bare, key=lambda h: h.start) if bare else hits


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


def _sources(facts: Facts) -> Source:
    text = facts.text
    products = facts.vesicles + facts.medium
    msc = _pairs(text, facts.msc, products)
    other = _pairs(text, _apart(text.get("source_giver"), facts.msc), products)
    disease = _pairs(text, text.get("source_disease"), products)
    return Source(
        _weight(msc), _weight(other), _weight(disease), first(msc), first(other) or first(disease),
        title_hit(msc) is not None, title_hit(other) is not None, title_hit(disease) is not None,
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
    if source.why_other:
        return "non_msc", text.quote(source.why_other)
    return "not_stated", "no source of vesicles or medium named"


def _msc_centre(facts: Facts) -> bool:
    """Tell whether vesicles, medium or cells at the centre come from mesenchymal cells."""
    source = facts.source
    if not facts.msc or ((source.other_title or source.disease_title) and not source.msc_title):
        return False
    if facts.title_msc:
        return True
    other = source.other + source.disease
    mentions = len(facts.msc)
    if facts.review:
        return (source.msc >= 2 and source.msc > 2 * other) or mentions >= _MANY > 3 * other
    if source.msc:
        return source.msc >= other
    return mentions >= 3 and not other and not facts.title_vesicle


def quoted(text: Text, hit: Hit | None, otherwise: str) -> str:
    return text.quote(hit) if hit else otherwise
