"""A person on the card: skin, eyes, lashes, mouth, hair and what is worn, moved together."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sample_clips.generator import eyes, hair, wear
from sample_clips.generator.body import Body, Posed
from sample_clips.generator.gl import EYE, HAIR, LASHES, SKIN, THING, Part, Renderer
from sample_clips.generator.meshdata import Normals, base_mesh, triangles
from sample_clips.generator.recipe import Looks, Rgb
from sample_clips.generator.rotation import Array
from sample_clips.generator.skin import Canvas, paint
from sample_clips.generator.whole import written_whole

LASH_GROUPS = tuple(f"helper-{side}-eyelashes-{row}" for side in ("l", "r") for row in (1, 2))
MOUTH_GROUPS = ("helper-upper-teeth", "helper-lower-teeth", "helper-tongue")
DARKEST_FOLD = 0.08
HEAD_ABOVE_DM = 5.6
"""Canonical height above which the mesh is head and neck; the arms of the base mesh hang lower."""
TEETHER_RGB: Rgb = (74, 176, 190)


def linear(rgb: Rgb) -> tuple[float, float, float]:
    """Return linear light 0..1 for a display colour 0..255."""
    red, green, blue = ((value / 255) ** 2.2 for value in rgb)
    return red, green, blue


class Figure:
    """Adds a person's parts to a renderer and moves them; `owner` 1 parent, 2 infant.

    `holds` is the hand (L or R) that holds a teething ring.
    """

    def __init__(
        self, renderer: Renderer, looks: Looks, owner: int, canvas: Canvas, cache: Path, holds: str | None
    ) -> None:
        self.body = body = Body(looks)
        mesh = base_mesh()
        corners = np.stack([body.faces.ravel(), triangles(body.texels).ravel()], axis=1)
        pairs, numbered = np.unique(corners, axis=0, return_inverse=True)
        self._vertex = pairs[:, 0]
        texture, _ = paint(canvas, looks)
        self._skin = renderer.add(
            len(pairs),
            numbered.reshape(-1, 3),
            SKIN,
            texture=renderer.texture(texture),
            uv=mesh.uv[pairs[:, 1]],
            owner=owner,
            face=1,
            head=_head(mesh.vertices, pairs[:, 0], numbered.reshape(-1, 3)),
        )
        self._light = _light(renderer, body, cache)
        aux = np.c_[self._light, body.cloth, body.face, np.zeros(len(body.rest))]
        self._skin_aux = aux[self._vertex]
        self._directions, eye_faces = eyes.sphere()
        limbus = eyes.iris_half_angle(body.sockets[0][1], body.scale, body.infant)
        self._eyes = [
            renderer.add(
                len(self._directions),
                eye_faces,
                EYE,
                iris=linear(looks.iris_rgb),
                eye=(limbus, limbus * eyes.PUPIL_SHARE),
                casts=False,
                owner=owner,
                face=2,
                head=eye_faces,
            )
            for _ in body.sockets
        ]
        self._lashes, self._lash_vertex, self._lash_aux = _lashes(renderer, body, owner)
        mouth_color = (0.34, 0.12, 0.11) if looks.age_years < 0.7 else (0.50, 0.46, 0.40)
        self._mouth_faces = triangles(mesh.quads(*MOUTH_GROUPS))
        self._mouth_vertex, mouth_numbered = np.unique(self._mouth_faces, return_inverse=True)
        self._mouth = renderer.add(
            len(self._mouth_vertex), mouth_numbered.reshape(-1, 3), THING, color=mouth_color, casts=False, owner=owner
        )
        self._hair = hair.grown(body.rest, "bald" if looks.hat_rgb else looks.hair_style, body.infant, owner)
        self._hair_part = None
        if self._hair is not None:
            self._hair_part = renderer.add(
                len(self._hair.vertices),
                self._hair.faces,
                HAIR,
                color=linear(looks.hair_rgb),
                owner=owner,
                head=self._hair.coarse,
                coarse=self._hair.coarse,
            )
            self._hair_part.values[:, 6] = self._hair.shade
            self._hair_aux = np.zeros((len(self._hair.vertices), 4), np.float32)
            self._hair_aux[:, 0] = self._hair.light
        self._worn = _worn(renderer, body, owner)
        self._held = _held(renderer, body, owner, holds) if holds is not None else None
        self._holds = holds
        self._mouth_normals = Normals(self._mouth_faces, len(body.rest))

    def move(self, posed: Posed) -> None:
        """Put all parts where the posed body has them."""
        body = self.body
        self._skin.move(posed.vertices[self._vertex], posed.normals[self._vertex], self._skin_aux)
        ahead = posed.head @ np.array([0, 0, 1.0])
        self._lashes.move(
            posed.vertices[self._lash_vertex], np.tile(ahead, (len(self._lash_vertex), 1)), self._lash_aux
        )
        mouth_normals = self._mouth_normals.of(posed.vertices)[self._mouth_vertex]
        light = np.zeros((len(self._mouth_vertex), 4))
        light[:, 0] = 0.35
        self._mouth.move(posed.vertices[self._mouth_vertex], mouth_normals, light)
        for (middle, radius), part, direction in zip(body.sockets, self._eyes, posed.eye_directions, strict=True):
            turn = _turn_to(direction)
            local = eyes.bulged(self._directions, radius) @ turn.T
            shade = eyes.lid_shade(local, radius, posed.eye_pitch_deg)
            part.move(
                body.with_head(posed, local + middle),
                self._directions @ turn.T @ posed.head.T,
                np.c_[shade, self._directions],
            )
        if self._hair_part is not None and self._hair is not None:
            ribbons, head = self._hair, posed.head.T.astype(np.float32)
            size = np.float32(0.1 * body.scale)
            self._hair_aux[:, 1:] = ribbons.tangents @ head
            self._hair_part.move(
                np.add(ribbons.vertices @ (head * size), posed.head_origin.astype(np.float32)),
                ribbons.normals @ head,
                self._hair_aux,
            )
        for part, points, normals in self._worn:
            part.move(body.with_head(posed, points), normals @ posed.head.T)

        if self._held is not None and self._holds is not None:
            part, points, normals = self._held
            place = posed.wrists[self._holds]
            turn = place[:3, :3] / np.linalg.norm(place[:3, 0])
            part.move(points @ place[:3, :3].T + place[:3, 3], normals @ turn.T)

    def show(self, shown: bool) -> None:
        """Draw the person, or not."""
        rigid = [*self._worn, self._held] if self._held is not None else self._worn
        parts = [self._skin, self._lashes, self._mouth, *self._eyes, *(part for part, _, _ in rigid)]
        for part in parts if self._hair_part is None else [*parts, self._hair_part]:
            part.shown = shown


def _turn_to(direction: Array) -> Array:
    right = np.cross([0.0, 1.0, 0.0], direction)
    right /= np.linalg.norm(right)
    return np.column_stack([right, np.cross(direction, right), direction])


def _light(renderer: Renderer, body: Body, cache: Path) -> Array:
    """Return the light (V,) that reaches each vertex at rest, computed once per looks."""
    key = hashlib.sha256(repr(astuple(body.looks)).encode()).hexdigest()[:16]
    path = cache / f"light-{key}.npy"
    if not path.exists():
        groups = ("body", "helper-l-eye", "helper-r-eye")
        faces = triangles(base_mesh().quads(*groups))
        normals = Normals(triangles(base_mesh().groups["body"][0]), len(body.rest)).of(body.rest)
        with written_whole(path) as file:
            np.save(file, renderer.light_reaching(body.rest, normals, faces))
    light: Array = np.clip(np.load(path), DARKEST_FOLD, 1)
    return light


def _lashes(renderer: Renderer, body: Body, owner: int) -> tuple[Part, NDArray[np.int64], Array]:
    vertex, numbered = np.unique(triangles(base_mesh().quads(*LASH_GROUPS)), return_inverse=True)
    away = np.min([np.linalg.norm(body.rest[vertex] - middle, axis=1) / size for middle, size in body.sockets], axis=0)
    root_share = np.clip(1 - (away - away.min()) / (np.percentile(away, 95) - away.min()), 0, 1)
    part = renderer.add(len(vertex), numbered.reshape(-1, 3), LASHES, casts=False, owner=owner)
    aux = np.zeros((len(vertex), 4))
    aux[:, 0], aux[:, 1] = 1, root_share * (0.35 if body.infant else 0.7)
    return part, vertex, aux


def _head(canonical: Array, vertex: NDArray[np.int64], faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the triangles of `faces` that belong to head and neck: what can hide a face when it is turned away."""
    above = canonical[vertex][:, 1] > HEAD_ABOVE_DM
    kept: NDArray[np.int64] = faces[above[faces].all(axis=1)]
    return kept


def _held(renderer: Renderer, body: Body, owner: int, side: str) -> tuple[Part, Array, Array]:
    points, faces = wear.teether(body.rest, side)
    part = renderer.add(len(points), faces, THING, color=linear(TEETHER_RGB), owner=owner)
    return part, points, Normals(faces, len(points)).of(points)


def _worn(renderer: Renderer, body: Body, owner: int) -> list[tuple[Part, Array, Array]]:
    solids = []
    if body.looks.glasses:
        solids.append((wear.glasses(body.rest), (0.02, 0.018, 0.02)))
    if body.looks.hat_rgb is not None:
        solids.append((wear.hat(body.rest), linear(body.looks.hat_rgb)))
    return [
        (
            renderer.add(len(points), faces, THING, color=color, owner=owner, head=faces),
            points,
            Normals(faces, len(points)).of(points),
        )
        for (points, faces), color in solids
    ]
