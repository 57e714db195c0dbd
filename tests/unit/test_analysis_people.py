"""Everybody who is followed, by number, and an analysis as a person says it is."""

import json
from typing import Any

import pytest
from synthetic_heads import CAREGIVER, INFANT, empty, scene

from vfeed.analysis.outputs import summary
from vfeed.analysis.people import people_of, with_overrides_by_number
from vfeed.analysis.result import recompute
from vfeed.cli import SETUPS
from vfeed.dyad.camera_setup import CameraSetup
from vfeed.errors import VfeedError

RESULT = recompute(scene(["partner"] * 40, ["toy"] * 20 + ["unseen"] * 20))


def test_everybody_is_told_with_number_share_and_part() -> None:
    told = [(each.number, each.seen_share, each.part.value) for each in people_of(RESULT)]
    assert told == [(CAREGIVER + 1, 1.0, "parent"), (INFANT + 1, 0.5, "infant")]
    assert summary(RESULT)["people"][1] == {"number": 2, "seen_share": 0.5, "taken_for": "infant"}
    json.dumps(summary(RESULT))


def test_nobody_to_be_seen_is_nobody() -> None:
    assert people_of(recompute(empty(5, 1))) == []


@pytest.mark.parametrize(
    ("said", "pair"),
    [
        ({}, (INFANT, CAREGIVER)),
        ({"infant": 1}, (CAREGIVER, INFANT)),
        ({"caregiver": 2}, (CAREGIVER, INFANT)),
        ({"infant": 1, "caregiver": 2, "swap_roles": True}, (INFANT, CAREGIVER)),
        ({"setup": "parent_at_camera"}, (INFANT, None)),
        ({"setup": "parent_at_camera", "infant": 1}, (CAREGIVER, None)),
        ({"setup": "split_screen"}, (INFANT, CAREGIVER)),
    ],
)
def test_an_analysis_is_put_right_by_what_is_said(said: dict[str, Any], pair: tuple[int, int | None]) -> None:
    told = with_overrides_by_number(RESULT, **said)
    assert (told.roles.infant, told.roles.caregiver) == pair
    assert told.setup.kind.value == said.get("setup", "one_view")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"infant": 3}, "no person 3"),
        ({"caregiver": 9}, "no person 9"),
        ({"infant": 1, "caregiver": 1}, "infant and adult"),
    ],
)
def test_a_number_that_nobody_has_is_refused_with_those_there_are(said: dict[str, int], words: str) -> None:
    with pytest.raises(VfeedError) as refused:
        with_overrides_by_number(RESULT, **said)
    assert refused.value.code == "invalid_input" and words in refused.value.message and refused.value.hint


def test_the_command_line_knows_every_set_up() -> None:
    assert tuple(kind.value for kind in CameraSetup) == SETUPS
