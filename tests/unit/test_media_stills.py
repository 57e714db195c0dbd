"""Stills, posters and strips are JPEGs of the right frames."""

from __future__ import annotations

import io
from typing import Any

import av
import cv2
import numpy as np
import pytest
from clip_factory import clip, is_upright, numbered_image, read_number

from vfeed.errors import VfeedError
from vfeed.media.stills import poster, still, thumbnail_strip


def decoded(jpeg: bytes) -> Any:
    assert jpeg[:3] == b"\xff\xd8\xff"
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


def test_a_still_is_the_frame_at_its_time_upright() -> None:
    image = decoded(still(io.BytesIO(clip("rotated_270")), 480_000, 160))
    assert image.shape == (160, 90, 3)
    assert read_number(image) == 12
    assert is_upright(image)


def test_a_poster_is_a_frame_of_the_first_half_and_no_wider_than_640() -> None:
    image = decoded(poster(io.BytesIO(clip("large"))))
    assert image.shape == (360, 640, 3)
    assert read_number(image) == 1


def test_a_poster_passes_over_a_covered_lens() -> None:
    image = decoded(poster(io.BytesIO(dark_then_bright())))
    assert image.std() > 12


def dark_then_bright() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for number in range(50):
            image = numbered_image(number, 160, 90) if number >= 10 else np.zeros((90, 160, 3), np.uint8)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        target.mux(stream.encode(None))
    return out.getvalue()


def test_a_strip_shows_the_middles_of_equal_parts() -> None:
    strip = thumbnail_strip(io.BytesIO(clip("mp4_h264")), 5, height_px=90)
    image = decoded(strip.jpeg)
    assert image.shape == (90, 160 * 5, 3)
    assert (strip.width_px, strip.height_px) == (160, 90)
    assert strip.times_us == (80_000, 280_000, 480_000, 680_000, 880_000)
    shown = [read_number(np.ascontiguousarray(part)) for part in np.split(image, 5, axis=1)]
    assert shown == [2, 7, 12, 17, 22]


def test_a_strip_without_pictures_is_refused() -> None:
    with pytest.raises(VfeedError) as caught:
        thumbnail_strip(io.BytesIO(clip("mp4_h264")), 0)
    assert caught.value.code == "invalid_input"
