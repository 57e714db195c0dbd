"""Which films can be coded: a table, and each film with its checklist."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.journal.journal import Folded
from vfeed.research.checks import CheckState
from vfeed.research.codability import QUESTIONS, Answer, Verdict
from vfeed.screening.tables import files
from vfeed.server.web.context import length, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.ranges import answer_with
from vfeed.server.web.step_words import later
from vfeed.services.screening import Screened, counted
from vfeed.timeline.clock import clock

blueprint = Blueprint("screening", __name__, url_prefix="/screening")

A_PAGE = 100
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
KIND_WORDS = {
    Verdict.CODABLE: later("codable"),
    Verdict.LIMITS: later("codable with limits"),
    Verdict.UNKNOWN: later("not known yet"),
    Verdict.AGAIN: later("film again"),
}
KIND_LOOKS = {Verdict.CODABLE: "given", Verdict.LIMITS: "soon", Verdict.UNKNOWN: "missing", Verdict.AGAIN: "ended"}
QUESTION_WORDS = {
    "in_frame": later("Are hands and bodies in the picture?"),
    "pair": later("Do one adult and one child play?"),
    "no_coaching": later("Does nobody tell them what to do?"),
    "awake": later("Is the child awake and not already crying?"),
    "instruction": later("Were they asked to play as they usually would?"),
}
ANSWER_WORDS = {Answer.YES: later("Yes"), Answer.NO: later("No"), Answer.CANNOT_SAY: later("Cannot say")}
WORDS = (Verdict.CODABLE, Verdict.LIMITS, Verdict.AGAIN)


@blueprint.get("")
def index() -> str:
    """The films, by what can be done with them."""
    films = services().screening.films(person())
    only = request.args.get("only", "")
    shown = [film for film in films if not only or film.found.verdict.value == only]
    at = max(0, request.args.get("from", 0, type=int))
    return render_template(
        "screening/index.html",
        kinds=[
            (kind.value, _(KIND_WORDS[kind]), count, url_for("screening.index", only=kind.value))
            for kind, count in counted(films).items()
            if count
        ],
        only=only,
        films=[line_of(film) for film in shown[at : at + A_PAGE]],
        count=len(shown),
        at=at,
        more=url_for("screening.index", **_page(only, at + A_PAGE)) if at + A_PAGE < len(shown) else "",
        before=url_for("screening.index", **_page(only, max(0, at - A_PAGE))) if at else "",
    )


def _page(only: str, at: int) -> dict[str, Any]:
    return {**({"only": only} if only else {}), "from": at}


@blueprint.get("/table/<kind>")
def file(kind: str) -> Response:
    """The table as a file."""
    if kind not in MEDIA_TYPES:
        raise VfeedError("not_found", _("There is no such file."), hint=_("Choose one on the page of the screening."))
    data = files(services().screening.lines(person()), {})[f"screening.{kind}"]
    # Whatever people say of a film changes the file: it is never taken from before.
    tag = hashlib.sha256(data).hexdigest()[:32]
    return answer_with(io.BytesIO(data), media_type=MEDIA_TYPES[kind], etag=tag, download_name=f"screening.{kind}")


@blueprint.route("/<clip_id>", methods=["GET", "POST"])
def film(clip_id: str) -> str | AnyResponse:
    """A film with its checklist; a person's word leads on to the next one that has none."""
    if request.method == "POST":
        sent = request.form
        if "word" in sent:
            services().screening.record(person(), clip_id, "word_given", {"word": sent["word"]})
            return redirect(next_of(clip_id) or url_for("screening.index"))
        for name in QUESTIONS:
            if name in sent:
                payload = {"question": name, "answer": sent[name]}
                services().screening.record(person(), clip_id, "question_answered", payload)
        return redirect(url_for("screening.film", clip_id=clip_id))
    found, folded = services().screening.film(person(), clip_id)
    return render_template(
        "screening/film.html",
        film=line_of(found),
        machine=_(KIND_WORDS[found.machine.verdict]),
        film_url=url_for("media.blob", clip_id=clip_id, role="proxy"),
        here_url="",
        check=check_of(
            found.check, folded, url_for("screening.undo", clip_id=clip_id), url_for("screening.redo", clip_id=clip_id)
        ),
        others=[span_of(each.start_us, each.end_us) for each in found.facts.best[1:]],
        start_s=found.best.start_us / 1e6 if found.best else 0,
        next_url=next_of(clip_id),
        crumbs=[(_("Screening"), url_for("screening.index"))],
    )


def check_of(check: CheckState, folded: Folded[Any], undo_url: str, redo_url: str) -> dict[str, Any]:
    """What a person is asked about a film, and what they have said."""
    return {
        "questions": [(name, _(words), check.answers.get(name)) for name, words in QUESTION_WORDS.items()],
        "answers": [(each.value, _(words)) for each, words in ANSWER_WORDS.items()],
        "words": [(number, kind.value, _(KIND_WORDS[kind])) for number, kind in enumerate(WORDS, 1)],
        "word": check.word.value if check.word else "",
        "can_undo": folded.available_undo.undo is not None,
        "can_redo": folded.available_undo.redo is not None,
        "undo_url": undo_url,
        "redo_url": redo_url,
    }


@blueprint.post("/<clip_id>/undo")
def undo(clip_id: str) -> AnyResponse:
    """Take the last answer or word back."""
    services().screening.take_back(person(), clip_id)
    return redirect(url_for("screening.film", clip_id=clip_id))


@blueprint.post("/<clip_id>/redo")
def redo(clip_id: str) -> AnyResponse:
    """Say again what was taken back."""
    services().screening.take_back(person(), clip_id, redo=True)
    return redirect(url_for("screening.film", clip_id=clip_id))


def next_of(clip_id: str) -> str:
    """The next film in the table that no person has spoken of."""
    found = services().screening.next_of(person(), clip_id)
    return url_for("screening.film", clip_id=found) if found else ""


def line_of(film: Screened) -> dict[str, Any]:
    """A film in the table."""
    best, whole = film.best, max(1, film.facts.length_us)
    return {
        "name": film.name,
        "url": url_for("screening.film", clip_id=film.clip_id),
        "kind": _(KIND_WORDS[film.found.verdict]),
        "look": KIND_LOOKS[film.found.verdict],
        "reasons": [looked_up(each) for each in film.found.reasons],
        "advice": [looked_up(each) for each in film.found.advice],
        "to_look_at": [looked_up(each) for each in film.found.to_look_at if film.found.verdict is not Verdict.AGAIN],
        "by": film.check.by if film.check.word else "",
        "length": length(film.facts.length_us),
        "best": span_of(best.start_us, best.end_us) if best else "",
        "strip": [int(each) for each in film.strip],
        "best_left": 100 * best.start_us / whole if best else 0,
        "best_width": 100 * (best.end_us - best.start_us) / whole if best else 0,
    }


def span_of(start_us: int, end_us: int) -> str:
    """A stretch of a film in words."""
    return _("%(start)s to %(end)s", start=clock(start_us), end=clock(end_us))
