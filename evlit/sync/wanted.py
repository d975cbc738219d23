"""Which records to fetch tonight: what the searches say, and what is due without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evlit.store import Store
from evlit.sync.asking import Answered
from evlit.sync.windows import REFETCH_DAYS


def link_keys(answers: Iterable[Answered]) -> dict[str, set[int]]:
    """Return the hits that a search alone ties to its query.

    A group's hits belong to no product by themselves, a widened search's to nobody: those
    are linked where the local matcher finds the product.
    """
    links: dict[str, set[int]] = {}
    for answered in answers:
        key = answered.ask.label
        exact = not answered.error and not answered.widened
        if exact and (key.startswith("topic:") or (key.startswith("product:") and _full(answered))):
            links.setdefault(key, set()).update(answered.ids)
    return links


def keys_by_pmid(links: dict[str, set[int]]) -> dict[int, tuple[str, ...]]:
    """Turn hits by query into queries by hit."""
    found: dict[int, tuple[str, ...]] = {}
    for key, pmids in links.items():
        for pmid in pmids:
            found[pmid] = (*found.get(pmid, ()), key)
    return found


def unsure_of(answers: Sequence[Answered]) -> set[int]:
    """Return what only widened searches brought."""
    widened, exact = set[int](), set[int]()
    for answered in answers:
        (widened if answered.widened else exact).update(answered.ids)
    return widened - exact


def due_by_search(store: Store, answers: Iterable[Answered], passed_key: str) -> list[int]:
    """Return what is new (hit and not held) and what changed, oldest PMID first.

    What was passed over before is not asked for again unless it changed, or an exact search
    hits it: only a widened one leaves the local matcher the word. A record taken as deleted
    that a search lists is there after all.
    """
    exact, widened, changed = set[int](), set[int](), set[int]()
    for answered in answers:
        (widened if answered.widened else exact).update(answered.found)
        changed |= answered.changed
    found = exact | (widened - store.query_pmids(passed_key))
    new = found - (store.held(found) - store.taken_back(found))
    return sorted(new | changed)


def due_besides(store: Store, answers: Iterable[Answered]) -> list[int]:
    """Return what no search brings: vanished from one, or not fetched for a month."""
    doubted = {stone.pmid for stone in store.tombstones(settled=False)}
    again = set[int]()
    for pmids in vanished(store, answers).values():
        again |= pmids
    # What is in doubt is asked about by esummary, which fetches nothing that is gone.
    return [p for p in (*sorted(again), *store.older_than(REFETCH_DAYS)) if p not in doubted]


def vanished(store: Store, answers: Iterable[Answered]) -> dict[str, set[int]]:
    """Return, by query, what it hit once and no longer hits over all time.

    Gone from PubMed, merged, or re-indexed: fetching tells. Nothing where a count fell so
    far that PubMed itself is in doubt.
    """
    lost: dict[str, set[int]] = {}
    for answered in answers:
        key = answered.ask.label
        if not answered.error and not answered.warning and _full(answered):
            linked = store.query_pmids(key)
            lost[key] = store.held(linked - answered.found)
    return lost


def _full(answered: Answered) -> bool:
    return answered.ask.full and answered.ask.label.startswith(("topic:", "product:"))
