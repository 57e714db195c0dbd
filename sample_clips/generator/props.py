"""Shapes of the things that are held at a face or worn on a head, and how they are drawn."""

from __future__ import annotations

import numpy as np
import trimesh
from numpy.typing import NDArray

from sample_clips.generator.body import Posed
from sample_clips.generator.gl import THING, Part, Renderer
from sample_clips.generator.meshdata import Normals
from sample_clips.generator.recipe import Rgb
from sample_clips.generator.rotation import Array, about_x, turned
from sample_clips.generator.things import HANDHELD, KINDS, SCREENS, WORN, colour_of, worn_at

Parts = list[tuple[Array, NDArray[np.int64], float]]
"""Meshes of one thing in metres about its middle, its front towards +z; each with how light it is beside the colour."""


def shape(kind: str) -> Parts:
    """Return the meshes of a kind of thing; KeyError for an unknown one."""
    solids = _SHAPES[kind]()
    return [(np.array(solid.vertices, float), np.array(solid.faces, np.int64), light) for solid, light in solids]


def _ring() -> list[tuple[trimesh.Trimesh, float]]:
    return [(trimesh.creation.torus(0.042, 0.013, 32, 14), 1.0)]


def _cup() -> list[tuple[trimesh.Trimesh, float]]:
    wall = trimesh.creation.annulus(0.034, 0.038, 0.095, sections=28)
    floor = trimesh.creation.cylinder(0.037, 0.006, sections=28)
    floor.apply_translation([0, 0, -0.044])
    handle = trimesh.creation.torus(0.024, 0.006, 20, 8)
    handle.vertices = np.array(handle.vertices) @ about_x(90).T + np.array([0.05, 0, 0])
    solids = [(wall, 1.0), (floor, 0.8), (handle, 1.0)]
    for solid, _ in solids:
        solid.vertices = np.array(solid.vertices) @ about_x(-90).T
    return solids


def _ball() -> list[tuple[trimesh.Trimesh, float]]:
    return [(trimesh.creation.icosphere(3, 0.045), 1.0)]


def _block() -> list[tuple[trimesh.Trimesh, float]]:
    return [(_flat(trimesh.creation.box((0.06, 0.06, 0.06))), 1.0)]


def _plush() -> list[tuple[trimesh.Trimesh, float]]:
    """A soft animal: body, head, ears, muzzle."""
    solids = []
    for radius, place, light in (
        (0.050, (0, -0.04, 0), 1.0),
        (0.040, (0, 0.035, 0.008), 1.0),
        (0.016, (0.030, 0.068, 0), 0.9),
        (0.016, (-0.030, 0.068, 0), 0.9),
        (0.018, (0, 0.025, 0.040), 1.5),
        (0.006, (0, 0.030, 0.057), 0.1),
        (0.005, (0.015, 0.047, 0.041), 0.1),
        (0.005, (-0.015, 0.047, 0.041), 0.1),
    ):
        ball = trimesh.creation.icosphere(2, radius)
        ball.apply_translation(place)
        solids.append((ball, light))
    return solids


def _slab(width: float, height: float, thick: float, light: float = 1.0) -> tuple[trimesh.Trimesh, float]:
    return _flat(trimesh.creation.box((width, height, thick))), light


def _phone() -> list[tuple[trimesh.Trimesh, float]]:
    screen, light = _slab(0.064, 0.13, 0.002, 0.25)
    screen.apply_translation([0, 0, 0.005])
    return [_slab(0.072, 0.148, 0.008), (screen, light)]


def _book() -> list[tuple[trimesh.Trimesh, float]]:
    picture, light = _slab(0.10, 0.08, 0.002, 1.6)
    picture.apply_translation([0, 0.03, 0.009])
    return [_slab(0.17, 0.21, 0.015), (picture, light)]


def _paper(width: float, height: float) -> list[tuple[trimesh.Trimesh, float]]:
    """A sheet that bends a little."""
    across, up = np.meshgrid(np.linspace(-0.5, 0.5, 13), np.linspace(-0.5, 0.5, 13))
    x, y = across.ravel() * width, up.ravel() * height
    cell = (np.arange(12)[:, None] * 13 + np.arange(12)[None]).ravel()
    faces = np.concatenate([np.c_[cell, cell + 1, cell + 14], np.c_[cell, cell + 14, cell + 13]])
    depth = 0.012 * np.sin(across.ravel() * 5 + up.ravel() * 2) - 0.02 * up.ravel() ** 2
    return [(trimesh.Trimesh(np.c_[x, y, depth], np.concatenate([faces, faces[:, ::-1]]), process=False), 1.0)]


def _cloth() -> list[tuple[trimesh.Trimesh, float]]:
    """A cloth that hangs in folds."""
    across, up = np.meshgrid(np.linspace(-0.5, 0.5, 33), np.linspace(-0.5, 0.5, 21))
    x, y = across.ravel() * 0.26, up.ravel() * 0.30
    depth = 0.014 * np.sin(across.ravel() * 24 + 2 * up.ravel()) * (0.7 - up.ravel()) - 0.9 * x**2
    cell = (np.arange(20)[:, None] * 33 + np.arange(32)[None]).ravel()
    faces = np.concatenate([np.c_[cell, cell + 1, cell + 34], np.c_[cell, cell + 34, cell + 33]])
    return [(trimesh.Trimesh(np.c_[x, y, depth], np.concatenate([faces, faces[:, ::-1]]), process=False), 1.0)]


def _spoon() -> list[tuple[trimesh.Trimesh, float]]:
    """A spoon whose bowl is its middle; the stem goes back and down to the hand."""
    bowl = trimesh.creation.icosphere(2, 1.0)
    bowl.vertices = np.array(bowl.vertices) * np.array([0.017, 0.008, 0.024])
    stem = trimesh.creation.cylinder(radius=0.0045, segment=np.array([[0, 0, -0.02], [0, -0.03, -0.13]]), sections=8)
    return [(bowl, 1.0), (stem, 0.9)]


def _bowl() -> list[tuple[trimesh.Trimesh, float]]:
    """A bowl or pot worn upside down, its middle between rim and top."""
    angles = np.linspace(0, np.pi / 2, 14)
    profile = np.c_[np.r_[0.108 * np.cos(angles), 0.0], np.r_[0.085 * np.sin(angles), 0.0]]
    bowl = trimesh.creation.revolve(profile[:-1], sections=36)
    points = np.array(bowl.vertices)[:, [0, 2, 1]] - np.array([0, 0.035, 0])
    faces = np.array(bowl.faces)
    return [(trimesh.Trimesh(points, np.concatenate([faces[:, ::-1], faces]), process=False), 1.0)]


def _flat(solid: trimesh.Trimesh) -> trimesh.Trimesh:
    """The same with corners of its own for every triangle, so that edges stay hard."""
    points = np.array(solid.vertices)[np.array(solid.faces)].reshape(-1, 3)
    return trimesh.Trimesh(points, np.arange(len(points)).reshape(-1, 3), process=False)


_SHAPES = {
    "ring": _ring,
    "cup": _cup,
    "ball": _ball,
    "block": _block,
    "plush": _plush,
    "phone": _phone,
    "book": _book,
    "paper": lambda: _paper(0.15, 0.21),
    "sheet": lambda: _paper(0.30, 0.28),
    "scrap": lambda: _paper(0.11, 0.15),
    "cloth": _cloth,
    "spoon": _spoon,
    "bowl": _bowl,
}


class Prop:
    """One thing on the card: `put` moves it, `show` draws it or not. It is nobody's, so it hides faces."""

    def __init__(self, renderer: Renderer, kind: str, rgb: Rgb) -> None:
        self.kind = kind
        self._parts: list[tuple[Part, Array, Array]] = []
        for points, faces, light in shape(kind):
            red, green, blue = (min(light, 1.6) * (value / 255) ** 2.2 for value in rgb)
            part = renderer.add(len(points), faces, THING, color=(red, green, blue))
            self._parts.append((part, points, Normals(_one_sided(faces), len(points)).of(points)))
        self.show(False)

    def put(self, place: Array, turn: Array) -> None:
        """Move the thing's middle to a place (3,) of the world, turned by (3, 3)."""
        for part, points, normals in self._parts:
            part.move(points @ turn.T + place, normals @ turn.T)

    def show(self, shown: bool) -> None:
        """Draw it, or not."""
        for part, _, _ in self._parts:
            part.shown = shown


def _one_sided(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """The triangles without those that are a second time there the other way round: their normals would cancel."""
    half = len(faces) // 2
    if len(faces) % 2 == 0 and (faces[:half] == faces[half:, ::-1]).all():
        return faces[:half]
    return faces


class FaceProps:
    """Every kind of thing, to be put at random before, beside or on a posed head: for crops to train on.

    `put` shows one thing and says what and where; `hide` takes it away. Draw the head's owned pixels with and without
    it (`Renderer.owned_px`) to learn how much of the face it hides.
    """

    def __init__(self, renderer: Renderer, rng: np.random.Generator) -> None:
        self._rng = rng
        self._props = {kind: Prop(renderer, kind, colour_of(kind, rng)) for kind in KINDS if kind != "spoon"}

    def put(self, posed: Posed, how: str | None = None) -> tuple[str, str]:
        """Show one thing at a head and return its kind and how; `how`: beside, before, screen or worn, or drawn."""
        rng = self._rng
        self.hide()
        how = how or str(rng.choice(["beside", "before", "screen", "worn"], p=[0.25, 0.35, 0.25, 0.15]))
        kinds = {"screen": SCREENS, "worn": WORN}.get(how, HANDHELD)
        kind = kinds[int(rng.integers(len(kinds)))]
        radius = posed.face_radius_m
        eyes, head = posed.eye_middle, posed.head
        if how == "worn":
            place, turn = worn_at(posed, kind)
        else:
            low, high = {"beside": (1.2, 2.6), "before": (0.2, 1.2), "screen": (0.0, 0.35)}[how]
            around, off = rng.uniform(0, 2 * np.pi), float(rng.uniform(low, high)) * radius
            ahead = float(rng.uniform(0.25, 1.2)) * radius + (0.06 if kind == "cloth" else 0.02)
            place = eyes + head @ np.array([np.cos(around) * off, np.sin(around) * off - 0.2 * radius, ahead])
            turn = head @ turned(*(float(rng.normal(0, spread)) for spread in (25, 18, 18)))
        self._props[kind].put(place, turn)
        self._props[kind].show(True)
        return kind, how

    def hide(self) -> None:
        """Take everything away."""
        for prop in self._props.values():
            prop.show(False)
