"""Tags that a person gave: the only data of the store that cannot be fetched again.

They are checked when written, survive every re-ingest and re-tag, may be given before the
record is held, and travel between stores as text, one JSON object a line.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from evlit.errors import InputError, UsageError
from evlit.records import AXES, AXIS_VALUES, SINGLE_AXES, Tag
from evlit.store.bookkeeping import Bookkeeping, id_list

NO_VALUE = "none"
"""Given by a person on an axis: no value of it applies (and no other tag is believed)."""

_NUMBER = re.compile(r"[0-9]{1,9}\Z")
_KEY = re.compile(r"(x:)?[a-z0-9][a-z0-9_]*\Z")
_PAIR = re.compile(r"[a-z0-9_]+:\S(.*\S)?\Z", re.DOTALL)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?\Z")

_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "participants": (_NUMBER, "a number of people in digits"),
    "exposed": (_NUMBER, "a number of people in digits"),
    "species": (_KEY, "a key such as 'rat'"),
    "indication": (_KEY, "a key of the vocabulary such as 'ischemic_stroke'"),
    "route": (_KEY, "a key such as 'intravenous'"),
    "harm": (_PAIR, "kind:where, such as 'infection:people'"),
    "named_in_abstract": (_PAIR, "item:words, such as 'markers:CD63'"),
}


class HumanTag(NamedTuple):
    """One statement of a person about a record."""

    pmid: int
    axis: str
    value: str
    why: str
    who: str
    at: str
    """ISO 8601 UTC time, or a day."""


class Imported(NamedTuple):
    """What an import did: numbers of lines."""

    added: int
    unchanged: int
    older: int
    """Not taken: the store holds a later statement on the same record and axis."""


def check_value(axis: str, value: str) -> str:
    """Return why the value cannot stand on the axis, or ``""``. ``none`` always can."""
    if axis not in AXES:
        return f"unknown axis {axis!r}; known: {', '.join(AXES)}"
    if value == NO_VALUE:
        return ""
    allowed = AXIS_VALUES.get(axis)
    if allowed is not None:
        return "" if value in allowed else f"{value!r} is not one of: {', '.join(allowed)}, none"
    pattern, form = _FORMS.get(axis, (re.compile(r"\S"), "a text"))
    return "" if pattern.match(value) else f"{value!r} is not {form}"


class HumanTags(Bookkeeping):
    """The store's part that keeps what people said."""

    def add_human_tag(self, pmid: int, axis: str, value: str, why: str, who: str) -> HumanTag:
        """Keep a person's tag; on a single-valued axis it replaces the person's former one.

        Replaces every machine tag of the axis for this record, held or yet to come.
        Raises UsageError where axis, value or reason is missing or not known.
        """
        tag = HumanTag(pmid, axis, value.strip(), why.strip(), who.strip(), self.now())
        for name, problem in _problems(tag._asdict()):
            raise UsageError(name, problem, "see `evlit tag --help`")
        with self.transaction():
            self._put([tag])
        return tag

    def remove_human_tag(self, pmid: int, axis: str, value: str | None = None) -> int:
        """Take back a person's tags on an axis (one value, or all); returns how many."""
        with self.transaction():
            count = self.db.execute(
                "DELETE FROM human_tags WHERE pmid = :pmid AND axis = :axis "
                "AND (:value IS NULL OR value = :value)",
                {"pmid": pmid, "axis": axis, "value": value},
            ).rowcount
            self.refresh_facts([pmid])
        return count

    def human_tags(self, pmid: int | None = None) -> list[HumanTag]:
        """Return what people said of one record or of all, by record, axis and value."""
        rows = self.db.execute(
            "SELECT pmid, axis, value, why, who, at FROM human_tags "
            "WHERE :pmid IS NULL OR pmid = :pmid ORDER BY pmid, axis, value",
            {"pmid": pmid},
        )
        return [HumanTag(*row) for row in rows]

    def human_tags_of(self, pmids: Sequence[int]) -> dict[int, list[Tag]]:
        """Return people's tags (``none`` too) of those of these records that have any."""
        found: dict[int, list[Tag]] = {}
        for row in self.db.execute(_SELECT_OF, (id_list(pmids),)):
            tag = HumanTag(*row)
            reason = f"{tag.why} ({tag.who}, {tag.at[:10]})"
            found.setdefault(tag.pmid, []).append(Tag(tag.axis, tag.value, "human", reason))
        return found

    def export_human_tags(self) -> Iterator[str]:
        """Yield one JSON object a line (with line ends), in a fixed order."""
        for tag in self.human_tags():
            yield json.dumps(tag._asdict(), ensure_ascii=False) + "\n"

    def import_human_tags(self, lines: Iterable[str], where: str = "human tags") -> Imported:
        """Read lines of ``export_human_tags``, all or none.

        On the same record and axis the later statement (``at``) holds, so the order in
        which files are read does not matter. Raises InputError naming line and field.
        """
        tags = list(_read(lines, where))
        held: dict[tuple[int, str], list[HumanTag]] = {}
        for tag in self.human_tags():
            held.setdefault((tag.pmid, tag.axis), []).append(tag)
        counts = {"added": 0, "unchanged": 0, "older": 0}
        taken: list[HumanTag] = []
        for tag in tags:
            there = held.setdefault((tag.pmid, tag.axis), [])
            rivals = [other for other in there if _exclude(tag, other)]
            if tag in there:
                counts["unchanged"] += 1
            elif any(_order(tag) < _order(other) for other in rivals):
                counts["older"] += 1
            else:
                counts["added"] += 1
                taken.append(tag)
                there[:] = [*(other for other in there if other not in rivals), tag]
        with self.transaction():
            self._put(taken)
        return Imported(**counts)

    def _put(self, tags: Sequence[HumanTag]) -> None:
        for tag in tags:
            alone = tag.axis in SINGLE_AXES or tag.value == NO_VALUE
            self.db.execute(
                "DELETE FROM human_tags WHERE pmid = ? AND axis = ? AND (? OR value IN (?, ?))",
                (tag.pmid, tag.axis, alone, tag.value, NO_VALUE),
            )
            self.db.execute("INSERT INTO human_tags VALUES (?, ?, ?, ?, ?, ?)", tag)
        self.refresh_facts(sorted({tag.pmid for tag in tags}))

    def refresh_facts(self, pmids: Sequence[int] | None = None) -> None:
        """Make the derived facts of these records anew (the store knows how)."""
        raise NotImplementedError


_SELECT_OF = """
SELECT pmid, axis, value, why, who, at FROM human_tags
WHERE pmid IN (SELECT value FROM json_each(?)) ORDER BY pmid, axis, value
"""


def _exclude(one: HumanTag, other: HumanTag) -> bool:
    """Say whether two statements on one axis cannot both stand."""
    return (
        one.axis in SINGLE_AXES or one.value == other.value or NO_VALUE in (one.value, other.value)
    )


def _order(tag: HumanTag) -> tuple[str, ...]:
    return (tag.at, tag.value, tag.who, tag.why)


def _problems(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong) of one statement."""
    pmid = fields.get("pmid")
    if type(pmid) is not int or not 0 < pmid < 10**9:
        yield "pmid", f"{pmid!r} is not a PMID"
    texts = {name: fields.get(name) for name in HumanTag._fields[1:]}
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            yield name, "is missing" if text is None else f"{text!r} is not a text"
    if isinstance(texts["axis"], str) and texts["axis"] not in AXES:
        yield "axis", f"unknown axis {texts['axis']!r}; known: {', '.join(AXES)}"
    elif isinstance(texts["axis"], str) and isinstance(texts["value"], str):
        problem = check_value(texts["axis"], texts["value"])
        if problem:
            yield "value", problem
    if isinstance(texts["at"], str) and not _TIME.match(texts["at"]):
        yield "at", f"{texts['at']!r} is not a time such as 2026-11-22T06:30:00Z"


def _read(lines: Iterable[str], where: str) -> Iterator[HumanTag]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{where}: line {number}"
        try:
            fields = json.loads(line)
        except ValueError as error:
            raise InputError(place, f"not JSON ({error})", "one object a line") from error
        if not isinstance(fields, dict):
            raise InputError(place, "not a JSON object", "see what `evlit tag --export` writes")
        for name, problem in _problems(fields):
            raise InputError(f"{place}: field {name}", problem, "nothing has been imported")
        yield HumanTag(**{name: fields[name] for name in HumanTag._fields})
