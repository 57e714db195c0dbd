"""Sending films from the browser: broken lines, twins and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_fixtures import signed_in_page
from clip_factory import make
from film_work import another
from http_walk import seeded_visit
from loaded_service import LoadedService
from playwright.sync_api import Browser, Page, Route, expect
from review_rooms import eventually
from service import Service

pytestmark = pytest.mark.browser


def a_film() -> bytes:
    """Two seconds that the service does not know yet."""
    return another(make("mp4", "h264", frames=50))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = LoadedService(tmp_path_factory.mktemp("upload") / "service").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def visit(service: Service) -> str:
    return seeded_visit(service)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, service: Service) -> Iterator[Page]:
    with signed_in_page(browser, service) as opened:
        yield opened


@pytest.fixture
def page(signed_in: Page) -> Iterator[Page]:
    # A tab of its own: the page that a test before ends on may load itself anew at any moment.
    opened = signed_in.context.new_page()
    yield opened
    opened.close()


def test_a_broken_line_a_twin_and_a_refusal_are_told_apart(page: Page, visit: str) -> None:
    page.goto(f"/visits/{visit}/films")
    broken: list[str] = []

    def break_the_first_part(route: Route) -> None:
        if route.request.method == "PATCH" and not broken:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/uploads/*", break_the_first_part)
    chooser = page.locator("input[type=file]")
    film = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": a_film()}
    chooser.set_input_files(film)
    expect(page.get_by_text("No connection").last).to_be_visible()
    expect(page.get_by_role("link", name="Open the film")).to_be_visible(timeout=30_000)
    assert len(broken) == 1

    chooser.set_input_files(film | {"name": "copy.mp4"})
    expect(page.get_by_role("link", name="Open the film that is here")).to_be_visible(timeout=30_000)

    chooser.set_input_files(
        {"name": "list.mp4", "mimeType": "video/mp4", "buffer": b"#EXTM3U\nhttp://192.0.2.1/a.ts\n"}
    )
    refusal = page.get_by_role("alert").filter(has_text=re.compile("film itself|list", re.IGNORECASE))
    expect(refusal).to_be_visible(timeout=30_000)
    assert len(page.get_by_role("link", name=re.compile("Open the film")).all()) == 2


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"\xff\xd8\xff\xe0", "The file is a photo, not a video. Choose the video file."),
        (b"ID3\x03", "The file is a sound recording without a picture. Choose the video file."),
        (b"", "The file is empty. Copy it from the phone or camera again."),
    ],
)
def test_for_a_file_that_never_will_be_a_film_another_is_chosen_in_its_place(
    page: Page, visit: str, head: bytes, words: str
) -> None:
    page.goto(f"/visits/{visit}/films")
    buffer = head + bytes(200) if head else b""
    page.locator("input[type=file]").set_input_files({"name": "other.mp4", "mimeType": "video/mp4", "buffer": buffer})
    row = page.get_by_role("listitem").filter(has_text="other.mp4")
    expect(row.get_by_role("alert")).to_have_text(words)
    expect(row.get_by_role("button", name="Try again")).to_have_count(0)
    with page.expect_file_chooser() as chooser:
        row.get_by_role("button", name="Choose another file").click()
    film = another(make("mp4", "h264", frames=25))
    chooser.value.set_files({"name": "film.mp4", "mimeType": "video/mp4", "buffer": film})
    expect(page.get_by_role("link", name="Open the film")).to_be_visible(timeout=30_000)
    expect(row).to_have_count(0)


def test_a_refusal_that_passes_offers_to_try_again(page: Page, visit: str) -> None:
    page.goto(f"/visits/{visit}/films")
    full = {"error": {"code": "disk_full", "message": "The disk is full.", "hint": "Free some space."}}
    page.route("**/api/uploads", lambda route: route.fulfill(status=507, json=full))
    film = another(make("mp4", "h264", frames=25))
    page.locator("input[type=file]").set_input_files({"name": "later.mp4", "mimeType": "video/mp4", "buffer": film})
    row = page.get_by_role("listitem").filter(has_text="later.mp4")
    expect(row.get_by_role("alert")).to_have_text("The disk is full. Free some space.")
    page.unroute("**/api/uploads")
    row.get_by_role("button", name="Try again").click()
    expect(row.get_by_role("link", name="Open the film")).to_be_visible(timeout=30_000)


def test_a_refused_film_is_explained_in_welsh_to_who_reads_welsh(page: Page, visit: str, shots: Path) -> None:
    page.goto(f"/visits/{visit}/films")
    page.get_by_role("button", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    page.locator("input[type=file]").set_input_files(
        {"name": "strip.mp4", "mimeType": "video/mp4", "buffer": make("mp4", "h264", size=(352, 16))}
    )
    refusal = page.get_by_role("alert").filter(has_text="Mae gan y llun 352 x 16 pwynt")
    expect(refusal).to_be_visible(timeout=30_000)
    expect(refusal).to_contain_text("Dewiswch y ffilm ei hun")
    page.screenshot(path=shots / "welsh-refused-film.png")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")


def test_a_film_from_a_camera_gets_the_visits_name_and_takes_another_while_it_is_sent(page: Page, visit: str) -> None:
    page.goto(f"/visits/{visit}/films")
    page.locator("input[type=file]").set_input_files(
        {"name": "IMG_4022.mp4", "mimeType": "video/mp4", "buffer": a_film()}
    )
    field = page.get_by_label("Name of the film")
    assert "IMG" not in field.input_value()
    field.fill("At the table")
    expect(page.get_by_role("link", name="Open the film")).to_be_visible(timeout=30_000)
    field.fill("At the table, evening")
    field.blur()
    page.get_by_role("link", name="Open the film").click()
    expect(page.get_by_role("heading", name="At the table, evening")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("link", ["Open the film", "the family"])
def test_a_name_typed_a_moment_before_the_page_is_left_is_the_one_on_the_next(
    page: Page, visit: str, link: str
) -> None:
    page.goto(f"/visits/{visit}/films")
    page.locator("input[type=file]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": a_film()})
    expect(page.get_by_role("link", name="Open the film")).to_be_visible(timeout=30_000)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/clips/*/title", hold)
    page.get_by_label("Name of the film").fill(f"Named for {link}")
    place = page.locator(".breadcrumb a").last if link == "the family" else page.get_by_role("link", name=link)
    place.click()
    expect(page.get_by_label("Name of the film")).to_be_visible()
    eventually(page, "the name is on its way", lambda: bool(held))
    held[0].continue_()
    page.wait_for_url(re.compile(r"/(clips|families)/[^/]+$"))
    expect(page.get_by_text(f"Named for {link}").first).to_be_visible()
