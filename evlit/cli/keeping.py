"""Commands that keep the store well: backup, check."""

from __future__ import annotations

import os
import shutil
import sys
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
    with existing_store(db, readonly=True) as store:
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


@click.command()
@store_option
@click.option("--write", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write "
              "the files into this folder, the variables with mode 0600.")  # fmt: skip
def cron(db: Path, folder: Path | None) -> None:
    """Print what cron or systemd needs to run `evlit sync` every night.

    All paths are absolute, for cron has another folder and no variables of yours. With
    --write the files are made: evlit.service, evlit.timer, evlit.crontab and environment,
    which holds NCBI_EMAIL and NCBI_API_KEY and which only you may read.
    """
    from evlit.cron import Nightly, save_files

    program = Path(sys.argv[0]).resolve() if Path(sys.argv[0]).name == "evlit" else None
    if program is None:
        found = shutil.which("evlit") or str(Path(sys.executable).with_name("evlit"))
        program = Path(found)
    environment = (folder or Path(click.get_app_dir("evlit", force_posix=False))) / "environment"
    nightly = Nightly(program, db.resolve(), environment.resolve())
    if folder:
        for path in save_files(nightly, folder, os.environ):
            click.echo(safe(str(path)))
        return
    for name, text in (
        ("crontab", nightly.crontab()),
        (str(nightly.environment) + " (mode 0600)", nightly.variables(os.environ)),
        ("/etc/systemd/system/evlit.service", nightly.service()),
        ("/etc/systemd/system/evlit.timer", nightly.timer()),
    ):
        click.echo(safe(f"# ---- {name}\n{text}"))
