"""Account roles."""

from __future__ import annotations

import pytest

from vfeed.practice.roles import ACCOUNT_ROLES, ACTION_WORDS, ACTIONS, MAY, may


def test_nobody_may_do_anything_without_a_role() -> None:
    assert not any(may([], action) for action in ACTIONS)
    assert not any(may(["guest"], action) for action in ACTIONS)


def test_every_action_is_open_to_somebody_and_named_in_words() -> None:
    assert set(ACTION_WORDS) == set(ACTIONS)
    for action in ACTIONS:
        assert may(ACCOUNT_ROLES, action)
        assert any(action in MAY[role] for role in ACCOUNT_ROLES)


def test_whoever_keeps_the_machine_does_not_see_the_children() -> None:
    decision = may(["administrator"], "clip.view")
    assert not decision
    assert decision.reason == "Only a practitioner or a researcher may watch films."


def test_a_supervisor_sees_nothing_but_what_is_shared() -> None:
    assert MAY["supervisor"] == {"supervision.attend", "supervision.view"}


@pytest.mark.parametrize("action", ["clip.erase", "consent.change", "reel.make", "clip.review"])
def test_supervisors_and_researchers_change_nothing(action: str) -> None:
    assert not may(["supervisor", "researcher"], action)
