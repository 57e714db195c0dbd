"""Packets of an open clip as the file holds them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
from av.packet import Packet
from av.stream import Stream

from vfeed.media import container_detection
from vfeed.media.opening import OpenClip

ZEROS_BYTES = 16
"""No frame starts with so many zeros: an interrupted copy leaves them behind."""


def to_us(stamp: int, base: Fraction) -> int:
    """Return ticks of `base` as whole microseconds.

    >>> to_us(3003, Fraction(1, 90_000))
    33367
    """
    return round(stamp * base.numerator * 1_000_000 / base.denominator)


def raw_packets(clip: OpenClip, *streams: Stream) -> Iterator[Packet[Stream]]:
    """Packets of the streams in file order with the stamps they have, ending where the file can be read no further.

    AVI stores no PTS and libavformat's guesses are wrong for reordered frames: they are taken away.
    """
    guessed = clip.format_name == container_detection.AVI
    try:
        for packet in clip.container.demux(*streams):
            if not _is_readable(packet):
                continue
            if guessed and packet.stream_index == clip.video.index and packet.dts is not None:
                packet.pts = None
            yield packet
    except (av.FFmpegError, IndexError):  # PyAV's own at the end of a file in which a stream came up on the way.
        return


def _is_readable(packet: Packet[Stream]) -> bool:
    """Whether a packet holds anything: not the flush at the end, and not the zeros of an interrupted copy."""
    return bool(packet.size and memoryview(packet)[:ZEROS_BYTES].tobytes().strip(b"\0"))
