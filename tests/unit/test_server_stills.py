"""The pictures of stills: made once when a page asks, kept in the vault, seen only with a consent."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from app_site import Site
from clip_factory import make

STILL = {"still_id": "s1", "at_us": 1_000_000, "caption": "A look"}


def test_a_still_is_made_from_the_film_once_and_kept_encrypted(site: Site) -> None:
    site.put("original", make("mp4", "h264", frames=60))
    site.store.events.append(site.clip.id, "pat", "still_taken", STILL)
    browser = site.signed_in("practitioner")
    address = f"/media/{site.clip.id}/taken/s1"
    assert (browser.get(address).status_code, browser.get(address).data) == (202, b"")
    assert not site.store.blobs.has(site.clip.id, "frame:1000000")
    assert browser.post(address).status_code == 204
    answer = browser.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    image = cv2.imdecode(np.frombuffer(answer.data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None and image.shape[0] > 0
    assert site.store.blobs.read(site.clip.id, "frame:1000000") == answer.data
    for file in Path(site.store.settings.data_dir).rglob("*"):
        assert not file.is_file() or answer.data[200:260] not in file.read_bytes(), file
    site.put("original", b"no film any more")
    assert browser.post(address).status_code == 204, "it is not made twice"
    assert browser.get(address).data == answer.data


def test_a_removed_still_is_not_there_and_comes_back_by_undo(site: Site) -> None:
    site.put("original", make("mp4", "h264", frames=60))
    site.store.events.append(site.clip.id, "pat", "still_taken", STILL)
    site.store.events.append(site.clip.id, "pat", "still_removed", {"still_id": "s1"})
    browser = site.signed_in("practitioner")
    address = f"/media/{site.clip.id}/taken/s1"
    assert (browser.get(address).status_code, browser.post(address).status_code) == (404, 404)
    browser.post(f"/api/clips/{site.clip.id}/undo", json={})
    assert browser.post(address).status_code == 204
    assert browser.get(address).status_code == 200


def test_research_sees_no_captions(site: Site) -> None:
    site.store.events.append(site.clip.id, "pat", "still_taken", STILL)
    stills = site.signed_in("researcher").get(f"/api/clips/{site.clip.id}/review").get_json()["state"]["stills"]
    assert [each["caption"] for each in stills] == [""]
