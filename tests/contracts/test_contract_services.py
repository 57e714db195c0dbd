"""What leaves a use case is typed: no `dict[str, Any]`, nor a mapping to anything, in what it returns or holds."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
import typing
from pathlib import Path
from types import ModuleType

import pytest

from vfeed import services

MODULES = [each.name for each in pkgutil.iter_modules(services.__path__)]
PAGES = Path(services.__path__[0]).parent / "server"
UNTYPED = re.compile(r"(dict|Mapping)\[str, (typing\.)?(Any|object)\]")


def test_there_are_use_cases_to_look_at() -> None:
    assert {"access", "families", "offers", "review"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_nothing_untyped_leaves_a_use_case(name: str) -> None:
    module = importlib.import_module(f"vfeed.services.{name}")
    assert [said for said, hint in leaving(module) if UNTYPED.search(hint)] == []


def leaving(module: ModuleType) -> list[tuple[str, str]]:
    """What each public function returns and each dataclass holds, as text."""
    found = []
    for name, each in vars(module).items():
        if getattr(each, "__module__", "") != module.__name__ or name.startswith("_"):
            continue
        if inspect.isclass(each):
            if dataclasses.is_dataclass(each):
                held = _written(each)
                found += [(f"{name}.{field.name}", held[field.name]) for field in dataclasses.fields(each)]
            methods = [(f"{name}.{key}", value) for key, value in vars(each).items() if not key.startswith("_")]
            found += [
                (said, _written(method).get("return", ""))
                for said, method in ((said, getattr(value, "fget", None) or value) for said, value in methods)
                if inspect.isfunction(method)
            ]
        elif inspect.isfunction(each):
            found.append((name, _written(each).get("return", "")))
    return found


def _written(of: object) -> dict[str, str]:
    # As they are written: a name that is imported for types alone stands for itself.
    return {name: str(hint) for name, hint in inspect.get_annotations(of).items()}


def test_the_look_finds_what_is_untyped() -> None:
    made = ModuleType("made")

    def told() -> dict[str, typing.Any]:
        return {}

    told.__module__ = "made"
    made.told = told
    assert [said for said, hint in leaving(made) if UNTYPED.search(hint)] == ["told"]


MOVED = {
    "families.(create|add_participant|add_visit)": "services.families.Families",
    "workers.(ask|add|remove)": "services.families.Families",
    "retention.(set|hold|release)": "services.families.Families",
    "consents.give": "services.consents.Consents",
    "consents.withdraw": "services.consents.Consents",
    "sessions": "services.sessions.Sessions",
    "programmes": "services.programmes.Programmes",
    "sheets": "services.sheets.Sheets",
    "measures": "services.measures.Measures",
    "packs.(versions|save|remove|bring_back)": "services.codes.Codes",
    "voices": "services.parents_room.ParentsRoom",
    "take_home": "services.take_home.TakeHome",
    "codings": "services.coding.CodingRoom",
    "agreed": "services.consensus.ConsensusRoom",
    "screenings": "services.screening.Screening",
}
"""What of the store pages do not reach for any more, and the use case that they ask."""


@pytest.mark.parametrize("part", MOVED)
def test_what_has_a_use_case_is_asked_of_it(part: str) -> None:
    reached = re.compile(rf"store\(\)\.{part}\b")
    assert [str(path) for path in PAGES.rglob("*.py") if reached.search(path.read_text(encoding="utf-8"))] == []


REACHES = 38
"""Places in which pages still reach for the store themselves: held, so that it can only become fewer."""


def test_pages_reach_past_the_use_cases_in_no_more_places() -> None:
    found = {
        str(path.relative_to(PAGES)): count
        for path in PAGES.rglob("*.py")
        if (count := path.read_text(encoding="utf-8").count("store()."))
    }
    assert sum(found.values()) <= REACHES, found
