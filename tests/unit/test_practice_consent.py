"""Consent: default no, always with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from vfeed.practice.consent import Consent, Person, decide

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
BABY, MOTHER = Person("p1", "Baby"), Person("p2", "Mother")
FOR_BABY = Consent("p1", "session", None, date(2026, 1, 1), None, NOW)
FOR_MOTHER = replace(FOR_BABY, participant_id="p2")
DAY = timedelta(days=1)


def answer(*consents: Consent, use: str = "session", people: tuple[Person, ...] = (BABY, MOTHER)) -> tuple[bool, str]:
    decision = decide(use, "clip", people=people, consents=consents, today=TODAY)
    assert bool(decision) is decision.allowed
    return decision.allowed, decision.reason


def test_without_anybody_entered_nothing_opens() -> None:
    allowed, reason = answer(FOR_BABY, people=())
    assert not allowed
    assert "nobody has consented" in reason


def test_everybody_has_to_agree() -> None:
    assert answer(FOR_BABY, FOR_MOTHER)[0]
    assert answer(FOR_BABY) == (False, "There is no consent to watching the films together for Mother.")
    assert answer() == (False, "There is no consent to watching the films together for Baby.")


def test_one_use_does_not_stand_for_another() -> None:
    assert answer(FOR_BABY, FOR_MOTHER, use="research") == (False, "There is no consent to research for Baby.")


@pytest.mark.parametrize(
    ("change", "allowed", "words"),
    [
        ({"expires_on": TODAY}, True, "agreed"),
        ({"expires_on": TODAY - DAY}, False, "has run out"),
        ({"granted_on": TODAY}, True, "agreed"),
        ({"granted_on": TODAY + DAY}, False, "does not hold yet"),
        ({"withdrawn_at": NOW + DAY}, False, "was withdrawn"),
        ({"withdrawn_at": NOW}, False, "said no to"),
        ({"clip_id": "clip"}, True, "agreed"),
        ({"clip_id": "another clip"}, False, "There is no consent"),
        ({"participant_id": "somebody else"}, False, "There is no consent"),
    ],
)
def test_a_consent_holds_for_its_time_its_clip_and_its_person(
    change: dict[str, object], allowed: bool, words: str
) -> None:
    result, reason = answer(replace(FOR_BABY, **change), FOR_MOTHER)
    assert result is allowed
    assert words in reason


def test_a_no_to_this_clip_outweighs_a_yes_to_all_clips() -> None:
    objection = replace(FOR_BABY, clip_id="clip", withdrawn_at=NOW + DAY)
    assert answer(FOR_BABY, FOR_MOTHER, objection)[0] is False


def test_a_new_yes_to_this_clip_outweighs_the_earlier_no() -> None:
    objection = replace(FOR_BABY, clip_id="clip", withdrawn_at=NOW + DAY)
    renewed = replace(FOR_BABY, clip_id="clip", given_at=NOW + 2 * DAY)
    assert answer(FOR_MOTHER, objection, renewed)[0]


def test_a_no_to_another_clip_does_not_matter_here() -> None:
    assert answer(FOR_BABY, FOR_MOTHER, replace(FOR_BABY, clip_id="another", withdrawn_at=NOW + DAY))[0]
