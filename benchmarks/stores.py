"""Stores of any size, made of invented records: what the measurements of answers are made on.

    python -m benchmarks.stores FILE --records 1000000

1. Up to 20,000 records are invented and saved by ``Store.save_batch``, as a sync saves them:
   abstracts of about 1,400 characters, six authors, ten headings, ten tags, two topics. How
   often a design, a kind of vesicles or a condition comes is as measured on 619 real records on
   vesicles, save that every fourth record gives MSC vesicles (of the real ones every
   eighteenth): the class box must count a quarter of the store.
2. A larger store is filled by SQL from these, each copy under PMIDs of its own, without its
   links to products: however large PubMed grows, a product has few papers. Indexes, the
   full-text index and the counts are made afterwards by ``schema.rebuild_derived``.

The same number gives the same store.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from evlit import schema
from evlit.answer import indications
from evlit.catalogue import Catalogue, load_catalogue
from evlit.records import (
    AbstractSection,
    Author,
    Entry,
    Keyword,
    Mention,
    MeshHeading,
    Parsed,
    PublicationType,
    Record,
    Tag,
)
from evlit.store import Store, open_store
from evlit.store.bookkeeping import stamp
from evlit.store.rows import LIST_TABLES

INVENTED = 20_000
"""Records that are invented one by one; more are copies of these."""
FIRST_PMID = 1_000_000
BATCH = 1000

Shape = tuple[str, str, str, str, str]
SHAPES: dict[Shape, int] = {
    # design, given, clinical_kind, source_kind, intervention: how many of a hundred
    ("review", "", "", "not_stated", "not_therapy"): 17,
    ("review", "", "", "non_msc", "not_therapy"): 8,
    ("in_vitro", "other", "", "non_msc", "not_therapy"): 8,
    ("animal", "product", "", "non_msc", "not_therapy"): 7,
    ("animal", "other", "", "non_msc", "not_therapy"): 7,
    ("in_vitro", "product", "", "non_msc", "not_therapy"): 6,
    ("in_vitro", "nothing", "", "non_msc", "not_therapy"): 6,
    ("clinical", "nothing", "observational", "non_msc", "not_therapy"): 6,
    ("animal", "product", "", "msc", "ev"): 14,
    ("in_vitro", "product", "", "msc", "ev"): 8,
    ("clinical", "product", "single_arm", "msc", "ev"): 2,
    ("clinical", "product", "rct", "msc", "ev"): 1,
    ("animal", "product", "", "non_msc", "ev"): 3,
    ("animal", "product", "", "msc", "engineered_ev"): 2,
    ("animal", "product", "", "not_stated", "ev"): 1,
    ("in_vitro", "product", "", "msc", "conditioned_medium"): 1,
    ("animal", "cells", "", "msc", "cells"): 1,
    ("other", "", "", "not_stated", "not_therapy"): 2,
}
IN_PEOPLE: Shape = ("clinical", "product", "single_arm", "msc", "ev")
"""What a record on a product is, where the dice made it one in which nothing was given."""
MOST_RECORDS = 40
"""Records of the product that has most; the next has 40/2, 40/3 … and no product none."""
TISSUES = ("bone_marrow", "umbilical_cord", "adipose", "placenta", "other")
HARMS = ("immune:discussed", "tumour:animals", "infection:people", "other:people")
WHY = "abstract, sentence 3: 'the vesicles were given by vein and the outcome was measured' ({})"


def make_store(path: Path, records: int) -> None:
    """Make a store of so many records, every query of the catalogue answered just now."""
    catalogue = load_catalogue()
    invented = min(records, INVENTED)
    with open_store(path) as store:
        found = entries(invented, catalogue)
        while batch := list(islice(found, BATCH)):
            store.save_batch(batch, tagged_with="generated", matched_with="generated")
        mark_searched(store, catalogue)
        if records > invented:
            multiply(store, records)


def entries(count: int, catalogue: Catalogue) -> Iterator[Entry]:
    """Yield invented records with tags, links to products and the topics that hit them."""
    dice = random.Random(7)
    words = [_invented_word(dice) for _ in range(6000)]
    sentences = [" ".join(dice.choices(words, k=14)).capitalize() + "." for _ in range(4000)]
    conditions = list(indications.names())
    dice.shuffle(conditions)
    weights = [1 / (rank + 2) for rank in range(len(conditions))]
    linked = _linked(count, catalogue)
    topics = [f"topic:{topic.key}" for topic in catalogue.topics]
    for number in range(count):
        shape = dice.choices(list(SHAPES), list(SHAPES.values()))[0]
        keys = linked.get(number, ())
        if keys and shape[1] != "product":
            shape = IN_PEOPLE
        named = dict.fromkeys(dice.choices(conditions, weights, k=dice.choice((0, 1, 1, 1, 1, 2))))
        record = _record(FIRST_PMID + number, dice, sentences, words)
        tags = tuple(_tags(shape, list(named), dice))
        links = tuple(_mention(record.pmid, key, number) for key in keys)
        queries = [*dict.fromkeys(dice.choices(topics, k=2)), *(f"product:{key}" for key in keys)]
        yield Entry(Parsed(record, _raw(record)), tags, links, tuple(queries))


def _invented_word(dice: random.Random) -> str:
    return "".join(dice.choice("bcdfglmnprstv") + dice.choice("aeiou") for _ in range(3))


def _linked(count: int, catalogue: Catalogue) -> dict[int, list[str]]:
    """Return number of a record → products it is about; spread evenly, always the same."""
    keys = [product.key for product in catalogue.products]
    keys.sort(key=lambda key: (key != "exoflo", key))
    found: dict[int, list[str]] = {}
    for rank, key in enumerate(keys):
        papers = min(max(1, MOST_RECORDS // (rank + 1)), count)
        for paper in range(papers):
            found.setdefault((paper * count // papers + 7 * rank) % count, []).append(key)
    return found


def _record(pmid: int, dice: random.Random, sentences: list[str], words: list[str]) -> Record:
    year = dice.randint(2000, 2026)
    retracted = [PublicationType("D016441", "Retracted Publication")] * (dice.random() < 0.003)
    places = f"Department of {dice.choice(words)}, University of {dice.choice(words)}, Utopia."
    people = [dice.choices(words, k=2) for _ in range(6)]
    return Record(
        pmid,
        title=f"{dice.choice(sentences)[:-1]}: report {pmid}",
        sections=(AbstractSection(" ".join(dice.choices(sentences, k=14))),),
        authors=tuple(Author(last.title(), fore.title(), fore[0].upper(), affiliations=(places,))
                      for last, fore in people),
        journal="Journal of Invented Results",
        year=year,
        published=f"{year}-05",
        created=f"{year}-05-02",
        languages=("eng",),
        doi=f"10.5555/invented.{pmid}",
        publication_types=(PublicationType("D016428", "Journal Article"), *retracted),
        mesh=tuple(MeshHeading(f"D{n:06}", words[n]) for n in dice.sample(range(len(words)), 10)),
        keywords=tuple(Keyword(word) for word in dice.choices(words, k=5)),
        status="MEDLINE",
    )  # fmt: skip


def _raw(record: Record) -> bytes:
    """Return bytes to be held; nothing here reads them."""
    return f"<PubmedArticle>{record.title} {record.abstract}</PubmedArticle>".encode()


def _tags(shape: Shape, named: list[str], dice: random.Random) -> Iterator[Tag]:
    design, given, kind, source, intervention = shape
    said = {
        "design": design, "designs": design, "given": given, "clinical_kind": kind,
        "source_kind": source, "intervention": intervention, "msc": str(source == "msc").lower(),
        "therapy_relevant": str(intervention != "not_therapy").lower(), "safety": "not_mentioned",
        "species": "mouse" if design == "animal" else "",
        "tissue": dice.choice(TISSUES) if source == "msc" else "",
        "participants": str(dice.randint(5, 80)) if design == "clinical" else "",
        "harm": dice.choice(HARMS) if dice.random() < 0.03 else "",
    }  # fmt: skip
    for axis, value in said.items():
        if value:
            yield Tag(axis, value, "rule", WHY.format(value), 0.9)
    for key in named:
        yield Tag("indication", key, "rule", WHY.format(key), 0.8)


def _mention(pmid: int, key: str, number: int) -> Mention:
    """Two links of three count; the others are only named."""
    counts = number % 3 != 0
    kind = "tested" if counts else "named"
    return Mention(pmid, key, kind, counts, "abstract", key, f"{key} was given", "as the text says")


def mark_searched(store: Store, catalogue: Catalogue) -> None:
    """Note that every topic and product was asked in full just now."""
    now = stamp(datetime.now(UTC))
    run = store.start_run("sync")
    queries = [(f"topic:{t.key}", t.text_hash) for t in catalogue.topics]
    queries += [(f"product:{p.key}", p.text_hash) for p in catalogue.products]
    with store.transaction():
        for query, text_hash in queries:
            store.set_watermark("pubmed", query, text_hash, now[:10], full_at=now, full_count=5,
                                full_translation="translated", run=run.id)  # fmt: skip
    store.finish_run(run.id, "ok")


# -------------------------------------------------------------------------------- copies

COPIED = ("records", "record_state", "revisions", *LIST_TABLES, "tags", "record_queries", "facts")
"""Every table that has rows of a record, parents first; links to products are not copied."""
_OWN_VALUE = {
    "pmid": "pmid + :shift",
    "doi": "doi || '.' || :shift",
    "products": "'[]'",
    "also_named": "'[]'",
}


def multiply(store: Store, records: int) -> None:
    """Copy the records held under other PMIDs until there are so many."""
    db, held = store.db, store.count()
    last = FIRST_PMID + held - 1
    db.execute("PRAGMA synchronous = OFF")
    with store.transaction():
        schema.drop_derived(db, ("indexes", "fts"))
    for shift in range(held, records, held):
        values = {"shift": shift, "last": min(last, FIRST_PMID + records - shift - 1)}
        with store.transaction():
            for table in COPIED:
                db.execute(_copy(db, table), values)
    with store.transaction():
        schema.rebuild_derived(db)
    store.checkpoint()
    db.execute("PRAGMA synchronous = NORMAL")


def _copy(db: sqlite3.Connection, table: str) -> str:
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    if table == "revisions":
        columns.remove("id")
    taken = ", ".join(_OWN_VALUE.get(name, name) for name in columns)
    only = " AND query LIKE 'topic:%'" if table == "record_queries" else ""
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} "
        f"WHERE pmid BETWEEN {FIRST_PMID} AND :last{only}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--records", type=int, default=20_000)
    given = parser.parse_args()
    start = time.perf_counter()
    make_store(given.path, given.records)
    size = given.path.stat().st_size / 1e6
    print(f"{given.records} records, {size:.0f} MB, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
