"""Files read before, and checksums that stand beside files."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import NamedTuple

from evlit.errors import InputError

_BLOCK = 1 << 20
_MD5 = re.compile(r"\b[0-9a-fA-F]{32}\b")


class Fingerprint(NamedTuple):
    """What tells a file's content."""

    sha256: str
    size: int
    """In bytes."""


def fingerprint(path: Path) -> Fingerprint:
    """Return the hash of a file; a checksum beside it (``NAME.md5``, as NLM gives) must agree.

    :raises InputError: the file cannot be read, is none (a folder, a pipe), or is not the one
        of its checksum
    """
    if path.is_dir():
        raise InputError(str(path), "is a folder", "name the files in it")
    if path.exists() and not path.is_file():  # it is read twice, and a pipe may never end
        raise InputError(str(path), "is a pipe or a device", "save it as a file first")
    beside = path.with_name(f"{path.name}.md5")
    digest, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    try:
        wanted = _md5_in(beside) if beside.exists() else ""
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
                if wanted:
                    md5.update(block)
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise InputError(str(path), what, "check the path and its rights") from error
    if wanted and md5.hexdigest() != wanted:
        raise InputError(
            str(path), f"is not the file that {beside.name} was made for", "download both again"
        )
    return Fingerprint(digest.hexdigest(), size)


def _md5_in(beside: Path) -> str:
    found = _MD5.search(beside.read_text(encoding="utf-8", errors="replace"))
    if found is None:
        raise InputError(str(beside), "holds no MD5 checksum", "download it again")
    return found.group().lower()


def options_text(versions: tuple[str, str], *, keep_all: bool) -> str:
    """Return what decides, beside a file's content, what reading it does to the store."""
    tagged, matched = versions
    return json.dumps({"all": keep_all, "classifier": tagged, "catalogue": matched})
