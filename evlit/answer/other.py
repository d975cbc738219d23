"""Answers that are not about one product of the catalogue: several, a kind, an unknown name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from evlit.answer import classes, outside, wording
from evlit.answer.cohorts import merge_forms
from evlit.answer.context import Context
from evlit.answer.coverage import coverage_with, name_coverage, topics_coverage
from evlit.answer.links import Link
from evlit.answer.phrase import PhraseHits, find_phrase
from evlit.answer.product import LINKED, count_tiers
from evlit.answer.reports import find_reports, of_study
from evlit.answer.trials import trial_reports, without_publication
from evlit.messages import joined, say, sentences, series, word
from evlit.names import (
    Description,
    Resolution,
    bare_name,
    compact_name,
    describe,
    may_be_a_word,
    spellings,
)
from evlit.records import (
    TIERS,
    Answer,
    Coverage,
    Flag,
    NameChoice,
    Product,
    StudyReport,
    TierCounts,
    Trial,
    TrialReport,
)

ALMOST = 85.0
"""How like a brand a description must be (0..100) to offer it: exosomes, XOsomes."""
DEFAULT_CLASS = ("msc", "ev")
"""The kind a bare "exosomes" or ``--for CONDITION`` asks about."""


def choice(product: Product, kind: str = "product") -> NameChoice:
    """Return a product as a choice, with what it is and who makes it."""
    what = product.product_class.text if product.product_class else ""
    if not what:
        what = word("intervention", product.intervention or "not_stated")
    maker = product.makers[0].name if product.makers else ""
    text = say("near.choice" if maker else "near.choice_no_maker", what=what, maker=maker)
    return NameChoice(kind, product.key, product.name, text)


def ambiguous(context: Context, resolved: Resolution) -> Answer:
    """Ask back which product is meant."""
    key = {"maker": "ambiguous_maker", "trial": "ambiguous_trial"}.get(
        resolved.read_as, "ambiguous"
    )
    verdict = say(f"verdict.{key}", name=_quoted(resolved.typed))
    if key == "ambiguous" and len(resolved.choices) == 1:
        described = describe(resolved.typed) is not None
        why = "ambiguous_description" if described else "ambiguous_elsewhere"
        verdict = sentences(verdict, say(f"verdict.{why}"))
    return Answer(
        question=context.question,
        status="ambiguous",
        verdict=verdict,
        names_tried=(resolved.typed,),
        choices=tuple(choice(p) for p in resolved.choices),
        coverage=_topics(context),
    )


def generic(context: Context, resolved: Resolution) -> Answer:
    """Ask for the brand; show makers and what is known of the kind."""
    described = resolved.description or Description()
    kind = _class(described)
    verdict = say("verdict.generic", name=_quoted(resolved.typed))
    return Answer(
        question=context.question,
        status="generic",
        verdict=sentences(verdict, say("verdict.generic_class")),
        names_tried=(resolved.typed,),
        class_evidence=classes.class_view(
            context.db,
            *kind,
            described.tissue,
            context.scope.indication,
            context.catalogue.external,
        ),
        choices=tuple(choice(p) for p in _of_kind(context, described, kind)),
        suggestions=_suggestions(context, resolved.typed, ALMOST),
        coverage=_topics(context),
        not_checked=(say("not_checked.abstract_only"),),
    )


def _class(described: Description) -> tuple[str, str]:
    source_kind = described.source_kind or DEFAULT_CLASS[0]
    return source_kind, described.intervention or DEFAULT_CLASS[1]


def _of_kind(context: Context, described: Description, kind: tuple[str, str]) -> Iterable[Product]:
    """Return the products that fit a description; what it leaves open fits all."""
    for product in context.catalogue.products:
        if classes.class_of(product) == kind and described.tissue in ("", product.tissue):
            yield product


def maker_products(context: Context, products: Sequence[Product]) -> Answer:
    """List what a maker sells or trials."""
    makers = dict.fromkeys(p.makers[0].name for p in products if p.makers)
    return Answer(
        question=context.question,
        status="maker_products",
        verdict=say("verdict.maker", n=len(products), maker=joined(makers)),
        choices=tuple(choice(p) for p in products),
        notices=tuple(dict.fromkeys(n for p in products for n in p.notices)),
        coverage=_topics(context),
    )


def class_view(context: Context) -> Answer:
    """Show what is known of MSC vesicles for a condition, whatever the product."""
    evidence = classes.class_view(
        context.db, *DEFAULT_CLASS, "", context.scope.indication, context.catalogue.external
    )
    coverage = _topics(context)
    label = context.question.indication_name
    counts = evidence.counts
    if counts.studied:
        verdict = say(
            "verdict.class_view",
            name=evidence.name[:1].upper() + evidence.name[1:],
            indication=label,
            counts=wording.summary(counts),
        )
        status = "class_view"
    else:
        held = say("coverage.held", n=coverage.records_held)
        searched = wording.searched(coverage)
        verdict = say(
            "verdict.class_view_none",
            name=evidence.name,
            indication=label,
            held=held,
            searched=searched,
        )
        known = len(evidence.known)
        told = say("verdict.class_view_known", n=known) if known else ""
        verdict = sentences(verdict, told, say("verdict.not_evidence"))
        status = "class_view" if coverage.covered else "not_searched"
        if status == "not_searched":
            verdict = wording.not_searched(coverage, say("verdict.not_searched_nothing"))
    trials = trial_reports((t for t in _class_trials(context) if context.scope.holds_trial(t)), ())
    return Answer(
        question=context.question,
        status=status,
        verdict=verdict,
        held_status="class_view" if status == "not_searched" else "",
        trials=trials,
        class_evidence=evidence,
        choices=tuple(_with_indication(context)),
        coverage=coverage,
        warnings=_stale(coverage) if status == "class_view" else (),
        not_checked=(say("not_checked.abstract_only"), say("not_checked.trials")),
    )


def _class_trials(context: Context) -> Iterable[Trial]:
    known = (
        trial
        for trial in context.catalogue.trials_without_product
        if (trial.source_kind, trial.intervention) == DEFAULT_CLASS
    )
    return outside.class_trials(context.db, known, DEFAULT_CLASS[1])


def _with_indication(context: Context) -> Iterable[NameChoice]:
    """Return the products with a report or a trial about the condition, and how many."""
    for product in context.catalogue.products:
        forms = merge_forms(find_reports(context.db, product))
        reports = [f.report for f in forms if context.scope.holds(f.report)]
        trials = [t for t in product.trials if context.scope.holds_trial(t)]
        if not any(r.tier or r.reason in LINKED for r in reports) and not trials:
            continue
        counts = count_tiers(reports, trial_reports(trials, reports))
        offered = choice(product)
        why = say("near.choice_counts", what=offered.why, counts=wording.summary(counts))
        yield offered._replace(why=why) if any(counts) else offered


def unknown(context: Context, makers: Sequence[Product] = ()) -> Answer:
    """Answer for a name outside the catalogue: the store's texts, near names, a weaker claim.

    :param makers: products of the maker named with it, offered as choices
    """
    typed = context.question.typed
    name, hits = _find_name(context, typed)
    reports = sorted((f.report for f in hits.found), key=_order)
    chosen = [r for r in reports if context.scope.holds(r)]
    listed, trials = _class_names(context, typed)
    searched = name_coverage(context.db, typed, context.now) or _topics(context)
    coverage = _counted(searched, hits, reports)
    names = _names_tried(typed, name)
    counts, whole = _tiers(chosen, trials), _tiers(reports, trials)
    status = _unknown_status(chosen or listed, trials)
    verdict = _unknown_verdict(
        _quoted(name), reports=chosen, listed=listed, trials=trials, coverage=coverage, names=names
    )
    shown = status
    if not coverage.covered:
        shown = "not_searched"
        nothing = say("verdict.not_searched_nothing")
        held = nothing if status == "unknown_none_found" else verdict
        verdict = wording.not_searched(coverage, held)
    return Answer(
        question=context.question,
        status=shown,
        verdict=verdict,
        held_status=status if shown == "not_searched" else "",
        whole_status="mentioned" if context.scope and reports else "",
        names_tried=names,
        counts=counts,
        whole_counts=whole,
        records=tuple(chosen),
        listed_not_counted=listed,
        trials=trials,
        flags=() if name == typed else (Flag("read_as", say("flag.read_as", name=name)),),
        choices=tuple(choice(p) for p in makers),
        suggestions=_suggestions(context, typed),
        coverage=coverage,
        warnings=_too_many(hits) + _negatives(context, typed),
        not_checked=(say("not_checked.abstract_only"), say("not_checked.unknown_name"),
                     say("not_checked.sources")),
    )  # fmt: skip


def _find_name(context: Context, typed: str) -> tuple[str, PhraseHits]:
    """Return the words found and where: those typed, else the same without what describes."""
    hits = find_phrase(context.db, typed)
    bare = bare_name(typed)
    if bare and not hits.found:
        found = _as_brand(find_phrase(context.db, bare), bare)
        if found.found:
            return bare, found
    return typed, hits


_ORDINARY = 20
"""Records from which a word is no brand: the "flow" of "Exo Flow" stands in hundreds."""


def _as_brand(hits: PhraseHits, bare: str) -> PhraseHits:
    """Return the hits of what is left of a typed name that print it as a name, not as a word."""
    if not may_be_a_word(bare):
        return hits
    if hits.matched > _ORDINARY:
        return PhraseHits((), 0, 0)
    found = tuple(f for f in hits.found if _is_capital(f.report.words, bare))
    return hits._replace(found=found)


def _is_capital(words: str, bare: str) -> bool:
    at = words.casefold().find(bare.casefold())
    return at >= 0 and words[at : at + 1].isupper()


def _names_tried(typed: str, found_as: str) -> tuple[str, ...]:
    bare = bare_name(typed)
    names = [typed, bare] if bare and (bare == found_as or not may_be_a_word(bare)) else [typed]
    plain = {n.casefold() for n in names} | {compact_name(n) for n in names}
    spelt = (s for n in names for s in spellings(n) if s not in plain)
    return tuple(dict.fromkeys((*names, *spelt)))


def _unknown_status(linked: Sequence[StudyReport], trials: Sequence[TrialReport]) -> str:
    if linked:
        return "mentioned"
    return "registered_only" if trials else "unknown_none_found"


def _order(report: StudyReport) -> tuple[int, int, str]:
    return TIERS.index(report.tier), -(report.year or 0), report.id


def _tiers(reports: Sequence[StudyReport], trials: Sequence[TrialReport]) -> TierCounts:
    """An unknown name's records are mentions, whatever the tagger thinks was given."""
    retracted = sum(r.tier == "retracted" for r in reports)
    return TierCounts(
        review_or_mention=len(reports) - retracted,
        registered=without_publication(trials),
        retracted=retracted,
    )


def _unknown_verdict(
    name: str,
    *,
    reports: Sequence[StudyReport],
    listed: Sequence[StudyReport],
    trials: Sequence[TrialReport],
    coverage: Coverage,
    names: Sequence[str],
) -> str:
    if reports:
        tiers = Counter(r.tier for r in reports)
        given = {t: tiers[t] for t in TIERS if t not in ("registered", "review_or_mention")}
        parts = [wording.summary(TierCounts(**given))] if any(given.values()) else []
        if tiers["review_or_mention"]:
            parts.append(say("summary.not_given", n=tiers["review_or_mention"]))
        first = say("verdict.unknown_mentioned", n=len(reports), name=name)
        return sentences(first, say("verdict.unknown_given", tiers=series(parts)))
    if listed or trials:
        known = say("verdict.class_name", n=len(listed) + len(trials), name=name)
        if not listed:
            known += " " + say("verdict.registered_is_not_result")
        return sentences(known, say("verdict.generic_class_short"))
    none = wording.none_found("verdict.unknown_none_found", coverage, names, name=name)
    return sentences(none, say("verdict.not_evidence"))


def _class_names(
    context: Context, typed: str
) -> tuple[tuple[StudyReport, ...], tuple[TrialReport, ...]]:
    """Return class studies and trials that go by the typed words or trial id."""
    key = compact_name(typed)

    def fits(names: Iterable[str]) -> bool:
        return key in {compact_name(n) for n in names if n}

    studies = [s for s in context.catalogue.external if fits((*s.names, s.trial_id))]
    trials = [t for t in context.catalogue.trials_without_product if fits((*t.names, t.trial_id))]
    link = Link("", False, "curated", "no_product", say("why.no_product"))
    return tuple(of_study(s, link).report for s in studies), trial_reports(trials, ())


def _suggestions(context: Context, typed: str, at_least: float = 0.0) -> tuple[NameChoice, ...]:
    """Return near names and look-alikes; offered, never taken."""
    found = []
    for near in context.names.near(typed):
        if near.score < at_least:
            continue
        key = near.product.key if near.product else ""
        text = say(f"near.{near.kind}", name=near.name, typed=typed)
        found.append(NameChoice(near.kind, key, near.name, text))
    return tuple(found)


def _counted(coverage: Coverage, hits: PhraseHits, reports: Sequence[StudyReport]) -> Coverage:
    reasons = Counter({"words_only": hits.matched - hits.unread - len(reports)})
    return coverage_with(
        coverage, hits=hits.matched, named=len(reports), tested=0, reasons=+reasons
    )


def _too_many(hits: PhraseHits) -> tuple[str, ...]:
    if not hits.unread:
        return ()
    read = f"{hits.matched - hits.unread:,}"
    return (say("warning.too_many", n=hits.matched, read=read),)


def _negatives(context: Context, typed: str) -> tuple[str, ...]:
    """Say where reviews list something under this id or name that is no such study."""
    key = compact_name(typed)
    return tuple(
        say("warning.negative", name=n.name, listed_as=n.listed_as, why=n.why)
        for n in context.catalogue.negatives
        if key in (compact_name(n.trial_id), compact_name(n.name))
    )


def _stale(coverage: Coverage) -> tuple[str, ...]:
    if coverage.covered:
        return ()
    why = coverage.text[:1].upper() + coverage.text[1:]
    return (sentences(say("warning.stale", why=why), say("coverage.remedy")),)


def _topics(context: Context) -> Coverage:
    return topics_coverage(context.db, context.catalogue.topics, context.now)


def _quoted(text: str) -> str:
    return say("list.quoted", text=text)
