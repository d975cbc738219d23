"""Record → Tags: every axis of the code book, by cues in data files.

One :class:`~evlit.classify.text.Text` is made of a record and handed to the axes in a fixed
order. Each axis module exposes::

    def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]

``seen`` holds what the axes before it said, by axis name (read it, do not change it). An
axis is pure: same record, same cue files, same tags. It reads the record's words through
``text`` and the record's own lists (MeSH, publication types) through ``text.record``, and
every tag's reason quotes what weighed (:meth:`Text.quote`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from types import ModuleType

from evlit.classify import (
    design,
    given,
    indication,
    misev,
    numbers,
    people,
    result,
    route,
    safety,
    species,
    subject,
    tissue,
)
from evlit.classify.cues import Cue, load_cues
from evlit.classify.known import NAMED
from evlit.classify.namesakes import drop_namesakes
from evlit.classify.text import Matcher, Text
from evlit.records import Record, Tag

_ORDER: tuple[ModuleType, ...] = (
    design, species, subject, given, people, indication, route, numbers, safety, misev, tissue,
    result,
)  # fmt: skip
"""The axes in the order they run; a later one may read what an earlier one said:
design, species, subject, given, people, indication, route, numbers, safety, misev, tissue,
result."""


class Classifier:
    """All axes, with further cues beside those of the cue files.

    A catalogue's product names are such cues: who "received ExoFlo" was given a product.
    """

    def __init__(self, cues: Iterable[Cue] = ()) -> None:
        self._matcher = Matcher([*load_cues(), *indication.cues(), *route.cues(), *cues])

    def tags(self, record: Record) -> tuple[Tag, ...]:
        """Return every tag of a record, all axes, in the order they were decided."""
        text = Text(record, self._matcher)
        drop_namesakes(text)
        seen: dict[str, list[Tag]] = {}
        for axis in _ORDER:
            for tag in axis.tags(text, seen):
                seen.setdefault(tag.axis, []).append(tag)
        text.memo.clear()  # it refers to the text: a cycle would wait for the garbage collector
        return tuple([tag for said in seen.values() for tag in said])


def name_cues(
    name: str, intervention: str, source_kind: str, *, case: bool = False
) -> tuple[Cue, Cue]:
    """Return the cues that let a product's name speak for what was given and what it is."""
    word = "cells_word" if intervention == "cells" else "product_word"
    named = f"{NAMED}{intervention}:{source_kind}"
    return Cue(word, name, False, case), Cue(named, name, False, case)


def classify(record: Record) -> tuple[Tag, ...]:
    """Return every tag of a record by the cue files alone, without product names."""
    return _plain().tags(record)


@lru_cache(maxsize=1)
def _plain() -> Classifier:
    return Classifier()
