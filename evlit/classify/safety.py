"""Axes ``safety`` and ``harm``: what a record says of unwanted events, negation first.

Only sentences with a cue are read. "No adverse events" is a statement of safety, not a
signal; an aim or a method ("adverse events were recorded") says nothing; a word that names
the disease, the model or the effect aimed at is no harm.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify import harms, told_harms
from evlit.classify import safety_words as words
from evlit.classify.subjects import people_hits
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import zones
from evlit.records import Tag

_APPLIES = ("clinical", "animal")
_NAMED = ("safety_reaction", "safety_sign", *(f"harm_{kind}" for kind in harms.KINDS))
"""Classes of single events."""


_LIST = 60
"""Letters within which a list of events names one that is known."""


class Statement(NamedTuple):
    """What one sentence says of events."""

    value: str
    """A value of axis ``safety``, or ``unrelated``, or that of the sentence before, too."""
    words: str
    at: int
    """Index of the sentence."""


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the safety statement and the harms of a record."""
    design = _first(seen, "design")
    found = harms.find(text, seen)
    in_people = design == "clinical" and harms.about_giving(text, seen)
    nothing = _first(seen, "given") == "nothing"
    if design not in _APPLIES or (nothing and not in_people):
        return harms.as_tags(text, [h for h in found if h.where == "discussed"])
    statements = _statements(text, design, told_harms.find(text) if in_people else [])
    value, why = _decide(statements, found, design)
    if nothing and value != "stated_some":  # where events are told, the giving was overlooked
        return harms.as_tags(text, [h for h in found if h.where == "discussed"])
    said = [Tag("safety", value, "rule", why, 0.9 if value != "not_mentioned" else 0.7)]
    if value == "stated_some" and not any(h.where != "discussed" for h in found):
        where = "people" if design == "clinical" else "animals"
        said.append(Tag("harm", f"other:{where}", "rule", why, 0.7))
    return said + harms.as_tags(text, found)


def _first(seen: dict[str, list[Tag]], axis: str) -> str:
    said = seen.get(axis)
    return said[0].value if said else ""


def _decide(statements: list[Statement], found: list[harms.Harm], design: str) -> tuple[str, str]:
    """Return the value and its words; what happened outweighs what did not."""
    said: dict[str, str] = {}
    for statement in statements:
        said.setdefault(statement.value, statement.words)
    judged = {s.at for s in statements if s.value in ("unrelated", "unrelated_before")}
    judged |= {s.at - 1 for s in statements if s.value == "unrelated_before"}
    said.setdefault("unrelated", said.get("unrelated_before", ""))
    elsewhere: list[Statement | harms.Harm] = [
        s for s in statements if s.value == "stated_some" and s.at not in judged
    ]
    if not words.ALL_EVENTS.search(said["unrelated"].lower()):
        elsewhere += [h for h in found if h.where == "people" and h.hit.sentence not in judged]
    seen = {h.kind: h.words for h in found if h.where != "discussed"}
    died = seen.pop("death", "")
    if said["unrelated"] and not elsewhere:
        return "none_related", said["unrelated"]
    if design == "clinical" and seen:
        said.setdefault("stated_some", next(iter(seen.values())))
    none = next((v for v in ("none_any", "none_related", "none_serious") if v in said), "")
    if "stated_some" in said:
        return "stated_some", said["stated_some"]
    if died and none != "none_related" and (none or design == "clinical"):
        return "stated_some", "; but ".join(w for w in (said.get(none, ""), died) if w)
    return none or "not_mentioned", said.get(none, "no statement about unwanted events in the text")


def _statements(text: Text, design: str, befell: list[told_harms.Told]) -> list[Statement]:
    """Return what each sentence says.

    :param befell: events told in plain words
    """
    zone_of = zones(text)
    events = text.get("safety_event") + _judged(text) + [t.hit for t in befell]
    found: list[Statement] = []
    people = set() if design == "clinical" else {h.sentence for h in people_hits(text)}
    for number in sorted({h.sentence for h in events} - people):
        if zone_of[number] not in ("background", "keywords"):
            found += _read(text, number, zone_of[number], design)
    judged = {s.at for s in found if s.value.startswith("unrelated")}
    for hit in _reactions(text, design):
        own = zone_of[hit.sentence] not in ("background", "keywords", "title")
        own = own and hit.sentence not in people | judged
        if own and _reacted(text, hit, design):
            found.append(Statement("stated_some", text.quote(hit, 50), hit.sentence))
            break
    found += [
        Statement("stated_some", text.quote(hit), hit.sentence)
        for _, hit in befell
        if hit.sentence not in judged
    ]
    return found


def _judged(text: Text) -> list[Hit]:
    """Return the judgements of what came of what, where their sentence names an event."""
    judged = text.get("safety_judged")
    if not judged:
        return []
    named = {h.sentence for kind in _NAMED for h in text.get(kind)}
    return [h for h in judged if h.sentence in named or _points_back(text, h)]


def _points_back(text: Text, hit: Hit) -> bool:
    return words.OF_THESE.search(text.folded[text.sentences[hit.sentence].start :][:80]) is not None


def _read(text: Text, number: int, zone: str, design: str) -> list[Statement]:
    """Return what one sentence with an event word says."""
    sentence = text.sentences[number]
    folded = text.folded[sentence.start : sentence.end]
    quote = f"{sentence.part}: '{_cut(text.sentence_text(number))}'"
    denied: list[tuple[int, int]] = []
    found: list[Statement] = []
    named = words.EVENT.search(folded) is not None
    denies = named and words.DENIES.search(folded)
    for needed, pattern in zip(words.NEEDS, words.NONE, strict=True) if denies else ():
        if not needed.search(folded):
            continue
        for match in pattern.finditer(folded):
            if not any(a <= match.start("e") < b for a, b in denied):
                if _says_nothing(match, folded):
                    denied.append((match.start(), match.end("e")))
                    continue
                turn = words.TURN.search(folded, match.end("e"))
                denied.append((match.start(), turn.start() if turn else len(folded)))
                kind = _kind_of_none(match, folded, design)
                found.append(Statement(kind, quote, number))
                if kind == "none_related" and words.ALL_THE_SAME.search(folded, match.end("e")):
                    found.append(Statement("unrelated", quote, number))
    judged = words.UNRELATED.search(folded)
    if judged and not re.search(r"\b(?:most|mostly|majority|some)\b", folded):
        back = words.OF_THESE.search(folded) is not None
        kind = "unrelated_before" if back else "unrelated"
        if words.RELATED_TOO.search(folded) or (
            not back and _left_unjudged(text, number, folded, judged)
        ):
            kind = "stated_some"
        found.append(Statement(kind, quote, number))
    if zone != "title" and denies and words.NOT_CHANGED.search(folded):
        found.append(Statement("stated_some", quote, number))
    rest = _blanked(folded, denied)
    if zone != "title" and (
        _tells_some(rest, sentence.category, design)
        or (named and design == "clinical" and _lists_some(text, number, rest))
    ):
        found.append(Statement("stated_some", quote, number))
    return found


def _lists_some(text: Text, number: int, rest: str) -> bool:
    """Return whether events are named one by one as what the unwanted ones were."""
    listed = words.LISTED.search(rest)
    if listed is None or words.METHOD.search(rest) or words.SUPPOSED.search(rest):
        return False
    a = text.sentences[number].start + listed.end()
    return any(
        a <= h.start <= a + _LIST and not words.BETTER.search(text.folded[a : h.end])
        for kind in _NAMED
        for h in text.in_sentence(kind, number)
        if rest[h.start - text.sentences[number].start] != " "
    )


def _left_unjudged(text: Text, number: int, folded: str, judged: re.Match[str]) -> bool:
    """Return whether the sentence tells of events in other clauses than the one that judges.

    "Itching was seen in five; one stroke was deemed unrelated" judges the stroke alone, but
    "…; all were deemed unrelated" the itching as well.
    """
    a, b = 0, len(folded)
    for cut in words.NEXT_CLAUSE.finditer(folded):
        if cut.end() <= judged.start() + 1:
            a = cut.end()
        elif cut.start() >= judged.end():
            b = cut.start()
            break
    deaths = words.OF_DEATHS.match(folded[a:])
    if (a, b) == (0, len(folded)) or (words.OF_ALL.match(folded[a:]) and not deaths):
        return False
    start = text.sentences[number].start
    kinds = [kind for kind in _NAMED if not (deaths and kind == "harm_death")]
    places = [h.start - start for kind in kinds for h in text.in_sentence(kind, number)]
    return any(
        not a <= at < b
        and not words.DENIES.search(folded[max(0, at - 40) : at])
        and not words.DID_NOT.match(folded[at:])
        for at in places
    )


def _says_nothing(match: re.Match[str], folded: str) -> bool:
    """Tell whether a denial is of looking, not of events ("no data on side effects")."""
    if words.NO_REPORT.search(match["q"] or ""):
        return True
    if match[0].startswith("nor") and words.NOR_EITHER.search(folded[: match.start()]):
        return True
    untold = words.UNTOLD.search(folded[: match.start()])
    return bool(untold and words.REPORTING.match(match[0]))


def _kind_of_none(  # noqa: PLR0911 - one return a kind
    match: re.Match[str], folded: str, design: str
) -> str:
    qualifier, event, tail = match["q"] or "", match["e"], match["tail"] or ""
    before = folded[: match.start()]
    listed = words.AND_OTHER.search(qualifier) or (
        words.AND_OTHER.search(folded[max(0, match.start() - 5) : match.end()])
        and words.DENIES.search(before)
    )
    if (
        words.NOT_WITHOUT.search(folded[max(0, match.start() - 12) : match.end()])
        or words.COMPARED.search(qualifier)
        or (words.OTHER.search(qualifier) and not listed)
        or words.EXCEPT.search(folded[match.end("e") :])
        or words.EXCEPT_FIRST.search(before)
    ):
        return "stated_some"
    grave = event.startswith(("sae", "safety")) or words.GRAVE.search(qualifier + event)
    if not grave and words.RELATED.search(tail[:45]):
        return "none_related"
    if listed or words.BOTH.search(folded[max(0, match.start() - 30) : match.end("e")]):
        return "none_any"
    if grave or words.SERIOUS.search(qualifier + event):
        plain = re.search(r"\b(?:or|nor|and) (?:any )?(?:aes?|adverse events|side effects)\b", tail)
        return "none_any" if plain and event.startswith("sae") else "none_serious"
    if words.RELATED.search(qualifier):
        return "none_related"
    if words.TOXIC.search(event) and design == "clinical":
        return "none_any" if words.PLAIN_TOO.match(tail) else "none_serious"
    return "none_any"


def _tells_some(rest: str, category: str, design: str) -> bool:
    named = words.SOME if words.EVENT.search(rest) else ()
    for pattern in (*named, *words.SOME_UNNAMED):
        for match in pattern.finditer(rest):
            before = rest[max(0, match.start() - 30) : match.start()]
            if "whether " in rest[: match.start()]:
                continue
            if "complication" in match[0] and not re.search(
                r"occurr|postoperative|observed|minor|n ?=", rest
            ):
                continue
            if "toxic" in match[0] and not re.search(
                r"\b(?:grade|observed|seen|noted)\b", match[0]
            ):
                continue
            if words.AVOIDED.search(before) or re.search(
                r"\bno(?:t|ne)?\b|\bwithout\b|n't", match[0]
            ):
                continue
            counted = re.search(
                r"\d|\b(?:mild|one|two|three|four|five|transient|minor)\b", match[0]
            )
            if not counted and ("METHOD" in category or words.METHOD.search(rest)):
                continue
            if design == "animal" and not re.search(
                r"\b(?:was|were|had|observed|occurred|caused|induced|showed)\b", rest
            ):
                continue
            return True
    return False


def _reactions(text: Text, design: str) -> list[Hit]:
    """Return single reactions named; in people kinds of harm are among them."""
    kinds: tuple[str, ...] = ("safety_reaction", "safety_sign")
    if design == "clinical":
        kinds += ("harm_infection", "harm_immune", "harm_thrombosis", "harm_granuloma_necrosis")
    return sorted((h for kind in kinds for h in text.get(kind)), key=lambda h: h.start)


def _reacted(text: Text, hit: Hit, design: str) -> bool:
    """Return whether a single reaction was one to what was given, not the disease's."""
    sentence = text.sentences[hit.sentence]
    folded = text.folded[sentence.start : sentence.end]
    at = hit.start - sentence.start
    before, after = folded[max(0, at - 70) : at], folded[at : at + 60]
    if re.search(
        r"\b(?:no|not|without|never|nor|neither|absence of|lack of|free of)\b[^.;]{0,60}$", before
    ):
        return bool(re.search(r"\bbut\b|\bexcept", before))
    if re.search(r"\b(?:treatment|procedure|injection|infusion|product)-related $", before):
        return True
    if harms.means_disease(hit, before, after):
        return False
    if harms.is_counted(text, hit):
        return True
    plain = design == "clinical" and hit.cue.kind == "safety_reaction"
    return plain and _followed_giving(folded, at, hit.end - hit.start)


def _followed_giving(folded: str, at: int, length: int) -> bool:
    """Return whether a sentence says that a reaction, which may be the disease's, followed."""
    if not words.SPEAKS_OF_GIVING.search(folded):
        return False
    before, rest = folded[max(0, at - 70) : at], folded[at + length :]
    if words.AFTER_GIVING.match(rest) and words.COUNTED.search(rest):
        return True
    better = words.BETTER.search(before[-45:] + " " + folded[at : at + 60])
    return bool(words.REACTED.search(before)) and not better


def _blanked(folded: str, spans: list[tuple[int, int]]) -> str:
    for a, b in spans:
        folded = folded[:a] + " " * (b - a) + folded[b:]
    return folded


def _cut(words: str) -> str:
    return words if len(words) <= 220 else words[:150] + " … " + words[-60:]
