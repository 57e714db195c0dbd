"""Probe: facts of good clips, refusals of the others."""

from __future__ import annotations

import io
import json
from fractions import Fraction

import av
import pytest
from clip_factory import RECIPES, clip, make, sound_only, two_sizes

from vfeed.errors import VfeedError
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.faststart import write_faststart
from vfeed.media.probe import _refuse_long, probe

HOUR_US = 3_600_000_000


def facts_of(data: bytes, *, max_duration_us: int = HOUR_US, max_bytes: int = 10**9) -> ClipFacts:
    return probe(io.BytesIO(data), max_duration_us=max_duration_us, max_bytes=max_bytes)


def refusal(data: bytes, **limits: int) -> VfeedError:
    with pytest.raises(VfeedError) as caught:
        facts_of(data, **limits)
    assert caught.value.hint
    return caught.value


def table_first(data: bytes) -> bytes:
    out = io.BytesIO()
    write_faststart(io.BytesIO(data), out)
    return out.getvalue()


PLAIN = [name for name in RECIPES if name not in ("vfr", "large", "wide_pixels", "late_start", "odd_size")]


@pytest.mark.parametrize("name", PLAIN)
def test_every_container_and_codec_gives_its_facts(name: str) -> None:
    recipe = RECIPES[name]
    facts = facts_of(clip(name))
    assert facts.video_codec == recipe["codec"]
    assert (facts.width_px, facts.height_px) == recipe.get("size", (320, 180))
    assert (facts.frame_count, facts.duration_us, facts.mean_fps) == (25, 1_000_000, 25.0)
    assert facts.rotation_deg == recipe.get("rotation_deg", 0)
    assert not facts.variable_frame_rate
    assert facts.longest_gap_us == 40_000
    assert (facts.audio_codec is not None) == ("sound" in recipe)
    assert facts.missing_us == 0
    assert facts.size_bytes == len(clip(name))


def test_ten_bit_pictures_are_named() -> None:
    assert facts_of(clip("mov_hevc_10bit")).pixel_format == "yuv420p10le"


def test_variable_frame_rate_shows_with_its_longest_gap() -> None:
    facts = facts_of(clip("vfr"))
    assert facts.variable_frame_rate
    assert facts.longest_gap_us == pytest.approx(450_000, abs=12)
    assert facts.frame_count == 31


def test_whole_milliseconds_of_a_webm_are_not_variable_frame_rate() -> None:
    facts = facts_of(make("webm", "vp9", fps=30, frames=40))
    assert not facts.variable_frame_rate
    assert facts.mean_fps == pytest.approx(30, abs=0.05)


def test_pixels_that_are_not_square_widen_the_displayed_size() -> None:
    facts = facts_of(clip("wide_pixels"))
    assert (facts.width_px, facts.height_px) == (320, 180)


def test_odd_sizes_are_kept() -> None:
    facts = facts_of(clip("odd_size"))
    assert (facts.width_px, facts.height_px) == (321, 181)


def test_a_late_start_is_noted_and_does_not_lengthen_the_clip() -> None:
    facts = facts_of(clip("late_start"))
    assert (facts.first_pts_us, facts.duration_us) == (5_000_000, 1_000_000)


def test_facts_survive_json() -> None:
    facts = facts_of(clip("mp4_h264_sound"))
    stored = json.loads(json.dumps(facts.as_dict() | {"of_a_later_version": 1}))
    assert ClipFacts.from_dict(stored) == facts
    del stored["field_of_view_deg"]
    assert ClipFacts.from_dict(stored) == facts


def test_pictures_before_an_edit_lists_start_do_not_count() -> None:
    facts = facts_of(with_edit_list())
    assert facts.frame_count == 42
    assert facts.first_pts_us == 0


def test_joined_recordings_have_one_running_time() -> None:
    facts = facts_of(make("ts", "h264", frames=30) + make("ts", "h264", frames=20))
    assert facts.duration_us == pytest.approx(2_000_000, abs=80_000)


def test_a_change_of_picture_size_is_taken_in_at_the_first_size() -> None:
    facts = facts_of(two_sizes())
    assert (facts.width_px, facts.height_px) == (320, 180)
    assert facts.duration_us == pytest.approx(2_000_000, abs=80_000)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "clip_empty"),
        (b"not a film at all" * 50, "clip_not_video"),
        (b"#EXTM3U\nhttp://example.invalid/x.ts\n", "clip_playlist"),
        (sound_only(), "clip_audio_only"),
        (sound_only("mkv", "libopus"), "clip_audio_only"),
        (make("mp4", "h264", frames=1), "clip_no_frames"),
        (clip("mp4_h264")[:3000], "clip_truncated"),
        (clip("mkv_h264")[: len(clip("mkv_h264")) // 4], "clip_truncated"),
        (clip("avi_mjpeg")[: len(clip("avi_mjpeg")) // 4], "clip_truncated"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(400), "clip_truncated"),
    ],
)
def test_unusable_files_are_refused_with_a_fix(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_a_film_track_without_pictures_is_refused() -> None:
    assert refusal(without_frames()).code == "clip_no_frames"


def test_a_codec_without_a_decoder_is_refused() -> None:
    unknown = clip("mp4_h264").replace(b"avc1", b"zzzz")
    assert refusal(unknown).code == "clip_codec_unreadable"


def test_pictures_that_never_decode_are_refused() -> None:
    data = bytearray(clip("mkv_h264"))
    start = len(data) // 10
    data[start:] = bytes(byte ^ 0x5A for byte in data[start:])
    assert refusal(bytes(data)).code in ("clip_codec_unreadable", "clip_truncated")


def test_scrambled_pictures_are_refused_as_unreadable() -> None:
    assert refusal(scrambled()).code == "clip_codec_unreadable"


def test_a_clip_that_is_too_long_is_refused_with_both_lengths() -> None:
    error = refusal(clip("mp4_h264"), max_duration_us=500_000)
    assert error.code == "clip_too_long"
    assert refusal(clip("ts_h264"), max_duration_us=500_000).code == "clip_too_long"


@pytest.mark.parametrize(("minutes", "said"), [(180, "180 minutes"), (60.4, "60.4 minutes")])
def test_how_long_a_film_is_is_said_in_plain_minutes(minutes: float, said: str) -> None:
    with pytest.raises(VfeedError, match=f"lasts {said}; at most 60 are taken in"):
        _refuse_long(round(minutes * 60e6), 3_600_000_000)


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert refusal(clip("mp4_h264"), max_bytes=100).code == "clip_too_large"


def test_a_clip_cut_near_its_end_is_taken_in_with_what_is_missing() -> None:
    whole = table_first(make("mp4", "h264", frames=100))
    facts = facts_of(whole[: len(whole) * 7 // 10])
    assert 2_000_000 <= facts.duration_us < 4_000_000
    assert facts.missing_us == 4_000_000 - facts.duration_us


@pytest.mark.parametrize("kept", [0.2, 0.4])
def test_a_clip_of_which_most_is_missing_is_refused(kept: float) -> None:
    whole = table_first(make("mp4", "h264", frames=100))
    cut = int(len(whole) * kept)
    assert refusal(whole[:cut]).code == "clip_truncated"
    assert refusal(whole[:cut] + bytes(len(whole) - cut)).code == "clip_truncated"


def test_a_zero_filled_tail_counts_as_missing() -> None:
    whole = table_first(make("mp4", "h264", frames=100))
    cut = len(whole) * 8 // 10
    facts = facts_of(whole[:cut] + bytes(len(whole) - cut))
    assert facts.duration_us < 3_500_000
    assert facts.missing_us > 0


def with_edit_list() -> bytes:
    """50 frames of which an edit list skips the first 0.3 s."""
    out = io.BytesIO()
    with av.open(io.BytesIO(make("mp4", "h264", frames=50, sound="aac"))) as source, av.open(out, "w", "mp4") as target:
        tracks = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is None:
                continue
            shift = round(Fraction(3, 10) / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = tracks[packet.stream_index]
            target.mux(packet)
    return out.getvalue()


def without_frames() -> bytes:
    """An MP4 with a film track and not one picture in it."""
    out = io.BytesIO()
    with av.open(io.BytesIO(clip("mp4_h264"))) as source, av.open(out, "w", "mp4") as target:
        target.add_stream_from_template(source.streams.video[0])
        target.start_encoding()
    return out.getvalue()


def scrambled() -> bytes:
    """A whole MP4 whose pictures are noise, as in a protected film."""
    out = io.BytesIO()
    with av.open(io.BytesIO(clip("mp4_h264"))) as source, av.open(out, "w", "mp4") as target:
        track = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is None:
                continue
            noise = av.Packet((packet.size).to_bytes(4, "big") + bytes((n * 37 + 11) % 251 for n in range(packet.size)))
            noise.pts, noise.dts, noise.time_base = packet.pts, packet.dts, packet.time_base
            noise.duration, noise.is_keyframe, noise.stream = packet.duration, packet.is_keyframe, track
            target.mux(noise)
    return out.getvalue()
