"""A product's names for sources beyond PubMed: what is asked, and what of the answers fits.

Those sources match loosely, so a result counts only where a name of the product stands in
it by the catalogue's own rules: look-alikes swallow names, guarded names need company.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from evlit.catalogue.products import is_bare
from evlit.mentions.names import NameIndex, fold, locate, spellings, squash
from evlit.records import Alias, Product

VESICLES = ("exosome", "exosomes", "extracellular vesicles")
"""Words one of which must stand beside a name that lives by its case or its plus sign."""
_LEGAL = re.compile(
    r"[\s,.]+(?:inc|incorporated|llc|l\.l\.c|ltd|limited|corp|corporation|co|company|gmbh|ag|plc"
    r"|kk|k\.k|pty|pte|s\.?a|b\.?v|n\.?v|s\.?r\.?l|usa)\.?$"
)
_ALSO = re.compile(r"\b(?:d/?b/?a|doing business as|formerly(?: known as)?|a/?k/?a)\b[.:]?|[/;|]")
_REACH = 60


class Fit(NamedTuple):
    """A name found in a text: the alias, the field, the words around it."""

    name: str
    field: str
    words: str


class ProductNames:
    """One product's names, ready to be asked for and looked for."""

    def __init__(self, product: Product) -> None:
        self.product = product
        usable = [a for a in product.aliases if not (a.ambiguous and a.match == "word")]
        self.bare = tuple(a.text for a in usable if is_bare(a))
        """Names that speak for themselves."""
        self.makers = tuple(
            dict.fromkeys(n for m in product.makers if m.distinct for n in (m.name, *m.names))
        )
        """Names of makers that are theirs alone: no hospital, no university."""
        self.guarded = tuple((a.text, self._beside(a)) for a in usable if not is_bare(a))
        """Names that need one of some words beside them."""
        self._cores = frozenset(core for maker in self.makers if (core := company_core(maker)))
        self._targets: list[tuple[str, Alias | None]] = [
            *((s, a) for a in usable for s in spellings(a.text)),
            *((s, None) for name in product.lookalikes for s in spellings(name)),
        ]
        self._index = NameIndex([spelling for spelling, _ in self._targets])

    def _beside(self, alias: Alias) -> tuple[str, ...]:
        own = () if alias.match == "never_bare" else (*alias.context, *VESICLES)
        return (*own, *self.makers)

    def find(self, fields: Mapping[str, str]) -> Fit | None:
        """Return the first fitting name, fields in their order."""
        whole = fold(" | ".join(fields.values()))
        for field, text in fields.items():
            folded = fold(text)
            for alias, start, end in self._hits(folded):
                place = locate(text, folded, start, end)
                if place is None or not self._holds(alias, text[slice(*place)], whole):
                    continue
                return Fit(alias.text, field, _around(text, *place))
        return None

    def fits(self, text: str) -> bool:
        """Whether a name as others write it is this product's."""
        return self.find({"name": text}) is not None

    def maker_in(self, company: str) -> str:
        """Return the maker's name that a company's is, legal form aside; ``""`` = none."""
        cores = {company_core(part) for part in _ALSO.split(fold(company))}
        found = cores & self._cores
        return next((m for m in self.makers if company_core(m) in found), "") if found else ""

    def _hits(self, folded: str) -> list[tuple[Alias, int, int]]:
        spans = [(self._targets[s.literal][1], s.start, s.end) for s in self._index.find(folded)]
        likes = [(start, end) for alias, start, end in spans if alias is None]
        return [
            (alias, start, end)
            for alias, start, end in spans
            if alias is not None and not any(a <= start and end <= b for a, b in likes)
        ]

    def _holds(self, alias: Alias, original: str, whole: str) -> bool:
        if alias.case and squash(original) != squash(alias.text):
            return False
        if alias.match == "word":
            return True
        words = self.makers if alias.match == "never_bare" else (*alias.context, *self.makers)
        return any(fold(word) in whole for word in words)


def company_core(name: str) -> str:
    """Return a company's name folded, without its legal form."""
    core = fold(name).replace(",", " ").strip(" .")
    core = " ".join(core.split())
    while (shorter := _LEGAL.sub("", core).strip(" .")) != core and shorter:
        core = shorter
    return core


def _around(text: str, start: int, end: int) -> str:
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    if low:
        low = text.find(" ", low, start) + 1 or start
    if high < len(text):
        high = max(text.rfind(" ", end, high), end)
    return text[low:high].strip()
