"""Values are dataclasses in all that can be seen of them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit.records import Coverage, Product, Record
from evlit.values import value


@value(frozen=True, slots=True)
class Made:
    """A value of every kind of field."""

    name: str
    size: int = 3
    parts: tuple[int, ...] = ()
    index: dict[str, int] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @property
    def double(self) -> int:
        """A method of its own."""
        return self.size * 2


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    """The same, by ``dataclass``."""

    name: str
    size: int = 3
    parts: tuple[int, ...] = ()
    index: dict[str, int] = dataclasses.field(default_factory=dict, repr=False, compare=False)


arguments = st.fixed_dictionaries(
    {"name": st.text(max_size=3)},
    optional={
        "size": st.integers(0, 2),
        "parts": st.lists(st.integers(0, 2), max_size=2).map(tuple),
        "index": st.just({"a": 1}),
    },
)


@settings(deadline=None)
@given(arguments, arguments)
def test_as_a_dataclass(one: dict[str, Any], two: dict[str, Any]) -> None:
    made, plain = Made(**one), Plain(**one)
    assert dataclasses.asdict(made) == dataclasses.asdict(plain)
    assert repr(made) == repr(plain).replace("Plain", "Made")
    assert (made == Made(**two)) is (plain == Plain(**two))
    assert hash(made) == hash(Made(**one))
    changed = dataclasses.replace(made, size=7)
    assert changed == Made(**(one | {"size": 7}))
    for other in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made)):
        assert other == made
        assert other.index == made.index


def test_each_has_defaults_of_its_own() -> None:
    assert Made("a").index is not Made("a").index
    assert Made("a", 4).double == 8
    assert Made.__match_args__ == ("name", "size", "parts", "index")


def test_it_cannot_be_changed() -> None:
    made = Made("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.name = "b"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del made.name
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.other = "b"  # type: ignore[attr-defined]
    assert not hasattr(made, "__dict__")


def test_wrong_arguments_are_refused() -> None:
    for arguments in ({}, {"name": "a", "nome": "b"}):
        with pytest.raises(TypeError):
            Made(**arguments)  # type: ignore[arg-type]
    others: list[object] = ["a", Plain("a")]
    assert Made("a") not in others


@pytest.mark.parametrize("made", [Record(1, title="A"), Product("a", "A"), Coverage(True, "a")])
def test_the_records_travel_between_processes(made: object) -> None:
    assert pickle.loads(pickle.dumps(made)) == made
