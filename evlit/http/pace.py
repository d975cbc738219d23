"""One pace for all: the starts of requests to a host are spaced across threads and processes.

The last start stands on a board (``board``) in the system's monotonic clock, which all
processes of a machine share, whoever runs them. Nobody holds the board's lock while waiting:
who waits looks again before it starts. A request counts from when its body leaves, and once
more from when its answer is in, so that the spacing holds as the server sees it.
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from evlit.errors import EvlitError
from evlit.http.board import Board, Note

SPACING = 0.4
"""Seconds between starts without an API key. NCBI allows 3 a second; 334 ms was seen to
draw refusals, 400 ms was not."""
SPACING_WITH_KEY = 0.125
MARGIN = 0.05
"""Seconds beside the spacing: two processes' requests take different times to arrive."""
SLOWEST = 3.0
LONGEST_WAIT = 60.0
"""Whatever the board says, nobody waits longer: anybody may have written it."""
_INSTANT = 1e-6


@dataclass
class Limiter:
    """Spaces the starts of requests to one host, in seconds."""

    host: str
    folder: Path
    """The user's own folder, for where there is no ``shared`` one or it cannot be used."""
    spacing: float = SPACING
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    shared: Path | None = None
    """A folder that all users of the machine see."""
    _threads: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _board: Board = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Name the board after the host."""
        folders = (self.shared, self.folder) if self.shared else (self.folder,)
        name = re.sub(r"[^A-Za-z0-9.-]", "_", self.host)
        self._board = Board(f"evlit-pace-{name}", folders)

    def wait(self) -> None:
        """Return when a request may start, and note that it does.

        :raises EvlitError: no folder can be written
        """
        with self._threads:
            begun = self.monotonic()
            while (left := self._left(begun)) > 0:
                self.sleep(left)

    def note(self) -> None:
        """Say that a request leaves only now, or was still on its way until now."""
        with suppress(EvlitError), self._board.held() as note:
            _, hold = _read(note)
            _write(note, self.monotonic(), hold)

    def slow_down(self, seconds: float) -> None:
        """The host says "too fast": wider spacing for this run, a pause for everyone."""
        self.spacing = min(SLOWEST, self.spacing * 1.5)
        with self._board.held() as note:
            last, hold = _read(note)
            _write(note, last, max(hold, self.monotonic() + min(seconds, LONGEST_WAIT)))

    def _left(self, begun: float) -> float:
        """Take the turn and return 0; or return the seconds after which to look again."""
        with self._board.held() as note:
            now = self.monotonic()
            last, hold = _read(note)
            if last > now:  # from before a reboot: one spacing is enough then
                last = now
                _write(note, last, hold)
            turn = max(last + self.spacing + MARGIN if last else now, hold)
            left = min(turn, begun + LONGEST_WAIT) - now
            if left > _INSTANT:
                return left
            _write(note, now, hold if hold > now else 0.0)
            return 0.0


def _read(note: Note) -> tuple[float, float]:
    """Return the last start and until when all pause; zeros where nothing can be read."""
    try:
        last, hold = map(float, note.read().split())
    except ValueError:
        return 0.0, 0.0  # the first start, or a damaged file
    return (last, hold) if math.isfinite(last) and math.isfinite(hold) else (0.0, 0.0)


def _write(note: Note, last: float, hold: float) -> None:
    note.write(f"{last!r} {hold!r}\n")
