"""A small note that processes share: one file, read and written under a lock.

The first folder that can be used is: the machine's own place for locks, which every user may
write, then the user's cache. In a place that everybody may write, a file may be anybody's:
it is opened without following links, must be a plain file with one name, is read to a few
bytes, and whoever holds its lock too long loses us to the next folder.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from evlit.errors import EvlitError, TemporaryError, UsageError, is_no_room

LOCK_SECONDS = 2.0
"""An honest process holds the lock for some microseconds."""
MOST_BYTES = 64
_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass
class Board:
    """One named note in the first folder that can be used."""

    name: str
    folders: tuple[Path, ...]
    """In order; the last is the user's own."""
    patience: float = LOCK_SECONDS
    _first: int = field(default=0, repr=False)
    """Folders before this one could not be used in this run."""

    @contextmanager
    def held(self) -> Iterator[Note]:
        """Hold the note's lock; a killed process lets go of it at once.

        :raises EvlitError: no folder can be used
        """
        file = self._opened()
        try:
            yield Note(file)
        finally:
            os.close(file)

    def _opened(self) -> int:
        while True:
            folder = self.folders[self._first]
            try:
                return self._locked(folder)
            except OSError as error:
                if self._first + 1 == len(self.folders):
                    raise _told(folder, error) from error
                self._first += 1

    def _locked(self, folder: Path) -> int:
        folder.mkdir(parents=True, exist_ok=True)
        file = _open(folder / self.name)
        try:
            _refuse_odd(file)
            _lock(file, self.patience)
            if os.fstat(file).st_size < MOST_BYTES:  # new: does it have room?
                os.pwrite(file, b" " * MOST_BYTES, 0)
        except BaseException:
            os.close(file)
            raise
        return file


@dataclass(frozen=True, slots=True)
class Note:
    """What stands on the board, while its lock is held."""

    file: int

    def read(self) -> str:
        """Return the text; at most so many bytes of it."""
        return os.pread(self.file, MOST_BYTES, 0).decode("ascii", "replace")

    def write(self, text: str) -> None:
        """Write a text over the old one, in one piece, so that no kill leaves half of it."""
        os.pwrite(self.file, text.encode("ascii").ljust(MOST_BYTES), 0)


def _open(path: Path) -> int:
    """Open the file, or make it for all users; never one that a link leads to."""
    with suppress(FileNotFoundError):
        # Not with O_CREAT: Linux refuses that for files of others in such folders.
        return os.open(path, _FLAGS)
    try:
        file = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return os.open(path, _FLAGS)  # another process was first
    with suppress(OSError):
        os.fchmod(file, 0o666)  # whatever the umask: other users must be able to write it
    return file


def _refuse_odd(file: int) -> None:
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise OSError(None, "not a plain file")


def _lock(file: int, patience: float, sleep: Callable[[float], None] = time.sleep) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise
            sleep(0.005)
        else:
            return


def _told(folder: Path, error: OSError) -> EvlitError:
    what = f"the pace cannot be kept there ({error.strerror or 'not writable'})"
    if is_no_room(error):
        return TemporaryError(str(folder), what, "make room and run it again")
    return UsageError(str(folder), what, "set EVLIT_CACHE to a folder that evlit may write")
