"""What commands say of names from outside, and the look at a target before the work."""

import errno
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from clip_factory import make
from rich.console import Console
from rich.text import Text

from vfeed.cli import main
from vfeed.errors import VfeedError
from vfeed.terminal import LONGEST_NAME_BYTES, as_refusal, folder_beside, plain, printable, refuse_unwritable

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
    console = Console(emoji=False)
    with console.capture() as said:
        console.print(f"Files are in [bold]{plain(name)}[/bold].", soft_wrap=True)
    assert Text.from_ansi(said.get().rstrip("\n")).plain == f"Files are in {printable(name)}."
    assert printable(name).isprintable() and printable(name).encode("utf-8")


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
