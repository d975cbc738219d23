"""The local matcher keeps at least what PubMed would find."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.catalogue import Catalogue, load_catalogue, shipped_folder
from evlit.catalogue.matcher import matching_topics
from evlit.catalogue.terms import Block, Group, Leaf, Node, fold_text, parse_term
from evlit.records import (
    AbstractSection,
    Author,
    DataBankId,
    Keyword,
    MeshHeading,
    OtherAbstract,
    PublicationType,
    Record,
    Substance,
    Topic,
)

CATALOGUE = load_catalogue(shipped_folder())


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


def text(title: str = "", abstract: str = "") -> Record:
    return Record(1, title=title, sections=(AbstractSection(abstract),) if abstract else ())


def belongs(record: Record, key: str = "broad") -> bool:
    return key in matching_topics(CATALOGUE.topics, record)


# ------------------------------------------------------------- what a naive matcher loses

KEPT = [
    text("MSC-EVs in a mouse model"),
    text("Exosomes of Wharton’s jelly cells"),
    text("Exosomes of Wharton's jelly cells"),
    text("Exosomes of Wharton′s-jelly cells"),
    text("Small extracellular-vesicles from mesenchymal‐stem cells"),
    text("EXOSOMAL CARGO OF MESENCHYMAL STROMAL CELLS"),
    text("Exosome™ of adipose‑derived stem cells"),
    text("Micro-vesicles of bone-marrow stromal cells"),
    text("hUCMSC‐derived sEVs"),
    text("Ｅｘｏｓｏｍｅｓ from ＭＳＣｓ"),
    text("Exosomés of MSC"),
    text("Stem-cell derived exosomes for the ageing heart"),
    text("Exosomes and stem cells in newborns with enterocolitis"),
    text("BMSCs communicate", "They release nanovesicles."),
    text("Medicinal signalling cells", "Their secretomes heal."),
    text("Stem cells from human exfoliated deciduous teeth: conditioned-media"),
    text("間葉系幹細胞由来エクソソームの効果"),
    text("脂肪间充质干细胞外泌体"),
    Record(1, title="[A study.]", vernacular_title="Exosomes de MSC chez la souris"),
    Record(1, title="A study", keywords=(Keyword("exosomes"), Keyword("MSCs"))),
    Record(
        1,
        title="A study",
        mesh=(
            MeshHeading("D000067128", "Extracellular Vesicles"),
            MeshHeading("D059630", "Mesenchymal Stem Cells"),
        ),
    ),
    Record(
        1,
        title="A study",
        mesh=(
            MeshHeading("D055354", "Cell-Derived Microparticles"),
            MeshHeading("D059630", "Mesenchymal Stem Cells"),
        ),
    ),
    Record(
        1,
        title="Mesenchymal stem cells",
        substances=(Substance("D017077", "Culture Media, Conditioned"),),
    ),
    Record(
        1,
        title="A study",
        other_abstracts=(OtherAbstract("plain-language", "eng", "We gave exosomes from MSCs."),),
    ),
    Record(1, title="A study", sections=(AbstractSection("MSC.", "EXOSOMES"),)),
]


@pytest.mark.parametrize("record", KEPT, ids=range(len(KEPT)))
def test_kept_by_broad(record: Record) -> None:
    assert belongs(record)


LEFT = [
    text("Exosomes of tumour cells"),
    text("Mesenchymal stem cells in the rat"),
    text("Exosomatic pressure of MSC"),
    text("A study of revs and devs in MSC"),
    text("exo", "somes of MSC"),
    text("Mesenchymal", "stem exosomes of plants"),
    text("Exosomes of tumour cells", "They act on stem cells."),
    Record(1, title="Exosomes", authors=(Author("A", affiliations=("MSC Institute",)),)),
    Record(1),
]


@pytest.mark.parametrize("record", LEFT, ids=range(len(LEFT)))
def test_left_by_broad(record: Record) -> None:
    assert not belongs(record)


def test_phrase_does_not_span_two_fields() -> None:
    assert not belongs(
        Record(1, title="Exosomes and mesenchymal", sections=(AbstractSection("stem of plants"),))
    )


# ---------------------------------------------------------------------- single topics


def test_publication_types_by_ui_or_name() -> None:
    base = {"title": "Exosomes of MSC"}
    for given_type in (
        PublicationType("D016449", "Randomized Controlled Trial"),
        PublicationType("D017427", "Clinical Trial, Phase II"),
        PublicationType("D016430", "renamed"),
        PublicationType("", "Clinical Trial, Phase I"),
        PublicationType("D002363", "Case Reports"),
    ):
        assert belongs(Record(1, **base, publication_types=(given_type,)), "clinical")  # type: ignore[arg-type]
    assert not belongs(text("Exosomes of MSC", "Results of a clinical trial."), "clinical")


@pytest.mark.parametrize(
    ("ui", "name"),
    [
        ("D016441", "Retracted Publication"),
        ("D016440", "Retraction of Publication"),
        ("D016440", "Retraction Notice"),
        ("D000075742", "Expression of Concern"),
        ("D016425", "Published Erratum"),
    ],
)
def test_notices(ui: str, name: str) -> None:
    record = Record(1, title="Exosomes of MSC", publication_types=(PublicationType(ui, name),))
    assert belongs(record, "notices")
    assert not belongs(text("Exosomes of MSC", name), "notices")


@pytest.mark.parametrize(
    "record",
    [
        text("Skin necrosis after injection of lyophilised exosome"),
        text("Exosomes on skin", "Granulomas were seen."),
        text("Exosomes of MSC", "Tumour growth was faster."),
        text("Exosomes of MSC", "Adverse-events were rare."),
        Record(
            1,
            title="Exosomes of MSC",
            mesh=(MeshHeading("D1", "Exosomes", False, (("Q000633", "toxicity", False),)),),
        ),
    ],
)
def test_safety(record: Record) -> None:
    assert belongs(record, "safety")


def test_safety_of_other_vesicles_needs_the_title() -> None:
    assert not belongs(text("Vesicles", "Exosomes of platelets. Sepsis."), "safety")


def test_clinical_by_product_name_or_trial_id() -> None:
    assert belongs(text("Zofin, an extracellular vesicle product", "Eight patients."), "clinical")
    assert not belongs(text("Zebra, an extracellular vesicle", "Eight patients."), "clinical")
    registered = Record(
        1,
        title="Exosomes of MSC",
        databank_ids=(DataBankId("ClinicalTrials.gov", "NCT01234567"),),
    )
    assert belongs(registered, "clinical")
    assert belongs(text("Exosomes of MSC (NCT01234567)"), "clinical")


def test_what_not_takes_away_is_kept_for_the_tags() -> None:
    animals = Record(
        1,
        title="Exosomes of MSC for patients",
        mesh=(MeshHeading("D000818", "Animals"), MeshHeading("D051379", "Mice")),
    )
    assert belongs(animals, "clinical")


def test_conditioned_medium_keeps_papers_on_both() -> None:
    both = text("Exosomes and secretome of MSC")
    assert matching_topics(CATALOGUE.topics, both) == ("broad", "conditioned-medium")


# -------------------------------------------------------------------- superset of the term


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield the words of a term that are asked for (NOT left out)."""
    if isinstance(node, Group):
        if node.operator != "NOT":
            for part in node.parts:
                yield from leaves(part)
    elif isinstance(node, Leaf):
        yield node
    else:
        assert not isinstance(node, Block)


def place(record: dict[str, list[object]], leaf: Leaf, ending: str) -> None:
    """Put the words of a leaf where PubMed would find them, in a shape people write."""
    words = leaf.words.split("/")[0]
    words = words[:-1] + ending if words.endswith("*") else words
    if leaf.field in ("mesh", "mh"):
        record["mesh"].append(MeshHeading("D0", words))
    elif leaf.field == "pt":
        record["publication_types"].append(PublicationType("", words.title()))
    elif leaf.field == "sh":
        record["mesh"].append(MeshHeading("D0", "X", False, (("Q0", words, False),)))
    elif leaf.field == "si":
        record["databank_ids"].append(DataBankId("ClinicalTrials.gov", words))
    elif leaf.field == "ti":
        record["titles"].append(words)
    else:
        record["texts"].append(words)


def build(chosen: list[Leaf], shape: str, ending: str) -> Record:
    parts: dict[str, list[object]] = {
        k: [] for k in ("mesh", "publication_types", "databank_ids", "titles", "texts")
    }
    for leaf in chosen:
        place(parts, leaf, ending)
    words = [shaped(str(t), shape) for t in parts["texts"]]
    titles = [shaped(str(t), shape) for t in parts["titles"]]
    return Record(
        1,
        title="; ".join(titles) or "On this",
        sections=tuple(AbstractSection(f"We saw ({w}), then.") for w in words[::2]),
        keywords=tuple(Keyword(w) for w in words[1::2]),
        mesh=tuple(parts["mesh"]),  # type: ignore[arg-type]
        publication_types=tuple(parts["publication_types"]),  # type: ignore[arg-type]
        databank_ids=tuple(parts["databank_ids"]),  # type: ignore[arg-type]
    )


def shaped(words: str, shape: str) -> str:
    """Write a phrase as authors do; PubMed reads all of these alike."""
    if shape == "hyphens":
        return re.sub(r"[ -]", "\u2011", words)
    if shape == "capitals":
        return words.upper()
    if shape == "curly":
        return words.replace("'", "’")
    return re.sub("-", " ", words) if shape == "spaces" else words


def operands(topic: Topic) -> list[list[Leaf]]:
    node = parse_term(topic.term)
    assert isinstance(node, Group)
    assert node.operator == "AND"
    found = [list(leaves(part)) for part in node.parts]
    return [f for f in found if f]


@pytest.mark.parametrize("shape", ["plain", "hyphens", "capitals", "curly", "spaces"])
@pytest.mark.parametrize("topic", CATALOGUE.topics, ids=[t.key for t in CATALOGUE.topics])
def test_every_word_of_the_term_is_found_offline(topic: Topic, shape: str) -> None:
    groups = operands(topic)
    for number, group in enumerate(groups):
        for leaf in group:
            chosen = [g[0] for g in groups]
            chosen[number] = leaf
            assert belongs(build(chosen, shape, "xyz"), topic.key), leaf


@given(st.data())
def test_any_choice_of_words_is_found_offline(data: st.DataObject) -> None:
    topic = data.draw(st.sampled_from(CATALOGUE.topics))
    chosen = [data.draw(st.sampled_from(group)) for group in operands(topic)]
    shape = data.draw(st.sampled_from(["plain", "hyphens", "capitals", "curly", "spaces"]))
    ending = data.draw(st.sampled_from(["", "s", "é"]))
    assert belongs(build(chosen, shape, ending), topic.key)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Wharton’s", "whartons"),
        ("Wharton´s", "whartons"),
        ("Wharton`s JELLY", "whartons jelly"),
        ("MSC‑EVs™", "msc evs"),
        ("exosomé_rich", "exosome rich"),
        ("TGF-β1", "tgf β1"),
        ("ＣＤ９", "cd9"),
        ("  a\u00a0\n b ", "a b"),
        ("™", ""),
    ],
)
def test_folding(written: str, folded: str) -> None:
    assert fold_text(written) == folded


@given(st.text())
def test_folding_takes_any_text_and_is_stable(hostile: str) -> None:
    once = fold_text(hostile)
    assert fold_text(once) == once
    assert once == once.strip()
    assert not belongs(text(hostile), "notices")
