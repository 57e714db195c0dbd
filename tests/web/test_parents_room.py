"""The parent's room in a real Chromium: by touch and by keys, on every size of screen, and a Stop that ends at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from page_settled import stand_still
from playwright.sync_api import Browser, BrowserContext, Page, expect
from reel_ready_to_show import (
    NOTE,
    QUESTION,
    ROOM,
    TITLE,
    a_shown_clip,
    agree_to_recordings,
    hand_over,
    leave,
    piece,
    playing,
)
from review_rooms import SECOND, Rooms, eventually

from bench.review_browser import let_in
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

# Laptop, tablet lying and standing, television.
SIZES = [(1366, 768), (1024, 768), (820, 1180), (1920, 1080)]
TARGET_PX = 44
TOO_SMALL = """(least) => [...document.querySelectorAll('.room button, .room a, .room textarea')]
  .filter((each) => each.checkVisibility())
  .map((each) => ({ name: each.textContent, box: each.getBoundingClientRect() }))
  .filter(({ box }) => box.width < least || box.height < least)
  .map(({ name, box }) => `${name} ${box.width} x ${box.height}`)"""
# The pause lies a second into the film; a browser's clock and a loaded machine are given a frame or two.
PAUSE_S = pytest.approx(1.0, abs=0.09)


@pytest.fixture(scope="module")
def clip(rooms: Rooms) -> Clip:
    return a_shown_clip(rooms)


@pytest.fixture
def page(rooms: Rooms, clip: Clip, touch: BrowserContext) -> Iterator[Page]:
    opened = touch.new_page()
    opened.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    hand_over(opened, rooms.site.url, clip)
    yield opened
    leave(opened)
    opened.close()


@pytest.fixture(scope="module")
def touch(rooms: Rooms, windows: Browser) -> Iterator[BrowserContext]:
    """A tablet with a sign-in of its own: what it hands over to the parent locks no other window."""
    context = let_in(windows, rooms.site, "admin", has_touch=True, viewport={"width": 820, "height": 1180})
    yield context
    context.close()


def start(page: Page) -> None:
    page.get_by_role("button", name="Start").tap()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)


def test_it_opens_with_what_will_happen_and_shows_nothing_of_the_film_yet(page: Page) -> None:
    expect(page.get_by_role("heading", name="Looking together")).to_be_focused()
    expect(page.get_by_text("You can stop at any time. You do not have to say why.")).to_be_visible()
    expect(page.get_by_text("The film may pause by itself")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def test_by_touch_the_film_pauses_at_the_marked_point_with_its_question_until_one_goes_on(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="Play").first.tap()
    expect(page.get_by_text(QUESTION)).to_be_visible(timeout=20_000)
    assert playing(page) == (PAUSE_S, True)
    page.get_by_role("button", name="A little back").tap()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    page.get_by_role("button", name="Again").tap()
    expect(page.get_by_text(QUESTION)).to_be_hidden()
    expect(page.get_by_text(QUESTION)).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Go on").tap()
    expect(page.get_by_text(QUESTION)).to_be_hidden()
    expect(page.get_by_role("button", name="Next moment")).to_be_visible(timeout=20_000)
    assert playing(page) == (pytest.approx(2.0, abs=0.12), True)


def test_a_picture_stands_without_a_question_and_a_moment_is_shown_once_more_slowly(
    rooms: Rooms, touch: BrowserContext
) -> None:
    stands = [{"time_us": 2 * SECOND, "still": True}]
    clip = a_shown_clip(rooms, [{**piece("m1", 1, 3), "pauses": stands, "slow_again": True}, piece("m2", 4, 6)])
    page = touch.new_page()
    hand_over(page, rooms.site.url, clip)
    start(page)
    page.get_by_role("button", name="Play").first.tap()
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=20_000)
    assert playing(page) == (PAUSE_S, True)
    assert page.locator(".asked").inner_text().strip() == ""
    page.get_by_role("button", name="Go on").tap()
    expect(page.locator("video")).to_have_js_property("playbackRate", 0.5, timeout=20_000)
    expect(page.get_by_role("button", name="Slowly")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Next moment")).to_be_visible(timeout=20_000)
    expect(page.locator("video")).to_have_js_property("playbackRate", 1)
    assert playing(page) == (pytest.approx(2.0, abs=0.12), True)
    leave(page)
    page.close()


def test_slow_step_and_still(page: Page) -> None:
    start(page)
    video = page.locator("video")
    page.get_by_role("button", name="Slowly").tap()
    expect(video).to_have_js_property("playbackRate", 0.5)
    for _ in range(3):
        page.get_by_role("button", name="A little on").tap()
    expect(video).to_have_js_property("seeking", False)
    assert playing(page) == (pytest.approx(0.6, abs=0.01), True)
    page.get_by_role("button", name="Still picture").tap()
    box = video.bounding_box()
    assert box is not None and box["height"] > 1000
    expect(page.get_by_role("textbox")).to_be_hidden()
    page.get_by_role("button", name="Back to the film").tap()
    expect(page.get_by_role("textbox")).to_be_visible()


def test_stop_takes_the_film_away_at_once_even_when_nothing_answers(page: Page) -> None:
    start(page)
    page.get_by_role("textbox").fill("He looked for me.")
    page.get_by_role("button", name="Play").first.tap()
    page.context.set_offline(True)
    page.get_by_role("button", name="Stop").tap()
    expect(page.locator("video")).to_have_count(0)
    expect(page.get_by_role("heading", name="The film has stopped")).to_be_focused()
    expect(page.get_by_text("Stopping is always fine.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Look again").tap()
    expect(page.get_by_role("textbox")).to_have_value("He looked for me.")


def test_by_keys_alone_from_start_to_stop(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Play").last).to_be_focused()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    page.keyboard.press("Space")
    expect(page.get_by_text(QUESTION)).to_be_visible(timeout=20_000)
    page.keyboard.press("ArrowRight")
    eventually(page, "a step on", lambda: playing(page)[0] > 1.15)
    page.keyboard.press("PageUp")
    eventually(page, "from the start again", lambda: not playing(page)[1])
    expect(page.get_by_text(QUESTION)).to_be_visible(timeout=20_000)
    page.keyboard.press("PageDown")
    expect(page.get_by_role("button", name="Next moment")).to_be_visible(timeout=20_000)
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The film has stopped")).to_be_visible()


def test_words_with_a_space_are_written_and_do_not_play_the_film(page: Page, rooms: Rooms, clip: Clip) -> None:
    start(page)
    page.get_by_role("textbox").fill("")
    page.keyboard.type("She smiled at me")
    assert playing(page)[1]
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    assert rooms.state(clip)["words"]["m1"] == "She smiled at me"


def test_the_parent_marks_a_moment_of_their_own_and_the_worker_finds_it(page: Page, rooms: Rooms, clip: Clip) -> None:
    start(page)
    page.get_by_role("button", name="Third moment").tap()
    page.get_by_role("button", name="I want to talk about this").tap()
    expect(page.get_by_text("You want to talk about this")).to_be_visible()
    eventually(page, "it is kept", lambda: len(rooms.state(clip)["talk_marks"]) == 1)
    worker = rooms.open(clip)
    worker.get_by_role("tab", name="Moments").click()
    worker.get_by_role("button", name="The parent wants to talk about this, at 0:06.0").click()
    expect(worker.get_by_role("slider", name="Place in the film")).to_have_attribute("aria-valuenow", "6000")
    worker.close()
    page.get_by_role("button", name="Take the mark away").tap()
    eventually(page, "it is gone", lambda: rooms.state(clip)["talk_marks"] == [])


def test_what_is_said_aloud_is_kept_heard_again_and_deleted(page: Page, rooms: Rooms, clip: Clip) -> None:
    start(page)
    expect(page.get_by_role("button", name="Say it aloud")).to_have_count(0)
    agree_to_recordings(rooms, clip)
    page.context.grant_permissions(["microphone"])
    page.reload()
    start(page)
    page.get_by_role("button", name="Play").first.tap()
    page.get_by_role("button", name="Say it aloud").tap()
    expect(page.get_by_text("The microphone is on")).to_be_visible()
    assert playing(page)[1], "the film's own sound is not recorded"
    page.get_by_role("button", name="I have finished").tap()
    expect(page.get_by_role("button", name="What you said")).to_be_visible(timeout=20_000)
    assert len(rooms.state(clip)["voices"]) == 1
    page.get_by_role("button", name="What you said").tap()
    expect(page.locator(".voice").get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Delete it").tap()
    page.get_by_role("button", name="No, keep it").tap()
    page.get_by_role("button", name="Delete it").tap()
    page.get_by_role("button", name="Yes, delete it").tap()
    expect(page.get_by_text("Deleted", exact=True)).to_be_visible()
    assert rooms.state(clip)["voices"] == []


def test_stop_turns_the_microphone_off_and_forgets_what_was_not_finished(page: Page, rooms: Rooms, clip: Clip) -> None:
    agree_to_recordings(rooms, clip)
    page.context.grant_permissions(["microphone"])
    page.reload()
    start(page)
    page.get_by_role("button", name="Say it aloud").tap()
    expect(page.get_by_text("The microphone is on")).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/voices/" in request.url else None)
    page.get_by_role("button", name="Stop").last.tap()
    page.get_by_role("button", name="Look again").tap()
    expect(page.get_by_role("button", name="Say it aloud")).to_be_visible()
    page.get_by_role("textbox").fill("Sent after it")
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    assert rooms.state(clip)["voices"] == []
    assert sent == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_all_of_it_fits_and_is_large_enough_to_touch(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for act in (lambda: None, lambda: start(page), lambda: page.get_by_role("button", name="Stop").tap()):
        act()
        stand_still(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TOO_SMALL, TARGET_PX) == []
        if page.locator("video").count():
            box = (
                page.get_by_role("button", name="Go on")
                .or_(page.get_by_role("button", name="Play"))
                .last.bounding_box()
            )
            assert box is not None and box["y"] + box["height"] <= height, "the buttons are in sight with the film"


def test_the_room_fills_the_screen_and_lets_go_of_it(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="Smaller").tap()
    expect(page.get_by_role("button", name="Fill the screen")).to_be_visible()
    assert page.evaluate("document.fullscreenElement") is None


def test_nothing_but_the_moments_is_on_any_of_its_screens(page: Page) -> None:
    seen = page.content()
    start(page)
    seen += page.content()
    page.get_by_role("button", name="Stop").tap()
    seen += page.content()
    assert TITLE in seen
    for kept_back in (NOTE, "attentive", "Wren", "At play", "candidate", "Families"):
        assert kept_back not in seen, kept_back
    expect(page.locator(ROOM)).to_be_visible()
