"""What the parent says aloud: only with everybody's consent, encrypted, played back, and deleted for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from app_site import Site
from caregiver_browser import handed_over, props_in, view_of
from filled_store import TODAY, files_under
from flask.testing import FlaskClient
from voice_recording import a_voice

from vfeed.errors import VfeedError
from vfeed.practice.caregiver_input import voice_role

SOUND = a_voice()


@pytest.fixture
def room(site: Site) -> Iterator[FlaskClient]:
    yield handed_over(site)


def say(site: Site, room: FlaskClient, moment_id: str = "m1", sound: bytes = SOUND) -> str:
    answer = room.post(f"/api{view_of(site)}/voices/{moment_id}", data=sound, content_type="audio/webm")
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["voiceId"])


def end_consent(site: Site, *, how: str) -> None:
    for consent in site.store.consents.for_family(site.home.family.id):
        if consent.use != "voice":
            continue
        if how == "withdrawn":
            site.store.consents.withdraw(consent.id, "ann", "")
        else:
            with site.store.database.write() as session:
                row = session.merge(consent)
                row.granted_on, row.expires_on = TODAY - timedelta(days=9), TODAY - timedelta(days=1)


def test_a_recording_is_kept_with_its_moment_and_played_back(site: Site, room: FlaskClient) -> None:
    voice_id = say(site, room, "m2")
    moments = props_in(room.get(view_of(site)).text)["moments"]
    assert moments[0]["voices"] == []
    [voice] = moments[1]["voices"]
    assert voice["voiceId"] == voice_id
    answer = room.get(voice["url"])
    assert (answer.data, answer.mimetype) == (SOUND, "audio/webm")
    assert "voice.played" in site.actions()
    assert (
        'aria-label="What the parent said"'
        in site.signed_in("practitioner").get(f"/clips/{site.clip.id}/reels/{site.reel_id}").text
    )


def test_no_file_on_the_disk_holds_the_sound(site: Site, room: FlaskClient) -> None:
    say(site, room)
    middle = SOUND[len(SOUND) // 2 :][:64]
    assert all(middle not in path.read_bytes() for path in files_under(site.store.settings.data_dir))


def test_a_deleted_recording_is_gone_and_no_undo_brings_it_back(site: Site, room: FlaskClient) -> None:
    voice_id = say(site, room)
    before = len(files_under(site.store.settings.vault_dir))
    assert room.post(f"/api{view_of(site)}/voices/{voice_id}/remove", json={}).status_code == 200
    assert not site.store.blobs.has(site.clip.id, voice_role(voice_id))
    assert len(files_under(site.store.settings.vault_dir)) == before - 1
    kept = site.store.events.read(site.clip.id)
    assert kept.state.parent.voices == ()
    assert kept.available_undo.undo is not None and kept.available_undo.undo.entry.code == "reel_saved"
    assert room.post(f"/api{view_of(site)}/voices/{voice_id}/remove", json={}).status_code == 404


def test_the_worker_deletes_it_on_the_page_of_the_moments(site: Site, room: FlaskClient) -> None:
    voice_id = say(site, room)
    answer = site.signed_in("practitioner").post(f"/api{view_of(site)}/voices/{voice_id}/remove", data={})
    assert answer.location == f"/clips/{site.clip.id}/reels/{site.reel_id}"
    assert site.store.events.state(site.clip.id).parent.voices == ()


@pytest.mark.parametrize("how", ["withdrawn", "run out"])
def test_without_consent_nothing_is_recorded_played_or_offered(site: Site, room: FlaskClient, how: str) -> None:
    voice_id = say(site, room)
    end_consent(site, how=how)
    answer = room.post(f"/api{view_of(site)}/voices/m1", data=SOUND, content_type="audio/webm")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "consent_missing")
    page = room.get(view_of(site))
    props = props_in(page.text)
    assert [moment["voiceUrl"] for moment in props["moments"]] == [None, None]
    assert [moment["voices"] for moment in props["moments"]] == [[], []]
    assert "microphone=()" in page.headers["Permissions-Policy"]
    played = room.get(f"/media/{site.clip.id}/reel/{site.reel_id}/voice/{voice_id}")
    assert played.status_code == (404 if how == "withdrawn" else 403)
    assert site.store.blobs.has(site.clip.id, voice_role(voice_id)) is (how != "withdrawn")


def test_the_microphone_is_open_to_the_parents_room_and_to_no_other_page(site: Site, room: FlaskClient) -> None:
    assert 'microphone=("self")' in room.get(view_of(site)).headers["Permissions-Policy"].replace("(self)", '("self")')
    assert "microphone=()" in room.get(f"{view_of(site)}/stop").headers["Permissions-Policy"]
    assert "microphone=()" in site.signed_in("practitioner").get("/families").headers["Permissions-Policy"]


def test_a_withdrawal_says_beforehand_that_the_recordings_go(site: Site, room: FlaskClient) -> None:
    say(site, room)
    consent = next(each for each in site.store.consents.for_family(site.home.family.id) if each.use == "voice")
    browser, address = site.signed_in("practitioner"), f"/families/{site.home.family.id}/consents/{consent.id}/withdraw"
    page = browser.get(address).text
    assert "1 recording of what was said aloud" in page and "The films, and everything else that is kept." in page
    browser.post(address, data={"understood": "y"})
    assert site.store.events.state(site.clip.id).parent.voices == ()
    assert browser.get(f"/clips/{site.clip.id}").status_code == 200


@pytest.mark.parametrize("sound", [b"", b"no sound at all"])
def test_what_is_no_recording_is_refused_and_nothing_is_kept(site: Site, room: FlaskClient, sound: bytes) -> None:
    answer = room.post(f"/api{view_of(site)}/voices/m1", data=sound, content_type="audio/webm")
    assert answer.status_code == 422
    assert site.store.events.state(site.clip.id).parent.voices == ()


def test_a_recording_that_is_too_long_is_refused(site: Site, room: FlaskClient) -> None:
    answer = room.post(f"/api{view_of(site)}/voices/m1", data=bytes(5 * 1024 * 1024), content_type="audio/webm")
    assert 400 <= answer.status_code < 500
    assert site.store.events.state(site.clip.id).parent.voices == ()


def test_a_recording_of_more_than_three_minutes_is_refused(site: Site, room: FlaskClient) -> None:
    answer = room.post(f"/api{view_of(site)}/voices/m1", data=a_voice(seconds=200), content_type="audio/webm")
    assert answer.status_code == 422
    assert site.store.events.state(site.clip.id).parent.voices == ()


def test_a_recording_about_a_moment_that_is_gone_leaves_nothing_behind(site: Site) -> None:
    site.store.events.append(site.clip.id, "pat", "moment_removed", {"moment_id": "m1"})
    before = files_under(site.store.settings.vault_dir)
    with pytest.raises(VfeedError):
        site.store.voices.keep(site.clip.id, "pat", "m1", SOUND, "audio/webm")
    assert files_under(site.store.settings.vault_dir) == before
