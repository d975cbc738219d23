"""Versions of the rules that make tags and links: told from their files, which are not loaded.

A record's tags and links are made anew where their version is another; to say that they are
stale nobody needs the rules themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from evlit.records import Product

_DIGITS = 12


@lru_cache(maxsize=1)
def classifier_version() -> str:
    """Return 12 hex digits that change with any rule, cue or vocabulary file."""
    return _version_of("classify", "vocabulary")


@lru_cache(maxsize=1)
def matcher_version() -> str:
    """Return 12 hex digits that change with the rules or phrases that find products."""
    return _version_of("mentions", "vocabulary/mentions.toml")


def links_version(products: Iterable[Product]) -> str:
    """Return 12 hex digits that change with the products too, as far as links depend on them."""
    told = repr([(p.key, p.intervention, p.aliases, p.makers, p.trial_ids, p.studies,
                  p.lookalikes) for p in products])  # fmt: skip
    return hashlib.sha256((matcher_version() + told).encode()).hexdigest()[:_DIGITS]


def _version_of(*places: str) -> str:
    digest = hashlib.sha256()
    for place in places:
        for path in _rules(files("evlit") / place):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_DIGITS]


def _rules(place: Traversable) -> Iterator[Traversable]:
    """Yield the files of code and data at a place, in the order of their names."""
    if place.is_dir():
        for path in sorted(place.iterdir(), key=lambda p: p.name):
            yield from _rules(path)
    elif place.name.endswith((".py", ".toml")):
        yield place
