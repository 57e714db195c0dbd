"""A checklist that a service writes itself: a form of its own beside any programme, of which nothing is counted."""

from __future__ import annotations

import pytest
from app_site import Site
from filled_store import TODAY

from vfeed.errors import VfeedError
from vfeed.practice import library
from vfeed.practice.checklist import checklist, is_checklist, lines_of
from vfeed.practice.pack_files import read_pack, write_pack

LINES = ["Housing", "Money", "Sleep"]


def test_lines_become_a_form_answered_with_yes_no_or_not_said() -> None:
    pack = checklist("ours", "What presses", "The team", [*LINES, "  ", ""])
    assert is_checklist(pack) and lines_of(pack) == LINES
    [form] = pack.forms
    assert [each.label for each in form.answers] == ["Yes", "No", "Not said"]
    assert [item.filling for item in form.items] == ["choice"] * 3 + ["text"]
    assert read_pack(write_pack(pack)) == pack


def test_a_line_keeps_its_id_while_its_words_stay_and_no_old_id_is_used_again() -> None:
    first = checklist("ours", "What presses", "The team", LINES)
    second = checklist("ours", "What presses", "The team", ["sleep", "Work"], before=first, taken={"work"})
    assert [item.id for item in second.forms[0].items] == ["sleep", "work_2", "own_words"]


@pytest.mark.parametrize(
    ("title", "owner", "lines"),
    [
        ("", "us", LINES),
        ("T", "", LINES),
        ("T", "us", []),
        ("T", "us", ["x" * 81]),
        ("T", "us", [str(number) for number in range(60)]),
        ("T", "us", ["Sleep", "Sleep"]),
    ],
)
def test_what_does_not_fit_is_refused_with_the_fix(title: str, owner: str, lines: list[str]) -> None:
    with pytest.raises(VfeedError) as caught:
        checklist("ours", title, owner, lines)
    assert caught.value.code == "invalid_input" and caught.value.hint


def test_no_shipped_pack_is_one() -> None:
    assert not [pack.id for pack in library.shipped().packs if is_checklist(pack)]


def test_it_is_written_filled_in_beside_any_programme_and_changed(site: Site) -> None:
    browser, family = site.signed_in("practitioner"), site.home.family.id
    sent = {"title": "What presses", "owner": "The team", "lines": "Housing\nMoney"}
    assert browser.post("/codes/checklists/new", data={**sent, "lines": ""}).status_code == 422
    assert browser.post("/codes/checklists/new", data=sent).status_code == 302
    [row] = site.store.packs.versions()
    chosen = {"pack": "marte_meo", "title": "Marte Meo"}
    site.store.programmes.append(family, "pat", "programme_chosen", chosen)
    page = browser.get(f"/families/{family}").text
    assert "What presses" in page and f'<option value="{row.pack_id}"' not in page
    begun = {"pack": row.pack_id, "form": "checklist", "visit": site.home.visit.id}
    sheet = browser.post(f"/families/{family}/sheets", data=begun).location
    assert browser.post(sheet, data={"housing": "yes", "money": "not_said"}).status_code == 302
    assert browser.get(f"/codes/{row.pack_id}").location == f"/codes/checklists/{row.pack_id}"
    assert "Housing\nMoney</textarea>" in browser.get(f"/codes/checklists/{row.pack_id}").text
    changed = {**sent, "lines": "Money\nSleep", "over": "1"}
    assert browser.post(f"/codes/checklists/{row.pack_id}", data={**changed, "over": "9"}).status_code == 409
    assert browser.post(f"/codes/checklists/{row.pack_id}", data=changed).status_code == 302
    assert "Housing" in browser.get(sheet).text, "a sheet keeps the lines it had"
    assert browser.get("/codes/checklists/vig").status_code == 404


def test_a_line_that_is_taken_out_and_written_again_has_none_of_the_old_answers(site: Site) -> None:
    browser, family = site.signed_in("practitioner"), site.home.family.id
    sent = {"title": "What presses", "owner": "The team"}

    def save(address: str, lines: str, over: int) -> None:
        answer = browser.post(address, data={**sent, "lines": lines, "over": str(over)})
        assert answer.status_code == 302, answer.text

    def ids() -> dict[str, str]:
        pack = site.store.packs.get(pack_id)
        return {item.label: item.id for item in pack.forms[0].items}

    def filled(answers: dict[str, str]) -> None:
        visit = site.store.families.add_visit(family, TODAY, "Visit").id
        begun = {"pack": pack_id, "form": "checklist", "visit": visit}
        sheet = browser.post(f"/families/{family}/sheets", data=begun).location
        assert browser.post(sheet, data=answers).status_code == 302

    long = "The flat is damp and the landlord has not answered since the spring"
    save("/codes/checklists/new", f"{long}\nMoney", 0)
    pack_id = site.store.packs.versions()[0].pack_id
    here, first = f"/codes/checklists/{pack_id}", ids()
    filled({first[long]: "yes", first["Money"]: "no"})
    save(here, "Money", 1)
    save(here, f"Money\n{long}", 2)
    assert ids()[long] != first[long] and ids()["Money"] == first["Money"]
    filled({ids()[long]: "no", ids()["Money"]: "no"})
    page = browser.get(f"/families/{family}/sheets/of/{pack_id}/checklist").text
    row = page.split(long)[1].split("</tr>")[0]
    assert ">Yes<" not in row and row.count("No") == 1
    browser.post(f"/codes/{pack_id}/remove")
    assert browser.get(here).status_code == 404
