"""Passkeys in a real browser, with Chromium's virtual authenticator: made, asked for, and refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.review_browser import LAPTOP, OWN_PASSWORD, sign_in
from bench.review_site import site

pytestmark = pytest.mark.browser
# Hashing a password and making a key take their time on a busy machine.
SLOW_MS = 60_000


@pytest.fixture
def named(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A signed-in page at a host with a name, with a device that knows its owner."""
    with site(tmp_path / "site", public_url="") as running:
        address = running.url.replace("127.0.0.1", "localhost")
        context = browser.new_context(viewport=LAPTOP, base_url=address)
        sign_in(context, address, running.one_time_password)
        yield with_device(context.new_page())
        context.close()


def with_device(page: Page) -> Page:
    context = page.context
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto("/")
    return page


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")


def test_a_passkey_is_made_signs_in_alone_and_is_the_second_step(named: Page, shots: Path) -> None:
    named.goto("/second-step/set-up")
    named.screenshot(path=shots / "second-step-set-up.png", full_page=True)
    named.get_by_label("What you call it").fill("Work laptop")
    named.locator("#passkey-password").fill("not the password")
    named.get_by_role("button", name="Add a passkey").click()
    expect(named.locator("[data-passkey-new] [role=status]")).to_contain_text(
        "not the password you signed in with", timeout=SLOW_MS
    )
    named.locator("#passkey-password").fill(OWN_PASSWORD)
    named.get_by_role("button", name="Add a passkey").click()
    codes = named.locator("[data-passkey-codes] pre")
    expect(codes).to_be_visible(timeout=SLOW_MS)
    first_code = codes.inner_text().split()[0]
    named.goto("/sign-ins")
    expect(named.get_by_text("Passkey “Work laptop”")).to_be_visible()
    named.screenshot(path=shots / "sign-ins.png", full_page=True)

    sign_out(named)
    named.get_by_role("button", name="Use a passkey").click()
    named.wait_for_url("**/families*")

    sign_out(named)
    named.get_by_label("Name").fill("admin")
    named.get_by_label("Password").fill(OWN_PASSWORD)
    named.get_by_role("button", name="Sign in", exact=True).click()
    named.wait_for_url("**/second-step**")
    named.screenshot(path=shots / "second-step.png")
    named.get_by_role("button", name="Use your passkey").click()
    named.wait_for_url("**/families*")

    sign_out(named)
    named.get_by_label("Name").fill("admin")
    named.get_by_label("Password").fill(OWN_PASSWORD)
    named.get_by_role("button", name="Sign in", exact=True).click()
    named.get_by_label("Code").fill(first_code)
    named.get_by_role("button", name="Go on").click()
    named.wait_for_url("**/families*")


def test_an_answer_counts_once_and_for_its_own_question(named: Page) -> None:
    named.goto("/second-step/set-up")
    named.locator("#passkey-password").fill(OWN_PASSWORD)
    named.get_by_role("button", name="Add a passkey").click()
    expect(named.locator("[data-passkey-codes] pre")).to_be_visible(timeout=SLOW_MS)
    sign_out(named)
    statuses = named.evaluate(
        """async () => {
          const token = document.querySelector('meta[name=csrf-token]').content;
          const send = (url, body) => fetch(url, {method: 'POST', body: JSON.stringify(body),
            headers: {'Content-Type': 'application/json', 'X-CSRFToken': token}});
          const asked = await (await send('/api/passkeys/ask', {})).json();
          const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked);
          const credential = (await navigator.credentials.get({publicKey})).toJSON();
          await send('/api/passkeys/ask', {});
          const other = await send('/api/passkeys/sign-in', {credential, next: ''});
          const again = await send('/api/passkeys/sign-in', {credential, next: ''});
          return [other.status, again.status];
        }"""
    )
    assert statuses == [422, 422]
    named.goto("/families")
    assert "/sign-in" in named.url
