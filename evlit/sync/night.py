"""The order of a night: lock, first contact, searches, records, and the watermarks last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from evlit.errors import EvlitError, SourceError, UsageError
from evlit.http.door import Door, UnreachableError
from evlit.http.wire import Clock
from evlit.records import Run, query_hash
from evlit.settings import Settings
from evlit.sources.entrez import BATCH, Entrez, open_door
from evlit.store import Store
from evlit.store.lock import hold_store
from evlit.sync import closing
from evlit.sync.asking import Answered, Asker
from evlit.sync.closing import SyncSummary
from evlit.sync.plan import (
    CURATED,
    Asked,
    Plan,
    curated_dois,
    curated_pmids,
    doi_terms,
    make_plan,
    queries_of,
)
from evlit.sync.taking import Enrich, Taker
from evlit.sync.wanted import due_besides, due_by_search, keys_by_pmid, link_keys, unsure_of
from evlit.sync.windows import eastern_day

SOURCES = ("pubmed",)
UNINDEXED_FULL = 2000
"""Records without MeSH asked for again on a night with full searches; on others only as many
as fill the last batch, which costs no request."""
UNINDEXED_DAYS = 7
DOUBT_DAYS = 3
"""A record taken as gone so lately is asked about again: one reply may have been wrong."""
MOST_DOUBTED = 2000
"""Records in doubt that one night asks about: ten requests. A common night has a few."""
QUEUE_TRIES = 5
"""A queued record that failed so often is asked for on nights with full searches only."""

Progress = Callable[[str, int, int], None]
"""``progress(stage, done, total)``; stages are ``search`` and ``fetch``."""


def sync(
    store: Store,
    catalogue: Asked,
    settings: Settings,
    *,
    enrich: Enrich,
    first: str | None = None,
    sources: Collection[str] = SOURCES,
    progress: Progress = lambda stage, done, total: None,
    clock: Clock | None = None,
    door: Door | None = None,
    tagged_with: str = "",
    matched_with: str = "",
) -> SyncSummary:
    """Bring the store up to date with PubMed, once.

    :param enrich: makes the entry of a record: tags, mentions, queries
    :param first: key of the product to be asked about before all else, over all time
    :param progress: hears of searches and of records
    :param clock: for tests
    :param door: the way to PubMed; by default one is opened and closed
    :param tagged_with: version of the classifier; ``matched_with`` of the catalogue
    :raises LockedError: (75) another run is at work on this store
    :raises SourceError: (69) PubMed cannot be reached or refuses; BlockedError, KeyRefusedError
    :raises TemporaryError: (75) given up for now; what was saved stays
    """
    if unknown := set(sources) - set(SOURCES):
        raise UsageError(", ".join(sorted(unknown)), "is no source", f"use {', '.join(SOURCES)}")
    if first is not None and first not in {p.key for p in catalogue.products}:
        raise UsageError(first, "is no product of the catalogue", "see `evlit products`")
    clock = clock or Clock()
    own = None if door else open_door(settings, clock)
    way = door or own
    assert way is not None
    try:
        with hold_store(store.path):
            night = _Night(store, catalogue, Entrez(way, settings), way, clock, progress)
            return night.run(first, enrich, tagged_with, matched_with)
    finally:
        if own:
            own.close()


@dataclass
class _Night:
    """One run over one store."""

    store: Store
    catalogue: Asked
    entrez: Entrez
    door: Door
    clock: Clock
    progress: Progress

    def run(
        self, first: str | None, enrich: Enrich, tagged_with: str, matched_with: str
    ) -> SyncSummary:
        """Do the night, and leave a row that says how it ended, whatever happens."""
        self.store.close_abandoned_runs("sync")
        run = self.store.start_run("sync")
        try:
            taker = Taker(
                self.store, self.entrez, self.door, enrich, run.id, tagged_with, matched_with
            )
            return self._through(run, first, taker)
        except KeyboardInterrupt:
            self._end(run.id, "interrupted", "stopped by the person at the keyboard")
            raise
        except UnreachableError as error:
            self._end(run.id, "failed", str(error))
            raise SourceError(
                "PubMed",
                f"could not be reached ({error.what})",
                "check the connection or the proxy; nothing was changed, and answers come from "
                "the catalogue and what is already held",
            ) from None
        except Exception as error:
            self._end(run.id, "failed", self.door.scrub(str(error)))
            raise

    def _end(self, run: int, status: str, error: str) -> None:
        # The store itself may be what failed (no room); the first error is the one to show.
        with suppress(EvlitError):
            self.store.save_requests(run, self.door.take_log())
            self.store.finish_run(run, status, error)

    def _through(self, run: Run, first: str | None, taker: Taker) -> SyncSummary:
        now, before = self.clock.now(), self.door.sent
        moved = self.entrez.info().updated
        queries = queries_of(self.catalogue, first)
        plan = make_plan(queries, self.store, now, first)
        today = eastern_day(now)
        asker = Asker(self.entrez, plan, today, tuple(doi_terms(self.catalogue)))
        taker.dois = curated_dois(self.catalogue)
        taker.passed_key = "passed over:" + query_hash(" ".join(sorted(q.hash for q in queries)))
        answers = self._asked(asker, taker, plan, ahead=first is not None)
        asked_curated = any(ask.label == CURATED for ask in plan.asks)
        curated = curated_pmids(self.catalogue) if asked_curated else set()
        self._take(taker, answers, plan, curated)
        night = closing.Night(
            run.id, run.started_at, today.isoformat(), plan, queries, answers, curated, moved
        )
        return closing.close(self.store, night, taker, self.door.sent - before)

    def _asked(self, asker: Asker, taker: Taker, plan: Plan, *, ahead: bool) -> list[Answered]:
        """Send all searches; the hits of the product asked about are fetched before the rest."""
        total, done = len(plan.asks), 0

        def step() -> None:
            nonlocal done
            done += 1
            self.progress("search", done, total)

        answers: list[Answered] = []
        if ahead:
            answers = asker.answers(plan.asks[:1], step)
            self._know(taker, answers)
            self._fetch(taker, due_by_search(self.store, answers, taker.passed_key))
        return answers + asker.answers(plan.asks[len(answers) :], step)

    def _take(
        self, taker: Taker, answers: Sequence[Answered], plan: Plan, curated: set[int]
    ) -> None:
        """Fetch what the searches brought, what curators named, and what is due besides."""
        self._know(taker, answers)
        taker.unsure -= curated
        full = any(ask.full for ask in plan.asks)
        queued = [q.pmid for q in self.store.queued() if full or q.attempts < QUEUE_TRIES]
        wanted = dict.fromkeys(due_by_search(self.store, answers, taker.passed_key))
        wanted |= dict.fromkeys(sorted(curated - self.store.held(curated)))
        wanted |= dict.fromkeys(due_besides(self.store, answers))
        for pmid in (*taker.taken, *(taker.passed & taker.unsure), *queued):
            wanted.pop(pmid, None)
        if full or not queued:  # else the queue is what a common night has room for
            wanted |= dict.fromkeys(self._unindexed(len(wanted), full=full))
        self._fetch(taker, list(wanted))
        doubted = self.store.doubted(DOUBT_DAYS, MOST_DOUBTED)
        self._fetch(taker, taker.found_again([s for s in doubted if s.pmid not in taker.taken]))
        # Queued ones in batches of their own: one that spoils its batch spoils no other.
        self._fetch(taker, queued)

    def _unindexed(self, wanted: int, *, full: bool) -> list[int]:
        """Records that wait for MeSH: on a common night only as many as cost nothing more."""
        room = UNINDEXED_FULL if full else (-wanted % BATCH or (0 if wanted else BATCH))
        day = eastern_day(self.clock.now()) - timedelta(days=UNINDEXED_DAYS)
        return self.store.unindexed(room, day.isoformat())

    def _know(self, taker: Taker, answers: Sequence[Answered]) -> None:
        taker.keys = keys_by_pmid(link_keys(answers))
        taker.unsure = unsure_of(answers)

    def _fetch(self, taker: Taker, pmids: Sequence[int]) -> None:
        total, done = len(pmids), 0

        def step(more: int) -> None:
            nonlocal done
            done += more
            self.progress("fetch", done, total)

        if pmids:
            taker.take(pmids, step)
