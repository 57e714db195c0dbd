"""Frames of a clip: upright, with square pixels, each with its true time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import av
from av.video.frame import VideoFrame

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.container_detection import AVI
from vfeed.media.decoding import PATIENCE, Decoded, decoded, decoded_frames, packets
from vfeed.media.deinterlacing import Fields, fields_of, whole
from vfeed.media.frame_index import Index
from vfeed.media.frame_index_cache import index_of
from vfeed.media.opening import OpenClip, open_clip
from vfeed.media.orientation import Shape, Straightener, shape_of
from vfeed.media.packets import to_us
from vfeed.media.planar_image import Image, PlanarImage

SEEK_BACK_US = (0, 1_000_000, 10_000_000, 60_000_000)
"""Where a jump lands behind the wanted frame, the next starts so much earlier; at last the whole file is read."""
READ_ON_US = 1_000_000
"""A frame this near ahead is read on to."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame: `time_us` since the clip's first frame, `image_bgr` (height, width, 3) uint8, upright."""

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
        """Time from the first frame to the end of the last, as the file's index says."""

    def __iter__(self) -> Iterator[Frame]: ...

    def planar_images(self) -> Iterator[tuple[int, PlanarImage]]:
        """Yield the same frames as time and image, whose colours are not reckoned yet: for who looks at parts only."""


def open_frames(file: BinaryIO, *, fps: float | None = None, max_side_px: int | None = None) -> FrameSource:
    """Return the frames of `file`, at most `fps` a second and with a longer side of at most `max_side_px`.

    With `fps`, time is cut into slots of 1 / fps seconds and the first frame of each slot is given, by its true time
    (a frame up to a quarter of a slot early counts as on time, so that 25 fps halves evenly in spite of rounding).
    Raises VfeedError with a `clip_*` code.
    """
    if fps is not None and fps <= 0:
        raise VfeedError(
            "invalid_input", _("%(fps)s frames a second cannot be read."), hint=_("Give a number above 0."), fps=fps
        )
    return _ClipFrames(file, fps, max_side_px)


class _ClipFrames:
    def __init__(self, file: BinaryIO, fps: float | None, max_side_px: int | None) -> None:
        self._file = file
        self._slot_us = 1_000_000 / fps if fps else None
        with open_clip(file) as clip:
            first, self._shape = first_frame(clip)
            self.duration_us = index_of(clip.file).length_us(first.pts_us)
            self._zero_us = first.pts_us
        self.width_px, self.height_px = self._shape.within(max_side_px)

    def __iter__(self) -> Iterator[Frame]:
        for time_us, frame, straighten in self._chosen():
            yield Frame(time_us, straighten.bgr(frame))

    def planar_images(self) -> Iterator[tuple[int, PlanarImage]]:
        for time_us, frame, straighten in self._chosen(beside_others=True):
            yield time_us, straighten.planar_image(frame)

    def _chosen(self, *, beside_others: bool = False) -> Iterator[tuple[int, VideoFrame, Straightener]]:
        last_slot = -1
        fields = fields_of(self._file)
        with open_clip(self._file, beside_others=beside_others) as clip:
            straighten = straightener(clip, self.width_px, self.height_px)
            # Where fields are woven, a frame is made from those beside it as well.
            unneeded = self._unneeded(index_of(clip.file)) if fields is None else frozenset()
            for pts_us, frame in whole(decoded_frames(clip, unneeded=unneeded), fields):
                time_us = pts_us - self._zero_us
                if self._slot_us is not None:
                    slot = self._slot(time_us)
                    if slot <= last_slot:
                        continue
                    last_slot = slot
                yield time_us, frame, straighten

    def _unneeded(self, index: Index) -> frozenset[int]:
        """The times, of the file's own clock, of frames that follow another in their slot."""
        if self._slot_us is None:
            return frozenset()
        times_us = index.since(self._zero_us).tolist()
        slots = [self._slot(time_us - self._zero_us) for time_us in times_us]
        return frozenset(
            later for later, (before, now) in zip(times_us[1:], pairwise(slots), strict=True) if now == before
        )

    def _slot(self, time_us: int) -> int:
        assert self._slot_us is not None
        return int((time_us + self._slot_us / 4) // self._slot_us)


def first_frame(clip: OpenClip) -> tuple[Decoded, Shape]:
    """Return the first frame that can be decoded and the displayed shape; the clip stands behind it afterwards.

    Raises VfeedError `clip_no_frames`, `clip_truncated` or `clip_codec_unreadable`.
    """
    for first in decoded_frames(clip, patience=PATIENCE):
        return first, shape_of(first.frame, clip.video.sample_aspect_ratio, clip.quarters)
    if index_of(clip.file).keys or len(index_of(clip.file).times_us) or index_of(clip.file).left_out:
        raise VfeedError(
            "clip_codec_unreadable",
            _("No picture of this video can be read."),
            hint=_("Export it as H.264 in an MP4 file and add that."),
        )
    if clip.video.frames or clip.promised_us(0):
        raise VfeedError(
            "clip_truncated", _("The video is cut off before its first picture."), hint=_("Copy it again.")
        )
    raise VfeedError(
        "clip_no_frames", _("The video holds no pictures."), hint=_("Check that it plays on the phone or camera.")
    )


def straightener(clip: OpenClip, width_px: int, height_px: int) -> Straightener:
    """Return what makes upright frames of this size from the frames of an open clip."""
    return Straightener(width_px, height_px, clip.video.sample_aspect_ratio, clip.quarters)


def frame_at(file: BinaryIO, time_us: int, max_side_px: int | None = None) -> Frame:
    """Return the frame on screen at `time_us` (clip time): the last one that starts at or before it, or the first of
    all.

    Raises VfeedError with a `clip_*` code.
    """
    return frames_at(file, [time_us], max_side_px)[0]


def frames_at(file: BinaryIO, times_us: Sequence[int], max_side_px: int | None = None) -> list[Frame]:
    """Return the frames on screen at several times, as `frame_at` but opening the file once."""
    with open_clip(file) as clip:
        first, shape = first_frame(clip)
        straighten = straightener(clip, *shape.within(max_side_px))
    shown: dict[int, Frame] = {}
    with Reading(file, first.pts_us, fields=fields_of(file)) as reading:
        for time_us in sorted(set(times_us)):
            found = reading.at(first.pts_us + max(0, time_us)) or first
            shown[time_us] = Frame(found.pts_us - first.pts_us, straighten.bgr(found.frame))
    return [shown[time_us] for time_us in times_us]


def frame_times(file: BinaryIO) -> tuple[int, ...]:
    """Return the true times of all frames, in microseconds from the first; raises VfeedError with a `clip_*` code."""
    with open_clip(file) as clip:
        times = [each.pts_us for each in decoded_frames(clip)]
    return tuple(time_us - times[0] for time_us in times)


def shown_between(file: BinaryIO, zero_us: int, start_us: int, end_us: int) -> Iterator[tuple[int, VideoFrame]]:
    """Yield frames on screen in [start_us, end_us) of clip time, each with its clip time.

    The first is the one on screen at `start_us` and is given that time. Nothing when the clip ends before `start_us`.
    """
    with Reading(file, zero_us, fields=fields_of(file)) as reading:
        if start_us > 0 and zero_us + start_us >= reading.index.end_us:
            return
        first = reading.at(zero_us + start_us)
        if first is not None:
            yield start_us, first.frame
        for following in reading.rest():
            if following.pts_us - zero_us >= end_us:
                return
            yield following.pts_us - zero_us, following.frame


class Reading:
    """Goes to any frame of a clip, which is then the same as in reading from the start; use as a context manager.

    Where a jump lands is checked: only what follows the first key frame read, and is shown no earlier than it, counts.
    Where no jump lands before the frame that is wanted, or jumps cannot be trusted (joined recordings, reordered
    frames in AVI), the clip is read from its first byte. `zero_us` is the PTS of its first frame. After `most`
    frames in all it gives up and `is_worn_out`. With `fields` the frames are made whole.
    """

    def __init__(self, file: BinaryIO, zero_us: int, *, most: int | None = None, fields: Fields | None = None) -> None:
        self._file, self._zero_us = file, zero_us
        self._fields = fields
        self._left = most
        self.index = index_of(file)
        self._stack = ExitStack()
        self._clip: OpenClip | None = None
        self._in_order = False
        self._frames: Iterator[Decoded] = iter(())
        self._shown: Decoded | None = None
        self._later: Decoded | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._frames = iter(())
        self._stack.close()

    def at(self, wanted_us: int) -> Decoded | None:
        """Return the frame on screen at `wanted_us` of the file's own clock; None before the first."""
        if not self._is_near(wanted_us):
            self._go(wanted_us)
        while self._later is None or self._later.pts_us <= wanted_us:
            if self._later is not None:
                self._shown = self._later
            self._later = self._next()
            if self._later is None:
                break
        return self._shown

    @property
    def is_worn_out(self) -> bool:
        """Whether as many frames were read as it may."""
        return self._left == 0

    def rest(self) -> Iterator[Decoded]:
        """Yield the frames after the one that `at` gave."""
        while self._later is not None:
            self._shown, self._later = self._later, self._next()
            yield self._shown

    def _next(self) -> Decoded | None:
        if self._left is not None:
            self._left = max(0, self._left - 1)
        return None if self.is_worn_out else next(self._frames, None)

    def _is_near(self, wanted_us: int) -> bool:
        """Whether reading on comes to the frame sooner than a jump does."""
        if self._shown is None or self._shown.pts_us > wanted_us:
            return False
        return self._in_order or wanted_us - self._shown.pts_us <= READ_ON_US

    def _go(self, wanted_us: int) -> None:
        """Stand before the frame that is shown at `wanted_us`."""
        self._shown = self._later = None
        # The fields of a frame are told apart with the help of the one before it.
        target_us = self.index.before(wanted_us, frames=0 if self._fields is None else 1)
        for back_us in SEEK_BACK_US:
            if target_us - back_us <= self._zero_us or not self._jump(target_us - back_us, target_us):
                continue
            self._shown = self._next()
            if self._shown is not None and self._shown.pts_us <= wanted_us:
                return
        self._from_start()

    def _jump(self, place_us: int, target_us: int) -> bool:
        """Jump and stand at a key frame that is shown at or before `target_us`; False where it lands behind."""
        clip = self._opened()
        if self._in_order or not seek_us(clip, place_us):
            return False
        source = packets(clip, clip.video)
        key = next((packet for packet in islice(source, PATIENCE) if packet.is_keyframe), None)
        stamp = None if key is None else key.dts if key.pts is None else key.pts
        if key is None or stamp is None or to_us(stamp, clip.video_base) > target_us:
            return False
        key_us = to_us(stamp, clip.video_base)
        later = decoded(clip, chain([key], source))
        self._frames = whole((each for each in later if each.pts_us >= key_us), self._fields)
        return True

    def _opened(self) -> OpenClip:
        if self._clip is None:
            self._clip = self._stack.enter_context(open_clip(self._file))
            reordered = self._clip.format_name == AVI and self._clip.video.codec_context.has_b_frames
            self._in_order = bool(self.index.joints or self.index.keys < 2 or reordered)
        return self._clip

    def _from_start(self) -> None:
        self._frames = iter(())
        self._stack.close()
        self._clip = None
        self._frames, self._shown = whole(decoded_frames(self._opened()), self._fields), None


def seek_us(clip: OpenClip, pts_us: int) -> bool:
    """Go to about `pts_us` of the file's own clock, to be checked; False when the file cannot seek."""
    try:
        clip.container.seek(int(pts_us / 1_000_000 / clip.video_base), stream=clip.video)
    except (av.FFmpegError, OverflowError):
        return False
    return True
