"""A loopback E-utilities server (db=pubmed): documented behaviour, and faults on order.

In tests::

    with FakeEutils([Citation(1), Citation(2)]) as fake:
        fake.fault("429", on="efetch", times=2)
        ... Settings(eutils_url=fake.url) ...
        assert fake.seen[-1].params["id"] == "1,2"

By hand, so that the real command can be tried against it::

    python -m tests.fakes.eutils --records FILE.xml --fault 429:efetch:2
    EVLIT_EUTILS_URL=http://127.0.0.1:PORT/entrez/eutils/ evlit sync

The rate meter and all expiry read ``clock``, which tests share with the client.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.fakes import faults
from tests.fakes.citations import Citation, article_set
from tests.fakes.clock import VirtualClock
from tests.fakes.entrez_query import DATES, Engine, Result
from tests.fakes.replies import Reply

CAP = 9999
MAX_START = 9998
DTD = "https://eutils.ncbi.nlm.nih.gov/eutils/dtd"
HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'


def _doctype(root: str, name: str, path: str) -> str:
    return f'<!DOCTYPE {root} PUBLIC "-//NLM//DTD {name}//EN" "{DTD}/{path}.dtd">\n'


ESEARCH = _doctype("eSearchResult", "esearch 20060628", "20060628/esearch")
EINFO = _doctype("eInfoResult", "einfo 20190110", "20190110/einfo")
EFETCH = _doctype("eEfetchResult", "efetch 20131226", "20131226/efetch")
ESUMMARY = _doctype("eSummaryResult", "esummary pubmed", "esummary_pubmed")
EPOST = _doctype("ePostResult", "epost 20090526", "20090526/epost")
ELINK = _doctype("eLinkResult", "elink 20101123", "20101123/elink")
CAP_ERROR = (
    "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed, \n"
    "ESearch can only retrieve the first 9,999 records \nmatching the query.\n To obtain more "
    "than 9,999 PubMed records, consider \nusing EDirect that contains additional logic \nto "
    "batch PubMed search results automatically\n so that an arbitrary number can be retrieved.\n"
    " For details see https://www.ncbi.nlm.nih.gov/books/NBK25499/"
)
EMPTY_IDS = "ID list is empty! Possibly it has no correct IDs."
UTILITIES = ("einfo", "esearch", "efetch", "esummary", "epost", "elink")


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    at: float
    """Seconds on the fake's clock."""
    method: str
    path: str
    params: dict[str, str]
    """Without the key."""
    key: bool
    """A key was sent."""
    in_url: tuple[str, ...] = ()
    """Names of parameters that stood in the URL."""
    size: int = 0
    identity: str = field(default="", repr=False)

    @property
    def endpoint(self) -> str:
        """``esearch``, ``efetch`` …"""
        return self.path.rsplit("/", 1)[-1].removesuffix(".fcgi")

    @property
    def ids(self) -> list[int]:
        """The ids asked for, where they are numbers."""
        return [int(i) for i in self.params.get("id", "").split(",") if i.isdigit()]


@dataclass
class Fault:
    """One line of the script: which requests, how often, what happens."""

    action: faults.Action
    matches: Callable[[Seen], bool]
    times: int | None
    """None = always."""


class FakeEutils:
    """The server and its state; use as a context manager."""

    def __init__(
        self,
        citations: Iterable[Citation] = (),
        *,
        clock: VirtualClock | None = None,
        metered: bool = True,
        keys: Iterable[str] | None = None,
        unknown: Iterable[str] = (),
        history_ttl: float = 8 * 3600,
        history_uses: int = 10_000,
        cap: int = CAP,
    ) -> None:
        self.citations = {c.pmid: c for c in citations}
        self.clock = clock or VirtualClock()
        self.metered = metered
        self.cap = cap
        """Records that one search hands out; the real one's is 9,999."""
        self.keys = None if keys is None else set(keys)
        """Accepted API keys; None accepts any."""
        self.engine = Engine(unknown)
        self.history_ttl, self.history_uses = history_ttl, history_uses
        self.history: dict[str, tuple[float, list[int], dict[str, list[int]]]] = {}
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.refused = 0
        """Requests that the rate meter refused."""
        self.released = threading.Event()
        self._lock = threading.RLock()
        self._arrivals: dict[str, list[float]] = {}
        self._server: _Server | None = None

    # ----------------------------------------------------------------- the test's side

    @property
    def url(self) -> str:
        """Base address for ``EVLIT_EUTILS_URL``."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}/entrez/eutils/"

    def start(self, port: int = 0) -> Self:
        """Serve on a free port of 127.0.0.1."""
        self._server = _Server(self, port)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def close(self) -> None:
        """Stop, and let go of every request that hangs."""
        self.released.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(self, *citations: Citation) -> None:
        """Add citations, or replace those of the same PMID."""
        with self._lock:
            self.citations |= {c.pmid: c for c in citations}
            self.engine.forget()

    def take(self, *pmids: int) -> None:
        """Remove citations, as PubMed does with deleted and merged ones."""
        with self._lock:
            for pmid in pmids:
                self.citations.pop(pmid, None)
            self.engine.forget()

    def fault(
        self,
        action: str | faults.Action,
        *,
        on: str | Callable[[Seen], bool] = "",
        times: int | None = 1,
    ) -> None:
        """Add a line to the script: ``on`` is an endpoint, "" (all) or a function."""
        known = faults.ACTIONS[action] if isinstance(action, str) else action
        matches = on if callable(on) else lambda seen: seen.endpoint == on or not on
        self.faults.append(Fault(known, matches, times))

    def heal(self) -> None:
        """Forget the script and whatever was recorded."""
        with self._lock:
            self.faults.clear()
            self.seen.clear()
            self.refused = 0

    def asked(self, endpoint: str) -> list[Seen]:
        """The requests to one endpoint, in order."""
        return [seen for seen in self.seen if seen.endpoint == endpoint]

    def shortest_gap(self) -> float:
        """Seconds between the closest two arrivals."""
        times = [seen.at for seen in self.seen]
        return min((b - a for a, b in pairwise(times)), default=float("inf"))

    # --------------------------------------------------------------- the client's side

    def receive(self, method: str, target: str, body: str, host: str) -> tuple[Reply, Seen]:
        """Answer one request: record, meter, serve, then spoil as the script says."""
        parts = urlsplit(target)
        url_params = dict(parse_qsl(parts.query, keep_blank_values=True))
        params = url_params | dict(parse_qsl(body, keep_blank_values=True))
        key = params.pop("api_key", "")
        with self._lock:
            seen = Seen(
                self.clock.monotonic(), method, parts.path, params, bool(key),
                tuple(url_params), len(target) + len(body), key or host,
            )  # fmt: skip
            self.seen.append(seen)
            over = self._meter(seen)
            reply = over or self._served(seen, key, len(target))
            if over is None:
                reply = self._spoilt(reply, seen)
            limit = 10 if key else 3
            used = len(self._arrivals.get(seen.identity, ()))
            rates = {
                "X-RateLimit-Limit": str(limit),
                "X-RateLimit-Remaining": str(max(0, limit - used)),
            }
        return replace(reply, headers=rates | dict(reply.headers)), seen

    def _meter(self, seen: Seen) -> Reply | None:
        """Count arrivals of the last second, by key, else by address."""
        times = [t for t in self._arrivals.get(seen.identity, []) if t > seen.at - 1.0]
        times.append(seen.at)
        self._arrivals[seen.identity] = times
        limit = 10 if seen.key else 3
        if not self.metered or len(times) <= limit:
            return None
        self.refused += 1
        return faults.rate_limited(seen.identity, len(times), limit, retry_after="2")

    def _spoilt(self, reply: Reply, seen: Seen) -> Reply:
        for fault in self.faults:
            if fault.times == 0 or not fault.matches(seen):
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault.action(reply, seen, self)
        return reply

    def _served(self, seen: Seen, key: str, url_size: int) -> Reply:
        if seen.method == "GET" and url_size > 4096:
            return Reply(b"<html><title>414 Request-URI Too Large</title></html>", 414, "text/html")
        if self.keys is not None and key and key not in self.keys:
            told = f'{{"error":"API key invalid","api-key":"{key}","type":"invalid",\n'
            return Reply(f'{told}"status":"unknown"}}'.encode(), 400, "application/json")
        if not seen.path.startswith("/entrez/eutils/") or seen.endpoint not in UTILITIES:
            return Reply(b"<html><title>404 Not Found</title></html>", 404, "text/html")
        if seen.params.get("db", "pubmed") != "pubmed" and seen.endpoint != "einfo":
            root = {"efetch": "eFetchResult"}.get(seen.endpoint, "eSearchResult")
            return _xml(f"<{root}><ERROR>Invalid db name specified</ERROR></{root}>")
        answer: Callable[[dict[str, str]], Reply] = getattr(self, f"_{seen.endpoint}")
        return answer(seen.params)

    # ------------------------------------------------------------------------- einfo

    def _einfo(self, params: dict[str, str]) -> Reply:
        if "db" not in params:
            return _xml(
                f"{EINFO}<eInfoResult><DbList><DbName>pubmed</DbName></DbList></eInfoResult>"
            )
        moved = max((c.mdat for c in self.citations.values()), default=date(2024, 1, 1))
        stamp = f"{moved:%Y/%m/%d} 06:33"
        if params.get("retmode") == "json":
            info = {"dbname": "pubmed", "count": str(len(self.citations)), "lastupdate": stamp}
            return _json({"header": {"type": "einfo"}, "einforesult": {"dbinfo": [info]}})
        fields = "".join(
            f"<Field><Name>{tag.upper()}</Name><FullName>{label}</FullName><IsDate>Y</IsDate></Field>"
            for tag, (label, _) in DATES.items()
        )
        return _xml(
            f"{EINFO}<eInfoResult><DbInfo><DbName>pubmed</DbName><MenuName>PubMed</MenuName>"
            f"<Description>PubMed bibliographic record</Description><DbBuild>Build-{moved:%Y.%m.%d}"
            f".06.33</DbBuild><Count>{len(self.citations)}</Count><LastUpdate>{stamp}</LastUpdate>"
            f"<FieldList>{fields}</FieldList></DbInfo></eInfoResult>"
        )

    # ----------------------------------------------------------------------- esearch

    def _esearch(self, params: dict[str, str]) -> Reply:
        result = self._found(params)
        start, most = int(params.get("retstart") or 0), int(params.get("retmax") or 20)
        ids = self._sorted(result.pmids, params.get("sort", "relevance"))
        if start > self.cap - 1 and len(ids) > self.cap:
            return self._cap_error(params)
        shown = ids[: self.cap][start : start + min(most, self.cap)]
        messages = [] if ids else ["No items found."]
        if (
            (most > self.cap and len(ids) > self.cap)
            or start > self.cap - 1
            or start + most > self.cap < len(ids)
        ):
            adjusted = f"{start}, {len(shown)}"
            messages.append(f"Restrictions achieved. start and count adjusted to {adjusted}")
        if params.get("rettype") == "count":
            return _xml(f"{ESEARCH}<eSearchResult><Count>{len(ids)}</Count></eSearchResult>")
        history = self._remembered(params, ids) if params.get("usehistory") == "y" else None
        if params.get("retmode") == "json":
            return self._search_json(result, ids, shown, start, messages)
        return _xml(
            ESEARCH + _search_xml(result, len(ids), shown, start, messages, history=history)
        )

    def _found(self, params: dict[str, str]) -> Result:
        term = params.get("term", "")
        extra = self._dates(params)
        if extra is None:
            words = " AND ".join(
                f'"{params[n]}"[All Fields]' for n in ("mindate", "maxdate") if n in params
            )
            return Result(set(), f"({term}) AND {words}")
        if extra:
            term = f"({term}) AND {extra}"
        if term.startswith("#") and "WebEnv" in params:
            kept = self._recalled(params["WebEnv"], term[1:].split()[0])
            return Result(set(kept or ()), term)
        return self.engine.ask(term, self.citations)

    def _dates(self, params: dict[str, str]) -> str | None:
        """The date parameters as a range of the query; None = read as words."""
        kind = params.get("datetype", "edat" if "reldate" in params else "")
        if "reldate" in params:
            today = self.clock.now().date()
            start = today - timedelta(days=int(params["reldate"]))
            return f"{start:%Y/%m/%d}:{today:%Y/%m/%d}[{kind}]" if kind in DATES else None
        if "mindate" not in params or "maxdate" not in params:
            return ""
        if (kind or "edat") not in DATES or not params["mindate"] or not params["maxdate"]:
            return None
        return f"{params['mindate']}:{params['maxdate']}[{kind or 'edat'}]"

    def _sorted(self, pmids: set[int], order: str) -> list[int]:
        if order == "pub_date":
            return sorted(pmids, key=lambda p: (self.citations[p].pdat, p), reverse=True)
        return sorted(pmids, key=lambda p: p * 2654435761 % 2**32)

    def _cap_error(self, params: dict[str, str]) -> Reply:
        if params.get("retmode") == "json":
            # The real one holds raw newlines inside the string: no valid JSON.
            told = '{"header":{"type":"esearch"},"esearchresult":{"ERROR":"' + CAP_ERROR + '"}}'
            return Reply(told.encode(), 200, "application/json")
        return _xml(f"{ESEARCH}<eSearchResult><ERROR>{CAP_ERROR}</ERROR></eSearchResult>")

    def _search_json(
        self, result: Result, ids: list[int], shown: list[int], start: int, messages: list[str]
    ) -> Reply:
        found: dict[str, Any] = {
            "count": str(len(ids)), "retmax": str(len(shown)), "retstart": str(start),
            "idlist": [str(i) for i in shown], "translationset": [],
            "querytranslation": result.translation,
        }  # fmt: skip
        if result.no_field or result.no_phrase:
            found["errorlist"] = {
                "phrasesnotfound": result.no_phrase, "fieldsnotfound": result.no_field
            }  # fmt: skip
        if messages or result.no_quoted:
            found["warninglist"] = {
                "phrasesignored": [], "quotedphrasesnotfound": result.no_quoted,
                "outputmessages": messages,
            }  # fmt: skip
        return _json({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": found})

    # ------------------------------------------------------------------------ efetch

    def _efetch(self, params: dict[str, str]) -> Reply:
        if params.get("rettype") == "full":
            return Reply(b"", 200, "text/plain")
        if "WebEnv" in params:
            ids = self._history_page(params)
            if isinstance(ids, Reply):
                return ids
        else:
            asked = [i for i in params.get("id", "").split(",") if i]
            ids = [int(i) for i in asked if i.isdigit() and int(i) > 0]
            if not ids:
                return self._no_ids(params)
        if params.get("rettype") == "uilist":
            return Reply("\n".join(map(str, ids)).encode() + b"\n", 200, "text/plain")
        found = [self.citations[i] for i in dict.fromkeys(ids) if i in self.citations]
        return Reply(article_set([c.xml() for c in found]), 200, "text/xml; charset=UTF-8")

    def _no_ids(self, params: dict[str, str]) -> Reply:
        if params.get("retmode") == "text":
            return Reply(EMPTY_IDS.replace(" ", "+").encode(), 400, "text/plain")
        return fetch_error(EMPTY_IDS, 400)

    def _history_page(self, params: dict[str, str]) -> list[int] | Reply:
        kept = self._recalled(params["WebEnv"], params.get("query_key", ""))
        key = params.get("query_key", "")
        if kept is None:
            return fetch_error(f"Unable to obtain query #{key}", 200)
        start, most = int(params.get("retstart") or 0), int(params.get("retmax") or 20)
        if start > MAX_START:
            return fetch_error(
                "Search backend cannot retrieve history data. Reason: Exception: 'retstart' cannot "
                "be larger than 9998. For PubMed, ESearch can only retrieve the first 9,999 "
                "records matching the query.", 400,
            )  # fmt: skip
        if start >= len(kept):
            return fetch_error(
                "Cannot retrieve history data: OUT OF RANGE. Parameter retstart="
                f"{start} + {most} is greater than number of records available in history. "
                f"History includes {len(kept)} IDs.", 400,
            )  # fmt: skip
        return kept[:CAP][start : start + most]

    # -------------------------------------------------------------- esummary and others

    def _esummary(self, params: dict[str, str]) -> Reply:
        ids = [int(i) for i in params.get("id", "").split(",") if i.isdigit()]
        if params.get("retmode") == "json":
            return self._summary_json(ids)
        if not ids:
            told = "<ERROR>Empty id list - nothing todo</ERROR>"
            return _xml(f"{ESUMMARY}<eSummaryResult>{told}</eSummaryResult>")
        docs = "".join(
            f'<DocumentSummary uid="{i}"><Title>{self.citations[i].title}</Title></DocumentSummary>'
            if i in self.citations
            else f'<DocumentSummary uid="{i}"><error>cannot get document summary</error>'
            "</DocumentSummary>"
            for i in ids
        )
        return _xml(
            f'{ESUMMARY}<eSummaryResult><DocumentSummarySet status="OK"><DbBuild>Build</DbBuild>'
            f"{docs}</DocumentSummarySet></eSummaryResult>"
        )

    def _summary_json(self, ids: list[int]) -> Reply:
        if not ids:
            return _json({"esummaryresult": ["Empty id list - nothing todo"]})
        if len(ids) > 500:
            told = "Too many UIDs in request. Maximum number of UIDs is 500 for JSON format output."
            return _json({"esummaryresult": [told]})
        docs: dict[str, Any] = {
            str(i): {"uid": str(i), "title": self.citations[i].title}
            if i in self.citations
            else {"uid": str(i), "error": "cannot get document summary"}
            for i in ids
        }
        return _json({"result": {"uids": [str(i) for i in ids]} | docs})

    def _epost(self, params: dict[str, str]) -> Reply:
        ids = [int(i) for i in params.get("id", "").split(",") if i.isdigit()]
        if not ids:
            return _xml(
                f"{EPOST}<ePostResult><ERROR>Empty ID list; Nothing to store</ERROR></ePostResult>"
            )
        key, env = self._remembered(params, ids)
        return _xml(
            f"{EPOST}<ePostResult>\n\t<QueryKey>{key}</QueryKey>\n\t<WebEnv>{env}</WebEnv>\n"
            "</ePostResult>"
        )

    def _elink(self, params: dict[str, str]) -> Reply:
        ids = "".join(f"<Id>{i}</Id>" for i in params.get("id", "").split(",") if i)
        return _xml(
            f"{ELINK}<eLinkResult><LinkSet><DbFrom>pubmed</DbFrom><IdList>{ids}</IdList></LinkSet>"
            "</eLinkResult>"
        )

    # ----------------------------------------------------------------------- history

    def _remembered(self, params: dict[str, str], ids: list[int]) -> tuple[str, str]:
        env = params.get("WebEnv") or f"MCID_{len(self.history) + 0x692851C130AE:024x}"
        made, uses, sets = self.history.setdefault(env, (self.clock.monotonic(), [0], {}))
        key = str(len(sets) + 1)
        sets[key] = list(ids)
        self.history[env] = (made, uses, sets)
        return key, env

    def _recalled(self, env: str, key: str) -> list[int] | None:
        if env not in self.history:
            return None
        made, uses, sets = self.history[env]
        uses[0] += 1
        if self.clock.monotonic() - made > self.history_ttl or uses[0] > self.history_uses:
            return None
        return sets.get(key)


def fetch_error(text: str, status: int) -> Reply:
    """An ``eFetchResult`` error document."""
    body = f"{EFETCH}<eFetchResult>\n\t<ERROR>{text}</ERROR>\n</eFetchResult>"
    return Reply((HEAD + body).encode(), status, "text/xml; charset=UTF-8")


def _search_xml(
    result: Result, count: int, shown: list[int], start: int, messages: list[str],
    *, history: tuple[str, str] | None,
) -> str:  # fmt: skip
    ids = "".join(f"<Id>{i}</Id>\n" for i in shown)
    kept = f"<QueryKey>{history[0]}</QueryKey><WebEnv>{history[1]}</WebEnv>" if history else ""
    errors = "".join(f"<PhraseNotFound>{escape(p)}</PhraseNotFound>" for p in result.no_phrase)
    errors += "".join(f"<FieldNotFound>{escape(f)}</FieldNotFound>" for f in result.no_field)
    warnings = "".join(
        f"<QuotedPhraseNotFound>{escape(p, quote=False)}</QuotedPhraseNotFound>"
        for p in result.no_quoted
    )
    warnings += "".join(f"<OutputMessage>{m}</OutputMessage>" for m in messages)
    return (
        f"<eSearchResult><Count>{count}</Count><RetMax>{len(shown)}</RetMax>"
        f"<RetStart>{start}</RetStart>{kept}"
        + (f"<IdList>\n{ids}</IdList>" if shown else "<IdList/>")
        + "<TranslationSet/>"
        + f"<QueryTranslation>{escape(result.translation, quote=False)}</QueryTranslation>"
        + (f"<ErrorList>{errors}</ErrorList>" if errors else "")
        + (f"<WarningList>{warnings}</WarningList>" if warnings else "")
        + "</eSearchResult>"
    )


def _xml(body: str) -> Reply:
    return Reply((HEAD + body).encode(), 200, "text/xml; charset=UTF-8")


def _json(value: object) -> Reply:
    return Reply(json.dumps(value).encode(), 200, "application/json; charset=UTF-8")


# ------------------------------------------------------------------------------ transport


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, fake: FakeEutils, port: int) -> None:
        self.fake = fake
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed, or gave up, is no error of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def log_message(self, format: str, *args: object) -> None:
        """Silent: every request is in ``FakeEutils.seen``."""

    def _answer(self, body: str) -> None:
        reply, _ = self.server.fake.receive(
            self.command, self.path, body, str(self.client_address[0])
        )
        with suppress(ConnectionError, TimeoutError):
            self._deliver(reply)

    def _deliver(self, reply: Reply) -> None:
        if reply.how == "hang":
            self.server.fake.released.wait()
        if reply.how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.wfile.write(b"HTTP/1.1 200 O")
        if reply.how in ("hang", "drop", "reset"):
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.ctype)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.how == "close":
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.how == "trickle":
            self._trickle(reply.body)
            return
        self.wfile.write(reply.body[: reply.cut] if reply.cut is not None else reply.body)
        if reply.cut is not None:
            self.close_connection = True

    def _trickle(self, body: bytes) -> None:
        """One byte a second of the fake's clock."""
        self.close_connection = True
        for index in range(len(body)):
            self.server.fake.clock.sleep(1.0)
            self.wfile.write(body[index : index + 1])


if __name__ == "__main__":
    from tests.fakes.eutils_tool import main

    main()
