"""A service's own checklists: written line by line, offered for every family beside its programme."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice.checklist import checklist, is_checklist, lines_of
from vfeed.practice.protocol import Pack
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up

blueprint = Blueprint("checklists", __name__, url_prefix="/codes/checklists")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | AnyResponse | tuple[str, int]:
    """Write a checklist."""
    if request.method == "GET":
        return editor(None)
    return save(f"own_{secrets.token_hex(6)}", None)


@blueprint.route("/<pack_id>", methods=["GET", "POST"])
def change(pack_id: str) -> str | AnyResponse | tuple[str, int]:
    """Change a checklist; what was filled in keeps the lines it had."""
    pack = services().codes.get(person(), pack_id)
    if not is_checklist(pack):
        raise VfeedError("not_found", _("This is no checklist."), hint=_("Go back to the code sets."))
    return save(pack_id, pack) if request.method == "POST" else editor(pack)


def save(pack_id: str, before: Pack | None) -> str | AnyResponse | tuple[str, int]:
    """Keep what was written, or show it again with what does not fit."""
    sent = {name: request.form.get(name, "") for name in ("title", "owner", "lines")}
    versions = services().codes.versions(person(), pack_id) if before else []
    taken = {item.id for row in versions for form in row.pack.forms for item in form.items}
    try:
        made = checklist(pack_id, sent["title"], sent["owner"], sent["lines"].splitlines(), before=before, taken=taken)
    except VfeedError as error:
        return editor(before, sent, f"{looked_up(error.message)} {looked_up(error.hint)}"), error.http_status
    services().codes.save(person(), made, over=request.form.get("over", default=-1, type=int) if before else 0)
    flash(_("“%(title)s” is kept. It is offered on every family’s page, beside the programme.", title=made.title))
    return redirect(url_for("codes.index"))


def editor(pack: Pack | None, sent: dict[str, str] | None = None, refused: str = "") -> str:
    """The page of a checklist."""
    kept = {"title": pack.title, "owner": pack.owner, "lines": "\n".join(lines_of(pack))} if pack else {}
    return render_template(
        "codes/checklist.html",
        pack=pack,
        values=sent or kept,
        refused=refused,
        crumbs=[(_("Code sets"), url_for("codes.index"))],
    )
