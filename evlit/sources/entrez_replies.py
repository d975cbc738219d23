"""Reading what E-utilities answer: the judgement of a reply, and search, summary and info.

HTTP status is not the verdict (``200`` may hold an error, ``400`` a passing timeout), so a
reply is judged by its root element and body first. Bodies are bytes, parsed without network,
DTD or entities.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evlit.errors import BlockedError, KeyRefusedError, SourceError
from evlit.http.door import OK, Outcome, RefusedError, Verdict
from evlit.http.wire import Reply

if TYPE_CHECKING:
    from lxml.etree import _Element

ROOTS = {
    "einfo": "eInfoResult",
    "esearch": "eSearchResult",
    "efetch": "PubmedArticleSet",
    "esummary": "eSummaryResult",
}
"""Root element of a good reply, by endpoint."""

_SNIFF = 20_000
_BLOCKED = (b"error blocked diagnostic", b"temporarily blocked due to", b"misuse.ncbi.nlm.nih")
_OURS = re.compile(
    r"'retstart' cannot be larger|out of acceptable range|OUT OF RANGE|ID list is empty"
    r"|Too many UIDs|Unable to obtain query",
    re.IGNORECASE,
)
"""Errors that only a fault of evlit can cause: asked beyond the cap, malformed ids, or a
history that evlit never uses."""


_PMID = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """A search result: what PubMed counted, handed out, and made of the query."""

    count: int
    ids: tuple[int, ...]
    translation: str = ""
    no_field: tuple[str, ...] = ()
    no_phrase: tuple[str, ...] = ()
    """PhraseNotFound and QuotedPhraseNotFound: words that PubMed dropped or broke up."""
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """The state of the database: when its index last moved, as it writes it."""

    updated: str


def judge(reply: Reply, endpoint: str) -> Verdict:
    """Decide what a reply is worth.

    :returns: ok, retry, split (fewer ids at once) or fatal, with words for log and people
    """
    if 300 <= reply.status < 400:
        return _fatal("redirect", "it answered with a redirect, which evlit does not follow")
    root, broken = _root(reply.body)
    name = _name(root)
    if root is not None and name == ROOTS[endpoint] and reply.status == 200:
        return _judge_good(root, endpoint)
    if (told := _told(reply, name)) is not None:
        return told
    if root is not None and name in (*ROOTS.values(), "eFetchResult"):
        return _judge_error(_errors(root), endpoint, reply.status)
    return _judge_other(reply, name, endpoint, broken)


def parse_search(body: bytes) -> Found:
    """Read an esearch reply that was judged good.

    :raises ValueError: a number or an id is none
    """
    root, _ = _root(body)
    assert root is not None  # judged before
    return Found(
        count=int(root.findtext("Count") or ""),
        ids=tuple(_pmid(el.text) for el in root.iterfind("IdList/Id")),
        translation=root.findtext("QueryTranslation") or "",
        no_field=_texts(root, "ErrorList/FieldNotFound"),
        no_phrase=_texts(root, "ErrorList/PhraseNotFound")
        + _texts(root, "WarningList/QuotedPhraseNotFound"),
        messages=_texts(root, "WarningList/OutputMessage"),
    )


def parse_info(body: bytes) -> Info:
    """Read an einfo reply that was judged good."""
    root, _ = _root(body)
    assert root is not None  # judged before
    return Info(" ".join((root.findtext("DbInfo/LastUpdate") or "").split())[:40])


def parse_summary(body: bytes) -> tuple[set[int], set[int]]:
    """Read an esummary reply (version 2.0) that was judged good.

    :returns: the PMIDs it knows, and those it says it cannot find
    """
    root, _ = _root(body)
    assert root is not None  # judged before
    known: set[int] = set()
    gone: set[int] = set()
    for doc in root.iterfind("DocumentSummarySet/DocumentSummary"):
        error = doc.findtext("error")
        if error is None:
            known.add(_pmid(doc.get("uid")))
        elif "cannot get document summary" in error:
            gone.add(_pmid(doc.get("uid")))
    return known, gone


# -------------------------------------------------------------------------- judgement


def _judge_good(root: _Element, endpoint: str) -> Verdict:
    """A reply of the right root: does it hold an error, or lack what it must have?"""
    if errors := _errors(root):
        return _judge_error(errors, endpoint, 200)
    if endpoint == "esearch":
        return _whole(root, "Count") or _numbers(root)
    if endpoint == "einfo":
        return _whole(root, "DbInfo/LastUpdate") or OK
    if endpoint == "esummary" and (
        root.find("DocumentSummarySet") is None or "DocSum Backend failed" in _comments(root)
    ):
        return _retry("backend", "its summaries failed")
    return OK


def _whole(root: _Element, path: str) -> Verdict | None:
    if root.findtext(path) is None:
        return _retry("incomplete", f"an answer without {path}")
    return None


def _numbers(root: _Element) -> Verdict:
    count = (root.findtext("Count") or "").strip()
    ids = [(el.text or "").strip() for el in root.iterfind("IdList/Id")]
    if re.fullmatch(r"\d{1,9}", count, re.ASCII) and all(map(_PMID.fullmatch, ids)):
        return OK
    return _retry("malformed", "an answer with malformed numbers")


def _judge_error(errors: str, endpoint: str, status: int) -> Verdict:
    """Sort an ``<ERROR>`` text; most are transient, whatever the status."""
    shown = " ".join(errors.split())[:200] or f"HTTP {status} without a word"
    if _OURS.search(errors):
        return Verdict(
            Outcome.FATAL,
            "bug",
            f"it says {shown!r}, which only a fault of evlit can cause",
            remedy="please report it",
        )
    outcome = Outcome.SPLIT if endpoint == "efetch" else Outcome.RETRY
    return Verdict(outcome, "error", f"it says {shown!r}")


def _told(reply: Reply, root: str) -> Verdict | None:
    """Judge a body that speaks for itself, whatever its status."""
    start = reply.body[:_SNIFF].lower()
    if any(words in start for words in _BLOCKED) and root not in ROOTS.values():
        return Verdict(
            Outcome.FATAL,
            "blocked",
            "it has blocked this address for asking too much",
            BlockedError,
            "do not run evlit sync from here again; set NCBI_EMAIL and write to "
            "eutilities@ncbi.nlm.nih.gov",
        )
    if reply.status == 429 or b"rate limit exceeded" in start:
        return Verdict(Outcome.RETRY, "rate", "it asks for fewer requests", slower=True)
    if b"api key invalid" in start or b"api key not wellformed" in start:
        return Verdict(
            Outcome.FATAL, "key", "it does not accept the API key", KeyRefusedError,
            "correct NCBI_API_KEY, or unset it to go on at the slower pace",
        )  # fmt: skip
    if b"id+list+is+empty" in start:
        return _judge_error("ID list is empty", "", reply.status)
    return None


def _judge_other(reply: Reply, root: str, endpoint: str, broken: bool) -> Verdict:
    """Judge a body that is not E-utilities': by status, then by what it looks like."""
    refusals = {
        401: "it asks for a password",
        403: "it refuses",
        404: "it has no such service",
        405: "it takes no POST",
        410: "the service is gone",
        414: "the request was too long",
    }
    if reply.status in refusals:
        what = f"{refusals[reply.status]} (HTTP {reply.status})"
        return _fatal("refused", what, RefusedError)
    if reply.status != 200:
        return _retry("server", f"it answers with HTTP {reply.status}")
    if not reply.body.strip():
        return _retry("empty", "an empty answer")
    if root:
        return _retry("page", f"a page ({root}) instead of data: perhaps maintenance")
    if broken and endpoint == "efetch" and b"<PubmedArticleSet" in reply.body[:_SNIFF]:
        # Cut short, or one record with signs that XML forbids: fewer records will tell.
        return Verdict(Outcome.SPLIT, "cut", "records that cannot be read")
    return _retry("cut", "an answer cut short or not in XML")


def _fatal(kind: str, what: str, error: type[SourceError] = SourceError) -> Verdict:
    return Verdict(Outcome.FATAL, kind, what, error, "check EVLIT_EUTILS_URL and the proxy")


def _retry(kind: str, what: str) -> Verdict:
    return Verdict(Outcome.RETRY, kind, what)


# ----------------------------------------------------------------------------- reading


def _root(body: bytes) -> tuple[_Element | None, bool]:
    """Parse a body; (None, True) where it is no well-formed XML."""
    from lxml import etree  # noqa: PLC0415 - heavy

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser), False
    except (etree.XMLSyntaxError, ValueError):
        return None, True


def _name(root: _Element | None) -> str:
    if root is None or not isinstance(root.tag, str):
        return ""
    return root.tag.rpartition("}")[2]


def _errors(root: _Element) -> str:
    found = [el.text or "" for el in root.iterfind("ERROR")]
    return " ".join(found) + (" " if found else "")


def _texts(root: _Element, path: str) -> tuple[str, ...]:
    return tuple((el.text or "").strip() for el in root.iterfind(path))


def _comments(root: _Element) -> str:
    from lxml import etree  # noqa: PLC0415 - heavy

    return " ".join(el.text or "" for el in root.iter(etree.Comment))


def _pmid(text: str | None) -> int:
    number = (text or "").strip()
    if not _PMID.fullmatch(number):
        raise ValueError(f"{number[:20]!r} is no PMID")
    return int(number)


def judge_of(endpoint: str) -> Callable[[Reply], Verdict]:
    """Return the judge of one endpoint, for the door."""
    return lambda reply: judge(reply, endpoint)
