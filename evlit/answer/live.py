"""What asking PubMed now has changed, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evlit.answer import wording
from evlit.messages import say, series
from evlit.records import Answer

IDS_SHOWN = 10


def with_live(
    before: Answer,
    after: Answer,
    *,
    counted: int,
    new: Sequence[int],
    revised: int,
    events: Sequence[tuple[int, str]],
    why: str,
) -> Answer:
    """Return the answer of now, with what was asked and what is new in it.

    :param before: the answer to the same question before PubMed was asked
    :param counted: records that PubMed's search hit
    :param new: PMIDs saved now
    :param events: (PMID, what) learnt now of held records: retracted, concern …
    :param why: why an answer may not rest on this search; ``""`` where it may
    """
    told = [say("live.product" if after.product else "live.name", n=counted)]
    if new:
        ids = [f"PMID {pmid}" for pmid in sorted(new, reverse=True)]
        shown = ids[:IDS_SHOWN] + (["…"] if len(ids) > IDS_SHOWN else [])
        told.append(say("live.new", n=len(new), ids=series(shown)))
    elif counted:
        told.append(say("live.nothing_new"))
    if revised:
        told.append(say("live.revised", n=revised))
    told += [say("live.event", pmid=pmid, what=what) for pmid, what in events]
    told += _changes(before, after)
    if why:
        told.append(say("live.in_part", why=why))
    return replace(after, live=tuple(told))


def _changes(before: Answer, after: Answer) -> list[str]:
    told = []
    if before.status != after.status:
        old, new = (say(f"status.{a.status}") for a in (before, after))
        told.append(say("live.status", before=old, after=new))
    if before.counts != after.counts:
        held, now = wording.summary(before.counts), wording.summary(after.counts)
        told.append(say("live.counts", before=held, after=now))
    return told or [say("live.same")]


def not_asked(answer: Answer, why: str) -> Answer:
    """Return the answer with the warning that PubMed could not be asked."""
    warning = say("live.unreachable", why=why)
    return replace(answer, warnings=(warning, *answer.warnings))


def nothing_to_ask(answer: Answer) -> Answer:
    """Return the answer with the sentence that --live needs one name."""
    return replace(answer, live=(say("live.not_one"),))
