"""Codings that were taken in from files stand beside those made here, and are never counted among them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from app_site import Site, an_account
from study_work import LEADER, a_study, code

from vfeed.research.formats.seam import Asked
from vfeed.research.formats.table_writing import CsvLong
from vfeed.research.recoding import Word
from vfeed.research.scheme import LOOKING
from vfeed.services.imported_codings import Beside, ImportedCodings
from vfeed.services.services import Services
from vfeed.services.taking_in import Place, Sent, Words

LOOKS = {"infant_looking": [(0.0, "partner"), (5.0, "object")], "parent_looking": [(0.0, "partner")]}
SAME = "who,code,start_s,end_s,coder\nbaby,mum,0,5,{coder}\nbaby,toy,5,20,{coder}\n"
LATER = "who,code,start_s,end_s,coder\nbaby,mum,0,10,{coder}\nbaby,toy,10,20,{coder}\n"
TOLD = {"mum": "infant_looking/partner", "toy": "infant_looking/object"}


@pytest.fixture
def coded(site: Site) -> tuple[Site, str]:
    """A study that one coder has coded."""
    study_id = a_study(site.store, site.clip, coders=("coder",), everyone=False, second_share=0.0, repeat_share=0.0)
    for row in site.store.studies.codings(study_id):
        code(site.store, row.coder, row.id, LOOKS)
    return site, study_id


def taken(site: Site, text: str, coder: str, told: dict[str, str] | None = None, *, blind: bool = True) -> None:
    desk = Services(site.store).taking_in
    words = Words(LOOKING, {Word("baby", "", word).key: place for word, place in (told or TOLD).items()})
    sent = Sent(text.format(coder=coder).encode(), f"{coder}.csv")
    taking = desk.look(LEADER, sent, Asked(coder=coder), Place(site.clip.id), words if told != {} else None)
    desk.keep(LEADER, taking, blind="true" if blind else "")


def read(site: Site, study_id: str) -> Beside:
    files: ImportedCodings = Services(site.store).imported_codings
    return files.read(LEADER, study_id)


def test_a_coding_from_a_file_is_compared_with_one_made_here_lane_by_lane(coded: tuple[Site, str]) -> None:
    site, study_id = coded
    taken(site, SAME, "ola")
    taken(site, LATER, "pia", blind=False)
    found = read(site, study_id)
    kappas = {}
    for each in found.pairs:
        (lane,) = each.figures.lanes  # The file says nothing of the parent: that is no coding of nothing.
        assert lane.lane.id == "infant_looking" and lane.states is not None and lane.states.watched_us == 20_000_000
        kappas[each.figures.first, each.figures.second, each.both] = lane.states.kappa
    assert kappas.keys() == {("ola", "coder", False), ("pia", "coder", False), ("ola", "pia", True)}
    assert kappas["ola", "coder", False].value == pytest.approx(1)
    # Of 20 s the two agree in 15; by chance .25 * .5 + .75 * .5.
    assert kappas["pia", "coder", False].value == pytest.approx((0.75 - 0.5) / 0.5)
    assert found.not_blind == 1 and found.other_words == 0
    assert Services(site.store).agreements.read(LEADER, study_id).pairs == ()


def test_the_page_and_the_table_tell_them_apart(coded: tuple[Site, str]) -> None:
    site, study_id = coded
    taken(site, SAME, "Ola N.")
    page = site.signed_in("researcher").get(f"/studies/{study_id}/agreement").text
    assert "Codings from files" in page and "Ola N. (from a file) · coder" in page
    table = Services(site.store).study_files.agreement(LEADER, study_id)["agreement.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["coders"] for row in rows} == {"file-1 / coder-1"} and "Ola" not in table


def test_of_two_codings_of_one_film_by_one_coder_the_later_counts(coded: tuple[Site, str]) -> None:
    site, study_id = coded
    taken(site, LATER, "ola")
    taken(site, SAME, "ola")
    (pair,) = read(site, study_id).pairs
    states = pair.figures.lanes[0].states
    assert states is not None and states.kappa.value == pytest.approx(1)


def test_a_code_of_a_file_that_is_none_of_the_study_is_missing_and_not_absent(coded: tuple[Site, str]) -> None:
    site, study_id = coded
    table = (
        "who,lane,code,start_s,end_s,coder\ninfant,Looking,partner,0,5,{coder}\ninfant,Looking,asleep,5,20,{coder}\n"
    )
    taken(site, table, "ola", {})
    (pair,) = read(site, study_id).pairs
    states = pair.figures.lanes[0].states
    assert states is not None and (states.watched_us, states.other_codes_us) == (5_000_000, 15_000_000)


def test_the_infant_may_lie_in_one_file_and_the_parent_in_another(coded: tuple[Site, str]) -> None:
    site, study_id = coded
    taken(site, SAME, "ola")
    whole = "who,code,start_s,end_s,coder\nbaby,mum,0,20,{coder}\n"
    taken(site, whole, "ola", {"mum": "parent_looking/partner"}, blind=False)
    found = read(site, study_id)
    (pair,) = found.pairs
    assert [each.lane.id for each in pair.figures.lanes] == ["infant_looking", "parent_looking"]
    assert found.not_blind == 1


def test_words_that_are_not_the_studys_are_said_and_not_compared(coded: tuple[Site, str]) -> None:
    site, study_id = coded
    taken(site, SAME, "ola", {})
    found = read(site, study_id)
    assert found.pairs == () and found.other_words == 1
    page = site.signed_in("researcher").get(f"/studies/{study_id}/agreement").text
    assert "uses none of the codes of this study" in page


def test_only_the_part_that_the_study_codes_is_compared(site: Site) -> None:
    study_id = a_study(
        site.store,
        site.clip,
        coders=("coder",),
        everyone=False,
        second_share=0.0,
        repeat_share=0.0,
        window="first",
        window_us=6_000_000,
    )
    taken(site, SAME, "ola")
    taken(site, LATER, "pia")
    (pair,) = read(site, study_id).pairs
    states = pair.figures.lanes[0].states
    assert pair.both and states is not None and states.watched_us == 6_000_000


def test_a_film_that_is_not_open_to_research_any_more_is_left_out(coded: tuple[Site, str]) -> None:
    site, study_id = coded
    taken(site, SAME, "ola")
    for consent in site.store.consents.for_family(site.home.family.id):
        if consent.use == "research" and consent.withdrawn_at is None:
            site.store.consents.withdraw(consent.id, "ann", "no")
            break
    assert read(site, study_id) == Beside()


def test_a_researcher_who_still_has_to_code_the_film_sees_nothing_of_it(site: Site) -> None:
    an_account(site.store, "both", "researcher", "coder")
    study_id = a_study(site.store, site.clip, coders=("coder", "both"))
    taken(site, SAME, "ola")
    taken(site, LATER, "pia")
    assert len(read(site, study_id).pairs) == 1
    page = site.signed_in("both").get(f"/studies/{study_id}/agreement")
    assert "from a file" not in page.text


UNEVEN = {
    "coder": {"infant_looking": [(2.0, "partner"), (8.0, "none")], "parent_looking": [(0.0, "partner"), (9, "object")]},
    "kim": {"infant_looking": [(1.0, "partner"), (9.0, "none"), (16.0, "not_coded")]},
}


def test_a_lane_that_somebody_left_out_is_no_finding_of_nothing(site: Site) -> None:
    study_id = uneven(site)
    services = Services(site.store)
    [pair] = services.agreements.read(LEADER, study_id).pairs
    infant, parent = pair.lanes
    assert infant.states is not None and infant.states.watched_us == 14_000_000
    assert parent.states is None and {each.stretch.who for each in pair.differs} == {"infant"}
    [(both, _state)] = services.consensus.clips(LEADER, study_id)
    assert both.differs["parent_looking"] == []


def test_what_a_study_gives_out_agrees_with_itself_when_it_is_taken_in_again(site: Site) -> None:
    study_id = uneven(site)
    services = Services(site.store)
    ours = {each.coder: each for each in services.study_files.codings(LEADER, study_id)}
    assert set(ours) == {"coder-1", "coder-2"}
    table = services.study_files.table(LEADER, study_id, "csv")["events_long.csv"]
    films = {film.name: film.clip_id for film in services.taking_in.films(LEADER, study_id)}
    desk = services.taking_in
    assert desk.keep(LEADER, desk.look(LEADER, Sent(table, "events_long.csv"), Asked(), Place(films=films))) == 2
    pairs = {(each.figures.first, each.figures.second): each.figures.lanes for each in read(site, study_id).pairs}
    seen = {
        names: {lane.lane.who: (lane.states.watched_us, lane.states.kappa.observed) for lane in lanes if lane.states}
        for names, lanes in pairs.items()
    }
    whole = {"infant": (18_000_000, 1.0), "parent": (20_000_000, 1.0)}
    assert seen["coder-1", "coder"] == whole
    assert seen["coder-2", "kim"] == {"infant": (15_000_000, 1.0)}
    # As those who coded here.
    [pair] = services.agreements.read(LEADER, study_id).pairs
    assert pair.lanes[0].states is not None
    agreed = (14_000_000, pair.lanes[0].states.kappa.observed)
    assert seen["coder-1", "coder-2"] == {"infant": agreed} == seen["coder-1", "kim"] == seen["coder-2", "coder"]


def uneven(site: Site) -> str:
    """A study of two coders: one begins later with the infant, the other leaves the parent out."""
    an_account(site.store, "kim", "coder")
    study_id = a_study(site.store, site.clip, coders=("coder", "kim"))
    for row in site.store.studies.codings(study_id):
        code(site.store, row.coder, row.id, UNEVEN[row.coder])
    return study_id


def test_a_films_repeat_in_a_studys_table_does_not_stand_for_its_first_coding(coded: tuple[Site, str]) -> None:
    site, study_id = coded
    services = Services(site.store)
    first = services.study_files.codings(LEADER, study_id)[0]
    marks = tuple(replace(mark, code="away") for mark in first.marks)
    again = replace(first, marks=marks, provenance=replace(first.provenance, coding_pass="main:repeat"))
    table = CsvLong().write_all([first, again]).files["events_long.csv"]
    films = {film.name: film.clip_id for film in services.taking_in.films(LEADER, study_id)}
    desk = services.taking_in
    desk.keep(LEADER, desk.look(LEADER, Sent(table, "events_long.csv"), Asked(), Place(films=films)))
    [pair] = read(site, study_id).pairs
    assert [lane.states.kappa.observed for lane in pair.figures.lanes if lane.states] == [1.0, 1.0]
