"""The wheel: what is in it, and that it works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout, with a store lying in ``db/`` as it would for a user."""
    out = tmp_path_factory.mktemp("dist")
    decoy = ROOT / "db" / f"decoy-{os.getpid()}.db"  # each test process has its own
    decoy.write_bytes(b"not for shipping")
    try:
        subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", out, ROOT],
            check=True,
            capture_output=True,
        )
    finally:
        decoy.unlink()
    return next(out.glob("*.whl"))


def test_wheel_holds_the_catalogue_and_no_store(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "evlit/_data/db/metadata.yaml" in names
    assert "evlit/_data/queries/products/exoflo.toml" in names
    assert any(n.startswith("evlit/_data/queries/topics/") for n in names)
    assert any(n.startswith("evlit/vocabulary/cues/") for n in names)
    assert not [n for n in names if ".db" in Path(n).name]
    assert not [n for n in names if n.startswith(("tests/", "benchmarks/", "shared"))]


def test_every_file_of_the_catalogue_is_shipped(wheel: Path) -> None:
    shipped = {n for n in zipfile.ZipFile(wheel).namelist() if n.startswith("evlit/_data/queries/")}
    held = {
        f"evlit/_data/queries/{p.relative_to(ROOT / 'queries').as_posix()}"
        for p in (ROOT / "queries").rglob("*.toml")
    }
    assert shipped - {n for n in shipped if n.endswith(".md")} == held


def test_wheel_answers_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    empty = tmp_path / "empty"
    empty.mkdir()
    result = subprocess.run(
        [sys.executable, "-P", "-c", "from evlit.cli import main; main()", "search", "ExoFlo"],
        cwd=empty,
        env={"PYTHONPATH": str(site), "HOME": str(empty), "PATH": "", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "ExoFlo" in result.stdout
    assert "PubMed has not yet been asked" in " ".join(result.stdout.split())
    assert not list(empty.rglob("*.db")), "asking a question must not create a store"
