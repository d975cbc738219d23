"""Axes ``design`` and ``designs``: what kind of study, decided in the code book's order.

:mod:`evlit.classify.evidence` sums what speaks for notice, protocol, review, people, animals,
cells and the rest; here the order of the code book is walked with a threshold at each step.
The reason of a tag quotes what weighed most.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify.evidence import Evidence, evidence, patients_sampled
from evlit.classify.species import live
from evlit.classify.text import Text
from evlit.classify.weigh import quote_best, squash, weigh
from evlit.records import Tag

_NOTICE, _PROTOCOL, _REVIEW, _OPINION = 2.0, 2.6, 1.6, 1.0
"""What the sums must reach, at the steps before the study's own subjects."""
_REVIEW_OF_CELLS, _REVIEW_SILENT, _REVIEW_IN_FIELD = 1.35, 1.2, 1.1
"""The same for reviews of cell biology, where nothing of one's own is told, and of vesicles."""
_SOME = 0.2
"""What words of a kind must weigh to be more than one in passing."""
_FAINT = 0.45
"""What an animal must weigh to count as live."""
_FEW_WORDS = 240
"""Letters of abstract below which an editorial's subjects are those it speaks of."""

_COMMENT_TITLE = re.compile(r"^\W*(?:(?:a )?comments? on|in reply to|(?:author'?s?'? )?reply to)\b")
_OWN_CASES = re.compile(
    r"\bwe (?:also |recently |have |here )?(?:report|present|describe|treated|observed|encountered|"
    r"enrolled|included|analy[sz]ed|studied|reviewed|measured|recruited|performed|retrospectively|"
    r"collected|conducted|evaluated|compared|examined|investigated|found)\w*\b|"
    r"\bour (?:patients?|series|cohort|case|cases|data|results|study)\b|"
    r"\b\d{1,2}[- ]years?[- ]old\b"
)
"""Words by which a letter tells of people of its authors' own."""


class Reading(NamedTuple):
    """The design chosen and how clearly."""

    value: str
    margin: float


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the tag ``design`` and one tag ``designs`` for each design that applies."""
    ev = evidence(text)
    reading = _before_subjects(ev) or _by_people(ev) or _by_bench(ev)
    reason = _reason(ev, reading.value)
    first = Tag("design", reading.value, "rule", reason, squash(reading.margin))
    return [first, *_all_designs(ev, first)]


# ------------------------------------------------------------------------- the decision


def _before_subjects(ev: Evidence) -> Reading | None:
    """Decide what is no study with subjects of its own: notice, protocol, review, opinion."""
    if ev.notice >= _NOTICE:
        return Reading("notice", ev.notice - 1.0)
    if ev.protocol >= _PROTOCOL:
        return Reading("protocol", ev.protocol - 2.0)
    bar = _bar_for_reviews(ev)
    if ev.review >= bar:
        return Reading("review", ev.review - bar + 0.5)
    return _as_opinion(ev)


def _bar_for_reviews(ev: Evidence) -> float:
    """Return what a review must reach: essays on engines and economies need more."""
    if ev.computing + ev.method >= 0.6 or ev.bench >= 1.5 or ev.animal >= 1.0:
        return _REVIEW
    if any(ev.text.has(kind) for kind in ("vesicle", "medium", "msc")):
        return _REVIEW_IN_FIELD
    silent = ev.own == 0.0 and ev.counted == 0.0 and ev.computing + ev.method < _SOME
    medical = ev.subject > 0.0 or ev.cells >= _SOME
    if silent and medical and ev.treated == 0.0:
        return _REVIEW_SILENT
    return _REVIEW_OF_CELLS if ev.cells >= 0.5 else _REVIEW


_EDITORIAL = re.compile(r"\W*(?:(?:guest|invited) )?editorial\b(?! board)")
"""A title that opens by saying what it is."""


def _as_opinion(ev: Evidence) -> Reading | None:
    if _EDITORIAL.match(ev.text.folded) and ev.text.record.title:
        return Reading("other", 1.5)
    speaks = bool(ev.opinion or ev.types.keys() & {"opinion", "comment", "guideline"})
    own = speaks and _OWN_CASES.search(ev.text.folded) is not None
    if own and ev.treated >= 1.0:
        return None
    if speaks and not own and _on_anothers_work(ev):
        return Reading("other", 1.0)
    total = ev.opinion + (1.5 if ev.types.keys() & {"opinion", "comment"} else 0.0)
    total += 1.5 if "guideline" in ev.types else 0.0
    subjects = weigh(ev.text, "subject").total + ev.treated + ev.animal + ev.counted
    short = ev.text.letters < _FEW_WORDS
    if total - (0.5 * subjects if short else subjects + ev.own) < _OPINION:
        return None
    return Reading("other", total - subjects)


def _on_anothers_work(ev: Evidence) -> bool:
    """Return whether an editorial, a comment or a consensus tells of people not its own."""
    text = ev.text
    if text.in_title("guideline_strong") or "guideline" in ev.types:
        return max(ev.counted, ev.treated) < 1.0
    return "comment" in ev.types or _COMMENT_TITLE.match(text.folded) is not None


def _by_people(ev: Evidence) -> Reading | None:
    """Decide between people, animals and cells where living people are in play."""
    if ev.given_to_people >= 1.0 and ev.subject >= _bar_for_given(ev):
        return Reading("clinical", max(0.4, ev.people - 0.3 * ev.animal))
    if ev.lines >= 1.5 and ev.lines > 0.5 * ev.subject and ev.animal < 1.5:
        return Reading("in_vitro", ev.cells - 0.3 * ev.people)  # the person is a donor
    if ev.treated >= 2.0 and ev.persons and ev.people >= 1.2 * ev.animal:
        return Reading("clinical", ev.people - max(0.6, ev.animal, 0.7 * ev.bench))
    outweighed = ev.persons and ev.subject >= 2.5 and ev.people >= 1.5 * ev.animal + 1.0
    if ev.animal >= 1.0 and not outweighed:
        return Reading("animal", ev.animal - 0.6)
    return None


def _bar_for_given(ev: Evidence) -> float:
    """Return what people must weigh who are given the product: little where none else is."""
    if ev.titled_people:
        return 1.0
    if ev.alive >= 1.0:
        return 2.0
    alone = ev.alive < _FAINT and ev.animal < 1.0 and ev.bench < 0.6 and ev.lines < 1.0
    return 0.0 if alone else 1.4


def _by_bench(ev: Evidence) -> Reading:
    """Decide between cells, people sampled or asked, and work without subjects."""
    if ev.computing >= 1.8 and ev.computing > max(ev.subject, 1.5 * ev.bench):
        return Reading("other", ev.computing - ev.bench - ev.people)
    if ev.bench >= 1.0 and ev.bench > 0.6 * ev.subject and ev.subject < 3.5:
        return Reading("in_vitro", ev.cells - 0.4 * ev.people)
    if ev.alive >= 0.45 and ev.subject < 1.2 and ev.animal >= 0.6 * ev.people > 0.0:
        return Reading("animal", ev.animal)
    sampled = ev.sampled >= 1.0 and (ev.persons or ev.subject > 0)
    asked = ev.observed >= 0.9 and (ev.persons or ev.method + ev.computing < 0.6)
    named = ev.subject >= 0.7 or sampled or asked
    if ev.people >= 0.9 and ev.people > ev.bench and named:
        return Reading("clinical", ev.people - max(0.6, ev.animal, 0.7 * ev.bench))
    if ev.cells >= 0.6 and ev.cells > max(ev.computing, 0.8 * ev.method):
        return Reading("in_vitro", ev.cells - 0.5)
    return Reading("other", max(ev.computing, ev.method, 0.3) - 0.5 * ev.cells)


def _all_designs(ev: Evidence, first: Tag) -> list[Tag]:
    out = [first._replace(axis="designs")]
    if first.value in ("notice", "protocol", "review", "other"):
        return out
    both = weigh(ev.text, "both").total
    grown = 0.7 if first.value == "clinical" and ev.given_to_people >= 1.0 else 0.0
    for value, total, floor in (
        ("clinical", 0.0 if first.value == "clinical" else _people_beside(ev), 1.2),
        ("animal", ev.animal, 1.0),
        ("in_vitro", ev.bench + both, 1.0 + grown),  # cells grown for the product are no study
        ("other", ev.computing, 2.0),
    ):
        if value != first.value and total >= floor:
            out.append(Tag("designs", value, "rule", _reason(ev, value), squash(total - floor)))
    return out


def _people_beside(ev: Evidence) -> float:
    """Return what speaks for people beside other subjects: counted or treated, or their samples."""
    sampled = patients_sampled(ev.text)
    known = max(ev.counted, ev.given_to_people, ev.sampled) >= 1.0
    if not ((ev.persons and known) or sampled):
        return 0.0
    return max(ev.subject + 0.8 * ev.sampled - ev.lines, sampled)


# ------------------------------------------------------------------------------- reasons


def _reason(ev: Evidence, value: str) -> str:
    """Quote what weighed most for a design, with the types and headings that agree."""
    said = _QUOTES[value](ev)
    groups = _TYPES.get(value, ())
    said += [f"type: {ev.types[group]}" for group in groups if group in ev.types]
    return "; ".join(filter(None, said)) or _SILENT[value]


def _quote_notice(ev: Evidence) -> list[str]:
    links = [c.ref_type for c in ev.text.record.corrections if c.ref_type.endswith(("Of", "For"))]
    title = f"title: '{ev.text.sentence_text(0)[:80]}'"
    return [title, weigh(ev.text, "notice").reason(ev.text, 1), *(f"link: {x}" for x in links[:1])]


def _quote_people(ev: Evidence) -> list[str]:
    hits = weigh(ev.text, "subject").hits + weigh(ev.text, "treated").hits
    return [
        quote_best(ev.text, hits)
        or weigh(ev.text, "observed").reason(ev.text, 2)
        or weigh(ev.text, "sampled").reason(ev.text, 2)
    ]


def _quote_animal(ev: Evidence) -> list[str]:
    best = sorted(live(ev.text), key=lambda one: -one.weight)[:2]
    said = [ev.text.quote(one.hit) for one in best if one.weight > 0]
    said.append(weigh(ev.text, "animal").reason(ev.text, 1))
    said += [f"MeSH: {n[0]}" for group, n in ev.headings.items() if group == "animals"]
    return said if any(said) else [weigh(ev.text, "body").reason(ev.text, 2)]


def _quote_cells(ev: Evidence) -> list[str]:
    return [weigh(ev.text, side).reason(ev.text, 2) for side in ("bench", "cells")][:2]


def _quote_other(ev: Evidence) -> list[str]:
    sides = ("opinion", "computing", "method")
    quoted = "; ".join(filter(None, (weigh(ev.text, s).reason(ev.text, 2) for s in sides)))
    return [f"no people, animals or cells as subjects: {quoted}"] if quoted else []


_QUOTES = {
    "notice": _quote_notice,
    "protocol": lambda ev: [weigh(ev.text, "protocol").reason(ev.text)],
    "review": lambda ev: [weigh(ev.text, "review").reason(ev.text)],
    "clinical": _quote_people,
    "animal": _quote_animal,
    "in_vitro": _quote_cells,
    "other": _quote_other,
}
_TYPES = {
    "notice": ("notice",),
    "protocol": ("protocol",),
    "review": ("systematic", "review"),
    "clinical": ("case_report", "randomized", "trial", "observational"),
    "animal": ("veterinary",),
    "other": ("guideline", "comment", "opinion"),
}
_SILENT = {
    "notice": "it is linked as a notice",
    "protocol": "a plan without results",
    "review": "the abstract tells hardly any finding of its own",
    "clinical": "people are counted in the abstract",
    "animal": "MeSH names an animal",
    "in_vitro": "MeSH names cells",
    "other": "no people, animals or cells named as subjects",
}
"""What is said where no words can be quoted."""
