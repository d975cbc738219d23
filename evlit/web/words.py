"""The pages' own words, by key, in the reader's language; sentences of answers are shared."""

from __future__ import annotations

import re

from evlit.messages import LANGUAGES, Sentence, fill, language, load_sentences, use_language

__all__ = [
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "axis_name",
    "choose_language",
    "page_words",
    "t",
    "use_language",
]

LANGUAGE_NAMES = {"en": "English", "ja": "日本語"}
_PACKAGE = "evlit.web.wording"
_ITEM = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,30})?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?")


def page_words(code: str) -> dict[str, Sentence]:
    """Return all words of the pages in a language."""
    return load_sentences(_PACKAGE, code)


def t(key: str, /, *, n: int | None = None, **values: object) -> str:
    """Return the page's words for a key in the language in use, its blanks filled.

    :raises KeyError: no such key
    """
    return fill(page_words(language())[key], n=n, **values)


def axis_name(axis: str) -> str:
    """Return an axis in words; of one that the words do not know yet, its key, spaced."""
    key = f"axis.{axis}"
    return t(key) if key in page_words(language()) else axis.replace("_", " ")


def choose_language(asked: str | None, accepted: str) -> str:
    """Return the language of a page.

    :param asked: what the address asks for (``?lang=ja``); goes first
    :param accepted: the browser's ``Accept-Language``
    """
    if asked in LANGUAGES:
        return str(asked)
    best, quality = LANGUAGES[0], 0.0
    for part in accepted[:500].split(","):
        match = _ITEM.fullmatch(part)
        if match and match[1].lower() in LANGUAGES and float(match[2] or 1) > quality:
            best, quality = match[1].lower(), float(match[2] or 1)
    return best
