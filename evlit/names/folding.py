"""Typed names made comparable: cleaned, folded, cut into words."""

from __future__ import annotations

import re
import unicodedata

from evlit.errors import UsageError

MAX_TYPED = 200
"""Characters of a typed name that are read; a longer text is no name."""

_MARKS = re.compile(r"[™®©℠]|\((?:tm|r)\)", re.IGNORECASE)
_HYPHENS = re.compile("[‐‑‒–—―−﹣_]")
_PLUS = re.compile(r"(?<![^\W_])plus(?![^\W_])")
_DROPPED = re.compile(r"[\s\-.·・'’‘`\"“”()\[\]/,;:!?]+")
_TOKEN = re.compile(r"[^\W_]+\+*|\++")


_NO_SPACES = (
    ("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"), ("\uff66", "\uff9f"),
)  # fmt: skip
"""First and last sign of kana, Han, Hangul and halfwidth kana."""


def has_cjk(text: str) -> bool:
    """Whether a text holds signs of a script that is written without spaces.

    No pattern: one for such wide ranges takes eight milliseconds to compile, at each start.
    """
    return not text.isascii() and any(a <= c <= b for c in text for a, b in _NO_SPACES)


def cjk_runs(text: str) -> list[str]:
    """Return the runs of such signs in a text."""
    return "".join(c if has_cjk(c) else " " for c in text).split()


def clean_typed(text: str) -> str:
    """Return typed text as one line of NFC without controls, direction marks or surrogates.

    :raises UsageError: nothing to look up is left, or it is longer than a name can be
    """
    shown = "".join(" " if _is_control(c) else c for c in text if unicodedata.category(c) != "Cf")
    shown = " ".join(unicodedata.normalize("NFC", shown).split())
    if len(shown) > MAX_TYPED:
        raise UsageError(
            "NAME",
            f"{len(shown):,} characters is longer than a product's name",
            f"type the name as the label prints it (at most {MAX_TYPED} characters)",
        )
    if not any(c.isalnum() for token in name_tokens(shown) for c in token):
        raise UsageError(
            "NAME", "there is no letter or digit in it", "type the name as the label prints it"
        )
    return shown


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}


def fold_name(text: str) -> str:
    """Return a name with case, width, marks, hyphens and the word "plus" folded.

    ``+`` stays significant: ``ASCE+`` and ``ASCE plus`` are one, ``ASCE`` is another.
    """
    if text.isascii():
        # The long texts of a phrase search come here by the hundred.
        text = (_MARKS.sub(" ", text) if "(" in text else text).lower().replace("_", "-")
    else:
        text = unicodedata.normalize("NFKC", _MARKS.sub(" ", text)).casefold()
        text = _HYPHENS.sub("-", text)
    return _PLUS.sub("+", text) if "plus" in text else text


def compact_name(text: str) -> str:
    """Return the folded name without spaces, hyphens and punctuation: the key of a name."""
    return _DROPPED.sub("", fold_name(text))


def name_tokens(text: str) -> list[str]:
    """Return the words of a folded name; ``+`` stays with the word before it."""
    return _TOKEN.findall(fold_name(text))


def spellings(typed: str) -> tuple[str, ...]:
    """Return the word sequences by which a text may print a typed name, most literal first.

    ``Exo Flow`` → ``exo flow``, ``exoflow``; ``AB102`` → ``ab102``, ``ab 102``.
    """
    folded = " ".join(name_tokens(typed))
    joined = folded.replace(" ", "")
    split = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", folded)
    return tuple(dict.fromkeys(s for s in (folded, joined, split) if s))
