"""openFDA: how many adverse-event reports name a product or its maker (drugs and devices).

A report proves no cause and names are what reporters wrote, so only numbers are kept, with
the names as written. ``404 No matches found!`` (and ``Nothing to count``) is an empty result.
Limits without a key: 240 requests a minute and 1,000 a day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from evlit.http.door import OK, Door, Outcome, Verdict
from evlit.http.wire import Clock, Reply
from evlit.settings import Settings
from evlit.sources.public import (
    at,
    changed,
    clean,
    exact,
    judge_json,
    list_at,
    number_at,
    open_public_door,
    quoted,
    text_at,
)

SOURCE, NAME = "openfda", "openFDA"
SPACING = 0.25
TERMS = 1000
KINDS_KEPT = 10
DATASETS = ("drug", "device")


class Fields(NamedTuple):
    """Where a dataset keeps names, the day of receipt, and what happened."""

    name: tuple[str, ...]
    maker: tuple[str, ...]
    received: str
    kinds: str


FIELDS = {
    "drug": Fields(
        ("patient.drug.medicinalproduct", "patient.drug.openfda.brand_name"),
        ("patient.drug.openfda.manufacturer_name",),
        "receivedate",
        "patient.reaction.reactionmeddrapt.exact",
    ),
    "device": Fields(
        ("device.brand_name", "device.generic_name"),
        ("device.manufacturer_d_name", "manufacturer_name"),
        "date_received",
        "event_type.exact",
    ),
}


class Reports(NamedTuple):
    """Reports found for some names."""

    total: int
    latest: str
    names: tuple[str, ...]
    """Names as the reports write them, those that fit."""
    kinds: tuple[tuple[str, int], ...]
    asked: str


class OpenFda:
    """openFDA behind one door."""

    def __init__(self, door: Door, settings: Settings) -> None:
        self._door = door
        self._base = settings.openfda_url

    def reports(
        self, dataset: str, basis: str, names: Sequence[str], fits: Callable[[str], bool]
    ) -> Reports:
        """Return how many reports of a dataset name one of these.

        The search splits words and drops signs, so the names as written are listed, those
        that fit are kept, and reports with one of these, sign for sign, are counted.

        :param basis: ``name`` or ``maker``: which fields are searched
        :param fits: whether a name as a report writes it is one of these
        """
        fields = FIELDS[dataset]
        places = list(fields.name if basis == "name" else fields.maker)
        asked = search_for(places, names)
        first = self._ask(dataset, {"search": asked, "limit": "1",
                                    "sort": f"{fields.received}:desc"})  # fmt: skip
        if first is None or not number_at(first, "meta", "results", "total"):
            return Reports(0, "", (), (), asked)
        written = self._fitting(dataset, places, asked, fits)
        if not written:
            return Reports(0, "", (), (), asked)
        confirmed = _search([f"{p}.exact" for p in places], written, exact)
        first = self._ask(dataset, {"search": confirmed, "limit": "1",
                                    "sort": f"{fields.received}:desc"})  # fmt: skip
        total = number_at(first, "meta", "results", "total") or 0
        kinds = self._terms(dataset, confirmed, fields.kinds)[:KINDS_KEPT] if total else ()
        names = tuple(dict.fromkeys(map(clean, written)))
        shown = tuple((clean(kind), n) for kind, n in kinds)
        return Reports(total, _latest(first, fields.received), names, shown, confirmed)

    def _fitting(
        self, dataset: str, places: Iterable[str], asked: str, fits: Callable[[str], bool]
    ) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for place in places:
            for term, _ in self._terms(dataset, asked, f"{place}.exact"):
                if fits(term):
                    found[term] = None
        return tuple(found)[:20]

    def _terms(self, dataset: str, search: str, field: str) -> tuple[tuple[str, int], ...]:
        value = self._ask(dataset, {"search": search, "count": field, "limit": str(TERMS)})
        pairs = ((at(r, "term"), number_at(r, "count")) for r in list_at(value, "results"))
        return tuple((term, n) for term, n in pairs if isinstance(term, str) and _whole(term) and n)

    def _ask(self, dataset: str, params: dict[str, str]) -> Any:
        """Return the parsed answer; None = no matches."""
        url = f"{self._base}{dataset}/event.json"
        reply = self._door.get(url, params, f"{dataset}/event", judge)
        return None if reply.status == 404 else json.loads(reply.body)


def open_door(settings: Settings, clock: Clock | None = None) -> Door:
    """Return the way to openFDA: 240 requests a minute at most."""
    return open_public_door(SOURCE, NAME, settings.openfda_url, SPACING, settings, clock)


def search_for(places: Iterable[str], names: Iterable[str]) -> str:
    """Return the search for any of some names in any of some fields."""
    return _search(places, names, quoted)


def _search(places: Iterable[str], names: Iterable[str], phrase: Callable[[str], str]) -> str:
    parts = [f"{place}:{phrase(name)}" for name in names for place in places]
    return " OR ".join(dict.fromkeys(parts))


def judge(reply: Reply) -> Verdict:
    """Judge a reply; 404 is an answer only with the words that say so."""
    if reply.status == 404:
        return OK if _no_matches(reply.body) else judge_json(reply, NAME, _check)
    return judge_json(reply, NAME, _check)


def _no_matches(body: bytes) -> bool:
    try:
        error = at(json.loads(body), "error")
    except (ValueError, RecursionError):
        return False
    told = text_at(error, "message").lower()
    empty = "no matches" in told or "nothing to count" in told
    return text_at(error, "code") == "NOT_FOUND" and empty


def _check(value: Any) -> Verdict | None:
    if "error" in value:
        told = text_at(value, "error", "message") or text_at(value, "error", "code")
        return Verdict(Outcome.RETRY, "error", f"it says {told!r}")
    if not isinstance(value.get("results"), list) or not isinstance(value.get("meta"), dict):
        return changed(NAME, "no results in the answer")
    return None


def _whole(term: str) -> bool:
    """Whether a text can be sent back: JSON may hold half of a surrogate pair."""
    return not any("\ud800" <= sign <= "\udfff" for sign in term)


def _latest(value: Any, field: str) -> str:
    """Return the day of the newest report, ISO; dates are printed as 20240131."""
    found = list_at(value, "results")
    day = text_at(found[0], field) if found else ""
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 and day.isdigit() else ""
