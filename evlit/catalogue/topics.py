"""Reads ``blocks.toml`` and ``topics/*.toml``; a topic's matcher comes from its term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evlit.catalogue.fields import Table
from evlit.catalogue.terms import (
    Block,
    Group,
    Node,
    Patterns,
    TermError,
    compose,
    fold,
    leaf_patterns,
    parse_term,
    to_groups,
)
from evlit.records import Topic

PRODUCTS = "PRODUCTS"
"""The block that the loader makes of the products' own names."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """The parts that terms are made of: Entrez text and local patterns by block name."""

    terms: Mapping[str, str]
    patterns: Mapping[str, Patterns]
    narrower: Mapping[str, Patterns]

    def with_products(self, names: Sequence[str]) -> Blocks:
        """Return the blocks with {PRODUCTS} made of the names given."""
        if not names:
            return self
        term = " OR ".join(f'"{n}"[tiab]' for n in names)
        patterns = tuple(fold(n) for n in names)
        return Blocks(
            {**self.terms, PRODUCTS: term}, {**self.patterns, PRODUCTS: patterns}, self.narrower
        )


def read_blocks(path: str, data: dict[str, Any]) -> Blocks:
    """Read ``blocks.toml``.

    :raises CatalogueError: names file, field and remedy
    """
    top = Table(f"{path}: ", data)
    narrower = _read_narrower(top)
    terms: dict[str, str] = {}
    patterns: dict[str, Patterns] = {}
    holder = top.table("block")
    for name in data.get("block", {}):
        block = holder.table(name) if holder else None
        if block is None:
            continue
        if not name.isupper() or name == PRODUCTS:
            raise block.error("", f"{name} cannot be a block's name", "use capitals, not PRODUCTS")
        block.text("about", required=True)
        terms[name] = " ".join(block.text("term", required=True).split())
        found = _block_patterns(block, terms[name], narrower)
        patterns[name] = tuple(dict.fromkeys([*found, *(_pattern(w) for w in block.texts("also"))]))
        block.done()
    top.done()
    return Blocks(terms, patterns, narrower)


def _read_narrower(top: Table) -> dict[str, Patterns]:
    table = top.table("narrower")
    if table is None:
        return {}
    found = {key: table.texts(key) for key in table.fields()}
    for key, values in found.items():
        for value in (key, *values):
            if _pattern(value) != value:
                raise table.error(key, f"'{value}' is not folded", f"write '{_pattern(value)}'")
    return found


def _pattern(word: str) -> str:
    """Return a word of ``also`` folded; its field and its ``*`` stay."""
    field, colon, words = word.rpartition(":")
    return field + colon + fold(words.rstrip("*")) + ("*" if word.endswith("*") else "")


def _block_patterns(block: Table, term: str, narrower: Mapping[str, Patterns]) -> list[str]:
    try:
        return _leaves(parse_term(term), narrower)
    except TermError as ex:
        raise block.error("term", ex.what, ex.remedy) from ex


def _leaves(node: Node, narrower: Mapping[str, Patterns]) -> list[str]:
    if isinstance(node, Block):
        raise TermError(f"{{{node.name}}} stands inside a block", "write its words out")
    if isinstance(node, Group):
        return [p for part in node.parts for p in _leaves(part, narrower)]
    return leaf_patterns(node, narrower)


def read_topic(path: str, stem: str, data: dict[str, Any], blocks: Blocks) -> Topic:
    """Read one topic file.

    :raises CatalogueError: names file, field and remedy
    """
    top = Table(f"{path}: ", data)
    key = top.key(stem)
    title = top.text("title", required=True)
    description = " ".join(top.text("description", required=True).split())
    template = top.text("term", required=True)
    top.done()
    try:
        term = compose(template, blocks.terms)
        groups = to_groups(parse_term(template), blocks.patterns, blocks.narrower)
    except TermError as ex:
        raise top.error("term", ex.what, ex.remedy) from ex
    if not groups:
        what = "holds nothing that can be looked for offline"
        raise top.error("term", what, "add a word with [tiab] or a block")
    return Topic(key, title, term, groups, description, path)
