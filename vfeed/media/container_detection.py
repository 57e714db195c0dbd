"""What kind of file this is, by its first bytes: the demuxer is chosen here and never guessed by ffmpeg."""

from __future__ import annotations

import re
from typing import BinaryIO

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

HEAD_BYTES = 4096
TS_HEAD_BYTES = 64 * 1024  # A transport stream may begin with the rest of something else.
THE_VIDEO = _("Choose the video file.")
TAKEN_IN = _("vfeed takes MP4, MOV, M4V, MKV, WebM, AVI, 3GP and MPEG-TS files.")

QUICKTIME, MATROSKA, AVI, MPEG_TS = "mov", "matroska", "avi", "mpegts"

_QUICKTIME_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"uuid"}
_IMAGE_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc"}
_PHOTO_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_SOUND_HEADS = (b"ID3", b"OggS", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9", b"#!AMR")
# How the first packets of pictures begin in Ogg: Theora, Dirac, VP8 and what OGM puts there.
_OGG_PICTURES = (b"\x80theora", b"BBCD\x00", b"OVP80", b"\x01video")
_TS_STRIDES = (188, 192, 204)
TS_PACKETS = 5  # Marks at even distances that no text, photo or noise has by chance.
_TS_RUN = {
    stride: re.compile(b"(?s)(?=" + b".{%d}".join([b"\x47"] * TS_PACKETS) % ((stride - 1,) * (TS_PACKETS - 1)) + b")")
    for stride in _TS_STRIDES
}

# Texts that make ffmpeg open other files or addresses.
_LIST_START = re.compile(
    r"#extm3u|ffconcat|\[playlist\]|\[reference\]|rtsptext|v=0\s|[a-z][a-z0-9+.-]{1,12}://|(file|stream)\s+\S|<asx|<smil"
)
_LIST_INSIDE = re.compile(r"<(mpd|smil|asx|playlist|smoothstreamingmedia)[\s>]|urn:mpeg:dash|^\s*file\s+['\"/]", re.M)


def container_format(file: BinaryIO) -> str:
    """Return the name of the one ffmpeg demuxer that may open `file` (`mov`, `matroska`, `avi` or `mpegts`).

    Reads the first 4 kB from the start. Raises VfeedError `clip_empty`, `clip_playlist`, `clip_audio_only` or
    `clip_not_video`.

    >>> import io
    >>> container_format(io.BytesIO(bytes([0, 0, 0, 24]) + b"ftypisom" + bytes(100)))
    'mov'
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise VfeedError("clip_empty", _("The file holds no data."), hint=_("Copy it from the camera or phone again."))
    if not any(head):
        raise VfeedError(
            "clip_not_video",
            _("The file begins with nothing but zeros: it was not copied properly."),
            hint=_("Copy it from the camera or phone again."),
        )
    found = _by_signature(head)
    if found:
        return found
    _refuse(head)
    if _is_transport_stream(head + file.read(TS_HEAD_BYTES)):
        return MPEG_TS
    raise VfeedError("clip_not_video", _("The file is not a video that vfeed knows."), hint=TAKEN_IN)


def _by_signature(head: bytes) -> str | None:
    if head[4:8] in _QUICKTIME_BOXES:
        if head[4:8] == b"ftyp" and head[8:12] in _IMAGE_BRANDS:
            raise _photo()
        return QUICKTIME
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return MATROSKA
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"AVIX"):
        return AVI
    return MPEG_TS if _is_transport_stream(head) else None


def _is_transport_stream(head: bytes) -> bool:
    """Whether packets begin at even distances, if only from somewhere on and up to where some bytes were lost."""
    return any(_TS_RUN[stride].search(head) or _is_short_stream(head, stride) for stride in _TS_STRIDES)


def _is_short_stream(head: bytes, stride: int) -> bool:
    marks = head[0 if stride != 192 else 4 :: stride]
    return len(head) < TS_PACKETS * stride and len(marks) >= 3 and marks.count(0x47) == len(marks)


def _refuse(head: bytes) -> None:
    text = _as_text(head)
    if text is not None and (_LIST_START.match(text) or _LIST_INSIDE.search(text)):
        raise VfeedError(
            "clip_playlist",
            _("The file is not a video but a list that points to other files or addresses."),
            hint=_("Add the videos themselves."),
        )
    if _is_sound(head):
        raise VfeedError("clip_audio_only", _("The file is a sound recording without a picture."), hint=THE_VIDEO)
    if head.startswith(_PHOTO_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        raise _photo()


def _is_sound(head: bytes) -> bool:
    if head.startswith(b"OggS") and any(begin in head for begin in _OGG_PICTURES):
        return False
    return head.startswith(_SOUND_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WAVE")


def _photo() -> VfeedError:
    return VfeedError("clip_not_video", _("The file is a photo, not a video."), hint=THE_VIDEO)


def _as_text(head: bytes) -> str | None:
    """The head as lower-case text without leading marks and spaces; None when it is not text."""
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = head.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    if text.count("\x00") > len(text) // 50 or text.count("\ufffd") > len(text) // 10:
        return None
    return text.lstrip("\ufeff\x00 \t\r\n").lower()
