"""All eight ways a picture can be stored come out upright."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import Colorspace, ColorTrc
from clip_factory import is_upright, numbered_image

from vfeed.media.frames import open_frames
from vfeed.media.orientation import Shape, Straightener, Turn, shape_of
from vfeed.media.proxy import make_proxy


def stored(degrees: int, mirrored: bool) -> bytes:
    """An MP4 whose display matrix asks for a clockwise turn and then a mirroring."""
    turns = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=25, options={"crf": "18", "preset": "ultrafast"})
        image: Any = numbered_image(3, 200, 120)
        image = cv2.flip(image, 1) if mirrored else image
        image = cv2.rotate(image, turns[degrees]) if degrees else image
        stream.height, stream.width = image.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.set_display_rotation(-degrees, hflip=mirrored)
        for _ in range(3):
            target.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        target.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_every_orientation_comes_out_upright_in_frames_and_proxy(degrees: int, mirrored: bool) -> None:
    data = stored(degrees, mirrored)
    proxy = io.BytesIO()
    make_proxy(io.BytesIO(data), proxy, on_progress=lambda _: None, is_cancelled=lambda: False)
    for file in (io.BytesIO(data), proxy):
        image = next(iter(open_frames(file))).image_bgr
        assert image.shape == (120, 200, 3)
        assert is_upright(image)


@pytest.mark.parametrize(
    ("turn", "degrees"),
    [
        (Turn(), 0),
        (Turn(transpose=True, mirror_x=True), 90),
        (Turn(mirror_x=True, mirror_y=True), 180),
        (Turn(transpose=True, mirror_y=True), 270),
    ],
)
def test_a_turn_knows_its_degrees(turn: Turn, degrees: int) -> None:
    assert turn.rotation_deg == degrees


@pytest.mark.parametrize(
    ("shape", "side", "even", "expected"),
    [
        (Shape(1920, 1080, Turn()), 1280, True, (1280, 720)),
        (Shape(1080, 1920, Turn()), 1280, True, (720, 1280)),
        (Shape(321, 181, Turn()), 1280, True, (320, 180)),
        (Shape(321, 181, Turn()), None, False, (321, 181)),
        (Shape(4000, 2, Turn()), 640, True, (640, 2)),
        (Shape(100, 50, Turn()), 640, False, (100, 50)),
    ],
)
def test_sizes_shrink_to_the_side_and_never_grow(
    shape: Shape, side: int | None, even: bool, expected: tuple[int, int]
) -> None:
    assert shape.within(side, even=even) == expected


def test_an_absurd_pixel_aspect_is_not_believed() -> None:
    frame = av.VideoFrame(100, 50, "yuv420p")
    assert shape_of(frame, Fraction(9, 1)).width_px == 100
    assert shape_of(frame, Fraction(2, 1)).width_px == 200
    assert shape_of(frame, None).width_px == 100


def test_a_full_range_picture_keeps_its_black_and_white() -> None:
    grey = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    full = av.VideoFrame.from_ndarray(grey, format="bgr24").reformat(format="yuvj420p", dst_color_range="JPEG")
    back = Straightener(64, 64, None).bgr(full)
    assert np.abs(back.astype(int) - grey).max() <= 4
    limited = Straightener(64, 64, None).planar(full)
    again = Straightener(64, 64, None).bgr(limited)
    assert np.abs(again.astype(int) - grey).max() <= 6


def test_pq_pictures_are_brought_to_an_ordinary_screen() -> None:
    signal = 148  # PQ code of paper white (203 nits), 8 bit full range
    frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), signal, np.uint8), format="bgr24")
    ten_bit = frame.reformat(format="yuv420p10le")
    flat = Straightener(64, 64, None).bgr(ten_bit).mean()
    ten_bit.color_trc = ColorTrc.SMPTE2084
    shown = Straightener(64, 64, None).bgr(ten_bit).mean()
    assert flat == pytest.approx(signal, abs=3)
    assert shown == pytest.approx(241, abs=6)
    again = Straightener(64, 64, None).planar(ten_bit)
    again.color_trc = ColorTrc.BT709
    assert Straightener(64, 64, None).bgr(again).mean() == pytest.approx(shown, abs=5)


@pytest.mark.parametrize("matrix", [Colorspace.ITU601, Colorspace.ITU709, Colorspace.BT2020])
def test_colours_survive_the_way_through_the_proxys_pictures(matrix: Colorspace) -> None:
    green = np.full((720, 1280, 3), (30, 200, 40), np.uint8)
    stored = av.VideoFrame.from_ndarray(green, format="bgr24").reformat(format="yuv420p", dst_colorspace=matrix)
    straighten = Straightener(1280, 720, None)
    assert np.abs(straighten.bgr(stored)[360, 640].astype(int) - green[0, 0]).max() <= 9
    proxy = Straightener(1280, 720, None).planar(stored)
    assert np.abs(straighten.bgr(proxy)[360, 640].astype(int) - green[0, 0]).max() <= 9
