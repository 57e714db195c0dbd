"""Glasses and a knitted hat that move with the head, and a teething ring that moves with a hand."""

from __future__ import annotations

import numpy as np
import trimesh
from numpy.typing import NDArray

from sample_clips.generator.eyes import sockets
from sample_clips.generator.meshdata import Normals, base_mesh, bone_heads, rig, triangles
from sample_clips.generator.rotation import Array

Solid = tuple[Array, NDArray[np.int64]]
"""Vertices (N, 3) in the body's rest axes (dm) and triangles (M, 3)."""
HAT_LIFT = 0.14
"""How far the hat stands off the scalp at its edge, as a share of the distance between the eyes."""
TEETHER_RADIUS = 0.42
"""Of a teething ring, as a share of the distance between the eyes."""
HAT_EDGE_NORMAL = np.array([0.0, 0.92, -0.39])
HAT_EDGE_DM = 7.72 * 0.92 - 0.39 * 1.3
"""The plane on the canonical head above which the hat sits: over the brows, over the ears, down to the nape."""


def _joined(parts: list[trimesh.Trimesh]) -> Solid:
    whole = trimesh.util.concatenate(parts)
    assert isinstance(whole, trimesh.Trimesh)
    return np.asarray(whole.vertices, dtype=np.float64), np.array(whole.faces, dtype=np.int64)


def _rod(start: Array, end: Array, radius: float) -> trimesh.Trimesh:
    rod: trimesh.Trimesh = trimesh.creation.cylinder(radius=radius, segment=np.array([start, end]), sections=8)
    return rod


def glasses(vertices: Array) -> Solid:
    """Return a pair of round frames with bridge and temples, fitted to the eyes and ears of `vertices` (V, 3)."""
    (left, radius), (right, _) = sockets(vertices)
    apart = float(np.linalg.norm(left - right))
    rim, wire = 0.40 * apart, 0.026 * apart
    front = np.array([0, -0.04 * apart, radius + 0.13 * apart])
    parts: list[trimesh.Trimesh] = []
    for eye, side in ((left, 1.0), (right, -1.0)):
        ring = trimesh.creation.torus(rim, wire, 40, 10)
        ring.apply_translation(eye + front)
        parts.append(ring)
        hinge = eye + front + np.array([side * rim, 0.10 * apart, 0])
        ear = hinge + np.array([side * 0.30 * apart, 0.02 * apart, -1.55 * apart])
        parts.append(_rod(hinge, ear, wire))
    inner = np.array([rim, 0.06 * apart, 0])
    parts.append(_rod(left + front - inner * np.array([1, -1, 1]), right + front + inner, wire))
    return _joined(parts)


def teether(vertices: Array, side: str) -> Solid:
    """Return a teething ring in the fingers of a hand (L or R) of `vertices` (V, 3)."""
    (left, _), (right, _) = sockets(vertices)
    radius = TEETHER_RADIUS * float(np.linalg.norm(left - right))
    starts = dict(zip(rig().names, bone_heads(vertices), strict=True))
    held = (starts[f"finger2-3.{side}"] + starts[f"finger3-3.{side}"]) / 2
    outward = held - starts[f"wrist.{side}"]
    ring = trimesh.creation.torus(radius, 0.28 * radius, 32, 12)
    ring.apply_translation(held + outward / np.linalg.norm(outward) * radius * 0.8)
    return _joined([ring])


def hat(vertices: Array) -> Solid:
    """Return a close knitted hat over the scalp of `vertices` (V, 3)."""
    mesh = base_mesh()
    faces = triangles(mesh.groups["body"][0])
    above = mesh.vertices @ HAT_EDGE_NORMAL - HAT_EDGE_DM
    kept = faces[(above[faces] > 0).any(axis=1) & (mesh.vertices[faces][:, :, 1] > 6.6).all(axis=1)]
    used, numbered = np.unique(kept, return_inverse=True)
    normals = Normals(faces, len(vertices)).of(vertices)[used]
    (left, _), (right, _) = sockets(vertices)
    apart = float(np.linalg.norm(left - right))
    lift = HAT_LIFT * apart * (1.0 + 1.2 * np.clip(above[used] / 0.3, 0, 1))
    outer = vertices[used] + normals * lift[:, None]
    below = np.minimum(above[used], 0)
    outer[:, 1] -= below * float(np.ptp(vertices[used, 1]) / np.ptp(mesh.vertices[used, 1]))
    return outer, numbered.reshape(-1, 3).astype(np.int64)
