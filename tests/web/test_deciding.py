"""Deciding about candidates: by keyboard alone, one key each, the next one coming up by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_fixtures import clip_page
from playwright.sync_api import Page, Route, expect
from review_rooms import SECOND, Rooms, eventually

from bench.review_site import candidate
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

OFFERED = [
    candidate("clear", 1 * SECOND, 2 * SECOND, confidence=0.9),
    candidate("likely", 3 * SECOND, 4 * SECOND, confidence=0.6),
    candidate("doubtful", 5 * SECOND, 6 * SECOND, confidence=0.3),
    candidate("away", 7 * SECOND, 8 * SECOND, confidence=0.3, kind="gaze_aversion"),
]


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.clip(OFFERED)


page = clip_page


def names(page: Page) -> list[str]:
    return page.locator(".list .item strong").all_inner_texts()


def needs_first(page: Page) -> None:
    page.get_by_label("Order", exact=True).select_option("need")


def selected(page: Page) -> str:
    return page.locator(".item.selected strong").inner_text()


def test_the_list_begins_with_likely_good_moments_and_folds_doubtful_ones(page: Page) -> None:
    page.get_by_label("Order", exact=True).select_option("likely")
    assert names(page) == ["Gaze contact 1", "Gaze contact 2"]
    page.get_by_role("button", name="Show 2 short or hard to tell as well").click()
    assert names(page) == ["Gaze contact 1", "Gaze contact 2", "Gaze contact 3", "Looking away 1"]
    page.get_by_label("Order", exact=True).select_option("time")
    assert names(page) == ["Gaze contact 1", "Gaze contact 2", "Gaze contact 3", "Looking away 1"]
    needs_first(page)
    assert names(page) == ["Gaze contact 3", "Looking away 1", "Gaze contact 2", "Gaze contact 1"]
    page.get_by_label("Which kind").select_option(label="Looking away")
    assert names(page) == ["Looking away 1"]
    page.get_by_label("Order", exact=True).select_option("likely")


def test_one_key_each_decides_and_the_next_one_comes_up_and_plays(page: Page, rooms: Rooms, clip: Clip) -> None:
    needs_first(page)
    tally = page.locator("[data-tally]")
    expect(tally).to_have_text("You kept 0 of 4 here. 4 to decide.")
    page.keyboard.press("n")
    assert selected(page) == "Gaze contact 3"
    expect(page.locator(".item.selected")).to_contain_text("Both faces turned to each other")
    expect(page.locator(".item.selected")).to_contain_text("The infant’s face could be seen 96 % of this time")
    page.keyboard.press("m")
    expect(page.locator(".item.selected strong")).to_have_text("Looking away 1")
    expect(page.locator("video")).to_have_js_property("paused", False)
    page.keyboard.press("x")
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact 2")
    page.keyboard.press("1")
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact 1")
    page.keyboard.press("y")
    expect(tally).to_have_text("You kept 2 of 4 here. 1 to decide.")
    wanted = {"doubtful": "unsure", "away": "rejected", "likely": "confirmed", "clear": "confirmed"}
    eventually(
        page,
        "all four are kept",
        lambda: {name: each["state"] for name, each in rooms.state(clip)["decisions"].items()} == wanted,
    )


def test_edges_are_nudged_frame_by_frame_and_kept_with_one_key(page: Page, rooms: Rooms, clip: Clip) -> None:
    needs_first(page)
    page.keyboard.press("n")
    for key in ("f", "f", "f", "g"):
        page.keyboard.press(key)
    expect(page.get_by_label("Start, in minutes and seconds")).to_have_value("0:05.12")
    expect(page.get_by_label("End, in minutes and seconds")).to_have_value("0:05.96")
    page.keyboard.press("y")
    eventually(page, "the times are kept", lambda: "doubtful" in rooms.state(clip)["decisions"])
    decision = rooms.state(clip)["decisions"]["doubtful"]
    assert (decision["start_us"], decision["end_us"]) == (5_120_000, 5_960_000)


def test_a_look_is_marked_anywhere_and_is_the_persons_own(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.get_by_label("Time of the picture").fill("0:04.40")
    page.keyboard.press("Enter")
    page.keyboard.press("e")
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact, seen by you")
    expect(page.locator("[data-tally]")).to_contain_text("1 more seen by you.")
    eventually(page, "it is kept", lambda: bool(rooms.state(clip)["decisions"]))
    [decision] = rooms.state(clip)["decisions"].values()
    assert (decision["own"], decision["start_us"], decision["end_us"]) == (True, 3_400_000, 5_400_000)


def test_watching_with_own_eyes_first_is_remembered_for_the_clip(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.keyboard.press("q")
    expect(page.get_by_text("so that you watch with your own eyes first")).to_be_visible()
    assert names(page) == []
    assert page.locator("[data-candidate]").count() == 0
    eventually(page, "it is kept", lambda: rooms.state(clip)["masked_first_pass"])
    page.reload()
    expect(page.get_by_text("so that you watch with your own eyes first")).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator(".list .item strong")).to_have_text(["Gaze contact, seen by you"])
    page.get_by_role("button", name="Show them now").click()
    needs_first(page)
    expect(page.locator(".list .item strong")).to_have_count(5)


def test_the_same_is_done_with_a_pointer(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.locator(".list .item .row").first.click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("[data-tally]")).to_have_text("You kept 1 of 4 here. 3 to decide.")
    page.locator(".item.selected").get_by_role("button", name="Unsure").click()
    eventually(page, "it is put aside", lambda: len(rooms.state(clip)["decisions"]) == 2)


def test_the_next_one_is_undecided_after_tagging_and_after_moved_times_and_none_comes_twice(rooms: Rooms) -> None:
    many = [candidate(f"c{number}", number * 700_000, number * 700_000 + 600_000) for number in range(12)]
    clip = rooms.clip(many)
    page = rooms.open(clip)
    page.get_by_label("Order", exact=True).select_option("likely")
    page.keyboard.press("n")
    met = []
    for number in range(12):
        met.append(selected(page))
        if number % 2:
            page.keyboard.press("9")
            expect(page.get_by_label("What strength do you see?")).to_have_value("eye_to_eye")
            page.keyboard.press("Control+Enter")
        else:
            page.keyboard.press("a")
            page.keyboard.press("g")
            page.locator(".item.selected .row").focus()
            page.get_by_role("button", name="Save these times").click()
        if number < 11:
            expect(page.locator(".item.selected strong")).not_to_have_text(met[-1])
            expect(page.locator(".item.selected .standing")).to_have_text("to decide")
    assert len(set(met)) == 12
    expect(page.locator("[data-through]")).to_contain_text("You have been through them and kept 12.")
    expect(page.locator("[data-through]").get_by_role("link", name="Choose moments now")).to_be_visible()
    page.close()


def test_where_all_is_short_or_hard_to_tell_nobody_is_told_that_they_went_through_it(rooms: Rooms, shots: Path) -> None:
    page = rooms.open(rooms.clip([candidate("short", 1 * SECOND, 1 * SECOND + 300_000)]))
    page.get_by_label("Order", exact=True).select_option("likely")
    told = page.locator("[data-through]")
    expect(told).to_contain_text("All that the computer noticed here is short or hard to tell.")
    expect(told).not_to_contain_text("been through")
    page.screenshot(path=shots / "only-doubtful.png")
    told.get_by_role("button", name="Show 1 short or hard to tell").click()
    expect(page.locator(".list .item")).to_have_count(1)
    page.locator(".list .item .row").click()
    page.get_by_role("button", name="Not this").click()
    expect(told).to_contain_text("You have been through them and kept none.")
    page.close()


def test_on_a_phone_nothing_asks_for_the_next_one_when_all_are_decided(rooms: Rooms) -> None:
    clip = rooms.clip([candidate("one", 1 * SECOND, 2 * SECOND, confidence=0.9)])
    page = rooms.open(clip)
    page.set_viewport_size({"width": 390, "height": 844})
    bar = page.locator(".deciding")
    bar.get_by_role("button", name="Next").click()
    bar.get_by_role("button", name="Keep", exact=True).click()
    eventually(page, "it is kept", lambda: len(rooms.state(clip)["decisions"]) == 1)
    page.reload()
    expect(page.locator("[data-through]")).to_be_visible()
    expect(bar).to_have_count(0)
    page.close()


@pytest.mark.parametrize("on_the_list", [False, True])
def test_a_moment_that_is_saved_before_its_form_is_there_is_saved(
    page: Page, rooms: Rooms, clip: Clip, on_the_list: bool
) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/MomentPanel-*.js", hold)
    page.reload()
    needs_first(page)
    page.keyboard.press("n")
    if on_the_list:
        page.locator(".item.selected .row").focus()
    page.keyboard.press("9")
    page.keyboard.press("Control+Enter")
    eventually(page, "the form is asked for", lambda: bool(waiting))
    expect(page.get_by_label("What strength do you see?")).to_have_count(0)
    for route in waiting:
        route.continue_()
    eventually(page, "it is saved", lambda: len(rooms.state(clip)["moments"]) == 1)


def test_what_happens_at_one_time_is_one_card_and_each_part_of_it_can_be_decided(rooms: Rooms) -> None:
    together = [
        candidate("contact", 1 * SECOND, 4 * SECOND),
        candidate("again", 1_200_000, 4 * SECOND, kind="repair", confidence=0.9),
        candidate("later", 6 * SECOND, 8 * SECOND),
    ]
    clip = rooms.clip(together)
    page = rooms.open(clip)
    page.get_by_label("Order", exact=True).select_option("likely")
    assert names(page) == ["Contact again 1", "Gaze contact 2"]
    page.keyboard.press("n")
    page.get_by_role("button", name="Gaze contact 1").click()
    assert selected(page) == "Gaze contact 1"
    page.keyboard.press("y")
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact 2")
    expect(page.locator("[data-tally]")).to_have_text("You kept 1 of 2 here. 1 to decide.")
    eventually(page, "only that one is kept", lambda: list(rooms.state(clip)["decisions"]) == ["contact"])
    page.close()


def test_the_second_half_of_a_double_click_decides_nothing_that_came_under_the_pointer(
    page: Page, rooms: Rooms, clip: Clip
) -> None:
    page.get_by_label("Order", exact=True).select_option("time")
    page.keyboard.press("n")
    opened = page.locator(".item.selected")
    opened.get_by_role("button", name="Keep", exact=True).click()
    eventually(page, "the first is kept", lambda: len(rooms.state(clip)["decisions"]) == 1)
    refuse = opened.get_by_role("button", name="Not this")
    refuse.hover()
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    refuse.click()
    eventually(page, "the second is refused by a press of its own", lambda: len(rooms.state(clip)["decisions"]) == 2)
    # Everything is sent in turn: had the half of a double click decided, it would have come before.
    expect(page.locator("[data-tally]")).to_have_text("You kept 1 of 4 here. 2 to decide.")
    assert [each.type for each in rooms.site.store.events.read(clip.id).events] == [
        "candidate_confirmed",
        "candidate_rejected",
    ]


def test_a_double_click_sends_a_form_once(page: Page, rooms: Rooms) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/families/new")
    page.get_by_label("Code name").fill("Sent once")
    page.get_by_role("button", name="Add the family").dblclick()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    assert len(sent) == 1
