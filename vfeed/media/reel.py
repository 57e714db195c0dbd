"""Cut a few moments out of clips and join them into one MP4, exact to the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.encoding import Encoding
from vfeed.media.faststart import write_faststart
from vfeed.media.frames import first_frame, shown_between
from vfeed.media.opening import View, open_clip
from vfeed.media.orientation import Shape, Straightener
from vfeed.media.progress import Progress
from vfeed.media.proxy import MAX_SIDE_PX
from vfeed.media.scratch import Scratch
from vfeed.media.sound import Silence, Sound
from vfeed.timeline.interval import Interval


@dataclass(frozen=True)
class Cut:
    """An interval of a file's clip time; with `lasts_us` it is stretched to that length, and silent."""

    file: BinaryIO
    interval: Interval
    lasts_us: int | None = None

    @property
    def length_us(self) -> int:
        """How long it lasts in the reel."""
        return self.interval.duration_us if self.lasts_us is None else self.lasts_us


@dataclass(frozen=True)
class _Piece:
    cut: Cut
    zero_us: int
    shape: Shape
    pixel_aspect: Fraction | None
    quarters: int
    has_sound: bool


def cut_reel(
    cuts: Sequence[Cut],
    out: BinaryIO,
    *,
    on_progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
    scratch_dir: Path | None = None,
) -> None:
    """Write one MP4 of the `cuts` in their order to `out` (written in order only).

    Each lasts exactly as long as it says, starts with the frame on screen at its start and keeps true times, in
    proportion where it is stretched. The size is that of the largest clip, longer side at most 1280 px; others are
    fitted with black bars. Cuts without sound are silent when another has some. Progress is 0..1.
    Raises VfeedError `clip_*` for a file, `invalid_input` without cuts, `interval_invalid` for an interval beyond
    the clip's end, `cancelled` or `media_failed`.
    """
    if not cuts:
        raise VfeedError(
            "invalid_input", _("A reel needs at least one moment."), hint=_("Choose one to three moments.")
        )
    progress = Progress(on_progress, is_cancelled)
    known = [_look(cut) for cut in cuts]
    total_us = sum(cut.length_us for cut in cuts)
    largest = max((piece.shape for piece in known), key=lambda shape: shape.width_px * shape.height_px)
    width, height = largest.within(MAX_SIDE_PX, even=True)
    with Scratch(scratch_dir) as raw:
        scratch = cast(BinaryIO, raw)
        with Encoding(width, height, sound=any(piece.has_sound for piece in known), scratch=scratch) as encoding:
            begin_us = 0
            for piece in known:
                _add(piece, begin_us, encoding, lambda at_us: progress.at(at_us / total_us))
                begin_us += piece.cut.length_us
            encoding.finish(total_us)
        write_faststart(scratch, out)
    progress.finished()


def _look(cut: Cut) -> _Piece:
    with open_clip(cut.file, sound=True) as clip:
        (zero_us, _sent_us), shape = first_frame(clip)
        return _Piece(cut, zero_us, shape, clip.video.sample_aspect_ratio, clip.quarters, clip.audio is not None)


def _add(piece: _Piece, begin_us: int, encoding: Encoding, note: Callable[[int], None]) -> None:
    """Add one piece whose first frame is shown at `begin_us` of the reel."""
    cut = piece.cut
    start_us, end_us = cut.interval.start_us, cut.interval.end_us
    with _sound_of(piece) as sound:
        straighten = Straightener(encoding.width_px, encoding.height_px, piece.pixel_aspect, piece.quarters)
        shown = 0
        for time_us, frame in shown_between(cut.file, piece.zero_us, start_us, end_us):
            since_us = (time_us - start_us) * cut.length_us // cut.interval.duration_us
            note(begin_us + since_us)
            encoding.write_sound(sound.take(start_us + since_us))
            encoding.write_frame(straighten.planar(frame), begin_us + since_us)
            shown += 1
        if not shown:
            raise VfeedError(
                "interval_invalid",
                _("A moment lies behind the end of its film."),
                hint=_("Move it and make the reel again."),
            )
        encoding.write_sound(sound.take(start_us + cut.length_us))


def _sound_of(piece: _Piece) -> Sound | Silence:
    if piece.cut.lasts_us is not None:
        return Silence(piece.cut.interval.start_us)
    return Sound(cast(BinaryIO, View(piece.cut.file)), piece.zero_us, piece.cut.interval.start_us)
