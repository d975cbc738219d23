"""The errors evlit raises on purpose; every message says where, what, and what next.

::

    EvlitError                    70  a fault of evlit itself
    ├── UsageError                 2  the question or option cannot be understood
    ├── CatalogueError             2  a file in queries/ is wrong: file, field, remedy
    ├── InputError                 2  a file to be read is missing, cut or malformed
    ├── StoreError                70  the store is damaged or of a newer evlit
    ├── LockedError               75  another run holds the store
    ├── SourceError               69  a source cannot be reached or refuses
    │   ├── BlockedError          69  the source asks us to stop: no further request
    │   └── KeyRefusedError       69  the API key is not accepted
    └── TemporaryError            75  gave up for now; a later run will go on
"""

from __future__ import annotations

import errno

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""The disk is full, or a quota or a limit on the size of files (``ulimit -f``) is reached."""


def is_no_room(error: OSError) -> bool:
    """Whether the system refused to write for want of room: a passing fault, exit code 75."""
    return error.errno in NO_ROOM


class EvlitError(Exception):
    """Base of every error that evlit raises on purpose.

    :param where: the file, field, source or command concerned
    :param what: what is wrong, in plain words
    :param remedy: what the person can do next
    """

    exit_code = 70

    def __init__(self, where: str, what: str, remedy: str = "") -> None:
        self.where = where
        self.what = what
        self.remedy = remedy
        super().__init__(f"{where}: {what}" + (f" — {remedy}" if remedy else ""))

    def __reduce__(self) -> tuple[type[EvlitError], tuple[str, str, str]]:
        return type(self), (self.where, self.what, self.remedy)  # it may come from a worker


class UsageError(EvlitError):
    """The question or an option cannot be understood."""

    exit_code = 2


class CatalogueError(EvlitError):
    """A file of the catalogue or the vocabulary is wrong."""

    exit_code = 2


class InputError(EvlitError):
    """A file to be read is missing, cut or malformed."""

    exit_code = 2


class StoreError(EvlitError):
    """The store is damaged, or was written by a newer evlit."""

    exit_code = 70


class StorePathError(StoreError):
    """The file named as the store is none, or may not be opened: another name mends it."""

    exit_code = 2


class LockedError(EvlitError):
    """Another run holds the store."""

    exit_code = 75


class SourceError(EvlitError):
    """A source cannot be reached, or refuses."""

    exit_code = 69


class BlockedError(SourceError):
    """The source has blocked this address: stop at once, send nothing more."""


class KeyRefusedError(SourceError):
    """The source does not accept the API key."""


class TemporaryError(EvlitError):
    """Given up for now; a later run goes on where this one stopped."""

    exit_code = 75
