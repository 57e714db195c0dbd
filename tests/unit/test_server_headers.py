"""What every answer says about what a page may do."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from app_site import Site

ROOT = Path(__file__).parents[2]
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


def test_a_page_that_answers_a_form_forgets_what_was_sent_by_a_script_its_policy_allows(site: Site) -> None:
    answer = site.signed_in("practitioner").post("/families/new", data={"code_name": ""})
    first = re.search(r"<head>\s*<script>(.*?)</script>", answer.text)
    assert first and first[1].startswith("history.replaceState(")
    allowed = b64encode(sha256(first[1].encode()).digest()).decode()
    assert f"'sha256-{allowed}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/families", "/api/clips/{clip}/review", "/clips/{clip}"])
def test_what_shows_a_family_is_not_kept_by_the_browser(site: Site, path: str) -> None:
    answer = site.signed_in("practitioner").get(path.format(clip=site.clip.id))
    assert answer.headers["Cache-Control"] in {"no-store", "private, no-store"}


# A browser keeps what is typed into the others, to offer it again and to open the page as it was.
NOT_TYPED = r"checkbox|radio|hidden|file|submit|date|month|number|range|password"
TYPED = re.compile(rf'<(?:textarea|input(?![^>]*\stype="?(?:{NOT_TYPED})\b))(?![^>]*\sautocomplete=)[^>]*>')


@pytest.mark.parametrize("path", [*PAGES, "/families/new", "/families/{family}/erase", "/codes/new"])
def test_no_page_lets_the_browser_remember_what_is_typed(site: Site, path: str) -> None:
    address = path.format(family=site.home.family.id, clip=site.clip.id)
    text = (site.browser() if path == "/sign-in" else site.signed_in("practitioner")).get(address).text
    assert TYPED.findall(text) == []


def test_no_island_lets_the_browser_remember_what_is_typed() -> None:
    assert TYPED.search('<textarea rows="3">') and TYPED.search('<input name="q">')
    # An arrow of a handler would end the element for the search.
    islands = {path.name: path.read_text().replace("=>", "") for path in (ROOT / "web/src/islands").rglob("*.svelte")}
    assert {name: found for name, text in islands.items() if (found := TYPED.findall(text))} == {}


@pytest.mark.parametrize("path", ["/families/{family}", "/clips/{clip}", "/clips/{clip}/reels/{reel}"])
def test_titles_which_browsers_keep_hold_no_name(site: Site, path: str) -> None:
    address = path.format(family=site.home.family.id, clip=site.clip.id, reel=site.reel_id)
    answer = site.signed_in("practitioner").get(address)
    title = re.search(r"<title>(.*?)</title>", answer.text)
    assert answer.status_code == 200 and title is not None
    names = {site.home.family.code_name, site.clip.title, "The long wait"}
    assert not [name for name in names if name in title.group(1)]
