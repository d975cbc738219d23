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
from evlit.http.door import BatchRefusedError, Door, GaveUpError, RefusedError
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
GENERAL = ("rate", "connect", "refused", "dns", "proxy", "tls")
"""Faults that no record and no query can cause: the service, or the way to it, is at fault."""
NOTHING_FOUND = "No items found."
LONGEST_TRANSLATION = 100_000
"""Signs kept of PubMed's reading of a query: our longest has 4,000."""
SLICES = 60
"""Searches that a cut result may cost beside eight for each capful: what does not come by then
does not come tonight."""


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
    doubt: str = ""
    """Why not all that was counted came; what came is good."""
    silent: bool = False
    """Nothing was counted, and the reply does not say so in words, as PubMed does."""


class _SliceError(Exception):
    """A search cannot be cut further."""


@dataclass(slots=True)
class _Cut:
    """One search that is being cut into UID ranges."""

    term: str
    expect: str
    known: frozenset[str]
    """What PubMed does not know in the whole term; a slice may not lack more."""
    left: int
    """Searches that it may still cost."""
    ids: set[int]


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
        settings.pace,
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

    def search(self, term: str, *, expect: str = "", most_widened: int | None = None) -> Hits:
        """Return every id that a term hits, however many; ``doubt`` where not all came.

        :param expect: a label that the translation must show, so that a date range that was
            read as words is noticed
        :param most_widened: of a search that PubMed widened beyond so many, only the first
            ids are asked for
        :raises QueryError: the translation lacks the label
        """
        first = self._page(term, expect)
        ids, doubt = set(first.ids), ""
        beyond = most_widened is not None and first.no_phrase and first.count > most_widened
        if first.count > len(ids) and not beyond:
            ids, doubt = self._sliced(term, first, expect)
        told = first.translation[:LONGEST_TRANSLATION]
        silent = not first.count and NOTHING_FOUND not in first.messages
        return Hits(
            frozenset(ids), first.count, told, first.no_phrase, first.no_field, doubt, silent
        )

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
        except (GaveUpError, RefusedError):
            return False
        return True

    def is_particular(self, fault: GaveUpError | RefusedError) -> bool:
        """Say whether this question or record is at fault: the service answers others."""
        return fault.kind not in GENERAL and self.is_well()

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

    def _sliced(self, term: str, first: Found, expect: str) -> tuple[set[int], str]:
        """Cut a search into UID ranges; a result that grows meanwhile is no fault.

        :returns: the ids that came, and why they are not all
        """
        allowed = SLICES + 8 * (first.count // len(first.ids) if first.ids else 0)
        known = frozenset((*first.no_phrase, *first.no_field))
        cut = _Cut(term, expect, known, allowed, set(first.ids))
        try:
            for _ in range(ATTEMPTS_AT_SLICES):
                self._range(cut, 1, UID_MAX, first)
                if len(cut.ids) >= first.count:
                    return cut.ids, ""
                again = self._page(term, expect)
                if len(cut.ids) >= again.count:
                    return cut.ids, ""
                if again.count == first.count:
                    break
                first = again
        except _SliceError as error:
            return cut.ids, f"{error} ({len(cut.ids)} of {first.count} records came)"
        return cut.ids, f"PubMed counted {first.count} records but handed out {len(cut.ids)}"

    def _range(self, cut: _Cut, low: int, high: int, seen: Found) -> None:
        """Collect the ids between two UIDs, inclusive, given a first answer for that range.

        :raises _SliceError: the answers go beyond the range, or it costs too much
        """
        cut.ids.update(seen.ids)
        if seen.count <= len(set(seen.ids)) or low >= high:
            return
        # The middle of what came splits a crowd far better than the middle of the range.
        inside = sorted(pmid for pmid in seen.ids if low <= pmid < high)
        middle = inside[len(inside) // 2] if inside else (low + high) // 2
        halves = ((low, middle), (middle + 1, high))
        parts = [self._slice(cut, start, end) for start, end in halves]
        # Of a result that is only cut short, two halves bring more than the whole did.
        if not set().union(*(part.ids for part in parts)) - cut.ids:
            return
        for (start, end), part in zip(halves, parts, strict=True):
            self._range(cut, start, end, part)

    def _slice(self, cut: _Cut, start: int, end: int) -> Found:
        if cut.left <= 0:
            raise _SliceError("PubMed counts more than it hands out, however it is asked")
        cut.left -= 1
        part = self._page(f"({cut.term}) AND {start}:{end}[UID]", cut.expect)
        if {*part.no_field, *part.no_phrase} - cut.known:
            raise _SliceError("PubMed did not read a range of numbers as one")
        if not all(start <= pmid <= end for pmid in part.ids):
            raise _SliceError("PubMed answered more than the range of numbers asked for")
        return part

    # ------------------------------------------------------------------------- fetch

    def _fetched(self, batch: tuple[int, ...]) -> bytes:
        return self._ask("efetch", {"id": ",".join(map(str, batch)), "retmode": "xml"})

    def _raise_if_ill(self, refusal: GaveUpError, refused: int) -> None:
        """Let a batch be halved only where a record may be at fault.

        :raises EvlitError: the refusal, where the service is
        """
        if refused > REFUSED_LIMIT:
            raise GaveUpError("PubMed", f"refused {refused} batches in a row: {refusal.what}")
        if isinstance(refusal, BatchRefusedError):
            return
        if refusal.kind in GENERAL or (refused == 1 and not (self.is_well() and self._fetches())):
            raise refusal

    def _fetches(self) -> bool:
        """Ask efetch for another record, to tell an ill service from a bad record."""
        try:
            self._fetched((1,))
        except GaveUpError:
            return False
        return True

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
