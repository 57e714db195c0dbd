"""What every vault does: one suite, run on each implementation by a subclass that names it."""

from __future__ import annotations

import io
from typing import Protocol

import pytest
from filled_store import some_bytes

from vfeed.store.stream import BODY_BYTES, FIRST_BODY_BYTES, SEGMENT_BYTES
from vfeed.store.vault import Vault

KEY = bytes(range(32))
ABOUT = b"vfeed:clip:blob"
# Empty, one byte, and both sides of every edge between segments.
SIZES = [
    0,
    1,
    FIRST_BODY_BYTES - 1,
    FIRST_BODY_BYTES,
    FIRST_BODY_BYTES + 1,
    FIRST_BODY_BYTES + BODY_BYTES,
    FIRST_BODY_BYTES + BODY_BYTES + 1,
    3 * SEGMENT_BYTES + 17,
]
LONG = some_bytes(SIZES[-1])


class Place(Protocol):
    """A vault that the tests may look behind."""

    vault: Vault

    def lying(self) -> list[str]:
        """The names of everything that lies there, whole or half."""


def keep(vault: Vault, data: bytes, piece: int = 1 << 18) -> str:
    draft = vault.create(KEY, ABOUT)
    for start in range(0, len(data), piece):
        draft.writer.write(data[start : start + piece])
    assert draft.publish() == len(data)
    draft.release()
    return draft.name


class VaultConformance:
    """A subclass has a fixture `place`; `longer` is more than the vault sends or writes at once."""

    longer = LONG

    @pytest.mark.parametrize("size", SIZES)
    def test_what_is_kept_comes_back(self, place: Place, size: int) -> None:
        name = keep(place.vault, LONG[:size])
        with place.vault.open(name, KEY, ABOUT) as file:
            assert file.read() == LONG[:size]
            assert file.seek(0, io.SEEK_END) == size
            assert file.read(1) == b""

    def test_the_pieces_in_which_it_is_written_do_not_matter(self, place: Place) -> None:
        for piece in (1_000_003, 5_000_000, 777_777):
            with place.vault.open(keep(place.vault, self.longer, piece), KEY, ABOUT) as file:
                assert file.read() == self.longer

    def test_any_part_is_read_without_the_rest(self, place: Place) -> None:
        name = keep(place.vault, self.longer)
        end = len(self.longer)
        for start, size in ((end - 10, 10), (5, 3), (SEGMENT_BYTES - 60, 200), (end - SEGMENT_BYTES, 1000), (0, end)):
            with place.vault.open(name, KEY, ABOUT) as file:
                file.seek(start)
                assert file.read(size) == self.longer[start : start + size]

    def test_a_draft_is_not_there_until_it_is_published(self, place: Place) -> None:
        draft = place.vault.create(KEY, ABOUT)
        draft.writer.write(self.longer)
        with pytest.raises(FileNotFoundError):
            place.vault.open(draft.name, KEY, ABOUT)
        draft.discard()
        assert place.lying() == []
        assert place.vault.is_empty()

    def test_an_error_while_writing_leaves_nothing(self, place: Place) -> None:
        draft = place.vault.create(KEY, ABOUT)
        with pytest.raises(RuntimeError), draft:
            draft.writer.write(self.longer)
            raise RuntimeError
        assert place.lying() == []

    def test_what_is_removed_is_gone(self, place: Place) -> None:
        name = keep(place.vault, LONG)
        assert not place.vault.is_empty()
        for _time in range(2):
            place.vault.remove(name)
            with pytest.raises(FileNotFoundError):
                place.vault.open(name, KEY, ABOUT)
            with pytest.raises(FileNotFoundError):
                place.vault.sealed(name)
        assert place.lying() == []

    def test_a_file_is_taken_elsewhere_and_back_as_it_lies(self, place: Place) -> None:
        name = keep(place.vault, self.longer)
        with place.vault.sealed(name) as file:
            sealed = file.read()
        assert self.longer[:100] not in sealed
        place.vault.remove(name)
        place.vault.put_sealed(name, io.BytesIO(sealed))
        with place.vault.open(name, KEY, ABOUT) as file:
            assert file.read() == self.longer

    def test_sweeping_removes_leftovers_and_what_nobody_wants(self, place: Place) -> None:
        wanted, unwanted = keep(place.vault, b"wanted"), keep(place.vault, b"unwanted")
        draft = place.vault.create(KEY, ABOUT)
        draft.writer.write(self.longer)
        assert place.vault.sweep(lambda name: name == wanted) == 1
        assert sorted(place.lying()) == sorted([wanted, draft.name])
        draft.publish()
        assert place.vault.sweep(lambda name: name == wanted) == 0, "it is held until the database knows of it"
        draft.release()
        assert place.vault.sweep(lambda name: name == wanted) == 1
        with pytest.raises(FileNotFoundError):
            place.vault.open(unwanted, KEY, ABOUT)
