"""What keeps hands and things from being followed as heads."""

import numpy as np
import pytest
from sample_analysis import picture

from vfeed.perception.blaze import BlazeDetector
from vfeed.perception.heads import DetectedHead
from vfeed.perception.observer import PROVED_AFTER, HeadSeen, Observer, may_be_another_head, scaled
from vfeed.perception.pose import HeadPose
from vfeed.perception.recording import record
from vfeed.perception.sight import Sight
from vfeed.perception.tracker import Box, Track

FOLLOWED: Box = (500.0, 200.0, 100.0, 100.0)


@pytest.mark.parametrize(
    ("box", "may"),
    [
        ((800.0, 220.0, 80.0, 80.0), True),
        ((800.0, 220.0, 45.0, 45.0), False),
        ((540.0, 310.0, 60.0, 60.0), False),
        ((500.0, 380.0, 90.0, 90.0), True),
    ],
    ids=["another head", "too small", "a hand below the chin", "a child before an adult"],
)
def test_a_proposal_must_be_as_large_as_a_head_and_away_from_the_heads_that_are_known(box: Box, may: bool) -> None:
    assert may_be_another_head(box, [FOLLOWED]) is may
    assert may_be_another_head(box, [])


def test_a_box_is_scaled_about_its_middle() -> None:
    assert scaled((10.0, 20.0, 40.0, 20.0), 0.5) == (20.0, 25.0, 20.0, 10.0)


@pytest.fixture
def observer():
    detector = BlazeDetector()
    made = Observer(detector)
    yield made
    made.close()
    detector.close()


def test_a_head_is_a_head_however_closely_it_is_cut_out(observer: Observer) -> None:
    for frame in range(3):
        observer.observe(picture(), frame * 600_000)
    assert len(observer.tracks) == 2
    for track in observer.tracks:
        assert 1 <= len(track.certainty) <= PROVED_AFTER and np.mean(track.certainty) > 0.9


def test_profiles_that_the_detectors_miss_are_proposed_and_kept(
    observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(*_: object, **__: object) -> list[DetectedHead]:
        return []

    monkeypatch.setattr(observer._detector, "search", blind)
    monkeypatch.setattr(observer._detector, "look_at", blind)
    first_us, turned_aside = 1_000_000, picture(time_us=21_000_000)
    seen = [observer.observe(turned_aside, first_us + frame * 80_000) for frame in range(8)]
    found = [head.pose for head in seen[-1] if head.pose is not None]
    assert len(found) == 2 and all(abs(pose.yaw_pitch_deg[0]) > 40 for pose in found)
    assert all(track.detected_us == first_us and len(track.confirmed_us) > 5 for track in observer.tracks)


@pytest.mark.parametrize(("certainty", "people"), [([0.95, 0.9], 1), ([], 1), ([0.5, 0.9, 0.7], 0)])
def test_whom_the_network_is_not_sure_of_on_average_is_nobody(certainty: list[float], people: int) -> None:
    pose = HeadPose(np.eye(3), (3.0, 5.0), 0.8)
    rows = [(step * 100_000, [HeadSeen(0, Sight.SEEN, (600, 300, 80, 80), pose)]) for step in range(20)]
    track = Track(0, (600, 300, 80, 80), 0, confirmed_us=[0, 500_000, 1_000_000, 1_500_000], certainty=certainty)
    assert record(rows, [track], (1280, 720), 2_000_000)["sight"].shape[1] == people
