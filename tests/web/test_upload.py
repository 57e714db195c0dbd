"""Sending films from the browser: broken lines, twins and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from clip_factory import make
from http_walk import seeded_visit
from playwright.sync_api import Page, Route, expect
from review_rooms import eventually
from service import Service

pytestmark = pytest.mark.browser

FILM = make("mp4", "h264", frames=50)


def test_a_broken_line_a_twin_and_a_refusal_are_told_apart(page: Page, service: Service, tmp_path: Path) -> None:
    page.goto(f"/visits/{seeded_visit(service)}/films")
    broken: list[str] = []

    def break_the_first_part(route: Route) -> None:
        if route.request.method == "PATCH" and not broken:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/uploads/*", break_the_first_part)
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "film.mp4", "mimeType": "video/mp4", "buffer": FILM})
    expect(page.get_by_text("No connection").last).to_be_visible()
    expect(page.get_by_role("link", name="Open the film")).to_be_visible(timeout=30_000)
    assert len(broken) == 1

    chooser.set_input_files({"name": "copy.mp4", "mimeType": "video/mp4", "buffer": FILM})
    expect(page.get_by_role("link", name="Open the film that is here")).to_be_visible(timeout=30_000)

    chooser.set_input_files(
        {"name": "list.mp4", "mimeType": "video/mp4", "buffer": b"#EXTM3U\nhttp://192.0.2.1/a.ts\n"}
    )
    refusal = page.get_by_role("alert").filter(has_text=re.compile("film itself|list", re.IGNORECASE))
    expect(refusal).to_be_visible(timeout=30_000)
    assert len(page.get_by_role("link", name=re.compile("Open the film")).all()) == 2


def test_a_refused_film_is_explained_in_welsh_to_who_reads_welsh(page: Page, service: Service, shots: Path) -> None:
    page.goto(f"/visits/{seeded_visit(service)}/films")
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


def test_a_film_from_a_camera_gets_the_visits_name_and_takes_another_while_it_is_sent(
    page: Page, service: Service
) -> None:
    page.goto(f"/visits/{seeded_visit(service)}/films")
    page.locator("input[type=file]").set_input_files({"name": "IMG_4022.mp4", "mimeType": "video/mp4", "buffer": FILM})
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
    page: Page, service: Service, link: str
) -> None:
    page.goto(f"/visits/{seeded_visit(service)}/films")
    page.locator("input[type=file]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": FILM})
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
