"""What sources beyond PubMed add to an answer: trials, letters, full texts, reports of harm.

Nothing of it counts as "studied". A trial, a letter or a paper that the catalogue or the
store knows already is shown once, with what the source says now.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from evlit.answer import indications
from evlit.answer.coverage import FRESH_DAYS, parse_time
from evlit.answer.reports import Found
from evlit.messages import say, series, word
from evlit.records import (
    Flag,
    Notice,
    Product,
    ReportCount,
    SourceState,
    StudyReport,
    Trial,
)

REPORTING = ("RESULT", "DERIVED")
"""Types of a registry's reference that report the trial; ``BACKGROUND`` does not."""
SOURCES = {
    "ctgov": "product:{key}",
    "europepmc": "product:{key}",
    "fda": "letters:all",
    "openfda": "product:{key}",
}
"""Source → the question that concerns a product."""

_TRIALS = """
SELECT trial_id, title, phase, status, why_stopped, enrolment, sponsor, conditions, other_ids,
       papers, first_posted, results_posted, seen
FROM registry_trials WHERE trial_id IN (SELECT value FROM json_each(?))
ORDER BY first_posted, trial_id
"""
_LINKS = """
SELECT trial_id, kind, name, words FROM registry_trial_links
WHERE product = ? AND gone_at IS NULL ORDER BY trial_id
"""
_OWNER = """
SELECT product FROM registry_trial_links
WHERE trial_id = ? AND kind IN ('id', 'name') AND gone_at IS NULL
"""
_LETTERS = """
SELECT url, regulator, kind, company, subject, posted, issued FROM regulator_letters
WHERE url IN (SELECT url FROM regulator_letter_links WHERE product = ? AND gone_at IS NULL)
ORDER BY issued, url
"""
_HITS = """
SELECT hit_id, kind, pmid, pmcid, doi, title, journal, published, article_pmid, found_in, words
FROM fulltext_hits WHERE product = ? AND gone_at IS NULL ORDER BY published DESC, hit_id
"""
_COUNTS = """
SELECT dataset, basis, reports, names, latest, kinds, seen FROM event_counts
WHERE product = ? ORDER BY basis DESC, dataset
"""
_MARK = "SELECT full_at FROM watermarks WHERE source = ? AND query = ?"
_FAILED = """
SELECT error, at FROM query_runs WHERE source = ? AND query = ? AND status = 'failed'
ORDER BY at DESC LIMIT 1
"""
_RUN = """
SELECT status, error FROM runs WHERE kind = ? AND status <> 'running' ORDER BY id DESC LIMIT 1
"""


# ------------------------------------------------------------------------------ trials


class Trials(NamedTuple):
    """A product's trials, and those that only its maker, or a passing word, ties to it."""

    own: tuple[Trial, ...]
    passing: tuple[Trial, ...]


def product_trials(db: sqlite3.Connection, product: Product) -> Trials:
    """Return the catalogue's trials with what the registry says now, and the registry's own."""
    links = {row[0]: row[1:] for row in db.execute(_LINKS, (product.key,))}
    registered = _registered(db, {*links, *product.trial_ids})
    by_id = {i: t for t in registered.values() for i in t.other_ids} | registered
    own: dict[str, Trial] = {}
    for trial in product.trials:
        now = next((by_id[i] for i in (trial.trial_id, *trial.other_ids) if i in by_id), None)
        merged = _merged(trial, now) if now else trial
        own.setdefault(now.trial_id if now else trial.trial_id, merged)
    passing = []
    for trial_id, (kind, _, words) in links.items():
        if trial_id in own or trial_id not in registered:
            continue
        if kind in ("id", "name"):
            own[trial_id] = registered[trial_id]
        else:
            note = say(f"outside.{kind}_trial", words=words)
            passing.append(registered[trial_id]._replace(note=note))
    return Trials(tuple(own.values()), tuple(passing))


def product_of_trial(db: sqlite3.Connection, typed: str) -> str:
    """Return the product whose trial the registry shows under a typed id; ``""`` = none, or
    more than one."""
    keys = {key for (key,) in db.execute(_OWNER, (typed.strip().upper(),))}
    return keys.pop() if len(keys) == 1 else ""


def class_trials(
    db: sqlite3.Connection, known: Iterable[Trial], intervention: str
) -> tuple[Trial, ...]:
    """Return the class's trials: those known with what the registry says now, and its own."""
    links = {row[0]: row[2] for row in db.execute(_LINKS, ("",))}
    of_kind = {i for i, name in links.items() if name == intervention}
    known = list(known)
    registered = _registered(db, {*of_kind, *(t.trial_id for t in known)})
    found = {
        t.trial_id: _merged(t, registered[t.trial_id]) if t.trial_id in registered else t
        for t in known
    }
    return tuple((found | {i: registered[i] for i in of_kind - found.keys()}).values())


def _registered(db: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Trial]:
    wanted = json.dumps(sorted(ids))
    return {row[0]: _trial(*row) for row in db.execute(_TRIALS, (wanted,))}


def _trial(
    trial_id: str, title: str, phase: str, status: str, why_stopped: str, enrolment: int | None,
    sponsor: str, conditions: str, other_ids: str, papers: str, first_posted: str,
    results_posted: str, seen: str,
) -> Trial:  # fmt: skip
    listed = [(int(pmid), kind) for pmid, kind in json.loads(papers)]
    reporting = [pmid for wanted in REPORTING for pmid, kind in listed if kind == wanted]
    keys = (indications.known(text) for text in json.loads(conditions))
    return Trial(
        trial_id=trial_id, title=title, phase=phase, status=status, status_seen=seen[:10],
        enrolment=enrolment, sponsor=sponsor, indication=next(filter(None, keys), ""),
        results_posted="yes" if results_posted else "no",
        linked_pmid=reporting[0] if reporting else None, checked="registry",
        sources=(f"https://clinicaltrials.gov/study/{trial_id}",), first_posted=first_posted,
        why_stopped=why_stopped, other_ids=tuple(json.loads(other_ids)), papers=tuple(reporting),
    )  # fmt: skip


def _merged(known: Trial, now: Trial) -> Trial:
    """Return the catalogue's trial as the registry has it now; what curators wrote stays."""
    return now._replace(
        trial_id=now.trial_id,
        title=known.title or now.title,
        phase=now.phase or known.phase,
        enrolment=now.enrolment if now.enrolment is not None else known.enrolment,
        sponsor=now.sponsor or known.sponsor,
        indication=known.indication or now.indication,
        linked_pmid=known.linked_pmid or now.linked_pmid,
        note=known.note,
        sources=(*now.sources, *known.sources),
        intervention=known.intervention,
        source_kind=known.source_kind,
        cell_source=known.cell_source,
        tissue=known.tissue,
        names=known.names,
        other_ids=tuple(dict.fromkeys((known.trial_id, *known.other_ids, *now.other_ids))),
    )


# ----------------------------------------------------------------------------- notices


def product_notices(db: sqlite3.Connection, product: Product) -> tuple[Notice, ...]:
    """Return the catalogue's notices and the FDA's letters to the maker, each letter once."""
    notices = list(product.notices)
    for url, regulator, kind, company, subject, posted, issued in db.execute(
        _LETTERS, (product.key,)
    ):
        days = [day for day in (issued, posted) if day]
        same = next((i for i, n in enumerate(notices) if _same_letter(n, regulator, days)), None)
        if same is None:
            about = say("outside.letter", company=company, subject=subject)
            to_maker = say("outside.letter_kind", kind=kind)
            notices.append(Notice(regulator, to_maker, days[0], about, sources=(url,)))
        elif url not in notices[same].sources:
            notices[same] = notices[same]._replace(sources=(url, *notices[same].sources))
    return tuple(sorted(notices, key=lambda n: n.date))


def _same_letter(notice: Notice, regulator: str, days: Sequence[str]) -> bool:
    """Whether a notice is the letter of one of these days, to the precision it is known with."""
    if regulator.casefold() not in notice.regulator.casefold() or "letter" not in notice.kind:
        return False
    return any(day.startswith(notice.date) or notice.date.startswith(day) for day in days)


# -------------------------------------------------------------------------- full texts


def found_papers(
    db: sqlite3.Connection, product: Product, known: Iterable[Found]
) -> tuple[Found, ...]:
    """Return the papers that Europe PMC found and that no report of the answer is about.

    Of a preprint whose article is among the reports, the article stands for both.
    """
    reports = [f.report for f in known]
    pmids, dois = {r.pmid for r in reports if r.pmid}, {r.doi.lower() for r in reports if r.doi}
    pmcids = {r.pmcid for r in reports if r.pmcid}
    found = []
    for hit_id, kind, pmid, pmcid, doi, *rest in db.execute(_HITS, (product.key,)):
        title, journal, published, article, place, words = rest
        if {pmid, article} & pmids or doi in dois or pmcid in pmcids or _held(db, pmid):
            continue
        why = say("outside.paper")
        if place != "fulltext":
            why = say("outside.paper_seen", place=word("outside_place", place), words=words)
        preprint = kind == "preprint"
        flags = (Flag("preprint", say("flag.preprint")),) if preprint else ()
        report = StudyReport(
            id=f"PMID {pmid}" if pmid else f"doi:{doi}" if doi else pmcid or hit_id,
            title=title or hit_id, tier="", counted=False, pmid=pmid, doi=doi, pmcid=pmcid,
            url=_url(hit_id), year=int(published[:4]) if published[:4].isdigit() else None,
            published=published, journal=journal, held=False, link="fulltext", why=why,
            words=words, reason="fulltext", safety="not_stated", population="not_stated",
            flags=flags,
        )  # fmt: skip
        found.append(Found(report, preprint=preprint))
    return tuple(found)


def _held(db: sqlite3.Connection, pmid: int | None) -> bool:
    """Whether a record is held: then its own text and tags have said what it is."""
    sql = "SELECT 1 FROM records WHERE pmid = ?"
    return pmid is not None and db.execute(sql, (pmid,)).fetchone() is not None


def _url(hit_id: str) -> str:
    source, _, number = hit_id.partition(":")
    return f"https://europepmc.org/article/{source}/{number}"


# ---------------------------------------------------------------------- adverse events


def event_reports(db: sqlite3.Connection, product: Product) -> tuple[ReportCount, ...]:
    """Return the numbers of adverse-event reports, by name first."""
    return tuple(_counted(*row) for row in db.execute(_COUNTS, (product.key,)))


def _counted(
    dataset: str, basis: str, reports: int, names: str, latest: str, kinds: str, seen: str
) -> ReportCount:
    written: list[str] = json.loads(names)
    found = tuple((str(kind), int(n)) for kind, n in json.loads(kinds))
    text = ""
    if reports:
        text = say(
            f"outside.reports_{basis}", n=reports, dataset=word("outside_dataset", dataset),
            names=series(written[:3]), date=latest or say("coverage.never"),
        )  # fmt: skip
    return ReportCount(dataset, basis, reports, tuple(written), latest, found, seen, text)


# ---------------------------------------------------------------------------- coverage


def source_states(
    db: sqlite3.Connection, product: Product, now: datetime
) -> tuple[SourceState, ...]:
    """Return for each source beyond PubMed whether and when it answered about the product."""
    return tuple(_source_state(db, s, form.format(key=product.key), now)
                 for s, form in SOURCES.items())  # fmt: skip


def _source_state(db: sqlite3.Connection, source: str, query: str, now: datetime) -> SourceState:
    mark = db.execute(_MARK, (source, query)).fetchone()
    at = str(mark[0] or "") if mark else ""
    failed = db.execute(_FAILED, (source, query)).fetchone()
    if failed and failed[1] >= at:
        return _state(source, at, failed[0], now)
    run = None if at else db.execute(_RUN, (f"sync-{source}",)).fetchone()
    if run is not None and run[0] in ("failed", "interrupted"):
        return _state(source, at, run[1], now)
    return _state(source, at, "", now)


def _state(source: str, at: str, error: str, now: datetime) -> SourceState:
    name = word("outside_source", source)
    if error:
        return SourceState(source, name, "failed", at, error)
    if not at:
        return SourceState(source, name, "never")
    fresh = now - parse_time(at) <= timedelta(days=FRESH_DAYS)
    return SourceState(source, name, "asked" if fresh else "stale", at)


def not_checked(states: Sequence[SourceState]) -> list[str]:
    """Return what was asked besides PubMed and what was not, in sentences."""
    if all(s.state == "never" for s in states):
        return [say(f"not_checked.{key}") for key in ("abstract_only", "sources", "trials")]
    at = {s.source: s.asked_at[:10] for s in states}
    parts = [say("outside.fulltext", date=at["europepmc"]) if at["europepmc"]
             else say("not_checked.abstract_only")]  # fmt: skip
    for state in ("asked", "stale", "failed", "never"):
        named = [_named(s) for s in states if s.state == state]
        if named:
            parts.append(say(f"outside.{state}", sources=series(named), days=FRESH_DAYS))
    parts.append(say("outside.trials", date=at["ctgov"]) if at["ctgov"]
                 else say("not_checked.trials"))  # fmt: skip
    return [*parts, say("outside.others")]


def _named(state: SourceState) -> str:
    date = state.asked_at[:10]
    if state.state == "never":
        return state.name
    if state.state == "failed":
        key = "outside.failed_one_before" if date else "outside.failed_one"
        return say(key, name=state.name, error=state.error[:200], date=date)
    return say("outside.asked_one", name=state.name, date=date)
