"""How complete the store is: what was asked and when, what is held, due, missing, in doubt."""

from __future__ import annotations

from collections.abc import Mapping
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


class Freshness(NamedTuple):
    """Size and age of the store: what costs the same however much it holds."""

    records: int
    behind: int
    """Topics and products without a full search of the last seven days."""
    last: str
    """Day of the last good sync, ``""`` = never."""


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
    queries = _query_states(store, catalogue, store.query_counts(), now)
    runs = store.last_runs(5)
    good = _last_good(store)
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


def how_fresh(store: Store, catalogue: Catalogue, now: datetime | None = None) -> Freshness:
    """Return how many records are held, and how far the queries are behind."""
    good = _last_good(store)
    behind = sum(q.state != "complete" for q in _query_states(store, catalogue, {}, now))
    return Freshness(store.count(), behind, (good.finished_at or "")[:10] if good else "")


def _last_good(store: Store) -> Run | None:
    return next((r for r in store.last_runs(100, "sync") if r.status == "ok"), None)


def _query_states(
    store: Store, catalogue: Catalogue, held: Mapping[str, int], now: datetime | None
) -> list[QueryState]:
    now = now or datetime.now(UTC)
    marks = {m.query: m for m in store.watermarks() if m.source == SOURCE}
    topics = [(f"topic:{t.key}", t.title, t.text_hash) for t in catalogue.topics]
    products = [(f"product:{p.key}", p.name, p.text_hash) for p in catalogue.products if p.term]
    return [
        _query_state(key, title, text_hash, marks.get(key), held.get(key, 0), now)
        for key, title, text_hash in [*topics, *products]
    ]


def _query_state(
    key: str, title: str, text_hash: str, mark: Watermark | None, held: int, now: datetime
) -> QueryState:
    if mark is None or not mark.full_at:
        return QueryState(key, title, "never", "", "", None, held)
    state = "stale" if now - datetime.fromisoformat(mark.full_at) > FRESH else "complete"
    if mark.query_hash != text_hash:
        state = "changed"
    return QueryState(key, title, state, mark.full_at, mark.watermark or "", mark.full_count, held)
