"""Paints skin, lips, brows, scalp and cloth into the texture, from where each texel lies on the canonical body."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_clips.generator.meshdata import data_folder
from sample_clips.generator.recipe import Looks
from sample_clips.generator.rotation import Array

EYE_LINE_DM = 7.284
"""Height of the eyes on the canonical mesh."""
SCALP_MIDDLE_DM = (0.0, 7.4, 0.45)
HAIRLINE_AZIMUTH_DEG = [0, 20, 35, 50, 62, 75, 85, 92, 100, 115, 135, 180]
HAIRLINE_ADULT_DM = [0.62, 0.62, 0.57, 0.44, 0.22, -0.02, -0.10, 0.05, -0.02, -0.35, -0.60, -0.74]
HAIRLINE_INFANT_DM = [0.98, 0.96, 0.88, 0.72, 0.50, 0.30, 0.24, 0.24, 0.12, -0.10, -0.25, -0.30]
"""Height of the hairline above the eyes by azimuth from straight ahead."""
NECK_OPENING_DM = (0.80, 0.72)
"""Half width and half depth of the neckline; all below it is cloth."""
NECKLINE_LOWEST_DM, NECKLINE_HIGHEST_DM = 5.32, 6.05


@dataclass(frozen=True)
class Canvas:
    """Texture-space maps of the canonical mesh: position (S, S, 3) in dm, hand share (S, S), painted or not (S, S)."""

    position: Array
    hand: Array
    on: NDArray[np.bool_]


def step(low: float, high: float, value: Array) -> Array:
    """Return 0 below `low`, 1 above `high`, smooth between (low may be above high)."""
    share = np.clip((value - low) / (high - low), 0, 1)
    smooth: Array = share * share * (3 - 2 * share)
    return smooth


def noise(points: Array, per_dm: float, seed: int) -> Array:
    """Return smooth value noise 0..1 (N,) at points (N, 3)."""
    scaled = points * per_dm
    cell = np.floor(scaled).astype(np.int64)
    share = scaled - cell
    share = share * share * (3 - 2 * share)
    total = np.zeros(len(points))
    for corner in range(8):
        offset = np.array([corner & 1, corner >> 1 & 1, corner >> 2 & 1])
        weight = np.prod(np.where(offset, share, 1 - share), axis=1)
        total += weight * _hashed(cell + offset, seed)
    return total


def _hashed(cell: NDArray[np.int64], seed: int) -> Array:
    mixed = (cell[:, 0] * 73856093) ^ (cell[:, 1] * 19349663) ^ (cell[:, 2] * 83492791) ^ (seed * 2654435761)
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0x7FFFFFFF
    value: Array = ((mixed ^ (mixed >> 16)) & 0xFFFF) / 65535.0
    return value


def above_hairline(points: Array, infant: bool) -> Array:
    """Return the height in dm (N,) above the hairline of canonical points (N, 3); > 0 is scalp, ears are below."""
    azimuth = np.degrees(np.abs(np.arctan2(points[:, 0], points[:, 2] - SCALP_MIDDLE_DM[2])))
    line = np.interp(azimuth, HAIRLINE_AZIMUTH_DEG, HAIRLINE_INFANT_DM if infant else HAIRLINE_ADULT_DM)
    height = points[:, 1] - EYE_LINE_DM - line
    ear = (np.abs(points[:, 0]) > 0.62) & (points[:, 2] > 0.30) & (points[:, 2] < 0.75) & (points[:, 1] < 7.42)
    result: Array = np.where(ear, -1.0, height)
    return result


def cloth_share(points: Array, hand: Array) -> Array:
    """Return 1 where cloth covers canonical points (N, 3), 0 on head, neck and hands."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    middle_z = 0.12 + 0.18 * np.clip((5.95 - y) / 0.5, 0, 1)
    opening = 1 - np.sqrt((x / NECK_OPENING_DM[0]) ** 2 + ((z - middle_z) / NECK_OPENING_DM[1]) ** 2)
    bare = np.maximum(np.minimum(0.6 * opening, y - NECKLINE_LOWEST_DM), y - NECKLINE_HIGHEST_DM)
    cloth: Array = np.where(hand > 0.55, 0.0, step(-0.012, 0.012, -bare))
    return cloth


def paint(canvas: Canvas, looks: Looks) -> tuple[NDArray[np.uint8], Array]:
    """Return the texture (S, S, 3) RGB and the cloth share (S, S) of a person."""
    infant = looks.age_years < 4
    points = canvas.position[canvas.on].astype(float)
    rng = np.random.default_rng(looks.features_seed)
    seed = int(rng.integers(1 << 20))
    speckle = [noise(points, per_dm, seed + number) for number, per_dm in enumerate((3.1, 9.3, 31.0, 90.0))]
    colour = np.array(looks.skin_rgb) / 255 * (1 + 0.05 * (np.sum(speckle, axis=0) - 2))[:, None]
    colour = _blush(colour, points, infant, speckle[1])
    colour = _lips(colour, canvas, looks, speckle[2])
    if looks.male > 0.5 and not infant:
        colour = _stubble(colour, points, speckle[3])
    hair = np.array(looks.hair_rgb) / 255
    colour = _blend(colour, hair * 0.8, _brows(points, looks, infant, seed) * (0.35 if infant else 0.95))
    scalp = {"bald": 0.12, "infant": 0.42}.get(looks.hair_style, 0.9)
    patchy = 0.75 + 0.5 * noise(points * np.array([1, 0.3, 1]), 40, seed + 5)
    scalp_share = step(-0.02, 0.2 if infant else 0.14, above_hairline(points, infant)) * scalp * patchy
    colour = _blend(colour, hair, np.clip(scalp_share, 0, 0.95))
    cloth = cloth_share(points, canvas.hand[canvas.on])
    colour = _blend(colour, _fabric(points, looks, speckle), cloth)
    return _filled(canvas, np.clip(colour, 0, 1), cloth)


def _blend(under: Array, over: Array, share: Array) -> Array:
    mixed: Array = np.add(under * (1 - share[:, None]), over * share[:, None])
    return mixed


def _spot(points: Array, x: float, y: float, z: float, size: float) -> Array:
    mirrored = np.c_[np.abs(points[:, 0]), points[:, 1:]]
    spot: Array = np.exp(-((mirrored - np.array([x, y, z])) ** 2).sum(axis=1) / size**2)
    return spot


def _blush(colour: Array, points: Array, infant: bool, speckle: Array) -> Array:
    """Cheeks, nose, chin, ears and lids are redder; sockets and mouth corners darker."""
    red = (0.55 if infant else 0.42) * _spot(points, 0.47, 6.95, 1.25, 0.28) * (0.7 + 0.6 * speckle)
    red += 0.40 * _spot(points, 0, 6.93, 1.66, 0.14) + 0.18 * _spot(points, 0, 6.3, 1.5, 0.2)
    red += 0.5 * _spot(points, 0.78, 7.1, 0.5, 0.25) + 0.15 * _spot(points, 0, 7.8, 1.45, 0.35)
    red += 0.25 * _spot(points, 0.30, 7.19, 1.38, 0.10)
    colour = colour * (1 + red[:, None] * np.array([0.02, -0.20, -0.20]))
    flat = ((np.abs(points[:, 0]) - 0.30) / 0.23) ** 2 + ((points[:, 1] - 7.30) / 0.14) ** 2
    socket: Array = np.exp(-flat) * (points[:, 2] > 1.1) * (0.08 if infant else 0.13)
    corner = 0.16 * _spot(points, 0.26, 6.61, 1.40, 0.05)
    darker: Array = colour * (1 - socket[:, None] * np.array([0.8, 1.1, 1.0])) * (1 - corner[:, None])
    return darker


def _lips(colour: Array, canvas: Canvas, looks: Looks, speckle: Array) -> Array:
    size = canvas.on.shape[0]
    mask = cv2.imread(str(data_folder() / "mpfb2/textures/mpfb_lips.jpg"), cv2.IMREAD_GRAYSCALE)
    assert mask is not None
    share = np.clip(cv2.resize(mask, (size, size)).astype(float)[canvas.on] / 255, 0, 1) * 0.7
    lip = np.array(looks.skin_rgb) / 255 * np.array([0.90, 0.64, 0.66])
    return _blend(colour, lip * (0.92 + 0.16 * speckle[:, None]), share)


def _stubble(colour: Array, points: Array, speckle: Array) -> Array:
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    jaw = step(6.75, 6.55, y) * (z > 0.8) * (x < 0.75) * step(5.9, 6.2, y)
    lip = 0.6 * np.exp(-(((y - 6.80) / 0.08) ** 2 + (x / 0.3) ** 2)) * (z > 1.4)
    share = np.clip(jaw + lip, 0, 1) * 0.20 * (0.5 + speckle)
    darker: Array = colour * (1 - share[:, None] * np.array([1.05, 0.95, 0.85]))
    return darker


def _brows(points: Array, looks: Looks, infant: bool, seed: int) -> Array:
    """Return how much brow hair lies at each point: strokes along an arch."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    along = np.clip((x - 0.10) / 0.46, 0, 1)
    arch = 7.542 + 0.075 * np.sin(np.pi * np.clip(along * 0.92, 0, 1)) - 0.06 * along**2
    thick = 0.052 * (1 - 0.65 * along) * (1.25 if looks.male > 0.5 and not infant else 0.9)
    across = np.clip((thick * 1.25 - np.abs(y - arch)) / (thick * 0.8), 0, 1)
    inside = across * step(0.07, 0.13, x) * step(0.60, 0.52, x) * (z > 1.1) * (x < 0.62)
    angle = np.where(x < 0.2, 1.2, 0.35 - 0.5 * along)
    strokes = np.stack(
        [(x * np.cos(angle) + y * np.sin(angle)) * 20, (y * np.cos(angle) - x * np.sin(angle)) * 170, 0 * x], axis=1
    )
    share: Array = inside * np.clip(0.62 + 0.55 * (noise(strokes, 1.0, seed + 9) - 0.5), 0, 1)
    return share


def _fabric(points: Array, looks: Looks, speckle: list[Array]) -> Array:
    weave = (0.9 + 0.2 * speckle[0] + 0.08 * (speckle[3] - 0.5))[:, None]
    fabric: Array = np.array(looks.cloth_rgb) / 255 * weave
    if looks.stripe_rgb is not None:
        striped = (np.sin(points[:, 1] * 2 * np.pi / 0.34) > 0.2)[:, None]
        fabric = np.where(striped, fabric, np.array(looks.stripe_rgb) / 255 * weave)
    return fabric


def _filled(canvas: Canvas, colour: Array, cloth: Array) -> tuple[NDArray[np.uint8], Array]:
    """Write texels back and widen the islands, so that no seam shows."""
    size = canvas.on.shape[0]
    texture = np.zeros((size, size, 3), np.uint8)
    texture[canvas.on] = (colour * 255).astype(np.uint8)
    share = np.zeros((size, size))
    share[canvas.on] = cloth
    known = canvas.on.astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    for _ in range(6):
        wider = cv2.dilate(texture, kernel)
        around = cv2.dilate(known, kernel).astype(np.uint8)
        new = (around > 0) & (known == 0)
        texture[new] = wider[new]
        known = around
    return texture, share


def read_canvas(path: Path) -> Canvas:
    """Read the maps that `gl.bake_canvas` wrote."""
    with np.load(path) as stored:
        return Canvas(stored["position"], stored["hand"], stored["on"])
