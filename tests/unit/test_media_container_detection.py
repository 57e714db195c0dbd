"""A file's first bytes decide which demuxer may open it."""

from __future__ import annotations

import io

import pytest
from clip_factory import RECIPES, clip

from vfeed.errors import VfeedError
from vfeed.media.container_detection import container_format

EXPECTED = {"mp4": "mov", "mov": "mov", "m4v": "mov", "3gp": "mov", "mkv": "matroska", "webm": "matroska"}


@pytest.mark.parametrize("name", ["mp4_h264", "mov_h264", "m4v_h264", "3gp_mpeg4", "mkv_h264", "webm_vp9"])
def test_quicktime_and_matroska_families_are_told_by_signature(name: str) -> None:
    assert container_format(io.BytesIO(clip(name))) == EXPECTED[RECIPES[name]["container"]]


def test_avi_and_transport_streams_are_told_by_signature() -> None:
    assert container_format(io.BytesIO(clip("avi_mjpeg"))) == "avi"
    assert container_format(io.BytesIO(clip("ts_h264"))) == "mpegts"
    cut_in_a_packet = clip("ts_h264")[100:]
    assert container_format(io.BytesIO(cut_in_a_packet)) == "mpegts"


@pytest.mark.parametrize(
    "head",
    [
        b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://example.invalid/a.ts\n",
        b"\xef\xbb\xbf#EXTM3U\nfile.ts\n",
        b"  \r\n#extm3u\n",
        "#EXTM3U\nfile.ts\n".encode("utf-16"),
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"# a remark\nfile '/etc/passwd'\n",
        b"file /etc/hostname\nduration 3\n",
        b"[playlist]\nFile1=http://example.invalid/x\n",
        b"[Reference]\nRef1=http://example.invalid/x\n",
        b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
        b"<ASX version='3.0'><entry/></ASX>",
        b"<smil><body/></smil>",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
        b"http://example.invalid/film.mp4\n",
        b"RTSPtext\r\nrtsp://example.invalid/film\n",
    ],
)
def test_a_list_that_points_elsewhere_is_refused_as_such(head: bytes) -> None:
    with pytest.raises(VfeedError) as caught:
        container_format(io.BytesIO(head))
    assert caught.value.code == "clip_playlist"
    assert caught.value.hint


@pytest.mark.parametrize(
    "head",
    [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"\x00\x00\x00\x18ftypheic",
        b"GIF89a",
        b"RIFF\x00\x01\x00\x00WEBPVP8 ",
        b"II*\x00",
        b"MM\x00*",
    ],
)
def test_a_photo_is_called_a_photo_whatever_its_name(head: bytes) -> None:
    with pytest.raises(VfeedError) as caught:
        container_format(io.BytesIO(head + bytes(200)))
    assert caught.value.code == "clip_not_video"
    assert (caught.value.message, caught.value.hint) == ("The file is a photo, not a video.", "Choose the video file.")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "clip_empty"),
        (bytes(5000), "clip_not_video"),
        (b"Dear diary, today we played with blocks.", "clip_not_video"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "clip_not_video"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "clip_not_video"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(200), "clip_not_video"),
        (b"PK\x03\x04" + bytes(200), "clip_not_video"),
        (b"FLV\x01" + bytes(200), "clip_not_video"),
        (b"%PDF-1.7\n", "clip_not_video"),
        (b"ID3\x03" + bytes(200), "clip_audio_only"),
        (b"RIFF\x00\x01\x00\x00WAVEfmt " + bytes(200), "clip_audio_only"),
        (b"OggS" + bytes(200), "clip_audio_only"),
        (b"OggS" + bytes(22) + b"\x01\x13OpusHead" + bytes(200), "clip_audio_only"),
        (b"OggS" + bytes(22) + b"\x01\x2a\x80theora\x03\x02\x01" + bytes(200), "clip_not_video"),
        (b"OggS" + bytes(22) + b"\x01\x1aOVP80\x01\x01" + bytes(200), "clip_not_video"),
    ],
)
def test_what_is_not_a_video_is_refused_with_a_fix(data: bytes, code: str) -> None:
    with pytest.raises(VfeedError) as caught:
        container_format(io.BytesIO(data))
    assert caught.value.code == code
    assert caught.value.hint
