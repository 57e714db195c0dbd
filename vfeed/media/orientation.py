"""The frame as a viewer should see it: turned, mirrored and with square pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from vfeed.media.colour import hdr_of, is_apart, is_full_range, matrix_of, stored_as, to_rgb
from vfeed.media.filter_graph import Filter, hdr_steps
from vfeed.media.planar_image import Image, PlanarImage

TRUE_BRIGHTNESS = Interpolation.BILINEAR | Interpolation.ACCURATE_RND
TRUE_COLOURS = TRUE_BRIGHTNESS | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP
"""Without these, colours are up to 8 of 255 off."""
BLACK = 16, 128, 128
MAX_PIXEL_ASPECT = 4  # Beyond this the header is wrong, not the camera.


@dataclass(frozen=True)
class Turn:
    """How a stored frame becomes upright: swap its axes, then mirror left-right, then top-bottom."""

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn that a player makes, 0, 90, 180 or 270; of a mirrored frame, the turn after mirroring."""
        if self.transpose:
            return 90 if self.mirror_x else 270
        return 180 if self.mirror_y else 0

    @property
    def is_identity(self) -> bool:
        """True when the stored frame is upright already."""
        return not (self.transpose or self.mirror_x or self.mirror_y)

    def then(self, quarters: int) -> Turn:
        """Return this turn with so many quarter turns clockwise after it."""
        turn = self
        for _ in range(quarters % 4):
            turn = Turn(not turn.transpose, not turn.mirror_y, turn.mirror_x)
        return turn

    def apply(self, image: Image) -> Image:
        """Return the upright frame (or one plane of it), contiguous."""
        turned: npt.NDArray[Any] = image
        if self.transpose:
            turned = cv2.transpose(turned)
        if self.mirror_x and self.mirror_y:
            turned = cv2.flip(turned, -1)
        elif self.mirror_x or self.mirror_y:
            turned = cv2.flip(turned, 1 if self.mirror_x else 0)
        return np.ascontiguousarray(turned, dtype=np.uint8)


def turn_of(frame: VideoFrame) -> Turn:
    """Return the turn that the frame's display matrix asks for, to the nearest quarter."""
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return Turn()
    a, b, _, c, d = np.frombuffer(cast(Any, matrix), np.int32)[:5].tolist()
    if abs(b) > abs(a):
        return Turn(transpose=True, mirror_x=c < 0, mirror_y=b < 0)
    return Turn(mirror_x=a < 0, mirror_y=d < 0)


@dataclass(frozen=True)
class Shape:
    """Size of a clip's frame as displayed: square pixels, upright."""

    width_px: int
    height_px: int
    turn: Turn

    def within(self, max_side_px: int | None, *, even: bool = False) -> tuple[int, int]:
        """Return (width, height) shrunk so that the longer side fits; never enlarged. `even` rounds to even numbers."""
        scale = min(1.0, max_side_px / max(self.width_px, self.height_px)) if max_side_px else 1.0
        step = 2 if even else 1
        width, height = (max(step, round(side * scale / step) * step) for side in (self.width_px, self.height_px))
        return width, height


def shape_of(frame: VideoFrame, pixel_aspect: Fraction | None, quarters: int = 0) -> Shape:
    """Return the displayed shape of a frame whose pixels are `pixel_aspect` times as wide as high.

    `quarters` are the quarter turns clockwise that a person gave the film, after what the frame says.
    """
    aspect = pixel_aspect or Fraction(1)
    if not Fraction(1, MAX_PIXEL_ASPECT) <= aspect <= MAX_PIXEL_ASPECT:
        aspect = Fraction(1)
    turn = turn_of(frame).then(quarters)
    width, height = max(1, round(frame.width * aspect)), frame.height
    return Shape(height, width, turn) if turn.transpose else Shape(width, height, turn)


class Straightener:
    """Makes upright frames of one size from decoded frames; a frame of another shape is fitted and padded black.

    `width_px` and `height_px` are those of the upright result, `quarters` is as in `shape_of`.
    """

    def __init__(self, width_px: int, height_px: int, pixel_aspect: Fraction | None, quarters: int = 0) -> None:
        self.width_px, self.height_px = width_px, height_px
        self._pixel_aspect, self._quarters = pixel_aspect, quarters
        self._scaler = VideoReformatter()
        self._known: tuple[int, int] | None = None
        self._inner = (width_px, height_px)
        self._turn = Turn()
        self._hdr: Filter | None = None

    def bgr(self, frame: VideoFrame) -> Image:
        """Return (height, width, 3) uint8, blue first, upright."""
        self._learn(frame)
        small = self._scaled(frame, "bgr24")
        image = self._turn.apply(_pixels(small))
        if self._inner == (self.width_px, self.height_px):
            return image
        canvas = np.zeros((self.height_px, self.width_px, 3), np.uint8)
        _paste(canvas, image)
        return canvas

    def planar_image(self, frame: VideoFrame) -> PlanarImage:
        """Return the upright frame with brightness and colours apart, as the film stores them where that can be
        kept.
        """
        self._learn(frame)
        small = self._scaled(frame, "yuv420p", kept=True)
        planes = _planes(small) if self._turn.is_identity else tuple(map(self._turn.apply, _planes(small)))
        if self._inner != (self.width_px, self.height_px):
            planes = tuple(self._framed(plane, black) for plane, black in zip(planes, BLACK, strict=True))
        return PlanarImage(planes, to_rgb(stored_as(frame), full_range=is_full_range(small)))

    def planar(self, frame: VideoFrame) -> VideoFrame:
        """Return the upright frame as a yuv420p frame, limited range, BT.709; width and height must be even."""
        self._learn(frame)
        small = self._scaled(frame, "yuv420p")
        if self._turn.is_identity and self._inner == (self.width_px, self.height_px):
            return small
        width, height = small.width, small.height
        stacked = _pixels(small)
        chroma = stacked[height:].reshape(2, height // 2, width // 2)
        return VideoFrame.from_ndarray(self._assemble(stacked[:height], chroma[0], chroma[1]), format="yuv420p")

    def _assemble(self, *planes: Image) -> Image:
        out = np.empty((self.height_px * 3 // 2, self.width_px), np.uint8)
        halves = out[self.height_px :].reshape(2, self.height_px // 2, self.width_px // 2)
        exact = self._inner == (self.width_px, self.height_px)
        for target, plane, black in zip((out[: self.height_px], halves[0], halves[1]), planes, BLACK, strict=True):
            if not exact:
                target[:] = black
            _paste(target, self._turn.apply(plane))
        return out

    def _learn(self, frame: VideoFrame) -> None:
        if self._known == (frame.width, frame.height):
            return
        shape = shape_of(frame, self._pixel_aspect, self._quarters)
        scale = min(self.width_px / shape.width_px, self.height_px / shape.height_px)
        width, height = round(shape.width_px * scale), round(shape.height_px * scale)
        # A pixel or two of rounding is stretched away; a different shape gets black bars.
        close = abs(width - self.width_px) <= 2 and abs(height - self.height_px) <= 2
        self._inner = (self.width_px, self.height_px) if close else (max(2, width // 2 * 2), max(2, height // 2 * 2))
        self._turn = shape.turn
        self._known = (frame.width, frame.height)

    def _framed(self, plane: Image, black: int) -> Image:
        half = 1 if plane.shape[1] == self._inner[0] else 2
        canvas = np.full((-(-self.height_px // half), -(-self.width_px // half)), black, np.uint8)
        _paste(canvas, plane)
        return canvas

    def _scaled(self, frame: VideoFrame, pixel_format: str, *, kept: bool = False) -> VideoFrame:
        """Brought to size. `kept` colours stay as they are stored, else yuv420p is limited range, BT.709."""
        width, height = reversed(self._inner) if self._turn.transpose else self._inner
        transfer = hdr_of(frame)
        if transfer is not None:
            steps = hdr_steps(transfer, (width, height), pixel_format)
            self._hdr = self._hdr if self._hdr is not None and self._hdr.steps == steps else Filter(*steps)
            return self._hdr.through(frame)[0]
        wanted: dict[str, Any] = {"src_colorspace": matrix_of(frame)}
        if pixel_format == "bgr24":
            wanted["dst_color_range"], wanted["interpolation"] = ColorRange.JPEG, TRUE_COLOURS
        elif kept and is_apart(frame):
            wanted = {"src_colorspace": stored_as(frame), "dst_colorspace": stored_as(frame)}
            wanted["interpolation"] = TRUE_BRIGHTNESS
            if is_full_range(frame):
                wanted["dst_color_range"] = ColorRange.JPEG
        else:
            wanted["dst_colorspace"], wanted["interpolation"] = Colorspace.ITU709, TRUE_BRIGHTNESS
            if is_full_range(frame):
                wanted["dst_color_range"] = ColorRange.MPEG
        return self._scaler.reformat(frame, width, height, pixel_format, **wanted)


def _paste(canvas: Image, image: Image) -> None:
    top, left = (canvas.shape[0] - image.shape[0]) // 2, (canvas.shape[1] - image.shape[1]) // 2
    canvas[top : top + image.shape[0], left : left + image.shape[1]] = image


def _planes(frame: VideoFrame) -> tuple[Image, ...]:
    """The planes of a yuv420p frame, lent: they last as long as they are looked at."""
    return tuple(
        np.frombuffer(cast(Any, plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    )


def _pixels(frame: VideoFrame) -> Image:
    return frame.to_ndarray().view(np.uint8)
