"""The note on the pace: shared by all users of a machine, whatever somebody put in its place."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evlit.errors import EvlitError, TemporaryError, UsageError
from evlit.http.board import MOST_BYTES, Board
from evlit.http.pace import LONGEST_WAIT, MARGIN, Limiter
from evlit.settings import load_settings, machine_folder
from tests.fakes.clock import VirtualClock

NAME = "evlit-pace-h"


def board(*folders: Path) -> Board:
    return Board(NAME, folders, patience=0.0)


def write(board: Board, text: str) -> None:
    with board.held() as note:
        note.write(text)


def read(board: Board) -> str:
    with board.held() as note:
        return note.read().strip()


def test_what_one_writes_another_reads(tmp_path: Path) -> None:
    write(board(tmp_path), "12.5 0.0")
    assert read(board(tmp_path)) == "12.5 0.0"
    write(board(tmp_path), "3")
    assert read(board(tmp_path)) == "3"


def test_every_user_may_write_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write(board(tmp_path), "1")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o666


def _link(path: Path, target: Path) -> None:
    path.symlink_to(target)


def _hard_link(path: Path, target: Path) -> None:
    path.hardlink_to(target)


def _pipe(path: Path, target: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path, target: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("trap", [_link, _hard_link, _pipe, _folder])
def test_a_trap_in_its_place_is_left_alone(tmp_path: Path, trap: Any) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    shared.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("do not touch")
    trap(shared / NAME, precious)
    here = board(shared, own)
    write(here, "7")
    assert read(board(own)) == "7"
    assert precious.read_text() == "do not touch"
    with pytest.raises(UsageError, match="EVLIT_CACHE"):
        write(board(shared), "7")  # nowhere else to go


def test_a_dangling_link_makes_no_file_elsewhere(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / NAME).symlink_to(tmp_path / "elsewhere")
    write(board(shared, tmp_path / "own"), "7")
    assert not (tmp_path / "elsewhere").exists()


def test_somebody_who_never_lets_go_is_left_behind(tmp_path: Path) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    write(board(shared), "1")
    with (shared / NAME).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write(board(shared, own), "2")
        assert read(board(own)) == "2"


def test_a_folder_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    write(board(tmp_path / "file" / "x", tmp_path / "own"), "2")
    assert read(board(tmp_path / "own")) == "2"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, TemporaryError),
        (errno.EDQUOT, TemporaryError),
        (errno.EFBIG, TemporaryError),
        (errno.EROFS, UsageError),
        (errno.EACCES, UsageError),
    ],
)
def test_no_room_is_a_passing_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[EvlitError]
) -> None:
    def refused(*args: Any) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("evlit.http.board.os.pwrite", refused)
    with pytest.raises(kind):
        write(board(tmp_path / "a", tmp_path / "b"), "1")


@pytest.mark.parametrize("content", [b"", b"\0" * 9, b"nan inf", b"9" * 100_000, b"1e308 1e308"])
def test_hostile_content_costs_a_bounded_wait(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    clock = VirtualClock()
    limiter = Limiter("h", tmp_path, 0.4, clock.monotonic, clock.sleep)
    for _ in range(3):
        before = clock.monotonic()
        limiter.wait()
        assert clock.monotonic() - before <= LONGEST_WAIT
    assert (tmp_path / NAME).stat().st_size <= max(len(content), MOST_BYTES)


def test_who_keeps_writing_the_future_stops_nobody(tmp_path: Path) -> None:
    clock = VirtualClock()

    def spoil(seconds: float) -> None:
        clock.sleep(seconds)
        write(board(tmp_path), f"{clock.monotonic() + 1e6} {clock.monotonic() + 1e6}")

    write(board(tmp_path), "1e12 1e12")
    Limiter("h", tmp_path, 0.4, clock.monotonic, spoil).wait()
    assert clock.monotonic() - 1000.0 <= LONGEST_WAIT + 1


def test_the_shared_folder_comes_before_the_users_own(tmp_path: Path) -> None:
    clock = VirtualClock()
    for own in ("one", "two"):  # two users, one machine
        Limiter("h", tmp_path / own, 0.4, clock.monotonic, clock.sleep, tmp_path / "shared").wait()
    assert clock.monotonic() - 1000.0 == pytest.approx(0.4 + MARGIN)
    assert [p.name for p in tmp_path.iterdir()] == ["shared"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become two users")
def test_two_users_share_one_pace(tmp_path: Path) -> None:
    code = f"""if True:
        import os, sys
        from pathlib import Path
        from evlit.http.board import Board
        os.umask(0o077)
        os.setuid(int(sys.argv[3]))
        with Board({NAME!r}, (Path(sys.argv[1]), Path(sys.argv[2]))).held() as note:
            print(note.read().strip())
            note.write(sys.argv[3])
        """
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    for parent in (tmp_path, *tmp_path.parents[:3]):  # one more folder where tests run side by side
        parent.chmod(parent.stat().st_mode | 0o011)
    told = [
        subprocess.run(
            [sys.executable, "-c", code, shared, tmp_path / f"own-{user}", str(user)],
            capture_output=True, text=True, check=True,
            cwd=Path(__file__).parents[1],
        ).stdout.strip()
        for user in (65534, 1, 0, 65534)
    ]  # fmt: skip
    assert told == ["", "65534", "1", "0"]


def test_the_machines_folder_is_roots_and_sticky(tmp_path: Path) -> None:
    """A user's own folder, one without the sticky bit and a link are not taken."""
    plain, sticky = tmp_path / "plain", tmp_path / "sticky"
    for folder, mode in ((plain, 0o777), (sticky, 0o1777)):
        folder.mkdir()
        folder.chmod(mode)
    (tmp_path / "link").symlink_to(sticky)
    assert machine_folder([str(plain), str(tmp_path / "link"), str(tmp_path / "none")]) is None
    found = machine_folder([str(plain), str(sticky)])
    assert found == (sticky if os.geteuid() == 0 else None)


def test_the_pace_may_be_kept_elsewhere(tmp_path: Path) -> None:
    assert load_settings({"EVLIT_PACE": str(tmp_path)}).pace == tmp_path
    assert load_settings({}).pace == machine_folder()
