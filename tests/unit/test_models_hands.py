"""The shipped networks for hands are what their script makes of the files they are said to come from."""

import hashlib
import struct
from pathlib import Path

import mediapipe
import pytest

from models.hands.convert import convert
from models.hands.tflite import IDENTIFIER, Network
from vfeed.perception.models import model_hashes

MODULES = Path(mediapipe.__file__).parent / "modules"
FILES = {
    "palm_detection_lite": MODULES / "palm_detection" / "palm_detection_lite.tflite",
    "hand_landmark_lite": MODULES / "hand_landmark" / "hand_landmark_lite.tflite",
}


@pytest.mark.parametrize("name", FILES)
def test_the_conversion_gives_the_shipped_file_byte_for_byte(name: str) -> None:
    assert hashlib.sha256(convert(FILES[name].read_bytes())).hexdigest() == model_hashes()[name]


@pytest.mark.parametrize("data", [b"", b"PK" + bytes(100), struct.pack("<I", 8) + b"TFL2" + bytes(100)])
def test_a_file_that_is_no_such_network_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no network"):
        Network(data)


def test_a_network_with_steps_of_another_kind_is_refused() -> None:
    other = MODULES / "face_landmark" / "face_landmark_with_attention.tflite"
    assert other.read_bytes()[4:8] == IDENTIFIER
    with pytest.raises((KeyError, ValueError)):
        convert(other.read_bytes())
