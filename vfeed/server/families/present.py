"""A family's page: its people, consents, visits, films and story, and the one thing that comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for

from vfeed.practice.caregiver_catalogues import catalogues
from vfeed.practice.events import Moment
from vfeed.practice.library import Library
from vfeed.server.consents.consent_status import first_end, last_no, use_notes, use_words, withdrawn_on
from vfeed.server.consents.forms import ConsentForm, RefusalForm, TickedForm
from vfeed.server.consents.table import (
    asked_for,
    consent_form,
    of_one_film,
    refusal_form,
    rows_of,
    ticked_form,
    way_back,
)
from vfeed.server.families.clocks import clock_of
from vfeed.server.families.forms import ParticipantForm, VisitForm
from vfeed.server.families.today import film_notes, task_line
from vfeed.server.programmes.present import programme_of
from vfeed.server.sessions.present import begin_form, session_lines
from vfeed.server.web import access
from vfeed.server.web.authorization import can
from vfeed.server.web.context import age, day, length, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import language_name, looked_up
from vfeed.services.families import ClipLine, FamilyRead
from vfeed.services.rows import Clip, Consent, Family, Participant, Visit
from vfeed.services.today import FilmStanding


@dataclass(frozen=True)
class NextStep:
    """The one thing that comes next for a family; without a `label` there is nothing to press, only a word of `why`."""

    label: str
    url: str
    why: str = ""


def crumbs() -> list[tuple[str, str]]:
    """The way back to the list."""
    return [(_("Families"), url_for("families.index"))]


def about_child(birth_month: str | None) -> str:
    """A child, with the age where the month of birth is known."""
    return _("child, %(age)s", age=age(birth_month, date.today())) if birth_month else _("child")


def about_person(someone: Participant) -> str:
    """Who a person is, without a name."""
    return about_child(someone.birth_month) if someone.kind == "child" else someone.relation or _("adult")


def family_page(
    family: Family,
    *,
    participant_form: ParticipantForm | None = None,
    visit_form: VisitForm | None = None,
    given_form: ConsentForm | None = None,
    ticked: TickedForm | None = None,
    refused_form: RefusalForm | None = None,
    opened: str = "",
) -> str:
    """A family's page; a form that did not fit is shown again, open, with its words."""
    read = services().families.read(person(), family.id)
    people, visits = read.people, read.visits
    clips = [line.clip for line in read.clips]
    step = next_step(read) if can("families.add_visit") else None
    if not opened and step and not clips:
        opened = step.url.partition("#")[2].removeprefix("add-").removeprefix("give-")
    may_change = can("families.add_participant")
    standings = services().today.films(read)
    return render_template(
        "families/family.html",
        family=family,
        crumbs=crumbs(),
        lead=_("With us since %(day)s", day=day(family.created_at.date())),
        next_step=step,
        pairs=pairs_of(people) if may_change else [],
        adults=[each for each in people if each.kind == "adult"],
        languages=[(each.language, language_name(each.language, each.english_name)) for each in catalogues().values()],
        people=[(each.label, each.kind, about_person(each), each.id) for each in people],
        consents=rows_of(people, read.consents, boxes_ticked(people, ticked)),
        any_film=bool(clips),
        for_one_film=of_one_film(people, read.consents, clips),
        ticked_form=(ticked or ticked_form(people)) if can("consents.tick") else None,
        back_to=way_back(request.values.get("back", "")),
        visits=[visit_card(visit, read, standings) for visit in reversed(visits)],
        sessions=session_lines(family.id) if can("sessions.session") else None,
        session_form=begin_form(visits) if can("sessions.begin") and visits else None,
        programme=programme_of(read) if can("programmes.choose") else None,
        story=story_of(visits, read.open_clips.values()) if access.sees_family_work() else None,
        participant_form=(participant_form or ParticipantForm(formdata=None)) if may_change else None,
        visit_form=(visit_form or VisitForm(formdata=None, day=date.today())) if may_change else None,
        consent_form=(given_form or consent_form(people, clips)) if can("consents.give") else None,
        refusal_form=(refused_form or refusal_form(people)) if can("consents.refuse") else None,
        use_notes=use_notes(),
        consent_ends=first_end(read.consents, date.today()),
        workers=read.workers,
        clock=clock_of(family.id),
        open=opened,
    )


def pairs_of(people: Sequence[Participant]) -> list[tuple[str, str]]:
    """Every pair of a child and an adult, by the ids of both; none where there is only one adult."""
    children = [each for each in people if each.kind == "child"]
    adults = [each for each in people if each.kind == "adult"]
    if len(adults) < 2:
        return []
    return [(f"{child.id} {adult.id}", f"{adult.label}, {child.label}") for adult in adults for child in children]


def next_step(read: FamilyRead) -> NextStep:
    """What comes next: people, consent, a visit, a film; then what its films wait for, then another film."""
    family, visits = read.family, read.visits
    here = url_for("families.family", family_id=family.id)
    if len(read.people) < 2:
        return NextStep(
            _("Add a person"), f"{here}#add-person", _("Start with the people in the films: the child and the adult.")
        )
    gone = words_of_withdrawn(read)
    if gone and not read.open_clips:
        return NextStep("", "", gone)
    refused = words_of_refused(read)
    if refused and not read.open_clips:
        return NextStep("", "", refused)
    if not gone and not services().access.everyone_agrees(family.id, "session"):
        return NextStep(
            _("Write down the consents"),
            f"{here}#consents",
            _("Films open once everyone has agreed to watch them together."),
        )
    if not visits:
        return NextStep(_("Add a visit"), f"{here}#add-visit", gone or _("Add the visit at which you filmed."))
    if can("reels.new") and (task := services().today.next_in(read, date.today())):
        line = task_line(task, date.today())
        return NextStep(line.words, line.url, gone)
    why = gone if read.clips else _("Everything is ready for the first film.")
    return NextStep(_("Add a film"), url_for("uploads.page", visit_id=visits[-1].id), why)


def words_of_withdrawn(read: FamilyRead) -> str:
    """Whose consent to the sessions was withdrawn and not given anew, when, and what can be done; else empty."""
    withdrawn = [
        _("%(name)s, %(day)s", name=each.label, day=day(ended))
        for each in read.people
        if (ended := withdrawn_on(to_the_sessions(read, each)))
    ]
    if not withdrawn:
        return ""
    return _(
        "The consent to “%(use)s” was withdrawn (%(whose)s). Any films that it covered are destroyed. Where the family "
        "wants to go on, talk it over first, then write the new consent down. Where the work is over, say so under "
        "“How long it is kept”.",
        use=use_words("session"),
        whose="; ".join(withdrawn),
    )


def words_of_refused(read: FamilyRead) -> str:
    """Who said no to the sessions and has not agreed since; else empty."""
    whose = [each.label for each in read.people if last_no(to_the_sessions(read, each))]
    if not whose:
        return ""
    return _(
        "Said no to “%(use)s”: %(whose)s. Films stay closed. Where somebody agrees later, write the consent down then.",
        use=use_words("session"),
        whose=", ".join(whose),
    )


def to_the_sessions(read: FamilyRead, person: Participant) -> list[Consent]:
    """What a person answered on watching all films together."""
    asked = (person.id, "session", None)
    return [row for row in read.consents if (row.participant_id, row.use, row.clip_id) == asked]


def boxes_ticked(people: Sequence[Participant], form: TickedForm | None) -> Sequence[str]:
    """The boxes of the table that are ticked as the page opens."""
    return form.agreed.data or [] if form else asked_for(people, request.args.get("consent", ""))


def visit_card(visit: Visit, read: FamilyRead, standings: Mapping[str, FilmStanding]) -> dict[str, Any]:
    """A visit with its films."""
    return {
        "id": visit.id,
        "title": visit.title,
        "day": visit.date,
        "helping_question": visit.helping_question,
        "upload_url": url_for("uploads.page", visit_id=visit.id) if can("uploads.page") else "",
        "clips": [
            clip_card(line, read.people, standings[line.clip.id])
            for line in read.clips
            if line.clip.visit_id == visit.id
        ],
    }


def clip_card(line: ClipLine, people: Sequence[Participant], standing: FilmStanding) -> dict[str, Any]:
    """A film for a list: how far it has come, who is in it where that was said, its picture only with a consent."""
    clip, decision = line.clip, line.opens
    seen = [each.label for each in sorted(people, key=lambda each: each.kind) if each.id in (clip.seen or ())]
    notes = [_("with %(people)s", people=_("%(adult)s and %(child)s", adult=seen[0], child=seen[-1]))] if seen else []
    notes += [length(clip.film.duration_us)] if clip.film.duration_us else []
    if not decision:
        notes.append(_("closed: %(why)s", why=looked_up(decision.reason)))
    elif not line.is_analysed:
        notes.append(_("being made ready"))
    elif access.sees_family_work():
        notes += film_notes(standing)
    has_poster = decision.allowed and line.has_poster
    return {
        "id": clip.id,
        "seen": " ".join(clip.seen or ()),
        "title": clip.title,
        "url": url_for("clips.clip", clip_id=clip.id),
        "open": decision.allowed,
        "poster_url": url_for("media.blob", clip_id=clip.id, role="poster") if has_poster else "",
        "notes": notes,
        "rename_url": url_for("clips.rename", clip_id=clip.id) if decision and can("clips.rename") else "",
    }


def story_of(visits: Sequence[Visit], clips: Iterable[Clip]) -> list[dict[str, Any]]:
    """What was shown and what the parent said in these films, newest visit first."""
    chapters = []
    library = services().codes.known()
    days = {visit.id: visit for visit in visits}
    for clip in clips:
        state = services().clips.state(clip.id)
        visit = days.get(clip.visit_id or "")
        for reel in state.reels:
            moments = [state.moment(piece.moment_id) for piece in reel.moments]
            said = [parent_words(moment, library) for moment in moments if moment is not None]
            chapters.append(
                {
                    "day": visit.date if visit else clip.created_at.date(),
                    "visit": visit.title if visit else clip.title,
                    "title": reel.title,
                    "url": url_for("reels.reel", clip_id=clip.id, reel_id=reel.reel_id),
                    "strengths": [words for words in said if words],
                    "words": [state.words[piece.moment_id] for piece in reel.moments if piece.moment_id in state.words],
                }
            )
    return sorted(chapters, key=lambda chapter: chapter["day"], reverse=True)


def parent_words(moment: Moment, library: Library) -> str:
    """What a parent may read about a moment: words written for it, else those of its code."""
    code = library.code(moment.code_ref)
    return moment.parent_words or (code.parent_words if code else "")
