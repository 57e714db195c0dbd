"""Colours of phone clips on an ordinary screen: which matrix they are stored with, and HDR brought down to SDR."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, ColorTrc

UNTAGGED = 2  # AVCOL_SPC_UNSPECIFIED
HD_HEIGHT_PX = 720  # Without a note, players read frames from this height on as BT.709, smaller ones as BT.601.

Light = npt.NDArray[np.float64]

LUMA = {
    Colorspace.ITU709: (0.2126, 0.0722),
    Colorspace.FCC: (0.30, 0.11),
    Colorspace.ITU601: (0.299, 0.114),
    Colorspace.SMPTE240M: (0.212, 0.087),
    Colorspace.BT2020: (0.2627, 0.0593),
}
"""How much red and blue count in brightness."""
_NOTED = {1: Colorspace.ITU709, 4: Colorspace.FCC, 7: Colorspace.SMPTE240M, 9: Colorspace.BT2020, 10: Colorspace.BT2020}
"""Matrices by AVCOL_SPC; all others are read as BT.601."""

WHITE_NITS = {ColorTrc.SMPTE2084: 203.0, ColorTrc.ARIB_STD_B67: 100.0}
"""The light that an ordinary screen's white stands for: paper white of ITU-R BT.2408 in PQ; in HLG the 100 nits of an
ordinary screen, since HLG skin lies between a third and a half of them."""
PEAK_NITS = 1000.0
KNEE = 0.75
"""Up to this share of white, where skin lies, light is kept as it is; what is brighter is pressed into the rest."""
CUBE = 33
"""Steps of the table along each colour."""
_TO_BT709 = np.array(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
)
"""Linear BT.2020 light as BT.709 light (ITU-R BT.2087)."""


def matrix_of(frame: VideoFrame) -> Colorspace | None:
    """Return the matrix to read an untagged frame with; None to believe its own note."""
    if frame.colorspace == UNTAGGED and max(frame.width * 9 / 16, frame.height) >= HD_HEIGHT_PX:
        return Colorspace.ITU709
    return None


def is_apart(frame: VideoFrame) -> bool:
    """Return whether the frame is stored as brightness and colours, and not as red, green and blue."""
    return not (frame.format.is_rgb or frame.format.has_palette)


def stored_as(frame: VideoFrame) -> Colorspace:
    """Return the matrix that an ordinary frame's colours are stored with, and that any other frame's are brought to."""
    if hdr_of(frame) is not None or not is_apart(frame):
        return Colorspace.ITU709
    return matrix_of(frame) or _NOTED.get(frame.colorspace, Colorspace.ITU601)


@cache
def to_rgb(matrix: Colorspace, full_range: bool) -> Light:
    """Return (3, 4): red, green and blue, 0 to 255, from brightness, both colours (8 bit, blue first) and 1 (ITU-T
    H.273).
    """
    red, blue = LUMA[matrix]
    green = 1 - red - blue
    by_red, by_blue = 2 * (1 - red), 2 * (1 - blue)
    colours = np.array([[0, by_red], [-blue * by_blue / green, -red * by_red / green], [by_blue, 0]])
    light, black = (1.0, 0) if full_range else (255 / 219, 16)
    colours *= 1.0 if full_range else 255 / 224
    made = np.column_stack([np.full(3, light), colours, -light * black - 128 * colours.sum(axis=1)])
    made.flags.writeable = False
    return made


def is_full_range(frame: VideoFrame) -> bool:
    """Return whether brightness uses 0-255 instead of 16-235."""
    return frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")


def hdr_of(frame: VideoFrame) -> ColorTrc | None:
    """Return how an HDR frame (PQ or HLG; Dolby Vision 8 is one of them) stores light; None for an ordinary frame."""
    return ColorTrc(frame.color_trc) if frame.color_trc in (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67) else None


def to_screen(signal: Light, transfer: ColorTrc) -> Light:
    """Return an HDR signal (..., 3), red first, 0..1 in BT.2020, as the signal 0..1 of an ordinary BT.709 screen.

    HLG after ITU-R BT.2100 with its system gamma of 1.2 on each colour, as SDR cameras do; PQ after SMPTE ST 2084.
    Light above the knee follows a curve that is straight at the knee and reaches 1 at 1000 nits, by the brightest of
    the three colours, so that hues stay. The screen is that of ITU-R BT.1886.
    """
    nits = _hlg_nits(signal) if transfer == ColorTrc.ARIB_STD_B67 else _pq_nits(signal)
    light = nits / WHITE_NITS[transfer]
    brightest = np.maximum(light.max(axis=-1, keepdims=True), 1e-9)
    light = light * (_pressed(brightest, PEAK_NITS / WHITE_NITS[transfer]) / brightest)
    shown: Light = np.clip(light @ _TO_BT709.T, 0, 1) ** (1 / 2.4)
    return shown


def _hlg_nits(signal: Light) -> Light:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    nits: Light = PEAK_NITS * scene**1.2
    return nits


def _pq_nits(signal: Light) -> Light:
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = signal ** (1 / m2)
    nits: Light = 10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return nits


def _pressed(light: Light, peak: float) -> Light:
    """The Moebius curve: `light` itself up to the knee, 1 at `peak`."""
    a = -KNEE * KNEE * (peak - 1) / (KNEE * KNEE - 2 * KNEE + peak)
    b = (KNEE * KNEE - 2 * KNEE * peak + peak) / (peak - 1)
    curve = (b * b + 2 * b * KNEE + KNEE * KNEE) / (b - a) * (light + a) / (light + b)
    pressed: Light = np.where(light <= KNEE, light, np.minimum(curve, 1))
    return pressed


@cache
def table_file(transfer: ColorTrc) -> str:
    """Return the path of the table of `to_screen` for ffmpeg's lut3d, made once for each process and removed at its
    end.
    """
    steps = np.linspace(0, 1, CUBE)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    rows = to_screen(np.stack([red, green, blue], axis=-1).reshape(-1, 3), transfer)
    with tempfile.NamedTemporaryFile("w", suffix=".cube", prefix="vfeed-colours-", delete=False) as out:
        out.write(f"LUT_3D_SIZE {CUBE}\n")
        out.writelines(f"{r:.6f} {g:.6f} {b:.6f}\n" for r, g, b in rows.tolist())
    atexit.register(Path(out.name).unlink, missing_ok=True)
    return out.name
