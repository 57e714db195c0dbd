"""The story so far: cycles, films side by side, and the service's own measures."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from app_site import Site, film_facts
from filled_store import TODAY, some_bytes

from vfeed.practice.sessions import ShownReel


def story(site: Site, name: str = "practitioner", query: str = "") -> str:
    return site.signed_in(name).get(f"/families/{site.home.family.id}/story{query}").text


def post(site: Site, path: str, **data: str) -> int:
    return site.signed_in("practitioner").post(f"/families/{site.home.family.id}/story/{path}", data=data).status_code


def measure_id(site: Site) -> str:
    assert post(site, "measures", name="EPDS", lowest="0", highest="30", first_cut_off="13", first_words="talk") == 302
    return next(iter(site.store.measures.state(site.home.family.id).measures))


def test_the_strip_tells_the_cycles_in_order_without_the_workers_log(site: Site) -> None:
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    family, visit = site.home.family.id, site.home.visit.id
    shown = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    for days, point in ((1, "SECOND POINT"), (30, "FIRST POINT")):
        held_on = TODAY - timedelta(days=days)
        begun = site.store.sessions.begin(family, visit, "pat", held_on=held_on, reels=[shown])
        for name, text in (("working_point", point), ("went_well", "OWN LOG")):
            site.store.sessions.append(family, begun.id, "pat", "words_set", {"name": name, "text": text})
    text = story(site)
    assert text.index("FIRST POINT") < text.index("SECOND POINT")
    assert "He waited for me." in text and "/still/m1" in text
    assert "OWN LOG" not in text and "SECRET NOTE" not in text


def test_a_film_without_consent_gives_the_strip_no_still_and_no_words(site: Site) -> None:
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    shown = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    site.store.sessions.begin(site.home.family.id, site.home.visit.id, "pat", held_on=TODAY, reels=[shown])
    site.store.families.add_participant(site.home.family.id, "adult", "Grandad")
    text = story(site)
    assert "/still/" not in text and "He waited for me." not in text


def test_two_films_stand_side_by_side_the_first_and_the_last_unless_asked(site: Site) -> None:
    site.put("proxy", b"one")
    assert "Two films side by side" not in story(site)
    ids = [site.clip.id]
    for seed in (5, 6):
        clip = site.store.clips.ingest(
            io.BytesIO(some_bytes(seed=seed)),
            family_id=site.home.family.id,
            visit_id=site.home.visit.id,
            title=f"Film {seed}",
            actor="pat",
            facts=film_facts(),
        )
        with site.store.blobs.put(clip.id, "proxy", "video/mp4") as out:
            out.write(b"film")
        ids.append(clip.id)
    shown = re.findall(r'<video[^>]+src="/media/([^/]+)/proxy"', story(site))
    assert shown == [ids[0], ids[2]]
    asked = story(site, query=f"?before={ids[1]}&after=nothing")
    assert re.findall(r'<video[^>]+src="/media/([^/]+)/proxy"', asked) == [ids[1], ids[2]]


def test_numbers_are_entered_plotted_and_taken_back(site: Site) -> None:
    measure = measure_id(site)
    for days, value in ((60, "16"), (0, "9")):
        on = (TODAY - timedelta(days=days)).isoformat()
        assert post(site, f"measures/{measure}/numbers", on=on, value=value, note="at home") == 302
    text = story(site)
    assert text.count('class="plot-point"') == 2 and text.count('class="plot-cut-off"') == 1
    assert "talk (13)" in text and "at home" in text
    assert 'style="' not in text, "the policy forbids styles in the page"
    assert post(site, "measures/undo") == 302
    assert story(site).count('class="plot-point"') == 1
    assert post(site, "measures/redo") == 302
    assert story(site).count('class="plot-point"') == 2
    first = site.store.measures.state(site.home.family.id).measures[measure].numbers[0]
    assert post(site, f"numbers/{first.number_id}/remove") == 302
    assert story(site).count('class="plot-point"') == 1


def correction(measure: str, **fields: str) -> dict[str, str]:
    return {f"correct-{measure}-{name}": value for name, value in fields.items()}


def test_a_measure_is_corrected_with_its_numbers_kept_and_that_is_taken_back(site: Site) -> None:
    measure = measure_id(site)
    assert post(site, f"measures/{measure}/numbers", on=TODAY.isoformat(), value="9.5") == 302
    page = story(site)
    for name, value in (("name", "EPDS"), ("highest", "30"), ("first_cut_off", "13"), ("first_words", "talk")):
        field = re.search(f'<input[^>]*name="correct-{measure}-{name}"[^>]*>', page)
        assert field and f'value="{value}"' in field[0], "the form holds the measure as it is"
    sent = correction(measure, name="EPDS, Welsh", highest="40", first_cut_off="12.5")
    assert post(site, f"measures/{measure}", **sent) == 302
    page = story(site)
    assert "<h3" in page and "EPDS, Welsh</h3>" in page and "cut-off (12.5)" in page and ">9.5<" in page
    assert "Undo: corrected the measure EPDS, Welsh" in page
    assert post(site, "measures/undo") == 302
    [back] = site.store.measures.state(site.home.family.id).measures.values()
    assert (back.named.name, back.named.highest, back.numbers[0].value) == ("EPDS", 30, 9.5)


def test_a_correction_that_does_not_fit_is_said_in_its_own_form_and_what_was_typed_stays(site: Site) -> None:
    measure = measure_id(site)
    assert post(site, f"measures/{measure}/numbers", on=TODAY.isoformat(), value="9.5") == 302
    for fields, said in (
        ({"name": ""}, "Enter a name."),
        ({"name": "TYPED", "lowest": "30", "highest": "3"}, "The highest number must be above the lowest."),
        ({"name": "TYPED", "second_words": "far"}, "Enter the number of this cut-off too, or leave its name empty."),
        ({"name": "TYPED", "highest": "2000000"}, "Correct it and try again."),
        ({"name": "TYPED", "highest": "9"}, "The number 9.5 does not fit: TYPED goes from"),
    ):
        answer = site.signed_in("practitioner").post(
            f"/families/{site.home.family.id}/story/measures/{measure}", data=correction(measure, **fields)
        )
        assert answer.status_code == 422
        assert said in answer.text and fields["name"] in answer.text
        assert answer.text.count('class="field-error"') == 1
    assert post(site, "measures/nothing", **correction("nothing", name="x")) == 404
    [kept] = site.store.measures.state(site.home.family.id).measures.values()
    assert (kept.named.name, kept.named.highest) == ("EPDS", 30)


def test_what_does_not_fit_is_said_and_nothing_is_kept(site: Site) -> None:
    measure = measure_id(site)
    assert post(site, "measures", name="") == 422
    assert post(site, f"measures/{measure}/numbers", on="", value="3") == 422
    assert post(site, f"measures/{measure}/numbers", on=TODAY.isoformat(), value="many") == 422
    assert post(site, f"measures/{measure}/numbers", on=TODAY.isoformat(), value="31") == 422
    assert post(site, "measures/nothing/numbers", on=TODAY.isoformat(), value="3") == 422
    assert post(site, "measures/redo") == 422
    state = site.store.measures.state(site.home.family.id)
    assert len(state.measures) == 1 and state.measures[measure].numbers == ()


def test_the_audit_trail_says_that_a_number_was_entered_and_not_which(site: Site) -> None:
    measure = measure_id(site)
    post(site, f"measures/{measure}/numbers", on=TODAY.isoformat(), value="27")
    newest = site.store.audit.list(object_=site.home.family.id)[0]
    assert (newest.action, newest.detail) == ("measure.number_entered", {"event": 2})


@pytest.mark.parametrize(
    ("path", "sent", "said"),
    [
        (
            "measures",
            {"name": "PSI KEPT", "lowest": "30", "highest": "3"},
            "The highest number must be above the lowest.",
        ),
        ("measures", {"name": "PSI KEPT", "highest": "2000000"}, "Correct it and try again."),
        ("measures", {"name": "PSI KEPT", "first_words": "high"}, "Enter the number of this cut-off too"),
        ("measures/{id}/numbers", {"value": "31", "note": "KEPT at home"}, "EPDS goes from 0 to 30."),
        ("measures/{id}/numbers", {"value": "3", "note": "KEPT", "on": "2999-01-01"}, "That day is still to come."),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_what_was_typed_stays(
    site: Site, path: str, sent: dict[str, str], said: str
) -> None:
    address = f"/families/{site.home.family.id}/story/{path.format(id=measure_id(site))}"
    answer = site.signed_in("practitioner").post(address, data={"on": TODAY.isoformat(), **sent})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert said in answer.text
    assert "KEPT" in answer.text
    assert " autofocus" in answer.text, "the page begins where the mistake is"


def test_nobody_else_reads_or_enters_measures(site: Site) -> None:
    for name in ("supervisor", "researcher", "administrator"):
        assert site.signed_in(name).get(f"/families/{site.home.family.id}/story").status_code == 403
