"""The truth beside the sample clips has what its schema asks for, and agrees with itself."""

import gzip
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sample_clips.generator.recipe import from_json, to_json
from sample_clips.generator.rotation import angle_between_deg
from sample_clips.generator.things import HANDHELD, KINDS, SCREENS, WORN
from sample_clips.generator.truth import FORMAT, episodes

SAMPLES = Path(__file__).parents[2] / "sample_clips"
SCHEMA = json.loads((SAMPLES / "truth.schema.json").read_text())
TRUTHS = {path.name.partition(".")[0]: path for path in sorted(SAMPLES.glob("*.truth.json.gz"))}


def stored(name: str) -> Any:
    return json.loads(gzip.decompress(TRUTHS[name].read_bytes()))


TOLD = {name: truth for name in TRUTHS if (truth := stored(name)).get("format") == FORMAT}


@pytest.mark.parametrize("name", TRUTHS)
def test_every_truth_has_its_clip(name: str) -> None:
    assert (SAMPLES / f"{name}.mp4").is_file()


@pytest.mark.parametrize("name", TOLD)
def test_the_schemas_names_are_all_there_and_no_others(name: str) -> None:
    truth = TOLD[name]
    assert set(truth) == set(SCHEMA["required"])
    for frame in truth["frames"]:
        assert set(frame) - {"held"} == set(SCHEMA["$defs"]["frame"]["required"])
        for who in ("parent", "infant"):
            assert set(frame[who]) - {"held_face_deg"} == set(SCHEMA["$defs"]["person"]["required"])
            assert frame[who]["target"] in SCHEMA["$defs"]["person"]["properties"]["target"]["enum"]


@pytest.mark.parametrize("name", TOLD)
def test_frames_follow_each_other_and_mutual_is_both_at_the_face(name: str) -> None:
    frames = TOLD[name]["frames"]
    assert all(a["time_us"] < b["time_us"] for a, b in pairwise(frames))
    for frame in frames:
        assert frame["mutual"] == (frame["parent"]["at_face"] and frame["infant"]["at_face"])
        for who in ("parent", "infant"):
            if frame[who]["at_face"]:
                assert frame[who]["target"] == "other_face"
                assert not frame[who]["face_hidden"]


def test_the_schema_knows_every_thing_that_can_be_held() -> None:
    held = SCHEMA["$defs"]["held"]["properties"]
    assert held["kind"]["enum"] == list(KINDS)
    assert {*HANDHELD, *WORN, *SCREENS, "spoon", "scrap"} == set(KINDS)


@pytest.mark.parametrize("name", ["home_toy", "home_hat"])
def test_what_is_held_is_told_with_its_place_and_how_far_it_is_off_the_eyes(name: str) -> None:
    told = [frame for frame in TOLD[name]["frames"] if "held" in frame]
    assert len(told) > 20
    for frame in told:
        infant, parent, place = frame["infant"], frame["parent"], np.array(frame["held"]["place"])
        eyes = np.array(infant["eye_mid"])
        off = angle_between_deg(place - eyes, np.array(parent["eye_mid"]) - eyes)
        assert infant["held_face_deg"] == pytest.approx(off, abs=0.05)
        assert "held" in infant["angle_to"]
    assert {frame["infant"]["target"] for frame in told} >= {"held", "other_face"}
    plain = [frame for frame in TOLD[name]["frames"] if "held" not in frame]
    assert not any("held_face_deg" in frame["infant"] for frame in plain)


@pytest.mark.parametrize("name", TOLD)
def test_stored_episodes_are_those_of_the_frames(name: str) -> None:
    truth = TOLD[name]
    assert truth["episodes"] == episodes(truth["frames"], round(truth["recipe"]["duration_s"] * 1_000_000))


@pytest.mark.parametrize("name", TOLD)
def test_the_stored_recipe_can_be_rendered_again(name: str) -> None:
    text = json.dumps(TOLD[name]["recipe"])
    assert json.loads(to_json(from_json(text))) == json.loads(text)
