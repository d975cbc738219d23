"""Plain pages for the terminal: one record, the catalogue, one product."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from evlit.export import Exported
from evlit.records import AXES, Alias, Product, Tag

WIDTH = 90


def _wrap(text: str, indent: str = "  ") -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent)
        for line in text.splitlines()
    )


def record_page(item: Exported) -> str:
    """Return a record with its abstract, tags with reasons, and links to products."""
    record, tags, mentions, retracted = item
    lines = [_wrap(record.display_title, "")]
    if record.vernacular_title and record.title:
        lines.append(_wrap(record.vernacular_title, ""))
    names = [a.collective or f"{a.last or ''} {a.initials or ''}".strip() for a in record.authors]
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    source = " ".join(filter(None, [record.journal, record.published]))
    lines += [
        shown,
        f"{source}. PMID {record.pmid}" + (f", doi:{record.doi}" if record.doi else ""),
    ]
    lines.append(f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/")
    if retracted:
        lines += ["", "RETRACTED: this paper was withdrawn from the literature."]
    lines += ["", _wrap(record.abstract or "(PubMed holds no abstract)")]
    lines += ["", "Tags, and why", *_tag_lines(tags)]
    if mentions:
        lines += ["", "Products"]
    for m in mentions:
        counts = "counts as tested" if m.counts else "does not count"
        lines.append(_wrap(f"{m.product}: {m.kind}, {counts}. {m.reason} [{m.field}: {m.words}]"))
    return "\n".join(lines)


def _tag_lines(tags: Sequence[Tag]) -> Iterable[str]:
    order = {axis: n for n, axis in enumerate(AXES)}
    for tag in sorted(tags, key=lambda t: (order.get(t.axis, 99), t.value)):
        head = f"  {tag.axis:<18} {tag.value}"
        yield textwrap.fill(head, WIDTH, subsequent_indent=" " * 21)
        yield textwrap.fill(
            f"{tag.source}, {tag.score:.2f}: {tag.reason}",
            WIDTH,
            initial_indent=" " * 21,
            subsequent_indent=" " * 21,
        )


def product_list(products: Sequence[Product]) -> str:
    """Return one line a product: key, name, maker."""
    width = max((len(p.key) for p in products), default=0)
    rows = []
    for product in sorted(products, key=lambda p: p.key):
        maker = product.makers[0].name if product.makers else "maker not known"
        rows.append(f"{product.key:<{width}}  {product.name} ({maker})")
    return "\n".join(rows)


def product_page(product: Product) -> str:
    """Return all that the catalogue says of a product, each fact with its source."""
    lines = [product.name, f"key {product.key}, {product.path}"]
    if product.status == "partial":
        lines.append("Only the identity of this product is verified.")
    lines.append("names: " + "; ".join(_alias(a) for a in product.aliases))
    for maker in product.makers:
        lines += _fact(maker.role, "; ".join((maker.name, *maker.names)), maker.sources)
    for label, fact in (
        ("cell source", product.cell_source),
        ("class", product.product_class),
        ("regulatory", product.regulatory),
    ):
        if fact:
            lines += _fact(label, fact.text, fact.sources)
    if product.sold_as:
        lines.append(f"sold as: {product.sold_as}")
    if product.lookalikes:
        lines.append("not to be confused with: " + "; ".join(product.lookalikes))
    for notice in product.notices:
        text = f"{notice.regulator} {notice.kind}, {notice.date}: {notice.about} {notice.reference}"
        lines += _fact("notice", text.strip(), notice.sources)
    for trial in product.trials:
        text = ", ".join(filter(None, (trial.trial_id, trial.phase, trial.status, trial.title)))
        lines += _fact("trial", text, trial.sources)
    for study in product.studies:
        identifier = f"PMID {study.pmid}" if study.pmid else study.doi and f"doi:{study.doi}"
        checked = "" if study.checked else " (listed; not yet checked against the paper)"
        text = (
            f"{study.title} ({study.year}). {identifier or study.record_type}. Link: {study.link}"
        )
        lines += _fact("study", f"{text}{checked}. {study.why}", study.sources)
    lines += _fact("note", product.note, product.sources) if product.note else []
    return "\n".join(lines)


def _alias(alias: Alias) -> str:
    if alias.match == "context":
        return f"{alias.text} (only beside {', '.join(alias.context)})"
    if alias.match == "never_bare":
        return f"{alias.text} (a description: only beside the maker or a trial id)"
    return alias.text


def _fact(label: str, text: str, sources: Sequence[str]) -> list[str]:
    lines = [textwrap.fill(f"{label}: {text}", WIDTH, subsequent_indent="    ")]
    return [*lines, *(f"    {source}" for source in sources)]
