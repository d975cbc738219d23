"""The command line: reads arguments, calls one function, prints.

Nothing heavy is imported here: each command lives in a module of its own that is loaded
when it is called, so that ``evlit --help`` answers at once.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from contextvars import ContextVar
from importlib import import_module

import click

from evlit import __version__
from evlit.errors import EvlitError, is_no_room

COMMANDS = {
    "search": ("searching", "Has this product been studied?"),
    "show": ("reading", "Show one record: citation, abstract, tags and why, mentions."),
    "products": ("catalogue", "List the products, show one with its sources, or add one."),
    "status": ("reading", "Say how complete the store is: coverage, last runs, what is due."),
    "sync": ("syncing", "Ask PubMed (and others) what is new; bring the store up to date."),
    "ingest": ("writing", "Read PubMed files (XML, .xml.gz, MEDLINE, .nbib) into the store."),
    "classify": ("writing", "Tag and match held records again (no network)."),
    "tag": ("writing", "Set a tag by hand: it wins over every rule and is never overwritten."),
    "digest": ("newsing", "Tell what is new since a day, by product: text, or HTML for a mail."),
    "feed": ("newsing", "Print an Atom feed of one product or condition, or write all."),
    "export": ("sharing", "Write records with tags and mentions, or as citations (RIS, CSL …)."),
    "evaluate": ("sharing", "Measure the tags against files of labelled records."),
    "map": ("web", "Write the evidence gap map as a picture (SVG, PNG, HTML)."),
    "serve": ("web", "Show answers, map and data in a browser (needs evlit[web])."),
    "backup": ("keeping", "Write a consistent copy of the store."),
    "check": ("keeping", "Check the integrity of the store and of the catalogue."),
    "cron": ("keeping", "Print what cron or systemd needs to sync every night."),
}
"""Command → (module in this package, one line of help)."""

PROMISED: ContextVar[int] = ContextVar("promised exit code", default=0)
"""The code of an answer that is being printed: it stands when the reader goes away."""

EXIT_CODES = {
    0: "studied; or the command did what was asked",
    2: "usage: a wrong option, name, file or catalogue entry",
    3: "not searched: the answer would rest on a search that was not made (or is stale)",
    4: "ambiguous: the name means more than one thing; evlit asks back",
    10: "every other completed answer; the status is in --json",
    69: "a source cannot be reached, refuses or has blocked this address",
    70: "evlit itself failed; nothing was lost, please report it",
    75: "temporary: given up for now, or another run holds the store; run it again later",
    130: "interrupted (Ctrl-C)",
}
"""Every exit code and what it means. Code 1 is never used: Python's own crashes give 1."""


class Door(click.Group):
    """The group of all commands; loads a command's module only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"evlit.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes below the commands."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), text) for code, text in EXIT_CODES.items()])


@click.group(
    cls=Door,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="COMMAND [ARGS]…",
)
@click.version_option(__version__, prog_name="evlit")
def cli() -> None:
    """Has this exosome product been studied?

    evlit collects PubMed records on vesicles and conditioned medium of mesenchymal stromal
    cells, tags each by what was done and to whom, and says for one product what was tested,
    in whom, and how hard it looked. It counts and cites; it never judges whether a product
    works or is safe.
    """


def main(argv: list[str] | None = None) -> None:
    """Run the command line and leave with a documented exit code."""
    # Python looks for cycles after every 700 new objects: at the start, when thousands of
    # lasting ones are made, that finds nothing and takes a tenth of an answer's time.
    gc.set_threshold(50_000, 20, 100)
    sys.exit(run(argv))


def run(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code; never raises."""
    PROMISED.set(0)
    try:
        result = cli.main(args=argv, prog_name="evlit", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as ex:
        ex.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return _told("interrupted; what was finished is kept", 130)
    except EvlitError as ex:
        return _told(str(ex), ex.exit_code)
    except (BrokenPipeError, SystemExit):  # click turns the first into the second, with code 1
        # The reader of our output has gone (``| head``): no fault, and nothing to say. The
        # answer was known before it was printed: its code stands.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROMISED.get()
    except Exception as ex:  # the last door: no traceback reaches a person
        return _os_error(ex) if isinstance(ex, OSError) else _crashed(ex)
    return result if isinstance(result, int) else 0


def _told(text: str, code: int) -> int:
    _say(text)
    return code


def _os_error(ex: OSError) -> int:
    """Say which file the system refused, and why; no room is temporary, the rest is usage."""
    full = is_no_room(ex)
    where = f"{ex.filename}: " if ex.filename else ""
    remedy = "make room and run it again" if full else "name another file or folder"
    return _told(f"{where}{ex.strerror or ex} — {remedy}", 75 if full else 2)


def _crashed(ex: Exception) -> int:
    """Say what failed without a traceback; EVLIT_DEBUG=1 shows it, the key scrubbed."""
    import traceback

    text = "".join(traceback.format_exception(ex)) if os.environ.get("EVLIT_DEBUG") else ""
    key = os.environ.get("NCBI_API_KEY")
    line = f"evlit failed: {type(ex).__name__}: {ex}. The store keeps what was committed."
    if not text:
        line += " Set EVLIT_DEBUG=1 and run it again to see where, then report it."
    for part in (text, line):
        if part:
            _say(part.replace(key, "***") if key else part)
    return 70


def _say(text: str) -> None:
    from evlit.cli.terminal import safe

    with suppress(OSError):  # nobody can be told; the exit code still says it
        click.echo(safe(text), err=True)
