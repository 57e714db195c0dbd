"""Colours of phone clips on an ordinary screen: which matrix they are stored with, and HDR brought down to SDR."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, ColorTrc

UNTAGGED = 2  # AVCOL_SPC_UNSPECIFIED
HD_HEIGHT_PX = 720  # Without a note, players read pictures from this height on as BT.709, smaller ones as BT.601.
REFERENCE_WHITE_NITS = 203.0  # ITU-R BT.2408: the light of paper white in HDR.
PEAK_NITS = 1000.0

Table = npt.NDArray[np.uint8]


def matrix_of(frame: VideoFrame) -> Colorspace | None:
    """The matrix to read an untagged picture with; None to believe its own note."""
    if frame.colorspace == UNTAGGED and max(frame.width * 9 / 16, frame.height) >= HD_HEIGHT_PX:
        return Colorspace.ITU709
    return None


def is_full_range(frame: VideoFrame) -> bool:
    """Whether brightness uses 0-255 instead of 16-235."""
    return frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")


def is_perceptual(frame: VideoFrame) -> bool:
    """Whether the picture is HDR in PQ, which looks grey on an ordinary screen; HLG was made to look right there."""
    return frame.color_trc == ColorTrc.SMPTE2084


def to_screen(codes: npt.NDArray[np.uint8], *, limited: bool) -> npt.NDArray[np.uint8]:
    """PQ codes (any shape) as codes for an ordinary screen, of the same range."""
    return np.asarray(cv2.LUT(codes, _LIMITED if limited else _FULL), np.uint8)


def _screen_signal(pq: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """PQ signal 0..1 to an ordinary screen's 0..1: SMPTE ST 2084, Reinhard's curve with a white point, BT.709."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = pq ** (1 / m2)
    nits = 10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    light, white = nits / REFERENCE_WHITE_NITS, PEAK_NITS / REFERENCE_WHITE_NITS
    light = np.clip(light * (1 + light / white**2) / (1 + light), 0, 1)
    signal: npt.NDArray[np.float64] = np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099)
    return signal


def _table(low: int, high: int) -> Table:
    signal = np.clip((np.arange(256) - low) / (high - low), 0, 1)
    codes: Table = np.round(low + _screen_signal(signal) * (high - low)).astype(np.uint8)
    return codes


_FULL, _LIMITED = _table(0, 255), _table(16, 235)
