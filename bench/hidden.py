"""What is left of faces in the blurred copies of the sample clips, every picture of them, and how long a copy takes."""

from __future__ import annotations

import io
import time
from pathlib import Path

import cv2
import numpy as np

from vfeed.analysis.redacted_copy import redact_clip
from vfeed.analysis.redaction import Report
from vfeed.config import Settings
from vfeed.media.frames import open_frames
from vfeed.media.probe import probe
from vfeed.perception.detectors import open_thorough_detector
from vfeed.perception.head_detector import HeadDetector

Row = tuple[str, float, str]
SAMPLES = Path(__file__).parents[1] / "sample_clips"
MOST_US, MOST_BYTES = 3_600_000_000, 1_000_000_000


def report() -> list[Row]:
    """Rows of (what, value, unit): what a detector finds in each copy, and its time as a ratio to the film's."""
    rows: list[Row] = []
    images = found = 0
    film_s = took_s = 0.0
    for path in sorted(SAMPLES.glob("*.mp4")):
        began = time.monotonic()
        content, made, length_us = _hidden(path.read_bytes())
        took_s += time.monotonic() - began
        film_s += length_us / 1e6
        with_face = _with_a_face(content)
        rows.append((f"{path.stem}: pictures with a face", with_face, f"of {made.frames}, {_review_flags(made)}"))
        images, found = images + made.frames, found + with_face
    rows.append(("all clips: pictures with a face", found, f"of {images}"))
    rows.append(("copy and its checks, to the film's length", took_s / film_s, "x"))
    return rows


def _hidden(film: bytes) -> tuple[bytes, Report, int]:
    """The blurred copy as the worker makes it for supervision, without sound; the analysis of it is not timed apart."""
    facts, out = probe(io.BytesIO(film), max_duration_us=MOST_US, max_bytes=MOST_BYTES), io.BytesIO()
    fps = Settings().analysis_fps
    made = redact_clip(io.BytesIO(film), facts, out, fps=fps, voice="off", on_progress=lambda _: None)
    return out.getvalue(), made, facts.duration_us


def _with_a_face(film: bytes) -> int:
    detector: HeadDetector = open_thorough_detector()
    try:
        frames = open_frames(io.BytesIO(film))
        images = (np.asarray(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB), np.uint8) for frame in frames)
        return sum(bool(detector.search(image)) for image in images)
    finally:
        detector.close()


def _review_flags(made: Report) -> str:
    return f"{len(made.review_flags)} stretches for a person to look at, {made.rounds} rounds"
