"""Files and stored records → tags and mentions → store: everything that needs no network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from evlit.catalogue import Catalogue, matching_topics
from evlit.catalogue.matcher import words_of_topics
from evlit.classify import Classifier, classifier_version, name_cues
from evlit.classify.cues import Cue
from evlit.mentions import Mentions
from evlit.pubmed import Sieve, parse_file, parse_one
from evlit.pubmed.sieve import Needle
from evlit.records import Deleted, Entry, Malformed, Mention, Parsed, Product, Record, Tag
from evlit.store import Store
from evlit.store.rows import effective

BATCH = 500
"""Records a transaction: large enough that commits cost nothing, small enough to lose little."""

T = TypeVar("T")


class Enricher:
    """Turns a record into what the store saves: tags, mentions and the queries it fits.

    One instance serves all records of a run; it holds the automaton of all names.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.mentions = Mentions(catalogue.products)
        plain = list(_name_cues(catalogue.products, alone=True))
        in_context = list(_name_cues(catalogue.products, alone=False))
        self.classifier = Classifier(plain)
        self._in_context = Classifier([*plain, *in_context])
        self._names_in_context = {cue.literal.casefold() for cue in in_context}
        self.tagged_with = classifier_version()
        self.matched_with = self.mentions.version

    @property
    def versions(self) -> tuple[str, str]:
        """Versions of the classifier and of the matcher that made tags and mentions."""
        return self.tagged_with, self.matched_with

    def queries(self, record: Record) -> tuple[str, ...]:
        """Return the keys of the topics whose local matcher holds for the record."""
        return tuple(f"topic:{key}" for key in matching_topics(self.catalogue.topics, record))

    def sieve(self) -> Sieve:
        """Return what stops, unparsed, records that :meth:`belongs` would refuse."""
        words = [Needle(text, go_on) for text, go_on in words_of_topics(self.catalogue.topics)]
        names = [Needle(text, number=is_id) for text, is_id in self.mentions.literals()]
        keys = self.mentions.curated_keys()
        pmids = [key for key in keys if isinstance(key, int)]
        return Sieve([*words, *names], pmids, [key for key in keys if isinstance(key, str)])

    def belongs(self, record: Record) -> tuple[str, ...]:
        """Return the topics and products a record belongs to; empty = it may be skipped."""
        found = self.mentions.find(record, ())
        products = dict.fromkeys(f"product:{m.product}" for m in found)
        return (*self.queries(record), *products)

    def tags_and_mentions(
        self, record: Record, human: Sequence[Tag] = ()
    ) -> tuple[tuple[Tag, ...], tuple[Mention, ...]]:
        """Return all machine tags of a record and its links to products.

        :param human: what persons said of the record; links are judged by the tags that hold
        """
        named = {mention.name.casefold() for mention in self.mentions.find(record, ())}
        # A name that needs its context words speaks for what was given only where it has them.
        sure = named.isdisjoint(self._names_in_context)
        tags = (self.classifier if sure else self._in_context).tags(record)
        return tags, self.mentions.find(record, effective(tags, human))

    def entries(self, store: Store, items: Sequence[tuple[Parsed, Sequence[str]]]) -> list[Entry]:
        """Return records (each with the queries that hit it) with tags and mentions."""
        human = store.human_tags_of([parsed.record.pmid for parsed, _ in items])
        entries = []
        for parsed, queries in items:
            found = self.tags_and_mentions(parsed.record, human.get(parsed.record.pmid, ()))
            entries.append(Entry(parsed, *found, tuple(queries)))
        return entries


def _name_cues(products: Iterable[Product], *, alone: bool) -> Iterator[Cue]:
    """Yield the cues of names that speak alone, or of those that need their context words.

    A description (``never_bare``) is never one.
    """
    for product in products:
        for alias in product.aliases:
            if alias.match != "never_bare" and alone == (
                alias.match == "word" and not alias.ambiguous
            ):
                for text in dict.fromkeys((alias.text, alias.text.replace("+", " plus"))):
                    yield from name_cues(
                        text, product.intervention, product.source_kind, case=alias.case
                    )


@dataclass
class Report:
    """What became of the records of one or more files."""

    files: int = 0
    seen: int = 0
    kept: int = 0
    skipped: int = 0
    """Seen but neither on a topic nor naming a product."""
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    older: int = 0
    deletions: int = 0
    """PMIDs that the files say are gone."""
    deleted: int = 0
    """Those of them that the store held."""
    malformed: list[Malformed] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the numbers as one mapping, for the run's row and for JSON."""
        numbers = {k: v for k, v in vars(self).items() if isinstance(v, int)}
        return {**numbers, "malformed": len(self.malformed)}


def ingest_files(
    store: Store,
    paths: Sequence[Path],
    catalogue: Catalogue,
    *,
    keep_all: bool = False,
    progress: Callable[[Path, int], None] = lambda path, seen: None,
) -> Report:
    """Read files into the store; keep records on a topic or naming a product.

    :param keep_all: keep every record
    :param progress: called with the file and the number of records seen in it so far
    :raises InputError: a file is missing or holds no PubMed records; files before it are kept
    """
    report = Report()
    run = store.start_run("ingest")
    status, error = "failed", ""
    try:
        enricher = Enricher(catalogue)
        for path in paths:
            _ingest_file(store, path, enricher, report, run.id, keep_all, progress)
        status = "partial" if report.malformed else "ok"
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    except Exception as ex:
        error = str(ex)
        raise
    finally:
        store.finish_run(run.id, status, error, report.counts())
    return report


def _ingest_file(
    store: Store,
    path: Path,
    enricher: Enricher,
    report: Report,
    run: int,
    keep_all: bool,
    progress: Callable[[Path, int], None],
) -> None:
    seen = 0
    for items in _batches(parse_file(path), BATCH):
        wanted: list[tuple[Parsed, Sequence[str]]] = []
        gone: list[int] = []
        for item in items:
            if isinstance(item, Malformed):
                report.malformed.append(item)
            elif isinstance(item, Deleted):
                gone.extend(item.pmids)
            else:
                seen += 1
                queries = enricher.belongs(item.record)
                if queries or keep_all:
                    wanted.append((item, queries))
        report.seen += sum(isinstance(i, Parsed) for i in items)
        _save(store, enricher, wanted, gone, report, run)
        progress(path, seen)
    report.files += 1


def _save(
    store: Store,
    enricher: Enricher,
    wanted: list[tuple[Parsed, Sequence[str]]],
    gone: list[int],
    report: Report,
    run: int,
) -> None:
    saved = store.save_batch(
        enricher.entries(store, wanted),
        gone,
        run,
        tagged_with=enricher.tagged_with,
        matched_with=enricher.matched_with,
    )
    report.kept += len(wanted)
    report.skipped = report.seen - report.kept
    report.new += saved.new
    report.revised += saved.revised
    report.unchanged += saved.unchanged
    report.older += saved.older
    report.deletions += len(gone)
    report.deleted += saved.deleted


def retag(
    store: Store,
    catalogue: Catalogue,
    *,
    pmids: Sequence[int] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Tag and match held records again from the stored bytes; return how many.

    :param pmids: these records; without them, those whose tags or mentions were made by
        another version of the classifier or the catalogue
    """
    enricher = Enricher(catalogue)
    versions = enricher.versions
    wanted = store.needs_tagging(*versions) if pmids is None else pmids
    done = 0
    for batch in _batches(store.iter_raw(wanted), BATCH):
        human = store.human_tags_of([pmid for pmid, _, _ in batch])
        rows = [
            (pmid, *enricher.tags_and_mentions(parse_one(raw), human.get(pmid, ())))
            for pmid, raw, _ in batch
        ]
        store.save_tags(rows, *versions)
        done += len(rows)
        progress(done)
    return done


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
