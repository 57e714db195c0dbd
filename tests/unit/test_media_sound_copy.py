"""The sound alone: on clip time, playable, or nothing at all."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from clip_factory import make

from vfeed.errors import VfeedError
from vfeed.media.sound_copy import make_sound_copy


def test_the_sound_is_where_it_is_in_the_film() -> None:
    out = io.BytesIO()
    film = make("mkv", "h264", frames=50, sound="libopus", sound_offset_us=200_000)
    assert make_sound_copy(io.BytesIO(film), out, refuse_cancelled=lambda: None)
    with av.open(io.BytesIO(out.getvalue())) as made:
        assert [stream.type for stream in made.streams] == ["audio"]
        samples = np.concatenate([frame.to_ndarray()[0] for frame in made.decode(audio=0)])
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    assert len(samples) == pytest.approx(2 * 48_000, abs=4096)
    assert loud[0] == pytest.approx(0.2 * 48_000, abs=2048)


def test_without_sound_nothing_is_written() -> None:
    out = io.BytesIO()
    assert not make_sound_copy(io.BytesIO(make("mp4", "h264")), out, refuse_cancelled=lambda: None)
    assert out.getvalue() == b""


def test_it_stops_when_asked() -> None:
    def stop() -> None:
        raise VfeedError("cancelled", "The work was stopped.")

    with pytest.raises(VfeedError, match="stopped"):
        make_sound_copy(
            io.BytesIO(make("mkv", "h264", frames=50, sound="libopus")), io.BytesIO(), refuse_cancelled=stop
        )
