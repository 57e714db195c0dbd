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
from vfeed.services import rows

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


def within(kind: object, seen: set[type], path: str = "", package: str = "vfeed.") -> Iterator[str]:
    """Fields and properties, however deep, of a package's classes in a type, that are a mapping to anything.

    What begins with an underscore is its class's own: a column as it is stored, beside the property that reads it.
    """
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in (dict, Mapping) and arguments[1] in (typing.Any, object):
        yield path
    for each in arguments:
        yield from within(each, seen, path, package)
    if inspect.isclass(kind) and kind.__module__.startswith(package) and kind not in seen:
        seen.add(kind)
        told = {name: each for name, each in vars(kind).items() if isinstance(each, property)}
        read = {name: typing.get_type_hints(each.fget).get("return") for name, each in told.items()}
        for name, held in {**typing.get_type_hints(kind), **read}.items():
            if not name.startswith("_"):
                yield from within(held, seen, f"{kind.__name__}.{name}", package)


def kinds_that_leave() -> dict[str, object]:
    """What each use case returns and each class of theirs holds, as types, by where it is said."""
    modules = [importlib.import_module(f"vfeed.services.{name}") for name in MODULES]
    names = {
        name: value
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith("vfeed.")
        for name, value in vars(module).items()
        if inspect.isclass(value)
    }
    return {
        f"{module.__name__}.{said}": eval(hint, {**names, **vars(typing), **vars(module)})
        for module in modules
        for said, hint in leaving(module)
    }


def test_rows_and_classes_within_what_leaves_are_typed() -> None:
    assert {path for said, kind in kinds_that_leave().items() for path in within(kind, set(), said)} == set()


def test_the_rows_that_pages_know_by_name_are_handed_out_by_use_cases() -> None:
    handed: set[type] = set()
    for kind in kinds_that_leave().values():
        assert list(within(kind, handed)) == []
    named = {each for each in (getattr(rows, name) for name in rows.__all__) if inspect.isclass(each)}
    assert named - handed == set()


@dataclasses.dataclass
class Inner:
    parts: Mapping[str, object]


@dataclasses.dataclass
class Held:
    open: dict[str, typing.Any]
    inner: tuple[Inner, ...]
    _kept: dict[str, typing.Any]
    counted: dict[str, int]

    @property
    def told(self) -> dict[str, object]:
        return {}


def test_the_look_within_finds_what_is_untyped_and_leaves_alone_what_a_class_keeps_for_itself() -> None:
    assert set(within(list[Held], set(), package=__name__)) == {"Held.open", "Inner.parts", "Held.told"}


KNOWS_THE_STORE = {"app.py", "processes.py", "web/brake.py", "web/signin.py"}
"""What opens the store, and what signs in: the brake on guessing reads a table of its own."""


def test_pages_ask_use_cases_and_never_the_store() -> None:
    reached = re.compile(r"\bstore\(\)|vfeed_store|\bstore\.\w+\.\w+\(|import Store\b")
    found = {
        str(path.relative_to(PAGES)) for path in PAGES.rglob("*.py") if reached.search(path.read_text(encoding="utf-8"))
    }
    assert found <= KNOWS_THE_STORE
    assert "app.py" in found, "the look finds it where it is"
