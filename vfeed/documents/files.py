"""Documents as files: a PDF, and what only a passphrase opens, in formats that phones and computers know (AES-256)."""

from __future__ import annotations

import io

from vfeed.documents.document import RECORD, Document, Fetch, Paper


def as_pdf(document: Document, fetch: Fetch, paper: Paper = RECORD, *, passphrase: str = "") -> bytes:
    """Return the document as a PDF; with a passphrase it opens with that alone, to be printed and read out.

    Raises VfeedError `invalid_input` for words in letters that it cannot draw.
    """
    # fpdf2 with its fonts, and pyzipper below, would make every start half a second longer.
    from vfeed.documents.pdf import lock, render

    pdf = render(document, fetch, paper)
    if passphrase:
        lock(pdf, passphrase)
    return bytes(pdf.output())


def locked_zip(file_name: str, content: bytes, passphrase: str) -> bytes:
    """A ZIP with one file in it, encrypted as WinZip does with AES-256; nothing of it touches the disk."""
    import pyzipper

    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.writestr(file_name, content)
    return out.getvalue()
