"""Commands that keep the store well: backup, check."""

from __future__ import annotations

from pathlib import Path

import click

from evlit.cli.options import existing_store, leave, store_option
from evlit.cli.terminal import safe


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@store_option
@click.option("--force", is_flag=True, help="Write over an existing file.")
def backup(file: Path, db: Path, force: bool) -> None:
    """Write a consistent copy of the store to FILE, also while a sync runs."""
    with existing_store(db) as store:
        store.backup(file, force=force)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@click.command()
@store_option
def check(db: Path) -> None:
    """Check the integrity of the store and of the catalogue.

    Runs SQLite's and the full-text index's own checks, compares every stored record with its
    hash, and reads the whole catalogue. Exit code 70 when something is wrong.
    """
    from evlit.catalogue import load_catalogue

    catalogue = load_catalogue()
    click.echo(f"catalogue: {len(catalogue.topics)} topics, {len(catalogue.products)} products: ok")
    if not db.exists():
        click.echo(safe(f"store: none at {db} yet"))
        return
    with existing_store(db) as store:
        problems = store.check()
        held = store.count()
    for problem in problems:
        click.echo(safe(f"store: {problem}"), err=True)
    if problems:
        leave(70)
    click.echo(safe(f"store: {db}: {held:,} records: ok"))
