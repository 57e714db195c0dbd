"""Fixtures for tests in a browser: a running vfeed and a real Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from family_entry import sign_in
from film_work import prepare
from loaded_service import LoadedService
from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Locator, Page, sync_playwright
from review_rooms import Rooms
from service import LAPTOP, Service

from bench.review_browser import launched, signed_in
from bench.review_site import Site, site
from vfeed.store.tables import Clip

# The same engine without tabs, address bar and windows of its own, which cost as much as a page under test; drawing
# goes on in its main process. Where it is not installed, Chromium itself.
SHELL, SHELL_FLAGS = shutil.which("chromium-headless-shell"), ("--in-process-gpu",)
SHOTS = os.environ.get("VFEED_TEST_SHOTS", "")


@pytest.fixture(scope="session")
def browser_type() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(browser_type: BrowserType) -> Iterator[Browser]:
    with launched(browser_type, SHELL, SHELL_FLAGS if SHELL else ()) as started:
        yield started


@pytest.fixture(scope="session")
def windows(browser_type: BrowserType) -> Iterator[Browser]:
    """Chromium with its windows: for what fills the screen, and for microphones."""
    with launched(browser_type) as started:
        yield started


@pytest.fixture(scope="module")
def review_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for clips with made-up findings."""
    with site(tmp_path_factory.mktemp("review") / "site", prepare) as running:
        yield running


@pytest.fixture(scope="module")
def rooms(browser: Browser, review_site: Site) -> Iterator[Rooms]:
    """Review rooms; afterwards every request must have gone to the site alone, and no page may have complained."""
    context = signed_in(browser, review_site)
    requested: list[str] = []
    context.on("request", lambda request: requested.append(request.url))
    opened = Rooms(review_site, context)
    yield opened
    context.close()
    assert [url for url in requested if not url.startswith((review_site.url, "blob:" + review_site.url))] == []
    assert opened.complaints == [], opened.complaints


@pytest.fixture
def clip_page(rooms: Rooms, clip: Clip) -> Iterator[Page]:
    """The review room of the module's own `clip`; there `page = clip_page`."""
    opened = rooms.open(clip)
    yield opened
    opened.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = LoadedService(tmp_path / "service").start()
    yield running
    running.stop()


def taken_for_itself(take: Callable[..., bytes]) -> Callable[..., bytes]:
    """Return what takes a screenshot given as bytes, and none that would be put into a file."""

    def screenshot(of: Page | Locator, *, path: Path | None = None, **how: Any) -> bytes:
        return b"" if path else take(of, **how)

    return screenshot


@pytest.fixture
def shots(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where screenshots go for people to look at; they are taken only when VFEED_TEST_SHOTS names a folder."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
    else:
        for of in (Page, Locator):
            monkeypatch.setattr(of, "screenshot", taken_for_itself(of.screenshot))
    return Path(SHOTS)


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    with signed_in_page(browser, service) as opened:
        yield opened


@contextmanager
def signed_in_page(browser: Browser, service: Service) -> Iterator[Page]:
    """A signed-in page; its window must have asked the service alone, without an error."""
    context = browser.new_context(viewport=LAPTOP, base_url=service.url)
    requested: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: requested.append(request.url))
    context.on("weberror", lambda told: complaints.append(str(told.error)))
    context.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    opened = context.new_page()
    sign_in(opened, service)
    yield opened
    context.close()
    elsewhere = [url for url in requested if not url.startswith((service.url, "blob:" + service.url))]
    assert elsewhere == []
    assert not complaints, complaints


def is_complaint(message: ConsoleMessage) -> bool:
    """An error on the console, but for a line that a test broke, a disk it filled and a clip that is to be refused."""
    expected = ("net::ERR_FAILED", "status of 409", "status of 422", "status of 507")
    return message.type == "error" and not any(each in message.text for each in expected)
