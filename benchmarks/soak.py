"""``make soak``: kills and nights at length. Takes some minutes; not part of ``make test``.

1. A sync of 2,000 records in a process of its own is killed (SIGKILL) at random moments, over
   and over, until 200 kills have hit it; whenever it gets through, the store must equal that
   of a clean run, and a new store is begun.
2. Sixty nights on a virtual clock, with records added, revised (also without a new date),
   retracted and deleted, and random faults; in the end the store must equal the fake's truth.

Rates are metered throughout: by the fake in the second part; in the first, whose processes
share one pace file, by the spacing of arrivals.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from evlit.errors import EvlitError  # noqa: E402 - the checkout's own
from evlit.store import open_store  # noqa: E402
from tests.fakes import faults  # noqa: E402
from tests.fakes.citations import RETRACTED, Citation  # noqa: E402
from tests.fakes.clock import VirtualClock  # noqa: E402
from tests.fakes.eutils import FakeEutils  # noqa: E402
from tests.fakes.eutils_tool import SystemClock  # noqa: E402
from tests.fakes.nights import Nights, library, state  # noqa: E402

SPACING = 0.05
"""Seconds between starts in the kill test: the real 0.4 s would only make it longer."""
TRANSIENT = (
    "429", "429-bare", "rate-200", "500", "502", "503", "504", "gateway", "unroutable",
    "xhtml-500", "maintenance", "maintenance-as-xml", "maintenance-xhtml", "empty", "prolog",
    "cut", "cut-close", "drop", "reset", "backend", "outage", "timeout-400", "docsum-400",
    "bad-dates", "gzip", "nothing", "invalid-sign", "trickle", "blocked",
)  # fmt: skip


def main() -> None:
    """Run both parts; exit 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="evlit-soak-") as folder:
        kill_soak(Path(folder), options.kills, options.records, options.seed)
        night_soak(Path(folder), options.nights, options.seed)
    print("soak: ok")


# ---------------------------------------------------------------------------------- kills


def kill_soak(folder: Path, kills: int, records: int, seed: int) -> None:
    """Kill a real process again and again."""
    fate, start = random.Random(seed), time.monotonic()
    clock = Frozen()
    with FakeEutils(library(records), clock=clock, metered=False) as fake:
        clean = folder / "clean.db"
        assert night(fake, clean, folder, None) == 0
        wanted, requests = state(clean), len(fake.seen)
        length = 0.9 * (fake.seen[-1].at - fake.seen[0].at)
        hit, finished, stores, most = 0, 0, 1, 0
        path = folder / "killed-1.db"
        while hit < kills:
            code = night(fake, path, folder, fate.random() * length)
            most = max(most, crowd(fake))
            if code < 0:
                hit += 1
                continue
            if code:
                raise SystemExit(f"soak: a run ended with {code} instead of being killed")
            finished += 1
            compare(wanted, path)
            stores += 1
            path = folder / f"killed-{stores}.db"
        while night(fake, path, folder, None):
            pass
        compare(wanted, path)
    took = time.monotonic() - start
    print(
        f"kills: {hit} SIGKILLs over {stores} stores of {records} records ({requests} requests "
        f"a clean run); {finished + 1} runs got through, each store equal to a clean one; at most "
        f"{most} requests in {2.5 * SPACING * 1000:.0f} ms, as 3 in a second; {took:.0f} s"
    )
    if most > 3:
        raise SystemExit("soak: requests came closer than the pace allows")


class Frozen(SystemClock):
    """Real seconds, but one and the same day."""

    def now(self) -> datetime:
        return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def night(fake: FakeEutils, path: Path, folder: Path, life: float | None) -> int:
    """One night in a process; killed after ``life`` seconds from its first request on."""
    begun = len(fake.seen)
    command = [
        sys.executable, "-m", "tests.fakes.one_night", fake.url, str(path), str(folder),
        fake.clock.now().isoformat(), str(SPACING),
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT)
    if life is not None:
        waiting = threading.Event()
        while len(fake.seen) == begun and process.poll() is None:
            waiting.wait(0.005)
        timer = threading.Timer(life, process.kill)
        timer.start()
        code = process.wait()
        timer.cancel()
        return code
    return process.wait()


def crowd(fake: FakeEutils) -> int:
    """Most arrivals in the time that stands for NCBI's second; forgets all but the last three.

    The real spacing is 0.4 s, and a second 2.5 spacings.
    """
    times = [seen.at for seen in fake.seen]
    del fake.seen[:-3]
    window = 2.5 * SPACING
    return max((sum(t - window < u <= t for u in times) for t in times), default=0)


def compare(wanted: dict[str, list[tuple[object, ...]]], path: Path) -> None:
    """The store must be sound, and equal to that of a clean run."""
    found = state(path)
    for table, rows in wanted.items():
        if found[table] != rows:
            raise SystemExit(f"soak: {path.name}: table {table} differs from a clean run's")
    with open_store(path) as store:
        if problems := store.check():
            raise SystemExit(f"soak: {path.name}: {problems}")
    path.unlink()


# --------------------------------------------------------------------------------- nights


@dataclass
class World:
    """What PubMed does between two nights."""

    fake: FakeEutils
    fate: random.Random
    next_pmid: int = 60_000_001
    deeds: Counter[str] = field(default_factory=Counter)

    def turn(self, today: date) -> None:
        """A day passes: records come, change, are retracted, vanish."""
        for _ in range(self.fate.randrange(30)):
            self.add(today)
        known = list(self.fake.citations.values())
        for citation in self.fate.sample(known, min(len(known), self.fate.randrange(8))):
            self.revise(citation, today)
        if self.fate.random() < 0.2:
            self.retract(self.fate.choice(known), today)
        if self.fate.random() < 0.2:
            self.fake.take(self.fate.choice(known).pmid)
            self.deeds["deleted"] += 1

    def add(self, today: date) -> None:
        """A new record, sometimes back-dated in its entry date, seldom a book."""
        late = self.fate.random() < 0.02
        text = "Mesenchymal stem cells gave vesicles to " + self.fate.choice(["rats", "patients"])
        if self.fate.random() < 0.1:
            text += "; ExoFlo by vein"
        self.fake.put(
            Citation(
                self.next_pmid, f"Vesicles, report {self.next_pmid}", text + ".", created=today,
                entered=today - timedelta(days=700) if late else None,
                status=self.fate.choice(["MEDLINE", "In-Process", "Publisher"]),
                book=self.fate.random() < 0.01,
            )
        )  # fmt: skip
        self.next_pmid += self.fate.randrange(1, 5)
        self.deeds["added"] += 1

    def revise(self, citation: Citation, today: date) -> None:
        """A changed text: mostly with a new date, sometimes silently."""
        silent = self.fate.random() < 0.2
        changed = citation.but(
            title=f"{citation.title.split(' (')[0]} (revised {today})",
            status="MEDLINE",
            modified=citation.mdat if silent else today,
            version=citation.version + (not silent and self.fate.random() < 0.05),
        )
        self.fake.put(changed)
        self.deeds["silently revised" if silent else "revised"] += 1

    def retract(self, citation: Citation, today: date) -> None:
        """A retraction."""
        types = (*citation.types, RETRACTED) if RETRACTED not in citation.types else citation.types
        self.fake.put(citation.but(types=types, modified=today, book=False))
        self.deeds["retracted"] += 1

    def curse(self) -> None:
        """Faults for the coming night, each good for a few requests."""
        for name in self.fate.sample(TRANSIENT, self.fate.randrange(4)):
            endpoint = self.fate.choice(["", "einfo", "esearch", "efetch", "esummary"])
            self.fake.fault(name, on=endpoint, times=self.fate.randrange(1, 4))
            self.deeds["faults"] += 1
        if self.fate.random() < 0.2 and self.fake.citations:
            victim = self.fate.choice(list(self.fake.citations))
            self.fake.fault(faults.omit([victim]), on="efetch", times=self.fate.randrange(1, 6))
            self.deeds["faults"] += 1


def night_soak(folder: Path, nights: int, seed: int) -> None:
    """Sixty nights, then quiet ones, and the store must hold what the fake holds."""
    began = time.monotonic()
    clock = VirtualClock(datetime(2026, 9, 1, 7, 0, tzinfo=UTC))
    with FakeEutils(library(400, date(2025, 11, 2)), clock=clock) as fake:
        world = World(fake, random.Random(seed))
        followed = Nights(fake, folder, name="nights.db")
        ends: Counter[str] = Counter()
        gap, refused, requests = float("inf"), 0, 0
        for number in range(nights):
            if number:
                world.turn(clock.now().date())
                world.curse()
            ends[outcome(followed)] += 1
            gap, refused = min(gap, fake.shortest_gap()), refused + fake.refused
            requests += len(fake.seen)
            fake.heal()
            clock.tomorrow()
        for _ in range(5):  # full searches, the monthly fetch, three looks at what is gone
            clock.tomorrow(days=8)
            fake.heal()
            ends[outcome(followed)] += 1
            refused += fake.refused
        differences = truth(followed)
        held = followed.rows("SELECT count(*) FROM records")[0][0]
    deeds = ", ".join(f"{number} {what}" for what, number in sorted(world.deeds.items()))
    runs = ", ".join(f"{number} {what}" for what, number in sorted(ends.items()))
    print(
        f"nights: {nights} with {deeds}; runs: {runs}; {requests} requests, closest "
        f"{gap * 1000:.0f} ms apart, {refused} refused by the meter; {held} records held, "
        f"{len(differences)} differ from PubMed's; {time.monotonic() - began:.0f} s"
    )
    if differences or refused or gap < 0.4 - 1e-6:
        raise SystemExit("soak: " + "; ".join(differences[:10] or ["the rate was exceeded"]))


def outcome(nights: Nights) -> str:
    """How a night ended: ok, partial, or the name of its error."""
    try:
        return nights.run().status
    except EvlitError as error:
        return type(error).__name__


def truth(nights: Nights) -> list[str]:
    """What differs between the store and the fake's records, one line each."""
    rows = {
        row[0]: row[1:]
        for row in nights.rows("SELECT pmid, title, version, retracted, deleted FROM records")
    }
    wrong = []
    for pmid, citation in nights.fake.citations.items():
        want = (citation.title.rstrip("."), citation.version, int(RETRACTED in citation.types), 0)
        have = rows.get(pmid)
        if have is None or ((have[0] or "").rstrip("."), *have[1:]) != want:
            wrong.append(f"PMID {pmid}: {have} instead of {want}")
    gone = rows.keys() - nights.fake.citations.keys()
    wrong += [f"PMID {pmid}: gone, but not flagged" for pmid in sorted(gone) if not rows[pmid][3]]
    with nights.store() as store:
        wrong += store.check()
        wrong += [f"PMID {item.pmid}: still queued" for item in store.queued()]
    return wrong


if __name__ == "__main__":
    main()
