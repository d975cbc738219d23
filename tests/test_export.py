"""Export: rows, JSON lines, CSV."""

from __future__ import annotations

import csv
import io
import json

from evlit.export import FIELDS, Exported, as_row, to_csv, to_jsonl
from evlit.records import Mention, Record, Tag

RECORD = Record(pmid=7, title="=HYPERLINK(1)", year=2024, journal="J Test", doi="10.1/x")
TAGS = (
    Tag("design", "clinical", "rule", "title: 'patients'", 0.9),
    Tag("designs", "clinical", "rule", "title", 0.9),
    Tag("designs", "in_vitro", "rule", "abstract", 0.6),
    Tag("msc", "true", "rule", "title", 1.0),
    Tag("participants", "24", "rule", "abstract: 'n = 24'", 1.0),
)
MENTION = Mention(7, "exoflo", "tested", True, "title", "ExoFlo", "ExoFlo was given", "named")
ITEM = Exported(RECORD, TAGS, (MENTION,), retracted=False)


def test_row_has_every_field_with_its_type() -> None:
    row = as_row(ITEM)
    assert list(row) == list(FIELDS)
    assert row["design"] == "clinical"
    assert row["designs"] == ["clinical", "in_vitro"]
    assert row["msc"] is True
    assert row["participants"] == 24
    assert row["therapy_relevant"] is None
    assert row["indications"] == []
    assert row["mentions"][0]["product"] == "exoflo"
    assert row["reasons"]["design"][0]["reason"] == "title: 'patients'"


def test_jsonl_is_one_object_a_line() -> None:
    lines = list(to_jsonl([ITEM, ITEM]))
    assert [json.loads(line)["pmid"] for line in lines] == [7, 7]
    assert all(line.count("\n") == 1 for line in lines)


def test_csv_reads_back_and_runs_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(to_csv([ITEM])))))
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert rows[0]["designs"] == "clinical; in_vitro"
    assert rows[0]["mentions"] == "exoflo (tested)"
    assert rows[0]["retracted"] == "false"
    assert "reasons" not in rows[0]
