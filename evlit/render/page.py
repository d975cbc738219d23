"""A page of text at a terminal: wrapped lines, headings, labels. Text is never markup here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from evlit.messages import say
from evlit.records import Answer
from evlit.render.layout import Line, Span, beside, columns, painted, wrap

PROSE = 100
"""Columns of running text at most: longer lines are hard to read."""

_BAD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\u2028\u2029\ufeff"
    "\ud800-\udfff]"
)
_ASCII = str.maketrans(
    {
        "·": "-", "•": "*", "–": "-", "—": "-", "−": "-", "…": "...", "“": '"', "”": '"',
        "‘": "'", "’": "'", "█": "#", "▏": "|", "─": "-", "│": "|", "≥": ">=", "≤": "<=",
        "µ": "u", "μ": "u", "×": "x", "®": "(R)", "™": "(TM)", "α": "alpha", "β": "beta",
        "γ": "gamma", "±": "+/-", "°": " deg", "→": "->", "＋": "+",
    }
)  # fmt: skip


def to_ascii(text: str) -> str:
    """Return text in ASCII: known signs by their usual stand-ins, accents dropped, else ``?``."""
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.encode("ascii", "replace").decode("ascii")


def clean(text: str) -> str:
    """Return text from outside without controls, escapes and direction marks, on one line."""
    return " ".join(_BAD.sub("\N{REPLACEMENT CHARACTER}", text).split())


class Page:
    """The lines of a card, and the answer they tell of."""

    def __init__(
        self, answer: Answer, *, width: int, color: bool, explain: bool, ascii_only: bool
    ) -> None:
        self.answer = answer
        self.width = width
        self.explain = explain
        self.ascii_only = ascii_only
        self.prose = min(width, PROSE)
        self._color = color
        self._lines: list[str] = []

    def text(self) -> str:
        """Return all that was printed, ending in a line feed."""
        return "".join(f"{line}\n" for line in self._lines)

    def shown(self, text: str) -> str:
        """Return text as it may be printed here; made ASCII before lines are broken."""
        text = clean(text)
        return to_ascii(text) if self.ascii_only else text

    def put(self, lines: Iterable[Line]) -> None:
        """Print lines as they are; what they hold has gone through :meth:`shown`."""
        self._lines += (painted(line, color=self._color) for line in lines)

    def blank(self) -> None:
        """Print an empty line."""
        self._lines.append("")

    def line(self, text: str, indent: int = 0, style: str = "", hang: int = 0) -> None:
        """Print text wrapped to the width of prose, later lines indented by ``hang`` more."""
        room = self.prose - indent
        lines = wrap(self.shown(text), max(room - hang, 10) if hang else room)
        pads = [indent] + [indent + hang] * (len(lines) - 1)
        self.put(
            [Span(" " * pad), Span(line, style)] for pad, line in zip(pads, lines, strict=True)
        )

    def labelled(self, label: str, text: str, indent: int = 2, style: str = "") -> None:
        """Print ``label: text``, wrapped lines under the text."""
        label = f"{label}:"
        widths = (indent - 1, columns(label), self.prose - indent - columns(label) - 1)
        self.put(beside(((), (Span(label, "dim"),), (Span(self.shown(text), style),)), widths, 1))

    def heading(self, text: str) -> None:
        """Print a section's heading after an empty line."""
        self.blank()
        self.line(text, style="bold")

    def more(self, left: int, indent: int = 2) -> None:
        """Say how many were not printed."""
        if left > 0:
            self.line(say("card.more", n=left), indent=indent, style="dim")
