"""What speaks for each design in a record, summed up: cues, types, headings, counts of people.

:mod:`evlit.classify.design` walks the code book's order over these sums.
"""

from __future__ import annotations

import re

from evlit.classify.giving import given_to_people, tried_in_a_dish
from evlit.classify.number_words import has_words, number_starts
from evlit.classify.pubmed_types import heading_groups, is_automated, type_groups
from evlit.classify.species import live
from evlit.classify.subjects import (
    BENCH,
    LIVING,
    are_patients,
    means_people,
    people_hits,
    share_of_donors,
)
from evlit.classify.text import Text
from evlit.classify.weigh import weigh, weigh_all, words, zones

_OWN = ("title", "own", "body")
_TRIALS = frozenset({"randomized", "trial", "observational", "case_report"})

_NOTICE_OF = frozenset({"RetractionOf", "ErratumFor", "ExpressionOfConcernFor"})
_NOTICE_OPENS = re.compile(
    r"^\W*(?:retracted|withdrawn|"
    r"(?:(?:editorial |publisher'?s? |author |notice of |statement of |partial )*"
    r"(?:retraction|erratum|errata|corrigend\w+|corrections?|expression of concern|withdrawal)"
    r"(?: (?:note|notice))?))\s*(?:[:.\]\-]|to\b|for\b|\(|$)"
)
_NOTICE_CLOSES = re.compile(
    r"[:.\-(\[]\s*(?:(?:editorial |publisher |author )?"
    r"(?:retraction|erratum|corrigendum|correction|"
    r"expression of concern|withdrawal))(?: (?:note|notice))?\W*$"
)
_OF_A_PAPER = re.compile(
    r"^\W*retraction of\s*[:\"'\[]|^\W*correction of (?:the )?(?:article|author|affiliation)"
)
_MARKS_PAPER = re.compile(r"^\W*(?:retracted|withdrawn)(?: article)?\s*:")
_SPANDIDOS = re.compile(r"^\W*\[?retracted\]")
_COUNTED_IN = {"title": 1.2, "own": 1.2, "body": 1.0}
_COUNTED = re.compile(
    r"(?:\b\d[\d,]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|eighteen|twenty|thirty|forty|fifty|sixty|hundred)(?:-\w+)?)"
    r"\s+(?:of (?:the |these |our )?)?"
    r"(?:(?!(?:mice|rats|animals|dogs|weeks|months|days|years|hours|mg|ml|in|of|from|for|at)\b)"
    r"(?:[a-z][\w/-]*|\([^)]{1,30}\))\s+){0,4}$"
)
_EVENTFUL = frozenset({"our", "this study", "the present study", "present study", "current study"})
"""Words on the authors' own work that reviews seldom use."""
_EVENTS = ((0.1, 1.4), (0.2, 1.0), (0.34, 0.4), (0.6, 0.0), (1.0, -0.4))
"""Share of sentences that tell an event, up to → what it weighs for a review."""
_WE = re.compile(
    r"(?:we|i),? (?:(?:also|then|first|here|further|have|will|can|aim to|will also|try to|thus|"
    r"now|next|finally|particularly|specifically|mainly|\w+ly),? )*([a-z-]+)"
)
_BENCH_SOME = 0.6
"""What laboratory work must weigh for "in vivo" to mean the animals that go with it."""
_PLANNED = 1.5
"""What words of the future must weigh, two sentences or so, to tell of a trial to come."""
_DONORS = 0.6
"""The share of words for people from which they are donors."""
_WANTED = re.compile(r"\b(?:are|is) (?:needed|warranted|required)\b|\bmay\b|\bcould\b|\bfuture\b")
_TO_COME = re.compile(r"\bwill be\b|\bplan(?:ned)? to\b|\b(?:is|are) (?:being )?planned\b")
_BASES = r"(?:pubmed|medline|embase|cochrane|scopus|web of science|databases?)"
_SEARCHED = re.compile(
    rf"\b{_BASES}\b[^.;]{{0,80}}\b(?:was|were) (?:\w+ )?searched|"
    rf"\bsearched (?:[\w-]+ ){{0,3}}{_BASES}|"
    rf"\bsearch(?:es)? (?:of|in|on) (?:[\w-]+ ){{0,3}}{_BASES}"
)
_STUDIES = (" studies", " trials", " articles", " rcts", " papers", " publications")
_POOLED = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:[\w-]+ ){0,3}?"
    r"(?:studies|trials|articles|rcts|papers|publications)\b[^.;]{0,80}?\b(?:were|was) "
    r"(?:\w+ )?(?:included|identified|eligible|selected|retrieved|pooled)"
)
"""Studies counted as others count patients: "14 studies with 900 patients were included"."""
_NAMES_ITSELF = re.compile(
    r"\b(?:this|in an?|the present) (?!(?:[\w-]+ )*(?:retrospective|chart|charts|records?|file|"
    r"film|book|peer|scientific|institutional|ethic\w*|internal|expert|audit|database|image|imaging|"
    r"pathology|slide|\d[\w-]*) )(?:[a-z][a-z-]+ ){1,2}review\b(?! (?:board|of (?:our|the )?"
    r"(?:medical |hospital |patient )?(?:records|charts|cases|files)))"
)
"""A review that names itself with a word between: "in this concise review"."""
_VALIDATED = re.compile(
    r"\b(?:we|was|were) (?:\w+ )?(?:validated|verified|measured|confirmed|tested)\b[^.;]{0,120}?"
    r"\bpatients?\b[^.;]{0,40}\(n ?="
)
"""Patients of one's own beside a review: "we validated it in patients (n = 22)"."""
_OF_PATIENTS = re.compile(
    r"\b(?:plasma|serum|sera|blood|urin\w+|csf|saliva|lavage|fluids?|tissues?|specimens|samples?|"
    r"higher|lower|elevated|increased|decreased|upregulated|downregulated|"
    r"expression|levels?|nlfs?)\b[^.;]{0,60}?\b(?:of|from|in) (?:the )?(?:[\w-]+ ){0,4}"
    r"(?:patients|volunteers|women|men|children|people)\b|"
    r"\b(?:exosom\w+|evs|vesicles) (?:[\w-]+ ){0,3}(?:of|from) (?:the )?(?:[\w-]+ ){0,4}patients\b|"
    r"\bclinical (?:samples|specimens|cohorts?)\b|\bpatients? samples\b"
)
_FEW_WORDS = 240
"""Characters of abstract below which the absence of findings says nothing."""


class Evidence:
    """Every side's sum for one record; one unit is about one plain statement."""

    __slots__ = (
        "alive", "animal", "bench", "cells", "computing", "counted", "donors", "given_to_people",
        "headings", "lines", "method", "notice", "observed", "opinion", "own", "people",
        "persons", "protocol", "results", "review", "sampled", "subject", "text", "titled_people",
        "treated", "types",
    )  # fmt: skip

    def __init__(self, text: Text) -> None:
        self.text = text
        self.types = type_groups(text)
        self.headings = heading_groups(text)
        self.notice = _notice(text, self.types)
        self.results = _results(text)
        sums = {side: weighed.total for side, weighed in weigh_all(text).items()}
        self.own = sums.get("own", 0.0)
        self.bench = sums.get("bench", 0.0)
        self.lines = sums.get("lines", 0.0)
        self.computing = sums.get("computing", 0.0)
        self.method = sums.get("method", 0.0)
        self.opinion = sums.get("opinion", 0.0)
        self.sampled = sums.get("sampled", 0.0)
        self.observed = sums.get("observed", 0.0)
        self.counted = _counted(text) or _grouped(text)
        self.titled_people = any(
            _is_counted(text, 0, text.folded[: h.start])
            for h in people_hits(text)
            if h.sentence == 0
        )
        self.given_to_people = given_to_people(text)
        told = sums.get("subject", 0.0) + self.counted
        self.alive = max((one.weight for one in live(text)), default=0.0)
        self.persons = _persons(text, self.alive)
        self.donors = self._donors()
        animals = _animal(text, sums.get("animal", 0.0), self.bench, told)
        self.treated = self._treated()
        self.subject = self._subject(animals)
        self.people = self.subject + 0.8 * (self.observed + self.sampled)
        self.animal = self._animals(animals)
        self.cells = sums.get("cells", 0.0) + (0.8 if "cells" in self.headings else 0.0)
        self.protocol = self._protocol()
        self.review = self._review()

    def _donors(self) -> float:
        """Return the share of people named who only gave what was worked on, 0 where it is low.

        Where no technique of the bench is named, all must be donors, and cells or tissue treated.
        """
        text, bench = self.text, self.bench >= BENCH
        if not text.has("person") or max(self.given_to_people, self.counted) >= 1.0:
            return 0.0
        if not (bench or tried_in_a_dish(text)) or self.types.keys() & _TRIALS:
            return 0.0
        share = share_of_donors(text)
        return share if share >= (_DONORS if bench else 1.0) else 0.0

    def _treated(self) -> float:
        """Sum what speaks for trials and for patients described one by one."""
        weights = (("case_report", 2.5), ("randomized", 2.0), ("trial", 2.0))
        told = weigh(self.text, "treated").total * (1.0 - self.donors)
        return told + sum(w for g, w in weights if g in self.types)

    def _subject(self, animals: float) -> float:
        """Sum what speaks for people who were given something, asked or followed."""
        total = weigh(self.text, "subject").total * (1.0 - self.donors) + self.counted
        if self.persons or "case_report" in self.types or animals < 1.0:
            total += self.treated
        total += 1.0 if "observational" in self.types else 0.0
        total += 1.0 if self._bare_treatment() else 0.0
        if "people" in self.headings:
            return total + 1.5
        return total + (0.6 if "humans" in self.headings else 0.0)

    def _bare_treatment(self) -> bool:
        """Return whether a title without abstract has people for whom a product is meant."""
        text = self.text
        if text.record.sections or self.given_to_people == 0.0:
            return False
        return any(h.sentence == 0 for h in people_hits(text))

    def _animals(self, total: float) -> float:
        """Sum what speaks for a live animal; headings count less where a program gave them."""
        if "animals" in self.headings or any(g.startswith("species:") for g in self.headings):
            weight = 0.4 if "humans" in self.headings else 0.8
            total += weight * (0.7 if is_automated(self.text) else 1.0)
        total += 1.5 if "veterinary" in self.types else 0.0
        if self.subject < 1.5:
            total += 0.8 * weigh(self.text, "body").total
        return total

    def _protocol(self) -> float:
        planned = weigh(self.text, "protocol").total + (2.5 if "protocol" in self.types else 0.0)
        if planned >= _PLANNED and self.results == 0.0 and "randomi" in self.text.folded:
            planned += 1.0  # chance will allot, nothing is found yet
        return planned - 0.9 * self.results

    def _review(self) -> float:
        """Sum what speaks for a review, less what speaks for the authors' own subjects."""
        types, text = self.types, self.text
        total = weigh(text, "review").total - 0.55 * self.own + _without_events(self)
        total += 4.2 if "review" in types else -0.8 * self.opinion
        total += 3.0 if "systematic" in types else 0.0
        total += _searched(text.folded) if text.has("review_method") else 0.0
        total += 1.6 if " review" in text.folded and _names_itself(text) else 0.0
        said = types.keys() & {"opinion", "comment"}
        total -= 1.5 if said and "review" not in types else 0.0
        if text.in_title("case_own"):  # own patients outrank the literature reviewed besides
            if "systematic" not in types:
                return min(0.0, total - 7.0)
            total -= 3.5
        elif "case_report" in types:
            total -= 2.0
        if (
            total > 0 and "(n" in text.folded and _VALIDATED.search(text.folded)
        ):  # so do own patients counted
            total -= 6.0
        return total - (1.5 if "randomized" in types else 0.0)


def evidence(text: Text) -> Evidence:
    """Return the sums of a record, worked out once."""
    known = text.memo.get("evidence")
    if known is None:
        known = text.memo["evidence"] = Evidence(text)
    found: Evidence = known
    return found


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


def _searched(folded: str) -> float:
    """Weigh that studies were searched for, and counted, as a systematic review does."""
    searched = "search" in folded and _SEARCHED.search(folded) is not None
    pooled = any(word in folded for word in _STUDIES) and _POOLED.search(folded) is not None
    return (0.0, 1.5, 2.5)[searched + pooled]


def _names_itself(text: Text) -> bool:
    """Return whether the abstract calls itself a review where no cue has said so."""
    if any(
        h.cue.literal.startswith(("this review", "in this review"))
        for h in text.get("review_phrase")
    ):
        return False
    return _NAMES_ITSELF.search(text.folded, text.sentences[0].end) is not None


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
    for hit in people_hits(text):
        weight = _COUNTED_IN.get(zone_of[hit.sentence], 0.3)
        if weight <= best:
            continue
        folded = text.folded
        if not (
            folded.find("(n =", hit.end, hit.end + 45) >= 0
            or folded.find("(n=", hit.end, hit.end + 45) >= 0
            or _is_counted(text, hit.sentence, folded[max(0, hit.start - 60) : hit.start])
        ):
            continue
        if not _to_come(text, hit.sentence):
            best = weight
    return best


_GROUPS = re.compile(r"\b(?:gr|grp|group|arm|cohort)\.? \w{1,9}(?: \([^)]{1,40}\))?: ?n ?= ?\d")
"""Groups of a telegram style abstract, which names no patients: "Gr A: n=17"."""


def _grouped(text: Text) -> float:
    """Weigh groups counted where neither people nor animals nor cells are named as subjects."""
    if text.has("person") or live(text) or weigh(text, "bench").total >= _BENCH_SOME:
        return 0.0
    folded = text.folded
    if ": n=" not in folded and ": n =" not in folded:
        return 0.0
    return 1.0 if _GROUPS.search(folded) else 0.0


def _to_come(text: Text, number: int) -> bool:
    folded, (start, end, *_) = text.folded, text.sentences[number]
    if folded.find("will be", start, end) < 0 and folded.find("plan", start, end) < 0:
        return False
    return _TO_COME.search(folded, start, end) is not None


def _is_counted(text: Text, sentence: int, before: str) -> bool:
    starts = number_starts(before, words=has_words(text, sentence))
    return any(_COUNTED.match(before, at) for at in starts)


def _persons(text: Text, alive: float) -> bool:
    """Return whether the authors' own work names people, other than donors of cells.

    Beside live animals a word must mean people alone ("patients"), outside their sentences.
    """
    if not text.has("person") or are_patients(text):
        return False
    zone_of = zones(text)
    if alive < LIVING:
        return any(
            zone_of[h.sentence] in _OWN and h.cue.literal != "donors" for h in text.get("person")
        )
    animals = {one.hit.sentence for one in live(text) if one.weight >= LIVING}
    return any(
        zone_of[h.sentence] in _OWN
        and h.sentence not in animals
        and means_people(text, h)
        and not _wanted(text, h.sentence)
        for h in text.get("person")
    )


def _wanted(text: Text, sentence: int) -> bool:
    return _WANTED.search(text.folded, *text.sentences[sentence][:2]) is not None


def patients_sampled(text: Text) -> float:
    """Weigh patients whose fluid, tissue or levels are named in the authors' own work."""
    if are_patients(text):
        return 0.0
    zone_of = zones(text)
    places = {h.sentence for h in text.get("person")} | {h.sentence for h in text.get("sampled")}
    return max(
        (
            1.2
            for n in places
            if zone_of[n] in ("own", "body", "title")
            and _OF_PATIENTS.search(text.folded, *text.sentences[n][:2])
        ),
        default=0.0,
    )


def _animal(text: Text, acts: float, bench: float, subject: float) -> float:
    """Sum live animals and what is done to them; "in vivo" alone may mean people."""
    alive = sorted((one.weight for one in live(text)), reverse=True)[:6]
    if not alive and not text.has("animal_act"):
        in_people = subject >= 1.0 and bench < 1.0
        if in_people or (bench < _BENCH_SOME and (text.has("person") or " human " in text.folded)):
            return 0.4 * acts
    total, factor = acts * 0.8, 1.0
    for weight in alive:
        total += weight * factor
        factor *= 0.5
    return total


def _without_events(ev: Evidence) -> float:
    """Weigh that an abstract tells hardly any event or finding, as reviews do."""
    text = ev.text
    last = text.last
    if last < 3 or text.letters < _FEW_WORDS:
        return 0.0
    told = {h.sentence for kind in ("past", "event") for h in text.get(kind)}
    told |= {h.sentence for h in text.get("own_work") if h.cue.literal in _EVENTFUL}
    share = sum(0 < i <= last for i in told) / last
    total = next(weight for most, weight in _EVENTS if share <= most)
    if total < 0:
        return total
    if "results:" in text.folded:
        return 0.0  # an abstract in telegram style, with its labels run into the text
    if any("RESULT" in (s.category or s.label or "").upper() for s in text.record.sections):
        return 0.0
    others = ev.computing + ev.method + weigh(text, "subject").total
    others += 2.0 * weigh(text, "treated").total
    return max(0.0, total - 0.35 * others - 0.5 * _own_verbs(text))


def _own_verbs(text: Text) -> int:
    """Count sentences in which "we" do what reviewers do not (measure, argue, build)."""
    return len(
        {
            hit.sentence
            for hit in text.get("we")
            if (match := _WE.match(text.folded, hit.start))
            and match[1] not in words("reviewers_do")
        }
    )
