"""The generator's command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sample_clips.generator.recipe import Recipe, to_json
from sample_clips.generator.sets import recipes_of

CACHE = Path("bench/cache/generator")
"""Where what is computed once (texture maps, light on a body) is kept between renders."""
SAY_EVERY = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sample_clips.generator", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    recipe = actions.add_parser("recipe", help="print the recipes of a set, one JSON file each, into a folder")
    rendering = actions.add_parser("render", help="render a set's clips and truth; clips that are there are left alone")
    stills = actions.add_parser("stills", help="draw stills of every clip of a set, to look at before rendering")
    again = actions.add_parser("again", help="render clips of a set a second time and compare them with the first")
    again.add_argument("--first", type=Path, required=True, help="folder of the first render")
    for action in (recipe, rendering, stills, again):
        action.add_argument("set", type=Path, help="a set (bench/sets/*.json) or one recipe (sample_clips/recipes)")
        action.add_argument("--out", type=Path, required=True, help="folder for what is made")
        action.add_argument("--only", help="only the clip of this name")
        action.add_argument("--cache", type=Path, default=CACHE)
    sheet = actions.add_parser("sheet", help="write a contact sheet (JPEG) of the clips in a folder")
    sheet.add_argument("folder", type=Path)
    sheet.add_argument("--out", type=Path, required=True, help="the JPEG to write")
    checking = actions.add_parser(
        "check", help="hold the truth in a folder against the schema and the clips' frame times"
    )
    checking.add_argument("folder", type=Path)
    stills.add_argument("--at", type=float, nargs="+", default=[2.0, 7.0, 12.0], help="times in seconds")
    given = parser.parse_args(arguments)
    if given.action == "check":
        return _check(given.folder)
    if given.action == "sheet":
        return _sheet(given.folder, given.out)
    recipes = [each for each in recipes_of(given.set) if given.only in (None, each.name)]
    given.out.mkdir(parents=True, exist_ok=True)
    if given.action == "again":
        return _again(recipes, given.first, given.out, given.cache)
    for each in recipes:
        if given.action == "recipe":
            (given.out / f"{each.name}.json").write_text(to_json(each) + "\n")
        elif given.action == "render":
            _render(each, given.out, given.cache)
        else:
            _stills(each, given.at, given.out, given.cache)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _render(recipe: Recipe, folder: Path, cache: Path) -> None:
    from sample_clips.generator.render import render

    if (folder / f"{recipe.name}.mp4").exists() and (folder / f"{recipe.name}.truth.json.gz").exists():
        _say(f"{recipe.name}: already there")
        return
    for done, total, seconds in render(recipe, folder, cache):
        if done % SAY_EVERY == 0 or done == total:
            _say(f"{recipe.name}: {done} of {total} frames, {seconds / done:.2f} s a frame")


def _stills(recipe: Recipe, times_s: list[float], folder: Path, cache: Path) -> None:
    import cv2

    from sample_clips.generator.render import contact_sheet

    sheet = contact_sheet(recipe, times_s, cache)
    cv2.imwrite(str(folder / f"{recipe.name}.png"), sheet[..., ::-1])
    _say(f"{recipe.name}: {folder / (recipe.name + '.png')}")


def _again(recipes: list[Recipe], first: Path, folder: Path, cache: Path) -> int:
    from sample_clips.generator.check import differences

    found = []
    for recipe in recipes:
        _render(recipe, folder, cache)
        found += differences(first / f"{recipe.name}.mp4", folder / f"{recipe.name}.mp4")
    return _told(found)


def _check(folder: Path) -> int:
    from sample_clips.generator.check import faults_in

    return _told([fault for path in sorted(folder.glob("*.truth.json.gz")) for fault in faults_in(path)])


def _sheet(folder: Path, path: Path) -> int:
    from sample_clips.generator.sheet import write_sheet

    write_sheet(sorted(folder.glob("*.mp4")), path)
    return 0


def _told(faults: list[str]) -> int:
    """Say what is wrong, and return the exit status."""
    for fault in faults:
        _say(fault)
    return 1 if faults else 0
