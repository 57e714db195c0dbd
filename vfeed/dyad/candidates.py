"""Moments that are worth a person's look: each with its interval, confidence, reason in words and evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.camera_setup import CameraSetup, SetupEstimate
from vfeed.dyad.candidate_kinds import Kind
from vfeed.dyad.explanations import (
    away_reason,
    contact_reason,
    joint_reason,
    look_reason,
    repair_reason,
    waiting_reason,
)
from vfeed.dyad.gaze_evidence import AWAY, OBJECT, PARTNER, GazeEvidence
from vfeed.dyad.gaze_states import GazeState, States
from vfeed.dyad.parameters import DyadParameters
from vfeed.perception.geometry import FloatArray
from vfeed.timeline.interval import Interval
from vfeed.timeline.smoothing import UNSEEN, frame_ends, runs, stretches, without_frames
from vfeed.timeline.timeline import Timeline

LEAST_FRAMES = 3
"""A moment that rests on fewer is none: in a film of a frame a second, each would be a look of its own."""
BID_CONFIDENCE = 0.8
"""A look away that follows only the parent's look, and no contact, is believed by this much less."""

Evidence = dict[str, float | int | str | bool | None]


@dataclass(frozen=True)
class Candidate:
    """A moment for a person to confirm, reject or adjust; nothing is counted before that.

    `id` is a short hash of kind and interval, so the same moment keeps its name in a new analysis. `confidence`
    (0..1) is the mean probability that the frames give, at most what the surest of them are worth; it is not calibrated
    against people. `evidence` is JSON-able.
    """

    id: str
    kind: str
    interval: Interval
    confidence: float
    reason: str
    evidence: Evidence

    def as_dict(self) -> dict[str, object]:
        """JSON-able."""
        return {
            "id": self.id,
            "kind": self.kind,
            "start_us": self.interval.start_us,
            "end_us": self.interval.end_us,
            "confidence": self.confidence,
            "reason": self.reason,
            "evidence": self.evidence,
        }


def find_candidates(
    states: States, infant: GazeEvidence, caregiver: GazeEvidence, setup: SetupEstimate, parameters: DyadParameters
) -> list[Candidate]:
    """Return all candidates in order of time. Nothing is claimed from unseen time but a moment between two seen ones.

    With the parent at the camera, or filmed from behind, there is no contact to be seen: the infant's looks to the
    parent's side take its place.
    """
    clip = _Clip(states, infant, caregiver, parameters)
    seen = float(caregiver.known.mean()) if len(caregiver.known) else 0.0
    if setup.kind is CameraSetup.CAREGIVER_AT_CAMERA or seen < parameters.contact_least_seen:
        looks, in_view = clip.looks_to_caregiver(), setup.kind is not CameraSetup.CAREGIVER_AT_CAMERA
        found = [*(clip.look_candidate(interval, in_view) for interval in looks), *clip.away_candidates(looks)]
    else:
        contacts = clip.contacts()
        away = list(clip.away_candidates(contacts))
        found = [
            *(clip.contact_candidate(interval) for interval in contacts),
            *away,
            *clip.waiting_candidates(away),
            *clip.repair_candidates(away, contacts),
            *clip.joint_candidates(),
        ]
    borne = (candidate for candidate in found if clip.is_borne_out(candidate.interval))
    return sorted(borne, key=lambda candidate: (candidate.interval, candidate.kind))


class _Clip:
    def __init__(
        self, states: States, infant: GazeEvidence, caregiver: GazeEvidence, parameters: DyadParameters
    ) -> None:
        self.states, self.infant, self.caregiver, self.rules = states, infant, caregiver, parameters
        self.times = states.time_us
        self.ends = frame_ends(states.time_us, states.end_us)
        self.missing = without_frames(states.time_us, states.end_us)
        self.caregiver_looks = self._stretches([state is GazeState.PARTNER for state in states.caregiver])

    def contacts(self) -> Timeline:
        """Return where both look at each other's face; gaps shorter than a glance are bridged, lost faces as well as
        looks.
        """
        both = [
            infant is caregiver is GazeState.PARTNER
            for infant, caregiver in zip(self.states.infant, self.states.caregiver, strict=True)
        ]
        return self._long_enough(both, self.rules.join_contact_us, self.rules.shortest_contact_us)

    def looks_to_caregiver(self) -> Timeline:
        """Return where the infant looks to the side of the camera at which the parent is."""
        looks = [state is GazeState.PARTNER for state in self.states.infant]
        return self._long_enough(looks, self.rules.join_contact_us, self.rules.shortest_contact_us, self.infant.known)

    def _long_enough(
        self, wanted: list[bool], join_us: int, shortest_us: int, known: NDArray[np.bool_] | None = None
    ) -> Timeline:
        known = self.infant.known & self.caregiver.known if known is None else known
        followed = self._stretches(known.tolist())
        found = self._stretches(wanted)
        joined = found.merge(join_us).intersection(followed.merge(self.rules.lost_moment_us))
        long = (interval for interval in joined if interval.duration_us >= shortest_us)
        return Timeline(interval for interval in long if self._frames(interval, known) >= LEAST_FRAMES)

    def is_borne_out(self, interval: Interval) -> bool:
        """Return whether frames enough in which the infant is seen lie in the interval to say anything of it."""
        return self._frames(interval, self.infant.known) >= LEAST_FRAMES

    def _frames(self, interval: Interval, known: NDArray[np.bool_]) -> int:
        return int(known[self._inside(interval)].sum())

    def _stretches(self, wanted: Sequence[bool]) -> Timeline:
        return stretches(wanted, self.times, self.states.end_us)

    def contact_candidate(self, interval: Interval) -> Candidate:
        """Return the candidate of one contact; its confidence is the mean of the less certain person's probability.

        Where something may be between the infant's eyes and the parent's face, it is as much less.
        """
        inside = self._inside(interval)
        lesser = np.minimum(self.states.p_infant[:, PARTNER], self.states.p_caregiver[:, PARTNER])
        between = _mean(np.maximum(self.infant.in_between, self.infant.occluded), inside)
        return self._candidate(
            Kind.GAZE_CONTACT,
            interval,
            _mean(lesser * self.infant.not_by_hands_alone, inside),
            contact_reason(interval, self._eyes(self.infant, inside), self._eyes(self.caregiver, inside), between),
            {"best_us": self._best(self.states.p_mutual, inside), "in_between": between},
        )

    def look_candidate(self, interval: Interval, in_view: bool) -> Candidate:
        """Return the candidate of one look of the infant to the parent, whose face is not seen."""
        inside = self._inside(interval)
        p = self.states.p_infant[:, PARTNER]
        reason = look_reason(interval, self._eyes(self.infant, inside), in_view=in_view)
        return self._candidate(
            Kind.LOOK_TO_CAREGIVER, interval, _mean(p, inside), reason, {"best_us": self._best(p, inside)}
        )

    def waiting_candidates(self, away: list[Candidate]) -> Iterator[Candidate]:
        """Yield where the parent goes on watching the infant who looks away, for most of that time."""
        for candidate in away:
            watched = self.caregiver_looks.crop(candidate.interval)
            longest = max(watched, key=lambda each: each.duration_us, default=None)
            if longest is None or longest.duration_us < self.rules.shortest_waiting_us:
                continue
            if watched.duration_us < self.rules.waiting_share * candidate.interval.duration_us:
                continue
            lesser = np.minimum(self.states.p_infant[:, AWAY], self.states.p_caregiver[:, PARTNER])
            yield self._of_part(Kind.CAREGIVER_WAITING, longest, lesser, waiting_reason(longest))

    def repair_candidates(self, away: list[Candidate], contacts: Timeline) -> Iterator[Candidate]:
        """Contact, then the infant away, then contact again: from the look away to the end of the new contact."""
        for candidate in away:
            if candidate.evidence["since_contact_s"] is None:
                continue
            end_us = candidate.interval.end_us
            again = next((each for each in contacts if end_us <= each.start_us <= end_us + self.rules.repair_us), None)
            if again is None:
                continue
            whole = Interval(candidate.interval.start_us, again.end_us)
            if self.missing.crop(whole):
                continue
            belief = np.fmax(self.states.p_infant[:, AWAY], self.states.p_mutual)
            yield self._of_part(Kind.REPAIR, whole, belief, repair_reason(candidate.interval, again))

    def _of_part(self, kind: str, interval: Interval, p: FloatArray, reason: str) -> Candidate:
        inside = self._inside(interval)
        return self._candidate(kind, interval, _mean(p, inside), reason, {"best_us": self._best(p, inside)})

    def away_candidates(self, contacts: Timeline) -> Iterator[Candidate]:
        """Yield the infant's looks away that follow a contact, or the parent's look at the infant's face."""
        found = runs(self.states.infant, self.times, self.states.end_us)
        for position, run in enumerate(found):
            before = found[position - 1].state if position else None
            if run.state is not GazeState.AWAY or before in (None, UNSEEN):
                continue
            if run.interval.duration_us < self.rules.shortest_away_us:
                continue
            since_contact_us = self._since(contacts, run.interval.start_us)
            bid_us = self._bid_us(run.interval.start_us)
            if since_contact_us is None and bid_us < self.rules.shortest_bid_us:
                continue
            after = found[position + 1].state if position + 1 < len(found) else None
            inside = self._inside(run.interval)
            belief = _mean(self.states.p_infant[:, AWAY], inside)
            yield self._candidate(
                Kind.GAZE_AVERSION,
                run.interval,
                belief if since_contact_us is not None else belief * BID_CONFIDENCE,
                away_reason(run.interval, since_contact_us, after, self._eyes(self.infant, inside)),
                {
                    "best_us": self._best(self.states.p_infant[:, AWAY], inside),
                    "since_contact_s": None if since_contact_us is None else since_contact_us / 1e6,
                    "parent_looked_before_s": round(bid_us / 1e6, 2),
                    "ended_by": after or "end of clip",
                },
            )

    def _since(self, contacts: Timeline, start_us: int) -> int | None:
        """Microseconds since the last contact ended, if that is recent enough to look away from."""
        ended = [start_us - contact.end_us for contact in contacts if contact.end_us <= start_us]
        return ended[-1] if ended and ended[-1] <= self.rules.contact_before_us else None

    def _bid_us(self, start_us: int) -> int:
        """For how long the parent looked at the infant's face shortly before."""
        if start_us <= 0:
            return 0
        return self.caregiver_looks.crop(
            Interval(max(0, start_us - self.rules.contact_before_us), start_us)
        ).duration_us

    def joint_candidates(self) -> Iterator[Candidate]:
        """Yield both turned to the space between them, where a toy would be, for long enough and surely enough."""
        both = [
            infant is caregiver is GazeState.OBJECT
            for infant, caregiver in zip(self.states.infant, self.states.caregiver, strict=True)
        ]
        lesser = np.minimum(self.states.p_infant[:, OBJECT], self.states.p_caregiver[:, OBJECT])
        for interval in self._long_enough(both, self.rules.join_contact_us, self.rules.shortest_joint_us):
            inside = self._inside(interval)
            belief = _mean(lesser, inside)
            if belief >= self.rules.joint_least_p:
                best = self._best(lesser, inside)
                yield self._candidate(Kind.JOINT_ATTENTION, interval, belief, joint_reason(interval), {"best_us": best})

    def _inside(self, interval: Interval) -> slice:
        """The frames whose stretch lies in the interval, if only in part."""
        first = int(np.searchsorted(self.ends, interval.start_us, side="right"))
        return slice(first, int(np.searchsorted(self.times, interval.end_us)))

    def _best(self, p: FloatArray, inside: slice) -> int:
        """The frame that shows the moment best: where the probability is highest."""
        return int(self.times[inside][int(np.argmax(np.nan_to_num(p[inside], nan=-1.0)))])

    def _eyes(self, looking: GazeEvidence, inside: slice) -> float:
        return _mean(looking.eye_weight, inside)

    def _candidate(self, kind: str, interval: Interval, belief: float, reason: str, more: Evidence) -> Candidate:
        inside = self._inside(interval)
        evidence: Evidence = {
            "frames": inside.stop - inside.start,
            "duration_s": round(interval.duration_us / 1e6, 3),
            **more,
        }
        for name, looking, p in (
            ("infant", self.infant, self.states.p_infant),
            ("parent", self.caregiver, self.states.p_caregiver),
        ):
            evidence |= {
                f"{name}_seen_share": _mean(looking.known.astype(float), inside),
                f"{name}_p_partner": _mean(p[:, PARTNER], inside),
                f"{name}_off_partner_deg": _mean(looking.off_partner_deg, inside, digits=1),
                f"{name}_partner_radius_deg": _mean(looking.partner_radius_deg, inside, digits=1),
                f"{name}_uncertainty_deg": _mean(looking.uncertainty_deg, inside, digits=1),
                f"{name}_eye_weight": self._eyes(looking, inside),
            }
        name = hashlib.sha256(f"{kind}:{interval.start_us}:{interval.end_us}".encode()).hexdigest()[:12]
        surest = self.rules.surest_contact if kind == Kind.GAZE_CONTACT else self.rules.surest_other
        return Candidate(name, kind, interval, round(min(belief, surest), 3), reason, evidence)


def _mean(values: FloatArray, inside: slice, digits: int = 3) -> float:
    """Mean of the known values inside; 0 when none is known."""
    part = values[inside]
    known = part[np.isfinite(part)]
    return round(float(known.mean()), digits) if len(known) else 0.0
