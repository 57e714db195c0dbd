"""Packets and frames of an open clip with true times, past damage, splices and missing time stamps."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vfeed.media import sniff
from vfeed.media.opening import OpenClip

SPLICE_BACK_US = 1_000_000  # Stream time that jumps back further than any reordering: two recordings joined into one.

ZEROS_BYTES = 16  # No picture starts with so many zeros.
SHORTEST_US = 1_000  # A picture that claims to stay for less does not know.
PATIENCE = (
    600  # Packets without a picture after which a place counts as unreadable: 20 s, longer than any key-frame gap.
)


class Decoded(NamedTuple):
    """One decoded picture and its PTS in microseconds of the file's own clock."""

    pts_us: int
    frame: VideoFrame


def to_us(stamp: int, base: Fraction) -> int:
    """Ticks of `base` as whole microseconds.

    >>> to_us(3003, Fraction(1, 90_000))
    33367
    """
    return round(stamp * base.numerator * 1_000_000 / base.denominator)


def packets(clip: OpenClip, *streams: Stream) -> Iterator[Packet[Stream]]:
    """Packets of the streams in file order, ending quietly where the file can be read no further.

    A clock that jumps back (joined recordings) is carried on, so that time never runs backwards. Left out are the
    flush packets at the end and packets of zeros, which an interrupted copy leaves behind. AVI stores no PTS and
    libavformat's guesses are wrong for reordered pictures: they are taken away.
    """
    guessed = clip.format_name == sniff.AVI
    seams = {stream.index: _Seam(clip, stream) for stream in streams}
    try:
        for packet in clip.container.demux(*streams):
            if not packet.size or packet.is_corrupt or not any(memoryview(packet)[:ZEROS_BYTES]):
                continue
            if guessed and packet.stream_index == clip.video.index and packet.dts is not None:
                packet.pts = None
            seams[packet.stream_index].mend(packet)
            yield packet
    except av.FFmpegError:
        return


class _Seam:
    """Carries one stream's clock over a joint between two recordings."""

    def __init__(self, clip: OpenClip, stream: Stream) -> None:
        base = stream.time_base or clip.video_base
        self._back = int(SPLICE_BACK_US / 1_000_000 / base)
        self._gap = max(1, int(clip.frame_gap_us / 1_000_000 / base))
        self._last: int | None = None
        self._shift = 0

    def mend(self, packet: Packet[Stream]) -> None:
        stamp = packet.dts if packet.dts is not None else packet.pts
        if stamp is None:
            return
        if self._last is not None and stamp + self._shift < self._last - self._back:
            self._shift = self._last + self._gap - stamp
        self._last = stamp + self._shift
        if self._shift:
            packet.dts = None if packet.dts is None else packet.dts + self._shift
            packet.pts = None if packet.pts is None else packet.pts + self._shift


class VideoDecoder:
    """Turns the packets of one video stream into pictures with strictly rising PTS.

    Damaged packets are passed over. Where a file stores no PTS (many AVI), the n-th picture shown gets the n-th
    smallest decoding time, which is what its order means.
    """

    def __init__(self, clip: OpenClip) -> None:
        self._stream: VideoStream = clip.video
        self._base = clip.video_base
        self._gap_us = clip.frame_gap_us
        self._waiting: list[int] = []
        self._last_us: int | None = None

    def feed(self, packet: Packet[Stream]) -> Iterator[Decoded]:
        """Pictures that this packet completes."""
        if packet.pts is None and packet.dts is not None:
            heapq.heappush(self._waiting, packet.dts)
        yield from self._timed(self._decode(packet))

    def flush(self) -> Iterator[Decoded]:
        """Pictures still inside the decoder at the end."""
        yield from self._timed(self._decode(None))

    def _decode(self, packet: Packet[Stream] | None) -> list[VideoFrame]:
        try:
            return self._stream.codec_context.decode(packet)
        except av.FFmpegError:
            if packet is not None and packet.dts in self._waiting:
                self._waiting.remove(packet.dts)
                heapq.heapify(self._waiting)
            return []

    def _timed(self, frames: list[VideoFrame]) -> Iterator[Decoded]:
        for frame in frames:
            pts_us = self._time_of(frame)
            if self._last_us is None or pts_us > self._last_us:
                self._last_us = pts_us
                yield Decoded(pts_us, frame)

    def _time_of(self, frame: VideoFrame) -> int:
        if frame.pts is not None:
            return to_us(frame.pts, self._base)
        if self._waiting:
            return to_us(heapq.heappop(self._waiting), self._base)
        return 0 if self._last_us is None else self._last_us + self._gap_us


def pictures(clip: OpenClip, *, patience: int | None = None) -> Iterator[Decoded]:
    """Every picture from where the clip stands now, in order of time.

    With `patience`, gives up after that many packets in a row without a picture.
    """
    decoder, barren = VideoDecoder(clip), 0
    for packet in packets(clip, clip.video):
        barren += 1
        for decoded in decoder.feed(packet):
            barren = 0
            yield decoded
        if patience is not None and barren > patience:
            return
    yield from decoder.flush()


def lasts_us(frame: VideoFrame, base: Fraction, usual_us: int) -> int:
    """How long a picture stays by its own note, else `usual_us`; microseconds."""
    noted_us = to_us(frame.duration or 0, base)
    return noted_us if noted_us >= SHORTEST_US else usual_us


def sounds(stream: AudioStream, packet: Packet[Stream] | None) -> list[AudioFrame]:
    """Sound frames that a packet completes (None flushes); a damaged packet gives none."""
    try:
        return stream.codec_context.decode(packet)
    except av.FFmpegError:
        return []
