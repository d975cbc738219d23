"""Axes ``safety`` and ``harm``: what a record says of unwanted events, negation first.

Only sentences with a cue are read. "No adverse events" is a statement of safety, not a
signal; an aim or a method ("adverse events were recorded") says nothing; a word that names
the disease, the model or the effect aimed at is no harm.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from evlit.classify import harms
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import zones
from evlit.records import Tag

_EVENT = (
    r"(?:adverse(?:[ -][\w/-]+){0,2}?[ -](?:events?|effects?|reactions?|experiences?"
    r"|sequelae|responses?)"
    r"|adverse(?: drug)? reactions?|(?:injection|infusion)[ -](?:site "
    r"|related )?reactions?|s?aes?|t[er]aes?|adrs?|side[ -]effects?|(?:untoward"
    r"|undesirable|unwanted|undesired|ill)[ -]"
    r"(?:events?|effects?|reactions?)|toxicit(?:y|ies)|toxic effects?"
    r"|safety (?:concerns?|issues?|signals?|problems?|events?)|complications?"
    r"|intolerance)(?![\w-]*\w)"
)
_HAPPEN = (
    r"(?:observed|reported|seen|noted|recorded|detected|found|identified|encountered|experienced"
    r"|documented|occurred?|registered|evident|apparent|present|described|noticed|mentioned)"
)
_PERSON = (
    r"(?:patients?|participants?|subjects?|animals?|rats?|mice|mouse|rabbits?|dogs?|horses?|cases?"
    r"|persons?|people|individuals?|volunteers?|women|men|children|infants?"
    r"|recipients?|one|of them)"
)
_QUALIFIER = r"(?P<q>(?:[\w/≥>=,-]+ (?!but |however |although )){0,9}?)"

_NONE = tuple(
    re.compile(
        p.replace("EVENT", _EVENT)
        .replace("HAPPEN", _HAPPEN)
        .replace("PERSON", _PERSON)
        .replace("QUALIFIER", _QUALIFIER)
    )
    for p in (
        r"(?<![\w-])(?:no|without|free (?:of|from)|absence of|lack of|lacked|zero|nil"
        r"|0|devoid of|nor|free)"
        r"(?: any)? QUALIFIER(?P<e>EVENT)(?P<tail>[^.;]{0,60})",
        r"\b(?:no|none|neither|nobody)(?: of)?(?: the| our| these| those)?(?: [\w-]+){0,3}? ?PERSON"
        r"(?: [\w-]+){0,3} (?:experienc\w+|had|develop\w+|suffer\w+|report\w+|show\w+"
        r"|exhibit\w+|display\w+|complain\w+ of)"
        r"(?: from)?(?: any)? QUALIFIER(?P<e>EVENT)(?P<tail>[^.;]{0,60})",
        r"\b(?:not|never|n't)(?: \w+)? (?:caus\w+|induc\w+|produc\w+|result\w* in"
        r"|lead to|associated with|observ\w+"
        r"|experienc\w+|report\w*|show\w*|detect\w*|develop\w*|reveal\w*|find|found"
        r"|have|had|elicit\w*|trigger\w*"
        r"|encounter\w*|identif\w+|note\w*|see|seen|exhibit\w*|display\w*|raise\w*"
        r"|present)(?: any)?"
        r" QUALIFIER(?P<e>EVENT)(?P<tail>[^.;]{0,60})",
        r"(?P<q>(?:[\w/-]+ ){0,3})(?P<e>EVENT)(?P<tail>[^.;]{0,60}?)\b(?:was|were"
        r"|have been|has been|had been|did|could)?"
        r" ?(?:not|never)(?: \w+)? (?:HAPPEN|occur)\b",
        r"(?P<q>(?:[\w/-]+ ){0,3})(?P<e>EVENT)(?P<tail>)(?:: | was | were )(?:none|nil"
        r"|absent|zero|0\b)",
        r"(?P<q>)(?P<tail>)\bsafety[^.;]{0,40}\bwithout (?P<e>EVENT)",
    )
)
_SERIOUS = re.compile(
    r"\b(?:serious|lethal|fatal|severe|major|significant|important|relevant"
    r"|life-threatening|grade|dose-limiting|unexpected"
    r"|obvious|apparent|notable|overt|marked|substantial|saes?|critical|considerable"
    r"|remarkable|long-term|lasting"
    r"|permanent|immediate|acute|systemic|local|ocular|perioperative|intraoperative"
    r"|postoperative|early|late|clinical|clinically|visible"
    r"|hepatic|renal|cardiac|neurological|haematological|hematological|new|additional"
    r"|histological)\b|≥"
)
_BOTH = re.compile(
    r"\blocal (?:or|and|nor) systemic\b|\bsystemic (?:or|and|nor) local\b|\b(?:serious"
    r"|severe|major) or (?:minor|mild|non-serious|any)|\b(?:minor|mild) or (?:major"
    r"|severe|serious)"
)
_RELATED = re.compile(
    r"(?:(?:treatment|drug|product|infusion|injection|therapy|intervention|study"
    r"|procedure|exosome|ev|vesicle|device|transplant)"
    r"[ -](?:related|associated|emergent|induced)|\brelated|\battribut\w+"
    r"|\bassociated with\b|\bdue to\b|\bcaused by\b|\bascribed to\b)"
)
_OTHER = re.compile(r"\b(?:other|further|additional|more)\b")
_TURN = re.compile(
    r"\b(?:but|however|although|except|while|whereas|though|apart|besides|only|\d+|one"
    r"|two|three|four|five|six"
    r"|seven|eight|nine|ten|some|mild|minor|transient|most)\b|;"
)
"""Where a denial ends: what follows is told of what did happen."""
_EXCEPT = re.compile(r"\b(?:except|apart from|other than|besides|aside from|with the exception)\b")
_UNRELATED = re.compile(
    r"\b(?:none|no(?:ne)? of (?:them|these|which|the))\b[^.;]{0,60}\b(?:related"
    r"|attribut\w+|linked|caused|associated)"
    r"|\ball\b[^.;]{0,60}\b(?:unrelated|not (?:\w+ )?(?:related|attribut\w+))"
    r"|\b(?:considered|judged|deemed|assessed as|were|was|as) (?:to be )?(?:un"
    r"|not )(?:likely )?(?:\w+ )?related"
    r"|\bunrelated to (?:the )?(?:study|treatment|product|infusion|injection|therapy"
    r"|drug|intervention|exosom|vesic)"
)
_METHOD = re.compile(
    r"\b(?:end ?-?points?|outcomes? (?:were|was|included?|measures?)|outcome measures?"
    r"|were (?:monitored|assessed|evaluated|collected"
    r"|measured|analy[sz]ed|tracked|followed|graded|examined|investigated|checked"
    r"|compared|also recorded|documented|recorded|registered)"
    r"|was (?:monitored|assessed|evaluated|measured|analy[sz]ed|examined|investigated"
    r"|recorded|determined)"
    r"|to (?:assess|evaluate|determine|investigate|examine|explore|compare|monitor"
    r"|record|detect|test)|we (?:assessed|evaluated|monitored|recorded|examined"
    r"|investigated)"
    r"|aim|objective|purpose|follow-up for|monitoring of|assessment of|evaluation of"
    r"|including safety|incidence of)\b"
)
_AVOIDED = re.compile(
    r"\b(?:limit\w*|avoid\w*|reduc\w*|minimi[sz]\w*|potential|possible|potentially"
    r"|risks? of|prevent\w*|overcom\w*|because of"
    r"|alleviat\w*|ameliorat\w*|mitigat\w*|diabetic|diabetes|its|disease|of diabetes"
    r"|treat\w*|chronic|common|long-term|steroid\w*"
    r"|chemotherapy\w*|conventional|current|vascular|microvascular|for|against"
    r"|pregnancy|obstetric\w*|known|many|associated|with|and|of|these|various"
    r"|decreas\w*|lower\w*|fewer|less)"
    r"(?: [\w-]+){0,2} $"
)
_COUNT = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|an|few"
    r"|several|some|most|mild|minor|moderate"
    r"|transient|only|common(?:est)?|frequent(?:ly)?|temporary|self-limit\w*|slight"
    r"|fewer|more|expected|treatment-related|treatment-emergent"
    r"|related|single|individual|local|serious|severe|non-serious|the following|grade [1-5i]+)"
)
_SOME = tuple(
    re.compile(p.replace("EVENT", _EVENT).replace("COUNT", _COUNT).replace("PERSON", _PERSON))
    for p in (
        r"\bCOUNT (?:[\w/()%-]+ ){0,3}?EVENT",
        r"EVENT[^.;]{0,60}\b(?:was|were|is|are) (?:\w+ )?(?:mild|transient|minor"
        r"|moderate|self-limit\w*|similar|comparable|limited"
        r"|tolerable|manageable|temporary|reversible|resolved|infrequent|rare|lower"
        r"|higher|less|more|equal\w*|balanced|attributed|related|fever|pain|headache)",
        r"EVENT[^.;]{0,60}\b(?:occurred|observed in|seen in|noted in|reported in"
        r"|reported by|experienced by|included|consisted|such as|developed|resolved"
        r"|subsided|led to)",
        r"EVENT (?:was|were) (?:observed|reported|seen|noted|found)",
        r"\b(?:experienced|developed|had|suffered(?: from)?|reported|showed|caused"
        r"|induced|discontinued|withdrew|led to|resulted in|presented with|due to)"
        r" (?:[\w/()-]+ ){0,4}?EVENT",
        r"EVENT (?:rates?|frequency|incidence)[^.;]{0,30}\d",
        r"\b(?:incidence|rate|frequency"
        r"|number) of (?:\w+ ){0,2}EVENT[^.;]{0,40}\b(?:was|were) (?:\w+ )?(?:\d"
        r"|similar|lower|higher|comparable)",
        r"EVENT \(?(?:n ?= ?)?\d+",
        r"EVENT (?:\w+ )?(?:was|were|included) [^.;]{0,40}\(n ?= ?\d",
    )
)
_SPEAKS_OF_GIVING = re.compile(
    r"\b(?:after|following|post|during|upon) (?:the |each |an? |first "
    r"|second )?(?:[\w-]+ ){0,3}?(?:injections?|infusions?|treatments?|procedures?"
    r"|applications?"
    r"|administrations?|sessions?|dos(?:e|es|ing)|inhalations?|exosomes?|laser"
    r"|microneedling)|injection[ -]site|infusion[ -](?:related|site)"
    r"|treatment[ -]related"
    r"|at the site|application site|tolerated|serious|adverse|side[ -]effect"
    r"|\bexcept\b|\bonly\b|treated side|downtime|self-limit|subsided|\btransient"
)
_REACTED = re.compile(
    r"(?:\b(?:mild|transient|temporary|slight|minor|local|low-grade|self-limit\w*|\d+"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|some|few|several|only|moderate"
    r"|short-lived|brief)\b"
    r" (?:[\w()%/-]+ ){0,6}?|\b(?:experienced|developed|had|reported|complained of"
    r"|suffered|showed|included|such as|including|were|was|with) (?:[\w-]+ ){0,3}?)$"
)
_BETTER = re.compile(
    r"\b(?:reduc\w*|improv\w*|decreas\w*|reliev\w*|relief|lower\w*|less|alleviat\w*"
    r"|ameliorat\w*|resolution|scores?|scale|vas|womac|milder|attenuat\w*"
    r"|knee|chronic|anti|index|symptoms?|relieving|neuropathic|back|treated with"
    r"|presented|admitted|improvement)\b"
)
_TOXIC = re.compile(r"toxic|complication|intolerance")
_APPLIES = ("clinical", "animal")


class Statement(NamedTuple):
    """What one sentence says of events."""

    value: str
    """A value of axis ``safety``, or ``unrelated``."""
    words: str


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return the safety statement and the harms of a record."""
    design = _first(seen, "design")
    found = harms.find(text, seen)
    if design not in _APPLIES or _first(seen, "given") == "nothing":
        return harms.as_tags(text, [h for h in found if h.where == "discussed"])
    statements = _statements(text, design)
    value, why = _decide(statements, found, design)
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
    seen = {h.kind: h.words for h in found if h.where != "discussed"}
    died = seen.pop("death", "")
    if "unrelated" in said:
        return "none_related", said["unrelated"]
    if design == "clinical" and seen:
        said.setdefault("stated_some", next(iter(seen.values())))
    none = next((v for v in ("none_any", "none_related", "none_serious") if v in said), "")
    if "stated_some" in said:
        return "stated_some", said["stated_some"]
    if died and none != "none_related" and (none or design == "clinical"):
        return "stated_some", "; but ".join(w for w in (said.get(none, ""), died) if w)
    return none or "not_mentioned", said.get(none, "no statement about unwanted events in the text")


def _statements(text: Text, design: str) -> list[Statement]:
    zone_of = zones(text)
    events = text.get("safety_event")
    reactions = text.get("safety_reaction") if design == "clinical" else []
    found: list[Statement] = []
    for number in sorted({h.sentence for h in events}):
        if zone_of[number] not in ("background", "keywords"):
            found += _read(text, number, zone_of[number], design)
    for hit in reactions:
        if zone_of[hit.sentence] not in ("background", "keywords", "title") and _reacted(text, hit):
            found.append(Statement("stated_some", text.quote(hit, 50)))
            break
    return found


def _read(text: Text, number: int, zone: str, design: str) -> list[Statement]:
    """Return what one sentence with an event word says."""
    sentence = text.sentences[number]
    folded = text.folded[sentence.start : sentence.end]
    quote = f"{sentence.part}: '{_cut(text.sentence_text(number))}'"
    denied: list[tuple[int, int]] = []
    found: list[Statement] = []
    for pattern in _NONE:
        for match in pattern.finditer(folded):
            if not any(a <= match.start("e") < b for a, b in denied):
                turn = _TURN.search(folded, match.end("e"))
                denied.append((match.start(), turn.start() if turn else len(folded)))
                found.append(Statement(_kind_of_none(match, folded, design), quote))
    if _UNRELATED.search(folded) and not re.search(r"\b(?:most|mostly|majority|some)\b", folded):
        found.append(Statement("unrelated", quote))
    rest = _blanked(folded, denied)
    if zone != "title" and _tells_some(rest, sentence.category, design):
        found.append(Statement("stated_some", quote))
    return found


def _kind_of_none(match: re.Match[str], folded: str, design: str) -> str:
    qualifier, event, tail = match["q"] or "", match["e"], match["tail"] or ""
    if (
        "differen" in qualifier
        or _OTHER.search(qualifier)
        or _EXCEPT.search(folded[match.end("e") :])
    ):
        return "stated_some"
    if _BOTH.search(qualifier + event):
        return "none_any"
    if event.startswith("sae") or _SERIOUS.search(qualifier + event):
        plain = re.search(r"\b(?:or|nor|and) (?:any )?(?:aes?|adverse events|side effects)\b", tail)
        return "none_any" if plain and event.startswith("sae") else "none_serious"
    if (
        _RELATED.search(qualifier)
        or _RELATED.match(tail.lstrip(" ("))
        or _RELATED.search(tail[:45])
    ):
        return "none_related"
    if _TOXIC.search(event) and design == "clinical":
        return "none_serious"
    return "none_any"


def _tells_some(rest: str, category: str, design: str) -> bool:
    for pattern in _SOME:
        for match in pattern.finditer(rest):
            before = rest[max(0, match.start() - 30) : match.start()]
            if "complication" in match[0] and not re.search(
                r"occurr|postoperative|observed|minor|n ?=", rest
            ):
                continue
            if "toxic" in match[0] and not re.search(
                r"\b(?:grade|observed|seen|noted)\b", match[0]
            ):
                continue
            if _AVOIDED.search(before) or re.search(r"\bno(?:t|ne)?\b|\bwithout\b|n't", match[0]):
                continue
            counted = re.search(
                r"\d|\b(?:mild|one|two|three|four|five|transient|minor)\b", match[0]
            )
            if not counted and ("METHOD" in category or _METHOD.search(rest)):
                continue
            if design == "animal" and not re.search(
                r"\b(?:was|were|had|observed|occurred|caused|induced|showed)\b", rest
            ):
                continue
            return True
    return False


def _reacted(text: Text, hit: Hit) -> bool:
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
    if not _SPEAKS_OF_GIVING.search(folded) or not _REACTED.search(before):
        return False
    return not _BETTER.search(before[-45:] + " " + after)


def _blanked(folded: str, spans: list[tuple[int, int]]) -> str:
    for a, b in spans:
        folded = folded[:a] + " " * (b - a) + folded[b:]
    return folded


def _cut(words: str) -> str:
    return words if len(words) <= 220 else words[:150] + " … " + words[-60:]
