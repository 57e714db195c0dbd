"""The codes that moments can be tagged with, for the review room."""

from __future__ import annotations

from flask import Blueprint, Response

from vfeed.practice.wording import hints
from vfeed.server.codes.present import pack_json
from vfeed.server.web.context import services
from vfeed.server.web.wall.answers import if_changed

blueprint = Blueprint("codes_api", __name__, url_prefix="/api/codes")


@blueprint.get("")
def index() -> Response:
    """Every pack on offer that has codes to tag with, and hints for words about what is there."""
    packs = [pack_json(pack) for pack in services().codes.known().packs if pack.code_sets]
    return if_changed({"packs": packs, "wording": [hint.model_dump() for hint in hints()]})
