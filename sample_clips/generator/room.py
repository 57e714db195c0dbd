"""The room: four painted walls and a floor, the surface that people sit at, cushions, toy, cloth and a passer-by."""

from __future__ import annotations

import cv2
import numpy as np
import trimesh
from numpy.typing import NDArray

from sample_clips.generator.acting import Pose, Seat
from sample_clips.generator.body import Posed
from sample_clips.generator.figure import linear
from sample_clips.generator.gl import THING, WALL, Part, Renderer
from sample_clips.generator.meshdata import Normals
from sample_clips.generator.recipe import Recipe, Rgb, Span
from sample_clips.generator.rotation import Array, about_x, about_y

HALF_M, FLOOR_M, CEILING_M = 2.9, -0.95, 1.75
WALL_PX = (1600, 745)
BLUR_PX = 5.0
"""Out-of-focus background, painted in."""
SURFACE_M = -0.265
TOY_M = (0.0, -0.262, 0.10)
TOY_LYING_M = (-0.04, -0.262, 0.26)
CLOTH_RADIUS_M, CLOTH_HALF_DEG, CLOTH_HEIGHT_M, CLOTH_BEFORE_M = 0.135, 80.0, 0.33, 0.045
PASSER_PATH_M, PASSER_BEFORE, PASSER_CHEST_M = 2.2, 0.50, 0.02
PASSER_PROFILE_M = (
    (-1.0, 0.15),
    (-0.45, 0.19),
    (-0.2, 0.17),
    (0.1, 0.19),
    (0.26, 0.20),
    (0.33, 0.13),
    (0.36, 0.06),
    (0.44, 0.05),
)
"""Height about the chest and half width of a passer-by, legs to neck."""
WALL_RGB: tuple[Rgb, ...] = (
    (206, 198, 184),
    (186, 196, 198),
    (214, 204, 190),
    (196, 190, 200),
    (188, 200, 184),
    (216, 210, 206),
)
SURFACE_RGB: dict[str, tuple[Rgb, ...]] = {
    "table": ((168, 142, 112), (120, 92, 70), (196, 186, 172)),
    "floor": ((150, 156, 168), (176, 158, 138), (132, 152, 144)),
    "lying": ((198, 204, 212), (214, 202, 184), (178, 196, 186)),
}
RING_RGB: tuple[Rgb, ...] = ((226, 74, 70), (230, 178, 60), (92, 180, 92), (64, 108, 204))
CUSHION_RGB: tuple[Rgb, ...] = ((122, 132, 142), (132, 152, 138), (98, 104, 130), (186, 180, 168), (92, 122, 126))


class Room:
    """Everything in the scene but the two people; `points` are the fixed targets of looks (3,)."""

    def __init__(self, renderer: Renderer, recipe: Recipe, seats: dict[str, Seat]) -> None:
        self._recipe = recipe
        rng = np.random.default_rng([recipe.room_seed, 0x400])
        _walls(renderer, rng)
        self._surface(renderer, rng, seats)
        self._toy = self._rings(renderer)
        cloth_rgb = CUSHION_RGB[int(rng.integers(len(CUSHION_RGB)))]
        self._cloth_points, cloth_faces = _cloth()
        self._cloth_normals = Normals(cloth_faces, len(self._cloth_points))
        self._cloth = renderer.add(len(self._cloth_points), cloth_faces, THING, color=linear(cloth_rgb))
        self._cloth.shown = False
        self._passer = [
            (_passing_part(renderer, solid, color), np.array(solid.vertices, dtype=float))
            for solid, color in _passer(cloth_rgb)
        ]
        side = 1.0 if rng.random() < 0.5 else -1.0
        self.points = {
            "away": np.array([1.2, 0.15, 0.9]),
            "window": np.array([1.3 * side, 0.55, 0.9]),
            "down": np.array([0.16, -0.27, 0.16]),
        }

    def toy_at(self, time_s: float) -> Array:
        """Return the foot of the ring tower (3,), which moves while it is played with."""
        foot = np.array(TOY_LYING_M if self._recipe.layout == "lying" else TOY_M)
        if any(span.start_s <= time_s < span.end_s for span in self._recipe.toy_play):
            foot += [0.012 * np.sin(7 * time_s), 0.02 * abs(np.sin(5 * time_s)), 0.006 * np.sin(4 * time_s)]
        return foot

    def move(self, time_s: float, camera_at: Array, parent: Posed, parent_pose: Pose) -> None:
        """Put toy, cloth and passer-by where they are at a time."""
        foot = self.toy_at(time_s)
        for part, points, normals in self._toy:
            part.move(points + foot, normals)
        self._cloth.shown = parent_pose.covered > 0.01 and self._recipe.parent_shown
        if self._cloth.shown:
            points = cloth_before(parent, parent_pose, self._cloth_points, time_s)
            self._cloth.move(points, self._cloth_normals.of(points))
        for part, _ in self._passer:
            part.shown = False
        for span in self._recipe.passers:
            self._pass_by(span, time_s, camera_at)

    def _pass_by(self, span: Span, time_s: float, camera_at: Array) -> None:
        if not span.start_s <= time_s < span.end_s:
            return
        share = (time_s - span.start_s) / (span.end_s - span.start_s) * 2 - 1
        across = np.cross([0.0, 1.0, 0.0], camera_at)
        across /= np.linalg.norm(across)
        place = camera_at * PASSER_BEFORE + across * PASSER_PATH_M / 2 * share
        place[1] = PASSER_CHEST_M + 0.02 * abs(np.sin(9 * time_s))
        turn = np.column_stack([across, [0.0, 1.0, 0.0], np.cross(across, [0.0, 1.0, 0.0])])
        for part, points in self._passer:
            part.shown = True
            placed = points @ turn.T + place
            part.move(placed, part.values[:, 3:6])

    def _surface(self, renderer: Renderer, rng: np.random.Generator, seats: dict[str, Seat]) -> None:
        """A table, or a padded floor; cushions hide where the bodies end, and hold the infant."""
        layout = self._recipe.layout
        color = SURFACE_RGB[layout][int(rng.integers(len(SURFACE_RGB[layout])))]
        size = (1.7, 0.03, 0.80) if layout == "table" else (2.6, 0.10, 1.9)
        depth = 0.12 if layout == "table" else 0.0
        _solid(renderer, trimesh.creation.box(size), np.array([0, SURFACE_M - size[1] / 2, depth]), color, flat=True)
        if layout == "table":
            front = np.array([0, SURFACE_M - 0.36, 0.10])
            _solid(renderer, trimesh.creation.box((1.6, 0.66, 0.7)), front, color, flat=True)
        cushion = CUSHION_RGB[int(rng.integers(len(CUSHION_RGB)))]
        parent, infant = seats["parent"], seats["infant"]
        lap = np.array([0.19, 0.06, 0.18])
        if self._recipe.parent_shown and layout != "table":
            place = parent.head * np.array([1, 0, 1]) + np.array([-0.02, SURFACE_M, 0.01])
            _solid(renderer, _pillow(lap * np.array([1.15, 1.2, 1.15])), place, cushion)
        if layout == "lying":
            blanket = _pillow(np.array([0.15, 0.085, 0.14]))
            _solid(
                renderer, blanket, np.array([infant.head[0] - 0.29, SURFACE_M + 0.05, infant.head[2] - 0.02]), cushion
            )
            pillow = _pillow(np.array([0.15, 0.045, 0.16]))
            _solid(
                renderer, pillow, np.array([infant.head[0] + 0.05, SURFACE_M + 0.005, infant.head[2]]), (232, 230, 224)
            )
            return
        back = about_y(-self._recipe.body_yaw_deg) @ about_x(-14)
        shell = _pillow(np.array([0.14, 0.20, 0.07]))
        shell.vertices = np.array(shell.vertices) @ back.T
        behind = infant.rotation @ np.array([0.0, -0.13, -0.135])
        _solid(renderer, shell, infant.head + behind, cushion)
        if layout == "floor":
            place = infant.head * np.array([1, 0, 1]) + np.array([0.0, SURFACE_M + 0.01, 0.0])
            _solid(renderer, _pillow(lap * np.array([0.85, 0.9, 0.85])), place, cushion)

    def _rings(self, renderer: Renderer) -> list[tuple[Part, Array, Array]]:
        rings = []
        for number, (radius, color) in enumerate(zip((0.052, 0.043, 0.034, 0.025), RING_RGB, strict=True)):
            ring = trimesh.creation.torus(radius * 0.72, radius * 0.36, 36, 18)
            points = np.array(ring.vertices) @ about_x(-90).T + np.array([0, 0.018 + number * 0.028, 0])
            rings.append((points, np.array(ring.faces), color))
        ball = trimesh.creation.icosphere(3, 0.019)
        rings.append((np.array(ball.vertices) + np.array([0, 0.135, 0]), np.array(ball.faces), (238, 220, 70)))
        parts = []
        for points, faces, color in rings:
            part = renderer.add(len(points), faces, THING, color=linear(color))
            parts.append((part, points, Normals(faces, len(points)).of(points)))
        return parts


def cloth_before(parent: Posed, pose: Pose, points: Array, time_s: float) -> Array:
    """Return the cloth (N, 3) in the world: before the face, sinking out of the way as `pose.covered` falls."""
    ahead = parent.head @ np.array([0, 0, 1.0])
    side = parent.head @ np.array([1.0, 0, 0])
    up = np.cross(ahead, side)
    ripple = 0.008 * np.sin(6 * time_s + points[:, 0] * 22)
    middle = parent.face_middle + ahead * CLOTH_BEFORE_M - up * (0.02 + (1 - pose.covered) * CLOTH_HEIGHT_M * 1.1)
    placed: Array = (
        middle + np.outer(points[:, 0], side) + np.outer(points[:, 1], up) + np.outer(points[:, 2] + ripple, ahead)
    )
    return placed


def _passer(cloth_rgb: Rgb) -> list[tuple[trimesh.Trimesh, Rgb]]:
    """Return a third person from behind, without a face: clothed body and arms, and a head of dark hair."""
    profile = np.array(PASSER_PROFILE_M)
    body = trimesh.creation.revolve(profile[:, ::-1] * np.array([1.0, 1.0]), sections=40)
    points = np.array(body.vertices)[:, [0, 2, 1]] * np.array([1.0, 1.0, 0.62])
    clothed = [trimesh.Trimesh(points, np.array(body.faces)[:, ::-1], process=False)]
    for side in (-1, 1):
        arm = trimesh.creation.capsule(height=0.50, radius=0.048, count=[16, 16])
        arm.vertices = np.array(arm.vertices) @ about_x(90).T + np.array([side * 0.192, -0.02, 0.02])
        clothed.append(arm)
    head = trimesh.creation.icosphere(3, 1.0)
    head.vertices = np.array(head.vertices) * np.array([0.078, 0.115, 0.095]) + np.array([0, 0.47, 0])
    whole = trimesh.util.concatenate(clothed)
    assert isinstance(whole, trimesh.Trimesh)
    return [(whole, cloth_rgb), (head, (44, 34, 28))]


def _passing_part(renderer: Renderer, solid: trimesh.Trimesh, color: Rgb) -> Part:
    points, faces = np.array(solid.vertices, dtype=float), np.array(solid.faces, dtype=np.int64)
    part = renderer.add(len(points), faces, THING, color=linear(color), casts=False)
    part.move(points, Normals(faces, len(points)).of(points))
    part.shown = False
    return part


def _cloth() -> tuple[Array, NDArray[np.int64]]:
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, 25), np.linspace(-0.5, 0.5, 25))
    around, y = np.deg2rad(across.ravel() * 2 * CLOTH_HALF_DEG), down.ravel() * CLOTH_HEIGHT_M
    radius = CLOTH_RADIUS_M * (1 + 0.07 * np.sin(around * 7 + y * 12) + 0.35 * np.abs(y))
    x, depth = radius * np.sin(around), radius * np.cos(around) - CLOTH_RADIUS_M
    cell = (np.arange(24)[:, None] * 25 + np.arange(24)[None]).ravel()
    front = np.concatenate([np.c_[cell, cell + 1, cell + 26], np.c_[cell, cell + 26, cell + 25]])
    return np.c_[x, y, depth], front.astype(np.int64)


def _pillow(half: Array) -> trimesh.Trimesh:
    pillow: trimesh.Trimesh = trimesh.creation.icosphere(4, 1.0)
    points = np.array(pillow.vertices)
    pillow.vertices = np.sign(points) * np.abs(points) ** 0.82 * half
    return pillow


def _solid(renderer: Renderer, solid: trimesh.Trimesh, place: Array, color: Rgb, flat: bool = False) -> None:
    points, faces = np.array(solid.vertices, dtype=float), np.array(solid.faces, dtype=np.int64)
    if flat:
        points = points[faces].reshape(-1, 3)
        faces = np.arange(len(points)).reshape(-1, 3)
    part = renderer.add(len(points), faces, THING, color=linear(color))
    part.move(points + place, Normals(faces, len(points)).of(points))


def _walls(renderer: Renderer, rng: np.random.Generator) -> None:
    wall_rgb = WALL_RGB[int(rng.integers(len(WALL_RGB)))]
    corners = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    faces = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int64)
    uv = (corners + 1) / 2
    middle, half = (CEILING_M + FLOOR_M) / 2, (CEILING_M - FLOOR_M) / 2
    for number in range(4):
        texture = renderer.texture(painted_wall(rng, wall_rgb, furnished=number != 2))
        flat = np.c_[corners[:, 0] * HALF_M, corners[:, 1] * half + middle, np.full(4, -HALF_M)]
        points = flat @ about_y(90.0 * number).T
        _plain(renderer, points, faces, uv, texture)
    for height, rgb in ((FLOOR_M, (150, 122, 96)), (CEILING_M, (226, 224, 220))):
        noise = rng.normal(0, 3, (64, 64, 1))
        image = np.clip(np.array(rgb) + noise, 0, 255).astype(np.uint8)
        points = np.c_[corners[:, 0] * HALF_M, np.full(4, height), -corners[:, 1] * HALF_M]
        _plain(renderer, points, faces, uv, renderer.texture(image))


def _plain(renderer: Renderer, points: Array, faces: NDArray[np.int64], uv: Array, texture: object) -> None:
    part = renderer.add(4, faces, WALL, texture=texture, uv=uv, casts=False)
    part.move(points, np.tile([0.0, 0, 1.0], (4, 1)))


def painted_wall(rng: np.random.Generator, wall_rgb: Rgb, furnished: bool) -> NDArray[np.uint8]:
    """Return a wall (H, W, 3) with window, pictures, shelf and sofa, out of focus."""
    width, height = WALL_PX
    image = np.ones((height, width, 3), np.float32) * np.array(wall_rgb, np.float32)
    image *= np.linspace(1.04, 0.86, height, dtype=np.float32)[:, None, None]
    image[-14:] = np.array(wall_rgb, np.float32) * 0.7
    if furnished:
        slots = list(rng.permutation(4))
        for slot, painter in zip(slots, (_window, _shelf, _sofa, _pictures), strict=True):
            painter(image, rng, int(width * (0.03 + 0.24 * int(slot))), int(width * 0.21))
    blurred = cv2.GaussianBlur(image, (0, 0), BLUR_PX)
    grain = cv2.resize(rng.normal(size=(height // 8, width // 8)).astype(np.float32), (width, height))
    return np.clip(blurred * (1 + 0.005 * grain[..., None]), 0, 255).astype(np.uint8)


def _muted(rng: np.random.Generator, low: float, high: float) -> Array:
    """Return a colour (3,) as furniture has: grey with a little of a hue."""
    color: Array = rng.uniform(low, high) + rng.uniform(-22, 22, 3)
    return color


def _rectangle(image: NDArray[np.float32], x: float, y: float, width: float, height: float, rgb: object) -> None:
    color = tuple(float(value) for value in np.array(rgb))
    cv2.rectangle(image, (int(x), int(y)), (int(x + width), int(y + height)), color, -1)


def _window(image: NDArray[np.float32], rng: np.random.Generator, left: int, width: int) -> None:
    tall = image.shape[0]
    _rectangle(image, left, tall * 0.10, width, tall * 0.46, (236, 232, 226))
    for column in (0, 1):
        x = left + 10 + column * (width / 2 - 2)
        _rectangle(image, x, tall * 0.12, width / 2 - 18, tall * 0.42, (238, 246, 252))
    curtain = _muted(rng, 140, 200)
    for x in (left - 40, left + width):
        for fold in range(44):
            shade = curtain * (1 + 0.12 * np.sin(fold * 0.55))
            _rectangle(image, x + fold, tall * 0.06, 1, tall * 0.66, shade)


def _shelf(image: NDArray[np.float32], rng: np.random.Generator, left: int, width: int) -> None:
    tall = image.shape[0]
    for board in range(3):
        bottom = tall * (0.34 + 0.17 * board)
        x = left + 6.0
        while x < left + width - 30:
            thick, high = rng.uniform(9, 30), rng.uniform(44, 96)
            _rectangle(image, x, bottom - high, thick, high, rng.uniform(50, 210, 3))
            x += thick + rng.uniform(1, 9)
        _rectangle(image, left, bottom, width, 10, (118, 88, 62))


def _sofa(image: NDArray[np.float32], rng: np.random.Generator, left: int, width: int) -> None:
    tall = image.shape[0]
    color = _muted(rng, 105, 150)
    _rectangle(image, left, tall * 0.56, width, tall * 0.36, color)
    _rectangle(image, left - 14, tall * 0.72, width + 28, tall * 0.24, color * 0.88)
    cushion = tuple(float(value) for value in _muted(rng, 110, 200))
    cv2.ellipse(image, (left + width // 4, int(tall * 0.68)), (58, 50), 20, 0, 360, cushion, -1)


def _pictures(image: NDArray[np.float32], rng: np.random.Generator, left: int, width: int) -> None:
    tall = image.shape[0]
    for number in range(2):
        x, y = left + number * width * 0.5, tall * rng.uniform(0.16, 0.26)
        wide, high = rng.uniform(80, 130), rng.uniform(80, 130)
        _rectangle(image, x, y, wide, high, (70, 58, 48))
        _rectangle(image, x + 9, y + 9, wide - 18, high - 18, _muted(rng, 130, 215))
