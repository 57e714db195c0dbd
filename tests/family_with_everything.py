"""A family with something of everything that is kept, each with a planted word."""

from __future__ import annotations

import io
from datetime import date

from app_site import an_account
from filled_store import TODAY, Home, a_clip, a_home, agree
from study_work import a_study, code, coding_of

from vfeed.practice.evidence import Terms as Leaving
from vfeed.practice.referral import Referral
from vfeed.practice.sessions import ShownReel
from vfeed.practice.sharing import SharedFilm, Terms
from vfeed.store import Store
from vfeed.store.gammas import Kept, Of
from vfeed.store.screenings import Measured
from vfeed.store.tables import Clip

SECRETS = ("FAMILYSECRET", "NOTESECRET", "QUESTIONSECRET", "REASONSECRET", "CONSENTSECRET", "TITLESECRET", "NAMESECRET")


def full_family(store: Store) -> Home:
    """A family with something of everything that is kept."""
    home = a_home(store, "FAMILYSECRET")
    store.families.add_participant(home.family.id, "adult", "NAMESECRET")
    store.families.add_visit(home.family.id, TODAY, "TITLESECRET", "QUESTIONSECRET")
    for use in ("session", "supervision", "take_home"):
        agree(store, home, use)
    withdrawn = store.consents.give(home.caregiver.id, "research", None, TODAY, None, "CONSENTSECRET", "ann")
    store.consents.withdraw(withdrawn.id, "ann", "REASONSECRET")
    store.retention.hold(home.family.id, "HOLDSECRET is why", "ann")
    clip = a_clip(store, home)
    moment = {"moment_id": "m1", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive", "note": "NOTESECRET"}
    store.events.append(clip.id, "ann", "moment_tagged", moment)
    piece = {"moment_id": "m1", "start_us": 1, "end_us": 2_000_000}
    store.events.append(clip.id, "ann", "reel_saved", {"reel_id": "r", "title": "TITLESECRET", "moments": [piece]})
    session = store.sessions.begin(
        home.family.id, home.visit.id, "ann", held_on=date.today(), reels=[ShownReel(clip_id=clip.id, reel_id="r")]
    )
    an_account(store, "supervisor", "supervisor")
    an_account(store, "stand-in", "practitioner")
    store.workers.ask("FAMILYSECRET", "stand-in", "REASONSECRET: a colleague is ill")
    terms = Terms("supervisor", date.today(), "as_they_are", "as_it_is", (SharedFilm(clip_id=clip.id),))
    store.shares.make(session.id, terms, "ann", date.today())
    store.take_home.offer(session.id, 7, "ann")
    store.sheets.begin(home.family.id, "ann", "abc", "comments", visit_id=home.visit.id)
    in_a_study(store, home, clip)
    in_a_group(store, home, clip)
    ground = "GROUNDSECRET: both parents agreed."
    left = Leaving("review", "REASONSECRET: a meeting of agencies.", ground, ((clip.id, "r"),), True, True)
    store.evidence.choose(home.family.id, left, "ann")
    referral = Referral("out", TODAY, "NOTESECRET group", "NOTESECRET why", "NOTESECRET shared")
    store.referrals.note(home.family.id, referral, "ann")
    upload = store.uploads.create("ann", 4, {"visit_id": home.visit.id, "title": "TITLESECRET"})
    store.uploads.append(upload.id, io.BytesIO(b"film"), 0)
    return home


def in_a_study(store: Store, home: Home, clip: Clip) -> None:
    """The clip coded in a study, with an agreed coding."""
    for person in store.families.participants(home.family.id):
        store.consents.give(person.id, "research", None, TODAY, None, "", "ann")
    for name in ("kim", "lee"):
        an_account(store, name, "coder")
    study_id = a_study(store, clip, coders=("kim", "lee"))
    code(store, "kim", coding_of(store, "kim").id, {"infant_looking": [(1, "away")]})
    store.agreed.of(study_id, clip.id, "ann")
    with store.database.write() as session:
        store.gammas.keep(study_id, [(Of(clip.id, "one", "two", "infant_looking"), Kept(3, 0.5, 0.7))], session)
    store.worries.add(study_id, clip.id, "kim", "NOTESECRET worries me")
    store.screenings.keep([Measured(clip.id, "none", {})])
    store.screenings.append(clip.id, "ann", "word_given", {"word": "codable"})


def in_a_group(store: Store, home: Home, clip: Clip) -> None:
    """The family in a group, with its film meant for a session there."""
    group = store.groups.make("Thursdays", "", 8, "ann")
    store.groups.join(group.id, home.family.id, "ann")
    meeting = store.groups.add_meeting(group.id, "First", TODAY, ["ann"], "ann")
    store.groups.set_attendance(group.id, meeting.id, home.family.id, "came", "ann")
    store.groups.set_consent(meeting.id, home.child.id, home.family.id, "ann", agreed=True)
    store.groups.choose_film(meeting.id, clip, "r", "ann")
