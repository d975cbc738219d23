"""A name outside the catalogue: where the store's texts contain it, word for word."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from typing import NamedTuple

from evlit.answer import held as store
from evlit.answer.links import Link, record_tier
from evlit.answer.reports import Found, of_record
from evlit.messages import say
from evlit.names import fold_name, spellings

MOST_READ = 200
"""Records read for one name; where more contain its words, the answer says so."""
MOST_COUNTED = 10_000
"""Records counted for one name; past that the number does not matter."""

_COLUMNS = (
    "title", "vernacular_title", "abstract", "keywords", "substances", "affiliations", "trial_ids",
)  # fmt: skip
_MATCH = f"""
SELECT rowid FROM records_fts WHERE records_fts MATCH ? ORDER BY rowid DESC LIMIT {MOST_READ + 1}
"""
_COUNT = f"""
SELECT count(*) FROM (SELECT 1 FROM records_fts WHERE records_fts MATCH ? LIMIT {MOST_COUNTED})
"""
_TEXTS = f"""
SELECT pmid, {", ".join(_COLUMNS)} FROM records
WHERE pmid IN (SELECT value FROM json_each(?)) AND deleted = 0
"""
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class PhraseHits(NamedTuple):
    """Records that contain a name, and how many contained its words at all."""

    found: tuple[Found, ...]
    matched: int
    """Records the full-text index gave for the words, before the name was checked."""
    unread: int


def find_phrase(db: sqlite3.Connection, typed: str) -> PhraseHits:
    """Return the records whose texts contain a typed name as a whole word.

    The full-text index finds the words as one phrase; then the text itself is checked, as
    the index drops signs: ``ASCE`` is not found in ``ASCE+``, nor ``Exo-1`` in ``Exo-1-2``.
    """
    forms = spellings(typed)
    query = match_query(forms)
    pmids = [pmid for (pmid,) in db.execute(_MATCH, (query,))]
    matched = len(pmids)
    if matched > MOST_READ:
        matched = db.execute(_COUNT, (query,)).fetchone()[0]
        pmids = pmids[:MOST_READ]
    words = _check(db, pmids, forms)
    records = store.load(db, words)
    found = tuple(_found(records[pmid], *words[pmid]) for pmid in records)
    return PhraseHits(found, matched, max(0, matched - MOST_READ))


def match_query(forms: tuple[str, ...]) -> str:
    """Return the full-text query for a name's forms: each one phrase, nothing an operator.

    Texts without spaces are one word to the index: their start is matched.
    """
    phrases = []
    for form in forms:
        text = unicodedata.normalize("NFC", form).replace("\0", " ").replace('"', '""')
        phrases.append(f'"{text}"*' if _CJK.search(text) else f'"{text}"')
    return " OR ".join(phrases)


def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Match a name's forms, hyphen or space between words, up to a word's end; ``+`` counts.

    Where a word begins is for :func:`_find`: a pattern that starts with a letter is fast.
    """
    parts = []
    for form in forms:
        body = r"[\s\-]*".join(re.escape(word).replace(r"\+", r"\s?\+") for word in form.split())
        parts.append(body if _CJK.search(form) else rf"{body}(?![^\W_]|\+|-\w)")
    return re.compile("|".join(parts))


def _printed_pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Match a name's forms in a text as printed: any case, width, marks and hyphens."""
    bodies = (
        r"[\W_]*".join(r"(?:[+＋]|plus)" if c == "+" else re.escape(c) for c in form if c != " ")
        for form in forms
    )
    return re.compile("|".join(bodies), re.IGNORECASE)


def _find(pattern: re.Pattern[str], folded: str) -> re.Match[str] | None:
    """Return the first match that begins a word; beside CJK every place begins one."""
    for match in pattern.finditer(folded):
        before = folded[max(0, match.start() - 2) : match.start()]
        inside = before[-1:].isalnum() or (before[-1:] == "-" and before[:1].isalnum())
        if not inside or _CJK.match(match.group()):
            return match
    return None


def _check(
    db: sqlite3.Connection, pmids: list[int], forms: tuple[str, ...]
) -> dict[int, tuple[str, str]]:
    """Return PMID → (field, words) of the records that print the name."""
    pattern, printed = _pattern(forms), _printed_pattern(forms)
    checked: dict[int, tuple[str, str]] = {}
    for pmid, *texts in db.execute(_TEXTS, (json.dumps(pmids),)):
        for column, text in zip(_COLUMNS, texts, strict=True):
            words = _words(pattern, printed, text) if text else ""
            if words:
                checked[pmid] = (column, words)
                break
    return checked


def _words(pattern: re.Pattern[str], printed: re.Pattern[str], text: str) -> str:
    """Return the words around the name in a text, as printed; ``""`` where it is not there."""
    folded = fold_name(text)
    match = _find(pattern, folded)
    if match is None:
        return ""
    if len(text) == len(folded):
        return _around(text, *match.span())
    # Folding has moved the letters: look again in the text itself.
    again = printed.search(text)
    return _around(text, *again.span()) if again else _around(folded, *match.span())


def _around(text: str, start: int, end: int, reach: int = 60) -> str:
    a, b = max(0, start - reach), min(len(text), end + reach)
    if a:
        a = text.find(" ", a, start) + 1 or start
    if b < len(text):
        b = max(text.rfind(" ", end, b), end)
    return text[a:b].strip()


def _found(held: store.Held, column: str, words: str) -> Found:
    tier = record_tier(held) if held.given in ("product", "cells") else ""
    if held.retracted:
        tier = "retracted"
    link = Link(
        tier or "review_or_mention",
        False,
        "phrase",
        "phrase",
        say("why.phrase", words=words),
        words,
    )
    return of_record(held, link, None, None)
