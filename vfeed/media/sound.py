"""A clip's sound on the clip's own time line: 48 kHz stereo without gaps, silence where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from types import TracebackType
from typing import BinaryIO, Self

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from vfeed.media.decoding import packets, sounds
from vfeed.media.frame_index_cache import index_of
from vfeed.media.opening import SOUND_RATES, OpenClip, open_clip
from vfeed.media.packets import raw_packets, to_us

SOUND_HZ = 48_000
SOUND_CHANNELS = 2
DRIFT_US = 20_000  # Time stamps that differ less from the running count are a container's rounding.
LEAD_US = 500_000  # A seek goes this much further back, so that the decoder has settled.

LISTENING_PLACES, LISTENING_US = 5, 1_000_000
SILENT_BELOW = 33  # Of 32768, -60 dB: a switched-off microphone's noise is lower, the quietest room's is higher.

Samples = npt.NDArray[np.int16]


def at_sample(time_us: int) -> int:
    """Return the sample that a clip time falls on.

    >>> at_sample(1_500_000)
    72000
    """
    return time_us * SOUND_HZ // 1_000_000


class Sound:
    """Reads the sound of `file` in order of time; use as a context manager.

    `zero_us` is the PTS of the first frame, where clip time starts; reading starts at clip time `start_us`.
    `present` is false when the clip has no readable sound: `take` then gives silence.
    """

    def __init__(self, file: BinaryIO, zero_us: int, start_us: int = 0) -> None:
        self._zero_us = zero_us
        self._given = at_sample(start_us)
        joined = bool(index_of(file).joints)
        self._stack = ExitStack()
        clip = self._stack.enter_context(open_clip(file, sound=True))
        self.present = clip.audio is not None
        if clip.audio is not None and start_us > 0 and not joined:
            _seek(clip, zero_us + start_us - LEAD_US)
        self._chunks = self._decoded(clip)
        self._held: tuple[int, Samples] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._stack.close()

    def take(self, until_us: int) -> Samples:
        """Return the next samples, up to clip time `until_us`: (n, 2) int16, silence where the clip has none."""
        first, end = self._given, max(self._given, at_sample(until_us))
        out = np.zeros((end - first, SOUND_CHANNELS), np.int16)
        while first < end:
            chunk = self._held or next(self._chunks, None)
            if chunk is None:
                break
            start, samples = chunk
            low, high = max(start, first), min(start + len(samples), end)
            if high > low:
                out[low - first : high - first] = samples[low - start : high - start]
            self._held = chunk if start + len(samples) > end else None
            if self._held:
                break
        self._given = end
        return out

    def _decoded(self, clip: OpenClip) -> Iterator[tuple[int, Samples]]:
        """Pieces of sound with the sample at which each starts."""
        if clip.audio is None:
            return
        run = _Run(self._zero_us)
        for packet in packets(clip, clip.audio):
            for frame in sounds(clip.audio, packet):
                yield from run.place(frame)
        for frame in sounds(clip.audio, None):
            yield from run.place(frame)


class Silence:
    """As `Sound`, for frames that are shown without theirs."""

    def __init__(self, start_us: int = 0) -> None:
        self._given = at_sample(start_us)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        pass

    def take(self, until_us: int) -> Samples:
        """Return the next samples, up to a time: (n, 2) int16, all 0."""
        count = max(0, at_sample(until_us) - self._given)
        self._given += count
        return np.zeros((count, SOUND_CHANNELS), np.int16)


def is_heard(file: BinaryIO, zero_us: int, duration_us: int) -> bool:
    """Return whether there is anything to hear in any of five seconds, evenly spread; decodes no more than those.

    `zero_us` is the PTS of the first frame. Raises VfeedError with a `clip_*` code.
    """
    for place in range(LISTENING_PLACES):
        start_us = max(0, int((place + 0.5) / LISTENING_PLACES * duration_us) - LISTENING_US // 2)
        with Sound(file, zero_us, start_us) as sound:
            samples = sound.take(start_us + LISTENING_US)
        if len(samples) and int(np.abs(samples.astype(np.int32)).max()) >= SILENT_BELOW:
            return True
    return False


def sound_end_us(file: BinaryIO, near_us: int) -> int | None:
    """Return when the last packet of sound ends, microseconds of the file's own clock; None where none is read.

    Packets are read from `near_us` on. Headers do not tell: a live WebM, Matroska and transport streams have no length
    of their sound. Raises VfeedError with a `clip_*` code.
    """
    with open_clip(file, sound=True) as clip:
        if clip.audio is None:
            return None
        _seek(clip, near_us)
        return max(
            (
                to_us(packet.pts + (packet.duration or 0), packet.time_base)
                for packet in raw_packets(clip, clip.audio)
                if packet.pts is not None
            ),
            default=None,
        )


class _Run:
    """Sound of one kind without a break in its times; starts anew at every break."""

    def __init__(self, zero_us: int) -> None:
        self._zero_us = zero_us
        self._kind: tuple[str, str, int] | None = None
        self._next_us = 0
        self._begin_us = 0
        self._counted = 0
        self._place = 0
        self._resampler = AudioResampler("s16", "stereo", SOUND_HZ)

    def place(self, frame: AudioFrame) -> Iterator[tuple[int, Samples]]:
        if not SOUND_RATES[0] <= frame.sample_rate <= SOUND_RATES[1]:
            return
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        start_us = self._next_us
        if frame.pts is not None:
            start_us = to_us(frame.pts, Fraction(frame.time_base or 1)) - self._zero_us
        if kind != self._kind or abs(start_us - self._next_us) > DRIFT_US:
            self._kind, self._begin_us, self._counted = kind, start_us, 0
            self._place = at_sample(start_us)
            self._resampler = AudioResampler("s16", "stereo", SOUND_HZ)
        self._counted += frame.samples
        self._next_us = self._begin_us + self._counted * 1_000_000 // frame.sample_rate
        for piece in self._resampled(frame):
            samples = piece.to_ndarray().astype(np.int16, copy=False).reshape(-1, SOUND_CHANNELS)
            yield self._place, samples
            self._place += len(samples)

    def _resampled(self, frame: AudioFrame) -> list[AudioFrame]:
        try:
            return self._resampler.resample(frame)
        except av.FFmpegError:  # A damaged packet claims a layout that there is none of.
            self._resampler, self._kind = AudioResampler("s16", "stereo", SOUND_HZ), None
            return []


def _seek(clip: OpenClip, pts_us: int) -> None:
    assert clip.audio is not None
    try:
        base = clip.audio.time_base or clip.video_base
        clip.container.seek(int(max(0, pts_us) / 1_000_000 / base), stream=clip.audio)
    except av.FFmpegError:
        return  # Reading from the start finds the place too.
