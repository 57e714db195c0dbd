"""Things that people hold before their faces, and whether they are in the way of a look along the head's front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.headpose.things import DRAWN, Array, Mask, covered, with_thing

if TYPE_CHECKING:
    from models.headpose.filming import Surroundings

HELD_SHARE, OTHER_SHARE = 0.4, 0.3
"""How often a thing is held before the eyes, and how often things lie anywhere before or beside the head."""
HELD = {"paper": 0.4, "toy": 0.2, "cup": 0.12, "cloth": 0.13, "hand": 0.15}
BY_HAND_SHARE = 0.75
EYES_AT = 0.38
"""Where the eyes are in the height of a face's box."""
REACH = 1.2
"""How far before the face a thing counts, in sizes of the face's box."""
BEAM, STEPS, ACROSS = 0.16, 14, 9
"""Half the width of a look, in sizes of the box, and how finely it is looked through."""


def held_or_not(
    picture: Array, rng: np.random.Generator, around: Surroundings, box: Array, front: Array
) -> tuple[Array, Mask]:
    """The picture (H, W, 3) with a thing held before the face, things anywhere, or nothing; and where things are."""
    drawn = rng.random()
    hidden = np.zeros(picture.shape[:2], np.float32)
    if drawn < HELD_SHARE:
        picture, hidden = held_before(picture, rng, around, box, front)
    elif drawn < HELD_SHARE + OTHER_SHARE:
        picture, hidden = with_thing(picture, rng, around, box)
    if rng.random() < 0.2:
        picture, more = covered(picture, rng, around, box)
        hidden = np.maximum(hidden, more)
    return picture, hidden


def held_before(
    picture: Array, rng: np.random.Generator, around: Surroundings, box: Array, front: Array
) -> tuple[Array, Mask]:
    """The picture with a thing on the line of sight, mostly with a hand at its edge; and where both are."""
    height, width = picture.shape[:2]
    eyes, way, side = _look(box, front)
    middle = eyes + way * float(rng.uniform(0.2, 1.1)) * side + rng.normal(0, 0.12, 2) * side
    kind = str(rng.choice(list(HELD), p=list(HELD.values()))) if len(around.hands) else "paper"
    if kind == "hand":
        return around.placed_hand(
            picture,
            int(rng.integers(len(around.hands))),
            middle,
            float(rng.uniform(0.7, 1.2)) * side,
            float(rng.uniform(-180, 180)),
            float(rng.uniform(0.7, 1.1)),
        )
    hidden, texture = DRAWN[kind]((width, height), middle, side * float(rng.uniform(0.8, 1.3)), rng, around)
    picture = picture * (1 - hidden[..., None]) + texture * hidden[..., None]
    if len(around.hands) and rng.random() < BY_HAND_SHARE:
        rows, columns = np.nonzero(hidden > 0.5)
        if len(rows):
            low = rows >= np.quantile(rows, 0.6)
            at = int(rng.integers(int(low.sum())))
            place = np.array([columns[low][at], rows[low][at]], float)
            picture, hand = around.placed_hand(
                picture,
                int(rng.integers(len(around.hands))),
                place,
                float(rng.uniform(0.5, 0.9)) * side,
                float(rng.uniform(-180, 180)),
                float(rng.uniform(0.7, 1.1)),
            )
            hidden = np.maximum(hidden, hand)
    return picture, hidden


def in_the_way(hidden: Mask, box: Array, front: Array) -> float:
    """The largest share (0 to 1) of a look along `front` that is hidden somewhere up to `REACH` before the eyes."""
    eyes, way, side = _look(box, front)
    length = float(np.linalg.norm(way))
    across = np.array([-way[1], way[0]]) / length if length > 0.15 else np.array([1.0, 0.0])
    steps = np.linspace(0, REACH, STEPS)[:, None, None] * way * side
    places = eyes + steps + np.linspace(-BEAM, BEAM, ACROSS)[None, :, None] * across * side
    height, width = hidden.shape
    inside = ((places >= 0) & (places < [width, height])).all(axis=-1)
    columns, rows = (np.clip(places[..., at], 0, limit - 1).astype(int) for at, limit in ((0, width), (1, height)))
    shares = np.where(inside, hidden[rows, columns], 0).mean(axis=1)
    return float(shares.max())


def _look(box: Array, front: Array) -> tuple[Array, Array, float]:
    """Where the eyes are, which way in the picture the head's front points (as long as it is seen), the box's size."""
    sides = box[2:] - box[:2]
    eyes = np.array([(box[0] + box[2]) / 2, box[1] + EYES_AT * sides[1]])
    return eyes, np.array([front[0], -front[1]]), float(sides.max())
