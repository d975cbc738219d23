"""The fake E-utilities as a program: ``python -m tests.fakes.eutils --records FILE``."""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

from tests.fakes.citations import Citation
from tests.fakes.clock import VirtualClock
from tests.fakes.eutils import FakeEutils
from tests.fakes.faults import ACTIONS


class SystemClock(VirtualClock):
    """The real time."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def main() -> None:
    """Serve until interrupted; every request is shown on standard output."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.eutils", description=__doc__)
    parser.add_argument(
        "--records",
        type=Path,
        required=True,
        metavar="FILE",
        help="PubMed XML (.xml, .xml.gz) or JSON lines with pmid, title, abstract",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:ENDPOINT[:TIMES]]",
        help=f"one of: {', '.join(ACTIONS)}; TIMES 0 = always, default 1",
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--unmetered", action="store_true", help="no 3-a-second limit")
    options = parser.parse_args()  # fmt: skip
    fake = FakeEutils(load(options.records), clock=SystemClock(), metered=not options.unmetered)
    for line in options.fault:
        name, endpoint, times = [*line.split(":"), "", ""][:3]
        if name not in ACTIONS:
            parser.error(f"unknown fault {name!r}")
        fake.fault(name, on=endpoint, times=None if times == "0" else int(times or 1))
    fake.start(options.port)
    say(f"{len(fake.citations)} records; EVLIT_EUTILS_URL={fake.url}")
    watch(fake)


def watch(fake: FakeEutils) -> None:
    """Print each request as it comes, until Ctrl-C."""
    shown = 0
    try:
        while True:
            for seen in fake.seen[shown:]:
                shown += 1
                what = seen.params.get("term") or f"{len(seen.ids)} ids"
                say(f"{shown} {seen.endpoint} {what[:100]}")
            time.sleep(0.2)
    except KeyboardInterrupt:
        fake.close()
        sys.exit(130)


def say(line: str) -> None:
    """Show a line at once, piped or not."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def load(path: Path) -> Iterator[Citation]:
    """Read citations from PubMed XML or JSON lines."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    text = raw.decode("utf-8")
    if text.lstrip()[:1] == "{":
        yield from (from_json(json.loads(line)) for line in text.splitlines() if line.strip())
        return
    for match in re.finditer(r"<(PubmedArticle|PubmedBookArticle)>.*?</\1>", text, re.DOTALL):
        yield from_xml(match[0])


def from_json(item: dict[str, object]) -> Citation:
    """A citation of one line; what it lacks is invented."""
    year = int(str(item.get("year") or 2024)[:4])
    return Citation(
        int(str(item["pmid"])),
        title=escape(str(item.get("title") or ""), quote=False),
        abstract=escape(str(item.get("abstract") or ""), quote=False),
        created=date(year, 1, 15),
        doi=str(item.get("doi") or ""),
    )


def from_xml(element: str) -> Citation:
    """A citation that is served as it stands; words and dates are read out of it."""

    def inside(tag: str) -> str:
        found = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", element, re.DOTALL)
        return re.sub(r"<[^>]+>", "", " ".join(found))

    pmid = re.search(r"<PMID[^>]*>(\d+)</PMID>", element)
    if pmid is None:
        raise ValueError("a record without PMID")
    entry = _history(element, "entrez") or date(2024, 1, 15)
    return Citation(
        int(pmid[1]), inside("ArticleTitle"), inside("AbstractText"), entry,
        entered=_history(element, "pubmed"), modified=_history(element, "medline"),
        mesh=tuple((ui, name) for ui, name in
                   re.findall(r'<DescriptorName UI="([^"]+)"[^>]*>([^<]+)<', element)),
        types=tuple((ui, name) for ui, name in
                    re.findall(r'<PublicationType UI="([^"]+)"[^>]*>([^<]+)<', element)),
        keywords=tuple(re.findall(r"<Keyword [^>]*>([^<]+)<", element)),
        affiliation=inside("Affiliation"), raw=element,
    )  # fmt: skip


def _history(element: str, status: str) -> date | None:
    found = re.search(
        rf'PubStatus="{status}">\s*<Year>(\d+)</Year>\s*<Month>(\d+)</Month>\s*<Day>(\d+)<', element
    )
    return date(int(found[1]), int(found[2]), int(found[3])) if found else None
