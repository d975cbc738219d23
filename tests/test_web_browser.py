"""Journeys in a real browser: keyboard and phone, hostile texts, axe-core, weights.

Needs Chromium (``/usr/bin/chromium``, or EVLIT_CHROMIUM); in CI its absence is a failure.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from datasette.app import Datasette
from playwright.sync_api import Browser, Page, expect, sync_playwright

from evlit.web import site_of
from tests import answer_fixture as fx
from tests.test_web import entries

expect.set_options(timeout=20_000)

CHROMIUM = os.environ.get("EVLIT_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed (apt-get install chromium)", allow_module_level=True)
ARTEFACTS = Path(__file__).parents[1] / "artefacts"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
OWN = {
    "home": "/",
    "answer": "/evlit/product/exoflo",
    "narrowed": "/evlit/search?q=ExoFlo&for=osteoarthritis",
    "none": "/evlit/search?q=Quietex",
    "unknown": "/evlit/search?q=exoflow",
    "ambiguous": "/evlit/search?q=PEP",
    "generic": "/evlit/search?q=exosomes",
    "notice": "/evlit/search?q=XOsomes",
    "maker": "/evlit/search?maker=Kimera+Labs",
    "class": "/evlit/search?for=osteoarthritis",
    "tier": "/evlit/product/exoflo?tier=animal",
    "record": "/evlit/record/1001",
    "map": "/evlit/map",
    "narrow-map": "/evlit/map?source=msc&from=2020",
    "list": "/evlit/list?tier=animal",
    "timeline": "/evlit/timeline",
    "products": "/evlit/products",
    "questions": "/evlit/questions",
    "about": "/evlit/about",
    "status": "/evlit/status",
    "not-found": "/evlit/product/nope",
}
DATASETTE = (
    "/evlit", "/evlit?_show_hidden=1", "/evlit/evidence", "/evlit/evidence?_col=title&_col=year",
    "/evlit/evidence?_search=ExoFlo&design=animal", "/evlit/records/1001", "/evlit/runs/1",
    "/evlit/product-records?product=exoflo", "/evlit/conditions-by-design", "/evlit/why-tagged",
    "/evlit/nope",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("browser") / "evlit.db"
    fx.make_store(path, entries()).close()
    server = Datasette([str(path)])
    site_of(server).reader._catalogue = fx.CATALOGUE
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    running = uvicorn.Server(
        uvicorn.Config(server.app(), host="127.0.0.1", port=port, log_level="error")
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10)
    site_of(server).reader.close()
    for database in server.databases.values():
        database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


class Tab:
    """A page that notes what must not happen: dialogs, errors, requests elsewhere."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | options
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda e: self.faults.append(f"error: {e}"))
        self.page.on("request", self._request)

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: Any) -> None:
        # A page that answers 400 or 404 is named in the console by the browser itself.
        if message.type == "error" and "status of 40" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.faults.append(f"request: {request.url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Tab]:
    made = Tab(browser, address)
    yield made
    faults = made.faults
    made.close()
    assert not faults


def keep(page: Page, name: str) -> None:
    """Keep a picture for the people who read CI's artefacts."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def violations(page: Page) -> list[dict[str, Any]]:
    found = Axe().run(page).response["violations"]
    return [
        {"id": v["id"], "impact": v["impact"], "nodes": [n["html"][:200] for n in v["nodes"]][:3]}
        for v in found
    ]


# --------------------------------------------------------------------------- journeys


def test_from_question_to_export(tab: Tab) -> None:
    page = tab.go("/")
    page.get_by_label("Name of the product").fill("exo flo")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ExoFlo")
    expect(page.locator(".verdict")).to_contain_text("Given to people")
    keep(page, "journey-answer")
    page.get_by_role("link", name="ExoFlo in a rat wound", exact=True).click()
    expect(page.get_by_role("heading", name="How evlit reads it")).to_be_visible()
    page.get_by_role("link", name="Evidence map").first.click()
    page.get_by_role("link", name="Ischaemic stroke, Animals: 1 record").click()
    expect(page.get_by_role("link", name="Vesicles in rats with stroke")).to_be_visible()
    page.go_back()
    page.get_by_text("Narrow it down").click()
    page.get_by_label("Product", exact=True).select_option("exoflo")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".heed")).to_contain_text("Narrowed to: ExoFlo")
    tab.go("/evlit/product/exoflo")
    with page.expect_download() as download:
        page.get_by_role("link", name="Table (CSV)").click()
    assert download.value.suggested_filename == "evlit-exoflo.csv"


def test_by_keyboard_alone(tab: Tab) -> None:
    page = tab.go("/evlit/product/exoflo")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Control+a")
    page.keyboard.type("Quietex")
    page.keyboard.press("Enter")
    page.wait_for_url("**/evlit/search?q=Quietex")
    assert "We found no PubMed record" in page.locator(".verdict").inner_text()


def test_near_names_are_offered_and_not_taken(tab: Tab) -> None:
    page = tab.go("/evlit/search?q=exoflow")
    assert page.get_by_role("heading", level=1).inner_text() == "exoflow"
    page.get_by_role("link", name="ExoFlo", exact=True).click()
    expect(page).to_have_url(re.compile("/evlit/product/exoflo$"))


def test_without_a_brand(tab: Tab) -> None:
    page = tab.go("/")
    page.get_by_role("link", name="Nobody told me the brand").click()
    page.get_by_label("Maker").select_option("Kimera Labs")
    page.get_by_role("button", name="Show").first.click()
    expect(page.get_by_role("link", name="XoGloPro")).to_be_visible()
    page.go_back()
    page.get_by_label("Condition").select_option("osteoarthritis")
    page.get_by_role("button", name="Show").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Osteoarthritis")


def test_the_switch_of_language_stays(tab: Tab) -> None:
    page = tab.go("/evlit/product/exoflo")
    page.get_by_role("link", name="日本語").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    page.get_by_role("link", name="エビデンスマップ").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    page.locator("a.brand").click()
    page.get_by_label("製品の名前").fill("ExoFlo")
    page.get_by_role("button", name="調べる").click()
    expect(page.locator(".verdict")).to_contain_text("人に投与した報告")
    keep(page, "answer-ja")


def test_works_without_javascript(browser: Browser, address: str) -> None:
    tab = Tab(browser, address, java_script_enabled=False)
    page = tab.go("/")
    page.get_by_label("Name of the product").fill("ExoFlo")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ExoFlo")
    tab.close()
    assert not tab.faults


# ------------------------------------------------------------------------ every page


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_own_pages_have_no_accessibility_violation(
    browser: Browser, address: str, name: str, scheme: str
) -> None:
    tab = Tab(browser, address, color_scheme=scheme)
    page = tab.go(OWN[name])
    for summary in page.locator("summary").all()[:12]:
        summary.click()
    found = violations(page)
    if scheme == "light":
        keep(page, name)
    tab.close()
    assert not found, json.dumps(found, indent=1)
    assert not tab.faults


@pytest.mark.parametrize("path", DATASETTE)
def test_datasettes_pages_have_no_serious_violation(tab: Tab, path: str) -> None:
    page = tab.go(path)
    found = [v for v in violations(page) if v["impact"] in ("serious", "critical")]
    assert not found, json.dumps(found, indent=1)


def test_datasettes_pages_fit_a_phone(browser: Browser, address: str) -> None:
    tab = Tab(browser, address, viewport={"width": 360, "height": 740})
    heights = {}
    for path in DATASETTE:
        page = tab.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        heights[path] = page.evaluate("document.documentElement.scrollHeight")
    tab.close()
    # Cells that hold nothing are left out where each row is a card.
    assert heights["/evlit/evidence"] < 25 * 1000


@pytest.mark.parametrize("width", [360, 768, 1440, 2560])
def test_no_page_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    tab = Tab(browser, address, viewport={"width": width, "height": 800})
    wide = {}
    for name, path in OWN.items():
        page = tab.go(path)
        over = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over > 0:
            wide[name] = over
    tab.close()
    assert not wide


def test_in_japanese_pages_have_no_violation_either(browser: Browser, address: str) -> None:
    tab = Tab(browser, address, locale="ja-JP", viewport={"width": 390, "height": 844})
    for name in ("home", "answer", "unknown", "map", "questions", "about"):
        page = tab.go(OWN[name])
        found = violations(page)
        assert not found, (name, json.dumps(found, indent=1))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    tab.close()
    assert not tab.faults


def test_pages_are_light(tab: Tab) -> None:
    for name, path in OWN.items():
        with tab.page.expect_response(tab.address + path) as first:
            tab.go(path)
        others = tab.page.evaluate(
            "performance.getEntriesByType('resource').map(r => r.decodedBodySize)"
        )
        assert len(first.value.body()) + sum(others) < 200_000, name


def test_hostile_texts_do_nothing(tab: Tab) -> None:
    page = tab.page
    for path in ("/evlit/product/exoflo?tier=animal", "/evlit/list?tier=animal",
                 "/evlit/record/6000", "/evlit/record/6001", "/evlit/evidence", "/evlit/mentions",
                 "/evlit/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
                 "/evlit/search?q=x%22%20onfocus=alert(1)%20autofocus=%22",
                 "/evlit/map?product=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
                 "/evlit/product/%3Cimg%20src=x%20onerror=alert(1)%3E"):  # fmt: skip
        tab.go(path)
        page.wait_for_load_state("networkidle")
        assert page.locator("img[src=x]").count() == 0


def test_no_word_is_cut_and_no_table_hides_a_column_on_a_phone(
    browser: Browser, address: str
) -> None:
    tab = Tab(browser, address, viewport={"width": 360, "height": 740})
    for name in ("answer", "generic", "class", "status", "about", "map", "products"):
        page = tab.go(OWN[name])
        over = page.evaluate(
            "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
            ".map(e => e.getAttribute('aria-label'))"
        )
        assert not over, name
    tab.close()


def test_a_sum_of_the_map_stands_in_one_line_on_a_phone(browser: Browser, address: str) -> None:
    """A number parted by its line reads as a smaller one: "1,75" above "4"."""
    tab = Tab(browser, address, viewport={"width": 360, "height": 740})
    page = tab.go(OWN["map"])
    lines = page.evaluate("""() => [...document.querySelectorAll('.gapmap tr.all td')].map(cell => {
        const at = cell.querySelector('a') || cell;
        at.textContent = '12,754';
        const words = document.createRange();
        words.selectNodeContents(at);
        return words.getClientRects().length;
    })""")
    assert set(lines) == {1}
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    tab.close()


def test_a_name_keeps_its_letters(tab: Tab) -> None:
    page = tab.go("/evlit/search?q=exoflow")
    assert "exoflow" in page.locator(".coverage .facts").inner_text()
    shown = page.locator(".coverage dd").last
    assert shown.evaluate("e => getComputedStyle(e, '::first-letter').textTransform") == "none"


def test_print_opens_what_is_folded(browser: Browser, address: str) -> None:
    tab = Tab(browser, address)
    page = tab.go("/evlit/product/exoflo")
    page.emulate_media(media="print")
    assert not page.locator(".askbar").is_visible()
    assert page.locator(".coverage pre").first.is_visible()
    ARTEFACTS.mkdir(exist_ok=True)
    page.pdf(path=ARTEFACTS / "answer.pdf", format="A4")
    tab.close()
