"""A typed name → what it asks about: one product, several, a description, or none known.

No sentence is made here; :mod:`evlit.answer` says it in words.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

from evlit.errors import UsageError
from evlit.records import Alias, Product

MAX_TYPED = 200
"""Characters of a typed name that are read; a longer text is no name."""

_MARKS = re.compile(r"[™®©℠]|\((?:tm|r)\)", re.IGNORECASE)
_HYPHENS = re.compile("[‐‑‒–—―−﹣_]")
_PLUS = re.compile(r"(?<![^\W_])plus(?![^\W_])")
_DROPPED = re.compile(r"[\s\-.·・'’‘`\"“”()\[\]/,;:!?]+")
_TOKEN = re.compile(r"[^\W_]+\+*|\++")
_LEGAL = frozenset({"inc", "llc", "ltd", "co", "corp", "gmbh", "limited", "company", "kk", "plc"})
_UNITS = frozenset({"billion", "million", "trillion", "ml", "mg", "ug", "cc"})
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]")


class Near(NamedTuple):
    """A name that looks like the typed one; offered, never taken."""

    kind: str
    """``lookalike`` (known to be another thing), ``near`` (spelling) or ``maker``."""
    product: Product | None
    name: str
    score: float


class Description(NamedTuple):
    """What a generic name describes; ``""`` where it does not say."""

    source_kind: str = ""
    intervention: str = ""
    tissue: str = ""


class Resolution(NamedTuple):
    """What a typed name asks about."""

    kind: str
    """``product``, ``ambiguous``, ``generic`` or ``unknown``."""
    typed: str
    product: Product | None = None
    alias: Alias | None = None
    """The alias that was typed, for ``product``."""
    read_as: str = ""
    """``name``, ``described`` (a name and describing words), ``trial`` (a registry id),
    ``maker`` (the maker's name)."""
    choices: tuple[Product, ...] = ()
    description: Description | None = None


def clean_typed(text: str) -> str:
    """Return typed text as one line of NFC without controls, direction marks or surrogates.

    :raises UsageError: nothing to look up is left, or it is longer than a name can be
    """
    shown = "".join(" " if _is_control(c) else c for c in text if unicodedata.category(c) != "Cf")
    shown = " ".join(unicodedata.normalize("NFC", shown).split())
    if len(shown) > MAX_TYPED:
        raise UsageError(
            "NAME",
            f"{len(shown):,} characters is longer than a product's name",
            f"type the name as the label prints it (at most {MAX_TYPED} characters)",
        )
    if not any(c.isalnum() for c in unicodedata.normalize("NFKC", shown)):
        raise UsageError(
            "NAME", "there is no letter or digit in it", "type the name as the label prints it"
        )
    return shown


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}


def fold_name(text: str) -> str:
    """Return a name with case, width, marks, hyphens and the word "plus" folded.

    ``+`` stays significant: ``ASCE+`` and ``ASCE plus`` are one, ``ASCE`` is another.
    """
    if text.isascii():
        # The long texts of a phrase search come here by the hundred.
        text = (_MARKS.sub(" ", text) if "(" in text else text).lower().replace("_", "-")
    else:
        text = unicodedata.normalize("NFKC", _MARKS.sub(" ", text)).casefold()
        text = _HYPHENS.sub("-", text)
    return _PLUS.sub("+", text) if "plus" in text else text


def compact_name(text: str) -> str:
    """Return the folded name without spaces, hyphens and punctuation: the key of a name."""
    return _DROPPED.sub("", fold_name(text))


def name_tokens(text: str) -> list[str]:
    """Return the words of a folded name; ``+`` stays with the word before it."""
    return _TOKEN.findall(fold_name(text))


def spellings(typed: str) -> tuple[str, ...]:
    """Return the word sequences by which a text may print a typed name, most literal first.

    ``Exo Flow`` → ``exo flow``, ``exoflow``; ``AB102`` → ``ab102``, ``ab 102``.
    """
    folded = " ".join(name_tokens(typed))
    joined = folded.replace(" ", "")
    split = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", folded)
    return tuple(dict.fromkeys(s for s in (folded, joined, split) if s))


class Names:
    """All names of the catalogue. Build once, ask often."""

    def __init__(self, products: Sequence[Product]) -> None:
        self.products = tuple(products)
        self._exact: dict[str, list[tuple[Product, Alias]]] = {}
        self._trials: dict[str, list[Product]] = {}
        for product in self.products:
            self._add(product)
        for product in self.products:
            # The key is what a choice shows, so it may be typed; a real name goes first.
            self._exact.setdefault(compact_name(product.key), [(product, Alias(product.name))])

    def _add(self, product: Product) -> None:
        aliases = product.aliases or (Alias(product.name),)
        for alias in (*aliases, Alias(product.name)):
            key = compact_name(alias.text)
            for spelled in {key, key.replace("+", "plus")} - {""}:
                held = self._exact.setdefault(spelled, [])
                if all(p.key != product.key for p, _ in held):
                    held.append((product, alias))
        for trial_id in product.trial_ids:
            self._trials.setdefault(trial_id.casefold(), []).append(product)

    def resolve(self, typed: str, maker: str | None = None) -> Resolution:
        """Return what a typed name asks about.

        :param typed: any text; cleaned by :func:`clean_typed`
        :param maker: decides between products that share the name
        :raises UsageError: nothing that could be a name was typed, or it is another maker's
        """
        shown = clean_typed(typed)
        wanted = {p.key for p in self.by_maker(maker)} if maker else None
        named = self._exact.get(compact_name(shown), [])
        held = named if wanted is None else [(p, a) for p, a in named if p.key in wanted]
        if named and not held:
            raise _other_maker(shown, maker or "", named[0][0])
        if held:
            return _exactly(shown, held, settled=wanted is not None)
        trial = self._trials.get(shown.casefold().replace(" ", ""), [])
        if trial:
            return _one_or_ask(shown, trial, "trial")
        description = describe(shown)
        if description is not None:
            return Resolution("generic", shown, description=description)
        found = self._in_description(shown)
        if found is not None:
            return found
        makers = self._exact_maker(shown)
        if makers:
            return Resolution("ambiguous", shown, read_as="maker", choices=tuple(makers))
        return Resolution("unknown", shown)

    def _in_description(self, shown: str) -> Resolution | None:
        """A name with its maker or with words that describe ("ExoFlo exosomes")."""
        tokens = _without_amounts(name_tokens(shown))
        generic = {t for t in tokens if t in _words()}
        for product, alias in (pair for held in self._exact.values() for pair in held):
            if alias.match == "never_bare":
                continue
            makers = {t for m in product.makers for n in (m.name, *m.names) for t in name_tokens(n)}
            named = name_tokens(alias.text)
            rest = [t for t in _without(tokens, named) or () if t != "by"]
            if not rest or not all(t in generic or t in makers for t in rest):
                continue
            if alias.ambiguous and not any(t in makers and t not in generic for t in rest):
                return Resolution("ambiguous", shown, choices=(product,))
            return Resolution("product", shown, product, alias, "described")
        return None

    def by_maker(self, name: str) -> list[Product]:
        """Return the products of a maker; every word typed must be in one of its names."""
        wanted = {t for t in name_tokens(clean_typed(name)) if t not in _LEGAL}
        return [
            p
            for p in self.products
            if wanted
            and any(wanted <= set(name_tokens(n)) for m in p.makers for n in (m.name, *m.names))
        ]

    def _exact_maker(self, shown: str) -> list[Product]:
        wanted = [t for t in name_tokens(shown) if t not in _LEGAL]
        return [p for p in self.products if wanted and any(_starts(n, wanted) for n in _makers(p))]

    def near(self, typed: str, limit: int = 5) -> tuple[Near, ...]:
        """Return names that look like the typed one, best first; known look-alikes first."""
        key = compact_name(typed)
        found = [
            Near("lookalike", p, p.name, 100.0)
            for p in self.products
            if key in {compact_name(name) for name in p.lookalikes}
        ]
        seen = {n.product.key for n in found if n.product}
        for near in (*self._alike(key, limit), *self._makers_alike(key)):
            mark = near.product.key if near.product else near.name
            if mark not in seen:
                seen.add(mark)
                found.append(near)
        return tuple(found[:limit])

    def _alike(self, key: str, limit: int) -> list[Near]:
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where no name fits

        cutoff = 70 if len(key) > 3 else 80
        keys = [k for k, held in self._exact.items() if _may_be_near(held)]
        hits = process.extract(key, keys, scorer=fuzz.ratio, score_cutoff=cutoff, limit=limit * 4)
        return [
            Near("near", product, alias.text, score)
            for name, score, _ in hits
            for product, alias in self._exact[name]
        ]

    def _makers_alike(self, key: str) -> list[Near]:
        from rapidfuzz import fuzz  # noqa: PLC0415 - only where no name fits

        makers = dict.fromkeys(m.name for p in self.products for m in p.makers)
        scored = [(fuzz.ratio(key, compact_name(m)), m) for m in makers]
        return [Near("maker", None, m, s) for s, m in sorted(scored, reverse=True) if s >= 80]

    def makers_near(self, name: str) -> tuple[str, ...]:
        """Return makers' names that look like the typed one, best first."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where no maker fits

        makers = list(dict.fromkeys(m.name for p in self.products for m in p.makers))
        hits = process.extract(
            fold_name(name), makers, scorer=fuzz.partial_ratio, processor=fold_name,
            score_cutoff=70, limit=5,
        )  # fmt: skip
        return tuple(maker for maker, _, _ in hits)


def _other_maker(shown: str, maker: str, product: Product) -> UsageError:
    owners = ", ".join(m.name for m in product.makers) or "not stated"
    return UsageError(
        f"--maker {clean_typed(maker)}",
        f"{shown} is not a product of this maker in the catalogue",
        f"its maker there: {owners}",
    )


def _exactly(shown: str, held: list[tuple[Product, Alias]], *, settled: bool) -> Resolution:
    product, alias = held[0]
    if len(held) > 1 or (alias.ambiguous and not settled):
        return Resolution("ambiguous", shown, choices=tuple(p for p, _ in held))
    return Resolution("product", shown, product, alias, "name")


def _one_or_ask(shown: str, products: list[Product], read_as: str) -> Resolution:
    if len(products) == 1:
        return Resolution("product", shown, products[0], None, read_as)
    return Resolution("ambiguous", shown, read_as=read_as, choices=tuple(products))


def _without(tokens: list[str], named: list[str]) -> list[str] | None:
    """Return tokens less one run equal to ``named``; None where it does not occur."""
    size = len(named)
    for at in range(len(tokens) - size + 1) if size else ():
        if tokens[at : at + size] == named:
            return tokens[:at] + tokens[at + size :]
    return None


def _makers(product: Product) -> list[list[str]]:
    names = (n for m in product.makers for n in (m.name, *m.names))
    return [[t for t in name_tokens(n) if t not in _LEGAL] for n in names]


def _starts(name: list[str], wanted: list[str]) -> bool:
    """Whether the words are a maker's name, or its first, telling word."""
    return name == wanted or (
        name[: len(wanted)] == wanted and any(t not in _words() for t in wanted)
    )


def _may_be_near(held: list[tuple[Product, Alias]]) -> bool:
    return any(a.match != "never_bare" for _, a in held)


class HasProducts(Protocol):
    """Anything with products: the catalogue."""

    @property
    def products(self) -> tuple[Product, ...]:
        """All products."""


def find_product(catalogue: HasProducts, typed: str) -> Product | None:
    """Return the product with this key or name; None where none or several have it.

    :raises UsageError: nothing that could be a name was typed
    """
    shown = clean_typed(typed)
    for product in catalogue.products:
        if product.key == shown:
            return product
    return Names(catalogue.products).resolve(shown).product


# ------------------------------------------------------------------ generic descriptions


def describe(typed: str) -> Description | None:
    """Return what a generic name describes, or None where a word of it may be a brand."""
    tokens = _without_amounts(name_tokens(typed.replace("'s", "").replace("’s", "")))
    found: list[tuple[str, str, str]] = []
    for token in tokens:
        said = _said(token)
        if said is None:
            return None
        found += said
    return _put_together(found) if found else None


def _without_amounts(tokens: list[str]) -> list[str]:
    """Return tokens without amounts: a number counts as one only before its unit.

    ``50 billion exosomes`` is a description, ``Exo-500`` may be a brand.
    """
    following = [*tokens[1:], ""]
    pairs = zip(tokens, following, strict=True)
    return [t for t, after in pairs if t not in _UNITS and not (t.isdigit() and after in _UNITS)]


def _put_together(found: list[tuple[str, str, str]]) -> Description:
    """Put the words' meanings together; what two words say differently stays open."""
    kinds, interventions, tissues = (
        {v for v in column if v} for column in zip(*found, strict=True)
    )
    if "conditioned_medium" in interventions:
        interventions = {"conditioned_medium"}
    if {"umbilical_cord", "cord_blood"} <= tissues:
        tissues = {"cord_blood"}
    return Description(
        *(
            next(iter(values)) if len(values) == 1 else ""
            for values in (kinds, interventions, tissues)
        )
    )


def _said(token: str) -> list[tuple[str, str, str]] | None:
    """Return the meanings of one word, or None where it is no describing word."""
    known = _words().get(token)
    if known is not None:
        return [known]
    match = _compound().fullmatch(token)
    if match and (match["cells"] or match["vesicles"]):
        tissue = _sources().get(match["source"] or "", "")
        return [("msc" if match["cells"] else "", "ev" if match["vesicles"] else "", tissue)]
    return _segmented(token) if _CJK.search(token) else None


def _segmented(token: str) -> list[tuple[str, str, str]] | None:
    """Return the meanings of a text without spaces, cut into known words; None if it fails."""
    best: list[list[tuple[str, str, str]] | None] = [[]] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(end):
            before, known = best[start], _words().get(token[start:end])
            if before is not None and known is not None:
                best[end] = [*before, known]
                break
    return best[-1]


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, object]]:
    path = Path(__file__).parent / "wording" / "generic_names.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, str, str]]:
    words: dict[str, tuple[str, str, str]] = {}
    for table in _tables().values():
        listed = table.get("words")
        meaning = tuple(str(table.get(k, "")) for k in ("source_kind", "intervention", "tissue"))
        for word in listed if isinstance(listed, list) else ():
            words[fold_name(word)] = (meaning[0], meaning[1], meaning[2])
    return words


@lru_cache(maxsize=1)
def _sources() -> dict[str, str]:
    sources = _tables()["compounds"]["source"]
    return {str(k): str(v) for k, v in sources.items()} if isinstance(sources, dict) else {}


@lru_cache(maxsize=1)
def _compound() -> re.Pattern[str]:
    table = _tables()["compounds"]

    def either(name: str) -> str:
        words = table[name]
        texts = [str(w) for w in words] if isinstance(words, list | dict) else []
        return "|".join(sorted(map(re.escape, texts), key=len, reverse=True))

    return re.compile(
        f"(?P<source>{either('source')})?(?P<cells>{either('cells')})?"
        f"(?P<vesicles>{either('vesicles')})?"
    )
