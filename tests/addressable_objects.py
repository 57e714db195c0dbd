"""One of everything that an address of vfeed can name, made in a store, and what such an address answers to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app_site import Site, an_account, put_stills
from filled_store import TODAY, agree
from service import SAMPLES
from stored_analysis import analysis_of, three
from study_work import a_study, code, coding_of

from vfeed.practice.checklist import checklist
from vfeed.practice.evidence import Terms as EvidenceTerms
from vfeed.practice.protocol import Code, CodeSet, Pack
from vfeed.practice.sessions import ShownReel
from vfeed.practice.sharing import SharedFilm, Terms
from vfeed.screening.brought import held
from vfeed.server.web.permissions import TABLE
from vfeed.store.tables import new_id

A_ROW = held({"clip_id": "researcher", "verdict": "codable"}, {})
FILM = SAMPLES / "side_view_woman.mp4"
MADE = ("poster", "sound", "waveform", "pts_map", "strip")
SECOND = 1_000_000


def things_in(site: Site, *, whole: bool = False) -> dict[str, str | int]:
    """One of everything that an address names; `ENDPOINT NAME` where a name means another thing in one address.

    When `whole`, every one of them is really there; else there are names for those that need not be.
    """
    consent = site.store.consents.for_family(site.home.family.id)[0]
    upload = site.store.uploads.create("practitioner", 10, {"visit_id": site.home.visit.id})
    job = site.store.jobs.for_clip(site.clip.id)[0]
    agree(site.store, site.home, "take_home")
    reel = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    session = site.store.sessions.begin(
        site.home.family.id, site.home.visit.id, "pat", held_on=date.today(), reels=[reel]
    )
    link = site.store.take_home.offer(session.id, 7, "pat")
    sheet = site.store.sheets.begin(site.home.family.id, "pat", "abc", "comments", visit_id=site.home.visit.id)
    terms = Terms("supervisor", date.today(), "as_they_are", "as_it_is", (SharedFilm(clip_id=site.clip.id),))
    share = site.store.shares.make(session.id, terms, "pat", date.today())
    group = site.store.groups.make(f"Class {new_id()}", "", 8, "practitioner")
    site.store.groups.join(group.id, site.home.family.id, "practitioner")
    meeting = site.store.groups.add_meeting(group.id, "First", date.today(), ["practitioner"], "practitioner")
    for person in (site.home.child, site.home.caregiver):
        site.store.groups.set_consent(meeting.id, person.id, site.home.family.id, "practitioner", agreed=True)
    site.store.groups.choose_film(meeting.id, site.clip, site.reel_id, "practitioner")
    terms_out = EvidenceTerms(
        "review",
        "A meeting that the parents asked for.",
        "They agreed in writing today.",
        ((site.clip.id, site.reel_id),),
        False,
        False,
    )
    export_id = site.store.evidence.choose(site.home.family.id, terms_out, "pat")
    site.store.evidence.confirm(site.home.family.id, export_id, "ann", "of films that are not made yet")
    study_id = a_study(site.store, site.clip, coders=("coder", "newcomer"))
    things: dict[str, str | int] = {
        "study_id": study_id,
        "run_id": site.store.screening_runs.begin("One", {}, {"researcher": A_ROW}, "researcher"),
        "coding_id": coding_of(site.store, "coder").id,
        "export_id": export_id,
        "group_id": group.id,
        "meeting_id": meeting.id,
        "group_film_id": site.store.groups.films(meeting.id)[0][0].id,
        "share_id": share.id,
        "worry_id": "none",
        "sign_in_id": "none",
        "clip_id": site.clip.id,
        "family_id": site.home.family.id,
        "visit_id": site.home.visit.id,
        "person_id": site.home.child.id,
        "consent_id": consent.id,
        "upload_id": upload.id,
        "job_id": job.id,
        "session_id": session.id,
        "reel_id": site.reel_id,
        "moment_id": "m1",
        "mark_id": "none",
        "language": "cy",
        "voice_id": "none",
        "candidate_id": "none",
        "sheet_id": sheet.id,
        "form_id": "comments",
        "pack_id": "plain",
        "still_id": "none",
        "time_us": 0,
        "number": 1,
        "role": "proxy",
        "copy": "parents",
        "token": link.token,
        "link_id": link.link_id,
        "measure_id": "none",
        "number_id": "none",
        "name": "researcher",
        "passkey_id": 1,
        "kind": "films",
        "filename": "icon.svg",
    }
    return things | more_in(site, study_id, str(things["session_id"])) if whole else things


def more_in(site: Site, study_id: str, session_id: str) -> dict[str, str | int]:
    """What most walks can do without: pictures and films, what a person said of them, own codes, a study's end."""
    store, clip_id, family_id = site.store, site.clip.id, site.home.family.id
    for role in ("original", "proxy"):
        site.put(role, FILM.read_bytes())
    for role in (*MADE, f"reel:{site.reel_id}"):
        site.put(role, b"made")
    put_stills(site)
    findings = analysis_of(three(1, 0, 2))
    store.analyses.save(clip_id, findings)
    store.events.append(clip_id, "pat", "still_taken", {"still_id": "still", "at_us": 2 * SECOND, "caption": ""})
    store.events.append(clip_id, "pat", "talk_marked", {"mark_id": "mark", "moment_id": "m1", "time_us": 3 * SECOND})
    own = {"mark_id": "mark", "start_us": SECOND, "end_us": 3 * SECOND, "at_us": 2 * SECOND}
    store.own_moments.append(clip_id, "pat", "own_marked", own)
    store.worries.add(study_id, clip_id, "coder", "A worry")
    store.measures.append(family_id, "pat", "measure_named", {"measure_id": "measure", "name": "Ease"})
    number = {"number_id": "number", "measure_id": "measure", "on": TODAY.isoformat(), "value": 3}
    store.measures.append(family_id, "pat", "number_entered", number)
    codes = CodeSet(id="all", title="All", codes=(Code(id="smile", label="Smile", part="both"),))
    store.packs.save(Pack(id="ours", title="Ours", owner="The service", code_sets=(codes,)), "ann", over=0)
    store.packs.save(checklist("own_lines", "Lines", "The service", ["One line"]), "ann", over=0)
    agree(store, site.home, "research")
    for name in ("kim", "lee"):
        an_account(store, name, "coder")
    coded = a_study(store, site.clip, coders=("kim", "lee"))
    for name in ("kim", "lee"):
        code(store, name, coding_of(store, name).id, {"infant_looking": [(1, "away")]})
    consensus: dict[str, str | int] = {
        f"{each} {name}": value
        for each in TABLE
        if each.startswith("consensus.")
        for name, value in (("study_id", coded), ("name", store.studies.clips(coded)[0].pseudonym))
    }
    return consensus | {
        "still_id": "still",
        "mark_id": "mark",
        "voice_id": store.voices.keep(clip_id, "pat", "m1", b"sound", "audio/webm"),
        "candidate_id": str(findings.candidates[0]["id"]),
        "worry_id": store.worries.of_study(study_id)[0].id,
        "measure_id": "measure",
        "number_id": "number",
        "brought_screenings.file kind": "csv",
        "screening.file kind": "csv",
        "study_files.agreement kind": "csv",
        "study_files.codings kind": "csv",
        "study_files.codings study_id": coded,
        "checklists.change pack_id": "own_lines",
        "codes.remove pack_id": "ours",
        "codes.change pack_id": "ours",
        "codes.words pack_id": "infant_massage",
        "sheets.compare pack_id": "abc",
        **{f"{each} number": 0 for each in TABLE if each.startswith("supervision.")},
    }


INSTEAD: Mapping[str, frozenset[int]] = {
    # No service to sign in by is set, and the sign-in that is named is nobody's.
    "oidc.begin": frozenset({404}),
    "oidc.back": frozenset({404}),
    "POST accounts.end_sign_in": frozenset({404}),
    # The tablet shows chosen moments: a group's room and the whole film are other rooms, which it does not know.
    **{f"groups.{each}": frozenset({200, 302, 404}) for each in ("room", "film", "stop")},
    **{f"parent_led.{each}": frozenset({200, 302, 404}) for each in ("view", "film", "still", "join", "leave")},
    **{f"parent_led_api.{each}": frozenset({200, 302, 404}) for each in ("mark", "unmark", "words")},
    # Who codes a film blind is told that it is not there, with a link too; everybody else is asked for the passphrase.
    "public_share.film": frozenset({302, 404}),
    # The form names whom or what it is about, and here it names nobody and nothing.
    "POST carers.set_language": frozenset({404}),
    "POST carers.set_seen": frozenset({404}),
    "POST codes.bring_back": frozenset({404}),
    "POST families.add_worker": frozenset({404}),
    "POST groups.add_leader": frozenset({404}),
    "POST groups.choose_film": frozenset({404}),
    "POST groups.consent": frozenset({404}),
    "POST groups.join": frozenset({404}),
    "POST sheets.begin": frozenset({404}),
    # Done before, or not yet: it was confirmed, its films are to be made, the rest of the upload is to come.
    "POST evidence.confirm": frozenset({409}),
    "evidence.film": frozenset({404}),
    "evidence.still": frozenset({404}),
    "POST supervision.check": frozenset({409}),
    "POST take_home.offer": frozenset({409}),
    "POST take_home.prepare": frozenset({404}),
    "POST tus.finish": frozenset({409}),
    # Blind coding goes on, so that no table is left of the study, its key stays and the computer is not shown.
    "study_files.left": frozenset({404}),
    "study_reports.machine": frozenset({409}),
    "POST studies.destroy_key": frozenset({409}),
    # A coding in a study was not taken in from a file.
    "POST taking_in.remove": frozenset({404}),
}
"""What somebody who may is answered all the same, by endpoint or by method and endpoint, and why."""
