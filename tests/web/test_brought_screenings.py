"""A folder that `vfeed screen` wrote, looked through film after film by keys, and by touch."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Browser, Page, expect
from review_rooms import Rooms
from screening_folder import written
from service import TABLET

from bench.review_browser import LAPTOP, let_in
from bench.review_site import ACTOR
from vfeed.screening.one_clip import Row

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MINUTE_US = 60_000_000
STRIPS = ("9" * 40 + "31" * 10, "5" * 60, "0" * 30 + "8" * 30)
KINDS = (
    ("codable", "", ""),
    ("codable with limits", "The faces are small (35 px wide).", "Film from nearer."),
    ("film again", "Only one person’s face was found.", "Film so that both faces are in the picture."),
)


def film(number: int) -> Row:
    verdict, why, fix = KINDS[number % 3]
    best = {"best_start_us": str(MINUTE_US), "best_end_us": str(4 * MINUTE_US)} if number % 3 < 2 else {}
    more = {"second_best_start_us": str(6 * MINUTE_US)} if number % 3 == 0 else {}
    return Row(
        f"{number:08x}", verdict, why, fix, length_us=str(10 * MINUTE_US), seen_strip=STRIPS[number % 3], **best, **more
    )


def look(page: Page, name: str, shots: Path) -> None:
    for size in (LAPTOP, TABLET):
        page.set_viewport_size(size)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        page.screenshot(path=shots / f"brought-{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(LAPTOP)


def test_a_folder_is_taken_in_and_looked_through_by_keys(
    browser: Browser, rooms: Rooms, shots: Path, tmp_path: Path
) -> None:
    rooms.site.store.accounts.create("rae", ["researcher"], ACTOR)
    context = let_in(browser, rooms.site, "rae")
    page = context.new_page()
    folder = tmp_path / "run"
    folder.mkdir()
    for name, data in written(*(film(number) for number in range(12))).items():
        (folder / name).write_bytes(data)
    page.goto("/screening")
    page.get_by_role("link", name="Films that lie elsewhere").click()
    look(page, "empty", shots)
    page.get_by_label("Name").fill("Ward 3, November")
    # Of the whole folder only what is asked for leaves the computer.
    page.get_by_label("Or the folder itself").set_input_files(folder)
    assert page.locator("#folder").evaluate("input => [...input.files].map((file) => file.name).sort()") == [
        "rows.jsonl",
        "run.json",
        "screening.csv",
    ]
    page.get_by_role("button", name="Add this screening").click()
    expect(page.get_by_text("1 to 12 of 12")).to_be_visible()
    look(page, "run", shots)
    page.locator("tbody a").first.click()
    look(page, "row", shots)
    for _ in range(12):
        expect(page.locator("[data-island=screening-keys][data-mounted]")).to_be_attached()
        here = page.url
        page.keyboard.press("1")
        page.wait_for_url(lambda url, here=here: url != here)
    expect(page.get_by_role("link", name="codable (12)")).to_be_visible()
    page.locator("tbody a").first.click()
    expect(page.locator("[data-island=screening-keys][data-mounted]")).to_be_attached()
    with page.expect_navigation():
        page.keyboard.press("z")
    page.goto(page.url.rsplit("/films/", 1)[0])
    expect(page.get_by_role("link", name="codable (11)")).to_be_visible()
    context.close()
