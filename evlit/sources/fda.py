"""FDA warning letters: the listing of fda.gov, a JSON table whose cells are HTML.

The endpoint is undocumented. So a page of another shape, rows that cannot be read, or fewer
letters than it counts are failures to be told: an empty result would read as "no letter".
Only the listing is read (date, company, office, subject), not the letters.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from evlit.http.door import Door, Verdict
from evlit.http.wire import Clock, Reply
from evlit.records import RegulatorLetter
from evlit.settings import Settings
from evlit.sources.public import (
    IncompleteError,
    LayoutError,
    changed,
    clean,
    judge_json,
    list_at,
    number_at,
    open_public_door,
)

SOURCE, NAME = "fda", "FDA warning letters"
SPACING = 10.0
"""Seconds between requests: a web page's own endpoint, not an API."""
PAGE = 1000
NEWEST = 100
MOST_PAGES = 60
COLUMNS = 5
"""posted, issued, company with link, office, subject; then response, close-out, excerpt."""
SITE = "https://www.fda.gov/"
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Letters(NamedTuple):
    """The listing, newest first, and how many letters it says it has."""

    letters: tuple[RegulatorLetter, ...]
    counted: int


class FdaLetters:
    """The listing behind one door."""

    def __init__(self, door: Door, settings: Settings, page: int = PAGE) -> None:
        self._door = door
        self._url = f"{settings.fda_url}datatables/views/ajax"
        self._page = page

    def newest(self) -> Letters:
        """Return the first page only: the newest letters.

        :raises LayoutError: rows cannot be read
        """
        value = self._ask(0, NEWEST)
        letters = {letter.url: letter for letter in map(parse_row, list_at(value, "data"))}
        return Letters(tuple(letters.values()), number_at(value, "recordsFiltered") or 0)

    def listing(self) -> Letters:
        """Return every letter.

        :raises LayoutError: rows cannot be read
        :raises IncompleteError: it hands out fewer letters than it counts
        """
        letters: dict[str, RegulatorLetter] = {}
        start = counted = 0
        for _ in range(MOST_PAGES):
            value = self._ask(start)
            counted = number_at(value, "recordsFiltered") or 0
            rows = list_at(value, "data")
            before = len(letters)
            letters |= {letter.url: letter for letter in map(parse_row, rows)}
            start += len(rows)
            # A page that is capped is gone on from; one that repeats brings nothing new.
            if not rows or start >= counted or len(letters) == before:
                break
        return _reconciled(letters, start, counted)

    def _ask(self, start: int, length: int = 0) -> Any:
        params = {
            "view_name": "warning_letter_solr_index",
            "view_display_id": "warning_letter_solr_block",
            "draw": "1", "start": str(start), "length": str(length or self._page),
            "order[0][column]": "0", "order[0][dir]": "desc",
        }  # fmt: skip
        return json.loads(self._door.get(self._url, params, "letters", judge).body)


def open_door(settings: Settings, clock: Clock | None = None) -> Door:
    """Return the way to the listing: one request in ten seconds."""
    return open_public_door(SOURCE, NAME, settings.fda_url, SPACING, settings, clock)


def judge(reply: Reply) -> Verdict:
    """Judge a page of the listing."""
    return judge_json(reply, NAME, _check)


def _check(value: Any) -> Verdict | None:
    if not isinstance(value.get("data"), list) or number_at(value, "recordsFiltered") is None:
        return changed(NAME, "no table in the answer")
    return None if value["recordsFiltered"] else changed(NAME, "a table without letters")


def _reconciled(letters: dict[str, RegulatorLetter], rows: int, counted: int) -> Letters:
    """Compare what came with what was counted.

    A letter that stands twice, or one posted while pages were read, is no loss, so a few
    rows may be alike; a page served again in place of the next one is a loss.
    """
    if rows < counted or len(letters) < counted - max(2, counted // 100):
        raise IncompleteError(
            NAME,
            f"counted {counted} letters but handed out {len(letters)}",
            "letters may be missing; the next run asks again",
        )
    return Letters(tuple(letters.values()), counted)


def parse_row(row: Any) -> RegulatorLetter:
    """Read one row of cells.

    :raises LayoutError: it has no date, company or link where they belong
    """
    if not isinstance(row, list) or len(row) < COLUMNS:
        raise LayoutError(NAME, f"a row with fewer than {COLUMNS} cells")
    cells = [_cell(c) for c in row]
    posted, issued = _day(cells[0]), _day(cells[1])
    company, url = cells[2].text, cells[2].link
    if not posted or not company or not url:
        raise LayoutError(NAME, "a row without date, company and link in their places")
    links = [c.link for c in (*cells[5:7], _Cell("", "", ""), _Cell("", "", ""))]
    return RegulatorLetter(
        url, "FDA", "warning letter", company, cells[3].text, cells[4].text,
        posted, issued, links[0], links[1],
    )  # fmt: skip


class _Cell(NamedTuple):
    text: str
    link: str
    time: str


def _cell(markup: Any) -> _Cell:
    if not isinstance(markup, str):
        return _Cell("", "", "")
    if "<" not in markup and "&" not in markup:
        return _Cell(clean(markup), "", "")
    from bs4 import BeautifulSoup  # noqa: PLC0415 - heavy, and only where letters are read

    soup = BeautifulSoup(markup, "html.parser")
    anchor, time = soup.select_one("a[href]"), soup.select_one("time[datetime]")
    link = str(anchor["href"]) if anchor else ""
    stamp = str(time["datetime"]) if time else ""
    return _Cell(clean(soup.get_text(" ")), _own_link(link), stamp)


def _own_link(href: str) -> str:
    """Return the address on the FDA's own site; ``""`` for any other."""
    try:
        url = urljoin(SITE, clean(href))
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    own = host == "fda.gov" or str(host).endswith(".fda.gov")
    return f"https://www.fda.gov{parts.path}" if own and parts.path.strip("/") else ""


def _day(cell: _Cell) -> str:
    """Return the ISO day shown; the day printed goes before the time stamp (UTC)."""
    if match := _US_DAY.search(cell.text):
        month, day, year = map(int, match.groups())
        return f"{year:04d}-{month:02d}-{day:02d}" if 0 < month < 13 and 0 < day < 32 else ""
    stamp = cell.time[:10]
    return stamp if _ISO_DAY.fullmatch(stamp) else ""
