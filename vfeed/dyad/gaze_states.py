"""From likelihoods to one state per person and frame, by a hidden Markov model; what was not seen stays unseen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.gaze_evidence import AWAY, HELD, OBJECT, PARTNER, GazeEvidence
from vfeed.dyad.held_objects import held_share
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.verdicts import FrameConstraints
from vfeed.perception.geometry import FloatArray
from vfeed.timeline.markov import leaving_rates, posterior
from vfeed.timeline.smoothing import UNSEEN, frame_ends


class GazeState(StrEnum):
    """Where somebody looks at a frame: at the other's face, between the two, elsewhere; or nothing is seen of it."""

    PARTNER = "partner"
    OBJECT = "object"
    AWAY = "away"
    UNSEEN = UNSEEN


STATES = tuple(GazeState)
AS_ALLOWED = [PARTNER, OBJECT, AWAY, OBJECT]
"""What a decision leaves possible of each kind of look: something held is an object."""
MOST_AGAINST = 1.7
"""The most, in log density, that one frame may say against a person's decision: less than a refusal says, so that no
reading outweighs their word."""


@dataclass(frozen=True, eq=False)
class States:
    """Both people's states, per frame.

    `infant`, `caregiver`: the state at each frame. `p_infant`, `p_caregiver` (T, 3): probabilities of partner, object,
    away, given all frames of the stretch in which the person is seen. `p_mutual` (T,): probability that both look at
    each other's face, and that nothing is in between. NaN where either cannot be told.
    """

    time_us: NDArray[np.int64]
    end_us: int
    infant: list[GazeState]
    caregiver: list[GazeState]
    p_infant: FloatArray
    p_caregiver: FloatArray
    p_mutual: FloatArray


def states_of(
    time_us: NDArray[np.int64],
    end_us: int,
    infant: GazeEvidence,
    caregiver: GazeEvidence,
    parameters: DyadParameters,
    constraints: FrameConstraints | None = None,
) -> States:
    """Smooth both people's looking over true time; the state is the most probable one at each frame.

    Where a person decided, the states follow (`constraints`), and what lies around is smoothed towards it.
    The two are taken as independent given what is seen, so `p_mutual` is the product.
    """
    p_infant, p_caregiver = (
        _smooth(looking, time_us, end_us, allowed, _Habits(share, lasts_s), parameters)
        for looking, allowed, share, lasts_s in (
            (infant, None if constraints is None else constraints.infant, parameters.prior, parameters.infant_lasts_s),
            (
                caregiver,
                None if constraints is None else constraints.caregiver,
                parameters.prior,
                parameters.caregiver_lasts_s,
            ),
        )
    )
    p_infant = _shared_with_a_thing(p_infant, infant.occluded, None if constraints is None else constraints.infant)
    return States(
        time_us,
        end_us,
        _settle(p_infant),
        _settle(p_caregiver),
        p_infant,
        p_caregiver,
        p_infant[:, PARTNER] * p_caregiver[:, PARTNER] * infant.not_by_hands_alone,
    )


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a person's looks are shared out between partner, object and elsewhere, and how long they last, seconds."""

    share: tuple[float, float, float]
    lasts_s: tuple[float, float, float]


def _smooth(
    person: GazeEvidence,
    time_us: NDArray[np.int64],
    end_us: int,
    allowed: FloatArray | None,
    habits: _Habits,
    rules: DyadParameters,
) -> FloatArray:
    """Forward-backward probabilities (T, 3).

    The readings of neighbouring frames err together, so a frame counts by the share of `frame_independent_us` that it
    lasts: twice the frames of the same film do not make it twice as sure.
    """
    held = held_share(person.hands_told, rules)
    partner, thing, away = habits.share
    share = np.array([partner, thing * (1 - held), away, thing * held])
    lasts = np.array([*habits.lasts_s, rules.held_lasts_s])
    duration = frame_ends(time_us, end_us) - time_us
    counts = np.minimum(1.0, duration / rules.frame_independent_us)
    fits = person.log_fits * counts[:, None]
    if allowed is not None:
        decided = (allowed != 1).any(axis=1)
        fits[:, decided] = np.maximum(fits[:, decided], fits[:, decided].max(axis=2, keepdims=True) - MOST_AGAINST)
        fits = fits + np.log(allowed[:, AS_ALLOWED])
    # One chain for all hypotheses, each after a frame that nobody sees: nothing crosses that.
    apart = np.pad(fits, ((0, 0), (0, 1), (0, 0)), constant_values=np.nan)
    chain = apart.reshape(-1, apart.shape[2])
    times = np.tile(np.append(time_us, 0), len(fits))
    rates = leaving_rates(lasts, share)
    p = posterior(chain, times, rates, share / share.sum(), across_us=rules.lost_moment_us)[0]
    four: FloatArray = np.tensordot(person.weight, p.reshape(apart.shape)[:, :-1], axes=1)
    four[:, OBJECT] += four[:, HELD]
    four[~person.known] = np.nan
    return four[:, :HELD]


def _shared_with_a_thing(p: FloatArray, occluded: FloatArray, allowed: FloatArray | None) -> FloatArray:
    """Probabilities (T, 3) in which a look at the partner's face is, as far as that is `occluded` (T,), at an object.

    Not where a person decided for the partner: where `allowed` (T, 3) leaves an object less possible.
    """
    share = occluded if allowed is None else np.where(allowed[:, OBJECT] < allowed[:, PARTNER], 0.0, occluded)
    shared = p.copy()
    shared[:, OBJECT] += p[:, PARTNER] * share
    shared[:, PARTNER] *= 1 - share
    return shared


def _settle(p: FloatArray) -> list[GazeState]:
    best = np.argmax(np.nan_to_num(p, nan=-1.0), axis=1)
    return [
        STATES[state] if known else GazeState.UNSEEN for state, known in zip(best, np.isfinite(p[:, 0]), strict=True)
    ]
