"""The director draws the same clip from the same seed, and every clip is one that can be filmed."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sample_clips.generator.director import CLOTH_FROM_SKIN, SKIN_RGB, Distribution, draw
from sample_clips.generator.recipe import from_json, to_json

ROOT = Path(__file__).parents[2]
SEEDS = range(40)


def some_recipe(seed, turn=0, **wanted):
    return draw(f"clip-{seed}", seed, turn, Distribution(**wanted))


@pytest.mark.parametrize("seed", [1, 7, 20001])
def test_the_same_seed_gives_the_same_recipe(seed):
    assert some_recipe(seed) == some_recipe(seed)
    assert some_recipe(seed).parent.looks != some_recipe(seed + 1).parent.looks


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recipe_comes_back_from_its_json(seed):
    recipe = some_recipe(seed, turn=seed)
    assert from_json(to_json(recipe)) == recipe


def test_an_unknown_field_in_a_recipe_is_refused():
    stored = json.loads(to_json(some_recipe(1)))
    with pytest.raises(TypeError, match="colour"):
        from_json(json.dumps(stored | {"colour": "red"}))


def test_a_set_has_every_kind_of_shot_and_light():
    wanted = Distribution()
    drawn = [draw("x", seed, turn, wanted) for turn, seed in enumerate(range(45))]
    assert {recipe.shots[0].kind for recipe in drawn} == set(wanted.kinds)
    assert {recipe.light for recipe in drawn} == set(wanted.lights)
    assert {recipe.infant.looks.skin_rgb for recipe in drawn} == set(SKIN_RGB)
    assert {recipe.film.fps for recipe in drawn} == {15, 25, 30}


@pytest.mark.parametrize("seed", SEEDS)
def test_looks_begin_at_the_start_and_follow_each_other_within_the_clip(seed):
    recipe = some_recipe(seed, turn=seed)
    for person in (recipe.parent, recipe.infant):
        starts = [look.start_s for look in person.gaze]
        assert starts[0] == 0
        assert starts == sorted(starts)
        assert starts[-1] < recipe.duration_s
        assert all(a.target != b.target for a, b in pairwise(person.gaze))
        assert all(0 <= look.head_share < 0.9 for look in person.gaze)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_wears_the_colour_of_their_skin(seed):
    recipe = some_recipe(seed)
    for person in (recipe.parent, recipe.infant):
        looks = person.looks
        for cloth in (looks.cloth_rgb, looks.stripe_rgb):
            assert cloth is None or np.linalg.norm(np.subtract(cloth, looks.skin_rgb)) > CLOTH_FROM_SKIN


def test_glances_with_the_eyes_alone_are_drawn():
    looks = [look for seed in SEEDS for look in some_recipe(seed).infant.gaze if look.target == "other_face"]
    shares = np.array([look.head_share for look in looks])
    assert (shares < 0.3).mean() > 0.1


def test_only_at_a_table_does_anybody_leave():
    left = [some_recipe(seed, turn=seed, leaving_share=1.0) for seed in SEEDS]
    assert any(recipe.parent.absent for recipe in left)
    assert all(recipe.layout == "table" for recipe in left if recipe.parent.absent)


def test_the_two_sets_share_no_seed_and_are_large_enough():
    tune, test = (json.loads((ROOT / f"bench/sets/{name}.json").read_text()) for name in ("tune", "test"))
    assert not set(tune["seeds"]) & set(test["seeds"])
    assert min(len(set(tune["seeds"])), len(set(test["seeds"]))) >= 24


def test_a_cut_gives_a_second_shot_from_elsewhere():
    recipe = some_recipe(3, cut_share=1.0)
    assert len(recipe.shots) == 2
    assert 0 < recipe.shots[1].start_s < recipe.duration_s
    assert recipe.shots[0].kind != recipe.shots[1].kind
    assert replace(recipe, shots=recipe.shots[:1]) != recipe
