"""A page asks the database a few times, however much there is: counted in a small service and in a full one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from app_site import PASSWORD, Site, an_account, film_facts
from filled_store import TODAY, a_clip, a_home, some_bytes
from held_connections import held_connections
from sqlalchemy import Engine, event

from vfeed.practice.sessions import ShownReel
from vfeed.server.app import create_app
from vfeed.store.analyses import Findings
from vfeed.store.tables import Family

MOST = 15
FAMILIES, CLIPS, SESSIONS = 30, 10, 20
SECOND = 1_000_000
# What begins and ends a transaction, and what asks SQLite about itself, is no question about the data.
MANNERS = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass
class Statements:
    """The statements that were sent by any engine of this process."""

    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)

    def __str__(self) -> str:
        return "\n".join(" ".join(each.split())[:160] for each in self.sent)


@contextlib.contextmanager
def counted() -> Iterator[Statements]:
    statements = Statements()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(MANNERS):
            statements.sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def fill(site: Site, *, families: int, clips: int, sessions: int) -> None:
    """Add families and, to the site's own, analysed films with reels and shared reviews that showed them."""
    for number in range(families):
        home = a_home(site.store, f"Family {families} {number}")
        with site.store.database.write() as session:
            session.get_one(Family, home.family.id).created_by = "practitioner" if number % 2 else "vfeed"
        an_account(site.store, f"worker-{families}-{number}", "practitioner")
    films = [site.clip.id, *(add_clip(site, 100 * clips + number) for number in range(1, clips))]
    for clip_id in films:
        for role in ("poster", "proxy"):
            with site.store.blobs.put(clip_id, role, "image/jpeg") as out:
                out.write(b"a picture")
        site.store.analyses.save(clip_id, Findings({}, {"usable": "fine"}, {}, {}, [], b""))
    for number in range(sessions):
        add_session(site, films[number % clips], number)


def add_clip(site: Site, number: int) -> str:
    clip = a_clip(site.store, site.home, some_bytes(seed=number), film_facts())
    place = {"start_us": 2 * SECOND, "end_us": 5 * SECOND}
    tag = {"moment_id": "m1", "code_ref": "attentive", "note": ""}
    site.store.events.append(clip.id, "pat", "moment_tagged", {**tag, **place})
    reel = {"reel_id": site.reel_id, "title": "A reel", "moments": [{"moment_id": "m1", **place}]}
    site.store.events.append(clip.id, "pat", "reel_saved", reel)
    return clip.id


def add_session(site: Site, clip_id: str, number: int) -> None:
    shown = ShownReel(clip_id=clip_id, reel_id=site.reel_id)
    held_on = TODAY - timedelta(days=number)
    family, visit = site.home.family.id, site.home.visit.id
    site.store.sessions.begin(family, visit, "practitioner", held_on=held_on, reels=[shown])


def asked_by(site: Site, who: str, address: str) -> Statements:
    """What a page asks in an application that has just started: its line in the audit trail is among it."""
    app = create_app(site.store.settings, site.store)
    browser = replace(site, app=app).signed_in(who)
    with counted() as statements:
        answer = browser.get(address)
    assert answer.status_code == 200
    return statements


PAGES = [
    ("practitioner", "/families"),
    ("practitioner", "/families/{family}"),
    ("practitioner", "/families/{family}/story"),
    ("practitioner", "/clips/{clip}"),
    ("practitioner", "/families/{family}/left"),
    ("researcher", "/clips"),
    ("administrator", "/audit"),
    ("administrator", "/accounts"),
]


def test_a_page_asks_no_more_often_where_there_is_more(site: Site) -> None:
    pages = [(who, page.format(family=site.home.family.id, clip=site.clip.id)) for who, page in PAGES]
    fill(site, families=2, clips=2, sessions=2)
    few = [asked_by(site, who, address) for who, address in pages]
    fill(site, families=FAMILIES, clips=CLIPS, sessions=SESSIONS)
    many = [asked_by(site, who, address) for who, address in pages]
    for (_who, address), before, after in zip(pages, few, many, strict=True):
        assert len(after) == len(before), f"{address}: {len(before)} statements became {len(after)}:\n{after}"
        assert len(after) <= MOST, f"{address}: {len(after)} statements:\n{after}"


def test_a_question_in_a_loop_is_counted(site: Site) -> None:
    with counted() as statements:
        for _ in range(3):
            site.store.families.participants(site.home.family.id)
    assert len(statements) == 3


def test_within_a_request_the_same_is_asked_once(site: Site) -> None:
    with counted() as statements, site.store.database.snapshot():
        for _ in range(3):
            site.store.families.participants(site.home.family.id)
            site.store.consents.for_family(site.home.family.id)
    assert len(statements) == 1


def test_signing_in_and_a_page_after_it_take_one_connection_of_one_pool(site: Site) -> None:
    begun: list[str] = []

    def note(connection: object, *_rest: object) -> None:
        begun.append(str(connection.engine.pool))  # type: ignore[attr-defined]

    event.listen(Engine, "begin", note)
    try:
        with held_connections(site.store.database.engine) as held:
            browser = site.browser()
            assert browser.post("/sign-in", data={"name": "practitioner", "password": PASSWORD}).status_code == 302
            assert browser.get("/families").status_code == 200
    finally:
        event.remove(Engine, "begin", note)
    assert (held.now, held.most) == (0, 1)
    assert set(begun) == {str(site.store.database.engine.pool)}


def test_a_second_connection_is_counted(site: Site) -> None:
    with held_connections(site.store.database.engine) as held:
        with site.store.database.read() as session:
            session.connection()
            site.store.families.list()
        assert held.now == 0
    assert held.most == 2
