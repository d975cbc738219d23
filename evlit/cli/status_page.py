"""The page of ``evlit status``, in words for someone who does not run databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evlit.messages import word
from evlit.records import Run
from evlit.status import CuratedState, QueryState, SourceState, Status

_WORDS = {
    "complete": "complete",
    "stale": "last full search is older than 7 days",
    "changed": "the query has changed since it was last asked",
    "never": "never asked in full",
}
_RUN_WORDS = {
    "ok": "went well",
    "partial": "went through, but something is missing",
    "failed": "failed",
    "interrupted": "was interrupted",
    "running": "is running, or was killed",
}


def status_page(status: Status, *, every: bool = False) -> str:
    """Return the page; ``every`` lists all products, not only those that need something."""
    parts = (
        _verdict(status), _work(status), _queries(status, every), _curated(status.curated, every),
        _sources(status.sources),
    )  # fmt: skip
    return "\n\n".join("\n".join(part) for part in parts)


def _verdict(status: Status) -> Iterator[str]:
    if status.fresh:
        yield "The store is complete: every topic and product was searched in full within 7 days."
    else:
        behind = sum(q.state != "complete" for q in status.queries)
        yield (
            f"The store is NOT complete: {behind} of {len(status.queries)} searches are missing "
            'or old. A "none found" is not given for them. Run `evlit sync`.'
        )
    yield f"Records held: {status.records:,}" + (
        f" ({status.deleted:,} more were taken back by PubMed)" if status.deleted else ""
    )
    if status.last_good:
        yield f"Last good run: {_run(status.last_good)}"
    else:
        yield "No sync has gone through yet."


def _work(status: Status) -> Iterator[str]:
    rows = (
        (status.queued, "could not be fetched or read; asked for again at the next run"),
        (status.missing, "no longer given by PubMed; settled after three runs on two days"),
        (status.unindexed, "still wait for MeSH headings; asked for again until they have them"),
        (status.untagged, "carry tags of older rules or of an older catalogue: `evlit classify`"),
    )
    waiting = [f"  {count:>7,}  {text}" for count, text in rows if count]
    yield "Waiting" if waiting else "Nothing waits."
    yield from waiting
    if status.runs:
        yield ""
        yield "Last runs"
        for run in status.runs:
            yield f"  {run.kind} {run.id}: {_run(run)}" + (f" ({run.error})" if run.error else "")


def _run(run: Run) -> str:
    ended = run.finished_at or run.started_at
    return f"{ended}, {_RUN_WORDS.get(run.status, run.status)}"


def _queries(status: Status, every: bool) -> Iterator[str]:
    topics = [q for q in status.queries if q.query.startswith("topic:")]
    products = [q for q in status.queries if q.query.startswith("product:")]
    yield "Topics"
    yield from _table(topics)
    behind = [q for q in products if q.state != "complete"]
    shown = products if every else behind
    yield ""
    yield f"Products: {len(products) - len(behind)} of {len(products)} complete"
    if shown and (every or len(behind) < len(products)):
        yield from _table(shown)
    elif behind:
        yield "  none has been searched in full; `evlit status --every` lists them"


def _table(queries: Sequence[QueryState]) -> Iterator[str]:
    width = max((len(q.title) for q in queries), default=0)
    for q in queries:
        counted = f"PubMed counted {q.counted:,}, held {q.held:,}" if q.counted is not None else ""
        when = f" ({q.full_at[:10]})" if q.full_at else ""
        yield f"  {q.title:<{width}}  {_WORDS[q.state]}{when}" + (f"; {counted}" if counted else "")
        if q.note:
            yield f"    {q.note}"


def _curated(curated: CuratedState, every: bool) -> Iterator[str]:
    yield "Studies that curators named"
    yield f"  {curated.held:>7,}  are held as records"
    if curated.waiting:
        asked = "not asked for yet"
        if curated.asked_at:
            asked = f"PubMed did not have them when last asked ({curated.asked_at[:10]})"
        yield f"  {len(curated.waiting):>7,}  are not held: {asked}"
    if curated.unnumbered:
        yield f"  {curated.unnumbered:>7,}  have no PMID and no DOI: only the catalogue has them"
    if curated.note:
        yield f"  the last run said: {curated.note}"
    for study in curated.waiting if every else ():
        yield f"    {study.study}  {study.title}" + (f" ({study.product})" if study.product else "")
    if curated.waiting and not every:
        yield "  `evlit status --every` lists them"


def _sources(sources: Sequence[SourceState]) -> Iterator[str]:
    """Say in words when each source beyond PubMed was last asked and what failed."""
    yield "Other sources (trials, full texts, letters, reports; `evlit sync --source all`)"
    names = {s.source: word("outside_source", s.source) for s in sources}
    width = max(map(len, names.values()))
    for s in sources:
        good = f"all answered on {s.last_good[:10]}" if s.last_good else "never wholly answered"
        said = {
            "never": "never asked",
            "good": good,
            "stale": f"{good}, more than 7 days ago",
            "failing": f"asked on {s.last_run[:10]}, not all went well; {good}",
        }[s.state]
        yield f"  {names[s.source]:<{width}}  {said}"
        for question, why in s.failed[:SHOWN]:
            yield f"    {question}: {why}"
        if len(s.failed) > SHOWN:
            yield f"    … and {len(s.failed) - SHOWN} more"
        if s.error and not s.failed:
            yield f"    {s.error}"


SHOWN = 5
"""Questions of a source named one by one."""
