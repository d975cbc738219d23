"""One night in a process of its own, so that it can be killed: ``python -m tests.fakes.one_night``.

Arguments: address of the fake, store, cache folder, time as ISO 8601, spacing in seconds.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from evlit.http.wire import Clock
from evlit.settings import Settings
from evlit.sources.entrez import open_door
from evlit.store import open_store
from evlit.sync import sync
from tests.fakes.nights import Questions, enrich_with


def main(url: str, path: str, cache: str, now: str, spacing: str) -> None:
    """Run the night; a traceback and exit code 1 where it fails."""
    moment = datetime.fromisoformat(now)
    settings = Settings(url, "curator@example.org", "", Path(cache))
    door = open_door(settings)
    door.limiter.spacing = float(spacing)
    questions = Questions()
    with open_store(Path(path), now=lambda: moment) as store:
        sync(
            store,
            questions,
            settings,
            enrich=enrich_with(questions),
            clock=Clock(now=lambda: moment),
            door=door,
        )
    door.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
