"""The boxes beside the counts: routes, preparations, what is in it, harm on record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from evlit.messages import clauses, say, series, word
from evlit.records import (
    STUDIED_TIERS,
    Composition,
    Flag,
    HarmStatement,
    Product,
    RouteCount,
    StudyReport,
)

MISEV_ITEMS = (
    "cell_source", "isolation", "particle_count", "dose", "markers", "negative_marker",
)  # fmt: skip
"""Items of axis named_in_abstract shown as composition; the route has its own line."""

_FREE_ROUTES = (
    (r"intra-?articular|\bjoint\b", "intraarticular"), (r"intravenous|\biv\b", "intravenous"),
    (r"artery|intra-?arterial", "intra_arterial"), (r"microneedling|laser|\bCO2\b|Er:YAG",
     "microneedling"), (r"nebul|inhal", "inhaled"), (r"intranasal", "intranasal"),
    (r"scalp", "scalp_injection"), (r"intradermal", "intradermal"),
    (r"subcutaneous|\bsc\b", "subcutaneous"), (r"intrathecal", "intrathecal"),
    (r"intratracheal", "intratracheal"), (r"intravitreal", "intravitreal"),
    (r"intralesional|lesion", "intralesional"), (r"intramuscular", "intramuscular"),
    (r"intraperitoneal|\bip\b", "intraperitoneal"), (r"\bbrain|intracerebral", "intracerebral"),
    (r"intracavern", "intracavernous"), (r"implant", "implant"), (r"\boral", "oral"),
    (r"eye ?drop", "eye_drops"), (r"\blocal|\bsite\b|perineural", "local"),
    (r"topical", "topical"),
)  # fmt: skip
"""Curators write a route in words; the values are those of axis ``route``."""
_NOT_TOPICAL = frozenset({"microneedling"})


@lru_cache(maxsize=1024)
def route_values(text: str) -> tuple[str, ...]:
    """Return the routes that a curator's words, or a tag's value, speak of.

    The words themselves where none is known; skin opened by needles is not plain skin.
    """
    if re.fullmatch(r"[a-z]+(?:_[a-z]+)+|intravenous|topical|inhaled", text):
        return (text,)
    found = [value for words, value in _FREE_ROUTES if re.search(words, text, re.IGNORECASE)]
    if _NOT_TOPICAL & set(found):
        found = [value for value in found if value != "topical"]
    if "scalp_injection" in found:
        found = [value for value in found if value != "intradermal"]
    return tuple(found) or (text,)


def count_routes(reports: Iterable[StudyReport]) -> tuple[RouteCount, ...]:
    """Return reports by tier and route; a report with two routes counts in both."""
    return _count(reports, lambda r: set(r.routes) or {""})


def count_preparations(reports: Iterable[StudyReport]) -> tuple[RouteCount, ...]:
    """Return reports by tier and preparation; a counted report says nothing by "no therapy"."""
    return _count(reports, lambda r: {r.intervention if r.intervention != "not_therapy" else ""})


def _count(
    reports: Iterable[StudyReport], values: Callable[[StudyReport], set[str]]
) -> tuple[RouteCount, ...]:
    counts = Counter(
        (STUDIED_TIERS.index(r.tier), value) for r in reports if r.counted for value in values(r)
    )
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return tuple(RouteCount(STUDIED_TIERS[tier], value, n) for (tier, value), n in ordered)


def composition(reports: Iterable[StudyReport]) -> tuple[Composition, ...]:
    """Return what the product's own abstracts name of it; items nobody names stay empty."""
    named: dict[str, dict[tuple[str, str], None]] = {item: {} for item in MISEV_ITEMS}
    for report in reports:
        if report.counted and report.held:
            for item, words in report.named_in_abstract:
                if item in named:
                    named[item][words, report.id] = None
    return tuple(Composition(item, tuple(words)) for item, words in named.items())


def harm_statements(reports: Iterable[StudyReport]) -> tuple[HarmStatement, ...]:
    """Return what each counted report in people or animals says on side effects."""
    return tuple(
        HarmStatement(r.id, r.safety, r.safety_text, r.safety_words, r.harms, r.zero_events_bound)
        for r in reports
        if r.counted
        and r.tier != "cells"
        and (r.safety not in ("not_mentioned", "not_stated") or r.harms)
    )


def safety_text(report: StudyReport) -> str:
    """Return a report's safety statement as a sentence."""
    people = report.exposed if report.exposed is not None else report.n
    bound = report.zero_events_bound
    among = say("safety.among", n=people) if people and report.tier.startswith("human") else ""
    text = say(f"safety.{report.safety}", among=among)
    if bound is not None and people:
        text = clauses([text, say("safety.bound", n=people, rate=percent(bound))])
    return text


def percent(share: float) -> str:
    """Return a share as whole per cent, or with one decimal below ten."""
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}"


def product_flags(product: Product) -> tuple[Flag, ...]:
    """Return what a reader must know of the product as a whole."""
    flags = []
    called = product.product_class.text if product.product_class else ""
    if product.sold_as and called and product.sold_as.casefold() != called.casefold():
        flags.append(_flag("sold_as", sold=product.sold_as, called=called))
    if product.source_kind == "non_msc":
        flags.append(_flag("not_msc"))
    key = {"cells": "is_cells", "conditioned_medium": "is_medium", "other_product": "is_other"}
    if product.intervention in key:
        flags.append(_flag(key[product.intervention]))
    if product.status == "partial":
        flags.append(_flag("identity_only"))
    return tuple(flags)


def _flag(key: str, **values: str) -> Flag:
    return Flag(key, say(f"flag.{key}", n=None, **values))


def harm_words(harms: Sequence[str]) -> str:
    """Return ``infection in people, tumour growth in animals`` of ``kind:where`` values."""
    parts = []
    for value in harms:
        kind, _, where = value.partition(":")
        parts.append(say("list.harm", kind=word("harm", kind), where=word("harm", where)).strip())
    return series(parts)
