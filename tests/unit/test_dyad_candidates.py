"""Candidates: what makes one, what does not, and that each says why."""

import doctest
import json

import pytest
from synthetic_heads import CAREGIVER, STEP_US, empty, facing, scene

from vfeed.analysis.result import recompute
from vfeed.dyad import explanations
from vfeed.dyad.candidates import Candidate
from vfeed.perception.visibility import Visibility

SECOND = 12


def found(caregiver: list[str], infant: list[str], kind: str, *, eyes: bool = False) -> list[Candidate]:
    return [each for each in recompute(scene(caregiver, infant, eyes=eyes)).candidates if each.kind == kind]


def test_the_examples_of_the_reasons_hold() -> None:
    assert doctest.testmod(explanations).failed == 0


def test_two_seconds_in_each_others_eyes_are_one_contact_with_its_true_times() -> None:
    infant = ["toy"] * SECOND + ["partner"] * 2 * SECOND + ["toy"] * SECOND
    (contact,) = found(["partner"] * 4 * SECOND, infant, "gaze_contact")
    assert contact.interval.start_us == pytest.approx(SECOND * STEP_US, abs=4 * STEP_US)
    assert contact.interval.end_us == pytest.approx(3 * SECOND * STEP_US, abs=4 * STEP_US)
    assert 0.5 < contact.confidence <= 1
    assert "judged from the heads" in contact.reason


def test_a_contact_names_whose_eyes_were_read() -> None:
    (contact,) = found(["partner"] * 20, ["partner"] * 20, "gaze_contact", eyes=True)
    assert contact.reason == "Both faces turned to each other for 1.6 s; eyes visible on both."
    assert contact.evidence["infant_eye_weight"] == 1.0


def test_a_short_glance_survives() -> None:
    infant = ["toy"] * 20 + ["partner"] * 5 + ["toy"] * 20
    assert len(found(["partner"] * 45, infant, "gaze_contact", eyes=True)) == 1


@pytest.mark.parametrize(("lost", "contacts"), [(1, 1), (2, 1), (4, 2), (12, 2)])
def test_a_face_lost_for_a_moment_ends_no_contact_and_one_lost_for_longer_does(lost: int, contacts: int) -> None:
    infant = ["partner"] * SECOND + ["unseen"] * lost + ["partner"] * SECOND
    offered = found(["partner"] * len(infant), infant, "gaze_contact")
    assert len(offered) == contacts
    unseen = range(SECOND * STEP_US, (SECOND + lost) * STEP_US, STEP_US)
    spoken_of = [any(contact.interval.contains(time_us) for contact in offered) for time_us in unseen]
    assert all(spoken_of) if contacts == 1 else not any(spoken_of)
    assert offered[0].evidence["infant_seen_share"] == pytest.approx(
        1 - lost / len(infant) if contacts == 1 else 1, abs=0.01
    )


def test_looking_away_after_contact_says_so_and_how_it_ended() -> None:
    infant = ["partner"] * 2 * SECOND + ["behind"] * SECOND + ["partner"] * SECOND
    (away,) = found(["partner"] * 4 * SECOND, infant, "gaze_aversion")
    assert "both faces were turned to each other" in away.reason and "then looked to the parent’s face" in away.reason
    assert away.evidence["ended_by"] == "partner"


def test_looking_away_from_the_parents_look_alone_is_believed_less() -> None:
    rest = ["behind"] * SECOND + ["toy"] * SECOND
    (from_contact,) = found(["partner"] * 4 * SECOND, ["partner"] * 2 * SECOND + rest, "gaze_aversion")
    (from_bid,) = found(["partner"] * 4 * SECOND, ["toy"] * 2 * SECOND + rest, "gaze_aversion")
    assert from_bid.confidence < from_contact.confidence
    assert "while the parent’s face was turned to the infant" in from_bid.reason


@pytest.mark.parametrize(
    "caregiver, infant",
    [
        (["partner"] * 48, ["partner"] * 24 + ["toy"] * 24),
        (["toy"] * 48, ["toy"] * 24 + ["behind"] * 24),
        (["partner"] * 48, ["unseen"] * 24 + ["behind"] * 24),
        (["partner"] * 48, ["partner"] * 24 + ["behind"] * 2 + ["partner"] * 22),
    ],
    ids=["to a toy", "from nothing", "out of unseen time", "for a moment"],
)
def test_what_is_not_looking_away(caregiver: list[str], infant: list[str]) -> None:
    assert found(caregiver, infant, "gaze_aversion") == []


def test_both_at_the_toy_is_joint_attention_and_a_moment_of_it_is_not() -> None:
    assert len(found(["toy"] * 24, ["toy"] * 24, "joint_attention")) == 1
    assert found(["toy"] * 8 + ["partner"] * 16, ["toy"] * 24, "joint_attention") == []


def test_one_person_alone_gives_no_candidate() -> None:
    assert recompute(scene(["unseen"] * 40, ["behind"] * 40)).candidates == []


def test_a_parent_who_goes_on_watching_waits_and_contact_again_is_a_repair() -> None:
    infant = ["partner"] * 2 * SECOND + ["behind"] * 2 * SECOND + ["partner"] * 2 * SECOND
    watching = ["partner"] * 6 * SECOND
    (waiting,) = found(watching, infant, "parent_waiting", eyes=True)
    assert 1_500_000 < waiting.interval.duration_us < 2_600_000
    assert waiting.reason.startswith("Parent’s face stayed turned to the infant for ")
    (again,) = found(watching, infant, "repair", eyes=True)
    assert "then both faces were turned to each other again" in again.reason
    assert again.interval.end_us == pytest.approx(6 * SECOND * STEP_US, abs=2 * STEP_US)
    busy = ["partner"] * 2 * SECOND + ["toy"] * 2 * SECOND + ["partner"] * 2 * SECOND
    assert found(busy, infant, "parent_waiting", eyes=True) == []
    assert found(watching, infant[: 4 * SECOND] + ["toy"] * 2 * SECOND, "repair", eyes=True) == []


def test_with_the_parent_at_the_camera_looks_to_that_side_are_offered_and_no_contact() -> None:
    metrics = empty(48, 1)
    facing(metrics, 0, ["partner"] * 24 + ["away"] * 24, 640.0, 8.0)
    kinds = [each.kind for each in recompute(metrics).candidates]
    assert kinds == ["look_to_parent", "gaze_aversion"]
    assert "the parent is not in the picture" in recompute(metrics).candidates[0].reason


def test_over_the_parents_shoulder_looks_to_the_parent_are_offered_and_no_contact() -> None:
    metrics = scene(["partner"] * 48, ["partner"] * 24 + ["toy"] * 24, eyes=True)
    metrics["sight"][:, CAREGIVER] = Visibility.TURNED_AWAY
    (look,) = recompute(metrics).candidates
    assert look.kind == "look_to_parent" and "face cannot be seen in this film" in look.reason
    assert look.interval.end_us == pytest.approx(24 * STEP_US, abs=4 * STEP_US)


def test_nothing_is_stated_as_certain_however_clear_it_is() -> None:
    whole = recompute(scene(["partner"] * 96, ["partner"] * 48 + ["behind"] * 48, eyes=True)).candidates
    assert {each.kind for each in whole} >= {"gaze_contact", "gaze_aversion"}
    assert all(each.confidence <= (0.95 if each.kind == "gaze_contact" else 0.9) for each in whole)
    assert max(each.confidence for each in whole) == 0.95


def test_candidates_keep_their_names_and_are_json_able() -> None:
    metrics = scene(["partner"] * 40, ["partner"] * 20 + ["behind"] * 20)
    first, second = recompute(metrics).candidates, recompute(metrics).candidates
    assert first == second and len({candidate.id for candidate in first}) == len(first) == 3
    assert json.loads(json.dumps([candidate.as_dict() for candidate in first]))[0]["kind"] == "gaze_contact"
    assert [candidate.interval for candidate in first] == sorted(candidate.interval for candidate in first)
    best = first[0].evidence["best_us"]
    assert isinstance(best, int) and first[0].interval.contains(best)
