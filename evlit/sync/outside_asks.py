"""What each source beyond PubMed is asked, and how its answers become rows.

One function a source. Every question has its own watermark; one that fails does not stop the
next, but two failures in a row are the source's, not the question's. Products that failed the
last time come last (``outside``), so that two hard ones side by side shut out no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from evlit.errors import BlockedError, EvlitError, LockedError, StoreError
from evlit.http.door import Door, UnreachableError
from evlit.records import (
    EventCount,
    FullTextHit,
    LetterLink,
    RegisteredTrial,
    RegulatorLetter,
    TrialLink,
    query_hash,
)
from evlit.settings import Settings
from evlit.sources import ctgov, europepmc, fda, openfda
from evlit.sources.public import IncompleteError, names_query
from evlit.store import Store
from evlit.sync.outside_names import ProductNames

FULL_DAYS = 6
"""A question is asked anew once it is so many days since its last full answer."""
OVERLAP = timedelta(days=3)
"""How far before a watermark a window begins: sources update late and in other time zones."""
CLASS = "class:vesicles"
KNOWN = "known:trials"
LETTERS = "letters:all"
_EV = re.compile(r"exosom|extracellular vesicle|\bEVs?\b|microvesicle", re.IGNORECASE)
_CM = re.compile(r"secretome|condition(?:ed|al) medi(?:um|a)", re.IGNORECASE)
_MSC = re.compile(
    r"mesenchym|\b\w*MSCs?\b|stromal cell|stem cell|wharton|umbilical|adipose|bone marrow",
    re.IGNORECASE,
)
_NOT_GIVEN = ("Diagnostic test:", "Procedure:", "Device:", "Behavioral:")
_NOT_THEIRS = (UnreachableError, BlockedError, LockedError, StoreError)
"""Failures that no other question to the same source will mend."""


@dataclass
class Asking:
    """One source's turn: its door, its run, and what came of each question."""

    source: str
    store: Store
    door: Door
    settings: Settings
    run: int
    now: datetime
    forced: bool
    """True: ask whether due or not."""
    step: Callable[[], None] = lambda: None
    asked: int = 0
    not_due: int = 0
    found: int = 0
    """Trials, letters, papers, or products with reports, that came of tonight's questions."""
    new: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Question → why it failed."""
    in_a_row: int = 0
    last_error: EvlitError | None = None

    @property
    def today(self) -> str:
        """Day of the run, UTC."""
        return self.now.astimezone(UTC).date().isoformat()

    def due(self, query: str, text: str) -> bool:
        """Whether a question has no full answer of the last days for its present text."""
        mark = self.store.watermark(self.source, query, query_hash(text))
        if self.forced or mark is None or not mark.full_at:
            return True
        age = self.now - datetime.fromisoformat(mark.full_at)
        return age >= timedelta(days=FULL_DAYS) or age < -timedelta(days=1)

    def since(self, query: str, text: str) -> str:
        """Return the day from which a window is asked for; ``""`` = never asked."""
        mark = self.store.watermark(self.source, query, query_hash(text))
        if mark is None or not mark.watermark:
            return ""
        start = min(datetime.fromisoformat(mark.watermark).date(), self.now.date()) - OVERLAP
        return start.isoformat()

    def ask(
        self, query: str, text: str, work: Callable[[], tuple[int, int]], *, full: bool = True
    ) -> None:
        """Ask one question and keep what came of it, in one transaction with its watermark.

        :param work: fetches, then saves; returns what the source counted, and what fits
        :raises EvlitError: the source itself fails, or the store
        """
        self.asked += 1
        try:
            self._kept(query, text, work, full=full)
        except _NOT_THEIRS as error:
            self._note(query, text, str(error), full=full)
            raise
        except EvlitError as error:
            self.failed[query] = error.what
            self.last_error = error
            # A source that counts more than it hands out, or too much, is well and answers.
            self.in_a_row = 0 if isinstance(error, IncompleteError) else self.in_a_row + 1
            self._note(query, text, error.what, full=full)
            if self.in_a_row > 1:
                raise
        else:
            self.in_a_row = 0
        finally:
            self.step()

    def _kept(
        self, query: str, text: str, work: Callable[[], tuple[int, int]], *, full: bool
    ) -> None:
        counted, fitting = work()
        mark = self.store.watermark(self.source, query, query_hash(text))
        before = mark.watermark if mark else None
        with self.store.transaction():
            self.store.save_query_run(
                self.run, self.source, query, query_hash(text),
                mode="full" if full else "window", asked=text, counted=counted, got=fitting,
                watermark_before=before, watermark_after=self.today,
            )  # fmt: skip
            self.store.set_watermark(
                self.source, query, query_hash(text), self.today,
                full_at=self.store.now() if full else None,
                full_count=fitting if full else None, run=self.run,
            )  # fmt: skip
            self.store.save_requests(self.run, self.door.take_log())
        self.found += fitting

    def _note(self, query: str, text: str, error: str, *, full: bool) -> None:
        self.store.save_query_run(
            self.run, self.source, query, query_hash(text), mode="full" if full else "window",
            asked=text, status="failed", error=self.door.scrub(error),
        )  # fmt: skip


Names = Sequence[ProductNames]


# ------------------------------------------------------------------ ClinicalTrials.gov


def ask_ctgov(turn: Asking, names: Names, all_names: Names) -> None:
    """Ask for the class and for what moved, then for the trials of products that are due."""
    registry = ctgov.CtGov(turn.door, turn.settings)
    if turn.due(CLASS, ctgov.CLASS_QUERY):
        turn.ask(CLASS, ctgov.CLASS_QUERY, lambda: _class_trials(turn, registry))
    elif since := turn.since(CLASS, ctgov.CLASS_QUERY):
        turn.ask(CLASS, ctgov.CLASS_QUERY, lambda: _class_trials(turn, registry, since), full=False)
    turn.ask(KNOWN, KNOWN, lambda: _known_trials(turn, registry, all_names), full=False)
    for product in names:
        term = ctgov.product_term(
            names_query(product.bare, product.guarded), product.makers, product.product.trial_ids
        )
        key = f"product:{product.product.key}"
        if not term or not turn.due(key, term):
            turn.not_due += 1
            continue
        turn.ask(key, term, lambda p=product, t=term: _product_trials(turn, registry, p, t))  # type: ignore[misc]


def _product_trials(
    turn: Asking, registry: ctgov.CtGov, names: ProductNames, term: str
) -> tuple[int, int]:
    listing = registry.of_product(term)
    links = {t.trial_id: link for t in listing.trials if (link := trial_link(t, names))}
    with turn.store.transaction():
        trials = [t for t in listing.trials if t.trial_id in links]
        turn.new += turn.store.save_trials(turn.source, trials, turn.run)
        turn.store.save_trial_links(turn.source, names.product.key, list(links.values()), turn.run)
    return listing.counted, len(links)


def _class_trials(turn: Asking, registry: ctgov.CtGov, since: str = "") -> tuple[int, int]:
    listing = registry.of_class(since)
    links = {t.trial_id: link for t in listing.trials if (link := class_link(t))}
    with turn.store.transaction():
        trials = [t for t in listing.trials if t.trial_id in links]
        turn.new += turn.store.save_trials(turn.source, trials, turn.run)
        if since:
            turn.store.add_trial_links(turn.source, links.values(), turn.run)
        else:
            turn.store.save_trial_links(turn.source, "", list(links.values()), turn.run)
    return listing.counted, len(links)


def _known_trials(turn: Asking, registry: ctgov.CtGov, names: Names) -> tuple[int, int]:
    """Ask what moved among the trials held; the others are as they were."""
    known = turn.store.known_trials()
    since = turn.since(KNOWN, KNOWN)
    listing = registry.by_ids(known, since) if known else ctgov.Listing((), 0, "")
    with turn.store.transaction():
        turn.store.save_trials(turn.source, listing.trials, turn.run)
        if since:
            turn.store.confirm_trials(known, turn.run)
        links = (trial_link(t, n) for t in listing.trials for n in names)
        turn.store.add_trial_links(turn.source, filter(None, links), turn.run)
    return listing.counted, len(listing.trials)


def trial_link(trial: RegisteredTrial, names: ProductNames) -> TrialLink | None:
    """Return why a trial belongs to a product; None = the registry's search was too loose."""
    key = names.product.key
    for trial_id in (trial.trial_id, *trial.other_ids):
        if trial_id in names.product.trial_ids:
            return TrialLink(trial.trial_id, key, "id", trial_id, "id", trial_id)
    own = {
        "title": trial.title, "official_title": trial.official_title, "acronym": trial.acronym,
        "interventions": " | ".join(trial.interventions), "keywords": " | ".join(trial.keywords),
    }  # fmt: skip
    sponsors = " | ".join((trial.sponsor, *trial.collaborators))
    fit = names.find({**own, "sponsor": sponsors})
    if fit and fit.field != "sponsor":
        return TrialLink(trial.trial_id, key, "name", fit.name, fit.field, fit.words)
    fit = names.find({"summary": trial.summary, "sponsor": sponsors})
    if fit and fit.field != "sponsor":
        return TrialLink(trial.trial_id, key, "summary", fit.name, fit.field, fit.words)
    for company in (trial.sponsor, *trial.collaborators):
        if maker := names.maker_in(company):
            return TrialLink(trial.trial_id, key, "maker", maker, "sponsor", company)
    return None


def class_link(trial: RegisteredTrial) -> TrialLink | None:
    """Return why a trial is one of the class: vesicles or medium of MSC are what is given."""
    if trial.study_type == "OBSERVATIONAL":
        return None
    texts = (trial.title, trial.official_title, *trial.interventions, *trial.keywords)
    if not _MSC.search(" | ".join(texts)):
        return None
    for kind, pattern in (("ev", _EV), ("conditioned_medium", _CM)):
        for text in trial.interventions:
            if not text.startswith(_NOT_GIVEN) and pattern.search(text):
                return TrialLink(trial.trial_id, "", "class", kind, "interventions", text[:200])
    return None


# ------------------------------------------------------------------------- Europe PMC


def ask_europepmc(turn: Asking, names: Names, all_names: Names) -> None:
    """Ask for papers and preprints that name the products that are due."""
    source = europepmc.EuropePmc(turn.door, turn.settings)
    for product in names:
        query = names_query(product.bare, product.guarded)
        key = f"product:{product.product.key}"
        if not query or not turn.due(key, query):
            turn.not_due += 1
            continue
        turn.ask(key, query, lambda p=product, q=query: _papers(turn, source, p, q))  # type: ignore[misc]


def _papers(
    turn: Asking, source: europepmc.EuropePmc, names: ProductNames, query: str
) -> tuple[int, int]:
    papers = source.search(query)
    hits = [_hit(paper, names) for paper in papers.papers]
    turn.new += turn.store.save_fulltext_hits(turn.source, names.product.key, hits, turn.run)
    return papers.counted, len(hits)


def _hit(paper: europepmc.Paper, names: ProductNames) -> FullTextHit:
    fit = names.find({"title": paper.title, "abstract": paper.abstract})
    asked = ", ".join((*names.bare, *(name for name, _ in names.guarded)))
    return FullTextHit(
        paper.hit_id, names.product.key, paper.kind, paper.pmid, paper.pmcid, paper.doi,
        paper.title, paper.journal, paper.published, paper.article_pmid,
        fit.field if fit else "fulltext", fit.name if fit else asked, fit.words if fit else "",
    )  # fmt: skip


# ------------------------------------------------------------------- FDA warning letters


def ask_fda(turn: Asking, names: Names, all_names: Names) -> None:
    """Read the whole listing weekly, its first page between; letters go to makers."""
    listing = fda.FdaLetters(turn.door, turn.settings)
    text = "\n".join(sorted({maker for n in all_names for maker in n.makers}))
    if turn.due(LETTERS, text):
        turn.ask(LETTERS, text, lambda: _letters(turn, listing.listing, all_names, whole=True))
        return
    turn.ask(
        LETTERS, text, lambda: _letters(turn, listing.newest, all_names, whole=False), full=False
    )


def _letters(
    turn: Asking, fetch: Callable[[], fda.Letters], names: Names, *, whole: bool
) -> tuple[int, int]:
    listing = fetch()
    links = list(letter_links(listing.letters, names))
    wanted = {link.url for link in links}
    letters = [letter for letter in listing.letters if letter.url in wanted]
    turn.new += turn.store.save_letters(turn.source, letters, links, turn.run, whole=whole)
    return listing.counted, len(letters)


def letter_links(letters: Iterable[RegulatorLetter], names: Names) -> Iterator[LetterLink]:
    """Yield which product's maker each letter went to."""
    for letter in letters:
        for product in names:
            if maker := product.maker_in(letter.company):
                yield LetterLink(letter.url, product.product.key, maker)


# ----------------------------------------------------------------------------- openFDA


def ask_openfda(turn: Asking, names: Names, all_names: Names) -> None:
    """Count reports that name the products that are due, or their makers."""
    source = openfda.OpenFda(turn.door, turn.settings)
    known: dict[tuple[str, str, tuple[str, ...]], openfda.Reports] = {}
    for product in names:
        text = " | ".join((*product.bare, "by maker:", *product.makers))
        key = f"product:{product.product.key}"
        if not (product.bare or product.makers) or not turn.due(key, text):
            turn.not_due += 1
            continue
        turn.ask(key, text, lambda p=product: _reports(turn, source, p, known))  # type: ignore[misc]


def _reports(
    turn: Asking,
    source: openfda.OpenFda,
    names: ProductNames,
    known: dict[tuple[str, str, tuple[str, ...]], openfda.Reports],
) -> tuple[int, int]:
    """Ask both datasets by name and by maker; makers of several products are asked once."""
    counts = []
    for basis, asked in (("name", names.bare), ("maker", names.makers)):
        for dataset in openfda.DATASETS if asked else ():
            place = (dataset, basis, asked)
            if place not in known:
                fits = names.fits if basis == "name" else lambda t: bool(names.maker_in(t))
                known[place] = source.reports(dataset, basis, asked, fits)
            found = known[place]
            counts.append(
                EventCount(names.product.key, dataset, basis, found.total, found.names,
                           found.latest, found.kinds, found.asked)
            )  # fmt: skip
    turn.store.save_event_counts(turn.source, counts, turn.run)
    total = sum(c.reports for c in counts)
    return total, int(total > 0)
