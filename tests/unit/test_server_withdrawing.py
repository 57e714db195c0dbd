"""The pages before something is destroyed for good: what goes, what stays, what is done no longer."""

from __future__ import annotations

from typing import get_args

import pytest
from app_site import Site
from filled_store import a_clip, agree

from vfeed.practice.consent import Use

NOT_CALLED_BACK = "Files that were handed out before cannot be called back."


def withdrawing(site: Site, use: str) -> str:
    """The address at which the first consent to this use is withdrawn."""
    agree(site.store, site.home, use)
    consent = next(row for row in site.store.consents.for_family(site.home.family.id) if row.use == use)
    return f"/families/{site.home.family.id}/consents/{consent.id}/withdraw"


def places(site: Site) -> dict[str, str]:
    """The three pages after which a film cannot be brought back."""
    return {
        "withdraw": withdrawing(site, "session"),
        "destroy": f"/clips/{site.clip.id}/destroy",
        "erase": f"/families/{site.home.family.id}/erase",
    }


@pytest.mark.parametrize("place", ["withdraw", "destroy", "erase"])
def test_each_says_when_backups_are_bound_by_it_and_that_what_was_handed_out_stays_out(site: Site, place: str) -> None:
    page = site.signed_in("practitioner").get(places(site)[place]).text
    assert "Nobody can bring this back." in page
    assert "Once the next backup is made, backups of vfeed cannot open" in page
    assert "made by hand must be destroyed by hand" in page
    assert "What stays" in page and NOT_CALLED_BACK in page


@pytest.mark.parametrize("place", ["withdraw", "destroy", "erase"])
def test_whoever_did_not_tick_is_led_to_the_box_and_told_there(site: Site, place: str) -> None:
    page = site.signed_in("practitioner").post(places(site)[place], data={"understood": ""}).text
    box = page[page.index('<input aria-describedby="understood-error"') :].partition(">")[0]
    assert 'aria-invalid="true"' in box and "autofocus" in box and 'type="checkbox"' in box
    assert 'id="understood-error"' in page


@pytest.mark.parametrize("use", get_args(Use))
def test_each_withdrawal_says_what_is_done_no_longer_in_words_of_its_own(site: Site, use: str) -> None:
    words = {
        "session": "The film “",
        "voice": "no voice was recorded. From now on none is recorded.",
        "take_home": f"links to take home show them no longer. {NOT_CALLED_BACK}",
        "session_film": "From now on no film of one can be added.",
        "supervision": "no supervisor sees the films that this covers, also where they are shared already.",
        "training": "nobody sees the films that this covers to learn from them",
        "research": "every coding of them in studies is deleted",
    }
    assert words[use] in site.signed_in("practitioner").get(withdrawing(site, use)).text


def test_several_films_are_told_of_as_several(site: Site) -> None:
    browser, address = site.signed_in("practitioner"), withdrawing(site, "session")
    assert "measurement made from it" in browser.get(address).text
    a_clip(site.store, site.home, b"another film")
    page = browser.get(address).text
    assert "measurement made from them" in page and "comments of colleagues about them" in page


@pytest.mark.parametrize(("use", "words"), [("session", "1 film is destroyed."), ("research", "")])
def test_what_was_destroyed_is_said_afterwards(site: Site, use: str, words: str) -> None:
    browser = site.signed_in("practitioner")
    page = browser.post(withdrawing(site, use), data={"understood": "y"}, follow_redirects=True).text
    assert f"is withdrawn. {words}" in page if words else "is withdrawn.</div>" in page
