"""A recorded voice is told by its content, and nothing but sound is one."""

from __future__ import annotations

import pytest
from clip_factory import make
from voice_recording import a_voice

from vfeed.errors import VfeedError
from vfeed.media.voice_recording import voice_type


@pytest.mark.parametrize(
    ("container", "codec", "media_type"),
    [("webm", "libopus", "audio/webm"), ("mp4", "aac", "audio/mp4"), ("ogg", "libopus", "audio/ogg")],
)
def test_what_browsers_record_is_taken(container: str, codec: str, media_type: str) -> None:
    assert voice_type(a_voice(container, codec)) == media_type


@pytest.mark.parametrize(
    ("container", "codec"), [("webm", "libopus"), ("mp4", "aac"), ("ogg", "libopus")], ids=["webm", "mp4", "ogg"]
)
def test_three_minutes_are_taken_and_not_more(container: str, codec: str) -> None:
    assert voice_type(a_voice(container, codec, seconds=181, loudness=0)), "a recorder may stop a little late"
    with pytest.raises(VfeedError, match="three minutes at most"):
        voice_type(a_voice(container, codec, seconds=200, loudness=0))


@pytest.mark.parametrize(
    "sound",
    [b"", b"hello", b"#EXTM3U\nhttp://elsewhere/x.ts", a_voice()[:40], make("mp4", "h264"), make("mkv", "h264")],
    ids=["nothing", "text", "a list", "cut off", "a film", "a film in the recorder's container"],
)
def test_whatever_is_no_voice_is_refused(sound: bytes) -> None:
    with pytest.raises(VfeedError, match="no recording of a voice"):
        voice_type(sound)
