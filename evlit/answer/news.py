"""What is new since a day, by product: reports, retractions, trials, letters.

A record is new on the day when the store first held it, whenever it was published.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from evlit.answer import held as store
from evlit.answer.links import record_tier
from evlit.answer.reports import find_reports
from evlit.messages import clauses, say, word
from evlit.records import News, NewsItem, Product, StudyReport

if TYPE_CHECKING:
    from evlit.catalogue import Catalogue

FIELD_ITEMS = 50
"""Retractions and trials of no product that are listed at most; all are counted."""
FEED_ITEMS = 50

_NEW_LINKS = """
SELECT DISTINCT mentions.product, mentions.pmid
FROM records INDEXED BY records_first_seen JOIN mentions ON mentions.pmid = records.pmid
WHERE records.first_seen >= ? AND records.deleted = 0
"""
_NEW_FIELD = """
SELECT facts.design, facts.clinical_kind, count(*)
FROM records INDEXED BY records_first_seen JOIN facts ON facts.pmid = records.pmid
WHERE records.first_seen >= ? AND records.deleted = 0 AND facts.given IN ('product', 'cells')
GROUP BY 1, 2
"""
_EVENTS = """
SELECT events.pmid, events.at, events.kind, events.detail,
       coalesce(title, vernacular_title, '(no title)')
FROM events JOIN records ON records.pmid = events.pmid WHERE events.at >= ? ORDER BY events.at
"""
_OUTSIDE = """
SELECT at, kind, key, product, detail FROM outside_events WHERE at >= ? ORDER BY at, id
"""
_TRIAL_PRODUCTS = """
SELECT product FROM registry_trial_links
WHERE trial_id = ? AND gone_at IS NULL AND kind IN ('id', 'name', 'class')
"""
_LETTER = """
SELECT link.product, letter.company, letter.subject, coalesce(nullif(issued, ''), posted)
FROM regulator_letter_links AS link JOIN regulator_letters AS letter ON letter.url = link.url
WHERE link.url = ? AND link.gone_at IS NULL
"""
_SEEN = "SELECT pmid, first_seen FROM records WHERE pmid IN (SELECT value FROM json_each(?))"
_LINKED = """
SELECT pmid, product FROM mentions WHERE pmid IN (SELECT value FROM json_each(?))
"""
_OF_INDICATION = """
SELECT facts.pmid FROM facts JOIN records ON records.pmid = facts.pmid
WHERE EXISTS (SELECT 1 FROM json_each(facts.indications) WHERE value = ?)
  AND facts.given IN ('product', 'cells') AND deleted = 0
ORDER BY first_seen DESC, facts.pmid DESC LIMIT ?
"""
_GOOD_RUN = """
SELECT max(finished_at) FROM runs WHERE kind = 'sync' AND status = 'ok' AND finished_at >= ?
"""


def find_news(db: sqlite3.Connection, catalogue: Catalogue, since: str) -> News:
    """Return what is new since a time (ISO; a day, a month or a year will do)."""
    items = _all_items(db, catalogue, since)
    names = {p.key: p.name for p in catalogue.products}
    groups = [
        (names[key], tuple(sorted(found, key=_rank)))
        for key, found in items.items()
        if key in names
    ]
    groups.sort(key=lambda group: (_rank(group[1][0])[0], group[0].casefold()))
    rest = sorted(items.get("", []), key=_rank)
    row = db.execute(_GOOD_RUN, (since,)).fetchone()
    return News(
        since, tuple(groups), tuple(rest[:FIELD_ITEMS]), max(0, len(rest) - FIELD_ITEMS),
        _field_counts(db, since), row[0] or "",
    )  # fmt: skip


_FIRST = ("retracted", "concern", "letter_new", "report", "trial_results", "trial_status",
          "trial_new", "corrected", "linked")  # fmt: skip


def _rank(item: NewsItem) -> tuple[int, str, str]:
    place = _FIRST.index(item.kind) if item.kind in _FIRST else len(_FIRST)
    return place, item.at, item.id


def product_news(
    db: sqlite3.Connection, catalogue: Catalogue, product: Product, limit: int = FEED_ITEMS
) -> list[NewsItem]:
    """Return all that the store ever learnt of a product, newest first: a feed's entries."""
    items = _all_items(db, catalogue, "", product.key).get(product.key, [])
    return sorted(items, key=lambda item: (item.at, item.id), reverse=True)[:limit]


def indication_news(
    db: sqlite3.Connection, indication: str, limit: int = FEED_ITEMS
) -> list[NewsItem]:
    """Return the records of a condition in which something was given, newest first."""
    pmids = [pmid for (pmid,) in db.execute(_OF_INDICATION, (indication, limit))]
    seen = _first_seen(db, pmids)
    items = []
    for pmid, record in store.load(db, pmids).items():
        tier = "retracted" if record.retracted else record_tier(record)
        what = word("intervention", record.intervention or "not_stated")
        text = say("digest.of_field", what=what)
        items.append(
            _item("report", "", seen[pmid], f"PMID {pmid}", record.year, tier or "none",
                  record.title, text)
        )  # fmt: skip
    return sorted(items, key=lambda item: (item.at, item.id), reverse=True)


# ------------------------------------------------------------------------------- parts


def _all_items(
    db: sqlite3.Connection, catalogue: Catalogue, since: str, only: str = ""
) -> dict[str, list[NewsItem]]:
    items: dict[str, list[NewsItem]] = defaultdict(list)
    for item in (
        *_reports(db, catalogue, since, only),
        *_events(db, since),
        *_outside(db, catalogue, since),
    ):
        if only in ("", item.product):
            items[item.product].append(item)
    return items


def _reports(
    db: sqlite3.Connection, catalogue: Catalogue, since: str, only: str
) -> Iterator[NewsItem]:
    new: dict[str, set[int]] = defaultdict(set)
    for key, pmid in db.execute(_NEW_LINKS, (since,)):
        new[key].add(pmid)
    seen = _first_seen(db, {pmid for pmids in new.values() for pmid in pmids})
    for product in catalogue.products:
        if product.key in new and only in ("", product.key):
            for found in find_reports(db, product, new[product.key]):
                report = found.report
                if report.pmid in seen and report.reason != "no_name":
                    yield _of_report(product, report, seen[report.pmid])


def _of_report(product: Product, report: StudyReport, at: str) -> NewsItem:
    kind = "report" if report.counted else "linked"
    return _item(kind, product.key, at, report.id, report.year, report.tier or "none",
                 report.title, report.why)  # fmt: skip


def _item(
    kind: str, product: str, at: str, id_: str, year: int | None, tier: str, title: str, text: str
) -> NewsItem:
    head = " · ".join(part for part in (id_, str(year or ""), word("tier", tier)) if part)
    url = f"https://pubmed.ncbi.nlm.nih.gov/{id_[5:]}/"
    return NewsItem(kind, product, at, id_, head, title, text[:1].upper() + text[1:], url)


def _first_seen(db: sqlite3.Connection, pmids: Iterable[int]) -> dict[int, str]:
    return dict(db.execute(_SEEN, (json.dumps(sorted(pmids)),)))


def _events(db: sqlite3.Connection, since: str) -> Iterator[NewsItem]:
    """Yield what happened to held records, under each product that a record is linked to."""
    rows = db.execute(_EVENTS, (since,)).fetchall()
    linked: dict[int, set[str]] = defaultdict(set)
    for pmid, key in db.execute(_LINKED, (json.dumps(sorted({row[0] for row in rows})),)):
        linked[pmid].add(key)
    for pmid, at, kind, detail, title in rows:
        what = word("digest_event", kind, kind)
        text = clauses([what, detail]) + say("list.end")
        url = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
        for key in sorted(linked[pmid]) or [""]:
            yield NewsItem(kind, key, at, f"PMID {pmid}", f"PMID {pmid} · {what}", title, text, url)


def _outside(db: sqlite3.Connection, catalogue: Catalogue, since: str) -> Iterator[NewsItem]:
    owners = {i: p.key for p in catalogue.products for i in p.trial_ids}
    for at, kind, key, product, detail in db.execute(_OUTSIDE, (since,)).fetchall():
        what = word("digest_event", kind, kind)
        if kind.startswith("trial_"):
            url = f"https://clinicaltrials.gov/study/{key}"
            for owner in _trial_owners(db, owners, key):
                yield NewsItem(kind, owner, at, key, f"{key} · {what}", "", detail, url)
        elif kind == "letter_new":
            for owner, company, subject, day in db.execute(_LETTER, (key,)).fetchall():
                text = say("outside.letter", company=company, subject=subject)
                yield NewsItem(kind, owner, at, key, f"{day} · {what}", "", text, key)
        else:
            yield NewsItem(kind, product, at, f"{kind} {key}", what, "", detail, _url(kind, key))


def _url(kind: str, key: str) -> str:
    if kind == "fulltext_new":
        return "https://europepmc.org/article/" + key.replace(":", "/", 1)
    return "https://open.fda.gov/"


def _trial_owners(db: sqlite3.Connection, owners: dict[str, str], trial_id: str) -> Sequence[str]:
    if trial_id in owners:
        return [owners[trial_id]]
    return sorted({key for (key,) in db.execute(_TRIAL_PRODUCTS, (trial_id,))})


def _field_counts(db: sqlite3.Connection, since: str) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for design, kind, n in db.execute(_NEW_FIELD, (since,)):
        people = "human_randomised" if kind == "rct" else "human_other"
        tier = {"clinical": people, "animal": "animal", "in_vitro": "cells"}.get(design or "", "")
        counts[tier] += n
    order = ("human_randomised", "human_other", "animal", "cells")
    return tuple((tier, counts[tier]) for tier in order if counts[tier])
