"""Every page that links lead to: nothing against WCAG 2.2 A and AA by axe, and no scrolling sideways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from app_site import an_account
from axe import violations
from clip_factory import make
from filled_store import TODAY, a_clip, a_home
from page_settled import count_requests, stand_still
from playwright.sync_api import Browser, Page, expect
from review_rooms import SECOND, Rooms

from bench.review_site import candidate

pytestmark = pytest.mark.browser

# A small tablet, and a laptop at 200 %.
SIZES = ({"width": 1024, "height": 768}, {"width": 683, "height": 384})
# Among the pages of a crawl, so that a crawl that leads nowhere is noticed.
AMONG = (
    "/families",
    "/families/new",
    "/families/*",
    "/clips/*",
    "/clips/*/destroy",
    "/audit",
    "/accounts",
    "/help",
    "/keys",
)


@pytest.fixture(scope="module")
def window(rooms: Rooms) -> Iterator[Page]:
    clip = rooms.clip([candidate("one", SECOND, 2 * SECOND)])
    events = rooms.site.store.events
    span = {"start_us": 3 * SECOND, "end_us": 5 * SECOND}
    events.append(
        clip.id, "pat", "moment_tagged", {"moment_id": "m1", **span, "code_ref": "attentive", "note": "A wait"}
    )
    reel = {"reel_id": "r1", "title": "The long wait", "moments": [{"moment_id": "m1", **span}]}
    events.append(clip.id, "pat", "reel_saved", reel)
    with rooms.site.store.blobs.put(clip.id, "reel:r1", "video/mp4") as out:
        out.write(make("mp4", "h264", frames=50))
    count_requests(rooms.context)
    opened = rooms.context.new_page()
    yield opened
    opened.close()


def offences(page: Page) -> list[Any]:
    wrong: list[Any] = list(violations(page))
    for size in SIZES:
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            wrong.append(("scrolls sideways", size["width"], wide))
    page.set_viewport_size({"width": 1366, "height": 768})
    return wrong


def settled(page: Page) -> None:
    """Everything that opens in place is open, and what a script puts there is there."""
    expect(page.locator("[data-island]:not([data-mounted])")).to_have_count(0)
    stand_still(page)
    page.evaluate("document.querySelectorAll('details.disclosure').forEach((each) => (each.open = true))")


def kind_of(address: str) -> str:
    """An address with what is one of many left out: one page of a kind is enough."""
    path = urlsplit(address).path
    return "/".join(
        "*" if len(part) > 15 or part.isdigit() or part in ("m1", "r1") else part for part in path.split("/")
    )


def is_page(rooms: Rooms, address: str) -> bool:
    """Not a file to save, which a browser does not open."""
    headers = rooms.context.request.head(address).headers
    return "html" in headers.get("content-type", "") and "attachment" not in headers.get("content-disposition", "")


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]:not([download])", "links => links.map((each) => each.href)")
    return [urldefrag(each).url for each in found]


def test_no_page_that_links_lead_to_offends_axe_or_scrolls_sideways(window: Page, rooms: Rooms) -> None:
    waiting, seen, wrong = [f"{rooms.site.url}/"], set[str](), {}
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in seen or not address.startswith(rooms.site.url):
            continue
        seen.add(kind)
        if not is_page(rooms, address):
            continue
        window.goto(address)
        settled(window)
        if found := offences(window):
            wrong[kind] = found
        waiting += links(window)
    assert wrong == {}
    assert set(AMONG) <= {each.rstrip("/") for each in seen}, sorted(seen)


def test_the_cards_of_sign_ins_stand_below_their_heading_without_points(window: Page, rooms: Rooms) -> None:
    window.goto(f"{rooms.site.url}/sign-ins")
    settled(window)
    heading, card = (window.locator(each).first.bounding_box() for each in ("main h1", "main li.card"))
    assert heading and card and heading["x"] == card["x"]


def test_a_consent_that_is_ticked_says_that_it_is_agreed_to_and_not_that_it_is_not_given(
    window: Page, rooms: Rooms
) -> None:
    family = a_home(rooms.site.store, "Zoe, ticked").family
    window.goto(f"{rooms.site.url}/families/{family.id}")
    box = window.locator("table.consents label.box").first
    expect(box).to_contain_text("Not given")
    expect(box.locator(".ticked")).to_be_hidden()
    box.get_by_role("checkbox").check()
    expect(box.locator(".ticked")).to_be_visible()
    expect(box.locator(".unticked")).to_be_hidden()


def test_consents_of_many_people_are_cards_on_a_phone_and_nothing_of_them_is_cut(
    window: Page, rooms: Rooms, shots: Path
) -> None:
    family = a_home(rooms.site.store, "Zoe, many").family
    for name in ("Grandmother of the child", "Grandfather of the child", "A friend of the family"):
        adult = rooms.site.store.families.add_participant(family.id, "adult", name)
        rooms.site.store.consents.give(adult.id, "session", None, TODAY, TODAY + timedelta(days=300), "", "pat")
    window.set_viewport_size({"width": 390, "height": 844})
    window.goto(f"{rooms.site.url}/families/{family.id}")
    settled(window)
    table = window.locator("table.consents")
    assert table.evaluate("(each) => each.parentElement.scrollWidth <= each.parentElement.clientWidth")
    parts = table.locator("th[scope=row], td, .box, .withdraw")
    assert max(parts.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().right)")) <= 390
    cell = table.locator("td", has=window.locator(".withdraw")).first
    said = cell.evaluate("(each) => getComputedStyle(each, '::before').content")
    assert said == '"Grandmother of the child: "', "whose it is stands in each line"
    assert list(violations(window)) == []
    assert window.evaluate("document.documentElement.scrollWidth") == 390
    window.screenshot(path=shots / "consents-cards.png", full_page=True)
    window.set_viewport_size({"width": 1366, "height": 768})


def test_a_no_is_written_down_where_consents_are_and_who_removes_somebody_gives_a_word(
    window: Page, rooms: Rooms, shots: Path
) -> None:
    store = rooms.site.store
    home = a_home(store, "Zoe, said no")
    a_clip(store, home, b"a film of Zoe's")
    twice = store.families.add_participant(home.family.id, "adult", "Mother again")
    window.goto(f"{rooms.site.url}/families/{home.family.id}")
    window.locator("#say-no summary").click()
    form = window.locator("#say-no form")
    form.get_by_label("Who said no?").select_option("Mother")
    window.locator("#say-no").screenshot(path=shots / "said-no.png")
    assert list(violations(window)) == []
    form.get_by_role("button").click()
    expect(window.locator("table.consents")).to_contain_text("Said no on")
    window.locator("#consents").screenshot(path=shots / "said-no-table.png")
    window.goto(f"{rooms.site.url}/families/{home.family.id}/people/{twice.id}")
    window.get_by_label("Mother again is neither seen nor heard").check()
    assert list(violations(window)) == []
    window.screenshot(path=shots / "remove-person.png", full_page=True)
    window.get_by_role("button", name="Remove").click()
    expect(window.get_by_text("Mother again was removed.")).to_be_visible()


@pytest.mark.parametrize("path", ["/audit", "/accounts"])
def test_lines_of_a_long_table_are_cards_on_a_phone_and_nothing_of_them_is_cut(
    window: Page, rooms: Rooms, path: str
) -> None:
    an_account(rooms.site.store, f"a-practitioner-with-a-long-name-{path[1:]}", "practitioner", "supervisor")
    window.set_viewport_size({"width": 390, "height": 844})
    window.goto(f"{rooms.site.url}{path}")
    settled(window)
    table = window.locator("table.table--cards")
    assert table.evaluate("(each) => each.parentElement.scrollWidth <= each.parentElement.clientWidth")
    ends = table.locator("td:not(:empty), th[scope=row], button").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().right)"
    )
    assert len(ends) > 2
    assert max(ends) <= 390
    assert list(violations(window)) == []
    window.set_viewport_size({"width": 1366, "height": 768})


def test_numbers_are_cards_and_their_plot_scrolls_on_a_phone_and_the_page_does_not(window: Page, rooms: Rooms) -> None:
    family = a_home(rooms.site.store, "Zoe, measured").family
    measures = rooms.site.store.measures
    measures.append(family.id, "pat", "measure_named", {"measure_id": "stress", "name": "Stress, our own short form"})
    for month, value in ((1, 30), (2, 22.5)):
        number = {"number_id": f"n{month}", "measure_id": "stress", "on": f"2026-0{month}-01", "value": value}
        measures.append(family.id, "pat", "number_entered", {**number, "filled_by": "parent", "note": "at the visit"})
    window.set_viewport_size({"width": 390, "height": 844})
    window.goto(f"{rooms.site.url}/families/{family.id}/story")
    settled(window)
    assert window.evaluate("document.documentElement.scrollWidth") == 390
    card = window.locator("article", has=window.locator("svg.plot"))
    assert card.evaluate("(each) => each.scrollWidth <= each.clientWidth")
    words = card.locator("svg.plot text")
    heights = words.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().height)")
    assert min(heights) >= 11, "its words can be read"
    ends = card.locator("table :is(td, button)").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().right)"
    )
    assert max(ends) <= 390, "the note and what takes a number out are in sight"
    assert list(violations(window)) == []
    window.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.parametrize("path", ["/sign-in", "/nothing-here", "/families/nobody"])
def test_pages_outside_do_not_offend_either(browser: Browser, rooms: Rooms, path: str) -> None:
    context = browser.new_context(base_url=rooms.site.url)
    if path != "/sign-in":
        context.close()
        context = browser.new_context(base_url=rooms.site.url, storage_state=rooms.context.storage_state())
    page = context.new_page()
    page.goto(path)
    assert offences(page) == []
    context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_both_colour_schemes_have_contrast(browser: Browser, rooms: Rooms, window: Page, scheme: Any) -> None:
    state = rooms.context.storage_state()
    context = browser.new_context(base_url=rooms.site.url, storage_state=state, color_scheme=scheme)
    count_requests(context)
    page = context.new_page()
    wrong = {}
    for path in ("/families", "/help", "/keys", "/audit", "/accounts"):
        page.goto(path)
        settled(page)
        if found := offences(page):
            wrong[path] = found
    context.close()
    assert wrong == {}


def test_the_parents_room_and_the_way_out_of_it_do_not_offend(windows: Browser, rooms: Rooms, window: Page) -> None:
    window.goto(f"{rooms.site.url}/families")
    window.locator(".list tbody a").first.click()
    window.locator("a[href*='/reels/r1']").first.click()
    # Another browser: the parents' room locks the one it is shown in.
    context = windows.new_context(base_url=rooms.site.url, storage_state=rooms.context.storage_state())
    count_requests(context)
    try:
        page = context.new_page()
        page.goto(window.url)
        page.get_by_role("button", name="Show").first.click()
        expect(page.get_by_role("heading", name="Looking together")).to_be_visible()
        settled(page)
        shown = offences(page)
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("heading", name="The long wait")).to_be_visible()
        shown += offences(page)
        page.get_by_role("link", name="Stop").or_(page.get_by_role("button", name="Stop")).first.click()
        expect(page.locator("video")).to_have_count(0)
        assert shown == []
        assert offences(page) == []
    finally:
        context.close()
