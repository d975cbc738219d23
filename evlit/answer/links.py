"""How a record belongs to a product, and in which tier it counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from evlit.addresses import mask_addresses
from evlit.answer.held import Held
from evlit.messages import say, word
from evlit.records import CuratedStudy, Mention, Product

STUDY_DESIGNS = ("clinical", "animal", "in_vitro")
_PEOPLE_KINDS = frozenset(
    {"controlled", "single_arm", "case_series", "case_report", "observational", "clinical"}
)
_NAMING = ("tested", "registry", "named")
_ORDER = {"tested": 0, "registry": 1, "curated": 2, "named": 3, "fulltext": 4, "maker": 5}


class Link(NamedTuple):
    """How one record or study belongs to the product asked about."""

    tier: str
    """A tier, or ``""`` where it is listed and counts nowhere."""
    counted: bool
    kind: str
    reason: str
    """Why it does not count; ``""`` where it does."""
    why: str
    words: str = ""


def curated_counts(study: CuratedStudy) -> bool:
    """Whether a study of the product file may count: read, a paper, and tied to the product."""
    return (
        study.checked
        and study.link in ("stated", "maker_states")
        and study.record_type != "press_release"
    )


def study_tier(study: CuratedStudy) -> str:
    """Return the tier of a study by the curator's reading; ``""`` for a design not counted."""
    if study.design == "rct":
        return "human_randomised"
    if study.design in _PEOPLE_KINDS:
        return "human_other"
    return {"animal": "animal", "in_vitro": "cells"}.get(study.design, "")


def record_tier(held: Held) -> str:
    """Return the tier of a record by its effective tags; ``""`` for other designs."""
    if held.design == "clinical":
        return "human_randomised" if held.clinical_kind == "rct" else "human_other"
    return {"animal": "animal", "in_vitro": "cells"}.get(held.design, "")


def given_fits(held: Held, product: Product) -> bool:
    """Whether what was given is of the product's kind: cells for a cell product."""
    if product.intervention == "cells":
        return held.given == "cells"
    if product.intervention == "cells_plus_product":
        return held.given in ("cells", "product")
    return held.given == "product"


def link_of(
    held: Held, mentions: Iterable[Mention], study: CuratedStudy | None, product: Product
) -> Link:
    """Return how a held record belongs to the product; a person's tags decide over the rest."""
    ordered = sorted(mentions, key=lambda m: (not m.counts, _ORDER.get(m.kind, 9)))
    if held.notice or held.design == "notice":
        words = ordered[0].words if ordered else ""
        return Link("", False, "named", "notice", say("why.notice"), words)
    link = _counting(held, ordered, study, product) or _not_counting(held, ordered, study)
    if held.retracted and link.tier:
        key = "retracted" if link.counted else "retracted_named"
        return link._replace(tier="retracted", counted=False, reason=key, why=say(f"why.{key}"))
    return link


def _counting(
    held: Held, mentions: list[Mention], study: CuratedStudy | None, product: Product
) -> Link | None:
    tier = record_tier(held)
    for mention in mentions:
        if mention.counts and mention.kind in ("tested", "registry"):
            people_only = mention.kind == "registry" and held.design != "clinical"
            if tier and given_fits(held, product) and not people_only:
                why = say(f"why.{mention.kind}", words=mention.words, name=mention.name)
                return Link(tier, True, mention.kind, "", why, mention.words)
    if study is not None and curated_counts(study):
        return _curated(held, study, product)
    return None


def _curated(held: Held, study: CuratedStudy, product: Product) -> Link | None:
    """A curator has read the paper: the design counts as read there, unless a person says else."""
    tier = study_tier(study)
    if "design" in held.checked_axes or not tier:
        tier = record_tier(held)
    if not tier or ("given" in held.checked_axes and not given_fits(held, product)):
        return None
    return Link(tier, True, "curated", "", _curated_why(study))


def _curated_why(study: CuratedStudy) -> str:
    why = study.why or say(f"why.curated_{study.link}")
    return say("why.curated", why=why)


def _not_counting(held: Held, mentions: list[Mention], study: CuratedStudy | None) -> Link:
    # Where it is named and carries a trial's id, the words that name it say more.
    naming = min(
        (m for m in mentions if m.kind in _NAMING),
        key=lambda m: (not m.counts, m.kind == "registry"),
        default=None,
    )
    if naming is not None:
        reason = "named" if naming.kind == "named" else "not_given"
        why = _naming_why(held, naming)
        return Link("review_or_mention", False, naming.kind, reason, why, naming.words)
    if study is not None:
        return study_not_counting(study)
    for kind in ("fulltext", "maker", "curated"):
        mention = next((m for m in mentions if m.kind == kind), None)
        if mention is not None:
            reason = "inferred" if kind == "curated" else kind
            why = say(f"why.{reason}", words=mention.words, why=mention.reason)
            return Link("", False, kind, reason, why, mention.words)
    return Link("", False, "", "no_name", say("why.no_name"))


def _naming_why(held: Held, naming: Mention) -> str:
    """Say why a record that names the product, or carries its trial's id, does not count."""
    if naming.counts and "given" in held.checked_axes:
        return say("why.given_by_person")
    if naming.kind == "registry":
        return say("why.trial_id_only", name=naming.name)
    if held.design and held.design not in STUDY_DESIGNS:
        return say("why.named_in", design=word("design", held.design), words=naming.words)
    if naming.counts or not naming.reason:
        return say("why.not_given", words=naming.words)
    return say("why.named_because", words=naming.words, why=naming.reason)


def study_not_counting(study: CuratedStudy) -> Link:
    """Return the link of a curated study that may not count."""
    if study.record_type == "press_release":
        return Link("", False, "curated", "press_release", say("why.press_release"))
    if study.link == "inferred" and study.checked:
        why = say("why.inferred", why=study.why or study.note or study.title)
        return Link("", False, "curated", "inferred", why)
    if study.checked and study.link in ("stated", "maker_states"):
        return Link("review_or_mention", False, "curated", "not_given", _curated_why(study))
    return Link("", False, "curated", "unchecked", say("why.unchecked"))


def link_of_study(study: CuratedStudy) -> Link:
    """Return how a study that the store does not hold belongs to the product."""
    if not curated_counts(study):
        return study_not_counting(study)
    tier = study_tier(study)
    if study.retracted == "yes":
        return Link("retracted", False, "curated", "retracted", say("why.retracted"))
    if not tier:
        return Link("review_or_mention", False, "curated", "not_given", _curated_why(study))
    return Link(tier, True, "curated", "", _curated_why(study))


# ------------------------------------------------------------------------- maker's link

_LEGAL = re.compile(
    r"[,\s]+(?:inc|llc|ltd|co|corp|corporation|gmbh|limited|plc|kk|ag|sa|bv|nv|pty)\.?$", re.I
)


def maker_words(held: Held, product: Product) -> str:
    """Return the words of affiliations or interests that name the maker, or ``""``.

    A hospital or university whose name says nothing of the product is not looked for.
    """
    cores = {
        core
        for maker in product.makers
        if maker.distinct
        for name in (maker.name, *maker.names)
        if len(core := _core(name)) >= 4
    }
    for text in (held.affiliations, held.coi):
        for core in sorted(cores, key=len, reverse=True):
            pattern = r"(?<!\w)" + r"[\s\-]+".join(map(re.escape, core.split())) + r"(?!\w)"
            match = re.search(pattern, text, re.IGNORECASE)
            if match:
                return mask_addresses(_around(text, match.start(), match.end()))
    return ""


def _core(name: str) -> str:
    name = re.sub(r"\s*\([^)]*\)", "", name).strip()
    while (shorter := _LEGAL.sub("", name)) != name:
        name = shorter
    return name


def _around(text: str, start: int, end: int, reach: int = 60) -> str:
    """Return the words around a hit, whole words, within one entry of a joined list."""
    a = max(text.rfind(" | ", 0, start) + 3 if " | " in text[:start] else 0, start - reach)
    stop = text.find(" | ", end)
    b = min(stop if stop >= 0 else len(text), end + reach)
    if a and text[a - 1].isalnum():
        a = text.find(" ", a, start) + 1 or start
    if b < len(text) and text[b].isalnum():
        b = max(text.rfind(" ", end, b), end)
    return text[a:b].strip(" ,;.|")
