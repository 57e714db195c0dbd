"""Erasing a family in the browser."""

from __future__ import annotations

import pytest
from app_site import PASSWORD, Site

from vfeed.errors import VfeedError

RIGHT = {"code_name": "Robin", "password": PASSWORD, "understood": "y"}


def test_a_family_is_erased_with_its_name_and_the_workers_password_and_a_certificate_is_shown(site: Site) -> None:
    browser = site.signed_in("practitioner")
    here = f"/families/{site.home.family.id}"
    assert f"{here}/erase" in browser.get(here).text
    assert "1 film with all" in browser.get(f"{here}/erase").text
    page = browser.post(f"{here}/erase", data=RIGHT)
    line = site.store.audit.list()[0]
    assert page.status_code == 200 and line.action == "family.erased"
    assert line.detail["certificate"] in page.text and "Robin" in page.text
    assert "data-print" in page.text, "it is shown once"
    assert "/language" not in page.text, "nothing beside it leads away from it by mistake"
    assert browser.get(here).status_code == 404
    with pytest.raises(VfeedError):
        site.store.blobs.open(site.clip.id, "original")


@pytest.mark.parametrize("wrong", [{"code_name": "Wren"}, {"password": "guess"}, {"understood": ""}, {"code_name": ""}])
def test_anything_less_erases_nothing(site: Site, wrong: dict[str, str]) -> None:
    browser = site.signed_in("practitioner")
    page = browser.post(f"/families/{site.home.family.id}/erase", data=RIGHT | wrong)
    assert page.status_code == 422
    assert site.store.families.get(site.home.family.id)


def test_guessing_the_password_here_is_braked(site: Site) -> None:
    browser = site.signed_in("practitioner")
    here = f"/families/{site.home.family.id}/erase"
    codes = [browser.post(here, data=RIGHT | {"password": "guess"}).status_code for _ in range(9)]
    assert codes == [422] * 8 + [429]
