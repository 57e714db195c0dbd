"""What leaves a use case is typed: no `dict[str, Any]`, nor a mapping to anything, in what it returns or holds."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
import sys
import typing
from collections.abc import Iterator, Mapping
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


KEPT_AS_JSON = {
    # What an analysis made, read by `offers` and shown as types; and what it was made with.
    *("ClipAnalysis.filming", "ClipAnalysis.version"),
}
"""Columns and fields without a type of their own within what leaves use cases. No new one comes in."""


def within(kind: object, seen: set[type], path: str = "") -> Iterator[str]:
    """Fields, however deep, of vfeed's classes in a type, that hold a mapping to anything."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in (dict, Mapping) and arguments[1] in (typing.Any, object):
        yield path
    for each in arguments:
        yield from within(each, seen, path)
    if inspect.isclass(kind) and kind.__module__.startswith("vfeed.") and kind not in seen:
        seen.add(kind)
        for name, held in typing.get_type_hints(kind).items():
            if not name.startswith("_"):
                yield from within(held, seen, f"{kind.__name__}.{name}")


def test_rows_and_classes_within_what_leaves_are_typed_but_for_these_columns() -> None:
    modules = [importlib.import_module(f"vfeed.services.{name}") for name in MODULES]
    names = {
        name: value
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith("vfeed.")
        for name, value in vars(module).items()
        if inspect.isclass(value)
    }
    found: set[str] = set()
    for module in modules:
        for said, hint in leaving(module):
            kind = eval(hint, {**names, **vars(typing), **vars(module)})
            found |= set(within(kind, set(), said))
    assert found == KEPT_AS_JSON


def test_pages_read_the_facts_of_a_film_as_types() -> None:
    untyped = re.compile(r"\bclip\.facts\b|\bfacts(\[|\.get\()")
    assert [
        str(path.relative_to(PAGES)) for path in PAGES.rglob("*.py") if untyped.search(path.read_text("utf-8"))
    ] == []


KNOWS_THE_STORE = {"app.py", "processes.py", "web/brake.py", "web/signin.py"}
"""What opens the store, and what signs in: the brake on guessing reads a table of its own."""


def test_pages_ask_use_cases_and_never_the_store() -> None:
    reached = re.compile(r"\bstore\(\)|vfeed_store|\bstore\.\w+\.\w+\(|import Store\b")
    found = {
        str(path.relative_to(PAGES)) for path in PAGES.rglob("*.py") if reached.search(path.read_text(encoding="utf-8"))
    }
    assert found <= KNOWS_THE_STORE
    assert "app.py" in found, "the look finds it where it is"
