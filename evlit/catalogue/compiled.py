"""The catalogue as it was read last time: reading sixty TOML files takes longer than an answer.

A pickle can run anything: :mod:`evlit.kept` reads only what no other user can have written. It
is named by the content of the files read and by the code that read them.
"""

from __future__ import annotations

import hashlib
import pickle
from functools import lru_cache
from pathlib import Path
from typing import Any

from evlit.kept import keep, load_kept

_KIND = "catalogue-"
_MOST = 4
"""Compiled catalogues kept: some people lay folders of their own over the shipped one."""


def load_compiled(folder: Path, version: str) -> Any:
    """Return what :func:`save_compiled` wrote for this content, None where it is not to be had."""
    data = load_kept(folder, _name(version))
    try:
        return pickle.loads(data) if data else None  # noqa: S301 - this user's own, see above
    except Exception:  # a pickle that was cut raises anything
        return None


def save_compiled(folder: Path, version: str, catalogue: object) -> None:
    """Keep a catalogue for the next start."""
    data = pickle.dumps(catalogue, pickle.HIGHEST_PROTOCOL)
    keep(folder, _name(version), data, kind=_KIND, most=_MOST)


def _name(version: str) -> str:
    return f"{_KIND}{version}-{_code()}"


@lru_cache(maxsize=1)
def _code() -> str:
    """Return what changes with the code and the vocabulary that read the files."""
    package = Path(__file__).parent.parent
    files = [*sorted((package / "catalogue").glob("*.py")), package / "records.py",
             package / "values.py", package / "vocabulary" / "indications.toml"]  # fmt: skip
    told = [(p.name, s.st_mtime_ns, s.st_size) for p in files if p.exists() for s in [p.stat()]]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]
