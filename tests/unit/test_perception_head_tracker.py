"""Heads followed by detection: placed by the detector, read where the network sees them, let go when unseen."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sample_analysis import sample_image

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import Box, iou
from vfeed.perception.head_detector import DetectedHead, HeadFinder
from vfeed.perception.head_pose import HeadPose
from vfeed.perception.head_pose_network import turned_away_deg
from vfeed.perception.head_tracker import HeadSeen, HeadTracker, face_gone
from vfeed.perception.parameters import PERCEPTION
from vfeed.perception.tracks import TrackState
from vfeed.perception.visibility import Visibility
from vfeed.perception.yunet import YuNetDetector

STEP_US = 80_000
READABLE = (Visibility.SEEN, Visibility.PARTLY)


class Told(HeadFinder):
    """Sees what it is told to, and remembers how it looked: whether for heads on their side, and where."""

    def __init__(self, heads: list[DetectedHead], *, nearby: bool = False) -> None:
        self.heads = heads
        self.rolled: list[bool] = []
        self.nearby = nearby
        self.places: list[int] = []

    def find(self, image: PlanarImage, *, rolled: bool = False) -> list[DetectedHead]:
        self.rolled.append(rolled)
        return self.heads

    def find_near(self, image: PlanarImage, boxes_px: Sequence[Box]) -> list[DetectedHead]:
        self.places.append(len(boxes_px))
        told = [head for head in self.heads for box in boxes_px if iou(head.box_px, box) > 0.3]
        return told if self.nearby else []

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def heads() -> list[DetectedHead]:
    detector = YuNetDetector()
    found = detector.search(sample_image())
    detector.close()
    return found


def test_the_detector_is_asked_four_times_a_second_and_places_every_track(heads: list[DetectedHead]) -> None:
    told = Told(heads)
    tracker = HeadTracker(told)
    for time_us in range(0, 2_000_000, STEP_US):
        seen = tracker.update(PlanarImage.of(sample_image()), time_us)
    assert len(told.rolled) == 1 + 1_999_999 // PERCEPTION.detect_every_us
    assert [head.visibility for head in seen] == [Visibility.SEEN, Visibility.SEEN]
    assert all(track.state is TrackState.CONFIRMED for track in tracker.tracks)
    for head in seen:
        assert max(iou(head.box_px, found.box_px) for found in heads) > 0.8


def test_once_both_are_followed_the_whole_picture_is_searched_about_once_a_second(heads: list[DetectedHead]) -> None:
    told = Told(heads, nearby=True)
    tracker = HeadTracker(told)
    searches = 20
    for search in range(searches):
        seen = tracker.update(PlanarImage.of(sample_image()), search * PERCEPTION.detect_every_us)
        assert all(track.detected_us == search * PERCEPTION.detect_every_us for track in tracker.tracks)
    assert len(seen) == 2 and set(told.places) == {2}
    assert len(told.rolled) + len(told.places) == searches
    assert len(told.rolled) - PERCEPTION.confirm_after <= searches // PERCEPTION.whole_search_every


def test_whoever_is_not_found_where_they_were_is_looked_for_everywhere_at_once(heads: list[DetectedHead]) -> None:
    told = Told(heads, nearby=True)
    tracker = HeadTracker(told)
    for search in range(6):
        tracker.update(PlanarImage.of(sample_image()), search * PERCEPTION.detect_every_us)
    before = len(told.rolled)
    told.heads = [heads[0], heads[1].moved(1.3 * heads[1].box_px[2], 0)]
    time_us = 6 * PERCEPTION.detect_every_us
    tracker.update(PlanarImage.of(sample_image()), time_us)
    assert len(told.rolled) == before + 1
    assert [track.detected_us for track in tracker.tracks] == [time_us, time_us]


def test_a_head_is_carried_for_half_a_second_without_its_detector_and_then_lost(heads: list[DetectedHead]) -> None:
    told = Told(heads)
    tracker = HeadTracker(told)
    for time_us in range(0, 960_000, STEP_US):
        tracker.update(PlanarImage.of(sample_image()), time_us)
    told.heads = []
    last_us = tracker.tracks[0].detected_us
    for time_us in range(960_000, 2_000_000, STEP_US):
        seen = tracker.update(PlanarImage.of(sample_image()), time_us)
        readable = time_us - last_us <= PERCEPTION.carry_at_most_us
        assert all((head.visibility in READABLE) is readable and (head.pose is not None) is readable for head in seen)


@pytest.mark.parametrize("who", [0, 1])
def test_a_head_that_is_boxed_beside_its_face_is_read_once_more_where_the_network_sees_it(
    heads: list[DetectedHead], who: int
) -> None:
    image, head = PlanarImage.of(sample_image()), heads[who]
    askew = head.moved(0.45 * head.box_px[2], 0.1 * head.box_px[3])

    def read(found: DetectedHead, clearer_share: float) -> HeadSeen:
        return HeadTracker(Told([found]), replace(PERCEPTION, clearer_share=clearer_share)).update(image, 0)[0]

    right, once, again = read(head, 0.0), read(askew, 0.0), read(askew, PERCEPTION.clearer_share)
    assert right.pose is not None and once.pose is not None and again.pose is not None
    assert once.pose.sd_deg[0] > PERCEPTION.read_again_from_deg
    assert again.pose.sd_deg[0] < PERCEPTION.clearer_share * once.pose.sd_deg[0]
    off_deg = [
        np.degrees(np.arccos(min(1.0, float(pose.axes[:, 2] @ right.pose.axes[:, 2]))))
        for pose in (once.pose, again.pose)
    ]
    assert off_deg[1] < off_deg[0] / 2
    assert again.box_px == askew.box_px, "the track stays where the detector places it"


def test_a_head_told_further_from_the_lens_than_a_face_can_be_seen_is_turned_away(heads: list[DetectedHead]) -> None:
    poses = [head.pose for head in HeadTracker(Told(heads)).update(PlanarImage.of(sample_image()), 0)]
    told = [turned_away_deg(pose) + pose.sd_deg[0] for pose in poses if pose is not None]
    between = replace(PERCEPTION, face_gone_from_deg=sum(told) / 2)
    visibilities = [
        head.visibility for head in HeadTracker(Told(heads), between).update(PlanarImage.of(sample_image()), 0)
    ]
    assert len(told) == 2 and visibilities == [
        Visibility.TURNED_AWAY if deg == max(told) else Visibility.SEEN for deg in told
    ]


@pytest.mark.parametrize(
    ("turned_deg", "sd_deg", "gone"),
    [(112, 5, False), (112, 12, True), (95, 12, False), (95, 30, True), (150, 90, False)],
)
def test_a_face_is_gone_as_far_as_a_turn_is_told_surely_enough(turned_deg: float, sd_deg: float, gone: bool) -> None:
    """A head told as turned by 150 degrees give or take 90 may as well be bent down."""
    turn = np.radians(turned_deg)
    axes = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    assert face_gone(HeadPose(axes, (sd_deg, sd_deg), 1.0)) is gone


def test_a_new_shot_ends_every_track_and_is_searched_at_once(heads: list[DetectedHead]) -> None:
    tracker = HeadTracker(YuNetDetector())
    first = tracker.update(PlanarImage.of(sample_image()), 0)
    second = tracker.update(PlanarImage.of(np.ascontiguousarray(sample_image()[:, ::-1])), STEP_US, new_shot=True)
    assert [head.track for head in first] == [0, 1] and [head.track for head in second] == [2, 3]
    assert all(head.visibility is Visibility.SEEN for head in first + second)


def test_heads_on_their_side_are_looked_for_at_once_and_now_and_then_while_fewer_than_two_are_followed(
    heads: list[DetectedHead],
) -> None:
    for few, asked in ((heads[:1], True), (heads, False)):
        told = Told(few)
        tracker = HeadTracker(told)
        for step in range(12):
            tracker.update(PlanarImage.of(sample_image()), step * PERCEPTION.detect_every_us)
        assert told.rolled[0] and any(told.rolled[3:]) is asked and not all(told.rolled)
        tracker.update(PlanarImage.of(sample_image()), 12 * PERCEPTION.detect_every_us, new_shot=True)
        assert told.rolled[-1]


def test_a_lying_head_is_found_stood_up_and_followed_on(heads: list[DetectedHead]) -> None:
    lying = PlanarImage.of(np.ascontiguousarray(np.rot90(sample_image())))
    tracker = HeadTracker(YuNetDetector())
    for step in range(8):
        seen = tracker.update(lying, step * PERCEPTION.detect_every_us)
    assert len(seen) == 2 and all(head.visibility is Visibility.SEEN for head in seen)
    upright = HeadTracker(YuNetDetector()).update(PlanarImage.of(sample_image()), 0)
    turned = sorted(float(head.pose.axes[0, 1]) for head in seen if head.pose is not None)
    assert len(upright) == 2 and max(turned) < -0.5


def test_a_weak_detection_continues_a_track_and_starts_none(heads: list[DetectedHead]) -> None:
    weak = [DetectedHead(head.box_px, head.keypoints_px, 0.4, head.detector) for head in heads]
    told = Told(weak)
    tracker = HeadTracker(told)
    assert tracker.update(PlanarImage.of(sample_image()), 0) == []
    told.heads = heads
    tracker.update(PlanarImage.of(sample_image()), PERCEPTION.detect_every_us)
    told.heads = weak
    assert len(tracker.update(PlanarImage.of(sample_image()), 2 * PERCEPTION.detect_every_us)) == 2
    assert [len(track.scores) for track in tracker.tracks] == [2, 2]
