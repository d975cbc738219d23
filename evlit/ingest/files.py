"""Files → store: one writer, whoever reads; the order of files alone decides, never their pace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from evlit.catalogue import Catalogue
from evlit.errors import InputError
from evlit.ingest.enrich import Enricher, at_rest
from evlit.ingest.ledger import Fingerprint, fingerprint, options_text
from evlit.ingest.parts import Human, Part, read_parts
from evlit.ingest.pool import PooledReader, open_pool
from evlit.records import Malformed
from evlit.store import Store


class Progress(NamedTuple):
    """How far an ingest is."""

    path: Path
    """The file whose records are being saved."""
    files: int
    """Files done."""
    of: int
    """Files in all."""
    seen: int
    """Records seen in all."""


@dataclass
class Report:
    """What became of the records of one or more files."""

    files: int = 0
    known: int = 0
    """Files passed over: read before with the same rules and the same catalogue."""
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

    def add(self, other: Report) -> None:
        """Add the numbers of a file."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


Reader = Callable[[Path], Iterator[Part]]


def ingest_files(
    store: Store,
    paths: Sequence[Path],
    catalogue: Catalogue,
    *,
    keep_all: bool = False,
    workers: int = 1,
    cluster: str = "",
    progress: Callable[[Progress], None] = lambda progress: None,
    report: Report | None = None,
) -> Report:
    """Read files into the store; keep records on a topic or naming a product.

    A file read before with the same rules and catalogue is told by its content and passed
    over. Killed at any place and called again, it goes on with the file it was at.

    :param keep_all: keep every record
    :param workers: processes that read; this one writes
    :param cluster: address of a Dask scheduler (``tcp://…``) whose workers read instead
    :param progress: called after each part of a file
    :param report: where to count, for who wants the numbers even when a file is refused
    :raises InputError: a file is missing, is not the one of the checksum beside it or holds
        no PubMed records; files before it are kept
    """
    paths = list(dict.fromkeys(paths))
    report = Report() if report is None else report
    run = store.start_run("ingest")
    status, error = "failed", ""
    try:
        ingest = _Ingest(store, Enricher(catalogue), run.id, keep_all=keep_all)
        human = store.human_tags_of(sorted({tag.pmid for tag in store.human_tags()}))
        with ingest.reader(paths, human, workers, cluster) as read, at_rest():
            for number, path in enumerate(paths):
                report.files = number
                ingest.take(path, read, report, lambda p: progress(p._replace(of=len(paths))))
        report.files = len(paths)
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


class _Ingest:
    """One run: what it writes to, and by which rules."""

    def __init__(self, store: Store, enricher: Enricher, run: int, *, keep_all: bool) -> None:
        self.store = store
        self.enricher = enricher
        self.run = run
        self.keep_all = keep_all
        self.options = options_text(enricher.versions, keep_all=keep_all)
        self.known = store.files_known(self.options)

    def reader(
        self, paths: Sequence[Path], human: Human, workers: int, cluster: str
    ) -> nullcontext[Reader] | PooledReader:
        """Return what reads files: this process, or others."""
        if workers == 1 and not cluster:
            self.enricher.make_rules()
            return nullcontext(
                lambda path: read_parts(path, self.enricher, human, keep_all=self.keep_all)
            )
        wanted = [path for path in paths if self._is_new(path)]
        pool = open_pool(workers, cluster)
        near = self.store.path.parent if self.store.path else None
        return PooledReader(pool, wanted, self.enricher.catalogue, human, near, self.keep_all)

    def _is_new(self, path: Path) -> bool:
        try:
            return fingerprint(path).sha256 not in self.known
        except InputError:
            return False  # it is told when its turn comes

    def take(
        self, path: Path, read: Reader, report: Report, progress: Callable[[Progress], None]
    ) -> None:
        """Read a file into the store, or pass over it, and note it in the ledger."""
        mark = fingerprint(path)
        if mark.sha256 in self.known:
            report.add(_again(self.known[mark.sha256]))
        else:
            mine = Report()
            for part in read(path):
                done = self._save(part)
                mine.add(done)
                report.add(done)
                progress(Progress(path, report.files, 0, report.seen))
            if not mine.malformed:
                self._note(path, mark, mine)
        progress(Progress(path, report.files + 1, 0, report.seen))

    def _note(self, path: Path, mark: Fingerprint, mine: Report) -> None:
        counts = mine.counts()
        self.known[mark.sha256] = counts
        self.store.save_file(
            mark.sha256,
            path.name,
            size=mark.size,
            records=mine.seen,
            options=self.options,
            run=self.run,
            counts=counts,
        )

    def _save(self, part: Part) -> Report:
        saved = self.store.save_ready(
            part.entries,
            part.gone,
            self.run,
            tagged_with=self.enricher.tagged_with,
            matched_with=self.enricher.matched_with,
        )
        kept = len(part.entries)
        return Report(
            seen=part.seen,
            kept=kept,
            skipped=part.seen - kept,
            new=saved.new,
            revised=saved.revised,
            unchanged=saved.unchanged,
            older=saved.older,
            deletions=len(part.gone),
            deleted=saved.deleted,
            malformed=part.malformed,
        )


def _again(counts: Mapping[str, int]) -> Report:
    """Return what reading a file again would say: whatever was kept is held and unchanged."""
    older = counts.get("older", 0)
    return Report(
        known=1,
        seen=counts["seen"],
        kept=counts["kept"],
        skipped=counts["skipped"],
        unchanged=counts["kept"] - older,
        older=older,
        deletions=counts["deletions"],
    )
