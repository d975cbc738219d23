"""How complete the store is: what was asked and when, what is held, due, missing, in doubt."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from evlit.catalogue import Catalogue
from evlit.records import Run
from evlit.store import Store
from evlit.store.bookkeeping import Watermark

FRESH = timedelta(days=7)
"""A "no" may rest on a full search of this age at most."""
SOURCE = "pubmed"


class QueryState(NamedTuple):
    """One topic or product: when it was asked in full, what PubMed counted, what is held."""

    query: str
    title: str
    state: str
    """``complete``, ``stale``, ``changed`` (today's text was never asked), ``never``."""
    full_at: str
    """Time of the last good full search, ISO 8601 UTC; ``""`` = never."""
    watermark: str
    """US Eastern day up to which changes were asked."""
    counted: int | None
    """Records PubMed counted at the last full search."""
    held: int
    """Records held that the query hits."""


@dataclass(frozen=True, slots=True)
class Status:
    """The whole picture; ``fresh`` is false where a "no" may not be given."""

    fresh: bool
    records: int
    deleted: int
    last_good: Run | None
    runs: tuple[Run, ...]
    queries: tuple[QueryState, ...]
    queued: int
    """Records that could not be fetched or read and wait to be asked for again."""
    missing: int
    """Records that PubMed no longer gives, not yet settled."""
    unindexed: int
    """Held records that still wait for MeSH headings."""
    untagged: int
    """Held records whose tags or mentions come from older rules or an older catalogue."""

    def as_json(self) -> dict[str, Any]:
        """Return the same as plain values, schema ``evlit-status/1``."""
        return {
            "schema": "evlit-status/1",
            **asdict(self),
            "queries": [query._asdict() for query in self.queries],
        }


def look_at(
    store: Store,
    catalogue: Catalogue,
    versions: tuple[str, str] | None = None,
    now: datetime | None = None,
) -> Status:
    """Return how complete the store is.

    :param versions: classifier and catalogue version, to count records tagged by others
    """
    now = now or datetime.now(UTC)
    marks = {m.query: m for m in store.watermarks() if m.source == SOURCE}
    held = store.query_counts()
    topics = [(f"topic:{t.key}", t.title, t.text_hash) for t in catalogue.topics]
    products = [(f"product:{p.key}", p.name, p.text_hash) for p in catalogue.products if p.term]
    queries = [
        _query_state(key, title, text_hash, marks.get(key), held.get(key, 0), now)
        for key, title, text_hash in [*topics, *products]
    ]
    runs = store.last_runs(5)
    good = next((r for r in store.last_runs(100, "sync") if r.status == "ok"), None)
    counts = store.counts()
    return Status(
        fresh=bool(queries) and all(q.state == "complete" for q in queries),
        records=counts["records"],
        deleted=counts.get("deleted", 0),
        last_good=good,
        runs=tuple(runs),
        queries=tuple(queries),
        queued=len(store.queued()),
        missing=len(store.tombstones(settled=False)),
        unindexed=len(store.unindexed(1_000_000)),
        untagged=len(store.needs_tagging(*versions)) if versions else 0,
    )


def _query_state(
    key: str, title: str, text_hash: str, mark: Watermark | None, held: int, now: datetime
) -> QueryState:
    if mark is None or not mark.full_at:
        return QueryState(key, title, "never", "", "", None, held)
    state = "stale" if now - datetime.fromisoformat(mark.full_at) > FRESH else "complete"
    if mark.query_hash != text_hash:
        state = "changed"
    return QueryState(key, title, state, mark.full_at, mark.watermark or "", mark.full_count, held)
