"""Progress on standard error, for a person at a terminal; silence for cron."""

from __future__ import annotations

import time
from typing import Self

import click

from evlit.cli.terminal import is_terminal, safe

LARGE = 2000
"""Records from which on a fetch is a large job in NCBI's sense."""
ADVICE = (
    "This is a large job. NCBI asks to run such ones at the weekend or between 21:00 and 05:00\n"
    "US Eastern time. Ctrl-C stops it at any moment; the next `evlit sync` goes on from there."
)


_STAGES = {
    "search": "Searching PubMed",
    "fetch": "Fetching records",
    "ctgov": "Asking ClinicalTrials.gov",
    "europepmc": "Asking Europe PMC",
    "fda": "Asking the FDA for letters",
    "openfda": "Asking openFDA for reports",
}


class Counter:
    """Progress where the end is not known: one line, written over."""

    def __init__(self, label: str, quiet: bool) -> None:
        self._label = label
        self._on = not quiet and is_terminal()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._on:
            click.echo(err=True)

    def show(self, count: int, what: str) -> None:
        """Write the number of records so far."""
        if self._on:
            click.echo(f"\r\x1b[K{self._label} {safe(what)} {count:,} records", nl=False, err=True)


class Stages:
    """Progress of a sync: which stage, how many of how many, and the time left."""

    def __init__(self, quiet: bool) -> None:
        self._on = not quiet and is_terminal()
        self._stage = ""
        self._began = 0.0
        self._advised = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._on and self._stage:
            click.echo(err=True)

    def show(self, stage: str, done: int, total: int) -> None:
        """Write ``stage``, ``done`` of ``total``; the time left is measured, not promised."""
        if not self._on:
            return
        if stage == "fetch" and total >= LARGE and not self._advised:
            self._advised = True
            click.echo(f"\n{ADVICE}", err=True)
        if stage != self._stage or done == 0:
            if self._stage:
                click.echo(err=True)
            self._stage, self._began = stage, time.monotonic()
        label = _STAGES.get(stage, stage)
        left = ""
        if 0 < done < total:
            seconds = (time.monotonic() - self._began) / done * (total - done)
            left = f", about {_span(seconds)} left"
        click.echo(f"\r\x1b[K{label}: {done:,} of {total:,}{left}", nl=False, err=True)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"
