"""Commands that show: serve (pages in a browser), map (the evidence gap map as a file)."""

from __future__ import annotations

from pathlib import Path

import click

from evlit.cli.options import leave, open_for_reading, store_option
from evlit.errors import UsageError

FORMATS = (".svg", ".png", ".html")


@click.command()
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", "-p", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option("--private", is_flag=True, help="Show abstracts and Datasette's own pages on itself: "
              "for your own eyes, not for the internet.")  # fmt: skip
@click.option("--sql", is_flag=True, help="Let readers run their own SELECTs.")
@click.option("--base-url", default="/", show_default=True, help="Path under which a web server "
              "in front passes requests on.")  # fmt: skip
def serve(db: Path, host: str, port: int, private: bool, sql: bool, base_url: str) -> None:
    """Show answers, the evidence map and the data in a browser (needs evlit[web]).

    Read only: nothing can be written, no arbitrary SQL and no download unless switched on.
    """
    import os

    try:
        import uvicorn
        from datasette.app import Datasette

        from evlit.web.switches import SETTINGS
    except ImportError as error:
        raise UsageError("serve", "needs Datasette", "pip install 'evlit[web]'") from error
    for name, on in (("PRIVATE", private), ("SQL", sql)):
        if on:
            os.environ[f"EVLIT_WEB_{name}"] = "1"
    files = [str(db)] if db.exists() else []
    if not files:
        click.echo(f"There is no store at {db} yet: pages show the catalogue only.", err=True)
    server = Datasette(files, memory=not files, settings={**SETTINGS, "base_url": base_url})
    click.echo(f"evlit on http://{host}:{port}{base_url} (Ctrl-C ends it)", err=True)
    uvicorn.run(server.app(), host=host, port=port, log_level="warning")
    leave(0)


@click.command(name="map")
@store_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="File to write: .svg, .png (needs evlit[web]) or .html.")  # fmt: skip
@click.option("--source", default="", help="Only from this source: msc, non_msc, mixed …")
@click.option("--preparation", default="", help="Only this preparation: ev, conditioned_medium …")
@click.option("--product", default="", help="Only one product, by key or name.")
@click.option("--from", "first", type=int, help="First year of publication.")
@click.option("--to", "last", type=int, help="Last year of publication.")
@click.option("--rows", default=40, show_default=True, type=click.IntRange(1), help="Conditions "
              "shown at most; how many are left out is said in the picture.")  # fmt: skip
def gap_map(
    db: Path,
    out: Path,
    source: str,
    preparation: str,
    product: str,
    first: int | None,
    last: int | None,
    rows: int,
) -> None:
    """Write the evidence gap map: conditions by kind of study, fit for a slide."""
    from evlit.answer.evidence_map import MapFilter, count_map, picture_notes
    from evlit.catalogue import load_catalogue
    from evlit.charts import gap_map_page, gap_map_svg, to_png
    from evlit.cli.options import product_key
    from evlit.messages import say
    from evlit.records import AXIS_VALUES

    if out.suffix.lower() not in FORMATS:
        raise UsageError(str(out), "is no kind of picture evlit writes", "end it in .svg, .png or "
                         ".html")  # fmt: skip
    for axis, value in (("source_kind", source), ("intervention", preparation)):
        if value and value not in AXIS_VALUES[axis]:
            raise UsageError(value, "is no value here", f"one of {', '.join(AXIS_VALUES[axis])}")
    key = product_key(load_catalogue(), product) if product else ""
    chosen = MapFilter(source, preparation, key, first, last)
    with open_for_reading(db) as store:
        chart = count_map(store.db, chosen)
        notes = [*picture_notes(store.db, chosen, product), say("chart.both")]
    title = say("chart.map_title")
    svg = gap_map_svg(chart, title, notes, rows=rows)
    if out.suffix.lower() == ".png":
        content = to_png(svg)
    elif out.suffix.lower() == ".html":
        content = gap_map_page(chart, svg, title).encode()
    else:
        content = svg.encode()
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(str(out), error.strerror or str(error), "name another file") from error
    click.echo(f"{out}: {len(content):,} bytes")


map = gap_map  # the group looks for a command under its own name
