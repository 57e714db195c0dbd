"""A copy of a film in which places of the frame are hidden and the voices changed, with every frame's true time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast, get_args

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.decoding import decoded_frames
from vfeed.media.deinterlacing import fields_of, whole
from vfeed.media.encoding import Encoding
from vfeed.media.faststart import write_faststart
from vfeed.media.frame_index_cache import index_of
from vfeed.media.frames import first_frame, straightener
from vfeed.media.opening import View, open_clip
from vfeed.media.progress import Progress
from vfeed.media.proxy import MAX_SIDE_PX
from vfeed.media.scratch import Scratch
from vfeed.media.sound import Sound

Voice = Literal["as_it_is", "altered", "off"]
VOICES: tuple[Voice, ...] = get_args(Voice)
ALTERED_PITCH = 0.75
"""Pitch and formants of an altered voice, as a share: five semitones lower. Words stay clear; who speaks is not told at
once. It is no anonymity, since a shift can be shifted back: with the sound off nothing is left to shift."""
BLOCKS = 4
"""A hidden place keeps so many blocks across and down, blurred into each other: no eye, nose or mouth is left."""
FILLED_BLOCKS = 1
"""A place in which something is still taken for a face keeps its mean colour and nothing else."""

GRID_PX = 96, 54
"""Points across and down at which it is reckoned how much of a frame is hidden."""

Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class MaskRegion:
    """A place to hide, in shares of the frame's width and height, 0 to 1 from the top left.

    Hidden is the ellipse within it, or all of it when `square`; `filled` leaves no more than its mean colour.
    """

    left: float
    top: float
    width: float
    height: float
    square: bool = False
    filled: bool = False

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point, in shares of the frame, lies in the place."""
        across = (x - self.left - self.width / 2) / (self.width / 2)
        down = (y - self.top - self.height / 2) / (self.height / 2)
        return max(abs(across), abs(down)) <= 1 if self.square else across**2 + down**2 <= 1


def covered_share(regions: Sequence[MaskRegion]) -> float:
    """Return the share of the frame, 0 to 1, that these places take together, to about a hundredth.

    >>> covered_share([MaskRegion(0, 0, 0.5, 1, square=True), MaskRegion(0, 0, 0.25, 1, square=True)])
    0.5
    """
    x, y = (np.arange(side) + 0.5 for side in (GRID_PX[0], GRID_PX[1]))
    inside = np.zeros(GRID_PX[::-1], bool)
    for region in regions:
        across = (x / GRID_PX[0] - region.left - region.width / 2) / (region.width / 2)
        down = (y / GRID_PX[1] - region.top - region.height / 2) / (region.height / 2)
        if region.square:
            inside |= (np.abs(down) <= 1)[:, None] & (np.abs(across) <= 1)
        else:
            inside |= (down**2)[:, None] + across**2 <= 1
    return float(inside.mean())


RegionsAt = Callable[[int], Sequence[MaskRegion]]
"""What to hide in the frame shown at a time, microseconds of the film that is copied."""


def nothing(_: int) -> Sequence[MaskRegion]:
    """Hides nothing."""
    return ()


def write_redacted(
    file: BinaryIO, out: BinaryIO, places: RegionsAt, voice: Voice, progress: Progress, scratch_dir: Path | None = None
) -> int:
    """Write the copy of `file` to `out` (in order) with all of `places` hidden; returns its number of frames.

    Longer side at most 1280 px; every frame of `file` is there, at its time. The scratch file is encrypted.
    Raises VfeedError `clip_*` for the input, `cancelled` or `media_failed`.
    """
    with Scratch(scratch_dir) as raw:
        count = encode_redacted(file, cast(BinaryIO, raw), places, voice, progress)
        write_faststart(cast(BinaryIO, raw), out)
    return count


def encode_redacted(file: BinaryIO, scratch: BinaryIO, places: RegionsAt, voice: Voice, progress: Progress) -> int:
    """As `write_redacted`, into a seekable `scratch` whose table comes last."""
    with open_clip(file) as clip:
        (zero_us, _sent_us), shape = first_frame(clip)
        duration_us = max(1, index_of(clip.file).length_us(zero_us))
    width, height = shape.within(MAX_SIDE_PX, even=True)
    count = end_us = 0
    with (
        open_clip(cast(BinaryIO, View(file))) as clip,
        Sound(cast(BinaryIO, View(file)), zero_us) as sound,
        Encoding(
            width, height, sound=sound.present and voice != "off", scratch=scratch, pitch=pitch_of(voice)
        ) as encoding,
    ):
        straighten = straightener(clip, width, height)
        for pts_us, frame in whole(decoded_frames(clip), fields_of(file)):
            time_us = pts_us - zero_us
            end_us = max(duration_us, time_us + index_of(clip.file).usual_us)
            progress.at(time_us / duration_us)
            encoding.write_sound(sound.take(time_us))
            encoding.write_frame(masked(straighten.planar(frame), places(time_us)), time_us)
            count += 1
        encoding.write_sound(sound.take(end_us))
        written = encoding.finish(end_us)
    if len(written) != count:
        raise VfeedError(
            "media_failed",
            _("The copy has %(count)s pictures instead of %(expected)s."),
            hint=_("Try again."),
            count=len(written),
            expected=count,
        )
    return count


def pitch_of(voice: Voice) -> float:
    """Return the share by which pitch and formants are changed."""
    return ALTERED_PITCH if voice == "altered" else 1.0


def masked(frame: VideoFrame, regions: Sequence[MaskRegion]) -> VideoFrame:
    """Return the yuv420p frame with these places hidden; the same frame when there are none."""
    if not regions:
        return frame
    stacked = frame.to_ndarray().view(np.uint8).copy()
    width, height = frame.width, frame.height
    chroma = stacked[height:].reshape(2, height // 2, width // 2)
    for plane in (stacked[:height], chroma[0], chroma[1]):
        for region in regions:
            mask_region(plane, region)
    return VideoFrame.from_ndarray(stacked, format="yuv420p")


def mask_region(plane: Plane, region: MaskRegion) -> None:
    """Hide one place in one plane (h, w) of a frame, in place; what lies outside the frame is passed over."""
    height, width = plane.shape
    left, right = _within(region.left, region.width, width)
    top, bottom = _within(region.top, region.height, height)
    if right <= left or bottom <= top:
        return
    cut = plane[top:bottom, left:right]
    blocks = FILLED_BLOCKS if region.filled else BLOCKS
    few = cv2.resize(cut, (min(blocks, cut.shape[1]), min(blocks, cut.shape[0])), interpolation=cv2.INTER_AREA)
    smooth = cv2.resize(few, (cut.shape[1], cut.shape[0]), interpolation=cv2.INTER_LINEAR)
    if region.square:
        cut[:] = smooth
        return
    inside = _ellipse(region, (left, top), cut.shape, (width, height))
    cut[inside] = np.asarray(smooth, np.uint8)[inside]


def _within(start: float, length: float, side_px: int) -> tuple[int, int]:
    return max(0, int(np.floor(start * side_px))), min(side_px, int(np.ceil((start + length) * side_px)))


def _ellipse(
    region: MaskRegion, corner: tuple[int, int], shape: tuple[int, ...], frame_px: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Which pixels of the cut-out (h, w) lie within the region's ellipse."""
    width, height = frame_px
    across = (np.arange(shape[1]) + 0.5 + corner[0]) / width - (region.left + region.width / 2)
    down = (np.arange(shape[0]) + 0.5 + corner[1]) / height - (region.top + region.height / 2)
    inside: npt.NDArray[np.bool_] = (
        (across / (region.width / 2))[None] ** 2 + (down / (region.height / 2))[:, None] ** 2
    ) <= 1
    return inside
