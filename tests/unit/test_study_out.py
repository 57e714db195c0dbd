"""What comes out of a study: repeats, agreed films among a coder's own, points agreed on, tables, bundles, commands."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from app_site import Site, an_account, film_facts
from click.testing import CliRunner
from filled_store import CLIP_US, a_clip, agree
from sqlalchemy import update
from study_work import LEADER, code, coder

from vfeed.cli import main
from vfeed.errors import VfeedError
from vfeed.perception.metrics import Heard
from vfeed.research.scheme import LOOKING, Lane, Scheme, SchemeCode
from vfeed.research.study import Plan
from vfeed.services.services import Services
from vfeed.services.studies import REPEAT_AFTER
from vfeed.store.analyses import Findings
from vfeed.store.screenings import Measured
from vfeed.store.tables import Clip, StudyCoding

LOOKS = {
    "coder": [(0.0, "partner"), (5.0, "object"), (8.0, "partner"), (12.0, "none")],
    "kim": [(0.0, "partner"), (5.0, "away"), (8.0, "partner"), (12.0, "none")],
    "lee": [(0.0, "partner"), (5.0, "object"), (9.0, "partner"), (12.0, "cannot_see")],
}
PARENT = [(0.0, "partner"), (9.0, "object")]
SMILES = Scheme(
    id="smiles",
    title="Smiles",
    lanes=(
        Lane(
            id="smile",
            who="infant",
            title="Smiles",
            kind="point",
            codes=(SchemeCode(id="smile", label="Smile"), SchemeCode(id="laugh", label="Laugh")),
        ),
    ),
)


@pytest.fixture
def three(site: Site) -> Site:
    """Two coders more than every site has."""
    for name in ("kim", "lee"):
        an_account(site.store, name, "coder")
    return site


def films(site: Site, count: int) -> list[Clip]:
    return [site.clip, *(a_clip(site.store, site.home, f"film {n}".encode(), film_facts()) for n in range(count - 1))]


def begun(site: Site, clips: list[Clip], **plan: Any) -> str:
    laid = Plan(**{"title": "Looks", "scheme": LOOKING, "repeat_share": 0.0, "gold_share": 0.0} | plan)
    return Services(site.store).studies.begin(LEADER, laid, [clip.id for clip in clips]).id


def give(site: Site, study_id: str, *coders: str, phase: Any = "main", **more: Any) -> int:
    services = Services(site.store)
    told: dict[str, Any] = {"everyone": True, "seed": "one", "agreed": services.consensus.finished(study_id)} | more
    return services.studies.assign(LEADER, study_id, phase, coders, **told)


def hand_in(site: Site, study_id: str) -> None:
    for row in site.store.studies.codings(study_id):
        if row.handed_in_at is None:
            code(site.store, row.coder, row.id, {"infant_looking": LOOKS[row.coder], "parent_looking": PARENT})


def settle_all(site: Site, study_id: str, choice: str = "first") -> None:
    """Settle every difference of every film, and finish each."""
    room = Services(site.store).consensus
    for both, _state in room.clips(LEADER, study_id):
        for lane, own in both.differs.items():
            for each in own:
                where = {"lane": lane, "start_us": each.start_us, "end_us": each.end_us, "choice": choice}
                room.append(LEADER, study_id, both.name, "settled", where)
        room.append(LEADER, study_id, both.name, "finished", {})


def weeks_later(site: Site) -> None:
    """Everything that waits for its day is open."""
    with site.store.database.write() as session:
        session.execute(update(StudyCoding).values(available_on=date.today()))


def test_a_coder_is_set_beside_themselves_where_they_coded_a_film_again(three: Site) -> None:
    study_id = begun(three, films(three, 2), repeat_share=1.0)
    give(three, study_id, "coder", "kim")
    assert sum(row.purpose == "repeat" for row in three.store.studies.codings(study_id)) == 4
    weeks_later(three)
    hand_in(three, study_id)
    found = Services(three.store).agreements.read(LEADER, study_id)
    assert [(pair.first, pair.second, pair.clips) for pair in found.again] == [("coder", "coder", 2), ("kim", "kim", 2)]
    assert found.again[0].lanes[0].states is not None and found.again[0].lanes[0].states.kappa.value == 1.0
    page = three.signed_in("researcher").get(f"/studies/{study_id}/agreement").text
    assert "kim, coded again after four weeks" in page


def test_films_with_an_agreed_coding_are_put_among_a_coders_own_unseen(three: Site) -> None:
    clips = films(three, 6)
    study_id = begun(three, clips, gold_share=0.5)
    give(three, study_id, "coder", "kim", phase="training", clips=2)
    hand_in(three, study_id)
    with pytest.raises(VfeedError, match="differences are still open"):
        room = Services(three.store).consensus
        room.append(LEADER, study_id, room.clips(LEADER, study_id)[0][0].name, "finished", {})
    settle_all(three, study_id)
    agreed = Services(three.store).consensus.finished(study_id)
    assert len(agreed) == 2
    give(three, study_id, "coder", "lee")
    gold = [row for row in three.store.studies.codings(study_id) if row.purpose == "gold"]
    assert {row.clip_id for row in gold} <= agreed and {row.coder for row in gold} == {"coder", "lee"}
    # Who coded the film in training waits until nobody remembers it.
    waits = {row.coder: row.available_on for row in gold}
    assert waits == {"coder": date.today() + REPEAT_AFTER, "lee": None}
    tasks = Services(three.store).coding.mine(coder("lee"))
    assert {row.id for row in gold if row.coder == "lee"} <= {task.coding_id for task in tasks}
    weeks_later(three)
    hand_in(three, study_id)
    services = Services(three.store)
    known = services.reference_codings.read(LEADER, study_id)
    assert [(each.first, each.second, each.clips) for each in known] == [("agreed", "coder", 2), ("agreed", "lee", 2)]
    # With everything settled, coders' agreement with each other is still of their own films alone.
    assert {(pair.first, pair.second) for pair in services.agreements.read(LEADER, study_id).pairs} == {
        ("coder", "kim"),
        ("coder", "lee"),
    }
    page = three.signed_in("researcher").get(f"/studies/{study_id}/agreement").text
    assert "lee beside what was agreed" in page


def test_a_film_with_an_agreed_coding_is_given_to_a_coder_once(three: Site) -> None:
    study_id = begun(three, films(three, 5), gold_share=0.5)
    give(three, study_id, "coder", "kim", phase="training", clips=1)
    hand_in(three, study_id)
    settle_all(three, study_id)
    give(three, study_id, "lee", "kim", clips=2)
    give(three, study_id, "lee", "kim")
    gold = [row.coder for row in three.store.studies.codings(study_id) if row.purpose == "gold"]
    assert sorted(gold) == ["kim", "lee"]


def test_of_more_than_two_coders_alpha_is_told_over_all(three: Site) -> None:
    study_id = begun(three, films(three, 2))
    give(three, study_id, "coder", "kim", "lee")
    hand_in(three, study_id)
    found = Services(three.store).agreements.read(LEADER, study_id)
    assert [(each.lane.id, each.coders, each.clips) for each in found.together] == [
        ("infant_looking", 3, 2),
        ("parent_looking", 3, 2),
    ]
    # Of 20 s one of three differs from the others in 12: two of three pairs of coders.
    assert found.together[0].alpha.observed == pytest.approx(12 / 20 * 2 / 3)
    assert found.together[1].alpha.value == 1.0
    assert "All coders together" in three.signed_in("researcher").get(f"/studies/{study_id}/agreement").text


def smiles(site: Site, study_id: str, points: dict[str, list[tuple[float, str]]]) -> None:
    room = Services(site.store).coding
    for row in site.store.studies.codings(study_id):
        who = coder(row.coder)
        room.open(who, row.id)
        for number, (at_s, name) in enumerate(points[row.coder]):
            told = {"lane": "smile", "point_id": f"p{number}", "at_us": round(at_s * 1e6), "code": name}
            room.append(who, row.id, "pointed", told)
        room.append(who, row.id, "pass_ended", {"who": "infant"})
        room.append(who, row.id, "handed_in", {})


def test_points_are_agreed_on_one_by_one(three: Site) -> None:
    study_id = begun(three, [three.clip], scheme=SMILES)
    give(three, study_id, "coder", "kim")
    smiles(
        three,
        study_id,
        {
            "coder": [(2.0, "smile"), (6.0, "smile"), (9.0, "smile")],
            "kim": [(2.1, "smile"), (6.1, "laugh"), (15.0, "smile")],
        },
    )
    room = Services(three.store).consensus
    [(both, _state)] = room.clips(LEADER, study_id)
    mine, yours = (both.first.row.coder, both.second.row.coder)
    codes = [(each.start_us, {mine: each.first, yours: each.second}) for each in both.differs["smile"]]
    assert codes == [
        (6_000_000, {"coder": "smile", "kim": "laugh"}),
        (9_000_000, {"coder": "smile", "kim": ""}),
        (15_000_000, {"coder": "", "kim": "smile"}),
    ]

    def say(start_us: int, choice: str, name: str = "") -> None:
        told = {"lane": "smile", "start_us": start_us, "end_us": start_us + 40_000, "choice": choice, "code": name}
        room.append(LEADER, study_id, both.name, "settled", told)

    say(6_000_000, "new", "laugh")
    say(9_000_000, "new", "none")
    say(15_000_000, "first" if mine == "kim" else "second")
    [points] = room.codings(LEADER, study_id, both.name)
    whose = 2_000_000 if mine == "coder" else 2_100_000
    assert [(m.start_us, m.code) for m in points.marks] == [
        (whose, "smile"),
        (6_000_000 if mine == "coder" else 6_100_000, "laugh"),
        (15_000_000, "smile"),
    ]
    say(15_000_000, "leave")
    [points] = room.codings(LEADER, study_id, both.name)
    assert len(points.marks) == 2 and sum(w.end_us - w.start_us for w in points.stretches) == CLIP_US - 40_000
    with pytest.raises(VfeedError, match="no such code"):
        say(9_000_000, "new", "cannot_see")
    room.append(LEADER, study_id, both.name, "finished", {})
    with pytest.raises(VfeedError, match="finished"):
        say(9_000_000, "first")
    room.take_back(LEADER, study_id, both.name)
    say(9_000_000, "first")


def test_every_figure_and_every_coding_leaves_with_where_it_is_from(three: Site) -> None:
    study_id = begun(three, films(three, 2))
    give(three, study_id, "coder", "kim")
    hand_in(three, study_id)
    settle_all(three, study_id)
    browser = three.signed_in("researcher")
    figures = list(csv.DictReader(io.StringIO(browser.get(f"/studies/{study_id}/files/agreement.csv").text)))
    kappa = [row for row in figures if row["statistic"] == "Cohen kappa"]
    assert {row["coders"] for row in kappa} == {"coder-1 / coder-2"} and {row["unit_us"] for row in kappa} == {"40000"}
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/studies/{study_id}/files/agreement.xlsx").data))
    assert book.sheetnames == ["figures", "differences", "columns"] and book["differences"].max_row == 3
    answer = browser.get(f"/studies/{study_id}/files/codings.csv").text
    rows = list(csv.DictReader(io.StringIO(answer)))
    assert {(row["coder_id"], row["source"]) for row in rows} == {
        ("coder-1", "human_coding"),
        ("coder-2", "human_coding"),
        ("consensus", "consensus"),
    }
    told = ("scheme_id", "scheme_version", "source")
    assert all(row[name] != "n/a" for row in rows for name in told)
    by_people = [row for row in rows if row["source"] == "human_coding"]
    assert {row["blind"] for row in by_people} == {"true"}
    assert {row["coding_pass"] for row in by_people} == {"main:first", "main:second"}
    assert "kim" not in answer and three.home.family.code_name not in answer
    assert three.actions().count("study.exported") == 3
    assert browser.get(f"/studies/{study_id}/files/codings.exe").status_code == 404
    assert three.signed_in("coder").get(f"/studies/{study_id}/files/codings.csv").status_code == 403


def test_what_was_withdrawn_is_in_no_table_any_more(three: Site) -> None:
    study_id = begun(three, films(three, 2))
    give(three, study_id, "coder", "kim")
    hand_in(three, study_id)
    before = Services(three.store).study_files.codings(LEADER, study_id)
    agree(three.store, three.home, "research", three.clip.id)
    three.store.clips.erase(three.clip.id)
    after = Services(three.store).study_files.codings(LEADER, study_id)
    assert len({coding.clip for coding in before}) == 2 and len({coding.clip for coding in after}) == 1


def test_the_best_three_minutes_are_what_is_coded_where_the_plan_says_so(three: Site) -> None:
    with pytest.raises(VfeedError, match="no best minutes are known"):
        begun(three, [three.clip], window="best")
    analysis = three.store.analyses.save(three.clip.id, Findings({"code": "1"}, {}, {}, {}, [], b""))
    best = {"start_us": 3_000_000, "end_us": 12_000_000, "both_seen_share": 0.9, "others_share": 0.0}
    facts = {"length_us": CLIP_US, "sound": Heard.UNKNOWN.value, "best": [best], "advice": [], "strip": "99"}
    three.store.screenings.keep([Measured(three.clip.id, analysis, facts)])
    study_id = begun(three, [three.clip], window="best")
    [clip] = three.store.studies.clips(study_id)
    assert (clip.start_us, clip.end_us) == (3_000_000, 12_000_000)


def test_a_study_goes_from_the_command_line_to_a_bundle(
    three: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vfeed.launch.open_store", lambda _settings: Open(three.store))

    def run(*told: str) -> str:
        answer = CliRunner().invoke(main, ["study", *told], catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        return answer.output

    code_name = three.home.family.code_name
    made = run("new", "--title", "Looks", "--family", code_name, "--second", "1", "--repeat", "0", "--unit", "0.1")
    study_id = made.split(":")[0]
    assert "1 film." in made and study_id in run("list")
    assert "2 codings" in run("assign", study_id, "--coder", "coder", "--coder", "kim", "--seed", "x")
    hand_in(three, study_id)
    assert "kim: 1 given, 1 opened, 1 handed in" in run("status", study_id)
    assert "agreement.xlsx" in run("export", study_id, "-o", str(tmp_path / "out")).replace("\n", "")
    assert "100000" in (tmp_path / "out" / "agreement.csv").read_text(encoding="utf-8")
    told = len(three.store.audit.list(object_=study_id))
    (tmp_path / "out" / "agreement.csv").write_text("mine", encoding="utf-8")
    again = CliRunner().invoke(main, ["study", "export", study_id, "-o", str(tmp_path / "out")])
    assert again.exit_code == 2 and len(three.store.audit.list(object_=study_id)) == told, "nothing went out"
    assert (tmp_path / "out" / "agreement.csv").read_text(encoding="utf-8") == "mine"
    run("bundle", study_id, "-o", str(tmp_path / "bundle"), "--label", "looks1")
    [clip] = three.store.studies.clips(study_id)
    table = (tmp_path / "bundle" / "events_long.csv").read_text(encoding="utf-8")
    assert clip.pseudonym in table and code_name not in table
    run("close", study_id, "--yes")
    assert "coding is closed" in run("status", study_id)


class Open:
    """A store that is open already and stays open."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __enter__(self) -> Any:
        return self._store

    def __exit__(self, *_told: object) -> None:
        """Nothing to close."""


def test_a_repeat_is_not_offered_before_its_day(three: Site) -> None:
    study_id = begun(three, [three.clip], repeat_share=1.0)
    give(three, study_id, "coder", "kim")
    rows = [row for row in three.store.studies.codings(study_id) if row.purpose == "repeat"]
    assert {row.available_on for row in rows} == {date.today() + timedelta(days=28)}
