"""Axes ``participants``, ``exposed`` and ``comparator``: numbers as the abstract states them.

A number counts only where the words say that it counts people of this study. Sums are made
of the arms of one sentence, or of groups said to be equal; else nothing is said.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify.text import Hit, Text
from evlit.classify.weigh import zones
from evlit.records import Tag

_UNIT_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TEN_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = {word: number for number, word in enumerate(_UNIT_WORDS)}
_TENS = {word: 10 * number for number, word in enumerate(_TEN_WORDS, 2)}
_ONES = "|".join(list(_UNITS)[1:10])
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{_ONES}))?|{'|'.join(list(_UNITS)[1:])})"
_WORD = rf"(?:(?:(?:{_ONES}) hundred(?: and)?(?: {_SMALL})?)|{_SMALL})"
_ANY_NUMBER = re.compile(rf"\d|\b{_SMALL}\b")
_N = (
    rf"(?<![\w.,/=<>≥≤±%-])(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,5}}|{_WORD})(?![\w%]|[.,/]\d"
    rf"|-year| ?%|-(?!\w*(?:women|men|patients)))"
)
_WHO = (
    r"(?:patients?|participants?|subjects?|women|woman|men|man|volunteers?|adults?"
    r"|children|infants?|neonates?|newborns?"
    r"|individuals?|people|persons?|females?|males?|boys?|girls?|recipients?|cases)"
)
_FILL = (
    r"(?:(?!(?:of|in|and|or|to|the|days?|weeks?|months?|years?|hours?|min|mg|ml|times?"
    r"|doses?|injections?|infusions?"
    r"|groups?|sites?|cent(?:er|re)s?|hospitals?|out|were|was|with|from|for|per|mice"
    r"|rats|studies|trials|articles|samples"
    r"|eyes|knees|lesions|control|controls|non-responding)\b)(?!\d+,? )(?:[\w/+'-]+"
    r"|\([\w/+-]+\)),? ){0,6}?"
)
_PEOPLE = re.compile(rf"{_N} {_FILL}{_WHO}\b")
_NOT_COUNT = re.compile(
    r"\b(?:type|stage|grade|phase|class|score|day|week|month|year|level|covid|group"
    r"|arm|cohort|case|patient|figure|table|aged|age|over|least"
    r"|than|first|every|visit|version|cycle|hour|hours|about every|one in|degree)[ -]?(?:of )?$"
)
_SCREENED = re.compile(
    r"\b(?:screened|assessed for eligibility|approached|excluded|withdrew|died"
    r"|dropped out|lost to|discontinued|invited|declined)\b"
)
_TOTAL = re.compile(r"\b(?:a )?total of (?:the )?$|\baltogether,? $|\boverall,? $|\bin all,? $")
_ENROL = re.compile(
    r"\b(?:enrol\w*|includ\w*|recruit\w*|randomi[sz]\w*|participated|divided"
    r"|analy[sz]ed|studied|took part"
    r"|allocated|assigned|entered|comprised|consisted|involving|consecutive)\b"
)
_TREATED = re.compile(
    r"\b(?:received|applied|used|presented|treated|underwent|given|injected|infused"
    r"|infusion|injection"
    r"|administered|receiving|dosed|completed|treatment)\b"
)
_STUDY_OF = re.compile(
    r"\b(?:trial|study|series|cohort|report\w*|pilot|data|experience|evaluat\w*"
    r"|assess\w*|investigat\w*|test\w*|tried|describe\w*|reviewed"
    r"|examin\w*)\b[^.;]{0,60}\b(?:of"
    r"|in|with|on|among|from) $"
)
_ASSIGNED = re.compile(r" (?:were |was )?(?:randomly )?(?:randomi[sz]ed|assigned|allocated) to\b")
_LISTED = re.compile(r"(?:\d [a-z][\w-]*(?: [\w-]+)?, ){2}$")
_SUPPOSED = re.compile(
    r"\b(?:would|needed|require\w*|sample size|power|hypothe\w*|simulat\w*|literature)\b"
)
_EQUAL = re.compile(
    rf"\b(?P<k>two|three|four|five|six|2|3|4|5|6) (?:[\w-]+ )?(?:groups|arms"
    rf"|cohorts)\b[^.;]{{0,60}}?"
    rf"(?:\(n ?= ?(?P<a>\d+)(?: (?:each|per (?:group|arm)|in each\w*(?: group"
    rf"| arm)?))?\)|(?:of|with) (?P<b>\d+|{_WORD}) {_WHO}(?: each| per group)?\b"
    rf"|(?P<c>\d+) (?:{_WHO} )?(?:per|in each|each) ?(?:group|arm)?)"
)
_EACH = re.compile(
    rf"\b(?P<n>\d+|{_WORD}) {_WHO} (?:in each|per) (?:group|arm)\b|\beach (?:group"
    rf"|arm) (?:of|had|included|comprised|with) (?P<m>\d+|{_WORD})\b"
)
_GROUPS = re.compile(
    r"\b(?P<k>two|three|four|five|2|3|4|5) (?:[\w-]+ ){0,2}(?:groups|arms)\b"
    r"|\binto (?:an? )?[^.;]{0,60}\bgroups? and (?:an? )?[^.;]{0,40}\bgroups?\b"
)
_ARM_N = re.compile(r"\(n ?= ?(?P<n>\d{1,4})(?: (?:patients|participants|subjects|women|men))?\)")
_WHO_N = re.compile(
    rf"\b{_WHO} \(n ?= ?(?P<n>\d{{1,4}})\)(?=[^.;]{{0,120}}\b(?:randomi|were|enrol"
    rf"|took part|divided|analy[sz]ed|studied|assigned))"
)
_N_EQUALS = re.compile(r"\bn ?= ?(?P<n>\d{1,4})(?![\d.,%]*\d)")
_ONE_PERSON = re.compile(
    r"\b(?:a|an|one) (?:\d{1,3}|[\w-]+)[- ](?:year|month|week|day)s?[- ]old\b|\b(?:a"
    r"|an) (?:[\w-]+ ){0,3}(?:woman|man|patient|boy|girl|infant|child)\b"
)
_PRODUCT = re.compile(
    r"\b(?:exosom\w*|vesicles?|evs?|secretome\w*|conditioned medi\w*|supernatant"
    r"|treat(?:ed|ment)|active|study|experimental|intervention|product|test)\b"
)
_CONTROL = re.compile(r"\b(?:placebo|control\w*|saline|vehicle|sham|standard|conventional)\b")
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


class Count(NamedTuple):
    """A number of people, with how strongly it says "in this study"."""

    rank: int
    number: int
    at: int
    """Index of the sentence."""


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
    if seen.get("given") and seen["given"][0].value == "nothing":
        return found
    exposed = _exposed(text, numbers, count, kind)
    if exposed:
        found.append(_tag(text, "exposed", exposed))
    return found + (_comparator(text) if kind in ("", "rct", "controlled") else [])


def _tag(text: Text, axis: str, count: Count) -> Tag:
    sentence = text.sentences[count.at]
    quote = f"{sentence.part}: '{text.sentence_text(count.at)[:200]}'"
    return Tag(axis, str(count.number), "rule", quote, 0.9 if count.rank >= 3 else 0.75)


def number_of(word: str) -> int:
    """Return the number that digits or English words say; 0 where none."""
    word = word.replace(",", "").lower()
    if word.isdigit():
        return int(word)
    total = 0
    for part in re.split(r"[- ]", word):
        total = (
            max(total, 1) * 100
            if part == "hundred"
            else total + _UNITS.get(part, _TENS.get(part, 0))
        )
    return total


def _participants(text: Text, numbers: list[int], kind: str) -> Count | None:
    counts: list[Count] = []
    for number in numbers:
        counts += _counted(text, number)
    alone = kind in ("case_report", "case_series")
    counts = [c for c in counts if c.number > 1 or alone]
    best = max((c.rank for c in counts), default=0)
    if best >= _LEAST_RANK:
        return next(c for c in counts if c.rank == best)
    if kind == "case_report":
        found = next((n for n in numbers if _ONE_PERSON.search(_folded(text, n))), None)
        return Count(2, 1, found) if found is not None else None
    return None


def _folded(text: Text, number: int) -> str:
    sentence = text.sentences[number]
    return text.folded[sentence.start : sentence.end]


def _counted(text: Text, number: int) -> list[Count]:
    """Return the counts that one sentence states, sums of its arms included."""
    folded = _folded(text, number)
    zone = zones(text)[number]
    if not _ANY_NUMBER.search(folded):
        return []
    found = _stated(folded, number, zone)
    equal = _equal_groups(folded)
    if equal:
        found.append(Count(4, equal, number))
    whole = _WHO_N.search(folded)
    if whole and zone != "background":
        found.append(Count(4, int(whole["n"]), number))
    if not any(c.rank >= 3 for c in found):
        arms = [int(m["n"]) for m in _ARM_N.finditer(folded)]
        if len(arms) > 1 and _PRODUCT.search(folded) and _CONTROL.search(folded):
            found.append(Count(3, sum(arms), number))
        elif zone == "title" and (alone := _N_EQUALS.search(folded)):
            found.append(Count(2, int(alone["n"]), number))
    return found


def _stated(folded: str, number: int, zone: str) -> list[Count]:
    found: list[Count] = []
    assigned: list[int] = []
    for match in _PEOPLE.finditer(folded):
        before, after = folded[: match.start()], folded[match.end() : match.end() + 130]
        after = re.split(r"[;(]", after)[0]
        count = number_of(match["n"])
        if not count or count >= 100_000 or 1900 <= count <= 2100 or _NOT_COUNT.search(before):
            continue
        if _SCREENED.search(re.split("[,;]", after)[0]) or re.search(
            r"\b(?:screened|excluded|lost) (?:the )?$", before
        ):
            continue
        found.append(Count(_rank(before, after, zone), count, number))
        if _ASSIGNED.match(folded, match.end()):
            assigned.append(count)
    if len(assigned) > 1:
        found.append(Count(4, sum(assigned), number))
    treated = [c for c in found if c.rank == 2]
    if len(treated) > 1 and not any(c.rank > 2 for c in found) and _CONTROL.search(folded):
        found.append(Count(3, sum(c.number for c in treated), number))
    return found


def _rank(before: str, after: str, zone: str) -> int:
    """Return how strongly a count says "in this study": 4 total, 3 enrolled, 2 treated."""
    if zone == "background":
        return 0
    if _TOTAL.search(before):
        return 4
    if (
        before.endswith("(")
        or _LISTED.search(before)
        or _SUPPOSED.search(before[-90:] + after[:60])
    ):
        return 1
    if _ENROL.search(after) or _ENROL.search(before[-45:]):
        return 3
    near = before[-80:]
    if _TREATED.search(after[:60]) or _TREATED.search(before[-45:]) or _STUDY_OF.search(near):
        return 2
    return 2 if zone == "title" else 1


def _equal_groups(folded: str) -> int:
    match = _EQUAL.search(folded)
    if match:
        each = match["a"] or match["b"] or match["c"]
        return number_of(match["k"]) * number_of(each)
    each_group, groups = _EACH.search(folded), _GROUPS.search(folded)
    if each_group and groups:
        many = number_of(groups["k"]) if groups["k"] else 2
        return many * number_of(each_group["n"] or each_group["m"])
    return 0


def _exposed(text: Text, numbers: list[int], count: Count | None, kind: str) -> Count | None:
    """Return how many were given the product, only where the abstract tells them apart."""
    if count and kind in ("single_arm", "case_report", "case_series"):
        return count
    if count is None:
        return None
    if any(word in text.folded for word in _SPLIT_HINTS) and _SPLIT.search(text.folded):
        return count
    for number in numbers:
        found = _product_arm(_folded(text, number))
        if found and found < count.number and zones(text)[number] != "background":
            return Count(3, found, number)
    return None


def _product_arm(folded: str) -> int:
    """Return n of the arm that got the product, in a sentence that tells two arms apart."""
    if not _CONTROL.search(folded):
        return 0
    at = 0
    for match in _ARM_N.finditer(folded):
        arm = folded[at : match.start()]
        at = match.end()
        last = re.split(r"\b(?:or|and|versus|vs)\b|,", arm)[-1] or arm
        if _PRODUCT.search(last) and not _CONTROL.search(last):
            return int(match["n"])
    for match in _PEOPLE.finditer(folded):
        after = re.split(r"\b(?:and|while|whereas|or)\b|,|;", folded[match.end() :])[0]
        if _TREATED.search(after) and _PRODUCT.search(after) and not _CONTROL.search(after):
            return number_of(match["n"])
    return 0


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
