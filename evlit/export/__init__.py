"""Records as files for other programs: JSON lines, CSV, RIS, CSL-JSON and MEDLINE (``.nbib``).

Each form has a module; :data:`FORMATS` names them for the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from evlit.export.csl import to_csl
from evlit.export.nbib import to_nbib
from evlit.export.references import Name, Reference, reference_of, reference_of_report
from evlit.export.ris import to_ris
from evlit.export.rows import FIELDS, Exported, as_row, to_csv, to_jsonl

__all__ = [
    "FIELDS",
    "FORMATS",
    "Exported",
    "Name",
    "Reference",
    "as_row",
    "reference_of",
    "reference_of_report",
    "to_csl",
    "to_csv",
    "to_jsonl",
    "to_nbib",
    "to_ris",
]


def _references(items: Iterable[Exported]) -> Iterator[Reference]:
    return (reference_of(i.record, retracted=i.retracted) for i in items)


FORMATS: dict[str, Callable[[Iterable[Exported]], Iterator[str]]] = {
    "jsonl": to_jsonl,
    "csv": to_csv,
    "ris": lambda items: to_ris(_references(items)),
    "csl": lambda items: to_csl(_references(items)),
    "nbib": lambda items: to_nbib(item.record for item in items),
}
"""Format of ``evlit export`` → what writes it, piece by piece."""
