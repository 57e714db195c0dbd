"""A browser that was handed over to a parent, and what its page holds."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from app_site import Site
from flask.testing import FlaskClient


def handed_over(site: Site) -> FlaskClient:
    site.put(f"reel:{site.reel_id}", b"film")
    browser = site.signed_in("practitioner")
    answer = browser.post(f"/clips/{site.clip.id}/reels/{site.reel_id}/parent")
    assert answer.location == view_of(site)
    return browser


def view_of(site: Site) -> str:
    return f"/parent/{site.clip.id}/{site.reel_id}"


def props_in(page: str) -> dict[str, Any]:
    found = re.search(r'data-island="parent" data-props="([^"]+)"', page)
    assert found is not None
    props: dict[str, Any] = json.loads(html.unescape(found[1]))
    return props
