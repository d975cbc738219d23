"""Entrez terms as data: checked, composed from blocks, and read offline as patterns.

PubMed takes a wrong field tag or an open bracket without an error and answers a wider
question, so a term is parsed here before it may be sent. The same parse yields the
patterns of the local matcher, so what PubMed is asked and what is kept offline come from
one text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

TEXT_FIELDS = frozenset({"tiab", "tw", "ab", "ot", "nm", "mesh", "mh", "majr"})
"""Tags whose words the local matcher seeks in all texts of a record."""
FIELD_PREFIX = {"ti": "ti:", "pt": "pt:", "sh": "sh:", "si": "si:", "ad": "ad:"}
"""Tags that the local matcher keeps to their own field; others are no local question."""
OTHER_FIELDS = frozenset({"uid", "pmid", "la", "dp", "crdt"})
FIELDS = TEXT_FIELDS | FIELD_PREFIX.keys() | OTHER_FIELDS

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<block>\{[^{}]*\})"
    r"|(?P<operator>(?:AND|OR|NOT)(?=[\s(]|$))"
    r'|(?P<word>"[^"\[\]]*"|[^\s"()\[\]{}]+(?: (?!AND\b|OR\b|NOT\b)[^\s"()\[\]{}]+)*)'
    r"(?P<tag>\[[^\[\]]*\])?)"
)
_FREE_ENDING = 4
"""PubMed ignores a ``*`` after fewer letters than this."""

_APOSTROPHES = re.compile("['’‘`´′ʼ＇]")
_SIGNS = re.compile("[™®©℠]")
_MARKS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]+"
)
_NOT_WORD = re.compile(r"[^\w]+|_+")
_ASCII = {c: c if chr(c).isalnum() else None if chr(c) in "'`" else 32 for c in range(128)}
"""ASCII alone is folded by a table: most texts are, and it is ten times as fast."""


class TermError(ValueError):
    """A term is malformed; carries what is wrong and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(what)


class Leaf(NamedTuple):
    """One word or phrase with its field tag, e.g. ``"small EVs"[tiab]``."""

    words: str
    field: str


class Block(NamedTuple):
    """A reference to a block, e.g. ``{EV}``."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operands joined by one operator; NOT holds what is taken away."""

    operator: str
    """``AND``, ``OR`` or ``NOT`` (one operand: what must not be)."""
    parts: tuple[Node, ...]


Node = Leaf | Block | Group


def parse_term(term: str) -> Node:
    """Parse an Entrez term.

    :raises TermError: brackets or quotes do not close, a word has no field tag or an
        unknown one, operators are missing or mixed without brackets
    """
    if term.count('"') % 2:
        raise TermError("a quotation mark does not close", 'count the " in the term')
    if term.count("[") != term.count("]"):
        raise TermError("square brackets do not match", "close each field tag, as in [tiab]")
    depth = 0
    for char in term:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            break
    if depth:
        raise TermError("brackets do not match", "count the ( and ) in the term")
    tokens = _tokens(term)
    node, rest = _parse_group(tokens, 0)
    if rest != len(tokens):
        raise TermError("brackets do not match", "count the ( and ) in the term")
    return node


def _tokens(term: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    at, end = 0, len(term.rstrip())
    while at < end:
        match = _TOKEN.match(term, at)
        if not match:
            near = term[at : at + 25].strip()
            raise TermError(f"cannot be read near '{near}'", "check brackets and quotes there")
        found.append(match)
        at = match.end()
    if not found:
        raise TermError("the term is empty", "write the query")
    return found


def _parse_group(tokens: list[re.Match[str]], at: int) -> tuple[Node, int]:
    """Read operands and operators up to a closing bracket; PubMed reads left to right."""
    node, at = _parse_operand(tokens, at)
    operators: set[str] = set()
    parts: list[Node] = [node]
    while at < len(tokens) and not tokens[at]["close"]:
        operator = tokens[at]["operator"]
        if not operator:
            near = tokens[at].group().strip()
            raise TermError(f"AND, OR or NOT is missing before '{near}'", "write the operator")
        node, at = _parse_operand(tokens, at + 1)
        operators.add("OR" if operator == "OR" else "AND")
        if len(operators) > 1:
            raise TermError(
                "OR stands beside AND or NOT without brackets",
                "PubMed reads from left to right: bracket what belongs together",
            )
        parts.append(Group("NOT", (node,)) if operator == "NOT" else node)
    if len(parts) == 1:
        return node, at
    return Group(operators.pop(), tuple(parts)), at


def _parse_operand(tokens: list[re.Match[str]], at: int) -> tuple[Node, int]:
    if at >= len(tokens) or tokens[at]["close"] or tokens[at]["operator"]:
        raise TermError("an operator or bracket has nothing beside it", "write what it joins")
    token = tokens[at]
    if token["open"]:
        node, at = _parse_group(tokens, at + 1)
        if at >= len(tokens):
            raise TermError("brackets do not match", "count the ( and ) in the term")
        return node, at + 1
    if token["block"]:
        return Block(token["block"][1:-1]), at + 1
    return _parse_leaf(token), at + 1


def _parse_leaf(token: re.Match[str]) -> Leaf:
    words, tag = token["word"], token["tag"]
    if not tag:
        raise TermError(
            f"{words} has no field tag",
            "PubMed would look for it anywhere: add [tiab], [Mesh] or another",
        )
    field = tag[1:-1].strip().lower().removesuffix(":noexp")
    if field not in FIELDS:
        raise TermError(
            f"[{tag[1:-1]}] is not a field tag that evlit knows",
            "PubMed would widen the search without a word: use " + ", ".join(sorted(FIELDS)),
        )
    bare = words.strip('"').strip()
    if not bare.strip("*"):
        raise TermError(f"nothing to search for in {words}{tag}", "write a word or remove it")
    letters = fold(bare.rstrip("*"))
    if bare.endswith("*") and len(letters.replace(" ", "")) < _FREE_ENDING:
        raise TermError(
            f"{words} has fewer than {_FREE_ENDING} letters before *",
            "PubMed would ignore the *: write the endings out",
        )
    if "*" in bare.rstrip("*"):
        raise TermError(f"{words} has a * inside", "PubMed takes * at the end of a phrase only")
    return Leaf(bare, field)


def compose(term: str, blocks: Mapping[str, str]) -> str:
    """Put blocks into their places, each in brackets, white space folded.

    :raises TermError: a block is unknown
    """

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name not in blocks:
            known = ", ".join(f"{{{b}}}" for b in sorted(blocks))
            raise TermError(f"{{{name}}} is not a block", f"use {known}, or add it to blocks.toml")
        return f"({blocks[name]})"

    return " ".join(re.sub(r"\{([^{}]*)\}", fill, term).split())


Patterns = tuple[str, ...]


def to_groups(
    node: Node, blocks: Mapping[str, Patterns], narrower: Mapping[str, Patterns]
) -> tuple[Patterns, ...]:
    """Return the groups of a term's local matcher, a superset of what PubMed finds.

    Every operand of a top-level AND is one group; whatever stands below it is taken as OR
    and what NOT takes away is kept, so no record that PubMed would return is lost.

    :param blocks: patterns of each block, its ``also`` included
    :param narrower: what a heading or publication type brings along, by folded name
    """
    parts = node.parts if isinstance(node, Group) and node.operator == "AND" else (node,)
    kept = [p for p in parts if not (isinstance(p, Group) and p.operator == "NOT")]
    groups = (tuple(dict.fromkeys(_patterns(p, blocks, narrower))) for p in kept)
    return tuple(g for g in groups if g)


def _patterns(
    node: Node, blocks: Mapping[str, Patterns], narrower: Mapping[str, Patterns]
) -> list[str]:
    if isinstance(node, Block):
        return list(blocks[node.name])
    if isinstance(node, Group):
        parts = node.parts if node.operator != "NOT" else ()
        return [p for part in parts for p in _patterns(part, blocks, narrower)]
    return leaf_patterns(node, narrower)


def leaf_patterns(leaf: Leaf, narrower: Mapping[str, Patterns]) -> list[str]:
    """Return the patterns of one word: its own, and those of narrower headings."""
    if leaf.field in OTHER_FIELDS:
        return []
    words = leaf.words.split("/")[0] if leaf.field in ("mesh", "mh") else leaf.words
    prefix = FIELD_PREFIX.get(leaf.field, "")
    star = "*" if words.endswith("*") else ""
    own = prefix + fold(words.rstrip("*")) + star
    return [own, *narrower.get(own, ())]


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Fold as :func:`fold_text`, cached for the short texts of the catalogue."""
    return fold_text(text)


def fold_text(text: str) -> str:
    """Return words in lower case with one space between; PubMed's own view of a text.

    Hyphens, ™ and all punctuation part words; apostrophes vanish (``Wharton's``); accents
    and width are folded.
    """
    if not text.isascii():
        text = _APOSTROPHES.sub("", _SIGNS.sub(" ", text))  # NFKD would part "´" into two
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
        text = _APOSTROPHES.sub("", text)
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    return " ".join(_NOT_WORD.sub(" ", text.casefold()).split())
