"""The project's own shape: who imports whom, who holds SQL, what loads at the start."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from evlit.store import open_store

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "evlit"

BASE = {"records", "errors", "addresses", "kept", "values", "versions", ""}
STRANGERS = {
    "catalogue", "matcher", "http", "settings", "sources", "pubmed", "classify", "mentions",
    "schema", "render", "export", "messages", "evaluate", "names", "charts", "ingest",
}  # fmt: skip
MAY: dict[str, set[str]] = {
    "records": set(),
    "errors": set(),
    "sources": {"http", "settings"},
    "http": {"settings"},
    "catalogue": {"matcher", "settings"},
    "render": {"messages"},
    "charts": {"messages"},
    "mentions": set(),
    "store": {"schema"},
    "holdings": {"store", "export", "messages"},
    "answer": STRANGERS | {"store"},
    "ingest": STRANGERS | {"store"},
    "sync": STRANGERS | {"store"},
    "status": {"store", "catalogue"},
    "tagging": {"store", "ingest", "catalogue"},
}
"""Room → rooms it may import besides itself, ``records`` and ``errors``."""
ROOF = {"cli", "web", "docs", "__main__"}
"""Rooms that may import everything; nothing below imports them."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imported_rooms(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{a.name}" for a in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "evlit":
                below = parts[1] if len(parts) > 1 else ""
                is_room = (PACKAGE / f"{below}.py").exists() or (PACKAGE / below).is_dir()
                found.add(below if is_room else "")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    here = room(path)
    if here in ROOF:
        return
    foreign = imported_rooms(path) - {here} - BASE
    assert foreign <= MAY.get(here, set()), f"{here} may not import {foreign}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_sql_stands_in_its_rooms_only(path: Path) -> None:
    if room(path) in {"schema", "store", "answer", "web"}:
        return
    statement = re.compile(r"^\s*(SELECT .+ FROM|INSERT INTO|UPDATE .+ SET|DELETE FROM)\s", re.S)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not statement.match(node.value), f"{path.name}:{node.lineno}: SQL"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_one_door_to_the_network_and_no_utils(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "util" not in path.stem
    if room(path) != "http":
        network = r"^\s*(import|from) (requests|urllib3|urllib\.request|http\.client)"
        assert not re.search(network, text, re.M)
    if room(path) not in ROOF:
        assert not re.search(r"^\s*(import|from) click", text, re.M)


HEAVY = ("Bio", "lxml", "requests", "rich", "sqlite_utils", "numpy", "bs4", "datasette",
         "rapidfuzz", "ahocorasick_rs")  # fmt: skip


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(m.split('.')[0] for m in sys.modules))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(out.stdout.split())


def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_by("from evlit.cli import run\nrun(['--help'])")
    assert not loaded & set(HEAVY), loaded & set(HEAVY)


def test_status_loads_no_rules(tmp_path: Path) -> None:
    db = tmp_path / "evlit.db"
    open_store(db).close()
    loaded = loaded_by(
        f"from evlit.cli import run\nassert run(['status', '--db', {str(db)!r}]) == 3"
    )
    assert not loaded & {"lxml", "ahocorasick_rs", "sqlite_utils"}, loaded & set(HEAVY)


def test_reading_an_answer_needs_only_the_standard_sqlite() -> None:
    loaded = loaded_by("import evlit.answer, evlit.store, evlit.catalogue")
    assert not loaded & {"Bio", "lxml", "requests", "sqlite_utils", "numpy", "bs4"}


def test_every_dependency_has_its_reason_in_the_readme() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    names = [re.split(r"[<>=]", d)[0] for d in [*project["dependencies"], *extras["web"]]]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [n for n in names if f"| {n} |" not in readme]
    assert not missing


def test_nothing_of_the_builders_place_is_committed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    if tracked == [""]:
        pytest.skip("not a git checkout")
    assert not [t for t in tracked if t.endswith((".db", ".db-wal", ".gz", ".pyc"))]


def test_sql_names_its_parameters() -> None:
    """Python 3.14 refuses ``?1`` with a sequence of values: ``?`` or ``:name`` instead."""
    numbered = re.compile(r"(?:[=(,]|IS|LIKE|LIMIT|VALUES \() ?\?\d")
    assert not [
        f"{path.relative_to(PACKAGE)}: {node.value[:60]}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.search(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE)\b", node.value)
        if numbered.search(node.value)
    ]
