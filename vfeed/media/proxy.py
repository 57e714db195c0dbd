"""The copy of a clip that a browser plays: H.264 and AAC in an MP4, small, quick to seek, true times kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

from vfeed.errors import VfeedError
from vfeed.media.decoding import pictures
from vfeed.media.encoding import Encoding
from vfeed.media.faststart import write_faststart
from vfeed.media.frames import first_picture
from vfeed.media.opening import View, open_clip
from vfeed.media.scratch import Scratch
from vfeed.media.sound import Sound
from vfeed.media.upright import Straightener
from vfeed.media.work import Progress

MAX_SIDE_PX = 1280


@dataclass(frozen=True, eq=False)
class ProxyFacts:
    """What the proxy is. `pts_map`: (N, 2) int64, for every picture [proxy_time_us, clip_time_us], rising.

    `copied` is true when the original's own pictures were kept because a browser plays them as they are.
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
        made = _encode(file, scratch, progress)
        size_bytes = write_faststart(scratch, out)
    progress.finished()
    return ProxyFacts(*made[:3], size_bytes, *made[3:])


def _encode(
    file: BinaryIO, scratch: BinaryIO, progress: Progress
) -> tuple[int, int, int, bool, bool, npt.NDArray[np.int64]]:
    with open_clip(cast(BinaryIO, View(file))) as clip:
        first, shape = first_picture(clip)
        gap_us, promised_us = clip.frame_gap_us, max(1, clip.promised_us)
    zero_us = first.pts_us
    width, height = shape.within(MAX_SIDE_PX, even=True)
    times_us: list[int] = []
    with (
        open_clip(cast(BinaryIO, View(file))) as clip,
        Sound(cast(BinaryIO, View(file)), zero_us) as sound,
        Encoding(width, height, sound=sound.present, scratch=scratch) as encoding,
    ):
        straighten = Straightener(width, height, clip.video.sample_aspect_ratio)
        for pts_us, frame in pictures(clip):
            time_us = pts_us - zero_us
            progress.at(time_us / promised_us)
            encoding.sound(sound.take(time_us))
            encoding.picture(straighten.planar(frame), time_us)
            times_us.append(time_us)
        end_us = times_us[-1] + gap_us
        encoding.sound(sound.take(end_us))
        proxy_us = encoding.finish(end_us)
    if len(proxy_us) != len(times_us):
        raise VfeedError(
            "media_failed",
            f"The copy has {len(proxy_us)} pictures instead of {len(times_us)}.",
            hint="Try again.",
        )
    pts_map = np.stack([proxy_us, np.array(times_us, np.int64)], axis=1)
    return width, height, end_us, sound.present, False, pts_map
