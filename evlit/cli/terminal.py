"""Text from outside, made safe for a terminal."""

from __future__ import annotations

import os
import re
import sys

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]"
)
"""Controls (ESC among them) and marks that turn the direction of writing."""


def safe(text: str) -> str:
    """Return text without escape sequences, direction marks or lone surrogates."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def is_terminal() -> bool:
    """Return whether a person watches standard error: only then progress is drawn."""
    return sys.stderr.isatty()


def terminal_width() -> int:
    """Return the columns of standard output: ``COLUMNS``, else the terminal's, else 80.

    As ``shutil`` says it, which loads three compressors before.
    """
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80
