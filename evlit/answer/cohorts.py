"""Which reports are one report, and which are about the same people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from evlit.answer.reports import PEOPLE, Found
from evlit.messages import joined, say
from evlit.names import compact_name
from evlit.records import Flag, People, StudyReport

SMALLEST_COHORT = 3
"""Two reports of one or two people by the same authors are most often other people."""


class _Groups:
    """Sets of items that grow together (union and find)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, item: int) -> int:
        while self._parent[item] != item:
            item = self._parent[item]
        return item

    def join(self, items: Iterable[int]) -> None:
        roots = sorted({self.root(i) for i in items})
        for other in roots[1:]:
            self._parent[other] = roots[0]

    def members(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for item in range(len(self._parent)):
            found.setdefault(self.root(item), []).append(item)
        return list(found.values())


def merge_forms(found: list[Found]) -> list[Found]:
    """Return one of each report: a preprint and its article, or twice the same DOI, are one.

    The article stands for both; where it is retracted, its preprint does not count either.
    """
    groups = _Groups(len(found))
    for key in (_by_update, _by_doi, _by_title):
        for same in key(found):
            groups.join(same)
    merged = []
    for members in groups.members():
        ordered = sorted((found[i] for i in members), key=_form_rank)
        merged.append(_with_forms(ordered[0], ordered[1:]))
    return merged


def _by_update(found: list[Found]) -> list[list[int]]:
    index = {f.report.pmid: i for i, f in enumerate(found) if f.report.pmid and f.report.held}
    return [
        [i, index[other]]
        for i, f in enumerate(found)
        if f.report.held
        for other in f.updates
        if other in index
    ]


def _by_doi(found: list[Found]) -> list[list[int]]:
    same: dict[str, list[int]] = {}
    for i, f in enumerate(found):
        if f.report.doi:
            same.setdefault(f.report.doi.lower(), []).append(i)
    return list(same.values())


def _by_title(found: list[Found]) -> list[list[int]]:
    """A preprint and an article of the same title."""
    same: dict[str, list[int]] = {}
    for i, f in enumerate(found):
        if len(f.report.title) >= 30:
            same.setdefault(compact_name(f.report.title), []).append(i)
    return [m for m in same.values() if any(found[i].preprint for i in m)]


def _form_rank(found: Found) -> tuple[bool, bool, bool, str]:
    """Order forms of one report: article before preprint, tied before not, held before not."""
    r = found.report
    return (found.preprint, not (r.counted or r.tier == "retracted"), not r.held, r.id)


def _with_forms(found: Found, forms: list[Found]) -> Found:
    if not forms:
        return found
    report, others = found.report, [f.report for f in forms]
    if not report.counted and report.tier != "retracted":
        # The article is held without a link of its own; its preprint shows what was given.
        best = next((o for o in others if o.counted), None)
        if best is not None:
            report = replace(report, tier=best.tier, counted=True, link=best.link, reason="",
                             why=best.why, words=best.words)  # fmt: skip
    ids = tuple(o.id for o in others if o.id != report.id)
    if ids:
        preprints = {f.report.id for f in forms if f.preprint}
        named = (say("flag.its_preprint", id=i) if i in preprints else i for i in ids)
        flag = Flag("same_report", say("flag.same_report", others=joined(named)))
        report = replace(report, same_report=ids, flags=(*report.flags, flag))
    trial_ids = tuple(dict.fromkeys(t for o in (report, *others) for t in o.trial_ids))
    return found._replace(report=replace(report, trial_ids=trial_ids))


# ------------------------------------------------------------------------------ cohorts


def mark_cohorts(found: list[Found]) -> list[Found]:
    """Return the reports, those about the same people marked with one cohort and flagged."""
    people = [i for i, f in enumerate(found) if f.report.counted and f.report.tier in PEOPLE]
    groups = _Groups(len(people))
    for a, i in enumerate(people):
        for b in range(a):
            if _same_people(found[i], found[people[b]]):
                groups.join((a, b))
    marked = list(found)
    for members in groups.members():
        if len(members) > 1:
            ids = [found[people[m]].report.id for m in members]
            for m in members:
                marked[people[m]] = _in_cohort(found[people[m]], ids)
    return marked


def _in_cohort(found: Found, ids: list[str]) -> Found:
    others = joined(i for i in ids if i != found.report.id)
    flag = Flag("same_cohort", say("flag.same_cohort", others=others))
    report = replace(found.report, cohort=min(ids), flags=(*found.report.flags, flag))
    return found._replace(report=report)


def _same_people(a: Found, b: Found) -> bool:
    """The curator says so, they share a trial, or design, number and authors agree."""
    cohorts = {f.study.cohort for f in (a, b) if f.study and f.study.cohort}
    if a.study and b.study and a.study.cohort and b.study.cohort:
        return len(cohorts) == 1
    if set(a.report.trial_ids) & set(b.report.trial_ids):
        return True
    n = a.report.n
    if n is None or n < SMALLEST_COHORT or n != b.report.n:
        return False
    if a.report.clinical_kind != b.report.clinical_kind:
        return False
    shared = len(a.authors & b.authors)
    return shared >= 2 and shared * 2 >= min(len(a.authors), len(b.authors))


def count_people(reports: Iterable[StudyReport]) -> People:
    """Return how many people were given the product, each cohort once."""
    cohorts: dict[str, list[StudyReport]] = {}
    number = 0
    for report in reports:
        if report.counted and report.tier in PEOPLE:
            number += 1
            cohorts.setdefault(report.cohort or report.id, []).append(report)
    given = healthy = not_stated = mixed = 0
    for members in cohorts.values():
        people, told_apart = _given(members)
        if people is None:
            not_stated += 1
            continue
        given += people
        if all(r.population == "healthy_volunteers" for r in members):
            healthy += people
        mixed += not told_apart and _compared(members)
    return People(given, len(cohorts), number, not_stated, healthy, mixed)


def _compared(members: list[StudyReport]) -> bool:
    return any(r.clinical_kind in ("rct", "controlled") for r in members)


def _given(members: list[StudyReport]) -> tuple[int | None, bool]:
    """Return (people given the product, whether told apart from others) of one cohort."""
    compared = _compared(members)
    sizes = [(r.n if r.n is not None else r.exposed or 0, r) for r in members]
    largest = max(size for size, _ in sizes)
    # That all of them got it says nothing of a trial with a comparison, unless its own report
    # says so (a split face).
    exposed = [
        r.exposed for size, r in sizes
        if size == largest and r.exposed is not None
        and (r.exposed < largest or not compared or _compared([r]))
    ]  # fmt: skip
    if exposed:
        return max(exposed), True
    return (largest, False) if largest else (None, False)
