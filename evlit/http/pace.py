"""One pace for all: the starts of requests to a host are spaced across threads and processes.

The last start stands in a small file under a lock, in the system's monotonic clock, which all
processes of a machine share. Whoever waits, waits while holding the lock, so starts keep
their order; a killed process frees the lock at once (the kernel does).
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import AcquireReturnProxy, FileLock, Timeout

from evlit.errors import EvlitError

SPACING = 0.4
"""Seconds between starts without an API key. NCBI allows 3 a second; 334 ms was seen to
draw refusals, 400 ms was not."""
SPACING_WITH_KEY = 0.125
SLOWEST = 3.0


@dataclass
class Limiter:
    """Spaces the starts of requests to one host, in seconds."""

    host: str
    folder: Path
    spacing: float = SPACING
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _threads: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def wait(self) -> None:
        """Return when a request may start, and note that it does.

        :raises EvlitError: the folder cannot be written
        """
        with self._threads, self._lock():
            now = self.monotonic()
            last, hold = self._read()
            start = max(now, min(last, now) + self.spacing if last else now, min(hold, now + 900))
            # A file from before a reboot holds times to come: one spacing is enough then.
            while (left := start - self.monotonic()) > 0:
                self.sleep(left)
            self._write(self.monotonic(), 0.0)

    def note(self) -> None:
        """Say that the request leaves only now: a new connection took its time.

        Never waits: a request that is half sent must not hang on somebody's pause.
        """
        if not self._threads.acquire(blocking=False):
            return
        try:
            with FileLock(self._path().with_suffix(".lock")).acquire(timeout=0):
                last, hold = self._read()
                self._write(max(last, self.monotonic()), hold)
        except Timeout:
            return  # another process waits for its turn, which is later than this
        finally:
            self._threads.release()

    def slow_down(self, seconds: float) -> None:
        """The host says "too fast": wider spacing for this run, a pause for everyone."""
        self.spacing = min(SLOWEST, self.spacing * 1.5)
        with self._threads, self._lock():
            last, hold = self._read()
            self._write(last, max(hold, self.monotonic() + seconds))

    def _lock(self) -> AcquireReturnProxy[Any]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return FileLock(self._path().with_suffix(".lock")).acquire(poll_interval=0.01)
        except OSError as error:
            raise EvlitError(
                str(self.folder),
                f"the pace cannot be kept there ({error.strerror or 'not writable'})",
                "set EVLIT_CACHE to a folder that evlit may write",
            ) from error

    def _path(self) -> Path:
        return self.folder / f"pace-{re.sub(r'[^A-Za-z0-9.-]', '_', self.host)}.txt"

    def _read(self) -> tuple[float, float]:
        try:
            last, hold = self._path().read_text("ascii").split()
            return float(last), float(hold)
        except (OSError, ValueError):
            return 0.0, 0.0  # first start, or a file cut by a crash

    def _write(self, last: float, hold: float) -> None:
        fresh = self._path().with_suffix(f".{os.getpid()}")
        fresh.write_text(f"{last:.6f} {hold:.6f}", "ascii")
        fresh.replace(self._path())
