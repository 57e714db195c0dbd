"""The commands that keep what is kept."""

from __future__ import annotations

import io
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from app_site import PASSWORD, an_account
from click.testing import CliRunner, Result
from filled_store import Home, a_clip, agree, settings_in, some_bytes, tell_commands
from rich.console import Console

from vfeed.cli import main
from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.handing_out import export_family
from vfeed.store.reasons import seal_reason

Run = Callable[..., Any]
"""Calls a command with its words; the result also holds what was `said`."""


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a command on the store's own folders."""
    tell_commands(store.settings, monkeypatch)
    monkeypatch.setattr("vfeed.launch.refuse_unsafe", lambda _settings: None)

    def call(*words: str) -> Result:
        console = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("vfeed.keeping.console", Console(file=console, width=500))
            result = CliRunner().invoke(main, words)
        result.said = console.getvalue()  # type: ignore[attr-defined]
        return result

    return call


def test_a_backup_is_made_checked_and_restored(
    store: Store, home: Home, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_clip(store, home)
    assert "1 file copied" in run("backup", str(tmp_path / "backup")).said
    assert "whole" in run("verify", "--backup", str(tmp_path / "backup")).said
    store.close()
    elsewhere = settings_in(tmp_path / "other").model_copy(update={"key_file": store.settings.key_file})
    tell_commands(elsewhere, monkeypatch)
    assert "is restored" in run("restore", str(tmp_path / "backup")).said


def test_what_is_damaged_makes_verify_fail(store: Store, home: Home, run: Run) -> None:
    store.keys.drop(a_clip(store, home).id)
    result = run("verify")
    assert result.exit_code == 4 and "has no key" in result.said


def test_the_only_administrator_gets_in_again(store: Store, run: Run) -> None:
    an_account(store, "admin", "administrator")
    store.accounts.set_active("admin", False, "somebody")
    password = run("reset-password", "admin").said.split()[-1]
    assert store.accounts.verify("admin", password) and not store.accounts.verify("admin", PASSWORD)
    assert run("reset-password", "nobody").exit_code == 5


def test_a_family_gets_all_that_is_kept_about_it_in_a_locked_zip(
    store: Store, home: Home, run: Run, tmp_path: Path
) -> None:
    agree(store, home)
    clip = a_clip(store, home)
    store.clips.rename(clip.id, "With Auntie Quill", "ann")
    moment = {"moment_id": "m", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive", "note": "NOTE <b>SECRET"}
    store.events.append(clip.id, "ann", "moment_tagged", moment)
    why = seal_reason(store.keys, clip.id, "WHYSECRET")
    store.audit.record("ann", "reel.exported", clip.id, {"reason": why})
    to = tmp_path / "robin.zip"
    passphrase = run("export-family", "Robin", str(to)).said.split("once: ")[1].strip()
    # Not even by the names of its files, which a zip tells everybody.
    assert (
        not {word for word in (b"NOTE", b"Quill", b"Robin") if word in to.read_bytes()}
        and to.stat().st_mode & 0o077 == 0
    )
    with pyzipper.AESZipFile(to) as archive:
        archive.setpassword(passphrase.encode())
        names = archive.namelist()
        page = archive.read("Read me first.html").decode()
        everything = json.loads(archive.read("everything.json"))
        (film,) = [name for name in names if name.startswith("films/")]
        assert archive.read(film) == some_bytes()
    assert "NOTE &lt;b&gt;SECRET" in page and "Baby" in page
    assert "With Auntie Quill" in page and film.rpartition("/")[0] in page
    assert {"family", "participant", "consent", "clip", "audit"} <= set(everything)
    assert "WHYSECRET" in page and "WHYSECRET" in str(everything["audit"])
    assert store.audit.list()[0].action == "family.exported"
    assert run("export-family", "Robin", str(to)).exit_code == 2
    assert run("export-family", "Wren", str(tmp_path / "x.zip")).exit_code == 5


def test_a_family_that_could_not_be_written_out_is_not_in_the_trail(store: Store, home: Home, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        export_family(store, "Robin", tmp_path / "missing" / "robin.zip", "pass", "ann")
    assert "family.exported" not in {row.action for row in store.audit.list()}


def test_the_key_is_changed_and_the_data_open_with_the_new_one(store: Store, home: Home, run: Run) -> None:
    clip = a_clip(store, home)
    assert run("rotate-key", "--yes").exit_code == 6
    store.close()
    assert "The new key" in run("rotate-key", "--yes").said
    with Store(store.settings) as again:
        assert again.blobs.read(clip.id, "original") == some_bytes()


def test_before_the_key_is_changed_it_is_said_what_becomes_of_unsent_work(store: Store, home: Home, run: Run) -> None:
    clip = a_clip(store, home)
    store.close()
    asked = run("rotate-key")
    assert asked.exit_code == 1 and "wait unsent in their browser" in asked.said and "The new key" not in asked.said
    with Store(store.settings) as again:
        assert again.blobs.read(clip.id, "original") == some_bytes()


@pytest.mark.parametrize(
    "words",
    [
        *(("restore", "backup"), ("rotate-key", "--yes"), ("take-older", "--yes"), ("seal-key",)),
        *(("recovery-sheet", "sheet.pdf"), ("recover-key",), ("doctor",)),
    ],
)
def test_a_command_that_reads_the_key_by_itself_keeps_files_and_memory_to_this_user(
    words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads or makes the key, and some write databases, long before anything else would see to that."""
    limits: list[tuple[int, tuple[int, int]]] = []
    found = []

    def look() -> None:
        found.append((os.umask(0o022), list(limits)))
        raise VfeedError("conflict", "Looked at.", hint="")

    # Noted alone: what is once lowered in the process of the tests would be low for each test after it.
    monkeypatch.setattr("vfeed.private.resource.setrlimit", lambda what, to: limits.append((what, to)))
    for module in ("vfeed.cli", "vfeed.keeping"):
        monkeypatch.setattr(f"{module}.load_settings", look)
    before = os.umask(0o022)
    try:
        run(*words)
    finally:
        os.umask(before)
    assert found == [(0o077, [(resource.RLIMIT_CORE, (0, 0))])]
