"""Conditions by the words people type: ``--for``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from evlit.errors import UsageError
from evlit.kept import load_toml
from evlit.messages import language, say, word
from evlit.names import clean_typed, compact_name, name_tokens

_PLACES = frozenset({"knee", "knees", "hip", "hand", "hands", "joint", "face", "scalp", "of", "the",
                     "my", "in", "on", "both", "severe", "mild", "moderate"})  # fmt: skip
"""Words around a condition's name that do not change which it is."""

_VOCABULARY = Path(__file__).parents[1] / "vocabulary" / "indications.toml"
_TABLE = re.compile(r"^\[([a-z0-9_]+)\]\s*\nname = \"([^\"\n]+)\"", re.MULTILINE)


def vocabulary_text() -> str:
    """Return the file of conditions."""
    return _VOCABULARY.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Return key → name of every condition. Only these lines of the file are read."""
    return dict(_TABLE.findall(vocabulary_text()))


def name(key: str) -> str:
    """Return a condition's name in the language in use; of an unknown key the key, spaced."""
    shipped = names().get(key, key.replace("_", " "))
    return shipped if language() == "en" else word("condition", key, shipped)


@lru_cache(maxsize=1)
def _by_words() -> dict[str, list[str]]:
    """Return folded word → keys: keys, names, words, abbreviations, and what people say."""
    found: dict[str, list[str]] = {}
    path = Path(__file__).parents[1] / "wording" / "plain_conditions.toml"
    plain = load_toml(path)
    for key, table in load_toml(_VOCABULARY).items():
        words = [key, str(table.get("name", ""))]
        for field in ("words", "abbreviations", "synonyms"):
            words += [str(w).rstrip("*") for w in table.get(field, [])]
        words += plain.get(key, [])
        for spelled in words:
            keys = found.setdefault(_fold(spelled), [])
            if key not in keys:
                keys.append(key)
    return found


def _fold(word: str) -> str:
    """Fold British and American spelling besides what :func:`compact_name` folds."""
    return compact_name(word).replace("ae", "e").replace("oe", "e").replace("tumour", "tumor")


def known(text: str) -> str:
    """Return the key of a condition that others name; ``""`` where none, or several, fit."""
    folded = _fold(text)
    keys = [key for key, label in names().items() if folded in (_fold(key), _fold(label))]
    keys = keys or _by_words().get(folded, [])
    return keys[0] if len(keys) == 1 else ""


def find(typed: str) -> str:
    """Return the key of the condition typed: a key, a name, a synonym or an abbreviation.

    :raises UsageError: none has this name, or several have; names the near keys
    """
    shown = clean_typed(typed)
    for key, label in names().items():
        if _fold(shown) in (_fold(key), _fold(label)):
            return key
    keys = _by_words().get(_fold(shown), []) or _by_words().get(_without_place(shown), [])
    if len(keys) == 1:
        return keys[0]
    near = keys or _near(shown)
    remedy = say("error.indication_near", near=", ".join(near)) if near else None
    raise UsageError(
        f"--for {shown}",
        say("error.indication_unknown"),
        remedy or say("error.indication_none_near"),
    )


def _without_place(shown: str) -> str:
    """Return a condition folded without where it sits: ``osteoarthritis of the knee``."""
    return _fold(" ".join(t for t in name_tokens(shown) if t not in _PLACES))


def _near(shown: str) -> list[str]:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where no name fits

    words = _by_words()
    hits = process.extract(_fold(shown), list(words), scorer=fuzz.WRatio, score_cutoff=75, limit=12)
    return list(dict.fromkeys(key for word, _, _ in hits for key in words[word]))[:5]
