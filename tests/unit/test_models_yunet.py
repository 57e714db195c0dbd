"""The shipped face detector is what its script takes out of the wheel it is said to come from."""

import hashlib
from importlib import metadata, util
from pathlib import Path

import pytest

from models.yunet.extract import extract, weights_in
from vfeed.perception.models import model_hashes


@pytest.mark.skipif(
    util.find_spec("yuface") is None, reason="the wheel yuface 2023.5.1 exists for Linux x86_64, Python 3.11"
)
def test_the_extraction_gives_the_shipped_file_byte_for_byte() -> None:
    files = metadata.files("yuface") or []
    library = next(file for file in files if file.name == "libfacedetection.so")
    made = extract(Path(str(library.locate())))
    assert hashlib.sha256(made).hexdigest() == model_hashes()["yunet_s"]


@pytest.mark.parametrize("data", [b"", b"MZ" + bytes(100), b"\x7fELF\x01\x01" + bytes(100)])
def test_a_file_that_is_no_such_library_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="ELF"):
        weights_in(data)
