"""What was withdrawn, deleted or closed for good stays so in every older copy of the data."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from app_site import an_account
from family_with_everything import SECRETS, full_family
from filled_store import TODAY, Home, a_clip, agree, all_text, settings_in
from sqlalchemy import func, select
from study_work import LEADER, a_study, code

from vfeed.errors import VfeedError
from vfeed.practice.sharing import SharedFilm, Terms
from vfeed.services.services import Services
from vfeed.store import Store
from vfeed.store.backup import make_backup, restore_backup
from vfeed.store.keystore import ERASED, Ended
from vfeed.store.tables import Clip, StudyClip, StudyCoding, StudyTable

Ends = Callable[[], object]
Holds = Callable[[Store], bool]
Case = tuple[Ends, Holds]
LOOKS = {"infant_looking": [(0.0, "partner"), (5.0, "object")], "parent_looking": [(0.0, "partner")]}


def a_narrow_consent(store: Store, home: Home, clip: Clip) -> Case:
    consents = agree(store, home, "supervision")
    return (
        lambda: store.consents.withdraw(consents[0], "ann", "no"),
        lambda back: bool(back.consents.decide(clip.id, "supervision")),
    )


def a_consent_to_a_study(store: Store, home: Home, clip: Clip) -> Case:
    consents = agree(store, home, "research")
    an_account(store, "kim", "coder")
    study_id = a_study(store, clip, coders=("kim",), everyone=False, second_share=0.0, repeat_share=0.0)
    return (
        lambda: store.consents.withdraw(consents[0], "ann", "no"),
        lambda back: bool(back.studies.clips(study_id)) or count(back, StudyCoding) > 0,
    )


def a_voice(store: Store, home: Home, clip: Clip) -> Case:
    voice_id = store.voices.keep(clip.id, "ann", "m", b"VOICE" * 100, "audio/webm")

    def holds(back: Store) -> bool:
        try:
            return bool(back.blobs.read(clip.id, f"voice:{voice_id}"))
        except VfeedError:
            return back.events.state(clip.id).parent.voice(voice_id) is not None

    return lambda: store.voices.remove(clip.id, "ann", voice_id), holds


def a_voice_by_its_consent(store: Store, home: Home, clip: Clip) -> Case:
    consents = agree(store, home, "voice")
    _, holds = a_voice(store, home, clip)
    return lambda: store.consents.withdraw(consents[0], "ann", "no"), holds


def a_link(store: Store, home: Home, clip: Clip) -> Case:
    session = store.sessions.begin(home.family.id, home.visit.id, "ann", held_on=date.today())
    link_id = store.take_home.offer(session.id, 7, "ann").link_id
    return (
        lambda: store.take_home.revoke(session.id, link_id, "ann"),
        lambda back: any(each.is_open for each in back.take_home.for_session(session.id)),
    )


def a_share(store: Store, home: Home, clip: Clip) -> Case:
    an_account(store, "supervisor", "supervisor")
    session = store.sessions.begin(home.family.id, home.visit.id, "ann", held_on=date.today())
    terms = Terms("supervisor", date.today(), "as_they_are", "as_it_is", (SharedFilm(clip_id=clip.id),))
    share = store.shares.make(session.id, terms, "ann", date.today())
    return (
        lambda: store.shares.revoke(share.id, "ann"),
        lambda back: any(each.terms.revoked_at is None for each in back.shares.for_supervisor("supervisor")),
    )


def a_screening(store: Store, home: Home, clip: Clip) -> Case:
    run_id = store.screening_runs.begin("FOLDER", {}, {"film.mp4": {}}, "rae")
    return (
        lambda: store.screening_runs.remove(run_id, "rae"),
        lambda back: any(each.id == run_id for each in back.screening_runs.all()),
    )


def a_yes_to_a_group(store: Store, home: Home, clip: Clip) -> Case:
    group = store.groups.make("Thursdays", "", 8, "ann")
    store.groups.join(group.id, home.family.id, "ann")
    meeting = store.groups.add_meeting(group.id, "First", TODAY, ["ann"], "ann")
    who = (meeting.id, home.caregiver.id, home.family.id, "ann")
    store.groups.set_consent(*who, agreed=True)
    return lambda: store.groups.set_consent(*who, agreed=False), lambda back: bool(back.groups.agreed(meeting.id))


def a_studys_key(store: Store, home: Home, clip: Clip) -> Case:
    agree(store, home, "research")
    for name in ("kim", "lee"):
        an_account(store, name, "coder")
    study_id = a_study(store, clip, coders=("kim", "lee"), repeat_share=0.0)

    def end() -> None:
        for row in store.studies.codings(study_id):
            code(store, row.coder, row.id, LOOKS)
        Services(store).studies.close(LEADER, study_id)
        Services(store).study_keeping.destroy_key(LEADER, study_id)

    return end, lambda back: count(back, StudyClip) > 0 or count(back, StudyCoding) > 0


def a_studys_tables(store: Store, home: Home, clip: Clip) -> Case:
    end, _ = a_studys_key(store, home, clip)
    end()
    study_id = store.studies.all()[0][0].id
    return lambda: store.studies.delete_tables(study_id, "rae"), lambda back: count(back, StudyTable) > 0


CASES = [
    a_narrow_consent,
    a_consent_to_a_study,
    a_voice,
    a_voice_by_its_consent,
    a_link,
    a_share,
    a_screening,
    a_yes_to_a_group,
    a_studys_key,
    a_studys_tables,
]


def count(store: Store, table: type[StudyClip] | type[StudyCoding] | type[StudyTable]) -> int:
    with store.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@contextmanager
def restored(store: Store, backups: Path, stamp: str, folder: Path) -> Iterator[Store]:
    """The backup on a machine that has nothing but the key file, as `vfeed restore` leaves it."""
    settings = settings_in(folder)
    settings.key_file.parent.mkdir(parents=True, mode=0o700)
    shutil.copy(store.settings.key_file, settings.key_file)
    restore_backup(settings, backups, stamp)
    with Store(settings) as back:
        Services(back).study_keeping.run(date.today())
        yield back


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_no_backup_brings_back_what_was_ended_since(
    store: Store, home: Home, tmp_path: Path, case: Callable[[Store, Home, Clip], Case]
) -> None:
    agree(store, home)
    clip = a_clip(store, home)
    moment = {"moment_id": "m", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive"}
    store.events.append(clip.id, "ann", "moment_tagged", moment)
    end, holds = case(store, home, clip)
    backups = tmp_path / "backups"
    first = make_backup(store, backups).stamp
    with restored(store, backups, first, tmp_path / "before") as back:
        assert holds(back), "what nobody ended comes back"
    end()
    assert not holds(store)
    make_backup(store, backups)
    with restored(store, backups, first, tmp_path / "after") as back:
        assert not holds(back)
        assert back.audit.faults() == []


def test_a_family_with_all_its_words_and_people_is_in_no_backup_that_is_restored(store: Store, tmp_path: Path) -> None:
    home = full_family(store)
    backups = tmp_path / "backups"
    first = make_backup(store, backups).stamp
    store.erasure.family(home.family.id, "ann")
    make_backup(store, backups)
    with restored(store, backups, first, tmp_path / "after") as back:
        settings = back.settings
        assert [each.code_name for each in back.families.list()] == []
    assert [word for word in SECRETS if word in all_text(settings)] == []


def test_a_yes_that_was_said_again_after_it_was_taken_back_stays(store: Store, home: Home, tmp_path: Path) -> None:
    end, holds = a_yes_to_a_group(store, home, a_clip(store, home))
    end()
    meeting = store.groups.meetings(store.groups.led_by("ann")[0].id)[0]
    store.groups.set_consent(meeting.id, home.caregiver.id, home.family.id, "ann", agreed=True)
    with Store(store.settings) as again:
        assert holds(again)


def test_a_consent_that_was_given_again_stays(store: Store, home: Home) -> None:
    agree(store, home)
    clip = a_clip(store, home)
    consents = agree(store, home, "supervision")
    store.consents.withdraw(consents[0], "ann", "no")
    agree(store, home, "supervision")
    with Store(store.settings) as again:
        assert again.consents.decide(clip.id, "supervision")


def test_data_in_which_something_cannot_be_withdrawn_again_now_are_not_opened(
    store: Store, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_clip(store, home)
    consents = agree(store, home, "supervision")
    backups = tmp_path / "backups"
    first = make_backup(store, backups).stamp
    store.consents.withdraw(consents[0], "ann", "no")
    make_backup(store, backups)

    def full(*_: object) -> None:
        raise VfeedError("disk_full", "The disk is full.", hint="Make room.")

    monkeypatch.setattr("vfeed.store.consents.Consents.withdraw", full)
    with pytest.raises(VfeedError, match="The disk is full"), restored(store, backups, first, tmp_path / "after"):
        pytest.fail("it was opened")


def test_a_process_killed_before_its_withdrawal_was_committed_withdraws_at_its_next_start(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = a_clip(store, home)
    agree(store, home)
    consents = agree(store, home, "supervision")
    note = store.keys.note

    def killed(told: object) -> None:
        note(told)
        raise KeyboardInterrupt

    monkeypatch.setattr(store.keys, "note", killed)
    with pytest.raises(KeyboardInterrupt):
        store.consents.withdraw(consents[0], "ann", "no")
    assert store.consents.decide(clip.id, "supervision")
    with Store(store.settings) as again:
        assert not again.consents.decide(clip.id, "supervision")


def test_what_was_ended_before_the_list_knew_of_it_is_put_into_it(store: Store, home: Home) -> None:
    consents = agree(store, home, "supervision")
    store.consents.withdraw(consents[0], "ann", "no")
    (store.settings.clip_keys / ERASED).unlink()
    with Store(store.settings) as again:
        assert (Ended.CONSENT, consents[0]) in again.keys.erased()


def test_every_kind_of_the_list_has_a_case() -> None:
    ended = {"a_narrow_consent": Ended.CONSENT, "a_yes_to_a_group": Ended.GROUP_YES, "a_screening": Ended.SCREENING}
    ended |= {"a_voice": Ended.VOICE, "a_link": Ended.LINK, "a_share": Ended.SHARE}
    ended |= {"a_studys_key": Ended.STUDY_KEY, "a_studys_tables": Ended.STUDY_TABLES}
    assert ended.keys() <= {case.__name__ for case in CASES}
    assert set(Ended) == {*ended.values(), Ended.CLIP, Ended.FAMILY}


def test_a_kind_that_a_newer_vfeed_has_noted_stops_no_start(store: Store) -> None:
    store.keys.note([("something-new", "x")])
    with Store(store.settings) as again:
        assert ("something-new", "x") in again.keys.erased()
