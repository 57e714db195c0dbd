"""What journals keep, as the version at the last stop reads it: an earlier version goes on beside a later one.

`python tests/contracts/test_contract_beside.py` writes `tests/journals/kept.json` anew: only with a new stop.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import pytest

import vfeed.practice
import vfeed.research
from vfeed.journal.events import Payload
from vfeed.journal.journal import Journal
from vfeed.store.shapes import STOPS, revisions, stop_before

FILE = Path(__file__).parents[1] / "journals" / "kept.json"
WORDS = ("description", "title")
FIX = (
    "An earlier version would read this wrongly or not at all. Keep what is stored as it was, or add a migration (it "
    "may change no table), name it in STOPS of vfeed/store/shapes.py and in docs/at-scale.md, and write kept.json anew."
)


def journals() -> dict[str, Journal[Any]]:
    """Every journal there is, by its name in the code."""
    modules = [
        importlib.import_module(module.name)
        for package in (vfeed.practice, vfeed.research)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return {name: each for module in modules for name, each in vars(module).items() if isinstance(each, Journal)}


def without_words(schema: Any) -> Any:
    """A JSON schema without what is only for readers."""
    if isinstance(schema, dict):
        return {
            name: without_words(each) for name, each in schema.items() if name not in WORDS or not isinstance(each, str)
        }
    return [without_words(each) for each in schema] if isinstance(schema, list) else schema


def shape_of(payload: type[Payload]) -> str:
    """The fields that a payload is written with and what is read of it, and a sum of both."""
    schemas = [without_words(payload.model_json_schema(mode=mode)) for mode in ("validation", "serialization")]
    fields = ", ".join(sorted(schemas[1].get("properties", {})))
    return f"{fields}: {hashlib.sha256(json.dumps(schemas, sort_keys=True).encode()).hexdigest()[:16]}"


def kept() -> dict[str, dict[str, str]]:
    """What this version keeps in journals: for each of them its types with the shape of each."""
    return {
        name: {type_: shape_of(payload) for type_, payload in sorted(journal.types.items())}
        for name, journal in sorted(journals().items())
    }


def test_every_journal_is_found() -> None:
    assert {"REVIEW", "SESSION", "SHEET", "CODING", "SHARE", "STUDY", "COMMENTS", "OWN_MOMENTS"} <= set(journals())


def test_what_journals_keep_is_what_the_version_at_the_last_stop_reads() -> None:
    written = json.loads(FILE.read_text(encoding="utf-8"))
    assert written["since"] == STOPS[-1], "write it anew with the stop"
    ours = kept()
    changed = [
        f"{name}.{type_}"
        for name in ours.keys() | written["journals"].keys()
        for type_ in ours.get(name, {}).keys() | written["journals"].get(name, {}).keys()
        if ours.get(name, {}).get(type_) != written["journals"].get(name, {}).get(type_)
    ]
    assert sorted(changed) == [], FIX


def test_a_change_of_a_payload_is_noticed() -> None:
    class Before(Payload):
        """One."""

        name: str

    class Reworded(Payload):
        """Another."""

        name: str

    class Longer(Payload):
        """One."""

        name: str
        more: str = ""

    Reworded.__name__ = Longer.__name__ = "Before"
    assert shape_of(Before) == shape_of(Reworded) != shape_of(Longer)


@pytest.mark.parametrize("stop", STOPS)
def test_each_stop_is_a_shape_and_lies_before_every_later_version(stop: str) -> None:
    assert stop in revisions() and list(STOPS) == sorted(STOPS)
    before = revisions()[revisions().index(stop) - 1]
    assert stop_before(before) == STOPS[-1]
    assert stop_before(revisions()[-1]) is None and stop_before(None) is None


if __name__ == "__main__":
    FILE.write_text(json.dumps({"since": STOPS[-1], "journals": kept()}, indent=1) + "\n", encoding="utf-8")
