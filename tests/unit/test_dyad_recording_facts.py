"""Filming facts in numbers and plain words."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from synthetic_heads import CAREGIVER, INFANT, empty, scene, split_screen

from vfeed.analysis.result import recompute
from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.people import NamedRoles
from vfeed.dyad.recording_facts import best_stretch, sentences_of
from vfeed.perception.metrics import Heard
from vfeed.perception.visibility import Visibility


def words(metrics: dict[str, NDArray[Any]]) -> str:
    return " ".join(recompute(metrics).filming["words"])


@pytest.mark.parametrize("frames", [0, 1, 30])
def test_a_clip_with_nobody_is_unseen_throughout_and_says_so(frames: int) -> None:
    result = recompute(empty(frames, 0))
    assert "Nobody’s face was found" in result.filming["words"][0]
    assert set(result.states.infant + result.states.caregiver) <= {"unseen"} and result.candidates == []


def test_shares_count_frames_in_which_a_face_can_be_read() -> None:
    result = recompute(scene(["partner"] * 30 + ["unseen"] * 10, ["partner"] * 20 + ["unseen"] * 20))
    assert result.filming["parent"]["seen_share"] == 0.75
    assert result.filming["infant"]["seen_share"] == 0.5
    assert result.filming["both_seen_share"] == 0.5
    json.dumps(result.filming)


def test_the_main_reason_for_not_seeing_is_named() -> None:
    metrics = scene(["partner"] * 20 + ["unseen"] * 20, ["partner"] * 40)
    metrics["sight"][20:, CAREGIVER] = Visibility.TURNED_AWAY
    assert "mostly turned away from the camera" in words(metrics)


@pytest.mark.parametrize(
    "array, value, said",
    [("light", 30.0, "The infant’s face is dark"), ("sharpness", 0.006, "The infant’s face is soft")],
)
def test_poor_light_and_softness_are_said(array: str, value: float, said: str) -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    assert said not in words(metrics)
    metrics[array][:, INFANT] = value
    assert said in words(metrics)


def test_small_faces_and_a_third_person_are_said() -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    metrics["box_px"][:, INFANT, 2:] = 44.0
    assert "The infant’s face is small (44 px wide)" in words(metrics)
    arrays: Any = metrics
    for name, array in list(arrays.items()):
        if array.ndim >= 2:
            metrics[name] = np.concatenate([array, array[:, [CAREGIVER]]], axis=1)
    assert "One more person is in the picture" in words(metrics)


def facts(metrics: dict[str, NDArray[Any]]) -> dict[str, object]:
    return recompute(metrics).filming


def test_a_calm_film_of_both_is_fine_and_everything_said_is_json_able() -> None:
    metrics = scene(["partner"] * 40, ["partner"] * 40)
    metrics["moved_px"][1:], metrics["sound"][:] = 0.5, Heard.SOUND
    found = facts(metrics)
    assert (found["usable"], found["advice"], found["cuts"], found["sound"]) == ("fine", [], 0, "sound")
    assert found["moved_per_s"] == pytest.approx(0.5 * 2**0.5 / 1280 / 0.08, abs=1e-4)
    json.dumps(found)
    assert sentences_of(found)[0] == "This film can be worked with as it is."


@pytest.mark.parametrize(
    ("array", "value", "word", "said"),
    [
        ("moved_px", 8.0, "Put the camera on something steady", "not steady"),
        ("shot", 1, "Film in one go", "There is a cut"),
        ("shot", 3, "Film in one go", "There are 3 cuts"),
        ("light", 40.0, "Let the light come from the front", "dark"),
        ("sharpness", 0.006, "Wipe the lens", "soft"),
        ("sound", Heard.NONE, "Film with the sound switched on", "There is no sound"),
        ("sound", Heard.SILENT, "Film with the sound switched on", "The sound is silent"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(array: str, value: float, word: str, said: str) -> None:
    metrics = scene(["partner"] * 40, ["partner"] * 40)
    metrics[array][-1 if array == "shot" else slice(None)] = value
    sentences = " ".join(sentences_of(facts(metrics)))
    assert word in sentences and said in sentences


def test_a_camera_that_looks_down_on_both_is_noticed() -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    assert abs(float(str(facts(metrics)["camera_above_deg"]))) < 25
    metrics["up"][:] = [0.0, np.cos(np.radians(40)), np.sin(np.radians(40))]
    assert facts(metrics)["camera_above_deg"] == 40.0
    assert "Lower the camera" in " ".join(sentences_of(facts(metrics)))


@pytest.mark.parametrize(
    ("seen", "cuts", "expected"),
    [
        ([1] * 10, [], (0.0, 2.0, 1.0)),
        ([0, 0, 0, 1, 1, 1, 1, 0, 0, 0], [], (1.5, 3.5, 1.0)),
        ([0, 0, 0, 1, 1, 1, 1, 0, 0, 0], [5], (0.5, 2.5, 0.5)),
        ([0] * 10, [5], (0.0, 2.0, 0.0)),
        ([1] * 10, [3, 6], (3.0, 5.0, 1.0)),
        ([1] * 10, [3, 5, 8], None),
        ([1] * 3, [], None),
        ([], [], None),
    ],
)
def test_the_best_stretch_lies_within_one_shot_and_is_the_earliest_of_equals(
    seen: list[int], cuts: list[int], expected: tuple[float, float, float] | None
) -> None:
    metrics = empty(len(seen), 0)
    metrics["time_us"] = np.arange(len(seen), dtype=np.int64) * 500_000
    metrics["duration_us"] = np.array([len(seen) * 500_000])
    metrics["shot"] = np.array([sum(frame >= cut for cut in cuts) for frame in range(len(seen))], np.int32)
    found = best_stretch(metrics, np.array(seen, bool), 2_000_000)
    assert (tuple(found.values()) if found else None) == expected


ALONE = scene(["unseen"] * 40, ["camera"] * 40)


def test_with_the_parent_at_the_camera_as_said_the_film_lacks_nobody() -> None:
    guessed = recompute(ALONE).filming
    said = recompute(ALONE, setup_kind=CameraSetup.CAREGIVER_AT_CAMERA).filming
    assert "Have both faces" in " ".join(sentences_of(guessed)) and guessed["asks"] == ["setup"]
    sentences = " ".join(sentences_of(said))
    assert "The parent is at the camera, as a person said" in sentences
    assert "Have both faces" not in sentences and "was not found" not in sentences and said["asks"] == []


def test_a_split_screen_is_said_until_a_person_confirms_it() -> None:
    metrics = split_screen(["partner"] * 40, ["partner"] * 40)
    assert "please confirm" in " ".join(sentences_of(recompute(metrics).filming))
    said = recompute(metrics, setup_kind=CameraSetup.SPLIT_SCREEN).filming
    assert "two cameras side by side, as a person said" in " ".join(sentences_of(said))
    assert said["setup"] == {"kind": "split_screen", "confidence": 1.0, "given": True}


@pytest.mark.parametrize(
    ("people", "said", "asks"),
    [
        ([CAREGIVER, INFANT], {}, []),
        ([CAREGIVER, CAREGIVER], {}, ["people"]),
        ([CAREGIVER, CAREGIVER], {"swap_roles": True}, []),
        ([CAREGIVER, CAREGIVER], {"named": NamedRoles(infant=0)}, []),
        ([CAREGIVER, INFANT, CAREGIVER], {}, ["people"]),
        ([CAREGIVER, INFANT, CAREGIVER], {"named": NamedRoles(infant=1, caregiver=2)}, []),
        ([CAREGIVER, INFANT], {"named": NamedRoles(infant=1, lost=("parent",))}, ["people"]),
    ],
)
def test_who_is_who_is_asked_where_it_is_not_clear_and_nobody_said(
    people: list[int], said: dict[str, Any], asks: list[str]
) -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    arrays: Any = metrics
    for name, array in list(arrays.items()):
        if array.ndim >= 2 and name != "moved_px":
            metrics[name] = array[:, people]
    filming = recompute(metrics, **said).filming
    assert filming["asks"] == asks
    lost = "The parent that was named is not found again" in " ".join(sentences_of(filming))
    assert lost == bool(said.get("named", NamedRoles()).lost)


def test_one_person_alone_is_said_to_be_a_guess() -> None:
    assert "Only one person was found and is taken to be the infant" in words(scene(["unseen"] * 9, ["camera"] * 9))
