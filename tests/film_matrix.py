"""Every kind of small film: container x codec x pace x reordering x turn x range x sound, and what each is held to."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from clip_factory import CORNERS_BGR, Image, is_upright, make, read_number

from vfeed.media.frames import frame_at, open_frames
from vfeed.media.probe import probe
from vfeed.media.proxy import make_proxy
from vfeed.media.waveform import peaks

FRAMES, SIZE = 16, (160, 96)
SOUND_FROM_SHARE = 0.4
"""Of the film's length; AVI has no place for a start of its own."""
COLOUR_WITHIN = 6
"""Of 255, between what was drawn and what is seen."""
ROUNDING_US = 1_100
"""Containers that count whole milliseconds round by one."""
CODECS = {
    "mp4": ("h264", "hevc", "mpeg4", "av1"),
    "mov": ("h264", "hevc", "mjpeg", "prores"),
    "m4v": ("h264",),
    "mkv": ("h264", "hevc", "vp9", "vp8", "mjpeg"),
    "webm": ("vp8", "vp9"),
    "avi": ("mpeg4", "mjpeg", "h264"),
    "3gp": ("h264", "mpeg4"),
    "ts": ("h264", "hevc", "mpeg2"),
}
SOUNDS = {"mkv": ("", "libopus", "pcm_s16le"), "webm": ("", "libopus"), "avi": ("", "pcm_s16le")}
REORDERED = ("h264", "hevc", "mpeg4", "mpeg2")
FULL_RANGE = ("h264", "hevc")
PIXELS = {"prores": "yuv422p10le"}
PACES = {"mpeg2": (25, 50), "dv": (25,)}


@dataclass(frozen=True)
class Kind:
    """One kind of film."""

    container: str
    codec: str
    fps: int
    bframes: int
    rotation_deg: int
    full_range: bool
    sound: str

    def __str__(self) -> str:
        parts = [self.container, self.codec, f"{self.fps}fps", f"b{self.bframes}", f"turn{self.rotation_deg}"]
        return "-".join([*parts, "full" if self.full_range else "limited", self.sound or "silent"])

    def film(self) -> bytes:
        """The film's bytes."""
        pixels = "yuvj420p" if self.full_range else PIXELS.get(self.codec)
        return make(
            self.container, self.codec, size=SIZE, frames=FRAMES, fps=self.fps, bframes=self.bframes, keyframe_every=6,
            rotation_deg=self.rotation_deg, pixel_format=pixels, sound=self.sound or None,
            sound_offset_us=self.sound_from_us if self.sound else 0,
        )  # fmt: skip

    @property
    def sound_from_us(self) -> int:
        """When the tone begins."""
        return 0 if self.container == "avi" else int(SOUND_FROM_SHARE * FRAMES * 1e6 / self.fps)


def kinds() -> list[Kind]:
    """All kinds, in a fixed order."""
    return list(_kinds())


def _kinds() -> Iterator[Kind]:
    for container, codecs in CODECS.items():
        for codec in codecs:
            yield from (
                Kind(container, codec, *chosen)
                for chosen in product(
                    PACES.get(codec, (15, 30, 120)),
                    (0, 2) if codec in REORDERED else (0,),
                    (0, 90, 180, 270) if container in ("mp4", "mov") and codec in ("h264", "hevc") else (0,),
                    (False, True) if codec in FULL_RANGE else (False,),
                    SOUNDS.get(container, ("", "aac")),
                )
            )


def hold(kind: Kind) -> None:
    """Hold a film of this kind to true times, orientation, size, random access, sync, colour and an equal copy."""
    data = io.BytesIO(kind.film())
    facts = probe(data, max_duration_us=60_000_000, max_bytes=1 << 30)
    assert (facts.width_px, facts.height_px, facts.frame_count) == (*SIZE, FRAMES)
    assert facts.duration_us == pytest.approx(FRAMES * 1e6 / kind.fps, abs=1e6 / kind.fps)
    assert facts.missing_us == 0 and facts.gaps_us == [] and facts.left_out == 0
    frames = list(open_frames(data))
    _hold_frames([(frame.time_us, frame.image_bgr) for frame in frames], kind)
    for number in (13, 4, 7):
        again = frame_at(data, frames[number].time_us + 1_000)
        assert (again.time_us, read_number(again.image_bgr)) == (frames[number].time_us, number)
    out = io.BytesIO()
    made = make_proxy(data, out, on_progress=lambda _: None, is_cancelled=lambda: False)
    assert made.pts_map[:, 1].tolist() == [frame.time_us for frame in frames]
    copies = list(open_frames(out))
    _hold_frames([(frame.time_us, frame.image_bgr) for frame in copies], kind)
    if kind.sound:
        for film in (data, out):
            assert _loud_from_us(film) == pytest.approx(kind.sound_from_us, abs=40_000)


def _hold_frames(images: list[tuple[int, Image]], kind: Kind) -> None:
    assert [read_number(image) for _, image in images] == list(range(FRAMES))
    for number, (time_us, image) in enumerate(images):
        assert time_us == pytest.approx(number * 1e6 / kind.fps, abs=ROUNDING_US)
        assert is_upright(image)
    for seen, drawn in zip(_flat_colours(images[-1][1]), (*CORNERS_BGR.values(), (96, 96, 96)), strict=True):
        assert np.abs(seen - np.array(drawn)).max() <= COLOUR_WITHIN, (seen, drawn)


def _flat_colours(image: Image) -> list[Image]:
    """The middles of the four corners, as `clip_factory.numbered_image` draws them, and of the grey between them."""
    places = [(12, 12), (12, -12), (-12, 12), (-12, -12), (12, SIZE[0] // 2)]
    return [image[y - 3 : y + 3, x - 3 : x + 3].reshape(-1, 3).astype(float).mean(axis=0) for y, x in places]


def _loud_from_us(film: io.BytesIO) -> int:
    shape = peaks(film, 100)
    assert shape is not None
    return int(np.flatnonzero(shape.peaks[:, 1] > 40)[0]) * 10_000
