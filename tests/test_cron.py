"""What cron and systemd need: absolute, quoted, accepted by systemd itself, key kept private."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from evlit.cli import run
from evlit.cron import Nightly, save_files


def nightly(folder: Path) -> Nightly:
    return Nightly(Path(sys.executable), folder / "a store" / "evlit.db", folder / "environment")


def test_every_path_is_absolute(tmp_path: Path) -> None:
    job = nightly(tmp_path)
    line = job.crontab().splitlines()[-1]
    assert f"'{tmp_path}/a store/evlit.db'" in line
    assert f". {tmp_path}/environment" in line
    assert "--quiet" in line


def test_the_crontab_line_runs_in_a_bare_shell(tmp_path: Path) -> None:
    program = tmp_path / "evlit program"
    program.write_text('#!/bin/sh\necho "$NCBI_EMAIL|$NCBI_API_KEY|$*"\n')
    program.chmod(0o755)
    job = Nightly(program, tmp_path / "100%" / "evlit.db", tmp_path / "environment")
    save_files(job, tmp_path, {"NCBI_EMAIL": "a@b.org", "NCBI_API_KEY": 'k"$`\\y'})
    command = job.crontab().splitlines()[-1].split("  ", 1)[1].replace(r"\%", "%")
    out = subprocess.run(
        ["/bin/sh", "-c", command], env={}, cwd="/", capture_output=True, text=True, check=True
    )
    assert (
        out.stdout == f'a@b.org|k"$`\\y|sync --quiet --source all --db {tmp_path}/100%/evlit.db\n'
    )


def test_systemd_accepts_service_and_timer(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    save_files(nightly(tmp_path), tmp_path, {})
    out = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--generators=no",
         tmp_path / "evlit.service", tmp_path / "evlit.timer"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    about_us = [line for line in out.stderr.splitlines() if "evlit" in line]
    assert not about_us


def test_the_key_goes_into_the_private_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", "s3cret-key")
    assert run(["cron", "--db", str(tmp_path / "evlit.db")]) == 0
    assert "s3cret-key" not in capsys.readouterr().out
    assert run(["cron", "--db", str(tmp_path / "evlit.db"), "--write", str(tmp_path / "x")]) == 0
    for path in (tmp_path / "x").iterdir():
        private = path.name == "environment"
        assert ("s3cret-key" in path.read_text()) == private
        if private:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
