"""Small parts of a card as words: heads of reports and trials, details, harms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evlit.messages import clauses, joined, say, series, word
from evlit.records import STUDIED_TIERS, ClassEvidence, Product, StudyReport, TrialReport

BAR = 24
"""Columns of the longest bar."""


def identity_parts(product: Product) -> list[str]:
    """Return maker, cell source and class of a product, as its sources say."""
    makers = joined(m.name for m in product.makers)
    source = product.cell_source.text if product.cell_source else ""
    called = product.product_class.text if product.product_class else say("card.class_unstated")
    return [p for p in (makers, source, called, product.country) if p]


def bar(n: int, top: int) -> str:
    """Return one block a report, scaled down where the longest would not fit."""
    size = n if top <= BAR else round(n * BAR / top)
    return "█" * max(size, 1 if n else 0)


def design(report: StudyReport) -> str:
    kind = report.clinical_kind if report.design in ("clinical", "") else ""
    if report.tier == "human_randomised":
        kind = "rct"
    if kind:
        return word("design", kind)
    if report.design == "animal" and report.species:
        return joined(word("species", s) for s in report.species)
    return word("design", report.design) if report.design else ""


def details(report: StudyReport) -> Iterator[tuple[str, str]]:
    """Yield comparison, quoted main result and safety statement."""
    if report.comparator and not report.comparator.casefold().startswith("none"):
        yield f"{say('card.compared')}: {report.comparator}", ""
    if report.main_result:
        yield f"{say('card.result')}: “{report.main_result}”", ""
    if report.safety_text and report.tier != "cells":
        yield report.safety_text, ""


def why(report: StudyReport) -> Iterator[tuple[str, str]]:
    """Yield why a report is on the list, how its design was read, and who checked it."""
    if report.why and report.tier in STUDIED_TIERS and report.link != "phrase":
        yield f"{say('card.why')}: {report.why}", "dim"
    if report.design_words:
        yield f"{say('card.design')}: {report.design_words}", "dim"
    if report.checked_by_person:
        yield say("card.person_checked", axes=", ".join(report.checked_by_person)), "dim"


def size(report: StudyReport) -> str:
    if report.n is None:
        return ""
    if report.exposed is not None and report.exposed != report.n:
        return say("card.exposed", n=report.n, exposed=f"{report.exposed:,}")
    return f"n = {report.n:,}"


def trial_line(item: TrialReport) -> str:
    """Return a trial's head: id, phase, status and when it was read, people, condition."""
    trial = item.trial
    status = trial.status.lower().replace("_", " ")
    if status and trial.status_seen:
        status += f" ({say('trial.seen', date=trial.status_seen)})"
    size = say("trial.enrolment", n=trial.enrolment) if trial.enrolment is not None else ""
    parts = (trial.trial_id, trial.phase, status, size, item.indication_name)
    return " · ".join(p for p in parts if p)


def publication(item: TrialReport) -> str:
    reports = joined(item.reports)
    text = say(f"trial.{item.publication}", reports=reports, pmid=item.trial.linked_pmid)
    if item.publication == "none_found" and item.trial.first_posted:
        text = say("trial.none_found_since", year=item.trial.first_posted[:4])
    if item.trial.results_posted in ("yes", "no"):
        text = clauses([text, say(f"trial.results_{item.trial.results_posted}")])
    return text[:1].upper() + text[1:]


def harm_words(harms: Iterable[str]) -> str:
    parts = []
    for value in harms:
        kind, _, where = value.partition(":")
        seen = word("harm", where) if where else ""
        parts.append(say("list.harm", kind=word("harm", kind), where=seen).strip())
    return series(parts)


def class_harms(evidence: ClassEvidence) -> str:
    return series(say("class.harm", n=n, harm=harm_words([h])) for h, n in evidence.harms)
