"""A disk that can lose its power: an ext4 image whose state at one moment is all that is left of it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from app_site import Furnished, Site, compiled_in
from filled_store import settings_in
from flask.testing import FlaskClient

from vfeed.errors import VfeedError
from vfeed.server.app import create_app
from vfeed.store import Store

FILM = Path(__file__).parents[1] / "sample_clips" / "side_view_man.mp4"
IMAGE_BYTES = 1 << 30
PARTS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
SECOND = 1_000_000


@dataclass(frozen=True)
class Disk:
    """A mounted image; `cut` copies it as it is, like the disk of a machine that lost its power."""

    image: Path
    folder: Path

    def cut(self, to: Path) -> None:
        """The disk at this moment, without what the system still held back in memory."""
        subprocess.run(["cp", "--sparse=always", str(self.image), str(to)], check=True)


@contextlib.contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A fresh disk; the test is skipped where this user may not mount one."""
    image = folder / "disk.img"
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    made = subprocess.run(["mkfs.ext4", "-q", str(image)], capture_output=True, check=False) if _is_root() else None
    if made is None or made.returncode:
        pytest.skip("cutting the power of a disk needs root and mkfs.ext4")
    with mounted(image, folder / "disk") as place:
        yield Disk(image, place)


@contextlib.contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    """The image mounted at a place; mounting one that was cut repairs it as a machine does when it starts again."""
    place.mkdir()
    found = subprocess.run(["mount", "-o", "loop", str(image), str(place)], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(f"this machine mounts no image: {found.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextlib.contextmanager
def site_in(folder: Path, furnished: Furnished, *, fresh: bool) -> Iterator[Site]:
    """The furnished site in a folder: copied there when `fresh`, else opened as it was found."""
    if fresh:
        shutil.copytree(furnished.folder, folder / "site")
        os.sync()
    with Store(settings_in(folder / "site")) as store:
        app = create_app(store.settings, store)
        app.config["WTF_CSRF_ENABLED"] = False
        app.jinja_env.bytecode_cache = compiled_in(furnished)
        yield Site(app, store, furnished.home, furnished.clip)
        app.extensions["vfeed_queue"].huey.storage.close()


def a_film(number: int) -> bytes:
    """The sample film, made another one by a box at its end that players pass over."""
    return FILM.read_bytes() + struct.pack(">I4sI", 12, b"free", number)


def tag(site: Site, browser: FlaskClient, number: int) -> str:
    """One act of a person, acknowledged; returns the moment's id."""
    name = f"cut-{number}"
    payload = {"moment_id": name, "start_us": SECOND, "end_us": 2 * SECOND, "code_ref": "attentive"}
    answer = browser.post(f"/api/clips/{site.clip.id}/events", json={"type": "moment_tagged", "payload": payload})
    assert answer.status_code < 300, answer.text
    return name


def send_film(site: Site, browser: FlaskClient, number: int, *, finish: bool = True) -> str:
    """A film sent, and taken in when `finish`; returns the id of the clip, or of the upload that is whole."""
    data = a_film(number)
    pairs = {"filename": f"{number}.mp4", "visit_id": site.home.visit.id}
    described = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
    begun = browser.post(
        "/api/uploads",
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": described},
    )
    address = begun.headers["Location"]
    sent = browser.patch(address, data=data, headers={**PARTS, "Upload-Offset": "0"})
    assert sent.status_code == 204, sent.text
    upload_id = str(sent.headers["Vfeed-Upload-Id"])
    if not finish:
        return upload_id
    answer = browser.post(f"/api/uploads/{upload_id}/finish")
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["clip"]["id"])


def lost_in_a_cut(folder: Path, furnished: Furnished, *, acts: int, films: int) -> dict[str, list[str]]:
    """Do acts and send films, cut the power right after the last answer, start again: what is missing of each."""
    with disk(folder) as before, site_in(before.folder, furnished, fresh=True) as site:
        browser = site.signed_in("practitioner")
        half = send_film(site, browser, films, finish=False)
        clips = {number: send_film(site, browser, number) for number in range(films)}
        tags = [tag(site, browser, number) for number in range(acts)]
        before.cut(folder / "cut.img")
    with mounted(folder / "cut.img", folder / "after") as place, site_in(place, furnished, fresh=False) as site:
        kept = {moment.moment_id for moment in site.store.events.state(site.clip.id).moments}
        return {
            "acts": [name for name in tags if name not in kept],
            "films": [clip for number, clip in clips.items() if not _is_whole(site, clip, number)],
            "uploads": [half] if _held(site, half) != len(a_film(films)) else [],
            "damage": _damage(site),
        }


def _is_whole(site: Site, clip_id: str, number: int) -> bool:
    known = site.store.clips.find_content(_sha256(a_film(number)))
    return known is not None and known.id == clip_id and site.store.blobs.read(clip_id, "original") == a_film(number)


def _held(site: Site, upload_id: str) -> int:
    with contextlib.suppress(VfeedError):
        return site.store.uploads.offset(upload_id)
    return 0


def _damage(site: Site) -> list[str]:
    with site.store.database.read() as session:
        found = session.connection().exec_driver_sql("pragma integrity_check").scalar()
    broken = site.store.audit.verify()
    return [str(found)] * (found != "ok") + [f"audit row {broken}"] * (broken is not None)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is_root() -> bool:
    return os.geteuid() == 0 and shutil.which("mkfs.ext4") is not None
