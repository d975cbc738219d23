"""The compiled catalogue: the same catalogue, never another user's."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest

from evlit.catalogue import Catalogue, load_catalogue, reading, shipped_folder

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="no cache on this system")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVLIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("EVLIT_QUERIES", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Versions that were built from TOML."""
    seen: list[str] = []
    plain = reading._build

    def build(tables: dict[str, dict[str, Any]], version: str) -> Catalogue:
        seen.append(version)
        return plain(tables, version)

    monkeypatch.setattr(reading, "_build", build)
    return seen


def test_the_second_start_reads_no_toml_and_knows_the_same(cache: Path, builds: list[str]) -> None:
    first = load_catalogue()
    second = load_catalogue()
    assert len(builds) == 1
    assert second == first == load_catalogue(shipped_folder())
    assert second.product("exoflo") is next(p for p in second.products if p.key == "exoflo")


def test_changed_content_is_read_anew(
    cache: Path, builds: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_catalogue()
    mine = tmp_path / "mine" / "products"
    mine.mkdir(parents=True)
    shutil.copy(shipped_folder() / "products" / "exoflo.toml", mine)
    text = (mine / "exoflo.toml").read_text(encoding="utf-8")
    (mine / "exoflo.toml").write_text(text + "\n# seen\n", encoding="utf-8")
    monkeypatch.setenv("EVLIT_QUERIES", str(tmp_path / "mine"))
    assert load_catalogue().version == load_catalogue().version
    assert len(builds) == 2


@pytest.mark.parametrize("who", ["file", "folder", "link"])
def test_what_another_user_could_write_is_not_opened(
    cache: Path, builds: list[str], who: str
) -> None:
    load_catalogue()
    (place,) = cache.iterdir()
    if who == "link":
        place.rename(cache.parent / "elsewhere")
        place.symlink_to(cache.parent / "elsewhere")
    else:
        (place if who == "file" else cache).chmod(0o777)
    load_catalogue()
    assert len(builds) == 2


def test_a_cut_or_foreign_pickle_is_read_anew(cache: Path, builds: list[str]) -> None:
    load_catalogue()
    (place,) = cache.iterdir()
    for content in (place.read_bytes()[:100], b"", pickle.dumps("another thing")):
        place.write_bytes(content)
        assert load_catalogue().product("exoflo").name
    assert len(builds) == 4


def test_a_folder_that_cannot_be_written_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("EVLIT_CACHE", str(tmp_path / "file" / "cache"))
    assert load_catalogue().products


def test_old_catalogues_are_cleared_away(cache: Path) -> None:
    load_catalogue()
    for number in range(9):
        (cache / f"catalogue-{number}").write_bytes(b"")
    for place in cache.iterdir():
        if len(place.name) > 20:
            place.unlink()
    load_catalogue()
    assert len(list(cache.iterdir())) <= 4
