"""Frames of a clip: upright, with square pixels, each with its true time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, Protocol

import av
from av.video.frame import VideoFrame

from vfeed.errors import VfeedError
from vfeed.media.decoding import PATIENCE, Decoded, lasts_us, packets, pictures
from vfeed.media.opening import OpenClip, open_clip
from vfeed.media.upright import Image, Shape, Straightener, shape_of

SEEK_BACK_US = 10_000_000  # Where a seek lands behind the wanted time, the next try starts this much earlier.


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture: `time_us` since the clip's first picture, `image_bgr` (height, width, 3) uint8, upright."""

    time_us: int
    image_bgr: Image


class FrameSource(Protocol):
    """Frames in order of time; every iteration starts again at the first. One iteration at a time for each file."""

    @property
    def width_px(self) -> int:
        """Width of every frame."""

    @property
    def height_px(self) -> int:
        """Height of every frame."""

    @property
    def duration_us(self) -> int:
        """Length by the file's header, for progress only; 0 when it does not say."""

    def __iter__(self) -> Iterator[Frame]: ...


def open_frames(file: BinaryIO, *, fps: float | None = None, max_side_px: int | None = None) -> FrameSource:
    """The frames of `file`, at most `fps` a second and with a longer side of at most `max_side_px`.

    With `fps`, time is cut into slots of 1 / fps seconds and the first frame of each slot is given, by its true time
    (a frame up to a quarter of a slot early counts as on time, so that 25 fps halves evenly in spite of rounding).
    Raises VfeedError with a `clip_*` code.
    """
    if fps is not None and fps <= 0:
        raise VfeedError("invalid_input", f"{fps} frames a second cannot be read.", hint="Give a number above 0.")
    return _ClipFrames(file, fps, max_side_px)


class _ClipFrames:
    def __init__(self, file: BinaryIO, fps: float | None, max_side_px: int | None) -> None:
        self._file = file
        self._slot_us = 1_000_000 / fps if fps else None
        with open_clip(file) as clip:
            self._shape = first_picture(clip)[1]
            self.duration_us = clip.promised_us
        self.width_px, self.height_px = self._shape.within(max_side_px)

    def __iter__(self) -> Iterator[Frame]:
        last_slot = -1
        with open_clip(self._file) as clip:
            straighten = Straightener(self.width_px, self.height_px, clip.video.sample_aspect_ratio)
            zero_us: int | None = None
            for pts_us, frame in pictures(clip):
                zero_us = pts_us if zero_us is None else zero_us
                time_us = pts_us - zero_us
                if self._slot_us is not None:
                    slot = int((time_us + self._slot_us / 4) // self._slot_us)
                    if slot <= last_slot:
                        continue
                    last_slot = slot
                yield Frame(time_us, straighten.bgr(frame))


def first_picture(clip: OpenClip) -> tuple[Decoded, Shape]:
    """The first picture that can be decoded and the displayed shape; the clip stands behind it afterwards.

    Raises VfeedError `clip_no_frames`, `clip_truncated` or `clip_codec_unreadable`.
    """
    for decoded in pictures(clip, patience=PATIENCE):
        return decoded, shape_of(decoded.frame, clip.video.sample_aspect_ratio)
    seek_us(clip, 0)
    if any(True for _ in packets(clip, clip.video)):
        raise VfeedError(
            "clip_codec_unreadable",
            "No picture of this video can be read.",
            hint="Export it as H.264 in an MP4 file and add that.",
        )
    if clip.video.frames or clip.promised_us:
        raise VfeedError("clip_truncated", "The video is cut off before its first picture.", hint="Copy it again.")
    raise VfeedError(
        "clip_no_frames", "The video holds no pictures.", hint="Check that it plays on the phone or camera."
    )


def frame_at(file: BinaryIO, time_us: int, max_side_px: int | None = None) -> Frame:
    """The frame on screen at `time_us` (clip time): the last one that starts at or before it, or the first of all.

    Raises VfeedError with a `clip_*` code.
    """
    return frames_at(file, [time_us], max_side_px)[0]


def frames_at(file: BinaryIO, times_us: Sequence[int], max_side_px: int | None = None) -> list[Frame]:
    """The frames on screen at several times, as `frame_at` but opening the file once."""
    with open_clip(file) as clip:
        first, shape = first_picture(clip)
        straighten = Straightener(*shape.within(max_side_px), clip.video.sample_aspect_ratio)
        shown = []
        for time_us in times_us:
            found = _from(clip, first.pts_us, first.pts_us + time_us)[0] if time_us > 0 else None
            decoded = found or first
            shown.append(Frame(decoded.pts_us - first.pts_us, straighten.bgr(decoded.frame)))
        return shown


def picture_times(file: BinaryIO) -> tuple[int, ...]:
    """The true times of all pictures, in microseconds from the first; raises VfeedError with a `clip_*` code."""
    with open_clip(file) as clip:
        times = [decoded.pts_us for decoded in pictures(clip)]
    return tuple(time_us - times[0] for time_us in times)


def seek_us(clip: OpenClip, pts_us: int) -> bool:
    """Go to the last key frame at or before `pts_us` of the file's own clock; False when the file cannot seek."""
    try:
        clip.container.seek(int(pts_us / 1_000_000 / clip.video_base), stream=clip.video)
    except av.FFmpegError:
        return False
    return True


def shown_between(clip: OpenClip, zero_us: int, start_us: int, end_us: int) -> Iterator[tuple[int, VideoFrame]]:
    """Pictures on screen in [start_us, end_us) of clip time, each with its clip time.

    The first is the one on screen at `start_us` and is given that time. Nothing when the clip ends before `start_us`.
    """
    first, rest = _from(clip, zero_us, zero_us + start_us)
    following = next(rest, None)
    if first is not None:
        ends_us = first.pts_us + lasts_us(first.frame, clip.video_base, clip.frame_gap_us)
        if following is None and ends_us <= zero_us + start_us:
            return
        yield start_us, first.frame
    while following is not None and following.pts_us - zero_us < end_us:
        yield following.pts_us - zero_us, following.frame
        following = next(rest, None)


def _from(clip: OpenClip, zero_us: int, wanted_us: int) -> tuple[Decoded | None, Iterator[Decoded]]:
    """The picture on screen at `wanted_us` of the file's own clock and those that follow it."""
    start_us = wanted_us
    while True:
        at_start = start_us <= zero_us or not seek_us(clip, start_us)
        if at_start:
            seek_us(clip, zero_us)
        frames, shown = pictures(clip), None
        later: Decoded | None = None
        for decoded in frames:
            if decoded.pts_us > wanted_us:
                later = decoded
                break
            shown = decoded
        if shown is not None or at_start:
            return shown, chain([later] if later else [], frames)
        start_us -= SEEK_BACK_US
