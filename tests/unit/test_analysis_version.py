"""The version of an analysis follows what computes: code, models and numbers, and nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from synthetic_heads import scene

from vfeed.analysis.version import (
    PACKAGE,
    PERCEPTION_SOURCES,
    RULES_SOURCES,
    analysis_version,
    modules_of,
    seen_otherwise,
    sources_digest,
)
from vfeed.dyad.parameters import DyadParameters

SOURCE = '''"""What it is."""

LEAST = 3  # a reason
TOO_FEW = _("There are too few.")


def least(found: int) -> int:
    """Return it."""
    if found < LEAST:
        raise InvalidInput("invalid_input", _("%(found)s are too few."), hint="Film again.", found=found)
    return LEAST
'''


def digest(folder: Path, source: str) -> str:
    (folder / "dyad").mkdir(parents=True, exist_ok=True)
    (folder / "dyad" / "rules.py").write_text(source)
    sources_digest.cache_clear()
    return sources_digest(("dyad",), folder)


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (("LEAST = 3", "LEAST = 4"), True),
        (("return LEAST", "return -LEAST"), True),
        (("# a reason", "# another reason"), False),
        (("Return it.", "Return the least."), False),
        (("There are too few", "There must be more"), False),
        (("are too few", "is too little"), False),
        (("Film again.", "Film once more."), False),
        (("found=found", "found=round(found)"), False),
        (("found < LEAST", "found <= LEAST"), True),
        (("raise InvalidInput", "print"), True),
    ],
)
def test_the_digest_changes_with_what_is_computed_and_not_with_words(
    tmp_path: Path, change: tuple[str, str], counts: bool
) -> None:
    before = digest(tmp_path / "before", SOURCE)
    assert (digest(tmp_path / "after", SOURCE.replace(*change)) != before) is counts


def test_an_analysis_of_today_is_seen_the_same_and_every_other_is_not() -> None:
    version = analysis_version(scene(["partner"], ["partner"]), DyadParameters())
    assert not seen_otherwise(version) and not seen_otherwise(version | {"rules": "older"})
    for name in ("perception", "models", "perception_parameters"):
        assert seen_otherwise(version | {name: "older"})
    assert seen_otherwise({"code": "0.1.0", "models": {}})


COMPUTES_NOTHING = {
    "__init__.py": "the version",
    "errors.py": "what is said",
    "analysis/display.py": "made for the pages, of what was computed",
    "analysis/frame_prefetch.py": "carries the images from one thread to another",
    "analysis/libraries.py": "stands in the version by itself",
    "analysis/version.py": "the digest",
    "media/__init__.py": "nothing",
    "media/clip_facts.py": "what the analysis is given",
    "media/container_detection.py": "whether the file is a film",
    "media/frame_index_cache.py": "keeps what was found",
    "media/mp4_limits.py": "refuses",
    "media/sound.py": "whether something is heard: told, and nothing computed from it",
}
"""What an analysis imports and its digest leaves out, and why."""


def test_every_module_that_an_analysis_reaches_is_in_the_digest_or_left_out_by_name() -> None:
    reached, waiting = set[Path](), [PACKAGE / "analysis" / "pipeline.py"]
    while waiting:
        if (path := waiting.pop()) not in reached:
            reached.add(path)
            waiting.extend(imported(path))
    digested = set(modules_of(PERCEPTION_SOURCES)) | set(modules_of(RULES_SOURCES))
    left_out = {path.relative_to(PACKAGE).as_posix() for path in reached - digested}
    assert left_out == set(COMPUTES_NOTHING)
    assert all(path.is_file() for path in digested)


def imported(path: Path) -> Iterator[Path]:
    """vfeed's modules that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "vfeed":
            at = PACKAGE.joinpath(*str(node.module).split(".")[1:])
            beside = [at / f"{alias.name}.py" for alias in node.names]
            yield from (each for each in (at.with_suffix(".py"), at / "__init__.py", *beside) if each.is_file())
