"""Cut a few moments out of clips and join them into one MP4, exact to the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from vfeed.errors import VfeedError
from vfeed.media.encoding import Encoding
from vfeed.media.faststart import write_faststart
from vfeed.media.frames import first_picture, shown_between
from vfeed.media.opening import View, open_clip
from vfeed.media.proxy import MAX_SIDE_PX
from vfeed.media.scratch import Scratch
from vfeed.media.sound import Sound
from vfeed.media.upright import Shape, Straightener
from vfeed.media.work import Progress
from vfeed.timeline.interval import Interval


@dataclass(frozen=True)
class _Piece:
    file: BinaryIO
    interval: Interval
    zero_us: int
    shape: Shape
    has_sound: bool


def cut_reel(
    pieces: Sequence[tuple[BinaryIO, Interval]],
    out: BinaryIO,
    *,
    on_progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
    scratch_dir: Path | None = None,
) -> None:
    """Write one MP4 of the `pieces` (file, interval of clip time) in their order to `out` (written in order only).

    Each piece lasts exactly as long as its interval, starts with the picture on screen at its start and keeps true
    times. The size is that of the largest piece, longer side at most 1280 px; others are fitted with black bars.
    Pieces without sound are silent when another has some. Progress is 0..1.
    Raises VfeedError `clip_*` for a file, `invalid_input` without pieces, `interval_invalid` for an interval beyond
    the clip's end, `cancelled` or `media_failed`.
    """
    if not pieces:
        raise VfeedError("invalid_input", "A reel needs at least one moment.", hint="Choose one to three moments.")
    progress = Progress(on_progress, is_cancelled)
    known = [_look(file, interval) for file, interval in pieces]
    total_us = sum(piece.interval.duration_us for piece in known)
    largest = max((piece.shape for piece in known), key=lambda shape: shape.width_px * shape.height_px)
    width, height = largest.within(MAX_SIDE_PX, even=True)
    with Scratch(scratch_dir) as raw:
        scratch = cast(BinaryIO, raw)
        with Encoding(width, height, sound=any(piece.has_sound for piece in known), scratch=scratch) as encoding:
            begin_us = 0
            for piece in known:
                _add(piece, begin_us, encoding, lambda at_us: progress.at(at_us / total_us))
                begin_us += piece.interval.duration_us
            encoding.finish(total_us)
        write_faststart(scratch, out)
    progress.finished()


def _look(file: BinaryIO, interval: Interval) -> _Piece:
    with open_clip(file, sound=True) as clip:
        (zero_us, _), shape = first_picture(clip)
        return _Piece(file, interval, zero_us, shape, clip.audio is not None)


def _add(piece: _Piece, begin_us: int, encoding: Encoding, note: Callable[[int], None]) -> None:
    """Add one piece whose first picture is shown at `begin_us` of the reel."""
    start_us, end_us = piece.interval.start_us, piece.interval.end_us
    with ExitStack() as stack:
        clip = stack.enter_context(open_clip(cast(BinaryIO, View(piece.file))))
        sound = stack.enter_context(Sound(cast(BinaryIO, View(piece.file)), piece.zero_us, start_us))
        straighten = Straightener(encoding.width_px, encoding.height_px, clip.video.sample_aspect_ratio)
        shown = 0
        for time_us, frame in shown_between(clip, piece.zero_us, start_us, end_us):
            note(begin_us + time_us - start_us)
            encoding.sound(sound.take(time_us))
            encoding.picture(straighten.planar(frame), begin_us + time_us - start_us)
            shown += 1
        if not shown:
            raise VfeedError(
                "interval_invalid", "A moment lies behind the end of its clip.", hint="Move it and make the reel again."
            )
        encoding.sound(sound.take(end_us))
