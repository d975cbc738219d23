"""Where there is evidence and where there is none: records by condition, tier and year.

The map, its lists and the timeline count by one rule, so that a cell and the list that it
leads to agree. Retracted, withdrawn and deleted papers are left out; a record is counted once
in each condition that it names.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from evlit.answer import indications
from evlit.charts import GapGroup, GapMap, GapRow, Timeline
from evlit.messages import say, sentences, series, word
from evlit.schema import HELD_RECORDS

MAP_TIERS = ("human_randomised", "human_other", "animal", "cells", "review")
"""Columns of the map: the four in which something was given, and reviews."""

UNNAMED = "none"
"""Stands for records that name no condition."""


class MapFilter(NamedTuple):
    """What the map is narrowed to; ``""`` and None = not narrowed."""

    source: str = ""
    """Value of axis source_kind."""
    preparation: str = ""
    """Value of axis intervention; for ``cells`` the records in which cells were given."""
    product: str = ""
    """Key: only records in which this product was given."""
    first: int | None = None
    """First year of publication."""
    last: int | None = None


class Listed(NamedTuple):
    """One record of a list."""

    pmid: int
    title: str
    year: int | None
    journal: str
    tier: str
    design: str
    clinical_kind: str
    participants: int | None
    species: tuple[str, ...]
    indications: tuple[str, ...]
    routes: tuple[str, ...]
    intervention: str
    source_kind: str
    preprint: bool
    concern: bool


_COLUMNS = "pmid, clinical_kind, intervention, source_kind, indications"
_EACH = f"""
SELECT 'review' AS tier, {_COLUMNS} FROM facts WHERE design = 'review'
UNION ALL
SELECT 'human_randomised', {_COLUMNS} FROM facts
WHERE design = 'clinical' AND given = :given AND clinical_kind = 'rct'
UNION ALL
SELECT 'human_other', {_COLUMNS} FROM facts
WHERE design = 'clinical' AND given = :given AND clinical_kind IS NOT 'rct'
UNION ALL
SELECT 'animal', {_COLUMNS} FROM facts WHERE design = 'animal' AND given = :given
UNION ALL
SELECT 'cells', {_COLUMNS} FROM facts WHERE design = 'in_vitro' AND given = :given
"""
"""Every record that may count, once, with its tier: each part is read off ``facts_map``."""

_STANDING = """coalesce(intervention, '') <> 'not_therapy' AND pmid NOT IN (
  SELECT pmid FROM records INDEXED BY records_retracted WHERE retracted = 1
  UNION SELECT pmid FROM records INDEXED BY records_deleted WHERE deleted = 1)"""

_NARROW = {
    "source": "source_kind = :source",
    "preparation": "intervention = :preparation",
    "product": "pmid IN (SELECT pmid FROM mentions WHERE product = :product AND counts = 1)",
    "years": "pmid IN (SELECT pmid FROM records INDEXED BY records_year "
             "WHERE year BETWEEN :first AND :last)",
    "tier": "tier = :tier",
    "indication": f"CASE :indication WHEN '{UNNAMED}' THEN indications = '[]' ELSE "
                  "EXISTS (SELECT 1 FROM json_each(indications) WHERE value = :indication) END",
}  # fmt: skip
"""Value → the condition it adds where it is given."""


def _counted(values: Mapping[str, object]) -> str:
    """Return the FROM and WHERE of the records that a map of these values counts."""
    narrowed = [_STANDING, *(text for name, text in _NARROW.items() if values.get(name))]
    return f"FROM ({_EACH}) AS each_record WHERE {' AND '.join(narrowed)}"


_YEARS = "SELECT pmid, year FROM records INDEXED BY records_year WHERE year IS NOT NULL"

_LIST = """
SELECT records.pmid, coalesce(title, vernacular_title, '(no title)'), year,
       coalesce(journal_abbreviation, journal, ''), tier, coalesce(design, ''),
       coalesce(facts.clinical_kind, ''), participants, species, facts.indications, routes,
       coalesce(facts.intervention, ''), coalesce(facts.source_kind, ''), preprint, concern
FROM (
  SELECT cell.pmid, tier FROM (SELECT pmid, tier {counted}) AS cell
  JOIN records ON records.pmid = cell.pmid
  ORDER BY year DESC, cell.pmid DESC LIMIT :limit OFFSET :offset) AS page
JOIN records ON records.pmid = page.pmid JOIN facts ON facts.pmid = page.pmid
ORDER BY year DESC, records.pmid DESC
"""
"""One page of a cell: only the page's own records are read whole."""

_LAST_RUN = """
SELECT finished_at FROM runs WHERE status = 'ok' AND kind = 'sync' AND finished_at IS NOT NULL
ORDER BY id DESC LIMIT 1
"""


def filter_words(chosen: MapFilter, product: str = "") -> str:
    """Return what a map is narrowed to in words, ``""`` for nothing; ``product`` is its name."""
    years = f"{chosen.first or '…'}–{chosen.last or '…'}" if chosen.first or chosen.last else ""
    source = word("source_kind", chosen.source) if chosen.source else ""
    return series(
        (
            product or chosen.product,
            word("intervention", chosen.preparation) if chosen.preparation else "",
            say("chart.from_source", source=source) if source else "",
            years,
        )
    )


def picture_notes(db: sqlite3.Connection, chosen: MapFilter, product: str = "") -> list[str]:
    """Return the line under a picture's title (date, records held, filter) and its foot."""
    last = db.execute(_LAST_RUN).fetchone()
    held = say("coverage.held", n=db.execute(HELD_RECORDS).fetchone()[0])
    if last:
        first = say("chart.as_of", day=last[0][:10], held=held)
    else:
        first = say("chart.as_of_never", held=held)
    narrowed = filter_words(chosen, product)
    if narrowed:
        first = sentences(first, say("chart.narrowed", what=narrowed))
    return [first, say("chart.foot"), say("chart.source")]


def _values(chosen: MapFilter) -> dict[str, object]:
    return {
        "given": "cells" if chosen.preparation == "cells" else "product",
        "source": chosen.source,
        "preparation": chosen.preparation,
        "product": chosen.product,
        "years": int(chosen.first is not None or chosen.last is not None),
        "first": 0 if chosen.first is None else chosen.first,
        "last": 9999 if chosen.last is None else chosen.last,
    }


def count_map(db: sqlite3.Connection, chosen: MapFilter = MapFilter()) -> GapMap:  # noqa: B008
    """Return numbers of records by condition and tier, all conditions of the vocabulary."""
    whole: Counter[str] = Counter()
    cells: dict[str, Counter[str]] = defaultdict(Counter)
    values = _values(chosen)
    sql = f"SELECT tier, indications, count(*) {_counted(values)} GROUP BY 1, 2"
    for tier, keys, n in db.execute(sql, values):
        whole[tier] += n
        for key in json.loads(keys) or [UNNAMED]:
            cells[key][tier] += n
    unnamed = _counts(cells.pop(UNNAMED, Counter()))
    systems = body_systems()
    groups: dict[str, list[GapRow]] = {name: [] for name in systems.values()}
    for key in (*systems, *sorted(set(cells) - set(systems))):
        row = GapRow(key, indications.name(key), _counts(cells[key]))
        groups.setdefault(systems.get(key, "other"), []).append(row)
    return GapMap(
        columns=tuple((tier, tier_name(tier)) for tier in MAP_TIERS),
        groups=tuple(
            GapGroup(
                name, _capital(word("body_system", name)), tuple(sorted(rows, key=_most_first))
            )
            for name, rows in groups.items()
        ),
        totals=_counts(whole),
        unnamed=unnamed,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def tier_name(tier: str) -> str:
    """Return a column's name."""
    return say("chart.reviews") if tier == "review" else word("tier", tier)


def _counts(found: Counter[str]) -> tuple[int, ...]:
    return tuple(found[tier] for tier in MAP_TIERS)


def _most_first(row: GapRow) -> tuple[int, str]:
    return -sum(row.counts), row.name


def count_years(db: sqlite3.Connection, chosen: MapFilter = MapFilter()) -> Timeline:  # noqa: B008
    """Return numbers of records by tier and year, every year between first and last."""
    years = dict(db.execute(_YEARS))
    found: Counter[tuple[str, int]] = Counter()
    undated = 0
    values = _values(chosen)
    for tier, pmid in db.execute(f"SELECT tier, pmid {_counted(values)}", values):
        year = years.get(pmid)
        if year is None:
            undated += 1
        else:
            found[tier, year] += 1
    seen = {year for _, year in found}
    span = range(min(seen), max(seen) + 1) if seen else range(0)
    return Timeline(
        years=tuple(span),
        rows=tuple(
            GapRow(tier, tier_name(tier), tuple(found[tier, y] for y in span)) for tier in MAP_TIERS
        ),
        undated=undated,
    )


def list_records(
    db: sqlite3.Connection,
    chosen: MapFilter,
    *,
    tier: str = "",
    indication: str = "",
    limit: int = 25,
    offset: int = 0,
) -> tuple[int, Sequence[Listed]]:
    """Return how many records stand in a cell, and one page of them, newest first.

    :param tier: one of ``MAP_TIERS``, or ``""`` for all
    :param indication: key of a condition, ``none`` for records that name none, ``""`` for all
    """
    values = _values(chosen) | {"tier": tier, "indication": indication}
    counted = _counted(values)
    (total,) = db.execute(f"SELECT count(*) {counted}", values).fetchone()
    page = {"limit": limit, "offset": offset}
    rows = db.execute(_LIST.format(counted=counted), values | page)
    return total, [_listed(row) for row in rows]


def _listed(row: Sequence[object]) -> Listed:
    pmid, title, year, journal, tier, design, kind, n, species, conditions, routes = row[:11]
    intervention, source_kind, preprint, concern = row[11:]

    def keys(text: object) -> tuple[str, ...]:
        return tuple(json.loads(str(text)))

    return Listed(
        int(str(pmid)), str(title), year if isinstance(year, int) else None, str(journal),
        str(tier), str(design), str(kind), n if isinstance(n, int) else None, keys(species),
        keys(conditions), keys(routes), str(intervention), str(source_kind), bool(preprint),
        bool(concern),
    )  # fmt: skip


_SYSTEM = re.compile(
    r'^\[([a-z0-9_]+)\]\s*\nname = "[^"\n]+"\ngroup = "[^"\n]+"\nbody_system = "([^"\n]+)"',
    re.MULTILINE,
)


@lru_cache(maxsize=1)
def body_systems() -> dict[str, str]:
    """Return condition → body system, in the order of the vocabulary."""
    return dict(_SYSTEM.findall(indications.vocabulary_text()))
