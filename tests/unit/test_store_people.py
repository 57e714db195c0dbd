"""Families, consents, events, audit and accounts in the database."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from filled_store import TODAY, Home, a_clip, a_home, agree, files_under
from sqlalchemy import delete, update

from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.audit import row_hash
from vfeed.store.tables import Audit, AuditHead

MOMENT = {"moment_id": "m1", "start_us": 0, "end_us": 5_000_000, "code_ref": "eye_to_eye"}


def code_of(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(VfeedError) as error:
        call(*args, **more)
    return error.value.code


def test_a_family_has_people_and_visits(store: Store, home: Home) -> None:
    assert store.families.get(home.family.id).code_name == "Robin"
    assert [person.label for person in store.families.participants(home.family.id)] == ["Baby", "Mother"]
    assert [visit.title for visit in store.families.visits(home.family.id)] == ["First visit"]
    found = store.families.find(" Robin ")
    assert found is not None
    assert found.id == home.family.id
    assert store.families.find("Wren") is None
    assert store.families.visit(home.visit.id).helping_question == "What helps Baby settle?"
    a_home(store, "Bee")
    assert [family.code_name for family in store.families.list()] == ["Bee", "Robin"]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda s, h: s.families.create("Robin"), "conflict"),
        (lambda s, h: s.families.create("  "), "invalid_input"),
        (lambda s, h: s.families.create("x" * 81), "invalid_input"),
        (lambda s, h: s.families.get("nobody"), "not_found"),
        (lambda s, h: s.families.visit("none"), "not_found"),
        (lambda s, h: s.families.add_visit("nobody", TODAY, "x"), "not_found"),
        (lambda s, h: s.families.add_visit(h.family.id, TODAY, ""), "invalid_input"),
        (lambda s, h: s.families.add_participant(h.family.id, "pet", "Rex"), "invalid_input"),
        (lambda s, h: s.families.add_participant(h.family.id, "child", "Ben", "2026-13"), "invalid_input"),
        (lambda s, h: s.families.add_participant(h.family.id, "adult", "Dad", "1990-01"), "invalid_input"),
        (lambda s, h: s.consents.give(h.child.id, "fun", None, TODAY, None, "", "a"), "invalid_input"),
        (lambda s, h: s.consents.give("nobody", "session", None, TODAY, None, "", "a"), "not_found"),
        (lambda s, h: s.consents.give(h.child.id, "session", "no clip", TODAY, None, "", "a"), "not_found"),
        (
            lambda s, h: s.consents.give(h.child.id, "session", None, TODAY, TODAY - timedelta(days=1), "", "a"),
            "invalid_input",
        ),
        (lambda s, h: s.consents.withdraw("none", "a", ""), "not_found"),
        (lambda s, h: s.consents.for_clip("none"), "not_found"),
    ],
)
def test_what_does_not_fit_is_refused(store: Store, home: Home, call: Any, code: str) -> None:
    before = len(store.audit.list())
    assert code_of(call, store, home) == code
    assert len(store.audit.list()) == before, "a refusal leaves no trace of a change"


def test_a_clip_opens_only_when_everybody_agreed(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    assert not store.consents.decide(clip.id, "session")
    assert code_of(store.consents.require, clip.id, "session") == "consent_missing"
    agree(store, home)
    assert store.consents.decide(clip.id, "session")
    store.consents.require(clip.id, "session")
    assert not store.consents.decide(clip.id, "research")
    assert not store.consents.decide(clip.id, "anything")
    assert not store.consents.decide("no such clip", "session")
    store.families.add_participant(home.family.id, "adult", "Father")
    assert "Father" in store.consents.decide(clip.id, "session").reason


def test_consent_runs_out(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    for person in (home.child, home.caregiver):
        store.consents.give(person.id, "session", None, TODAY, TODAY + timedelta(days=30), "", "ann")
    assert store.consents.decide(clip.id, "session", today=TODAY + timedelta(days=30))
    assert not store.consents.decide(clip.id, "session", today=TODAY + timedelta(days=31))
    assert len(store.consents.for_clip(clip.id)) == len(store.consents.for_family(home.family.id)) == 2


def test_withdrawing_session_consent_erases_every_clip_it_covered(store: Store, home: Home) -> None:
    other = a_home(store, "Wren")
    clips = [a_clip(store, home, bytes([number]) * 100) for number in range(2)]
    kept = a_clip(store, other, b"another family's")
    consents = agree(store, home)
    renewal = store.consents.give(home.child.id, "session", None, TODAY, None, "renewed", "ann")
    erased = store.consents.withdraw(consents[0], "ann", "We do not want this any more.")
    assert sorted(erased) == sorted(clip.id for clip in clips)
    assert len(files_under(store.settings.vault_dir)) == 1
    assert store.clips.get(kept.id)
    rows = {row.id: row for row in store.consents.for_family(home.family.id)}
    assert rows[renewal.id].withdrawn_at is not None, "a renewal beside it does not survive the no"
    assert rows[consents[1]].withdrawn_at is None
    assert code_of(store.consents.withdraw, consents[0], "ann", "") == "conflict"
    actions = [row.action for row in store.audit.list()]
    assert actions.count("clip.erased") == 2
    assert "consent.withdrawn" in actions


def test_withdrawing_for_one_clip_erases_that_one_alone(store: Store, home: Home) -> None:
    first, second = (a_clip(store, home, bytes([number]) * 100) for number in range(2))
    agree(store, home)
    special = store.consents.give(home.caregiver.id, "session", first.id, TODAY, None, "", "ann")
    assert store.consents.withdraw(special.id, "ann", "not this one") == [first.id]
    assert store.consents.decide(second.id, "session")


def test_withdrawing_another_use_erases_nothing(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    agree(store, home)
    training = agree(store, home, "training")
    assert store.consents.decide(clip.id, "training")
    assert store.consents.withdraw(training[0], "ann", "") == []
    assert not store.consents.decide(clip.id, "training")
    assert store.consents.decide(clip.id, "session")


def test_giving_consent_queues_the_work_that_waited_for_it(store: Store, home: Home) -> None:
    clip = a_clip(store, home, jobs=["prepare"])
    (job,) = store.jobs.for_clip(clip.id)
    lease = store.jobs.claim(job.id, "worker", 30)
    assert lease is not None
    store.jobs.fail(lease, VfeedError("consent_missing", "no"))
    agree(store, home)
    assert store.jobs.get(job.id).state == "queued"


def test_an_event_is_kept_and_tells_what_holds(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    added = store.events.append(clip.id, "ann", "moment_tagged", MOMENT, expect_last=0)
    assert added.event.id == 1
    assert [(each.id, each.type, each.actor) for each in store.events.read(clip.id).events] == [
        (1, "moment_tagged", "ann")
    ]
    kept = store.events.read(clip.id).events[0].payload
    assert kept.model_dump() == {**MOMENT, "note": "", "parent_words": "", "point": False, "anchors": None}
    state = store.events.state(clip.id)
    assert [moment.moment_id for moment in state.moments] == ["m1"]
    store.events.undo(clip.id, "ann", expect_last=1)
    assert store.events.state(clip.id).moments == ()
    store.events.redo(clip.id, "ann")
    assert len(store.events.state(clip.id).moments) == 1
    assert len(store.events.read(clip.id).events) == 3


def test_whoever_is_slower_is_told_and_nothing_is_overwritten(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    store.events.append(clip.id, "ann", "roles_swapped", {}, expect_last=0)
    assert code_of(store.events.append, clip.id, "bob", "moment_tagged", MOMENT, 0) == "conflict"
    assert code_of(store.events.undo, clip.id, "bob", 0) == "conflict"
    assert len(store.events.read(clip.id).events) == 1


def test_events_from_several_people_at_once_are_all_kept_in_one_order(store: Store, home: Home) -> None:
    clip = a_clip(store, home)

    def swap(actor: str) -> None:
        for _ in range(10):
            store.events.append(clip.id, actor, "roles_swapped", {})

    threads = [threading.Thread(target=swap, args=(f"person{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.id for event in store.events.read(clip.id).events] == list(range(1, 31))
    assert store.audit.verify() is None


def test_an_event_that_does_not_fit_is_refused_and_not_kept(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    for type_, payload in (
        ("moment_tagged", {**MOMENT, "end_us": 20_000_001}),
        ("moment_removed", {"moment_id": "m1"}),
        ("danced", {}),
    ):
        assert code_of(store.events.append, clip.id, "ann", type_, payload) == "invalid_input"
    assert code_of(store.events.append, "no clip", "ann", "roles_swapped", {}) == "not_found"
    assert code_of(store.events.undo, clip.id, "ann") == "invalid_input"
    assert code_of(store.events.redo, clip.id, "ann") == "invalid_input"
    assert store.events.read(clip.id).events == ()


def test_an_untouched_audit_trail_is_whole(store: Store, home: Home) -> None:
    for number in range(5):
        store.audit.record("ann", "clip.viewed", "clip", {"seconds": number, "name": "Zoë"})
    assert store.audit.verify() is None
    rows = store.audit.list(object_="clip")
    assert [row.detail["seconds"] for row in rows] == [4, 3, 2, 1, 0]
    assert [row.seq for row in store.audit.list(before=3)] == [2, 1]


def _change(session: Any) -> None:
    session.execute(update(Audit).where(Audit.seq == 4).values(actor="mallory"))


def _remove(session: Any) -> None:
    session.execute(delete(Audit).where(Audit.seq == 4))


def _insert(session: Any) -> None:
    for seq in range(8, 3, -1):
        session.execute(update(Audit).where(Audit.seq == seq).values(seq=seq + 1))
    before = session.get(Audit, 3)
    row = Audit(seq=4, at=before.at, actor="mallory", action="x", object="y", detail={}, prev_hash=before.hash, hash="")
    row.hash = row_hash(row)
    session.add(row)


def _cut_off(session: Any) -> None:
    session.execute(delete(Audit).where(Audit.seq >= 4))


def _cut_off_with_the_head(session: Any) -> None:
    _cut_off(session)
    session.execute(update(AuditHead).values(seq=3, hash=session.get(Audit, 3).hash))


def _remove_everything(session: Any) -> None:
    session.execute(delete(Audit))
    session.execute(delete(AuditHead))


def _rewrite_all(session: Any) -> None:
    before = session.get(Audit, 3).hash
    for seq in range(4, 9):
        row = session.get(Audit, seq)
        row.actor, row.prev_hash = "mallory", before
        row.hash = before = row_hash(row)
    session.execute(update(AuditHead).values(hash=before))


@pytest.mark.parametrize(
    ("tamper", "broken_at"),
    [
        (_change, 4),
        (_remove, 4),
        (_insert, 5),
        (_cut_off, 4),
        (_cut_off_with_the_head, 4),
        (_remove_everything, 1),
        (_rewrite_all, 9),
    ],
)
def test_a_tampered_audit_trail_is_noticed(store: Store, tamper: Any, broken_at: int) -> None:
    for number in range(8):
        store.audit.record("ann", "clip.viewed", "clip", {"number": number})
    with store.database.write() as session:
        tamper(session)
    assert store.audit.verify() == broken_at


def test_without_its_end_the_trail_takes_no_more_rows(store: Store) -> None:
    with store.database.write() as session:
        _remove_everything(session)
    assert code_of(store.audit.record, "ann", "clip.viewed", "clip") == "vault_damaged"
    with Store(store.settings) as again:
        assert again.audit.verify() == 1, "the next start does not begin a new chain"


def test_a_change_that_fails_leaves_no_audit_row(store: Store) -> None:
    with pytest.raises(RuntimeError), store.database.write() as session:
        store.audit.append(session, "ann", "clip.viewed", "clip")
        raise RuntimeError
    assert store.audit.list() == []
    assert store.audit.verify() is None


def test_the_first_account_is_made_once_with_a_one_time_password(store: Store) -> None:
    password = store.accounts.ensure_first_account()
    assert password is not None
    assert len(password) >= 20
    assert store.accounts.ensure_first_account() is None
    (account,) = store.accounts.list()
    assert (account.username, account.must_change_password, account.active) == ("admin", True, True)
    assert {role.name for role in account.roles} == {"administrator", "practitioner"}
    assert store.accounts.verify("admin", password)
    assert not store.accounts.verify("admin", password + "x")
    assert not store.accounts.verify("nobody", password)


def test_accounts_are_made_closed_and_given_a_new_password(store: Store) -> None:
    password = store.accounts.create("kim", ["supervisor"], "admin", display_name="Kim")
    assert store.accounts.verify("kim", password)
    before = store.accounts.list()[0].fs_uniquifier
    renewed = store.accounts.reset_password("kim", "admin")
    assert not store.accounts.verify("kim", password)
    assert store.accounts.verify("kim", renewed)
    assert store.accounts.list()[0].fs_uniquifier != before, "whoever was signed in is signed out"
    store.accounts.set_active("kim", False, "admin")
    assert not store.accounts.verify("kim", renewed)
    assert code_of(store.accounts.create, "kim", ["supervisor"], "admin") == "conflict"
    assert code_of(store.accounts.create, "K!", ["supervisor"], "admin") == "invalid_input"
    assert code_of(store.accounts.create, "lee", [], "admin") == "invalid_input"
    assert code_of(store.accounts.create, "lee", ["king"], "admin") == "invalid_input"
    assert code_of(store.accounts.reset_password, "lee", "admin") == "not_found"


@pytest.mark.usefixtures("slow_hashes")
def test_flask_security_reads_the_passwords_written_here(store: Store) -> None:
    from flask_security import verify_and_update_password

    from vfeed.server.app import create_app

    password = store.accounts.ensure_first_account()
    app = create_app(store.settings, store)
    with app.app_context():
        key = store.accounts.list()[0].fs_uniquifier
        user = app.extensions["security"].datastore.find_user(fs_uniquifier=key)
        before = user.password
        assert verify_and_update_password(password, user)
        assert user.password == before, "the hash is not made anew"
        assert not verify_and_update_password("wrong", user)
        assert user.has_role("administrator")
