"""A name outside the catalogue: where the store's texts contain it, word for word."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from typing import NamedTuple

from evlit.addresses import mask_addresses
from evlit.answer import held as store
from evlit.answer.links import Link, record_tier
from evlit.answer.reports import Found, of_record
from evlit.messages import say
from evlit.names import NameFinder, spellings
from evlit.names.folding import has_cjk

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
        phrases.append(f'"{text}"*' if has_cjk(text) else f'"{text}"')
    return " OR ".join(phrases)


def _check(
    db: sqlite3.Connection, pmids: list[int], forms: tuple[str, ...]
) -> dict[int, tuple[str, str]]:
    """Return PMID → (field, words) of the records that print the name."""
    finder = NameFinder(forms)
    checked: dict[int, tuple[str, str]] = {}
    for pmid, *texts in db.execute(_TEXTS, (json.dumps(pmids),)):
        for column, text in zip(_COLUMNS, texts, strict=True):
            words = finder.words(mask_addresses(text)) if text else ""
            if words:
                checked[pmid] = (column, words)
                break
    return checked


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
