"""What commands say of names from outside, and the look at a target before the work."""

import errno
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from clip_factory import make
from rich.table import Table

import vfeed
from vfeed.cli import main
from vfeed.errors import VfeedError
from vfeed.terminal import LONGEST_NAME_BYTES, as_refusal, console, folder_beside, placed, printable, refuse_unwritable

PACKAGE = Path(vfeed.__file__).parent
NAMES = [
    "IMG_0001 [edited].mp4",
    "d[/b]",
    "[/bold]",
    ":smile:",
    "a\x1b[2Jb",
    "caf\udce9",
    "\U0001f600",
    "a\nb",
    "[[x]]",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_as_it_is_and_never_as_markup(name: str) -> None:
    table = Table("what", box=None)
    table.add_row(name)
    with console.capture() as said:
        console.print(f"Files are in {name}, and 5 more: {'x' * 200}.")
        console.print(table, soft_wrap=False)
    line, _head, cell = said.get().splitlines()
    assert line == f"Files are in {printable(name)}, and 5 more: {'x' * 200}." and cell.strip() == printable(name)
    assert printable(name).isprintable() and printable(name).encode("utf-8")


def test_nothing_prints_by_any_other_way() -> None:
    """Rich reads brackets as markup, and raises at some: only `Plain` prints, and nobody asks it for more."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "terminal.py":
            assert "Console(" not in text and "rich.console" not in text, path
            assert "[bold]" not in text and "markup=" not in text and not re.search(r"^\s*print\(", text, re.M), path


def files_under(folder: Path) -> dict[str, str]:
    return {str(each.relative_to(folder)): each.read_text() for each in sorted(folder.rglob("*")) if each.is_file()}


def test_files_get_their_names_only_when_all_of_them_are_there(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out [a]"
    with placed(folder) as begun:
        (begun / "deep").mkdir()
        (begun / "deep" / "a.txt").write_text("new")
        (begun / "b.txt").write_text("new")
        assert [each.name for each in folder.iterdir()] == [begun.name] and begun.name.startswith(".")
    assert files_under(folder) == {"deep/a.txt": "new", "b.txt": "new"} and not begun.exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
@pytest.mark.parametrize("there", [True, False])
def test_what_breaks_off_leaves_everything_as_it_was(tmp_path: Path, error: BaseException, there: bool) -> None:
    folder = tmp_path / "deep" / "out" if not there else tmp_path
    if there:
        (folder / "a.txt").write_text("old")
    with pytest.raises(type(error)), placed(folder) as begun:
        (begun / "a.txt").write_text("ne")
        raise error
    assert files_under(tmp_path) == ({"a.txt": "old"} if there else {})
    assert [each.name for each in tmp_path.iterdir()] == (["a.txt"] if there else [])


def test_a_folder_or_a_device_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    os.mkfifo(tmp_path / "c.txt")
    for name in ("b.txt", "c.txt"):
        with pytest.raises(OSError, match="is no file"), placed(tmp_path) as begun:
            (begun / "a.txt").write_text("new")
            (begun / name).write_text("new")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["b.txt", "c.txt"]


def test_an_analysis_on_a_disk_that_fills_up_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_result: object, _file: object, folder: Path) -> None:
        (folder / "candidates.csv").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "states.csv"))

    monkeypatch.setattr("vfeed.analysis.outputs.write_folder", full)
    monkeypatch.setattr("vfeed.analysis.pipeline.analyse", lambda *_args, **_how: None)
    monkeypatch.setattr("vfeed.analysis.people.with_overrides_by_number", lambda *_args, **_how: None)
    clip, out = tmp_path / "film.mp4", tmp_path / "out"
    clip.write_bytes(make("mp4", "h264", size=(160, 96)))
    out.mkdir()
    (out / "candidates.csv").write_text("earlier")
    done = CliRunner().invoke(main, ["analyse", str(clip), "-o", str(out)])
    assert "disk_full" in done.output and files_under(out) == {"candidates.csv": "earlier"}


@pytest.mark.parametrize("stem", ["film", "a" * 251, "ä" * 125, "\udce9" * 251, "日本" * 41])
def test_the_folder_beside_a_clip_has_a_name_that_every_disk_takes(stem: str, tmp_path: Path) -> None:
    folder = folder_beside(tmp_path / f"{stem}.mp4")
    assert len(os.fsencode(folder.name)) <= LONGEST_NAME_BYTES and folder.name.endswith("-vfeed")
    folder.mkdir()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "x.png"), "disk_full"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "invalid_input"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 300), "invalid_input"),
        (MemoryError(), "internal"),
        (OverflowError("int too large to convert to C long"), "internal"),
        (VfeedError("clip_empty", "The file holds no data."), "clip_empty"),
    ],
)
def test_every_error_of_the_machine_has_a_code_and_a_fix(error: Exception, code: str) -> None:
    refusal = as_refusal(error)
    assert refusal.code == code and (refusal.hint or code == "clip_empty")


@pytest.mark.parametrize("target", ["/proc/vfeed-out", "/dev/null/out", "x" * 300])
def test_an_output_that_cannot_be_written_is_told_before_the_work(target: str, tmp_path: Path) -> None:
    clip = tmp_path / "film [1].mp4"
    clip.write_bytes(make("mp4", "h264", size=(160, 96)))
    done = CliRunner().invoke(main, ["analyse", str(clip), "-o", str(tmp_path / target)])
    assert done.exit_code == 2 and "Traceback" not in done.output and isinstance(done.exception, SystemExit)


def test_a_disk_without_room_is_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(VfeedError) as error:
        refuse_unwritable(tmp_path, room_bytes=1 << 60)
    assert error.value.code == "disk_full"
    assert list(tmp_path.iterdir()) == []


def test_an_error_nobody_met_is_words_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("[/bold] :smile:")

    monkeypatch.setattr("vfeed.media.isolated_process.look_at", broken)
    clip = tmp_path / "film.mp4"
    clip.write_bytes(b"x")
    done = CliRunner().invoke(main, ["analyse", str(clip), "-o", str(tmp_path / "out")])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit)
    assert "[/bold] :smile:" in done.output and "Traceback" not in done.output
