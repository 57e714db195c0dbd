"""A bucket of an S3 store: objects read in part, written whole or not at all, and refusals in words.

botocore is loaded when a bucket is first used: `pip install "vfeed[s3]"`.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.errors import marked as _

PART_BYTES = 8 << 20
"""S3 takes parts from 5 MiB on and at most 10,000 of them: 84 GB in one object."""
CONNECT_S, READ_S = 3, 30
LOOKS, LOOK_S = 3, 5
"""A page waits for a film, so reading gives up soon: also where the store takes a question and says nothing."""
SENDINGS = 8
"""Sending a part is tried for the better part of a minute: a store that is started anew meanwhile loses nothing."""
NO_BUCKET = frozenset({"NoSuchBucket", "InvalidBucketName", "PermanentRedirect", "AuthorizationHeaderMalformed"})
REFUSED = frozenset(
    {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403", "InvalidToken", "ExpiredToken"}
)
FULL = frozenset({"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "507"})
GONE = frozenset({"NoSuchKey", "404", "NotFound"})
NO_UPLOAD = "NoSuchUpload"
BEYOND = "InvalidRange"
SKEWED = "RequestTimeTooSkewed"


class VaultAway(VfeedError):
    """The store of the films does not answer; later it may."""

    def __init__(self) -> None:
        super().__init__(
            "vault_away",
            _("The store of the films does not answer."),
            hint=_("Try again in a moment. If it goes on, see that the store runs at VFEED_VAULT_ENDPOINT."),
        )


class Bucket:
    """One folder of one bucket. Safe to use from several threads.

    Every call may raise VfeedError `vault_away`, `setting_invalid` for a wrong key or bucket, and `disk_full`.
    """

    def __init__(self, settings: Settings) -> None:
        place = urlsplit(settings.vault)
        self.name = place.netloc
        folder = place.path.strip("/")
        self._prefix = f"{folder}/" if folder else ""
        self._settings = settings
        self._clients: dict[int, Any] = {}
        self._lock = threading.Lock()

    def read(self, name: str, start: int, length: int) -> tuple[bytes, int]:
        """At most `length` bytes of an object from `start` on, and the object's whole size in bytes.

        Raises FileNotFoundError when it is not there.
        """
        with self._errors():
            for _look in range(LOOKS):
                try:
                    answer = self._client(LOOKS).get_object(
                        **self._place(name), Range=f"bytes={start}-{start + length - 1}"
                    )
                except self._error("ClientError") as error:
                    if _code(error) == BEYOND:
                        return b"", 0
                    raise
                # The client asks again for what did not begin; what broke off while it came is asked for here.
                with contextlib.suppress(self._error("BotoCoreError")), contextlib.closing(answer["Body"]) as body:
                    data: bytes = body.read()
                    # A store may send a small object whole.
                    ranged = answer.get("ContentRange", "")
                    return data, int(ranged.rpartition("/")[2]) if ranged else len(data)
        raise VaultAway

    def size(self, name: str) -> int:
        """The size of an object in bytes; raises FileNotFoundError when it is not there."""
        with self._errors():
            return int(self._client(LOOKS).head_object(**self._place(name))["ContentLength"])

    def remove(self, name: str) -> None:
        """Remove an object; one that is not there is no error."""
        with self._errors(), contextlib.suppress(FileNotFoundError):
            self._client(LOOKS).delete_object(**self._place(name))

    def put(self, name: str, data: bytes, *, tries: int = 0) -> None:
        """Write a small object; it is there as a whole when this returns."""
        with self._errors():
            self._client(tries or SENDINGS).put_object(**self._place(name), Body=data)

    def begin(self, name: str) -> str:
        """Begin an object that comes in parts; returns the upload's id."""
        with self._errors():
            return str(self._client(SENDINGS).create_multipart_upload(**self._place(name))["UploadId"])

    def send(self, name: str, upload: str, number: int, data: bytes) -> dict[str, Any]:
        """Send a part (numbered from 1), again where it breaks off; returns what `complete` wants to know of it."""
        with self._errors():
            answer = self._client(SENDINGS).upload_part(
                **self._place(name), UploadId=upload, PartNumber=number, Body=data
            )
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def complete(self, name: str, upload: str, parts: list[dict[str, Any]], size: int) -> None:
        """Let the object appear, `size` bytes long; what the store has otherwise is no object of ours."""
        with self._errors():
            try:
                self._client(SENDINGS).complete_multipart_upload(
                    **self._place(name), UploadId=upload, MultipartUpload={"Parts": parts}
                )
            except self._error("ClientError") as error:
                # Said yes to, but the answer was lost: the second try finds no upload, and the object in its place.
                if _code(error) != NO_UPLOAD:
                    raise
        try:
            arrived = self.size(name)
        except FileNotFoundError:
            arrived = -1
        if arrived != size:
            raise VaultAway

    def abort(self, name: str, upload: str) -> None:
        """Drop a half upload; one that is not there is no error."""
        with self._errors():
            try:
                self._client(LOOKS).abort_multipart_upload(**self._place(name), UploadId=upload)
            except self._error("ClientError") as error:
                if _code(error) != NO_UPLOAD:
                    raise

    def objects(self, *, most: int | None = None) -> Iterator[tuple[str, float]]:
        """Every object (or the first `most`) with its age in seconds by the store's own clock."""
        asked = {"Bucket": self.name, "Prefix": self._prefix} | ({"MaxKeys": most} if most else {})
        for page in self._pages("list_objects_v2", asked):
            for each in page.get("Contents", []):
                yield each["Key"].removeprefix(self._prefix), _age_s(page, each["LastModified"])

    def uploads(self) -> Iterator[tuple[str, str, float]]:
        """Every half upload: name, id, and age in seconds by the store's own clock."""
        for page in self._pages("list_multipart_uploads", {"Bucket": self.name, "Prefix": self._prefix}):
            for each in page.get("Uploads", []):
                yield each["Key"].removeprefix(self._prefix), each["UploadId"], _age_s(page, each["Initiated"])

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _pages(self, what: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
        with self._errors():
            yield from self._client(LOOKS).get_paginator(what).paginate(**asked)

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": self._prefix + name}

    def _client(self, tries: int) -> Any:
        with self._lock:
            if tries not in self._clients:
                self._clients[tries] = _connect(self._settings, tries)
            return self._clients[tries]

    @staticmethod
    def _error(name: str) -> Any:
        return getattr(_botocore("botocore.exceptions"), name)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the store refuses into a VfeedError with the fix, or FileNotFoundError; what is unknown passes."""
        try:
            yield
        except self._error("ClientError") as error:
            raise self._refusal(error) from error
        except self._error("BotoCoreError") as error:
            raise VaultAway from error

    def _refusal(self, error: Any) -> Exception:
        code, status = _code(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in GONE:
            return FileNotFoundError(code)
        if code in FULL or status == 507:
            return VfeedError(
                "disk_full",
                _("There is no room left in the store of the films. Nothing was stored."),
                hint=_("Make room in the store or raise its quota, then try again."),
            )
        if code in NO_BUCKET:
            return VfeedError(
                "setting_invalid",
                _("The store of the films has no bucket %(name)s (%(status)s)."),
                hint=_("Make the bucket, or set VFEED_VAULT and VFEED_VAULT_REGION to the one that is there."),
                name=self.name,
                status=code,
            )
        if code in REFUSED:
            return VfeedError(
                "setting_invalid",
                _("The store of the films refuses the key that vfeed shows (%(status)s)."),
                hint=_(
                    "Put the right keys into VFEED_VAULT_KEYS_FILE, and let them read, write, list and delete there."
                ),
                status=code,
            )
        if code == SKEWED:
            return VfeedError(
                "setting_invalid",
                _("The clocks of this machine and of the store of the films differ too much."),
                hint=_("Set this machine’s clock, best by a time server."),
            )
        # An upload that the store forgot is begun anew with the whole work, as after a connection that was lost.
        return VaultAway() if code == NO_UPLOAD or status >= 500 else error


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _age_s(page: dict[str, Any], begun: datetime) -> float:
    # The store's clock, which tells whole seconds.
    now = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])
    return max(0.0, (now - begun).total_seconds())


def _connect(settings: Settings, tries: int) -> Any:
    access, secret, token = _keys(settings)
    config = _botocore("botocore.config").Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if settings.vault_endpoint else "auto"},
        retries={"mode": "standard", "total_max_attempts": tries},
        connect_timeout=CONNECT_S,
        read_timeout=LOOK_S if tries == LOOKS else READ_S,
        max_pool_connections=16,
        # Many stores know none of Amazon's newer sums; the SHA-256 of what is sent is part of the signature.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return (
        _botocore("botocore.session")
        .Session()
        .create_client(
            "s3",
            endpoint_url=settings.vault_endpoint or None,
            region_name=settings.vault_region,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=config,
        )
    )


def _keys(settings: Settings) -> tuple[str, str, str | None]:
    """Access key, secret key, and a token where there is one; nothing else is asked, least of all a server for them."""
    if settings.vault_keys_file is None:
        found = [os.environ.get(f"AWS_{name}", "") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")]
        token = os.environ.get("AWS_SESSION_TOKEN")
    else:
        token = None
        try:
            found = settings.vault_keys_file.read_text(encoding="ascii").split()
        except (OSError, UnicodeError):
            found = []
    if len(found) != 2 or not all(found):
        raise VfeedError(
            "setting_invalid",
            _("The keys of the store of the films are not there."),
            hint=_("Write the access key and, in a second line, the secret key into the file VFEED_VAULT_KEYS_FILE."),
        )
    return found[0], found[1], token


def _botocore(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise VfeedError(
            "setting_invalid",
            _("Films in an S3 store need a package that is not installed."),
            hint=_("Install it with: pip install 'vfeed[s3]', or empty VFEED_VAULT."),
        ) from error


class Sending(io.RawIOBase):
    """Writes one object: in one piece where it is small, else in parts. Nobody sees it before `finish`."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        super().__init__()
        self._bucket = bucket
        self._name = name
        self._buffer = bytearray()
        self._upload = ""
        self._parts: list[dict[str, Any]] = []
        self._size = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any, /) -> int:
        """Take all of `data`; raises what `Bucket.send` raises."""
        view = memoryview(data).cast("B")
        self._buffer += view
        self._size += len(view)
        # The last part goes with `finish`: until then a whole one waits.
        while len(self._buffer) > PART_BYTES:
            self._send(PART_BYTES)
        return len(view)

    def finish(self) -> None:
        """Make the object appear, whole and acknowledged by the store."""
        if not self._upload:
            self._bucket.put(self._name, bytes(self._buffer))
            return
        self._send(len(self._buffer))
        self._bucket.complete(self._name, self._upload, self._parts, self._size)

    def drop(self) -> None:
        """Forget the half object; what the store does not hear of now is swept later."""
        if self._upload:
            with contextlib.suppress(VfeedError):
                self._bucket.abort(self._name, self._upload)
        self._buffer.clear()

    def _send(self, length: int) -> None:
        if not self._upload:
            self._upload = self._bucket.begin(self._name)
        part = bytes(memoryview(self._buffer)[:length])
        self._parts.append(self._bucket.send(self._name, self._upload, len(self._parts) + 1, part))
        del self._buffer[:length]
