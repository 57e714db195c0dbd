"""What a study gives to take away: tables of its agreement and of its codings."""

from __future__ import annotations

import hashlib
import io

from flask import Blueprint, Response

from vfeed.errors import VfeedError
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.ranges import answer_with

blueprint = Blueprint("study_files", __name__, url_prefix="/studies/<study_id>/files")

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("/agreement.<kind>")
def agreement(study_id: str, kind: str) -> Response:
    """Every figure."""
    _known(kind)
    return _file(f"agreement.{kind}", services().study_files.agreement(person(), study_id)[f"agreement.{kind}"], kind)


@blueprint.get("/codings.<kind>")
def codings(study_id: str, kind: str) -> Response:
    """Every coding, a row for each mark and each stretch watched."""
    _known(kind)
    return _file(f"codings.{kind}", next(iter(services().study_files.table(person(), study_id, kind).values())), kind)


@blueprint.get("/left/<name>")
def left(study_id: str, name: str) -> Response:
    """A table that is left of a study whose key was destroyed."""
    data = services().study_keeping.left(person(), study_id).get(name)
    if data is None:
        raise VfeedError("not_found", _("There is no such file."), hint=_("Choose one on the study’s page."))
    return _file(name, data, name.rpartition(".")[2])


def _known(kind: str) -> None:
    if kind not in MEDIA_TYPES:
        raise VfeedError("not_found", _("There is no such file."), hint=_("Choose one on the study’s page."))


def _file(name: str, data: bytes, kind: str) -> Response:
    # What was handed in or withdrawn since changes the file: it is never taken from before.
    tag = hashlib.sha256(data).hexdigest()[:32]
    return answer_with(io.BytesIO(data), media_type=MEDIA_TYPES[kind], etag=tag, download_name=name)
