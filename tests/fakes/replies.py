"""A reply of a fake server: what is said, and how it is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    """``how``: whole, close (no length), drop, reset, hang or trickle."""

    body: bytes
    status: int = 200
    ctype: str = "text/xml; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    how: str = "whole"
    cut: int | None = None
    """Send only so many bytes of the body, then close."""
