"""The kinds of candidate: what is stored, and what a kind speaks of."""

from __future__ import annotations

GAZE_CONTACT = "gaze_contact"
GAZE_AVERSION = "gaze_aversion"
JOINT_ATTENTION = "joint_attention"
LOOK_TO_PARENT = "look_to_parent"
PARENT_WAITING = "parent_waiting"
REPAIR = "repair"

INFANT_ONLY = frozenset({GAZE_AVERSION, LOOK_TO_PARENT})
"""Kinds that speak of the infant's face alone."""
