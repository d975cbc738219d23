"""Axes ``population``, ``clinical_kind`` and ``review_kind``: who, and how they were studied.

An ``rct`` needs allocation stated random and a comparison that isolates what was given:
where all got the same ("randomised" to dose, sequence or timing apart), the next kind that
fits stands.
"""

from __future__ import annotations

import re

from evlit.classify.counts import ARM_N, folded_sentence, two_arms
from evlit.classify.giving import given_to_people
from evlit.classify.pubmed_types import type_groups
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import Weighed, squash, weigh, words, zones
from evlit.records import Tag

_NOT_ALLOCATION = re.compile(
    r"\brandomi[sz]ation (?:group|arm|status|stratum|tests?\b)|\bnon[- ]?randomi|"
    r"\brandom(?:ly)? (?:selected|chosen|sampl|forest|effect|sampling|number(?! table)|walk|"
    r"intercept|error|mutagen|primer|coil|order of|distribution|noise|digit|telephone|survey|"
    r"field|pattern)|"
    r"\brandomi[sz]ed (?:[\w-]+,? ){0,4}(?:trials\b|trial (?:classifier|filter|registr|literature))"
)
"""Chance that allots nobody: drawn samples, models, and trials that others made."""
_ALLOTS = re.compile(
    r"\b(?:allocat\w+|assign\w+|divided|allotted|decided|chosen|drawn|received|given)\b"
)
"""Beside "by lot" where people are meant and no batch."""
_COUNTED_TRIALS = re.compile(r"\b(?:two|three|2|3|both|these|our) (?:[\w-]+,? ){0,3}$")
"""Before trials that are the authors' own."""
_NON = re.compile(r"(?:\bnon-?|\bnot |\bnor |\bquasi-?)$")
"""Before "randomised": they were not."""
_NOT_THEIRS = re.compile(
    r"\b(?:pivotal|(?:secondary|post[- ]?hoc) analys[ei]s of|(?:those|that) (?:from|of|in)|"
    r"comparisons? (?:to|with)|compared (?:to|with)|previous|prior|recent|published|other|existing|"
    r"several|many|few|large|larger|no|lack of|absence of|matched|testing to|need for|requires?|"
    r"more)(?: (?!we\b|were\b|was\b|this\b|our\b)[\w(),-]+){0,5}[ \d:]+$"
)
"""Words before a mention of random allocation that make it another study's."""
_WISHED = re.compile(
    r"\b(?:would (?:require|need)|required|needed|warranted|necessary|future|should be|"
    r"larger|to confirm|to be (?:tested|confirmed|compared|repeated)|lacking|scarce|awaited)\b"
)
_TO_COME_BEFORE = re.compile(
    r"\b(?:plan(?:s|ning)?|planned|will|(?:to )?(?:start|launch|begin|run|enter)(?:s|ed|ing)?"
    r"|call(?:s|ed|ing)? for|next step|awaits?|awaiting|encourag\w+|justif\w+|prompt\w*"
    r"|pav\w+ the way|until|follow(?:ed)? up (?:in|by)|towards?"
    r"|supports?(?= (?:an?|the|such|further)\b)"
    r"|only(?= an?\b)) "
    r"(?:(?!we\b|were\b|was\b|this\b|our\b|and\b)[\w(),-]+ ){0,6}$"
)
_TO_COME_AFTER = re.compile(
    r"[^.;:]{0,50}?\b(?:(?:is|are|being|has been|have been) (?:now |currently |already |being )?"
    r"(?:planned|launched|initiated|envisaged|prepared|designed|in preparation|about to|on its way"
    r"|to (?:start|follow|begin))|(?:is|are) (?:now |already |currently )?(?:under ?way|recruiting"
    r"|ongoing|running|in progress)|has (?:now |just |since )?(?:begun|started|opened)"
    r"|(?:can|will|could|must|may) (?:now |then |finally )?(?:tell|show|answer|settle|decide"
    r"|follow|start|begin|test|establish))\b"
)
"""Around words of random allocation: that of a trial which these results only lead to."""
_WITHOUT = re.compile(
    r"\b(?:without|no|not|lack of|lacked|lacking|absence of|missing)(?: an?| any| the)? $"
)
_SPLIT = re.compile(
    r"\b(?:training|validation|derivation|discovery|test(?:ing)?) "
    r"(?:and|(?:data)?sets?|data|group|cohort)\b"
    r"|\bdiscovery cohorts"
)
_NO_ARM = re.compile(
    r"graft[- ]versus|matched[- ](?:related|unrelated|sibling|donor)|hla-matched|with prior|"
    r"background population|general population"
)
_ONE_CASE = re.compile(
    r"\b(?:a case(?! series)|case report|one case|single case|a patient|case study|one patient)\b"
)
_LEVEL = re.compile(
    r"\b(?:level(?: of evidence)?:? ?-?(?:[1-5]|i{1,3}|iv|v)|evidence level [1-5iv]+)\b\W*$"
)
"""Before "case series" that is a grade of evidence: "Level IV, case series"."""
_CASE_IN_TITLE = re.compile(
    r"\bcase (?:report|study)\b(?!s)(?! and (?:re-?analysis|experiment))\W*$"
)
"""A title that closes with what it is: "… in a runner: a case report"."""
_SEVERAL = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})\s+"
    r"(?:[\w-]+\s+){0,3}?"
    r"(?:cases|patients|brothers|sisters|siblings|children|women|men|infants|individuals)\b"
)
_CASE_OF_A_PERSON = re.compile(
    r"\b(?:patients?|man|woman|boy|girl|child|infants?|newborns?|neonates?|surgery|surgical|treated|"
    r"disease|syndrome|presented|presents|diagnos\w+|cancer|carcinoma|tumou?r|lesions?|symptoms?|"
    r"infections?|fractures?|[a-z]+(?:itis|osis|oma|aemia|emia|pathy))\b"
)
_TELLS_CASE = re.compile(
    r"(?:present|report|describe|introduce)(?=s? (?:[\w-]+ ){0,6}case\b)|"
    r"-years?[- ](?:old )?(?:male|female|man|woman|boy|girl)\b"
)
_TELLER = re.compile(r"\b(?:(?:we|to|report|article|paper) |\d{1,2})$")
"""Before a verb that tells a case those who tell it, before "-year" an age."""
_TELLER_LETTERS = 9
_PRESENTS_ONE = re.compile(
    r"\b(?:we|here|herein),? (?:we )?(?:[\w-]+ )?(?:present|report|describe) (?:a|an|one) "
    r"(?:[\w-]+ ){0,4}(?:man|woman|boy|girl|newborn|infant|neonate|child|patient|athlete)\b"
)
_ONE_PRESENTED = tuple(
    f"{verb} {one}" for verb in ("present", "report", "describe") for one in ("a", "one")
)
"""Words of which each such sentence holds one."""
_FEW = re.compile(
    r"\b(?:reports?|describe[sd]?|presents?|presented|observed|of|in|about|findings in|case) "
    r"(?:on |the |our )?"
    r"(?:two|three|four|five|six|seven|eight|[2-8]) (?:[\w,-]+ ){0,3}?"
    r"(?:cases|patients|brothers|sisters|siblings|children|women|men|infants|individuals|families)\b"
)
_DIGIT = re.compile(r"\d")
_MANY = re.compile(r"\b(?:\d{2,}|\d,\d{3}) (?:[a-z-]+ ){0,3}$")
_PATIENTS = re.compile(
    r"\b(?:patients?|sufferers|cases?|survivors|inpatients|outpatients|"
    r"(?:people|women|men|children|adults|adolescents|subjects|individuals|participants|veterans|"
    r"persons|eyes|knees|infants|neonates|newborns|babies|males|females|boys|girls|volunteers|"
    r"athletes|volunteers|mothers|clients) (?:\([^)]{1,40}\) )?"
    r"(?:under \d+ years |over \d+ years |aged [\w -]{2,16} )?"
    r"(?:with|without|who had|who met|diagnosed|suffering|undergoing|scheduled))\b"
)
_ILL_WITH = re.compile(
    r"(?:players|runners|athletes|smokers|workers|students|employees|nurses|soldiers|teachers"
    r"|dancers|swimmers|drivers|residents|users|recruits) with (?:[\w-]+ ){0,4}?"
    r"(?:[a-z]*(?:itis|osis|opathy|opathies|oma|aemia|emia|algia)|disease|syndrome|disorders?|pain"
    r"|injur(?:y|ies)|asthma|diabetes|obesity|depression|infections?|fractures?|ulcers?|covid-19)\b"
)
"""People named by what they do, with what they suffer from: "players with tendinopathy"."""
_ILL_BEFORE = re.compile(
    r"\b(?:syndrome|disease|disorders?|sclerosis|diabet\w+|anxiety|obes\w+|preterm|premature|septic|"
    r"injured|infected|[a-z]*itis|cancer|asthma\w*|hypertensive|depressed|autistic|psychotic|"
    r"epileptic|an[ae]mic|glaucoma\w*) $"
)
"""A disease directly before people: "Down syndrome individuals"."""
_WELL = re.compile(
    r"\bhealthy(?: [\w(),.±-]+){0,5} (?:players|athletes|students|adults|men|women|subjects|males|"
    r"females|people|individuals|participants|persons|volunteers|recruits|soldiers|children)\b"
)


_INERT = frozenset(("saline", "normal saline", "vehicle", "no treatment", "distilled water",
                    "control gel", "control cream", "usual care", "standard care"))  # fmt: skip
_OR_ELSE = re.compile(
    r"\b(?:received|got|given|assigned|allocated|divided|treated with|injections? of|infusions? of"
    r"|injected with|administered)\b(?![^.;]*\b(?:dilut|dissol|suspend|mixed|wash)\w*)[^.;]*"
    r" (?:or|versus|vs\.?|against) (?:an? |the )?(?:\d+ ml )?(?:of )?$"
)
_SPAN = re.compile(
    r"\b(?:between|from) (?P<a>(?:19|20)\d\d) (?:and|to|through|until) (?P<b>(?:19|20)\d\d)\b"
)
_LONG = 5
"""Years: patients of a longer span are looked back on."""
_CONTROL = re.compile(r"(?<!-)(?<!placebo )\bcontrols?\b")
"""People who are well because they are compared with the ill; not "placebo-controlled"."""

_OWN_ZONES = frozenset({"title", "own", "body"})


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the kind of review, or population and kind of a study in people."""
    designs = {t.value for t in seen.get("designs", ())}
    design = seen["design"][0].value if seen.get("design") else ""
    if design == "review":
        return [_review_kind(text)]
    if "clinical" not in designs:
        return [_population(text, treated=_is_treated(seen))] if design == "protocol" else []
    who = _population(text, treated=_is_treated(seen))
    kind = _clinical_kind(text, seen, main=design == "clinical")
    if who.value == "not_stated" and kind.value in ("case_report", "case_series"):
        who = kind._replace(axis="population", value="patients")  # a case is one of illness
    return [who, kind]


def _review_kind(text: Text) -> Tag:
    types = type_groups(text)
    hits = text.get("review_method") + text.get("systematic")
    searched = {h.cue.literal for h in text.get("review_method")}
    title = text.in_title("systematic")
    said = [text.quote(h) for h in ([title] if title else hits[:2])]
    if "systematic" in types:
        said.append(f"type: {types['systematic']}")
    named = bool(title) or "systematic" in types or text.has("systematic")
    if named or (len(searched) >= 4 and searched & words("picked_by_rules")):
        score = squash(1.0 + 0.4 * len(searched))
        return Tag("review_kind", "systematic", "rule", "; ".join(said), score)
    why = "no search strategy, no pooled studies named"
    return Tag("review_kind", "narrative", "rule", why, squash(2.0 - 0.7 * len(searched)))


# ---------------------------------------------------------------------------- population


def _is_treated(seen: dict[str, list[Tag]]) -> bool:
    return any(t.value in ("product", "cells") for t in seen.get("given", ()))


def _illness(text: Text) -> Hit | None:
    """Return a disease that the title or the authors' own work names."""
    found = [
        hit
        for kind, hits in text.hits.items()
        if kind.startswith("ind:words:")
        for hit in hits
        if _own(text, hit)
    ]
    return min(found, key=lambda h: h.start, default=None)


def _population(text: Text, *, treated: bool) -> Tag:
    healthy = [h for h in text.get("healthy") if _own(text, h)]
    patient = _patient_hits(text)
    volunteers = [h for h in healthy if not _CONTROL.search(_near(text, h))]
    volunteers = volunteers or ([] if patient else _well(text))
    in_title = any(h.sentence == 0 for h in volunteers)
    if volunteers and (in_title or len(patient) <= len(volunteers)) and not _title_patients(text):
        score = squash(1.0 + (1.0 if in_title else 0.0) - 0.3 * len(patient))
        return Tag("population", "healthy_volunteers", "rule", text.quote(volunteers[0]), score)
    patient = patient or [h for h in text.get("case_report") if " old" in h.cue.literal
                          or "-old" in h.cue.literal]  # fmt: skip
    if patient:
        return Tag("population", "patients", "rule", text.quote(patient[0]), 0.9)
    if treated and not healthy and (ill := _illness(text)):
        return Tag("population", "patients", "rule", f"treated for {text.quote(ill)}", 0.7)
    return Tag(
        "population", "not_stated", "rule", "neither patients nor healthy volunteers named", 0.7
    )


def _well(text: Text) -> list[Hit]:
    """Return people called healthy with words between: "healthy adult soccer players"."""
    if "healthy" not in text.folded:
        return []
    spans = [m.span() for m in _WELL.finditer(text.folded) if "control" not in m.group()]
    return [
        h
        for h in text.get("person")
        if _own(text, h) and any(a <= h.start < b for a, b in spans)
    ]  # fmt: skip


def _patient_hits(text: Text) -> list[Hit]:
    kinds = ("person", "case_report")
    return [
        h for kind in kinds for h in text.get(kind) if _own(text, h) and _is_patient(text, h)
    ] or [h for kind in ("case_own", "operated") for h in text.get(kind) if _own(text, h)]


def _is_patient(text: Text, hit: Hit) -> bool:
    folded = text.folded
    if _PATIENTS.match(folded, hit.start, min(hit.end + 60, len(folded))):
        return True
    if folded.startswith(" with ", hit.end) and _ILL_WITH.match(folded, hit.start):
        return True
    return _ILL_BEFORE.search(folded, max(0, hit.start - 24), hit.start) is not None


def _title_patients(text: Text) -> bool:
    return bool(_PATIENTS.search(text.folded, 0, text.sentences[0].end))


def _near(text: Text, hit: Hit) -> str:
    return text.folded[max(0, hit.start - 40) : hit.end + 40]


# ------------------------------------------------------------------------- clinical_kind


def _clinical_kind(text: Text, seen: dict[str, list[Tag]], *, main: bool) -> Tag:
    given = seen["given"][0].value if seen.get("given") else "nothing"
    types = type_groups(text)
    if not main and given_to_people(text) < 1.0:
        said = weigh(text, "sampled").reason(text, 2) or weigh(text, "subject").reason(text, 2)
        return Tag("clinical_kind", "observational", "rule", said or "people only sampled", 0.7)
    for step in (_as_case, _as_random):
        tag = step(text, types, given)
        if tag:
            return tag
    treated = given != "nothing" and main
    observed, trial = weigh(text, "observed"), weigh(text, "trial")
    looks = None if _own_trial(text) else _looks_on(text, given)
    looks = looks or text.in_title("surveillance")
    if not treated or looks:
        said = text.quote(looks) if looks else observed.reason(text, 2)
        return Tag(
            "clinical_kind",
            "observational",
            "rule",
            said or "nothing given",
            squash(observed.total),
        )
    if "observational" in types and given == "other":
        return Tag("clinical_kind", "observational", "rule", f"type: {types['observational']}", 0.8)
    control = _controls(text)
    if control:
        return Tag("clinical_kind", "controlled", "rule", text.quote(control), squash(1.0))
    return _without_arms(text, given, trial)


def _without_arms(text: Text, given: str, trial: Weighed) -> Tag:
    """Return the kind of a study that treated people and names no comparison."""
    if given == "other" and not _own_trial(text) and (seen := _long_span(text)):
        return Tag("clinical_kind", "observational", "rule", text.quote(seen), squash(0.5))
    said = trial.reason(text, 2) or "treated, no comparison group named"
    return Tag("clinical_kind", "single_arm", "rule", said, squash(0.5 + trial.total))


def _own_trial(text: Text) -> bool:
    """Return whether words of a trial speak of this study."""
    return any(
        _own(text, h) and not _anothers(text, h) and not _allots_nobody(text, h)
        for h in text.get("trial")
    )


def _looks_on(text: Text, given: str) -> Hit | None:
    """Return what makes a study one that looks on, where people got what it did not try."""
    if given not in ("other", "cells"):
        return None
    back = text.in_title("looking_back") or _first_own(text, "looking_back")
    if back and (given == "other" or back.cue.literal == "retrospective"):
        return back
    hits = [h for h in text.get("looking_on") if _own(text, h)]
    return hits[0] if len({h.cue.literal for h in hits}) >= 2 else None


def _long_span(text: Text) -> Hit | None:
    """Return people who were seen over five years or more, as no trial plans it."""
    for span in _SPAN.finditer(text.folded):
        if int(span["b"]) - int(span["a"]) >= _LONG:
            people = [h for h in text.get("person") if _own(text, h)]
            return people[0] if people else None
    return None


def _as_case(text: Text, types: dict[str, str], given: str) -> Tag | None:
    hits = [h for h in text.get("case_own") if _own(text, h)]
    series = [
        h
        for h in text.get("case_series")
        if _own(text, h) and not _LEVEL.search(text.folded, max(0, h.start - 24), h.start)
    ]
    old = [
        h
        for h in text.get("case_report")
        if ("old" in h.cue.literal or "y/o" in h.cue.literal) and _own(text, h)
    ]
    weight = (2.0 if "case_report" in types else 0.0) + min(2.0, 1.2 * len(hits))
    single = {h.cue.literal for h in text.get("single_person") if _own(text, h)}
    weight += (1.3 if old else 0.0) + min(1.0, 0.3 * len(single)) - 1.2 * len(_allocations(text))
    weight += 0.6 if text.in_title("case_title") else 0.0
    weight += -0.4 if _counts_many(text) else 0.3
    weight += 0.0 if hits or not _reports_case(text) else 1.2
    weight += 2.0 if _is_titled_case(text) else 0.0
    weight -= 0.0 if old or "case_report" in types or _patient(text, hits) else 1.0
    weight -= 0.8 if _first_own(text, "looking_back") else 0.0
    if weight < 1.1:
        return _as_series(text, series) if series and not _allocations(text) else None
    several = _SEVERAL.search(text.folded, 0, text.sentences[0].end) or series
    one = _ONE_CASE.search(text.folded, 0, text.sentences[0].end)
    value = "case_series" if several and not one and len(old) != 1 else "case_report"
    said = [text.quote(h) for h in (hits + old)[:2]]
    if "case_report" in types:
        said.append(f"type: {types['case_report']}")
    return Tag("clinical_kind", value, "rule", "; ".join(said), squash(weight - 0.6))


def _is_titled_case(text: Text) -> bool:
    folded, end = text.folded, text.sentences[0].end
    return folded.find("case ", 0, end) >= 0 and _CASE_IN_TITLE.search(folded, 0, end) is not None


def _reports_case(text: Text) -> bool:
    folded = text.folded
    one = text.has("case_report") and any(words in folded for words in _ONE_PRESENTED)
    if one and _PRESENTS_ONE.search(folded):
        return True
    if " case" not in folded and "-year" not in folded:
        return False
    return any(
        _TELLER.search(folded, max(0, told.start() - _TELLER_LETTERS), told.start())
        for told in _TELLS_CASE.finditer(folded)
    )


def _patient(text: Text, cases: list[Hit]) -> bool:
    """Return whether a case is one of illness; "a case of Delhi" reports no person."""
    vague = cases and all(h.cue.literal in ("a case of", "a unique case") for h in cases)
    return not vague or _CASE_OF_A_PERSON.search(text.folded) is not None


def _counts_many(text: Text) -> bool:
    """Return whether the abstract counts patients by the dozen: a cohort, no case."""
    return any(
        _MANY.search(text.folded, max(0, h.start - 50), h.start)
        for h in text.get("person")
        if _own(text, h) and _DIGIT.search(text.folded, max(0, h.start - 50), h.start)
    )


def _as_series(text: Text, series: list[Hit]) -> Tag | None:
    few = not _counts_many(text) and not _first_own(text, "looking_back")
    named = [
        h
        for h in series
        if h.sentence == 0
        or h.cue.literal == "case series"
        or (few and _FEW.search(text.folded, *text.sentences[h.sentence][:2]))
    ]
    if not named or _controls(text):
        return None
    return Tag("clinical_kind", "case_series", "rule", text.quote(named[0]), 0.75)


def _as_random(text: Text, types: dict[str, str], given: str) -> Tag | None:
    said = _allocations(text)
    in_title = any(h.sentence == 0 for h in said)
    total = min(2.2, 1.1 * len({h.cue.literal for h in said})) + (1.0 if in_title else 0.0)
    if "randomized" in types:
        total += 1.0 if said or text.letters < 400 else 0.4
    acts = any(h.cue.literal in words("allocated") for h in said)
    if given == "nothing" and not in_title and not acts and "randomized" not in types:
        total -= 0.6
    if _first_own(text, "looking_back") and not in_title:
        total -= 0.9
    control = _controls(text) or text.in_title("control_group")
    alike = _first_own(text, "all_treated")
    arms = len({h.cue.literal for h in text.get("control_weak") if _own(text, h)}) >= 2
    if alike and not acts and not _placebo(text) and not (in_title and arms):
        return None
    total += 0.4 if control else (0.0 if acts else -0.6)
    total += 0.3 if acts else 0.0
    if total < 1.2 or not (said or "randomized" in types):
        return None
    proof = [text.quote(h) for h in said[:2]]
    if "randomized" in types:
        proof.append(f"type: {types['randomized']}")
    return Tag("clinical_kind", "rct", "rule", "; ".join(proof), squash(total - 0.8))


def _allocations(text: Text) -> list[Hit]:
    """Return words of random allocation; splits of a data set and others' trials are none."""
    known: list[Hit] | None = text.memo.get("allocations")
    if known is None:
        known = text.memo["allocations"] = _find_allocations(text)
    return known


def _find_allocations(text: Text) -> list[Hit]:
    return [
        h
        for h in text.get("random")
        if (_own(text, h) or _says_this(text, h)) and not _allots_nobody(text, h)
        and not _NON.search(text.folded, max(0, h.start - 6), h.start)
        and not _NOT_ALLOCATION.search(text.folded, max(0, h.start - 4), h.end + 14)
        and not _SPLIT.search(text.folded, h.end, h.end + 90)
        and not _anothers(text, h)
    ]  # fmt: skip


def _allots_nobody(text: Text, hit: Hit) -> bool:
    if hit.cue.literal == "by lot":
        return _ALLOTS.search(text.folded, *text.sentences[hit.sentence][:2]) is None
    found = _NOT_ALLOCATION.match(text.folded, hit.start)
    if found is None or "trials" not in found.group():
        return found is not None
    start = text.sentences[hit.sentence].start
    return _COUNTED_TRIALS.search(text.folded, start, hit.start) is None


_SAYS_THIS = re.compile(r"\b(?:this|the present|the current|our) (?:[\w-]+,? ){0,3}$")


def _says_this(text: Text, hit: Hit) -> bool:
    """Return whether "this … randomised trial" names the study among its aims."""
    start = text.sentences[hit.sentence].start
    near = hit.sentence > 0 and _SAYS_THIS.search(
        text.folded, max(start, hit.start - 50), hit.start
    )
    return bool(near)


def _anothers(text: Text, hit: Hit) -> bool:
    """Return whether random allocation is only mentioned: another trial's, wanted, or matched."""
    if hit.cue.literal in words("allocated"):
        return False
    start = max(text.sentences[hit.sentence].start, hit.start - 70)
    if _NOT_THEIRS.search(text.folded, start, hit.start) or _wished(text, hit):
        return True
    return _to_come(text, hit, start)


def _to_come(text: Text, hit: Hit, start: int) -> bool:
    """Return whether "a randomised trial" is one that is planned or has only begun."""
    if hit.sentence == 0:
        return False
    if _TO_COME_BEFORE.search(text.folded, start, hit.start):
        return True
    end = text.sentences[hit.sentence].end
    return not _says_this(text, hit) and bool(_TO_COME_AFTER.match(text.folded, hit.end, end))


def _controls(text: Text) -> Hit | None:
    """Return what tells of a comparison group; two weak words stand for one strong."""
    strong = _first_own(text, "control_group")
    if strong or _first_own(text, "all_treated"):
        return strong or _arm_of_control(text)
    weak = [h for h in text.get("control_weak") if _own(text, h) and not _no_arm(text, h)]
    return weak[0] if len(weak) >= 2 else _arm_of_control(text) or _control_got(text)


def _arm_of_control(text: Text) -> Hit | None:
    """Return what an arm with its number got for comparison: "saline (n=20)"."""
    if "(n" not in text.folded:
        return None
    for hit in text.get("comparator_word"):
        if _own(text, hit) and ARM_N.match(text.folded, hit.end + 1):
            arms = ARM_N.findall(text.folded, *text.sentences[hit.sentence][:2])
            if len(arms) > 1:
                return hit
    return None


def _control_got(text: Text) -> Hit | None:
    """Return what an arm got for comparison: "20 had vesicles and 20 saline", "X or saline"."""
    for hit in text.get("comparator_word"):
        if not _own(text, hit):
            continue
        what = text.folded[hit.start : hit.end]
        start = text.sentences[hit.sentence].start
        if what in _INERT and _OR_ELSE.search(text.folded, max(start, hit.start - 160), hit.start):
            return hit
        told = two_arms(folded_sentence(text, hit.sentence)) or ()
        if sum(what in got for _, got in told) == 1:
            return hit
    return None


def _no_arm(text: Text, hit: Hit) -> bool:
    """Return whether a word of comparison compares no groups: "graft-versus-host"."""
    return _NO_ARM.search(text.folded, max(0, hit.start - 10), hit.end + 24) is not None


def _placebo(text: Text) -> bool:
    groups = {"placebo", "sham", "control group", "saline", "control arm"}
    return any(h.cue.literal in groups and not _wished(text, h) for h in text.get("control_group"))


def _first_own(text: Text, kind: str) -> Hit | None:
    zone_of = zones(text)
    for hit in text.hits.get(kind, ()):
        if zone_of[hit.sentence] in _OWN_ZONES and not _wished(text, hit):
            return hit
    return None


def _wished(text: Text, hit: Hit) -> bool:
    """Return whether the words speak of what is absent, or of a study still to be made."""
    if _WITHOUT.search(text.folded, max(0, hit.start - 20), hit.start):
        return True
    return bool(_WISHED.search(text.folded, max(0, hit.start - 24), hit.end + 60))


def _own(text: Text, hit: Hit) -> bool:
    return zones(text)[hit.sentence] in _OWN_ZONES
