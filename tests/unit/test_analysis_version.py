"""The version of an analysis follows what computes: code, models and numbers, and nothing else."""

from pathlib import Path

import pytest
from synthetic_heads import scene

from vfeed.analysis.version import analysis_version, seen_otherwise, sources_digest
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
