"""Reads ``products/*.toml`` and composes each product's Entrez term."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, TypeVar

from evlit.catalogue.fields import Table
from evlit.catalogue.studies import INTERVENTIONS, SOURCE_KINDS, TISSUES, read_study, read_trial
from evlit.catalogue.terms import TermError, compose, fold, parse_term
from evlit.records import Alias, Fact, Maker, Notice, Product

ROLES = ("maker", "sponsor", "former", "later", "seller")
NOTICE_KINDS = ("warning letter", "untitled letter", "public notice", "recall", "alert")
_T = TypeVar("_T")


def read_product(
    path: str,
    stem: str,
    data: dict[str, Any],
    blocks: Mapping[str, str],
    indications: frozenset[str] | None,
) -> Product:
    """Read one product file.

    :param blocks: Entrez text by block name; EV and CM are needed for guarded names
    :raises CatalogueError: names file, field and remedy
    """
    top = Table(f"{path}: ", data)
    key = top.key(stem)
    name = top.text("name", required=True)
    status = top.choice("status", ("verified", "partial"))
    aliases = _read_aliases(top, name)
    makers = tuple(_read_maker(t) for t in top.tables("maker"))
    trials = tuple(
        read_trial(t, of_product=True, indications=indications) for t in top.tables("trial")
    )
    studies = tuple(
        read_study(t, of_product=True, indications=indications) for t in top.tables("study")
    )
    product = Product(
        key=key,
        name=name,
        status=status,
        aliases=aliases,
        makers=makers,
        cell_source=_read_fact(top, "cell_source", status),
        product_class=_read_fact(top, "product_class", status),
        regulatory=_read_fact(top, "regulatory", status),
        source_kind=top.choice("source_kind", SOURCE_KINDS, "not_stated"),
        intervention=top.choice("intervention", INTERVENTIONS, ""),
        tissue=top.choice("tissue", TISSUES, "not_stated"),
        country=top.country("country"),
        sold_as=top.text("sold_as"),
        trials=trials,
        notices=tuple(_read_notice(t) for t in top.tables("notice")),
        studies=studies,
        lookalikes=top.texts("lookalikes"),
        note=top.text("note"),
        sources=top.sources(),
        path=path,
    )
    product = replace(product, term=_read_term(top, product, blocks))
    top.done()
    _check_product(top, product)
    return product


def _read_fact(top: Table, key: str, status: str) -> Fact | None:
    table = top.table(key)
    if table is None:
        return None
    if status == "partial":
        raise top.error(key, "a partial product ships for its identity only", "remove the table")
    fact = Fact(table.text("text", required=True), table.sources())
    table.done()
    return fact


def _read_aliases(top: Table, name: str) -> tuple[Alias, ...]:
    """Return the aliases, the name itself first (as ``word`` unless a table says else)."""
    aliases = [_read_alias(t) for t in top.tables("alias")]
    own = [a for a in aliases if a.text == name] or [Alias(name)]
    found = (own[0], *(a for a in aliases if a is not own[0]))
    _refuse_twice(top, "alias", found, lambda a: fold_name(a.text), lambda a: a.text)
    return found


def _read_alias(table: Table) -> Alias:
    alias = Alias(
        text=table.text("text", required=True),
        match=table.choice("match", ("word", "context", "never_bare"), "word"),
        context=table.texts("context"),
        case=table.flag("case"),
        ambiguous=table.flag("ambiguous"),
        note=table.text("note"),
    )
    table.done()
    if alias.match == "context" and not alias.context:
        what = "match = 'context' needs words that must stand beside the name"
        raise table.error("context", what, 'add context = ["…"]')
    if alias.match != "context" and alias.context:
        what = f"match = '{alias.match}' takes no context"
        raise table.error("context", what, "remove it, or write match = 'context'")
    if not fold(alias.text):
        raise table.error("text", "holds no letter or digit", "write the name")
    return alias


def _read_maker(table: Table) -> Maker:
    maker = Maker(
        name=table.text("name", required=True),
        names=table.texts("names"),
        role=table.choice("role", ROLES, "maker"),
        distinct=table.flag("distinct", default=True),
        sources=table.sources(),
    )
    table.done()
    return maker


def _read_notice(table: Table) -> Notice:
    notice = Notice(
        regulator=table.text("regulator", required=True),
        kind=table.choice("kind", NOTICE_KINDS),
        date=table.iso_date("date", required=True),
        about=table.text("about", required=True),
        reference=table.text("reference"),
        sources=table.sources(),
    )
    table.done()
    return notice


def _check_product(top: Table, product: Product) -> None:
    _refuse_twice(top, "trial", product.trials, lambda t: t.trial_id, lambda t: t.trial_id)
    for field in ("pmid", "doi", "pmcid"):
        held = [s for s in product.studies if getattr(s, field)]
        _refuse_twice(top, "study", held, attrgetter(field), lambda s: s.title)
    if product.status == "partial" and product.notices:
        what = "a partial product ships for its identity only"
        raise top.error("notice", what, "remove the tables")
    own = {fold_name(a.text) for a in product.aliases}
    for i, other in enumerate(product.lookalikes):
        if fold_name(other) in own:
            what = f"'{other}' is a name of this product"
            raise top.error(f"lookalikes[{i}]", what, "remove it here or among the aliases")


def _refuse_twice(
    top: Table,
    key: str,
    items: Iterable[_T],
    fold_item: Callable[[_T], object],
    show: Callable[[_T], str],
) -> None:
    seen: dict[object, str] = {}
    for item in items:
        folded = fold_item(item)
        if folded in seen:
            what = f"'{show(item)}' stands twice ('{seen[folded]}')"
            raise top.error(key, what, "keep one; case, hyphen and ™ make no difference")
        seen[folded] = show(item)


def fold_name(name: str) -> str:
    """Return a product name as it is compared: case, ™, ®, hyphen and width folded.

    ``+`` stays and ``plus`` becomes it: ``ASCE+`` is not ``ASCE``.
    """
    plain = unicodedata.normalize("NFKC", re.sub("[™®©]", " ", name)).casefold()
    plain = re.sub(r"\bplus\b", "+", plain)
    plain = re.sub(r"[^\w+]+|_+", " ", plain)
    return re.sub(r"\s*\+\s*", "+", plain).strip()


# ------------------------------------------------------------------------------ term


def is_bare(alias: Alias) -> bool:
    """Return whether PubMed may be asked for a name alone.

    PubMed drops ``+`` and case, so a name that lives by them needs company too.
    """
    return alias.match == "word" and not (alias.ambiguous or alias.case or "+" in alias.text)


def compose_term(product: Product) -> str:
    """Return the Entrez term of a product, with {EV} and {CM} still to fill.

    Names that speak for themselves stand alone; guarded ones need vesicles, conditioned
    medium, a context word or the maker; descriptions need the maker. Then the registry ids,
    the PMIDs a curator gave, and makers whose name is theirs alone together with vesicles.
    """
    aliases, makers = product.aliases, product.makers
    bare = [a for a in aliases if is_bare(a)]
    never = [a for a in aliases if a.match == "never_bare"]
    guarded = [a for a in aliases if a not in bare and a not in never]
    houses = [n for m in makers for n in (m.name, *m.names)]
    distinct = [n for m in makers if m.distinct for n in (m.name, *m.names)]
    parts = _tagged((a.text for a in bare), "tiab")
    if guarded:
        beside = [c for a in guarded for c in a.context]
        context = _either(["{EV}", "{CM}", *_tagged(beside, "tiab"), *_tagged(houses, "ad")])
        parts.append(f"({_either(_tagged((a.text for a in guarded), 'tiab'))} AND {context})")
    if never and houses:
        maker = _either([*_tagged(houses, "ad"), *_tagged(houses, "tiab")])
        parts.append(f"({_either(_tagged((a.text for a in never), 'tiab'))} AND {maker})")
    parts += [f"{i}[{field}]" for i in product.trial_ids for field in ("si", "tiab")]
    parts += [f"{s.pmid}[uid]" for s in product.studies if s.pmid]
    if distinct:
        parts.append(f"({_either(_tagged(distinct, 'ad'))} AND ({{EV}} OR {{CM}}))")
    return " OR ".join(parts)


def _tagged(words: Iterable[str], field: str) -> list[str]:
    """Return quoted phrases with their tag, those that PubMed reads alike only once."""
    phrases = {fold(w): re.sub(r'["\[\]()]', "", w).strip() for w in words}
    return [f'"{phrase}"[{field}]' for phrase in phrases.values()]


def _either(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _read_term(top: Table, product: Product, blocks: Mapping[str, str]) -> str:
    """Return the file's own term where it gives one, else the composed one."""
    own = top.text("term")
    try:
        term = compose(own or compose_term(product), blocks)
        if own:
            parse_term(own)
    except TermError as ex:
        raise top.error("term", ex.what, ex.remedy) from ex
    if not term:
        what = "there is nothing to ask PubMed for"
        raise top.error("alias", what, "add a name that may stand alone, a maker or a trial id")
    return term
