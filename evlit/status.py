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
CURATED = "curated:studies"
OUTSIDE = ("ctgov", "europepmc", "fda", "openfda")


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
    note: str = ""
    """What the last run said of it: why it failed, or how it had to be asked."""


class Waiting(NamedTuple):
    """A study that a curator named and that is not held yet."""

    study: str
    """``PMID 123`` or ``doi:10.…``."""
    title: str
    product: str
    """Key; ``""`` = of no product."""


class CuratedState(NamedTuple):
    """The studies that curators named: which of them are held as records."""

    asked_at: str
    """When PubMed was last asked about all of them, ISO 8601 UTC; ``""`` = never."""
    held: int
    waiting: tuple[Waiting, ...]
    """Asked for and not found, or not asked for yet."""
    unnumbered: int
    """Without PMID and DOI: they stand in the catalogue only and cannot be asked for."""
    note: str = ""


class SourceState(NamedTuple):
    """A source beyond PubMed."""

    source: str
    state: str
    """``good``, ``stale`` (no good run of the last 7 days), ``failing`` (not all of the last
    run went well), ``never``."""
    last_good: str
    """End of the last run in which all went well, ISO 8601 UTC; ``""`` = none."""
    last_run: str
    """Beginning of the last run; ``""`` = none."""
    error: str
    """Why the last run, where it did, stopped."""
    failed: tuple[tuple[str, str], ...]
    """(question, why) of the last run."""


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
    curated: CuratedState
    sources: tuple[SourceState, ...]
    """Those beyond PubMed. ``fresh`` does not depend on them: a "none found" rests on PubMed."""

    def as_json(self) -> dict[str, Any]:
        """Return the same as plain values, schema ``evlit-status/1``."""
        return {
            "schema": "evlit-status/1",
            **asdict(self),
            "queries": [query._asdict() for query in self.queries],
            "curated": {
                **self.curated._asdict(),
                "waiting": [study._asdict() for study in self.curated.waiting],
            },
            "sources": [
                {
                    **source._asdict(),
                    "failed": [{"question": q, "error": why} for q, why in source.failed],
                }
                for source in self.sources
            ],
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
    marks = _marks(store)
    nightly = store.last_runs(100, "sync")
    notes = _notes(store, nightly[0]) if nightly else {}
    queries = [
        state._replace(note=notes.get(state.query, ""))
        for state in _query_states(catalogue, marks, store.query_counts(), now)
    ]
    runs = store.last_runs(5)
    good = next((r for r in nightly if r.status == "ok"), None)
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
        curated=_curated_state(store, catalogue, marks.get(CURATED), notes.get(CURATED, "")),
        sources=tuple(_source_state(store, source, now) for source in OUTSIDE),
    )


def _notes(store: Store, run: Run) -> dict[str, str]:
    """What a run said of single queries."""
    return {row.query: row.error for row in store.query_runs(run.id) if row.error}


def _curated_state(
    store: Store, catalogue: Catalogue, mark: Watermark | None, note: str
) -> CuratedState:
    studies = [(study, product.key) for product in catalogue.products for study in product.studies]
    studies += [(study, "") for study in catalogue.external]
    pmids = store.held(study.pmid for study, _ in studies if study.pmid)
    dois = store.held_dois(study.doi for study, _ in studies if study.doi)
    waiting, held, unnumbered = list[Waiting](), 0, 0
    for study, product in studies:
        if study.pmid in pmids or (study.doi and study.doi.lower() in dois):
            held += 1
        elif study.pmid or study.doi:
            number = f"PMID {study.pmid}" if study.pmid else f"doi:{study.doi}"
            waiting.append(Waiting(number, study.title, product))
        else:
            unnumbered += 1
    asked_at = (mark.full_at or "") if mark else ""
    return CuratedState(asked_at, held, tuple(waiting), unnumbered, note)


def _source_state(store: Store, source: str, now: datetime) -> SourceState:
    runs = [r for r in store.last_runs(100, f"sync-{source}") if r.status != "running"]
    if not runs:
        return SourceState(source, "never", "", "", "", ())
    last = runs[0]
    good = next((r.finished_at or "" for r in runs if r.status == "ok"), "")
    failed = tuple(
        (row.query, row.error) for row in store.query_runs(last.id) if row.status == "failed"
    )
    state = "good" if last.status == "ok" else "failing"
    if state == "good" and now - datetime.fromisoformat(good) > FRESH:
        state = "stale"
    return SourceState(source, state, good, last.started_at, last.error, failed)


def how_fresh(store: Store, catalogue: Catalogue, now: datetime | None = None) -> Freshness:
    """Return how many records are held, and how far the queries are behind."""
    good = _last_good(store)
    states = _query_states(catalogue, _marks(store), {}, now or datetime.now(UTC))
    behind = sum(q.state != "complete" for q in states)
    return Freshness(store.count(), behind, (good.finished_at or "")[:10] if good else "")


def _last_good(store: Store) -> Run | None:
    return next((r for r in store.last_runs(100, "sync") if r.status == "ok"), None)


def _marks(store: Store) -> dict[str, Watermark]:
    return {m.query: m for m in store.watermarks() if m.source == SOURCE}


def _query_states(
    catalogue: Catalogue, marks: Mapping[str, Watermark], held: Mapping[str, int], now: datetime
) -> list[QueryState]:
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
