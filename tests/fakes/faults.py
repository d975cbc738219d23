"""What can go wrong with an E-utilities reply: actions for the fake's script.

An action takes the good reply, the request and the fake, and returns what is sent instead.
Texts are those that were documented or reported of the real service.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.fakes.replies import Reply

if TYPE_CHECKING:
    from tests.fakes.eutils import FakeEutils, Seen

Action = Callable[[Reply, "Seen", "FakeEutils"], Reply]

XHTML = (
    '<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN"'
    ' "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml">'
    "<head><title>{title}</title></head><body><h1>{text}</h1></body></html>"
)
MAINTENANCE = (
    "<html><head><title>Down</title></head><body class=down_bethesda><p>maintenance<br></body>"
)
BLOCKED = XHTML.format(
    title="NCBI - WWW Error Blocked Diagnostic",
    text="Your access to the NCBI website at eutils.ncbi.nlm.nih.gov has been temporarily blocked "
    "due to a possible misuse/abuse situation. misuse.ncbi.nlm.nih.gov",
)


def say(body: str | bytes, status: int = 200, ctype: str = "text/xml", **headers: str) -> Action:
    """Answer this instead."""
    raw = body.encode() if isinstance(body, str) else body
    return lambda reply, seen, fake: Reply(raw, status, ctype, headers)


def rate_limited(who: str, count: int, limit: int, retry_after: str = "") -> Reply:
    """The real 429: its body echoes the caller's key."""
    told = {"error": "API rate limit exceeded", "api-key": who, "count": str(count)}
    body = json.dumps(told | {"limit": str(limit)}).encode()
    headers = {"Retry-After": retry_after} if retry_after else {}
    return Reply(body, 429, "application/json", headers)


def too_many(retry_after: str = "2") -> Action:
    """429 as if the meter had refused."""
    return lambda reply, seen, fake: rate_limited(seen.identity, 4, 3, retry_after)


def how(kind: str) -> Action:
    """Deliver the good reply in a bad way: drop, reset, hang, trickle, close."""
    return lambda reply, seen, fake: replace(reply, how=kind)


def cut(part: float, *, length: bool = True) -> Action:
    """Cut the body: with its full Content-Length, or without any."""

    def action(reply: Reply, seen: Seen, fake: FakeEutils) -> Reply:
        end = int(len(reply.body) * part)
        if length:
            return replace(reply, cut=end)
        return replace(reply, body=reply.body[:end], how="close")

    return action


def prolog(reply: Reply, seen: Seen, fake: FakeEutils) -> Reply:
    """XML declaration and DOCTYPE, nothing else."""
    return replace(reply, body=b"\n".join(reply.body.split(b"\n")[:2]))


def omit(pmids: Iterable[int] = (), *, every: bool = False) -> Action:
    """Leave records out of an efetch reply, silently."""
    gone = {str(pmid).encode() for pmid in pmids}

    def keep(match: re.Match[bytes]) -> bytes:
        return b"" if every or match[1] in gone else match[0]

    pattern = re.compile(
        rb"<Pubmed(?:Book)?Article><\w+[^>]*><PMID[^>]*>(\d+)</PMID>.*?</Pubmed(?:Book)?Article>\n?",
        re.DOTALL,
    )
    return lambda reply, seen, fake: replace(reply, body=pattern.sub(keep, reply.body))


def keep_first(number: int) -> Action:
    """Only the first records, with a whole end."""

    def action(reply: Reply, seen: Seen, fake: FakeEutils) -> Reply:
        return omit(seen.ids[number:])(reply, seen, fake)

    return action


def insert(xml: str) -> Action:
    """Append an element inside the set."""
    return lambda reply, seen, fake: replace(
        reply,
        body=reply.body.replace(b"</PubmedArticleSet>", xml.encode() + b"</PubmedArticleSet>"),
    )


def swap(old: str | bytes, new: str | bytes) -> Action:
    """Replace bytes of the body."""
    before = old.encode() if isinstance(old, str) else old
    after = new.encode() if isinstance(new, str) else new
    return lambda reply, seen, fake: replace(reply, body=reply.body.replace(before, after))


def fetch_error(text: str, status: int = 400) -> Action:
    """An ``eFetchResult`` with an error."""
    return say(
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eEfetchResult PUBLIC "-//NLM//DTD '
        'efetch 20131226//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20131226/efetch.dtd">\n'
        f"<eFetchResult>\n\t<ERROR>{text}</ERROR>\n</eFetchResult>",
        status,
    )


def search_error(text: str, status: int = 200) -> Action:
    """An ``eSearchResult`` with an error."""
    return say(f"<eSearchResult><ERROR>{text}</ERROR></eSearchResult>", status)


def redirect(status: int, location: str) -> Action:
    """Send the client elsewhere."""
    return say("", status, "text/html", Location=location)


def gzipped(reply: Reply, seen: Seen, fake: FakeEutils) -> Reply:
    """Compressed, and with a charset that is wrong."""
    return replace(
        reply,
        body=gzip.compress(reply.body),
        ctype="text/xml; charset=iso-8859-1",
        headers={**reply.headers, "Content-Encoding": "gzip"},
    )


def bad_date_type(reply: Reply, seen: Seen, fake: FakeEutils) -> Reply:
    """Dates read as words: Count 0 and ``[All Fields]``, status 200."""
    return search_zero('"2026/11/21"[All Fields]')(reply, seen, fake)


def search_zero(translation: str) -> Action:
    """A search that found nothing, with this translation."""
    return say(
        "<eSearchResult><Count>0</Count><RetMax>0</RetMax><RetStart>0</RetStart><IdList/>"
        f"<TranslationSet/><QueryTranslation>{translation}</QueryTranslation><WarningList>"
        "<OutputMessage>No items found.</OutputMessage></WarningList></eSearchResult>"
    )


ACTIONS: dict[str, Action] = {
    "429": too_many(),
    "429-bare": too_many(""),
    "rate-200": say('{"error":"API rate limit exceeded","count":"11"}', 200, "application/json"),
    "500": say("<html>500</html>", 500, "text/html"),
    "502": say("<html>502</html>", 502, "text/html"),
    "503": say("<html>503</html>", 503, "text/html"),
    "504": say("<html>504</html>", 504, "text/html"),
    "gateway": say(
        '{"error":"error forwarding request","api-key":"127.0.0.1","type":"ip",\n"status":"ok"}',
        500, "application/json",
    ),
    "unroutable": say(
        "Unable to route request!\n\nservice name: /http/service/ratecontrol", 500, "text/plain"
    ),
    "xhtml-500": say(
        XHTML.format(title="NCBI/eutils211 - WWW Error 500 Diagnostic", text="Error"), 500,
        "text/html",
    ),
    "maintenance": say(MAINTENANCE, 200, "text/html"),
    "maintenance-as-xml": say(MAINTENANCE, 200, "text/xml"),
    "maintenance-xhtml": say(XHTML.format(title="Down", text="maintenance"), 200, "text/xml"),
    "blocked": say(BLOCKED, 200, "text/html"),
    "blocked-403": say(BLOCKED, 403, "text/html"),
    "empty": say(b"", 200),
    "prolog": prolog,
    "cut": cut(0.6),
    "cut-close": cut(0.6, length=False),
    "drop": how("drop"),
    "reset": how("reset"),
    "hang": how("hang"),
    "trickle": how("trickle"),
    "backend": search_error(
        "Search Backend failed: Unable to open connection to #PMQuerySrv?dbaf=pubmed"
    ),
    "outage": search_error("Search Backend failed: Database is not supported: pubmed"),
    "timeout-400": fetch_error(
        " Error: External viewer error: Empty Response. Bytes read: 0 Status: Timeout"
    ),
    "docsum-400": fetch_error(" Error occurred: cannot get document summary"),
    "expired": fetch_error("Unable to obtain query #1", 200),
    "bad-dates": bad_date_type,
    "gzip": gzipped,
    "nothing": omit(every=True),
    "invalid-sign": swap("</AbstractText>", "\x0b</AbstractText>"),
}  # fmt: skip
"""Faults by name, as ``--fault`` takes them."""
