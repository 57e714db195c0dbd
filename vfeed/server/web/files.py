"""Files of the vault and pictures made on the spot, as answers."""

from __future__ import annotations

import io

from flask import Response

from vfeed.server.web.context import services
from vfeed.server.web.ranges import answer_with

JPEG = "image/jpeg"


def kept(clip_id: str, role: str, download_name: str | None = None) -> Response:
    """A file of the vault, or the part of it that was asked for."""
    found = services().files.kept(clip_id, role)
    return answer_with(found.file, media_type=found.media_type, etag=found.id, download_name=download_name)


def image_answer(jpeg: bytes, etag: str) -> Response:
    """A JPEG made on the spot."""
    return answer_with(io.BytesIO(jpeg), media_type=JPEG, etag=etag)


def file_name(title: str) -> str:
    """A title as a file's name."""
    kept_letters = "".join(letter if letter.isalnum() else "-" for letter in title)
    return "-".join(filter(None, kept_letters.split("-")))[:60] or "film"
