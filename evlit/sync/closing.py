"""The end of a night: links, rows of queries, watermarks, the row of the run; one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field

from evlit.store import Store
from evlit.sync.asking import Answered
from evlit.sync.plan import CURATED, SOURCE, Plan, Query
from evlit.sync.taking import Taker, Tally
from evlit.sync.wanted import link_keys, vanished

DENIED_FLOOR = 20
"""So many records that a search lists and esummary denies are a fault of PubMed; fewer have
been deleted since the index was made."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What became of one query tonight."""

    key: str
    mode: str
    """``full`` or ``window``."""
    counted: int
    """What PubMed counted, over all time or in the window; of a group, for all its products."""
    got: int
    status: str
    """``ok``, ``partial`` (answered, but in doubt or not wholly fetched) or ``failed``."""
    error: str = ""
    translation: str = ""


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """What a run did."""

    run: int
    status: str
    """``ok`` or ``partial``."""
    queries: tuple[QueryResult, ...]
    tally: Tally
    requests: int
    index_moved: str
    """When PubMed says that its index last moved (US Eastern)."""
    warnings: tuple[str, ...] = ()
    failures: dict[int, str] = field(default_factory=dict)
    """PMIDs that could not be had tonight, and why."""

    @property
    def failed(self) -> tuple[QueryResult, ...]:
        """The queries that did not end well."""
        return tuple(q for q in self.queries if q.status != "ok")

    def counts(self) -> dict[str, int]:
        """Numbers for the run's row."""
        numbers: dict[str, int] = asdict(self.tally)
        asked, good = len(self.queries), len(self.queries) - len(self.failed)
        return numbers | {"requests": self.requests, "queries": asked, "queries_ok": good}


@dataclass(frozen=True, slots=True)
class Night:
    """What a night knows when it closes."""

    run: int
    started: str
    today: str
    """US Eastern day: the watermark of every query that ended well."""
    plan: Plan
    queries: Sequence[Query]
    answers: Sequence[Answered]
    curated: Collection[int]
    """PMIDs that curators named, where they were asked about tonight."""
    index_moved: str


def close(store: Store, night: Night, taker: Taker, requests: int) -> SyncSummary:
    """Write everything that vouches for the night, and return its summary."""
    results = {q.key: _result(q, night, taker) for q in night.queries}
    problems = [r for r in results.values() if r.status != "ok"]
    status = "partial" if problems or taker.failures else "ok"
    summary = SyncSummary(
        night.run, status, tuple(results.values()), taker.tally, requests, night.index_moved,
        (*taker.warnings, *(a.news for a in night.answers if a.news)), dict(taker.failures),
    )  # fmt: skip
    with store.transaction():
        store.save_requests(night.run, taker.door.take_log())
        _link(store, night, taker)
        for answered in night.answers:
            _save_row(store, night, answered, results)
        for query in night.queries:
            if results[query.key].status == "ok":
                _move_watermark(store, night, query)
        store.finish_run(night.run, status, _told(problems, taker), summary.counts())
    return summary


def _result(query: Query, night: Night, taker: Taker) -> QueryResult:
    """Judge one query by all its searches and by what became of their hits."""
    own = [a for a in night.answers if query in a.ask.members]
    errors = [a.error for a in own if a.error]
    doubts = [a.warning for a in own if a.warning]
    hits = set[int]().union(*(a.ids for a in own))
    if query.key == CURATED:
        hits |= set(night.curated)
    denied = len(set[int]().union(*(a.ids for a in own)) & taker.denied)
    if denied >= DENIED_FLOOR:
        doubts.append(f"PubMed lists {denied} records and says that it does not have them")
    lost = sorted(hits & (taker.failures.keys() - taker.stuck()))
    if lost:
        doubts.append(f"{len(lost)} of its records could not be had tonight")
    status = "failed" if errors else "partial" if doubts else "ok"
    full = next((a for a in own if a.ask.full), None)
    shown = full or next(iter(own), None)
    return QueryResult(
        query.key,
        "full" if full else "window",
        shown.counted if shown else 0,
        len(shown.ids) if shown else 0,
        status,
        taker.door.scrub("; ".join(dict.fromkeys((*errors, *doubts)))),
        shown.translation if shown else "",
    )


def _link(store: Store, night: Night, taker: Taker) -> None:
    """Tie held records to the searches that hit them, and untie what no longer fits."""
    for key, pmids in link_keys(night.answers).items():
        store.add_query_hits(key, sorted(store.held(pmids)))
    for key, pmids in vanished(store, night.answers).items():
        left = [p for p in sorted(pmids) if p in taker.fits and key not in taker.fits[p]]
        store.end_query_hits(key, left)


def _save_row(
    store: Store, night: Night, answered: Answered, results: dict[str, QueryResult]
) -> None:
    """Keep what was asked; texts that stand in the catalogue or did not change are not repeated."""
    ask = answered.ask
    first = ask.members[0]
    mark = night.plan.marks[first.key]
    same = mark is not None and mark.full_translation == answered.translation
    single = results[first.key] if len(ask.members) == 1 else None
    ok = all(results[q.key].status == "ok" for q in ask.members)
    # A term that had to be rewritten is asked that way in the windows until the next full search.
    new = ask.full and (not same or bool(answered.note))
    store.save_query_run(
        night.run,
        SOURCE,
        ask.label,
        first.hash if single else "",
        mode="full" if ask.full else "window",
        asked="\n".join(answered.asked) if new else _window(answered),
        translation=answered.translation if new else "",
        counted=answered.counted,
        got=len(answered.ids),
        status="failed" if answered.error else "partial" if answered.warning else "ok",
        error=answered.error or answered.warning or answered.note,
        watermark_before=mark.watermark if mark and single else None,
        watermark_after=night.today if ok and single else None,
    )


def _window(answered: Answered) -> str:
    """Say what was asked with the keys of the queries in the place of their terms."""
    keys = " OR ".join(q.key for q in answered.ask.members)
    ends = [term.rpartition(") AND ")[2] for term in answered.asked]
    return f"({keys}) AND ({' | '.join(ends)})" if not answered.ask.full else keys


def _move_watermark(store: Store, night: Night, query: Query) -> None:
    full = next((a for a in night.answers if a.ask.full and query in a.ask.members), None)
    store.set_watermark(
        SOURCE,
        query.key,
        query.hash,
        night.today,
        full_at=night.started if full else None,
        full_count=full.counted if full else None,
        full_translation=full.translation if full else "",
        run=night.run,
    )


def _told(problems: Sequence[QueryResult], taker: Taker) -> str:
    """One line for the run's row: what a person should look at."""
    told = [f"{r.key}: {r.error}" for r in problems[:5]]
    if len(problems) > 5:
        told.append(f"and {len(problems) - 5} more queries")
    for pmid, what in list(taker.failures.items())[:5]:
        told.append(f"PMID {pmid}: {what}")
    return taker.door.scrub("; ".join(told))
