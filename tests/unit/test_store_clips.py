"""Clips, their files, analyses: whole or not at all, and erased for good."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filled_store import LASTS, Home, a_clip, a_home, agree, all_text, files_under, some_bytes
from sqlalchemy import func, select, update

from vfeed.errors import ClipKnown, VfeedError
from vfeed.media.clip_facts import NOTHING
from vfeed.store import Store
from vfeed.store.analyses import Findings
from vfeed.store.tables import Analysis, Blob, Clip, Job, JournalEvent

MOMENT = {"moment_id": "m1", "start_us": 0, "end_us": 5_000_000, "code_ref": "eye_to_eye"}
FINDINGS = Findings(
    version={"code": "1"},
    filming={},
    roles={},
    states_display={"infant": []},
    candidates=[{"id": "c1", "kind": "gaze_contact", "start_us": 1, "end_us": 2}],
    metrics=b"npz",
    files={"heads": ("application/json", b"{}")},
)


def count(store: Store, table: Any) -> int:
    with store.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def vault_files(store: Store) -> list[Path]:
    return files_under(store.settings.vault_dir)


def test_a_clip_goes_in_whole_with_its_first_jobs(store: Store, home: Home) -> None:
    data = some_bytes(3_000_000)
    clip = a_clip(store, home, data)
    assert store.blobs.read(clip.id, "original") == data
    found = store.clips.get(clip.id)
    assert (found.size_bytes, found.title, found.film) == (3_000_000, "Playing", LASTS)
    assert len(found.sha256 or "") == 64
    assert [(job.kind, job.state) for job in store.jobs.for_clip(clip.id)] == [
        ("prepare", "queued"),
        ("analyse", "queued"),
    ]
    assert [each.id for each in store.clips.for_family(home.family.id)] == [clip.id]
    assert [each.id for each in store.clips.for_family(home.family.id)] == [clip.id]


def test_the_same_clip_twice_is_noticed_and_named(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    with pytest.raises(ClipKnown) as error:
        a_clip(store, a_home(store, "Wren"))
    assert (error.value.code, error.value.clip_id) == ("clip_known", clip.id)
    assert clip.id in error.value.hint
    assert len(vault_files(store)) == 1
    assert count(store, Job) == 2


class BrokenFile(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 2_000_000:
            raise OSError("the stick was pulled out")
        return super().read(size)


def test_a_file_that_breaks_off_leaves_nothing(store: Store, home: Home) -> None:
    with pytest.raises(OSError, match="pulled out"):
        store.clips.ingest(
            BrokenFile(some_bytes(5_000_000)),
            family_id=home.family.id,
            visit_id=home.visit.id,
            title="x",
            actor="ann",
            facts=LASTS,
        )
    assert vault_files(store) == []
    assert count(store, Clip) == len(store.keys.ids()) == count(store, Job) == 0


def test_a_database_error_while_taking_in_leaves_nothing(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(store.audit, "append", fail)
    with pytest.raises(RuntimeError):
        a_clip(store, home)
    assert vault_files(store) == []
    assert count(store, Clip) == count(store, Blob) == 0


@pytest.mark.parametrize("place", ["no family", "another family's visit"])
def test_a_clip_for_a_place_that_is_not_there_is_refused(store: Store, home: Home, place: str) -> None:
    other = a_home(store, "Wren")
    family_id, visit_id = ("nowhere", None) if place == "no family" else (home.family.id, other.visit.id)
    with pytest.raises(VfeedError) as error:
        store.clips.ingest(
            io.BytesIO(b"x"), family_id=family_id, visit_id=visit_id, title="x", actor="ann", facts=LASTS
        )
    assert error.value.code in {"not_found", "invalid_input"}
    assert vault_files(store) == []


def test_a_file_replaces_the_earlier_one_of_its_role(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    for text in (b"first", b"second"):
        with store.blobs.put(clip.id, "poster", "image/jpeg") as out:
            out.write(text)
    assert store.blobs.read(clip.id, "poster") == b"second"
    assert len(vault_files(store)) == 2
    info = store.blobs.info(clip.id, "poster")
    assert info is not None
    assert (info.media_type, info.size_bytes) == ("image/jpeg", 6)
    assert [blob.role for blob in store.blobs.list(clip.id)] == ["original", "poster"]
    store.blobs.remove(clip.id, "poster")
    assert not store.blobs.has(clip.id, "poster")
    assert len(vault_files(store)) == 1


def test_a_failed_replacement_keeps_the_earlier_file(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    with store.blobs.put(clip.id, "poster", "image/jpeg") as out:
        out.write(b"first")
    with pytest.raises(RuntimeError), store.blobs.put(clip.id, "poster", "image/jpeg") as out:
        out.write(b"half")
        raise RuntimeError
    assert store.blobs.read(clip.id, "poster") == b"first"
    assert len(vault_files(store)) == 2


def test_files_of_a_batch_become_visible_together_or_not_at_all(store: Store, home: Home) -> None:
    clip = a_clip(store, home)

    def refuse(_session: object) -> None:
        raise VfeedError("cancelled", "no")

    for commit, expected in ((None, False), (refuse, False), (lambda _session: None, True)):
        with store.blobs.batch(clip.id) as batch:
            for role in ("proxy", "poster"):
                with batch.put(role, "x/y") as out:
                    out.write(role.encode())
            if commit is refuse:
                with pytest.raises(VfeedError):
                    batch.commit(commit)
            elif commit is not None:
                batch.commit(commit)
        assert store.blobs.has(clip.id, "proxy") is store.blobs.has(clip.id, "poster") is expected
        assert len(vault_files(store)) == (3 if expected else 1)


def test_a_reader_keeps_its_file_while_it_is_replaced(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    with store.blobs.put(clip.id, "proxy", "video/mp4") as out:
        out.write(some_bytes(4_000_000, seed=1))
    with store.blobs.open(clip.id, "proxy") as reader:
        with store.blobs.put(clip.id, "proxy", "video/mp4") as out:
            out.write(b"new")
        assert reader.read() == some_bytes(4_000_000, seed=1)
    assert store.blobs.read(clip.id, "proxy") == b"new"


def test_two_files_exchanged_in_the_vault_do_not_open(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    with store.blobs.put(clip.id, "poster", "image/jpeg") as out:
        out.write(b"poster")
    first, second = vault_files(store)
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)
    for role in ("original", "poster"):
        with pytest.raises(VfeedError) as error:
            store.blobs.open(clip.id, role)
        assert error.value.code == "vault_damaged"


def test_a_file_missing_from_the_vault_is_told(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    vault_files(store)[0].unlink()
    with pytest.raises(VfeedError) as error:
        store.blobs.open(clip.id, "original")
    assert error.value.code == "vault_damaged"


def test_leftovers_in_the_vault_are_removed_at_the_next_start(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    folder = vault_files(store)[0].parent
    (folder / "0123.part").write_bytes(b"half a file")
    (folder / "4567").write_bytes(b"a file that the database never heard of")
    with Store(store.settings) as again:
        assert len(vault_files(again)) == 1
        assert again.blobs.read(clip.id, "original") == some_bytes()


def test_an_analysis_is_kept_with_its_metrics_and_the_newest_counts(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    assert store.analyses.latest(clip.id) is None
    first = store.analyses.save(clip.id, FINDINGS)
    second = store.analyses.save(clip.id, replace(FINDINGS, id="second"))
    latest = store.analyses.latest(clip.id)
    assert latest is not None
    assert latest.id == second != first
    assert latest.candidates == [{"id": "c1", "kind": "gaze_contact", "start_us": 1, "end_us": 2}]
    assert store.blobs.read(clip.id, "metrics") == b"npz"
    assert store.blobs.read(clip.id, "heads") == b"{}"
    assert len(vault_files(store)) == 3


def test_erasing_a_clip_leaves_only_that_there_was_one(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    store.analyses.save(clip.id, FINDINGS)
    store.events.append(clip.id, "ann", "moment_tagged", {**MOMENT, "note": "He smiled at her"})
    agree(store, home)
    assert store.keys.get(clip.id) is not None
    store.clips.erase(clip.id, "ann")
    assert vault_files(store) == []
    assert [count(store, table) for table in (Blob, Analysis, Job, JournalEvent)] == [0] * 4
    assert store.keys.get(clip.id) is None
    for access in (store.clips.get, lambda id_: store.blobs.open(id_, "original"), store.clips.erase):
        with pytest.raises(VfeedError) as error:
            access(clip.id)
        assert error.value.code == "not_found"
    assert not store.consents.decide(clip.id, "session")
    assert store.clips.for_family(home.family.id) == []
    dump = all_text(store.settings)
    assert "He smiled at her" not in dump and (clip.sha256 or "none") not in dump


def test_a_forgotten_clip_may_come_again(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    store.clips.erase(clip.id)
    assert a_clip(store, home).id != clip.id


def test_work_that_ends_after_the_clip_was_forgotten_stores_nothing(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    with store.blobs.batch(clip.id) as batch:
        with batch.put("proxy", "video/mp4") as out:
            out.write(b"late")
        store.clips.erase(clip.id)
        with pytest.raises(VfeedError) as error:
            batch.commit()
    assert error.value.code == "not_found"
    assert vault_files(store) == []


def test_a_clip_is_renamed(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    store.clips.rename(clip.id, "  On the mat ", "ann")
    assert store.clips.get(clip.id).title == "On the mat"
    with pytest.raises(VfeedError):
        store.clips.rename(clip.id, " ", "ann")


def test_the_database_holds_no_media(store: Store, home: Home) -> None:
    data = b"RIFFxxxxAVI " + some_bytes(10_000)
    a_clip(store, home, data)
    dump = all_text(store.settings)
    assert "RIFF" not in dump
    assert data[:64].hex().upper() not in dump.upper()


def kept_facts(store: Store, clip_id: str) -> dict[str, Any]:
    with store.database.read() as session:
        return session.scalar(select(Clip.__table__.c.facts).where(Clip.id == clip_id))


def test_the_facts_of_a_film_are_read_as_types_also_those_of_an_erased_one(store: Store, home: Home) -> None:
    clip = a_clip(store, home)
    assert (clip.film.duration_us, clip.film.turned_quarters, clip.film.gaps_us) == (20_000_000, 0, [])
    store.clips.erase(clip.id, "ann")
    with store.database.read() as session:
        assert session.get_one(Clip, clip.id).film == NOTHING
    assert kept_facts(store, clip.id) == {}


def test_what_another_version_knew_of_a_film_is_passed_over_and_stays_when_it_is_turned(
    store: Store, home: Home
) -> None:
    clip = a_clip(store, home, jobs=[])
    later = {"duration_us": 9, "width_px": 640, "height_px": 480, "of_a_later_version": 1}
    with store.database.write() as session:
        session.execute(update(Clip.__table__).where(Clip.id == clip.id).values(facts=later))
    assert store.clips.get(clip.id).film == replace(NOTHING, duration_us=9, width_px=640, height_px=480)
    with store.database.write() as session:
        store.clips.turn_in(session, clip.id, 1, [], "ann")
    assert store.clips.get(clip.id).film.height_px == 640
    assert kept_facts(store, clip.id)["of_a_later_version"] == 1
