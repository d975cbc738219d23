"""Counts of people as sentences state them, each with how strongly it says "in this study"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from evlit.classify.known import named_hits
from evlit.classify.number_words import NUMBER, SMALL, has_words, number_of, number_starts
from evlit.classify.text import Text
from evlit.classify.weigh import zones

_FIGURE = rf"(?:\d{{1,3}}(?:(?:,\d{{3}})+|(?: \d{{3}})+)|\d{{1,7}}|{NUMBER})"
"""A number in digits, with or without marks between thousands, or in words."""
_N = (
    rf"(?<![\w.,/=<>≥≤±%-])(?P<n>{_FIGURE})"
    r"(?![\w%]|[.,/]\d|-year| ?%|-(?!\w*(?:women|men|patients))| (?:y/?o|yrs?)\b)"
)
_STANDS_FREE = re.compile(r"\d+(?= |,\d)")
"""Digits that may begin a number of people: most digits of an abstract are other things."""
WHO = (
    r"(?:patients?|participants?|subjects?|women|woman|men|man|volunteers?|adults?"
    r"|children|infants?|neonates?|newborns?"
    r"|individuals?|people|persons?|females?|males?|boys?|girls?|recipients?|cases|outpatients?"
    r"|inpatients?|survivors?|mothers?|recruits?|adolescents?|athletes?|users?|smokers?|students?"
    r"|workers?|players?|runners?|veterans?|residents?|respondents?|babies|preschoolers"
    r"|teenagers?|youths?|nurses|clients|customers|diabetics|brothers|sisters|siblings"
    r"|civil servants|employees|soldiers|dancers|swimmers|candidates|donors? and recipients?)"
    r"(?! (?:departments?|clinics?|visits?|hospitals?|units?|wards?|samples?|sites?|groups?"
    r"|subgroups?|populations?|categories|cohorts?|types?|years?|per \d+)\b)"
)
_FILL = (
    r"(?:(?!(?:of|in|and|or|to|the|untreated|more|further|additional|days?|weeks?|months?|years?|hours?|min|mg|ml|times?"
    r"|doses?|injections?|infusions?"
    r"|groups?|sites?|cent(?:er|re)s?|hospitals?|out|were|was|with|from|for|per|mice"
    r"|rats|studies|trials|articles|samples|subtypes|subgroups|categories|stages|levels|valves"
    r"|transplants|transplantations|procedures|collections"
    r"|eyes|knees|lesions|control|controls|non-responding|hundreds?|thousands?|millions?"
    r"|dozens?|planned|intended|targeted|projected|anticipated)\b)(?!\d+,? )(?:[\w/+'-]+"
    r"|\([\w/+-]+\)),? ){0,6}?"
)
_PEOPLE = re.compile(rf"{_N} {_FILL}{WHO}\b")
NOT_COUNT = re.compile(
    r"\b(?:type|stage|grade|phase|class|score|day|week|month|year|level|covid|group"
    r"|arm|cohort|case|patient|figure|table|aged|age|over|least"
    r"|than|first|every|per|thousand|thousand and|million|visit|version|cycle"
    r"|hour|hours|about every|one in|degree)[ -]?(?:of )?$"
)
_SCREENED = re.compile(
    r"\b(?:screened(?! for (?!eligib|inclusion|participation))|assessed for eligibility"
    r"|approached|contacted|excluded|withdrew|died"
    r"|dropped out|lost to|discontinued|invited|declined)\b"
)
_TOTAL = re.compile(
    r"\b(?:a )?total of (?:the )?$|\btotally,? $|\baltogether,? $|\boverall,? $|\bin all, $"
)
_ENROL = re.compile(
    r"\b(?:enrol\w*|includ\w*|recruit\w*|randomi[sz]\w*|participated|divided"
    r"|analy[sz]ed|studied|took part"
    r"|allocated|assigned|entered|comprised|consisted|involving|consecutive|selected|surveyed"
    r"|interviewed|identified|met the inclusion|met inclusion|met the eligibility|described"
    r"|reported on|examined|exposed to|chosen|corresponding to"
    r"|available for|calculated for|obtained for|acquired for"
    r"|reviewed|distributed|put on|concerned"
    r"|subjects (?:were|are)|we (?:describe|present|report)|then asked|we asked"
    r"|registry (?:has|had|holds|held|contain\w+)|database (?:has|had|holds|held|contain\w+)"
    r"|sample contain\w+|series contain\w+)\b"
)
TREATED = re.compile(
    r"\b(?:received|got|applied|used|presented|treated|underwent|given|injected|infused"
    r"|infusion|injection|inhaled|instilled|ingested|took|swallowed|nebuli[sz]ed"
    r"|vaccinated|administered|receiving|dosed|completed|treatment|screened for"
    r"|implanted|transplanted|drank|ate|consumed|followed(?! by\b)|submitted to|subjected to"
    r"|had (?:his|her|their) [\w -]{1,40}(?:evaluated|measured|assessed|determined|studied|tested)"
    r"|had (?:an?|one|two|three|four|five|six|\d+) (?:[\w-]+ ){0,2}"
    r"(?:applications?|infusions?|injections?|instillations?|sessions?))\b"
)
_STUDY_OF = re.compile(
    r"\b(?:trial|study|series|cohort|report\w*|pilot|data|experience|evaluat\w*"
    r"|assess\w*|investigat\w*|test\w*|tried|describe\w*|reviewed"
    r"|calculated|measured|determined|estimated|monitored|examin\w*|analy\w*|results?|outcomes?)\b[^.;]{0,60}\b(?:of"
    r"|in|with|on|among|from) $"
)
_ASSIGNED = re.compile(
    r" (?:were |was )?(?:randomly )?(?:randomi[sz]ed|assigned|allocated) to\b"
    r"| were included in(?:to)? (?:the )?[\w+-]+ (?:group|arm|cohort)\b"
)
_SAMPLED_FROM = re.compile(
    r"\b(?:records|charts|blood|plasma|serum|samples?|biops\w+|urine|fluid) "
    r"(?:(?:was|were) (?:\w+ )?(?:from|in)|of|from) (?:all |the )?$"
)
_MEANT = re.compile(
    r"\b(?:(?:planned|intended|targeted|target|projected|anticipated|meant|goal)"
    r"(?: (?:an?|the|to|of|for|total|number|sample|size|enrol\w*|recruit\w*|include|treat"
    r"|randomi[sz]e|is|was))*|instead of(?: the)?|rather than(?: the)?|originally) $"
)
"""Before people who were to take part, not those who did: "a planned 100 patients"."""
_OF_MEANT = re.compile(
    rf"(?<![\w.,/-])(?P<n>\d{{1,4}}|{NUMBER}) (?:{WHO} )?(?:out )?of (?:an? |the )?(?:\d{{1,5}} "
    rf"(?:originally )?(?:planned|intended|targeted|projected|anticipated)"
    rf"|(?:originally )?(?:planned|intended|targeted|projected|anticipated) \d{{1,5}})\b"
)
"""How many did, of those meant to: "after 28 of 100 planned patients"."""
_MEANT_WORDS = (
    "planned", "intended", "target", "projected", "anticipated", "meant to", "goal of",
    "instead of", "rather than", "originally",
)  # fmt: skip
_POOL = tuple(
    f"{of} {about} "
    for of in ("among", "of")
    for about in ("about", "around", "approximately", "nearly", "almost", "roughly", "some")
)
"""Before people who are only estimated: those that the study's own came from."""
_LISTED = re.compile(r"(?:\d [a-z][\w-]*(?: [\w-]+)?, ){2}$")
_SUPPOSED = re.compile(
    r"\b(?:would|needed|require\w*|sample size|power|hypothe\w*|simulat\w*|literature)\b"
)
_DIGIT = re.compile(r"\d")
_EQUAL = re.compile(
    rf"\b(?P<k>two|three|four|five|six|2|3|4|5|6) (?:[\w-]+ )?(?:groups|arms"
    rf"|cohorts)\b[^.;]{{0,60}}?"
    rf"(?:\(n ?= ?(?P<a>\d+),? (?:each|per (?:group|arm)|in each\w*(?: group"
    rf"| arm)?)\)|(?:of|with) (?P<b>\d+|{NUMBER}) {WHO}(?: each| per group)?\b"
    rf"|(?P<c>\d+) (?:{WHO} )?(?:per|in each|each) ?(?:group|arm)?)"
)
_EACH = re.compile(
    rf"\b(?P<n>\d+|{NUMBER}) {WHO} (?:in each|per) (?:group|arm)\b|\beach (?:group"
    rf"|arm) (?:of|had|included|comprised|with) (?P<m>\d+|{NUMBER})\b"
)
_GROUPS = re.compile(
    r"\b(?P<k>two|three|four|five|2|3|4|5) (?:[\w-]+ ){0,2}(?:groups|arms)\b"
    r"|\binto (?:an? )?[^.;]{0,60}\bgroups? and (?:an? )?[^.;]{0,40}\bgroups?\b"
)
ARM_N = re.compile(
    r"[(;,] ?n ?= ?(?P<n>\d{1,4})(?: (?:patients|participants|subjects|women|men))?\)"
)
_ASKED = (
    r"(?:doctors|physicians|clinicians|pharmacists|surgeons|teachers|parents|caregivers|carers)"
)
"""People who are subjects only where they are counted as such."""
_WHO_N = re.compile(
    rf"\b(?:{WHO}|{_ASKED}) (?:age[ds]? \d+[ -]\w*[ \d]*(?:years )?)?"
    r"\(n ?= ?(?P<n>\d{1,4})\b[^()]*\)(?=[^.;]{0,120}\b(?:randomi|were"
    r"|enrol|took part|divided|analy[sz]ed|studied|assigned|received|who|underwent|participated"
    r"|given|surveyed|interviewed|followed|completed))"
)
_INCLUDED_N = re.compile(
    rf"\b(?:included|enrolled|recruited) {WHO} [^.;]{{1,160}}?\(n ?= ?(?P<n>\d{{1,4}})\)"
)
"""The people's number behind what they got: "the included patients received X (n = 33)"."""
_ASSIGNED_N = re.compile(
    rf"(?:[a-z ]{{1,25}}: )?(?:[\w-]+ ){{0,3}}?{WHO} "
    r"(?:with|who|on|after|undergoing) [^.;()]{1,100} "
    r"\(n ?= ?(?P<n>\d{1,4})\),? (?:were|was) (?:\w+ )?"
    r"(?:assigned|randomi[sz]ed|divided|allocated|enrolled|included|recruited)\b"
    r"(?! and (?:patients|those)\b)"
)
"""The people's number behind their disease: "patients with cirrhosis (n=66) were assigned"."""
_INTERVIEWED_N = re.compile(
    rf"\binterview(?:s with|ed) (?P<n>\d{{1,4}}|{NUMBER}) (?:[\w-]+ ){{0,2}}{_ASKED}\b"
)
_OUT_OF_N = re.compile(
    rf"\bof all (?:the )?{WHO},? [^.;()]{{0,30}}\(\d{{1,4}}(?:/| of )(?P<n>\d{{1,4}})\)"
)
"""All of them as what a share is of: "of all patients, 25% (50/200) relapsed"."""
_BEHIND_N = (
    (_INCLUDED_N.search, "(n"), (_OUT_OF_N.search, "of all "), (_ASSIGNED_N.match, "(n"),
    (_INTERVIEWED_N.search, "interview"),
)  # fmt: skip
"""Numbers behind what they count, each with letters that it cannot do without."""
_N_EQUALS = re.compile(r"\bn ?= ?(?P<n>\d{1,4})(?![\d.,%]*\d)")
PRODUCT = re.compile(
    r"\b(?:exosom\w*|vesicles?|evs?|secretome\w*|conditioned medi\w*|supernatant"
    r"|treat(?:ed|ment)|active|study|experimental|intervention|product|test)\b"
)
CONTROL = re.compile(r"\b(?:placebo|control\w*|saline|vehicle|sham|standard|conventional)\b")


HIGHEST = 4
"""Rank of a count that is stated as the study's total."""


_MAY_TOTAL = (
    "total", "altogether", "overall", "in all, ", "group", "arm", "(n", "assigned", "allocated",
    "randomi", "included in",
)  # fmt: skip
"""Words of which a sentence holds one that states a total."""


class Count(NamedTuple):
    """A number of people, with how strongly it says "in this study"."""

    rank: int
    number: int
    at: int
    """Index of the sentence."""


def folded_sentence(text: Text, number: int) -> str:
    sentence = text.sentences[number]
    return text.folded[sentence.start : sentence.end]


_GOT = r"(?:had |have )?(?:received|got|(?:was|were) (?:given|treated with)|underwent)"
_TWO_GOT = re.compile(
    rf"(?<![\w.,-])(?P<a>\d{{1,4}}|{NUMBER}) (?:[\w-]+ )?{_GOT} (?P<x>[^;]{{3,90}}?),? "
    rf"(?:and|while|whereas|but) (?:the other |another |[^;,]{{0,30}}, )?(?P<b>\d{{1,4}}|{NUMBER}) "
    rf"(?:[\w-]+ )?{_GOT} (?P<y>[^;]{{3,90}})"
)


_GETTING = (" received ", " got ", " given ", " treated with ", " underwent ")
_JOINS = (" and ", " while ", " whereas ", " but ")


def two_arms(folded: str) -> tuple[tuple[int, str], tuple[int, str]] | None:
    """Return number and words of two arms told by what they got.

    "74 patients had received exosomes and 81 had received plasma".
    """
    if sum([folded.count(word) for word in _GETTING]) < 2:
        return None
    if (found := _TWO_GOT.search(folded)) is None:
        return None
    return (number_of(found["a"]), found["x"]), (number_of(found["b"]), found["y"])


def may_total(text: Text, number: int) -> bool:
    """Return whether a sentence may state a total: none without one of these words does."""
    folded = folded_sentence(text, number)
    return bool([word for word in _MAY_TOTAL if word in folded])


def people_counted(folded: str, *, words: bool) -> Iterator[re.Match[str]]:
    """Yield each number with the people it counts (``n``: the number), in order.

    :param words: whether the sentence holds numbers in words
    """
    at = 0
    starts = (
        number_starts(folded, words=True)
        if words
        else [digits.start() for digits in _STANDS_FREE.finditer(folded)]
    )
    for start in starts:
        if start >= at and (match := _PEOPLE.match(folded, start)):
            close = folded[max(0, start - _CLOSE) : start]
            if NOT_COUNT.search(close) or _is_year(number_of(match["n"]), close):
                at = match.end("n")  # "between 2015 and 2017 forty patients"
                continue
            yield match
            at = match.end()


def counted(text: Text, number: int) -> list[Count]:
    """Return the counts that one sentence states, sums of its arms included."""
    folded = folded_sentence(text, number)
    zone = zones(text)[number]
    words = has_words(text, number)
    if not words and _DIGIT.search(folded) is None:
        return []
    found = _stated(folded, number, zone, words=words)
    equal = _equal_groups(folded)
    if equal:
        found.append(Count(HIGHEST, equal, number))
    whole = _WHO_N.search(folded) if "(n" in folded else None
    if whole and zone != "background":
        found.append(Count(HIGHEST, int(whole["n"]), number))
    for find, sign in _BEHIND_N if zone != "background" else ():
        if sign in folded and (behind := find(folded)):
            found.append(Count(3, number_of(behind["n"]), number))
    strong = [c.number for c in found if c.rank >= 3]
    may = len(strong) < 2 and zone != "background" and "each" not in folded
    told = two_arms(folded) if may else None
    if told and strong in ([], [told[0][0]]):  # "20 received exosomes and 21 received saline"
        return [Count(3, told[0][0] + told[1][0], number)]
    if not strong:
        arms = [int(m["n"]) for m in ARM_N.finditer(folded)]
        if len(arms) > 1 and _names_product(text, number, folded) and CONTROL.search(folded):
            found.append(Count(3, sum(arms), number))
        elif zone == "title" and (alone := _N_EQUALS.search(folded)):
            found.append(Count(2, int(alone["n"]), number))
    return found


_CHOSEN = re.compile(
    rf"(?:, |\band (?:only |finally )?|\bof (?:whom|which|these),? )(?P<n>{_FIGURE})"
    rf"(?: \([^()]*\))? (?:were|was|could be) (?:finally |eventually |then |randomly )*"
    rf"(?:enrol\w+|randomi[sz]ed|included|recruited|allocated|assigned|treated)\b"
)
"""Those who took part, of more who were looked at: "17 were screened and 12 were enrolled"."""
_LOOKED_AT = ("screened", "assessed", "invited", "eligib", "approached")
_OTHER_SEX = re.compile(
    rf" and (?P<n>{_FIGURE}) (?:[\w-]+ )?"
    r"(?:wom[ae]n|m[ae]n|females?|males?|girls?|boys?)\b"
)
_SEXES = ("men", "man", "males", "male", "boys", "boy", "females", "female", "girls", "girl")
_EVENT_CAME_TO = re.compile(
    r"\b(?:occurred|developed|appeared|arose) in (?:only )?$|"
    r"\b(?:events?|reactions?|effects?|complications?) (?:[\w-]+ ){0,3}?"
    r"(?:(?:seen|observed|noted|recorded|reported) (?:in|by|for)|in) (?:only )?$"
)
"""Before some of the people: those in whom something unwanted came."""
_IN_THESE = ("in ", "by ", "for ", "only ")
_EVENTS = re.compile(r"\b(?:events?|reactions?|complications?|side effects)\b")
_TWO_SHARES = re.compile(r"\b\d+ of (?:the )?\d+ (?:[\w-]+ ){0,6}?and (?:in )?\d+ of (?:the )?$")
"""Before the second of two shares: "in 8 of 30 and 11 of 28 patients", each of an arm."""
_ALL_INVITED = re.compile(r"(?:results: |methods: )?all (?:the )?$")
"""Before those asked to come again: they took part before."""
_PERCENT = re.compile(r" \(\d+(?:[.,]\d+)? ?%")
_CASES_TOLD = re.compile(
    r"^ of [^.;]{1,120} (?:are|were|have been) (?:reported|presented|described|discussed)\b"
)
_SHARE_OF = re.compile(r"\d (?:out )?of (?:the )?$")
"""Before the whole that a percentage is of: "57 of 62 cases (92%)"."""
_HAD_EVENT = re.compile(
    r"^ (?:had (?!received|undergone|been|chronic|severe|failed|"
    r"(?:[\w-]+ ){0,4}?(?:injections?(?! site)|infusions?|sessions?|applications?|doses?"
    r"|followed by)\b)|"
    r"developed|experienced|complained"
    r"|said|died|reported (?!on))"
)
"""What some of the people had or said, not how many there were."""
_BRACKET = re.compile(r" \((?!n ?=)[^()]{1,40}\)")
"""A bracket in what follows people: "patients with gonarthrosis (KL III) received"."""
_ASIDE = re.compile(r" \((?!n ?=)[^()]*\)")
_BEHIND_PEOPLE = re.compile(rf"\b{WHO}$")
_LONGEST_WHO = 25
"""What a bracket behind the people says of them: "68 patients (45 men, 23 women) were …"."""
_INNER = re.compile(r"\([^()]*\)(?=[^()]*\))")
_YEARS = range(1900, 2101)
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|from|until|till|between|and|to|by|of|during|after|before) $"
)


_MOST = 10_000_000
"""People: a larger number is a nation's, not a study's."""
_CLOSE = 30
"""Letters before a number that can hold what makes it a class, a year or a total."""
_PART = re.compile(r"[;(]")
_CLAUSE = re.compile("[,;]")
_LOST = re.compile(r"\b(?:screened|excluded|approached|contacted|lost) (?:the )?$")
_GRADES = re.compile(r"\b(i{1,2}|[123])(?: and | or |/)(i{2,3}|iv|[234])\b(?= )")
_ASA = re.compile(r"\bamerican society of an(?:a|ae)?esthesiologists?'?s?(?: \(asa\))?")
_BEHIND = re.compile(rf"(?P<who>\b{WHO}), (?:with|aged|mean age) [^.;]{{1,200}}?, (?=\w+ed\b)")
"""What commas enclose behind the people: "ten adults, with total fat measured, received …"."""


def _shares(folded: str, *, words: bool) -> set[int]:
    """Return the numbers of people who are a share of the study's: "two men (14%)"."""
    return {
        number_of(match["n"])
        for match in people_counted(folded, words=words)
        if _PERCENT.match(folded, match.end())
        and not _SHARE_OF.search(folded, max(0, match.start() - _CLOSE), match.start())
    }


def _without_asides(folded: str) -> str:
    """Return the sentence without what stands behind people in brackets, grades in one word."""
    if "status" in folded or "grade" in folded or "class" in folded:
        folded = _GRADES.sub(r"\1-\2", _ASA.sub("asa", folded))
    if "(" in folded:
        nested = folded.count("(") > 1
        folded = _ASIDE.sub(_kept, _INNER.sub("", folded) if nested else folded)
    if ", with " in folded or ", aged " in folded:
        folded = _BEHIND.sub(r"\g<who> ", folded)
    return folded


def _kept(aside: re.Match[str]) -> str:
    at = aside.start()
    of_people = _BEHIND_PEOPLE.search(aside.string, max(0, at - _LONGEST_WHO), at)
    return "" if of_people else aside[0]


def _stated(folded: str, number: int, zone: str, *, words: bool) -> list[Count]:
    shares = _shares(folded, words=words) if "%" in folded and "(" in folded else set()
    folded = _without_asides(folded)
    people = list(people_counted(folded, words=words))
    may = people or "planned" in folded
    meant = bool(may and [word for word in _MEANT_WORDS if word in folded])
    least = 0 if zone == "background" else 3
    found = [Count(least, n, number) for n in _told_otherwise(folded, people, meant=meant)]
    assigned: list[int] = []
    joined, befell = 0, False
    for match in people:
        before, after = folded[: match.start()], folded[match.end() : match.end() + 150]
        after = _PART.split(_BRACKET.sub("", after), 1)[0]
        count = number_of(match["n"])
        if match.start() < joined or not _is_count(count, before, after, meant=meant):
            continue
        came = before.endswith(_IN_THESE) and _EVENT_CAME_TO.search(before[-60:]) is not None
        befell = befell or came
        part = came or count in shares or _HAD_EVENT.match(after)
        sexes = _OTHER_SEX.match(folded, match.end()) if match[0].endswith(_SEXES) else None
        if sexes:  # "eight men and two women" are ten people
            count, joined = count + number_of(sexes["n"]), sexes.end()
        rank = 1 if part else _rank(before, after, zone)
        if zone == "own" and match[0].endswith("cases") and _CASES_TOLD.match(after):
            rank = max(rank, 3)
        rank = 1 if befell and rank == 2 else rank  # the event came to these, too
        found.append(Count(rank, count, number))
        if _ASSIGNED.match(folded, match.end()):
            assigned.append(count)
    if len(assigned) > 1:
        found.append(Count(HIGHEST, sum(assigned), number))
    treated = [c for c in found if c.rank == 2]
    summed = len(treated) > 1 and not any(c.rank > 2 for c in found)
    if summed and CONTROL.search(folded) and not _EVENTS.search(folded):
        found.append(Count(3, sum(c.number for c in treated), number))
    return found


def _told_otherwise(folded: str, people: list[re.Match[str]], *, meant: bool) -> Iterator[int]:
    """Yield numbers of the study's people that do not stand beside them, or are sums."""
    if " with " in folded:
        if _AND_N_WITH.search(folded) and (by_disease := _BY_DISEASE.search(folded)):
            yield sum(map(int, _N_WITH.findall(by_disease[0])))
        if people and people[0].start() <= _LABEL and (two := _TWO_KINDS.match(folded)):
            yield number_of(two["a"]) + number_of(two["b"])
    if [word for word in _LOOKED_AT if word in folded] and (chosen := _CHOSEN.search(folded)):
        yield number_of(chosen["n"])
    if meant and (did := _OF_MEANT.search(folded)):
        yield number_of(did["n"])


def _is_count(count: int, before: str, after: str, *, meant: bool) -> bool:
    """Return whether a number is one of people who were there, as against asked or meant."""
    if not 0 < count < _MOST:
        return False
    if meant and _MEANT.search(before[-60:]):
        return False
    asked = _SCREENED.search(_CLAUSE.split(after, 1)[0])
    again = asked is not None and asked[0] == "invited" and _ALL_INVITED.match(before)
    return not (asked and not again) and not _LOST.search(before[-_CLOSE:])


def _names_product(text: Text, number: int, folded: str) -> bool:
    return bool(PRODUCT.search(folded)) or any(h.sentence == number for h in named_hits(text))


def _is_year(count: int, before: str) -> bool:
    return count in _YEARS and not _TOTAL.search(before) and bool(_YEAR_BEFORE.search(before))


_BY_DISEASE = re.compile(
    rf"\b\d+ {WHO} with [^,.;]{{1,60}}(?:, \d+ with [^,.;]{{1,60}})*,? and \d+ with\b"
)
"""One study's people told by disease: "28 patients with A, 16 with B, and 99 with C"."""
_N_WITH = re.compile(r"(\d+) (?:[\w-]+ )?with\b")
_AND_N_WITH = re.compile(r" and \d+ with\b")
_SUBSET = ("subset of ", "subgroup of ", "subsample of ", "subcohort of ", "sub-sample of ")
_SEEN = re.compile(
    r"[^,;.]{0,80}\bwere (?:first )?seen (?:at|between|from|by|over|during|in (?:our|the|an?|\d))\b"
)
"""Behind people who came to be treated: "40 children were seen between 1948 and 1974"."""
_WE_COMPARED = re.compile(r"(?:[a-z ]{1,20}: )?we (?:\w+ )?compared [^.;]* (?:in|among) $")
_LABEL = 27
_TWO_KINDS = re.compile(
    rf"^(?:[a-z ]{{1,25}}: )?(?P<a>\d{{1,4}}|{NUMBER}) {WHO} with [^,.;()\d]{{1,60}} and "
    rf"(?P<b>\d{{1,4}}|{NUMBER}) (?:[\w-]+ ){{0,2}}(?:{WHO}|responders) "
    r"(?:with [^,.;()\d]{1,60} )?(?:received|underwent|had (?!an?\b)"
    r"|were (?:given|treated|enrolled|included|injected|infused))"
)
"""One study's people of two kinds: "17 women with A and 23 poor responders received"."""
_COMPARED = re.compile(r"\bcompared (?:with|to) [^.;]*\d")
_OPENS = re.compile(
    r"(?:(?:methods?|patients(?: and methods)?|design)[: ]+)?in $|"
    r"(?:(?:methods?|results?|patients(?: and methods)?|design|findings)[: ]+)?"
    r"(?:out )?of (?:the |these |all )?$"
)
_PART_OF = re.compile(
    r"\bcompared (?:with|to) (?:[\w-]+ ){0,3}(?:of )?$|"
    r"\b(?:remaining|other|another|further|additional|last|any of the|none of the|one of the"
    r"|all of the|each of the|some of the|most of the|half of the) $"
)
"""Before a number of people that are not all of the study's."""
_PIECES_OF = re.compile(rf"(?:\d|\b{SMALL}) (?:[\w-]+ ){{1,3}}(?:in|from|of) $")
"""What was taken from these people: "51 valves from 41 patients"."""


def _rank(before: str, after: str, zone: str) -> int:
    """Return how strongly a count says "in this study": 4 total, 3 enrolled, 2 treated."""
    if zone == "background":
        return 0
    near = before[-80:]
    if _TOTAL.search(before[-_CLOSE:]):
        return HIGHEST
    if (
        before.endswith("(")
        or _LISTED.search(near)
        or _SUPPOSED.search(before[-90:] + after[:60])
        or _COMPARED.search(after)
        or _PART_OF.search(near)
        or before.endswith(_POOL)
        or (before.endswith((" of ", " of the ")) and _TWO_SHARES.search(before[-90:]))
    ):
        return 1
    if _ENROL.search(after) or _ENROL.search(before[-45:]) or _SEEN.match(after):
        return 3
    if before.endswith(_SUBSET):
        return 1
    theirs = (
        _OPENS.match(before)
        or _ALL_INVITED.match(before)
        or (_PIECES_OF.search(near) and not _EVENTS.search(before))
        or TREATED.search(after[:100])
        or TREATED.search(before[-45:])
        or _STUDY_OF.search(near)
        or _WE_COMPARED.match(before)
        or _SAMPLED_FROM.search(near)
    )
    return 2 if theirs or zone == "title" else 1


def _equal_groups(folded: str) -> int:
    if "group" not in folded and "arm" not in folded:
        return 0
    match = _EQUAL.search(folded)
    if match:
        each = match["a"] or match["b"] or match["c"]
        return number_of(match["k"]) * number_of(each)
    each_group = _EACH.search(folded) if "each" in folded or " per " in folded else None
    groups = _GROUPS.search(folded) if each_group else None
    if each_group and groups:
        many = number_of(groups["k"]) if groups["k"] else 2
        return many * number_of(each_group["n"] or each_group["m"])
    return 0
