"""Kept candidates that nobody has tagged yet, as moments that a film can begin with: the tag is made with the film."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vfeed.practice.events import MAX_ID, Moment
from vfeed.practice.review import CandidateVerdict
from vfeed.timeline.interval import Interval

FITTING = {
    "gaze_contact": "eye_to_eye",
    "repair": "eye_to_eye",
    "joint_attention": "looking_together",
    "parent_waiting": "waiting",
}
"""The plain strength that says no more than what was kept. A look away alone is no strength: it is tagged by hand."""


def kept_uncoded(decisions: Mapping[str, CandidateVerdict], tagged: Sequence[Moment]) -> list[Moment]:
    """The kept candidates that share no time with a tagged moment, in the order of time.

    Their times are those that the person kept, however short; a longer lead is theirs to choose. Their ids are the same
    at every call.
    """
    taken = [Interval(moment.start_us, moment.end_us) for moment in tagged]
    kept = sorted(
        (each for each in decisions.items() if each[1].state == "confirmed" and each[1].kind in FITTING),
        key=lambda each: (each[1].start_us, each[0]),
    )
    return [
        _moment(name, decision)
        for name, decision in kept
        if all(Interval(decision.start_us, decision.end_us).intersection(other) is None for other in taken)
    ]


def _moment(name: str, decision: CandidateVerdict) -> Moment:
    moment_id = f"kept-{name}"[:MAX_ID]
    return Moment(
        moment_id=moment_id, start_us=decision.start_us, end_us=decision.end_us, code_ref=FITTING[decision.kind]
    )
