"""Clips as faulty recorders, joiners and disks leave them, made from clips of `clip_factory`."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import av
import numpy as np


def restamped(data: bytes, change: Callable[[Any], bool], container: str = "mp4") -> bytes:
    """The clip with every packet as `change` leaves it; packets for which it returns False are left out."""
    out = io.BytesIO()
    with av.open(io.BytesIO(data), "r") as source, av.open(out, "w", format=container) as target:
        tracks = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.size and change(packet):
                packet.stream = tracks[packet.stream_index]
                target.mux(packet)
    return out.getvalue()


def with_sound_hole(data: bytes, start_s: float, end_s: float) -> bytes:
    """The clip whose recorder lost the sound for a while; the stamps around it stay true."""
    return restamped(
        data, lambda packet: packet.stream.type != "audio" or not start_s <= packet.pts * packet.time_base < end_s
    )


def with_sound_clock(data: bytes, pace: float) -> bytes:
    """The clip with sound stamps from a clock that runs at another `pace`."""

    def change(packet: Any) -> bool:
        if packet.stream.type == "audio":
            packet.pts, packet.dts = round(packet.pts * pace), round(packet.dts * pace)
        return True

    return restamped(data, change)


def with_stamp(data: bytes, number: int, by_s: float, container: str = "mp4") -> bytes:
    """The clip with one picture stamped `by_s` seconds away from where it belongs."""
    count = -1

    def change(packet: Any) -> bool:
        nonlocal count
        if packet.stream.type == "video":
            count += 1
            if count == number:
                packet.pts += round(by_s / packet.time_base)
        return True

    return restamped(data, change, container)


def with_frames_left_out(data: bytes, start_s: float, end_s: float, container: str = "mp4") -> bytes:
    """The clip without the packets of the pictures from `start_s` to `end_s`; make it of key frames only."""
    return restamped(
        data,
        lambda packet: packet.stream.type != "video" or not start_s <= packet.pts * packet.time_base < end_s,
        container,
    )


def merged(first: bytes, second: bytes, container: str = "mp4") -> bytes:
    """Two clips of one codec in one file, as tools join them that copy: the first one's header holds for both."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        track, begin = None, 0
        for data in (first, second):
            with av.open(io.BytesIO(data), "r") as source:
                film = source.streams.video[0]
                if track is None:
                    track = target.add_stream_from_template(film)
                base, last = film.time_base, begin
                for packet in source.demux(film):
                    if packet.size and base and packet.pts is not None and packet.dts is not None:
                        packet.pts, packet.dts = packet.pts + begin, packet.dts + begin
                        last = packet.pts + round(0.04 / base)
                        packet.stream = track
                        target.mux(packet)
                begin = last
    return out.getvalue()


def with_noise(data: bytes, start_share: float, end_share: float) -> bytes:
    """The clip with a part of its bytes overwritten by noise, as shares of its length."""
    low, high = int(start_share * len(data)), int(end_share * len(data))
    noise = np.random.default_rng(7).integers(0, 256, high - low, np.uint8).tobytes()
    return data[:low] + noise + data[high:]


def without_packets(data: bytes, every: int, first: int = 40) -> bytes:
    """The transport stream with one packet in `every` lost, as over a poor radio link."""
    parts = [data[place : place + 188] for place in range(0, len(data), 188)]
    return b"".join(part for number, part in enumerate(parts) if number < first or number % every)
