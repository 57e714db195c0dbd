"""Studies on their pages: laid down, agreed on, watched for drift, set beside the computer, reported."""

from __future__ import annotations

import csv
import io
import re

import pytest
from app_site import Site, an_account, end_consent, film_facts
from filled_store import CLIP_US, a_clip, agree
from study_work import LEADER, a_study, code, coder
from werkzeug.test import TestResponse

from vfeed.errors import VfeedError
from vfeed.research.drift import Block, drifts
from vfeed.services.services import Services
from vfeed.store.analyses import Findings
from vfeed.store.tables import Clip


@pytest.fixture
def two(site: Site) -> Site:
    """A second coder beside the one that every site has."""
    an_account(site.store, "kim", "coder")
    return site


def coded_by_both(site: Site, *clips: Clip) -> str:
    """A study of these clips that both coders have handed in; kim sees one look as going elsewhere."""
    study_id = a_study(site.store, *clips, coders=("coder", "kim"))
    for row in site.store.studies.codings(study_id):
        middle = "away" if row.coder == "kim" else "object"
        looks = [(0.0, "partner"), (5.0, middle), (8.0, "partner"), (12.0, "none")]
        code(
            site.store, row.coder, row.id, {"infant_looking": looks, "parent_looking": [(0, "partner"), (9, "object")]}
        )
    return study_id


def test_a_study_is_laid_down_on_its_page_and_given_out(two: Site) -> None:
    browser = two.signed_in("researcher")
    form = {"name": "Looks", "scheme": "looking", "films": [two.clip.id], "window": "first", "minutes": "0.2"}
    form |= {
        "unit_ms": "40",
        "leeways": "0.5 1",
        "least_kappa": "0.7",
        "second_percent": "100",
        "repeat_percent": "0",
        "gold_percent": "0",
    }
    answer = browser.post("/studies/new", data=form)
    assert answer.status_code == 302
    [(row, state)] = two.store.studies.all()
    assert (state.plan.unit_us, state.plan.tolerances_us) == (40_000, (0, 500_000, 1_000_000))
    [clip] = two.store.studies.clips(row.id)
    assert (clip.start_us, clip.end_us) == (0, 12_000_000)
    given = browser.post(f"/studies/{row.id}/assign", data={"coders": ["coder", "kim"], "everyone": "no"})
    assert given.status_code == 302
    assert {each.coder for each in two.store.studies.codings(row.id)} == {"coder", "kim"}
    page = browser.get(f"/studies/{row.id}").text
    assert "seed" in page and "the first 0.2 min" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"films": []}, "at least one film"),
        ({"leeways": "soon"}, "0.2, 0.5, 1"),
        ({"least_kappa": "2"}, "between 0 and 1"),
        ({"scheme": "nothing"}, "Not a valid choice"),
        ({"unit_ms": "0"}, "between 1 and"),
    ],
)
def test_what_does_not_fit_in_a_plan_is_said_beside_its_field(
    two: Site, change: dict[str, str | list[str]], words: str
) -> None:
    form = {"name": "Looks", "scheme": "looking", "films": [two.clip.id], "window": "whole", "minutes": "3"}
    form |= {
        "unit_ms": "40",
        "leeways": "0.5",
        "least_kappa": "0.7",
        "second_percent": "100",
        "repeat_percent": "0",
        "gold_percent": "0",
    }
    answer = two.signed_in("researcher").post("/studies/new", data=form | change)
    assert answer.status_code == 422 and words in answer.text
    assert two.store.studies.all() == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"coders": ["coder"]}, "two coders"),
        ({"coders": []}, "Nobody"),
        ({"coders": ["coder", "pat"]}, "pat is no coder"),
        ({"coders": ["coder", "kim"], "phase": "never"}, "no such phase"),
    ],
)
def test_who_cannot_be_given_films_is_said(two: Site, sent: dict[str, str | list[str]], words: str) -> None:
    study_id = a_study(two.store, two.clip)
    answer = two.signed_in("researcher").post(f"/studies/{study_id}/assign", data=sent)
    assert answer.status_code == 422 and words in answer.text
    assert two.store.studies.codings(study_id) == []


def test_agreement_prints_the_unit_and_where_they_differ(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    page = two.signed_in("researcher").get(f"/studies/{study_id}/agreement").text
    assert "The unit is 40 ms." in page and "coder · kim" in page
    assert "0:05.0" in page and "which it is" in page
    assert "The study’s own limit, kappa .60, is reached." in page
    found = Services(two.store).agreements.read(LEADER, study_id)
    [states, same] = [lane.states for lane in found.pairs[0].lanes]
    assert states is not None and same is not None
    # Of the 20 s they differ in 3: 15 of 500 units of 40 ms for each 0.6 s.
    assert states.table.sum() == 500 and states.table.trace() == 425
    assert same.kappa.value == 1.0


def test_codes_are_told_by_the_labels_of_the_scheme(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    browser = two.signed_in("researcher")
    pages = [browser.get(f"/studies/{study_id}/{name}").text for name in ("agreement", "report")]
    browser.post(f"/studies/{study_id}/close")
    pages.append(browser.get(f"/studies/{study_id}/machine").text)
    for page in pages[:2]:
        assert {"“A thing” for one and “Elsewhere”", "“Elsewhere” for one and “A thing”"} & {
            f"“{one}” for one and “{other}”" for one, other in re.findall("“([^”]*)” for one and “([^”]*)”", page)
        }
    for page in pages:
        assert not re.search(r"\b(partner|object|away|cannot_see)\b", re.sub("<[^>]*>", " ", page.split("<main", 1)[1]))
    assert "The parent’s face" in pages[0], "in the table of code against code, too"


def test_whoever_still_has_to_code_a_film_sees_no_agreement_on_it(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    an_account(two.store, "rae", "researcher", "coder")
    a_study(two.store, two.clip, coders=("rae", "kim"))
    assert "No film was handed in by two coders yet." in two.signed_in("rae").get(f"/studies/{study_id}/agreement").text


def test_a_consensus_keeps_both_codings_and_is_a_third(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    browser, services = two.signed_in("researcher"), Services(two.store)
    [(both, _state)] = services.consensus.clips(LEADER, study_id)
    api = f"/api/studies/{study_id}/consensus/{both.name}"
    assert browser.get(f"/studies/{study_id}/consensus/{both.name}").status_code == 200
    where = {"lane": "infant_looking", "start_us": 5_000_000, "end_us": 8_000_000}
    settled = browser.post(f"{api}/events", json={"type": "settled", "payload": {**where, "choice": "second"}})
    assert settled.status_code == 200
    looks = services.consensus.codings(LEADER, study_id, both.name)[0]
    theirs = "away" if both.second.row.coder == "kim" else "object"
    assert [(m.start_us, m.end_us, m.code) for m in looks.marks] == [
        (0, 5_000_000, "partner"),
        (5_000_000, 8_000_000, theirs),
        (8_000_000, 12_000_000, "partner"),
    ]
    assert sum(each.end_us - each.start_us for each in looks.stretches) == CLIP_US
    browser.post(f"{api}/events", json={"type": "settled", "payload": {**where, "choice": "leave"}})
    left = services.consensus.codings(LEADER, study_id, both.name)[0]
    assert (left.stretches[0].start_us, left.stretches[0].end_us) == (0, 5_000_000)
    assert sum(each.end_us - each.start_us for each in left.stretches) == CLIP_US - 3_000_000
    assert browser.post(f"{api}/undo", json={}).status_code == 200
    assert services.consensus.codings(LEADER, study_id, both.name)[0].marks == looks.marks
    for row in two.store.studies.codings(study_id):
        assert two.store.studies.read_coding(row.id).state.handed_in
    wrong = {**where, "end_us": 9_000_000, "choice": "first"}
    assert browser.post(f"{api}/events", json={"type": "settled", "payload": wrong}).status_code == 422
    nothing = {**where, "choice": "new", "code": "not_coded"}
    assert browser.post(f"{api}/events", json={"type": "settled", "payload": nothing}).status_code == 422


def test_two_researchers_in_one_consensus_write_nothing_over_and_take_back_only_what_they_saw(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    browser, services = two.signed_in("researcher"), Services(two.store)
    [(both, _state)] = services.consensus.clips(LEADER, study_id)
    api = f"/api/studies/{study_id}/consensus/{both.name}"
    where = {"lane": "infant_looking", "start_us": 5_000_000, "end_us": 8_000_000}

    def settle(choice: str, expect: int) -> TestResponse:
        payload = {**where, "choice": choice}
        return browser.post(f"{api}/events", json={"type": "settled", "payload": payload, "expect": expect})

    assert settle("first", 0).status_code == 200
    late = settle("second", 0)
    assert late.status_code == 409 and "in another window" in late.json["error"]["message"]
    state = browser.get(api).json
    [(key, touched)] = state["state"]["touched"].items()
    assert state["state"]["settled"][key]["choice"] == "first"
    assert settle("second", touched).status_code == 200
    for back in ("undo", "redo"):
        assert browser.post(f"{api}/{back}", json={"expect_last": touched}).status_code == 409
    assert browser.post(f"{api}/undo", json={"expect_last": browser.get(api).json["last_event_id"]}).status_code == 200
    assert browser.get(api).json["state"]["settled"][key]["choice"] == "first"


def test_a_film_that_was_erased_is_said_to_be_gone_and_not_closed_for_today(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    two.store.clips.erase(two.clip.id, "ann")
    page = two.signed_in("researcher").get(f"/studies/{study_id}").text
    assert "1 film was deleted for good: it and its codings are gone" in page and "not open to research" not in page
    report = two.signed_in("researcher").get(f"/studies/{study_id}/report").text
    assert "0 films withdrawn; 1 film deleted for good; 0 films not open to research today." in report


def test_in_the_consensus_room_coders_are_shapes(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    [(both, _state)] = Services(two.store).consensus.clips(LEADER, study_id)
    page = two.signed_in("researcher").get(f"/studies/{study_id}/consensus/{both.name}").text
    assert "kim" not in page and "&#34;coder&#34;" not in page


def test_the_disagreements_are_captions_to_watch(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    [(both, _state)] = Services(two.store).consensus.clips(LEADER, study_id)
    answer = two.signed_in("researcher").get(f"/studies/{study_id}/consensus/{both.name}/playlist")
    assert answer.text.startswith("WEBVTT") and "00:00:03.000 --> 00:00:10.000" in answer.text


def test_the_computer_stands_beside_the_coders_only_once_coding_is_closed(two: Site) -> None:
    looks = [[0, 5_000_000, "partner", 0.9], [5_000_000, 8_000_000, "object", 0.9], [8_000_000, CLIP_US, "unseen", 1.0]]
    two.store.analyses.save(two.clip.id, Findings({"code": "9.9"}, {}, {}, {"infant": looks, "parent": []}, [], b""))
    study_id = coded_by_both(two, two.clip)
    browser = two.signed_in("researcher")
    assert browser.get(f"/studies/{study_id}/machine").status_code == 409
    assert "The computer beside the coders" not in browser.get(f"/studies/{study_id}").text
    browser.post(f"/studies/{study_id}/close")
    page = browser.get(f"/studies/{study_id}/machine").text
    assert "Version 9.9." in page and "-F01" in page and "40 ms" in page
    assert "the computer" not in browser.get(f"/studies/{study_id}/agreement").text


def test_the_report_fills_in_what_the_study_knows_and_leaves_the_rest_to_people(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    page = two.signed_in("researcher").get(f"/studies/{study_id}/report").text
    assert page.count("<dt>") == 15
    assert "1 film of 1 family, 2 coders; 1 film given to two or more." in page
    assert "1 film coded by two or more, 0 codings repeated by the same coder." in page
    assert "Unit 40 ms" in page and "For you to write." in page
    assert re.search(r"\.\n\w+ / \w+: On ", page), "each lane begins a line of its own"


def test_a_report_counts_as_coded_what_was_handed_in_of_films_that_are_open(two: Site) -> None:
    study_id = a_study(two.store, two.clip, coders=("coder", "kim"))
    [row] = [each for each in two.store.studies.codings(study_id) if each.coder == "kim"]
    code(two.store, "kim", row.id, {"infant_looking": [(0.0, "partner")]})
    browser = two.signed_in("researcher")
    page = browser.get(f"/studies/{study_id}/report").text
    assert "1 film given to two or more" in page and "0 films coded by two or more" in page
    assert (
        "Handed in: 1 of 2 codings. 0 films withdrawn; 0 films deleted for good; 0 films not open to research today."
        in page
    )
    end_consent(two, "research", "run out")
    page = browser.get(f"/studies/{study_id}/report").text
    assert "0 films of 0 families, 0 coders" in page
    assert (
        "Handed in: 0 of 0 codings. 0 films withdrawn; 0 films deleted for good; 1 film not open to research today."
        in page
    )
    page = browser.get(f"/studies/{study_id}").text
    assert "1 film is not open to research today" in page and "How far each coder is" not in page


def test_a_meeting_about_a_film_that_is_open_no_more_says_so(two: Site) -> None:
    study_id = coded_by_both(two, two.clip)
    services = Services(two.store)
    [clip] = two.store.studies.clips(study_id)
    for how in ("run out", "withdrawn"):
        if how == "run out":
            end_consent(two, "research", how)
        else:
            consent = agree(two.store, two.home, "research")[0]
            two.store.consents.withdraw(consent, "ann", "no")
        with pytest.raises(VfeedError, match="not open to research any more") as refused:
            services.consensus.append(LEADER, study_id, clip.pseudonym, "finished", {})
        assert refused.value.code == "consent_missing"
    with pytest.raises(VfeedError, match="have not handed") as refused:
        services.consensus.open(LEADER, study_id, "ABC-F01-C1")


def test_nothing_is_handed_in_behind_the_back_of_whoever_closes_coding(two: Site) -> None:
    study_id = a_study(two.store, two.clip, coders=("coder", "kim"))
    row = two.store.studies.codings(study_id)[0]
    services = Services(two.store)
    room, who = services.coding, coder(row.coder)
    room.open(who, row.id)
    for each in ("infant", "parent"):
        room.append(who, row.id, "pass_ended", {"who": each})
    services.studies.close(LEADER, study_id)
    # As a coder's click does that was let through a moment before.
    with pytest.raises(VfeedError, match="closed"):
        two.store.studies.append_coding(row.id, row.coder, "handed_in", {})
    assert not two.store.studies.read_coding(row.id).state.handed_in


@pytest.mark.parametrize(
    ("kappas", "in_test", "words"),
    [
        ([0.7, 0.7], None, ""),
        ([0.5, 0.7], None, ""),
        ([0.5, 0.55], None, "two blocks"),
        ([0.5, 0.7, 0.5], None, ""),
        ([0.75], 0.9, "fallen"),
        ([0.85], 0.9, ""),
        ([float("nan"), 0.5], None, ""),
    ],
)
def test_drift_is_two_blocks_under_the_limit_or_a_fall_since_the_test(
    kappas: list[float], in_test: float | None, words: str
) -> None:
    blocks = [Block(5, kappa, kappa, kappa) for kappa in kappas]
    found = drifts(blocks, 0.6, in_test)
    assert words in found and bool(found) == bool(words)
    assert drifts([*blocks, Block(4, 0.1, 0.1, 0.1)], 0.6, in_test) == found


def test_a_coder_who_drifts_is_paused_once_a_block_and_goes_on_when_told_to(two: Site) -> None:
    clips = [two.clip, *(a_clip(two.store, two.home, f"film {n}".encode(), film_facts()) for n in range(9))]
    study_id = a_study(two.store, *clips, coders=("coder", "kim"), repeat_share=0.0)
    services = Services(two.store)
    theirs = {"infant_looking": [(0.0, "partner"), (10.0, "object")], "parent_looking": [(0.0, "none")]}
    for row in two.store.studies.codings(study_id):
        if row.coder == "kim":
            code(two.store, "kim", row.id, theirs)
    mine = {"infant_looking": [(0.0, "object"), (10.0, "partner")], "parent_looking": [(0.0, "none")]}
    rows = [row for row in two.store.studies.codings(study_id) if row.coder == "coder"]
    whys = []
    for row in rows:
        code(two.store, "coder", row.id, mine)
        whys.append(services.agreements.watch(study_id, "coder"))
    assert whys == [""] * 9 + ["Kappa was below the study’s limit in two blocks in a row."]
    assert services.coding.mine(coder("coder")) and two.store.studies.read(study_id)[1].state.paused.keys() == {"coder"}
    services.studies.take_up(LEADER, study_id, "coder")
    assert services.agreements.watch(study_id, "coder") == ""
    assert "two blocks in a row" in two.signed_in("researcher").get(f"/studies/{study_id}/drift").text


def test_screening_offers_and_a_persons_word_goes_above_it(two: Site) -> None:
    browser = two.signed_in("researcher")
    page = browser.get("/screening").text
    assert two.clip.id[:8] in page and "film again" in page and two.home.family.code_name not in page
    here = f"/screening/{two.clip.id}"
    browser.post(here, data={"word": "codable"})
    assert "says researcher" in browser.get(here).text
    browser.post(here, data={"pair": "no"})
    [answer] = csv.DictReader(io.StringIO(browser.get("/screening/table/csv").text))
    assert (answer["verdict"], answer["checked_by"]) == ("codable", "researcher")
    browser.post(f"{here}/undo")
    browser.post(f"{here}/undo")
    assert "so it looks to the computer" in browser.get(here).text
    browser.post(f"{here}/redo")
    assert "says researcher" in browser.get(here).text
    assert browser.post(here, data={"word": "wonderful"}).status_code == 422
    assert browser.get("/screening/table/xlsx").data.startswith(b"PK")


def test_screening_shows_no_film_that_is_not_open_to_research(two: Site) -> None:
    other = a_clip(two.store, two.home, b"of somebody else", film_facts())
    two.store.families.add_participant(two.home.family.id, "adult", "Grandad")
    assert other.id[:8] not in two.signed_in("researcher").get("/screening").text
    assert two.signed_in("researcher").get(f"/screening/{other.id}").status_code == 403
    assert two.store.consents.open_to("research") == []


def test_what_is_open_is_told_at_once_as_one_by_one(two: Site) -> None:
    others = [a_clip(two.store, two.home, f"film {n}".encode(), film_facts()) for n in range(3)]
    two.store.clips.erase(others[0].id)
    for use in ("research", "session", "training"):
        one_by_one = {clip.id for clip in [two.clip, *others[1:]] if two.store.consents.decide(clip.id, use)}
        assert {clip.id for clip in two.store.consents.open_to(use)} == one_by_one, use
    agree(two.store, two.home, "training", others[1].id)
    assert {clip.id for clip in two.store.consents.open_to("training")} == {others[1].id}


def test_nobody_manages_a_study_but_a_researcher(two: Site) -> None:
    for who in ("coder", "practitioner", "supervisor", "administrator"):
        assert two.signed_in(who).get("/studies").status_code == 403, who
        assert two.signed_in(who).get("/screening").status_code == 403, who
    with pytest.raises(VfeedError):
        Services(two.store).agreements.read(coder("coder"), "any")
