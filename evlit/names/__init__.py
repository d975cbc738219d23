"""A typed name → what it asks about: one product, several, a description, or none known.

No sentence is made here; :mod:`evlit.answer` says it in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from evlit.errors import UsageError
from evlit.names.descriptions import (
    Description,
    bare_name,
    describe,
    describing_words,
    may_be_a_word,
    without_amounts,
)
from evlit.names.finding import NameFinder, name_key, name_term
from evlit.names.folding import (
    MAX_TYPED,
    clean_typed,
    compact_name,
    fold_name,
    name_tokens,
    spellings,
)
from evlit.records import Alias, Product

__all__ = [
    "MAX_TYPED",
    "Description",
    "NameFinder",
    "Names",
    "Near",
    "Resolution",
    "bare_name",
    "clean_typed",
    "compact_name",
    "describe",
    "find_product",
    "fold_name",
    "may_be_a_word",
    "name_key",
    "name_term",
    "name_tokens",
    "spellings",
]

_LEGAL = frozenset({"inc", "llc", "ltd", "co", "corp", "gmbh", "limited", "company", "kk", "plc"})


class Near(NamedTuple):
    """A name that looks like the typed one; offered, never taken."""

    kind: str
    """``lookalike`` (known to be another thing), ``near`` (spelling) or ``maker``."""
    product: Product | None
    name: str
    score: float


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
        """A name with its maker, an amount or words that describe ("ExoFlo exosomes, 10 mL")."""
        whole = name_tokens(shown)
        tokens = without_amounts(whole)
        generic = {t for t in tokens if t in describing_words()}
        for product, alias in (pair for held in self._exact.values() for pair in held):
            if alias.match == "never_bare":
                continue
            makers = {t for m in product.makers for n in (m.name, *m.names) for t in name_tokens(n)}
            named = "".join(name_tokens(alias.text))
            left = _without(tokens, named)
            if left is None or (not left and tokens == whole):
                continue
            rest = [t for t in left if t != "by" and t not in _LEGAL]
            if not all(t in generic or t in makers for t in rest):
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
        for near in (*self._inside(typed), *self._alike(key, limit), *self._makers_alike(key)):
            mark = near.product.key if near.product else near.name
            if mark not in seen:
                seen.add(mark)
                found.append(near)
        return tuple(found[:limit])

    def _inside(self, typed: str) -> Iterator[Near]:
        """Yield the products a name of which stands whole among the words typed."""
        tokens = name_tokens(typed)
        for product, alias in (pair for held in self._exact.values() for pair in held):
            sure = not alias.guarded and alias.text not in describing_words()
            if sure and _without(tokens, "".join(name_tokens(alias.text))) is not None:
                yield Near("near", product, alias.text, 100.0)

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


def _without(tokens: list[str], named: str) -> list[str] | None:
    """Return tokens less one run that spells ``named``, however it is spaced; None = none does."""
    for start in range(len(tokens)):
        spelled = ""
        for end in range(start, len(tokens)):
            spelled += tokens[end]
            if spelled == named:
                return tokens[:start] + tokens[end + 1 :]
            if not named.startswith(spelled):
                break
    return None


def _makers(product: Product) -> list[list[str]]:
    names = (n for m in product.makers for n in (m.name, *m.names))
    return [[t for t in name_tokens(n) if t not in _LEGAL] for n in names]


def _starts(name: list[str], wanted: list[str]) -> bool:
    """Whether the words are a maker's name, or its first, telling word."""
    return name == wanted or (
        name[: len(wanted)] == wanted and any(t not in describing_words() for t in wanted)
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
