"""The key sealed by a passphrase, and the key on paper: whole or in parts."""

from __future__ import annotations

import errno
import io
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from filled_store import Home, a_clip, files_under, settings_in, some_bytes
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from vfeed.cli import main
from vfeed.errors import VfeedError
from vfeed.store import Store, sealing
from vfeed.store.keyring import is_sealed, read_master, write_key_file
from vfeed.store.recovery import joined, lines_of, secret_of, split
from vfeed.store.rekey import rotate_key
from vfeed.terminal import console

KEY = bytes(range(32))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("VFEED_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VFEED_KEY_FILE", str(tmp_path / "key" / "master.key"))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*args: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, args, input=typed)

    return call


@pytest.mark.sqlite
def test_a_sealed_key_opens_with_its_passphrase_alone(
    store: Store, home: Home, run: Callable[..., Any], tmp_path: Path
) -> None:
    clip = a_clip(store, home)
    store.close()
    key_file, open_key = store.settings.key_file, store.settings.key_file.read_bytes()
    passphrase = re.search(r"once: (\S+)", run("seal-key").output)
    assert passphrase is not None and is_sealed(key_file)
    folder = key_file.parent
    assert not [each for each in folder.rglob("*") if each.is_file() and open_key.split()[1] in each.read_bytes()]
    assert key_file.stat().st_mode & 0o077 == 0
    with pytest.raises(VfeedError) as refused:
        Store(store.settings)
    assert refused.value.code == "key_wrong" and "VFEED_KEY_PASSPHRASE_FILE" in refused.value.hint
    stick = tmp_path / "stick"
    stick.write_text("not the passphrase")
    settings_ = settings_in(tmp_path, key_passphrase_file=stick)
    with pytest.raises(VfeedError) as wrong:
        Store(settings_)
    assert wrong.value.code == "key_wrong"
    stick.write_text(passphrase.group(1) + "\n")
    with Store(settings_) as again:
        assert again.blobs.read(clip.id, "original") == some_bytes()
    rotate_key(settings_)
    assert is_sealed(key_file)
    with Store(settings_) as rotated:
        assert rotated.blobs.read(clip.id, "original") == some_bytes()


@pytest.mark.sqlite
@pytest.mark.parametrize("step", ["rename", "link", "sync_folder", "_wipe"])
def test_a_sealing_that_is_killed_at_any_step_leaves_a_key_that_opens_and_nothing_readable_beside_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store.close()
    key_file = store.settings.key_file
    open_key = key_file.read_bytes()
    stick = tmp_path / "stick"
    stick.write_text("a passphrase")
    settings = settings_in(tmp_path, key_passphrase_file=stick)

    def stop(*_told: object) -> None:
        raise KeyboardInterrupt

    # Once sealed it is sealed anew: killed then, what lies under the second name is sealed, too.
    for _again in range(2):
        with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
            killed.setattr({"rename": Path, "link": os}.get(step, sealing), step, stop)
            sealing.put_key_in_place(key_file, read_master(key_file, stick), "a passphrase")
        Store(settings).close()
        assert not key_file.with_name(f"{key_file.name}.readable").exists()
        beside = [path for path in files_under(key_file.parent) if path != key_file]
        assert [path for path in beside if open_key.split()[1] in path.read_bytes()] == []


@pytest.mark.sqlite
def test_a_key_whose_passphrase_cannot_be_told_is_not_sealed(
    store: Store, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal is gone, or the disk full that the output was sent to: sealed by it the key would open nothing."""
    store.close()

    def no_room(*_told: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(console, "print", no_room)
    assert run("seal-key").exit_code
    assert not is_sealed(store.settings.key_file)
    Store(store.settings).close()


def words_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def key_lines(path: Path) -> list[str]:
    return re.findall(r"(?:[A-Z2-7]{4} ){3}[A-Z2-7]{4}", words_of(path))


def test_the_key_is_made_anew_from_the_printed_sheet(run: Callable[..., Any], tmp_path: Path) -> None:
    write_key_file(tmp_path / "key" / "master.key", KEY)
    sheet = tmp_path / "sheet.pdf"
    assert run("recovery-sheet", str(sheet)).exit_code == 0 and sheet.stat().st_mode & 0o077 == 0
    assert run("recovery-sheet", str(sheet)).exit_code == 6, "nothing is overwritten"
    lines = key_lines(sheet)
    assert len(lines) == 4
    (tmp_path / "key" / "master.key").unlink()
    done = run("recover-key", typed="\n".join(line.lower().replace(" ", "") for line in lines) + "\n")
    assert done.exit_code == 0, done.output
    assert read_master(tmp_path / "key" / "master.key") == KEY
    assert run("recover-key", typed="\n".join(lines) + "\n").exit_code != 0
    assert read_master(tmp_path / "key" / "master.key") == KEY


def test_two_of_three_people_make_the_key_anew(run: Callable[..., Any], tmp_path: Path) -> None:
    write_key_file(tmp_path / "key" / "master.key", KEY)
    assert run("recovery-sheet", str(tmp_path / "s.pdf"), "--parts", "3", "--needed", "2").exit_code == 0
    (tmp_path / "key" / "master.key").unlink()
    typed = "".join(f"{number}\n" + "\n".join(key_lines(tmp_path / f"s-{number}.pdf")) + "\n" for number in (3, 1))
    assert run("recover-key", "--needed", "2", typed=typed).exit_code == 0
    assert read_master(tmp_path / "key" / "master.key") == KEY


# A command that ends as by `kill -9` when it first writes to the disk for good; then one at the second time, and so on,
# until one is through. After each, every file that has its name is whole.
CUT_OFF = """
import os, sys
from pathlib import Path
from pypdf import PdfReader
from vfeed.store.keyring import write_key_file, read_master
from vfeed.store.recovery_sheet import write_sheet

durable, folder, left = os.fsync, Path(sys.argv[1]), 0

def cut_off(handle):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
    durable(handle)

def through(place):
    global left
    child = os.fork()
    if child == 0:
        left, os.fsync = place, cut_off
        write_sheet(bytes(32), folder / "s.pdf", parts=3, needed=2)
        write_key_file(folder / "master.key", bytes(32))
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for sheet in folder.glob("s-*.pdf"):
        assert "each line checks itself" in " ".join(PdfReader(sheet).pages[0].extract_text().split())
        sheet.unlink()
    if (folder / "master.key").exists():
        assert read_master(folder / "master.key") == bytes(32)
        (folder / "master.key").unlink()
    return ended == 0

place = 1
while not through(place):
    place += 1
print(place - 1, *(path.name for path in folder.glob(".s-*")))
"""


def test_a_sheet_and_a_key_file_are_there_whole_or_not_at_all_wherever_the_command_is_killed(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CUT_OFF, tmp_path], check=True, capture_output=True, text=True)
    assert int(done.stdout) >= 8, "and what a killed one left of a sheet goes with the next: none has the key in it"


@pytest.mark.parametrize(("at", "letter"), [(0, "B"), (5, "Z"), (15, "3")])
def test_a_letter_typed_wrong_is_named_by_its_line(at: int, letter: str) -> None:
    lines = lines_of(KEY)
    bare = lines[2].replace(" ", "")
    lines[2] = bare[:at] + (letter if bare[at] != letter else "A") + bare[at + 1 :]
    with pytest.raises(VfeedError, match="Line 3"):
        secret_of(lines)


def test_a_line_of_another_part_or_place_is_refused() -> None:
    lines = lines_of(KEY, 1)
    for typed, part in ((lines, 2), ([lines[1], lines[0], *lines[2:]], 1)):
        with pytest.raises(VfeedError):
            secret_of(typed, part)


@given(st.binary(min_size=32, max_size=32), st.integers(2, 5), st.integers(0, 3))
def test_any_needed_parts_give_the_key_and_fewer_do_not(secret: bytes, needed: int, more: int) -> None:
    shares = split(secret, needed + more, needed)
    for chosen in itertools.islice(itertools.combinations(shares, needed), 4):
        assert joined({number: shares[number] for number in chosen}) == secret
    fewer = dict(itertools.islice(shares.items(), needed - 1))
    assert joined(fewer) != secret


@pytest.mark.parametrize(("parts", "needed"), [(1, 2), (3, 1), (2, 3), (10, 2)])
def test_numbers_that_do_not_fit_are_refused(parts: int, needed: int) -> None:
    with pytest.raises(VfeedError):
        split(KEY, parts, needed)


def test_the_sheet_says_whose_it_is_and_how_to_use_it(tmp_path: Path) -> None:
    from vfeed.store.recovery_sheet import write_sheet

    write_sheet(KEY, tmp_path / "s.pdf")
    text = words_of(tmp_path / "s.pdf")
    assert "vfeed recover-key" in text and "never beside the computer" in text
    assert io.BytesIO((tmp_path / "s.pdf").read_bytes()).read(5) == b"%PDF-"
