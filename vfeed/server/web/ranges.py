"""Answers with a part of a seekable file: 200, 206, 304 and 416, without ever holding the whole file.

A part is capped: a server with a few threads would otherwise be held by every paused player, and a player asks
for the next part by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import BinaryIO

from flask import Response, request
from werkzeug.http import is_resource_modified

PART_BYTES = 4 * 1024 * 1024
STEP_BYTES = 256 * 1024


def _steps(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    file.seek(start)
    left = length
    while left > 0:
        step = file.read(min(STEP_BYTES, left))
        if not step:
            return
        left -= len(step)
        yield step


def _wants_part(etag: str) -> bool:
    asked, condition = request.range, request.if_range
    # A part of another version than the reader has would not fit to what it has: then the whole is sent.
    same = not condition.date and condition.etag in (None, etag)
    return asked is not None and asked.units == "bytes" and len(asked.ranges) == 1 and same


def _span(size: int) -> tuple[int, int] | None:
    """First byte and last-plus-one of the range asked for; None when it lies beyond the end."""
    if request.range is None:
        return None
    start, end = request.range.ranges[0]
    if start is None or start < 0:
        # The last bytes: as many as there are, when more were asked for.
        start, end = max(0, size + (start or 0)), size
    return (start, min(end or size, size)) if start < size else None


def answer_with(file: BinaryIO, *, media_type: str, etag: str = "", download_name: str | None = None) -> Response:
    """Answer the current request with `file`, which is closed with the response.

    Without an `etag` no answer is like another: what is made anew each time it is asked for. The answer is private to
    its reader and is not kept by the browser. Several ranges at once are answered
    with the whole file, as RFC 9110 allows.
    """
    size, etag = file.seek(0, 2), etag or secrets.token_hex()
    response = Response(status=200, mimetype=media_type)
    response.set_etag(etag)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-store"
    # A proxy may take the part into its memory at once, and free the thread that decrypts it (deploy/nginx.conf).
    response.headers["X-Accel-Buffering"] = "yes"
    if download_name is not None:
        response.headers.set("Content-Disposition", "attachment", filename=download_name)
    if not is_resource_modified(request.environ, etag=etag):
        file.close()
        response.status_code = 304
        return response
    start, end = 0, size
    if _wants_part(etag):
        span = _span(size)
        if span is None:
            file.close()
            response.status_code = 416
            response.headers["Content-Range"] = f"bytes */{size}"
            return response
        start, end = span[0], min(span[1], span[0] + PART_BYTES)
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.content_length = end - start
    if request.method == "HEAD":
        file.close()
        return response
    response.response = _steps(file, start, end - start)
    response.call_on_close(file.close)
    return response
