"""Hair as thin ribbons that grow from the scalp and lie along the head; rigid with the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sample_clips.generator.meshdata import Normals, base_mesh, triangles
from sample_clips.generator.rotation import Array
from sample_clips.generator.skin import above_hairline

Floats = NDArray[np.float32]
SEGMENTS = 5
BUN_STRANDS = 600
COARSE = 3
"""One strand in so many casts a shadow."""


@dataclass(frozen=True, slots=True)
class Style:
    """How hair of a style grows: strands, ribbon half width, length and lift as shares of the head's radius."""

    strands: int
    width: float
    length: float
    lift: float


STYLES = {
    "short": Style(2600, 0.026, 0.42, 0.05),
    "bun": Style(2400, 0.026, 1.0, 0.08),
    "long": Style(3200, 0.027, 2.1, 0.07),
    "infant": Style(2600, 0.012, 0.30, 0.015),
}


@dataclass(frozen=True)
class Ribbons:
    """Vertices (N, 3), normals and tangents (N, 3) in the body's rest axes (dm), shade and light (N,), triangles.

    `coarse` are the triangles of some strands: enough for a shadow, and to tell what hair hides.
    """

    vertices: Floats
    normals: Floats
    tangents: Floats
    shade: Floats
    light: Floats
    faces: NDArray[np.int64]
    coarse: NDArray[np.int64]


@dataclass
class _Scalp:
    tree: cKDTree
    points: Array
    normals: Array
    middle: Array
    radius: Array

    @property
    def size(self) -> float:
        return float(self.radius.mean())


def grown(vertices: Array, style_name: str, infant: bool, seed: int) -> Ribbons | None:
    """Return the hair of a head, or None for a style without strands (bald)."""
    if style_name not in STYLES:
        return None
    style = STYLES[style_name]
    rng = np.random.default_rng([seed, 77])
    mesh = base_mesh()
    faces = triangles(mesh.groups["body"][0])
    normals = Normals(faces, len(vertices)).of(vertices)
    height = above_hairline(mesh.vertices, infant)
    scalp_faces = faces[(height[faces] > -0.03).all(axis=1) & (mesh.vertices[faces][:, :, 1] > 6.3).all(axis=1)]
    roots, outward, above = _roots(vertices, normals, height, scalp_faces, style.strands, rng)
    head = np.flatnonzero((mesh.vertices[:, 1] > 6.0) & (np.linalg.norm(normals, axis=1) > 0.5))
    on_scalp = vertices[np.unique(scalp_faces)]
    low, high = on_scalp.min(axis=0), on_scalp.max(axis=0)
    middle = np.array([0, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2])
    radius = np.array([high[0], high[1] - middle[1], (high[2] - low[2]) / 2])
    scalp = _Scalp(cKDTree(vertices[head]), vertices[head], normals[head], middle, radius)
    lift = style.lift * scalp.size * (1 + 0.35 * rng.normal(size=len(roots))).clip(0.3, 2)
    lift *= np.clip(above / 0.25, 0.25, 1)
    strands = _strands(scalp, style_name, style, roots, outward, lift, rng)
    shade = np.clip(0.5 + 0.22 * rng.normal(size=len(strands)) + 0.1 * np.sin(roots @ np.array([18, 10, 14.0])), 0, 1)
    if style_name == "bun":
        strands = np.concatenate([strands, _bun(scalp, rng)])
        shade = np.r_[shade, np.clip(0.5 + 0.25 * rng.normal(size=BUN_STRANDS), 0, 1)]
    return _ribbons(scalp, strands, shade, style.width * scalp.size, rng)


def _roots(
    vertices: Array,
    normals: Array,
    height: Array,
    faces: NDArray[np.int64],
    count: int,
    rng: np.random.Generator,
) -> tuple[Array, Array, Array]:
    corner = vertices[faces]
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
    chosen = faces[rng.choice(len(faces), count, p=area / area.sum())]
    uv = rng.random((count, 2))
    uv = np.where(uv.sum(axis=1, keepdims=True) > 1, 1 - uv, uv)
    weight = np.c_[1 - uv.sum(axis=1), uv]
    above = (weight * height[chosen]).sum(axis=1)
    kept = above > 0.01 + 0.07 * rng.random(count)
    points, outward = (np.einsum("nk,nkj->nj", weight, values[chosen])[kept] for values in (vertices, normals))
    return points, outward / np.linalg.norm(outward, axis=1, keepdims=True), above[kept]


def _strands(
    scalp: _Scalp, name: str, style: Style, roots: Array, outward: Array, lift: Array, rng: np.random.Generator
) -> Array:
    """Grow every strand step by step along the head; (strands, SEGMENTS + 1, 3)."""
    count = len(roots)
    length = style.length * scalp.size * rng.uniform(0.6, 1.15, count)
    knot = _knot(scalp)
    if name == "bun":
        length = np.linalg.norm(knot - roots, axis=1) * 1.12
    spread = rng.normal(size=(count, 3))
    point = roots.copy()
    points = [roots - outward * 0.01 * scalp.size]
    for number in range(SEGMENTS):
        wish = _wish(scalp, name, roots, point)
        wish /= np.linalg.norm(wish, axis=1, keepdims=True) + 1e-9
        _, near = scalp.tree.query(point)
        normal = scalp.normals[near]
        height = np.einsum("nk,nk->n", point - scalp.points[near], normal)
        tangent = wish - np.einsum("nk,nk->n", wish, normal)[:, None] * normal
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
        lying = np.clip(1 - (height - 2 * lift) / (3 * lift), 0, 1)[:, None] if name == "long" else 1.0
        course = lying * tangent + (1 - lying) * wish + 0.10 * spread * (number / SEGMENTS)
        point = point + course * (length / SEGMENTS)[:, None]
        point = _pressed(scalp, point, lift * min(1.0, (number + 1) / 3), 0.0 if name == "long" else 0.6)
        points.append(point)
    return np.stack(points, axis=1)


def _knot(scalp: _Scalp) -> Array:
    knot: Array = scalp.middle + np.array([0, 0.10 * scalp.radius[1], -scalp.radius[2]])
    return knot


def _wish(scalp: _Scalp, name: str, roots: Array, point: Array) -> Array:
    """Return where each strand wants to go: to the knot, down, or outward from the crown."""
    middle, radius, size = scalp.middle, scalp.radius, scalp.size
    if name == "bun":
        return _knot(scalp) - point
    if name == "long":
        side = np.where(roots[:, 0] > 0.15 * size, 1.0, -1.0)
        outward = side * np.clip(1.1 * radius[0] - np.abs(point[:, 0]), 0, 9)
        back = (middle[2] - 0.25 * radius[2] - point[:, 2]) * 0.9
        falling: Array = np.c_[outward, np.full(len(point), -0.9 * size), back]
        return falling
    if name == "short":
        crown = middle + np.array([0.08 * size, radius[1], -0.35 * radius[2]])
        combed: Array = (roots - crown) * np.array([1, 0.4, 1]) + np.array([0.35, -0.25, 0.25]) * size
        return combed
    crown = middle + np.array([0, radius[1], -0.45 * radius[2]])
    lying: Array = (roots - crown) * np.array([1, 0.6, 1]) + np.array([0, -0.1, 0.1]) * size
    return lying


def _pressed(scalp: _Scalp, point: Array, lift: Array, pull: float) -> Array:
    """Push points out of the head to `lift`, and pull those further out back by the share `pull`."""
    _, near = scalp.tree.query(point)
    normal = scalp.normals[near]
    height = np.einsum("nk,nk->n", point - scalp.points[near], normal)
    moved: Array = point + normal * np.where(height < lift, lift - height, (lift - height) * pull)[:, None]
    return moved


def _bun(scalp: _Scalp, rng: np.random.Generator) -> Array:
    size = scalp.size
    start = rng.uniform(0, 2 * np.pi, BUN_STRANDS)
    ring = 0.30 * size * np.sqrt(rng.uniform(0.3, 1, BUN_STRANDS))
    depth = -0.9 * np.sqrt(np.maximum(0.0, (0.33 * size) ** 2 - ring**2))
    points = []
    for number in range(SEGMENTS + 1):
        angle = start + number / SEGMENTS * 1.6
        coil = np.c_[np.cos(angle) * ring, np.sin(angle) * ring, depth + 0.05 * size * np.sin(3 * angle)]
        points.append(coil + _knot(scalp) - np.array([0, 0, 0.05 * size]))
    return np.stack(points, axis=1)


def _ribbons(scalp: _Scalp, strands: Array, shade: Array, width: float, rng: np.random.Generator) -> Ribbons:
    count, points = strands.shape[:2]
    tangent = np.gradient(strands, axis=1)
    tangent /= np.linalg.norm(tangent, axis=2, keepdims=True) + 1e-9
    outward = strands - scalp.middle
    _, near = scalp.tree.query(strands.reshape(-1, 3))
    outward = scalp.normals[near].reshape(strands.shape) + 0.2 * outward / scalp.size
    outward /= np.linalg.norm(outward, axis=2, keepdims=True)
    side = np.cross(tangent, outward)
    side /= np.linalg.norm(side, axis=2, keepdims=True) + 1e-9
    taper = np.interp(np.arange(points), [0, 2, points - 1], [0.35, 1, 0.45])[None, :, None]
    half = width * taper * rng.uniform(0.6, 1.3, (count, 1, 1))
    vertices = np.stack([strands - side * half, strands + side * half], axis=2).reshape(-1, 3)
    first = (np.arange(count) * points * 2)[:, None] + (np.arange(points - 1) * 2)[None]
    return Ribbons(
        vertices.astype(np.float32),
        np.repeat(outward, 2, axis=1).reshape(-1, 3).astype(np.float32),
        np.repeat(tangent, 2, axis=1).reshape(-1, 3).astype(np.float32),
        np.repeat(shade, points * 2).astype(np.float32),
        np.tile(np.repeat(np.linspace(0.5, 1, points), 2), count).astype(np.float32),
        _triangles(first),
        _triangles(first[::COARSE]),
    )


def _triangles(first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the two triangles of each segment whose first vertex is given."""
    first = first.ravel()
    return np.concatenate([np.c_[first, first + 1, first + 2], np.c_[first + 1, first + 3, first + 2]])
