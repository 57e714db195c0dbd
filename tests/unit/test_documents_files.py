"""Locked files, opened with tools that know nothing of vfeed."""

from __future__ import annotations

import io
import zipfile

import pytest
import pyzipper
from pdf_reading import read_back
from pypdf import PdfReader

from vfeed.documents.document import CARD, Document, Quote
from vfeed.documents.files import as_pdf, locked_zip

PASSPHRASE = "bado-kemi-lusa-tori-neva"
WORDS = "She looks at me"


def a_locked_card() -> bytes:
    document = Document("A moment of ours", "en-GB", (Quote(WORDS),))
    return as_pdf(document, lambda _: (b"", 1.0), CARD, passphrase=PASSPHRASE)


def test_a_locked_card_opens_with_its_passphrase_alone() -> None:
    content = a_locked_card()
    assert WORDS.encode() not in content and b"A moment of ours" not in content
    reader = PdfReader(io.BytesIO(content))
    assert reader.is_encrypted
    assert not reader.decrypt("")
    assert not reader.decrypt("bado-kemi-lusa-tori-nevo")
    read = read_back(content, PASSPHRASE)
    assert WORDS in read.texts[0] and read.words[-1] == WORDS and read.untagged == []


def test_a_locked_card_is_encrypted_with_aes_256() -> None:
    encryption = PdfReader(io.BytesIO(a_locked_card())).trailer["/Encrypt"]
    assert (encryption["/V"], encryption["/Length"], encryption["/CF"]["/StdCF"]["/CFM"]) == (5, 256, "/AESV3")


def test_a_locked_film_opens_with_its_passphrase_alone() -> None:
    film = b"a film of two people" * 1000
    content = locked_zip("film.mp4", film, PASSPHRASE)
    assert film[:100] not in content
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        archive.setpassword(PASSPHRASE.encode())
        assert archive.read("film.mp4") == film
        assert archive.infolist()[0].wz_aes_strength == 3, "256 bits"
        archive.setpassword(b"wrong")
        with pytest.raises(RuntimeError):
            archive.read("film.mp4")
    with zipfile.ZipFile(io.BytesIO(content)) as plain, pytest.raises((RuntimeError, NotImplementedError)):
        plain.read("film.mp4")
