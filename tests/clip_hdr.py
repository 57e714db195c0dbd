"""HDR and interlaced test clips: flat colours as phones store them, and movement as camcorders store it."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Colorspace

Image = npt.NDArray[np.uint8]

SKIN = (195, 132, 97)
PATCHES_RGB = (SKIN, (96, 96, 96), (120, 60, 40), (60, 90, 140))
"""Side by side, from the left, as an ordinary screen shows them."""
_TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])


def hdr_film(transfer: str, container: str = "mp4", codec: str = "libx265", frames: int = 12) -> bytes:
    """`PATCHES_RGB` as PQ (`smpte2084`, white at 203 nits) or HLG (`arib-std-b67`, 100 nits), 10 bit BT.2020."""
    size = (320, 180)
    shown = np.zeros((size[1], size[0], 3))
    for number, colour in enumerate(PATCHES_RGB):
        shown[:, number * 80 : (number + 1) * 80] = np.array(colour) / 255
    light = (shown**2.4) @ _TO_BT2020.T
    signal = _pq(light * 203) if transfer == "smpte2084" else _hlg(light * 100)
    codes = np.round(signal * 65535).astype(np.uint16)
    code = {"smpte2084": 16, "arib-std-b67": 18}[transfer]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        tags = f"log-level=none:pools=1:colorprim=9:transfer={code}:colormatrix=9"
        stream = target.add_stream(codec, rate=25, options={"preset": "ultrafast", "crf": "12", "x265-params": tags})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p10le"
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 9, code, 9
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(codes, format="rgb48le")
            frame = frame.reformat(format="yuv420p10le", dst_colorspace=Colorspace.BT2020)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return out.getvalue()


def with_dolby_vision(film: bytes, profile: int, compatible: int) -> bytes:
    """The HEVC film in an MP4 with a record of Dolby Vision beside its pictures, as phones and services write it."""
    record = bytes([1, 0, profile << 1, 5 << 3 | 0b101, compatible << 4]) + bytes(19)
    box = struct.pack(">I", len(record) + 8) + (b"dvcC" if profile <= 7 else b"dvvC") + record
    data = bytearray(film)
    moov, config = data.index(b"moov") - 4, data.index(b"hvcC") - 4
    assert moov > data.index(b"mdat"), "what is put in must not move the pictures"
    place = config + int.from_bytes(data[config : config + 4], "big")
    entry = data.index(b"stsd", moov) + 12
    holders = [data.index(name, moov) - 4 for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")]
    for at in (*holders, entry):
        data[at : at + 4] = struct.pack(">I", int.from_bytes(data[at : at + 4], "big") + len(box))
    data[place:place] = box
    return bytes(data)


def patches(image_bgr: Image) -> list[tuple[int, ...]]:
    """The colour in the middle of each patch, red first."""
    height, width = image_bgr.shape[:2]
    middles = [int((number + 0.5) / len(PATCHES_RGB) * width) for number in range(len(PATCHES_RGB))]
    cuts = [image_bgr[height // 2 - 8 : height // 2 + 8, x - 8 : x + 8] for x in middles]
    return [tuple(round(float(value)) for value in cut.mean(axis=(0, 1))[::-1]) for cut in cuts]


def _pq(nits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    y = (nits / 10_000) ** m1
    signal: npt.NDArray[np.float64] = ((c1 + c2 * y) / (1 + c3 * y)) ** m2
    return signal


def _hlg(nits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    scene = (nits / 1000) ** (1 / 1.2)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)


def moving_bar(at: float, size: tuple[int, int]) -> Image:
    """Grey with a bright bar whose left edge is `at` px from the left."""
    image = np.full((size[1], size[0], 3), 70, np.uint8)
    image[size[1] // 8 : -size[1] // 8, int(at) : int(at) + size[0] // 6] = 220
    return image


def woven_film(
    container: str,
    encoder: str,
    *,
    top_first: bool = True,
    flagged: bool = True,
    moves: bool = True,
    woven: bool = True,
    size: tuple[int, int] = (352, 288),
    frames: int = 24,
    pixels: str = "",
) -> bytes:
    """A film of 25 pictures a second, each of two moments when it is `woven`; `flagged` as interlaced or not."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        options = {"flags": "+ildct+ilme"} if flagged and encoder != "mjpeg" else {}
        if encoder == "libx264":
            options |= {"preset": "ultrafast", "crf": "12"}
            if flagged:
                options["x264-params"] = "tff=1" if top_first else "bff=1"
        else:
            options["b"] = "6M"
        stream = target.add_stream(encoder, rate=25, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = pixels or ("yuvj420p" if encoder == "mjpeg" else "yuv420p")
        for number in range(frames):
            step = 5 if moves else 0
            early = moving_bar(20 + 2 * number * step, size)
            late = moving_bar(20 + (2 * number + 1) * step, size) if woven else early
            image = early.copy()
            image[1 if top_first else 0 :: 2] = late[1 if top_first else 0 :: 2]
            frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(
                format=stream.pix_fmt, dst_color_range="JPEG" if encoder == "mjpeg" else None
            )
            frame.pts, frame.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return out.getvalue()


def combing(image_bgr: Image) -> float:
    """How far rows differ from the mean of their neighbours: high where two moments are mixed row by row."""
    grey = image_bgr.astype(float).mean(axis=2)[40:-40]
    return float(np.abs(grey[1:-1] - (grey[:-2] + grey[2:]) / 2).mean())
