"""Pages to look around: gap map, its lists, timeline, catalogue, one record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from datasette import Response

from evlit.answer import indications
from evlit.answer.evidence_map import (
    MAP_TIERS,
    UNNAMED,
    MapFilter,
    count_map,
    count_years,
    filter_words,
    list_records,
    picture_notes,
    tier_name,
)
from evlit.catalogue import Catalogue
from evlit.charts import bin_names, gap_map_svg, shade, timeline_svg, to_png
from evlit.holdings import export_items
from evlit.messages import language, say, series, word
from evlit.records import AXES, AXIS_VALUES, Author, Mention, Record, TierCounts
from evlit.status import look_at
from evlit.store import Store
from evlit.web.answers import answer_for
from evlit.web.show import clean, cue_words, mark_words
from evlit.web.site import Pages
from evlit.web.words import t

PAGE = 25
SOURCES = AXIS_VALUES["source_kind"]
PREPARATIONS = tuple(v for v in AXIS_VALUES["intervention"] if v != "not_therapy")
PICTURE_ROWS = 40


def chosen_filter(pages: Pages) -> MapFilter:
    """Return what the visit narrows the map to; values that do not exist are left out."""
    args = pages.visit.args
    keys = {p.key for p in pages.site.reader.catalogue.products}
    return MapFilter(
        _among(args.get("source", ""), SOURCES),
        _among(args.get("preparation", ""), PREPARATIONS),
        _among(args.get("product", ""), keys),
        _year(args.get("from", "")),
        _year(args.get("to", "")),
    )


def _among(value: str, values: object) -> str:
    return value if value in values else ""  # type: ignore[operator]


def _year(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def filter_values(chosen: MapFilter) -> dict[str, object]:
    """Return a filter as parameters of an address."""
    return {
        "source": chosen.source, "preparation": chosen.preparation, "product": chosen.product,
        "from": chosen.first, "to": chosen.last,
    }  # fmt: skip


def _product_name(pages: Pages, chosen: MapFilter) -> str:
    key = chosen.product
    return pages.site.reader.catalogue.product(key).name if key else ""


def _words(pages: Pages, chosen: MapFilter) -> str:
    return filter_words(chosen, _product_name(pages, chosen))


def _notes(pages: Pages, store: Store, chosen: MapFilter) -> list[str]:
    return picture_notes(store.db, chosen, _product_name(pages, chosen))


def gap_map(pages: Pages, store: Store) -> Response:
    """Show the evidence gap map, or its picture."""
    chosen = chosen_filter(pages)
    chart = pages.site.reader.remember(
        store, ("map", chosen, language()), lambda: count_map(store.db, chosen)
    )
    notes = [*_notes(pages, store, chosen), say("chart.both")]
    form = pages.visit.parts.get("format")
    if form:
        svg = gap_map_svg(chart, say("chart.map_title"), notes, rows=PICTURE_ROWS)
        return _picture(pages, svg, form, "evlit-map")
    groups = [
        (g, [r for r in g.rows if any(r.counts)], [r for r in g.rows if not any(r.counts)])
        for g in chart.groups
    ]
    return pages.page(
        "map.html",
        title=say("chart.map_title"),
        chart=chart,
        groups=groups,
        shade=shade,
        bins=bin_names(),
        unnamed=UNNAMED,
        notes=notes,
        **_filter_form(pages, chosen),
    )


def _filter_form(pages: Pages, chosen: MapFilter) -> dict[str, Any]:
    values = filter_values(chosen)
    return {
        "chosen": chosen,
        "values": values,
        "narrowed": _words(pages, chosen),
        "sources": SOURCES,
        "preparations": PREPARATIONS,
        "products": pages.site.reader.catalogue.products,
        "robots": "noindex" if any(values.values()) else "",
    }


def timeline(pages: Pages, store: Store) -> Response:
    """Show records by year and tier, or the picture of it."""
    chosen = chosen_filter(pages)
    chart = pages.site.reader.remember(
        store, ("years", chosen, language()), lambda: count_years(store.db, chosen)
    )
    notes = _notes(pages, store, chosen)
    if form := pages.visit.parts.get("format"):
        narrow = form == "svg" and "narrow" in pages.visit.args
        svg = timeline_svg(chart, say("chart.timeline_title"), notes, narrow=narrow)
        return _picture(pages, svg, form, "evlit-timeline")
    return pages.page("timeline.html", title=say("chart.timeline_title"), chart=chart,
                      notes=notes,
                      **_filter_form(pages, chosen))  # fmt: skip


def _picture(pages: Pages, svg: str, form: str, name: str) -> Response:
    if form == "svg":
        return pages.file(svg, "image/svg+xml; charset=utf-8")
    return pages.file(_png(svg), "image/png", f"{name}.png")


@lru_cache(maxsize=8)
def _png(svg: str) -> bytes:
    """Return a picture as PNG; drawing takes a second, so the last ones are kept."""
    return to_png(svg)


def record_list(pages: Pages, store: Store) -> Response:
    """Show the records behind a cell of the map."""
    args = pages.visit.args
    chosen = chosen_filter(pages)
    tier = _among(args.get("tier", ""), MAP_TIERS)
    condition = _among(args.get("indication", ""), {UNNAMED, *indications.names()})
    number = args.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    page = max(page, 1)
    total, rows = list_records(
        store.db, chosen, tier=tier, indication=condition, limit=PAGE, offset=(page - 1) * PAGE
    )
    parts = [tier_name(tier) if tier else t("list.all_tiers")]
    if condition == UNNAMED:
        parts.append(say("chart.no_condition"))
    elif condition:
        parts.append(indications.name(condition))
    return pages.page(
        "list.html", title=" · ".join(parts), rows=rows, total=total, number=page,
        last=max(-(-total // PAGE), 1), condition=indications.name, tier_name=tier_name,
        values=filter_values(chosen) | {"tier": tier, "indication": condition},
        narrowed=_words(pages, chosen), robots="noindex",
    )  # fmt: skip


def record_page(pages: Pages, store: Store) -> Response:
    """Show one record: citation, tags with reasons, links; the abstract only in private."""
    pmid = int(pages.visit.parts["pmid"])
    item = next(export_items(store, pmids=[pmid]), None)
    if item is None:
        return pages.problem(404, t("problem.no_record", pmid=pmid), t("problem.at_pubmed"))
    record, tags, mentions, retracted = item
    order = {axis: n for n, axis in enumerate(AXES)}
    cues = cue_words([tag.reason for tag in tags] + [m.words for m in mentions])
    abstract = record.abstract if pages.site.switches.private else None
    products = {p.key: p for p in pages.site.reader.catalogue.products}
    return pages.page(
        "record.html",
        title=clean(record.display_title),
        record=record,
        authors=_authors(record),
        marked_title=mark_words(clean(record.display_title), cues),
        abstract=mark_words(clean(abstract), cues) if abstract else None,
        tags=sorted(tags, key=lambda tag: (order.get(tag.axis, 99), tag.value)),
        value_words=value_words,
        mentions=by_product(mentions),
        products=products,
        retracted=retracted,
        robots="noindex",
    )


def by_product(mentions: Iterable[Mention]) -> list[tuple[str, list[Mention]]]:
    """Return links by product, those that count first: a product counts when one of them does."""
    groups: dict[str, list[Mention]] = {}
    for mention in sorted(mentions, key=lambda m: not m.counts):
        groups.setdefault(mention.product, []).append(mention)
    return list(groups.items())


def value_words(axis: str, value: str) -> str:
    """Return a tag's value in words."""
    if axis == "indication":
        return indications.name(value)
    if axis == "harm":
        kind, _, where = value.partition(":")
        return say("list.harm", kind=word("harm", kind), where=word("harm", where))
    if axis == "named_in_abstract":
        item, _, words = value.partition(":")
        return f"{word('composition', item)}: {words}" if words else word("composition", item)
    if axis in ("msc", "therapy_relevant"):
        return t(f"value.{value}")
    section = {"designs": "design", "clinical_kind": "design", "given": "given"}.get(axis, axis)
    return word(section, value)


def _authors(record: Record) -> str:
    names = [_author(a) for a in record.authors]
    shown = series(names[:8])
    return t("record.more_authors", names=shown, n=len(names) - 8) if len(names) > 8 else shown


def _author(author: Author) -> str:
    return author.collective or " ".join(filter(None, (author.last, author.initials)))


def catalogue_page(pages: Pages, store: Store) -> Response:
    """Show the products of the catalogue by name, with what was found of each."""
    catalogue = pages.site.reader.catalogue
    hour = datetime.now(UTC).strftime("%Y-%m-%dT%H")  # an answer changes when a search gets old
    found = pages.site.reader.remember(
        store, ("found", hour, language()), lambda: found_of(store, catalogue)
    )
    products = sorted(catalogue.products, key=lambda p: p.name.casefold())
    return pages.page("products.html", title=t("products.title"), products=products, found=found)


def found_of(store: Store, catalogue: Catalogue) -> dict[str, str]:
    """Return in words what the answer for each product says: its status, counts if studied."""
    words = {}
    for product in catalogue.products:
        answer = answer_for(catalogue, store, product)
        words[product.key] = say(f"status.{answer.status}")
        if answer.status == "studied":
            words[product.key] = t(
                "products.studied", status=words[product.key], counts=studied_counts(answer.counts)
            )
    return words


def studied_counts(counts: TierCounts) -> str:
    """Return the reports in which a product was given, by whom it was given to."""
    people = counts.human_randomised + counts.human_other
    parts = (("people", people), ("animals", counts.animal), ("cells", counts.cells))
    return series(t(f"products.in_{key}", n=n) for key, n in parts if n)


def status_page(pages: Pages, store: Store) -> Response:
    """Show how complete the store is."""
    status = look_at(store, pages.site.reader.catalogue)
    if pages.visit.parts.get("format") == "json":
        return pages.json(status.as_json())
    topics = [q for q in status.queries if q.query.startswith("topic:")]
    products = [q for q in status.queries if q.query.startswith("product:")]
    return pages.page("status.html", title=t("status.title"), status=status, topics=topics,
                      products=products)  # fmt: skip
