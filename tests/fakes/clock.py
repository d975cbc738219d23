"""A clock that only moves when somebody sleeps: shared by a client and a fake server."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from evlit.http.wire import Clock

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class VirtualClock:
    """Monotonic seconds and wall time in step; thread-safe."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._seconds = 1000.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def monotonic(self) -> float:
        """Seconds since some moment."""
        with self._lock:
            return self._seconds

    def now(self) -> datetime:
        """Wall time, UTC."""
        return self._start + timedelta(seconds=self.monotonic() - 1000.0)

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        with self._lock:
            self._seconds += max(0.0, seconds)
            self.slept.append(seconds)

    def tomorrow(self, days: int = 1) -> None:
        """Move on by whole days, without counting as sleep."""
        with self._lock:
            self._seconds += days * 86_400

    def set_wrong(self, days: int) -> None:
        """Set the wall clock by whole days; monotonic time knows nothing of it."""
        with self._lock:
            self._start += timedelta(days=days)

    def as_clock(self) -> Clock:
        """The client's view of it."""
        return Clock(self.monotonic, self.sleep, self.now)
