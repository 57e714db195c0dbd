"""Ways of working that use film with a parent, each walked once in a real Chromium on one site."""

from __future__ import annotations

import itertools
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest
from axe import violations
from film_work import another
from playwright.sync_api import Browser, Page, expect
from reel_ready_to_show import ROOM, a_shown_clip
from review_rooms import SECOND, Rooms, eventually
from service import OWN_PASSWORD, SAMPLES

from bench.review_browser import let_in
from bench.review_site import candidate
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser
TABLET = {"width": 820, "height": 1180}
_numbers = itertools.count()


def rendered(name: str) -> bytes:
    """A rendered sample film, so that pictures of these walks show a child and an adult; unlike any that was added."""
    return another((SAMPLES / name).read_bytes())


def three_minutes(name: str, folder: Path) -> bytes:
    """A rendered sample film of nine seconds, shown slowly and over and over, for three minutes."""
    looped = folder / f"{next(_numbers)}-{name}"
    ffmpeg, slowly, copied = imageio_ffmpeg.get_ffmpeg_exe(), ("-itsscale", "2.5"), ("-c", "copy", "-t", "179")
    command = [ffmpeg, "-v", "error", *slowly, "-stream_loop", "8", "-i", SAMPLES / name, *copied, looped]
    subprocess.run(command, check=True)
    return looped.read_bytes()


@pytest.fixture(scope="module")
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.context.new_page()
    opened.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    yield opened
    opened.close()


@pytest.fixture
def tablet(rooms: Rooms, browser: Browser) -> Iterator[Page]:
    """A tablet with a sign-in of its own: what it hands over to the parent locks no other window."""
    context = let_in(browser, rooms.site, "admin", viewport=TABLET)
    opened = context.new_page()
    opened.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    yield opened
    context.close()


def test_watch_me_play_begins_with_the_parent_at_the_tablet(rooms: Rooms, tablet: Page, shots: Path) -> None:
    store = rooms.site.store
    clip = rooms.clip([candidate("c1", SECOND, 3 * SECOND)], film=rendered("home_toy.mp4"))
    chosen = {"pack": "watch_me_play", "title": "Watch Me Play"}
    store.programmes.append(clip.family_id, "admin", "programme_chosen", chosen)
    asked: list[str] = []
    page = tablet
    page.goto(f"{rooms.site.url}/clips/{clip.id}")
    page.get_by_role("button", name="Hand the whole film to the parent").click()
    expect(page.locator(ROOM)).to_be_visible()
    page.on("request", lambda request: asked.append(request.url.removeprefix(rooms.site.url)))
    expect(page.get_by_text("Nobody has marked anything in it.")).to_be_visible()
    page.screenshot(path=shots / "parent-first-welcome.png")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    assert page.locator("video").evaluate("video => getComputedStyle(video).objectFit") == "contain"
    for _ in range(10):
        page.get_by_role("button", name="A little on").click()
    page.get_by_role("button", name="I like this").click()
    eventually(page, "it is marked", lambda: len(store.own_moments.state(clip.id).marks) == 1)
    expect(page.get_by_role("heading", name="What you like in the film")).to_be_visible()
    for _ in range(8):
        page.get_by_role("button", name="A little on").click()
    page.get_by_role("button", name="I like this").click()
    eventually(page, "another", lambda: len(store.own_moments.state(clip.id).marks) == 2)
    page.screenshot(path=shots / "parent-first.png")
    assert violations(page) == []
    page.get_by_role("button", name="Now look together").click()
    expect(page.get_by_role("heading", name="These are the moments that you chose.")).to_be_visible()
    page.get_by_label("What do you see?").fill("She showed me the cup.")
    page.get_by_label("What do you see?").blur()
    eventually(page, "it is kept", lambda: bool(store.own_moments.state(clip.id).words))
    page.screenshot(path=shots / "parent-first-together.png")
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("video")).to_have_count(0)
    page.locator(".for-worker a").click()
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Leave the parent view").click()
    expect(page.locator("#own")).to_contain_text("She showed me the cup.")
    there = [url for url in asked if url.startswith(("/api/", "/media/", "/parent/"))]
    before = there[: next(at for at, url in enumerate(there) if "/stop" in url)]
    assert len(before) > 3
    assert [url for url in before if not url.startswith(("/parent/film/", "/api/parent/film/"))] == []
    page.locator("#own").get_by_label("What do you see here?").first.select_option(
        label="The parent watches with interest"
    )
    page.locator("#own").get_by_role("button", name="Take it up as a moment").first.click()
    expect(page.locator("#own")).to_contain_text("one of the film’s moments")
    page.locator("#own").screenshot(path=shots / "parent-first-afterwards.png")
    room = page.locator('.room[data-ready="true"]')
    expect(room.locator(".name", has_text="Parent likes")).to_be_visible()
    room.screenshot(path=shots / "parent-first-timeline.png")
    [first, _second] = store.own_moments.state(clip.id).marks
    lane = room.locator(".name", has_text="Parent likes").bounding_box()
    board = room.locator(".board").bounding_box()
    assert lane is not None and board is not None
    at = board["width"] * (first.start_us + first.end_us) / 2 / clip.film.duration_us
    page.mouse.click(board["x"] + at, lane["y"] + lane["height"] / 2)
    expect(room.locator(".board")).to_have_attribute("aria-valuenow", str(round(first.start_us / 1000)))


def a_pair(rooms: Rooms, code_name: str) -> tuple[str, Clip]:
    """A family of the signed-in worker with a film of moments, ready to be shown; returns its id and the clip."""
    store, today = rooms.site.store, date.today()
    family = store.families.create(code_name, "admin")
    for kind, label in (("child", "Infant"), ("adult", "Parent")):
        person = store.families.add_participant(family.id, kind, label)
        store.consents.give(person.id, "session", None, today, today + timedelta(days=30), "", "admin")
    visit = store.families.add_visit(family.id, today, "Class")
    site = replace(rooms.site, visit=visit)
    return family.id, a_shown_clip(replace(rooms, site=site), film=rendered("home_toy.mp4"))


def test_a_massage_class_of_three_pairs_over_four_sessions_with_one_change_of_facilitator(
    rooms: Rooms, page: Page, shots: Path
) -> None:
    store = rooms.site.store
    pairs = [a_pair(rooms, f"Pair {number}") for number in (1, 2, 3)]
    store.accounts.create("bea", ["practitioner"], "admin")
    page.goto("/groups")
    page.get_by_label("Name of the group").fill("Tuesday class")
    page.get_by_label("Programme").select_option(label="Infant massage observation sheet")
    page.get_by_role("button", name="Make the group").click()
    for family_id, _clip in pairs:
        page.get_by_label("One of your families").select_option(family_id)
        page.get_by_role("button", name="Joins the group").click()
    page.get_by_label("Sign-in name of a colleague").fill("bea")
    page.get_by_role("button", name="Leads it, too").click()
    [group] = store.groups.led_by("bea")
    for number in range(4):
        page.goto(f"/groups/{group.id}")
        page.get_by_text("Add a session").click()
        page.get_by_label("Day").fill((date.today() - timedelta(days=7 * (3 - number))).isoformat())
        page.get_by_label("admin").set_checked(number != 0)
        page.get_by_label("bea").set_checked(number == 0)
        page.get_by_role("button", name="Add the session").click()
        page.get_by_label("Pair 1", exact=True).select_option("came")
        page.get_by_label("Pair 2", exact=True).select_option("part" if number == 1 else "came")
        page.get_by_role("button", name="Write it down").click()
    page.get_by_label("A film of moments of Pair 1").locator("xpath=../..").get_by_role("button").click()
    expect(page.locator("#films")).to_contain_text("There is no consent of Infant")
    expect(page.get_by_role("button", name="Show the films to the group")).to_have_count(0)
    for who in ("Infant", "Parent"):
        page.get_by_role("button", name=re.compile(f"Said yes ?: {who}, Pair 1")).click()
    page.screenshot(path=shots / "group-session.png", full_page=True)
    assert violations(page) == []
    page.get_by_role("button", name="Show the films to the group").click()
    expect(page.locator("video")).to_have_count(1)
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    assert "Pair" not in page.locator("main").inner_text()
    page.screenshot(path=shots / "group-room.png")
    page.goto("/families")
    expect(page.locator("video")).to_have_count(1)
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 820, "height": 400})
    page.get_by_text("Film 1", exact=True).scroll_into_view_if_needed()
    expect(page.get_by_role("heading", name="Looking together")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Stop")).to_be_in_viewport(ratio=1)
    page.set_viewport_size(size)
    page.get_by_role("link", name="Stop").click()
    page.screenshot(path=shots / "group-stop.png")
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Leave the group’s screen").click()
    page.get_by_text("Mend the name or the day").click()
    page.get_by_label("Name of the session").fill("Session four")
    page.get_by_role("button", name="Keep name and day").click()
    expect(page.get_by_role("heading", name="Session four")).to_be_visible()
    page.get_by_text("Mend the name or the day").click()
    page.screenshot(path=shots / "group-mended.png", full_page=True)
    assert violations(page) == []
    page.get_by_role("button", name="Undo: changed this session").click()
    expect(page.get_by_role("heading", name="Session 4")).to_be_visible()
    page.get_by_role("link", name="Observation sheet of this session").click()
    for number in range(1, 16):
        page.get_by_role("group", name=f"M{number}", exact=number != 15).get_by_label(
            "Yes" if number < 8 else "No"
        ).check()
    page.get_by_role("button", name="Keep the sheet").click()
    expect(page.locator("[data-total]")).to_have_text("7")
    page.screenshot(path=shots / "programmes-side-by-side.png", full_page=True)
    assert violations(page) == []
    page.goto(f"/groups/{group.id}")
    expect(page.get_by_role("row").filter(has_text="admin").get_by_text("did not lead")).to_have_count(1)
    expect(page.get_by_text("nobody led who had led the session before")).to_have_count(1)
    page.screenshot(path=shots / "group.png", full_page=True)
    assert violations(page) == []
    family_id = pairs[0][0]
    for person in store.families.participants(family_id):
        store.consents.give(person.id, "research", None, date.today(), None, "", "admin")
    page.get_by_role("link", name="For research").click()
    expect(page.get_by_text("1 family would be in it")).to_be_visible()
    expect(page.get_by_text("2 families have not agreed to research")).to_be_visible()
    page.screenshot(path=shots / "course.png", full_page=True)
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Take the tables out").click()
    assert download.value.suggested_filename == "course.zip"


def test_a_family_of_father_and_mother_is_filmed_in_turn(rooms: Rooms, page: Page, shots: Path) -> None:
    family_id, clip = a_pair(rooms, "Robin")
    store, today = rooms.site.store, date.today()
    page.goto(f"/families/{family_id}")
    page.get_by_text("Add a person").click()
    page.get_by_label("An adult").check()
    page.get_by_label("What you call this person here").fill("Dad")
    page.get_by_role("button", name="Add the person").click()
    expect(page.locator("#visits")).to_contain_text("There is no consent to watching the films together for Dad")
    page.get_by_text("Who is in each film").click()
    page.get_by_label(clip.title).select_option(label="Parent, Infant")
    page.locator("#visits").get_by_role("button", name=re.compile("Write it down")).click()
    expect(page.locator("#visits")).not_to_contain_text("closed:")
    page.get_by_text("Language of Dad").click()
    page.get_by_label("Language of their screen").last.select_option("ur")
    page.get_by_label("Interpreter").last.fill("Mr S.")
    page.get_by_role("button", name=re.compile("Keep ?: Dad")).click()
    expect(page.get_by_text("with Mr S.")).to_be_visible()
    page.screenshot(path=shots / "two-carers.png", full_page=True)
    assert violations(page) == []
    dad = next(each for each in store.families.participants(family_id) if each.label == "Dad")
    store.consents.give(dad.id, "session", None, today, today + timedelta(days=30), "", "admin")
    page.get_by_role("link", name="Word an invitation").click()
    page.get_by_role("link", name="Dad").click()
    expect(page.get_by_text("Would you be willing").last).to_be_visible()
    page.get_by_label("What it says").fill("Dad, would you be willing to come? You never came.")
    page.get_by_role("button", name="Look at the words").click()
    expect(page.get_by_text("“never”")).to_be_visible()
    page.screenshot(path=shots / "invitation.png", full_page=True)
    assert violations(page) == []


@pytest.fixture
def cleo(rooms: Rooms, browser: Browser) -> Iterator[Page]:
    """A window of a second account."""
    rooms.site.store.accounts.create("cleo", ["practitioner"], "admin")
    context = let_in(browser, rooms.site, "cleo")
    yield context.new_page()
    context.close()


def test_evidence_leaves_once_a_second_account_has_confirmed_it(
    rooms: Rooms, cleo: Page, page: Page, shots: Path
) -> None:
    family_id, _clip = a_pair(rooms, "Kestrel")
    store = rooms.site.store
    page.goto(f"/families/{family_id}")
    page.get_by_role("link", name="What left this service").click()
    page.get_by_text("Note a referral").click()
    page.get_by_label("Who", exact=True).fill("The play group on Fridays")
    page.get_by_label("Why, in words that say what is there").fill("She would like to meet other parents.")
    page.get_by_label("What was shared with it").fill("Nothing")
    assert violations(page) == []
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_role("heading", name="On to The play group on Fridays")).to_be_visible()
    page.get_by_label("Playing together").check()
    page.get_by_label("Why", exact=True).fill("The parents ask for it at Thursday’s meeting.")
    page.get_by_label("What it rests on").fill("Both parents agreed in writing on Monday.")
    page.get_by_role("button", name="Choose these").click()
    expect(page.get_by_text("Whoever chose it cannot confirm it")).to_be_visible()
    expect(page.get_by_role("button", name="Take the locked file out")).to_have_count(0)
    [row] = store.evidence.of(family_id)
    store.workers.add(family_id, "cleo", "admin")
    cleo.goto(f"{rooms.site.url}/families/{family_id}/left")
    cleo.get_by_role("link", name="Read it whole").click()
    expect(cleo.get_by_role("heading", name="What vfeed is, and is not")).to_be_visible()
    expect(cleo.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    for image in cleo.locator(".record-moment img").all():
        image.scroll_into_view_if_needed()
        eventually(cleo, "the picture is there", lambda: bool(image.evaluate("img => img.naturalWidth")))  # noqa: B023
    cleo.screenshot(path=shots / "evidence-to-read.png", full_page=True)
    assert violations(cleo) == []
    usual = cleo.viewport_size
    assert usual is not None
    cleo.set_viewport_size({"width": 390, "height": 844})
    assert cleo.evaluate("document.documentElement.scrollWidth") <= 390, "a check sum is one long word"
    cleo.set_viewport_size(usual)
    cleo.get_by_role("button", name="I have read it: it may leave").click()
    expect(cleo.get_by_text("Confirmed by cleo").first).to_be_visible()
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name="Take the locked file out").click()
    assert download.value.suggested_filename == "moments-locked.zip"
    page.reload()
    expect(page.get_by_text("Taken out on")).to_be_visible()
    expect(page.get_by_role("button", name="Take the locked file out")).to_have_count(0)
    assert store.evidence.get(family_id, row.id).confirmed_by == "cleo"
    page.goto(f"/families/{family_id}/left")
    page.screenshot(path=shots / "what-left.png", full_page=True)
    assert violations(page) == []


def test_a_pre_and_a_post_film_of_three_minutes_stand_side_by_side_with_measures_of_start_and_end(
    rooms: Rooms, page: Page, shots: Path, tmp_path: Path
) -> None:
    family_id, _clip = a_pair(rooms, "Linnet")
    store, today = rooms.site.store, date.today()
    films = []
    for number, days in enumerate((60, 2)):
        visit = store.families.add_visit(family_id, today - timedelta(days=days), ("Before", "After")[number])
        here = replace(rooms, site=replace(rooms.site, visit=visit))
        films.append(here.clip(film=three_minutes(("home_toy.mp4", "home_hat.mp4")[number], tmp_path)))
    chosen = {"pack": "infant_massage", "title": "Infant massage observation sheet"}
    store.programmes.append(family_id, "admin", "programme_chosen", chosen)
    page.goto(f"/families/{family_id}/story")
    page.get_by_text("Add a measure").click()
    page.get_by_label("Name", exact=True).fill("EPDS")
    page.get_by_role("button", name="Add the measure").click()
    page.goto("/families")
    if (folded := page.locator("summary", has_text=re.compile(r"^\d+ more$"))).count():
        folded.click()
    expect(page.get_by_text("Enter what was filled in at the start of the course: EPDS")).to_be_visible()
    page.screenshot(path=shots / "measures-due.png", full_page=True)
    page.get_by_text("Enter what was filled in at the start of the course: EPDS").click()
    page.get_by_label("Film before").select_option(films[0].id)
    page.get_by_label("Film after").select_option(films[1].id)
    page.get_by_role("button", name="Show these").click()
    videos = page.locator("video")
    expect(videos).to_have_count(2)
    lengths = "videos => videos.filter(video => Math.abs(video.duration - 180) < 1).length"
    eventually(page, "both lengths are known", lambda: videos.evaluate_all(lengths) == 2)
    expect(page.locator("figcaption", has_text=re.compile(r"(2 min 59|3 min [012]) s"))).to_have_count(2)
    boxes = [videos.nth(number).bounding_box() for number in (0, 1)]
    assert boxes[0] and boxes[1] and abs(boxes[0]["y"] - boxes[1]["y"]) < 2 and boxes[0]["x"] < boxes[1]["x"]
    page.screenshot(path=shots / "before-and-after.png", full_page=True)
    assert violations(page) == []


def test_a_service_writes_a_checklist_and_fills_it_in_for_a_visit(rooms: Rooms, page: Page, shots: Path) -> None:
    family_id, _clip = a_pair(rooms, "Wagtail")
    page.goto("/codes")
    page.get_by_role("link", name="Write a checklist").click()
    page.get_by_label("Title").fill("What presses")
    page.get_by_label("Whose is it?").fill("The early years team")
    page.get_by_label("Lines").fill("Housing\nMoney\nSleep")
    assert violations(page) == []
    page.screenshot(path=shots / "checklist-written.png", full_page=True)
    page.get_by_role("button", name="Keep the checklist").click()
    page.goto(f"/families/{family_id}")
    page.get_by_role("button", name=re.compile("Fill in ?: What presses")).click()
    sheet = page.locator(".sheet[data-ready=true]")
    sheet.get_by_role("group", name="Housing", exact=True).get_by_text("Yes").click()
    sheet.get_by_role("group", name="Money", exact=True).get_by_text("Not said").click()
    expect(sheet.get_by_role("button", name="Undo: “Money”: Not said")).to_be_visible()
    page.screenshot(path=shots / "checklist-filled.png", full_page=True)
    assert violations(page) == []
