"""One clock for every file: joints carried on, lone stamps left out, holes kept, absurd times refused."""

import io
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from clip_factory import make, read_number

from vfeed.errors import VfeedError
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.frame_index import Stamp, index_from
from vfeed.media.frame_index_cache import index_of
from vfeed.media.frames import frame_at, open_frames
from vfeed.media.probe import probe
from vfeed.media.waveform import peaks

MS = Fraction(1, 1000)
STEP = 40
SECOND = 1000


def stamps(*starts: int, count: int = 50) -> list[Stamp]:
    """Recordings of `count` pictures, 40 ms apart, one after the other; ticks are milliseconds."""
    return [Stamp(start + n * STEP, start + n * STEP, n == 0, STEP) for start in starts for n in range(count)]


def moved(images: Sequence[Stamp], changes: dict[int, int]) -> list[Stamp]:
    return [
        Stamp(stamp.dts + by, stamp.pts + by, stamp.key, stamp.duration) if (by := changes.get(n, 0)) else stamp
        for n, stamp in enumerate(images)
    ]


def length_ms(images: Sequence[Stamp], *, joins_ahead: bool = False, heard: Sequence[int] = ()) -> tuple[int, int]:
    """(length in ms, pictures)."""
    index = index_from(images, MS, 40_000, joins_ahead=joins_ahead, heard=heard)
    assert (np.diff(index.times_us) > 0).all()
    return index.length_us(int(index.times_us[0])) // 1000, len(index.times_us)


@pytest.mark.parametrize(
    ("images", "joins_ahead", "expected"),
    [
        (stamps(0), False, (2_000, 50)),
        (stamps(60 * SECOND), False, (2_000, 50)),
        (stamps(-5 * SECOND), False, (2_000, 50)),
        (stamps(0, 0), False, (4_000, 100)),
        (stamps(50_000, 0, 900_000_000), True, (6_000, 150)),
        (stamps(0, 7_200_000), True, (4_000, 100)),
        (stamps(0, 7_200_000, 0), True, (6_000, 150)),
        (stamps(0, 9_000), True, (11_000, 100)),
        (stamps(0, 7_200_000), False, (7_202_000, 100)),
        (moved(stamps(0), {20: 7_200_000}), False, (2_000, 49)),
        (moved(stamps(0), {20: 7_200_000}), True, (2_000, 49)),
        (moved(stamps(0), {20: -7_200_000}), False, (2_000, 49)),
        (moved(stamps(0), {20: -3_000, 21: -3_000}), False, (2_000, 48)),
        (moved(stamps(0), dict.fromkeys((10, 30), 300_000)), False, (2_000, 48)),
        (moved(stamps(0), {20: 1 << 61}), False, (2_000, 49)),
        (moved(stamps(0, count=100), {98: 7_200_000, 99: 7_200_000}), False, (3_920, 98)),
        (moved(stamps(0, count=100), {99: 7_200_000}), True, (4_000, 100)),
        (moved(stamps(0, count=500), {499: 15_000}), False, (35_000, 500)),
        (moved(stamps(0), dict.fromkeys(range(25, 50), 6_000)), False, (8_000, 50)),
    ],
    ids=[
        "plain", "starts late", "starts before 0", "joined, back to 0", "joined, back and ahead",
        "joined two hours on", "joined on and back", "a stretch without images", "only streams are joined ahead",
        "lone stamp ahead", "lone stamp ahead in a stream", "lone stamp back", "two stamps back", "two lone stamps",
        "absurd stamp", "the last two hours ahead", "the last hours ahead in a stream", "a hole before the last",
        "a hole",
    ],
)  # fmt: skip
def test_the_length_is_that_of_the_pictures(images: list[Stamp], joins_ahead: bool, expected: tuple[int, int]) -> None:
    assert length_ms(images, joins_ahead=joins_ahead) == expected


def test_a_leap_over_which_sound_goes_on_is_a_stretch_without_pictures() -> None:
    images = stamps(0, 30_000)
    sound = list(range(0, 32_000_000, 21_333))
    assert length_ms(images, joins_ahead=True, heard=sound)[0] == 32_000
    assert length_ms(images, joins_ahead=True, heard=[*sound[:90], *sound[-90:]])[0] == 4_000


@pytest.mark.parametrize("ticks", [1 << 61, -(1 << 62)])
def test_a_file_whose_clock_is_absurd_is_refused_with_its_reason(ticks: int) -> None:
    with pytest.raises(VfeedError) as error:
        index_from(moved(stamps(0), dict.fromkeys(range(20, 50), ticks)), MS, 40_000)
    assert error.value.code == "clip_times_unusable"


def test_reordered_pictures_are_neither_jumps_nor_strays() -> None:
    images = [Stamp(n * 500, 500 * (n + (3 if n % 3 == 0 else 0)), n == 0, 500) for n in range(30)]
    index = index_from(images, MS, 500_000)
    assert index.joints == () and index.left_out == 0


REORDERED = [Stamp(n * STEP, (n + (0, 3, 0)[n % 3] + (n == 0)) * STEP, n == 0, STEP) for n in range(298)]
"""Each third frame is decoded before the two that are shown before it."""


def test_a_hole_that_a_reordered_picture_crosses_is_no_joint_though_nothing_is_heard() -> None:
    images = [
        Stamp(dts + (20_000 if dts > 150 * STEP else 0), pts + (20_000 if pts > 150 * STEP else 0), key, kept)
        for dts, pts, key, kept in REORDERED
    ]
    assert any(stamp.pts is not None and stamp.dts is not None and stamp.pts - stamp.dts > 10_000 for stamp in images)
    assert length_ms(images, joins_ahead=True) == (31_920, 298)


def test_pictures_of_a_run_that_are_stamped_hours_ahead_are_left_out_with_the_times_reckoned_from_them() -> None:
    images = [
        Stamp(7_200_000 if n == 152 else dts, pts + (7_200_000 if n in (150, 151, 152) else 0), key, kept)
        for n, (dts, pts, key, kept) in enumerate(REORDERED)
    ]
    assert length_ms(images) == (11_920, 295)


def facts(data: bytes) -> ClipFacts:
    return probe(io.BytesIO(data), max_duration_us=600_000_000, max_bytes=1 << 30)


def two_parts(container: str, second_start_us: int, **kind: object) -> bytes:
    first = make(container, "h264", size=(160, 96), frames=30, sound="aac", **kind)
    return first + make(
        container, "h264", size=(160, 96), frames=30, sound="aac", start_us=second_start_us, **kind
    )  # fmt: skip


@pytest.mark.parametrize("second_us", [0, 500_000_000, 7_200_000_000, 40_000_000_000])
@pytest.mark.parametrize("bframes", [0, 2])
def test_joined_camera_files_are_one_film_wherever_the_second_clock_stands(second_us: int, bframes: int) -> None:
    data = io.BytesIO(two_parts("ts", second_us, bframes=bframes))
    found = facts(data.getvalue())
    assert found.duration_us == pytest.approx(2_400_000, abs=100_000) and found.missing_us == 0
    frames = list(open_frames(data))
    assert [read_number(frame.image_bgr) for frame in frames] == [*range(30), *range(30)]
    for frame in frames[5::20]:
        again = frame_at(data, frame.time_us + 1_000)
        assert (again.time_us, read_number(again.image_bgr)) == (frame.time_us, read_number(frame.image_bgr))


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv", "ts"])
@pytest.mark.parametrize("start_us", [5_000_000, 60_000_000, 3_600_000_000])
def test_a_clock_that_does_not_start_at_0_changes_nothing(container: str, start_us: int) -> None:
    data = make(container, "h264", size=(160, 96), frames=50, sound="aac", start_us=start_us)
    found = facts(data)
    assert (found.duration_us, found.frame_count, found.missing_us) == (pytest.approx(2_000_000, abs=40_000), 50, 0)
    shape = peaks(io.BytesIO(data))
    assert shape is not None and len(shape.peaks) == pytest.approx(100, abs=3)


def test_the_index_of_an_open_file_is_read_once() -> None:
    file = io.BytesIO(make("mp4", "h264", size=(160, 96)))
    assert index_of(file) is index_of(file)
