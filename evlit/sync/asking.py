"""Searches, and the rules by which an answer counts.

PubMed never says that a query is wrong: it drops what it does not know and answers the wider
question. So its error lists and its translation are read before its ids. A topic fails on any
of them; a product may have names that PubMed has never seen, but then what the widened search
brings counts only where the local matcher finds the product too; where it brings more than
can be read, the names are asked for in another way (``unknown``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from evlit.http.door import GaveUpError, RefusedError
from evlit.sources.entrez import CREATED, MODIFIED, Entrez, Hits, QueryError
from evlit.store.bookkeeping import FullAnswer, Watermark
from evlit.store.missing import MISSING_DAYS, MISSING_TIMES
from evlit.sync.plan import CURATED, Ask, Plan, window_ask
from evlit.sync.unknown import fold_name, nothing_for, side_by_side
from evlit.sync.windows import created_window, eastern_day, modified_window

WIDENED_CAP = 2000
"""More hits than this of a search that PubMed widened are not read one by one."""
WIDENED_TOPIC_CAP = 20_000
"""The same for a topic, in which a product's unknown name is one of a hundred words."""
DROP_FLOOR = 20
"""Counts below this may halve by chance; larger ones do not."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one search."""

    ask: Ask
    found: frozenset[int] = frozenset()
    """Hits over all time, or those created in the window."""
    changed: frozenset[int] = frozenset()
    """Hits modified in the window."""
    counted: int = 0
    translation: str = ""
    widened: tuple[str, ...] = ()
    """Names that PubMed does not know; hits need the local matcher's word."""
    asked: tuple[str, ...] = ()
    """The terms as sent."""
    error: str = ""
    """Why the query failed; "" = it did not."""
    warning: str = ""
    """Why the answer is in doubt although its hits are taken."""
    note: str = ""
    """What a person may want to know of an answer that counts."""
    news: str = ""
    """What a person should be told once of an answer that counts."""

    @property
    def ids(self) -> frozenset[int]:
        """All hits."""
        return self.found | self.changed


@dataclass
class Asker:
    """Sends a night's searches; one that fails does not stop the others."""

    entrez: Entrez
    plan: Plan
    today: date
    curated_terms: tuple[str, ...] = ()
    silent_topic: bool = False
    """A topic hit nothing tonight, and PubMed did not say so in words."""

    def answers(self, asks: Iterable[Ask], step: Callable[[], None]) -> list[Answered]:
        """Send searches and return what came, a failed group member by member.

        :raises EvlitError: PubMed itself fails: unreachable, refusing, or ill
        """
        results = []
        for ask in asks:
            answered = self._one(ask)
            if answered.error and len(ask.members) > 1:
                alone = (window_ask(q.key, (q,), self.plan) for q in ask.members)
                results += [self._one(single) for single in alone]
            else:
                results.append(answered)
            step()
        return results

    def _one(self, ask: Ask) -> Answered:
        try:
            answered = self._asked(ask)
        except QueryError as error:
            return Answered(ask, error=error.what)
        except (GaveUpError, RefusedError) as error:
            # Is it this question, or PubMed? A search that cannot fail tells.
            if not self.entrez.is_particular(error):
                raise
            return Answered(ask, error=error.what)
        return answered

    def _asked(self, ask: Ask) -> Answered:
        if ask.label == CURATED:
            return self._curated(ask)
        if ask.full:
            return self._full(ask)
        assert ask.since is not None  # a window begins somewhere
        new = self._search(ask, created_window(ask.since, self.today), CREATED)
        changed = self._search(ask, modified_window(ask.since, self.today), MODIFIED)
        both = (new.hits, changed.hits)
        return Answered(
            ask, new.hits.ids, changed.hits.ids, len(new.hits.ids | changed.hits.ids),
            new.hits.translation, tuple(dict.fromkeys((*new.widened, *changed.widened))),
            (new.term, changed.term),
            warning=next((h.doubt for h in both if h.doubt and not is_short(h)), ""),
            # A few that are counted and not handed out: the weekly search looks again.
            note=new.note or changed.note or next((h.doubt for h in both if h.doubt), ""),
        )  # fmt: skip

    def _full(self, ask: Ask) -> Answered:
        search = self._search(ask)
        hits, key = search.hits, ask.members[0].key
        mark, before = self.plan.marks[key], self.plan.before.get(key, ())
        warning, note, news = hits.doubt, search.note, ""
        if is_short(hits) and self._confirmed([a for a in before if a.counted - a.got > 0]):
            warning, note = "", hits.doubt
        elif self._odd(ask, hits) and not self._confirmed([a for a in before if not a.counted]):
            warning = "PubMed counts nothing without saying so: taken as its fault"
        elif not warning and not search.widened and not note:  # else the count is not its own
            warning = sudden_drop(mark, hits.counted)
            lows = [a for a in before if mark and a.at > str(mark.full_at)]
            if warning and self._confirmed([a for a in lows if sudden_drop(mark, a.counted)]):
                warning, news = "", f"{key}: {warning.partition(':')[0]}; now taken as true"
        return Answered(
            ask, hits.ids, frozenset(), hits.counted, hits.translation, search.widened,
            (search.term,), warning=warning, note=note, news=news,
        )  # fmt: skip

    def _odd(self, ask: Ask, hits: Hits) -> bool:
        """Whether a zero is odd: a topic's that is not said in words, and, once one was, any."""
        self.silent_topic |= hits.silent and ask.label.startswith("topic:")
        return hits.silent and self.silent_topic

    def _confirmed(self, alike: Sequence[FullAnswer]) -> bool:
        """Whether a doubtful answer came in enough runs on enough days, this one included."""
        days = {eastern_day(datetime.fromisoformat(answer.at)) for answer in alike} | {self.today}
        return len(alike) + 1 >= MISSING_TIMES and len(days) >= MISSING_DAYS

    def _curated(self, ask: Ask) -> Answered:
        answered = Answered(ask, asked=self.curated_terms)
        for term in self.curated_terms:
            search = self._search(replace(ask, term=term))
            answered = replace(
                answered,
                found=answered.found | search.hits.ids,
                counted=answered.counted + search.hits.counted,
                translation=search.hits.translation,
                widened=answered.widened + search.widened,
                warning=answered.warning or ("" if is_short(search.hits) else search.hits.doubt),
                note=answered.note or search.note or search.hits.doubt,
            )
        return answered

    def _search(self, ask: Ask, window: str = "", expect: str = "") -> _Search:
        """Send a search; where PubMed widens it beyond use, ask for unknown names otherwise.

        :raises QueryError: PubMed dropped something that is no name of the query's own
        """
        cap = WIDENED_TOPIC_CAP if ask.label.startswith("topic:") else WIDENED_CAP
        hits, term = self._sent(ask.term, window, expect, cap)
        widened = own_names_in(ask, hits)
        if not widened or hits.counted <= cap:
            return _Search(term, hits, widened)
        for rewrite, how in ((side_by_side, "side by side"), (nothing_for, "not at all")):
            again, term = self._sent(rewrite(ask.term, widened), window, expect, cap)
            if again.no_field or (again.unknown and again.counted > cap):
                continue
            note = (
                f"PubMed does not know {_list(widened)} and widened the search to {hits.counted} "
                f"records; the words were asked for {how}"
            )
            own_names_in(ask, again)
            return _Search(term, again, widened if rewrite is side_by_side else again.unknown, note)
        raise QueryError(
            ask.members[0].where or ask.label,
            f"PubMed does not know {_list(widened)} and widened the search to {hits.counted} "
            "records, however it was asked",
            "narrow the term",
        )

    def _sent(self, term: str, window: str, expect: str, cap: int) -> tuple[Hits, str]:
        sent = f"({term}) AND {window}" if window else term
        return self.entrez.search(sent, expect=expect, most_widened=cap), sent


@dataclass(frozen=True, slots=True)
class _Search:
    """One search as it was answered."""

    term: str
    hits: Hits
    widened: tuple[str, ...] = ()
    note: str = ""


def own_names_in(ask: Ask, hits: Hits) -> tuple[str, ...]:
    """Return the query's own names that PubMed does not know; () = the search is exact.

    :raises QueryError: PubMed dropped something else
    """
    where = ask.members[0].where or ask.label
    if hits.no_field:
        raise QueryError(
            where, f"PubMed does not know the field {_list(hits.no_field)}", "correct the term"
        )
    own = frozenset[str]().union(*(q.names for q in ask.members))
    foreign = [phrase for phrase in hits.unknown if fold_name(phrase) not in own]
    if foreign:
        raise QueryError(
            where, f"PubMed does not know {_list(foreign)} and widened the search",
            'correct the term; for words side by side that no index holds: "two words"[tiab:~0]',
        )  # fmt: skip
    return hits.unknown


def is_short(hits: Hits) -> bool:
    """Whether a very few of what was counted were not handed out, however they were asked for."""
    lacking = hits.counted - len(hits.ids)
    return bool(hits.doubt) and 0 < lacking <= max(2, hits.counted // 100)


def sudden_drop(mark: Watermark | None, counted: int) -> str:
    """Say so where a count is less than half of the last: an outage, not a retreat."""
    before = mark.full_count if mark else None
    if before is None or before < DROP_FLOOR or counted * 2 >= before:
        return ""
    return f"PubMed counts {counted} records, {before} the time before: taken as its fault"


def _list(texts: Iterable[str]) -> str:
    return ", ".join(f"'{text.strip(chr(34))}'" for text in texts)
