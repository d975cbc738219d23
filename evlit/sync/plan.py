"""Which queries are asked tonight, and how.

A query without a watermark of its present text (new, or changed: an alias added) is asked
over all time; so is one whose last full answer is a week old. Every query with a watermark is
asked for what is new and changed since: topics one by one, products OR-ed into few searches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from evlit.records import CuratedStudy, Product, Topic, query_hash
from evlit.store.bookkeeping import Bookkeeping, FullAnswer, Watermark, stamp
from evlit.sync.unknown import fold_name, is_rewritten
from evlit.sync.windows import FULL_DAYS, eastern_day

SOURCE = "pubmed"
GROUP_CHARS = 4000
"""Longest term of a group of products. No limit of a POSTed term is documented; terms of this
length (the longest topic's) are known to work, and 100 products still make some 15 groups."""
REMEMBERED_DAYS = 30
"""How far back answers are looked at where one of tonight is in doubt."""
CURATED = "curated:studies"


class Asked(Protocol):
    """What a sync needs of the catalogue."""

    @property
    def topics(self) -> Sequence[Topic]:
        """Saved queries."""

    @property
    def products(self) -> Sequence[Product]:
        """Products with their terms."""

    @property
    def external(self) -> Sequence[CuratedStudy]:
        """Studies that belong to no product."""


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to ask, with its own watermark."""

    key: str
    """``topic:KEY``, ``product:KEY`` or ``curated:studies``."""
    term: str
    hash: str
    names: frozenset[str] = frozenset()
    """Folded names whose absence from PubMed is no fault of the query."""
    where: str = ""
    """The file to correct."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One search to send, for one query or for a group of products."""

    label: str
    members: tuple[Query, ...]
    term: str
    full: bool
    since: date | None = None
    """Oldest watermark of the members; None = over all time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A night's searches, in order."""

    asks: tuple[Ask, ...]
    marks: dict[str, Watermark | None]
    """The watermark of each query as the night begins."""
    before: dict[str, list[FullAnswer]] = field(default_factory=dict)
    """What the queries were answered over all time in the last weeks."""
    terms: dict[str, str] = field(default_factory=dict)
    """Terms as they had to be written the last time, where PubMed lacks a name, by query."""


def queries_of(catalogue: Asked, first: str | None) -> list[Query]:
    """Return all queries: the product asked about first, then topics, products, curated."""
    known = frozenset[str]().union(*(_names(p) for p in catalogue.products))
    topics = [
        Query(f"topic:{t.key}", t.term, t.text_hash, _quoted(t.term) & known, t.path)
        for t in catalogue.topics
    ]
    products = [product_query(p) for p in catalogue.products if p.term]
    ahead = [q for q in products if q.key == f"product:{first}"]
    rest = [q for q in products if q not in ahead]
    return [*ahead, *topics, *rest, *_curated(catalogue)]


def _quoted(term: str) -> frozenset[str]:
    """The quoted phrases of a term, folded: a topic may name products among its words."""
    return frozenset(fold_name(phrase) for phrase in re.findall(r'"([^"]+)"', term))


def product_query(product: Product) -> Query:
    """Return the query of one product."""
    return Query(
        f"product:{product.key}", product.term, product.text_hash, _names(product), product.path
    )


def make_plan(
    queries: Iterable[Query], store: Bookkeeping, now: datetime, first: str | None
) -> Plan:
    """Decide what is asked over all time and what as a window; group the products."""
    queries = list(queries)
    marks = {q.key: store.watermark(SOURCE, q.key, q.hash) for q in queries}
    full = [
        Ask(query.key, (query,), query.term, full=True)
        for query in queries
        if query.key == f"product:{first}" or is_full_due(marks[query.key], now)
    ]
    answers = store.full_answers(SOURCE, stamp(now - timedelta(days=REMEMBERED_DAYS)))
    before = {q.key: answers.get((q.key, q.hash), []) for q in queries}
    terms = {key: told[-1].asked for key, told in before.items() if told}
    terms = {key: term for key, term in terms.items() if is_rewritten(term)}
    # A search over all time finds what is new, not what changed: it does not replace a window.
    window = [q for q in queries if q.key != CURATED and (m := marks[q.key]) and m.watermark]
    topics = [q for q in window if q.key.startswith("topic:")]
    products = [q for q in window if q.key.startswith("product:")]
    plan = Plan(tuple(full), marks, before, terms)
    windows = [*(window_ask(q.key, (q,), plan) for q in topics), *_groups(products, plan)]
    return replace(plan, asks=(*full, *windows))


def is_full_due(mark: Watermark | None, now: datetime) -> bool:
    """True where a query has no good full answer of the last days."""
    if mark is None or not mark.full_at or not mark.watermark:
        return True
    days = (eastern_day(now) - eastern_day(datetime.fromisoformat(mark.full_at))).days
    return not -1 <= days < FULL_DAYS  # a date in the future comes of a clock once wrong


def window_ask(label: str, members: tuple[Query, ...], plan: Plan) -> Ask:
    """Return the search of a window, from the oldest watermark among its members."""
    days = [mark.watermark for q in members if (mark := plan.marks[q.key]) and mark.watermark]
    terms = [plan.terms.get(q.key, q.term) for q in members]
    term = terms[0] if len(members) == 1 else " OR ".join(f"({term})" for term in terms)
    return Ask(label, members, term, full=False, since=min(map(date.fromisoformat, days)))


def terms_in_groups(terms: Iterable[str], limit: int = GROUP_CHARS) -> Iterator[list[str]]:
    """Pack terms, in order, into as few groups as their OR-ed length allows."""
    group: list[str] = []
    size = 0
    for term in terms:
        more = len(term) + len(" OR ()")
        if group and size + more > limit:
            yield group
            group, size = [], 0
        group.append(term)
        size += more
    if group:
        yield group


def doi_terms(catalogue: Asked) -> list[str]:
    """Return the searches that resolve curated DOIs without a PMID."""
    dois = sorted({s.doi.lower() for s in _studies(catalogue) if s.doi and not s.pmid})
    return [" OR ".join(group) for group in terms_in_groups(f'"{doi}"[doi]' for doi in dois)]


def curated_pmids(catalogue: Asked) -> set[int]:
    """Return the PMIDs that curators named."""
    return {s.pmid for s in _studies(catalogue) if s.pmid}


def curated_dois(catalogue: Asked) -> set[str]:
    """Return the DOIs, lower case, of curated studies without a PMID."""
    return {s.doi.lower() for s in _studies(catalogue) if s.doi and not s.pmid}


def _curated(catalogue: Asked) -> list[Query]:
    pmids = " ".join(map(str, sorted(curated_pmids(catalogue))))
    term = " OR ".join(doi_terms(catalogue))
    if not pmids and not term:
        return []
    names = frozenset(map(fold_name, curated_dois(catalogue)))
    return [Query(CURATED, term, query_hash(f"{pmids} {term}"), names, "queries/")]


def _studies(catalogue: Asked) -> Iterator[CuratedStudy]:
    for product in catalogue.products:
        yield from product.studies
    yield from catalogue.external


def _groups(products: Sequence[Query], plan: Plan) -> Iterator[Ask]:
    left = list(products)
    for number, terms in enumerate(terms_in_groups(q.term for q in products), 1):
        members, left = tuple(left[: len(terms)]), left[len(terms) :]
        yield window_ask(f"group:{number}", members, plan)


def _names(product: Product) -> frozenset[str]:
    """Every name and number of a product that its term may hold, folded."""
    texts = [name for a in product.aliases for name in (a.text, *a.context)]
    texts += [str(study.pmid) for study in product.studies if study.pmid]
    texts += [name for m in product.makers for name in (m.name, *m.names)]
    return frozenset(map(fold_name, (*texts, product.name, *product.trial_ids)))
