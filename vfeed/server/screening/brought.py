"""Screenings of films that lie elsewhere: what `vfeed screen` wrote, taken in and looked through."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.research.codability import QUESTIONS, Verdict
from vfeed.screening.tables import files
from vfeed.server.screening.pages import A_PAGE, KIND_LOOKS, KIND_WORDS, MEDIA_TYPES, check_of, span_of
from vfeed.server.web.context import length, moment, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up, ngettext
from vfeed.server.web.ranges import answer_with
from vfeed.services.brought_screenings import Row, counted

blueprint = Blueprint("brought_screenings", __name__, url_prefix="/screenings")


@blueprint.get("")
def index() -> str:
    """The screenings, and the way in for another."""
    return listing()


def listing(refused: VfeedError | None = None) -> str:
    """The list, with what was refused."""
    runs = services().brought_screenings.all(person())
    return render_template(
        "screening/brought.html",
        refused=refused,
        runs=[
            {
                "title": each.title or _("Without a name"),
                "url": url_for("brought_screenings.run", run_id=each.run_id),
                "films": ngettext("%(num)s film", "%(num)s films", each.films),
                "spoken": each.spoken,
                "at": moment(each.at),
                "by": each.by,
            }
            for each in runs
        ],
        crumbs=crumbs()[:1],
    )


@blueprint.post("")
def take_in() -> AnyResponse | tuple[str, int]:
    """Take a screening in: its folder's files, a zip of it, or the table alone."""
    sent = {each.filename or "": each.read() for each in request.files.getlist("files") if each.filename}
    try:
        if not sent:
            raise VfeedError("invalid_input", _("No file was chosen."), hint=_("Choose the table, or the zip."))
        run_id = services().brought_screenings.take_in(person(), request.form.get("title", ""), sent)
    except VfeedError as error:
        if error.http_status >= 500:
            raise
        return listing(error), error.http_status
    flash(_("The screening is taken in."))
    return redirect(url_for("brought_screenings.run", run_id=run_id))


@blueprint.get("/<run_id>")
def run(run_id: str) -> str:
    """The films of a screening, by what can be done with them."""
    found = services().brought_screenings.read(person(), run_id)
    only = request.args.get("only", "")
    shown = [row for row in found.rows if not only or row.found.verdict.value == only]
    at = max(0, request.args.get("from", 0, type=int))

    def page(start: int) -> str:
        return url_for("brought_screenings.run", run_id=run_id, only=only or None, **{"from": start})  # type: ignore[arg-type]

    return render_template(
        "screening/run.html",
        title=found.title or _("Without a name"),
        run_id=run_id,
        kinds=[
            (kind.value, _(KIND_WORDS[kind]), count, url_for("brought_screenings.run", run_id=run_id, only=kind.value))
            for kind, count in counted(found.rows).items()
            if count
        ],
        only=only,
        films=[line_of(run_id, row) for row in shown[at : at + A_PAGE]],
        count=len(shown),
        at=at,
        more=page(at + A_PAGE) if at + A_PAGE < len(shown) else "",
        before=page(max(0, at - A_PAGE)) if at else "",
        crumbs=crumbs(),
    )


@blueprint.get("/<run_id>/table/<kind>")
def file(run_id: str, kind: str) -> Response:
    """The table as a file, with what people said since."""
    if kind not in MEDIA_TYPES:
        raise VfeedError("not_found", _("There is no such file."), hint=_("Choose one on the page of the screening."))
    data = files(services().brought_screenings.lines(person(), run_id), {})[f"screening.{kind}"]
    tag = hashlib.sha256(data).hexdigest()[:32]
    return answer_with(io.BytesIO(data), media_type=MEDIA_TYPES[kind], etag=tag, download_name=f"screening.{kind}")


@blueprint.route("/<run_id>/films/<name>", methods=["GET", "POST"])
def row(run_id: str, name: str) -> str | AnyResponse:
    """A film with its checklist; a person's word leads on to the next one that has none."""
    desk = services().brought_screenings
    if request.method == "POST":
        sent = request.form
        if "word" in sent:
            desk.record(person(), run_id, "row_word", {"name": name, "word": sent["word"]})
            following = desk.read(person(), run_id).next_of(name)
            return redirect(
                url_for("brought_screenings.row", run_id=run_id, name=following)
                if following
                else url_for("brought_screenings.run", run_id=run_id)
            )
        for question in QUESTIONS:
            if question in sent:
                desk.record(
                    person(), run_id, "row_answer", {"name": name, "question": question, "answer": sent[question]}
                )
        return redirect(url_for("brought_screenings.row", run_id=run_id, name=name))
    found = desk.read(person(), run_id)
    film = found.row(name)
    if film is None:
        raise VfeedError("not_found", _("There is no such film."), hint=_("Go back to the list of films."))
    following = found.next_of(name)
    here = desk.in_vfeed(person(), film.sha256)
    return render_template(
        "screening/film.html",
        film=line_of(run_id, film),
        machine=_(KIND_WORDS[film.machine.verdict]),
        film_url="",
        here_url=url_for("screening.film", clip_id=here) if here else "",
        check=check_of(
            film.check,
            found.folded,
            url_for("brought_screenings.undo", run_id=run_id, name=name),
            url_for("brought_screenings.redo", run_id=run_id, name=name),
        ),
        others=[span_of(start, end) for start, end in film.best[1:]],
        next_url=url_for("brought_screenings.row", run_id=run_id, name=following) if following else "",
        crumbs=[
            *crumbs(),
            (found.title or _("Without a name"), url_for("brought_screenings.run", run_id=run_id)),
        ],
    )


@blueprint.post("/<run_id>/films/<name>/undo")
def undo(run_id: str, name: str) -> AnyResponse:
    """Take the last answer or word back, whichever film it was of, and go to that film."""
    last = services().brought_screenings.read(person(), run_id).folded.state.last
    services().brought_screenings.take_back(person(), run_id)
    return redirect(url_for("brought_screenings.row", run_id=run_id, name=last or name))


@blueprint.post("/<run_id>/films/<name>/redo")
def redo(run_id: str, name: str) -> AnyResponse:
    """Say again what was taken back."""
    services().brought_screenings.take_back(person(), run_id, redo=True)
    last = services().brought_screenings.read(person(), run_id).folded.state.last
    return redirect(url_for("brought_screenings.row", run_id=run_id, name=last or name))


@blueprint.post("/<run_id>/remove")
def remove(run_id: str) -> AnyResponse:
    """Delete a screening here; its folder stays where it lies."""
    services().brought_screenings.remove(person(), run_id)
    flash(_("The screening is deleted here. Its folder stays where it lies."))
    return redirect(url_for("brought_screenings.index"))


def line_of(run_id: str, row: Row) -> dict[str, Any]:
    """A film in the table."""
    whole, best = max(1, row.length_us), row.best[0] if row.best else None
    return {
        "name": row.name,
        "url": url_for("brought_screenings.row", run_id=run_id, name=row.name),
        "kind": _(KIND_WORDS[row.found.verdict]),
        "look": KIND_LOOKS[row.found.verdict],
        "reasons": [looked_up(each) for each in row.found.reasons],
        "advice": [looked_up(each) for each in row.found.advice],
        "to_look_at": [looked_up(each) for each in row.found.to_look_at if row.found.verdict is not Verdict.AGAIN],
        "by": row.by,
        "length": length(row.length_us) if row.length_us else "",
        "best": span_of(*best) if best else "",
        "strip": [int(each) for each in row.strip],
        "best_left": 100 * best[0] / whole if best else 0,
        "best_width": 100 * (best[1] - best[0]) / whole if best else 0,
    }


def crumbs() -> list[tuple[str, str]]:
    """The way back."""
    return [
        (_("Screening"), url_for("screening.index")),
        (_("Films that lie elsewhere"), url_for("brought_screenings.index")),
    ]
