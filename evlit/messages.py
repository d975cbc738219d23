"""Every sentence of an answer, by key, from one file a language (``wording/en.toml``, ``ja.toml``).

A sentence is a format string, or a table of two (``one``, ``many``) chosen by the number
``n``. Nothing else in evlit writes sentences of an answer, so that a translation is one
more file, and the wording rules are tested in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from evlit.kept import load_toml

Sentence = str | dict[str, str]


LANGUAGES = ("en", "ja")
"""Languages that have a file, the first of them the one to fall back on."""

_language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


def language() -> str:
    """Return the language of the sentences made now (``en``)."""
    return _language.get()


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Make sentences in another language of ``LANGUAGES`` within this block (this thread)."""
    token = _language.set(code if code in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _language.reset(token)


def catalogue() -> dict[str, Sentence]:
    """Return all sentences of the language in use, keys joined by dots."""
    return load_sentences("evlit.wording", _language.get())


@lru_cache(maxsize=8)
def load_sentences(package: str, code: str) -> dict[str, Sentence]:
    """Return the sentences of one file ``package/code.toml``, keys joined by dots."""
    # Not importlib.resources: it takes longer to import than the file to read.
    path = Path(__file__).parent.joinpath(*package.split(".")[1:], f"{code}.toml")
    flat: dict[str, Sentence] = {}
    for section, table in load_toml(path).items():
        for key, sentence in table.items():
            flat[f"{section}.{key}"] = sentence
    return flat


def say(key: str, /, *, n: int | None = None, **values: object) -> str:
    """Return the sentence for a key, its blanks filled.

    :param n: the number that decides between ``one`` and ``many``; printed with separators
    :raises KeyError: no such sentence, or a blank is not given
    """
    return fill(catalogue()[key], n=n, **values)


def fill(sentence: Sentence, *, n: int | None = None, **values: object) -> str:
    """Return a sentence with its blanks filled; see :func:`say`."""
    if isinstance(sentence, dict):
        sentence = sentence["one" if n == 1 else "many"]
    return sentence.format(n=f"{n:,}" if n is not None else "", **values)


def word(section: str, value: str, other: str | None = None) -> str:
    """Return the words for a tag value (``word("route", "iv")``); ``other``, else the value
    itself, spaced, where the catalogue has none."""
    known = catalogue().get(f"{section}.{value}")
    if isinstance(known, str):
        return known
    return value.replace("_", " ") if other is None else other


def joined(parts: Iterable[str], last: str = "and") -> str:
    """Return words as a list in a sentence: ``a, b and c``; ``last`` is ``and`` or ``or``."""
    texts = [p for p in parts if p]
    if len(texts) < 2:
        return "".join(texts)
    return say("list.comma").join(texts[:-1]) + say(f"list.{last}") + texts[-1]


def series(parts: Iterable[str]) -> str:
    """Return words as a plain list: ``a, b, c``; empty ones left out."""
    return say("list.comma").join(p for p in parts if p)


def clauses(parts: Iterable[str]) -> str:
    """Return parts of one sentence: ``a; b; c``; empty ones left out."""
    return say("list.semicolon").join(p for p in parts if p)


def sentences(*parts: str) -> str:
    """Return whole sentences as running text; empty ones left out."""
    return say("list.space").join(p for p in parts if p)
