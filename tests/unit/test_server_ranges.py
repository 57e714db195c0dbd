"""Parts of a file over HTTP."""

from __future__ import annotations

import io

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from vfeed.server.web import ranges
from vfeed.server.web.ranges import answer_with

DATA = bytes(range(256)) * 40


@pytest.fixture
def browser() -> FlaskClient:
    app = Flask("ranges")

    @app.get("/film")
    def film() -> Response:
        return answer_with(io.BytesIO(DATA), media_type="video/mp4", etag="one")

    return app.test_client()


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, len(DATA)),
        ("bytes=0-0", 0, 1),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=10000-99999", 10000, len(DATA)),
        ("bytes=-500", len(DATA) - 500, len(DATA)),
        ("bytes=-99999", 0, len(DATA)),
    ],
)
def test_a_range_gives_that_part(browser: FlaskClient, asked: str, start: int, end: int) -> None:
    answer = browser.get("/film", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.data == DATA[start:end]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
    assert answer.content_length == end - start


@pytest.mark.parametrize("asked", ["bytes=20000-", "bytes=10240-10241"])
def test_a_range_beyond_the_end_is_refused_with_the_size(browser: FlaskClient, asked: str) -> None:
    answer = browser.get("/film", headers={"Range": asked})
    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=nonsense", "bytes=5-1", ""])
def test_a_range_that_is_not_one_plain_range_gets_the_whole(browser: FlaskClient, asked: str) -> None:
    answer = browser.get("/film", headers={"Range": asked})
    assert (answer.status_code, answer.data) == (200, DATA)


def test_an_open_range_is_cut_so_that_a_paused_player_holds_no_thread(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "PART_BYTES", 1000)
    answer = browser.get("/film", headers={"Range": "bytes=500-"})
    assert answer.data == DATA[500:1500]
    assert answer.headers["Content-Range"] == f"bytes 500-1499/{len(DATA)}"


def test_the_whole_is_never_cut(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "PART_BYTES", 1000)
    assert browser.get("/film").data == DATA


def test_what_the_browser_has_already_is_not_sent_again(browser: FlaskClient) -> None:
    answer = browser.get("/film", headers={"If-None-Match": '"one"'})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_part_of_another_version_is_not_mixed_in(browser: FlaskClient) -> None:
    old = browser.get("/film", headers={"Range": "bytes=0-9", "If-Range": '"older"'})
    same = browser.get("/film", headers={"Range": "bytes=0-9", "If-Range": '"one"'})
    assert (old.status_code, same.status_code) == (200, 206)


def test_a_head_request_tells_the_size_and_sends_nothing(browser: FlaskClient) -> None:
    answer = browser.head("/film")
    assert (answer.status_code, answer.content_length, answer.data) == (200, len(DATA), b"")


def test_an_answer_is_private_and_seekable(browser: FlaskClient) -> None:
    answer = browser.get("/film")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Accept-Ranges"] == "bytes"
