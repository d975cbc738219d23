"""Days as PubMed counts them (US Eastern), and how far back a night looks.

``crdt`` (create date) is never back-dated, so it finds what is new; ``mdat`` finds what
changed. Both windows overlap earlier ones, since the index lags behind its own dates, and
end after today, since PubMed dates tonight's batch tomorrow.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
CREATED_BACK = 35
"""Days before the watermark from which new records are asked for."""
MODIFIED_BACK = 7
"""Days before the watermark from which changes are asked for."""
AHEAD = 2
FULL_DAYS = 6
"""A query is asked over all time once it is so many days since the last time: weekly, with
one night to spare before an answer's coverage of 7 days ends."""
REFETCH_DAYS = 30
"""Records not fetched for so long are fetched again: NLM changes some without a new date."""


def eastern_day(moment: datetime) -> date:
    """Return the US Eastern day of an aware time; daylight saving included."""
    return moment.astimezone(EASTERN).date()


def created_window(since: date, today: date) -> str:
    """Return the range of create dates to ask for, as Entrez writes it."""
    return f"{_range(since, CREATED_BACK, today)}[crdt]"


def modified_window(since: date, today: date) -> str:
    """Return the range of modification dates to ask for, as Entrez writes it."""
    return f"{_range(since, MODIFIED_BACK, today)}[mdat]"


def _range(since: date, back: int, today: date) -> str:
    # A watermark of the future (a clock set wrong, then right) must not shut the window.
    start = min(since, today) - timedelta(days=back)
    return f"{start:%Y/%m/%d}:{today + timedelta(days=AHEAD):%Y/%m/%d}"
