"""Where each looks, and the states that follow; nothing from unseen time."""

from itertools import groupby
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from synthetic_heads import CAREGIVER, INFANT, STEP_US, scene

from bench.misread import misread
from vfeed.analysis.result import recompute
from vfeed.dyad.candidate_kinds import INFANT_ONLY, Kind
from vfeed.dyad.candidates import LEAST_FRAMES
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import NamedRoles
from vfeed.perception.visibility import Visibility

STATE = {"partner": "partner", "toy": "object", "behind": "away", "camera": "away", "unseen": "unseen"}
TARGET_LISTS = st.lists(st.tuples(st.sampled_from(sorted(STATE)), st.integers(1, 12)), min_size=1, max_size=6)


@pytest.mark.parametrize("target", sorted(STATE))
@pytest.mark.parametrize("eyes", [False, True])
def test_a_look_at_a_target_after_others_gives_its_state_for_either_person(target: str, eyes: bool) -> None:
    shown, other = ["partner"] * 20 + ["toy"] * 20 + [target] * 20, ["toy"] * 60
    # From the side, a head a little past the other's face may be one that looks at the face of somebody further back.
    told_by_head_alone = ((other, shown),) if target == "behind" else ((shown, other), (other, shown))
    for caregiver, infant in told_by_head_alone if not eyes else ((shown, other), (other, shown)):
        result = recompute(scene(caregiver, infant, eyes=eyes))
        lane = result.states.caregiver if caregiver is shown else result.states.infant
        assert set(lane[44:]) == {STATE[target]}


def test_probabilities_sum_to_one_where_known_and_are_unknown_where_unseen() -> None:
    result = recompute(scene(["partner"] * 10 + ["unseen"] * 10, ["partner"] * 20))
    assert np.allclose(result.states.p_caregiver[:10].sum(axis=1), 1)
    assert np.isnan(result.states.p_caregiver[10:]).all() and np.isnan(result.states.p_mutual[10:]).all()
    assert np.isfinite(result.states.p_infant).all()


def test_the_angle_is_that_between_head_and_direction_to_the_partner() -> None:
    result = recompute(scene(["partner"] * 20, ["behind"] * 20))
    assert result.caregiver.off_partner_deg[5] < 25 < 80 < result.infant.off_partner_deg[5]
    assert 4 < result.infant.partner_radius_deg[5] < 12


def test_read_eyes_make_the_judgement_surer() -> None:
    heads, eyes = (recompute(scene(["partner"] * 20, ["partner"] * 20, eyes=read)) for read in (False, True))
    assert eyes.states.p_mutual[10] > heads.states.p_mutual[10] > 0.4


def test_both_facing_the_camera_is_not_looking_at_each_other() -> None:
    result = recompute(scene(["camera"] * 30, ["camera"] * 30, eyes=True))
    assert result.states.p_mutual.max() < 0.05 and result.candidates == []


def test_a_reference_for_the_clip_moves_the_reading() -> None:
    metrics = scene(["partner"] * 20, ["toy"] * 20)
    shifted = recompute(metrics, params=DyadParameters(caregiver_offset_deg=(70.0, 0.0)))
    assert set(recompute(metrics).states.caregiver) == {"partner"} != set(shifted.states.caregiver)


def test_a_persons_usual_turn_is_learned_from_the_clip() -> None:
    metrics = scene((["partner"] * 25 + ["toy"] * 25) * 4, ["toy"] * 200)
    turned = metrics["forward"][:, CAREGIVER].astype(float)
    yaw = np.radians(14.0)
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    metrics["forward"][:, CAREGIVER] = (turned @ turn.T).astype(np.float32)
    lane = np.array(recompute(metrics).states.caregiver).reshape(4, 2, 25)[:, :, 4:-4]
    assert set(lane[:, 0].ravel()) == {"partner"} and set(lane[:, 1].ravel()) == {"object"}


@pytest.mark.parametrize("stated_deg", [12.0, 28.0, 45.0])
def test_a_vague_direction_makes_a_state_weaker_and_nobody_unseen(stated_deg: float) -> None:
    beats = ["partner"] * 30 + ["toy"] * 30
    sharp, vague = scene(beats, beats), scene(beats, beats)
    sharp["head_sd_deg"][:, CAREGIVER], vague["head_sd_deg"][:, CAREGIVER] = 8.0, stated_deg
    states, clear = recompute(vague).states, recompute(sharp).states
    assert "unseen" not in states.caregiver and states.caregiver[5:26] == clear.caregiver[5:26]
    assert states.p_caregiver[5:26, 0].mean() < clear.p_caregiver[5:26, 0].mean()


def test_a_head_read_far_to_a_side_and_up_all_the_while_is_found_out_by_the_clip() -> None:
    metrics = misread(scene((["partner"] * 25 + ["toy"] * 25) * 4, (["toy"] * 40 + ["partner"] * 60) * 2), seed=1)
    states = recompute(metrics, named=NamedRoles(infant=INFANT, caregiver=CAREGIVER)).states
    lane = np.array(states.caregiver).reshape(4, 2, 25)[:, :, 4:-4]
    assert (lane[:, 0] == "partner").mean() > 0.9 and (lane[:, 1] == "object").mean() > 0.9


def test_twice_the_frames_of_one_film_make_it_no_surer() -> None:
    metrics: Any = scene(["partner"] * 20 + ["toy"] * 20, ["partner"] * 40)
    twice = {name: np.repeat(array, 2, axis=0) if len(array) == 40 else array for name, array in metrics.items()}
    twice["time_us"] = np.arange(80, dtype=np.int64) * STEP_US // 2
    once, again = (recompute(each).states.p_mutual for each in (metrics, twice))
    assert np.abs(once - again[::2]).mean() < 0.03


def test_a_flicker_of_one_frame_does_not_break_a_state() -> None:
    result = recompute(scene(["partner"] * 30, ["toy"] * 15 + ["behind"] + ["toy"] * 14))
    assert set(result.states.infant) == {"object"}


def test_the_back_of_a_head_tells_how_it_moves_but_no_look_is_stated_of_it() -> None:
    named = NamedRoles(infant=INFANT, caregiver=CAREGIVER)
    whole, turned, lost = (scene(["partner"] * 40, ["partner"] * 20 + ["toy"] * 20) for _ in range(3))
    turned["sight"][12:18, INFANT], lost["sight"][12:18, INFANT] = Visibility.TURNED_AWAY, Visibility.COVERED
    shown, of_back, without = (recompute(each, named=named).states for each in (whole, turned, lost))
    assert of_back.infant[12:18] == without.infant[12:18] == ["unseen"] * 6
    assert of_back.infant[:12] == shown.infant[:12] and of_back.infant[18:] == shown.infant[18:]
    others = np.r_[:12, 18:40]
    np.testing.assert_allclose(of_back.p_infant[others], shown.p_infant[others])
    assert np.abs(without.p_infant[others] - shown.p_infant[others]).max() > 0.001


@given(TARGET_LISTS, TARGET_LISTS)
@example([("behind", 3), ("unseen", 3), ("behind", 6)], [("partner", 6), ("behind", 5), ("partner", 1)])
def test_states_are_unseen_where_a_person_is_not_seen_and_candidates_speak_of_moments_of_it_at_most(
    caregiver: list[tuple[str, int]], infant: list[tuple[str, int]]
) -> None:
    adults = [target for target, count in caregiver for _ in range(count)]
    infants = [target for target, count in infant for _ in range(count)]
    count = min(len(adults), len(infants))
    result, rules = recompute(scene(adults[:count], infants[:count])), DyadParameters()
    if result.roles.caregiver != 0:
        return
    for target, state in zip(adults, result.states.caregiver, strict=False):
        assert state == "unseen" or target != "unseen"
    for candidate in result.candidates:
        inside = [candidate.interval.contains(int(time)) for time in result.states.time_us]
        alone = candidate.kind in INFANT_ONLY
        whose = [result.states.infant] if alone else [result.states.infant, result.states.caregiver]
        for lane in whose:
            spoken_of = [state for state, now in zip(lane, inside, strict=True) if now]
            lost = [len(list(run)) * STEP_US for state, run in groupby(spoken_of) if state == "unseen"]
            # Contact that comes back spans what was between: a face may be lost in it for longer.
            between = candidate.kind == Kind.REPAIR
            assert max(lost, default=0) <= (rules.repair_us if between else rules.join_contact_us)
            assert sum(state != "unseen" for state in spoken_of) >= LEAST_FRAMES
