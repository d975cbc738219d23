"""One record being read: what is named where, and what kinds of mention it amounts to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from evlit.addresses import mask_addresses
from evlit.mentions.makers import MakerName
from evlit.mentions.names import fold, spellings
from evlit.mentions.roles import NOBODY, Passage, Role, load_words, read_role
from evlit.records import Alias, CuratedStudy, Mention, Product, Record, Tag

SEPARATOR = "\x1e"
_AROUND = 70
_BODY = ("title", "vernacular_title", "abstract")
_GIVEN = {"cells": ("cells",), "cells_plus_product": ("cells", "product")}
"""What ``given`` must say where a product is not an acellular preparation."""
_TRIED = ("clinical", "animal", "in_vitro")


_FOREIGN = (NOBODY, "of another", "of what may come", "comparison", "list")
"""How the reasons begin by which a trial id in the text is another study's."""


_OF_A_PERSON = re.compile(
    r"\W{0,3}\s?(?:et al\b|(?:and|&) (?:colleagues|co-?workers|associates|collaborators)\b)"
)
"""After a name: it is an author's (``the method of Rexo and colleagues``)."""


class Field(NamedTuple):
    """One text of a record."""

    name: str
    """A value of :attr:`Mention.field`."""
    text: str
    label: str = ""
    """Label of an abstract's section, upper case; ``TITLE`` for titles."""


class Target(NamedTuple):
    """What a literal of the automaton stands for."""

    kind: str
    """``name``, ``maker``, ``trial`` or ``lookalike``."""
    product: int
    text: str
    alias: Alias | None = None
    maker: MakerName | None = None


class Hit(NamedTuple):
    """One target found in one field; offsets are in the field's own text."""

    target: Target
    field: int
    start: int
    end: int
    folded_at: tuple[int, int]
    """Its place in the folded text of the whole record."""


def fields_of(record: Record) -> list[Field]:
    """Return the texts in which names are looked for, best first."""
    found = [Field("title", record.title or "", "TITLE")]
    if record.vernacular_title:
        found.append(Field("vernacular_title", record.vernacular_title, "TITLE"))
    for section in record.sections:
        label = (section.category or section.label or "").upper()
        found.append(Field("abstract", section.text, "" if label == "UNASSIGNED" else label))
    found += [Field("abstract", other.text) for other in record.other_abstracts]
    found += [Field("keywords", keyword.text) for keyword in record.keywords]
    found += [Field("substance", substance.name) for substance in record.substances]
    lines: dict[str, None] = {}
    for author in record.authors:
        for line in author.affiliations:
            lines[line] = None
        if author.collective:
            lines[author.collective] = None
    found += [Field("affiliation", line) for line in lines]
    if record.coi:
        found.append(Field("coi", record.coi))
    found += [Field("funding", g.agency) for g in record.grants if g.agency]
    found += [
        Field("databank", d.accession) for d in record.databank_ids if d.found_in == "databank"
    ]
    return [
        f if SEPARATOR not in f.text else f._replace(text=f.text.replace(SEPARATOR, " "))
        for f in found
        if f.text
    ]


@lru_cache(maxsize=4096)
def _context_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern for an alias's context words (``*`` = any ending)."""
    parts = [
        re.escape(form) + (r"\w*" if word.endswith("*") else "s?")
        for word in words
        for form in spellings(word.rstrip("*"))
    ]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(parts) or '(?!)'})(?![a-z0-9])")


def covers(longer: Hit, shorter: Hit) -> bool:
    """Return whether one hit stands wholly inside another, longer one."""
    a, b = longer.folded_at
    c, d = shorter.folded_at
    return a <= c and d <= b and b - a > d - c


class Reading:
    """One record being read: what is named where, and what it amounts to."""

    def __init__(
        self, products: Sequence[Product], record: Record, tags: Sequence[Tag],
        fields: list[Field], hits: list[Hit],
    ) -> None:  # fmt: skip
        self.products = products
        self.record = record
        self.fields = fields
        self.hits = hits
        self.design = tag_value(tags, "design")
        self.given = tag_value(tags, "given")
        self.whole = SEPARATOR.join([fold(f.text) for f in fields]) if hits else ""
        self.names = [h for h in hits if h.target.kind == "name" and self._accepted(h)]

    def mentions(self, number: int, curated: list[CuratedStudy]) -> Iterator[Mention]:
        """Yield the mentions of one product: tested or named, registry, curated, maker."""
        names = [h for h in self.names if h.target.product == number and self._is_name(h)]
        if names:
            yield self._named(number, names)
        yield from self._registry(number)
        yield from self._by_curator(number, curated)
        yield from self._by_maker(number, bool(names))

    # ------------------------------------------------------------------ acceptance

    def _is_name(self, hit: Hit) -> bool:
        return not any(
            o.target.product != hit.target.product and covers(o, hit) for o in self.names
        )

    def _accepted(self, hit: Hit) -> bool:
        alias = hit.target.alias
        field = self.fields[hit.field]
        if alias is None or field.name == "affiliation":
            return False
        if _OF_A_PERSON.match(field.text, hit.end):
            return False
        return not alias.guarded or (
            self._has_company(hit, alias) and not self._stands_for_else(hit.target)
        )

    def _has_company(self, hit: Hit, alias: Alias) -> bool:
        """Return whether a guarded name has beside it what it needs to count."""
        if self._has_maker_or_trial(hit.target.product):
            return True
        if alias.match == "never_bare":
            return False
        return self._has_context(hit, alias) or self._has_sure_name(hit.target.product)

    def _stands_for_else(self, target: Target) -> bool:
        """Return whether the record spells the letters of a guarded name out as other words
        (``positive expiratory pressure (PEP)``): then they are no name of the product."""
        own = {
            form for a in self.products[target.product].aliases for form in spellings(a.text)
        } - set(spellings(target.text))
        alias = target.alias
        return any(
            form not in own and not (alias and _context_pattern(alias.context).search(form))
            for h in self.hits if h.target == target
            for form in long_forms(self.fields[h.field].text, h.start, h.end)
        )  # fmt: skip

    def _has_maker_or_trial(self, number: int) -> bool:
        return any(
            h.target.product == number and h.target.kind in ("maker", "trial") for h in self.hits
        )

    def _has_sure_name(self, number: int) -> bool:
        return any(
            h.target.product == number and h.target.alias is not None
            and not h.target.alias.guarded
            and self.fields[h.field].name != "affiliation"
            for h in self.hits
        )  # fmt: skip

    def _has_context(self, hit: Hit, alias: Alias) -> bool:
        places = [h.folded_at for h in self.hits if h.target.product == hit.target.product]
        for found in _context_pattern(alias.context).finditer(self.whole):
            if not any(a <= found.start() and found.end() <= b for a, b in places):
                return True
        return False

    # ----------------------------------------------------------------------- kinds

    def _given_is_this(self, number: int) -> bool:
        wanted = _GIVEN.get(self.products[number].intervention, ("product",))
        return self.given in wanted

    def _named(self, number: int, names: list[Hit]) -> Mention:
        best, role = self._best_role(names)
        if role is None:
            where = sorted({self.fields[h.field].name for h in names})
            return self._mention(best, "named", False, f"named in {' and '.join(where)} only")
        if self.design not in _TRIED:
            reason = f"named in a record whose design is {self.design or 'not decided'}"
            return self._mention(best, "named", False, reason)
        if not self._given_is_this(number):
            reason = f"named, but what was given is {self.given or 'not decided'}"
            return self._mention(best, "named", False, reason)
        shared = self._shared(names)
        if shared:
            return self._mention(best, "named", False, f"the name belongs to {shared} products")
        return self._mention(best, "tested" if role.given else "named", role.given, role.reason)

    def _shared(self, names: list[Hit]) -> int:
        """Return how many products claim every one of these names, if more than one."""
        claims = [
            {o.target.product for o in self.names if o.folded_at == h.folded_at} for h in names
        ]
        return min(map(len, claims)) if all(len(c) > 1 for c in claims) else 0

    def _best_role(self, names: list[Hit]) -> tuple[Hit, Role | None]:
        """Return the naming that says most, and how it is to be read (None: not in the text)."""
        first: tuple[Hit, Role | None] | None = None
        ordered = sorted(names, key=lambda h: (h.field, h.start, -h.end))
        body = [h for h in ordered if self.fields[h.field].name in _BODY]
        roles = [(h, self._role(h)) for h in body if not self._title_alone(h, body)]
        if any(role.reason.startswith(NOBODY) for _, role in roles):
            roles = [r for r in roles if self.fields[r[0].field].label != "TITLE"]
        for hit, role in roles:
            if role.given:
                return hit, role
            first = first or (hit, role)
        return first or (min(names, key=lambda h: (h.field, h.start)), None)

    def _title_alone(self, hit: Hit, body: list[Hit]) -> bool:
        """Return whether a guarded name stands in a title while the abstract names it too: the
        abstract then says whether it was given, as letters in a title may mean anything."""
        alias = hit.target.alias
        guarded = alias is not None and alias.guarded
        in_title = self.fields[hit.field].label == "TITLE"
        return guarded and in_title and any(self.fields[h.field].label != "TITLE" for h in body)

    def _role(self, hit: Hit) -> Role:
        field = self.fields[hit.field]
        spots = {
            (h.start, h.end): h.target.product for h in self.names
            if h.field == hit.field and (h.end <= hit.start or h.start >= hit.end)
        }  # fmt: skip
        own = [s for s, n in spots.items() if n == hit.target.product]
        others = [s for s, n in spots.items() if n != hit.target.product]
        return read_role(Passage(field.text, field.label), (hit.start, hit.end), own, others)

    def _registry(self, number: int) -> Iterator[Mention]:
        for trial_id in self.products[number].trial_ids:
            hits = [
                h for h in self.hits
                if h.target.kind == "trial" and h.target.text == trial_id
                and h.target.product == number
            ]  # fmt: skip
            if hits:
                listed = [h for h in hits if self.fields[h.field].name == "databank"]
                told = self._trial_counts(number, [] if listed else hits)
                yield self._mention((listed or hits)[0], "registry", *told)

    def _trial_counts(self, number: int, in_text: list[Hit]) -> tuple[bool, str]:
        """Return whether a trial id counts; ``in_text`` is empty where a data bank lists it."""
        if self.design != "clinical":
            return False, f"trial id of the product in a record whose design is {self.design}"
        if not self._given_is_this(number):
            return False, f"trial id of the product, but what was given is {self.given}"
        body = [h for h in in_text if self.fields[h.field].name in _BODY]
        foreign = [r for h in body if (r := self._role(h).reason).startswith(_FOREIGN)]
        if foreign and len(foreign) == len(in_text):
            return False, f"trial id named only as that of another study: {foreign[0]}"
        return True, "the record carries a trial id of the product"

    def _by_curator(self, number: int, studies: list[CuratedStudy]) -> Iterator[Mention]:
        for study in studies:
            key = str(study.pmid) if study.pmid == self.record.pmid else study.doi
            told = self._study_counts(study)
            product = self.products[number].key
            yield Mention(
                self.record.pmid, product, "curated", told[0], "catalogue", key, key, told[1]
            )

    def _study_counts(self, study: CuratedStudy) -> tuple[bool, str]:
        why = f" ({study.why})" if study.why else ""
        if study.link not in ("stated", "maker_states"):
            return False, f"may concern this product: the link is inferred{why}"
        if not study.checked:
            return False, f"listed; not yet checked against the paper{why}"
        untold = study.design in ("review", "protocol") or self.design == "notice"
        if study.record_type == "press_release" or untold:
            return False, f"not a report of a study{why}"
        who = "the paper" if study.link == "stated" else "the maker"
        return True, f"{who} states that this product was given{why}"

    def _by_maker(self, number: int, named: bool) -> Iterator[Mention]:
        hits = [h for h in self.hits if h.target.kind == "maker" and h.target.product == number]
        if not hits or not self._about_vesicles():
            return
        seen: set[str] = set()
        for hit in sorted(hits, key=lambda h: (h.field, h.start, -h.end)):
            field = self.fields[hit.field].name
            maker = hit.target.maker
            alone = maker is not None and maker.institution and not self._given_is_this(number)
            if field in seen or (alone and not named):
                continue
            seen.add(field)
            reason = "maker named" if named else "same maker, product not named"
            yield self._mention(hit, "maker", False, reason)

    def _about_vesicles(self) -> bool:
        wanted = (*_BODY, "keywords", "substance")
        search = load_words().vesicles.search
        return any(search(f.text.lower()) for f in self.fields if f.name in wanted)

    # ---------------------------------------------------------------------- making

    def _mention(self, hit: Hit, kind: str, counts: bool, reason: str) -> Mention:
        field = self.fields[hit.field]
        return Mention(
            self.record.pmid, self.products[hit.target.product].key, kind, counts,
            field.name, hit.target.text, _quote(field.text, hit.start, hit.end), reason,
        )  # fmt: skip


def long_forms(text: str, start: int, end: int) -> Iterator[str]:
    """Yield the words, folded, as which the letters at a span are spelt out beside it.

    ``phosphoenol pyruvate (PP)`` and ``PP (phosphoenol pyruvate)``: as many words as letters,
    hyphens apart, each beginning with its letter.
    """
    letters = fold(text[start:end]).strip()
    if not letters.isalpha() or not 2 <= len(letters) <= 6:
        return
    if text[start - 1 : start] == "(":
        before = re.findall(r"\w+", fold(text[: start - 1]))[-len(letters) :]
        if "".join(w[0] for w in before) == letters:
            yield " ".join(before)
    inside = re.match(r"\s*\(([^()]{3,80})\)", text[end:])
    if inside:
        words = re.findall(r"\w+", fold(inside[1]))
        if "".join(w[0] for w in words) == letters:
            yield " ".join(words)


def tag_value(tags: Sequence[Tag], axis: str) -> str:
    """Return an axis's value; a person's tag wins."""
    said = [t for t in tags if t.axis == axis]
    human = [t.value for t in said if t.source == "human"]
    return human[0] if human else (said[0].value if said else "")


def _quote(text: str, start: int, end: int) -> str:
    """Return the words around a span, whole words, as the record has them; an e-mail address
    in them is masked."""
    a, b = max(0, start - _AROUND), min(len(text), end + _AROUND)
    if a:
        space = text.find(" ", a, start)
        a = space + 1 if space >= 0 else start
    if b < len(text):
        space = text.rfind(" ", end, b)
        b = space if space >= 0 else end
    return mask_addresses(text[a:b].strip())
