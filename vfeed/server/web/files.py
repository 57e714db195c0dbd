"""Files of the vault and pictures made on the spot, as answers."""

from __future__ import annotations

import io

from flask import Response

from vfeed.errors import VfeedError
from vfeed.server.web.context import store
from vfeed.server.web.ranges import answer_with
from vfeed.server.web.words import gettext as _

STILL_SIDE_PX = 960
JPEG = "image/jpeg"


def kept(clip_id: str, role: str, download_name: str | None = None) -> Response:
    """A file of the vault, or the part of it that was asked for."""
    info = store().blobs.info(clip_id, role)
    if info is None:
        raise VfeedError(
            "not_found", _("This has not been made yet."), hint=_("The film's page shows how far the work is.")
        )
    file = store().blobs.open(clip_id, role)
    return answer_with(file, media_type=info.media_type, etag=info.id, download_name=download_name)


def picture_answer(jpeg: bytes, etag: str) -> Response:
    """A JPEG made on the spot."""
    return answer_with(io.BytesIO(jpeg), media_type=JPEG, etag=etag)


def file_name(title: str) -> str:
    """A title as a file's name."""
    kept_letters = "".join(letter if letter.isalnum() else "-" for letter in title)
    return "-".join(filter(None, kept_letters.split("-")))[:60] or "film"
