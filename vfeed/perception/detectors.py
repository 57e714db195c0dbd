"""The head detectors that vfeed uses: YuNet-s to follow people, and with MediaPipe's where no face may be missed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from vfeed.perception.head_detector import DetectedHead, HeadDetector, HeadFinder, Image, non_max_suppression
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters
from vfeed.perception.yunet import YuNetDetector


def open_detector(parameters: PerceptionParameters = PERCEPTION) -> HeadFinder:
    """Return the detector that follows people, to be closed when done.

    Raises VfeedError `model_missing` when a model's file is missing or changed.
    """
    return YuNetDetector(parameters)


def open_thorough_detector() -> HeadDetector:
    """Return every detector there is as one, to be closed when done: for copies in which no face may be left.

    Raises VfeedError `model_missing`.
    """
    # MediaPipe takes a second to load, and the analysis has no need of it.
    from vfeed.perception.blazeface import BlazeFaceDetector

    return CompositeDetector([YuNetDetector(), BlazeFaceDetector()])


class CompositeDetector(HeadDetector):
    """Several detectors as one, closed with it: a head that any of them finds is found once."""

    def __init__(self, detectors: Sequence[HeadDetector]) -> None:
        self._detectors = detectors
        self._pool = ThreadPoolExecutor(len(detectors), thread_name_prefix="detectors")

    def search(self, image_rgb: Image, *, rolled: bool = False) -> list[DetectedHead]:
        """See HeadDetector. Scores of different networks are set against each other as they are."""
        found = self._pool.map(lambda detector: detector.search(image_rgb, rolled=rolled), self._detectors)
        return non_max_suppression([head for heads in found for head in heads])

    def close(self) -> None:
        """Close all; closing twice is fine."""
        self._pool.shutdown()
        for detector in self._detectors:
            detector.close()
