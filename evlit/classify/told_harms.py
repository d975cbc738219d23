"""What befell people, told in plain words: by the build of the sentence, not by a list of events.

"Variceal bleeding killed one patient", "a melanoma was diagnosed in two", "blood cultures grew
Klebsiella": such words stand in no list of harms. They are looked for only where people were
given something of the field, in sentences on the study itself. A denial stays a denial, and what
names the disease treated, what got better and what was there before is no harm.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs

from evlit.classify import safety_words
from evlit.classify.cues import Cue
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import words as listed
from evlit.classify.weigh import zones


class Told(NamedTuple):
    """One event told of."""

    kind: str
    """A kind of harm, or ``other``."""
    hit: Hit
    """The words that tell of it."""


_NUMBER = (
    r"(?<![\w.-])(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|twenty|another|both|several|some|few)"
)
_PERSON = (
    r"(?:patients?|participants?|subjects?|people|persons?|individuals?|volunteers?|wom[ae]n|m[ae]n"
    r"|boys?|girls?|child(?:ren)?|infants?|bab(?:y|ies)|neonates?|newborns?|adults?|clients?"
    r"|recipients?|cases?|eyes?|knees?|users?|athletes?|of (?:them|these|those|whom))"
)
_OF = r"(?: of (?:the |these |those |our |all )?(?:\d+ )?)? ?"
_SOMEONE = rf"{_NUMBER}{_OF}(?:[\w-]+ ){{0,3}}?{_PERSON}\b"
_IN_SOME = rf"\b(?:in|by|of|on|among) (?:only )?(?:the |each )?{_NUMBER}\b(?! (?:of )?control)"
_SEEN = (
    r"(?:seen|found|noted|noticed|reported|observed|recorded|detected|discovered|diagnosed"
    r"|identified|mentioned|encountered|documented|confirmed)"
)
_CAME = (
    r"(?:occurred|arose|developed|appeared|happened|emerged|ensued|supervened|followed|formed"
    r"|set in|came(?: on)?)"
)

_CANCER = (
    r"(?:[\w-]*carcinomas?|melanomas?|lymphomas?|leuka?emias?|[\w-]*sarcomas?|glio(?:mas?|blastomas?)"
    r"|myelomas?|meningiomas?|malignanc(?:y|ies)|cancers?|malignant neoplasms?"
    r"|teratomas?|new (?:[\w-]+ )?mass(?:es)?|\w+proliferative lesions?|(?:new |malignant "
    r"|brain |ovarian |liver |lung |skin )tumou?rs?|biochemical (?:recurrence|relapse|failure))"
)
_BUG = (
    r"(?:hepatitis|hiv\b|htlv|syphilis|tubercul\w+|mycobacter\w+|staphyl\w+|pseudomon\w+|candida)"
)
_SUPPURATION = (
    r"(?:sepsis|septic shock|bactera?emia|cellulitis|tuberculosis|meningitis|fasciitis|zoster"
    r"|septic arthritis|ventriculitis|ependymitis|peritonitis|pyelonephritis|urosepsis"
    r"|urinary sepsis|empyema|pneumonia"
    r"|(?:cytomegalovirus|cmv|fungal|bacterial|aspergillus) \w+itis|abscess(?:es)?|pus"
    r"|(?:wound|joint|site|line|blood|device|chest"
    r"|urinary(?: tract)?|bloodstream) infections?)"
)
_ANTIBODY = (
    r"(?:(?:hla|anti-hla|donor-specific|anti-?drug|neutrali[sz]ing|auto-?)[ -]?antibod\w+"
    r"|panel-reactive antibod\w+|autoantibod\w+)"
)
_CLOT = r"(?:(?:[\w-]+ )?thrombos[ei]s|emboli|embolism|thromboembol\w+|embolus|infarcts)"
_SIGN = (
    r"(?:[a-z-]{3,}(?:itis|ptysis|rrhagia|rrhages?|rrho?ea|algia|spasms?|plegia|paresis|pno?ea|uria"
    r"|edema|rrhythmias?|cardia)|(?:septic|fung|hypoglyc|hyperglyc|hypokal|hyperkal|hyponatr|hypox)"
    r"a?emia|(?:leu[ck]o|neutro|thrombocyto|lympho|pancyto)penia|bleeds?|bleeding|bruis(?:e|es|ing)|atrophy|perforations?|ruptures?|dehiscence"
    r"|(?:retinal )?detachments?|strokes?|seizures?|convulsions?|syncope|collapse|fainting|swelling"
    r"|blister\w*|stiffness|inflammatory reactions?|ulcers?|ulcerations?|burns|keloids?"
    r"|numbness|palsy|paralysis|shock|hypotension|desaturations?|bloating|constipation|cataracts?"
    r"|fractures?|falls?(?! (?:in|of))"
    r"|hair (?:loss|shedding)|loss of (?:vision|sight|hearing|sensation|smell|taste)"
    r"|(?:visual|hearing|vision) loss|necrosis(?! factor)|(?:hyper|hypo|de)pigmentation|lumps?"
    r"|nodules?|(?:heart|renal|kidney|liver|respiratory) failure"
    r"|acute kidney injury|cardiac arrest"
    r"|rise in (?:alt|ast|creatinine|liver enzymes|transaminases))"
)
_TURN = r"(?:but|however|although|though|except|apart|while|whereas)"
_DENIED = re.compile(
    r"\b(?:no|not|never|nor|neither|none|nobody|without|absen\w+|free of|lack of|fewer|less"
    r"|reduc\w+|prevent\w*|protect\w*|lower\w*|whether|if|would|could|may|might|risks? of"
    r"|hazards? of|chance of|closure|remission|disappearance|resolution|regression"
    r"|healing|recovery|relief)\b"
    rf"(?:(?!\b{_TURN}\b)[^.;]){{0,90}}$|n't\b[^.;]{{0,60}}$"
)
_NOT_SEEN = re.compile(
    r"^[^.;,]{0,30}\b(?:not|never|no longer)\b|^[^.;,]{0,20}\b(?:in|by) (?:none|no)\b"
)
_BEFORE = re.compile(
    r"\b(?:baseline|history of|at (?:inclusion|entry|enrol\w+|presentation|admission)|previous\w*"
    r"|prior|pre-?(?:treatment|operative\w*|existing)|initial\w*|on admission"
    r"|before (?:the )?(?:treatment|injection|infusion|study|enrol\w+)|inclusion criteri\w+"
    r"|exclu\w+|eligib\w+|were (?:included|enrolled|recruited)|underlying|donors?|worldwide"
    r"|(?:was|were) (?:relieved|abolished|cured)|resolution|improve\w*)\b"
)

_ANOTHER = re.compile(
    r"\b(?:no|not|none|never|without|proportion|rate|percentage|year-old|years? old"
    r"|less|fewer|milder|reduced|improved|better)\b"
)
"""Within what was matched: a denial, a share of many, or a case presented with the event,
or one that got better."""

_ELSEWHERE = re.compile(r"\b(?:untreated|contralateral|fellow) ")
"""Of the side that got nothing."""

_Patterns = tuple[re.Pattern[str], ...]


def _compiled(*patterns: str) -> _Patterns:
    return tuple(re.compile(p) for p in patterns)


_DEATH = _compiled(
    rf"\bkilled (?:{_NUMBER}\b|him\b|her\b|(?:the |our )(?:[\w-]+ )?{_PERSON}\b)"
    r"(?! (?:cells|bact))",
    rf"(?:{_PERSON}|\b(?:who|he|she|they|{_NUMBER}))(?: (?:with|in|on|of|from)(?: [\w-]+){{1,5}}?)?"
    r" (?:did not|didn't|failed to) survive\b",
    r"\bfound (?:dead|lifeless)\b",
    rf"\blost {_SOMEONE} to (?!follow|other|another|further|contact|the follow)",
    r"\blost to (?:sepsis|infection|cancer|bleeding|pneumonia|shock|stroke|[\w-]+ failure)\b",
    r"\bnever left (?:the )?(?:[\w-]+ ){0,3}?(?:alive|hospital|icu|intensive care)\b",
    r"\b(?:never|not) (?:\w+ )?discharged alive\b",
    rf"\b(?:{_PERSON}|{_NUMBER}|who|he|she) (?:had )?(?:passed away|perished|expired)\b",
    rf"{_NUMBER} non-?survivors\b",
    rf"\ball (?:[\w-]+ )?(?:but|except) {_NUMBER} (?:[\w-]+ ){{0,3}}?survived\b",
    r"\b(?:committed suicide|killed (?:him|her)self)\b",
    rf"{_NUMBER} (?:fatal|lethal) (?:[\w-]+ ){{1,3}}?(?:occurred|developed|was|were|ensued)\b",
    rf"\b(?:{_PERSON}|he|she) (?:[\w-]+ )?succumbed\b",
    r"\b(?:declared|pronounced) dead\b",
    r"\bresuscitation (?:failed|was unsuccessful|was without success)\b",
    r"\bcould not be (?:resuscitated|saved|revived)\b|\blife support was withdrawn\b",
    r"\b(?:(?:leading|led) to|(?:resulting|resulted|ended|ending) in) (?:his |her |their |the )?"
    r"(?:early |sudden )?deaths?\b(?! of (?!the |an? |one))",
    r"\bwith (?:a )?(?:fatal|lethal) outcome\b|\boutcome (?:was|proved) (?:fatal|lethal)\b",
    r"\b(?:proved|turned out) (?:to be )?(?:fatal|lethal)\b",
)
_TUMOUR = _compiled(
    rf"{_CANCER}[^.;]{{0,30}}\b(?:was|were) (?:[\w-]+ )?{_SEEN}\b[^.;]{{0,30}}?{_IN_SOME}",
    rf"{_CANCER} (?:[\w-]+ )?{_CAME}\b[^.;]{{0,40}}?{_IN_SOME}",
    rf"{_SOMEONE}[^.;]{{0,45}}? (?:developed|got|(?:was|were) (?:[\w-]+ )?(?:diagnosed with"
    rf"|found to have)|had (?=an? (?:new|second|de novo))) (?:[\w-]+ ){{0,4}}?{_CANCER}",
    rf"\b(?:new|second|de novo) (?:[\w-]+ )?{_CANCER} (?:was|were) {_SEEN}",
    rf"{_SOMEONE} had (?:an? )?(?:recurrence|relapse)s? of (?:[\w-]+ ){{0,2}}?{_CANCER}",
    rf"\btumou?rs? (?:grew|arose|formed|developed|appeared) (?:at|in|around|near)\b[^.;]{{0,40}}?"
    rf"{_IN_SOME}",
    rf"{_NUMBER}[^.;]{{0,40}} (?:biopsy|mri|ct|scans?|imaging|autopsy|endoscopy) (?:revealed|showed"
    rf"|disclosed) (?:[\w-]+ ){{0,3}}?{_CANCER}",
    rf"\b(?:biopsy|mri|ct|scans?|imaging|autopsy|endoscopy)[^.;]{{0,30}} (?:revealed|showed"
    rf"|disclosed) (?:[\w-]+ ){{0,3}}?{_CANCER}[^.;]{{0,30}}?{_IN_SOME}",
)
_INFECTION = _compiled(
    rf"{_SUPPURATION}[^.;]{{0,40}}\b(?:was|were) (?:[\w-]+ )?{_SEEN}\b",
    rf"{_SUPPURATION} (?:[\w-]+ )?{_CAME}\b",
    rf"(?<!with ){_NUMBER} (?:(?!with|for|of|in\b)[\w-]+ ){{0,2}}?{_SUPPURATION}(?= (?:was|were|and"
    r"|in|on|after|needed|required|led|developed|\()|[,.(;])",
    rf"{_NUMBER} (?:developed|contracted|had) (?:[\w-]+ ){{0,2}}?{_SUPPURATION}",
    rf"{_SOMEONE}(?: [^.;,]{{0,45}})? (?:developed|got|had|suffered|(?:was|were) (?:re)?(?:admitted"
    rf"|hospitali[sz]ed|treated) (?:with|for)) (?:[\w-]+ ){{0,4}}?{_SUPPURATION}",
    rf"{_SOMEONE}[^.;]{{0,40}}\b(?:(?:tested|became|were|was) positive for|contracted|infected with"
    rf"|seroconverted (?:for|to)) (?:[\w-]+ )?{_BUG}",
    rf"{_NUMBER}{_OF}(?:[\w-]+ ){{0,3}}?(?:seroconverted|tested positive) (?:for|to) {_BUG}",
    r"\bpus (?:was|had to be) \w+",
    rf"(?!an? ){_NUMBER} (?:(?:bacterial|fungal|local|deep|superficial|serious) )?infections?"
    r"(?= (?:was|were|occurred|developed|needed|required)|[.(;])",
    r"\b(?:wounds?|sites?|joints?|knees?|eyes?|grafts?|lines?|scalps?|faces?) became infected\b",
    rf"{_SUPPURATION} (?:required|needed|led to)\b",
    rf"{_SOMEONE} had positive (?:blood )?cultures",
    r"\boutbreak of (?:[\w-]+ ){1,4}?infections? (?:affected|occurred|was|in|among)\b",
)
_GREW = re.compile(
    r"\b(?:grew|growth of) (?:[a-z-]+ ){0,2}?[A-Z][a-z]{3,}"
    r"|\b(?:[Cc]ultures?|fluid|blood|swabs?|aspirates?|vials?|lots?|samples?)\b[^.;]{0,40}"
    r"\byielded (?:[a-z-]+ )?[A-Z][a-z]{3,}|\w+itis \([A-Z]\. [a-z]{3,}"
)
"""An organism by its Latin name: the capital tells it from what else may grow."""
_IMMUNE = _compiled(
    rf"{_SOMEONE}[^.;]{{0,30}} (?:developed|formed|acquired|had|made) (?:[\w-]+ ){{0,3}}?"
    rf"{_ANTIBODY}",
    rf"{_ANTIBODY}[^.;]{{0,50}}\b(?:(?:was|were) {_SEEN}|{_CAME})\b[^.;]{{0,30}}?{_IN_SOME}",
    rf"{_ANTIBODY}[^.;]{{0,30}}{_IN_SOME}",
    rf"{_SOMEONE} (?:became|were|was) (?:newly )?sensiti[sz]ed\b",
)
_THROMBOSIS = _compiled(
    rf"{_CLOT} (?:[\w-]+ )?{_CAME}\b",
    rf"{_SOMEONE}(?: [^.;,]{{0,45}})? (?:developed|suffered|had) (?:[\w-]+ ){{0,3}}?{_CLOT}\b",
)
_SIGNS = _compiled(
    rf"\b{_SIGN}\b(?: [\w-]+){{0,5}}? (?:was|were) (?:[\w-]+ )?(?:{_SEEN}|complained of)\b"
    rf"[^.;]{{0,40}}?{_IN_SOME}",
    rf"\b{_SIGN}\b (?:[\w-]+ ){{0,4}}?{_CAME}\b[^.;]{{0,40}}?{_IN_SOME}",
    rf"\b{_SIGN}\b in \d+(?: [^.;]{{0,50}})? (?:was|were) {_SEEN}\b",
    rf"{_NUMBER} (?:[\w-]+ )?{_SIGN}\b (?:(?:was|were) (?:[\w-]+ )?{_SEEN}|{_CAME})\b",
    rf"{_SOMEONE}(?: [^.;,]{{0,45}})? (?:developed|had|suffered|experienced|reported|noticed"
    rf"|complained of|lost) (?:[\w-]+ ){{0,2}}?{_SIGN}\b",
    rf"{_SOMEONE}[^.;,]{{0,30}} (?:was|were) (?:re)?(?:admitted|hospitali[sz]ed) (?:with|for)"
    rf" (?:[\w-]+ ){{0,2}}?{_SIGN}\b",
)
_LASTING = _compiled(
    rf"{_NUMBER}\b[^.;,]{{0,40}} (?:left|stopped|withdrew|quit|dropped out|discontinued)\b"
    rf"[^.;]{{0,40}}\b(?:because|owing to|due to|for|after)\b[^.;]{{0,40}}"
    rf"\b(?:hurt|pain\w*(?! (?:was|had) (?:gone|better))|itch\w*|rash\w*|fever|{_SIGN})\b",
    r"\b(?:infusions?|injections?|treatment|dosing) (?:was|were|had to be) (?:stopped|interrupted"
    rf"|halted|aborted)\b[^.;]{{0,30}}?{_IN_SOME}",
    rf"{_SOMEONE}[^.;,]{{0,30}} (?:became|(?:was|were) left) (?:[\w-]+ )?(?:blind|deaf|paraplegic"
    r"|tetraplegic|paraly[sz]ed|unconscious|comatose|disabled)\b",
    rf"{_SOMEONE}[^.;,]{{0,30}} (?:went into (?:[\w-]+ )?(?:shock|coma|arrest|failure)|collapsed"
    r"|fainted|convulsed)\b",
    rf"{_NUMBER} (?:toes?|fingers?|limbs?|legs?|foot|feet|eyes?|teeth) (?:had to be|was|were)"
    r" (?:amputated|enucleated|removed)\b",
    rf"\bamputation (?:was|became) (?:needed|necessary|required|performed)\b"
    rf"[^.;]{{0,20}}?{_IN_SOME}",
    r"\b(?:liver enzymes|transaminases|creatinine|alt|ast) (?:rose|increased)\b[^.;]{0,20}?"
    rf"{_IN_SOME} (?:patients?|participants?|subjects?|of)",
    rf"{_SOMEONE}[^.;,]{{0,30}} lost (?:(?:\w+ )?(?:vision|sight|hearing|consciousness)|(?:an?"
    r"|one|the) (?:eye|toe|finger|limb|leg|foot))\b",
    rf"{_SOMEONE}[^.;,]{{0,30}} (?:had to be|needed to be) (?:intubated|(?:re)?admitted"
    r"|hospitali[sz]ed|operated|transfused)\b",
    rf"{_NUMBER} (?:eyes?|bowels?|uterus|globes?|corneas?) (?:perforated|ruptured)\b",
)
_KINDS: tuple[tuple[str, str, _Patterns], ...] = (
    ("infection", "told_infection", _INFECTION),
    ("immune", "told_immune", _IMMUNE),
    ("thrombosis", "told_thrombosis", _THROMBOSIS),
    ("tumour", "told_tumour", _TUMOUR),
    ("death", "told_death", _DEATH),
    ("other", "told_sign", _SIGNS),
    ("other", "told_lasting", _LASTING),
)
"""Kinds with their patterns, and the list of words without one of which none of these can match."""
_NAME = re.compile(f"{_CANCER}|{_SUPPURATION}|{_ANTIBODY}|{_CLOT}|{_BUG}|{_SIGN}")
"""The event within what was matched, to ask whether it is the disease treated."""
_STEM = 8
"""Letters by which two forms of a word are known as one."""


def find(text: Text) -> list[Told]:
    """Return what befell the people of a study, one of a kind in a sentence."""
    known: list[Told] | None = text.memo.get("told")
    if known is None:
        known = text.memo["told"] = list(_find(text))
    return known


def _find(text: Text) -> Iterator[Told]:
    zone_of = zones(text)
    worth = _worth_reading(text)
    for number in range(1, text.last + 1):
        sentence = text.sentences[number]
        if number not in worth or zone_of[number] == "background" or "METHOD" in sentence.category:
            continue
        folded = text.folded[sentence.start : sentence.end]
        for kind, needed, patterns in _KINDS:
            if needed not in worth[number]:
                continue
            for match in _matches(kind, patterns, text.plain, folded, sentence.start):
                if _befell(text, kind, match, folded, sentence.start):
                    a, b = sentence.start + match.start(), sentence.start + match.end()
                    yield Told(kind, Hit(Cue(f"harm_{kind}", match[0]), a, b, number))
                    break


@lru_cache(maxsize=1)
def _words() -> tuple[ahocorasick_rs.AhoCorasick, list[str]]:
    """Return the words of all lists in one automaton, and the list of each."""
    pairs = [(word, name) for _, name, _ in _KINDS for word in sorted(listed(name))]
    return ahocorasick_rs.AhoCorasick([word for word, _ in pairs]), [name for _, name in pairs]


def _worth_reading(text: Text) -> dict[int, set[str]]:
    """Return by sentence the lists of which a word stands there."""
    automaton, names = _words()
    found: dict[int, set[str]] = {}
    for word, at, _ in automaton.find_matches_as_indexes(text.folded, overlapping=True):
        found.setdefault(bisect_right(text.starts, at) - 1, set()).add(names[word])
    return found


def _matches(
    kind: str, patterns: _Patterns, plain: str, folded: str, start: int
) -> Iterator[re.Match[str]]:
    for pattern in patterns:
        yield from pattern.finditer(folded)
    if kind == "infection" and ("grew " in folded or "growth of " in folded or "yielded" in folded):
        yield from _GREW.finditer(plain[start : start + len(folded)])


def _befell(text: Text, kind: str, match: re.Match[str], folded: str, start: int) -> bool:
    """Return whether it did happen, and after the giving."""
    if _DENIED.search(folded[: match.start()]) or _NOT_SEEN.match(folded[match.end() :]):
        return False
    words = match[0].lower()
    if kind == "death":
        return not re.search(r"\b(?:graft|flap|implant|teeth|tooth|cell|embryo)s? ", words)
    if _ELSEWHERE.search(folded, max(0, match.start() - 30), match.end()):
        return False
    if _ANOTHER.search(words) or _BEFORE.search(folded):
        return False
    if safety_words.EARLIER.search(folded):
        return False
    named = _NAME.search(words)
    return named is None or not _is_treated(text, named[0], start + match.start())


def _is_treated(text: Text, name: str, at: int) -> bool:
    """Return whether the title, or what was told of the people before, has the word as theirs."""
    title = text.folded[: text.sentences[0].end]
    stems = [word[:_STEM] for word in re.findall(r"[a-z-]{4,}", name)] or [name]
    if all(stem in title for stem in stems):
        return True
    theirs = rf"\b(?:with|for|having|had) (?:[\w/-]+ ){{0,4}}{re.escape(name)}"
    return re.search(theirs, text.folded[len(title) : at]) is not None
