"""``evlit search``: the question that evlit is for, and the forms of its answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from evlit.cli import PROMISED
from evlit.cli.options import leave, open_for_reading, store_option
from evlit.cli.terminal import is_terminal, safe, terminal_width

if TYPE_CHECKING:
    from evlit.catalogue import Catalogue
    from evlit.records import Answer, Entry, Parsed
    from evlit.store import Store
    from evlit.store.asking import Asked

FORMS = {
    "json": "Print JSON for machines (docs/json.md).",
    "jsonl": "Print one JSON object a report.",
    "csv": "Print the list of reports as CSV.",
    "ris": "Print the reports as RIS, for EndNote, Zotero and others.",
    "csl": "Print the reports as CSL-JSON, for pandoc and others.",
    "nbib": "Print the held records as MEDLINE text (.nbib).",
}
"""Option → its help; each a form of the same answer, one at a time."""

F = TypeVar("F", bound=Callable[..., Any])


def forms_option(command: F) -> F:
    """Add ``--json``, ``--csv`` and the other forms; the command asks :func:`chosen_form`."""
    for name, text in reversed(FORMS.items()):
        command = click.option(
            f"--{name}", is_flag=True, expose_value=False, callback=_choose, help=text
        )(command)
    return command


def _choose(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if not value:
        return
    before = ctx.meta.setdefault("evlit.form", param.name)
    if before != param.name:
        raise click.UsageError(f"--{before} and --{param.name} cannot be used together: choose one")


def chosen_form() -> str:
    """Return the form chosen; ``""`` = the card for people."""
    return str(click.get_current_context().meta.get("evlit.form", ""))


@click.command()
@click.argument("name", nargs=-1)
@store_option
@click.option("--for", "indication", metavar="INDICATION", help="Narrow to one condition.")
@click.option(
    "--maker",
    metavar="NAME",
    help="Whose product; without NAME, all that this maker sells or trials.",
)
@click.option("--since", metavar="DATE", help="Only records published from then on: a "
              "year, month or day (2024-05).")  # fmt: skip
@click.option("--live", is_flag=True, help="Ask PubMed now for this name, save what it has, and "
              "say what changed.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="With --live: show no progress.")
@forms_option
@click.option("--explain", is_flag=True, help="Say for every record why it is on the list.")
@click.option("--help-patient", is_flag=True, help="Five questions to ask a clinic, and where to "
              "report harm.")  # fmt: skip
def search(
    name: tuple[str, ...],
    db: Path,
    indication: str | None,
    maker: str | None,
    since: str | None,
    live: bool,
    quiet: bool,
    explain: bool,
    help_patient: bool,
) -> None:
    """Has this product been studied?

    NAME is the name on the vial, the label or the web page. Without a name, --maker lists a
    maker's products and --for shows what is known of the class for one condition.
    """
    from evlit.answer import look_up
    from evlit.catalogue import load_catalogue
    from evlit.render import patient_help
    from evlit.store.asking import open_for_questions

    if help_patient and not name:
        click.echo(patient_help())
        return
    catalogue, code = load_catalogue(), 0

    def ask(store: Asked) -> Answer:
        return look_up(
            store, catalogue, " ".join(name), indication=indication, maker=maker, since=since
        )

    if live:
        from evlit.store import open_store

        with open_store(db) as store:
            before = ask(store)
            answer, code = _asked_now(store, catalogue, before, lambda: ask(store), quiet=quiet)
    else:
        with open_for_questions(db) as reader:
            answer = ask(reader)
    PROMISED.set(code or answer.exit_code)
    for text in written(db, answer, chosen_form(), explain=explain):
        click.echo(text, nl=False)
    if help_patient and not chosen_form():
        click.echo(patient_help())
    leave(code or answer.exit_code)


def _asked_now(
    store: Store, catalogue: Catalogue, before: Answer, ask: Callable[[], Answer], *, quiet: bool
) -> tuple[Answer, int]:
    """Ask PubMed now; return the answer of now, and an exit code where PubMed failed.

    PubMed out of reach is told in one sentence; what is held answers all the same.
    """
    from evlit.answer.live import not_asked, nothing_to_ask
    from evlit.errors import LockedError, SourceError, TemporaryError

    if before.product is None and not _is_one_name(before):
        return nothing_to_ask(before), 0
    if not quiet and is_terminal():
        click.echo("Asking PubMed …", err=True)
    try:
        return _with_live(store, catalogue, before, ask), 0
    except (SourceError, TemporaryError, LockedError) as error:
        click.echo(safe(str(error)), err=True)
        return not_asked(before, error.what), error.exit_code


def _is_one_name(answer: Answer) -> bool:
    """Whether an answer is about a name outside the catalogue, and not about a kind or maker."""
    return bool(answer.question.typed) and answer.status not in (
        "ambiguous", "generic", "maker_products", "class_view",
    )  # fmt: skip


def _with_live(
    store: Store, catalogue: Catalogue, before: Answer, ask: Callable[[], Answer]
) -> Answer:
    from evlit.answer.live import with_live
    from evlit.ingest import Enricher
    from evlit.settings import load_settings
    from evlit.sync.live import ask_live, name_query, naming
    from evlit.sync.plan import product_query

    enricher = Enricher(catalogue)

    def enrich(parsed: Parsed, queries: tuple[str, ...]) -> Entry:
        return enricher.entries(store, [(parsed, queries)])[0]

    typed = before.question.typed
    said = ask_live(
        store,
        load_settings(),
        product_query(before.product) if before.product else name_query(typed),
        enrich=enrich if before.product else naming(enrich, typed),
        tagged_with=enricher.tagged_with,
        matched_with=enricher.matched_with,
    )
    return with_live(
        before, ask(), counted=said.counted, new=said.new, revised=said.revised,
        events=said.events, why=said.why,
    )  # fmt: skip


def written(db: Path, answer: Answer, form: str, *, explain: bool = False) -> Iterator[str]:
    """Yield an answer in one of ``FORMS``; ``""`` = the card."""
    from evlit.render import to_csv, to_json, to_jsonl

    if form == "json":
        yield json.dumps(to_json(answer), ensure_ascii=False, indent=2) + "\n"
    elif form == "jsonl":
        yield from to_jsonl(answer)
    elif form == "csv":
        yield to_csv(answer)
    elif form:
        yield from _references(db, answer, form)
    else:
        yield _card(answer, explain=explain)


def _references(db: Path, answer: Answer, form: str) -> Iterator[str]:
    from evlit.export import to_csl, to_nbib, to_ris
    from evlit.holdings import answer_records, answer_references

    with open_for_reading(db) as store:
        if form == "nbib":
            listed = (*answer.records, *answer.listed_not_counted)
            absent = sum(not report.held for report in listed)
            if absent:
                click.echo(f"{absent} studies that are not held are left out of .nbib", err=True)
            yield from to_nbib(answer_records(store, answer))
        else:
            write = to_ris if form == "ris" else to_csl
            yield from write(answer_references(store, answer))


def _card(answer: Answer, *, explain: bool) -> str:
    from evlit.render import to_terminal

    return to_terminal(
        answer,
        width=terminal_width(),
        color=_wants_color(),
        ascii_only=_ascii_only(),
        explain=explain,
    )


def _wants_color() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _ascii_only() -> bool:
    """Return whether standard output cannot show ``·`` and box characters."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        "·─█…“”".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return True
    return False
