"""What keeps the pages safe on the internet: withheld columns, headers, closed doors.

Nothing here trusts Datasette's settings file: ``datasette evlit.db`` reads none, and must
be as safe as ``datasette db/``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from evlit.web.switches import Switches

WITHHELD = {
    "records": {"abstract", "sections", "other_abstracts", "affiliations", "coi"},
    "records_fts": {"abstract", "affiliations"},
    "authors": {"affiliations"},
    "revisions": {"xml"},
}
"""Table → columns that may hold a publisher's text or an author's e-mail address. They are
read as NULL by every statement of the public server, whatever page or SELECT asks."""

_CLOSED = re.compile(r"/-/(?!static/|static-plugins/|logout$)|/evlit/records_fts_")
"""Datasette's pages on itself tell the path of the file and what is installed."""

_OWN_PAGE = re.compile(
    r"/(?:evlit/(?:(?:search|map|timeline|status)(?:\.\w+)?|product/.+|record/.+|products|list|"
    r"about|questions)|robots\.txt)?"
)
OWN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""evlit's own pages hold no script and no inline style at all."""
DATASETTE_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
"""Datasette's own pages need their inline scripts and styles."""

_METHODS = ("GET", "HEAD", "OPTIONS")
MOST_QUERY, MOST_FACETS, MOST_ROWS = 4000, 8, 200
"""Bounds of one request; rows are those of a page for people."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
)

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def withhold(connection: sqlite3.Connection) -> None:
    """Make the withheld columns read as NULL on a connection."""

    def check(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and second in WITHHELD.get(first or "", ()):
            return sqlite3.SQLITE_IGNORE
        return sqlite3.SQLITE_OK

    connection.set_authorizer(check)


def may(action: str, switches: Switches) -> bool | None:
    """Return False for what is switched off, None where Datasette decides."""
    if action == "execute-sql" and not switches.sql:
        return False
    if action == "view-database-download" and not switches.download:
        return False
    if action in ("permissions-debug", "debug-menu") and not switches.private:
        return False
    return None


class Guard:
    """ASGI middleware: closes doors and sets the security headers on every answer."""

    def __init__(self, app: App, switches: Switches, base: str = "/") -> None:
        self._app = app
        self._switches = switches
        self._base = base.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(self._base) or "/"
        if _CLOSED.match(path) and not self._switches.private:
            await _refuse(send, 403, "This page is closed on a public server.")
            return
        if scope["method"] not in _METHODS and not self._switches.private:
            await _refuse(send, 405, "Only reading is possible here.")
            return
        if words := too_much(path, scope.get("query_string", b"").decode("latin-1")):
            await _refuse(send, 400, words)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers(path, message)]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers(self, path: str, message: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
        given = {name.lower() for name, _ in message.get("headers", ())}
        own = bool(_OWN_PAGE.fullmatch(path))
        added = list(HEADERS)
        policy = OWN_POLICY if own else DATASETTE_POLICY
        added.append((b"content-security-policy", policy.encode()))
        if path.startswith("/-/static"):
            added.append((b"cache-control", b"public, max-age=86400"))
        elif self._switches.private:
            added.append((b"cache-control", b"private, no-store"))
        elif own:
            added.append((b"cache-control", b"public, max-age=60"))
        if not own and not path.startswith("/-/static"):
            added.append((b"x-robots-tag", b"noindex, nofollow"))
        kept = [(name, value) for name, value in added if name not in given]
        # Datasette says "Vary: Cookie"; another line adds to it.
        return [*kept, (b"vary", b"Accept-Language")] if own else kept


def too_much(path: str, query: str) -> str:
    """Return why a request asks for more than a page may cost; ``""`` = it does not.

    Each facet reads the whole store once, and a page of a thousand rows weighs megabytes.
    """
    if len(query) > MOST_QUERY:
        return f"The address holds more than {MOST_QUERY} characters after the question mark."
    asked = parse_qsl(query, keep_blank_values=True)
    if sum(name.startswith("_facet") for name, _ in asked) > MOST_FACETS:
        return f"At most {MOST_FACETS} facets at once."
    sizes = [value for name, value in asked if name == "_size"]
    as_page = not path.endswith((".json", ".csv"))
    if as_page and any(s == "max" or (s.isdigit() and int(s) > MOST_ROWS) for s in sizes):
        return f"At most {MOST_ROWS} rows on a page; the same address as .json or .csv gives more."
    return ""


async def _refuse(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS,
               (b"content-security-policy", OWN_POLICY.encode())]  # fmt: skip
    if status == 405:
        headers.append((b"allow", ", ".join(_METHODS).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{words}\n".encode()})


def quiet_errors() -> None:
    """Keep Datasette from drawing every error it answers, a 404 too, in the log.

    Where ``rich`` is installed it prints the stack with all variables: a second of work for
    each wrong address, and what readers typed in the log. Real faults are still logged.
    """
    from datasette import handle_exception  # noqa: PLC0415 - of the extra ``web``

    handle_exception.rich = None


ROBOTS = """\
# Pages on products and conditions may be indexed; searches, single records and the
# database pages (endless combinations of filters) are no use to a search engine.
User-agent: *
Disallow: {base}/evlit/search
Disallow: {base}/evlit/record/
Disallow: {base}/evlit/list
Disallow: {base}/-/
Allow: {base}/-/static
{databases}"""


def robots(base: str, databases: list[str]) -> str:
    """Return ``robots.txt``: database pages closed but for evlit's own."""
    base = base.rstrip("/")
    own = [f"Allow: {base}/evlit/{page}" for page in
           ("product/", "products", "map", "timeline", "about", "status", "questions")]  # fmt: skip
    closed = [f"Disallow: {base}/{name}" for name in databases]
    return ROBOTS.format(base=base, databases="\n".join((*own, *closed)) + "\n")
