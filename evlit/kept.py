"""What was read last time, kept for the next start: reading TOML takes longer than an answer.

Only files are read that no other user can have written: regular ones of this user, in a folder
that this user alone may write. What cannot be kept, or is damaged, is read anew.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


def cache_folder(env: Mapping[str, str]) -> Path:
    """Return the folder for small shared state: ``EVLIT_CACHE``, XDG cache, else temporary."""
    if chosen := env.get("EVLIT_CACHE"):
        return Path(chosen)
    if base := env.get("XDG_CACHE_HOME"):
        return Path(base) / "evlit"
    if home := env.get("HOME"):
        return Path(home) / ".cache" / "evlit"
    import tempfile  # noqa: PLC0415 - brings a dozen modules, for a case that hardly comes

    return Path(tempfile.gettempdir()) / "evlit-cache"


def load_kept(folder: Path, name: str) -> bytes | None:
    """Return what :func:`keep` wrote under a name, None where it is not to be had."""
    if not hasattr(os, "getuid"):
        return None
    with suppress(OSError):
        if not _is_mine(folder.lstat(), stat.S_ISDIR):
            return None
        place = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        with open(place, "rb") as file:  # noqa: PTH123 - already open
            if _is_mine(os.fstat(place), stat.S_ISREG):
                return file.read()
    return None


def keep(folder: Path, name: str, data: bytes, *, kind: str, most: int) -> None:
    """Keep bytes for the next start; a folder that cannot be written keeps none.

    :param kind: start of the names of such files; of these ``most`` stay, the newest
    """
    if not hasattr(os, "getuid"):
        return
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_mine(folder.lstat(), stat.S_ISDIR):
            return
        others = (path for path in folder.glob(f"{kind}*") if path.name != name)
        old = sorted(others, key=lambda path: path.stat().st_mtime)
        for path in old[: max(0, len(old) - most + 1)]:
            path.unlink(missing_ok=True)
        draft = folder / f"{kind}{os.getpid()}.draft"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(data)
        draft.replace(folder / name)


def _is_mine(status: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Return whether it is of its kind, this user's, and no other user can write it."""
    return bool(
        is_kind(status.st_mode)
        and status.st_uid == os.getuid()
        and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


# --------------------------------------------------------------------------------- TOML

_KIND = "toml-"
_MOST = 16


def load_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file of the package as ``tomllib`` reads it; kept until the file changes.

    :raises OSError: the file cannot be read
    :raises tomllib.TOMLDecodeError: it is not TOML
    """
    folder = cache_folder(os.environ)
    name = f"{_KIND}{path.parent.name}-{path.stem}.json"
    status = path.stat()
    mark = [str(path), status.st_mtime_ns, status.st_size]
    with suppress(ValueError, TypeError):
        found, tables = json.loads(load_kept(folder, name) or b"")
        if found == mark and isinstance(tables, dict):
            return tables
    import tomllib  # noqa: PLC0415 - hardly ever needed

    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    with suppress(TypeError):  # a date is no JSON: such a file is read anew each time
        kept = json.dumps([mark, tables], ensure_ascii=False).encode()
        keep(folder, name, kept, kind=_KIND, most=_MOST)
    return tables
