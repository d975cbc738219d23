"""``evlit products``: list the catalogue, show a product, add one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evlit.cli.options import json_option, open_for_reading, store_option
from evlit.cli.terminal import safe
from evlit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evlit.catalogue import Catalogue
    from evlit.records import Product


class _Products(click.Group):
    """A group in which ``evlit products NAME`` shows NAME, and nothing at all lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [arg for arg in args if not arg.startswith("-")]
        if (
            "--help" not in args
            and "-h" not in args
            and (not words or words[0] not in self.commands)
        ):
            args = ["show" if words else "list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Products, invoke_without_command=True)
def products() -> None:
    """List the catalogue's products, show one (key or name) with its sources, or add one.

    `evlit products` lists, `evlit products NAME` shows.
    """


@products.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List all products: key, name, maker."""
    from evlit.catalogue import load_catalogue
    from evlit.cli.page import product_list

    chosen = list(load_catalogue().products)
    _print(chosen, product_list(chosen), as_json=as_json)


@products.command()
@click.argument("name", nargs=-1, required=True)
@json_option
def show(name: tuple[str, ...], as_json: bool) -> None:
    """Show one product (key or name) with the source of each fact."""
    from evlit.catalogue import load_catalogue
    from evlit.cli.page import product_page
    from evlit.names import find_product

    typed = " ".join(name)
    product = find_product(load_catalogue(), typed)
    if product is None:
        raise UsageError(
            f"products {typed!r}",
            "no product of the catalogue has this name",
            "`evlit products` lists them; `evlit search NAME` also searches the texts; "
            "`evlit products add` adds one",
        )
    _print([product], product_page(product), as_json=as_json)


def _print(chosen: Sequence[Product], text: str, *, as_json: bool) -> None:
    from evlit.render import product_json

    if as_json:
        click.echo(json.dumps([product_json(p) for p in chosen], ensure_ascii=False, indent=2))
    else:
        click.echo(safe(text))


@products.command()
@click.argument("name", required=False)
@store_option
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), envvar="EVLIT_QUERIES",
              help="Your own catalogue (environment: EVLIT_QUERIES).")  # fmt: skip
@click.option("--source", "sources", multiple=True, metavar="URL", help="A page on which the "
              "identity was read (may be given again).")  # fmt: skip
@click.option("--maker", help="Who makes it.")
@click.option("--maker-name", "maker_names", multiple=True, help="The maker as affiliations write "
              "it; a former or later name.")  # fmt: skip
@click.option("--institution", is_flag=True, help="The maker is a hospital or university.")
@click.option("--alias", "aliases", multiple=True, help="Another name, code or spelling.")
@click.option("--description", "descriptions", multiple=True, help="A name that describes a kind: "
              "counts only beside the maker.")  # fmt: skip
@click.option("--context", multiple=True, metavar="WORD", help="The name is an ordinary word: it "
              "counts only beside one of these.")  # fmt: skip
@click.option("--lookalike", "lookalikes", multiple=True, help="A name that is not this product.")
@click.option("--trial", "trials", multiple=True, metavar="ID", help="A registered trial of it.")
@click.option("--intervention", help="ev, engineered_ev, conditioned_medium, cells …")
@click.option("--source-kind", help="msc, non_msc, mixed, not_stated.")
@click.option("--tissue", help="bone_marrow, adipose, umbilical_cord, placenta …")
@click.option("--country", help="Two letters, ISO 3166.")
@click.option("--sold-as", help="What the label calls it.")
@click.option("--note", help="One sentence.")
@click.option("--key", help="Name of the file; by default made of NAME.")
def add(name: str | None, db: Path, folder: Path | None, **given: Any) -> None:
    """Write a product file into your own catalogue, checked before it counts.

    What is missing is asked for, where a person sits at the terminal. The file states the
    identity only; add studies, trials and facts by hand (queries/README.md).
    """
    from evlit.catalogue import load_catalogue, shipped_folder
    from evlit.catalogue.adding import NewProduct, save_product

    if folder is None:
        raise UsageError(
            "EVLIT_QUERIES", "is not set: there is no catalogue of your own to add to",
            "set it to a folder, or give --folder; it is made where it is not there",
        )  # fmt: skip
    name = name or _asked("Name, as the label prints it")
    # A folder that is yet to be made must not stop the reading of the shipped catalogue.
    made = folder.is_dir()
    catalogue = load_catalogue(overlay=folder) if made else load_catalogue(shipped_folder())
    for refusal in _refusals(catalogue, name, given):
        raise refusal
    given["sources"] = given["sources"] or (_asked("Web page where you read of it"),)
    if given["maker"] is None and sys.stdin.isatty():
        given["maker"] = click.prompt("Maker (empty: not known)", default="", show_default=False)
    new = NewProduct(name=name, **{k: v for k, v in given.items() if v})
    product = save_product(new, folder, catalogue)
    click.echo(f"wrote {folder / product.path}")
    click.echo(f"PubMed will be asked: {product.term}")
    for line in _next_steps(db, folder, product):
        click.echo(line)


def _asked(what: str) -> str:
    """Ask the person; :raises UsageError: nobody sits there to answer."""
    if not sys.stdin.isatty():
        option = "NAME" if what.startswith("Name") else "--source"
        raise UsageError(option, "missing", "give it: nobody is at the terminal to ask")
    return str(click.prompt(what))


def _refusals(catalogue: Catalogue, name: str, given: dict[str, Any]) -> Iterator[UsageError]:
    """Yield why a name may not be added as it is."""
    from evlit.names import Names, clean_typed, describe

    clean_typed(name)
    known = Names(catalogue.products).resolve(name)
    if known.product is not None and known.read_as == "name":
        yield UsageError(
            repr(name), f"is a name of {known.product.name} already",
            f"see `evlit products {known.product.key}`",
        )  # fmt: skip
    if describe(name) is not None and not (given["maker"] and given["context"]):
        yield UsageError(
            repr(name), "describes a kind of product; it would be found in hundreds of papers",
            "give --maker and --context with words that stand beside this product's name",
        )  # fmt: skip
    letters = sum(c.isalnum() for c in name)
    if letters < 4 and not given["context"]:
        yield UsageError(
            repr(name), "is so short that it stands for other things too",
            "give --context with words that stand beside this product's name",
        )  # fmt: skip


def _next_steps(db: Path, folder: Path, product: Product) -> Iterator[str]:
    """Yield how often held texts print the name, and what to do next."""
    from evlit.answer.phrase import find_phrase

    with open_for_reading(db) as store:
        hits = find_phrase(store.db, product.name)
    if hits.found:
        yield (
            f"{len(hits.found)} held records print the name; `evlit classify` ties them to the "
            "product. If they speak of another thing, add --context."
        )
    if os.environ.get("EVLIT_QUERIES") != str(folder):
        yield f"Set EVLIT_QUERIES={folder} so that it is read."
    yield f"`evlit search {product.key} --live` asks PubMed now."
