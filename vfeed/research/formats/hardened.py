"""Files from elsewhere, opened with limits: XML without entities, zip files without surprises."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree

from vfeed.errors import marked as _
from vfeed.research.formats.seam import Losses, unreadable
from vfeed.research.formats.text import MOST_BYTES, decoded

MOST_ENTRIES = 1_000
ENCODINGS = re.compile(
    r"^(us-ascii|ascii|utf-?(7|8|16|16le|16be|16-le|16-be|32)|iso-?8859-?\d+|latin-?\d|windows-?125\d|cp125\d|macintosh"
    r"|shift[_-]jis|euc-?(jp|kr)|iso-2022-(jp|kr)|gb(2312|k|18030)|big5|koi8-[ru])$",
    re.IGNORECASE,
)
"""Encodings that programs write XML in; Python knows others that are no alphabets."""
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse_xml(data: bytes, name: str, losses: Losses) -> ElementTree.Element:
    """Return the root of an XML text in any encoding; raises VfeedError `codes_unreadable` for DOCTYPE and entities.

    The text is decoded first, so that no declared encoding can hide a DOCTYPE.
    """
    declared = re.match(rb"^\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9_.-]+)[\"']", data[:200])
    if (
        declared
        and ENCODINGS.match(declared.group(1).decode())
        and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
    ):
        try:
            text = data.decode(declared.group(1).decode())
        except (LookupError, UnicodeDecodeError):
            text = decoded(data, name, losses)
    else:
        text = decoded(data, name, losses)
    text = _DECLARATION.sub("", text, count=1)
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        unreadable(
            name, _("It declares entities, which no coding file does."), _("Save it anew from the program it is from.")
        )
    try:
        return ElementTree.fromstring(text)  # noqa: S314  (no DOCTYPE can be in it)
    except ElementTree.ParseError as error:
        unreadable(
            name, _("It is not whole (%(reason)s)."), _("Save it anew from the program it is from."), reason=error
        )


def open_zip(data: bytes, name: str) -> dict[str, bytes]:
    """Return the entries of a zip file by name; raises VfeedError `codes_unreadable` for a broken or swollen one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                unreadable(name, _("It unpacks to more than a coding file holds."), _("Choose the coding file itself."))
            return {entry.filename: _read(archive, entry, name) for entry in entries if not entry.is_dir()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as error:
        unreadable(
            name, _("It is not whole (%(reason)s)."), _("Save it anew from the program it is from."), reason=error
        )


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    with archive.open(entry) as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        unreadable(name, _("It unpacks to more than a coding file holds."), _("Choose the coding file itself."))
    return data
