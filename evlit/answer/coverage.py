"""What an answer rests on: which queries were answered in full, when, and what they hit."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from evlit.messages import say
from evlit.names import name_key, name_term
from evlit.records import (
    Coverage,
    Exclusion,
    Product,
    QueryCoverage,
    StudyReport,
    Topic,
    query_hash,
)
from evlit.schema import HELD_RECORDS

FRESH_DAYS = 7
"""A status that rests on having looked needs a full run within so many days."""
PMIDS_NAMED = 50
"""PMIDs named for each reason of exclusion at most."""
CLOCK_SKEW = timedelta(days=1)
SOURCE = "pubmed"

_WATERMARKS = """
SELECT query, query_hash, full_at, full_count, full_translation FROM watermarks
WHERE source = ? AND query IN (SELECT value FROM json_each(?))
"""
_LAST_RUN = """
SELECT finished_at FROM runs WHERE status = 'ok' AND kind = 'sync' AND finished_at IS NOT NULL
ORDER BY id DESC LIMIT 1
"""
_HITS = """
SELECT pmid FROM record_queries WHERE query = ? AND gone_at IS NULL
"""
_STATES = ("future", "missing", "changed", "stale", "covered")
"""Worst first: the state of several queries is that of the worst."""


def product_coverage(db: sqlite3.Connection, product: Product, now: datetime) -> Coverage:
    """Return the coverage of a product's own query."""
    query = f"product:{product.key}"
    if not product.term:
        asked = QueryCoverage(query, SOURCE, "missing")
        return _coverage(db, (asked,), say("coverage.no_query"))
    states = _states(db, [(query, product.text_hash, product.term)], now)
    state = states[0]
    day = state.full_at[:10]
    if state.state == "covered":
        return _coverage(db, states, say("coverage.covered", date=day))
    key = "future" if state.state == "future" else state.state
    return _coverage(db, states, say(f"coverage.{key}", date=day, days=FRESH_DAYS))


def topics_coverage(db: sqlite3.Connection, topics: Sequence[Topic], now: datetime) -> Coverage:
    """Return the coverage of all topics: what a name outside the catalogue rests on."""
    wanted = [(f"topic:{t.key}", t.text_hash, t.term) for t in topics]
    states = _states(db, wanted, now)
    if not states:
        return _coverage(db, (), say("coverage.missing_topics", topics="topic:broad"))
    worst = min((s.state for s in states), key=_STATES.index)
    days = sorted(s.full_at[:10] for s in states if s.state == worst)
    if worst == "covered":
        text = say("coverage.covered_topics", n=len(states), date=days[0])
        return _coverage(db, states, text)
    names = ", ".join(s.query for s in states if s.state == worst)
    key = "coverage.future" if worst == "future" else f"coverage.{worst}_topics"
    text = say(key, topics=names, date=days[0] if days else "", days=FRESH_DAYS)
    return _coverage(db, states, text)


def name_coverage(db: sqlite3.Connection, typed: str, now: datetime) -> Coverage | None:
    """Return the coverage of a name outside the catalogue that PubMed was itself asked for.

    None where it was not, or too long ago: then the answer rests on the topics.
    """
    term = name_term(typed)
    states = _states(db, [(name_key(typed), query_hash(term), term)], now)
    if states[0].state != "covered":
        return None
    return _coverage(db, states, say("coverage.covered_name", date=states[0].full_at[:10]))


def _states(
    db: sqlite3.Connection, wanted: Sequence[tuple[str, str, str]], now: datetime
) -> tuple[QueryCoverage, ...]:
    keys = json.dumps([query for query, _, _ in wanted])
    rows = {row[0]: row[1:] for row in db.execute(_WATERMARKS, (SOURCE, keys))}
    found = []
    for query, text_hash, term in wanted:
        held_hash, full_at, count, translation = rows.get(query, ("", None, None, ""))
        state = _state(full_at, held_hash == text_hash, now)
        found.append(QueryCoverage(query, SOURCE, state, term, translation, full_at or "", count))
    return tuple(found)


def _state(full_at: str | None, same_text: bool, now: datetime) -> str:
    if not full_at:
        return "missing"
    if not same_text:
        return "changed"
    age = now - parse_time(full_at)
    if age < -CLOCK_SKEW:
        return "future"
    return "covered" if age <= timedelta(days=FRESH_DAYS) else "stale"


def parse_time(text: str) -> datetime:
    """Return an ISO 8601 time as the store writes it, aware (UTC where no zone is given)."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _coverage(db: sqlite3.Connection, states: tuple[QueryCoverage, ...], text: str) -> Coverage:
    last = db.execute(_LAST_RUN).fetchone()
    asked = [s.full_at for s in states if s.full_at]
    return Coverage(
        covered=bool(states) and all(s.state == "covered" for s in states),
        text=text,
        queries=states,
        records_held=db.execute(HELD_RECORDS).fetchone()[0],
        last_run=last[0] if last else "",
        sources=((SOURCE, min(asked)),) if asked else (),
    )


def with_counts(
    db: sqlite3.Connection,
    coverage: Coverage,
    query: str,
    reports: Sequence[StudyReport],
) -> Coverage:
    """Return the coverage with hit → named → tested and the reason for each exclusion."""
    reached = {r.pmid for r in reports if r.held and r.pmid}
    hits = {pmid for (pmid,) in db.execute(_HITS, (query,))}
    excluded: dict[str, list[int]] = defaultdict(list)
    for report in reports:
        if report.held and not report.counted and report.pmid:
            excluded[report.reason].append(report.pmid)
    forms = {int(i[5:]) for r in reports for i in r.same_report if i.startswith("PMID ")}
    excluded["same_report"] += forms
    excluded["no_name"] += hits - reached - forms
    return coverage_with(
        coverage,
        hits=len(hits | reached | forms),
        named=len((reached | forms) - set(excluded["no_name"])),
        tested=sum(r.counted and r.held for r in reports),
        reasons=Counter({reason: len(pmids) for reason, pmids in excluded.items()}),
        pmids=excluded,
    )


def coverage_with(
    coverage: Coverage,
    *,
    hits: int,
    named: int,
    tested: int,
    reasons: Counter[str],
    pmids: Mapping[str, Sequence[int]] | None = None,
) -> Coverage:
    """Return the coverage with these numbers, exclusions most frequent first."""
    newest = {r: tuple(sorted(p, reverse=True)[:PMIDS_NAMED]) for r, p in (pmids or {}).items()}
    return Coverage(
        coverage.covered, coverage.text, coverage.queries, coverage.records_held,
        hits, named, tested,
        tuple(
            Exclusion(r, say(f"exclusion.{r}"), n, newest.get(r, ()))
            for r, n in reasons.most_common() if n
        ),
        coverage.last_run, coverage.sources,
    )  # fmt: skip
