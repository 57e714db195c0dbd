"""Files that only a passphrase opens, in formats that phones and computers know: a PDF and a ZIP, both AES-256."""

from __future__ import annotations

import io
import secrets

import pyzipper
from fpdf.enums import EncryptionMethod

from vfeed.paper.tagged import TaggedPdf


def locked_pdf(pdf: TaggedPdf, passphrase: str) -> bytes:
    """The PDF, opened with the passphrase; whoever opens it may print it and have it read out."""
    pdf.set_encryption(
        owner_password=secrets.token_urlsafe(32),
        user_password=passphrase,
        encryption_method=EncryptionMethod.AES_256,
        encrypt_metadata=True,
    )
    return bytes(pdf.output())


def locked_zip(file_name: str, content: bytes, passphrase: str) -> bytes:
    """A ZIP with one file in it, encrypted as WinZip does with AES-256; nothing of it touches the disk."""
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.writestr(file_name, content)
    return out.getvalue()
