"""A family says no: afterwards no word and no picture of theirs is anywhere, by key or without, in any copy.

What a browser keeps is looked at in tests/web/test_browser_storage.py.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from clip_factory import make
from filled_store import all_text, files_under
from http_walk import signed_in
from readable_media import readable_media
from service import OWN_PASSWORD, Client, Service, wait_until

from vfeed.config import Settings, load_settings
from vfeed.store import Store
from vfeed.store.backup import make_backup, restore_backup, stamps

pytestmark = [pytest.mark.sqlite, pytest.mark.timeout(600)]
WORDS = {
    name: f"Planted{name}"
    for name in (
        "Family",
        "Child",
        "Parent",
        "Visit",
        "Question",
        "Film",
        "Note",
        "Said",
        "Reel",
        "Working",
        "Log",
        "Why",
    )
}


@pytest.fixture
def passing() -> Iterator[Path]:
    """The service's folder for passing files; sockets lie there, whose paths may have no more than 107 characters."""
    with tempfile.TemporaryDirectory(prefix="passing-") as folder:
        yield Path(folder)


@pytest.fixture
def service(tmp_path: Path, passing: Path) -> Iterator[Service]:
    running = Service(tmp_path / "service", extra={"TMPDIR": str(passing)}).start()
    yield running
    running.stop()


def settings_of(service: Service) -> Settings:
    return load_settings(_env_file=None, data_dir=service.data, key_file=service.folder / "key" / "master.key")


def enter(client: Client, service: Service) -> tuple[str, str]:
    """A family with consents and a visit, each with planted words; returns its id and the visit's."""
    client.form("/families/new", code_name=WORDS["Family"])
    with Store(settings_of(service)) as store:
        family = store.families.list()[0]
        people = (
            store.families.add_participant(family.id, "child", WORDS["Child"], birth_month="2026-01"),
            store.families.add_participant(family.id, "adult", WORDS["Parent"], relation="parent"),
        )
        for person in people:
            until = date.today() + timedelta(days=30)
            store.consents.give(person.id, "session", None, date.today(), until, WORDS["Why"], "admin")
        visit = store.families.add_visit(family.id, date.today(), WORDS["Visit"], WORDS["Question"])
        return family.id, visit.id


def work(client: Client, visit_id: str, film: bytes) -> str:
    """A film with a moment and a film of that; returns the clip's id."""
    clip_id: str = client.upload(film, visit_id=visit_id, title=WORDS["Film"])["id"]
    wait_until("the film is prepared and analysed", lambda: client.jobs_done(clip_id), seconds=240)
    span = {"start_us": 200_000, "end_us": 2_600_000}
    moment = {
        "moment_id": "m" * 22,
        "code_ref": "attentive",
        "note": WORDS["Note"],
        "parent_words": WORDS["Said"],
        **span,
    }
    body = {"type": "moment_tagged", "payload": moment, "expect_last": None}
    client.json("POST", f"/api/clips/{clip_id}/events", body)
    reel = {"title": WORDS["Reel"], "moments": [{"moment_id": "m" * 22, **span}]}
    client.json("POST", f"/api/clips/{clip_id}/reels", reel)
    wait_until("the film of moments is cut", lambda: client.jobs_done(clip_id), seconds=120)
    return clip_id


def in_the_clear(folder: Path) -> list[str]:
    """Files in which a planted word can be read."""
    return [
        f"{path}: {word}"
        for path in files_under(folder)
        for data in [path.read_bytes()]
        for word in WORDS.values()
        if word.encode() in data or word.encode("utf-16-le") in data
    ]


def opened(settings: Settings) -> list[str]:
    """Planted words in the database, read with the key."""
    text = all_text(settings)
    return [word for word in WORDS.values() if word in text]


def test_a_family_that_withdraws_leaves_nothing_in_data_backups_logs_or_passing_files(
    service: Service, passing: Path, tmp_path: Path
) -> None:
    film = make("mp4", "h264", frames=80)
    client = signed_in(service)
    family_id, visit_id = enter(client, service)
    clip_id = work(client, visit_id, film)
    settings, backups = settings_of(service), tmp_path / "backups"
    with Store(settings) as store:
        session = store.sessions.begin(family_id, visit_id, "admin", held_on=date.today())
    for name, word in (("working_point", "Working"), ("went_well", "Log")):
        event = {"type": "words_set", "payload": {"name": name, "text": WORDS[word]}, "expect": 0}
        client.json("POST", f"/api/families/{family_id}/sessions/{session.id}/events", event)
    with Store(settings) as store:
        make_backup(store, backups)
        make_backup(store, backups)
    assert set(opened(settings)) == set(WORDS.values()), "before, with the key, it is all there"

    erase = {"code_name": WORDS["Family"], "password": OWN_PASSWORD, "understood": "y"}
    page = client.form(f"/families/{family_id}/erase", **erase)
    assert "certificate" in page.lower()
    service.stop()

    assert opened(settings) == []
    with Store(settings) as store:
        assert store.keys.get(clip_id) is None and store.blobs.list(clip_id) == []
        # The next night's backup takes the erasure along, also into those from before.
        make_backup(store, backups)
    for place in (service.folder, backups, passing):
        assert in_the_clear(place) == [], place
        assert readable_media(place, [film]) == [], place
    assert files_under(service.data / "logs"), "something was written down, and was looked at"
    assert files_under(passing) == []
    assert len(stamps(backups)) == 3
    for number, stamp in enumerate(stamps(backups)):
        back = settings_of(Service(tmp_path / f"back-{number}"))
        back.key_file.parent.mkdir(parents=True, mode=0o700)
        shutil.copy(settings.key_file, back.key_file)
        restore_backup(back, backups, stamp)
        with Store(back) as store:
            assert store.keys.get(clip_id) is None
            assert [each.code_name for each in store.families.list()] == []
        assert opened(back) == [], stamp
