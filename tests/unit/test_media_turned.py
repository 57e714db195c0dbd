"""A film that the camera noted wrongly, turned by a person: it comes out upright wherever it is read."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any, BinaryIO, cast

import av
import cv2
import numpy as np
import pytest
from clip_factory import is_upright, numbered_image
from sample_analysis import stretch

from vfeed.analysis.pipeline import ClipAnalysis, analyse
from vfeed.media.frames import open_frames
from vfeed.media.isolated_process import frame_isolated
from vfeed.media.opening import View
from vfeed.media.planar_image import Image
from vfeed.media.probe import probe
from vfeed.media.proxy import make_proxy
from vfeed.media.reel import Cut, cut_reel
from vfeed.media.turned import Turned, quarters_of, turned_facts
from vfeed.timeline.interval import Interval

SIZE = (200, 120)
LIMITS = {"max_duration_us": 600_000_000, "max_bytes": 1 << 30}
NEAR_PX = 12
BACK = {0: None, 1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}


def laid(image: Image, quarters: int) -> Image:
    """The picture as so many quarter turns clockwise bring it back."""
    code = BACK[quarters % 4]
    return image if code is None else np.asarray(cv2.rotate(image, code), np.uint8)


def film(images: list[Image], noted: int = 0) -> bytes:
    """An MP4 of pictures as they are stored, with so many quarter turns clockwise noted in it."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=25, options={"crf": "16", "preset": "ultrafast"})
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        if noted:
            stream.set_display_rotation(-90 * noted)
        for image in images:
            target.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")))
        target.mux(stream.encode(None))
    return out.getvalue()


@lru_cache
def lying(noted: int, quarters: int) -> bytes:
    """A film that stands upright after the turn noted in it and so many quarter turns more."""
    return film([laid(numbered_image(3, *SIZE), noted + quarters)] * 5, noted)


def turned(data: bytes, quarters: int) -> BinaryIO:
    return cast(BinaryIO, Turned(io.BytesIO(data), quarters))


def stands(image: Image) -> bool:
    return image.shape == (SIZE[1], SIZE[0], 3) and is_upright(image)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("noted", range(4))
def test_a_turn_comes_after_what_the_file_notes_in_frames_and_in_the_copy_that_plays(noted: int, quarters: int) -> None:
    data, proxy = lying(noted, quarters), io.BytesIO()
    source = open_frames(turned(data, quarters))
    assert (source.width_px, source.height_px) == SIZE
    assert stands(next(iter(source)).image_bgr)
    made = make_proxy(turned(data, quarters), proxy, on_progress=lambda _: None, is_cancelled=lambda: False)
    assert (made.width_px, made.height_px) == SIZE
    assert stands(next(iter(open_frames(proxy))).image_bgr)


@pytest.mark.parametrize("quarters", range(4))
def test_a_still_and_a_film_of_moments_are_turned_too(quarters: int) -> None:
    data, out = lying(1, quarters), io.BytesIO()
    assert stands(frame_isolated(turned(data, quarters), 80_000))
    cut_reel(
        [Cut(turned(data, quarters), Interval(0, 120_000))], out, on_progress=lambda _: None, is_cancelled=lambda: False
    )
    assert stands(next(iter(open_frames(out))).image_bgr)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("before", range(4))
def test_the_facts_of_a_turned_film_are_those_that_a_look_at_it_gives(before: int, quarters: int) -> None:
    data = lying(1, 1)
    first, then = (probe(turned(data, each), **LIMITS) for each in (before, quarters))
    assert turned_facts(first, quarters) == then


def test_the_turn_is_told_through_views_and_the_bytes_stay() -> None:
    data = lying(0, 1)
    file = turned(data, 1)
    assert (quarters_of(View(file)), quarters_of(io.BytesIO(data))) == (1, 0)
    assert file.read() == data
    file.seek(-4, io.SEEK_END)
    assert (file.tell(), file.read(10)) == (len(data) - 4, data[-4:])
    inner = cast(Any, file).file
    file.close()
    assert inner.closed


def test_in_a_film_that_lay_on_its_side_both_heads_are_found_where_they_are_in_the_upright_one() -> None:
    upright = [frame.image_bgr for frame in open_frames(io.BytesIO(stretch(seconds=3)))]
    lay = film([laid(image, 1) for image in upright])

    def seen(file: BinaryIO) -> tuple[ClipAnalysis, Any]:
        facts = probe(file, **LIMITS)
        result = analyse(file, facts, fps=12.5, on_progress=lambda _: None, is_cancelled=lambda: False)
        return result, result.metrics["box_px"][:, [result.roles.infant, result.roles.caregiver]]

    stood, there = seen(io.BytesIO(film(upright)))
    then, boxes = seen(turned(lay, 1))
    for person in ("infant", "parent"):
        assert then.filming[person]["seen_share"] == stood.filming[person]["seen_share"] == 1.0
    assert np.abs(boxes - there).max() < NEAR_PX
    _, elsewhere = seen(io.BytesIO(lay))
    assert np.abs(elsewhere - there).max() > 10 * NEAR_PX
