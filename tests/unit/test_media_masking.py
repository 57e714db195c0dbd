"""A copy with hidden places keeps every picture's time, hides what it is told to, and changes the voice."""

from __future__ import annotations

import io
from typing import Any

import av
import numpy as np
import pytest
from clip_factory import clip, make, read_number
from numpy.typing import NDArray

from vfeed.errors import VfeedError
from vfeed.media.frames import open_frames
from vfeed.media.masking import MaskRegion, mask_region, nothing, write_redacted
from vfeed.media.progress import Progress

ALL = MaskRegion(0.0, 0.0, 1.0, 1.0, square=True, filled=True)


def copy(data: bytes, places: Any = nothing, voice: Any = "as_it_is", is_cancelled: Any = lambda: False) -> bytes:
    out = io.BytesIO()
    write_redacted(io.BytesIO(data), out, places, voice, Progress(lambda _: None, is_cancelled))
    return out.getvalue()


def noise(height: int = 120, width: int = 160) -> NDArray[Any]:
    return np.random.default_rng(1).integers(0, 255, (height, width), np.uint8)


@pytest.mark.parametrize("name", ["mp4_h264", "mp4_h264_bframes", "vfr", "rotated_90"])
def test_every_picture_keeps_its_place_and_its_time(name: str) -> None:
    data = clip(name)
    before = [(frame.time_us, read_number(frame.image_bgr)) for frame in open_frames(io.BytesIO(data))]
    after = [(frame.time_us, read_number(frame.image_bgr)) for frame in open_frames(io.BytesIO(copy(data)))]
    assert [number for _, number in after] == [number for _, number in before]
    assert np.allclose([time for time, _ in after], [time for time, _ in before], atol=2)


def test_a_place_is_hidden_only_while_it_is_named() -> None:
    data = clip("mp4_h264")
    made = copy(data, lambda time_us: [ALL] if time_us < 200_000 else [])
    spread = [float(frame.image_bgr.mean(axis=2).std()) for frame in open_frames(io.BytesIO(made))]
    assert max(spread[:5]) < 3 and min(spread[5:]) > 30


@pytest.mark.parametrize("square", [False, True])
def test_nothing_within_the_place_is_left_and_nothing_outside_is_touched(square: bool) -> None:
    plane, before = noise(), noise()
    mask_region(plane, MaskRegion(0.25, 0.25, 0.5, 0.5, square=square))
    # A hidden place is smooth: no pixel tells more than its neighbours do.
    assert np.abs(np.diff(plane[50:70, 60:100].astype(int), axis=1)).max() <= 2
    assert (plane[:28] == before[:28]).all() and (plane[:, :38] == before[:, :38]).all()
    corner = plane[31:33, 41:43] == before[31:33, 41:43]
    assert corner.all() != square


def test_a_painted_place_has_one_tone() -> None:
    plane = noise()
    mask_region(plane, MaskRegion(0.25, 0.25, 0.5, 0.5, square=True, filled=True))
    assert len(np.unique(plane[31:89, 41:119])) == 1


@pytest.mark.parametrize(
    "region", [MaskRegion(-0.2, -0.2, 0.3, 0.3), MaskRegion(0.95, 0.9, 0.4, 0.4), MaskRegion(2.0, 0.0, 0.1, 0.1)]
)
def test_a_place_may_reach_beyond_the_picture(region: MaskRegion) -> None:
    plane = noise()
    mask_region(plane, region)
    assert plane.shape == (120, 160)


def test_a_voice_is_lower_with_the_same_length_or_gone() -> None:
    data = make("mp4", "h264", frames=50, sound="aac")
    assert loudest_hz(copy(data, voice="altered")) == pytest.approx(0.75 * loudest_hz(copy(data)), rel=0.04)
    with av.open(io.BytesIO(copy(data, voice="altered"))) as container:
        assert container.duration == pytest.approx(2_000_000, abs=60_000)
    with av.open(io.BytesIO(copy(data, voice="off"))) as container:
        assert not container.streams.audio


def test_a_copy_that_is_stopped_leaves_nothing() -> None:
    with pytest.raises(VfeedError, match="stopped"):
        copy(clip("mp4_h264"), is_cancelled=lambda: True)


def loudest_hz(data: bytes) -> float:
    with av.open(io.BytesIO(data)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])[12_000:84_000]
    return float(np.fft.rfftfreq(len(heard), 1 / 48_000)[np.abs(np.fft.rfft(heard)).argmax()])
