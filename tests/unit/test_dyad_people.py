"""Who is the infant, and where both are."""

from typing import Any

import numpy as np
import pytest
from synthetic_heads import ADULT_MM, CAREGIVER, INFANT, INFANT_MM, empty, scene

from vfeed.dyad.head_positions import head_positions
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import NamedRoles, find_roles, readable
from vfeed.perception.metrics import Metrics

RULES = DyadParameters()
BOTH = scene(["partner"] * 60, ["toy"] * 60)


def with_people(*order: int) -> Metrics:
    """The scene with its people in another order; -1 is somebody who is hardly seen."""
    metrics: Any = dict(BOTH)
    for name, array in dict(metrics).items():
        if array.ndim >= 2:
            parts = [array[:, [person if person >= 0 else CAREGIVER]].copy() for person in order]
            metrics[name] = np.concatenate(parts, axis=1)
    for column, person in enumerate(order):
        if person < 0:
            metrics["forward"][:-1, column] = np.nan
    return metrics


@pytest.mark.parametrize("order, infant", [((CAREGIVER, INFANT), 1), ((INFANT, CAREGIVER), 0)])
def test_the_smaller_and_lower_head_is_the_infant(order: tuple[int, int], infant: int) -> None:
    roles = find_roles(with_people(*order))
    assert (roles.infant, roles.caregiver) == (infant, 1 - infant)
    assert roles.confidence > 0.8


def test_roles_can_be_exchanged_and_back() -> None:
    roles, swapped = find_roles(BOTH), find_roles(BOTH, swap=True)
    assert (swapped.infant, swapped.caregiver) == (roles.caregiver, roles.infant) and swapped.swapped


def test_two_of_one_size_and_height_give_low_confidence() -> None:
    assert find_roles(with_people(CAREGIVER, CAREGIVER)).confidence == pytest.approx(0.5)


@pytest.mark.parametrize("column", [0, 1])
def test_where_size_and_place_say_nothing_the_heads_proportions_do(column: int) -> None:
    alike = with_people(CAREGIVER, CAREGIVER)
    alike["infant"] = np.full_like(alike["infant"], 0.1)
    alike["infant"][:, column] = 0.9
    roles = find_roles(alike)
    assert roles.infant == column and roles.confidence > 0.75


def test_of_two_alike_the_one_who_leaves_the_picture_is_rather_the_adult() -> None:
    alike = with_people(CAREGIVER, CAREGIVER)
    alike["box_px"][:30, 1, 0] = 1.0
    roles = find_roles(alike)
    assert roles.infant == 0 and 0.5 < roles.confidence < 0.75


@pytest.mark.parametrize("nearer", [1.5, 2.5])
def test_no_single_cue_makes_it_sure_who_is_the_infant(nearer: float) -> None:
    alike = with_people(CAREGIVER, CAREGIVER)
    alike["px_per_mm"][:, 0] *= nearer
    assert find_roles(alike).confidence < 0.9


def test_proportions_that_are_read_vaguely_count_for_less() -> None:
    clear = with_people(CAREGIVER, CAREGIVER)
    clear["infant"] = np.full_like(clear["infant"], 0.1)
    clear["infant"][:, 0] = 0.9
    vague = {**clear, "head_sd_deg": np.full_like(clear["head_sd_deg"], 25.0)}
    assert 0.5 < find_roles(vague).confidence < find_roles(clear).confidence


def test_a_parent_who_sits_nearer_the_back_is_told_by_proportions_and_height() -> None:
    metrics = dict(BOTH) | {name: BOTH[name].copy() for name in ("px_per_mm", "infant", "box_px")}
    metrics["px_per_mm"][:, CAREGIVER] *= 0.7
    metrics["box_px"][:, CAREGIVER, 2:] *= 0.7
    metrics["infant"][:, CAREGIVER], metrics["infant"][:, INFANT] = 0.2, 0.8
    assert find_roles(metrics).infant == INFANT


def test_among_three_a_child_and_an_adult_are_chosen() -> None:
    roles = find_roles(with_people(CAREGIVER, CAREGIVER, INFANT))
    assert roles.infant == 2 and roles.caregiver in (0, 1) and roles.others == 1


def test_a_person_who_is_hardly_seen_takes_no_role() -> None:
    roles = find_roles(with_people(CAREGIVER, INFANT, -1))
    assert roles.others == 0 and {roles.infant, roles.caregiver} == {0, 1}


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (NamedRoles(infant=0, caregiver=2), (0, 2)),
        (NamedRoles(infant=0), (0, 1)),
        (NamedRoles(caregiver=2), (0, 2)),
        (NamedRoles(caregiver=1), (2, 1)),
        (NamedRoles(others=frozenset({0})), (2, 1)),
        (NamedRoles(infant=2, others=frozenset({1})), (2, 0)),
        (NamedRoles(others=frozenset({0, 2})), (1, None)),
        (NamedRoles(infant=2, others=frozenset({0, 1})), (2, None)),
        (NamedRoles(others=frozenset({0, 1, 2})), (None, None)),
    ],
)
def test_what_a_person_said_of_three_goes_before_size_and_place(
    named: NamedRoles, expected: tuple[int | None, int | None]
) -> None:
    # Two adults, the second a little larger and higher, and the infant last.
    metrics = with_people(CAREGIVER, CAREGIVER, INFANT)
    metrics["px_per_mm"][:, 1] *= 1.15
    roles = find_roles(metrics, named=named)
    assert (roles.infant, roles.caregiver) == expected and roles.given
    assert roles.others == 3 - sum(each is not None for each in expected)


def test_naming_either_of_the_pair_settles_who_is_the_infant() -> None:
    alike = with_people(CAREGIVER, CAREGIVER)
    assert find_roles(alike, named=NamedRoles(infant=1)).confidence == 1.0
    assert find_roles(alike, named=NamedRoles(caregiver=0)).infant == 1


def test_a_swap_exchanges_the_named_pair_too() -> None:
    roles = find_roles(BOTH, named=NamedRoles(infant=CAREGIVER, caregiver=INFANT), swap=True)
    assert (roles.infant, roles.caregiver, roles.swapped, roles.given) == (INFANT, CAREGIVER, True, True)


@pytest.mark.parametrize(
    "named", [NamedRoles(), NamedRoles(caregiver=CAREGIVER), NamedRoles(infant=INFANT, caregiver=CAREGIVER)]
)
def test_with_the_parent_at_the_camera_nobody_in_view_is_the_parent(named: NamedRoles) -> None:
    roles = find_roles(BOTH, named=named, caregiver_at_camera=True)
    assert (roles.infant, roles.caregiver, roles.others) == (INFANT, None, 1)


def test_somebody_alone_is_the_infant_when_the_parent_is_said_to_be_at_the_camera() -> None:
    alone = scene(["partner"] * 9, ["unseen"] * 9)
    roles = find_roles(alone, named=NamedRoles(caregiver=CAREGIVER), caregiver_at_camera=True)
    assert (roles.infant, roles.caregiver) == (CAREGIVER, None) and roles.confidence > 0.9


@pytest.mark.parametrize("frames", [0, 5])
def test_nobody_is_nobody(frames: int) -> None:
    roles = find_roles(empty(frames, 0))
    assert (roles.infant, roles.caregiver) == (None, None)
    assert readable(empty(frames, 0), None).tolist() == [False] * frames


def test_one_person_is_taken_to_be_the_infant_with_least_confidence() -> None:
    roles = find_roles(scene(["unseen"] * 9, ["camera"] * 9))
    assert (roles.infant, roles.caregiver, roles.confidence) == (INFANT, None, 0.5)


def test_places_are_found_again_from_sizes_by_age() -> None:
    where = head_positions(BOTH, find_roles(BOTH), RULES)
    assert np.allclose(where.infant_mm[0], INFANT_MM, atol=5)
    assert np.allclose(where.adult_mm[0], ADULT_MM, atol=5)


def test_a_difference_in_size_is_believed_only_in_part() -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    metrics["px_per_mm"][:, INFANT] *= 0.8
    where = head_positions(metrics, find_roles(metrics), RULES)
    apart = where.adult_mm[0, 2] - where.infant_mm[0, 2]
    assert 50 < apart < 0.8 * 325
    assert 50 < where.depth_sd_mm[0] < RULES.depth_spread_mm


def test_a_place_is_held_for_a_while_after_the_person_is_lost() -> None:
    metrics = scene(["partner"] * 10 + ["unseen"] * 60, ["partner"] * 70)
    known = np.isfinite(head_positions(metrics, find_roles(metrics), RULES).adult_mm[:, 0])
    held = round(RULES.hold_place_us / 80_000)
    assert known[: 10 + held - 1].all() and not known[10 + held + 1 :].any()
