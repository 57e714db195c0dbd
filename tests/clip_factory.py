"""Tiny test clips in every container and codec that is taken in, as bytes, each made once per test run.

Every picture says which way is up (corners: red top left, green top right, blue bottom left, white bottom right) and
carries its own number as eight black or white blocks across the middle, so that a test can ask which frame it holds.

>>> from clip_factory import clip, read_number
>>> data = clip("mp4_h264")            # a named recipe, see RECIPES
>>> other = make("mkv", "vp9", size=(322, 180), frames=30, sound="libopus")
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

FORMATS = {
    "mp4": "mp4", "mov": "mov", "m4v": "ipod", "mkv": "matroska", "webm": "webm", "avi": "avi", "3gp": "3gp",
    "ts": "mpegts",
}  # fmt: skip
ENCODERS = {
    "h264": "libx264", "hevc": "libx265", "vp9": "libvpx-vp9", "av1": "libsvtav1", "mpeg4": "mpeg4", "mjpeg": "mjpeg",
    "vp8": "libvpx", "mpeg2": "mpeg2video", "prores": "prores_ks", "dv": "dvvideo",
}  # fmt: skip
ENCODER_OPTIONS = {
    "libx264": {"preset": "ultrafast", "crf": "14"},
    "libx265": {"preset": "ultrafast", "crf": "10", "x265-params": "log-level=none:pools=1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "b": "600k"},
    "libsvtav1": {"preset": "10", "crf": "30", "svtav1-params": "pred-struct=1"},
    "libvpx": {"deadline": "realtime", "cpu-used": "-8", "b": "600k"},
    "mpeg4": {"b": "2M"},
    "mpeg2video": {"b": "4M"},
    "prores_ks": {},
    "dvvideo": {},
    "mjpeg": {"q": "3"},
}
FIXED_RATE = {"mpeg4", "mjpeg", "mpeg2video", "dvvideo"}
SOUND_HZ = 48_000
os.environ.setdefault("SVT_LOG", "1")

CORNERS_BGR = {
    "top_left": (0, 0, 255), "top_right": (0, 255, 0), "bottom_left": (255, 0, 0), "bottom_right": (255, 255, 255),
}  # fmt: skip

# name -> arguments of make()
RECIPES: dict[str, dict[str, Any]] = {
    "mp4_h264": {"container": "mp4", "codec": "h264"},
    "mp4_h264_sound": {"container": "mp4", "codec": "h264", "sound": "aac"},
    "mp4_h264_bframes": {"container": "mp4", "codec": "h264", "bframes": 2},
    "mov_h264": {"container": "mov", "codec": "h264", "sound": "aac"},
    "mov_mjpeg": {"container": "mov", "codec": "mjpeg"},
    "m4v_h264": {"container": "m4v", "codec": "h264", "sound": "aac"},
    "mp4_hevc": {"container": "mp4", "codec": "hevc"},
    "mov_hevc_10bit": {"container": "mov", "codec": "hevc", "pixel_format": "yuv420p10le", "sound": "aac"},
    "mp4_av1": {"container": "mp4", "codec": "av1"},
    "mkv_h264": {"container": "mkv", "codec": "h264", "sound": "libopus"},
    "mkv_hevc_10bit": {"container": "mkv", "codec": "hevc", "pixel_format": "yuv420p10le"},
    "webm_vp9": {"container": "webm", "codec": "vp9", "sound": "libopus"},
    "webm_av1": {"container": "webm", "codec": "av1"},
    "avi_mpeg4": {"container": "avi", "codec": "mpeg4", "sound": "pcm_s16le"},
    "avi_mjpeg": {"container": "avi", "codec": "mjpeg", "sound": "pcm_s16le"},
    "avi_h264": {"container": "avi", "codec": "h264"},
    "3gp_mpeg4": {"container": "3gp", "codec": "mpeg4", "size": (176, 144), "sound": "aac"},
    "3gp_h264": {"container": "3gp", "codec": "h264", "size": (176, 144)},
    "ts_h264": {"container": "ts", "codec": "h264", "sound": "aac"},
    "ts_hevc": {"container": "ts", "codec": "hevc"},
    "mp4_mpeg4": {"container": "mp4", "codec": "mpeg4"},
    "vfr": {"container": "mp4", "codec": "h264", "times_us": tuple(
        int(t) for t in np.cumsum([0] + [33_333, 33_334, 41_700, 450_000, 33_333, 20_000] * 5))},
    "odd_size": {"container": "mkv", "codec": "vp9", "size": (321, 181)},
    "rotated_90": {"container": "mp4", "codec": "h264", "size": (180, 320), "rotation_deg": 90, "sound": "aac"},
    "rotated_180": {"container": "mov", "codec": "h264", "rotation_deg": 180},
    "rotated_270": {"container": "mov", "codec": "hevc", "size": (180, 320), "rotation_deg": 270},
    "mirrored": {"container": "mp4", "codec": "h264", "mirrored": True},
    "wide_pixels": {"container": "mkv", "codec": "h264", "size": (240, 180), "pixel_aspect": Fraction(4, 3)},
    "late_start": {"container": "ts", "codec": "h264", "start_us": 5_000_000},
    "large": {"container": "mp4", "codec": "h264", "size": (1920, 1080), "frames": 10, "sound": "aac"},
}  # fmt: skip


def clip(name: str) -> bytes:
    """The bytes of a named recipe."""
    return make(**RECIPES[name])


def _at_ordinary_priority() -> None:
    """Take back the real-time priority that the AV1 encoder gives whoever calls it as root.

    Browsers started afterwards would inherit it, and two of them that wait for a third process starve it on two cores.
    """
    if hasattr(os, "sched_setscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@lru_cache(maxsize=64)
def make(
    container: str,
    codec: str,
    *,
    size: tuple[int, int] = (320, 180),
    frames: int = 25,
    fps: int = 25,
    times_us: Sequence[int] | None = None,
    start_us: int = 0,
    pixel_format: str | None = None,
    rotation_deg: int = 0,
    mirrored: bool = False,
    pixel_aspect: Fraction | None = None,
    sound: str | None = None,
    sound_offset_us: int = 0,
    keyframe_every: int = 10,
    bframes: int = 0,
    open_gop: bool = False,
    comment: str = "",
) -> bytes:
    """A clip as bytes.

    `size` (width, height) is what a viewer sees, upright (before `pixel_aspect`); `rotation_deg` is the clockwise turn
    that a player must make. `times_us` gives each frame's time (variable frame rate) instead of `frames` at `fps`.
    `sound` names an audio encoder (a 440 Hz tone, loud in even seconds and silent in odd ones).
    With `open_gop`, reordered pictures before a key frame need the ones before it.
    Another `comment` makes other bytes of the same film.
    """
    encoder = ENCODERS[codec]
    if times_us is None:
        times_us = [n * 1_000_000 // fps for n in range(frames)]
    out = io.BytesIO()
    with av.open(out, "w", format=FORMATS[container]) as target:
        if comment:
            target.metadata["comment"] = comment
        stream = target.add_stream(encoder, rate=fps, options=_options(encoder, bframes, open_gop))
        assert isinstance(stream, av.VideoStream)
        turned = rotation_deg in (90, 270)
        stream.width, stream.height = (size[1], size[0]) if turned else size
        stream.pix_fmt = pixel_format or ("yuvj420p" if encoder == "mjpeg" else "yuv420p")
        fixed = encoder in FIXED_RATE or container == "avi"
        base = Fraction(1, fps) if fixed else Fraction(1, 90_000)
        stream.time_base = stream.codec_context.time_base = base
        stream.gop_size = keyframe_every
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation_deg or mirrored:
            stream.set_display_rotation(-rotation_deg, hflip=mirrored)
        tone = _add_sound(target, sound) if sound else None
        for number, time_us in enumerate(times_us):
            image = _turn_back(numbered_image(number, *size), rotation_deg, mirrored)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            if encoder == "mjpeg":
                frame = frame.reformat(format="yuvj420p", dst_color_range="JPEG")
            frame.pts = round((time_us + start_us) / 1_000_000 / base)
            frame.time_base = base
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
        if tone is not None:
            _write_sound(target, tone, times_us[-1] + 1_000_000 // fps, start_us + sound_offset_us)
    _at_ordinary_priority()
    return out.getvalue()


@lru_cache(maxsize=8)
def sound_only(container: str = "mp4", encoder: str = "aac", seconds: int = 1) -> bytes:
    """A file with sound and no picture."""
    out = io.BytesIO()
    with av.open(out, "w", format=FORMATS[container]) as target:
        _write_sound(target, _add_sound(target, encoder), seconds * 1_000_000, 0)
    return out.getvalue()


@lru_cache(maxsize=1)
def two_sizes() -> bytes:
    """A transport stream whose picture size changes in the middle (320x180, then 160x120), 25 frames of each."""
    first = make("ts", "h264", size=(320, 180), frames=25)
    second = make("ts", "h264", size=(160, 120), frames=25, start_us=1_000_000)
    return first + second


def numbered_image(number: int, width: int, height: int) -> Image:
    """The picture of one frame, (height, width, 3) BGR."""
    image = np.full((height, width, 3), 96, np.uint8)
    side = max(8, min(width, height) // 4)
    image[:side, :side] = CORNERS_BGR["top_left"]
    image[:side, -side:] = CORNERS_BGR["top_right"]
    image[-side:, :side] = CORNERS_BGR["bottom_left"]
    image[-side:, -side:] = CORNERS_BGR["bottom_right"]
    for bit in range(8):
        left, right = bit * width // 8, (bit + 1) * width // 8
        image[height * 2 // 5 : height * 3 // 5, left:right] = 255 if number >> bit & 1 else 0
    return image


def read_number(image: Image) -> int:
    """The number (0-255) written in a picture that `picture` drew, at any size."""
    height, width = image.shape[:2]
    row = image[height // 2 - 1 : height // 2 + 2].astype(float).mean(axis=(0, 2) if image.ndim == 3 else 0)
    return sum(1 << bit for bit in range(8) if row[int((bit + 0.5) * width / 8)] > 127)


def corners(image: Image) -> dict[str, str]:
    """Which drawn corner is seen at each corner of a BGR picture: `corners(upright)[k] == k` for every k."""
    height, width = image.shape[:2]
    inset = max(3, min(width, height) // 12)
    seen = {
        "top_left": image[inset, inset], "top_right": image[inset, -inset],
        "bottom_left": image[-inset, inset], "bottom_right": image[-inset, -inset],
    }  # fmt: skip
    names = list(CORNERS_BGR)
    colours = np.array([CORNERS_BGR[name] for name in names], float)
    return {place: names[int(np.abs(colours - pixel).sum(axis=1).argmin())] for place, pixel in seen.items()}


def is_upright(image: Image) -> bool:
    """True when all four corners of a picture are where `picture` drew them."""
    return all(place == name for place, name in corners(image).items())


def _options(encoder: str, bframes: int, open_gop: bool) -> dict[str, str]:
    options = dict(ENCODER_OPTIONS[encoder])
    if encoder in ("libx264", "mpeg4", "mpeg2video"):
        options["bf"] = str(bframes)
    if encoder == "libx264":
        options["x264-params"] = f"scenecut=0:open-gop={int(open_gop)}"
    if encoder == "libx265":
        options["x265-params"] += f":bframes={bframes}:scenecut=0:open-gop={int(open_gop)}"
    if encoder in ("mpeg4", "mpeg2video"):
        options["sc_threshold"] = "1000000000"
        if bframes and not open_gop:
            options["flags"] = "+cgop"
    return options


def _turn_back(image: Image, rotation_deg: int, mirrored: bool) -> Image:
    if mirrored:
        image = cv2.flip(image, 1)  # type: ignore[assignment]
    turns = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
    return cv2.rotate(image, turns[rotation_deg]) if rotation_deg else image  # type: ignore[return-value]


def _add_sound(target: Any, encoder: str) -> Any:
    stream = target.add_stream(encoder, rate=SOUND_HZ)
    stream.codec_context.layout = "mono"
    return stream


def _write_sound(target: Any, stream: Any, duration_us: int, start_us: int) -> None:
    count = duration_us * SOUND_HZ // 1_000_000
    at = np.arange(count) / SOUND_HZ
    wave = (np.sin(2 * np.pi * 440 * at) * 16_000 * (at.astype(int) % 2 == 0)).astype(np.int16)
    for first in range(0, count, 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, first : first + 1024], format="s16", layout="mono")
        frame.sample_rate = SOUND_HZ
        frame.time_base = Fraction(1, SOUND_HZ)
        frame.pts = first + start_us * SOUND_HZ // 1_000_000
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))
