"""The indication vocabulary: what ships is sound; a bad file is named with its field."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from evlit.classify.indication import cues
from evlit.classify.vocabulary import (
    indication_names,
    load_vocabulary,
    shipped_vocabulary,
    spellings,
)
from evlit.errors import CatalogueError

SHARED = Path(os.environ.get("EVLIT_SHARED", Path(__file__).parents[2] / "shared"))
GOOD = '[gout]\nname = "Gout"\ngroup = "msk"\nbody_system = "joints"\nwords = ["gout"]\n'


def test_every_key_has_a_name_a_group_and_words() -> None:
    vocabulary = shipped_vocabulary()
    assert len(vocabulary.indications) == 113
    spoken = {cue.kind.rsplit(":", 1)[-1] for cue in vocabulary.cues if ":words:" in cue.kind}
    for key, indication in vocabulary.indications.items():
        assert indication.name and indication.group and indication.body_system
        assert key in spoken, f"{key} has no word that names it"


def test_keys_are_those_of_the_research_notes() -> None:
    notes = SHARED / "domain" / "indications.csv"
    if not notes.exists():
        pytest.skip(f"no research notes at {notes}")
    with notes.open(encoding="utf-8") as lines:
        assert [row["key"] for row in csv.DictReader(lines)] == list(indication_names())


def test_descriptors_are_those_of_mesh() -> None:
    notes = SHARED / "domain" / "mesh_slice.tsv"
    if not notes.exists():
        pytest.skip(f"no MeSH slice at {notes}")
    with notes.open(encoding="utf-8") as lines:
        names = {
            row["descriptor_ui"]: row["descriptor"] for row in csv.DictReader(lines, delimiter="\t")
        }
    for indication in shipped_vocabulary().indications.values():
        for ui, name in (*indication.mesh, *indication.mesh_broad):
            assert names.get(ui, name) == name, f"{indication.key}: {ui} is {names[ui]}"


@pytest.mark.parametrize("ui", ["D014947", "D015427", "D009369"])
def test_broad_headings_decide_nothing(ui: str) -> None:
    vocabulary = shipped_vocabulary()
    assert ui not in vocabulary.by_mesh
    broad = {b for indication in vocabulary.indications.values() for b, _ in indication.mesh_broad}
    assert ui in broad


def test_skin_ageing_is_kept_though_outside_the_disease_tree() -> None:
    assert shipped_vocabulary().by_mesh["D015595"] == ("skin_aging",)


def test_short_capitals_are_matched_in_capitals_only() -> None:
    by_literal = {cue.literal: cue for cue in cues()}
    assert by_literal["MASH"].case and by_literal["CLP"].case
    assert not by_literal["stroke"].case


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("ischaemic stroke", "ischemic stroke"),
        ("haemorrhagic shock", "hemorrhagic shock"),
        ("anti-ageing", "anti aging"),
        ("bone defect", "bone defects"),
        ("tumour*", "tumor*"),
        ("full-thickness wound*", "full thickness wound*"),
    ],
)
def test_spellings_of_both_sides_of_the_ocean(word: str, form: str) -> None:
    assert form in spellings(word)


def test_spelling_of_an_open_word_takes_no_plural() -> None:
    assert spellings("psoria*") == ["psoria*"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[gout", "indications.toml: not TOML"),
        ("gout = 1\n", "indications.toml: [gout]: not a table"),
        (GOOD.replace('name = "Gout"\n', ""), "indications.toml: [gout].name: missing or empty"),
        (GOOD + 'colour = "red"\n', "indications.toml: [gout].colour: unknown field"),
        (GOOD + 'models = "urate"\n', "indications.toml: [gout].models: not a list"),
        (GOOD + 'models = [""]\n', "indications.toml: [gout].models[0]: not a word: ''"),
        (GOOD + 'mesh = ["Gout"]\n', "indications.toml: [gout].mesh[0]: not a descriptor: 'Gout'"),
        (GOOD + 'covered_by = ["gowt"]\n', "[gout].covered_by: no such other key: 'gowt'"),
        (GOOD + 'gives_way_to = ["gout"]\n', "[gout].gives_way_to: no such other key: 'gout'"),
        (GOOD + 'when = "x"\n', "indications.toml: [gout].when: not a list of tables"),
        (GOOD + "[[gout.when]]\nalso = ['joint']\n", "[gout].when[0].words: missing"),
        (
            GOOD + "[[gout.when]]\nwords = ['urate']\nkind = 'drug'\n",
            "[gout].when[0].kind: unknown: 'drug'",
        ),
        (
            GOOD + "[[gout.when]]\nwords = ['urate']\nnear = 'yes'\n",
            "[gout].when[0].near: not true or false",
        ),
        (GOOD + "[[gout.when]]\nwords = ['urate']\nif = []\n", "[gout].when[0].if: unknown field"),
        (GOOD + "when = ['x']\n", "[gout].when[0]: not a table"),
    ],
)
def test_a_bad_file_is_named_with_its_field(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "indications.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        load_vocabulary(path)
    assert message in str(error.value)
    assert error.value.remedy


def test_a_good_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "indications.toml"
    path.write_text(GOOD + 'mesh = ["D006073 Gout"]\n', encoding="utf-8")
    vocabulary = load_vocabulary(path)
    assert vocabulary.by_mesh == {"D006073": ("gout",)}
    assert [cue.literal for cue in vocabulary.cues] == ["gout"]
