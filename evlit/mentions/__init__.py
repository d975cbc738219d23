"""Record × Products → Mentions: how a record belongs to a product, with the words that prove it.

All names of all products stand in one automaton, so a record costs the same whether ten
products are known or a thousand; sentences are read only where a name was found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evlit.mentions.makers import Place, is_maker, maker_name
from evlit.mentions.names import NameIndex, fold, locate, spellings, squash
from evlit.mentions.reading import SEPARATOR, Field, Hit, Reading, Target, covers, fields_of
from evlit.mentions.roles import load_words
from evlit.records import CuratedStudy, Mention, Product, Record, Tag

__all__ = ["Mentions"]


class Literal(NamedTuple):
    """Something sought, folded."""

    text: str
    is_id: bool = False
    """True: a registry id."""
    is_maker: bool = False
    """True: the name of a maker and nothing else."""


class Mentions:
    """The names of a catalogue, ready to be looked for. Build once; :meth:`find` is pure."""

    def __init__(self, products: Sequence[Product]) -> None:
        self.products = tuple(products)
        self._words = load_words()
        self._targets: list[list[Target]] = []
        literals: dict[str, int] = {}
        for literal, target in self._all_targets():
            if literal not in literals:
                literals[literal] = len(self._targets)
                self._targets.append([])
            if target not in self._targets[literals[literal]]:
                self._targets[literals[literal]].append(target)
        self._index = NameIndex(list(literals))
        self._read: tuple[Record | None, list[Field], list[Hit]] = (None, [], [])
        """The record looked at last: it is asked about before it is tagged, and after."""
        self._studies: dict[int | str, list[tuple[int, CuratedStudy]]] = {}
        for number, product in enumerate(self.products):
            for study in product.studies:
                for key in {study.pmid, study.doi.lower()} - {None, ""}:
                    self._studies.setdefault(key, []).append((number, study))  # type: ignore[arg-type]

    def _all_targets(self) -> Iterator[tuple[str, Target]]:
        for number, product in enumerate(self.products):
            for alias in product.aliases:
                for literal in spellings(alias.text):
                    yield literal, Target("name", number, alias.text, alias=alias)
            for name in product.lookalikes:
                for literal in spellings(name):
                    yield literal, Target("lookalike", number, name)
            for trial_id in product.trial_ids:
                for literal in spellings(trial_id):
                    yield literal, Target("trial", number, trial_id)
            for maker in product.makers:
                for name in (maker.name, *maker.names):
                    known = maker_name(number, name, self._words)
                    if known:
                        yield known.core, Target("maker", number, name, maker=known)

    def literals(self) -> Iterator[Literal]:
        """Yield the names: a record without any is linked to nothing, unless a curator tied it
        by one of :meth:`curated_keys`."""
        for text, targets in zip(self._index.literals, self._targets, strict=True):
            kinds = {target.kind for target in targets} - {"lookalike"}
            if kinds:
                yield Literal(text, "trial" in kinds, kinds == {"maker"})

    def words_of_field(self) -> tuple[str, ...]:
        """Return beginnings of words: without any a record is not linked by a maker's name."""
        return self._words.field

    def curated_keys(self) -> tuple[int | str, ...]:
        """Return the PMIDs and DOIs (lower case) that curators tied to products."""
        return tuple(self._studies)

    def find(self, record: Record, tags: Sequence[Tag]) -> tuple[Mention, ...]:
        """Return every link between a record and a product, in a fixed order.

        :param tags: the record's tags; ``design`` and ``given`` decide what counts
        """
        curated = self._curated(record)
        if record is not self._read[0]:
            fields = fields_of(record)
            self._read = record, fields, self._hits(fields)
        _, fields, hits = self._read
        if not hits and not curated:
            return ()
        reading = Reading(self.products, record, tags, fields, hits)
        numbers = sorted({h.target.product for h in hits} | {n for n, _ in curated})
        found: list[Mention] = []
        for number in numbers:
            found += reading.mentions(number, [s for n, s in curated if n == number])
        return tuple({m[:3] + m[4:6]: m for m in reversed(found)}.values())[::-1]

    def _curated(self, record: Record) -> list[tuple[int, CuratedStudy]]:
        found = list(self._studies.get(record.pmid, ()))
        if record.doi:
            found += [s for s in self._studies.get(record.doi.lower(), ()) if s not in found]
        return found

    def _hits(self, fields: list[Field]) -> list[Hit]:
        whole = SEPARATOR.join([fold(f.text) for f in fields])
        spans = self._index.find(whole)
        if not spans:
            return []
        starts = [0, *(m.end() for m in re.finditer(SEPARATOR, whole)), len(whole) + 1]
        hits: list[Hit] = []
        for span in spans:
            number = bisect_right(starts, span.start) - 1
            base, field = starts[number], fields[number]
            folded = whole[base : starts[number + 1] - 1]
            start, end = span.start - base, span.end - base
            at = locate(field.text, folded, start, end)
            if at is None:
                continue
            place = Place(field.name, folded, start, end, field.text[slice(*at)])
            for target in self._targets[span.literal]:
                if self._may_be(target, place):
                    hits.append(Hit(target, number, *at, (span.start, span.end)))
        return _without_swallowed(hits)

    def _may_be(self, target: Target, place: Place) -> bool:
        if target.maker:
            return is_maker(target.maker, place, self._words)
        if target.alias and target.alias.case:
            return squash(place.original) == squash(target.alias.text)
        return True


def _without_swallowed(hits: list[Hit]) -> list[Hit]:
    """Drop names that stand inside a look-alike of their product; a guarded name that does so
    once (``PEP`` in ``PEP therapy``) is no name anywhere in the record."""
    likes = [h for h in hits if h.target.kind == "lookalike"]
    inside = [
        h for h in hits
        if any(o.target.product == h.target.product and covers(o, h) for o in likes)
    ]  # fmt: skip
    unmeant = {h.target for h in inside if h.target.alias and h.target.alias.guarded}
    return [
        h for h in hits
        if h.target.kind != "lookalike" and h not in inside and h.target not in unmeant
    ]  # fmt: skip
