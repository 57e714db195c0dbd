"""A picture kept as it is stored shows what the same picture in red, green and blue shows."""

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from vfeed.media.orientation import Straightener
from vfeed.media.planar_image import Image, PlanarImage

WIDTH, HEIGHT = 320, 180
FORMATS = ["yuv420p", "yuvj420p", "yuv444p", "nv12", "yuv420p10le", "uyvy422", "rgb24", "gbrp"]


def room(width: int = WIDTH, height: int = HEIGHT) -> Image:
    """Soft blots of colour, (height, width, 3) RGB."""
    blots = np.random.default_rng(4).integers(40, 216, (6, 10, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(blots, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def stored(image: Image, pixel_format: str = "yuv420p", matrix: Colorspace = Colorspace.ITU709) -> av.VideoFrame:
    """The picture as a camera stores it."""
    full = pixel_format in ("yuvj420p", "rgb24", "gbrp")
    return VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(image, format="rgb24"),
        format=pixel_format,
        dst_colorspace=matrix,
        dst_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
    )


def both(frame: av.VideoFrame, width: int = WIDTH, height: int = HEIGHT) -> tuple[PlanarImage, PlanarImage]:
    """The frame as it is stored, and as the colours that the whole of it is shown in elsewhere."""
    straighten = Straightener(width, height, None)
    return straighten.planar_image(frame), PlanarImage.of(np.ascontiguousarray(straighten.bgr(frame)[..., ::-1]))


@pytest.mark.parametrize("pixel_format", FORMATS)
@pytest.mark.parametrize("matrix", [Colorspace.ITU601, Colorspace.ITU709, Colorspace.BT2020])
def test_its_colours_are_those_of_the_picture_in_rgb(pixel_format: str, matrix: Colorspace) -> None:
    apart, whole = both(stored(room(), pixel_format, matrix))
    off = apart.rgb((160, 90)).astype(int) - whole.rgb((160, 90))
    assert np.abs(off).mean() < 1.2 and np.abs(off.mean(axis=(0, 1))).max() < 1.2


@pytest.mark.parametrize("width, height", [(321, 181), (160, 90), (200, 200)])
def test_it_has_the_size_asked_for_with_bars_where_the_shape_is_another(width: int, height: int) -> None:
    apart, whole = both(stored(room()), width, height)
    assert (apart.width_px, apart.height_px) == (width, height)
    off = np.abs(apart.rgb((width, height)).astype(int) - whole.rgb((width, height)))
    assert off.mean() < 2.5 and np.quantile(off, 0.99) < 12


def test_a_part_a_leaning_crop_and_single_places_show_the_same_as_in_rgb() -> None:
    apart, whole = both(stored(room()))
    box = (41, 23, 141, 124)
    assert np.abs(apart.rgb((50, 50), box).astype(int) - whole.rgb((50, 50), box)).mean() < 2
    matrix = np.asarray(cv2.getRotationMatrix2D((150, 90), 30, 1.5), np.float64)
    cut = [each.warped(matrix, (200, 160), (100, 80)).astype(int) for each in (apart, whole)]
    assert np.abs(cut[0] - cut[1]).mean() < 2
    x, y = (np.random.default_rng(1).integers(0, side, 200) for side in (WIDTH, HEIGHT))
    assert np.abs(apart.colours_at(x, y) - whole.colours_at(x, y)).mean() < 3


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p"])
def test_its_brightness_runs_from_black_to_white(pixel_format: str) -> None:
    ramp = np.repeat(np.linspace(0, 255, WIDTH).astype(np.uint8)[None, :, None], HEIGHT, axis=0).repeat(3, axis=2)
    apart, whole = both(stored(ramp, pixel_format))
    assert apart.brightness((WIDTH, HEIGHT)).max() <= 255 and apart.brightness((WIDTH, HEIGHT)).min() >= 0
    assert np.abs(apart.brightness((80, 45)) - whole.brightness((80, 45))).max() < 3


def test_nothing_is_copied_of_an_upright_picture_of_the_right_size() -> None:
    frame = stored(room())
    apart = Straightener(WIDTH, HEIGHT, None).planar_image(frame)
    assert np.shares_memory(apart.planes[0], np.frombuffer(memoryview(frame.planes[0]), np.uint8))
