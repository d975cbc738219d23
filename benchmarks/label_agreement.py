"""Compares the tagger with labels, on records kept as JSON lines outside the checkout.

Usage::

    python benchmarks/label_agreement.py RECORDS.jsonl [--gold FILE …] [--axis AXIS …] [--misses]

A line of RECORDS holds ``pmid``, ``title``, ``abstract`` and, where known, ``publication_types``,
``mesh`` and ``keywords`` (lists of names), ``year`` and ``journal``. The texts belong to their
publishers and stay out of the repository; the labels beside this file hold none.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from evlit.classify import classify  # noqa: E402 - the checkout's own
from evlit.errors import EvlitError, InputError  # noqa: E402
from evlit.evaluate import evaluate_files, to_json, to_text  # noqa: E402
from evlit.records import (  # noqa: E402
    AXES,
    AbstractSection,
    Keyword,
    MeshHeading,
    PublicationType,
    Record,
    Tag,
)  # fmt: skip

GOLD = Path(__file__).with_name("gold_ev.jsonl")
from evlit.versions import classifier_version  # noqa: E402


def main() -> None:
    """Print the figures; exit 2 where a file cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("records", type=Path, help="records as JSON lines")
    parser.add_argument("--gold", type=Path, nargs="+", default=[GOLD], help="files of labels")
    parser.add_argument("--axis", nargs="+", default=[], choices=AXES, help="these axes only")
    parser.add_argument("--misses", action="store_true", help="list what differs, with reasons")
    parser.add_argument("--json", action="store_true", help="all figures as JSON")
    options = parser.parse_args()
    try:
        held = load_records(options.records)

        @cache
        def tags(pmid: int) -> tuple[Tag, ...]:
            return classify(held[pmid]) if pmid in held else ()

        result = evaluate_files(options.gold, tags, axes=options.axis)
    except EvlitError as ex:
        print(ex, file=sys.stderr)
        sys.exit(2)
    if options.json:
        print(json.dumps(to_json(result) | {"classifier": classifier_version()}, indent=1))
        return
    print(f"classifier {classifier_version()}")
    print(to_text(result, misses=options.misses, confusion=True), end="")


def load_records(path: Path) -> dict[int, Record]:
    """Read records, by PMID.

    :raises InputError: the file cannot be read, or a line is not a record
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as ex:
        raise InputError(str(path), f"cannot be read: {ex}", "give a JSON-lines file") from ex
    found: dict[int, Record] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                record = _record(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as ex:
                raise InputError(
                    f"{path.name}: line {number}", f"not a record: {ex!r}", "mend or remove it"
                ) from ex
            found[record.pmid] = record
    return found


def _record(data: dict[str, Any]) -> Record:
    """Make a record; types and headings come by name, without the identifiers NLM gives."""
    abstract = data.get("abstract") or ""
    year = str(data.get("year") or "")[:4]
    return Record(
        pmid=int(data["pmid"]),
        title=data.get("title") or None,
        sections=(AbstractSection(abstract),) if abstract else (),
        journal=data.get("journal") or None,
        year=int(year) if year.isdigit() else None,
        publication_types=tuple(PublicationType("", n) for n in data.get("publication_types", ())),
        mesh=tuple(MeshHeading("", n) for n in data.get("mesh", ())),
        keywords=tuple(Keyword(n) for n in data.get("keywords", ())),
    )


if __name__ == "__main__":
    main()
