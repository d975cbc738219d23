"""One exchange over the wire: POST or GET, no redirects, bounded in time and size.

``Wire.send`` returns a whole reply or raises; ``explain`` turns what it raises into plain
words that never quote the error's own text (it may hold an address or a proxy's password).
"""

from __future__ import annotations

import email.utils
import io
import ipaddress
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from evlit.errors import UsageError

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
"""Longest silence between two pieces of a reply."""
WALL_SECONDS = 180.0
"""Longest time for one request, however slowly it trickles."""
BYTE_CAP = 64 << 20
"""200 records are some 3 MB; more than 64 MB is no honest reply."""
FORM = "application/x-www-form-urlencoded"
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the run sees it; tests put in a virtual one."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as it came: status, lower-case header names, decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a request brought no whole reply."""

    kind: str
    """One word for the log."""
    what: str
    """Plain words for people."""
    unreachable: bool = False
    """The host was not even reached."""
    fatal: bool = False
    """Trying again cannot help."""


class WallDeadlineError(Exception):
    """A reply trickled beyond the wall deadline."""


class OverCapError(Exception):
    """A reply grew beyond the byte cap."""


@dataclass
class Wire:
    """A session with one host; opened at the first request."""

    agent: str = "evlit"
    clock: Clock = field(default_factory=Clock)
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    wall_seconds: float = WALL_SECONDS
    byte_cap: int = BYTE_CAP
    _session: requests.Session | None = None

    def open(self, url: str) -> None:
        """Make the session ready, so that nothing but the request is timed as the request."""
        if self._session is None:
            self._session = _session(self.agent, loopback=is_loopback(url))

    def send(
        self,
        url: str,
        data: Mapping[str, str],
        method: str = "POST",
        leaves: Callable[[], None] | None = None,
    ) -> Reply:
        """Send ``data`` as the body of a POST or the query of a GET; return the whole reply.

        ``leaves`` is called when the body of a POST leaves, after the connection is made.

        It runs in a thread of its own: socket timeouts start anew with each byte, so they
        alone cannot bound a reply that trickles, in its head or its body.

        :raises Exception: what ``explain`` explains
        """
        box: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()

        def work() -> None:
            try:
                box.put(self._exchange(url, data, method, leaves))
            except BaseException as error:  # handed to the caller
                box.put(error)

        threading.Thread(target=work, name="evlit-request", daemon=True).start()
        try:
            result = box.get(timeout=self.wall_seconds + 1)
        except queue.Empty:
            self.close()
            raise WallDeadlineError from None
        if isinstance(result, BaseException):
            raise result
        return result

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _exchange(
        self,
        url: str,
        data: Mapping[str, str],
        method: str,
        leaves: Callable[[], None] | None,
    ) -> Reply:
        self.open(url)
        assert self._session is not None  # just opened
        start = self.clock.monotonic()
        response = self._session.request(
            method,
            url,
            params=dict(data) if method == "GET" else None,
            data=None if method == "GET" else _Body(data, leaves),
            headers=None if method == "GET" else {"Content-Type": FORM},
            allow_redirects=False,
            timeout=(self.connect_seconds, self.read_seconds),
            stream=True,
        )
        try:
            body = self._read(response, start)
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body)

    def _read(self, response: requests.Response, start: float) -> bytes:
        parts, size = [], 0
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            size += len(piece)
            if size > self.byte_cap:
                raise OverCapError
            if self.clock.monotonic() - start > self.wall_seconds:
                raise WallDeadlineError
            parts.append(piece)
        return b"".join(parts)


class _Body(io.BytesIO):
    """A form that tells when it is read, which is when it leaves."""

    def __init__(self, data: Mapping[str, str], leaves: Callable[[], None] | None) -> None:
        super().__init__(urlencode(dict(data)).encode("ascii"))
        self._leaves = leaves

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes; the first time, say so."""
        if self._leaves is not None:
            told, self._leaves = self._leaves, None
            told()
        return super().read(size)


def _session(agent: str, *, loopback: bool) -> requests.Session:
    import requests  # noqa: PLC0415 - heavy

    session = requests.Session()
    session.headers["User-Agent"] = agent
    # Proxies and certificates come from the environment; this machine needs neither.
    session.trust_env = not loopback
    # A callable stops requests from looking for a password in ~/.netrc.
    session.auth = _no_auth
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # requests works out where a redirect leads even when told not to follow it, and fails on a
    # malformed address; we go nowhere.
    vars(session)["get_redirect_target"] = _nowhere
    return session


def _nowhere(response: requests.Response) -> None:
    """Say that a reply leads nowhere."""


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def check_url(url: str) -> None:
    """Allow https anywhere and plain http only to this machine.

    :raises UsageError: any other address, or one that carries a name, password or query
    """
    parts = urlsplit(url)
    shown = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(shown, "an address may not carry a password or a query", "remove it")
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise UsageError(shown, "is not an https address", "give one that begins with https://")
    if parts.scheme == "http" and not is_loopback(url):
        raise UsageError(
            shown, "plain http is allowed only to this machine (127.0.0.1)", "use https://"
        )


def is_loopback(url: str) -> bool:
    """True where the address is this machine itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds that ``Retry-After`` asks for: a number or a date; 0 where it says nothing."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())


CUT = Fault("broken", "the connection broke")
SLOW = Fault("timeout", "no whole answer in time")
BIG = Fault("too_big", "the answer is larger than any honest one")


def explain(error: Exception) -> Fault:
    """Say why a request brought no reply.

    :raises Exception: the error itself, where it is none of the network's
    """
    import requests.exceptions as e  # noqa: PLC0415 - heavy
    import urllib3.exceptions as low  # noqa: PLC0415 - heavy

    text = str(error)
    table: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, Fault], ...] = (
        (OverCapError, "", BIG),
        ((WallDeadlineError, e.ReadTimeout, low.ReadTimeoutError), "", SLOW),
        (e.SSLError, "CERTIFICATE_VERIFY_FAILED", CERTIFICATE),
        (e.SSLError, "", Fault("tls", "the encrypted connection broke")),
        (e.ProxyError, "", Fault("proxy", "the proxy does not let us through", unreachable=True)),
        (e.ConnectTimeout, "", Fault("connect", "no connection in time", unreachable=True)),
        (e.ConnectionError, "NameResolutionError", NO_NAME),
        (e.ConnectionError, "refused", Fault("refused", "connection refused", unreachable=True)),
        (e.ConnectionError, "NewConnectionError", NO_WAY),
        (e.ConnectionError, "Read timed out", SLOW),
        (e.InvalidURL, "", Fault("url", "its address is not valid", fatal=True)),
        ((e.RequestException, low.HTTPError, OSError), "", CUT),
    )
    for kinds, words, fault in table:
        if isinstance(error, kinds) and words in text:
            return fault
    raise error


CERTIFICATE = Fault("certificate", "its certificate could not be verified", fatal=True)
NO_NAME = Fault("dns", "the host's name was not found", unreachable=True)
NO_WAY = Fault("connect", "there is no way to the host", unreachable=True)
