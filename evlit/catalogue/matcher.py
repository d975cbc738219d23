"""Decides offline whether a record belongs to a topic.

The answer is a superset of PubMed's: words are sought in titles, abstracts in all tongues,
keywords, MeSH headings and substances, after the folding of :func:`terms.fold_text`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from evlit.catalogue.terms import fold_text
from evlit.records import Record, Topic

_FIELDS = ("ti:", "pt:", "sh:", "si:", "ad:")
_Group = tuple[str, ...]
_NO_SPACES = "\u1100"
"""From here on (kana, Han, Hangul) words are not parted by spaces."""


class Words:
    """The folded texts of one record, field by field, each made when first asked for."""

    __slots__ = ("_fields", "_groups", "record")

    def __init__(self, record: Record) -> None:
        self.record = record
        self._fields: dict[str, str] = {}
        self._groups: dict[_Group, bool] = {}

    def hits(self, group: _Group) -> bool:
        """Return whether a pattern of the group occurs; remembered, topics share groups."""
        if group not in self._groups:
            self._groups[group] = any(
                needle in self._text(field) for field, needle in _needles(group)
            )
        return self._groups[group]

    def _text(self, field: str) -> str:
        if field not in self._fields:
            pieces = _PIECES[field](self.record)
            self._fields[field] = "".join(f" {fold_text(p)} |" for p in pieces if p)
        return self._fields[field]


@lru_cache(maxsize=1024)
def _needles(group: _Group) -> tuple[tuple[str, str], ...]:
    """Return (field, text to seek) for each pattern; spaces mark where words end."""
    needles = []
    for pattern in group:
        field = pattern[:3] if pattern[:3] in _FIELDS else ""
        words = pattern[len(field) :]
        start = "" if words[0] >= _NO_SPACES else " "
        end = "" if start == "" or words.endswith("*") else " "
        needles.append((field, start + words.rstrip("*") + end))
    return tuple(needles)


def matches_topic(topic: Topic, record: Record | Words) -> bool:
    """Return whether a record belongs to a topic: every group of it must hit.

    Give a :class:`Words` to ask about one record under several topics.
    """
    words = record if isinstance(record, Words) else Words(record)
    return all(words.hits(group) for group in topic.groups)


def matching_topics(topics: Sequence[Topic], record: Record) -> tuple[str, ...]:
    """Return the keys of the topics that a record belongs to."""
    words = Words(record)
    return tuple(t.key for t in topics if matches_topic(t, words))


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
