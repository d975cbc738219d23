"""PubMed through the E-utilities: search, fetch by explicit ids, ask what is gone.

No history server is used: ids are explicit, so a batch can be compared with what was asked,
nothing expires, and no cap applies to fetching. Searches beyond PubMed's cap of 9,999 are cut
into UID ranges until every slice fits. Contract: NCBI's E-utilities Help (NBK25499).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from evlit import __version__
from evlit.errors import EvlitError
from evlit.http.door import BatchRefusedError, Door, GaveUpError
from evlit.http.pace import SPACING, SPACING_WITH_KEY, Limiter
from evlit.http.wire import Clock, Wire
from evlit.settings import TOOL, Settings
from evlit.sources.entrez_replies import (
    Found,
    Info,
    judge_of,
    parse_info,
    parse_search,
    parse_summary,
)

CAP = 9999
"""PubMed hands out the first 9,999 records of a search, whatever its documentation says."""
BATCH = 200
"""PMIDs in one efetch."""
UID_MAX = 999_999_999
CREATED = "Date - Create"
MODIFIED = "Date - Modification"
"""How ``[crdt]`` and ``[mdat]`` must read in PubMed's translation of a query."""
ATTEMPTS_AT_SLICES = 2
REFUSED_LIMIT = 20
"""So many refused batches in a row, however small, mean that the service is ill: halving 200
down to one bad record takes 8."""
PARTICULAR = ("broken", "timeout", "server", "error")
"""Faults that one record or one query can cause again and again, all else being well."""


class QueryError(EvlitError):
    """One query failed; others may well succeed."""

    exit_code = 75


@dataclass(frozen=True, slots=True)
class Hits:
    """All ids of a search, with what PubMed said of it."""

    ids: frozenset[int]
    counted: int
    translation: str
    unknown: tuple[str, ...] = ()
    """Phrases that PubMed does not know: it dropped them or broke them up."""
    no_field: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One efetch reply; or, with ``poison``, the one record that cannot be had."""

    asked: tuple[int, ...]
    body: bytes = b""
    poison: str = ""


def open_door(settings: Settings, clock: Clock | None = None) -> Door:
    """Return the way to PubMed: paced by host and key, named in its user agent."""
    clock = clock or Clock()
    limiter = Limiter(
        urlsplit(settings.eutils_url).hostname or "pubmed",
        settings.cache,
        SPACING_WITH_KEY if settings.api_key else SPACING,
        clock.monotonic,
        clock.sleep,
    )
    agent = f"{TOOL}/{__version__}" + (f" ({settings.email})" if settings.email else "")
    return Door("pubmed", "PubMed", limiter, Wire(agent, clock), clock, (settings.api_key,))


class Entrez:
    """PubMed's E-utilities behind one door."""

    def __init__(self, door: Door, settings: Settings) -> None:
        self._door = door
        self._base = settings.eutils_url
        self._common = {"db": "pubmed", "tool": TOOL}
        if settings.email:
            self._common["email"] = settings.email
        if settings.api_key:
            self._common["api_key"] = settings.api_key

    def info(self) -> Info:
        """Ask when the index last moved: the cheapest first contact."""
        return parse_info(self._ask("einfo", {"version": "2.0", "retmode": "xml"}))

    def search(self, term: str, *, expect: str = "") -> Hits:
        """Return every id that a term hits, however many.

        :param expect: a label that the translation must show, so that a date range that was
            read as words is noticed
        :raises QueryError: the translation lacks it, or counts and ids do not agree
        """
        first = self._page(term, expect)
        ids = set(first.ids)
        if first.count > len(ids):
            ids = self._sliced(term, first, expect)
        return Hits(frozenset(ids), first.count, first.translation, first.no_phrase, first.no_field)

    def fetch(self, pmids: Sequence[int], size: int | None = None) -> Iterator[Page]:
        """Yield one page for each batch of ``size`` (200), smaller where a batch is refused.

        :raises GaveUpError: the service is ill rather than a record
        """
        refused = 0
        stack = list(_batches(_checked(pmids), size or BATCH))[::-1]
        while stack:
            batch = stack.pop()
            try:
                page = Page(batch, self._fetched(batch))
            except GaveUpError as refusal:
                refused += 1
                self._raise_if_ill(refusal, refused)
                if len(batch) > 1:
                    stack += [batch[len(batch) // 2 :], batch[: len(batch) // 2]]
                    continue
                page = Page(batch, poison=refusal.what)
            else:
                refused = 0
            yield page

    def is_well(self) -> bool:
        """Ask for one record by its number, to tell an ill service from a hard question."""
        try:
            self._page("1[uid]", "")
        except GaveUpError:
            return False
        return True

    def known(self, pmids: Sequence[int]) -> tuple[set[int], set[int]]:
        """Ask esummary, the only call that names what is gone.

        :returns: the PMIDs it knows and those it cannot find; the rest it did not say
        """
        known: set[int] = set()
        gone: set[int] = set()
        for batch in _batches(_checked(pmids), BATCH):
            ids = {"id": ",".join(map(str, batch)), "version": "2.0", "retmode": "xml"}
            here, lost = parse_summary(self._ask("esummary", ids))
            known |= here & set(batch)
            gone |= lost & set(batch)
        return known, gone

    # ------------------------------------------------------------------------ search

    def _page(self, term: str, expect: str) -> Found:
        found = parse_search(
            self._ask("esearch", {"term": term, "retmode": "xml", "retmax": str(CAP)})
        )
        if expect and expect not in found.translation:
            raise QueryError(
                "PubMed",
                f"did not read the dates of the query as {expect!r}",
                "nothing was taken from this search; if it lasts, please report it",
            )
        return found

    def _sliced(self, term: str, first: Found, expect: str) -> set[int]:
        """Cut a search into UID ranges; a result that grows meanwhile is no fault."""
        for _ in range(ATTEMPTS_AT_SLICES):
            ids = self._range(term, expect, 1, UID_MAX, first)
            if len(ids) >= first.count:
                return ids
            first = self._page(term, expect)
            if len(ids) >= first.count:
                return ids
        raise QueryError(
            "PubMed",
            f"counted {first.count} records but handed out {len(ids)}",
            "nothing is lost: the next run asks again",
        )

    def _range(self, term: str, expect: str, low: int, high: int, seen: Found) -> set[int]:
        """Return the ids between two UIDs, inclusive, given a first answer for that range."""
        if seen.count <= len(set(seen.ids)) or low >= high:
            return set(seen.ids)
        # The middle of what came splits a crowd far better than the middle of the range.
        inside = sorted(pmid for pmid in seen.ids if low <= pmid < high)
        middle = inside[len(inside) // 2] if inside else (low + high) // 2
        ids: set[int] = set()
        for start, end in ((low, middle), (middle + 1, high)):
            part = self._page(f"({term}) AND {start}:{end}[UID]", expect)
            ids |= self._range(term, expect, start, end, part)
        return ids

    # ------------------------------------------------------------------------- fetch

    def _fetched(self, batch: tuple[int, ...]) -> bytes:
        return self._ask("efetch", {"id": ",".join(map(str, batch)), "retmode": "xml"})

    def _raise_if_ill(self, refusal: GaveUpError, refused: int) -> None:
        """Let a batch be halved only where a record may be at fault.

        :raises GaveUpError: the refusal, where the service is
        """
        if refused > REFUSED_LIMIT:
            raise GaveUpError("PubMed", f"refused {refused} batches in a row: {refusal.what}")
        if isinstance(refusal, BatchRefusedError):
            return
        if refusal.kind not in PARTICULAR or (refused == 1 and not self.is_well()):
            raise refusal

    def _ask(self, endpoint: str, params: dict[str, str]) -> bytes:
        url = f"{self._base}{endpoint}.fcgi"
        return self._door.post(url, self._common | params, endpoint, judge_of(endpoint)).body


def _checked(pmids: Sequence[int]) -> list[int]:
    """Refuse what can be no PMID before it is sent: one bad id spoils a batch.

    :raises ValueError: a number outside 1 … 999,999,999
    """
    for pmid in pmids:
        if not 0 < pmid <= UID_MAX:
            raise ValueError(f"{pmid} is no PMID")
    return list(pmids)


def _batches(pmids: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
    left = iter(pmids)
    while batch := tuple(islice(left, size)):
        yield batch
