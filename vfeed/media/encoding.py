"""Frames and sound in, a browser-friendly MP4 out: encoding through ffmpeg into an encrypted scratch file."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from fractions import Fraction
from types import TracebackType
from typing import Any, BinaryIO, Self

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.ffmpeg import Child, encoder_arguments
from vfeed.media.packets import to_us
from vfeed.media.sound import SOUND_HZ, Samples

MICROSECOND = Fraction(1, 1_000_000)
PIPE_BYTES = 1 << 20
MP4_OPTIONS = {"video_track_timescale": "1000000", "movie_timescale": "1000000"}
X264_THREADS = 2


class Encoding:
    """One MP4 in the making; use as a context manager, so that ffmpeg ends whatever happens.

    `scratch` (seekable) receives the MP4 with its table at the end (`faststart` moves it). Frames come with rising
    times that start at 0, sound without gaps from time 0; `pitch` is the share by which its pitch is changed.
    """

    def __init__(self, width_px: int, height_px: int, *, sound: bool, scratch: BinaryIO, pitch: float = 1.0) -> None:
        self.width_px, self.height_px = width_px, height_px
        threads = min(X264_THREADS, os.cpu_count() or 1)
        self._child = Child(encoder_arguments(sound=sound, threads=threads, pitch=pitch))
        self._packing = _Packing(self._child, scratch)
        self._nut = av.open(_Pipe(self._child), "w", format="nut", buffer_size=PIPE_BYTES)
        self._video = self._nut.add_stream("rawvideo", rate=25)
        self._video.width, self._video.height, self._video.pix_fmt = width_px, height_px, "yuv420p"
        self._video.time_base = self._video.codec_context.time_base = MICROSECOND
        self._sound = self._nut.add_stream("pcm_s16le", rate=SOUND_HZ) if sound else None
        if self._sound is not None:
            self._sound.codec_context.layout = "stereo"
        self._sound_at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._child.kill()
        with contextlib.suppress(OSError, ValueError, av.FFmpegError):
            self._nut.close()
        self._packing.join()
        self._child.close()

    def write_frame(self, frame: VideoFrame, time_us: int) -> None:
        """Add a yuv420p frame that is shown from `time_us` on."""
        frame.time_base, frame.pts = MICROSECOND, time_us
        self._send(self._video, frame)

    def write_sound(self, samples: Samples) -> None:
        """Add sound, (n, 2) int16 at 48 kHz, right behind what came before."""
        if self._sound is None or not len(samples):
            return
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = SOUND_HZ, Fraction(1, SOUND_HZ), self._sound_at
        self._sound_at += len(samples)
        self._send(self._sound, frame)

    def finish(self, end_us: int) -> npt.NDArray[np.int64]:
        """Wait for the MP4; `end_us` is where the last frame ends. Returns the times of its frames (n,), us.

        Raises VfeedError `media_failed` with ffmpeg's last lines.
        """
        self._packing.end_us = end_us
        for stream in (self._video, self._sound):
            if stream is not None:
                self._send(stream, None)
        try:
            self._nut.close()
        except (OSError, av.FFmpegError):
            self._failed()
        self._child.end_input()
        self._packing.join()
        self._child.wait()
        return self._packing.result()

    def _send(self, stream: Any, frame: VideoFrame | AudioFrame | None) -> None:
        try:
            self._nut.mux(stream.encode(frame))
        except (OSError, av.FFmpegError):
            self._failed()

    def _failed(self) -> None:
        self._child.end_input()
        self._packing.join()
        self._packing.result()
        self._child.wait()
        raise VfeedError("media_failed", _("ffmpeg stopped before the video was done."), hint=_("Try again."))


class _Pipe:
    """Write-only and without a place to seek to, so that libav knows it is a pipe."""

    def __init__(self, child: Child) -> None:
        self.write = child.write


class _Packing:
    """A thread that packs the encoded stream from ffmpeg's answer into an MP4."""

    def __init__(self, child: Child, scratch: BinaryIO) -> None:
        self.end_us = 0
        self._child, self._scratch = child, scratch
        self._times_us: list[int] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="mp4-packing", daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def result(self) -> npt.NDArray[np.int64]:
        if isinstance(self._error, av.FFmpegError):
            self._child.wait()
            raise VfeedError(
                "media_failed",
                _("The encoded video could not be packed: %(reason)s"),
                hint=_("Try again."),
                reason=self._error,
            )
        if self._error is not None:
            raise self._error
        return np.array(self._times_us, np.int64)

    def _run(self) -> None:
        try:
            self._pack()
        except (OSError, ValueError, av.FFmpegError, VfeedError) as error:
            self._error = error
            self._child.kill()

    def _pack(self) -> None:
        with (
            av.open(self._child.stdout, "r", format="nut") as source,
            av.open(self._scratch, "w", format="mp4", options=MP4_OPTIONS, buffer_size=PIPE_BYTES) as target,
        ):
            tracks = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
            film = source.streams.video[0].index
            held: Packet[Stream] | None = None
            for packet in _from_zero(source, film):
                index = packet.stream_index
                packet.stream = tracks[index]
                if index != film:
                    target.mux(packet)
                    continue
                self._times_us.append(to_us(_pts(packet), packet.time_base))
                if held is not None:
                    held.duration = _pts(packet) - _pts(held)
                    target.mux(held)
                held = packet
            if held is not None:
                left_us = self.end_us - self._times_us[-1]
                held.duration = max(1, round(left_us * MICROSECOND / held.time_base))
                target.mux(held)


def _from_zero(source: InputContainer, film: int) -> Iterator[Packet[Stream]]:
    """The packets with the first frame at time 0 (ffmpeg moves it when sound starts before it)."""
    waiting: list[Packet[Stream]] = []
    zero: Fraction | None = None
    for packet in source.demux():
        if not packet.size:
            continue
        waiting.append(packet)
        if zero is None and packet.stream_index == film:
            zero = _pts(packet) * packet.time_base
        if zero is None:
            continue
        for ready in waiting:
            shift = round(zero / ready.time_base)
            # Nothing is reordered, and where frames are uneven libavformat finds no decoding times of its own.
            ready.pts = ready.dts = _pts(ready) - shift
            yield ready
        waiting.clear()


def _pts(packet: Packet[Stream]) -> int:
    stamp = packet.dts if packet.pts is None else packet.pts
    return int(stamp or 0)
