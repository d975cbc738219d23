"""Reads gold files: labels that people gave to records, by PMID and axis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from evlit.errors import InputError
from evlit.records import MULTI_AXES, SINGLE_AXES

NOTHING = "(none)"
"""Stands for "no value" in tables: a null in the gold, or no tag on the axis."""
_FIELDS = {"indications": "indication", "routes": "route", "harms": "harm"}
"""Plural names that gold files use, and the axis each means."""


class Label(NamedTuple):
    """What a label asks of one axis of one record."""

    required: frozenset[str]
    allowed: frozenset[str]
    readings: tuple[str, ...] = ()
    """One-value axes: every reading that is right, first the preferred."""
    alternatives: frozenset[str] = frozenset()
    """Values of which one must be found."""


def load_gold(path: Path) -> list[tuple[int, dict[str, Label]]]:
    """Read the labels of one file: (PMID, axis → label).

    :raises InputError: the file cannot be read or a line is not a label
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as ex:
        raise InputError(str(path), f"cannot be read: {ex}", "give a JSON-lines file") from ex
    return [_parse_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _parse_line(path: Path, number: int, line: str) -> tuple[int, dict[str, Label]]:
    where = f"{path.name}: line {number}"
    try:
        data = json.loads(line)
    except ValueError as ex:
        raise InputError(where, f"not JSON: {ex}", "mend or remove the line") from ex
    pmid = data.get("pmid") if isinstance(data, dict) else None
    if not isinstance(pmid, int) or isinstance(pmid, bool):
        raise InputError(where, "no pmid (a number)", 'write {"pmid": 123, "design": "animal"}')
    return pmid, _labels(where, data)


def _labels(where: str, data: dict[str, Any]) -> dict[str, Label]:
    found: dict[str, Label] = {}
    for name, value in data.items():
        base = name.removesuffix("_required").removesuffix("_allowed")
        axis = _FIELDS.get(base, base)
        if axis in SINGLE_AXES:
            readings = tuple(_word(v) for v in (value if isinstance(value, list) else [value]))
            if readings:
                found[axis] = Label(frozenset(), frozenset(readings), readings)
        elif axis in MULTI_AXES and axis not in found:
            found[axis] = _many(where, data, base)
    return found


def _many(where: str, data: dict[str, Any], base: str) -> Label:
    plain = data.get(base)
    required = data.get(f"{base}_required", plain) or []
    allowed = data.get(f"{base}_allowed", required) or []
    if not all(isinstance(x, list) for x in (required, allowed)):
        raise InputError(f"{where}: {base}", "not a list", 'write ["mouse", "rat"]')
    must = {_word(v) for v in required if not str(v).startswith("x:")}
    may = must | {_word(v).removeprefix("x:") for v in (*allowed, *required)}
    either: set[str] = set()
    if plain is not None and "unspecified" in must and len(must) > 1:
        either, must = must, set()
    return Label(frozenset(must), frozenset(may), (), frozenset(either))


def _word(value: object) -> str:
    if value is None:
        return NOTHING
    return str(value).lower() if isinstance(value, bool) else str(value)
