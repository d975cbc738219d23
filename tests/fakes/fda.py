"""A loopback fda.gov: the DataTables endpoint of warning letters, cells of HTML.

The endpoint is undocumented; seen live: ``recordsTotal``, ``recordsFiltered``, ``data`` as
rows of cells, newest first. Agents that do not begin like a browser's have been answered 404.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.fakes.clock import VirtualClock
from tests.fakes.public import Asked, PublicFake, as_json
from tests.fakes.replies import Reply

PATH = "/inspections-compliance-enforcement-and-criminal-investigations/warning-letters/"


@dataclass(frozen=True)
class Letter:
    """One letter of the listing."""

    slug: str
    company: str
    issued: str = "06/04/2020"
    posted: str = "06/10/2020"
    office: str = "Center for Biologics Evaluation and Research (CBER)"
    subject: str = "Unapproved New Drug"
    closeout: str = ""

    def row(self) -> list[str]:
        """The cells."""
        return [
            _time(self.posted),
            _time(self.issued),
            f'<a href="{PATH}{self.slug}">{self.company}</a>',
            self.office,
            f" {self.subject} ",
            "",
            f'<a href="{self.closeout}">Close Out Letter</a>' if self.closeout else "",
            "",
        ]


class FakeFda(PublicFake):
    """The site and its letters, newest first."""

    def __init__(self, letters: Iterable[Letter] = (), clock: VirtualClock | None = None) -> None:
        super().__init__(clock)
        self.letters = list(letters)
        self.cap = 1000
        """Rows of one page at most, whatever is asked for."""
        self.repeats = False
        """True: ``start`` is ignored, the first page comes again."""

    def answer(self, asked: Asked) -> Reply:
        """``GET /datatables/views/ajax``."""
        if asked.path != "/datatables/views/ajax":
            return Reply(b"<h1>Page Not Found</h1>", 404, "text/html")
        params = asked.params
        if params.get("view_name") != "warning_letter_solr_index":
            return as_json({"draw": 0, "recordsTotal": 0, "recordsFiltered": 0, "data": []})
        start = 0 if self.repeats else int(params.get("start", "0"))
        size = min(int(params.get("length", "10")), self.cap)
        rows = [letter.row() for letter in self.letters[start : start + size]]
        total = len(self.letters)
        return as_json(
            {
                "draw": int(params.get("draw", "0")),
                "recordsTotal": total,
                "recordsFiltered": total,
                "data": rows,
            }
        )


def _time(day: str) -> str:
    month, date, year = day.split("/")
    return f'<time datetime="{year}-{month}-{date}T04:00:00Z" class="datetime">{day}</time>\n'
