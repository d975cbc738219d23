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
"""
