"""Things before and beside a rendered head: hands, cloth, paper, cups, toys, whatever hides a piece of a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.headpose.filming import Surroundings

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.float32]
SKINS_RGB = (238, 194, 172), (214, 160, 132), (168, 116, 86), (108, 74, 56), (84, 58, 46)
COVERED_SHARE = 0.4
"""How often something is before a head or beside it."""
KINDS = {
    "hand": 0.24,
    "both hands": 0.12,
    "arm": 0.1,
    "cloth": 0.14,
    "paper": 0.14,
    "cup": 0.08,
    "toy": 0.1,
    "patch": 0.08,
}
BEFORE_SHARE = 0.6
"""How often its middle lies on the face's box and not beside it."""


def covered(
    picture: Array,
    rng: np.random.Generator,
    around: Surroundings,
    box: Array | None = None,
    _front: Array | None = None,
) -> tuple[Array, Mask]:
    """The picture (H, W, 3) with things before the head, now and then; with the share (H, W) of each px that they hide.

    `box` (left, top, right, bottom, px) is where the face is; without one, the middle of the picture.
    """
    hidden = np.zeros(picture.shape[:2], np.float32)
    if rng.random() > COVERED_SHARE:
        return picture, hidden
    for _ in range(1 if rng.random() < 0.7 else 2):
        picture, there = with_thing(picture, rng, around, box)
        hidden = np.maximum(hidden, there)
    return picture, hidden


def with_thing(
    picture: Array, rng: np.random.Generator, around: Surroundings, box: Array | None = None
) -> tuple[Array, Mask]:
    """The picture with one thing more, and where it is (H, W)."""
    height, width = picture.shape[:2]
    box = np.array([0.17 * width, 0.17 * height, 0.83 * width, 0.83 * height]) if box is None else box
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    if "hand" in kind and len(around.hands):
        return _with_hands(picture, rng, around, box, both=kind == "both hands")
    face, side = (box[:2] + box[2:]) / 2, float((box[2:] - box[:2]).max())
    if rng.random() < BEFORE_SHARE:
        middle = face + rng.uniform(-0.4, 0.4, 2) * side
    else:
        away, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 1.2)
        middle = face + np.array([np.cos(away), np.sin(away)]) * far * side
    drawn: tuple[Mask, Array] = DRAWN.get(kind, _patch)((width, height), middle, side, rng, around)
    soft, texture = drawn[0][..., None], drawn[1]
    return picture * (1 - soft) + texture * soft, drawn[0]


def _with_hands(
    picture: Array, rng: np.random.Generator, around: Surroundings, box: Array, *, both: bool
) -> tuple[Array, Mask]:
    if not both:
        return around.with_hand(picture, rng, (0.3, 0.9))
    width, height = box[2:] - box[:2]
    hidden = np.zeros(picture.shape[:2], np.float32)
    number = int(rng.integers(len(around.hands)))
    eyes = box[1] + rng.uniform(0.25, 0.6) * height
    for sign in (-1, 1):
        place = np.array([(box[0] + box[2]) / 2 + sign * rng.uniform(0.1, 0.35) * width, eyes])
        side = float(rng.uniform(0.8, 1.3)) * max(width, height)
        picture, there = around.placed_hand(picture, number, place, side, float(rng.uniform(-180, 180)), 1.0)
        hidden = np.maximum(hidden, there)
    return picture, hidden


Things = Callable[[Array, np.random.Generator, "Surroundings", Array, Array], tuple[Array, Mask]]
"""Puts things before a picture, given the box of the face in it and the front (3,) of the head; says where they are."""
Size = tuple[int, int]
Drawing = Callable[[Size, Array, float, np.random.Generator, Any], tuple[Mask, Array]]


def _cloth(size: Size, middle: Array, side: float, rng: np.random.Generator, _: Any) -> tuple[Mask, Array]:
    """A towel, bib or muslin: large, of one colour or striped, with folds."""
    count = int(rng.integers(5, 9))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    reach = rng.uniform(0.45, 1.0, count) * side * rng.uniform(0.6, 1.3)
    corners = middle + np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None]
    colour = _colour(rng)
    texture = _striped(size, colour, _colour(rng), side, rng) if rng.random() < 0.4 else _flat(size, colour)
    return _filled(size, corners, rng), texture * _folds(size, side, rng, 0.3)


def _paper(size: Size, middle: Array, side: float, rng: np.random.Generator, _: Any) -> tuple[Mask, Array]:
    """A sheet, a book or a picture: four corners, mostly pale, perhaps with print."""
    half = np.array([rng.uniform(0.25, 0.8), rng.uniform(0.25, 0.8)]) * side
    half[0] *= rng.uniform(0.3, 1)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners = middle + (corners + rng.normal(0, 0.06 * side, (4, 2))) @ _turn(float(rng.normal(0, 0.5)))
    pale = rng.uniform(190, 255) * rng.uniform(0.92, 1.0, 3) if rng.random() < 0.5 else _colour(rng)
    texture = _flat(size, pale)
    if rng.random() < 0.5:
        texture = _striped(size, pale, pale * rng.uniform(0.3, 0.8), side * 0.4, rng)
    return _filled(size, corners, rng), texture * _folds(size, side, rng, 0.08)


def _arm(size: Size, middle: Array, side: float, rng: np.random.Generator, around: Any) -> tuple[Mask, Array]:
    """A forearm across the picture, sleeved or bare, with the hand at its end."""
    way, wide = rng.uniform(0, 2 * np.pi), rng.uniform(0.16, 0.34) * side
    along, across = np.array([np.cos(way), np.sin(way)]), np.array([-np.sin(way), np.cos(way)])
    far, low = 2.5 * side, rng.uniform(0.6, 1.0)
    corners = np.stack(
        [-across * wide * low, across * wide * low, along * far + across * wide, along * far - across * wide]
    )
    skin = np.array(SKINS_RGB[int(rng.integers(len(SKINS_RGB)))], float) * rng.uniform(0.6, 1.15)
    texture = _flat(size, skin if rng.random() < 0.35 else _colour(rng)) * _folds(size, side, rng, 0.12)
    mask = _filled(size, middle + corners / 2, rng)
    if len(around.hands):
        number, reach = int(rng.integers(len(around.hands))), float(rng.uniform(0.7, 1.1)) * side
        place = middle - along * reach * 0.3
        texture, hand = around.placed_hand(texture, number, place, reach, float(rng.uniform(-180, 180)), 1.0)
        mask = np.maximum(mask, hand)
    return mask, texture


def _cup(size: Size, middle: Array, side: float, rng: np.random.Generator, _: Any) -> tuple[Mask, Array]:
    """A cup or bottle: narrower below, round across, often glossy."""
    wide, high = rng.uniform(0.12, 0.3) * side, rng.uniform(0.18, 0.45) * side
    turn = _turn(float(rng.normal(0, 0.6)))
    low = rng.uniform(0.6, 1.0)
    corners = np.array([[-wide, -high], [wide, -high], [wide * low, high], [-wide * low, high]]) @ turn
    mask = _filled(size, middle + corners, rng)
    across = np.stack(_grid(size, middle), -1) @ turn.T[:, 0] / wide
    round_off = np.clip(1.1 - 0.6 * (across - rng.uniform(-0.6, 0.6)) ** 2, 0.2, 1.4)[..., None]
    return mask, _flat(size, _colour(rng)) * round_off


def _toy(size: Size, middle: Array, side: float, rng: np.random.Generator, _: Any) -> tuple[Mask, Array]:
    """Bright blobs beside and on each other: an animal, blocks, a rattle; some have two dark eyes."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    texture = _flat(size, _colour(rng))
    scale = rng.uniform(0.1, 0.35) * side
    for _n in range(int(rng.integers(2, 7))):
        place = middle + rng.normal(0, 0.8, 2) * scale
        axes = rng.uniform(0.3, 1.0, 2) * scale
        shape: Any = (tuple(map(float, place)), tuple(map(float, 2 * axes + 1)), float(rng.uniform(0, 180)))
        colour = tuple(map(float, _colour(rng)))
        cv2.ellipse(mask, shape, 255, -1)
        cv2.ellipse(texture, shape, colour, -1)
    if rng.random() < 0.4:
        for sign in (-1, 1):
            eye = middle + np.array([sign * 0.35, -0.2]) * scale
            cv2.circle(texture, (int(eye[0]), int(eye[1])), max(1, int(0.12 * scale)), (20, 20, 20), -1)
    return _soft(mask, rng), texture * _folds(size, side, rng, 0.15)


def _patch(size: Size, middle: Array, side: float, rng: np.random.Generator, around: Any) -> tuple[Mask, Array]:
    """An ellipse of the room, or of one colour, skin among them."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    shape: Any = (
        tuple(map(float, middle)),
        tuple(map(float, rng.uniform(0.15, 0.9, 2) * side)),
        float(rng.uniform(0, 180)),
    )
    cv2.ellipse(mask, shape, 255, -1)
    if rng.random() < 0.5:
        return _soft(mask, rng), around.patch(rng, size, without_head=True)
    skin = np.array(SKINS_RGB[int(rng.integers(len(SKINS_RGB)))], float)
    return _soft(mask, rng), _flat(size, skin * rng.uniform(0.5, 1.2)) * _folds(size, side, rng, 0.15)


DRAWN: dict[str, Drawing] = {"arm": _arm, "cloth": _cloth, "paper": _paper, "cup": _cup, "toy": _toy, "patch": _patch}


def _colour(rng: np.random.Generator) -> Array:
    grey = rng.uniform(20, 250)
    colour: Array = np.clip(grey + rng.uniform(-1, 1, 3) * rng.uniform(0, 130), 0, 255)
    return colour


def _flat(size: Size, colour: Array) -> Array:
    return np.full((size[1], size[0], 3), colour, np.float32)


def _grid(size: Size, middle: Array) -> tuple[Array, Array]:
    down, across = np.mgrid[: size[1], : size[0]].astype(np.float32)
    return across - np.float32(middle[0]), down - np.float32(middle[1])


def _waves(size: Size, length_px: float, rng: np.random.Generator) -> Array:
    """(H, W) between -1 and 1, in waves of such a length any way round."""
    across, down = _grid(size, np.zeros(2))
    way = rng.uniform(0, 2 * np.pi)
    along, beside = across * np.cos(way) + down * np.sin(way), down * np.cos(way) - across * np.sin(way)
    bend = rng.uniform(0, 1.5) * np.sin(beside / length_px * rng.uniform(0.5, 2))
    waves: Array = np.sin(2 * np.pi * along / length_px + bend + rng.uniform(0, 6.3)).astype(np.float32)
    return waves


def _folds(size: Size, side: float, rng: np.random.Generator, depth: float) -> Array:
    return (1 - depth + depth * _waves(size, side * rng.uniform(0.15, 0.8), rng))[..., None]


def _striped(size: Size, one: Array, other: Array, side: float, rng: np.random.Generator) -> Array:
    share = (_waves(size, side * rng.uniform(0.08, 0.4), rng) > rng.uniform(-0.5, 0.5))[..., None]
    return np.where(share, np.float32(one), np.float32(other))


def _turn(angle: float) -> Array:
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _filled(size: Size, corners: Array, rng: np.random.Generator) -> Mask:
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 255)
    return _soft(mask, rng)


def _soft(mask: NDArray[np.uint8], rng: np.random.Generator) -> Mask:
    there: Mask = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.5, 1.5))).astype(np.float32) / 255
    return there
