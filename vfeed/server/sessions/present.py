"""Shared reviews as the pages show them: lists, what can be shown, and the moments with the parent's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from wtforms.fields.choices import SelectChoice

from vfeed.practice.sessions import SessionState, ShownReel
from vfeed.server.reels.present import parts_of, reel_of
from vfeed.server.sessions.forms import BeginSessionForm
from vfeed.server.web.context import actor, day, person, services, session_title, store
from vfeed.server.web.words import gettext as _
from vfeed.store.tables import Clip, FeedbackSession, Visit


@dataclass(frozen=True)
class ShownMoment:
    """A moment that was shown: where its still is, the sentence for the parent, and what the parent said."""

    clip_id: str
    reel_id: str
    moment_id: str
    start_us: int
    reel_title: str
    strength: str
    words: str

    @property
    def still_url(self) -> str:
        """Where its still is."""
        return url_for("media.reel_still", clip_id=self.clip_id, reel_id=self.reel_id, moment_id=self.moment_id)


def moments_of(reels: Sequence[ShownReel], clips: dict[str, Clip]) -> list[ShownMoment]:
    """The moments of these reels in their order, of the clips given; nothing else of the clips.

    Where a reel has parts in several clips, its moments stand together, as they were shown.
    """
    library = store().packs.library()
    shown: list[ShownMoment] = []
    places: dict[str, list[tuple[str, str]]] = {}
    for named in reels:
        if named.clip_id not in clips:
            continue
        review = store().events.state(named.clip_id)
        reel = review.reel(named.reel_id)
        if reel and reel.order:
            places.setdefault(reel.reel_id, [(each.clip_id, each.moment_id) for each in reel.order])
        for piece in reel.moments if reel else ():
            moment = review.moment(piece.moment_id)
            code = library.code(moment.strength) if moment else None
            shown.append(
                ShownMoment(
                    named.clip_id,
                    named.reel_id,
                    piece.moment_id,
                    piece.start_us,
                    reel.title if reel else "",
                    (moment.parent_words if moment else "") or (code.parent_words if code else ""),
                    review.words.get(piece.moment_id, ""),
                )
            )
    return together(shown, places)


def together(shown: Sequence[ShownMoment], places: Mapping[str, Sequence[tuple[str, str]]]) -> list[ShownMoment]:
    """The moments of the reels in `places` where the first of each stands, in the order given there; others stay."""
    ordered: dict[ShownMoment, None] = {}
    by_key = {(each.reel_id, each.clip_id, each.moment_id): each for each in shown}
    for moment in shown:
        for clip_id, moment_id in places.get(moment.reel_id, ()):
            if found := by_key.get((moment.reel_id, clip_id, moment_id)):
                ordered.setdefault(found)
        ordered.setdefault(moment)
    return list(ordered)


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
        for clip in clips.values()
        for reel in store().events.state(clip.id).reels
    ]


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


def record_of_reel(clip: Clip, reel_id: str) -> FeedbackSession:
    """The record of a reel's shared review, begun now where there is none."""
    found = store().sessions.showing(clip.family_id, ShownReel(clip_id=clip.id, reel_id=reel_id))
    if found:
        return found
    parts = parts_of(clip, reel_of(clip.id, reel_id))
    shown = [ShownReel(clip_id=part.clip.id, reel_id=reel_id) for part in parts]
    return store().sessions.begin(clip.family_id, clip.visit_id, actor(), held_on=date.today(), reels=shown)
