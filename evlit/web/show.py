"""Templates and what they need: words, addresses, bars, small texts.

Everything that comes from outside passes Jinja's escaping; the only markup made here is built
with ``Markup.format``, which escapes its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from evlit.addresses import mask_addresses
from evlit.messages import clauses, joined, say, series, word
from evlit.records import STUDIED_TIERS, TIERS, Answer, People, RouteCount, StudyReport
from evlit.render import words as card
from evlit.web.words import LANGUAGE_NAMES, axis_name, t

MAIN_ROUTES = ("intravenous", "topical", "intraarticular", "inhaled")
"""The ways exosomes are most often sold: said to be absent where no report used them."""
SQUARES = 24
"""Reports drawn one square each at most; above that a bar stands for them."""

_ADDRESS = re.compile(r"((?:www|yellowcard)\.[a-z.]+[a-z](?:/[a-z]+)?)")
_BAD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\u2028\u2029\ufeff"
    "\ud800-\udfff]"
)


def clean(text: object) -> str:
    """Return text from outside without controls and direction marks, e-mail addresses masked."""
    return mask_addresses(_BAD.sub("\N{REPLACEMENT CHARACTER}", str(text)))


def bar(n: int, top: int, label: str) -> Markup:
    """Return a small picture: one square a report, or a bar where there are too many."""
    if not n:
        return Markup("")
    if top <= SQUARES:
        boxes = Markup("").join(
            Markup('<rect x="{}" width="9" height="9"/>').format(i * 12) for i in range(n)
        )
        width = n * 12
    else:
        width = max(round(n * SQUARES * 12 / top), 3)
        boxes = Markup('<rect width="{}" height="9"/>').format(width)
    return Markup('<svg class="bar" width="{}" height="9" role="img" aria-label="{}">{}</svg>'
                  ).format(width, label, boxes)  # fmt: skip


def mark_words(text: str, cues: Iterable[str]) -> Markup:
    """Return text with the words that tags rest on marked."""
    room = 0.6 * len(text)  # a title that is one mark from end to end says nothing
    found = sorted({c for c in cues if 2 < len(c) < room}, key=len, reverse=True)[:60]
    if not found:
        return escape(text)
    pattern = re.compile("|".join(re.escape(c) for c in found), re.IGNORECASE)
    if sum(len(m[0]) for m in pattern.finditer(text)) > room:
        return escape(text)
    parts, at = [], 0
    for match in pattern.finditer(text):
        parts += [escape(text[at : match.start()]), Markup("<mark>{}</mark>").format(match[0])]
        at = match.end()
    return Markup("").join([*parts, escape(text[at:])])


def cue_words(reasons: Iterable[str]) -> list[str]:
    """Return the words that reasons quote: ``title: 'in a rat model'`` → ``in a rat model``."""
    return [q for reason in reasons for q in re.findall(r"'([^']{3,200})'", reason)]


def people_text(people: People) -> str:
    """Return how many people were given the product, with what is known of the number."""
    parts = [f"{people.given:,}" if people.given else say("verdict.people_unknown")]
    if people.healthy:
        parts.append(say("card.healthy", n=people.healthy))
    if people.cohorts < people.reports:
        parts.append(say("card.once"))
    if people.not_stated and people.given:
        parts.append(say("card.unstated", n=people.not_stated))
    if people.mixed:
        parts.append(say("card.mixed", n=people.mixed))
    return t("card.clause").join(parts)


def tier_lines(answer: Answer) -> list[tuple[str, str]]:
    """Return routes and preparations of people, then of animals, as (label, words)."""
    lines = []
    for rows, section, label in (
        (answer.routes, "route", "routes"),
        (answer.preparations, "intervention", "preparation"),
    ):
        for tiers, who in ((STUDIED_TIERS[:2], "people"), (("animal",), "animal")):
            text = _tier_line(rows, tiers, section, main=who == "people")
            if text:
                lines.append((t(f"card.{label}_{who}"), text))
    return lines


def _tier_line(
    rows: Sequence[RouteCount], tiers: Sequence[str], section: str, *, main: bool
) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        if row.tier in tiers:
            counts[row.value] = counts.get(row.value, 0) + row.reports
    if not counts:
        return ""
    text = series(
        t("card.times", what=word(section, v or "not_stated"), n=n) for v, n in counts.items()
    )
    absent = [word("route", r) for r in MAIN_ROUTES if r not in counts]
    if section == "route" and main and absent:
        text = clauses([text, say("card.none_by", routes=joined(absent, "or"))])
    return text


def external(report: StudyReport) -> str:
    """Return the address of a report's source: PubMed, the DOI, else what the catalogue has."""
    if report.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{report.pmid}/"
    if report.doi:
        return f"https://doi.org/{quote(report.doi, safe='/()')}"
    return safe_link(report.url)


def safe_link(address: str) -> str:
    """Return an address that a link may carry, ``""`` for any other scheme than http(s)."""
    return address if re.match(r"https?://[^\s\"'<>]+$", address or "") else ""


def linked(text: str) -> Markup:
    """Return one of our own sentences with the web addresses in it as links."""
    parts = _ADDRESS.split(text)
    link = Markup('<a href="https://{0}" rel="noopener noreferrer">{0}</a>')
    return Markup("").join(
        link.format(part) if i % 2 else escape(part) for i, part in enumerate(parts)
    )


def trial_link(trial_id: str) -> str:
    """Return a registry entry's address, where the registry is known."""
    if re.fullmatch(r"NCT\d{8}", trial_id):
        return f"https://clinicaltrials.gov/study/{trial_id}"
    if re.fullmatch(r"jRCT[\w]+", trial_id):
        return f"https://jrct.mhlw.go.jp/latest-detail/{trial_id}"
    return ""


def whole_dates(text: str) -> Markup:
    """Return one of our own sentences whose dates are not broken at the end of a line."""
    parts = re.split(r"(\d{4}-\d{2}-\d{2})", clean(text))
    date = Markup('<span class="nb">{}</span>')
    return Markup("").join(date.format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


def percents(shares: tuple[float | None, float | None] | None) -> str:
    """Return the lowest and highest of shares (0 to 1) as percent; a dash where none is known.

    Only all of all is 100%, only none of all is 0%.
    """
    low, high = shares or (None, None)
    if low is None or high is None:
        return "–"
    first, last = (
        f"{s:.0%}" if s in (0, 1) else f"{min(max(s, 0.01), 0.99):.0%}" for s in (low, high)
    )
    return first if first == last else f"{first.removesuffix('%')}–{last}"


def query_string(values: Mapping[str, object]) -> str:
    """Return ``?a=b`` of the values that are set."""
    said = urlencode({k: str(v) for k, v in values.items() if v not in (None, "", 0)})
    return f"?{said}" if said else ""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates; a name that a page does not give is an error, not an empty word."""
    env = Environment(
        loader=PackageLoader("evlit.web", "templates/evlit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else _finish(value),
    )
    env.globals |= {
        "t": t, "axis_name": axis_name, "say": say, "word": word, "bar": bar, "card": card,
        "joined": joined,
        "series": series, "external": external, "safe_link": safe_link, "linked": linked,
        "trial_link": trial_link,
        "people_text": people_text, "tier_lines": tier_lines, "TIERS": TIERS,
        "STUDIED_TIERS": STUDIED_TIERS, "LANGUAGE_NAMES": LANGUAGE_NAMES, "getattr": getattr,
    }  # fmt: skip
    env.filters["thousands"] = lambda n: f"{n:,}"
    env.filters["percents"] = percents
    env.filters["whole_dates"] = whole_dates
    return env


def _finish(value: Any) -> Any:
    """Clean every text on its way into a page."""
    return clean(value) if isinstance(value, str) else value
