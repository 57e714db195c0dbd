"""The sound of a clip alone: what there is to review when no copy of its frames can be made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import av

from vfeed.media.faststart import write_faststart
from vfeed.media.frame_index_cache import index_of
from vfeed.media.frames import first_frame
from vfeed.media.opening import View, open_clip
from vfeed.media.scratch import Scratch
from vfeed.media.sound import Sound
from vfeed.media.sound_track import SoundTrack

STEP_US = 1_000_000


def make_sound_copy(
    file: BinaryIO, out: BinaryIO, *, refuse_cancelled: Callable[[], None], scratch_dir: Path | None = None
) -> bool:
    """Write the sound of `file` to `out` as AAC in an MP4, on clip time; False, and nothing written, without sound.

    `refuse_cancelled` is called each second of sound and may raise. Raises VfeedError `disk_full` or a `clip_*` code.
    """
    with open_clip(file) as clip:
        (zero_us, _sent_us), _shape = first_frame(clip)
        duration_us = index_of(clip.file).length_us(zero_us)
    with Sound(cast(BinaryIO, View(file)), zero_us) as sound:
        if not sound.present:
            return False
        with Scratch(scratch_dir) as raw:
            scratch = cast(BinaryIO, raw)
            _encode(sound, duration_us, scratch, refuse_cancelled)
            write_faststart(scratch, out)
    return True


def _encode(sound: Sound, duration_us: int, scratch: BinaryIO, refuse_cancelled: Callable[[], None]) -> None:
    with av.open(scratch, "w", format="mp4") as target:
        track = SoundTrack(target)
        for start_us in range(0, duration_us, STEP_US):
            refuse_cancelled()
            track.add(sound.take(min(start_us + STEP_US, duration_us)))
        track.finish()
