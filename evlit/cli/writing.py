"""Commands that write to the store without the network: ingest, classify, tag."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from evlit.cli.options import existing_store, quiet_option, store_option
from evlit.cli.progress import Counter
from evlit.cli.terminal import safe
from evlit.errors import InputError
from evlit.records import AXES


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@store_option
@click.option("--all", "keep_all", is_flag=True, help="Keep every record, not only those on a "
              "topic or naming a product.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True,
              help="Processes that read; one more writes.")  # fmt: skip
@click.option("--cluster", default="", metavar="tcp://HOST:PORT",
              help="Read on the workers of this Dask scheduler instead.")  # fmt: skip
@quiet_option
def ingest(
    files: tuple[Path, ...], db: Path, keep_all: bool, workers: int, cluster: str, quiet: bool
) -> int:
    """Read PubMed files (XML, .xml.gz, MEDLINE .nbib or .txt) into the store.

    Records on a topic or naming a product are kept; --all keeps everything. A malformed
    record loses nothing beside itself, a cut file nothing before the cut; both are named on
    standard error, and the exit code is 2. A file that is no PubMed file ends the run: those
    before it are kept, those after it are not read.

    Files are taken by name, the order in which NLM numbers them. A checksum beside a file
    (NAME.md5) is checked. A file read before with the same rules and catalogue is passed
    over, so an ingest that was cut off goes on where it was.
    """
    from evlit.catalogue import load_catalogue
    from evlit.ingest import Report, ingest_files
    from evlit.store import open_store
    from evlit.store.lock import hold_store

    report = Report()
    refused: InputError | None = None
    with hold_store(db), open_store(db) as store, Counter("Reading", quiet) as counter:
        try:
            ingest_files(
                store,
                sorted(files, key=lambda path: (path.name, path)),
                load_catalogue(),
                keep_all=keep_all,
                workers=workers,
                cluster=cluster,
                progress=lambda at: counter.show(
                    at.seen, f"{at.files} of {at.of} files, {at.path.name},"
                ),
                report=report,
            )
        except InputError as error:
            refused = error
        store.checkpoint()  # readers then need not step through a long write-ahead log
    for bad in report.malformed:
        click.echo(safe(f"malformed: {bad.where}: {bad.what}"), err=True)
    if not quiet and (report.seen or not refused):
        click.echo(
            f"seen {report.seen}, kept {report.kept}, skipped {report.skipped}; "
            f"new {report.new}, revised {report.revised}, unchanged {report.unchanged}, "
            f"older than held {report.older}; deletions {report.deletions} "
            f"({report.deleted} held), malformed {len(report.malformed)}"
            + (f"; {report.known} of {report.files} files read before" if report.known else "")
        )
    if refused:
        raise refused
    return 2 if report.malformed else 0


@click.command()
@store_option
@click.option("--all", "everything", is_flag=True, help="Every record, not only those tagged by "
              "another version of the rules or the catalogue.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True,
              help="Processes that tag; with more than one, this one only writes.")  # fmt: skip
@quiet_option
def classify(db: Path, everything: bool, workers: int, quiet: bool) -> None:
    """Tag and match held records again from the stored bytes; needs no network."""
    from evlit.catalogue import load_catalogue
    from evlit.ingest import retag
    from evlit.store.lock import hold_store

    with existing_store(db) as store, hold_store(db), Counter("Tagging", quiet) as counter:
        done = retag(
            store,
            load_catalogue(),
            pmids=store.pmids(deleted=True) if everything else None,
            workers=workers,
            progress=lambda count: counter.show(count, ""),
        )
    if not quiet:
        click.echo(f"tagged {done} records")


@click.command(epilog=f"Axes: {', '.join(AXES)}. A wrong value is answered with those known.")
@click.argument("pmid", type=click.IntRange(min=1), required=False)
@click.argument("axis", required=False)
@click.argument("value", required=False)
@store_option
@click.option("--why", help="The reason, in words another reader can check.")
@click.option("--who", default=getpass.getuser, show_default="your login", help="Who says so.")
@click.option("--remove", is_flag=True, help="Take this tag of a person back.")
@click.option("--export", "export_to", type=click.Path(path_type=Path, dir_okay=False),
              help="Write all tags of persons as JSON lines.")  # fmt: skip
@click.option("--import", "import_from", type=click.Path(path_type=Path, dir_okay=False),
              help="Read tags of persons from JSON lines.")  # fmt: skip
def tag(
    pmid: int | None,
    axis: str | None,
    value: str | None,
    db: Path,
    why: str | None,
    who: str,
    remove: bool,
    export_to: Path | None,
    import_from: Path | None,
) -> None:
    """Set a tag by hand: it wins over every rule and is never overwritten.

    evlit tag 12345678 design animal --why "mice were injected, see methods"

    `evlit show PMID` lists a record's tags. The value none says that no value applies; a
    condition that the vocabulary lacks is written x:NAME.

    A person's tags are the only data that cannot be fetched again: --export writes them as
    text that --import reads, all lines or none.
    """
    from evlit.catalogue import load_catalogue
    from evlit.tagging import export_tags, import_tags, remove_tag, set_tag

    catalogue = load_catalogue()
    if export_to or import_from:
        with existing_store(db, readonly=not import_from) as store:
            if import_from:
                done = import_tags(store, catalogue, import_from)
                click.echo(f"added {done.added}, unchanged {done.unchanged}, older {done.older}")
            if export_to:
                click.echo(f"wrote {export_tags(store, export_to)} tags to {export_to}")
        return
    if pmid is None or axis is None or value is None:
        raise click.UsageError("give PMID, AXIS and VALUE, or --export/--import FILE")
    if not remove and not why:
        raise click.UsageError("--why is needed: say in words why this tag is right")
    with existing_store(db) as store:
        if remove:
            said = remove_tag(store, catalogue, pmid, axis, value)
        else:
            said = set_tag(store, catalogue, pmid, axis, value, why=why or "", who=who)
    click.echo(safe(said))
