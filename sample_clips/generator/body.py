"""One person's body: shape from looks, clothes instead of a torso, and its pose at a time, in plain numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sample_clips.generator import eyes
from sample_clips.generator.acting import Pose, Seat
from sample_clips.generator.clothes import OFFSET_DM, draped
from sample_clips.generator.meshdata import (
    Normals,
    add_target,
    base_mesh,
    bone_heads,
    bone_transforms,
    joint,
    rig,
    shaped,
    target,
    triangles,
)
from sample_clips.generator.recipe import Looks
from sample_clips.generator.rotation import Array, about, about_x, about_y, about_z, axis_angle, turned, yaw_pitch_deg
from sample_clips.generator.skin import cloth_share

WAIST_ADULT_DM, WAIST_INFANT_DM = 1.2, 0.0
"""Canonical height below which nothing is drawn but the arms."""
ARMS_BEYOND_DM = 2.2
INFANT_BELOW_YEARS = 4.0
NECK_SHARES = {"neck01": 0.15, "neck02": 0.20, "neck03": 0.20, "head": 0.45}
"""How a turn of the head is spread over its bones."""
ELBOW_AXES = {"L": np.array([-1.0, -1.0, 0.0]), "R": np.array([-1.0, 1.0, 0.0])}
RAISED_DEG = np.array([30.0, -60.0, 0.0, 110.0])
"""Where the search for an arm raised to the face starts: upper arm about z, x and y, elbow."""
PALM_AT = {"mouth": (0.24, 0.05), "eyes": (0.74, 0.25)}
"""Where the middle of a raised hand is: height as a share of the face's, and decimetres to its own side."""
STRETCHED_DEG = np.array([30.0, -70.0, 0.0, 35.0])
"""A second start, for a hand that holds something away from the body."""
TURN_STEP_DEG = 10.0
PALM_BEFORE_DM = {"mouth": 0.22, "eyes": 0.3}
"""How far before the face the middle of a raised hand stays."""
FEATURES = (
    ("nose/nose-scale-horiz-decr", "nose/nose-scale-horiz-incr"),
    ("nose/nose-scale-vert-decr", "nose/nose-scale-vert-incr"),
    ("nose/nose-hump-decr", "nose/nose-hump-incr"),
    ("chin/chin-width-decr", "chin/chin-width-incr"),
    ("chin/chin-height-decr", "chin/chin-height-incr"),
    ("head/head-fat-decr", "head/head-fat-incr"),
    ("head/head-oval", "head/head-round"),
)
"""Pairs of morphs that make faces differ from each other."""
FEATURE_STRENGTH = 0.45
FACE_BOX_DM = ((-0.75, 6.20, 0.75), (0.75, 7.95, 9.0))
"""Canonical corners of what counts as face."""


@dataclass(frozen=True)
class Posed:
    """A posed body in the world, metres: vertices and normals of the whole mesh (V, 3), head rotation (3, 3), eyes.

    `gaze` is the unit mean direction of both eyes; `eye_yaw_deg`, `eye_pitch_deg` turn in the head; `wrists` by side
    (L, R) are transforms (4, 4) from the rest shape (dm) to the world.
    """

    vertices: Array
    normals: Array
    head: Array
    head_origin: Array
    eye_left: Array
    eye_right: Array
    eye_directions: tuple[Array, Array]
    gaze: Array
    eye_yaw_deg: float
    eye_pitch_deg: float
    face_middle: Array
    face_radius_m: float
    wrists: dict[str, Array]

    @property
    def eye_middle(self) -> Array:
        """The point between the eyes (3,)."""
        middle: Array = (self.eye_left + self.eye_right) / 2
        return middle


class Body:
    """A person's rest shape (`rest`, (V, 3) dm) and how it is posed; `cloth` (V,) 0..1, `face` (V,) bool."""

    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.infant = looks.age_years < INFANT_BELOW_YEARS
        months = looks.age_years * 12
        self.scale = float(np.interp(months, [2, 12, 30], [0.98, 1.10, 1.06])) if self.infant else 1.0
        mesh = base_mesh()
        quads, texels = mesh.groups["body"]
        lowest = WAIST_INFANT_DM if self.infant else WAIST_ADULT_DM
        corners = mesh.vertices[quads]
        arms = (np.abs(corners[:, :, 0]) > ARMS_BEYOND_DM).all(axis=1) & (corners[:, :, 1] > -1).all(axis=1)
        kept = (corners[:, :, 1] > lowest).all(axis=1) | arms
        self.quads, self.texels = quads[kept], texels[kept]
        self.faces = triangles(self.quads)
        hands = [n for n, name in enumerate(rig().names) if any(k in name for k in ("wrist", "finger", "metacarpal"))]
        hand = np.asarray(rig().weights[:, hands].sum(axis=1)).ravel()
        self.cloth = np.zeros(len(mesh.vertices))
        used = np.unique(self.faces)
        self.cloth[used] = cloth_share(mesh.vertices[used], hand[used])
        naked = _shape_of(looks, self.infant)
        self.rest = draped(naked, self.quads, self.cloth, lowest)
        low, high = (np.array(corner) for corner in FACE_BOX_DM)
        low[2] = 0.75
        inside = ((mesh.vertices > low) & (mesh.vertices < high)).all(axis=1)
        self.face: NDArray[np.bool_] = inside & (self.cloth < 0.5)
        self.face[np.setdiff1d(np.arange(len(self.rest)), used)] = False
        self._normals = Normals(self.faces, len(self.rest))
        self._starts = bone_heads(self.rest)
        self._pivot = joint(self.rest, "joint-head")
        self.sockets = eyes.sockets(self.rest)
        self._between_eyes = float(np.linalg.norm(self.sockets[0][0] - self.sockets[1][0]))
        plain = eyes.sockets(mesh.vertices)
        self._face_shapes = self._between_eyes / float(np.linalg.norm(plain[0][0] - plain[1][0]))
        faced = self.rest[self.face]
        self._face_middle = (faced.min(axis=0) + faced.max(axis=0)) / 2
        self._face_middle[2] = faced[:, 2].max() * 0.85
        self._face_radius_m = float(np.ptp(faced[:, 1])) / 2 * 0.1 * self.scale
        self._raised: dict[tuple[str, str, int, int], Array] = {}
        self._holding: dict[tuple[str, str], Array] = {}

    def pose(self, pose: Pose) -> Posed:
        """Return the body in a pose."""
        transforms = bone_transforms(self._starts, self._bone_turns(pose))
        head_bone = transforms[rig().names.index("head")]
        head = pose.seat.rotation @ head_bone[:3, :3]

        def placed(point: Array) -> Array:
            return self.to_world(pose, point @ head_bone[:3, :3].T + head_bone[:3, 3])

        directions = []
        for middle, _ in self.sockets:
            towards = head.T @ (pose.look_point - placed(middle[None])[0])
            directions.append(towards / np.linalg.norm(towards))
        eye_yaw, eye_pitch = yaw_pitch_deg(directions[0] + directions[1])
        vertices = self._with_expression(pose, eye_pitch)
        skinned = _skinned(vertices, transforms)
        normals = self._normals.of(skinned)
        skinned = skinned + normals * (OFFSET_DM * self.cloth * (self.cloth > 0.5))[:, None]
        gaze = head @ (directions[0] + directions[1])
        return Posed(
            vertices=self.to_world(pose, skinned),
            normals=normals @ pose.seat.rotation.T,
            head=head,
            head_origin=placed(np.zeros((1, 3)))[0],
            eye_left=placed(self.sockets[0][0][None])[0],
            eye_right=placed(self.sockets[1][0][None])[0],
            eye_directions=(directions[0], directions[1]),
            gaze=gaze / np.linalg.norm(gaze),
            eye_yaw_deg=eye_yaw,
            eye_pitch_deg=eye_pitch,
            face_middle=placed(self._face_middle[None])[0],
            face_radius_m=self._face_radius_m,
            wrists={side: self._in_world(pose, transforms[rig().names.index(f"wrist.{side}")]) for side in "LR"},
        )

    def _in_world(self, pose: Pose, transform: Array) -> Array:
        """Return the transform from rest (dm) to the world for a bone's transform in the unplaced body."""
        size = 0.1 * self.scale
        world = np.eye(4)
        world[:3, :3] = pose.seat.rotation * size
        world[:3, 3] = pose.seat.head - world[:3, :3] @ self._pivot
        placed: Array = world @ transform
        return placed

    def to_world(self, pose: Pose, points: Array) -> Array:
        """Return world positions (N, 3) in metres of points of the posed, unplaced body (dm)."""
        world: Array = (points - self._pivot) * 0.1 * self.scale @ pose.seat.rotation.T + pose.seat.head
        return world

    def with_head(self, posed: Posed, points: Array) -> Array:
        """Return world positions (N, 3) of rest points (dm) that are rigid with the head."""
        world: Array = points * 0.1 * self.scale @ posed.head.T + posed.head_origin
        return world

    def _bone_turns(self, pose: Pose) -> dict[str, Array]:
        axis, angle = axis_angle(turned(*pose.head))
        turns = {bone: about(axis, angle * share) for bone, share in NECK_SHARES.items()}
        drop, forward, bend = (38, -14, 62) if self.infant else (36, -28 - 22 * pose.covered, 66 + 46 * pose.covered)
        for number, (side, sign) in enumerate((("L", -1), ("R", 1))):
            swing, lift = pose.hands[2 * number], pose.hands[2 * number + 1]
            angles = np.array([sign * drop + swing, forward + lift, 0.0, bend + 2 * lift])
            for raised, place, share in pose.reaches:
                if raised == side:
                    wobble = np.array([0.2 * swing, 0.2 * lift, 0.0, 0.2 * lift])
                    angles = angles * (1 - share) + (self._raised_arm(side, place, pose.head) + wobble) * share
            turns |= _arm_turns(side, angles)
        return turns

    def reach_for(self, place: str, side: str, point: Array, seat: Seat) -> None:
        """Let the hand of a side go to a point (3,) of the world, for a body at its seat, when a pose names `place`."""
        local = (point - seat.head) @ seat.rotation / (0.1 * self.scale) + self._pivot
        sign = 1 if side == "L" else -1
        starts = [start * np.array([-sign, 1, sign, 1]) for start in (RAISED_DEG, STRETCHED_DEG)]
        solved = [self._solved(side, local, start) for start in starts]
        self._holding[place, side] = min(solved, key=lambda found: found[1])[0]

    def palm(self, posed: Posed, side: str) -> Array:
        """Return where the middle of a hand is (3,) in the world."""
        knuckle = self._starts[rig().names.index(f"finger3-1.{side}")]
        place: Array = posed.wrists[side][:3, :3] @ knuckle + posed.wrists[side][:3, 3]
        return place

    def _raised_arm(self, side: str, place: str, head: tuple[float, float, float]) -> Array:
        """Return the arm's angles (4,) that bring the middle of the hand before the mouth or eye of a turned head.

        Found at a grid of head turns and interpolated between them; what is held stays where it is.
        """
        if (place, side) in self._holding:
            return self._holding[place, side]
        yaw, pitch = head[0] / TURN_STEP_DEG, head[1] / TURN_STEP_DEG
        left, low = int(np.floor(yaw)), int(np.floor(pitch))
        angles = np.zeros(4)
        for column, across in ((left, left + 1 - yaw), (left + 1, yaw - left)):
            for row, down in ((low, low + 1 - pitch), (low + 1, pitch - low)):
                angles += across * down * self._reaching(side, place, column, row)
        return angles

    def _reaching(self, side: str, place: str, column: int, row: int) -> Array:
        """Return the arm's angles (4,) for a head turned by a whole number of steps in yaw and pitch."""
        key = side, place, column, row
        if key in self._raised:
            return self._raised[key]
        sign = 1 if side == "L" else -1
        face = self.rest[self.face]
        low, high = face[:, 1].min(), face[:, 1].max()
        height, beside = PALM_AT[place]
        wanted = np.array([sign * beside, low + height * (high - low), face[:, 2].max() + PALM_BEFORE_DM[place]])
        head_turn = turned(column * TURN_STEP_DEG, row * TURN_STEP_DEG, 0)
        wanted = self._pivot + head_turn @ (wanted - self._pivot)
        self._raised[key], _ = self._solved(side, wanted, RAISED_DEG * np.array([-sign, 1, sign, 1]))
        return self._raised[key]

    def _solved(self, side: str, wanted: Array, start: Array) -> tuple[Array, float]:
        """Return the arm's angles (4,) that bring a knuckle near a point (3,) of the rest shape, and how near."""
        knuckle = rig().names.index(f"finger3-1.{side}")
        chain = [knuckle]
        while rig().parents[chain[0]] >= 0:
            chain.insert(0, rig().parents[chain[0]])

        def miss(angles: Array) -> float:
            turns = _arm_turns(side, angles)
            at = self._starts[knuckle]
            for bone in reversed(chain):
                if rig().names[bone] in turns:
                    at = self._starts[bone] + turns[rig().names[bone]] @ (at - self._starts[bone])
            return float(((at - wanted) ** 2).sum() + 0.02 * (((angles - start) / 60) ** 2).sum())

        found = minimize(miss, start, method="Nelder-Mead", options={"maxiter": 600})
        return found.x, float(found.fun)

    def _with_expression(self, pose: Pose, eye_pitch_deg: float) -> Array:
        down, up = float(np.clip(-eye_pitch_deg / 28, 0, 1.2)), float(np.clip(eye_pitch_deg / 28, 0, 1))
        shapes = {"jawOpen": pose.jaw}
        for side in ("Left", "Right"):
            shapes[f"eyeLookDown{side}"] = down * (1 - pose.blink)
            shapes[f"eyeLookUp{side}"] = up * (1 - pose.blink)
            shapes[f"eyeBlink{side}"] = pose.blink
            shapes[f"mouthSmile{side}"] = pose.smile
            shapes[f"cheekSquint{side}"] = 0.5 * pose.smile
        vertices = self.rest.copy()
        for name, share in shapes.items():
            if share > 1e-3:
                moved, moves = target(f"face:{name}")
                vertices[moved] += share * self._face_shapes * moves
        return vertices


def _arm_turns(side: str, angles_deg: Array) -> dict[str, Array]:
    """Return the turns of an arm's bones: upper arm about z, x and y, then the elbow (4,)."""
    around_z, around_x, around_y, bend = (float(angle) for angle in angles_deg)
    return {
        f"upperarm01.{side}": about_z(around_z) @ about_x(around_x) @ about_y(around_y),
        f"lowerarm01.{side}": about(ELBOW_AXES[side], bend),
    }


def _shape_of(looks: Looks, infant: bool) -> Array:
    vertices = shaped(looks.age_years, looks.male, looks.weight, looks.ancestry)
    rng = np.random.default_rng(looks.features_seed)
    for less, more in FEATURES:
        strength = float(rng.normal(0, FEATURE_STRENGTH)) * (0.5 if infant else 1.0)
        add_target(vertices, more if strength > 0 else less, min(abs(strength), 0.9))
    if not infant and looks.male < 0.5:
        flat = "breast/female-young-averagemuscle-averageweight-mincup-averagefirmness"
        add_target(vertices, flat, 1.0)
    return vertices


def _skinned(vertices: Array, transforms: Array) -> Array:
    mixed = (rig().weights @ transforms.reshape(len(transforms), 16)).reshape(-1, 4, 4)
    moved: Array = np.einsum("nij,nj->ni", mixed[:, :3, :3], vertices) + mixed[:, :3, 3]
    return moved
