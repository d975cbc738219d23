"""Numbers that triggers keep equal those that a plain count gives, whatever is done to a store."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit.store import Store, open_store
from tests import answer_fixture as fx

PMIDS = (1, 2, 3, 4)
Key = tuple[str, str, str, str, str, str]

said = st.builds(
    fx.tags,
    st.sampled_from(("clinical", "animal", "in_vitro", "review", "other")),
    st.sampled_from(("product", "cells", "nothing")),
    source_kind=st.sampled_from(("msc", "non_msc")),
    intervention=st.sampled_from(("ev", "cells", "not_therapy")),
    clinical_kind=st.sampled_from(("rct", "single_arm")),
    indication=st.sampled_from(((), ("burn",), ("burn", "psoriasis"))),
    tissue=st.sampled_from(((), ("adipose",), ("adipose", "placenta"))),
    harm=st.sampled_from(((), ("immune:people",))),
)
pmids = st.sampled_from(PMIDS)
deeds = st.one_of(
    st.tuples(st.just("save"), pmids, said, st.booleans()),
    st.tuples(st.just("tag again"), pmids, said),
    st.tuples(st.just("take back"), pmids),
    st.tuples(st.just("a person says"), pmids, st.sampled_from(("animal", "clinical", "review"))),
    st.tuples(st.just("facts"), pmids),
)


def do(store: Store, deed: tuple[Any, ...], number: int) -> None:
    what, pmid, *more = deed
    if what == "save":
        tags, retracted = more
        types = (fx.RETRACTED,) if retracted else ()
        text = f"Reading {number}."
        store.save_batch([fx.entry(pmid, "A title", tags, abstract=text, publication_types=types)])
    elif what == "tag again" and store.held([pmid]):
        store.save_tags([(pmid, more[0], ())], "b", "b")
    elif what == "take back":
        store.note_missing([pmid], "in a test", settled_now=True)
    elif what == "a person says":
        store.add_human_tag(pmid, "design", str(more[0]), "as read", "a tester")
    elif what == "facts":
        store.refresh_facts()


def counted(store: Store) -> Counter[Key]:
    """Count the classes the plain way, from every record's facts."""
    found: Counter[Key] = Counter()
    rows = store.db.execute(
        "SELECT design, given, clinical_kind, source_kind, intervention, indications, tissues, "
        "harm FROM facts JOIN records USING (pmid) WHERE retracted = 0 AND deleted = 0"
    )
    for design, got, kind, source, what, *lists in rows:
        if got not in ("product", "cells") or what == "not_therapy":
            continue
        people = "human_randomised" if kind == "rct" else "human_other"
        tier = {"clinical": people, "animal": "animal", "in_vitro": "cells"}.get(design)
        if tier is None:
            continue
        conditions, tissues, harms = map(json.loads, lists)
        pairs = [f"{tissue} {key}" for tissue in tissues for key in conditions]
        for facet, values in (
            ("all", [""]), ("indication", conditions), ("tissue", tissues),
            ("tissue_indication", pairs), ("harm", harms),
        ):  # fmt: skip
            found.update((source, what, got, facet, value, tier) for value in values)
    return found


def kept(store: Store) -> Counter[Key]:
    return Counter({row[:-1]: row[-1] for row in store.db.execute("SELECT * FROM class_counts")})


@settings(deadline=None, max_examples=60)
@given(st.lists(deeds, max_size=12))
def test_counts_follow_whatever_is_done(done: list[tuple[Any, ...]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder) / "s.db", now=lambda: fx.NOW) as store,
    ):
        for number, deed in enumerate(done):
            do(store, deed, number)
        assert +kept(store) == counted(store)
        assert min(kept(store).values(), default=0) >= 0
        assert store.check() == []
        told = store.db.execute("SELECT rows FROM totals").fetchone()[0]
        assert told == store.db.execute("SELECT count(*) FROM records").fetchone()[0]
        assert store.count() == len(store.pmids())


@pytest.mark.parametrize(
    ("spoil", "said_of_it"),
    [
        ("UPDATE class_counts SET records = records + 1 WHERE facet = 'all'", "class_counts msc"),
        ("DELETE FROM class_counts WHERE facet = 'tissue'", "class_counts msc"),
        ("UPDATE totals SET rows = 7", "totals: says 7 records, the table holds 1"),
    ],
)
def test_check_finds_a_wrong_number(tmp_path: Path, spoil: str, said_of_it: str) -> None:
    with open_store(tmp_path / "s.db", now=lambda: fx.NOW) as store:
        store.save_batch([fx.entry(1, "A title", fx.tags("animal", tissue="adipose"))])
        assert store.check() == []
        store.db.execute(spoil)
        (problem,) = store.check()
        assert problem.startswith(said_of_it)
