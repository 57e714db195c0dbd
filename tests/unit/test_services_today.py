"""What there is to do for a worker's families, and how far each film has come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from app_site import SECOND, Site, an_account, end_consent, film_facts
from filled_store import a_clip
from sqlalchemy import event

from bench.review_site import no_findings
from vfeed.practice import library
from vfeed.practice.evidence import Terms
from vfeed.practice.programme import plan_lines
from vfeed.practice.sessions import ShownReel
from vfeed.server.families.today import SHOWN_TASKS, ordered, task_line
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.services.today import FamilyLine, FilmStanding, Today
from vfeed.store.tables import Family

TODAY = date.today()
ME = "practitioner"
PACK = library.shipped().pack("infant_massage")


@pytest.fixture
def today(site: Site) -> Today:
    with site.store.database.write() as session:
        family = session.get(Family, site.home.family.id)
        assert family is not None
        family.created_by = ME
    for job in site.store.jobs.for_clip(site.clip.id):
        site.store.jobs.cancel(job.id, ME)
    return Today(site.store)


def films(site: Site) -> dict[str, FilmStanding]:
    services = Services(site.store)
    return services.today.films(services.families.read(Actor(ME, frozenset({"practitioner"})), site.home.family.id))


def kinds(today: Today) -> list[str]:
    return [task.kind for task in today.page(ME, TODAY)[1]]


def test_a_film_of_moments_that_nobody_has_seen_is_to_be_shown_and_then_written_up(site: Site, today: Today) -> None:
    assert kinds(today) == ["show"]
    site.store.events.append(site.clip.id, ME, "review_started", {"reel_id": "reel-1"})
    site.store.events.append(site.clip.id, ME, "review_stopped", {"reel_id": "reel-1"})
    shown = ShownReel(clip_id=site.clip.id, reel_id="reel-1")
    record = site.store.sessions.begin(site.home.family.id, None, ME, held_on=TODAY, reels=[shown])
    assert kinds(today) == ["write_up"]
    assert films(site)[site.clip.id].shown_on == TODAY
    words = {"name": "working_point", "text": "Wait a breath longer"}
    site.store.sessions.append(site.home.family.id, record.id, ME, "words_set", words)
    assert kinds(today) == []


def test_a_film_asks_to_be_looked_at_until_something_is_kept_and_then_for_a_choice(site: Site, today: Today) -> None:
    clip = a_clip(site.store, site.home, b"another film", facts=film_facts())
    of_clip = lambda: [task.kind for task in today.page(ME, TODAY)[1] if task.about_id == clip.id]  # noqa: E731
    assert of_clip() == ["working"]
    for job in site.store.jobs.for_clip(clip.id):
        site.store.jobs.cancel(job.id, ME)
    assert of_clip() == [], "nothing was found yet"
    assert not films(site)[clip.id].analysed
    site.store.analyses.save(clip.id, no_findings())
    assert of_clip() == ["look"]
    moment = {"moment_id": "m1", "start_us": SECOND, "end_us": 3 * SECOND, "code_ref": "attentive"}
    site.store.events.append(clip.id, ME, "moment_tagged", moment)
    assert of_clip() == ["choose"]
    assert films(site)[clip.id].kept == 1


def test_what_is_to_come_soon_is_said_and_what_is_far_off_is_not(site: Site, today: Today) -> None:
    record = site.store.sessions.begin(site.home.family.id, None, ME, held_on=TODAY)
    for days, expected in ((40, []), (10, ["due"])):
        day = {"name": "next_on", "day": (TODAY + timedelta(days=days)).isoformat()}
        site.store.sessions.append(site.home.family.id, record.id, ME, "day_set", day)
        assert [kind for kind in kinds(today) if kind == "due"] == expected
    lines, _tasks = today.page(ME, TODAY)
    assert [line.next_review for line in lines if line.family_id == site.home.family.id] == [TODAY + timedelta(days=10)]


def test_a_consent_that_has_run_out_is_asked_for_and_its_films_are_not_offered(site: Site, today: Today) -> None:
    end_consent(site, "session", "run out")
    tasks = today.page(ME, TODAY)[1]
    assert [task.kind for task in tasks] == ["consent", "consent"]
    with site.app.test_request_context():
        assert "has run out" in task_line(tasks[0], TODAY).words


def test_a_family_that_will_be_erased_soon_comes_first_until_it_is_held(site: Site, today: Today) -> None:
    site.store.retention.set(site.home.family.id, TODAY, TODAY + timedelta(days=200), "boss", TODAY)
    assert "erase" not in kinds(today)
    site.store.retention.set(site.home.family.id, TODAY, TODAY, "boss", TODAY)
    first = today.page(ME, TODAY)[1][0]
    assert (first.kind, first.on) == ("erase", TODAY + timedelta(days=14))
    with site.app.test_request_context():
        assert task_line(first, TODAY).url.endswith(f"/families/{site.home.family.id}#clock")
    site.store.retention.hold(site.home.family.id, "A court has asked for it.", "boss")
    assert "erase" not in kinds(today)


def test_the_list_takes_as_many_statements_for_ten_families_as_for_one(site: Site, today: Today) -> None:
    def statements() -> int:
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        engine = site.store.database.engine
        event.listen(engine, "before_cursor_execute", counted)
        today.page(ME, TODAY)
        event.remove(engine, "before_cursor_execute", counted)
        return count

    one = statements()
    for number in range(10):
        family = site.store.families.create(f"Family {number}", ME)
        site.store.families.add_participant(family.id, "child", "Infant", birth_month="2026-01")
        site.store.families.add_visit(family.id, TODAY, "First")
    assert statements() == one
    assert one <= 20


def test_another_workers_families_are_in_neither_list(site: Site, today: Today) -> None:
    an_account(site.store, "colleague", "practitioner")
    lines, tasks = today.page("colleague", TODAY)
    assert site.home.family.id not in {line.family_id for line in lines}
    assert tasks == []


def a_line(name: str, visit: date | None = None, review: date | None = None) -> FamilyLine:
    return FamilyLine(name, name, True, "2026-01", visit, review, 1, 0)


def test_families_are_put_in_the_order_asked_for() -> None:
    lines = [
        a_line("Wren", TODAY - timedelta(days=2), TODAY + timedelta(days=9)),
        a_line("Robin", TODAY, None),
        a_line("sparrow", None, TODAY + timedelta(days=1)),
    ]
    names = lambda sort: [line.code_name for line in ordered(lines, sort)]  # noqa: E731
    assert names("name") == ["Robin", "sparrow", "Wren"]
    assert names("visit") == ["Robin", "Wren", "sparrow"]
    assert names("review") == ["sparrow", "Wren", "Robin"]


def test_the_page_says_what_there_is_to_do_and_folds_what_is_too_much(site: Site, today: Today) -> None:
    page = site.signed_in(ME).get("/families").text
    assert "Show “The long wait”" in page and f"/clips/{site.clip.id}/reels/reel-1" in page
    assert "more</summary>" not in page
    for number in range(SHOWN_TASKS):
        clip = a_clip(site.store, site.home, f"film {number}".encode(), facts=film_facts())
        assert clip.id
    page = site.signed_in(ME).get("/families").text
    assert "<summary>1 more</summary>" in page


def test_the_familys_page_leads_to_what_comes_next(site: Site, today: Today) -> None:
    address = f"/families/{site.home.family.id}"
    lit = lambda: site.signed_in(ME).get(address).text.split('class="button button--primary"')[1].split("</a>")[0]  # noqa: E731
    assert today.page(ME, TODAY)[1][0].kind == "show"
    assert "Show “The long wait”" in lit() and f"/clips/{site.clip.id}/reels/reel-1" in lit()
    site.store.events.append(site.clip.id, ME, "review_started", {"reel_id": "reel-1"})
    site.store.events.append(site.clip.id, ME, "review_stopped", {"reel_id": "reel-1"})
    shown = ShownReel(clip_id=site.clip.id, reel_id="reel-1")
    record = site.store.sessions.begin(site.home.family.id, None, ME, held_on=TODAY, reels=[shown])
    assert "Write up the shared review" in lit()
    words = {"name": "working_point", "text": "Wait a breath longer"}
    site.store.sessions.append(site.home.family.id, record.id, ME, "words_set", words)
    assert "Add a film" in lit()


def test_measures_are_asked_for_at_the_start_and_at_the_end_of_a_course(site: Site, today: Today) -> None:
    family = site.home.family.id
    asked = lambda: [(task.about, task.use) for task in today.page(ME, TODAY)[1] if task.kind == "measure"]  # noqa: E731
    for name in ("EPDS", "ITS"):
        site.store.measures.append(family, ME, "measure_named", {"measure_id": name, "name": name})
    assert asked() == [], "no course has begun"
    site.store.programmes.append(family, ME, "programme_chosen", {"pack": PACK.id, "title": PACK.title})
    assert asked() == [("EPDS, ITS", "before")]
    for name in ("EPDS", "ITS"):
        number = {"number_id": name, "measure_id": name, "on": TODAY.isoformat(), "value": 7, "when": "before"}
        site.store.measures.append(family, ME, "number_entered", number)
    assert asked() == []
    while line := next((each for each in plan_lines(PACK, site.store.programmes.state(family)) if each.is_next), None):
        step = {"pack": PACK.id, "session": line.session.id, "round": line.round, "title": line.session.title}
        site.store.programmes.append(family, ME, "session_ticked", {**step, "held_on": TODAY.isoformat()})
    assert asked() == [("EPDS, ITS", "after")]
    page = site.signed_in(ME).get("/families").text
    assert "Enter what was filled in at the end of the course: EPDS, ITS" in page
    assert f"/families/{family}/story#measures" in page
    assert today.next_in(Services(site.store).families.read(Actor(ME, frozenset({ME})), family), TODAY).kind == "show"


def test_evidence_waits_for_the_second_account_and_then_for_the_one_who_chose_it(site: Site, today: Today) -> None:
    an_account(site.store, "colleague", "practitioner")
    family_id = site.home.family.id
    site.store.workers.add(family_id, "colleague", ME)
    terms = Terms(
        "review", "A meeting of agencies.", "Both parents agreed today.", ((site.clip.id, "reel-1"),), True, True
    )

    def waits_for(name: str) -> list[tuple[str, str]]:
        return [(task.about_id, task.use) for task in today.page(name, TODAY)[1] if task.kind == "evidence"]

    chosen, dropped = (site.store.evidence.choose(family_id, terms, ME) for _ in range(2))
    site.store.evidence.call_off(family_id, dropped, ME)
    assert waits_for(ME) == [] and waits_for("colleague") == [(chosen, "confirm")]
    assert f"/left/{chosen}/whole" in site.signed_in("colleague").get("/families").text
    site.store.evidence.confirm(family_id, chosen, "colleague", "sum")
    assert waits_for(ME) == [(chosen, "take_out")] and waits_for("colleague") == []
    site.store.evidence.left(family_id, chosen, ME)
    assert waits_for(ME) == []
