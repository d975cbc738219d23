"""Every form of date in PubMed data → ISO 8601 text with the precision that is known."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from functools import lru_cache

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)", re.ASCII)
_MONTH = re.compile(r"(?<![a-z])(" + "|".join(_MONTHS) + r")[a-z]*", re.IGNORECASE)
_DAY = re.compile(r"\W{0,3}(\d{1,2})(?!\d)", re.ASCII)
_SLASHED = re.compile(r"(\d{4})[/-](\d{1,2})(?:[/-](\d{1,2}))?(?!\d)", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?!\d)", re.ASCII)


def _number(text: str | None, low: int, high: int) -> int | None:
    """Return a whole number within bounds, else None."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    return number if low <= (number := int(text)) <= high else None


def month_number(text: str | None) -> int | None:
    """Return 1..12 for ``Jun``, ``June``, ``06``, ``6`` or the start of ``Jun-Aug``."""
    if number := _number(text, 1, 12):
        return number
    found = _MONTH.match((text or "").strip())
    return _MONTHS[found.group(1).lower()] if found else None


@lru_cache(maxsize=16384)
def iso_date(year: str | None, month: str | None = None, day: str | None = None) -> str | None:
    """Return ``2021-05-03``, ``2021-05`` or ``2021``: as far as the parts are a real date.

    :param month: a name, a number or a range of names, of which the start is taken
    """
    y = _number(year, 1000, 2999)
    if y is None:
        return None
    m = month_number(month)
    if m is None:
        return f"{y:04}"
    d = _number(day, 1, monthrange(y, m)[1])
    return f"{y:04}-{m:02}" if d is None else f"{y:04}-{m:02}-{d:02}"


@lru_cache(maxsize=4096)
def free_date(text: str) -> str | None:
    """Read the start of a date in words: ``1998 Dec-1999 Jan``, ``2015 Nov 15-30``.

    A season gives the year alone: whose spring it was is not said.
    """
    year = _YEAR.search(text)
    if year is None:
        return None
    before, after = text[: year.start()], text[year.end() :]
    following = _YEAR.search(after)
    month = _MONTH.search(after[: following.start()] if following else after)
    if month is None:
        month = _MONTH.search(before)
        return iso_date(year.group(), month.group(1) if month else None)
    day = _DAY.match(after, month.end())
    return iso_date(year.group(), month.group(1), day.group(1) if day else None)


def numeric_date(text: str | None) -> str | None:
    """Read ``2021/05/04 06:00``, ``2021-05`` or ``20210504``."""
    text = (text or "").strip()
    found = _SLASHED.match(text) or _COMPACT.match(text)
    if found is None:
        return iso_date(text[:4]) if text else None
    return iso_date(*found.groups())


def earliest(dates: Iterable[str | None]) -> str | None:
    """Return the earliest date; where one only refines another, the more precise one."""
    best: str | None = None
    for date in dates:
        if date is None:
            continue
        if best is None:
            best = date
            continue
        shared = min(len(date), len(best))
        if date[:shared] < best[:shared] or (
            date[:shared] == best[:shared] and len(date) > len(best)
        ):
            best = date
    return best


def year_of(date: str | None) -> int | None:
    """Return the year of an ISO date."""
    return int(date[:4]) if date else None
