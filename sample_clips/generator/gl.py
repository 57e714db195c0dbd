"""Draws parts with OpenGL on EGL, in software without a GPU: picture, whose face is where, light by occlusion."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from sample_clips.generator.camera import Camera, looking_at
from sample_clips.generator.light import Light
from sample_clips.generator.meshdata import base_mesh, rig, triangles
from sample_clips.generator.rotation import Array
from sample_clips.generator.whole import written_whole

Drawn = NDArray[np.float32] | Array
SHADERS = Path(__file__).parent / "shaders"
SHADOW_PX = 1536
SHADOW_RADIUS_M = 0.95
OWNER_PX = 480
"""Long side of the pictures in which owned pixels are counted."""
SKIN, EYE, HAIR, THING, LASHES, WALL = range(6)
"""Materials of shade.frag."""
DRAWING_ORDER = (EYE, SKIN, HAIR, THING, WALL, LASHES)
"""Near things first, so that what they hide is not shaded; what one sees through last."""
LIGHT_DIRECTIONS = 96


@dataclass(eq=False)
class Part:
    """A mesh on the card. `owner` 0 nobody, 1 parent, 2 infant; `face` 0 none, 1 by vertex, 2 all of it."""

    buffer: moderngl.Buffer
    drawn: moderngl.VertexArray
    depth: moderngl.VertexArray
    owned: moderngl.VertexArray
    alone: moderngl.VertexArray | None
    values: NDArray[np.float32]
    material: int
    color: tuple[float, float, float]
    texture: moderngl.Texture
    iris: tuple[float, float, float]
    eye: tuple[float, float]
    casts: bool
    owner: int
    face: int
    shown: bool = True

    def move(self, vertices: Drawn, normals: Drawn, aux: Drawn | None = None) -> None:
        """Put the vertices (N, 3) elsewhere, with their normals and, if given, aux (N, 4)."""
        self.values[:, :3] = vertices
        self.values[:, 3:6] = normals
        if aux is not None:
            self.values[:, 8:12] = aux
        self.buffer.write(self.values)


class Renderer:
    """Holds the parts of a scene and draws them; `oversample` is how much finer than the picture it draws."""

    def __init__(self, oversample: float) -> None:
        software: dict[str, Any] = {"backend": "egl"}
        self._context = moderngl.create_standalone_context(**software)
        self._oversample = oversample
        self._programs = {
            name: self._context.program(_source(f"{vertex}.vert"), _source(f"{fragment}.frag"))
            for name, vertex, fragment in (("depth", "depth", "depth"), ("owner", "owner", "owner"))
        }
        self._shaders = [
            self._context.program(_source("shade.vert"), _source("shade.frag", MATERIAL=material))
            for material in range(len(DRAWING_ORDER))
        ]
        self._pictures: dict[tuple[int, int], moderngl.Framebuffer] = {}
        self._shadow = self._context.depth_texture((SHADOW_PX, SHADOW_PX))
        self._shadow.compare_func = "<="
        self._shadow.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._shadow_target = self._context.framebuffer(depth_attachment=self._shadow)
        self._white = self._context.texture((1, 1), 3, b"\xff\xff\xff")
        self._parts: list[Part] = []

    def close(self) -> None:
        """Free the card."""
        self._context.release()

    def texture(self, image: NDArray[np.uint8]) -> moderngl.Texture:
        """Put an RGB image (H, W, 3) on the card; its first row is the top."""
        upright = np.ascontiguousarray(image[::-1])
        texture = self._context.texture((image.shape[1], image.shape[0]), 3, upright.tobytes(), alignment=1)
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        return texture

    def add(
        self,
        count: int,
        faces: NDArray[np.int64],
        material: int,
        *,
        color: tuple[float, float, float] = (1.0, 1.0, 1.0),
        texture: moderngl.Texture | None = None,
        uv: Array | None = None,
        iris: tuple[float, float, float] = (0.1, 0.1, 0.1),
        eye: tuple[float, float] = (0.5, 0.2),
        casts: bool = True,
        owner: int = 0,
        face: int = 0,
        head: NDArray[np.int64] | None = None,
        coarse: NDArray[np.int64] | None = None,
    ) -> Part:
        """Add a part of `count` vertices and triangles (M, 3).

        `coarse` are the triangles that cast the shadow and hide faces: all unless given. `head` are those drawn when
        an owner's head is drawn alone: none unless given.
        """
        values = np.zeros((count, 12), np.float32)
        values[:, 8] = 1
        if uv is not None:
            values[:, 6:8] = uv
        buffer = self._context.buffer(reserve=values.nbytes, dynamic=True)
        index = self._context.buffer(faces.astype(np.int32).tobytes())

        def array(
            program: moderngl.Program, layout: str, *names: str, drawn: moderngl.Buffer = index
        ) -> moderngl.VertexArray:
            names_used = [name if name in program else "" for name in names]
            kept = _skipping(layout, names_used)
            return self._context.vertex_array(program, [(buffer, kept, *filter(None, names_used))], drawn)

        rough = index if coarse is None else self._context.buffer(coarse.astype(np.int32).tobytes())
        owner_layout = self._programs["owner"], "3f 20x 4f", "in_pos", "in_aux"
        alone = None
        if head is not None:
            alone = array(*owner_layout, drawn=self._context.buffer(head.astype(np.int32).tobytes()))

        part = Part(
            buffer,
            array(self._shaders[material], "3f 3f 2f 4f", "in_pos", "in_nrm", "in_uv", "in_aux"),
            array(self._programs["depth"], "3f 36x", "in_pos", drawn=rough),
            array(*owner_layout, drawn=rough),
            alone,
            values,
            material,
            color,
            texture or self._white,
            iris,
            eye,
            casts,
            owner,
            face,
        )
        self._parts.append(part)
        return part

    def picture(self, camera: Camera, light: Light) -> NDArray[np.uint8]:
        """Return the picture (H, W, 3) RGB of a camera, `oversample` times as fine as the camera's size."""
        target = self._drawn(camera, light, (0.3, 0.3, 0.3, 1.0))
        drawn = np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(target.height, target.width, 3)
        return drawn[::-1]

    def cutout(self, camera: Camera, light: Light) -> NDArray[np.uint8]:
        """Return the picture (H, W, 4) RGBA with nothing behind the parts."""
        target = self._drawn(camera, light, (0.0, 0.0, 0.0, 0.0))
        drawn = np.frombuffer(target.read(components=4, alignment=1), np.uint8).reshape(target.height, target.width, 4)
        return drawn[::-1]

    def _drawn(self, camera: Camera, light: Light, behind: tuple[float, float, float, float]) -> moderngl.Framebuffer:
        shadow_view = self._draw_shadow(light)
        width, height = (int(side * self._oversample) for side in (camera.width_px, camera.height_px))
        if (width, height) not in self._pictures:
            context = self._context
            self._pictures[width, height] = context.framebuffer(
                [context.texture((width, height), 4)], context.depth_renderbuffer((width, height))
            )
        target = self._pictures[width, height]
        target.use()
        target.clear(*behind, depth=1.0)
        self._shadow.use(1)
        for program in self._shaders:
            _set_matrix(program, "u_view_proj", camera.projection @ camera.view)
            _set_matrix(program, "u_shadow_proj", shadow_view)
            _set(program, "u_camera", tuple(camera.position))
            _set_light(program, light)
            _set(program, "u_texture", 0)
            _set(program, "u_shadow", 1)
        for part in sorted(self._parts, key=lambda each: DRAWING_ORDER.index(each.material)):
            if part.shown:
                self._draw_part(part)
        return target

    def _draw_part(self, part: Part) -> None:
        program = self._shaders[part.material]
        part.texture.use(0)
        _set(program, "u_color", part.color)
        _set(program, "u_iris", part.iris)
        _set(program, "u_eye", part.eye)
        if part.material == LASHES:
            self._context.enable(moderngl.BLEND)
            self._context.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        part.drawn.render()
        self._context.disable(moderngl.BLEND)

    def _draw_shadow(self, light: Light) -> Array:
        middle = np.array([0.0, -0.05, 0.0])
        view = looking_at(middle + 2 * _unit(light.key_dir), middle)
        matrix = _parallel(SHADOW_RADIUS_M, 0.2, 4.0) @ view
        self._shadow_target.use()
        self._shadow_target.clear(depth=1.0)
        self._context.enable(moderngl.DEPTH_TEST)
        self._context.disable(moderngl.BLEND)
        _set_matrix(self._programs["depth"], "u_view_proj", matrix)
        for part in self._parts:
            if part.shown and part.casts:
                part.depth.render()
        return matrix

    def owned_px(self, camera: Camera, only: int | None = None) -> NDArray[np.uint8]:
        """Return whose face each pixel (h, w) shows: 0 nobody's; `only` draws one owner's head alone."""
        scale = OWNER_PX / max(camera.width_px, camera.height_px)
        size = (max(int(camera.width_px * scale), 1), max(int(camera.height_px * scale), 1))
        key = (-size[0], size[1])
        if key not in self._pictures:
            self._pictures[key] = self._context.framebuffer(
                [self._context.texture(size, 4)], self._context.depth_renderbuffer(size)
            )
        target = self._pictures[key]
        target.use()
        target.clear(0, 0, 0, 1, depth=1.0)
        self._context.enable(moderngl.DEPTH_TEST)
        self._context.disable(moderngl.BLEND)
        program = self._programs["owner"]
        _set_matrix(program, "u_view_proj", camera.projection @ camera.view)
        for part in self._parts:
            drawn = part.owned if only is None else part.alone if only == part.owner else None
            if drawn is not None and part.shown and part.material not in (LASHES, WALL):
                _set(program, "u_face", part.face)
                _set(program, "u_owner", part.owner)
                drawn.render()
        read = np.frombuffer(target.read(components=4, alignment=1), np.uint8).reshape(size[1], size[0], 4)
        return read[::-1, :, 0]

    def light_reaching(self, vertices: Array, normals: Array, faces: NDArray[np.int64]) -> Array:
        """Return the share (N,) of the sky that each vertex sees past the body itself."""
        size = 384
        depth = self._context.depth_texture((size, size))
        target = self._context.framebuffer(depth_attachment=depth)
        buffer = self._context.buffer(vertices.astype(np.float32).tobytes())
        index = self._context.buffer(faces.astype(np.int32).tobytes())
        program = self._programs["depth"]
        drawn = self._context.vertex_array(program, [(buffer, "3f", "in_pos")], index)
        middle = (vertices.max(axis=0) + vertices.min(axis=0)) / 2
        radius = float(np.linalg.norm(vertices - middle, axis=1).max()) * 1.02
        number = np.arange(LIGHT_DIRECTIONS) + 0.5
        polar = np.arccos(1 - 2 * number / LIGHT_DIRECTIONS)
        around = np.pi * (1 + 5**0.5) * number
        seen, total = np.zeros(len(vertices)), np.zeros(len(vertices))
        self._context.enable(moderngl.DEPTH_TEST)
        for towards in np.c_[np.cos(around) * np.sin(polar), np.cos(polar), np.sin(around) * np.sin(polar)]:
            view = looking_at(middle + towards * (radius + 0.5), middle)
            matrix = _parallel(radius, 0.1, 2 * radius + 1) @ view
            _set_matrix(program, "u_view_proj", matrix)
            target.use()
            target.clear(depth=1.0)
            drawn.render()
            nearest = np.frombuffer(depth.read(), np.float32).reshape(size, size)
            place = np.c_[vertices + normals * radius * 0.004, np.ones(len(vertices))] @ matrix.T * 0.5 + 0.5
            column, row = (np.clip((place[:, axis] * size).astype(int), 0, size - 1) for axis in (0, 1))
            weight = np.maximum(normals @ towards, 0)
            seen += weight * (place[:, 2] <= nearest[row, column] + 0.003)
            total += weight
        for item in (drawn, index, buffer, target, depth):
            item.release()
        share: Array = seen / np.maximum(total, 1e-6)
        return share

    def bake_canvas(self, size: int, path: Path) -> None:
        """Write the maps that skin.paint needs: where each texel of the body lies, and how much it is hand."""
        mesh = base_mesh()
        faces, texels = (triangles(corners).ravel() for corners in mesh.groups["body"])
        hands = [n for n, name in enumerate(rig().names) if any(k in name for k in ("wrist", "finger", "metacarpal"))]
        hand = np.asarray(rig().weights[:, hands].sum(axis=1)).ravel()
        program = self._context.program(_source("canvas.vert"), _source("canvas.frag"))
        values = np.c_[mesh.uv[texels], mesh.vertices[faces], hand[faces]].astype(np.float32)
        target = self._context.framebuffer([self._context.texture((size, size), 4, dtype="f4")])
        target.use()
        target.clear()
        self._context.disable(moderngl.DEPTH_TEST)
        layout = [(self._context.buffer(values.tobytes()), "2f 3f 1f", "in_uv", "in_pos", "in_hand")]
        self._context.vertex_array(program, layout).render()
        read = np.frombuffer(target.read(components=4, dtype="f4"), np.float32).reshape(size, size, 4)[::-1]
        with written_whole(path) as file:
            np.savez(file, position=read[..., :3], hand=read[..., 3] - 1, on=read[..., 3] > 0)


def _source(name: str, **constants: int) -> str:
    """Return a shader's text with constants set; software OpenGL runs every branch, so materials are compiled apart."""
    version, _, text = (SHADERS / name).read_text().partition("\n")
    return "\n".join([version, *(f"#define {key} {value}" for key, value in constants.items()), text])


def _skipping(layout: str, names: list[str]) -> str:
    """Return the buffer layout with the attributes that a shader does not use ("" in `names`) as padding."""
    kept, left = [], list(names)
    for part in layout.split():
        if part.endswith("x") or left.pop(0):
            kept.append(part)
        else:
            kept.append(f"{int(part[0]) * 4}x")
    return " ".join(kept)


def _unit(vector: tuple[float, ...]) -> Array:
    unit: Array = np.array(vector) / np.linalg.norm(vector)
    return unit


def _parallel(radius: float, near: float, far: float) -> Array:
    matrix = np.diag([1 / radius, 1 / radius, -2 / (far - near), 1.0])
    matrix[2, 3] = -(far + near) / (far - near)
    return matrix


def _set(program: moderngl.Program, name: str, value: object) -> None:
    """Set a uniform; the compiler drops those that a shader does not use."""
    uniform = program.get(name, None)
    if isinstance(uniform, moderngl.Uniform):
        uniform.value = value


def _set_matrix(program: moderngl.Program, name: str, matrix: Array) -> None:
    uniform = program.get(name, None)
    if isinstance(uniform, moderngl.Uniform):
        uniform.write(matrix.T.astype(np.float32).tobytes())


def _set_light(program: moderngl.Program, light: Light) -> None:
    for item in fields(light):
        value = getattr(light, item.name)
        _set(program, f"u_{item.name}", tuple(_unit(value)) if item.name.endswith("_dir") else value)
