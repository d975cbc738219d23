"""``--log FILE``: what a run did, as JSON lines for a log collector."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from evlit.errors import EvlitError, InputError, TemporaryError, is_no_room

if TYPE_CHECKING:
    from evlit.sync import SyncSummary


class RunLog:
    """Adds lines to a file; without a file it does nothing.

    Events are ``start``, ``query``, ``source`` (one beyond PubMed), ``record`` (one that could
    not be had), ``warning``, ``end`` (with counts) and ``error`` (with the exit code). Never a
    body, never the key.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._write("start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, EvlitError):
            self._write("error", error=str(error), exit_code=error.exit_code)
        elif isinstance(error, KeyboardInterrupt):
            self._write("error", error="interrupted", exit_code=130)
        elif isinstance(error, Exception):
            self._write("error", error=type(error).__name__, exit_code=70)

    def summary(self, done: SyncSummary) -> None:
        """Write what a finished run did."""
        for query in done.queries:
            self._write(
                "query", query=query.key, mode=query.mode, status=query.status,
                counted=query.counted, got=query.got, error=query.error,
            )  # fmt: skip
        for pmid, why in done.failures.items():
            self._write("record", pmid=pmid, error=why)
        for text in done.warnings:
            self._write("warning", text=text)
        self._write("end", run=done.run, status=done.status, counts=done.counts())

    def source(self, source: str, status: str, line: str) -> None:
        """Write what became of a source beyond PubMed."""
        self._write("source", source=source, status=status, text=line)

    def _write(self, event: str, **fields: Any) -> None:
        if self._path is None:
            return
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = json.dumps({"at": at, "event": event, **fields}, ensure_ascii=False)
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as ex:
            where, what = f"--log {self._path}", f"cannot be written: {ex.strerror}"
            if is_no_room(ex):
                raise TemporaryError(where, what, "make room and run it again") from ex
            raise InputError(where, what, "name another file") from ex
