"""Where a head is turned, from the mesh by its own symmetry; `headnet` tells it where there is no mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vfeed.perception.geometry import yaw_pitch_deg
from vfeed.perception.heads import FloatArray

# Pairs of mesh points, the person's right before left, spread over brows, eyes, cheeks, jaw, nose and mouth: their
# mean is the head's own left-right axis, and one badly placed pair moves it little.
_RIGHT = np.array([33, 133, 159, 145, 70, 105, 127, 234, 93, 132, 58, 172, 50, 205, 98, 61])
_LEFT = np.array([263, 362, 386, 374, 300, 334, 356, 454, 323, 361, 288, 397, 280, 425, 327, 291])
# From chin up to the root of the nose: the facial line. It leans by a few degrees, more in infants (their chin lies
# further back); the age is not known here, so the lean stays in the pose and is taken off where the roles are known.
_UPPER = np.array([9, 168, 8])
_LOWER = np.array([152, 199, 175])

# An adult's distances on the mesh in mm, by ordinary anthropometry: between ears, between eyes, forehead to chin.
_WIDTH, _EYES, _HEIGHT = (234, 454, 153.0), (33, 263, 89.0), (10, 152, 177.0)

INFANT_FACIAL_LINE_DEG, ADULT_FACIAL_LINE_DEG = 8.0, 3.0
"""By how much the facial line leans."""
PITCH_ZERO_SD_DEG = 6.0
"""How far that lean differs between people of one age, with the mesh's own error of pitch (6-7 degrees on tune)."""

MESH_SD_DEG = 3.0
MESH_SATURATES_FROM_DEG = 40.0
MESH_SATURATION_SD = 0.4
"""Beyond 40 degrees from the lens the mesh turns less than the head (5 degrees of error at 40-55, stuck near 60):
this share of what lies beyond is added to the uncertainty, 8 degrees at 60."""

REFERENCE_FACE_PX = 60.0
"""Below this face width uncertainty grows in proportion: the mesh's and detector's inputs then hold few real pixels."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """A head's rotation about the line of sight to it, and its size.

    `axes` is (3, 3): columns are the head's left, up and forward as unit vectors (x right, y up, z to the lens) for a
    viewer looking straight at the head. `sd_deg` is the standard deviation of (yaw, pitch). `px_per_mm` is the size of
    the picture of a head of adult size: a child's head reads smaller, as one further off would.
    """

    axes: FloatArray
    sd_deg: tuple[float, float]
    px_per_mm: float

    @property
    def yaw_pitch_deg(self) -> tuple[float, float]:
        """Where the face points, from the line of sight: (0, 0) is at the lens, +yaw image right, +pitch up."""
        yaw, pitch = yaw_pitch_deg(self.axes[:, 2])
        return float(yaw), float(pitch)


def from_mesh(landmarks: FloatArray, face_px: float) -> HeadPose:
    """Pose from landmarks (478, 3) in px; `face_px` is the longer side of the face's box.

    The stated spread is that of a face turned little; `headnet.joined` knows how far it is turned.
    """
    points = landmarks * [1.0, -1.0, -1.0]
    left = _unit((points[_LEFT] - points[_RIGHT]).sum(axis=0))
    up = (points[_UPPER] - points[_LOWER]).sum(axis=0)
    up = _unit(up - left * (up @ left))
    axes = np.stack([left, up, np.cross(left, up)], axis=1)
    sizes = [np.linalg.norm(points[b] - points[a]) / mm for a, b, mm in (_WIDTH, _EYES, _HEIGHT)]
    blur = max(1.0, REFERENCE_FACE_PX / face_px)
    sd = blur * MESH_SD_DEG, blur * float(np.hypot(MESH_SD_DEG, PITCH_ZERO_SD_DEG))
    return HeadPose(axes, sd, float(np.mean(sizes)))


def _unit(vector: FloatArray) -> FloatArray:
    unit: FloatArray = vector / np.linalg.norm(vector)
    return unit
