"""Sets of clips: a JSON file names the seeds and what to draw from; a recipe written out is taken as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sample_clips.generator.director import Distribution, draw
from sample_clips.generator.recipe import Recipe, from_json


def distribution_from(values: dict[str, Any]) -> Distribution:
    """Return the distribution that a set's JSON describes; TypeError for an unknown name."""
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Distribution(**given)


def recipes_of(path: Path) -> list[Recipe]:
    """Return a set's recipes in order.

    A set is {"name", "seeds", "distribution"}; clip number n is called NAME-SEED and takes the n-th kind of shot.
    {"clips": [{"name", "seed", "distribution"}]} draws each clip by itself. A file that holds one recipe gives it.
    """
    stored = json.loads(path.read_text())
    if "clips" in stored:
        return [_named(clip) for clip in stored["clips"]]
    if "seeds" not in stored:
        return [from_json(path.read_text())]
    wanted = distribution_from(stored["distribution"])
    return [draw(f"{stored['name']}-{seed}", seed, turn, wanted) for turn, seed in enumerate(stored["seeds"])]


def _named(clip: dict[str, Any]) -> Recipe:
    return draw(clip["name"], clip["seed"], 0, distribution_from(clip["distribution"]))
