"""What is on the disk under a new name is synced with the folder that holds the name, before anybody is told."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from filled_store import Home, a_clip

from vfeed.store import Store


class Syncs:
    """Which files and folders were synced, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: list[Path] = []
        sync = os.fsync

        def noted(handle: int) -> None:
            self.paths.append(Path(f"/proc/self/fd/{handle}").readlink())
            sync(handle)

        monkeypatch.setattr(os, "fsync", noted)


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> Syncs:
    return Syncs(monkeypatch)


def test_a_film_its_folder_and_the_vault_are_synced(store: Store, home: Home, syncs: Syncs) -> None:
    clip = a_clip(store, home)
    (blob,) = store.blobs.list(clip.id)
    vault = store.settings.vault_dir.resolve()
    folder = vault / blob.file_name[:2]
    part = (folder / blob.file_name).with_suffix(".part")
    assert {part, folder, vault} <= set(syncs.paths)
    assert syncs.paths.index(part) < len(syncs.paths) - syncs.paths[::-1].index(folder)


def test_an_upload_and_its_folder_are_synced_before_its_bytes_are_acknowledged(store: Store, syncs: Syncs) -> None:
    folder = (store.settings.data_dir / "uploads").resolve()
    upload = store.uploads.create("ann", 10, {})
    assert folder in syncs.paths
    store.uploads.append(upload.id, io.BytesIO(bytes(10)), 0)
    assert folder / upload.file_name in syncs.paths
