"""Reads ``evlit/vocabulary/indications.toml``: the conditions a record can be about.

One table an indication; the comment at the head of the file explains the fields. The
loader makes the spellings a text may use (British and American, hyphen or space, plain
plurals) and turns them into cues for the one automaton.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from evlit.classify.cues import Cue
from evlit.errors import CatalogueError

_TEXTS = ("name", "group", "body_system")
_LISTS = (
    "words", "weak", "hints", "abbreviations", "models", "mask", "gives_way_to", "covered_by",
    "mesh", "mesh_broad", "cautions",
)  # fmt: skip
_WHEN = {"words", "exact", "kind", "also", "unless", "near"}
_SPELLINGS = (
    ("aem", "em"), ("oedema", "edema"), ("tumour", "tumor"), ("ageing", "aging"),
    ("caec", "cec"), ("faec", "fec"), ("oesoph", "esoph"), ("modelling", "modeling"),
    ("paed", "ped"), ("sulphate", "sulfate"),
)  # fmt: skip
_ROLES = ("words", "weak", "hints", "models", "mask")
_ROLES_WHEN = {"model", "name", "weak", "hint"}
_EXACT_LENGTH = 6
"""Longest all-capital word that must be met in capitals (MASH, CLP); longer ones are safe."""


class Condition(NamedTuple):
    """Words that speak for an indication only beside (or without) others."""

    kind: str
    """Cue class of the words."""
    role: str
    """What the words count as where it holds: ``model``, ``name``, ``weak`` or ``hint``."""
    also: tuple[str, ...]
    """Cue classes of which one must occur; empty = no such demand."""
    unless: tuple[str, ...]
    """Cue classes none of which may occur."""
    near: bool
    """True: the ``also`` word must stand in the same sentence."""


class Indication(NamedTuple):
    """One indication of the vocabulary."""

    key: str
    name: str
    group: str
    body_system: str
    mesh: tuple[tuple[str, str], ...]
    """(UI, name) of the descriptors that speak for it."""
    mesh_broad: tuple[tuple[str, str], ...]
    """Headings too broad to decide."""
    conditions: tuple[Condition, ...]
    gives_way_to: tuple[str, ...]
    """Keys that take its place when they are as strong, unless the title names it."""
    covered_by: tuple[str, ...]
    """Narrower keys beside which even its name in the title adds nothing."""
    cautions: tuple[str, ...]


class Vocabulary(NamedTuple):
    """All indications with the cues that find them."""

    indications: dict[str, Indication]
    cues: tuple[Cue, ...]
    kinds: dict[str, tuple[str, str]]
    """Cue class → (role, key) for the unconditional words."""
    by_mesh: dict[str, tuple[str, ...]]
    """Descriptor UI → keys."""
    abbreviations: dict[str, tuple[tuple[str, ...], re.Pattern[str]]]
    """Key → its abbreviations. Kept out of the automaton, where two letters ("ED") would
    be found within every other word; looked for only when the full name is there."""


@lru_cache(maxsize=1)
def shipped_vocabulary() -> Vocabulary:
    """Return the vocabulary that ships with evlit, read once."""
    return load_vocabulary()


def load_vocabulary(path: Traversable | None = None) -> Vocabulary:
    """Read and check a vocabulary file (the shipped one by default).

    :raises CatalogueError: names the file, the table and the field that is wrong
    """
    where = path or files("evlit") / "vocabulary" / "indications.toml"
    try:
        tables = tomllib.loads(where.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as ex:
        raise CatalogueError(where.name, f"not TOML: {ex}", "mend the line named") from ex
    indications: dict[str, Indication] = {}
    cues: list[Cue] = []
    for key, table in tables.items():
        _check(where.name, key, table)
        indications[key] = _indication(key, table)
        cues.extend(_cues(key, table))
    _check_keys(where.name, indications)
    short = {
        k: _abbreviations(t["abbreviations"]) for k, t in tables.items() if t.get("abbreviations")
    }
    return Vocabulary(
        indications, tuple(dict.fromkeys(cues)), _kinds(indications), _mesh(indications), short
    )


def _abbreviations(words: list[str]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Return the abbreviations, and a pattern that finds them as words of their own."""
    longest_first = sorted(words, key=len, reverse=True)
    return tuple(longest_first), re.compile(
        rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])"
    )


def indication_names() -> dict[str, str]:
    """Return the name for people of every key, in the file's order."""
    return {key: ind.name for key, ind in shipped_vocabulary().indications.items()}


def _kinds(indications: dict[str, Indication]) -> dict[str, tuple[str, str]]:
    return {f"ind:{role}:{key}": (role, key) for key in indications for role in _ROLES}


def _mesh(indications: dict[str, Indication]) -> dict[str, tuple[str, ...]]:
    by_ui: dict[str, tuple[str, ...]] = {}
    for key, indication in indications.items():
        for ui, _ in indication.mesh:
            by_ui[ui] = (*by_ui.get(ui, ()), key)
    return by_ui


def _indication(key: str, table: dict[str, Any]) -> Indication:
    return Indication(
        key,
        table["name"],
        table["group"],
        table["body_system"],
        tuple(_descriptor(d) for d in table.get("mesh", ())),
        tuple(_descriptor(d) for d in table.get("mesh_broad", ())),
        tuple(_condition(key, n, when) for n, when in enumerate(table.get("when", ()))),
        tuple(table.get("gives_way_to", ())),
        tuple(table.get("covered_by", ())),
        tuple(table.get("cautions", ())),
    )


def _descriptor(text: str) -> tuple[str, str]:
    ui, _, name = text.partition(" ")
    return ui, name


def _condition(key: str, number: int, when: dict[str, Any]) -> Condition:
    return Condition(
        f"ind:when:{key}:{number}",
        when.get("kind", "model"),
        tuple(_context(word) for word in when.get("also", ())),
        tuple(_context(word) for word in when.get("unless", ())),
        when.get("near", False),
    )


def _context(word: str) -> str:
    return f"ind:beside:{word.casefold()}"


def _cues(key: str, table: dict[str, Any]) -> Iterator[Cue]:
    for role in _ROLES:
        for word in table.get(role, ()):
            yield from _word_cues(f"ind:{role}:{key}", word)
    for number, when in enumerate(table.get("when", ())):
        for word in when.get("words", ()):
            yield from _word_cues(f"ind:when:{key}:{number}", word)
        for word in when.get("exact", ()):
            yield from _word_cues(f"ind:when:{key}:{number}", word, exact=True)
        for word in (*when.get("also", ()), *when.get("unless", ())):
            yield from _word_cues(_context(word), word)


def _word_cues(kind: str, word: str, *, exact: bool = False) -> Iterator[Cue]:
    case = exact or (word.isupper() and word.isalpha() and len(word) <= _EXACT_LENGTH)
    for form in [word] if case else spellings(word):
        yield Cue(kind, form.rstrip("*"), form.endswith("*"), case)


def spellings(word: str) -> list[str]:
    """Return the forms of a word that a text may use; ``*`` at the end stays."""
    forms = [word]
    american = word
    for british, other in _SPELLINGS:
        american = american.replace(british, other)
    if american != word:
        forms.append(american)
    forms += [form.replace("-", " ") for form in forms if "-" in form]
    if word[-1].isalpha() and word[-1] not in "sy" and len(word) >= _EXACT_LENGTH - 1:
        forms += [form + "s" for form in forms]
    return list(dict.fromkeys(forms))


def _check(name: str, key: str, table: Any) -> None:
    where = f"{name}: [{key}]"
    if not isinstance(table, dict):
        raise CatalogueError(where, "not a table", "write the fields below a [key] line")
    for field in table.keys() - {*_TEXTS, *_LISTS, "when"}:
        raise CatalogueError(
            f"{where}.{field}", "unknown field", f"use {[*_TEXTS, *_LISTS, 'when']}"
        )
    for field in _TEXTS:
        if not isinstance(table.get(field), str) or not table[field].strip():
            raise CatalogueError(f"{where}.{field}", "missing or empty", "write a short text")
    for field in _LISTS:
        _check_list(f"{where}.{field}", table.get(field, []))
    for field in ("mesh", "mesh_broad"):
        _check_descriptors(f"{where}.{field}", table.get(field, []))
    if not isinstance(table.get("when", []), list):
        raise CatalogueError(f"{where}.when", "not a list of tables", f"write [[{key}.when]]")
    for number, when in enumerate(table.get("when", [])):
        _check_when(f"{where}.when[{number}]", when)


def _check_keys(name: str, indications: dict[str, Indication]) -> None:
    for key, indication in indications.items():
        for field in ("gives_way_to", "covered_by"):
            for other in getattr(indication, field):
                if other not in indications or other == key:
                    raise CatalogueError(
                        f"{name}: [{key}].{field}",
                        f"no such other key: {other!r}",
                        "use a key of this file",
                    )


def _check_list(where: str, words: Any) -> None:
    if not isinstance(words, list):
        raise CatalogueError(where, "not a list", 'write ["one", "two"]')
    for number, word in enumerate(words):
        if not isinstance(word, str) or not word.strip(" *"):
            raise CatalogueError(
                f"{where}[{number}]", f"not a word: {word!r}", "write a word or remove it"
            )


def _check_descriptors(where: str, descriptors: Iterable[str]) -> None:
    for number, text in enumerate(descriptors):
        ui, name = _descriptor(text)
        if not (ui[:1] == "D" and ui[1:].isdigit() and name):
            raise CatalogueError(
                f"{where}[{number}]",
                f"not a descriptor: {text!r}",
                'write the UI and the name: "D000544 Alzheimer Disease"',
            )


def _check_when(where: str, when: Any) -> None:
    if not isinstance(when, dict):
        raise CatalogueError(where, "not a table", "write words and also")
    for field in when.keys() - _WHEN:
        raise CatalogueError(f"{where}.{field}", "unknown field", f"use {sorted(_WHEN)}")
    for field in ("words", "exact", "also", "unless"):
        _check_list(f"{where}.{field}", when.get(field, []))
    if not (when.get("words") or when.get("exact")):
        raise CatalogueError(f"{where}.words", "missing", "say which words count on the condition")
    if when.get("kind", "model") not in _ROLES_WHEN:
        raise CatalogueError(
            f"{where}.kind", f"unknown: {when['kind']!r}", "model, name, weak or hint"
        )
    if not isinstance(when.get("near", False), bool):
        raise CatalogueError(f"{where}.near", "not true or false", "write near = true")
