"""The one lock of a store: two runs never write at once."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout

from evlit.errors import LockedError


def hold_store(path: Path | None) -> AbstractContextManager[object]:
    """Hold the lock of a store; a killed process lets go of it at once.

    :raises LockedError: another run holds it
    """
    if path is None:
        return nullcontext()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # One store has one lock, by whatever link it is reached.
        return FileLock(f"{path.resolve()}.lock").acquire(timeout=0)
    except Timeout:
        raise LockedError(
            str(path), "another run is at work on this store", "wait until it ends"
        ) from None
