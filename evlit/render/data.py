"""An Answer for programs: JSON by ``docs/answer.schema.json``, and CSV."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from evlit.records import (
    Answer,
    ClassEvidence,
    Coverage,
    Fact,
    Notice,
    Product,
    ReportCount,
    StudyReport,
    TierCounts,
    TrialReport,
)

SCHEMA = "evlit-answer/1"
"""Name and version of the JSON form; a change that breaks readers raises the number."""

_LISTS = (
    "species", "indications", "indication_names", "routes", "harms", "same_report", "trial_ids",
    "checked_by_person",
)  # fmt: skip


def to_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as plain values, ready for ``json.dumps``."""
    return {
        "schema": SCHEMA,
        "query": answer.question._asdict(),
        "status": answer.status,
        "held_status": answer.held_status,
        "whole_status": answer.whole_status,
        "exit_code": answer.exit_code,
        "verdict": answer.verdict,
        "product": product_json(answer.product) if answer.product else None,
        "names_tried": list(answer.names_tried),
        "tiers": answer.counts._asdict(),
        "whole_tiers": answer.whole_counts._asdict(),
        "people": answer.people._asdict(),
        "whole_people": answer.whole_people._asdict(),
        "routes": _rows(answer.routes),
        "preparations": _rows(answer.preparations),
        "records": [_report(r) for r in answer.records],
        "listed_not_counted": [_report(r) for r in answer.listed_not_counted],
        "trials": [_trial(t) for t in answer.trials],
        "trials_not_counted": [_trial(t) for t in answer.trials_not_counted],
        "notices": [_notice(n) for n in answer.notices],
        "flags": _rows(answer.flags),
        "composition": [
            {"item": c.item, "words": [{"words": w, "report": i} for w, i in c.words]}
            for c in answer.composition
        ],
        "harms": [{**h._asdict(), "harms": list(h.harms)} for h in answer.harms],
        "event_reports": [_event_report(c) for c in answer.event_reports],
        "class_evidence": _class(answer.class_evidence) if answer.class_evidence else None,
        "choices": _rows(answer.choices),
        "suggestions": _rows(answer.suggestions),
        "coverage": _coverage(answer.coverage),
        "warnings": list(answer.warnings),
        "not_checked": list(answer.not_checked),
        "live": list(answer.live),
    }


def _rows(items: Iterable[Any]) -> list[dict[str, Any]]:
    return [item._asdict() for item in items]


def _report(report: StudyReport) -> dict[str, Any]:
    row = asdict(report)
    for name in _LISTS:
        row[name] = list(row[name])
    row["flags"] = _rows(report.flags)
    row["named_in_abstract"] = [
        {"item": item, "words": words} for item, words in report.named_in_abstract
    ]
    return row


def _trial(item: TrialReport) -> dict[str, Any]:
    trial = item.trial
    return {
        "trial_id": trial.trial_id, "title": trial.title, "phase": trial.phase,
        "status": trial.status, "status_seen": trial.status_seen, "enrolment": trial.enrolment,
        "sponsor": trial.sponsor, "indication": trial.indication,
        "indication_name": item.indication_name, "results_posted": trial.results_posted,
        "linked_pmid": trial.linked_pmid, "publication": item.publication,
        "first_posted": trial.first_posted, "why_stopped": trial.why_stopped,
        "reports": list(item.reports), "note": trial.note, "sources": list(trial.sources),
    }  # fmt: skip


def _event_report(count: ReportCount) -> dict[str, Any]:
    kinds = [{"kind": kind, "reports": n} for kind, n in count.kinds]
    return {**count._asdict(), "names": list(count.names), "kinds": kinds}


def _notice(notice: Notice) -> dict[str, Any]:
    return {**notice._asdict(), "sources": list(notice.sources)}


def _class(evidence: ClassEvidence) -> dict[str, Any]:
    return {
        "name": evidence.name,
        "source_kind": evidence.source_kind,
        "intervention": evidence.intervention,
        "tissue": evidence.tissue,
        "indication": evidence.indication,
        "tiers": _studied(evidence.counts),
        "by_indication": [
            {"indication": r.indication, "name": r.name, "tiers": _studied(r.counts)}
            for r in evidence.rows
        ],
        "harms": [{"harm": harm, "records": n} for harm, n in evidence.harms],
        "sentence": evidence.sentence,
        "same_tissue": _studied(evidence.same_tissue),
        "tissue_sentence": evidence.tissue_sentence,
        "known": [_report(r) for r in evidence.known],
        "known_sentence": evidence.known_sentence,
    }


def _studied(counts: TierCounts) -> dict[str, int]:
    return dict(list(counts._asdict().items())[:4])


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "covered": coverage.covered,
        "text": coverage.text,
        "queries": _rows(coverage.queries),
        "records_held": coverage.records_held,
        "hits": coverage.hits,
        "named": coverage.named,
        "tested": coverage.tested,
        "exclusions": [{**e._asdict(), "pmids": list(e.pmids)} for e in coverage.exclusions],
        "last_run": coverage.last_run,
        "sources": [{"source": name, "asked_at": at} for name, at in coverage.sources],
        "outside": _rows(coverage.outside),
    }


def product_json(product: Product) -> dict[str, Any]:
    """Return a product's identity with its sources, as plain values."""
    return {
        "key": product.key,
        "name": product.name,
        "status": product.status,
        "aliases": [
            {"text": a.text, "match": a.match, "ambiguous": a.ambiguous, "note": a.note}
            for a in product.aliases
        ],
        "makers": [
            {"name": m.name, "names": list(m.names), "role": m.role, "sources": list(m.sources)}
            for m in product.makers
        ],
        "cell_source": _fact(product.cell_source),
        "product_class": _fact(product.product_class),
        "source_kind": product.source_kind,
        "intervention": product.intervention,
        "tissue": product.tissue,
        "country": product.country,
        "sold_as": product.sold_as,
        "regulatory": _fact(product.regulatory),
        "trial_ids": list(product.trial_ids),
        "lookalikes": list(product.lookalikes),
        "note": product.note,
        "sources": list(product.sources),
    }


def _fact(fact: Fact | None) -> dict[str, Any] | None:
    return {"text": fact.text, "sources": list(fact.sources)} if fact else None


CSV_FIELDS = (
    "typed", "status", "product", "id", "pmid", "doi", "year", "title", "journal", "tier",
    "counted", "reason", "link", "design", "clinical_kind", "n", "exposed", "species",
    "indications", "routes", "intervention", "comparator", "main_result", "safety", "flags",
    "cohort", "why", "url",
)  # fmt: skip


def to_jsonl(answer: Answer) -> Iterator[str]:
    """Yield one JSON object a report, what does not count included, each ended by a line feed."""
    for report in (*answer.records, *answer.listed_not_counted):
        row = {
            "typed": answer.question.typed,
            "status": answer.status,
            "product": answer.product.key if answer.product else "",
        }
        yield json.dumps(row | _report(report), ensure_ascii=False) + "\n"


def to_csv(answer: Answer) -> str:
    """Return the reports as CSV (RFC 4180, header first), what does not count included.

    A value that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    import csv  # noqa: PLC0415 - only here; every other form starts faster without

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_FIELDS)
    for report in (*answer.records, *answer.listed_not_counted):
        row = asdict(report) | {
            "typed": answer.question.typed,
            "status": answer.status,
            "product": answer.product.key if answer.product else "",
            "flags": [flag.key for flag in report.flags],
            "counted": "yes" if report.counted else "no",
        }
        writer.writerow([_cell(row[name]) for name in CSV_FIELDS])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = "; ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(
        value, str
    ) else str(value)  # fmt: skip
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
