"""Stills, posters and strips are JPEGs of the right frames."""

from __future__ import annotations

import io
from typing import Any

import av
import cv2
import numpy as np
from clip_factory import clip, is_upright, numbered_image, read_number

from vfeed.media.stills import poster, still


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
