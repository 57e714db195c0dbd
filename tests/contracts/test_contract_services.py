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
    setattr(made, "told", told)  # noqa: B010
    assert [said for said, hint in leaving(made) if UNTYPED.search(hint)] == ["told"]


KNOWS_THE_STORE = {"app.py", "processes.py", "web/brake.py", "web/signin.py"}
"""What opens the store, and what signs in: the brake on guessing reads a table of its own."""


def test_pages_ask_use_cases_and_never_the_store() -> None:
    reached = re.compile(r"\bstore\(\)|vfeed_store|\bstore\.\w+\.\w+\(|import Store\b")
    found = {
        str(path.relative_to(PAGES)) for path in PAGES.rglob("*.py") if reached.search(path.read_text(encoding="utf-8"))
    }
    assert found <= KNOWS_THE_STORE
    assert "app.py" in found, "the look finds it where it is"
