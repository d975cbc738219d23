"""An Answer as text for a terminal, JSON (schema ``evlit-answer/1``), or CSV."""

from __future__ import annotations

from evlit.render.data import SCHEMA, product_json, to_csv, to_json, to_jsonl
from evlit.render.terminal import patient_help, to_terminal

__all__ = ["SCHEMA", "patient_help", "product_json", "to_csv", "to_json", "to_jsonl", "to_terminal"]
