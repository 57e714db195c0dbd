"""Settings and what they refuse."""

from pathlib import Path

import pytest

from vfeed.config import Settings, load_settings
from vfeed.errors import VfeedError


def test_the_defaults_keep_the_key_outside_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VFEED_DATA_DIR", "VFEED_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    settings = load_settings(_env_file=None)
    assert not settings.key_file.is_relative_to(settings.data_dir)
    assert settings.host == "127.0.0.1"


def test_an_environment_variable_wins_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VFEED_PORT", "9123")
    assert load_settings(_env_file=None).port == 9123


def test_an_empty_line_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty path was the folder that vfeed starts from: the films' keys would have gone there."""
    before = load_settings(_env_file=None)
    for name in Settings.model_fields:
        monkeypatch.setenv(f"VFEED_{name.upper()}", "")
    assert load_settings(_env_file=None) == before


def test_the_database_lies_in_the_data_folder_unless_named(tmp_path: Path) -> None:
    settings = load_settings(_env_file=None, data_dir=tmp_path / "d", key_file=tmp_path / "k")
    assert settings.database == f"sqlite:///{tmp_path}/d/vfeed.db"
    assert load_settings(_env_file=None, database_url="postgresql+psycopg://h/v").database.startswith("postgresql")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("port", "99999", "VFEED_PORT"),
        ("max_clip_minutes", "0", "VFEED_MAX_CLIP_MINUTES"),
        ("analysis_fps", "-1", "VFEED_ANALYSIS_FPS"),
        ("workers", "many", "VFEED_WORKERS"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_with_the_fix(setting: str, value: str, said: str) -> None:
    with pytest.raises(VfeedError) as caught:
        load_settings(_env_file=None, **{setting: value})
    assert caught.value.code == "setting_invalid"
    assert said in caught.value.hint


def test_a_key_inside_the_data_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VfeedError) as caught:
        load_settings(_env_file=None, data_dir=tmp_path, key_file=tmp_path / "inside")
    assert caught.value.code == "setting_invalid"
    assert "outside" in caught.value.message
