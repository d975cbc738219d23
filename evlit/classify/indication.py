"""Axis ``indication``: the condition that a treatment is aimed at, or a model's disease.

Every key of the vocabulary is weighed by what the record says: its name in the title, how
often the abstract names it, author keywords, models that imply it, and MeSH. A mention
within an enumeration ("such as stroke, diabetes and arthritis"), a negated one and one
inside a longer phrase with another meaning weigh little or nothing. What the title names
stands; without it the strongest of the abstract; a text that only lists many diseases has
none. Last, a condition gives way to a narrower one (``gives_way_to``, ``covered_by``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from evlit.classify.cues import Cue
from evlit.classify.text import Hit, Text
from evlit.classify.vocabulary import Condition, shipped_vocabulary
from evlit.records import Tag

_LISTING = re.compile(
    r"\b(?:such as|including|includ(?:es?|ed)|e\.g\.?|for example|for instance|like|among others"
    r"|various diseases|many diseases|several diseases|variety of|range of)\b"
)
_NEGATED = re.compile(
    r"\b(?:no|not|non|without|absence of|free of|free from|exclu(?:d(?:e[sd]?|ing)|sions?"
    r"|sive(?:ly)?)|lack of|rather than|unlike"
    r"|never|neither|negative for|no evidence of|no sign of|no signs of|other than)"
    r"(?: (?:any|evidence of|signs? of|history of|known|a|the|prior|previous|overt))*[ -]$"
)
_NEGATIVE_ENDS = tuple(
    word + join
    for word in (
        "no", "not", "non", "without", "of", "from", "than", "unlike", "never", "neither", "for",
        "any", "known", "a", "the", "prior", "previous", "overt", "excluded", "excluding",
        "exclude", "excludes", "exclusion", "exclusions", "exclusively", "exclusive",
    )
    for join in " -"
)  # fmt: skip
"""How words of negation end before a name."""
_RISK = re.compile(
    r"\b(?:risk(?: factors?)? (?:of|for)|cause of|leading to|history of|predispos\w+ to)"
    r"(?: \w+){0,2} $"
)
_LIST_SIZE = 3
"""Conditions in one sentence from which it reads as an enumeration."""
_FEW = 5
"""A text about more conditions than this is about none in particular."""
_ENOUGH = 2.4
_REVIEW_ENOUGH = 3.0
_SAFETY = re.compile(r"^(?!.*(?:cancer|carcinoma|patients|oncolog|melanoma)).*"
                     r"\b(?:safety|tumou?rigenicity|biosafety|toxicity)\b")  # fmt: skip
"""A title that asks whether a product promotes tumours: a harm, not what is treated."""
_SHARE = 0.6
_BRACKET = 12
"""Letters between a name and the bracket that defines its abbreviation."""
_ONCE = 1.3
"""One mention and a hint, where nothing else is named."""
_ONCE_TREATED = 1.0
"""One mention, where vesicles, medium or cells are a treatment for something."""
_PURPOSE = re.compile(
    r"\b(?:review|summari[sz]e|discuss|overview|here,? we|this article|highlight)"
)


_NO_WORDS: tuple[tuple[str, ...], re.Pattern[str]] = ((), re.compile("(?!)"))


class _Evidence:
    """What a record says for one key."""

    __slots__ = ("body", "hits", "mesh", "model", "names", "sentences", "supported", "title")

    def __init__(self) -> None:
        self.title: Hit | None = None
        self.model: Hit | None = None
        self.names: list[tuple[Hit, bool]] = []
        """(hit, whether the word is a weak one)"""
        self.hits: list[Hit] = []
        self.body = 0.0
        self.supported = False
        self.sentences: set[int] = set()
        self.mesh = ""


def cues() -> list[Cue]:
    """Return the cues of the vocabulary, for the one automaton."""
    return list(shipped_vocabulary().cues)


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return a tag for each condition the record is about; none for broad or basic texts."""
    found = _gather(text)
    design = _value(seen, "design")
    _weigh_names(text, found)
    _weigh_models(found, design)
    _weigh_mesh(text, found)
    treated = _value(seen, "intervention") not in {"", "not_therapy"}
    chosen = _choose(text, found, review=design in {"review", "notice"}, treated=treated)
    return [_tag(text, key, found[key]) for key in chosen]


def _value(seen: dict[str, list[Tag]], axis: str) -> str:
    said = seen.get(axis)
    return said[0].value if said else ""


# -------------------------------------------------------------------------- gathering


@lru_cache(maxsize=1)
def _conditions() -> dict[str, tuple[str, Condition]]:
    return {
        condition.kind: (key, condition)
        for key, indication in shipped_vocabulary().indications.items()
        for condition in indication.conditions
    }


def _gather(text: Text) -> dict[str, _Evidence]:
    """Return the words found for each key, masked ones left out."""
    kinds, conditions = shipped_vocabulary().kinds, _conditions()
    found: dict[str, _Evidence] = {}
    for kind, hits in text.hits.items():
        if kind in kinds:
            role, key = kinds[kind]
            if role != "mask":
                _add(found, key, role, _unmasked(text, key, hits))
        elif kind in conditions:
            key, condition = conditions[kind]
            _add(found, key, condition.role, _holding(text, condition, _unmasked(text, key, hits)))
    for key, evidence in found.items():
        if evidence.names:
            evidence.names += [(hit, False) for hit in _meant(text, key, evidence)]
    return found


def _add(found: dict[str, _Evidence], key: str, role: str, hits: list[Hit]) -> None:
    if not hits:
        return
    evidence = found.get(key)
    if evidence is None:
        evidence = found[key] = _Evidence()
    if role in {"models", "model"}:
        evidence.model = evidence.model or hits[0]
    elif role in {"hints", "hint"}:
        evidence.hits += hits
    else:
        evidence.names += [(hit, role == "weak") for hit in hits]


def _unmasked(text: Text, key: str, hits: list[Hit]) -> list[Hit]:
    masks = text.hits.get(f"ind:mask:{key}")
    if not masks:
        return hits
    return [h for h in hits if not any(m.start <= h.start and h.end <= m.end for m in masks)]


def _holding(text: Text, condition: Condition, hits: list[Hit]) -> list[Hit]:
    if any(kind in text.hits for kind in condition.unless):
        return []
    if not condition.also:
        return hits
    beside = [h for kind in condition.also for h in text.hits.get(kind, ())]
    if not condition.near:
        return hits if beside else []
    places = {h.sentence for h in beside}
    return [h for h in hits if h.sentence in places]


def _meant(text: Text, key: str, evidence: _Evidence) -> list[Hit]:
    """Return the abbreviations that the record uses for this key, whose name it spells out.

    Where the record defines one ("atopic dermatitis (AD)"), the words before the bracket
    decide what it means.
    """
    words, pattern = shipped_vocabulary().abbreviations.get(key, _NO_WORDS)
    if not any(word in text.plain for word in words):
        return []
    meant: list[Hit] = []
    for match in pattern.finditer(text.plain):
        word = match.group()
        defined = text.plain.find(f"({word}")
        if defined >= 0 and not any(0 <= defined - h.end <= _BRACKET for h, _ in evidence.names):
            continue
        sentence = bisect_right(text.starts, match.start()) - 1
        cue = Cue(f"ind:abbreviations:{key}", word, case=True)
        meant.append(Hit(cue, match.start(), match.end(), sentence))
    return meant


# --------------------------------------------------------------------------- weighing


def _weigh_names(text: Text, found: dict[str, _Evidence]) -> None:
    crowd: dict[int, set[str]] = {}
    for key, evidence in found.items():
        for hit, _ in evidence.names:
            crowd.setdefault(hit.sentence, set()).add(key)
    for evidence in found.values():
        evidence.supported = any(not weak for _, weak in evidence.names) or bool(evidence.model)
        for hit, weak in evidence.names:
            _weigh_name(text, evidence, hit, weak, len(crowd[hit.sentence]))
        evidence.body += min(1.0, 0.3 * len(evidence.hits))


def _weigh_name(text: Text, evidence: _Evidence, hit: Hit, weak: bool, crowd: int) -> None:
    sentence = text.sentences[hit.sentence]
    before = text.folded[max(sentence.start, hit.start - 40) : hit.start]
    if before.endswith(_NEGATIVE_ENDS) and _NEGATED.search(before):
        return
    if sentence.part == "title":
        if (
            evidence.title is None
            or evidence.title.end - evidence.title.start < hit.end - hit.start
        ):
            evidence.title = hit
        return
    weight = 0.5 if weak and not evidence.supported else 1.0
    if sentence.part == "keywords":
        weight *= 1.5
    elif _is_risk(before) or _enumerated(text, hit, crowd):
        weight *= 0.2
    if hit.sentence in evidence.sentences:
        weight *= 0.5
    evidence.sentences.add(hit.sentence)
    evidence.body += weight


def _is_risk(before: str) -> bool:
    if not any(word in before for word in ("risk", " of ", "leading", "predispos")):
        return False
    return _RISK.search(before) is not None


def _enumerated(text: Text, hit: Hit, crowd: int) -> bool:
    if crowd < _LIST_SIZE - 1:
        return False
    start = text.sentences[hit.sentence].start
    return bool(_LISTING.search(text.folded, start, hit.start))


def _weigh_models(found: dict[str, _Evidence], design: str) -> None:
    for evidence in found.values():
        if evidence.model is None:
            continue
        if evidence.model.sentence == 0 and evidence.title is None:
            evidence.title = evidence.model
        evidence.body += 2.0 if design in {"animal", "in_vitro", "clinical", ""} else 0.5


def _weigh_mesh(text: Text, found: dict[str, _Evidence]) -> None:
    by_ui = shipped_vocabulary().by_mesh
    silent = not text.record.sections
    for heading in text.record.mesh:
        for key in by_ui.get(heading.ui, ()):
            if key not in found:
                if not (silent and heading.major):
                    continue
                found[key] = _Evidence()
            evidence = found[key]
            evidence.body += (_ENOUGH if silent else 2.0) if heading.major else 1.0
            evidence.mesh = heading.name


# --------------------------------------------------------------------------- deciding


def _choose(text: Text, found: dict[str, _Evidence], *, review: bool, treated: bool) -> list[str]:
    titled = [k for k, e in found.items() if e.title is not None and (treated or _title_counts(e))]
    if titled:
        best = max(found[k].body for k in titled)
        bar = max(_REVIEW_ENOUGH + review, 0.8 * best)
        chosen = titled + [
            k for k, e in found.items() if k not in titled and e.supported and e.body >= bar
        ]
        if len(found) > len(chosen) and text.last + 1 < len(text.sentences):
            chosen += [k for k in _narrower(text, titled, found) if k not in chosen]
    else:
        chosen = (_listed(text, found) if review else []) or _strongest(
            found, review=review, treated=treated
        )
    if "cancer_therapy" in chosen and _SAFETY.search(text.folded, 0, text.sentences[0].end):
        chosen.remove("cancer_therapy")
    return _narrowest(chosen, found)


@lru_cache(maxsize=1)
def _covered_by() -> dict[str, tuple[str, ...]]:
    """Return the narrower conditions of each that has some."""
    every = shipped_vocabulary().indications.items()
    return {key: tuple(one.covered_by) for key, one in every if one.covered_by}


def _narrower(text: Text, titled: list[str], found: dict[str, _Evidence]) -> list[str]:
    """Return narrower conditions than the title names that are among the authors' keywords."""
    narrower = _covered_by()
    return [
        rival
        for key in titled
        if key in narrower
        for rival in narrower[key]
        if rival in found
        and found[rival].supported
        and found[rival].body >= _ENOUGH
        and any(hit.sentence > text.last for hit, _ in found[rival].names)
    ]


def _title_counts(evidence: _Evidence) -> bool:
    weak = all(weak for hit, weak in evidence.names if hit == evidence.title)
    return not weak or evidence.supported or evidence.body > 0 or bool(evidence.mesh)


def _listed(text: Text, found: dict[str, _Evidence]) -> list[str]:
    """Return the conditions that a review's sentence of purpose names one by one."""
    for number, sentence in enumerate(text.sentences):
        words = text.folded[sentence.start : sentence.end]
        if sentence.part != "abstract" or not _PURPOSE.search(words):
            continue
        keys = [
            key
            for key, e in found.items()
            if any(
                h.sentence == number
                and not weak
                and not _LISTING.search(text.folded, sentence.start, h.start)
                for h, weak in e.names
            )
        ]
        if _LIST_SIZE <= len(keys) <= _FEW + 1:
            return keys
    return []


def _strongest(found: dict[str, _Evidence], *, review: bool, treated: bool) -> list[str]:
    enough = _REVIEW_ENOUGH if review else _ENOUGH
    strong = [k for k, e in found.items() if e.body >= _bar(k, enough)]
    if not strong:
        return _only(found, _ONCE_TREATED if treated else _ONCE) if not review else []
    bar = _SHARE * max(found[k].body for k in strong)
    strong = [k for k in strong if found[k].body >= bar]
    return [] if len(strong) > _FEW else strong


def _bar(key: str, enough: float) -> float:
    """A text that does not name cancer in its title must speak of it often."""
    return enough + 1.0 if key == "cancer_therapy" else enough


def _only(found: dict[str, _Evidence], once: float) -> list[str]:
    """Return the one condition of a text that plainly names no other."""
    named = [
        key
        for key, evidence in found.items()
        if evidence.supported and evidence.body > 0 and key != "cancer_therapy"
    ]
    return named if len(named) == 1 and found[named[0]].body >= once else []


def _narrowest(chosen: list[str], found: dict[str, _Evidence]) -> list[str]:
    """Drop a condition that a narrower or causing one beside it says better."""
    indications = shipped_vocabulary().indications
    kept = []
    for key in chosen:
        rivals = [r for r in indications[key].gives_way_to if _weaker(found, key, r)]
        rivals += [r for r in indications[key].covered_by if _stands(found, r, key)]
        if not any(rival in chosen for rival in rivals):
            kept.append(key)
    return kept


def _weaker(found: dict[str, _Evidence], key: str, rival: str) -> bool:
    """Tell whether a rival says better what a key says, in the title by a weak word at most."""
    if rival not in found:
        return False
    if found[key].title is not None:
        return _by_weak_word(found[key]) and found[rival].title is not None
    return found[rival].title is not None or found[key].body <= found[rival].body


def _by_weak_word(evidence: _Evidence) -> bool:
    titled = [weak for hit, weak in evidence.names if hit.sentence == 0]
    return bool(titled) and all(titled)


def _stands(found: dict[str, _Evidence], rival: str, key: str) -> bool:
    if rival not in found:
        return False
    return found[rival].title is not None or found[key].title is None


def _tag(text: Text, key: str, evidence: _Evidence) -> Tag:
    hit = evidence.title or (evidence.names[0][0] if evidence.names else evidence.model)
    reason = [text.quote(hit)] if hit else []
    if evidence.model and evidence.model is not hit:
        reason.append(f"model {text.quote(evidence.model)}")
    if evidence.mesh:
        reason.append(f"MeSH: {evidence.mesh}")
    count = len(evidence.names)
    if count > 1:
        reason.append(f"named {count} times")
    score = 0.95 if evidence.title else min(0.9, 0.45 + 0.07 * evidence.body)
    return Tag("indication", key, "rule" if hit else "mesh", "; ".join(reason), round(score, 2))
