"""Measures tags against labelled records: precision, recall, F1, intervals, misses.

A gold file holds one JSON object a line, with ``pmid`` and any of the axes. A field of an
axis with one value lists every reading that counts as right (or holds it bare; null = no
value). An axis with many values has ``…_required`` (must be found) and ``…_allowed`` (may be
found), or one plain list that is both; ``unspecified`` beside another value in a plain list
is another reading of the same thing. Keys with the prefix ``x:`` lie outside the vocabulary:
never required, right when given without the prefix.
"""

from __future__ import annotations

from evlit.evaluate.gold import load_gold
from evlit.evaluate.report import to_json, to_text
from evlit.evaluate.scoring import AxisScore, Evaluation, Score, evaluate_files

__all__ = [
    "AxisScore",
    "Evaluation",
    "Score",
    "evaluate_files",
    "load_gold",
    "to_json",
    "to_text",
]
