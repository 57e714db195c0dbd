"""The shape of a clip's sound, to draw under the frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.frame_index_cache import index_of
from vfeed.media.frames import first_frame
from vfeed.media.opening import View, open_clip
from vfeed.media.sound import Samples, Sound, at_sample

MAX_PER_SECOND = 1000


@dataclass(frozen=True, eq=False)
class Waveform:
    """`peaks` (N, 2) int8, lowest and highest sample (-128..127) of each 1 / `per_second` s of clip time from 0."""

    peaks: npt.NDArray[np.int8]
    per_second: int

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: `per_second` and `peaks` as [low, high, low, high, ...]."""
        return {"per_second": self.per_second, "peaks": self.peaks.ravel().tolist()}


def peaks(file: BinaryIO, per_second: int = 50) -> Waveform | None:
    """Return the peaks of all of `file`'s sound, both ears together, as long as its video lasts; None without sound.

    Raises VfeedError with a `clip_*` code, or `invalid_input` when `per_second` is not 1 to 1000.
    """
    if not 1 <= per_second <= MAX_PER_SECOND:
        raise VfeedError("invalid_input", _("A waveform has 1 to 1000 values a second."), hint=_("Give such a number."))
    with open_clip(file) as clip:
        (zero_us, _sent_us), _shape = first_frame(clip)
        duration_us = index_of(clip.file).length_us(zero_us)
    with Sound(cast(BinaryIO, View(file)), zero_us) as sound:
        if not sound.present:
            return None
        seconds = range(0, duration_us, 1_000_000)
        parts = [_second(sound.take(min(start + 1_000_000, duration_us)), per_second) for start in seconds]
    joined = np.concatenate(parts) if parts else np.zeros((0, 2), np.int8)
    return Waveform(joined, per_second)


def _second(samples: Samples, per_second: int) -> npt.NDArray[np.int8]:
    """Peaks of up to one second of sound."""
    starts = np.array([at_sample(n * 1_000_000 // per_second) for n in range(per_second)])
    starts = starts[starts < len(samples)]
    if not len(starts):
        return np.zeros((0, 2), np.int8)
    low = np.minimum.reduceat(samples.min(axis=1), starts)
    high = np.maximum.reduceat(samples.max(axis=1), starts)
    shape: npt.NDArray[np.int8] = (np.stack([low, high], axis=1) >> 8).astype(np.int8)
    return shape
