"""The review room in a real Chromium, signed in and with its film loaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect, sync_playwright

from bench.review_site import Site
from vfeed.store.tables import Clip

# Of several such lists Chromium takes the last, so that Playwright's own is said again. The last two are pages of the
# address bar, which nobody sees here: with each window Chromium loads them in a process of their own, more work than
# most pages under test.
DISABLED_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
# Without the network flags Chromium itself calls home, which would hide what a page does. The microphone is a made-up
# one: no test records a room.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    f"--disable-features={','.join(DISABLED_FEATURES)}",
]
LAPTOP = {"width": 1366, "height": 768}
OWN_PASSWORD = "a long enough passphrase"
READY = ".room[data-ready=true]"
LOAD_MS = 60_000
PLAYS_ON = 3
# Playwright's own waiting for a condition is an eval, which the pages forbid.
LOADED = """(video, [enough, most_ms]) => new Promise((done) => {
  const look = () => { if (video.readyState >= enough) done(true); };
  video.addEventListener('canplay', look);
  setTimeout(() => done(false), most_ms);
  look();
})"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A started Chromium; fails with how to install it when there is none."""
    with sync_playwright() as playwright, launched(playwright.chromium) as browser:
        yield browser


@contextmanager
def launched(kind: BrowserType, path: str | None = None, flags: Sequence[str] = ()) -> Iterator[Browser]:
    """A started Chromium, or what lies at `path`, with more `flags`; fails with how to install what is missing."""
    browser = kind.launch(executable_path=path or chromium_path(), args=[*FLAGS, *flags])
    yield browser
    browser.close()


def lasting_chromium(kind: BrowserType, folder: str) -> BrowserContext:
    """A Chromium whose profile lies in `folder` and outlives it."""
    return kind.launch_persistent_context(
        folder, executable_path=chromium_path(), args=FLAGS, viewport={"width": 1366, "height": 768}
    )


def chromium_path() -> str:
    """Where Chromium is; AssertionError tells how to install it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is missing. On Debian: apt-get install -y chromium"
    return path


def signed_in(browser: Browser, site: Site, **context: Any) -> BrowserContext:
    """A browser window in which the first account of its site is signed in."""
    return let_in(browser, site, "admin", **context)


def let_in(browser: Browser, site: Site, name: str, **context: Any) -> BrowserContext:
    """A browser window in which this account is signed in."""
    opened = browser.new_context(**{"viewport": LAPTOP, "base_url": site.url, **context})
    cookie, value = site.let_in(name, OWN_PASSWORD)
    opened.add_cookies([{"name": cookie, "value": value, "url": site.url, "httpOnly": True, "sameSite": "Lax"}])
    return opened


def sign_in(context: BrowserContext, url: str, one_time_password: str, name: str = "admin") -> None:
    """Sign in with the one-time password and choose an own one."""
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(one_time_password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/password*")
    for field, value in (("current", one_time_password), ("new", OWN_PASSWORD), ("again", OWN_PASSWORD)):
        page.locator(f"input[name={field}]").fill(value)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/password" not in url)
    page.close()


def open_room(context: BrowserContext, url: str, clip: Clip) -> Page:
    """The clip's review room, with its film loaded."""
    page = context.new_page()
    page.goto(f"{url}/clips/{clip.id}")
    expect(page.locator(READY)).to_be_visible(timeout=LOAD_MS)
    loaded(page)
    return page


def loaded(page: Page) -> None:
    """Wait until the page's film could play."""
    assert page.locator("video").evaluate(LOADED, [PLAYS_ON, LOAD_MS]), "The film did not load."
