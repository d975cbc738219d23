"""Pages for someone who has just arrived: home, no brand known, about."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from datasette import Response

from evlit.answer import indications
from evlit.catalogue import Catalogue
from evlit.records import Product
from evlit.status import how_fresh
from evlit.store import Store
from evlit.web.site import Pages
from evlit.web.words import t

EXAMPLES = ("exoflo", "asceplus", "xosomes")
"""A product studied in people, one sold on skin, one with a regulator's notice."""


def home(pages: Pages, store: Store) -> Response:
    """Show the box, three examples, what this is and is not, size and freshness."""
    catalogue = pages.site.reader.catalogue
    fresh = how_fresh(store, catalogue)
    return pages.page(
        "home.html",
        title=t("home.title"),
        status=fresh,
        behind=fresh.behind,
        examples=examples(catalogue),
        names=name_list(catalogue),
        products=len(catalogue.products),
        last=fresh.last,
    )


def examples(catalogue: Catalogue) -> list[Product]:
    """Return three products to try."""
    known = {p.key: p for p in catalogue.products}
    chosen = [known[key] for key in EXAMPLES if key in known]
    return (chosen + [p for p in catalogue.products if p not in chosen])[:3]


@lru_cache(maxsize=4)
def _names(products: tuple[Product, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted(
            ((p.name, p.makers[0].name if p.makers else "") for p in products),
            key=lambda pair: pair[0].casefold(),
        )
    )


def name_list(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return (name, maker) of every product, for the box's suggestions."""
    return _names(catalogue.products)


def questions(pages: Pages, store: Store) -> Response:
    """Help someone who does not know the brand: makers, conditions, questions, where to report."""
    catalogue = pages.site.reader.catalogue
    makers = {m.name for p in catalogue.products for m in p.makers if m.distinct}
    conditions = sorted(
        ((key, indications.name(key)) for key in indications.names()), key=lambda c: c[1].casefold()
    )
    return pages.page(
        "questions.html",
        title=t("questions.title"),
        makers=sorted(makers, key=str.casefold),
        conditions=conditions,
        places=("us", "jp", "uk", "eu", "kr", "any"),
    )


MAIN_AXES = (
    "design", "given", "clinical_kind", "intervention", "source_kind", "indication", "safety",
    "participants",
)  # fmt: skip
"""What an answer's counts rest on most."""


def about(pages: Pages, store: Store) -> Response:
    """Say how tags are made, how often they are right, and what this cannot tell."""
    measured = accuracy()
    return pages.page(
        "about.html", title=t("about.title"), accuracy=measured, overview=overview(measured)
    )


@lru_cache(maxsize=1)
def accuracy() -> dict[str, Any]:
    """Return the measured figures that ship with this version.

    ``make accuracy`` writes them beside docs/accuracy.md, from one measuring. Files with a
    blind measure stand first.
    """
    path = files("evlit.web") / "accuracy.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found["files"].sort(key=lambda f: all(a["first"] is None for a in f["axes"]))
    return found


class AxisRange(NamedTuple):
    """Lowest and highest accuracy of an axis over the label files."""

    axis: str
    first: tuple[float, float] | None
    """Of the blind measures; None = there is none."""
    today: tuple[float, float]


def overview(measured: dict[str, Any]) -> list[AxisRange]:
    """Return the main axes with their lowest and highest figures."""
    rows = []
    for axis in MAIN_AXES:
        found = [a for file in measured["files"] for a in file["axes"] if a["axis"] == axis]
        first = [a["first"] for a in found if a["first"] is not None]
        today = [a["today"] for a in found]
        if found:
            blind = (min(first), max(first)) if first else None
            rows.append(AxisRange(axis, blind, (min(today), max(today))))
    return rows
