"""Frozen dataclasses whose methods are compiled when they are first needed.

``dataclass`` compiles six methods a class when it is defined: for the records of evlit that
takes as long as finding an answer. Here only ``__init__`` is compiled, at the first instance;
the other methods are the same for all and go by the fields' names.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:

    def value(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """As ``dataclass(frozen=True, slots=True)``, which a type checker reads it for."""
        assert frozen
        assert slots
        return _made


def _made(plain: type) -> type:
    made: Any = dataclasses.dataclass(slots=True, init=False, repr=False, eq=False)(plain)
    fields = dataclasses.fields(made)
    names = [field.name for field in fields]
    compared: Callable[[Any], Any] = attrgetter(*(field.name for field in fields if field.compare))
    shown = [field.name for field in fields if field.repr]

    def compile_init(self: Any, *args: Any, **named: Any) -> None:
        made.__init__ = _init_of(made)
        made.__init__(self, *args, **named)

    def equals(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    def represent(self: Any) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({told})"

    def restore(self: Any, state: list[Any]) -> None:
        for name, held in zip(names, state, strict=True):
            object.__setattr__(self, name, held)

    made.__init__ = compile_init
    made.__eq__ = equals
    made.__hash__ = lambda self: hash(compared(self))
    made.__repr__ = represent
    made.__setattr__ = _refuse_to_set
    made.__delattr__ = _refuse_to_delete
    made.__getstate__ = lambda self: [getattr(self, name) for name in names]
    made.__setstate__ = restore
    return made  # type: ignore[no-any-return]


def _init_of(made: Any) -> Callable[..., None]:
    """Return the ``__init__`` that ``dataclass`` makes for a frozen class of these fields."""
    names: dict[str, Any] = {"put": object.__setattr__, "missing": dataclasses.MISSING}
    takes, does = ["self"], []
    for field in dataclasses.fields(made):
        name, given = field.name, field.name
        takes.append(name)
        if field.default is not dataclasses.MISSING:
            names[f"default_{name}"] = field.default
            takes[-1] += f"=default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            names[f"default_{name}"] = field.default_factory
            takes[-1] += "=missing"
            given = f"default_{name}() if {name} is missing else {name}"
        does.append(f" put(self, {name!r}, {given})")
    # As dataclasses itself does: the text holds names of fields and nothing from outside.
    exec("\n".join([f"def __init__({', '.join(takes)}):", *does]), names)  # noqa: S102
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _refuse_to_set(self: object, name: str, _: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
