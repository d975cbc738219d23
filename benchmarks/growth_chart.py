"""Growth curves as one SVG: seconds against records, both scales logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from evlit.charts import FONT, INK, MUTED, PAPER, RULE, text_of

WIDTH, HEIGHT = 860, 520
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 190, 84, 64
_COLOURS = ("#1f4e79", "#b5482a", "#2f7d4f", "#7a4fa3", "#8a6d00", "#0f7c8a", "#a3336b")
_NEAR = 17
"""Least distance of two names, in points."""

Curve = Sequence[tuple[int, float]]


def growth_svg(curves: Mapping[str, Curve], title: str, notes: Sequence[str]) -> str:
    """Return a picture that stands by itself: each curve named at its end, a dashed line for
    what grows as the records do.

    :param curves: name → (records, seconds), both above 0
    """
    points = [point for curve in curves.values() for point in curve]
    across = _Scale([x for x, _ in points], _LEFT, WIDTH - _RIGHT)
    up = _Scale([y for _, y in points], HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="{FONT.replace(chr(34), "")}">',
        f"<title>{text_of(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        _text(24, 34, title, size=18, weight="600"),
        *(_text(24, 56 + 18 * i, note, fill=MUTED) for i, note in enumerate(notes)),
    ]
    for value in across.decades():
        x = across.at(value)
        parts += [_rule(x, _TOP, x, HEIGHT - _BOTTOM),
                  _text(x, HEIGHT - _BOTTOM + 20, f"{value:,.0f}", anchor="middle")]  # fmt: skip
    for value in up.decades():
        y = up.at(value)
        parts += [_rule(_LEFT, y, WIDTH - _RIGHT, y),
                  _text(_LEFT - 8, y + 4, _seconds(value), anchor="end")]  # fmt: skip
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(_text(middle, HEIGHT - 16, "records", anchor="middle", fill=MUTED))
    parts.append(_proportional(across, up))
    ends = sorted(((up.at(curve[-1][1]), name) for name, curve in curves.items()), reverse=True)
    places = _apart([y for y, _ in ends])
    for colour, (name, curve) in zip(_COLOURS, curves.items(), strict=False):
        line = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in curve)
        place = places[[n for _, n in ends].index(name)]
        x, y = across.at(curve[-1][0]), up.at(curve[-1][1])
        parts += [
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>',
            *(f'<circle cx="{across.at(a):.1f}" cy="{up.at(b):.1f}" r="3.5" fill="{colour}"/>'
              for a, b in curve),
            f'<line x1="{x + 5:.1f}" y1="{y:.1f}" x2="{x + 20:.1f}" y2="{place:.1f}" '
            f'stroke="{colour}" stroke-width="1"/>',
            _text(x + 24, place + 4, name, fill=colour, weight="600"),
        ]  # fmt: skip
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Scale:
    """A logarithmic scale over whole decades."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low = math.floor(math.log10(min(values)) + 1e-9)
        self._high = max(math.ceil(math.log10(max(values)) - 1e-9), self._low + 1)
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        """Return the place of a value."""
        part = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + part * (self._end - self._start)

    def decades(self) -> list[float]:
        """Return the powers of ten on the scale."""
        return [10.0**power for power in range(self._low, self._high + 1)]


def _apart(places: Sequence[float]) -> list[float]:
    """Return places, from the lowest on the page upwards, that are far enough apart to read."""
    moved: list[float] = []
    for place in places:
        moved.append(min(place, moved[-1] - _NEAR) if moved else place)
    return moved


def _proportional(across: _Scale, up: _Scale) -> str:
    """Return a dashed line along which ten times the records take ten times as long."""
    xs, ys = across.decades(), up.decades()
    steps = min(len(xs), len(ys)) - 1
    x1, y1, x2, y2 = xs[0], ys[0], xs[0] * 10**steps, ys[0] * 10**steps
    return (
        f'<line x1="{across.at(x1):.1f}" y1="{up.at(y1):.1f}" x2="{across.at(x2):.1f}" '
        f'y2="{up.at(y2):.1f}" stroke="{MUTED}" stroke-dasharray="4 5"/>'
    )


def _seconds(value: float) -> str:
    if value >= 1:
        return f"{value:,.0f} s"
    return f"{value * 1000:g} ms"


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{RULE}"/>'


def _text(
    x: float, y: float, text: str, *, size: int = 13, fill: str = INK, anchor: str = "start",
    weight: str = "400",
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" '
        f'text-anchor="{anchor}" font-weight="{weight}">{text_of(text)}</text>'
    )
