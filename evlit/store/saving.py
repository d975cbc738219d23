"""Save records with their revisions, tags and mentions, one transaction a batch.

Nothing is ever hard-deleted: an older reading stays as a revision, a record that the
source withdraws stays with a flag.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from evlit import schema
from evlit.records import Entry, Mention, Saved, Tag
from evlit.store import rows
from evlit.store.batch import Held, Plan, plan
from evlit.store.bookkeeping import id_list
from evlit.store.missing import UPSERT_RECORD_QUERY, Missing
from evlit.store.reading import Reading, pages
from evlit.store.ready import Ready, Row, mentions_of, ready, tags_of

Tagged = tuple[int, Sequence[Tag], Sequence[Mention]]
"""(pmid, tags, mentions) of a held record."""


class Saving(Missing, Reading):
    """The part of the store that writes records."""

    def save_batch(
        self,
        entries: Sequence[Entry],
        deleted: Sequence[int] = (),
        run: int | None = None,
        *,
        tagged_with: str = "",
        matched_with: str = "",
    ) -> Saved:
        """Save records with their tags, mentions and queries, all or nothing.

        ``deleted``: PMIDs that the source says are gone, held or not; taken after the
        entries. The number returned is of records newly flagged.
        ``tagged_with``/``matched_with``: versions of the classifier and catalogue that made
        tags and mentions; of an unchanged record these are replaced only where the versions
        differ from those noted. Raises StoreError, LockedError, TemporaryError (disk full).
        """
        return self.save_ready(
            [ready(entry) for entry in entries],
            deleted,
            run,
            tagged_with=tagged_with,
            matched_with=matched_with,
        )

    def save_ready(
        self,
        items: Sequence[Ready],
        deleted: Sequence[int] = (),
        run: int | None = None,
        *,
        tagged_with: str = "",
        matched_with: str = "",
    ) -> Saved:
        """As :meth:`save_batch`, of records made ready elsewhere."""
        at = self.now()
        pmids = [item.pmid for item in items]
        with self.transaction():
            held = self._held_rows(pmids)
            todo = plan(items, held, self._known(held), tagged_with, matched_with)
            self._save_revisions(todo, run, at)
            self._save_records(todo, held, at)
            self._restore(todo, at)
            self._save_state(pmids, at, todo, tagged_with, matched_with)
            self._save_tags([*todo.current.values(), *todo.retag.values()], held)
            self._save_queries(items, at)
            self._log([(pmid, at, run, kind, detail) for pmid, kind, detail in todo.events])
            self._arrived(pmids, todo.restored, at, run)
            gone = self.note_missing(deleted, "DeleteCitation", at, settled_now=True)
            flagged = len(self.held(gone))
        return todo.saved(flagged)

    def save_tags(self, batch: Sequence[Tagged], tagged_with: str, matched_with: str) -> None:
        """Replace tags and mentions of held records, all or nothing; human tags stay.

        ``batch`` holds (pmid, tags, mentions); the versions are those that made them.
        """
        pmids = [pmid for pmid, _, _ in batch]
        with self.transaction():
            self._drop_tags(pmids)
            self.db.executemany(
                _INSERT_TAG, [(pmid, *tag) for pmid, tags, _ in batch for tag in tags]
            )
            self.db.executemany(_INSERT_MENTION, [row for _, _, found in batch for row in found])
            self._save_facts(batch)
            self.db.executemany(
                _SET_VERSIONS, [(tagged_with, matched_with, pmid) for pmid, _, _ in batch]
            )

    def refresh_facts(self, pmids: Sequence[int] | None = None) -> None:
        """Make the derived table ``facts`` anew for these records, or for all."""
        with self.transaction():
            for page in pages(self.pmids(deleted=True) if pmids is None else pmids):
                machine, mentions = self._machine_tags(page), self.mentions_of(page)
                present = self.held(page)
                self._save_facts(
                    [(pmid, machine[pmid], mentions[pmid]) for pmid in page if pmid in present]
                )

    def _held_rows(self, pmids: Sequence[int]) -> dict[int, Held]:
        found = self.db.execute(_SELECT_HELD, (id_list(pmids),))
        return {
            row[0]: Held(
                row[1], row[2], row[3], rows.Flags(*map(bool, row[4:9])), bool(row[9]), *row[10:]
            )
            for row in found
        }

    def _known(self, held: Iterable[int]) -> set[tuple[int, int, str]]:
        return set(
            self.db.execute(
                "SELECT pmid, version, sha256 FROM revisions "
                "WHERE pmid IN (SELECT value FROM json_each(?))",
                (id_list(held),),
            )
        )

    def _save_revisions(self, todo: Plan, run: int | None, at: str) -> None:
        self.db.executemany(
            "INSERT INTO revisions (pmid, version, sha256, revised, run, seen, format, xml) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [
                (r.pmid, r.version, r.sha256, r.revised, run, at, r.format, r.xml)
                for r in todo.revisions
            ],
        )

    def _save_records(self, todo: Plan, held: dict[int, Held], at: str) -> None:
        items = todo.current.values()
        with self._indexed_later(item.pmid for item in items if item.pmid not in held):
            self.db.executemany(
                _UPSERT_RECORD, [(*item.record, item.sha256, at, at) for item in items]
            )
        changed = id_list(item.pmid for item in items if item.pmid in held)
        for number, (table, insert) in enumerate(_INSERT_LIST.items()):
            self.db.execute(_DELETE.format(table=table), (changed,))
            self.db.executemany(insert, [row for item in items for row in item.lists[number]])

    @contextmanager
    def _indexed_later(self, pmids: Iterable[int]) -> Iterator[None]:
        """Index new records in one statement once they are written, in the same transaction."""
        self.db.execute("INSERT INTO meta VALUES (?, '')", (schema.FTS_LATER,))
        yield
        self.db.execute(schema.INDEX_RECORDS, (id_list(pmids),))
        self.db.execute("DELETE FROM meta WHERE key = ?", (schema.FTS_LATER,))

    def _restore(self, todo: Plan, at: str) -> None:
        self.db.executemany(
            "UPDATE records SET deleted = 0, last_changed = ? WHERE pmid = ?",
            [(at, pmid) for pmid in todo.restored],
        )

    def _save_state(
        self, pmids: Sequence[int], at: str, todo: Plan, tagged_with: str, matched_with: str
    ) -> None:
        """Note the day of asking (a day, so that asking twice a day changes no row)."""
        day = at[:10]
        self.db.executemany(_UPSERT_FETCHED, [(pmid, day) for pmid in pmids])
        self.db.executemany(
            _SET_VERSIONS,
            [(tagged_with, matched_with, pmid) for pmid in (*todo.current, *todo.retag)],
        )

    def _save_queries(self, items: Iterable[Ready], at: str) -> None:
        self.db.executemany(
            UPSERT_RECORD_QUERY,
            [(item.pmid, query, at) for item in items for query in item.queries],
        )

    def _save_tags(self, items: Sequence[Ready], had: Container[int]) -> None:
        """Replace tags, mentions and facts; ``had``: records that may have some already."""
        self._drop_tags(item.pmid for item in items if item.pmid in had)
        self.db.executemany(_INSERT_TAG, [row for item in items for row in item.tags])
        self.db.executemany(_INSERT_MENTION, [row for item in items for row in item.mentions])
        spoken = self.human_tags_of([item.pmid for item in items])
        self.db.executemany(_UPSERT_FACTS, [_facts(item, spoken) for item in items])

    def _drop_tags(self, pmids: Iterable[int]) -> None:
        old = id_list(pmids)
        for table in ("tags", "mentions"):
            self.db.execute(_DELETE.format(table=table), (old,))

    def _save_facts(self, batch: Sequence[tuple[int, Iterable[Tag], Iterable[Mention]]]) -> None:
        human = self.human_tags_of([pmid for pmid, _, _ in batch])
        self.db.executemany(
            _UPSERT_FACTS,
            [
                rows.facts_row(pmid, tags, human.get(pmid, ()), mentions)
                for pmid, tags, mentions in batch
            ],
        )


def _facts(item: Ready, spoken: Mapping[int, Sequence[Tag]]) -> Row:
    """Return the facts of a record: a person may have spoken since they were made ready."""
    human = spoken.get(item.pmid)
    if not human:
        return item.facts
    return rows.facts_row(item.pmid, tags_of(item), human, mentions_of(item))


_IN = "IN (SELECT value FROM json_each(?))"

_DELETE = f"DELETE FROM {{table}} WHERE pmid {_IN}"

_SELECT_HELD = f"""
SELECT pmid, version, revised, sha256, {", ".join(rows.FLAGS)}, deleted, tagged_with, matched_with
FROM records JOIN record_state USING (pmid) WHERE pmid {_IN}
"""

_OWN = (*rows.RECORD_COLUMNS, "sha256")

_UPSERT_RECORD = f"""
INSERT INTO records ({", ".join(_OWN)}, first_seen, last_changed)
VALUES ({", ".join("?" * (len(_OWN) + 2))})
ON CONFLICT (pmid) DO UPDATE SET
{", ".join(f"{name} = excluded.{name}" for name in (*_OWN[1:], "last_changed"))}
WHERE ({", ".join(_OWN)}) IS NOT ({", ".join(f"excluded.{name}" for name in _OWN)})
"""

_INSERT_LIST = {
    table: f"INSERT INTO {table} (pmid, position, {', '.join(columns)}) "
    f"VALUES ({', '.join('?' * (len(columns) + 2))})"
    for table, columns in rows.LIST_TABLES.items()
}

_UPSERT_FETCHED = """
INSERT INTO record_state (pmid, last_fetched) VALUES (?, ?)
ON CONFLICT (pmid) DO UPDATE SET last_fetched = excluded.last_fetched
WHERE last_fetched IS NOT excluded.last_fetched
"""

_SET_VERSIONS = "UPDATE record_state SET tagged_with = ?, matched_with = ? WHERE pmid = ?"

_INSERT_TAG = """
INSERT INTO tags (pmid, axis, value, source, reason, score) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (pmid, axis, value) DO UPDATE
SET source = excluded.source, reason = excluded.reason, score = excluded.score
WHERE excluded.score > score
"""

_INSERT_MENTION = f"""
INSERT INTO mentions ({", ".join(Mention._fields)})
VALUES ({", ".join("?" * len(Mention._fields))}) ON CONFLICT DO NOTHING
"""

_UPSERT_FACTS = f"""
INSERT INTO facts ({", ".join(rows.FACT_COLUMNS)})
VALUES ({", ".join("?" * len(rows.FACT_COLUMNS))})
ON CONFLICT (pmid) DO UPDATE SET
{", ".join(f"{name} = excluded.{name}" for name in rows.FACT_COLUMNS[1:])}
WHERE ({", ".join(rows.FACT_COLUMNS[1:])}) IS NOT
  ({", ".join(f"excluded.{name}" for name in rows.FACT_COLUMNS[1:])})
"""
