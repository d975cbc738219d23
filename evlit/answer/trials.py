"""Registered trials of a product: published, or registered only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evlit.answer import indications
from evlit.records import StudyReport, Trial, TrialReport

_PUBLISHED = ("held", "retracted")


def trial_reports(
    trials: Iterable[Trial], reports: Sequence[StudyReport]
) -> tuple[TrialReport, ...]:
    """Return each trial with the reports that carry its id."""
    return tuple(_trial_report(trial, reports) for trial in trials)


def _trial_report(trial: Trial, reports: Sequence[StudyReport]) -> TrialReport:
    ids = {trial.trial_id, *trial.other_ids}
    pmids = {pmid for pmid in (trial.linked_pmid, *trial.papers) if pmid}
    carrying = [r for r in reports if ids & set(r.trial_ids) or r.pmid in pmids]
    standing = tuple(r.id for r in carrying if r.counted)
    label = indications.name(trial.indication) if trial.indication else ""
    if standing:
        return TrialReport(trial, "held", standing, label)
    retracted = tuple(r.id for r in carrying if r.reason == "retracted")
    if retracted:
        return TrialReport(trial, "retracted", retracted, label)
    listed = tuple(r.id for r in carrying if not r.held and r.reason in ("unchecked", "inferred"))
    if listed:
        return TrialReport(trial, "listed_not_counted", listed, label)
    publication = "linked_not_held" if trial.linked_pmid else "none_found"
    return TrialReport(trial, publication, (), label)


def without_publication(trials: Iterable[TrialReport]) -> int:
    """Return how many trials have no publication that is held."""
    return sum(t.publication not in _PUBLISHED for t in trials)
