"""Axes ``design`` and ``designs``: what kind of study, decided in the code book's order.

Each side (notice, protocol, review, people, sampled, animal, cells …) is a sum of weighed
cues, publication types and headings; then the order of the code book is walked with a
threshold at each step. The reason of a tag quotes what weighed most.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify.pubmed_types import heading_groups, is_automated, type_groups
from evlit.classify.species import live
from evlit.classify.text import Text
from evlit.classify.weigh import Weighed, squash, weigh, zones
from evlit.records import Tag

_NOTICE_OF = frozenset({"RetractionOf", "ErratumFor", "ExpressionOfConcernFor"})
_NOTICE_OPENS = re.compile(
    r"^\W*(?:retracted|withdrawn|(?:(?:editorial |publisher'?s? |author |notice of |statement of |partial )*"
    r"(?:retraction|erratum|errata|corrigend\w+|corrections?|expression of concern|withdrawal)"
    r"(?: (?:note|notice))?))\s*(?:[:.\]\-]|to\b|for\b|\(|$)"
)
_NOTICE_CLOSES = re.compile(
    r"[:.\-(\[]\s*(?:(?:editorial |publisher |author )?(?:retraction|erratum|corrigendum|correction|"
    r"expression of concern|withdrawal))(?: (?:note|notice))?\W*$"
)
_OF_A_PAPER = re.compile(
    r"^\W*retraction of\b|^\W*correction of (?:the )?(?:article|author|affiliation)"
)
_MARKS_PAPER = re.compile(r"^\W*(?:retracted|withdrawn)(?: article)?\s*:")
_SPANDIDOS = re.compile(r"^\W*\[?retracted\]")
_COUNTED = re.compile(
    r"(?:\b\d[\d,]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|eighteen|twenty|thirty|forty|fifty|sixty|hundred)(?:-\w+)?)"
    r"\s+(?:(?!mice|rats|animals|dogs|weeks|months|days|years|hours|mg|ml)[a-z][\w/-]*\s+){0,4}$"
)
_DONATED = re.compile(
    r"\b(?:cells?|mscs?|adscs?|bmscs?|fibroblasts|isolated|cultured|derived|obtained|harvested|"
    r"collected|samples?|specimens?|tissues?|serum|sera|plasma|biopsies)\b[^.;]{0,25}\bfrom\b[^.;]*$"
)
_EVENTS = ((0.1, 1.4), (0.2, 1.0), (0.34, 0.4), (0.6, 0.0), (1.0, -0.4))
"""Share of sentences that tell an event, up to → what it weighs for a review."""
_FEW_WORDS = 240
"""Characters of abstract below which the absence of findings says nothing."""


class Evidence(NamedTuple):
    """What every side weighs in a record."""

    notice: float
    protocol: Weighed
    results: float
    review: Weighed
    own: float
    subject: Weighed
    treated: Weighed
    observed: Weighed
    counted: float
    sampled: Weighed
    bench: Weighed
    lines: Weighed
    cells: Weighed
    acts: Weighed
    animal: float
    computing: Weighed
    method: Weighed
    opinion: Weighed
    types: dict[str, str]
    headings: dict[str, list[str]]


class Reading(NamedTuple):
    """The design chosen, how clearly, and why."""

    value: str
    margin: float
    reason: str
    source: str = "rule"


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the tag ``design`` and one tag ``designs`` for each design that applies."""
    evidence = weigh_sides(text)
    text.memo["design_evidence"] = evidence
    reading = _decide(text, evidence)
    first = Tag("design", reading.value, reading.source, reading.reason, squash(reading.margin))
    return [first, *_all_designs(text, evidence, first)]


def weigh_sides(text: Text) -> Evidence:
    """Return the sums for all sides of a record."""
    types, headings = type_groups(text), heading_groups(text)
    acts = weigh(text, "animal")
    return Evidence(
        notice=_notice(text, types),
        protocol=weigh(text, "protocol"),
        results=_results(text),
        review=weigh(text, "review"),
        own=weigh(text, "own").total,
        subject=weigh(text, "subject"),
        treated=weigh(text, "treated"),
        observed=weigh(text, "observed"),
        counted=_counted(text),
        sampled=weigh(text, "sampled"),
        bench=weigh(text, "bench"),
        lines=weigh(text, "lines"),
        cells=weigh(text, "cells"),
        acts=acts,
        animal=_animal(text, acts.total),
        computing=weigh(text, "computing"),
        method=weigh(text, "method"),
        opinion=weigh(text, "opinion"),
        types=types,
        headings=headings,
    )


# ------------------------------------------------------------------ sums beyond the cues


def _notice(text: Text, types: dict[str, str]) -> float:
    title = text.folded[: text.sentences[0].end]
    total = weigh(text, "notice").total
    if "notice" in types:
        total += 2.5
    if any(c.ref_type in _NOTICE_OF for c in text.record.corrections):
        total += 2.5
    if _MARKS_PAPER.search(title) or _SPANDIDOS.search(title):
        total += 0.5
    elif _NOTICE_OPENS.search(title) or _NOTICE_CLOSES.search(title) or _OF_A_PAPER.search(title):
        total += 2.0
    if "retracted" in types:
        total -= 2.5
    return total


def _results(text: Text) -> float:
    total = weigh(text, "results").total
    for section in text.record.sections:
        if (
            "RESULT" in (section.category or section.label or "").upper()
            and len(section.text) > 200
        ):
            total += 0.0 if "will " in section.text or "expected" in section.text else 1.5
    return total


def _counted(text: Text) -> float:
    """Weigh people who are counted: "33 patients", "15 healthy men", "patients (n = 20)"."""
    best = 0.0
    zone_of = zones(text)
    for hit in text.get("person"):
        before = text.folded[max(0, hit.start - 60) : hit.start]
        after = text.folded[hit.end : hit.end + 45]
        if _DONATED.search(before):
            continue
        if _COUNTED.search(before) or "(n =" in after or "(n=" in after:
            zone = zone_of[hit.sentence]
            best = max(best, {"title": 1.2, "own": 1.2, "body": 1.0}.get(zone, 0.3))
    return best


def _animal(text: Text, acts: float) -> float:
    total, factor = acts * 0.8, 1.0
    for weight in sorted((one.weight for one in live(text)), reverse=True)[:6]:
        total += weight * factor
        factor *= 0.5
    return total


# ------------------------------------------------------------------------- the decision


def _decide(text: Text, ev: Evidence) -> Reading:
    for step in (_as_notice, _as_protocol, _as_review, _as_opinion):
        reading = step(text, ev)
        if reading:
            return reading
    return _as_study(text, ev)


def _as_notice(text: Text, ev: Evidence) -> Reading | None:
    if ev.notice < 2.0:
        return None
    title = text.sentence_text(0)[:80]
    proof = [f"title: '{title}'"]
    if "notice" in ev.types:
        proof.append(f"type: {ev.types['notice']}")
    body = weigh(text, "notice").reason(text, 1)
    return Reading("notice", ev.notice - 1.0, "; ".join(p for p in (*proof, body) if p))


def _as_protocol(text: Text, ev: Evidence) -> Reading | None:
    total = ev.protocol.total + (2.5 if "protocol" in ev.types else 0.0) - 0.9 * ev.results
    if total < 2.6:
        return None
    reason = ev.protocol.reason(text)
    if "protocol" in ev.types:
        reason = f"type: {ev.types['protocol']}; {reason}"
    return Reading("protocol", total - 2.0, reason)


def _as_review(text: Text, ev: Evidence) -> Reading | None:
    total = review_total(text, ev)
    if total < 1.6:
        return None
    names = [ev.types[t] for t in ("systematic", "review") if t in ev.types]
    proof = [f"type: {', '.join(names)}"] if names else []
    quoted = ev.review.reason(text)
    source = "rule" if quoted else "pubtype"
    if not quoted:
        proof.append("no words on own experiments")
    return Reading("review", total - 1.4, "; ".join(filter(None, (quoted, *proof))), source)


def review_total(text: Text, ev: Evidence) -> float:
    """Return what speaks for a review, less what speaks for the authors' own subjects."""
    total = ev.review.total - 0.55 * ev.own
    total += 4.2 if "review" in ev.types else 0.0
    total += 3.0 if "systematic" in ev.types else 0.0
    total += _without_events(text, ev)
    if _title_case(text):
        total -= 3.5
    elif "case_report" in ev.types:
        total -= 2.0
    if "randomized" in ev.types:
        total -= 1.5
    return total


def _without_events(text: Text, ev: Evidence) -> float:
    """Weigh that an abstract tells hardly any event or finding, as reviews do."""
    told = {h.sentence for h in text.get("past")}
    sentences = [i for i, s in enumerate(text.sentences) if s.part == "abstract"]
    if sum(len(s.text) for s in text.record.sections) < _FEW_WORDS or len(sentences) < 3:
        return 0.0
    share = sum(i in told for i in sentences) / len(sentences)
    total = next(weight for most, weight in _EVENTS if share <= most)
    if total < 0:
        return total
    others = ev.computing.total + ev.method.total + ev.subject.total + 2.0 * ev.treated.total
    return max(0.0, total - 0.35 * others)


def _title_case(text: Text) -> bool:
    """Return whether the title says that a case of the authors' own is told."""
    return text.in_title("case_own") is not None


def _as_opinion(text: Text, ev: Evidence) -> Reading | None:
    short = sum(len(s.text) for s in text.record.sections) < _FEW_WORDS
    total = ev.opinion.total + (1.5 if "opinion" in ev.types else 0.0)
    total += 1.5 if "guideline" in ev.types else 0.0
    subjects = ev.subject.total + ev.treated.total + ev.animal + ev.counted
    if total - (0.5 * subjects if short else subjects + ev.own) < 1.0:
        return None
    kind = ev.types.get("guideline") or ev.types.get("opinion")
    reason = "; ".join(filter(None, (ev.opinion.reason(text, 2), f"type: {kind}" if kind else "")))
    return Reading("other", total - subjects, f"no subjects of its own: {reason}")


def _as_study(text: Text, ev: Evidence) -> Reading:
    people, animal, cells = people_total(ev), animal_total(text, ev), cells_total(ev)
    treated, bench, subject = treated_total(ev), ev.bench.total, subject_total(ev)
    clinical = Reading("clinical", people - max(0.6, animal, 0.7 * bench), _people_reason(text, ev))
    if ev.lines.total >= 2.0 and ev.lines.total > 0.5 * subject and animal < 1.5:
        return Reading("in_vitro", cells - 0.3 * people, ev.lines.reason(text))
    if treated >= 2.0 and people >= 1.2 * animal:
        return clinical
    if animal >= 1.0 and not (subject >= 2.5 and people >= 1.5 * animal + 1.0):
        return Reading("animal", animal - 0.6, _animal_reason(text, ev))
    if bench >= 1.0 and bench > 0.6 * subject and subject < 3.5:
        return Reading("in_vitro", cells - 0.4 * people, ev.cells.reason(text))
    if ev.computing.total >= 1.8 and ev.computing.total > max(subject + 0.5, bench):
        return Reading("other", ev.computing.total - bench - people, _other_reason(text, ev))
    if people >= 1.0 and people > bench and (subject >= 0.7 or ev.sampled.total >= 1.0):
        return clinical
    if cells >= 0.6 and cells > max(ev.computing.total, 0.8 * ev.method.total):
        return Reading("in_vitro", cells - 0.5, ev.cells.reason(text) or "MeSH")
    most = max(ev.computing.total, ev.method.total, 0.3)
    return Reading("other", most - 0.5 * cells, _other_reason(text, ev))


def people_total(ev: Evidence) -> float:
    """Return what speaks for living people as subjects, samples compared among them."""
    return subject_total(ev) + 0.8 * (ev.observed.total + ev.sampled.total)


def subject_total(ev: Evidence) -> float:
    """Return what speaks for people who were given something, asked or followed."""
    total = ev.subject.total + ev.counted + treated_total(ev)
    total += 1.0 if "observational" in ev.types else 0.0
    if "people" in ev.headings:
        total += 1.5
    elif "humans" in ev.headings:
        total += 0.6
    return total


def treated_total(ev: Evidence) -> float:
    """Return what speaks for trials and for patients described one by one."""
    weights = (("case_report", 2.5), ("randomized", 2.0), ("trial", 2.0))
    return ev.treated.total + sum(w for group, w in weights if group in ev.types)


def animal_total(text: Text, ev: Evidence) -> float:
    """Return what speaks for a live animal."""
    total = ev.animal
    if "animals" in ev.headings or any(g.startswith("species:") for g in ev.headings):
        total += (0.4 if "humans" in ev.headings else 0.8) * (0.7 if is_automated(text) else 1.0)
    total += 1.5 if "veterinary" in ev.types else 0.0
    if subject_total(ev) < 1.5:
        total += 0.8 * weigh(text, "body").total
    return total


def cells_total(ev: Evidence) -> float:
    """Return what speaks for cells, tissue or other material on the bench."""
    return ev.cells.total + (0.8 if "cells" in ev.headings else 0.0)


# ------------------------------------------------------------------------------- reasons


def _people_reason(text: Text, ev: Evidence) -> str:
    hits = sorted(ev.subject.hits + ev.treated.hits, key=lambda p: (-p[0], p[1].start))
    said = [Weighed(0, hits).reason(text)]
    said[0] = said[0] or ev.observed.reason(text, 2) or ev.sampled.reason(text, 2)
    for group in ("case_report", "randomized", "trial", "observational"):
        if group in ev.types:
            said.append(f"type: {ev.types[group]}")
    return "; ".join(filter(None, said)) or "people counted in the abstract"


def _animal_reason(text: Text, ev: Evidence) -> str:
    best = sorted(live(text), key=lambda one: -one.weight)[:2]
    said = [text.quote(one.hit) for one in best] + [ev.acts.reason(text, 1)]
    said += [f"MeSH: {names[0]}" for group, names in ev.headings.items() if group == "animals"]
    return "; ".join(filter(None, said))


def _other_reason(text: Text, ev: Evidence) -> str:
    quoted = "; ".join(filter(None, (ev.computing.reason(text, 2), ev.method.reason(text, 2))))
    return f"no people, animals or cells as subjects: {quoted}" if quoted else (
        "no people, animals or cells named as subjects"
    )  # fmt: skip


def _all_designs(text: Text, ev: Evidence, first: Tag) -> list[Tag]:
    out = [first._replace(axis="designs")]
    if first.value in ("notice", "protocol", "review"):
        return out
    people, animal = people_total(ev), animal_total(text, ev)
    for value, total, floor, reason in (
        ("clinical", people - ev.lines.total, 1.2, _people_reason(text, ev)),
        ("animal", animal, 1.0, _animal_reason(text, ev)),
        ("in_vitro", ev.bench.total, 1.0, ev.bench.reason(text)),
        ("other", ev.computing.total, 2.0, ev.computing.reason(text)),
    ):
        if value != first.value and total >= floor and first.value != "other":
            out.append(Tag("designs", value, "rule", reason, squash(total - floor)))
    return out
