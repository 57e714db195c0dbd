"""What phones, action cameras, editors and messengers write beside plain film is read and copied as it is seen."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import product
from typing import Any

import av
import cv2
import numpy as np
import pytest
from clip_damage import merged, restamped
from clip_factory import FORMATS, Image, is_upright, make, numbered_image, read_number

from vfeed.errors import VfeedError
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.frames import frame_at, frames_at, open_frames
from vfeed.media.probe import probe
from vfeed.media.proxy import ProxyFacts, make_proxy

LIMITS = {"max_duration_us": 3_600_000_000, "max_bytes": 8 << 30}


def read(data: bytes) -> tuple[ClipFacts, list[tuple[int, int]]]:
    """The facts, and time and number of each picture; every picture is the same when it is gone to."""
    file = io.BytesIO(data)
    facts = probe(file, **LIMITS)
    images = [(frame.time_us, read_number(frame.image_bgr)) for frame in open_frames(file)]
    assert facts.frame_count == len(images)
    for time_us, number in images[:: max(1, len(images) // 7)]:
        again = frame_at(file, time_us + 1_000)
        assert (again.time_us, read_number(again.image_bgr)) == (time_us, number)
    return facts, images


def copied(data: bytes) -> tuple[ProxyFacts, list[tuple[int, int]]]:
    out = io.BytesIO()
    made = make_proxy(io.BytesIO(data), out, on_progress=lambda _: None, is_cancelled=lambda: False)
    return made, [(frame.time_us, read_number(frame.image_bgr)) for frame in open_frames(out)]


def evenly(count: int, fps: float) -> list[tuple[int, int]]:
    return [(round(number * 1e6 / fps), number % 256) for number in range(count)]


def near(seen: list[tuple[int, int]], wanted: list[tuple[int, int]]) -> bool:
    """Whether pictures and times agree but for a container's rounding."""
    return [n for _, n in seen] == [n for _, n in wanted] and all(
        abs(a - b) <= 1_100 for (a, _), (b, _) in zip(seen, wanted, strict=True)
    )


@pytest.mark.parametrize(("fps", "codec"), [(120, "h264"), (240, "h264"), (120, "hevc"), (240, "hevc")])
def test_slow_motion_keeps_every_picture_and_its_time(fps: int, codec: str) -> None:
    data = make("mov", codec, size=(160, 96), frames=fps // 2, fps=fps, sound="aac", keyframe_every=30)
    facts, images = read(data)
    assert facts.mean_fps == pytest.approx(fps, rel=0.01) and not facts.variable_frame_rate
    assert near(images, evenly(fps // 2, fps)) and near(copied(data)[1], images)


def test_slow_motion_is_analysed_by_true_time() -> None:
    data = io.BytesIO(make("mov", "h264", size=(160, 96), frames=120, fps=240))
    taken = [frame.time_us for frame in open_frames(data, fps=12.5)]
    assert len(taken) == 7 and np.abs(np.array(taken) - np.arange(7) * 80_000).max() <= 20_000


def two_films(container: str, first: tuple[int, int], second: tuple[int, int]) -> bytes:
    """A file with two films of these sizes; the first shows its numbers, the second is its negative."""
    out = io.BytesIO()
    with av.open(out, "w", format=FORMATS[container]) as target:
        streams = []
        for width, height in (first, second):
            stream = target.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "14", "bf": "2"})
            stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, "yuv420p", 6
            streams.append(stream)
        for number in range(20):
            for place, stream in enumerate(streams):
                image = numbered_image(number, stream.width, stream.height)
                frame = av.VideoFrame.from_ndarray(255 - image if place else image, format="bgr24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                target.mux(stream.encode(frame))
        for stream in streams:
            target.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv", "ts"])
def test_of_two_films_in_one_file_one_is_taken_and_stays_the_one(container: str) -> None:
    data = two_films(container, (320, 180), (160, 96))
    facts, images = read(data)
    assert (facts.width_px, facts.height_px) == (320, 180)
    assert near(images, evenly(20, 25)) and near(copied(data)[1], images)
    assert all(is_upright(frame.image_bgr) for frame in open_frames(io.BytesIO(data)))


@pytest.mark.parametrize("container", ["mkv", "ts"])
def test_where_neither_film_is_said_to_be_the_one_the_larger_is_taken(container: str) -> None:
    facts, _ = read(two_films(container, (160, 96), (320, 180)))
    assert (facts.width_px, facts.height_px) == (320, 180)


@pytest.mark.parametrize(("container", "codec"), [("webm", "vp8"), ("webm", "vp9"), ("avi", "mpeg4"), ("mkv", "vp8")])
@pytest.mark.parametrize("later", [(160, 90), (640, 360)])
def test_a_size_that_changes_inside_a_file_is_fitted_to_the_first(
    container: str, codec: str, later: tuple[int, int]
) -> None:
    first, second = (make(container, codec, size=size, frames=10, keyframe_every=5) for size in ((320, 180), later))
    data = merged(first, second, FORMATS[container])
    facts, images = read(data)
    made, shown = copied(data)
    assert (facts.width_px, facts.height_px) == (made.width_px, made.height_px) == (320, 180)
    assert [number for _, number in images] == [*range(10), *range(10)]
    assert near(shown, images)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_joined_streams_of_two_sizes_are_fitted_to_the_first(codec: str) -> None:
    first = make("ts", codec, size=(320, 180), frames=20, bframes=2)
    data = first + make("ts", codec, size=(160, 90), frames=20, bframes=2, start_us=1_000_000)
    facts, images = read(data)
    assert (facts.width_px, facts.height_px) == (320, 180)
    assert [number for _, number in images] == [*range(20), *range(20)]
    assert near(copied(data)[1], images)


@pytest.mark.parametrize(
    ("container", "codec", "pixels"),
    [
        ("webm", "vp9", "yuva420p"), ("mov", "prores", "yuva444p10le"), ("mov", "prores", "yuv422p10le"),
        ("mp4", "h264", "yuv444p"), ("mp4", "h264", "yuv422p10le"), ("mkv", "hevc", "yuv422p10le"),
        ("mp4", "hevc", "yuv420p10le"), ("mp4", "av1", "yuv420p10le"),
    ],
)  # fmt: skip
def test_pictures_of_more_than_ordinary_colour_keep_it(container: str, codec: str, pixels: str) -> None:
    data = make(container, codec, size=(320, 180), frames=12, pixel_format=pixels)
    facts, images = read(data)
    assert images == [*zip([time for time, _ in images], range(12), strict=True)] and facts.frame_count == 12
    out = io.BytesIO()
    assert not make_proxy(io.BytesIO(data), out, on_progress=lambda _: None, is_cancelled=lambda: False).copied
    for film in (io.BytesIO(data), out):
        assert _colours_are_right(list(open_frames(film))[-1].image_bgr)


def _colours_are_right(image: Image) -> bool:
    drawn = numbered_image(11, image.shape[1], image.shape[0])
    small = [cv2.resize(each, (32, 18), interpolation=cv2.INTER_AREA).astype(int) for each in (image, drawn)]
    return bool(np.abs(small[0] - small[1])[[1, 2, -3, -2]][:, [1, 2, -3, -2]].max() <= 12)


UNEVEN_US = tuple(
    int(t) for t in np.cumsum([0, 16_667, 16_667, 2_000_000, 500_000, 33_333, 1_200_000, 40_000, 250_000])
)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
@pytest.mark.parametrize("bframes", [0, 2])
def test_the_uneven_pace_of_phones_is_kept_from_two_seconds_to_a_sixtieth(container: str, bframes: int) -> None:
    data = make(container, "h264", size=(160, 96), times_us=UNEVEN_US, bframes=bframes, sound="aac")
    facts, images = read(data)
    wanted = [(time_us, number) for number, time_us in enumerate(UNEVEN_US)]
    assert near(images, wanted) and near(copied(data)[1], wanted)
    assert facts.variable_frame_rate and facts.longest_gap_us == pytest.approx(2_000_000, abs=1_100)
    assert facts.without_us == pytest.approx(2_200_000, abs=5_000)


# A longer hole is no other case than one of 12 s, past which a clock may have leapt: where no table tells, it is tried.
@pytest.mark.parametrize(
    ("container", "bframes", "hole_s"),
    [*product(("mp4", "mov", "mkv", "ts"), (0, 2, 3), (3, 12)), *product(("mkv", "ts"), (2,), (90,))],
)
def test_no_picture_is_left_out_around_a_hole_whatever_its_length(container: str, bframes: int, hole_s: int) -> None:
    before = [number * 40_000 for number in range(13)]
    times_us = tuple(time_us + part * hole_s * 1_000_000 for part in range(3) for time_us in before)
    facts, images = read(make(container, "h264", size=(160, 96), times_us=times_us, bframes=bframes, sound="aac"))
    assert facts.left_out == 0 and near(images, [(time_us, number) for number, time_us in enumerate(times_us)])


@pytest.mark.parametrize("fps", [Fraction(1, 2), Fraction(1), Fraction(3, 2)])
def test_a_film_of_hardly_any_pictures_tells_all_of_its_time_that_none_is_near(fps: Fraction) -> None:
    times_us = tuple(round(number * 1_000_000 / fps) for number in range(130))
    facts, images = read(make("mp4", "h264", size=(160, 96), times_us=times_us))
    assert len(facts.gaps_us) == 100
    assert facts.without_us == pytest.approx(facts.duration_us - 130 * 500_000, abs=500_000)
    assert [number for _, number in images] == list(range(130))


@pytest.mark.parametrize("share", [0.6, 0.9])
@pytest.mark.parametrize(
    ("container", "codec", "code"),
    [("mp4", "h264", "clip_truncated"), ("mov", "h264", "clip_truncated"), ("mkv", "h264", ""), ("webm", "vp8", ""),
     ("avi", "mpeg4", ""), ("ts", "h264", "")],
)  # fmt: skip
def test_what_a_broken_off_copy_holds_is_read_where_there_is_a_way(
    container: str, codec: str, code: str, share: float
) -> None:
    data = make(container, codec, size=(160, 96), frames=100)
    part = data[: int(len(data) * share)]
    if code:
        with pytest.raises(VfeedError) as error:
            probe(io.BytesIO(part), **LIMITS)
        assert error.value.code == code and error.value.hint
        return
    # The last picture is only in part there, and may show what the one before it did.
    numbers = [number for _, number in read(part)[1]][:-1]
    assert numbers == list(range(len(numbers))) and len(numbers) >= 100 * share - 15


def test_pictures_of_a_film_in_two_sizes_are_of_one_size() -> None:
    first, second = (make("webm", "vp8", size=size, frames=10) for size in ((320, 180), (160, 90)))
    data = merged(first, second, "webm")
    duration_us = open_frames(io.BytesIO(data)).duration_us
    frames = frames_at(io.BytesIO(data), [int(share * duration_us) for share in (0.1, 0.4, 0.6, 0.9)], 128)
    assert {frame.image_bgr.shape for frame in frames} == {(72, 128, 3)}


@pytest.mark.parametrize(
    ("container", "codec", "sound"),
    [
        *(("mp4", "h264", "aac"), ("mov", "hevc", "aac"), ("mkv", "h264", "aac")),
        *(("webm", "vp8", "libopus"), ("ts", "h264", "aac")),
    ],
)
def test_sound_that_goes_on_after_the_last_picture_is_told(container: str, codec: str, sound: str) -> None:
    def change(packet: Any) -> bool:
        return packet.stream.type == "audio" or packet.dts * packet.time_base < 2

    whole = make(container, codec, size=(160, 96), frames=100, sound=sound, keyframe_every=1)
    assert read(whole)[0].sound_after_us == 0
    facts, _ = read(restamped(whole, change, FORMATS[container]))
    assert facts.duration_us == pytest.approx(2_000_000, abs=50_000)
    assert facts.sound_after_us == pytest.approx(2_000_000, abs=100_000)
