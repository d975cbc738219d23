"""A page of text at a terminal: wrapped lines, headings, labels. Text is never markup here."""

from __future__ import annotations

import re
import unicodedata

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evlit.messages import say
from evlit.records import Answer

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
    """What the sections of a card print on, and the answer they print."""

    def __init__(
        self, console: Console, answer: Answer, *, explain: bool, ascii_only: bool
    ) -> None:
        self.console = console
        self.answer = answer
        self.explain = explain
        self.ascii_only = ascii_only
        self.prose = min(console.width, PROSE)

    def shown(self, text: str) -> str:
        """Return text as it may be printed here; made ASCII before lines are broken."""
        text = clean(text)
        return to_ascii(text) if self.ascii_only else text

    def line(self, text: str, indent: int = 0, style: str = "", hang: int = 0) -> None:
        """Print text wrapped to the width of prose, later lines indented by ``hang`` more."""

        shown = Text(self.shown(text), style=style)
        room = self.prose - indent
        lines = shown.wrap(self.console, max(room - hang, 10)) if hang else None
        if lines is None:
            self.console.print(Padding(shown, (0, 0, 0, indent)), width=self.prose)
            return
        for i, part in enumerate(lines):
            pad = indent if i == 0 else indent + hang
            self.console.print(Padding(part, (0, 0, 0, pad)), width=self.prose)

    def labelled(self, label: str, text: str, indent: int = 2, style: str = "") -> None:
        """Print ``label: text``, wrapped lines under the text."""

        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        grid.add_row(
            " " * (indent - 1), Text(f"{label}:", style="dim"), Text(self.shown(text), style)
        )
        self.console.print(grid, width=self.prose)

    def heading(self, text: str) -> None:
        """Print a section's heading after an empty line."""
        self.console.print()
        self.line(text, style="bold")

    def more(self, left: int, indent: int = 2) -> None:
        """Say how many were not printed."""
        if left > 0:
            self.line(say("card.more", n=left), indent=indent, style="dim")
