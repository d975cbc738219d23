"""Commands that hand out what the store knows: export, evaluate."""

from __future__ import annotations

import json
from pathlib import Path

import click

from evlit.cli.options import (
    existing_store,
    json_option,
    open_for_reading,
    product_key,
    store_option,
)
from evlit.cli.terminal import safe
from evlit.errors import UsageError


@click.command()
@store_option
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "ris", "csl", "nbib"]),
              default="jsonl", show_default=True, help="JSON lines or CSV with tags and mentions; "
              "or citations: RIS, CSL-JSON, MEDLINE (.nbib).")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; else "
              "standard output.")  # fmt: skip
@click.option("--product", help="Only records linked to this product (key or name).")
def export(db: Path, kind: str, out: Path | None, product: str | None) -> None:
    """Write records: with tags and mentions, or as citations."""
    from evlit.catalogue import load_catalogue
    from evlit.export import FORMATS
    from evlit.holdings import export_items

    key = product_key(load_catalogue(), product) if product else None
    with existing_store(db, readonly=True) as store:
        items = export_items(store, key)
        lines = FORMATS[kind](items)
        if out is None:
            for line in lines:
                click.echo(line, nl=False)
        else:
            _write_whole(out, lines)


def _write_whole(out: Path, lines: object) -> None:
    """Write lines to a file that appears only when it is complete."""
    part = out.with_name(out.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)  # type: ignore[arg-type]
    part.replace(out)


@click.command()
@click.argument("gold", nargs=-1, required=True, type=click.Path(path_type=Path))
@store_option
@json_option
@click.option("--axis", "axes", multiple=True, help="Only this axis (may be given again).")
@click.option("--misses", is_flag=True, help="Name every miss by PMID, with the tag's reason.")
@click.option("--confusion", is_flag=True, help="Show what was taken for what.")
def evaluate(
    gold: tuple[Path, ...],
    db: Path,
    as_json: bool,
    axes: tuple[str, ...],
    misses: bool,
    confusion: bool,
) -> None:
    """Measure the tags against files of labelled records (JSON lines).

    Prints precision, recall and F1 per axis and value, macro and micro, with 95% intervals.
    A labelled record that the store does not hold is counted and named.
    """
    from evlit.evaluate import evaluate_files, to_json, to_text

    with open_for_reading(db) as store:
        result = evaluate_files(gold, store.tags, axes=axes)
    if not result.records:
        names = ", ".join(str(path) for path in gold)
        held = f"none of its {len(result.absent)} records is held" if result.absent else "no labels"
        raise UsageError(names, held, "ingest the records first: `evlit ingest --all FILE`")
    if as_json:
        click.echo(json.dumps(to_json(result), ensure_ascii=False, indent=2))
    else:
        click.echo(safe(to_text(result, misses=misses, confusion=confusion)), nl=False)
