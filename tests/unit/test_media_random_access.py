"""Every picture is reached by a jump as it is in reading from the start: every container, reordered or not."""

import io

import pytest
from clip_factory import make, read_number

from vfeed.media.frames import frame_at, frames_at, open_frames, shown_between
from vfeed.media.probe import probe
from vfeed.media.reel import Cut, cut_reel
from vfeed.timeline.interval import Interval

FRAMES, STEP_US = 34, 40_000
ONE_KEY = 250
# container, codec, reordered pictures, open groups of pictures
KINDS = [
    ("mp4", "h264", 0, False), ("mp4", "h264", 2, False), ("mp4", "h264", 2, True), ("mp4", "hevc", 3, True),
    ("mov", "h264", 3, True), ("mov", "hevc", 2, False), ("mov", "mjpeg", 0, False), ("m4v", "h264", 2, False),
    ("mkv", "h264", 2, True), ("mkv", "hevc", 2, True), ("mkv", "vp9", 0, False), ("webm", "vp8", 0, False),
    ("webm", "vp9", 0, False), ("avi", "mpeg4", 0, False), ("avi", "mpeg4", 2, False), ("avi", "mpeg4", 2, True),
    ("avi", "h264", 2, False), ("avi", "h264", 2, True), ("avi", "mjpeg", 0, False), ("3gp", "mpeg4", 0, False),
    ("3gp", "h264", 2, True), ("ts", "h264", 0, False), ("ts", "h264", 2, False), ("ts", "h264", 3, True),
    ("ts", "hevc", 2, False), ("ts", "hevc", 3, True), ("ts", "mpeg2", 2, False), ("ts", "mpeg2", 2, True),
]  # fmt: skip


def film(kind: tuple[str, str, int, bool], every: int) -> io.BytesIO:
    container, codec, bframes, open_gop = kind
    return io.BytesIO(
        make(container, codec, size=(160, 96), frames=FRAMES, keyframe_every=every, bframes=bframes, open_gop=open_gop)
    )


@pytest.mark.parametrize("every", [12, ONE_KEY])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(str(part) for part in kind))
def test_a_jump_finds_the_picture_that_reading_in_order_finds(kind: tuple[str, str, int, bool], every: int) -> None:
    data = film(kind, every)
    in_order = {frame.time_us: read_number(frame.image_bgr) for frame in open_frames(data)}
    assert list(in_order.values()) == list(range(FRAMES))
    for time_us, number in list(in_order.items())[::5][::-1]:
        found = frame_at(data, time_us + 2_000)
        assert (found.time_us, read_number(found.image_bgr)) == (time_us, number)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind[2]], ids=lambda kind: "-".join(map(str, kind)))
def test_a_stretch_begins_with_the_picture_on_screen_and_misses_none(kind: tuple[str, str, int, bool]) -> None:
    data = film(kind, 12)
    facts = probe(data, max_duration_us=60_000_000, max_bytes=1 << 30)
    times = [frame.time_us for frame in open_frames(data)]
    for first in (1, 7, 13, 26):
        start_us, end_us = times[first] + 5_000, times[first + 4]
        shown = [time_us for time_us, _ in shown_between(data, facts.first_pts_us, start_us, end_us)]
        assert shown == [start_us, *times[first + 1 : first + 4]]


def test_pictures_are_given_in_the_order_asked_for_whatever_that_is() -> None:
    data = film(("ts", "h264", 2, True), 12)
    times = [frame.time_us for frame in open_frames(data)]
    wanted = [20, 3, 3, 33, 0, 12]
    assert [read_number(frame.image_bgr) for frame in frames_at(data, [times[n] for n in wanted])] == wanted


@pytest.mark.parametrize("every", [50, ONE_KEY])
@pytest.mark.parametrize("codec", ["h264", "hevc", "mpeg2"])
def test_a_reel_can_begin_anywhere_in_the_first_pictures_of_a_camcorders_file(codec: str, every: int) -> None:
    data = io.BytesIO(make("ts", codec, size=(160, 96), frames=60, keyframe_every=every, bframes=2))
    for first in (4, 21):
        out = io.BytesIO()
        cut = Cut(data, Interval(first * STEP_US, (first + 10) * STEP_US))
        cut_reel([cut], out, on_progress=lambda _: None, is_cancelled=lambda: False)
        out.seek(0)
        assert [read_number(frame.image_bgr) for frame in open_frames(out)] == list(range(first, first + 10))


def test_a_stream_that_begins_within_a_group_of_pictures_starts_at_its_first_key_frame() -> None:
    """The second file of a split recording: what comes before the first key frame cannot be told."""
    whole = make("ts", "hevc", size=(160, 96), frames=40, keyframe_every=16, bframes=2)
    cut = whole[188 * (len(whole) // 188 * 2 // 10) :]
    numbers = [read_number(frame.image_bgr) for frame in open_frames(io.BytesIO(cut))]
    assert numbers == list(range(numbers[0], 40)) and numbers[0] % 16 == 0
