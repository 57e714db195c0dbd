"""Eyes are read beside the following: in order, never lost, and only where they show."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from sample_analysis import sample_image

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.background_worker import FRAMES_BEHIND
from vfeed.perception.face_attributes import FaceAttributeEstimator
from vfeed.perception.head_pose import HeadPose
from vfeed.perception.head_tracker import HeadSeen, HeadTracker
from vfeed.perception.visibility import Visibility
from vfeed.perception.yunet import YuNetDetector

BOX = (400.0, 200.0, 120.0, 150.0)


@pytest.fixture
def reader() -> Iterator[Any]:
    made = FaceAttributeEstimator()
    yield made
    made.close()


ADULT, INFANT = 0.02, 0.98


def head(yaw: float, box: tuple[float, ...] = BOX, infant: float = ADULT) -> HeadSeen:
    axes = cv2.Rodrigues(np.array([0.0, np.radians(yaw), 0.0]))[0]
    return HeadSeen(0, Visibility.SEEN, box, HeadPose(axes, (5.0, 5.0), 0.8), infant=infant, head_px=box)


def test_the_eyes_of_both_people_of_a_sample_clip_are_read(reader: FaceAttributeEstimator) -> None:
    image = PlanarImage.of(sample_image(time_us=2_000_000))
    heads = HeadTracker(YuNetDetector()).update(image, 0)
    told = reader.read(image, 0, heads)
    assert len(told) == 2 and all(each.gaze is not None and each.occlusion is not None for each in told)
    assert [each.box_px for each in told] == [each.box_px for each in heads]


@pytest.mark.parametrize("unseen", [head(60), head(95, infant=INFANT), head(0, (400.0, 200.0, 25.0, 30.0))])
def test_of_heads_that_show_no_eyes_only_what_is_before_them_is_read(
    reader: FaceAttributeEstimator, unseen: HeadSeen
) -> None:
    [told] = reader.read(PlanarImage.of(sample_image()), 0, [unseen])
    assert told.occlusion is not None and replace(told, occlusion=None) == unseen


@pytest.mark.parametrize("seen", [head(40), head(-40), head(80, infant=INFANT)])
def test_eyes_of_infants_are_read_of_heads_turned_further_than_those_of_adults(
    reader: FaceAttributeEstimator, seen: HeadSeen
) -> None:
    [told] = reader.read(PlanarImage.of(sample_image()), 0, [seen])
    assert told.gaze is not None


def test_a_head_that_is_not_found_is_left_as_it_is(reader: FaceAttributeEstimator) -> None:
    unseen = HeadSeen(0, Visibility.NOT_FOUND, BOX)
    assert reader.read(PlanarImage.of(sample_image()), 0, [unseen]) == [unseen]


def test_frames_come_back_each_with_its_own_heads(reader: FaceAttributeEstimator) -> None:
    waiting: list[Future[list[HeadSeen]]] = [
        reader.submit(PlanarImage.of(sample_image()), 0, [head(0)] * count) for count in range(3 * FRAMES_BEHIND)
    ]
    assert [len(each.result()) for each in waiting] == list(range(3 * FRAMES_BEHIND))
    assert sum(not each.done() for each in waiting) == 0


def test_what_is_before_a_face_is_read_now_and_then_and_carried_between(reader: FaceAttributeEstimator) -> None:
    image, bare = PlanarImage.of(sample_image()), PlanarImage.of(np.zeros((720, 1280, 3), np.uint8))
    [first] = reader.read(image, 0, [head(0)])
    [carried] = reader.read(bare, 80_000, [head(0)])
    [anew] = reader.read(bare, 160_000, [head(0)])
    [another] = reader.read(bare, 160_000, [replace(head(0), track=1)])
    assert carried.occlusion == first.occlusion
    assert anew.occlusion == another.occlusion != first.occlusion
