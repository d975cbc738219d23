"""What an answer is narrowed to: a condition, a date."""

from __future__ import annotations

from typing import NamedTuple

from evlit.records import StudyReport, Trial


class Scope(NamedTuple):
    """A condition and a first day of publication; None = not narrowed."""

    indication: str | None = None
    since: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is narrowed at all."""
        return self.indication is not None or self.since is not None

    def holds(self, report: StudyReport) -> bool:
        """Whether a report is about the condition and not older than the date.

        A date known less exactly than asked for is taken where it may fit.
        """
        if self.indication is not None and self.indication not in report.indications:
            return False
        if self.since is None:
            return True
        published = report.published
        return bool(published) and published >= self.since[: len(published)]

    def holds_trial(self, trial: Trial) -> bool:
        """Whether a registered trial is about the condition; its date is not known."""
        return self.indication is None or trial.indication == self.indication
