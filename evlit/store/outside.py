"""What sources beyond PubMed gave: trials, letters, full-text hits, counts of reports.

Each ``save_`` method takes all that one question brought, so what the source no longer says
is marked as gone; nothing is deleted. Changes are written down as events, for digests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from evlit.records import (
    EventCount,
    FullTextHit,
    LetterLink,
    RegisteredTrial,
    RegulatorLetter,
    TrialLink,
)
from evlit.store.bookkeeping import Bookkeeping


class Outside(Bookkeeping):
    """The part of the store that keeps what sources beyond PubMed say."""

    # ----------------------------------------------------------------------- trials

    def save_trials(self, source: str, trials: Iterable[RegisteredTrial], run: int) -> int:
        """Save trials as the registry shows them now; return how many are new."""
        at, new = self.now(), 0
        with self.transaction():
            for trial in trials:
                old = self._trial_before(trial.trial_id)
                new += old is None
                self.db.execute(_UPSERT_TRIAL, (*_row(trial), source, at, at, at, run))
                for kind, detail in _trial_events(old, trial):
                    self._note(at, run, source, kind, trial.trial_id, "", detail)
        return new

    def save_trial_links(
        self, source: str, product: str, links: Sequence[TrialLink], run: int
    ) -> None:
        """Replace the links of one product (``""``: the class); those not named are gone."""
        at = self.now()
        with self.transaction():
            for link in links:
                self.db.execute(_UPSERT_TRIAL_LINK, (*link, source, at, at, run))
            self._end("registry_trial_links", "trial_id", product, [x.trial_id for x in links], at)

    def add_trial_links(self, source: str, links: Iterable[TrialLink], run: int) -> None:
        """Add links without ending others: for what came of a window of time."""
        at = self.now()
        with self.transaction():
            for link in links:
                self.db.execute(_UPSERT_TRIAL_LINK, (*link, source, at, at, run))

    def confirm_trials(self, ids: Iterable[str], run: int) -> None:
        """Note that the registry was asked about these and had nothing newer."""
        with self.transaction():
            self.db.execute(
                "UPDATE registry_trials SET seen = ?, run = ? "
                "WHERE trial_id IN (SELECT value FROM json_each(?))",
                (self.now(), run, json.dumps(list(ids))),
            )

    def known_trials(self) -> list[str]:
        """Return the ids of trials that are linked to a product or the class."""
        rows = self.db.execute(
            "SELECT DISTINCT trial_id FROM registry_trial_links WHERE gone_at IS NULL "
            "ORDER BY trial_id"
        )
        return [row[0] for row in rows]

    def _trial_before(self, trial_id: str) -> tuple[str, str] | None:
        row = self.db.execute(
            "SELECT status, results_posted FROM registry_trials WHERE trial_id = ?", (trial_id,)
        ).fetchone()
        return (row[0], row[1]) if row else None

    # ---------------------------------------------------------------------- letters

    def save_letters(
        self,
        source: str,
        letters: Iterable[RegulatorLetter],
        links: Sequence[LetterLink],
        run: int,
        *,
        whole: bool,
    ) -> int:
        """Save letters to makers of the catalogue; return how many are new.

        :param whole: these are all there are: links not named are gone
        """
        at, new = self.now(), 0
        with self.transaction():
            for letter in letters:
                if not self._has("regulator_letters", "url", letter.url):
                    new += 1
                    said = f"{letter.issued or letter.posted} {letter.company}: {letter.subject}"
                    self._note(at, run, source, "letter_new", letter.url, "", said)
                self.db.execute(_UPSERT_LETTER, (*letter, source, at, at, at, run))
            for link in links:
                self.db.execute(_UPSERT_LETTER_LINK, (*link, source, at, at, run))
            if whole:
                kept = json.dumps([f"{link.url} {link.product}" for link in links])
                self.db.execute(
                    "UPDATE regulator_letter_links SET gone_at = ? WHERE gone_at IS NULL "
                    "AND url || ' ' || product NOT IN (SELECT value FROM json_each(?))",
                    (at, kept),
                )
        return new

    # -------------------------------------------------------------------- full texts

    def save_fulltext_hits(
        self, source: str, product: str, hits: Sequence[FullTextHit], run: int
    ) -> int:
        """Replace the full-text hits of one product; return how many are new."""
        at, new = self.now(), 0
        with self.transaction():
            for hit in hits:
                held = self.db.execute(
                    "SELECT 1 FROM fulltext_hits WHERE hit_id = ? AND product = ?",
                    (hit.hit_id, product),
                ).fetchone()
                if held is None:
                    new += 1
                    self._note(at, run, source, "fulltext_new", hit.hit_id, product, hit.title)
                self.db.execute(_UPSERT_HIT, (*hit, source, at, at, run))
            self._end("fulltext_hits", "hit_id", product, [hit.hit_id for hit in hits], at)
        return new

    # ---------------------------------------------------------------- event reports

    def save_event_counts(self, source: str, counts: Iterable[EventCount], run: int) -> None:
        """Save numbers of reports; a number that grew is an event."""
        at = self.now()
        with self.transaction():
            for count in counts:
                key = (count.product, count.dataset, count.basis)
                row = self.db.execute(
                    "SELECT reports FROM event_counts "
                    "WHERE (product, dataset, basis) = (?, ?, ?)", key,
                ).fetchone()  # fmt: skip
                if count.reports > (row[0] if row else 0):
                    said = f"{count.reports} reports ({count.dataset}, by {count.basis})"
                    name = f"{count.dataset}/{count.basis}"
                    self._note(at, run, source, "reports_more", name, count.product, said)
                self.db.execute(_UPSERT_COUNT, (*_row(count), source, at, at, run))

    # ------------------------------------------------------------------------ events

    def _note(
        self, at: str, run: int, source: str, kind: str, key: str, product: str, detail: str
    ) -> None:
        self.db.execute(
            "INSERT INTO outside_events (at, run, source, kind, key, product, detail) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (at, run, source, kind, key, product, detail),
        )

    def _has(self, table: str, column: str, value: str) -> bool:
        sql = f"SELECT 1 FROM {table} WHERE {column} = ?"
        return self.db.execute(sql, (value,)).fetchone() is not None

    def _end(self, table: str, column: str, product: str, kept: Sequence[str], at: str) -> None:
        self.db.execute(
            f"UPDATE {table} SET gone_at = ? WHERE product = ? AND gone_at IS NULL "
            f"AND {column} NOT IN (SELECT value FROM json_each(?))",
            (at, product, json.dumps(list(kept))),
        )


def _row(values: Iterable[Any]) -> list[Any]:
    """Return values as SQLite takes them: tuples as JSON."""
    return [json.dumps(v, ensure_ascii=False) if isinstance(v, tuple) else v for v in values]


def _trial_events(old: tuple[str, str] | None, trial: RegisteredTrial) -> list[tuple[str, str]]:
    if old is None:
        return [("trial_new", f"{trial.status} {trial.title}".strip())]
    events = []
    if old[0] != trial.status:
        events.append(("trial_status", f"{old[0]} -> {trial.status}"))
    if trial.results_posted and not old[1]:
        events.append(("trial_results", f"results posted {trial.results_posted}"))
    return events


def _upsert(table: str, fields: Sequence[str], keys: Sequence[str], extra: Sequence[str]) -> str:
    """Compose the statement that adds a row or brings it up to date.

    ``first_seen`` stays; ``last_changed``, where there is one, moves with the content only.
    """
    own = [f for f in fields if f not in keys]
    columns = [*fields, *extra]
    sets = [f"{name} = excluded.{name}" for name in (*own, "source", "seen", "run")]
    if "last_changed" in extra:
        now, new = ", ".join(own), ", ".join(f"excluded.{name}" for name in own)
        sets.append(
            f"last_changed = CASE WHEN ({now}) IS NOT ({new}) "
            "THEN excluded.last_changed ELSE last_changed END"
        )
    if table in _WITH_END:
        sets.append("gone_at = NULL")
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(sets)}"
    )


_WITH_END = ("registry_trial_links", "regulator_letter_links", "fulltext_hits")
_CHANGING = ("source", "first_seen", "last_changed", "seen", "run")
_LINK = ("source", "first_seen", "seen", "run")

_UPSERT_TRIAL = _upsert("registry_trials", RegisteredTrial._fields, ("trial_id",), _CHANGING)
_UPSERT_TRIAL_LINK = _upsert(
    "registry_trial_links", TrialLink._fields, ("trial_id", "product"), _LINK
)
_UPSERT_LETTER = _upsert("regulator_letters", RegulatorLetter._fields, ("url",), _CHANGING)
_UPSERT_LETTER_LINK = _upsert("regulator_letter_links", LetterLink._fields, ("url", "product"),
                              _LINK)  # fmt: skip
_UPSERT_HIT = _upsert("fulltext_hits", FullTextHit._fields, ("hit_id", "product"), _LINK)
_UPSERT_COUNT = _upsert("event_counts", EventCount._fields, ("product", "dataset", "basis"), _LINK)
