"""The kinds of candidate: what is stored, and what a kind speaks of."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a candidate may be; an analysis of an earlier version may hold others."""

    GAZE_CONTACT = "gaze_contact"
    GAZE_AVERSION = "gaze_aversion"
    JOINT_ATTENTION = "joint_attention"
    LOOK_TO_CAREGIVER = "look_to_parent"
    CAREGIVER_WAITING = "parent_waiting"
    REPAIR = "repair"


INFANT_ONLY = frozenset({Kind.GAZE_AVERSION, Kind.LOOK_TO_CAREGIVER})
"""Kinds that speak of the infant's face alone."""
