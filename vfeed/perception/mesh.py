"""The 478-point face mesh with irises on a region that we choose, without MediaPipe's own detector and tracking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from vfeed.perception.graph import Graph, flag_packet, proto, region_packet
from vfeed.perception.heads import DetectedHead, FloatArray

_CONFIG = """
input_stream: "image"
input_stream: "roi"
input_side_packet: "with_attention"
output_stream: "landmarks"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image"
  input_stream: "ROI:roi"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:landmarks"
}
"""

FACE_POINTS = 468
RIGHT_EYE_OUTER, LEFT_EYE_OUTER = 33, 263
REGION_SIDE = 1.5
"""Side of the region over the longer side of the face: what MediaPipe's own mesh solution was built with."""


@dataclass(frozen=True, slots=True)
class Region:
    """A square to look for a face in: centre and side in px, turned clockwise by `roll_rad`."""

    centre_px: tuple[float, float]
    side_px: float
    roll_rad: float

    @classmethod
    def of_head(cls, head: DetectedHead) -> Region:
        """Around a detected head, upright by its eyes where the detector tells them."""
        right, left = head.keypoints_px[0], head.keypoints_px[1]
        roll = _roll(right, left)
        return cls(head.centre_px, REGION_SIDE * head.size_px, roll if math.isfinite(roll) else 0.0)

    @classmethod
    def of_mesh(cls, landmarks: FloatArray) -> Region:
        """Around the face of the frame before: landmarks (478, 3) in px."""
        points = landmarks[:FACE_POINTS, :2]
        roll = _roll(points[RIGHT_EYE_OUTER], points[LEFT_EYE_OUTER])
        turn = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
        upright = points @ turn
        low, high = upright.min(axis=0), upright.max(axis=0)
        centre = turn @ ((low + high) / 2)
        return cls((float(centre[0]), float(centre[1])), REGION_SIDE * float((high - low).max()), roll)


class FaceMesh:
    """Fits MediaPipe's face mesh to one region at a time. Raises VfeedError `model_missing`."""

    def __init__(self) -> None:
        self._graph = Graph(_CONFIG, "landmarks", {"with_attention": flag_packet(True)})

    def fit(self, image: Any, width_px: int, height_px: int, region: Region) -> FloatArray | None:
        """Landmarks (478, 3) in px (x right, y down, z away from the camera, 0 in the face), or None for no face.

        `image` is a `graph.image_packet`; 468-472 and 473-477 are the right and left iris, centre first.
        """
        packet = self._graph.run(
            {
                "image": image,
                "roi": region_packet(
                    (region.centre_px[0] / width_px, region.centre_px[1] / height_px),
                    (region.side_px / width_px, region.side_px / height_px),
                    region.roll_rad,
                ),
            }
        )
        if packet is None:
            return None
        points = np.array([(point.x, point.y, point.z) for point in proto(packet).landmark])
        landmarks: FloatArray = points * np.array([width_px, height_px, width_px], float)
        return landmarks if np.isfinite(landmarks).all() else None

    def close(self) -> None:
        """Let go of the network."""
        self._graph.close()


def mesh_box(landmarks: FloatArray) -> tuple[float, float, float, float]:
    """Upright box (x, y, width, height) in px around the face's points."""
    low, high = landmarks[:FACE_POINTS, :2].min(axis=0), landmarks[:FACE_POINTS, :2].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _roll(right_eye: FloatArray, left_eye: FloatArray) -> float:
    return math.atan2(float(left_eye[1] - right_eye[1]), float(left_eye[0] - right_eye[0]))
