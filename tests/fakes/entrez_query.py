"""A small reading of PubMed's query language: what evlit sends, and honest refusals.

Boolean operators (left to right, as PubMed does), parentheses, quoted phrases, truncation,
tags, and ranges of dates and UIDs. An unknown tag widens the search and is reported, as the
real service does; a phrase named in ``unknown`` is dropped or broken up, with its notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from tests.fakes.citations import Citation

DATES: dict[str, tuple[str, Callable[[Citation], date]]] = {
    "crdt": ("Date - Create", lambda c: c.created),
    "edat": ("Date - Entry", lambda c: c.edat),
    "mdat": ("Date - Modification", lambda c: c.mdat),
    "lr": ("Date - Modification", lambda c: c.mdat),
    "pdat": ("Date - Publication", lambda c: c.pdat),
    "dp": ("Date - Publication", lambda c: c.pdat),
}
FIELDS: dict[str, tuple[str, Callable[[Citation], str]]] = {
    "": ("All Fields", lambda c: f"{c.text} {c.affiliation}"),
    "all": ("All Fields", lambda c: f"{c.text} {c.affiliation}"),
    "tw": ("Text Word", lambda c: c.text),
    "tiab": ("Title/Abstract", lambda c: c.text),
    "title/abstract": ("Title/Abstract", lambda c: c.text),
    "ti": ("Title", lambda c: c.title),
    "ad": ("Affiliation", lambda c: c.affiliation),
    "mh": ("MeSH Terms", lambda c: " | ".join(name for _, name in c.mesh)),
    "mesh": ("MeSH Terms", lambda c: " | ".join(name for _, name in c.mesh)),
    "sh": ("MeSH Subheading", lambda c: ""),
    "nm": ("Supplementary Concept", lambda c: ""),
    "pt": ("Publication Type", lambda c: " | ".join(name for _, name in c.types)),
    "si": ("Secondary Source ID", lambda c: " | ".join(c.trial_ids)),
    "ot": ("Other Term", lambda c: " | ".join(c.keywords)),
    "doi": ("Article Identifier", lambda c: c.doi),
    "aid": ("Article Identifier", lambda c: c.doi),
}
_TOKEN = re.compile(r'\(|\)|"[^"]*"(?:\[[^\]]*\])?|\[[^\]]*\]|[^\s()\[\]"]+')


@dataclass
class Result:
    """What a query hits and what the service says of it."""

    pmids: set[int]
    translation: str
    no_field: list[str] = field(default_factory=list)
    no_phrase: list[str] = field(default_factory=list)
    no_quoted: list[str] = field(default_factory=list)


class Engine:
    """Answers queries over citations; leaves are remembered until ``forget``."""

    def __init__(self, unknown: Iterable[str] = ()) -> None:
        self.unknown = {_folded(text) for text in unknown}
        self._leaves: dict[tuple[str, str], set[int]] = {}
        self._texts: dict[tuple[str, int], str] = {}

    def forget(self) -> None:
        """The citations have changed."""
        self._leaves.clear()
        self._texts.clear()

    def ask(self, term: str, citations: dict[int, Citation]) -> Result:
        """Evaluate a term; what cannot be read hits nothing."""
        reading = _Reading(self, term, citations)
        hits, words = reading.expression()
        result = reading.result
        if reading.left():
            result.no_phrase.append(" ".join(reading.left()))
            hits = set()
        result.pmids = hits if hits is not None else set()
        result.translation = words
        return result

    def leaf(self, text: str, tag: str, citations: dict[int, Citation]) -> set[int]:
        """PMIDs of the citations whose field holds the words."""
        key = (text, tag)
        if key not in self._leaves:
            needle = " " + _folded(text.rstrip("*")) + ("" if text.endswith("*") else " ")
            self._leaves[key] = {
                pmid for pmid, c in citations.items() if needle in self._text(tag, c)
            }
        return self._leaves[key]

    def _text(self, tag: str, citation: Citation) -> str:
        key = (tag, citation.pmid)
        if key not in self._texts:
            self._texts[key] = f" {_folded(FIELDS[tag][1](citation))} "
        return self._texts[key]


class _Reading:
    """One reading of one term."""

    def __init__(self, engine: Engine, term: str, citations: dict[int, Citation]) -> None:
        self.engine, self.citations = engine, citations
        self.tokens = _TOKEN.findall(term)
        self.at = 0
        self.result = Result(set(), "")

    def left(self) -> list[str]:
        return self.tokens[self.at :]

    def expression(self) -> tuple[set[int] | None, str]:
        hits, words = self.operand()
        while self.at < len(self.tokens) and self.tokens[self.at] != ")":
            operator = "AND"
            if self.tokens[self.at] in ("AND", "OR", "NOT"):
                operator = self.tokens[self.at]
                self.at += 1
            more, more_words = self.operand()
            hits, words = _joined(hits, words, operator, more, more_words)
        return hits, words

    def operand(self) -> tuple[set[int] | None, str]:
        if self.at >= len(self.tokens):
            return None, ""
        token = self.tokens[self.at]
        self.at += 1
        if token == "(":
            hits, words = self.expression()
            if self.at < len(self.tokens) and self.tokens[self.at] == ")":
                self.at += 1
            return hits, f"({words})" if words else ""
        if token.startswith('"'):
            phrase, _, tagged = token[1:].partition('"')
            return self.leaf(phrase, tagged.strip("[]"), quoted=True)
        return self.bare([token])

    def bare(self, words: list[str]) -> tuple[set[int] | None, str]:
        while self.at < len(self.tokens) and not self._ends():
            words.append(self.tokens[self.at])
            self.at += 1
        if self.at < len(self.tokens) and self.tokens[self.at].startswith("["):
            tag = self.tokens[self.at].strip("[]")
            self.at += 1
            return self.leaf(" ".join(words), tag, quoted=False)
        hits: set[int] | None = None
        said = ""
        for word in words:
            hits, said = _joined(hits, said, "AND", *self.leaf(word, "", quoted=False))
        return hits, said

    def _ends(self) -> bool:
        token = self.tokens[self.at]
        return token in ("(", ")", "AND", "OR", "NOT") or token[0] in '"['

    def leaf(self, text: str, tag: str, *, quoted: bool) -> tuple[set[int] | None, str]:
        tag, _, more = tag.lower().removesuffix(" terms").partition(":")
        if more.startswith("~"):
            return self.near(text, tag, int(more[1:]))
        if ":" in text and (tag in DATES or tag == "uid"):
            return self.range(text, tag)
        if tag in ("uid", "pmid"):
            pmid = int(text) if text.isdigit() else 0
            return {pmid} & self.citations.keys(), f"{text}[UID]"
        if tag == "sb":
            return set(self.citations), f"{text}[Filter]"
        if tag not in FIELDS:
            self.result.no_field.append(tag)
            tag = ""
        if _folded(text) in self.engine.unknown:
            return self._unknown(text, tag, quoted=quoted)
        label = FIELDS[tag][0]
        return self.engine.leaf(text, tag, self.citations), f'"{text}"[{label}]'

    def near(self, text: str, tag: str, distance: int) -> tuple[set[int], str]:
        """A proximity search: the words in any order, at most so many others between them."""
        wanted = sorted(_folded(text).split())
        span = len(wanted) + distance
        hits = set()
        for pmid, citation in self.citations.items():
            words = _folded(FIELDS[tag][1](citation)).split()
            windows = (words[i : i + span] for i in range(len(words)))
            if any(all(w.count(x) >= wanted.count(x) for x in wanted) for w in windows):
                hits.add(pmid)
        return hits, f'"{text}"[{FIELDS[tag][0]}:~{distance}]'

    def _unknown(self, text: str, tag: str, *, quoted: bool) -> tuple[set[int] | None, str]:
        """The phrase index does not have it: said so, and dropped or broken into words."""
        if quoted:
            self.result.no_quoted.append(f'"{text}"')
        else:
            self.result.no_phrase.append(text)
        words = text.split()
        if len(words) == 1:
            return None, ""
        hits: set[int] | None = None
        said = ""
        for word in words:
            more = self.engine.leaf(word, tag, self.citations)
            hits, said = _joined(hits, said, "AND", more, f'"{word}"[{FIELDS[tag][0]}]')
        return hits, f"({said})"

    def range(self, text: str, tag: str) -> tuple[set[int], str]:
        low, _, high = text.partition(":")
        if tag == "uid":
            ends = int(low), int(high)
            pmids = {pmid for pmid in self.citations if ends[0] <= pmid <= ends[1]}
            return pmids, f"{low} : {high}[UID]"
        label, day_of = DATES[tag]
        start, end = _day(low, last=False), _day(high, last=True)
        hits = {pmid for pmid, c in self.citations.items() if start <= day_of(c) <= end}
        return hits, f"{low}:{high}[{label}]"


def _joined(
    left: set[int] | None, said: str, operator: str, right: set[int] | None, more: str
) -> tuple[set[int] | None, str]:
    if left is None or right is None:
        return (right if left is None else left), said or more
    join = {"AND": left & right, "OR": left | right, "NOT": left - right}[operator]
    return join, f"{said} {operator} {more}"


def _day(text: str, *, last: bool) -> date:
    parts = [int(part) for part in text.split("/")]
    if len(parts) == 3:
        return date(*parts)
    if len(parts) == 2:
        return date(parts[0], parts[1], 28 if last else 1)
    return date(parts[0], 12, 31) if last else date(parts[0], 1, 1)


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())
