"""What every answer says about what a page may do."""

from __future__ import annotations

import re

import pytest
from served import Site

PAGES = ("/sign-in", "/families", "/families/{family}", "/clips/{clip}", "/clips/{clip}/reels/new", "/help")


@pytest.mark.parametrize("path", [*PAGES, "/api/clips/{clip}", "/no-such-page", "/static/icon.svg"])
def test_nothing_loads_from_elsewhere_and_nothing_runs_inline(site: Site, path: str) -> None:
    address = path.format(family=site.home.family.id, clip=site.clip.id)
    with site.signed_in("practitioner").get(address) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy and "*" not in policy and "http" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_inline_styles_or_scripts(site: Site, path: str) -> None:
    address = path.format(family=site.home.family.id, clip=site.clip.id)
    text = (site.browser() if path == "/sign-in" else site.signed_in("practitioner")).get(address).text
    assert not re.search(r"<[^>]+\sstyle=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert "<style" not in text


@pytest.mark.parametrize("path", ["/families", "/api/clips/{clip}/review", "/clips/{clip}"])
def test_what_shows_a_family_is_not_kept_by_the_browser(site: Site, path: str) -> None:
    answer = site.signed_in("practitioner").get(path.format(clip=site.clip.id))
    assert answer.headers["Cache-Control"] in {"no-store", "private, no-store"}
