"""Compares tags with labels and counts: right, wrong, missed; with bootstrap intervals."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from evlit.errors import InputError
from evlit.evaluate.gold import NOTHING, Label, load_gold
from evlit.records import AXES, Tag

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
    held: list[tuple[int, dict[str, Label], dict[str, list[Tag]]]] = []
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


def _by_axis(tags: Iterable[Tag]) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {}
    for tag in tags:
        found.setdefault(tag.axis, []).append(tag)
    return found


def _score_axis(
    axis: str, held: Sequence[tuple[int, dict[str, Label], dict[str, list[Tag]]]]
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


def _compare(label: Label, found: Sequence[str]) -> _Outcome:
    return _compare_one(label, found) if label.readings else _compare_many(label, set(found))


def _compare_one(label: Label, found: Sequence[str]) -> _Outcome:
    tag = found[0] if found else NOTHING
    if tag in label.allowed:
        counts = {} if tag == NOTHING else {tag: (1, 0, 0)}
        return _Outcome(counts, True, (tag, tag))
    wanted = label.readings[0]
    counts = {value: c for value, c in ((tag, (0, 1, 0)), (wanted, (0, 0, 1))) if value != NOTHING}
    return _Outcome(counts, False, (wanted, tag))


def _compare_many(label: Label, found: set[str]) -> _Outcome:
    counts = dict.fromkeys(found & label.allowed, (1, 0, 0))
    counts |= dict.fromkeys(found - label.allowed, (0, 1, 0))
    missed = set(label.required - found)
    if label.alternatives and not label.alternatives & found:
        missed.add(min(label.alternatives - {"unspecified"}))
    counts |= dict.fromkeys(missed, (0, 0, 1))
    return _Outcome(counts, not missed and found <= label.allowed)


def _miss(pmid: int, axis: str, label: Label, said: Sequence[Tag]) -> Miss:
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
