"""What there is to do, and the list of families, in words and with where each line leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from vfeed.server.consents.consent_status import use_words
from vfeed.server.web.context import age, short_day
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.services.today import FamilyLine, FilmStanding, Task

SHOWN_TASKS = 8
"""More lines at once are no list of what to do today; the rest are folded."""
ICONS = {
    "erase": "stop",
    "failed": "stop",
    "due": "soon",
    "consent": "soon",
    "evidence": "info",
    "measure": "info",
    "working": "info",
}


@dataclass(frozen=True)
class TaskLine:
    """A line of the list: an icon, what to do, for whom, when, and where it leads."""

    icon: str
    words: str
    family: str
    on: str
    url: str


def task_line(task: Task, today: date) -> TaskLine:
    """A thing to do, in words."""
    on = short_day(task.on) if task.on else ""
    if task.kind == "due" and task.on and task.on <= today:
        on = _("today") if task.on == today else _("since %(day)s", day=on)
    return TaskLine(ICONS.get(task.kind, "film"), _words(task, today), task.code_name, on, _url(task))


def _words(task: Task, today: date) -> str:
    ended = task.kind == "consent" and task.on is not None and task.on < today
    words = {
        "erase": _("Everything of this family will be erased: look whether that is right"),
        "failed": _("“%(about)s” could not be made ready: look why", about=task.about),
        "due": _("Prepare the next shared review"),
        "evidence": _("Take out what was confirmed to leave, or call it off")
        if task.use == "take_out"
        else _("Read what is to leave: it waits for you to confirm it or call it off"),
        "write_up": _("Write up the shared review"),
        "show": _("Show “%(about)s”", about=task.about),
        "choose": _("Choose moments of “%(about)s”", about=task.about),
        "look": _("Look at “%(about)s”", about=task.about),
        "measure": _("Enter what was filled in at the start of the course: %(about)s", about=task.about)
        if task.use == "before"
        else _("Enter what was filled in at the end of the course: %(about)s", about=task.about),
        "consent": _("Ask %(about)s again: the consent has run out", about=task.about)
        if ended
        else _("Ask %(about)s again: the consent runs out", about=task.about),
        "working": _("“%(about)s” is being made ready", about=task.about),
    }[task.kind]
    return f"{words} ({use_words(task.use)})" if task.kind == "consent" and task.use != "session" else words


def _url(task: Task) -> str:
    match task.kind:
        case "show":
            return url_for("reels.reel", clip_id=task.about_id, reel_id=task.reel_id)
        case "choose":
            return url_for("reels.new", clip_id=task.about_id)
        case "write_up":
            return url_for("sessions.session", family_id=task.family_id, session_id=task.about_id)
        case "consent":
            return url_for("families.family", family_id=task.family_id, _anchor="consents", consent=task.use)
        case "measure":
            return url_for("story.page", family_id=task.family_id, _anchor="measures")
        case "erase":
            return url_for("families.family", family_id=task.family_id, _anchor="clock")
        case "evidence":
            return url_for("evidence.look", family_id=task.family_id, export_id=task.about_id)
        case "due":
            return url_for("families.family", family_id=task.family_id)
        case _:
            return url_for("clips.clip", clip_id=task.about_id)


def ordered(lines: Sequence[FamilyLine], sort: str) -> list[FamilyLine]:
    """The families by name, by the latest visit, or by the next review."""
    if sort == "visit":
        return sorted(lines, key=lambda line: line.last_visit or date.min, reverse=True)
    if sort == "review":
        return sorted(lines, key=lambda line: line.next_review or date.max)
    return sorted(lines, key=lambda line: line.code_name.casefold())


def family_row(line: FamilyLine, today: date) -> dict[str, str]:
    """A family as a row of the list."""
    child = _("child, %(age)s", age=age(line.child_born, today)) if line.child_born else ""
    films = ngettext("%(num)s film", "%(num)s films", line.films) if line.films else _("no film")
    return {
        "code_name": line.code_name,
        "url": url_for("families.family", family_id=line.family_id),
        "child": child or (_("child") if line.has_child else ""),
        "last_visit": short_day(line.last_visit) if line.last_visit else "",
        "next_review": short_day(line.next_review) if line.next_review else "",
        "films": films,
        "to_look_at": _("%(num)s to look at", num=line.to_look_at) if line.to_look_at else "",
    }


def film_notes(standing: FilmStanding) -> list[str]:
    """How far a film has come, for its card."""
    if standing.shown_on:
        return [_("shown on %(day)s", day=short_day(standing.shown_on))]
    if standing.reels:
        return [_("ready to show")]
    if standing.kept:
        return [ngettext("%(num)s moment kept", "%(num)s moments kept", standing.kept)]
    if standing.analysed:
        return [_("begun") if standing.touched else _("to look at")]
    return []
