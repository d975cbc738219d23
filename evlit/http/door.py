"""The one door to the network: paced, patient, and silent about the key.

A request that may hold a key is a POST with everything in its body; public sources without
one are asked by GET. A reply is judged by the source that asked (``judge``), by status, root
and body: ``ok``, ``retry``, ``split`` (the same again in smaller pieces) or ``fatal``. Starts
are spaced, retries included, for all threads and processes of this machine. A host
that was never reached in this run gets two quick tries, so that nobody waits minutes to hear
that there is no network; a host that answered before gets the whole budget.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from evlit.errors import BlockedError, EvlitError, SourceError, TemporaryError
from evlit.http.pace import Limiter
from evlit.http.wire import Clock, Fault, Reply, Wire, check_url, explain, retry_after

TRIES = 5
QUICK_TRIES = 2
SPLIT_TRIES = 2
BACKOFF = (1.0, 60.0)
WAIT_CAP = 1800.0
"""Seconds of waiting that one run may spend on retries altogether."""
SECRET_SIGNS = 8
"""Shorter secrets are not masked in bodies: they could be words of a record."""
LATER = "run evlit sync again later; it goes on where this run stopped"


class Outcome(StrEnum):
    """What to do with a reply."""

    OK = "ok"
    RETRY = "retry"
    SPLIT = "split"
    FATAL = "fatal"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement of a reply: ``kind`` is one word for the log, ``what`` is for people."""

    outcome: Outcome
    kind: str = "ok"
    what: str = ""
    error: type[EvlitError] = SourceError
    """Raised where the outcome is fatal."""
    remedy: str = ""
    slower: bool = False
    """True: the source says that we ask too fast."""


OK = Verdict(Outcome.OK)
Judge = Callable[[Reply], Verdict]


class Request(NamedTuple):
    """One request as the store logs it: no body, no parameters, no key."""

    at: str
    source: str
    endpoint: str
    status: int | None
    outcome: str
    """``ok`` or the kind of fault."""
    bytes: int
    ms: int


class GaveUpError(TemporaryError):
    """The retry budget is spent; ``kind`` says on what."""

    def __init__(self, where: str, what: str, remedy: str = "", kind: str = "") -> None:
        self.kind = kind
        super().__init__(where, what, remedy)


class BatchRefusedError(GaveUpError):
    """This batch fails again and again: halve it."""


class RefusedError(SourceError):
    """The source refuses this request (HTTP 401 … 414); others it may answer."""

    kind = "refusal"


class UnreachableError(SourceError):
    """The host was never reached in this run."""


@dataclass
class Door:
    """The way to one source. ``close()`` it; safe for several threads."""

    source: str
    """As it stands in the store: ``pubmed``."""
    name: str
    """As a person says it: ``PubMed``."""
    limiter: Limiter
    wire: Wire
    clock: Clock = field(default_factory=Clock)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    jitter: Callable[[float, float], float] = random.uniform
    log: list[Request] = field(default_factory=list)
    sent: int = 0
    """Requests begun so far, retries included."""
    reached: bool = False
    """True once this run had any answer from the host."""
    blocked: bool = False
    waited: float = 0.0
    """Seconds spent waiting for retries so far."""

    def post(self, url: str, data: Mapping[str, str], endpoint: str, judge: Judge) -> Reply:
        """POST one request until a reply is good, within the budget.

        :raises GaveUpError: (75) the budget is spent; BatchRefusedError: ask for less at once
        :raises UnreachableError: (69) the host was never reached
        :raises SourceError: (69) the source refuses; BlockedError: it blocks this address
        :raises UsageError: (2) the address is not allowed
        """
        return self._until_good("POST", url, data, endpoint, judge)

    def get(self, url: str, params: Mapping[str, str], endpoint: str, judge: Judge) -> Reply:
        """GET one page of a public source, which needs no key: else as ``post``."""
        return self._until_good("GET", url, params, endpoint, judge)

    def _until_good(
        self, method: str, url: str, data: Mapping[str, str], endpoint: str, judge: Judge
    ) -> Reply:
        check_url(url)
        tries = 0
        while True:
            if self.blocked:
                raise BlockedError(self.name, "this address was blocked earlier in this run")
            tries += 1
            reply, fault, verdict = self._once(method, url, data, endpoint, judge)
            if verdict.outcome is Outcome.OK and reply is not None:
                return reply
            if verdict.outcome is Outcome.FATAL:
                self.blocked = issubclass(verdict.error, BlockedError)
                raise verdict.error(self.name, self.scrub(verdict.what), verdict.remedy)
            self._wait_or_give_up(tries, reply, fault, verdict)

    def scrub(self, text: str) -> str:
        """Take every secret out of a text, and control signs with it."""
        for secret in filter(None, self.secrets):
            text = text.replace(secret, "***")
        return "".join(ch if ch.isprintable() else " " for ch in text)

    def take_log(self) -> list[Request]:
        """Hand over the requests since the last call."""
        taken, self.log = self.log, []
        return taken

    def close(self) -> None:
        """Close the connections."""
        self.wire.close()

    def _once(
        self, method: str, url: str, data: Mapping[str, str], endpoint: str, judge: Judge
    ) -> tuple[Reply | None, Fault | None, Verdict]:
        self.wire.open(url)
        self.limiter.wait()
        self.sent += 1
        at, start = self.clock.now(), self.clock.monotonic()
        reply, fault = self._sent(method, url, data)
        verdict = judge(reply) if reply else _of_fault(fault)
        status, size = (reply.status, len(reply.body)) if reply else (None, 0)
        took = round(1000 * (self.clock.monotonic() - start))
        moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.log.append(Request(moment, self.source, endpoint, status, verdict.kind, size, took))
        return reply, fault, verdict

    def _sent(
        self, method: str, url: str, data: Mapping[str, str]
    ) -> tuple[Reply | None, Fault | None]:
        try:
            reply = self.wire.send(url, data, method, self.limiter.note)
        except Exception as error:  # explain() raises again what is not the network's
            fault = explain(error)
            self.reached = self.reached or not (fault.unreachable or fault.fatal)
            return None, fault
        finally:
            self.limiter.note()  # until now it may have been on its way to the server
        self.reached = True
        return replace(reply, body=self._masked(reply.body)), None

    def _masked(self, body: bytes) -> bytes:
        """Take echoed secrets out of a body before anyone reads, cuts or keeps a part of it.

        A key of NCBI has 36 signs; words as short as those of tests could stand in a record.
        """
        for secret in self.secrets:
            if len(secret) >= SECRET_SIGNS:
                body = body.replace(secret.encode(), b"***")
        return body

    def _wait_or_give_up(
        self, tries: int, reply: Reply | None, fault: Fault | None, verdict: Verdict
    ) -> None:
        what = self.scrub(verdict.what)
        if fault and fault.unreachable and not self.reached and tries >= QUICK_TRIES:
            raise UnreachableError(self.name, what)
        if verdict.outcome is Outcome.SPLIT and tries >= SPLIT_TRIES:
            raise BatchRefusedError(self.name, what, kind=verdict.kind)
        floor = retry_after(reply.headers, self.clock.now()) if reply else 0.0
        if tries >= TRIES or self.waited + floor > WAIT_CAP:
            raise GaveUpError(
                self.name, f"gave up after {tries} tries: {what}", LATER, kind=verdict.kind
            )
        if verdict.slower:
            self.limiter.slow_down(floor)
        seconds = max(floor, self._backoff(tries))
        self.waited += seconds
        self.clock.sleep(seconds)

    def _backoff(self, tries: int) -> float:
        """Full jitter: anywhere between nothing and 1, 2, 4 … 60 s."""
        low, high = BACKOFF
        return self.jitter(0.0, min(high, low * 2 ** (tries - 1)))


def _of_fault(fault: Fault | None) -> Verdict:
    if fault is None:
        return Verdict(Outcome.RETRY, "broken", "the connection broke")
    if fault.fatal:
        remedy = "check its address"
        if fault.kind == "certificate":
            remedy = "behind a firewall that opens TLS, set REQUESTS_CA_BUNDLE to its certificate"
        return Verdict(Outcome.FATAL, fault.kind, fault.what, remedy=remedy)
    outcome = Outcome.SPLIT if fault.kind == "too_big" else Outcome.RETRY
    return Verdict(outcome, fault.kind, fault.what)
