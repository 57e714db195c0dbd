"""Tagging: from a candidate to a tag by one key, codes of several packs, what runs until it is ended, the chain."""

from __future__ import annotations

import re

import pytest
from axe import violations
from browser_fixtures import clip_page
from page_settled import stand_still
from playwright.sync_api import Browser, Page, expect
from review_rooms import SECOND, Rooms, eventually

from bench.review_browser import open_room
from bench.review_site import candidate
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

OFFERED = [candidate("one", 1 * SECOND, 2 * SECOND), candidate("two", 4 * SECOND, 6 * SECOND)]


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.clip(OFFERED)


page = clip_page


def test_one_key_keeps_a_candidate_and_opens_the_tag_at_the_times_that_were_kept(
    page: Page, rooms: Rooms, clip: Clip
) -> None:
    page.get_by_label("Order", exact=True).select_option("time")
    for key in ("n", "f", "9"):
        page.keyboard.press(key)
    strength = page.get_by_label("What strength do you see?")
    expect(strength).to_be_focused()
    strength.select_option(label="Eye to eye")
    page.get_by_role("button", name="Save the moment").click()
    eventually(page, "it is tagged", lambda: len(rooms.state(clip)["moments"]) == 1)
    [moment] = rooms.state(clip)["moments"]
    decision = rooms.state(clip)["decisions"]["one"]
    assert (decision["state"], decision["start_us"], decision["end_us"]) == ("confirmed", 1_040_000, 2_000_000)
    assert (moment["code_ref"], moment["start_us"], moment["end_us"]) == ("eye_to_eye", 1_040_000, 2_000_000)


def test_a_candidate_that_is_kept_already_is_tagged_without_being_decided_again(
    page: Page, rooms: Rooms, clip: Clip
) -> None:
    page.locator(".list .item .row").first.click()
    page.get_by_role("button", name="Keep", exact=True).click()
    eventually(page, "it is kept", lambda: len(rooms.state(clip)["decisions"]) == 1)
    page.locator(".list .item--kept .row").click()
    page.locator(".item.selected").get_by_role("button", name=re.compile("^(Keep and tag|Tag)$")).click()
    page.get_by_label("What strength do you see?").select_option(label="Eye to eye")
    page.get_by_role("button", name="Save the moment").click()
    eventually(page, "it is tagged", lambda: len(rooms.state(clip)["moments"]) == 1)
    assert rooms.state(clip)["last_event_id"] == 2


def test_several_code_sets_are_in_use_at_once_and_undo_goes_back(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Code sets for this film").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("AVIGuk", exact=False).first).to_be_visible()
    dialog.get_by_label("Video Interaction Guidance (VIG)").check()
    dialog.get_by_role("button", name="Use these").click()
    eventually(page, "they are kept", lambda: rooms.state(clip)["packs"] == ["plain", "vig"])
    page.keyboard.press("t")
    strength = page.get_by_label("What strength do you see?")
    strength.select_option(label="5 Guiding")
    page.get_by_role("button", name="Save the moment").click()
    eventually(page, "it is tagged", lambda: len(rooms.state(clip)["moments"]) == 1)
    page.keyboard.press("u")
    page.get_by_role("button", name="Undo: chose the code sets").click()
    eventually(page, "nothing is chosen", lambda: rooms.state(clip)["packs"] is None)


def test_a_tag_keeps_its_words_when_its_code_set_is_not_in_use(rooms: Rooms, clip: Clip) -> None:
    moment = {"moment_id": "m1", "start_us": SECOND, "end_us": 2 * SECOND, "code_ref": "vig.guiding", "note": ""}
    rooms.site.store.events.append(clip.id, "pat", "packs_chosen", {"packs": ["plain"]})
    rooms.site.store.events.append(clip.id, "pat", "moment_tagged", moment)
    page = rooms.open(clip)
    page.get_by_role("tab", name="Moments").click()
    page.get_by_role("button", name="Change: 5 Guiding").click()
    strength = page.get_by_label("What strength do you see?")
    expect(strength).to_have_value("vig.guiding")
    expect(strength.locator("optgroup[label='Not in use for this film'] option")).to_have_text(["5 Guiding"])
    page.close()


def go_to(page: Page, seconds: float) -> None:
    page.get_by_label("Time of the picture").fill(f"0:{seconds:05.2f}")
    page.keyboard.press("Enter")
    page.locator(".pane[data-settled=true]").wait_for()
    page.get_by_label("Time of the picture").blur()


def press_code(page: Page, name: str) -> None:
    """By the key that the code's button names."""
    page.get_by_role("tab", name="Tag", exact=True).click()
    keys = page.get_by_role("button", name=name, exact=True).get_attribute("aria-keyshortcuts")
    assert keys is not None
    page.keyboard.press(keys)


def test_one_press_begins_the_next_ends_and_what_runs_survives_a_reload(page: Page, rooms: Rooms, clip: Clip) -> None:
    go_to(page, 1)
    press_code(page, "Eye to eye")
    eventually(page, "it runs", lambda: len(rooms.state(clip)["open_moments"]) == 1)
    go_to(page, 3)
    expect(page.get_by_role("list", name="Begun, not ended yet")).to_contain_text("since 0:01.0, 2.0 s")
    page.reload()
    running = page.get_by_role("list", name="Begun, not ended yet")
    expect(running).to_contain_text("Eye to eye")
    page.get_by_role("tab", name="Tag", exact=True).click()
    expect(page.get_by_role("button", name="Eye to eye", exact=True)).to_have_attribute("aria-pressed", "true")
    go_to(page, 4)
    press_code(page, "Eye to eye")
    expect(running).to_have_count(0)
    eventually(page, "it has ended", lambda: len(rooms.state(clip)["moments"]) == 1)
    [moment] = rooms.state(clip)["moments"]
    assert (moment["start_us"], moment["end_us"]) == (1_000_000, 4_040_000)
    page.keyboard.press("u")
    expect(running).to_contain_text("Eye to eye")


def test_what_runs_is_drawn_up_to_the_picture_on_show(page: Page) -> None:
    filled = """() => {
      const canvas = document.querySelector('.board canvas');
      const scale = canvas.width / canvas.clientWidth;
      const row = canvas.getContext('2d').getImageData(0, Math.round(61 * scale), canvas.width, 1).data;
      const blank = row.slice(-8, -4).join();
      let count = 0;
      for (let at = 0; at < row.length; at += 4) count += row.slice(at, at + 4).join() !== blank;
      return count / canvas.width;
    }"""
    go_to(page, 1)
    press_code(page, "Eye to eye")
    expect(page.get_by_role("list", name="Begun, not ended yet")).to_be_visible()
    stand_still(page)
    before = page.evaluate(filled)
    go_to(page, 7)
    stand_still(page)
    assert 0.5 < page.evaluate(filled) - before < 0.8


def test_a_point_takes_one_press_and_cannot_go_into_a_film(page: Page, rooms: Rooms, clip: Clip) -> None:
    rooms.site.store.events.append(clip.id, "pat", "packs_chosen", {"packs": ["abc"]})
    page.reload()
    go_to(page, 2)
    press_code(page, "Comment: delight")
    eventually(page, "it is there", lambda: len(rooms.state(clip)["moments"]) == 1)
    [moment] = rooms.state(clip)["moments"]
    assert (moment["point"], moment["start_us"], moment["end_us"]) == (True, 2_000_000, 2_040_000)
    page.get_by_role("tab", name="Moments").click()
    expect(page.get_by_text("0:02.0, one picture")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Show this one")).to_have_count(0)
    page.get_by_role("button", name="Change: Comment: delight").click()
    at = page.get_by_label("At, in minutes and seconds")
    at.fill("3")
    at.press("Tab")
    page.get_by_role("button", name="Save the moment").click()
    eventually(page, "it moved", lambda: rooms.state(clip)["moments"][0]["start_us"] == 3_000_000)
    assert rooms.state(clip)["moments"][0]["end_us"] == 3_040_000


def test_a_press_while_the_film_plays_counts_a_little_earlier(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.get_by_role("tab", name="Tag", exact=True).click()
    late = page.get_by_label("Start tags this many seconds earlier")
    late.fill("2")
    late.press("Tab")
    go_to(page, 5)
    page.evaluate("document.querySelector('video').playbackRate = 0.1")
    page.keyboard.press("Space")
    expect(page.locator("video")).to_have_js_property("paused", False)
    press_code(page, "Eye to eye")
    eventually(page, "it runs", lambda: len(rooms.state(clip)["open_moments"]) == 1)
    page.keyboard.press("k")
    start = rooms.state(clip)["open_moments"][0]["start_us"]
    shown = float(page.evaluate("document.querySelector('video').currentTime")) * SECOND
    assert 2.9 * SECOND <= start <= shown - 1.5 * SECOND
    late.fill("1")
    late.press("Tab")


def test_a_chain_is_set_by_one_key_in_turn_and_played_as_a_whole(page: Page, rooms: Rooms, clip: Clip) -> None:
    for step in range(1, 7):
        go_to(page, step)
        page.keyboard.press(";")
    eventually(page, "the sixth step ends it", lambda: len(rooms.state(clip)["moments"]) == 1)
    [moment] = rooms.state(clip)["moments"]
    assert moment["anchors"] == [step * SECOND for step in range(1, 7)]
    assert (moment["code_ref"], moment["start_us"], moment["end_us"]) == ("chain", 1_000_000, 6_040_000)
    page.get_by_role("tab", name="Moments").click()
    page.get_by_role("button", name="Play: To and fro, step by step").click()
    steps = page.get_by_role("list", name="Steps of the chain")
    expect(steps.locator("[aria-current=step]")).to_contain_text("Parent’s reception")
    page.keyboard.press("k")
    page.keyboard.press("u")
    expect(page.get_by_role("list", name="Begun, not ended yet")).to_contain_text("not set")


def test_steps_can_be_left_out_set_by_hand_and_changed_later(page: Page, rooms: Rooms, clip: Clip) -> None:
    go_to(page, 2)
    page.keyboard.press(";")
    go_to(page, 4)
    page.get_by_role("button", name=re.compile("4 Child’s reception not set")).click()
    eventually(page, "it is set", lambda: rooms.state(clip)["open_moments"][0]["anchors"][3] == 4 * SECOND)
    go_to(page, 1)
    page.get_by_role("button", name=re.compile("2 Parent’s reception not set")).click()
    go_to(page, 5)
    page.get_by_role("list", name="Begun, not ended yet").get_by_role("button", name="End").click()
    eventually(page, "it has ended", lambda: len(rooms.state(clip)["moments"]) == 1)
    assert rooms.state(clip)["moments"][0]["anchors"] == [2 * SECOND, None, None, 4 * SECOND, None, None]
    page.get_by_role("tab", name="Moments").click()
    page.get_by_role("button", name="Change: To and fro, step by step").click()
    page.get_by_role("button", name="Take out step 1, Child’s initiative").click()
    page.get_by_role("button", name="Save the moment").click()
    eventually(
        page,
        "it is changed",
        lambda: rooms.state(clip)["moments"][0]["anchors"] == [None, None, None, 4 * SECOND, None, None],
    )


def test_codes_are_tagged_by_touch(rooms: Rooms, clip: Clip, browser: Browser) -> None:
    context = browser.new_context(
        storage_state=rooms.context.storage_state(), has_touch=True, viewport={"width": 1024, "height": 768}
    )
    page = open_room(context, rooms.site.url, clip)
    page.get_by_role("tab", name="Tag", exact=True).tap()
    page.get_by_role("button", name="Enjoying it together", exact=True).tap()
    expect(page.get_by_role("list", name="Begun, not ended yet")).to_contain_text("Enjoying it together")
    page.get_by_role("button", name="Drop: Enjoying it together").tap()
    eventually(page, "it is dropped", lambda: rooms.state(clip)["last_event_id"] == 2)
    assert rooms.state(clip)["open_moments"] == []
    context.close()


def test_a_note_is_apart_from_what_a_parent_may_read_and_words_are_asked_about_gently(
    page: Page, rooms: Rooms, clip: Clip
) -> None:
    page.keyboard.press("t")
    page.get_by_label("What strength do you see?").select_option(label="Eye to eye")
    note = page.get_by_label(re.compile("^Note"))
    note.fill("She ignores the toy")
    expect(page.get_by_text("You wrote “ignores”.")).to_be_visible()
    assert violations(page) == []
    words = page.get_by_label("Words that the parent may read")
    expect(words).to_have_attribute("placeholder", "You found each other’s eyes.")
    words.fill("You looked at each other for a long time.")
    page.get_by_role("button", name="Save the moment").click()
    eventually(page, "it is kept whatever it says", lambda: len(rooms.state(clip)["moments"]) == 1)
    [moment] = rooms.state(clip)["moments"]
    assert (moment["note"], moment["parent_words"]) == (
        "She ignores the toy",
        "You looked at each other for a long time.",
    )
    expect(page.get_by_text("For the parent: You looked at each other")).to_be_visible()


def test_a_still_is_kept_with_a_caption_and_comes_back_after_removal(page: Page, rooms: Rooms, clip: Clip) -> None:
    go_to(page, 2)
    page.keyboard.press("'")
    caption = page.get_by_label("Caption", exact=True)
    expect(caption).to_be_focused()
    page.keyboard.type("The look")
    page.keyboard.press("Enter")
    eventually(page, "it is kept", lambda: [each["caption"] for each in rooms.state(clip)["stills"]] == ["The look"])
    image = page.get_by_role("img", name="Picture at 0:02.0")
    eventually(page, "its picture is made", lambda: image.evaluate("(image) => image.naturalWidth") > 0)
    assert violations(page) == []
    page.get_by_role("button", name="Remove the still: The look").click()
    expect(image).to_have_count(0)
    eventually(page, "it is gone", lambda: rooms.state(clip)["stills"] == [])
    page.keyboard.press("u")
    expect(page.get_by_text("The look", exact=True)).to_be_visible()


def test_a_still_taken_without_a_line_is_sent_later(page: Page, rooms: Rooms, clip: Clip) -> None:
    rooms.context.set_offline(True)
    page.get_by_role("tab", name="Moments").click()
    page.get_by_role("button", name="Keep this picture", exact=True).click()
    expect(page.get_by_text("Kept here, not sent yet")).to_be_visible()
    rooms.context.set_offline(False)
    eventually(page, "it is sent", lambda: len(rooms.state(clip)["stills"]) == 1)
    expect(page.get_by_role("img", name="Picture at 0:00.0")).to_be_visible()
