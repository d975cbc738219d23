"""Axes ``participants``, ``exposed`` and ``comparator``: numbers as the abstract states them.

A number counts only where the words say that it counts people of this study. Sums are made
of the arms of one sentence, or of groups said to be equal; else nothing is said.
"""

from __future__ import annotations

import re

from evlit.classify.counts import (
    ARM_N,
    CONTROL,
    HIGHEST,
    PRODUCT,
    TREATED,
    Count,
    counted,
    folded_sentence,
    may_total,
    people_counted,
    two_arms,
)
from evlit.classify.exposed import actually_exposed, all_exposed, coined, group_told, part_exposed
from evlit.classify.giving import product_hits
from evlit.classify.known import named_hits
from evlit.classify.number_words import has_words, number_of
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import zones
from evlit.records import Tag

_ONE_PERSON = re.compile(
    r"\b(?:a|an|one) (?:(?:\d{1,3}|[\w-]+)[- ](?:year|month|week|day)s?[- ]old"
    r"|\d{1,3}[- ](?:y/?o|yrs?))\b"
    r"|\b(?:a|an) (?:[\w-]+ ){0,3}(?:woman|man|patient|boy|girl|infant|child|male|female|teenager"
    r"|adolescent|newborn|neonate)\b"
)
_CASE_REPORT = re.compile(r"\bcase report\b(?!s)|\b(?:an?|rare|unusual) case of\b")
_SPLIT_HINTS = ("split", "intra", "contralateral")
_SPLIT = re.compile(
    r"\bsplit[- ](?:face|side|body|scalp|scar|mouth)|\bintra-?individual"
    r"|\bcontralateral (?:side|eye|knee|half)"
)
_VERSUS = re.compile(
    r"(?:\bversus|\bvs\.?|\bcompared (?:to|with)|\bor|-controlled|\bcontrolled with"
    r"|\bcontrol group|\bcontrols?|\brelative to|\bmatching|\bthan|\band (?=placebo|sham)"
    r"|\b(?:received?|given) (?:only )?$)"
)


_LEAST_RANK = 2
"""A count that does not say that these people took part says nothing of the study."""


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the numbers and the comparator of a record about people or animals."""
    design = seen["design"][0].value if seen.get("design") else ""
    if design == "animal":
        return _comparator(text)
    if design != "clinical":
        return []
    kind = seen["clinical_kind"][0].value if seen.get("clinical_kind") else ""
    numbers = sorted({h.sentence for h in text.get("numbers_people")})
    numbers = [n for n in numbers if zones(text)[n] not in ("keywords",)]
    count = _participants(text, numbers, kind)
    found = [] if count is None else [_tag(text, "participants", count)]
    given = seen["given"][0].value if seen.get("given") else ""
    if given == "nothing":
        return found
    names = _names(text, given)
    exposed = _exposed(text, numbers, count, kind, names) if given != "other" else None
    if exposed:
        found.append(_tag(text, "exposed", exposed))
    return found + (_comparator(text) if kind in ("", "rct", "controlled") else [])


def _tag(text: Text, axis: str, count: Count) -> Tag:
    sentence = text.sentences[count.at]
    quote = f"{sentence.part}: '{text.sentence_text(count.at)[:200]}'"
    return Tag(axis, str(count.number), "rule", quote, 0.9 if count.rank >= 3 else 0.75)


def _participants(text: Text, numbers: list[int], kind: str) -> Count | None:
    best: Count | None = None
    zone_of = zones(text)
    least = 1 if kind in ("case_report", "case_series") else 2
    for number in numbers:
        enrolled = best is not None and best.rank == HIGHEST - 1
        if zone_of[number] == "background" or (enrolled and not may_total(text, number)):
            continue
        for count in counted(text, number):
            if count.number >= least and (best is None or count.rank > best.rank):
                best = count  # the first of the highest rank
        if best is not None and best.rank == HIGHEST and best.number > 1:
            break
    if best is not None and best.rank >= _LEAST_RANK:
        return best
    if kind == "case_report":
        found = next((n for n in numbers if _ONE_PERSON.search(folded_sentence(text, n))), None)
        if found is None and _CASE_REPORT.search(folded_sentence(text, 0)):
            found = 0
        return Count(2, 1, found) if found is not None else None
    return None


def _names(text: Text, given: str) -> list[Hit]:
    """Return where what was given is named: cells where cells were, else the product."""
    if given == "cells":
        return [*named_hits(text), *text.get("msc"), *text.get("cells_word")]
    names = [*named_hits(text), *product_hits(text)]
    return names + coined(text, names)


def _exposed(
    text: Text, numbers: list[int], count: Count | None, kind: str, names: list[Hit]
) -> Count | None:
    """Return how many were given the product, only where the abstract tells them apart."""
    if count is None:
        return None
    at = folded_sentence(text, count.at)
    if kind == "observational":  # all of them, where the sentence that counts them says so
        named = _MADE.search(at) or " the product" in at
        whole = count if named and _ALL_GOT.search(at) else None
        return whole or part_exposed(text, count, names, kind)
    if kind in ("single_arm", "case_report", "case_series"):
        return _exposed_of_all(text, numbers, count, kind, names)
    return _exposed_of_arms(text, numbers, count, kind, names)


def _exposed_of_arms(
    text: Text, numbers: list[int], count: Count, kind: str, names: list[Hit]
) -> Count | None:
    """Return the people of the product's arms in a study with a comparison."""
    if any(word in text.folded for word in _SPLIT_HINTS) and _SPLIT.search(text.folded):
        return count
    at = folded_sentence(text, count.at)
    if _EQUAL_HALVES.search(at) and count.number % 2 == 0:
        return Count(3, count.number // 2, count.at)
    if all_exposed(text, count, names):  # a delayed start, a crossover
        return count
    arm = _arm_apart(text, numbers, count, kind, names) or part_exposed(text, count, names, kind)
    most = arm.number if arm else count.number
    fewer = actually_exposed(text, most, names, arms=True)
    return fewer or arm or group_told(text, count, names)


def _exposed_of_all(
    text: Text, numbers: list[int], count: Count, kind: str, names: list[Hit]
) -> Count | None:
    """Return all people of a study without arms, or the part of them that got the product."""
    if _ASKED.search(folded_sentence(text, count.at)):  # who got it is not said
        return None
    some = _named_arm(text, numbers, count) or part_exposed(text, count, names, kind)
    return some or actually_exposed(text, count.number, names, arms=False) or count


def _arm_apart(
    text: Text, numbers: list[int], count: Count, kind: str, names: list[Hit]
) -> Count | None:
    """Return the arm that got the product, in the first sentence that tells arms apart."""
    for number in numbers:
        equal = _PER_ARM.search(folded_sentence(text, number))
        if equal and 2 * int(equal[1]) == count.number and kind in ("rct", "controlled"):
            return Count(3, int(equal[1]), number)
        found = _product_arm(text, number, names)
        if found and found < count.number and zones(text)[number] != "background":
            return Count(3, found, number)
    return None


def _named_arm(text: Text, numbers: list[int], count: Count) -> Count | None:
    """Return the arm of the product where a study that is not called one of two arms tells
    them apart all the same: ``ExoFlo (n = 18) or platelet-rich plasma (n = 22)`` of 40."""
    for number in numbers:
        arms = list(ARM_N.finditer(folded_sentence(text, number)))
        if len(arms) < 2 or sum(int(m["n"]) for m in arms) != count.number:
            continue
        start = text.sentences[number].start
        named = {h.end - start for h in named_hits(text) if h.sentence == number}
        own = [int(m["n"]) for m in arms if any(0 <= m.start() - end <= 2 for end in named)]
        if own and len(own) < len(arms):
            return Count(3, sum(own), number)
    return None


_ASKED = re.compile(r"\b(?:interview(?:s|ed)|surveyed)\b")
_ALL_GOT = re.compile(r"\bwho (?:had |have )?(?:received|got|been given|been treated with)\b")
_EQUAL_HALVES = re.compile(r"\b(?:two|2) equal (?:groups|halves|arms)\b")
_PER_ARM = re.compile(
    r"\b(\d+) (?:patients |participants |subjects |people |cases )?(?:per|in each) (?:group|arm)\b"
)
_NAMED_ARMS = re.compile(r"\((\d+) ([a-z][\w-]*), (\d+) ([a-z][\w-]*)\)")
"""Arms by name in one bracket: "(22 vesicles, 11 albumin)"."""


def _product_arm(text: Text, number: int, names: list[Hit]) -> int:
    """Return n of the arms that got the product, in a sentence that tells arms apart."""
    folded = folded_sentence(text, number)
    if named := _NAMED_ARMS.search(folded):
        first, second = PRODUCT.search(named[2]), PRODUCT.search(named[4])
        if bool(first) != bool(second):
            return int(named[1] if first else named[3])
    arms = _arms(text, number, folded, names)
    given = [n for n, is_product in arms if is_product]
    if given and len(given) < len(arms):
        return sum(given)
    if told := None if " each " in folded else two_arms(folded):
        got = [n for n, words in told if _MADE.search(words) and not CONTROL.search(words)]
        if len(got) == 1:
            return got[0]
    if not CONTROL.search(folded) or " each " in folded:  # told of each cohort, not of all
        return 0
    for match in people_counted(folded, words=has_words(text, number)):
        after = re.split(r"\b(?:and|while|whereas|or)\b|,|;", folded[match.end() :])[0]
        if TREATED.search(after) and PRODUCT.search(after) and not CONTROL.search(after):
            return number_of(match["n"])
    return 0


_MADE = re.compile(r"exosom|vesicle|\bs?evs?\b|secretome|conditioned medi|supernatant")
_DOSE = re.compile(
    r"\b(?:dos(?:e|es|age)|low|high|medium|middle)\b|\d ?(?:ml|mg|µg|μg|ug|particles|billion|×)"
)


def _arms(text: Text, number: int, folded: str, names: list[Hit]) -> list[tuple[int, bool]]:
    """Return (n, whether it got the product) of every arm with a bracketed n.

    A further dose of the product is an arm of it ("exosomes 10 mL (n = 5), 15 mL (n = 5)").
    """
    start = text.sentences[number].start
    at_names = [h.start - start for h in names if h.sentence == number]
    known = [h.start - start for h in named_hits(text) if h.sentence == number]
    found: list[tuple[int, bool]] = []
    at, product = 0, False
    for match in ARM_N.finditer(folded):
        arm = folded[at : match.start()]
        last = re.split(r"\b(?:or|and|versus|vs)\b|,", arm)[-1].strip() or arm
        said = any(match.start() - len(last) <= n < match.end() for n in at_names)
        # A name of the catalogue holds for its whole arm: "ExoFlo, vesicles of marrow (n = 8)".
        said = said or any(at <= n < match.start() for n in known)
        more = product and bool(_DOSE.search(last))
        product = (said or more or bool(PRODUCT.search(last))) and not CONTROL.search(last)
        found.append((int(match["n"]), product))
        at = match.end()
    return found


def _comparator(text: Text) -> list[Tag]:
    """Return what the product was compared with, in the abstract's own words."""
    zone_of = zones(text)
    for hit in text.get("comparator_word"):
        if zone_of[hit.sentence] in ("background", "keywords") or not _is_compared(text, hit):
            continue
        words = text.plain[hit.start : hit.end]
        if hit.cue.open_end:
            words = re.match(r"\w*", text.plain[hit.start :])[0]  # type: ignore[index]
        return [Tag("comparator", words.lower() if len(words) > 4 else words, "rule",
                    text.quote(hit, 50), 0.8)]  # fmt: skip
    return []


def _is_compared(text: Text, hit: Hit) -> bool:
    sentence = text.sentences[hit.sentence]
    before = text.folded[max(sentence.start, hit.start - 40) : hit.start]
    after = text.folded[hit.end : min(sentence.end, hit.end + 25)]
    if re.search(
        r"\b(?:in|with|dissolved in|mixed with|diluted (?:in|with)|suspended in"
        r"|resuspended in|washed with|plus) (?:\d+ ?ml )?(?:of )?$",
        before,
    ) and not re.search(r"(?:compared|treated|controls?|injected|comparison) with $", before):
        return False
    return bool(
        _VERSUS.search(before)
        or re.match(r"[ -](?:controlled|group|arm|control|side|treated|on the other)|\)", after)
    )
