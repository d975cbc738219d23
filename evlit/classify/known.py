"""Known products: where a record names one whose nature the catalogue tells."""

from __future__ import annotations

from evlit.classify.text import Hit, Text
from evlit.records import AXIS_VALUES

NAMED = "named:"
"""Cue classes of known products: ``named:INTERVENTION:SOURCE_KIND``."""
_KINDS = frozenset(
    f"{NAMED}{intervention}:{source}"
    for intervention in ("", *AXIS_VALUES["intervention"])
    for source in ("", *AXIS_VALUES["source_kind"])
)


def named_hits(text: Text) -> list[Hit]:
    """Return where title or abstract name known products, in order of position.

    A keyword names what a paper is about, not what it gave.
    """
    if _KINDS.isdisjoint(text.hits):
        return []
    hits = [h for kind in text.hits.keys() & _KINDS for h in text.hits[kind]]
    told = [h for h in hits if text.sentences[h.sentence].part != "keywords"]
    return sorted(told, key=lambda h: h.start)


def nature(hit: Hit) -> tuple[str, str]:
    """Return (intervention, source_kind) of the product that a hit names."""
    intervention, source = hit.cue.kind.removeprefix(NAMED).split(":")
    return intervention, source
