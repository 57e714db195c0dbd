"""Interlaced film becomes whole pictures in analysis, stills, copies and reels, told by looking and not by its flag."""

import io
from typing import Any

import pytest
from clip_hdr import combing, woven_film

from vfeed.media.deinterlacing import Fields, fields_of
from vfeed.media.frames import frame_at, open_frames
from vfeed.media.proxy import make_proxy
from vfeed.media.reel import Cut, cut_reel
from vfeed.timeline.interval import Interval

COMBED = 2.0


@pytest.mark.parametrize(
    ("container", "encoder", "kind", "expected"),
    [
        ("mpegts", "libx264", {}, Fields.TOP_FIRST),
        ("mpegts", "libx264", {"top_first": False}, Fields.BOTTOM_FIRST),
        ("mpegts", "mpeg2video", {}, Fields.TOP_FIRST),
        ("mp4", "libx264", {"flagged": False}, Fields.TOP_FIRST),
        ("avi", "mjpeg", {"flagged": False, "top_first": False}, Fields.BOTTOM_FIRST),
        ("avi", "mpeg4", {"flagged": False}, Fields.TOP_FIRST),
        ("mpegts", "libx264", {"woven": False}, None),
        ("mp4", "libx264", {"flagged": False, "woven": False}, None),
        ("mp4", "libx264", {"flagged": False, "moves": False}, None),
        ("mpegts", "libx264", {"moves": False}, Fields.TOP_FIRST),
    ],
)
def test_fields_are_told_by_looking(
    container: str, encoder: str, kind: dict[str, bool], expected: Fields | None
) -> None:
    assert fields_of(io.BytesIO(woven_film(container, encoder, **kind))) == expected


TAPE = {"encoder": "dvvideo", "top_first": False, "size": (720, 576)}
CAMCORDERS: dict[str, dict[str, Any]] = {
    "DV of a tape in AVI": {"container": "avi", **TAPE},
    "DV of a tape in MOV": {"container": "mov", **TAPE},
    "MPEG-2 4:2:2 in MOV": {"container": "mov", "encoder": "mpeg2video", "pixels": "yuv422p"},
    "MPEG-2 4:2:2 in a stream": {"container": "mpegts", "encoder": "mpeg2video", "pixels": "yuv422p"},
    "H.264 4:2:2 of 10 bit": {"container": "mov", "encoder": "libx264", "pixels": "yuv422p10le"},
    "H.264 4:2:2 in a stream": {"container": "mpegts", "encoder": "libx264", "pixels": "yuv422p", "top_first": False},
    "ProRes": {"container": "mov", "encoder": "prores_ks", "pixels": "yuv422p10le"},
}


@pytest.mark.parametrize("name", CAMCORDERS)
def test_interlaced_film_of_each_camcorder_becomes_whole_pictures(name: str) -> None:
    data, copy = io.BytesIO(woven_film(**CAMCORDERS[name])), io.BytesIO()
    assert fields_of(data) == (Fields.TOP_FIRST if CAMCORDERS[name].get("top_first", True) else Fields.BOTTOM_FIRST)
    make_proxy(data, copy, on_progress=lambda _: None, is_cancelled=lambda: False)
    for film in (data, copy):
        frames = list(open_frames(film))
        assert [frame.time_us for frame in frames] == [n * 40_000 for n in range(24)]
        assert max(combing(frame.image_bgr) for frame in frames[1:-1]) < COMBED
    still = frame_at(data, 480_000).image_bgr
    assert abs(still.astype(int) - list(open_frames(data))[12].image_bgr).mean() < 1.5


FILM = woven_film("mpegts", "libx264")


def test_pictures_lose_their_combs_and_keep_their_times() -> None:
    frames = list(open_frames(io.BytesIO(FILM)))
    assert [frame.time_us for frame in frames] == [n * 40_000 for n in range(24)]
    assert max(combing(frame.image_bgr) for frame in frames[1:-1]) < COMBED


def test_a_still_is_the_picture_that_the_analysis_saw() -> None:
    data = io.BytesIO(FILM)
    frames = list(open_frames(data))
    for number in (0, 1, 7, 12, 13, 23):
        again = frame_at(data, frames[number].time_us).image_bgr
        assert abs(again.astype(int) - frames[number].image_bgr).mean() < 1.5, number


def test_copy_and_reel_have_no_combs_either() -> None:
    copy, reel = io.BytesIO(), io.BytesIO()
    assert not make_proxy(io.BytesIO(FILM), copy, on_progress=lambda _: None, is_cancelled=lambda: False).copied
    cut = Cut(io.BytesIO(FILM), Interval(200_000, 600_000))
    cut_reel([cut], reel, on_progress=lambda _: None, is_cancelled=lambda: False)
    for made, count in ((copy, 24), (reel, 10)):
        frames = list(open_frames(made))
        assert len(frames) == count
        assert max(combing(frame.image_bgr) for frame in frames[1:-1]) < COMBED


def test_the_test_film_is_combed() -> None:
    from vfeed.media.decoding import decoded_frames
    from vfeed.media.opening import open_clip

    with open_clip(io.BytesIO(FILM)) as clip:
        stored = [each.frame.to_ndarray(format="bgr24") for each in decoded_frames(clip)]
    assert min(combing(image) for image in stored[1:-1]) > 2 * COMBED
