"""Searches, and the rules by which an answer counts.

PubMed never says that a query is wrong: it drops what it does not know and answers the wider
question. So its error lists and its translation are read before its ids. A topic fails on any
of them; a product may have names that PubMed has never seen, but then what the widened search
brings counts only where the local matcher finds the product too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from evlit.http.door import GaveUpError, RefusedError
from evlit.sources.entrez import CREATED, MODIFIED, Entrez, Hits, QueryError
from evlit.store.bookkeeping import Watermark
from evlit.sync.plan import CURATED, Ask, Plan, fold_name, window_ask
from evlit.sync.windows import created_window, modified_window

WIDENED_CAP = 2000
"""More hits than this of a search that PubMed widened are not the product's."""
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

    def answers(self, asks: Iterable[Ask], step: Callable[[], None]) -> list[Answered]:
        """Send searches and return what came, a failed group member by member.

        :raises EvlitError: PubMed itself fails: unreachable, refusing, or ill
        """
        results = []
        for ask in asks:
            answered = self._one(ask)
            if answered.error and len(ask.members) > 1:
                alone = (window_ask(q.key, (q,), self.plan.marks) for q in ask.members)
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
            hits = self.entrez.search(ask.term)
            widened = widening(ask, hits)
            mark = self.plan.marks[ask.members[0].key]
            return Answered(
                ask, hits.ids, frozenset(), hits.counted, hits.translation, widened,
                (ask.term,), warning=hits.doubt or sudden_drop(mark, hits.counted),
            )  # fmt: skip
        assert ask.since is not None  # a window begins somewhere
        created = f"({ask.term}) AND {created_window(ask.since, self.today)}"
        modified = f"({ask.term}) AND {modified_window(ask.since, self.today)}"
        new = self.entrez.search(created, expect=CREATED)
        changed = self.entrez.search(modified, expect=MODIFIED)
        widened = tuple(dict.fromkeys((*widening(ask, new), *widening(ask, changed))))
        return Answered(
            ask, new.ids, changed.ids, len(new.ids | changed.ids), new.translation, widened,
            (created, modified), warning=new.doubt or changed.doubt,
        )  # fmt: skip

    def _curated(self, ask: Ask) -> Answered:
        answered = Answered(ask, asked=self.curated_terms)
        for term in self.curated_terms:
            hits = self.entrez.search(term)
            widened = widening(ask, hits)
            answered = replace(
                answered,
                found=answered.found | hits.ids,
                counted=answered.counted + hits.counted,
                translation=hits.translation,
                widened=answered.widened + widened,
                warning=answered.warning or hits.doubt,
            )
        return answered


def widening(ask: Ask, hits: Hits) -> tuple[str, ...]:
    """Return the product's own names that PubMed does not know; () = the search is exact.

    :raises QueryError: PubMed dropped something else, or widened the search beyond use
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
            "correct the term",
        )  # fmt: skip
    topic = ask.label.startswith("topic:")
    if hits.unknown and len(hits.ids) > (WIDENED_TOPIC_CAP if topic else WIDENED_CAP):
        raise QueryError(
            where,
            f"PubMed does not know {_list(hits.unknown)} and widened the search "
            f"to {hits.counted} records",
            "narrow the term",
        )
    return hits.unknown


def sudden_drop(mark: Watermark | None, counted: int) -> str:
    """Say so where a count is less than half of the last: an outage, not a retreat."""
    before = mark.full_count if mark else None
    if before is None or before < DROP_FLOOR or counted * 2 >= before:
        return ""
    return f"PubMed counts {counted} records, {before} the time before: taken as its fault"


def _list(texts: Iterable[str]) -> str:
    return ", ".join(f"'{text.strip(chr(34))}'" for text in texts)
