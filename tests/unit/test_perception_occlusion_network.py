"""What is before a face, on sample clips that the network was not trained on."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sample_analysis import SAMPLES, truth

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import Box
from vfeed.perception.head_pose_network import HeadPoseNetwork
from vfeed.perception.occlusion_network import OcclusionNetwork

CLIP = "portrait_phone"
"""The parent plays peek-a-boo in it: hands before the face, then beside it."""
FRAMES_OF_EACH = 8


@pytest.fixture(scope="module")
def network() -> OcclusionNetwork:
    return OcclusionNetwork()


@pytest.fixture(scope="module")
def parents() -> dict[bool, list[tuple[NDArray[Any], Box]]]:
    """Frames (H, W, 3) RGB with the parent's head, whose face is hidden from the infant, and whose is free."""
    rows, heads = truth(CLIP)["frames"], HeadPoseNetwork()
    chosen = {}
    for hidden in (True, False):
        of_kind = [
            at
            for at, row in enumerate(rows)
            if row["parent"]["face_hidden"] is hidden and row["parent"]["in_frame_share"] > 0.9
        ]
        chosen[hidden] = [of_kind[at] for at in np.linspace(0, len(of_kind) - 1, FRAMES_OF_EACH).astype(int)]
    video = cv2.VideoCapture(str(SAMPLES / f"{CLIP}.mp4"))
    found: dict[bool, list[tuple[NDArray[Any], Box]]] = {True: [], False: []}
    for at in range(len(rows)):
        frame = video.read()[1]
        for hidden, wanted in chosen.items():
            if at in wanted:
                left, top, right, bottom = rows[at]["parent"]["head_box_px"]
                shown = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
                head = heads.read(PlanarImage.of(shown), [(left, top, right - left, bottom - top)], [0.0])[0]
                found[hidden].append((shown, head.box_px))
    return found


def told(network: OcclusionNetwork, shown: list[tuple[NDArray[Any], Box]], turns: int = 0) -> NDArray[Any]:
    probabilities = []
    for frame, (x, y, width, height) in shown:
        image = np.ascontiguousarray(np.rot90(frame, turns))
        box = (y, frame.shape[1] - x - width, height, width) if turns else (x, y, width, height)
        reading = network.read(PlanarImage.of(image), [box], [-90.0 * turns])[0]
        assert 0 <= reading.hidden <= 1
        probabilities.append(reading.in_the_way)
    return np.array(probabilities)


def test_hands_before_a_face_are_told_from_a_free_face(
    network: OcclusionNetwork, parents: dict[bool, list[tuple[NDArray[Any], Box]]]
) -> None:
    hidden, free = told(network, parents[True]), told(network, parents[False])
    assert (hidden[:, None] > free[None]).mean() > 0.9
    assert np.median(hidden) > 0.7 and np.median(free) < 0.4


def test_a_frame_on_its_side_is_told_as_it_is_upright(
    network: OcclusionNetwork, parents: dict[bool, list[tuple[NDArray[Any], Box]]]
) -> None:
    for shown in parents.values():
        assert np.median(np.abs(told(network, shown, turns=1) - told(network, shown))) < 0.05


def test_nobody_is_before_no_face(network: OcclusionNetwork) -> None:
    assert network.read(PlanarImage.of(np.zeros((64, 64, 3), np.uint8)), [], []) == []
