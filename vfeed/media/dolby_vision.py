"""Dolby Vision: which of its profiles a film is in, and so whether its colours can be told without Dolby's own player.

Phones record profile 8, whose frames are ordinary HLG or PQ film with notes beside them. Profile 5, and 10 without
a compatible base, store colours in a space of Dolby's own that changes from scene to scene: read as ordinary film, skin
is green and violet.
"""

from __future__ import annotations

import io
from typing import BinaryIO, NamedTuple

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media import container_detection
from vfeed.media.mp4_limits import boxes

MARKS = (b"dvcC", b"dvvC", b"dvwC")
"""Names of the record in MP4 and MOV, and in Matroska, which stores the same bytes (Dolby Vision streams within the
ISO base media file format; Matroska's BlockAddIDType)."""
OWN_COLOURS = frozenset({5, 10})
"""Profiles without frames for an ordinary screen where nothing else is named as compatible."""
_SAMPLES_BYTES = 1 << 16
_MATROSKA_HEAD_BYTES = 1 << 20
_EXTRA = b"\x41\xed"  # Matroska's BlockAddIDExtraData, which holds the record.
_NEAR = 64  # Bytes of the same small element.


class DolbyVision(NamedTuple):
    """`profile` of the record, and the number of what its frames are `compatible` with, 0 for nothing."""

    profile: int
    compatible: int

    @property
    def has_own_colours(self) -> bool:
        """Whether an ordinary reader of frames gets their colours wrong."""
        return self.profile in OWN_COLOURS and not self.compatible


def dolby_vision(file: BinaryIO, format_name: str) -> DolbyVision | None:
    """Return what the file says of Dolby Vision; None when it says nothing. Transport streams are not asked."""
    if format_name == container_detection.QUICKTIME:
        return _in_boxes(file)
    return _in_matroska(file) if format_name == container_detection.MATROSKA else None


def refuse_own_colours(file: BinaryIO, format_name: str) -> None:
    """Raise VfeedError `clip_codec_unreadable` for a film whose colours only Dolby's own players can show."""
    found = dolby_vision(file, format_name)
    if found is not None and found.has_own_colours:
        raise VfeedError(
            "clip_codec_unreadable",
            _(
                "The colours of this film are stored in a way of Dolby’s own (Dolby Vision, profile %(profile)s), "
                "and faces would come out green and violet."
            ),
            hint=_("Export it as H.264 in an MP4 file for ordinary screens (SDR) and add that."),
            profile=found.profile,
        )


def _in_boxes(file: BinaryIO) -> DolbyVision | None:
    for box in boxes(file):
        if box.kind == b"stsd":
            file.seek(box.body)
            held = file.read(min(box.end - box.body, _SAMPLES_BYTES))
            for mark in MARKS:
                at = held.find(mark)
                if at >= 0:
                    return _record(held[at + len(mark) :])
    return None


def _in_matroska(file: BinaryIO) -> DolbyVision | None:
    file.seek(0, io.SEEK_SET)
    head = file.read(_MATROSKA_HEAD_BYTES)
    for mark in MARKS:
        at = head.find(mark)
        extra = head.find(_EXTRA, max(0, at - _NEAR), at + _NEAR) if at >= 0 else -1
        if extra >= 0:
            # One byte of length: the record has 24 bytes.
            return _record(head[extra + len(_EXTRA) + 1 :])
    return None


def _record(data: bytes) -> DolbyVision | None:
    """DOVIDecoderConfigurationRecord: two bytes of version, 7 bits of profile, and in the fifth byte what fits."""
    return DolbyVision(data[2] >> 1, data[4] >> 4) if len(data) > 4 else None
