"""Sources beyond PubMed, one after the other; each fails alone.

``sync_outside`` gives every source a run of its own (a row ``sync-ctgov`` …), so that what
one could not answer hides nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from evlit.errors import EvlitError, LockedError, SourceError, StoreError, UsageError
from evlit.http.door import Door, UnreachableError
from evlit.http.wire import Clock
from evlit.settings import Settings
from evlit.sources import ctgov, europepmc, fda, openfda
from evlit.store import Store
from evlit.store.lock import hold_store
from evlit.sync.outside_asks import (
    Asking,
    Names,
    ask_ctgov,
    ask_europepmc,
    ask_fda,
    ask_openfda,
)
from evlit.sync.outside_names import ProductNames
from evlit.sync.plan import Asked

OPEN: dict[str, Callable[[Settings, Clock | None], Door]] = {
    "ctgov": ctgov.open_door,
    "europepmc": europepmc.open_door,
    "fda": fda.open_door,
    "openfda": openfda.open_door,
}
NAMES = {m.SOURCE: m.NAME for m in (ctgov, europepmc, fda, openfda)}
_ASK = {"ctgov": ask_ctgov, "europepmc": ask_europepmc, "fda": ask_fda, "openfda": ask_openfda}
OUTSIDE_SOURCES = tuple(OPEN)
"""Sources that ``sync_outside`` knows, in the order in which they are asked."""

Progress = Callable[[str, int, int], None]
"""``progress(source, done, total)``; the total is a guess until the end."""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What became of one source."""

    source: str
    name: str
    run: int
    status: str
    """``ok``, ``partial`` (some questions failed) or ``failed``."""
    asked: int = 0
    not_due: int = 0
    found: int = 0
    """Trials, papers or letters that fit tonight's questions; products with reports."""
    new: int = 0
    requests: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
    """Question → why it failed."""
    error: EvlitError | None = None
    """What stopped the source."""

    @property
    def line(self) -> str:
        """Return one line for people."""
        if self.error is not None:
            return f"{self.name}: failed ({self.error.what})"
        text = f"{self.name}: {self.asked} asked, {self.not_due} not due, {self.found} found"
        text += f", {self.new} new" if self.new else ""
        return text + (f", {len(self.failed)} failed" if self.failed else "")


@dataclass(frozen=True, slots=True)
class OutsideSummary:
    """What became of all sources asked."""

    results: tuple[SourceResult, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return one line a source, and one for each question that failed."""
        lines = []
        for result in self.results:
            lines.append(result.line)
            lines += [f"  {query}: {why}" for query, why in result.failed.items()]
        return tuple(lines)

    @property
    def exit_code(self) -> int:
        """0 where any source answered; else the code of the first failure."""
        errors = [r.error for r in self.results if r.error is not None]
        return errors[0].exit_code if errors and len(errors) == len(self.results) else 0


def sync_outside(
    store: Store,
    catalogue: Asked,
    settings: Settings,
    *,
    sources: Collection[str] = OUTSIDE_SOURCES,
    products: Collection[str] | None = None,
    progress: Progress = lambda source, done, total: None,
    clock: Clock | None = None,
    doors: Mapping[str, Door] | None = None,
) -> OutsideSummary:
    """Ask sources beyond PubMed what they have on the catalogue's products, once.

    :param products: keys of the products to ask about, due or not; by default all that are
        due (weekly, or when their names have changed)
    :param progress: hears of each question answered
    :param clock: for tests
    :param doors: the ways to sources; by default each is opened and closed
    :raises LockedError: (75) another run is at work on this store
    :raises StoreError: the store fails; a source that fails is told in the summary
    """
    if unknown := set(sources) - set(OUTSIDE_SOURCES):
        raise UsageError(
            ", ".join(sorted(unknown)), "is no source", f"use {', '.join(OUTSIDE_SOURCES)}"
        )
    chosen = [p for p in catalogue.products if products is None or p.key in products]
    if products is not None and (missing := set(products) - {p.key for p in chosen}):
        raise UsageError(
            ", ".join(sorted(missing)), "is no product of the catalogue", "see `evlit products`"
        )
    all_names = [ProductNames(p) for p in catalogue.products]
    keys = {p.key for p in chosen}
    names = [n for n in all_names if n.product.key in keys]
    clock = clock or Clock()
    with hold_store(store.path):
        store.close_abandoned_runs("sync")
        turn = _Turn(store, settings, clock, progress, names, all_names, products is not None)
        return OutsideSummary(
            tuple(turn.ask(s, (doors or {}).get(s)) for s in OUTSIDE_SOURCES if s in sources)
        )


@dataclass
class _Turn:
    """Gives each source its turn."""

    store: Store
    settings: Settings
    clock: Clock
    progress: Progress
    names: Names
    all_names: Names
    forced: bool

    def ask(self, source: str, door: Door | None) -> SourceResult:
        """Ask one source everything that is due, and leave a row that says how it ended."""
        names = self._last_failed_last(source)
        run = self.store.start_run(f"sync-{source}")
        own = None if door else OPEN[source](self.settings, self.clock)
        way = door or own
        assert way is not None
        asking = Asking(
            source, self.store, way, self.settings, run.id, self.clock.now(), self.forced,
            step=self._steps(source),
        )  # fmt: skip
        sent = way.sent
        try:
            _ASK[source](asking, names, self.all_names)
        except KeyboardInterrupt:
            self._end(asking, "interrupted", "stopped by the person at the keyboard")
            raise
        except (StoreError, LockedError) as error:
            self._end(asking, "failed", str(error))
            raise
        except EvlitError as error:
            told = _told(error, NAMES[source])
            self._end(asking, "failed", way.scrub(str(told)))
            return self._result(asking, "failed", way.sent - sent, told)
        except Exception as error:  # a fault of ours in one source stops no other
            what = way.scrub(f"evlit failed on its answer ({type(error).__name__}: {error})")
            self._end(asking, "failed", what)
            told = EvlitError(NAMES[source], what, "please report it")
            return self._result(asking, "failed", way.sent - sent, told)
        finally:
            if own:
                own.close()
        whole = asking.failed and len(asking.failed) == asking.asked
        status = "failed" if whole else "partial" if asking.failed else "ok"
        self._end(asking, status, "; ".join(f"{q}: {w}" for q, w in asking.failed.items()))
        cause = asking.last_error if whole else None
        return self._result(asking, status, way.sent - sent, cause)

    def _last_failed_last(self, source: str) -> Names:
        """Return the products in order, those that failed in the last run at the end."""
        runs = self.store.last_runs(1, f"sync-{source}")
        rows = self.store.query_runs(runs[0].id) if runs else []
        failed = {row.query for row in rows if row.status == "failed"}
        return sorted(self.names, key=lambda n: f"product:{n.product.key}" in failed)

    def _steps(self, source: str) -> Callable[[], None]:
        done, total = 0, len(self.names)

        def step() -> None:
            nonlocal done
            done += 1
            self.progress(source, done, max(total, done))

        return step

    def _end(self, asking: Asking, status: str, error: str) -> None:
        numbers = {
            "asked": asking.asked, "not_due": asking.not_due, "found": asking.found,
            "new": asking.new, "failed": len(asking.failed),
        }  # fmt: skip
        # The store itself may be what failed (no room); the first error is the one to show.
        with suppress(EvlitError):
            self.store.save_requests(asking.run, asking.door.take_log())
            self.store.finish_run(asking.run, status, error[:1000], numbers)

    def _result(
        self, asking: Asking, status: str, requests: int, error: EvlitError | None = None
    ) -> SourceResult:
        return SourceResult(
            asking.source, NAMES[asking.source], asking.run, status, asking.asked,
            asking.not_due, asking.found, asking.new, requests, dict(asking.failed), error,
        )  # fmt: skip


def _told(error: EvlitError, name: str) -> EvlitError:
    """Return an error in words that say what it means for the answers."""
    if not isinstance(error, UnreachableError):
        return error
    return SourceError(
        name, f"could not be reached ({error.what})", "check the connection or the proxy"
    )


__all__: Sequence[str] = ["OUTSIDE_SOURCES", "OutsideSummary", "SourceResult", "sync_outside"]
