"""A reel holds exactly the chosen moments, in their order."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from clip_factory import clip, is_upright, make, read_number

from vfeed.errors import VfeedError
from vfeed.media.frames import Frame, open_frames
from vfeed.media.reel import Cut, cut_reel
from vfeed.media.waveform import peaks
from vfeed.timeline.interval import Interval


def reel(*pieces: tuple[bytes, int, int]) -> bytes:
    out = io.BytesIO()
    chosen = [Cut(io.BytesIO(data), Interval(start, end)) for data, start, end in pieces]
    cut_reel(chosen, out, on_progress=lambda _: None, is_cancelled=lambda: False)
    return out.getvalue()


def shown(data: bytes) -> list[tuple[int, int]]:
    return [(frame.time_us, read_number(frame.image_bgr)) for frame in open_frames(io.BytesIO(data))]


def test_a_cut_is_exact_even_between_key_frames() -> None:
    data = make("mp4", "h264", frames=60, keyframe_every=50, bframes=2)
    assert shown(reel((data, 840_000, 1_040_000))) == [(n * 40_000, 21 + n) for n in range(5)]


def test_a_cut_inside_a_frame_starts_with_the_frame_on_screen() -> None:
    assert shown(reel((clip("mp4_h264"), 210_000, 330_000))) == [(0, 5), (30_000, 6), (70_000, 7), (110_000, 8)]


def test_pieces_come_in_the_given_order_with_their_own_times() -> None:
    data = reel((clip("mp4_h264"), 800_000, 880_000), (clip("vfr"), 0, 100_000), (clip("mp4_h264"), 0, 80_000))
    expected = [(0, 20), (40_000, 21), (80_000, 0), (113_333, 1), (146_667, 2), (180_000, 0), (220_000, 1)]
    assert [number for _, number in shown(data)] == [number for _, number in expected]
    assert np.allclose([time for time, _ in shown(data)], [time for time, _ in expected], atol=2)
    with av.open(io.BytesIO(data)) as container:
        assert container.duration == pytest.approx(260_000, abs=1)
        assert data.index(b"moov") < data.index(b"mdat")


def test_a_stretched_cut_shows_its_pictures_in_proportion_and_is_silent() -> None:
    loud = make("mkv", "h264", frames=25, sound="libopus")
    out = io.BytesIO()
    slow = Cut(io.BytesIO(loud), Interval(0, 400_000), lasts_us=800_000)
    stands = Cut(io.BytesIO(loud), Interval(400_000, 400_001), lasts_us=600_000)
    cuts = [Cut(io.BytesIO(loud), Interval(0, 400_000)), slow, stands]
    cut_reel(cuts, out, on_progress=lambda _: None, is_cancelled=lambda: False)
    once = [(n * 40_000, n) for n in range(10)]
    again = [(400_000 + n * 80_000, n) for n in range(10)]
    assert shown(out.getvalue()) == [*once, *again, (1_200_000, 10)]
    with av.open(io.BytesIO(out.getvalue())) as container:
        assert container.duration == pytest.approx(1_800_000, abs=25_000)
    wave = peaks(io.BytesIO(out.getvalue()), 10)
    assert wave is not None
    heard = (wave.peaks[:, 1] > 20).tolist()
    assert heard[:4] == [True] * 4 and not any(heard[5:])


def test_pieces_of_other_shapes_are_fitted_with_black_bars() -> None:
    data = reel((clip("mp4_hevc"), 0, 80_000), (clip("rotated_90"), 0, 80_000))
    frames: list[Frame] = list(open_frames(io.BytesIO(data)))
    assert {frame.image_bgr.shape for frame in frames} == {(180, 320, 3)}
    turned = frames[-1].image_bgr
    assert turned[:, :100].max() < 40
    assert is_upright(turned[:, 110:210])


def test_a_piece_without_sound_is_silent_between_others() -> None:
    loud = make("mkv", "h264", frames=25, sound="libopus")
    wave = peaks(io.BytesIO(reel((loud, 0, 400_000), (clip("mp4_h264"), 0, 400_000), (loud, 200_000, 600_000))), 10)
    assert wave is not None
    heard = (wave.peaks[:, 1] > 20).tolist()
    assert heard == [True] * 4 + [False] * 4 + [True] * 4


def test_silent_pieces_make_a_reel_without_a_sound_track() -> None:
    with av.open(io.BytesIO(reel((clip("mp4_h264"), 0, 200_000)))) as container:
        assert not container.streams.audio


def test_a_large_clip_is_made_smaller() -> None:
    with av.open(io.BytesIO(reel((clip("large"), 0, 200_000)))) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (1280, 720)


@pytest.mark.parametrize(
    ("pieces", "code"),
    [([], "invalid_input"), ([(clip("mp4_h264"), 5_000_000, 6_000_000)], "interval_invalid")],
)
def test_a_reel_of_nothing_is_refused(pieces: list[tuple[bytes, int, int]], code: str) -> None:
    with pytest.raises(VfeedError) as caught:
        reel(*pieces)
    assert caught.value.code == code
    assert caught.value.hint


def test_a_reel_can_be_stopped() -> None:
    out = io.BytesIO()
    with pytest.raises(VfeedError) as caught:
        cut_reel(
            [Cut(io.BytesIO(clip("mp4_h264")), Interval(0, 900_000))],
            out,
            on_progress=lambda _: None,
            is_cancelled=lambda: True,
        )
    assert caught.value.code == "cancelled"
    assert out.getvalue() == b""
