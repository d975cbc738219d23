"""A small catalogue, a store and nights over them: what the tests of sync share."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from evlit.errors import EvlitError
from evlit.records import Alias, CuratedStudy, Entry, Maker, Mention, Parsed, Product, Tag, Topic
from evlit.store import Store, open_store
from evlit.sync import SyncSummary, sync
from tests.fakes.citations import Citation
from tests.fakes.client import door_for, settings_for
from tests.fakes.eutils import FakeEutils

BROAD = Topic("broad", "All of it", 'vesicles[tiab] AND "mesenchymal stem cells"[tiab]', ())
CLINICAL = Topic("clinical", "In people", "patients[tiab] AND vesicles[tiab]", ())
EXOFLO = Product(
    "exoflo",
    "ExoFlo",
    aliases=(Alias("ExoFlo"), Alias("EXO FLO COVID")),
    makers=(Maker("Direct Biologics"),),
    term='"ExoFlo"[tiab] OR "EXO FLO COVID"[tiab]',
)
ZOFIN = Product("zofin", "Zofin", aliases=(Alias("Zofin"),), term='"Zofin"[tiab]')


@dataclass(frozen=True)
class Questions:
    """What a sync needs of a catalogue."""

    topics: Sequence[Topic] = (BROAD, CLINICAL)
    products: Sequence[Product] = (EXOFLO, ZOFIN)
    external: Sequence[CuratedStudy] = ()


def enrich_with(questions: Questions) -> Callable[[Parsed, tuple[str, ...]], Entry]:
    """A stand-in for classifier and matcher: names found in title or abstract are mentions."""

    def enrich(parsed: Parsed, queries: tuple[str, ...]) -> Entry:
        record = parsed.record
        text = f"{record.title} {record.abstract}"
        mentions = tuple(
            Mention(record.pmid, p.key, "named", False, "title", a.text, a.text, "in a test")
            for p in questions.products
            for a in p.aliases
            if re.search(rf"\b{re.escape(a.text)}\b", text)
        )
        tags = (Tag("design", "other", "rule", "in a test", 0.5),)
        return Entry(parsed, tags, mentions, queries)

    return enrich


@dataclass
class Nights:
    """A store and the fake PubMed it follows."""

    fake: FakeEutils
    folder: Path
    questions: Questions = field(default_factory=Questions)
    key: str = ""
    name: str = "evlit.db"

    @property
    def path(self) -> Path:
        """The store's file."""
        return self.folder / self.name

    def run(self, **options: Any) -> SyncSummary:
        """One night on the fake's clock."""
        door = options.pop("door", None) or door_for(self.fake, self.folder, self.key)
        try:
            with self.store() as store:
                return sync(
                    store,
                    self.questions,
                    settings_for(self.fake, self.folder, self.key),
                    enrich=enrich_with(self.questions),
                    clock=self.fake.clock.as_clock(),
                    door=door,
                    **options,
                )
        finally:
            door.close()

    def fails(self, kind: type[EvlitError], **options: Any) -> EvlitError:
        """One night that must end with this error."""
        try:
            self.run(**options)
        except kind as error:
            return error
        raise AssertionError(f"the night ended without {kind.__name__}")

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, open for writing, on the fake's clock."""
        with open_store(self.path, now=self.fake.clock.now) as store:
            yield store

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that two nights which end alike must agree on."""
        return state(self.path)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a SELECT gives."""
        db = sqlite3.connect(self.path)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()


KEPT = {
    "records": "* -first_seen -last_changed",
    "revisions": "pmid, version, sha256, revised, format",
    "authors": "*",
    "mesh_headings": "*",
    "publication_types": "*",
    "keywords": "*",
    "databank_ids": "*",
    "substances": "*",
    "corrections": "*",
    "tags": "*",
    "mentions": "*",
    "record_queries": "pmid, query, gone_at IS NULL",
    "fetch_queue": "pmid",
    "watermarks": "source, query, query_hash, watermark, full_count, full_translation",
}
"""Tables and columns that must not depend on how often a night was broken off."""


def state(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read what a store holds, times and runs left out, in a fixed order."""
    db = sqlite3.connect(path)
    try:
        found = {}
        for table, columns in KEPT.items():
            shown = columns
            if columns.startswith("*"):
                left_out = {part[1:] for part in columns.split()[1:]}
                names = [r[1] for r in db.execute(f"PRAGMA table_info({table})")]
                shown = ", ".join(n for n in names if n not in left_out)
            found[table] = sorted(db.execute(f"SELECT {shown} FROM {table}").fetchall(), key=repr)
        return found
    finally:
        db.close()


def library(number: int, start: date = date(2026, 1, 5)) -> list[Citation]:
    """Invented citations, created over a year; some name a product, some speak of patients."""
    found = []
    for i in range(number):
        pmid = 40_000_001 + 7 * i
        day = start + timedelta(days=i * 290 // max(1, number))
        title = f"Vesicles of mesenchymal stem cells, report {i}."
        abstract = f"Mesenchymal stem cells gave vesicles to {'rats' if i % 3 else 'patients'}."
        if i % 10 == 0:
            abstract += " ExoFlo was given by vein."
        found.append(Citation(pmid, title, abstract, created=day, doi=f"10.9999/invented.{i}"))
    return found
