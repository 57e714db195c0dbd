"""Look at a file before it is taken in: what it holds, or why it is refused."""

from __future__ import annotations

import os
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from av.stream import Stream

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media import container_detection
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.dolby_vision import refuse_own_colours
from vfeed.media.focal_length import field_of_view_deg
from vfeed.media.frame_index_cache import index_of
from vfeed.media.frames import Reading, first_frame
from vfeed.media.opening import OpenClip, open_clip
from vfeed.media.orientation import Shape
from vfeed.media.sound import sound_end_us
from vfeed.media.turned import quarters_of
from vfeed.timeline.smoothing import HELD_US, without_frames

READABLE_SHARE = 0.5  # A clip of which less than this can be read is refused.
READ_CHECKS = 5  # Places, evenly spread, at which a frame must decode.
MOST_READ = 3000  # Frames decoded for that; a film with a single key frame has to be read from its start.
LEAST_SIDE_PX, MOST_ASPECT = 32, 10
MOST_FPS = 1000  # The quickest phones film 960 frames a second.
MOST_GAPS = 100  # Stretches without frames that are told one by one.
EVEN_SHARE, EVEN_US = 0.1, 2_000  # Gaps this near the usual one are a container's rounding (WebM counts whole ms).
MISSING_US, MISSING_SHARE = 500_000, 0.02  # Headers round; only more than this counts as missing.

CONTAINERS = {"mov": "mp4/mov", "matroska": "mkv/webm", "avi": "avi", "mpegts": "mpeg-ts"}


def probe(file: BinaryIO, *, max_duration_us: int, max_bytes: int) -> ClipFacts:
    """Return the facts of `file` (seekable), or a VfeedError that says why it is not taken in.

    Raises `clip_empty`, `clip_too_large`, `clip_not_video`, `clip_playlist`, `clip_truncated`, `clip_audio_only`,
    `clip_no_frames`, `clip_codec_unreadable`, `clip_too_long`, `clip_size_unusable`, `clip_times_unusable` or
    `clip_too_demanding`. Every packet is read, few are decoded.
    """
    size_bytes = file.seek(0, os.SEEK_END)
    if size_bytes > max_bytes:
        raise VfeedError(
            "clip_too_large",
            _("The file has %(size)s GB; at most %(most)s GB are taken in."),
            hint=_("Cut it or film at a lower quality. Whoever keeps vfeed can move the limit (VFEED_MAX_CLIP_BYTES)."),
            size=f"{size_bytes / 1000000000.0:.2f}",
            most=f"{max_bytes / 1000000000.0:.2f}",
        )
    with open_clip(file, sound=True) as clip:
        refuse_own_colours(file, clip.format_name)
        first, shape = first_frame(clip)
        _refuse_size(shape)
        index, zero_us = index_of(clip.file), first.pts_us
        promised_us = _promised_us(clip, file, size_bytes, zero_us)
        pixel_format = first.frame.format.name
        codecs = _codec_name(clip.video), _codec_name(clip.audio) if clip.audio else None
        container = CONTAINERS[clip.format_name]
        tags, quicktime = clip.tags, clip.format_name == container_detection.QUICKTIME
    starts_us = np.unique(np.append(index.since(zero_us), zero_us)) - zero_us
    if len(starts_us) < 2:
        raise VfeedError(
            "clip_no_frames",
            _("The file holds a single picture, not a film."),
            hint=_("Choose the film that belongs to it."),
        )
    duration_us = index.length_us(zero_us)
    _refuse_long(duration_us, max_duration_us)
    missing_us = max(0, promised_us - duration_us)
    if index.left_out or index.claimed_end_us - zero_us >= promised_us - MISSING_US:
        # The promise is reckoned from stamps that nobody can believe, or the last frame claims the rest of the time.
        missing_us = promised_us = 0
    if duration_us < READABLE_SHARE * promised_us or not _decodes(file, zero_us, duration_us):
        raise VfeedError(
            "clip_truncated",
            _("Less than half of the video can be read: it is cut off or damaged."),
            hint=_("Copy it from the camera or phone again, and wait until the copy is complete."),
        )
    heard_until_us = None if index.joints else sound_end_us(file, index.end_us)
    sound_after_us = 0 if heard_until_us is None else heard_until_us - index.end_us
    gaps_us = np.diff(starts_us)
    without = without_frames(starts_us, duration_us)
    _refuse_rate(float(gaps_us.mean()))
    return ClipFacts(
        container=container,
        video_codec=codecs[0],
        pixel_format=pixel_format,
        width_px=shape.width_px,
        height_px=shape.height_px,
        rotation_deg=shape.turn.rotation_deg,
        duration_us=duration_us,
        frame_count=len(starts_us),
        mean_fps=round(1e6 / float(gaps_us.mean()), 4),
        variable_frame_rate=_is_uneven(gaps_us),
        longest_gap_us=int(gaps_us.max()),
        audio_codec=codecs[1],
        first_pts_us=zero_us,
        size_bytes=size_bytes,
        missing_us=missing_us if missing_us > max(MISSING_US, MISSING_SHARE * promised_us) else 0,
        field_of_view_deg=field_of_view_deg(tags, file if quicktime else None),
        gaps_us=[[gap.start_us, gap.end_us] for gap in list(without)[:MOST_GAPS]],
        left_out=index.left_out,
        without_us=without.duration_us,
        turned_quarters=quarters_of(file),
        sound_after_us=sound_after_us if sound_after_us > MISSING_US else 0,
    )


def _refuse_long(duration_us: int, max_duration_us: int) -> None:
    if duration_us > max_duration_us:
        minutes = f"{duration_us / 6e7:.1f}".removesuffix(".0")
        raise VfeedError(
            "clip_too_long",
            _("The video lasts %(minutes)s minutes; at most %(most)s are taken in."),
            hint=_("Cut it into shorter films. Whoever keeps vfeed can move the limit (VFEED_MAX_CLIP_MINUTES)."),
            minutes=minutes,
            most=f"{max_duration_us / 60000000.0:.0f}",
        )


def _refuse_size(shape: Shape) -> None:
    shorter, longer = sorted((shape.width_px, shape.height_px))
    if shorter < LEAST_SIDE_PX or longer > MOST_ASPECT * shorter:
        raise VfeedError(
            "clip_size_unusable",
            _("The picture has %(width)s x %(height)s points: no camera films people like that."),
            hint=_("Choose the film itself, or export it anew as H.264 in an MP4 file."),
            width=shape.width_px,
            height=shape.height_px,
        )


def _refuse_rate(gap_us: float) -> None:
    if gap_us < 1e6 / MOST_FPS:
        raise VfeedError(
            "clip_times_unusable",
            _("The file claims %(rate)s pictures a second."),
            hint=_("Export it as H.264 in an MP4 file and add that."),
            rate=f"{1000000.0 / gap_us:,.0f}",
        )


def _promised_us(clip: OpenClip, file: BinaryIO, size_bytes: int, zero_us: int) -> int:
    """The promised length; libavformat shortens that of a cut AVI to what is left, so its size field is asked."""
    promised_us = clip.promised_us(zero_us)
    if clip.format_name == container_detection.AVI:
        file.seek(4)
        promised_bytes = int.from_bytes(file.read(4), "little") + 8
        promised_us = round(promised_us * max(1.0, promised_bytes / size_bytes))
    return promised_us


def _codec_name(stream: Stream) -> str:
    return stream.codec_context.codec.canonical_name


def _is_uneven(gaps_us: npt.NDArray[np.int64]) -> bool:
    usual_us = float(np.median(gaps_us))
    return bool((np.abs(gaps_us - usual_us) > max(EVEN_US, EVEN_SHARE * usual_us)).any())


def _decodes(file: BinaryIO, zero_us: int, duration_us: int) -> bool:
    """Whether frames can be decoded in at least half of the places looked at, each at its place."""
    places_us = [zero_us + int((n + 0.5) / READ_CHECKS * duration_us) for n in range(READ_CHECKS)]
    good = 0
    with Reading(file, zero_us, most=MOST_READ) as reading:
        for place_us in places_us:
            found = reading.at(place_us)
            near_us = min(place_us - HELD_US, reading.index.before(place_us))
            good += reading.is_worn_out or (found is not None and found.pts_us >= near_us)
    return good >= READABLE_SHARE * READ_CHECKS
