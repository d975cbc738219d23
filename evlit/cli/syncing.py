"""The command that goes to the network: sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evlit.cli.options import leave, product_key, quiet_option, store_option
from evlit.cli.progress import Stages
from evlit.cli.runlog import RunLog
from evlit.cli.terminal import safe
from evlit.errors import LockedError, TemporaryError

if TYPE_CHECKING:
    from evlit.catalogue import Catalogue
    from evlit.records import Entry, Parsed
    from evlit.settings import Settings
    from evlit.store import Store
    from evlit.sync import SyncSummary

SHOWN = 20
"""Failures of a kind that are named one by one: a mail is read by a person."""
OUTSIDE = ("ctgov", "europepmc", "fda", "openfda")
SOURCES = ("pubmed", *OUTSIDE)


@click.command()
@store_option
@click.option("--first", metavar="PRODUCT", help="Ask about this product before all else.")
@click.option("--source", "chosen", multiple=True, type=click.Choice([*SOURCES, "all"]),
              default=["pubmed"], show_default=True, help="Which source to ask; may be given "
              "again. `all` is what a nightly run should ask.")  # fmt: skip
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="Add what "
              "happened to this file, as JSON lines.")  # fmt: skip
@quiet_option
def sync(
    db: Path, first: str | None, chosen: tuple[str, ...], log: Path | None, quiet: bool
) -> None:
    """Ask the sources what is new and changed, and bring the store up to date.

    PubMed holds the records; ctgov (ClinicalTrials.gov) the registered trials, europepmc the
    names in full texts, fda the warning letters, openfda counts of adverse-event reports. One
    source that fails does not keep the others from being asked.

    The first run fills the store and may take an hour; it can be interrupted and run again.
    NCBI asks for large first fills at night or at the weekend, US Eastern time, and for your
    address in NCBI_EMAIL. Exit code 75: something is missing, run it again later.
    """
    from evlit.catalogue import load_catalogue
    from evlit.settings import load_settings
    from evlit.store import open_store

    catalogue, settings = load_catalogue(), load_settings()
    key = product_key(catalogue, first) if first else None
    wanted = [s for s in SOURCES if s in chosen or "all" in chosen]
    failed: Exception | None = None
    code = 0
    try:
        with RunLog(log) as told, open_store(db) as store:
            if "pubmed" in wanted:
                try:
                    _pubmed(store, catalogue, settings, key, told, quiet)
                except LockedError:
                    raise
                except Exception as ex:  # told at the end: the other sources are asked first
                    failed = ex
            if outside := [s for s in wanted if s in OUTSIDE]:
                code = _outside(store, catalogue, settings, outside, told, quiet)
            if failed:
                raise failed
    except LockedError:
        if quiet:  # the other run does the work; nothing here needs a person
            leave(LockedError.exit_code)
        raise
    leave(code)


def _pubmed(
    store: Store,
    catalogue: Catalogue,
    settings: Settings,
    first: str | None,
    told: RunLog,
    quiet: bool,
) -> None:
    """Ask PubMed, say what came; :raises TemporaryError: something is missing."""
    from evlit.ingest import Enricher, retag
    from evlit.sync import sync as run_sync

    enricher = Enricher(catalogue)

    def enrich(parsed: Parsed, queries: tuple[str, ...]) -> Entry:
        # What only a widened search brought belongs where the local matcher says so.
        keys = queries or enricher.queries(parsed.record)
        return enricher.entries(store, [(parsed, keys)])[0]

    with Stages(quiet) as stages:
        done = run_sync(
            store,
            catalogue,
            settings,
            enrich=enrich,
            first=first,
            progress=stages.show,
            tagged_with=enricher.tagged_with,
            matched_with=enricher.matched_with,
        )
    again = retag(store, catalogue)
    store.checkpoint()  # readers then need not step through a long write-ahead log
    told.summary(done)
    for line in _troubles(done):
        click.echo(safe(line), err=True)
    if not quiet:
        t = done.tally
        click.echo(
            f"PubMed: new {t.new}, revised {t.revised}, unchanged {t.unchanged}, "
            f"taken back {t.deleted}; {len(done.queries)} searches, {done.requests} requests"
            + (f"; {again} held records tagged again" if again else "")
        )
    if done.status != "ok":
        raise TemporaryError(
            "PubMed", "not everything could be had", "run it again later; `evlit status` says what"
        )


def _troubles(done: SyncSummary) -> Iterator[str]:
    yield from done.warnings
    yield from _some([f"{q.key}: {q.status}: {q.error}" for q in done.failed], "searches")
    yield from _some([f"PMID {pmid}: {why}" for pmid, why in done.failures.items()], "records")


def _some(lines: list[str], what: str) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"and {len(lines) - SHOWN} more {what}"


def _outside(
    store: Store,
    catalogue: Catalogue,
    settings: Settings,
    sources: list[str],
    told: RunLog,
    quiet: bool,
) -> int:
    """Ask the sources beyond PubMed, say what came; return the exit code: 75 where one failed."""
    from evlit.sync.outside import sync_outside

    with Stages(quiet) as stages:
        done = sync_outside(store, catalogue, settings, sources=sources, progress=stages.show)
    bad = [r for r in done.results if r.error is not None or r.failed]
    for result in done.results:
        told.source(result.source, result.status, result.line)
    for line in done.lines if not quiet else [r.line for r in bad]:
        click.echo(safe(line), err=quiet)
    return (done.exit_code or TemporaryError.exit_code) if bad else 0
