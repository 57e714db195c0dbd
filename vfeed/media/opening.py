"""Open a clip so that it can reach nothing but its own bytes."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO, NoReturn, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media import container_detection
from vfeed.media.mp4_limits import refuse_absurd
from vfeed.media.turned import Turned, quarters_of

FORMAT_NAMES = {
    container_detection.QUICKTIME: "mov,mp4,m4a,3gp,3g2,mj2",
    container_detection.MATROSKA: "matroska,webm",
    container_detection.AVI: "avi",
    container_detection.MPEG_TS: "mpegts",
}
READ_BYTES = 256 * 1024  # One read of the decrypting stream: large enough that its per-call cost does not show.
MAX_PIXELS = 8192 * 8192  # A frame beyond this would take gigabytes; no phone or camera films it.
MAX_THREADS = 4  # Each decoder thread keeps its own frames.
ALONE_TO_PIXELS = 1920 * 1088
"""Frames up to this size one thread decodes at twenty times their speed and more, with a sixth less work than two."""
SOUND_RATES = 4_000, 400_000  # Samples a second; what claims others is damaged, and would be drawn out to gigabytes.
_TAG = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")  # Matroska's own note of a track's length.
NOT_A_FILM = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails


class View(io.RawIOBase):
    """A place of its own in a shared file, so that one thread can read frame and sound of it side by side."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self.file = file
        self._place = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def seekable(self) -> bool:
        """Always true."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to `offset` from the start, the present place or the end."""
        if whence == os.SEEK_CUR:
            offset, whence = self._place + offset, os.SEEK_SET
        self._place = self.file.seek(offset, whence)
        return self._place

    def tell(self) -> int:
        """Return where the next read starts."""
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` from this view's place; returns the number of bytes."""
        view = memoryview(buffer).cast("B")
        self.file.seek(self._place)
        data = self.file.read(len(view))
        view[: len(data)] = data
        self._place += len(data)
        return len(data)


def root_of(file: BinaryIO) -> BinaryIO:
    """Return the file itself behind any number of views, and of the turn that a person gave it."""
    while isinstance(file, View | Turned):
        file = file.file
    return file


@dataclass(frozen=True)
class OpenClip:
    """A clip that is open for reading; use it only inside `open_clip`."""

    container: InputContainer
    video: VideoStream
    audio: AudioStream | None
    format_name: str
    file: BinaryIO

    @property
    def video_base(self) -> Fraction:
        """Seconds for each tick of the video stream's times."""
        return self.video.time_base or Fraction(1, 1_000_000)

    @property
    def quarters(self) -> int:
        """Quarter turns clockwise that a person gave the film, after what the file itself says."""
        return quarters_of(self.file)

    @property
    def tags(self) -> dict[str, str]:
        """What the file and its film say of themselves, as libavformat shows it."""
        return {**self.container.metadata, **self.video.metadata}

    def promised_us(self, zero_us: int) -> int:
        """Return the length of the video from `zero_us` on that the header promises, microseconds; 0 when it promises
        nothing.

        A promise only, to tell that a file is cut off; what is there is measured by the index. Matroska notes an end;
        a transport stream has no header, and what libavformat reckons from its stamps is none.
        """
        if self.format_name == container_detection.MPEG_TS:
            return 0
        if self.video.duration:
            return round(self.video.duration * self.video_base * 1_000_000)
        tag = _TAG.fullmatch(self.video.metadata.get("DURATION", ""))
        end_us = int(self.container.duration or 0)
        if tag:
            hours, minutes, seconds = tag.groups()
            end_us = round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1_000_000)
        return max(0, end_us - max(0, zero_us))

    @property
    def frame_gap_us(self) -> int:
        """The usual time between frames by the header, microseconds; 40 ms when the header does not say."""
        rate = self.video.average_rate or self.video.guessed_rate
        return max(1, round(1_000_000 / rate)) if rate else 40_000


@contextmanager
def open_clip(file: BinaryIO, *, sound: bool = False, beside_others: bool = False) -> Iterator[OpenClip]:
    """Open `file` (seekable, left open) for demuxing and decoding; others may read it in between.

    Only the demuxer that `sniff` names may read it, no protocol is allowed and nested files are refused. With `sound`
    the best audio stream is kept; every other stream is dropped by the demuxer. `beside_others`: other threads work on
    what is decoded, so that frames of an ordinary size are decoded by one.
    Raises VfeedError `clip_empty`, `clip_not_video`, `clip_playlist`, `clip_truncated`, `clip_audio_only` or
    `clip_codec_unreadable`.
    """
    format_name = container_detection.container_format(file)
    if format_name == container_detection.QUICKTIME:
        refuse_absurd(cast(BinaryIO, View(root_of(file))))
    try:
        container = av.open(
            View(root_of(file)),
            "r",
            format=format_name,
            container_options={"format_whitelist": FORMAT_NAMES[format_name], "protocol_whitelist": "none"},
            buffer_size=READ_BYTES,
            metadata_errors="replace",
            io_open=_refuse_nested,
        )
    except (av.FFmpegError, ValueError) as error:
        raise VfeedError(
            "clip_truncated",
            _("The video is cut off or damaged: its table of contents is missing."),
            hint=_("Copy it from the camera or phone again, and wait until the copy is complete."),
        ) from error
    try:
        video = _film(container)
        audio = _first_sound(container) if sound else None
        for stream in container.streams:
            stream.discard = Discard.default if stream in (video, audio) else Discard.all
        context = video.codec_context
        context.thread_type = "AUTO"
        alone = beside_others and _area(video) <= ALONE_TO_PIXELS
        context.thread_count = 1 if alone else min(MAX_THREADS, os.cpu_count() or 1)
        context.options = {"max_pixels": str(MAX_PIXELS)}
        yield OpenClip(container, video, audio, format_name, file)
    finally:
        container.close()


def _refuse_nested(_url: str, _flags: int, _options: dict[str, Any]) -> NoReturn:
    raise VfeedError(
        "clip_playlist",
        _("The video asks for another file or address."),
        hint=_("Export it as one self-contained video file."),
    )


def _film(container: InputContainer) -> VideoStream:
    films = [stream for stream in container.streams.video if not stream.disposition & NOT_A_FILM]
    if not films:
        if container.streams.audio:
            raise VfeedError(
                "clip_audio_only", _("The file has sound but no picture."), hint=_("Choose the video file.")
            )
        raise VfeedError("clip_no_frames", _("The file holds no film."), hint=container_detection.TAKEN_IN)
    readable = [stream for stream in films if stream.codec_context is not None]
    if not readable:
        raise VfeedError(
            "clip_codec_unreadable",
            _("The picture in this file is stored in a way that vfeed cannot read."),
            hint=_("Export it as H.264 in an MP4 file and add that."),
        )
    return max(readable, key=lambda stream: (bool(stream.disposition & Disposition.default), _area(stream)))


def _area(stream: VideoStream) -> int:
    return stream.codec_context.width * stream.codec_context.height


def _first_sound(container: InputContainer) -> AudioStream | None:
    readable = [
        stream
        for stream in container.streams.audio
        if stream.codec_context is not None and SOUND_RATES[0] <= stream.codec_context.sample_rate <= SOUND_RATES[1]
    ]
    return max(readable, key=lambda stream: bool(stream.disposition & Disposition.default)) if readable else None
