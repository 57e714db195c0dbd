"""Packets and frames of an open clip with true times, past damage, splices and missing time stamps."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Container, Iterator
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vfeed.media.frame_index import BACK_US, Index
from vfeed.media.frame_index_cache import index_of
from vfeed.media.opening import OpenClip
from vfeed.media.packets import raw_packets, to_us

PATIENCE = 600  # Packets without a frame after which a place counts as unreadable: 20 s, longer than any key-frame gap.


class Decoded(NamedTuple):
    """One decoded frame and its PTS in microseconds of the file's own clock."""

    pts_us: int
    frame: VideoFrame


def packets(clip: OpenClip, *streams: Stream) -> Iterator[Packet[Stream]]:
    """As `raw_packets`, from the start of the file, with one clock: where recordings were joined it is carried on.

    All streams are shifted alike at a joint, so that sound stays with its frames.
    """
    joints = index_of(clip.file).joints
    if not joints:
        yield from raw_packets(clip, *streams)
        return
    clocks = {stream.index: _clock(clip, stream) for stream in streams}
    for packet in raw_packets(clip, *streams):
        clocks[packet.stream_index](packet)
        yield packet


def _clock(clip: OpenClip, stream: Stream) -> Callable[[Packet[Stream]], None]:
    return _FrameClock(index_of(clip.file)) if stream.index == clip.video.index else _SoundClock(clip, stream)


class _FrameClock:
    """Carries the frames' clock over the joints that the index found, by counting packets."""

    def __init__(self, index: Index) -> None:
        self._joints = index.joints
        self._count, self._following, self._shift = 0, 0, 0

    def __call__(self, packet: Packet[Stream]) -> None:
        if self._following < len(self._joints) and self._count >= self._joints[self._following].first:
            self._shift, self._following = self._joints[self._following].shift, self._following + 1
        self._count += 1
        _shift(packet, self._shift)


class _SoundClock:
    """Carries the sound's clock over the frames' joints: at a jump the shift is taken that goes on best."""

    def __init__(self, clip: OpenClip, stream: Stream) -> None:
        base = stream.time_base or clip.video_base
        shifts = [0, *(joint.shift for joint in index_of(clip.file).joints)]
        self._shifts = [round(shift * clip.video_base / base) for shift in shifts]
        self._tolerance = round(Fraction(BACK_US, 1_000_000) / base)
        self._at = 0
        self._last: int | None = None

    def __call__(self, packet: Packet[Stream]) -> None:
        stamp = packet.dts if packet.dts is not None else packet.pts
        if stamp is None:
            return
        if self._last is not None and abs(stamp + self._shifts[self._at] - self._last) > self._tolerance:
            later = range(self._at, len(self._shifts))
            self._at = min(later, key=lambda at: abs(stamp + self._shifts[at] - (self._last or 0)))
        self._last = stamp + self._shifts[self._at]
        _shift(packet, self._shifts[self._at])


def _shift(packet: Packet[Stream], shift: int) -> None:
    if shift:
        packet.dts = None if packet.dts is None else packet.dts + shift
        packet.pts = None if packet.pts is None else packet.pts + shift


class VideoDecoder:
    """Turns the packets of one video stream into frames with strictly rising PTS.

    Damaged packets are passed over, and frames whose stamp the index does not believe. Where a file stores no PTS
    (many AVI), the n-th frame shown gets the n-th smallest decoding time, which is what its order means. Frames
    shown at `unneeded` times of the file's own clock are left out where no other frame is made from them.
    """

    def __init__(self, clip: OpenClip, unneeded: Container[int] = ()) -> None:
        self._stream: VideoStream = clip.video
        self._base = clip.video_base
        self._gap_us = clip.frame_gap_us
        self._lone = index_of(clip.file).lone
        self._unneeded = unneeded
        self._waiting: list[int] = []
        self._last_us: int | None = None

    def feed(self, packet: Packet[Stream]) -> Iterator[Decoded]:
        """Yield frames that this packet completes."""
        if packet.pts is None and packet.dts is not None:
            heapq.heappush(self._waiting, packet.dts)
        yield from self._timed(self._decode(packet))

    def flush(self) -> Iterator[Decoded]:
        """Yield frames still inside the decoder at the end."""
        yield from self._timed(self._decode(None))

    def _decode(self, packet: Packet[Stream] | None) -> list[VideoFrame]:
        if self._unneeded:
            shown = None if packet is None or packet.pts is None else to_us(packet.pts, self._base)
            self._stream.codec_context.skip_frame = "NONREF" if shown in self._unneeded else "DEFAULT"
        try:
            return self._stream.codec_context.decode(packet)
        except av.FFmpegError:
            if packet is not None and packet.dts in self._waiting:
                self._waiting.remove(packet.dts)
                heapq.heapify(self._waiting)
            return []

    def _timed(self, frames: list[VideoFrame]) -> Iterator[Decoded]:
        for frame in frames:
            if frame.pts in self._lone:
                continue
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


def decoded_frames(clip: OpenClip, *, patience: int | None = None, unneeded: Container[int] = ()) -> Iterator[Decoded]:
    """Yield every frame of a clip that was just opened, in order of time; `unneeded` as for `VideoDecoder`.

    With `patience`, gives up after that many packets in a row without a frame.
    """
    return decoded(clip, _from_key(clip, packets(clip, clip.video)), patience=patience, unneeded=unneeded)


def decoded(
    clip: OpenClip, source: Iterator[Packet[Stream]], *, patience: int | None = None, unneeded: Container[int] = ()
) -> Iterator[Decoded]:
    """Yield the frames of these packets; `patience` and `unneeded` as for `decoded_frames`."""
    decoder, barren = VideoDecoder(clip, unneeded), 0
    for packet in source:
        barren += 1
        for found in decoder.feed(packet):
            barren = 0
            yield found
        if patience is not None and barren > patience:
            return
    yield from decoder.flush()


def _from_key(clip: OpenClip, source: Iterator[Packet[Stream]]) -> Iterator[Packet[Stream]]:
    """Without what comes before the first key frame: some decoders make grey or smeared frames of it."""
    first_key = index_of(clip.file).first_key
    skipped = first_key if first_key <= PATIENCE else 0
    return islice(source, skipped, None)


def sounds(stream: AudioStream, packet: Packet[Stream] | None) -> list[AudioFrame]:
    """Return sound frames that a packet completes (None flushes); a damaged packet gives none."""
    try:
        return stream.codec_context.decode(packet)
    except av.FFmpegError:
        return []
