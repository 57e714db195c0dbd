"""The guided tour: asked once on the sample film, by keyboard, left at any step and gone on with, never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Page, expect
from reel_ready_to_show import ROOM, cut, leave
from review_rooms import SECOND, Rooms

from bench.review_browser import open_room
from bench.review_site import candidate
from vfeed.services import samples
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser


def sample(rooms: Rooms) -> Clip:
    """A clip that passes for one of the sample films."""
    clip = rooms.clip([candidate("one", SECOND, 2 * SECOND), candidate("two", 3 * SECOND, 4 * SECOND)])
    with rooms.site.store.database.write() as session:
        row = session.get(Clip, clip.id)
        assert row is not None
        row.created_by, row.title = samples.SAMPLE_ACTOR, next(iter(samples.SAMPLES.values()))
    return clip


@pytest.fixture
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.open(sample(rooms))
    yield opened
    opened.evaluate("localStorage.clear()")
    opened.close()


def at(page: Page, step: str) -> None:
    expect(page.locator(f"[data-tour={step}]")).to_be_visible()


def test_it_is_walked_by_keyboard_alone(page: Page) -> None:
    page.get_by_role("button", name="Start the tour").focus()
    page.keyboard.press("Enter")
    at(page, "room")
    expect(page.get_by_role("button", name="Next", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    at(page, "play")
    page.locator(".board").focus()
    page.keyboard.press("Space")
    at(page, "take")
    page.keyboard.press("n")
    at(page, "look")
    page.locator(".board").focus()
    page.keyboard.press("v")
    at(page, "keep")
    page.keyboard.press("9")
    at(page, "strength")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save the moment").press("Enter")
    at(page, "end")
    page.get_by_role("button", name="Finish").press("Enter")
    expect(page.locator("[data-tour]")).to_have_count(0)


def test_it_goes_on_over_the_film_of_moments_and_the_parents_room_to_the_record(rooms: Rooms, shots: Path) -> None:
    clip = sample(rooms)
    page = rooms.open(clip)
    page.get_by_role("button", name="Start the tour").click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.locator(".board").focus()
    page.keyboard.press("n")
    page.keyboard.press("v")
    at(page, "keep")
    page.keyboard.press("9")
    page.get_by_label("What strength do you see?").select_option(index=2)
    page.get_by_role("button", name="Save the moment").click()
    at(page, "end")
    page.get_by_role("link", name="Choose moments to show").and_(page.locator("[data-ringed]")).click()
    at(page, "choose")
    expect(page.locator("form[data-ready=true]")).to_be_visible()
    page.screenshot(path=shots / "tour-choose.png")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the film").click()
    page.wait_for_url(lambda url: "/reels/" in url and not url.endswith("/new"))
    cut(rooms, clip)
    page.reload()
    at(page, "show")
    page.screenshot(path=shots / "tour-show.png")
    page.get_by_role("button", name="Show it to the parent").click()
    expect(page.locator(ROOM)).to_be_visible()
    expect(page.locator("[data-tour]")).to_have_count(0)
    leave(page)
    page.get_by_role("button", name="Write up the shared review").first.click()
    at(page, "record")
    page.screenshot(path=shots / "tour-record.png")
    page.get_by_role("button", name="Finish").click()
    page.reload()
    expect(page.locator("[data-island=session][data-mounted]")).to_be_attached()
    expect(page.locator("[data-tour]")).to_have_count(0)
    page.evaluate("localStorage.clear()")
    page.close()


def test_left_in_the_room_it_stays_away_from_the_pages_after_it(rooms: Rooms) -> None:
    page = rooms.open(sample(rooms))
    page.get_by_role("button", name="Start the tour").click()
    page.get_by_role("button", name="Leave the tour").click()
    page.goto(page.url.split("#")[0].rstrip("/") + "/reels/new")
    expect(page.locator("[data-island=tour][data-mounted]")).to_be_attached()
    expect(page.locator("[data-tour]")).to_have_count(0)
    page.evaluate("localStorage.clear()")
    page.close()


def test_it_offends_nothing_while_it_runs(page: Page) -> None:
    assert violations(page) == []
    page.get_by_role("button", name="Start the tour").click()
    page.get_by_role("button", name="Next", exact=True).click()
    assert violations(page) == []


def test_it_is_left_and_gone_on_with_where_it_was(page: Page) -> None:
    page.get_by_role("button", name="Start the tour").click()
    page.get_by_role("button", name="Next", exact=True).click()
    at(page, "play")
    page.get_by_role("button", name="Leave the tour").click()
    expect(page.locator("[data-tour], [data-ringed]")).to_have_count(0)
    page.reload()
    expect(page.locator(".room")).to_be_visible()
    expect(page.locator("[data-tour]")).to_have_count(0)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Guided tour").click()
    at(page, "play")
    page.get_by_role("button", name="Back", exact=True).click()
    at(page, "room")


def test_who_says_not_now_is_not_asked_again(page: Page) -> None:
    page.get_by_role("button", name="Not now").click()
    page.reload()
    expect(page.locator(".room")).to_be_visible()
    expect(page.locator("[data-tour]")).to_have_count(0)


def test_it_names_the_persons_own_keys(page: Page) -> None:
    page.evaluate(
        """localStorage.setItem('vfeed.keys.admin', JSON.stringify({layout: 'left', single: true, own: {}}))"""
    )
    page.reload()
    page.get_by_role("button", name="Start the tour").click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("[data-tour=take]")).to_contain_text("(key F)")


def test_it_is_not_offered_on_a_familys_own_film(rooms: Rooms) -> None:
    page = open_room(rooms.context, rooms.site.url, rooms.clip([candidate("one", SECOND, 2 * SECOND)]))
    expect(page.locator(".item")).to_have_count(1)
    expect(page.locator("[data-tour]")).to_have_count(0)
    page.close()


def test_on_a_small_tablet_it_covers_nothing_that_has_the_focus(page: Page, shots: Path) -> None:
    page.set_viewport_size({"width": 820, "height": 1180})
    page.get_by_role("button", name="Start the tour").click()
    page.keyboard.press("n")
    page.screenshot(path=shots / "tour-tablet.png")
    tour = page.locator("[data-tour]")
    page.evaluate("scrollTo(0, 0)")
    for name in ("Keep", "Not this", "Keep and tag"):
        button = page.get_by_role("group", name="Deciding").get_by_role("button", name=name, exact=True)
        button.focus()
        box, cover = button.bounding_box(), tour.bounding_box()
        assert box is not None
        assert cover is not None
        assert box["y"] + box["height"] <= cover["y"], name


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180)])
@pytest.mark.parametrize("started", [False, True], ids=["offered", "begun"])
def test_on_a_phone_and_a_tablet_film_and_timeline_stay_in_sight_beside_it(
    rooms: Rooms, shots: Path, width: int, height: int, started: bool
) -> None:
    page = rooms.context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{rooms.site.url}/clips/{sample(rooms).id}")
    page.locator(ROOM).wait_for()
    tour, bar = page.locator(".tour"), page.locator(".deciding")
    tour.wait_for()
    if started:
        page.get_by_role("button", name="Start the tour").click()
        at(page, "room")
    expect(bar).to_be_in_viewport(ratio=1)
    expect(bar.get_by_role("button")).to_have_count(1)
    tops = {part: page.locator(part).first.bounding_box() for part in (".screen", ".timeline", ".deciding", ".tour")}
    boxes = {part: (box["y"], box["y"] + box["height"]) for part, box in tops.items() if box}
    page.screenshot(path=shots / f"tour-{width}-{'begun' if started else 'offered'}.png")
    assert boxes[".screen"][1] <= boxes[".timeline"][0]
    assert boxes[".timeline"][1] <= boxes[".deciding"][0] + 1, "the timeline is all in sight"
    assert abs(boxes[".deciding"][1] - boxes[".tour"][0]) <= 1, "what decides stands right above the tour"
    page.locator(".deciding").get_by_role("button", name="Next").click()
    expect(bar.get_by_role("button")).to_have_count(6)
    page.evaluate("localStorage.clear()")
    page.close()
