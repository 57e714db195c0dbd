"""The quick way to a proxy: an original that a browser plays as it is keeps its own encoded frames and sound."""

from __future__ import annotations

import os
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from av.stream import Stream

from vfeed.media import container_detection
from vfeed.media.colour import hdr_of
from vfeed.media.decoding import packets
from vfeed.media.deinterlacing import fields_of
from vfeed.media.frame_index_cache import index_of
from vfeed.media.frames import first_frame
from vfeed.media.nal_units import Units
from vfeed.media.opening import OpenClip, open_clip
from vfeed.media.packets import to_us
from vfeed.media.progress import Progress
from vfeed.media.sound import Sound
from vfeed.media.sound_track import SoundTrack, is_in_step

MAX_KEY_GAP_US = 2_000_000  # Longer gaps make stepping and seeking slow.
MAX_BYTES_A_SECOND = 1_500_000  # Beyond this a copy of our own is smaller and plays more smoothly.
MAX_BYTES = 3_500_000_000  # Below what 32-bit offsets reach.
WRITE_BYTES = 1 << 20
EARLY_SOUND_US = 100_000  # Sound before the first frame that is kept, because its decoder needs a run-up.


@dataclass(frozen=True, eq=False)
class Copied:
    """What was copied: displayed size, (n,) int64 times of the frames, the end of the last, all us from the first."""

    width_px: int
    height_px: int
    times_us: npt.NDArray[np.int64]
    end_us: int
    has_sound: bool


def copy_streams(file: BinaryIO, scratch: BinaryIO, max_side_px: int, progress: Progress) -> Copied | None:
    """Copy video and sound of `file` into an MP4 in `scratch`; None when a browser needs another encoding.

    Copied is H.264 (8 bit, 4:2:0, progressive, upright, square pixels, longer side at most `max_side_px`, even sizes)
    with key frames at most 2 s apart and AAC or no sound, from an MP4 or MOV whose every packet has its time and is
    whole, and in which the frame never changes its kind. Sound whose stamps do not agree with its samples is encoded
    anew with silence in its holes: a browser plays packets one after the other and would run ahead of the frames.
    What libavformat refuses to write as it was read is encoded too; `scratch` is then of no use.
    """
    with open_clip(file, sound=True) as clip:
        if not _plays_in_browsers(clip, max_side_px, file.seek(0, os.SEEK_END)):
            return None
    with open_clip(file) as clip:
        plan = _plan(clip)
    if plan is None:
        return None
    with open_clip(file, sound=True) as clip:
        in_step = clip.audio is None or is_in_step(clip, clip.audio)
    with open_clip(file, sound=True) as clip:
        try:
            if clip.audio is None or in_step:
                _copy(clip, scratch, plan, progress)
            else:
                _copy_video(clip, scratch, plan, progress)
        except av.FFmpegError:
            return None
        width, height = clip.video.codec_context.width, clip.video.codec_context.height
        base, zero = clip.video_base, plan.zero
        times_us = np.array([to_us(stamp - zero, base) for stamp in plan.stamps], np.int64)
        return Copied(width, height, times_us, to_us(plan.end - zero, base), clip.audio is not None)


def _plays_in_browsers(clip: OpenClip, max_side_px: int, size_bytes: int) -> bool:
    context = clip.video.codec_context
    if clip.format_name != container_detection.QUICKTIME or context.codec.canonical_name != "h264":
        return False
    if size_bytes > MAX_BYTES or index_of(clip.file).left_out:
        return False
    if clip.audio is not None and (clip.audio.codec_context.name, clip.audio.codec_context.profile) != ("aac", "LC"):
        return False
    (zero_us, frame), shape = first_frame(clip)
    noted_width_px = round(frame.width * (clip.video.sample_aspect_ratio or 1))
    if clip.quarters or noted_width_px != frame.width:
        # What the file itself says of its orientation and its pixels, even if it is absurd, would be copied too.
        return False
    if size_bytes * 1_000_000 > MAX_BYTES_A_SECOND * index_of(clip.file).length_us(zero_us):
        return False
    return (
        frame.format.name == "yuv420p"
        and shape.turn.is_identity
        and shape.within(max_side_px, even=True) == (frame.width, frame.height)
        and not frame.interlaced_frame
        and hdr_of(frame) is None
        and fields_of(clip.file) is None
    )


@dataclass(frozen=True)
class _Plan:
    stamps: list[int]  # PTS of every frame, rising, in the stream's ticks.
    end: int

    @property
    def zero(self) -> int:
        return self.stamps[0]


def _plan(clip: OpenClip) -> _Plan | None:
    """Times of the frames; None when a packet has no time or a browser could not go to every frame."""
    stamps: list[int] = []
    keys: list[tuple[int, int]] = []
    end = 0
    units = Units(clip.video.codec_context.extradata or b"")
    for packet in packets(clip, clip.video):
        if packet.pts is None or packet.dts is None or packet.is_discard:
            return None
        if packet.has_sidedata("new_extradata") or not units.is_whole(packet, key=packet.is_keyframe):
            return None
        stamps.append(packet.pts)
        end = max(end, packet.pts + (packet.duration or 1))
        if packet.is_keyframe:
            keys.append((packet.pts, packet.dts))
    whole = len(stamps) == clip.video.frames and keys and keys[0][0] == stamps[0] == min(stamps)
    believed = abs(to_us(end, clip.video_base) - index_of(clip.file).end_us) <= index_of(clip.file).usual_us
    if not whole or not believed or len(set(stamps)) < len(stamps):
        return None
    longest_us = to_us(max(np.diff([*(shown for shown, _ in keys), end])), clip.video_base)
    rising = sorted(stamps)
    return _Plan(rising, end) if longest_us <= MAX_KEY_GAP_US and _all_within_reach(rising, keys) else None


def _all_within_reach(rising: list[int], keys: list[tuple[int, int]]) -> bool:
    """Whether a browser finds every frame; `keys` are the (PTS, DTS) of the key frames.

    A browser looks for the last key frame that is decoded before the time asked for, less the delay between decoding
    and showing at the start of the film. Where a key frame is decoded much earlier than that, as across a long gap
    between frames, the frames shown just before it are jumped over.
    """
    delay = keys[0][0] - keys[0][1]
    # The number of frames shown before the key frame is the same as before the time from which it is found.
    return all(
        bisect_left(rising, shown) == bisect_left(rising, decoded + delay)
        for shown, decoded in keys
        if decoded + delay < shown
    )


def _copy(clip: OpenClip, scratch: BinaryIO, plan: _Plan, progress: Progress) -> None:
    zero = plan.zero * clip.video_base
    length = float((plan.end - plan.zero) * clip.video_base)
    base = clip.video_base
    timescale = base.denominator if base.numerator == 1 else 1_000_000
    options = {"video_track_timescale": str(timescale), "movie_timescale": "1000000"}
    streams: list[Stream] = [clip.video, *([clip.audio] if clip.audio else [])]
    with av.open(scratch, "w", format="mp4", options=options, buffer_size=WRITE_BYTES) as target:
        tracks = {stream.index: target.add_stream_from_template(stream) for stream in streams}
        for packet in packets(clip, *streams):
            _shift(packet, zero)
            start = float((packet.pts or 0) * packet.time_base)
            progress.at(start / length)
            if -EARLY_SOUND_US / 1e6 <= start < length:
                packet.stream = tracks[packet.stream_index]
                target.mux(packet)


def _copy_video(clip: OpenClip, scratch: BinaryIO, plan: _Plan, progress: Progress) -> None:
    """Copy the frames, and encode the sound that belongs to them on clip time."""
    zero, base = plan.zero, clip.video_base
    end_us = to_us(plan.end - zero, base)
    timescale = base.denominator if base.numerator == 1 else 1_000_000
    options = {"video_track_timescale": str(timescale), "movie_timescale": "1000000"}
    with (
        Sound(clip.file, to_us(zero, base)) as sound,
        av.open(scratch, "w", format="mp4", options=options, buffer_size=WRITE_BYTES) as target,
    ):
        film = target.add_stream_from_template(clip.video)
        voice = SoundTrack(target)
        for packet in packets(clip, clip.video):
            _shift(packet, zero * base)
            shown_us = to_us(packet.pts or 0, base)
            progress.at(shown_us / max(1, end_us))
            voice.add(sound.take(min(shown_us, end_us)))
            packet.stream = film
            target.mux(packet)
        voice.add(sound.take(end_us))
        voice.finish()


def _shift(packet: Packet[Stream], zero: Fraction) -> None:
    shift = round(zero / packet.time_base)
    if packet.pts is not None:
        packet.pts -= shift
    if packet.dts is not None:
        packet.dts -= shift
