"""What a person says of a film as a whole: who is who, how it is set up; folded, undone, refused."""

from __future__ import annotations

from typing import Any

import pytest
from journal_steps import folded, undone

from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.person_labels import Named, Part, Sighting
from vfeed.errors import VfeedError
from vfeed.practice.overrides import ManualOverrides
from vfeed.practice.review import REVIEW, ReviewState
from vfeed.practice.rules import check

CLIP_US = 20_000_000
FACE = {"time_us": 1_000_000, "box": [0.1, 0.2, 0.1, 0.2]}
INFANT = {"part": "infant", "seen": [FACE]}
CAREGIVER = {"part": "parent", "seen": [{"time_us": 2_000_000, "box": [0.6, 0.2, 0.1, 0.2]}]}
OTHER = {"part": "other", "seen": [{"time_us": 3_000_000, "box": [0.8, 0.2, 0.1, 0.2]}]}

Steps = list[tuple[str, dict[str, Any]]]
NAMED: tuple[str, dict[str, Any]] = ("people_named", {"people": [INFANT, CAREGIVER, OTHER]})
SWAPPED: tuple[str, dict[str, Any]] = ("roles_swapped", {})
AUTOMATIC: tuple[str, dict[str, Any]] = ("people_named", {"people": []})
SPLIT: tuple[str, dict[str, Any]] = ("setup_named", {"kind": "split_screen"})


parse = REVIEW.parse


def after(*steps: tuple[str, dict[str, Any]]) -> ReviewState:
    return folded(REVIEW, steps).state


def test_nothing_is_said_at_first() -> None:
    assert after().overrides == ManualOverrides()


def test_the_naming_is_handed_on_by_where_the_faces_were() -> None:
    named = after(NAMED).overrides.named
    assert named[0] == Named(Part.INFANT, (Sighting(1_000_000, (0.1, 0.2, 0.1, 0.2)),))
    assert [each.part for each in named] == [Part.INFANT, Part.CAREGIVER, Part.OTHER]


@pytest.mark.parametrize(
    ("steps", "swapped", "named"),
    [
        ([NAMED, SWAPPED], True, True),
        ([SWAPPED, NAMED], False, True),
        ([SWAPPED, NAMED, undone(2)], True, False),
        ([NAMED, SWAPPED, SWAPPED], False, True),
        ([NAMED, SWAPPED, undone(2)], False, True),
        ([SWAPPED, NAMED, AUTOMATIC], False, False),
        ([NAMED, AUTOMATIC, undone(2)], False, True),
        ([NAMED, undone(1)], False, False),
        ([NAMED, undone(1), undone(2)], False, True),
    ],
)
def test_a_naming_says_it_all_and_a_swap_is_about_what_held_before(steps: Steps, swapped: bool, named: bool) -> None:
    overrides = after(*steps).overrides
    assert (overrides.swapped, bool(overrides.people)) == (swapped, named)


def test_the_set_up_is_said_apart_from_the_people() -> None:
    assert after(NAMED, SPLIT).overrides == ManualOverrides(
        people=after(NAMED).overrides.people, setup=CameraSetup.SPLIT_SCREEN
    )
    assert after(SPLIT, SWAPPED, ("setup_named", {"kind": None})).overrides == ManualOverrides(swapped=True)


@pytest.mark.parametrize(
    ("type_", "payload", "words"),
    [
        ("people_named", {"people": [INFANT, INFANT]}, "only one can be the infant"),
        ("people_named", {"people": [CAREGIVER, CAREGIVER]}, "one the parent, of the pair"),
        ("people_named", {"people": [{**INFANT, "part": "aunt"}]}, "part"),
        ("people_named", {"people": [{**INFANT, "seen": []}]}, "seen"),
        ("people_named", {"people": [{**INFANT, "seen": [FACE] * 6}]}, "seen"),
        ("people_named", {"people": [OTHER] * 13}, "people"),
        ("people_named", {"people": [{**INFANT, "name": "Mia"}]}, "name"),
        *(
            ("people_named", {"people": [{**INFANT, "seen": [{**FACE, "box": box}]}]}, "box")
            for box in ([0, 0, 0, 0.1], [0, 0, 0.1], [float("nan"), 0, 0.1, 0.1], [9, 0, 0.1, 0.1], ["0", 0, 1, 1])
        ),
        ("setup_named", {"kind": "hall_of_mirrors"}, "kind"),
        ("setup_named", {}, "kind"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(type_: str, payload: dict[str, Any], words: str) -> None:
    with pytest.raises(VfeedError) as refused:
        parse(type_, payload)
    assert refused.value.code == "invalid_input" and words in refused.value.message


def test_a_face_is_named_within_the_clip() -> None:
    late = {"people": [{**INFANT, "seen": [{**FACE, "time_us": CLIP_US}]}]}
    with pytest.raises(VfeedError, match="after the end of the film"):
        check("people_named", parse("people_named", late), after(), duration_us=CLIP_US)
    check("people_named", parse(*NAMED), after(), duration_us=CLIP_US)


def test_what_is_made_of_the_two_faces_has_a_name_by_who_is_who_alone() -> None:
    at_camera = ManualOverrides(setup=CameraSetup.CAREGIVER_AT_CAMERA)
    people = after(NAMED).overrides
    assert (ManualOverrides().key, ManualOverrides(swapped=True).key) == ("found", "swapped")
    assert ManualOverrides(setup=CameraSetup.SPLIT_SCREEN).key == "found"
    keys = {
        each.key
        for each in (
            ManualOverrides(),
            ManualOverrides(swapped=True),
            at_camera,
            people,
            after(NAMED, SWAPPED).overrides,
        )
    }
    assert len(keys) == 5
    assert after(NAMED, SPLIT).overrides.key == people.key
