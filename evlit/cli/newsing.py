"""Commands that tell what is new: digest, feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evlit.cli.options import leave, open_for_reading, product_key, store_option
from evlit.cli.terminal import safe
from evlit.errors import UsageError

if TYPE_CHECKING:
    from evlit.catalogue import Catalogue
    from evlit.store import Store


@click.command()
@store_option
@click.option("--since", required=True, metavar="DATE", help="A day (2026-11-01), or so many "
              "days back (7d).")  # fmt: skip
@click.option("--html", "as_html", is_flag=True, help="HTML for a mail, instead of text.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing where nothing is new about any "
              "product: cron then sends no mail.")  # fmt: skip
@click.option("--lang", type=click.Choice(["en", "ja"]), default="en", show_default=True,
              help="Language of the sentences.")  # fmt: skip
def digest(db: Path, since: str, as_html: bool, quiet: bool, lang: str) -> None:
    """Tell what is new since a day: reports, trials, retractions and notices, by product.

    For cron's mail: evlit digest --since 7d --quiet
    """
    from evlit.answer.news import find_news
    from evlit.catalogue import load_catalogue
    from evlit.messages import use_language
    from evlit.render.digest import digest_html, digest_text

    with use_language(lang), open_for_reading(db) as store:
        news = find_news(store.db, load_catalogue(), since_day(since))
        if quiet and not news.groups:
            leave(0)
        click.echo(digest_html(news) if as_html else safe(digest_text(news)), nl=False)


def since_day(typed: str) -> str:
    """Return the day of ``7d`` or of an ISO date, month or year.

    :raises UsageError: it is neither
    """
    text = typed.strip()
    back = re.fullmatch(r"(\d{1,4})d", text)
    if back:
        return (datetime.now(UTC) - timedelta(days=int(back[1]))).strftime("%Y-%m-%d")
    if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", text):
        return text
    raise UsageError(f"--since {typed[:40]!r}", "not a date", "write 2026-11-01, 2026-11 or 7d")


@click.command()
@click.argument("product", required=False)
@store_option
@click.option("--for", "indication", metavar="INDICATION", help="What is new about a condition, "
              "whatever the product.")  # fmt: skip
@click.option("--all", "folder", type=click.Path(file_okay=False, path_type=Path),
              help="Write a feed of every product and condition into this folder.")  # fmt: skip
@click.option("--url", default="", metavar="https://…", help="Where the folder or "
              "feed will stand, for its self link.")  # fmt: skip
def feed(
    product: str | None, db: Path, indication: str | None, folder: Path | None, url: str
) -> None:
    """Print an Atom feed of one product or condition, or write those of all."""
    from evlit.catalogue import load_catalogue

    if sum(map(bool, (product, indication, folder))) != 1:
        raise click.UsageError("give PRODUCT, or --for INDICATION, or --all FOLDER")
    if url and not url.startswith(("http://", "https://")):
        raise click.BadParameter("give a whole address: https://…", param_hint="--url")
    catalogue = load_catalogue()
    with open_for_reading(db) as store:
        if folder is None:
            name = _feed_name(catalogue, product, indication)
            click.echo(_feed(store, catalogue, name, url), nl=False)
            return
        names = list(_feed_names(catalogue))
        for name in names:
            path = folder / f"{name}.atom"
            path.parent.mkdir(parents=True, exist_ok=True)
            self_url = f"{url.rstrip('/')}/{name}.atom" if url else ""
            path.write_text(_feed(store, catalogue, name, self_url), encoding="utf-8")
    click.echo(f"wrote {len(names)} feeds to {folder}")


def _feed_name(catalogue: Catalogue, product: str | None, indication: str | None) -> str:
    from evlit.answer import indications

    if indication:
        return f"indication/{indications.find(indication)}"
    return f"product/{product_key(catalogue, product or '')}"


def _feed_names(catalogue: Catalogue) -> Iterator[str]:
    from evlit.answer import indications

    yield from (f"product/{product.key}" for product in catalogue.products)
    yield from (f"indication/{key}" for key in indications.names())


def _feed(store: Store, catalogue: Catalogue, name: str, self_url: str) -> str:
    from evlit.answer import indications
    from evlit.answer.news import indication_news, product_news
    from evlit.messages import say
    from evlit.render.atom import to_atom

    kind, _, key = name.partition("/")
    if kind == "product":
        product = catalogue.product(key)
        items = product_news(store.db, catalogue, product)
        title = say("digest.feed_product", name=product.name)
    else:
        items = indication_news(store.db, key)
        title = say("digest.feed_indication", name=indications.name(key))
    return to_atom(name, title, items, self_url=self_url)
