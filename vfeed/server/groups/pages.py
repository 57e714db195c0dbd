"""Groups of families as pages: sessions, who led and who came, films with everybody's yes, and a programme's sheet."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import NotFound, VfeedError
from vfeed.practice.groups import BESIDE, CAME, MOST_PAIRS, OVER_SESSIONS
from vfeed.practice.kiosk_mode import KioskMode
from vfeed.research.course import COLUMNS
from vfeed.server.codes.present import words_url
from vfeed.server.parents_room.leaving import leaving_page
from vfeed.server.web import kiosk_mode, signin
from vfeed.server.web.context import person, services
from vfeed.server.web.files import kept
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.ranges import answer_with
from vfeed.server.web.signin import TRIES_A_NAME, limiter
from vfeed.server.web.step_words import group_session_words, lines, offers
from vfeed.services.groups import SHEET_PACK

blueprint = Blueprint("groups", __name__, url_prefix="/groups")


@blueprint.get("")
def index() -> str:
    """The groups that this person leads."""
    packs = [pack for pack in services().codes.known().packs if pack.plan]
    return render_template(
        "groups/index.html",
        groups=services().groups.mine(person()),
        packs=[(pack.id, pack.title) for pack in packs],
        most=MOST_PAIRS,
    )


@blueprint.post("")
def make() -> AnyResponse:
    """Make a group."""
    most = request.form.get("most", type=int) or MOST_PAIRS
    if not 1 <= most <= 20:
        raise VfeedError("invalid_input", _("A group has 1 to 20 families."), hint=_("Correct the number."))
    group = services().groups.make(person(), request.form.get("title", ""), request.form.get("pack", ""), most)
    return back(group.id)


@blueprint.get("/sheets")
def programmes() -> str:
    """The observation sheets of several programmes side by side."""
    return render_template(
        "groups/programmes.html",
        columns=services().groups.programmes(person()),
        form=services().groups.form(),
        over=OVER_SESSIONS,
        beside=BESIDE,
        crumbs=crumbs(),
    )


@blueprint.get("/<group_id>")
def group(group_id: str) -> str:
    """A group: its families, its sessions and who led them."""
    read = services().groups.read(person(), group_id)
    library = services().codes.known()
    pack = library.pack(read.group.pack) if library.has_pack(read.group.pack) else None
    return render_template(
        "groups/group.html", read=read, pack=pack, came_words=came_words(), today=date.today(), crumbs=crumbs()
    )


@blueprint.get("/<group_id>/course")
def course(group_id: str) -> str:
    """The course as a study design: what an export would hold, and of whom."""
    read = services().courses.read(person(), group_id)
    return render_template(
        "groups/course.html",
        read=read,
        kinds=[
            (words, [each for each in read.named if each.kind == kind])
            for kind, words in (("programme", _("Programme")), ("measure", _("Measures")), ("form", _("Forms")))
        ],
        columns=COLUMNS,
        crumbs=[*crumbs(), (read.group.title, url_for("groups.group", group_id=group_id))],
    )


@blueprint.post("/<group_id>/course/file")
def course_file(group_id: str) -> Response:
    """The course as tables with a dictionary, in one ZIP file; of typed names those alone that are ticked."""
    files = services().courses.export(person(), group_id, request.form.getlist("name"))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    held.seek(0)
    return answer_with(held, media_type="application/zip", download_name="course.zip")


@blueprint.post("/<group_id>/leaders")
def add_leader(group_id: str) -> AnyResponse | tuple[str, int]:
    """Let a colleague lead the group, too."""
    services().groups.read(person(), group_id)
    try:
        services().groups.add_leader(person(), group_id, request.form.get("name", ""))
    except NotFound as refused:
        flash(f"{looked_up(refused.message)} {looked_up(refused.hint)}", "error")
        return group(group_id), refused.http_status
    return back(group_id)


@blueprint.post("/<group_id>/leaders/remove")
def remove_leader(group_id: str) -> AnyResponse:
    """Let somebody lead the group no longer."""
    name = request.form.get("name", "")
    services().groups.remove_leader(person(), group_id, name)
    flash(_("%(name)s leads this group no longer.", name=name))
    return redirect(url_for("groups.index")) if name == person().name else back(group_id)


@blueprint.post("/<group_id>/families")
def join(group_id: str) -> AnyResponse:
    """Take a family into the group."""
    services().groups.join(person(), group_id, request.form.get("family", ""))
    return back(group_id)


@blueprint.post("/<group_id>/families/leave")
def leave(group_id: str) -> AnyResponse:
    """Let a family leave the group."""
    services().groups.leave(person(), group_id, request.form.get("family", ""))
    return back(group_id)


@blueprint.post("/<group_id>/sessions")
def add_meeting(group_id: str) -> AnyResponse:
    """Add a session."""
    sent = request.form
    title, led_by = sent.get("title", ""), sent.getlist("led_by")
    meeting_id = services().groups.add_meeting(person(), group_id, title, day_sent(), led_by)
    return to_meeting(group_id, meeting_id)


@blueprint.get("/<group_id>/sessions/<meeting_id>")
def meeting(group_id: str, meeting_id: str) -> str:
    """A session: who led, who came, who agrees, and what is shown."""
    read = services().groups.meeting(person(), group_id, meeting_id)
    return render_template(
        "groups/meeting.html",
        read=read,
        came=CAME,
        came_words=came_words(),
        mended=lines(read.mending.history(), group_session_words),
        steps=offers(read.mending.available_undo, group_session_words),
        crumbs=[*crumbs(), (read.group.title, url_for("groups.group", group_id=group_id))],
    )


@blueprint.post("/<group_id>/sessions/<meeting_id>")
def keep(group_id: str, meeting_id: str) -> AnyResponse:
    """Write down who led and who came."""
    sent = request.form
    came = {name.removeprefix("came-"): value for name, value in sent.items() if name.startswith("came-")}
    services().groups.keep(person(), group_id, meeting_id, sent.getlist("led_by"), came)
    flash(_("Kept."))
    return to_meeting(group_id, meeting_id)


@blueprint.post("/<group_id>/sessions/<meeting_id>/mend")
def mend(group_id: str, meeting_id: str) -> AnyResponse:
    """Change a session's name and day."""
    services().groups.mend(person(), group_id, meeting_id, request.form.get("title", ""), day_sent())
    return to_meeting(group_id, meeting_id)


@blueprint.post("/<group_id>/sessions/<meeting_id>/mend/back")
def take_back(group_id: str, meeting_id: str) -> AnyResponse:
    """Take the last change of name and day back, or do it again."""
    services().groups.take_back(person(), group_id, meeting_id, redo="redo" in request.form)
    return to_meeting(group_id, meeting_id)


@blueprint.post("/<group_id>/sessions/<meeting_id>/consent")
def consent(group_id: str, meeting_id: str) -> AnyResponse:
    """Write down a person's yes to this session, or take it back."""
    agreed = request.form.get("agreed") == "yes"
    services().groups.consent(person(), group_id, meeting_id, request.form.get("person", ""), agreed=agreed)
    return to_meeting(group_id, meeting_id, request.form.get("place"))


@blueprint.post("/<group_id>/sessions/<meeting_id>/films")
def choose_film(group_id: str, meeting_id: str) -> AnyResponse:
    """Mean a film of moments for this session."""
    clip_id, _sep, reel_id = request.form.get("film", "").partition("/")
    services().groups.choose_film(person(), group_id, meeting_id, clip_id, reel_id)
    return to_meeting(group_id, meeting_id, "films")


@blueprint.post("/<group_id>/sessions/<meeting_id>/films/<group_film_id>/drop")
def drop_film(group_id: str, meeting_id: str, group_film_id: str) -> AnyResponse:
    """Take a film out of this session."""
    services().groups.drop_film(person(), group_id, meeting_id, group_film_id)
    return to_meeting(group_id, meeting_id, "films")


@blueprint.post("/<group_id>/sessions/<meeting_id>/room")
def show(group_id: str, meeting_id: str) -> AnyResponse:
    """Lock this browser to the films of the session and show them."""
    services().groups.meeting(person(), group_id, meeting_id)
    kiosk_mode.close_on(KioskMode(group_id=group_id, meeting_id=meeting_id))
    return redirect(url_for("groups.room", group_id=group_id, meeting_id=meeting_id))


@blueprint.get("/<group_id>/sessions/<meeting_id>/room")
def room(group_id: str, meeting_id: str) -> str | AnyResponse:
    """What the group sees: the films that open now, and no family's name; opened only by `show`."""
    here: dict[str, Any] = {"group_id": group_id, "meeting_id": meeting_id}
    if kiosk_mode.current() is None:
        return to_meeting(**here)
    films = services().groups.room(person(), group_id, meeting_id)
    urls = [url_for("groups.film", **here, group_film_id=each.film.id) for each in films]
    return render_template("groups/room.html", urls=urls, stop_url=url_for("groups.stop", **here))


@blueprint.route("/<group_id>/sessions/<meeting_id>/stop", methods=["GET", "POST"])
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def stop(group_id: str, meeting_id: str) -> str | AnyResponse | tuple[str, int]:
    """Stop; the password of whoever showed the films leads back to the session."""
    here: dict[str, Any] = {"group_id": group_id, "meeting_id": meeting_id}
    if kiosk_mode.current() is None:
        return to_meeting(**here)
    return leaving_page(url_for("groups.room", **here), lambda: url_for("groups.meeting", **here), for_group=True)


@blueprint.get("/<group_id>/sessions/<meeting_id>/films/<group_film_id>")
def film(group_id: str, meeting_id: str, group_film_id: str) -> Response:
    """A film of the session; the consents are asked for again."""
    found = services().groups.film(person(), group_id, meeting_id, group_film_id)
    return kept(found.clip_id, f"reel:{found.reel_id}")


@blueprint.route("/<group_id>/sessions/<meeting_id>/sheet", methods=["GET", "POST"])
def sheet(group_id: str, meeting_id: str) -> str | AnyResponse:
    """The observation sheet of the programme's session."""
    read = services().groups.meeting(person(), group_id, meeting_id)
    form = read.sheet.form if read.sheet else services().groups.form()
    if request.method == "POST":
        answers = {item.id: request.form.get(item.id, "") for item in form.items}
        services().groups.fill_sheet(person(), group_id, meeting_id, answers)
        flash(_("Kept."))
        return redirect(url_for("groups.programmes"))
    return render_template(
        "groups/sheet.html",
        read=read,
        form=form,
        texts=read.sheet.texts if read.sheet else {},
        words_url=words_url(SHEET_PACK, form.id),
        crumbs=[*crumbs(), (read.group.title, url_for("groups.group", group_id=group_id))],
    )


def came_words() -> dict[str, str]:
    """Attendance in words."""
    return {"came": _("came"), "part": _("part of the time"), "away": _("not there"), "": _("not written down")}


def day_sent() -> date:
    """The day in a form; raises VfeedError `invalid_input`."""
    try:
        return date.fromisoformat(request.form.get("held_on", ""))
    except ValueError as error:
        raise VfeedError("invalid_input", _("That is no day."), hint=_("Choose a day.")) from error


def crumbs() -> list[tuple[str, str]]:
    """The way back."""
    return [(_("Groups"), url_for("groups.index"))]


def back(group_id: str) -> AnyResponse:
    """Back to the group."""
    return redirect(url_for("groups.group", group_id=group_id))


def to_meeting(group_id: str, meeting_id: str, place: str | None = None) -> AnyResponse:
    """Back to the session, at this place of its page or at its top."""
    return redirect(url_for("groups.meeting", group_id=group_id, meeting_id=meeting_id, _anchor=place))
