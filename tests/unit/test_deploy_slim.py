"""What the image leaves out is what vfeed never opens, and nothing that it does."""

from __future__ import annotations

import importlib.util
import shutil
import struct
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from babel import Locale

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("slim", ROOT / "deploy" / "slim.py")
assert _spec is not None and _spec.loader is not None
slim = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(slim)

KEPT = [
    "one/code.py",
    "one/testing/code.py",
    "one/data.json",
    "babel/locale-data/root.dat",
    "babel/locale-data/en_GB.dat",
    "babel/locale-data/cy.dat",
    "botocore/data/endpoints.json",
    "botocore/data/s3/service.json",
    "mediapipe/modules/face_detection/short.tflite",
    "mediapipe/modules/objectron/calculators/annotation_data_pb2.py",
    "onnxruntime/capi/session.py",
]
GONE = [
    "one/tests/test_code.py",
    "one/deep/tests/data/large.npz",
    "one/code.pyi",
    "one/include/code.h",
    "babel/locale-data/fr.dat",
    "babel/locale-data/enx.dat",
    "botocore/data/ec2/service.json",
    "mediapipe/modules/pose_landmark/pose.tflite",
    "cv2/data/face.xml",
    "onnxruntime/transformers/bert.py",
]
OPENS_EVERY_NETWORK = """
import sys
from pathlib import Path
gone, models = sys.argv[1].split(), Path(sys.argv[2])
sys.modules |= dict.fromkeys(gone)
from vfeed.perception.onnx_network import Network
print(*sorted(path.name for path in models.glob("*.onnx") if Network(path)))
"""


def test_it_takes_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    for name in (*KEPT, *GONE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    slim.main(tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == sorted(KEPT)


def test_what_a_start_would_compile_is_compiled_and_believed_whatever_happens_to_its_time(tmp_path: Path) -> None:
    for name in ("sqlalchemy/sql/code.py", "sqlalchemy/testing/code.py", "other/code.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("SAID = 'as it was built'\n")
    slim.main(tmp_path)
    (made,) = tmp_path.rglob("*.pyc")
    assert made.parent == tmp_path / "sqlalchemy" / "sql" / "__pycache__"
    (tmp_path / "sqlalchemy" / "sql" / "code.py").write_text("SAID = 'changed'\n")
    told = [sys.executable, "-S", "-c", "import sqlalchemy.sql.code as it; print(it.SAID)"]
    shown = subprocess.run(told, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    assert shown.stdout == "as it was built\n"


def test_every_package_that_is_compiled_is_there() -> None:
    assert all(importlib.util.find_spec(name) for name in slim.COMPILED_AHEAD)


def test_no_model_that_is_listed_goes() -> None:
    models = tomllib.loads((ROOT / "models" / "manifest.toml").read_text())["model"]
    of_mediapipe = [f"mediapipe/{each['path']}" for each in models if each["path"].startswith("modules/")]
    assert of_mediapipe
    assert [path for path in of_mediapipe if Path(path).parent.name != slim.MODEL_LOADED] == []


def test_every_network_is_opened_without_what_makes_networks() -> None:
    gone = " ".join(each.replace("/", ".") for each in slim.UNUSED if each.startswith(("onnxruntime/", "numpy/")))
    told = [sys.executable, "-c", OPENS_EVERY_NETWORK, gone, str(ROOT / "models")]
    shown = subprocess.run(told, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == sorted(path.name for path in (ROOT / "models").glob("*.onnx"))
    assert "head_pose.onnx" in shown.stdout


def test_the_languages_of_the_pages_stay() -> None:
    spoken = {path.name for path in (ROOT / "vfeed" / "server" / "translations").iterdir() if path.is_dir()}
    assert {Locale.parse(each).language for each in spoken | {"en_GB"}} <= set(slim.LANGUAGES)


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("strip"), reason="needs strip")
def test_what_could_not_be_loaded_afterwards_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cryptography.hazmat.bindings._rust as compiled

    before = Path(compiled.__file__).read_bytes()
    assert slim.can_be_loaded(before)
    file = tmp_path / "part.so"
    file.write_bytes(before)
    assert list(slim.compiled(tmp_path)) == [file]
    slim.strip(file)
    assert len(file.read_bytes()) < len(before) and slim.can_be_loaded(file.read_bytes())

    file.write_bytes(before)
    monkeypatch.setattr(slim, "can_be_loaded", lambda elf: False)
    slim.strip(file)
    assert file.read_bytes() == before and list(tmp_path.iterdir()) == [file]


def test_a_part_off_its_alignment_cannot_be_loaded() -> None:
    def elf(address: int) -> bytes:
        head = b"\x7fELF\x02" + bytes(27) + struct.pack("<Q Q I H H H", 64, 0, 0, 64, 56, 1) + bytes(6)
        return head + struct.pack("<I I Q Q Q Q Q Q", slim.LOADED, 5, 0x1000, address, 0, 1, 1, 0x1000)

    assert slim.can_be_loaded(elf(0x5000))
    assert not slim.can_be_loaded(elf(0x5010))
