"""What a detector still finds in the blurred copy of a stretch of a sample clip."""

from __future__ import annotations

import io

from sample_analysis import SAMPLES, stretch

from vfeed.analysis.redaction import redact_faces
from vfeed.media.frames import open_frames
from vfeed.perception.detectors import open_thorough_detector

NAMES = sorted(path.stem for path in SAMPLES.glob("*.mp4"))


def faces_left(name: str, seconds: float) -> list[int]:
    """How many faces are found in each picture of the copy, which was made without any tracking to help."""
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
        frames = open_frames(io.BytesIO(out.getvalue()))
        found = [len(detector.search(frame.image_bgr[..., ::-1].copy())) for frame in frames]
    finally:
        detector.close()
    assert len(found) == report.frames
    return found
