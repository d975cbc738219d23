"""Commands that read: show, status."""

from __future__ import annotations

import json
from pathlib import Path

import click

from evlit.cli.options import json_option, leave, open_for_reading, store_option
from evlit.cli.terminal import safe


@click.command()
@click.argument("pmid", type=click.IntRange(min=1))
@store_option
@json_option
def show(pmid: int, db: Path, as_json: bool) -> None:
    """Show one record: citation, abstract, tags and why, links to products."""
    from evlit.cli.options import held_record
    from evlit.export import as_row
    from evlit.holdings import export_items

    with open_for_reading(db) as store:
        record = held_record(store, pmid, db)
        item = next(export_items(store, pmids=[pmid]))
    row = as_row(item)
    if as_json:
        full = {
            **row,
            "abstract": record.abstract,
            "authors": [a._asdict() for a in record.authors],
        }
        click.echo(json.dumps(full, ensure_ascii=False, indent=2))
        return
    from evlit.cli.page import record_page

    click.echo(safe(record_page(item)))


@click.command()
@store_option
@json_option
@click.option("--every", is_flag=True, help="List all products, not only those behind.")
def status(db: Path, as_json: bool, every: bool) -> None:
    """Say how complete the store is: coverage, last runs, what is due.

    Exit code 3 where a topic or product has no full search of the last 7 days.
    """
    from evlit.catalogue import load_catalogue
    from evlit.cli.status_page import status_page
    from evlit.status import look_at
    from evlit.versions import classifier_version, links_version

    catalogue = load_catalogue()
    versions = classifier_version(), links_version(catalogue.products)
    with open_for_reading(db) as store:
        found = look_at(store, catalogue, versions)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(safe(status_page(found, every=every)))
    leave(0 if found.fresh else 3)
