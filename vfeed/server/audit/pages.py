"""The audit trail: who looked at what, changed what and took what out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.server.audit.trail import line_of
from vfeed.server.web.context import store
from vfeed.server.web.words import gettext as _
from vfeed.store.audit import PAGE

blueprint = Blueprint("audit", __name__)

SHORT_ID = 8


@blueprint.post("/audit")
def find() -> AnyResponse:
    """Narrow to one family, film or account: a name is sent, and its id stands in the address, which browsers keep."""
    about = request.form.get("about", "").strip()
    known = next((id_ for id_, name in names_of_things().items() if about == name), about)
    return redirect(url_for("audit.trail", about=known or None))


@blueprint.get("/audit")
def trail() -> str:
    """The newest lines; `about` narrows to one family, film or account, `before` pages on."""
    about = request.args.get("about", "").strip()
    before = request.args.get("before", type=int)
    # No row has a number that a database cannot hold.
    before = before if before is None or 0 < before < 1 << 62 else None
    names = names_of_things()
    object_ = next((id_ for id_, name in names.items() if about and about in {id_, name}), about) or None
    rows = store().audit.list(object_=object_, before=before)
    lines = [line_of(row, names.get(row.object, row.object), url_for("audit.trail", about=row.object)) for row in rows]
    older = url_for("audit.trail", about=about or None, before=rows[-1].seq) if len(rows) == PAGE else ""
    newer = url_for("audit.trail", about=about or None) if before else ""
    # Checking the whole chain takes a moment: once, on the first page, is enough.
    broken = store().audit.verify() if before is None else None
    return render_template(
        "audit/audit.html",
        lines=lines,
        about=names.get(about, about),
        broken=broken,
        first=before is None,
        older_url=older,
        newer_url=newer,
    )


def names_of_things() -> dict[str, str]:
    """What the ids stand for: a family's code name; for a film the family's and a short code, never its title."""
    families = {family.id: family.code_name for family in store().families.list()}
    clips = {
        clip_id: _("film %(code)s of %(family)s", code=clip_id[:SHORT_ID], family=families[family_id])
        for clip_id, family_id in store().clips.owners().items()
    }
    return families | clips
