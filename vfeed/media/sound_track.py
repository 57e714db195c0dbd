"""Sound of a copy: whether a film's own can be kept, and the making of a track of its own."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph

from vfeed.media.opening import OpenClip
from vfeed.media.packets import raw_packets
from vfeed.media.sound import SOUND_HZ, Samples

BIT_RATE = 128_000
SAMPLE = Fraction(1, SOUND_HZ)
AAC_SAMPLES = 1024
"""Samples in each packet of AAC-LC."""
IN_STEP = Fraction(20, 1000)
"""Seconds by which stamps may differ from what the samples before them last: half of what people notice."""


def is_in_step(clip: OpenClip, audio: AudioStream) -> bool:
    """Whether every packet of AAC starts where the samples before it end, so that a player need not know its stamp.

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
    """AAC at 48 kHz, stereo, in a container that is being written.

    `pitch` is the share by which pitch and formants are changed, the pace staying as it is.
    """

    def __init__(self, target: OutputContainer, pitch: float = 1.0) -> None:
        self._target = target
        self._track = target.add_stream("aac", rate=SOUND_HZ, bit_rate=BIT_RATE, layout="stereo")
        self._altered = None if pitch == 1.0 else _altering(pitch)
        self._taken = self._written = 0

    def add(self, samples: Samples) -> None:
        """Add (n, 2) int16 right behind what came before."""
        if not len(samples):
            return
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = SOUND_HZ, SAMPLE, self._taken
        self._taken += frame.samples
        if self._altered is None:
            self._encode(frame)
        else:
            self._altered.push(frame)
            self._encode_altered(self._altered)

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self._altered is not None and self._taken:
            self._altered.push(None)
            self._encode_altered(self._altered)
        self._target.mux(self._track.encode(None))

    def _encode(self, frame: AudioFrame) -> None:
        frame.time_base, frame.pts = SAMPLE, self._written
        self._written += frame.samples
        self._target.mux(self._track.encode(frame))

    def _encode_altered(self, graph: Graph) -> None:
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, AudioFrame)
            self._encode(frame)


def _altering(pitch: float) -> Graph:
    graph = Graph()
    graph.threads = 1
    chain = [
        graph.add_abuffer(sample_rate=SOUND_HZ, format="s16", layout="stereo", time_base=SAMPLE),
        graph.add("asetrate", str(round(SOUND_HZ * pitch))),
        graph.add("aresample", str(SOUND_HZ)),
        graph.add("atempo", f"{1 / pitch:.6f}"),
        graph.add("abuffersink"),
    ]
    for one, other in pairwise(chain):
        one.link_to(other)
    graph.configure()
    return graph
