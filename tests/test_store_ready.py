"""What is written of a record is made before it is written: plain values, and exact."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from evlit.records import (
    AbstractSection,
    Author,
    Correction,
    Entry,
    Grant,
    Mention,
    MeshHeading,
    OtherAbstract,
    Parsed,
    Record,
    Tag,
)
from evlit.store import Store, open_store
from evlit.store.packing import raw_format
from evlit.store.ready import corrections_of, mentions_of, ready, tags_of
from evlit.store.rows import LIST_TABLES, RECORD_COLUMNS

ODD = 'a "quoted" \\ word\nand a line\twith \x01 and é 骨 \U0001f9b4'
RECORD = Record(
    7,
    title="Vesicles",
    sections=(AbstractSection(ODD, "METHODS", None), AbstractSection("Plain.")),
    other_abstracts=(OtherAbstract("plain-language-summary", "eng", ODD),),
    languages=("eng", "jpn"),
    grants=(Grant("1", None, "Japan"), Grant(ODD)),
    authors=(Author("Doe", affiliations=(ODD, "Kobe")), Author(collective="A group")),
    mesh=(MeshHeading("D1", "Rats", False, (("Q1", ODD, True), ("Q2", "blood", False))),),
    corrections=(Correction("RetractionIn", 8, "J 2020", None),),
)
TAGS = (Tag("design", "animal", "rule", "title: 'rats'", 0.9), Tag("species", "rat", "mesh", "m"))
LINK = Mention(7, "exoflo", "tested", True, "title", "ExoFlo", "ExoFlo in rats", "given")
ENTRY = Entry(Parsed(RECORD, b"<PubmedArticle>7</PubmedArticle>"), TAGS, (LINK,), ("topic:ev",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "evlit.db") as opened:
        yield opened


def kinds(value: object) -> Iterator[type]:
    """The types of all values in nested sequences."""
    if isinstance(value, tuple | list):
        for item in value:
            yield from kinds(item)
    else:
        yield type(value)


def test_only_plain_values_cross_from_process_to_process() -> None:
    made = ready(ENTRY)
    assert set(kinds(made)) <= {str, int, float, bool, bytes, type(None)}
    assert pickle.loads(pickle.dumps(made)) == made
    assert b"evlit.records" not in pickle.dumps(made)


def test_lists_are_the_json_that_an_encoder_would_write() -> None:
    made = ready(ENTRY)
    row = dict(zip(RECORD_COLUMNS, made.record, strict=True))

    def encoded(items: object) -> str:
        return json.dumps(items, ensure_ascii=False, separators=(",", ":"))

    for name in ("sections", "other_abstracts", "languages", "grants"):
        assert row[name] == encoded(getattr(RECORD, name))
    lists = dict(zip(LIST_TABLES, made.lists, strict=True))
    assert lists["mesh_headings"][0][5] == encoded(RECORD.mesh[0].qualifiers)
    assert [line[8] for line in lists["authors"]] == [
        encoded(author.affiliations) for author in RECORD.authors
    ]


def test_tags_mentions_and_corrections_come_back() -> None:
    made = ready(ENTRY)
    assert tags_of(made) == TAGS
    assert mentions_of(made) == (LINK,)
    assert corrections_of(made) == [tuple(RECORD.corrections[0])]


def test_a_person_who_spoke_since_is_heard(store: Store) -> None:
    made = ready(ENTRY)
    store.add_human_tag(7, "design", "clinical", why="read", who="A. Reader")
    assert store.save_ready([made]).new == 1
    facts = store.db.execute("SELECT design, species, checked_axes FROM facts").fetchone()
    assert facts == ("clinical", '["rat"]', '["design"]')
    assert store.check() == []


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (b"<PubmedArticle/>", "xml"),
        (b" \n<a/>", "xml"),
        (b"PMID- 1\n", "medline"),
        (b"", "medline"),
    ],
)
def test_the_first_character_tells_the_format(xml: bytes, told: str) -> None:
    assert raw_format(xml) == told
