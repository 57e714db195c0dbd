"""`vfeed hide-faces`: a copy without faces from a film as it was taken, and nothing left behind when it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_analysis import stretch

from vfeed.analysis.redaction import Report
from vfeed.cli import main
from vfeed.media.frames import open_frames
from vfeed.perception.detectors import open_thorough_detector


def test_a_film_goes_in_and_a_copy_without_faces_comes_out(tmp_path: Path) -> None:
    film, out = tmp_path / "film.mp4", tmp_path / "hidden.mp4"
    film.write_bytes(stretch("side_view_man", 0.8))
    result = CliRunner().invoke(main, ["hide-faces", str(film), str(out)])
    assert result.exit_code == 0, result.output
    assert "Look at the whole copy" in result.output
    detector = open_thorough_detector()
    with out.open("rb") as file:
        images = [frame.image_bgr[..., ::-1].copy() for frame in open_frames(file)]
    found = [len(detector.search(image)) for image in images]
    detector.close()
    assert len(images) > 15
    # A painted oval is taken for a face now and then: that is said, and it stays an exception.
    assert sum(found) <= 2
    assert not sum(found) or "something is still taken for a face" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "hidden.mp4"]


def test_what_is_there_already_is_left_and_a_broken_film_leaves_nothing(tmp_path: Path) -> None:
    film, out = tmp_path / "film.mp4", tmp_path / "hidden.mp4"
    film.write_bytes(b"no film")
    out.write_bytes(b"mine")
    result = CliRunner().invoke(main, ["hide-faces", str(film), str(out)])
    assert result.exit_code != 0 and out.read_bytes() == b"mine"
    out.unlink()
    assert CliRunner().invoke(main, ["hide-faces", str(film), str(out)]).exit_code != 0
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_one_that_goes_on_beside_it_is_in_nobodys_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each begins in a folder of its own: what another one writes is in no way, and stays."""
    film, out = tmp_path / "film.mp4", tmp_path / "hidden.mp4"
    film.write_bytes(stretch("side_view_man", 0.4))
    others = [tmp_path / "other.mp4"]

    def beside(*_told: object, **_more: object) -> Report:
        if others:
            main(["hide-faces", str(film), str(others.pop())], standalone_mode=False)
        return Report(1, 1, ())

    monkeypatch.setattr("vfeed.analysis.redacted_copy.write_redacted_copy", beside)
    result = CliRunner().invoke(main, ["hide-faces", str(film), str(out)])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "hidden.mp4", "other.mp4"]
