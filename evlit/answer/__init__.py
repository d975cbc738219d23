"""``look_up``: a typed name and a store → the one answer that every page and printout shows.

Read only; standard library only until a name fits nothing (then rapidfuzz suggests).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evlit.answer import indications, other, outside, product
from evlit.answer.context import Context
from evlit.answer.scope import Scope
from evlit.errors import UsageError
from evlit.messages import say
from evlit.names import Names, Resolution, clean_typed
from evlit.records import Answer, Product, Question

if TYPE_CHECKING:
    from evlit.catalogue import Catalogue
    from evlit.store.asking import Asked

_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def look_up(
    store: Asked,
    catalogue: Catalogue,
    typed: str,
    *,
    indication: str | None = None,
    maker: str | None = None,
    since: str | None = None,
    now: datetime | None = None,
) -> Answer:
    """Answer "has this product been studied?".

    :param typed: the name as a person types it; ``""`` with ``maker`` lists the maker's
        products, with ``indication`` alone gives the class view
    :param indication: key, name, synonym or abbreviation of a condition: narrows
    :param maker: decides between products of one name, or lists a maker's products
    :param since: ISO date (``2024``, ``2024-05``): only records published from then on
    :param now: aware time of asking, for coverage; the present by default
    :raises UsageError: the name, condition, maker or date cannot be understood
    """
    now = now or datetime.now(UTC)
    scope = Scope(indications.find(indication) if indication else None, _since(since))
    names = names_of(catalogue.products)
    makers = _maker_products(names, maker) if maker else []
    question = Question(
        typed=clean_typed(typed) if typed.strip() else "",
        indication=scope.indication,
        indication_name=indications.name(scope.indication) if scope.indication else "",
        maker=clean_typed(maker) if maker else None,
        since=scope.since,
        asked_at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    context = Context(store.db, catalogue, names, question, scope, now)
    if not question.typed:
        return _without_name(context, makers)
    resolved = names.resolve(question.typed, question.maker)
    if resolved.product is not None:
        return product.answer(context, resolved, resolved.product)
    owner = outside.product_of_trial(store.db, question.typed)
    if resolved.kind == "unknown" and owner in {p.key for p in catalogue.products}:
        read = resolved._replace(kind="product", read_as="trial")
        return product.answer(context, read, catalogue.product(owner))
    return _of_no_product(context, resolved, makers)


def _of_no_product(context: Context, resolved: Resolution, makers: list[Product]) -> Answer:
    if makers and (resolved.read_as == "maker" or resolved.kind == "generic"):
        return other.maker_products(context, makers)
    if resolved.kind == "ambiguous":
        return other.ambiguous(context, resolved)
    if resolved.kind == "generic":
        return other.generic(context, resolved)
    return other.unknown(context, makers)


def _without_name(context: Context, makers: list[Product]) -> Answer:
    if makers:
        return other.maker_products(context, makers)
    if context.scope.indication:
        return other.class_view(context)
    raise UsageError("NAME", say("error.nothing_asked"), say("error.nothing_remedy"))


def _maker_products(names: Names, maker: str) -> list[Product]:
    found = names.by_maker(maker)
    if found:
        return found
    near = names.makers_near(maker)
    remedy = say("error.maker_near", near="; ".join(near)) if near else None
    raise UsageError(
        f"--maker {clean_typed(maker)}",
        say("error.maker_unknown"),
        remedy or say("error.maker_none_near"),
    )


def _since(text: str | None) -> str | None:
    if text is None:
        return None
    if not _DATE.fullmatch(text.strip()):
        raise UsageError(
            f"--since {text[:40]!r}", say("error.since_form"), say("error.since_remedy")
        )
    return text.strip()


_last: tuple[tuple[Product, ...], Names] | None = None


def names_of(products: tuple[Product, ...]) -> Names:
    """Return the index of a catalogue's names; built once for the catalogue last used."""
    global _last  # noqa: PLW0603 - a cache of one: frozen products cannot be weakly referenced
    if _last is None or _last[0] is not products:
        _last = (products, Names(products))
    return _last[1]
