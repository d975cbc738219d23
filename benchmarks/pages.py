"""What was measured, as pages: docs/speed.md with its picture, docs/scale.md."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from inspect import getdoc
from typing import Any

from benchmarks import peers
from benchmarks.growth_chart import growth_svg
from benchmarks.measuring import figure, table

Results = Mapping[str, Any]

FILES = 1_334
"""Files of NLM's yearly baseline, as counted for 2026."""
PER_FILE = 30_000
"""Records of a baseline file."""
CORES = (2, 16, 64)
LINES = (100, 1_000, 10_000)
"""Megabits a second of the line to NLM."""

NAMES = {
    "zlib_only": "floor: inflate, zlib", "isal_only": "floor: inflate, isal",
    "tokens_only": "floor: lxml tokens", "insert_only": "floor: raw insert",
    "evlit_records": "**evlit, Record objects**",
    "evlit_records_2": "**evlit, Record objects, 2 processes**",
    "evlit_reading": "**evlit, read and tag all**",
    "evlit_all": "**evlit, the whole way**",
    "evlit_all_2": "**evlit, the whole way, 2 workers**",
    "evlit_again": "**evlit, the same file again**",
    "evlit_retag": "**evlit, tag all held again**",
    "evlit_retag_2": "**evlit, tag all held again, 2 workers**",
    "evlit_scan": "**evlit, topic scan**", "evlit_topics": "**evlit, topics into the store**",
    "pubmed_parser": "pubmed_parser", "metapub": "metapub", "litsync": "litsync",
    "pubmed_downloader": "pubmed-downloader", "bio_entrez": "Bio.Entrez.read",
    "xtract": "EDirect xtract",
}  # fmt: skip
XTRACT_INCLUDES = (
    "gzip -dc, then five fields a record as text, markup taken out (compiled, several threads)"
)


def speed_page(results: Results) -> str:
    """Return docs/speed.md."""
    parts = [
        "# Speed",
        "Written by `make bench`; do not edit. Times are seconds of processor time (user and "
        "system, a process from its start to its end) unless said otherwise, medians of the runs "
        "stated; the sides of a table took turns in one run. Memory is the most that was "
        "resident. Ratios within a table hold on other machines; seconds do not.",
        *([_bars(results["peers"])] if "peers" in results else []),
        *(_SECTIONS[name](results[name]) for name in _SECTIONS if name in results),
    ]
    return "\n\n".join(parts).rstrip() + "\n"


def _told(part: Results) -> str:
    told = part["told"]
    quick = " Quick run: small files, few runs." if told["quick"] else ""
    return f"Measured {told['at']} on {told['on']}.{quick}"


# --------------------------------------------------------------------------------- bars

_PEER = "pubmed_parser"
_BARS = (
    # what, side, beside, measure, at least (else at most), bar
    ("Record objects, one core, × pubmed_parser", _PEER, "evlit_records", "cpu", True, 2.0),
    ("Record objects, two processes, by wall", _PEER, "evlit_records_2", "wall", True, 2.5),
    ("the whole way, one core, × pubmed_parser", _PEER, "evlit_all", "cpu", True, 0.6),
    ("the whole way, two workers, by wall", _PEER, "evlit_all_2", "wall", True, 1.0),
    ("topic scan, ÷ zlib", "evlit_scan", "zlib_only", "cpu", False, 2.0),
    ("the same file again, × the first time", "evlit_all", "evlit_again", "cpu", True, 10.0),
)
FLOORS = """\
What misses a bar, by profiles of 2026-11-26 on the same machine, which a run of `make bench` does
not take anew. *The whole way*: of 1,300 to 1,900 µs a record 40 are inflating and cutting, 270 to
350 tree and Record, 80 canonical bytes, 120 to 150 the sieve, 600 to 800 tags, 200 to 300 SQLite
(60 of it the text index). Without tags the rest fits the bar by little; tags would have to fall
to a half. *Tags*: no part stands out: a fifth is the search for 9,500 cues, an eighth patterns,
the rest Python's own steps over some 60 words found. Compiled by mypyc the same rules are 1.3
times as fast; that is not shipped. *Topic scan*: start-up, mostly compiling patterns, is a
quarter; inflating and cutting a quarter; half of a baseline file is headings, which zlib inflates
in less time than any search for words takes."""


def _bars(part: Results) -> str:
    files = [part, part["old"]] if part["old"] else [part]
    heads = ("what the project asks of itself", *(f"`{f['file']}`" for f in files), "bar")
    rows = []
    for what, over, under, measure, least, bar in _BARS:
        found = [_ratio(f["sides"], over, under, measure) for f in files]
        if any(found):
            told = [_judged(ratio, bar, least=least) for ratio in found]
            rows.append([what, *told, f"at {'least' if least else 'most'} {bar:g}"])
    return f"## Bars\n\n{_told(part)}\n\n{table(heads, rows)}\n{FLOORS}"


def _ratio(sides: Results, over: str, under: str, measure: str) -> float | None:
    first, second = sides.get(over, {}).get(measure), sides.get(under, {}).get(measure)
    return first / second if first and second else None


def _judged(ratio: float | None, bar: float, *, least: bool) -> str:
    if ratio is None:
        return "not measured"
    met = ratio >= bar if least else ratio <= bar
    return figure(ratio) + ("" if met else ", missed")


# -------------------------------------------------------------------------------- peers


def _peers(part: Results) -> str:
    text = f"## Reading beside peers\n\n{_told(part)}\n\n{_file(part)}\n\n{_sides(part)}"
    if part["old"]:
        text += f"\n{_file(part['old'])}\n\n{_sides(part['old'])}"
    return text + "\nWhat each side includes:\n\n" + "\n".join(_includes(part["sides"]))


def _file(part: Results) -> str:
    records = next(s["records"] for s in part["sides"].values() if "records" in s)
    return f"`{part['file']}`, {part['bytes'] / 1e6:.1f} MB, {records:,} records:"


def _sides(part: Results) -> str:
    sides = part["sides"]
    base = sides.get("pubmed_parser", {}).get("cpu")
    wall = sides.get("pubmed_parser", {}).get("wall")
    inflate = sides.get("zlib_only", {}).get("cpu")
    rows = []
    for name, label in NAMES.items():
        side = sides.get(name)
        if side is None:
            continue
        if "failed" in side:
            rows.append([label, *[None] * 7, f"not measured: {side['failed'][:80]}"])
            continue
        rows.append([
            label, side["cpu"], side["wall"], side["records"] / side["cpu"], side["peak"],
            base / side["cpu"] if base else None, wall / side["wall"] if wall else None,
            side["cpu"] / inflate if inflate else None, side["runs"],
        ])  # fmt: skip
    heads = ("side", "cpu s", "wall s", "records/cpu s", "peak MiB", "× pubmed_parser",
             "the same by wall", "÷ zlib", "runs")  # fmt: skip
    return table(heads, rows)


def _includes(sides: Results) -> Iterator[str]:
    for name, label in NAMES.items():
        if name in sides:
            side = peers.SIDES.get(name)
            yield f"- {label}: {getdoc(side) if side else XTRACT_INCLUDES}"


# ------------------------------------------------------------------------------- starts

_STARTS = {
    "floor": ('`python -c "import click, rich, sqlite3"`', None),
    "help": ("`evlit --help`", 1.5),
    "search": ("`evlit search ExoFlo`, 73 reports, 20,000 records held", 2.5),
    "search_short": ("`evlit search Zofin`, 20,000 records held", 2.5),
    "search_json": ("`evlit search ExoFlo --json`", None),
    "search_empty": ("`evlit search ExoFlo`, no store yet", 2.5),
}


def _starts(part: Results) -> str:
    floor = part["floor"]["cpu"]
    rows = [
        [label, f"{side['cpu'] * 1000:.0f}", f"{side['wall'] * 1000:.0f}", side["cpu"] / floor,
         f"at most {bar}" if bar else "", side["runs"]]
        for name, (label, bar) in _STARTS.items()
        if "cpu" in (side := part.get(name, {}))
    ]  # fmt: skip
    heads = ("process", "cpu ms", "wall ms", "× the first", "bar", "runs")
    return f"## From the command to the answer\n\n{_told(part)}\n\n{table(heads, rows)}"


# ------------------------------------------------------------------------------ answers


def _answers(part: Results) -> str:
    text = (
        f"## Answers\n\n{_told(part)}\n\nIn one process with the catalogue read and the store "
        "open. The stores are made by `benchmarks/stores.py`, through the real schema: 20,000 "
        "invented records with abstracts, authors, headings and ten tags each, in the shares "
        "measured on real records, save that every fourth gives MSC vesicles; a larger store "
        "holds copies of these. Bars: 5 ms for half, 25 ms for 99 of 100 answers about a "
        "product at 20,000 records; 15 ms for half at 1,000,000.\n"
    )
    for records in (name for name in part if name != "told"):
        rows = [
            [t["kind"], t["asked"], t["cpu_p50"], t["cpu_p99"], t["wall_p50"], t["wall_p99"]]
            for t in part[records]
        ]
        heads = (f"{int(records):,} records", "asked", "cpu ms, half", "cpu ms, 99 %",
                 "wall ms, half", "wall ms, 99 %")  # fmt: skip
        text += "\n" + table(heads, rows)
    return text


# --------------------------------------------------------------------------------- tags


def _tags(part: Results) -> str:
    rows = [[r["way"], r["records"], r["letters"], r["per_second"]] for r in part["rows"]]
    heads = ("every axis, one core", "records", "letters a record", "records/cpu s")
    return (
        f"## Tags\n\n{_told(part)}\n\nRecords of the update file, parsed beforehand. evlit keeps "
        "its rules out of garbage collections while records pass; who calls the classifier as a "
        f"library may do so too (`gc.freeze`). Bars: 2,000 and 5,000.\n\n{table(heads, rows)}"
    )


# -------------------------------------------------------------------------------- names


def _names(part: Results) -> str:
    rows = [[r["products"], r["per_record"], r["build"], r["found"]] for r in part["rows"]]
    heads = ("products", "µs a record", "ms to build", "links found")
    return (
        f"## Names in texts\n\n{_told(part)}\n\nAll names, spellings, makers and trial ids stand "
        f"in one automaton. {part['records']:,} records of the update file; products beyond the "
        f"catalogue's are invented, with three names, a maker and a trial id each.\n\n"
        f"{table(heads, rows)}"
    )


# ------------------------------------------------------------------------------- growth

_STEPS = {
    "sync": "sync (first fill, loopback)", "ingest": "ingest --all", "again": "ingest, unchanged",
    "retag": "tag all again", "export": "export, JSON lines", "look_up": "look-up, half",
    "map": "evidence map",
}  # fmt: skip


def _growth(part: Results) -> str:
    sizes = sorted({int(size) for step in _STEPS for size in part[step]})
    rows, memory = [], []
    for step, label in _STEPS.items():
        found = part[step]
        rows.append([label, *(_at(found, n, "cpu") for n in sizes), exponent(_curve(found))])
        memory.append([label, *(_at(found, n, "peak") for n in sizes)])
    heads = [f"{n:,}" for n in sizes]
    return (
        f"## Growth\n\n{_told(part)}\n\nSeconds by the number of records. The last column is the "
        "power of the number of records with which the time grows between the two largest sizes: "
        "1 is as the records do, 0 not at all.\n\n"
        f"{table(['step', *heads, 'power'], rows)}\n"
        "![Seconds by the number of records](speed-growth.svg)\n\n"
        f"MiB resident at most:\n\n{table(['step', *heads], memory)}\n"
        "Syncs ask the fake PubMed of the tests without pausing between requests; short invented "
        "records. Files hold real records, beyond 20,788 repeated under PMIDs of their own; each "
        "step is a process, its start included. Look-up and map are asked of generated stores."
    )


def _at(found: Results, size: int, what: str) -> float | None:
    return found[str(size)][what] if str(size) in found else None


def _curve(found: Results) -> list[tuple[int, float]]:
    return sorted((int(size), side["cpu"]) for size, side in found.items())


def exponent(curve: Sequence[tuple[int, float]]) -> float:
    """Return the power of x with which y grows between the last two points."""
    (x1, y1), (x2, y2) = curve[-2:]
    return round(math.log(y2 / y1) / math.log(x2 / x1), 2)


def speed_picture(results: Results) -> str:
    """Return the growth curves as SVG."""
    part = results["growth"]
    curves = {label: _curve(part[step]) for step, label in _STEPS.items()}
    note = f"{part['told']['at']}; dashed: ten times the records take ten times as long"
    return growth_svg(curves, "Processor time by the number of records", [note])


_SECTIONS = {
    "peers": _peers, "starts": _starts, "answers": _answers, "tags": _tags, "names": _names,
    "growth": _growth,
}  # fmt: skip


# -------------------------------------------------------------------------------- scale


def scale_page(results: Results) -> str:
    """Return docs/scale.md: the measured throughput and the sums made of it."""
    part = results["peers"]
    sides = part["sides"]
    costs = _Costs(sides, part["bytes"])
    measured = [
        [NAMES[name], f"{sides[name]['cpu'] / sides[name]['records'] * 1e6:,.0f}", words]
        for name, words in _MEASURED.items()
        if "cpu" in sides.get(name, {})
    ]
    return _SCALE.format(
        told=_told(part),
        file=part["file"],
        measured=table(("step", "µs a record", "where it runs"), measured),
        write=f"{costs.write * 1e6:,.0f}",
        files=f"{FILES:,}",
        records=f"{FILES * PER_FILE / 1e6:.0f}",
        size=f"{costs.bytes * FILES * PER_FILE / 1e9:,.0f}",
        hours=table(_HOUR_HEADS, [costs.row(cores) for cores in CORES]),
        network=table(
            ("line, Mbit/s", "hours for the download"),
            [[line, costs.bytes * FILES * PER_FILE * 8 / line / 1e6 / 3600] for line in LINES],
        ),
        bound=costs.bound(),
        **_reading(results),
    )


_MEASURED = {
    "evlit_scan": "worker",
    "evlit_topics": "worker and writer, one process",
    "evlit_reading": "worker",
    "evlit_all": "worker and writer, one process",
    "evlit_again": "one process; a hash of the file",
}
_HOUR_HEADS = (
    "cores", "topics only, hours", "bound by", "every record, hours", "bound by"
)  # fmt: skip


class _Costs:
    """Seconds a record, by who spends them."""

    def __init__(self, sides: Results, size: int) -> None:
        def each(name: str) -> float:
            return float(sides[name]["cpu"]) / int(sides[name]["records"])

        self.scan, self.read = each("evlit_scan"), each("evlit_reading")
        # Where one is too small to be told from chance it is taken as a hundredth.
        self.write = max(each("evlit_all") - self.read, self.read / 100)
        self.write_topics = max(each("evlit_topics") - self.scan, self.scan / 100)
        self.bytes = size / sides["evlit_all"]["records"]

    def row(self, cores: int) -> list[object]:
        """Return the hours of a pass over the baseline on so many cores, one of them the
        writer's where there are more than two."""
        row: list[object] = [cores]
        for worker, writer in ((self.scan, self.write_topics), (self.read, self.write)):
            readers = (worker + writer) / cores if cores == 2 else worker / (cores - 1)
            seconds = max(readers, writer) * FILES * PER_FILE
            row += [figure(seconds / 3600), "the writer" if writer > readers else "reading"]
        return row

    def bound(self) -> str:
        """Return how many readers keep the writer busy."""
        return f"{self.read / self.write:.1f}"


def _reading(results: Results) -> dict[str, str]:
    """Return what readers of a store cost, where it was measured."""
    if "answers" not in results:
        return {"answers": "–", "largest": "–", "each": "–"}
    stores = {int(n): rows for n, rows in results["answers"].items() if n != "told"}
    largest = max(stores)
    milliseconds = stores[largest][0]["cpu_p50"]
    return {
        "answers": figure(milliseconds),
        "largest": f"{largest:,}",
        "each": f"{1000 / milliseconds:,.0f}",
    }


_SCALE = """# Scale

Written by `make bench`; do not edit. {told} A figure is *measured* or *computed* from measured
ones, and marked so.

## What a record costs

Measured on `{file}`, one core:

{measured}
Computed: the writer's part of the whole way is {write} µs a record (the whole way less what a
worker does of it).

## The whole baseline

{files} files of 30,000 records are {records} million records, {size} GB compressed (computed from
the size of the file measured; older files are smaller). `evlit ingest --workers N` reads files in
N processes; one process writes, since SQLite has one writer. On two cores reader and writer share
them; on more, one core is the writer's. Computed hours of one pass:

{hours}
One writer is kept busy by {bound} readers (computed); cores beyond that wait for it. Topics only
is what evlit is for: records on a topic or naming a product are kept, the others are sieved out
before they are parsed. The download, computed, at full use of the line:

{network}
So on two cores the processor binds, on many cores the network does for topics only, and SQLite's
one writer for every record. With `--cluster tcp://…` the readers are the workers of a Dask
cluster; the writer stays one.

## Past that

**Reading.** An answer about a product takes {answers} ms of one core at {largest} records
(measured, generated store), so one core gives about {each} answers a second (computed); readers
do not wait for the writer (WAL). Its cost does not grow with the store: the numbers of a class
are kept by triggers, the other queries go by key.

**Many readers.** A store is one file, and nothing but the nightly sync writes it. `evlit backup
FILE` makes a consistent copy while a sync runs. Publish that copy under a name of its own: each
further server that fetches it is a read replica, which needs no writable folder and no lock. The
figures above hold for each of them.

**A snapshot behind a CDN.** The pages of products, the map and the lists change once a night.
With `Cache-Control: max-age` up to the next sync, the origin is asked once a page and night,
however many read. The catalogue has tens of products: some hundred pages a night, at the
milliseconds above less than ten seconds of one core (computed; a CDN was not measured).

**Many writers.** Where the writer binds (every record of PubMed, many cores), shard by PMID
range: each shard is a store with a writer of its own, and answers are merged by tier. evlit does
not do this: for its topics one writer is enough by the sums above.
"""
