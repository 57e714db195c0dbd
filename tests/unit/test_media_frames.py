"""Frames: upright, with true times, from every container and codec."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from clip_factory import RECIPES, clip, is_upright, make, read_number, sound_only, two_sizes

from vfeed.errors import VfeedError
from vfeed.media import opening
from vfeed.media.decoding import Decoded, VideoDecoder
from vfeed.media.frames import frame_at, frame_times, frames_at, open_frames

PLAIN = [name for name in RECIPES if name not in ("vfr", "large")]


@pytest.mark.parametrize("name", PLAIN)
def test_every_frame_comes_upright_with_its_time(name: str) -> None:
    frames = list(open_frames(io.BytesIO(clip(name))))
    assert [read_number(frame.image_bgr) for frame in frames] == list(range(25))
    assert [frame.time_us for frame in frames] == [n * 40_000 for n in range(25)]
    assert all(is_upright(frame.image_bgr) for frame in frames)


def test_every_iteration_starts_again_and_the_size_is_known_before() -> None:
    source = open_frames(io.BytesIO(clip("rotated_90")))
    assert (source.width_px, source.height_px, source.duration_us) == (180, 320, 1_000_000)
    first = next(iter(source))
    assert first.image_bgr.shape == (320, 180, 3)
    assert first.image_bgr.dtype == np.uint8
    assert first.image_bgr.flags.c_contiguous
    assert [frame.time_us for frame in source] == [n * 40_000 for n in range(25)]


def test_frames_are_picked_by_time_and_not_by_number() -> None:
    every = [frame.time_us for frame in open_frames(io.BytesIO(clip("vfr")))]
    picked = [frame.time_us for frame in open_frames(io.BytesIO(clip("vfr")), fps=10)]
    first_of_slot: dict[int, int] = {}
    for time_us in every:
        first_of_slot.setdefault((time_us + 25_000) // 100_000, time_us)
    assert picked == list(first_of_slot.values())
    assert len(picked) < len(every)
    assert max(np.diff(picked)) > 400_000, "nothing is invented inside the long gaps"


def test_half_the_rate_is_every_second_frame_in_spite_of_rounding() -> None:
    whole_ms = make("webm", "vp9", fps=30, frames=40)
    numbers = [read_number(frame.image_bgr) for frame in open_frames(io.BytesIO(whole_ms), fps=15)]
    assert numbers == list(range(0, 40, 2))


@pytest.mark.parametrize("name", ["mp4_h264_bframes", "mp4_h264", "vfr"])
def test_pictures_that_nobody_needs_are_not_decoded_and_the_others_are_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    feed = VideoDecoder.feed

    def counted(self: VideoDecoder, packet: Any) -> Iterator[Decoded]:
        for each in feed(self, packet):
            made.append(each.pts_us)
            yield each

    monkeypatch.setattr(VideoDecoder, "feed", counted)
    every = {frame.time_us: frame.image_bgr for frame in open_frames(io.BytesIO(clip(name)))}
    some = open_frames(io.BytesIO(clip(name)), fps=8)
    assert len(list(some)) > 2  # This has looked for fields as well.
    made.clear()
    picked = list(some)
    assert len(picked) < len(every)
    assert all(np.array_equal(frame.image_bgr, every[frame.time_us]) for frame in picked)
    assert len(made) < len(every) if name == "mp4_h264_bframes" else len(made) <= len(every)


def test_a_rate_above_the_clips_gives_every_frame_once() -> None:
    assert len(list(open_frames(io.BytesIO(clip("mp4_h264")), fps=60))) == 25


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(VfeedError) as caught:
        open_frames(io.BytesIO(clip("mp4_h264")), fps=0)
    assert caught.value.code == "invalid_input"


@pytest.mark.parametrize(("name", "size"), [("large", (640, 360)), ("rotated_270", (90, 160)), ("odd_size", (160, 90))])
def test_the_longer_side_is_limited_and_never_enlarged(name: str, size: tuple[int, int]) -> None:
    side = max(size)
    source = open_frames(io.BytesIO(clip(name)), max_side_px=side)
    assert (source.width_px, source.height_px) == size
    assert is_upright(next(iter(source)).image_bgr)
    assert open_frames(io.BytesIO(clip(name)), max_side_px=5000).width_px <= 1920


def test_reordered_pictures_come_in_order_of_time() -> None:
    for container in ("mp4", "ts", "avi", "mkv"):
        frames = list(open_frames(io.BytesIO(make(container, "h264", bframes=2))))
        assert [read_number(frame.image_bgr) for frame in frames] == list(range(25))
        assert [frame.time_us for frame in frames] == [n * 40_000 for n in range(25)]


def test_joined_recordings_run_on_without_stepping_back() -> None:
    joined = make("ts", "h264", frames=30) + make("ts", "h264", frames=20)
    times = [frame.time_us for frame in open_frames(io.BytesIO(joined))]
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert times[-1] == pytest.approx(1_960_000, abs=80_000)


def test_a_change_of_picture_size_is_fitted_into_the_first() -> None:
    frames = list(open_frames(io.BytesIO(two_sizes())))
    assert {frame.image_bgr.shape for frame in frames} == {(180, 320, 3)}
    last = frames[-1].image_bgr
    assert last[:, :30].max() < 20, "a narrower picture gets black bars"
    assert is_upright(last[:, 40:-40])


@pytest.mark.parametrize("name", ["mp4_h264", "mkv_hevc_10bit", "avi_mpeg4", "ts_h264", "webm_vp9", "late_start"])
@pytest.mark.parametrize(("time_us", "number"), [(0, 0), (39_999, 0), (40_000, 1), (500_000, 12), (10**9, 24), (-5, 0)])
def test_the_frame_on_screen_at_a_time_is_the_last_that_has_started(name: str, time_us: int, number: int) -> None:
    frame = frame_at(io.BytesIO(clip(name)), time_us)
    assert (read_number(frame.image_bgr), frame.time_us) == (number, number * 40_000)


def test_a_long_gap_keeps_its_frame_on_screen() -> None:
    times = [frame.time_us for frame in open_frames(io.BytesIO(clip("vfr")))]
    widest = int(np.argmax(np.diff(times)))
    frame = frame_at(io.BytesIO(clip("vfr")), times[widest + 1] - 1)
    assert frame.time_us == times[widest]


def test_times_after_a_joint_are_found_from_the_start() -> None:
    joined = make("ts", "h264", frames=30) + make("ts", "h264", frames=20)
    assert frame_at(io.BytesIO(joined), 1_900_000).time_us == pytest.approx(1_900_000, abs=80_000)


def test_several_times_are_read_in_any_order() -> None:
    frames = frames_at(io.BytesIO(clip("mp4_hevc")), [900_000, 0, 480_000], max_side_px=160)
    assert [read_number(frame.image_bgr) for frame in frames] == [22, 0, 12]
    assert frames[0].image_bgr.shape == (90, 160, 3)


def test_a_file_without_a_picture_is_refused() -> None:
    with pytest.raises(VfeedError) as caught:
        open_frames(io.BytesIO(sound_only()))
    assert caught.value.code == "clip_audio_only"


def test_a_file_that_fails_while_read_tells_its_own_error() -> None:
    class Damaged(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 5000:
                raise VfeedError("vault_damaged", "A stored file is damaged.")
            return super().read(size)

    data = make("mkv", "mpeg4", frames=200)
    with pytest.raises(VfeedError) as caught:
        list(open_frames(Damaged(data)))
    assert caught.value.code == "vault_damaged"


def test_picture_times_are_those_of_the_frames() -> None:
    file = io.BytesIO(clip(next(iter(RECIPES))))
    assert list(frame_times(file)) == [frame.time_us for frame in open_frames(file)]


def test_who_looks_at_parts_has_ordinary_pictures_decoded_by_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vfeed.media.opening.os.cpu_count", lambda: 8)

    def threads(*, beside_others: bool) -> int:
        with opening.open_clip(io.BytesIO(clip("mp4_h264")), beside_others=beside_others) as opened:
            return opened.video.codec_context.thread_count

    assert threads(beside_others=True) == 1 < threads(beside_others=False)
    monkeypatch.setattr(opening, "ALONE_TO_PIXELS", 100)
    assert threads(beside_others=True) == threads(beside_others=False)
