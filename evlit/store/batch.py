"""Decide what a batch of records does to the store, before anything is written.

Which of two readings of one PMID is current does not depend on the order of arrival: the
higher version wins, then the later revision date (none counts as earliest). Between equals
the later arrival wins, since the source may change a record without moving its date.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from evlit.records import Saved
from evlit.store.ready import Ready, corrections_of
from evlit.store.rows import Flags


class Held(NamedTuple):
    """What decides about one record held."""

    version: int
    revised: str | None
    sha256: str
    flags: Flags
    deleted: bool = False
    tagged_with: str = ""
    matched_with: str = ""


@dataclass
class Plan:
    """What is to be written; each PMID stands at most once in ``current``."""

    current: dict[int, Ready] = field(default_factory=dict)
    """New and changed records."""
    revisions: list[Ready] = field(default_factory=list)
    """Readings not held yet, current or not."""
    retag: dict[int, Ready] = field(default_factory=dict)
    """Unchanged records whose tags or mentions were made by another version."""
    restored: list[int] = field(default_factory=list)
    """Flagged as deleted, yet here again."""
    events: list[tuple[int, str, str]] = field(default_factory=list)
    """(pmid, kind, detail)"""
    counts: dict[str, int] = field(default_factory=dict)

    def saved(self, deleted: int) -> Saved:
        """Return the numbers as the caller gets them."""
        return Saved(**self.counts, deleted=deleted)


def plan(
    items: Iterable[Ready],
    held: Mapping[int, Held],
    known: frozenset[tuple[int, int, str]] | set[tuple[int, int, str]],
    tagged_with: str = "",
    matched_with: str = "",
) -> Plan:
    """Return what the items, in their order, do to the records held.

    ``known`` holds (pmid, version, sha256) of revisions already kept.
    """
    result = Plan()
    state = dict(held)
    seen = set(known)
    for item in items:
        pmid = item.pmid
        before = state.get(pmid)
        kind = _kind(item, before)
        result.counts[kind] = result.counts.get(kind, 0) + 1
        key = (pmid, item.version, item.sha256)
        if kind != "unchanged" and key not in seen:
            seen.add(key)
            result.revisions.append(item)
            if kind == "older" and before is not None:
                result.events.append((pmid, "older", _older(item, before)))
        if before is not None and before.deleted:
            result.restored.append(pmid)
            state[pmid] = before = before._replace(deleted=False)
        if kind in ("new", "revised"):
            after = Held(
                item.version, item.revised, item.sha256, Flags(*item.flags), False,
                tagged_with, matched_with,
            )  # fmt: skip
            result.current[pmid] = item
            result.retag.pop(pmid, None)
            result.events += _flag_events(item, before, after)
            state[pmid] = after
        elif kind == "unchanged" and _made_by(before) != (tagged_with, matched_with):
            result.retag[pmid] = item
    return result


def _kind(item: Ready, before: Held | None) -> str:
    if before is None:
        return "new"
    if (item.version, item.sha256) == (before.version, before.sha256):
        return "unchanged"
    mine = (item.version, item.revised or "")
    return "older" if mine < (before.version, before.revised or "") else "revised"


def _made_by(held: Held | None) -> tuple[str, str]:
    return (held.tagged_with, held.matched_with) if held else ("", "")


def _older(item: Ready, before: Held) -> str:
    return (
        f"came with version {item.version}, revised {item.revised or 'without date'}; "
        f"held is version {before.version}, revised {before.revised or 'without date'}"
    )


def _flag_events(item: Ready, before: Held | None, after: Held) -> list[tuple[int, str, str]]:
    """Retraction, concern and correction, as they are added to (or taken from) a held record."""
    if before is None:
        return []
    found = []
    for kind, ref_type in _FLAG_LINKS.items():
        old, new = getattr(before.flags, kind), getattr(after.flags, kind)
        if new and not old:
            found.append((item.pmid, kind, _links(item, ref_type)))
        elif old and not new:
            found.append((item.pmid, f"no longer {kind}", "the source has taken the flag away"))
    return found


_FLAG_LINKS = {
    "retracted": "RetractionIn",
    "concern": "ExpressionOfConcernIn",
    "corrected": "ErratumIn",
}


def _links(item: Ready, ref_type: str) -> str:
    """Say where the notice stands, in the source's words."""
    found = [
        f"PMID {pmid}" if pmid else (citation or "citation without text")
        for kind, pmid, citation, _ in corrections_of(item)
        if kind == ref_type
    ]
    return f"{ref_type}: {'; '.join(found)}" if found else "publication type"
