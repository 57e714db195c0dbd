"""Shared reviews as the pages show them: lists, what can be shown, and the moments with the parent's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from wtforms.fields.choices import SelectChoice

from vfeed.practice.sessions import SessionState
from vfeed.server.sessions.forms import BeginSessionForm
from vfeed.server.web import access
from vfeed.server.web.context import day, person, services, session_title
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up, ngettext
from vfeed.services.rows import Clip, FeedbackSession, Visit


def reel_choices(clips: dict[str, Clip]) -> list[dict[str, str]]:
    """Every reel of the clips, to say which were shown."""
    return [
        {
            "key": f"{clip.id} {reel.reel_id}",
            "clip_id": clip.id,
            "reel_id": reel.reel_id,
            "title": reel.title,
            "about": clip.title,
        }
        for clip, reel in services().reels.all_in(clips.values())
    ]


def not_shown(family_id: str, state: SessionState, clips: Mapping[str, Clip]) -> list[str]:
    """Why films of moments that a record names do not stand on its page, of the clips that this person may open."""
    named = dict.fromkeys(reel.clip_id for reel in state.reels)
    destroyed = services().sessions.destroyed(family_id, state)
    if named and destroyed == named.keys():
        return [_("Every film of this shared review was destroyed.")]
    gone = ngettext(
        "%(num)s film that you looked at was destroyed.",
        "%(num)s films that you looked at were destroyed.",
        len(destroyed),
    )
    shut = dict.fromkeys(looked_up(access.decide(each).reason) for each in named if each not in {*clips, *destroyed})
    taken_back = any(
        each.clip_id in clips and not services().clips.state(each.clip_id).reel(each.reel_id) for each in state.reels
    )
    words = _("A film of moments that you looked at was taken back.")
    return [*([gone] if destroyed else []), *shut, *([words] if taken_back else [])]


def session_lines(family_id: str) -> list[dict[str, Any]]:
    """The family's sessions for a list, newest first."""
    return [session_line(row, state) for row, state in reversed(services().sessions.of_family(person(), family_id))]


def session_line(row: FeedbackSession, state: SessionState) -> dict[str, Any]:
    """A session in a line: never what the worker keeps for their own log."""
    return {
        "title": session_title(state.held_on),
        "url": url_for("sessions.session", family_id=row.family_id, session_id=row.id),
        "working_point": state.words.get("working_point", ""),
        "next": _("next: %(day)s", day=day(state.next_on)) if state.next_on else "",
    }


def begin_form(visits: Sequence[Visit]) -> BeginSessionForm:
    """The form that begins a session, on the latest visit."""
    form = BeginSessionForm(formdata=None, visit_id=visits[-1].id if visits else "")
    return with_visits(form, visits)


def with_visits(form: BeginSessionForm, visits: Sequence[Visit]) -> BeginSessionForm:
    """The same form with the visits to choose from."""
    form.visit_id.choices = [
        SelectChoice(visit.id, _("%(title)s, %(day)s", title=visit.title, day=day(visit.date)))
        for visit in reversed(visits)
    ]
    return form
