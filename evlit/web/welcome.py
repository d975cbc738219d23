"""Pages for someone who has just arrived: home, no brand known, about."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

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


def about(pages: Pages, store: Store) -> Response:
    """Say how tags are made, how often they are right, and what this cannot tell."""
    return pages.page("about.html", title=t("about.title"), accuracy=accuracy())


@lru_cache(maxsize=1)
def accuracy() -> dict[str, Any]:
    """Return the measured figures that ship with this version (``web/accuracy.toml``)."""
    path = files("evlit.web") / "accuracy.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
