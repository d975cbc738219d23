"""A client that shares its clock with a fake server: nothing in a test waits."""

from __future__ import annotations

from pathlib import Path

from evlit.http.door import Door
from evlit.settings import Settings
from evlit.sources.entrez import Entrez, open_door
from tests.fakes.eutils import FakeEutils

KEY = "0123456789abcdef0123456789abcdef0123"


def settings_for(fake: FakeEutils, cache: Path, key: str = "") -> Settings:
    """Settings that lead to the fake."""
    return Settings(fake.url, "curator@example.org", key, cache)


def door_for(fake: FakeEutils, cache: Path, key: str = "") -> Door:
    """A door whose backoff is always the longest one."""
    door = open_door(settings_for(fake, cache, key), fake.clock.as_clock())
    door.jitter = lambda low, high: high
    return door


def client(fake: FakeEutils, cache: Path, key: str = "") -> Entrez:
    """PubMed as evlit sees it, answered by the fake."""
    return Entrez(door_for(fake, cache, key), settings_for(fake, cache, key))
