"""In a blurred copy of the sample clips no detector finds a face in any picture."""

from __future__ import annotations

import io

import cv2
import pytest
from sample_analysis import SAMPLES, stretch

from vfeed.analysis.redaction import redact_faces
from vfeed.media.frames import open_frames
from vfeed.perception.detectors import open_thorough_detector

# Two thirds of a second of each: every picture is looked at, here without any tracking to help.
SECONDS = 0.7
NAMES = sorted(path.stem for path in SAMPLES.glob("*.mp4"))


def faces_in(film: bytes) -> list[int]:
    detector = open_thorough_detector()
    try:
        return [
            len(detector.search(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB)))
            for frame in open_frames(io.BytesIO(film))
        ]
    finally:
        detector.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_face_is_found_in_any_picture_of_the_blurred_copy(name: str) -> None:
    film = stretch(name, SECONDS)
    out = io.BytesIO()
    report = redact_faces(
        io.BytesIO(film),
        out,
        lambda _: [],
        [],
        voice="off",
        on_progress=lambda _: None,
        is_cancelled=lambda: False,
    )
    found = faces_in(out.getvalue())
    assert len(found) == report.frames > 5
    assert sum(found) == 0
