"""The index of a file: all packets' stamps read once, and kept as long as the file is open."""

from __future__ import annotations

import weakref
from typing import Any, BinaryIO

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media import container_detection
from vfeed.media.frame_index import Index, Stamp, index_from, may_jump
from vfeed.media.opening import OpenClip, open_clip, root_of
from vfeed.media.packets import raw_packets, to_us

MOST_FRAMES = 4_000_000

_KNOWN: weakref.WeakKeyDictionary[Any, Index] = weakref.WeakKeyDictionary()


def index_of(file: BinaryIO) -> Index:
    """Return the index of `file` (seekable), read once for each open file.

    Raises VfeedError with a `clip_*` code for a file that cannot be opened, `clip_times_unusable` for absurd stamps.
    """
    root = root_of(file)
    found = _KNOWN.get(root)
    if found is None:
        with open_clip(file) as clip:
            stamps, base, usual_us = _stamps(clip), clip.video_base, clip.frame_gap_us
            jumps = may_jump(stamps, clip.video_base) and clip.format_name == container_detection.MPEG_TS
        heard = _heard(file) if jumps else []
        found = _KNOWN[root] = index_from(stamps, base, usual_us, joins_ahead=jumps, heard=heard)
    return found


def _stamps(clip: OpenClip) -> list[Stamp]:
    stamps = []
    for packet in raw_packets(clip, clip.video):
        stamps.append(Stamp(packet.dts, packet.pts, packet.is_keyframe, packet.duration or 0))
        if packet.is_discard:
            stamps[-1] = Stamp(None, None, packet.is_keyframe, 0)
        if len(stamps) > MOST_FRAMES:
            raise VfeedError(
                "clip_too_demanding",
                _("The file claims more than %(most)s pictures."),
                hint=_("Export it as an ordinary film, H.264 in an MP4 file, and add that."),
                most=f"{MOST_FRAMES:,}",
            )
    return stamps


def _heard(file: BinaryIO) -> list[int]:
    """When packets of sound come, microseconds of the file's clock."""
    with open_clip(file, sound=True) as clip:
        if clip.audio is None:
            return []
        times = [(packet.pts, packet.time_base) for packet in raw_packets(clip, clip.audio)]
    return sorted(to_us(pts, base) for pts, base in times if pts is not None)
