"""Pictures and sound in, a browser-friendly MP4 out: encoding into an encrypted scratch file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from fractions import Fraction
from types import TracebackType
from typing import BinaryIO, Self, cast

import av
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc
from av.video.stream import VideoStream

from vfeed.errors import VfeedError
from vfeed.media.packets import to_us
from vfeed.media.sound import Samples
from vfeed.media.sound_track import SoundTrack

MICROSECOND = Fraction(1, 1_000_000)
WRITTEN_BYTES = 1 << 20
MP4_OPTIONS = {"video_track_timescale": "1000000", "movie_timescale": "1000000"}
X264_THREADS = 2
X264 = {
    # The quickest preset with its one visible fault mended: without the deblocking filter, blocks show in soft light.
    "preset": "ultrafast", "x264-params": "deblock=0,0", "crf": "23", "profile": "high", "level": "4.0",
    # No B-frames: every frame's place is its time, with no edit list for a player to miss.
    "bf": "0", "g": "600",
}  # fmt: skip
KEY_EVERY_US = 900_000
"""A key frame for each second of true time, a little early so that no gap exceeds it."""


class Encoding:
    """One MP4 in the making; use as a context manager, so that the encoders end whatever happens.

    `scratch` (seekable) receives the MP4 with its table at the end (`faststart` moves it). Pictures come with rising
    times that start at 0, sound without gaps from time 0; `pitch` is the share by which its pitch is changed.
    Everything here raises VfeedError `media_failed` where libav refuses.
    """

    def __init__(self, width_px: int, height_px: int, *, sound: bool, scratch: BinaryIO, pitch: float = 1.0) -> None:
        self.width_px, self.height_px = width_px, height_px
        self._target = av.open(scratch, "w", format="mp4", options=MP4_OPTIONS, buffer_size=WRITTEN_BYTES)
        self._film = self._target.add_stream("libx264", rate=25, options=X264)
        self._set_up(self._film)
        self._sound = SoundTrack(self._target, pitch) if sound else None
        self._times_us: list[int] = []
        self._keys = 0
        self._held: Packet[VideoStream] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        with contextlib.suppress(OSError, ValueError, VfeedError, av.FFmpegError):
            self._target.close()

    def picture(self, frame: VideoFrame, time_us: int) -> None:
        """Add a yuv420p picture that is shown from `time_us` on."""
        frame.time_base, frame.pts = MICROSECOND, time_us
        due = time_us >= self._keys * KEY_EVERY_US
        frame.pict_type = PictureType.I if due else PictureType.NONE
        self._keys += due
        with _refusals():
            self._mux(self._film.encode(frame))

    def sound(self, samples: Samples) -> None:
        """Add sound, (n, 2) int16 at 48 kHz, right behind what came before."""
        if self._sound is not None:
            with _refusals():
                self._sound.add(samples)

    def finish(self, end_us: int) -> npt.NDArray[np.int64]:
        """End the MP4; `end_us` is where the last picture ends. Returns the times of its pictures (n,), us."""
        with _refusals():
            self._mux(self._film.encode(None))
            if self._held is not None:
                left_us = end_us - self._times_us[-1]
                self._write(self._held, max(1, round(left_us * MICROSECOND / self._held.time_base)))
            if self._sound is not None:
                self._sound.finish()
            self._target.close()
        return np.array(self._times_us, np.int64)

    def _set_up(self, film: VideoStream) -> None:
        film.width, film.height, film.pix_fmt = self.width_px, self.height_px, "yuv420p"
        context = film.codec_context
        film.time_base = context.time_base = MICROSECOND
        context.thread_count, context.thread_type = min(X264_THREADS, os.cpu_count() or 1), "FRAME"
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        context.colorspace = Colorspace.ITU709

    def _mux(self, packets: list[Packet[VideoStream]]) -> None:
        for packet in packets:
            # Nothing is reordered, and where frames are uneven libavformat finds no decoding times of its own.
            packet.dts = packet.pts
            if self._held is not None:
                self._write(self._held, cast(int, packet.pts) - cast(int, self._held.pts))
            self._times_us.append(to_us(cast(int, packet.pts), packet.time_base))
            self._held = packet

    def _write(self, packet: Packet[VideoStream], duration: int) -> None:
        packet.duration = duration
        self._target.mux(packet)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except av.FFmpegError as error:
        raise VfeedError("media_failed", f"The video could not be encoded: {error}", hint="Try again.") from error
