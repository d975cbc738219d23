"""Versions of rules: told from files alone, and changed by every file that a tag rests on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evlit import versions
from evlit.records import Alias, Product
from evlit.versions import classifier_version, links_version, matcher_version

PACKAGE = Path(versions.__file__).parent


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the rules that a test may change."""
    for name in ("classify", "vocabulary", "mentions"):
        shutil.copytree(PACKAGE / name, tmp_path / name)
    monkeypatch.setattr(versions, "files", lambda _: tmp_path)
    yield tmp_path
    for told in (classifier_version, matcher_version):
        told.cache_clear()


def anew(told: Callable[[], str]) -> str:
    told.cache_clear()  # type: ignore[attr-defined]
    return told()


@pytest.mark.parametrize(
    ("told", "changed", "other"),
    [
        (classifier_version, "classify/safety.py", "mentions/roles.py"),
        (classifier_version, "vocabulary/cues/people.toml", "mentions/names.py"),
        (matcher_version, "mentions/roles.py", "classify/safety.py"),
        (matcher_version, "vocabulary/mentions.toml", "vocabulary/words.toml"),
    ],
)
def test_a_file_of_the_rules_changes_their_version(
    copied: Path, told: Callable[[], str], changed: str, other: str
) -> None:
    before = anew(told)
    assert len(before) == 12
    (copied / other).write_text("# another room's", encoding="utf-8")
    assert anew(told) == before
    with (copied / changed).open("a", encoding="utf-8") as file:
        file.write("# changed")
    assert anew(told) != before


def test_links_go_by_the_products_too() -> None:
    one, other = (
        Product(key=name.lower(), name=name, aliases=(Alias(name),)) for name in ("Vexo", "Zorb")
    )
    assert links_version([one]) == links_version([one])
    assert len({links_version([]), links_version([one]), links_version([one, other])}) == 3
