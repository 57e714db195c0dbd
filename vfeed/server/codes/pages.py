"""Code sets: what there is, making one's own, taking them out as files and in again."""

from __future__ import annotations

import io
import secrets
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice.checklist import is_checklist
from vfeed.practice.drafting import Drafted, Row, drafted, rows_of
from vfeed.practice.library import shipped
from vfeed.practice.own_words import MOST_LETTERS, open_lines, words_in
from vfeed.practice.pack_files import read_pack, write_pack
from vfeed.practice.protocol import COLOURS, MAX_CODES, Pack
from vfeed.practice.sheet_form import Form, Item
from vfeed.server.web.context import moment, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.ranges import answer_with
from vfeed.server.web.wording import flash_remarks_on_pack

blueprint = Blueprint("codes", __name__, url_prefix="/codes")

BLANK_ROWS = 3
YAML = "application/yaml"
FIELDS = ("label", "part", "timing", "parent_words", "heading", "key", "id", "group", "colour", "shape")
ABOUT = ("title", "owner", "about")


@blueprint.get("")
def index() -> str | tuple[str, int]:
    """Every code set: own ones first, those taken out last."""
    return listing()


def listing(refused: VfeedError | None = None) -> str | tuple[str, int]:
    """The list, with what was wrong with an imported file."""
    found = services().codes.list(person())
    page = render_template(
        "codes/index.html",
        refused=refused,
        own=found.own,
        shipped=found.shipped,
        removed=found.removed,
    )
    return (page, refused.http_status) if refused else page


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | AnyResponse | tuple[str, int]:
    """Make a code set."""
    if request.method == "GET":
        return editor(None, dict.fromkeys(ABOUT, ""), [Row("")] * BLANK_ROWS)
    # The id is never seen on a screen, only in files: it need not speak.
    return save(f"own_{secrets.token_hex(6)}", over=0)


@blueprint.route("/<pack_id>", methods=["GET", "POST"])
def change(pack_id: str) -> str | AnyResponse | tuple[str, int]:
    """Change an own code set; one that comes with vfeed is only shown."""
    if request.method == "POST":
        services().codes.to_change(person(), pack_id)
        return save(pack_id, over=request.form.get("over", default=-1, type=int))
    pack = services().codes.get(person(), pack_id)
    if shipped().has_pack(pack_id):
        open_forms = {form.id for _place, form, _item in open_lines(shipped().pack(pack_id))}
        return render_template("codes/pack.html", pack=pack, open_forms=open_forms, crumbs=crumbs())
    if is_checklist(pack):
        return redirect(url_for("checklists.change", pack_id=pack_id))
    return editor(pack, pack.model_dump(include=set(ABOUT)), rows_of(pack))


@blueprint.route("/<pack_id>/words", methods=["GET", "POST"])
def words(pack_id: str) -> str | AnyResponse | tuple[str, int]:
    """The service's own words beside the lines of a form that comes with its numbers alone."""
    pack = services().codes.get(person(), pack_id)
    sent, refused = words_in(pack), None
    if request.method == "POST":
        sent = {place: request.form.get(place, "") for place, _form, _item in lines_of(pack_id)}
        try:
            services().codes.put_words(person(), pack_id, sent)
            flash(_("Your words stand beside the lines of every sheet that is begun from now on."))
            return redirect(url_for("codes.change", pack_id=pack_id))
        except VfeedError as error:
            if error.http_status >= 500:
                raise
            refused = error
    page = render_template(
        "codes/words.html",
        pack=pack,
        lines=lines_of(pack_id),
        sent=sent,
        most=MOST_LETTERS,
        refused=refused,
        crumbs=[*crumbs(), (pack.title, url_for("codes.change", pack_id=pack_id))],
    )
    return (page, refused.http_status) if refused else page


def lines_of(pack_id: str) -> list[tuple[str, Form, Item]]:
    """The lines that words may be put beside; raises VfeedError `not_found` where there are none."""
    found = list(open_lines(shipped().pack(pack_id))) if shipped().has_pack(pack_id) else []
    if not found:
        raise VfeedError("not_found", _("No line of this is without words."), hint=_("Go back to the code sets."))
    return found


@blueprint.get("/<pack_id>/file")
def export(pack_id: str) -> Response:
    """A code set as a file."""
    pack = services().codes.get(person(), pack_id)
    data = write_pack(pack).encode()
    name = f"{pack.id}.yaml"
    return answer_with(io.BytesIO(data), media_type=YAML, etag=f"{pack.id}-{pack.version}", download_name=name)


@blueprint.post("")
def take_in() -> str | AnyResponse | tuple[str, int]:
    """A code set out of a file: a new one, or the next version of an own one with the same id."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise VfeedError("invalid_input", _("No file was chosen."), hint=_("Choose the file of a code set."))
        kept = services().codes.save(person(), read_pack(decoded(sent.read())))
    except VfeedError as error:
        if error.http_status >= 500:
            raise
        return listing(error)
    flash(_("“%(title)s” is here.", title=kept.title))
    flash_remarks_on_pack(kept)
    return redirect(url_for("codes.index"))


@blueprint.post("/<pack_id>/remove")
def remove(pack_id: str) -> AnyResponse:
    """Offer a code set no longer."""
    services().codes.remove(person(), pack_id)
    flash(_("It is not offered any more. Tags keep their words, and you can bring it back below."))
    return redirect(url_for("codes.index"))


@blueprint.post("/<pack_id>/back")
def bring_back(pack_id: str) -> AnyResponse:
    """Offer a removed code set, or an earlier version, again."""
    pack = services().codes.bring_back(person(), pack_id, request.form.get("version", default=0, type=int))
    flash(_("“%(title)s” is offered again.", title=pack.title))
    return redirect(url_for("codes.index"))


def save(pack_id: str, *, over: int) -> str | AnyResponse | tuple[str, int]:
    """Keep what the form holds; with the button for more rows, or when something does not fit, show it again."""
    about = {name: request.form.get(name, "").strip() for name in ABOUT}
    rows = rows_sent()
    known = services().codes.get(person(), pack_id) if over else None
    if "more" in request.form:
        return editor(known, about, [*rows, *[Row("", heading=rows[-1].heading if rows else "")] * BLANK_ROWS])
    versions = services().codes.versions(person(), pack_id)
    taken = {code.id for row in versions for code in row.pack.codes()}
    made = drafted(pack_id, about, rows, taken=taken, untitled=about["title"] or _("Codes"), before=known)
    if made.pack is None:
        return editor(known, about, rows, made), 422
    kept = services().codes.save(person(), made.pack, over=over)
    flash(_("“%(title)s” is kept as version %(number)s.", title=kept.title, number=kept.version))
    flash_remarks_on_pack(kept)
    return redirect(url_for("codes.index"))


def rows_sent() -> list[Row]:
    """The rows of the form; ticked ones are left out."""
    columns = {name: request.form.getlist(f"code_{name}")[: MAX_CODES + BLANK_ROWS] for name in FIELDS}
    out = set(request.form.getlist("out"))
    if len({len(values) for values in columns.values()}) != 1:
        raise VfeedError("request_invalid", _("The form came incomplete."), hint=_("Load the page and try again."))
    found = [Row(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]
    return [row for number, row in enumerate(found) if str(number) not in out]


def editor(pack: Pack | None, about: dict[str, Any], rows: list[Row], made: Drafted | None = None) -> str:
    """The form of a code set."""
    return render_template(
        "codes/edit.html",
        pack=pack,
        about=about,
        rows=rows,
        misfits=made.misfits if made else {},
        colours=_colours(rows),
        shapes=_shapes(),
        versions=[
            {"number": row.version, "when": moment(row.at), "actor": row.actor, "removed": row.removed}
            for row in reversed(services().codes.versions(person(), pack.id)[:-1])
        ]
        if pack
        else [],
        crumbs=crumbs(),
    )


def _colours(rows: list[Row]) -> list[tuple[str, str]]:
    names = {
        "teal": _("Teal"),
        "blue": _("Blue"),
        "green": _("Green"),
        "orange": _("Orange"),
        "red": _("Red"),
        "purple": _("Purple"),
        "pink": _("Pink"),
        "brown": _("Brown"),
    }
    offered = [("", _("Usual colour")), *((colour, names[name]) for name, colour in COLOURS.items())]
    # What a file brought is kept as long as nobody chooses another.
    brought = sorted({row.colour for row in rows} - {colour for colour, _name in offered})
    return [*offered, *((colour, colour) for colour in brought)]


def _shapes() -> list[tuple[str, str]]:
    return [
        ("", _("None")),
        ("circle", _("Circle")),
        ("square", _("Square")),
        ("triangle", _("Triangle")),
        ("diamond", _("Diamond")),
        ("star", _("Star")),
        ("cross", _("Cross")),
    ]


def decoded(data: bytes) -> str:
    """A file's text; raises VfeedError `invalid_input` when it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VfeedError(
            "invalid_input", _("This file is not a text."), hint=_("Choose the file of a code set, saved as UTF-8.")
        ) from error


def crumbs() -> list[tuple[str, str]]:
    """The way back to the list."""
    return [(_("Code sets"), url_for("codes.index"))]
