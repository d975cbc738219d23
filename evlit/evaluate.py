"""Measures tags against labelled records: precision, recall, F1, intervals, misses.

A gold file holds one JSON object a line, with ``pmid`` and any of the axes. A field of an
axis with one value lists every reading that counts as right (or holds it bare; null = no
value). An axis with many values has ``…_required`` (must be found) and ``…_allowed`` (may be
found), or one plain list that is both; ``unspecified`` beside another value in a plain list
is another reading of the same thing. Keys with the prefix ``x:`` lie outside the vocabulary:
never required, right when given without the prefix.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from evlit.errors import InputError
from evlit.records import AXES, MULTI_AXES, SINGLE_AXES, Tag

NOTHING = "(none)"
"""Stands for "no value" in tables: a null in the gold, or no tag on the axis."""
_FIELDS = {"indications": "indication", "routes": "route", "harms": "harm"}
"""Plural names that gold files use, and the axis each means."""
_SEED = 20240229
_DRAWS = 1000


class Miss(NamedTuple):
    """One record on which tag and label disagree."""

    pmid: int
    axis: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    reason: str
    """The tag's own words, or why there is none."""


class Interval(NamedTuple):
    """A 95% bootstrap interval, 0..1."""

    low: float
    high: float


class Score(NamedTuple):
    """Counts of one value, and what follows from them."""

    right: int
    wrong: int
    """Found, but not allowed."""
    missed: int
    """Required, but not found."""

    @property
    def precision(self) -> float | None:
        """Share of the found that is right; None where nothing was found."""
        return _ratio(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Share of the required that was found; None where nothing is required."""
        return _ratio(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where there is nothing to find and nothing found."""
        return _ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)


@dataclass(frozen=True, slots=True)
class AxisScore:
    """All figures of one axis."""

    axis: str
    records: int
    accuracy: float
    """Share of records on which everything on the axis is right."""
    accuracy_interval: Interval
    micro: Score
    micro_interval: Interval
    macro_f1: float | None
    """Mean F1 over the values that the labels hold."""
    macro_interval: Interval
    values: Mapping[str, Score]
    confusion: Mapping[tuple[str, str], int]
    """(label, tag) → records; axes with one value only."""
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of all axes, and the labelled records that have no tags."""

    files: tuple[str, ...]
    records: int
    axes: tuple[AxisScore, ...]
    absent: tuple[int, ...] = ()
    """PMIDs of labels without a tagged record; they are not scored."""


class _Label(NamedTuple):
    """What a label asks of one axis of one record."""

    required: frozenset[str]
    allowed: frozenset[str]
    readings: tuple[str, ...] = ()
    """One-value axes: every reading that is right, first the preferred."""
    alternatives: frozenset[str] = frozenset()
    """Values of which one must be found."""


@dataclass(slots=True)
class _Outcome:
    """One record on one axis, as counts that may be added up."""

    counts: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """Value → right, wrong, missed."""
    right: bool = True
    pair: tuple[str, str] | None = None


def evaluate_files(
    gold: Sequence[Path],
    tags: Callable[[int], Sequence[Tag]],
    *,
    axes: Sequence[str] = (),
) -> Evaluation:
    """Score tags against the labels of one or more files.

    :param gold: files of labels; a PMID that stands in several is scored once a file
    :param tags: PMID → its effective tags; an empty sequence means the record is not held
    :param axes: score these axes only (all that the labels hold by default)
    :raises InputError: a file cannot be read, or a line is not a label; names file and line
    """
    unknown = set(axes) - set(AXES)
    if unknown:
        raise InputError(f"--axis {sorted(unknown)[0]}", "no such axis", f"use one of {list(AXES)}")
    labels = [label for path in gold for label in load_gold(path)]
    held: list[tuple[int, dict[str, _Label], dict[str, list[Tag]]]] = []
    absent: list[int] = []
    for pmid, label in labels:
        found = tags(pmid)
        if found:
            held.append((pmid, label, _by_axis(found)))
        else:
            absent.append(pmid)
    wanted = [a for a in AXES if (not axes or a in axes) and any(a in lab for _, lab, _ in held)]
    scores = tuple(_score_axis(axis, held) for axis in wanted)
    return Evaluation(tuple(p.name for p in gold), len(held), scores, tuple(absent))


def load_gold(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Read the labels of one file: (PMID, axis → label).

    :raises InputError: the file cannot be read or a line is not a label
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as ex:
        raise InputError(str(path), f"cannot be read: {ex}", "give a JSON-lines file") from ex
    return [_parse_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


# --------------------------------------------------------------------------------- labels


def _parse_line(path: Path, number: int, line: str) -> tuple[int, dict[str, _Label]]:
    where = f"{path.name}: line {number}"
    try:
        data = json.loads(line)
    except ValueError as ex:
        raise InputError(where, f"not JSON: {ex}", "mend or remove the line") from ex
    pmid = data.get("pmid") if isinstance(data, dict) else None
    if not isinstance(pmid, int) or isinstance(pmid, bool):
        raise InputError(where, "no pmid (a number)", 'write {"pmid": 123, "design": "animal"}')
    return pmid, _labels(where, data)


def _labels(where: str, data: dict[str, Any]) -> dict[str, _Label]:
    found: dict[str, _Label] = {}
    for name, value in data.items():
        base = name.removesuffix("_required").removesuffix("_allowed")
        axis = _FIELDS.get(base, base)
        if axis in SINGLE_AXES:
            readings = tuple(_word(v) for v in (value if isinstance(value, list) else [value]))
            if readings:
                found[axis] = _Label(frozenset(), frozenset(readings), readings)
        elif axis in MULTI_AXES and axis not in found:
            found[axis] = _many(where, data, base)
    return found


def _many(where: str, data: dict[str, Any], base: str) -> _Label:
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
    return _Label(frozenset(must), frozenset(may), (), frozenset(either))


def _word(value: object) -> str:
    if value is None:
        return NOTHING
    return str(value).lower() if isinstance(value, bool) else str(value)


def _by_axis(tags: Iterable[Tag]) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {}
    for tag in tags:
        found.setdefault(tag.axis, []).append(tag)
    return found


# -------------------------------------------------------------------------------- scoring


def _score_axis(
    axis: str, held: Sequence[tuple[int, dict[str, _Label], dict[str, list[Tag]]]]
) -> AxisScore:
    outcomes: list[_Outcome] = []
    misses: list[Miss] = []
    for pmid, labels, tags in held:
        if axis in labels:
            said = tags.get(axis, [])
            outcome = _compare(labels[axis], [t.value for t in said])
            outcomes.append(outcome)
            if not outcome.right:
                misses.append(_miss(pmid, axis, labels[axis], said))
    values = _add(outcomes)
    micro = _micro(values)
    accuracy, micro_interval, macro = _intervals(outcomes)
    pairs = Counter(o.pair for o in outcomes if o.pair)
    return AxisScore(
        axis, len(outcomes), sum(o.right for o in outcomes) / len(outcomes), accuracy,
        micro, micro_interval, _macro(values), macro,
        dict(sorted(values.items())), dict(sorted(pairs.items())), tuple(misses),
    )  # fmt: skip


def _compare(label: _Label, found: Sequence[str]) -> _Outcome:
    return _compare_one(label, found) if label.readings else _compare_many(label, set(found))


def _compare_one(label: _Label, found: Sequence[str]) -> _Outcome:
    tag = found[0] if found else NOTHING
    if tag in label.allowed:
        counts = {} if tag == NOTHING else {tag: (1, 0, 0)}
        return _Outcome(counts, True, (tag, tag))
    wanted = label.readings[0]
    counts = {value: c for value, c in ((tag, (0, 1, 0)), (wanted, (0, 0, 1))) if value != NOTHING}
    return _Outcome(counts, False, (wanted, tag))


def _compare_many(label: _Label, found: set[str]) -> _Outcome:
    counts = dict.fromkeys(found & label.allowed, (1, 0, 0))
    counts |= dict.fromkeys(found - label.allowed, (0, 1, 0))
    missed = set(label.required - found)
    if label.alternatives and not label.alternatives & found:
        missed.add(min(label.alternatives - {"unspecified"}))
    counts |= dict.fromkeys(missed, (0, 0, 1))
    return _Outcome(counts, not missed and found <= label.allowed)


def _miss(pmid: int, axis: str, label: _Label, said: Sequence[Tag]) -> Miss:
    expected = label.readings or tuple(sorted(label.required | label.alternatives)) or (NOTHING,)
    reason = " | ".join(f"{t.value}: {t.reason}" for t in said) or "no tag on this axis"
    return Miss(pmid, axis, expected, tuple(t.value for t in said) or (NOTHING,), reason)


def _add(outcomes: Iterable[_Outcome]) -> dict[str, Score]:
    sums: dict[str, list[int]] = {}
    for outcome in outcomes:
        for value, counts in outcome.counts.items():
            total = sums.setdefault(value, [0, 0, 0])
            for place, count in enumerate(counts):
                total[place] += count
    return {value: Score(*total) for value, total in sums.items()}


def _micro(values: Mapping[str, Score]) -> Score:
    return Score(*(sum(s[place] for s in values.values()) for place in range(3)))


def _macro(values: Mapping[str, Score]) -> float | None:
    scores = [s.f1 or 0.0 for s in values.values() if s.right + s.missed]
    return sum(scores) / len(scores) if scores else None


def _intervals(outcomes: Sequence[_Outcome]) -> tuple[Interval, Interval, Interval]:
    """Return 95% bootstrap intervals of accuracy, micro F1 and macro F1, by records drawn."""
    draw = random.Random(_SEED)  # noqa: S311 - a fixed seed, so that two runs agree
    accuracy, micro, macro = [], [], []
    for _ in range(_DRAWS):
        sample = draw.choices(outcomes, k=len(outcomes))
        values = _add(sample)
        accuracy.append(sum(o.right for o in sample) / len(sample))
        micro.append(_micro(values).f1 or 0.0)
        macro.append(_macro(values) or 0.0)
    return _middle(accuracy), _middle(micro), _middle(macro)


def _middle(drawn: list[float]) -> Interval:
    drawn.sort()
    return Interval(drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn)) - 1])


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


# --------------------------------------------------------------------------------- output


def to_json(result: Evaluation) -> dict[str, Any]:
    """Return the figures as plain data; ``schema`` names the form."""
    return {
        "schema": "evlit-evaluation/1",
        "files": list(result.files),
        "records": result.records,
        "absent": list(result.absent),
        "axes": {score.axis: _axis_json(score) for score in result.axes},
    }


def _axis_json(score: AxisScore) -> dict[str, Any]:
    return {
        "records": score.records,
        "accuracy": score.accuracy,
        "accuracy_95": list(score.accuracy_interval),
        "micro": _score_json(score.micro),
        "micro_f1_95": list(score.micro_interval),
        "macro_f1": score.macro_f1,
        "macro_f1_95": list(score.macro_interval),
        "values": {value: _score_json(s) for value, s in score.values.items()},
        "confusion": [
            {"label": label, "tag": tag, "records": n}
            for (label, tag), n in score.confusion.items()
        ],
        "misses": [m._asdict() for m in score.misses],
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        **score._asdict(), "precision": score.precision, "recall": score.recall, "f1": score.f1,
    }  # fmt: skip


def to_text(result: Evaluation, *, misses: bool = False, confusion: bool = False) -> str:
    """Return the figures as a Markdown page; misses and confusion on request."""
    lines = [f"{result.records} labelled records of {', '.join(result.files)}"]
    if result.absent:
        shown = ", ".join(map(str, result.absent[:20])) + (" …" if len(result.absent) > 20 else "")
        lines.append(f"{len(result.absent)} labelled records have no tags here: {shown}")
    lines += ["", "| axis | records | accuracy (95%) | micro F1 (95%) | macro F1 (95%) |",
              "|---|--:|---|---|---|"]  # fmt: skip
    lines += [_axis_line(score) for score in result.axes]
    for score in result.axes:
        lines += ["", *_axis_lines(score, misses=misses, confusion=confusion)]
    return "\n".join(lines) + "\n"


def _axis_line(score: AxisScore) -> str:
    return (
        f"| {score.axis} | {score.records} | {_span(score.accuracy, score.accuracy_interval)} "
        f"| {_span(score.micro.f1, score.micro_interval)} "
        f"| {_span(score.macro_f1, score.macro_interval)} |"
    )


def _axis_lines(score: AxisScore, *, misses: bool, confusion: bool) -> list[str]:
    lines = [f"### {score.axis}", "", "| value | labelled | precision | recall | F1 |",
             "|---|--:|--:|--:|--:|"]  # fmt: skip
    lines += [
        f"| {value} | {s.right + s.missed} | {_number(s.precision)} | {_number(s.recall)} "
        f"| {_number(s.f1)} |"
        for value, s in score.values.items()
    ]
    if confusion and score.confusion:
        wrong = [(pair, n) for pair, n in score.confusion.items() if pair[0] != pair[1]]
        lines += ["", *(f"{n} × {label} taken for {tag}" for (label, tag), n in wrong)]
    if misses and score.misses:
        lines += ["", *(_miss_line(m) for m in score.misses)]
    return lines


def _miss_line(miss: Miss) -> str:
    expected, found = " or ".join(miss.expected), ", ".join(miss.found)
    return f"- {miss.pmid}: label {expected}; tag {found} ({miss.reason})"


def _span(value: float | None, interval: Interval) -> str:
    return "–" if value is None else f"{value:.3f} ({interval.low:.3f}–{interval.high:.3f})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
