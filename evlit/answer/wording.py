"""An answer's verdict: plain sentences of counts, all forms from the message catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evlit.messages import clauses, joined, say, sentences, series, word
from evlit.records import Coverage, Notice, People, StudyReport, TierCounts

NAMES_SHOWN = 6


def verdict(
    status: str,
    counts: TierCounts,
    people: People,
    reports: Sequence[StudyReport],
    *,
    coverage: Coverage,
    names: Sequence[str],
    linked_trials: str = "",
) -> str:
    """Return the verdict on a product of the catalogue, without notices.

    :param linked_trials: what is to be said of trials whose publication is known and not held
    """
    if status == "studied":
        return sentences(studied(counts, people, reports), say("verdict.studied_is_not_works"))
    if status == "none_found":
        return sentences(none_found("verdict.none_found", coverage, names),
                       say("verdict.not_evidence"))  # fmt: skip
    withdrawn = sum(r.reason == "retracted" for r in reports)
    first = {
        "registered_only": say("verdict.registered_only", n=counts.registered),
        "retracted_only": say("verdict.retracted_only", n=withdrawn),
        "mentioned": "",
        "notice_only": say("verdict.notice_only"),
    }[status]
    rest = ""
    if status == "registered_only":
        rest = sentences(linked_trials, say("verdict.registered_is_not_result"))
    others = linked(counts, reports)
    if status == "mentioned" and not counts.review_or_mention:
        first = say("verdict.linked_only")
    if counts.retracted and status != "retracted_only":
        others.append(say("verdict.retracted_too", n=counts.retracted))
    return sentences(first, rest, *others, say("verdict.not_evidence"))


def studied(counts: TierCounts, people: People, reports: Sequence[StudyReport]) -> str:
    """Return ``Given to people in 2 reports (126 people); to animals in 5.``, and so on."""
    if counts.people_reports:
        parts = [say("verdict.people", n=counts.people_reports, people=people_text(people))]
        if counts.animal:
            parts.append(say("verdict.then_animals", n=counts.animal))
        if counts.cells:
            parts.append(say("verdict.then_cells", n=counts.cells))
        text = clauses(parts) + say("list.end")
    elif counts.animal:
        text = say("verdict.animals_only", n=counts.animal, species=_species(reports))
        cells = say("verdict.then_cells", n=counts.cells) if counts.cells else ""
        text = sentences(clauses([text, cells]) + say("list.end"), say("verdict.no_people_found"))
    else:
        text = say("verdict.cells_only", n=counts.cells) + say("list.end")
        text = sentences(text, say("verdict.no_people_or_animals_found"))
    if counts.retracted:
        text = sentences(text, say("verdict.retracted_too", n=counts.retracted))
    return text


def people_text(people: People) -> str:
    """Return ``126 people``, with what must be said besides."""
    if not people.given:
        return say("verdict.people_unknown")
    groups = ""
    if people.cohorts < people.reports:
        groups = say("verdict.people_groups", n=people.cohorts)
    if people.healthy == people.given and not people.not_stated:
        text = say("verdict.people_count_healthy", n=people.given, groups=groups)
    elif people.healthy:
        healthy = f"{people.healthy:,}"
        text = say("verdict.people_count_some_healthy", n=people.given, groups=groups,
                   healthy=healthy)  # fmt: skip
    else:
        text = say("verdict.people_count", n=people.given, groups=groups)
    if people.not_stated:
        text += say("verdict.people_some_unknown", n=people.not_stated)
    if people.mixed:
        text += say("verdict.people_mixed")
    return text


def _species(reports: Sequence[StudyReport]) -> str:
    """Return `` (rat, mouse)``: the species of the counted animal reports, commonest first."""
    counts = Counter(s for r in reports if r.counted and r.tier == "animal" for s in r.species)
    known = [word("species", s) for s, _ in counts.most_common() if s != "unspecified"]
    return say("verdict.species", species=series(known)) if known else ""


def linked(counts: TierCounts, reports: Sequence[StudyReport]) -> list[str]:
    """Return a sentence for each kind of link that does not count."""
    reasons = Counter(r.reason for r in reports if not r.counted and not r.tier)
    parts = []
    if counts.review_or_mention:
        parts.append(say("verdict.mentioned", n=counts.review_or_mention))
    keys = {
        "inferred": "may_concern",
        "unchecked": "unchecked",
        "fulltext": "fulltext_only",
        "maker": "maker_only",
    }
    parts += [say(f"verdict.{key}", n=reasons[r]) for r, key in keys.items() if reasons[r]]
    return parts


def none_found(key: str, coverage: Coverage, names: Sequence[str], **values: str) -> str:
    """Return a "none found" that carries what was searched, when and under which names."""
    shown = list(names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        shown.append(f"… ({len(names)})")
    return say(
        key,
        held=say("coverage.held", n=coverage.records_held),
        searched=searched(coverage),
        names=series(shown),
        n=None,
        **values,
    )


def searched(coverage: Coverage) -> str:
    """Return the day of the oldest good search behind an answer."""
    days = sorted(q.full_at[:10] for q in coverage.queries if q.full_at)
    return days[0] if days else say("coverage.never")


def summary(counts: TierCounts) -> str:
    """Return counts as a list of words: ``2 reports in people, 5 reports in animals``."""
    parts = (
        ("people", counts.people_reports), ("animals", counts.animal), ("cells", counts.cells),
        ("mentions", counts.review_or_mention), ("trials", counts.registered),
        ("retracted", counts.retracted),
    )  # fmt: skip
    shown = [say(f"summary.{key}", n=n) for key, n in parts if n]
    return series(shown) or say("summary.nothing")


def notices_text(notices: Sequence[Notice]) -> str:
    """Return ``Regulator: FDA warning letter, 2020-06-04.``, or ``""``."""
    if not notices:
        return ""
    shown = [
        say("verdict.notice_one", regulator=n.regulator, kind=n.kind, date=n.date)
        for n in sorted(notices, key=lambda n: n.date)
    ]
    return say("verdict.notice", notices=joined(shown))


def not_searched(coverage: Coverage, held: str) -> str:
    """Return the verdict where nothing was looked for, with what is held all the same."""
    return sentences(
        say("verdict.not_searched", why=coverage.text[:1].upper() + coverage.text[1:]),
        say("verdict.not_searched_held", held=held),
        say("coverage.remedy"),
    )
