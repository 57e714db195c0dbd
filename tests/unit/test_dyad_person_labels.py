"""Who a person named is found again by where the faces were, in whatever order another analysis has them."""

import numpy as np
import pytest
from stored_analysis import in_order
from synthetic_heads import CAREGIVER, INFANT, empty, scene

from vfeed.dyad.people import NamedRoles
from vfeed.dyad.person_labels import SIGHTINGS, Named, Part, Sighting, found_again, seen_share, sightings
from vfeed.perception.metrics import Metrics
from vfeed.perception.visibility import Visibility

BOTH = scene(["partner"] * 60, ["toy"] * 60)


def named(infant: int | None = None, parent: int | None = None, other: int | None = None) -> list[Named]:
    parts = {Part.INFANT: infant, Part.CAREGIVER: parent, Part.OTHER: other}
    return [Named(part, tuple(sightings(BOTH, who))) for part, who in parts.items() if who is not None]


def at(box: tuple[float, float, float, float], time_us: int = 0) -> Sighting:
    return Sighting(time_us, box)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_named_are_found_again_in_another_order(order: tuple[int, int]) -> None:
    found = found_again(in_order(BOTH, *order), named(infant=INFANT, parent=CAREGIVER))
    assert found == NamedRoles(infant=order.index(INFANT), caregiver=order.index(CAREGIVER))


def test_the_named_are_found_again_at_another_rate_and_with_other_boxes() -> None:
    again = {name: array[1::4] if len(array) == 60 else array for name, array in BOTH.items()}
    again["box_px"] = again["box_px"] + np.array([6.0, -6.0, 12.0, 12.0], np.float32)
    assert found_again(again, named(INFANT, CAREGIVER)) == NamedRoles(infant=INFANT, caregiver=CAREGIVER)


def test_who_is_no_longer_there_is_told_as_lost_and_the_other_stays() -> None:
    found = found_again(in_order(BOTH, CAREGIVER), named(infant=INFANT, parent=CAREGIVER))
    assert found == NamedRoles(caregiver=0, lost=("infant",))


def test_somebody_else_who_is_not_found_again_is_no_loss() -> None:
    assert found_again(in_order(BOTH, INFANT), named(infant=INFANT, other=CAREGIVER)) == NamedRoles(infant=0)


def test_most_sightings_decide_where_tracks_were_cut_otherwise() -> None:
    # The other analysis took the last third of the infant's time for a third person.
    again = in_order(BOTH, CAREGIVER, INFANT, INFANT)
    again["forward"][40:, 1] = again["box_px"][40:, 1] = np.nan
    again["forward"][:40, 2] = again["box_px"][:40, 2] = np.nan
    assert found_again(again, named(infant=INFANT, parent=CAREGIVER)) == NamedRoles(infant=1, caregiver=0)


def test_a_draw_between_two_faces_is_no_answer() -> None:
    seen = (sightings(BOTH, INFANT)[0], sightings(BOTH, CAREGIVER)[0])
    assert found_again(BOTH, [Named(Part.INFANT, seen)]) == NamedRoles(lost=("infant",))


def test_one_face_is_not_given_two_parts() -> None:
    both = [
        Named(Part.INFANT, tuple(sightings(BOTH, INFANT))),
        Named(Part.CAREGIVER, tuple(sightings(BOTH, INFANT))[:1]),
    ]
    assert found_again(BOTH, both) == NamedRoles(infant=INFANT, lost=("parent",))


@pytest.mark.parametrize(
    "seen",
    [
        at((0.0, 0.0, 0.05, 0.05)),
        at((0.0, 0.0, 0.0, 0.0)),
        at(sightings(BOTH, INFANT)[0].box, time_us=99_000_000),
    ],
    ids=["where nobody is", "no size", "at a time that is not there"],
)
def test_a_sighting_of_nobody_finds_nobody(seen: Sighting) -> None:
    assert found_again(BOTH, [Named(Part.INFANT, (seen,))]) == NamedRoles(lost=("infant",))


@pytest.mark.parametrize("metrics", [empty(0, 0), empty(9, 0), empty(9, 2)])
def test_nobody_is_found_where_nobody_is_seen(metrics: Metrics) -> None:
    assert found_again(metrics, named(infant=INFANT)).lost == ("infant",)
    assert [sightings(metrics, person) for person in range(metrics["sight"].shape[1])] in ([], [[], []])


def test_sightings_are_spread_over_the_clip_and_clear() -> None:
    metrics = scene(["camera"] * 60, ["camera"] * 60)
    metrics["sight"][:, INFANT] = Visibility.PARTLY
    metrics["sight"][[5, 35, 55], INFANT] = Visibility.SEEN
    # At one of them the parent's face lies on the infant's.
    metrics["box_px"][5, CAREGIVER] = metrics["box_px"][5, INFANT]
    times = [each.time_us for each in sightings(metrics, INFANT)]
    assert len(times) == SIGHTINGS and set(times[:2]) == {35 * 80_000, 55 * 80_000}
    assert times[2] < 20 * 80_000 and times[2] != 5 * 80_000


def test_a_sighting_is_in_shares_of_the_picture() -> None:
    left, top, width, height = sightings(BOTH, CAREGIVER)[0].box
    assert 0 < left < left + width < 1 and 0 < top < top + height < 1


@pytest.mark.parametrize(("frames", "seen", "share"), [(10, 10, 1.0), (10, 5, 0.5), (0, 0, 0.0)])
def test_the_share_of_time_in_which_somebody_is_seen(frames: int, seen: int, share: float) -> None:
    metrics = scene(["toy"] * seen + ["unseen"] * (frames - seen), ["toy"] * frames)
    assert seen_share(metrics, CAREGIVER) == share
