"""What a browser would not play in step is not copied: sound with holes or another clock, pictures that change."""

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from clip_damage import merged, with_noise, with_sound_clock, with_sound_hole
from clip_factory import make, read_number
from numpy.typing import NDArray

from vfeed.media.frames import open_frames
from vfeed.media.proxy import ProxyFacts, make_proxy

SIZE = (160, 96)


def proxy(data: bytes) -> tuple[ProxyFacts, bytes]:
    out = io.BytesIO()
    facts = make_proxy(io.BytesIO(data), out, on_progress=lambda _: None, is_cancelled=lambda: False)
    return facts, out.getvalue()


def film(seconds: int = 4, **kind: object) -> bytes:
    wanted: dict[str, object] = {"size": SIZE, "frames": 25 * seconds, "sound": "aac", **kind}
    return make("mp4", "h264", **wanted)


def heard_joined(data: bytes) -> NDArray[Any]:
    """(n,) the sound at 48 kHz as a player hears it that plays packet after packet from the first one's stamp."""
    with av.open(io.BytesIO(data)) as container:
        parts, begin = [], None
        for frame in container.decode(audio=0):
            begin = float(frame.time) if begin is None else begin
            parts.append(frame.to_ndarray().mean(axis=0))
    lead = np.zeros(max(0, round((begin or 0) * 48_000)))
    return np.concatenate([lead, *parts])


def turns_silent_s(sound: NDArray[Any], after_s: float) -> float:
    """When the tone of `clip_factory`, loud in even seconds, ends for a tenth of a second at least."""
    loud = np.abs(sound[: len(sound) // 480 * 480]).reshape(-1, 480).max(axis=1) > 0.05
    places = range(round(after_s * 100), len(loud) - 10)
    return next(place for place in places if not loud[place : place + 10].any()) / 100


def packets_in_step(data: bytes) -> bool:
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        starts = [packet.pts * packet.time_base for packet in container.demux(stream) if packet.size]
        rate = stream.codec_context.sample_rate
    return all(abs(start - starts[0] - Fraction(1024 * n, rate)) < Fraction(1, 50) for n, start in enumerate(starts))


def test_a_whole_film_is_copied_with_its_sound() -> None:
    facts, data = proxy(film())
    assert facts.copied and facts.has_sound and packets_in_step(data)


@pytest.mark.parametrize(
    ("start_s", "end_s"), [(0.2, 0.5), (0.1, 0.9), (1.2, 1.9), (0.3, 0.36)], ids=["0.3 s", "0.8 s", "0.7 s", "60 ms"]
)
def test_after_a_hole_in_the_sound_everything_is_heard_at_its_time(start_s: float, end_s: float) -> None:
    facts, data = proxy(with_sound_hole(film(), start_s, end_s))
    assert facts.copied, "the pictures need no encoding"
    assert packets_in_step(data)
    assert turns_silent_s(heard_joined(data), 2.5) == pytest.approx(3.0, abs=0.04)
    assert [read_number(frame.image_bgr) for frame in open_frames(io.BytesIO(data))] == list(range(100))


@pytest.mark.parametrize("pace", [1.01, 0.99, 1.05])
def test_sound_of_another_clock_is_heard_when_its_stamps_say(pace: float) -> None:
    facts, data = proxy(with_sound_clock(film(8), pace))
    assert facts.copied and packets_in_step(data)
    assert turns_silent_s(heard_joined(data), 6.3) == pytest.approx(7 * pace, abs=0.04)


def test_films_merged_by_copying_are_encoded_when_the_size_changes() -> None:
    data = merged(make("ts", "h264", size=SIZE), make("ts", "h264", size=(96, 160)))
    facts, made = proxy(data)
    assert not facts.copied
    shapes = {frame.image_bgr.shape for frame in open_frames(io.BytesIO(made))}
    assert shapes == {(96, 160, 3)}
    last = list(open_frames(io.BytesIO(made)))[-1].image_bgr
    assert last[:, :40].max() < 40 and last[48, 60:100].max() > 60, "the upright half stands between bars"


def test_a_film_with_noise_in_its_pictures_is_not_copied() -> None:
    assert not proxy(with_noise(film(sound=None), 0.4, 0.5))[0].copied


def test_key_frames_that_a_player_cannot_start_from_are_not_copied() -> None:
    assert not proxy(film(2, bframes=2, open_gop=True, sound=None))[0].copied
