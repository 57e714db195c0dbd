"""The audit trail as far as it is needed: of a family for those who work with it, of a share for both its sides."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from vfeed.server.audit import trail
from vfeed.server.supervision import present as supervision
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.navigation import family_crumbs

blueprint = Blueprint("trails", __name__)


@blueprint.get("/families/<family_id>/trail")
def of_family(family_id: str) -> str:
    """Who did what with a family: what the family may ask to see."""
    return render_template(
        "audit/trail.html",
        lead=_("Who looked at this family and its films, changed them or took something out, newest first."),
        lines=trail.of_family(family_id),
        crumbs=family_crumbs(family_id),
    )


@blueprint.get("/supervision/<share_id>/trail")
def of_share(share_id: str) -> str:
    """Who did what with what is shared, and nothing else."""
    found, _worker = supervision.share_for_me(share_id)
    return render_template(
        "audit/trail.html",
        lead=_("Who shared this, opened it and watched it, newest first."),
        lines=trail.of_share(found.session.family_id, share_id),
        crumbs=[(_("What is shared"), url_for("supervision.share", share_id=share_id))],
    )
