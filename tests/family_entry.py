"""A family, its consents and a film, entered by hand in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from service import OWN_PASSWORD, Service


def unfold(page: Page, name: str) -> None:
    """Opens a part of the page that is folded."""
    details = page.locator("details").filter(has=page.locator("summary", has_text=name))
    if details.get_attribute("open") is None:
        details.locator("summary").click()


def new_family(page: Page, uses: Sequence[str] = ("session",), helping_question: str = "") -> None:
    """A family of two who agree to `uses`, with a visit today and what it is to find out."""
    page.goto("/families")
    page.get_by_role("link", name="Add a family").first.click()
    page.get_by_label("Code name").fill("Sparrow")
    page.get_by_role("button", name="Add the family").click()
    for kind, label in (("child", "Infant"), ("adult", "Parent")):
        unfold(page, "Add a person")
        page.locator(f"input[name=kind][value={kind}]").check()
        page.locator("#add-person input[name=label]").fill(label)
        page.get_by_role("button", name="Add the person").click()
    for use in uses:
        boxes = page.locator(f"input[name=agreed][value$=' {use}']")
        # The page that shows both people: on the one before it, what is ticked is lost.
        expect(boxes).to_have_count(2)
        for box in boxes.all():
            box.check()
    page.locator("#ticked-expires_on").fill((date.today() + timedelta(days=90)).isoformat())
    page.get_by_role("button", name="Write down what is ticked").click()
    unfold(page, "Add a visit")
    page.locator("#add-visit input[name=day]").fill(date.today().isoformat())
    page.locator("#add-visit input[name=title]").fill("First visit")
    page.locator("#add-visit [name=helping_question]").fill(helping_question)
    page.get_by_role("button", name="Add the visit").click()


def upload(page: Page, film: Path) -> None:
    """From the family's page: adds a film and opens its own page."""
    page.get_by_role("link", name="Add a film").first.click()
    page.locator("input[type=file]").set_input_files(str(film))
    page.get_by_role("link", name="Open the film").click()


def sign_in(page: Page, service: Service) -> None:
    """Sign in with the one-time password, choose an own one, and land on the start page."""
    once = service.one_time_password()
    page.goto("/")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(once)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/password*")
    page.locator("input[name=current]").fill(once)
    page.locator("input[name=new]").fill(OWN_PASSWORD)
    page.locator("input[name=again]").fill(OWN_PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/password" not in url)
