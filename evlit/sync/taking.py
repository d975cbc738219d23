"""Fetch, read, enrich, save: one transaction a batch; nothing asked for is forgotten.

What a reply leaves out is asked for once more, in smaller batches; then esummary, the only
call that names what is gone, settles it: gone is noted (a record is taken as deleted only
after three runs on two days), anything else waits in the queue and the run is partial.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from evlit.errors import EvlitError
from evlit.http.door import Door
from evlit.pubmed import parse_bytes
from evlit.records import Deleted, Entry, Malformed, Parsed, Saved
from evlit.sources.entrez import Entrez, Page
from evlit.store import Store
from evlit.store.missing import Tombstone

AGAIN = 50
"""PMIDs a batch when omitted ones are asked for again."""
GONE = "esummary: cannot get document summary"
CRASH_LIMIT = 20
"""So many records that cannot be tagged mean that the tagger is broken, not a record."""
STUCK_TRIES = 3
"""A record that failed in so many runs waits in the queue alone; it no longer holds back the
watermark of the queries that found it."""


Enrich = Callable[[Parsed, tuple[str, ...]], Entry]
"""Turns a record into what the store saves: tags, mentions, queries. Its second argument are
the queries whose search hit the record."""


@dataclass
class Tally:
    """What a run did, in numbers of records."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    older: int = 0
    deleted: int = 0
    passed_over: int = 0
    """Fetched for a widened search and not confirmed by the local matcher."""
    missing: int = 0
    """Named by searches or held, but PubMed says that it does not have them."""
    failed: int = 0
    """Could not be had tonight; they wait in the queue."""

    def add(self, saved: Saved) -> None:
        """Count a batch."""
        for name in ("new", "revised", "unchanged", "older", "deleted"):
            setattr(self, name, getattr(self, name) + getattr(saved, name))


@dataclass
class Taker:
    """Brings records into the store for one run."""

    store: Store
    entrez: Entrez
    door: Door
    enrich: Enrich
    run: int
    tagged_with: str = ""
    matched_with: str = ""
    keys: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Queries whose search hit a PMID, as they are to be linked with it."""
    unsure: set[int] = field(default_factory=set)
    """PMIDs that only a widened search brought: kept where the local matcher agrees."""
    dois: Collection[str] = ()
    """DOIs that a curator named: reason enough to keep a record."""
    passed_key: str = ""
    """Under this key, what was passed over is remembered, so that it is not asked for nightly."""
    tally: Tally = field(default_factory=Tally)
    taken: set[int] = field(default_factory=set)
    passed: set[int] = field(default_factory=set)
    """Fetched tonight for a widened search and passed over; an exact search that hits them
    later in the night brings them again."""
    fits: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Queries that a taken record belongs to, by search, matcher or mention."""
    failures: dict[int, str] = field(default_factory=dict)
    denied: set[int] = field(default_factory=set)
    """Said to be gone tonight, and not yet believed."""
    crashed: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def take(self, pmids: Sequence[int], step: Callable[[int], None]) -> None:
        """Fetch and save these; ``step`` hears how many more are done.

        :raises EvlitError: PubMed or the store fails; what was saved stays
        """
        wanted = [pmid for pmid in pmids if pmid not in self.taken]
        omitted = self._fetched(wanted, step)
        if omitted:
            omitted = self._fetched(omitted, lambda done: None, AGAIN)
        if omitted:
            self._settle(omitted)

    def stuck(self) -> set[int]:
        """PMIDs that failed tonight but no longer hold back a watermark."""
        tries = {item.pmid: item.attempts for item in self.store.queued()}
        return {pmid for pmid in self.failures if tries.get(pmid, 0) >= STUCK_TRIES}

    def _fetched(
        self, pmids: Sequence[int], step: Callable[[int], None], size: int | None = None
    ) -> list[int]:
        """Fetch and save; return what was asked for and did not come."""
        omitted: list[int] = []
        for page in self.entrez.fetch(pmids, size):
            if page.poison:
                self._fail(page.asked, "refused", page.poison)
            else:
                omitted += self._page(page)
            step(len(page.asked))
        return omitted

    def _page(self, page: Page) -> list[int]:
        asked, came, gone = set(page.asked), [], []
        bad: dict[int, str] = {}
        for item in parse_bytes(page.body, "PubMed's reply"):
            if isinstance(item, Parsed):
                came.append(item)
            elif isinstance(item, Deleted):
                gone += [p for p in item.pmids if p in asked or self.store.held([p])]
            elif isinstance(item, Malformed) and item.pmid in asked:
                bad[item.pmid] = item.what
        entries = self._entries(came, asked)
        there = {item.record.pmid for item in came}
        with self.store.transaction():
            saved = self.store.save_batch(
                entries,
                sorted(set(gone) - there),
                self.run,
                tagged_with=self.tagged_with,
                matched_with=self.matched_with,
            )
            passed = self._note_passed(came, entries, asked)
            self.store.save_requests(self.run, self.door.take_log())
        self.tally.add(saved)
        self.passed |= passed
        self.taken |= ((there & asked) - passed) | set(gone)
        for pmid, what in bad.items():
            self._fail((pmid,), "malformed", what)
        return sorted(asked - there - set(gone) - bad.keys())

    def _entries(self, came: Sequence[Parsed], asked: set[int]) -> list[Entry]:
        extra = sorted({item.record.pmid for item in came} - asked)
        if extra:
            self.warnings.append(f"PubMed sent records nobody asked for, ignored: {_some(extra)}")
        held = self.store.held(asked)
        entries = []
        for item in came:
            pmid = item.record.pmid
            if pmid not in asked:
                continue
            entry = self._enriched(item)
            if entry is None:
                continue
            named = (f"product:{m.product}" for m in entry.mentions)
            entry = replace(entry, queries=tuple(dict.fromkeys((*entry.queries, *named))))
            if self._belongs(entry, pmid in held):
                entries.append(entry)
                self.fits[pmid] = entry.queries
        return entries

    def _enriched(self, item: Parsed) -> Entry | None:
        """Tag and match a record; one that the tagger cannot bear waits in the queue.

        :raises Exception: the tagger's own, after too many records
        """
        pmid = item.record.pmid
        try:
            return self.enrich(item, self.keys.get(pmid, ()))
        except (EvlitError, sqlite3.Error):
            raise
        except Exception as error:
            self.crashed.append(pmid)
            if len(self.crashed) > CRASH_LIMIT:
                raise
            self._fail((pmid,), "tagging", f"cannot be tagged: {type(error).__name__}: {error}")
            return None

    def _belongs(self, entry: Entry, held: bool) -> bool:
        record = entry.parsed.record
        return (
            held
            or record.pmid not in self.unsure
            or bool(entry.queries)
            or (record.doi or "") in self.dois
        )

    def _note_passed(
        self, came: Sequence[Parsed], entries: Sequence[Entry], asked: set[int]
    ) -> set[int]:
        kept = {entry.parsed.record.pmid for entry in entries}
        passed = sorted({item.record.pmid for item in came} & asked - kept - self.failures.keys())
        self.tally.passed_over += len(passed)
        if passed and self.passed_key:
            self.store.add_query_hits(self.passed_key, passed)
        return set(passed)

    def found_again(self, stones: Sequence[Tombstone]) -> list[int]:
        """Ask esummary about what is in doubt or was lately taken as gone: what is there."""
        if not stones:
            return []
        known, gone = self.entrez.known([stone.pmid for stone in stones])
        doubted = sorted(gone & {stone.pmid for stone in stones if not stone.settled})
        with self.store.transaction():
            self.store.note_missing(doubted, GONE)
            self.store.save_requests(self.run, self.door.take_log())
        self.tally.missing += len(doubted)
        self.taken |= gone
        return sorted(known)

    def _settle(self, omitted: Sequence[int]) -> None:
        """Ask esummary about what efetch left out twice."""
        _, gone = self.entrez.known(omitted)
        with self.store.transaction():
            self.store.note_missing(sorted(gone), GONE)
            self.store.save_requests(self.run, self.door.take_log())
        self.denied |= gone & {stone.pmid for stone in self.store.tombstones(settled=False)}
        self.tally.missing += len(gone)
        self.taken |= gone
        left = [pmid for pmid in omitted if pmid not in gone]
        self._fail(left, "omitted", "PubMed lists it but does not send it")

    def _fail(self, pmids: Sequence[int], reason: str, what: str) -> None:
        with self.store.transaction():
            for pmid in pmids:
                self.store.queue(pmid, reason, what)
        self.tally.failed += len(pmids)
        self.failures |= dict.fromkeys(pmids, what)
        self.taken |= set(pmids)


def _some(pmids: Sequence[int]) -> str:
    return ", ".join(map(str, pmids[:5])) + (" …" if len(pmids) > 5 else "")
