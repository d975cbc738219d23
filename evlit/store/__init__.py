"""The store: one SQLite file of records, revisions, tags, mentions and its own history.

Rooms within: ``opening`` and ``connection`` open the file, ``asking`` opens it for a question
alone, ``rows`` turns a Record into rows and back, ``ready`` makes all that is written of an
entry, ``batch`` decides what is current, ``saving`` and ``reading`` do as they say,
``human_tags`` keeps what people said, ``missing`` knows what is due, ``bookkeeping`` the runs,
``outside`` what sources beyond PubMed say, ``upkeep`` copies and checks. Reading
needs only the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evlit.store.opening import Store, empty_store, open_store

__all__ = ["Store", "empty_store", "open_store"]


def __getattr__(name: str) -> Any:
    """Load what writes when it is first asked for: a question needs the connection alone."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from evlit.store import opening  # noqa: PLC0415 - a tenth of the time of an answer

    return getattr(opening, name)
