"""The head detector that an analysis uses: MediaPipe's, with those beside it that somebody has added."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from vfeed.perception.blaze import BlazeDetector
from vfeed.perception.heads import DetectedHead, HeadDetector, Image, one_each
from vfeed.perception.models import Model
from vfeed.perception.yunet import YuNetDetector


def open_detector(added: Sequence[Model] = ()) -> HeadDetector:
    """MediaPipe's detectors, together with the `added` ones; to be closed when done.

    Raises VfeedError `model_missing` when a file is missing, changed or of another kind.
    """
    beside = [YuNetDetector(model.path) for model in added]
    return Together([BlazeDetector(), *beside]) if beside else BlazeDetector()


class Together(HeadDetector):
    """Several detectors as one, closed with it: a head that any of them finds is found once."""

    def __init__(self, detectors: Sequence[HeadDetector]) -> None:
        self._detectors = detectors
        self._pool = ThreadPoolExecutor(len(detectors), thread_name_prefix="detectors")

    def search(self, image_rgb: Image, *, rolled: bool = False) -> list[DetectedHead]:
        """See HeadDetector. Scores of different networks are set against each other as they are."""
        found = self._pool.map(lambda detector: detector.search(image_rgb, rolled=rolled), self._detectors)
        return one_each([head for heads in found for head in heads])

    def look_at(
        self,
        image_rgb: Image,
        centre_px: tuple[float, float],
        size_px: float,
        *,
        rolled: bool = False,
        thorough: bool = True,
    ) -> list[DetectedHead]:
        """See HeadDetector; the next detector is asked only where the one before finds nothing."""
        for detector in self._detectors:
            found = detector.look_at(image_rgb, centre_px, size_px, rolled=rolled, thorough=thorough)
            if found:
                return found
        return []

    def close(self) -> None:
        """Close all; closing twice is fine."""
        self._pool.shutdown()
        for detector in self._detectors:
            detector.close()
