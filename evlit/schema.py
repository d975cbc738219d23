"""The shape of the store: numbered migrations for data, constants for what is derived.

Migrations are append-only and hold data; indexes, the full-text index, the table of facts
and the views are rebuilt from constants, each part only when its text has changed. The
file's schema is public: Datasette users and scripts rely on it (``docs/schema.md``).
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence

from evlit.errors import StoreError, StorePathError

APPLICATION_ID = 0x45564C54
"""``EVLT`` in the file's header (bytes 68-71): says that the file is an evlit store."""

M001 = """
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE records (
  pmid INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT, title_markup TEXT, vernacular_title TEXT,
  abstract TEXT,
  sections TEXT,
  other_abstracts TEXT NOT NULL DEFAULT '[]',
  abstract_copyright TEXT,
  year INTEGER, published TEXT, created TEXT, entered TEXT, mesh_date TEXT, revised TEXT,
  journal TEXT, journal_abbreviation TEXT, nlm_id TEXT, issn TEXT,
  volume TEXT, issue TEXT, pages TEXT,
  languages TEXT NOT NULL DEFAULT '[]',
  doi TEXT, pmcid TEXT, pii TEXT,
  status TEXT, indexing_method TEXT,
  retracted INTEGER NOT NULL DEFAULT 0,
  concern INTEGER NOT NULL DEFAULT 0,
  corrected INTEGER NOT NULL DEFAULT 0,
  preprint INTEGER NOT NULL DEFAULT 0,
  notice INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0,
  coi TEXT,
  grants TEXT NOT NULL DEFAULT '[]',
  keywords TEXT NOT NULL DEFAULT '',
  substances TEXT NOT NULL DEFAULT '',
  affiliations TEXT NOT NULL DEFAULT '',
  trial_ids TEXT NOT NULL DEFAULT '',
  sha256 TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  last_changed TEXT NOT NULL
) STRICT;
CREATE TABLE record_state (
  pmid INTEGER PRIMARY KEY REFERENCES records(pmid),
  last_fetched TEXT NOT NULL,
  tagged_with TEXT NOT NULL DEFAULT '',
  matched_with TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  started_at TEXT NOT NULL, finished_at TEXT,
  status TEXT NOT NULL, error TEXT NOT NULL DEFAULT '',
  version TEXT NOT NULL, counts TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE revisions (
  id INTEGER PRIMARY KEY,
  pmid INTEGER NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  revised TEXT,
  run INTEGER REFERENCES runs(id),
  seen TEXT NOT NULL,
  format TEXT NOT NULL,
  xml BLOB NOT NULL,
  UNIQUE (pmid, version, sha256)
) STRICT;
CREATE TABLE authors (
  pmid INTEGER NOT NULL REFERENCES records(pmid), position INTEGER NOT NULL,
  last TEXT, fore TEXT, initials TEXT, suffix TEXT, collective TEXT, orcid TEXT,
  affiliations TEXT NOT NULL DEFAULT '[]', valid INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE mesh_headings (
  pmid INTEGER NOT NULL REFERENCES records(pmid), position INTEGER NOT NULL,
  ui TEXT NOT NULL, name TEXT NOT NULL, major INTEGER NOT NULL,
  qualifiers TEXT NOT NULL DEFAULT '[]', kind TEXT NOT NULL, automated INTEGER NOT NULL,
  PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE publication_types (
  pmid INTEGER NOT NULL REFERENCES records(pmid), position INTEGER NOT NULL,
  ui TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE keywords (
  pmid INTEGER NOT NULL REFERENCES records(pmid), position INTEGER NOT NULL,
  keyword TEXT NOT NULL, owner TEXT NOT NULL, major INTEGER NOT NULL,
  PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE databank_ids (
  pmid INTEGER NOT NULL REFERENCES records(pmid), position INTEGER NOT NULL,
  bank TEXT NOT NULL, accession TEXT NOT NULL, found_in TEXT NOT NULL,
  PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE substances (
  pmid INTEGER NOT NULL REFERENCES records(pmid), position INTEGER NOT NULL,
  ui TEXT NOT NULL, name TEXT NOT NULL, registry_number TEXT NOT NULL,
  PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE corrections (
  pmid INTEGER NOT NULL REFERENCES records(pmid), position INTEGER NOT NULL,
  ref_type TEXT NOT NULL, ref_pmid INTEGER, citation TEXT, note TEXT,
  PRIMARY KEY (pmid, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE tags (
  pmid INTEGER NOT NULL REFERENCES records(pmid),
  axis TEXT NOT NULL, value TEXT NOT NULL, source TEXT NOT NULL,
  reason TEXT NOT NULL, score REAL NOT NULL,
  PRIMARY KEY (pmid, axis, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE human_tags (
  pmid INTEGER NOT NULL,
  axis TEXT NOT NULL, value TEXT NOT NULL,
  why TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (pmid, axis, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE mentions (
  pmid INTEGER NOT NULL REFERENCES records(pmid),
  product TEXT NOT NULL, kind TEXT NOT NULL, counts INTEGER NOT NULL,
  field TEXT NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (pmid, product, kind, field, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE record_queries (
  pmid INTEGER NOT NULL, query TEXT NOT NULL,
  first_seen TEXT NOT NULL, gone_at TEXT,
  PRIMARY KEY (pmid, query)
) STRICT, WITHOUT ROWID;
CREATE TABLE query_runs (
  run INTEGER NOT NULL REFERENCES runs(id),
  source TEXT NOT NULL, query TEXT NOT NULL, query_hash TEXT NOT NULL,
  mode TEXT NOT NULL,
  asked TEXT NOT NULL, translation TEXT NOT NULL DEFAULT '',
  counted INTEGER, got INTEGER,
  status TEXT NOT NULL, error TEXT NOT NULL DEFAULT '',
  watermark_before TEXT, watermark_after TEXT,
  at TEXT NOT NULL,
  PRIMARY KEY (run, source, query, mode)
) STRICT, WITHOUT ROWID;
CREATE TABLE watermarks (
  source TEXT NOT NULL, query TEXT NOT NULL, query_hash TEXT NOT NULL,
  watermark TEXT,
  full_at TEXT, full_count INTEGER, full_translation TEXT NOT NULL DEFAULT '',
  run INTEGER REFERENCES runs(id),
  PRIMARY KEY (source, query)
) STRICT, WITHOUT ROWID;
CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  run INTEGER REFERENCES runs(id),
  at TEXT NOT NULL, source TEXT NOT NULL, endpoint TEXT NOT NULL,
  status INTEGER, outcome TEXT NOT NULL, bytes INTEGER NOT NULL, ms INTEGER NOT NULL
) STRICT;
CREATE TABLE fetch_queue (
  pmid INTEGER PRIMARY KEY,
  reason TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  first_at TEXT NOT NULL, last_at TEXT NOT NULL, error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE tombstones (
  pmid INTEGER PRIMARY KEY,
  first_missing_at TEXT NOT NULL, last_missing_at TEXT NOT NULL,
  times INTEGER NOT NULL, days INTEGER NOT NULL,
  evidence TEXT NOT NULL, settled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  pmid INTEGER NOT NULL, at TEXT NOT NULL, run INTEGER REFERENCES runs(id),
  kind TEXT NOT NULL, detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE files (
  sha256 TEXT PRIMARY KEY,
  name TEXT NOT NULL, bytes INTEGER NOT NULL, records INTEGER NOT NULL,
  options TEXT NOT NULL, run INTEGER REFERENCES runs(id), at TEXT NOT NULL
) STRICT;
"""
"""The first shape. What each column means stands in ``db/metadata.yaml``. Times are ISO 8601
UTC (``2026-11-22T06:30:00Z``), a watermark is a US-Eastern day. ``keywords``, ``substances``,
``affiliations`` and ``trial_ids`` of ``records`` are the lists joined by `` | `` for the
full-text index; the lists themselves stand in tables of their own. ``record_state`` is a
table of its own so that asking again, or tagging anew, rewrites no long row."""

M002 = """
CREATE TABLE registry_trials (
  trial_id TEXT PRIMARY KEY,
  title TEXT NOT NULL, official_title TEXT NOT NULL, acronym TEXT NOT NULL,
  status TEXT NOT NULL, why_stopped TEXT NOT NULL, phase TEXT NOT NULL,
  study_type TEXT NOT NULL, allocation TEXT NOT NULL,
  enrolment INTEGER, enrolment_kind TEXT NOT NULL,
  start_date TEXT NOT NULL, completion_date TEXT NOT NULL,
  first_posted TEXT NOT NULL, last_updated TEXT NOT NULL, results_posted TEXT NOT NULL,
  sponsor TEXT NOT NULL, collaborators TEXT NOT NULL,
  conditions TEXT NOT NULL, keywords TEXT NOT NULL, interventions TEXT NOT NULL,
  other_ids TEXT NOT NULL, papers TEXT NOT NULL, summary TEXT NOT NULL,
  source TEXT NOT NULL, first_seen TEXT NOT NULL, last_changed TEXT NOT NULL,
  seen TEXT NOT NULL, run INTEGER REFERENCES runs(id)
) STRICT;
CREATE TABLE registry_trial_links (
  trial_id TEXT NOT NULL REFERENCES registry_trials(trial_id),
  product TEXT NOT NULL, kind TEXT NOT NULL,
  name TEXT NOT NULL, field TEXT NOT NULL, words TEXT NOT NULL,
  source TEXT NOT NULL, first_seen TEXT NOT NULL, seen TEXT NOT NULL, gone_at TEXT,
  run INTEGER REFERENCES runs(id),
  PRIMARY KEY (trial_id, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE regulator_letters (
  url TEXT PRIMARY KEY,
  regulator TEXT NOT NULL, kind TEXT NOT NULL, company TEXT NOT NULL, office TEXT NOT NULL,
  subject TEXT NOT NULL, posted TEXT NOT NULL, issued TEXT NOT NULL,
  response TEXT NOT NULL, closeout TEXT NOT NULL,
  source TEXT NOT NULL, first_seen TEXT NOT NULL, last_changed TEXT NOT NULL,
  seen TEXT NOT NULL, run INTEGER REFERENCES runs(id)
) STRICT;
CREATE TABLE regulator_letter_links (
  url TEXT NOT NULL REFERENCES regulator_letters(url),
  product TEXT NOT NULL, maker TEXT NOT NULL,
  source TEXT NOT NULL, first_seen TEXT NOT NULL, seen TEXT NOT NULL, gone_at TEXT,
  run INTEGER REFERENCES runs(id),
  PRIMARY KEY (url, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE fulltext_hits (
  hit_id TEXT NOT NULL, product TEXT NOT NULL, kind TEXT NOT NULL,
  pmid INTEGER, pmcid TEXT NOT NULL, doi TEXT NOT NULL,
  title TEXT NOT NULL, journal TEXT NOT NULL, published TEXT NOT NULL,
  article_pmid INTEGER, found_in TEXT NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL,
  source TEXT NOT NULL, first_seen TEXT NOT NULL, seen TEXT NOT NULL, gone_at TEXT,
  run INTEGER REFERENCES runs(id),
  PRIMARY KEY (hit_id, product)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_counts (
  product TEXT NOT NULL, dataset TEXT NOT NULL, basis TEXT NOT NULL,
  reports INTEGER NOT NULL, names TEXT NOT NULL, latest TEXT NOT NULL, kinds TEXT NOT NULL,
  asked TEXT NOT NULL,
  source TEXT NOT NULL, first_seen TEXT NOT NULL, seen TEXT NOT NULL,
  run INTEGER REFERENCES runs(id),
  PRIMARY KEY (product, dataset, basis)
) STRICT, WITHOUT ROWID;
CREATE TABLE outside_events (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL, run INTEGER REFERENCES runs(id), source TEXT NOT NULL,
  kind TEXT NOT NULL, key TEXT NOT NULL, product TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
"""
"""What sources beyond PubMed gave. Absent texts are ``''``; lists are JSON arrays. ``seen`` is
the last time the source was found to say so, ``gone_at`` when it no longer did."""

M003 = """
ALTER TABLE files ADD COLUMN counts TEXT NOT NULL DEFAULT '{}';
"""
"""What the records of a file became when it was first read, as ``runs.counts``."""

MIGRATIONS: tuple[str, ...] = (M001, M002, M003)
"""Append only: entry ``n`` brings a store from version ``n`` to ``n + 1``."""

INDEXES = """
CREATE INDEX records_doi ON records(doi) WHERE doi IS NOT NULL;
CREATE INDEX records_year ON records(year, deleted);
CREATE INDEX records_first_seen ON records(first_seen);
CREATE INDEX records_last_changed ON records(last_changed);
CREATE INDEX records_status ON records(status);
CREATE INDEX records_retracted ON records(retracted) WHERE retracted = 1;
CREATE INDEX records_deleted ON records(deleted) WHERE deleted = 1;
CREATE INDEX record_state_fetched ON record_state(last_fetched);
CREATE INDEX tags_value ON tags(axis, value, pmid);
CREATE INDEX human_tags_value ON human_tags(axis, value, pmid);
CREATE INDEX mentions_product ON mentions(product, kind, counts, pmid);
CREATE INDEX record_queries_query ON record_queries(query, pmid);
CREATE INDEX databank_ids_accession ON databank_ids(accession);
CREATE INDEX corrections_ref ON corrections(ref_pmid) WHERE ref_pmid IS NOT NULL;
CREATE INDEX publication_types_ui ON publication_types(ui, pmid);
CREATE INDEX mesh_headings_ui ON mesh_headings(ui, pmid);
CREATE INDEX events_at ON events(at);
CREATE INDEX events_pmid ON events(pmid);
CREATE INDEX requests_run ON requests(run);
CREATE INDEX query_runs_query ON query_runs(source, query, at);
CREATE INDEX registry_trial_links_product ON registry_trial_links(product, kind);
CREATE INDEX regulator_letter_links_product ON regulator_letter_links(product);
CREATE INDEX fulltext_hits_product ON fulltext_hits(product, pmid);
CREATE INDEX fulltext_hits_pmid ON fulltext_hits(pmid) WHERE pmid IS NOT NULL;
CREATE INDEX outside_events_at ON outside_events(at);
"""

FTS_COLUMNS = (
    "title", "vernacular_title", "abstract", "keywords", "substances", "affiliations", "trial_ids",
)  # fmt: skip
"""The columns of ``records`` that the full-text index covers."""


FTS_LATER = "fts:later"
"""Key in ``meta`` while a transaction writes many new records: it indexes them at its end, in
one statement, which costs half of what a trigger a row costs. Nobody else ever sees it."""
INDEX_RECORDS = (
    f"INSERT INTO records_fts(rowid, {', '.join(FTS_COLUMNS)}) "
    f"SELECT pmid, {', '.join(FTS_COLUMNS)} FROM records "
    "WHERE pmid IN (SELECT value FROM json_each(?)) ORDER BY pmid"
)
"""Indexes new records, given as a JSON list of PMIDs."""


def _fts_script() -> str:
    names = ", ".join(FTS_COLUMNS)
    old = ", ".join(f"old.{name}" for name in FTS_COLUMNS)
    new = ", ".join(f"new.{name}" for name in FTS_COLUMNS)
    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in FTS_COLUMNS)
    remove = (
        f"INSERT INTO records_fts(records_fts, rowid, {names}) VALUES ('delete', old.pmid, {old});"
    )
    add = f"INSERT INTO records_fts(rowid, {names}) VALUES (new.pmid, {new});"
    return f"""
CREATE VIRTUAL TABLE records_fts USING fts5({names},
  content='records', content_rowid='pmid', tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER records_fts_insert AFTER INSERT ON records
  WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = '{FTS_LATER}') BEGIN {add} END;
CREATE TRIGGER records_fts_delete AFTER DELETE ON records BEGIN {remove} END;
CREATE TRIGGER records_fts_update AFTER UPDATE OF {names} ON records
  WHEN {changed} BEGIN {remove} {add} END;
"""


FTS = _fts_script()

_FACTS = """
CREATE TABLE facts (
  pmid INTEGER PRIMARY KEY REFERENCES records(pmid),
  design TEXT, designs TEXT NOT NULL, given TEXT, clinical_kind TEXT, review_kind TEXT,
  population TEXT, species TEXT NOT NULL, indications TEXT NOT NULL, routes TEXT NOT NULL,
  msc TEXT, source_kind TEXT, intervention TEXT, therapy_relevant TEXT,
  safety TEXT, harm TEXT NOT NULL, participants INTEGER, exposed INTEGER,
  comparator TEXT, main_result TEXT, named_in_abstract TEXT NOT NULL, tissues TEXT NOT NULL,
  products TEXT NOT NULL, also_named TEXT NOT NULL, checked_axes TEXT NOT NULL
) STRICT;
CREATE INDEX facts_map ON facts(
  design, given, clinical_kind, intervention, source_kind, indications);
CREATE VIEW class_facets AS
{facets};
CREATE TABLE class_counts (
  source_kind TEXT NOT NULL, intervention TEXT NOT NULL, given TEXT NOT NULL,
  facet TEXT NOT NULL, value TEXT NOT NULL, tier TEXT NOT NULL, records INTEGER NOT NULL,
  PRIMARY KEY (source_kind, intervention, given, facet, value, tier)
) STRICT, WITHOUT ROWID;
{triggers}
"""
"""Effective tags and products turned into one row a record: derived, so that lists, facets
and maps need no twenty look-ups a row. The store keeps it with every write of tags.

``class_facets`` is what a standing study in which something was given adds to the evidence of
its class; triggers keep the numbers of these rows in ``class_counts``, so that the class box
costs the same at a thousand records and at a million."""


def _facets() -> str:
    """Return the SELECT of ``class_facets``: a UNION whose parts can be asked for few records.

    ``+`` keeps SQLite from ``facts_map``: the view is asked by ``pmid`` alone.
    """
    tier = """CASE facts.design WHEN 'animal' THEN 'animal' WHEN 'in_vitro' THEN 'cells'
  ELSE iif(facts.clinical_kind = 'rct', 'human_randomised', 'human_other') END"""
    facets = {
        "all": ("''", ""),
        "indication": ("i.value", ", json_each(facts.indications) AS i"),
        "tissue": ("t.value", ", json_each(facts.tissues) AS t"),
        "tissue_indication": (
            "t.value || ' ' || i.value",
            ", json_each(facts.tissues) AS t, json_each(facts.indications) AS i",
        ),
        "harm": ("h.value", ", json_each(facts.harm) AS h"),
    }
    return "\nUNION ALL\n".join(
        f"""SELECT facts.pmid AS pmid, source_kind, intervention, given, '{facet}' AS facet,
  {value} AS value, {tier} AS tier
FROM facts JOIN records ON records.pmid = facts.pmid{more}
WHERE retracted = 0 AND deleted = 0 AND source_kind IS NOT NULL
  AND intervention <> 'not_therapy' AND +given IN ('product', 'cells')
  AND +facts.design IN ('clinical', 'animal', 'in_vitro')"""
        for facet, (value, more) in facets.items()
    )


def _class_triggers() -> str:
    key = "source_kind, intervention, given, facet, value, tier"
    add = f"""INSERT INTO class_counts SELECT {key}, 1 FROM class_facets WHERE pmid = new.pmid
  ON CONFLICT ({key}) DO UPDATE SET records = records + 1;"""
    take = f"""UPDATE class_counts SET records = records - 1 WHERE ({key}) IN (
    SELECT {key} FROM class_facets WHERE pmid = old.pmid);"""
    counted = "given IN ('product', 'cells') AND {row}.intervention <> 'not_therapy'"
    stands = "WHEN old.retracted <> new.retracted OR old.deleted <> new.deleted"
    events = {
        "class_counts_insert": ("AFTER INSERT ON facts WHEN new." + counted.format(row="new"), add),
        "class_counts_delete": (
            "BEFORE DELETE ON facts WHEN old." + counted.format(row="old"), take),
        "class_counts_update_from": (
            "BEFORE UPDATE ON facts WHEN old." + counted.format(row="old"), take),
        "class_counts_update_to": (
            "AFTER UPDATE ON facts WHEN new." + counted.format(row="new"), add),
        "class_counts_stand_from": (
            f"BEFORE UPDATE OF retracted, deleted ON records {stands}", take),
        "class_counts_stand_to": (
            f"AFTER UPDATE OF retracted, deleted ON records {stands}", add),
    }  # fmt: skip
    return "\n".join(f"CREATE TRIGGER {n} {when}\nBEGIN\n  {do}\nEND;"
                     for n, (when, do) in events.items())  # fmt: skip


FACTS = _FACTS.format(facets=_facets(), triggers=_class_triggers())

TOTALS = """
CREATE TABLE totals (name TEXT PRIMARY KEY, rows INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO totals SELECT 'records', count(*) FROM records;
CREATE TRIGGER totals_insert AFTER INSERT ON records
BEGIN UPDATE totals SET rows = rows + 1 WHERE name = 'records'; END;
CREATE TRIGGER totals_delete AFTER DELETE ON records
BEGIN UPDATE totals SET rows = rows - 1 WHERE name = 'records'; END;
"""
"""How many rows a table has: counting a million rows takes longer than an answer."""

HELD_RECORDS = """
SELECT rows - (SELECT count(*) FROM records INDEXED BY records_deleted WHERE deleted = 1)
FROM totals WHERE name = 'records'
"""
"""The number of records held, those flagged deleted left out."""

VIEWS = """
CREATE VIEW current_tags AS
SELECT pmid, axis, value, 'human' AS source,
       why || ' (' || who || ', ' || substr(at, 1, 10) || ')' AS reason, 1.0 AS score
FROM human_tags WHERE value <> 'none'
UNION ALL
SELECT pmid, axis, value, source, reason, score
FROM tags WHERE NOT EXISTS (
  SELECT 1 FROM human_tags AS human WHERE human.pmid = tags.pmid AND human.axis = tags.axis);
CREATE VIEW evidence AS
SELECT records.pmid, coalesce(title, vernacular_title) AS title, year, journal,
       design, designs, given, clinical_kind, review_kind, population,
       species, indications, routes, msc, source_kind, intervention, therapy_relevant,
       safety, harm, participants, exposed, comparator, main_result, named_in_abstract,
       tissues, products, also_named, retracted, concern, corrected, preprint, notice,
       doi, pmcid, 'https://pubmed.ncbi.nlm.nih.gov/' || records.pmid || '/' AS url,
       checked_axes, first_seen
FROM records LEFT JOIN facts ON facts.pmid = records.pmid
WHERE deleted = 0;
CREATE VIEW coverage AS
SELECT source, query, query_hash, watermark, full_at, full_count, full_translation,
       (SELECT count(*) FROM record_queries WHERE record_queries.query = watermarks.query
        AND watermarks.source = 'pubmed' AND gone_at IS NULL) AS held
FROM watermarks;
CREATE VIEW trials AS
SELECT registry_trials.trial_id, product, kind, title, status, phase, enrolment, enrolment_kind,
       allocation, sponsor, conditions, interventions, first_posted, last_updated,
       results_posted, why_stopped, registry_trials.seen,
       'https://clinicaltrials.gov/study/' || registry_trials.trial_id AS url
FROM registry_trial_links
JOIN registry_trials ON registry_trials.trial_id = registry_trial_links.trial_id
WHERE gone_at IS NULL;
"""

PARTS: dict[str, str] = {
    "indexes": INDEXES, "fts": FTS, "facts": FACTS, "totals": TOTALS, "views": VIEWS,
}  # fmt: skip
"""Derived parts in the order in which they are made."""

_NAME = re.compile(r"CREATE\s+(?:VIRTUAL\s+)?(TABLE|INDEX|VIEW|TRIGGER)\s+(\w+)", re.IGNORECASE)


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one (``executescript`` would commit first)."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if pending.strip():
        raise ValueError(f"statement without an end: {pending.strip()[:80]}")


def user_version(db: sqlite3.Connection) -> int:
    """Return the schema version that the file says it has; 0 = empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def refuse_foreign(db: sqlite3.Connection, where: str) -> None:
    """Raise StoreError where the file is not evlit's, or of a newer evlit."""
    application = int(db.execute("PRAGMA application_id").fetchone()[0])
    version = user_version(db)
    if application == APPLICATION_ID:
        if version > len(MIGRATIONS):
            raise StoreError(
                where,
                f"written by a newer evlit (schema {version}, this one knows {len(MIGRATIONS)})",
                "upgrade evlit (pip install --upgrade evlit); the store has not been touched",
            )
        return
    if application or version or db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise StorePathError(
            where,
            "a SQLite database, but not an evlit store",
            "name another file with --db; this one has not been touched",
        )


def is_current(db: sqlite3.Connection) -> bool:
    """Say whether migrations and derived parts are those of this evlit."""
    return user_version(db) == len(MIGRATIONS) and not changed_parts(db)


def migrate(db: sqlite3.Connection) -> None:
    """Run the migrations that the store lacks; the caller holds a transaction."""
    for number in range(user_version(db), len(MIGRATIONS)):
        for statement in statements(MIGRATIONS[number]):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {number + 1}")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def changed_parts(db: sqlite3.Connection) -> list[str]:
    """Return the derived parts whose text is not the one they were made from."""
    made = dict(db.execute("SELECT key, value FROM meta WHERE key LIKE 'derived:%'"))
    return [name for name, script in PARTS.items() if made.get(f"derived:{name}") != _mark(script)]


def rebuild_derived(db: sqlite3.Connection) -> list[str]:
    """Make anew each derived part whose text has changed; the caller holds a transaction.

    Returns the parts made. ``fts`` is filled here; ``facts`` is left empty for the store,
    which knows how tags become facts.
    """
    parts = changed_parts(db)
    # From last to first: views stand on facts, triggers on the full-text table.
    for name in reversed(parts):
        _drop(db, name)
    for name in parts:
        for statement in statements(PARTS[name]):
            db.execute(statement)
        _remember(db, name)
    if "fts" in parts:
        db.execute("INSERT INTO records_fts(records_fts) VALUES ('rebuild')")
    return parts


def drop_derived(db: sqlite3.Connection, parts: Sequence[str]) -> None:
    """Drop derived parts, to be made anew by :func:`rebuild_derived` after very many writes."""
    for name in reversed(parts):
        _drop(db, name)
        db.execute("DELETE FROM meta WHERE key = ?", (f"derived:{name}",))


def _mark(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()[:16]


def _names(script: str) -> list[tuple[str, str]]:
    return [(kind.upper(), name) for kind, name in _NAME.findall(script)]


def _drop(db: sqlite3.Connection, part: str) -> None:
    """Drop what the part made last time; only names that it made itself."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (f"names:{part}",)).fetchone()
    for kind, name in reversed(json.loads(row[0]) if row else []):
        db.execute(f"DROP {kind} IF EXISTS {name}")


def _remember(db: sqlite3.Connection, part: str) -> None:
    rows = [
        (f"derived:{part}", _mark(PARTS[part])),
        (f"names:{part}", json.dumps(_names(PARTS[part]))),
    ]
    db.executemany(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        rows,
    )
