"""A recorded voice as a browser sends it: sound alone, in a container that is read by nobody but its own demuxer."""

from __future__ import annotations

import io
from typing import Any, NoReturn

import av

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

MOST_S = 180
"""How long somebody may speak: longer talk is kept in parts, as the browser does."""
LATE_S = 10
"""So much later than it was told a recorder on a slow tablet may stop."""
# By first bytes: where they stand, what they are, the demuxer's names, and the media type under which it is kept.
_CONTAINERS = (
    (0, b"\x1a\x45\xdf\xa3", "matroska", "matroska,webm", "audio/webm"),
    (4, b"ftyp", "mov", "mov,mp4,m4a,3gp,3g2,mj2", "audio/mp4"),
    (0, b"OggS", "ogg", "ogg", "audio/ogg"),
)


def voice_type(sound: bytes) -> str:
    """Return the media type of a recorded voice, by its content and not by what was said of it.

    Raises VfeedError `invalid_input` for an empty or damaged recording, and for anything that holds a frame.
    """
    for place, mark, demuxer, names, media_type in _CONTAINERS:
        if sound[place : place + len(mark)] == mark:
            _refuse_unless_sound(sound, demuxer, names)
            return media_type
    raise _refused()


def _refuse_unless_sound(sound: bytes, demuxer: str, names: str) -> None:
    try:
        with av.open(
            io.BytesIO(sound),
            "r",
            format=demuxer,
            container_options={"format_whitelist": names, "protocol_whitelist": "none"},
            metadata_errors="replace",
            io_open=_refuse_nested,
        ) as container:
            if len(container.streams) != len(container.streams.audio) or not container.streams.audio:
                raise _refused()
            stream = container.streams.audio[0]
            if next(container.decode(stream), None) is None:
                raise _refused()
            times = [packet.pts * packet.time_base for packet in container.demux(stream) if packet.pts is not None]
            if times and max(times) > MOST_S + LATE_S:
                raise VfeedError(
                    "invalid_input",
                    _("A recording is of three minutes at most."),
                    hint=_("Record it in parts, or write down what is said."),
                )
    except (av.FFmpegError, ValueError) as error:
        raise _refused() from error


def _refuse_nested(_url: str, _flags: int, _options: dict[str, Any]) -> NoReturn:
    raise _refused()


def _refused() -> VfeedError:
    return VfeedError(
        "invalid_input", _("This is no recording of a voice."), hint=_("Record it again, or write down what is said.")
    )
