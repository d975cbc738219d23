"""Axes ``intervention``, ``source_kind``, ``msc`` and ``therapy_relevant``.

What a record is about, and where the vesicles or the medium come from. The order of the
questions: which cells do the vesicles (or the medium, or the cells themselves) come from;
are they made into a treatment or studied as marker, messenger or biology; and if a
treatment, in which form. A cell counts for a vesicle when it stands beside it ("exosomes
derived from adipose stem cells"), and the title outweighs the abstract.
"""

from __future__ import annotations

from typing import NamedTuple

from evlit.classify.form import both_in_abstract, form, joined_in_title
from evlit.classify.given import got_by_people
from evlit.classify.giving import is_measured
from evlit.classify.known import named_hits, nature
from evlit.classify.preparation import other_cells_given, preparation_given
from evlit.classify.text import Hit, Text
from evlit.classify.treatment import cells_given, msc_treatment, other_treatment
from evlit.classify.vesicle_source import Facts, first, own_source, quoted, source_kind
from evlit.records import Tag


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return one tag for each of the four axes."""
    if _ABOUT.isdisjoint(text.hits) and not named_hits(text):
        return _silent(text)
    facts = Facts(text, _value(seen, "design"))
    kind, why_kind = source_kind(facts)
    intervention, why, score = _intervention(facts, kind)
    if named := _named(text, _value(seen, "design")):
        intervention, why, score = _by_name(named, intervention, why, score)
        kind, why_kind = _source_by_name(named, kind, why_kind)
    if kind == "not_stated" and intervention == "not_therapy" and (own := own_source(facts)):
        kind, why_kind = "non_msc", f"vesicles of what is studied: {text.quote(own)}"
    relevant = _therapy_relevant(facts, kind, intervention)
    return [
        Tag("intervention", intervention, "rule", why, score),
        Tag("source_kind", kind, "rule", why_kind, 0.9),
        Tag("msc", "true" if kind == "msc" else "false", "rule", why_kind, 0.9),
        Tag("therapy_relevant", relevant, "rule", f"{intervention}, source {kind}; {why}", score),
    ]


_ABOUT = frozenset(
    {"vesicle", "medium", "msc", "other_stem", "other_preparation", "cell_treatment"}
)
"""Classes of cues without which a record speaks of no vesicles, medium, cells or preparation."""
_NAMES_NONE = "no vesicles, medium or mesenchymal cells named"


def _silent(text: Text) -> list[Tag]:
    """Return the tags of a record that names nothing of the field."""
    why, source = _quoted_study(text) or _NAMES_NONE, "no source of vesicles or medium named"
    return [
        Tag("intervention", "not_therapy", "rule", why, 0.9),
        Tag("source_kind", "not_stated", "rule", source, 0.9),
        Tag("msc", "false", "rule", source, 0.9),
        Tag("therapy_relevant", "false", "rule", f"not_therapy, source not_stated; {why}", 0.9),
    ]


def _value(seen: dict[str, list[Tag]], axis: str) -> str:
    said = seen.get(axis)
    return said[0].value if said else ""


# ------------------------------------------------------------------------------ names


class _Named(NamedTuple):
    """A product whose nature the catalogue knows, named in a record."""

    intervention: str
    source_kind: str
    why: str


def _named(text: Text, design: str) -> _Named | None:
    """Return the product a record names in its title, or names at all where it tries one."""
    for hit in named_hits(text):
        if hit.sentence == 0 or design in {"clinical", "animal", "in_vitro", "protocol"}:
            return _Named(*nature(hit), f"a named product: {text.quote(hit)}")
    return None


def _by_name(named: _Named, value: str, why: str, score: float) -> tuple[str, str, float]:
    """Let a known product say what a record is about where its words do not."""
    if value == "not_therapy" and named.intervention:
        return named.intervention, named.why, 0.7
    return value, why, score


def _source_by_name(named: _Named, kind: str, why: str) -> tuple[str, str]:
    """Let a known product say where its vesicles come from where the words do not."""
    if kind == "not_stated" and named.source_kind != "not_stated":
        return named.source_kind, named.why
    return kind, why


# ----------------------------------------------------------------------- intervention


def _intervention(facts: Facts, kind: str) -> tuple[str, str, float]:
    """Return value, words and score."""
    got = _by_what_people_got(facts, kind) if facts.design == "clinical" else None
    return got or _by_words(facts, kind)


def _by_words(facts: Facts, kind: str) -> tuple[str, str, float]:
    """Decide by what title and abstract speak of."""
    if hit := cells_given(facts):
        return "cells", facts.text.quote(hit), 0.8
    if hit := preparation_given(facts):
        return "other_product", facts.text.quote(hit), 0.75
    if facts.design in {"animal", "clinical"} and both_in_abstract(facts):
        return "cells_plus_product", facts.text.quote(facts.msc[0]), 0.7
    if hit := _treatment(facts, kind):
        return form(facts), facts.text.quote(hit), 0.85
    if not (facts.title_vesicle or facts.title_medium) and (hit := other_cells_given(facts)):
        return "cells", facts.text.quote(hit), 0.7
    return "not_therapy", _why_not(facts), 0.8 if facts.vesicles or facts.medium else 0.9


def _treatment(facts: Facts, kind: str) -> Hit | None:
    """Return the words that make vesicles or medium a treatment, or None."""
    if not (facts.vesicles or facts.medium):
        return None
    if kind in {"msc", "mixed"}:
        return msc_treatment(facts)
    got = got_by_people(facts.text)[0].total if facts.design == "clinical" else 1.0
    if got < _HARDLY and is_measured(facts.text):
        return None  # the people's own vesicles, measured beside another treatment
    return other_treatment(facts)


_GOT = 0.8
"""What must speak for people having got a product for it to be the treatment."""
_HARDLY = 0.4
"""Below this people got no product: its name tells how cells work, or what was measured."""


def _by_what_people_got(facts: Facts, kind: str) -> tuple[str, str, float] | None:
    """Let what people were given decide where a title's vesicles mislead, or are silent."""
    product, cells = got_by_people(facts.text)
    if facts.msc and cells.best and cells.total >= 1.0:
        if product.total >= _GOT and joined_in_title(facts):
            return "cells_plus_product", facts.text.quote(cells.best), 0.75
        if product.total < _HARDLY and not preparation_given(facts):
            return "cells", facts.text.quote(cells.best), 0.75
    enough = _GOT if facts.text.record.sections else _HARDLY
    if product.best and product.total >= enough and product.best.cue.kind == "other_preparation":
        return "other_product", facts.text.quote(product.best), 0.75
    untitled = not (facts.title_vesicle or facts.title_medium) or not _treatment(facts, kind)
    if product.best and product.total >= enough and untitled and (facts.vesicles or facts.medium):
        if preparation_given(facts) or both_in_abstract(facts):
            return None
        return form(facts), facts.text.quote(product.best), 0.75
    return None


def _why_not(facts: Facts) -> str:
    hit = first(facts.vesicles) or first(facts.medium) or first(facts.msc)
    return _quoted_study(facts.text) or quoted(facts.text, hit, _NAMES_NONE)


def _quoted_study(text: Text) -> str:
    """Quote the title's words for a study of biology, marker or harm, if any."""
    for kind in ("marker", "harm", "vesicle_biology"):
        if hit := text.in_title(kind):
            return text.quote(hit)
    return ""


# ------------------------------------------------------------------- therapy_relevant


def _therapy_relevant(facts: Facts, kind: str, intervention: str) -> str:
    """Return ``true`` for a treatment whose vesicles or medium come from MSCs."""
    product = intervention not in {"not_therapy", "cells"}
    return "true" if product and kind in {"msc", "mixed"} and facts.msc else "false"
