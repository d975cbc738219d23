"""The door to the network: pace, patience, bounds, and silence about the key."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from evlit.errors import BlockedError, EvlitError, KeyRefusedError, SourceError, UsageError
from evlit.http.door import TRIES, Door, GaveUpError, UnreachableError
from evlit.http.pace import LONGEST_WAIT, MARGIN, SLOWEST, Limiter
from evlit.http.wire import (
    Clock,
    Reply,
    Wire,
    check_url,
    explain,
    is_loopback,
    retry_after,
)
from evlit.settings import Settings, load_settings
from evlit.sources.entrez import Entrez, open_door
from tests.fakes import faults
from tests.fakes import replies as fakes
from tests.fakes.citations import Citation
from tests.fakes.client import KEY, client, door_for, settings_for
from tests.fakes.clock import VirtualClock
from tests.fakes.eutils import FakeEutils

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


# ------------------------------------------------------------------------------- sending


def test_everything_goes_in_the_body_of_a_post(tmp_path: Path) -> None:
    with FakeEutils([Citation(1)]) as fake:
        client(fake, tmp_path, KEY).search("vesicles[tiab]")
    (seen,) = fake.seen
    assert (seen.method, seen.in_url, seen.key) == ("POST", (), True)
    assert seen.params["tool"] == "evlit"
    assert seen.params["email"] == "curator@example.org"
    assert seen.params["db"] == "pubmed"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_the_other_host_hears_nothing(
    tmp_path: Path, status: int
) -> None:
    with FakeEutils() as other, FakeEutils() as fake:
        fake.fault(faults.redirect(status, other.url + "einfo.fcgi"))
        with pytest.raises(SourceError, match="redirect"):
            client(fake, tmp_path, KEY).info()
        assert other.seen == []
        assert len(fake.seen) == 1


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("http://eutils.ncbi.nlm.nih.gov/entrez/eutils/", "plain http"),
        ("http://127.0.0.1.example.org/", "plain http"),
        ("ftp://example.org/", "not an https address"),
        ("https://", "not an https address"),
        ("https://user:secret@example.org/", "password"),
        ("https://example.org/?api_key=x", "query"),
    ],
)
def test_addresses_that_are_not_allowed(url: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as caught:
        check_url(url)
    assert "secret" not in str(caught.value)
    assert "api_key" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "yes"),
    [
        ("http://127.0.0.1:80/", True),
        ("http://127.9.9.9/", True),
        ("http://[::1]:8080/", True),
        ("http://localhost/", True),
        ("http://10.0.0.1/", False),
        ("https://example.org/", False),
    ],
)
def test_loopback(url: str, yes: bool) -> None:
    assert is_loopback(url) is yes


def test_proxies_of_the_environment_serve_the_world_but_not_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeEutils([Citation(1)]) as fake, FakeEutils() as proxy:
        port = proxy.url.split(":")[2].split("/")[0]
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://user:hush@127.0.0.1:{port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        client(fake, tmp_path).info()
        assert (len(fake.seen), len(proxy.seen)) == (1, 0)
        outside = Settings("https://eutils.invalid/", "", KEY, tmp_path)
        door = open_door(outside, fake.clock.as_clock())
        with pytest.raises(UnreachableError, match="proxy") as caught:
            Entrez(door, outside).info()
        assert "hush" not in str(caught.value)
        door.close()


def test_netrc_and_cookies_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login me password hush\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    wire = Wire()
    with FakeEutils() as fake:
        fake.fault(faults.say("{}", 200, "application/json", **{"Set-Cookie": "a=b"}), times=None)
        wire.send(fake.url + "einfo.fcgi", {})
        session = wire._session
        assert session is not None
        session.trust_env = True
        request = session.prepare_request(requests.Request("POST", fake.url))
        assert "Authorization" not in request.headers
        assert not session.cookies
    wire.close()


# ------------------------------------------------------------------------------ patience


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_a_floor(tmp_path: Path, status: int) -> None:
    with FakeEutils() as fake:
        fake.fault(faults.say("busy", status, "text/plain", **{"Retry-After": "90"}))
        client(fake, tmp_path).info()
        first, second = fake.seen
        assert second.at - first.at >= 90


def test_backoff_grows_and_ends_at_the_budget(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault("503", times=None)
        with pytest.raises(GaveUpError) as caught:
            client(fake, tmp_path).info()
        gaps = [b.at - a.at for a, b in pairwise(fake.seen)]
        assert len(fake.seen) == TRIES
        assert gaps == sorted(gaps)
        assert gaps[0] >= 1.0
        assert caught.value.exit_code == 75


def test_jitter_is_full_and_bounded(tmp_path: Path) -> None:
    asked: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    with FakeEutils() as fake:
        fake.fault("500", times=4)
        door = door_for(fake, tmp_path)
        door.jitter = jitter
        Entrez(door, settings_for(fake, tmp_path)).info()
        assert asked == [(0.0, 1.0), (0.0, 2.0), (0.0, 4.0), (0.0, 8.0)]
        door.close()


def test_a_long_retry_after_gives_up_instead_of_sleeping_for_hours(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault(faults.too_many("86400"))
        with pytest.raises(GaveUpError):
            client(fake, tmp_path).info()
        assert len(fake.seen) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2.0),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("", 0.0),
        ("٣", 0.0),
    ],
)
def test_retry_after_forms(value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_host_never_reached_gets_two_quick_tries(tmp_path: Path) -> None:
    clock = VirtualClock()
    settings = Settings(f"http://127.0.0.1:{_free_port()}/entrez/eutils/", "", "", tmp_path)
    door = open_door(settings, clock.as_clock())
    with pytest.raises(UnreachableError, match="refused") as caught:
        Entrez(door, settings).info()
    assert [row.outcome for row in door.log] == ["refused", "refused"]
    assert clock.monotonic() - 1000.0 < 5
    assert caught.value.exit_code == 69


def test_a_host_reached_before_gets_the_whole_budget(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        door = door_for(fake, tmp_path)
        pubmed = Entrez(door, settings_for(fake, tmp_path))
        pubmed.info()
    # The server is closed now: connections are refused.
    door.close()
    with pytest.raises(GaveUpError):
        pubmed.info()
    assert [row.outcome for row in door.log] == ["ok"] + ["refused"] * TRIES


def test_an_unknown_name_is_said_in_plain_words(tmp_path: Path) -> None:
    settings = Settings("https://no-such-host.invalid/", "", "", tmp_path)
    door = open_door(settings, VirtualClock().as_clock())
    with pytest.raises(UnreachableError) as caught:
        Entrez(door, settings).info()
    assert "HTTPSConnectionPool" not in str(caught.value)
    assert len(door.log) == 2


def test_a_blocked_address_sends_nothing_more(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault("blocked")
        pubmed = client(fake, tmp_path)
        for _ in range(3):
            with pytest.raises(BlockedError):
                pubmed.info()
        assert len(fake.seen) == 1


def test_a_wrong_certificate_is_not_tried_again() -> None:
    fault = explain(requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] key=hush"))
    assert fault.fatal
    assert "hush" not in fault.what


def test_what_is_not_the_networks_fault_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        explain(ZeroDivisionError())


# -------------------------------------------------------------------------------- bounds


@pytest.mark.parametrize("place", ["http://[::bad", "//", "\x7f", "javascript:1", "?" * 9000])
def test_a_redirect_to_no_address_is_a_redirect(tmp_path: Path, place: str) -> None:
    with FakeEutils() as fake:
        fake.fault(faults.redirect(302, place))
        with pytest.raises(SourceError, match="redirect"):
            client(fake, tmp_path).info()
        assert len(fake.seen) == 1


def test_a_body_beyond_the_cap_is_refused(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault(faults.say(b"<a>" + b"x" * 4000), times=None)
        door = door_for(fake, tmp_path)
        door.wire.byte_cap = 1000
        with pytest.raises(GaveUpError, match="larger"):
            Entrez(door, settings_for(fake, tmp_path)).info()
        door.close()


def test_a_compressed_bomb_is_capped_by_what_it_becomes(tmp_path: Path) -> None:
    with FakeEutils([Citation(1)]) as fake:
        bomb = fakes.Reply(b"\0" * 3_000_000)
        fake.fault(lambda reply, seen, server: faults.gzipped(bomb, seen, server), times=None)
        door = door_for(fake, tmp_path)
        door.wire.byte_cap = 1_000_000
        with pytest.raises(GaveUpError, match="larger"):
            Entrez(door, settings_for(fake, tmp_path)).info()
        door.close()


def test_silence_ends_at_the_read_timeout(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault("hang")
        door = door_for(fake, tmp_path)
        door.wire.read_seconds = 0.05
        Entrez(door, settings_for(fake, tmp_path)).info()
        assert [row.outcome for row in door.log] == ["timeout", "ok"]
        door.close()


def test_a_trickle_ends_at_the_wall_deadline(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault("trickle")
        door = door_for(fake, tmp_path)
        Entrez(door, settings_for(fake, tmp_path)).info()
        assert [row.outcome for row in door.log] == ["timeout", "ok"]
        door.close()


def test_a_head_that_never_ends_is_left_behind(tmp_path: Path) -> None:
    """The guard around the exchange: not even the status line comes."""
    with socket.socket() as quiet:
        quiet.bind(("127.0.0.1", 0))
        quiet.listen(5)
        wire = Wire(wall_seconds=-0.99)
        with pytest.raises(Exception) as caught:
            wire.send(f"http://127.0.0.1:{quiet.getsockname()[1]}/", {})
        assert explain(caught.value).kind == "timeout"
        wire.close()


# ---------------------------------------------------------------------------------- pace


def test_starts_are_spaced_retries_included(tmp_path: Path) -> None:
    with FakeEutils([Citation(i) for i in range(1, 900)]) as fake:
        fake.fault("500", on="efetch", times=2)
        door = door_for(fake, tmp_path)
        door.jitter = lambda low, high: low
        list(Entrez(door, settings_for(fake, tmp_path)).fetch(range(1, 900)))
        assert len(fake.seen) == 7
        assert fake.shortest_gap() == pytest.approx(0.4 + MARGIN)
        assert fake.refused == 0
        door.close()


def test_a_key_quickens_the_pace(tmp_path: Path) -> None:
    with FakeEutils([Citation(1)]) as fake:
        pubmed = client(fake, tmp_path, KEY)
        for _ in range(12):
            pubmed.info()
        assert fake.shortest_gap() == pytest.approx(0.125 + MARGIN)
        assert fake.refused == 0


def test_refusals_widen_the_spacing(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault("429", times=3)
        door = door_for(fake, tmp_path)
        Entrez(door, settings_for(fake, tmp_path)).info()
        assert door.limiter.spacing == pytest.approx(0.4 * 1.5**3)
        for _ in range(20):
            door.limiter.slow_down(0)
        assert door.limiter.spacing == SLOWEST
        door.close()


def test_threads_share_one_pace(tmp_path: Path) -> None:
    clock = VirtualClock()
    starts: list[float] = []

    def work() -> None:
        limiter = Limiter("h", tmp_path, 0.4, clock.monotonic, clock.sleep)
        for _ in range(5):
            limiter.wait()
            starts.append(round(clock.monotonic(), 6))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(starts) == 20
    # Each start moves the one clock on by a whole spacing.
    assert clock.monotonic() - 1000.0 == pytest.approx(19 * (0.4 + MARGIN), abs=1e-3)


def test_processes_share_one_pace(tmp_path: Path) -> None:
    """Two processes take turns: the file shows as many spacings as there were starts."""
    code = """if True:
        import pathlib, sys, time
        from evlit.http.pace import Limiter
        told = []
        def clock():
            told.append(time.monotonic())
            return told[-1]
        limiter = Limiter("h", pathlib.Path(sys.argv[1]), 0.01, clock)
        for _ in range(10):
            limiter.wait()
            print(told[-1])  # the start as it was noted
        """
    root = Path(__file__).parents[1]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdout=subprocess.PIPE, text=True, cwd=root,
        )
        for _ in range(2)
    ]  # fmt: skip
    starts = sorted(float(line) for run in runs for line in run.communicate()[0].split())
    assert len(starts) == 20
    assert min(b - a for a, b in pairwise(starts)) >= 0.01 - 1e-5


def test_a_slow_connection_moves_the_noted_start(tmp_path: Path) -> None:
    clock = VirtualClock()
    limiter = Limiter("h", tmp_path, 0.4, clock.monotonic, clock.sleep)
    limiter.wait()
    clock.sleep(3)  # name, connection, encryption
    limiter.note()
    left = clock.monotonic()
    limiter.wait()
    assert clock.monotonic() - left == pytest.approx(0.4 + MARGIN)


def test_a_request_that_leaves_late_makes_those_who_wait_look_again(tmp_path: Path) -> None:
    clock = VirtualClock()
    one = Limiter("h", tmp_path, 0.4, clock.monotonic, clock.sleep)

    def sleep(seconds: float) -> None:
        clock.sleep(seconds / 2)
        if clock.monotonic() < 1000.4:
            one.note()  # the other has looked and waits: it must look again
        clock.sleep(seconds / 2)

    one.wait()
    Limiter("h", tmp_path, 0.4, clock.monotonic, sleep).wait()
    assert clock.monotonic() - 1000.0 == pytest.approx(1.5 * (0.4 + MARGIN))


def test_a_hold_of_one_process_stops_the_others(tmp_path: Path) -> None:
    clock = VirtualClock()
    one = Limiter("h", tmp_path, 0.4, clock.monotonic, clock.sleep)
    two = Limiter("h", tmp_path, 0.4, clock.monotonic, clock.sleep)
    one.wait()
    one.slow_down(30)
    two.wait()
    assert clock.monotonic() - 1000.0 >= 30


@pytest.mark.parametrize("content", ["", "x", "1 2 3", "9e99 9e99", "nan nan", "-5 -5"])
def test_a_damaged_pace_file_costs_at_most_a_pause(tmp_path: Path, content: str) -> None:
    clock = VirtualClock()
    (tmp_path / "evlit-pace-h").write_text(content)
    limiter = Limiter("h", tmp_path, 0.4, clock.monotonic, clock.sleep)
    limiter.wait()
    assert clock.monotonic() - 1000.0 <= LONGEST_WAIT
    before = clock.monotonic()
    limiter.wait()
    assert 0.4 <= clock.monotonic() - before <= LONGEST_WAIT


def test_a_time_from_before_a_reboot_costs_one_spacing(tmp_path: Path) -> None:
    clock = VirtualClock()
    (tmp_path / "evlit-pace-h").write_text("999999.0 0.0".ljust(64))
    Limiter("h", tmp_path, 0.4, clock.monotonic, clock.sleep).wait()
    assert clock.monotonic() - 1000.0 == pytest.approx(0.4 + MARGIN)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(EvlitError, match="EVLIT_CACHE"):
        Limiter("h", tmp_path / "no").wait()


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EvlitError, match="EVLIT_CACHE"):
        Limiter("h", tmp_path / "file").wait()


# ------------------------------------------------------------------------------- the key


@pytest.mark.parametrize("fault", ["429", "gateway", "blocked", "timeout-400", "503", "empty"])
def test_the_key_is_nowhere_but_in_the_body(
    tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeEutils([Citation(1)]) as fake:
        fake.fault(fault, times=None)
        door = door_for(fake, tmp_path, KEY)
        settings = settings_for(fake, tmp_path, KEY)
        with pytest.raises(EvlitError) as caught:
            Entrez(door, settings).info()
        seen = fake.seen[0]
    texts = [str(caught.value), repr(caught.value), caplog.text, repr(door), repr(settings)]
    texts += [repr(door.log), repr(seen), repr(caught.getrepr(showlocals=False))]
    assert not [text for text in texts if KEY in text]
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [data for data in files if KEY.encode() in data]


def test_a_key_that_is_refused_is_said_at_once(tmp_path: Path) -> None:
    with FakeEutils(keys=[]) as fake:
        with pytest.raises(KeyRefusedError) as caught:
            client(fake, tmp_path, KEY).info()
        assert len(fake.seen) == 1
        assert KEY not in str(caught.value)


def test_an_error_text_that_echoes_the_key_is_scrubbed(tmp_path: Path) -> None:
    with FakeEutils() as fake:
        fake.fault(faults.search_error(f"your key {KEY} is odd"), times=None)
        with pytest.raises(GaveUpError) as caught:
            client(fake, tmp_path, KEY).info()
        assert KEY not in str(caught.value)
        assert "***" in str(caught.value)


# ------------------------------------------------------------------------------ settings


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    env = {
        "EVLIT_EUTILS_URL": "http://127.0.0.1:9/x",
        "NCBI_EMAIL": "a@b.org",
        "NCBI_API_KEY": KEY,
        "EVLIT_CACHE": str(tmp_path),
    }
    settings = load_settings(env)
    assert settings.eutils_url == "http://127.0.0.1:9/x/"
    assert (settings.email, settings.api_key, settings.cache) == ("a@b.org", KEY, tmp_path)
    assert KEY not in repr(settings)


def test_settings_without_anything() -> None:
    settings = load_settings({"HOME": "/home/x"})
    assert settings.eutils_url == "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
    assert settings.cache == Path("/home/x/.cache/evlit")
    assert load_settings({"XDG_CACHE_HOME": "/c"}).cache == Path("/c/evlit")
    assert load_settings({}).cache.name == "evlit-cache"


@pytest.mark.parametrize(
    "env", [{"NCBI_API_KEY": "a b"}, {"NCBI_API_KEY": "a\x00b"}, {"NCBI_EMAIL": "nobody"}]
)
def test_settings_that_cannot_be_meant(env: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(env)
    assert "a b" not in str(caught.value)


def test_an_unused_door_closes_quietly(tmp_path: Path) -> None:
    clock = Clock()
    Door("pubmed", "PubMed", Limiter("h", tmp_path), Wire(), clock).close()
    assert Reply(200, {}, b"").status == 200


def test_a_body_that_echoes_the_key_is_masked_before_it_is_read(tmp_path: Path) -> None:
    """PubMed's own translation is kept in the store: an echo must not travel with it."""
    with FakeEutils([Citation(1)]) as fake:
        body = (
            "<eSearchResult><Count>0</Count><RetMax>0</RetMax><RetStart>0</RetStart><IdList/>"
            f"<TranslationSet/><QueryTranslation>{KEY}[All Fields]</QueryTranslation>"
            "</eSearchResult>"
        )
        fake.fault(faults.say(body, 200, "text/xml"), times=1)
        assert KEY not in client(fake, tmp_path, KEY).search("x").translation
