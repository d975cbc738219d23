"""Lines of a terminal: widths in columns, wrapping, styles, columns side by side, a box.

A library for this takes longer to load than an answer to find, and prints nothing more.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_CODES = {
    "bold": "1", "dim": "2", "underline": "4", "reverse": "7", "strike": "9", "red": "31",
    "yellow": "33",
}  # fmt: skip
"""Style → its number in an escape sequence (ECMA-48, SGR)."""
_ROUND, _ASCII = tuple("╭╮╰╯─│"), tuple("++++-|")
"""Corners of a box from the upper left on, then what runs across and down."""


class Span(NamedTuple):
    """A stretch of one line in one style (``"bold red"``, ``""`` = plain)."""

    text: str
    style: str = ""


Line = Sequence[Span]


def columns(text: str) -> int:
    """Return how many columns a text takes: East Asian wide signs two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_column(sign) for sign in text)


def _column(sign: str) -> int:
    if unicodedata.east_asian_width(sign) in ("W", "F"):
        return 2
    return 0 if unicodedata.combining(sign) else 1


def wrap(text: str, width: int) -> list[str]:
    """Return one paragraph as lines of at most ``width`` columns; longer words are cut."""
    lead = len(text) - len(text.lstrip(" "))
    words = text[lead:].split(" ")
    words[0] = " " * lead + words[0]
    lines: list[str] = []
    line, used = "", 0
    for word in words:
        size = columns(word)
        if line and used + 1 + size <= width:
            line, used = f"{line} {word}", used + 1 + size
            continue
        if line:
            lines.append(line)
        while size > width:
            head = cut(word, width) or word[0]
            lines.append(head)
            word = word[len(head) :]  # noqa: PLW2901 - what is left of it
            size = columns(word)
        line, used = word, size
    return [*lines, line]


def cut(text: str, width: int) -> str:
    """Return the start of a text that fits ``width`` columns."""
    if text.isascii():
        return text[:width]
    used = 0
    for place, sign in enumerate(text):
        used += _column(sign)
        if used > width:
            return text[:place]
    return text


def shortened(text: str, width: int) -> str:
    """Return a text that fits ``width`` columns, its end replaced by ``…`` where it does not."""
    return text if columns(text) <= width else cut(text, width - 1) + "…"


def left(text: str, width: int) -> str:
    """Return a text filled up to ``width`` columns."""
    return text + " " * (width - columns(text))


def right(text: str, width: int) -> str:
    """Return a text moved to the right end of ``width`` columns."""
    return " " * (width - columns(text)) + text


def painted(line: Iterable[Span], *, color: bool) -> str:
    """Return a line as text, with escape sequences where colours are wanted."""
    if not color:
        return "".join(span.text for span in line).rstrip()
    return "".join(_escaped(span) for span in line).rstrip()


def _escaped(span: Span) -> str:
    if not span.style or not span.text.strip():
        return span.text
    codes = ";".join(_CODES[name] for name in span.style.split())
    return f"\x1b[{codes}m{span.text}\x1b[0m"


def beside(cells: Sequence[Sequence[Span]], widths: Sequence[int], gap: int) -> list[Line]:
    """Return columns side by side: each cell a list of texts, wrapped to its width."""
    wrapped = [
        [Span(line, span.style) for span in cell for line in wrap(span.text, width)]
        for cell, width in zip(cells, widths, strict=True)
    ]
    lines: list[Line] = []
    for number in range(max(map(len, wrapped))):
        line: list[Span] = []
        for cell_lines, width in zip(wrapped, widths, strict=True):
            span = cell_lines[number] if number < len(cell_lines) else Span("")
            filling = width - columns(span.text) + gap
            line += (span, Span(" " * filling))
        lines.append(line)
    return lines


def boxed(title: str, lines: Iterable[Line], width: int, *, ascii_only: bool) -> list[Line]:
    """Return lines in a box of ``width`` columns, its title in the upper edge."""
    upper_left, upper_right, lower_left, lower_right, across, down = (
        _ASCII if ascii_only else _ROUND
    )
    title = shortened(title, width - 6)
    rest = across * (width - 5 - columns(title))
    edge = Span(down, "dim")
    top = (Span(f"{upper_left}{across} ", "dim"), Span(title, "bold"),
           Span(f" {rest}{upper_right}", "dim"))  # fmt: skip
    bottom = (Span(lower_left + across * (width - 2) + lower_right, "dim"),)
    inside = []
    for line in lines:
        filling = width - 4 - sum(columns(span.text) for span in line)
        inside.append((edge, Span(" "), *line, Span(" " * filling + " "), edge))
    return [top, *inside, bottom]
