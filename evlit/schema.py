"""The shape of the store: numbered migrations for data, constants for what is derived.

Migrations are append-only and hold data; views, indexes, triggers and the full-text index
are rebuilt from constants and may change freely. The file's schema is public: Datasette
users and scripts rely on it (``docs/schema.md``).
"""

from __future__ import annotations

M001 = """
CREATE TABLE records (
  pmid INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT, title_markup TEXT, vernacular_title TEXT,
  abstract TEXT,
  sections TEXT NOT NULL DEFAULT '[]',
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
  tagged_with TEXT NOT NULL DEFAULT '',
  matched_with TEXT NOT NULL DEFAULT '',
  first_seen TEXT NOT NULL,
  last_changed TEXT NOT NULL,
  last_fetched TEXT NOT NULL
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
  ui TEXT NOT NULL, name TEXT NOT NULL, major INTEGER NOT NULL, kind TEXT NOT NULL,
  automated INTEGER NOT NULL, qualifiers TEXT NOT NULL DEFAULT '[]',
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
  pmid INTEGER NOT NULL, query TEXT NOT NULL, first_seen TEXT NOT NULL,
  PRIMARY KEY (pmid, query)
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  started_at TEXT NOT NULL, finished_at TEXT,
  status TEXT NOT NULL, error TEXT NOT NULL DEFAULT '',
  version TEXT NOT NULL, counts TEXT NOT NULL DEFAULT '{}'
) STRICT;
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
"""The first shape. ``runs.status``: running ok partial failed interrupted. ``query`` is
``topic:KEY``, ``product:KEY`` or ``group:N``; ``source`` is ``pubmed``. Times are ISO 8601 UTC
(``2026-11-22T06:30:00Z``). A watermark is a US-Eastern day. ``keywords``, ``substances``,
``affiliations``, ``trial_ids`` of ``records`` are the lists joined by `` | `` for the full-text
index; the lists themselves stand in tables of their own."""
