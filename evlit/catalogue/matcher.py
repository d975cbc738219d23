"""Decides offline whether a record belongs to a topic.

The answer is a superset of PubMed's: words are sought in titles, abstracts in all tongues,
keywords, MeSH headings and substances, after the folding of :func:`terms.fold_text`. All
words of all topics are sought in one pass, for a file holds tens of thousands of records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from evlit.catalogue.terms import fold_text
from evlit.records import Record, Topic

_FIELDS = ("ti:", "pt:", "sh:", "si:", "ad:")
_Group = tuple[str, ...]
_TELLING = 2
"""Groups of a topic that tell it well: further ones are of words that most records have."""
_NO_SPACES = "\u1100"
"""From here on (kana, Han, Hangul) words are not parted by spaces."""


def matching_topics(topics: tuple[Topic, ...], record: Record) -> tuple[str, ...]:
    """Return the keys of the topics that a record belongs to: every group of one must hit."""
    return _matcher(topics).find(record)


class Sought(NamedTuple):
    """A word or phrase of a topic, folded."""

    text: str
    open_end: bool
    """True: its last word may go on."""
    in_affiliations: bool


def groups_of_topics(topics: tuple[Topic, ...]) -> Iterator[tuple[tuple[Sought, ...], ...]]:
    """Yield groups of words for each topic: a record that has none of one is not on the topic.

    They are its first groups that stand as they are in the source: trial ids do not. A topic
    without any may hold any record.
    """
    for topic in topics:
        groups = [g for g in topic.groups if not any(p.startswith("si:") for p in g)]
        yield tuple(tuple(map(_sought, group)) for group in groups[:_TELLING])


def _sought(pattern: str) -> Sought:
    field, words = _needle(pattern)
    return Sought(words.strip(), pattern.endswith("*"), field == "ad:")


@lru_cache(maxsize=64)
def _matcher(topics: tuple[Topic, ...]) -> _Matcher:
    return _Matcher(topics)


class _Matcher:
    """The patterns of some topics, ready to be sought."""

    def __init__(self, topics: tuple[Topic, ...]) -> None:
        from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - the catalogue loads without it

        self._numbers: dict[tuple[str, str], int] = {}
        self._topics = [(t.key, [self._number(g) for g in t.groups]) for t in topics]
        by_field: dict[str, list[tuple[str, int]]] = {}
        for (field, needle), number in self._numbers.items():
            by_field.setdefault(field, []).append((needle, number))
        self._automata = [
            (_PIECES[field], AhoCorasick([n for n, _ in needles]), [i for _, i in needles])
            for field, needles in by_field.items()
        ]

    def _number(self, group: _Group) -> frozenset[int]:
        """Return the numbers of a group's needles; a needle has one number for all topics."""
        return frozenset(
            self._numbers.setdefault(_needle(pattern), len(self._numbers)) for pattern in group
        )

    def find(self, record: Record) -> tuple[str, ...]:
        found: set[int] = set()
        for pieces, automaton, numbers in self._automata:
            text = "".join(f" {fold_text(p)} |" for p in pieces(record) if p)
            hits = automaton.find_matches_as_indexes(text, overlapping=True)
            found.update(numbers[hit[0]] for hit in hits)
        return tuple(
            key for key, groups in self._topics if not any(found.isdisjoint(g) for g in groups)
        )


def _needle(pattern: str) -> tuple[str, str]:
    """Return field and text to seek; spaces mark where words begin and end."""
    field = pattern[:3] if pattern[:3] in _FIELDS else ""
    words = pattern[len(field) :]
    start = "" if words[0] >= _NO_SPACES else " "
    end = "" if start == "" or words.endswith("*") else " "
    return field, start + words.rstrip("*") + end


def _titles(record: Record) -> Iterator[str | None]:
    yield record.title
    yield record.vernacular_title


def _texts(record: Record) -> Iterator[str | None]:
    yield from _titles(record)
    for section in record.sections:
        yield section.label
        yield section.text
    yield from (a.text for a in record.other_abstracts)
    yield from (k.text for k in record.keywords)
    yield from (m.name for m in record.mesh)
    yield from (s.name for s in record.substances)


def _publication_types(record: Record) -> Iterable[str]:
    return (part for p in record.publication_types for part in (p.ui, p.name))


_PIECES: dict[str, Callable[[Record], Iterable[str | None]]] = {
    "": _texts,
    "ti:": _titles,
    "pt:": _publication_types,
    "sh:": lambda r: (name for m in r.mesh for _, name, _ in m.qualifiers),
    "si:": lambda r: (d.accession for d in r.databank_ids),
    "ad:": lambda r: (a for author in r.authors for a in author.affiliations),
}
