"""Pages of answers: the card by name or by key, its downloads and its feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from datasette import Response

from evlit.addresses import mask_addresses
from evlit.answer import look_up
from evlit.catalogue import Catalogue
from evlit.errors import UsageError
from evlit.export import Reference, to_ris
from evlit.holdings import answer_references
from evlit.messages import say
from evlit.records import STUDIED_TIERS, TIERS, Answer, Product, StudyReport
from evlit.render.data import to_csv, to_json
from evlit.store import Store
from evlit.web.feed import to_atom
from evlit.web.show import SQUARES, clean
from evlit.web.site import Pages
from evlit.web.words import t

SHOWN = {"human_randomised": 40, "human_other": 40, "animal": 12, "cells": 8}
"""Reports of a tier on the card; the others: 8. All of a tier: ``?tier=``, in pages."""
PAGE = 40
FOLDED = 6
"""Rows that stand open in the long lists beside the card; the rest is folded."""


def ask(pages: Pages, store: Store, *, product: Product | None = None) -> Answer:
    """Return the answer to the visit's question; :raises UsageError: it cannot be understood."""
    args = pages.visit.args
    indication, since = args.get("for") or None, args.get("since") or None
    catalogue = pages.site.reader.catalogue
    if product is not None:
        return answer_for(catalogue, store, product, indication=indication, since=since)
    name, maker = args.get("q", ""), args.get("maker") or None
    return look_up(store, catalogue, name, indication=indication, maker=maker, since=since)


def answer_for(
    catalogue: Catalogue,
    store: Store,
    product: Product,
    *,
    indication: str | None = None,
    since: str | None = None,
) -> Answer:
    """Return the answer for a product of the catalogue."""
    maker = product.makers[0].name if product.makers else None
    answer = look_up(
        store, catalogue, product.name, indication=indication, maker=maker, since=since
    )
    if answer.product is not None and answer.product.key == product.key:
        return answer
    # Another product goes by this one's name: the key is never shared.
    return look_up(store, catalogue, product.key, indication=indication, since=since)


def search(pages: Pages, store: Store) -> Response:
    """Show the answer to what was typed; JSON, CSV and the feed are the same answer."""
    if not any(pages.visit.args.get(key, "").strip() for key in ("q", "maker", "for")):
        return pages.problem(400, t("problem.nothing_typed"), t("problem.type_a_name"))
    return _shown(pages, store, lambda: ask(pages, store))


def product_page(pages: Pages, store: Store) -> Response:
    """Show the answer for one product of the catalogue, by its key."""
    key = pages.visit.parts["key"]
    try:
        product = pages.site.reader.catalogue.product(key)
    except KeyError:
        return pages.problem(404, t("problem.no_product", key=clean(key)[:80]),
                             t("problem.see_products"))  # fmt: skip
    return _shown(pages, store, lambda: ask(pages, store, product=product))


def _shown(pages: Pages, store: Store, make: Callable[[], Answer]) -> Response:
    try:
        answer = make()
    except UsageError as error:
        return pages.problem(400, clean(error.what), clean(error.remedy))
    form = pages.visit.parts.get("format")
    return _file(pages, store, answer, form) if form else card(pages, answer)


def _file(pages: Pages, store: Store, answer: Answer, form: str) -> Response:
    """Return the answer for programs and reference managers."""
    if form == "json":
        return pages.json(to_json(answer))
    if form == "csv":
        table = mask_addresses(to_csv(answer))
        return pages.file(table, "text/csv; charset=utf-8", f"{_name(answer)}.csv")
    if form == "ris":
        text = mask_addresses("".join(to_ris(_references(pages, store, answer))))
        name = f"{_name(answer)}.ris"
        return pages.file(text, "application/x-research-info-systems; charset=utf-8", name)
    return pages.file(to_atom(answer, pages), "application/atom+xml; charset=utf-8")


def _references(pages: Pages, store: Store, answer: Answer) -> Iterator[Reference]:
    """Yield the answer's reports as references, in public without their abstracts."""
    for reference in answer_references(store, answer):
        yield reference if pages.site.switches.private else reference._replace(abstract="")


def _name(answer: Answer) -> str:
    """Return a file's name: the product's key, else a plain word."""
    return f"evlit-{answer.product.key}" if answer.product else "evlit-answer"


def card(pages: Pages, answer: Answer) -> Response:
    """Return the answer as a page."""
    tier = pages.visit.args.get("tier", "")
    groups = [(name, [r for r in answer.records if r.tier == name]) for name in TIERS]
    if tier in TIERS:
        return _one_tier(pages, answer, tier, dict(groups)[tier])
    title = _title(answer)
    narrowed = answer.counts != answer.whole_counts
    return pages.page(
        "answer.html",
        title=title,
        answer=answer,
        product=answer.product,
        description=f"{_title(answer)}: {answer.verdict}",
        status_word=say(f"status.{answer.status}"),
        groups=[group for group in groups if group[1]],
        shown=SHOWN,
        rest=8,
        folded=FOLDED,
        narrowed=narrowed,
        top=max(*answer.whole_counts, 1),
        squares=SQUARES,
        download=_addresses(pages, answer),
        feed=_addresses(pages, answer).get("atom", ""),
        robots="" if answer.product and not pages.visit.args else "noindex",
        studied_tiers=STUDIED_TIERS,
    )


def _one_tier(pages: Pages, answer: Answer, tier: str, reports: list[StudyReport]) -> Response:
    number = _page_number(pages.visit.args.get("page", ""))
    start = (number - 1) * PAGE
    if start and start >= len(reports):
        return pages.problem(404, t("problem.no_such_page"), t("problem.go_back"))
    return pages.page(
        "tier.html",
        title=_title(answer),
        answer=answer,
        tier=tier,
        total=len(reports),
        reports=reports[start : start + PAGE],
        number=number,
        last=max(-(-len(reports) // PAGE), 1),
        values={k: v for k, v in pages.visit.args.items() if k != "page"},
        robots="noindex",
    )


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 100_000 else 1


def _title(answer: Answer) -> str:
    name = answer.product.name if answer.product else answer.question.typed
    return name or answer.question.maker or answer.question.indication_name


def _addresses(pages: Pages, answer: Answer) -> dict[str, str]:
    """Return where the same answer stands in other forms."""
    values = {k: v for k, v in pages.visit.args.items() if k in ("for", "since")}
    if answer.product:
        path = f"/evlit/product/{answer.product.key}"
        forms: tuple[str, ...] = ("json", "csv", "ris", "atom")
    else:
        path = "/evlit/search"
        values |= {k: v for k, v in pages.visit.args.items() if k in ("q", "maker")}
        forms = ("json", "csv", "ris") if answer.question.typed else ("json",)
    return {form: pages.url(f"{path}.{form}", **values) for form in forms}
