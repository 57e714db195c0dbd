"""The copy of a clip that a browser plays: H.264 and AAC in an MP4, small, quick to seek, true times kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

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
from vfeed.media.scratch import Scratch
from vfeed.media.sound import Sound
from vfeed.media.stream_copy import copy_streams

MAX_SIDE_PX = 1280


@dataclass(frozen=True, eq=False)
class ProxyFacts:
    """What the proxy is. `pts_map`: (N, 2) int64, for every frame [proxy_time_us, clip_time_us], rising.

    `copied` is true when the original's own frames were kept because a browser plays them as they are.
    """

    width_px: int
    height_px: int
    duration_us: int
    size_bytes: int
    has_sound: bool
    copied: bool
    pts_map: npt.NDArray[np.int64]


def make_proxy(
    file: BinaryIO,
    out: BinaryIO,
    *,
    on_progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
    scratch_dir: Path | None = None,
) -> ProxyFacts:
    """Write the proxy of `file` (seekable) to `out` (written in order, never read or moved in).

    Longer side at most 1280 px, even sizes, upright, a key frame at least every second, `moov` first. The scratch file
    in `scratch_dir` (None: the system's folder) is encrypted and nameless. Progress is 0..1.
    Raises VfeedError `clip_*` for the input, `cancelled`, or `media_failed` with ffmpeg's last lines.
    """
    progress = Progress(on_progress, is_cancelled)
    with Scratch(scratch_dir) as raw:
        scratch = cast(BinaryIO, raw)
        made = _copied(file, scratch, progress)
        size_bytes = 0 if made is None else write_faststart(scratch, out)
    if made is None:
        with Scratch(scratch_dir) as raw:
            scratch = cast(BinaryIO, raw)
            made = _encoded(file, scratch, progress)
            size_bytes = write_faststart(scratch, out)
    progress.finished()
    return replace(made, size_bytes=size_bytes)


def _copied(file: BinaryIO, scratch: BinaryIO, progress: Progress) -> ProxyFacts | None:
    done = copy_streams(file, scratch, MAX_SIDE_PX, progress)
    if done is None:
        return None
    pts_map = np.stack([done.times_us, done.times_us], axis=1)
    return ProxyFacts(done.width_px, done.height_px, done.end_us, 0, done.has_sound, True, pts_map)


def _encoded(file: BinaryIO, scratch: BinaryIO, progress: Progress) -> ProxyFacts:
    with open_clip(file) as clip:
        (zero_us, _sent_us), shape = first_frame(clip)
        duration_us = max(1, index_of(clip.file).length_us(zero_us))
    width, height = shape.within(MAX_SIDE_PX, even=True)
    times_us: list[int] = []
    end_us = 0
    with (
        open_clip(cast(BinaryIO, View(file))) as clip,
        Sound(cast(BinaryIO, View(file)), zero_us) as sound,
        Encoding(width, height, sound=sound.present, scratch=scratch) as encoding,
    ):
        usual_us = index_of(clip.file).usual_us
        straighten = straightener(clip, width, height)
        for pts_us, frame in whole(decoded_frames(clip), fields_of(file)):
            times_us.append(pts_us - zero_us)
            end_us = duration_us if times_us[-1] < duration_us else times_us[-1] + usual_us
            progress.at(times_us[-1] / duration_us)
            encoding.write_sound(sound.take(times_us[-1]))
            encoding.write_frame(straighten.planar(frame), times_us[-1])
        encoding.write_sound(sound.take(end_us))
        proxy_us = encoding.finish(end_us)
    if len(proxy_us) != len(times_us):
        raise VfeedError(
            "media_failed",
            _("The copy has %(count)s pictures instead of %(expected)s."),
            hint=_("Try again."),
            count=len(proxy_us),
            expected=len(times_us),
        )
    pts_map = np.stack([proxy_us, np.array(times_us, np.int64)], axis=1)
    return ProxyFacts(width, height, end_us, 0, sound.present, False, pts_map)
