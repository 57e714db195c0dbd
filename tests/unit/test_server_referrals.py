"""Referrals out and in as short notes, in what left: who, why in words that say what is there, what was shared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from app_site import Site, an_account
from filled_store import TODAY


def here(site: Site) -> str:
    return f"/families/{site.home.family.id}/left"


def told(**more: str) -> dict[str, str]:
    note = {"direction": "out", "on": TODAY.isoformat(), "who": "The play group", "why": "She would like company."}
    return {**note, "shared": "Nothing", **more}


def test_a_note_is_kept_and_stands_in_what_left(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert browser.post(f"{here(site)}/referrals", data=told()).status_code == 302
    came = told(direction="in", who="The health visitor", why="They asked for film.", shared="")
    assert browser.post(f"{here(site)}/referrals", data=came).status_code == 302
    page = browser.get(here(site)).text
    for words in ("On to The play group", "From The health visitor", "She would like company.", "Nothing"):
        assert words in page
    assert {"referral.out", "referral.in"} <= set(site.actions())
    assert "play group" not in str([row.detail for row in site.store.audit.list()])


def test_words_that_tell_what_somebody_lacks_are_pointed_at_and_kept(site: Site) -> None:
    browser = site.signed_in("practitioner")
    sent = told(why="She never plays with him.")
    page = browser.post(f"{here(site)}/referrals", data=sent, follow_redirects=True).text
    assert "The parent will read “never”." in page and "She never plays with him." in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": "up"},
        {"who": ""},
        {"why": " "},
        {"why": "x" * 601},
        {"shared": ""},
        {"on": (TODAY + timedelta(days=1)).isoformat()},
        {"on": "soon"},
    ],
)
def test_what_does_not_fit_is_refused(site: Site, wrong: dict[str, str]) -> None:
    browser, typed = site.signed_in("practitioner"), told(**wrong)
    answer = browser.post(f"{here(site)}/referrals", data=typed)
    assert answer.status_code == 422
    assert site.store.referrals.of(site.home.family.id) == []
    [field] = wrong
    assert f'id="{field}-error"' in answer.text and "Start again" not in answer.text
    assert all(typed[name] in answer.text for name in {"who", "why", "shared"} - {field}), "what was typed stays"


def test_a_colleague_neither_reads_nor_writes_them(site: Site) -> None:
    site.signed_in("practitioner").post(f"{here(site)}/referrals", data=told())
    an_account(site.store, "colleague", "practitioner")
    with site.store.database.write() as session:
        from vfeed.store.tables import Family

        family = session.get(Family, site.home.family.id)
        assert family is not None
        family.created_by = "practitioner"
    other = site.signed_in("colleague")
    assert other.get(here(site)).status_code == 403
    assert other.post(f"{here(site)}/referrals", data=told()).status_code == 403
    assert len(site.store.referrals.of(site.home.family.id)) == 1
