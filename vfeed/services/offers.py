"""What the analysis offers of a clip in the light of what people said and decided since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from vfeed.analysis.display import states_for_display
from vfeed.analysis.rerank import rerank
from vfeed.dyad.candidates import Candidate
from vfeed.dyad.verdicts import Verdict
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.perception.metrics import Metrics, metrics_from_npz
from vfeed.practice.overrides import ManualOverrides
from vfeed.practice.recomputed import recomputed
from vfeed.practice.review import ReviewState
from vfeed.services.offer_types import Lanes, Offer, candidate_of, lanes_of, recording_facts_of, roles_of
from vfeed.store.store import Store
from vfeed.timeline.interval import Interval

RECOMPUTED = 32
KEY_LENGTH = 32


class MetricsOutdated(VfeedError):
    """The kept measurements lack what is needed now: an earlier version made them, or the film was turned since."""

    def __init__(self) -> None:
        super().__init__(
            "metrics_outdated",
            _("This film has to be looked at again first: an earlier version did, or it was turned since."),
            hint=_("Open the film’s page: it says how far that is, or offers to look again with the new eyes."),
        )


class Offers:
    """Offers of clips; what was recomputed last is kept, for the same is asked for again and again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._with_overrides = lru_cache(maxsize=RECOMPUTED)(self._recomputed_with)
        self._refit = lru_cache(maxsize=RECOMPUTED)(self._recomputed_in_the_light)

    def of(self, clip_id: str, overrides: ManualOverrides) -> Offer:
        """Return the newest analysis, with the people and the set-up as a person has said."""
        analysis = self._store.analyses.latest(clip_id)
        if analysis is None:
            return Offer()
        if overrides != ManualOverrides():
            try:
                return self._with_overrides(analysis.id, clip_id, overrides)
            except MetricsOutdated:
                pass  # what it offered still stands, and `outdated` tells that what was said has no effect
        return Offer(
            [candidate_of(each) for each in analysis.candidates],
            lanes_of(analysis.states_display),
            recording_facts_of(analysis.filming),
            roles_of(analysis.roles),
            outdated=overrides != ManualOverrides(),
        )

    def after(self, clip_id: str, state: ReviewState) -> Offer:
        """Return the newest analysis in the light of what was decided since.

        Open candidates are ranked anew, and the lanes follow. Where gaze is said to mean little there are no candidates
        and no looks, for whoever asks.
        """
        offer = self.of(clip_id, state.overrides)
        if not state.gaze_flags.meaningful:
            return replace(offer, candidates=(), lanes=None)
        analysis = self._store.analyses.latest(clip_id)
        decisions = decided(state)
        if analysis is None or not decisions or not self._store.blobs.has(clip_id, "metrics"):
            return offer
        try:
            candidates, lanes = self._refit(analysis.id, clip_id, state.overrides, decisions)
        except MetricsOutdated:
            return offer
        return replace(offer, candidates=rerank(offer.candidates, candidates, state.decisions.keys()), lanes=lanes)

    def key(self, clip_id: str, state: ReviewState) -> str:
        """Return a short name for what `after` depends on: the same name, the same offer, without reckoning it."""
        analysis_id = self._store.analyses.latest_id(clip_id)
        has_metrics = self._store.blobs.has(clip_id, "metrics")
        told = repr((analysis_id, has_metrics, *depends_on(state)))
        return hashlib.sha256(told.encode()).hexdigest()[:KEY_LENGTH]

    def metrics(self, clip_id: str) -> Metrics:
        """Return the kept measurements.

        Raises MetricsOutdated for those of an earlier version, which kept less, and while a turned film is measured.
        """
        if not self._store.blobs.has(clip_id, "metrics"):
            raise MetricsOutdated
        kept = self._store.blobs.read(clip_id, "metrics")
        try:
            return metrics_from_npz(kept)
        except VfeedError as error:
            raise MetricsOutdated from error

    def _recomputed_with(self, _analysis_id: str, clip_id: str, overrides: ManualOverrides) -> Offer:
        # The candidates and what is said of each face depend on who is who; they come from the kept measurements in
        # milliseconds, without the film.
        result = recomputed(self.metrics(clip_id), overrides)
        return Offer(
            result.candidates,
            lanes_of(states_for_display(result)),
            recording_facts_of(result.filming),
            roles_of(result.roles.as_dict()),
        )

    def _recomputed_in_the_light(
        self, _analysis_id: str, clip_id: str, overrides: ManualOverrides, decisions: tuple[Verdict, ...]
    ) -> tuple[Sequence[Candidate], Lanes]:
        result = recomputed(self.metrics(clip_id), overrides, decisions)
        return result.candidates, lanes_of(states_for_display(result))


def decided(state: ReviewState) -> tuple[Verdict, ...]:
    """Return the decisions that the other candidates are weighed by: those that a person was sure of."""
    return tuple(
        Verdict(each.kind, Interval(each.start_us, each.end_us), kept=each.state == "confirmed")
        for each in state.decisions.values()
        if each.state != "unsure"
    )


def depends_on(state: ReviewState) -> tuple[object, ...]:
    """Return what of a review the offer depends on."""
    return state.overrides, state.gaze_flags.meaningful, decided(state), tuple(state.decisions)
