"""What a detector still finds in the blurred copy of a stretch of a sample clip."""

from __future__ import annotations

import io

from sample_analysis import SAMPLES, stretch

from vfeed.analysis.redaction import redact_faces
from vfeed.media.frames import frame_times, open_frames
from vfeed.perception.detectors import open_thorough_detector

NAMES = sorted(path.stem for path in SAMPLES.glob("*.mp4"))


def faces_left(name: str, frames: int) -> list[int]:
    """How many faces are found in each of so many frames of the copy, which was made without any tracking to help."""
    with (SAMPLES / f"{name}.mp4").open("rb") as file:
        times_us = frame_times(file)
    seconds = (times_us[frames - 1] + times_us[frames]) / 2_000_000
    out = io.BytesIO()
    report = redact_faces(
        io.BytesIO(stretch(name, seconds)),
        out,
        lambda _: [],
        [],
        voice="off",
        on_progress=lambda _: None,
        is_cancelled=lambda: False,
    )
    detector = open_thorough_detector()
    try:
        copied = open_frames(io.BytesIO(out.getvalue()))
        found = [len(detector.search(frame.image_bgr[..., ::-1].copy())) for frame in copied]
    finally:
        detector.close()
    assert len(found) == report.frames == frames
    return found
