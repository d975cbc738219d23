"""The answer for a product of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evlit.answer import boxes, outside, wording
from evlit.answer.classes import product_class
from evlit.answer.cohorts import count_people, mark_cohorts, merge_forms
from evlit.answer.context import Context
from evlit.answer.coverage import product_coverage, with_counts
from evlit.answer.reports import find_reports
from evlit.answer.trials import trial_reports, without_publication
from evlit.messages import joined, say, sentences
from evlit.names import Resolution, describe
from evlit.records import (
    TIERS,
    Answer,
    Coverage,
    Flag,
    Notice,
    Product,
    StudyReport,
    TierCounts,
    TrialReport,
)

LINKED = frozenset({"inferred", "unchecked", "fulltext", "maker", "notice", "retracted_named"})
"""Reasons of reports that are linked to the product without counting."""


def answer(context: Context, resolved: Resolution, product: Product) -> Answer:
    """Return the answer on one product, narrowed as asked."""
    own = find_reports(context.db, product)
    papers = outside.found_papers(context.db, product, own)
    found = mark_cohorts(merge_forms([*own, *papers]))
    reports = sorted((f.report for f in found), key=_order)
    registered = outside.product_trials(context.db, product)
    trials = trial_reports(registered.own, reports)
    notices = outside.product_notices(context.db, product)
    coverage = with_counts(
        context.db,
        product_coverage(context.db, product, context.now),
        f"product:{product.key}",
        reports,
    )
    coverage = replace(coverage, outside=outside.source_states(context.db, product, context.now))
    chosen = [r for r in reports if context.scope.holds(r)]
    chosen_trials = tuple(t for t in trials if context.scope.holds_trial(t.trial))
    counts, whole = count_tiers(chosen, chosen_trials), count_tiers(reports, trials)
    whole_status = status_of(whole, reports, notices)
    status = whole_status
    if context.scope:
        status = status_of(counts, chosen, notices if whole_status == "notice_only" else ())
    names = tuple(dict.fromkeys(a.text for a in product.aliases)) or (product.name,)
    verdict = _Verdict(context, product, coverage, names)
    said = verdict.of(status, counts, chosen, chosen_trials)
    if context.scope:
        said = verdict.narrowed(said, status, whole_status, whole, reports)
    said = sentences(said, wording.notices_text(notices))
    shown_status = status
    if status != "studied" and not coverage.covered:
        shown_status = "not_searched"
        said = wording.not_searched(coverage, verdict.held(counts, chosen, notices))
        if context.scope and any(whole):
            said = sentences(said, verdict.whole(status, whole_status, whole, reports))
    return Answer(
        question=context.question,
        status=shown_status,
        verdict=said,
        held_status=status if shown_status == "not_searched" else "",
        whole_status=whole_status if context.scope else "",
        product=product,
        names_tried=names,
        counts=counts,
        whole_counts=whole,
        people=count_people(chosen),
        whole_people=count_people(reports),
        routes=boxes.count_routes(chosen),
        preparations=boxes.count_preparations(chosen),
        records=tuple(r for r in chosen if r.tier),
        listed_not_counted=tuple(r for r in chosen if not r.tier and r.reason != "no_name"),
        trials=chosen_trials,
        trials_not_counted=trial_reports(
            (t for t in registered.passing if context.scope.holds_trial(t)), reports
        ),
        notices=notices,
        flags=(*_read_as(resolved, product), *boxes.product_flags(product)),
        composition=boxes.composition(reports),
        harms=boxes.harm_statements(reports),
        event_reports=outside.event_reports(context.db, product),
        class_evidence=product_class(
            context.db,
            product,
            _same_maker(context, product),
            context.scope.indication,
            context.catalogue.external,
        ),
        coverage=coverage,
        warnings=_warnings(context, shown_status, coverage, reports),
        not_checked=not_checked(reports, coverage),
    )


def _order(report: StudyReport) -> tuple[int, int, str]:
    tier = TIERS.index(report.tier) if report.tier else len(TIERS)
    return tier, -(report.year or 0), report.id


def count_tiers(reports: Sequence[StudyReport], trials: Sequence[TrialReport]) -> TierCounts:
    """Return the number of reports by tier, and of trials without a publication."""
    tiers = [r.tier for r in reports]
    counts = {tier: tiers.count(tier) for tier in TIERS}
    return TierCounts(**counts | {"registered": without_publication(trials)})


def status_of(counts: TierCounts, reports: Sequence[StudyReport], notices: Sequence[Notice]) -> str:
    """Return the first status that holds, coverage aside."""
    if counts.studied:
        return "studied"
    if counts.registered:
        return "registered_only"
    if any(r.reason == "retracted" for r in reports):
        return "retracted_only"
    if counts.review_or_mention or any(r.reason in LINKED for r in reports):
        return "mentioned"
    return "notice_only" if notices else "none_found"


class _Verdict:
    """The verdict's sentences for one product, its coverage and the names tried."""

    def __init__(
        self, context: Context, product: Product, coverage: Coverage, names: tuple[str, ...]
    ) -> None:
        self._context = context
        self._product = product
        self._coverage = coverage
        self._names = names

    def of(
        self,
        status: str,
        counts: TierCounts,
        reports: Sequence[StudyReport],
        trials: Sequence[TrialReport] = (),
    ) -> str:
        return wording.verdict(
            status, counts, count_people(reports), reports, coverage=self._coverage,
            names=self._names, linked_trials=_linked_trials(trials),
        )  # fmt: skip

    def narrowed(
        self,
        said: str,
        status: str,
        whole_status: str,
        whole: TierCounts,
        reports: Sequence[StudyReport],
    ) -> str:
        """Return the narrowed verdict with the whole one beside it."""
        if status == "none_found":
            said = say("verdict.narrowed_none")
            if whole_status != "studied":
                said = sentences(said, say("verdict.not_evidence"))
        first = say("verdict.narrowed", what=_what(self._context)) + said[:1].lower() + said[1:]
        if whole_status == "none_found":
            return self.of(whole_status, whole, reports)
        return sentences(first, self.whole(status, whole_status, whole, reports))

    def whole(
        self, status: str, whole_status: str, whole: TierCounts, reports: Sequence[StudyReport]
    ) -> str:
        """Return what is known whatever the condition or date."""
        if whole_status == "studied":
            text = wording.studied(whole, count_people(reports), reports)
            if status != "studied":
                text = sentences(text, say("verdict.studied_is_not_works"))
        else:
            text = wording.summary(whole) + say("list.end")
        return say("verdict.narrowed_whole", whole=text[:1].lower() + text[1:])

    def held(
        self, counts: TierCounts, reports: Sequence[StudyReport], notices: Sequence[Notice]
    ) -> str:
        """Return what is held where nothing was looked for, in words."""
        parts = [wording.summary(counts) + say("list.end")] if any(counts) else []
        parts += wording.linked(counts._replace(review_or_mention=0), reports)
        parts = parts or [say("verdict.not_searched_nothing")]
        return sentences(*parts, wording.notices_text(notices))


def _linked_trials(trials: Sequence[TrialReport]) -> str:
    linked = sum(t.publication in ("linked_not_held", "listed_not_counted") for t in trials)
    return say("verdict.linked_not_held", n=linked) if linked else ""


def _what(context: Context) -> str:
    scope = context.question
    parts = [scope.indication_name] if scope.indication_name else []
    if scope.since:
        parts.append(say("verdict.since", date=scope.since))
    return joined(parts)


def _read_as(resolved: Resolution, product: Product) -> tuple[Flag, ...]:
    """Say how the typed words were read, where they are not plainly the product's name."""
    if resolved.read_as == "described":
        name = resolved.alias.text if resolved.alias else product.name
        return (Flag("read_as", say("flag.read_as", name=name)),)
    if resolved.read_as == "trial":
        text = say("flag.read_as_trial", trial=resolved.typed, name=product.name)
        return (Flag("read_as", text),)
    if describe(resolved.typed) is not None:
        text = say("flag.also_description", typed=resolved.typed, name=product.name)
        return (Flag("also_description", text),)
    return ()


def _same_maker(context: Context, product: Product) -> list[str]:
    makers = {m.name.casefold() for m in product.makers if m.distinct}
    return [
        p.key for p in context.catalogue.products if makers & {m.name.casefold() for m in p.makers}
    ]


def _warnings(
    context: Context, status: str, coverage: Coverage, reports: Sequence[StudyReport]
) -> tuple[str, ...]:
    warnings = []
    if status == "studied" and not coverage.covered:
        why = coverage.text[:1].upper() + coverage.text[1:]
        warnings.append(sentences(say("warning.stale", why=why), say("coverage.remedy")))
    undated = sum(not r.published for r in reports) if context.scope.since else 0
    if undated:
        warnings.append(say("warning.since_undated", n=undated))
    return tuple(warnings)


def not_checked(reports: Sequence[StudyReport], coverage: Coverage) -> tuple[str, ...]:
    """Return what was looked at besides PubMed, and what was not, in sentences."""
    parts = outside.not_checked(coverage.outside)
    missing = sum(not r.held and r.counted for r in reports)
    if missing:
        parts.append(say("not_checked.not_held", n=missing))
    checked = sum(bool(r.checked_by_person) for r in reports)
    parts.append(say("not_checked.tags", n=checked) if checked else say("not_checked.tags_none"))
    return tuple(parts)
