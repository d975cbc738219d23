"""Tags that persons set: saved, taken back, and the records' links judged anew."""

from __future__ import annotations

import json
from difflib import get_close_matches
from pathlib import Path

from evlit.catalogue import Catalogue
from evlit.catalogue.reading import indication_keys
from evlit.errors import InputError, UsageError
from evlit.ingest import retag
from evlit.store import Store
from evlit.store.human_tags import NO_VALUE, Imported


def set_tag(
    store: Store, catalogue: Catalogue, pmid: int, axis: str, value: str, *, why: str, who: str
) -> str:
    """Set a person's tag and judge the record's links anew; return what was done, in words.

    On an axis with one value a new tag replaces the person's former one; on the others tags
    add up. ``none`` says that no value applies.

    :raises UsageError: axis or value is not known
    """
    if axis == "indication" and (problem := _unknown(value)):
        raise UsageError("value", problem, _UNKNOWN_REMEDY)
    tag = store.add_human_tag(pmid, axis, value, why, who)
    _judge_anew(store, catalogue, [pmid])
    held = "" if store.held([pmid]) else " (the record is not held yet; the tag waits for it)"
    return f"PMID {pmid}: {tag.axis} is {tag.value}, says {tag.who}: {tag.why}{held}"


_UNKNOWN_REMEDY = "write x:NAME for one that it lacks"


def _unknown(value: str) -> str:
    """Say what is wrong with a condition that the vocabulary lacks: no answer would find it."""
    known = indication_keys()
    if known is None or value in known or value == NO_VALUE or value.startswith("x:"):
        return ""
    near = ", ".join(get_close_matches(value, known, 3, 0.5))
    return f"{value!r} is no condition of the vocabulary" + (f"; near it: {near}" if near else "")


def remove_tag(store: Store, catalogue: Catalogue, pmid: int, axis: str, value: str) -> str:
    """Take a person's tag back; return what was done, in words."""
    removed = store.remove_human_tag(pmid, axis, value)
    _judge_anew(store, catalogue, [pmid])
    return f"PMID {pmid}: {axis} {value}: {'taken back' if removed else 'was not set by a person'}"


def export_tags(store: Store, path: Path) -> int:
    """Write all tags of persons as JSON lines; return how many."""
    lines = list(store.export_human_tags())
    part = path.with_name(path.name + ".part")
    part.write_text("".join(lines), encoding="utf-8")
    part.replace(path)
    return len(lines)


def import_tags(store: Store, catalogue: Catalogue, path: Path) -> Imported:
    """Read tags of persons from JSON lines, all or none.

    :raises InputError: the file cannot be read, or a line is wrong
    """
    try:
        # Not splitlines(): a reason may hold U+2028, which JSON leaves as it is.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as ex:
        raise InputError(
            str(path), f"cannot be read: {ex}", "give a file of `tag --export`"
        ) from ex
    _refuse_unknown_conditions(lines, path)
    imported = store.import_human_tags(lines, str(path))
    _judge_anew(store, catalogue, sorted({tag.pmid for tag in store.human_tags()}))
    return imported


def _refuse_unknown_conditions(lines: list[str], path: Path) -> None:
    """The store knows no vocabulary; what else is wrong with a line, it says itself."""
    for number, line in enumerate(lines, 1):
        try:
            fields = json.loads(line)
        except ValueError:
            continue
        if not isinstance(fields, dict) or fields.get("axis") != "indication":
            continue
        value = fields.get("value")
        if isinstance(value, str) and (problem := _unknown(value)):
            raise InputError(
                f"{path}: line {number}: field value",
                problem,
                f"{_UNKNOWN_REMEDY}; nothing has been imported",
            )


def _judge_anew(store: Store, catalogue: Catalogue, pmids: list[int]) -> None:
    retag(store, catalogue, pmids=sorted(store.held(pmids)))
