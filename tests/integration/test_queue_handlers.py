"""What the worker makes of a clip: copies, analysis, reels."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from clip_factory import make
from filled_store import Home, a_clip, agree
from PIL import Image
from sqlalchemy import select
from stored_analysis import three

from vfeed.analysis import pipeline
from vfeed.analysis.result import recompute
from vfeed.errors import VfeedError, together
from vfeed.jobs.face_pictures import cut_from
from vfeed.jobs.worker import Worker
from vfeed.media import reel as reel_maker
from vfeed.media.frames import open_frames
from vfeed.media.isolated_process import look_at
from vfeed.perception.metrics import metrics_from_npz
from vfeed.research.film_facts import kept_facts
from vfeed.services.face_pictures import PAIR_SIDE_PX, PERSON_SIDE_PX, FacePicture
from vfeed.store import Store
from vfeed.store.tables import Clip, Job

FRAMES = 75
END_US = 3_000_000


def moment(name: str, start_us: int, end_us: int) -> dict[str, Any]:
    return {"moment_id": name, "start_us": start_us, "end_us": end_us, "code_ref": "eye_to_eye"}


def piece(name: str, start_us: int, end_us: int) -> dict[str, Any]:
    return {"moment_id": name, "start_us": start_us, "end_us": end_us}


@pytest.fixture
def worker(store: Store) -> Worker:
    return Worker(store, "worker")


@pytest.fixture
def clip(store: Store, home: Home) -> Clip:
    """Three seconds of numbered frames, with sound."""
    agree(store, home)
    data = make("mp4", "h264", frames=FRAMES, sound="aac")
    return a_clip(store, home, data, look_at(io.BytesIO(data), store.settings), jobs=[])


@pytest.fixture
def reel(store: Store, clip: Clip) -> dict[str, Any]:
    saved = {
        "reel_id": "r1",
        "title": "Together",
        "moments": [piece("m2", 1_800_000, 2_600_000), piece("m1", 0, 1_000_000)],
    }
    store.events.append(clip.id, "ann", "moment_tagged", moment("m1", 0, 1_200_000))
    store.events.append(clip.id, "ann", "moment_tagged", moment("m2", 1_600_000, END_US))
    store.events.append(clip.id, "ann", "reel_saved", saved)
    return saved


def done(store: Store, worker: Worker, kind: str, clip: Clip, payload: dict[str, Any] | None = None) -> Job:
    job_id = worker.queue.enqueue(kind, clip.id, payload or {}, "ann")
    worker.work()
    return store.jobs.get(job_id)


def length_us(store: Store, clip: Clip, role: str) -> int:
    with store.blobs.open(clip.id, role) as file:
        return look_at(file, store.settings).duration_us


def sizes(store: Store, clip: Clip) -> dict[str, tuple[int, int]]:
    """Width and height of the film and of what shows it, by role."""
    found = {}
    for role in ("original", "proxy", "reel:r1"):
        with store.blobs.open(clip.id, role) as file:
            source = open_frames(file)
            found[role] = source.width_px, source.height_px
    for role in ("poster", "still:500000"):
        with Image.open(io.BytesIO(store.blobs.read(clip.id, role))) as image:
            found[role] = image.size
    return found


def test_preparing_makes_what_the_review_room_plays_and_shows(store: Store, clip: Clip, worker: Worker) -> None:
    job = done(store, worker, "prepare", clip)
    assert (job.state, job.progress, job.error_message) == ("done", 1.0, None)
    assert store.blobs.read(clip.id, "poster").startswith(b"\xff\xd8\xff")
    waveform = json.loads(store.blobs.read(clip.id, "waveform"))
    assert len(waveform["peaks"]) == pytest.approx(3 * waveform["per_second"], abs=10)
    assert all(low <= high for low, high in waveform["peaks"])
    pairs = json.loads(store.blobs.read(clip.id, "pts_map"))
    assert len(pairs) == FRAMES
    assert [clip_us for _proxy_us, clip_us in pairs] == [frame * 40_000 for frame in range(FRAMES)]
    assert length_us(store, clip, "proxy") == pytest.approx(END_US, abs=50_000)
    info = store.blobs.info(clip.id, "proxy")
    assert info is not None
    assert info.media_type == "video/mp4"


def test_a_silent_clip_has_no_waveform(store: Store, home: Home, worker: Worker) -> None:
    agree(store, home)
    data = make("mp4", "h264", sound=None)
    clip = a_clip(store, home, data, look_at(io.BytesIO(data), store.settings), jobs=[])
    assert done(store, worker, "prepare", clip).state == "done"
    assert json.loads(store.blobs.read(clip.id, "waveform")) is None


def test_preparing_again_replaces_and_doubles_nothing(store: Store, clip: Clip, worker: Worker) -> None:
    done(store, worker, "prepare", clip)
    first = {blob.role for blob in store.blobs.list(clip.id)}
    done(store, worker, "prepare", clip)
    assert {blob.role for blob in store.blobs.list(clip.id)} == first
    assert len(store.blobs.list(clip.id)) == len(first)


def test_analysing_keeps_findings_that_can_be_reckoned_anew(store: Store, clip: Clip, worker: Worker) -> None:
    assert done(store, worker, "analyse", clip).state == "done"
    analysis = store.analyses.latest(clip.id)
    assert analysis is not None
    assert set(analysis.states_display) == {"infant", "parent"}
    assert analysis.version["code"]
    metrics = metrics_from_npz(store.blobs.read(clip.id, "metrics"))
    heads = json.loads(store.blobs.read(clip.id, "heads"))
    assert len(heads["time_us"]) == len(metrics["time_us"]) > 10
    filming, roles = analysis.filming, analysis.roles
    kept = store.screenings.facts([clip.id])[clip.id].facts
    reckoned = kept_facts(metrics, roles["infant_track"], roles["adult_track"], filming, clip.film.duration_us)
    assert kept == json.loads(json.dumps(reckoned)), "screening need not open the measurements"


def test_a_look_at_a_film_makes_the_pictures_of_everybody_and_of_each_candidate(
    store: Store, clip: Clip, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "analyse", lambda *_told, **_more: recompute(three(0, 1, 2)))
    assert done(store, worker, "analyse", clip).state == "done"
    store.events.append(clip.id, "ann", "roles_swapped", {})
    assert done(store, worker, "analyse", clip).state == "done"
    analysis = store.analyses.latest(clip.id)
    assert analysis is not None
    for person in (1, 2, 3):
        assert size_of(store, clip, f"person:{analysis.id}:{person}") == (PERSON_SIDE_PX, PERSON_SIDE_PX)
    for key in ("found", "swapped"):
        candidates = [role for role in roles_of(store, clip) if role.startswith("facepair:") and role.endswith(key)]
        assert candidates
        assert {size_of(store, clip, role) for role in candidates} == {(2 * PAIR_SIDE_PX, PAIR_SIDE_PX)}
    assert {f"facepair:{each['id']}:found" for each in analysis.candidates} <= roles_of(store, clip)
    assert [together(each["reason_told"]) for each in analysis.candidates] == [
        each["reason"] for each in analysis.candidates
    ]
    assert [together(said) for said in analysis.filming["words_told"]] == analysis.filming["words"]


def test_a_frame_that_cannot_be_read_leaves_its_pictures_out(store: Store, clip: Clip) -> None:
    wanted = [FacePicture(f"person:a:{number}", 0, (None,), 8, 0.0) for number in range(2)]
    assert [role for role, _jpeg in cut_from(io.BytesIO(b"no film"), wanted)] == []
    with store.blobs.open(clip.id, "original") as file:
        assert [role for role, _jpeg in cut_from(file, wanted)] == ["person:a:0", "person:a:1"]


def roles_of(store: Store, clip: Clip) -> set[str]:
    return {blob.role for blob in store.blobs.list(clip.id)}


def size_of(store: Store, clip: Clip, role: str) -> tuple[int, int]:
    with Image.open(io.BytesIO(store.blobs.read(clip.id, role))) as image:
        return image.size


def test_a_reel_is_cut_from_the_original_in_its_order(
    store: Store, clip: Clip, reel: dict[str, Any], worker: Worker
) -> None:
    job = done(store, worker, "reel", clip, {"reel_id": "r1"})
    assert (job.state, job.error_message) == ("done", None)
    assert length_us(store, clip, "reel:r1") == pytest.approx(1_800_000, abs=80_000)
    for middle_us in (2_200_000, 500_000):
        assert store.blobs.read(clip.id, f"still:{middle_us}").startswith(b"\xff\xd8\xff")


def test_a_turned_film_is_turned_in_all_that_is_made_of_it(
    store: Store, clip: Clip, reel: dict[str, Any], worker: Worker
) -> None:
    for kind, payload in (("prepare", {}), ("reel", {"reel_id": "r1"})):
        done(store, worker, kind, clip, payload)
    as_noted = sizes(store, clip)
    with store.database.write() as session:
        files = store.clips.turn_in(session, clip.id, 1, ["r1"], "ann")
    store.clips.remove_files(files)
    worker.work()
    assert {job.state for job in store.jobs.for_clip(clip.id)} == {"done"}
    assert sizes(store, clip) == {role: size[::-1] for role, size in as_noted.items()}
    heads = metrics_from_npz(store.blobs.read(clip.id, "metrics"))
    assert tuple(heads["picture_px"]) == as_noted["original"][::-1]


def test_what_a_player_shows_has_standing_pictures_and_slow_repeats_for_as_long_as_the_reel_does(
    store: Store, clip: Clip, reel: dict[str, Any], worker: Worker
) -> None:
    first, second = reel["moments"]
    stands = {"time_us": first["start_us"] + 80_000, "still": True}
    changed = {**reel, "moments": [{**first, "pauses": [stands]}, {**second, "slow_again": True}]}
    store.events.append(clip.id, "ann", "reel_saved", changed)
    assert done(store, worker, "reel", clip, {"reel_id": "r1"}).state == "done"
    again_us = 2 * (second["end_us"] - second["start_us"])
    assert length_us(store, clip, "reel:r1") == pytest.approx(1_800_000, abs=80_000)
    assert length_us(store, clip, "player:r1") == pytest.approx(1_800_000 + 3_000_000 + again_us, abs=80_000)
    store.events.append(clip.id, "ann", "reel_saved", reel)
    assert done(store, worker, "reel", clip, {"reel_id": "r1"}).state == "done"
    assert not store.blobs.has(clip.id, "player:r1")


def test_a_reel_saved_anew_while_it_is_cut_is_cut_anew(
    store: Store, clip: Clip, reel: dict[str, Any], worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = {**reel, "moments": [piece("m1", 0, 600_000)]}
    cut = reel_maker.cut_reel
    seen: list[int] = []

    def and_save_anew(pieces: Any, out: Any, **more: Any) -> None:
        seen.append(len(pieces))
        if len(seen) == 1:
            store.events.append(clip.id, "bob", "reel_saved", shorter)
            worker.queue.enqueue("reel", clip.id, {"reel_id": "r1"}, "bob")
        cut(pieces, out, **more)

    monkeypatch.setattr("vfeed.jobs.handlers.cut_reel", and_save_anew)
    assert done(store, worker, "reel", clip, {"reel_id": "r1"}).state == "done"
    assert seen == [2, 1]
    assert length_us(store, clip, "reel:r1") == pytest.approx(600_000, abs=80_000)
    with store.database.read() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_a_reel_that_was_taken_back_is_not_made(store: Store, clip: Clip, reel: dict[str, Any], worker: Worker) -> None:
    store.events.undo(clip.id, "ann")
    job = done(store, worker, "reel", clip, {"reel_id": "r1"})
    assert (job.state, job.error_code) == ("failed", "not_found")
    assert not store.blobs.has(clip.id, "reel:r1")


def test_a_damaged_original_is_told_on_the_job(store: Store, clip: Clip, worker: Worker) -> None:
    (path,) = [path for path in store.settings.vault_dir.rglob("*") if path.is_file()]
    kept = bytearray(path.read_bytes())
    kept[-20] ^= 1
    path.write_bytes(kept)
    assert done(store, worker, "prepare", clip).error_code == "vault_damaged"


def test_when_no_copy_of_the_pictures_can_be_made_the_sound_is_kept(
    store: Store, clip: Clip, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise VfeedError("media_failed", "The video could not be encoded.", hint="Try again.")

    monkeypatch.setattr("vfeed.jobs.handlers.make_proxy", broken)
    job = done(store, worker, "prepare", clip)
    assert (job.state, job.error_code, job.error_hint) == ("failed", "media_failed", "Try again.")
    assert {blob.role for blob in store.blobs.list(clip.id)} == {"original", "poster", "sound", "waveform"}
    monkeypatch.undo()
    assert done(store, worker, "prepare", clip).state == "done"
    assert store.blobs.has(clip.id, "proxy")


def test_after_a_full_disk_nothing_is_kept_in_the_place_of_the_copy(
    store: Store, clip: Clip, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise VfeedError("disk_full", "The disk is full.")

    monkeypatch.setattr("vfeed.jobs.handlers.make_proxy", full)
    assert done(store, worker, "prepare", clip).state == "failed"
    assert {blob.role for blob in store.blobs.list(clip.id)} == {"original"}
