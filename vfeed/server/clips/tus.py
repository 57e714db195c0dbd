"""Resumable uploads: the tus 1.0 protocol (creation, HEAD, PATCH, termination, expiration, checksum).

What arrives is encrypted as it is written; a part is small enough to be held in memory, so that nothing readable
of a film ever lies on the disk.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import io
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any, BinaryIO

from flask import Blueprint, Response, jsonify, request, url_for

from vfeed.errors import ClipKnown, VfeedError
from vfeed.practice.events import MAX_TITLE
from vfeed.server.web import job_view
from vfeed.server.web.context import person, services, settings, size
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.wall.answers import answer
from vfeed.services.rows import Upload

blueprint = Blueprint("tus", __name__, url_prefix="/api/uploads")

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination,checksum"
ALGORITHMS = ("sha256", "sha1")
CHUNK_BYTES = 8 * 1024 * 1024
OFFSETS = "application/offset+octet-stream"
# A status of the tus protocol's own: the checksum of a part did not match.
CHECKSUM_MISMATCH = 460
MOST_METADATA = 4096


@blueprint.after_request
def speak_tus(response: Response) -> Response:
    """Every answer says which protocol it is."""
    response.headers["Tus-Resumable"] = VERSION
    return response


@blueprint.route("", methods=["OPTIONS"], provide_automatic_options=False)
def options() -> Response:
    """What this server can do."""
    response = Response(status=204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    response.headers["Tus-Max-Size"] = str(settings().max_clip_bytes)
    return response


@blueprint.post("")
def create() -> Response:
    """Begin an upload of a known length, for a visit."""
    refuse_other_versions()
    length = whole_number("Upload-Length")
    if length == 0:
        raise VfeedError("clip_empty", _("The file holds no data."), hint=_("Copy it from the phone or camera again."))
    if length > settings().max_clip_bytes:
        raise VfeedError(
            "clip_too_large",
            _(
                "The file has %(size)s; at most %(most)s are taken in.",
                size=size(length),
                most=size(settings().max_clip_bytes),
            ),
            hint=_("Film or export it at a lower resolution, or cut it into parts."),
        )
    metadata = read_metadata(request.headers.get("Upload-Metadata", ""))
    upload = services().uploads.begin(person(), length, metadata)
    response = Response(status=201)
    response.headers["Location"] = url_for("tus.head", upload_id=upload.id)
    return with_expiry(response, upload)


@blueprint.route("/<upload_id>", methods=["HEAD"])
def head(upload_id: str) -> Response:
    """How much has arrived."""
    refuse_other_versions()
    upload = services().uploads.one(person(), upload_id)
    response = Response(status=200)
    response.headers["Upload-Offset"] = str(services().uploads.arrived(upload))
    response.headers["Upload-Length"] = str(upload.length)
    return with_expiry(response, upload)


@blueprint.url_value_preprocessor
def allow_large_parts(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lift a form's limit for the parts of a film, before the CSRF check looks into the body."""
    if endpoint == "tus.patch":
        request.max_content_length = CHUNK_BYTES + 1


@blueprint.patch("/<upload_id>")
def patch(upload_id: str) -> Response:
    """Take in the next part; what arrived before a broken connection is kept."""
    refuse_other_versions()
    if request.mimetype != OFFSETS:
        raise VfeedError("request_invalid", _("A part of a film must be sent as %(type)s.", type=OFFSETS))
    upload = services().uploads.one(person(), upload_id)
    if (request.content_length or 0) > CHUNK_BYTES:
        raise VfeedError(
            "clip_too_large",
            _(
                "A part has %(size)s; send at most %(most)s at once.",
                size=size(request.content_length or 0),
                most=size(CHUNK_BYTES),
            ),
            hint=_("Load the page again: it sends smaller parts."),
        )
    checksum = request.headers.get("Upload-Checksum")
    stream: BinaryIO = request.stream  # type: ignore[assignment]
    if checksum:
        body = request.stream.read()
        if not matches(checksum, body):
            response = jsonify(
                {
                    "error": VfeedError(
                        "request_invalid", _("A part arrived damaged; it was not kept."), hint=_("It is sent again.")
                    ).as_dict()
                }
            )
            response.status_code = CHECKSUM_MISMATCH
            return response
        stream = io.BytesIO(body)
    offset = services().uploads.go_on(upload, stream, whole_number("Upload-Offset"))
    response = Response(status=204)
    response.headers["Upload-Offset"] = str(offset)
    if offset == upload.length:
        response.headers["Vfeed-Upload-Id"] = upload_id
    return with_expiry(response, upload)


@blueprint.delete("/<upload_id>")
def terminate(upload_id: str) -> Response:
    """Drop an upload and what has arrived of it."""
    refuse_other_versions()
    services().uploads.drop(services().uploads.one(person(), upload_id))
    return Response(status=204)


@blueprint.post("/<upload_id>/finish")
def finish(upload_id: str) -> Response:
    """Look at the whole film and take it in, or refuse it and drop the upload."""
    upload = services().uploads.one(person(), upload_id)
    offset = services().uploads.arrived(upload)
    if offset != upload.length:
        raise VfeedError(
            "conflict",
            _("Only %(offset)s of %(length)s have arrived.", offset=size(offset), length=size(upload.length)),
            hint=_("Send the rest first."),
        )
    try:
        clip = services().uploads.finish(person(), upload, title_of(upload.details))
    except ClipKnown as error:
        raise known_already(error.clip_id) from error
    job_view.queue().wake_clip(clip.id)
    return answer({"clip": {"id": clip.id, "url": url_for("clips.clip", clip_id=clip.id)}})


def known_already(clip_id: str) -> VfeedError:
    """The refusal of a twin, with the way to the one that is here; of another worker's not even its name."""
    clip = services().uploads.known(person(), clip_id)
    if clip is None:
        return VfeedError(
            "clip_known",
            _("This very film is here already, with a family of a colleague."),
            hint=_("Ask who else works with this family; nothing was added."),
        )
    error = VfeedError(
        "clip_known",
        _("This very film is here already, as “%(title)s”.", title=clip.title),
        hint=_("Open that one; nothing was added."),
    )
    error.extra = {"clip_url": url_for("clips.clip", clip_id=clip_id)}  # type: ignore[attr-defined]
    return error


def title_of(details: Mapping[str, str]) -> str:
    """The title given, else the file's name without its ending where that fits."""
    title = details.get("title", "").strip()
    name = details.get("filename", "").strip()
    name = name.rpartition(".")[0] or name
    return title or (name if len(name) <= MAX_TITLE else "") or _("Film")


def with_expiry(response: Response, upload: Upload) -> Response:
    """Add the day until which an unfinished upload is kept."""
    response.headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return response


def refuse_other_versions() -> None:
    """Refuse a client that speaks another version of the protocol (412, as the protocol asks)."""
    if request.headers.get("Tus-Resumable") != VERSION:
        error = VfeedError(
            "request_invalid", _("This upload needs the tus protocol, version %(version)s.", version=VERSION)
        )
        error.http_status = 412
        raise error


def whole_number(header: str) -> int:
    """A header that must hold a whole number of bytes."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise VfeedError("request_invalid", _("The header %(header)s must hold a whole number.", header=header))
    return int(text)


def read_metadata(header: str) -> dict[str, str]:
    """The metadata of the creation request: comma-separated names, each with a base64 value.

    >>> read_metadata("title Rmlyc3Q=,visit_id djE=")
    {'title': 'First', 'visit_id': 'v1'}
    """
    if len(header) > MOST_METADATA:
        raise VfeedError("request_invalid", _("The upload’s description is too long."))
    metadata = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _blank, value = pair.partition(" ")
        try:
            metadata[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise VfeedError("request_invalid", _("The upload’s description cannot be read.")) from error
    return metadata


def matches(checksum: str, body: bytes) -> bool:
    """Whether a part is as its sender says; raises VfeedError `request_invalid` for an unknown method."""
    algorithm, _blank, value = checksum.partition(" ")
    if algorithm not in ALGORITHMS:
        raise VfeedError("request_invalid", _("The checksum must be one of: %(names)s.", names=", ".join(ALGORITHMS)))
    return hmac.compare_digest(base64.b64encode(hashlib.new(algorithm, body).digest()), value.strip().encode())
