"""Pictures as SVG, written by hand from the standard library: evidence gap map and timeline.

A picture stands by itself: title, date, counts, legend, no script, no font, nothing fetched.
Colours are shades of one hue, dark for many; a gap is hatched and says "none", so that the
picture can be read without colour. Nothing here means good or bad.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from evlit.errors import UsageError
from evlit.messages import language, say


class GapRow(NamedTuple):
    """One line of a chart."""

    key: str
    name: str
    counts: tuple[int, ...]
    """One number a column (map) or year (timeline)."""


class GapGroup(NamedTuple):
    """Rows that belong together: the conditions of one body system."""

    key: str
    name: str
    rows: tuple[GapRow, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Sums of the rows by column; a record of two conditions counts in both."""
        return tuple(map(sum, zip(*(row.counts for row in self.rows), strict=True)))


@dataclass(frozen=True, slots=True)
class GapMap:
    """Numbers of records by condition and tier."""

    columns: tuple[tuple[str, str], ...]
    """(key, name) of each tier."""
    groups: tuple[GapGroup, ...]
    totals: tuple[int, ...]
    """Records by tier, each once."""
    unnamed: tuple[int, ...]
    """Of these, records that name no condition."""

    @property
    def rows(self) -> tuple[GapRow, ...]:
        """All rows in the order of the groups."""
        return tuple(row for group in self.groups for row in group.rows)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Numbers of records by year, one row a tier."""

    years: tuple[int, ...]
    rows: tuple[GapRow, ...]
    undated: int = 0


BINS = (1, 2, 5, 20, 100)
"""Lowest number of each shade."""
SHADES = ("#dbe7f1", "#b3cde3", "#7fabcf", "#3474a8", "#1f4e79")
INKS = ("#14212e", "#14212e", "#14212e", "#ffffff", "#ffffff")
"""Ink on each shade; contrast at least 4.5 to 1."""

INK, MUTED, RULE, PAPER = "#14212e", "#52606d", "#d5dbe1", "#ffffff"
FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', "
    "'Hiragino Sans', 'Noto Sans CJK JP', sans-serif"
)

_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def shade(n: int) -> int:
    """Return the index of the shade for a number; -1 for none."""
    return sum(n >= low for low in BINS) - 1


def bin_names() -> list[str]:
    """Return the numbers of each shade in words: 1, 2–4, … 100+."""
    tops = [high - 1 for high in BINS[1:]]
    closed = [
        f"{low}–{top}" if top > low else str(low) for low, top in zip(BINS, tops, strict=False)
    ]
    return [*closed, f"{BINS[-1]}+"]


def text_of(text: str) -> str:
    """Return text as XML character data, without characters that XML cannot hold."""
    return escape(_BAD.sub("\N{REPLACEMENT CHARACTER}", text))


def attribute(text: str) -> str:
    """Return text as a quoted XML attribute."""
    return quoteattr(_BAD.sub("\N{REPLACEMENT CHARACTER}", text))


# ------------------------------------------------------------------------- gap map

_LABEL, _CELL, _ROW, _LEFT = 380, 150, 26, 40
_HEAD = 150


def gap_map_svg(chart: GapMap, title: str, notes: Sequence[str], *, rows: int | None = None) -> str:
    """Return the evidence gap map as one SVG document.

    :param notes: lines under the title (date, filters) and at the foot
    :param rows: conditions shown at most, those with most records first; how many are left
        out is said in the picture. Conditions without any record are left to the last line.
    """
    groups, left, empty = _shown(chart, rows)
    lines = sum(1 + len(group.rows) for group in groups) + 2
    width = _LEFT * 2 + _LABEL + _CELL * len(chart.columns)
    foot = 130 + 20 * max(len(notes) - 1, 0)
    height = _HEAD + lines * _ROW + foot
    parts = [*_opening(width, height, title, notes), *_column_heads(chart)]
    y = _HEAD
    parts += _row(say("chart.all"), chart.totals, y, bold=True)
    y += _ROW
    for group in groups:
        y += _ROW
        parts.append(_label(_LEFT, y - 8, group.name, size=14, weight="600", fill=MUTED))
        for row in group.rows:
            parts += _row(row.name, row.counts, y)
            y += _ROW
    y += 12
    parts += _row(say("chart.no_condition"), chart.unnamed, y)
    y += _ROW + 26
    parts += _legend(y)
    parts += _foot(y + 40, [*_left_out(left, empty), *notes[1:]])
    return "\n".join((*parts, "</svg>\n"))


def _shown(chart: GapMap, limit: int | None) -> tuple[list[GapGroup], int, int]:
    """Return the groups with rows to show, how many rows are left out, how many are empty."""
    filled = sorted((r for r in chart.rows if any(r.counts)), key=lambda r: -sum(r.counts))
    keep = {row.key for row in filled[:limit]}
    groups = [
        group._replace(rows=tuple(r for r in group.rows if r.key in keep)) for group in chart.groups
    ]
    shown = [group for group in groups if group.rows]
    shown.sort(key=lambda g: -sum(sum(r.counts) for r in g.rows))
    return shown, len(filled) - len(keep), len(chart.rows) - len(filled)


def _left_out(left: int, empty: int) -> list[str]:
    parts = []
    if left:
        parts.append(say("chart.left_out", n=left))
    if empty:
        parts.append(say("chart.empty", n=empty))
    return parts


def _opening(
    width: int, height: int, title: str, notes: Sequence[str], *, heading: bool = True
) -> list[str]:
    said = " ".join(notes)
    shown = [
        _label(_LEFT, 54, title, size=30, weight="700"),
        _label(_LEFT, 84, notes[0] if notes else "", size=16, fill=MUTED),
    ]
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family={attribute(FONT)} role="img" '
        'aria-labelledby="chart-title chart-desc">',
        f'<title id="chart-title">{text_of(title)}</title>',
        f'<desc id="chart-desc">{text_of(said)}</desc>',
        '<defs><pattern id="gap" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="8" height="8" fill="#fafafa"/>'
        '<rect width="3" height="8" fill="#e9e9e6"/></pattern></defs>',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        *(shown if heading else ()),
    ]


def _label(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 15,
    weight: str = "400",
    fill: str = INK,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{text_of(text)}</text>'
    )


def _column_heads(chart: GapMap) -> Iterator[str]:
    for i, (_, name) in enumerate(chart.columns):
        x = _LEFT + _LABEL + _CELL * (i + 0.5)
        yield _label(x, _HEAD - 16, name, size=15, weight="600", anchor="middle")


def _row(name: str, counts: Sequence[int], y: float, *, bold: bool = False) -> Iterator[str]:
    yield _label(_LEFT, y + 18, _cut(name, 48), weight="600" if bold else "400")
    for i, n in enumerate(counts):
        yield _cell(_LEFT + _LABEL + _CELL * i, y, n)


def _cell(x: float, y: float, n: int) -> str:
    box = f'<rect x="{x + 1:g}" y="{y + 1:g}" width="{_CELL - 2}" height="{_ROW - 2}"'
    if not n:
        none = _label(
            x + _CELL / 2, y + 18, say("chart.none"), size=12, fill=MUTED, anchor="middle"
        )
        return f'{box} fill="url(#gap)"/>{none}'
    i = shade(n)
    number = _label(x + _CELL / 2, y + 18, f"{n:,}", weight="600", fill=INKS[i], anchor="middle")
    return f'{box} fill="{SHADES[i]}"/>{number}'


def _legend(y: float) -> Iterator[str]:
    yield _label(_LEFT, y + 16, say("chart.legend"), size=14, fill=MUTED)
    x = _LEFT + _LABEL
    boxes = [("url(#gap)", say("chart.none"))]
    boxes += zip(SHADES, bin_names(), strict=True)
    for fill, text in boxes:
        yield (
            f'<rect x="{x}" y="{y}" width="34" height="22" fill="{fill}" stroke="{RULE}"/>'
            + _label(x + 42, y + 16, text, size=14, fill=MUTED)
        )
        x += 120


def _foot(y: float, lines: Sequence[str]) -> Iterator[str]:
    for i, line in enumerate(lines):
        yield _label(_LEFT, y + 20 * i + 10, line, size=14, fill=MUTED)


def _cut(text: str, size: int) -> str:
    """Return text of at most ``size`` columns; wide signs (CJK) take two."""
    used = 0
    for i, char in enumerate(text):
        used += 2 if "\u1100" <= char <= "\uffdc" else 1
        if used > size:
            return text[: max(i - 1, 0)].rstrip() + "…"
    return text


def gap_map_page(chart: GapMap, svg: str, title: str) -> str:
    """Return a page of HTML by itself: the picture, and all its numbers as a table."""
    heads = "".join(f'<th scope="col">{text_of(name)}</th>' for _, name in chart.columns)
    rows = "\n".join(
        f'<tr><th scope="row">{text_of(row.name)}</th>'
        + "".join(f"<td>{n:,}</td>" for n in row.counts)
        + "</tr>"
        for row in chart.rows
    )
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem;color:#14212e}svg{max-width:100%;"
        "height:auto}td{text-align:right;padding:.1rem .6rem}th{text-align:left;font-weight:500}"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8">'
        f"<title>{text_of(title)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style}</style></head><body>\n{svg}"
        f'<table><caption>{text_of(title)}</caption><thead><tr><th scope="col">'
        f"{text_of(say('chart.condition'))}</th>{heads}</tr></thead><tbody>\n{rows}\n"
        "</tbody></table></body></html>\n"
    )


def to_png(svg: str) -> bytes:
    """Return a picture as PNG, twice as large; drawn by resvg (``resvg-py``).

    resvg is a static renderer without scripts and network; it reads the system's fonts.

    :raises UsageError: the renderer is not installed
    """
    try:
        import resvg_py  # noqa: PLC0415 - of the extra ``web``; SVG needs nothing
    except ImportError as error:
        what = "needs resvg-py, which is not installed"
        raise UsageError("PNG", what, "pip install 'evlit[web]'") from error
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2))


# ------------------------------------------------------------------------ timeline

_BAND = 92


class _Frame(NamedTuple):
    """Where a timeline's parts stand, in pixels."""

    left: int
    axis: int
    """Room for the names beside the bands; 0 = they stand above."""
    plot: int
    top: int
    years: int
    """Years written out at most."""

    @property
    def start(self) -> int:
        """Where the bars begin."""
        return self.left + self.axis


_SLIDE, _PHONE = _Frame(_LEFT, 230, 960, 120, 16), _Frame(10, 0, 340, 4, 6)


def timeline_svg(chart: Timeline, title: str, notes: Sequence[str], *, narrow: bool = False) -> str:
    """Return records by year as one SVG document, a band of bars a tier.

    Each band has its own scale, whose top is written beside it: a few trials in people
    would vanish beside hundreds of animal studies.

    :param narrow: for a phone: names above the bands; title and notes stand on the page
    """
    frame = _PHONE if narrow else _SLIDE
    width = frame.left * 2 + frame.axis + frame.plot
    lines = [] if narrow else [say("chart.own_scale")]
    if chart.undated and not narrow:
        lines.append(say("chart.undated", n=chart.undated))
    lines += [] if narrow else notes[1:]
    end = frame.top + _BAND * len(chart.rows)
    height = end + (24 if narrow else 50 + 20 * (len(lines) + 1))
    parts = list(_opening(width, height, title, notes, heading=not narrow))
    for i, row in enumerate(chart.rows):
        parts += _band(chart, row, frame.top + _BAND * i, frame)
    parts += [*_years(chart, end, frame), *_foot(end + 48, lines)]
    return "\n".join((*parts, "</svg>\n"))


def _band(chart: Timeline, row: GapRow, y: float, frame: _Frame) -> Iterator[str]:
    peak = max(row.counts, default=0)
    base, room = y + _BAND - 12, _BAND - (34 if frame.axis else 52)
    x0 = frame.start
    total = say("chart.records", n=sum(row.counts))
    if frame.axis:
        yield _label(frame.left, base - room / 2, row.name, weight="600")
        yield _label(frame.left, base - room / 2 + 20, total, size=13, fill=MUTED)
    else:
        yield _label(frame.left, y + 14, row.name, size=14, weight="600")
        yield _label(x0 + frame.plot, y + 14, total, size=13, fill=MUTED, anchor="end")
    yield f'<path d="M{x0} {base}h{frame.plot}" stroke="{RULE}"/>'
    if not peak:
        yield _label(x0 + 8, base - 8, say("chart.none"), size=13, fill=MUTED)
        return
    step = frame.plot / max(len(chart.years), 1)
    for i, (year, n) in enumerate(zip(chart.years, row.counts, strict=True)):
        if not n:
            continue
        size = max(room * n / peak, 2)
        x = x0 + step * i
        wide = min(step * 0.76, 60)
        yield (
            f'<rect x="{x + (step - wide) / 2:.1f}" y="{base - size:.1f}" width="{wide:.1f}" '
            f'height="{size:.1f}" fill="{SHADES[3]}"><title>{year}: {n:,}</title></rect>'
        )
        if n == peak:
            middle = x + step / 2
            yield _label(middle, base - size - 5, f"{n:,}", size=13, fill=MUTED, anchor="middle")


def _years(chart: Timeline, y: float, frame: _Frame) -> Iterator[str]:
    step = frame.plot / max(len(chart.years), 1)
    every = max(1, -(-len(chart.years) // frame.years))
    for i, year in enumerate(chart.years):
        if (chart.years[-1] - year) % every == 0:
            x = frame.start + step * (i + 0.5)
            yield _label(x, y + 12, str(year), size=13, fill=MUTED, anchor="middle")
