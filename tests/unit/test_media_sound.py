"""Sound lies on the clip's time line, with silence where there is none."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from clip_factory import clip, make

from vfeed.errors import VfeedError
from vfeed.media.sound import SOUND_HZ, Sound, is_heard
from vfeed.media.waveform import peaks


def test_pieces_join_to_the_whole_without_a_gap() -> None:
    data = io.BytesIO(make("mkv", "h264", frames=50, sound="libopus"))
    with Sound(data, 0) as sound:
        whole = sound.take(2_000_000)
    with Sound(data, 0) as sound:
        pieces = [sound.take(until) for until in range(0, 2_000_001, 33_333)] + [sound.take(2_000_000)]
    assert whole.shape == (2 * SOUND_HZ, 2)
    assert np.array_equal(np.concatenate(pieces), whole)


def test_reading_from_the_middle_gives_the_same_sound() -> None:
    data = io.BytesIO(make("mkv", "h264", frames=75, sound="pcm_s16le"))
    with Sound(data, 0) as sound:
        whole = sound.take(3_000_000)
    with Sound(data, 0, start_us=1_250_000) as sound:
        part = sound.take(2_500_000)
    assert np.array_equal(part, whole[SOUND_HZ * 5 // 4 : SOUND_HZ * 5 // 2])
    assert np.abs(part[SOUND_HZ * 3 // 4 + 100 :]).max() > 5000


def test_a_tone_is_heard_and_a_muted_microphone_is_not() -> None:
    heard = make("mkv", "h264", frames=75, sound="pcm_s16le")
    assert is_heard(io.BytesIO(heard), 0, 3_000_000)
    assert not is_heard(io.BytesIO(clip("mp4_h264")), 0, 1_000_000)
    muted = io.BytesIO(make("mkv", "h264", frames=75, sound="pcm_s16le", sound_offset_us=9_000_000))
    assert not is_heard(muted, 0, 3_000_000)


def test_a_clip_without_sound_gives_silence() -> None:
    with Sound(io.BytesIO(clip("mp4_h264")), 0) as sound:
        assert not sound.present
        assert not sound.take(500_000).any()


def test_nothing_more_to_take_is_empty() -> None:
    with Sound(io.BytesIO(clip("mp4_h264_sound")), 0) as sound:
        sound.take(500_000)
        assert sound.take(400_000).shape == (0, 2)


@pytest.mark.parametrize("name", ["mp4_h264_sound", "webm_vp9", "avi_mjpeg", "ts_h264", "mov_hevc_10bit", "3gp_mpeg4"])
def test_a_waveform_has_its_values_for_each_second_of_picture(name: str) -> None:
    wave = peaks(io.BytesIO(clip(name)), per_second=50)
    assert wave is not None
    assert wave.peaks.shape == (50, 2)
    assert wave.peaks.dtype == np.int8
    assert (wave.peaks[1:48, 1] > 20).all()
    assert (wave.peaks[1:48, 0] < -20).all()


def test_a_waveform_shows_when_it_is_loud_and_when_silent() -> None:
    wave = peaks(io.BytesIO(make("mkv", "h264", frames=100, sound="pcm_s16le")), per_second=10)
    assert wave is not None
    loud = wave.peaks[:, 1] > 20
    assert loud.tolist() == [second % 2 == 0 for second in range(4) for _ in range(10)]


def test_a_waveform_follows_clip_time_when_the_file_starts_late() -> None:
    data = make("ts", "h264", frames=50, sound="aac", start_us=7_000_000, sound_offset_us=500_000)
    wave = peaks(io.BytesIO(data), per_second=10)
    assert wave is not None
    assert np.flatnonzero(wave.peaks[:, 1] > 20)[0] == pytest.approx(5, abs=1)


def test_no_sound_has_no_waveform() -> None:
    assert peaks(io.BytesIO(clip("mp4_h264"))) is None


def test_a_waveform_is_plain_numbers_for_json() -> None:
    wave = peaks(io.BytesIO(clip("mp4_h264_sound")), per_second=4)
    assert wave is not None
    stored = json.loads(json.dumps(wave.as_dict()))
    assert stored["per_second"] == 4
    assert len(stored["peaks"]) == 8


def test_a_waveform_of_no_values_is_refused() -> None:
    with pytest.raises(VfeedError) as caught:
        peaks(io.BytesIO(clip("mp4_h264_sound")), per_second=0)
    assert caught.value.code == "invalid_input"
