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

import hashlib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import ModuleType

from evlit.classify import design, given, indication, people, species, subject
from evlit.classify.cues import load_cues
from evlit.classify.text import Matcher, Text
from evlit.records import Record, Tag

_ORDER: tuple[ModuleType, ...] = (design, species, subject, given, people, indication)
"""The axes in the order they run; a later one may read what an earlier one said:
design, species, subject, given, people, indication, route, numbers, safety, misev, result."""


def classify(record: Record) -> tuple[Tag, ...]:
    """Return every tag of a record, all axes, in the order they were decided."""
    text = Text(record, _matcher())
    seen: dict[str, list[Tag]] = {}
    for axis in _ORDER:
        for tag in axis.tags(text, seen):
            seen.setdefault(tag.axis, []).append(tag)
    return tuple(tag for said in seen.values() for tag in said)


@lru_cache(maxsize=1)
def classifier_version() -> str:
    """Return 12 hex digits that change with any rule, cue or vocabulary file."""
    digest = hashlib.sha256()
    for folder in (files("evlit") / "classify", files("evlit") / "vocabulary"):
        for path in _walk(folder):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def _matcher() -> Matcher:
    return Matcher([*load_cues(), *indication.cues()])


def _walk(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.is_dir():
            found += _walk(path)
        elif path.name.endswith((".py", ".toml")):
            found.append(path)
    return found
