"""The sheet that a family reads before filming says what this service's settings do."""

from __future__ import annotations

import pytest
from app_site import Site, site_with


def sheet(site: Site, **settings: object) -> str:
    with site_with(site, **settings) as there:
        return there.signed_in("practitioner").get("/help/your-film").text


@pytest.mark.parametrize(("months", "words"), [(1, "erased 1 month after"), (6, "erased 6 months after")])
def test_it_says_after_how_many_months_a_family_is_erased(site: Site, months: int, words: str) -> None:
    page = sheet(site, erase_after_months=months)
    assert words in page and "sets no day" not in page


def test_without_a_rule_it_leaves_a_line_for_the_day(site: Site) -> None:
    page = sheet(site)
    assert "sets no day" in page and "erased 0" not in page


def test_it_says_whether_films_lie_in_a_store_elsewhere(site: Site) -> None:
    here, elsewhere = sheet(site), sheet(site, vault="s3://films/vfeed")
    assert "On your service’s own computers, locked" in here and "In a store" not in here
    assert "In a store that your service has chosen" in elsewhere and "computers, locked" not in elsewhere


def test_it_is_led_to_from_the_consents_of_a_family_and_from_the_help(site: Site) -> None:
    browser = site.signed_in("practitioner")
    for page in (f"/families/{site.home.family.id}", "/help"):
        assert 'href="/help/your-film"' in browser.get(page).text
