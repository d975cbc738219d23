"""TOML kept for the next start: the same tables, never another user's, never an older file's."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from evlit.kept import keep, load_kept, load_toml

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="no cache on this system")
TEXT = '[table]\nword = "名前"\nlist = [1, 2.5, true]\n'


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVLIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that were parsed."""
    seen: list[str] = []
    plain = tomllib.loads

    def loads(text: str) -> object:
        seen.append(text)
        return plain(text)

    monkeypatch.setattr(tomllib, "loads", loads)
    return seen


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "a.toml"
    place.write_text(TEXT, encoding="utf-8")
    return place


def test_a_file_is_parsed_once(cache: Path, file: Path, reads: list[str]) -> None:
    assert load_toml(file) == load_toml(file) == {"table": {"word": "名前", "list": [1, 2.5, True]}}
    assert len(reads) == 1


def test_a_changed_file_is_parsed_anew(cache: Path, file: Path, reads: list[str]) -> None:
    load_toml(file)
    file.write_text("a = 1\n", encoding="utf-8")
    assert load_toml(file) == {"a": 1}


def test_another_file_of_the_same_name_is_parsed(
    cache: Path, file: Path, tmp_path: Path, reads: list[str]
) -> None:
    load_toml(file)
    other = tmp_path / "x" / tmp_path.name / "a.toml"
    other.parent.mkdir(parents=True)
    other.write_text(TEXT.replace("word", "work"), encoding="utf-8")
    status = file.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert load_toml(other)["table"]["work"] == "名前"


@pytest.mark.parametrize("damage", [b"", b"[]", b"[[], 3]", b'{"a": 1}', b"\xff", b"[[1]"])
def test_a_damaged_cache_is_read_anew(
    cache: Path, file: Path, reads: list[str], damage: bytes
) -> None:
    load_toml(file)
    (place,) = cache.iterdir()
    place.write_bytes(damage)
    assert load_toml(file)["table"]["word"] == "名前"
    assert len(reads) == 2


@pytest.mark.parametrize("who", ["file", "folder", "link"])
def test_what_another_user_could_write_is_not_read(
    cache: Path, file: Path, reads: list[str], who: str
) -> None:
    load_toml(file)
    (place,) = cache.iterdir()
    if who == "link":
        place.rename(cache.parent / "elsewhere")
        place.symlink_to(cache.parent / "elsewhere")
    else:
        (place if who == "file" else cache).chmod(0o777)
    load_toml(file)
    assert len(reads) == 2


def test_what_json_cannot_hold_is_not_kept(cache: Path, file: Path, reads: list[str]) -> None:
    file.write_text("day = 2026-11-23\n", encoding="utf-8")
    assert load_toml(file) == load_toml(file)
    assert len(reads) == 2


def test_only_the_newest_stay(cache: Path) -> None:
    for number in range(9):
        keep(cache, f"x-{number}", b"a", kind="x-", most=4)
    keep(cache, "y-1", b"b", kind="y-", most=4)
    assert len(list(cache.glob("x-*"))) == 4
    assert load_kept(cache, "x-8") == b"a"
    assert load_kept(cache, "y-1") == b"b"
    assert load_kept(cache, "x-none") is None
