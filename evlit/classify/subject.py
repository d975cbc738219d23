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
from evlit.classify.vesicle_source import Facts, first, own_source, quoted, source_kind
from evlit.records import Tag

NAMED = "named:"
"""Cue classes of known products: ``named:INTERVENTION:SOURCE_KIND``."""
_BESIDE = 60
"""Letters between "engineered" and the vesicle or cell that it speaks of."""
_OFTEN = 3
"""Times that giving vesicles must be spoken of where the title does not say it."""
_TRIED = {"animal", "clinical", "protocol", "review"}
"""Designs in which vesicles named in the title with their cells are there to be given."""

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
_MECHANISM = re.compile(
    r"\b(?:via|through|by|downregulating|upregulating|upregulation|downregulation|regulating"
    r"|secretion of|release of|increasing|enhancing)\b"
)
_OBJECT = re.compile(
    r"\b(?:differentiat(?:ion|ing)|osteogenesis|adipogenesis|chondrogenesis|senescence|ag(?:e)?ing"
    r"|proliferation|migration|isolation|expansion|characteri[sz]ation|cryopreservation|culture"
    r"|fate|commitment|homing|stemness|exhaustion)\b"
)


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return one tag for each of the four axes."""
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
    for kind, hits in text.hits.items():
        if kind.startswith(NAMED):
            hit = hits[0]
            if hit.sentence == 0 or design in {"clinical", "animal", "in_vitro", "protocol"}:
                intervention, source = kind.removeprefix(NAMED).split(":")
                return _Named(intervention, source, f"a named product: {text.quote(hit)}")
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
    if hit := _cells_given(facts):
        return "cells", facts.text.quote(hit), 0.8
    if not (facts.vesicles or facts.medium):
        return _without_vesicles(facts)
    hit = _msc_treatment(facts) if kind in {"msc", "mixed"} else _other_treatment(facts)
    if hit is None:
        return "not_therapy", _why_not(facts), 0.8
    return _form(facts), facts.text.quote(hit), 0.85


def _without_vesicles(facts: Facts) -> tuple[str, str, float]:
    hit = facts.text.in_title("other_preparation")
    if hit and (facts.text.in_title("benefit") or facts.text.in_title("clinical_use")):
        return "other_product", facts.text.quote(hit), 0.6
    return "not_therapy", _why_not(facts), 0.9


def _why_not(facts: Facts) -> str:
    text = facts.text
    for kind in ("marker", "harm", "vesicle_biology"):
        if hit := text.in_title(kind):
            return text.quote(hit)
    hit = first(facts.vesicles) or first(facts.medium) or first(facts.msc)
    return quoted(text, hit, "no vesicles, medium or mesenchymal cells named")


def _form(facts: Facts) -> str:
    """Return the form of a treatment with vesicles or medium."""
    if facts.title_vesicle is None and facts.text.in_title("other_preparation"):
        return "other_product"
    if _both(facts):
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


def _medium_first(facts: Facts) -> bool:
    if facts.title_medium and facts.title_vesicle:
        ends_title = facts.title_medium.start > facts.title_vesicle.start
        gap = facts.text.folded[facts.title_vesicle.end : facts.title_medium.start]
        return ends_title and len(gap.split()) <= 1
    if facts.title_medium or facts.title_vesicle:
        return facts.title_medium is not None
    return len(facts.medium) > len(facts.vesicles)


# ------------------------------------------------------------------------------ cells


def _cells_given(facts: Facts) -> Hit | None:
    """Return the cells that are the treatment (vesicles at most how they work), or None."""
    text = facts.text
    cell = facts.title_msc or text.in_title("other_stem")
    helps = text.in_title("benefit") or text.in_title("cell_therapy")
    if cell is None or _object(text, cell) or text.in_title("other_preparation"):
        return None
    therapy, given = len(text.get("cell_therapy")), len(text.get("given_vesicle"))
    product = facts.title_vesicle or facts.title_medium
    if text.in_title("harm") and not helps and not _opposed(text):
        return None
    paracrine = text.in_title("paracrine")
    if product is None and paracrine and paracrine.start < cell.start and facts.vesicles:
        return None
    if product is None:
        lives = facts.design in {"animal", "clinical", "review", "protocol"}
        if lives:
            helps = helps or text.in_title("acts") or text.in_title("clinical_use")
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


def _msc_treatment(facts: Facts) -> Hit | None:
    """Return the words that make mesenchymal vesicles or medium a treatment, or None."""
    text = facts.text
    given, helps = text.get("given_vesicle"), text.in_title("benefit")
    acts = text.in_title("acts") or text.in_title("clinical_use")
    against = text.in_title("harm") and not helps and not _opposed(text)
    if against or (text.in_title("vesicle_biology") and not helps):
        return None
    if facts.title_vesicle or facts.title_medium:
        if _only_mechanism(facts):
            return helps if facts.source.msc_title and helps else None
        if facts.source.msc or facts.source.msc_title or facts.title_msc:
            found = helps or acts or first(given) or first(text.get("benefit"))
            lives = facts.design in _TRIED and (facts.source.msc_title or facts.source.other_title)
            return found or (facts.title_vesicle or facts.title_medium if lives else None)
    return (first(given) or helps) if facts.source.msc or facts.medium else None


def _only_mechanism(facts: Facts) -> bool:
    """Tell whether the title's vesicles are how something else works ("… via exosomes")."""
    product = facts.title_vesicle or facts.title_medium
    if product is None or product.start < 30:
        return False
    first = min((h.start for h in (facts.title_msc, product) if h), default=0)
    used = facts.text.in_title("clinical_use")
    if used and used.start < first:
        return False
    return first > 30 and bool(_MECHANISM.search(facts.text.folded, 0, first))


def _opposed(text: Text) -> bool:
    """Tell whether the title speaks against the harm ("inhibit progression of …")."""
    harm = text.in_title("harm")
    return harm is not None and bool(_AGAINST.search(text.folded, 0, harm.start))


_TARGET = re.compile(
    r"therap\w*[ -](?:target|approaches|implication|opportunit|perspective)|targeted"
)
"""Words of benefit that are said of a drug target or of the field."""
_CURE = re.compile(
    r"therap|treat|repair|regenerat|medicine|heal|rejuven|immunother|recover|vaccin|mend"
)
"""Words of benefit that make a review one of a treatment."""
_ACTION = re.compile(
    r"\b(?:suppress(?:es|ed|ing)?|inhibit(?:s|ed|ing|ion|ors?)?|reduc(?:es|ed|ing)|block(?:s|ing|ade)"
    r"|decreas(?:es|ed|ing)|impair(?:s|ed)|abrogat(?:es|ed)|regulates|controls)\b"
)
_AGAINST = re.compile(
    r"\b(?:inhibit|suppress|reduc|curtail|restrain|hinder|imped|retard|repress|block|prevent|limit"
    r"|attenuat|alleviat|delay|halt|overcom|revers|ameliorat|against|sensitiz|decreas|diminish"
    r"|abrogat|eliminat|control|interven|mitigat|targeting)\w*"
)


def _other_treatment(facts: Facts) -> Hit | None:
    """Return the words that make other vesicles a treatment, or None."""
    text = facts.text
    if facts.title_vesicle is None and facts.title_medium is None:
        return None
    helps = _helps(facts)
    made = _engineered_title(facts)
    trial = text.in_title("clinical_use") if facts.design == "clinical" else None
    harmful = text.in_title("harm") is not None and not (_opposed(text) or trial)
    if facts.source.disease_title and not ((made and helps) or trial):
        return None
    if made and (helps or not harmful):
        return made
    studied = harmful or text.in_title("marker") or text.in_title("vesicle_biology")
    if studied or _only_mechanism(facts) or _acted_upon(facts):
        return None
    return _plain_treatment(facts, helps)


def _helps(facts: Facts) -> Hit | None:
    """Return the title's word of benefit, were it said of the vesicles."""
    text = facts.text
    end = text.sentences[0].end
    for hit in text.get("benefit"):
        if hit.sentence != 0:
            break
        before = text.folded[max(0, hit.start - _BESIDE) : hit.start]
        if _TARGET.match(text.folded, hit.start, end) or " target " in before:
            continue
        if not facts.review or _CURE.match(text.folded, hit.start, end):
            return hit
    return text.in_title("clinical_use") if facts.design in {"clinical", "protocol"} else None


def _acted_upon(facts: Facts) -> bool:
    """Tell whether something else acts on the vesicles: "inhibition suppresses exosome spread"."""
    product = facts.title_vesicle or facts.title_medium
    return product is not None and bool(_ACTION.search(facts.text.folded, 0, product.start))


def _plain_treatment(facts: Facts, helps: Hit | None) -> Hit | None:
    given = facts.text.get("given_vesicle")
    tried = facts.review or facts.design in {"clinical", "protocol"}
    tried = tried or facts.text.in_title("clinical_use") is not None
    if helps and (facts.source.other_title or given or tried):
        return helps
    often = 2 if facts.source.other_title else _OFTEN
    if facts.review and not facts.source.other_title:
        return None
    return given[0] if len(given) >= often else None


# -------------------------------------------------------------------------- engineered


def _engineered(facts: Facts) -> bool:
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


def _engineered_title(facts: Facts) -> Hit | None:
    text = facts.text
    for hit in text.get("engineered_sure") + text.get("engineered"):
        if hit.sentence != 0 or _in_carrier(text, hit):
            continue
        if not _beside(facts, hit) and not (hit.start == 0 and facts.title_vesicle):
            continue
        if not _MECHANISM.search(text.folded, max(0, hit.start - 10), hit.start + 1):
            return hit
    for hit in text.get("rna_cargo"):
        if hit.sentence == 0 and _after_rna(text, hit) and _beside(facts, hit):
            return hit
    if _GENE_CELL.search(text.plain[: text.sentences[0].end]):
        return facts.title_msc or facts.title_vesicle
    return None


def _beside(facts: Facts, hit: Hit) -> bool:
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


def _therapy_relevant(facts: Facts, kind: str, intervention: str) -> str:
    """Return ``true`` for a treatment whose vesicles or medium come from MSCs."""
    product = intervention not in {"not_therapy", "cells"}
    return "true" if product and kind in {"msc", "mixed"} and facts.msc else "false"
