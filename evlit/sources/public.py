"""What the public JSON sources share: a door without a key, a first judgement, safe values.

A reply is good when it is JSON of the shape that the source promises. What is not JSON is a
gateway's page and is asked for again; what is JSON of another shape means that the source has
changed, which is a failure to be told, never an empty result.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from evlit import __version__
from evlit.errors import SourceError
from evlit.http.door import OK, Door, Outcome, Verdict
from evlit.http.pace import Limiter
from evlit.http.wire import Clock, Reply, Wire
from evlit.settings import TOOL, Settings

LONGEST = 20_000
"""Characters kept of one text: more is no title, name or abstract."""
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")

Check = Callable[[Any], Verdict | None]
"""Looks at a parsed reply: None = good."""


class LayoutError(SourceError):
    """The source answers in another shape than the one evlit can read."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(
            name,
            f"its answers have changed: {what}",
            "nothing was taken from it; look for a newer evlit, or report this",
        )


class IncompleteError(SourceError):
    """The source did not hand out all that it counted."""

    exit_code = 75


def open_public_door(
    source: str, name: str, url: str, spacing: float, settings: Settings, clock: Clock | None
) -> Door:
    """Return the way to a public source.

    :param spacing: seconds between the starts of requests, for all processes of this machine
    """
    clock = clock or Clock()
    host = urlsplit(url).hostname or source
    limiter = Limiter(
        f"{source}-{host}", settings.cache, spacing, clock.monotonic, clock.sleep, settings.pace
    )
    contact = f"; {settings.email}" if settings.email else ""
    # fda.gov has answered 404 to agents that do not begin like this.
    agent = f"Mozilla/5.0 (compatible; {TOOL}/{__version__}{contact})"
    return Door(source, name, limiter, Wire(agent, clock), clock)


def judge_json(reply: Reply, name: str, check: Check) -> Verdict:
    """Judge a reply by status, then as JSON, then by what the source promises."""
    if reply.status != 200:
        return _judge_status(reply)
    try:
        value = json.loads(reply.body)
    except (ValueError, RecursionError):
        kind = "empty" if not reply.body.strip() else "not_json"
        return Verdict(Outcome.RETRY, kind, "no answer that can be read")
    if not isinstance(value, dict):
        return changed(name, "no JSON object")
    return check(value) or OK


def _judge_status(reply: Reply) -> Verdict:
    if 300 <= reply.status < 400:
        return _fatal("redirect", "it answered with a redirect, which evlit does not follow")
    if reply.status == 429:
        return Verdict(Outcome.RETRY, "rate", "it says that we ask too fast", slower=True)
    if reply.status >= 500 or reply.status == 408:
        return Verdict(Outcome.RETRY, "status", f"HTTP {reply.status}")
    told = shown(reply.body)
    return _fatal("refused", f"it refuses (HTTP {reply.status}{': ' + told if told else ''})")


def changed(name: str, what: str) -> Verdict:
    """A verdict for another shape than the promised one."""
    return _fatal("layout", LayoutError(name, what).what)


def _fatal(kind: str, what: str) -> Verdict:
    return Verdict(
        Outcome.FATAL, kind, what, remedy="nothing was taken from it; try again another day"
    )


def shown(body: bytes, most: int = 160) -> str:
    """Return the start of an error's text without markup, for people."""
    text = re.sub(r"<[^>]*>", " ", body[:4000].decode("utf-8", "replace"))
    return clean(text)[:most]


# ---------------------------------------------------------------------------- values


def clean(text: str) -> str:
    """Return text from outside as one line of NFC without controls and direction marks."""
    kept = (
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c
        for c in text[:LONGEST]
        if unicodedata.category(c) != "Cf"
    )
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def at(value: Any, *path: str) -> Any:
    """Return what stands at a path of keys; None where there is nothing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text_at(value: Any, *path: str) -> str:
    """Return a text, cleaned; ``""`` where there is none."""
    found = at(value, *path)
    return clean(found) if isinstance(found, str) else ""


def day_at(value: Any, *path: str) -> str:
    """Return an ISO date with its precision; ``""`` where there is none."""
    found = text_at(value, *path)[:10]
    return found if _DAY.fullmatch(found) else ""


def number_at(value: Any, *path: str) -> int | None:
    """Return a whole number that is not negative; None where there is none."""
    found = at(value, *path)
    whole = isinstance(found, int) and not isinstance(found, bool)
    return found if whole and 0 <= found < 2**53 else None


def list_at(value: Any, *path: str) -> list[Any]:
    """Return a list; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def texts_at(value: Any, *path: str) -> tuple[str, ...]:
    """Return the texts of a list, cleaned, empty ones left out."""
    return tuple(t for t in _texts(list_at(value, *path)) if t)


def _texts(items: list[Any]) -> Iterator[str]:
    for item in items:
        if isinstance(item, str):
            yield clean(item)


def pmid_of(text: object) -> int | None:
    """Return a PMID given as text or number; None for anything else."""
    digits = str(text).strip() if isinstance(text, str | int) else ""
    if re.fullmatch(r"[1-9][0-9]{0,8}", digits):
        return int(digits)
    return None


def exact(text: str) -> str:
    """Return a text as one phrase, every sign kept: for fields compared as a whole."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def quoted(name: str) -> str:
    """Return a name as one phrase of a query; signs with a meaning in queries are dropped."""
    return '"' + " ".join(re.sub(r'["\\\[\](){}:^~*?]', " ", clean(name)).split()) + '"'


def names_query(names: Iterable[str], guarded: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return a query for any of some names; a guarded one needs one of some words beside it."""
    parts = [quoted(name) for name in names]
    for name, beside in guarded:
        words = " OR ".join(dict.fromkeys(map(quoted, beside)))
        if words:
            parts.append(f"({quoted(name)} AND ({words}))")
    return " OR ".join(dict.fromkeys(parts))
