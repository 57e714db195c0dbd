"""One clip from file to candidates: read, see, reckon. The module that jobs, server and commands import from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import cv2
import numpy as np

from vfeed.analysis.display import heads_for_display, states_for_display
from vfeed.analysis.frame_prefetch import prefetched
from vfeed.analysis.result import ClipAnalysis, recompute, with_overrides
from vfeed.analysis.screen_layout import PaneFinder
from vfeed.dyad.camera_setup import PANES
from vfeed.dyad.candidates import Candidate
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.frames import FrameSource, open_frames
from vfeed.media.sound import is_heard
from vfeed.perception.geometry import FieldOfView
from vfeed.perception.metrics import Heard, Metrics, metrics_from_npz, metrics_to_npz
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters

__all__ = [
    "Candidate",
    "ClipAnalysis",
    "Progress",
    "analyse",
    "heads_for_display",
    "metrics_from_npz",
    "metrics_to_npz",
    "recompute",
    "states_for_display",
    "with_overrides",
]

ANALYSED_SIDE_PX = 1280
"""Longer side of the analysed frame: larger frames are made smaller, the tiles still find faces from 40 px."""

SHARE_OF_SEEING = 0.97
PROGRESS_EVERY_US = 500_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: `done` 0 to 1, and `stage` in plain words."""

    done: float
    stage: str


def analyse(
    file: BinaryIO,
    facts: ClipFacts,
    *,
    fps: float,
    field_of_view_deg: float | None = None,
    parameters: PerceptionParameters = PERCEPTION,
    on_progress: Callable[[Progress], None],
    is_cancelled: Callable[[], bool],
) -> ClipAnalysis:
    """Analyse a clip from its first to its last frame, `fps` frames a second by true time.

    `field_of_view_deg`, along the longer side, is a person's word; else the clip's facts say it, or a default holds.
    Progress comes about twice for each second of film. Raises VfeedError `cancelled` soon after `is_cancelled()` turns
    true, `model_missing`, or a `clip_*` code for a file that cannot be read.
    """
    on_progress(Progress(0.0, _("Starting the face finders")))
    heard = _heard(file, facts)
    source = open_frames(file, fps=fps, max_side_px=ANALYSED_SIDE_PX)
    view = FieldOfView.of(facts.field_of_view_deg, field_of_view_deg)
    with _one_thread_each():
        metrics = _see(source, facts.duration_us, view, parameters, on_progress, is_cancelled)
    on_progress(Progress(SHARE_OF_SEEING, _("Looking for moments")))
    metrics["sound"] = np.array([heard], np.uint8)
    result = recompute(metrics, perception=parameters)
    on_progress(Progress(1.0, _("Ready")))
    return result


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keep OpenCV to the thread that asks: others work beside it, and sharing out small frames costs a twentieth."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _heard(file: BinaryIO, facts: ClipFacts) -> Heard:
    if facts.audio_codec is None:
        return Heard.NONE
    return Heard.SOUND if is_heard(file, facts.first_pts_us, facts.duration_us) else Heard.SILENT


def _see(
    source: FrameSource,
    duration_us: int,
    view: FieldOfView,
    parameters: PerceptionParameters,
    on_progress: Callable[[Progress], None],
    is_cancelled: Callable[[], bool],
) -> Metrics:
    """Run perception over all frames; decoding and the reading of eyes go on in threads of their own meanwhile."""
    from vfeed.perception.detectors import open_detector
    from vfeed.perception.face_attributes import FaceAttributeEstimator
    from vfeed.perception.hand_detector import HandSearch
    from vfeed.perception.head_tracker import HeadTracker
    from vfeed.perception.metrics_assembly import assemble_metrics

    detector = open_detector(parameters)
    tracker, hands = HeadTracker(detector, parameters), HandSearch(parameters)
    attributes = FaceAttributeEstimator(parameters)
    panes = PaneFinder()
    seen, changes, held = [], [], []
    told_us = -PROGRESS_EVERY_US
    try:
        for time_us, image, change in prefetched(source):
            if is_cancelled():
                raise VfeedError("cancelled", _("The analysis was stopped."), hint=_("Start it again when it suits."))
            changes.append(change)
            heads = tracker.update(image, time_us, new_shot=change.cut)
            seen.append((time_us, attributes.submit(image, time_us, heads)))
            held.append(hands.submit(image, time_us, [head.box_px for head in heads if head.pose is not None]))
            panes.add(image)
            if time_us - told_us >= PROGRESS_EVERY_US:
                told_us = time_us
                share = min(1.0, time_us / max(1, duration_us))
                on_progress(Progress(SHARE_OF_SEEING * share, _("Finding and following faces")))
        told = [(time_us, heads.result()) for time_us, heads in seen]
        found = [None if each is None else each.result() for each in held]
    finally:
        attributes.close()
        hands.close()
        detector.close()
    frame_px = (source.width_px, source.height_px)
    metrics = assemble_metrics(told, tracker.tracks, frame_px, duration_us, view, changes, found, parameters)
    metrics[PANES] = panes.panes(frame_px)
    return metrics
