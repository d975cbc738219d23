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
from evlit.names.folding import cjk_runs, has_cjk

MOST_READ = 200
"""Records read for one name; where more contain its words, the answer says so."""
MOST_COUNTED = 10_000
"""Records counted for one name; past that the number does not matter."""

_COLUMNS = (
    "title", "vernacular_title", "abstract", "keywords", "substances", "affiliations", "trial_ids",
    "other_abstracts",
)  # fmt: skip
_MATCH = f"""
SELECT rowid FROM records_fts WHERE records_fts MATCH ? ORDER BY rowid DESC LIMIT {MOST_READ + 1}
"""
_COUNT = f"""
SELECT count(*) FROM (SELECT 1 FROM records_fts WHERE records_fts MATCH ? LIMIT {MOST_COUNTED})
"""
_INSIDE = f"""
SELECT pmid FROM records
WHERE deleted = 0 AND ({" OR ".join(f"instr({column}, :run)" for column in _COLUMNS)})
ORDER BY pmid DESC
"""
"""Scripts without spaces: the index holds a whole run of signs as one word, and cannot find a
name inside it, so the texts themselves are read."""
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
    pmids, matched = _inside(db, forms[0]) if has_cjk(forms[0]) else _matching(db, forms)
    words = _check(db, pmids[:MOST_READ], forms)
    records = store.load(db, words)
    found = tuple(_found(records[pmid], *words[pmid]) for pmid in records)
    return PhraseHits(found, matched, max(0, matched - MOST_READ))


def _matching(db: sqlite3.Connection, forms: tuple[str, ...]) -> tuple[list[int], int]:
    """Return PMIDs that the full-text index gives for a name, newest first, and how many."""
    query = match_query(forms)
    pmids = [pmid for (pmid,) in db.execute(_MATCH, (query,))]
    if len(pmids) <= MOST_READ:
        return pmids, len(pmids)
    return pmids, db.execute(_COUNT, (query,)).fetchone()[0]


def _inside(db: sqlite3.Connection, name: str) -> tuple[list[int], int]:
    """Return PMIDs of texts that hold the longest run of signs without spaces in a name."""
    run = max(cjk_runs(name), key=len)
    pmids = [pmid for (pmid,) in db.execute(_INSIDE, {"run": run})]
    return pmids, len(pmids)


def match_query(forms: tuple[str, ...]) -> str:
    """Return the full-text query for a name's forms: each one phrase, nothing an operator."""
    texts = (unicodedata.normalize("NFC", form).replace("\0", " ") for form in forms)
    return " OR ".join('"' + text.replace('"', '""') + '"' for text in texts)


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
