"""One question asked of PubMed now, while a person waits: a product, or a typed name.

It goes through the same door, lock and rules as a night. The search is over all time, so
where it is answered in full, and all that it hits was fetched, the answer rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from evlit.errors import EvlitError, SourceError
from evlit.http.door import Door, UnreachableError
from evlit.http.wire import Clock
from evlit.names import NameFinder, name_key, name_term, spellings
from evlit.records import Entry, Parsed, Record, query_hash
from evlit.settings import Settings
from evlit.sources.entrez import Entrez, open_door
from evlit.store import Store
from evlit.store.lock import hold_store
from evlit.sync.asking import Answered, Asker
from evlit.sync.plan import SOURCE, Ask, Plan, Query
from evlit.sync.taking import Enrich, Taker
from evlit.sync.unknown import fold_name
from evlit.sync.windows import eastern_day

KIND = "live"
"""Kind of the run: a night's coverage of the topics does not rest on it."""
MOST_FETCHED = 400
"""Records fetched at most: two requests. Of more hits, those not held and the newest."""


@dataclass(frozen=True, slots=True)
class Live:
    """What PubMed said now."""

    query: str
    """``product:KEY`` or ``name:WORDS``."""
    counted: int
    """Records that PubMed's search hit."""
    new: tuple[int, ...] = ()
    """PMIDs saved now, oldest first."""
    revised: int = 0
    """Held records that had changed."""
    events: tuple[tuple[int, str], ...] = ()
    """(PMID, what): retracted, concern … of held records, learnt now."""
    full: bool = True
    """Whether an answer may rest on it; else ``why`` says why not."""
    why: str = ""
    requests: int = 0


def name_query(typed: str) -> Query:
    """Return the query for a name outside the catalogue."""
    term = name_term(typed)
    names = frozenset(fold_name(form) for form in spellings(typed))
    return Query(name_key(typed), term, query_hash(term), names)


def naming(enrich: Enrich, typed: str) -> Enrich:
    """Return ``enrich`` with a record tied to the name's query where its texts print the name."""
    finder, key = NameFinder(spellings(typed)), name_key(typed)

    def enriched(parsed: Parsed, queries: tuple[str, ...]) -> Entry:
        entry = enrich(parsed, tuple(q for q in queries if q != key))
        if any(finder.words(text) for text in _texts(parsed.record)):
            return replace(entry, queries=(*entry.queries, key))
        return entry

    return enriched


def _texts(record: Record) -> Iterator[str]:
    yield from filter(None, (record.title, record.vernacular_title, record.abstract))
    yield from (keyword.text for keyword in record.keywords)
    yield from (substance.name for substance in record.substances)
    yield from (place for author in record.authors for place in author.affiliations)
    yield from record.trial_ids


def ask_live(
    store: Store,
    settings: Settings,
    query: Query,
    *,
    enrich: Enrich,
    clock: Clock | None = None,
    door: Door | None = None,
    tagged_with: str = "",
    matched_with: str = "",
) -> Live:
    """Ask PubMed one query over all time and save what it hits.

    :param query: of a product (:func:`evlit.sync.plan.product_query`) or of a name
        (:func:`name_query`; ``enrich`` is then wrapped by :func:`naming`)
    :raises LockedError: (75) another run is at work on this store
    :raises SourceError: (69) PubMed cannot be reached or refuses
    :raises TemporaryError: (75) given up for now; what was saved stays
    """
    clock = clock or Clock()
    own = None if door else open_door(settings, clock)
    way = door or own
    assert way is not None
    try:
        with hold_store(store.path), _row(store, way) as run:
            taker = Taker(
                store, Entrez(way, settings), way, enrich, run.id, tagged_with, matched_with
            )
            return _asked(store, query, taker, clock, run)
    finally:
        if own:
            own.close()


@dataclass
class _Run:
    id: int
    started: str
    status: str = "ok"
    error: str = ""


@contextmanager
def _row(store: Store, door: Door) -> Iterator[_Run]:
    """Keep the run's row: however it ends, the row says so."""
    store.close_abandoned_runs(KIND)
    begun = store.start_run(KIND)
    run = _Run(begun.id, begun.started_at, "failed")
    try:
        yield run
    except KeyboardInterrupt:
        run.status, run.error = "interrupted", "stopped by the person at the keyboard"
        raise
    except UnreachableError as error:
        run.error = str(error)
        raise SourceError(
            "PubMed",
            f"could not be reached ({error.what})",
            "check the connection or the proxy; the answer is from what is held",
        ) from None
    except Exception as error:
        run.error = door.scrub(str(error))
        raise
    finally:
        with suppress(EvlitError):
            store.save_requests(run.id, door.take_log())
            store.finish_run(run.id, run.status, run.error)


def _asked(store: Store, query: Query, taker: Taker, clock: Clock, run: _Run) -> Live:
    mark = store.watermark(SOURCE, query.key, query.hash)
    before = taker.door.sent
    ask = Ask(query.key, (query,), query.term, full=True)
    today = eastern_day(clock.now())
    (answered,) = Asker(taker.entrez, Plan((ask,), {query.key: mark}), today).answers(
        [ask], lambda: None
    )
    if answered.error:
        raise SourceError("PubMed", answered.error, "ask again later; nothing was changed")
    wanted = _wanted(store, answered)
    held = store.held(answered.ids)
    of_name = query.key.startswith("name:")
    if answered.widened or of_name:
        taker.unsure = set(answered.ids)
    else:
        taker.keys = dict.fromkeys(answered.ids, (query.key,))
    taker.take(wanted, lambda done: None)
    why = _doubt(answered, wanted, taker)
    _close(store, query, answered, run, today.isoformat(), why)
    new = store.held(wanted) - held
    return Live(
        query.key,
        answered.counted,
        tuple(sorted(new)),
        taker.tally.revised,
        tuple((e.pmid, e.kind) for e in store.events(run.started) if e.run == run.id),
        not why,
        why,
        taker.door.sent - before,
    )


def _wanted(store: Store, answered: Answered) -> list[int]:
    """Return what to fetch: all hits, else what is not held first, the newest of it."""
    if len(answered.ids) <= MOST_FETCHED:
        return sorted(answered.ids)
    held = store.held(answered.ids)
    newest_first = sorted(answered.ids, key=lambda pmid: (pmid in held, -pmid))
    return sorted(newest_first[:MOST_FETCHED])


def _doubt(answered: Answered, wanted: list[int], taker: Taker) -> str:
    """Say why an answer may not rest on this search; ``""`` where it may."""
    if answered.warning:
        return answered.warning
    if len(wanted) < len(answered.ids):
        return f"{answered.counted:,} records have these words; {len(wanted)} were read"
    if taker.failures:
        return f"{len(taker.failures)} records could not be had"
    return ""


def _close(store: Store, query: Query, answered: Answered, run: _Run, today: str, why: str) -> None:
    """Write links, the query's row and, where it was full, its watermark, in one transaction."""
    run.status, run.error = ("partial" if why else "ok"), why
    with store.transaction():
        if not answered.widened and not query.key.startswith("name:"):
            store.add_query_hits(query.key, store.held(answered.ids))
        store.save_query_run(
            run.id, SOURCE, query.key, query.hash, mode="full", asked=query.term,
            translation=answered.translation, counted=answered.counted,
            got=len(answered.ids), status=run.status, error=why,
        )  # fmt: skip
        if not why:
            mark = store.watermark(SOURCE, query.key, query.hash)
            # A later night asks what changed from the last night's day on: that stands.
            day = mark.watermark if mark and mark.watermark else today
            store.set_watermark(
                SOURCE, query.key, query.hash, day, full_at=run.started,
                full_count=answered.counted, full_translation=answered.translation, run=run.id,
            )  # fmt: skip
