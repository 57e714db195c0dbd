"""What is locked in a folder that several machines see: an NFS server refuses locks that a disk gives."""

from __future__ import annotations

import errno
import fcntl
from pathlib import Path

import pytest
from filled_store import settings_in

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.jobs.worker import is_dead, worker_mark
from vfeed.store import Store
from vfeed.store.store import in_use
from vfeed.store.vault import FileVault


@pytest.mark.parametrize(("mode", "kind"), [("rb", fcntl.LOCK_EX), ("wb", fcntl.LOCK_SH)])
def test_locks_of_tests_are_as_strict_as_those_of_nfs(mode: str, kind: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with path.open(mode) as file, pytest.raises(OSError, match="NFS") as refused:
        fcntl.flock(file, kind)
    assert refused.value.errno == errno.EBADF


def test_data_can_be_used_together_and_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with in_use(settings), in_use(settings), pytest.raises(VfeedError), in_use(settings, alone=True):
        pass
    with in_use(settings, alone=True), pytest.raises(VfeedError), in_use(settings):
        pass


def test_a_mark_tells_a_living_worker_from_a_dead_one(tmp_path: Path) -> None:
    with worker_mark(tmp_path) as name:
        (folder,) = tmp_path.iterdir()
        (folder / "killed").touch()
        assert (is_dead(folder, name), is_dead(folder, "killed")) == (False, True)


def test_a_vault_sweeps_leftovers_and_leaves_what_is_being_written(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    draft = vault.create(bytes(32), b"")
    left = tmp_path / "ab" / "abcd"
    left.parent.mkdir(exist_ok=True)
    left.touch()
    assert vault.sweep(lambda name: False) == 1
    assert not left.exists()
    draft.discard()


def test_the_folder_of_films_is_there_before_another_machine_looks_for_one(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with Store(settings):
        assert settings.vault_dir.is_dir()
