"""Interlaced film made into whole frames: whether a film is, told by looking at it, and the weaving of its fields."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO

import av

from vfeed.media.decoding import PATIENCE, Decoded, decoded, decoded_frames, packets
from vfeed.media.filter_graph import Filter
from vfeed.media.frame_index_cache import index_of
from vfeed.media.opening import OpenClip, open_clip, root_of

PLACES = (1 / 3, 2 / 3)
LOOKED_AT = 14
"""Frames looked at in a row, at the start and at each of `PLACES`."""
FEWEST = 3
"""Fewer combed frames than this are noise."""
MOST_HEIGHT_PX, MOST_FPS = 1200, 31
NEVER = frozenset({"vp8", "vp9", "av1"})
"""Codecs without fields, and sizes and paces that no interlaced camera has, are not looked at."""
IDET = "lavfi.idet.single."


class Fields(StrEnum):
    """Which field of a frame comes first: that of its first row (`tff`) or of its second."""

    TOP_FIRST = "tff"
    BOTTOM_FIRST = "bff"


_KNOWN: weakref.WeakKeyDictionary[Any, Fields | None] = weakref.WeakKeyDictionary()


def fields_of(file: BinaryIO) -> Fields | None:
    """Return how the frames of `file` are interlaced; None for whole frames. Looked at once for each open file.

    Flags alone are not believed: camcorders flag whole frames as interlaced, and capture programs the other way
    round. They decide where nothing moves. Raises VfeedError with a `clip_*` code.
    """
    root = root_of(file)
    if root not in _KNOWN:
        with open_clip(file) as clip:
            _KNOWN[root] = _looked_at(clip) if _may_be(clip) else None
    return _KNOWN[root]


def whole(frames: Iterable[Decoded], fields: Fields | None) -> Iterator[Decoded]:
    """Yield the same frames at the same times, with both fields of each brought to one moment."""
    if fields is None:
        yield from frames
        return
    woven, times = Filter(("bwdif", f"mode=send_frame:parity={fields.value}:deint=all")), deque[int]()
    for shown in frames:
        times.append(shown.pts_us)
        for frame in woven.through(shown.frame):
            yield Decoded(times.popleft(), frame)
    for frame in woven.through(None):
        if times:
            yield Decoded(times.popleft(), frame)


def _may_be(clip: OpenClip) -> bool:
    context = clip.video.codec_context
    slow = index_of(clip.file).usual_us > 1_000_000 / MOST_FPS
    return context.height <= MOST_HEIGHT_PX and slow and context.codec.canonical_name not in NEVER


def _looked_at(clip: OpenClip) -> Fields | None:
    counts = dict.fromkeys((Fields.TOP_FIRST.value, Fields.BOTTOM_FIRST.value, "progressive"), 0.0)
    flagged = []
    for frames in _samples(clip):
        seen = Filter(("idet", ""))
        looked = [found for shown in frames for found in seen.through(shown.frame)]
        looked += seen.through(None)
        flagged += [frame.interlaced_frame for frame in looked]
        for name in counts if looked else ():
            counts[name] += float(looked[-1].metadata.get(IDET + name, 0))
    first = max(Fields, key=lambda each: counts[each.value])
    combed = counts[Fields.TOP_FIRST.value] + counts[Fields.BOTTOM_FIRST.value]
    if combed < FEWEST and counts["progressive"] < FEWEST:
        return first if any(flagged) else None
    return first if combed >= FEWEST and combed > counts["progressive"] else None


def _samples(clip: OpenClip) -> Iterator[list[Decoded]]:
    yield list(islice(decoded_frames(clip, patience=PATIENCE), LOOKED_AT))
    times = index_of(clip.file).times_us
    for place in PLACES:
        try:
            place_us = int(times[int(place * (len(times) - 1))]) if len(times) else 0
            clip.container.seek(int(place_us / 1_000_000 / clip.video_base), stream=clip.video)
        except (av.FFmpegError, OverflowError):
            return
        yield list(islice(decoded(clip, packets(clip, clip.video), patience=PATIENCE), LOOKED_AT))
