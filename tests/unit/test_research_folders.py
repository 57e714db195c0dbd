"""What lies in a folder, and what is said of places in it that cannot be looked into."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from vfeed.cli import main
from vfeed.research.folders import files_in


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with odd but ordinary things in it; what is called locked may not be read."""
    for name in ("b [x].MP4", "sub/a'ä%.mp4", "locked/c.mp4", ".hidden/d.mp4", "._b.mp4", "~$e.mp4", "-f.mp4", "g.txt"):
        path = tmp_path / "films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (tmp_path / "films" / "gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    (tmp_path / "films" / "linked").symlink_to(tmp_path / "films" / "sub")
    (tmp_path / "films" / "named.mp4").symlink_to(tmp_path / "films" / "-f.mp4")
    scandir = os.scandir

    def refusing(place: Any) -> Any:
        if Path(place).name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)
    return tmp_path / "films"


def test_what_is_not_looked_into_is_said(folder: Path) -> None:
    said: dict[str, str] = {}
    found = files_in(folder, (".mp4",), said.__setitem__)
    assert [str(each.relative_to(folder)) for each in found] == ["-f.mp4", "b [x].MP4", "named.mp4", "sub/a'ä%.mp4"]
    assert said == {
        "locked": "it cannot be read (Permission denied)",
        "linked": "it is a link to a folder",
        "gone.mp4": "it leads to no file",
    }


def test_a_folder_that_cannot_be_read_itself_is_an_error(folder: Path) -> None:
    with pytest.raises(PermissionError):
        files_in(folder / "locked", (".mp4",), lambda _path, _why: None)


def test_a_screening_names_the_folders_that_it_passed_over(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["screen", str(folder), "-o", str(tmp_path / "out"), "--depth", "probe"])
    assert done.exit_code == 0, done.output
    assert "Passed over: locked: it cannot be read (Permission denied)." in done.output
    assert "Passed over: 3 places, named above; films in them have no row." in done.output
    assert "4 films: " in done.output
