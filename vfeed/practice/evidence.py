"""What leaves a service as evidence: what for, on which ground, and confirmed by a second account. Default: no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from vfeed.errors import VfeedError
from vfeed.practice.decision import Decision

Purpose = Literal["review", "supervision", "court"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
LEAST_REASON = 20
MOST_WORDS = 2_000
MOST_REELS = 12


@dataclass(frozen=True)
class Terms:
    """What is handed out and why; `ground` is the legal ground or the agreement that it rests on, as it was written."""

    purpose: str
    reason: str
    ground: str
    reels: tuple[tuple[str, str], ...]
    with_pictures: bool
    with_words: bool
    faces_hidden: bool = False


def check_terms(terms: Terms) -> None:
    """Refuse what does not fit; raises VfeedError `invalid_input` with the fix."""
    if terms.purpose not in PURPOSES:
        raise VfeedError("invalid_input", "Say what it is for.", hint="Choose one of the three.")
    if not LEAST_REASON <= len(terms.reason.strip()) <= MOST_WORDS:
        raise VfeedError("invalid_input", "Say in a sentence why.", hint="The family may read it, and so may others.")
    if terms.purpose != "supervision" and not LEAST_REASON <= len(terms.ground.strip()) <= MOST_WORDS:
        raise VfeedError(
            "invalid_input",
            "The ground is missing.",
            hint="Write the agreement of the family, or the order, with its day.",
        )
    if not 1 <= len(set(terms.reels)) <= MOST_REELS:
        raise VfeedError(
            "invalid_input", f"Choose 1 to {MOST_REELS} films of moments.", hint="Hand out as little as is needed."
        )


def decide_confirming(made_by: str, confirmed_by: str | None, actor: str) -> Decision:
    """Whether this account may confirm: somebody else than who chose, and only once."""
    if confirmed_by is not None:
        return Decision(False, "This has been confirmed already.")
    if actor == made_by:
        return Decision(False, "Who chose cannot confirm: four eyes are needed.")
    return Decision(True, "You are the second account.")


def copy_role(export_id: str, reel_id: str) -> str:
    """The role of the copy of a film of moments in which faces are hidden, for one export."""
    return f"evidence:{export_id}:{reel_id}"


def decide_unchanged(confirmed_sum: str | None, now_sum: str) -> Decision:
    """Whether what leaves is what was confirmed, by the sum of its films, moments and words then and now."""
    if confirmed_sum != now_sum:
        return Decision(False, "Films, moments or words are not as they were when this was confirmed.")
    return Decision(True, "It is as it was confirmed.")


def decide_leaving(purpose: str, confirmed_by: str | None, consent: Decision) -> Decision:
    """Whether a film may leave now: confirmed, and with a consent that holds; an order of a court stands for that."""
    if confirmed_by is None:
        return Decision(False, "A second account has not confirmed this yet.")
    if purpose != "court" and not consent:
        return consent
    return Decision(True, "It was chosen, confirmed, and rests on what is written in it.")
