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
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from evlit.answer import indications
from evlit.charts import GapGroup, GapMap, GapRow, Timeline
from evlit.messages import say, sentences, series, word

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


_TIER = """CASE
  WHEN facts.design = 'review' THEN 'review'
  WHEN facts.given IS NOT :given THEN NULL
  WHEN facts.design = 'clinical' AND facts.clinical_kind = 'rct' THEN 'human_randomised'
  WHEN facts.design = 'clinical' THEN 'human_other'
  WHEN facts.design = 'animal' THEN 'animal'
  WHEN facts.design = 'in_vitro' THEN 'cells'
END"""

_COUNTED = f"""({_TIER}) IS NOT NULL
  AND coalesce(facts.intervention, '') <> 'not_therapy'
  AND facts.pmid NOT IN (
    SELECT pmid FROM records INDEXED BY records_retracted WHERE retracted = 1
    UNION SELECT pmid FROM records INDEXED BY records_deleted WHERE deleted = 1)
  AND (:source = '' OR facts.source_kind = :source)
  AND (:preparation = '' OR facts.intervention = :preparation)
  AND (:product = '' OR facts.pmid IN (
    SELECT pmid FROM mentions WHERE product = :product AND counts = 1))
  AND (:years = 0 OR facts.pmid IN (
    SELECT pmid FROM records INDEXED BY records_year WHERE year BETWEEN :first AND :last))"""

_MAP = f"""
SELECT {_TIER}, facts.indications, count(*) FROM facts WHERE {_COUNTED} GROUP BY 1, 2
"""
_TIMELINE = f"""
SELECT {_TIER}, facts.pmid FROM facts WHERE {_COUNTED}
"""
_YEARS = "SELECT pmid, year FROM records INDEXED BY records_year WHERE year IS NOT NULL"

_IN_CELL = f"""facts WHERE {_COUNTED}
  AND (:tier = '' OR ({_TIER}) = :tier)
  AND CASE :indication WHEN '' THEN 1 WHEN '{UNNAMED}' THEN facts.indications = '[]'
    ELSE EXISTS (SELECT 1 FROM json_each(facts.indications) WHERE value = :indication) END"""

_COUNT = f"SELECT count(*) FROM {_IN_CELL}"
_LIST = f"""
SELECT records.pmid, coalesce(title, vernacular_title, '(no title)'), year,
       coalesce(journal_abbreviation, journal, ''), tier, coalesce(design, ''),
       coalesce(clinical_kind, ''), participants, species, indications, routes,
       coalesce(intervention, ''), coalesce(source_kind, ''), preprint, concern
FROM (SELECT facts.*, {_TIER} AS tier FROM {_IN_CELL}) AS cell
JOIN records ON records.pmid = cell.pmid
ORDER BY year DESC, records.pmid DESC LIMIT :limit OFFSET :offset
"""


_LAST_RUN = """
SELECT finished_at FROM runs WHERE status = 'ok' AND kind = 'sync' AND finished_at IS NOT NULL
ORDER BY id DESC LIMIT 1
"""
_HELD = "SELECT count(*) FROM records WHERE deleted = 0"


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
    held = say("coverage.held", n=db.execute(_HELD).fetchone()[0])
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
    for tier, keys, n in db.execute(_MAP, _values(chosen)):
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
    for tier, pmid in db.execute(_TIMELINE, _values(chosen)):
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
    (total,) = db.execute(_COUNT, values).fetchone()
    rows = db.execute(_LIST, values | {"limit": limit, "offset": offset})
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
