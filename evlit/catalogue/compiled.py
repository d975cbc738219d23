"""The catalogue as it was read last time: reading sixty TOML files takes longer than an answer.

A pickle can run anything, so it is read only where no other user can have written it: a
regular file of this user in a folder that this user alone may write. It is named by the
content of the files read and by the code that read them.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

_PREFIX = "catalogue-"
_KEPT = 4
"""Compiled catalogues kept: some people lay folders of their own over the shipped one."""


def load_compiled(folder: Path, version: str) -> Any:
    """Return what :func:`save_compiled` wrote for this content, None where it is not to be had."""
    if not hasattr(os, "getuid"):
        return None
    with suppress(OSError):
        if not _is_mine(folder.lstat(), stat.S_ISDIR):
            return None
        place = os.open(folder / _name(version), os.O_RDONLY | os.O_NOFOLLOW)
        with open(place, "rb") as file:  # noqa: PTH123 - already open
            if _is_mine(os.fstat(place), stat.S_ISREG):
                data = file.read()
                return _unpickled(data)
    return None


def save_compiled(folder: Path, version: str, catalogue: object) -> None:
    """Keep a catalogue for the next start; a cache that cannot be written is none."""
    if not hasattr(os, "getuid"):
        return
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_mine(folder.lstat(), stat.S_ISDIR):
            return
        old = sorted(folder.glob(f"{_PREFIX}*"), key=lambda path: path.stat().st_mtime)
        for path in old[: max(0, len(old) - _KEPT + 1)]:
            path.unlink(missing_ok=True)
        draft = folder / f"{_PREFIX}{os.getpid()}.draft"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(pickle.dumps(catalogue, pickle.HIGHEST_PROTOCOL))
        draft.replace(folder / _name(version))


def _is_mine(status: os.stat_result, is_kind: Any) -> bool:
    """Return whether it is of its kind, this user's, and no other user can write it."""
    return bool(
        is_kind(status.st_mode)
        and status.st_uid == os.getuid()
        and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def _unpickled(data: bytes) -> Any:
    try:
        return pickle.loads(data)  # noqa: S301 - this user's own, see above
    except Exception:  # a pickle that was cut raises anything
        return None


def _name(version: str) -> str:
    return f"{_PREFIX}{version}-{_code()}"


@lru_cache(maxsize=1)
def _code() -> str:
    """Return what changes with the code and the vocabulary that read the files."""
    package = Path(__file__).parent.parent
    files = [*sorted((package / "catalogue").glob("*.py")), package / "records.py",
             package / "vocabulary" / "indications.toml"]  # fmt: skip
    told = [(p.name, s.st_mtime_ns, s.st_size) for p in files if p.exists() for s in [p.stat()]]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]
