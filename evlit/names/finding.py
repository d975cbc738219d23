"""Where a text prints a typed name: the whole word, with its signs, in any spelling."""

from __future__ import annotations

import re

from evlit.names.folding import fold_name, has_cjk, name_tokens, spellings

_QUERY_SPELLINGS = 3


class NameFinder:
    """Finds one typed name in texts. ``ASCE`` is not in ``ASCE+``, nor ``Exo-1`` in ``Exo-1-2``."""

    def __init__(self, forms: tuple[str, ...]) -> None:
        """:param forms: the name's spellings, folded (:func:`spellings`)"""
        self._pattern = _pattern(forms)
        self._printed = _printed_pattern(forms)

    def words(self, text: str) -> str:
        """Return the words around the name in a text, as printed; ``""`` = it is not there."""
        folded = fold_name(text)
        match = _find(self._pattern, folded)
        if match is None:
            return ""
        if len(text) == len(folded):
            return _around(text, *match.span())
        # Folding has moved the letters: look again in the text itself.
        again = self._printed.search(text)
        return _around(text, *again.span()) if again else _around(folded, *match.span())


def name_term(typed: str) -> str:
    """Return the Entrez term that asks PubMed for a name outside the catalogue.

    PubMed drops signs and case: what it finds is checked with :class:`NameFinder`.
    """
    forms = spellings(typed)[:_QUERY_SPELLINGS]
    phrases = [re.sub(r'["\[\]()*:]', " ", form).strip() for form in forms]
    parts = [f'"{phrase}"[tiab]' for phrase in phrases if phrase]
    parts += [f'"{phrase}"[{field}]' for phrase in phrases[:1] for field in ("nm", "si", "ad")]
    return " OR ".join(dict.fromkeys(parts))


def name_key(typed: str) -> str:
    """Return the key under which a search for a typed name is remembered: ``name:exo flow``."""
    return "name:" + " ".join(name_tokens(typed))


def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Match a name's forms, hyphen or space between words, up to a word's end; ``+`` counts.

    Where a word begins is for :func:`_find`: a pattern that starts with a letter is fast.
    """
    parts = []
    for form in forms:
        body = r"[\s\-]*".join(re.escape(word).replace(r"\+", r"\s?\+") for word in form.split())
        parts.append(body if has_cjk(form) else rf"{body}(?![^\W_]|\+|-\w)")
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
        if not inside or has_cjk(match.group()):
            return match
    return None


def _around(text: str, start: int, end: int, reach: int = 60) -> str:
    a, b = max(0, start - reach), min(len(text), end + reach)
    if a:
        a = text.find(" ", a, start) + 1 or start
    if b < len(text):
        b = max(text.rfind(" ", end, b), end)
    return text[a:b].strip()
