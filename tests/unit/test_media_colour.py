"""HDR film has the right skin on an ordinary screen: in a still, in the copy and in the analysis alike."""

import io
from typing import Any

import numpy as np
import pytest
from av.video.reformatter import ColorTrc
from clip_hdr import PATCHES_RGB, hdr_film, patches
from numpy.typing import NDArray

from vfeed.media.colour import to_screen
from vfeed.media.frames import frame_at, open_frames
from vfeed.media.proxy import make_proxy

HDR = ["smpte2084", "arib-std-b67"]


def assert_right(image: NDArray[Any]) -> None:
    for seen, wanted in zip(patches(image), PATCHES_RGB, strict=True):
        assert max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) <= 6, (seen, wanted)


@pytest.mark.parametrize("transfer", HDR)
@pytest.mark.parametrize("container", ["mp4", "mov", "matroska"])
def test_skin_is_right_in_still_and_analysis(transfer: str, container: str) -> None:
    data = io.BytesIO(hdr_film(transfer, container))
    assert_right(next(iter(open_frames(data, max_side_px=1280))).image_bgr)
    assert_right(frame_at(data, 200_000, 200).image_bgr)


@pytest.mark.parametrize("transfer", HDR)
def test_skin_is_right_in_the_copy(transfer: str) -> None:
    out = io.BytesIO()
    make_proxy(io.BytesIO(hdr_film(transfer)), out, on_progress=lambda _: None, is_cancelled=lambda: False)
    assert_right(frame_at(out, 200_000).image_bgr)


@pytest.mark.parametrize("transfer", [ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67])
def test_light_rises_all_the_way_and_nothing_is_clipped_below_a_thousand_nits(transfer: ColorTrc) -> None:
    grey = np.repeat(np.linspace(0, 0.75, 60)[:, None], 3, axis=1)
    shown = to_screen(grey, transfer)
    assert (np.diff(shown, axis=0) >= 0).all() and shown[0].max() < 0.02 and 0.93 < shown[-1].min() <= 1
    assert np.abs(shown - shown[:, :1]).max() < 0.01, "grey stays grey"
