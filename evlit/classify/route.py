"""Axis ``route``: how the treatment was given, never how the anaesthetic or the disease was.

The routes are data (``vocabulary/routes.toml``). A route word counts where the same clause
speaks of the product or of treating, and nothing that shares the route stands nearer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from evlit.classify.cues import Cue
from evlit.classify.giving import product_hits
from evlit.classify.text import Hit, Text
from evlit.classify.weigh import zones
from evlit.errors import CatalogueError
from evlit.records import Tag

_FILE = "vocabulary/routes.toml"
_CONTEXT = "vocabulary/route_context.toml"
_NEEDS_PRODUCT = ("implant", "topical", "ex_vivo_perfusion", "periodontal")
"""Routes whose words are too common to count without the product beside them."""
_FORMS = ("exosome gel", "secretome gel", "gel was applied", "exosome serum", "secretome serum")
"""Words for a form on skin, which say little where a place that is no skin is told."""
_NO_SKIN = ("periodontal", "rectal", "vaginal_uterine", "eye_drops", "intranasal")
_PARTS = ("half of the scalp", "side of the scalp", "areas of the scalp", "part of the scalp")
"""Words that tell where, of a way that is one only with a needle."""
_DESIGNS = ("clinical", "animal", "protocol")
_PREFIX = "route_by_"
_CLAUSE = re.compile(
    r"[;:]|, (?:and|then|while|whereas|followed)\b| (?:and then|whereas|while"
    r"|after(?! (?:[\w-]+ ){0,2}?micro-?needling)|before|followed by|prior to) "
)
_AIM = re.compile(
    r"\b(?:aims?|objectives?|purpose|"
    r"to (?:compare|evaluate|assess|determine|investigate|examine|test|report|describe|explore))\b"
)
"""A sentence on what the study set out to do tells of the study, wherever it stands."""
_AIM_LABEL = re.compile(r"(?:aims?|objectives?|purpose)[.:] ")
"""A label run into the abstract, before the sentence on what the study set out to do."""
_LABEL = 16
"""Letters of such a label at the most."""
_PURPOSE = re.compile(
    r"\b(?:intended|labell?ed|licen[sc]ed|meant|approved|authori[sz]ed|cleared|sold"
    r"|marketed) (?:only |solely )?(?:for|as) (?:[\w-]+ ){0,3}$"
)
"""Before a route word that tells what a thing is for, not how it was given."""
_DEFINED = re.compile(r"\(([A-Za-z][\w-]{1,14})[);,]")
_THE_PRODUCT = re.compile(
    r"\b(?:exosom\w*|vesicles?|secretomes?|medium|media|lysates?|products?) $"
)
"""The short form that a record gives to what was given: "stem cell exosome (ASCE)"."""
_NO_WAY = re.compile(
    r"^\w*[ -](?:pressure|adhesions?|cd\d|t[ -]cells?|b[ -]cells?|immune|microenvironment|"
    r"h(?:a)?emorrhage|growth|fluid|lesions?|heterogeneity|necrosis|vessels?|(?:cortico)?steroids?|"
    r"antibiotics?|skin|wrinkles?|lines|tacrolimus|treatments?,)"
)
"""What makes a route word one of a place or of another drug: "intratumoral T cells"."""
_NUMERAL = re.compile(
    r"\b(?:rome|stages?|grades?|class|phase|types?|level|nerve|score|[iv]+ ?(?:-|/|or|and|to)) ?$"
)
"""Before "IV" that is a number: "stage IV", "III-IV"."""
_ADJECTIVE = re.compile(r"[ -](?:treated|induced|exposed|lesioned|infected|injected)\b")
_INDUCING = re.compile(r"induc\w+|model|establish\w+|inoculat\w*|challenge\w*")

_PLACE = re.compile(
    r" (?:and \w+ )?(?:(?!of |from |with |by )[\w-]+ )?(?:models?\b|xenografts?|tumou?rs?\b|"
    r"vasculari[sz]ation|tissues?\b|fat\b|adipose)"
)
"""A route word that tells where something grows: "subcutaneous and orthotopic tumour models"."""


@lru_cache(maxsize=2)
def _data(file: str = _FILE) -> dict[str, Any]:
    try:
        return tomllib.loads((files("evlit") / file).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as ex:
        raise CatalogueError(file, f"not TOML: {ex}", "mend the line named") from ex


@lru_cache(maxsize=1)
def _context() -> dict[str, re.Pattern[str]]:
    """Return the patterns of what may stand beside a route word, by kind."""
    return {
        kind: re.compile(_either(table["words"], "i") + "|" + _either(table.get("exact", ()), "-i"))
        for kind, table in _data(_CONTEXT).items()
    }


def _either(words: Iterable[str], flag: str) -> str:
    parts = [re.escape(w.rstrip("*")) + (r"\w*" if w.endswith("*") else "") for w in words]
    option = f"(?{flag}:" if flag == "i" else "(?:"
    return rf"(?<!\w){option}{'|'.join(parts) or '(?!)'})(?!\w)"


def cues() -> list[Cue]:
    """Return the route words as cues, for the one automaton.

    :raises CatalogueError: a route lacks its name or its words
    """
    found: list[Cue] = []
    for key, table in _data().items():
        if not table.get("name") or not table.get("words"):
            raise CatalogueError(f"{_FILE}: [{key}]", "lacks name or words", "add both")
        for word in table["words"]:
            found.append(Cue(_PREFIX + key, word.rstrip("*"), word.endswith("*")))
        found += [Cue(_PREFIX + key, word, case=True) for word in table.get("exact", ())]
    return found


@lru_cache(maxsize=1)
def _kinds() -> list[tuple[str, str]]:
    return [(key, _PREFIX + key) for key in _data()]


def tags(text: Text, seen: dict[str, list[Tag]]) -> list[Tag]:
    """Return one tag a route by which the treatment was given."""
    design = seen["design"][0].value if seen.get("design") else ""
    given = seen["given"][0].value if seen.get("given") else ""
    if design not in _DESIGNS or given == "nothing":
        return []
    zone_of = zones(text)
    found: list[tuple[str, Hit]] = []
    for key, kind in _kinds():
        for hit in text.get(kind):
            if (
                _in_own_work(text, hit, zone_of[hit.sentence])
                and _is_way(text, hit, key)
                and not _PURPOSE.search(text.folded, max(0, hit.start - 60), hit.start)
            ):
                found.append((key, hit))
                break
    if any(key in _NO_SKIN for key, _ in found):
        found = [(key, h) for key, h in found if key != "topical" or h.cue.literal not in _FORMS]
    return [Tag("route", key, "rule", text.quote(hit, 50), 0.85) for key, hit in found]


def _in_own_work(text: Text, hit: Hit, zone: str) -> bool:
    if zone == "background":
        start, end = text.sentences[hit.sentence][:2]
        if _AIM.search(text.folded, start, end):
            return True
        before = text.sentences[hit.sentence - 1].start
        return start - before < _LABEL and bool(_AIM_LABEL.match(text.folded, before, start))
    return zone != "keywords"


def _is_way(text: Text, hit: Hit, key: str) -> bool:
    """Return whether the product went this way."""
    before = text.folded[max(0, hit.start - 16) : hit.start]
    if hit.cue.literal in ("IV", "iv") and (
        _NUMERAL.search(before) or text.plain[hit.end : hit.end + 2] in ("-V", "/V")
    ):
        return False
    if _NO_WAY.match(text.folded[hit.end : hit.end + 30]) or _PLACE.match(text.folded, hit.end):
        return False
    a, b = _clause(text, hit)
    clause, at = text.plain[a:b], (hit.start - a, hit.end - a)
    if hit.cue.literal in _PARTS and "inject" not in clause:
        return False
    near = {
        kind: _nearest(pattern, clause, at, skip=kind == "other_use")
        for kind, pattern in _context().items()
    }
    named = [h for h in product_hits(text) if a <= h.start < b]
    if near["act"] is None:
        named = [h for h in named if h.cue.kind == "product_word"]
    if near["product"] is None and named:
        near["product"] = min(max(h.start - hit.end, hit.start - h.end, 0) for h in named)
    if near["product"] is None and near["act"] is not None and key in _NEEDS_PRODUCT:
        short = _short_form(text)
        near["product"] = _nearest(short, clause, at, skip=False) if short else None
    if near["product"] is None:
        helped = near["act"] is not None and near["other_use"] is None
        plain = hit.sentence == 0 or not _INDUCING.search(clause.lower())
        return helped and plain and key not in _NEEDS_PRODUCT
    return near["other_use"] is None or near["product"] < near["other_use"]


def _short_form(text: Text) -> re.Pattern[str] | None:
    """Return a pattern of the short forms that the record gives to what was given."""
    if "short_forms" not in text.memo:
        forms = sorted(
            {
                m[1]
                for m in _DEFINED.finditer(text.plain)
                if _THE_PRODUCT.search(text.folded, max(0, m.start() - 20), m.start())
            }
        )
        text.memo["short_forms"] = (
            re.compile(rf"\b(?:{'|'.join(map(re.escape, forms))})\b") if forms else None
        )
    found: re.Pattern[str] | None = text.memo["short_forms"]
    return found


def _nearest(
    pattern: re.Pattern[str], clause: str, at: tuple[int, int], *, skip: bool
) -> int | None:
    """Return how far the nearest word of a kind stands from the route word.

    :param skip: leave out words that describe the subjects ("MPTP-treated mice")
    """
    gaps = [
        0 if m.start() < at[1] and at[0] < m.end() else max(m.start() - at[1], at[0] - m.end())
        for m in pattern.finditer(clause)
        if not (skip and _ADJECTIVE.match(clause, m.end()))
    ]
    return min(gaps, default=None)


def _clause(text: Text, hit: Hit) -> tuple[int, int]:
    """Return the clause around a hit, as offsets into the folded text."""
    sentence = text.sentences[hit.sentence]
    folded = text.folded
    start, end = sentence.start, sentence.end
    for match in _CLAUSE.finditer(folded, sentence.start, sentence.end):
        if match.end() <= hit.start:
            start = match.end()
        elif match.start() >= hit.end:
            end = match.start()
            break
    return start, end
