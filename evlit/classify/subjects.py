"""Tells which words for people mean the people whom a study is about.

A person may only be the owner of what was studied ("neurons of the patient", "patient
organoids", blood "drawn from 16 patients"). Where the study's own animals are named,
"subjects", "cases" and "newborns" may be animals, and at a veterinary surgeon's "patients" are.
"""

from __future__ import annotations

import re

from evlit.classify.pubmed_types import type_groups
from evlit.classify.species import live
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import weigh, words, zones

LIVING = 0.8
"""Weight of an animal from which the study is plainly one of animals, too."""
BENCH = 1.0
"""What work on cells must weigh for people named as sources to be donors only."""
_NAMED = 0.5
"""Weight from which an animal is named at all."""
_MATERIAL = (
    r"(?:cells?|mscs?|adscs?|bmscs?|ipscs?|\w+cytes?|\w+blasts?|neurons?|macrophages?|platelets|"
    r"pbmcs?|organoids?|spheroids?|explants?|slices|exosomes?|s?evs?|vesicles|secretomes?|"
    r"supernatants?|skin|lungs?|kidneys?|"
    r"livers?|hearts?|corneas?|cartilage|synovium|tendons?|muscles?|fat|lipoaspirates?|marrow|"
    r"pulps?|"
    r"molars|teeth|islets|discs|tissues?|biops(?:y|ies)|specimens?|samples?|plasma|serum|sera)"
)
_TAKEN = (
    r"(?:isolated|cultured|derived|obtained|harvested|collected|generated|grown|expanded|"
    r"removed|resected|excised|procured)"
)
_REST = r"(?:[^.;]|\.(?=\d))"
"""A letter that ends no sentence."""
_NO_VERB = rf"(?:(?!\b(?:into|to|were|was|are|is|who|received)\b){_REST})"
_TAKEN_FROM = re.compile(
    rf"\b(?:{_MATERIAL}|{_TAKEN})\b(?:(?!\bin\b|\bto\b|\binto\b){_REST}){{0,60}}"
    rf"\bfrom\b{_NO_VERB}*$"
)
"""Words that make the person after them a donor: "neurons grown from patients"."""
_BIOPSIED = re.compile(r"\b(?:biopsied (?:in|from)|donated by) (?:[\w-]+ ){0,4}$")
_GERM_CELLS = r"(?:semen|sperm|spermatozoa|oocytes?|eggs|embryos?|blastocysts?)"
_GERM_FROM = re.compile(rf"\b{_GERM_CELLS} from (?:[\w-]+ ){{0,4}}$")
_CULTURED = re.compile(
    r"\w*(?: (?!who\b)[\w-]+){0,4} (?:was|were) (?:[\w-]+ ){0,2}"
    r"(?:treated|exposed|incubated|cultured|stimulated|matured|supplemented)\b"
)
"""Germ cells are also what a treatment of people yields; worked on, their givers are donors."""
_OF = re.compile(r" of (?:(?!in |to |into |for |by |on |were |was |are |is |at )[\w(),+-]+ ){0,6}$")
_ENDS_IN_MATERIAL = re.compile(rf"\b(?:{_MATERIAL}|({_GERM_CELLS}))$")
_LONGEST_MATERIAL = 40
"""What is of the person after it: "skin explants of patients"."""
_BLED = re.compile(
    rf"\b(?:blood|urine|fluid|lavage|drawn|taken)\b(?:(?!\bin\b|\bto\b){_REST}){{0,60}}"
    rf"\bfrom\b{_NO_VERB}*$"
)
"""Words by which people gave blood: subjects where it is measured, donors where it is cultured."""
_OWNER_AFTER = re.compile(
    rf"^(?:'s? (?:[\w-]+ ){{0,2}}?|[\s-]){_MATERIAL}\b"
    r"(?! (?:therap|treatment|group|arm|infusion|injection|application|administration))"
)
"""Words that make the person before them a donor: "patient organoids"."""
_DATIVE = re.compile(
    r"\b(?:gave|giving|offered|in) (?:all |the )?(?:\d+|one|two|three|four|five|six|seven|eight|"
    r"nine|"
    r"ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty) $"
)
"""People counted who own nothing: "we gave 12 patients exosomes"."""
_VETERINARY = re.compile(
    r"\bclient-owned|\bprivately[- ]owned|\bveterinar|\bowners? (?:gave|provided|signed|completed|"
    r"reported|assessed|scored|stopped|withdrew|consented|noted|noticed|"
    r"of (?:the |all |two |three |four |\d+ )?(?:patients|cases)|were (?:interviewed|asked|content|"
    r"satisfied))|\bowners?'?s?'? (?:informed )?consent|\bconsent (?:of|from|by) (?:all |the |"
    r"their )*owners|"
    r"\breturned to racing|"
    r"\bnaturally[- ]occurring\b"
)


def people_hits(text: Text) -> list[Hit]:
    """Return the words for people that mean people, and not the donors of what was studied."""
    known: list[Hit] | None = text.memo.get("people_hits")
    if known is None:
        named = text.get("person")
        vague = _vague(text) if named and not are_patients(text) else None
        known = text.memo["people_hits"] = (
            []
            if vague is None
            else [h for h in named if h.cue.literal not in vague and not owns(text, h)]
        )
    return known


def owns(text: Text, hit: Hit) -> bool:
    """Return whether a person is named as the source of cells, tissue or fluid."""
    known: dict[int, bool] = text.memo.setdefault("owners", {})
    if hit.start not in known:
        known[hit.start] = _owns(text, hit)
    return known[hit.start]


def _owns(text: Text, hit: Hit) -> bool:
    sentence = text.sentences[hit.sentence]
    before = text.folded[max(sentence.start, hit.start - 160) : hit.start]
    after = text.folded[hit.end : min(sentence.end, hit.end + 60)]
    if _OWNER_AFTER.match(after) and not (after[:1] == " " and _DATIVE.search(before)):
        return True
    if _of_material(before, after):
        return True
    if ("biops" in before or "donated" in before) and _BIOPSIED.search(before):
        return True
    if "from" not in before:
        return False
    if _TAKEN_FROM.search(before) or (_GERM_FROM.search(before) and _CULTURED.match(after)):
        return True
    return weigh(text, "bench").total >= BENCH and _BLED.search(before) is not None


def _of_material(before: str, after: str) -> bool:
    """Return whether the words end in a part or product of the body "of" whoever comes next."""
    at = before.find(" of ")
    while at >= 0:
        found = _OF.match(before, at) and _ENDS_IN_MATERIAL.search(
            before, max(0, at - _LONGEST_MATERIAL), at
        )
        if found and (found[1] is None or _CULTURED.match(after)):
            return True
        at = before.find(" of ", at + 1)
    return False


def share_of_donors(text: Text) -> float:
    """Return the share, 0..1, of the words for people by which donors are meant."""
    zone_of = zones(text)
    named = [h for h in text.get("person") if zone_of[h.sentence] in ("title", "own", "body")]
    return sum(owns(text, h) for h in named) / len(named) if named else 0.0


def are_patients(text: Text) -> bool:
    """Return whether the record's animals are a veterinary surgeon's patients."""
    known = text.memo.get("veterinary")
    if known is None:
        named = any(one.weight >= _NAMED for one in live(text))
        known = text.memo["veterinary"] = named and (
            "veterinary" in type_groups(text) or _speaks_of_owners(text.folded)
        )
    return bool(known)


def _speaks_of_owners(folded: str) -> bool:
    if not any(word in folded for word in ("owne", "veterinar", "naturally", "to racing")):
        return False
    return _VETERINARY.search(folded) is not None


def title_animal(text: Text) -> bool:
    """Return whether the title names live animals and no people."""
    known = text.memo.get("title_animal")
    if known is None:
        named = any(one.hit.sentence == 0 and one.weight >= LIVING for one in live(text))
        vague = words("not_only_people")
        people = any(h.sentence == 0 and h.cue.literal not in vague for h in text.get("person"))
        known = text.memo["title_animal"] = named and not people
    return bool(known)


def means_people(text: Text, hit: Hit) -> bool:
    """Return whether a word for people does not stand for the study's animals."""
    return not are_patients(text) and hit.cue.literal not in _vague(text)


def _vague(text: Text) -> frozenset[str]:
    """Return the words for people that may mean the animals of this study."""
    if not any(one.weight >= LIVING for one in live(text)):
        return frozenset()
    return words("not_only_people") if title_animal(text) or not _plain(text) else frozenset()


def _plain(text: Text) -> bool:
    """Return whether the title names people, or the authors' own work does by a plain word."""
    zone_of, vague = zones(text), words("not_only_people")
    if any(h.sentence == 0 for h in text.get("person")):
        return True
    animals = {one.hit.sentence for one in live(text) if one.weight >= LIVING}
    return any(
        h.cue.literal not in vague
        and h.sentence not in animals
        and zone_of[h.sentence] in ("title", "own", "body")
        for h in text.get("person")
    )
