"""Codings of other programs taken in: with the right film, looked at first, taken back again, and out again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from clip_factory import clip as made_clip
from filled_store import Home, a_clip, a_home, agree, all_text
from study_work import a_study

from vfeed.desk.bundles import RESEARCHER
from vfeed.desk.codes import take_out
from vfeed.desk.study_desk import Desk
from vfeed.desk.taking_in import place_of, sent_of, words_of_study
from vfeed.errors import VfeedError
from vfeed.media.frames import frame_times
from vfeed.research.formats.seam import Asked, Columns
from vfeed.research.kept_codings import MOST_MARKS, packed
from vfeed.research.marks import Coding, Mark
from vfeed.research.recoding import LEFT_OUT, Word
from vfeed.research.scheme import LOOKING
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.services.taking_in import Taking, Whose, Words
from vfeed.store import Store
from vfeed.store.analyses import Findings
from vfeed.store.tables import Clip

BORIS = Path(__file__).parents[1] / "coding_files" / "boris" / "two_observations.boris"
TABLE = "who,code,start_s,end_s,coder\ninfant,face,1,2.5,kim\nparent,toy,3,4,kim\n"
S = 1_000_000


def a_film(store: Store, *, research: bool = True, data: bytes | None = None) -> tuple[Home, Clip]:
    home = a_home(store)
    agree(store, home)
    if research:
        agree(store, home, "research")
    return home, a_clip(store, home, data)


def desk(store: Store, name: str = "ann") -> Desk:
    return Desk(store, Services(store), Actor(name, RESEARCHER))


def look(store: Store, path: Path, asked: Asked, clip_id: str, names: Path | None, study: str = "") -> Taking:
    at = desk(store)
    place = place_of(at, clip_id, names, study)
    return at.services.taking_in.look(at.actor, sent_of(path), asked, place, words_of_study(at, study))


def take_in(store: Store, taking: Taking, name: str, *, blind: Any = "") -> int:
    at = desk(store, name)
    return at.services.taking_in.keep(at.actor, taking, blind=blind)


def looked(store: Store, clip_id: str, path: Path, **asked: Any) -> Taking:
    return look(store, path, Asked(**asked), clip_id, None)


def table(folder: Path, text: str = TABLE, name: str = "looks.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def exported(store: Store, folder: Path, **more: Any) -> list[dict[str, str]]:
    asked = {"unconfirmed": False, "notes": False} | more
    files = take_out(store, "Robin", "csv", folder / "names.csv", "command line", **asked).files
    return list(csv.DictReader(io.StringIO(files["events_long.csv"].decode())))


def test_a_look_shows_the_marks_and_keeps_nothing(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    taking = looked(store, clip.id, table(tmp_path))
    assert list(taking.shown()) == [
        f"Film {clip.id}, coder kim: 2 marks.",
        "  00:01.000 to 00:02.500  infant: face",
        "  00:03.000 to 00:04.000  parent: toy",
    ]
    assert store.codings.of(clip.id) == ()


def test_what_is_taken_in_comes_out_again_with_where_it_is_from(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    assert take_in(store, looked(store, clip.id, table(tmp_path)), "command line", blind="true") == 1
    rows = exported(store, tmp_path)
    assert [(row["who"], row["code"], row["onset_us"], row["offset_us"]) for row in rows] == [
        ("infant", "face", "1000000", "2500000"),
        ("parent", "toy", "3000000", "4000000"),
    ]
    assert {(row["source"], row["blind"], row["import_tool"], row["coder_id"]) for row in rows} == {
        ("import", "true", "table", "coder-1")
    }
    assert len(rows[0]["import_sha256"]) == 64
    assert [row.action for row in store.audit.list() if row.action.startswith("codes.")] == [
        "codes.exported",
        "codes.imported",
    ]


def test_a_step_is_taken_back_and_done_again_and_nothing_is_lost(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    take_in(store, looked(store, clip.id, table(tmp_path)), "ann")
    (kept,) = store.codings.of(clip.id)
    store.codings.take_back(clip.id, "ann")
    assert store.codings.of(clip.id) == () and exported(store, tmp_path) == []
    store.codings.take_back(clip.id, "ann", redo=True)
    assert store.codings.of(clip.id) == (kept,)
    store.codings.remove(clip.id, "ann", kept.coding_id)
    assert store.codings.of(clip.id) == ()
    with pytest.raises(VfeedError, match="no such coding"):
        store.codings.remove(clip.id, "ann", kept.coding_id)


def test_one_file_is_not_taken_in_twice(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    path = table(tmp_path)
    take_in(store, looked(store, clip.id, path), "ann")
    with pytest.raises(VfeedError, match="read in before"):
        take_in(store, looked(store, clip.id, path), "ann")
    assert len(store.codings.of(clip.id)) == 1


def test_an_export_comes_back_to_the_films_it_is_from(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    take_in(store, looked(store, clip.id, table(tmp_path)), "ann", blind="true")
    files = take_out(store, "Robin", "csv", tmp_path / "names.csv", "ann", unconfirmed=False, notes=False).files
    back = tmp_path / "events_long.csv"
    back.write_bytes(files["events_long.csv"])
    store.codings.take_back(clip.id, "ann")
    take_in(store, look(store, back, Asked(), "", tmp_path / "names.csv"), "ann", blind="false")
    (kept,) = store.codings.of(clip.id)
    # What the file says of blindness goes before what is said at the door.
    assert [(m.start_us, m.end_us, m.code) for m in kept.marks] == [(S, 2_500_000, "face"), (3 * S, 4 * S, "toy")]
    assert kept.blind == "true"
    strange = table(tmp_path, "clip_id,path\nff00,abc\n", "other.csv")
    with pytest.raises(VfeedError, match="No film was said for it"):
        look(store, back, Asked(), "", strange)


def test_times_near_a_picture_are_put_on_it(store: Store, tmp_path: Path) -> None:
    data = made_clip("vfr")
    _, clip = a_film(store, data=data)
    times = frame_times(io.BytesIO(data))
    rounded = [(time + 500) // 1000 for time in times]
    text = "code,start_ms,end_ms\n" + f"look,{rounded[1]},{rounded[4]}\n"
    ((_, coding),) = looked(store, clip.id, table(tmp_path, text)).codings
    assert [(m.start_us, m.end_us) for m in coding.marks] == [(times[1], times[4])]


def test_nothing_is_taken_in_without_consent_to_research(store: Store, tmp_path: Path) -> None:
    home, clip = a_film(store, research=False)
    path = table(tmp_path)
    with pytest.raises(VfeedError) as refusal:
        looked(store, clip.id, path)
    assert refusal.value.code == "consent_missing"
    given = agree(store, home, "research")
    taking = looked(store, clip.id, path)
    store.consents.withdraw(given[1], "ann", "They changed their mind.")
    with pytest.raises(VfeedError) as refusal:
        take_in(store, taking, "ann")
    assert refusal.value.code == "consent_missing" and store.codings.of(clip.id) == ()


def test_what_was_taken_in_goes_with_the_film_and_stays_behind_once_consent_is_withdrawn(
    store: Store, tmp_path: Path
) -> None:
    home, clip = a_film(store)
    take_in(store, looked(store, clip.id, table(tmp_path, TABLE.replace("face", "secretface"))), "ann")
    research = agree(store, home, "research")
    store.consents.withdraw(research[0], "ann", "No more.")
    with pytest.raises(VfeedError) as refusal:
        exported(store, tmp_path)
    assert refusal.value.code == "consent_missing"
    assert "secretface" in all_text(store.settings)
    store.consents.withdraw(agree(store, home)[0], "ann", "Nothing at all.")
    assert "secretface" not in all_text(store.settings)


def test_a_file_about_several_films_must_say_which(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    path = table(tmp_path, "clip,code,start_s,end_s\na.mp4,face,1,2\nb.mp4,toy,1,2\n")
    with pytest.raises(VfeedError, match="several films: a"):
        looked(store, clip.id, path)
    ((_, coding),) = looked(store, clip.id, path, clip="b.mp4").codings
    assert [mark.code for mark in coding.marks] == ["toy"]
    with pytest.raises(VfeedError, match="which film"):
        look(store, path, Asked(), "", None)


def test_a_boris_project_and_a_mapped_table_are_taken_in(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    take_in(store, looked(store, clip.id, BORIS), "ann")
    assert [len(each.marks) for each in store.codings.of(clip.id)] == [6, 6]
    path = table(tmp_path, "Was;Von;Bis\nBlick;500;1500\n")
    columns = Columns({"code": "Was", "start": "Von", "end": "Bis"}, "ms")
    ((_, coding),) = looked(store, clip.id, path, columns=columns).codings
    assert [(m.start_us, m.end_us, m.code) for m in coding.marks] == [(500_000, 1_500_000, "Blick")]


def test_marks_after_the_films_end_are_said_before_they_are_kept(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    taking = looked(store, clip.id, table(tmp_path, "code,start_s,end_s\nface,1,2\nface,25,29\n"))
    assert any("after the film’s end" in loss.what for loss in taking.losses)


def test_more_marks_than_a_coder_sets_are_refused() -> None:
    many = Coding("a", "b", tuple(Mark(n, n + 1, "", "", "x") for n in range(MOST_MARKS + 1)))
    with pytest.raises(VfeedError, match="can be kept"):
        packed(many, "c", "")


def found_by_analysis() -> Findings:
    return Findings(
        {"code": "1"}, {}, {}, {}, [{"id": "c1", "kind": "gaze_contact", "start_us": S, "end_us": 2 * S}], b""
    )


def tag(store: Store, clip: Clip, number: int) -> None:
    moment = {
        "moment_id": f"m{number}",
        "start_us": number * S,
        "end_us": number * S + 500_000,
        "code_ref": "attentive",
    }
    store.events.append(clip.id, "ann", "moment_tagged", moment | {"note": ""})


def test_an_export_says_blind_where_nobody_could_have_seen_the_flags(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    tag(store, clip, 1)
    store.events.append(clip.id, "ann", "own_eyes_set", {"on": True})
    store.analyses.save(clip.id, found_by_analysis())
    tag(store, clip, 2)
    store.events.append(clip.id, "ann", "own_eyes_set", {"on": False})
    tag(store, clip, 3)
    rows = exported(store, tmp_path)
    assert {row["onset_s"]: row["blind"] for row in rows} == {
        "1.000000": "true",
        "2.000000": "true",
        "3.000000": "false",
    }
    assert all(row["analysis_version"] == "n/a" for row in rows if row["blind"] == "true")


def test_looking_away_from_flags_that_were_there_is_not_blind(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    store.analyses.save(clip.id, found_by_analysis())
    store.events.append(clip.id, "ann", "own_eyes_set", {"on": True})
    tag(store, clip, 1)
    told = {"candidate_id": "c1", "kind": "gaze_contact", "start_us": S, "end_us": 2 * S}
    store.events.append(clip.id, "ann", "candidate_confirmed", told)
    assert {row["blind"] for row in exported(store, tmp_path)} == {"false"}
    assert json.loads(json.dumps(store.events.state(clip.id).masked_first_pass)) is True


def test_a_study_names_the_films_of_a_file_and_knows_its_words(store: Store, tmp_path: Path) -> None:
    _, clip = a_film(store)
    study = a_study(store, clip)
    name = store.studies.clips(study)[0].pseudonym
    path = table(tmp_path, f"clip,who,lane,code,start_s,end_s\n{name},mum,gaze,baby,1,2\n{name},mum,gaze,?,2,3\n")
    with pytest.raises(VfeedError, match="nothing to take in"):
        look(store, path, Asked(), "", None, study)
    at = desk(store)
    told = {Word("mum", "gaze", "baby").key: "parent_looking/partner", Word("mum", "gaze", "?").key: LEFT_OUT}
    at.services.taking_in.remember(at.actor, Whose(study), Words(LOOKING, told))
    ((film, coding),) = look(store, path, Asked(), "", None, study).codings
    assert film == clip.id
    assert [(mark.who, mark.lane, mark.code) for mark in coding.marks] == [("parent", "Looking", "partner")]
    with pytest.raises(VfeedError, match="which film"):
        look(store, path, Asked(), "", tmp_path / "names.csv", study)
