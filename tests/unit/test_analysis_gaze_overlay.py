"""The lines of looks that are drawn: they point where people look, and say how far that may be off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from synthetic_heads import CAREGIVER, INFANT, scene

from vfeed.analysis.gaze_overlay import VAGUEST_DEG, gaze_lines
from vfeed.dyad.people import Roles
from vfeed.perception.visibility import Visibility

ROLES = Roles(infant=INFANT, caregiver=CAREGIVER, confidence=1.0)


def line(person: str, target: str, *, eyes: bool = False) -> Any:
    return gaze_lines(scene([target], [target], eyes=eyes), ROLES)[person][0]


def test_two_who_look_at_each_other_have_lines_towards_each_other() -> None:
    assert line("parent", "partner")[0] > 0.5
    assert line("infant", "partner")[0] < -0.5


def test_a_look_down_at_a_toy_goes_down_in_the_picture() -> None:
    assert line("parent", "toy")[1] > 0.2


def test_eyes_that_were_read_make_the_wedge_narrower_and_are_said() -> None:
    by_head, by_eyes = line("infant", "partner"), line("infant", "partner", eyes=True)
    assert (by_head[3], by_eyes[3]) == (False, True)
    assert by_eyes[2] < by_head[2]


def test_a_look_into_the_camera_has_no_direction_in_the_picture() -> None:
    assert line("parent", "camera") is None


@pytest.mark.parametrize("visibility", [Visibility.SMALL, Visibility.DARK, Visibility.TURNED_AWAY, Visibility.COVERED])
def test_nothing_is_drawn_from_what_cannot_be_read(visibility: Visibility) -> None:
    metrics = scene(["partner"], ["partner"])
    metrics["sight"][0, INFANT] = visibility
    lines = gaze_lines(metrics, ROLES)
    assert lines["infant"] == [None]
    assert lines["parent"] != [None]


def test_nobody_has_no_lines_and_times_go_with_them() -> None:
    metrics = scene(["partner", "unseen"], ["partner"] * 2)
    lines = gaze_lines(metrics, Roles(infant=None, caregiver=CAREGIVER, confidence=1.0))
    assert lines["infant"] == [None, None]
    assert lines["parent"][1] is None
    assert lines["time_us"] == metrics["time_us"].tolist()


def test_a_spread_beyond_the_vaguest_is_not_drawn() -> None:
    metrics = scene(["partner"], ["partner"])
    metrics["head_sd_deg"][0, CAREGIVER] = np.float32(80.0)
    drawn = gaze_lines(metrics, ROLES)["parent"][0]
    assert drawn is None
    assert line("parent", "partner")[2] < VAGUEST_DEG
