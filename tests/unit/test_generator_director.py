"""The director draws the same clip from the same seed, and every clip is one that can be filmed."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sample_clips.generator.director import CLOTH_FROM_SKIN, SKIN_RGB, Distribution, draw
from sample_clips.generator.recipe import from_json, to_json
from sample_clips.generator.script import PLAYS
from sample_clips.generator.sets import recipes_of
from sample_clips.generator.things import KINDS

ROOT = Path(__file__).parents[2]
SEEDS = range(40)


def some_recipe(seed: int, turn: Any = 0, **wanted: Any) -> Any:
    return draw(f"clip-{seed}", seed, turn, Distribution(**wanted))


@pytest.mark.parametrize("seed", [1, 7, 20001])
def test_the_same_seed_gives_the_same_recipe(seed: int) -> None:
    assert some_recipe(seed) == some_recipe(seed)
    assert some_recipe(seed).parent.looks != some_recipe(seed + 1).parent.looks


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recipe_comes_back_from_its_json(seed: int) -> None:
    recipe = some_recipe(seed, turn=seed)
    assert from_json(to_json(recipe)) == recipe


def test_an_unknown_field_in_a_recipe_is_refused() -> None:
    stored = json.loads(to_json(some_recipe(1)))
    with pytest.raises(TypeError, match="colour"):
        from_json(json.dumps(stored | {"colour": "red"}))


def test_a_set_has_every_kind_of_shot_and_light() -> None:
    wanted = Distribution()
    drawn = [draw("x", seed, turn, wanted) for turn, seed in enumerate(range(45))]
    assert {recipe.shots[0].kind for recipe in drawn} == set(wanted.kinds)
    assert {recipe.light for recipe in drawn} == set(wanted.lights)
    assert {recipe.infant.looks.skin_rgb for recipe in drawn} == set(SKIN_RGB)
    assert {recipe.film.fps for recipe in drawn} == {15, 25, 30}


@pytest.mark.parametrize("seed", SEEDS)
def test_looks_begin_at_the_start_and_follow_each_other_within_the_clip(seed: int) -> None:
    recipe = some_recipe(seed, turn=seed)
    for person in (recipe.parent, recipe.infant):
        starts = [look.start_s for look in person.gaze]
        assert starts[0] == 0
        assert starts == sorted(starts)
        assert starts[-1] < recipe.duration_s
        assert all(a.target != b.target for a, b in pairwise(person.gaze))
        assert all(0 <= look.head_share < 0.9 for look in person.gaze)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_wears_the_colour_of_their_skin(seed: int) -> None:
    recipe = some_recipe(seed)
    for person in (recipe.parent, recipe.infant):
        looks = person.looks
        for cloth in (looks.cloth_rgb, looks.stripe_rgb):
            assert cloth is None or np.linalg.norm(np.subtract(cloth, looks.skin_rgb)) > CLOTH_FROM_SKIN


def test_glances_with_the_eyes_alone_are_drawn() -> None:
    looks = [look for seed in SEEDS for look in some_recipe(seed).infant.gaze if look.target == "other_face"]
    shares = np.array([look.head_share for look in looks])
    assert (shares < 0.3).mean() > 0.1


def test_only_at_a_table_does_anybody_leave() -> None:
    left = [some_recipe(seed, turn=seed, leaving_share=1.0) for seed in SEEDS]
    assert any(recipe.parent.absent for recipe in left)
    assert all(recipe.layout == "table" for recipe in left if recipe.parent.absent)


def test_the_two_sets_share_no_seed_and_are_large_enough() -> None:
    tune, test = (json.loads((ROOT / f"bench/sets/{name}.json").read_text()) for name in ("tune", "test"))
    assert not set(tune["seeds"]) & set(test["seeds"])
    assert min(len(set(tune["seeds"])), len(set(test["seeds"]))) >= 24


@pytest.mark.parametrize("name", ["real_like_tune", "real_like_test"])
def test_the_sets_like_real_film_play_with_things_at_the_face_in_half_their_clips(name: str) -> None:
    recipes = recipes_of(ROOT / f"bench/sets/{name}.json")
    assert len(recipes) >= 12
    played = [recipe for recipe in recipes if recipe.parent.holds]
    assert len(played) >= len(recipes) / 2
    hows = {hold.how for recipe in played for hold in recipe.parent.holds}
    assert hows == {"beside", "before", "worn", "screen", "torn", "fed"}
    assert any(recipe.infant.bent for recipe in recipes)
    assert all((recipe.film.width_px, recipe.film.height_px) == (640, 480) for recipe in recipes)
    assert all(recipe.parent.lively_deg > 2 and recipe.infant.lively_deg > 2 for recipe in recipes)


def test_no_two_sets_share_people_or_rooms() -> None:
    seeds = [seed for path in sorted((ROOT / "bench/sets").glob("*.json")) for seed in seeds_in(path)]
    assert len(seeds) == len(set(seeds)) > 90


def seeds_in(path: Any) -> Any:
    return [recipe.room_seed for recipe in recipes_of(path)]


@pytest.mark.parametrize("play", [name for name in PLAYS if name not in ("peek", "tray")])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_held_is_looked_at_and_lies_where_the_play_says(play: Any, seed: int) -> None:
    recipe = some_recipe(seed, plays=(play,), duration_s=12.0)
    assert from_json(to_json(recipe)) == recipe
    assert recipe.parent.holds
    held = [look.start_s for look in recipe.infant.gaze if look.target == "held"]
    assert all(any(hold.start_s <= start <= hold.end_s for hold in recipe.parent.holds) for start in held)
    for hold in recipe.parent.holds:
        assert hold.kind in KINDS and hold.start_s < hold.end_s
        assert all(low <= hold.offset_deg <= high for low, high in [OFFSETS_DEG[hold.how]])
    assert all(a.end_s <= b.start_s for a, b in pairwise(recipe.parent.holds))


OFFSETS_DEG = {"beside": (10, 30), "before": (4, 10), "worn": (0, 12), "screen": (0, 2), "torn": (7, 22), "fed": (0, 0)}


def test_plain_clips_say_nothing_of_what_they_do_not_have() -> None:
    text = to_json(some_recipe(1))
    assert not any(word in text for word in ("holds", "bent", "lively", "pan_deg", "soft_px", "apart_m"))


def test_a_cut_gives_a_second_shot_from_elsewhere() -> None:
    recipe = some_recipe(3, cut_share=1.0)
    assert len(recipe.shots) == 2
    assert 0 < recipe.shots[1].start_s < recipe.duration_s
    assert recipe.shots[0].kind != recipe.shots[1].kind
    assert replace(recipe, shots=recipe.shots[:1]) != recipe
