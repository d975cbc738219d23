"""How many got the product, where the abstract says that not all of its people did.

"Of 143 patients 37 chose the vesicles"; "two were never dosed, so that 18 were exposed". A dose,
a second course or a volume beside the number may part those who all got it: it says nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from evlit.classify.counts import (
    CONTROL,
    NOT_COUNT,
    PRODUCT,
    WHO,
    Count,
    folded_sentence,
)
from evlit.classify.number_words import NUMBER, has_words, number_of, number_starts
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import zones

_N = rf"(?<![\w.,/=<>≥≤±%-])(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,4}}|{NUMBER})(?![\w%,-]|\.\d)"
_CLOSE = 30
_OF_THEM = (
    r"(?:(?:out )?of (?:them|whom|these|those"
    rf"|the {WHO}|(?:the |all |our )?\d+ (?:[\w-]+ )?{WHO}) )?"
)
_GOT = (
    r"(?:received|got|took|inhaled|swallowed|drank|chose|opted for|elected|preferred|accepted"
    r"|given|treated with|exposed to|dosed with|infused with|injected with"
    r"|(?:assigned|allocated|randomi[sz]ed) to)"
)
_PART = re.compile(
    rf"{_N} (?:{WHO} )?(?:\([^()]*\) )?(?P<of>{_OF_THEM})(?:who )?"
    r"(?:(?:then|also|actually|finally|eventually|subsequently|only|had|have|were|was|been) )*"
    rf"(?P<act>{_GOT}|had|on|with) (?P<what>[^.;]{{1,110}})"
)
"""A number of people, that they got something, and what."""
_NEXT_ARM = re.compile(
    rf",? \b(?:and|while|whereas|but|or) (?:the )?(?:\d|{NUMBER}\b|others?|rest|remaining)"
)
_OF_WHOM = ("of whom ", "of them ", "of which ", "of these ", "of those ", "of these, ")
_DIVIDES = ("first ", "following ", "next ", "last ")
"""Before a number of people that parts them from the others of the study."""
_DOSE = re.compile(
    r"\b(?:second|third|further|additional|repeat\w*|again|more|all|both|every|low\w*|high\w*"
    r"|medium|booster|extra|one|two|three|four|five|six|single|only|full|planned)\b"
)
_AGAIN = re.compile(r"\b(?:again|both|repeat\w*|once more|more than|a second|a third)\b")
_VOLUME = re.compile(r"\d")
_AMOUNT = re.compile(r"^(?P<n>\d+) (?:infusions|injections|doses|courses|applications) of ")
"""All that the people got together: "391 infusions of the product"."""
_ELSE = re.compile(
    rf"{CONTROL.pattern}|\bno (?:treatment|injection|infusion|therapy)\b|\buntreated\b"
)
"""What the others got."""
_OTHERS = re.compile(
    r"\b(?:remaining|the others?|the rest|untreated|unexposed|(?:were|was|did|had) not|never)\b"
)
_AT_LEAST = re.compile(r"\b(?:at least (?:once|one (?:dose|infusion|injection|instillation)))\b")
_ACTUALLY = re.compile(
    rf"{_N} (?:{WHO} )?(?:(?:were|was|had been|have been) )(?:(?:actually|in fact|finally) )?"
    r"(?P<act>exposed|dosed|infused|injected|treated)(?=$|[.,;)]| \(| to\b| with\b)"
    r"(?: (?:to|with) (?P<what>[^.,;]{1,80}))?"
)
_MISSED = re.compile(
    r"\b(?:consent\w*|enrol\w*|approached|includ\w*|recruit\w*|withdr\w+|never|not|before"
    r"|screen\w*|randomi\w+|assigned)\b"
)
"""Beside those who got it: that others of the study may not have."""
_CODE = re.compile(
    r"(?:[a-z]+: )?(?P<code>[a-z]{2,}-?\d[\w-]*) (?:is|are|consists? of|contains?|comprises?)\b"
)
_ALL = re.compile(
    rf"\b(?:all|each of) (?:of )?(?:the |these )?(?:(?P<n>\d{{1,4}}|{NUMBER}) )?{WHO} "
    r"(?:(?P<late>finally|eventually|ultimately|in the end) |then |had |have |were )*"
    rf"{_GOT} (?P<what>[^.,;]{{1,80}})"
)
_IN_GROUP = re.compile(
    rf"\b(?:\d+|{NUMBER}) (?:\([^()]*\) )?(?:out )?of (?:the )?(?P<n>\d{{1,4}}) (?:{WHO} )?"
    r"(?:in|of|from) the (?P<group>[\w+/ -]{1,40}?)[ -](?:group|arm)\b"
)
"""A share of one arm: "13 of 28 patients in the vesicle group"."""


def coined(text: Text, names: list[Hit]) -> list[Hit]:
    """Return where the text says the code that it gives the product: "PMV-01 is a suspension …"."""
    found: list[Hit] = []
    for hit in names:
        start = text.sentences[hit.sentence].start
        match = _CODE.match(text.folded, start, hit.start)
        if match is None or any(h.cue is hit.cue and h.sentence == hit.sentence for h in found):
            continue
        at = -1
        while (at := text.folded.find(match["code"], at + 1)) >= 0:
            sentence = bisect_right(text.starts, at) - 1
            found.append(Hit(hit.cue, at, at + len(match["code"]), sentence))
        break
    return found


def actually_exposed(text: Text, most: int, names: list[Hit], *, arms: bool) -> Count | None:
    """Return how many are said to have got it in the end, fewer than ``most``.

    :param most: those who were to get it: of an arm, or of the whole study
    :param arms: whether others of the study got something else
    """
    for number, folded in _told(text, ("exposed", "dosed", "at least on", "actually", "treated",
                                       "infused", "injected")):  # fmt: skip
        named = _named_at(text, number, names)
        for match in _numbers(_ACTUALLY, text, number, folded):
            n, what = number_of(match["n"]), match["what"]
            if what is not None:
                told = _is_product(folded, match.start("what"), match.end("what"), named)
            else:
                told = match["act"] == "exposed" or not arms
            if told and 0 < n < most and (match["act"] == "exposed" or _MISSED.search(folded)):
                return Count(3, n, number)
        if _AT_LEAST.search(folded):
            for n, match in _parts(text, number, folded, named):
                if n < most and _AT_LEAST.search(match["what"]):
                    return Count(3, n, number)
    return None


def all_exposed(text: Text, count: Count, names: list[Hit]) -> bool:
    """Return whether a sentence says that all got it: "all 40 finally received vesicles"."""
    for number, folded in _told(text, ("all ", "each of ")):
        match = _ALL.search(folded)
        if match is None or not (
            match["late"] or (match["n"] and number_of(match["n"]) == count.number)
        ):
            continue  # "in this group all received …"
        if _is_product(folded, *match.span("what"), _named_at(text, number, names)):
            return True
    return False


def part_exposed(text: Text, count: Count, names: list[Hit], kind: str) -> Count | None:
    """Return those who got it, of a study in which others did not; None where none says so."""
    named = {h.sentence for h in names}
    for number, folded in _told(text, (" ",)):
        if (number not in named and " the product" not in folded) or " each " in folded:
            continue  # "each": told of each cohort, not of all
        parts = list(_parts(text, number, folded, _named_at(text, number, names)))
        if any(n == count.number for n, _ in parts):
            return None  # all got it
        others = [_NEXT_ARM.search(folded, m.start("what")) for _, m in parts]
        told = any(o and _ELSE.search(folded, o.start()) for o in others)
        found = [n for n, match in parts if told or _is_part(folded, match, count, kind)]
        if found and sum(found) < count.number:
            return Count(3, sum(found), number)
    return None


def group_told(text: Text, count: Count, names: list[Hit]) -> Count | None:
    """Return the number of the product's group, told beside a share of it."""
    best: Count | None = None
    for number, folded in _told(text, (" group", " arm")):
        for match in _IN_GROUP.finditer(folded):
            if _is_product(folded, *match.span("group"), _named_at(text, number, names)):
                n = int(match["n"])
                if n < count.number and (best is None or n > best.number):
                    best = Count(2, n, number)
    return best


def _told(text: Text, any_of: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the sentences of the authors' own that hold one of some words."""
    for number, zone in enumerate(zones(text)):
        if zone not in ("title", "background", "keywords"):
            folded = folded_sentence(text, number)
            if any(word in folded for word in any_of):
                yield number, folded


def _numbers(
    pattern: re.Pattern[str], text: Text, number: int, folded: str
) -> Iterator[re.Match[str]]:
    at = 0
    for start in number_starts(folded, words=has_words(text, number)):
        match = pattern.match(folded, start) if start >= at else None
        if match and not NOT_COUNT.search(folded, max(0, start - _CLOSE), start):
            yield match
            at = match.start("act")  # the 60 of "35 of 60 patients received" did not


def _named_at(text: Text, number: int, names: list[Hit]) -> list[int]:
    start = text.sentences[number].start
    return [h.start - start for h in names if h.sentence == number]


def _is_product(folded: str, start: int, end: int, named: list[int]) -> bool:
    what = folded[start:end]
    said = any(start <= at < end for at in named) or PRODUCT.search(what) is not None
    return said and CONTROL.search(what) is None


def _parts(
    text: Text, number: int, folded: str, named: list[int]
) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield each number of people who got the product, where no dose parts them."""
    for match in _numbers(_PART, text, number, folded):
        what = _NEXT_ARM.split(match["what"], maxsplit=1)[0]
        start, end = match.start("what"), match.start("what") + len(what)
        first = min((at for at in named if start <= at < end), default=None)
        if first is None:
            product = PRODUCT.search(what) if " product" in what else None
            first = start + product.start() if product else None
        if first is None or CONTROL.search(folded, start, first):
            continue
        n, before = number_of(match["n"]), folded[start:first]
        amount = _AMOUNT.match(before)
        if amount and int(amount["n"]) >= n:
            before = before[amount.end() :]
        if not (_DOSE.search(before) or _AGAIN.search(folded, first, end)):
            yield n, match


def _is_part(folded: str, match: re.Match[str], count: Count, kind: str) -> bool:
    """Return whether those who got the product are told apart from others of the study."""
    before = folded[: match.start()]
    whole = match["of"] or before.endswith(_OF_WHOM)
    if match["act"] in ("on", "with", "had") and not (whole or before.endswith(_DIVIDES)):
        return False
    if kind in ("rct", "controlled"):
        return number_of(match["n"]) > 1 or bool(whole)
    if _VOLUME.search(match["what"].split(" of ", 1)[0][:12]) and not whole:
        return False  # another volume for the others
    told = re.search(rf"\b{count.number}\b", folded) or _names_whole(before)
    return bool(whole or _OTHERS.search(folded) or told or kind == "observational")


def _names_whole(before: str) -> bool:
    """Return whether a sentence begins with the people of whom these are a part."""
    opening = re.match(rf"(?:[\w ]+[:.] )?(?:out of|of|among) (?:the |all |a total of )?"
                       rf"(?:\d[\d,]*|{NUMBER}) ", before)  # fmt: skip
    return opening is not None
