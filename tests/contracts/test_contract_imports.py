"""One direction of flow, as pyproject.toml draws it: a folder imports only what stands below it."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]


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
