"""What happens to the picture in the camera: frame times, motion blur, noise, exposure drift, compression."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from sample_clips.generator.recipe import Film

FloatImage = NDArray[np.float32]
TICKS_PER_S = 90_000
"""Clock of the presentation times: a multiple of every frame rate used."""
LONG_GAP_S = (0.15, 0.45)
GRAINS = 5
"""Sheets of grain made once and shifted at random for every frame."""


def frame_ticks(film: Film, duration_s: float, seed: int) -> NDArray[np.int64]:
    """Return the presentation times (N,) in ticks, the first 0, all before `duration_s`."""
    gap = round(TICKS_PER_S / film.fps)
    if not film.variable_rate:
        return np.arange(0, round(duration_s * TICKS_PER_S), gap, dtype=np.int64)
    rng = np.random.default_rng([seed, 0xF11])
    ticks, now = [], 0
    while now < duration_s * TICKS_PER_S:
        ticks.append(now)
        step = gap * (1 + rng.uniform(-film.jitter, film.jitter))
        if rng.random() < film.gap_share:
            step = rng.uniform(*LONG_GAP_S) * TICKS_PER_S
        now += round(step)
    return np.array(ticks, dtype=np.int64)


def ticks_to_us(ticks: int) -> int:
    """Return microseconds for ticks, rounded as players do."""
    return round(Fraction(int(ticks) * 1_000_000, TICKS_PER_S))


class Developer:
    """Turns drawn pictures into frames, one after another: the same pictures give the same frames."""

    def __init__(self, film: Film, seed: int) -> None:
        self._film = film
        self._rng = np.random.default_rng([seed, 0xF12])
        self._before: FloatImage | None = None
        self._grain: list[FloatImage] = []
        self._strength = (0.55 + 0.45 * np.sqrt(np.arange(256) / 128)).astype(np.float32)

    def frame(self, image: NDArray[np.uint8], time_s: float) -> NDArray[np.uint8]:
        """Return the frame (H, W, 3) for an image of any size; a cut in the scene blurs nothing."""
        film = self._film
        size = (film.width_px, film.height_px)
        sized: FloatImage = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        before = self._before
        self._before = sized
        if before is not None and film.motion_blur and np.abs(before - sized).mean() < 25:
            sized = sized * (1 - film.motion_blur) + before * film.motion_blur
        soft: FloatImage = cv2.GaussianBlur(sized, (0, 0), film.soft_px).astype(np.float32)
        gain = film.gain * (1 + 0.012 * np.sin(1.3 * time_s))
        return self._noisy(soft * (np.float32(gain) * np.array(film.cast, np.float32)))

    def _noisy(self, image: FloatImage) -> NDArray[np.uint8]:
        """Add fine and coarse sensor noise, stronger in the light, as after a phone's noise filter."""
        height, width = image.shape[:2]
        if not self._grain:
            self._grain = [_grain(self._rng, width, height) for _ in range(GRAINS)]
        down, across = int(self._rng.integers(height)), int(self._rng.integers(width))
        grain = np.roll(self._grain[int(self._rng.integers(GRAINS))], (down, across), axis=(0, 1))
        strength = self._film.noise * self._strength[image.clip(0, 255).astype(np.uint8)]
        noisy: NDArray[np.uint8] = np.clip(image + grain * strength + 0.5, 0, 255).astype(np.uint8)
        return noisy


def _grain(rng: np.random.Generator, width: int, height: int) -> FloatImage:
    fine = rng.standard_normal((height, width, 3), dtype=np.float32) * 0.55
    coarse = rng.standard_normal((height // 2, width // 2, 3), dtype=np.float32)
    wide = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    grain: FloatImage = (fine + wide * np.float32(0.75)).astype(np.float32)
    return grain


class Writer:
    """Writes frames at their presentation times into an H.264 MP4 without sound."""

    def __init__(self, path: Path, film: Film) -> None:
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        rate = Fraction(film.fps).limit_denominator(1000)
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.width, self._stream.height, self._stream.pix_fmt = film.width_px, film.height_px, "yuv420p"
        self._stream.time_base = Fraction(1, TICKS_PER_S)
        self._stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
        self._stream.codec_context.thread_count = 1
        self._stream.options = {"crf": str(film.crf), "preset": "medium"}

    def __enter__(self) -> Writer:
        return self

    def add(self, image: NDArray[np.uint8], ticks: int) -> None:
        """Write one frame (H, W, 3) RGB."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame.pts, frame.time_base = ticks, Fraction(1, TICKS_PER_S)
        self._container.mux(self._stream.encode(frame))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode())
        self._container.close()
