"""Replaces the covered body by cloth: smoothed, stretched over the chest and belly, and set off from the skin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

from sample_clips.generator.meshdata import base_mesh
from sample_clips.generator.rotation import Array

LOOSE_STEPS, FINAL_STEPS = 40, 12
STRETCHED_DM = ((2.7, 4.75, 1.18), (0.35, 3.0, 0.62))
"""Canonical height range and half width of the front that cloth spans as a membrane: chest, then belly."""
FALL_DM = 0.10
"""How far the membrane stands out in its middle."""
OFFSET_DM = 0.07
"""How far cloth lies outside the skin."""


def draped(vertices: Array, quads: NDArray[np.int64], cloth: Array, lowest_dm: float) -> Array:
    """Return the vertices (V, 3) of a body in clothes; `cloth` (V,) > .5 marks what is covered.

    No anatomical detail remains under the cloth: the front is a harmonic membrane between its edges.
    """
    count = len(vertices)
    edges = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    rows, columns = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    near = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    degree: Array = np.asarray(near.sum(axis=1), np.float64).ravel()
    covered = cloth > 0.5
    loose = _smoothed(vertices, near, degree, covered, LOOSE_STEPS)
    canonical = base_mesh().vertices
    for low, high, half_width in STRETCHED_DM:
        start = max(low, lowest_dm + 0.35)
        inside = covered & (degree > 1) & (canonical[:, 1] > start) & (canonical[:, 1] < high)
        inside &= (np.abs(canonical[:, 0]) < half_width) & (canonical[:, 2] > 0.30)
        _stretch(loose, near, degree, np.flatnonzero(inside))
        rise = np.sin(np.clip((canonical[inside, 1] - start) / (high - start), 0, 1) * np.pi)
        loose[inside, 2] += FALL_DM * rise * np.cos(np.clip(canonical[inside, 0] / half_width, -1, 1) * np.pi / 2)
    return _smoothed(loose, near, degree, covered, FINAL_STEPS)


def _smoothed(vertices: Array, near: sparse.csr_matrix, degree: Array, covered: NDArray[np.bool_], steps: int) -> Array:
    result = vertices.copy()
    share = np.maximum(degree, 1)[:, None]
    for _ in range(steps):
        result = np.where(covered[:, None], 0.5 * result + 0.5 * (near @ result) / share, result)
    return result


def _stretch(vertices: Array, near: sparse.csr_matrix, degree: Array, inside: NDArray[np.int64]) -> None:
    if not len(inside):
        return
    laplace = (sparse.diags(degree) - near).tocsr()
    outside = np.setdiff1d(np.arange(len(vertices)), inside)
    rows = laplace[inside]
    solve = linalg.splu(rows[:, inside].tocsc())
    edge = -(rows[:, outside] @ vertices[outside])
    vertices[inside] = np.stack([solve.solve(edge[:, axis]) for axis in range(3)], axis=1)
