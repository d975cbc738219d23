"""What the fakes of public JSON sources share: a loopback server, its record, its script."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from evlit.http.door import Door
from evlit.settings import Settings
from tests.fakes.clock import VirtualClock
from tests.fakes.eutils import _Server
from tests.fakes.replies import Reply

Action = Callable[[Reply], Reply]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    at: float
    method: str
    path: str
    params: dict[str, str]
    target: str


@dataclass
class _Line:
    action: Action
    times: int | None
    matches: Callable[[Asked], bool]


class PublicFake:
    """A source that answers JSON to GET; subclasses say what (``answer``)."""

    base = "/"
    """Path of the base address."""

    def __init__(self, clock: VirtualClock | None = None) -> None:
        self.clock = clock or VirtualClock()
        self.seen: list[Asked] = []
        self.released = threading.Event()
        self._script: list[_Line] = []
        self._lock = threading.RLock()
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Base address for the source's setting."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.base}"

    def __enter__(self) -> Self:
        self._server = _Server(self, 0)  # type: ignore[arg-type]
        serve = self._server.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def fault(
        self,
        action: Action,
        times: int | None = 1,
        matches: Callable[[Asked], bool] = lambda asked: True,
    ) -> None:
        """Add a line to the script; ``times`` None = always."""
        self._script.append(_Line(action, times, matches))

    def heal(self) -> None:
        """Forget the script and what was recorded."""
        self._script.clear()
        self.seen.clear()

    def shortest_gap(self) -> float:
        """Seconds between the closest two arrivals."""
        times = [asked.at for asked in self.seen]
        return min((b - a for a, b in pairwise(times)), default=float("inf"))

    def answer(self, asked: Asked) -> Reply:
        """The good reply."""
        raise NotImplementedError

    def receive(self, method: str, target: str, body: str, host: str) -> tuple[Reply, Asked]:
        """Answer one request: record, serve, then spoil as the script says."""
        parts = urlsplit(target)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        with self._lock:
            asked = Asked(self.clock.monotonic(), method, parts.path, params, target)
            self.seen.append(asked)
            reply = self.answer(asked)
            for line in self._script:
                if line.times == 0 or not line.matches(asked):
                    continue
                if line.times is not None:
                    line.times -= 1
                reply = line.action(reply)
                break
        return reply, asked


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON reply."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(body, status, "application/json; charset=utf-8", headers or {})


def say(body: str | bytes, status: int = 200, ctype: str = "text/html", **headers: str) -> Action:
    """Answer this instead."""
    raw = body.encode() if isinstance(body, str) else body
    return lambda reply: Reply(raw, status, ctype, headers)


def edit(change: Callable[[Any], Any]) -> Action:
    """Change the parsed body."""
    return lambda reply: replace(reply, body=json.dumps(change(json.loads(reply.body))).encode())


def cut(reply: Reply) -> Reply:
    """Half of the body, the connection closed."""
    return replace(reply, body=reply.body[: len(reply.body) // 2], how="close")


def settings_with(cache: Path, **urls: str) -> Settings:
    """Settings that lead to fakes; sources not named lead nowhere."""
    nowhere = "http://127.0.0.1:9/"
    named: dict[str, Any] = {
        f"{name}_url": urls.get(name, nowhere) for name in ("ctgov", "europepmc", "fda", "openfda")
    }
    return Settings(nowhere, "curator@example.org", "", cache, **named)


def steady(door: Door) -> Door:
    """A door whose backoff is always the longest one."""
    door.jitter = lambda low, high: high
    return door
