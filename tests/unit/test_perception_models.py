"""The models are those that were tried, and the native chatter stays off the error stream."""

import os
from pathlib import Path

import pytest

from vfeed.errors import VfeedError
from vfeed.perception.models import manifest_path, model_hashes, verified_models, verify
from vfeed.perception.native_stderr import suppress_native_stderr

ENTRY = '[[model]]\nname="x"\npath="{path}"\nsha256="{sha}"\nlicence="CC0-1.0"\nsource="here"\nfix="Do this."\n'
EMPTY_SHA = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_installed_models_are_those_of_the_manifest() -> None:
    assert {model.name for model in verified_models()} == set(model_hashes())
    assert len(verified_models()) == 8


def test_every_model_has_a_card() -> None:
    cards = (manifest_path().parent / "README.md").read_text(encoding="utf-8")
    assert all(f"## {name}" in cards for name in model_hashes())


@pytest.mark.parametrize("path, sha", [("gone.tflite", EMPTY_SHA), ("there.tflite", "0" * 64)])
def test_a_missing_or_changed_model_is_refused_with_the_fix(tmp_path: Path, path: str, sha: str) -> None:
    (tmp_path / "there.tflite").write_bytes(b"")
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(ENTRY.format(path=path, sha=sha))
    with pytest.raises(VfeedError) as refused:
        verify(manifest)
    assert refused.value.code == "model_missing" and refused.value.hint == "Do this."


def test_a_model_of_our_own_lies_beside_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "own.onnx").write_bytes(b"")
    (tmp_path / "manifest.toml").write_text(ENTRY.format(path="own.onnx", sha=EMPTY_SHA))
    assert verify(tmp_path / "manifest.toml")[0].path == tmp_path / "own.onnx"


@pytest.mark.parametrize("text", ["", "not toml ["])
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(VfeedError) as refused:
        verify(tmp_path / "manifest.toml")
    assert refused.value.code == "model_missing"


def test_native_silence_holds_back_the_error_stream_and_gives_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    with suppress_native_stderr():
        os.write(2, b"chatter")
    os.write(2, b"news")
    assert capfd.readouterr().err == "news"
