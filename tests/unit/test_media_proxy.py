"""The proxy: true times, quick seeking, nothing readable on disk, and a quick end when asked."""

from __future__ import annotations

import io
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clip_factory import RECIPES, clip, is_upright, make, read_number, sound_only, two_sizes
from typing_extensions import Buffer

from vfeed.errors import VfeedError
from vfeed.media import ffmpeg
from vfeed.media.frames import open_frames
from vfeed.media.probe import probe
from vfeed.media.proxy import ProxyFacts, make_proxy
from vfeed.media.waveform import peaks

COPIED = {"mp4_h264", "mp4_h264_sound", "mp4_h264_bframes", "mov_h264", "m4v_h264", "3gp_h264", "vfr"}


class InOrder(io.RawIOBase):
    """A target that can only be written in order, as the vault's."""

    def __init__(self) -> None:
        super().__init__()
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        self.data += data
        return len(data)


def made(data: bytes) -> tuple[ProxyFacts, bytes]:
    out = InOrder()
    facts = make_proxy(io.BytesIO(data), out, on_progress=lambda _: None, is_cancelled=lambda: False)
    return facts, bytes(out.data)


def key_times_us(data: bytes) -> list[int]:
    with av.open(io.BytesIO(data)) as container:
        found = [packet.pts * packet.time_base for packet in container.demux(video=0) if packet.is_keyframe]
        return [int(time * 1_000_000) for time in found]


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_clip_becomes_a_small_h264_mp4_with_every_frame_at_its_time(name: str) -> None:
    facts, data = made(clip(name))
    assert facts.copied == (name in COPIED)
    assert facts.size_bytes == len(data)
    assert data.index(b"moov") < data.index(b"mdat")
    original = [frame.time_us for frame in open_frames(io.BytesIO(clip(name)))]
    frames = list(open_frames(io.BytesIO(data)))
    assert [read_number(frame.image_bgr) for frame in frames] == list(range(len(original)))
    assert is_upright(frames[-1].image_bgr)
    assert facts.pts_map.dtype == np.int64
    assert facts.pts_map[:, 1].tolist() == original
    assert facts.pts_map[:, 0].tolist() == [frame.time_us for frame in frames]
    assert np.abs(facts.pts_map[:, 0] - facts.pts_map[:, 1]).max() <= 1
    with av.open(io.BytesIO(data)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height) == (facts.width_px, facts.height_px)
        assert video.start_time == 0
        assert max(video.width, video.height) <= 1280
        assert container.duration == pytest.approx(facts.duration_us, abs=30_000)
        sounds = [stream.codec_context.name for stream in container.streams.audio]
        assert sounds == (["aac"] if "sound" in RECIPES[name] else [])
    assert facts.has_sound == bool(sounds)


def with_notes(data: bytes) -> bytes:
    """The same film with what cameras and people write into files: names, a place, a day."""
    out = io.BytesIO()
    with av.open(io.BytesIO(data)) as source, av.open(out, "w", format="mp4") as target:
        target.metadata.update({"title": "Robin", "comment": "Wren", "location": "+51.5-000.1/"})
        target.metadata["creation_time"] = "2031-05-06T07:08:09Z"
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for stream in streams.values():
            stream.metadata.update({"handler_name": "Robin", "creation_time": "2031-05-06T07:08:09Z"})
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return out.getvalue()


@pytest.mark.parametrize("name", ["mp4_h264_sound", "mp4_mpeg4"])
def test_no_name_place_or_day_of_the_original_is_in_the_copy_that_coders_get(name: str) -> None:
    original = with_notes(clip(name))
    assert b"Robin" in original and b"loci" in original
    _facts, data = made(original)
    assert not [word for word in (b"Robin", b"Wren", b"2031", b"loci", b"xyz") if word in data]
    for box, skipped in ((b"mvhd", 8), (b"tkhd", 8), (b"mdhd", 8)):
        # After the name, one byte of version and three of flags come the times of making and of change.
        place = data.index(box) + 4 + 4
        assert data[place : place + skipped] == bytes(skipped), box


def test_an_encoded_proxy_has_a_key_frame_at_least_every_second_of_true_time() -> None:
    uneven = tuple(int(t) for t in np.cumsum([0] + [33_333, 33_334, 450_000, 20_000] * 12))
    facts, data = made(make("mkv", "h264", times_us=uneven, keyframe_every=1000))
    assert not facts.copied
    times = [*key_times_us(data), facts.duration_us]
    longest_frame = 450_000
    assert max(np.diff(times)) <= 1_000_000 + longest_frame
    steady, data = made(make("mkv", "h264", frames=90, keyframe_every=1000))
    assert max(np.diff([*key_times_us(data), steady.duration_us])) <= 1_000_000


def test_a_copy_lasts_as_long_as_the_film_however_far_apart_its_pictures_are() -> None:
    film = make("mkv", "vp9", times_us=tuple(range(0, 200_000_000, 20_000_000)))
    facts, _data = made(film)
    assert facts.duration_us == probe(io.BytesIO(film), max_duration_us=3_600_000_000, max_bytes=1 << 30).duration_us


# The key frame after the tenth picture is decoded before the gap and shown after it.
LONG_GAP_BEFORE_A_KEY_FRAME = (*(n * 40_000 for n in range(9)), *(730_000 + n * 40_000 for n in range(16)))


@pytest.mark.parametrize(
    "data",
    [
        make("mp4", "h264", frames=75, keyframe_every=1000),
        make("mp4", "h264", pixel_format="yuv444p"),
        make("mp4", "h264", size=(1440, 200), frames=5),
        make("mp4", "h264", size=(320, 180), rotation_deg=180),
        make("mp4", "h264", sound="libmp3lame"),
        make("mp4", "hevc", frames=5),
        make("mp4", "h264", bframes=2, times_us=LONG_GAP_BEFORE_A_KEY_FRAME),
        make("mp4", "h264", pixel_aspect=Fraction(100)),
    ],
    ids=[
        "rare key frames",
        "full chroma",
        "too wide",
        "turned",
        "mp3",
        "hevc",
        "a picture out of reach",
        "absurd pixels",
    ],
)
def test_what_a_browser_plays_badly_is_encoded_anew(data: bytes) -> None:
    facts, copy = made(data)
    assert not facts.copied
    with av.open(io.BytesIO(copy)) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_sound_stays_with_its_picture() -> None:
    for name, offset_us in (("mkv", 0), ("mkv", 400_000), ("mp4", 400_000), ("ts", 400_000)):
        encoder = "libopus" if name == "mkv" else "aac"
        data = make(name, "h264", frames=75, sound=encoder, sound_offset_us=offset_us, keyframe_every=8)
        _, copy = made(data)
        before, after = peaks(io.BytesIO(data)), peaks(io.BytesIO(copy))
        assert before is not None
        assert after is not None
        loud = [np.flatnonzero(wave.peaks[:, 1] > 20) for wave in (before, after)]
        assert loud[0][0] == pytest.approx(offset_us / 20_000, abs=2)
        assert loud[1][0] == pytest.approx(loud[0][0], abs=1)
        assert len(loud[1]) == pytest.approx(len(loud[0]), abs=3)


def test_a_picture_size_that_changes_and_a_joint_do_not_stop_it() -> None:
    facts, data = made(two_sizes())
    assert (facts.width_px, facts.height_px) == (320, 180)
    assert len(list(open_frames(io.BytesIO(data)))) == len(facts.pts_map)


def test_progress_rises_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vfeed.media.progress.LOOK_EVERY_S", 0.0)
    seen: list[float] = []
    make_proxy(io.BytesIO(clip("webm_vp9")), InOrder(), on_progress=seen.append, is_cancelled=lambda: False)
    assert seen == sorted(seen)
    assert len(seen) > 20
    assert seen[-1] == 1.0
    assert max(seen[:-1]) < 1.0


def test_cancelling_stops_at_once_and_ends_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vfeed.media.progress.LOOK_EVERY_S", 0.0)
    children = watched(monkeypatch)
    asked = iter([False] * 5)
    out = InOrder()
    with pytest.raises(VfeedError) as caught:
        make_proxy(
            io.BytesIO(make("mkv", "h264", frames=200)),
            out,
            on_progress=lambda _: None,
            is_cancelled=lambda: next(asked, True),
        )
    assert caught.value.code == "cancelled"
    assert not out.data
    assert all(child._process.poll() is not None for child in children)
    assert not [thread for thread in threading.enumerate() if thread.name in ("mp4-packing", "ffmpeg-messages")]


def test_ffmpegs_own_words_come_with_its_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ffmpeg.X264, "preset", "no-such-preset")
    with pytest.raises(VfeedError) as caught:
        made(clip("webm_vp9"))
    assert caught.value.code == "media_failed"
    assert "preset" in caught.value.message


def test_an_ffmpeg_that_is_killed_is_an_error_and_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vfeed.media.progress.LOOK_EVERY_S", 0.0)
    children = watched(monkeypatch)

    def kill_it(done: float) -> None:
        if done > 0.3:
            children[0]._process.kill()

    with pytest.raises(VfeedError) as caught:
        make_proxy(
            io.BytesIO(make("mkv", "h264", frames=300, size=(640, 360))),
            InOrder(),
            on_progress=kill_it,
            is_cancelled=lambda: False,
        )
    assert caught.value.code == "media_failed"


def test_a_target_that_is_full_tells_its_own_error() -> None:
    class Full(InOrder):
        def write(self, data: Buffer) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        make_proxy(io.BytesIO(clip("webm_vp9")), Full(), on_progress=lambda _: None, is_cancelled=lambda: False)


def test_a_disk_that_fills_up_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes, place: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vfeed.media.scratch.SECTOR_BYTES", 1024)
    monkeypatch.setattr("vfeed.media.scratch.os.pwrite", full)
    with pytest.raises(VfeedError) as caught:
        made(clip("webm_vp9"))
    assert caught.value.code == "disk_full"
    with pytest.raises(VfeedError) as caught:
        made(clip("mp4_h264"))
    assert caught.value.code == "disk_full"


def test_no_readable_file_lies_in_the_scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vfeed.media.progress.LOOK_EVERY_S", 0.0)
    seen: list[int] = []
    make_proxy(
        io.BytesIO(clip("large")),
        InOrder(),
        on_progress=lambda _: seen.append(len(list(tmp_path.iterdir()))),
        is_cancelled=lambda: False,
        scratch_dir=tmp_path,
    )
    assert set(seen) == {0}


def test_a_clip_that_cannot_be_read_gives_its_own_refusal() -> None:
    with pytest.raises(VfeedError) as caught:
        made(sound_only())
    assert caught.value.code == "clip_audio_only"


def test_a_count_that_differs_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vfeed.media.proxy.Encoding.finish", lambda self, end_us: np.zeros(3, np.int64))
    with pytest.raises(VfeedError) as caught:
        made(clip("webm_vp9"))
    assert caught.value.code == "media_failed"


def watched(monkeypatch: pytest.MonkeyPatch) -> list[ffmpeg.Child]:
    """Every ffmpeg that is started from now on."""
    children: list[ffmpeg.Child] = []
    start = ffmpeg.Child.__init__

    def note(child: ffmpeg.Child, command: list[str]) -> None:
        start(child, command)
        children.append(child)

    monkeypatch.setattr(ffmpeg.Child, "__init__", note)
    return children
