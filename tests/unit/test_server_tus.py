"""Resumable uploads."""

from __future__ import annotations

import base64
import hashlib
import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from app_site import Site, site_with
from filled_store import uploads_of
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from vfeed.server.clips import tus

FILM = Path(__file__).parents[2] / "sample_clips" / "side_view_man.mp4"
PARTS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


def described(site: Site, name: str = "walk.mp4", title: str = "") -> str:
    pairs = {"filename": name, "visit_id": site.home.visit.id, "title": title}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def begin(site: Site, browser: FlaskClient, length: int, **more: str) -> TestResponse:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": described(site, **more)}
    return browser.post("/api/uploads", headers=headers)


def send(browser: FlaskClient, address: str, data: bytes, offset: int, **more: str) -> TestResponse:
    return browser.patch(address, data=data, headers={**PARTS, "Upload-Offset": str(offset), **more})


def test_the_server_says_what_it_can(site: Site) -> None:
    answer = site.signed_in("practitioner").options("/api/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "expiration", "termination", "checksum"}
    assert answer.headers["Tus-Max-Size"] == str(site.store.settings.max_clip_bytes)


def test_a_film_sent_in_parts_is_taken_in_and_its_work_queued(site: Site) -> None:
    data = FILM.read_bytes()
    browser = site.signed_in("practitioner")
    created = begin(site, browser, len(data))
    assert created.status_code == 201 and "Upload-Expires" in created.headers
    address = created.headers["Location"]
    middle = len(data) // 2
    first = send(browser, address, data[:middle], 0)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(middle))
    assert "Vfeed-Upload-Id" not in first.headers
    told = browser.head(address, headers={"Tus-Resumable": "1.0.0"})
    assert (told.headers["Upload-Offset"], told.headers["Upload-Length"]) == (str(middle), str(len(data)))
    assert told.headers["Cache-Control"] == "no-store"
    last = send(browser, address, data[middle:], middle)
    upload_id = last.headers["Vfeed-Upload-Id"]
    answer = browser.post(f"/api/uploads/{upload_id}/finish")
    assert answer.status_code == 201
    clip = site.store.clips.get(answer.get_json()["clip"]["id"])
    assert (clip.title, clip.visit_id) == ("walk", site.home.visit.id)
    assert clip.sha256 == hashlib.sha256(data).hexdigest()
    assert {job.kind for job in site.store.jobs.for_clip(clip.id)} == {"prepare", "analyse"}
    assert browser.head(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404


def test_the_same_film_again_is_noticed_and_its_twin_named(site: Site) -> None:
    data = FILM.read_bytes()
    browser = site.signed_in("practitioner")
    addresses = [begin(site, browser, len(data), title="First").headers["Location"] for _ in range(2)]
    for address in addresses:
        send(browser, address, data, 0)
    first, second = (browser.post(f"{address}/finish") for address in addresses)
    assert (first.status_code, second.status_code) == (201, 409)
    body = second.get_json()
    assert body["error"]["code"] == "clip_known" and "First" in body["error"]["message"]
    assert body["clip_url"] == first.get_json()["clip"]["url"]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"no film at all, just words" * 50, "clip_not_video"), (b"#EXTM3U\nfile:///etc/passwd\n", "clip_playlist")],
)
def test_what_is_no_film_is_refused_and_dropped(site: Site, data: bytes, code: str) -> None:
    browser = site.signed_in("practitioner")
    before = [clip.id for clip in site.store.clips.for_family(site.home.family.id)]
    address = begin(site, browser, len(data)).headers["Location"]
    send(browser, address, data, 0)
    answer = browser.post(f"{address}/finish")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, code)
    assert browser.head(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert [clip.id for clip in site.store.clips.for_family(site.home.family.id)] == before


def a_film_of(seconds: int) -> bytes:
    """A film with a picture every ten seconds, the last of them at its end."""
    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(1, 10))
        stream.width, stream.height = 64, 48
        for _number in range(seconds // 10 + 1):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8))))
        container.mux(stream.encode())
    return written.getvalue()


def test_a_worker_who_reads_welsh_is_told_in_welsh_what_is_wrong_with_the_film(site: Site) -> None:
    data = a_film_of(90)
    with site_with(site, max_clip_minutes=1) as strict:
        browser = strict.signed_in("practitioner")
        browser.post("/language", data={"language": "cy"})
        address = begin(strict, browser, len(data)).headers["Location"]
        send(browser, address, data, 0)
        refused = browser.post(f"{address}/finish").get_json()["error"]
        browser.post("/language", data={"language": "en_GB"})
        address = begin(strict, browser, len(data)).headers["Location"]
        send(browser, address, data, 0)
        in_english = browser.post(f"{address}/finish").get_json()["error"]
    assert refused["code"] == in_english["code"] == "clip_too_long"
    assert refused["message"] == "Mae’r fideo’n para 1.5 munud; derbynnir 1 ar y mwyaf."
    assert refused["hint"].startswith("Torrwch ef yn ffilmiau byrrach.")
    assert in_english["message"] == "The video lasts 1.5 minutes; at most 1 are taken in."


def test_an_unfinished_upload_is_not_taken_in(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = begin(site, browser, 100).headers["Location"]
    send(browser, address, b"x" * 40, 0)
    answer = browser.post(f"{address}/finish")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "conflict")
    assert browser.head(address, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"] == "40"


@pytest.mark.parametrize(
    ("length", "status", "code"),
    [
        ("0", 422, "clip_empty"),
        ("99999999999999", 413, "clip_too_large"),
        ("-1", 400, "request_invalid"),
        ("many", 400, "request_invalid"),
        ("", 400, "request_invalid"),
        ("9" * 30, 400, "request_invalid"),
    ],
)
def test_a_length_that_does_not_fit_is_refused(site: Site, length: str, status: int, code: str) -> None:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": length, "Upload-Metadata": described(site)}
    answer = site.signed_in("practitioner").post("/api/uploads", headers=headers)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (status, code)
    assert uploads_of(site.store, "practitioner") == []


@pytest.mark.parametrize("metadata", ["visit_id !!!", "visit_id bm9uZQ==", "", "a" * 5000])
def test_a_description_that_does_not_fit_is_refused(site: Site, metadata: str) -> None:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": metadata}
    answer = site.signed_in("practitioner").post("/api/uploads", headers=headers)
    assert answer.status_code in {400, 404}
    assert uploads_of(site.store, "practitioner") == []


def test_a_part_at_the_wrong_place_is_refused_and_nothing_is_lost(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = begin(site, browser, 100).headers["Location"]
    send(browser, address, b"x" * 40, 0)
    assert send(browser, address, b"y" * 10, 20).status_code == 409
    assert browser.head(address, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"] == "40"


def test_a_part_of_another_kind_or_protocol_is_refused(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = begin(site, browser, 100).headers["Location"]
    assert (
        browser.patch(address, data=b"x", headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}).status_code == 400
    )
    other = browser.patch(address, data=b"x", headers={**PARTS, "Tus-Resumable": "0.2.2", "Upload-Offset": "0"})
    assert (other.status_code, other.headers["Tus-Resumable"]) == (412, "1.0.0")


def test_a_part_too_large_for_memory_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tus, "CHUNK_BYTES", 50)
    browser = site.signed_in("practitioner")
    address = begin(site, browser, 100).headers["Location"]
    assert send(browser, address, b"x" * 60, 0).status_code == 413
    assert browser.head(address, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"] == "0"


def test_a_part_larger_than_a_form_may_be_is_taken(site: Site) -> None:
    browser = site.signed_in("practitioner")
    size = 3 * 1024 * 1024
    address = begin(site, browser, size).headers["Location"]
    assert send(browser, address, b"x" * size, 0).headers["Upload-Offset"] == str(size)


def test_a_checksum_guards_a_part(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = begin(site, browser, 10).headers["Location"]
    good = base64.b64encode(hashlib.sha256(b"0123456789").digest()).decode()
    damaged = send(browser, address, b"0123456780", 0, **{"Upload-Checksum": f"sha256 {good}"})
    assert (damaged.status_code, damaged.get_json()["error"]["code"]) == (460, "request_invalid")
    unknown = send(browser, address, b"0123456789", 0, **{"Upload-Checksum": f"md5 {good}"})
    assert unknown.status_code == 400
    whole = send(browser, address, b"0123456789", 0, **{"Upload-Checksum": f"sha256 {good}"})
    assert (whole.status_code, whole.headers["Upload-Offset"]) == (204, "10")


def test_an_upload_can_be_dropped(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = begin(site, browser, 10).headers["Location"]
    assert browser.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert browser.head(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404


def test_nobody_touches_another_persons_upload(site: Site) -> None:
    upload = site.store.uploads.create("somebody.else", 10, {"visit_id": site.home.visit.id})
    browser = site.signed_in("practitioner")
    address = f"/api/uploads/{upload.id}"
    assert browser.head(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert send(browser, address, b"x", 0).status_code == 404
    assert browser.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert browser.post(f"{address}/finish").status_code == 404
    assert site.store.uploads.offset(upload.id) == 0
