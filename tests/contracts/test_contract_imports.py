"""One direction of flow, as pyproject.toml draws it: a folder imports only what stands below it."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "vfeed"
LATE = {
    # A command loads what it runs, so that `vfeed --help` answers at once.
    *("cli.py", "keeping.py", "launch.py", "doctor.py"),
    *("desk/commands.py", "desk/codes_commands.py", "desk/study_commands.py"),
    # MediaPipe and the networks take seconds and hundreds of megabytes: only who looks at a film loads them.
    *("analysis/pipeline.py", "jobs/redaction.py", "perception/detectors.py"),
    *("screening/one_clip.py", "screening/blind_pack.py"),
    # Libraries that few need, or that are there only with an extra.
    *("documents/files.py", "research/formats/grid.py", "research/formats/table_writing.py"),
    *("screening/cluster.py", "screening/run.py", "server/accounts/oidc.py", "server/processes.py", "jobs/queue.py"),
    # Alembic, where there is something to change.
    "store/migrating.py",
}
MOST_LATE = 71


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_an_import_the_wrong_way_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "wrongway"
    (package / "core").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "core/__init__.py": "def f() -> None:\n    import wrongway.web\n",
        "web.py": "",
    }.items():
        (package / name).write_text(text, encoding="utf-8")
    settings = tmp_path / "imports.toml"
    settings.write_text(
        "[tool.importlinter]\nroot_package = 'wrongway'\n"
        "[[tool.importlinter.contracts]]\nname = 'order'\ntype = 'layers'\n"
        "containers = ['wrongway']\nlayers = ['web', 'core']\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert lint_imports(config_filename=str(settings), no_cache=True) == 1


def test_only_these_modules_import_inside_functions() -> None:
    late = {str(path.relative_to(PACKAGE)): count for path in PACKAGE.rglob("*.py") if (count := imports_inside(path))}
    assert late.keys() == LATE
    assert sum(late.values()) <= MOST_LATE


def imports_inside(path: Path) -> int:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    inside = [
        each.lineno
        for function in functions
        for each in ast.walk(function)
        if isinstance(each, ast.Import | ast.ImportFrom)
    ]
    return len(set(inside))


def test_a_circle_is_noticed_also_one_that_is_closed_inside_a_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "roundabout"
    (package / "core").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "core/__init__.py": "",
        "core/first.py": "import roundabout.core.second\n",
        "core/second.py": "def f() -> None:\n    import roundabout.core.first\n",
    }.items():
        (package / name).write_text(text, encoding="utf-8")
    settings = tmp_path / "imports.toml"
    settings.write_text(
        "[tool.importlinter]\nroot_package = 'roundabout'\n"
        "[[tool.importlinter.contracts]]\nname = 'circles'\ntype = 'acyclic_siblings'\nancestors = ['roundabout.*']\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert lint_imports(config_filename=str(settings), no_cache=True) == 1


def test_no_constant_of_a_module_is_set_twice() -> None:
    for path in PACKAGE.rglob("*.py"):
        lines = ast.parse(path.read_text(encoding="utf-8")).body
        named = [
            line.targets[0].id
            for line in lines
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
        ]
        assert len(named) == len(set(named)), (path, sorted(named))
