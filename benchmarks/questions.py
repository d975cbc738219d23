"""The question bench: typed names with expected answers, over stores of invented citations.

Each of ``SETS`` is a file of citations, which become genuine PubMed XML and go the whole way
(parsed, tagged, matched, saved), and a file of questions: what is asked and what a careful
reader of those citations must answer. The sets do not know each other, so that neither changes
the counts of the other. Run it with ``python -m benchmarks.questions``.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from evlit.answer import look_up
from evlit.catalogue import Catalogue, load_catalogue, shipped_folder
from evlit.ingest import ingest_files
from evlit.records import Answer, TierCounts
from evlit.render import to_json
from evlit.store import Store, open_store
from tests.fakes.citations import ARTICLE, RETRACTED, RETRACTION, Citation, article_set

HERE = Path(__file__).parent
SETS = {
    "first": ("question_records.toml", "questions.toml"),
    "second": ("question_records_second.toml", "questions_second.toml"),
}
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SEARCHED = "2026-11-22T06:00:00Z"
LATER = timedelta(days=30)
"""How long after the search a question with ``store = "stale"`` is asked."""

TYPES = {
    "rct": ("D016449", "Randomized Controlled Trial"),
    "review": ("D016454", "Review"),
    "case": ("D002363", "Case Reports"),
    "protocol": ("D000078325", "Clinical Trial Protocol"),
    "preprint": ("D000076942", "Preprint"),
    "retracted": RETRACTED,
    "retraction": RETRACTION,
    "concern": ("D064867", "Expression of Concern"),
    "erratum": ("D016425", "Published Erratum"),
    "letter": ("D016422", "Letter"),
}
MESH = {
    "Rats": "D051381", "Mice": "D051379", "Animals": "D000818", "Horses": "D006736",
    "Dogs": "D004285", "Swine": "D013552", "Sheep": "D012756", "Rabbits": "D011817",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One question and what must be answered."""

    typed: str
    status: str
    why: str
    """What a hasty reader would get wrong."""
    looks_like_yes: bool = False
    """Something was given to somebody in the records, or seems to be, but not this product."""
    indication: str | None = None
    maker: str | None = None
    since: str | None = None
    records: str = "first"
    """Which of ``SETS`` it is asked of."""
    store: str = "searched"
    """``searched``, ``stale``, ``unsearched`` or ``empty``."""
    exit: int | None = None
    """Exit code."""
    held_status: str | None = None
    """For ``not_searched``: what the records held would give."""
    product: str | None = None
    tiers: Mapping[str, int] | None = None
    """Numbers by tier; a tier not named must be 0. None = not looked at."""
    people: Mapping[str, int] = field(default_factory=dict)
    routes: Mapping[str, int] | None = None
    """Way of giving → reports in people."""
    says: tuple[str, ...] = ()
    """Words that the verdict, a flag, a warning or a trial must hold."""
    never: tuple[str, ...] = ()
    """Words that must stand nowhere in the answer's sentences."""
    listed: Mapping[str, str] = field(default_factory=dict)
    """Id → why it is shown and does not count."""
    bound: float | None = None
    """The one upper bound of harm that must be given; 0 = none may be given."""
    class_kind: str | None = None
    same_tissue: Mapping[str, int] | None = None
    """Class evidence of the same tissue, by tier; a tier not named must be 0."""
    choices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


def load_questions() -> list[Asked]:
    """Read the questions of all sets; a key that means nothing is an error."""
    return [
        Asked(records=name, **{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
        for name, (_, file) in SETS.items()
        for row in tomllib.loads((HERE / file).read_text(encoding="utf-8"))["question"]
    ]


def load_citations(records: str) -> list[Citation]:
    """Read the invented citations of a set."""
    rows = tomllib.loads((HERE / SETS[records][0]).read_text(encoding="utf-8"))
    return [_citation(int(pmid), dict(row)) for pmid, row in rows.items()]


def _citation(pmid: int, row: dict[str, Any]) -> Citation:
    day = date(row.pop("year"), 5, 6)
    named = [TYPES[name] for name in row.pop("types", ())]
    given = {
        "types": (ARTICLE, *named),
        "mesh": tuple((MESH[name], name) for name in row.pop("mesh", ())),
        "corrections": tuple((kind, other) for kind, other in row.pop("links", ())),
        "trial_ids": tuple(row.pop("trials", ())),
        "keywords": tuple(row.pop("keywords", ())),
        "authors": tuple(row.pop("authors", ("Invented Ina",))),
        "vernacular_title": row.pop("vernacular", ""),
    }
    return Citation(pmid, created=day, **given, **row)


class Bench:
    """The stores that the questions are asked of."""

    def __init__(self, folder: Path, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or load_catalogue(shipped_folder())
        self._stores: dict[tuple[str, str], Store] = {}
        for records in SETS:
            file = folder / f"{records}.xml"
            file.write_bytes(article_set([c.xml() for c in load_citations(records)]))
            for name in _STORES:
                self._stores[records, name] = self._store(folder, name, file)

    def _store(self, folder: Path, name: str, file: Path) -> Store:
        store = open_store(folder / f"{file.stem}-{name}.db", now=lambda: NOW)
        if name != "empty":
            report = ingest_files(store, [file], self.catalogue, keep_all=True)
            assert not report.malformed, report.malformed
        if name == "searched":
            mark_searched(store, self.catalogue)
        return store

    def ask(self, asked: Asked) -> Answer:
        """Return the answer to one question."""
        stale = asked.store == "stale"
        return look_up(
            self._stores[asked.records, "searched" if stale else asked.store],
            self.catalogue,
            asked.typed,
            indication=asked.indication,
            maker=asked.maker,
            since=asked.since,
            now=NOW + LATER if stale else NOW,
        )

    def close(self) -> None:
        """Close the stores."""
        for store in self._stores.values():
            store.close()


_STORES = ("searched", "unsearched", "empty")


def mark_searched(store: Store, catalogue: Catalogue) -> None:
    """Note that every query was answered in full, as a good night leaves it."""
    run = store.start_run("sync")
    queries = [(f"topic:{t.key}", t.text_hash) for t in catalogue.topics]
    queries += [(f"product:{p.key}", p.text_hash) for p in catalogue.products]
    for query, text_hash in queries:
        store.set_watermark(
            "pubmed", query, text_hash, SEARCHED[:10],
            full_at=SEARCHED, full_count=1, full_translation="as asked", run=run.id,
        )  # fmt: skip
    store.finish_run(run.id, "ok")


def wrong(asked: Asked, answer: Answer) -> list[str]:
    """Return what in an answer is not as it must be; empty = all is."""
    return [text for text in _differences(asked, answer) if text]


def _differences(asked: Asked, answer: Answer) -> Iterator[str]:
    yield _unlike("status", answer.status, asked.status)
    if asked.exit is not None:
        yield _unlike("exit code", answer.exit_code, asked.exit)
    if asked.held_status is not None:
        yield _unlike("held status", answer.held_status, asked.held_status)
    if asked.product is not None:
        yield _unlike("product", answer.product.key if answer.product else "", asked.product)
    if asked.tiers is not None:
        yield _unlike("tiers", _counted(answer.counts), dict(asked.tiers))
    people = answer.people._asdict()
    for name, n in asked.people.items():
        yield _unlike(f"people.{name}", people[name], n)
    if asked.routes is not None:
        yield _unlike("routes", _people_routes(answer), dict(asked.routes))
    yield from _words(asked, answer)
    shown = (*answer.records, *answer.listed_not_counted)
    listed = {r.id: r.reason for r in shown if not r.counted}
    for report, reason in asked.listed.items():
        yield _unlike(f"listed {report}", listed.get(report, "not listed"), reason)
    if asked.bound is not None:
        bounds = [round(r.zero_events_bound, 3) for r in answer.records if r.zero_events_bound]
        yield _unlike("bound", bounds, [asked.bound] if asked.bound else [])
    if asked.class_kind is not None:
        evidence = answer.class_evidence
        kind = f"{evidence.source_kind}/{evidence.intervention}" if evidence else "none"
        yield _unlike("class", kind, asked.class_kind)
    if asked.same_tissue is not None:
        held = _counted(answer.class_evidence.same_tissue) if answer.class_evidence else {}
        yield _unlike("same tissue", held, dict(asked.same_tissue))
    for wanted, given in (
        (asked.choices, {c.key for c in answer.choices}),
        (asked.suggestions, {s.name for s in answer.suggestions}),
    ):
        missing = sorted(set(wanted) - given)
        yield f"not offered: {missing}, but {sorted(given)}" if missing else ""


def _counted(counts: TierCounts) -> dict[str, int]:
    return {tier: n for tier, n in counts._asdict().items() if n}


def _words(asked: Asked, answer: Answer) -> Iterator[str]:
    told = sentences_of(answer)
    for words in asked.says:
        yield "" if words in told else f"does not say {words!r}: {told[:400]}"
    for words in asked.never:
        yield f"says {words!r}" if words in told else ""


def sentences_of(answer: Answer) -> str:
    """Return what the answer says in its own sentences."""
    parts = [answer.verdict, *answer.warnings, *(f.text for f in answer.flags)]
    parts += [f.text for r in answer.records for f in r.flags]
    parts += [t.trial.note for t in answer.trials] + [r.why for r in answer.listed_not_counted]
    return "\n".join(parts)


def _people_routes(answer: Answer) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in answer.routes:
        if row.tier.startswith("human"):
            counts[row.value or "not_stated"] += row.reports
    return dict(counts)


def _unlike(what: str, held: object, wanted: object) -> str:
    return "" if held == wanted else f"{what}: {held!r}, must be {wanted!r}"


def table(results: Sequence[tuple[Asked, list[str]]]) -> str:
    """Return the results as a table, failures spelled out below it."""
    lines = [f"{'typed':<44} {'status':<20} result"]
    for asked, problems in results:
        typed = asked.typed or f"--maker {asked.maker}" if asked.maker else asked.typed
        typed += f" --for {asked.indication}" if asked.indication else ""
        typed += f" [{asked.store}]" if asked.store != "searched" else ""
        lines.append(f"{typed:<44} {asked.status:<20} {'WRONG' if problems else 'right'}")
        lines += [f"    {problem}" for problem in problems]
    right = sum(not problems for _, problems in results)
    noes = sum(a.looks_like_yes for a, _ in results)
    statuses = Counter(a.status for a, _ in results)
    lines.append(f"{right} of {len(results)} right; {noes} look like yes and are no; by status:")
    lines.append("  " + ", ".join(f"{status} {n}" for status, n in statuses.most_common()))
    return "\n".join(lines)


def main() -> int:
    """Ask all questions and print the table; 1 where an answer is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        results = []
        for asked in load_questions():
            answer = bench.ask(asked)
            to_json(answer)
            results.append((asked, wrong(asked, answer)))
        bench.close()
    print(table(results))
    return int(any(problems for _, problems in results))


if __name__ == "__main__":
    sys.exit(main())
