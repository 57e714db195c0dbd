"""What renderings share in their cache is whole or absent: two of them may begin at once."""

from pathlib import Path

import pytest

from sample_clips.generator.whole import written_whole


def test_a_file_appears_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "canvas.npz"
    with written_whole(path) as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert list(path.parent.iterdir()) == [path]


def test_a_broken_rendering_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "canvas.npz"
    path.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), written_whole(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]
