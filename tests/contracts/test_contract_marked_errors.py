"""What a refusal says can be read in every language: its words are marked for the catalogues where they are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import vfeed
from vfeed import errors

PACKAGE = Path(vfeed.__file__).parent
FOLDERS = (
    "analysis",
    "dyad",
    "jobs",
    "journal",
    "media",
    "perception",
    "practice",
    "research",
    "server",
    "services",
    "store",
    "timeline",
)
ONLY_COMMANDS = {
    "jobs/queue.py",
    "research/bundle.py",
    "research/comparing.py",
    "research/lists.py",
    "server/accounts/oidc.py",
    "server/processes.py",
    "services/intake.py",
    "store/addresses.py",
    "store/backup.py",
    "store/copying.py",
    "store/database.py",
    "store/handing_out.py",
    "store/keyring.py",
    "store/migrating.py",
    "store/pooling.py",
    "store/recovery.py",
    "store/recovery_sheet.py",
    "store/rekey.py",
}
"""What speaks to whoever keeps vfeed, at its start or in a terminal."""
CODE = re.compile(r"[a-z_]+")
PLACE = re.compile(r"%\((\w+)\)s")
MARKS = {"_", "marked", "gettext", "looked_up"}
OF_OTHERS = {"unreadable": {1, 2}, "unclear": {1, 2}}
"""Which arguments of functions of other modules are texts: those of `research.formats.seam`."""
SAYING = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.VfeedError)}
# Their first argument is no text: a code, or yes or no.
SAYING |= {"PermissionDecision"}


def modules() -> list[Path]:
    found = [path for folder in FOLDERS for path in (PACKAGE / folder).rglob("*.py")]
    found += [PACKAGE / "screening" / "brought.py"]
    return [path for path in found if not any(_within(path, each) for each in ONLY_COMMANDS)]


def found_in_modules(look: Callable[[str], Iterator[str]]) -> list[str]:
    """Return what a look at each module's source finds, with the module."""
    return [
        f"{path.relative_to(PACKAGE).as_posix()}, {each}"
        for path in modules()
        for each in look(path.read_text(encoding="utf-8"))
    ]


def _within(path: Path, place: str) -> bool:
    return path.relative_to(PACKAGE).as_posix().startswith(place)


def unmarked(source: str) -> Iterator[str]:
    """Each text of a refusal in a module that no catalogue would hold, with its line."""
    tree = ast.parse(source)
    handing_on = OF_OTHERS | {name: place for node in ast.walk(tree) for name, place in _handing_on(node)}
    kinds = _kinds(tree)
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        texts = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = _texts(node, node.func.id, handing_on)
        elif isinstance(node, ast.ClassDef) and node.name in kinds:
            texts = _texts_of_kind(node)
        for text in texts:
            said = constants.get(text.id, text) if isinstance(text, ast.Name) else text
            if _is_written_here(said):
                yield f"line {text.lineno}: {ast.unparse(said)}"


def _handing_on(node: ast.AST) -> Iterator[tuple[str, set[int]]]:
    """A function that makes a refusal of texts it is given: its name, and which of its arguments they are."""
    if not isinstance(node, ast.FunctionDef):
        return
    names = [argument.arg for argument in node.args.args]
    texts = {
        each.id
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        for each in _texts(call, call.func.id, {})
        if isinstance(each, ast.Name)
    }
    given = {place for place, name in enumerate(names) if name in texts}
    if given:
        yield node.name, given


def _kinds(tree: ast.Module) -> set[str]:
    """Names of the classes of refusals that a module makes of others."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in SAYING | found for base in node.bases):
            found.add(node.name)
    return found


def _texts_of_kind(kind: ast.ClassDef) -> list[ast.expr]:
    """What a class of refusals says by itself: defaults of texts it is given, and what it hands to the one above."""
    found: list[ast.expr] = []
    for node in ast.walk(kind):
        if isinstance(node, ast.arguments):
            found += node.defaults
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__":
            found += [*node.args, *(each.value for each in node.keywords if each.arg == "hint")]
    return [each for each in found if not (isinstance(each, ast.Constant) and CODE.fullmatch(str(each.value)))]


def _texts(call: ast.Call, name: str, handing_on: dict[str, set[int]]) -> list[ast.expr]:
    hints = [each.value for each in call.keywords if each.arg == "hint"]
    if name in SAYING:
        return [*call.args[1:2], *hints]
    return [each for place, each in enumerate(call.args) if place in handing_on.get(name, ())] + (
        hints if name in handing_on else []
    )


def _is_written_here(text: ast.expr) -> bool:
    """Whether it is put together in English: a plain or filled-in string that nothing marks."""
    if isinstance(text, ast.Constant):
        return isinstance(text.value, str) and bool(text.value)
    if isinstance(text, ast.IfExp):
        return _is_written_here(text.body) or _is_written_here(text.orelse)
    if isinstance(text, ast.Call):
        called = getattr(text.func, "id", "") or getattr(text.func, "attr", "")
        if called == "filled":
            return _is_written_here(text.args[0])
        if called in MARKS:
            return bool(text.args) and isinstance(text.args[0], ast.JoinedStr)
        return called in {"format", "join"}
    return isinstance(text, (ast.JoinedStr, ast.BinOp))


def unfilled(source: str) -> Iterator[str]:
    """Each refusal whose places and values differ, with its line: it could not be said, or lacks what it is given."""
    tree = ast.parse(source)
    handing_on = OF_OTHERS | {name: place for node in ast.walk(tree) for name, place in _handing_on(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = node.func.id
        texts = node.args[:1] if name == "filled" else _texts(node, name, handing_on)
        given = {each.arg for each in node.keywords} - {"hint"}
        written = [_marked_text(each) for each in texts]
        places = set(PLACE.findall(" ".join(each for each in written if each is not None)))
        if None in given or name == "PermissionDecision":
            continue
        if not places <= given or (None not in written and texts and given - places):
            yield f"line {node.lineno}: {sorted(places ^ given)}"
        if given and any("%" in PLACE.sub("", each or "").replace("%%", "") for each in written):
            yield f"line {node.lineno}: write %% for a % beside a place"


def _marked_text(text: ast.expr) -> str | None:
    """The text of `_("…")`, none where the call itself fills it in, None for what is written elsewhere."""
    if isinstance(text, ast.Call) and text.keywords:
        return ""
    if isinstance(text, ast.Call) and text.args and isinstance(text.args[0], ast.Constant):
        return str(text.args[0].value)
    return None


def test_every_place_has_its_value() -> None:
    assert not found_in_modules(unfilled)


@pytest.mark.parametrize(
    "written",
    [
        'VfeedError("not_found", _("%(name)s is gone."))',
        'VfeedError("not_found", _("It is gone."), hint=_("Ask."), name=name)',
        'filled(_("%(name)s is gone."), of=name)',
        'unreadable(name, _("Line %(line)s."), _("Save it."), number=3)',
        'filled(_("%(name)s is 90 % full."), name=name)',
    ],
)
def test_a_place_without_a_value_and_a_value_without_a_place_are_found(written: str) -> None:
    assert len(list(unfilled(written))) == 1


def test_every_refusal_is_marked_for_the_catalogues() -> None:
    found = found_in_modules(unmarked)
    assert not found, f"write _(…) of vfeed.errors.marked, and values as %(name)s: {found}"


@pytest.mark.parametrize(
    "written",
    [
        'VfeedError("not_found", "It is gone.")',
        'VfeedError("not_found", _("It is gone."), hint=f"Ask {name}.")',
        'NotFound("not_found", _(f"{name} is gone."))',
        'PermissionDecision(False, "Not yours.")',
        'PermissionDecision(False, filled("Not %(name)s’s.", name=name))',
        'unreadable(name, "It is empty.", _("Save it again."))',
        'why = "It is gone."\nVfeedError("not_found", why)',
        'def _refused(why):\n    return VfeedError("not_found", why)\n_refused("It is gone.")',
        'VfeedError("not_found", _("It is gone.") if gone else "It hides.")',
        'class Gone(NotFound):\n    def __init__(self):\n        super().__init__("not_found", "It is gone.")',
        'class Gone(NotFound):\n    def __init__(self, why="It is gone."):\n        super().__init__("not_found", why)',
        'class A(NotFound):\n    pass\nclass B(A):\n    def __init__(self):\n        super().__init__("It is gone.")',
    ],
)
def test_a_text_that_nothing_marks_is_found(written: str) -> None:
    assert len(list(unmarked(written))) == 1


def test_marked_texts_and_those_of_elsewhere_are_left_alone() -> None:
    written = """
WHY = _("It is gone.")
VfeedError("not_found", WHY, hint="")
VfeedError("not_found", decision.reason, hint=_("Ask %(name)s."), name=f"{name:>3}")
PermissionDecision(True, filled(_("%(name)s may."), name=name))
"""
    assert not list(unmarked(written))


def shadowed(source: str) -> Iterator[str]:
    """Each function that marks texts and gives `_` to something else, too: to mark fails there, when it matters."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        inside = list(ast.walk(function))
        loops = [loop.target for each in inside for loop in getattr(each, "generators", [])]
        apart = {id(name) for target in loops for name in ast.walk(target)}
        marks = any(isinstance(each, ast.Call) and getattr(each.func, "id", "") == "_" for each in inside)
        given = [each for each in inside if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
        if marks and any(each.id == "_" and id(each) not in apart for each in given):
            yield f"line {function.lineno}: {function.name}"


def test_what_marks_is_nothing_else_in_the_same_function() -> None:
    assert not found_in_modules(shadowed)


def test_a_mark_that_became_something_else_is_found() -> None:
    assert list(shadowed('def f():\n    one, _ = two()\n    raise VfeedError("not_found", _("It is gone."))'))
    assert not list(shadowed('def f():\n    g([h() for _ in i])\n    raise VfeedError("not_found", _("It is gone."))'))


def test_what_only_commands_reach_is_still_there() -> None:
    assert all((PACKAGE / each).exists() for each in ONLY_COMMANDS)
    assert len(modules()) > 200
