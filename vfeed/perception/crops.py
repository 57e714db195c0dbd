"""Upright crops of a frame as the small networks are shown them, and directions turned back into the image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from vfeed.media.planar_image import FloatArray, Image, PlanarImage
from vfeed.perception.onnx_network import Network

FINEST = 3
"""A crop is cut at most this many times as large as it is shown, and then made smaller."""


@dataclass(frozen=True, slots=True)
class Region:
    """A square to look at: centre and side in px, turned clockwise by `roll_rad`."""

    centre_px: tuple[float, float]
    side_px: float
    roll_rad: float


def cut(image: PlanarImage, place: Region, shown_px: tuple[int, int]) -> Image:
    """Return the crop (height, width, 3) at `place`, whose side is its width; past the image's edge its last px
    go on.
    """
    width, height = shown_px
    across = min(FINEST * width, max(width, round(place.side_px)))
    down = round(across * height / width)
    matrix: FloatArray = np.asarray(
        cv2.getRotationMatrix2D(place.centre_px, math.degrees(place.roll_rad), across / place.side_px), np.float64
    )
    matrix[:, 2] += np.array([across, down]) / 2 - np.array(place.centre_px)
    return image.warped(matrix, (across, down), shown_px)


def run_network(net: Network, image: PlanarImage, places: Sequence[Region], shown_px: tuple[int, int]) -> FloatArray:
    """Return what a network answers to the crops at `places`: (N, outputs)."""
    crops = np.stack([cut(image, place, shown_px) for place in places])
    return net.run(crops.transpose(0, 3, 1, 2))[0]


def to_image_frame(roll_rad: float) -> FloatArray:
    """Return (3, 3): what takes directions in a crop that was stood upright by `roll_rad` to the image's."""
    cos, sin = math.cos(roll_rad), math.sin(roll_rad)
    return np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1.0]])


def unit(vector: FloatArray) -> FloatArray:
    """Return the vector at length 1."""
    made: FloatArray = vector / max(math.sqrt(float(vector @ vector)), 1e-9)
    return made


def sigmoid(logit: float) -> float:
    """Return the probability from a network's logit."""
    return 1 / (1 + math.exp(-min(30.0, max(-30.0, float(logit)))))


def spread_deg(logs: FloatArray, scale: FloatArray | float) -> FloatArray:
    """Return the standard deviations in degrees from a network's logs of spreads in radians."""
    spread: FloatArray = np.degrees(np.exp(np.clip(logs, -5, 1))) * scale
    return spread
