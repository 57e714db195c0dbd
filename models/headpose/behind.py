"""Renders stills of a set's clips, with the boxes of the heads in them: what stands behind the heads in training.

`python -m models.headpose.behind bench/sets/tune.json --out FOLDER` runs in the sample clips' generator's environment;
each clip gives one file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from sample_clips.generator.film import TICKS_PER_S
from sample_clips.generator.recipe import Recipe
from sample_clips.generator.render import Stage
from sample_clips.generator.sets import recipes_of
from sample_clips.generator.truth import PEOPLE

TIMES_S = 0.5, 2.0, 3.5, 5.0, 6.5
WIDTH_PX = 640


def still(recipe: Recipe, folder: Path, cache: Path) -> None:
    """Draw one clip at TIMES_S into FOLDER/NAME.npz: `pictures` (N, H, 640, 3) RGB, `heads` (N, 2, 4), NaN for none."""
    path = folder / f"{recipe.name}.npz"
    if path.exists():
        return
    stage = Stage(recipe, cache, 1.0)
    pictures, heads = [], []
    for time_s in TIMES_S:
        moment = stage.moment(round(time_s * TICKS_PER_S))
        drawn = stage.picture(moment)
        scale = WIDTH_PX / drawn.shape[1]
        size = WIDTH_PX, round(drawn.shape[0] * scale)
        pictures.append(cv2.resize(drawn, size, interpolation=cv2.INTER_AREA))
        heads.append([np.array(moment.truth[who]["head_box_px"], float) * scale for who in PEOPLE])
    stage.close()
    np.savez(path, pictures=np.array(pictures, np.uint8), heads=np.array(heads))


def main() -> int:
    """Draw every clip of a set, or the first so many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, help="only so many")
    given = parser.parse_args()
    cache = given.out / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for recipe in recipes_of(given.set)[: given.clips]:
        still(recipe, given.out, cache)
        sys.stdout.write(f"{recipe.name}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
