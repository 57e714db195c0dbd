"""The site of the documents is built without a warning, asks nobody for anything, and is searched from the disk."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).parents[2]
SITE = ROOT / "dist" / "site"


@pytest.mark.timeout(900)
def test_the_site_is_built_and_searched_from_the_disk(browser: Browser) -> None:
    subprocess.run(["make", "-s", "docs"], cwd=ROOT, check=True)
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((SITE / "index.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_contain_text("vfeed")
    page.get_by_placeholder("Search").first.fill("HeadDetector")
    page.get_by_placeholder("Search").first.press("Enter")
    expect(page.locator("#search-results a").first).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
