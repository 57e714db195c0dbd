"""What a person decides: it holds where they said it, and it teaches the rest of the clip."""

import time

import numpy as np
import pytest
from synthetic_heads import CAREGIVER, scene

from vfeed.analysis.result import recompute
from vfeed.dyad.candidate_kinds import Kind
from vfeed.dyad.verdicts import Verdict, constraints_from_verdicts
from vfeed.perception.metrics import Metrics
from vfeed.timeline.interval import Interval

SECOND_US = 1_000_000
TIMES = np.arange(25, dtype=np.int64) * 40_000
HALF = Interval(0, 500_000)


def kept(kind: str, interval: Interval = HALF) -> Verdict:
    return Verdict(kind, interval, kept=True)


def refused(kind: str, interval: Interval = HALF) -> Verdict:
    return Verdict(kind, interval, kept=False)


def misread(beats: int = 6, off_deg: float = 75.0) -> Metrics:
    """A clip whose adult's head reads as turned far less than it is."""
    metrics: Metrics = scene((["partner"] * 25 + ["toy"] * 25) * beats, ["partner"] * 50 * beats)
    yaw = np.radians(-off_deg)
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    metrics["forward"][:, CAREGIVER] = (metrics["forward"][:, CAREGIVER].astype(float) @ turn.T).astype(np.float32)
    return metrics


def test_without_decisions_nothing_is_marked() -> None:
    assert constraints_from_verdicts([], TIMES, SECOND_US) is None
    assert constraints_from_verdicts([kept(Kind.CAREGIVER_WAITING)], TIMES, SECOND_US) is None


def test_a_decision_marks_its_frames_alone_and_a_later_one_goes_over_it() -> None:
    constraints = constraints_from_verdicts(
        [kept(Kind.GAZE_CONTACT), refused(Kind.GAZE_CONTACT, Interval(300_000, 500_000))],
        TIMES,
        SECOND_US,
    )
    assert constraints is not None
    assert (constraints.infant[:7, 1] < 0.1).all() and (constraints.infant[12:] == 1).all()
    assert constraints.verdict[3] == 0 and constraints.verdict[10] == 1 and constraints.verdict[20] == -1
    assert constraints.infant[10, 0] < constraints.caregiver[10, 0] < 1


@pytest.mark.parametrize(
    "verdict, infant, caregiver",
    [
        (kept(Kind.GAZE_CONTACT), "partner", "partner"),
        (kept(Kind.JOINT_ATTENTION), "object", "object"),
        (kept(Kind.GAZE_AVERSION), "away", None),
    ],
)
def test_what_a_person_kept_holds_there(verdict: Verdict, infant: str, caregiver: str | None) -> None:
    result = recompute(scene(["toy"] * 12 + ["partner"] * 12, ["behind"] * 12 + ["toy"] * 12), decisions=[verdict])
    assert set(result.states.infant[:6]) == {infant}
    assert caregiver is None or set(result.states.caregiver[:6]) == {caregiver}


def test_a_refused_contact_is_not_offered_again() -> None:
    metrics = scene(["partner"] * 30, ["partner"] * 30)
    (offered,) = [each for each in recompute(metrics).candidates if each.kind == Kind.GAZE_CONTACT]
    after = recompute(metrics, decisions=[refused(Kind.GAZE_CONTACT, offered.interval)])
    assert not [each for each in after.candidates if each.kind == Kind.GAZE_CONTACT]


def test_one_mark_that_they_look_at_each_other_finds_the_other_contacts() -> None:
    metrics = misread()
    mark = kept(Kind.GAZE_CONTACT, Interval(500_000, 1_500_000))
    before, after = (
        np.array(recompute(metrics, decisions=told).states.caregiver).reshape(6, 2, 25)[1:, 0, 4:-4] == "partner"
        for told in ((), [mark])
    )
    assert before.mean() < 0.5 < 0.9 < after.mean()


def test_a_refit_of_three_minutes_takes_little_time() -> None:
    metrics = scene((["partner"] * 25 + ["toy"] * 25) * 45, (["partner"] * 75 + ["toy"] * 75) * 15)
    started = time.process_time()
    recompute(metrics, decisions=[kept(Kind.GAZE_CONTACT)])
    assert time.process_time() - started < 6
