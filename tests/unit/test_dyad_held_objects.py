"""Things in hands: targets where they are, and what may be before a face."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from synthetic_heads import ADULT_MM, CAREGIVER, HELD_MM, INFANT, INFANT_MM, hold_up, scene

from vfeed.analysis.result import ClipAnalysis, recompute
from vfeed.dyad.candidate_kinds import Kind
from vfeed.dyad.head_positions import head_positions
from vfeed.dyad.held_objects import held_objects, occluded
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import NamedRoles
from vfeed.dyad.verdicts import Verdict
from vfeed.perception.metrics import Metrics
from vfeed.perception.visibility import Visibility
from vfeed.timeline.interval import Interval

RULES = DyadParameters()
NAMED = NamedRoles(infant=INFANT, caregiver=CAREGIVER)
BEATS = (["partner"] * 25 + ["held"] * 25) * 4
HAND_MM = HELD_MM - np.array([0.0, 60.0, 0.0])
"""The hand is below the thing that it holds up."""


def shown() -> Metrics:
    """The parent watches the infant, who looks in turn at the parent's face and at a toy above it."""
    return scene(["partner"] * len(BEATS), BEATS)


def analysed(metrics: Metrics, **numbers: float) -> ClipAnalysis:
    return recompute(metrics, named=NAMED, params=DyadParameters(**numbers))


def in_beats(result: ClipAnalysis) -> tuple[NDArray[Any], NDArray[Any]]:
    """The infant's states while it looks at the face, and at the toy."""
    lanes = np.array(result.states.infant).reshape(4, 2, 25)[:, :, 5:-5]
    return lanes[:, 0].ravel(), lanes[:, 1].ravel()


def test_a_toy_in_a_hand_beside_the_face_is_told_from_the_face() -> None:
    metrics = shown()
    hold_up(metrics, HAND_MM)
    at_face, at_toy = in_beats(analysed(metrics))
    assert (at_face == "partner").mean() > 0.9 and (at_toy == "object").mean() > 0.9


def test_the_hand_makes_it_surer_that_a_look_is_at_a_thing() -> None:
    told, untold = shown(), shown()
    hold_up(told, HAND_MM)
    with_hand, without, off = (
        analysed(metrics, **numbers).states.p_infant.reshape(4, 2, 25, 3)[:, 1, 5:-5, 1].mean()
        for metrics, numbers in ((told, {}), (untold, {}), (told, {"held_share": 0.0}))
    )
    assert with_hand > without > 0 and with_hand > off


def test_a_hand_before_the_face_leaves_the_contact_but_halves_its_confidence_and_says_why() -> None:
    free, before = scene(["partner"] * 40, ["partner"] * 40), scene(["partner"] * 40, ["partner"] * 40)
    hold_up(before, ADULT_MM + np.array([60.0, -20.0, 0.0]))
    clear, doubtful = (
        [each for each in analysed(metrics).candidates if each.kind == Kind.GAZE_CONTACT] for metrics in (free, before)
    )
    assert clear[0].confidence > 0.5 > doubtful[0].confidence
    assert clear[0].interval.duration_us == pytest.approx(doubtful[0].interval.duration_us, abs=400_000)
    assert "a toy or a hand may be in between" in doubtful[0].reason and "between" not in clear[0].reason
    assert doubtful[0].evidence["in_between"] == pytest.approx(RULES.before_face_share, abs=0.1)
    assert np.nanmax(analysed(before).states.p_mutual) < 0.5


@pytest.mark.parametrize(("covered", "least", "most"), [(0.05, 0.0, 0.01), (0.4, 0.5, 0.6)])
def test_a_covered_face_may_have_something_before_it(covered: float, least: float, most: float) -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    metrics["covered"][:, CAREGIVER] = covered
    assert least <= analysed(metrics).infant.in_between[10] <= most


def test_the_infants_own_hand_at_its_mouth_is_nothing_that_it_looks_at() -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    hold_up(metrics, INFANT_MM + np.array([0.0, -40.0, 0.0]))
    result = analysed(metrics)
    things = held_objects(metrics, head_positions(metrics, result.roles, RULES), result.roles, infant=True, rules=RULES)
    assert things.told.all() and not things.there.any() and not things.before_face.any()


def test_a_hand_is_believed_for_a_little_while_around_the_frame_it_was_looked_for_in() -> None:
    metrics = scene(["partner"] * 40, ["partner"] * 40)
    hold_up(metrics, HAND_MM, slice(0, 12))
    roles = analysed(metrics).roles
    things = held_objects(metrics, head_positions(metrics, roles, RULES), roles, infant=True, rules=RULES)
    last = int(metrics["time_us"][6]) + RULES.hand_carried_us
    assert np.array_equal(things.told, metrics["time_us"] <= last) and np.array_equal(things.there, things.told)


def test_an_analysis_from_before_hands_were_looked_for_is_read_as_one_without() -> None:
    metrics = shown()
    old = {name: array for name, array in metrics.items() if not name.startswith("hand_")}
    np.testing.assert_allclose(analysed(old).states.p_infant, analysed(metrics).states.p_infant, rtol=0, atol=1e-9)


def test_a_hand_at_the_face_leaves_doubt_for_a_while_after_it_was_found_last() -> None:
    metrics = scene(["partner"] * 40, ["partner"] * 40)
    hold_up(metrics, ADULT_MM + np.array([60.0, -20.0, 0.0]), slice(0, 12))
    last = int(metrics["time_us"][metrics["hand_asked"] & np.isfinite(metrics["hand_px"][:, 0, 0])][-1])
    doubtful = analysed(metrics).infant.in_between > 0.5
    assert np.array_equal(doubtful, metrics["time_us"] <= last + RULES.before_face_us)
    assert RULES.before_face_us > RULES.hand_carried_us


def test_a_hand_further_from_the_face_takes_less_from_the_confidence_than_one_at_it() -> None:
    doubt = []
    for off_mm in (0.0, 160.0, 400.0):
        metrics = scene(["partner"] * 20, ["partner"] * 20)
        hold_up(metrics, ADULT_MM + np.array([off_mm, -60.0, 0.0]))
        doubt.append(float(analysed(metrics).infant.in_between[10]))
    assert RULES.before_face_share >= doubt[0] > doubt[1] > doubt[2]


def with_occlusion(told: NDArray[Any]) -> Metrics:
    """Both look at each other's face all the while; what is told of something before the parent's face."""
    metrics = scene(["partner"] * len(told), ["partner"] * len(told))
    metrics["occlusion"] = np.full(metrics["covered"].shape, np.nan, np.float32)
    metrics["occlusion"][:, CAREGIVER] = told
    return metrics


BEFORE_FACE = np.where(np.arange(60) // 15 == 1, 0.97, 0.02)
"""Something is before the parent's face for a quarter of the time."""


def test_a_look_at_a_face_with_something_in_the_way_is_at_an_object_and_no_contact() -> None:
    result = analysed(with_occlusion(BEFORE_FACE))
    infant = np.array(result.states.infant)
    assert (infant[16:29] == "object").all() and (infant[:14] == "partner").all() and (infant[31:] == "partner").all()
    assert np.array(result.states.caregiver).tolist() == ["partner"] * 60
    assert np.nanmax(result.states.p_mutual[16:29]) < 0.2 < 0.5 < np.nanmin(result.states.p_mutual[31:])
    contacts = [each.interval for each in result.candidates if each.kind == Kind.GAZE_CONTACT]
    assert not any(each.start_us < 20 * 80_000 < each.end_us for each in contacts) and contacts


def test_a_contact_that_a_person_confirmed_stays_whatever_is_in_the_way() -> None:
    metrics = with_occlusion(BEFORE_FACE)
    said = Verdict(Kind.GAZE_CONTACT, Interval(15 * 80_000, 30 * 80_000), kept=True)
    infant = np.array(recompute(metrics, named=NAMED, decisions=[said]).states.infant)
    assert (infant[16:29] == "partner").all()


@pytest.mark.parametrize("kind", [Kind.GAZE_AVERSION, Kind.GAZE_CONTACT])
def test_a_refusal_does_not_take_away_what_is_in_the_way(kind: Kind) -> None:
    """Who says that the infant does not look away, or that this is no contact, does not say that the face is free."""
    refused = Verdict(kind, Interval(15 * 80_000, 30 * 80_000), kept=False)
    found = recompute(with_occlusion(BEFORE_FACE), named=NAMED, decisions=[refused])
    assert (np.array(found.states.infant)[16:29] == "object").all()
    assert not any(
        each.kind == Kind.GAZE_CONTACT and each.interval.start_us < 20 * 80_000 < each.interval.end_us
        for each in found.candidates
    )


@pytest.mark.parametrize("usual", [0.72, 0.99], ids=["a beard", "nearly sure"])
def test_what_is_told_of_somebody_all_the_time_is_how_they_look(usual: float) -> None:
    metrics = with_occlusion(np.full(60, usual))
    assert set(analysed(metrics).states.infant) == {"partner"}
    assert np.nanmin(analysed(metrics).states.p_mutual) > 0.5


def test_nothing_is_in_the_way_where_nobody_looked_for_it() -> None:
    metrics = with_occlusion(np.full(60, np.nan))
    old = {name: array for name, array in metrics.items() if name != "occlusion"}
    roles = analysed(metrics).roles
    for each in (metrics, old):
        assert not occluded(each, roles.caregiver, RULES).any()
    assert not occluded(with_occlusion(BEFORE_FACE), None, RULES).any()


def test_of_the_back_of_a_head_nothing_is_believed_to_be_in_the_way() -> None:
    metrics = with_occlusion(BEFORE_FACE)
    assert occluded(metrics, CAREGIVER, RULES)[20] > 0.5
    metrics["sight"][15:30, CAREGIVER] = Visibility.TURNED_AWAY
    assert not occluded(metrics, CAREGIVER, RULES)[15:30].any()


def test_a_thing_that_hands_and_frames_tell_of_counts_once() -> None:
    seen, both = with_occlusion(BEFORE_FACE), with_occlusion(BEFORE_FACE)
    both["covered"][15:30, CAREGIVER] = 0.4
    one, other = (analysed(metrics).states.p_mutual[16:29] for metrics in (seen, both))
    assert np.allclose(one, other) and one.max() < 0.5
