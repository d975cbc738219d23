"""Writes the figures of an evaluation: as plain data, and as a Markdown page."""

from __future__ import annotations

from typing import Any

from evlit.evaluate.scoring import AxisScore, Evaluation, Interval, Miss, Score


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
