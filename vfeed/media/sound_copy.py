"""The sound of a clip alone: what there is to review when no copy of its pictures can be made."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

import av
from av.audio.frame import AudioFrame

from vfeed.media.faststart import write_faststart
from vfeed.media.frames import first_picture
from vfeed.media.opening import View, open_clip
from vfeed.media.scratch import Scratch
from vfeed.media.sound import SOUND_CHANNELS, SOUND_HZ, Sound

STEP_US = 1_000_000
BIT_RATE = 128_000


def make_sound_copy(
    file: BinaryIO, out: BinaryIO, *, refuse_cancelled: Callable[[], None], scratch_dir: Path | None = None
) -> bool:
    """Write the sound of `file` to `out` as AAC in an MP4, on clip time; False, and nothing written, without sound.

    `refuse_cancelled` is called each second of sound and may raise. Raises VfeedError `disk_full` or a `clip_*` code.
    """
    with open_clip(file) as clip:
        (zero_us, _), _ = first_picture(clip)
        duration_us = clip.promised_us
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
        track = target.add_stream("aac", rate=SOUND_HZ, bit_rate=BIT_RATE, layout="stereo")
        written = 0
        for start_us in range(0, duration_us, STEP_US):
            refuse_cancelled()
            samples = sound.take(min(start_us + STEP_US, duration_us))
            frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.time_base, frame.pts = SOUND_HZ, Fraction(1, SOUND_HZ), written
            written += samples.size // SOUND_CHANNELS
            target.mux(track.encode(frame))
        target.mux(track.encode(None))
