"""Whether something is before a face, by a small network of our own (models/README.md, `occlusion`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from vfeed.media.planar_image import FloatArray, PlanarImage
from vfeed.perception.crops import Region, run_network, sigmoid
from vfeed.perception.models import model_path
from vfeed.perception.onnx_network import Network

MODEL = "occlusion"
INPUT_PX = 64
SIDE = 2.2
"""Side of the crop over the longer side of the face's box, as in training: what is held before a profile is in it."""


@dataclass(frozen=True, slots=True)
class OcclusionReading:
    """What is before a face.

    `hidden` is the share (0..1) of its box that something hides from the lens. `in_the_way` is the probability that
    something close before the face, hand or thing, is in the way of a look along the head's front: in a profile it
    stands beside the face, hides nothing of it from the lens, and all of it from the partner.
    """

    hidden: float
    in_the_way: float


class OcclusionNetwork:
    """The network, run on crops of a frame. Raises VfeedError `model_missing`."""

    def __init__(self) -> None:
        self._net = Network(model_path(MODEL))

    def read(
        self, image: PlanarImage, boxes_px: Sequence[tuple[float, float, float, float]], rolls_deg: Sequence[float]
    ) -> list[OcclusionReading]:
        """Read what is before the faces at `boxes_px`, whose crops are stood up by `rolls_deg` to the image's right."""
        if not boxes_px:
            return []
        places = [_around(box, roll) for box, roll in zip(boxes_px, rolls_deg, strict=True)]
        return [_reading(row) for row in run_network(self._net, image, places, (INPUT_PX, INPUT_PX))]


def _around(box_px: tuple[float, float, float, float], roll_deg: float) -> Region:
    x, y, width, height = box_px
    return Region((x + width / 2, y + height / 2), SIDE * max(width, height, 8.0), math.radians(roll_deg))


def _reading(row: FloatArray) -> OcclusionReading:
    """From three logits: the shares hidden of the box and of the eyes' band (which served training), in the way."""
    return OcclusionReading(sigmoid(row[0]), sigmoid(row[2]))
