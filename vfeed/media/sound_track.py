"""Sound of a copy: whether a film's own can be kept, and the making of a track of its own."""

from __future__ import annotations

from fractions import Fraction

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer

from vfeed.media.opening import OpenClip
from vfeed.media.packets import raw_packets
from vfeed.media.sound import SOUND_CHANNELS, SOUND_HZ, Samples

BIT_RATE = 128_000
AAC_SAMPLES = 1024
"""Samples in each packet of AAC-LC."""
IN_STEP = Fraction(20, 1000)
"""Seconds by which stamps may differ from what the samples before them last: half of what people notice."""


def is_in_step(clip: OpenClip, audio: AudioStream) -> bool:
    """Return whether every packet of AAC starts where the samples before it end, so that a player need not know its
    stamp.

    None claims to last longer than its samples do.
    """
    base, rate = audio.time_base, audio.codec_context.sample_rate
    first: Fraction | None = None
    most = Fraction(AAC_SAMPLES, rate) if rate else Fraction(0)
    for number, packet in enumerate(raw_packets(clip, audio)):
        if packet.pts is None or base is None or not rate or (packet.is_discard and number > 1):
            return False
        start = packet.pts * base
        first = start if first is None else first
        lasts = (packet.duration or 0) * base
        if abs(start - first - Fraction(number * AAC_SAMPLES, rate)) > IN_STEP or lasts > 2 * IN_STEP + most:
            return False
    return True


class SoundTrack:
    """AAC at 48 kHz, stereo, in a container that is being written."""

    def __init__(self, target: OutputContainer) -> None:
        self._target = target
        self._track = target.add_stream("aac", rate=SOUND_HZ, bit_rate=BIT_RATE, layout="stereo")
        self._written = 0

    def add(self, samples: Samples) -> None:
        """Add (n, 2) int16 right behind what came before."""
        if not len(samples):
            return
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = SOUND_HZ, Fraction(1, SOUND_HZ), self._written
        self._written += samples.size // SOUND_CHANNELS
        self._target.mux(self._track.encode(frame))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self._target.mux(self._track.encode(None))
