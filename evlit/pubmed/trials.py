"""Trial registry ids in titles, abstracts and data banks.

The banks bear NLM's own names (``records.TRIAL_REGISTRIES``). Ids are upper case, without
the blanks and hyphens that authors put after the prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import ahocorasick_rs


class _Registry(NamedTuple):
    """How a registry writes its ids; group 1.. of the pattern, joined, make the id."""

    bank: str
    prefix: str
    """Put before the groups."""
    pattern: str
    clues: tuple[str, ...]
    """A text without any of these (case as written) cannot hold an id."""


_GAP = r"[\s:#\-‐‑–]{0,3}"
_YEAR = r"(?:19|20)\d\d"

_EUROPEAN = ("CT", "EU ")

REGISTRIES = (
    _Registry("ClinicalTrials.gov", "NCT", rf"\bNCT{_GAP}(\d{{8}})(?!\d)", ("NCT", "nct0")),
    _Registry("ISRCTN", "ISRCTN", rf"\bISRCTN{_GAP}(\d{{8}})(?!\d)", ("ISRCTN",)),
    _Registry("IRCT", "IRCT", rf"\bIRCT{_GAP}(\d{{8,18}}N\d{{1,3}}|\d{{14,20}})\b", ("IRCT",)),
    _Registry(
        "ANZCTR", "ACTRN", rf"\bACTRN?{_GAP}((?:12|13)\d{{12}})(?!\d)", ("ACTR", "ANZCTR")
    ),
    _Registry(
        "ChiCTR", "CHICTR", r"\bChiCTR((?:\s?-\s?[A-Z]{2,5}){1,2}\s?-\s?\d{8})(?!\d)", ("CTR",)
    ),
    _Registry("ChiCTR", "CHICTR", rf"\bChiCTR{_GAP}(\d{{8,10}})(?!\d)", ("CTR",)),
    _Registry(
        "CTIS", "",
        rf"(?<![\d\-])({_YEAR}\s?-\s?5\d{{5}}\s?-\s?\d\d(?:\s?-\s?\d\d)?)(?![\d\-]*\d)",
        _EUROPEAN,
    ),
    _Registry(
        "EudraCT", "", rf"(?<![\d\-])({_YEAR}\s?-\s?[0-46-9]\d{{5}}\s?-\s?\d\d)(?!\d|-\d)",
        _EUROPEAN,
    ),
    _Registry("jRCT", "JRCT", rf"\bjRCT{_GAP}([a-z]?\d{{9,10}})(?!\d)", ("RCT",)),
    _Registry(
        "UMIN CTR", "UMIN",
        rf"\bUMIN(?:[\s\-]?CTR)?(?:\s?ID)?{_GAP}(?:UMIN)?(\d{{9}})(?!\d)", ("UMIN",),
    ),
    _Registry("JapicCTI", "JAPICCTI-", rf"\bJapicCTI{_GAP}(\d{{6}})(?!\d)", ("CTI",)),
    _Registry("JMACCT", "JMA-", r"\bJMA-?(IIA\d{5})(?!\d)", ("JMA",)),
    _Registry("CRiS", "KCT", rf"\bKCT{_GAP}(\d{{7}})(?!\d)", ("KCT",)),
    _Registry(
        "CTRI", "CTRI", rf"\bCTRI\s?(/\s?{_YEAR}\s?/\s?\d\d\d?\s?/\s?\d{{6}})(?!\d)", ("CTRI",)
    ),
    _Registry("DRKS", "DRKS", rf"\bDRKS(?:[\s\-]?ID)?{_GAP}(?:DRKS)?(\d{{8}})(?!\d)", ("DRKS",)),
    _Registry("NTR", "NTR", rf"\bNTR{_GAP}(\d{{3,5}})(?!\d)", ("NTR",)),
    _Registry("NTR", "NL", r"\bNL(-OMON\d{3,6})(?!\d)", ("OMON",)),
    _Registry(
        "NTR", "NL",
        r"\b(?:Dutch|Netherlands)\s+Trial\s+Regist\w+[^.;]{0,40}?\bNL-?(\d{4,5})(?!\d)",
        ("Trial Regist",),
    ),
    _Registry("TCTR", "TCTR", rf"\bTCTR{_GAP}(\d{{11}})(?!\d)", ("TCTR",)),
    _Registry("PACTR", "PACTR", rf"\bPACTR{_GAP}(\d{{15,16}})(?!\d)", ("PACTR",)),
    _Registry("SLCTR", "SLCTR", rf"\bSLCTR\s?(/\s?{_YEAR}\s?/\s?\d{{3}})(?!\d)", ("SLCTR",)),
    _Registry("ReBec", "RBR-", r"\bRBR-?([0-9a-z]{6,8})\b", ("RBR",)),
    _Registry("RPCEC", "RPCEC", rf"\bRPCEC{_GAP}(\d{{8}})(?!\d)", ("RPCEC",)),
    _Registry("REPEC", "PER-", r"\bPER-(\d{3}-\d\d)(?![\d\-])", ("PER-",)),
)  # fmt: skip
"""The registries of the WHO network, by what their ids look like."""

_COMPILED = tuple((r, re.compile(r.pattern, re.IGNORECASE | re.ASCII)) for r in REGISTRIES)
_BLANK = re.compile(r"\s+")


_WORDS = sorted({clue for registry in REGISTRIES for clue in registry.clues})
_CLUES = ahocorasick_rs.AhoCorasick(_WORDS)
"""All clues in one pass: every record is asked."""
_OF_CLUE = [
    [number for number, registry in enumerate(REGISTRIES) if clue in registry.clues]
    for clue in _WORDS
]


def find_trial_ids(text: str) -> Iterator[tuple[str, str]]:
    """Yield (bank, id) of each registry id in a text, each once, by registry."""
    hits = _CLUES.find_matches_as_indexes(text, overlapping=True)
    return _found(text, {number for hit in hits for number in _OF_CLUE[hit[0]]}) if hits else _NONE


_NONE: Iterator[tuple[str, str]] = iter(())


def _found(text: str, registries: Iterable[int]) -> Iterator[tuple[str, str]]:
    seen = set()
    for number in sorted(registries):
        registry, pattern = _COMPILED[number]
        for match in pattern.finditer(text):
            found = registry.bank, registry.prefix + _BLANK.sub("", match.group(1)).upper()
            if found not in seen:
                seen.add(found)
                yield found
